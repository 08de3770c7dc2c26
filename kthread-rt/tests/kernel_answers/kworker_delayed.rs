//! Group `kworker_delayed`: work items that wait for a timer, the recorded cases.

use kthread_rt::prelude::*;
use std::sync::{Arc, Mutex};

/// Longer than any test takes.
const FAR: u64 = 3600 * HZ;

/// A delayed work that records the jiffies at which it ran.
struct Delayed {
    worker: Worker,
    job: DelayedJob,
    at: Arc<Mutex<Vec<u64>>>,
    ran: Arc<Completion>,
}

impl Delayed {
    fn new() -> Self {
        let worker = kthread_create_worker!(0, "kto-delayed").expect("kthreadd can create");
        let (at, ran) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Completion::new()));
        let job = DelayedJob::new({
            let (at, ran) = (at.clone(), ran.clone());
            move |_| {
                at.lock().unwrap().push(jiffies());
                complete(&ran);
            }
        });
        Self { worker, job, at, ran }
    }

    fn queue(&self, delay: u64) -> bool {
        kthread_queue_delayed_work(&self.worker, &self.job, delay)
    }

    fn modify(&self, delay: u64) -> bool {
        kthread_mod_delayed_work(&self.worker, &self.job, delay)
    }

    fn cancel(&self) -> bool {
        kthread_cancel_delayed_work_sync(&self.job)
    }

    fn runs(&self) -> usize {
        self.at.lock().unwrap().len()
    }

    /// Waits for the next run, and returns its jiffy.
    fn ran_at(&self) -> u64 {
        wait_for_completion(&self.ran);
        *self.at.lock().unwrap().last().unwrap()
    }
}

#[test]
fn kworker_delayed_never_queued() {
    let delayed = Delayed::new();
    // cancel_never_queued=0
    assert!(!delayed.cancel());
    // mod_never_queued_then_pending=0
    assert!(!delayed.modify(FAR));
    assert!(delayed.job.timer_pending());
    // queue_while_pending=0
    assert!(!delayed.queue(0));
    // mod_pending_longer=1 runs=0
    assert!(delayed.modify(2 * FAR));
    assert_eq!(delayed.runs(), 0);
    // cancel_pending=1 cancel_idle=0 runs=0
    assert!(delayed.cancel());
    assert!(!delayed.cancel());
    assert_eq!(delayed.runs(), 0);
}

#[test]
fn kworker_delayed_mod_to_now() {
    // mod_idle=0 mod_pending_to_0=1 runs=1
    let delayed = Delayed::new();
    assert!(!delayed.modify(FAR));
    assert!(delayed.modify(0));
    delayed.ran_at();
    kthread_flush_worker(&delayed.worker);
    assert_eq!(delayed.runs(), 1);
}

#[test]
fn kworker_delayed_queue() {
    // queue_delay5=1 ran_not_before=1 runs=1
    let delayed = Delayed::new();
    let before = jiffies();
    assert!(delayed.queue(5));
    assert!(time_after_eq(delayed.ran_at(), before + 5));
    // queue_delay0=1 runs=1
    assert!(delayed.queue(0));
    kthread_flush_worker(&delayed.worker);
    assert_eq!(delayed.runs(), 2);
    // queue_delayed_quarter_second=1
    let before = jiffies();
    delayed.ran_at();
    assert!(delayed.queue(HZ / 4));
    assert!(time_after_eq(delayed.ran_at(), before + HZ / 4));
    assert_eq!(delayed.runs(), 3);
}
