//! Panics in what the runtime runs for the user, other than thread functions: each is reported as
//! an oops, and ends nothing else.

use super::within_a_minute;
use super::witness::{Noted, Warnings, oopses_are_quiet};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc;

/// Data whose destructor panics.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the bomb");
    }
}

#[track_caller]
fn assert_oops(warning: &Noted, call: &str) {
    assert_eq!((warning.kind, warning.call.as_str()), (WarningKind::Oops, call), "{warning:#?}");
    assert!(warning.message.contains("the bomb"), "{warning:#?}");
}

#[test]
fn a_panic_in_the_data_of_a_function_that_never_ran_is_reported() {
    oopses_are_quiet();
    within_a_minute("kthread_stop", || {
        for spares in [0, 16] {
            let (kernel, warnings) = Warnings::of(Kernel::builder().spare_threads(spares));
            let _inside = kernel.enter();
            let task = kthread_create!(|_: Bomb| 0, Bomb, "never-runs").unwrap();
            assert_eq!(kthread_stop(&task), -4);
            assert_oops(&warnings.take_one(), "threadfn");
        }
    });
}

#[test]
fn a_panic_in_a_helper_s_cleanup_is_reported() {
    oopses_are_quiet();
    within_a_minute("the helper", || {
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        let cleanup: UmhCleanup = Box::new(|_| panic!("the bomb"));
        let info = call_usermodehelper_setup("/bin/true", &["true"], &[], None, Some(cleanup)).unwrap();
        assert_eq!(call_usermodehelper_exec(info, UMH_WAIT_PROC), Ok(0));
        kernel.shutdown();
        assert_oops(&warnings.take_one(), "call_usermodehelper_freeinfo");
    });
}

#[test]
fn a_panic_in_a_work_item_that_never_ran_is_reported() {
    oopses_are_quiet();
    within_a_minute("the worker", || {
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        let worker = kthread_create_worker!(0, "ends-early").unwrap();
        let (go, may_go) = mpsc::channel::<()>();
        worker.queue_once(move || may_go.recv().map_or_else(|_| kthread_exit(0), drop)).unwrap();
        let bomb = Bomb;
        worker.queue_once(move || drop(bomb)).unwrap();
        drop(go); // the first work item ends the thread
        drop(worker);
        // Besides the report about a worker whose thread has ended.
        let oopses: Vec<_> =
            warnings.take().into_iter().filter(|warning| warning.kind == WarningKind::Oops).collect();
        assert_eq!(oopses.len(), 1, "{oopses:#?}");
        assert_oops(&oopses[0], "kthread_destroy_worker");
    });
}

#[test]
fn a_panic_in_smpboot_s_create_leaves_no_thread() {
    oopses_are_quiet();
    within_a_minute("smpboot", || {
        let kernel = Kernel::builder().boot().unwrap();
        let _inside = kernel.enter();
        let calls = std::sync::Arc::new(AtomicU32::new(0));
        let last = cpu_online_mask().iter().last().unwrap();
        let before = kernel.tasks().len();
        let plug = {
            let calls = calls.clone();
            SmpHotplugThread::new("bomb/%u", |_| false, |_| ()).create(move |cpu| {
                calls.fetch_add(1, SeqCst);
                assert_ne!(cpu, last, "the bomb");
            })
        };
        let registered = catch_unwind(AssertUnwindSafe(|| smpboot_register_percpu_thread(plug)));
        assert!(registered.is_err());
        assert_eq!(calls.load(SeqCst), num_online_cpus());
        assert_eq!(kernel.tasks().len(), before, "{:?}", kernel.tasks());
        // Nothing is locked.
        let plug = SmpHotplugThread::new("again/%u", |_| false, |_| ());
        drop(smpboot_register_percpu_thread(plug).unwrap());
        let report = kernel.shutdown();
        assert_eq!(report.alive, []);
    });
}
