//! The kernel's function names, each a thin wrapper around a method of [`RawMutex`].

use super::RawMutex;
use crate::errno::Errno;
use crate::lockdep;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// Declares a static mutex: `DEFINE_MUTEX`. Unlike a plain static, it also works in models.
///
/// **Form**: `DEFINE_MUTEX!([pub] static NAME)`. Declares `static NAME: RawMutex`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_MUTEX!(static CONFIG_LOCK);
/// assert!(!mutex_is_locked(&CONFIG_LOCK));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_MUTEX {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::RawMutex = $crate::RawMutex::new());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_MUTEX", "[pub] static NAME"; $($other)*);
    };
}

/// Initializes `lock` as an unlocked mutex: `mutex_init`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut lock = RawMutex::new();
/// mutex_init(&mut lock);
/// mutex_lock(&lock);
/// mutex_unlock(&lock);
/// ```
#[track_caller]
pub fn mutex_init(lock: &mut RawMutex) {
    *lock = RawMutex::new();
    lockdep::lock_made(ptr::from_ref(lock).addr(), Location::caller());
}

/// Locks the mutex, sleeping uninterruptibly until it is free: `mutex_lock`. May sleep; warns in an
/// atomic section.
///
/// Unlike the kernel's, it does not hang if the calling task holds the mutex already.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawMutex::new();
/// mutex_lock(&lock);
/// assert!(!mutex_trylock(&lock));
/// mutex_unlock(&lock);
/// ```
///
/// # Panics
///
/// If the calling task holds the mutex already, after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock).
#[track_caller]
#[inline]
pub fn mutex_lock(lock: &RawMutex) {
    lock.lock();
}

/// [`mutex_lock`] for a second lock of a class, in a lock order that all tasks follow:
/// `mutex_lock_nested`. The lock validator treats the lock as one of `subclass`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (parent, child) = (RawMutex::new(), RawMutex::new());
/// mutex_lock(&parent);
/// mutex_lock_nested(&child, 1); // of the same class, one level below
/// mutex_unlock(&child);
/// mutex_unlock(&parent);
/// ```
#[track_caller]
pub fn mutex_lock_nested(lock: &RawMutex, subclass: u32) {
    lockdep::lock_next(subclass, 0);
    lock.lock();
}

/// Locks the mutex, unless a signal ends the sleep: `mutex_lock_interruptible`. May sleep.
///
/// Returns `EINTR` for a signal, including the notify-signal of `kthread_stop`. If the mutex is
/// free, the call takes it even with a signal pending. Returns `EDEADLK`, with a warning, if the
/// calling task holds the mutex already; the kernel hangs.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawMutex::new();
/// mutex_lock_interruptible(&lock)?;
/// assert_eq!(mutex_lock_interruptible(&lock), Err(Errno::EDEADLK));
/// mutex_unlock(&lock);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn mutex_lock_interruptible(lock: &RawMutex) -> Result<(), Errno> {
    lock.lock_interruptible()
}

/// Locks the mutex, unless the task is killed while it sleeps: `mutex_lock_killable`. May sleep.
/// Errors as for [`mutex_lock_interruptible`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawMutex::new();
/// mutex_lock_killable(&lock)?;
/// mutex_unlock(&lock);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn mutex_lock_killable(lock: &RawMutex) -> Result<(), Errno> {
    lock.lock_killable()
}

/// Locks the mutex if it is free; returns true (the kernel's 1) if it did: `mutex_trylock`. Never
/// sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawMutex::new();
/// assert!(mutex_trylock(&lock));
/// assert!(!mutex_trylock(&lock));
/// mutex_unlock(&lock);
/// ```
#[track_caller]
#[must_use]
pub fn mutex_trylock(lock: &RawMutex) -> bool {
    lock.try_lock()
}

/// Unlocks the mutex: `mutex_unlock`. Never sleeps. If the calling task is not the owner, it warns
/// and changes nothing.
///
/// What the caller did before is visible to the next owner. The last user may free the mutex when
/// this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawMutex::new();
/// mutex_lock(&lock);
/// assert!(mutex_is_locked(&lock));
/// mutex_unlock(&lock);
/// assert!(!mutex_is_locked(&lock));
/// ```
#[track_caller]
#[inline]
pub fn mutex_unlock(lock: &RawMutex) {
    lock.unlock();
}

/// Returns true if a task holds the mutex at this moment: `mutex_is_locked`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawMutex::new();
/// mutex_lock(&lock);
/// assert!(mutex_is_locked(&lock));
/// mutex_unlock(&lock);
/// assert!(!mutex_is_locked(&lock));
/// ```
pub fn mutex_is_locked(lock: &RawMutex) -> bool {
    lock.is_locked()
}

/// Returns true if `task` holds the mutex, as `__mutex_owner(lock) == task` in the kernel, which
/// drivers use in assertions.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawMutex::new();
/// mutex_lock(&lock);
/// assert!(mutex_is_owned_by(&lock, &current()));
/// mutex_unlock(&lock);
/// ```
pub fn mutex_is_owned_by(lock: &RawMutex, task: &TaskStruct) -> bool {
    lock.owner().is_some_and(|owner| *task == owner)
}
