//! What a timer's callback and the tasks around it may do (`timer/binding.rs`, `timer/base.rs`,
//! `timer/daemon.rs`).
//!
//! A callback may delete, drop or arm its timer anew, leave sections open, or panic: the timer's
//! thread continues, and calls the next one. A timer that was deleted can be armed again, one that
//! was shut down can't. After a Kernel's shutdown nothing is armed.

use crate::harness::{
    Bound, Model, actor, asleep, builder, explored, in_small_kernel, prepared, sleeper, warnings,
};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::{pass_time, refuse_threads};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::Mutex;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "timer_drops_itself",
        claim: "a callback may drop its own timer, whose closure is dropped then; the next timer is called",
        bound: Bound::Preemptions(2),
        outcomes: &["dropped"],
        run: timer_drops_itself,
    },
    Model {
        name: "timer_deletes_itself",
        claim: "a callback that deletes its own timer sync does not wait for itself, with a warning",
        bound: Bound::Preemptions(1),
        outcomes: &["warned"],
        run: timer_deletes_itself,
    },
    Model {
        name: "timer_careless",
        claim: "what a callback leaves open or panics with does not reach the next callback, nor keep a task that deletes the timer",
        bound: Bound::Preemptions(1),
        outcomes: &["called"],
        run: timer_careless,
    },
    Model {
        name: "timer_armed_again",
        claim: "a timer that was deleted sync while its callback ran, or before, can be armed again, by another task too",
        bound: Bound::Preemptions(2),
        outcomes: &["1 call", "2 calls"],
        run: timer_armed_again,
    },
    Model {
        name: "timer_shut_down",
        claim: "a timer that is shut down sync while a task arms it is not armed any more when that returns, and is not called",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "pending", "idle"],
        run: timer_shut_down,
    },
    Model {
        name: "timer_try_to_delete",
        claim: "a task that tries to delete a timer finds it pending, running or idle, and its callback is over unless it runs",
        bound: Bound::Preemptions(2),
        outcomes: &["deleted", "runs", "over"],
        run: timer_try_to_delete,
    },
    Model {
        name: "timer_after_shutdown",
        claim: "after a Kernel's shutdown a timer is refused, with one warning for all, and stays idle",
        bound: Bound::Preemptions(1),
        outcomes: &["refused"],
        run: timer_after_shutdown,
    },
    Model {
        name: "timer_shutdown_in_callback",
        claim: "a callback that shuts its Kernel down does not wait for itself, and no later one is called",
        bound: Bound::Preemptions(1),
        outcomes: &["called once"],
        run: timer_shutdown_in_callback,
    },
    Model {
        name: "timer_two_deleters_and_shutdown",
        claim: "of several tasks that wait for one callback, all return, and the Kernel shuts down",
        bound: Bound::Preemptions(1),
        outcomes: &["called", "deleted"],
        run: timer_two_deleters_and_shutdown,
    },
    Model {
        name: "timer_thread_not_needed",
        claim: "a task that sleeps in a Kernel without a timer thread starts none if no timer is armed",
        bound: Bound::Preemptions(1),
        outcomes: &["not started"],
        run: timer_thread_not_needed,
    },
    Model {
        name: "timer_thread_refused_while_one_sleeps",
        claim: "a task that sleeps already starts the timer thread that another task was refused",
        bound: Bound::Preemptions(1),
        outcomes: &["called"],
        run: timer_thread_refused_while_one_sleeps,
    },
    Model {
        name: "timers_of_two_kernels",
        claim: "a task may delete a timer that a task of another Kernel arms, in a base that did not exist before",
        bound: Bound::Preemptions(1),
        outcomes: &["called", "deleted"],
        run: timers_of_two_kernels,
    },
    Model {
        name: "hrtimer_restart_against_shutdown",
        claim: "an hrtimer whose callback asks for a restart is idle after the Kernel's shutdown",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "not called"],
        run: hrtimer_restart_against_shutdown,
    },
];

/// The timer threads of the current Kernel that are in its table.
fn timer_threads() -> usize {
    Kernel::current().tasks().iter().filter(|task| task.comm().starts_with("ksoftirqd/")).count()
}

/// A timer that completes its argument.
fn completing(done: &Arc<Completion>) -> Timer {
    let done = done.clone();
    Timer::new(move |_| {
        assert!(in_serving_softirq());
        complete(&done);
    })
}

/// Arms a timer that is called soon; the thread may have finished this jiffy. Returns what
/// `mod_timer` does.
fn arm(timer: &TimerList) -> i32 {
    let pending = mod_timer(timer, jiffies());
    pass_time(jiffies_to_nsecs(1));
    pending
}

/// Arms a timer that is called soon, and waits for that.
fn one_more() {
    let done = Arc::new(Completion::new());
    let timer = completing(&done);
    arm(&timer);
    wait_for_completion(&done);
    timer_delete_sync(&timer);
}

fn timer_drops_itself() -> String {
    in_small_kernel(|| {
        /// Completed when the closure is dropped.
        struct Dropped(Arc<Completion>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                complete(&self.0);
            }
        }
        let done = Arc::new(Completion::new());
        let slot = std::sync::Arc::new(Mutex::new(None));
        let timer = Timer::new({
            let (slot, dropped) = (slot.clone(), Dropped(done.clone()));
            move |_| {
                let _ = &dropped;
                let own: Option<Timer> = slot.lock().expect("nothing panics").take();
                drop(own);
            }
        });
        *slot.lock().expect("nothing panics") = Some(timer);
        let armed =
            std::ptr::from_ref::<TimerList>(slot.lock().expect("nothing panics").as_ref().expect("there"));
        // SAFETY: it stays where it is until its callback, which comes after it is armed.
        mod_timer(unsafe { &*armed }, jiffies());
        wait_for_completion(&done);
        prepared(one_more);
        "dropped".to_owned()
    })
}

fn timer_deletes_itself() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let timer = Timer::new({
            let done = done.clone();
            move |timer| {
                mod_timer(timer, jiffies() + 1000);
                timer_delete_sync(timer);
                assert_eq!(warnings(), [WarningKind::Deadlock]);
                assert_eq!(timer_pending(timer), 0);
                complete(&done);
            }
        });
        mod_timer(&timer, jiffies());
        wait_for_completion(&done);
        assert_eq!(timer_delete_sync(&timer), 0);
        prepared(|| drop(timer));
        "warned".to_owned()
    })
}

fn timer_careless() -> String {
    in_small_kernel(|| {
        let leaves_open = Timer::new(|_| {
            rcu_read_lock();
            preempt_disable();
        });
        // Not `panic!`, which would print a message for each execution.
        let panics = Timer::new(|_| std::panic::resume_unwind(Box::new(())));
        mod_timer(&leaves_open, jiffies());
        while timer_pending(&leaves_open) == 1 {
            kthread_rt::r#yield();
        }
        assert_eq!(timer_delete_sync(&leaves_open), 0);
        assert_eq!(warnings(), [WarningKind::LockMisuse, WarningKind::BadArgument]);
        arm(&panics);
        while timer_pending(&panics) == 1 {
            kthread_rt::r#yield();
        }
        assert_eq!(timer_delete_sync(&panics), 0);
        assert_eq!(warnings(), [WarningKind::Oops]);
        prepared(|| {
            synchronize_rcu();
            one_more();
            drop((leaves_open, panics));
        });
        "called".to_owned()
    })
}

fn timer_armed_again() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let done = Arc::new(Completion::new());
        let timer = Arc::new(Timer::new({
            let (calls, done) = (calls.clone(), done.clone());
            move |_| {
                calls.fetch_add(1, Relaxed);
                complete(&done);
            }
        }));
        mod_timer(&timer, jiffies());
        let deleted = timer_delete_sync(&timer);
        let armer = sleeper({
            let timer = timer.clone();
            move || arm(&timer)
        });
        assert_eq!(armer.join(), 0);
        (deleted..2).for_each(|_| wait_for_completion(&done));
        prepared(|| drop(timer));
        let calls = calls.load(Relaxed);
        format!("{calls} call{}", if calls == 1 { "" } else { "s" })
    })
}

fn timer_shut_down() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let timer = Arc::new(Timer::new({
            let calls = calls.clone();
            move |_| _ = calls.fetch_add(1, Relaxed)
        }));
        let armer = sleeper({
            let timer = timer.clone();
            move || mod_timer(&timer, jiffies())
        });
        let was = timer_shutdown_sync(&timer);
        let called = calls.load(Relaxed);
        assert_eq!(mod_timer(&timer, jiffies()), 0);
        assert_eq!(timer_pending(&timer), 0);
        assert_eq!(armer.join(), 0);
        assert_eq!(timer_delete_sync(&timer), 0);
        assert_eq!(calls.load(Relaxed), called, "called after it was shut down");
        prepared(|| drop(timer));
        match (called, was) {
            (1, 0) => "called",
            (0, 1) => "pending",
            (0, 0) => "idle",
            _ => "something else",
        }
        .to_owned()
    })
}

fn timer_try_to_delete() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let timer = Timer::new({
            let calls = calls.clone();
            move |_| {
                calls.fetch_add(1, Relaxed);
                calls.fetch_add(1, Relaxed);
            }
        });
        assert_eq!(try_to_del_timer_sync(&timer), 0);
        mod_timer(&timer, jiffies());
        let tried = try_to_del_timer_sync(&timer);
        let seen = calls.load(Relaxed);
        let deleted = timer_delete(&timer);
        assert_eq!((deleted, timer_pending(&timer)), (0, 0));
        assert_eq!(timer_delete_sync(&timer), 0);
        let calls = calls.load(Relaxed);
        assert_eq!(calls, if tried == 1 { 0 } else { 2 });
        prepared(|| drop(timer));
        match tried {
            1 => "deleted",
            -1 => "runs",
            _ => {
                assert_eq!(seen, 2, "its callback is over");
                "over"
            }
        }
        .to_owned()
    })
}

fn timer_after_shutdown() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let [first, second] = [(); 2].map(|()| Timer::new(|_| unreachable!("its Kernel has shut down")));
    explored(|| {
        kernel.shutdown();
        assert_eq!(mod_timer(&first, jiffies()), 0);
        assert_eq!(warnings(), [WarningKind::ShutDown]);
        assert_eq!(mod_timer(&second, jiffies()), 0);
        assert_eq!(mod_timer(&first, jiffies()), 0);
        assert_eq!((timer_pending(&first), timer_pending(&second)), (0, 0));
        assert_eq!(timer_delete_sync(&first) + timer_shutdown_sync(&second), 0);
    });
    drop((first, second));
    drop(inside);
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    assert_eq!(warnings(), []);
    "refused".to_owned()
}

fn timer_shutdown_in_callback() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let calls = Arc::new(AtomicU32::new(0));
    explored(|| {
        let done = Arc::new(Completion::new());
        let timer = Timer::new({
            let (calls, done, kernel) = (calls.clone(), done.clone(), kernel.clone());
            move |timer| {
                calls.fetch_add(1, Relaxed);
                mod_timer(timer, jiffies() + 1);
                kernel.shutdown();
                assert_eq!(timer_pending(timer), 0);
                complete(&done);
            }
        });
        mod_timer(&timer, jiffies());
        wait_for_completion(&done);
        drop(timer);
        kernel.shutdown();
    });
    drop(inside);
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    assert_eq!(warnings(), [WarningKind::SleepingWhileAtomic]);
    if calls.load(Relaxed) == 1 { "called once" } else { "not called once" }.to_owned()
}

fn timer_two_deleters_and_shutdown() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let timer = Arc::new(Timer::new({
            let calls = calls.clone();
            move |_| {
                calls.fetch_add(1, Relaxed);
                calls.fetch_add(1, Relaxed);
            }
        }));
        mod_timer(&timer, jiffies());
        let others = [(); 2].map(|()| {
            let timer = timer.clone();
            sleeper(move || timer_delete_sync(&timer))
        });
        let deleted = timer_delete_sync(&timer);
        let seen = calls.load(Relaxed);
        let others: i32 = others.map(|other| other.join()).iter().sum();
        assert_ne!(seen, 1, "its callback runs");
        prepared(|| drop(timer));
        assert_eq!(deleted + others, if seen == 0 { 1 } else { 0 });
        if seen == 0 { "deleted" } else { "called" }.to_owned()
    })
}

fn timer_thread_not_needed() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let timer = completing(&done);
        refuse_threads(0, 1);
        mod_timer(&timer, jiffies());
        assert_eq!((warnings(), timer_pending(&timer)), (vec![WarningKind::OsRefused], 1));
        assert_eq!(timer_threads(), 0, "the thread that was refused has no task");
        assert_eq!(timer_delete_sync(&timer), 1);
        let go = Arc::new(Completion::new());
        let other = sleeper({
            let go = go.clone();
            move || complete(&go)
        });
        wait_for_completion(&go);
        other.join();
        assert_eq!(timer_threads(), 0, "no timer is armed");
        arm(&timer);
        wait_for_completion(&done);
        assert_eq!(timer_threads(), 1);
        prepared(|| drop(timer));
        "not started".to_owned()
    })
}

fn timer_thread_refused_while_one_sleeps() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let timer = completing(&done);
        let (waiter, _) = asleep({
            let done = done.clone();
            move || wait_for_completion(&done)
        });
        refuse_threads(0, 1);
        mod_timer(&timer, jiffies());
        assert_eq!(warnings(), [WarningKind::OsRefused]);
        waiter.join();
        assert_eq!(timer_delete_sync(&timer), 0);
        prepared(|| {
            one_more();
            drop(timer);
        });
        "called".to_owned()
    })
}

fn timers_of_two_kernels() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let theirs = Arc::new(Timer::new({
            let calls = calls.clone();
            move |_| _ = calls.fetch_add(1, Relaxed)
        }));
        let armer = actor({
            let theirs = theirs.clone();
            move || {
                let other = Kernel::builder().boot_on_demand().expect("a model's Kernel boots");
                let inside = other.enter();
                assert_eq!(mod_timer(&theirs, jiffies()), 0);
                drop(inside);
                other
            }
        });
        let before = timer_delete_sync(&theirs);
        let other = armer.join();
        let after = timer_delete_sync(&theirs);
        let calls = calls.load(Relaxed);
        assert_eq!(before + after + calls as i32, 1);
        prepared(|| {
            drop(theirs);
            one_more();
            other.shutdown();
        });
        if calls == 1 { "called" } else { "deleted" }.to_owned()
    })
}

fn hrtimer_restart_against_shutdown() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let calls = Arc::new(AtomicU32::new(0));
    let timer = HighResTimer::new({
        let calls = calls.clone();
        move |timer| {
            assert!(in_hardirq());
            calls.fetch_add(1, Relaxed);
            hrtimer_forward_now(timer, ms_to_ktime(1));
            HRTIMER_RESTART
        }
    });
    explored(|| {
        hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
        kernel.shutdown();
        assert!(!hrtimer_active(&timer), "its Kernel has shut down");
    });
    drop(timer);
    drop(inside);
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    assert_eq!(warnings(), []);
    if calls.load(Relaxed) == 0 { "not called" } else { "called" }.to_owned()
}
