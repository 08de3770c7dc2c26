//! Queueing work items: at once, by a timer, or at a changed time.
//!
//! # Delayed work items
//!
//! A waiting delayed item is on the worker's list of delayed items, and its timer is armed. Both
//! happen in one critical section of the worker's lock, in which the timers' lock nests. What
//! arming leaves to do for the timer thread ([`AfterUnlock`]) is done after the lock is released.
//! The timer's callback takes the worker's lock and moves the item to the list of items to run.
//!
//! A call that cancels a delayed item, or changes its time, must wait until the callback does not
//! run, which it can't do with the lock held. Meanwhile it raises the item's `canceling`: then no
//! call queues the item, and the callback leaves it where it is. So when the call takes the lock
//! again the item is still there, and the call knows whether it was pending. (The kernel's callback
//! takes it off its list in that case, so a cancel may return false for an item that was pending
//! and does not run.)
//!
//! If two calls change the time at once, the first to take the lock again finds the other's
//! `canceling` raised, and leaves the item alone; the second queues it.

use super::binding::{Bound, Kept, lock_bound, lock_or_bind};
use super::work::Place;
use super::{CLOSED, KthreadDelayedWork, KthreadWork, KthreadWorker, Locked, REPORTED};
use crate::debug_objects::{self, Made, ObjectKind, Wait, WhenLeft};
use crate::diag::WarningKind;
use crate::sched::{try_to_wake_up, with_current};
use crate::sync::list::ListHead;
use crate::sync::observe;
use crate::task::{TASK_NORMAL, Task, TaskStruct};
use crate::timer::{AfterUnlock, Base, Refusal, TimerList, Wheel, base_of, dequeue, dequeue_sync};
use std::panic::Location;
use std::ptr;

/// A work item that is queued or waits for its timer.
pub(super) static KTHREAD_WORK: ObjectKind = ObjectKind {
    name: "kthread_work",
    state: "queued",
    undo: "kthread_cancel_work_sync() or kthread_flush_work()",
    left: WhenLeft::ToldOfModules,
    is_active: None,
    take_off: Some(take_off),
};

/// # Safety
///
/// A work item or a delayed work item exists at `address`.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: the caller promised that it exists; it was queued, so its provenance is exposed.
    let work = unsafe { &*ptr::with_exposed_provenance::<KthreadWork>(address) };
    if wait == Wait::ForFunction {
        work.cancel_sync();
    } else if let Some(locked) = lock_bound(work) {
        // SAFETY: the lock is that of the item's worker.
        if unsafe { work.place() } == Place::Delayed {
            // SAFETY: as above; only delayed items have this place.
            unlink_delayed(&locked, unsafe { delayed_of(work) });
        } else {
            locked.unlink(work);
        }
    }
}

/// The caller's call, if active objects are tracked.
#[inline]
fn noted(call: &str, place: &'static Location<'static>) -> Option<Made> {
    if debug_objects::tracking() { with_current(|me| debug_objects::made(me, call, place)) } else { None }
}

/// Records that the work item becomes active.
///
/// The caller holds the lock of the item's worker.
fn note_active(work: &KthreadWork, made: Option<Made>) {
    // SAFETY: the caller holds that lock.
    let function = unsafe { work.function() }.map_or(0, |function| function as *const () as usize);
    debug_objects::begin(&KTHREAD_WORK, ptr::from_ref(work).addr(), function, made);
}

/// Why a work item was not queued.
enum Refused {
    /// It is pending or being cancelled: not an error.
    Blocked,
    /// The kernel would run it on two workers at once.
    RunsElsewhere,
    NoFunction,
    /// The worker is destroyed. `first`: no warning has said so yet.
    Closed {
        first: bool,
    },
    /// The timer could not be armed.
    NoTimer(Refusal),
}

impl Refused {
    /// Warns, unless it is not an error. No lock is held.
    #[cold]
    fn tell(self, call: &str, place: &'static Location<'static>) {
        let (kind, message) = match self {
            Self::Blocked | Self::Closed { first: false } => return,
            Self::RunsElsewhere => (
                WarningKind::WorkMisuse,
                "the work item runs on another worker: it was not queued on this one",
            ),
            Self::NoFunction => (
                WarningKind::BadArgument,
                "the work item has no function (was it initialised?): it was not queued",
            ),
            Self::Closed { first: true } => (
                WarningKind::WorkMisuse,
                "the worker is destroyed: the work item was not queued (reported once for each worker)",
            ),
            Self::NoTimer(refusal) => {
                return with_current(|me| refusal.report(me, call, place));
            }
        };
        with_current(|me| me.warn(kind, call, place, message));
    }
}

fn show_address(address: usize) -> String {
    format!("work {address:#x}")
}

/// Releases the lock, then wakes `sleeper`.
#[inline]
pub(super) fn open_and_wake(locked: Locked, sleeper: Option<Task>) {
    drop(locked);
    if let Some(task) = sleeper {
        try_to_wake_up(&task, TASK_NORMAL);
    }
}

/// Locks the worker and binds `work` to it. Fails if `work` can't be queued on it for another
/// reason than that it may be pending.
fn lock_to_queue(
    worker: &KthreadWorker,
    work: &KthreadWork,
    call: &str,
    place: &'static Location<'static>,
) -> Result<Locked, Refused> {
    let locked = loop {
        match lock_or_bind(worker, work) {
            Ok((locked, Bound::Fairly)) => break locked,
            Ok((locked, Bound::ByMoving)) => drop(locked),
            Err(Kept::Pending) => return Err(Refused::Blocked),
            Err(Kept::Running) => return Err(Refused::RunsElsewhere),
        }
        // Without the lock, so another call may move the item elsewhere meanwhile.
        report_moved(call, place);
    };
    if locked.has(CLOSED) {
        return Err(Refused::Closed { first: locked.change_state(REPORTED, 0) & REPORTED == 0 });
    }
    // SAFETY: the lock is that of the item's worker.
    if unsafe { work.function() }.is_none() {
        return Err(Refused::NoFunction);
    }
    // The function gets a pointer with this provenance.
    ptr::from_ref(work).expose_provenance();
    Ok(locked)
}

#[cold]
fn report_moved(call: &str, place: &'static Location<'static>) {
    let message = "the work item was last queued on another worker, and moves to this one";
    with_current(|me| me.warn(WarningKind::WorkMisuse, call, place, message));
}

fn queue(
    worker: &KthreadWorker,
    work: &KthreadWork,
    call: &str,
    place: &'static Location<'static>,
) -> Result<(), Refused> {
    let made = noted(call, place);
    let locked = lock_to_queue(worker, work, call, place)?;
    // SAFETY: the lock is that of the item's worker; an item with a function stays valid while it
    // is queued.
    let sleeper = unsafe {
        if work.is_blocked() {
            return Err(Refused::Blocked);
        }
        note_active(work, made);
        locked.append(work)
    };
    observe("queues", ptr::from_ref(work).addr(), show_address);
    open_and_wake(locked, sleeper);
    Ok(())
}

/// What a delayed queueing must do after the lock is released.
enum Queued {
    Now(Option<Task>),
    /// The timer at this address is armed.
    ByTimer(AfterUnlock, usize),
}

/// Queues the idle `dwork` or, with a delay, arms its timer.
fn queue_delayed_in(
    locked: &Locked,
    me: &TaskStruct,
    dwork: &KthreadDelayedWork,
    base: &'static Base<Wheel>,
    delay: u64,
) -> Result<Queued, Refused> {
    let work: *const KthreadWork = &raw const dwork.work;
    // SAFETY: the lock is that of the item's worker; an item with a function stays valid while it
    // is queued, and so does a delayed one's timer.
    unsafe {
        if delay == 0 {
            return Ok(Queued::Now(locked.append(work)));
        }
        let at = me.kernel_state().clock.jiffies().wrapping_add(delay);
        ptr::from_ref(dwork).expose_provenance();
        let after_unlock = dwork.timer.arm_owing(me, base, at).map_err(Refused::NoTimer)?;
        ListHead::push_back(locked.delayed_works(), work.cast_mut().cast());
        (*work).set_place(Place::Delayed);
        Ok(Queued::ByTimer(after_unlock, ptr::from_ref(&dwork.timer).addr()))
    }
}

fn settle(locked: Locked, me: &TaskStruct, queued: Queued, call: &str, place: &'static Location<'static>) {
    match queued {
        Queued::Now(sleeper) => open_and_wake(locked, sleeper),
        Queued::ByTimer(after_unlock, timer) => {
            drop(locked);
            me.fault_in_timer(timer, call, place);
            after_unlock.run::<Wheel>(me.kernel_state(), me, call, place);
        }
    }
}

fn queue_delayed(
    worker: &KthreadWorker,
    dwork: &KthreadDelayedWork,
    delay: u64,
    call: &str,
    place: &'static Location<'static>,
) -> Result<(), Refused> {
    with_current(|me| {
        // The first call creates the base; that must not happen under the lock.
        let base = base_of(me.kernel_state());
        let made = debug_objects::made(me, call, place);
        let locked = lock_to_queue(worker, &dwork.work, call, place)?;
        // SAFETY: the lock is that of the item's worker.
        if unsafe { dwork.work.is_blocked() } {
            return Err(Refused::Blocked);
        }
        let queued = queue_delayed_in(&locked, me, dwork, base, delay)?;
        note_active(&dwork.work, made);
        observe("queues, delayed,", ptr::from_ref(dwork).addr(), show_address);
        settle(locked, me, queued, call, place);
        Ok(())
    })
}

/// True if `dwork` was pending, or another call decides about it.
fn modify_delayed(
    worker: &KthreadWorker,
    dwork: &KthreadDelayedWork,
    delay: u64,
    call: &str,
    place: &'static Location<'static>,
) -> Result<bool, Refused> {
    let work = &dwork.work;
    with_current(|me| {
        let base = base_of(me.kernel_state());
        let made = debug_objects::made(me, call, place);
        let mut locked = lock_to_queue(worker, work, call, place)?;
        // SAFETY: `locked` is the lock of the item's worker at each of these calls.
        unsafe {
            if work.place() == Place::Delayed {
                locked = without_timer(locked, dwork, call, place);
            }
            if work.canceling() != 0 {
                return Ok(true);
            }
        }
        let was_pending = locked.unlink(work);
        debug_objects::end(&KTHREAD_WORK, ptr::from_ref(work).addr());
        let queued = queue_delayed_in(&locked, me, dwork, base, delay)?;
        note_active(work, made);
        observe("changes the time of", ptr::from_ref(dwork).addr(), show_address);
        settle(locked, me, queued, call, place);
        Ok(was_pending)
    })
}

/// `kthread_cancel_delayed_work_timer`: takes the timer off its wheel, and waits until its callback
/// does not run. Meanwhile the lock is released, and the item's `canceling` is raised.
pub(super) fn without_timer(
    locked: Locked,
    dwork: &KthreadDelayedWork,
    call: &str,
    place: &'static Location<'static>,
) -> Locked {
    // SAFETY: the lock is that of the item's worker, and an item that is being cancelled stays
    // bound to it.
    unsafe { dwork.work.begin_canceling() };
    // No error: the callback of such a timer never calls this.
    let (locked, _) = locked.unlocked(|| dequeue_sync(&dwork.timer, false, call, place));
    // SAFETY: as above.
    unsafe { dwork.work.end_canceling() };
    locked
}

/// The delayed work item that `work` is part of.
///
/// # Safety
///
/// `work` is, or was a moment ago, in [`Place::Delayed`], and stays valid as long as the result is
/// used.
pub(super) unsafe fn delayed_of<'a>(work: *const KthreadWork) -> &'a KthreadDelayedWork {
    // SAFETY: only `queue_delayed_in` sets that place, for items that are the first field of a
    // delayed item, and it exposed the provenance of the whole.
    unsafe { &*ptr::with_exposed_provenance(work.addr()) }
}

/// Takes a waiting delayed item off the worker, without waiting for the callback, which will find
/// the item gone.
pub(super) fn unlink_delayed(locked: &Locked, dwork: &KthreadDelayedWork) {
    dequeue(&dwork.timer);
    locked.unlink(&dwork.work);
}

/// Queues a delayed work item when its timer expires: `kthread_delayed_work_timer_fn`, the timer's
/// callback.
///
/// # Safety
///
/// `timer` is the timer of a [`KthreadDelayedWork`].
pub unsafe extern "C-unwind" fn kthread_delayed_work_timer_fn(timer: *mut TimerList) {
    let dwork: *const KthreadDelayedWork =
        ptr::with_exposed_provenance(crate::timer_container_of!(timer, KthreadDelayedWork, timer).addr());
    // SAFETY: `timer` is part of a delayed item, which stays valid until this call ends: deleting
    // the timer waits for it.
    let work = unsafe { &(*dwork).work };
    let Some(locked) = lock_bound(work) else { return };
    // SAFETY: the lock is that of the item's worker. The item is valid while it is queued.
    let sleeper = unsafe {
        if work.place() != Place::Delayed || work.canceling() != 0 {
            return;
        }
        locked.unlink(work);
        locked.append(work)
    };
    observe("queues, since its time has come,", ptr::from_ref(work).addr(), show_address);
    open_and_wake(locked, sleeper);
}

impl KthreadWorker {
    /// Queues `work` at the tail: [`kthread_queue_work`](crate::kthread_queue_work). False if it is
    /// pending already or being cancelled.
    #[track_caller]
    #[inline]
    pub fn queue(&self, work: &KthreadWork) -> bool {
        self.queue_as(work, "kthread_queue_work", Location::caller())
    }

    fn queue_as(&self, work: &KthreadWork, call: &str, place: &'static Location<'static>) -> bool {
        let queued = queue(self, work, call, place);
        ok_or_report(queued, call, place).is_some()
    }

    /// Queues `dwork` after `delay` jiffies:
    /// [`kthread_queue_delayed_work`](crate::kthread_queue_delayed_work). False if it is pending
    /// already or being cancelled.
    #[track_caller]
    pub fn queue_delayed(&self, dwork: &KthreadDelayedWork, delay: u64) -> bool {
        let (call, place) = ("kthread_queue_delayed_work", Location::caller());
        ok_or_report(queue_delayed(self, dwork, delay, call, place), call, place).is_some()
    }

    /// Queues `dwork` after `delay` jiffies, pending or not:
    /// [`kthread_mod_delayed_work`](crate::kthread_mod_delayed_work). False if it was idle.
    #[track_caller]
    pub fn modify_delayed(&self, dwork: &KthreadDelayedWork, delay: u64) -> bool {
        let (call, place) = ("kthread_mod_delayed_work", Location::caller());
        // Refused: the pending state is unchanged.
        ok_or_report(modify_delayed(self, dwork, delay, call, place), call, place).unwrap_or(true)
    }
}

#[inline]
fn ok_or_report<T>(result: Result<T, Refused>, call: &str, place: &'static Location<'static>) -> Option<T> {
    result.map_err(|refused| refused.tell(call, place)).ok()
}
