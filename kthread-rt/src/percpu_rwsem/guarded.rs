//! [`PercpuRwSemaphore`]: a percpu_rwsem with its data inside, for new Rust code.

use super::RawPercpuRwSemaphore;
use crate::guard::guard_is_reference;
use crate::lock_queue::Wants;
use crate::lockdep;
use crate::sched::peek_current;
use crate::sync::{UnsafeCell, const_fn};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

/// A [`RawPercpuRwSemaphore`] and what it protects: much read, hardly ever written.
///
/// There is no poison: a thread that panics with a guard lets it go, and the data is as it left it.
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

// SAFETY: the lock goes where the data may go.
unsafe impl<T: Send> Send for PercpuRwSemaphore<T> {}
// SAFETY: the lock lets writers to the data one at a time (Send), and readers together (Sync).
unsafe impl<T: Send + Sync> Sync for PercpuRwSemaphore<T> {}

/// The right to read the data of a [`PercpuRwSemaphore`] until it is dropped.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct PercpuRwSemaphoreReadGuard<'a, T> {
    lock: &'a PercpuRwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

/// The right to change the data of a [`PercpuRwSemaphore`] until it is dropped, on the thread that
/// locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct PercpuRwSemaphoreWriteGuard<'a, T> {
    lock: &'a PercpuRwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: held for reading as long as the guard exists.
guard_is_reference!(unsafe PercpuRwSemaphoreReadGuard: &lock);
// SAFETY: held for writing as long as the guard exists.
guard_is_reference!(unsafe PercpuRwSemaphoreWriteGuard: &mut lock);

impl<T> PercpuRwSemaphore<T> {
    const_fn! {
        /// One that is not locked.
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
    #[inline]
    #[track_caller]
    pub fn try_read(&self) -> Option<PercpuRwSemaphoreReadGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_read().then(|| self.reader())
    }

    /// Locks for writing, sleeping uninterruptibly: `percpu_down_write`. May sleep; warns in an
    /// atomic section.
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

    /// True if readers hold it and no writer waits for them, at this moment:
    /// `percpu_is_read_locked`.
    pub fn is_read_locked(&self) -> bool {
        self.raw.is_read_locked()
    }

    /// True if a writer holds it or waits for its readers, at this moment:
    /// `percpu_is_write_locked`.
    pub fn is_write_locked(&self) -> bool {
        self.raw.is_write_locked()
    }

    /// The data, which nobody else can reach.
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
        // SAFETY: locked for writing when the guard was made.
        unsafe { self.lock.raw.release_for_owner() };
    }
}
