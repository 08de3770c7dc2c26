//! Completions beside the mutex and condition variable of a port: std's, parking_lot's, and in C.
//!
//! *uncontended* is `complete` and then a wait that finds it done. *ping-pong* is a round trip
//! between two threads, with one sleep and one wake-up each way. *complete_all of 100* wakes a
//! hundred threads and waits until the last has passed; they then wait for the next round, on
//! another completion. On every side a thread that comes too late to sleep passes too.

use benches::crowd::{Gate, time_of_passing};
use benches::monitor::{Monitor, ParkingLotMonitor, StdMonitor};
use benches::ping_pong::play;
use benches::shim::ShimCompletion;
use benches::threads::{Kthreads, PLAIN, Shim, Threads};
use benches::{kernel, time_of};
use criterion::{Criterion, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// An event that counts how often it was completed.
trait Event: Default + Send + Sync + 'static {
    fn complete(&self);
    fn complete_all(&self);
    fn wait(&self);
    fn reinit(&self);
}

impl Event for Completion {
    fn complete(&self) {
        complete(self);
    }

    fn complete_all(&self) {
        complete_all(self);
    }

    fn wait(&self) {
        wait_for_completion(self);
    }

    fn reinit(&self) {
        reinit_completion(self);
    }
}

/// A monitor's number counts the completions; this number is for `complete_all`.
const FOR_ALL: u64 = u64::MAX;

/// A completion made from a monitor.
#[derive(Default)]
struct Monitored<M>(M);

impl<M: Monitor> Event for Monitored<M> {
    fn complete(&self) {
        self.0.change(|done| *done = done.saturating_add(1));
        self.0.notify_one();
    }

    fn complete_all(&self) {
        self.0.change(|done| *done = FOR_ALL);
        self.0.notify_all();
    }

    fn wait(&self) {
        self.0.wait_until(|done| match *done {
            0 => false,
            FOR_ALL => true,
            _ => {
                *done -= 1;
                true
            }
        });
    }

    fn reinit(&self) {
        self.0.change(|done| *done = 0);
    }
}

impl Event for ShimCompletion {
    fn complete(&self) {
        self.complete();
    }

    fn complete_all(&self) {
        self.complete_all();
    }

    fn wait(&self) {
        self.wait();
    }

    fn reinit(&self) {
        self.reinit();
    }
}

/// A measurement of any kind of event, in any kind of thread.
trait Subject {
    fn measure<E: Event>(&self, threads: &impl Threads, times: u64) -> Duration;
}

fn compare(c: &mut Criterion, what: &str, subject: impl Subject) {
    let kernel = kernel();
    let kthreads = Kthreads::inside(&kernel);
    let mut group = c.benchmark_group(what);
    group.bench_function("completion", |b| b.iter_custom(|n| subject.measure::<Completion>(&kthreads, n)));
    group.bench_function("std Mutex and Condvar", |b| {
        b.iter_custom(|n| subject.measure::<Monitored<StdMonitor>>(&PLAIN, n));
    });
    group.bench_function("parking_lot Mutex and Condvar", |b| {
        b.iter_custom(|n| subject.measure::<Monitored<ParkingLotMonitor>>(&PLAIN, n));
    });
    group.bench_function("C shim", |b| b.iter_custom(|n| subject.measure::<ShimCompletion>(&Shim, n)));
}

struct Uncontended;

impl Subject for Uncontended {
    fn measure<E: Event>(&self, threads: &impl Threads, times: u64) -> Duration {
        threads.time_inside(move || {
            let event = E::default();
            time_of(times, || {
                black_box(&event).complete();
                black_box(&event).wait();
            })
        })
    }
}

struct PingPong;

impl Subject for PingPong {
    fn measure<E: Event>(&self, threads: &impl Threads, times: u64) -> Duration {
        let turns = Arc::new([E::default(), E::default()]);
        turns[0].complete();
        play(threads, times, |seat| {
            let turns = turns.clone();
            move || {
                move || {
                    turns[seat].wait();
                    turns[1 - seat].complete();
                }
            }
        })
    }
}

/// Completions that the rounds use alternately, so that no thread passes one of the next round.
#[derive(Default)]
struct Gates<E> {
    open: [E; 2],
    all_passed: E,
}

impl<E: Event> Gate for Gates<E> {
    fn open(&self, round: u64) {
        self.open[round as usize % 2].complete_all();
    }

    fn pass(&self, round: u64) {
        self.open[round as usize % 2].wait();
    }

    fn all_passed(&self, _: u64) {
        self.all_passed.complete();
    }

    fn close(&self, round: u64) {
        self.all_passed.wait();
        self.open[round as usize % 2].reinit();
    }
}

struct CompleteAll;

impl Subject for CompleteAll {
    fn measure<E: Event>(&self, threads: &impl Threads, times: u64) -> Duration {
        time_of_passing::<Gates<E>>(threads, times)
    }
}

fn completions(c: &mut Criterion) {
    compare(c, "uncontended", Uncontended);
    compare(c, "ping-pong", PingPong);
    compare(c, "complete_all of 100", CompleteAll);
}

criterion_group!(benches, completions);
criterion_main!(benches);
