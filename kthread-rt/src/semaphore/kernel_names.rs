//! The kernel's names: one line each over the methods of [`Semaphore`].

use super::Semaphore;
use crate::errno::Errno;

/// Declares a static semaphore with a count, 1 unless given: `DEFINE_SEMAPHORE`. Works in models
/// too, where plain statics don't.
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
}

/// Makes `sem` a fresh semaphore with `count` to take: `sema_init`.
///
/// # Panics
///
/// If `count` is more than [`Semaphore::MAX_COUNT`].
pub fn sema_init(sem: &mut Semaphore, count: u32) {
    *sem = Semaphore::new(count);
}

/// Takes one, sleeping uninterruptibly until there is one: `down`. May sleep; warns in an atomic
/// section.
///
/// Those who wait get theirs in the order in which they came, and before all who come later.
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

/// Takes one, unless a signal comes while it sleeps: `down_interruptible`. May sleep. `EINTR` for a
/// signal, also for the notify-signal of `kthread_stop`; one that is there is taken whatever is
/// pending.
#[track_caller]
pub fn down_interruptible(sem: &Semaphore) -> Result<(), Errno> {
    sem.down_interruptible()
}

/// Takes one, unless the task is killed while it sleeps: `down_killable`. May sleep. `EINTR` if
/// killed.
#[track_caller]
pub fn down_killable(sem: &Semaphore) -> Result<(), Errno> {
    sem.down_killable()
}

/// Takes one within `timeout` jiffies, sleeping uninterruptibly: `down_timeout`. `ETIME` if the
/// time has passed; with a timeout of 0 it does not sleep.
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

/// Takes one if there is one: `down_trylock`. **True if it failed**, as the kernel's 1; false, its
/// 0, if it took one. (The method [`Semaphore::try_down`] is the other way round.) Never sleeps.
#[must_use]
pub fn down_trylock(sem: &Semaphore) -> bool {
    !sem.try_down()
}

/// Puts one back, or gives it to who waits longest: `up`. Never sleeps. Any task may do it.
///
/// What the caller did is visible to who takes it. Beyond [`Semaphore::MAX_COUNT`] it warns and
/// does nothing.
#[track_caller]
#[inline]
pub fn up(sem: &Semaphore) {
    sem.up();
}
