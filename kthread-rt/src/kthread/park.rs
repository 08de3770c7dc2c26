//! Parking: a thread sleeps at a safe point of its function until it is unparked.
//!
//! `kthread_park` sets SHOULD_PARK, wakes the thread and waits for `parked`. The thread, in
//! `kthread_parkme`, sets the state PARKED, tests the bit, completes `parked`, and schedules. An
//! ordinary wake-up does not end PARKED; only `kthread_unpark` does, which clears the bit and then
//! wakes the thread. If it does so before the thread sleeps, the thread sees the bit cleared or
//! gets the wake-up: the sleep protocol.
//!
//! `parked` is completed once for each park that somebody waits for, by the task that clears
//! PARK_AWAITED: the thread when it parks and finds the bit, or an unpark that comes before the
//! thread has parked. So a thread that asks itself to park, or that is woken while parked and parks
//! again, leaves no stray completion, and no waiter is forgotten (in the kernel each of these goes
//! wrong). A thread that exits calls `complete_all` on `parked`: the waiter gets ENOSYS, where the
//! kernel hangs.

use super::{Kthread, bind, current_kthread, flag, kthread_of};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{
    change_state, might_pause_in, might_sleep_in_all, sleep_until, try_to_wake_up, wait_inactive,
    wake_up_process, with_current,
};
use crate::sync::{Ordering, os, refuse_in_forked_child};
use crate::task::{PF_EXITING, TASK_PARKED, TASK_RUNNING, TASK_UNINTERRUPTIBLE, TaskStruct, Wait, WaitKind};
use crate::trace::EventKind;
use std::panic::Location;
use std::ptr;

/// Parks a kthread: asks it to park and waits until it has: `kthread_park`. Sleeps, unless `task`
/// is the caller.
///
/// A thread that was never woken parks before its function; after [`kthread_unpark`] it runs the
/// function. A thread that parks itself only sets the request, and parks in its next
/// [`kthread_parkme`].
///
/// # Errors
///
/// `EBUSY` with a warning if the thread was asked to park already; `ENOSYS` with a warning if it is
/// exiting or has exited, or exits instead of parking (where the kernel hangs); `EINVAL` with a
/// warning if `task` is not a kthread; `EOWNERDEAD` in a forked child.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 77, (), "parker")?;
/// assert_eq!(kthread_park(&task), Ok(()));
/// assert_eq!(task.state(), TASK_PARKED);
/// assert_eq!(kthread_park(&task), Err(Errno::EBUSY));
/// assert_eq!(kthread_stop(&task), 77); // it was unparked, and ran
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_park(task: &TaskStruct) -> Result<(), Errno> {
    const CALL: &str = "kthread_park";
    let place = Location::caller();
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let kthread = kthread_of(task, CALL, place)?;
    with_current(|me| {
        if task.flags().contains(PF_EXITING) {
            let message = format!("{} is exiting or has exited: it can't park", task.id());
            me.warn(WarningKind::ParkExited, CALL, place, &message);
            return Err(Errno::ENOSYS);
        }
        let to_itself = ptr::eq(me, task);
        let ask = flag::SHOULD_PARK | if to_itself { 0 } else { flag::PARK_AWAITED };
        if !ask_to_park(task, ask) {
            me.warn(
                WarningKind::ParkTwice,
                CALL,
                place,
                &format!("{} was asked to park already: unpark it first", task.id()),
            );
            return Err(Errno::EBUSY);
        }
        me.event(|| EventKind::ParkAsked { task: task.id() });
        if to_itself { Ok(()) } else { wait_until_parked(me, task, kthread, CALL, place) }
    })
}

/// Sets the bits if SHOULD_PARK is not set. One atomic step, so that one of two callers gets EBUSY.
fn ask_to_park(task: &TaskStruct, ask: u32) -> bool {
    task.kthread_flags
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |flags| {
            (flags & flag::SHOULD_PARK == 0).then_some(flags | ask)
        })
        .is_ok()
}

fn wait_until_parked(
    me: &TaskStruct,
    task: &TaskStruct,
    kthread: &Kthread,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<(), Errno> {
    let _whole = might_sleep_in_all(me, call, place);
    wake_up_process(task);
    let noted = Wait::new(WaitKind::Park, 0, call, place).by(task.pid());
    // Uninterruptible: it has no error.
    let _ = kthread.parked.wait_for(TASK_UNINTERRUPTIBLE, noted);
    if task.flags().contains(PF_EXITING) {
        me.warn(WarningKind::ParkExited, call, place, &format!("{} exited instead of parking", task.id()));
        return Err(Errno::ENOSYS);
    }
    // The thread has parked and is about to sleep, or another task has unparked it already.
    wait_inactive(task, TASK_PARKED, call, place);
    Ok(())
}

/// Unparks a kthread, without waiting until it runs: `kthread_unpark`. Never sleeps, except to bind
/// a per-cpu thread to its cpu again.
///
/// Does nothing if the task was not asked to park. Warns if it is not a kthread.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 77, (), "parker")?;
/// kthread_park(&task)?; // before its function
/// kthread_unpark(&task); // now the function runs
/// assert_eq!(kthread_stop(&task), 77);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_unpark(task: &TaskStruct) {
    refuse_in_forked_child();
    let place = Location::caller();
    if let Ok(kthread) = kthread_of(task, "kthread_unpark", place) {
        unpark(task, kthread, place);
    }
}

pub(super) fn unpark(task: &TaskStruct, kthread: &Kthread, place: &'static Location<'static>) {
    let flags = task.kthread_flags.load(Ordering::Relaxed);
    if flags & flag::SHOULD_PARK == 0 {
        return;
    }
    if flags & flag::IS_PER_CPU != 0 {
        bind::rebind(task, kthread, place);
    }
    with_current(|me| me.event(|| EventKind::Unparked { task: task.id() }));
    // Before the wake-up: the thread sees the bit cleared, or gets the wake-up, or both.
    let before = task.kthread_flags.fetch_and(!(flag::SHOULD_PARK | flag::PARK_AWAITED), Ordering::Relaxed);
    if before & flag::PARK_AWAITED != 0 {
        kthread.parked.complete();
    }
    try_to_wake_up(task, TASK_PARKED);
}

/// Parks the calling kthread until it is unparked, if it was asked to park: `kthread_parkme`.
/// Sleeps.
///
/// Returns at once if nobody asked. Warns if the caller is not a kthread.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run_started!(
///     |()| {
///         while !kthread_should_stop() {
///             kthread_parkme(); // returns at once if nobody asks it to park
///             schedule_timeout_interruptible(1);
///         }
///         0
///     },
///     (),
///     "parkable"
/// )?;
/// kthread_park(&task)?;
/// kthread_unpark(&task);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_parkme() {
    let place = Location::caller();
    let _ = current_kthread("kthread_parkme", place, |me, kthread| {
        might_pause_in(me, "kthread_parkme", place);
        park_if_asked(me, kthread, place);
    });
}

/// `__kthread_parkme`.
pub(super) fn park_if_asked(me: &TaskStruct, kthread: &Kthread, place: &'static Location<'static>) {
    let _noted = me.wait_note().set(Wait::new(WaitKind::Parked, 0, "kthread_parkme", place));
    loop {
        change_state(me, TASK_PARKED);
        if me.kthread_flags.load(Ordering::Relaxed) & flag::SHOULD_PARK == 0 {
            break;
        }
        me.event(|| EventKind::Parked);
        // An unpark that comes in between has cleared the bit, and its wake-up finds the state
        // PARKED.
        let before = me.kthread_flags.fetch_and(!flag::PARK_AWAITED, Ordering::Relaxed);
        if before & flag::PARK_AWAITED != 0 {
            kthread.parked.complete();
        }
        sleep_until(me, None);
    }
    change_state(me, TASK_RUNNING);
}
