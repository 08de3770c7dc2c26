//! The kernel's names: one line each over the methods of [`RawMutex`].

use super::RawMutex;
use crate::errno::Errno;
use crate::lockdep;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// Declares a static mutex: `DEFINE_MUTEX`. Works in models too, where plain statics don't.
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
}

/// Makes `lock` a fresh mutex: `mutex_init`.
#[track_caller]
pub fn mutex_init(lock: &mut RawMutex) {
    *lock = RawMutex::new();
    lockdep::lock_made(ptr::from_ref(lock).addr(), Location::caller());
}

/// Locks, sleeping uninterruptibly until it is free: `mutex_lock`. May sleep; warns in an atomic
/// section.
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
/// If the calling task holds it already, after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock).
#[track_caller]
#[inline]
pub fn mutex_lock(lock: &RawMutex) {
    lock.lock();
}

/// [`mutex_lock`] of a lock whose class the task holds already, in an order that is the same
/// everywhere: `mutex_lock_nested`. Where orders are checked, the lock counts as one of that
/// subclass.
#[track_caller]
pub fn mutex_lock_nested(lock: &RawMutex, subclass: u32) {
    lockdep::lock_next(subclass, 0);
    lock.lock();
}

/// Locks, unless a signal comes while it sleeps: `mutex_lock_interruptible`. May sleep.
///
/// `EINTR` for a signal, also for the notify-signal of `kthread_stop`. A mutex that is free is
/// taken whatever is pending. `EDEADLK`, which the kernel has not, if the calling task holds it
/// already; with a warning.
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

/// Locks, unless the task is killed while it sleeps: `mutex_lock_killable`. May sleep. Errors as
/// [`mutex_lock_interruptible`].
#[track_caller]
pub fn mutex_lock_killable(lock: &RawMutex) -> Result<(), Errno> {
    lock.lock_killable()
}

/// Locks if nobody holds it; true (the kernel's 1) if it did: `mutex_trylock`. Never sleeps.
#[track_caller]
#[must_use]
pub fn mutex_trylock(lock: &RawMutex) -> bool {
    lock.try_lock()
}

/// Unlocks: `mutex_unlock`. Never sleeps. The calling task must be the owner; otherwise it warns,
/// and the mutex stays as it was.
///
/// What the caller did is visible to the next owner. The last user may free the mutex when this
/// returns.
#[track_caller]
#[inline]
pub fn mutex_unlock(lock: &RawMutex) {
    lock.unlock();
}

/// True if somebody holds it, at this moment: `mutex_is_locked`. Never sleeps.
pub fn mutex_is_locked(lock: &RawMutex) -> bool {
    lock.is_locked()
}

/// True if the task holds the mutex: the kernel's `__mutex_owner(lock) == task`, that asserts
/// itself in drivers.
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
