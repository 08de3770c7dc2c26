//! `struct work_struct`: one item of work, in plain memory.
//!
//! # What a work's state is, and which lock holds it still
//!
//! | state | `PENDING` | on the way there | lock for leaving it |
//! |---|---|---|---|
//! | idle | no | | the work's |
//! | waiting for its timer | yes, with `DELAYED` | `delayed` | the work's |
//! | waiting for a grace period | yes, with `AWAITED` | `queue_rcu_work` | the work's |
//! | in a queue | yes | `queue_work` | the work's and the pool's to cancel it; the pool's alone to run it |
//!
//! So with the work's lock held nothing is queued that was not, and with the pool's held beside it
//! nothing is taken out that was in. Nobody has to try again, as the kernel must, because it finds
//! a work that is on its way between two states. Whether a work *runs* is no state of it: its
//! function may free it. It is known from the worker ([`pool`](super::pool)).
//!
//! The work's lock is taken before the pool's, and let go before it: once the pool's lock is open
//! the work may run, and its function may free it.
//!
//! # Invariants
//!
//! * `entry`, `queue`, `epoch` and `active` are accessed with the lock of the pool held that the
//!   work is queued in.
//! * `pool` and `disabled` change with the work's lock held.
//! * A work with a function is one that somebody promised to keep valid and in place while it is
//!   pending, and until its function has been entered. A work without one is never queued. So all
//!   calls but the one that gives it a function are safe.

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

/// A work's function: `void (*func)(struct work_struct *)`.
///
/// It runs on a worker, may sleep, and may queue or free its work. If it unwinds, that is an oops:
/// told, and contained.
pub type WorkFn = unsafe extern "C-unwind" fn(work: *mut WorkStruct);

/// It is in a queue, or waits for its timer: `WORK_STRUCT_PENDING`.
const PENDING: u32 = 1;
/// It is in a queue and waits there until others have finished: `WORK_STRUCT_INACTIVE`.
const INACTIVE: u32 = 2;
/// It is in a queue: `WORK_STRUCT_PWQ`. As [`INACTIVE`], this is for C code that looks; the locks'
/// fields decide.
const IN_QUEUE: u32 = 4;
/// It has never been in a queue: `WORK_STRUCT_NO_POOL`.
const NO_POOL: u32 = 1 << 5;
/// It waits for its timer.
const DELAYED: u32 = 1 << 6;
/// It waits for a grace period.
const AWAITED: u32 = 1 << 7;
/// How many of those who disabled it are waiting to cancel it counts from here on, as far as there
/// is room.
const CANCELLED_ONCE: u32 = 1 << 8;
const CANCELLED: u32 = DISABLED_ONCE - CANCELLED_ONCE;
/// How often it was disabled counts from here on.
const DISABLED_ONCE: u32 = 1 << 16;

/// `struct work_struct`: plain memory, nothing allocated to queue it, nothing to drop.
///
/// Zeroed memory is a work without a function, which can't be queued. A function is given to it by
/// [`DECLARE_WORK!`](crate::DECLARE_WORK) (a static), [`INIT_WORK`](super::INIT_WORK) (anything
/// that stays in place), or [`Work`](super::Work) (a closure).
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
    // First, so that a pointer to the node is a pointer to the work.
    entry: ListHead,
    function: Option<WorkFn>,
    /// Where it is queued.
    queue: UnsafeCell<*const PoolWorkqueue>,
    /// The epoch of its queue in which it was queued; see `flush`.
    epoch: UnsafeCell<u64>,
    /// The pool where it is queued, or was last; pools are never freed.
    pool: AtomicPtr<WorkerPool>,
    /// With `begun`, the word that C calls `data`.
    state: AtomicU32,
    /// How often it has begun to run.
    begun: AtomicU32,
    lock: RawSpinLock,
    /// It is on the pool's list. If not, it waits in its queue until others have finished:
    /// `WORK_STRUCT_INACTIVE`.
    active: UnsafeCell<bool>,
    life: Life,
}

// SAFETY: what is not atomic is accessed under the locks of the module's text.
unsafe impl Send for WorkStruct {}
// SAFETY: as above.
unsafe impl Sync for WorkStruct {}

impl WorkStruct {
    const_fn! {
        /// A work without a function. It can't be queued.
        pub const fn new() -> Self {
            Self::with(None)
        }
    }

    const_fn! {
        /// A work with a function: `__WORK_INITIALIZER`.
        ///
        /// # Safety
        ///
        /// Whenever the work is pending, and until its function has been entered, it is valid and
        /// where it was when it was queued; and `function` may be called with it then, on another
        /// thread.
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

    /// How often it has begun to run. Runs that have begun may not have come to the function yet.
    pub(super) fn begun(&self) -> u32 {
        self.life.touch();
        self.begun.load(Ordering::Relaxed)
    }

    /// The work's function.
    pub(super) fn function(&self) -> Option<WorkFn> {
        self.function
    }

    /// Gives it a function: `INIT_WORK`. It is idle then, whatever it was.
    ///
    /// # Safety
    ///
    /// As [`with_function`](Self::with_function); nobody uses the work as it was.
    pub(super) unsafe fn init(&mut self, function: WorkFn) {
        *self = Self::with(Some(function));
    }

    /// True if it is in a queue, or waits for its timer: [`work_pending`](super::work_pending).
    /// False while it runs, unless it was queued anew.
    pub fn is_pending(&self) -> bool {
        self.state.load(Ordering::Relaxed) & PENDING != 0
    }

    /// True as long as it is disabled, or somebody waits in
    /// [`cancel_work_sync`](super::cancel_work_sync), which disables it meanwhile.
    /// (Before 6.10, a kernel has it pending then.)
    pub fn is_disabled(&self) -> bool {
        self.state.load(Ordering::Relaxed) >= DISABLED_ONCE
    }

    /// Locks it.
    pub(super) fn lock(&self) -> HeldWork<'_> {
        self.life.touch();
        self.lock.lock();
        HeldWork { work: self }
    }

    /// Whether it can be queued; a warning if not.
    pub(super) fn has_function(&self, caller: Caller<'_>) -> bool {
        if self.function.is_none() {
            caller.warn(WarningKind::BadArgument, "the work has no function");
        }
        self.function.is_some()
    }

    /// Claims it for a caller who will queue it, or arm its timer. `None` if it is pending or
    /// disabled.
    pub(super) fn claim(&self, caller: Caller<'_>) -> Option<HeldWork<'_>> {
        if !self.has_function(caller) {
            return None;
        }
        let held = self.lock();
        // AcqRel. Release, also if it is pending: the worker clears the bit before it calls the
        // function, so the function sees what a caller did who was told that the work is pending.
        // Acquire: what the last run did to the work's memory before.
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

    /// The work that `node` is the entry of.
    pub(super) fn of_node(node: *mut ListHead) -> *const WorkStruct {
        node.cast_const().cast()
    }
}

impl Default for WorkStruct {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a work is that somebody looks for.
pub(super) enum Whereabouts {
    /// Nowhere.
    Idle,
    /// It waits for its timer.
    Delayed,
    /// It waits for a grace period.
    Awaited,
    /// In a queue of this pool, whose lock is held.
    Queued(Locked),
}

/// A work whose lock is held.
#[must_use]
pub(super) struct HeldWork<'a> {
    work: &'a WorkStruct,
}

impl Drop for HeldWork<'_> {
    fn drop(&mut self) {
        // SAFETY: locked by whoever made this; the work is valid until the lock is open, since it
        // can't have begun to run.
        unsafe { RawSpinLock::unlock(&raw const self.work.lock) };
    }
}

impl<'a> HeldWork<'a> {
    pub(super) fn work(&self) -> &'a WorkStruct {
        self.work
    }

    /// The pool that it is queued in, or was last.
    pub(super) fn pool(&self) -> Option<&'static WorkerPool> {
        let pool = self.work.pool.load(Ordering::Relaxed);
        // SAFETY: null or a pool, and pools are never freed.
        unsafe { pool.as_ref() }
    }

    /// Where it is. It stays there as long as this, and the pool if there is one, are locked.
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
        // A worker may have taken it before the lock.
        if self.work.state.load(Ordering::Relaxed) & PENDING == 0 {
            return Whereabouts::Idle;
        }
        Whereabouts::Queued(locked)
    }

    pub(super) fn is_delayed(&self) -> bool {
        self.work.state.load(Ordering::Relaxed) & DELAYED != 0
    }

    /// It waits for its timer, or does not any more.
    pub(super) fn set_delayed(&self, delayed: bool) {
        if delayed {
            self.work.state.fetch_or(DELAYED, Ordering::Relaxed);
        } else {
            self.work.state.fetch_and(!DELAYED, Ordering::Relaxed);
        }
    }

    /// It waits for a grace period, or does not any more.
    pub(super) fn set_awaited(&self, awaited: bool) {
        if awaited {
            self.work.state.fetch_or(AWAITED, Ordering::Relaxed);
        } else {
            self.work.state.fetch_and(!AWAITED, Ordering::Relaxed);
        }
    }

    /// It is claimed, and queued nowhere: it becomes idle.
    pub(super) fn become_idle(&self) {
        // Release: as in `begins`, for the next who claims it.
        self.work.state.fetch_and(!(PENDING | DELAYED | AWAITED), Ordering::Release);
    }

    /// It was made idle by who holds it, and is claimed again.
    pub(super) fn claim_again(&self) {
        // As in `claim`.
        self.work.state.fetch_or(PENDING, Ordering::AcqRel);
    }

    /// It is being queued in `queue`.
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
        // Whoever runs it gets it by its address, with all that whoever set it up may do with the
        // pointer.
        ptr::from_ref(self.work).expose_provenance();
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.work.is_disabled()
    }

    pub(super) fn is_being_cancelled(&self) -> bool {
        self.work.state.load(Ordering::Relaxed) & CANCELLED != 0
    }

    /// Somebody who has disabled it waits to cancel it. False if that is no longer counted.
    pub(super) fn begin_cancel(&self) -> bool {
        let counted = self.work.state.load(Ordering::Relaxed) & CANCELLED != CANCELLED;
        if counted {
            // The count is changed with the lock held only.
            self.work.state.fetch_add(CANCELLED_ONCE, Ordering::Relaxed);
        }
        counted
    }

    /// He no longer does; `counted` is what `begin_cancel` said.
    pub(super) fn end_cancel(&self, counted: bool) {
        if counted {
            self.work.state.fetch_sub(CANCELLED_ONCE, Ordering::Relaxed);
        }
    }

    /// Once more. False if it is disabled as often as can be counted, and stays so.
    pub(super) fn disable(&self) -> bool {
        let counted = self.work.state.load(Ordering::Relaxed) < u32::MAX / DISABLED_ONCE * DISABLED_ONCE;
        if counted {
            // The count is changed with the lock held only.
            self.work.state.fetch_add(DISABLED_ONCE, Ordering::Relaxed);
        }
        counted
    }

    /// True if it is enabled now; `None` if it was not disabled.
    pub(super) fn enable(&self) -> Option<bool> {
        if !self.is_disabled() {
            return None;
        }
        let before = self.work.state.fetch_sub(DISABLED_ONCE, Ordering::Relaxed);
        Some(before < 2 * DISABLED_ONCE)
    }
}

/// A work that is queued, or waits for a grace period.
pub(super) static WORK: ObjectKind = ObjectKind {
    name: "work",
    state: "queued",
    undo: "cancel_work_sync() or flush_work()",
    left: WhenLeft::ToldOfModules,
    is_active: None,
    take_off: Some(take_off),
};

/// A delayed work that waits for its timer.
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
/// There is a work at `address`, or a delayed one.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: by the contract; it was queued, so it is where everybody may find it.
    let work = unsafe { &*ptr::with_exposed_provenance::<WorkStruct>(address) };
    match wait {
        Wait::Not => super::cancel_work(work),
        Wait::ForFunction => super::cancel_work_sync(work),
    };
}

/// A work in a queue, for whoever holds the lock of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Queued(*const WorkStruct);

impl Queued {
    /// # Safety
    ///
    /// `work` is in a queue of a pool, and as long as this is used that pool's lock is held and the
    /// work stays there.
    pub(super) unsafe fn new(work: *const WorkStruct) -> Self {
        Self(work)
    }

    fn work(&self) -> &WorkStruct {
        // SAFETY: a queued work is valid (the invariants).
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

    /// Takes it off its list.
    pub(super) fn unlink(&self) {
        // SAFETY: the pool's lock is held, which is that of all lists of the pool.
        unsafe { ListHead::remove(self.node()) };
    }

    /// It is about to run: from here on it may be queued anew.
    pub(super) fn begins(self) {
        self.work().life.touch();
        // No read-modify-write: a work begins only while it is pending, and is pending anew only
        // after that, so nobody else counts at the same time. Relaxed: who reads it has seen to it
        // that the work is idle, or runs it.
        let begun = &self.work().begun;
        begun.store(begun.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
        // AcqRel: the function sees what everybody did who was told that it is pending; who claims
        // it next sees it unlinked.
        self.work().state.fetch_and(!(PENDING | IN_QUEUE | INACTIVE), Ordering::AcqRel);
        // And nothing that the function reads is older than that: who makes something true and then
        // finds the work pending may count on its function to see it.
        fence_after_rmw();
    }

    /// It was cancelled.
    pub(super) fn ends(self) {
        self.work().state.fetch_and(!(PENDING | IN_QUEUE | INACTIVE), Ordering::AcqRel);
    }
}
