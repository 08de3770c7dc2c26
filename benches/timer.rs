//! Timers: what arming, re-arming and deleting one costs among 10, 10⁴ and 10⁶ that are armed, and how late they fire.
//!
//! The baselines are what a port writes that has no timer wheel, as well as it can be written: both are one ordered
//! structure under a parking_lot mutex, with the timers in a table, so that an operation allocates nothing but what the
//! structure does.
//!
//! * "BTreeSet" holds (expiry, number); to re-arm is to remove and to insert.
//! * "BinaryHeap, lazy" never looks for an entry: a timer that is re-armed or deleted leaves its old entry behind, which is
//!   told by its age, and the heap is rebuilt when more than half of it is such. The rebuilding is in the time.
//!
//! "re-arm" is of timers that are used again and again, 256 at most, as one that watches over a connection is; "re-arm any" is
//! of any of those armed, so that with many each is far from the cpu's caches, whatever the structure.
//!
//! Neither has a thread to wake, which is to their advantage: ours looks whether its thread sleeps too long. No timer expires
//! meanwhile. The expiries are random within an hour.
//!
//! "lateness" is the time from the moment that a timer was armed for until its callback runs, beside a thread that sleeps
//! until that moment in `Condvar::wait_timeout`. For a timer of jiffies the moment is the begin of its jiffy.
//!
//! Everything is pinned to one cpu.

use benches::{pin_to_one_cpu, std_thread};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use parking_lot::Mutex;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::hint::black_box;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, mpsc};
use std::time::{Duration, Instant};

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

    /// A jiffy of the hour after the next.
    fn jiffy(&mut self) -> u64 {
        jiffies() + 3600 * HZ + self.next() % (3600 * HZ)
    }
}

/// Timers by their numbers, some of them armed.
trait Timers {
    fn new(count: usize) -> Self;

    /// Arms a timer, or arms it anew.
    fn arm(&mut self, number: usize, expires: u64);

    fn delete(&mut self, number: usize);
}

struct Wheel(Vec<Timer>);

impl Timers for Wheel {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| Timer::new(|_| ())).collect())
    }

    fn arm(&mut self, number: usize, expires: u64) {
        mod_timer(&self.0[number], expires);
    }

    fn delete(&mut self, number: usize) {
        assert_eq!(timer_delete(&self.0[number]), 1);
    }
}

#[derive(Default)]
struct Tree {
    tree: BTreeSet<(u64, usize)>,
    /// The expiry of each armed timer, 0 for the others.
    expiries: Vec<u64>,
}

struct LockedTree(Mutex<Tree>);

impl Timers for LockedTree {
    fn new(count: usize) -> Self {
        Self(Mutex::new(Tree { expiries: vec![0; count], ..Tree::default() }))
    }

    fn arm(&mut self, number: usize, expires: u64) {
        let Tree { tree, expiries } = &mut *self.0.lock();
        if expiries[number] != 0 {
            tree.remove(&(expiries[number], number));
        }
        expiries[number] = expires;
        tree.insert((expires, number));
    }

    fn delete(&mut self, number: usize) {
        let Tree { tree, expiries } = &mut *self.0.lock();
        assert!(tree.remove(&(expiries[number], number)));
        expiries[number] = 0;
    }
}

/// An entry is its timer's if it has the age that the table says; odd ages are those of armed timers.
#[derive(Default)]
struct Heap {
    heap: BinaryHeap<Reverse<(u64, usize, u64)>>,
    ages: Vec<u64>,
    armed: usize,
}

impl Heap {
    fn tidy(&mut self) {
        if self.heap.len() > 64 && self.heap.len() > 2 * self.armed {
            let ages = &self.ages;
            self.heap.retain(|Reverse((_, number, age))| ages[*number] == *age);
        }
    }
}

struct LazyHeap(Mutex<Heap>);

impl Timers for LazyHeap {
    fn new(count: usize) -> Self {
        Self(Mutex::new(Heap { ages: vec![0; count], ..Heap::default() }))
    }

    fn arm(&mut self, number: usize, expires: u64) {
        let heap = &mut *self.0.lock();
        let age = &mut heap.ages[number];
        heap.armed += usize::from(*age & 1 == 0);
        *age += if *age & 1 == 0 { 1 } else { 2 };
        heap.heap.push(Reverse((expires, number, *age)));
        heap.tidy();
    }

    fn delete(&mut self, number: usize) {
        let heap = &mut *self.0.lock();
        assert_eq!(heap.ages[number] & 1, 1);
        heap.ages[number] += 1;
        heap.armed -= 1;
        heap.tidy();
    }
}

/// What is measured: something done to timers, with expiries and numbers to do it with.
type Operation<'a, T> = &'a mut dyn FnMut(&mut T, &[u64], &[usize]) -> Duration;

/// Measures the operations among `armed` timers. Besides these there are idle ones, as many as an operation is done
/// with in a row, so that the clock is not read for each.
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

/// What the thread that sleeps is to do.
#[derive(Clone, Copy, Default)]
enum Order {
    #[default]
    None,
    SleepUntil(Instant),
    End,
}

/// A thread's orders.
#[derive(Default)]
struct Alarm {
    order: std::sync::Mutex<Order>,
    changed: Condvar,
}

impl Alarm {
    /// Waits for an order, then until its time; how late it is. `None` when it is over.
    fn wait(&self) -> Option<Duration> {
        let mut order = self.order.lock().expect("no panic");
        loop {
            match *order {
                Order::None => order = self.changed.wait(order).expect("no panic"),
                Order::SleepUntil(at) => {
                    let left = at.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        *order = Order::None;
                        return Some(at.elapsed());
                    }
                    order = self.changed.wait_timeout(order, left).expect("no panic").0;
                }
                Order::End => return None,
            }
        }
    }

    fn set(&self, order: Order) {
        *self.order.lock().expect("no panic") = order;
        self.changed.notify_one();
    }
}

/// When jiffy 0 would have begun, or a little earlier: a lower bound from some ticks, which it takes to be past being
/// preempted.
fn jiffies_began() -> i64 {
    let tick = || {
        let (before, mut still_before) = (jiffies(), ktime_get());
        loop {
            // In this order: if the jiffy is still the old one, the next begins after that time.
            let (now, jiffy) = (ktime_get(), jiffies());
            if jiffy != before {
                return still_before - jiffies_to_nsecs(jiffy) as i64;
            }
            still_before = now;
        }
    };
    (0..5).map(|_| tick()).max().unwrap_or(0)
}

const AHEAD: Duration = Duration::from_millis(6);

fn lateness(c: &mut Criterion) {
    pin_to_one_cpu();
    let mut group = c.benchmark_group("lateness");
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    let fired = Arc::new((AtomicI64::new(0), Completion::new()));
    let fire = {
        let fired = fired.clone();
        move || {
            fired.0.store(ktime_get(), Ordering::Relaxed);
            complete(&fired.1);
        }
    };
    // Nanoseconds from `at` until the callback has run.
    let wait = |at: i64| {
        wait_for_completion(&fired.1);
        let late = fired.0.load(Ordering::Relaxed) - at;
        assert!(late >= 0, "a timer is never early");
        Duration::from_nanos(late as u64)
    };
    group.bench_function("timer", |b| {
        let timer = Timer::new({
            let fire = fire.clone();
            move |_| fire()
        });
        let began = jiffies_began();
        b.iter_custom(|n| {
            (0..n)
                .map(|_| {
                    let expires = jiffies() + 2;
                    mod_timer(&timer, expires);
                    wait(began + jiffies_to_nsecs(expires) as i64)
                })
                .sum()
        });
    });
    group.bench_function("hrtimer", |b| {
        let timer = HighResTimer::new({
            let fire = fire.clone();
            move |_| {
                fire();
                HRTIMER_NORESTART
            }
        });
        b.iter_custom(|n| {
            (0..n)
                .map(|_| {
                    let at = ktime_add_ns(ktime_get(), AHEAD.as_nanos() as u64);
                    hrtimer_start(&timer, at, HRTIMER_MODE_ABS);
                    wait(at)
                })
                .sum()
        });
    });
    group.bench_function("a thread in Condvar::wait_timeout", |b| {
        let alarm = Arc::new(Alarm::default());
        let (tell, told) = mpsc::channel();
        let thread = {
            let alarm = alarm.clone();
            std_thread(move || {
                while let Some(late) = alarm.wait() {
                    tell.send(late).expect("somebody waits");
                }
            })
        };
        b.iter_custom(|n| {
            (0..n)
                .map(|_| {
                    alarm.set(Order::SleepUntil(Instant::now() + AHEAD));
                    told.recv().expect("the thread is there")
                })
                .sum()
        });
        alarm.set(Order::End);
        thread.join().expect("no panic");
    });
}

criterion_group!(benches, arm_and_delete, lateness);
criterion_main!(benches);
