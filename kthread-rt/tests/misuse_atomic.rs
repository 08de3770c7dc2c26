//! Sleeping in atomic context: each call that may sleep warns in an atomic section, and then does
//! its work.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::cell::{Cell, RefCell};
use std::sync::mpsc;
use witness::{Warnings, ignore};

#[test]
fn every_call_that_may_sleep_is_reported_in_an_atomic_section() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let me = current();
    let (done, new) = (Completion::new(), || kthread_create!(|()| 0, (), "new").unwrap());
    complete_all(&done);
    let [stopped, parked, bound, masked, preferred] = [new(), new(), new(), new(), new()];
    let put = new();
    let (mask, x) = (CpuMask::of(0), &done);
    let stop_put = Cell::new(Some(put));
    let created = RefCell::new(Vec::new());
    let keep = |task: Result<Task, Errno>| created.borrow_mut().push(task.unwrap());
    // A signal is pending, so that calls which sleep until they are woken don't sleep.
    let with_signal = |sleep: &dyn Fn()| {
        send_sig(SIGTERM, &me, 1).unwrap();
        set_current_state(TASK_INTERRUPTIBLE);
        sleep();
        flush_signals(&me);
    };
    let calls: &[(&str, &dyn Fn(), u32)] = &[
        ("might_sleep", &|| might_sleep(), line!()),
        ("cond_resched", &|| ignore(cond_resched()), line!()),
        ("yield", &|| r#yield(), line!()),
        ("schedule", &|| with_signal(&|| schedule()), line!()),
        ("io_schedule", &|| with_signal(&|| io_schedule()), line!()),
        ("schedule_timeout", &|| ignore(schedule_timeout(0)), line!()),
        ("schedule_timeout_interruptible", &|| ignore(schedule_timeout_interruptible(0)), line!()),
        ("schedule_timeout_killable", &|| ignore(schedule_timeout_killable(0)), line!()),
        ("schedule_timeout_uninterruptible", &|| ignore(schedule_timeout_uninterruptible(0)), line!()),
        ("schedule_timeout_idle", &|| ignore(schedule_timeout_idle(0)), line!()),
        ("io_schedule_timeout", &|| ignore(io_schedule_timeout(0)), line!()),
        ("msleep", &|| msleep(0), line!()),
        ("msleep_interruptible", &|| ignore(msleep_interruptible(0)), line!()),
        ("ssleep", &|| ssleep(0), line!()),
        ("usleep_range", &|| usleep_range(0, 0), line!()),
        ("usleep_range_state", &|| usleep_range_state(0, 0, TASK_INTERRUPTIBLE), line!()),
        ("fsleep", &|| fsleep(0), line!()),
        ("wait_for_completion", &|| wait_for_completion(x), line!()),
        ("wait_for_completion", &|| wait_for_completion_io(x), line!()),
        ("wait_for_completion_interruptible", &|| wait_for_completion_interruptible(x).unwrap(), line!()),
        ("wait_for_completion_killable", &|| wait_for_completion_killable(x).unwrap(), line!()),
        ("wait_for_completion_state", &|| wait_for_completion_state(x, TASK_IDLE).unwrap(), line!()),
        ("wait_for_completion_timeout", &|| ignore(wait_for_completion_timeout(x, 0)), line!()),
        ("wait_for_completion_timeout", &|| ignore(wait_for_completion_io_timeout(x, 0)), line!()),
        ("wait_for_completion_interruptible_timeout", &|| ignore(x.wait_interruptible_timeout(0)), line!()),
        ("wait_for_completion_killable_timeout", &|| ignore(x.wait_killable_timeout(0)), line!()),
        ("kthread_create", &|| keep(kthread_create(|()| 0, (), "new")), line!()),
        ("kthread_create", &|| keep(kthread_create!(|()| 0, (), "new/%d", 1)), line!()),
        ("kthread_create", &|| keep(kthread_create_on_node!(|()| 0, (), NUMA_NO_NODE, "new")), line!()),
        ("kthread_create", &|| keep(kthread_run!(|()| 0, (), "new")), line!()),
        ("kernel_thread", &|| ignore(kernel_thread(|()| 0, (), CLONE_FS)), line!()),
        ("kthread_stop", &|| ignore(kthread_stop(&stopped)), line!()),
        ("kthread_stop", &|| ignore(kthread_stop_put(stop_put.take().unwrap())), line!()),
        ("kthread_bind", &|| kthread_bind(&bound, 0), line!()),
        ("kthread_bind_mask", &|| kthread_bind_mask(&masked, &mask), line!()),
        ("kthread_affine_preferred", &|| kthread_affine_preferred(&preferred, &mask).unwrap(), line!()),
        ("wait_task_inactive", &|| ignore(wait_task_inactive(&bound, TASK_PARKED)), line!()),
    ];
    for &(name, call, line) in calls {
        preempt_disable();
        call();
        preempt_enable();
        warnings.assert_call_told(file!(), WarningKind::SleepingWhileAtomic, name, line);
    }
    // These wait for two things, and may be reported for each.
    let twice: &[(&str, &dyn Fn(), u32)] = &[
        ("kthread_park", &|| kthread_park(&parked).unwrap(), line!()),
        ("kthread_create", &|| keep(kthread_create_on_cpu!(|()| 0, (), 0, "new/%u")), line!()),
        ("shutdown", &|| ignore(kernel.shutdown()), line!()),
    ];
    for &(name, call, line) in twice {
        preempt_disable();
        call();
        preempt_enable();
        let all = warnings.take();
        assert_eq!((all[0].kind, all[0].call.as_str()), (WarningKind::SleepingWhileAtomic, name));
        assert!(all.iter().all(|w| (w.kind, w.file, w.line) == (all[0].kind, file!(), line)), "{all:#?}");
    }
    for task in [parked, bound, masked, preferred].iter().chain(created.borrow().iter()) {
        _ = kthread_stop(task);
    }
    warnings.assert_none();
}

#[test]
fn parkme_in_an_atomic_section_is_reported() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    let (tx, rx) = mpsc::channel();
    let task = {
        let warnings = warnings.clone();
        let threadfn = move |tx: mpsc::Sender<()>| {
            preempt_disable();
            let line = line!() + 1;
            kthread_parkme(); // not asked to park, and reported nevertheless
            preempt_enable();
            warnings.assert_call_told(file!(), WarningKind::SleepingWhileAtomic, "kthread_parkme", line);
            tx.send(()).expect("the test waits for this");
            0
        };
        kthread_run(threadfn, tx, "atomic").unwrap()
    };
    rx.recv().expect("the thread did not panic");
    _ = kthread_stop(&task);
}

/// The kernel does not warn when these begin, with a lock held: only the sleep must not be atomic.
#[test]
fn a_wait_that_releases_a_lock_is_reported_only_for_the_locks_of_its_sleep() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (wq, looks) = (WaitQueueHead::new(), Cell::new(0));
    // True at the third test: the task has queued up, and slept until the wake-up before that.
    let third_look = || {
        looks.set((looks.get() + 1) % 3);
        looks.get() == 0
    };
    let opens = || {
        preempt_enable();
        wake_up(&wq);
    };
    preempt_disable();
    wait_event_cmd!(wq, true, unreachable!(), unreachable!());
    wait_event_cmd!(wq, third_look(), opens(), preempt_disable());
    wait_event_exclusive_cmd!(wq, third_look(), opens(), preempt_disable());
    preempt_enable();
    let lock = SpinLock::new(());
    let mut guard = lock.lock();
    wait_event_lock_irq_cmd!(wq, third_look(), guard, wake_up(&wq));
    drop(guard);
    warnings.assert_none();
    let line = line!() + 2;
    preempt_disable();
    wait_event_cmd!(wq, third_look(), wake_up(&wq), wake_up(&wq));
    preempt_enable();
    let call = "wait_event_cmd";
    warnings.assert_call_told(file!(), WarningKind::SleepingWhileAtomic, call, line);
    drop(inside);
    kernel.shutdown();
}
