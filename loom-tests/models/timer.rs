//! Timers and hrtimers (`timer/base.rs`, `timer/binding.rs`, `timer/daemon.rs`).
//!
//! An armed timer is called, once, also if the timer thread is about to sleep for another one, and
//! not before its time. A task that has deleted a timer "sync" may free it: its callback has run to
//! its end or will not run, and no thread touches it any more. A callback that arms its timer anew
//! does not escape. After a Kernel's shutdown nothing is called.

use crate::harness::{
    Actor, Bound, Model, actor, builder, explored, in_small_kernel, prepared, sleeper, warnings,
};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::{pass_time, refuse_threads};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "timer_first",
        claim: "the first timer of a Kernel starts the thread that calls it",
        bound: Bound::Preemptions(2),
        outcomes: &["called"],
        run: timer_first,
    },
    Model {
        name: "timer_earlier",
        claim: "a timer that is due before the one that the thread sleeps for, or is about to sleep for, is called in time",
        bound: Bound::Preemptions(2),
        outcomes: &["called"],
        run: timer_earlier,
    },
    Model {
        name: "timer_thread_refused",
        claim: "a timer whose Kernel gets no thread for it stays pending, and is called when a later timer starts the thread",
        bound: Bound::Preemptions(2),
        outcomes: &["called"],
        run: timer_thread_refused,
    },
    Model {
        name: "timer_thread_refused_to_a_sleeper",
        claim: "a task that sleeps in a Kernel without a timer thread starts it, also if another task deletes the timer and arms another",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "deleted"],
        run: timer_thread_refused_to_a_sleeper,
    },
    Model {
        name: "timer_thread_refused_and_deleted",
        claim: "a sleeper alone starts the timer thread, unless the timer is deleted before",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "deleted"],
        run: timer_thread_refused_and_deleted,
    },
    Model {
        name: "timer_thread_refused_to_another",
        claim: "a task that arms another Kernel's timer, without a thread there, leaves the thread to the next task that arms one there",
        bound: Bound::Preemptions(2),
        outcomes: &["called"],
        run: timer_thread_refused_to_another,
    },
    Model {
        name: "timer_time_passes",
        claim: "a timer is called when its jiffy comes, also if it comes while the timer is being armed",
        bound: Bound::Preemptions(2),
        outcomes: &["called"],
        run: timer_time_passes,
    },
    Model {
        name: "timer_freed_after_delete_sync",
        claim: "a task that has deleted a timer sync may free it; its callback has run to its end, or does not run",
        bound: Bound::Preemptions(2),
        outcomes: &["deleted", "called"],
        run: timer_freed_after_delete_sync,
    },
    Model {
        name: "timer_delete_sync_twice",
        claim: "if two tasks delete one timer sync, both return, and at most one of them has deleted it",
        bound: Bound::Preemptions(2),
        outcomes: &["0 0, called", "0 1, deleted", "1 0, deleted"],
        run: timer_delete_sync_twice,
    },
    Model {
        name: "timer_rearmed_against_delete_sync",
        claim: "a callback that arms its timer anew does not escape a delete_sync",
        bound: Bound::Preemptions(2),
        outcomes: &["deleted before", "deleted after"],
        run: timer_rearmed_against_delete_sync,
    },
    Model {
        name: "timer_of_two_kernels",
        claim: "an idle timer that tasks of two Kernels arm at once is queued once, and a task that deletes it sync may free it",
        bound: Bound::Preemptions(2),
        outcomes: &["called, deleted", "deleted"],
        run: timer_of_two_kernels,
    },
    Model {
        name: "timer_mod_against_expiry",
        claim: "a timer that is armed for later while it expires is called for one of the two times, or for both",
        bound: Bound::Preemptions(2),
        outcomes: &["moved", "called and armed anew"],
        run: timer_mod_against_expiry,
    },
    Model {
        name: "timer_freed_in_callback",
        claim: "no thread touches a timer whose callback has freed it",
        bound: Bound::Preemptions(2),
        outcomes: &["freed"],
        run: timer_freed_in_callback,
    },
    Model {
        name: "timer_dropped",
        claim: "dropping a timer waits for its callback, which is dropped then",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "not called"],
        run: timer_dropped,
    },
    Model {
        name: "timer_shutdown_against_callback",
        claim: "the shutdown of a Kernel waits for a running callback, and none begins after it",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "not called"],
        run: timer_shutdown_against_callback,
    },
    Model {
        name: "timer_shutdown_against_first",
        claim: "a Kernel's first timer races with its shutdown: it is called, stopped, or refused; no thread is left",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "stopped", "refused"],
        run: timer_shutdown_against_first,
    },
    Model {
        name: "hrtimer_restart_against_cancel",
        claim: "a callback that asks for a restart does not escape a cancel, which always finds something to cancel",
        bound: Bound::Preemptions(2),
        outcomes: &["cancelled before", "cancelled after"],
        run: hrtimer_restart_against_cancel,
    },
    Model {
        name: "hrtimer_start_against_restart",
        claim: "an hrtimer that is started while its callback asks for a restart is queued once",
        bound: Bound::Preemptions(2),
        outcomes: &["1 call", "2 calls"],
        run: hrtimer_start_against_restart,
    },
];

/// A timer on the heap, and memory that its callback writes and loom checks.
struct Device {
    timer: TimerList,
    calls: UnsafeCell<u32>,
    /// The callback runs. A loom operation at each end of it lets other threads run between.
    running: AtomicU32,
    again: bool,
}

#[derive(Clone, Copy)]
struct Raw(*mut Device);

impl Raw {
    fn new(again: bool) -> Self {
        // SAFETY: the device stays on the heap; the models claim that it stays there long enough.
        let timer = unsafe { TimerList::with_function(call, 0) };
        Self(Box::into_raw(Box::new(Device {
            timer,
            calls: UnsafeCell::new(0),
            running: AtomicU32::new(0),
            again,
        })))
    }

    fn get(&self) -> &Device {
        // SAFETY: the models claim that it is valid where it is used; loom checks it.
        unsafe { &*self.0 }
    }

    fn calls(&self) -> u32 {
        // SAFETY: loom checks it.
        self.get().calls.with(|calls| unsafe { *calls })
    }

    fn free(self) {
        assert_eq!(self.get().running.load(Relaxed), 0, "its callback runs");
        // SAFETY: made by `new`, freed once.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

unsafe extern "C-unwind" fn call(timer: *mut TimerList) {
    // SAFETY: the timer is that field of a live device; loom checks it.
    let device = unsafe { &*timer_container_of!(timer, Device, timer) };
    assert_eq!(device.running.fetch_add(1, Relaxed), 0, "one callback at a time");
    // SAFETY: loom checks it.
    device.calls.with_mut(|calls| unsafe { *calls += 1 });
    if device.again {
        // The clock stands still: the timer waits for the next jiffy.
        mod_timer(&device.timer, jiffies());
    }
    device.running.fetch_sub(1, Relaxed);
}

/// A jiffy that never comes.
fn far() -> u64 {
    jiffies() + 1000
}

/// A timer that completes its argument.
fn completing(done: &Arc<Completion>) -> Timer {
    let done = done.clone();
    Timer::new(move |_| complete(&done))
}

fn timer_first() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let timer = completing(&done);
        assert_eq!(mod_timer(&timer, jiffies()), 0);
        wait_for_completion(&done);
        assert_eq!(timer_pending(&timer), 0);
        prepared(|| drop(timer));
        "called".to_owned()
    })
}

fn timer_earlier() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let (late, early) = prepared(|| {
            let late = Timer::new(|_| unreachable!("its jiffy does not come"));
            mod_timer(&late, far());
            (late, completing(&done))
        });
        mod_timer(&early, jiffies());
        wait_for_completion(&done);
        prepared(|| drop((late, early)));
        "called".to_owned()
    })
}

fn timer_thread_refused() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let (first, second) = (completing(&done), completing(&done));
        refuse_threads(0, 1);
        mod_timer(&first, jiffies());
        assert_eq!((warnings(), timer_pending(&first)), (vec![WarningKind::OsRefused], 1));
        mod_timer(&second, jiffies());
        wait_for_completion(&done);
        wait_for_completion(&done);
        prepared(|| drop((first, second)));
        "called".to_owned()
    })
}

fn timer_thread_refused_to_a_sleeper() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let (first, second) = (Arc::new(completing(&done)), completing(&done));
        refuse_threads(0, 1);
        mod_timer(&first, jiffies());
        assert_eq!((warnings(), timer_pending(&first)), (vec![WarningKind::OsRefused], 1));
        let other = sleeper({
            let first = first.clone();
            move || {
                let deleted = del_timer_sync(&first);
                mod_timer(&second, jiffies());
                // The thread may have finished this jiffy.
                pass_time(jiffies_to_nsecs(1));
                (deleted, second)
            }
        });
        wait_for_completion(&done);
        let (deleted, second) = other.join();
        if deleted == 0 {
            wait_for_completion(&done);
        }
        prepared(|| drop((first, second)));
        if deleted == 0 { "called" } else { "deleted" }.to_owned()
    })
}

fn timer_thread_refused_and_deleted() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let timer = Arc::new(completing(&done));
        refuse_threads(0, 1);
        mod_timer(&timer, jiffies());
        assert_eq!((warnings(), timer_pending(&timer)), (vec![WarningKind::OsRefused], 1));
        let other = sleeper({
            let (timer, done) = (timer.clone(), done.clone());
            move || {
                let deleted = del_timer_sync(&timer);
                if deleted == 1 {
                    complete(&done);
                }
                deleted
            }
        });
        wait_for_completion(&done);
        let deleted = other.join();
        prepared(|| drop(timer));
        if deleted == 0 { "called" } else { "deleted" }.to_owned()
    })
}

fn timer_thread_refused_to_another() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let timer = completing(&done);
        refuse_threads(0, 1);
        mod_timer(&timer, far());
        assert_eq!((warnings(), timer_pending(&timer)), (vec![WarningKind::OsRefused], 1));
        let other = Kernel::builder().boot_on_demand().expect("a model's Kernel boots");
        let inside = other.enter();
        assert_eq!(mod_timer(&timer, jiffies()), 1);
        drop(inside);
        other.shutdown();
        mod_timer(&timer, jiffies());
        wait_for_completion(&done);
        prepared(|| drop((timer, other)));
        "called".to_owned()
    })
}

fn timer_time_passes() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let timer = completing(&done);
        let at = jiffies() + 1;
        let clock = actor(|| pass_time(jiffies_to_nsecs(1)));
        mod_timer(&timer, at);
        wait_for_completion(&done);
        assert!(time_after_eq(jiffies(), at), "called before its jiffy");
        clock.join();
        prepared(|| drop(timer));
        "called".to_owned()
    })
}

fn timer_freed_after_delete_sync() -> String {
    in_small_kernel(|| {
        let device = Raw::new(false);
        mod_timer(&device.get().timer, jiffies());
        let deleted = timer_delete_sync(&device.get().timer);
        let calls = device.calls();
        device.free();
        assert_eq!(deleted + calls as i32, 1);
        if deleted == 1 { "deleted" } else { "called" }.to_owned()
    })
}

fn timer_delete_sync_twice() -> String {
    in_small_kernel(|| {
        let device = Raw::new(false);
        prepared(|| mod_timer(&device.get().timer, far()));
        // Due now; the thread is awake or wakes up.
        mod_timer(&device.get().timer, jiffies());
        let other: Actor<i32> = sleeper(move || timer_delete_sync(&device.get().timer));
        let mine = timer_delete_sync(&device.get().timer);
        let others = other.join();
        let calls = device.calls();
        device.free();
        assert_eq!(mine + others + calls as i32, 1);
        format!("{mine} {others}, {}", if calls == 1 { "called" } else { "deleted" })
    })
}

fn timer_rearmed_against_delete_sync() -> String {
    in_small_kernel(|| {
        let device = Raw::new(true);
        mod_timer(&device.get().timer, jiffies());
        assert_eq!(timer_delete_sync(&device.get().timer), 1, "it is always pending, or its callback runs");
        let calls = device.calls();
        device.free();
        if calls == 0 { "deleted before" } else { "deleted after" }.to_owned()
    })
}

fn timer_of_two_kernels() -> String {
    in_small_kernel(|| {
        let device = Raw::new(false);
        let other = Kernel::builder().boot_on_demand().expect("a model's Kernel boots");
        // Both Kernels have their timer thread, and the timer is bound to the first one, idle.
        let keeps = prepared(|| {
            let inside = other.enter();
            let keeps = Timer::new(|_| unreachable!("its jiffy does not come"));
            mod_timer(&keeps, far());
            drop(inside);
            mod_timer(&device.get().timer, far());
            assert_eq!(timer_delete_sync(&device.get().timer), 1);
            keeps
        });
        let armer = actor(move || {
            let inside = other.enter();
            let was = mod_timer(&device.get().timer, far());
            drop(inside);
            (was, other)
        });
        let mine = mod_timer(&device.get().timer, jiffies());
        let (others, other) = armer.join();
        let deleted = timer_delete_sync(&device.get().timer);
        let calls = device.calls();
        assert_eq!(mine + others + deleted + calls as i32, 2, "each arming has one end");
        prepared(|| {
            assert_eq!(timer_delete_sync(&device.get().timer), 0);
            drop(keeps);
            other.shutdown();
            drop(other);
        });
        device.free();
        // If it is armed here while it is bound there, it is for the jiffy after this one, which
        // never comes.
        assert_eq!(deleted, 1);
        if calls == 1 { "called, deleted" } else { "deleted" }.to_owned()
    })
}

fn timer_mod_against_expiry() -> String {
    in_small_kernel(|| {
        let device = Raw::new(false);
        mod_timer(&device.get().timer, jiffies());
        let was = mod_timer(&device.get().timer, far());
        assert_eq!(timer_delete_sync(&device.get().timer), 1);
        let calls = device.calls();
        device.free();
        assert_eq!(was + calls as i32, 1);
        if was == 1 { "moved" } else { "called and armed anew" }.to_owned()
    })
}

unsafe extern "C-unwind" fn free(timer: *mut TimerList) {
    // SAFETY: the timer is that field of a device on the heap, which only this code has.
    drop(unsafe { Box::from_raw(timer_container_of!(timer, Freed, timer)) });
}

/// A timer that its callback frees.
struct Freed {
    timer: TimerList,
    done: Arc<Completion>,
}

impl Drop for Freed {
    fn drop(&mut self) {
        complete(&self.done);
    }
}

fn timer_freed_in_callback() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        // SAFETY: the timer stays on the heap until its callback frees it.
        let timer = unsafe { TimerList::with_function(free, 0) };
        let freed = Box::into_raw(Box::new(Freed { timer, done: done.clone() }));
        // SAFETY: the timer exists until its callback, which comes after it is armed.
        mod_timer(unsafe { &(*freed).timer }, jiffies());
        wait_for_completion(&done);
        "freed".to_owned()
    })
}

/// A count that loom checks, and that a callback may own.
struct Watched(UnsafeCell<u32>);

// SAFETY: loom checks its accesses, and all threads of a model run on one OS thread.
unsafe impl Send for Watched {}
// SAFETY: as above.
unsafe impl Sync for Watched {}

fn timer_dropped() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(Watched(UnsafeCell::new(0)));
        let timer = Timer::new({
            let calls = calls.clone();
            move |_| {
                let calls: &Watched = &calls;
                // SAFETY: loom checks it.
                calls.0.with_mut(|calls| unsafe { *calls += 1 });
            }
        });
        mod_timer(&timer, jiffies());
        drop(timer);
        // SAFETY: loom checks it.
        match calls.0.with(|calls| unsafe { *calls }) {
            0 => "not called",
            1 => "called",
            _ => "called twice",
        }
        .to_owned()
    })
}

fn timer_shutdown_against_callback() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let device = Raw::new(false);
    let outcome = explored(|| {
        mod_timer(&device.get().timer, jiffies());
        kernel.shutdown();
        // No other access can follow: loom would report it.
        let calls = device.calls();
        assert_eq!(timer_pending(&device.get().timer), 0);
        if calls == 1 { "called" } else { "not called" }
    });
    device.free();
    drop(inside);
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    assert_eq!(warnings(), []);
    outcome.to_owned()
}

fn timer_shutdown_against_first() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let device = Raw::new(false);
    let outcome = explored(|| {
        let armer = sleeper(move || mod_timer(&device.get().timer, jiffies()));
        kernel.shutdown();
        assert_eq!(armer.join(), 0);
        assert_eq!(timer_pending(&device.get().timer), 0);
        let calls = device.calls();
        match (calls, warnings().as_slice()) {
            (0, [WarningKind::ShutDown]) => "refused",
            (0, []) => "stopped",
            (1, []) => "called",
            _ => "something else",
        }
    });
    device.free();
    drop(inside);
    kernel.shutdown();
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    outcome.to_owned()
}

fn hrtimer_restart_against_cancel() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let timer = HighResTimer::new({
            let calls = calls.clone();
            move |timer| {
                calls.fetch_add(1, Relaxed);
                hrtimer_forward_now(timer, ms_to_ktime(1));
                HRTIMER_RESTART
            }
        });
        hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
        assert_eq!(hrtimer_cancel(&timer), 1, "it is always queued, or its callback runs");
        let calls = calls.load(Relaxed);
        prepared(|| drop(timer));
        if calls == 0 { "cancelled before" } else { "cancelled after" }.to_owned()
    })
}

fn hrtimer_start_against_restart() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(AtomicU32::new(0));
        let timer = HighResTimer::new({
            let calls = calls.clone();
            move |timer| {
                calls.fetch_add(1, Relaxed);
                // Not hrtimer_forward, which must not be called on a timer that another task
                // starts.
                hrtimer_set_expires(timer, ktime_add_ms(ktime_get(), 1));
                HRTIMER_RESTART
            }
        });
        hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
        hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
        // The clock stands still: after the due calls it is queued for a time that never comes.
        while calls.load(Relaxed) == 0 || hrtimer_get_remaining(&timer) <= 0 || !hrtimer_is_queued(&timer) {
            kthread_rt::r#yield();
        }
        assert_eq!(hrtimer_cancel(&timer), 1);
        let calls = calls.load(Relaxed);
        prepared(|| drop(timer));
        format!("{calls} call{}", if calls == 1 { "" } else { "s" })
    })
}
