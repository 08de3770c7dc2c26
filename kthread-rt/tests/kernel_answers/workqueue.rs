//! The group workqueue, and the lines about workqueues of the group freezer.

use crate::handshake::{asleep, run};
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

/// A work item that reports when it runs, and waits until it is released, each time.
pub(crate) struct Gate {
    pub(crate) began: Completion,
    pub(crate) go: Completion,
    pub(crate) runs: AtomicU32,
    inside: AtomicU32,
    most_inside: AtomicU32,
}

impl Gate {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Completion::new(),
            go: Completion::new(),
            runs: AtomicU32::new(0),
            inside: AtomicU32::new(0),
            most_inside: AtomicU32::new(0),
        })
    }

    pub(crate) fn pass(&self) {
        let inside = self.inside.fetch_add(1, SeqCst) + 1;
        self.most_inside.fetch_max(inside, SeqCst);
        self.runs.fetch_add(1, SeqCst);
        complete(&self.began);
        wait_for_completion(&self.go);
        self.inside.fetch_sub(1, SeqCst);
    }

    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(SeqCst)
    }
}

pub(crate) fn gated(gate: &Arc<Gate>) -> Work {
    let gate = gate.clone();
    Work::new(move |_| gate.pass())
}

#[test]
fn workqueue_never_queued() {
    // flush_never_queued=0 cancel_sync_never_queued=0 cancel_never_queued=0
    let work = Work::new(|_| unreachable!("nobody queues it"));
    assert!(!flush_work(&work) && !cancel_work_sync(&work) && !cancel_work(&work));
}

#[test]
fn workqueue_running_and_queued_anew() {
    let wq = alloc_workqueue!("kto-wq", 0, 0).unwrap();
    let gate = Gate::new();
    let work = gated(&gate);
    assert!(queue_work(&wq, &work)); // queue_idle=1
    wait_for_completion(&gate.began);
    // running: work_pending=0 work_busy=2
    assert!(!work_pending(&work));
    assert_eq!(work_busy(&work), WORK_BUSY_RUNNING);
    // queue_while_running=1 queue_while_pending=0 work_busy=3
    assert!(queue_work(&wq, &work));
    assert!(!queue_work(&wq, &work));
    assert_eq!(work_busy(&work), WORK_BUSY_PENDING | WORK_BUSY_RUNNING);
    complete(&gate.go);
    complete(&gate.go);
    flush_workqueue(&wq);
    // requeued_work_runs=2 concurrency_max=1
    assert_eq!((gate.runs(), gate.most_inside.load(SeqCst)), (2, 1));
    // flush_idle=0
    assert!(!flush_work(&work));
}

#[test]
fn workqueue_context_of_a_work() {
    let seen = Arc::new(Mutex::new(None));
    let work = Work::new({
        let seen = seen.clone();
        move |work| {
            let worker = current().flags().contains(PF_WQ_WORKER | PF_KTHREAD);
            *seen.lock().unwrap() = Some((worker, std::ptr::eq(current_work(), work), in_task()));
        }
    });
    schedule_work(&work);
    flush_work(&work);
    // PF_WQ_WORKER=1 current_work_ok=1 in_task=1
    assert_eq!(*seen.lock().unwrap(), Some((true, true, true)));
}

#[test]
fn workqueue_self_requeue() {
    let wq = alloc_workqueue!("kto-self", 0, 0).unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let work = Work::new({
        let (wq, runs) = (wq.clone(), runs.clone());
        move |work| {
            if runs.fetch_add(1, SeqCst) == 0 {
                // self_requeue_ret=1
                assert!(queue_work(&wq, work));
            }
        }
    });
    queue_work(&wq, &work);
    flush_work(&work);
    flush_work(&work);
    assert_eq!(runs.load(SeqCst), 2); // runs=2
}

#[test]
fn workqueue_ordered() {
    let wq = alloc_ordered_workqueue!("kto-ordered", 0).unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let gate = Gate::new();
    let numbered = |n: u32| {
        let (order, gate) = (order.clone(), gate.clone());
        Work::new(move |_| {
            order.lock().unwrap().push(n);
            if n == 2 {
                gate.pass();
            }
        })
    };
    let works: Vec<_> = (0..10).map(numbered).collect();
    for n in [2, 9, 8, 7, 6, 5, 4, 3] {
        assert!(queue_work(&wq, &works[n]));
    }
    wait_for_completion(&gate.began);
    // ordered queue_pending_again=0 cancel_pending=1 cancel_idle=0
    assert!(!queue_work(&wq, &works[7]));
    assert!(cancel_work(&works[7]));
    assert!(!cancel_work(&works[7]));
    // flush_pending_waits: before_go k4_runs=0
    let works = Arc::new(works);
    let flusher = run(
        {
            let works = works.clone();
            move || i32::from(flush_work(&works[4]))
        },
        "flusher",
    );
    assert_eq!(asleep(&flusher), TASK_UNINTERRUPTIBLE);
    assert_eq!(*order.lock().unwrap(), [2]);
    complete(&gate.go);
    assert_eq!(kthread_stop(&flusher), 1);
    flush_workqueue(&wq);
    // ordered order=2,9,8,6,5,4,3 concurrency_max=1
    assert_eq!(*order.lock().unwrap(), [2, 9, 8, 6, 5, 4, 3]);
    assert_eq!(gate.most_inside.load(SeqCst), 1);
}

#[test]
fn workqueue_destroy_runs_pending() {
    let wq = alloc_ordered_workqueue!("kto-destroy", 0).unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let numbered = |n: u32| {
        let order = order.clone();
        Work::new(move |_| order.lock().unwrap().push(n))
    };
    let works = [numbered(2), numbered(3)];
    for work in &works {
        queue_work(&wq, work);
    }
    destroy_workqueue(&wq);
    assert_eq!(*order.lock().unwrap(), [2, 3]); // destroy_runs_pending order=2,3
}

fn counted() -> (DelayedWork, Arc<AtomicU32>) {
    let runs = Arc::new(AtomicU32::new(0));
    let count = runs.clone();
    (
        DelayedWork::new(move |_| {
            count.fetch_add(1, SeqCst);
        }),
        runs,
    )
}

#[test]
fn workqueue_delayed() {
    let wq = alloc_workqueue!("kto-delayed", 0, 0).unwrap();
    let ran_at = Arc::new(Mutex::new(None));
    let done = Arc::new(Completion::new());
    let work = DelayedWork::new({
        let (ran_at, done) = (ran_at.clone(), done.clone());
        move |_| {
            *ran_at.lock().unwrap() = Some(jiffies());
            complete(&done);
        }
    });
    // queue_delayed=1 again=0 pending=1 ran_not_before=1
    let begin = jiffies();
    assert!(queue_delayed_work(&wq, &work, 5));
    assert!(!queue_delayed_work(&wq, &work, 0) && delayed_work_pending(&work));
    wait_for_completion(&done);
    assert!(ran_at.lock().unwrap().is_some_and(|at| at >= begin + 5));
}

#[test]
fn workqueue_mod_delayed() {
    let wq = alloc_workqueue!("kto-mod", 0, 0).unwrap();
    let (work, runs) = counted();
    // mod_idle=0 mod_pending=1 mod_pending_to_0=1 runs=1
    assert!(!mod_delayed_work(&wq, &work, 1000 * HZ));
    assert!(mod_delayed_work(&wq, &work, 2000 * HZ));
    assert!(mod_delayed_work(&wq, &work, 0));
    flush_workqueue(&wq);
    assert_eq!(runs.load(SeqCst), 1);
}

#[test]
fn workqueue_cancel_delayed() {
    let (work, runs) = counted();
    // cancel_delayed_pending=1 cancel_delayed_idle=0 cancel_delayed_sync_idle=0 runs=0
    schedule_delayed_work(&work, 1000 * HZ);
    assert!(cancel_delayed_work(&work));
    assert!(!cancel_delayed_work(&work) && !cancel_delayed_work_sync(&work));
    assert_eq!(runs.load(SeqCst), 0);
}

#[test]
fn workqueue_flush_delayed() {
    let (work, runs) = counted();
    // flush_delayed_pending=1 runs=1 flush_idle=0
    schedule_delayed_work(&work, 1000 * HZ);
    assert!(flush_delayed_work(&work));
    assert_eq!(runs.load(SeqCst), 1);
    assert!(!flush_delayed_work(&work));
}

#[test]
fn workqueue_schedule_work() {
    let (work, runs) = counted();
    // schedule_work=1 ran_after_flush=1
    assert!(schedule_work(work.work()));
    flush_work(work.work());
    assert_eq!(runs.load(SeqCst), 1);
}

#[test]
fn freezer_workqueues() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let freezable = alloc_workqueue!("kto-freezable", WQ_FREEZABLE, 0).unwrap();
    let other = alloc_workqueue!("kto-other", 0, 0).unwrap();
    let (work, runs) = counted();
    let (other_work, other_runs) = counted();
    kernel.freeze_kernel_threads().unwrap();
    // freezable_wq queue=1 runs_while_frozen=0 other_wq_runs=1
    assert!(queue_work(&freezable, work.work()));
    assert!(queue_work(&other, other_work.work()));
    flush_workqueue(&other);
    assert_eq!((runs.load(SeqCst), other_runs.load(SeqCst)), (0, 1));
    assert!(work_pending(work.work()));
    kernel.thaw_processes();
    flush_workqueue(&freezable);
    assert_eq!(runs.load(SeqCst), 1); // after_thaw … wq_runs=1
}
