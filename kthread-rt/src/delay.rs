//! `linux/delay.h`: sleeping for a time, and busy-waiting.

use crate::clock::{jiffies_to_msecs, msecs_to_jiffies};
use crate::sched::{Timeout, change_state, might_pause_in, sleep_until, with_current};
use crate::sync;
use crate::task::{
    TASK_IDLE, TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE, TaskState, TaskStruct, Wait, WaitKind,
};
use std::panic::Location;

/// Sleeps for at least `ms` milliseconds: `msleep`. Wake-ups and signals do not end it.
///
/// As in kernels up to 6.11, it adds a jiffy to `ms` and ends at a tick: at a HZ of 250,
/// `msleep(1)` takes 8 to 12 ms. With [`exact_timeouts`](crate::KernelBuilder::exact_timeouts) it
/// takes 4 to 8 ms. For shorter sleeps use [`usleep_range`].
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
/// Returns the milliseconds left, 0 if it slept all of them. A wake-up without a signal does not
/// end it.
///
/// ```
/// assert_eq!(kthread_rt::msleep_interruptible(5), 0);
/// ```
#[track_caller]
pub fn msleep_interruptible(ms: u32) -> u32 {
    msleep_in(ms, TASK_INTERRUPTIBLE, "msleep_interruptible", Location::caller())
}

/// [`msleep`] of Linux 6.12 and later, which adds no jiffy: for C code written for such a kernel.
#[doc(hidden)]
#[track_caller]
pub fn __msleep_without_extra_jiffy(ms: u32) {
    let place = Location::caller();
    with_current(|task| sleep_through(task, msecs_to_jiffies(ms), TASK_UNINTERRUPTIBLE, "msleep", place));
}

/// [`msleep_interruptible`] of Linux 6.12 and later.
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
        // One jiffy more, as up to Linux 6.11.
        let extra = u64::from(!task.kernel_state().clock.is_exact());
        jiffies_to_msecs(sleep_through(task, msecs_to_jiffies(ms) + extra, state, call, place))
    })
}

/// Sleeps in `state` for that many jiffies; wake-ups don't end it. Returns the jiffies left if a
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

/// Sleeps for at least `seconds` seconds: `ssleep`. Wake-ups and signals do not end it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let begin = jiffies();
/// ssleep(1);
/// assert!(time_after_eq(jiffies(), begin + HZ));
/// ```
#[track_caller]
pub fn ssleep(seconds: u32) {
    msleep_in(
        seconds.saturating_mul(1000).min(i32::MAX as u32),
        TASK_UNINTERRUPTIBLE,
        "ssleep",
        Location::caller(),
    );
}

/// Sleeps for at least `min` microseconds: `usleep_range`. Wake-ups and signals do not end it.
///
/// The kernel may sleep up to `max` to share a timer interrupt; here the sleep ends as soon after
/// `min` as the operating system allows.
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

/// Sleeps for at least `min` microseconds in `state`: `usleep_range_state`. As in the kernel, a
/// signal does not end it in any state.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let begin = ktime_get();
/// usleep_range_state(100, 200, TASK_IDLE);
/// assert!(ktime_us_delta(ktime_get(), begin) >= 100);
/// ```
#[track_caller]
pub fn usleep_range_state(min: u64, max: u64, state: TaskState) {
    usleep_in(min, max, state, "usleep_range_state", Location::caller());
}

/// Sleeps for at least `min` microseconds without counting as load: `usleep_idle_range`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let begin = ktime_get();
/// usleep_idle_range(100, 200);
/// assert!(ktime_us_delta(ktime_get(), begin) >= 100);
/// ```
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
            // A pending signal would end every interruptible sleep at once. (The kernel then spins
            // until the time is over.)
            let deaf = task.signals.end_sleep_in(state);
            change_state(task, if deaf { TASK_UNINTERRUPTIBLE } else { state });
            sleep_until(task, Some(deadline));
        }
        change_state(task, TASK_RUNNING);
    });
}

/// Sleeps for at least `us` microseconds: `fsleep`. As [`usleep_range`].
///
/// ```
/// let before = std::time::Instant::now();
/// kthread_rt::fsleep(500);
/// assert!(before.elapsed().as_micros() >= 500);
/// ```
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

/// Busy-waits for at least `ns` nanoseconds: `ndelay`.
///
/// As in the kernel, it keeps a cpu busy, and may be called in atomic sections.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let begin = ktime_get();
/// ndelay(500); // busy-waits
/// assert!(ktime_get() - begin >= 500);
/// ```
pub fn ndelay(ns: u64) {
    spin(ns);
}

/// Busy-waits for at least `us` microseconds: `udelay`. As [`ndelay`].
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

/// Busy-waits for at least `ms` milliseconds: `mdelay`. As [`ndelay`]; callers that may sleep
/// should use [`msleep`].
///
/// ```
/// let before = std::time::Instant::now();
/// kthread_rt::mdelay(1);
/// assert!(before.elapsed().as_millis() >= 1);
/// ```
pub fn mdelay(ms: u64) {
    spin(ms.saturating_mul(1_000_000));
}
