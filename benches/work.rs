//! Deferred work: workqueues and a kthread_worker beside a thread that serves a crossbeam channel, and beside rayon.
//!
//! *throughput*: a thousand small items are queued and waited for; the time of all. *latency*: one item is queued to a worker
//! that sleeps, and waited for.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

const ITEMS: u64 = 1000;

/// What an item does.
fn item(sum: &AtomicU64) {
    sum.fetch_add(black_box(1), Relaxed);
}

/// A thread that runs closures which it gets by a channel, as ports of kernel code do that have no workqueue.
struct ChannelThread {
    jobs: Option<crossbeam_channel::Sender<Box<dyn FnOnce() + Send>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl ChannelThread {
    fn start() -> Self {
        let (jobs, queue) = crossbeam_channel::unbounded::<Box<dyn FnOnce() + Send>>();
        let thread = thread::spawn(move || queue.into_iter().for_each(|job| job()));
        Self { jobs: Some(jobs), thread: Some(thread) }
    }

    fn send(&self, job: impl FnOnce() + Send + 'static) {
        self.jobs.as_ref().expect("open").send(Box::new(job)).expect("the thread listens");
    }

    /// Waits for all that was sent.
    fn flush(&self) {
        let (tell, told) = crossbeam_channel::bounded(1);
        self.send(move || tell.send(()).expect("somebody waits"));
        told.recv().expect("the thread lives");
    }
}

impl Drop for ChannelThread {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no job panics");
        }
    }
}

fn throughput(c: &mut Criterion) {
    let mut group = c.benchmark_group("throughput of 1000");
    group.throughput(Throughput::Elements(ITEMS));
    let sum = Arc::new(AtomicU64::new(0));

    for (name, flags, max_active) in [("bound", 0, 0), ("unbound", WQ_UNBOUND, 0), ("ordered", WQ_UNBOUND, 1)]
    {
        let wq = Workqueue::new(name, flags, max_active).expect("a queue");
        let works: Vec<_> = (0..ITEMS)
            .map(|_| {
                let sum = sum.clone();
                Work::new(move |_| item(&sum))
            })
            .collect();
        group.bench_function(format!("queue_work, {name}"), |b| {
            b.iter(|| {
                for work in &works {
                    queue_work(&wq, work);
                }
                flush_workqueue(&wq);
            });
        });
        group.bench_function(format!("spawn, {name}"), |b| {
            b.iter(|| {
                for _ in 0..ITEMS {
                    let sum = sum.clone();
                    wq.spawn(move || item(&sum)).expect("it takes works");
                }
                flush_workqueue(&wq);
            });
        });
    }
    let worker = kthread_create_worker!(0, "worker").expect("kthreadd creates it");
    let jobs: Vec<_> = (0..ITEMS)
        .map(|_| {
            let sum = sum.clone();
            Job::new(move |_| item(&sum))
        })
        .collect();
    group.bench_function("kthread_queue_work", |b| {
        b.iter(|| {
            for job in &jobs {
                kthread_queue_work(&worker, job);
            }
            kthread_flush_worker(&worker);
        });
    });
    let channel = ChannelThread::start();
    group.bench_function("crossbeam channel to a thread", |b| {
        b.iter(|| {
            for _ in 0..ITEMS {
                let sum = sum.clone();
                channel.send(move || item(&sum));
            }
            channel.flush();
        });
    });
    group.bench_function("rayon spawn", |b| {
        b.iter(|| {
            rayon::scope(|scope| {
                for _ in 0..ITEMS {
                    scope.spawn(|_| item(&sum));
                }
            });
        });
    });
    group.finish();
}

fn latency(c: &mut Criterion) {
    let mut group = c.benchmark_group("latency of one");
    let sum = Arc::new(AtomicU64::new(0));
    let work = Work::new({
        let sum = sum.clone();
        move |_| item(&sum)
    });
    for (name, flags) in [("bound", 0), ("unbound", WQ_UNBOUND)] {
        let wq = Workqueue::new(name, flags, 0).expect("a queue");
        group.bench_function(format!("queue_work and flush_work, {name}"), |b| {
            b.iter(|| {
                queue_work(&wq, &work);
                flush_work(&work)
            });
        });
    }
    let worker = kthread_create_worker!(0, "worker").expect("kthreadd creates it");
    let job = Job::new({
        let sum = sum.clone();
        move |_| item(&sum)
    });
    group.bench_function("kthread_queue_work and kthread_flush_work", |b| {
        b.iter(|| {
            kthread_queue_work(&worker, &job);
            kthread_flush_work(&job);
        });
    });
    let channel = ChannelThread::start();
    group.bench_function("crossbeam channel to a thread and back", |b| {
        b.iter(|| {
            let sum = sum.clone();
            channel.send(move || item(&sum));
            channel.flush();
        });
    });
    group.bench_function("rayon spawn and a channel back", |b| {
        b.iter(|| {
            let (tell, told) = crossbeam_channel::bounded(1);
            let sum = sum.clone();
            rayon::spawn(move || {
                item(&sum);
                tell.send(()).expect("somebody waits");
            });
            told.recv()
        });
    });
    group.finish();
}

criterion_group!(benches, throughput, latency);
criterion_main!(benches);
