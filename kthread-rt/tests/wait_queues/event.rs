//! wq_misc, and the waits for an event of sig_sleeps and stop_breaks_sleep.

use super::{await_sleep, on_kthread, run};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

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
fn an_entry_leaves_its_queue_when_it_goes() {
    let wq = WaitQueueHead::new();
    {
        DEFINE_WAIT!(wait);
        prepare_to_wait(&wq, wait, TASK_UNINTERRUPTIBLE);
        set_current_state(TASK_RUNNING);
    }
    assert!(!waitqueue_active(&wq));
}

#[test]
fn prepare_to_wait_exclusive_tells_who_was_first() {
    let wq = WaitQueueHead::new();
    DEFINE_WAIT!(first);
    DEFINE_WAIT!(second);
    assert!(prepare_to_wait_exclusive(&wq, first, TASK_UNINTERRUPTIBLE));
    assert!(!prepare_to_wait_exclusive(&wq, second, TASK_UNINTERRUPTIBLE));
    finish_wait(&wq, second);
    finish_wait(&wq, first);
}

/// Flag and queue, shared with a thread.
#[derive(Default)]
struct Event {
    wq: WaitQueueHead,
    flag: AtomicBool,
}

impl Event {
    fn is_set(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }
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
fn one_wake_up_one_exclusive_waiter() {
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
    // Woken by the stop, it goes on by its own condition until its time is over.
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
    // No time at all: one look, and the queue is not touched.
    assert_eq!(wait_event_timeout!(wq, look(false), 0), 0);
    looked(1);
    // Before the entry, with it, and when the time is over.
    assert_eq!(wait_event_timeout!(wq, look(false), 1), 0);
    looked(3);
}

#[test]
fn wq_misc_no_time_wins_over_a_signal_and_a_signal_over_nanoseconds() {
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
fn wq_misc_time_limits_out_of_range() {
    let wq = WaitQueueHead::new();
    assert_eq!(wait_event_hrtimeout!(wq, false, -5), Err(Errno::ETIME));
    assert_eq!(wait_event_hrtimeout!(wq, false, i64::MIN), Err(Errno::ETIME));
    assert_eq!(wait_event_hrtimeout!(wq, true, i64::MIN), Ok(()));
    // No limit: only the stop ends them.
    type Wait = fn(&WaitQueueHead) -> i32;
    let waits: [Wait; 3] = [
        |wq| kthread_rt::errno::to_return(wait_event_interruptible_hrtimeout!(wq, false, KTIME_MAX)),
        |wq| wait_event_interruptible_timeout!(wq, false, u64::MAX).map_or_else(Errno::as_return, |_| 1),
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
fn wait_event_state_is_ended_by_what_its_state_admits() {
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

#[test]
fn wait_woken_of_a_kthread_that_is_asked_to_stop_does_not_sleep() {
    let (tell, told) = std::sync::mpsc::channel();
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
            // Neither woken nor out of time: all of it is left.
            tell.send(wait_woken(wait, TASK_INTERRUPTIBLE, 77)).unwrap();
            remove_wait_queue(&wq, wait);
            slept
        },
        "waiter",
    );
    await_sleep(&task, TASK_UNINTERRUPTIBLE);
    assert_eq!(kthread_stop(&task), 1);
    assert_eq!(told.recv(), Ok(77));
}
