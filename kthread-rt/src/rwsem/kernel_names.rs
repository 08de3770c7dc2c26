//! The kernel's names: one line each over the methods of [`RawRwSemaphore`].

use super::RawRwSemaphore;
use crate::errno::Errno;
use crate::lockdep;
use std::panic::Location;
use std::ptr;

/// Declares a static rwsem: `DECLARE_RWSEM`. Works in models too, where plain statics don't.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_RWSEM!(static TREE_LOCK);
/// assert!(!rwsem_is_locked(&TREE_LOCK));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_RWSEM {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::RawRwSemaphore = $crate::RawRwSemaphore::new());
    };
}

/// Makes `sem` a fresh rwsem: `init_rwsem`.
#[track_caller]
pub fn init_rwsem(sem: &mut RawRwSemaphore) {
    *sem = RawRwSemaphore::new();
    lockdep::lock_made(ptr::from_ref(sem).addr(), Location::caller());
}

/// Locks for reading, sleeping uninterruptibly: `down_read`. May sleep; warns in an atomic section.
///
/// Readers share it. While somebody waits, a reader that comes waits too, so a task must not lock
/// it for reading again: a writer that came in between waits for the first lock and the second
/// waits for the writer, here as in the kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_read(&sem);
/// up_read(&sem);
/// ```
///
/// # Panics
///
/// If the calling task holds it for writing, after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock).
#[track_caller]
#[inline]
pub fn down_read(sem: &RawRwSemaphore) {
    sem.read();
}

/// Locks for reading, unless a signal comes while it sleeps: `down_read_interruptible`. May sleep.
///
/// `EINTR` for a signal, also for the notify-signal of `kthread_stop`; `EDEADLK`, which the kernel
/// has not, if the calling task holds it for writing, with a warning.
#[track_caller]
pub fn down_read_interruptible(sem: &RawRwSemaphore) -> Result<(), Errno> {
    sem.read_interruptible()
}

/// Locks for reading, unless the task is killed while it sleeps: `down_read_killable`. May sleep.
/// Errors as [`down_read_interruptible`].
#[track_caller]
pub fn down_read_killable(sem: &RawRwSemaphore) -> Result<(), Errno> {
    sem.read_killable()
}

/// Locks for reading if no writer holds it and nobody waits; true (the kernel's 1) if it did:
/// `down_read_trylock`. Never sleeps.
#[must_use]
pub fn down_read_trylock(sem: &RawRwSemaphore) -> bool {
    sem.try_read()
}

/// Locks for writing, sleeping uninterruptibly: `down_write`. May sleep; warns in an atomic
/// section.
///
/// Those who wait get it in the order in which they came, but for readers, who all come in
/// together.
///
/// # Panics
///
/// If the calling task holds it for writing already, after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock).
#[track_caller]
#[inline]
pub fn down_write(sem: &RawRwSemaphore) {
    sem.write();
}

/// Locks for writing, unless the task is killed while it sleeps: `down_write_killable`. May sleep.
/// `EINTR` if killed; `EDEADLK` as [`down_read_interruptible`].
#[track_caller]
pub fn down_write_killable(sem: &RawRwSemaphore) -> Result<(), Errno> {
    sem.write_killable()
}

/// Locks for writing if nobody holds it; true (the kernel's 1) if it did: `down_write_trylock`.
/// Never sleeps.
#[track_caller]
#[must_use]
pub fn down_write_trylock(sem: &RawRwSemaphore) -> bool {
    sem.try_write()
}

/// Lets a reader's lock go: `up_read`. Never sleeps. Any task may do it. Without a reader it warns.
#[track_caller]
#[inline]
pub fn up_read(sem: &RawRwSemaphore) {
    sem.unlock_read();
}

/// Lets the writer's lock go: `up_write`. Never sleeps. The calling task must be the one that
/// locked; otherwise it warns, and the rwsem stays as it was.
///
/// What the caller did is visible to those who lock it next. The last user may free it when this
/// returns.
#[track_caller]
#[inline]
pub fn up_write(sem: &RawRwSemaphore) {
    sem.unlock_write();
}

/// Makes the writer's lock a reader's, without letting go between: `downgrade_write`. Never sleeps.
/// If a reader waits longest, all readers who wait come in. The calling task must hold it for
/// writing; otherwise it warns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_write(&sem);
/// downgrade_write(&sem);
/// assert!(down_read_trylock(&sem));
/// up_read(&sem);
/// up_read(&sem);
/// ```
#[track_caller]
pub fn downgrade_write(sem: &RawRwSemaphore) {
    sem.downgrade();
}

/// True if somebody holds it, at this moment: `rwsem_is_locked`. Never sleeps.
pub fn rwsem_is_locked(sem: &RawRwSemaphore) -> bool {
    sem.is_locked()
}

/// True if somebody waits for it, at this moment: `rwsem_is_contended`. Never sleeps.
pub fn rwsem_is_contended(sem: &RawRwSemaphore) -> bool {
    sem.is_contended()
}
