//! wq_misc, and the waits for an event in sig_sleeps and stop_breaks_sleep.

use super::{Event, await_sleep, on_kthread, run};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn wq_misc_timeouts() {
    let wq = WaitQueueHead::new();
    assert_eq!(wait_event_timeout!(wq, false, 3), 0);
    assert_eq!(wait_event_timeout!(wq, false, 0), 0);
    assert_eq!(wait_event_timeout!(wq, true, 0), 1);
    assert_eq!(wait_event_timeout!(wq, true, 50), 50);
    assert_eq!(wait_event_interruptible_timeout!(wq, false, 3), Ok(0));
    assert_eq!(wait_event_interruptible_timeout!(wq, true, 0), Ok(1));
    assert_eq!(wait_event_interruptible!(wq, true), Ok(()));
    assert_eq!(wait_event_killable_timeout!(wq, false, 3), Ok(0));
    assert_eq!(wait_event_idle_timeout!(wq, false, 1), 0);
    assert_eq!(wait_event_freezable_timeout!(wq, false, 1), Ok(0));
}

#[test]
fn wq_misc_true_only_at_expiry_is_1() {
    let wq = WaitQueueHead::new();
    let start = jiffies();
    assert_eq!(wait_event_timeout!(wq, time_after_eq(jiffies(), start + 3), 3), 1);
}

#[test]
fn wq_misc_hrtimeouts() {
    let wq = WaitQueueHead::new();
    assert_eq!(wait_event_hrtimeout!(wq, false, 100_000), Err(Errno::ETIME));
    assert_eq!(wait_event_interruptible_hrtimeout!(wq, false, 100_000), Err(Errno::ETIME));
    assert_eq!(wait_event_interruptible_hrtimeout!(wq, true, 100_000), Ok(()));
}

#[test]
fn wq_misc_prepare_to_wait_event() {
    on_kthread(|| {
        let wq = WaitQueueHead::new();
        DEFINE_WAIT!(wait);
        // no_signal: ret=0 entry_removed=0 state=0x1 state_after_finish=0x0 active_after=0
        assert_eq!(prepare_to_wait_event(&wq, wait, TASK_INTERRUPTIBLE), Ok(()));
        assert!(waitqueue_active(&wq));
        assert_eq!(current().state(), TASK_INTERRUPTIBLE);
        finish_wait(&wq, wait);
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(!waitqueue_active(&wq));
        // signal_pending: ret=-512 entry_removed=1 state=0x0
        allow_signal(SIGTERM).unwrap();
        send_sig(SIGTERM, &current(), 1).unwrap();
        add_wait_queue(&wq, wait);
        assert_eq!(prepare_to_wait_event(&wq, wait, TASK_INTERRUPTIBLE), Err(Errno::ERESTARTSYS));
        assert!(!waitqueue_active(&wq));
        assert_eq!(current().state(), TASK_RUNNING);
    });
}

#[test]
fn wq_misc_wait_woken() {
    on_kthread(|| {
        let wq = WaitQueueHead::new();
        DEFINE_WAIT_FUNC!(wait, woken_wake_function);
        add_wait_queue(&wq, wait);
        assert_eq!(wait_woken(wait, TASK_INTERRUPTIBLE, 0), 0);
        wake_up(&wq);
        assert_eq!(wait_woken(wait, TASK_INTERRUPTIBLE, 100), 100);
        assert_eq!(wait_woken(wait, TASK_INTERRUPTIBLE, 1), 0);
        remove_wait_queue(&wq, wait);
    });
}

#[test]
fn an_entry_leaves_its_queue_when_it_is_dropped() {
    let wq = WaitQueueHead::new();
    {
        DEFINE_WAIT!(wait);
        prepare_to_wait(&wq, wait, TASK_UNINTERRUPTIBLE);
        set_current_state(TASK_RUNNING);
    }
    assert!(!waitqueue_active(&wq));
}

#[test]
fn prepare_to_wait_exclusive_returns_whether_it_was_first() {
    let wq = WaitQueueHead::new();
    DEFINE_WAIT!(first);
    DEFINE_WAIT!(second);
    assert!(prepare_to_wait_exclusive(&wq, first, TASK_UNINTERRUPTIBLE));
    assert!(!prepare_to_wait_exclusive(&wq, second, TASK_UNINTERRUPTIBLE));
    finish_wait(&wq, second);
    finish_wait(&wq, first);
}

#[test]
fn a_wake_up_without_the_condition_does_not_end_the_wait() {
    let event = Arc::new(Event::default());
    let waiter = {
        let event = event.clone();
        run(
            move || {
                wait_event!(event.wq, event.is_set());
                7
            },
            "waiter",
        )
    };
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    wake_up(&event.wq);
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    // Interruptible wake-ups don't reach an uninterruptible sleep.
    event.set();
    wake_up_interruptible(&event.wq);
    await_sleep(&waiter, TASK_UNINTERRUPTIBLE);
    wake_up(&event.wq);
    await_sleep(&waiter, TASK_DEAD);
    assert_eq!(kthread_stop(&waiter), 7);
}

#[test]
fn one_wake_up_wakes_one_exclusive_waiter() {
    let event = Arc::new(Event::default());
    let passed = Arc::new(AtomicU32::new(0));
    let waiters: Vec<Task> = (0..4)
        .map(|i| {
            let (event, passed) = (event.clone(), passed.clone());
            let waiter = run(
                move || {
                    wait_event_interruptible_exclusive!(event.wq, event.is_set()).map_or(1, |()| {
                        passed.fetch_add(1, Ordering::Relaxed);
                        0
                    })
                },
                &format!("waiter/{i}"),
            );
            await_sleep(&waiter, TASK_INTERRUPTIBLE);
            waiter
        })
        .collect();
    event.set();
    for woken in 1..=4 {
        wake_up(&event.wq);
        let waiter = &waiters[woken - 1];
        assert_eq!(kthread_stop(waiter), 0, "waiters are woken in turn");
        assert_eq!(passed.load(Ordering::Relaxed) as usize, woken);
        for later in &waiters[woken..] {
            await_sleep(later, TASK_INTERRUPTIBLE);
        }
    }
}

#[test]
fn sig_sleeps_term_pending() {
    on_kthread(|| {
        let wq = WaitQueueHead::new();
        allow_signal(SIGTERM).unwrap();
        send_sig(SIGTERM, &current(), 1).unwrap();
        assert_eq!(wait_event_interruptible!(wq, false), Err(Errno::ERESTARTSYS));
        assert_eq!(wait_event_interruptible!(wq, true), Ok(()));
        assert_eq!(wait_event_interruptible_timeout!(wq, false, 77), Err(Errno::ERESTARTSYS));
        assert_eq!(wait_event_interruptible_timeout!(wq, true, 77), Ok(77));
        assert_eq!(wait_event_killable!(wq, true), Ok(()));
        assert_eq!(wait_event_timeout!(wq, false, 3), 0);
        assert!(signal_pending(&current()));
        assert!(!waitqueue_active(&wq));
    });
}

#[test]
fn sig_sleeps_term_and_kill_during_the_wait() {
    let event = Arc::new(Event::default());
    let interruptible = {
        let event = event.clone();
        run(
            move || {
                allow_signal(SIGTERM).unwrap();
                let ret = wait_event_interruptible!(event.wq, event.is_set());
                kthread_rt::errno::to_return(ret)
            },
            "interruptible",
        )
    };
    await_sleep(&interruptible, TASK_INTERRUPTIBLE);
    send_sig(SIGTERM, &interruptible, 1).unwrap();
    await_sleep(&interruptible, TASK_DEAD);
    assert_eq!(kthread_stop(&interruptible), -512);
    assert!(!waitqueue_active(&event.wq));

    let killable = {
        let event = event.clone();
        run(
            move || {
                allow_signal(SIGTERM).unwrap();
                allow_signal(SIGKILL).unwrap();
                let ret = wait_event_killable!(event.wq, event.is_set());
                kthread_rt::errno::to_return(ret)
            },
            "killable",
        )
    };
    await_sleep(&killable, TASK_KILLABLE);
    send_sig(SIGTERM, &killable, 1).unwrap();
    await_sleep(&killable, TASK_KILLABLE);
    send_sig(SIGKILL, &killable, 1).unwrap();
    await_sleep(&killable, TASK_DEAD);
    assert_eq!(kthread_stop(&killable), -512);
}

#[test]
fn stop_breaks_sleep_of_waits_for_an_event() {
    let case = |f: fn(&Event) -> i32| {
        let event = Arc::new(Event::default());
        let task = {
            let event = event.clone();
            run(
                move || {
                    let ret = f(&event);
                    assert!(signal_pending(&current()) && !fatal_signal_pending(&current()));
                    assert_eq!(kernel_dequeue_signal(), 0);
                    flush_signals(&current());
                    assert!(signal_pending(&current()));
                    ret
                },
                "sleeper",
            )
        };
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        kthread_stop(&task)
    };
    assert_eq!(case(|e| kthread_rt::errno::to_return(wait_event_interruptible!(e.wq, e.is_set()))), -512);
    assert_eq!(
        case(|e| kthread_rt::errno::to_return(wait_event_interruptible!(e.wq, kthread_should_stop()))),
        0
    );
    assert_eq!(
        case(|e| wait_event_interruptible_timeout!(e.wq, e.is_set(), 60 * HZ)
            .map_or_else(Errno::as_return, |left| left as i32)),
        -512
    );
    // Woken by the stop, it continues by its own condition until its timeout.
    assert_eq!(
        case(|e| wait_event_killable_timeout!(e.wq, e.is_set(), msecs_to_jiffies(200))
            .map_or_else(Errno::as_return, |left| left as i32)),
        0
    );
}

#[test]
fn a_condition_that_panics_leaves_no_entry_behind() {
    let event = Arc::new(Event::default());
    let task = {
        let event = event.clone();
        run(
            move || {
                let mut tested = 0;
                let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    wait_event!(event.wq, {
                        tested += 1;
                        assert!(tested < 2, "on purpose");
                        false
                    });
                }));
                assert_eq!(current().state(), TASK_RUNNING);
                assert!(!waitqueue_active(&event.wq));
                i32::from(unwound.is_err())
            },
            "panics",
        )
    };
    await_sleep(&task, TASK_DEAD);
    assert_eq!(kthread_stop(&task), 1);
}

#[test]
fn wait_event_cmd_runs_its_commands_around_each_sleep() {
    let event = Arc::new(Event::default());
    let (before, after) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let task = {
        let (event, before, after) = (event.clone(), before.clone(), after.clone());
        run(
            move || {
                wait_event_cmd!(
                    event.wq,
                    event.is_set(),
                    before.fetch_add(1, Ordering::Relaxed),
                    after.fetch_add(1, Ordering::Relaxed)
                );
                0
            },
            "commands",
        )
    };
    await_sleep(&task, TASK_UNINTERRUPTIBLE);
    assert_eq!((before.load(Ordering::Relaxed), after.load(Ordering::Relaxed)), (1, 0));
    event.set();
    wake_up(&event.wq);
    assert_eq!(kthread_stop(&task), 0);
    assert_eq!((before.load(Ordering::Relaxed), after.load(Ordering::Relaxed)), (1, 1));
}
