//! [`KWwMutex`], a ww_mutex that owns its data, and [`WwClass::acquire`], a transaction that takes
//! several of them; for new Rust code.
//!
//! An acquire context must not move while it holds a lock. So safe code gets only a reference to
//! it, for the duration of a closure, and each guard borrows it. A leaked guard would outlive the
//! closure; in that case the process aborts.

use super::{WwAcquireCtx, WwClass, WwMutex};
use crate::errno::Errno;
use crate::guard::guard_is_reference;
use crate::lock_queue::How;
use crate::mutex::deadlock;
use crate::sched::with_current;
use crate::sync::{UnsafeCell, const_fn};
use crate::task::{TASK_INTERRUPTIBLE, Task};
use std::fmt;
use std::io::Write;
use std::marker::PhantomData;
use std::panic::Location;

/// A transaction of [`WwClass::acquire`]: a [`WwAcquireCtx`] that does not move.
pub struct WwContext {
    ctx: WwAcquireCtx,
    place: &'static Location<'static>,
}

impl WwClass {
    /// Runs `f` with a new acquire context, which ends when `f` returns: `ww_acquire_init` and
    /// `ww_acquire_fini`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// DEFINE_WW_CLASS!(static ACCOUNTS);
    /// let (from, to) = (KWwMutex::new(&ACCOUNTS, 100), KWwMutex::new(&ACCOUNTS, 0));
    ///
    /// /// Locks both, whatever the order in which other tasks lock them.
    /// fn transfer(from: &KWwMutex<i32>, to: &KWwMutex<i32>, sum: i32) -> Result<(), Errno> {
    ///     ACCOUNTS.acquire(|ctx| {
    ///         let (mut first, mut second) = (from, to);
    ///         let mut one = first.lock(ctx)?;
    ///         let mut other = loop {
    ///             match second.lock(ctx) {
    ///                 Err(Errno::EDEADLK) => {
    ///                     // Release all, wait for the other lock, and start again from there.
    ///                     drop(one);
    ///                     (first, second) = (second, first);
    ///                     one = first.lock_slow(ctx)?;
    ///                 }
    ///                 result => break result?,
    ///             }
    ///         };
    ///         ctx.done();
    ///         let sign = if std::ptr::eq(first, from) { 1 } else { -1 };
    ///         *one -= sign * sum;
    ///         *other += sign * sum;
    ///         Ok(())
    ///     })
    /// }
    ///
    /// transfer(&from, &to, 30)?;
    /// transfer(&to, &from, 10)?;
    /// assert_eq!((*from.lock_alone(), *to.lock_alone()), (80, 20));
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// Aborts the process if `f` has leaked a guard.
    #[track_caller]
    pub fn acquire<R>(&self, f: impl FnOnce(&WwContext) -> R) -> R {
        let ctx = WwContext { ctx: WwAcquireCtx::new(self), place: Location::caller() };
        f(&ctx)
    }
}

impl WwContext {
    /// Marks the end of the acquire phase: [`ww_acquire_done`](super::ww_acquire_done). Taking
    /// another lock after this warns.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let class = WwClass::wound_wait();
    /// let value = KWwMutex::new(&class, 1);
    /// let got = class.acquire(|ctx| {
    ///     let guard = value.lock(ctx)?;
    ///     ctx.done();
    ///     Ok::<_, Errno>(*guard)
    /// });
    /// assert_eq!(got, Ok(1));
    /// ```
    #[track_caller]
    pub fn done(&self) {
        self.ctx.done(Location::caller());
    }

    /// Returns how many locks it holds.
    pub fn acquired(&self) -> u32 {
        self.ctx.acquired()
    }

    /// Returns its stamp: the smaller, the older.
    pub fn stamp(&self) -> u64 {
        self.ctx.stamp()
    }
}

impl Drop for WwContext {
    fn drop(&mut self) {
        if self.ctx.has_locks() {
            die(self);
        }
        self.ctx.fini(self.place);
    }
}

#[cold]
fn die(ctx: &WwContext) -> ! {
    // The process aborts even if the message cannot be written.
    let _ = writeln!(
        std::io::stderr(),
        "kthread-rt: the acquire context that began at {} ends with {} lock(s), whose guards were leaked",
        ctx.place,
        ctx.acquired()
    );
    std::process::abort();
}

impl fmt::Debug for WwContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ctx.fmt(f)
    }
}

/// A ww_mutex that owns the data it protects. See the example at [`WwClass::acquire`].
///
/// There is no poisoning: a thread that panics unlocks it, and leaves the data as it is.
#[repr(C)]
pub struct KWwMutex<T> {
    raw: WwMutex,
    data: UnsafeCell<T>,
}

// SAFETY: sending the lock sends the data, which is `Send`.
unsafe impl<T: Send> Send for KWwMutex<T> {}
// SAFETY: the lock gives one task at a time access to the data, so sharing the lock only sends the
// data between tasks.
unsafe impl<T: Send> Sync for KWwMutex<T> {}

/// Access to the data of a [`KWwMutex`]. Dropping it unlocks, on the thread that locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct KWwMutexGuard<'a, T> {
    mutex: &'a KWwMutex<T>,
    // The context that holds the lock must outlive the guard; and the guard is not Send.
    _context: PhantomData<(&'a WwContext, *const ())>,
}

// SAFETY: while the guard exists, it holds the lock exclusively.
guard_is_reference!(unsafe KWwMutexGuard: &mut mutex);

impl<T> KWwMutex<T> {
    const_fn! {
        /// Makes an unlocked ww_mutex of `class`.
        pub const fn new(class: &WwClass, data: T) -> Self {
            Self { raw: WwMutex::new(class), data: UnsafeCell::new(data) }
        }
    }

    fn guard(&self) -> KWwMutexGuard<'_, T> {
        KWwMutexGuard { mutex: self, _context: PhantomData }
    }

    fn lock_by<'a>(&'a self, ctx: Option<&'a WwContext>, how: &How) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let ctx = ctx.map(|ctx| &ctx.ctx);
        // SAFETY: a `WwContext` does not move, since safe code has only references to it. The guard
        // borrows it, so it outlives the guard, or the process aborts.
        with_current(|me| unsafe { self.raw.lock_by(me, ctx, how) }).map(|()| self.guard())
    }

    /// Locks on behalf of `ctx`, sleeping uninterruptibly: `ww_mutex_lock`. May sleep.
    ///
    /// `EDEADLK` if the context has to back off: drop its other guards, and then take this lock
    /// with [`lock_slow`](Self::lock_slow). `EALREADY` if the context holds this lock already.
    #[track_caller]
    pub fn lock<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        self.lock_by(Some(ctx), &How::uninterruptible("ww_mutex_lock", Location::caller()))
    }

    /// [`lock`](Self::lock), unless a signal ends the sleep (`EINTR`):
    /// `ww_mutex_lock_interruptible`.
    #[track_caller]
    pub fn lock_interruptible<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_interruptible", Location::caller());
        self.lock_by(Some(ctx), &how)
    }

    /// Locks the ww_mutex that returned `EDEADLK`, after the context has released all its locks:
    /// `ww_mutex_lock_slow`. May sleep.
    ///
    /// A context without locks never has to back off. An error is always the result of misuse,
    /// which has warned.
    #[track_caller]
    pub fn lock_slow<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let how = How::uninterruptible("ww_mutex_lock_slow", Location::caller());
        with_current(|me| ctx.ctx.check_slow(me, how.call, how.place));
        self.lock_by(Some(ctx), &how)
    }

    /// [`lock_slow`](Self::lock_slow), unless a signal ends the sleep (`EINTR`):
    /// `ww_mutex_lock_slow_interruptible`.
    #[track_caller]
    pub fn lock_slow_interruptible<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_slow_interruptible", Location::caller());
        with_current(|me| ctx.ctx.check_slow(me, how.call, how.place));
        self.lock_by(Some(ctx), &how)
    }

    /// Locks on behalf of `ctx` if it is free: `ww_mutex_trylock`. Never sleeps.
    #[track_caller]
    pub fn try_lock<'a>(&'a self, ctx: &'a WwContext) -> Option<KWwMutexGuard<'a, T>> {
        let place = Location::caller();
        // SAFETY: as in `lock_by`.
        with_current(|me| unsafe { self.raw.try_lock_by(me, Some(&ctx.ctx), place) }).then(|| self.guard())
    }

    /// Locks without a context, as a plain mutex: `ww_mutex_lock` with `NULL`. May sleep. For a
    /// task that holds no other lock of the class at the same time.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let class = WwClass::wait_die();
    /// let count = KWwMutex::new(&class, 0);
    /// *count.lock_alone() += 1;
    /// assert_eq!(*count.lock_alone(), 1);
    /// ```
    ///
    /// # Panics
    ///
    /// If the calling task holds it already, after a warning of kind
    /// [`Deadlock`](crate::diag::WarningKind::Deadlock).
    #[track_caller]
    pub fn lock_alone(&self) -> KWwMutexGuard<'_, T> {
        match self.lock_by(None, &How::uninterruptible("ww_mutex_lock", Location::caller())) {
            Ok(guard) => guard,
            Err(_) => deadlock("ww_mutex_lock"),
        }
    }

    /// [`lock_alone`](Self::lock_alone), unless a signal ends the sleep (`EINTR`). `EDEADLK` if the
    /// calling task holds it.
    #[track_caller]
    pub fn lock_alone_interruptible(&self) -> Result<KWwMutexGuard<'_, T>, Errno> {
        self.lock_by(None, &How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_interruptible", Location::caller()))
    }

    /// Locks without a context if it is free. Never sleeps.
    #[track_caller]
    pub fn try_lock_alone(&self) -> Option<KWwMutexGuard<'_, T>> {
        let place = Location::caller();
        // SAFETY: there is no context.
        with_current(|me| unsafe { self.raw.try_lock_by(me, None, place) }).then(|| self.guard())
    }

    /// Returns true if a task holds it at this moment: `ww_mutex_is_locked`.
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// Returns the task that holds it at this moment.
    pub fn owner(&self) -> Option<Task> {
        self.raw.owner()
    }

    /// Returns the data without locking; `&mut self` proves exclusive access.
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<T> fmt::Debug for KWwMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KWwMutex").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}

impl<T> Drop for KWwMutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: it was locked when the guard was made.
        unsafe { WwMutex::unlock_for_owner(&self.mutex.raw) };
    }
}
