//! The facade: everything the runtime takes from an operating system or a concurrency library.
//!
//! Three backends offer the same names. [`real`] is what ships: parking_lot's mutex, crossbeam's
//! queue, std's atomics and threads, futexes. The other two put the types of a model checker in
//! their place, so that a model explores the code that ships and not a copy of it: `loom`, which
//! tries all permutations of a small model, and `shuttle`, which tries many of a big one. What
//! those two share is in `checked`. The rest of the crate never says `cfg(loom)` or `cfg(shuttle)`.
//!
//! What the facade leaves out is left out on purpose, because no model checker can see it: channels
//! that hang up, timeouts on condition variables, raw park and unpark, statics with state. A sleep
//! has one form, [`StateWord::sleep_while`], and a time limit on it ends by the same wake that any
//! other waker would make.
//!
//! [`record`] holds std's atomics in every backend. They are for values that are told and never
//! acted upon: a protocol must not depend on them.

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

/// Atomics for records: numbers kept for a reader's information, on which no protocol depends.
///
/// They are std's in every backend, so a model does not waste its permutations on them.
pub(crate) mod record {
    pub(crate) use std::sync::atomic::{
        AtomicBool, AtomicI32, AtomicI64, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize,
    };
}

/// The orderings of a [`StateWord`], the same in every backend, so that what a model needs, it
/// needs of what ships.
mod word_order {
    use std::sync::atomic::Ordering;

    /// Whoever reads a state sees what its writer did before: a sleeper that finds itself RUNNING,
    /// what its waker did.
    pub(super) const LOAD: Ordering = Ordering::Acquire;
    /// Whoever reads the state sees what the task did before it: that it is on the run queue again.
    /// No Acquire: what a task overwrites may be a wake, and `change_state` has a fence behind the
    /// swap that acquires what came with it.
    pub(super) const SWAP: Ordering = Ordering::Release;
    /// The woken task sees what the waker did before. (So it would by the fence that
    /// `try_to_wake_up` begins with; the word does not rely on its callers for it.)
    pub(super) const EXCHANGED: Ordering = Ordering::AcqRel;
    /// As `LOAD`.
    pub(super) const FOUND_OTHER: Ordering = Ordering::Acquire;
}

/// Ends a forked child, in which locks may be held for ever by threads that don't exist there. For
/// calls that have no error to return; the others ask [`os::forked`].
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
    /// The word had another value, or somebody woke it, or the operating system did so for no
    /// reason: look again.
    LookAgain,
    /// The deadline has passed.
    Expired,
}

/// What a new OS thread is to be.
#[derive(Debug)]
pub(crate) struct ThreadSpec {
    /// The thread's name; the OS keeps its first 15 bytes. It must not contain NUL.
    pub(crate) name: String,
    /// Bytes of stack.
    pub(crate) stack_size: usize,
}
