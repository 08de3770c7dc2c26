//! The classic bug of a driver's thread: it tests for work, finds none, and goes to sleep; the
//! interrupt comes in between.
//!
//! The thread of a network driver takes packets that the interrupt handler has counted. Both
//! versions below look right, and both pass every likely test: the window is a few instructions
//! wide. In the first, the thread tests the condition *before* `set_current_state`. An interrupt in
//! the window makes the condition true and calls `wake_up_process` on a thread that is still
//! running, which does nothing. Then the thread goes to sleep, with a packet waiting that nothing
//! will ever report again. In the second version the thread sets its state first: then either it
//! sees the packet, or the interrupt sees a sleeping thread and wakes it.
//!
//! ```text
//! cargo run --release --example lost_wakeup
//! ```
//!
//! You see a model checker run both through all orders of their steps. The first version's wake-up
//! is lost in one of them, which is printed step by step; the second version holds in all. The
//! program fails if the checker finds anything else.

use examples::models::{Expected, Variant, check};
use kthread_rt::model::sync::{AtomicU32, Ordering};
use kthread_rt::model::{self, Model};
use kthread_rt::prelude::*;
use std::process::ExitCode;

// The packets that have arrived and were not taken yet. Relaxed: only the sleep protocol itself
// orders it.
kthread_rt::model_static!(static PACKETS: AtomicU32 = AtomicU32::new(0));

// The thread completes this for each packet that it has taken.
DECLARE_COMPLETION!(static TAKEN);

fn take_packet() {
    PACKETS.fetch_sub(1, Ordering::Relaxed);
    complete(&TAKEN);
}

/// WRONG: tests, then sets its state.
fn rx_thread_that_tests_first(_: ()) -> i32 {
    let mut taken = 0;
    while !kthread_should_stop() {
        if PACKETS.load(Ordering::Relaxed) == 0 {
            set_current_state(TASK_INTERRUPTIBLE);
            schedule();
        } else {
            take_packet();
            taken += 1;
        }
    }
    taken
}

/// Right: sets its state, then tests.
fn rx_thread(_: ()) -> i32 {
    let mut taken = 0;
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        if PACKETS.load(Ordering::Relaxed) == 0 {
            schedule();
        } else {
            set_current_state(TASK_RUNNING);
            take_packet();
            taken += 1;
        }
    }
    set_current_state(TASK_RUNNING);
    taken
}

/// The interrupt handler: counts the packet, wakes the thread.
fn interrupt(thread: &Task) {
    PACKETS.fetch_add(1, Ordering::Relaxed);
    wake_up_process(thread);
}

/// The model: one packet, and a task that waits until it is taken.
fn check_packet_is_taken(rx: fn(()) -> i32) {
    let report = Model::new("a packet that has arrived is taken").outcomes(["taken"]).check(move |_kernel| {
        let thread = model::unexplored(|| kthread_run!(rx, (), "rx/%d", 0).expect("nothing refuses it"));
        interrupt(&thread);
        wait_for_completion(&TAKEN);
        assert_eq!(kthread_stop(&thread), 1);
        "taken"
    });
    println!("{}: {report}", by_whom());
}

fn by_whom() -> &'static str {
    if model::CHECKER == model::Checker::Threads { "on real threads, the claim" } else { "the claim" }
}

fn main() -> ExitCode {
    check(
        "lost_wakeup",
        &[
            Variant {
                name: "wrong",
                what: "the thread tests its condition, and then sets its state",
                expected: Expected::Breaks {
                    because: "deadlock: every task sleeps or waits",
                    explanation: "
The thread read 0 packets. Then the interrupt (main) wrote 1 and called wake_up_process, which did nothing: the thread was
running. Then the thread set its state and slept. No task will wake it, and the task that waits for the packet waits for ever.",
                },
check: || check_packet_is_taken(rx_thread_that_tests_first),
            },
            Variant {
                name: "right",
                what: "the thread sets its state, and then tests its condition",
                expected: Expected::Holds,
                check: || check_packet_is_taken(rx_thread),
            },
        ],
    )
}
