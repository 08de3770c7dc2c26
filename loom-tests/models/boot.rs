//! Booting a Kernel (`kernel/builder.rs`, `start` in `kthread/kthreadd.rs`).
//!
//! When the boot returns, kthreadd runs, or the boot has returned an error; and a shutdown that
//! races with the boot on demand leaves nothing behind.

use crate::harness::{Bound, Model, builder, explored, in_small_kernel, never, sleeper};
use kthread_rt::__private::model as backend;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "boot_and_shutdown",
        claim: "a Kernel boots and shuts down, in whatever order kthreadd and the booting thread run",
        bound: Bound::Preemptions(2),
        outcomes: &["booted"],
        run: boot_and_shutdown,
    },
    Model {
        name: "boot_refused",
        claim: "a Kernel whose kthreadd gets no thread does not boot, and leaves nothing behind",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: boot_refused,
    },
    Model {
        name: "boot_on_demand_against_shutdown",
        claim: "if the first request of a Kernel races with its shutdown, it is served or refused, and kthreadd ends in any case",
        bound: Bound::Preemptions(2),
        outcomes: &["EAGAIN", "ESHUTDOWN"],
        run: boot_on_demand_against_shutdown,
    },
    Model {
        name: "boot_pids",
        claim: "threads that enter a Kernel at once get different pids, and leave none behind",
        bound: Bound::Preemptions(2),
        outcomes: &["different"],
        run: boot_pids,
    },
    Model {
        name: "boot_twice",
        claim: "two first requests at once start one kthreadd",
        bound: Bound::Preemptions(2),
        outcomes: &["one kthreadd"],
        run: boot_twice,
    },
];

fn boot_and_shutdown() -> String {
    explored(|| {
        let kernel = builder().boot().expect("nothing refuses it");
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined, report.alive.len()), (0, 0, 0));
        assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
        assert_eq!(kernel.shutdown(), report, "a second shutdown reports something else");
        "booted".to_owned()
    })
}

fn boot_refused() -> String {
    explored(|| {
        backend::refuse_threads(0, 1);
        match builder().boot() {
            Ok(_) => "booted",
            Err(BootError::NoThread(Errno::EAGAIN)) => "refused",
            Err(_) => "another error",
        }
        .to_owned()
    })
}

fn boot_on_demand_against_shutdown() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let outcome = explored(|| {
        let inside = kernel.enter();
        let requester = sleeper(|| {
            // kthreadd gets its thread, and the new kthread none.
            backend::refuse_threads(1, 1);
            kthread_create!(never, (), "first").expect_err("its thread is refused")
        });
        drop(inside);
        kernel.shutdown();
        requester.join()
    });
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    format!("{outcome:?}")
}

fn boot_pids() -> String {
    in_small_kernel(|| {
        let enter = || {
            sleeper(|| {
                let me = current();
                assert_eq!(find_task_by_pid(me.pid()), Some(me.clone()), "another task has this pid");
                me.pid()
            })
        };
        let others = [enter(), enter()].map(crate::harness::Actor::join);
        let [first, second] = others;
        if first == second { "the same" } else { "different" }.to_owned()
    })
}

fn boot_twice() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let outcome = explored(|| {
        let inside = kernel.enter();
        let other = sleeper(|| kthreadd_task().expect("nothing refuses it"));
        let mine = kthreadd_task().expect("nothing refuses it");
        let same = mine == other.join();
        drop(inside);
        if same { "one kthreadd" } else { "two" }
    });
    assert_eq!(kernel.shutdown().alive, []);
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    outcome.to_owned()
}
