//! Threads that kthreadd forks ahead: which kthread runs on one, its properties, and what happens
//! to unused ones.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use kthread_rt::trace::{Event, EventKind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use witness::{Datum, Warnings, os_comm, os_status, running_kthread, sleep_until_stopped};

/// A Kernel with at most `spares` of them, and the count of taken ones. When this returns, kthreadd
/// has forked as many as it wants.
fn kernel_with(spares: u32) -> (Kernel, Arc<AtomicU32>) {
    let taken = Arc::new(AtomicU32::new(0));
    let count = {
        let taken = taken.clone();
        move |event: &Event| {
            if matches!(event.kind, EventKind::SpareTaken { .. }) {
                taken.fetch_add(1, SeqCst);
            }
        }
    };
    let kernel = Kernel::builder().spare_threads(spares).on_event(count).boot().expect("a Kernel boots");
    (kernel, taken)
}

/// A kthread that runs on a spare. It may have to try more than once: a spare that was just forked
/// is not ready at once.
fn on_a_spare(taken: &AtomicU32, name: &str) -> Task {
    loop {
        let before = taken.load(SeqCst);
        let task = kthread_create!(|()| 7, (), "%s", name).expect("nothing refuses it");
        if taken.load(SeqCst) > before {
            return task;
        }
        _ = kthread_stop(&task);
    }
}

#[test]
fn a_kthread_on_a_spare_is_a_kthread_like_any_other() {
    let (kernel, taken) = kernel_with(2);
    let inside = kernel.enter();
    let task = on_a_spare(&taken, "on-a-spare/1");
    assert_eq!((task.comm().as_str(), task.full_name()), ("on-a-spare/1", "on-a-spare/1"));
    assert_eq!((task.state(), task.on_rq(), task_nice(&task)), (TASK_UNINTERRUPTIBLE, false, 0));
    assert_eq!(task.parent(), kernel.find_task_by_pid(2));
    assert!(task.flags().contains(PF_KTHREAD | PF_NOFREEZE));
    assert_eq!(task.waits_on().map(|note| note.kind), Some(WaitKind::FirstWake));
    assert_eq!(kernel.find_task_by_pid(task.pid()), Some(task.clone()));
    // The first wake-up ends its sleep, the second finds it awake, parked or ended.
    kthread_park(&task).unwrap();
    assert_eq!((task.state(), task.waits_on().map(|note| note.kind)), (TASK_PARKED, Some(WaitKind::Parked)));
    assert_eq!(os_comm(task.os_tid()), "on-a-spare/1");
    assert_eq!(kthread_stop(&task), 7);
    drop(inside);
    assert!(kernel.shutdown().alive.is_empty());
}

#[test]
fn a_kthread_on_a_spare_that_is_stopped_unwoken_never_runs_and_its_data_ends_once() {
    let (kernel, taken) = kernel_with(2);
    let _inside = kernel.enter();
    stop_the_spares_first_sleep(&taken);
    let (datum, tally) = Datum::new();
    let threadfn = |datum: Datum| {
        datum.count_run();
        7
    };
    let task = kthread_create!(threadfn, datum, "unwoken").unwrap();
    assert_eq!(kthread_stop(&task), -4);
    assert_eq!((tally.runs(), tally.drops()), (0, 1));
    assert_eq!(kernel.shutdown().alive, []);
}

/// Takes a spare and stops it, so that the counts below include one.
fn stop_the_spares_first_sleep(taken: &AtomicU32) {
    assert_eq!(kthread_stop(&on_a_spare(taken, "first")), -4);
}

#[test]
fn a_kthread_on_a_spare_is_bound_before_it_ever_runs() {
    let (kernel, taken) = kernel_with(2);
    let _inside = kernel.enter();
    let task = on_a_spare(&taken, "bound");
    let cpu = current().cpus_allowed().iter().next().expect("a thread runs somewhere");
    kthread_bind(&task, cpu);
    assert_eq!(os_status(task.os_tid(), "Cpus_allowed_list"), cpu.to_string());
    assert!(task.flags().contains(PF_NO_SETAFFINITY));
    assert_eq!(kthread_stop(&task), -4);
}

#[test]
fn forked_and_joined_count_kthreads_and_spares_are_told_apart() {
    let (kernel, taken) = kernel_with(4);
    let inside = kernel.enter();
    let tasks: Vec<Task> = (0..20).map(|_| running_kthread("one-of-many", 3)).collect();
    for task in &tasks {
        assert_eq!(kthread_stop(task), 3);
    }
    drop(inside);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined, report.alive.len()), (20, 20, 0));
    assert!(taken.load(SeqCst) <= 20 && report.spares <= 4, "{report:?}");
}

#[test]
fn a_kernel_that_forks_nothing_ahead_has_no_spares() {
    let (kernel, taken) = kernel_with(0);
    let inside = kernel.enter();
    for _ in 0..10 {
        assert_eq!(kthread_stop(&running_kthread("strict", 2)), 2);
    }
    assert_eq!((kernel.spare_threads(), taken.load(SeqCst)), (0, 0));
    drop(inside);
    assert_eq!(kernel.shutdown().spares, 0);
}

#[test]
fn a_spare_that_is_alive_at_the_shutdown_is_reported_and_can_be_stopped() {
    let (kernel, taken) = kernel_with(2);
    let inside = kernel.enter();
    let never_woken = on_a_spare(&taken, "never-woken");
    let report = kernel.shutdown();
    assert_eq!(report.alive, [never_woken.id()]);
    assert_eq!(kthread_stop(&never_woken), -4);
    drop(inside);
}

#[test]
fn create_in_an_atomic_section_warns_with_a_spare_too() {
    let warnings = Warnings::default();
    let kernel = Kernel::builder().spare_threads(2).on_warning(warnings.handler()).boot().unwrap();
    let _inside = kernel.enter();
    for _ in 0..5 {
        preempt_disable();
        let line = line!() + 1;
        let task = kthread_create!(|()| 0, (), "atomic").unwrap();
        preempt_enable();
        warnings.assert_call_told(file!(), WarningKind::SleepingWhileAtomic, "kthread_create", line);
        _ = kthread_stop(&task);
    }
}

#[test]
fn four_requesters_at_once_have_their_own_threads() {
    let (kernel, _) = kernel_with(8);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for number in 0..4 {
            let (kernel, sender) = (&kernel, sender.clone());
            scope.spawn(move || {
                let _inside = kernel.enter();
                for round in 0..50 {
                    let ran = Arc::new(Completion::new());
                    let threadfn = move |ran: Arc<Completion>| {
                        complete(&ran);
                        sleep_until_stopped();
                        50 * number + round
                    };
                    let task = kthread_run!(threadfn, ran.clone(), "requester/%d", number).unwrap();
                    wait_for_completion(&ran);
                    sender.send(kthread_stop(&task)).unwrap();
                }
            });
        }
    });
    drop(sender);
    let mut results: Vec<i32> = receiver.iter().collect();
    results.sort_unstable();
    assert_eq!(results, (0..200).collect::<Vec<_>>());
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (200, 200));
}
