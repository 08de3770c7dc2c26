//! A model's clock: it stands still until the model says that time passes.
//!
//! Time is no operation of loom's: the clock is one number for all threads, as CLOCK_MONOTONIC is. What a model explores
//! is when the time passes, since [`pass_time`] wakes the sleepers whose deadline has come, as a futex's timer would.

use super::word::StateWord;
use std::cell::{Cell, RefCell};

/// When an execution begins. Not 0, which is a deadline that has always passed.
const START_NS: u64 = 1;

thread_local! {
    // std's, on purpose: a model's threads share one OS thread, and this is its alone.
    static NOW: Cell<u64> = const { Cell::new(START_NS) };
    static SLEEPERS: RefCell<Vec<(*const StateWord, u64)>> = const { RefCell::new(Vec::new()) };
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
///
/// The model keeps the tasks that sleep with a deadline alive for the length of the call.
pub fn pass_time(ns: u64) {
    let now = NOW.get() + ns;
    NOW.set(now);
    let due: Vec<_> = SLEEPERS.with_borrow(|all| {
        all.iter().filter(|(_, deadline)| *deadline <= now).map(|(word, _)| *word).collect()
    });
    for word in due {
        // SAFETY: the word is a task's that is kept alive, by the contract above.
        unsafe { (*word).wake() };
    }
}

/// A sleep with a deadline, as long as this exists.
pub(super) struct Alarm(*const StateWord);

impl Alarm {
    pub(super) fn set(word: &StateWord, deadline: u64) -> Self {
        SLEEPERS.with_borrow_mut(|all| all.push((word, deadline)));
        Self(word)
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        SLEEPERS.with_borrow_mut(|all| all.retain(|(word, _)| !std::ptr::eq(*word, self.0)));
    }
}
