//! Spare threads (`kthread/spare.rs`, `task/start_gate.rs`).
//!
//! A spare runs one kthread or none. A requester that takes it gets its kthread at once. The first
//! wake-up reaches the thread in its start gate, once; a stop before that keeps the function from
//! running. kthreadd refills an empty stock of spares, and a shutdown ends every spare that was not
//! taken.

use crate::harness::{Actor, Bound, Model, actor, builder, datum, explored, never, prepared, sleeper};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::model;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "spare_create_and_stop",
        claim: "a spare's kthread that is stopped before its first wake-up never runs its function, and drops its data once",
        bound: Bound::Preemptions(2),
        outcomes: &["-4"],
        run: spare_create_and_stop,
    },
    Model {
        name: "spare_create_and_two_wakes",
        claim: "of two wake-ups of a new kthread, one ends its sleep, and its function runs",
        bound: Bound::Preemptions(2),
        outcomes: &["first", "second"],
        run: spare_create_and_two_wakes,
    },
    Model {
        name: "spare_taken_before_it_begins",
        claim: "a spare's thread that begins late has a kthread by then, which gets its thread's id and runs",
        bound: Bound::Preemptions(2),
        outcomes: &["ran"],
        run: spare_taken_before_it_begins,
    },
    Model {
        name: "spare_found_in_the_table",
        claim: "a task that finds a new kthread in the pid table and wakes it finds one that runs its function",
        bound: Bound::Preemptions(2),
        outcomes: &["found", "not found"],
        run: spare_found_in_the_table,
    },
    Model {
        name: "spare_park_before_first_wake",
        claim: "a spare's kthread that is parked before its first wake-up parks, and sleeps on its state from then on",
        bound: Bound::Preemptions(2),
        outcomes: &["parked"],
        run: spare_park_before_first_wake,
    },
    Model {
        name: "spare_for_one_of_two",
        claim: "two requesters and one spare: one gets the spare, the other gets kthreadd's answer",
        bound: Bound::Preemptions(1),
        outcomes: &["EAGAIN created", "created EAGAIN"],
        run: spare_for_one_of_two,
    },
    Model {
        name: "spare_against_shutdown",
        claim: "a spare that is taken while its Kernel shuts down is a kthread; one that is not taken is joined",
        bound: Bound::Preemptions(1),
        outcomes: &["created, alive", "created, joined", "ESHUTDOWN, 1 spare"],
        run: spare_against_shutdown,
    },
    Model {
        name: "spare_stock_is_refilled",
        claim: "kthreadd does not sleep while there are no spares",
        bound: Bound::Preemptions(2),
        outcomes: &["refilled"],
        run: spare_stock_is_refilled,
    },
    Model {
        name: "spare_finished_against_shutdown",
        claim: "a thread that ends while the shutdown begins is joined, though kthreadd is not woken for each thread",
        bound: Bound::Preemptions(2),
        outcomes: &["joined"],
        run: spare_finished_against_shutdown,
    },
];

/// Runs `f` in a Kernel with one sleeping spare and no thread for another. `f` is explored.
fn with_a_spare<T>(f: impl FnOnce(&Kernel) -> T) -> T {
    let kernel = stocked(1);
    lie_down();
    model::on_stage(&kernel, |_| f(&kernel))
}

/// Lets the spare begin and go to sleep.
fn lie_down() {
    for _ in 0..8 {
        backend::loom::thread::yield_now();
    }
}

/// A Kernel with its spare ready, to which the system grants `threads` threads besides kthreadd's.
fn stocked(threads: u32) -> Kernel {
    let kernel = builder().spare_threads(1).boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    backend::refuse_threads(1 + threads, 100);
    wait_until_stocked(&kernel);
    drop(inside);
    kernel
}

/// Waits until kthreadd has made its spares, before anything is explored.
fn wait_until_stocked(kernel: &Kernel) {
    let kthreadd = kernel.kthreadd().expect("nothing refuses it");
    _ = wait_task_inactive(&kthreadd, TASK_RUNNING);
    assert_eq!(kernel.spare_threads(), 1);
}

fn spare_create_and_stop() -> String {
    let (data, drops) = datum();
    let result = with_a_spare(|_| {
        let task = kthread_create!(never, data, "unwoken").expect("there is a spare");
        assert!(!task.on_rq(), "a new thread was not asleep");
        let result = kthread_stop(&task);
        assert_eq!(drops.count(), 1, "the data is dropped before the stop returns");
        result
    });
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    result.to_string()
}

fn spare_create_and_two_wakes() -> String {
    with_a_spare(|_| {
        let ran = Arc::new(Completion::new());
        let threadfn = |ran: Arc<Completion>| {
            complete(&ran);
            5
        };
        let task = kthread_create!(threadfn, ran.clone(), "woken").expect("there is a spare");
        let second = {
            let task = task.clone();
            actor(move || wake_up_process(&task))
        };
        let first = wake_up_process(&task);
        wait_for_completion(&ran);
        let second = second.join();
        assert_eq!(kthread_stop(&task), 5);
        match (first, second) {
            (true, false) => "first",
            (false, true) => "second",
            _ => "both or none",
        }
        .to_owned()
    })
}

fn spare_taken_before_it_begins() -> String {
    let kernel = stocked(1);
    let inside = kernel.enter();
    let outcome = explored(|| {
        let ran = Arc::new(Completion::new());
        let threadfn = |ran: Arc<Completion>| {
            assert_ne!(current().os_tid(), 0, "neither the requester nor the thread has stored its id");
            complete(&ran);
            5
        };
        let task = kthread_run!(threadfn, ran.clone(), "early").expect("there is a spare");
        wait_for_completion(&ran);
        drop(task);
        "ran".to_owned()
    });
    drop(inside);
    outcome
}

fn spare_found_in_the_table() -> String {
    with_a_spare(|_| {
        let kernel = Kernel::current();
        let other = actor(move || {
            let found = kernel.tasks().into_iter().find(|task| task.comm() == "to_be_found");
            found.is_some_and(|task| wake_up_process(&task))
        });
        let ran = Arc::new(Completion::new());
        let threadfn = |ran: Arc<Completion>| {
            complete(&ran);
            5
        };
        let task = kthread_create!(threadfn, ran.clone(), "to_be_found").expect("there is a spare");
        let found = other.join();
        if found {
            wait_for_completion(&ran);
        }
        assert_eq!(kthread_stop(&task), if found { 5 } else { Errno::EINTR.as_return() });
        if found { "found" } else { "not found" }.to_owned()
    })
}

fn spare_park_before_first_wake() -> String {
    with_a_spare(|_| {
        let threadfn = |()| {
            while !kthread_should_stop() {
                set_current_state(TASK_INTERRUPTIBLE);
                if !kthread_should_stop() {
                    schedule();
                }
            }
            set_current_state(TASK_RUNNING);
            6
        };
        let task = kthread_create!(threadfn, (), "parked").expect("there is a spare");
        assert_eq!(kthread_park(&task), Ok(()));
        assert_eq!(task.state(), TASK_PARKED);
        assert_eq!(kthread_stop(&task), 6);
        "parked".to_owned()
    })
}

/// Creates a thread and stops it.
fn create_and_stop() -> &'static str {
    let (data, drops) = datum();
    let outcome = match kthread_create!(never, data, "late") {
        Ok(task) => {
            assert_eq!(kthread_stop(&task), -4);
            "created"
        }
        Err(Errno::EAGAIN) => "EAGAIN",
        Err(Errno::ESHUTDOWN) => "ESHUTDOWN",
        Err(_) => "another error",
    };
    assert_eq!(drops.count(), 1, "the data was not dropped once");
    outcome
}

fn spare_for_one_of_two() -> String {
    with_a_spare(|_| {
        let other = sleeper(create_and_stop);
        let mine = create_and_stop();
        format!("{mine} {}", other.join())
    })
}

fn spare_against_shutdown() -> String {
    let kernel = stocked(1);
    let inside = kernel.enter();
    lie_down();
    let outcome = explored(|| {
        let requester: Actor<_> = sleeper(create_and_stop);
        let report = kernel.shutdown();
        match (requester.join(), report.alive.len(), report.joined, report.spares) {
            ("created", 1, 0, 0) => "created, alive",
            ("created", 0, 1, 0) => "created, joined",
            ("ESHUTDOWN", 0, 0, 1) => "ESHUTDOWN, 1 spare",
            _ => "a report that does not fit",
        }
        .to_owned()
    });
    drop(inside);
    outcome
}

fn spare_stock_is_refilled() -> String {
    let kernel = stocked(2);
    let kthreadd = kernel.find_task_by_pid(2).expect("it is up");
    model::on_stage(&kernel, |_| {
        // It checks and goes to sleep again while the spare is taken.
        wake_up_process(&kthreadd);
        let task = kthread_create!(never, (), "first").expect("there is a spare");
        _ = wait_task_inactive(&kthreadd, TASK_RUNNING);
        assert_eq!(kernel.spare_threads(), 1, "kthreadd sleeps without a spare");
        prepared(|| kthread_stop(&task));
        "refilled".to_owned()
    })
}

fn spare_finished_against_shutdown() -> String {
    let kernel = stocked(2);
    let inside = kernel.enter();
    let task = kthread_create!(never, (), "first").expect("there is a spare");
    // kthreadd makes another spare, so the thread's end does not have to wake it for that.
    wait_until_stocked(&kernel);
    let outcome = explored(|| {
        assert_eq!(kthread_stop(&task), -4);
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined, report.spares), (1, 1, 1));
        "joined".to_owned()
    });
    drop(inside);
    outcome
}
