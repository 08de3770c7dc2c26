//! The sleep protocol beside std's `park`, crossbeam's `Parker` and the C shim.
//!
//! *ping-pong* is a round trip between two threads of a kind, with one sleep and one wake-up each
//! way. *wake a running task* is a wake-up without effect, of the caller itself.
//! *set_current_state* has as baselines the swap that it can't do without: with the weakest
//! ordering and with the strongest.

use benches::ping_pong::to_and_fro;
use benches::shim::ShimCurrent;
use benches::sleeper::{Park, Schedule, Sleeper};
use benches::threads::{Kthreads, PLAIN, Shim, Threads};
use benches::{kernel, time_of};
use criterion::{Criterion, criterion_group, criterion_main};
use crossbeam_utils::sync::Parker;
use kthread_rt::prelude::*;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A measurement of any way to sleep, in any kind of thread.
trait Subject {
    fn measure<S: Sleeper>(&self, threads: &impl Threads, times: u64) -> Duration;
}

fn compare(c: &mut Criterion, what: &str, subject: impl Subject) {
    let kernel = kernel();
    let kthreads = Kthreads::inside(&kernel);
    let mut group = c.benchmark_group(what);
    group.bench_function("schedule, wake_up_process", |b| {
        b.iter_custom(|n| subject.measure::<Schedule>(&kthreads, n));
    });
    group.bench_function("std park, unpark", |b| b.iter_custom(|n| subject.measure::<Park>(&PLAIN, n)));
    group.bench_function("crossbeam Parker", |b| b.iter_custom(|n| subject.measure::<Parker>(&PLAIN, n)));
    group.bench_function("C shim", |b| b.iter_custom(|n| subject.measure::<ShimCurrent>(&Shim, n)));
}

struct PingPong;

impl Subject for PingPong {
    fn measure<S: Sleeper>(&self, threads: &impl Threads, times: u64) -> Duration {
        to_and_fro::<S>(threads, times)
    }
}

struct WakeRunning;

impl Subject for WakeRunning {
    fn measure<S: Sleeper>(&self, threads: &impl Threads, times: u64) -> Duration {
        threads.time_inside(move || {
            let sleeper = S::here();
            let waker = sleeper.waker();
            // SAFETY: the thread is the caller.
            time_of(times, || unsafe { S::wake(black_box(&waker)) })
        })
    }
}

fn ping_pong(c: &mut Criterion) {
    compare(c, "ping-pong", PingPong);
}

fn wake_running(c: &mut Criterion) {
    compare(c, "wake a running task", WakeRunning);
}

fn set_state(c: &mut Criterion) {
    static STATE: AtomicU32 = AtomicU32::new(0);
    let kernel = kernel();
    let kthreads = Kthreads::inside(&kernel);
    let mut group = c.benchmark_group("set_current_state");
    group.bench_function("set_current_state", |b| {
        b.iter_custom(|n| {
            kthreads.time_inside(move || {
                let time = time_of(n, || set_current_state(black_box(TASK_UNINTERRUPTIBLE)));
                __set_current_state(TASK_RUNNING);
                time
            })
        });
    });
    group.bench_function("relaxed swap", |b| {
        b.iter_custom(|n| {
            PLAIN.repeat(n, || {
                black_box(STATE.swap(black_box(2), Ordering::Relaxed));
            })
        });
    });
    group.bench_function("SeqCst swap", |b| {
        b.iter_custom(|n| {
            PLAIN.repeat(n, || {
                black_box(STATE.swap(black_box(2), Ordering::SeqCst));
            })
        });
    });
    group.bench_function("C shim", |b| {
        b.iter_custom(|n| {
            Shim.time_inside(move || {
                let me = ShimCurrent::get();
                time_of(n, || me.set_asleep())
            })
        });
    });
}

criterion_group!(benches, ping_pong, wake_running, set_state);
criterion_main!(benches);
