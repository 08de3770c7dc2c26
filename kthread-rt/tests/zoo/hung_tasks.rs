//! Tasks that hang. Each program has a limit of its own, and ends when the watcher has reported the
//! task that it waits for.

use kthread_rt::diag::{Warning, WarningKind};
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Long enough, on a busy machine, for a task to fall asleep after one that began before it.
const LIMIT: Duration = Duration::from_millis(100);

struct Told {
    comm: String,
    line: u32,
    message: String,
}

/// A Kernel whose warnings go to the returned receiver.
fn watched() -> (Kernel, Receiver<Told>) {
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    let handler = move |warning: &Warning<'_>| {
        // The reader that delays a grace period here sleeps, which is reported too.
        if warning.kind == WarningKind::SleepingWhileAtomic && warning.message.contains("RCU") {
            return;
        }
        assert_eq!(warning.kind, WarningKind::HungTask);
        let (comm, message) = (warning.comm.to_owned(), warning.message.to_owned());
        tell.lock().unwrap().send(Told { comm, line: warning.place.line(), message }).unwrap();
    };
    (Kernel::builder().debug(true).hung_task(LIMIT).on_warning(handler).boot().unwrap(), told)
}

fn leaked<T>(what: T) -> &'static T {
    Box::leak(Box::new(what))
}

/// Waits until `task` sleeps, in its next call.
fn asleep(task: &Task) {
    assert!(wait_task_inactive(task, TASK_RUNNING));
}

/// Waits until the task of this name is reported; returns all reports until then.
fn all_until(told: &Receiver<Told>, comm: &str) -> Vec<Told> {
    let mut all = Vec::new();
    loop {
        let one = kthread_rt::blocking(|| told.recv()).unwrap();
        let last = one.comm == comm;
        all.push(one);
        if last {
            return all;
        }
    }
}

#[test]
fn a_lost_completion() {
    let (kernel, told) = watched();
    let _inside = kernel.enter();
    let done = leaked(Completion::new());
    let task = kthread_run!(
        |()| {
            done.wait();
            0
        },
        (),
        "waits"
    )
    .unwrap();
    let line = line!() - 7;
    let all = all_until(&told, "waits");
    assert_eq!((all.len(), all[0].line), (1, line));
    let first = format!("INFO: task waits:{} blocked for more than 0.1 seconds.", task.pid());
    assert!(all[0].message.starts_with(&first), "{}", all[0].message);
    assert!(all[0].message.contains("waits in wait_for_completion() at "), "{}", all[0].message);
    done.complete();
    _ = kthread_stop(&task);
}

#[test]
fn tasks_that_may_be_interrupted_or_killed_or_are_idle_do_not_hang() {
    let (kernel, told) = watched();
    let _inside = kernel.enter();
    let done = leaked(Completion::new());
    let states = [TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE];
    let sleepers = states.map(|state| {
        let task = kthread_run!(move |()| done.wait_state(state).map_or(1, |()| 0), (), "sleeps").unwrap();
        asleep(&task);
        task
    });
    // It began to sleep after them.
    let task = kthread_run!(
        |()| {
            done.wait();
            0
        },
        (),
        "hangs"
    )
    .unwrap();
    assert_eq!(all_until(&told, "hangs").len(), 1);
    done.complete_all();
    sleepers.iter().chain([&task]).for_each(|task| _ = kthread_stop(task));
    assert!(told.try_recv().is_err());
}

#[test]
fn a_task_that_spins_for_a_lock_that_nobody_gives() {
    for debug in [true, false] {
        let (tell, told) = channel();
        let tell = Mutex::new(tell);
        let handler = move |warning: &Warning<'_>| {
            let (comm, message) = (warning.comm.to_owned(), warning.message.to_owned());
            assert_eq!((warning.kind, warning.call), (WarningKind::HungTask, "spin_lock"));
            tell.lock().unwrap().send(Told { comm, line: warning.place.line(), message }).unwrap();
        };
        let kernel = Kernel::builder().debug(debug).hung_task(LIMIT).on_warning(handler).boot().unwrap();
        let _inside = kernel.enter();
        let lock = leaked(SpinLock::new(0));
        let held = lock.lock();
        let task = kthread_run!(|()| *lock.lock(), (), "spins").unwrap();
        let line = line!() - 1;
        let one = kthread_rt::blocking(|| told.recv()).unwrap();
        assert_eq!((one.comm.as_str(), one.line), ("spins", line));
        let first =
            format!("BUG: spinlock lockup: task spins:{} has spun for more than 0.1 seconds.", task.pid());
        assert!(one.message.starts_with(&first), "{}", one.message);
        assert_eq!(one.message.contains("holds since "), debug, "{}", one.message);
        drop(held);
        _ = kthread_stop(&task);
    }
}

#[test]
fn a_stop_of_a_thread_that_does_not_check() {
    let (kernel, told) = watched();
    let _inside = kernel.enter();
    let wake = leaked(WaitQueueHead::new());
    let may_go = leaked(AtomicBool::new(false));
    let deaf = kthread_run!(
        move |()| {
            // It keeps sleeping, whatever wakes it.
            wait_event_idle!(wake, may_go.load(SeqCst));
            0
        },
        (),
        "deaf"
    )
    .unwrap();
    asleep(&deaf);
    let target = deaf.clone();
    let stops = kthread_run!(move |()| kthread_stop(&target), (), "stops").unwrap();
    let line = line!() - 1;
    let all = all_until(&told, "stops");
    assert_eq!((all.len(), all[0].line), (1, line));
    let message = &all[0].message;
    assert!(message.contains("for the end of a thread"), "{message}");
    assert!(message.contains("does it check kthread_should_stop()?"), "{message}");
    assert!(message.contains("\"deaf\"") && message.contains("for wait queue"), "{message}");
    may_go.store(true, SeqCst);
    wake_up(wake);
    _ = kthread_stop(&stops);
}

#[test]
fn the_holder_of_the_mutex_and_its_call_are_reported() {
    let (kernel, told) = watched();
    let _inside = kernel.enter();
    let (mutex, go) = (leaked(RawMutex::new()), leaked(WaitQueueHead::new()));
    let may_go = leaked(AtomicBool::new(false));
    let holds = kthread_run!(
        move |()| {
            mutex.lock();
            wait_event_idle!(go, may_go.load(SeqCst));
            mutex.unlock();
            0
        },
        (),
        "holds"
    )
    .unwrap();
    asleep(&holds);
    let wants = kthread_run!(
        move |()| {
            mutex.lock();
            mutex.unlock();
            0
        },
        (),
        "wants"
    )
    .unwrap();
    let message = &all_until(&told, "wants")[0].message;
    assert!(message.contains("\"holds\" (pid 3) holds since"), "{message}");
    assert!(message.contains("\"holds\" (pid 3) waits in wait_event"), "{message}");
    may_go.store(true, SeqCst);
    wake_up(go);
    _ = kthread_stop(&holds);
    _ = kthread_stop(&wants);
}

#[test]
fn a_thread_that_was_never_woken() {
    let (kernel, told) = watched();
    let _inside = kernel.enter();
    let task = kthread_create!(|()| 0, (), "created").unwrap();
    let all = all_until(&told, "created");
    assert!(all[0].message.contains("nobody has called wake_up_process()"), "{}", all[0].message);
    _ = kthread_stop(&task);
}

#[test]
fn a_grace_period_with_its_reader() {
    let (kernel, told) = watched();
    let _inside = kernel.enter();
    let over = Arc::new(AtomicBool::new(false));
    let (begun, until) = (leaked(Completion::new()), over.clone());
    let line = leaked(AtomicU32::new(0));
    let reader = kthread_run!(
        move |()| {
            rcu_read_lock();
            line.store(line!() - 1, SeqCst);
            begun.complete();
            while !until.load(SeqCst) {
                r#yield();
            }
            rcu_read_unlock();
            0
        },
        (),
        "reads"
    )
    .unwrap();
    begun.wait();
    let updater = kthread_run!(
        |()| {
            synchronize_rcu();
            0
        },
        (),
        "updates"
    )
    .unwrap();
    let message = &all_until(&told, "updates")[0].message;
    assert!(message.contains("for the readers of RCU"), "{message}");
    let place =
        format!("is in a section of rcu_read_lock() that began at {}:{}:", file!(), line.load(SeqCst));
    assert!(message.contains("\"reads\" (pid 3)") && message.contains(&place), "{message}");
    over.store(true, SeqCst);
    _ = kthread_stop(&updater);
    _ = kthread_stop(&reader);
}

#[test]
fn a_loop_without_a_scheduling_point() {
    let (kernel, told) = watched();
    let _inside = kernel.enter();
    let over = Arc::new(AtomicBool::new(false));
    let (until, lets_others) = (over.clone(), over.clone());
    // This loop yields, so it is never reported.
    let polite = kthread_run!(
        move |()| {
            while !lets_others.load(SeqCst) {
                cond_resched();
            }
            0
        },
        (),
        "polite"
    )
    .unwrap();
    let spins = kthread_run!(
        move |()| {
            while !until.load(SeqCst) {
                std::hint::spin_loop();
            }
            0
        },
        (),
        "spins"
    )
    .unwrap();
    let all = all_until(&told, "spins");
    assert_eq!(all.len(), 1, "{:?}", all.iter().map(|told| &told.message).collect::<Vec<_>>());
    assert!(all[0].message.starts_with("BUG: soft lockup - spins:"), "{}", all[0].message);
    over.store(true, SeqCst);
    _ = kthread_stop(&spins);
    _ = kthread_stop(&polite);
}

#[test]
fn the_watcher_ends_with_its_kernel() {
    let (kernel, told) = watched();
    kernel.shutdown();
    // The handler is dropped with the last handle of the Kernel.
    drop(kernel);
    assert!(told.recv().is_err());
}
