//! `linux/spinlock.h`: the lock for sections that do not sleep.
//!
//! In the kernel the holder of a spinlock cannot be preempted, so its waiters spin. An OS thread
//! can be preempted, so here a waiter spins for a short time and then blocks its OS thread until
//! the lock is released; its task stays RUNNING, as a spinning one does. There are no interrupts:
//! the `_irq` and `_irqsave` names are the plain lock, and `_bh` begins a [`local_bh_disable`]
//! section too.
//!
//! As in the kernel, the holder is in an atomic section: its
//! [`preempt_count`](crate::preempt_count) is raised, and a call that may sleep warns. New code
//! should use [`SpinLock`], which owns its data and has a guard.
//!
//! # Misuse
//!
//! The lock is four bytes and records no owner. A task that locks a spinlock that it holds already
//! waits for ever, as in the kernel. In a Kernel with [`debug`](crate::KernelBuilder::debug) every
//! task records the locks that it holds, as with CONFIG_DEBUG_SPINLOCK. Then locking again is a
//! [`WarningKind::Deadlock`], and the call panics, as for a mutex. Unlocking a lock that another
//! task holds is a [`WarningKind::LockMisuse`]; the lock is released all the same, as in the
//! kernel.

#[doc(inline)]
pub use crate::DEFINE_SPINLOCK;

use crate::diag::WarningKind;
use crate::guard::guard_is_reference;
use crate::lockdep::{self, Lock, LockKind, Mode, Whose};
use crate::mutex::deadlock;
use crate::sched::{
    atomic_section_end, begin_atomic_section, local_bh_disable, local_bh_enable, peek_current,
    waits_spinning, with_current,
};
use crate::sync::{UnsafeCell, const_fn, observe};
use crate::task::{Begun, CallPlace, TaskStruct, Wait, WaitKind};
use crate::wait::{TAKEN_IN_WALK, Unlock, is_held_by_walk};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::ptr;

pub use crate::sync::RawSpinLock;

/// Declares a static spinlock: `DEFINE_SPINLOCK`. Unlike a plain static, it also works in models.
///
/// **Form**: `DEFINE_SPINLOCK!([pub] static NAME)`. Declares `static NAME: RawSpinLock`.
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
#[doc(hidden)]
macro_rules! DEFINE_SPINLOCK {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::RawSpinLock = $crate::RawSpinLock::new());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_SPINLOCK", "[pub] static NAME"; $($other)*);
    };
}

/// Initializes `lock` as unlocked: `spin_lock_init`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut lock = RawSpinLock::new();
/// spin_lock_init(&mut lock);
/// assert!(!spin_is_locked(&lock));
/// ```
#[track_caller]
pub fn spin_lock_init(lock: &mut RawSpinLock) {
    *lock = RawSpinLock::new();
    lockdep::lock_made(ptr::from_ref(lock).addr(), Location::caller());
}

fn known(lock: *const RawSpinLock) -> Lock {
    Lock::new(LockKind::SpinLock, lock, Mode::Alone)
}

/// Locks, and begins an atomic section of the calling task: `spin_lock`. The task stays RUNNING,
/// but its OS thread may block.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// spin_lock(&lock);
/// assert!(spin_is_locked(&lock));
/// // SAFETY: locked above.
/// unsafe { spin_unlock(&lock) };
/// ```
#[track_caller]
#[inline]
pub fn spin_lock(lock: &RawSpinLock) {
    let place = Location::caller();
    begin_atomic_section(place);
    match lockdep::on() {
        false => lock.lock_or(|lock| with_current(|me| spin(me, lock, place))),
        true => lock_checked(lock, place),
    }
    observe("holds spinlock", ptr::from_ref(lock).addr(), |address| format!("{address:#x}"));
}

/// Waits for the lock, with a wait note for the lists of tasks. Reports a deadlock.
#[cold]
fn spin(me: &TaskStruct, lock: &RawSpinLock, place: &'static Location<'static>) {
    const CALL: &str = "spin_lock";
    let address = ptr::from_ref(lock).addr();
    let _noted = me.wait_note().set(Wait::new(WaitKind::SpinLock, address, CALL, place));
    lock.lock_slow(|| {
        if is_held_by_walk(me, address) {
            me.warn(WarningKind::Deadlock, CALL, place, TAKEN_IN_WALK);
        }
        waits_spinning(me);
    });
}

#[cold]
fn lock_checked(lock: &RawSpinLock, place: &'static Location<'static>) {
    const CALL: &str = "spin_lock";
    let of = known(lock);
    let locked = with_current(|me| {
        lockdep::wants(me, of, 0, CALL, place);
        let mut locked = true;
        lock.lock_or(|lock| match lockdep::waits_for_itself(me, of) {
            None => lockdep::spinning(me, place, || spin(me, lock, place)),
            Some(message) => {
                me.warn(WarningKind::Deadlock, CALL, place, &message);
                lockdep::gave_up(me);
                atomic_section_end(me);
                locked = false;
            }
        });
        if locked {
            lockdep::has(me, of, place);
        }
        locked
    });
    if !locked {
        deadlock(CALL);
    }
}

/// Locks if it is free, and then begins an atomic section; returns true (the kernel's 1) if it did:
/// `spin_trylock`. Never blocks.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// assert!(spin_trylock(&lock) && !spin_trylock(&lock));
/// // SAFETY: locked above.
/// unsafe { spin_unlock(&lock) };
/// ```
#[must_use]
#[track_caller]
pub fn spin_trylock(lock: &RawSpinLock) -> bool {
    let place = Location::caller();
    begin_atomic_section(place);
    let locked = lock.try_lock();
    if !locked {
        peek_current(atomic_section_end);
    }
    if lockdep::on() {
        with_current(|me| lockdep::tried_or_not(me, locked, known(lock), "spin_trylock", place));
    }
    locked
}

/// Returns false if the caller must not release the lock, because another task already has.
#[cold]
fn unlock_checked(lock: &RawSpinLock, place: &'static Location<'static>) -> bool {
    with_current(|me| match lockdep::lets_go(me, known(lock)) {
        Whose::Mine | Whose::Unknown => true,
        Whose::GoneAlready => {
            atomic_section_end(me);
            false
        }
        Whose::Others(who) => {
            let message = format!("the spinlock is held by {who}; it was released all the same");
            me.warn(WarningKind::LockMisuse, "spin_unlock", place, &message);
            true
        }
    })
}

/// Unlocks, and ends the atomic section: `spin_unlock`. If the lock is not locked, it warns and
/// does nothing.
///
/// What the caller did before is visible to the next holder. The last user may free the lock when
/// this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// spin_lock(&lock);
/// assert!(spin_is_locked(&lock));
/// // SAFETY: locked above.
/// unsafe { spin_unlock(&lock) };
/// ```
///
/// # Safety
///
/// The caller holds the lock: other code may rely on it for memory safety.
#[track_caller]
#[inline]
pub unsafe fn spin_unlock(lock: &RawSpinLock) {
    if lockdep::on() && !unlock_checked(lock, Location::caller()) {
        return;
    }
    if !lock.is_locked() {
        let place = Location::caller();
        return with_current(|me| {
            me.warn(WarningKind::LockMisuse, "spin_unlock", place, "the spinlock is not locked");
        });
    }
    observe("unlocks spinlock", ptr::from_ref(lock).addr(), |address| format!("{address:#x}"));
    // SAFETY: the caller holds it.
    unsafe { RawSpinLock::unlock(lock) };
    peek_current(atomic_section_end);
}

/// Returns true if a task holds it at this moment: `spin_is_locked`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// spin_lock(&lock);
/// assert!(spin_is_locked(&lock));
/// // SAFETY: locked above.
/// unsafe { spin_unlock(&lock) };
/// ```
pub fn spin_is_locked(lock: &RawSpinLock) -> bool {
    lock.is_locked()
}

/// Panics, as an oops of the calling task, if nobody holds the lock: `assert_spin_locked`.
///
/// ```should_panic
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// assert_spin_locked(&lock);
/// ```
#[track_caller]
pub fn assert_spin_locked(lock: &RawSpinLock) {
    assert!(lock.is_locked(), "assert_spin_locked: nobody holds the spinlock {lock:p}");
}

/// Informs the lock validator that interrupts are off or on. Returns whether they were off before.
#[inline]
#[track_caller]
fn note_irqs(off: bool) -> bool {
    lockdep::on() && lockdep::set_irqs_off(off)
}

/// Same as [`spin_lock`], as there are no interrupts here: `spin_lock_irq`. The lock validator
/// checks it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// spin_lock_irq(&lock); // a lock that irq_works take too
/// // SAFETY: locked above, by the same form.
/// unsafe { spin_unlock_irq(&lock) };
/// ```
#[track_caller]
pub fn spin_lock_irq(lock: &RawSpinLock) {
    note_irqs(true);
    spin_lock(lock);
}

/// Ends a [`spin_lock_irq`] section: `spin_unlock_irq`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// spin_lock_irq(&lock); // a lock that irq_works take too
/// // SAFETY: locked above, by the same form.
/// unsafe { spin_unlock_irq(&lock) };
/// ```
///
/// # Safety
///
/// As [`spin_unlock`].
#[track_caller]
pub unsafe fn spin_unlock_irq(lock: &RawSpinLock) {
    // SAFETY: by the contract.
    unsafe { spin_unlock(lock) };
    note_irqs(false);
}

/// Calls [`local_bh_disable`], then [`spin_lock`]: `spin_lock_bh`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// spin_lock_bh(&lock); // a lock that timers and tasklets take too
/// // SAFETY: locked above, by the same form.
/// unsafe { spin_unlock_bh(&lock) };
/// ```
#[track_caller]
pub fn spin_lock_bh(lock: &RawSpinLock) {
    local_bh_disable();
    spin_lock(lock);
}

/// Ends a [`spin_lock_bh`] section: `spin_unlock_bh`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// spin_lock_bh(&lock); // a lock that timers and tasklets take too
/// // SAFETY: locked above, by the same form.
/// unsafe { spin_unlock_bh(&lock) };
/// ```
///
/// # Safety
///
/// As [`spin_unlock`].
#[track_caller]
pub unsafe fn spin_unlock_bh(lock: &RawSpinLock) {
    // SAFETY: by the contract.
    unsafe { spin_unlock(lock) };
    local_bh_enable();
}

/// Same as [`spin_lock_irq`], but returns the flags for [`spin_unlock_irqrestore`]:
/// `spin_lock_irqsave`.
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
    let were_off = note_irqs(true);
    spin_lock(lock);
    were_off.into()
}

/// Ends a [`spin_lock_irqsave`] section: `spin_unlock_irqrestore`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawSpinLock::new();
/// let flags = spin_lock_irqsave(&lock);
/// // SAFETY: locked above, with these flags.
/// unsafe { spin_unlock_irqrestore(&lock, flags) };
/// ```
///
/// # Safety
///
/// As [`spin_unlock`].
#[track_caller]
pub unsafe fn spin_unlock_irqrestore(lock: &RawSpinLock, flags: usize) {
    // SAFETY: by the contract.
    unsafe { spin_unlock(lock) };
    note_irqs(flags != 0);
}

/// A spinlock that owns the data it protects.
///
/// There is no poisoning: a thread that panics unlocks it, and leaves the data as it is.
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
    made: &'static Location<'static>,
}

// SAFETY: sending the lock sends the data, which is `Send`.
unsafe impl<T: Send> Send for SpinLock<T> {}
// SAFETY: the lock gives one task at a time access to the data, so sharing the lock only sends the
// data between tasks.
unsafe impl<T: Send> Sync for SpinLock<T> {}

/// Access to the data of a [`SpinLock`]. Dropping it unlocks.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct SpinLockGuard<'a, T> {
    lock: &'a SpinLock<T>,
    ends: Ends,
    /// Not Send: the atomic section belongs to the thread.
    _not_send: PhantomData<*const ()>,
}

/// What ends together with a guard, besides the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Nothing.
    Lock,
    /// The section with interrupts off.
    IrqsOff,
    /// A section of `local_bh_disable`.
    BhOff,
}

// SAFETY: while the guard exists, it holds the lock exclusively.
guard_is_reference!(unsafe SpinLockGuard: &mut lock);

impl<T> SpinLock<T> {
    const_fn! {
        /// Makes an unlocked spinlock.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let events = SpinLock::new(Vec::new());
        /// events.lock().push(7);
        /// assert_eq!(*events.lock(), [7]);
        /// ```
        #[track_caller]
        pub const fn new(data: T) -> Self {
            Self { raw: RawSpinLock::new(), data: UnsafeCell::new(data), made: Location::caller() }
        }
    }

    fn guard(&self, ends: Ends) -> SpinLockGuard<'_, T> {
        SpinLockGuard { lock: self, ends, _not_send: PhantomData }
    }

    /// Locks, and begins an atomic section of the calling task: `spin_lock`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let events = SpinLock::new(Vec::new());
    /// events.lock().push(7);
    /// assert_eq!(*events.lock(), [7]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> SpinLockGuard<'_, T> {
        lockdep::made_at(self.made);
        spin_lock(&self.raw);
        self.guard(Ends::Lock)
    }

    /// Locks if it is free: `spin_trylock`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let events = SpinLock::new(0);
    /// let guard = events.lock();
    /// assert!(events.try_lock().is_none());
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_lock(&self) -> Option<SpinLockGuard<'_, T>> {
        lockdep::made_at(self.made);
        spin_trylock(&self.raw).then(|| self.guard(Ends::Lock))
    }

    /// Same as [`lock`](Self::lock), as there are no interrupts here: `spin_lock_irqsave`. The
    /// guard holds the flags.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let events = SpinLock::new(Vec::new());
    /// events.lock_irqsave().push(7); // irq_works take it too
    /// assert_eq!(*events.lock(), [7]);
    /// ```
    #[track_caller]
    pub fn lock_irqsave(&self) -> SpinLockGuard<'_, T> {
        let ends = if note_irqs(true) { Ends::Lock } else { Ends::IrqsOff };
        lockdep::made_at(self.made);
        spin_lock(&self.raw);
        self.guard(ends)
    }

    /// Calls [`local_bh_disable`], then [`lock`](Self::lock): `spin_lock_bh`. For locks that a
    /// timer's callback or a tasklet takes too.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let events = SpinLock::new(Vec::new());
    /// events.lock_bh().push(7); // timers and tasklets take it too
    /// assert_eq!(*events.lock(), [7]);
    /// ```
    #[track_caller]
    pub fn lock_bh(&self) -> SpinLockGuard<'_, T> {
        local_bh_disable();
        lockdep::made_at(self.made);
        spin_lock(&self.raw);
        self.guard(Ends::BhOff)
    }

    /// [`lock`](Self::lock) for a second lock of a class, in a lock order that all tasks follow:
    /// `spin_lock_nested`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let (parent, child) = (SpinLock::new(1), SpinLock::new(2));
    /// let outer = parent.lock();
    /// let inner = child.lock_nested(1); // of the same class, one level below
    /// assert_eq!(*outer + *inner, 3);
    /// ```
    #[track_caller]
    pub fn lock_nested(&self, subclass: u32) -> SpinLockGuard<'_, T> {
        lockdep::lock_next(subclass, 0);
        self.lock()
    }

    /// Returns true if a task holds it at this moment: `spin_is_locked`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let events = SpinLock::new(0);
    /// let guard = events.lock();
    /// assert!(events.is_locked());
    /// ```
    pub fn is_locked(&self) -> bool {
        self.raw.is_locked()
    }

    /// Returns the data without locking; `&mut self` proves exclusive access.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mut events = SpinLock::new(0);
    /// *events.get_mut() += 1; // no other task can have it
    /// ```
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
    #[track_caller]
    fn drop(&mut self) {
        if lockdep::on() {
            peek_current(|me| lockdep::dropped(me, known(&self.lock.raw)));
        }
        observe("unlocks spinlock", ptr::from_ref(&self.lock.raw).addr(), |address| format!("{address:#x}"));
        // SAFETY: locked when the guard was made.
        unsafe { RawSpinLock::unlock(&self.lock.raw) };
        peek_current(atomic_section_end);
        match self.ends {
            Ends::Lock => {}
            Ends::IrqsOff => _ = note_irqs(false),
            Ends::BhOff => local_bh_enable(),
        }
    }
}

/// For [`wait_event_lock_irq!`](crate::wait_event_lock_irq): releases the lock and leaves the
/// atomic section while the task sleeps.
impl<T> Unlock for SpinLockGuard<'_, T> {
    fn unlocked(&mut self, f: &mut dyn FnMut()) {
        /// Locks again when it is dropped, so that the guard holds the lock even if `f` panics. It
        /// continues the section that began where the guard was made.
        struct Relock<'a>(&'a RawSpinLock, &'static Location<'static>, Ends, Option<CallPlace>);
        impl Drop for Relock<'_> {
            fn drop(&mut self) {
                match self.2 {
                    Ends::Lock => {}
                    Ends::IrqsOff => _ = note_irqs(true),
                    Ends::BhOff => local_bh_disable(),
                }
                lockdep::made_at(self.1);
                spin_lock(self.0);
                if let Some(begun) = self.3 {
                    peek_current(|me| {
                        if let Some(notes) = me.sections() {
                            notes.begin(Begun::Preempt, begun);
                        }
                    });
                }
            }
        }
        let begun = peek_current(|me| me.sections().and_then(|notes| notes.begin_of(Begun::Preempt)));
        if lockdep::on() {
            peek_current(|me| lockdep::dropped(me, known(&self.lock.raw)));
        }
        // SAFETY: the guard holds the lock. The guard is borrowed exclusively, so no code accesses
        // the data through it until `relock` has locked again.
        unsafe { RawSpinLock::unlock(&self.lock.raw) };
        peek_current(atomic_section_end);
        match self.ends {
            Ends::Lock => {}
            Ends::IrqsOff => _ = note_irqs(false),
            Ends::BhOff => local_bh_enable(),
        }
        let relock = Relock(&self.lock.raw, self.lock.made, self.ends, begun);
        f();
        drop(relock);
    }
}
