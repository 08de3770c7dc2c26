//! The state word: a task's state, and the futex that the task sleeps on.

use crate::sync::{Slept, word_order};
use rustix::io::Errno;
use rustix::thread::futex;
use std::num::NonZeroU32;
use std::sync::atomic::AtomicU32;

/// A task's state as one 32-bit word that its owner can sleep on.
///
/// Every write is a swap or a compare-exchange, never a plain store: a plain store could overwrite
/// another thread's compare-exchange and so lose a wake-up.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct StateWord(AtomicU32);

impl StateWord {
    pub(crate) const fn new(value: u32) -> Self {
        Self(AtomicU32::new(value))
    }

    #[inline(always)]
    pub(crate) fn load(&self) -> u32 {
        self.0.load(word_order::LOAD)
    }

    #[inline(always)]
    pub(crate) fn swap(&self, value: u32) -> u32 {
        self.0.swap(value, word_order::SWAP)
    }

    #[inline(always)]
    pub(crate) fn compare_exchange(&self, old: u32, new: u32) -> Result<u32, u32> {
        self.0.compare_exchange(old, new, word_order::EXCHANGED, word_order::FOUND_OTHER)
    }

    /// Sleeps while the word is `value`, until [`wake`](Self::wake) or until CLOCK_MONOTONIC is at
    /// `deadline` (nanoseconds).
    pub(crate) fn sleep_while(&self, value: u32, deadline: Option<u64>) -> Slept {
        let limit = deadline.map(|ns| futex::Timespec {
            tv_sec: (ns / 1_000_000_000) as i64,
            tv_nsec: (ns % 1_000_000_000) as _,
        });
        match futex::wait_bitset(&self.0, futex::Flags::PRIVATE, value, limit.as_ref(), NonZeroU32::MAX) {
            Err(Errno::TIMEDOUT) => Slept::Expired,
            // EAGAIN (another value), EINTR, or a wake.
            _ => Slept::LookAgain,
        }
    }

    /// Wakes the task that sleeps on this word.
    pub(crate) fn wake(&self) {
        let _ = futex::wake(&self.0, futex::Flags::PRIVATE, 1);
    }
}
