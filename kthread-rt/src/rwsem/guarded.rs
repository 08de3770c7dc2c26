//! [`RwSemaphore`]: an rwsem that owns its data, for new Rust code.

use super::RawRwSemaphore;
use crate::errno::Errno;
use crate::guard::guard_is_reference;
use crate::lock_queue::Wants;
use crate::lockdep;
use crate::sched::peek_current;
use crate::sync::{UnsafeCell, const_fn};
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::panic::Location;

/// An rwsem that owns the data it protects.
///
/// There is no poisoning: a thread that panics unlocks it, and leaves the data as it is.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let table = RwSemaphore::new(vec![1, 2]);
/// {
///     let mut writer = table.write();
///     writer.push(3);
///     let reader = writer.downgrade();
///     assert_eq!((reader.len(), table.read().len()), (3, 3));
/// }
/// assert!(table.try_write().is_some());
/// ```
#[repr(C)]
pub struct RwSemaphore<T> {
    raw: RawRwSemaphore,
    data: UnsafeCell<T>,
    made: &'static Location<'static>,
}

// SAFETY: sending the lock sends the data, which is `Send`.
unsafe impl<T: Send> Send for RwSemaphore<T> {}
// SAFETY: the lock gives writers access one at a time (`T: Send`), and readers together (`T:
// Sync`).
unsafe impl<T: Send + Sync> Sync for RwSemaphore<T> {}

/// Shared access to the data of an [`RwSemaphore`]. Dropping it unlocks.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RwSemaphoreReadGuard<'a, T> {
    lock: &'a RwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

/// Exclusive access to the data of an [`RwSemaphore`]. Dropping it unlocks, on the thread that
/// locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RwSemaphoreWriteGuard<'a, T> {
    lock: &'a RwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: the guard holds the lock for reading as long as it exists.
guard_is_reference!(unsafe RwSemaphoreReadGuard: &lock);
// SAFETY: the guard holds the lock for writing as long as it exists.
guard_is_reference!(unsafe RwSemaphoreWriteGuard: &mut lock);

impl<T> RwSemaphore<T> {
    const_fn! {
        /// Makes an unlocked rwsem.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let names = RwSemaphore::new(vec!["sda"]);
        /// names.write().push("sdb");
        /// assert_eq!(names.read().len(), 2);
        /// ```
        #[track_caller]
        pub const fn new(data: T) -> Self {
            Self { raw: RawRwSemaphore::new(), data: UnsafeCell::new(data), made: Location::caller() }
        }
    }

    fn reader(&self) -> RwSemaphoreReadGuard<'_, T> {
        RwSemaphoreReadGuard { lock: self, _not_send: PhantomData }
    }

    fn writer(&self) -> RwSemaphoreWriteGuard<'_, T> {
        RwSemaphoreWriteGuard { lock: self, _not_send: PhantomData }
    }

    /// Locks for reading, sleeping uninterruptibly: `down_read`. May sleep; warns in an atomic
    /// section.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// names.write().push("sdb");
    /// assert_eq!(names.read().len(), 2);
    /// ```
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    #[inline]
    pub fn read(&self) -> RwSemaphoreReadGuard<'_, T> {
        lockdep::made_at(self.made);
        self.raw.read();
        self.reader()
    }

    /// Locks for reading, unless a signal ends the sleep (`EINTR`): `down_read_interruptible`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// assert_eq!(names.read_interruptible()?.len(), 1);
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn read_interruptible(&self) -> Result<RwSemaphoreReadGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.read_interruptible().map(|()| self.reader())
    }

    /// Locks for reading, unless the task is killed while it sleeps (`EINTR`):
    /// `down_read_killable`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// assert_eq!(names.read_killable()?.len(), 1);
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn read_killable(&self) -> Result<RwSemaphoreReadGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.read_killable().map(|()| self.reader())
    }

    /// Locks for reading if no writer holds it and no task waits: `down_read_trylock`. Never
    /// sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// let reader = names.read();
    /// assert!(names.try_read().is_some());
    /// assert!(names.try_write().is_none());
    /// ```
    #[track_caller]
    pub fn try_read(&self) -> Option<RwSemaphoreReadGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_read().then(|| self.reader())
    }

    /// Locks for writing, sleeping uninterruptibly: `down_write`. May sleep; warns in an atomic
    /// section.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// names.write().push("sdb");
    /// assert_eq!(names.read().len(), 2);
    /// ```
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing already, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    #[inline]
    pub fn write(&self) -> RwSemaphoreWriteGuard<'_, T> {
        lockdep::made_at(self.made);
        self.raw.write();
        self.writer()
    }

    /// Locks for writing, unless the task is killed while it sleeps (`EINTR`):
    /// `down_write_killable`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// names.write_killable()?.push("sdb");
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn write_killable(&self) -> Result<RwSemaphoreWriteGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.write_killable().map(|()| self.writer())
    }

    /// Locks for writing if it is free: `down_write_trylock`. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// let reader = names.read();
    /// assert!(names.try_read().is_some());
    /// assert!(names.try_write().is_none());
    /// ```
    #[track_caller]
    pub fn try_write(&self) -> Option<RwSemaphoreWriteGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_write().then(|| self.writer())
    }

    /// Returns true if a task holds it at this moment: `rwsem_is_locked`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// let reader = names.read();
    /// assert!(names.is_locked() && !names.is_contended());
    /// ```
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// Returns true if a task waits for it at this moment:
    /// [`rwsem_is_contended`](crate::rwsem_is_contended).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// let reader = names.read();
    /// assert!(names.is_locked() && !names.is_contended());
    /// ```
    pub fn is_contended(&self) -> bool {
        self.raw.is_contended()
    }

    /// Returns the data without locking; `&mut self` proves exclusive access.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut names = RwSemaphore::new(vec!["sda"]);
    /// names.get_mut().push("sdb"); // no other task can have it
    /// ```
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<'a, T> RwSemaphoreWriteGuard<'a, T> {
    /// Turns the write lock into a read lock without releasing it in between: `downgrade_write`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let names = RwSemaphore::new(vec!["sda"]);
    /// let mut writer = names.write();
    /// writer.push("sdb");
    /// let reader = writer.downgrade(); // no writer comes between
    /// assert_eq!(reader.len(), 2);
    /// ```
    pub fn downgrade(self) -> RwSemaphoreReadGuard<'a, T> {
        let lock = self.lock;
        mem::forget(self);
        // SAFETY: the guard held it for writing, and `forget` keeps the guard from unlocking it.
        unsafe { lock.raw.downgrade_for_owner() };
        lock.reader()
    }
}

impl<T: Default> Default for RwSemaphore<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for RwSemaphore<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.raw, f)
    }
}

impl<T> Drop for RwSemaphoreReadGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if lockdep::on() {
            peek_current(|me| lockdep::dropped(me, self.lock.raw.known(Wants::Shared)));
        }
        // SAFETY: locked for reading when the guard was made.
        let released = unsafe { RawRwSemaphore::release_read(&self.lock.raw) };
        debug_assert!(released, "a guard holds its rwsem");
    }
}

impl<T> Drop for RwSemaphoreWriteGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: locked for writing when the guard was made.
        unsafe { RawRwSemaphore::release_for_owner(&self.lock.raw) };
    }
}
