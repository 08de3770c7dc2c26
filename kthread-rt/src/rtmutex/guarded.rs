//! [`RtMutex`]: a rt_mutex with its data inside, for new Rust code.

use super::RawRtMutex;
use crate::errno::Errno;
use crate::guard::guard_is_reference;
use crate::lockdep;
use crate::sync::{UnsafeCell, const_fn};
use crate::task::Task;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

/// A [`RawRtMutex`] and what it protects.
///
/// There is no poison: a thread that panics with the guard lets it go, and the data is as it left
/// it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let frames = RtMutex::new(vec![1]);
/// frames.lock().push(2);
/// assert_eq!(*frames.lock(), [1, 2]);
/// assert!(!frames.is_locked());
/// ```
#[repr(C)]
pub struct RtMutex<T> {
    raw: RawRtMutex,
    data: UnsafeCell<T>,
    made: &'static Location<'static>,
}

// SAFETY: the mutex goes where the data may go.
unsafe impl<T: Send> Send for RtMutex<T> {}
// SAFETY: the mutex lets one task at a time to the data, so sharing it sends the data from task to
// task and no more.
unsafe impl<T: Send> Sync for RtMutex<T> {}

/// The right to the data of a [`RtMutex`]; it unlocks when it is dropped, on the thread that
/// locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RtMutexGuard<'a, T> {
    mutex: &'a RtMutex<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: the mutex is held by the guard alone as long as it exists.
guard_is_reference!(unsafe RtMutexGuard: &mut mutex);

impl<T> RtMutex<T> {
    const_fn! {
        /// One that is not locked.
        #[track_caller]
        pub const fn new(data: T) -> Self {
            Self { raw: RawRtMutex::new(), data: UnsafeCell::new(data), made: Location::caller() }
        }
    }

    fn guard(&self) -> RtMutexGuard<'_, T> {
        RtMutexGuard { mutex: self, _not_send: PhantomData }
    }

    /// Locks, sleeping uninterruptibly until it is free: `rt_mutex_lock`. May sleep; warns in an
    /// atomic section.
    ///
    /// # Panics
    ///
    /// If the calling task holds it already or would wait for ever, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> RtMutexGuard<'_, T> {
        lockdep::made_at(self.made);
        self.raw.lock();
        self.guard()
    }

    /// Locks, unless a signal comes while it sleeps (`EINTR`): `rt_mutex_lock_interruptible`.
    /// `EDEADLK` if it would wait for ever.
    #[track_caller]
    pub fn lock_interruptible(&self) -> Result<RtMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_interruptible().map(|()| self.guard())
    }

    /// Locks, unless the task is killed while it sleeps (`EINTR`): `rt_mutex_lock_killable`.
    /// `EDEADLK` if it would wait for ever.
    #[track_caller]
    pub fn lock_killable(&self) -> Result<RtMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_killable().map(|()| self.guard())
    }

    /// Locks if nobody holds it: `rt_mutex_trylock`. Never sleeps.
    #[track_caller]
    pub fn try_lock(&self) -> Option<RtMutexGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_lock().then(|| self.guard())
    }

    /// True if somebody holds it, at this moment: `rt_mutex_base_is_locked`.
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// Who holds it, at this moment.
    #[track_caller]
    pub fn owner(&self) -> Option<Task> {
        self.raw.owner()
    }

    /// The data, which nobody else can reach.
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<T: Default> Default for RtMutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for RtMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtMutex").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}

impl<T> Drop for RtMutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: locked when the guard was made.
        unsafe { RawRtMutex::unlock_for_owner(&self.mutex.raw) };
    }
}
