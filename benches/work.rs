//! Deferred work: workqueues and a kthread_worker beside a thread that serves a crossbeam channel,
//! and beside rayon.
//!
//! *throughput*: the producers together queue a thousand small items and wait for them, repeatedly;
//! the time of a thousand. *latency*: each producer queues one item and waits for it, repeatedly;
//! the time from before it is queued until it begins.
//!
//! A work item is queued repeatedly without allocation, as in a kernel; `spawn` allocates an item
//! for each closure, as the baselines do. "rayon spawn" comes from outside the pool, "rayon scope"
//! from one of its threads.

use benches::{Moment, STACK_SIZE, at_once, kernel, span, std_thread};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use crossbeam_channel::{Sender, bounded, unbounded};
use kthread_rt::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const ITEMS: u64 = 1000;

/// The work of an item.
trait Item: Fn() + Clone + Send + Sync + 'static {}

impl<F: Fn() + Clone + Send + Sync + 'static> Item for F {}

/// Runs items for the threads that queue them.
trait Runner: Sync {
    /// A producer's loop body: queues this many items, and waits until they have run.
    fn producer(&self, items: u64, item: impl Item) -> impl Fn();
}

/// `queue_work`.
struct Queue<'a>(&'a Workqueue);

impl Runner for Queue<'_> {
    fn producer(&self, items: u64, item: impl Item) -> impl Fn() {
        let work = |_| {
            let item = item.clone();
            Work::new(move |_| item())
        };
        let works: Vec<_> = (0..items).map(work).collect();
        move || {
            for work in &works {
                queue_work(self.0, work);
            }
            flush_workqueue(self.0);
        }
    }
}

/// A workqueue's `spawn`.
struct Spawn<'a>(&'a Workqueue);

impl Runner for Spawn<'_> {
    fn producer(&self, items: u64, item: impl Item) -> impl Fn() {
        move || {
            for _ in 0..items {
                self.0.spawn(item.clone()).expect("it takes items");
            }
            flush_workqueue(self.0);
        }
    }
}

/// `kthread_queue_work`.
impl Runner for Worker {
    fn producer(&self, items: u64, item: impl Item) -> impl Fn() {
        let job = |_| {
            let item = item.clone();
            Job::new(move |_| item())
        };
        let jobs: Vec<_> = (0..items).map(job).collect();
        move || {
            for job in &jobs {
                kthread_queue_work(self, job);
            }
            kthread_flush_worker(self);
        }
    }
}

type Closure = Box<dyn FnOnce() + Send>;

/// A thread that runs closures from a channel, as ports of kernel code without workqueues do.
struct ChannelThread {
    jobs: Option<Sender<Closure>>,
    thread: Option<JoinHandle<()>>,
}

impl ChannelThread {
    fn start() -> Self {
        let (jobs, queue) = unbounded::<Closure>();
        let thread = std_thread(move || queue.into_iter().for_each(|job| job()));
        Self { jobs: Some(jobs), thread: Some(thread) }
    }

    fn send(&self, job: impl FnOnce() + Send + 'static) {
        self.jobs.as_ref().expect("open").send(Box::new(job)).expect("the thread listens");
    }
}

impl Runner for ChannelThread {
    fn producer(&self, items: u64, item: impl Item) -> impl Fn() {
        let (sender, receiver) = bounded(1);
        move || {
            (0..items).for_each(|_| self.send(item.clone()));
            let sender = sender.clone();
            self.send(move || sender.send(()).expect("the receiver waits"));
            receiver.recv().expect("the thread lives");
        }
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

struct RayonSpawn<'a>(&'a ThreadPool);

impl Runner for RayonSpawn<'_> {
    fn producer(&self, items: u64, item: impl Item) -> impl Fn() {
        let (sender, receiver) = bounded(1);
        let batch = Arc::new((item, AtomicU64::new(0), sender));
        move || {
            batch.1.store(items, Ordering::Relaxed);
            for _ in 0..items {
                let batch = batch.clone();
                self.0.spawn(move || {
                    let (item, left, sender) = &*batch;
                    item();
                    if left.fetch_sub(1, Ordering::AcqRel) == 1 {
                        sender.send(()).expect("the receiver waits");
                    }
                });
            }
            receiver.recv().expect("the last one sends");
        }
    }
}

struct RayonScope<'a>(&'a ThreadPool);

impl Runner for RayonScope<'_> {
    fn producer(&self, items: u64, item: impl Item) -> impl Fn() {
        move || self.0.scope(|scope| (0..items).for_each(|_| scope.spawn(|_| item())))
    }
}

/// A measurement of anything that runs items. The queueing thread has entered the Kernel.
trait Subject {
    fn measure(&self, kernel: &Kernel, runner: &impl Runner, times: u64) -> Duration;

    /// A row.
    fn row(
        &self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        name: &str,
        kernel: &Kernel,
        runner: &impl Runner,
    ) {
        group.bench_function(name, |b| b.iter_custom(|n| self.measure(kernel, runner, n)));
    }
}

/// Measures all that run items, while the threads of the others sleep.
fn compare(mut group: BenchmarkGroup<'_, WallTime>, subject: impl Subject) {
    let kernel = kernel();
    let _inside = kernel.enter();
    let queues = [("bound", WqFlags::empty(), 0), ("unbound", WQ_UNBOUND, 0), ("ordered", WQ_UNBOUND, 1)];
    let queue = |(name, flags, most)| (name, Workqueue::new(name, flags, most).expect("a queue"));
    let queues = queues.map(queue);
    let worker = kthread_create_worker!(0, "worker").expect("kthreadd creates it");
    let channel = ChannelThread::start();
    let pool = ThreadPoolBuilder::new().stack_size(STACK_SIZE).build().expect("the system starts threads");
    for (name, wq) in &queues {
        subject.row(&mut group, &format!("queue_work, {name}"), &kernel, &Queue(wq));
        subject.row(&mut group, &format!("spawn, {name}"), &kernel, &Spawn(wq));
    }
    subject.row(&mut group, "kthread_queue_work", &kernel, &worker);
    subject.row(&mut group, "crossbeam channel to a thread", &kernel, &channel);
    subject.row(&mut group, "rayon spawn", &kernel, &RayonSpawn(&pool));
    subject.row(&mut group, "rayon scope", &kernel, &RayonScope(&pool));
}

const PRODUCERS: [usize; 2] = [1, 4];

/// A thousand items at a time, from this many producers.
struct Thousand {
    producers: usize,
}

impl Subject for Thousand {
    fn measure(&self, kernel: &Kernel, runner: &impl Runner, times: u64) -> Duration {
        let sum = Arc::new(AtomicU64::new(0));
        let spans = at_once(self.producers, |barrier| {
            let _inside = kernel.enter();
            let sum = sum.clone();
            let item = move || {
                sum.fetch_add(black_box(1), Ordering::Relaxed);
            };
            let produce = runner.producer(ITEMS / self.producers as u64, item);
            produce();
            barrier.wait();
            let start = Instant::now();
            (0..times).for_each(|_| produce());
            start..Instant::now()
        });
        assert_eq!(sum.load(Ordering::Relaxed), ITEMS * (times + 1));
        span(&spans)
    }
}

/// One item at a time, from each of this many producers.
struct Latency {
    producers: usize,
}

impl Subject for Latency {
    fn measure(&self, kernel: &Kernel, runner: &impl Runner, times: u64) -> Duration {
        let sums = at_once(self.producers, |barrier| {
            let _inside = kernel.enter();
            let begun = Arc::new(Moment::new());
            let produce = runner.producer(1, {
                let begun = begun.clone();
                move || begun.note()
            });
            produce();
            barrier.wait();
            let latency = |_| {
                let start = Instant::now();
                produce();
                begun.after(start)
            };
            (0..times).map(latency).sum::<Duration>()
        });
        sums.iter().sum::<Duration>() / self.producers as u32
    }
}

fn throughput(c: &mut Criterion) {
    for producers in PRODUCERS {
        let mut group = c.benchmark_group(format!("throughput of 1000, producers: {producers}"));
        group.throughput(Throughput::Elements(ITEMS));
        compare(group, Thousand { producers });
    }
}

fn latency(c: &mut Criterion) {
    for producers in PRODUCERS {
        let mut group = c.benchmark_group(format!("latency, producers: {producers}"));
        // Criterion's time, of which the measured part is a fraction.
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2));
        compare(group, Latency { producers });
    }
}

criterion_group!(benches, throughput, latency);
criterion_main!(benches);
