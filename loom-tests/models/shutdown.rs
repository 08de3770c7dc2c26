//! The end of a Kernel (`shut_down` and the rest of `kthread/kthreadd.rs`).
//!
//! A request that races with the shutdown is served, or refused with ESHUTDOWN; none is left
//! unanswered. kthreadd joins every thread that is ending, also one whose requester was killed,
//! reports the others, and ends.

use crate::harness::{
    Bound, Model, actor, builder, created, datum, explored, never, prepared, sleeper, started,
};
use kthread_rt::__private::model as backend;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "shutdown_against_create",
        claim: "a request that races with the shutdown gets a thread, which its owner keeps, or is refused",
        bound: Bound::Preemptions(2),
        outcomes: &["created, alive", "created, joined", "ESHUTDOWN"],
        run: shutdown_against_create,
    },
    Model {
        name: "shutdown_against_two_requests",
        claim: "two requests race with the shutdown: each gets the system's error or ESHUTDOWN",
        bound: Bound::Preemptions(2),
        outcomes: &["EAGAIN EAGAIN", "EAGAIN ESHUTDOWN", "ESHUTDOWN EAGAIN", "ESHUTDOWN ESHUTDOWN"],
        run: shutdown_against_two_requests,
    },
    Model {
        name: "shutdown_after_killed_request",
        claim: "the shutdown joins the orphan of a killed requester",
        bound: Bound::Preemptions(2),
        outcomes: &["joined", "never forked"],
        run: shutdown_after_killed_request,
    },
    Model {
        name: "shutdown_against_exit",
        claim: "a thread that ends while its Kernel shuts down is joined, or reported as alive",
        bound: Bound::Preemptions(2),
        outcomes: &["joined", "alive"],
        run: shutdown_against_exit,
    },
    Model {
        name: "shutdown_twice",
        claim: "two shutdowns at once return the same report",
        bound: Bound::Preemptions(2),
        outcomes: &["the same"],
        run: shutdown_twice,
    },
    Model {
        name: "shutdown_after_stop",
        claim: "a thread that was stopped is always joined",
        bound: Bound::Preemptions(2),
        outcomes: &["joined"],
        run: shutdown_after_stop,
    },
];

/// Runs `f` in a booted Kernel, which `f` shuts down. Only `f` is explored.
fn in_kernel_until_shutdown(f: impl FnOnce(&Kernel) -> String) -> String {
    let kernel = builder().boot().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let outcome = explored(|| f(&kernel));
    drop(inside);
    assert!(kernel.shutdown().alive.len() <= 1);
    outcome
}

fn shutdown_against_create() -> String {
    in_kernel_until_shutdown(|kernel| {
        let (data, drops) = datum();
        let requester = sleeper(move || match kthread_create!(never, data, "late") {
            Ok(task) => {
                assert_eq!(kthread_stop(&task), -4);
                "created"
            }
            Err(Errno::ESHUTDOWN) => "ESHUTDOWN",
            Err(_) => "another error",
        });
        let report = kernel.shutdown();
        let outcome = requester.join();
        assert_eq!(drops.count(), 1);
        assert_eq!(report.forked, report.joined + report.alive.len() as u64);
        match (outcome, report.alive.len(), report.forked) {
            ("created", 1, 1) => "created, alive",
            ("created", 0, 1) => "created, joined",
            ("ESHUTDOWN", 0, 0) => "ESHUTDOWN",
            _ => "a report that does not fit",
        }
        .to_owned()
    })
}

fn shutdown_against_two_requests() -> String {
    in_kernel_until_shutdown(|kernel| {
        backend::refuse_threads(0, 2);
        let requesters = [0, 1].map(|_| {
            sleeper(|| {
                let (data, drops) = datum();
                let errno = kthread_create!(never, data, "late").expect_err("the system refuses it");
                assert_eq!(drops.count(), 1);
                errno
            })
        });
        kernel.shutdown();
        let [first, second] = requesters.map(crate::harness::Actor::join);
        format!("{first:?} {second:?}")
    })
}

fn shutdown_after_killed_request() -> String {
    in_kernel_until_shutdown(|kernel| {
        let (data, drops) = datum();
        let requester = current();
        let killer = actor(move || send_sig(SIGKILL, &requester, 1).expect("the requester is alive"));
        let created = kthread_create!(never, data, "orphan");
        prepared(|| killer.join());
        if let Ok(task) = &created {
            prepared(|| kthread_stop(task));
        }
        let report = kernel.shutdown();
        assert_eq!(drops.count(), 1);
        assert_eq!((report.forked, report.alive.len()), (report.joined, 0));
        if report.joined == 1 { "joined" } else { "never forked" }.to_owned()
    })
}

fn shutdown_against_exit() -> String {
    in_kernel_until_shutdown(|kernel| {
        let task = created(|()| 0, ());
        wake_up_process(&task);
        let report = kernel.shutdown();
        assert_eq!(report.joined + report.alive.len() as u64, 1);
        if report.joined == 1 { "joined" } else { "alive" }.to_owned()
    })
}

fn shutdown_twice() -> String {
    in_kernel_until_shutdown(|kernel| {
        let other = actor({
            let kernel = kernel.clone();
            move || kernel.shutdown()
        });
        let mine = kernel.shutdown();
        assert_eq!(mine, other.join());
        "the same".to_owned()
    })
}

fn shutdown_after_stop() -> String {
    in_kernel_until_shutdown(|kernel| {
        let task = started(|_| {
            while !kthread_should_stop() {
                schedule_timeout_interruptible(HZ as i64);
            }
            0
        });
        _ = kthread_stop(&task);
        let report = kernel.shutdown();
        assert_eq!((report.joined, report.alive.len()), (1, 0));
        "joined".to_owned()
    })
}
