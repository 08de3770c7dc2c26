//! The hand-off of a usermode helper (`umh/request.rs`), and threads that no task waits for
//! (`kthread/create.rs`).
//!
//! A call is answered or abandoned, never both: its result has one receiver, and its cleanup runs
//! exactly once, in whatever order the caller is killed, the helper ends, the system refuses the
//! thread, and the Kernel shuts down. A model's helper ends at once; only the hand-off is explored.

use crate::harness::{
    Actor, Bound, Model, actor, asleep, builder, datum, explored, in_kernel, never, prepared, warnings,
};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc as StdArc, Mutex};

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "umh_wait",
        claim: "a caller that waits gets the status, and the cleanup has run when it returns",
        bound: Bound::Preemptions(2),
        outcomes: &["Ok(256)"],
        run: umh_wait,
    },
    Model {
        name: "umh_wait_exec",
        claim: "a caller that waits for the start alone gets 0, and the cleanup has run when it returns",
        bound: Bound::Preemptions(2),
        outcomes: &["Ok(0)"],
        run: umh_wait_exec,
    },
    Model {
        name: "umh_not_killable",
        claim: "a kill does not end a wait that is not killable",
        bound: Bound::Preemptions(1),
        outcomes: &["Ok(256)"],
        run: umh_not_killable,
    },
    Model {
        name: "umh_killed",
        claim: "a caller that is killed at any point gets the status or ERESTARTSYS; exactly one side cleans up",
        bound: Bound::Preemptions(1),
        outcomes: &["Ok(256)", "Err(ERESTARTSYS)"],
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
    Model {
        name: "umh_fails",
        claim: "an error of the call's init, or a panic, reaches the caller; what is no call is refused, or nothing; each is cleaned up once",
        bound: Bound::Preemptions(1),
        outcomes: &["Err(ENOENT) Err(EINVAL) Ok(0) Err(EFAULT) Err(EINVAL)"],
        run: umh_fails,
    },
    Model {
        name: "umh_numbers",
        claim: "each of two helpers at once has a worker with its own number, the lowest free one, which is free later",
        bound: Bound::Preemptions(1),
        outcomes: &["kworker/u4:0 kworker/u4:1, kworker/u4:0"],
        run: umh_numbers,
    },
    Model {
        name: "create_invalid",
        claim: "a create with a name or node that can't exist fails with a warning, its data dropped; one on a node is served",
        bound: Bound::Preemptions(1),
        outcomes: &["Err(EINVAL) Err(EINVAL) Ok(-4)"],
        run: create_invalid,
    },
    Model {
        name: "umh_sleeps",
        claim: "a caller that asks for nothing else sleeps uninterruptibly",
        bound: Bound::Preemptions(1),
        outcomes: &["Ok(256)"],
        run: umh_sleeps,
    },
    Model {
        name: "umh_sleeps_freezably",
        claim: "a caller that asks for it sleeps in a state that can be frozen, killable or not",
        bound: Bound::Preemptions(1),
        outcomes: &["Ok(256)"],
        run: umh_sleeps_freezably,
    },
    Model {
        name: "umh_sleeps_killably",
        claim: "a caller that asks for it sleeps in a state that a kill ends",
        bound: Bound::Preemptions(1),
        outcomes: &["Ok(0)"],
        run: umh_sleeps_killably,
    },
];

/// A call that counts its cleanups and completes something at each. std's atomics: the counter is
/// the model's own record.
fn call() -> (SubprocessInfo, Arc<Completion>, StdArc<AtomicUsize>) {
    call_of("/helper", &["helper"])
}

fn call_of(path: &str, argv: &[&str]) -> (SubprocessInfo, Arc<Completion>, StdArc<AtomicUsize>) {
    let (cleaned, count) = (Arc::new(Completion::new()), StdArc::new(AtomicUsize::new(0)));
    let info = SubprocessInfo::new(path, argv, [""; 0]).expect("no NUL byte");
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

fn umh_wait_exec() -> String {
    exec(UMH_WAIT_EXEC, false, false)
}

fn umh_not_killable() -> String {
    exec(UMH_WAIT_PROC, false, true)
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

fn umh_fails() -> String {
    in_kernel(|| {
        let exec = |path, argv: &[&str], wait, init: Option<fn() -> Result<(), Errno>>| {
            let (info, _, count) = call_of(path, argv);
            let info = match init {
                Some(init) => info.with_init(move |_| init()),
                None => info,
            };
            let result = info.exec(wait);
            assert_eq!(count.load(Ordering::Relaxed), 1, "it was not cleaned up once");
            prepared(join_workers);
            result
        };
        let helper = &["helper"][..];
        let fails = exec("/helper", helper, UMH_WAIT_EXEC, Some(|| Err(Errno::ENOENT)));
        let nameless = exec("/helper", &[], UMH_WAIT_PROC, None);
        let nothing = exec("", helper, UMH_WAIT_PROC, None);
        assert_eq!(warnings(), []);
        // Not `panic!`, which would print a message for each execution.
        let panics = exec("/helper", helper, UMH_WAIT_PROC, Some(|| std::panic::resume_unwind(Box::new(()))));
        assert_eq!(warnings(), [WarningKind::Oops]);
        let unknown = exec("/helper", helper, 0x100, None);
        assert_eq!(warnings(), [WarningKind::BadArgument]);
        format!("{fails:?} {nameless:?} {nothing:?} {panics:?} {unknown:?}")
    })
}

fn umh_numbers() -> String {
    in_kernel(|| {
        let names = |count| {
            let begun = Arc::new(Completion::new());
            let helper = |_| {
                let (info, cleaned, _) = call();
                let (names, theirs) = (StdArc::new(Mutex::new(String::new())), begun.clone());
                let info = info.with_init({
                    let names = names.clone();
                    move |_| {
                        *names.lock().expect("nothing panics") = current().comm();
                        wait_for_completion(&theirs);
                        Ok(())
                    }
                });
                assert_eq!(info.exec(UMH_NO_WAIT), Ok(0));
                (names, cleaned)
            };
            let helpers: Vec<_> = (0..count).map(helper).collect();
            complete_all(&begun);
            for (_, cleaned) in &helpers {
                wait_for_completion(cleaned);
            }
            join_workers();
            let name = |(name, _): &(StdArc<Mutex<String>>, _)| name.lock().expect("nothing panics").clone();
            let mut names: Vec<_> = helpers.iter().map(name).collect();
            names.sort();
            names.join(" ")
        };
        let both = names(2);
        // Their numbers are free again.
        format!("{both}, {}", prepared(|| names(1)))
    })
}

/// Calls a helper that does not end before its caller is seen asleep, in `state`.
fn sleeps_in(wait: i32, state: TaskState) -> String {
    in_kernel(|| {
        let (info, _, count) = call();
        let go = Arc::new(Completion::new());
        let (caller, task) = asleep({
            let go = go.clone();
            move || {
                let info = info.with_init(move |_| {
                    wait_for_completion(&go);
                    Ok(())
                });
                info.exec(wait)
            }
        });
        assert_eq!(task.state(), state);
        complete(&go);
        let result = caller.join();
        assert_eq!(count.load(Ordering::Relaxed), 1, "it was not cleaned up once");
        join_workers();
        format!("{result:?}")
    })
}

fn umh_sleeps() -> String {
    sleeps_in(UMH_WAIT_PROC, TASK_UNINTERRUPTIBLE)
}

fn umh_sleeps_freezably() -> String {
    sleeps_in(UMH_WAIT_PROC | UMH_FREEZABLE, TASK_UNINTERRUPTIBLE | TASK_FREEZABLE)
}

fn umh_sleeps_killably() -> String {
    sleeps_in(UMH_WAIT_EXEC | UMH_KILLABLE, TASK_KILLABLE)
}

fn create_invalid() -> String {
    in_kernel(|| {
        let create = |node, name| {
            let (data, drops) = datum();
            let result = kthread_create_on_node(never, data, node, name).map(|task| kthread_stop(&task));
            assert_eq!((drops.count(), result.is_ok()), (1, warnings().is_empty()));
            result
        };
        let results = [create(NUMA_NO_NODE, "a\0b"), create(7, "nowhere"), create(0, "on node 0")];
        results.map(|result| format!("{result:?}")).join(" ")
    })
}
