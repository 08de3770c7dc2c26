//! `linux/spinlock.h`: the lock for sections that do not sleep.
//!
//! A kernel's holder of a spinlock can't be preempted, so waiting for it by spinning makes sense. A
//! thread of a process can, so here a waiter spins for a short time and then sleeps until the lock
//! is let go; its task stays RUNNING meanwhile, as a spinning one does. There are no interrupts:
//! the `_irq`, `_irqsave` and `_bh` names are the plain lock.
//!
//! As in the kernel, the holder is in an atomic section: its
//! [`preempt_count`](crate::preempt_count) is raised, and a call that may sleep warns. [`SpinLock`]
//! has its data inside and a guard, and is the one to use in new code.
//!
//! # Misuse
//!
//! The lock is four bytes without an owner. A task that locks a spinlock again which it holds waits
//! for ever, as in the kernel. In a Kernel with [`debug`](crate::KernelBuilder::debug) every task
//! knows what it holds, as with CONFIG_DEBUG_SPINLOCK: then that is a [`WarningKind::Deadlock`],
//! and the call ends its thread, as that of a mutex does; and letting go a lock that another task
//! holds is a [`WarningKind::LockMisuse`]. The lock is open then, as in a kernel.

#[doc(inline)]
pub use crate::DEFINE_SPINLOCK;

use crate::diag::WarningKind;
use crate::guard::guard_is_reference;
use crate::lockdep::{self, Lock, LockKind, Mode, Whose};
use crate::mutex::deadlock;
use crate::sched::{
    atomic_section_end, begin_atomic_section, local_bh_disable, local_bh_enable, peek_current, with_current,
};
use crate::sync::{UnsafeCell, const_fn, observe};
use crate::task::{Begun, CallPlace, TaskStruct, Wait, WaitKind};
use crate::wait::Unlock;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::ptr;

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
#[doc(hidden)]
macro_rules! DEFINE_SPINLOCK {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::RawSpinLock = $crate::RawSpinLock::new());
    };
}

/// Makes `lock` a fresh spinlock: `spin_lock_init`.
#[track_caller]
pub fn spin_lock_init(lock: &mut RawSpinLock) {
    *lock = RawSpinLock::new();
    lockdep::lock_made(ptr::from_ref(lock).addr(), Location::caller());
}

fn known(lock: *const RawSpinLock) -> Lock {
    Lock::new(LockKind::SpinLock, lock, Mode::Alone)
}

/// Locks, and begins an atomic section of the calling task: `spin_lock`. Does not sleep as a task
/// does.
#[track_caller]
#[inline]
pub fn spin_lock(lock: &RawSpinLock) {
    let place = Location::caller();
    begin_atomic_section(place);
    match lockdep::on() {
        false => lock.lock_or(|lock| peek_current(|me| spin(me, lock, place))),
        true => lock_checked(lock, place),
    }
    observe("holds spinlock", ptr::from_ref(lock).addr(), |address| format!("{address:#x}"));
}

/// Waits for the lock, as who asks for the tasks can see.
#[cold]
fn spin(me: &TaskStruct, lock: &RawSpinLock, place: &'static Location<'static>) {
    let _noted =
        me.wait_note().set(Wait::new(WaitKind::SpinLock, ptr::from_ref(lock).addr(), "spin_lock", place));
    lock.lock_slow();
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

/// Locks if nobody holds it; true (the kernel's 1) if it did: `spin_trylock`.
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

/// False if the lock is not to be let go: another task has done it before.
#[cold]
fn unlock_checked(lock: &RawSpinLock, place: &'static Location<'static>) -> bool {
    with_current(|me| match lockdep::lets_go(me, known(lock)) {
        Whose::Mine | Whose::Unknown => true,
        Whose::GoneAlready => {
            atomic_section_end(me);
            false
        }
        Whose::Others(who) => {
            let message = format!("the spinlock is held by {who}; it is let go");
            me.warn(WarningKind::LockMisuse, "spin_unlock", place, &message);
            true
        }
    })
}

/// Unlocks, and ends the atomic section: `spin_unlock`. A lock that nobody holds is told as a
/// warning, and stays as it is.
///
/// What the caller did is visible to the next holder. The last user may free the lock when this
/// returns.
///
/// # Safety
///
/// The caller holds the lock; what it protects may be memory that others rely on.
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

/// True if somebody holds it, at this moment: `spin_is_locked`.
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

/// Notes that interrupts are off, or on, where that is checked; and whether they were off.
#[inline]
#[track_caller]
fn note_irqs(off: bool) -> bool {
    lockdep::on() && lockdep::set_irqs_off(off)
}

/// [`spin_lock`] that keeps interrupts away, of which there are none here: `spin_lock_irq`.
#[track_caller]
pub fn spin_lock_irq(lock: &RawSpinLock) {
    note_irqs(true);
    spin_lock(lock);
}

/// The end of [`spin_lock_irq`]: `spin_unlock_irq`.
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

/// [`spin_lock`] in a section of [`local_bh_disable`]: `spin_lock_bh`.
#[track_caller]
pub fn spin_lock_bh(lock: &RawSpinLock) {
    local_bh_disable();
    spin_lock(lock);
}

/// The end of [`spin_lock_bh`]: `spin_unlock_bh`.
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

/// [`spin_lock`] that keeps interrupts away, of which there are none here: `spin_lock_irqsave`.
/// What it returns is for [`spin_unlock_irqrestore`].
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

/// The end of [`spin_lock_irqsave`]: `spin_unlock_irqrestore`.
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

/// A spinlock and what it protects.
///
/// There is no poison: a thread that panics with the guard lets it go, and the data is as it left
/// it.
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

// SAFETY: the lock goes where the data may go.
unsafe impl<T: Send> Send for SpinLock<T> {}
// SAFETY: the lock lets one task at a time to the data, so sharing it sends the data from task to
// task and no more.
unsafe impl<T: Send> Sync for SpinLock<T> {}

/// The right to the data of a [`SpinLock`]; it unlocks when it is dropped.
#[must_use = "a guard that is dropped at once protects nothing"]
pub struct SpinLockGuard<'a, T> {
    lock: &'a SpinLock<T>,
    ends: Ends,
    /// The atomic section is the thread's.
    _not_send: PhantomData<*const ()>,
}

/// What else ends with a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Nothing.
    Lock,
    /// Interrupts are on again.
    IrqsOff,
    /// A section of `local_bh_disable`.
    BhOff,
}

// SAFETY: the lock is held by the guard alone as long as it exists.
guard_is_reference!(unsafe SpinLockGuard: &mut lock);

impl<T> SpinLock<T> {
    const_fn! {
        /// A lock that is not locked.
        #[track_caller]
        pub const fn new(data: T) -> Self {
            Self { raw: RawSpinLock::new(), data: UnsafeCell::new(data), made: Location::caller() }
        }
    }

    fn guard(&self, ends: Ends) -> SpinLockGuard<'_, T> {
        SpinLockGuard { lock: self, ends, _not_send: PhantomData }
    }

    /// Locks, and begins an atomic section of the calling task: `spin_lock`.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> SpinLockGuard<'_, T> {
        lockdep::made_at(self.made);
        spin_lock(&self.raw);
        self.guard(Ends::Lock)
    }

    /// Locks if nobody holds it: `spin_trylock`.
    #[inline]
    #[track_caller]
    pub fn try_lock(&self) -> Option<SpinLockGuard<'_, T>> {
        lockdep::made_at(self.made);
        spin_trylock(&self.raw).then(|| self.guard(Ends::Lock))
    }

    /// [`lock`](Self::lock), by the name of code that has interrupts: `spin_lock_irqsave`. The
    /// guard is what restores them.
    #[track_caller]
    pub fn lock_irqsave(&self) -> SpinLockGuard<'_, T> {
        let ends = if note_irqs(true) { Ends::Lock } else { Ends::IrqsOff };
        lockdep::made_at(self.made);
        spin_lock(&self.raw);
        self.guard(ends)
    }

    /// [`lock`](Self::lock) in a section of [`local_bh_disable`]: `spin_lock_bh`. For what a
    /// timer's callback or a tasklet locks too.
    #[track_caller]
    pub fn lock_bh(&self) -> SpinLockGuard<'_, T> {
        local_bh_disable();
        lockdep::made_at(self.made);
        spin_lock(&self.raw);
        self.guard(Ends::BhOff)
    }

    /// [`lock`](Self::lock) of a lock whose class the task holds already, in an order that is the
    /// same everywhere: `spin_lock_nested`.
    #[track_caller]
    pub fn lock_nested(&self, subclass: u32) -> SpinLockGuard<'_, T> {
        lockdep::lock_next(subclass, 0);
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
    #[track_caller]
    fn drop(&mut self) {
        if lockdep::on() {
            peek_current(|me| lockdep::dropped(me, known(&self.lock.raw)));
        }
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

/// For [`wait_event_lock_irq!`](crate::wait_event_lock_irq): the lock is open, and the atomic
/// section interrupted, while the task sleeps.
impl<T> Unlock for SpinLockGuard<'_, T> {
    fn unlocked(&mut self, f: &mut dyn FnMut()) {
        /// Locks when it goes, so that the guard has what it says also if `f` panics. The section
        /// goes on that began where the guard was made.
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
        // SAFETY: the guard holds it. It is borrowed exclusively, so nobody gets to the data
        // through it meanwhile.
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
