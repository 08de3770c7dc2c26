//! The kernel's function names, each a thin wrapper around a method of [`Completion`].

use super::Completion;
use crate::errno::Errno;
use crate::task::TaskState;

/// Declares a static completion: `DECLARE_COMPLETION`. Unlike a plain static, it also works in
/// models.
///
/// **Form**: `DECLARE_COMPLETION!([pub] static NAME)`. Declares `static NAME: Completion`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static SETUP_DONE);
///
/// complete(&SETUP_DONE);
/// wait_for_completion(&SETUP_DONE);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_COMPLETION {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::Completion = $crate::Completion::new());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DECLARE_COMPLETION", "[pub] static NAME"; $($other)*);
    };
}

/// Declares a completion as a local variable: `DECLARE_COMPLETION_ONSTACK`.
///
/// **Form**: `DECLARE_COMPLETION_ONSTACK!(name)`. Declares `let name: Completion`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION_ONSTACK!(done);
/// complete(&done);
/// assert!(completion_done(&done));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_COMPLETION_ONSTACK {
    ($name:ident) => {
        let $name = $crate::Completion::new();
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(local, "DECLARE_COMPLETION_ONSTACK", "name"; $($other)*);
    };
}

/// Initializes `x` with a count of 0: `init_completion`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut done = Completion::new();
/// complete_all(&done);
/// init_completion(&mut done);
/// assert!(!completion_done(&done));
/// ```
pub fn init_completion(x: &mut Completion) {
    *x = Completion::new();
}

/// Resets the count to 0, so that `x` can be used again: `reinit_completion`. Never sleeps.
///
/// It is needed after [`complete_all`]. It discards each [`complete`] that no wait has consumed.
/// Waiters that sleep continue to sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete_all(&done);
/// reinit_completion(&done);
/// assert!(!try_wait_for_completion(&done));
/// ```
pub fn reinit_completion(x: &Completion) {
    x.reinit();
}

/// Increments the count and wakes the waiter that has waited longest: `complete`. Never sleeps.
///
/// Everything that the caller wrote before the call is visible to the waiter that it wakes. After
/// [`complete_all`] the call has no effect.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete(&done);
/// complete(&done);
/// assert!(try_wait_for_completion(&done) && try_wait_for_completion(&done));
/// assert!(!try_wait_for_completion(&done));
/// ```
#[inline]
#[track_caller]
pub fn complete(x: &Completion) {
    x.complete();
}

/// Same as [`complete`]: `complete_on_current_cpu`. The kernel's version also hints the scheduler
/// to run the waiter on this cpu; the operating system takes no such hint.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete_on_current_cpu(&done);
/// wait_for_completion(&done);
/// ```
pub fn complete_on_current_cpu(x: &Completion) {
    x.complete();
}

/// Makes all present and future waits on `x` return, until [`reinit_completion`]: `complete_all`.
/// Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete_all(&done);
/// wait_for_completion(&done);
/// wait_for_completion(&done);
/// ```
#[track_caller]
pub fn complete_all(x: &Completion) {
    x.complete_all();
}

/// Returns true if a wait on `x` would return at once: `completion_done`. Never sleeps.
///
/// If it returns true, the task that completed `x` does not touch `x` any more.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// assert!(!completion_done(&done));
/// complete(&done);
/// assert!(completion_done(&done)); // this consumes nothing
/// ```
pub fn completion_done(x: &Completion) -> bool {
    x.is_done()
}

/// Consumes one [`complete`] and returns true, or returns false if there is none:
/// `try_wait_for_completion`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// assert!(!try_wait_for_completion(&done));
/// complete(&done);
/// assert!(try_wait_for_completion(&done));
/// ```
pub fn try_wait_for_completion(x: &Completion) -> bool {
    x.try_wait()
}

/// Waits, uninterruptibly, until `x` is completed: `wait_for_completion`. May sleep.
///
/// It consumes one [`complete`], unless [`complete_all`] was called. After it returns the completer
/// does not touch `x` any more, so the caller may free `x`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete(&done);
/// wait_for_completion(&done); // completed already: it does not sleep
/// assert!(!completion_done(&done)); // the wait has consumed the completion
/// ```
#[inline]
#[track_caller]
pub fn wait_for_completion(x: &Completion) {
    x.wait();
}

/// Same as [`wait_for_completion`]: `wait_for_completion_io`. The kernel's version also accounts
/// the wait as I/O.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete(&done); // another task does this
/// wait_for_completion_io(&done);
/// ```
#[track_caller]
pub fn wait_for_completion_io(x: &Completion) {
    x.wait();
}

/// Waits until `x` is completed or a signal is pending: `wait_for_completion_interruptible`. May
/// sleep.
///
/// Returns `ERESTARTSYS` for a signal, including the notify-signal of `kthread_stop`. If `x` is
/// already completed, it returns `Ok` even with a signal pending.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete_all(&done);
/// assert_eq!(wait_for_completion_interruptible(&done), Ok(()));
/// ```
#[track_caller]
pub fn wait_for_completion_interruptible(x: &Completion) -> Result<(), Errno> {
    x.wait_interruptible()
}

/// Waits until `x` is completed or the task is killed: `wait_for_completion_killable`. May sleep.
/// Returns `ERESTARTSYS` if the task is killed.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete(&done); // another task does this
/// assert_eq!(wait_for_completion_killable(&done), Ok(()));
/// ```
#[track_caller]
pub fn wait_for_completion_killable(x: &Completion) -> Result<(), Errno> {
    x.wait_killable()
}

/// Waits in task state `state`: `wait_for_completion_state`. May sleep. Returns `ERESTARTSYS` for a
/// signal that ends a sleep in this state.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// complete(&done); // another task does this
/// assert_eq!(wait_for_completion_state(&done, TASK_INTERRUPTIBLE | TASK_FREEZABLE), Ok(()));
/// ```
#[track_caller]
pub fn wait_for_completion_state(x: &Completion, state: TaskState) -> Result<(), Errno> {
    x.wait_state(state)
}

/// Waits until `x` is completed, at most `timeout` jiffies: `wait_for_completion_timeout`. May
/// sleep.
///
/// Returns 0 after the timeout, else the jiffies left, at least 1. [`MAX_SCHEDULE_TIMEOUT`] means
/// no timeout. A larger value would be negative as the kernel's `long`: it warns and times out at
/// once.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// assert_eq!(wait_for_completion_timeout(&done, msecs_to_jiffies(8)), 0);
/// complete(&done);
/// assert_eq!(wait_for_completion_timeout(&done, 0), 1); // done: never 0
/// ```
///
/// [`MAX_SCHEDULE_TIMEOUT`]: crate::MAX_SCHEDULE_TIMEOUT
#[track_caller]
pub fn wait_for_completion_timeout(x: &Completion, timeout: u64) -> u64 {
    x.wait_timeout(timeout)
}

/// Same as [`wait_for_completion_timeout`]: `wait_for_completion_io_timeout`. The kernel's version
/// also accounts the wait as I/O.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// assert_eq!(wait_for_completion_io_timeout(&done, 2), 0);
/// complete(&done);
/// assert_eq!(wait_for_completion_io_timeout(&done, 2), 2);
/// ```
#[track_caller]
pub fn wait_for_completion_io_timeout(x: &Completion, timeout: u64) -> u64 {
    x.wait_timeout(timeout)
}

/// Waits until `x` is completed, at most `timeout` jiffies, or until a signal is pending:
/// `wait_for_completion_interruptible_timeout`.
///
/// May sleep. Returns `Ok(0)` after the timeout, `Ok` with the jiffies left (at least 1) if
/// completed, and `ERESTARTSYS` for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// assert_eq!(wait_for_completion_interruptible_timeout(&done, msecs_to_jiffies(8)), Ok(0));
/// ```
#[track_caller]
pub fn wait_for_completion_interruptible_timeout(x: &Completion, timeout: u64) -> Result<u64, Errno> {
    x.wait_interruptible_timeout(timeout)
}

/// Waits until `x` is completed, at most `timeout` jiffies, or until the task is killed:
/// `wait_for_completion_killable_timeout`.
///
/// May sleep. Returns `Ok(0)` after the timeout, `Ok` with the jiffies left (at least 1) if
/// completed, and `ERESTARTSYS` if the task is killed.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let done = Completion::new();
/// assert_eq!(wait_for_completion_killable_timeout(&done, 2), Ok(0));
/// complete(&done);
/// assert_eq!(wait_for_completion_killable_timeout(&done, 2), Ok(2));
/// ```
#[track_caller]
pub fn wait_for_completion_killable_timeout(x: &Completion, timeout: u64) -> Result<u64, Errno> {
    x.wait_killable_timeout(timeout)
}
