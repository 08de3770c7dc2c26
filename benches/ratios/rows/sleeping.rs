//! Sleeping and waking.

use crate::contest::{Contest, per};
use kthread_rt::prelude::*;
use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};

const ROUNDS: u32 = 3_000;
const CHEAP: u32 = 200_000;

/// Runs a call in the thread `other`'s place: a ping-pong is over when both have had all their turns.
fn our_sleep_ping_pong() -> f64 {
    let turn = Arc::new(AtomicU32::new(0));
    let main = current();
    let other = {
        let turn = turn.clone();
        let threadfn = move |()| {
            for round in 0..ROUNDS {
                sleep_until_turn(&turn, 2 * round + 1);
                turn.store(2 * round + 2, Ordering::Release);
                wake_up_process(&main);
            }
            0
        };
        kthread_run(threadfn, (), "other").expect("kthreadd makes it")
    };
    let mut round = 0;
    let time = per(ROUNDS, || {
        turn.store(2 * round + 1, Ordering::Release);
        wake_up_process(&other);
        sleep_until_turn(&turn, 2 * round + 2);
        round += 1;
    });
    assert_eq!(kthread_stop(&other), 0);
    time
}

fn sleep_until_turn(turn: &AtomicU32, wanted: u32) {
    loop {
        set_current_state(TASK_UNINTERRUPTIBLE);
        if turn.load(Ordering::Acquire) == wanted {
            break;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
}

fn std_park_ping_pong() -> f64 {
    let turn = Arc::new(AtomicU32::new(0));
    let main = std::thread::current();
    let park_until = |turn: &AtomicU32, wanted| {
        while turn.load(Ordering::Acquire) != wanted {
            std::thread::park();
        }
    };
    let other = {
        let turn = turn.clone();
        std::thread::spawn(move || {
            for round in 0..ROUNDS {
                park_until(&turn, 2 * round + 1);
                turn.store(2 * round + 2, Ordering::Release);
                main.unpark();
            }
        })
    };
    let mut round = 0;
    let time = per(ROUNDS, || {
        turn.store(2 * round + 1, Ordering::Release);
        other.thread().unpark();
        park_until(&turn, 2 * round + 2);
        round += 1;
    });
    other.join().expect("no panic");
    time
}

fn our_completion_ping_pong() -> f64 {
    let pair = Arc::new((Completion::new(), Completion::new()));
    let other = {
        let pair = pair.clone();
        let threadfn = move |()| {
            for _ in 0..ROUNDS {
                wait_for_completion(&pair.0);
                complete(&pair.1);
            }
            0
        };
        kthread_run(threadfn, (), "other").expect("kthreadd makes it")
    };
    let time = per(ROUNDS, || {
        complete(&pair.0);
        wait_for_completion(&pair.1);
    });
    assert_eq!(kthread_stop(&other), 0);
    time
}

/// What a port writes for a completion that has no shim.
#[derive(Default)]
struct Event {
    done: Mutex<u32>,
    changed: Condvar,
}

impl Event {
    fn complete(&self) {
        *self.done.lock().expect("no panic") += 1;
        self.changed.notify_one();
    }

    fn wait(&self) {
        let mut done = self.done.lock().expect("no panic");
        while *done == 0 {
            done = self.changed.wait(done).expect("no panic");
        }
        *done -= 1;
    }
}

fn std_event_ping_pong() -> f64 {
    let pair = Arc::new((Event::default(), Event::default()));
    let other = {
        let pair = pair.clone();
        std::thread::spawn(move || {
            for _ in 0..ROUNDS {
                pair.0.wait();
                pair.1.complete();
            }
        })
    };
    let time = per(ROUNDS, || {
        pair.0.complete();
        pair.1.wait();
    });
    other.join().expect("no panic");
    time
}

/// As a kthread, since that is where it is asked.
fn our_should_stop() -> f64 {
    let threadfn = |()| {
        let time = per(CHEAP, || {
            black_box(kthread_should_stop());
        });
        (time * 1000.0) as i32
    };
    let task = kthread_run(threadfn, (), "asks").expect("kthreadd makes it");
    let over = || task.exit_state() != 0;
    while !over() {
        msleep(1);
    }
    f64::from(kthread_stop(&task)) / 1000.0
}

fn flag_by_thread_local() -> f64 {
    thread_local!(static FLAG: Cell<&'static AtomicU32> = const { Cell::new(&STOP) });
    static STOP: AtomicU32 = AtomicU32::new(0);
    let thread = std::thread::spawn(|| {
        // Somebody may have its address, so the compiler can't take its first value for all that it will ever have, and leave
        // the thread-local out.
        FLAG.with(|own| own.set(black_box(own).get()));
        per(CHEAP, || {
            black_box(FLAG.with(Cell::get).load(Ordering::Relaxed) & 2 != 0);
        })
    });
    thread.join().expect("no panic")
}

pub(crate) fn contests() -> Vec<Contest> {
    let done = Completion::new();
    let lock = parking_lot::Mutex::new(0);
    let me = current();
    vec![
        Contest::new("schedule and wake, ping-pong", 15, our_sleep_ping_pong).against(
            "std park and unpark",
            1.0,
            std_park_ping_pong,
        ),
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
