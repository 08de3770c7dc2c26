//! `struct work_struct`: a work item, in plain memory.
//!
//! # The states of a work item, and the locks that protect them
//!
//! | state | `PENDING` | entered by | lock needed to leave it |
//! |---|---|---|---|
//! | idle | no | | the work item's |
//! | waiting for its timer | yes, with `DELAYED` | `delayed` | the work item's |
//! | waiting for a grace period | yes, with `AWAITED` | `queue_rcu_work` | the work item's |
//! | queued | yes | `queue_work` | both to cancel it; only the pool's to run it |
//!
//! So while a task holds the work item's lock, an item that is not queued stays so; while it also
//! holds the pool's lock, a queued item stays queued. The kernel may find a work item between two
//! states and must retry; here that cannot happen. *Running* is not a state of the work item,
//! because its function may free it. The worker records what it runs ([`pool`](super::pool)).
//!
//! Lock order: the work item's lock is taken before the pool's, and dropped before it. Once the
//! pool's lock is dropped, the work item may run, and its function may free it.
//!
//! # Invariants
//!
//! * `entry`, `queue`, `epoch` and `active` are accessed under the lock of the pool that the work
//!   item is queued in.
//! * `pool` and the counts in `state` change under the work item's lock.
//! * The caller that gives a work item its function promises to keep the item valid and in place
//!   while it is pending, until the function has been entered. A work item without a function is
//!   never queued. So only the calls that set the function are unsafe.

use super::Caller;
use super::pool::{Locked, WorkerPool};
use super::queue::PoolWorkqueue;
use crate::debug_objects::{ObjectKind, Wait, WhenLeft};
use crate::diag::WarningKind;
use crate::sync::list::ListHead;
use crate::sync::{
    AtomicPtr, AtomicU32, Life, Ordering, RawSpinLock, UnsafeCell, const_fn, fence_after_rmw, observe,
};
use std::ptr;

/// The function of a work item: `void (*func)(struct work_struct *)`.
///
/// It runs on a worker, may sleep, and may queue or free its work item. If it unwinds, that is an
/// oops: the worker reports it and continues.
pub type WorkFn = unsafe extern "C-unwind" fn(work: *mut WorkStruct);

/// It is queued, or waits for its timer or a grace period: `WORK_STRUCT_PENDING`.
const PENDING: u32 = 1;
/// It is queued, but its queue's `max_active` delays it: `WORK_STRUCT_INACTIVE`.
const INACTIVE: u32 = 2;
/// It is queued: `WORK_STRUCT_PWQ`. Like [`INACTIVE`], this bit is only for C code that reads it;
/// the runtime uses the fields under the locks.
const IN_QUEUE: u32 = 4;
/// It has never been queued: `WORK_STRUCT_NO_POOL`.
const NO_POOL: u32 = 1 << 5;
/// It waits for its timer.
const DELAYED: u32 = 1 << 6;
/// It waits for a grace period.
const AWAITED: u32 = 1 << 7;
/// The unit of the count of `cancel_work_sync` calls in progress, which saturates.
const CANCELLED_ONCE: u32 = 1 << 8;
const CANCELLED: u32 = DISABLED_ONCE - CANCELLED_ONCE;
/// The unit of the count of disables.
const DISABLED_ONCE: u32 = 1 << 16;

/// `struct work_struct`: plain memory, nothing allocated to queue it, nothing to drop.
///
/// Zeroed memory is a work item without a function, which cannot be queued. Use
/// [`DECLARE_WORK!`](crate::DECLARE_WORK) for a static, [`INIT_WORK`](super::INIT_WORK) for memory
/// that does not move, or [`Work`](super::Work) for a closure.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static HANDLED);
/// DECLARE_WORK!(static HANDLE = |_| complete(&HANDLED));
///
/// assert!(schedule_work(&HANDLE));
/// wait_for_completion(&HANDLED);
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct WorkStruct {
    // The first field, so that a pointer to the node is a pointer to the work item.
    entry: ListHead,
    function: Option<WorkFn>,
    /// The queue that it is queued in.
    queue: UnsafeCell<*const PoolWorkqueue>,
    /// The queue's epoch when it was queued; see `flush`.
    epoch: UnsafeCell<u64>,
    /// The pool that it is or was last queued in. Pools are never freed.
    pool: AtomicPtr<WorkerPool>,
    /// Together with `begun`, the word that C calls `data`.
    state: AtomicU32,
    /// How often it has begun to run.
    begun: AtomicU32,
    lock: RawSpinLock,
    /// It is on the pool's list. If false, it waits on its queue's inactive list.
    active: UnsafeCell<bool>,
    life: Life,
}

// SAFETY: the fields that are not atomic are accessed under the locks that the module docs name.
unsafe impl Send for WorkStruct {}
// SAFETY: as above.
unsafe impl Sync for WorkStruct {}

impl WorkStruct {
    const_fn! {
        /// Makes a work item without a function. It cannot be queued.
        pub const fn new() -> Self {
            Self::with(None)
        }
    }

    const_fn! {
        /// Makes a work item with a function: `__WORK_INITIALIZER`.
        ///
        /// # Safety
        ///
        /// From when the work item is queued until its function has been entered, it is valid and
        /// does not move. Any thread may call `function` with it.
        pub const unsafe fn with_function(function: WorkFn) -> Self {
            Self::with(Some(function))
        }
    }

    const_fn! {
        const fn with(function: Option<WorkFn>) -> Self {
            Self {
                entry: ListHead::new(),
                function,
                queue: UnsafeCell::new(ptr::null()),
                epoch: UnsafeCell::new(0),
                active: UnsafeCell::new(false),
                pool: AtomicPtr::new(ptr::null_mut()),
                lock: RawSpinLock::new(),
                state: AtomicU32::new(NO_POOL),
                begun: AtomicU32::new(0),
                life: Life::new(),
            }
        }
    }

    /// Returns how often it has begun to run. A run that has begun may not have entered the
    /// function yet.
    pub(super) fn begun(&self) -> u32 {
        self.life.touch();
        self.begun.load(Ordering::Relaxed)
    }

    pub(super) fn function(&self) -> Option<WorkFn> {
        self.function
    }

    /// Initializes it with a function, as idle: `INIT_WORK`.
    ///
    /// # Safety
    ///
    /// As [`with_function`](Self::with_function); and the old work item is idle and no longer in
    /// use.
    pub(super) unsafe fn init(&mut self, function: WorkFn) {
        *self = Self::with(Some(function));
    }

    /// Returns true if it is queued or waits for its timer: [`work_pending`](super::work_pending).
    /// Returns false while it runs, unless it was queued again.
    pub fn is_pending(&self) -> bool {
        self.state.load(Ordering::Relaxed) & PENDING != 0
    }

    /// Returns true while it is disabled. [`cancel_work_sync`](super::cancel_work_sync) disables it
    /// for the duration of the call. (Before 6.10, the kernel marks it pending for that time.)
    pub fn is_disabled(&self) -> bool {
        self.state.load(Ordering::Relaxed) >= DISABLED_ONCE
    }

    pub(super) fn lock(&self) -> HeldWork<'_> {
        self.life.touch();
        self.lock.lock();
        HeldWork { work: self }
    }

    /// Returns whether it has a function, and warns if it has none.
    pub(super) fn has_function(&self, caller: Caller<'_>) -> bool {
        if self.function.is_none() {
            caller.warn(WarningKind::BadArgument, "the work item has no function, so it was not queued");
        }
        self.function.is_some()
    }

    /// Sets PENDING for a caller that will queue it or arm its timer. `None` if it is pending or
    /// disabled already, or has no function.
    pub(super) fn claim(&self, caller: Caller<'_>) -> Option<HeldWork<'_>> {
        if !self.has_function(caller) {
            return None;
        }
        let held = self.lock();
        // AcqRel. Release, also if it is pending: the worker clears the bit before it calls the
        // function, so the function sees what the caller did before a call that returned false.
        // Acquire: this caller sees what the last run did to the work item's memory.
        let before = self.state.fetch_or(PENDING, Ordering::AcqRel);
        observe("claims the work, whose state was", before as usize, |bits| format!("{bits:#x}"));
        if before & PENDING != 0 {
            return None;
        }
        if before >= DISABLED_ONCE {
            held.become_idle();
            return None;
        }
        Some(held)
    }

    /// Returns the work item whose entry is `node`.
    pub(super) fn of_node(node: *mut ListHead) -> *const WorkStruct {
        node.cast_const().cast()
    }
}

impl Default for WorkStruct {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of a work item.
pub(super) enum Whereabouts {
    /// Nowhere.
    Idle,
    /// It waits for its timer.
    Delayed,
    /// It waits for a grace period.
    Awaited,
    /// It is queued in this pool, whose lock is held.
    Queued(Locked),
}

/// A work item whose lock is held.
#[must_use]
pub(super) struct HeldWork<'a> {
    work: &'a WorkStruct,
}

impl Drop for HeldWork<'_> {
    fn drop(&mut self) {
        // SAFETY: `WorkStruct::lock` locked it. The work item is valid until the lock is dropped:
        // the guard borrows it, and an item that was queued under this guard cannot run before the
        // pool's lock is dropped, which comes later.
        unsafe { RawSpinLock::unlock(&raw const self.work.lock) };
    }
}

impl<'a> HeldWork<'a> {
    pub(super) fn work(&self) -> &'a WorkStruct {
        self.work
    }

    /// Returns the pool that it is or was last queued in.
    pub(super) fn pool(&self) -> Option<&'static WorkerPool> {
        let pool = self.work.pool.load(Ordering::Relaxed);
        // SAFETY: null or a pool, and pools are never freed.
        unsafe { pool.as_ref() }
    }

    /// Returns its state, which cannot change while this guard and the pool's, if any, are held.
    pub(super) fn whereabouts(&self) -> Whereabouts {
        let state = self.work.state.load(Ordering::Relaxed);
        if state & PENDING == 0 {
            return Whereabouts::Idle;
        }
        if state & DELAYED != 0 {
            return Whereabouts::Delayed;
        }
        if state & AWAITED != 0 {
            return Whereabouts::Awaited;
        }
        let Some(pool) = self.pool() else { unreachable!("a work is queued in some pool") };
        let locked = pool.lock();
        // A worker may have begun to run it before the pool was locked.
        if self.work.state.load(Ordering::Relaxed) & PENDING == 0 {
            return Whereabouts::Idle;
        }
        Whereabouts::Queued(locked)
    }

    pub(super) fn is_delayed(&self) -> bool {
        self.work.state.load(Ordering::Relaxed) & DELAYED != 0
    }

    pub(super) fn set_delayed(&self, delayed: bool) {
        if delayed {
            self.work.state.fetch_or(DELAYED, Ordering::Relaxed);
        } else {
            self.work.state.fetch_and(!DELAYED, Ordering::Relaxed);
        }
    }

    pub(super) fn set_awaited(&self, awaited: bool) {
        if awaited {
            self.work.state.fetch_or(AWAITED, Ordering::Relaxed);
        } else {
            self.work.state.fetch_and(!AWAITED, Ordering::Relaxed);
        }
    }

    /// Makes a claimed work item idle that is not queued.
    pub(super) fn become_idle(&self) {
        // Release: as in `begins`, for the next caller that claims it.
        self.work.state.fetch_and(!(PENDING | DELAYED | AWAITED), Ordering::Release);
    }

    /// Claims it again, after this guard's holder has made it idle.
    pub(super) fn claim_again(&self) {
        // As in `claim`.
        self.work.state.fetch_or(PENDING, Ordering::AcqRel);
    }

    /// Records that it is being queued in `queue`.
    pub(super) fn enter(&self, locked: &Locked, queue: *const PoolWorkqueue, epoch: u64, active: bool) {
        self.work.pool.store(ptr::from_ref(locked.pool()).cast_mut(), Ordering::Relaxed);
        // SAFETY: the pool's lock is held.
        self.work.queue.with_mut(|q| unsafe { *q = queue });
        // SAFETY: as above.
        self.work.epoch.with_mut(|e| unsafe { *e = epoch });
        // SAFETY: as above.
        self.work.active.with_mut(|a| unsafe { *a = active });
        if self.work.state.load(Ordering::Relaxed) & NO_POOL != 0 {
            self.work.state.fetch_and(!NO_POOL, Ordering::Relaxed);
        }
        let place = if active { IN_QUEUE } else { IN_QUEUE | INACTIVE };
        self.work.state.fetch_or(place, Ordering::Relaxed);
        // The worker calls the function with a pointer made from the address, so that the pointer
        // has the provenance of the caller that set the work item up.
        ptr::from_ref(self.work).expose_provenance();
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.work.is_disabled()
    }

    pub(super) fn is_being_cancelled(&self) -> bool {
        self.work.state.load(Ordering::Relaxed) & CANCELLED != 0
    }

    /// Counts a `cancel_work_sync` in progress. Returns false if the counter is saturated.
    pub(super) fn begin_cancel(&self) -> bool {
        let counted = self.work.state.load(Ordering::Relaxed) & CANCELLED != CANCELLED;
        if counted {
            // The count is changed with the lock held only.
            self.work.state.fetch_add(CANCELLED_ONCE, Ordering::Relaxed);
        }
        counted
    }

    /// Ends what [`begin_cancel`](Self::begin_cancel) began; `counted` is its return value.
    pub(super) fn end_cancel(&self, counted: bool) {
        if counted {
            self.work.state.fetch_sub(CANCELLED_ONCE, Ordering::Relaxed);
        }
    }

    /// Increments the count of disables. Returns false if the counter is saturated; it does not
    /// change then.
    pub(super) fn disable(&self) -> bool {
        let counted = self.work.state.load(Ordering::Relaxed) < u32::MAX / DISABLED_ONCE * DISABLED_ONCE;
        if counted {
            // The count is changed with the lock held only.
            self.work.state.fetch_add(DISABLED_ONCE, Ordering::Relaxed);
        }
        counted
    }

    /// Decrements the count of disables. True if it is enabled now; `None` if it was not disabled.
    pub(super) fn enable(&self) -> Option<bool> {
        if !self.is_disabled() {
            return None;
        }
        let before = self.work.state.fetch_sub(DISABLED_ONCE, Ordering::Relaxed);
        Some(before < 2 * DISABLED_ONCE)
    }
}

/// A work item that is queued, or waits for a grace period.
pub(super) static WORK: ObjectKind = ObjectKind {
    name: "work",
    state: "queued",
    undo: "cancel_work_sync() or flush_work()",
    left: WhenLeft::ToldOfModules,
    is_active: None,
    take_off: Some(take_off),
};

/// A delayed work item that waits for its timer.
pub(super) static DELAYED_WORK: ObjectKind = ObjectKind {
    name: "delayed work",
    state: "armed",
    undo: "cancel_delayed_work_sync()",
    left: WhenLeft::Told,
    is_active: None,
    take_off: Some(take_off),
};

/// # Safety
///
/// `address` is that of a work item or of a delayed work item, which is valid.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: by the contract; arming or queueing it exposed its address.
    let work = unsafe { &*ptr::with_exposed_provenance::<WorkStruct>(address) };
    match wait {
        Wait::Not => super::cancel_work(work),
        Wait::ForFunction => super::cancel_work_sync(work),
    };
}

/// A queued work item whose pool's lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Queued(*const WorkStruct);

impl Queued {
    /// # Safety
    ///
    /// `work` is queued in a pool. As long as the result is used, the caller holds that pool's lock
    /// and the work item stays queued.
    pub(super) unsafe fn new(work: *const WorkStruct) -> Self {
        Self(work)
    }

    fn work(&self) -> &WorkStruct {
        // SAFETY: a queued work item is valid (the invariants).
        unsafe { &*self.0 }
    }

    pub(super) fn as_ptr(&self) -> *const WorkStruct {
        self.0
    }

    pub(super) fn node(&self) -> *mut ListHead {
        self.0.cast_mut().cast()
    }

    pub(super) fn queue(&self) -> *const PoolWorkqueue {
        // SAFETY: the pool's lock is held.
        self.work().queue.with(|q| unsafe { *q })
    }

    pub(super) fn epoch(&self) -> u64 {
        // SAFETY: as above.
        self.work().epoch.with(|e| unsafe { *e })
    }

    pub(super) fn function(&self) -> WorkFn {
        self.work().function.unwrap_or_else(|| unreachable!("a work without a function is not queued"))
    }

    pub(super) fn is_active(&self) -> bool {
        // SAFETY: as above.
        self.work().active.with(|a| unsafe { *a })
    }

    pub(super) fn activate(&self) {
        // SAFETY: as above.
        self.work().active.with_mut(|a| unsafe { *a = true });
        self.work().state.fetch_and(!INACTIVE, Ordering::Relaxed);
    }

    /// Removes it from its list.
    pub(super) fn unlink(&self) {
        // SAFETY: the pool's lock is held, which is that of all lists of the pool.
        unsafe { ListHead::remove(self.node()) };
    }

    /// Clears PENDING before it runs; from here on it may be queued again.
    pub(super) fn begins(self) {
        self.work().life.touch();
        // No read-modify-write is needed: a work item begins only while it is pending, and can
        // become pending again only after that, so no other task writes the count concurrently.
        // Relaxed: the reader has made the work item idle first, or is its runner.
        let begun = &self.work().begun;
        begun.store(begun.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        // AcqRel: the function sees what every caller did whose `queue_work` returned false before
        // this. The next caller that claims the work item sees it unlinked.
        self.work().state.fetch_and(!(PENDING | IN_QUEUE | INACTIVE), Ordering::AcqRel);
        // The fence orders the function's reads after this: a caller that makes a condition true
        // and then finds the work item pending may rely on the function to see that condition.
        fence_after_rmw();
    }

    /// Clears PENDING after a cancel has unlinked it.
    pub(super) fn ends(self) {
        self.work().state.fetch_and(!(PENDING | IN_QUEUE | INACTIVE), Ordering::AcqRel);
    }
}
