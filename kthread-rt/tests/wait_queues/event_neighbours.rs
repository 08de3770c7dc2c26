//! Neighbours of wq_misc and sig_sleeps: how often a condition is evaluated, which cause takes
//! precedence, the rarer names.

use super::{Event, await_sleep, on_kthread, run};
use kthread_rt::prelude::*;
use std::sync::Arc;

#[test]
fn wq_misc_a_condition_is_evaluated_as_often_as_the_kernel_does() {
    let wq = WaitQueueHead::new();
    let looks = std::cell::Cell::new(0);
    let look = |answer: bool| {
        looks.set(looks.get() + 1);
        answer
    };
    let looked = |times: u32| assert_eq!(looks.replace(0), times);
    wait_event!(wq, look(true));
    looked(1);
    assert_eq!(wait_event_timeout!(wq, look(true), 0), 1);
    looked(1);
    // No time at all: one test, and the queue is not touched.
    assert_eq!(wait_event_timeout!(wq, look(false), 0), 0);
    looked(1);
    // Before queueing, after queueing, and after the timeout.
    assert_eq!(wait_event_timeout!(wq, look(false), 1), 0);
    looked(3);
}

#[test]
fn wq_misc_no_time_takes_precedence_over_a_signal_and_a_signal_over_nanoseconds() {
    on_kthread(|| {
        let wq = WaitQueueHead::new();
        allow_signal(SIGTERM).unwrap();
        send_sig(SIGTERM, &current(), 1).unwrap();
        assert_eq!(wait_event_interruptible_timeout!(wq, false, 0), Ok(0));
        assert_eq!(wait_event_interruptible_timeout!(wq, false, 1), Err(Errno::ERESTARTSYS));
        assert_eq!(wait_event_interruptible_hrtimeout!(wq, false, 0), Err(Errno::ERESTARTSYS));
        assert_eq!(wait_event_hrtimeout!(wq, false, 0), Err(Errno::ETIME));
        assert_eq!(wait_event_killable_timeout!(wq, false, 2), Ok(0));
        assert_eq!(wait_event_freezable!(wq, false), Err(Errno::ERESTARTSYS));
        assert_eq!(wait_event_freezable_exclusive!(wq, false), Err(Errno::ERESTARTSYS));
    });
}

#[test]
fn wq_misc_timeouts_out_of_range() {
    let wq = WaitQueueHead::new();
    assert_eq!(wait_event_hrtimeout!(wq, false, 0), Err(Errno::ETIME));
    assert_eq!(wait_event_hrtimeout!(wq, true, i64::MIN), Ok(()));
    // No limit: only the stop ends them. A kernel takes the sum with a negative time for an
    // overflow.
    type Wait = fn(&WaitQueueHead) -> i32;
    let waits: [Wait; 5] = [
        |wq| kthread_rt::errno::to_return(wait_event_interruptible_hrtimeout!(wq, false, -5)),
        |wq| kthread_rt::errno::to_return(wait_event_interruptible_hrtimeout!(wq, false, i64::MIN)),
        |wq| kthread_rt::errno::to_return(wait_event_interruptible_hrtimeout!(wq, false, KTIME_MAX)),
        |wq| {
            wait_event_interruptible_timeout!(wq, false, MAX_SCHEDULE_TIMEOUT as u64)
                .map_or_else(Errno::as_return, |_| 1)
        },
        |wq| {
            let longest = MAX_SCHEDULE_TIMEOUT as u64;
            wait_event_interruptible_timeout!(wq, false, longest).map_or_else(Errno::as_return, |_| 1)
        },
    ];
    for wait in waits {
        let task = run(move || wait(&WaitQueueHead::new()), "for-ever");
        await_sleep(&task, TASK_INTERRUPTIBLE);
        assert_eq!(kthread_stop(&task), -512);
    }
}

#[test]
fn wait_event_state_ends_for_what_its_state_admits() {
    for (state, sig, ends) in [
        (TASK_INTERRUPTIBLE, SIGTERM, true),
        (TASK_KILLABLE, SIGTERM, false),
        (TASK_KILLABLE, SIGKILL, true),
        (TASK_KILLABLE | TASK_FREEZABLE, SIGKILL, true),
        (TASK_IDLE, SIGKILL, false),
        (TASK_UNINTERRUPTIBLE, SIGKILL, false),
    ] {
        let event = Arc::new(Event::default());
        let its = event.clone();
        let task = run(
            move || {
                allow_signal(SIGTERM).unwrap();
                allow_signal(SIGKILL).unwrap();
                kthread_rt::errno::to_return(wait_event_state!(its.wq, its.is_set(), state))
            },
            "waiter",
        );
        await_sleep(&task, state);
        send_sig(sig, &task, 1).unwrap();
        if !ends {
            await_sleep(&task, state);
            event.set();
            wake_up(&event.wq);
        }
        await_sleep(&task, TASK_DEAD);
        assert_eq!(kthread_stop(&task), if ends { -512 } else { 0 }, "signal {sig} in {state:?}");
    }
}

#[test]
fn the_rarer_names_wait_too() {
    let wq = WaitQueueHead::new();
    io_wait_event!(wq, true);
    wait_event_idle!(wq, true);
    wait_event_idle_exclusive!(wq, true);
    assert_eq!(wait_event_idle_exclusive_timeout!(wq, true, 0), 1);
    assert_eq!(wait_event_idle_exclusive_timeout!(wq, false, 1), 0);
    assert_eq!(wait_event_freezable_exclusive!(wq, true), Ok(()));
    assert_eq!(wait_event_killable_exclusive!(wq, true), Ok(()));
    assert!(!waitqueue_active(&wq));
}

/// sleeper_not_allowed send_sig=0 still_blocked=1; wait_event_ret=0
#[test]
fn sig_not_allowed_does_not_end_a_wait_for_an_event() {
    let event = Arc::new(Event::default());
    let its = event.clone();
    let task =
        run(move || kthread_rt::errno::to_return(wait_event_interruptible!(its.wq, its.is_set())), "sleeper");
    await_sleep(&task, TASK_INTERRUPTIBLE);
    for sig in [SIGTERM, SIGKILL] {
        assert_eq!(send_sig(sig, &task, 1), Ok(()));
        assert!(!signal_pending(&task));
        await_sleep(&task, TASK_INTERRUPTIBLE);
    }
    event.set();
    wake_up_interruptible(&event.wq);
    await_sleep(&task, TASK_DEAD);
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn wait_woken_of_a_kthread_that_is_asked_to_stop_does_not_sleep() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let task = run(
        move || {
            let wq = WaitQueueHead::new();
            DEFINE_WAIT_FUNC!(wait, woken_wake_function);
            add_wait_queue(&wq, wait);
            let mut slept = 0;
            while !kthread_should_stop() {
                wait_woken(wait, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
                slept += 1;
            }
            // Neither woken nor timed out: all of the time is left.
            sender.send(wait_woken(wait, TASK_INTERRUPTIBLE, 77)).unwrap();
            remove_wait_queue(&wq, wait);
            slept
        },
        "waiter",
    );
    await_sleep(&task, TASK_UNINTERRUPTIBLE);
    assert_eq!(kthread_stop(&task), 1);
    assert_eq!(receiver.recv(), Ok(77));
}

#[test]
fn a_declared_entry_stays_in_its_queue_when_it_is_woken() {
    let wq = WaitQueueHead::new();
    DECLARE_WAITQUEUE!(wait, current());
    add_wait_queue(&wq, wait);
    assert!(wq_has_single_sleeper(&wq));
    for _ in 0..2 {
        set_current_state(TASK_INTERRUPTIBLE);
        wake_up(&wq);
        assert!(task_is_running(&current()) && waitqueue_active(&wq));
    }
    // SAFETY: the usual wake function does not look at the key.
    unsafe { raw_wait::__wake_up(&wq, TASK_NORMAL, 1, std::ptr::null_mut()) };
    remove_wait_queue(&wq, wait);
    assert!(!waitqueue_active(&wq) && !wq_has_single_sleeper(&wq));
}
