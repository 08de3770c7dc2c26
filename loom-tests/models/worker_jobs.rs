//! Jobs, delayed jobs and functions that run once (`kthread/worker/owned.rs`, `retire` in
//! `flush.rs`).
//!
//! When the drop of a job has returned, its function does not run, will not run, and is dropped
//! with its data; also if the job queues itself, waits for its timer, or is dropped in its own
//! function. A function that is queued once runs, or is dropped, once.

use super::worker::{destroy, worker};
use crate::harness::{Bound, Model, datum, in_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::pass_time;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::{Arc as StdArc, Mutex};

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "job_dropped_against_run",
        claim: "a job that is dropped while it begins to run has run to its end, or never runs; its function is dropped",
        bound: Bound::Preemptions(2),
        outcomes: &["not run", "ran"],
        run: job_dropped_against_run,
    },
    Model {
        name: "job_dropped_against_its_requeue",
        claim: "a job that queues itself does not escape its drop",
        bound: Bound::Preemptions(2),
        outcomes: &["0 runs", "1 run", "2 runs"],
        run: job_dropped_against_its_requeue,
    },
    Model {
        name: "job_dropped_in_its_function",
        claim: "a job that is dropped in its own function ends, and its data is dropped when the function has returned",
        bound: Bound::Preemptions(1),
        outcomes: &["dropped"],
        run: job_dropped_in_its_function,
    },
    Model {
        name: "delayed_job_dropped_against_timer",
        claim: "a delayed job that is dropped while its time comes has run to its end, or never runs",
        bound: Bound::Preemptions(2),
        outcomes: &["not run", "ran"],
        run: delayed_job_dropped_against_timer,
    },
    Model {
        name: "delayed_job_dropped_in_its_function",
        claim: "a delayed job that is dropped in its own function while its timer is armed anew never runs again",
        bound: Bound::Preemptions(1),
        outcomes: &["dropped"],
        run: delayed_job_dropped_in_its_function,
    },
    Model {
        name: "once_against_destroy",
        claim: "a function that is queued once while its worker is destroyed runs, or is refused; it is dropped once",
        bound: Bound::Preemptions(1),
        outcomes: &["ran", "refused"],
        run: once_against_destroy,
    },
    Model {
        name: "once_against_stop",
        claim: "a function that is queued once on a worker whose thread is stopped runs, is left to the drop of the worker, or is refused; it is dropped once",
        bound: Bound::Preemptions(1),
        outcomes: &["not run", "ran"],
        run: once_against_stop,
    },
];

/// The number of runs of a function, which loom checks for overlapping ones.
#[derive(Clone)]
struct Runs(Arc<UnsafeCell<u32>>);

// SAFETY: loom checks the accesses.
unsafe impl Send for Runs {}

impl Runs {
    fn new() -> Self {
        Self(Arc::new(UnsafeCell::new(0)))
    }

    /// Counts a run. Returns the number of runs with this one.
    fn add(&self) -> u32 {
        // SAFETY: loom checks that no other access is concurrent.
        self.0.with_mut(|runs| unsafe {
            *runs += 1;
            *runs
        })
    }

    fn get(&self) -> u32 {
        // SAFETY: as above.
        self.0.with(|runs| unsafe { *runs })
    }
}

/// Waits until nothing is queued on `worker`, and checks that it still runs what is queued.
fn drained(worker: &Worker) {
    prepared(|| {
        let runs = Runs::new();
        let job = Job::new({
            let runs = runs.clone();
            move |_| _ = runs.add()
        });
        assert!(kthread_queue_work(worker, &job));
        assert_eq!(job.flush(), Ok(()));
        assert_eq!(runs.get(), 1);
    });
}

fn job_dropped_against_run() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let (worker, runs) = (worker(), Runs::new());
        let job = Job::new({
            let runs = runs.clone();
            move |_| {
                let _data = &data;
                runs.add();
            }
        });
        assert!(kthread_queue_work(&worker, &job));
        drop(job);
        assert_eq!(drops.count(), 1, "its function is not dropped");
        let ran = runs.get();
        drained(&worker);
        assert_eq!(runs.get(), ran, "it ran after its drop");
        destroy(worker);
        if ran == 1 { "ran" } else { "not run" }.to_owned()
    })
}

fn job_dropped_against_its_requeue() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let (worker, runs) = (worker(), Runs::new());
        let job = Job::new({
            let (runs, worker) = (runs.clone(), worker.clone());
            move |work| {
                let _data = &data;
                if runs.add() == 1 {
                    kthread_queue_work(&worker, work);
                }
            }
        });
        assert!(kthread_queue_work(&worker, &job));
        drop(job);
        assert_eq!(drops.count(), 1, "its function is not dropped");
        let ran = runs.get();
        drained(&worker);
        assert_eq!(runs.get(), ran, "it ran after its drop");
        destroy(worker);
        // If it queued itself while it was being dropped, it had no function any more.
        let told = warnings();
        assert!(told.is_empty() || (ran == 1 && told == [WarningKind::BadArgument]), "{told:?}");
        format!("{ran} run{}", if ran == 1 { "" } else { "s" })
    })
}

/// A place from which a job's function takes the job.
fn slot<T>() -> StdArc<Mutex<Option<T>>> {
    StdArc::new(Mutex::new(None))
}

fn put<T>(slot: &Mutex<Option<T>>, job: T) {
    *slot.lock().expect("nobody panics") = Some(job);
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().expect("nobody panics").take()
}

fn job_dropped_in_its_function() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let (worker, done, own) = (worker(), Arc::new(Completion::new()), slot());
        let job = Job::new({
            let (done, own, drops) = (done.clone(), own.clone(), drops.clone());
            move |_| {
                let _data = &data;
                drop(take::<Job>(&own));
                assert_eq!(drops.count(), 0, "the function was dropped while it ran");
                complete(&done);
            }
        });
        let work: *const KthreadWork = &raw const *job;
        put(&own, job);
        // SAFETY: only its own function drops it.
        assert!(kthread_queue_work(&worker, unsafe { &*work }));
        wait_for_completion(&done);
        assert_eq!(worker.flush(), Ok(()));
        assert_eq!(drops.count(), 1, "the function is not dropped after its end");
        drained(&worker);
        destroy(worker);
    });
    "dropped".to_owned()
}

/// Has the timer thread run, so that its creation is not explored.
fn with_timers<T>(f: impl FnOnce() -> T) -> T {
    let timer = Timer::new(|_| ());
    prepared(|| mod_timer(&timer, jiffies() + 1000));
    let result = f();
    prepared(|| drop(timer));
    result
}

fn delayed_job_dropped_against_timer() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let (worker, runs) = (worker(), Runs::new());
        let ran = with_timers(|| {
            let job = DelayedJob::new({
                let runs = runs.clone();
                move |_| {
                    let _data = &data;
                    runs.add();
                }
            });
            assert!(kthread_queue_delayed_work(&worker, &job, 1));
            pass_time(jiffies_to_nsecs(1));
            drop(job);
            assert_eq!(drops.count(), 1, "its function is not dropped");
            runs.get()
        });
        drained(&worker);
        assert_eq!(runs.get(), ran, "it ran after its drop");
        destroy(worker);
        if ran == 1 { "ran" } else { "not run" }.to_owned()
    })
}

fn delayed_job_dropped_in_its_function() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let (worker, runs, own) = (worker(), Runs::new(), slot());
        with_timers(|| {
            let job = DelayedJob::new({
                let (runs, own, worker) = (runs.clone(), own.clone(), worker.clone());
                move |dwork| {
                    let _data = &data;
                    runs.add();
                    assert!(kthread_queue_delayed_work(&worker, dwork, 1));
                    drop(take::<DelayedJob>(&own));
                    assert!(!dwork.timer_pending(), "the timer of a dropped job is armed");
                    assert!(!kthread_queue_delayed_work(&worker, dwork, 1), "a dropped job was queued");
                }
            });
            let dwork: *const KthreadDelayedWork = &raw const *job;
            put(&own, job);
            // SAFETY: only its own function drops it.
            assert!(kthread_queue_delayed_work(&worker, unsafe { &*dwork }, 0));
            assert_eq!(worker.flush(), Ok(()));
            assert_eq!((runs.get(), drops.count()), (1, 1));
            pass_time(jiffies_to_nsecs(1));
        });
        drained(&worker);
        assert_eq!(runs.get(), 1, "it ran after its drop");
        assert_eq!(warnings(), [WarningKind::BadArgument], "a job without a function was queued");
        destroy(worker);
    });
    "dropped".to_owned()
}

fn once_against_destroy() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let (worker, runs) = (worker(), Runs::new());
        let other = {
            let (worker, runs) = (worker.clone(), runs.clone());
            sleeper(move || {
                let function = move || {
                    let _data = data;
                    runs.add();
                };
                worker.queue_once(function)
            })
        };
        assert_eq!(worker.destroy(), Ok(()));
        let queued = other.join();
        assert_eq!(runs.get(), u32::from(queued.is_ok()));
        assert_eq!(drops.count(), 1, "the function was not dropped once");
        prepared(|| drop(worker));
        match queued {
            Ok(()) => "ran",
            Err(Errno::ESRCH) => "refused",
            Err(_) => "another error",
        }
        .to_owned()
    })
}

fn once_against_stop() -> String {
    let (data, drops) = datum();
    in_kernel(|| {
        let (worker, runs) = (worker(), Runs::new());
        let task = worker.task().expect("it has a thread");
        let stopper = sleeper(move || assert_eq!(kthread_stop(&task), 0));
        let queued = worker.queue_once({
            let runs = runs.clone();
            move || {
                let _data = data;
                runs.add();
            }
        });
        stopper.join();
        prepared(|| drop(worker));
        assert_eq!(drops.count(), 1, "the function was not dropped once");
        match (queued, runs.get(), warnings().as_slice()) {
            (Ok(()), 1, []) => "ran",
            // It is left to the drop of the worker, or refused.
            (Ok(()), 0, [WarningKind::WorkMisuse]) | (Err(Errno::ESRCH), 0, []) => "not run",
            _ => "something else",
        }
        .to_owned()
    })
}
