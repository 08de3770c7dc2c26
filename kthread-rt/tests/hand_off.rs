//! A requester is killed while its thread is being created, at each step of the hand-off: either it
//! gets the thread, or no thread exists, and the data is dropped once.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::prelude::*;
use kthread_rt::trace::{Event, EventKind};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use witness::{Datum, Tally, kernel_with_blocked_kthreadd, spawn_in, wait_until_asleep};

/// A request for a thread called "victim", from a thread of its own.
struct Request {
    requester: Task,
    /// The result, and whether the requester has still to be killed.
    answer: thread::JoinHandle<(Result<Task, Errno>, bool)>,
    has_answer: mpsc::Receiver<()>,
    tally: Arc<Tally>,
}

fn request_in(kernel: &Kernel) -> Request {
    let (datum, tally) = Datum::new();
    let (answered, has_answer) = mpsc::channel();
    let (requester, answer) = spawn_in(kernel, move || {
        let threadfn = |datum: Datum| {
            datum.count_run();
            7
        };
        let result = kthread_create!(threadfn, datum, "victim");
        let _ = answered.send(());
        (result, fatal_signal_pending(&current()))
    });
    Request { requester, answer, has_answer, tally }
}

/// A Kernel that calls `at` for each of its events, as it happens.
fn kernel_with_events(at: impl Fn(&Event) + Send + Sync + 'static) -> Kernel {
    Kernel::builder().spare_threads(0).on_event(at).boot().expect("a Kernel boots")
}

#[test]
fn killed_in_the_queue_it_gets_no_thread_and_none_exists() {
    let (kernel, blocker, release) = kernel_with_blocked_kthreadd();
    let Request { requester, answer, tally, .. } = request_in(&kernel);
    wait_until_asleep(&requester, TASK_KILLABLE);
    send_sig(SIGKILL, &requester, 1).unwrap();
    // The requester does not wait for kthreadd, which is held.
    let (result, still_pending) = answer.join().unwrap();
    assert_eq!((result.err(), still_pending), (Some(Errno::EINTR), true));
    drop(release);
    let blocker = blocker.join().unwrap().unwrap();
    _ = kthread_stop(&blocker);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined, report.alive.len()), (1, 1, 0));
    assert_eq!((tally.runs(), tally.drops()), (0, 1));
}

#[test]
fn killed_after_the_fork_it_gets_no_thread_and_the_thread_ends_without_running() {
    let (forked_tx, forked) = mpsc::channel();
    let (go_on, going_on) = mpsc::channel::<()>();
    let gate = Mutex::new(going_on);
    let kernel = kernel_with_events(move |event| {
        if matches!(&event.kind, EventKind::Forked { child } if child.comm == "victim") {
            forked_tx.send(()).expect("the test waits for this");
            // What the new thread does comes after this.
            let _ = gate.lock().unwrap().recv();
        }
    });
    let Request { requester, answer, has_answer, tally } = request_in(&kernel);
    forked.recv().unwrap();
    send_sig(SIGKILL, &requester, 1).unwrap();
    has_answer.recv().unwrap();
    drop(go_on);
    assert_eq!(answer.join().unwrap().0.err(), Some(Errno::EINTR));
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined, report.alive.len()), (1, 1, 0));
    assert_eq!((tally.runs(), tally.drops()), (0, 1));
    assert_eq!(kernel.tasks(), []);
}

#[test]
fn killed_when_the_answer_is_on_its_way_it_gets_the_thread() {
    let requester = Arc::new(Mutex::new(None::<Task>));
    let kernel = {
        let requester = requester.clone();
        kernel_with_events(move |event| {
            if matches!(&event.kind, EventKind::CreateDone { child } if child.comm == "victim") {
                // kthreadd has the claim, and has not answered.
                let requester = requester.lock().unwrap().take().expect("it has been noted");
                send_sig(SIGKILL, &requester, 1).unwrap();
                // A task in creation can't sleep for this.
                while requester.state() != TASK_UNINTERRUPTIBLE || requester.on_rq() {
                    thread::yield_now();
                }
            }
        })
    };
    let noted = requester.lock().unwrap();
    let Request { requester, answer, tally, .. } = request_in(&kernel);
    { noted }.replace(requester);
    let (result, still_pending) = answer.join().unwrap();
    let task = result.expect("it has the thread");
    assert!(still_pending);
    assert_eq!(kernel.find_task_by_pid(task.pid()), Some(task.clone()));
    assert_eq!(kthread_stop(&task), -4);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined, report.alive.len()), (1, 1, 0));
    assert_eq!((tally.runs(), tally.drops()), (0, 1));
}
