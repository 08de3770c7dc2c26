//! Simple wait queues by their own names (`swait/`).
//!
//! A waiter whose condition became true before the wake-up is not left asleep; two wake-ups reach
//! two waiters; a wake-up that an interrupted or timed-out waiter can't use goes to the next; a
//! queue may be freed when the wait has returned.

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "swait_woken",
        claim: "a wait whose condition is made true before the wake-up returns; the queue may be freed then",
        bound: Bound::Preemptions(3),
        outcomes: &["at once", "after a sleep"],
        run: swait_woken,
    },
    Model {
        name: "swait_two_waiters",
        claim: "two wake-ups of one waiter each reach two waiters",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: swait_two_waiters,
    },
    Model {
        name: "swait_all",
        claim: "one wake-up of all reaches two waiters",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: swait_all,
    },
    Model {
        name: "swait_interrupted",
        claim: "a waiter that a signal interrupts takes the token or leaves the wake-up to the next",
        bound: Bound::Preemptions(2),
        outcomes: &["interrupted", "took it"],
        run: swait_interrupted,
    },
    Model {
        name: "swait_timed_out",
        claim: "a waiter that times out takes the token or leaves the wake-up to the next",
        bound: Bound::Preemptions(2),
        outcomes: &["timed out", "took it"],
        run: swait_timed_out,
    },
    Model {
        name: "swait_order_after_a_kill",
        claim: "a waiter that leaves the queue by a signal wakes no other: the next wake-up reaches the first waiter",
        bound: Bound::Preemptions(1),
        outcomes: &["first, then last"],
        run: swait_order_after_a_kill,
    },
];

/// A queue and a count of tokens that its waiters take.
struct Tokens {
    q: SwaitQueueHead,
    count: AtomicU32,
}

impl Tokens {
    fn new() -> Arc<Self> {
        Arc::new(Self { q: SwaitQueueHead::new(), count: AtomicU32::new(0) })
    }

    /// Takes a token if there is one: the waits' condition.
    fn take(&self) -> bool {
        self.count.fetch_update(Relaxed, Relaxed, |count| count.checked_sub(1)).is_ok()
    }

    fn give(&self) {
        self.count.fetch_add(1, Relaxed);
        swake_up_one(&self.q);
    }
}

/// Another task that waits until it gets a token.
fn other_waiter(tokens: &Arc<Tokens>) -> crate::harness::Actor<()> {
    let tokens = tokens.clone();
    sleeper(move || kthread_rt::swait_event_exclusive!(tokens.q, tokens.take()))
}

fn swait_woken() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let waker = actor({
            let tokens = tokens.clone();
            move || tokens.give()
        });
        let mut looks = 0;
        swait_event_exclusive!(tokens.q, {
            looks += 1;
            tokens.take()
        });
        // The last reference may be dropped while the waker is still in its call.
        drop(tokens);
        waker.join();
        if looks == 1 { "at once" } else { "after a sleep" }.to_owned()
    })
}

fn swait_two_waiters() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = other_waiter(&tokens);
        let waker = actor({
            let tokens = tokens.clone();
            move || {
                tokens.give();
                // The others may run here without this counting as a preemption.
                loom::thread::yield_now();
                tokens.give();
            }
        });
        swait_event_exclusive!(tokens.q, tokens.take());
        other.join();
        waker.join();
        assert!(!swait_active(&tokens.q));
        assert!(!tokens.take());
        "both".to_owned()
    })
}

fn swait_all() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = other_waiter(&tokens);
        let waker = actor({
            let tokens = tokens.clone();
            move || {
                tokens.count.store(2, Relaxed);
                swake_up_all(&tokens.q);
            }
        });
        swait_event_idle_exclusive!(tokens.q, tokens.take());
        other.join();
        waker.join();
        assert!(!tokens.take() && !swait_active(&tokens.q));
        "both".to_owned()
    })
}

fn swait_interrupted() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = other_waiter(&tokens);
        let sender = actor({
            let (task, tokens) = (current(), tokens.clone());
            move || {
                send_sig(SIGTERM, &task, 1).expect("the task is alive");
                tokens.give();
            }
        });
        let result = swait_event_interruptible_exclusive!(tokens.q, tokens.take());
        if result.is_ok() {
            tokens.give();
        }
        other.join();
        sender.join();
        assert!(!tokens.take() && !swait_active(&tokens.q));
        if result.is_ok() { "took it" } else { "interrupted" }.to_owned()
    })
}

fn swait_timed_out() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = sleeper({
            let tokens = tokens.clone();
            move || {
                let left = swait_event_timeout_exclusive!(tokens.q, tokens.take(), 2);
                if left != 0 {
                    tokens.give();
                }
                left
            }
        });
        let waker = actor({
            let tokens = tokens.clone();
            move || {
                pass_time(jiffies_to_nsecs(2));
                tokens.give();
            }
        });
        swait_event_exclusive!(tokens.q, tokens.take());
        // For the other waiter, which may never time out.
        tokens.give();
        let left = other.join();
        waker.join();
        assert!(tokens.take() && !tokens.take() && !swait_active(&tokens.q));
        if left != 0 { "took it" } else { "timed out" }.to_owned()
    })
}

/// Three waiters, the second of which is killed. Then two wake-ups, one after the other.
fn swait_order_after_a_kill() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let waiters = [(); 3].map(|()| {
            let tokens = tokens.clone();
            asleep(move || swait_event_interruptible_exclusive!(tokens.q, tokens.take()))
        });
        let [(first, first_task), (second, second_task), (last, last_task)] = waiters;
        send_sig(SIGKILL, &second_task, 1).expect("the task is alive");
        assert_eq!(second.join(), Err(Errno::ERESTARTSYS));
        assert_eq!(
            [&first_task, &last_task].map(|task| task.state()),
            [TASK_INTERRUPTIBLE; 2],
            "no task was woken"
        );
        tokens.give();
        assert_eq!(last_task.state(), TASK_INTERRUPTIBLE, "it is the first one's turn");
        assert_eq!(first.join(), Ok(()));
        tokens.give();
        assert_eq!(last.join(), Ok(()));
        assert!(!tokens.take());
        "first, then last".to_owned()
    })
}
