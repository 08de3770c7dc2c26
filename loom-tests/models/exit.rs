//! The end of a thread (`kthread/exit.rs`, `finish` in `run.rs`).
//!
//! `kthread_exit` ends the thread from anywhere; every stop returns its result. When the completion
//! of `kthread_complete_and_exit` is completed, nothing of the caller's is left on the thread: its
//! frames, its closure and its data are dropped.

use crate::harness::{Bound, Model, created, datum, in_kernel, started};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;
use std::sync::Arc as StdArc;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "exit_against_stop",
        claim: "a stop that races with a kthread_exit deep inside calls returns its number, after all destructors",
        bound: Bound::Preemptions(2),
        outcomes: &["5"],
        run: exit_against_stop,
    },
    Model {
        name: "exit_before_stop",
        claim: "a stop that races with an immediate kthread_exit returns its number, or the thread never ran",
        bound: Bound::Preemptions(2),
        outcomes: &["-4", "5"],
        run: exit_before_stop,
    },
    Model {
        name: "exit_and_complete",
        claim: "a task that waits for the completion of kthread_complete_and_exit finds nothing of the thread's data left",
        bound: Bound::Preemptions(2),
        outcomes: &["9"],
        run: exit_and_complete,
    },
    Model {
        name: "exit_ends_the_task",
        claim: "when a stop returns, the task is dead, out of the pid table, and takes no signals",
        bound: Bound::Preemptions(2),
        outcomes: &["dead"],
        run: exit_ends_the_task,
    },
];

fn deep_inside(levels: u32) -> i32 {
    match levels {
        0 => kthread_exit(5),
        n => deep_inside(n - 1),
    }
}

fn exit_against_stop() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let go = Arc::new(Completion::new());
        let task = started({
            let go = go.clone();
            move |_| {
                let _data = data;
                wait_for_completion(&go);
                deep_inside(2)
            }
        });
        complete(&go);
        let result = kthread_stop(&task);
        assert_eq!(drops.count(), 1, "a destructor of the thread's was not run");
        result.to_string()
    })
}

fn exit_before_stop() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let task = created(|_data| deep_inside(1), data);
        wake_up_process(&task);
        let result = kthread_stop(&task);
        assert_eq!(drops.count(), 1, "the data was not dropped once before the stop returned");
        result.to_string()
    })
}

fn exit_and_complete() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let over = StdArc::new(Completion::new());
        let task = created(
            move |(_data, over): (_, StdArc<Completion>)| kthread_complete_and_exit(Some(over.into()), 9),
            (data, over.clone()),
        );
        wake_up_process(&task);
        wait_for_completion(&over);
        assert_eq!(drops.count(), 1, "the completion came before the end of the thread's data");
        assert!(StdArc::strong_count(&over) <= 2, "more references than the exit's own are left");
        let result = kthread_stop(&task);
        assert_eq!(StdArc::strong_count(&over), 1);
        result.to_string()
    })
}

fn exit_ends_the_task() -> String {
    in_kernel(|| {
        let task = created(|()| 0, ());
        wake_up_process(&task);
        _ = kthread_stop(&task);
        assert_eq!((task.state(), task.exit_state()), (TASK_DEAD, EXIT_DEAD));
        assert_eq!(find_task_by_pid(task.pid()), None);
        assert_eq!(send_sig(SIGKILL, &task, 1), Err(Errno::ESRCH));
        assert!(!wake_up_process(&task));
        "dead".to_owned()
    })
}
