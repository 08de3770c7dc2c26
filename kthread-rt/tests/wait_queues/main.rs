//! The recorded answers of a real kernel about wait queues: the groups wq_order and wq_misc, and
//! the waits for an event in the groups about signals and stop; and simple wait queues, for which
//! there are none.

#![cfg(not(any(loom, shuttle)))]

mod bit;
#[path = "../child/mod.rs"]
mod child;
mod dropped;
mod event;
mod event_neighbours;
mod locked;
mod order;
mod swait;
#[path = "../witness/mod.rs"]
mod witness;

use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

/// A thread whose function will run.
#[track_caller]
pub(crate) fn run(threadfn: impl FnOnce() -> i32 + Send + 'static, name: &str) -> Task {
    let task = kthread_create(|f| f(), threadfn, name).expect("kthreadd can create");
    assert!(wake_up_process(&task));
    task
}

/// Waits until `task` sleeps in `state`.
#[track_caller]
pub(crate) fn await_sleep(task: &TaskStruct, state: TaskState) {
    assert!(wait_task_inactive(task, TASK_RUNNING));
    assert_eq!(task.state(), state);
}

/// What `f` returns on a kthread of its own.
pub(crate) fn on_kthread<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = channel();
    let task = run(move || sender.send(f()).map_or(1, |()| 0), "asked");
    let answer = receiver.recv().expect("the function did not panic");
    assert_eq!(kthread_stop(&task), 0);
    answer
}

/// A flag and a queue, shared with a thread.
#[derive(Default)]
pub(crate) struct Event {
    pub(crate) wq: WaitQueueHead,
    flag: AtomicBool,
}

impl Event {
    pub(crate) fn is_set(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }
}
