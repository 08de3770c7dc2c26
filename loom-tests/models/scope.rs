//! `scope` and `kthread_run_started` (`kthread/scope.rs`, `kthread/started.rs`).
//!
//! When a scope returns, the functions of its threads are dropped, with all their writes to what
//! they borrow: whether a function ran, its thread was stopped before it could, or its creator was
//! killed while kthreadd still had the request. A thread that has started runs its function,
//! however soon it is stopped.

use crate::harness::{Bound, Model, actor, in_kernel};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::kthread::scope;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "scope_against_first_wake",
        claim: "no write of a scope's thread comes after the scope, whether its function ran or not",
        bound: Bound::Preemptions(2),
        outcomes: &["dropped", "ran"],
        run: scope_against_first_wake,
    },
    Model {
        name: "scope_creator_killed",
        claim: "a function is dropped once, before its scope returns, though its creator got EINTR",
        bound: Bound::Preemptions(1),
        outcomes: &["EINTR", "created"],
        run: scope_creator_killed,
    },
    Model {
        name: "run_started_against_stop",
        claim: "a stop right after kthread_run_started finds a function that has begun",
        bound: Bound::Preemptions(2),
        outcomes: &["7"],
        run: run_started_against_stop,
    },
];

/// What the threads borrow, on the stack of the scope's caller. loom checks that each access comes
/// after the one before.
struct Counts(UnsafeCell<[u32; 2]>);

// SAFETY: loom checks the accesses.
unsafe impl Sync for Counts {}

impl Counts {
    fn add(&self, which: usize) {
        // SAFETY: loom checks that no other access is concurrent.
        self.0.with_mut(|counts| unsafe { (*counts)[which] += 1 });
    }
}

/// What a function holds: notes that it was dropped.
struct Dropped<'a>(&'a Counts);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        self.0.add(1);
    }
}

/// How often a function ran, and how often one was dropped; the caller uses the counts again.
fn after(counts: Counts) -> [u32; 2] {
    counts.add(1);
    let [ran, dropped] = counts.0.into_inner();
    [ran, dropped - 1]
}

fn scope_against_first_wake() -> String {
    in_kernel(|| {
        let counts = Counts(UnsafeCell::new([0; 2]));
        scope(|s| {
            let held = Dropped(&counts);
            let function = move || {
                held.0.add(0);
                drop(held);
                7
            };
            let thread = s.create(function, "borrows").expect("nothing refuses it");
            wake_up_process(thread.task());
        });
        match after(counts) {
            [0, 1] => "dropped".to_owned(),
            [1, 1] => "ran".to_owned(),
            other => format!("{other:?}"),
        }
    })
}

fn scope_creator_killed() -> String {
    in_kernel(|| {
        let counts = Counts(UnsafeCell::new([0; 2]));
        let creator = current();
        let killer = actor(move || send_sig(SIGKILL, &creator, 1).expect("the creator is alive"));
        let created = scope(|s| {
            let held = Dropped(&counts);
            let function = move || {
                held.0.add(0);
                7
            };
            s.create(function, "borrows").map(drop)
        });
        assert_eq!(after(counts), [0, 1], "the function is dropped once, and never ran");
        killer.join();
        match created {
            Ok(()) => "created".to_owned(),
            Err(errno) => format!("{errno:?}"),
        }
    })
}

fn run_started_against_stop() -> String {
    in_kernel(|| {
        let task = kthread_run_started!(|()| 7, (), "started").expect("nothing refuses it");
        kthread_stop(&task).to_string()
    })
}
