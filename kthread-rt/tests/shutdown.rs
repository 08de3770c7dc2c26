//! The end of a Kernel: which requests are answered, which threads are joined and which are
//! reported; and that no task hangs, wherever the shutdown comes from.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::prelude::*;
use kthread_rt::trace::TaskId;
use std::cell::RefCell;
use std::sync::{Arc, mpsc};
use std::thread;
use witness::{Datum, Warnings, kernel_with_blocked_kthreadd, running_kthread, spawn_in, wait_until_asleep};

#[test]
fn kthreads_that_were_not_stopped_are_reported_by_name_and_can_be_stopped_afterwards() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let running = running_kthread("runs-on", 31);
    let never_woken = kthread_create!(|()| 32, (), "never-woken").unwrap();
    let parked = running_kthread("parked", 33);
    kthread_park(&parked).unwrap();
    let stopped = running_kthread("stopped", 34);
    assert_eq!(kthread_stop(&stopped), 34);

    let report = kernel.shutdown();
    let name = |task: &Task| TaskId { pid: task.pid(), comm: task.comm() };
    assert_eq!(report.alive, [name(&running), name(&never_woken), name(&parked)]);
    assert_eq!((report.forked, report.joined), (4, 1));
    assert_eq!(kernel.find_task_by_pid(running.pid()), Some(running.clone()));

    assert_eq!(kthread_stop(&running), 31);
    assert_eq!(kthread_stop(&never_woken), -4);
    assert_eq!(kthread_stop(&parked), 33);
    assert_eq!(kernel.tasks(), []);
    warnings.assert_none();
}

/// In a process of its own: the threads of other tests have mappings too.
#[test]
fn a_kthread_that_outlives_its_kernel_leaves_no_mappings() {
    fn mappings() -> usize {
        std::fs::read_to_string("/proc/self/maps").expect("/proc is there").lines().count()
    }
    fn one_outlives_its_kernel() {
        let kernel = Kernel::builder().spare_threads(0).boot().unwrap();
        let inside = kernel.enter();
        let task = running_kthread("outlives", 5);
        assert_eq!(kernel.shutdown().alive.len(), 1);
        assert_eq!(kthread_stop(&task), 5);
        drop(inside);
    }
    child::run("a_kthread_that_outlives_its_kernel_leaves_no_mappings", || {
        (0..3).for_each(|_| one_outlives_its_kernel());
        let before = mappings();
        let rounds = 40;
        (0..rounds).for_each(|_| one_outlives_its_kernel());
        let more = mappings().saturating_sub(before);
        // Each has four. One or two may still be listed by the system.
        assert!(more < rounds, "{more} mappings more after {rounds} threads");
    });
}

#[test]
fn an_ending_thread_is_waited_for_and_joined() {
    thread_local! { static LAST: RefCell<Option<Gate>> = const { RefCell::new(None) } }
    struct Gate(mpsc::Receiver<()>);
    impl Drop for Gate {
        fn drop(&mut self) {
            let _ = self.0.recv();
        }
    }

    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (release, released) = mpsc::channel::<()>();
    let slow = kthread_create!(
        |released| {
            LAST.set(Some(Gate(released)));
            5
        },
        released,
        "slow-to-end"
    )
    .unwrap();
    kthread_park(&slow).unwrap();
    assert_eq!(kthread_stop(&slow), 5); // it has ended, and its OS thread is in a destructor
    drop(inside);

    let (downer, down) = spawn_in(&kernel, {
        let kernel = kernel.clone();
        move || kernel.shutdown()
    });
    wait_until_asleep(&downer, TASK_UNINTERRUPTIBLE);
    drop(release);
    let report = down.join().unwrap();
    assert_eq!((report.forked, report.joined, report.alive.len()), (1, 1, 0));
    warnings.assert_none();
}

#[test]
fn a_second_shutdown_gives_the_same_report() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let task = running_kthread("left-over", 3);
    let first = kernel.shutdown();
    assert_eq!(first.alive.len(), 1);
    assert_eq!(kernel.shutdown(), first);
    _ = kthread_stop(&task);
    assert_eq!(kernel.shutdown(), first);
    warnings.assert_none();
}

#[test]
fn shutdowns_of_two_threads_both_wait_and_agree() {
    let (kernel, blocker, release) = kernel_with_blocked_kthreadd();
    let (downers, downs): (Vec<_>, Vec<_>) = (0..2)
        .map(|_| {
            let of = kernel.clone();
            spawn_in(&kernel, move || of.shutdown())
        })
        .unzip();
    for downer in &downers {
        wait_until_asleep(downer, TASK_UNINTERRUPTIBLE);
    }
    drop(release);
    let blocker = blocker.join().unwrap().expect("its thread was forked before the shutdown");
    let reports: Vec<_> = downs.into_iter().map(|down| down.join().unwrap()).collect();
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0].alive, [TaskId { pid: blocker.pid(), comm: "blocker".into() }]);
    assert_eq!(kthread_stop(&blocker), -4);
}

#[test]
fn requests_in_the_queue_at_shutdown_are_answered_with_eshutdown() {
    let (kernel, blocker, release) = kernel_with_blocked_kthreadd();
    let (datum, tally) = Datum::new();
    let (requester, queued) = spawn_in(&kernel, move || {
        kthread_create!(
            |datum: Datum| {
                datum.count_run();
                0
            },
            datum,
            "queued"
        )
        .err()
    });
    wait_until_asleep(&requester, TASK_KILLABLE);
    let (downer, down) = spawn_in(&kernel, {
        let kernel = kernel.clone();
        move || kernel.shutdown()
    });
    wait_until_asleep(&downer, TASK_UNINTERRUPTIBLE);
    drop(release);
    assert_eq!(queued.join().unwrap(), Some(Errno::ESHUTDOWN));
    let blocker = blocker.join().unwrap().unwrap();
    assert_eq!(down.join().unwrap().forked, 1);
    assert_eq!((tally.runs(), tally.drops()), (0, 1));
    assert_eq!(kthread_stop(&blocker), -4);
}

#[test]
fn nothing_is_created_after_a_shutdown() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    kernel.shutdown();
    let (datum, tally) = Datum::new();
    assert_eq!(kthread_create!(|_: Datum| 0, datum, "late").err(), Some(Errno::ESHUTDOWN));
    assert_eq!((tally.runs(), tally.drops()), (0, 1));
    assert_eq!(kthread_run!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
    assert_eq!(kthread_create_on_cpu!(|()| 0, (), 0, "late").err(), Some(Errno::ESHUTDOWN));
    assert_eq!(kernel_thread(|()| 0, (), CLONE_FS).err(), Some(Errno::ESHUTDOWN));
    assert_eq!(kthreadd_task().err(), Some(Errno::ESHUTDOWN));
    assert_eq!(kernel.kthreadd().err(), Some(BootError::NoThread(Errno::ESHUTDOWN)));
    warnings.assert_none();
}

#[test]
fn tasks_sleep_wake_and_complete_after_a_shutdown() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let done = Arc::new(Completion::new());
    let task = kthread_create!(
        |done: Arc<Completion>| {
            msleep(1);
            complete(&done);
            9
        },
        done.clone(),
        "after"
    )
    .unwrap();
    assert_eq!(kernel.shutdown().alive.len(), 1);
    assert!(wake_up_process(&task));
    wait_for_completion(&done);
    assert_eq!(kthread_stop(&task), 9);
    warnings.assert_none();
}

#[test]
fn the_last_handle_shuts_the_kernel_down_and_others_do_not() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let second = kernel.clone();
    let inside = kernel.enter();
    let asked = Kernel::current();
    let kthreadd = kernel.kthreadd().unwrap();

    drop(kernel);
    let task = kthread_create!(|()| 0, (), "still").expect("a handle is left");
    _ = kthread_stop(&task);
    drop(second);
    // A handle that a task has returned does not keep a Kernel running.
    assert_eq!(kthread_create!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
    assert_eq!(kthreadd.state(), TASK_DEAD);
    assert_eq!(asked.shutdown().joined, 1);
    drop(inside);
    warnings.assert_none();
}

/// A Kernel whose only handle is in the data of one of its kthreads, not yet woken.
fn kernel_owned_by_its_kthread<F>(threadfn: F) -> (Task, Task, Warnings)
where
    F: FnOnce(Kernel) -> i32 + Send + 'static,
{
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let kthreadd = kernel.kthreadd().unwrap();
    let task = kthread_create!(threadfn, kernel, "owner").unwrap();
    drop(inside);
    (task, kthreadd, warnings)
}

#[test]
fn a_kernel_dropped_in_its_own_kthread_shuts_down_and_the_kthread_runs_on() {
    let (task, kthreadd, warnings) = kernel_owned_by_its_kthread(|kernel| {
        drop(kernel);
        assert_eq!(kthread_create!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
        8
    });
    kthread_park(&task).unwrap(); // so that the stop does not come before its first check
    assert_eq!(kthread_stop(&task), 8);
    assert_eq!(kthreadd.state(), TASK_DEAD);
    warnings.assert_none();
}

#[test]
fn a_kernel_dropped_with_the_data_of_a_kthread_that_never_ran_shuts_down() {
    let (task, kthreadd, warnings) = kernel_owned_by_its_kthread(|_| 8);
    assert_eq!(kthread_stop(&task), -4);
    assert_eq!(kthreadd.state(), TASK_DEAD);
    warnings.assert_none();
}

#[test]
fn a_kernel_dropped_with_the_data_of_a_refused_request_shuts_down() {
    let (kernel, blocker, release) = kernel_with_blocked_kthreadd();
    let kthreadd = kernel.kthreadd().unwrap();
    let (requester, refused) = spawn_in(&kernel, {
        let datum = kernel.clone();
        move || kthread_create!(|_: Kernel| 0, datum, "refused").err()
    });
    wait_until_asleep(&requester, TASK_KILLABLE);
    // This handle is leaked: from here on the data's handle is the last, once the requesters' are
    // dropped.
    let (downer, down) = spawn_in(&kernel, || Kernel::current().shutdown());
    wait_until_asleep(&downer, TASK_UNINTERRUPTIBLE);
    drop((kernel, release));
    assert_eq!(refused.join().unwrap(), Some(Errno::ESHUTDOWN));
    down.join().unwrap();
    let blocker = blocker.join().unwrap().unwrap();
    _ = kthread_stop(&blocker);
    assert_eq!(kthreadd.state(), TASK_DEAD);
}

#[test]
fn a_kernel_dropped_by_a_thread_local_of_its_own_kthread_shuts_down() {
    thread_local! { static KEPT: RefCell<Option<(Kernel, Tell)>> = const { RefCell::new(None) } }
    struct Tell(Arc<Completion>);
    impl Drop for Tell {
        fn drop(&mut self) {
            complete(&self.0);
        }
    }

    let over = Arc::new(Completion::new());
    let tell = Tell(over.clone());
    let (task, kthreadd, _) = kernel_owned_by_its_kthread(|kernel| {
        KEPT.set(Some((kernel, tell)));
        8
    });
    kthread_park(&task).unwrap();
    assert_eq!(kthread_stop(&task), 8);
    wait_for_completion(&over);
    // kthreadd ends when it has joined the thread, which does not wait for it.
    while kthreadd.state() != TASK_DEAD {
        _ = wait_task_inactive(&kthreadd, TASK_DEAD);
    }
}

#[test]
fn a_shutdown_by_a_kthread_reports_that_kthread_as_alive() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (tx, rx) = mpsc::channel();
    let task = kthread_run!(
        |tx: mpsc::Sender<ShutdownReport>| {
            tx.send(Kernel::current().shutdown()).expect("the test waits for this");
            witness::sleep_until_stopped();
            1
        },
        tx,
        "downer"
    )
    .unwrap();
    let report = rx.recv().unwrap();
    assert_eq!(report.alive, [TaskId { pid: task.pid(), comm: "downer".into() }]);
    assert_eq!(kthread_stop(&task), 1);
    warnings.assert_none();
}

#[test]
fn the_default_kernel_shuts_down() {
    child::run("the_default_kernel_shuts_down", || {
        let kernel = Kernel::builder().install_default().unwrap();
        let task = running_kthread("of-the-default", 4);
        let kthreadd = kthreadd_task().unwrap();
        assert_eq!(kthread_stop(&task), 4);
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined, report.alive.len()), (1, 1, 0));
        assert_eq!(kthreadd.state(), TASK_DEAD);
        assert_eq!(kthread_create!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
        // Threads that start after it have a task, and nothing else.
        let late = thread::spawn(|| (current().pid(), kthread_create!(|()| 0, (), "later").err()));
        let (pid, refused) = late.join().unwrap();
        assert!(pid > 2);
        assert_eq!(refused, Some(Errno::ESHUTDOWN));
        assert_eq!(kernel.tasks(), []);
    });
}

#[test]
fn a_default_kernel_that_never_had_a_kthreadd_shuts_down_and_starts_none() {
    child::run("a_default_kernel_that_never_had_a_kthreadd_shuts_down_and_starts_none", || {
        let kernel = Kernel::builder().install_default().unwrap();
        assert_eq!(current().pid(), 1);
        let report = kernel.shutdown();
        assert_eq!((report.forked, report.joined, report.alive.len()), (0, 0, 0));
        assert_eq!(kthread_create!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
        assert_eq!(kthreadd_task().err(), Some(Errno::ESHUTDOWN));
        assert_eq!(kernel.tasks(), []);
    });
}

#[test]
fn a_shutdown_beside_the_start_of_kthreadd_leaves_neither_half_done() {
    child::run("a_shutdown_beside_the_start_of_kthreadd_leaves_neither_half_done", || {
        let kernel = Kernel::builder().install_default().unwrap();
        let together = Arc::new(std::sync::Barrier::new(2));
        let starter = thread::spawn({
            let together = together.clone();
            move || {
                let _task = current();
                together.wait();
                kthreadd_task().map(|kthreadd| kthreadd.state())
            }
        });
        together.wait();
        kernel.shutdown();
        match starter.join().unwrap() {
            // kthreadd ran, and has ended, or will.
            Ok(_) | Err(Errno::ESHUTDOWN) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(kernel.tasks(), []);
    });
}
