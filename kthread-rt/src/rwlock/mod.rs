//! `linux/rwlock.h`: a spinlock for one writer or many readers.
//!
//! As with a spinlock (see there), a holder is in an atomic section, and who has to wait spins for
//! a short time and then sleeps, its task RUNNING. The lock is one word, without a queue: the count
//! of readers, and three bits.
//!
//! # Who gets it
//!
//! A writer that waits sets WANTED, which keeps new readers out; so a stream of readers does not
//! keep a writer out. Who lets the lock go when it becomes free wakes all who sleep, and they begin
//! anew. A writer that lets go clears WANTED too, so that the readers that waited for it have a
//! chance before the next writer.
//!
//! As in the kernel, a reader in a callback that stands for an interrupt's work (of a timer, a
//! tasklet) does not wait for writers that wait themselves: the task that it interrupted may be a
//! reader. Any other reader that locks again hangs if a writer came in between, as in the kernel.
//!
//! # No wake-up is lost
//!
//! ```text
//! who waits                                         who lets go
//! compare-exchange: held -> SLEEPERS too            compare-exchange: held -> free, without SLEEPERS
//! sleeps while the word is what it has become       if SLEEPERS was set: wakes all who sleep on the word
//! ```
//!
//! Both are on one word. If the first comes first, the other sees SLEEPERS, and wakes; whether the
//! sleeper sleeps by then or finds the word changed is the futex's to decide in one step. If the
//! other comes first, the waiter's exchange fails. SLEEPERS is kept by every other change of the
//! word, also by a writer that takes the lock while readers sleep for it.
//!
//! # Who may free a lock
//!
//! The exchange that makes it free is the last access of who lets go; the waking after it uses the
//! address as a name.

mod kernel_names;

#[doc(inline)]
pub use crate::DEFINE_RWLOCK;

pub use kernel_names::*;

use crate::diag::too_many;
use crate::sync::{LockWord, Ordering, SPINS_BEFORE_SLEEP, const_fn};
use std::fmt;

/// A writer holds it; then there are no readers.
const WRITER: u32 = 1 << 31;
/// A writer waits.
const WANTED: u32 = 1 << 30;
/// Somebody may be asleep on the word.
const SLEEPERS: u32 = 1 << 29;
/// The rest counts the readers.
const READERS: u32 = SLEEPERS - 1;

/// How many times to look before going to sleep.
const SPINS: u32 = 64;

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

/// What wants the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Writer,
    /// A reader that waits for writers that wait.
    Reader,
    /// A reader in an interrupt's work, which does not.
    Interrupt,
}

impl RawRwLock {
    const_fn! {
        /// A lock that nobody holds: `__RW_LOCK_UNLOCKED`.
        pub const fn new() -> Self {
            Self { word: LockWord::new() }
        }
    }

    /// The word when `who` has the lock too, if it can have it.
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

    /// Takes the lock if that needs no waiting. If not: the word that said so.
    #[inline]
    fn take(&self, who: Who) -> Result<(), u32> {
        // The guess that nobody has it; what a failed exchange finds is better.
        let mut word = 0;
        loop {
            let Some(taken) = Self::taken(word, who) else { return Err(word) };
            // Acquire: what was done before the last release is visible; also before the releases
            // of other readers, since all changes of the word are read-modify-writes and so
            // continue what those published.
            match self.word.compare_exchange(word, taken, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => word = now,
            }
        }
    }

    /// [`take`](Self::take) for a trylock: a writer takes it from nobody who wants it.
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

    /// Waits for it. Calls `sleeps` before it goes to sleep for the first time.
    #[cold]
    fn lock_slow(&self, who: Who, sleeps: impl FnOnce()) {
        for _ in (0..SPINS).take_while(|_| SPINS_BEFORE_SLEEP) {
            std::hint::spin_loop();
            if self.take(who).is_ok() {
                return;
            }
        }
        sleeps();
        let asks = if who == Who::Writer { WANTED | SLEEPERS } else { SLEEPERS };
        while let Err(word) = self.take(who) {
            let asked = word | asks;
            // Relaxed: it says that somebody sleeps, and nothing of what he did.
            let exchanged = self.word.compare_exchange(word, asked, Ordering::Relaxed, Ordering::Relaxed);
            if exchanged.is_ok() {
                self.word.sleep_while(asked);
            }
        }
    }

    /// A reader lets go. False if there is none.
    ///
    /// # Safety
    ///
    /// `this` points to a valid lock that the caller reads under. It may be freed by its next user
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
            // Release: a writer sees that this reader is done. It is the last access.
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

    /// The writer lets go. False if there is none.
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
            // Release: the next holder sees what this one did. It is the last access.
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

    /// True if somebody holds it, at this moment: [`rwlock_is_locked`].
    pub fn is_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) & (WRITER | READERS) != 0
    }

    /// True if somebody waits for it, or did a moment ago: [`rwlock_is_contended`].
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
