//! The kernel's names for irq_works: each is a line over a method of [`IrqWork`].

use super::{IrqWork, IrqWorkFn};
use crate::sync::const_fn;

/// Defines a static irq_work: `DEFINE_IRQ_WORK`. Its function gets a reference to it. Works in
/// models too, where plain statics don't.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DEFINE_IRQ_WORK!(
///     /// Says that it was called.
///     static WORK = |_| complete(&DONE)
/// );
/// irq_work_queue(&WORK);
/// wait_for_completion(&DONE);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_IRQ_WORK {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::IrqWork = {
            unsafe extern "C-unwind" fn call(work: *mut $crate::IrqWork) {
                let function: fn(&'static $crate::IrqWork) = $function;
                // SAFETY: an irq_work's function gets the work, which is a static.
                function(unsafe { &*work })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::IrqWork::with_function(call) }
        });
    };
}

const_fn! {
    /// An irq_work with a function: `IRQ_WORK_INIT`.
    ///
    /// # Safety
    ///
    /// As [`IrqWork::with_function`].
    #[allow(non_snake_case, reason = "the kernel's name")]
    pub const unsafe fn IRQ_WORK_INIT(function: IrqWorkFn) -> IrqWork {
        // SAFETY: the same contract.
        unsafe { IrqWork::with_function(function) }
    }
}

const_fn! {
    /// [`IRQ_WORK_INIT`] of a work that the kernel may call with the next tick:
    /// `IRQ_WORK_INIT_LAZY`. Here it is as any other.
    ///
    /// # Safety
    ///
    /// As [`IrqWork::with_function`].
    #[allow(non_snake_case, reason = "the kernel's name")]
    pub const unsafe fn IRQ_WORK_INIT_LAZY(function: IrqWorkFn) -> IrqWork {
        // SAFETY: the same contract.
        unsafe { IrqWork::with_function(function) }
    }
}

const_fn! {
    /// [`IRQ_WORK_INIT`] of a work that is called in a hardirq with PREEMPT_RT too:
    /// `IRQ_WORK_INIT_HARD`. Here all are.
    ///
    /// # Safety
    ///
    /// As [`IrqWork::with_function`].
    #[allow(non_snake_case, reason = "the kernel's name")]
    pub const unsafe fn IRQ_WORK_INIT_HARD(function: IrqWorkFn) -> IrqWork {
        // SAFETY: the same contract.
        unsafe { IrqWork::with_hard_function(function) }
    }
}

/// Makes the memory at `work` an idle irq_work with a function: `init_irq_work`.
///
/// # Safety
///
/// `work` is valid for writing, and is no irq_work that is pending or runs. From now on, whenever
/// the work is pending or runs, it is valid and where it was, and `function` may be called with it
/// on another thread. So who frees it calls [`irq_work_sync`] before.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// static DONE: Completion = Completion::new();
/// unsafe extern "C-unwind" fn done(_: *mut IrqWork) {
///     complete(&DONE);
/// }
///
/// let mut memory = MaybeUninit::<IrqWork>::uninit();
/// // SAFETY: the work stays in this frame, and is waited for before the frame goes.
/// let work = unsafe {
///     init_irq_work(memory.as_mut_ptr(), done);
///     memory.assume_init_ref()
/// };
/// irq_work_queue(work);
/// irq_work_sync(work);
/// assert!(completion_done(&DONE));
/// ```
pub unsafe fn init_irq_work(work: *mut IrqWork, function: IrqWorkFn) {
    // The pointer that the function gets may be used for all that this one may be.
    work.expose_provenance();
    // SAFETY: by the contract.
    unsafe { work.write(IrqWork::with_function(function)) };
}

/// Queues `work`, whose function is called at once, by another thread: `irq_work_queue`. False if
/// it is pending already; true also while its function runs, and then it is called again.
///
/// It binds an idle work to the calling task's Kernel. Works are called in the order of queueing;
/// those that a function in a hardirq queues, after it has returned, and the newest first, as in
/// the kernel. Never sleeps; allocates nothing, but for the first work of a Kernel. A work without
/// a function stays idle, with a warning, and so does any when the Kernel has shut down: false.
#[track_caller]
pub fn irq_work_queue(work: &IrqWork) -> bool {
    work.queue()
}

/// [`irq_work_queue`] for a given cpu: `irq_work_queue_on`. There is one thread for all cpus, so
/// the cpu says nothing.
#[track_caller]
pub fn irq_work_queue_on(work: &IrqWork, _cpu: u32) -> bool {
    work.queue()
}

/// Waits until `work` is neither pending nor runs: `irq_work_sync`. Sleeps, uninterruptibly.
///
/// When it returns, the work may be freed, if nobody queues it. Called by an irq_work that would
/// have to wait, for itself or another, where the kernel would hang, it warns and returns at once.
#[track_caller]
pub fn irq_work_sync(work: &IrqWork) {
    work.sync();
}

/// True if `work` waits to be called: `irq_work_is_pending`. False while its function runs, unless
/// it was queued anew.
pub fn irq_work_is_pending(work: &IrqWork) -> bool {
    work.is_pending()
}

/// True if `work` waits to be called, or its function runs: `irq_work_is_busy`.
pub fn irq_work_is_busy(work: &IrqWork) -> bool {
    work.is_busy()
}

/// True if `work` was made by [`IRQ_WORK_INIT_HARD`]: `irq_work_is_hard`.
pub fn irq_work_is_hard(work: &IrqWork) -> bool {
    work.is_hard()
}
