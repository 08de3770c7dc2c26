//! The id of the OS thread that runs a task. The thread sets it itself, a moment after it was
//! created; a reader in between waits for it.

use rustix::thread::futex;
use std::sync::atomic::{AtomicU32, Ordering};

/// The task has no OS thread, or none any more.
const NONE: u32 = 0;
/// An OS thread was requested, and has not set its id yet.
const EXPECTED: u32 = u32::MAX;
/// As `EXPECTED`, and a task sleeps until the id is set.
const AWAITED: u32 = u32::MAX - 1;

/// A thread id that may not be known yet. The system's ids are positive and have 31 bits.
#[derive(Debug)]
pub(crate) struct OsTid(AtomicU32);

impl OsTid {
    /// Makes the id of a task without an OS thread.
    pub(crate) const fn none() -> Self {
        Self(AtomicU32::new(NONE))
    }

    /// Records that an OS thread will be created, which will [`set`](Self::set) its id. No other
    /// task knows this task yet.
    pub(crate) fn expect(&self) {
        self.0.store(EXPECTED, Ordering::Relaxed);
    }

    /// Sets the id; 0 if there is no OS thread any more.
    ///
    /// Release: a task that uses the id sees the thread's earlier set-up.
    pub(crate) fn set(&self, tid: i32) {
        if self.0.swap(tid as u32, Ordering::Release) == AWAITED {
            let _ = futex::wake(&self.0, futex::Flags::PRIVATE, i32::MAX as u32);
        }
    }

    /// Returns the id, or 0 if it is not known yet, or there is no OS thread any more.
    pub(crate) fn known(&self) -> i32 {
        match self.0.load(Ordering::Acquire) {
            EXPECTED | AWAITED => 0,
            tid => tid as i32,
        }
    }

    /// Returns the id, or 0 if there is none. If it is expected, sleeps until it is known, except
    /// in a forked child, where it will never be.
    pub(crate) fn get(&self) -> i32 {
        loop {
            let now = self.0.load(Ordering::Acquire);
            if !matches!(now, EXPECTED | AWAITED) || super::os::forked() {
                return self.known();
            }
            // Mark it first, so that `set` knows that it must wake a sleeper.
            if now == AWAITED
                || self.0.compare_exchange(EXPECTED, AWAITED, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            {
                let _ = futex::wait(&self.0, futex::Flags::PRIVATE, AWAITED, None);
            }
        }
    }
}
