//! Waking many after the lock is dropped (`sched/wake_q.rs`, used by `complete_all`).
//!
//! Every task on the queue is woken, whichever other tasks wake or queue it meanwhile. If a second
//! waker wants to queue a task that is on another waker's queue, the task gets the first one's
//! wake-up, and sees what the second made true.

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "wake_queue_of_two",
        claim: "both tasks on a queue are woken, also if another task wakes one of them meanwhile",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: wake_queue_of_two,
    },
    Model {
        name: "wake_queue_claimed",
        claim: "a task that another waker has claimed and not yet woken is not left asleep",
        bound: Bound::Preemptions(3),
        outcomes: &["both"],
        run: wake_queue_claimed,
    },
    Model {
        name: "wake_queue_claimed_in_a_chain",
        claim: "a waker that finds a task claimed by another waker leaves that waker's queue as it is: the tasks behind it are woken",
        bound: Bound::Preemptions(3),
        outcomes: &["all"],
        run: wake_queue_claimed_in_a_chain,
    },
];

fn wake_queue_of_two() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let other = sleeper({
            let done = done.clone();
            move || wait_for_completion(&done)
        });
        let completer = actor({
            let done = done.clone();
            move || complete_all(&done)
        });
        let stranger = actor({
            let task = current();
            move || wake_up_process(&task)
        });
        wait_for_completion(&done);
        other.join();
        completer.join();
        stranger.join();
        "both".to_owned()
    })
}

fn wake_queue_claimed() -> String {
    in_small_kernel(|| {
        let dones = [Arc::new(Completion::new()), Arc::new(Completion::new())];
        let completers = dones.clone().map(|done| actor(move || complete_all(&done)));
        for done in &dones {
            wait_for_completion(done);
        }
        for completer in completers {
            completer.join();
        }
        "both".to_owned()
    })
}

/// Two tasks sleep until the first completion. A stray wake-up may let one of them wait for the
/// second completion while the first one's completer has both on its queue.
fn wake_queue_claimed_in_a_chain() -> String {
    in_small_kernel(|| {
        let [first, second] = [Arc::new(Completion::new()), Arc::new(Completion::new())];
        let (ahead, task) = asleep({
            let (first, second) = (first.clone(), second.clone());
            move || {
                wait_for_completion(&first);
                wait_for_completion(&second);
            }
        });
        let (behind, _) = asleep({
            let first = first.clone();
            move || wait_for_completion(&first)
        });
        let other = actor(move || {
            wake_up_process(&task);
            complete_all(&second);
        });
        complete_all(&first);
        ahead.join();
        behind.join();
        other.join();
        "all".to_owned()
    })
}
