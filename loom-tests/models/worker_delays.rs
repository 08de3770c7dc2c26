//! Delayed work items (`kthread/worker/queue.rs`, `flush.rs`): each call beside a timer whose time
//! comes; and the order of what is queued.
//!
//! A delayed item is queued once for each call that said so. A change of its time counts whether
//! the item is idle, waits, is queued or runs. A flush waits for the item before it, and not for
//! those behind it, nor for a timer. A destroyed worker forgets what waits for a timer.

use super::worker::{Raw, RawDelayed, destroy, worker};
use crate::harness::{Bound, Model, in_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::pass_time;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "worker_delayed_twice",
        claim: "of two tasks that queue a delayed work at once one gets true, and it runs once",
        bound: Bound::Preemptions(1),
        outcomes: &["false true", "true false"],
        run: worker_delayed_twice,
    },
    Model {
        name: "worker_delayed_by_nothing",
        claim: "a delayed work without a delay is queued at once, also if its worker is about to sleep",
        bound: Bound::Preemptions(1),
        outcomes: &["ran"],
        run: worker_delayed_by_nothing,
    },
    Model {
        name: "worker_mod_against_timer",
        claim: "a work whose time is changed while it comes runs then, and at its new time only if it was not pending any more",
        bound: Bound::Preemptions(1),
        outcomes: &["was idle, 2 runs", "was pending, 1 run"],
        run: worker_mod_against_timer,
    },
    Model {
        name: "worker_mod_wherever_it_is",
        claim: "a change of time queues an idle work, and moves one that is queued or waits",
        bound: Bound::Preemptions(1),
        outcomes: &["ran 2 times"],
        run: worker_mod_wherever_it_is,
    },
    Model {
        name: "worker_mod_against_cancel_of_running",
        claim: "a change of time while a cancel waits for the work's end changes nothing and returns true",
        bound: Bound::Preemptions(1),
        outcomes: &["after", "while"],
        run: worker_mod_against_cancel_of_running,
    },
    Model {
        name: "worker_delayed_cancelled_as_a_work",
        claim: "a cancel of the work item in a delayed work takes its timer off too",
        bound: Bound::Preemptions(2),
        outcomes: &["cancelled", "ran"],
        run: worker_delayed_cancelled_as_a_work,
    },
    Model {
        name: "worker_delayed_flush",
        claim: "a flush of a work that waits for its timer returns at once and warns; afterwards it waits for the run",
        bound: Bound::Preemptions(1),
        outcomes: &["not yet", "ran"],
        run: worker_delayed_flush,
    },
    Model {
        name: "worker_destroy_against_timer",
        claim: "a delayed work of a worker that is destroyed while its time comes runs, or is taken off with a warning; it may be freed",
        bound: Bound::Preemptions(1),
        outcomes: &["ran", "taken off"],
        run: worker_destroy_against_timer,
    },
    Model {
        name: "worker_order",
        claim: "items run in the order in which they were queued, and a flush of one returns though one behind it waits",
        bound: Bound::Preemptions(1),
        outcomes: &["1, 2"],
        run: worker_order,
    },
    Model {
        name: "worker_refuses",
        claim: "an item without a function and an item for a destroyed worker are not queued, and the latter is reported once",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: worker_refuses,
    },
];

/// Has the timer thread run, so that its creation is not explored.
fn with_timers<T>(f: impl FnOnce() -> T) -> T {
    let timer = Timer::new(|_| ());
    prepared(|| mod_timer(&timer, jiffies() + 1000));
    let result = f();
    prepared(|| drop(timer));
    result
}

/// Checks that an idle delayed work can be used again, and frees it.
fn ended(item: RawDelayed, worker: &Worker, runs: u32) {
    prepared(|| {
        assert!(!item.dwork().timer_pending());
        assert_eq!(item.runs(), runs);
        assert!(kthread_queue_delayed_work(worker, item.dwork(), 1000), "it can be queued again");
        assert!(!kthread_queue_work(worker, item.dwork().work()), "it is pending");
        assert!(kthread_cancel_delayed_work_sync(item.dwork()));
        assert!(kthread_queue_work(worker, item.dwork().work()));
        assert_eq!(item.dwork().work().flush(), Ok(()));
        assert_eq!(item.runs(), runs + 1);
        item.free();
    });
}

fn worker_delayed_twice() -> String {
    in_kernel(|| {
        let (worker, item) = (worker(), RawDelayed::new());
        with_timers(|| {
            let other = {
                let worker = worker.clone();
                sleeper(move || kthread_queue_delayed_work(&worker, item.dwork(), 1))
            };
            let mine = kthread_queue_delayed_work(&worker, item.dwork(), 1);
            let other = other.join();
            prepared(|| {
                pass_time(jiffies_to_nsecs(1));
                while item.dwork().timer_pending() {
                    kthread_rt::__private::model::loom::thread::yield_now();
                }
                _ = item.dwork().work().flush();
            });
            _ = warnings();
            ended(item, &worker, 1);
            destroy(worker);
            format!("{mine} {other}")
        })
    })
}

fn worker_delayed_by_nothing() -> String {
    in_kernel(|| {
        let (worker, done) = (worker(), Arc::new(Completion::new()));
        let job = {
            let done = done.clone();
            DelayedJob::new(move |_| complete(&done))
        };
        for _ in 0..2 {
            assert!(kthread_queue_delayed_work(&worker, &job, 0));
            assert!(!job.timer_pending());
            // Not a flush, whose barrier would wake the thread too.
            wait_for_completion(&done);
        }
        prepared(|| drop(job));
        destroy(worker);
        "ran".to_owned()
    })
}

fn worker_mod_against_timer() -> String {
    in_kernel(|| {
        let (worker, item) = (worker(), RawDelayed::new());
        with_timers(|| {
            prepared(|| assert!(kthread_queue_delayed_work(&worker, item.dwork(), 1)));
            let other = {
                let worker = worker.clone();
                sleeper(move || kthread_mod_delayed_work(&worker, item.dwork(), 0))
            };
            pass_time(jiffies_to_nsecs(1));
            let was_pending = other.join();
            assert!(!item.dwork().timer_pending());
            assert_eq!(item.dwork().work().flush(), Ok(()));
            let runs = item.runs();
            ended(item, &worker, runs);
            destroy(worker);
            match (was_pending, runs) {
                (true, 1) => "was pending, 1 run",
                (false, 2) => "was idle, 2 runs",
                _ => "something else",
            }
            .to_owned()
        })
    })
}

fn worker_mod_wherever_it_is() -> String {
    in_kernel(|| {
        let (worker, item) = (worker(), RawDelayed::new());
        with_timers(|| {
            let go = Arc::new(Completion::new());
            let held = go.clone();
            assert_eq!(worker.queue_once(move || wait_for_completion(&held)), Ok(()));
            assert!(!kthread_mod_delayed_work(&worker, item.dwork(), 0), "it was idle");
            assert!(kthread_mod_delayed_work(&worker, item.dwork(), 1000), "it was queued");
            assert!(item.dwork().timer_pending());
            assert!(kthread_mod_delayed_work(&worker, item.dwork(), 2000), "it waited");
            assert_eq!(item.dwork().expires(), jiffies() + 2000);
            assert!(kthread_mod_delayed_work(&worker, item.dwork(), 0), "it waited");
            assert!(!item.dwork().timer_pending());
            complete(&go);
            assert_eq!(worker.flush(), Ok(()));
            assert_eq!(item.runs(), 1);
            assert!(!kthread_mod_delayed_work(&worker, item.dwork(), 0), "it was idle");
            assert_eq!(worker.flush(), Ok(()));
            let runs = item.runs();
            ended(item, &worker, runs);
            destroy(worker);
            format!("ran {runs} times")
        })
    })
}

fn worker_mod_against_cancel_of_running() -> String {
    in_kernel(|| {
        let (worker, go) = (worker(), Arc::new(Completion::new()));
        let job = {
            let go = go.clone();
            DelayedJob::new(move |_| wait_for_completion(&go))
        };
        let job = Arc::new(job);
        prepared(|| {
            assert!(kthread_queue_delayed_work(&worker, &job, 0));
            while !worker.is_running(job.work()) {
                kthread_rt::__private::model::loom::thread::yield_now();
            }
        });
        let (modified, cancelled, left) = with_timers(|| {
            let other = {
                let job = job.clone();
                sleeper(move || kthread_cancel_delayed_work_sync(&job))
            };
            complete(&go);
            let modified = kthread_mod_delayed_work(&worker, &job, 1000);
            let cancelled = other.join();
            // If it was queued anew, then before or after the cancel, or not at all.
            (modified, cancelled, kthread_cancel_delayed_work_sync(&job))
        });
        let outcome = match (modified, cancelled, left) {
            (true, false, false) => "while",
            (false, true, false) | (false, false, true) => "after",
            _ => "something else",
        };
        prepared(|| {
            assert!(kthread_queue_delayed_work(&worker, &job, 1000), "a cancel is left");
            assert!(kthread_cancel_delayed_work_sync(&job));
            drop(job);
        });
        destroy(worker);
        outcome.to_owned()
    })
}

fn worker_delayed_cancelled_as_a_work() -> String {
    in_kernel(|| {
        let (worker, item) = (worker(), RawDelayed::new());
        with_timers(|| {
            assert!(kthread_queue_delayed_work(&worker, item.dwork(), 1));
            pass_time(jiffies_to_nsecs(1));
            let cancelled = kthread_cancel_work_sync(item.dwork().work());
            assert!(!item.dwork().timer_pending());
            assert_eq!(u32::from(cancelled) + item.runs(), 1);
            ended(item, &worker, u32::from(!cancelled));
            destroy(worker);
            if cancelled { "cancelled" } else { "ran" }.to_owned()
        })
    })
}

fn worker_delayed_flush() -> String {
    in_kernel(|| {
        let (worker, item) = (worker(), RawDelayed::new());
        with_timers(|| {
            prepared(|| {
                assert!(kthread_queue_delayed_work(&worker, item.dwork(), 1));
                assert_eq!(item.dwork().work().flush(), Ok(()));
                assert_eq!(warnings(), [WarningKind::WorkMisuse]);
            });
            pass_time(jiffies_to_nsecs(1));
            assert_eq!(item.dwork().work().flush(), Ok(()));
            let not_yet = !warnings().is_empty();
            let cancelled = kthread_cancel_delayed_work_sync(item.dwork());
            assert!(not_yet || !cancelled, "a flush did not wait");
            let runs = item.runs();
            assert_eq!(runs, u32::from(!cancelled));
            ended(item, &worker, runs);
            destroy(worker);
            if not_yet { "not yet" } else { "ran" }.to_owned()
        })
    })
}

fn worker_destroy_against_timer() -> String {
    in_kernel(|| {
        let (first, second, item) = (worker(), worker(), RawDelayed::new());
        with_timers(|| {
            prepared(|| assert!(kthread_queue_delayed_work(&first, item.dwork(), 1)));
            pass_time(jiffies_to_nsecs(1));
            assert_eq!(first.destroy(), Ok(()));
            let runs = item.runs();
            assert_eq!(warnings(), if runs == 1 { vec![] } else { vec![WarningKind::WorkMisuse] });
            ended(item, &second, runs);
            prepared(|| drop(first));
            destroy(second);
            if runs == 1 { "ran" } else { "taken off" }.to_owned()
        })
    })
}

fn worker_order() -> String {
    in_kernel(|| {
        let worker = worker();
        let (go, first) = (Arc::new(Completion::new()), Raw::new());
        // std's: the worker's thread writes it, and the end of the model reads it.
        let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let note = |number| {
            let order = order.clone();
            move || order.lock().expect("nobody panics").push(number)
        };
        prepared(|| {
            let held = go.clone();
            assert_eq!(worker.queue_once(move || wait_for_completion(&held)), Ok(()));
        });
        let behind = Arc::new(Completion::new());
        assert!(kthread_queue_work(&worker, first.work()));
        assert_eq!(worker.queue_once(note("1")), Ok(()));
        let (held, second) = (behind.clone(), note("2"));
        let waits = move || {
            wait_for_completion(&held);
            second();
        };
        assert_eq!(worker.queue_once(waits), Ok(()));
        complete(&go);
        assert_eq!(first.work().flush(), Ok(()));
        assert_eq!(first.ended(), 1, "a flush did not wait");
        complete(&behind);
        assert_eq!(worker.flush(), Ok(()));
        first.runs_again(&worker);
        first.free();
        destroy(worker);
        order.lock().expect("nobody panics").join(", ")
    })
}

fn worker_refuses() -> String {
    in_kernel(|| {
        let (worker, item) = (worker(), Raw::new());
        let empty = KthreadDelayedWork::new();
        assert!(!kthread_queue_work(&worker, empty.work()));
        assert!(!kthread_queue_delayed_work(&worker, &empty, 1));
        assert!(kthread_mod_delayed_work(&worker, &empty, 1));
        assert_eq!(warnings(), [WarningKind::BadArgument; 3]);
        assert!(!empty.timer_pending());
        assert_eq!(empty.work().flush(), Ok(()));
        assert!(!kthread_cancel_delayed_work_sync(&empty));
        prepared(|| assert_eq!(worker.destroy(), Ok(())));
        assert!(!kthread_queue_work(&worker, item.work()));
        assert_eq!(warnings(), [WarningKind::WorkMisuse]);
        assert!(!kthread_queue_work(&worker, item.work()));
        assert_eq!(warnings(), []);
        assert_eq!(item.work().flush(), Ok(()));
        assert_eq!(worker.flush(), Ok(()));
        prepared(|| drop(worker));
        item.free();
        "refused".to_owned()
    })
}
