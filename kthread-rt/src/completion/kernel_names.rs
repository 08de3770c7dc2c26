//! The kernel's names: one line each over the methods of [`Completion`].

use super::Completion;
use crate::errno::Errno;
use crate::task::TaskState;

/// Declares a static completion: `DECLARE_COMPLETION`. Works in models too, where plain statics
/// don't.
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
}

/// Makes a completion for a stack frame: `DECLARE_COMPLETION_ONSTACK`.
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
}

/// Makes `x` a fresh completion: `init_completion`.
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

/// Sets the count to 0, so that `x` can be used again: `reinit_completion`. Needed after
/// [`complete_all`].
///
/// What was completed and not waited for is discarded. Sleeping waiters stay asleep. Never sleeps.
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

/// Counts one more as done and wakes the waiter that waited longest: `complete`. Never sleeps.
///
/// What the caller wrote before is visible to the waiter whose wait it ends. After [`complete_all`]
/// nothing changes.
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

/// [`complete`] with a hint to run the waiter on this cpu: `complete_on_current_cpu`. The operating
/// system takes no such hint, so it is the same.
pub fn complete_on_current_cpu(x: &Completion) {
    x.complete();
}

/// Makes all waits on `x` return, those of now and those to come, until [`reinit_completion`]:
/// `complete_all`. Never sleeps.
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

/// True if a wait would return at once: `completion_done`. Never sleeps.
///
/// When it is true, the completer of what was seen has finished with `x`.
pub fn completion_done(x: &Completion) -> bool {
    x.is_done()
}

/// Takes one of what is done if there is any: `try_wait_for_completion`. Never sleeps.
pub fn try_wait_for_completion(x: &Completion) -> bool {
    x.try_wait()
}

/// Waits, uninterruptibly, until `x` is done: `wait_for_completion`. Sleeps.
///
/// Takes one of what is done, unless [`complete_all`] was called. When it returns, the completer
/// touches `x` no more, so the caller may free it.
#[inline]
#[track_caller]
pub fn wait_for_completion(x: &Completion) {
    x.wait();
}

/// [`wait_for_completion`], as a wait for I/O: `wait_for_completion_io`. No I/O accounting is done
/// here.
#[track_caller]
pub fn wait_for_completion_io(x: &Completion) {
    x.wait();
}

/// Waits until `x` is done or a signal is pending: `wait_for_completion_interruptible`. Sleeps.
///
/// `ERESTARTSYS` for a signal, also for the notify-signal of `kthread_stop`; a completion that is
/// done wins over a signal.
#[track_caller]
pub fn wait_for_completion_interruptible(x: &Completion) -> Result<(), Errno> {
    x.wait_interruptible()
}

/// Waits until `x` is done or the task is killed: `wait_for_completion_killable`. Sleeps.
/// `ERESTARTSYS` if killed.
#[track_caller]
pub fn wait_for_completion_killable(x: &Completion) -> Result<(), Errno> {
    x.wait_killable()
}

/// Waits in `state`: `wait_for_completion_state`. Sleeps. `ERESTARTSYS` if a signal comes that the
/// state admits.
#[track_caller]
pub fn wait_for_completion_state(x: &Completion, state: TaskState) -> Result<(), Errno> {
    x.wait_state(state)
}

/// Waits until `x` is done, at most `timeout` jiffies: `wait_for_completion_timeout`. Sleeps.
///
/// 0 if the time passed, else the jiffies left and at least 1. A timeout of
/// [`MAX_SCHEDULE_TIMEOUT`] is none. More than that is negative as the kernel's `long`: told as a
/// wrong value, and over at once.
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

/// [`wait_for_completion_timeout`], as a wait for I/O: `wait_for_completion_io_timeout`. No I/O
/// accounting is done here.
#[track_caller]
pub fn wait_for_completion_io_timeout(x: &Completion, timeout: u64) -> u64 {
    x.wait_timeout(timeout)
}

/// Waits until `x` is done, at most `timeout` jiffies, or until a signal:
/// `wait_for_completion_interruptible_timeout`.
///
/// Sleeps. `Ok(0)` if the time passed, `Ok` with the jiffies left and at least 1 if done,
/// `ERESTARTSYS` for a signal.
#[track_caller]
pub fn wait_for_completion_interruptible_timeout(x: &Completion, timeout: u64) -> Result<u64, Errno> {
    x.wait_interruptible_timeout(timeout)
}

/// Waits until `x` is done, at most `timeout` jiffies, or until killed:
/// `wait_for_completion_killable_timeout`.
///
/// Sleeps. `Ok(0)` if the time passed, `Ok` with the jiffies left and at least 1 if done,
/// `ERESTARTSYS` if killed.
#[track_caller]
pub fn wait_for_completion_killable_timeout(x: &Completion, timeout: u64) -> Result<u64, Errno> {
    x.wait_killable_timeout(timeout)
}
