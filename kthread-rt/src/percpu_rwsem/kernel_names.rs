//! The kernel's names: one line each over the methods of [`RawPercpuRwSemaphore`].

use super::RawPercpuRwSemaphore;
use crate::errno::Errno;
use crate::lockdep;
use std::panic::Location;
use std::ptr;

/// Declares a static percpu_rwsem: `DEFINE_PERCPU_RWSEM`. Works in models too, where plain statics
/// don't.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_PERCPU_RWSEM!(static FREEZE_LOCK);
/// assert!(!percpu_is_read_locked(&FREEZE_LOCK) && !percpu_is_write_locked(&FREEZE_LOCK));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_PERCPU_RWSEM {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!(
            $(#[$meta])* $vis $name: $crate::RawPercpuRwSemaphore = $crate::RawPercpuRwSemaphore::new()
        );
    };
}

/// Makes `sem` a fresh percpu_rwsem: `percpu_init_rwsem`. The kernel's allocates, and may fail with
/// `ENOMEM`; this one has its counts inside.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut sem = RawPercpuRwSemaphore::new();
/// percpu_init_rwsem(&mut sem)?;
/// percpu_free_rwsem(&sem);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn percpu_init_rwsem(sem: &mut RawPercpuRwSemaphore) -> Result<(), Errno> {
    *sem = RawPercpuRwSemaphore::new();
    lockdep::lock_made(ptr::from_ref(sem).addr(), Location::caller());
    Ok(())
}

/// Ends the use of `sem`, whose memory may go when this returns: `percpu_free_rwsem`. Never sleeps.
/// It warns if somebody holds it still.
#[track_caller]
pub fn percpu_free_rwsem(sem: &RawPercpuRwSemaphore) {
    sem.free();
}

/// Locks for reading, sleeping uninterruptibly: `percpu_down_read`. May sleep; warns in an atomic
/// section.
///
/// Readers share it, and don't meet as long as no writer comes. While somebody waits, a reader that
/// comes waits too, so a task must not lock it for reading again, here as in the kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// percpu_down_read(&sem);
/// percpu_up_read(&sem);
/// ```
///
/// # Panics
///
/// If the calling task holds it for writing, after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock).
#[track_caller]
#[inline]
pub fn percpu_down_read(sem: &RawPercpuRwSemaphore) {
    sem.read();
}

/// Locks for reading if no writer holds it or waits for it; true if it did:
/// `percpu_down_read_trylock`. Never sleeps.
#[must_use]
#[track_caller]
#[inline]
pub fn percpu_down_read_trylock(sem: &RawPercpuRwSemaphore) -> bool {
    sem.try_read()
}

/// Lets a reader's lock go: `percpu_up_read`. Never sleeps. Any task may do it. Without a reader it
/// warns.
#[track_caller]
#[inline]
pub fn percpu_up_read(sem: &RawPercpuRwSemaphore) {
    sem.unlock_read();
}

/// Locks for writing, sleeping uninterruptibly: `percpu_down_write`. May sleep; warns in an atomic
/// section.
///
/// It waits for the readers that are inside, and keeps those out who come. Writers get it in the
/// order in which they came.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// percpu_down_write(&sem);
/// assert!(percpu_is_write_locked(&sem) && !percpu_down_read_trylock(&sem));
/// percpu_up_write(&sem);
/// ```
///
/// # Panics
///
/// If the calling task holds it for writing already, after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock).
#[track_caller]
pub fn percpu_down_write(sem: &RawPercpuRwSemaphore) {
    sem.write();
}

/// Lets the writer's lock go, to who waits longest: `percpu_up_write`. Never sleeps. The calling
/// task must be the one that locked, or that has taken the lock over ([`percpu_rwsem_acquire`]);
/// otherwise it warns, and the lock stays as it was.
#[track_caller]
pub fn percpu_up_write(sem: &RawPercpuRwSemaphore) {
    sem.unlock_write();
}

/// The calling task, which has locked it for writing, leaves that to another one:
/// `percpu_rwsem_release`. Never sleeps. It warns if another task holds it. With `read` it does
/// nothing: readers are not known by name.
///
/// The kernel's tells the lock validator alone, whose call this is: there any task may let the
/// writer's lock go. Code that hands it over has to say so with either, as the freezing of
/// filesystems does.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_PERCPU_RWSEM!(static WRITES);
///
/// percpu_down_write(&WRITES);
/// percpu_rwsem_release(&WRITES, false);
/// let thaw = |()| {
///     percpu_rwsem_acquire(&WRITES, false);
///     percpu_up_write(&WRITES);
///     0
/// };
/// let task = kthread_create!(thaw, (), "thaw")?;
/// wake_up_process(&task);
/// percpu_down_read(&WRITES);
/// percpu_up_read(&WRITES);
/// assert_eq!(kthread_stop(&task), 0);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn percpu_rwsem_release(sem: &RawPercpuRwSemaphore, read: bool) {
    match read {
        true => sem.read_of_another(),
        false => sem.leave_to_another(),
    }
}

/// The calling task takes over a writer's lock that another one has left with
/// [`percpu_rwsem_release`], where there is an example, and may let it go: `percpu_rwsem_acquire`.
/// Never sleeps; the lock must have been left before. Otherwise it warns. With `read` it does
/// nothing.
#[track_caller]
pub fn percpu_rwsem_acquire(sem: &RawPercpuRwSemaphore, read: bool) {
    match read {
        true => sem.read_of_mine(),
        false => sem.take_over(),
    }
}

/// True if readers hold it and no writer waits for them, at this moment: `percpu_is_read_locked`.
/// Never sleeps.
pub fn percpu_is_read_locked(sem: &RawPercpuRwSemaphore) -> bool {
    sem.is_read_locked()
}

/// True if a writer holds it or waits for its readers, at this moment: `percpu_is_write_locked`.
/// Never sleeps.
pub fn percpu_is_write_locked(sem: &RawPercpuRwSemaphore) -> bool {
    sem.is_write_locked()
}

/// What `lockdep_assert_held` can know of it: `percpu_rwsem_is_held`. True if the calling task
/// holds it for writing, or if readers hold it; they are not known by name. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// assert!(!percpu_rwsem_is_held(&sem));
/// percpu_down_write(&sem);
/// assert!(percpu_rwsem_is_held(&sem));
/// percpu_up_write(&sem);
/// ```
pub fn percpu_rwsem_is_held(sem: &RawPercpuRwSemaphore) -> bool {
    sem.is_held()
}
