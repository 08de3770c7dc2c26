//! The kernel's names: one line each over the methods of [`RawRtMutex`].

use super::RawRtMutex;
use crate::errno::Errno;
use crate::lockdep;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// The priority that ordinary tasks begin above: `MAX_RT_PRIO`. A real-time priority of *p* is a
/// `prio` of 99 − *p*.
pub const MAX_RT_PRIO: i32 = 100;

/// Declares a static rt_mutex: `DEFINE_RT_MUTEX`. Works in models too, where plain statics don't.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_RT_MUTEX!(static BUS_LOCK);
/// assert!(!rt_mutex_base_is_locked(&BUS_LOCK));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_RT_MUTEX {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::RawRtMutex = $crate::RawRtMutex::new());
    };
}

/// Makes `lock` a fresh rt_mutex: `rt_mutex_init`.
#[track_caller]
pub fn rt_mutex_init(lock: &mut RawRtMutex) {
    *lock = RawRtMutex::new();
    lockdep::lock_made(ptr::from_ref(lock).addr(), Location::caller());
}

/// Locks, sleeping uninterruptibly until it is free: `rt_mutex_lock`. May sleep; warns in an atomic
/// section.
///
/// While it waits, the owner has the calling task's priority, if that is more urgent; in fact, for
/// real-time priorities, where the operating system permits.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRtMutex::new();
/// rt_mutex_lock(&lock);
/// assert!(!rt_mutex_trylock(&lock));
/// rt_mutex_unlock(&lock);
/// ```
///
/// # Panics
///
/// If the calling task holds it already, or its owner waits for a rt_mutex of the calling task's,
/// after a warning of kind [`Deadlock`](crate::diag::WarningKind::Deadlock). The kernel's sleeps
/// for ever then.
#[track_caller]
#[inline]
pub fn rt_mutex_lock(lock: &RawRtMutex) {
    lock.lock();
}

/// [`rt_mutex_lock`] of a lock whose class the task holds already: `rt_mutex_lock_nested`. The
/// class is for the kernel's lock validator, and ignored.
#[track_caller]
pub fn rt_mutex_lock_nested(lock: &RawRtMutex, subclass: u32) {
    let _ = subclass;
    lock.lock();
}

/// Locks, unless a signal comes while it sleeps: `rt_mutex_lock_interruptible`. May sleep.
///
/// `EINTR` for a signal, also for the notify-signal of `kthread_stop`. One that is free is taken
/// whatever is pending. `EDEADLK` where [`rt_mutex_lock`] panics; with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRtMutex::new();
/// rt_mutex_lock_interruptible(&lock)?;
/// assert_eq!(rt_mutex_lock_interruptible(&lock), Err(Errno::EDEADLK));
/// rt_mutex_unlock(&lock);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn rt_mutex_lock_interruptible(lock: &RawRtMutex) -> Result<(), Errno> {
    lock.lock_interruptible()
}

/// Locks, unless the task is killed while it sleeps: `rt_mutex_lock_killable`. May sleep. Errors as
/// [`rt_mutex_lock_interruptible`].
#[track_caller]
pub fn rt_mutex_lock_killable(lock: &RawRtMutex) -> Result<(), Errno> {
    lock.lock_killable()
}

/// Locks if nobody holds it; true (the kernel's 1) if it did: `rt_mutex_trylock`. Never sleeps.
#[track_caller]
#[must_use]
#[inline]
pub fn rt_mutex_trylock(lock: &RawRtMutex) -> bool {
    lock.try_lock()
}

/// Unlocks: `rt_mutex_unlock`. Never sleeps. The calling task must be the owner; otherwise it
/// warns, and the lock stays as it was.
///
/// The most urgent waiter is the owner then; what the caller had of that one's priority it loses.
#[track_caller]
#[inline]
pub fn rt_mutex_unlock(lock: &RawRtMutex) {
    lock.unlock();
}

/// True if somebody holds it, at this moment: `rt_mutex_base_is_locked`. Never sleeps.
pub fn rt_mutex_base_is_locked(lock: &RawRtMutex) -> bool {
    lock.is_locked()
}

/// True if the calling task holds it: what `lockdep_assert_held` asks. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRtMutex::new();
/// assert!(!rt_mutex_is_held(&lock));
/// rt_mutex_lock(&lock);
/// assert!(rt_mutex_is_held(&lock));
/// rt_mutex_unlock(&lock);
/// ```
pub fn rt_mutex_is_held(lock: &RawRtMutex) -> bool {
    lock.is_mine()
}

/// True if `task` has a real-time priority, its own or an inherited one: `rt_task`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "urgent")?;
/// assert!(!rt_task(&task));
/// sched_set_fifo(&task);
/// assert!(rt_task(&task));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn rt_task(task: &TaskStruct) -> bool {
    task.prio() < MAX_RT_PRIO
}
