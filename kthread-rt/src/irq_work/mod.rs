//! irq_works: `linux/irq_work.h`.
//!
//! An [`IrqWork`] is plain memory with a function. Queued, from wherever, it is called at once,
//! with the context of a hardirq. The kernel sends its own cpu an interrupt for that; here the
//! Kernel's thread `irq_work/0` calls it, which has its name from the kernel's own with PREEMPT_RT.
//! It is not the thread of the tasklets, since an interrupt does not wait for a softirq: a tasklet
//! may wait for an irq_work.
//!
//! To a base (`timer/base.rs`), an irq_work is a timer that is due as soon as it is queued: finding
//! its lock, the thread's life, the calls and the shutdown are told there.
//!
//! # Invariants
//!
//! * `pending` is written with the lock of the work's base held; a look without it is for
//!   information. `function` is accessed with the lock held, or before anybody else knows the work.
//! * A work is on its base's list if and only if it is `pending`.
//! * A work with a function is one that somebody promised to keep valid and in place while it is
//!   pending or runs. One without is never queued.

mod kernel_names;

#[doc(inline)]
pub use crate::DEFINE_IRQ_WORK;

pub use kernel_names::*;

use crate::clock::Clock;
use crate::debug_objects::{self, ObjectKind, Wait, WhenLeft};
use crate::diag::WarningKind;
use crate::sched::{HARDIRQ_OFFSET, might_sleep_in, with_current};
use crate::sync::Ordering::Relaxed;
use crate::sync::list::ListHead;
use crate::sync::{AtomicPtr, Life, Pool, UnsafeCell, const_fn, plain_memory, record};
use crate::task::{SubsystemId, WaitKind};
use crate::timer::{AfterUnlock, Base, Locked, Queue, Timed, base_of, dequeue, lock_bound, lock_or_bind};
use std::panic::Location;
use std::ptr;

/// An irq_work's function: `void (*func)(struct irq_work *)`.
///
/// It is called by the Kernel's irq_work thread, must not sleep, and may queue or free its work. If
/// it unwinds, that is an oops: told, and contained.
pub type IrqWorkFn = unsafe extern "C-unwind" fn(work: *mut IrqWork);

/// `struct irq_work`: plain memory, nothing allocated to queue it, nothing to drop.
///
/// Zeroed memory is a work without a function, which can't be queued. A function is given to it by
/// [`DEFINE_IRQ_WORK!`](crate::DEFINE_IRQ_WORK) (a static) or [`init_irq_work`] (anything that
/// stays in place).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DEFINE_IRQ_WORK!(static WORK = |_| {
///     assert!(in_hardirq());
///     complete(&DONE);
/// });
/// assert!(irq_work_queue(&WORK));
/// wait_for_completion(&DONE);
/// irq_work_sync(&WORK);
/// assert!(!irq_work_is_busy(&WORK));
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct IrqWork {
    // First, so that a pointer to the node is a pointer to the work.
    node: ListHead,
    pending: record::AtomicBool,
    /// Whether it is a hardirq's with PREEMPT_RT, too. It says so, and nothing asks.
    hard: bool,
    function: UnsafeCell<Option<IrqWorkFn>>,
    base: AtomicPtr<Base<IrqWorks>>,
    life: Life,
}

plain_memory!(IrqWork: 40);

// SAFETY: what is not atomic is accessed under the lock of the base (the module's invariants).
unsafe impl Send for IrqWork {}
// SAFETY: as above.
unsafe impl Sync for IrqWork {}

impl IrqWork {
    const_fn! {
        /// A work without a function. It can't be queued.
        pub const fn new() -> Self {
            Self::with(None, false)
        }
    }

    const_fn! {
        /// A work with a function: [`IRQ_WORK_INIT`].
        ///
        /// # Safety
        ///
        /// Whenever the work is pending or runs, it is valid and where it was when it was queued;
        /// and `function` may be called with it then, on another thread.
        pub const unsafe fn with_function(function: IrqWorkFn) -> Self {
            Self::with(Some(function), false)
        }
    }

    const_fn! {
        /// A work with a function that is called in a hardirq with PREEMPT_RT, too:
        /// [`IRQ_WORK_INIT_HARD`].
        ///
        /// # Safety
        ///
        /// As [`with_function`](Self::with_function).
        pub const unsafe fn with_hard_function(function: IrqWorkFn) -> Self {
            Self::with(Some(function), true)
        }
    }

    const_fn! {
        const fn with(function: Option<IrqWorkFn>, hard: bool) -> Self {
            Self {
                node: ListHead::new(),
                pending: record::AtomicBool::new(false),
                hard,
                function: UnsafeCell::new(function),
                base: AtomicPtr::new(ptr::null_mut()),
                life: Life::new(),
            }
        }
    }

    /// True if it waits to be called: [`irq_work_is_pending`].
    pub fn is_pending(&self) -> bool {
        self.pending.load(Relaxed)
    }

    /// True if it was made for a hardirq even with PREEMPT_RT: [`irq_work_is_hard`].
    pub fn is_hard(&self) -> bool {
        self.hard
    }

    /// True if it waits to be called or its function runs: [`irq_work_is_busy`].
    pub fn is_busy(&self) -> bool {
        lock_bound(self).is_some_and(|locked| self.is_pending() || locked.runs(self))
    }

    /// Queues it: [`irq_work_queue`]. False if it is pending.
    #[track_caller]
    pub fn queue(&self) -> bool {
        self.queue_at(false, Location::caller())
    }

    /// Queues it for a caller who has interrupts off, on a cpu of which the C side knows: it waits
    /// for [`release_held`](Self::release_held).
    #[doc(hidden)]
    #[track_caller]
    pub fn queue_held(&self) -> bool {
        self.queue_at(true, Location::caller())
    }

    /// The caller has interrupts on again, or is about to sleep: what was
    /// [held](IrqWork::queue_held) is called, the newest first.
    #[doc(hidden)]
    #[track_caller]
    pub fn release_held() {
        let place = Location::caller();
        with_current(|me| {
            let mine = base_of::<IrqWorks>(me.kernel_state());
            let locked = mine.lock();
            // SAFETY: the lock is held.
            if !unsafe { locked.queue().release_held() } {
                return;
            }
            let after_unlock = locked.armed(0, mine);
            drop(locked);
            after_unlock.run::<IrqWorks>(me.kernel_state(), me, "irq_work_queue", place);
        });
    }

    fn queue_at(&self, held: bool, place: &'static Location<'static>) -> bool {
        let call = "irq_work_queue";
        with_current(|me| {
            let mine = base_of::<IrqWorks>(me.kernel_state());
            let made = debug_objects::made(me, call, place);
            let locked = lock_or_bind(self, mine);
            // SAFETY: the base is the work's and locked.
            let Some(function) = (unsafe { IrqWorks::function(self) }) else {
                drop(locked);
                me.warn(WarningKind::BadArgument, call, place, "the irq_work has no function");
                return false;
            };
            let newly = !self.is_pending();
            if newly {
                if let Some(refusal) = locked.refusal() {
                    drop(locked);
                    refusal.tell(me, call, place);
                    return false;
                }
                // The function gets the work by its address, with all that whoever set it up may do
                // with the pointer.
                ptr::from_ref(self).expose_provenance();
                let from = match me.preempt_count().load(Relaxed) & HARDIRQ_OFFSET != 0 {
                    true => From::Function,
                    // Who releases them finds those of his Kernel.
                    false if held && locked.is(mine) => From::Held,
                    false => From::Task,
                };
                // SAFETY: the base is the work's and locked; a work with a function stays valid and
                // in place while it is pending.
                unsafe { locked.queue().insert(self, from) };
                let (address, function) = (ptr::from_ref(self).addr(), function as *const () as usize);
                debug_objects::begin(&IRQ_WORK, address, function, made);
                if from == From::Held {
                    return true;
                }
            }
            // If it was pending, for a thread that the system has refused.
            let again = || locked.state(|state| !state.has_thread());
            let after_unlock = if newly || again() { locked.armed(0, mine) } else { AfterUnlock::Nothing };
            drop(locked);
            after_unlock.run::<IrqWorks>(me.kernel_state(), me, call, place);
            newly
        })
    }

    /// Waits until it is not busy: [`irq_work_sync`]. Sleeps.
    #[track_caller]
    pub fn sync(&self) {
        let (call, place) = ("irq_work_sync", Location::caller());
        with_current(|me| {
            might_sleep_in(me, call, place);
            let Some(mut locked) = lock_bound(self) else { return };
            let this = ptr::from_ref(self);
            if locked.is_on_its_thread() {
                let busy = self.is_pending() || locked.runs(self);
                drop(locked);
                if busy {
                    let message = "an irq_work's function can't wait for one: it goes on";
                    me.warn(WarningKind::Deadlock, call, place, message);
                }
                return;
            }
            let lacks =
                |locked: &Locked<IrqWorks>| self.is_pending() && !locked.state(|state| state.has_thread());
            if lacks(&locked) {
                // The system has refused the thread: once more.
                let after_unlock = locked.armed(0, base_of(me.kernel_state()));
                drop(locked);
                after_unlock.run::<IrqWorks>(me.kernel_state(), me, call, place);
                let Some(again) = lock_bound(self) else { return };
                locked = again;
            }
            locked = locked.wait_until(me, this.addr(), place, |state| {
                !(self.is_pending() && state.has_thread() || state.runs(this))
            });
            if lacks(&locked) {
                // Whoever has waited may free it: so it is not called late.
                // SAFETY: the base is the work's and locked.
                unsafe { locked.queue().remove(self) };
            }
        });
    }
}

impl Default for IrqWork {
    fn default() -> Self {
        Self::new()
    }
}

impl Timed for IrqWork {
    type Queue = IrqWorks;

    fn base(&self) -> &AtomicPtr<Base<IrqWorks>> {
        &self.base
    }

    fn life(&self) -> &Life {
        &self.life
    }

    fn is_queued(&self) -> bool {
        self.is_pending()
    }
}

/// A Kernel's pending irq_works.
///
/// In a kernel, what is queued with interrupts on is called at once: the first that was queued is
/// the first that is called. What a function queues waits for that function's interrupt to end, and
/// the next one calls the newest first: a kernel keeps them on a list that it only adds to at the
/// front. So does what is queued with interrupts off, which waits until they are on. Interrupts are
/// of the C side, and off for one thread; what they hold, the first thread of the Kernel releases
/// that has them on again.
#[derive(Debug)]
pub(crate) struct IrqWorks {
    /// In the order of their calls.
    works: ListHead,
    /// What was queued by functions since `works` had these: the newest first.
    raised: ListHead,
    /// What was queued with interrupts off: the newest first.
    held: ListHead,
}

/// Who queues a work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Task,
    Function,
    /// A task with interrupts off.
    Held,
}

impl IrqWorks {
    /// # Safety
    ///
    /// The lock is held, and the work's; it is not pending, and stays valid and in place while it
    /// is.
    unsafe fn insert(&self, work: &IrqWork, from: From) {
        work.pending.store(true, Relaxed);
        let node = (&raw const work.node).cast_mut();
        let newest_first = |list: &ListHead| {
            let list = ptr::from_ref(list).cast_mut();
            // SAFETY: the same contract; a base does not move, and so neither do the heads.
            unsafe { ListHead::insert_after(list, list, node) };
        };
        match from {
            From::Function => newest_first(&self.raised),
            From::Held => newest_first(&self.held),
            // SAFETY: as above.
            From::Task => unsafe { ListHead::push_back((&raw const self.works).cast_mut(), node) },
        }
    }

    /// All on `list` are to be called, after those that are. True if there were some.
    ///
    /// # Safety
    ///
    /// The lock is held.
    unsafe fn release(&self, list: &ListHead) -> bool {
        // SAFETY: by the contract.
        unsafe {
            let any = !ListHead::is_empty(list);
            while let Some(node) = ListHead::first(list) {
                ListHead::remove(node);
                ListHead::push_back((&raw const self.works).cast_mut(), node);
            }
            any
        }
    }

    /// # Safety
    ///
    /// The lock is held.
    unsafe fn release_held(&self) -> bool {
        // SAFETY: by the contract.
        unsafe { self.release(&self.held) }
    }
}

/// An irq_work that is queued.
static IRQ_WORK: ObjectKind = ObjectKind {
    name: "irq_work",
    state: "queued",
    undo: "irq_work_sync()",
    left: WhenLeft::Told,
    is_active: None,
    take_off: Some(take_off),
};

/// # Safety
///
/// There is an irq_work at `address`.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: by the contract; it was queued, so it is where everybody may find it.
    let work = unsafe { &*ptr::with_exposed_provenance::<IrqWork>(address) };
    dequeue(work);
    if wait == Wait::ForFunction {
        // One that queues itself is called once more, and then does nothing.
        if let Some(locked) = lock_bound(work) {
            // SAFETY: the base is the work's and locked.
            work.function.with_mut(|function| unsafe { *function = Some(nothing) });
            drop(locked);
        }
        work.sync();
    }
}

/// The function of a work that is taken from who has it.
unsafe extern "C-unwind" fn nothing(_: *mut IrqWork) {}

/// Takes a work off its list; false if it was on none.
///
/// # Safety
///
/// The work is valid, and the lock of its base is held.
unsafe fn take_out(work: *const IrqWork) -> bool {
    // SAFETY: by the contract.
    unsafe {
        ListHead::remove((&raw const (*work).node).cast_mut());
        (*work).pending.swap(false, Relaxed)
    }
}

impl Queue for IrqWorks {
    type Timer = IrqWork;
    type Function = IrqWorkFn;
    const KIND: &'static ObjectKind = &IRQ_WORK;
    const SUBSYSTEM: SubsystemId = SubsystemId::IrqWorks;
    const THREAD: &'static str = "irq_work/0";
    const CALLBACK: &'static str = "irq_work.func";
    const ONE: &'static str = "irq_work";
    const OOPS: &'static str = "Oops: the irq_work panicked; it is idle unless it was queued anew";
    const REFUSED: &'static str = "the Kernel has shut down: the irq_work stays idle (told once)";
    const CALLS: &'static str = "calls the irq_work";
    const WAIT: WaitKind = WaitKind::Softirq;
    const WAIT_CALL: &'static str = "irq_work_sync";

    fn new() -> Self {
        Self { works: ListHead::new(), raised: ListHead::new(), held: ListHead::new() }
    }

    fn pool() -> &'static Pool<Base<Self>> {
        static POOL: Pool<Base<IrqWorks>> = Pool::new();
        &POOL
    }

    unsafe fn remove(&self, work: *const IrqWork) -> bool {
        debug_objects::end(&IRQ_WORK, work.addr());
        // SAFETY: the same contract.
        unsafe { take_out(work) }
    }

    unsafe fn take_due(&self, _: &Clock) -> Option<*const IrqWork> {
        // SAFETY: the lock is held, by the contract; what is on the list is the first field of a
        // work, which is valid.
        unsafe {
            if ListHead::is_empty(&raw const self.works) {
                self.release(&self.raised);
            }
            let work = ListHead::first(&raw const self.works)?.cast_const().cast::<IrqWork>();
            take_out(work);
            Some(work)
        }
    }

    unsafe fn earliest(&self) -> Option<u64> {
        // SAFETY: the lock is held, by the contract.
        let any = unsafe {
            !ListHead::is_empty(&raw const self.works) || !ListHead::is_empty(&raw const self.raised)
        };
        any.then_some(0)
    }

    fn deadline(_: &Clock, at: u64) -> Option<u64> {
        Some(at)
    }

    unsafe fn clear(&self) {
        // SAFETY: the lock is held, by the contract; what is on the list is valid.
        unsafe {
            for list in [&self.works, &self.raised, &self.held] {
                while let Some(node) = ListHead::first(list) {
                    self.remove(node.cast_const().cast());
                }
            }
        }
    }

    fn context(_: &IrqWork) -> u32 {
        HARDIRQ_OFFSET
    }

    unsafe fn function(work: &IrqWork) -> Option<IrqWorkFn> {
        // SAFETY: the lock is held, by the contract.
        work.function.with(|function| unsafe { *function })
    }

    unsafe fn forget_function(work: &IrqWork) {
        // SAFETY: the lock is held, by the contract.
        work.function.with_mut(|function| unsafe { *function = None });
    }

    fn address_of(function: IrqWorkFn) -> usize {
        function as usize
    }

    unsafe fn call(function: IrqWorkFn, work: *const IrqWork) -> bool {
        // SAFETY: by the contract.
        unsafe { function(ptr::with_exposed_provenance_mut(work.addr())) };
        false
    }
}
