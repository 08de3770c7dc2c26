//! [`KMutex`]: a mutex with its data inside, for new Rust code.

use super::RawMutex;
use crate::errno::Errno;
use crate::guard::guard_is_reference;
use crate::lockdep;
use crate::sync::{UnsafeCell, const_fn};
use crate::task::Task;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

/// A [`RawMutex`] and what it protects. (`K`, because `Mutex` is std's.)
///
/// There is no poison: a thread that panics with the guard lets it go, and the data is as it left
/// it.
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

// SAFETY: the mutex goes where the data may go.
unsafe impl<T: Send> Send for KMutex<T> {}
// SAFETY: the mutex lets one task at a time to the data, so sharing it sends the data from task to
// task and no more.
unsafe impl<T: Send> Sync for KMutex<T> {}

/// The right to the data of a [`KMutex`]; it unlocks when it is dropped, on the thread that locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct KMutexGuard<'a, T> {
    mutex: &'a KMutex<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: the mutex is held by the guard alone as long as it exists.
guard_is_reference!(unsafe KMutexGuard: &mut mutex);

impl<T> KMutex<T> {
    const_fn! {
        /// A mutex that is not locked.
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
    /// # Panics
    ///
    /// If the calling task holds it already, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    #[inline]
    pub fn lock(&self) -> KMutexGuard<'_, T> {
        lockdep::made_at(self.made);
        self.raw.lock();
        self.guard()
    }

    /// Locks, unless a signal comes while it sleeps (`EINTR`): `mutex_lock_interruptible`.
    /// `EDEADLK` if the calling task holds it already.
    #[track_caller]
    pub fn lock_interruptible(&self) -> Result<KMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_interruptible().map(|()| self.guard())
    }

    /// Locks, unless the task is killed while it sleeps (`EINTR`): `mutex_lock_killable`. `EDEADLK`
    /// if the calling task holds it already.
    #[track_caller]
    pub fn lock_killable(&self) -> Result<KMutexGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.lock_killable().map(|()| self.guard())
    }

    /// Locks if nobody holds it: `mutex_trylock`. Never sleeps.
    #[track_caller]
    pub fn try_lock(&self) -> Option<KMutexGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_lock().then(|| self.guard())
    }

    /// True if somebody holds it, at this moment: `mutex_is_locked`.
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// Who holds it, at this moment.
    pub fn owner(&self) -> Option<Task> {
        self.raw.owner()
    }

    /// The data, which nobody else can reach.
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
        // SAFETY: locked when the guard was made.
        unsafe { RawMutex::unlock_for_owner(&self.mutex.raw) };
    }
}
