//! A timer fires and wakes a created thread.
//!
//! The thread sleeps in `schedule()` until somebody wakes it, and nobody does but the timer: its function runs in timer
//! context (here the thread `ksoftirqd/0`), calls `wake_up_process()` and arms the timer again, until it has done so five times. A
//! timer is never early: it fires when its jiffy has begun, or later, if the machine is busy.
//!
//! ```text
//! cargo run --release --example timer_wakes_thread
//! ```
//!
//! You see for each round the jiffy that the timer was armed for and, in jiffies after the start, when it fired and when the
//! thread ran; those two are the machine's. The program fails if the timer was early, or if the thread woke without it.

use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const ROUNDS: usize = 5;
/// From one round to the next: 20 ms.
const PERIOD: u64 = 5;

/// One firing of the timer: what it was armed for, and when it came.
#[derive(Clone, Copy)]
struct Firing {
    expires: u64,
    fired: u64,
}

/// What the timer's function and the thread share.
#[derive(Default)]
struct Shared {
    firings: Mutex<Vec<Firing>>,
    wakes: AtomicU64,
    over: Completion,
}

/// Sleeps until it is woken, [`ROUNDS`] times, and returns how often it was.
fn sleeper(shared: Arc<Shared>) -> i32 {
    let begin = jiffies();
    let mut woken = 0;
    println!("round  armed for  fired  thread ran");
    while woken < ROUNDS && !kthread_should_stop() {
        set_current_state(TASK_INTERRUPTIBLE);
        // The condition, after the state and before the sleep: a wake-up in between is not lost.
        if shared.wakes.load(Ordering::Relaxed) <= woken as u64 {
            schedule();
            continue;
        }
        set_current_state(TASK_RUNNING);
        let Firing { expires, fired } = shared.firings.lock().unwrap()[woken];
        let ran = jiffies();
        assert!(time_after_eq(fired, expires), "early: for {expires}, at {fired}");
        assert!(time_after_eq(ran, fired));
        woken += 1;
        println!("{woken:>5}  {:>9}  {:>5}  {:>10}", expires - begin, fired - begin, ran - begin);
    }
    complete(&shared.over);
    woken as i32
}

fn main() -> Result<(), Errno> {
    let shared = Arc::new(Shared::default());
    let task = kthread_create!(sleeper, shared.clone(), "sleeper")?;

    let timer = Timer::new({
        let (shared, task) = (shared.clone(), task.clone());
        move |timer| {
            assert!(in_serving_softirq() && current() != task);
            let mut firings = shared.firings.lock().unwrap();
            let (expires, fired) = (timer.expires(), jiffies());
            firings.push(Firing { expires, fired });
            if firings.len() < ROUNDS {
                mod_timer(timer, expires + PERIOD);
            }
            drop(firings);
            shared.wakes.fetch_add(1, Ordering::Relaxed);
            // Its first wake starts the thread, as it would for any other.
            wake_up_process(&task);
        }
    });
    // The thread is started first, and seen asleep, so that every later wake-up is the timer's.
    wake_up_process(&task);
    wait_task_inactive(&task, TASK_INTERRUPTIBLE);
    assert_eq!(mod_timer(&timer, jiffies() + PERIOD), 0, "it was idle");
    assert_eq!(timer_pending(&timer), 1);

    wait_for_completion(&shared.over);
    assert_eq!(timer_delete_sync(&timer), 0, "nothing is armed any more");
    let woken = kthread_stop_put(task);
    println!("the timer has woken the thread {woken} times");
    assert_eq!(woken as usize, ROUNDS);
    drop(timer);

    let report = Kernel::current().shutdown();
    assert_eq!((report.forked, report.joined), (1, 1));
    Ok(())
}
