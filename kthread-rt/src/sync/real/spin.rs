//! `spinlock_t`: one 32-bit word, zero when unlocked.
//!
//! A kernel spinlock may spin because its holder cannot be preempted. An OS thread can be
//! preempted, so this lock spins a bounded number of times and then sleeps on a futex.
//!
//! The word is [`UNLOCKED`], [`LOCKED`], or [`CONTENDED`] (locked, and a thread may be asleep on
//! it). Only the step from `CONTENDED` to `UNLOCKED` must wake a sleeper.
//!
//! # Unlocking memory that the next holder frees
//!
//! A waiter may free a completion, and this lock in it, as soon as its wait has returned. So
//! [`RawSpinLock::unlock`] takes a pointer, and its swap is the last access to the word: the futex
//! call after it uses only the address. If the memory has been unmapped by then, the call fails,
//! and no thread was asleep there. If the memory is used for another futex, that one gets a
//! spurious wake-up, which every user of a futex must expect.

use rustix::thread::futex;
use std::sync::atomic::{AtomicU32, Ordering};

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;
const CONTENDED: u32 = 2;

/// How many times to spin before sleeping. A critical section in this crate has some tens of
/// instructions.
const SPINS: u32 = 64;

/// `spinlock_t`: a raw lock without a guard, for code that locks and unlocks in different places.
///
/// It is plain memory: valid when zeroed, `const`-constructible, without drop glue, four bytes.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct RawSpinLock {
    word: AtomicU32,
}

const _: () = assert!(size_of::<RawSpinLock>() == 4 && align_of::<RawSpinLock>() == 4);

impl RawSpinLock {
    /// Makes an unlocked spinlock: `__SPIN_LOCK_UNLOCKED`.
    pub const fn new() -> Self {
        Self { word: AtomicU32::new(UNLOCKED) }
    }

    /// Locks, waiting until the lock is free.
    #[inline]
    pub(crate) fn lock(&self) {
        self.lock_or(|lock| lock.lock_slow(|| ()));
    }

    /// Locks if that needs no wait; otherwise calls `wait`, which must lock with
    /// [`lock_slow`](Self::lock_slow).
    #[inline]
    pub(crate) fn lock_or(&self, wait: impl FnOnce(&Self)) {
        // Acquire: pairs with the Release in `unlock`, so the last holder's writes are visible from
        // here on.
        if self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_err() {
            wait(self);
        }
    }

    /// Locks if that needs no wait; returns true if it did.
    #[inline]
    pub(crate) fn try_lock(&self) -> bool {
        self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Returns true if the lock is held at this moment.
    #[inline]
    pub(crate) fn is_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) != UNLOCKED
    }

    /// Unlocks the lock at `this`.
    ///
    /// # Safety
    ///
    /// `this` points to a valid lock that the caller holds. Another thread may free the memory as
    /// soon as the lock is released, even before this call returns.
    #[inline]
    pub(crate) unsafe fn unlock(this: *const Self) {
        // SAFETY: by the contract the lock is valid until the swap, and the reference is not used
        // after that. Release: pairs with the Acquire of the next `lock`.
        let was = unsafe { (*this).word.swap(UNLOCKED, Ordering::Release) };
        if was == CONTENDED {
            wake_one(this);
        }
    }

    /// Locks by spinning, then by sleeping. Calls `sleeps` once, before its first sleep.
    #[cold]
    pub(crate) fn lock_slow(&self, sleeps: impl FnOnce()) {
        for _ in 0..SPINS {
            std::hint::spin_loop();
            if self.word.load(Ordering::Relaxed) == UNLOCKED && self.try_lock() {
                return;
            }
        }
        sleeps();
        // From here on other threads may sleep too, so this thread takes the lock as CONTENDED, and
        // its own unlock wakes the next sleeper.
        while self.word.swap(CONTENDED, Ordering::Acquire) != UNLOCKED {
            let _ = futex::wait(&self.word, futex::Flags::PRIVATE, CONTENDED, None);
        }
    }
}

#[cold]
fn wake_one(lock: *const RawSpinLock) {
    // SAFETY: FUTEX_WAKE takes the address as a key and reads no memory there (private futex); a
    // stale address is an error return or a spurious wake; see the module docs.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            lock.cast::<u32>(),
            libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
            1,
            std::ptr::null::<libc::timespec>(),
        );
    }
}
