//! `wait_woken` and its flag (`wait/raw.rs`, `wait/wake.rs`).
//!
//! An entry remembers a wake-up that came between two tests of the condition; a task that returns
//! because of the flag sees what its waker wrote, or is woken once more.

use crate::harness::{Bound, Model, actor, asleep, in_kernel, in_small_kernel, prepared, started};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "wait_woken_by_a_flag",
        claim: "a wait_woken that did not sleep sees what the waker wrote before its wake-up; a second round waits again",
        bound: Bound::Preemptions(2),
        outcomes: &["both seen"],
        run: wait_woken_by_a_flag,
    },
    Model {
        name: "wait_woken_stopped",
        claim: "a kthread in wait_woken is woken by kthread_stop, also if it was stopped before",
        bound: Bound::Preemptions(2),
        outcomes: &["stopped"],
        run: wait_woken_stopped,
    },
    Model {
        name: "wait_woken_sees_its_event",
        claim: "a wait_woken that finds its flag set sees what the waker wrote before, or is woken once more",
        bound: Bound::Preemptions(3),
        outcomes: &["seen"],
        run: wait_woken_sees_its_event,
    },
    Model {
        name: "wait_woken_in_time",
        claim: "a wait_woken that no task wakes sleeps until its time is over",
        bound: Bound::Preemptions(1),
        outcomes: &["timed out"],
        run: wait_woken_in_time,
    },
];

fn wait_woken_by_a_flag() -> String {
    in_small_kernel(|| {
        let shared = Arc::new((WaitQueueHead::new(), [AtomicBool::new(false), AtomicBool::new(false)]));
        DEFINE_WAIT_FUNC!(wait, woken_wake_function);
        add_wait_queue(&shared.0, wait);
        let waker = actor({
            let shared = shared.clone();
            move || {
                for flag in &shared.1 {
                    flag.store(true, Relaxed);
                    wake_up(&shared.0);
                }
            }
        });
        for flag in &shared.1 {
            while !flag.load(Relaxed) {
                wait_woken(wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
                assert_eq!(current().state(), TASK_RUNNING);
            }
        }
        waker.join();
        remove_wait_queue(&shared.0, wait);
        "both seen".to_owned()
    })
}

fn wait_woken_stopped() -> String {
    in_kernel(|| {
        let task = started(|_| {
            let wq = WaitQueueHead::new();
            DEFINE_WAIT_FUNC!(wait, woken_wake_function);
            add_wait_queue(&wq, wait);
            while !kthread_should_stop() {
                wait_woken(wait, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
            }
            remove_wait_queue(&wq, wait);
            // Once more: it does not sleep.
            wait_woken(wait, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
            assert_eq!(current().state(), TASK_RUNNING);
            7
        });
        assert_eq!(kthread_stop(&task), 7);
        prepared(|| drop(task));
        "stopped".to_owned()
    })
}

fn wait_woken_sees_its_event() -> String {
    in_small_kernel(|| {
        let shared = Arc::new((WaitQueueHead::new(), AtomicBool::new(false)));
        DEFINE_WAIT_FUNC!(wait, woken_wake_function);
        add_wait_queue(&shared.0, wait);
        let waker = actor({
            let shared = shared.clone();
            move || {
                shared.1.store(true, Relaxed);
                wake_up(&shared.0);
            }
        });
        while !shared.1.load(Relaxed) {
            wait_woken(wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
        }
        waker.join();
        remove_wait_queue(&shared.0, wait);
        "seen".to_owned()
    })
}

fn wait_woken_in_time() -> String {
    in_small_kernel(|| {
        let (waiter, _) = asleep(|| {
            let wq = WaitQueueHead::new();
            DEFINE_WAIT_FUNC!(wait, woken_wake_function);
            add_wait_queue(&wq, wait);
            let left = wait_woken(wait, TASK_INTERRUPTIBLE, 2);
            remove_wait_queue(&wq, wait);
            left
        });
        pass_time(jiffies_to_nsecs(2));
        assert_eq!(waiter.join(), 0);
        "timed out".to_owned()
    })
}
