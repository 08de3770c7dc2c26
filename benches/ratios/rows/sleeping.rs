//! Sleeping and waking.

use crate::contest::{Contest, per};
use benches::monitor::{Monitor, StdMonitor};
use benches::sleeper::{Park, Schedule, Sleeper};
use benches::threads::{DONE, Kthreads, PLAIN, Threads};
use benches::time_of;
use kthread_rt::prelude::*;
use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const ROUNDS: u32 = 3_000;
const CHEAP: u32 = 200_000;

/// kthreads of the Kernel that this thread has entered.
pub(super) fn kthreads() -> Kthreads {
    Kthreads::inside(&Kernel::current())
}

/// A turn goes to another thread and back: in each round both sleep once and are woken once.
pub(super) fn sleep_ping_pong<S: Sleeper>(threads: &impl Threads) -> f64 {
    let turn = Arc::new(AtomicU32::new(0));
    let me = S::here();
    let other = threads.create({
        let (turn, waker) = (turn.clone(), me.waker());
        move || {
            let me = S::here();
            for round in 0..ROUNDS {
                me.sleep_until(|| turn.load(Ordering::Acquire) == 2 * round + 1);
                turn.store(2 * round + 2, Ordering::Release);
                // SAFETY: it is the other that is waited for.
                unsafe { S::wake(&waker) };
            }
            DONE
        }
    });
    threads.wake(&other);
    let mut round = 0;
    let time = per(ROUNDS, || {
        turn.store(2 * round + 1, Ordering::Release);
        threads.wake(&other);
        me.sleep_until(|| turn.load(Ordering::Acquire) == 2 * round + 2);
        round += 1;
    });
    assert_eq!(threads.end(other), DONE);
    time
}

/// One event goes to another thread, and one comes back.
fn event_ping_pong<E: Default + Send + Sync + 'static>(
    threads: &impl Threads,
    complete: impl Fn(&E) + Copy + Send + 'static,
    wait: impl Fn(&E) + Copy + Send + 'static,
) -> f64 {
    let pair = Arc::new((E::default(), E::default()));
    let other = threads.create({
        let pair = pair.clone();
        move || {
            for _ in 0..ROUNDS {
                wait(&pair.0);
                complete(&pair.1);
            }
            DONE
        }
    });
    threads.wake(&other);
    let time = per(ROUNDS, || {
        complete(&pair.0);
        wait(&pair.1);
    });
    assert_eq!(threads.end(other), DONE);
    time
}

fn our_completion_ping_pong() -> f64 {
    event_ping_pong::<Completion>(&kthreads(), |event| complete(event), |event| wait_for_completion(event))
}

/// A completion as a port without a shim writes it.
fn std_event_ping_pong() -> f64 {
    let complete = |event: &StdMonitor| {
        event.change(|done| *done += 1);
        event.notify_one();
    };
    let wait = |event: &StdMonitor| {
        event.wait_until(|done| {
            let is_done = *done > 0;
            *done -= u64::from(is_done);
            is_done
        });
    };
    event_ping_pong(&PLAIN, complete, wait)
}

/// In a thread of this kind: the time of one operation, where `run` returns that of [`CHEAP`].
fn per_inside(threads: &impl Threads, run: impl FnOnce() -> Duration + Send + 'static) -> f64 {
    threads.time_inside(run).as_nanos() as f64 / f64::from(CHEAP)
}

/// In a kthread, since kthreads call it.
fn our_should_stop() -> f64 {
    per_inside(&kthreads(), || {
        time_of(CHEAP.into(), || {
            black_box(kthread_should_stop());
        })
    })
}

fn flag_by_thread_local() -> f64 {
    thread_local!(static FLAG: Cell<&'static AtomicU32> = const { Cell::new(&STOP) });
    static STOP: AtomicU32 = AtomicU32::new(0);
    per_inside(&PLAIN, || {
        // Another thread may have its address, so the compiler can't take its first value for
        // constant and leave the thread-local out.
        FLAG.with(|own| own.set(black_box(own).get()));
        time_of(CHEAP.into(), || {
            black_box(FLAG.with(Cell::get).load(Ordering::Relaxed) & 2 != 0);
        })
    })
}

pub(crate) fn contests() -> Vec<Contest> {
    let done = Completion::new();
    let lock = parking_lot::Mutex::new(0);
    let me = current();
    vec![
        Contest::new("schedule and wake, ping-pong", 15, || sleep_ping_pong::<Schedule>(&kthreads()))
            .against("std park and unpark", 1.0, || sleep_ping_pong::<Park>(&PLAIN)),
        Contest::new("completions, ping-pong", 15, our_completion_ping_pong).against(
            "std Mutex and Condvar",
            0.9,
            std_event_ping_pong,
        ),
        Contest::new("complete and wait, uncontended", 31, move || {
            per(CHEAP, || {
                complete(&done);
                wait_for_completion(&done);
            })
        })
        .against("parking_lot lock and unlock, twice", 1.5, move || {
            per(CHEAP, || {
                *black_box(&lock).lock() += 1;
                *black_box(&lock).lock() -= 1;
            })
        }),
        Contest::new("kthread_should_stop", 31, our_should_stop).against(
            "a relaxed load through a thread-local",
            1.5,
            flag_by_thread_local,
        ),
        Contest::new("wake of a running task", 31, move || {
            per(CHEAP, || {
                assert!(!wake_up_process(black_box(&me)));
            })
        })
        .against("10 ns", 1.0, || 10.0),
    ]
}
