//! The id of the OS thread that runs a task. A thread tells it itself, a moment after it was made;
//! who asks for it in between waits for that.

use rustix::thread::futex;
use std::sync::atomic::{AtomicU32, Ordering};

/// There is no OS thread: not any more, or the task never has one.
const NONE: u32 = 0;
/// One was asked for, and has not told its id.
const EXPECTED: u32 = u32::MAX;
/// The same, and somebody sleeps until it does.
const AWAITED: u32 = u32::MAX - 1;

/// A thread id that may be yet to come. The system's ids are positive and have 31 bits.
#[derive(Debug)]
pub(crate) struct OsTid(AtomicU32);

impl OsTid {
    /// That of a task without an OS thread.
    pub(crate) const fn none() -> Self {
        Self(AtomicU32::new(NONE))
    }

    /// An OS thread will be made, and [`set`](Self::set) its id. Nobody knows the task yet.
    pub(crate) fn expect(&self) {
        self.0.store(EXPECTED, Ordering::Relaxed);
    }

    /// Sets the id; 0 if there is no OS thread any more.
    ///
    /// Release: who acts on the id finds the thread as it was made ready before.
    pub(crate) fn set(&self, tid: i32) {
        if self.0.swap(tid as u32, Ordering::Release) == AWAITED {
            let _ = futex::wake(&self.0, futex::Flags::PRIVATE, i32::MAX as u32);
        }
    }

    /// The id, or 0 if it is not known, or not any more.
    pub(crate) fn known(&self) -> i32 {
        match self.0.load(Ordering::Acquire) {
            EXPECTED | AWAITED => 0,
            tid => tid as i32,
        }
    }

    /// The id, or 0. Sleeps until it is known if there will be one; in a forked child there will
    /// not.
    pub(crate) fn get(&self) -> i32 {
        loop {
            let now = self.0.load(Ordering::Acquire);
            if !matches!(now, EXPECTED | AWAITED) || super::os::forked() {
                return self.known();
            }
            // Marked first, so that `set` knows that it owes a wake.
            if now == AWAITED
                || self.0.compare_exchange(EXPECTED, AWAITED, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            {
                let _ = futex::wait(&self.0, futex::Flags::PRIVATE, AWAITED, None);
            }
        }
    }
}
