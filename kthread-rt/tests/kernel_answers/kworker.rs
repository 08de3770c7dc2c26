//! Group `kworker`: workers and their work items, the recorded cases.

use crate::handshake::*;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// A worker, and the numbers of its work items in the order in which they ran.
pub(crate) struct Shop {
    pub(crate) worker: Arc<Worker>,
    order: Arc<Mutex<Vec<u32>>>,
}

impl Shop {
    #[track_caller]
    pub(crate) fn open() -> Self {
        let worker = Arc::new(kthread_create_worker!(0, "kto-worker").expect("kthreadd can create"));
        asleep(&worker.task().expect("it has a thread"));
        Self { worker, order: Arc::default() }
    }

    /// A work item that records its number.
    pub(crate) fn job(&self, number: u32) -> Job {
        let order = self.order.clone();
        Job::new(move |_| order.lock().unwrap().push(number))
    }

    /// A work item that records its number, reports that it runs, and stays in its function until
    /// it is released, at each run.
    pub(crate) fn slow_job(&self, number: u32) -> (Job, Receiver<()>, Sender<()>) {
        let order = self.order.clone();
        let (sender, runs) = channel();
        let (let_go, go) = channel();
        let job = Job::new(move |_| {
            order.lock().unwrap().push(number);
            sender.send(()).unwrap();
            // Also released if the other side has been dropped.
            let _ = go.recv();
        });
        (job, runs, let_go)
    }

    pub(crate) fn order(&self) -> Vec<u32> {
        self.order.lock().unwrap().clone()
    }

    pub(crate) fn runs(&self, number: u32) -> usize {
        self.order().iter().filter(|n| **n == number).count()
    }

    pub(crate) fn queue(&self, work: &KthreadWork) -> bool {
        kthread_queue_work(&self.worker, work)
    }
}

/// Starts a foreign thread that makes a call, and waits until it sleeps in it.
pub(crate) struct Caller<R> {
    thread: std::thread::JoinHandle<R>,
}

impl<R: Send + 'static> Caller<R> {
    #[track_caller]
    pub(crate) fn asleep_in(call: impl FnOnce() -> R + Send + 'static) -> Self {
        let kernel = Kernel::current();
        let (sender, receiver) = channel();
        let thread = std::thread::spawn(move || {
            let _inside = kernel.enter();
            sender.send(current()).unwrap();
            call()
        });
        let task = receiver.recv().unwrap();
        while !wait_task_inactive(&task, TASK_UNINTERRUPTIBLE) {
            std::thread::yield_now();
        }
        Self { thread }
    }

    pub(crate) fn returns(self) -> R {
        self.thread.join().unwrap()
    }
}

#[test]
fn kworker_create() {
    // create is_err=0 comm=[kto-worker] PF_KTHREAD=1 func_is_kthread_worker_fn=1 data_is_worker=1
    let worker = kthread_create_worker!(0, "kto-worker").expect("kthreadd can create");
    let task = worker.task().expect("it has a thread");
    assert_eq!(task.comm(), "kto-worker");
    assert!(task.flags().contains(PF_KTHREAD));
    let function = kthread_func(&task).expect("it has a C face");
    assert_eq!(function as usize, kthread_worker_fn as RawThreadFn as usize);
    let core: *const KthreadWorker = &raw const *worker;
    assert_eq!(kthread_data(&task).cast_const(), core.cast());
    // idle_worker_state=0x1
    assert_eq!(asleep(&task).bits(), 0x1);
}

#[test]
fn kworker_never_queued() {
    // flush_never_queued returns=1 cancel_never_queued=0
    let shop = Shop::open();
    let job = shop.job(0);
    kthread_flush_work(&job);
    assert!(!kthread_cancel_work_sync(&job));
    assert_eq!(shop.order(), []);
}

#[test]
fn kworker_queue_cancel_and_flush_worker() {
    let shop = Shop::open();
    let thread = Arc::new(Mutex::new(None));
    let (slow, runs, let_go) = shop.slow_job(0);
    let jobs: Vec<Job> = (1..=3).map(|n| shop.job(n)).collect();
    let last = {
        let (thread, order) = (thread.clone(), shop.order.clone());
        Job::new(move |_| {
            order.lock().unwrap().push(4);
            *thread.lock().unwrap() = Some(current());
        })
    };
    // queue_idle=1 queue_while_running=1 queue_while_pending=0
    assert!(shop.queue(&slow));
    runs.recv().unwrap();
    assert!(shop.worker.is_running(&slow));
    assert!(shop.queue(&slow));
    assert!(!shop.queue(&slow));
    // queue_four_more=1 queue_pending_again=0
    assert!(jobs.iter().all(|job| shop.queue(job)) && shop.queue(&last));
    assert!(jobs.iter().all(|job| !shop.queue(job)));
    // cancel_pending=1 runs=0
    assert!(kthread_cancel_work_sync(&jobs[1]));
    assert_eq!(shop.runs(2), 0);
    // cancel_idle=0
    assert!(!kthread_cancel_work_sync(&jobs[1]));
    // after_flush_worker order=0,0,1,3,4 runs0=2 runs2=0 on_worker_thread=1
    drop(let_go);
    kthread_flush_worker(&shop.worker);
    assert_eq!(shop.order(), [0, 0, 1, 3, 4]);
    assert_eq!((shop.runs(0), shop.runs(2)), (2, 0));
    assert_eq!(*thread.lock().unwrap(), shop.worker.task());
    // cancel_finished=0
    assert!(!kthread_cancel_work_sync(&last));
}

#[test]
fn kworker_flush_work_waits_for_a_work_that_was_cancelled_before() {
    // queue_after_cancel=1 flush_waits runs=1
    let shop = Shop::open();
    let (slow, runs, let_go) = shop.slow_job(0);
    let slow = Arc::new(slow);
    shop.queue(&slow);
    runs.recv().unwrap();
    let other = shop.job(5);
    shop.queue(&other);
    assert!(kthread_cancel_work_sync(&other));
    assert!(shop.queue(&other));
    let flusher = Caller::asleep_in(move || {
        kthread_flush_work(&other);
        other
    });
    assert_eq!(shop.runs(5), 0);
    let_go.send(()).unwrap();
    drop(flusher.returns());
    assert_eq!(shop.runs(5), 1);
}

#[test]
fn kworker_cancel_running() {
    // cancel_running=0 waited_for_end=1 requeue_during_cancel=0 runs=1
    let shop = Shop::open();
    let (runs, ended) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (sender, begun) = channel();
    let (let_go, go) = channel::<()>();
    let requeued = Arc::new(Mutex::new(None));
    let job = {
        let (runs, ended, requeued, worker) =
            (runs.clone(), ended.clone(), requeued.clone(), shop.worker.clone());
        Arc::new(Job::new(move |work| {
            runs.fetch_add(1, SeqCst);
            sender.send(()).unwrap();
            go.recv().unwrap();
            *requeued.lock().unwrap() = Some(kthread_queue_work(&worker, work));
            ended.fetch_add(1, SeqCst);
        }))
    };
    shop.queue(&job);
    begun.recv().unwrap();
    let canceller = {
        let (job, ended) = (job.clone(), ended.clone());
        Caller::asleep_in(move || (kthread_cancel_work_sync(&job), ended.load(SeqCst)))
    };
    // Nor do other threads queue it.
    assert!(!shop.queue(&job));
    let_go.send(()).unwrap();
    assert_eq!(canceller.returns(), (false, 1));
    kthread_flush_worker(&shop.worker);
    assert_eq!((*requeued.lock().unwrap(), runs.load(SeqCst)), (Some(false), 1));
    // The item holds its worker, and the shop holds the item.
    drop(job);
}

#[test]
fn kworker_destroy_runs_pending() {
    // destroy_runs_pending order=6,7,1
    let shop = Shop::open();
    let (slow, runs, let_go) = shop.slow_job(6);
    let (second, third) = (shop.job(7), shop.job(1));
    shop.queue(&slow);
    runs.recv().unwrap();
    assert!(shop.queue(&second) && shop.queue(&third));
    let task = shop.worker.task().unwrap();
    let destroyer = {
        let worker = shop.worker.clone();
        Caller::asleep_in(move || kthread_destroy_worker(&worker))
    };
    assert_eq!(shop.order(), [6]);
    drop(let_go);
    destroyer.returns();
    assert_eq!(shop.order(), [6, 7, 1]);
    assert_eq!((shop.worker.task(), task.exit_state()), (None, EXIT_DEAD));
}
