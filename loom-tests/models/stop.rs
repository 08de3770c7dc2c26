//! `kthread_stop` (`kthread/stop.rs`, with the first check in `run.rs`).
//!
//! A thread that is asked to stop notices, wherever it is: before its first check it never runs its
//! function, a sleeping thread is woken, and its interruptible sleeps end as by a signal. Every
//! stop returns the function's result, however many there are and whether or not the thread ended
//! by itself.

use crate::harness::{Bound, Model, actor, created, in_kernel, sleeper, started};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "stop_against_sleep",
        claim: "a thread that sets its state, checks should_stop and sleeps does not miss the stop",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: stop_against_sleep,
    },
    Model {
        name: "stop_against_first_wake",
        claim: "if a stop races with the first wake-up, the function runs to its end, or never began",
        bound: Bound::Preemptions(2),
        outcomes: &["-4", "7"],
        run: stop_against_first_wake,
    },
    Model {
        name: "stop_just_after_run",
        claim: "if a stop follows kthread_run at once, the function runs to its end, or never began",
        bound: Bound::Preemptions(2),
        outcomes: &["-4", "7"],
        run: stop_just_after_run,
    },
    Model {
        name: "stop_interruptible_wait",
        claim: "the notify-signal of a stop ends an interruptible wait for a completion, wherever in it the thread is",
        bound: Bound::Preemptions(2),
        outcomes: &["512"],
        run: stop_interruptible_wait,
    },
    Model {
        name: "stop_against_flush",
        claim: "a thread that flushes its signals does not flush the notify-signal of a stop",
        bound: Bound::Preemptions(2),
        outcomes: &["512"],
        run: stop_against_flush,
    },
    Model {
        name: "stop_twice",
        claim: "two stops at once both return the result",
        bound: Bound::Preemptions(2),
        outcomes: &["7 7"],
        run: stop_twice,
    },
    Model {
        name: "stop_self_exiting",
        claim: "a stop of a thread that ends by itself returns what it returned",
        bound: Bound::Preemptions(2),
        outcomes: &["5"],
        run: stop_self_exiting,
    },
    Model {
        name: "stop_with_last_reference",
        claim: "a stop that drops the user's last reference frees the task once",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: stop_with_last_reference,
    },
];

/// Sleeps until it is stopped, as a kthread does.
fn until_stopped() -> i32 {
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
    7
}

/// The same in a state that no signal ends, so that only the flag and the wake-up count.
fn until_stopped_uninterruptibly() -> i32 {
    loop {
        set_current_state(TASK_UNINTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
    7
}

fn stop_against_sleep() -> String {
    in_kernel(|| {
        // Its second sleep races with the stop; the wake-up lets it get there.
        let task = started(|_| until_stopped_uninterruptibly());
        wake_up_process(&task);
        kthread_stop(&task).to_string()
    })
}

fn stop_against_first_wake() -> String {
    in_kernel(|| {
        let task = created(|()| until_stopped(), ());
        let waker = actor({
            let task = task.clone();
            move || wake_up_process(&task)
        });
        let result = kthread_stop(&task);
        waker.join();
        result.to_string()
    })
}

fn stop_just_after_run() -> String {
    in_kernel(|| {
        let task = created(|()| until_stopped(), ());
        wake_up_process(&task);
        kthread_stop(&task).to_string()
    })
}

fn stop_interruptible_wait() -> String {
    in_kernel(|| {
        let threadfn = |_: &Completion| {
            let never = Completion::new();
            wait_for_completion_interruptible(&never).expect_err("nobody completes it").raw()
        };
        let task = started(threadfn);
        // A spurious wake-up, so that the stop can meet every part of the wait, not only its sleep.
        wake_up_process(&task);
        kthread_stop(&task).to_string()
    })
}

fn stop_against_flush() -> String {
    in_kernel(|| {
        let go = Arc::new(Completion::new());
        let task = started({
            let go = go.clone();
            move |_| {
                wait_for_completion(&go);
                flush_signals(&current());
                wait_for_completion_interruptible(&go).expect_err("it is completed once").raw()
            }
        });
        complete(&go);
        kthread_stop(&task).to_string()
    })
}

fn stop_twice() -> String {
    in_kernel(|| {
        let task = started(|_| until_stopped());
        let other = sleeper({
            let task = task.clone();
            move || kthread_stop(&task)
        });
        let mine = kthread_stop(&task);
        format!("{mine} {}", other.join())
    })
}

fn stop_self_exiting() -> String {
    in_kernel(|| {
        let go = Arc::new(Completion::new());
        let task = started({
            let go = go.clone();
            move |_| {
                wait_for_completion(&go);
                5
            }
        });
        complete(&go);
        kthread_stop(&task).to_string()
    })
}

fn stop_with_last_reference() -> String {
    in_kernel(|| {
        let task = started(|_| until_stopped());
        kthread_stop_put(task).to_string()
    })
}
