//! `wait_task_inactive` (`sched/inactive.rs`, `note_transition` in `sched/wake.rs`).
//!
//! The watcher sleeps until its task does. It is notified of everything that decides the answer:
//! the task falls asleep, continues without having slept, is woken before it slept, or ends. So the
//! watcher never waits for ever, and `true` means that the task is off the run queue in the
//! requested state.

use crate::harness::{Actor, Bound, Model, actor, in_kernel, in_small_kernel, prepared, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "inactive_falls_asleep",
        claim: "a watcher of a task that is about to sleep gets its answer: asleep, or not yet in that state",
        bound: Bound::Preemptions(2),
        outcomes: &["asleep", "in another state"],
        run: inactive_falls_asleep,
    },
    Model {
        name: "inactive_in_any_state",
        claim: "a watcher that names no state waits until the task is asleep, however long the task runs before",
        bound: Bound::Preemptions(2),
        outcomes: &["asleep"],
        run: inactive_in_any_state,
    },
    Model {
        name: "inactive_goes_on",
        claim: "a task that sets its state and continues without sleeping does not leave its watcher waiting",
        bound: Bound::Preemptions(2),
        outcomes: &["in another state"],
        run: inactive_goes_on,
    },
    Model {
        name: "inactive_is_woken",
        claim: "a task that is woken between set_current_state and its sleep does not leave its watcher waiting",
        bound: Bound::Preemptions(2),
        outcomes: &["asleep", "in another state"],
        run: inactive_is_woken,
    },
    Model {
        name: "inactive_two_watchers",
        claim: "two watchers of one task are both notified",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: inactive_two_watchers,
    },
    Model {
        name: "inactive_second_sleep",
        claim: "the end of one sleep and the state of the next are not mistaken for a task that is off the run queue",
        bound: Bound::Preemptions(2),
        outcomes: &["asleep", "in another state"],
        run: inactive_second_sleep,
    },
    Model {
        name: "inactive_ends",
        claim: "a watcher of a kthread that ends is notified of the end",
        bound: Bound::Preemptions(1),
        outcomes: &["dead"],
        run: inactive_ends,
    },
    Model {
        name: "inactive_all",
        claim: "a task that waits until no kthread runs finds them ended or asleep, each time",
        bound: Bound::Preemptions(1),
        outcomes: &["ended and asleep"],
        run: inactive_all,
    },
];

/// Starts a watcher of the calling task for `state`. The watcher gets its answer, sets `flag` and
/// wakes the task.
fn watch(state: TaskState, flag: Option<&Arc<AtomicBool>>) -> Actor<bool> {
    let (task, flag) = (current(), flag.cloned());
    sleeper(move || {
        let inactive = wait_task_inactive(&task, state);
        if let Some(flag) = flag {
            flag.store(true, Relaxed);
            wake_up_process(&task);
        }
        inactive
    })
}

fn answer(inactive: bool) -> String {
    if inactive { "asleep" } else { "in another state" }.to_owned()
}

fn inactive_falls_asleep() -> String {
    in_small_kernel(|| {
        let ready = Arc::new(AtomicBool::new(false));
        let watcher = watch(TASK_INTERRUPTIBLE, Some(&ready));
        loop {
            set_current_state(TASK_INTERRUPTIBLE);
            if ready.load(Relaxed) {
                break;
            }
            schedule();
        }
        set_current_state(TASK_RUNNING);
        answer(watcher.join())
    })
}

fn inactive_in_any_state() -> String {
    in_small_kernel(|| {
        let ready = Arc::new(AtomicBool::new(false));
        let watcher = watch(TASK_RUNNING, Some(&ready));
        loop {
            set_current_state(TASK_UNINTERRUPTIBLE);
            if ready.load(Relaxed) {
                break;
            }
            schedule();
        }
        set_current_state(TASK_RUNNING);
        answer(watcher.join())
    })
}

fn inactive_goes_on() -> String {
    in_small_kernel(|| {
        let watcher = watch(TASK_INTERRUPTIBLE, None);
        set_current_state(TASK_INTERRUPTIBLE);
        set_current_state(TASK_RUNNING);
        answer(watcher.join())
    })
}

fn inactive_is_woken() -> String {
    in_small_kernel(|| {
        set_current_state(TASK_INTERRUPTIBLE);
        let watcher = watch(TASK_INTERRUPTIBLE, None);
        let waker = actor({
            let task = current();
            move || wake_up_process(&task)
        });
        schedule();
        waker.join();
        answer(watcher.join())
    })
}

fn inactive_two_watchers() -> String {
    in_small_kernel(|| {
        let watchers = [watch(TASK_RUNNING, None), watch(TASK_RUNNING, None)];
        let waker = |task: Task| {
            actor(move || {
                let told = watchers.map(Actor::join);
                wake_up_process(&task);
                told
            })
        };
        set_current_state(TASK_UNINTERRUPTIBLE);
        let waker = waker(current());
        schedule();
        assert_eq!(waker.join(), [true, true]);
        "both".to_owned()
    })
}

fn inactive_second_sleep() -> String {
    in_small_kernel(|| {
        let asleep_again = Arc::new(AtomicBool::new(false));
        set_current_state(TASK_INTERRUPTIBLE);
        let waker = actor({
            let task = current();
            move || wake_up_process(&task)
        });
        let watcher = sleeper({
            let (task, asleep_again) = (current(), asleep_again.clone());
            move || {
                let inactive = wait_task_inactive(&task, TASK_UNINTERRUPTIBLE);
                assert!(!inactive || asleep_again.load(Relaxed), "it has never slept in this state");
                inactive
            }
        });
        schedule();
        set_current_state(TASK_UNINTERRUPTIBLE);
        // Only behind this point is it off the run queue.
        asleep_again.store(true, Relaxed);
        schedule_timeout(0);
        waker.join();
        answer(watcher.join())
    })
}

fn inactive_all() -> String {
    in_kernel(|| {
        let (ends, stays) = prepared(|| {
            let stays = |()| {
                while !kthread_should_stop() {
                    set_current_state(TASK_INTERRUPTIBLE);
                    if !kthread_should_stop() {
                        schedule();
                    }
                    set_current_state(TASK_RUNNING);
                }
                7
            };
            let ends = kthread_create!(|()| 0, (), "ends").expect("nothing refuses it");
            (ends, kthread_create!(stays, (), "stays").expect("nothing refuses it"))
        });
        wake_up_process(&ends);
        wake_up_process(&stays);
        let kernel = Kernel::current();
        assert!(kernel.settle(HZ));
        assert_eq!(current().state(), TASK_RUNNING);
        assert_eq!((ends.state(), stays.state()), (TASK_DEAD, TASK_INTERRUPTIBLE));
        // Again, after one of them has run once more.
        wake_up_process(&stays);
        assert!(kernel.settle(HZ));
        assert_eq!(current().state(), TASK_RUNNING);
        assert_eq!(stays.state(), TASK_INTERRUPTIBLE);
        assert_eq!((kthread_stop(&ends), kthread_stop(&stays)), (0, 7));
        drop(kernel);
        "ended and asleep".to_owned()
    })
}

fn inactive_ends() -> String {
    in_kernel(|| {
        let task = prepared(|| kthread_create!(|()| 0, (), "short").expect("nothing refuses it"));
        wake_up_process(&task);
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        assert_eq!(task.state(), TASK_DEAD);
        assert_eq!(kthread_stop(&task), 0);
        "dead".to_owned()
    })
}
