//! How kthreads end: by returning, by `kthread_exit` from anywhere, stopped once, twice, or never;
//! and which of their code still runs after that. (`oops.rs` has the panics.)

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use witness::{Datum, Warnings, running_kthread, runs_for_sure, sleep_until_stopped, waiting_calls_until};

// ---- kthread_exit

#[test]
fn an_exit_from_deep_frames_runs_all_destructors_before_the_completion() {
    struct Frame(u32, Arc<Mutex<Vec<u32>>>);
    impl Drop for Frame {
        fn drop(&mut self) {
            self.1.lock().unwrap().push(self.0);
        }
    }
    fn descend(depth: u32, ended: &Arc<Mutex<Vec<u32>>>, over: Arc<Completion>) {
        let _frame = Frame(depth, ended.clone());
        if depth < 50 {
            descend(depth + 1, ended, over);
        } else {
            kthread_complete_and_exit(Some(over.into()), 9)
        }
    }

    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let ended = Arc::new(Mutex::new(Vec::new()));
    let over = Arc::new(Completion::new());
    let captured = Frame(1000, ended.clone());
    let datum = Frame(2000, ended.clone());
    let threadfn = {
        let (ended, over) = (ended.clone(), over.clone());
        move |_datum: Frame| {
            let _captured = &captured;
            descend(0, &ended, over);
            0
        }
    };
    let task = kthread_run(threadfn, datum, "deep").unwrap();
    wait_for_completion(&over);
    let mut ended = ended.lock().unwrap();
    let outermost = ended.split_off(51);
    assert_eq!(*ended, (0..=50).rev().collect::<Vec<_>>());
    assert_eq!(outermost.iter().copied().collect::<std::collections::BTreeSet<_>>(), [1000, 2000].into());
    assert_eq!(kthread_stop(&task), 9);
    warnings.assert_none();
}

#[test]
fn an_exit_passes_a_catch_unwind_that_lets_it() {
    let task = runs_for_sure(
        |()| {
            let caught = catch_unwind(|| kthread_exit(3)).unwrap_err();
            assert!(!caught.is::<&str>() && !caught.is::<String>());
            resume_unwind(caught)
        },
        (),
        "catcher",
    );
    assert_eq!(kthread_stop(&task), 3);
}

#[test]
fn an_exit_of_a_thread_that_is_no_kthread_panics_and_says_so() {
    for exit in [|| kthread_exit(1), || kthread_complete_and_exit(None, 1)] {
        let panic = thread::Builder::new().name("oops/foreign".into());
        witness::oopses_are_quiet();
        let panic = panic.spawn(move || catch_unwind(AssertUnwindSafe(exit)).unwrap_err());
        let panic = panic.unwrap().join().unwrap();
        let text = panic.downcast_ref::<String>().expect("a message");
        assert!(text.contains("_exit() was called by oops/foreign/"), "{text}");
        assert!(text.contains("not a kthread"), "{text}");
    }
}

// ---- after the function

#[test]
fn thread_local_destructors_may_make_every_call_after_the_thread_has_ended() {
    thread_local! {
        static FIRST: RefCell<Option<Late>> = const { RefCell::new(None) };
        static SECOND: RefCell<Option<Late>> = const { RefCell::new(None) };
    }
    /// Uses the runtime, in the Kernel of the thread, when it is dropped.
    struct Late {
        kernel: Kernel,
        own: Task,
        other: Task,
        seen: mpsc::Sender<(i32, i32, i32, bool)>,
        over: Arc<Completion>,
    }
    impl Drop for Late {
        fn drop(&mut self) {
            let is_own = || current() == self.own;
            let before = is_own();
            let _inside = self.kernel.enter();
            let own = kthread_stop(&self.own);
            let other = kthread_stop(&self.other);
            // kthreadd serves this, so it is not busy joining this very thread.
            let created = kthread_create!(|()| 7, (), "late").expect("kthreadd is there");
            kthread_park(&created).unwrap();
            let created = kthread_stop(&created);
            msleep(1);
            self.seen.send((own, other, created, before || is_own())).expect("the test waits for this");
            complete(&self.over);
        }
    }

    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (seen, rx) = mpsc::channel();
    let over = Arc::new(Completion::new());
    let others = [running_kthread("other/0", 20), running_kthread("other/1", 20)];
    let task = {
        let (kernel, over) = (kernel.clone(), over.clone());
        kthread_create!(
            move |seen: mpsc::Sender<_>| {
                let late = |other| {
                    let (kernel, own) = (kernel.clone(), current());
                    Some(Late { kernel, own, other, seen: seen.clone(), over: over.clone() })
                };
                let [first, second] = others;
                FIRST.set(late(first));
                SECOND.set(late(second));
                6
            },
            seen,
            "last-words"
        )
        .unwrap()
    };
    kthread_park(&task).unwrap();
    assert_eq!(kthread_stop(&task), 6);
    wait_for_completion(&over);
    wait_for_completion(&over);
    for _ in 0..2 {
        assert_eq!(rx.recv().unwrap(), (6, 20, 7, false));
    }
    drop(inside);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (5, 5));
    assert_eq!(report.alive, []);
    warnings.assert_none();
}

#[test]
fn a_thread_runs_on_without_its_handle() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (go, over) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    let (datum, tally) = Datum::new();
    let task = kthread_run!(
        |(go, over, datum): (Arc<Completion>, Arc<Completion>, Datum)| {
            wait_for_completion(&go);
            datum.count_run();
            drop(datum);
            kthread_complete_and_exit(Some(over.into()), 0)
        },
        (go.clone(), over.clone(), datum),
        "on-its-own"
    )
    .unwrap();
    let pid = task.pid();
    drop(task);
    assert_eq!(kernel.find_task_by_pid(pid).unwrap().comm(), "on-its-own");
    complete(&go);
    wait_for_completion(&over);
    assert_eq!((tally.runs(), tally.drops()), (1, 1));
    assert_eq!(kernel.shutdown().joined, 1);
    assert!(kernel.find_task_by_pid(pid).is_none());
    warnings.assert_none();
}

#[test]
fn a_stop_waits_for_a_thread_that_never_looks() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let go = Arc::new(Completion::new());
    let task = runs_for_sure(
        |go: Arc<Completion>| {
            wait_for_completion(&go);
            12
        },
        go.clone(),
        "busy",
    );
    let stop = |task: &TaskStruct| kthread_stop(task);
    assert_eq!(waiting_calls_until(&go, &kernel, &task, &[stop]), [12]);
    warnings.assert_none();
}

// ---- at once

#[test]
fn a_stop_beside_the_thread_s_own_end_gets_its_result_or_learns_that_it_never_ran() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    for round in 0..500 {
        let (datum, tally) = Datum::new();
        let threadfn = move |datum: Datum| {
            datum.count_run();
            kthread_exit(round)
        };
        let task = kthread_run(threadfn, datum, "short").unwrap();
        let status = task.stop().unwrap();
        match tally.runs() {
            0 => assert_eq!(status, ExitStatus::NeverRan),
            _ => assert_eq!(status, ExitStatus::Exited(round)),
        }
        assert_eq!(tally.drops(), 1);
    }
    assert_eq!(kernel.shutdown().joined, 500);
    warnings.assert_none();
}

#[test]
fn stops_from_two_threads_at_once_return_the_same() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    for round in 0..300 {
        let task = match round % 3 {
            0 => kthread_create(|()| 5, (), "never-woken").unwrap(),
            1 => kthread_run(|()| 5, (), "just-woken").unwrap(),
            _ => running_kthread("running", 5),
        };
        let together = std::sync::Barrier::new(2);
        let [one, two] = thread::scope(|scope| {
            let stop = || {
                let _inside = kernel.enter();
                together.wait();
                kthread_stop(&task)
            };
            [scope.spawn(stop), scope.spawn(stop)].map(|stopper| stopper.join().unwrap())
        });
        assert_eq!(one, two);
        match round % 3 {
            0 => assert_eq!(one, -4),
            1 => assert!([5, -4].contains(&one)),
            _ => assert_eq!(one, 5),
        }
    }
    assert_eq!(kernel.shutdown().joined, 300);
    warnings.assert_none();
}

#[test]
fn a_chain_of_threads_stops_from_its_first_to_its_last() {
    // A chain: each thread stops the one that it made when it is stopped itself.
    fn link(depth: i32) -> Task {
        let started = Arc::new(Completion::new());
        let task = kthread_run(
            move |started: Arc<Completion>| {
                let child = (depth > 0).then(|| link(depth - 1));
                complete(&started);
                sleep_until_stopped();
                1 + child.map_or(0, |child| kthread_stop(&child))
            },
            started.clone(),
            "link",
        )
        .unwrap();
        wait_for_completion(&started);
        task
    }

    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    assert_eq!(kthread_stop(&link(20)), 21);
    assert_eq!(kernel.shutdown().joined, 21);
    warnings.assert_none();
}
