//! [`RtMutex`]: an rt_mutex that owns its data, for new Rust code.

use super::RawRtMutex;
use crate::errno::Errno;
use crate::guard::guard_is_reference;
use crate::lockdep;
use crate::sync::{UnsafeCell, const_fn};
use crate::task::Task;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

/// An rt_mutex that owns the data it protects.
///
/// There is no poisoning: a thread that panics unlocks it, and leaves the data as it is.
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

// SAFETY: sending the mutex sends the data, which is `Send`.
unsafe impl<T: Send> Send for RtMutex<T> {}
// SAFETY: the mutex gives one task at a time access to the data, so sharing the mutex only sends
// the data between tasks.
unsafe impl<T: Send> Sync for RtMutex<T> {}

/// Access to the data of an [`RtMutex`]. Dropping it unlocks, on the thread that locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RtMutexGuard<'a, T> {
    mutex: &'a RtMutex<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: while the guard exists, it holds the mutex exclusively.
guard_is_reference!(unsafe RtMutexGuard: &mut mutex);

impl<T> RtMutex<T> {
    const_fn! {
        /// Makes an unlocked rt_mutex.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let total = RtMutex::new(1);
        /// *total.lock() += 1;
        /// assert_eq!(*total.lock(), 2);
        /// ```
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
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = RtMutex::new(1);
    /// *total.lock() += 1;
    /// assert_eq!(*total.lock(), 2);
    /// ```
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

    /// Locks, unless a signal ends the sleep (`EINTR`): `rt_mutex_lock_interruptible`. `EDEADLK` if
    /// it would wait for ever.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = RtMutex::new(1);
    /// *total.lock_interruptible()? += 1;
    /// assert_eq!(*total.lock(), 2);
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn lock_interruptible(&self) -> Result<RtMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_interruptible().map(|()| self.guard())
    }

    /// Locks, unless the task is killed while it sleeps (`EINTR`): `rt_mutex_lock_killable`.
    /// `EDEADLK` if it would wait for ever.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = RtMutex::new(1);
    /// *total.lock_killable()? += 1;
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn lock_killable(&self) -> Result<RtMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_killable().map(|()| self.guard())
    }

    /// Locks if it is free: `rt_mutex_trylock`. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = RtMutex::new(1);
    /// let guard = total.lock();
    /// assert!(total.try_lock().is_none());
    /// ```
    #[track_caller]
    pub fn try_lock(&self) -> Option<RtMutexGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_lock().then(|| self.guard())
    }

    /// Returns true if a task holds it at this moment: `rt_mutex_base_is_locked`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = RtMutex::new(1);
    /// let guard = total.lock();
    /// assert!(total.is_locked());
    /// ```
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// Returns the task that holds it at this moment.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = RtMutex::new(1);
    /// let guard = total.lock();
    /// assert_eq!(total.owner(), Some(current()));
    /// ```
    #[track_caller]
    pub fn owner(&self) -> Option<Task> {
        self.raw.owner()
    }

    /// Returns the data without locking; `&mut self` proves exclusive access.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut total = RtMutex::new(1);
    /// *total.get_mut() += 1; // no other task can have it
    /// assert_eq!(*total.lock(), 2);
    /// ```
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
        // SAFETY: the mutex was locked when the guard was made.
        unsafe { RawRtMutex::unlock_for_owner(&self.mutex.raw) };
    }
}
