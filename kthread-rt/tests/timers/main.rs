//! Timers and hrtimers.
//!
//! `timer_answers` and `hrtimer_answers` have the recorded answers of a real kernel: a test's name
//! begins with the name of its group, and the comment above an assertion is the recorded line. The
//! other files test the kernel's documentation beyond that, what is defined here where a kernel
//! would hang, and the guarantees between threads.
//!
//! No test waits for a guessed time: callbacks complete, and tests wait for that. An assertion
//! about time is "not before". That something does *not* happen is shown by something else that
//! must come after it and does.

#![cfg(not(any(loom, shuttle)))]

mod between_threads;
mod callbacks;
mod hrtimer_answers;
mod kernels;
mod ktime;
mod misuse;
mod order;
mod timer_answers;
#[path = "../witness/mod.rs"]
mod witness;

use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

/// Longer than any test takes.
pub(crate) const FAR: u64 = 3600 * HZ;

/// A jiffy that no test reaches.
pub(crate) fn far() -> u64 {
    jiffies() + FAR
}

/// Counts the calls of a callback, and waits for them.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<(AtomicU32, Completion)>);

impl Calls {
    /// Makes a timer whose callback counts here.
    pub(crate) fn timer() -> (Timer, Self) {
        let calls = Self::default();
        let callback = calls.clone();
        (Timer::new(move |_| callback.note()), calls)
    }

    /// Makes an hrtimer whose callback counts here.
    pub(crate) fn hrtimer() -> (HighResTimer, Self) {
        let calls = Self::default();
        let callback = calls.clone();
        let timer = HighResTimer::new(move |_| {
            callback.note();
            HRTIMER_NORESTART
        });
        (timer, calls)
    }

    pub(crate) fn note(&self) {
        self.0.0.fetch_add(1, SeqCst);
        complete(&self.0.1);
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.0.load(SeqCst)
    }

    /// Waits for one call.
    pub(crate) fn wait(&self) {
        wait_for_completion(&self.0.1);
    }
}

/// Waits until the timer thread has run all timers that are due now.
pub(crate) fn let_due_timers_fire() {
    let (timer, calls) = Calls::timer();
    mod_timer(&timer, jiffies() + 1);
    calls.wait();
}

/// The same for hrtimers.
pub(crate) fn let_due_hrtimers_fire() {
    let (timer, calls) = Calls::hrtimer();
    hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
    calls.wait();
}

/// Waits until `task` sleeps.
pub(crate) fn asleep(task: &Task) {
    _ = wait_task_inactive(task, TASK_RUNNING);
}
