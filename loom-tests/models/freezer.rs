//! The freezer (`freezer.rs`).
//!
//! A task in a freezable sleep is frozen where it sleeps, or has woken. A wake-up that comes while
//! it is frozen has no effect, but the task sees what the waker made true after the thaw. No
//! wake-up is lost at the freeze or the thaw.

use crate::harness::{Bound, Model, actor, in_small_kernel, introduced, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "freeze_against_wake",
        claim: "a sleeper that is frozen while it is being woken continues at once or after the thaw",
        bound: Bound::Preemptions(2),
        outcomes: &["froze", "did not freeze"],
        run: freeze_against_wake,
    },
    Model {
        name: "freeze_and_thaw",
        claim: "a task that calls try_to_freeze sleeps until the thaw, and no longer",
        bound: Bound::Preemptions(2),
        outcomes: &["froze", "did not freeze"],
        run: freeze_and_thaw,
    },
];

/// A wait queue and its condition.
struct Event {
    wq: WaitQueueHead,
    set: AtomicU32,
}

fn freeze_against_wake() -> String {
    in_small_kernel(|| {
        let event = Arc::new(Event { wq: WaitQueueHead::new(), set: AtomicU32::new(0) });
        let (waiter, task) = introduced({
            let event = event.clone();
            move || wait_event_freezable!(event.wq, event.set.load(Relaxed) == 1)
        });
        let waker = actor({
            let event = event.clone();
            move || {
                event.set.store(1, Relaxed);
                wake_up(&event.wq);
            }
        });
        let kernel = Kernel::current();
        kernel.freeze_processes().expect("it sleeps freezably, or goes on and ends");
        let froze = frozen(&task);
        assert!(froze || task.exit_state() != 0, "a task runs although the freeze is over");
        kernel.thaw_processes();
        assert_eq!(waiter.join(), Ok(()));
        waker.join();
        if froze { "froze" } else { "did not freeze" }.to_owned()
    })
}

fn freeze_and_thaw() -> String {
    in_small_kernel(|| {
        let task = sleeper(|| {
            let froze = try_to_freeze();
            assert_eq!(current().state(), TASK_RUNNING);
            froze
        });
        let kernel = Kernel::current();
        kernel.freeze_processes().expect("it freezes, or has ended");
        kernel.thaw_processes();
        if task.join() { "froze" } else { "did not freeze" }.to_owned()
    })
}
