//! The kernel's names for hrtimers: each is one line that calls a method of [`Hrtimer`].
//!
//! Times are nanoseconds of the monotonic clock ([`ktime_get`](crate::ktime_get)). Functions return
//! an `int` where the kernel's do; the methods return `bool`s and `Result`s.

use super::{Hrtimer, HrtimerFn, HrtimerMode};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{ktime_get, with_current};
use std::panic::Location;

/// The clock that hrtimers run on.
pub const CLOCK_MONOTONIC: i32 = 1;

/// Initialises the memory at `timer` as an hrtimer with a function: `hrtimer_setup`. The timer
/// always runs on [`CLOCK_MONOTONIC`]; another `clock` is a warning.
///
/// # Safety
///
/// `timer` is valid for writing, and is no timer that is active. From now on, whenever the timer is
/// queued or its callback runs, it is valid and in the same place, and `function` may be called
/// with it on another thread. So call [`hrtimer_cancel`] before you free it.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// static FIRED: Completion = Completion::new();
/// unsafe extern "C-unwind" fn fire(_: *mut Hrtimer) -> HrtimerRestart {
///     complete(&FIRED);
///     HRTIMER_NORESTART
/// }
///
/// let mut memory = MaybeUninit::<Hrtimer>::uninit();
/// // SAFETY: the timer stays in this frame, and is cancelled before the frame ends.
/// let timer = unsafe {
///     hrtimer_setup(memory.as_mut_ptr(), fire, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
///     memory.assume_init_ref()
/// };
/// hrtimer_start(timer, ms_to_ktime(1), HRTIMER_MODE_REL);
/// wait_for_completion(&FIRED);
/// hrtimer_cancel(timer);
/// ```
#[track_caller]
pub unsafe fn hrtimer_setup(timer: *mut Hrtimer, function: HrtimerFn, clock: i32, mode: HrtimerMode) {
    check_clock(clock, "hrtimer_setup", Location::caller());
    // The callback may use its pointer for all that this pointer allows.
    timer.expose_provenance();
    // SAFETY: by the contract.
    unsafe { timer.write(Hrtimer::with(Some(function), mode)) };
}

/// Initialises the memory at `timer` as an hrtimer without a function, as kernels before 6.13 do:
/// `hrtimer_init`. Call [`hrtimer_update_function`] where those kernels assign `timer->function`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// unsafe extern "C-unwind" fn fire(_: *mut Hrtimer) -> HrtimerRestart {
///     HRTIMER_NORESTART
/// }
///
/// let mut memory = MaybeUninit::<Hrtimer>::uninit();
/// // SAFETY: the timer stays in this frame, and is cancelled before the frame ends.
/// let timer = unsafe {
///     hrtimer_init(memory.as_mut_ptr(), CLOCK_MONOTONIC, HRTIMER_MODE_REL);
///     hrtimer_update_function(memory.assume_init_ref(), fire);
///     memory.assume_init_ref()
/// };
/// hrtimer_start(timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert_eq!(hrtimer_cancel(timer), 1);
/// ```
///
/// # Safety
///
/// `timer` is valid for writing, and is no timer that is active.
#[track_caller]
pub unsafe fn hrtimer_init(timer: *mut Hrtimer, clock: i32, mode: HrtimerMode) {
    check_clock(clock, "hrtimer_init", Location::caller());
    timer.expose_provenance();
    // SAFETY: by the contract.
    unsafe { timer.write(Hrtimer::with(None, mode)) };
}

/// Gives an idle timer a function: `hrtimer_update_function`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// unsafe extern "C-unwind" fn fire(_: *mut Hrtimer) -> HrtimerRestart {
///     HRTIMER_NORESTART
/// }
///
/// let mut memory = MaybeUninit::<Hrtimer>::uninit();
/// // SAFETY: the timer stays in this frame, and is cancelled before the frame ends.
/// let timer = unsafe {
///     hrtimer_init(memory.as_mut_ptr(), CLOCK_MONOTONIC, HRTIMER_MODE_REL);
///     hrtimer_update_function(memory.assume_init_ref(), fire);
///     memory.assume_init_ref()
/// };
/// hrtimer_start(timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert_eq!(hrtimer_cancel(timer), 1);
/// ```
///
/// # Safety
///
/// No other thread uses the timer during the call, and the requirements of [`hrtimer_setup`] hold
/// from now on.
pub unsafe fn hrtimer_update_function(timer: &Hrtimer, function: HrtimerFn) {
    // SAFETY: by the contract this is the only access.
    timer.function.with_mut(|to| unsafe { *to = Some(function) });
}

fn check_clock(clock: i32, call: &str, place: &'static Location<'static>) {
    if clock != CLOCK_MONOTONIC {
        let message = format!("there is no clock {clock} here: the timer runs on CLOCK_MONOTONIC");
        with_current(|me| me.warn(WarningKind::BadArgument, call, place, &message));
    }
}

/// Starts `timer`, whether it is active or not: `hrtimer_start`. `time` is a time of the clock, or
/// with [`HRTIMER_MODE_REL`](crate::HRTIMER_MODE_REL) nanoseconds from now.
///
/// It binds an idle timer to the calling task's Kernel. A timer whose time has passed runs at once.
/// Never sleeps, and allocates nothing except for the first hrtimer of a Kernel. A timer without a
/// function, or one that is started after its Kernel has shut down, stays idle, with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start(&timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert!(hrtimer_active(&timer));
/// assert_eq!((hrtimer_cancel(&timer), hrtimer_cancel(&timer)), (1, 0));
/// ```
#[track_caller]
pub fn hrtimer_start(timer: &Hrtimer, time: i64, mode: HrtimerMode) {
    timer.start_as(time, mode, "hrtimer_start", Location::caller());
}

/// [`hrtimer_start`] that may be `range` nanoseconds late: `hrtimer_start_range_ns`. Here the range
/// has no effect: the timer runs as soon as it can.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start_range_ns(&timer, ktime_set(60, 0), 1_000_000, HRTIMER_MODE_REL);
/// assert_eq!(hrtimer_cancel(&timer), 1);
/// ```
#[track_caller]
pub fn hrtimer_start_range_ns(timer: &Hrtimer, time: i64, range: u64, mode: HrtimerMode) {
    let _ = range;
    timer.start_as(time, mode, "hrtimer_start_range_ns", Location::caller());
}

/// Starts `timer` with the expiry that it has: `hrtimer_start_expires`. With
/// [`HRTIMER_MODE_REL`](crate::HRTIMER_MODE_REL) the expiry counts from now.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_set_expires(&timer, ktime_get() + ktime_set(60, 0));
/// hrtimer_start_expires(&timer, HRTIMER_MODE_ABS);
/// assert_eq!(hrtimer_cancel(&timer), 1);
/// ```
#[track_caller]
pub fn hrtimer_start_expires(timer: &Hrtimer, mode: HrtimerMode) {
    timer.start_as(timer.expires(), mode, "hrtimer_start_expires", Location::caller());
}

/// Starts `timer` anew with the expiry that it has: `hrtimer_restart`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start(&timer, ktime_get() + ktime_set(60, 0), HRTIMER_MODE_ABS);
/// hrtimer_cancel(&timer);
/// hrtimer_restart(&timer); // for the same time
/// assert_eq!(hrtimer_cancel(&timer), 1);
/// ```
#[track_caller]
pub fn hrtimer_restart(timer: &Hrtimer) {
    timer.start_as(timer.expires(), super::HRTIMER_MODE_ABS, "hrtimer_restart", Location::caller());
}

/// Takes `timer` off the queue and waits until its callback is not running: `hrtimer_cancel`.
/// Returns 1 if it was queued, else 0.
///
/// Sleeps only if the callback runs; the rules of [`timer_delete_sync`](crate::timer_delete_sync)
/// apply. In the timer's own callback, where the kernel would hang, it dequeues the timer and
/// returns −EDEADLK, with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start(&timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert_eq!(hrtimer_cancel(&timer), 1); // it was active
/// assert_eq!(hrtimer_cancel(&timer), 0);
/// ```
#[track_caller]
pub fn hrtimer_cancel(timer: &Hrtimer) -> i32 {
    timer.cancel().map_or_else(Errno::as_return, i32::from)
}

/// Takes `timer` off the queue unless its callback runs: `hrtimer_try_to_cancel`. Returns 1 if it
/// was queued, 0 if it was idle, −1 if its callback runs. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start(&timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert_eq!(hrtimer_try_to_cancel(&timer), 1); // -1 while the callback runs
/// assert_eq!(hrtimer_cancel(&timer), 0);
/// ```
pub fn hrtimer_try_to_cancel(timer: &Hrtimer) -> i32 {
    timer.try_to_cancel().map_or(-1, i32::from)
}

/// Returns true if `timer` is queued or its callback runs: `hrtimer_active`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start(&timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert!(hrtimer_active(&timer));
/// hrtimer_cancel(&timer);
/// ```
pub fn hrtimer_active(timer: &Hrtimer) -> bool {
    timer.is_active()
}

/// Returns true if `timer` waits for its time: `hrtimer_is_queued`. False in its callback, unless
/// it was started anew.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start(&timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert!(hrtimer_is_queued(&timer));
/// hrtimer_cancel(&timer);
/// ```
pub fn hrtimer_is_queued(timer: &Hrtimer) -> bool {
    timer.is_queued()
}

/// Returns true if the callback of `timer` runs: `hrtimer_callback_running`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let timer = HighResTimer::new({
///     let done = done.clone();
///     move |timer| {
///         assert!(hrtimer_callback_running(timer));
///         complete(&done);
///         HRTIMER_NORESTART
///     }
/// });
/// hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
/// wait_for_completion(&done);
/// ```
pub fn hrtimer_callback_running(timer: &Hrtimer) -> bool {
    timer.callback_running()
}

/// Moves the expiry of an idle timer forward by whole `interval`s (ns) until it is after `now`:
/// `hrtimer_forward`. Returns the number of intervals (the overruns); 0 if the expiry is after
/// `now` already. If the timer is queued, it warns and returns 0.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_set_expires(&timer, 100);
/// assert_eq!((hrtimer_forward(&timer, 125, 10), hrtimer_get_expires(&timer)), (3, 130));
/// assert_eq!((hrtimer_forward(&timer, 125, 10), hrtimer_get_expires(&timer)), (0, 130));
/// ```
#[track_caller]
pub fn hrtimer_forward(timer: &Hrtimer, now: i64, interval: i64) -> u64 {
    timer.forward(now, interval)
}

/// [`hrtimer_forward`] from the present time: `hrtimer_forward_now`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let ticks = Arc::new(AtomicU32::new(0));
/// let timer = HighResTimer::new({
///     let ticks = ticks.clone();
///     move |timer| {
///         hrtimer_forward_now(timer, ms_to_ktime(1));
///         if ticks.fetch_add(1, SeqCst) < 4 { HRTIMER_RESTART } else { HRTIMER_NORESTART }
///     }
/// });
/// hrtimer_start(&timer, ms_to_ktime(1), HRTIMER_MODE_REL);
/// while hrtimer_active(&timer) {
///     usleep_range(500, 1000);
/// }
/// assert_eq!(ticks.load(SeqCst), 5);
/// ```
#[track_caller]
pub fn hrtimer_forward_now(timer: &Hrtimer, interval: i64) -> u64 {
    timer.forward(ktime_get(), interval)
}

/// Returns the expiry of `timer` in nanoseconds of the clock: `hrtimer_get_expires`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_set_expires(&timer, ktime_get() + ms_to_ktime(500));
/// assert!(hrtimer_get_expires(&timer) > ktime_get());
/// ```
pub fn hrtimer_get_expires(timer: &Hrtimer) -> i64 {
    timer.expires()
}

/// Sets the expiry of an idle timer: `hrtimer_set_expires`. On a queued timer it has no effect
/// until the timer is started again.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_set_expires(&timer, ktime_get() + ms_to_ktime(500));
/// assert!(hrtimer_get_expires(&timer) > ktime_get());
/// ```
pub fn hrtimer_set_expires(timer: &Hrtimer, time: i64) {
    timer.set_expires(time);
}

/// Returns the nanoseconds until `timer` expires, negative if that has passed:
/// `hrtimer_get_remaining`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// hrtimer_start(&timer, ktime_set(60, 0), HRTIMER_MODE_REL);
/// assert!(hrtimer_get_remaining(&timer) <= ktime_set(60, 0));
/// hrtimer_cancel(&timer);
/// ```
pub fn hrtimer_get_remaining(timer: &Hrtimer) -> i64 {
    timer.remaining()
}

/// Returns the time of the timer's clock: `hrtimer_cb_get_time`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
/// assert!(hrtimer_cb_get_time(&timer) <= ktime_get());
/// ```
pub fn hrtimer_cb_get_time(_timer: &Hrtimer) -> i64 {
    ktime_get()
}
