//! `spinlock_t`: one 32-bit word, zero when unlocked.
//!
//! A kernel spinlock may spin because its holder can't be preempted. A thread of a process can, so
//! this lock spins a bounded number of times and then sleeps on a futex.
//!
//! The word is [`UNLOCKED`], [`LOCKED`], or [`CONTENDED`] (locked, and somebody may be asleep on
//! it). Only the step from `CONTENDED` to `UNLOCKED` owes a wake.
//!
//! # Unlocking memory that the next holder frees
//!
//! A waiter may free a completion, and this lock in it, as soon as its wait returned. So
//! [`RawSpinLock::unlock`] takes a pointer, and its store is the last access to the word: the futex
//! call after it uses the address as a name only. If the memory has been unmapped by then the call
//! fails and nobody was asleep there; if it has been used again for another futex, that one sees a
//! spurious wake, which every futex user must allow for.

use rustix::thread::futex;
use std::sync::atomic::{AtomicU32, Ordering};

const UNLOCKED: u32 = 0;
const LOCKED: u32 = 1;
const CONTENDED: u32 = 2;

/// How many times to look before going to sleep. A critical section in this crate is some tens of
/// instructions.
const SPINS: u32 = 64;

/// The lock word of `spinlock_t`: raw, without a guard, for code that locks and unlocks in
/// different places.
///
/// It is plain memory: valid when zeroed, `const`-constructible, without drop glue, four bytes.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct RawSpinLock {
    word: AtomicU32,
}

const _: () = assert!(size_of::<RawSpinLock>() == 4 && align_of::<RawSpinLock>() == 4);

impl RawSpinLock {
    /// A lock that is not locked: `__SPIN_LOCK_UNLOCKED`.
    pub const fn new() -> Self {
        Self { word: AtomicU32::new(UNLOCKED) }
    }

    /// Locks, waiting as long as it takes.
    #[inline]
    pub(crate) fn lock(&self) {
        self.lock_or(|lock| lock.lock_slow(|| ()));
    }

    /// Locks if that needs no waiting; else calls `wait`, which locks by
    /// [`lock_slow`](Self::lock_slow).
    #[inline]
    pub(crate) fn lock_or(&self, wait: impl FnOnce(&Self)) {
        // Acquire: what the last holder wrote before its Release in `unlock` is visible from here
        // on.
        if self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_err() {
            wait(self);
        }
    }

    /// Locks if that needs no waiting; true if it did.
    #[inline]
    pub(crate) fn try_lock(&self) -> bool {
        self.word.compare_exchange(UNLOCKED, LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// True if somebody holds it, at this moment.
    #[inline]
    pub(crate) fn is_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) != UNLOCKED
    }

    /// Unlocks the lock at `this`.
    ///
    /// # Safety
    ///
    /// `this` points to a valid lock that the caller holds. The memory may be freed by another
    /// thread as soon as the lock is open, even before this call returns.
    #[inline]
    pub(crate) unsafe fn unlock(this: *const Self) {
        // SAFETY: valid until the swap, by the contract; the reference is not used after it.
        // Release: pairs with the Acquire of the next `lock`.
        let was = unsafe { (*this).word.swap(UNLOCKED, Ordering::Release) };
        if was == CONTENDED {
            wake_one(this);
        }
    }

    /// Locks, not at once. Calls `sleeps` before it goes to sleep for the first time.
    #[cold]
    pub(crate) fn lock_slow(&self, sleeps: impl FnOnce()) {
        for _ in 0..SPINS {
            std::hint::spin_loop();
            if self.word.load(Ordering::Relaxed) == UNLOCKED && self.try_lock() {
                return;
            }
        }
        sleeps();
        // From here on this thread may have slept, and others may sleep beside it: it takes the
        // lock as CONTENDED, so that its own unlock wakes the next.
        while self.word.swap(CONTENDED, Ordering::Acquire) != UNLOCKED {
            let _ = futex::wait(&self.word, futex::Flags::PRIVATE, CONTENDED, None);
        }
    }
}

#[cold]
fn wake_one(lock: *const RawSpinLock) {
    // SAFETY: FUTEX_WAKE takes the address as a key and reads no memory there (private futex); a
    // stale address is an error return or a spurious wake, see the module's text.
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
