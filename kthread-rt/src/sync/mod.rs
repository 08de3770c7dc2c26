//! The facade: everything that the runtime takes from the operating system or a concurrency
//! library.
//!
//! Three backends have the same names. [`real`] is the one that ships: parking_lot's mutex,
//! crossbeam's queue, std's atomics, pthreads, futexes. The other two use the types of a model
//! checker instead, so that a model explores the code that ships, not a copy of it: `loom` tries
//! all permutations of a small model, and `shuttle` tries many of a big one. `checked` has the code
//! that both share. The rest of the crate never uses `cfg(loom)` or `cfg(shuttle)`.
//!
//! The facade omits on purpose what no model checker can see: channels that disconnect, timeouts on
//! condition variables, raw park and unpark, statics with state. There is one form of sleep,
//! [`StateWord::sleep_while`], and its timeout ends it as any waker would.
//!
//! [`record`] has std's atomics in every backend. They are for diagnostic values: reported, never
//! used for synchronization.

pub(crate) mod list;
pub(crate) mod plan;

#[cfg(not(any(loom, shuttle)))]
mod real;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use real::*;
#[cfg(not(any(loom, shuttle)))]
pub use real::{RawSpinLock, model};

#[cfg(any(loom, shuttle))]
mod checked;
#[cfg(any(loom, shuttle))]
pub(crate) use checked::*;
#[cfg(any(loom, shuttle))]
pub use checked::{RawSpinLock, model};

#[cfg(loom)]
#[path = "loom/mod.rs"]
mod checker;
#[cfg(all(shuttle, not(loom)))]
#[path = "shuttle/mod.rs"]
mod checker;

/// Atomics for diagnostic values, on which no protocol depends.
///
/// They are std's in every backend, so a model spends no permutations on them.
pub(crate) mod record {
    pub(crate) use std::sync::atomic::{
        AtomicBool, AtomicI32, AtomicI64, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize,
    };
}

/// The orderings of a [`StateWord`]. They are the same in every backend, so the models check those
/// that ship.
mod word_order {
    use std::sync::atomic::Ordering;

    /// A task that reads a state sees its writer's earlier writes: a sleeper that finds itself
    /// RUNNING sees its waker's.
    pub(super) const LOAD: Ordering = Ordering::Acquire;
    /// A task that reads the state sees what the owner did before it: that it is on the run queue
    /// again. No Acquire here: the swap may overwrite a wake-up, but the fence after it in
    /// `change_state` acquires the waker's writes.
    pub(super) const SWAP: Ordering = Ordering::Release;
    /// The woken task sees the waker's earlier writes. (The fence at the start of `try_to_wake_up`
    /// ensures this too, but the word does not rely on its callers.)
    pub(super) const EXCHANGED: Ordering = Ordering::AcqRel;
    /// As `LOAD`.
    pub(super) const FOUND_OTHER: Ordering = Ordering::Acquire;
}

/// Aborts a forked child, where locks may be held for ever by threads that do not exist there. For
/// calls that cannot return an error; other calls check [`os::forked`].
#[inline(always)]
pub(crate) fn refuse_in_forked_child() {
    if os::forked() {
        os::abort_in_forked_child()
    }
}

/// How a sleep on a [`StateWord`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Slept {
    /// The word had another value, or it was woken, perhaps spuriously: check again.
    LookAgain,
    /// The deadline has passed.
    Expired,
}

/// The properties of a new OS thread.
#[derive(Debug)]
pub(crate) struct ThreadSpec {
    /// The thread's name; the OS keeps its first 15 bytes. It must not contain NUL.
    pub(crate) name: String,
    /// The stack size in bytes.
    pub(crate) stack_size: usize,
}
