//! The hand-off of a usermode helper (`umh/request.rs`), and threads that no task waits for
//! (`kthread/create.rs`).
//!
//! A call is answered or abandoned, never both: its result has one receiver, and its cleanup runs
//! exactly once, in whatever order the caller is killed, the helper ends, the system refuses the
//! thread, and the Kernel shuts down. A model's helper ends at once; only the hand-off is explored.

use crate::harness::{Actor, Bound, Model, actor, builder, explored, in_kernel};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;
use std::sync::Arc as StdArc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "umh_wait",
        claim: "a caller that waits gets the status, and the cleanup has run when it returns",
        bound: Bound::Preemptions(2),
        outcomes: &["Ok(0)"],
        run: umh_wait,
    },
    Model {
        name: "umh_killed",
        claim: "a caller that is killed at any point gets the status or ERESTARTSYS; exactly one side cleans up",
        bound: Bound::Preemptions(1),
        outcomes: &["Ok(0)", "Err(ERESTARTSYS)"],
        run: umh_killed,
    },
    Model {
        name: "umh_refused",
        claim: "an error of the operating system reaches the caller, and the cleanup runs once",
        bound: Bound::Preemptions(2),
        outcomes: &["Err(EAGAIN)"],
        run: umh_refused,
    },
    Model {
        name: "umh_refused_and_killed",
        claim: "a caller that is killed while the system refuses the thread gets one of the two errors, once",
        bound: Bound::Preemptions(1),
        outcomes: &["Err(EAGAIN)", "Err(ERESTARTSYS)"],
        run: umh_refused_and_killed,
    },
    Model {
        name: "umh_shutdown",
        claim: "a helper that no task waits for is run or refused if the shutdown comes, and cleaned up once",
        bound: Bound::Preemptions(2),
        outcomes: &["refused", "run"],
        run: umh_shutdown,
    },
];

/// A call that counts its cleanups and completes something at each. std's atomics: the counter is
/// the model's own record.
fn call() -> (SubprocessInfo, Arc<Completion>, StdArc<AtomicUsize>) {
    let (cleaned, count) = (Arc::new(Completion::new()), StdArc::new(AtomicUsize::new(0)));
    let info = SubprocessInfo::new("/helper", ["helper"], [""; 0]).expect("no NUL byte");
    let info = info.with_cleanup({
        let (cleaned, count) = (cleaned.clone(), count.clone());
        move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            complete(&cleaned);
        }
    });
    (info, cleaned, count)
}

/// Waits until no worker is left.
fn join_workers() {
    for task in Kernel::current().tasks() {
        if task.comm().starts_with("kworker/") {
            _ = kthread_stop(&task);
        }
    }
}

fn killer() -> Actor<()> {
    let caller = current();
    actor(move || send_sig(SIGKILL, &caller, 1).expect("the caller is alive"))
}

/// Calls a helper, waits for its end and its cleanup, and returns the call's result.
fn exec(wait: i32, refuse: bool, kill: bool) -> String {
    let (info, cleaned, count) = call();
    let result = in_kernel(|| {
        if refuse {
            backend::refuse_threads(0, 1);
        }
        let killer = kill.then(killer);
        let result = info.exec(wait);
        if !kill {
            assert_eq!(count.load(Ordering::Relaxed), 1, "it is cleaned up before the call returns");
        }
        killer.into_iter().for_each(Actor::join);
        wait_for_completion(&cleaned);
        join_workers();
        result
    });
    assert_eq!(count.load(Ordering::Relaxed), 1, "it was not cleaned up once");
    format!("{result:?}")
}

fn umh_wait() -> String {
    exec(UMH_WAIT_PROC, false, false)
}

fn umh_killed() -> String {
    exec(UMH_WAIT_PROC | UMH_KILLABLE, false, true)
}

fn umh_refused() -> String {
    exec(UMH_WAIT_EXEC, true, false)
}

fn umh_refused_and_killed() -> String {
    exec(UMH_WAIT_EXEC | UMH_KILLABLE, true, true)
}

fn umh_shutdown() -> String {
    let (info, cleaned, count) = call();
    let kernel = builder().boot().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let report = explored(|| {
        assert_eq!(info.exec(UMH_NO_WAIT), Ok(0));
        kernel.shutdown()
    });
    // A worker that still runs ends by itself.
    wait_for_completion(&cleaned);
    join_workers();
    drop(inside);
    assert_eq!(count.load(Ordering::Relaxed), 1, "it was not cleaned up once");
    if report.forked == 0 { "refused".to_owned() } else { "run".to_owned() }
}
