//! Four threads at once queue, modify, cancel and flush work items on four queues, and the items
//! also queue themselves. Each queueing that returned true has led to a run or a cancel, exactly
//! once.
//!
//! `KT_STRESS_ROUNDS` (2,000, for 150,000 calls of each thread) and `KT_STRESS_SEED` change the
//! run; the seed is printed.

#![cfg(not(any(loom, shuttle)))]

mod random;

use kthread_rt::prelude::*;
use random::{Random, rounds, seed};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, RwLock};

const PRODUCERS: u64 = 4;
const WORKS: usize = 64;

/// The counts of one work item.
#[derive(Debug, Default)]
struct Tally {
    /// The number of calls that found it idle and queued it.
    queued: AtomicU64,
    cancelled: AtomicU64,
    runs: AtomicU64,
    running: AtomicBool,
    /// The number of times that it still has to queue itself.
    again: AtomicU32,
}

struct Item {
    tally: Arc<Tally>,
    queue: Workqueue,
    work: DelayedWork,
    disabling: RwLock<()>,
}

impl Item {
    fn new(queue: &Workqueue) -> Self {
        let tally = Arc::new(Tally::default());
        let work = DelayedWork::new({
            let (tally, queue) = (tally.clone(), queue.clone());
            move |work| {
                assert!(!tally.running.swap(true, SeqCst), "it runs twice at once");
                tally.runs.fetch_add(1, Relaxed);
                let again = tally.again.load(Relaxed);
                if again != 0 {
                    tally.again.store(again - 1, Relaxed);
                    if queue_work(&queue, work.work()) {
                        tally.queued.fetch_add(1, Relaxed);
                    }
                }
                assert!(tally.running.swap(false, SeqCst));
            }
        });
        Self { tally, queue: queue.clone(), work, disabling: RwLock::new(()) }
    }

    fn queued(&self, was_idle: bool) {
        self.tally.queued.fetch_add(u64::from(was_idle), Relaxed);
    }

    fn cancelled(&self, was_pending: bool) {
        self.tally.cancelled.fetch_add(u64::from(was_pending), Relaxed);
    }

    /// One random call. A modification of a pending item only changes its time.
    fn act(&self, random: &mut Random) {
        let work = &self.work;
        match random.below(100) {
            0..=59 => self.queued(queue_work(&self.queue, work.work())),
            60..=69 => self.queued(queue_delayed_work(&self.queue, work, random.below(3))),
            70..=79 => {
                // For a disabled item it returns whether it was pending, though it stays idle.
                let _nobody_disables = self.disabling.read().unwrap();
                self.queued(!mod_delayed_work(&self.queue, work, random.below(3)));
            }
            80..=87 => self.cancelled(cancel_delayed_work(work)),
            88..=93 => self.cancelled(cancel_delayed_work_sync(work)),
            94..=95 => {
                flush_work(work.work());
            }
            96 => {
                flush_delayed_work(work);
            }
            97 => self.tally.again.store(if random.one_in(2) { 3 } else { 1 }, Relaxed),
            98 => flush_workqueue(&self.queue),
            _ => {
                let _nobody_modifies = self.disabling.write().unwrap();
                self.cancelled(disable_delayed_work_sync(work));
                enable_delayed_work(work);
            }
        }
    }
}

#[test]
fn every_queued_work_item_runs_or_is_cancelled_once() {
    let kernel = Kernel::builder().boot().expect("it boots");
    let _inside = kernel.enter();
    let queues = [
        Workqueue::new("bound", WqFlags::empty(), 0).unwrap(),
        Workqueue::new("unbound", WQ_UNBOUND, 8).unwrap(),
        Workqueue::new("ordered", WQ_UNBOUND, 1).unwrap(),
        Workqueue::new("reclaim", WQ_MEM_RECLAIM | WQ_CPU_INTENSIVE, 2).unwrap(),
    ];
    let items: Arc<Vec<Item>> = Arc::new((0..WORKS).map(|n| Item::new(&queues[n % 4])).collect());
    let (rounds, seed) = (75 * rounds(), seed());
    let over = Arc::new(Completion::new());
    let producers: Vec<_> = (0..PRODUCERS)
        .map(|number| {
            let (items, over) = (items.clone(), over.clone());
            kthread_run!(
                move |mut random: Random| {
                    for _ in 0..rounds {
                        items[random.below(WORKS as u64) as usize].act(&mut random);
                    }
                    complete(&over);
                    0
                },
                Random::new(seed ^ number),
                "producer/%d",
                number as i32
            )
            .unwrap()
        })
        .collect();
    for _ in &producers {
        wait_for_completion(&over);
    }
    for producer in &producers {
        assert_eq!(kthread_stop(producer), 0);
    }
    for item in items.iter() {
        item.cancelled(cancel_delayed_work_sync(&item.work));
    }
    let sum = |count: fn(&Tally) -> &AtomicU64| {
        items.iter().map(|item| count(&item.tally).load(Relaxed)).sum::<u64>()
    };
    let (queued, runs, cancelled) = (sum(|t| &t.queued), sum(|t| &t.runs), sum(|t| &t.cancelled));
    println!("queued {queued}, run {runs}, cancelled {cancelled}");
    for item in items.iter() {
        let tally = &item.tally;
        let [queued, runs, cancelled] =
            [&tally.queued, &tally.runs, &tally.cancelled].map(|n| n.load(Relaxed));
        assert_eq!(queued, runs + cancelled, "{tally:?}");
    }
    assert!(runs > 0 && cancelled > 0);
    drop(items);
    drop(queues);
    let report = kernel.shutdown();
    assert_eq!((report.alive.len(), report.forked), (0, report.joined), "{report:?}");
}
