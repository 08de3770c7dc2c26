//! A lock that no task holds or waits for may be moved, like any Rust value; also if a task has
//! waited for it before.

use crate::stage::{end_of, waiting};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Lets a task wait for `lock`, moves it, and lets a task wait for it at its new place.
fn may_be_moved<L: Send + Sync + 'static>(mut lock: L, hold: fn(&L), let_go: fn(&L), wait: fn(&L)) {
    for _ in 0..2 {
        let shared = Arc::new(lock);
        hold(&shared);
        let waiter = waiting("waiter", TASK_UNINTERRUPTIBLE, {
            let shared = shared.clone();
            move || {
                wait(&shared);
                7
            }
        });
        let_go(&shared);
        assert_eq!(end_of(&waiter), 7);
        lock = Arc::into_inner(shared).expect("the waiter has dropped its reference");
        // From now on other code uses the memory of the old place.
        let counts = 2 * size_of::<usize>();
        std::hint::black_box(vec![0xa5_u8; size_of::<L>() + counts].leak());
    }
}

#[test]
fn a_mutex_that_was_waited_for_may_be_moved() {
    may_be_moved(RawMutex::new(), mutex_lock, mutex_unlock, |lock| {
        mutex_lock(lock);
        mutex_unlock(lock);
    });
}

#[test]
fn an_rt_mutex_that_was_waited_for_may_be_moved() {
    may_be_moved(RawRtMutex::new(), rt_mutex_lock, rt_mutex_unlock, |lock| {
        rt_mutex_lock(lock);
        rt_mutex_unlock(lock);
    });
}

#[test]
fn an_rwsem_that_was_waited_for_may_be_moved() {
    may_be_moved(RawRwSemaphore::new(), down_write, up_write, |sem| {
        down_read(sem);
        up_read(sem);
    });
}

#[test]
fn a_percpu_rwsem_that_was_waited_for_may_be_moved() {
    may_be_moved(RawPercpuRwSemaphore::new(), percpu_down_write, percpu_up_write, |sem| {
        percpu_down_read(sem);
        percpu_up_read(sem);
    });
}

#[test]
fn a_semaphore_that_was_waited_for_may_be_moved() {
    may_be_moved(Semaphore::new(0), |_| (), up, down);
}

#[test]
fn a_completion_that_was_waited_for_may_be_moved() {
    may_be_moved(Completion::new(), |_| (), complete, wait_for_completion);
}

#[test]
fn a_wait_queue_that_was_waited_on_may_be_moved() {
    may_be_moved(
        (WaitQueueHead::new(), AtomicBool::new(false)),
        |(_, come)| come.store(false, Ordering::Relaxed),
        |(wq, come)| {
            come.store(true, Ordering::Release);
            wake_up(wq);
        },
        |(wq, come)| wait_event!(wq, come.load(Ordering::Acquire)),
    );
}
