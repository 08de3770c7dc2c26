//! The kernel's function names. Calls that take a context are unsafe, as in C: the caller must keep
//! the context valid and in place. [`WwClass::acquire`] and [`KWwMutex`](super::KWwMutex) are the
//! safe API.

use super::{WwAcquireCtx, WwClass, WwMutex};
use crate::errno::Errno;
use crate::lock_queue::How;
use crate::mutex::deadlock;
use crate::sched::with_current;
use crate::task::TASK_INTERRUPTIBLE;
use std::panic::Location;

/// Declares a static wound/wait class: `DEFINE_WW_CLASS`. Unlike a plain static, it also works in
/// models.
///
/// **Form**: `DEFINE_WW_CLASS!([pub] static NAME)`. Declares `static NAME: WwClass`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_WW_CLASS!(static RESERVATIONS);
/// assert!(!RESERVATIONS.is_wait_die());
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_WW_CLASS {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::WwClass = $crate::WwClass::wound_wait());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_WW_CLASS", "[pub] static NAME"; $($other)*);
    };
}

/// Declares a static wait/die class: `DEFINE_WD_CLASS`. Unlike a plain static, it also works in
/// models.
///
/// **Form**: `DEFINE_WD_CLASS!([pub] static NAME)`. Declares `static NAME: WwClass`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_WD_CLASS!(static CRTCS);
/// assert!(CRTCS.is_wait_die());
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_WD_CLASS {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::WwClass = $crate::WwClass::wait_die());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_WD_CLASS", "[pub] static NAME"; $($other)*);
    };
}

/// Declares a static ww_mutex of a static class: `DEFINE_WW_MUTEX`. Unlike a plain static, it also
/// works in models.
///
/// **Form**: `DEFINE_WW_MUTEX!([pub] static NAME, CLASS)`. Declares `static NAME: WwMutex`; `CLASS`
/// is the path of a `static` [`WwClass`](crate::WwClass).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_WW_CLASS!(static BUFFERS);
/// DEFINE_WW_MUTEX!(static FRONT, BUFFERS);
/// assert!(!ww_mutex_is_locked(&FRONT));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_WW_MUTEX {
    ($(#[$meta:meta])* $vis:vis static $name:ident, $class:path) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::WwMutex = $crate::WwMutex::new(&$class));
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(value, "DEFINE_WW_MUTEX", "[pub] static NAME, CLASS"; $($other)*);
    };
}

/// Initializes `lock` as an unlocked ww_mutex of `class`: `ww_mutex_init`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let mut lock = WwMutex::new(&class);
/// ww_mutex_init(&mut lock, &class);
/// assert!(!ww_mutex_is_locked(&lock));
/// ```
pub fn ww_mutex_init(lock: &mut WwMutex, class: &WwClass) {
    *lock = WwMutex::new(class);
}

/// Initializes `ctx` as a new context of the calling task, with the next stamp of `class`:
/// `ww_acquire_init`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let mut ctx = WwAcquireCtx::new(&class);
/// ww_acquire_fini(&ctx);
/// ww_acquire_init(&mut ctx, &class); // again, and younger
/// assert_eq!(ctx.stamp(), 2);
/// ```
pub fn ww_acquire_init(ctx: &mut WwAcquireCtx, class: &WwClass) {
    *ctx = WwAcquireCtx::new(class);
}

/// Marks the end of the acquire phase: `ww_acquire_done`. A lock that the context takes after this
/// causes a warning, and so does a second call. The call is optional before [`ww_acquire_fini`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let ctx = WwAcquireCtx::new(&class);
/// ww_acquire_done(&ctx);
/// ww_acquire_fini(&ctx);
/// ```
#[track_caller]
pub fn ww_acquire_done(ctx: &WwAcquireCtx) {
    ctx.done(Location::caller());
}

/// Ends a context that has released all its locks: `ww_acquire_fini`. Warns if the context still
/// holds locks, and on a second call.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let lock = WwMutex::new(&class);
/// let ctx = WwAcquireCtx::new(&class);
/// // SAFETY: `ctx` does not move until the lock is released.
/// unsafe { ww_mutex_lock(&lock, Some(&ctx)) }?;
/// ww_mutex_unlock(&lock);
/// ww_acquire_fini(&ctx);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn ww_acquire_fini(ctx: &WwAcquireCtx) {
    ctx.fini(Location::caller());
}

/// Locks, sleeping uninterruptibly until it is free: `ww_mutex_lock`. May sleep; warns in an atomic
/// section.
///
/// * `EDEADLK`: the context holds locks and must back off for an older context. The caller must
///   release all its locks, and then call [`ww_mutex_lock_slow`] for this one.
/// * `EALREADY`: the context holds this lock already.
/// * Without a context it works as `mutex_lock`, for a task that holds no other lock of the class
///   at the same time.
///
/// If the calling task holds the lock under another context or without one, the kernel hangs; this
/// returns `EDEADLK`, with a warning of kind [`Deadlock`](crate::diag::WarningKind::Deadlock). For
/// a context of another task it returns `EINVAL`, with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let (a, b) = (WwMutex::new(&class), WwMutex::new(&class));
/// let ctx = WwAcquireCtx::new(&class);
/// // SAFETY: `ctx` does not move until both are released.
/// unsafe {
///     ww_mutex_lock(&a, Some(&ctx))?;
///     ww_mutex_lock(&b, Some(&ctx))?;
///     assert_eq!(ww_mutex_lock(&a, Some(&ctx)), Err(Errno::EALREADY));
/// }
/// assert_eq!(ctx.acquired(), 2);
/// ww_mutex_unlock(&a);
/// ww_mutex_unlock(&b);
/// ww_acquire_fini(&ctx);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Safety
///
/// `ctx` is valid and does not move until the lock is released.
#[track_caller]
pub unsafe fn ww_mutex_lock(lock: &WwMutex, ctx: Option<&WwAcquireCtx>) -> Result<(), Errno> {
    let how = How::uninterruptible("ww_mutex_lock", Location::caller());
    // SAFETY: by the contract.
    with_current(|me| unsafe { lock.lock_by(me, ctx, &how) })
}

/// Locks, unless a signal ends the sleep: `ww_mutex_lock_interruptible`. May sleep.
///
/// Returns `EINTR` for a signal, including the notify-signal of `kthread_stop`; other errors as for
/// [`ww_mutex_lock`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wait_die();
/// let lock = WwMutex::new(&class);
/// // SAFETY: there is no context.
/// assert_eq!(unsafe { ww_mutex_lock_interruptible(&lock, None) }, Ok(()));
/// ww_mutex_unlock(&lock);
/// ```
///
/// # Safety
///
/// As [`ww_mutex_lock`].
#[track_caller]
pub unsafe fn ww_mutex_lock_interruptible(lock: &WwMutex, ctx: Option<&WwAcquireCtx>) -> Result<(), Errno> {
    let how = How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_interruptible", Location::caller());
    // SAFETY: by the contract.
    with_current(|me| unsafe { lock.lock_by(me, ctx, &how) })
}

/// Locks the ww_mutex that returned `EDEADLK`, after the context has released all its locks:
/// `ww_mutex_lock_slow`. May sleep.
///
/// A context without locks never has to back off, so there is no error. Any other use warns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_WD_CLASS!(static CLASS);
/// DEFINE_WW_MUTEX!(static A, CLASS);
/// DEFINE_WW_MUTEX!(static B, CLASS);
///
/// let older = WwAcquireCtx::new(&CLASS);
/// // SAFETY: `older` does not move until A is released.
/// unsafe { ww_mutex_lock(&A, Some(&older)) }?;
/// let task = kthread_create!(
///     |()| {
///         let younger = WwAcquireCtx::new(&CLASS);
///         // SAFETY: `younger` does not move until both are released.
///         unsafe {
///             ww_mutex_lock(&B, Some(&younger)).expect("it is free");
///             // A context that holds locks does not wait for an older one:
///             assert_eq!(ww_mutex_lock(&A, Some(&younger)), Err(Errno::EDEADLK));
///             ww_mutex_unlock(&B);
///             ww_mutex_lock_slow(&A, &younger);
///             ww_mutex_lock(&B, Some(&younger)).expect("it is free");
///         }
///         ww_mutex_unlock(&A);
///         ww_mutex_unlock(&B);
///         ww_acquire_fini(&younger);
///         0
///     },
///     (),
///     "younger"
/// )?;
/// wake_up_process(&task);
/// assert!(wait_task_inactive(&task, TASK_RUNNING)); // it sleeps in the slow path
/// ww_mutex_unlock(&A);
/// ww_acquire_fini(&older);
/// assert_eq!(kthread_stop(&task), 0);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Safety
///
/// As [`ww_mutex_lock`].
///
/// # Panics
///
/// If the wait would never end: the context holds other locks, or the task holds this lock under
/// another context or without one. Also if the context belongs to another task.
#[track_caller]
pub unsafe fn ww_mutex_lock_slow(lock: &WwMutex, ctx: &WwAcquireCtx) {
    let how = How::uninterruptible("ww_mutex_lock_slow", Location::caller());
    // SAFETY: by the contract.
    match unsafe { lock_slow(lock, ctx, &how) } {
        // The context holds the lock.
        Ok(()) | Err(Errno::EALREADY) => {}
        Err(Errno::EINVAL) => panic!("ww_mutex_lock_slow() with the acquire context of another task"),
        Err(_) => deadlock("ww_mutex_lock_slow"),
    }
}

/// [`ww_mutex_lock_slow`], unless a signal ends the sleep (`EINTR`):
/// `ww_mutex_lock_slow_interruptible`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let lock = WwMutex::new(&class);
/// let ctx = WwAcquireCtx::new(&class);
/// // SAFETY: `ctx` does not move until the lock is released.
/// unsafe {
///     ww_mutex_lock(&lock, Some(&ctx))?;
///     // This also warns.
///     assert_eq!(ww_mutex_lock_slow_interruptible(&lock, &ctx), Err(Errno::EALREADY));
/// }
/// ww_mutex_unlock(&lock);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Safety
///
/// As [`ww_mutex_lock`].
#[track_caller]
pub unsafe fn ww_mutex_lock_slow_interruptible(lock: &WwMutex, ctx: &WwAcquireCtx) -> Result<(), Errno> {
    let how = How::new(TASK_INTERRUPTIBLE, "ww_mutex_lock_slow_interruptible", Location::caller());
    // SAFETY: by the contract.
    unsafe { lock_slow(lock, ctx, &how) }
}

/// # Safety
///
/// As [`ww_mutex_lock`].
unsafe fn lock_slow(lock: &WwMutex, ctx: &WwAcquireCtx, how: &How) -> Result<(), Errno> {
    with_current(|me| {
        ctx.check_slow(me, how.call, how.place);
        // SAFETY: by the contract.
        unsafe { lock.lock_by(me, Some(ctx), how) }
    })
}

/// Locks if it is free, on behalf of `ctx` if given; returns true (the kernel's 1) if it did:
/// `ww_mutex_trylock`. Never sleeps. Returns false if the context holds the lock already.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let lock = WwMutex::new(&class);
/// let ctx = WwAcquireCtx::new(&class);
/// // SAFETY: `ctx` does not move until the lock is released.
/// unsafe {
///     assert!(ww_mutex_trylock(&lock, Some(&ctx)));
///     assert!(!ww_mutex_trylock(&lock, Some(&ctx)) && !ww_mutex_trylock(&lock, None));
/// }
/// ww_mutex_unlock(&lock);
/// ```
///
/// # Safety
///
/// As [`ww_mutex_lock`].
#[track_caller]
#[must_use]
pub unsafe fn ww_mutex_trylock(lock: &WwMutex, ctx: Option<&WwAcquireCtx>) -> bool {
    let place = Location::caller();
    // SAFETY: by the contract.
    with_current(|me| unsafe { lock.try_lock_by(me, ctx, place) })
}

/// Unlocks: `ww_mutex_unlock`. Never sleeps. If the calling task is not the owner, it warns and
/// changes nothing.
///
/// What the caller did before is visible to the next owner. The last user may free the lock when
/// this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// let lock = WwMutex::new(&class);
/// // SAFETY: there is no context.
/// assert!(unsafe { ww_mutex_trylock(&lock, None) });
/// ww_mutex_unlock(&lock);
/// assert!(!ww_mutex_is_locked(&lock));
/// ```
#[track_caller]
pub fn ww_mutex_unlock(lock: &WwMutex) {
    lock.unlock();
}

/// Returns true if a task holds it at this moment: `ww_mutex_is_locked`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let class = WwClass::wound_wait();
/// assert!(!ww_mutex_is_locked(&WwMutex::new(&class)));
/// ```
pub fn ww_mutex_is_locked(lock: &WwMutex) -> bool {
    lock.is_locked()
}
