//! Sleeps in states and circumstances beyond the ordinary ones (`sched/sleep.rs`, `sched/wake.rs`).
//!
//! A wake-up ends a sleep only if it names its state, by whatever name of the calls the task
//! sleeps. A task that was woken before its sleep does not report one. While the Kernel lacks a
//! thread, a sleeper's pauses, in which it tries to start the thread, end no sleep.

use crate::harness::{Bound, Model, actor, asleep, builder, in_small_kernel, in_small_kernel_of, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use kthread_rt::__private::model::{pass_time, refuse_threads};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind;
use std::cell::Cell;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "sleep_in_a_special_state",
        claim: "a wake-up that names a special state ends the sleep, and an ordinary one does not; the next sleep is an ordinary one",
        bound: Bound::Preemptions(2),
        outcomes: &["woken twice"],
        run: sleep_in_a_special_state,
    },
    Model {
        name: "sleep_that_was_not_needed",
        claim: "a task that was woken before its sleep does not sleep and reports no sleep",
        bound: Bound::Preemptions(1),
        outcomes: &["reported once"],
        run: sleep_that_was_not_needed,
    },
    Model {
        name: "sleep_while_threads_lack",
        claim: "while the Kernel lacks a thread, a sleeper's pauses do not end its sleep: its waker does, whenever it comes",
        bound: Bound::Preemptions(1),
        outcomes: &["woken"],
        run: sleep_while_threads_lack,
    },
    Model {
        name: "sleep_for_a_time_while_threads_lack",
        claim: "while the Kernel lacks a thread, a sleeper's pauses do not end its timeout early",
        bound: Bound::Preemptions(1),
        outcomes: &["timed out"],
        run: sleep_for_a_time_while_threads_lack,
    },
];

fn sleep_in_a_special_state() -> String {
    in_small_kernel(|| {
        set_special_state(TASK_STOPPED);
        let [stranger, waker] = [TASK_NORMAL, TASK_STOPPED].map(|mask| {
            let task = current();
            actor(move || wake_up_state(&task, mask))
        });
        io_schedule();
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(!stranger.join(), "an ordinary wake-up ended a stop");
        assert!(waker.join());
        __set_current_state(TASK_UNINTERRUPTIBLE);
        let waker = actor({
            let task = current();
            move || wake_up_process(&task)
        });
        schedule();
        assert_eq!(current().state(), TASK_RUNNING);
        assert!(waker.join());
        "woken twice".to_owned()
    })
}

thread_local! {
    // std's cell: how many sleeps the tasks of one execution have reported.
    static SLEEPS: Cell<usize> = const { Cell::new(0) };
}

/// The conditions wake their own task, so the waits never sleep; then there is one sleep.
fn sleep_that_was_not_needed() -> String {
    SLEEPS.set(0);
    let count = |event: &kthread_rt::trace::Event| {
        if matches!(event.kind, EventKind::Sleeping { .. }) {
            SLEEPS.set(SLEEPS.get() + 1);
        }
    };
    in_small_kernel_of(builder().on_event(count), || {
        set_current_state(TASK_INTERRUPTIBLE);
        assert!(wake_up_process(&current()));
        schedule();
        let wq = WaitQueueHead::new();
        let mut looks = 0;
        wait_event!(wq, {
            looks += 1;
            wake_up_process(&current());
            looks == 4
        });
        assert_eq!((SLEEPS.get(), looks), (0, 4));
        set_current_state(TASK_UNINTERRUPTIBLE);
        let waker = actor({
            let task = current();
            move || wake_up_process(&task)
        });
        schedule();
        waker.join();
        assert!(SLEEPS.get() <= 1);
    });
    "reported once".to_owned()
}

/// The jiffies between two tries to start a lacking thread.
const PAUSE: u64 = HZ / 10;

/// Runs `f` in a Kernel that lacks the thread of its timers.
fn while_threads_lack(f: impl FnOnce()) {
    in_small_kernel(|| {
        let late = Timer::new(|_| unreachable!("its jiffy does not come"));
        refuse_threads(0, 100);
        mod_timer(&late, jiffies() + 1000 * HZ);
        assert_eq!(warnings(), [WarningKind::OsRefused]);
        f();
        assert_eq!(del_timer_sync(&late), 1);
        refuse_threads(0, 0);
        warnings();
        drop(late);
    });
}

fn sleep_while_threads_lack() -> String {
    while_threads_lack(|| {
        let came = Arc::new(AtomicBool::new(false));
        let (sleeper, task) = asleep({
            let came = came.clone();
            move || {
                set_current_state(TASK_UNINTERRUPTIBLE);
                schedule();
                assert!(came.load(Relaxed), "a pause ended the sleep");
            }
        });
        for _ in 0..2 {
            pass_time(jiffies_to_nsecs(PAUSE));
        }
        came.store(true, Relaxed);
        assert!(wake_up_process(&task));
        sleeper.join();
    });
    "woken".to_owned()
}

fn sleep_for_a_time_while_threads_lack() -> String {
    while_threads_lack(|| {
        let (sleeper, _) = asleep(|| {
            let began = jiffies();
            (schedule_timeout_uninterruptible(2 * PAUSE), jiffies() - began)
        });
        for _ in 0..2 {
            pass_time(jiffies_to_nsecs(PAUSE));
        }
        assert_eq!(sleeper.join(), (0, 2 * PAUSE));
    });
    "timed out".to_owned()
}
