//! The kernel's function names, each a thin wrapper around a method of [`RawRtMutex`].

use super::RawRtMutex;
use crate::errno::Errno;
use crate::lockdep;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// The first `prio` value of ordinary tasks: `MAX_RT_PRIO`. Lower values are more urgent: a
/// real-time priority of *p* is a `prio` of 99 − *p*.
pub const MAX_RT_PRIO: i32 = 100;

/// Declares a static rt_mutex: `DEFINE_RT_MUTEX`. Unlike a plain static, it also works in models.
///
/// **Form**: `DEFINE_RT_MUTEX!([pub] static NAME)`. Declares `static NAME: RawRtMutex`.
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
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_RT_MUTEX", "[pub] static NAME"; $($other)*);
    };
}

/// Initializes `lock` as an unlocked rt_mutex: `rt_mutex_init`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut lock = RawRtMutex::new();
/// rt_mutex_init(&mut lock);
/// rt_mutex_lock(&lock);
/// rt_mutex_unlock(&lock);
/// ```
#[track_caller]
pub fn rt_mutex_init(lock: &mut RawRtMutex) {
    *lock = RawRtMutex::new();
    lockdep::lock_made(ptr::from_ref(lock).addr(), Location::caller());
}

/// Locks, sleeping uninterruptibly until it is free: `rt_mutex_lock`. May sleep; warns in an atomic
/// section.
///
/// While the calling task waits, the owner inherits its priority if that is more urgent. For
/// real-time priorities the OS thread inherits it too, if the operating system permits.
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
/// If the calling task holds it already, or its owner waits, directly or through others, for an
/// rt_mutex that the calling task holds; after a warning of kind
/// [`Deadlock`](crate::diag::WarningKind::Deadlock). In the kernel the call sleeps for ever.
#[track_caller]
#[inline]
pub fn rt_mutex_lock(lock: &RawRtMutex) {
    lock.lock();
}

/// [`rt_mutex_lock`] for a second lock of a class: `rt_mutex_lock_nested`. The subclass is ignored.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (parent, child) = (RawRtMutex::new(), RawRtMutex::new());
/// rt_mutex_lock(&parent);
/// rt_mutex_lock_nested(&child, 1); // of the same class, one level below
/// rt_mutex_unlock(&child);
/// rt_mutex_unlock(&parent);
/// ```
#[track_caller]
pub fn rt_mutex_lock_nested(lock: &RawRtMutex, subclass: u32) {
    let _ = subclass;
    lock.lock();
}

/// Locks, unless a signal ends the sleep: `rt_mutex_lock_interruptible`. May sleep.
///
/// Returns `EINTR` for a signal, including the notify-signal of `kthread_stop`. If the lock is
/// free, the call takes it even with a signal pending. Returns `EDEADLK`, with a warning, where
/// [`rt_mutex_lock`] panics.
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
/// for [`rt_mutex_lock_interruptible`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRtMutex::new();
/// rt_mutex_lock_killable(&lock)?;
/// rt_mutex_unlock(&lock);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn rt_mutex_lock_killable(lock: &RawRtMutex) -> Result<(), Errno> {
    lock.lock_killable()
}

/// Locks if it is free; returns true (the kernel's 1) if it did: `rt_mutex_trylock`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRtMutex::new();
/// assert!(rt_mutex_trylock(&lock));
/// assert!(rt_mutex_base_is_locked(&lock));
/// rt_mutex_unlock(&lock);
/// ```
#[track_caller]
#[must_use]
#[inline]
pub fn rt_mutex_trylock(lock: &RawRtMutex) -> bool {
    lock.try_lock()
}

/// Unlocks: `rt_mutex_unlock`. Never sleeps. If the calling task is not the owner, it warns and
/// changes nothing.
///
/// The most urgent waiter becomes the owner. The caller loses the priority that it inherited
/// through this lock.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRtMutex::new();
/// assert!(rt_mutex_trylock(&lock));
/// assert!(rt_mutex_base_is_locked(&lock));
/// rt_mutex_unlock(&lock);
/// ```
#[track_caller]
#[inline]
pub fn rt_mutex_unlock(lock: &RawRtMutex) {
    lock.unlock();
}

/// Returns true if a task holds it at this moment: `rt_mutex_base_is_locked`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRtMutex::new();
/// assert!(rt_mutex_trylock(&lock));
/// assert!(rt_mutex_base_is_locked(&lock));
/// rt_mutex_unlock(&lock);
/// ```
pub fn rt_mutex_base_is_locked(lock: &RawRtMutex) -> bool {
    lock.is_locked()
}

/// Returns true if the calling task holds it, for `lockdep_assert_held`. Never sleeps.
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

/// Returns true if `task` has a real-time priority, its own or an inherited one: `rt_task`.
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
