//! The kernel's function names, each a thin wrapper around a method of [`RawRwSemaphore`].

use super::RawRwSemaphore;
use crate::errno::Errno;
use crate::lockdep;
use std::panic::Location;
use std::ptr;

/// Declares a static rwsem: `DECLARE_RWSEM`. Unlike a plain static, it also works in models.
///
/// **Form**: `DECLARE_RWSEM!([pub] static NAME)`. Declares `static NAME: RawRwSemaphore`.
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
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DECLARE_RWSEM", "[pub] static NAME"; $($other)*);
    };
}

/// Initializes `sem` as an unlocked rwsem: `init_rwsem`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut sem = RawRwSemaphore::new();
/// init_rwsem(&mut sem);
/// assert!(!rwsem_is_contended(&sem)); // no waiters
/// ```
#[track_caller]
pub fn init_rwsem(sem: &mut RawRwSemaphore) {
    *sem = RawRwSemaphore::new();
    lockdep::lock_made(ptr::from_ref(sem).addr(), Location::caller());
}

/// Locks for reading, sleeping uninterruptibly: `down_read`. May sleep; warns in an atomic section.
///
/// Readers share the lock. While any task waits, new readers wait too. So a task must not lock it
/// for reading twice: if a writer queues in between, the writer waits for the first lock and the
/// second lock waits for the writer, here as in the kernel.
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

/// Locks for reading, unless a signal ends the sleep: `down_read_interruptible`. May sleep.
///
/// Returns `EINTR` for a signal, including the notify-signal of `kthread_stop`. Returns `EDEADLK`,
/// with a warning, if the calling task holds it for writing; the kernel hangs.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_read_interruptible(&sem)?;
/// up_read(&sem);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn down_read_interruptible(sem: &RawRwSemaphore) -> Result<(), Errno> {
    sem.read_interruptible()
}

/// Locks for reading, unless the task is killed while it sleeps: `down_read_killable`. May sleep.
/// Errors as for [`down_read_interruptible`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_read_killable(&sem)?;
/// up_read(&sem);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn down_read_killable(sem: &RawRwSemaphore) -> Result<(), Errno> {
    sem.read_killable()
}

/// Locks for reading if no writer holds it and no task waits; returns true (the kernel's 1) if it
/// did: `down_read_trylock`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// assert!(down_read_trylock(&sem));
/// assert!(!down_write_trylock(&sem)); // it has a reader
/// up_read(&sem);
/// ```
#[must_use]
pub fn down_read_trylock(sem: &RawRwSemaphore) -> bool {
    sem.try_read()
}

/// Locks for writing, sleeping uninterruptibly: `down_write`. May sleep; warns in an atomic
/// section.
///
/// Writers get the lock in the order in which they queued. When a reader's turn comes, all waiting
/// readers get the lock together.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_write(&sem);
/// assert!(!down_read_trylock(&sem));
/// up_write(&sem);
/// ```
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
/// Returns `EINTR` if killed; `EDEADLK` as for [`down_read_interruptible`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_write_killable(&sem)?;
/// assert!(rwsem_is_locked(&sem));
/// up_write(&sem);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn down_write_killable(sem: &RawRwSemaphore) -> Result<(), Errno> {
    sem.write_killable()
}

/// Locks for writing if it is free; returns true (the kernel's 1) if it did: `down_write_trylock`.
/// Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// assert!(down_read_trylock(&sem));
/// assert!(!down_write_trylock(&sem)); // it has a reader
/// up_read(&sem);
/// ```
#[track_caller]
#[must_use]
pub fn down_write_trylock(sem: &RawRwSemaphore) -> bool {
    sem.try_write()
}

/// Releases a read lock: `up_read`. Never sleeps. Any task may release it. Warns if there is no
/// reader.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_read_interruptible(&sem)?;
/// up_read(&sem);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
#[inline]
pub fn up_read(sem: &RawRwSemaphore) {
    sem.unlock_read();
}

/// Releases the write lock: `up_write`. Never sleeps. If the calling task does not hold it, it
/// warns and changes nothing.
///
/// What the caller did before is visible to the next holders. The last user may free the rwsem when
/// this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_write_killable(&sem)?;
/// assert!(rwsem_is_locked(&sem));
/// up_write(&sem);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
#[inline]
pub fn up_write(sem: &RawRwSemaphore) {
    sem.unlock_write();
}

/// Turns the write lock into a read lock without releasing it in between: `downgrade_write`. Never
/// sleeps. If the first waiter is a reader, all waiting readers get the lock too. If the calling
/// task does not hold it for writing, it warns and changes nothing.
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

/// Returns true if a task holds it at this moment: `rwsem_is_locked`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_write_killable(&sem)?;
/// assert!(rwsem_is_locked(&sem));
/// up_write(&sem);
/// # Ok::<(), Errno>(())
/// ```
pub fn rwsem_is_locked(sem: &RawRwSemaphore) -> bool {
    sem.is_locked()
}

/// Returns true if a task waits for it at this moment: `rwsem_is_contended`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut sem = RawRwSemaphore::new();
/// init_rwsem(&mut sem);
/// assert!(!rwsem_is_contended(&sem)); // no waiters
/// ```
pub fn rwsem_is_contended(sem: &RawRwSemaphore) -> bool {
    sem.is_contended()
}
