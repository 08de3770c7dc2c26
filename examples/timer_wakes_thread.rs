//! A timer fires and wakes a created thread.
//!
//! The thread is created and not started: like every new kthread it sleeps in TASK_UNINTERRUPTIBLE
//! until its first wake-up. Only the timer wakes it. The timer's function runs in timer context
//! (here the thread `ksoftirqd/0`), calls `wake_up_process()` and arms the timer again, until it
//! has done so five times. The first wake-up starts the thread's function; the others end its sleep
//! in `schedule()`. A timer is never early: it fires when its jiffy has begun, or later if the
//! machine is busy.
//!
//! ```text
//! cargo run --release --example timer_wakes_thread
//! ```
//!
//! You see for each round, in jiffies after the start, when the timer was armed for, when it fired
//! and when the thread ran (the last two depend on the machine); and in which state the timer found
//! the thread. The program fails if the timer is early, if the thread runs without it, or if it
//! does not fire.

use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

const ROUNDS: usize = 5;
/// The period of the rounds: 20 ms.
const PERIOD: u64 = 5;
/// Longer than the program takes, however busy the machine is.
const PATIENCE: u64 = 30 * HZ;

/// One firing of the timer: when it was armed for, when it fired, and the thread's state then.
#[derive(Clone, Copy)]
struct Firing {
    expires: u64,
    fired: u64,
    found: TaskState,
}

/// Shared by the timer's function and the thread.
struct Shared {
    begin: u64,
    firings: Mutex<Vec<Firing>>,
    wakes: AtomicU64,
    over: Completion,
}

/// Sleeps until it is woken, [`ROUNDS`] times, and returns the number of wake-ups.
fn sleeper(shared: Arc<Shared>) -> i32 {
    let mut woken = 0;
    while woken < ROUNDS && !kthread_should_stop() {
        set_current_state(TASK_INTERRUPTIBLE);
        // The condition is tested after setting the state and before the sleep: no wake-up is lost.
        if shared.wakes.load(Ordering::Relaxed) <= woken as u64 {
            schedule();
            continue;
        }
        set_current_state(TASK_RUNNING);
        let Firing { expires, fired, found } = shared.firings.lock().unwrap()[woken];
        let ran = jiffies();
        assert!(time_after_eq(fired, expires), "early: for {expires}, at {fired}");
        assert!(time_after_eq(ran, fired));
        woken += 1;
        let [expires, fired, ran] = [expires, fired, ran].map(|jiffy| jiffy - shared.begin);
        println!("{woken:>5}  {expires:>9}  {fired:>5}  {ran:>10}  {found}");
    }
    complete(&shared.over);
    woken as i32
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let kernel = Kernel::builder().install_default()?;
    let shared = Arc::new(Shared {
        begin: jiffies(),
        firings: Mutex::default(),
        wakes: AtomicU64::new(0),
        over: Completion::new(),
    });
    let task = kthread_create!(sleeper, shared.clone(), "sleeper")?;

    let timer = Timer::new({
        let (shared, task) = (shared.clone(), task.clone());
        move |timer| {
            assert!(in_serving_softirq() && current() != task);
            let mut firings = shared.firings.lock().unwrap();
            let (expires, fired, found) = (timer.expires(), jiffies(), task.state());
            firings.push(Firing { expires, fired, found });
            if firings.len() < ROUNDS {
                mod_timer(timer, expires + PERIOD);
            }
            drop(firings);
            shared.wakes.fetch_add(1, Ordering::Relaxed);
            wake_up_process(&task);
        }
    });
    println!("round  armed for  fired  thread ran  it was in");
    assert_eq!(mod_timer(&timer, jiffies() + PERIOD), 0, "it was idle");
    assert_eq!(timer_pending(&timer), 1);

    let in_time = wait_for_completion_timeout(&shared.over, PATIENCE) != 0;
    assert!(in_time, "the timer did not fire, or woke no thread");
    assert_eq!(timer_delete_sync(&timer), 0, "nothing is armed any more");
    let woken = kthread_stop_put(task);
    println!("the timer has started the thread, and woken it {} times", woken - 1);
    assert_eq!(woken as usize, ROUNDS);
    let first = shared.firings.lock().unwrap()[0].found;
    assert_eq!(first, TASK_UNINTERRUPTIBLE, "the thread had not been started before");
    drop(timer);

    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (1, 1));
    Ok(())
}
