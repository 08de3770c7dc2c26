//! [`RwSemaphore`]: a rwsem with its data inside, for new Rust code.

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

/// A [`RawRwSemaphore`] and what it protects.
///
/// There is no poison: a thread that panics with a guard lets it go, and the data is as it left it.
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

// SAFETY: the lock goes where the data may go.
unsafe impl<T: Send> Send for RwSemaphore<T> {}
// SAFETY: the lock lets writers to the data one at a time (Send), and readers together (Sync).
unsafe impl<T: Send + Sync> Sync for RwSemaphore<T> {}

/// The right to read the data of a [`RwSemaphore`] until it is dropped.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RwSemaphoreReadGuard<'a, T> {
    lock: &'a RwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

/// The right to change the data of a [`RwSemaphore`] until it is dropped, on the thread that
/// locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct RwSemaphoreWriteGuard<'a, T> {
    lock: &'a RwSemaphore<T>,
    _not_send: PhantomData<*const ()>,
}

// SAFETY: held for reading as long as the guard exists.
guard_is_reference!(unsafe RwSemaphoreReadGuard: &lock);
// SAFETY: held for writing as long as the guard exists.
guard_is_reference!(unsafe RwSemaphoreWriteGuard: &mut lock);

impl<T> RwSemaphore<T> {
    const_fn! {
        /// One that is not locked.
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

    /// Locks for reading, unless a signal comes while it sleeps (`EINTR`):
    /// `down_read_interruptible`.
    #[track_caller]
    pub fn read_interruptible(&self) -> Result<RwSemaphoreReadGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.read_interruptible().map(|()| self.reader())
    }

    /// Locks for reading, unless the task is killed while it sleeps (`EINTR`):
    /// `down_read_killable`.
    #[track_caller]
    pub fn read_killable(&self) -> Result<RwSemaphoreReadGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.read_killable().map(|()| self.reader())
    }

    /// Locks for reading if no writer holds it and nobody waits: `down_read_trylock`. Never sleeps.
    #[track_caller]
    pub fn try_read(&self) -> Option<RwSemaphoreReadGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_read().then(|| self.reader())
    }

    /// Locks for writing, sleeping uninterruptibly: `down_write`. May sleep; warns in an atomic
    /// section.
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
    #[track_caller]
    pub fn write_killable(&self) -> Result<RwSemaphoreWriteGuard<'_, T>, Errno> {
        lockdep::made_at(self.made);
        self.raw.write_killable().map(|()| self.writer())
    }

    /// Locks for writing if nobody holds it: `down_write_trylock`. Never sleeps.
    #[track_caller]
    pub fn try_write(&self) -> Option<RwSemaphoreWriteGuard<'_, T>> {
        lockdep::made_at(self.made);
        self.raw.try_write().then(|| self.writer())
    }

    /// True if somebody holds it, at this moment: `rwsem_is_locked`.
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// True if somebody waits for it, at this moment:
    /// [`rwsem_is_contended`](crate::rwsem_is_contended).
    pub fn is_contended(&self) -> bool {
        self.raw.is_contended()
    }

    /// The data, which nobody else can reach.
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<'a, T> RwSemaphoreWriteGuard<'a, T> {
    /// Goes on as a reader, without letting go between: `downgrade_write`.
    pub fn downgrade(self) -> RwSemaphoreReadGuard<'a, T> {
        let lock = self.lock;
        mem::forget(self);
        // SAFETY: the guard held it for writing, and it is not dropped.
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
