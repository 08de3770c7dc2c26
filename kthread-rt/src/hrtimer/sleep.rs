//! `schedule_hrtimeout`: sleeps until a nanosecond, in the state that the caller has set.

#![forbid(unsafe_code)]

use super::HrtimerMode;
use crate::errno::Errno;
use crate::ktime::Ktime;
use crate::sched::{change_state, might_schedule_in, schedule_noted, sleep_until, with_current};
use crate::task::{TASK_RUNNING, Wait, WaitKind};
use std::panic::Location;

/// Sleeps in the state that the caller has set, until `expires`: `schedule_hrtimeout`. `None` (the
/// kernel's NULL) is no limit.
///
/// `expires` is a time of the clock, or nanoseconds from now with
/// [`HRTIMER_MODE_REL`](crate::HRTIMER_MODE_REL). The state is [`TASK_RUNNING`] afterwards. If it
/// is RUNNING before, the call does not sleep.
///
/// # Errors
///
/// `EINTR` if the time has not come: the task was woken, or a signal is pending that its state
/// admits. Without a limit, the call always returns it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_UNINTERRUPTIBLE);
/// assert_eq!(schedule_hrtimeout(Some(us_to_ktime(200)), HRTIMER_MODE_REL), Ok(()));
/// // The task is running now, so it does not sleep:
/// assert_eq!(schedule_hrtimeout(Some(ktime_set(60, 0)), HRTIMER_MODE_REL), Err(Errno::EINTR));
/// ```
#[track_caller]
pub fn schedule_hrtimeout(expires: Option<Ktime>, mode: HrtimerMode) -> Result<(), Errno> {
    schedule_hrtimeout_range(expires, 0, mode)
}

/// [`schedule_hrtimeout`] that may be `delta` nanoseconds late: `schedule_hrtimeout_range`. Here
/// `delta` has no effect: the sleep ends as soon as it can.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_UNINTERRUPTIBLE);
/// let ended = schedule_hrtimeout_range(Some(us_to_ktime(300)), 1000, HRTIMER_MODE_REL);
/// assert_eq!(ended, Ok(())); // the time has passed
/// ```
#[track_caller]
pub fn schedule_hrtimeout_range(expires: Option<Ktime>, delta: u64, mode: HrtimerMode) -> Result<(), Errno> {
    let (_, place) = (delta, Location::caller());
    const CALL: &str = "schedule_hrtimeout";
    with_current(|me| {
        let Some(expires) = expires else {
            schedule_noted(me, CALL, place);
            return Err(Errno::EINTR);
        };
        if expires == 0 {
            change_state(me, TASK_RUNNING);
            return Ok(());
        }
        might_schedule_in(me, CALL, place);
        let clock = &me.kernel_state().clock;
        let from = if mode.contains(HrtimerMode::REL) { clock.now_ns() as i64 } else { 0 };
        let deadline = from.saturating_add(expires).max(0) as u64;
        let _noted = (!me.wait_note().is_set())
            .then(|| me.wait_note().set(Wait::new(WaitKind::Schedule, 0, CALL, place)));
        sleep_until(me, Some(deadline));
        if clock.now_ns() >= deadline { Ok(()) } else { Err(Errno::EINTR) }
    })
}
