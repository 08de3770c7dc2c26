//! `linux/wait_bit.h`: waiting for a condition on a variable, without a wait queue for it. The loop
//! is that of `wait_event!`, and the queues are those of `bit`.

use super::bit::{ANY, Key, Waiting, keyed, queue_of, wake};
use super::raw::remove_wait_queue;
use crate::errno::Errno;
use crate::sched::{WaitLimit, WaitMode, current, first_look, might_sleep_in, sleep_until_true};
use crate::task::{TaskState, Wait, WaitKind};
use std::panic::Location;

/// Wakes all tasks that wait for a condition on `var`: `wake_up_var`. Never sleeps. Call it after
/// the change that makes the condition true.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// static USERS: AtomicU32 = AtomicU32::new(1);
/// let task = kthread_run!(
///     |()| {
///         wait_var_event!(&USERS, USERS.load(SeqCst) == 0);
///         7
///     },
///     (),
///     "waits"
/// )?;
/// USERS.store(0, SeqCst);
/// wake_up_var(&USERS);
/// assert!([7, -4].contains(&kthread_stop(&task)));
/// # Ok::<(), Errno>(())
/// ```
pub fn wake_up_var<T>(var: &T) {
    let address = std::ptr::from_ref(var).addr();
    wake(Key { address, bit: ANY }, 0, &|| false);
}

/// The function that [`wait_var_event!`](crate::wait_var_event) and its family call. Returns the
/// jiffies left, at least 1, or 0 after the timeout.
#[doc(hidden)]
#[track_caller]
pub fn wait_var<T>(
    var: &T,
    state: TaskState,
    limit: WaitLimit,
    call: &'static str,
    mut condition: impl FnMut() -> bool,
) -> Result<u64, Errno> {
    let (me, place) = (current(), Location::caller());
    might_sleep_in(&me, call, place);
    if let Some(over) = first_look(limit, &mut condition) {
        return Ok(over);
    }
    let key = Key { address: std::ptr::from_ref(var).addr(), bit: ANY };
    let _noted = me.wait_note().set(Wait::new(WaitKind::Bit, key.address, call, place));
    let mut keyed = keyed(key, &me);
    let waiting = Waiting { queue: queue_of(key), entry: (&raw mut keyed).cast(), me: &me };
    let prepare = &mut || {
        if me.signals.end_sleep_in(state) {
            // SAFETY: the entry was only ever added to this queue.
            unsafe { remove_wait_queue(waiting.queue, waiting.entry) };
            return Err(Errno::ERESTARTSYS);
        }
        waiting.prepare(state, false);
        Ok(())
    };
    let mode = WaitMode { state, exclusive: false, limit, call };
    sleep_until_true(&me, &mode, place, prepare, &mut condition, &mut |sleep| sleep())
}

/// Waits, uninterruptibly, until a condition on a variable is true: `wait_var_event`. May sleep.
/// The task that makes it true must call [`wake_up_var`] with the same variable.
///
/// **Form**: `wait_var_event!(var: &T, condition: bool)`. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let users = AtomicU32::new(1);
/// kthread_rt::kthread::scope(|s| {
///     let waits = || {
///         wait_var_event!(&users, users.load(SeqCst) == 0);
///         7
///     };
///     let waiter = s.run(waits, "waiter")?;
///     users.store(0, SeqCst);
///     wake_up_var(&users);
///     assert_eq!(waiter.join(), ExitStatus::Exited(7));
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_var_event {
    ($var:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::unit($crate::__private::wait_var(
            $var,
            $crate::TASK_UNINTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::None,
            "wait_var_event",
            || $condition,
        ))
    };
}

/// [`wait_var_event!`] that a signal also ends: `wait_var_event_interruptible`. Returns
/// `Err(ERESTARTSYS)` for a signal.
///
/// **Form**: `wait_var_event_interruptible!(var: &T, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a
/// signal.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let users = AtomicU32::new(0);
/// assert_eq!(wait_var_event_interruptible!(&users, users.load(SeqCst) == 0), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_var_event_interruptible {
    ($var:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__private::wait_var(
            $var,
            $crate::TASK_INTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::None,
            "wait_var_event_interruptible",
            || $condition,
        ))
    };
}

/// [`wait_var_event!`] that SIGKILL also ends: `wait_var_event_killable`. Returns
/// `Err(ERESTARTSYS)` if killed.
///
/// **Form**: `wait_var_event_killable!(var: &T, condition: bool)`. **Returns** `Result<(), Errno>`:
/// `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for SIGKILL.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let users = AtomicU32::new(0);
/// assert_eq!(wait_var_event_killable!(&users, users.load(SeqCst) == 0), Ok(()));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_var_event_killable {
    ($var:expr, $condition:expr $(,)?) => {
        $crate::__private::wait::done($crate::__private::wait_var(
            $var,
            $crate::TASK_KILLABLE,
            $crate::__private::wait::WaitLimit::None,
            "wait_var_event_killable",
            || $condition,
        ))
    };
}

/// [`wait_var_event!`] for at most the given jiffies: `wait_var_event_timeout`. Returns 0 if the
/// timeout has passed and the condition is still false, else the jiffies left, at least 1.
///
/// **Form**: `wait_var_event_timeout!(var: &T, condition: bool, timeout: impl Jiffies)`.
/// **Returns** `u64`: the jiffies left, at least 1, or 0 if the timeout has passed and the
/// condition is still false.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let users = AtomicU32::new(1);
/// assert_eq!(wait_var_event_timeout!(&users, users.load(SeqCst) == 0, 2), 0);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_var_event_timeout {
    ($var:expr, $condition:expr, $timeout:expr $(,)?) => {
        $crate::__private::wait::left($crate::__private::wait_var(
            $var,
            $crate::TASK_UNINTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_var_event_timeout",
            || $condition,
        ))
    };
}
