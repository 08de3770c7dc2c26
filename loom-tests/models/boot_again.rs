//! Boots and shutdowns that follow a refusal, or each other (`kthread/kthreadd.rs`,
//! `kthread/daemon.rs`).
//!
//! A refused kthreadd leaves a Kernel that can boot later. After a shutdown, every call that needs
//! kthreadd is refused, whether it had been up or not; what the shutdown reported stays.

use crate::harness::{Bound, Model, builder, explored, in_small_kernel, never, sleeper};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "boot_after_a_refusal",
        claim: "a Kernel whose kthreadd was refused has no trace of it, and boots with the next request",
        bound: Bound::Preemptions(1),
        outcomes: &["booted"],
        run: boot_after_a_refusal,
    },
    Model {
        name: "boot_refused_to_one_of_two",
        claim: "of two first requests whose kthreadd is refused once, one gets the error and the other boots",
        bound: Bound::Preemptions(2),
        outcomes: &["Err(EAGAIN) Ok(())", "Ok(()) Err(EAGAIN)"],
        run: boot_refused_to_one_of_two,
    },
    Model {
        name: "shutdown_before_boot",
        claim: "a Kernel that is shut down before it has booted refuses requests, and its kthreadd never starts",
        bound: Bound::Complete,
        outcomes: &["ESHUTDOWN ESHUTDOWN"],
        run: shutdown_before_boot,
    },
    Model {
        name: "shutdown_with_threads_left",
        claim: "a shutdown reports the threads that nobody stopped in the order of their pids, and they can be stopped later",
        bound: Bound::Preemptions(1),
        outcomes: &["2 alive"],
        run: shutdown_with_threads_left,
    },
    Model {
        name: "shutdown_on_kthreadd",
        claim: "a shutdown on kthreadd itself begins and returns at once; another task's waits for the end",
        bound: Bound::Preemptions(1),
        outcomes: &["down"],
        run: shutdown_on_kthreadd,
    },
];

fn boot_after_a_refusal() -> String {
    in_small_kernel(|| {
        backend::refuse_threads(0, 1);
        let (refused, data) = (kthreadd_task(), Arc::new(()));
        assert_eq!(refused.map(drop), Err(Errno::EAGAIN));
        assert_eq!(find_task_by_pid(2), None, "a task is left in the pid table");
        let task = kthread_create!(never, data.clone(), "first").expect("nothing refuses it");
        assert_eq!(kthread_stop(&task), -4);
        assert_eq!(Arc::strong_count(&data), 1);
        let kthreadd = kthreadd_task().expect("it is up");
        assert_eq!(find_task_by_pid(2), Some(kthreadd));
        "booted".to_owned()
    })
}

fn boot_refused_to_one_of_two() -> String {
    in_small_kernel(|| {
        backend::refuse_threads(0, 1);
        let boot = || kthreadd_task().map(drop);
        let other = sleeper(boot);
        let mine = boot();
        let outcome = format!("{mine:?} {:?}", other.join());
        assert_eq!(boot(), Ok(()));
        outcome
    })
}

fn shutdown_before_boot() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let outcome = explored(|| {
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined), (0, 0));
        let inside = kernel.enter();
        let first = kthread_create!(never, (), "late").expect_err("it is shut down");
        let second = kthreadd_task().expect_err("it is shut down");
        drop(inside);
        format!("{first:?} {second:?}")
    });
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    outcome
}

fn shutdown_with_threads_left() -> String {
    let kernel = builder().boot().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let tasks = [(); 2].map(|()| kthread_create!(never, (), "left").expect("nothing refuses it"));
    let report = explored(|| kernel.shutdown());
    assert_eq!((report.forked, report.joined, report.spares), (2, 0, 0));
    let alive: Vec<_> = report.alive.iter().map(|id| id.pid).collect();
    assert_eq!(alive, tasks.each_ref().map(|task| task.pid()), "others are reported");
    assert_eq!(kernel.shutdown(), report);
    assert!(kernel.kthreadd().is_err(), "it is down");
    for task in tasks {
        assert_eq!(kthread_stop(&task), -4);
    }
    drop(inside);
    "2 alive".to_owned()
}

fn shutdown_on_kthreadd() -> String {
    let kernel = builder().boot().expect("a model's Kernel boots");
    let inside = kernel.enter();
    explored(|| {
        backend::refuse_threads(0, 1);
        let cleaned = Arc::new(Completion::new());
        let info = SubprocessInfo::new("/helper", ["helper"], [""; 0]).expect("no NUL byte");
        let info = info.with_cleanup({
            let (kernel, cleaned) = (kernel.clone(), cleaned.clone());
            // kthreadd calls it, since the system refuses the helper's thread.
            move |_| {
                assert_eq!(kernel.shutdown(), ShutdownReport::default());
                complete(&cleaned);
            }
        });
        assert_eq!(info.exec(UMH_NO_WAIT), Ok(0));
        wait_for_completion(&cleaned);
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined, report.spares), (0, 0, 0));
        assert!(kernel.tasks().iter().all(|task| task.pid() != 2), "kthreadd is left");
    });
    drop(inside);
    "down".to_owned()
}
