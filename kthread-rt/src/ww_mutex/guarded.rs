//! [`KWwMutex`]: a ww_mutex with its data inside, and [`WwClass::acquire`], the transaction that takes several; for new Rust code.
//!
//! An acquire context has to stay where it is as long as it has a lock. So safe code sees it only
//! by reference, for the length of a closure, and each guard borrows it. A guard that is leaked
//! would outlive that; then the process ends.

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

/// A transaction of [`WwClass::acquire`]: a [`WwAcquireCtx`] that stays where it is.
pub struct WwContext {
    ctx: WwAcquireCtx,
    place: &'static Location<'static>,
}

impl WwClass {
    /// Runs `f` with a new acquire context, which ends with it: `ww_acquire_init` and
    /// `ww_acquire_fini`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// DEFINE_WW_CLASS!(static ACCOUNTS);
    /// let (from, to) = (KWwMutex::new(&ACCOUNTS, 100), KWwMutex::new(&ACCOUNTS, 0));
    ///
    /// /// Both, whatever the order in which others take them.
    /// fn transfer(from: &KWwMutex<i32>, to: &KWwMutex<i32>, sum: i32) -> Result<(), Errno> {
    ///     ACCOUNTS.acquire(|ctx| {
    ///         let (mut first, mut second) = (from, to);
    ///         let mut one = first.lock(ctx)?;
    ///         let mut other = loop {
    ///             match second.lock(ctx) {
    ///                 Err(Errno::EDEADLK) => {
    ///                     // Lets go what it has, waits for the other, and begins again from there.
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
    /// Ends the process if a guard was leaked that `f` has taken with it.
    #[track_caller]
    pub fn acquire<R>(&self, f: impl FnOnce(&WwContext) -> R) -> R {
        let ctx = WwContext { ctx: WwAcquireCtx::new(self), place: Location::caller() };
        f(&ctx)
    }
}

impl WwContext {
    /// It takes no more locks: [`ww_acquire_done`](super::ww_acquire_done). One that it takes all
    /// the same is told as a warning.
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

    /// How many locks it has.
    pub fn acquired(&self) -> u32 {
        self.ctx.acquired()
    }

    /// Its age: the less, the older.
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
    // Whether or not it can be told, this is the end.
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

/// A [`WwMutex`] and what it protects. An example is at [`WwClass::acquire`].
///
/// There is no poison: a thread that panics with the guard lets it go, and the data is as it left
/// it.
#[repr(C)]
pub struct KWwMutex<T> {
    raw: WwMutex,
    data: UnsafeCell<T>,
}

// SAFETY: the lock goes where the data may go.
unsafe impl<T: Send> Send for KWwMutex<T> {}
// SAFETY: the lock lets one task at a time to the data, so sharing it sends the data from task to
// task and no more.
unsafe impl<T: Send> Sync for KWwMutex<T> {}

/// The right to the data of a [`KWwMutex`]; it unlocks when it is dropped, on the thread that
/// locked.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct KWwMutexGuard<'a, T> {
    mutex: &'a KWwMutex<T>,
    // The context that has the lock may not go before the guard. And: not Send.
    _context: PhantomData<(&'a WwContext, *const ())>,
}

// SAFETY: the lock is held by the guard alone as long as it exists.
guard_is_reference!(unsafe KWwMutexGuard: &mut mutex);

impl<T> KWwMutex<T> {
    const_fn! {
        /// A ww_mutex of `class` that is not locked.
        pub const fn new(class: &WwClass, data: T) -> Self {
            Self { raw: WwMutex::new(class), data: UnsafeCell::new(data) }
        }
    }

    fn guard(&self) -> KWwMutexGuard<'_, T> {
        KWwMutexGuard { mutex: self, _context: PhantomData }
    }

    fn lock_by<'a>(&'a self, ctx: Option<&'a WwContext>, how: &How) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let ctx = ctx.map(|ctx| &ctx.ctx);
        // SAFETY: a `WwContext` stays where it is, and does not end before the guard, which borrows
        // it, or the process ends.
        with_current(|me| unsafe { self.raw.lock_by(me, ctx, how) }).map(|()| self.guard())
    }

    /// Locks in the name of `ctx`, sleeping uninterruptibly: `ww_mutex_lock`. May sleep.
    ///
    /// `EDEADLK` if the context has to back off: it lets its other locks go, and then takes this
    /// one by [`lock_slow`](Self::lock_slow). `EALREADY` if it has this lock already.
    #[track_caller]
    pub fn lock<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        self.lock_by(Some(ctx), &How::uninterruptible("ww_mutex_lock", Location::caller()))
    }

    /// [`lock`](Self::lock), unless a signal comes while it sleeps (`EINTR`):
    /// `ww_mutex_lock_interruptible`.
    #[track_caller]
    pub fn lock_interruptible<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_interruptible", Location::caller());
        self.lock_by(Some(ctx), &how)
    }

    /// Locks what gave `EDEADLK`, when the context has let all its locks go: `ww_mutex_lock_slow`.
    /// May sleep.
    ///
    /// A context without locks is never refused; errors are those of wrong use, which was told as a
    /// warning.
    #[track_caller]
    pub fn lock_slow<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let how = How::uninterruptible("ww_mutex_lock_slow", Location::caller());
        with_current(|me| ctx.ctx.check_slow(me, how.call, how.place));
        self.lock_by(Some(ctx), &how)
    }

    /// [`lock_slow`](Self::lock_slow), unless a signal comes while it sleeps (`EINTR`):
    /// `ww_mutex_lock_slow_interruptible`.
    #[track_caller]
    pub fn lock_slow_interruptible<'a>(&'a self, ctx: &'a WwContext) -> Result<KWwMutexGuard<'a, T>, Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_slow_interruptible", Location::caller());
        with_current(|me| ctx.ctx.check_slow(me, how.call, how.place));
        self.lock_by(Some(ctx), &how)
    }

    /// Locks in the name of `ctx` if nobody holds it, `ctx` included: `ww_mutex_trylock`. Never
    /// sleeps.
    #[track_caller]
    pub fn try_lock<'a>(&'a self, ctx: &'a WwContext) -> Option<KWwMutexGuard<'a, T>> {
        let place = Location::caller();
        // SAFETY: as in `lock_by`.
        with_current(|me| unsafe { self.raw.try_lock_by(me, Some(&ctx.ctx), place) }).then(|| self.guard())
    }

    /// Locks without a context, as a mutex: `ww_mutex_lock` with `NULL`. May sleep. For a task that
    /// takes no other lock of the class meanwhile.
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

    /// [`lock_alone`](Self::lock_alone), unless a signal comes while it sleeps (`EINTR`). `EDEADLK`
    /// if the calling task holds it.
    #[track_caller]
    pub fn lock_alone_interruptible(&self) -> Result<KWwMutexGuard<'_, T>, Errno> {
        self.lock_by(None, &How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_interruptible", Location::caller()))
    }

    /// Locks without a context if nobody holds it. Never sleeps.
    #[track_caller]
    pub fn try_lock_alone(&self) -> Option<KWwMutexGuard<'_, T>> {
        let place = Location::caller();
        // SAFETY: there is no context.
        with_current(|me| unsafe { self.raw.try_lock_by(me, None, place) }).then(|| self.guard())
    }

    /// True if somebody holds it, at this moment: `ww_mutex_is_locked`.
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

impl<T> fmt::Debug for KWwMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KWwMutex").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}

impl<T> Drop for KWwMutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: locked when the guard was made.
        unsafe { WwMutex::unlock_for_owner(&self.mutex.raw) };
    }
}
