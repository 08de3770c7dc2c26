//! Wait queues (`wait/`).
//!
//! A waiter whose condition became true before the wake-up is not left asleep; a wake-up of
//! exclusive waiters wakes as many as requested, and one that a killed waiter can't use goes to the
//! next; a queue may be freed when the wait has returned.

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::prelude::*;
use kthread_rt::raw_wait::{EventWait, WaitLimit, WaitMode};

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "wait_event_woken",
        claim: "a wait whose condition is made true before the wake-up returns; the queue may be freed then",
        bound: Bound::Preemptions(3),
        outcomes: &["at once", "after a sleep"],
        run: wait_event_woken,
    },
    Model {
        name: "wait_event_timeout",
        claim: "a timed wait returns 0 only if it has timed out and its condition is false",
        bound: Bound::Preemptions(2),
        outcomes: &["in time", "timed out", "true when the time was over"],
        run: wait_event_timeout,
    },
    Model {
        name: "wait_event_exclusive",
        claim: "two wake-ups reach two exclusive waiters, one each",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: wait_event_exclusive,
    },
    Model {
        name: "wait_event_exclusive_killed",
        claim: "an exclusive waiter that is killed takes the token or leaves the wake-up to the next",
        bound: Bound::Preemptions(2),
        outcomes: &["killed", "took it"],
        run: || killed(wait_by_macro_killable),
    },
    Model {
        name: "wait_turned_inside_out",
        claim: "wait_event's loop in the C header loses no wake-up, and passes on one that it does not need",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: wait_turned_inside_out,
    },
    Model {
        name: "wait_turned_inside_out_killed",
        claim: "in the C header's loop, too, a killed waiter takes the token or leaves the wake-up to the next",
        bound: Bound::Preemptions(2),
        outcomes: &["killed", "took it"],
        run: || killed(wait_as_c_does_killable),
    },
    Model {
        name: "wait_turned_inside_out_timeout",
        claim: "in the C header's loop, too, a waiter that times out takes the token or leaves the wake-up to the next",
        bound: Bound::Preemptions(2),
        outcomes: &["timed out", "took it"],
        run: wait_turned_inside_out_timeout,
    },
    Model {
        name: "wait_order_after_a_kill",
        claim: "a waiter that leaves the queue by a signal wakes no other: the next wake-up reaches the first waiter",
        bound: Bound::Preemptions(1),
        outcomes: &["first, then last"],
        run: || order_after_a_kill(wait_by_macro_killable),
    },
    Model {
        name: "wait_turned_inside_out_order_after_a_kill",
        claim: "in the C header's loop, too, a waiter that leaves the queue by a signal wakes no other",
        bound: Bound::Preemptions(1),
        outcomes: &["first, then last"],
        run: || order_after_a_kill(wait_as_c_does_killable),
    },
    Model {
        name: "wait_woken_not_lost",
        claim: "the entry remembers a wake-up between two tests",
        bound: Bound::Preemptions(3),
        outcomes: &["woken"],
        run: wait_woken_not_lost,
    },
];

/// A wait for a token in the loop of the C header.
fn as_c_does(tokens: &Tokens, state: TaskState, limit: WaitLimit) -> Result<u64, Errno> {
    let mode = WaitMode { state, exclusive: true, limit, call: "wait_event" };
    // SAFETY: the caller keeps the queue for the call, and the wait stays in this frame.
    unsafe {
        let mut wait = EventWait::begin(&tokens.wq, mode);
        let taken = loop {
            let taken = tokens.take();
            if taken || wait.over() {
                break taken;
            }
            if wait.must_sleep() {
                wait.sleep();
            }
            wait.prepare();
        };
        wait.end(taken)
    }
}

fn wait_as_c_does(tokens: &Tokens) {
    assert_eq!(as_c_does(tokens, TASK_UNINTERRUPTIBLE, WaitLimit::None), Ok(1));
}

fn wait_as_c_does_killable(tokens: &Tokens) -> Result<(), Errno> {
    as_c_does(tokens, TASK_KILLABLE, WaitLimit::None).map(drop)
}

fn wait_by_macro_killable(tokens: &Tokens) -> Result<(), Errno> {
    wait_event_killable_exclusive!(tokens.wq, tokens.take())
}

fn wait_turned_inside_out_timeout() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = sleeper({
            let tokens = tokens.clone();
            move || {
                let left = as_c_does(&tokens, TASK_UNINTERRUPTIBLE, WaitLimit::Jiffies(2));
                if left != Ok(0) {
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
        wait_as_c_does(&tokens);
        // For the other waiter, which may never time out.
        tokens.give();
        let left = other.join();
        waker.join();
        assert!(tokens.take() && !tokens.take() && !waitqueue_active(&tokens.wq));
        if left == Ok(0) { "timed out" } else { "took it" }.to_owned()
    })
}

/// Three exclusive waiters, the second of which is killed. Then two wake-ups, one after the other.
fn order_after_a_kill(wait: fn(&Tokens) -> Result<(), Errno>) -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let waiters = [(); 3].map(|()| {
            let tokens = tokens.clone();
            asleep(move || wait(&tokens))
        });
        let [(first, first_task), (second, second_task), (last, last_task)] = waiters;
        send_sig(SIGKILL, &second_task, 1).expect("the task is alive");
        assert_eq!(second.join(), Err(Errno::ERESTARTSYS));
        assert_eq!(
            [&first_task, &last_task].map(|task| task.state()),
            [TASK_KILLABLE; 2],
            "no task was woken"
        );
        tokens.give();
        assert_eq!(last_task.state(), TASK_KILLABLE, "it is the first one's turn");
        assert_eq!(first.join(), Ok(()));
        tokens.give();
        assert_eq!(last.join(), Ok(()));
        assert!(!tokens.take() && !waitqueue_active(&tokens.wq));
        "first, then last".to_owned()
    })
}

fn wait_turned_inside_out() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = sleeper({
            let tokens = tokens.clone();
            move || wait_as_c_does(&tokens)
        });
        let wakers = [tokens.clone(), tokens.clone()].map(|tokens| actor(move || tokens.give()));
        wait_as_c_does(&tokens);
        for waker in wakers {
            waker.join();
        }
        other.join();
        "both".to_owned()
    })
}

/// A queue and a count of tokens that its waiters take.
struct Tokens {
    wq: WaitQueueHead,
    count: AtomicU32,
}

impl Tokens {
    fn new() -> Arc<Self> {
        Arc::new(Self { wq: WaitQueueHead::new(), count: AtomicU32::new(0) })
    }

    /// Takes a token if there is one: the waits' condition.
    fn take(&self) -> bool {
        self.count.fetch_update(Relaxed, Relaxed, |count| count.checked_sub(1)).is_ok()
    }

    fn give(&self) {
        self.count.fetch_add(1, Relaxed);
        wake_up(&self.wq);
    }
}

fn wait_event_woken() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let waker = actor({
            let tokens = tokens.clone();
            move || tokens.give()
        });
        let mut looks = 0;
        wait_event!(tokens.wq, {
            looks += 1;
            tokens.take()
        });
        // The last reference may be dropped while the waker is still in its call.
        drop(tokens);
        waker.join();
        if looks == 1 { "at once" } else { "after a sleep" }.to_owned()
    })
}

fn wait_event_timeout() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let waker = actor({
            let tokens = tokens.clone();
            move || tokens.give()
        });
        let clock = actor(|| pass_time(jiffies_to_nsecs(2)));
        let left = kthread_rt::wait_event_timeout!(tokens.wq, tokens.take(), 2);
        waker.join();
        clock.join();
        assert_eq!(tokens.take(), left == 0, "the token is left if the wait did not take it");
        match left {
            0 => "timed out",
            1 => "true when the time was over",
            _ => "in time",
        }
        .to_owned()
    })
}

fn wait_event_exclusive() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = sleeper({
            let tokens = tokens.clone();
            move || kthread_rt::wait_event_exclusive!(tokens.wq, tokens.take())
        });
        let wakers = [tokens.clone(), tokens.clone()].map(|tokens| actor(move || tokens.give()));
        kthread_rt::wait_event_exclusive!(tokens.wq, tokens.take());
        other.join();
        for waker in wakers {
            waker.join();
        }
        assert!(!waitqueue_active(&tokens.wq));
        assert!(!tokens.take());
        "both".to_owned()
    })
}

fn killed(wait: fn(&Tokens) -> Result<(), Errno>) -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let other = sleeper({
            let tokens = tokens.clone();
            move || kthread_rt::wait_event_exclusive!(tokens.wq, tokens.take())
        });
        let killer = actor({
            let (task, tokens) = (current(), tokens.clone());
            move || {
                send_sig(SIGKILL, &task, 1).expect("the task is alive");
                tokens.give();
            }
        });
        let result = wait(&tokens);
        if result.is_ok() {
            tokens.give();
        }
        other.join();
        killer.join();
        assert!(!tokens.take() && !waitqueue_active(&tokens.wq));
        if result.is_ok() { "took it" } else { "killed" }.to_owned()
    })
}

fn wait_woken_not_lost() -> String {
    in_small_kernel(|| {
        let tokens = Tokens::new();
        let waker = actor({
            let tokens = tokens.clone();
            move || tokens.give()
        });
        DEFINE_WAIT_FUNC!(wait, woken_wake_function);
        add_wait_queue(&tokens.wq, wait);
        while !tokens.take() {
            wait_woken(wait, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
        }
        remove_wait_queue(&tokens.wq, wait);
        waker.join();
        "woken".to_owned()
    })
}
