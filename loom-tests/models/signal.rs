//! Signals (`signal.rs`, `task/signal_bits.rs`).
//!
//! A signal that a sleep admits ends it, whenever it comes; one that it does not admit does not
//! disturb it. If senders race with the taker, each signal is taken once and none is lost.

use crate::harness::{Bound, Model, actor, in_small_kernel};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "signal_kills_a_sleep",
        claim: "SIGKILL at any point ends a killable sleep; schedule itself checks for it",
        bound: Bound::Preemptions(3),
        outcomes: &["killed"],
        run: signal_kills_a_sleep,
    },
    Model {
        name: "signal_ends_a_sleep",
        claim: "an allowed signal at any point ends an interruptible sleep",
        bound: Bound::Preemptions(3),
        outcomes: &["ended"],
        run: signal_ends_a_sleep,
    },
    Model {
        name: "signal_not_fatal",
        claim: "a signal that is not fatal does not disturb a killable sleep",
        bound: Bound::Preemptions(3),
        outcomes: &["ended by its waker"],
        run: signal_not_fatal,
    },
    Model {
        name: "signal_not_admitted",
        claim: "SIGKILL does not disturb an uninterruptible sleep",
        bound: Bound::Preemptions(3),
        outcomes: &["ended by its waker"],
        run: signal_not_admitted,
    },
    Model {
        name: "signal_two_senders",
        claim: "two signals at once are both pending, and each is taken once",
        bound: Bound::Preemptions(2),
        outcomes: &["10 12", "12 10"],
        run: signal_two_senders,
    },
    Model {
        name: "signal_against_taking",
        claim: "a signal that comes while another is taken stays pending, and signal_pending reports it",
        bound: Bound::Preemptions(3),
        outcomes: &["10 at once", "12 at once"],
        run: signal_against_taking,
    },
    Model {
        name: "signal_continues_a_stop",
        claim: "SIGCONT at any point, before the stop or during it, lets the task continue",
        bound: Bound::Preemptions(3),
        outcomes: &["goes on"],
        run: signal_continues_a_stop,
    },
];

fn sender(sig: i32) -> crate::harness::Actor<()> {
    let task = current();
    actor(move || send_sig(sig, &task, 1).expect("the task is alive"))
}

fn signal_continues_a_stop() -> String {
    in_small_kernel(|| {
        allow_signal(SIGSTOP).expect("it is a signal");
        send_sig(SIGSTOP, &current(), 1).expect("the task is alive");
        assert_eq!(kernel_dequeue_signal(), SIGSTOP);
        let continues = sender(SIGCONT);
        kernel_signal_stop();
        assert_eq!(current().state(), TASK_RUNNING);
        continues.join();
        "goes on".to_owned()
    })
}

fn signal_kills_a_sleep() -> String {
    in_small_kernel(|| {
        let killer = sender(SIGKILL);
        set_current_state(TASK_KILLABLE);
        schedule();
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(fatal_signal_pending(&current()));
        killer.join();
        "killed".to_owned()
    })
}

fn signal_ends_a_sleep() -> String {
    in_small_kernel(|| {
        allow_signal(SIGUSR1).expect("it is a signal");
        let sender = sender(SIGUSR1);
        set_current_state(TASK_INTERRUPTIBLE);
        schedule();
        assert_eq!(current().state(), TASK_RUNNING);
        assert_eq!(kernel_dequeue_signal(), SIGUSR1);
        sender.join();
        "ended".to_owned()
    })
}

/// Sleeps in `state` while another thread sends `sig` and then ends the sleep by a wake-up.
fn sleeps_through(sig: i32, state: TaskState) -> String {
    in_small_kernel(|| {
        allow_signal(sig).expect("it is a signal");
        let sent = Arc::new(AtomicBool::new(false));
        set_current_state(state);
        let sender = actor({
            let (task, sent) = (current(), sent.clone());
            move || {
                send_sig(sig, &task, 1).expect("the task is alive");
                sent.store(true, Relaxed);
                assert!(wake_up_process(&task), "the task was not asleep any more");
            }
        });
        schedule();
        assert!(sent.load(Relaxed), "the sleep was ended by a signal that it does not admit");
        sender.join();
        "ended by its waker".to_owned()
    })
}

fn signal_not_fatal() -> String {
    sleeps_through(SIGUSR1, TASK_KILLABLE)
}

fn signal_not_admitted() -> String {
    sleeps_through(SIGKILL, TASK_UNINTERRUPTIBLE)
}

fn signal_two_senders() -> String {
    in_small_kernel(|| {
        for sig in [SIGUSR1, SIGUSR2] {
            allow_signal(sig).expect("it is a signal");
        }
        let senders = [SIGUSR1, SIGUSR2].map(sender);
        let mut taken = Vec::new();
        while taken.len() < 2 {
            set_current_state(TASK_INTERRUPTIBLE);
            schedule();
            match kernel_dequeue_signal() {
                // The wake-up of a signal that was taken before this sleep began.
                0 => {}
                sig => taken.push(sig.to_string()),
            }
        }
        for sender in senders {
            sender.join();
        }
        assert!(!signal_pending(&current()));
        taken.join(" ")
    })
}

fn signal_against_taking() -> String {
    in_small_kernel(|| {
        for sig in [SIGUSR1, SIGUSR2] {
            allow_signal(sig).expect("it is a signal");
        }
        // Pending before: the one that is taken last by its number.
        send_sig(SIGUSR2, &current(), 1).expect("the task is alive");
        let sender = sender(SIGUSR1);
        let first = kernel_dequeue_signal();
        sender.join();
        assert!(signal_pending(&current()), "a signal is pending and signal_pending says no");
        let second = kernel_dequeue_signal();
        assert_eq!(first + second, SIGUSR1 + SIGUSR2, "a signal was lost or taken twice");
        assert!(!signal_pending(&current()), "none is pending and signal_pending says yes");
        format!("{first} at once")
    })
}
