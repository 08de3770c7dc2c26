//! Creation latency: `kthread_create` and `kthread_run` beside `std::thread::spawn`.
//!
//! `kthread_create` returns when the new thread exists and is asleep, so its baseline is a spawn that waits until the
//! thread has started; `std::thread::spawn` returns earlier and is shown too. Stack sizes are the same. The thread
//! function runs in every iteration of "first instruction" and "run and stop", and its result is asserted.
//!
//! The time of what an iteration leaves behind (the end of the thread) is measured in "run and stop" only.

use benches::{STACK_SIZE, std_thread};
use criterion::{Criterion, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

fn kernel() -> Kernel {
    Kernel::builder().stack_size(STACK_SIZE).boot().expect("a Kernel boots")
}

/// Measures `timed`, and not `after`, which gets what `timed` made.
fn measure<T>(
    iterations: u64,
    mut timed: impl FnMut() -> (Instant, T),
    mut after: impl FnMut(T),
) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..iterations {
        let start = Instant::now();
        let (end, made) = timed();
        total += end - start;
        after(made);
    }
    total
}

fn create(c: &mut Criterion) {
    let kernel = kernel();
    let _inside = kernel.enter();
    let mut group = c.benchmark_group("create returns");
    group.bench_function("kthread_create", |b| {
        b.iter_custom(|n| {
            measure(
                n,
                || {
                    let task = kthread_create!(|()| 0, (), "bench").expect("created");
                    (Instant::now(), task)
                },
                |task| assert_eq!(kthread_stop(&task), -4),
            )
        });
    });
    group.bench_function("std spawn", |b| {
        b.iter_custom(|n| {
            measure(
                n,
                || {
                    let thread = std_thread(|| 7);
                    (Instant::now(), thread)
                },
                |thread| assert_eq!(thread.join().expect("no panic"), 7),
            )
        });
    });
    group.bench_function("std spawn, started", |b| {
        b.iter_custom(|n| {
            measure(
                n,
                || {
                    let (started, wait) = mpsc::sync_channel(1);
                    let thread = std_thread(move || started.send(()).map_or(0, |()| 7));
                    wait.recv().expect("it started");
                    (Instant::now(), thread)
                },
                |thread| assert_eq!(thread.join().expect("no panic"), 7),
            )
        });
    });
}

fn first_instruction(c: &mut Criterion) {
    let kernel = kernel();
    let _inside = kernel.enter();
    let mut group = c.benchmark_group("first instruction");
    group.bench_function("kthread_run", |b| {
        b.iter_custom(|n| {
            measure(
                n,
                || {
                    let (running, wait) = mpsc::sync_channel(1);
                    let task =
                        kthread_run!(move |()| running.send(Instant::now()).map_or(0, |()| 7), (), "bench")
                            .expect("created");
                    (wait.recv().expect("it runs"), task)
                },
                |task| assert_eq!(kthread_stop(&task), 7),
            )
        });
    });
    group.bench_function("std spawn", |b| {
        b.iter_custom(|n| {
            measure(
                n,
                || {
                    let (running, wait) = mpsc::sync_channel(1);
                    let thread = std_thread(move || running.send(Instant::now()).map_or(0, |()| 7));
                    (wait.recv().expect("it runs"), thread)
                },
                |thread| assert_eq!(thread.join().expect("no panic"), 7),
            )
        });
    });
}

fn run_and_stop(c: &mut Criterion) {
    let kernel = kernel();
    let _inside = kernel.enter();
    let mut group = c.benchmark_group("run and stop");
    group.bench_function("kthread", |b| {
        b.iter(|| {
            let ran = Arc::new(Completion::new());
            let task = kthread_run!(
                |ran: Arc<Completion>| {
                    complete(&ran);
                    while !kthread_should_stop() {
                        schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
                    }
                    7
                },
                ran.clone(),
                "bench"
            )
            .expect("created");
            wait_for_completion(&ran);
            assert_eq!(kthread_stop(&task), 7);
        });
    });
    group.bench_function("std spawn, park, unpark, join", |b| {
        b.iter(|| {
            let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
            let (running, wait) = mpsc::sync_channel(1);
            let thread = {
                let stop = stop.clone();
                std_thread(move || {
                    running.send(()).expect("somebody waits");
                    while !stop.load(std::sync::atomic::Ordering::Acquire) {
                        std::thread::park();
                    }
                    7
                })
            };
            wait.recv().expect("it runs");
            stop.store(true, std::sync::atomic::Ordering::Release);
            thread.thread().unpark();
            assert_eq!(thread.join().expect("no panic"), 7);
        });
    });
}

criterion_group!(benches, create, first_instruction, run_and_stop);
criterion_main!(benches);
