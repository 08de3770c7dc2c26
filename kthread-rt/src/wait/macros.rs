//! The `wait_event!` macros. Each calls the loop in `event` once. The condition becomes a closure,
//! so `return`, `?` and `break` in it do not leave the caller.

/// A wait: queue, condition, state, whether it is exclusive, timeout, the macro's name.
#[doc(hidden)]
#[macro_export]
macro_rules! __wait {
    ($wq:expr, $condition:expr, $state:ident, $exclusive:literal, $limit:expr, $call:literal) => {
        $crate::__private::wait::wait(
            &$wq,
            $crate::__private::wait::WaitMode {
                state: $crate::__private::wait::$state,
                exclusive: $exclusive,
                limit: $limit,
                call: $call,
            },
            || $condition,
        )
    };
}

/// Sleeps, uninterruptibly, until the condition is true: `wait_event`. The task that makes it true
/// must then wake the queue.
///
/// The condition is evaluated before the first sleep and after every wake-up.
///
/// **Form**: `wait_event!(wq: WaitQueueHead, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// wait_event!(wq, 1 + 1 == 2); // true already: it does not sleep
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::unit($crate::__wait!(
            $wq,
            $condition,
            TASK_UNINTERRUPTIBLE,
            false,
            $crate::__private::wait::WaitLimit::None,
            "wait_event"
        ))
    };
}

/// [`wait_event!`] that sleeps without counting as load: `wait_event_idle`.
///
/// **Form**: `wait_event_idle!(wq: WaitQueueHead, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
/// kthread_rt::kthread::scope(|s| {
///     let waits = || {
///         wait_event_idle!(wq, ready.load(SeqCst));
///         7
///     };
///     let waiter = s.run(waits, "waiter")?;
///     ready.store(true, SeqCst);
///     wake_up(&wq);
///     assert_eq!(waiter.join(), ExitStatus::Exited(7));
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_idle {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::unit($crate::__wait!(
            $wq,
            $condition,
            TASK_IDLE,
            false,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_idle"
        ))
    };
}

/// [`wait_event!`] as an exclusive waiter: `wait_event_exclusive`.
///
/// **Form**: `wait_event_exclusive!(wq: WaitQueueHead, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
/// kthread_rt::kthread::scope(|s| {
///     let waits = || {
///         wait_event_exclusive!(wq, ready.load(SeqCst));
///         7
///     };
///     let waiter = s.run(waits, "waiter")?;
///     ready.store(true, SeqCst);
///     wake_up(&wq);
///     assert_eq!(waiter.join(), ExitStatus::Exited(7));
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::unit($crate::__wait!(
            $wq,
            $condition,
            TASK_UNINTERRUPTIBLE,
            true,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_exclusive"
        ))
    };
}

/// [`wait_event_idle!`] as an exclusive waiter: `wait_event_idle_exclusive`.
///
/// **Form**: `wait_event_idle_exclusive!(wq: WaitQueueHead, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
/// kthread_rt::kthread::scope(|s| {
///     let waits = || {
///         wait_event_idle_exclusive!(wq, ready.load(SeqCst));
///         7
///     };
///     let waiter = s.run(waits, "waiter")?;
///     ready.store(true, SeqCst);
///     wake_up(&wq);
///     assert_eq!(waiter.join(), ExitStatus::Exited(7));
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_idle_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::unit($crate::__wait!(
            $wq,
            $condition,
            TASK_IDLE,
            true,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_idle_exclusive"
        ))
    };
}

/// Sleeps until the condition is true or a signal is pending: `wait_event_interruptible`. Returns
/// `Err(ERESTARTSYS)` for a signal, including the notify-signal of `kthread_stop`. If the condition
/// is true, it returns `Ok` even with a signal pending.
///
/// **Form**: `wait_event_interruptible!(wq: WaitQueueHead, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a
/// signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_interruptible!(wq, true), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__wait!(
            $wq,
            $condition,
            TASK_INTERRUPTIBLE,
            false,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_interruptible"
        ))
    };
}

/// [`wait_event_interruptible!`] as an exclusive waiter: `wait_event_interruptible_exclusive`.
///
/// **Form**: `wait_event_interruptible_exclusive!(wq: WaitQueueHead, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a
/// signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_interruptible_exclusive!(wq, true), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__wait!(
            $wq,
            $condition,
            TASK_INTERRUPTIBLE,
            true,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_interruptible_exclusive"
        ))
    };
}

/// Sleeps until the condition is true or the task is killed: `wait_event_killable`. Returns
/// `Err(ERESTARTSYS)` if killed.
///
/// **Form**: `wait_event_killable!(wq: WaitQueueHead, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for SIGKILL.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_killable!(wq, true), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_killable {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__wait!(
            $wq,
            $condition,
            TASK_KILLABLE,
            false,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_killable"
        ))
    };
}

/// [`wait_event_killable!`] as an exclusive waiter: `wait_event_killable_exclusive`.
///
/// **Form**: `wait_event_killable_exclusive!(wq: WaitQueueHead, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for SIGKILL.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_killable_exclusive!(wq, true), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_killable_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__wait!(
            $wq,
            $condition,
            TASK_KILLABLE,
            true,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_killable_exclusive"
        ))
    };
}

/// [`wait_event_interruptible!`] during which the task may be frozen: `wait_event_freezable`.
/// Returns a `Result<(), Errno>`.
///
/// **Form**: `wait_event_freezable!(wq: WaitQueueHead, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a
/// signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_freezable!(wq, true), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_freezable {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__wait!(
            $wq,
            $condition,
            TASK_INTERRUPTIBLE_FREEZABLE,
            false,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_freezable"
        ))
    };
}

/// [`wait_event_freezable!`] as an exclusive waiter: `wait_event_freezable_exclusive`.
///
/// **Form**: `wait_event_freezable_exclusive!(wq: WaitQueueHead, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a
/// signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_freezable_exclusive!(wq, true), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_freezable_exclusive {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__wait!(
            $wq,
            $condition,
            TASK_INTERRUPTIBLE_FREEZABLE,
            true,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_freezable_exclusive"
        ))
    };
}

/// Sleeps in the given task state until the condition is true, or a signal ends the sleep:
/// `wait_event_state`. Returns `Err(ERESTARTSYS)` for a signal that ends a sleep in this state.
///
/// **Form**: `wait_event_state!(wq: WaitQueueHead, condition: bool, state: TaskState)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a signal
/// that ends a sleep in this state.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_state!(wq, true, TASK_KILLABLE | TASK_FREEZABLE), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_state {
    ($wq:expr, $condition:expr, $state:expr $(,)?) => {
        $crate::__private::wait::done($crate::__private::wait::wait(
            &$wq,
            $crate::__private::wait::WaitMode {
                state: $state,
                exclusive: false,
                limit: $crate::__private::wait::WaitLimit::None,
                call: "wait_event_state",
            },
            || $condition,
        ))
    };
}

/// Same as [`wait_event!`]: `io_wait_event`. The kernel's version also accounts the wait as I/O.
///
/// **Form**: `io_wait_event!(wq: WaitQueueHead, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
/// kthread_rt::kthread::scope(|s| {
///     let waits = || {
///         io_wait_event!(wq, ready.load(SeqCst));
///         7
///     };
///     let waiter = s.run(waits, "waiter")?;
///     ready.store(true, SeqCst);
///     wake_up(&wq);
///     assert_eq!(waiter.join(), ExitStatus::Exited(7));
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! io_wait_event {
    ($wq:expr, $condition:expr $(,)?) => {
        $crate::wait_event!($wq, $condition)
    };
}

/// [`wait_event!`] for at most the given jiffies: `wait_event_timeout`. Returns 0 if the timeout
/// has passed and the condition is still false, else the jiffies left, at least 1.
///
/// **Form**: `wait_event_timeout!(wq: WaitQueueHead, condition: bool, timeout: impl Jiffies)`.
/// **Returns** `u64`: the jiffies left, at least 1, or 0 if the timeout has passed and the
/// condition is still false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_timeout!(wq, false, 2), 0);
/// assert_eq!(wait_event_timeout!(wq, true, 0), 1);
/// assert_eq!(wait_event_timeout!(wq, true, 50), 50);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_timeout {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::__private::wait::left($crate::__wait!(
            $wq,
            $condition,
            TASK_UNINTERRUPTIBLE,
            false,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_timeout"
        ))
    };
}

/// [`wait_event_timeout!`] that sleeps without counting as load: `wait_event_idle_timeout`.
///
/// **Form**: `wait_event_idle_timeout!(wq: WaitQueueHead, condition: bool, timeout: impl Jiffies)`.
/// **Returns** `u64`: the jiffies left, at least 1, or 0 if the timeout has passed and the
/// condition is still false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_idle_timeout!(wq, false, 2), 0);
/// assert_eq!(wait_event_idle_timeout!(wq, true, 50), 50);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_idle_timeout {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::__private::wait::left($crate::__wait!(
            $wq,
            $condition,
            TASK_IDLE,
            false,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_idle_timeout"
        ))
    };
}

/// [`wait_event_idle_timeout!`] as an exclusive waiter: `wait_event_idle_exclusive_timeout`.
///
/// **Form**: `wait_event_idle_exclusive_timeout!(wq: WaitQueueHead, condition: bool, timeout: impl
/// Jiffies)`. **Returns** `u64`: the jiffies left, at least 1, or 0 if the timeout has passed and
/// the condition is still false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_idle_exclusive_timeout!(wq, false, 2), 0);
/// assert_eq!(wait_event_idle_exclusive_timeout!(wq, true, 50), 50);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_idle_exclusive_timeout {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::__private::wait::left($crate::__wait!(
            $wq,
            $condition,
            TASK_IDLE,
            true,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_idle_exclusive_timeout"
        ))
    };
}

/// [`wait_event_timeout!`] that a signal also ends: `wait_event_interruptible_timeout`. Returns
/// `Err(ERESTARTSYS)` for a signal, else `Ok` with the value of [`wait_event_timeout!`].
///
/// **Form**: `wait_event_interruptible_timeout!(wq: WaitQueueHead, condition: bool, timeout: impl
/// Jiffies)`. **Returns** `Result<u64, Errno>`: the jiffies left, at least 1, or `Ok(0)` if the
/// timeout has passed and the condition is still false. **Errors**: `ERESTARTSYS` for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_interruptible_timeout!(wq, false, 2), Ok(0));
/// assert_eq!(wait_event_interruptible_timeout!(wq, true, 2), Ok(2));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_timeout {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::__private::wait::result($crate::__wait!(
            $wq,
            $condition,
            TASK_INTERRUPTIBLE,
            false,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_interruptible_timeout"
        ))
    };
}

/// [`wait_event_timeout!`] that SIGKILL also ends: `wait_event_killable_timeout`. Returns
/// `Err(ERESTARTSYS)` if killed, else `Ok` with the value of [`wait_event_timeout!`].
///
/// **Form**: `wait_event_killable_timeout!(wq: WaitQueueHead, condition: bool, timeout: impl
/// Jiffies)`. **Returns** `Result<u64, Errno>`: the jiffies left, at least 1, or `Ok(0)` if the
/// timeout has passed and the condition is still false. **Errors**: `ERESTARTSYS` for SIGKILL.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_killable_timeout!(wq, false, 2), Ok(0));
/// assert_eq!(wait_event_killable_timeout!(wq, true, 2), Ok(2));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_killable_timeout {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::__private::wait::result($crate::__wait!(
            $wq,
            $condition,
            TASK_KILLABLE,
            false,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_killable_timeout"
        ))
    };
}

/// [`wait_event_interruptible_timeout!`] during which the task may be frozen:
/// `wait_event_freezable_timeout`.
///
/// Sleeps for at most the given jiffies. Returns `Err(ERESTARTSYS)` for a signal, `Ok(0)` after the
/// timeout, else `Ok` with the jiffies left, at least 1.
///
/// **Form**: `wait_event_freezable_timeout!(wq: WaitQueueHead, condition: bool, timeout: impl
/// Jiffies)`. **Returns** `Result<u64, Errno>`: the jiffies left, at least 1, or `Ok(0)` if the
/// timeout has passed and the condition is still false. **Errors**: `ERESTARTSYS` for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_freezable_timeout!(wq, false, 2), Ok(0));
/// assert_eq!(wait_event_freezable_timeout!(wq, true, 2), Ok(2));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_freezable_timeout {
    ($wq:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::__private::wait::result($crate::__wait!(
            $wq,
            $condition,
            TASK_INTERRUPTIBLE_FREEZABLE,
            false,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_freezable_timeout"
        ))
    };
}

/// [`wait_event!`] for at most the given nanoseconds (a [`Ktime`](crate::Ktime)):
/// `wait_event_hrtimeout`. Returns `Err(ETIME)` after the timeout. [`KTIME_MAX`](crate::KTIME_MAX)
/// means no timeout.
///
/// **Form**: `wait_event_hrtimeout!(wq: WaitQueueHead, condition: bool, ns: Ktime)`. **Returns**
/// `Result<(), Errno>`. **Errors**: `ETIME` if the time has passed and the condition is still
/// false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_hrtimeout!(wq, false, 50_000), Err(Errno::ETIME));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_hrtimeout {
    ($wq:expr, $condition:expr, $ns:expr $(,)?) => {
        $crate::__private::wait::or_etime($crate::__wait!(
            $wq,
            $condition,
            TASK_UNINTERRUPTIBLE,
            false,
            $crate::__private::wait::WaitLimit::Nanoseconds($ns),
            "wait_event_hrtimeout"
        ))
    };
}

/// [`wait_event_hrtimeout!`] that a signal also ends: `wait_event_interruptible_hrtimeout`. Returns
/// `Err(ERESTARTSYS)` for a signal.
///
/// **Form**: `wait_event_interruptible_hrtimeout!(wq: WaitQueueHead, condition: bool, ns: Ktime)`.
/// **Returns** `Result<(), Errno>`. **Errors**: `ETIME` if the time has passed and the condition is
/// still false; `ERESTARTSYS` for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_interruptible_hrtimeout!(wq, false, 50_000), Err(Errno::ETIME));
/// assert_eq!(wait_event_interruptible_hrtimeout!(wq, true, 50_000), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_hrtimeout {
    ($wq:expr, $condition:expr, $ns:expr $(,)?) => {
        $crate::__private::wait::or_etime($crate::__wait!(
            $wq,
            $condition,
            TASK_INTERRUPTIBLE,
            false,
            $crate::__private::wait::WaitLimit::Nanoseconds($ns),
            "wait_event_interruptible_hrtimeout"
        ))
    };
}

/// [`wait_event!`] with a command before and a command after each sleep: `wait_event_cmd`.
///
/// **Form**: `wait_event_cmd!(wq: WaitQueueHead, condition: bool, before, after)`. `before` and
/// `after` are expressions, whose values are dropped. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::cell::Cell;
///
/// let (wq, sleeps) = (WaitQueueHead::new(), Cell::new(0));
/// // The commands stand around each sleep. This one wakes its own task.
/// wait_event_cmd!(wq, sleeps.get() == 1, wake_up(&wq), sleeps.set(sleeps.get() + 1));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_cmd {
    ($wq:expr, $condition:expr, $before:expr, $after:expr $(,)?) => {
        $crate::__wait_cmd!($wq, $condition, $before, $after, false, "wait_event_cmd")
    };
}

/// [`wait_event_cmd!`] as an exclusive waiter: `wait_event_exclusive_cmd`.
///
/// **Form**: `wait_event_exclusive_cmd!(wq: WaitQueueHead, condition: bool, before, after)`.
/// `before` and `after` are expressions, whose values are dropped. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::cell::Cell;
///
/// let (wq, sleeps) = (WaitQueueHead::new(), Cell::new(0));
/// // The commands stand around each sleep. This one wakes its own task.
/// wait_event_exclusive_cmd!(wq, sleeps.get() == 1, wake_up(&wq), sleeps.set(sleeps.get() + 1));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_exclusive_cmd {
    ($wq:expr, $condition:expr, $before:expr, $after:expr $(,)?) => {
        $crate::__wait_cmd!($wq, $condition, $before, $after, true, "wait_event_exclusive_cmd")
    };
}

/// A wait with commands around its sleeps.
#[doc(hidden)]
#[macro_export]
macro_rules! __wait_cmd {
    ($wq:expr, $condition:expr, $before:expr, $after:expr, $exclusive:literal, $call:literal) => {
        $crate::__private::wait::unit($crate::__private::wait::wait_cmd(
            &$wq,
            $crate::__private::wait::WaitMode {
                state: $crate::TASK_UNINTERRUPTIBLE,
                exclusive: $exclusive,
                limit: $crate::__private::wait::WaitLimit::None,
                call: $call,
            },
            || $condition,
            || {
                $before;
            },
            || {
                $after;
            },
        ))
    };
}
