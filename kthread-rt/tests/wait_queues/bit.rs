//! Waiting for bits and variables.

use super::{await_sleep, on_kthread, run};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};

#[test]
fn a_clear_bit_is_not_waited_for() {
    let word = AtomicU32::new(!1);
    assert_eq!(wait_on_bit(&word, 0, TASK_UNINTERRUPTIBLE), Ok(()));
    assert_eq!(wait_on_bit_lock(&word, 0, TASK_UNINTERRUPTIBLE), Ok(()));
    assert_eq!(word.load(SeqCst), !0);
}

#[test]
fn wait_on_bit_sleeps_until_its_bit_is_clear_and_woken() {
    let word = Arc::new(AtomicU64::new(0b11));
    let waiter = {
        let word = word.clone();
        run(
            move || {
                wait_on_bit(&*word, 1, TASK_UNINTERRUPTIBLE).unwrap();
                word.load(SeqCst) as i32
            },
            "waiter",
        )
    };
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    // Another bit of the same word, and the bit while it is set: no task is woken.
    clear_and_wake_up_bit(&*word, 0);
    wake_up_bit(&*word, 1);
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    word.fetch_or(0b100, SeqCst);
    clear_and_wake_up_bit(&*word, 1);
    await_sleep(&waiter, TASK_DEAD);
    assert_eq!(kthread_stop(&waiter), 0b100);
}

#[test]
fn only_a_bit_that_was_set_is_cleared_and_its_waiter_woken() {
    let word = Arc::new(AtomicU64::new(0b10));
    let waiter = {
        let word = word.clone();
        run(move || wait_on_bit(&*word, 1, TASK_UNINTERRUPTIBLE).map_or(1, |()| 0), "waiter")
    };
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    assert!(!test_and_clear_wake_up_bit(&*word, 0));
    assert_eq!(waiter.state(), TASK_UNINTERRUPTIBLE);
    assert!(test_and_clear_wake_up_bit(&*word, 1));
    await_sleep(&waiter, TASK_DEAD);
    assert!(!test_and_clear_wake_up_bit(&*word, 1));
    assert_eq!((word.load(SeqCst), kthread_stop(&waiter)), (0, 0));
}

#[test]
fn wait_on_bit_ends_with_eintr_or_eagain() {
    let word = Arc::new(AtomicU32::new(1));
    assert_eq!(wait_on_bit_timeout(&*word, 0, TASK_UNINTERRUPTIBLE, 1), Err(Errno::EAGAIN));
    let waiter = {
        let word = word.clone();
        run(move || kthread_rt::errno::to_return(wait_on_bit(&*word, 0, TASK_INTERRUPTIBLE)), "interruptible")
    };
    await_sleep(&waiter, TASK_INTERRUPTIBLE);
    assert_eq!(kthread_stop(&waiter), Errno::EINTR.as_return());
}

#[test]
fn a_bit_is_a_lock_that_is_handed_on() {
    const ROUNDS: u32 = 500;
    let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0), Completion::new()));
    let tasks: Vec<Task> = (0..4)
        .map(|i| {
            let shared = shared.clone();
            run(
                move || {
                    for _ in 0..ROUNDS {
                        wait_on_bit_lock(&shared.0, 7, TASK_UNINTERRUPTIBLE).unwrap();
                        // Not atomic: a second holder of the bit would lose counts.
                        let count = shared.1.load(SeqCst);
                        r#yield();
                        shared.1.store(count + 1, SeqCst);
                        clear_and_wake_up_bit(&shared.0, 7);
                    }
                    complete(&shared.2);
                    0
                },
                &format!("locker/{i}"),
            )
        })
        .collect();
    for _ in &tasks {
        wait_for_completion(&shared.2);
    }
    for task in &tasks {
        assert_eq!(kthread_stop(task), 0);
    }
    assert_eq!(shared.1.load(SeqCst), 4 * ROUNDS);
}

#[test]
fn wait_var_event_waits_for_its_variable() {
    let var = Arc::new((AtomicU32::new(1), AtomicU32::new(0)));
    let waiter = {
        let var = var.clone();
        run(
            move || {
                wait_var_event!(&var.0, var.0.load(SeqCst) == 0);
                7
            },
            "waiter",
        )
    };
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    wake_up_var(&var.1);
    wake_up_var(&var.0);
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    var.0.store(0, SeqCst);
    wake_up_var(&var.0);
    await_sleep(&waiter, TASK_DEAD);
    assert_eq!(kthread_stop(&waiter), 7);
}

#[test]
fn the_io_names_are_the_same_waits() {
    let word = AtomicU32::new(0b10);
    assert_eq!(wait_on_bit_io(&word, 0, TASK_UNINTERRUPTIBLE), Ok(()));
    assert_eq!(wait_on_bit_lock_io(&word, 0, TASK_UNINTERRUPTIBLE), Ok(()));
    assert_eq!(word.load(SeqCst), 0b11);
}

/// A signal that ends the sleep is an error, also if the bit is clear by then; but a task that has
/// locked the bit keeps it.
#[test]
fn a_signal_is_an_error_even_if_the_bit_is_clear_by_then_unless_the_bit_was_locked() {
    for (lock, ret) in [(false, Errno::EINTR.as_return()), (true, 0)] {
        let word = Arc::new(AtomicU32::new(1));
        let its = word.clone();
        let waiter = run(
            move || {
                allow_signal(SIGTERM).unwrap();
                kthread_rt::errno::to_return(if lock {
                    wait_on_bit_lock(&*its, 0, TASK_INTERRUPTIBLE)
                } else {
                    wait_on_bit(&*its, 0, TASK_INTERRUPTIBLE)
                })
            },
            "waiter",
        );
        await_sleep(&waiter, TASK_INTERRUPTIBLE);
        word.fetch_and(!1, SeqCst);
        send_sig(SIGTERM, &waiter, 1).unwrap();
        await_sleep(&waiter, TASK_DEAD);
        assert_eq!(kthread_stop(&waiter), ret);
        assert_eq!(word.load(SeqCst), u32::from(lock));
    }
}

#[test]
fn wait_on_bit_with_a_signal_pending_and_with_no_time() {
    on_kthread(|| {
        let word = AtomicU32::new(1);
        allow_signal(SIGTERM).unwrap();
        send_sig(SIGTERM, &current(), 1).unwrap();
        assert_eq!(wait_on_bit(&word, 0, TASK_INTERRUPTIBLE), Err(Errno::EINTR));
        assert_eq!(wait_on_bit_lock(&word, 0, TASK_INTERRUPTIBLE), Err(Errno::EINTR));
        // A clear bit is not waited for, so signals are not checked; and SIGTERM does not end a
        // killable wait.
        assert_eq!(wait_on_bit(&word, 1, TASK_INTERRUPTIBLE), Ok(()));
        assert_eq!(wait_on_bit_timeout(&word, 0, TASK_KILLABLE, 2), Err(Errno::EAGAIN));
        assert_eq!(wait_on_bit_timeout(&word, 0, TASK_INTERRUPTIBLE, 0), Err(Errno::EAGAIN));
        assert_eq!(wait_on_bit_timeout(&word, 1, TASK_INTERRUPTIBLE, 0), Ok(()));
        assert_eq!(current().state(), TASK_RUNNING);
    });
}

#[test]
fn wait_var_event_timeout_and_signals() {
    let var = AtomicU32::new(1);
    assert_eq!(wait_var_event_timeout!(&var, false, 3), 0);
    assert_eq!(wait_var_event_timeout!(&var, false, 0), 0);
    assert_eq!(wait_var_event_timeout!(&var, true, 0), 1);
    assert_eq!(wait_var_event_timeout!(&var, true, 50), 50);
    on_kthread(|| {
        let var = AtomicU32::new(1);
        allow_signal(SIGTERM).unwrap();
        allow_signal(SIGKILL).unwrap();
        send_sig(SIGTERM, &current(), 1).unwrap();
        assert_eq!(wait_var_event_interruptible!(&var, false), Err(Errno::ERESTARTSYS));
        assert_eq!(wait_var_event_interruptible!(&var, true), Ok(()));
        assert_eq!(wait_var_event_timeout!(&var, false, 2), 0);
        send_sig(SIGKILL, &current(), 1).unwrap();
        assert_eq!(wait_var_event_killable!(&var, false), Err(Errno::ERESTARTSYS));
        assert_eq!(wait_var_event_killable!(&var, true), Ok(()));
        assert_eq!(current().state(), TASK_RUNNING);
    });
}

#[test]
fn wait_var_event_killable_sleeps_through_term() {
    let var = Arc::new(AtomicU32::new(1));
    let its = var.clone();
    let waiter = run(
        move || {
            allow_signal(SIGTERM).unwrap();
            allow_signal(SIGKILL).unwrap();
            kthread_rt::errno::to_return(wait_var_event_killable!(&*its, its.load(SeqCst) == 0))
        },
        "waiter",
    );
    await_sleep(&waiter, TASK_KILLABLE);
    send_sig(SIGTERM, &waiter, 1).unwrap();
    await_sleep(&waiter, TASK_KILLABLE);
    send_sig(SIGKILL, &waiter, 1).unwrap();
    await_sleep(&waiter, TASK_DEAD);
    assert_eq!(kthread_stop(&waiter), -512);
}

#[test]
fn an_action_is_called_while_the_bit_is_set() {
    let word = AtomicU64::new(0b100);
    let mut calls = 0;
    let refused = raw_wait::wait_on_bit_action(&word, 2, TASK_INTERRUPTIBLE, &mut || {
        calls += 1;
        if calls == 3 { Err(Errno::EBUSY) } else { Ok(()) }
    });
    assert_eq!((refused, calls), (Err(Errno::EBUSY), 3));
    assert_eq!(current().state(), TASK_RUNNING);
    let clears = &mut || {
        assert_eq!(current().state(), TASK_UNINTERRUPTIBLE);
        assert!(waitqueue_active(raw_wait::bit_waitqueue((&raw const word).addr(), 2)));
        word.clear_bit(2);
        Ok(())
    };
    assert_eq!(raw_wait::wait_on_bit_action(&word, 2, TASK_UNINTERRUPTIBLE, clears), Ok(()));
    assert_eq!(word.load(SeqCst), 0);
    word.store(0b100, SeqCst);
    assert_eq!(raw_wait::wait_on_bit_lock_action(&word, 2, TASK_UNINTERRUPTIBLE, clears), Ok(()));
    assert_eq!(word.load(SeqCst), 0b100);
    let unlocks_and_fails = &mut || {
        word.clear_bit(2);
        Err(Errno::EINTR)
    };
    // The task that gets the lock keeps it.
    assert_eq!(raw_wait::wait_on_bit_lock_action(&word, 2, TASK_UNINTERRUPTIBLE, unlocks_and_fails), Ok(()));
    assert_eq!(word.load(SeqCst), 0b100);
    assert!(!waitqueue_active(raw_wait::bit_waitqueue((&raw const word).addr(), 2)));
}
