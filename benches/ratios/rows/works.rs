//! Deferred work: a thousand small items, queued and waited for.

use crate::contest::{Contest, per};
use crossbeam_channel::{Sender, bounded, unbounded};
use kthread_rt::prelude::*;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

const ITEMS: u64 = 1000;
const TIMES: u32 = 20;

/// The work of an item.
fn item(sum: &AtomicU64) {
    sum.fetch_add(black_box(1), Relaxed);
}

fn our_worker() -> impl FnMut() -> f64 {
    let sum = Arc::new(AtomicU64::new(0));
    let worker = kthread_create_worker!(0, "worker").expect("kthreadd makes it");
    let job = |_| {
        let sum = sum.clone();
        Job::new(move |_| item(&sum))
    };
    let jobs: Vec<_> = (0..ITEMS).map(job).collect();
    move || {
        per(TIMES, || {
            for job in &jobs {
                kthread_queue_work(&worker, job);
            }
            kthread_flush_worker(&worker);
        })
    }
}

/// A thread that runs closures from a channel.
fn channel_thread() -> impl FnMut() -> f64 {
    let sum = Arc::new(AtomicU64::new(0));
    let (jobs, queue) = unbounded::<Box<dyn FnOnce() + Send>>();
    thread::spawn(move || queue.into_iter().for_each(|job| job()));
    let send = |jobs: &Sender<_>, job| jobs.send(job).expect("the thread listens");
    move || {
        per(TIMES, || {
            for _ in 0..ITEMS {
                let sum = sum.clone();
                send(&jobs, Box::new(move || item(&sum)));
            }
            let (sender, receiver) = bounded(1);
            send(&jobs, Box::new(move || sender.send(()).expect("the receiver waits")));
            receiver.recv().expect("the thread lives");
        })
    }
}

fn our_queue(flags: WqFlags, max_active: u32) -> impl FnMut() -> f64 {
    let sum = Arc::new(AtomicU64::new(0));
    let wq = Workqueue::new("bench", flags, max_active).expect("a queue");
    let work = |_| {
        let sum = sum.clone();
        Work::new(move |_| item(&sum))
    };
    let works: Vec<_> = (0..ITEMS).map(work).collect();
    move || {
        per(TIMES, || {
            for work in &works {
                queue_work(&wq, work);
            }
            flush_workqueue(&wq);
        })
    }
}

fn rayon_spawn() -> impl FnMut() -> f64 {
    let sum = Arc::new(AtomicU64::new(0));
    move || {
        per(TIMES, || {
            rayon::scope(|scope| (0..ITEMS).for_each(|_| scope.spawn(|_| item(&sum))));
        })
    }
}

/// 0.7 times the throughput.
const SLOWER: f64 = 1.0 / 0.7;

pub(crate) fn contests() -> Vec<Contest> {
    vec![
        Contest::new("1000 work items, kthread_worker", 21, our_worker()).against(
            "a crossbeam channel to a thread",
            1.0,
            channel_thread(),
        ),
        Contest::new("1000 work items, bound workqueue", 21, our_queue(WqFlags::empty(), 0)).against(
            "rayon spawn",
            SLOWER,
            rayon_spawn(),
        ),
        Contest::new("1000 work items, unbound workqueue", 21, our_queue(WQ_UNBOUND, 0)).against(
            "rayon spawn",
            SLOWER,
            rayon_spawn(),
        ),
        Contest::new("1000 work items, ordered workqueue", 21, our_queue(WQ_UNBOUND, 1)).against(
            "rayon spawn",
            SLOWER,
            rayon_spawn(),
        ),
    ]
}
