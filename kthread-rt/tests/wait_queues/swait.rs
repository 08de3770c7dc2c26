//! Simple wait queues: first come, first woken.

use super::{await_sleep, on_kthread, run};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

/// A queue, tokens that its waiters take, and the order in which they took them.
#[derive(Default)]
struct Tokens {
    q: SwaitQueueHead,
    count: AtomicU32,
    took: Mutex<Vec<u32>>,
}

impl Tokens {
    fn take(&self) -> bool {
        self.count.fetch_update(SeqCst, SeqCst, |count| count.checked_sub(1)).is_ok()
    }

    fn give(&self) {
        self.count.fetch_add(1, SeqCst);
    }
}

/// This many threads, which queue up in turn; each waits for a token and records its number.
fn waiters(tokens: &Arc<Tokens>, count: u32) -> Vec<Task> {
    (0..count)
        .map(|number| {
            let tokens = tokens.clone();
            let task = run(
                move || {
                    swait_event_exclusive!(tokens.q, tokens.take());
                    tokens.took.lock().unwrap().push(number);
                    number as i32
                },
                &format!("waiter/{number}"),
            );
            await_sleep(&task, TASK_UNINTERRUPTIBLE);
            task
        })
        .collect()
}

#[test]
fn an_empty_queue_has_no_waiter_and_a_wake_up_of_it_is_not_kept() {
    let mut q = SwaitQueueHead::new();
    assert!(!swait_active(&q) && !swq_has_sleeper(&q));
    swake_up_one(&q);
    swake_up_all(&q);
    assert_eq!(swait_event_timeout_exclusive!(q, false, 1), 0);
    init_swait_queue_head(&mut q);
    assert!(!q.is_active());
    // SAFETY: this is what is tested: an unlocked lock and an empty list.
    let zeroed = unsafe { std::mem::zeroed::<SwaitQueueHead>() };
    assert!(!swait_active(&zeroed));
    swake_up_all(&zeroed);
}

#[test]
fn swait_event_timeouts_are_those_of_wait_event() {
    let q = SwaitQueueHead::new();
    assert_eq!(swait_event_timeout_exclusive!(q, false, 3), 0);
    assert_eq!(swait_event_timeout_exclusive!(q, false, 0), 0);
    assert_eq!(swait_event_timeout_exclusive!(q, true, 0), 1);
    assert_eq!(swait_event_timeout_exclusive!(q, true, 50), 50);
    assert_eq!(swait_event_idle_timeout_exclusive!(q, false, 1), 0);
    assert_eq!(swait_event_idle_timeout_exclusive!(q, true, 7), 7);
    assert_eq!(swait_event_interruptible_timeout_exclusive!(q, false, 3), Ok(0));
    assert_eq!(swait_event_interruptible_timeout_exclusive!(q, true, 0), Ok(1));
    assert_eq!(swait_event_interruptible_exclusive!(q, true), Ok(()));
    swait_event_exclusive!(q, true);
    swait_event_idle_exclusive!(q, true);
    let start = jiffies();
    assert_eq!(swait_event_timeout_exclusive!(q, time_after_eq(jiffies(), start + 3), 3), 1);
    assert!(!swait_active(&q));
}

#[test]
fn a_condition_is_evaluated_once_if_it_is_true_or_there_is_no_time() {
    let q = SwaitQueueHead::new();
    let mut looks = 0;
    let mut look = |answer: bool| {
        looks += 1;
        answer
    };
    swait_event_exclusive!(q, look(true));
    assert_eq!(swait_event_timeout_exclusive!(q, look(false), 0), 0);
    assert_eq!(swait_event_timeout_exclusive!(q, look(true), 5), 5);
    assert_eq!(looks, 3);
}

#[test]
fn swake_up_one_wakes_in_the_order_of_coming() {
    let tokens = Arc::new(Tokens::default());
    let tasks = waiters(&tokens, 4);
    assert!(swait_active(&tokens.q));
    for (done, task) in tasks.iter().enumerate() {
        tokens.give();
        swake_up_one(&tokens.q);
        await_sleep(task, TASK_DEAD);
        assert_eq!(kthread_stop(task), done as i32);
        for later in &tasks[done + 1..] {
            await_sleep(later, TASK_UNINTERRUPTIBLE);
        }
    }
    assert_eq!(*tokens.took.lock().unwrap(), [0, 1, 2, 3]);
    assert!(!swait_active(&tokens.q));
}

#[test]
fn a_waiter_woken_without_effect_queues_up_at_the_end() {
    let tokens = Arc::new(Tokens::default());
    let tasks = waiters(&tokens, 3);
    swake_up_one(&tokens.q);
    await_sleep(&tasks[0], TASK_UNINTERRUPTIBLE);
    for _ in 0..3 {
        tokens.give();
        swake_up_one(&tokens.q);
        let took = tokens.took.lock().unwrap().len();
        assert!(took <= 3);
        tasks.iter().for_each(|task| assert!(wait_task_inactive(task, TASK_RUNNING)));
    }
    assert_eq!(*tokens.took.lock().unwrap(), [1, 2, 0]);
    for (number, task) in tasks.iter().enumerate() {
        assert_eq!(kthread_stop(task), number as i32);
    }
}

#[test]
fn swake_up_all_and_swake_up_locked() {
    let tokens = Arc::new(Tokens::default());
    let tasks = waiters(&tokens, 4);
    tokens.count.store(4, SeqCst);
    spin_lock_irq(tokens.q.lock());
    // SAFETY: locked above.
    unsafe {
        swake_up_locked(&tokens.q);
        spin_unlock_irq(tokens.q.lock());
    }
    await_sleep(&tasks[0], TASK_DEAD);
    for task in &tasks[1..] {
        await_sleep(task, TASK_UNINTERRUPTIBLE);
    }
    swake_up_all(&tokens.q);
    for (number, task) in tasks.iter().enumerate() {
        await_sleep(task, TASK_DEAD);
        assert_eq!(kthread_stop(task), number as i32);
    }
    assert!(!swait_active(&tokens.q));
}

#[test]
fn a_signal_ends_an_interruptible_wait_and_no_other() {
    type Wait = fn(&Tokens) -> i32;
    let interruptible: Wait =
        |t| kthread_rt::errno::to_return(swait_event_interruptible_exclusive!(t.q, t.take()));
    let timed: Wait = |t| {
        swait_event_interruptible_timeout_exclusive!(t.q, t.take(), 60 * HZ)
            .map_or_else(Errno::as_return, |left| i32::from(left > 0))
    };
    let plain: Wait = |t| {
        swait_event_exclusive!(t.q, t.take());
        7
    };
    let idle: Wait = |t| {
        swait_event_idle_exclusive!(t.q, t.take());
        7
    };
    for (wait, state, ret) in [
        (interruptible, TASK_INTERRUPTIBLE, -512),
        (timed, TASK_INTERRUPTIBLE, -512),
        (plain, TASK_UNINTERRUPTIBLE, 7),
        (idle, TASK_IDLE, 7),
    ] {
        let tokens = Arc::new(Tokens::default());
        let its = tokens.clone();
        let task = run(
            move || {
                allow_signal(SIGKILL).unwrap();
                wait(&its)
            },
            "waiter",
        );
        await_sleep(&task, state);
        send_sig(SIGKILL, &task, 1).unwrap();
        if ret == 7 {
            await_sleep(&task, state);
            tokens.give();
            swake_up_one(&tokens.q);
        }
        await_sleep(&task, TASK_DEAD);
        assert_eq!(kthread_stop(&task), ret);
        assert!(!swait_active(&tokens.q));
    }
}

#[test]
fn a_signal_that_is_pending_loses_against_a_true_condition() {
    on_kthread(|| {
        let q = SwaitQueueHead::new();
        allow_signal(SIGTERM).unwrap();
        send_sig(SIGTERM, &current(), 1).unwrap();
        assert_eq!(swait_event_interruptible_exclusive!(q, false), Err(Errno::ERESTARTSYS));
        assert_eq!(swait_event_interruptible_exclusive!(q, true), Ok(()));
        assert_eq!(swait_event_interruptible_timeout_exclusive!(q, false, 9), Err(Errno::ERESTARTSYS));
        assert_eq!(swait_event_interruptible_timeout_exclusive!(q, false, 0), Ok(0));
        assert_eq!(swait_event_interruptible_timeout_exclusive!(q, true, 9), Ok(9));
        assert_eq!(swait_event_timeout_exclusive!(q, false, 2), 0);
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(!swait_active(&q));
    });
}

#[test]
fn a_stop_ends_an_interruptible_wait() {
    let q = Arc::new(SwaitQueueHead::new());
    let its = q.clone();
    let task =
        run(move || kthread_rt::errno::to_return(swait_event_interruptible_exclusive!(its, false)), "waiter");
    await_sleep(&task, TASK_INTERRUPTIBLE);
    assert_eq!(kthread_stop(&task), -512);
    assert!(!swait_active(&q));
}

#[test]
fn waiting_by_hand() {
    on_kthread(|| {
        let q = SwaitQueueHead::new();
        {
            DECLARE_SWAITQUEUE!(wait);
            prepare_to_swait_exclusive(&q, wait, TASK_INTERRUPTIBLE);
            assert_eq!((swait_active(&q), current().state()), (true, TASK_INTERRUPTIBLE));
            // A second call has no further effect.
            prepare_to_swait_exclusive(&q, wait, TASK_UNINTERRUPTIBLE);
            assert_eq!(current().state(), TASK_UNINTERRUPTIBLE);
            swake_up_one(&q);
            assert_eq!((swait_active(&q), current().state()), (false, TASK_RUNNING));
            schedule();
            prepare_to_swait_exclusive(&q, wait, TASK_INTERRUPTIBLE);
            finish_swait(&q, wait);
            assert_eq!((swait_active(&q), current().state()), (false, TASK_RUNNING));
        }
        // ret=-512, the entry removed, the state left alone: as prepare_to_wait_event.
        DECLARE_SWAITQUEUE!(wait);
        assert_eq!(prepare_to_swait_event(&q, wait, TASK_INTERRUPTIBLE), Ok(()));
        set_current_state(TASK_RUNNING);
        allow_signal(SIGTERM).unwrap();
        send_sig(SIGTERM, &current(), 1).unwrap();
        assert_eq!(prepare_to_swait_event(&q, wait, TASK_INTERRUPTIBLE), Err(Errno::ERESTARTSYS));
        assert_eq!((swait_active(&q), current().state()), (false, TASK_RUNNING));
        assert_eq!(prepare_to_swait_event(&q, wait, TASK_KILLABLE), Ok(()));
        // prepare_to_swait_exclusive ignores signals; schedule() does not.
        prepare_to_swait_exclusive(&q, wait, TASK_INTERRUPTIBLE);
        schedule();
        finish_swait(&q, wait);
    });
}

#[test]
fn an_entry_leaves_its_queue_when_it_is_dropped() {
    let q = SwaitQueueHead::new();
    {
        DECLARE_SWAITQUEUE!(wait);
        prepare_to_swait_exclusive(&q, wait, TASK_UNINTERRUPTIBLE);
        set_current_state(TASK_RUNNING);
        assert_eq!(wait.task(), &current());
    }
    assert!(!swait_active(&q));
}

#[test]
fn a_condition_that_panics_leaves_no_entry_behind() {
    let q = SwaitQueueHead::new();
    let mut looks = 0;
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        swait_event_exclusive!(q, {
            looks += 1;
            if looks == 2 {
                std::panic::resume_unwind(Box::new("on purpose"));
            }
            false
        });
    }));
    assert!(unwound.is_err());
    assert_eq!((swait_active(&q), current().state()), (false, TASK_RUNNING));
}

#[test]
fn a_wait_that_would_sleep_in_an_atomic_section_warns() {
    let (kernel, warnings) = crate::witness::Warnings::of_new_kernel();
    let inside = kernel.enter();
    let q = SwaitQueueHead::new();
    preempt_disable();
    swait_event_exclusive!(q, true);
    warnings.assert_none();
    assert_eq!(swait_event_timeout_exclusive!(q, false, 1), 0);
    preempt_enable();
    let warning = warnings.take_one();
    assert_eq!(
        (warning.kind, &*warning.call, warning.file),
        (WarningKind::SleepingWhileAtomic, "swait_event_timeout_exclusive", file!())
    );
    drop(inside);
    kernel.shutdown();
}
