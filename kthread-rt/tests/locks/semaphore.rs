//! `down` and `up`.

use crate::stage::{Book, Running, end_of, int, run, signalled, waiting};
use kthread_rt::prelude::*;
use std::mem::{MaybeUninit, needs_drop};
use std::sync::Arc;

#[test]
fn it_is_plain_memory_and_has_no_unit_when_zeroed() {
    assert!(!needs_drop::<Semaphore>());
    // SAFETY: what is tested.
    let sem = unsafe { MaybeUninit::<Semaphore>::zeroed().assume_init() };
    assert!(down_trylock(&sem));
    up(&sem);
    assert!(!down_trylock(&sem));
}

#[test]
fn trylock_returns_true_when_it_failed_as_the_kernels_1() {
    let sem = Semaphore::new(1);
    assert!(!down_trylock(&sem));
    assert!(down_trylock(&sem));
    assert!(!sem.try_down());
    up(&sem);
    assert!(sem.try_down());
}

#[test]
fn the_count_goes_up_to_int_max() {
    let sem = Semaphore::new(Semaphore::MAX_COUNT - 1);
    up(&sem);
    assert_eq!(sem.count(), Semaphore::MAX_COUNT);
    down(&sem);
    assert_eq!(sem.count(), Semaphore::MAX_COUNT - 1);
}

#[test]
fn waiters_get_a_unit_strictly_in_the_order_in_which_they_came() {
    let (sem, book) = (Arc::new(Semaphore::new(0)), Book::default());
    let waiters: Vec<Running> = (0..4)
        .map(|n| {
            let (sem, book) = (sem.clone(), book.clone());
            waiting(&format!("waiter/{n}"), TASK_UNINTERRUPTIBLE, move || {
                down(&sem);
                book.note(n.to_string());
                0
            })
        })
        .collect();
    for waiter in &waiters {
        up(&sem);
        assert!(down_trylock(&sem), "the unit is the waiter's, and nobody takes it past the queue");
        end_of(waiter);
    }
    assert_eq!(book.read(), "0 1 2 3");
    assert_eq!(sem.count(), 0);
}

#[test]
fn down_timeout_is_etime_and_never_early() {
    let sem = Semaphore::new(0);
    assert_eq!(down_timeout(&sem, 0), Err(Errno::ETIME));
    let before = jiffies();
    assert_eq!(down_timeout(&sem, 3), Err(Errno::ETIME));
    assert!(jiffies() >= before + 3);
    up(&sem);
    assert_eq!(down_timeout(&sem, 0), Ok(()), "one that is there is taken");
}

#[test]
fn an_up_in_time_ends_a_down_timeout() {
    let sem = Arc::new(Semaphore::new(0));
    let waiter = waiting("patient", TASK_UNINTERRUPTIBLE, {
        let sem = sem.clone();
        move || int(down_timeout(&sem, 1000 * HZ))
    });
    assert_eq!(waiter.waits_on().map(|waits| waits.kind), Some(WaitKind::Semaphore));
    up(&sem);
    assert_eq!(end_of(&waiter), 0);
}

#[test]
fn signals_end_the_waits_that_admit_them_with_eintr() {
    let sem = Arc::new(Semaphore::new(0));
    let waiter = signalled(TASK_INTERRUPTIBLE, down_interruptible, &sem);
    send_sig(SIGTERM, &waiter, 1).unwrap();
    assert_eq!(end_of(&waiter), -4);

    let waiter = signalled(TASK_INTERRUPTIBLE, down_interruptible, &sem);
    assert_eq!(kthread_stop(&waiter), -4, "the notify-signal");

    let waiter = signalled(TASK_KILLABLE, down_killable, &sem);
    send_sig(SIGTERM, &waiter, 1).unwrap();
    assert!(wait_task_inactive(&waiter, TASK_KILLABLE), "it sleeps on");
    send_sig(SIGKILL, &waiter, 1).unwrap();
    assert_eq!(end_of(&waiter), -4);

    up(&sem);
    assert_eq!(sem.count(), 1, "nobody of them is in the queue");
}

#[test]
fn a_free_unit_is_taken_whatever_signal_is_pending() {
    let task = run("pending", || {
        let sem = Semaphore::new(2);
        allow_signal(SIGKILL).unwrap();
        send_sig(SIGKILL, &current(), 1).unwrap();
        int(down_interruptible(&sem)) + int(down_killable(&sem))
    });
    assert_eq!(end_of(&task), 0);
}
