//! [`KMutex`]: a mutex that owns its data, for new Rust code.

use super::RawMutex;
use crate::errno::Errno;
use crate::guard::guard_is_reference;
use crate::lockdep;
use crate::sync::{UnsafeCell, const_fn};
use crate::task::Task;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

/// A mutex that owns the data it protects. (`K`, because `Mutex` is std's name.)
///
/// There is no poisoning: a thread that panics unlocks the mutex, and leaves the data as it is.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let total = Arc::new(KMutex::new(0));
/// let adder = |total: Arc<KMutex<i32>>| {
///     *total.lock() += 1;
///     0
/// };
/// let task = kthread_create!(adder, total.clone(), "adder")?;
/// wake_up_process(&task);
/// *total.lock() += 1;
/// _ = kthread_stop(&task);
/// assert!([1, 2].contains(&*total.lock())); // 1 if the stop came before the thread's first step
/// # Ok::<(), Errno>(())
/// ```
#[repr(C)]
pub struct KMutex<T> {
    raw: RawMutex,
    data: UnsafeCell<T>,
    made: &'static Location<'static>,
}

// SAFETY: sending the mutex sends the data, which is `Send`.
unsafe impl<T: Send> Send for KMutex<T> {}
// SAFETY: the mutex gives one task at a time access to the data, so sharing the mutex only sends
// the data between tasks.
unsafe impl<T: Send> Sync for KMutex<T> {}

/// Access to the data of a [`KMutex`]. Dropping it unlocks, on the thread that locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct KMutexGuard<'a, T> {
    mutex: &'a KMutex<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: while the guard exists, it holds the mutex exclusively.
guard_is_reference!(unsafe KMutexGuard: &mut mutex);

impl<T> KMutex<T> {
    const_fn! {
        /// Makes an unlocked mutex.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let total = KMutex::new(1);
        /// *total.lock() += 1;
        /// assert_eq!(*total.lock(), 2);
        /// ```
        #[track_caller]
        pub const fn new(data: T) -> Self {
            Self { raw: RawMutex::new(), data: UnsafeCell::new(data), made: Location::caller() }
        }
    }

    fn guard(&self) -> KMutexGuard<'_, T> {
        KMutexGuard { mutex: self, _not_send: PhantomData }
    }

    /// Locks, sleeping uninterruptibly until it is free: `mutex_lock`. May sleep; warns in an
    /// atomic section.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = KMutex::new(1);
    /// *total.lock() += 1;
    /// assert_eq!(*total.lock(), 2);
    /// ```
    ///
    /// # Panics
    ///
    /// If the calling task holds the mutex already, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> KMutexGuard<'_, T> {
        lockdep::made_at(self.made);
        self.raw.lock();
        self.guard()
    }

    /// Locks, unless a signal ends the sleep (`EINTR`): `mutex_lock_interruptible`. `EDEADLK` if
    /// the calling task holds the mutex already.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = KMutex::new(1);
    /// *total.lock_interruptible()? += 1;
    /// assert_eq!(*total.lock(), 2);
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn lock_interruptible(&self) -> Result<KMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_interruptible().map(|()| self.guard())
    }

    /// Locks, unless the task is killed while it sleeps (`EINTR`): `mutex_lock_killable`. `EDEADLK`
    /// if the calling task holds the mutex already.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = KMutex::new(1);
    /// *total.lock_killable()? += 1;
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn lock_killable(&self) -> Result<KMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_killable().map(|()| self.guard())
    }

    /// Locks if it is free: `mutex_trylock`. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = KMutex::new(1);
    /// let guard = total.lock();
    /// assert!(total.try_lock().is_none());
    /// ```
    #[track_caller]
    pub fn try_lock(&self) -> Option<KMutexGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_lock().then(|| self.guard())
    }

    /// Returns true if a task holds it at this moment: `mutex_is_locked`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let total = KMutex::new(1);
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
    /// let total = KMutex::new(1);
    /// let guard = total.lock();
    /// assert_eq!(total.owner(), Some(current()));
    /// ```
    pub fn owner(&self) -> Option<Task> {
        self.raw.owner()
    }

    /// Returns the data without locking; `&mut self` proves exclusive access.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut total = KMutex::new(1);
    /// *total.get_mut() += 1; // no other task can have it
    /// assert_eq!(*total.lock(), 2);
    /// ```
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<T: Default> Default for KMutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for KMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KMutex").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}

impl<T> Drop for KMutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the mutex was locked when the guard was made.
        unsafe { RawMutex::unlock_for_owner(&self.mutex.raw) };
    }
}
