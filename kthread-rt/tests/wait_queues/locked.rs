//! Wake-ups and waits by those who hold the queue's own lock.

use super::{Event, await_sleep, run};
use kthread_rt::prelude::*;
use std::sync::Arc;

#[test]
fn a_wake_up_by_one_who_holds_the_lock() {
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

/// What `wait_event_interruptible_locked!` returns for a waiter of `event`, -1 if the lock was not held then.
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
fn a_wait_by_one_who_holds_the_queues_lock_opens_it_while_it_sleeps() {
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
fn a_signal_ends_a_wait_by_one_who_holds_the_queues_lock() {
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
