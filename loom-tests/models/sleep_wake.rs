//! `set_current_state`, `schedule`, `wake_up_process` (`sched/sleep.rs`, `sched/wake.rs`).
//!
//! A task that sets its state, tests its condition and sleeps is never left asleep by a waker that
//! makes the condition true and then wakes it. A wake-up ends only the sleep that it found, and
//! only if its mask names the state. Exactly one of several wakers gets `true`. The woken task sees
//! what its waker wrote.
//!
//! The conditions are Relaxed atomics, so that only the protocol's own fences order them.

use crate::harness::{Bound, Model, actor, in_small_kernel};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "wake_one",
        claim: "a sleeper whose waker comes at any point between set_current_state and schedule continues",
        bound: Bound::Complete,
        outcomes: &["woken", "it was awake"],
        run: wake_one,
    },
    Model {
        name: "wake_without_a_condition",
        claim: "a wake-up between set_current_state and schedule is not lost, also if nothing is tested between them",
        bound: Bound::Complete,
        outcomes: &["woken"],
        run: wake_without_a_condition,
    },
    Model {
        name: "wake_twice",
        claim: "of two wakers of one sleep, exactly one gets true",
        bound: Bound::Preemptions(3),
        outcomes: &["the first", "the second"],
        run: wake_twice,
    },
    Model {
        name: "wake_for_two_conditions",
        claim: "a sleeper that waits for two conditions sees both, whichever waker ends its sleep",
        bound: Bound::Preemptions(2),
        outcomes: &["both met"],
        run: wake_for_two_conditions,
    },
    Model {
        name: "wake_late",
        claim: "the tail of a wake-up that ended one sleep does not end the next: schedule returns when the state is RUNNING",
        bound: Bound::Preemptions(3),
        outcomes: &["slept twice"],
        run: wake_late,
    },
    Model {
        name: "wake_overtaken",
        claim: "a waker that its sleeper overtakes does not end a later sleep that its mask does not name",
        bound: Bound::Complete,
        outcomes: &["it woke the first sleep", "it woke no task"],
        run: wake_overtaken,
    },
    Model {
        name: "wake_publishes",
        claim: "the woken task sees what its waker wrote in plain memory, without testing anything else",
        bound: Bound::Complete,
        outcomes: &["seen"],
        run: wake_publishes,
    },
];

/// Sleeps as kernel code does, until `condition` is true.
fn sleep_until(state: TaskState, condition: impl Fn() -> bool) {
    loop {
        set_current_state(state);
        if condition() {
            break;
        }
        schedule();
        assert_eq!(current().state(), TASK_RUNNING, "schedule returned and the task is not running");
    }
    set_current_state(TASK_RUNNING);
}

fn wake_one() -> String {
    in_small_kernel(|| {
        let (task, ready) = (current(), Arc::new(AtomicBool::new(false)));
        let waker = actor({
            let ready = ready.clone();
            move || {
                ready.store(true, Relaxed);
                wake_up_process(&task)
            }
        });
        sleep_until(TASK_INTERRUPTIBLE, || ready.load(Relaxed));
        if waker.join() { "woken" } else { "it was awake" }.to_owned()
    })
}

fn wake_without_a_condition() -> String {
    in_small_kernel(|| {
        let task = current();
        set_current_state(TASK_UNINTERRUPTIBLE);
        let waker = actor(move || wake_up_process(&task));
        schedule();
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(waker.join(), "it took the task out of its sleep, and got false");
        "woken".to_owned()
    })
}

fn wake_twice() -> String {
    in_small_kernel(|| {
        set_current_state(TASK_UNINTERRUPTIBLE);
        let [first, second] = [current(), current()].map(|task| actor(move || wake_up_process(&task)));
        schedule();
        match (first.join(), second.join()) {
            (true, false) => "the first",
            (false, true) => "the second",
            (true, true) => "both",
            (false, false) => "none",
        }
        .to_owned()
    })
}

fn wake_for_two_conditions() -> String {
    in_small_kernel(|| {
        let conditions = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let wakers = [0, 1].map(|number| {
            let (task, conditions) = (current(), conditions.clone());
            actor(move || {
                conditions[number].store(true, Relaxed);
                wake_up_process(&task);
            })
        });
        sleep_until(TASK_INTERRUPTIBLE, || conditions.iter().all(|c| c.load(Relaxed)));
        for waker in wakers {
            waker.join();
        }
        "both met".to_owned()
    })
}

fn wake_late() -> String {
    in_small_kernel(|| {
        let ready = Arc::new(AtomicBool::new(false));
        set_current_state(TASK_INTERRUPTIBLE);
        let early = actor({
            let task = current();
            move || wake_up_state(&task, TASK_INTERRUPTIBLE)
        });
        let late = actor({
            let (task, ready) = (current(), ready.clone());
            move || {
                ready.store(true, Relaxed);
                wake_up_state(&task, TASK_UNINTERRUPTIBLE);
            }
        });
        schedule();
        sleep_until(TASK_UNINTERRUPTIBLE, || ready.load(Relaxed));
        assert!(early.join());
        late.join();
        "slept twice".to_owned()
    })
}

fn wake_overtaken() -> String {
    in_small_kernel(|| {
        let task = current();
        set_current_state(TASK_INTERRUPTIBLE);
        let waker = actor(move || wake_up_state(&task, TASK_INTERRUPTIBLE));
        // The condition is true at once, so this task continues by itself, and then sleeps in
        // another state.
        set_current_state(TASK_RUNNING);
        set_current_state(TASK_UNINTERRUPTIBLE);
        let woke = waker.join();
        assert_eq!(current().state(), TASK_UNINTERRUPTIBLE, "a sleep was ended that the mask does not name");
        set_current_state(TASK_RUNNING);
        if woke { "it woke the first sleep" } else { "it woke no task" }.to_owned()
    })
}

fn wake_publishes() -> String {
    in_small_kernel(|| {
        let written = Arc::new(UnsafeCell::new(0));
        set_current_state(TASK_UNINTERRUPTIBLE);
        let waker = actor({
            let (task, written) = (current(), written.clone());
            move || {
                // SAFETY: loom checks it.
                written.with_mut(|cell| unsafe { *cell = 7 });
                wake_up_process(&task);
            }
        });
        schedule();
        // SAFETY: loom checks it.
        assert_eq!(written.with(|cell| unsafe { *cell }), 7);
        waker.join();
        "seen".to_owned()
    })
}
