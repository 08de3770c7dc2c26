//! [`PercpuRwSemaphore`]: a percpu_rwsem that owns its data, for new Rust code.

use super::RawPercpuRwSemaphore;
use crate::guard::guard_is_reference;
use crate::lock_queue::Wants;
use crate::lockdep;
use crate::sched::peek_current;
use crate::sync::{UnsafeCell, const_fn};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

/// A percpu_rwsem that owns the data it protects, for data that is read often and rarely written.
///
/// There is no poisoning: a thread that panics unlocks it, and leaves the data as it is.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let routes = PercpuRwSemaphore::new(vec!["a"]);
/// assert_eq!(routes.read().len(), 1);
/// routes.write().push("b");
/// assert_eq!(*routes.try_read().expect("no writer is about"), ["a", "b"]);
/// ```
#[repr(C)]
pub struct PercpuRwSemaphore<T> {
    raw: RawPercpuRwSemaphore,
    data: UnsafeCell<T>,
    made: &'static Location<'static>,
}

// SAFETY: sending the lock sends the data, which is `Send`.
unsafe impl<T: Send> Send for PercpuRwSemaphore<T> {}
// SAFETY: the lock gives writers access one at a time (`T: Send`), and readers together (`T:
// Sync`).
unsafe impl<T: Send + Sync> Sync for PercpuRwSemaphore<T> {}

/// Shared access to the data of a [`PercpuRwSemaphore`]. Dropping it unlocks.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct PercpuRwSemaphoreReadGuard<'a, T> {
    lock: &'a PercpuRwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

/// Exclusive access to the data of a [`PercpuRwSemaphore`]. Dropping it unlocks, on the thread that
/// locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct PercpuRwSemaphoreWriteGuard<'a, T> {
    lock: &'a PercpuRwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: the guard holds the lock for reading as long as it exists.
guard_is_reference!(unsafe PercpuRwSemaphoreReadGuard: &lock);
// SAFETY: the guard holds the lock for writing as long as it exists.
guard_is_reference!(unsafe PercpuRwSemaphoreWriteGuard: &mut lock);

impl<T> PercpuRwSemaphore<T> {
    const_fn! {
        /// Makes an unlocked percpu_rwsem.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let config = PercpuRwSemaphore::new(1);
        /// *config.write() = 2;
        /// assert_eq!(*config.read(), 2);
        /// ```
        #[track_caller]
        pub const fn new(data: T) -> Self {
            Self { raw: RawPercpuRwSemaphore::new(), data: UnsafeCell::new(data), made: Location::caller() }
        }
    }

    fn reader(&self) -> PercpuRwSemaphoreReadGuard<'_, T> {
        PercpuRwSemaphoreReadGuard { lock: self, _not_send: PhantomData }
    }

    /// Locks for reading, sleeping uninterruptibly: `percpu_down_read`. May sleep; warns in an
    /// atomic section.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let config = PercpuRwSemaphore::new(1);
    /// *config.write() = 2;
    /// assert_eq!(*config.read(), 2);
    /// ```
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    #[inline]
    pub fn read(&self) -> PercpuRwSemaphoreReadGuard<'_, T> {
        lockdep::made_at(self.made);
        self.raw.read();
        self.reader()
    }

    /// Locks for reading if no writer holds it or waits for it: `percpu_down_read_trylock`. Never
    /// sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let config = PercpuRwSemaphore::new(1);
    /// assert_eq!(config.try_read().map(|reader| *reader), Some(1));
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_read(&self) -> Option<PercpuRwSemaphoreReadGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_read().then(|| self.reader())
    }

    /// Locks for writing, sleeping uninterruptibly: `percpu_down_write`. May sleep; warns in an
    /// atomic section.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let config = PercpuRwSemaphore::new(1);
    /// *config.write() = 2;
    /// assert_eq!(*config.read(), 2);
    /// ```
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing already, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    pub fn write(&self) -> PercpuRwSemaphoreWriteGuard<'_, T> {
        lockdep::made_at(self.made);
        self.raw.write();
        PercpuRwSemaphoreWriteGuard { lock: self, _not_send: PhantomData }
    }

    /// Returns true if readers hold it and no writer waits for them, at this moment:
    /// `percpu_is_read_locked`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let config = PercpuRwSemaphore::new(1);
    /// let reader = config.read();
    /// assert!(config.is_read_locked() && !config.is_write_locked());
    /// ```
    pub fn is_read_locked(&self) -> bool {
        self.raw.is_read_locked()
    }

    /// Returns true if a writer holds it or waits for its readers, at this moment:
    /// `percpu_is_write_locked`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let config = PercpuRwSemaphore::new(1);
    /// let reader = config.read();
    /// assert!(config.is_read_locked() && !config.is_write_locked());
    /// ```
    pub fn is_write_locked(&self) -> bool {
        self.raw.is_write_locked()
    }

    /// Returns the data without locking; `&mut self` proves exclusive access.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut config = PercpuRwSemaphore::new(1);
    /// *config.get_mut() = 2; // no other task can have it
    /// ```
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<T: Default> Default for PercpuRwSemaphore<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for PercpuRwSemaphore<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.raw, f)
    }
}

impl<T> Drop for PercpuRwSemaphoreReadGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if lockdep::on() {
            peek_current(|me| lockdep::dropped(me, self.lock.raw.known(Wants::Shared)));
        }
        let was_there = self.lock.raw.leave();
        debug_assert!(was_there, "a guard holds its lock");
    }
}

impl<T> Drop for PercpuRwSemaphoreWriteGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: it was locked for writing when the guard was made.
        unsafe { self.lock.raw.release_for_owner() };
    }
}
