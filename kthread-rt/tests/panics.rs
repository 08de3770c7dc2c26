//! A panic on a Kernel's threads: the place that is reported, and the test that it fails.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::PanicPolicy;
use kthread_rt::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};
use witness::Warnings;

fn failing() -> Kernel {
    Kernel::builder().panics(PanicPolicy::FailTest).on_warning(|_| ()).boot().unwrap()
}

/// What `f` panics with.
fn panic_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Some(*payload.downcast::<String>().expect("a text"))
}

#[test]
fn a_failed_assertion_in_a_kthread_fails_the_shutdown_at_its_own_line() {
    let kernel = failing();
    let inside = kernel.enter();
    let (line, wrong) = (line!(), |n: i32| {
        assert_eq!(n, 3);
        0
    });
    let task = kthread_run_started!(wrong, 2, "wrong").unwrap();
    assert_eq!(kthread_stop(&task), Errno::EFAULT.as_return());
    let text = panic_of(|| drop(kernel.shutdown())).expect("the shutdown panics");
    assert!(text.contains(&format!("tests/panics.rs:{}:", line + 1)), "{text}");
    assert!(text.contains("\"wrong\"") && text.contains("left: 2"), "{text}");
    assert!(!text.contains("run.rs"), "{text}");
    // It has been said once.
    drop(inside);
    assert_eq!(panic_of(|| drop(kernel)), None);
}

#[test]
fn the_drop_of_the_last_handle_fails_too_and_tells_all() {
    let kernel = failing();
    let inside = kernel.enter();
    for name in ["first", "second"] {
        let task = kthread_run_started!(|name: &'static str| panic!("of {name}"), name, "%s", name).unwrap();
        _ = kthread_stop(&task);
    }
    drop(inside);
    let text = panic_of(|| drop(kernel)).expect("the drop panics");
    assert!(text.contains("of first") && text.contains("of second"), "{text}");
}

#[test]
fn works_and_timers_fail_it_too() {
    let kernel = failing();
    let inside = kernel.enter();
    let line = line!() + 1;
    let work = Work::new(|_| panic!("in a work"));
    schedule_work(&work);
    flush_work(&work);
    let timer = Timer::new(|_| panic!("in a timer"));
    mod_timer(&timer, jiffies());
    while timer_pending(&timer) != 0 {
        msleep(1);
    }
    timer_delete_sync(&timer);
    drop((work, timer, inside));
    let text = panic_of(|| drop(kernel)).expect("the drop panics");
    assert!(text.contains(&format!("panics.rs:{line}:")), "{text}");
    assert!(text.contains(&format!("panics.rs:{}:", line + 3)), "{text}");
}

#[test]
fn a_test_that_panics_already_is_left_alone() {
    let text = panic_of(|| {
        let kernel = failing();
        let inside = kernel.enter();
        let task = kthread_run_started!(|()| -> i32 { panic!("the thread's") }, (), "wrong").unwrap();
        _ = kthread_stop(&task);
        drop(inside);
        let _kernel = kernel;
        resume_unwind(Box::new(String::from("the test's own")));
    });
    assert_eq!(text.as_deref(), Some("the test's own"));
}

#[test]
fn without_the_policy_an_oops_is_reported_where_the_thread_was_asked_for() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let line = line!() + 1;
    let task = kthread_create!(|()| -> i32 { panic!("oops") }, (), "oops").unwrap();
    wake_up_process(&task);
    while task.exit_state() == 0 {
        msleep(1);
    }
    _ = kthread_stop(&task);
    let oops = warnings.take_one();
    assert!(oops.file.ends_with("tests/panics.rs"), "{oops:?}");
    assert_eq!(oops.line, line);
    drop(inside);
    drop(kernel); // does not panic
}

#[test]
fn the_hook_that_was_there_before_is_called() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let before = std::panic::take_hook();
    let to = seen.clone();
    std::panic::set_hook(Box::new(move |info| {
        to.lock().unwrap().push(info.to_string());
        before(info);
    }));
    let kernel = failing();
    let inside = kernel.enter();
    let task = kthread_run_started!(|()| -> i32 { panic!("seen by both") }, (), "seen").unwrap();
    _ = kthread_stop(&task);
    drop(inside);
    let text = panic_of(|| drop(kernel)).expect("the drop panics");
    assert!(text.contains("seen by both"));
    let seen = seen.lock().unwrap();
    // A Kernel of another test may have installed ours first; then the test's own is on top.
    assert!(seen.iter().any(|text| text.contains("seen by both")), "{seen:?}");
}
