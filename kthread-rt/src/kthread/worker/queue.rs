//! Queueing: now, when a timer says so, or at another time than before.
//!
//! # Delayed works
//!
//! A delayed work that waits is on the worker's list of delayed works, and its timer is armed. Both
//! happen in one critical section of the worker's lock, in which the lock of the timers nests; what
//! arming owes the timer thread is done when the lock is open. The timer's callback takes the
//! worker's lock and moves the work to the list of those that are to be run.
//!
//! Who cancels a delayed work, or changes its time, must wait until the callback does not run, and
//! can't do so with the lock held. It raises the work's `canceling` meanwhile: then nobody queues
//! it, and a callback leaves it where it is. So when the lock is taken again the work is still
//! there, and whether it was pending can be told. (The kernel's callback takes it off its list in
//! that case, so a cancel may return false for a work that was pending and does not run.)
//!
//! Of two calls that change the time at once, the second to come back finds no `canceling` but its
//! own gone, and queues the work; the first leaves it to the second.

use super::binding::{Bound, Kept, lock_bound, lock_or_bind};
use super::work::Place;
use super::{CLOSED, KthreadDelayedWork, KthreadWork, KthreadWorker, Locked, TOLD};
use crate::debug_objects::{self, Made, ObjectKind, Wait, WhenLeft};
use crate::diag::WarningKind;
use crate::sched::{try_to_wake_up, with_current};
use crate::sync::list::ListHead;
use crate::sync::observe;
use crate::task::{TASK_NORMAL, Task, TaskStruct};
use crate::timer::{AfterUnlock, Base, Refusal, TimerList, Wheel, base_of, dequeue, dequeue_sync};
use std::panic::Location;
use std::ptr;

/// A work that is queued, or waits for its timer.
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
/// There is a work at `address`, or a delayed one.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: by the contract; it was queued, so it is where everybody may find it.
    let work = unsafe { &*ptr::with_exposed_provenance::<KthreadWork>(address) };
    if wait == Wait::ForFunction {
        work.cancel_sync();
    } else if let Some(locked) = lock_bound(work) {
        // SAFETY: the lock is that of the work's worker.
        if unsafe { work.place() } == Place::Delayed {
            // SAFETY: as above; that is where delayed works are.
            unlink_delayed(&locked, unsafe { delayed_of(work) });
        } else {
            locked.unlink(work);
        }
    }
}

/// What is to be noted of the caller's call.
#[inline]
fn noted(call: &str, place: &'static Location<'static>) -> Option<Made> {
    if debug_objects::tracking() { with_current(|me| debug_objects::made(me, call, place)) } else { None }
}

/// The work becomes active.
///
/// The caller holds the lock of its worker.
fn begin(work: &KthreadWork, made: Option<Made>) {
    // SAFETY: by the contract.
    let function = unsafe { work.function() }.map_or(0, |function| function as *const () as usize);
    debug_objects::begin(&KTHREAD_WORK, ptr::from_ref(work).addr(), function, made);
}

/// Why a work was not queued.
enum Refused {
    /// It is pending, or being cancelled: no mistake.
    Blocked,
    /// The kernel would run it on two workers at once.
    RunsElsewhere,
    NoFunction,
    /// The worker is destroyed; whether this is the first to be told so.
    Closed {
        first: bool,
    },
    /// Nobody will call its timer's function.
    NoTimer(Refusal),
}

impl Refused {
    /// Tells a mistake, without any lock.
    #[cold]
    fn tell(self, call: &str, place: &'static Location<'static>) {
        let (kind, message) = match self {
            Self::Blocked | Self::Closed { first: false } => return,
            Self::RunsElsewhere => {
                (WarningKind::WorkMisuse, "the work runs on another worker; it is not queued here")
            }
            Self::NoFunction => (WarningKind::BadArgument, "the work has no function"),
            Self::Closed { first: true } => {
                (WarningKind::WorkMisuse, "the worker is destroyed; the work is not queued (told once)")
            }
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

/// Opens the lock, and wakes the one who has to be woken then.
#[inline]
pub(super) fn open_and_wake(locked: Locked, sleeper: Option<Task>) {
    drop(locked);
    if let Some(task) = sleeper {
        try_to_wake_up(&task, TASK_NORMAL);
    }
}

/// The worker's lock, if nothing is against queueing `work` on it but that it may be pending.
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
        // Without the lock; so it may be moved elsewhere meanwhile.
        report_moved(call, place);
    };
    if locked.has(CLOSED) {
        return Err(Refused::Closed { first: locked.change_state(TOLD, 0) & TOLD == 0 });
    }
    // SAFETY: the lock is that of the work's worker.
    if unsafe { work.function() }.is_none() {
        return Err(Refused::NoFunction);
    }
    // What the function may do with the pointer is what whoever gave it to the work may.
    ptr::from_ref(work).expose_provenance();
    Ok(locked)
}

#[cold]
fn report_moved(call: &str, place: &'static Location<'static>) {
    let message = "the work was queued on another worker before; it belongs to this one now";
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
    // SAFETY: the lock is that of the work's worker; a work with a function stays valid while it is
    // queued.
    let sleeper = unsafe {
        if work.is_blocked() {
            return Err(Refused::Blocked);
        }
        begin(work, made);
        locked.append(work)
    };
    observe("queues", ptr::from_ref(work).addr(), show_address);
    open_and_wake(locked, sleeper);
    Ok(())
}

/// What a delayed queueing owes when the lock is open.
enum Due {
    Now(Option<Task>),
    /// The timer at this address is armed.
    Later(AfterUnlock, usize),
}

/// Queues the idle `dwork`, or arms its timer.
fn queue_delayed_in(
    locked: &Locked,
    me: &TaskStruct,
    dwork: &KthreadDelayedWork,
    mine: &'static Base<Wheel>,
    delay: u64,
) -> Result<Due, Refused> {
    let work: *const KthreadWork = &raw const dwork.work;
    // SAFETY: the lock is that of the work's worker; a work with a function stays valid while it is
    // queued, and a delayed one with its timer.
    unsafe {
        if delay == 0 {
            return Ok(Due::Now(locked.append(work)));
        }
        let at = me.kernel_state().clock.jiffies().wrapping_add(delay);
        ptr::from_ref(dwork).expose_provenance();
        let after_unlock = dwork.timer.arm_owing(me, mine, at).map_err(Refused::NoTimer)?;
        ListHead::push_back(locked.delayed_works(), work.cast_mut().cast());
        (*work).set_place(Place::Delayed);
        Ok(Due::Later(after_unlock, ptr::from_ref(&dwork.timer).addr()))
    }
}

fn settle(locked: Locked, me: &TaskStruct, due: Due, call: &str, place: &'static Location<'static>) {
    match due {
        Due::Now(sleeper) => open_and_wake(locked, sleeper),
        Due::Later(after_unlock, timer) => {
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
        // Made here, the first time, and not under the lock.
        let mine = base_of(me.kernel_state());
        let made = debug_objects::made(me, call, place);
        let locked = lock_to_queue(worker, &dwork.work, call, place)?;
        // SAFETY: the lock is that of the work's worker.
        if unsafe { dwork.work.is_blocked() } {
            return Err(Refused::Blocked);
        }
        let due = queue_delayed_in(&locked, me, dwork, mine, delay)?;
        begin(&dwork.work, made);
        observe("queues, delayed,", ptr::from_ref(dwork).addr(), show_address);
        settle(locked, me, due, call, place);
        Ok(())
    })
}

/// True if the number of queued works is what it was.
fn modify_delayed(
    worker: &KthreadWorker,
    dwork: &KthreadDelayedWork,
    delay: u64,
    call: &str,
    place: &'static Location<'static>,
) -> Result<bool, Refused> {
    let work = &dwork.work;
    with_current(|me| {
        let mine = base_of(me.kernel_state());
        let made = debug_objects::made(me, call, place);
        let mut locked = lock_to_queue(worker, work, call, place)?;
        // SAFETY: the lock is that of the work's worker, wherever these are called.
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
        let due = queue_delayed_in(&locked, me, dwork, mine, delay)?;
        begin(work, made);
        observe("changes the time of", ptr::from_ref(dwork).addr(), show_address);
        settle(locked, me, due, call, place);
        Ok(was_pending)
    })
}

/// `kthread_cancel_delayed_work_timer`: takes the timer off its wheel, and waits until its callback
/// does not run. The lock is open meanwhile, and the work's `canceling` raised.
pub(super) fn without_timer(
    locked: Locked,
    dwork: &KthreadDelayedWork,
    call: &str,
    place: &'static Location<'static>,
) -> Locked {
    // SAFETY: the lock is that of the work's worker, and a work that is being cancelled stays with
    // it.
    unsafe { dwork.work.begin_canceling() };
    // It has no error: no callback of such a timer comes here.
    let (locked, _) = locked.unlocked(|| dequeue_sync(&dwork.timer, false, call, place));
    // SAFETY: as above.
    unsafe { dwork.work.end_canceling() };
    locked
}

/// The delayed work that `work` is part of.
///
/// # Safety
///
/// `work` is, or was a moment ago, in [`Place::Delayed`], and stays valid as long as the result is
/// used.
pub(super) unsafe fn delayed_of<'a>(work: *const KthreadWork) -> &'a KthreadDelayedWork {
    // SAFETY: only `queue_delayed_in` puts works there, all of which are the first fields of a
    // delayed work, and it exposed what it knows about the memory.
    unsafe { &*ptr::with_exposed_provenance(work.addr()) }
}

/// Takes a work that waits for its timer from the worker's hands, without waiting for the callback:
/// that will find the work gone.
pub(super) fn unlink_delayed(locked: &Locked, dwork: &KthreadDelayedWork) {
    dequeue(&dwork.timer);
    locked.unlink(&dwork.work);
}

/// The callback of a delayed work's timer: `kthread_delayed_work_timer_fn`. It queues the work.
///
/// # Safety
///
/// `timer` is that of a [`KthreadDelayedWork`].
pub unsafe extern "C-unwind" fn kthread_delayed_work_timer_fn(timer: *mut TimerList) {
    let dwork: *const KthreadDelayedWork =
        ptr::with_exposed_provenance(crate::timer_container_of!(timer, KthreadDelayedWork, timer).addr());
    // SAFETY: by the contract; whoever deletes the timer before the work goes waits for this call.
    let work = unsafe { &(*dwork).work };
    let Some(locked) = lock_bound(work) else { return };
    // SAFETY: the lock is that of the work's worker. The work is valid while it is queued.
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
    /// Queues `work` at the end: [`kthread_queue_work`](crate::kthread_queue_work). False if it is
    /// pending, or being cancelled.
    #[track_caller]
    #[inline]
    pub fn queue(&self, work: &KthreadWork) -> bool {
        self.queue_as(work, "kthread_queue_work", Location::caller())
    }

    fn queue_as(&self, work: &KthreadWork, call: &str, place: &'static Location<'static>) -> bool {
        let queued = queue(self, work, call, place);
        told(queued, call, place).is_some()
    }

    /// Queues `dwork` in `delay` jiffies:
    /// [`kthread_queue_delayed_work`](crate::kthread_queue_delayed_work). False if it is pending,
    /// or being cancelled.
    #[track_caller]
    pub fn queue_delayed(&self, dwork: &KthreadDelayedWork, delay: u64) -> bool {
        let (call, place) = ("kthread_queue_delayed_work", Location::caller());
        told(queue_delayed(self, dwork, delay, call, place), call, place).is_some()
    }

    /// Queues `dwork` in `delay` jiffies from now, pending or not:
    /// [`kthread_mod_delayed_work`](crate::kthread_mod_delayed_work). False if it was idle.
    #[track_caller]
    pub fn modify_delayed(&self, dwork: &KthreadDelayedWork, delay: u64) -> bool {
        let (call, place) = ("kthread_mod_delayed_work", Location::caller());
        // Refused: nothing more is queued than before.
        told(modify_delayed(self, dwork, delay, call, place), call, place).unwrap_or(true)
    }
}

#[inline]
fn told<T>(result: Result<T, Refused>, call: &str, place: &'static Location<'static>) -> Option<T> {
    result.map_err(|refused| refused.tell(call, place)).ok()
}
