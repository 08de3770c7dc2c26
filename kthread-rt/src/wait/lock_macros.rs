//! The `wait_event_…lock_irq!` macros: they evaluate the condition under a lock and release it
//! while the task sleeps.
//!
//! The kernel's macros take a spinlock. These take the variable that holds the lock's guard, since
//! the guard gives access to the protected data; any guard that implements
//! [`Unlock`](crate::Unlock) will do. In the condition the variable is a `&mut` to the guard.

/// A wait with a lock: queue, condition, guard, a command before each sleep, state, timeout, the
/// macro's name.
#[doc(hidden)]
#[macro_export]
macro_rules! __wait_locked {
    ($wq:expr, $condition:expr, $guard:ident, $cmd:expr, $state:ident, $limit:expr, $call:literal) => {
        $crate::__private::wait::wait_locked(
            &$wq,
            $crate::__private::wait::WaitMode {
                state: $crate::__private::wait::$state,
                exclusive: false,
                limit: $limit,
                call: $call,
            },
            &mut $guard,
            |$guard| $condition,
            || {
                $cmd;
            },
        )
    };
}

/// Sleeps, uninterruptibly, until the condition is true, and releases the lock while it sleeps:
/// `wait_event_lock_irq`.
///
/// The lock is held while the condition is evaluated and when the macro returns. The task that
/// makes the condition true must hold the lock, and then wake the queue.
///
/// **Form**: `wait_event_lock_irq!(wq: WaitQueueHead, condition: bool, guard: impl Unlock)`.
/// `guard` is the name of the variable with the lock's guard. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// static INBOX: SpinLock<Vec<i32>> = SpinLock::new(Vec::new());
/// static INBOX_WAIT: WaitQueueHead = WaitQueueHead::new();
///
/// let task = kthread_create!(
///     |()| {
///         let mut inbox = INBOX.lock();
///         wait_event_lock_irq!(INBOX_WAIT, !inbox.is_empty(), inbox);
///         inbox.pop().unwrap()
///     },
///     (),
///     "reader"
/// )?;
/// wake_up_process(&task);
/// _ = wait_task_inactive(&task, TASK_RUNNING); // until it is asleep
/// INBOX.lock().push(7);
/// wake_up(&INBOX_WAIT);
/// assert_eq!(kthread_stop(&task), 7);
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_lock_irq {
    ($wq:expr, $condition:expr, $guard:ident $(,)?) => {
        $crate::__private::wait::unit($crate::__wait_locked!(
            $wq,
            $condition,
            $guard,
            (),
            TASK_UNINTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_lock_irq"
        ))
    };
}

/// [`wait_event_lock_irq!`] for at most `timeout` jiffies: `wait_event_lock_irq_timeout`. Returns 0
/// after the timeout, else the jiffies left, at least 1.
///
/// **Form**: `wait_event_lock_irq_timeout!(wq: WaitQueueHead, condition: bool, guard: impl Unlock,
/// timeout: impl Jiffies)`. `guard` is the name of the variable with the lock's guard. **Returns**
/// `u64`: the jiffies left, at least 1, or 0 if the timeout has passed and the condition is still
/// false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (lock, wq) = (SpinLock::new(false), WaitQueueHead::new());
/// let mut ready = lock.lock();
/// assert_eq!(wait_event_lock_irq_timeout!(wq, **ready, ready, 2), 0);
/// *ready = true;
/// assert_eq!(wait_event_lock_irq_timeout!(wq, **ready, ready, 2), 2);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_lock_irq_timeout {
    ($wq:expr, $condition:expr, $guard:ident, $timeout:expr $(,)?) => {
        $crate::__private::wait::left($crate::__wait_locked!(
            $wq,
            $condition,
            $guard,
            (),
            TASK_UNINTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_lock_irq_timeout"
        ))
    };
}

/// [`wait_event_lock_irq!`] that a signal also ends, with `Err(ERESTARTSYS)`:
/// `wait_event_interruptible_lock_irq`. The lock is held in this case too.
///
/// **Form**: `wait_event_interruptible_lock_irq!(wq: WaitQueueHead, condition: bool, guard: impl
/// Unlock)`. `guard` is the name of the variable with the lock's guard. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a
/// signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (lock, wq) = (SpinLock::new(true), WaitQueueHead::new());
/// let mut ready = lock.lock();
/// assert_eq!(wait_event_interruptible_lock_irq!(wq, **ready, ready), Ok(()));
/// *ready = false; // the lock is held again
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_lock_irq {
    ($wq:expr, $condition:expr, $guard:ident $(,)?) => {
        $crate::__private::wait::done($crate::__wait_locked!(
            $wq,
            $condition,
            $guard,
            (),
            TASK_INTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_interruptible_lock_irq"
        ))
    };
}

/// [`wait_event_interruptible_lock_irq!`] for at most `timeout` jiffies:
/// `wait_event_interruptible_lock_irq_timeout`. Returns `Err(ERESTARTSYS)` for a signal, `Ok(0)`
/// after the timeout, else `Ok` with the jiffies left, at least 1.
///
/// **Form**: `wait_event_interruptible_lock_irq_timeout!(wq: WaitQueueHead, condition: bool, guard:
/// impl Unlock, timeout: impl Jiffies)`. `guard` is the name of the variable with the lock's guard.
/// **Returns** `Result<u64, Errno>`: the jiffies left, at least 1, or `Ok(0)` if the timeout has
/// passed and the condition is still false. **Errors**: `ERESTARTSYS` for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (lock, wq) = (SpinLock::new(false), WaitQueueHead::new());
/// let mut ready = lock.lock();
/// assert_eq!(wait_event_interruptible_lock_irq_timeout!(wq, **ready, ready, 2), Ok(0));
/// *ready = true;
/// assert_eq!(wait_event_interruptible_lock_irq_timeout!(wq, **ready, ready, 2), Ok(2));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_lock_irq_timeout {
    ($wq:expr, $condition:expr, $guard:ident, $timeout:expr $(,)?) => {
        $crate::__private::wait::result($crate::__wait_locked!(
            $wq,
            $condition,
            $guard,
            (),
            TASK_INTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::jiffies($timeout),
            "wait_event_interruptible_lock_irq_timeout"
        ))
    };
}

/// [`wait_event_lock_irq!`] with a command before each sleep, after the lock is released:
/// `wait_event_lock_irq_cmd`.
///
/// **Form**:
/// `wait_event_lock_irq_cmd!(wq: WaitQueueHead, condition: bool, guard: impl Unlock, cmd)`. `guard`
/// is the name of the variable with the lock's guard. `cmd` is an expression, whose value is
/// dropped. **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (lock, wq) = (SpinLock::new(true), WaitQueueHead::new());
/// let mut ready = lock.lock();
/// wait_event_lock_irq_cmd!(wq, **ready, ready, unreachable!("it does not sleep"));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_lock_irq_cmd {
    ($wq:expr, $condition:expr, $guard:ident, $cmd:expr $(,)?) => {
        $crate::__private::wait::unit($crate::__wait_locked!(
            $wq,
            $condition,
            $guard,
            $cmd,
            TASK_UNINTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_lock_irq_cmd"
        ))
    };
}

/// [`wait_event_lock_irq_cmd!`] that a signal also ends, with `Err(ERESTARTSYS)`:
/// `wait_event_interruptible_lock_irq_cmd`.
///
/// **Form**: `wait_event_interruptible_lock_irq_cmd!(wq: WaitQueueHead, condition: bool, guard:
/// impl Unlock, cmd)`. `guard` is the name of the variable with the lock's guard. `cmd` is an
/// expression, whose value is dropped. **Returns** `Result<(), Errno>`: `Ok(())` once the condition
/// is true. **Errors**: `ERESTARTSYS` for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (lock, wq) = (SpinLock::new(true), WaitQueueHead::new());
/// let mut ready = lock.lock();
/// let waited = wait_event_interruptible_lock_irq_cmd!(wq, **ready, ready, unreachable!());
/// assert_eq!(waited, Ok(())); // it did not sleep
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_lock_irq_cmd {
    ($wq:expr, $condition:expr, $guard:ident, $cmd:expr $(,)?) => {
        $crate::__private::wait::done($crate::__wait_locked!(
            $wq,
            $condition,
            $guard,
            $cmd,
            TASK_INTERRUPTIBLE,
            $crate::__private::wait::WaitLimit::None,
            "wait_event_interruptible_lock_irq_cmd"
        ))
    };
}
