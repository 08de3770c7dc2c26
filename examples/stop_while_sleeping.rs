//! A loop that takes every return of an interruptible wait for an event: a stop ends the wait, too.
//!
//! The thread of a driver waits for events in `wait_event_interruptible`, and handles one whenever
//! the wait returns. It does ask `kthread_should_stop`, in the head of its loop, where everybody
//! asks. But `kthread_stop` ends the interruptible sleeps of its target, as a signal does. The wait
//! then returns -ERESTARTSYS, nobody looks, and the thread handles an event that never came, at the
//! worst possible time: while its device is being taken down. Usually the thread is somewhere else
//! when it is stopped, or the event is there after all. In the second version the wait's condition
//! has the stop in it, and the thread asks again before it believes in an event.
//!
//! ```text
//! cargo run --release --example stop_while_sleeping
//! ```
//!
//! You see a model checker take both through all orders of their steps: the first version handles
//! an event that is not there in one of them, which is printed step by step, and the second version
//! holds in all. The program fails if it does not see just that.

use examples::models::{Expected, Variant, check};
use kthread_rt::model::sync::{AtomicU32, Ordering};
use kthread_rt::model::{self, Model};
use kthread_rt::prelude::*;
use std::process::ExitCode;

// How many events were told and not handled yet.
kthread_rt::model_static!(static EVENTS: AtomicU32 = AtomicU32::new(0));

// Where the thread waits for them.
DECLARE_WAIT_QUEUE_HEAD!(static EVENT_WAIT);

fn handle_event() {
    let before = EVENTS.fetch_sub(1, Ordering::Relaxed);
    assert_ne!(before, 0, "the thread handles an event, and there is none");
}

/// WRONG: whatever ended the wait, it goes on as if it was an event.
fn event_thread_that_goes_on(_: ()) -> i32 {
    let mut handled = 0;
    while !kthread_should_stop() {
        let _ = wait_event_interruptible!(EVENT_WAIT, EVENTS.load(Ordering::Relaxed) != 0);
        handle_event();
        handled += 1;
    }
    handled
}

/// Right: a stop ends the wait by its condition, and the thread asks what it was.
fn event_thread(_: ()) -> i32 {
    let mut handled = 0;
    loop {
        let waited = wait_event_interruptible!(
            EVENT_WAIT,
            EVENTS.load(Ordering::Relaxed) != 0 || kthread_should_stop()
        );
        if waited.is_err() || kthread_should_stop() {
            break;
        }
        handle_event();
        handled += 1;
    }
    handled
}

/// The model: one event, and a stop right behind it.
fn check_only_real_events(thread: fn(()) -> i32) {
    let model = Model::new("the thread handles an event only if there is one, also when it is stopped")
        .outcomes(["handled", "stopped before it"]);
    let report = model.check(move |_kernel| {
        let task =
            model::unexplored(|| kthread_run!(thread, (), "events/%d", 0).expect("nothing refuses it"));
        EVENTS.fetch_add(1, Ordering::Relaxed);
        wake_up(&EVENT_WAIT);
        // 0, or that its function never ran.
        if kthread_stop(&task) == 1 { "handled" } else { "stopped before it" }
    });
    println!("{}: {report}", by_whom());
}

fn by_whom() -> &'static str {
    if model::CHECKER == model::Checker::Threads { "on real threads, the claim" } else { "the claim" }
}

fn main() -> ExitCode {
    check(
        "stop_while_sleeping",
        &[
            Variant {
                name: "wrong",
                what: "the thread does not ask why its wait has ended",
                expected: Expected::Breaks {
                    because: "the thread handles an event, and there is none",
                    explanation: "
The thread had handled the event, asked kthread_should_stop for the last time, and gone into its wait. Then main called
kthread_stop, which ended the wait without an event. The thread went on to handle one.",
                },
                check: || check_only_real_events(event_thread_that_goes_on),
            },
            Variant {
                name: "right",
                what: "the wait's condition has the stop in it, and the thread asks before it goes on",
                expected: Expected::Holds,
                check: || check_only_real_events(event_thread),
            },
        ],
    )
}
