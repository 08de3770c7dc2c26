//! `swait_event_exclusive!` and its family: the loop of `sched/event.rs` with a simple wait queue
//! entry. Each macro calls one method.
//!
//! # Surplus wake-ups
//!
//! A wake-up may select a waiter that is leaving already, because it has just found its condition
//! true or its timeout has passed. Here that waiter passes the wake-up on to the next one. In the
//! kernel this wake-up is lost, and the next waiter sleeps, although its condition is true, until
//! the next wake-up of the queue.
//!
//! The condition is user code, as in `wait/event.rs`.

use super::{SwaitQueue, SwaitQueueHead};
use crate::errno::Errno;
use crate::sched::{WaitLimit, WaitMode, current, first_look, might_sleep_in, sleep_until_true};
use crate::task::{TASK_IDLE, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, Wait, WaitKind};
use std::panic::Location;
use std::pin::pin;
use std::ptr;

/// Waits as `mode` says. As in the kernel, it checks whether the caller may sleep only if it is
/// about to sleep.
#[track_caller]
fn wait(q: &SwaitQueueHead, mode: WaitMode, condition: &mut dyn FnMut() -> bool) -> Result<u64, Errno> {
    let place = Location::caller();
    if let Some(over) = first_look(mode.limit, condition) {
        return Ok(over);
    }
    let me = current();
    might_sleep_in(&me, mode.call, place);
    let _noted =
        me.wait_note().set(Wait::new(WaitKind::WaitQueue, ptr::from_ref(q).addr(), mode.call, place));
    let entry = pin!(SwaitQueue::new());
    let entry = entry.as_ref();
    let prepare = &mut || entry.prepare(q, mode.state, true);
    let result = sleep_until_true(&me, &mode, place, prepare, condition, &mut |sleep| sleep());
    if entry.leave() {
        q.wake_one();
    }
    result
}

macro_rules! waits {
    ($($(#[$meta:meta])* $name:ident($($timeout:ident: u64)?) -> $ret:ty, $state:expr, $call:literal, $result:expr;)*) => {
        impl SwaitQueueHead { $(
            $(#[$meta])*
            #[doc = concat!("[`", $call, "!`](crate::", $call, ").")]
            #[track_caller]
            pub fn $name(&self, $($timeout: u64,)? mut condition: impl FnMut() -> bool) -> $ret {
                #[allow(unused_mut, unused_assignments)]
                let mut limit = WaitLimit::None;
                $( limit = WaitLimit::Jiffies($timeout); )?
                let mode = WaitMode { state: $state, exclusive: true, limit, call: $call };
                $result(wait(self, mode, &mut condition))
            }
        )* }
    };
}

/// Converts the result of a wait that only its condition ends.
fn unit(result: Result<u64, Errno>) {
    debug_assert!(result.is_ok(), "nothing ends this wait but its condition");
}

/// Converts the result of a wait that a timeout may end.
fn left(result: Result<u64, Errno>) -> u64 {
    result.unwrap_or(0)
}

/// Converts the result of a wait that a signal may end.
fn done(result: Result<u64, Errno>) -> Result<(), Errno> {
    result.map(drop)
}

waits! {
    /// Sleeps, uninterruptibly, until the condition is true:
    wait() -> (), TASK_UNINTERRUPTIBLE, "swait_event_exclusive", unit;
    /// The same for so many jiffies at most:
    wait_timeout(timeout: u64) -> u64, TASK_UNINTERRUPTIBLE, "swait_event_timeout_exclusive", left;
    /// Sleeps until the condition is true or a signal is pending:
    wait_interruptible() -> Result<(), Errno>, TASK_INTERRUPTIBLE, "swait_event_interruptible_exclusive", done;
    /// The same for so many jiffies at most:
    wait_interruptible_timeout(timeout: u64) -> Result<u64, Errno>, TASK_INTERRUPTIBLE,
        "swait_event_interruptible_timeout_exclusive", std::convert::identity;
    /// Sleeps until the condition is true, without counting as load:
    wait_idle() -> (), TASK_IDLE, "swait_event_idle_exclusive", unit;
    /// The same for so many jiffies at most:
    wait_idle_timeout(timeout: u64) -> u64, TASK_IDLE, "swait_event_idle_timeout_exclusive", left;
}

/// Sleeps, uninterruptibly, until the condition is true: `swait_event_exclusive`. The task that
/// makes it true must then wake the queue.
///
/// The condition is evaluated before the first sleep and after every wake-up; it becomes a closure,
/// so `return` and `?` in it do not leave the caller.
///
/// **Form**: `swait_event_exclusive!(q: SwaitQueueHead, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// swait_event_exclusive!(q, 1 + 1 == 2); // true already: it does not sleep
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! swait_event_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::SwaitQueueHead::wait(&$wq, || $condition)
    };
}

/// [`swait_event_exclusive!`] for at most the given jiffies: `swait_event_timeout_exclusive`.
/// Returns 0 if the timeout has passed and the condition is still false, else the jiffies left, at
/// least 1.
///
/// **Form**: `swait_event_timeout_exclusive!(q: SwaitQueueHead, condition: bool, timeout: u64)`.
/// **Returns** `u64`: the jiffies left, at least 1, or 0 if the timeout has passed and the
/// condition is still false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// assert_eq!(swait_event_timeout_exclusive!(q, false, 2), 0);
/// assert_eq!(swait_event_timeout_exclusive!(q, true, 0), 1);
/// assert_eq!(swait_event_timeout_exclusive!(q, true, 50), 50);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! swait_event_timeout_exclusive {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::SwaitQueueHead::wait_timeout(&$wq, $timeout, || $condition)
    };
}

/// Sleeps until the condition is true or a signal is pending:
/// `swait_event_interruptible_exclusive`. Returns `Err(ERESTARTSYS)` for a signal, including the
/// notify-signal of `kthread_stop`. If the condition is true, it returns `Ok` even with a signal
/// pending.
///
/// **Form**: `swait_event_interruptible_exclusive!(q: SwaitQueueHead, condition: bool)`.
/// **Returns** `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS`
/// for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// assert_eq!(swait_event_interruptible_exclusive!(q, true), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! swait_event_interruptible_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::SwaitQueueHead::wait_interruptible(&$wq, || $condition)
    };
}

/// [`swait_event_interruptible_exclusive!`] for at most the given jiffies:
/// `swait_event_interruptible_timeout_exclusive`. Returns `Err(ERESTARTSYS)` for a signal, `Ok(0)`
/// after the timeout, else `Ok` with the jiffies left, at least 1.
///
/// **Form**: `swait_event_interruptible_timeout_exclusive!(q: SwaitQueueHead, condition: bool,
/// timeout: u64)`. **Returns** `Result<u64, Errno>`: the jiffies left, at least 1, or `Ok(0)` if
/// the timeout has passed and the condition is still false. **Errors**: `ERESTARTSYS` for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// assert_eq!(swait_event_interruptible_timeout_exclusive!(q, false, 1), Ok(0));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! swait_event_interruptible_timeout_exclusive {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::SwaitQueueHead::wait_interruptible_timeout(&$wq, $timeout, || $condition)
    };
}

/// [`swait_event_exclusive!`] that sleeps without counting as load: `swait_event_idle_exclusive`.
///
/// **Form**: `swait_event_idle_exclusive!(q: SwaitQueueHead, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// swait_event_idle_exclusive!(q, 1 + 1 == 2); // true already: it does not sleep
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! swait_event_idle_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::SwaitQueueHead::wait_idle(&$wq, || $condition)
    };
}

/// [`swait_event_timeout_exclusive!`] that sleeps without counting as load:
/// `swait_event_idle_timeout_exclusive`.
///
/// **Form**:
/// `swait_event_idle_timeout_exclusive!(q: SwaitQueueHead, condition: bool, timeout: u64)`.
/// **Returns** `u64`: the jiffies left, at least 1, or 0 if the timeout has passed and the
/// condition is still false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// assert_eq!(swait_event_idle_timeout_exclusive!(q, false, 2), 0);
/// assert_eq!(swait_event_idle_timeout_exclusive!(q, true, 50), 50);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! swait_event_idle_timeout_exclusive {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::SwaitQueueHead::wait_idle_timeout(&$wq, $timeout, || $condition)
    };
}
