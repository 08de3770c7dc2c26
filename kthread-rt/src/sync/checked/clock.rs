//! A model's clock: it stands still until the model calls [`pass_time`].
//!
//! Reading the clock is not a step for the checker: it is one number for all threads, like
//! CLOCK_MONOTONIC. The model explores when time passes, since [`pass_time`] wakes the sleepers
//! whose deadline has passed, as a futex's timer would.

use super::word::Bed;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The time at the start of an execution. Not 0, since a deadline of 0 has always passed.
const START_NS: u64 = 1;

thread_local! {
    // std's, on purpose: a model's threads share one OS thread, and these belong to it.
    static NOW: Cell<u64> = const { Cell::new(START_NS) };
    static SLEEPERS: RefCell<Vec<(Arc<Bed>, u64)>> = const { RefCell::new(Vec::new()) };
}

/// Resets the clock for a new execution.
pub(super) fn begin() {
    NOW.set(START_NS);
    SLEEPERS.with_borrow_mut(Vec::clear);
}

/// The time in nanoseconds.
pub(crate) fn monotonic_ns() -> u64 {
    NOW.get()
}

/// Lets `ns` nanoseconds pass. Ends the sleeps whose deadline has passed, as a futex would.
pub fn pass_time(ns: u64) {
    let now = NOW.get() + ns;
    NOW.set(now);
    let due: Vec<Arc<Bed>> = SLEEPERS.with_borrow(|all| {
        all.iter().filter(|(_, deadline)| *deadline <= now).map(|(bed, _)| bed.clone()).collect()
    });
    for bed in due {
        bed.wake();
    }
}

/// Registers a sleep with a deadline, until it is dropped.
pub(super) struct Alarm<'a>(&'a Arc<Bed>);

impl<'a> Alarm<'a> {
    pub(super) fn set(bed: &'a Arc<Bed>, deadline: u64) -> Self {
        SLEEPERS.with_borrow_mut(|all| all.push((bed.clone(), deadline)));
        Self(bed)
    }
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        SLEEPERS.with_borrow_mut(|all| all.retain(|(bed, _)| !Arc::ptr_eq(bed, self.0)));
    }
}
