//! Workers (`kthread/worker/`).
//!
//! A queued work item runs, once for each time that it was queued, or is reported as cancelled;
//! also if the worker's thread is about to sleep. A cancel or a flush returns when the item does
//! not run, and a task that cancelled it may free it. An item that queues itself does not escape.
//! No thread touches an item whose function has begun. What is queued when a worker is destroyed
//! runs or is refused. A delayed work's timer may race with all of these.

use crate::harness::{Actor, Bound, Model, in_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::pass_time;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "worker_queue_against_sleep",
        claim: "a work item that is queued while the worker goes to sleep runs",
        bound: Bound::Preemptions(2),
        outcomes: &["ran"],
        run: worker_queue_against_sleep,
    },
    Model {
        name: "worker_queue_twice",
        claim: "a work item that two tasks queue at once runs once for each of them that got true",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2"],
        run: worker_queue_twice,
    },
    Model {
        name: "worker_cancel_against_run",
        claim: "a work item that is cancelled while it begins to run has run to its end, or is reported as cancelled; it may be freed",
        bound: Bound::Preemptions(2),
        outcomes: &["cancelled", "ran"],
        run: worker_cancel_against_run,
    },
    Model {
        name: "worker_cancel_against_requeue",
        claim: "a work item that queues itself does not escape a cancel",
        bound: Bound::Preemptions(3),
        outcomes: &["cancelled after 0", "cancelled after 1", "ran 1", "ran 2"],
        run: worker_cancel_against_requeue,
    },
    Model {
        name: "worker_cancel_against_queue",
        claim: "if a queueing races with a cancel, the item runs or is reported as cancelled each time that it was queued",
        bound: Bound::Preemptions(2),
        outcomes: &[
            "1 queued, 0 run, 1 cancelled",
            "1 queued, 1 run, 0 cancelled",
            "2 queued, 1 run, 1 cancelled",
            "2 queued, 2 run, 0 cancelled",
        ],
        run: worker_cancel_against_queue,
    },
    Model {
        name: "worker_flush_against_queue",
        claim: "a flush that sees a work item returns when it has run",
        bound: Bound::Preemptions(1),
        outcomes: &["1 run", "2 runs"],
        run: worker_flush_against_queue,
    },
    Model {
        name: "worker_flush_twice",
        claim: "if two tasks flush a worker, both return",
        bound: Bound::Preemptions(2),
        outcomes: &["ran"],
        run: worker_flush_twice,
    },
    Model {
        name: "worker_freed_while_its_function_ends",
        claim: "no thread touches a work item whose function has made another task free it",
        bound: Bound::Preemptions(2),
        outcomes: &["freed"],
        run: worker_freed_while_its_function_ends,
    },
    Model {
        name: "worker_destroy_against_queue",
        claim: "a work item that is queued while its worker is destroyed runs, or is refused",
        bound: Bound::Preemptions(1),
        outcomes: &["ran", "refused"],
        run: worker_destroy_against_queue,
    },
    Model {
        name: "worker_stopped_against_flush",
        claim: "a flush of a worker whose thread is stopped returns; the item has run, or the flush reports that it has not",
        bound: Bound::Preemptions(1),
        outcomes: &["Err(ESRCH), not run", "Ok(()), ran"],
        run: worker_stopped_against_flush,
    },
    Model {
        name: "worker_delayed_against_cancel",
        claim: "a delayed work that is cancelled while its time comes has run, or is reported as cancelled; it may be freed",
        bound: Bound::Preemptions(2),
        outcomes: &["cancelled", "ran"],
        run: worker_delayed_against_cancel,
    },
    Model {
        name: "worker_mod_against_mod",
        claim: "if two tasks change the time of a pending work at once, it stays pending once, and both get true",
        bound: Bound::Preemptions(2),
        outcomes: &["true true, once"],
        run: worker_mod_against_mod,
    },
    Model {
        name: "worker_mod_against_cancel",
        claim: "if a cancel races with a change of time, one of them is the last, and nothing is lost",
        bound: Bound::Preemptions(2),
        outcomes: &["was pending: false", "was pending: true"],
        run: worker_mod_against_cancel,
    },
    Model {
        name: "worker_move_against_run",
        claim: "a work item that is queued on a second worker while the first runs it never runs twice at once",
        bound: Bound::Preemptions(2),
        outcomes: &["moved", "pending on the first", "runs on the first"],
        run: worker_move_against_run,
    },
];

/// A work item on the heap, and memory that its function writes and loom checks.
#[repr(C)]
struct Item {
    work: KthreadWork,
    runs: UnsafeCell<u32>,
    /// The function runs. A loom operation at each end of it lets other threads run between.
    running: AtomicU32,
    /// The number of ended runs.
    ended: AtomicU32,
    /// The worker on which it queues itself, and how many times.
    again: Option<(*const KthreadWorker, u32)>,
}

#[derive(Clone, Copy)]
pub(super) struct Raw(*mut Item);

impl Raw {
    pub(super) fn new() -> Self {
        Self::queueing_itself(None)
    }

    pub(super) fn queueing_itself(again: Option<(*const KthreadWorker, u32)>) -> Self {
        // SAFETY: the item stays on the heap; the models claim that it stays there long enough.
        let work = unsafe { KthreadWork::with_function(run) };
        let item = Item {
            work,
            runs: UnsafeCell::new(0),
            running: AtomicU32::new(0),
            ended: AtomicU32::new(0),
            again,
        };
        Self(Box::into_raw(Box::new(item)))
    }

    fn get(&self) -> &Item {
        // SAFETY: the models claim that it is valid where it is used; loom checks it.
        unsafe { &*self.0 }
    }

    pub(super) fn work(&self) -> &KthreadWork {
        &self.get().work
    }

    pub(super) fn runs(&self) -> u32 {
        // SAFETY: loom checks it.
        self.get().runs.with(|runs| unsafe { *runs })
    }

    /// The number of runs that have ended; other threads may run it meanwhile.
    pub(super) fn ended(&self) -> u32 {
        self.get().ended.load(Relaxed)
    }

    /// Checks that it can be queued again, whatever was done with it. Not explored.
    pub(super) fn runs_again(&self, worker: &Worker) {
        prepared(|| {
            let runs = self.runs();
            assert!(kthread_queue_work(worker, self.work()), "it can be queued again");
            kthread_flush_work(self.work());
            assert_eq!(self.runs(), runs + 1);
        });
    }

    pub(super) fn free(self) {
        assert_eq!(self.get().running.load(Relaxed), 0, "its function runs");
        // SAFETY: made by `new`, freed once.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

unsafe extern "C-unwind" fn run(work: *mut KthreadWork) {
    // SAFETY: the work is the first field of a live item; loom checks it.
    let item = unsafe { &*work.cast::<Item>() };
    assert_eq!(item.running.fetch_add(1, Relaxed), 0, "one run at a time");
    // SAFETY: loom checks it.
    let runs = item.runs.with_mut(|runs| unsafe {
        *runs += 1;
        *runs
    });
    if let Some((worker, times)) = item.again
        && runs <= times
    {
        // SAFETY: the worker outlives the item's runs.
        kthread_queue_work(unsafe { &*worker }, &item.work);
    }
    item.ended.fetch_add(1, Relaxed);
    item.running.fetch_sub(1, Relaxed);
}

/// A worker whose thread runs and is about to sleep. Its creation is not explored.
pub(super) fn worker() -> Arc<Worker> {
    prepared(|| {
        let worker = Arc::new(kthread_create_worker!(0, "worker").expect("nothing refuses it"));
        kthread_flush_worker(&worker);
        worker
    })
}

pub(super) fn destroy(worker: Arc<Worker>) {
    prepared(|| {
        kthread_destroy_worker(&worker);
        drop(worker);
    });
}

fn worker_queue_against_sleep() -> String {
    in_kernel(|| {
        let worker = worker();
        let done = Arc::new(Completion::new());
        let job = {
            let done = done.clone();
            Job::new(move |_| complete(&done))
        };
        assert!(kthread_queue_work(&worker, &job));
        // Not a flush, whose barrier would wake the thread too.
        wait_for_completion(&done);
        prepared(|| drop(job));
        destroy(worker);
        "ran".to_owned()
    })
}

fn worker_queue_twice() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        let other = {
            let worker = worker.clone();
            sleeper(move || u32::from(kthread_queue_work(&worker, item.work())))
        };
        let mine = u32::from(kthread_queue_work(&worker, item.work()));
        let queued = mine + other.join();
        kthread_flush_worker(&worker);
        assert_eq!(item.runs(), queued);
        destroy(worker);
        item.free();
        queued.to_string()
    })
}

fn worker_cancel_against_run() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        assert!(kthread_queue_work(&worker, item.work()));
        let cancelled = kthread_cancel_work_sync(item.work());
        assert_eq!(u32::from(cancelled) + item.runs(), 1);
        item.runs_again(&worker);
        item.free();
        destroy(worker);
        if cancelled { "cancelled" } else { "ran" }.to_owned()
    })
}

fn worker_cancel_against_requeue() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::queueing_itself(Some((&raw const **worker, 1)));
        assert!(kthread_queue_work(&worker, item.work()));
        let cancelled = kthread_cancel_work_sync(item.work());
        let runs = item.runs();
        assert!(!kthread_cancel_work_sync(item.work()), "it has queued itself while it was being cancelled");
        assert_eq!(item.runs(), runs);
        item.free();
        destroy(worker);
        if cancelled { format!("cancelled after {runs}") } else { format!("ran {runs}") }
    })
}

fn worker_cancel_against_queue() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        assert!(kthread_queue_work(&worker, item.work()));
        let other = {
            let worker = worker.clone();
            sleeper(move || kthread_queue_work(&worker, item.work()))
        };
        let cancelled = u32::from(kthread_cancel_work_sync(item.work()));
        let queued = 1 + u32::from(other.join());
        kthread_flush_worker(&worker);
        let runs = item.runs();
        assert_eq!(runs + cancelled, queued);
        item.free();
        destroy(worker);
        format!("{queued} queued, {runs} run, {cancelled} cancelled")
    })
}

fn worker_flush_against_queue() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        assert!(kthread_queue_work(&worker, item.work()));
        let other = {
            let worker = worker.clone();
            sleeper(move || kthread_queue_work(&worker, item.work()))
        };
        kthread_flush_work(item.work());
        assert_ne!(item.ended(), 0, "the flush has returned before the run was over");
        let again = other.join();
        kthread_flush_worker(&worker);
        assert_eq!(item.runs(), 1 + u32::from(again));
        destroy(worker);
        let runs = item.runs();
        item.free();
        format!("{runs} run{}", if runs == 1 { "" } else { "s" })
    })
}

fn worker_flush_twice() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        let other = {
            let worker = worker.clone();
            sleeper(move || worker.flush())
        };
        assert!(kthread_queue_work(&worker, item.work()));
        assert_eq!(worker.flush(), Ok(()));
        assert_eq!(item.runs(), 1);
        assert_eq!(other.join(), Ok(()));
        item.free();
        destroy(worker);
        "ran".to_owned()
    })
}

unsafe extern "C-unwind" fn tell(work: *mut KthreadWork) {
    // SAFETY: the work is the first field of an item on the heap, which exists until `done` is
    // completed.
    let done = unsafe { (*work.cast::<Told>()).done.clone() };
    complete(&done);
}

/// A work item that the task that waits for `done` frees.
#[repr(C)]
struct Told {
    work: KthreadWork,
    done: Arc<Completion>,
}

fn worker_freed_while_its_function_ends() -> String {
    in_kernel(|| {
        let worker = worker();
        let done = Arc::new(Completion::new());
        // SAFETY: the work stays on the heap until its function has completed `done`.
        let work = unsafe { KthreadWork::with_function(tell) };
        let told = Box::new(Told { work, done: done.clone() });
        assert!(kthread_queue_work(&worker, &told.work));
        wait_for_completion(&done);
        drop(told);
        destroy(worker);
        "freed".to_owned()
    })
}

fn worker_destroy_against_queue() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        let other = {
            let worker = worker.clone();
            sleeper(move || kthread_queue_work(&worker, item.work()))
        };
        assert_eq!(worker.destroy(), Ok(()));
        let queued = other.join();
        assert_eq!(item.runs(), u32::from(queued));
        let told = warnings();
        assert_eq!(told, if queued { vec![] } else { vec![WarningKind::WorkMisuse] });
        item.free();
        prepared(|| drop(worker));
        if queued { "ran" } else { "refused" }.to_owned()
    })
}

fn worker_stopped_against_flush() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        let task = worker.task().expect("it has a thread");
        assert!(kthread_queue_work(&worker, item.work()));
        let other: Actor<_> = {
            let worker = worker.clone();
            sleeper(move || worker.flush())
        };
        assert_eq!(kthread_stop(&task), 0);
        let flushed = other.join();
        assert_eq!(flushed.is_ok(), item.runs() == 1);
        let told = warnings();
        assert_eq!(told.is_empty(), flushed.is_ok());
        prepared(|| {
            assert_eq!(kthread_cancel_work_sync(item.work()), item.runs() == 0);
            drop(worker);
        });
        let ran = if item.runs() == 1 { "ran" } else { "not run" };
        item.free();
        format!("{flushed:?}, {ran}")
    })
}

/// A delayed work on the heap.
#[repr(C)]
struct DelayedItem {
    dwork: KthreadDelayedWork,
    runs: UnsafeCell<u32>,
}

#[derive(Clone, Copy)]
pub(super) struct RawDelayed(*mut DelayedItem);

impl RawDelayed {
    pub(super) fn new() -> Self {
        // SAFETY: as in `Raw::new`.
        let dwork = unsafe { KthreadDelayedWork::with_function(run_delayed) };
        Self(Box::into_raw(Box::new(DelayedItem { dwork, runs: UnsafeCell::new(0) })))
    }

    pub(super) fn dwork(&self) -> &KthreadDelayedWork {
        // SAFETY: as in `Raw::get`.
        unsafe { &(*self.0).dwork }
    }

    pub(super) fn runs(&self) -> u32 {
        // SAFETY: loom checks it.
        unsafe { (*self.0).runs.with(|runs| *runs) }
    }

    pub(super) fn free(self) {
        // SAFETY: made by `new`, freed once.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

unsafe extern "C-unwind" fn run_delayed(work: *mut KthreadWork) {
    // SAFETY: the work is the first field of a live item; loom checks it.
    unsafe { (*work.cast::<DelayedItem>()).runs.with_mut(|runs| *runs += 1) };
}

fn worker_delayed_against_cancel() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = RawDelayed::new();
        let timer = Timer::new(|_| ());
        // The timer thread runs.
        prepared(|| mod_timer(&timer, jiffies() + 1000));
        assert!(kthread_queue_delayed_work(&worker, item.dwork(), 1));
        pass_time(jiffies_to_nsecs(1));
        let cancelled = kthread_cancel_delayed_work_sync(item.dwork());
        assert_eq!(u32::from(cancelled) + item.runs(), 1);
        item.free();
        prepared(|| drop(timer));
        destroy(worker);
        if cancelled { "cancelled" } else { "ran" }.to_owned()
    })
}

fn worker_mod_against_mod() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = RawDelayed::new();
        prepared(|| assert!(kthread_queue_delayed_work(&worker, item.dwork(), 1000)));
        let other = {
            let worker = worker.clone();
            sleeper(move || kthread_mod_delayed_work(&worker, item.dwork(), 2000))
        };
        let mine = kthread_mod_delayed_work(&worker, item.dwork(), 3000);
        let others = other.join();
        assert!(item.dwork().timer_pending());
        assert!(kthread_cancel_delayed_work_sync(item.dwork()));
        assert!(!kthread_cancel_delayed_work_sync(item.dwork()));
        assert_eq!(item.runs(), 0);
        item.free();
        destroy(worker);
        format!("{mine} {others}, once")
    })
}

fn worker_mod_against_cancel() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = RawDelayed::new();
        prepared(|| assert!(kthread_queue_delayed_work(&worker, item.dwork(), 1000)));
        let other = {
            let worker = worker.clone();
            sleeper(move || kthread_mod_delayed_work(&worker, item.dwork(), 2000))
        };
        assert!(kthread_cancel_delayed_work_sync(item.dwork()), "it was pending all the time");
        let was_pending = other.join();
        assert_eq!(item.dwork().timer_pending(), !was_pending);
        let rest = kthread_cancel_delayed_work_sync(item.dwork());
        // If it was idle when its time was changed, the change queued it; if it was pending, it was
        // not queued once more.
        assert_eq!(rest, !was_pending);
        assert_eq!(item.runs(), 0);
        item.free();
        destroy(worker);
        format!("was pending: {was_pending}")
    })
}

fn worker_move_against_run() -> String {
    in_kernel(|| {
        let (first, second) = (worker(), worker());
        let item = Raw::new();
        assert!(kthread_queue_work(&first, item.work()));
        let moved = kthread_queue_work(&second, item.work());
        assert_eq!(second.flush(), Ok(()));
        destroy(first);
        destroy(second);
        assert_eq!(item.runs(), 1 + u32::from(moved));
        item.free();
        match (moved, warnings().as_slice()) {
            (false, []) => "pending on the first",
            (false, [WarningKind::WorkMisuse]) => "runs on the first",
            (true, [WarningKind::WorkMisuse]) => "moved",
            _ => "something else",
        }
        .to_owned()
    })
}
