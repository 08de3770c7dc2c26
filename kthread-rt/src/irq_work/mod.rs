//! irq_works: `linux/irq_work.h`.
//!
//! An [`IrqWork`] is plain memory with a function. Any context may queue it; it is called at once,
//! in hardirq context. The kernel sends its own cpu an interrupt for that; here the Kernel's thread
//! `irq_work/0`, which has the name of the kernel's thread with PREEMPT_RT, calls it. It is not the
//! tasklets' thread, since an interrupt does not wait for a softirq: a tasklet may wait for an
//! irq_work.
//!
//! To a base (`timer/base.rs`), an irq_work is a timer that is due as soon as it is queued: the
//! code there finds its lock, runs the thread, calls the functions and shuts down.
//!
//! # Invariants
//!
//! * `pending` is written with the lock of the irq_work's base held; reads without it are only
//!   informative. `function` is accessed with the lock held, or before any other thread knows the
//!   irq_work.
//! * An irq_work is on its base's list if and only if it is `pending`.
//! * The caller that sets an irq_work's function promises that the irq_work stays valid and in
//!   place while it is pending or runs. An irq_work without a function is never queued.

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
/// The Kernel's irq_work thread calls it. It must not sleep, and may queue or free its irq_work. If
/// it unwinds, the runtime catches the panic and reports an oops.
pub type IrqWorkFn = unsafe extern "C-unwind" fn(work: *mut IrqWork);

/// `struct irq_work`: plain memory. Queueing it allocates nothing, and it needs no drop.
///
/// Zeroed memory is an irq_work without a function, which can't be queued.
/// [`DEFINE_IRQ_WORK!`](crate::DEFINE_IRQ_WORK) (a static) and [`init_irq_work`] (anything that
/// stays in place) make irq_works with one.
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
    /// Whether it runs in hardirq context with PREEMPT_RT too. Only reported, never used.
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
        /// An irq_work without a function. It can't be queued.
        pub const fn new() -> Self {
            Self::with(None, false)
        }
    }

    const_fn! {
        /// An irq_work with a function: [`IRQ_WORK_INIT`].
        ///
        /// # Safety
        ///
        /// Whenever the irq_work is pending or runs, it is valid and in the place where it was
        /// queued; and `function` may be called with it then, on another thread.
        pub const unsafe fn with_function(function: IrqWorkFn) -> Self {
            Self::with(Some(function), false)
        }
    }

    const_fn! {
        /// An irq_work whose function runs in hardirq context with PREEMPT_RT too:
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

    /// Returns true if it waits to be called: [`irq_work_is_pending`].
    pub fn is_pending(&self) -> bool {
        self.pending.load(Relaxed)
    }

    /// Returns true if it was made for hardirq context even with PREEMPT_RT: [`irq_work_is_hard`].
    pub fn is_hard(&self) -> bool {
        self.hard
    }

    /// Returns true if it waits to be called or its function runs: [`irq_work_is_busy`].
    pub fn is_busy(&self) -> bool {
        lock_bound(self).is_some_and(|locked| self.is_pending() || locked.runs(self))
    }

    /// Queues it: [`irq_work_queue`]. Returns false if it was pending.
    #[track_caller]
    pub fn queue(&self) -> bool {
        self.queue_at(false, Location::caller())
    }

    /// Queues it for a caller that has interrupts off, which only the C side knows: it waits for
    /// [`release_held`](Self::release_held).
    #[doc(hidden)]
    #[track_caller]
    pub fn queue_held(&self) -> bool {
        self.queue_at(true, Location::caller())
    }

    /// Called when the caller has interrupts on again, or is about to sleep: releases the
    /// [held](IrqWork::queue_held) irq_works, to be called newest first.
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
                me.warn(
                    WarningKind::BadArgument,
                    call,
                    place,
                    "the irq_work has no function: give it one with init_irq_work()",
                );
                return false;
            };
            let newly = !self.is_pending();
            if newly {
                if let Some(refusal) = locked.refusal() {
                    drop(locked);
                    refusal.report(me, call, place);
                    return false;
                }
                // The function finds the irq_work by its address and may use everything that the
                // pointer of `init_irq_work` allows.
                ptr::from_ref(self).expose_provenance();
                let from = match me.preempt_count().load(Relaxed) & HARDIRQ_OFFSET != 0 {
                    true => From::Function,
                    // The task that releases them finds those of its own Kernel only.
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
            // If it was pending while the system refused the thread, try again to start one.
            let again = || locked.state(|state| !state.has_thread());
            let after_unlock = if newly || again() { locked.armed(0, mine) } else { AfterUnlock::Nothing };
            drop(locked);
            after_unlock.run::<IrqWorks>(me.kernel_state(), me, call, place);
            newly
        })
    }

    /// Waits until it is neither pending nor running: [`irq_work_sync`]. Sleeps.
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
                    let message = "an irq_work's function can't wait for an irq_work: the call does not wait";
                    me.warn(WarningKind::Deadlock, call, place, message);
                }
                return;
            }
            let lacks =
                |locked: &Locked<IrqWorks>| self.is_pending() && !locked.state(|state| state.has_thread());
            if lacks(&locked) {
                // The system has refused the thread: try again.
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
                // The caller may free it after this, so it must not be called late.
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
/// In a kernel, irq_works that are queued with interrupts on are called at once, first queued,
/// first called. One that a function queues waits for that function's interrupt to end, and the
/// next interrupt calls the newest first: a kernel adds them at the front of a list. The same holds
/// for irq_works that are queued with interrupts off, which wait until they are on. Only the C side
/// can turn interrupts off, for one thread. The first thread of the Kernel that turns them on again
/// releases what was held.
#[derive(Debug)]
pub(crate) struct IrqWorks {
    /// In the order of the calls.
    works: ListHead,
    /// Those that functions have queued since `works` was last filled: the newest first.
    raised: ListHead,
    /// Those queued with interrupts off: the newest first.
    held: ListHead,
}

/// The context in which an irq_work is queued.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Task,
    Function,
    /// A task with interrupts off.
    Held,
}

impl IrqWorks {
    /// # Safety
    /// The lock is held, and it is also the irq_work's. The irq_work is not pending, and stays
    /// valid and in place while it is.
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

    /// Moves all irq_works of `list` to the end of `works`. Returns true if there were any.
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
    // SAFETY: by the contract; queueing it exposed its provenance.
    let work = unsafe { &*ptr::with_exposed_provenance::<IrqWork>(address) };
    dequeue(work);
    if wait == Wait::ForFunction {
        // An irq_work that queues itself is called once more, and then does nothing.
        if let Some(locked) = lock_bound(work) {
            // SAFETY: the base is the work's and locked.
            work.function.with_mut(|function| unsafe { *function = Some(nothing) });
            drop(locked);
        }
        work.sync();
    }
}

/// The function of an irq_work that has been taken from its owner.
unsafe extern "C-unwind" fn nothing(_: *mut IrqWork) {}

/// Takes an irq_work off its list. Returns false if it was on none.
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
    const REFUSED: &'static str = "the Kernel has shut down: the irq_work stays idle (reported once)";
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
        // SAFETY: the lock is held, by the contract; every node on the list is the first field of a
        // valid irq_work.
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
