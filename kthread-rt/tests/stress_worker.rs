//! Several threads at random queue, flush, cancel and change many work items on a few workers. Each
//! time that an item was queued it runs, or a cancel reports that it was pending: the sums agree
//! for every item.
//!
//! `KT_STRESS_ROUNDS` and `KT_STRESS_SEED` change the length and the choices.

#![cfg(not(any(loom, shuttle)))]

mod random;

use kthread_rt::prelude::*;
use random::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;

const WORKERS: usize = 2;
const PRODUCERS: u64 = 3;
const WORKS: usize = 16;

/// The counts of one work item.
#[derive(Default)]
struct Account {
    queued: AtomicU64,
    ran: AtomicU64,
    cancelled: AtomicU64,
    running: AtomicBool,
}

impl Account {
    /// One run, which queues the item again now and then.
    fn run(&self, requeue: impl FnOnce() -> bool) {
        assert!(!self.running.swap(true, SeqCst), "a work runs twice at once");
        if self.ran.fetch_add(1, SeqCst).is_multiple_of(7) && requeue() {
            self.queued.fetch_add(1, SeqCst);
        }
        self.running.store(false, SeqCst);
    }

    fn note_queued(&self, queued: bool) {
        self.queued.fetch_add(queued.into(), SeqCst);
    }

    fn note_cancelled(&self, cancelled: bool) {
        self.cancelled.fetch_add(cancelled.into(), SeqCst);
    }

    #[track_caller]
    fn assert_balanced(&self) -> (u64, u64) {
        let (queued, ran, cancelled) =
            (self.queued.load(SeqCst), self.ran.load(SeqCst), self.cancelled.load(SeqCst));
        assert_eq!(queued, ran + cancelled, "queued = ran {ran} + cancelled {cancelled}");
        (ran, cancelled)
    }
}

struct Works {
    workers: Vec<Arc<Worker>>,
    /// Each item belongs to the worker of its number modulo the number of workers.
    jobs: Vec<(Job, Arc<Account>)>,
    delayed: Vec<(DelayedJob, Arc<Account>)>,
}

impl Works {
    fn new() -> Self {
        let workers: Vec<_> = (0..WORKERS)
            .map(|n| Arc::new(kthread_create_worker!(0, "stressed/%zu", n).expect("kthreadd can create")))
            .collect();
        let jobs = (0..WORKS).map(|n| {
            let (account, worker) = (Arc::<Account>::default(), workers[n % WORKERS].clone());
            let its = account.clone();
            (Job::new(move |work| its.run(|| kthread_queue_work(&worker, work))), account)
        });
        let delayed = (0..WORKS).map(|n| {
            let (account, worker) = (Arc::<Account>::default(), workers[n % WORKERS].clone());
            let its = account.clone();
            let run = move |dwork: &KthreadDelayedWork| {
                its.run(|| kthread_queue_delayed_work(&worker, dwork, 1));
            };
            (DelayedJob::new(run), account)
        });
        let (jobs, delayed) = (jobs.collect(), delayed.collect());
        Self { workers, jobs, delayed }
    }

    fn step(&self, random: &mut Random) {
        let n = random.below(WORKS as u64) as usize;
        let worker = &self.workers[n % WORKERS];
        let (job, account) = &self.jobs[n];
        let (delayed, delayed_account) = &self.delayed[n];
        if random.one_in(16) {
            return worker.queue_once(|| ()).expect("it has a thread");
        }
        match random.below(15) {
            0..=6 => account.note_queued(kthread_queue_work(worker, job)),
            7 => account.note_cancelled(kthread_cancel_work_sync(job)),
            8 => kthread_flush_work(job),
            9 => kthread_flush_worker(worker),
            10..=11 => {
                delayed_account.note_queued(kthread_queue_delayed_work(worker, delayed, random.below(3)));
            }
            12..=13 => {
                // If it was not pending, one more is queued; if it was, the number is unchanged.
                delayed_account.note_queued(!kthread_mod_delayed_work(worker, delayed, random.below(3)));
            }
            _ => delayed_account.note_cancelled(kthread_cancel_delayed_work_sync(delayed)),
        }
    }
}

#[test]
fn every_queued_work_item_runs_or_is_reported_as_cancelled_once() {
    let seed = random::seed();
    let works = Works::new();
    thread::scope(|scope| {
        for producer in 0..PRODUCERS {
            let works = &works;
            scope.spawn(move || {
                let mut random = Random::new(seed ^ producer);
                for _ in 0..random::rounds() * 50 {
                    works.step(&mut random);
                }
            });
        }
    });
    let mut sums = (0, 0);
    let mut settle = |account: &Account| {
        let (ran, cancelled) = account.assert_balanced();
        sums = (sums.0 + ran, sums.1 + cancelled);
    };
    for (job, account) in &works.jobs {
        account.note_cancelled(kthread_cancel_work_sync(job));
        settle(account);
    }
    for (delayed, account) in &works.delayed {
        account.note_cancelled(kthread_cancel_delayed_work_sync(delayed));
        settle(account);
    }
    println!("{} ran, {} cancelled", sums.0, sums.1);
    assert!(sums.0 > 0 && sums.1 > 0);
    for worker in &works.workers {
        assert_eq!(worker.destroy(), Ok(()));
    }
}

#[test]
fn functions_that_run_once_run_in_order_and_all_before_the_worker_ends() {
    for round in 0..20 {
        let worker = kthread_create_worker!(0, "once/%d", round).expect("kthreadd can create");
        let next = Arc::new(AtomicU64::new(0));
        for n in 0..1000 {
            let next = next.clone();
            worker.queue_once(move || assert_eq!(next.fetch_add(1, SeqCst), n)).expect("it has a thread");
        }
        drop(worker);
        assert_eq!(next.load(SeqCst), 1000);
    }
}
