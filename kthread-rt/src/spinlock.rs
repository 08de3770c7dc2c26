//! `linux/spinlock.h`: the lock for sections that do not sleep.
//!
//! A kernel's holder of a spinlock can't be preempted, so waiting for it by spinning makes sense. A thread of a process can,
//! so here a waiter spins for a short time and then sleeps until the lock is let go; its task stays RUNNING meanwhile, as a
//! spinning one does. There are no interrupts: the `_irq`, `_irqsave` and `_bh` names are the plain lock.
//!
//! As in the kernel, the holder is in an atomic section: its [`preempt_count`](crate::preempt_count) is raised, and a call
//! that may sleep warns. A task that locks a spinlock again which it holds waits for ever, as in the kernel: the lock is four
//! bytes without an owner. [`SpinLock`] has its data inside and a guard, and is the one to use in new code.

use crate::diag::WarningKind;
use crate::guard::guard_is_reference;
use crate::sched::{atomic_section_end, begin_atomic_section, peek_current, with_current};
use crate::sync::{UnsafeCell, const_fn};
use crate::wait::Unlock;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

pub use crate::sync::RawSpinLock;

/// Declares a static spinlock: `DEFINE_SPINLOCK`. Works in models too, where plain statics don't.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_SPINLOCK!(static EVENTS_LOCK);
///
/// spin_lock(&EVENTS_LOCK);
/// assert!(spin_is_locked(&EVENTS_LOCK) && in_atomic());
/// // SAFETY: locked above.
/// unsafe { spin_unlock(&EVENTS_LOCK) };
/// ```
#[macro_export]
macro_rules! DEFINE_SPINLOCK {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::RawSpinLock = $crate::RawSpinLock::new());
    };
}

/// Makes `lock` a fresh spinlock: `spin_lock_init`.
pub fn spin_lock_init(lock: &mut RawSpinLock) {
    *lock = RawSpinLock::new();
}

/// Locks, and begins an atomic section of the calling task: `spin_lock`. Does not sleep as a task does.
#[track_caller]
pub fn spin_lock(lock: &RawSpinLock) {
    begin_atomic_section(Location::caller());
    lock.lock();
}

/// Locks if nobody holds it; true (the kernel's 1) if it did: `spin_trylock`.
#[must_use]
#[track_caller]
pub fn spin_trylock(lock: &RawSpinLock) -> bool {
    begin_atomic_section(Location::caller());
    let locked = lock.try_lock();
    if !locked {
        peek_current(atomic_section_end);
    }
    locked
}

/// Unlocks, and ends the atomic section: `spin_unlock`. A lock that nobody holds is told as a warning, and stays as it is.
///
/// What the caller did is visible to the next holder. The last user may free the lock when this returns.
///
/// # Safety
///
/// The caller holds the lock; what it protects may be memory that others rely on.
#[track_caller]
pub unsafe fn spin_unlock(lock: &RawSpinLock) {
    if !lock.is_locked() {
        let place = Location::caller();
        return with_current(|me| {
            me.warn(WarningKind::LockMisuse, "spin_unlock", place, "the spinlock is not locked");
        });
    }
    // SAFETY: the caller holds it.
    unsafe { RawSpinLock::unlock(lock) };
    peek_current(atomic_section_end);
}

/// True if somebody holds it, at this moment: `spin_is_locked`.
pub fn spin_is_locked(lock: &RawSpinLock) -> bool {
    lock.is_locked()
}

macro_rules! same_lock {
    ($($lock:ident, $unlock:ident, $what:literal;)*) => { $(
        #[doc = concat!("[`spin_lock`] that keeps ", $what, " away, of which there are none here: `", stringify!($lock), "`.")]
        #[track_caller]
        pub fn $lock(lock: &RawSpinLock) {
            spin_lock(lock);
        }

        #[doc = concat!("The end of [`", stringify!($lock), "`]: `", stringify!($unlock), "`.")]
        ///
        /// # Safety
        ///
        /// As [`spin_unlock`].
        #[track_caller]
        pub unsafe fn $unlock(lock: &RawSpinLock) {
            // SAFETY: by the contract.
            unsafe { spin_unlock(lock) };
        }
    )* };
}

same_lock! {
    spin_lock_irq, spin_unlock_irq, "interrupts";
    spin_lock_bh, spin_unlock_bh, "softirqs";
}

/// [`spin_lock`] that keeps interrupts away, of which there are none here: `spin_lock_irqsave`. What it returns is for
/// [`spin_unlock_irqrestore`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// let flags = spin_lock_irqsave(&lock);
/// // SAFETY: locked above.
/// unsafe { spin_unlock_irqrestore(&lock, flags) };
/// ```
#[track_caller]
pub fn spin_lock_irqsave(lock: &RawSpinLock) -> usize {
    spin_lock(lock);
    0
}

/// The end of [`spin_lock_irqsave`]: `spin_unlock_irqrestore`.
///
/// # Safety
///
/// As [`spin_unlock`].
#[track_caller]
pub unsafe fn spin_unlock_irqrestore(lock: &RawSpinLock, flags: usize) {
    let _ = flags;
    // SAFETY: by the contract.
    unsafe { spin_unlock(lock) };
}

/// A spinlock and what it protects.
///
/// There is no poison: a thread that panics with the guard lets it go, and the data is as it left it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// static EVENTS: SpinLock<Vec<u32>> = SpinLock::new(Vec::new());
///
/// EVENTS.lock().push(7);
/// assert_eq!(EVENTS.lock().pop(), Some(7));
/// assert!(!in_atomic());
/// ```
#[repr(C)]
pub struct SpinLock<T> {
    raw: RawSpinLock,
    data: UnsafeCell<T>,
}

// SAFETY: the lock goes where the data may go.
unsafe impl<T: Send> Send for SpinLock<T> {}
// SAFETY: the lock lets one task at a time to the data, so sharing it sends the data from task to task and no more.
unsafe impl<T: Send> Sync for SpinLock<T> {}

/// The right to the data of a [`SpinLock`]; it unlocks when it is dropped.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct SpinLockGuard<'a, T> {
    lock: &'a SpinLock<T>,
    /// The atomic section is the thread's.
    _not_send: PhantomData<*const ()>,
}

// SAFETY: the lock is held by the guard alone as long as it exists.
guard_is_reference!(unsafe SpinLockGuard: &mut lock);

impl<T> SpinLock<T> {
    const_fn! {
        /// A lock that is not locked.
        pub const fn new(data: T) -> Self {
            Self { raw: RawSpinLock::new(), data: UnsafeCell::new(data) }
        }
    }

    fn guard(&self) -> SpinLockGuard<'_, T> {
        SpinLockGuard { lock: self, _not_send: PhantomData }
    }

    /// Locks, and begins an atomic section of the calling task: `spin_lock`.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> SpinLockGuard<'_, T> {
        spin_lock(&self.raw);
        self.guard()
    }

    /// Locks if nobody holds it: `spin_trylock`.
    #[inline]
    #[track_caller]
    pub fn try_lock(&self) -> Option<SpinLockGuard<'_, T>> {
        spin_trylock(&self.raw).then(|| self.guard())
    }

    /// [`lock`](Self::lock), by the name of code that has interrupts: `spin_lock_irqsave`. The guard is what restores them.
    #[track_caller]
    pub fn lock_irqsave(&self) -> SpinLockGuard<'_, T> {
        self.lock()
    }

    /// True if somebody holds it, at this moment: `spin_is_locked`.
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// The data, which nobody else can reach.
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<T: Default> Default for SpinLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for SpinLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpinLock").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}

impl<T> Drop for SpinLockGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: locked when the guard was made.
        unsafe { RawSpinLock::unlock(&self.lock.raw) };
        peek_current(atomic_section_end);
    }
}

/// For [`wait_event_lock_irq!`](crate::wait_event_lock_irq): the lock is open, and the atomic section interrupted, while the
/// task sleeps.
impl<T> Unlock for SpinLockGuard<'_, T> {
    #[track_caller]
    fn unlocked(&mut self, f: &mut dyn FnMut()) {
        /// Locks when it goes, so that the guard has what it says also if `f` panics.
        struct Relock<'a>(&'a RawSpinLock, &'static Location<'static>);
        impl Drop for Relock<'_> {
            fn drop(&mut self) {
                begin_atomic_section(self.1);
                self.0.lock();
            }
        }
        // SAFETY: the guard holds it. It is borrowed exclusively, so nobody gets to the data through it meanwhile.
        unsafe { RawSpinLock::unlock(&self.lock.raw) };
        peek_current(atomic_section_end);
        let relock = Relock(&self.lock.raw, Location::caller());
        f();
        drop(relock);
    }
}
