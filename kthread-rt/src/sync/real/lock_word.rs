//! A lock's word that many threads may sleep on at once.

use rustix::thread::futex;
use std::sync::atomic::{AtomicU32, Ordering};

/// One 32-bit word, initially zero, that threads can sleep on until it changes. Plain memory.
#[derive(Debug, Default)]
#[repr(transparent)]
pub(crate) struct LockWord(AtomicU32);

/// Wakes the sleepers of a word that may have been freed by then. It uses only the word's address.
pub(crate) struct Bell(*const u32);

impl LockWord {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    #[inline(always)]
    pub(crate) fn load(&self, order: Ordering) -> u32 {
        self.0.load(order)
    }

    #[inline(always)]
    pub(crate) fn compare_exchange(
        &self,
        old: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.0.compare_exchange(old, new, success, failure)
    }

    /// Sleeps while the word is `value`, until its bell rings. May return spuriously.
    pub(crate) fn sleep_while(&self, value: u32) {
        let _ = futex::wait(&self.0, futex::Flags::PRIVATE, value, None);
    }

    /// Returns the bell, which can wake the sleepers after the last access to the word.
    #[inline(always)]
    pub(crate) fn bell(&self) -> Bell {
        Bell(self.0.as_ptr().cast_const())
    }
}

impl Bell {
    /// Wakes all sleepers.
    #[cold]
    pub(crate) fn ring(self) {
        // SAFETY: FUTEX_WAKE takes the address as a key and reads no memory there (private futex);
        // a stale address is an error return or a spurious wake, as with the spinlock's.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                self.0,
                libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
                i32::MAX,
                std::ptr::null::<libc::timespec>(),
            );
        }
    }
}
