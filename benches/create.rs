//! Creating threads: kthreads beside std's threads and those of the C shim.
//!
//! * *create returns* is the requester's waiting time. `kthread_create` returns when the thread
//!   exists and sleeps, so its baseline is a spawn that waits until the thread has started; std's
//!   own spawn returns earlier and is shown too.
//! * *first instruction* is the time from the request until the thread function begins.
//! * *create, run, stop* is the whole life of a thread that runs, sleeps, is asked to stop, and
//!   returns a result.
//! * *1000 in a burst* are created before the first of them begins, by one thread or by four at
//!   once.
//! * *create returns, … alive*: while that many kthreads sleep, each side creates its threads.
//!
//! Where the thread's end is not measured, it comes before the next iteration, and the result is
//! asserted.

use benches::threads::{DONE, Kthreads, PLAIN, STARTED, Shim, Threads};
use benches::{Moment, STACK_SIZE, at_once, kernel, span, time_of};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A measurement of any kind of thread. Each thread that creates some calls `threads`.
trait Subject {
    /// Whether the time when a spawn returns matters.
    const RETURNS: bool;

    /// The number of threads that one iteration creates.
    const MADE: u64 = 1;

    fn measure<T: Threads>(&self, threads: impl Fn() -> T + Sync, times: u64) -> Duration;
}

/// Measures kthreads of some Kernels and the baselines.
fn compare<S: Subject>(c: &mut Criterion, what: &str, kernels: &[(&str, &Kernel)], subject: S) {
    let mut group = c.benchmark_group(what);
    // Criterion's time, of which the measured part may be a small fraction.
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    if S::MADE > 1 {
        group.throughput(Throughput::Elements(S::MADE)).sample_size(10);
    }
    for (name, kernel) in kernels {
        group.bench_function(*name, |b| {
            b.iter_custom(|n| subject.measure(|| Kthreads::inside(kernel), n));
        });
    }
    group.bench_function("std spawn", |b| {
        b.iter_custom(|n| subject.measure(|| PLAIN, n));
    });
    if S::RETURNS {
        group.bench_function("std spawn, started", |b| {
            b.iter_custom(|n| subject.measure(|| STARTED, n));
        });
    }
    group.bench_function("C shim", |b| b.iter_custom(|n| subject.measure(|| Shim, n)));
}

struct Returns;

impl Subject for Returns {
    const RETURNS: bool = true;

    fn measure<T: Threads>(&self, threads: impl Fn() -> T, times: u64) -> Duration {
        let threads = threads();
        let create = |_| {
            let start = Instant::now();
            let thread = threads.create(|| DONE);
            let took = start.elapsed();
            threads.wake(&thread);
            assert_eq!(threads.end(thread), DONE);
            took
        };
        (0..times).map(create).sum()
    }
}

struct FirstInstruction;

impl Subject for FirstInstruction {
    const RETURNS: bool = false;

    fn measure<T: Threads>(&self, threads: impl Fn() -> T, times: u64) -> Duration {
        static BEGUN: Moment = Moment::new();
        let threads = threads();
        let run = |_| {
            let start = Instant::now();
            let thread = threads.create(|| {
                BEGUN.note();
                DONE
            });
            threads.wake(&thread);
            assert_eq!(threads.end(thread), DONE);
            BEGUN.after(start)
        };
        (0..times).map(run).sum()
    }
}

struct Life;

impl Subject for Life {
    const RETURNS: bool = false;

    fn measure<T: Threads>(&self, threads: impl Fn() -> T, times: u64) -> Duration {
        let threads = threads();
        time_of(times, || {
            let thread = threads.start_stoppable();
            assert_eq!(threads.stop(thread), DONE);
        })
    }
}

/// A thousand threads, created by this many at once.
struct Burst {
    requesters: usize,
}

const BURST: usize = 1000;

impl Subject for Burst {
    const RETURNS: bool = true;
    const MADE: u64 = BURST as u64;

    fn measure<T: Threads>(&self, threads: impl Fn() -> T + Sync, times: u64) -> Duration {
        let burst = |_| {
            let spans = at_once(self.requesters, |barrier| {
                let threads = threads();
                let go = Arc::new(AtomicBool::new(false));
                let create = |_| {
                    let go = go.clone();
                    threads.create(move || {
                        // Their creator releases them at the end; until then they stay.
                        while !go.load(Ordering::Acquire) {
                            thread::park();
                        }
                        DONE
                    })
                };
                barrier.wait();
                let start = Instant::now();
                let created: Vec<_> = (0..BURST / self.requesters).map(create).collect();
                let end = Instant::now();
                barrier.wait();
                go.store(true, Ordering::Release);
                created.iter().for_each(|thread| threads.wake(thread));
                for thread in created {
                    assert_eq!(threads.end(thread), DONE);
                }
                start..end
            });
            span(&spans)
        };
        (0..times).map(burst).sum()
    }
}

fn create(c: &mut Criterion) {
    let ahead = kernel();
    let strict = Kernel::builder().stack_size(STACK_SIZE).spare_threads(0).boot().expect("a Kernel boots");
    let kernels = [("kthread", &ahead), ("kthread, 0 spares", &strict)];
    compare(c, "create returns", &kernels, Returns);
    compare(c, "first instruction", &kernels, FirstInstruction);
    compare(c, "create, run, stop", &kernels, Life);
    compare(c, "1000 in a burst", &kernels, Burst { requesters: 1 });
    compare(c, "1000 in a burst, 4 requesters", &kernels, Burst { requesters: 4 });
}

fn create_among_many(c: &mut Criterion) {
    for alive in [10, 1_000, 10_000] {
        let kernel = kernel();
        let kthreads = Kthreads::inside(&kernel);
        let sleepers: Vec<Task> = (0..alive).map(|_| kthreads.start_stoppable()).collect();
        compare(c, &format!("create returns, {alive} alive"), &[("kthread", &kernel)], Returns);
        for sleeper in sleepers {
            assert_eq!(kthreads.stop(sleeper), DONE);
        }
    }
}

criterion_group!(benches, create, create_among_many);
criterion_main!(benches);
