//! The thundering herd: eight threads wait for one resource.
//!
//! A wake-up wakes all waiters that are not exclusive. If they all want the same thing, one gets it
//! and the others have been woken for nothing: they go back to sleep, and do the same again at the
//! next wake-up. Exclusive waiters queue behind the others, and a wake-up wakes one of them, the
//! one that has waited longest. The scenes:
//!
//! * eight waiters in `wait_event()`, and eight times the resource becomes free;
//! * the same with `wait_event_exclusive()`;
//! * three waiters that only watch (not exclusive) and five that want the resource (exclusive) on
//!   one queue, with `wake_up()`, `wake_up_nr()` and `wake_up_all()`.
//!
//! ```text
//! cargo run --release --example thundering_herd
//! ```
//!
//! You see for each wake-up how many waiters it woke and how many of them got the resource, and the
//! sums. The waiters themselves count, the program waits until all sleep again, and fails if a
//! number is wrong.

use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const HERD: usize = 8;

// The queue, the resource, and the two counts. SeqCst: this example is about the numbers, not the
// speed.
DECLARE_WAIT_QUEUE_HEAD!(static RESOURCE_WAIT);
static FREE: AtomicBool = AtomicBool::new(false);
static TESTED: AtomicU32 = AtomicU32::new(0);
static GOT: AtomicU32 = AtomicU32::new(0);

/// The waiters' condition: takes the resource if it is free. It is tested once for each wake-up.
fn try_take() -> bool {
    TESTED.fetch_add(1, Ordering::SeqCst);
    let taken = FREE.swap(false, Ordering::SeqCst);
    if taken {
        GOT.fetch_add(1, Ordering::SeqCst);
    }
    taken
}

/// The condition of a waiter that only watches.
fn watch() -> bool {
    TESTED.fetch_add(1, Ordering::SeqCst);
    kthread_should_stop()
}

fn waits_with_all(_: usize) -> i32 {
    wait_event!(RESOURCE_WAIT, try_take());
    0
}

fn waits_in_line(_: usize) -> i32 {
    wait_event_exclusive!(RESOURCE_WAIT, try_take());
    0
}

fn watches(_: usize) -> i32 {
    wait_event!(RESOURCE_WAIT, watch());
    0
}

/// Starts threads and waits until they sleep on the queue, in the order of their numbers.
fn herd(threadfn: fn(usize) -> i32, count: usize, name: &str) -> Result<Vec<Task>, Errno> {
    (0..count)
        .map(|number| {
            let task = kthread_run!(threadfn, number, "{name}/{number}")?;
            settle(&task);
            Ok(task)
        })
        .collect()
}

/// Waits until `task` sleeps on the queue, or has ended.
fn settle(task: &Task) {
    _ = wait_task_inactive(task, TASK_RUNNING);
}

/// Does one wake-up, and returns how many waiters it woke and how many of them got the resource.
fn count(herd: &[Task], wake: impl FnOnce() -> u32) -> (u32, u32) {
    TESTED.store(0, Ordering::SeqCst);
    GOT.store(0, Ordering::SeqCst);
    FREE.store(true, Ordering::SeqCst);
    wake();
    // The wake-up itself marks a waiter as running, so `settle` waits for each one that has not
    // tested yet.
    herd.iter().for_each(settle);
    (TESTED.load(Ordering::SeqCst), GOT.load(Ordering::SeqCst))
}

/// Does as many wake-ups as there are waiters. Each frees the resource once, and the waiter that
/// gets it ends.
fn one_by_one(how: &str, threadfn: fn(usize) -> i32) -> Result<Vec<u32>, Errno> {
    let herd = herd(threadfn, HERD, "herd")?;
    let mut woken = Vec::new();
    for _ in 0..HERD {
        let (tested, got) = count(&herd, || wake_up(&RESOURCE_WAIT));
        assert_eq!(got, 1);
        woken.push(tested);
    }
    let sum: u32 = woken.iter().sum();
    println!("{how}: {HERD} wake_up() woke {woken:?}, {sum} in all, for {HERD} that got it");
    assert!(!waitqueue_active(&RESOURCE_WAIT) && herd.iter().all(|task| task.exit_state() == EXIT_DEAD));
    for task in herd {
        assert_eq!(kthread_stop_put(task), 0);
    }
    Ok(woken)
}

fn mixed() -> Result<(), Errno> {
    let mut all = herd(watches, 3, "watcher")?;
    all.extend(herd(waits_in_line, 5, "in-line")?);
    let mut left = 5;
    for (call, expected) in
        [("wake_up()      ", (3 + 1, 1)), ("wake_up_nr(3)  ", (3 + 3, 1)), ("wake_up_all()  ", (3 + 3, 1))]
    {
        let (woken, got) = count(&all, || match call.trim_end() {
            "wake_up()" => wake_up(&RESOURCE_WAIT),
            "wake_up_nr(3)" => wake_up_nr(&RESOURCE_WAIT, 3),
            _ => wake_up_all(&RESOURCE_WAIT),
        });
        println!("  {call} of 3 that are not exclusive and {left} that are: woke {woken}, {got} got it");
        assert_eq!((woken, got), expected);
        left -= 1;
    }
    // Two are still in line and get their turns; then the watchers are stopped.
    for _ in 0..2 {
        let (woken, got) = count(&all, || wake_up(&RESOURCE_WAIT));
        assert_eq!((woken, got), (4, 1));
    }
    for task in &all[..3] {
        assert_eq!(task.exit_state(), 0);
    }
    for task in all {
        assert_eq!(kthread_stop_put(task), 0);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let kernel = Kernel::builder().install_default()?;
    let herd = one_by_one("not exclusive", waits_with_all)?;
    assert_eq!(herd, [8, 7, 6, 5, 4, 3, 2, 1]);
    let line = one_by_one("exclusive    ", waits_in_line)?;
    assert_eq!(line, [1; HERD]);
    println!("both on one queue:");
    mixed()?;

    let report = kernel.shutdown();
    assert_eq!((report.forked, report.joined), (24, 24));
    println!("all as it should be");
    Ok(())
}
