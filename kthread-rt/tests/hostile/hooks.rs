//! Handlers that cause the warnings and events for which they are called.

use super::within_a_minute;
use kthread_rt::diag::Warning;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

#[test]
fn a_handler_of_warnings_that_warns_is_not_called_again_for_that() {
    let calls = Arc::new(AtomicU32::new(0));
    let kernel = {
        let calls = calls.clone();
        let builder = Kernel::builder().on_warning(move |_| {
            calls.fetch_add(1, SeqCst);
            preempt_enable(); // goes to standard error
        });
        builder.boot_on_demand().unwrap()
    };
    let _inside = kernel.enter();
    preempt_enable();
    assert_eq!(calls.load(SeqCst), 1);
    preempt_enable();
    assert_eq!(calls.load(SeqCst), 2, "it is called for the next one");
}

#[test]
fn two_kernels_whose_handlers_warn_in_each_other_do_not_call_each_other_for_ever() {
    let calls = Arc::new(AtomicU32::new(0));
    let other: Arc<Mutex<Vec<Kernel>>> = Arc::default();
    let kernels = [0, 1].map(|me| {
        let (calls, other) = (calls.clone(), other.clone());
        let warn_in_the_other = move |_: &Warning<'_>| {
            calls.fetch_add(1, SeqCst);
            let kernel = other.lock().unwrap()[1 - me].clone();
            let _inside = kernel.enter();
            preempt_enable();
        };
        Kernel::builder().on_warning(warn_in_the_other).boot_on_demand().unwrap()
    });
    other.lock().unwrap().extend(kernels.iter().cloned());
    let inside = kernels[0].enter();
    preempt_enable();
    drop(inside);
    assert_eq!(calls.load(SeqCst), 1);
    other.lock().unwrap().clear();
}

#[test]
fn a_handler_of_events_that_causes_some_is_not_called_again_for_those() {
    let calls = Arc::new(AtomicU32::new(0));
    let kernel = {
        let calls = calls.clone();
        let builder = Kernel::builder().on_event(move |_| {
            calls.fetch_add(1, SeqCst);
            set_current_state(TASK_INTERRUPTIBLE);
            wake_up_process(&current()); // an event each time
        });
        builder.boot_on_demand().unwrap()
    };
    within_a_minute("the handler", move || {
        let _inside = kernel.enter();
        set_current_state(TASK_INTERRUPTIBLE);
        assert!(wake_up_process(&current()));
    });
    assert_eq!(calls.load(SeqCst), 1);
}

#[test]
fn a_handler_may_drop_its_kernel() {
    let last: Arc<Mutex<Option<Kernel>>> = Arc::default();
    let kernel = {
        let last = last.clone();
        let builder = Kernel::builder().on_warning(move |_| drop(last.lock().unwrap().take()));
        builder.boot().unwrap()
    };
    *last.lock().unwrap() = Some(kernel.clone());
    within_a_minute("the shutdown in the handler", move || {
        let _inside = kernel.enter();
        drop(kernel);
        preempt_enable();
        assert_eq!(kthread_create!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
    });
}
