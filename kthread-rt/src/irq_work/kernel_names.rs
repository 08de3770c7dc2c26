//! The kernel's names for irq_works: each is one line that calls a method of [`IrqWork`].

use super::{IrqWork, IrqWorkFn};
use crate::sync::const_fn;

/// Defines a static irq_work: `DEFINE_IRQ_WORK`. Its function gets a reference to the irq_work.
/// Works in models too, where plain statics don't.
///
/// **Form**: `DEFINE_IRQ_WORK!([pub] static NAME = function)`. Declares `static NAME: IrqWork`;
/// `function` is a `fn(&'static IrqWork)`, or a closure that captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DEFINE_IRQ_WORK!(
///     /// Completes `DONE`.
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
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DEFINE_IRQ_WORK", "[pub] static NAME = function"; $($other)*);
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
    /// [`IRQ_WORK_INIT`] for an irq_work that the kernel may call at the next tick:
    /// `IRQ_WORK_INIT_LAZY`. Here it is the same.
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
    /// [`IRQ_WORK_INIT`] for an irq_work that runs in hardirq context with PREEMPT_RT too:
    /// `IRQ_WORK_INIT_HARD`. Here all do.
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

/// Initialises the memory at `work` as an idle irq_work with a function: `init_irq_work`.
///
/// # Safety
///
/// `work` is valid for writing, and is no irq_work that is pending or runs. From now on, whenever
/// the irq_work is pending or runs, it is valid and in the same place, and `function` may be called
/// with it on another thread. So call [`irq_work_sync`] before you free it.
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
/// // SAFETY: the work stays in this frame, and is waited for before the frame ends.
/// let work = unsafe {
///     init_irq_work(memory.as_mut_ptr(), done);
///     memory.assume_init_ref()
/// };
/// irq_work_queue(work);
/// irq_work_sync(work);
/// assert!(completion_done(&DONE));
/// ```
pub unsafe fn init_irq_work(work: *mut IrqWork, function: IrqWorkFn) {
    // The function may use its pointer for all that this pointer allows.
    work.expose_provenance();
    // SAFETY: by the contract.
    unsafe { work.write(IrqWork::with_function(function)) };
}

/// Queues `work`, whose function another thread calls at once: `irq_work_queue`. Returns false if
/// it is pending already. Returns true also while its function runs, which is then called again.
///
/// It binds an idle irq_work to the calling task's Kernel. irq_works are called in the order of
/// queueing. Those that a function in a hardirq queues are called after it has returned, the newest
/// first, as in the kernel. Never sleeps, and allocates nothing except for the first irq_work of a
/// Kernel. An irq_work without a function, or one that is queued after its Kernel has shut down,
/// stays idle, with a warning: false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DEFINE_IRQ_WORK!(static WORK = |_| complete(&DONE));
/// assert!(irq_work_queue(&WORK));
/// wait_for_completion(&DONE);
/// ```
#[track_caller]
pub fn irq_work_queue(work: &IrqWork) -> bool {
    work.queue()
}

/// [`irq_work_queue`] for a given cpu: `irq_work_queue_on`. One thread serves all cpus, so `_cpu`
/// has no effect.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DEFINE_IRQ_WORK!(static WORK = |_| complete(&DONE));
/// assert!(irq_work_queue_on(&WORK, 0));
/// wait_for_completion(&DONE);
/// ```
#[track_caller]
pub fn irq_work_queue_on(work: &IrqWork, _cpu: u32) -> bool {
    work.queue()
}

/// Waits until `work` is neither pending nor runs: `irq_work_sync`. Sleeps, uninterruptibly.
///
/// When it returns, the irq_work may be freed, unless another task queues it. An irq_work's
/// function that would have to wait, for itself or another irq_work, would hang in the kernel; here
/// the call warns and returns at once.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_IRQ_WORK!(static WORK = |_| ());
/// irq_work_queue(&WORK);
/// irq_work_sync(&WORK); // its function has run
/// ```
#[track_caller]
pub fn irq_work_sync(work: &IrqWork) {
    work.sync();
}

/// Returns true if `work` waits to be called: `irq_work_is_pending`. False while its function runs,
/// unless it was queued anew.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_IRQ_WORK!(static WORK = |_| ());
/// irq_work_queue(&WORK);
/// irq_work_sync(&WORK); // its function has run
/// assert!(!irq_work_is_pending(&WORK));
/// ```
pub fn irq_work_is_pending(work: &IrqWork) -> bool {
    work.is_pending()
}

/// Returns true if `work` waits to be called, or its function runs: `irq_work_is_busy`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_IRQ_WORK!(static WORK = |_| ());
/// irq_work_queue(&WORK);
/// irq_work_sync(&WORK); // its function has run
/// assert!(!irq_work_is_busy(&WORK));
/// ```
pub fn irq_work_is_busy(work: &IrqWork) -> bool {
    work.is_busy()
}

/// Returns true if `work` was made by [`IRQ_WORK_INIT_HARD`]: `irq_work_is_hard`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_IRQ_WORK!(static WORK = |_| ());
/// irq_work_queue(&WORK);
/// irq_work_sync(&WORK); // its function has run
/// assert!(!irq_work_is_hard(&WORK));
/// ```
pub fn irq_work_is_hard(work: &IrqWork) -> bool {
    work.is_hard()
}
