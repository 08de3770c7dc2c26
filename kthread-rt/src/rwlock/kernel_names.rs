//! The kernel's function names: they lock for the calling task, and begin and end its atomic
//! section.

use super::{RawRwLock, Who};
use crate::diag::WarningKind;
use crate::lockdep::{self, Lock, LockKind, Mode, Whose};
use crate::mutex::deadlock;
use crate::sched::{
    atomic_section_end, begin_atomic_section, in_interrupt, peek_current, waits_spinning, with_current,
};
use crate::task::{TaskStruct, Wait, WaitKind};
use std::panic::Location;
use std::ptr;

/// Declares a static reader-writer spinlock: `DEFINE_RWLOCK`. Unlike a plain static, it also works
/// in models.
///
/// **Form**: `DEFINE_RWLOCK!([pub] static NAME)`. Declares `static NAME: RawRwLock`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_RWLOCK!(static TABLE_LOCK);
///
/// write_lock(&TABLE_LOCK);
/// assert!(rwlock_is_locked(&TABLE_LOCK) && in_atomic());
/// // SAFETY: locked above.
/// unsafe { write_unlock(&TABLE_LOCK) };
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_RWLOCK {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::RawRwLock = $crate::RawRwLock::new());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_RWLOCK", "[pub] static NAME"; $($other)*);
    };
}

/// Initializes `lock` as unlocked: `rwlock_init`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut lock = RawRwLock::new();
/// rwlock_init(&mut lock);
/// assert!(!rwlock_is_locked(&lock));
/// ```
#[track_caller]
pub fn rwlock_init(lock: &mut RawRwLock) {
    *lock = RawRwLock::new();
    lockdep::lock_made(ptr::from_ref(lock).addr(), Location::caller());
}

fn known(lock: &RawRwLock, who: Who) -> Lock {
    let mode = match who {
        Who::Writer => Mode::Alone,
        Who::Reader => Mode::Shared,
        Who::Interrupt => Mode::Recursive,
    };
    Lock::new(LockKind::RwLock, lock, mode)
}

fn reader() -> Who {
    if in_interrupt() { Who::Interrupt } else { Who::Reader }
}

/// Locks for reading, shared with other readers, and begins an atomic section of the calling task:
/// `read_lock`. The task stays RUNNING, but its OS thread may block.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRwLock::new();
/// read_lock(&lock);
/// // SAFETY: locked above.
/// unsafe { read_unlock(&lock) };
/// ```
#[track_caller]
pub fn read_lock(lock: &RawRwLock) {
    begin_atomic_section(Location::caller());
    take(lock, reader(), "read_lock", Location::caller());
}

/// Locks for writing, and begins an atomic section: `write_lock`. The task stays RUNNING, but its
/// OS thread may block.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRwLock::new();
/// write_lock(&lock);
/// assert!(rwlock_is_locked(&lock));
/// // SAFETY: locked above.
/// unsafe { write_unlock(&lock) };
/// ```
#[track_caller]
pub fn write_lock(lock: &RawRwLock) {
    begin_atomic_section(Location::caller());
    take(lock, Who::Writer, "write_lock", Location::caller());
}

#[inline]
fn take(lock: &RawRwLock, who: Who, call: &'static str, place: &'static Location<'static>) {
    if lockdep::on() {
        take_checked(lock, who, call, place);
    } else if lock.take(who).is_err() {
        with_current(|me| spin(me, lock, who, call, place));
    }
}

/// Waits for the lock, with a wait note for the lists of tasks. Reports a deadlock.
#[cold]
fn spin(me: &TaskStruct, lock: &RawRwLock, who: Who, call: &'static str, place: &'static Location<'static>) {
    let _noted = me.wait_note().set(Wait::new(WaitKind::RwLock, ptr::from_ref(lock).addr(), call, place));
    lock.lock_slow(who, || waits_spinning(me));
}

#[cold]
fn take_checked(lock: &RawRwLock, who: Who, call: &'static str, place: &'static Location<'static>) {
    let of = known(lock, who);
    let taken = with_current(|me| {
        lockdep::wants(me, of, 0, call, place);
        if lock.take(who).is_err() {
            if let Some(message) = lockdep::waits_for_itself(me, of) {
                me.warn(WarningKind::Deadlock, call, place, &message);
                lockdep::gave_up(me);
                atomic_section_end(me);
                return false;
            }
            lockdep::spinning(me, place, || spin(me, lock, who, call, place));
        }
        lockdep::has(me, of, place);
        true
    });
    if !taken {
        deadlock(call);
    }
}

fn try_lock(lock: &RawRwLock, who: Who, call: &str, place: &'static Location<'static>) -> bool {
    begin_atomic_section(place);
    let locked = lock.try_take(who);
    if !locked {
        peek_current(atomic_section_end);
    }
    if lockdep::on() {
        with_current(|me| lockdep::tried_or_not(me, locked, known(lock, who), call, place));
    }
    locked
}

/// Returns false if the caller must not release the lock, because another task already has.
#[cold]
fn unlock_checked(lock: &RawRwLock, who: Who, call: &str, place: &'static Location<'static>) -> bool {
    with_current(|me| match lockdep::lets_go(me, known(lock, who)) {
        Whose::Mine | Whose::Unknown => true,
        Whose::GoneAlready => {
            atomic_section_end(me);
            false
        }
        Whose::Others(who) => {
            let message = format!("the rwlock is held by {who}; it was released all the same");
            me.warn(WarningKind::LockMisuse, call, place, &message);
            true
        }
    })
}

/// Locks for reading if no writer holds it or waits for it; returns true (the kernel's 1) if it
/// did: `read_trylock`. Never blocks.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRwLock::new();
/// assert!(read_trylock(&lock));
/// // SAFETY: locked above.
/// unsafe { read_unlock(&lock) };
/// ```
#[must_use]
#[track_caller]
pub fn read_trylock(lock: &RawRwLock) -> bool {
    try_lock(lock, reader(), "read_trylock", Location::caller())
}

/// Locks for writing if it is free and no other writer waits; returns true (the kernel's 1) if it
/// did: `write_trylock`. Never blocks.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRwLock::new();
/// assert!(write_trylock(&lock));
/// assert!(rwlock_is_locked(&lock));
/// // SAFETY: locked above.
/// unsafe { write_unlock(&lock) };
/// ```
#[must_use]
#[track_caller]
pub fn write_trylock(lock: &RawRwLock) -> bool {
    try_lock(lock, Who::Writer, "write_trylock", Location::caller())
}

fn unlocked(was_held: bool, call: &str, place: &'static Location<'static>) {
    if was_held {
        return peek_current(atomic_section_end);
    }
    let message = "the rwlock is not locked in this mode; nothing was released";
    with_current(|me| me.warn(WarningKind::LockMisuse, call, place, message));
}

/// Releases a read lock, and ends the atomic section: `read_unlock`. Without a reader it warns and
/// does nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRwLock::new();
/// read_lock(&lock);
/// // SAFETY: locked above.
/// unsafe { read_unlock(&lock) };
/// ```
///
/// # Safety
///
/// The caller holds it for reading: other code may rely on the lock for memory safety.
#[track_caller]
pub unsafe fn read_unlock(lock: &RawRwLock) {
    if lockdep::on() && !unlock_checked(lock, Who::Reader, "read_unlock", Location::caller()) {
        return;
    }
    // SAFETY: by the contract.
    let was_held = unsafe { RawRwLock::unlock_read(lock) };
    unlocked(was_held, "read_unlock", Location::caller());
}

/// Releases the write lock, and ends the atomic section: `write_unlock`. Without a writer it warns
/// and does nothing.
///
/// What the caller did before is visible to the next holder. The last user may free the lock when
/// this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let lock = RawRwLock::new();
/// write_lock(&lock);
/// assert!(rwlock_is_locked(&lock));
/// // SAFETY: locked above.
/// unsafe { write_unlock(&lock) };
/// ```
///
/// # Safety
///
/// The caller holds it for writing: other code may rely on the lock for memory safety.
#[track_caller]
pub unsafe fn write_unlock(lock: &RawRwLock) {
    if lockdep::on() && !unlock_checked(lock, Who::Writer, "write_unlock", Location::caller()) {
        return;
    }
    // SAFETY: by the contract.
    let was_held = unsafe { RawRwLock::unlock_write(lock) };
    unlocked(was_held, "write_unlock", Location::caller());
}

/// Returns true if a task holds it at this moment: `rwlock_is_locked`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut lock = RawRwLock::new();
/// rwlock_init(&mut lock);
/// assert!(!rwlock_is_locked(&lock));
/// ```
pub fn rwlock_is_locked(lock: &RawRwLock) -> bool {
    lock.is_locked()
}

/// Returns true if a task waits for it at this moment: `rwlock_is_contended`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut lock = RawRwLock::new();
/// rwlock_init(&mut lock);
/// assert!(!rwlock_is_contended(&lock));
/// ```
pub fn rwlock_is_contended(lock: &RawRwLock) -> bool {
    lock.is_contended()
}
