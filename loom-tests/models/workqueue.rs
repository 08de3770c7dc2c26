//! Workqueues (`workqueue/`).
//!
//! A queued work item runs once, or a cancel takes it out, never both. Its function sees what was
//! done before it was queued, and a flusher sees what the function did. It does not run twice at
//! once. Once a cancel or a flush has returned, no thread touches it, and it may be freed; its own
//! function may free it too. A worker that falls asleep in an item is replaced. No queued item is
//! forgotten.

use crate::harness::{Actor, Bound, Model, actor, builder, explored, in_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::loom::sync::{Arc, Condvar, Mutex};
use kthread_rt::__private::model::{pass_time, refuse_threads};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "work_first",
        claim: "the first work item of a pool runs, on a worker that is forked for it",
        bound: Bound::Preemptions(2),
        outcomes: &["ran"],
        run: work_first,
    },
    Model {
        name: "work_flushed",
        claim: "a work item sees what was done before it was queued, and its flusher sees what it did",
        bound: Bound::Preemptions(3),
        outcomes: &["flushed", "had run"],
        run: work_flushed,
    },
    Model {
        name: "work_queued_twice",
        claim: "two tasks that queue a work item both see it run after that, once if one of them found it pending",
        bound: Bound::Preemptions(2),
        outcomes: &["1 run", "2 runs"],
        run: work_queued_twice,
    },
    Model {
        name: "work_queued_anew",
        claim: "a work item that is queued for another cpu while it runs does not run twice at once",
        bound: Bound::Preemptions(3),
        outcomes: &["1 runs", "2 runs"],
        run: work_queued_anew,
    },
    Model {
        name: "work_queued_anew_unbound",
        claim: "a work item that a second worker finds while the first runs it is left to the first",
        bound: Bound::Preemptions(3),
        outcomes: &["1 runs", "2 runs"],
        run: work_queued_anew_unbound,
    },
    Model {
        name: "work_cancelled",
        claim: "a queued work item runs or is cancelled, and may be freed after a cancel that waits",
        bound: Bound::Preemptions(3),
        outcomes: &["cancelled", "ran"],
        run: work_cancelled,
    },
    Model {
        name: "work_that_requeues_itself_cancelled",
        claim: "a work item that queues itself is idle after a cancel that waits, and may be freed",
        bound: Bound::Preemptions(2),
        outcomes: &["pending", "running"],
        run: work_that_requeues_itself_cancelled,
    },
    Model {
        name: "work_cancelled_under_flush",
        claim: "a flush returns when the work item that it waits for is cancelled",
        bound: Bound::Preemptions(2),
        outcomes: &["cancelled false", "cancelled true", "ran false", "ran true"],
        run: work_cancelled_under_flush,
    },
    Model {
        name: "work_frees_itself",
        claim: "a work item's function may free it while the call that queued it has not returned",
        bound: Bound::Preemptions(3),
        outcomes: &["freed"],
        run: work_frees_itself,
    },
    Model {
        name: "work_dropped",
        claim: "the owner of a work item may drop it at any moment; its function has ended then",
        bound: Bound::Preemptions(3),
        outcomes: &["0", "1"],
        run: work_dropped,
    },
    Model {
        name: "work_of_two_queues_dropped",
        claim: "a work item that runs for two queues may be dropped: the last run frees it, and none touches it after that",
        bound: Bound::Preemptions(3),
        outcomes: &["0", "1", "2"],
        run: work_of_two_queues_dropped,
    },
    Model {
        name: "work_sleeps",
        claim: "if a work item waits for another of its cpu, another worker runs that one",
        bound: Bound::Preemptions(1),
        outcomes: &["both"],
        run: work_sleeps,
    },
    Model {
        name: "works_side_by_side",
        claim: "two work items of an unbound queue run at once, also if the runtime does not see that the first waits for the second",
        bound: Bound::Preemptions(2),
        outcomes: &["met"],
        run: works_side_by_side,
    },
    Model {
        name: "work_ordered",
        claim: "work items of an ordered queue run one after another, in their order",
        bound: Bound::Preemptions(2),
        outcomes: &["1, 2"],
        run: work_ordered,
    },
    Model {
        name: "workqueue_flushed",
        claim: "a flush of a queue waits for what was queued before it, and may overlap with another",
        bound: Bound::Preemptions(2),
        outcomes: &["flushed"],
        run: workqueue_flushed,
    },
    Model {
        name: "workqueue_two_epochs",
        claim: "two flushes of a queue, one after the other, each wait for what was queued before, and the second not only for the first's",
        bound: Bound::Preemptions(1),
        outcomes: &["both"],
        run: workqueue_two_epochs,
    },
    Model {
        name: "workqueue_destroyed",
        claim: "a work item that is queued while its queue is destroyed runs or is refused, and the queue may be freed",
        bound: Bound::Preemptions(2),
        outcomes: &["ran", "refused"],
        run: workqueue_destroyed,
    },
    Model {
        name: "workqueue_rescued",
        claim: "a queue with a rescuer makes progress when the system refuses a worker",
        bound: Bound::Preemptions(1),
        outcomes: &["rescued"],
        run: workqueue_rescued,
    },
    Model {
        name: "workqueue_manned",
        claim: "two tasks that queue the first work items of a pool at once both find it with a worker",
        bound: Bound::Preemptions(1),
        outcomes: &["2 of 4"],
        run: workqueue_manned,
    },
    Model {
        name: "workqueue_not_manned",
        claim: "a task whose first worker is refused gets an error; one that queues at the same time tries again, or gets an error too",
        bound: Bound::Preemptions(1),
        outcomes: &["1 of 3", "2 of 4"],
        run: workqueue_not_manned,
    },
    Model {
        name: "workqueue_shut_down_at_first",
        claim: "the first worker of a pool that is forked while the Kernel shuts down runs its item and is joined, or is refused",
        bound: Bound::Preemptions(1),
        outcomes: &["refused", "taken"],
        run: workqueue_shut_down_at_first,
    },
    Model {
        name: "workqueue_frozen",
        claim: "a freeze waits for a running work item; what is queued later runs after the thaw",
        bound: Bound::Preemptions(2),
        outcomes: &["after the thaw", "before the freeze"],
        run: workqueue_frozen,
    },
    Model {
        name: "workqueue_shut_down",
        claim: "a work item that is queued while the Kernel shuts down runs or is refused, and no worker is lost",
        bound: Bound::Preemptions(1),
        outcomes: &["refused", "taken"],
        run: workqueue_shut_down,
    },
    Model {
        name: "delayed_work_cancelled",
        claim: "a delayed work that its timer queues runs or is cancelled, and may be freed after a cancel that waits",
        bound: Bound::Preemptions(2),
        outcomes: &["cancelled", "ran"],
        run: delayed_work_cancelled,
    },
    Model {
        name: "delayed_work_freed_after_cancel",
        claim: "a task that cancels a delayed work and finds it pending may free it, though its timer was expiring",
        bound: Bound::Preemptions(2),
        outcomes: &["pending", "too late"],
        run: delayed_work_freed_after_cancel,
    },
    Model {
        name: "delayed_work_modified_twice",
        claim: "of two tasks that modify a delayed work, one finds it pending or run, and it runs as the last one asked",
        bound: Bound::Preemptions(2),
        outcomes: &["false true", "true false"],
        run: delayed_work_modified_twice,
    },
    Model {
        name: "delayed_work_that_modifies_itself_cancelled",
        claim: "a delayed work that changes its own time is idle after a cancel that waits, and may be freed",
        bound: Bound::Preemptions(1),
        outcomes: &["pending", "running"],
        run: delayed_work_that_modifies_itself_cancelled,
    },
    Model {
        name: "delayed_work_modified_under_cancel",
        claim: "a task that modifies a delayed work while another cancels it queues it or finds it pending; no item is queued unnoticed",
        bound: Bound::Preemptions(2),
        outcomes: &["was pending: false", "was pending: true"],
        run: delayed_work_modified_under_cancel,
    },
];

/// Makes an idle worker; its creation is not explored.
fn with_worker() {
    prepared(|| {
        let work = Work::new(|_| ());
        schedule_work(&work);
        flush_work(&work);
    });
}

/// A count that loom checks.
struct Count(UnsafeCell<u32>);

// SAFETY: loom checks its accesses, and all threads of a model run on one OS thread.
unsafe impl Send for Count {}
// SAFETY: as above.
unsafe impl Sync for Count {}

impl Count {
    fn new() -> Arc<Self> {
        Arc::new(Self(UnsafeCell::new(0)))
    }

    fn add(&self) {
        // SAFETY: loom checks it.
        self.0.with_mut(|count| unsafe { *count += 1 });
    }

    fn get(&self) -> u32 {
        // SAFETY: loom checks it.
        self.0.with(|count| unsafe { *count })
    }
}

fn counting(count: &Arc<Count>) -> Work {
    let count = count.clone();
    Work::new(move |_| count.add())
}

fn completing(done: &Arc<Completion>) -> Work {
    let done = done.clone();
    Work::new(move |_| complete(&done))
}

fn work_first() -> String {
    in_kernel(|| {
        let done = Arc::new(Completion::new());
        let work = completing(&done);
        assert!(schedule_work(&work));
        wait_for_completion(&done);
        prepared(|| drop(work));
        "ran".to_owned()
    })
}

fn work_flushed() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        count.add();
        let work = counting(&count);
        assert!(schedule_work(&work));
        let flushed = flush_work(&work);
        assert_eq!(count.get(), 2);
        prepared(|| drop(work));
        if flushed { "flushed" } else { "had run" }.to_owned()
    })
}

/// The two tasks that queue it write something first, which the item has to see. Relaxed: only the
/// queueing orders it.
fn work_queued_twice() -> String {
    in_kernel(|| {
        with_worker();
        let [mine, others, seen] = [(); 3].map(|()| Arc::new(AtomicU32::new(0)));
        let runs = Count::new();
        let work = Arc::new(Work::new({
            let (mine, others, seen, runs) = (mine.clone(), others.clone(), seen.clone(), runs.clone());
            move |_| {
                runs.add();
                seen.store(mine.load(Relaxed) + others.load(Relaxed), Relaxed);
            }
        }));
        let other = actor({
            let (others, work) = (others.clone(), work.clone());
            let wq = system_wq();
            let kernel = Kernel::current();
            move || {
                let inside = kernel.enter();
                others.store(1, Relaxed);
                let queued = queue_work(&wq, &work);
                drop(inside);
                queued
            }
        });
        mine.store(1, Relaxed);
        let queued = schedule_work(&work);
        let also = other.join();
        flush_work(&work);
        assert_eq!(seen.load(Relaxed), 2, "the last run saw what both did");
        let runs = runs.get();
        assert_eq!(runs, u32::from(queued) + u32::from(also));
        prepared(|| drop(work));
        format!("{runs} run{}", if runs == 1 { "" } else { "s" })
    })
}

fn work_queued_anew() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        // A plain work item, since the runs of a `Work` exclude each other.
        let counted = Box::new(Counted::new(&count));
        assert!(schedule_work_on(0, &counted.work));
        let runs = 1 + u32::from(schedule_work_on(1, &counted.work));
        flush_work(&counted.work);
        assert_eq!(count.get(), runs);
        drop(counted);
        format!("{runs} runs")
    })
}

fn work_queued_anew_unbound() -> String {
    in_kernel(|| {
        let wq = prepared(|| {
            let wq = system_unbound_wq();
            let work = Work::new(|_| ());
            queue_work(&wq, &work);
            flush_work(&work);
            wq
        });
        let count = Count::new();
        // A plain work item, since the runs of a `Work` exclude each other.
        let counted = Box::new(Counted::new(&count));
        assert!(queue_work(&wq, &counted.work));
        let runs = 1 + u32::from(queue_work(&wq, &counted.work));
        flush_work(&counted.work);
        assert_eq!(count.get(), runs);
        drop(counted);
        prepared(|| drop(wq));
        format!("{runs} runs")
    })
}

/// A plain work item that counts.
#[repr(C)]
struct Counted {
    work: WorkStruct,
    count: Arc<Count>,
}

impl Counted {
    fn new(count: &Arc<Count>) -> Self {
        // SAFETY: it is put in a box, and freed when it does not run any more; loom checks that.
        let work = unsafe { WorkStruct::with_function(count_it) };
        Self { work, count: count.clone() }
    }
}

unsafe extern "C-unwind" fn count_it(work: *mut WorkStruct) {
    // SAFETY: the work is the first field of a live `Counted`.
    let counted = unsafe { &*work.cast::<Counted>() };
    counted.count.add();
}

fn work_cancelled() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let work = counting(&count);
        assert!(schedule_work(&work));
        let cancelled = cancel_work_sync(&work);
        let runs = count.get();
        assert_eq!(runs + u32::from(cancelled), 1);
        // The function has ended, so this waits for nothing; loom checks that no other thread
        // touches the item.
        drop(work);
        // The queue's counts are right.
        prepared(|| flush_workqueue(&system_wq()));
        if cancelled { "cancelled" } else { "ran" }.to_owned()
    })
}

fn work_that_requeues_itself_cancelled() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let began = Arc::new(Completion::new());
        let work = Work::new({
            let (count, began) = (count.clone(), began.clone());
            move |work| {
                count.add();
                complete(&began);
                if count.get() == 1 {
                    schedule_work(work);
                }
            }
        });
        assert!(schedule_work(&work));
        wait_for_completion(&began);
        let pending = cancel_work_sync(&work);
        assert_eq!(work_busy(&work), 0);
        let runs = count.get();
        assert!(runs == 1 || runs == 2 && !pending);
        drop(work);
        if pending { "pending" } else { "running" }.to_owned()
    })
}

fn work_cancelled_under_flush() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let work = Arc::new(counting(&count));
        assert!(schedule_work(&work));
        let other = sleeper({
            let work = work.clone();
            move || flush_work(&work)
        });
        let cancelled = cancel_work(&work);
        let flushed = other.join();
        prepared(|| drop(work));
        assert_eq!(count.get() + u32::from(cancelled), 1);
        format!("{} {flushed}", if cancelled { "cancelled" } else { "ran" })
    })
}

fn work_frees_itself() -> String {
    in_kernel(|| {
        with_worker();
        let done = Arc::new(Completion::new());
        let ends = done.clone();
        system_wq().spawn(move || complete(&ends)).expect("it is not being drained");
        wait_for_completion(&done);
        prepared(|| flush_workqueue(&system_wq()));
        "freed".to_owned()
    })
}

fn work_dropped() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let work = counting(&count);
        assert!(schedule_work(&work));
        drop(work);
        let runs = count.get();
        runs.to_string()
    })
}

fn work_of_two_queues_dropped() -> String {
    in_kernel(|| {
        with_worker();
        let unbound = prepared(|| {
            let wq = system_unbound_wq();
            let work = Work::new(|_| ());
            queue_work(&wq, &work);
            flush_work(&work);
            wq
        });
        let count = Count::new();
        let work = counting(&count);
        assert!(schedule_work(&work));
        queue_work(&unbound, &work);
        drop(work);
        // A run that had begun for the queue that was not the last may have got its turn after
        // that.
        prepared(|| {
            flush_workqueue(&system_wq());
            flush_workqueue(&unbound);
        });
        count.get().to_string()
    })
}

fn work_sleeps() -> String {
    in_kernel(|| {
        with_worker();
        let done = Arc::new(Completion::new());
        let waits = Work::new({
            let done = done.clone();
            move |_| wait_for_completion(&done)
        });
        let wakes = completing(&done);
        assert!(schedule_work(&waits) && schedule_work(&wakes));
        flush_work(&waits);
        prepared(|| drop((waits, wakes)));
        "both".to_owned()
    })
}

/// No time passes, so the watchdog does not check the pool: the first worker has to request the
/// second.
fn works_side_by_side() -> String {
    in_kernel(|| {
        let wq = prepared(|| {
            let wq = system_unbound_wq();
            let work = Work::new(|_| ());
            queue_work(&wq, &work);
            flush_work(&work);
            wq
        });
        let meeting = Arc::new((Mutex::new(0), Condvar::new()));
        let works = [(); 2].map(|()| {
            let meeting = meeting.clone();
            Work::new(move |_| {
                let (met, both) = &*meeting;
                let mut met = met.lock().expect("no thread panics");
                *met += 1;
                both.notify_one();
                while *met != 2 {
                    met = both.wait(met).expect("no thread panics");
                }
            })
        });
        assert!(queue_work(&wq, &works[0]) && queue_work(&wq, &works[1]));
        flush_work(&works[0]);
        flush_work(&works[1]);
        prepared(|| drop((works, wq)));
        "met".to_owned()
    })
}

fn work_ordered() -> String {
    in_kernel(|| {
        let wq = prepared(|| {
            let wq = alloc_ordered_workqueue!("ordered", 0).expect("nothing refuses it");
            let work = Work::new(|_| ());
            queue_work(&wq, &work);
            flush_work(&work);
            wq
        });
        let order = Arc::new(UnsafeCell::new(Vec::new()));
        let numbered = |n: u32| {
            let order = Order(order.clone());
            Work::new(move |_| order.push(n))
        };
        let (one, two) = (numbered(1), numbered(2));
        assert!(queue_work(&wq, &one) && queue_work(&wq, &two));
        flush_work(&two);
        // SAFETY: loom checks it.
        let text = order.with(|order| unsafe { format!("{:?}", *order) });
        prepared(|| drop((one, two, wq)));
        text.trim_matches(['[', ']']).to_owned()
    })
}

struct Order(Arc<UnsafeCell<Vec<u32>>>);

// SAFETY: loom checks its accesses, and all threads of a model are one.
unsafe impl Send for Order {}

impl Order {
    fn push(&self, number: u32) {
        // SAFETY: loom checks it.
        self.0.with_mut(|order| unsafe { (*order).push(number) });
    }
}

fn workqueue_flushed() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let work = counting(&count);
        let wq = system_wq();
        assert!(queue_work(&wq, &work));
        let other = sleeper({
            let wq = wq.clone();
            move || flush_workqueue(&wq)
        });
        flush_workqueue(&wq);
        assert_eq!(count.get(), 1);
        other.join();
        prepared(|| drop((work, wq)));
        "flushed".to_owned()
    })
}

fn workqueue_two_epochs() -> String {
    in_kernel(|| {
        let wq = prepared(|| {
            let wq = alloc_ordered_workqueue!("ordered", 0).expect("nothing refuses it");
            let work = Work::new(|_| ());
            queue_work(&wq, &work);
            flush_work(&work);
            wq
        });
        let queue_and_flush = |wq: &Workqueue| {
            let count = Count::new();
            let work = counting(&count);
            assert!(queue_work(wq, &work));
            flush_workqueue(wq);
            assert_eq!(count.get(), 1, "it has run when the flush returns");
            work
        };
        let other = sleeper({
            let wq = wq.clone();
            move || prepared_drop(queue_and_flush(&wq))
        });
        let work = queue_and_flush(&wq);
        other.join();
        prepared(|| {
            flush_workqueue(&wq);
            drop((work, wq));
        });
        "both".to_owned()
    })
}

fn prepared_drop(work: Work) {
    prepared(|| drop(work));
}

fn workqueue_destroyed() -> String {
    in_kernel(|| {
        let wq = prepared(|| {
            let wq = alloc_workqueue!("destroyed", WQ_UNBOUND, 0).expect("nothing refuses it");
            let work = Work::new(|_| ());
            queue_work(&wq, &work);
            flush_work(&work);
            wq
        });
        let count = Count::new();
        let work = Arc::new(counting(&count));
        let other: Actor<bool> = sleeper({
            let (wq, work) = (wq.clone(), work.clone());
            move || queue_work(&wq, &work)
        });
        destroy_workqueue(&wq);
        let queued = other.join();
        // An item that was queued before the end has run when the queue is destroyed, which is
        // before this; otherwise it was refused.
        let told = warnings();
        assert_eq!(told, if queued { vec![] } else { vec![WarningKind::ShutDown] });
        drop(wq);
        assert_eq!(count.get(), u32::from(queued));
        prepared(|| drop(work));
        if queued { "ran" } else { "refused" }.to_owned()
    })
}

fn workqueue_rescued() -> String {
    in_kernel(|| {
        let done = Arc::new(Completion::new());
        // The pool's worker waits for what the rescuer will do.
        let waits = Work::new({
            let done = done.clone();
            move |_| wait_for_completion(&done)
        });
        let wq = prepared(|| {
            let wq = alloc_workqueue!("rescued", WQ_UNBOUND | WQ_MEM_RECLAIM, 0).expect("it is made");
            assert!(queue_work(&system_unbound_wq(), &waits));
            wq
        });
        let work = completing(&done);
        refuse_threads(0, 1);
        assert!(queue_work(&wq, &work));
        flush_work(&waits);
        prepared(|| drop((work, waits, wq)));
        let told = warnings();
        assert!(told.iter().all(|kind| *kind == WarningKind::OsRefused));
        if told.is_empty() { "by the next worker" } else { "rescued" }.to_owned()
    })
}

/// Two tasks queue the first work items of a pool, whose first worker is refused `refused` times. A
/// refused item is queued again.
fn first_works(refused: u32) -> (u32, u32) {
    let count = Count::new();
    let works = [(); 2].map(|()| Arc::new(counting(&count)));
    // The queue, and the timers' thread; the Kernel's own queues get a worker with the first work
    // item.
    prepared(|| drop(system_wq()));
    refuse_threads(0, refused);
    let other: Actor<bool> = sleeper({
        let work = works[0].clone();
        move || schedule_work(&work)
    });
    let mine = schedule_work(&works[1]);
    let queued = [other.join(), mine];
    // An item that was taken is not forgotten, whatever happened to the other; one that was not is
    // idle.
    for work in &works {
        flush_work(work);
    }
    let ran = count.get();
    assert_eq!(ran, queued.iter().map(|queued| u32::from(*queued)).sum::<u32>());
    for work in &works {
        assert!(schedule_work(work));
    }
    flush_workqueue(&system_wq());
    assert_eq!(count.get(), ran + 2);
    prepared(|| drop(works));
    (ran, count.get())
}

fn workqueue_manned() -> String {
    in_kernel(|| {
        let (first, all) = first_works(0);
        assert_eq!(warnings(), []);
        format!("{first} of {all}")
    })
}

fn workqueue_not_manned() -> String {
    in_kernel(|| {
        let (first, all) = first_works(1);
        // A refused task may find that the other has got a worker meanwhile.
        assert_eq!(warnings(), if first == 2 { vec![] } else { vec![WarningKind::OsRefused] });
        format!("{first} of {all}")
    })
}

/// A worker that a task forks itself ends with its Kernel and is joined, also if it is forked at
/// that moment.
fn workqueue_shut_down_at_first() -> String {
    let kernel = builder().boot().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let count = Count::new();
    let work = Arc::new(counting(&count));
    let (report, queued) = explored(|| {
        let other: Actor<bool> = sleeper({
            let work = work.clone();
            move || schedule_work(&work)
        });
        let report = kernel.shutdown();
        (report, other.join())
    });
    assert!(warnings().iter().all(|kind| *kind == WarningKind::ShutDown));
    assert_eq!(report.forked, report.joined + report.alive.len() as u64);
    // Again: it is idle, and is refused for good.
    cancel_work_sync(&work);
    assert!(!schedule_work(&work));
    warnings();
    assert_eq!(count.get(), u32::from(queued));
    drop(work);
    drop(inside);
    if queued { "taken" } else { "refused" }.to_owned()
}

fn workqueue_frozen() -> String {
    in_kernel(|| {
        let (wq, kernel) = prepared(|| {
            let wq = alloc_workqueue!("frozen", WQ_UNBOUND | WQ_FREEZABLE, 0).expect("it is made");
            let work = Work::new(|_| ());
            queue_work(&wq, &work);
            flush_work(&work);
            (wq, Kernel::current())
        });
        let count = Count::new();
        let work = Arc::new(counting(&count));
        let other = sleeper({
            let (wq, work) = (wq.clone(), work.clone());
            move || queue_work(&wq, &work)
        });
        kernel.freeze_kernel_threads().expect("it freezes");
        let early = work_busy(&work) == 0 && !work_pending(&work);
        assert!(other.join());
        let ran = !work_pending(&work);
        if ran {
            assert!(early);
        }
        kernel.thaw_kernel_threads();
        flush_work(&work);
        assert_eq!(count.get(), 1);
        prepared(|| drop((work, wq)));
        if ran { "before the freeze" } else { "after the thaw" }.to_owned()
    })
}

fn workqueue_shut_down() -> String {
    let kernel = builder().boot().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let count = Count::new();
    let work = Arc::new(counting(&count));
    let (report, queued) = explored(|| {
        with_worker();
        let other: Actor<bool> = sleeper({
            let work = work.clone();
            move || schedule_work(&work)
        });
        let report = kernel.shutdown();
        (report, other.join())
    });
    let told = warnings();
    assert!(told.iter().all(|kind| *kind == WarningKind::ShutDown));
    assert_eq!(report.forked, report.joined + report.alive.len() as u64);
    cancel_work_sync(&work);
    drop(work);
    drop(inside);
    if queued { "taken" } else { "refused" }.to_owned()
}

/// A delayed work that is due at the next jiffy, and a worker and a timer thread for it.
fn delayed(count: &Arc<Count>) -> DelayedWork {
    let count = count.clone();
    DelayedWork::new(move |_| count.add())
}

fn delayed_work_cancelled() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let work = delayed(&count);
        prepared(|| assert!(schedule_delayed_work(&work, 1)));
        pass_time(jiffies_to_nsecs(1));
        let cancelled = cancel_delayed_work_sync(&work);
        assert_eq!(count.get() + u32::from(cancelled), 1);
        drop(work);
        if cancelled { "cancelled" } else { "ran" }.to_owned()
    })
}

/// The plain delayed work, on the heap.
#[repr(C)]
struct Raw {
    work: DelayedWorkStruct,
    done: Arc<Completion>,
}

unsafe extern "C-unwind" fn complete_it(work: *mut WorkStruct) {
    // SAFETY: the work is the first field of a delayed work, and that of a `Raw`, which exists as
    // long as it is pending.
    let raw = unsafe { &*work.cast::<Raw>() };
    let done = raw.done.clone();
    complete(&done);
}

fn delayed_work_freed_after_cancel() -> String {
    in_kernel(|| {
        with_worker();
        let done = Arc::new(Completion::new());
        let raw = prepared(|| {
            // SAFETY: it stays on the heap as long as it is pending or may begin to run.
            let work = unsafe { DelayedWorkStruct::with_function(complete_it) };
            let raw = Box::into_raw(Box::new(Raw { work, done: done.clone() }));
            // SAFETY: made above.
            assert!(schedule_delayed_work(unsafe { &(*raw).work }, 1));
            raw
        });
        pass_time(jiffies_to_nsecs(1));
        // SAFETY: freed below only.
        let pending = cancel_delayed_work(unsafe { &(*raw).work });
        if !pending {
            // It runs, or has run.
            wait_for_completion(&done);
            prepared(|| flush_workqueue(&system_wq()));
        }
        // SAFETY: it was pending, so no thread touches it any more; or its function does not after
        // `complete`.
        drop(unsafe { Box::from_raw(raw) });
        if pending { "pending" } else { "too late" }.to_owned()
    })
}

fn delayed_work_modified_twice() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let work = Arc::new(delayed(&count));
        let wq = system_wq();
        let other = sleeper({
            let (wq, work) = (wq.clone(), work.clone());
            move || mod_delayed_work(&wq, &work, 1000)
        });
        let mine = mod_delayed_work(&wq, &work, 1000);
        let others = other.join();
        assert!(prepared(|| cancel_delayed_work_sync(&work)));
        assert_eq!(count.get(), 0);
        prepared(|| drop((work, wq)));
        format!("{mine} {others}")
    })
}

fn delayed_work_that_modifies_itself_cancelled() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let began = Arc::new(Completion::new());
        let work = DelayedWork::new({
            let (count, began) = (count.clone(), began.clone());
            move |work| {
                count.add();
                complete(&began);
                mod_delayed_work(&system_wq(), work, 1000);
            }
        });
        assert!(schedule_delayed_work(&work, 0));
        wait_for_completion(&began);
        let pending = cancel_delayed_work_sync(&work);
        assert!(
            !prepared(|| cancel_delayed_work(&work)),
            "it has queued itself while it was being cancelled"
        );
        assert_eq!(count.get(), 1);
        drop(work);
        if pending { "pending" } else { "running" }.to_owned()
    })
}

fn delayed_work_modified_under_cancel() -> String {
    in_kernel(|| {
        with_worker();
        let count = Count::new();
        let work = Arc::new(delayed(&count));
        let wq = system_wq();
        prepared(|| assert!(queue_delayed_work(&wq, &work, 1000)));
        let other = sleeper({
            let (wq, work) = (wq.clone(), work.clone());
            move || mod_delayed_work(&wq, &work, 2000)
        });
        assert!(cancel_delayed_work_sync(&work), "it was pending all the time");
        let was_pending = other.join();
        // If it was idle when its time was changed, the change queued it; if it was pending, it was
        // not queued once more.
        assert_eq!(prepared(|| cancel_delayed_work_sync(&work)), !was_pending);
        // No task cancels it any more, so it can be queued again.
        assert!(prepared(|| !mod_delayed_work(&wq, &work, 1000) && cancel_delayed_work_sync(&work)));
        assert_eq!(count.get(), 0);
        prepared(|| drop((work, wq)));
        format!("was pending: {was_pending}")
    })
}
