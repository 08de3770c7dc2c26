//! Wait queues beside the standard library's and parking_lot's mutex and condition variable.
//!
//! * *ping-pong* is a round trip between two threads, with one sleep and one wake-up each way.
//! * *wake nobody* is a wake-up of an empty queue.
//! * *wake 100* wakes a hundred sleepers and waits until the last has gone to sleep again, or is
//!   about to. `wake_up` wakes exclusive sleepers one by one; `wake_up_all` wakes them like the
//!   others.
//! * *wake 1 of 100* gives one item to a hundred exclusive sleepers, and waits until one of them
//!   has taken it.
//!
//! The C shim has no wait queues.

use benches::crowd::{CROWD, Gate, beside_crowd, time_of_passing};
use benches::monitor::{Monitor, ParkingLotMonitor, StdMonitor};
use benches::ping_pong::play;
use benches::threads::{Kthreads, PLAIN, Threads};
use benches::{kernel, time_of};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A number on which threads wait.
trait Awaited: Default + Send + Sync + 'static {
    /// Adds one and wakes one waiter.
    fn add(&self);

    /// Adds one and wakes all waiters.
    fn add_for_all(&self);

    /// Wakes one waiter, without a change.
    fn wake(&self);

    /// Waits until the number is at least this one.
    fn wait_for(&self, number: u64);

    /// Waits until the number is not 0, and subtracts one.
    fn take(&self);
}

/// With a wait queue, whose sleepers are exclusive or not.
#[derive(Default)]
struct Queue<const EXCLUSIVE: bool> {
    wq: WaitQueueHead,
    number: AtomicU64,
}

impl<const EXCLUSIVE: bool> Awaited for Queue<EXCLUSIVE> {
    fn add(&self) {
        self.number.fetch_add(1, Ordering::Release);
        wake_up(&self.wq);
    }

    fn add_for_all(&self) {
        self.number.fetch_add(1, Ordering::Release);
        wake_up_all(&self.wq);
    }

    fn wake(&self) {
        wake_up(&self.wq);
    }

    fn wait_for(&self, number: u64) {
        let reached = || self.number.load(Ordering::Acquire) >= number;
        if EXCLUSIVE {
            wait_event_exclusive!(self.wq, reached());
        } else {
            wait_event!(self.wq, reached());
        }
    }

    fn take(&self) {
        let less = |number: u64| number.checked_sub(1);
        let taken = || self.number.fetch_update(Ordering::Acquire, Ordering::Relaxed, less).is_ok();
        wait_event_exclusive!(self.wq, taken());
    }
}

impl<M: Monitor> Awaited for M {
    fn add(&self) {
        self.change(|number| *number += 1);
        self.notify_one();
    }

    fn add_for_all(&self) {
        self.change(|number| *number += 1);
        self.notify_all();
    }

    fn wake(&self) {
        self.notify_one();
    }

    fn wait_for(&self, wanted: u64) {
        self.wait_until(|number| *number >= wanted);
    }

    fn take(&self) {
        self.wait_until(|number| number.checked_sub(1).map(|less| *number = less).is_some());
    }
}

/// A measurement of any kind of number, in any kind of thread.
trait Subject {
    fn measure<A: Awaited>(&self, threads: &impl Threads, times: u64) -> Duration;

    /// A row.
    fn row<A: Awaited>(&self, group: &mut BenchmarkGroup<'_, WallTime>, name: &str, threads: &impl Threads) {
        group.bench_function(name, |b| b.iter_custom(|n| self.measure::<A>(threads, n)));
    }
}

/// Measures wait queues and the baselines. Exclusive sleepers make a difference only where many are
/// woken.
fn compare(c: &mut Criterion, what: &str, exclusive_too: bool, subject: impl Subject) {
    let kernel = kernel();
    let kthreads = Kthreads::inside(&kernel);
    let mut group = c.benchmark_group(what);
    subject.row::<Queue<false>>(&mut group, "wait queue", &kthreads);
    if exclusive_too {
        subject.row::<Queue<true>>(&mut group, "wait queue, exclusive", &kthreads);
    }
    subject.row::<StdMonitor>(&mut group, "std Mutex and Condvar", &PLAIN);
    subject.row::<ParkingLotMonitor>(&mut group, "parking_lot Mutex and Condvar", &PLAIN);
}

struct PingPong;

impl Subject for PingPong {
    fn measure<A: Awaited>(&self, threads: &impl Threads, times: u64) -> Duration {
        let turn = Arc::new(A::default());
        play(threads, times, |seat| {
            let (turn, mut mine) = (turn.clone(), seat as u64);
            move || {
                move || {
                    turn.wait_for(mine);
                    turn.add();
                    mine += 2;
                }
            }
        })
    }
}

struct WakeNobody;

impl Subject for WakeNobody {
    fn measure<A: Awaited>(&self, threads: &impl Threads, times: u64) -> Duration {
        threads.time_inside(move || {
            let nobodys = A::default();
            time_of(times, || black_box(&nobodys).wake())
        })
    }
}

/// A gate that a crowd passes by its number; the other number is the answer.
#[derive(Default)]
struct Numbers<A> {
    open: A,
    all_passed: A,
}

impl<A: Awaited> Gate for Numbers<A> {
    fn open(&self, _: u64) {
        self.open.add_for_all();
    }

    fn pass(&self, round: u64) {
        self.open.wait_for(round);
    }

    fn all_passed(&self, _: u64) {
        self.all_passed.add();
    }

    fn close(&self, round: u64) {
        self.all_passed.wait_for(round);
    }
}

struct WakeAll;

impl Subject for WakeAll {
    fn measure<A: Awaited>(&self, threads: &impl Threads, times: u64) -> Duration {
        time_of_passing::<Numbers<A>>(threads, times)
    }
}

/// Items that a crowd takes one by one.
#[derive(Default)]
struct Things<A> {
    offered: A,
    taken: AtomicU64,
    answer: A,
}

struct WakeOne;

impl Subject for WakeOne {
    fn measure<A: Awaited>(&self, threads: &impl Threads, times: u64) -> Duration {
        let things = Arc::new(Things::<A>::default());
        let giver = things.clone();
        let member = || {
            let things = things.clone();
            move || {
                loop {
                    things.offered.take();
                    if things.taken.fetch_add(1, Ordering::Relaxed) >= times {
                        return;
                    }
                    things.answer.add();
                }
            }
        };
        let time = beside_crowd(threads, member, move || {
            let mut round = 0;
            let time = time_of(times, || {
                round += 1;
                giver.offered.add();
                giver.answer.wait_for(round);
            });
            // The last ones end the crowd.
            (0..CROWD).for_each(|_| giver.offered.add());
            time
        });
        assert_eq!(things.taken.load(Ordering::Relaxed), times + CROWD);
        time
    }
}

fn wait_queues(c: &mut Criterion) {
    compare(c, "ping-pong", false, PingPong);
    compare(c, "wake nobody", false, WakeNobody);
    compare(c, "wake 100", true, WakeAll);
    compare(c, "wake 1 of 100", false, WakeOne);
}

criterion_group!(benches, wait_queues);
criterion_main!(benches);
