//! Timers: the cost of arming, re-arming and deleting one among 10, 10⁴ and 10⁶ armed ones, and how
//! late they fire.
//!
//! The baselines are what a port without a timer wheel writes, written as well as possible: each is
//! an ordered structure under a parking_lot mutex, with the timers in a table, so that an operation
//! allocates only what the structure itself does.
//!
//! * "BTreeSet" holds (expiry, number); re-arming removes and inserts.
//! * "BinaryHeap, lazy" never searches for an entry: a timer that is re-armed or deleted leaves its
//!   old entry behind, which is recognised by its age, and the heap is rebuilt when more than half
//!   of it is such entries. The time includes the rebuilding.
//!
//! "re-arm" uses at most 256 timers again and again, like timeouts of connections. "re-arm any"
//! uses any of the armed ones, so that with many each is far from the cpu's caches, whatever the
//! structure.
//!
//! The baselines have no thread to wake, which is to their advantage: ours checks whether its
//! thread sleeps too long. No timer expires meanwhile. The expiries are random within an hour.
//!
//! "lateness" is the time from the moment for which a timer was armed until its callback runs,
//! beside a thread that sleeps until that moment in `Condvar::wait_timeout`. For a timer of jiffies
//! the moment is the beginning of its jiffy.
//!
//! Everything is pinned to one cpu.

mod lateness;
mod structures;

use benches::pin_to_one_cpu;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use lateness::lateness;
use std::hint::black_box;
use std::time::{Duration, Instant};
use structures::{LazyHeap, LockedTree, Timers, Wheel};

const ARMED: [usize; 3] = [10, 10_000, 1_000_000];

/// Numbers without a pattern, the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A random jiffy within the hour after the next.
    fn jiffy(&mut self) -> u64 {
        jiffies() + 3600 * HZ + self.next() % (3600 * HZ)
    }
}

/// A measured operation on timers, with expiries and numbers for it.
type Operation<'a, T> = &'a mut dyn FnMut(&mut T, &[u64], &[usize]) -> Duration;

/// Measures the operations among `armed` timers. There are also idle ones, as many as one series of
/// operations uses, so that the clock is not read for each.
fn operations<T: Timers>(c: &mut Criterion, name: &str, armed: usize) {
    let batch = armed.min(256);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut timers = T::new(armed + batch);
    for number in 0..armed {
        timers.arm(number, random.jiffy());
    }
    let mut bench = |operation: &str, run: Operation<'_, T>| {
        let id = BenchmarkId::new(name, armed);
        c.benchmark_group(operation).bench_function(id, |b| {
            b.iter_custom(|iterations| {
                let (mut total, mut left) = (Duration::ZERO, iterations as usize);
                while left > 0 {
                    let now = left.min(batch);
                    let expiries: Vec<u64> = (0..now).map(|_| random.jiffy()).collect();
                    let numbers: Vec<usize> = (0..now).map(|_| random.below(armed)).collect();
                    total += run(&mut timers, &expiries, &numbers);
                    left -= now;
                }
                total
            });
        });
    };
    bench("arm", &mut |timers, expiries, _| {
        let start = Instant::now();
        for (idle, &expires) in expiries.iter().enumerate() {
            timers.arm(armed + idle, expires);
        }
        let took = start.elapsed();
        (0..expiries.len()).for_each(|idle| timers.delete(armed + idle));
        took
    });
    bench("re-arm", &mut |timers, expiries, numbers| {
        let start = Instant::now();
        for (&expires, &number) in expiries.iter().zip(numbers) {
            timers.arm(number % batch, expires);
        }
        start.elapsed()
    });
    bench("re-arm any", &mut |timers, expiries, numbers| {
        let start = Instant::now();
        for (&expires, &number) in expiries.iter().zip(numbers) {
            timers.arm(number, expires);
        }
        start.elapsed()
    });
    bench("delete", &mut |timers, expiries, _| {
        for (idle, &expires) in expiries.iter().enumerate() {
            timers.arm(armed + idle, expires);
        }
        let start = Instant::now();
        (0..expiries.len()).for_each(|idle| timers.delete(armed + idle));
        start.elapsed()
    });
    black_box(timers);
}

fn arm_and_delete(c: &mut Criterion) {
    pin_to_one_cpu();
    for armed in ARMED {
        operations::<Wheel>(c, "mod_timer, timer_delete", armed);
        operations::<LockedTree>(c, "BTreeSet", armed);
        operations::<LazyHeap>(c, "BinaryHeap, lazy", armed);
    }
}

criterion_group!(benches, arm_and_delete, lateness);
criterion_main!(benches);
