//! `linux/delay.h`: sleeping for a length of time, and waiting without sleeping.

use crate::clock::{jiffies_to_msecs, msecs_to_jiffies};
use crate::sched::{Timeout, change_state, might_pause_in, sleep_until, with_current};
use crate::sync;
use crate::task::{
    TASK_IDLE, TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE, TaskState, TaskStruct, Wait, WaitKind,
};
use std::panic::Location;

/// Sleeps for `ms` milliseconds, through wake-ups and signals: `msleep`. Never shorter.
///
/// It takes a jiffy more than `ms` has, and ends with a tick, as a kernel's up to 6.11: `msleep(1)`
/// takes 8 to 12 ms. Use [`usleep_range`] for short sleeps, or
/// [`exact_timeouts`](crate::KernelBuilder::exact_timeouts).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let before = std::time::Instant::now();
/// msleep(20);
/// assert!(before.elapsed().as_millis() >= 20);
/// ```
#[track_caller]
pub fn msleep(ms: u32) {
    msleep_in(ms, TASK_UNINTERRUPTIBLE, "msleep", Location::caller());
}

/// Sleeps for `ms` milliseconds or until a signal: `msleep_interruptible`.
///
/// Returns the milliseconds that were left, 0 if it slept them all. A wake-up without a signal does
/// not end it.
///
/// ```
/// assert_eq!(kthread_rt::msleep_interruptible(5), 0);
/// ```
#[track_caller]
pub fn msleep_interruptible(ms: u32) -> u32 {
    msleep_in(ms, TASK_INTERRUPTIBLE, "msleep_interruptible", Location::caller())
}

/// [`msleep`] as it is from Linux 6.12 on, which adds no jiffy: for C code of such a kernel.
#[doc(hidden)]
#[track_caller]
pub fn __msleep_without_extra_jiffy(ms: u32) {
    let place = Location::caller();
    with_current(|task| sleep_through(task, msecs_to_jiffies(ms), TASK_UNINTERRUPTIBLE, "msleep", place));
}

/// [`msleep_interruptible`] of such a kernel.
#[doc(hidden)]
#[track_caller]
pub fn __msleep_interruptible_without_extra_jiffy(ms: u32) -> u32 {
    let (jiffies, place) = (msecs_to_jiffies(ms), Location::caller());
    with_current(|task| {
        jiffies_to_msecs(sleep_through(task, jiffies, TASK_INTERRUPTIBLE, "msleep_interruptible", place))
    })
}

fn msleep_in(ms: u32, state: TaskState, call: &'static str, place: &'static Location<'static>) -> u32 {
    with_current(|task| {
        // A jiffy more than that, as up to Linux 6.11.
        let extra = u64::from(!task.kernel_state().clock.is_exact());
        jiffies_to_msecs(sleep_through(task, msecs_to_jiffies(ms) + extra, state, call, place))
    })
}

/// Sleeps in `state` for so many jiffies, whatever wakes the task meanwhile; the jiffies left if a
/// signal ended it.
fn sleep_through(
    task: &TaskStruct,
    jiffies: u64,
    state: TaskState,
    call: &'static str,
    place: &'static Location<'static>,
) -> u64 {
    might_pause_in(task, call, place);
    let _noted = task.wait_note().set(Wait::new(WaitKind::Sleep, 0, call, place));
    let limit = Timeout::after(task, jiffies, call, place);
    let mut left = jiffies;
    while left != 0 && !task.signals.end_sleep_in(state) {
        change_state(task, state);
        left = limit.sleep(task);
    }
    left
}

/// Sleeps for `seconds`, through wake-ups and signals: `ssleep`.
#[track_caller]
pub fn ssleep(seconds: u32) {
    msleep_in(
        seconds.saturating_mul(1000).min(i32::MAX as u32),
        TASK_UNINTERRUPTIBLE,
        "ssleep",
        Location::caller(),
    );
}

/// Sleeps for at least `min` microseconds, through wake-ups and signals: `usleep_range`.
///
/// The kernel may sleep up to `max` to share a timer interrupt; here the sleep ends as soon after
/// `min` as the operating system can.
///
/// ```
/// let before = std::time::Instant::now();
/// kthread_rt::usleep_range(1_000, 2_000);
/// assert!(before.elapsed().as_micros() >= 1_000);
/// ```
#[track_caller]
pub fn usleep_range(min: u64, max: u64) {
    usleep_in(min, max, TASK_UNINTERRUPTIBLE, "usleep_range", Location::caller());
}

/// [`usleep_range`] in a state of the caller's choice: `usleep_range_state`. A signal does not end
/// it, as in the kernel.
#[track_caller]
pub fn usleep_range_state(min: u64, max: u64, state: TaskState) {
    usleep_in(min, max, state, "usleep_range_state", Location::caller());
}

/// [`usleep_range`] that does not count as load: `usleep_idle_range`.
#[track_caller]
pub fn usleep_idle_range(min: u64, max: u64) {
    usleep_in(min, max, TASK_IDLE, "usleep_idle_range", Location::caller());
}

fn usleep_in(min: u64, max: u64, state: TaskState, call: &'static str, place: &'static Location<'static>) {
    let _ = max;
    with_current(|task| {
        might_pause_in(task, call, place);
        let clock = &task.kernel_state().clock;
        let deadline = clock.now_ns().saturating_add(min.saturating_mul(1000));
        let _noted = task.wait_note().set(Wait::new(WaitKind::Sleep, 0, call, place));
        while clock.now_ns() < deadline {
            // A pending signal would end every sleep at once; the kernel spins here until the time
            // is over.
            let deaf = task.signals.end_sleep_in(state);
            change_state(task, if deaf { TASK_UNINTERRUPTIBLE } else { state });
            sleep_until(task, Some(deadline));
        }
        change_state(task, TASK_RUNNING);
    });
}

/// Sleeps for at least `us` microseconds: `fsleep`.
#[track_caller]
pub fn fsleep(us: u64) {
    usleep_in(us, us.saturating_mul(2), TASK_UNINTERRUPTIBLE, "fsleep", Location::caller());
}

/// Spins until `ns` nanoseconds have passed.
fn spin(ns: u64) {
    with_current(|task| {
        let clock = &task.kernel_state().clock;
        let until = clock.now_ns().saturating_add(ns);
        while clock.now_ns() < until {
            sync::relax();
        }
    });
}

/// Waits for `ns` nanoseconds without sleeping: `ndelay`. Never shorter.
///
/// As the kernel's delays it keeps a cpu busy, and may be called where sleeping is wrong.
pub fn ndelay(ns: u64) {
    spin(ns);
}

/// Waits for `us` microseconds without sleeping: `udelay`. As [`ndelay`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let before = std::time::Instant::now();
/// preempt_disable();
/// udelay(100);
/// preempt_enable();
/// assert!(before.elapsed().as_micros() >= 100);
/// ```
pub fn udelay(us: u64) {
    spin(us.saturating_mul(1_000));
}

/// Waits for `ms` milliseconds without sleeping: `mdelay`. As [`ndelay`]; who may sleep should use
/// [`msleep`].
pub fn mdelay(ms: u64) {
    spin(ms.saturating_mul(1_000_000));
}
