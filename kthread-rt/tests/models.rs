//! `kthread_rt::model` in an ordinary build: a model is a test on real threads, with a checker's
//! checks.
//!
//! `examples/lost_wakeup.rs` and `stop_while_sleeping.rs` show what a model checker finds.

#![cfg(not(any(loom, shuttle)))]

use kthread_rt::model::sync::{Arc, AtomicU64, Ordering};
use kthread_rt::model::{self, Model};
use kthread_rt::prelude::*;

kthread_rt::model_static!(static CALLS: AtomicU64 = AtomicU64::new(0));
DECLARE_COMPLETION!(static BEGAN);

#[test]
fn a_model_runs_as_init_of_a_kernel_of_its_own() {
    let outside = current().pid();
    kthread_rt::model(move |kernel| {
        assert_eq!(current().pid(), 1);
        assert_eq!(kernel.find_task_by_pid(1), Some(current()));
        assert_eq!(kernel.find_task_by_pid(3), None, "there is nobody but kthreadd");
    });
    assert_eq!(current().pid(), outside);
}

#[test]
fn statics_of_the_macros_are_shared_with_the_threads_of_a_model() {
    let report = Model::new("a static is the same for all threads").repeat(3).check(|_kernel| {
        let count = |()| {
            CALLS.fetch_add(1, Ordering::Relaxed);
            complete(&BEGAN);
            0
        };
        let task = kthread_run!(count, (), "counts").unwrap();
        wait_for_completion(&BEGAN);
        _ = kthread_stop(&task);
    });
    assert_eq!((report.executions, CALLS.load(Ordering::Relaxed)), (3, 3));
}

#[test]
fn a_thread_of_the_model_has_a_task_in_its_kernel() {
    kthread_rt::model(|kernel| {
        let pids = Arc::new(AtomicU64::new(0));
        let actor = model::spawn("actor", {
            let pids = pids.clone();
            move || pids.fetch_add(current().pid() as u64, Ordering::Relaxed)
        });
        actor.join();
        assert_eq!(pids.load(Ordering::Relaxed), 3);
        assert_eq!(kernel.find_task_by_pid(3), None, "it has left");
    });
}

#[test]
#[should_panic(expected = "an outcome that the model does not permit: third")]
fn an_outcome_that_is_not_listed_fails_the_model() {
    Model::new("two outcomes").outcomes(["first", "second"]).check(|_kernel| "third");
}

#[test]
fn the_outcomes_that_were_reached_are_in_the_report() {
    let report = Model::new("one of two").outcomes(["first", "second"]).check(|_kernel| "first");
    assert!(report.outcomes.contains("first"));
    assert_eq!(report.missing(), [""; 0], "one execution of real threads proves nothing about the other");
}

#[test]
#[should_panic(expected = "a kthread is left")]
fn a_kthread_that_was_not_stopped_fails_the_model() {
    Model::new("everybody is stopped").check(|_kernel| {
        kthread_create!(|()| 0, (), "left").unwrap();
    });
}

fn parks_twice(_: &Kernel) {
    let task = kthread_create!(|()| 0, (), "parked").unwrap();
    kthread_park(&task).unwrap();
    assert_eq!(kthread_park(&task), Err(Errno::EBUSY));
    _ = kthread_stop(&task);
}

#[test]
#[should_panic(expected = "the runtime warned")]
fn a_warning_fails_the_model() {
    Model::new("nothing is wrong").check(parks_twice);
}

#[test]
fn a_warning_that_is_allowed_does_not_fail_the_model() {
    Model::new("a second park is refused").allow_warnings().check(parks_twice);
}
