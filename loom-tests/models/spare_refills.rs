//! Larger pools of spare threads (`kthread/spare.rs`, `kthread/daemon.rs`).
//!
//! kthreadd fills the pool up to its size, and to no more. If the system refuses a spare, kthreadd
//! sleeps until a thread has ended or was granted. A shutdown ends every spare, and joins every
//! thread that has ended.

use crate::harness::{Bound, Model, builder, explored, never, prepared, sleeper};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom;
use kthread_rt::model;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "spare_two_against_shutdown",
        claim: "of two spares one is taken while the Kernel shuts down: the others are dismissed and joined",
        bound: Bound::Preemptions(1),
        outcomes: &["ESHUTDOWN, 2 spares", "alive, 1 spare", "joined, 1 spare"],
        run: spare_two_against_shutdown,
    },
    Model {
        name: "spare_refused_then_granted",
        claim: "a pool whose spare was refused is filled when a thread has ended",
        bound: Bound::Preemptions(1),
        outcomes: &["refilled"],
        run: spare_refused_then_granted,
    },
    Model {
        name: "spare_pool_keeps_its_size",
        claim: "a spare that is taken while others are left wakes nobody, and no more are forked than the limit",
        bound: Bound::Preemptions(1),
        outcomes: &["2, then 1, then 2"],
        run: spare_pool_keeps_its_size,
    },
    Model {
        name: "spare_forked_for_requests",
        claim: "requests that find no spare make kthreadd fork some before it answers",
        bound: Bound::Preemptions(1),
        outcomes: &["all created"],
        run: spare_forked_for_requests,
    },
];

/// A Kernel whose pool may have `most` spares, with kthreadd asleep.
fn stocked(most: u32, threads: u32) -> (Kernel, Task) {
    let kernel = builder().spare_threads(most).boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    backend::refuse_threads(1 + threads, 100);
    let kthreadd = kernel.kthreadd().expect("nothing refuses it");
    settled(&kthreadd);
    drop(inside);
    (kernel, kthreadd)
}

/// Lets kthreadd and the spares run until they sleep.
fn settled(kthreadd: &Task) {
    assert!(wait_task_inactive(kthreadd, TASK_RUNNING));
    for _ in 0..8 {
        loom::thread::yield_now();
    }
    assert!(wait_task_inactive(kthreadd, TASK_RUNNING));
}

fn spare_two_against_shutdown() -> String {
    let (kernel, _) = stocked(2, 2);
    assert_eq!(kernel.spare_threads(), 2);
    let inside = kernel.enter();
    let outcome = explored(|| {
        let requester = sleeper(|| match kthread_create!(never, (), "late") {
            Ok(task) => {
                assert_eq!(kthread_stop(&task), -4);
                None
            }
            Err(errno) => Some(errno),
        });
        let report = kernel.shutdown();
        match (requester.join(), report.alive.len(), report.joined, report.spares) {
            (None, 1, 0, 1) => "alive, 1 spare",
            (None, 0, 1, 1) => "joined, 1 spare",
            (Some(Errno::ESHUTDOWN), 0, 0, 2) => "ESHUTDOWN, 2 spares",
            _ => "a report that does not fit",
        }
        .to_owned()
    });
    drop(inside);
    outcome
}

fn spare_refused_then_granted() -> String {
    let (kernel, kthreadd) = stocked(2, 1);
    assert_eq!(kernel.spare_threads(), 1, "the second one was refused");
    model::on_stage(&kernel, |kernel| {
        let task = kthread_create!(never, (), "first").expect("there is a spare");
        prepared(|| settled(&kthreadd));
        assert_eq!(kernel.spare_threads(), 0, "the system refuses others");
        backend::refuse_threads(2, 100);
        assert_eq!(kthread_stop(&task), -4);
        prepared(|| settled(&kthreadd));
        assert_eq!(kernel.spare_threads(), 2, "kthreadd sleeps without a spare");
        "refilled".to_owned()
    })
}

fn spare_pool_keeps_its_size() -> String {
    let (kernel, kthreadd) = stocked(2, 3);
    model::on_stage(&kernel, |kernel| {
        let first = kernel.spare_threads();
        let task = kthread_create!(never, (), "first").expect("there is a spare");
        prepared(|| settled(&kthreadd));
        let second = kernel.spare_threads();
        assert_eq!(kthread_stop(&task), -4);
        prepared(|| settled(&kthreadd));
        format!("{first}, then {second}, then {}", kernel.spare_threads())
    })
}

fn spare_forked_for_requests() -> String {
    let (kernel, kthreadd) = stocked(1, 0);
    assert_eq!(kernel.spare_threads(), 0, "it was refused");
    model::on_stage(&kernel, |kernel| {
        backend::refuse_threads(3, 100);
        // The second finds no spare, unless kthreadd was quicker.
        let tasks = [(); 2].map(|()| kthread_create!(never, (), "wanted").expect("nothing refuses it"));
        assert!(kernel.spare_threads() <= 1, "more than the limit");
        for task in &tasks {
            assert_eq!(kthread_stop(task), -4);
        }
        prepared(|| settled(&kthreadd));
        "all created".to_owned()
    })
}
