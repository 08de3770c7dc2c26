//! Watchers of tasks that sleep (`sched/inactive.rs`), beyond one look: their own state afterwards,
//! their end as watchers, several watched tasks, tasks that are not meant, and the time limit.

use crate::harness::{
    Actor, Bound, Model, actor, asleep, in_kernel, in_small_kernel, prepared, sleeper, warnings,
};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "inactive_for_oneself",
        claim: "a task that waits for its own sleep is refused at once, with a warning",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: inactive_for_oneself,
    },
    Model {
        name: "inactive_each_other",
        claim: "two tasks that have watched each other, one after the other, are running, and neither keeps the other",
        bound: Bound::Preemptions(1),
        outcomes: &["both"],
        run: inactive_each_other,
    },
    Model {
        name: "inactive_watches_no_longer",
        claim: "a watcher that has its answer is woken by no later transition of the tasks that it watched",
        bound: Bound::Preemptions(1),
        outcomes: &["its waker woke it"],
        run: inactive_watches_no_longer,
    },
    Model {
        name: "inactive_user_tasks_do_not_count",
        claim: "a task that waits until no kthread runs does not wait for user tasks",
        bound: Bound::Preemptions(1),
        outcomes: &["settled"],
        run: inactive_user_tasks_do_not_count,
    },
    Model {
        name: "inactive_in_time",
        claim: "a wait until no kthread runs ends at its time limit if one still runs, and not before",
        bound: Bound::Preemptions(1),
        outcomes: &["it ran too long", "it slept in time"],
        run: inactive_in_time,
    },
];

fn inactive_for_oneself() -> String {
    in_small_kernel(|| {
        assert!(!wait_task_inactive(&current(), TASK_RUNNING));
        assert_eq!(warnings(), [WarningKind::Deadlock]);
        assert_eq!(current().state(), TASK_RUNNING);
        "refused".to_owned()
    })
}

fn inactive_each_other() -> String {
    in_small_kernel(|| {
        let main = current();
        let (other, task) = asleep({
            let main = main.clone();
            move || {
                set_current_state(TASK_INTERRUPTIBLE);
                schedule();
                let asleep = wait_task_inactive(&main, TASK_UNINTERRUPTIBLE);
                assert_eq!(current().state(), TASK_RUNNING, "the watcher goes on asleep");
                wake_up_process(&main);
                asleep
            }
        });
        let watcher = sleeper({
            let task = task.clone();
            move || wait_task_inactive(&task, TASK_INTERRUPTIBLE)
        });
        assert!(wait_task_inactive(&task, TASK_INTERRUPTIBLE));
        assert_eq!(current().state(), TASK_RUNNING, "the watcher goes on asleep");
        assert!(watcher.join());
        set_current_state(TASK_UNINTERRUPTIBLE);
        assert!(wake_up_process(&task));
        schedule();
        assert!(other.join());
        "both".to_owned()
    })
}

/// A kthread that sleeps until it is stopped.
fn sleeping() -> Task {
    let sleeps = |()| {
        while !kthread_should_stop() {
            set_current_state(TASK_INTERRUPTIBLE);
            if !kthread_should_stop() {
                schedule();
            }
            set_current_state(TASK_RUNNING);
        }
        7
    };
    prepared(|| {
        let task = kthread_create!(sleeps, (), "sleeps").expect("nothing refuses it");
        assert!(wait_task_inactive(&task, TASK_UNINTERRUPTIBLE));
        task
    })
}

fn inactive_watches_no_longer() -> String {
    in_kernel(|| {
        let tasks = [sleeping(), sleeping()];
        let kernel = Kernel::current();
        for task in &tasks {
            wake_up_process(task);
        }
        assert!(kernel.settle(HZ));
        assert_eq!(current().state(), TASK_RUNNING);
        assert_eq!(current().state(), TASK_RUNNING, "the watcher goes on asleep");
        let came = Arc::new(AtomicBool::new(false));
        set_current_state(TASK_UNINTERRUPTIBLE);
        let other = sleeper({
            let (main, came, tasks) = (current(), came.clone(), tasks.clone());
            move || {
                for task in &tasks {
                    wake_up_process(task);
                    // A second watcher, so that the task notifies its watchers.
                    assert!(wait_task_inactive(task, TASK_RUNNING));
                }
                came.store(true, Relaxed);
                assert!(wake_up_process(&main), "a transition of a task woke its former watcher");
            }
        });
        schedule();
        assert!(came.load(Relaxed));
        other.join();
        assert_eq!(tasks.map(|task| kthread_stop(&task)), [7, 7]);
        drop(kernel);
        "its waker woke it".to_owned()
    })
}

fn inactive_user_tasks_do_not_count() -> String {
    in_kernel(|| {
        let settled = Arc::new(Completion::new());
        let waits = sleeper({
            let settled = settled.clone();
            move || wait_for_completion(&settled)
        });
        // This task is blocked, but not in a sleep of its own: it counts as running.
        let runs = sleeper(move || waits.join());
        let kthread = prepared(|| kthread_create!(|()| 0, (), "ends").expect("nothing refuses it"));
        wake_up_process(&kthread);
        let kernel = Kernel::current();
        assert!(kernel.settle(HZ));
        assert_eq!(current().state(), TASK_RUNNING);
        assert_eq!((kthread.state(), current().state()), (TASK_DEAD, TASK_RUNNING));
        complete(&settled);
        runs.join();
        assert_eq!(kthread_stop(&kthread), 0);
        drop(kernel);
        "settled".to_owned()
    })
}

fn inactive_in_time() -> String {
    in_kernel(|| {
        let clock = actor(|| {
            pass_time(jiffies_to_nsecs(1));
            pass_time(jiffies_to_nsecs(1));
        });
        // It runs until the clock has: a thread that is blocked, but not in a sleep of its own.
        let runs = |clock: Actor<()>| {
            clock.join();
            0
        };
        let kthread = prepared(|| kthread_create!(runs, clock, "runs").expect("nothing refuses it"));
        wake_up_process(&kthread);
        let (kernel, began) = (Kernel::current(), jiffies());
        let settled = kernel.settle(2);
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(settled || jiffies() - began >= 2, "the limit came early");
        drop(kernel);
        // EINTR if it was stopped before it began.
        assert!([0, -4].contains(&kthread_stop(&kthread)));
        if settled { "it slept in time" } else { "it ran too long" }.to_owned()
    })
}
