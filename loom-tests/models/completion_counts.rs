//! What a completion counts, and completions whose queue is a wait queue, for C code of kernels
//! before 5.7 (`completion/mod.rs`, `completion/queue.rs`).

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::pass_time;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "completion_counts",
        claim: "each complete counts one up and each wait one down, complete_all counts for ever, and reinit forgets all",
        bound: Bound::Complete,
        outcomes: &["as counted"],
        run: completion_counts,
    },
    Model {
        name: "completion_refuses",
        claim: "a wait without time does not sleep, and a pending signal refuses a wait, but only if nothing is completed",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: completion_refuses,
    },
    Model {
        name: "completion_in_time",
        claim: "a wait that ends by a signal, its time or a completion says which, leaves its task running, and is off the queue",
        bound: Bound::Preemptions(2),
        outcomes: &["done", "interrupted", "timed out"],
        run: || in_time(Completion::new),
    },
    Model {
        name: "completion_woken_in_vain",
        claim: "a waiter that is woken by another cause waits on and keeps its place: the next complete reaches it",
        bound: Bound::Preemptions(1),
        outcomes: &["in order"],
        run: || woken_in_vain(Completion::new),
    },
    Model {
        name: "completion_of_entries_woken_in_vain",
        claim: "so does one of a completion with a wait queue",
        bound: Bound::Preemptions(1),
        outcomes: &["in order"],
        run: || woken_in_vain(of_entries),
    },
    Model {
        name: "completion_of_entries_in_time",
        claim: "so does a wait for a completion with a wait queue",
        bound: Bound::Preemptions(2),
        outcomes: &["done", "interrupted", "timed out"],
        run: || in_time(of_entries),
    },
    Model {
        name: "completion_of_entries_twice_for_two",
        claim: "two completes of a completion with a wait queue reach two waiters, the first one first, and leave nothing",
        bound: Bound::Preemptions(2),
        outcomes: &["both, and nothing left"],
        run: completion_of_entries_twice_for_two,
    },
    Model {
        name: "completion_of_entries_in_order",
        claim: "one complete of a completion with a wait queue wakes one waiter, the one that waited longest",
        bound: Bound::Preemptions(1),
        outcomes: &["in order"],
        run: completion_of_entries_in_order,
    },
    Model {
        name: "completion_of_entries_all",
        claim: "complete_all of a completion with a wait queue wakes all waiters, one of which may free it",
        bound: Bound::Preemptions(2),
        outcomes: &["all"],
        run: completion_of_entries_all,
    },
];

/// A completion with a wait queue.
fn of_entries() -> Completion {
    let done = Completion::new();
    done.have_entries();
    done
}

fn completion_counts() -> String {
    in_small_kernel(|| {
        for make in [Completion::new, of_entries] {
            let done = make();
            assert!(!done.is_done() && !done.try_wait());
            complete(&done);
            complete(&done);
            complete(&done);
            assert_eq!(done.done(), 3);
            assert!(done.try_wait());
            assert_eq!(done.done(), 2);
            wait_for_completion(&done);
            assert_eq!(done.done(), 1);
            // No time is needed for what is done.
            assert_eq!(wait_for_completion_timeout(&done, 0), 1);
            assert!(!done.is_done());
            complete_all(&done);
            assert_eq!(wait_for_completion_timeout(&done, 7), 7);
            wait_for_completion(&done);
            assert!(done.try_wait() && done.is_done());
            assert_eq!(done.done(), u32::MAX);
            complete(&done);
            assert_eq!(done.done(), u32::MAX);
            reinit_completion(&done);
            assert_eq!(done.done(), 0);
            complete(&done);
            assert_eq!(done.done(), 1);
        }
        "as counted".to_owned()
    })
}

fn completion_refuses() -> String {
    in_small_kernel(|| {
        for make in [Completion::new, of_entries] {
            let done = make();
            assert_eq!(wait_for_completion_timeout(&done, 0), 0);
            assert_eq!(current().state(), TASK_RUNNING);
            allow_signal(SIGTERM).expect("it is a signal");
            send_sig(SIGTERM, &current(), 1).expect("the task is alive");
            assert_eq!(wait_for_completion_interruptible(&done), Err(Errno::ERESTARTSYS));
            let limited = wait_for_completion_interruptible_timeout(&done, 7);
            assert_eq!(limited, Err(Errno::ERESTARTSYS));
            assert_eq!(wait_for_completion_killable_timeout(&done, 0), Ok(0));
            complete(&done);
            assert_eq!(wait_for_completion_interruptible(&done), Ok(()));
            assert_eq!((done.done(), current().state()), (0, TASK_RUNNING));
            flush_signals(&current());
        }
        "refused".to_owned()
    })
}

fn in_time(make: fn() -> Completion) -> String {
    in_small_kernel(|| {
        let done = Arc::new(make());
        let (waiter, task) = asleep({
            let done = done.clone();
            move || {
                let result = wait_for_completion_interruptible_timeout(&done, 2);
                assert_eq!(current().state(), TASK_RUNNING);
                result
            }
        });
        let clock = actor(|| pass_time(jiffies_to_nsecs(2)));
        let sender = actor(move || {
            // ESRCH if it has ended.
            let _ = send_sig(SIGTERM, &task, 1);
        });
        complete(&done);
        let result = waiter.join();
        clock.join();
        sender.join();
        let took = matches!(result, Ok(1..));
        assert_eq!(done.try_wait(), !took, "it is left if the wait did not take it");
        // The next waiter is the only one on the queue.
        let (next, _) = asleep({
            let done = done.clone();
            move || wait_for_completion(&done)
        });
        complete(&done);
        next.join();
        assert!(!done.is_done());
        match result {
            Ok(0) => "timed out",
            Ok(1..=2) => "done",
            Err(Errno::ERESTARTSYS) => "interrupted",
            _ => "another result",
        }
        .to_owned()
    })
}

fn woken_in_vain(make: fn() -> Completion) -> String {
    in_small_kernel(|| {
        let done = Arc::new(make());
        let [(first, first_task), (second, second_task)] = [(); 2].map(|()| {
            let done = done.clone();
            asleep(move || wait_for_completion(&done))
        });
        assert!(wake_up_process(&first_task));
        assert!(wait_task_inactive(&first_task, TASK_RUNNING));
        assert_eq!(first_task.state(), TASK_UNINTERRUPTIBLE, "it waits on");
        complete(&done);
        first.join();
        assert_eq!(second_task.state(), TASK_UNINTERRUPTIBLE, "it was the first one's turn");
        complete(&done);
        second.join();
        assert!(!completion_done(&done));
        "in order".to_owned()
    })
}

fn completion_of_entries_twice_for_two() -> String {
    in_small_kernel(|| {
        let done = Arc::new(of_entries());
        let other = sleeper({
            let done = done.clone();
            move || wait_for_completion(&done)
        });
        let completer = actor({
            let done = done.clone();
            move || {
                complete(&done);
                complete(&done);
            }
        });
        wait_for_completion(&done);
        other.join();
        completer.join();
        assert!(!completion_done(&done), "two completes let two waits return, and something is left");
        "both, and nothing left".to_owned()
    })
}

fn completion_of_entries_in_order() -> String {
    in_small_kernel(|| {
        let done = Arc::new(of_entries());
        let waiters = [(); 2].map(|()| {
            let done = done.clone();
            asleep(move || wait_for_completion(&done))
        });
        let [(first, _), (second, second_task)] = waiters;
        complete(&done);
        assert_eq!(second_task.state(), TASK_UNINTERRUPTIBLE, "it is the first one's turn");
        first.join();
        assert_eq!(second_task.state(), TASK_UNINTERRUPTIBLE);
        complete(&done);
        second.join();
        assert!(!completion_done(&done));
        "in order".to_owned()
    })
}

fn completion_of_entries_all() -> String {
    in_small_kernel(|| {
        let done = Arc::new(of_entries());
        let waiters = [(); 2].map(|()| {
            let done = done.clone();
            sleeper(move || {
                wait_for_completion(&done);
                // The last reference may be dropped while `complete_all` is still in its call.
                drop(done);
            })
        });
        complete_all(&done);
        drop(done);
        for waiter in waiters {
            waiter.join();
        }
        "all".to_owned()
    })
}
