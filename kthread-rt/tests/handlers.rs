//! A Kernel's handlers of warnings and events: their arguments, and that their panics end nothing
//! else.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::Warning;
use kthread_rt::prelude::*;
use kthread_rt::trace::{Event, EventKind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread;

#[test]
fn a_warning_has_everything_in_one_line() {
    let (tx, rx) = mpsc::channel();
    let told = move |warning: &Warning<'_>| tx.send(warning.to_string()).unwrap();
    let kernel = Kernel::builder().on_warning(told).boot().unwrap();
    let _inside = kernel.enter();
    let line = line!() + 1;
    preempt_enable();
    let (text, me) = (rx.recv().unwrap(), current());
    let (pid, place) = (format!("pid {}", me.pid()), format!("{}:{line}", file!()));
    for part in ["preempt_enable()", &me.comm(), &pid, &place] {
        assert!(text.contains(part), "{part:?} is in {text:?}");
    }
    assert!(!text.contains('\n'));
}

#[test]
fn a_warning_handler_that_panics_is_contained() {
    witness::oopses_are_quiet();
    let told = Arc::new(AtomicU32::new(0));
    let kernel = {
        let told = told.clone();
        let handler = move |_: &Warning<'_>| {
            told.fetch_add(1, SeqCst);
            panic!("in the handler")
        };
        Kernel::builder().on_warning(handler).boot().unwrap()
    };
    let waiter = thread::Builder::new().name("oops/handler".into());
    let kernel_of_waiter = kernel.clone();
    let waiter = waiter.spawn(move || {
        let _inside = kernel_of_waiter.enter();
        let done = Completion::new();
        preempt_disable();
        // On a stack frame, in the middle of which the warning happens.
        assert_eq!(wait_for_completion_timeout(&done, 1), 0);
        complete(&done);
        wait_for_completion(&done);
        preempt_enable();
        preempt_enable();
        current().state()
    });
    assert_eq!(waiter.unwrap().join().unwrap(), TASK_RUNNING);
    assert_eq!(told.load(SeqCst), 3);
}

#[test]
fn an_event_handler_that_panics_is_contained() {
    witness::oopses_are_quiet();
    let sleeps = Arc::new(AtomicU32::new(0));
    let kernel = {
        let sleeps = sleeps.clone();
        let handler = move |event: &Event| {
            if event.task.comm.starts_with("oops") {
                // A waiter goes to sleep, and is in the completion's queue.
                if matches!(event.kind, EventKind::Sleeping { .. }) {
                    sleeps.fetch_add(1, SeqCst);
                }
                panic!("in the handler")
            }
        };
        Kernel::builder().on_event(handler).boot().unwrap()
    };
    let _inside = kernel.enter();
    let done = Arc::new(Completion::new());
    let task = kthread_run!(
        |done: Arc<Completion>| {
            wait_for_completion(&done);
            msleep(1);
            witness::sleep_until_stopped();
            15
        },
        done.clone(),
        "oops/events"
    )
    .unwrap();
    while task.waits_on().map(|on| on.kind) != Some(WaitKind::Completion) {
        _ = wait_task_inactive(&task, TASK_RUNNING);
    }
    assert!(wait_task_inactive(&task, TASK_UNINTERRUPTIBLE));
    complete(&done);
    kthread_park(&task).unwrap();
    assert_eq!(kthread_stop(&task), 15);
    assert!(sleeps.load(SeqCst) >= 3);
    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (1, 1));
}
