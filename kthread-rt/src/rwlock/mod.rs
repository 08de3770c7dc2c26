//! `linux/rwlock.h`: a spinlock for one writer or many readers.
//!
//! As with a spinlock (see there), the holder is in an atomic section, and a waiter spins for a
//! short time and then blocks its OS thread while its task stays RUNNING. The lock is one word,
//! without a queue: the count of readers, and three bits.
//!
//! # Fairness
//!
//! A waiting writer sets WANTED, which keeps new readers out. So a stream of readers cannot keep a
//! writer out. The unlock that makes the lock free wakes all sleepers, and they try again. A
//! writer's unlock clears WANTED too, so that the readers that waited for it have a chance before
//! the next writer.
//!
//! As in the kernel, a reader in interrupt context (the callback of a timer, a tasklet) does not
//! wait for waiting writers, since the interrupted task may be a reader. Any other reader that
//! locks again hangs if a writer began to wait in between, as in the kernel.
//!
//! # No wake-up is lost
//!
//! ```text
//! waiter                                          unlocking task
//! compare-exchange: held -> held, SLEEPERS        compare-exchange: held -> free, no SLEEPERS
//! sleeps while the word has this value            if SLEEPERS was set: wakes all sleepers
//! ```
//!
//! Both exchanges use the same word. If the waiter's comes first, the unlocking task sees SLEEPERS
//! and wakes; the futex decides atomically whether the waiter sleeps by then or finds the word
//! changed. If the unlock comes first, the waiter's exchange fails. Every other change of the word
//! keeps SLEEPERS, even that of a writer that takes the lock while readers sleep.
//!
//! # When it may be freed
//!
//! The exchange that makes the lock free is the last access of an unlock. The wake-up after it uses
//! only the address, and does not access the memory.

mod kernel_names;

#[doc(inline)]
pub use crate::DEFINE_RWLOCK;

pub use kernel_names::*;

use crate::diag::too_many;
use crate::sync::{LockWord, Ordering, SPINS_BEFORE_SLEEP, const_fn};
use std::fmt;

/// A writer holds it; the count of readers is then 0.
const WRITER: u32 = 1 << 31;
/// A writer waits.
const WANTED: u32 = 1 << 30;
/// A task may be asleep on the word.
const SLEEPERS: u32 = 1 << 29;
/// The count of readers.
const READERS: u32 = SLEEPERS - 1;

/// `rwlock_t`: one 32-bit word, plain memory, valid when zeroed, nothing to drop.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_RWLOCK!(static ROUTES_LOCK);
///
/// read_lock(&ROUTES_LOCK);
/// assert!(read_trylock(&ROUTES_LOCK) && !write_trylock(&ROUTES_LOCK));
/// // SAFETY: locked above, twice.
/// unsafe {
///     read_unlock(&ROUTES_LOCK);
///     read_unlock(&ROUTES_LOCK);
/// }
/// ```
#[repr(transparent)]
pub struct RawRwLock {
    word: LockWord,
}

crate::sync::plain_memory!(RawRwLock: 4);

/// The kind of a lock request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Writer,
    /// A reader that lets waiting writers go first.
    Reader,
    /// A reader in interrupt context, which does not.
    Interrupt,
}

impl RawRwLock {
    const_fn! {
        /// Makes an unlocked rwlock: `__RW_LOCK_UNLOCKED`.
        pub const fn new() -> Self {
            Self { word: LockWord::new() }
        }
    }

    /// Returns the word after `who` has taken the lock, or `None` if it must wait.
    fn taken(word: u32, who: Who) -> Option<u32> {
        match who {
            Who::Writer => (word & (WRITER | READERS) == 0).then_some(WRITER | word & SLEEPERS),
            Who::Reader => (word & (WRITER | WANTED) == 0).then(|| Self::with_reader(word)),
            Who::Interrupt => (word & WRITER == 0).then(|| Self::with_reader(word)),
        }
    }

    #[inline]
    fn with_reader(word: u32) -> u32 {
        if word & READERS == READERS {
            too_many("readers of an rwlock");
        }
        word + 1
    }

    /// Takes the lock if that needs no wait. Otherwise returns the word that it found.
    #[inline]
    fn take(&self, who: Who) -> Result<(), u32> {
        // Guess that the lock is free; a failed exchange returns the actual value.
        let mut word = 0;
        loop {
            let Some(taken) = Self::taken(word, who) else { return Err(word) };
            // Acquire: the writes before the last release are visible. So are those before the
            // releases of earlier readers, since all changes of the word are read-modify-writes and
            // continue their release sequences.
            match self.word.compare_exchange(word, taken, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => word = now,
            }
        }
    }

    /// [`take`](Self::take) for a trylock: a writer fails if another writer waits.
    fn try_take(&self, who: Who) -> bool {
        if who == Who::Writer && self.word.load(Ordering::Relaxed) & WANTED != 0 {
            return false;
        }
        self.take(who).is_ok()
    }

    #[cfg(test)]
    fn lock(&self, who: Who) {
        if self.take(who).is_err() {
            self.lock_slow(who, || ());
        }
    }

    /// Waits until it has taken the lock. Calls `sleeps` once, before its first sleep.
    #[cold]
    fn lock_slow(&self, who: Who, sleeps: impl FnOnce()) {
        for _ in 0..SPINS_BEFORE_SLEEP {
            std::hint::spin_loop();
            if self.take(who).is_ok() {
                return;
            }
        }
        sleeps();
        let asks = if who == Who::Writer { WANTED | SLEEPERS } else { SLEEPERS };
        while let Err(word) = self.take(who) {
            let asked = word | asks;
            // Relaxed: this only records that a task sleeps, and publishes nothing.
            let exchanged = self.word.compare_exchange(word, asked, Ordering::Relaxed, Ordering::Relaxed);
            if exchanged.is_ok() {
                self.word.sleep_while(asked);
            }
        }
    }

    /// Releases a read lock. Returns false if there is no reader.
    ///
    /// # Safety
    ///
    /// `this` points to a valid lock that the caller holds for reading. Its next user may free it
    /// during the call.
    #[inline]
    unsafe fn unlock_read(this: *const Self) -> bool {
        // SAFETY: valid until the exchange succeeds.
        let lock = unsafe { &(*this).word };
        let bell = lock.bell();
        let mut word = 1;
        loop {
            if word & READERS == 0 {
                return false;
            }
            let last = word & READERS == 1;
            let left = if last { word & !SLEEPERS } else { word } - 1;
            // Release: a writer sees that this reader has finished. This is the last access.
            match lock.compare_exchange(word, left, Ordering::Release, Ordering::Relaxed) {
                Ok(_) if last && word & SLEEPERS != 0 => {
                    bell.ring();
                    return true;
                }
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
    }

    /// Releases the write lock. Returns false if there is no writer.
    ///
    /// # Safety
    ///
    /// As [`unlock_read`](Self::unlock_read), for writing.
    #[inline]
    unsafe fn unlock_write(this: *const Self) -> bool {
        // SAFETY: valid until the exchange succeeds.
        let lock = unsafe { &(*this).word };
        let bell = lock.bell();
        let mut word = WRITER;
        loop {
            if word & WRITER == 0 {
                return false;
            }
            // Release: the next holder sees this writer's writes. This is the last access.
            match lock.compare_exchange(word, 0, Ordering::Release, Ordering::Relaxed) {
                Ok(_) if word & SLEEPERS != 0 => {
                    bell.ring();
                    return true;
                }
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
    }

    /// Returns true if a task holds it at this moment: [`rwlock_is_locked`].
    pub fn is_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) & (WRITER | READERS) != 0
    }

    /// Returns true if a task waits for it, or did a moment ago: [`rwlock_is_contended`].
    pub fn is_contended(&self) -> bool {
        self.word.load(Ordering::Relaxed) & (WANTED | SLEEPERS) != 0
    }
}

impl Default for RawRwLock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RawRwLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRwLock").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::{Ordering, READERS, RawRwLock, Who};
    use crate::diag::tests::assert_aborts;

    #[test]
    fn a_writer_never_gets_in_beside_the_last_reader_that_can_be_counted() {
        let lock = RawRwLock::new();
        let full = lock.word.compare_exchange(0, READERS - 1, Ordering::Relaxed, Ordering::Relaxed);
        assert_eq!(full, Ok(0));
        lock.lock(Who::Reader);
        assert!(!lock.try_take(Who::Writer));
        assert_aborts(
            "rwlock::tests::a_writer_never_gets_in_beside_the_last_reader_that_can_be_counted",
            "readers of an rwlock",
            || lock.lock(Who::Reader),
        );
    }
}
