//! Sleeping for a time: `schedule_timeout` and its variants, in jiffies.

use super::current::{peek_current, with_current};
use super::might_sleep::might_schedule_in;
use super::sleep::{change_state, sleep_until};
use crate::clock::{
    Jiffies, MAX_SCHEDULE_TIMEOUT, TICK_NSEC, time_after, time_after_eq, time_before, time_before_eq,
};
use crate::diag::WarningKind;
use crate::sync::{self, Ordering};
use crate::task::{
    TASK_IDLE, TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE, TaskState, TaskStruct,
    Wait, WaitKind,
};
use std::panic::Location;

/// A timeout in jiffies, which begins when it is made. All waits with a timeout in jiffies use it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeout {
    jiffies: u64,
    end: End,
}

#[derive(Debug, Clone, Copy)]
enum End {
    /// `MAX_SCHEDULE_TIMEOUT`.
    Never,
    /// At once: the number of jiffies was negative.
    Over,
    /// After this jiffy.
    Jiffy(u64),
    /// At this time of the monotonic clock: with `exact_timeouts`.
    Nanosecond { at: u64, began: u64 },
}

impl Timeout {
    /// Begins a timeout of that many jiffies. A value that is negative as a `long` is warned about,
    /// and ends at once.
    pub(crate) fn after(
        task: &TaskStruct,
        jiffies: u64,
        call: &str,
        place: &'static Location<'static>,
    ) -> Self {
        const NEVER: u64 = MAX_SCHEDULE_TIMEOUT as u64;
        let clock = &task.kernel_state().clock;
        let end = match jiffies {
            NEVER => End::Never,
            negative if negative > NEVER => {
                let message = format!(
                    "wrong timeout value {negative:x}: {} is negative, so the wait ended at once",
                    negative as i64
                );
                task.warn(WarningKind::BadArgument, call, place, &message);
                End::Over
            }
            _ if !clock.is_exact() => End::Jiffy(clock.jiffies().wrapping_add(jiffies)),
            _ => {
                let began = clock.now_ns();
                let at = jiffies.checked_mul(TICK_NSEC).and_then(|ns| ns.checked_add(began));
                at.map_or(End::Never, |at| End::Nanosecond { at, began })
            }
        };
        Self { jiffies, end }
    }

    /// The jiffies left; always all of them for `MAX_SCHEDULE_TIMEOUT`.
    pub(crate) fn left(&self, task: &TaskStruct) -> u64 {
        let clock = &task.kernel_state().clock;
        match self.end {
            End::Never => self.jiffies,
            End::Over => 0,
            End::Jiffy(at) => {
                let left = at.wrapping_sub(clock.jiffies());
                if (left as i64) < 0 { 0 } else { left }
            }
            // Rounded up, so that 0 means that the time has passed.
            End::Nanosecond { at, .. } => at.saturating_sub(clock.now_ns()).div_ceil(TICK_NSEC),
        }
    }

    /// The jiffies left, for a caller that may begin another timeout with them: without the jiffies
    /// that have begun since. Rounded up as in [`left`](Self::left), a caller that is woken several
    /// times in each jiffy, and sleeps again for what is left, would never end.
    fn left_to_begin_anew(&self, task: &TaskStruct) -> u64 {
        let End::Nanosecond { at, began } = self.end else { return self.left(task) };
        let clock = &task.kernel_state().clock;
        let now = clock.now_ns();
        let begun = clock.jiffies_at(now) - clock.jiffies_at(began);
        if now >= at { 0 } else { self.jiffies.saturating_sub(begun) }
    }

    /// When it ends; 0 for never or at once.
    fn end_in_the_clocks_unit(&self) -> u64 {
        match self.end {
            End::Never | End::Over => 0,
            End::Jiffy(at) | End::Nanosecond { at, .. } => at,
        }
    }

    /// The timeout of the task's last call in [`pass_turn`], if this one continues it: it begins at
    /// most one jiffy after the time that was left then.
    fn going_on(&self, task: &TaskStruct) -> Option<Self> {
        let at = task.turn_end.load(Ordering::Relaxed);
        let end = match self.end {
            End::Jiffy(_) if at != 0 => End::Jiffy(at),
            End::Nanosecond { began, .. } if at != 0 => End::Nanosecond { at, began },
            _ => return None,
        };
        let before = Self { jiffies: self.jiffies, end };
        let late = self.jiffies.wrapping_sub(before.left(task));
        (late <= 1).then_some(before)
    }

    pub(crate) fn is_over(&self, task: &TaskStruct) -> bool {
        self.left(task) == 0
    }

    /// Sleeps in the state that is set, until woken or until the timeout ends. Returns the jiffies
    /// left.
    pub(crate) fn sleep(&self, task: &TaskStruct) -> u64 {
        match self.end {
            End::Never => sleep_until(task, None),
            End::Over => change_state(task, TASK_RUNNING),
            End::Jiffy(at) => sleep_until(task, task.kernel_state().clock.runs_at_ns(at)),
            End::Nanosecond { at, .. } => sleep_until(task, Some(at)),
        }
        self.left(task)
    }
}

/// Sleeps for at most `timeout` jiffies in the state that the caller has set: `schedule_timeout`.
///
/// Returns the jiffies left: 0 if the timeout has passed, more if the task was woken before, or a
/// signal that the state admits is pending. [`MAX_SCHEDULE_TIMEOUT`] means no timeout, and is then
/// returned. The state is [`TASK_RUNNING`] afterwards. If the state was RUNNING, the call does not
/// sleep, and returns `timeout` less the time that has passed. A negative timeout warns and returns
/// 0 at once.
///
/// The timeout ends at the tick after jiffy *now + timeout*, or later for a long one, as in a
/// kernel; with [`exact_timeouts`](crate::KernelBuilder::exact_timeouts) it ends exactly `timeout`
/// jiffies after the call.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_UNINTERRUPTIBLE);
/// assert_eq!(schedule_timeout(2), 0); // after 8 to 12 ms: nobody woke the task
/// ```
#[track_caller]
pub fn schedule_timeout(timeout: impl Jiffies) -> i64 {
    let (place, timeout) = (Location::caller(), timeout.as_long());
    with_current(|task| timeout_in(task, None, timeout, "schedule_timeout", place))
}

/// `schedule_timeout` in `state`, or in the state that is set.
pub(crate) fn timeout_in(
    task: &TaskStruct,
    state: Option<TaskState>,
    timeout: i64,
    call: &'static str,
    place: &'static Location<'static>,
) -> i64 {
    might_schedule_in(task, call, place);
    if let Some(state) = state {
        change_state(task, state);
    }
    if task.state.load() == TASK_RUNNING.bits() {
        return pass_turn(task, timeout, call, place);
    }
    let _noted = (!task.wait_note().is_set())
        .then(|| task.wait_note().set(Wait::new(WaitKind::Schedule, 0, call, place)));
    let limit = Timeout::after(task, timeout as u64, call, place);
    limit.sleep(task);
    limit.left_to_begin_anew(task) as i64
}

/// `schedule_timeout` of a task in state RUNNING: it yields, and the time that passes meanwhile
/// counts.
///
/// A task that calls again at once with the jiffies left continues the same timeout. In a kernel a
/// tick hardly ever comes between two such calls, which are a few instructions apart; here another
/// thread may run between them, and that time must count too.
fn pass_turn(task: &TaskStruct, timeout: i64, call: &str, place: &'static Location<'static>) -> i64 {
    let limit = Timeout::after(task, timeout as u64, call, place);
    let limit = limit.going_on(task).unwrap_or(limit);
    sync::yield_now();
    task.turn_end.store(limit.end_in_the_clocks_unit(), Ordering::Relaxed);
    limit.left(task) as i64
}

macro_rules! timeout_variants {
    ($($name:ident, $state:expr, $what:literal;)*) => { $(
        #[doc = concat!("Sleeps ", $what, " for `timeout` jiffies at most: `", stringify!($name), "`.")]
        ///
        /// Sets the state itself. Returns the jiffies left, as [`schedule_timeout`] does.
        ///
        /// ```
        #[doc = concat!("assert_eq!(kthread_rt::", stringify!($name), "(1), 0);")]
        /// ```
        #[track_caller]
        pub fn $name(timeout: impl Jiffies) -> i64 {
            let (place, timeout) = (Location::caller(), timeout.as_long());
            with_current(|task| timeout_in(task, Some($state), timeout, stringify!($name), place))
        }
    )* };
}

timeout_variants! {
    schedule_timeout_interruptible, TASK_INTERRUPTIBLE, "until woken or signalled";
    schedule_timeout_killable, TASK_KILLABLE, "until woken or killed";
    schedule_timeout_uninterruptible, TASK_UNINTERRUPTIBLE, "until woken";
    schedule_timeout_idle, TASK_IDLE, "until woken, without counting as load";
}

/// Sleeps for at most `timeout` jiffies: `io_schedule_timeout`. The same as [`schedule_timeout`]:
/// there is no I/O accounting here.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_UNINTERRUPTIBLE);
/// assert_eq!(io_schedule_timeout(2), 0);
/// ```
#[track_caller]
pub fn io_schedule_timeout(timeout: impl Jiffies) -> i64 {
    let (place, timeout) = (Location::caller(), timeout.as_long());
    with_current(|task| timeout_in(task, None, timeout, "io_schedule_timeout", place))
}

/// Returns the tick count of the calling task's Kernel: `jiffies`. A second has [`HZ`](crate::HZ)
/// jiffies.
///
/// ```
/// let before = kthread_rt::jiffies();
/// kthread_rt::msleep(10);
/// assert!(kthread_rt::time_after_eq(kthread_rt::jiffies(), before + 2));
/// ```
pub fn jiffies() -> u64 {
    peek_current(|task| task.kernel_state().clock.jiffies())
}

/// Returns the tick count of the calling task's Kernel: `get_jiffies_64`, the same as [`jiffies`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(time_before_eq(get_jiffies_64(), jiffies()));
/// ```
pub fn get_jiffies_64() -> u64 {
    jiffies()
}

macro_rules! beside_now {
    ($($name:ident, $compare:ident, $what:literal;)*) => { $(
        #[doc = concat!("True if jiffy `a` is ", $what, ": `", stringify!($name), "`.")]
        pub fn $name(a: u64) -> bool {
            $compare(a, jiffies())
        }
    )* };
}

beside_now! {
    time_is_before_jiffies, time_before, "before the current one";
    time_is_before_eq_jiffies, time_before_eq, "the current one or before it";
    time_is_after_jiffies, time_after, "after the current one";
    time_is_after_eq_jiffies, time_after_eq, "the current one or after it";
}

/// Returns the monotonic time in nanoseconds: `ktime_get`.
///
/// ```
/// assert!(kthread_rt::ktime_get() > 0);
/// ```
pub fn ktime_get() -> i64 {
    peek_current(|task| task.kernel_state().clock.now_ns() as i64)
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::{End, TICK_NSEC, Timeout, peek_current};

    /// A timeout of five jiffies that began at the very end of the previous jiffy, as for a task
    /// that is woken often.
    #[test]
    fn a_jiffy_that_has_begun_is_not_left_to_begin_anew() {
        let lefts = peek_current(|me| {
            let clock = &me.kernel_state().clock;
            loop {
                let jiffy = clock.jiffies();
                let began = clock.tick_begins_ns(jiffy).unwrap() - 1;
                let limit = |jiffies| {
                    let at = began + jiffies * TICK_NSEC;
                    Timeout { jiffies, end: End::Nanosecond { at, began } }
                };
                let lefts = [5, 1].map(|n| (limit(n).left(me), limit(n).left_to_begin_anew(me)));
                if clock.jiffies() == jiffy && lefts[1].0 == 1 {
                    return lefts;
                }
            }
        });
        assert_eq!(lefts, [(5, 4), (1, 0)]);
    }
}
