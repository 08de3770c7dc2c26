//! The kernel's function names, each a thin wrapper around a method of [`Semaphore`].

use super::Semaphore;
use crate::errno::Errno;

/// Declares a static semaphore with a count, 1 by default: `DEFINE_SEMAPHORE`. Unlike a plain
/// static, it also works in models.
///
/// **Form**: `DEFINE_SEMAPHORE!([pub] static NAME [, count: u32])`. Declares
/// `static NAME: Semaphore`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_SEMAPHORE!(static ONE_AT_A_TIME);
/// DEFINE_SEMAPHORE!(static SLOTS, 4);
/// assert_eq!((ONE_AT_A_TIME.count(), SLOTS.count()), (1, 4));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_SEMAPHORE {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::DEFINE_SEMAPHORE!($(#[$meta])* $vis static $name, 1);
    };
    ($(#[$meta:meta])* $vis:vis static $name:ident, $count:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::Semaphore = $crate::Semaphore::new($count));
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(value, "DEFINE_SEMAPHORE", "[pub] static NAME [, count]"; $($other)*);
    };
}

/// Initializes `sem` with `count`: `sema_init`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut sem = Semaphore::new(0);
/// sema_init(&mut sem, 3);
/// down(&sem);
/// up(&sem);
/// ```
///
/// # Panics
///
/// If `count` is more than [`Semaphore::MAX_COUNT`].
pub fn sema_init(sem: &mut Semaphore, count: u32) {
    *sem = Semaphore::new(count);
}

/// Decrements the count, sleeping uninterruptibly while it is 0: `down`. May sleep; warns in an
/// atomic section.
///
/// Waiters are served strictly in the order in which they queued.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let full = Arc::new(Semaphore::new(0));
/// let producer = |full: Arc<Semaphore>| {
///     up(&full);
///     0
/// };
/// let task = kthread_run!(producer, full.clone(), "producer")?;
/// down(&full);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
#[inline]
pub fn down(sem: &Semaphore) {
    sem.down();
}

/// Decrements the count, unless a signal ends the sleep: `down_interruptible`. May sleep.
///
/// Returns `EINTR` for a signal, including the notify-signal of `kthread_stop`. If the count is not
/// 0, it succeeds even with a signal pending.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = Semaphore::new(1);
/// assert_eq!(down_interruptible(&sem), Ok(()));
/// assert_eq!(sem.count(), 0);
/// up(&sem);
/// ```
#[track_caller]
pub fn down_interruptible(sem: &Semaphore) -> Result<(), Errno> {
    sem.down_interruptible()
}

/// Decrements the count, unless the task is killed while it sleeps: `down_killable`. May sleep.
/// Returns `EINTR` if killed.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = Semaphore::new(1);
/// down_killable(&sem)?;
/// up(&sem);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn down_killable(sem: &Semaphore) -> Result<(), Errno> {
    sem.down_killable()
}

/// Decrements the count, sleeping uninterruptibly for at most `timeout` jiffies: `down_timeout`.
/// Returns `ETIME` after the timeout. With a timeout of 0 it does not sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = Semaphore::new(0);
/// assert_eq!(down_timeout(&sem, msecs_to_jiffies(8)), Err(Errno::ETIME));
/// up(&sem);
/// assert_eq!(down_timeout(&sem, 0), Ok(()));
/// ```
#[track_caller]
pub fn down_timeout(sem: &Semaphore, timeout: u64) -> Result<(), Errno> {
    sem.down_timeout(timeout)
}

/// Decrements the count if that needs no sleep: `down_trylock`. **Returns true if it failed** (the
/// kernel's 1), and false (0) if it succeeded. [`Semaphore::try_down`] returns the opposite. Never
/// sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = Semaphore::new(1);
/// // As in a kernel, true means that it failed.
/// assert!(!down_trylock(&sem));
/// assert!(down_trylock(&sem));
/// up(&sem);
/// ```
#[must_use]
pub fn down_trylock(sem: &Semaphore) -> bool {
    !sem.try_down()
}

/// Increments the count, or wakes the waiter that has waited longest: `up`. Never sleeps. Any task
/// may call it.
///
/// What the caller did before is visible to the task whose `down` it satisfies. At
/// [`Semaphore::MAX_COUNT`] it warns and does nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = Semaphore::new(1);
/// // As in a kernel, true means that it failed.
/// assert!(!down_trylock(&sem));
/// assert!(down_trylock(&sem));
/// up(&sem);
/// ```
#[track_caller]
#[inline]
pub fn up(sem: &Semaphore) {
    sem.up();
}
