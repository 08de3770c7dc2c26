//! Wait queues beside the standard library's and parking_lot's mutex and condition variable.
//!
//! "ping-pong" is a round trip between two threads, one sleep and one wake-up each way. "wake nobody" is a wake-up of a queue
//! on which nobody waits. "wake 100" lets a hundred sleepers go and waits until the last has gone to sleep again.

use criterion::{Criterion, criterion_group, criterion_main};
use kthread_rt::prelude::*;
use parking_lot::{Condvar as ParkingCondvar, Mutex as ParkingMutex};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// A turn that is passed to and fro: odd numbers are the other's.
#[derive(Default)]
struct Turn {
    wq: WaitQueueHead,
    count: AtomicU64,
}

const OVER: u64 = u64::MAX;

fn ping_pong(c: &mut Criterion) {
    let mut group = c.benchmark_group("ping-pong");
    group.bench_function("wait_event, wake_up", |b| {
        let turn = Arc::new(Turn::default());
        let other = {
            let turn = turn.clone();
            kthread_run(
                move |()| {
                    loop {
                        wait_event!(turn.wq, turn.count.load(Ordering::Acquire) & 1 == 1);
                        if turn.count.load(Ordering::Relaxed) == OVER {
                            return 0;
                        }
                        turn.count.fetch_add(1, Ordering::Release);
                        wake_up(&turn.wq);
                    }
                },
                (),
                "other",
            )
            .expect("created")
        };
        b.iter(|| {
            turn.count.fetch_add(1, Ordering::Release);
            wake_up(&turn.wq);
            wait_event!(turn.wq, turn.count.load(Ordering::Acquire) & 1 == 0);
        });
        turn.count.store(OVER, Ordering::Release);
        wake_up(&turn.wq);
        assert_eq!(kthread_stop(&other), 0);
    });
    group.bench_function("std Mutex and Condvar", |b| {
        let turn = Arc::new((Mutex::new(0_u64), Condvar::new()));
        let other = {
            let turn = turn.clone();
            std::thread::spawn(move || {
                let mut count = turn.0.lock().expect("no panic");
                loop {
                    while *count & 1 == 0 {
                        count = turn.1.wait(count).expect("no panic");
                    }
                    if *count == OVER {
                        return;
                    }
                    *count += 1;
                    turn.1.notify_one();
                }
            })
        };
        b.iter(|| {
            let mut count = turn.0.lock().expect("no panic");
            *count += 1;
            turn.1.notify_one();
            while *count & 1 == 1 {
                count = turn.1.wait(count).expect("no panic");
            }
        });
        *turn.0.lock().expect("no panic") = OVER;
        turn.1.notify_one();
        other.join().expect("no panic");
    });
    group.bench_function("parking_lot Mutex and Condvar", |b| {
        let turn = Arc::new((ParkingMutex::new(0_u64), ParkingCondvar::new()));
        let other = {
            let turn = turn.clone();
            std::thread::spawn(move || {
                let mut count = turn.0.lock();
                loop {
                    while *count & 1 == 0 {
                        turn.1.wait(&mut count);
                    }
                    if *count == OVER {
                        return;
                    }
                    *count += 1;
                    turn.1.notify_one();
                }
            })
        };
        b.iter(|| {
            let mut count = turn.0.lock();
            *count += 1;
            turn.1.notify_one();
            while *count & 1 == 1 {
                turn.1.wait(&mut count);
            }
        });
        *turn.0.lock() = OVER;
        turn.1.notify_one();
        other.join().expect("no panic");
    });
}

fn wake_nobody(c: &mut Criterion) {
    let mut group = c.benchmark_group("wake nobody");
    let wq = WaitQueueHead::new();
    group.bench_function("wake_up", |b| b.iter(|| wake_up(&wq)));
    let condvar = Condvar::new();
    group.bench_function("std Condvar", |b| b.iter(|| condvar.notify_one()));
}

/// How many sleep in "wake 100".
const CROWD: u64 = 100;

/// A crowd that is let go round by round.
#[derive(Default)]
struct Crowd {
    wq: WaitQueueHead,
    round: AtomicU64,
    passed: AtomicU64,
    all_passed: Completion,
}

fn wake_100(c: &mut Criterion) {
    let mut group = c.benchmark_group("wake 100");
    group.sample_size(20);
    for exclusive in [false, true] {
        let name = if exclusive { "exclusive, wake_up_all" } else { "wake_up_all" };
        group.bench_function(name, |b| {
            let crowd = Arc::new(Crowd::default());
            let tasks: Vec<Task> = (0..CROWD)
                .map(|i| {
                    let crowd = crowd.clone();
                    kthread_run(move |()| sleep_in(&crowd, exclusive), (), &format!("sleeper/{i}"))
                        .expect("created")
                })
                .collect();
            b.iter(|| {
                crowd.round.fetch_add(1, Ordering::Release);
                wake_up_all(&crowd.wq);
                wait_for_completion(&crowd.all_passed);
            });
            crowd.round.store(OVER, Ordering::Release);
            wake_up_all(&crowd.wq);
            for task in &tasks {
                assert_eq!(kthread_stop(task), 0);
            }
        });
    }
}

fn sleep_in(crowd: &Crowd, exclusive: bool) -> i32 {
    let mut seen = 0;
    loop {
        let next = || crowd.round.load(Ordering::Acquire) != seen;
        if exclusive {
            wait_event_exclusive!(crowd.wq, next());
        } else {
            wait_event!(crowd.wq, next());
        }
        seen = crowd.round.load(Ordering::Relaxed);
        if seen == OVER {
            return 0;
        }
        if crowd.passed.fetch_add(1, Ordering::Relaxed) + 1 == CROWD {
            crowd.passed.store(0, Ordering::Relaxed);
            complete(&crowd.all_passed);
        }
    }
}

criterion_group!(benches, ping_pong, wake_nobody, wake_100);
criterion_main!(benches);
