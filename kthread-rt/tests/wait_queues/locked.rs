//! Wake-ups and waits by a task that holds the queue's own lock.

use super::{Event, await_sleep, run};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

#[test]
fn a_wake_up_by_the_holder_of_the_lock() {
    let event = Arc::new(Event::default());
    let tasks: Vec<Task> = (0..3)
        .map(|i| {
            let event = event.clone();
            let task = run(
                move || {
                    wait_event_exclusive!(event.wq, event.is_set());
                    i
                },
                "waiter",
            );
            await_sleep(&task, TASK_UNINTERRUPTIBLE);
            task
        })
        .collect();
    event.set();
    let flags = spin_lock_irqsave(event.wq.lock());
    // SAFETY: locked above.
    unsafe {
        wake_up_locked(&event.wq);
        spin_unlock_irqrestore(event.wq.lock(), flags);
    }
    await_sleep(&tasks[0], TASK_DEAD);
    await_sleep(&tasks[1], TASK_UNINTERRUPTIBLE);
    spin_lock(event.wq.lock());
    // SAFETY: locked above.
    unsafe {
        wake_up_all_locked(&event.wq);
        spin_unlock(event.wq.lock());
    }
    for (i, task) in tasks.iter().enumerate() {
        await_sleep(task, TASK_DEAD);
        assert_eq!(kthread_stop(task), i as i32);
    }
}

/// The result of `wait_event_interruptible_locked!` for a waiter of `event`; -1 if the lock was not
/// held then.
fn wait_with_the_lock(event: &Event, exclusive: bool) -> i32 {
    spin_lock(event.wq.lock());
    // SAFETY: locked above, and held again after the wait.
    let ret = unsafe {
        if exclusive {
            wait_event_interruptible_exclusive_locked!(event.wq, event.is_set())
        } else {
            wait_event_interruptible_locked!(event.wq, event.is_set())
        }
    };
    let held = spin_is_locked(event.wq.lock()) && in_atomic() && task_is_running(&current());
    // SAFETY: as above.
    unsafe { spin_unlock(event.wq.lock()) };
    if held { kthread_rt::errno::to_return(ret) } else { -1 }
}

#[test]
fn a_wait_by_the_holder_of_the_queues_lock_releases_it_while_it_sleeps() {
    for exclusive in [false, true] {
        let event = Arc::new(Event::default());
        let tasks: Vec<Task> = (0..2)
            .map(|_| {
                let event = event.clone();
                let task = run(move || wait_with_the_lock(&event, exclusive), "waiter");
                await_sleep(&task, TASK_INTERRUPTIBLE);
                task
            })
            .collect();
        assert!(!wq_has_single_sleeper(&event.wq));
        spin_lock(event.wq.lock());
        event.set();
        // SAFETY: locked above.
        unsafe {
            wake_up_locked(&event.wq);
            spin_unlock(event.wq.lock());
        }
        await_sleep(&tasks[0], TASK_DEAD);
        if exclusive {
            assert!(wq_has_single_sleeper(&event.wq));
            await_sleep(&tasks[1], TASK_INTERRUPTIBLE);
            wake_up(&event.wq);
        }
        for task in &tasks {
            await_sleep(task, TASK_DEAD);
            assert_eq!(kthread_stop(task), 0);
        }
        assert!(!waitqueue_active(&event.wq));
    }
}

#[test]
fn a_signal_ends_a_wait_by_the_holder_of_the_queues_lock() {
    let event = Arc::new(Event::default());
    let its = event.clone();
    let task = run(move || wait_with_the_lock(&its, true), "waiter");
    await_sleep(&task, TASK_INTERRUPTIBLE);
    assert_eq!(kthread_stop(&task), -512);
    assert!(!waitqueue_active(&event.wq));
    // Already true: the queue is not touched.
    event.set();
    assert_eq!(wait_with_the_lock(&event, false), 0);
}

#[test]
fn the_command_of_wait_event_lock_irq_cmd_runs_without_the_lock_before_each_sleep() {
    for interruptible in [false, true] {
        let shared = Arc::new((WaitQueueHead::new(), SpinLock::new(false), AtomicU32::new(0)));
        let its = shared.clone();
        let task = run(
            move || {
                let (wq, lock, sleeps) = &*its;
                let command = || {
                    assert!(!lock.is_locked() && !in_atomic());
                    sleeps.fetch_add(1, SeqCst);
                };
                let mut ready = lock.lock();
                let ret = if interruptible {
                    wait_event_interruptible_lock_irq_cmd!(wq, **ready, ready, command())
                } else {
                    wait_event_lock_irq_cmd!(wq, **ready, ready, command());
                    Ok(())
                };
                assert!(*ready && lock.is_locked());
                kthread_rt::errno::to_return(ret)
            },
            "waiter",
        );
        let state = if interruptible { TASK_INTERRUPTIBLE } else { TASK_UNINTERRUPTIBLE };
        await_sleep(&task, state);
        wake_up(&shared.0);
        await_sleep(&task, state);
        *shared.1.lock() = true;
        wake_up(&shared.0);
        await_sleep(&task, TASK_DEAD);
        assert_eq!((kthread_stop(&task), shared.2.load(SeqCst)), (0, 2));
    }
}
