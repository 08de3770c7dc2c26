//! A model's clock: it stands still until the model says that time passes.
//!
//! Time is no operation of a checker's: the clock is one number for all threads, as CLOCK_MONOTONIC
//! is. What a model explores is when the time passes, since [`pass_time`] wakes the sleepers whose
//! deadline has come, as a futex's timer would.

use super::word::Bed;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// When an execution begins. Not 0, which is a deadline that has always passed.
const START_NS: u64 = 1;

thread_local! {
    // std's, on purpose: a model's threads share one OS thread, and this is its alone.
    static NOW: Cell<u64> = const { Cell::new(START_NS) };
    static SLEEPERS: RefCell<Vec<(Arc<Bed>, u64)>> = const { RefCell::new(Vec::new()) };
}

/// A new execution begins.
pub(super) fn begin() {
    NOW.set(START_NS);
    SLEEPERS.with_borrow_mut(Vec::clear);
}

/// The time in nanoseconds.
pub(crate) fn monotonic_ns() -> u64 {
    NOW.get()
}

/// `ns` nanoseconds pass. The sleeps whose deadline is over then end as those of a futex do.
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

/// A sleep with a deadline, as long as this exists.
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
