//! The threads of workers (`kthread/worker/serve.rs`), and calls that would wait for ever
//! (`flush.rs`).
//!
//! One thread at a time serves a worker. What a thread leaves behind the next one runs; without a
//! next one, a flush says so. An item that panics, leaves a signal pending, waits for itself or
//! drops the worker does no harm to others. A thread freezes only if the worker is freezable.

use super::worker::{Raw, destroy, worker};
use crate::harness::{Bound, Model, in_kernel, never, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::panic::resume_unwind;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "worker_served_by_the_next",
        claim: "what is queued while a worker's thread ends runs once, on this thread or the next; a flush waits for the next",
        bound: Bound::Preemptions(1),
        outcomes: &["first", "second"],
        run: worker_served_by_the_next,
    },
    Model {
        name: "worker_served_twice",
        claim: "of two threads that serve a worker at once, one runs its items and the other gets EBUSY",
        bound: Bound::Preemptions(1),
        outcomes: &["-16 0", "0 -16"],
        run: worker_served_twice,
    },
    Model {
        name: "worker_panic_against_flush",
        claim: "an item that panics has run: its flush returns, and the next item runs",
        bound: Bound::Preemptions(1),
        outcomes: &["ran"],
        run: worker_panic_against_flush,
    },
    Model {
        name: "worker_waits_for_itself",
        claim: "on the worker's own thread, a flush and a destroy are refused, and a cancel does not wait",
        bound: Bound::Preemptions(1),
        outcomes: &["refused"],
        run: worker_waits_for_itself,
    },
    Model {
        name: "worker_with_a_signal",
        claim: "a signal that an item has left pending keeps the thread from no sleep, and from no work",
        bound: Bound::Preemptions(1),
        outcomes: &["ran"],
        run: worker_with_a_signal,
    },
    Model {
        name: "worker_dropped_by_its_item",
        claim: "a worker that an item drops runs what is queued, and its thread ends by itself",
        bound: Bound::Preemptions(1),
        outcomes: &["ended"],
        run: worker_dropped_by_its_item,
    },
    Model {
        name: "worker_frozen_against_queue",
        claim: "a freezable worker that is frozen runs what is queued after the thaw, if not before",
        bound: Bound::Preemptions(1),
        outcomes: &["after", "before"],
        run: worker_frozen_against_queue,
    },
    Model {
        name: "worker_not_freezable",
        claim: "a worker that is not freezable runs what is queued while the kthreads are frozen",
        bound: Bound::Preemptions(1),
        outcomes: &["ran"],
        run: worker_not_freezable,
    },
    Model {
        name: "worker_stopped_before_it_begins",
        claim: "a worker whose thread is stopped as it begins runs an item or leaves it, and a flush and a destroy say so",
        bound: Bound::Preemptions(2),
        outcomes: &["left", "ran"],
        run: worker_stopped_before_it_begins,
    },
];

/// A worker in the model's memory.
#[derive(Clone, Copy)]
struct Own(*const KthreadWorker);

impl Own {
    fn new() -> Self {
        // SAFETY: it stays on the heap until `free`.
        Self(Box::into_raw(Box::new(unsafe { KthreadWorker::new() })))
    }

    fn get(&self) -> &KthreadWorker {
        // SAFETY: it is freed at the end of the model.
        unsafe { &*self.0 }
    }

    /// A new thread for it, which was never woken.
    fn server(self) -> Task {
        let data = self.0.cast_mut().cast();
        // SAFETY: the model frees the worker after the thread's end.
        let task = unsafe { kthread_create_raw(kthread_worker_fn, data, NUMA_NO_NODE, "server") };
        task.expect("nothing refuses it")
    }

    fn free(self) {
        // SAFETY: made by `new`, freed once.
        drop(unsafe { Box::from_raw(self.0.cast_mut()) });
    }
}

fn worker_served_by_the_next() -> String {
    in_kernel(|| {
        let (worker, item) = (Own::new(), Raw::new());
        let (first, second) = prepared(|| {
            let first = worker.server();
            wake_up_process(&first);
            assert_eq!(worker.get().flush(), Ok(()));
            (first, worker.server())
        });
        let other = sleeper({
            let second = second.clone();
            move || {
                assert_eq!(kthread_stop(&first), 0);
                assert_eq!(worker.get().task(), None);
                let ran = item.ended();
                wake_up_process(&second);
                ran
            }
        });
        assert!(kthread_queue_work(worker.get(), item.work()));
        // If the first thread ends and leaves the item, this flush fails and says so.
        let flushed = worker.get().flush();
        assert_eq!(warnings().is_empty(), flushed.is_ok());
        let by_first = other.join() == 1;
        assert_eq!(worker.get().flush(), Ok(()), "the second thread serves");
        assert_eq!(item.runs(), 1);
        assert!(flushed.is_ok() || !by_first);
        assert_eq!(prepared(|| kthread_stop(&second)), 0);
        item.free();
        worker.free();
        if by_first { "first" } else { "second" }.to_owned()
    })
}

fn worker_served_twice() -> String {
    in_kernel(|| {
        let (worker, item) = (Own::new(), Raw::new());
        let threads = prepared(|| [(); 2].map(|()| worker.server()));
        threads.iter().for_each(|task| _ = wake_up_process(task));
        assert!(kthread_queue_work(worker.get(), item.work()));
        assert_eq!(worker.get().flush(), Ok(()));
        assert_eq!(item.runs(), 1);
        // Neither is stopped before it has begun: one serves, the other ends by itself.
        let server = worker.get().task().expect("one of them serves");
        let other = threads.iter().find(|&task| *task != server).expect("the other");
        prepared(|| {
            while other.exit_state() != EXIT_DEAD {
                loom::thread::yield_now()
            }
        });
        assert_eq!(worker.get().task(), Some(server));
        let results = threads.map(|task| kthread_stop(&task));
        assert_eq!(warnings(), [WarningKind::WorkMisuse]);
        item.free();
        worker.free();
        format!("{} {}", results[0], results[1])
    })
}

/// An item that panics.
unsafe extern "C-unwind" fn oops(_: *mut KthreadWork) {
    resume_unwind(Box::new("an oops"));
}

/// A work item on the heap without data.
fn plain(function: KthreadWorkFn) -> Arc<KthreadWork> {
    // SAFETY: the models keep it until it has run.
    Arc::new(unsafe { KthreadWork::with_function(function) })
}

fn worker_panic_against_flush() -> String {
    in_kernel(|| {
        let worker = worker();
        let (bad, item) = (plain(oops), Raw::new());
        assert!(kthread_queue_work(&worker, &bad));
        assert!(kthread_queue_work(&worker, item.work()));
        assert_eq!(bad.flush(), Ok(()));
        assert_eq!(worker.flush(), Ok(()));
        assert_eq!(item.runs(), 1);
        assert_eq!(warnings(), [WarningKind::Oops]);
        item.free();
        destroy(worker);
        "ran".to_owned()
    })
}

fn worker_waits_for_itself() -> String {
    in_kernel(|| {
        let (worker, runs) = (worker(), Arc::new(AtomicU32::new(0)));
        let other = {
            let runs = runs.clone();
            Arc::new(Job::new(move |_| _ = runs.fetch_add(1, Relaxed)))
        };
        let job = Job::new({
            let (worker, other) = (worker.clone(), other.clone());
            move |work| {
                assert!(kthread_queue_work(&worker, &other));
                assert_eq!(worker.flush(), Err(Errno::EDEADLK));
                assert_eq!(other.flush(), Err(Errno::EDEADLK));
                assert_eq!(work.flush(), Err(Errno::EDEADLK));
                assert!(!work.cancel_sync(), "it runs, and is not queued");
                assert!(kthread_queue_work(&worker, work), "a cancel is left");
                assert!(work.cancel_sync());
                assert_eq!(worker.destroy(), Err(Errno::EDEADLK));
            }
        });
        assert!(kthread_queue_work(&worker, &job));
        assert_eq!(job.flush(), Ok(()));
        assert_eq!(worker.flush(), Ok(()));
        assert_eq!(runs.load(Relaxed), 1);
        assert_eq!(warnings(), [WarningKind::Deadlock; 6]);
        prepared(|| {
            assert!(kthread_queue_work(&worker, &other));
            assert_eq!(other.flush(), Ok(()));
            assert_eq!(runs.load(Relaxed), 2);
            drop((job, other));
        });
        destroy(worker);
        "refused".to_owned()
    })
}

fn worker_with_a_signal() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        let task = worker.task().expect("it has a thread");
        prepared(|| {
            assert!(wait_task_inactive(&task, TASK_RUNNING));
            assert_eq!(task.state(), TASK_INTERRUPTIBLE);
            let signalled = worker.queue_once(|| {
                allow_signal(SIGUSR1).expect("it is a signal");
                send_sig(SIGUSR1, &current(), 1).expect("it is alive");
            });
            assert_eq!(signalled, Ok(()));
            assert_eq!(worker.flush(), Ok(()));
        });
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        assert_eq!(task.state(), TASK_IDLE);
        assert!(kthread_queue_work(&worker, item.work()));
        assert_eq!(item.work().flush(), Ok(()));
        assert_eq!(item.runs(), 1);
        item.free();
        destroy(worker);
        "ran".to_owned()
    })
}

fn worker_dropped_by_its_item() -> String {
    in_kernel(|| {
        let worker = worker();
        let task = worker.task().expect("it has a thread");
        let (go, done) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        prepared(|| {
            let dropper = {
                let (go, worker) = (go.clone(), worker.clone());
                move || {
                    wait_for_completion(&go);
                    drop(worker);
                }
            };
            assert_eq!(worker.queue_once(dropper), Ok(()));
            let last = done.clone();
            assert_eq!(worker.queue_once(move || complete(&last)), Ok(()));
            drop(worker);
        });
        complete(&go);
        wait_for_completion(&done);
        prepared(|| {
            while task.exit_state() != EXIT_DEAD {
                loom::thread::yield_now()
            }
        });
        assert_eq!(kthread_stop(&task), 0);
        "ended".to_owned()
    })
}

fn worker_frozen_against_queue() -> String {
    in_kernel(|| {
        let worker = prepared(|| {
            let worker = kthread_create_worker!(KTW_FREEZABLE, "worker").expect("nothing refuses it");
            kthread_flush_worker(&worker);
            Arc::new(worker)
        });
        let task = worker.task().expect("it has a thread");
        let item = Raw::new();
        let (is_frozen, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let freezer = {
            let (is_frozen, go) = (is_frozen.clone(), go.clone());
            sleeper(move || {
                let kernel = Kernel::current();
                kernel.freeze_kernel_threads().expect("it freezes when its item has run");
                complete(&is_frozen);
                wait_for_completion(&go);
                kernel.thaw_kernel_threads();
            })
        };
        assert!(kthread_queue_work(&worker, item.work()));
        wait_for_completion(&is_frozen);
        assert!(frozen(&task), "a freezable worker is not frozen");
        let before = item.ended();
        complete(&go);
        assert_eq!(item.work().flush(), Ok(()));
        assert_eq!(item.runs(), 1);
        freezer.join();
        item.runs_again(&worker);
        item.free();
        destroy(worker);
        if before == 1 { "before" } else { "after" }.to_owned()
    })
}

fn worker_not_freezable() -> String {
    in_kernel(|| {
        let worker = worker();
        let item = Raw::new();
        let kernel = Kernel::current();
        kernel.freeze_kernel_threads().expect("there are none to freeze");
        assert!(kthread_queue_work(&worker, item.work()));
        assert_eq!(item.work().flush(), Ok(()));
        kernel.thaw_kernel_threads();
        assert_eq!(item.runs(), 1);
        item.free();
        destroy(worker);
        "ran".to_owned()
    })
}

fn worker_stopped_before_it_begins() -> String {
    in_kernel(|| {
        let (item, worker) = (Raw::new(), prepared(|| kthread_create_worker!(0, "worker")));
        let worker = worker.expect("nothing refuses it");
        let task = worker.task();
        assert!(kthread_queue_work(&worker, item.work()));
        if let Some(task) = task {
            assert!([0, -4].contains(&kthread_stop(&task)));
        }
        let ran = item.runs() == 1;
        assert_eq!(worker.task(), None);
        assert_eq!(worker.flush(), if ran { Ok(()) } else { Err(Errno::ESRCH) });
        assert_eq!(worker.destroy(), Err(Errno::ESRCH));
        // Those of the destroy; that of the flush; that of what is discarded.
        assert_eq!(warnings().len(), if ran { 1 } else { 3 });
        assert!(!kthread_cancel_work_sync(item.work()), "a destroyed worker has nothing queued");
        assert_eq!(worker.queue_once(|| _ = never(())), Err(Errno::ESRCH));
        prepared(|| drop(worker));
        item.free();
        if ran { "ran" } else { "left" }.to_owned()
    })
}
