//! Which Kernel a timer belongs to, and what the end of a Kernel does to it.

use crate::witness::Warnings;
use crate::{Calls, far, let_due_timers_fire};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

#[test]
fn a_timer_fires_in_the_kernel_that_armed_it() {
    let pids = Arc::new((Mutex::new(Vec::new()), Completion::new()));
    let timer = Timer::new({
        let pids = pids.clone();
        move |_| {
            pids.0.lock().unwrap().push(current());
            complete(&pids.1);
        }
    });
    let kernels: Vec<_> = (0..2).map(|_| Kernel::builder().boot_on_demand().unwrap()).collect();
    for kernel in &kernels {
        let _inside = kernel.enter();
        mod_timer(&timer, jiffies());
        wait_for_completion(&pids.1);
        // While its callback ran it would stay.
        timer_delete_sync(&timer);
    }
    for (kernel, task) in kernels.iter().zip(&*pids.0.lock().unwrap()) {
        assert_eq!(kernel.find_task_by_pid(task.pid()).as_ref(), Some(task));
    }
    kernels.iter().for_each(|kernel| drop(kernel.shutdown()));
}

#[test]
fn a_pending_timer_stays_in_its_kernel_whoever_arms_it_anew() {
    let (first, second) =
        (Kernel::builder().boot_on_demand().unwrap(), Kernel::builder().boot_on_demand().unwrap());
    let (timer, calls) = Calls::timer();
    let inside = first.enter();
    mod_timer(&timer, far());
    drop(inside);

    let inside = second.enter();
    let at = ktime_add_ns(ktime_get(), jiffies_to_nsecs(2));
    assert_eq!(mod_timer(&timer, jiffies() + 3), 1);
    assert!(
        second.tasks().iter().all(|task| task.comm() != "ksoftirqd/0"),
        "the other Kernel's thread has it"
    );
    calls.wait();
    assert!(ktime_get() >= at, "not before");
    // Once its callback is over it is idle, and binds anew.
    timer_delete_sync(&timer);
    mod_timer(&timer, far());
    drop(inside);
    first.shutdown();
    assert_eq!(timer_pending(&timer), 1);
    second.shutdown();
    assert_eq!((timer_pending(&timer), timer_delete(&timer), calls.count()), (0, 0, 1));
}

#[test]
fn shutdown_stops_what_is_pending_and_arming_then_warns_once() {
    let (kernel, warnings) = Warnings::of(Kernel::builder().debug(false));
    let inside = kernel.enter();
    let (pending, calls) = Calls::timer();
    let (fresh, _) = Calls::timer();
    let (hrtimer, hrcalls) = Calls::hrtimer();
    mod_timer(&pending, far());
    hrtimer_start(&hrtimer, ktime_set(3600, 0), HRTIMER_MODE_REL);
    kernel.shutdown();
    assert_eq!((timer_pending(&pending), hrtimer_active(&hrtimer)), (0, false));
    warnings.assert_none();

    assert_eq!((mod_timer(&pending, jiffies()), timer_pending(&pending)), (0, 0));
    let warning = warnings.take_one();
    assert_eq!((warning.kind, &*warning.call, warning.file), (WarningKind::ShutDown, "mod_timer", file!()));
    assert_eq!((mod_timer(&fresh, jiffies()), timer_pending(&fresh)), (0, 0));
    warnings.assert_none();
    hrtimer_start(&hrtimer, 0, HRTIMER_MODE_REL);
    assert_eq!((warnings.take_one().kind, hrtimer_active(&hrtimer)), (WarningKind::ShutDown, false));
    drop(inside);

    // They are as good as new in a running Kernel.
    mod_timer(&pending, jiffies());
    calls.wait();
    assert_eq!((calls.count(), hrcalls.count()), (1, 0));
}

#[test]
fn the_first_timer_after_shutdown_is_not_armed_either() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    kernel.shutdown();
    let (timer, _) = Calls::timer();
    assert_eq!((mod_timer(&timer, jiffies()), timer_pending(&timer)), (0, 0));
    assert_eq!(warnings.take_one().kind, WarningKind::ShutDown);
    drop(inside);
}

#[test]
fn shutdown_waits_for_a_callback_and_nothing_fires_after_it() {
    for _ in 0..50 {
        let kernel = Kernel::builder().boot_on_demand().unwrap();
        let inside = kernel.enter();
        let down = Arc::new(AtomicBool::new(false));
        let callback = down.clone();
        let timer = Timer::new(move |_| {
            assert!(!callback.load(SeqCst), "a callback after the shutdown");
            std::thread::yield_now();
            assert!(!callback.load(SeqCst), "the shutdown did not wait");
        });
        mod_timer(&timer, jiffies());
        kernel.shutdown();
        down.store(true, SeqCst);
        drop(inside);
    }
}

#[test]
fn a_callback_may_shut_its_kernel_down() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let inside = kernel.enter();
    let calls = Calls::default();
    let timer = Timer::new({
        let (kernel, calls) = (kernel.clone(), calls.clone());
        move |timer| {
            kernel.shutdown();
            assert_eq!((mod_timer(timer, jiffies()), timer_pending(timer)), (0, 0));
            calls.note();
        }
    });
    mod_timer(&timer, jiffies());
    calls.wait();
    // From outside it waits for that callback.
    kernel.shutdown();
    assert_eq!(calls.count(), 1);
    drop((timer, inside));
}

#[test]
fn a_kernel_without_timers_has_no_thread_for_them() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let (timer, _) = Calls::timer();
    assert_eq!(timer_delete_sync(&timer), 0);
    drop(timer);
    assert!(kernel.tasks().iter().all(|task| !matches!(&*task.comm(), "ksoftirqd/0" | "hrtimer/0")));
    let_due_timers_fire();
    assert!(kernel.tasks().iter().any(|task| task.comm() == "ksoftirqd/0"));
}
