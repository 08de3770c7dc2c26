//! Timers and hrtimers.
//!
//! What a real kernel answered is in `timer_answers` and `hrtimer_answers`; a test's name begins
//! with the name of its group, and the comment above an assertion is the recorded line. The other
//! files have what the kernel's documentation says beside that, what is defined here where a kernel
//! would hang, and what holds between threads.
//!
//! Nothing here waits for a guessed time: callbacks complete, and tests wait for that. An assertion
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

/// A jiffy that no test comes to.
pub(crate) fn far() -> u64 {
    jiffies() + FAR
}

/// How often a callback was called, and a way to wait for it.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<(AtomicU32, Completion)>);

impl Calls {
    /// A timer whose callback counts here.
    pub(crate) fn timer() -> (Timer, Self) {
        let calls = Self::default();
        let callback = calls.clone();
        (Timer::new(move |_| callback.note()), calls)
    }

    /// An hrtimer whose callback counts here.
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

/// Waits until the timer thread has gone through all that is due now.
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
