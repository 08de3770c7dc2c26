//! The kernel's function names, each a thin wrapper around a method of [`RawPercpuRwSemaphore`].

use super::RawPercpuRwSemaphore;
use crate::errno::Errno;
use crate::lockdep;
use std::panic::Location;
use std::ptr;

/// Declares a static percpu_rwsem: `DEFINE_PERCPU_RWSEM`. Unlike a plain static, it also works in
/// models.
///
/// **Form**: `DEFINE_PERCPU_RWSEM!([pub] static NAME)`. Declares
/// `static NAME: RawPercpuRwSemaphore`.
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
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_PERCPU_RWSEM", "[pub] static NAME"; $($other)*);
    };
}

/// Initializes `sem` as an unlocked percpu_rwsem: `percpu_init_rwsem`. Always returns `Ok`: its
/// counters are inline. The kernel's allocates them, and may fail with `ENOMEM`.
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

/// Ends the use of `sem`, whose memory may be freed when this returns: `percpu_free_rwsem`. Never
/// sleeps. Warns if a task still holds it or waits for it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// percpu_down_write(&sem);
/// assert!(percpu_is_write_locked(&sem));
/// percpu_up_write(&sem);
/// percpu_free_rwsem(&sem);
/// ```
#[track_caller]
pub fn percpu_free_rwsem(sem: &RawPercpuRwSemaphore) {
    sem.free();
}

/// Locks for reading, sleeping uninterruptibly: `percpu_down_read`. May sleep; warns in an atomic
/// section.
///
/// Readers share the lock, and don't contend for a cache line as long as no writer comes. While any
/// task waits, new readers wait too, so a task must not lock it for reading twice, here as in the
/// kernel.
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

/// Locks for reading if no writer holds it or waits for it; returns true if it did:
/// `percpu_down_read_trylock`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// assert!(percpu_down_read_trylock(&sem));
/// assert!(percpu_is_read_locked(&sem));
/// percpu_up_read(&sem);
/// ```
#[must_use]
#[track_caller]
#[inline]
pub fn percpu_down_read_trylock(sem: &RawPercpuRwSemaphore) -> bool {
    sem.try_read()
}

/// Releases a read lock: `percpu_up_read`. Never sleeps. Any task may release it. Warns if there is
/// no reader.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// assert!(percpu_down_read_trylock(&sem));
/// assert!(percpu_is_read_locked(&sem));
/// percpu_up_read(&sem);
/// ```
#[track_caller]
#[inline]
pub fn percpu_up_read(sem: &RawPercpuRwSemaphore) {
    sem.unlock_read();
}

/// Locks for writing, sleeping uninterruptibly: `percpu_down_write`. May sleep; warns in an atomic
/// section.
///
/// The writer waits until the present readers have released the lock, and keeps new ones out.
/// Writers get the lock in the order in which they queued.
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

/// Releases the write lock, to the waiter that has waited longest: `percpu_up_write`. Never sleeps.
/// If the calling task has neither locked it nor taken it over with [`percpu_rwsem_acquire`], it
/// warns and changes nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// percpu_down_write(&sem);
/// assert!(percpu_is_write_locked(&sem));
/// percpu_up_write(&sem);
/// percpu_free_rwsem(&sem);
/// ```
#[track_caller]
pub fn percpu_up_write(sem: &RawPercpuRwSemaphore) {
    sem.unlock_write();
}

/// Gives up the calling task's write lock so that another task can take it over:
/// `percpu_rwsem_release`. Never sleeps. Warns if the calling task does not hold it. With `read`,
/// it only informs the lock validator.
///
/// The kernel's version only informs the lock validator; there, any task may release the write
/// lock. Code that hands the lock over has to make this call in the kernel too, as the freezing of
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

/// Takes over a write lock that another task has given up with [`percpu_rwsem_release`] (see the
/// example there): `percpu_rwsem_acquire`. Never sleeps: it warns if no task has given the lock up.
/// With `read`, it only informs the lock validator.
#[track_caller]
pub fn percpu_rwsem_acquire(sem: &RawPercpuRwSemaphore, read: bool) {
    match read {
        true => sem.read_of_mine(),
        false => sem.take_over(),
    }
}

/// Returns true if readers hold it and no writer waits for them, at this moment:
/// `percpu_is_read_locked`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// assert!(percpu_down_read_trylock(&sem));
/// assert!(percpu_is_read_locked(&sem));
/// percpu_up_read(&sem);
/// ```
pub fn percpu_is_read_locked(sem: &RawPercpuRwSemaphore) -> bool {
    sem.is_read_locked()
}

/// Returns true if a writer holds it or waits for its readers, at this moment:
/// `percpu_is_write_locked`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// percpu_down_write(&sem);
/// assert!(percpu_is_write_locked(&sem));
/// percpu_up_write(&sem);
/// percpu_free_rwsem(&sem);
/// ```
pub fn percpu_is_write_locked(sem: &RawPercpuRwSemaphore) -> bool {
    sem.is_write_locked()
}

/// Returns true if the calling task holds it for writing, or if any task holds it for reading:
/// `percpu_rwsem_is_held`. For `lockdep_assert_held`; the readers are not recorded. Never sleeps.
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
