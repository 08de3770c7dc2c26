//! Wrong calls: each returns an error or gives a warning that names the task, the call and the
//! place, and then continues.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::{Arc, mpsc};
use witness::{Datum, Warnings, running_kthread};

// ---- arguments

#[test]
fn a_nul_byte_in_a_name_is_einval() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (datum, tally) = Datum::new();
    let (line, task) = (line!(), kthread_create(|_: Datum| 0, datum, "nul\0byte"));
    assert_eq!(task.err(), Some(Errno::EINVAL));
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_create", line);
    assert_eq!((tally.runs(), tally.drops()), (0, 1));

    // Where the compiler can't see it.
    let text = String::from("nul\0byte");
    let (line, task) = (line!(), kthread_run!(|()| 0, (), "%s/%d", text.as_str(), 1));
    assert_eq!(task.err(), Some(Errno::EINVAL));
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_create", line);
    let (line, task) = (line!(), kthread_create!(|()| 0, (), "{text}"));
    assert_eq!(task.err(), Some(Errno::EINVAL));
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_create", line);
    assert_eq!(kernel.shutdown().forked, 0);
}

#[test]
fn a_cpu_or_node_that_does_not_exist_is_einval() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    for cpu in [1023, 1024, u32::MAX] {
        let (line, task) = (line!(), kthread_create_on_cpu(|()| 0, (), cpu, "nowhere"));
        assert_eq!(task.err(), Some(Errno::EINVAL));
        warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_create_on_cpu", line);
    }
    for node in [4711, i32::MAX, -2, i32::MIN] {
        let (line, task) = (line!(), kthread_create_on_node!(|()| 0, (), node, "nowhere/%d", node));
        assert_eq!(task.err(), Some(Errno::EINVAL));
        warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_create", line);
    }
    let task = kthread_create!(|()| 0, (), "unbound").unwrap();
    let everywhere = task.cpus_allowed();
    let line = line!() + 1;
    kthread_bind(&task, 1023);
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_bind", line);
    let line = line!() + 1;
    kthread_bind_mask(&task, &CpuMask::of(1023));
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_bind_mask", line);
    let (line, refused) = (line!(), kthread_affine_preferred(&task, &CpuMask::empty()));
    assert_eq!(refused, Err(Errno::EINVAL));
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_affine_preferred", line);
    assert_eq!(set_cpus_allowed_ptr(&task, &CpuMask::of(1023)), Err(Errno::EINVAL));
    assert_eq!(task.cpus_allowed(), everywhere);
    assert!(!task.flags().contains(PF_NO_SETAFFINITY));
    _ = kthread_stop(&task);
    warnings.assert_none();
}

#[test]
fn a_per_cpu_thread_must_be_bound_to_a_cpu_that_exists() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let task = kthread_create!(|()| 0, (), "per-cpu").unwrap();
    let line = line!() + 1;
    kthread_set_per_cpu(&task, 0);
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_set_per_cpu", line);
    kthread_bind(&task, 0);
    kthread_set_per_cpu(&task, -1);
    let line = line!() + 1;
    kthread_set_per_cpu(&task, 1023);
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kthread_set_per_cpu", line);
    assert!(!kthread_is_per_cpu(&task));
    kthread_set_per_cpu(&task, 0);
    assert!(kthread_is_per_cpu(&task));
    _ = kthread_stop(&task);
    warnings.assert_none();
}

#[test]
fn a_negative_timeout_is_reported_and_returns_at_once() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let uninterruptible = schedule_timeout_uninterruptible;
    let calls: &[(&str, &dyn Fn(), u32)] = &[
        ("schedule_timeout", &|| assert_eq!(schedule_timeout(-5), 0), line!()),
        ("schedule_timeout_interruptible", &|| assert_eq!(schedule_timeout_interruptible(-1), 0), line!()),
        ("schedule_timeout_killable", &|| assert_eq!(schedule_timeout_killable(i64::MIN), 0), line!()),
        ("schedule_timeout_uninterruptible", &|| assert_eq!(uninterruptible(-1), 0), line!()),
        ("schedule_timeout_idle", &|| assert_eq!(schedule_timeout_idle(-1), 0), line!()),
        ("io_schedule_timeout", &|| assert_eq!(io_schedule_timeout(-1), 0), line!()),
    ];
    for &(name, call, line) in calls {
        set_current_state(TASK_UNINTERRUPTIBLE);
        call();
        assert_eq!(current().state(), TASK_RUNNING);
        warnings.assert_call_told(file!(), WarningKind::BadArgument, name, line);
    }
}

#[test]
fn a_wrong_signal_number_is_einval() {
    let task = running_kthread("signalled", 0);
    for sig in [-1, 65, i32::MIN, i32::MAX] {
        assert_eq!(send_sig(sig, &task, 0), Err(Errno::EINVAL), "{sig}");
    }
    assert_eq!(send_sig(0, &task, 0), Ok(()));
    for sig in [0, -1, 65, i32::MIN, i32::MAX] {
        assert_eq!(allow_signal(sig), Err(Errno::EINVAL), "{sig}");
        assert_eq!(disallow_signal(sig), Err(Errno::EINVAL), "{sig}");
    }
    _ = kthread_stop(&task);
    assert_eq!(send_sig(0, &task, 0), Err(Errno::ESRCH));
    assert_eq!(send_sig(65, &task, 0), Err(Errno::EINVAL));
}

#[test]
fn unknown_clone_flags_are_reported_and_ignored() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let done = Arc::new(Completion::new());
    let threadfn = |done: Arc<Completion>| {
        complete(&done);
        0
    };
    let (line, pid) = (line!(), kernel_thread(threadfn, done.clone(), 0x8000_0000));
    assert!(pid.unwrap() > 2);
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "kernel_thread", line);
    wait_for_completion(&done);
}

// ---- the wrong task

#[test]
fn a_thread_that_stops_itself_is_reported_and_asked_to_stop() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (tx, rx) = mpsc::channel();
    let task = {
        let warnings = warnings.clone();
        let threadfn = move |tx: mpsc::Sender<_>| {
            let me = current();
            let (line, returned) = (line!(), kthread_stop(&me));
            warnings.assert_call_told(file!(), WarningKind::Deadlock, "kthread_stop", line);
            tx.send((returned, me.stop(), kthread_should_stop())).expect("the test waits for this");
            3
        };
        kthread_run(threadfn, tx, "suicidal").unwrap()
    };
    assert_eq!(rx.recv().unwrap(), (-35, Err(Errno::EDEADLK), true));
    assert_eq!(kthread_stop(&task), 3);
    assert_eq!(warnings.take_one().kind, WarningKind::Deadlock);
}

#[test]
fn a_task_that_waits_for_its_own_sleep_is_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (line, inactive) = (line!(), wait_task_inactive(&current(), TASK_RUNNING));
    assert!(!inactive);
    warnings.assert_call_told(file!(), WarningKind::Deadlock, "wait_task_inactive", line);
}

#[test]
fn kthread_calls_for_other_tasks_are_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (mask, preferred) = (CpuMask::of(0), kthread_affine_preferred);
    // Init is not a kthread; the others are, but kthreadd has not made them.
    for task in [current(), kernel.kthreadd().unwrap(), kernel.find_task_by_pid(0).unwrap()] {
        let calls: &[(&str, &dyn Fn(), u32)] = &[
            ("kthread_stop", &|| assert_eq!(kthread_stop(&task), -22), line!()),
            ("kthread_park", &|| assert_eq!(kthread_park(&task), Err(Errno::EINVAL)), line!()),
            ("kthread_unpark", &|| kthread_unpark(&task), line!()),
            ("kthread_bind", &|| kthread_bind(&task, 0), line!()),
            ("kthread_bind_mask", &|| kthread_bind_mask(&task, &mask), line!()),
            ("kthread_set_per_cpu", &|| kthread_set_per_cpu(&task, 0), line!()),
            ("kthread_affine_preferred", &|| assert!(preferred(&task, &mask).is_err()), line!()),
        ];
        for &(name, call, line) in calls {
            call();
            warnings.assert_call_told(file!(), WarningKind::NotAKthread, name, line);
        }
        assert!(kthread_func(&task).is_none() && kthread_data(&task).is_null());
        assert!(kthread_probe_data(&task).is_null() && task.data::<u32>().is_none());
        assert!(!kthread_is_per_cpu(&task));
    }
    let line = line!() + 1;
    kthread_parkme();
    warnings.assert_call_told(file!(), WarningKind::NotAKthread, "kthread_parkme", line);
    assert!(!kthread_should_stop() && !kthread_should_park() && !kthread_should_stop_or_park());
    warnings.assert_none();
}

// ---- the wrong moment

#[test]
fn parking_twice_and_parking_an_exited_thread_are_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let task = running_kthread("parked", 1);
    assert_eq!(kthread_park(&task), Ok(()));
    let (line, again) = (line!(), kthread_park(&task));
    assert_eq!(again, Err(Errno::EBUSY));
    warnings.assert_call_told(file!(), WarningKind::ParkTwice, "kthread_park", line);
    assert_eq!(kthread_stop(&task), 1);
    let (line, late) = (line!(), kthread_park(&task));
    assert_eq!(late, Err(Errno::ENOSYS));
    warnings.assert_call_told(file!(), WarningKind::ParkExited, "kthread_park", line);
    kthread_unpark(&task);
    warnings.assert_none();
}

#[test]
fn binding_a_started_thread_is_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let task = running_kthread("started", 0);
    let before = task.cpus_allowed();
    let line = line!() + 1;
    kthread_bind(&task, 0);
    warnings.assert_call_told(file!(), WarningKind::BindAfterStart, "kthread_bind", line);
    let line = line!() + 1;
    kthread_bind_mask(&task, &CpuMask::of(0));
    warnings.assert_call_told(file!(), WarningKind::BindAfterStart, "kthread_bind_mask", line);
    let (line, refused) = (line!(), kthread_affine_preferred(&task, &CpuMask::of(0)));
    assert_eq!(refused, Err(Errno::EINVAL));
    warnings.assert_call_told(file!(), WarningKind::BindAfterStart, "kthread_affine_preferred", line);
    assert_eq!(task.cpus_allowed(), before);
    assert!(!task.flags().contains(PF_NO_SETAFFINITY));
    _ = kthread_stop(&task);
    warnings.assert_none();
}

#[test]
fn preempt_enable_without_disable_is_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let line = line!() + 1;
    preempt_enable();
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "preempt_enable", line);
    assert_eq!(preempt_count(), 0);
    preempt_disable();
    preempt_disable();
    assert_eq!((preempt_count(), in_atomic()), (2, true));
    preempt_enable();
    preempt_enable();
    warnings.assert_none();
}

#[test]
fn an_unknown_pid_is_no_task() {
    for pid in [-1, i32::MIN, i32::MAX] {
        assert_eq!(find_task_by_pid(pid), None);
    }
}
