//! The hand-off of `kthread_create` (`kthread/create.rs`, `request.rs`, `kthreadd.rs`, and the
//! beginning of `run.rs`).
//!
//! A request is answered or abandoned, never both. The requester gets its thread, or an error and
//! nothing is left of the request; the data of a function that does not run is dropped exactly
//! once. The thread sleeps until it is woken, and a wake-up right after create is not lost.

use crate::harness::{Bound, Model, actor, builder, datum, in_kernel, in_kernel_of, never, sleeper};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;
use kthread_rt::trace::{Event, EventKind};

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "create_and_stop",
        claim: "a thread that is stopped before its first wake-up never runs its function, and drops its data once",
        bound: Bound::Preemptions(2),
        outcomes: &["-4"],
        run: create_and_stop,
    },
    Model {
        name: "create_and_wake",
        claim: "a wake-up right after create always finds the thread asleep, and its function runs",
        bound: Bound::Preemptions(2),
        outcomes: &["ran"],
        run: create_and_wake,
    },
    Model {
        name: "create_killed",
        claim: "a requester that is killed at any point gets the thread or EINTR; exactly one side frees the request",
        bound: Bound::Preemptions(2),
        outcomes: &["created", "EINTR"],
        run: create_killed,
    },
    Model {
        name: "create_killed_before",
        claim: "a requester with a fatal signal pending gets EINTR, and nothing is created",
        bound: Bound::Complete,
        outcomes: &["EINTR"],
        run: create_killed_before,
    },
    Model {
        name: "create_refused",
        claim: "an error of the operating system reaches the requester, and the data is dropped once",
        bound: Bound::Preemptions(2),
        outcomes: &["EAGAIN"],
        run: create_refused,
    },
    Model {
        name: "create_refused_and_killed",
        claim: "a requester that is killed while the system refuses its thread gets one of the two errors, once",
        bound: Bound::Preemptions(2),
        outcomes: &["EAGAIN", "EINTR"],
        run: create_refused_and_killed,
    },
    Model {
        name: "create_two_requesters",
        claim: "two requests at once are both served",
        bound: Bound::Preemptions(2),
        outcomes: &["EAGAIN EAGAIN"],
        run: create_two_requesters,
    },
    Model {
        name: "create_kernel_thread",
        claim: "kernel_thread's child runs without a wake-up, and is joined",
        bound: Bound::Preemptions(1),
        outcomes: &["ran"],
        run: create_kernel_thread,
    },
];

fn create_and_stop() -> String {
    let (data, drops) = datum();
    let result = in_kernel(|| {
        let task = kthread_create!(never, data, "unwoken").expect("nothing refuses it");
        let result = kthread_stop(&task);
        assert_eq!(drops.count(), 1, "the data is dropped before the stop returns");
        result
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    result.to_string()
}

fn create_and_wake() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let ran = Arc::new(Completion::new());
        let threadfn = {
            let ran = ran.clone();
            move |data| {
                drop(data);
                complete(&ran);
                5
            }
        };
        let task = kthread_create!(threadfn, data, "woken").expect("nothing refuses it");
        assert!(wake_up_process(&task), "a new thread was not asleep");
        wait_for_completion(&ran);
        assert_eq!(kthread_stop(&task), 5);
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    "ran".to_owned()
}

/// Kills the calling task.
fn killer() -> crate::harness::Actor<()> {
    let requester = current();
    actor(move || send_sig(SIGKILL, &requester, 1).expect("the requester is alive"))
}

fn create_killed() -> String {
    let (data, drops) = datum();
    let outcome = in_kernel(|| {
        let killer = killer();
        let outcome = match kthread_create!(never, data, "orphan") {
            Ok(task) => {
                assert_eq!(kthread_stop(&task), -4);
                "created"
            }
            Err(Errno::EINTR) => "EINTR",
            Err(_) => "another error",
        };
        killer.join();
        outcome.to_owned()
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    outcome
}

fn create_killed_before() -> String {
    let (data, drops) = datum();
    let tell = |event: &Event| {
        assert!(!matches!(event.kind, EventKind::CreateQueued { .. }), "a request was queued");
    };
    let errno = in_kernel_of(builder().on_event(tell), || {
        send_sig(SIGKILL, &current(), 1).expect("the requester is alive");
        let errno = kthread_create!(never, data, "unborn").expect_err("the requester is killed");
        assert_eq!(drops.count(), 1, "the request was queued nevertheless");
        errno
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    format!("{errno:?}")
}

fn create_refused() -> String {
    let (data, drops) = datum();
    let errno = in_kernel(|| {
        backend::refuse_threads(0, 1);
        kthread_create!(never, data, "refused").expect_err("the system refuses it")
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    format!("{errno:?}")
}

fn create_refused_and_killed() -> String {
    let (data, drops) = datum();
    let errno = in_kernel(|| {
        backend::refuse_threads(0, 1);
        let killer = killer();
        let errno = kthread_create!(never, data, "refused").expect_err("the system refuses it");
        killer.join();
        errno
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    format!("{errno:?}")
}

fn create_two_requesters() -> String {
    in_kernel(|| {
        backend::refuse_threads(0, 2);
        let create = || kthread_create!(never, (), "refused").expect_err("the system refuses it");
        let other = sleeper(create);
        let mine = create();
        format!("{mine:?} {:?}", other.join())
    })
}

fn create_kernel_thread() -> String {
    in_kernel(|| {
        let ran = Arc::new(Completion::new());
        let child = |ran: Arc<Completion>| {
            complete(&ran);
            0
        };
        let pid = kernel_thread(child, ran.clone(), CLONE_FS).expect("nothing refuses it");
        wait_for_completion(&ran);
        if let Some(child) = find_task_by_pid(pid) {
            // The child is about to end; this waits for that.
            _ = kthread_stop(&child);
        }
    });
    "ran".to_owned()
}
