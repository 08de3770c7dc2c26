//! A loop that takes every return of an interruptible wait for an event: but a stop ends the wait,
//! too.
//!
//! The thread of a driver waits for events in `wait_event_interruptible`, and handles one whenever
//! the wait returns. It does call `kthread_should_stop`, at the head of its loop, as usual. But
//! `kthread_stop` ends the interruptible sleeps of its target, as a signal does. The wait then
//! returns -ERESTARTSYS, which the thread ignores, and it handles an event that never came, at the
//! worst possible time: while its device is being taken down. Usually the thread is somewhere else
//! when it is stopped, or there is an event after all. In the second version the wait's condition
//! includes the stop, and the thread checks again before it handles an event.
//!
//! ```text
//! cargo run --release --example stop_while_sleeping
//! ```
//!
//! You see a model checker run both through all orders of their steps. The first version handles an
//! event that does not exist in one of them, which is printed step by step; the second version
//! holds in all. The program fails if the checker finds anything else.

use examples::models::{Expected, Variant, check};
use kthread_rt::model::sync::{AtomicU32, Ordering};
use kthread_rt::model::{self, Model};
use kthread_rt::prelude::*;
use std::process::ExitCode;

// The events that were raised and not handled yet.
kthread_rt::model_static!(static EVENTS: AtomicU32 = AtomicU32::new(0));

// The queue on which the thread waits for them.
DECLARE_WAIT_QUEUE_HEAD!(static EVENT_WAIT);

fn handle_event() {
    let before = EVENTS.fetch_sub(1, Ordering::Relaxed);
    assert_ne!(before, 0, "the thread handles an event, and there is none");
}

/// WRONG: takes every end of the wait for an event.
fn event_thread_that_ignores_the_stop(_: ()) -> i32 {
    let mut handled = 0;
    while !kthread_should_stop() {
        let _ = wait_event_interruptible!(EVENT_WAIT, EVENTS.load(Ordering::Relaxed) != 0);
        handle_event();
        handled += 1;
    }
    handled
}

/// Right: a stop ends the wait by its condition, and the thread checks for it.
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

/// The model: one event, and a stop right after it.
fn check_only_real_events(thread: fn(()) -> i32) {
    let model = Model::new("the thread handles an event only if there is one, also when it is stopped")
        .outcomes(["handled", "stopped before it"]);
    let report = model.check(move |_kernel| {
        let task =
            model::unexplored(|| kthread_run!(thread, (), "events/%d", 0).expect("nothing refuses it"));
        EVENTS.fetch_add(1, Ordering::Relaxed);
        wake_up(&EVENT_WAIT);
        // 0, or -EINTR if its function never ran.
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
what: "the thread does not check why its wait has ended",
                expected: Expected::Breaks {
                    because: "the thread handles an event, and there is none",
                    explanation: "
The thread had handled the event, called kthread_should_stop for the last time, and begun its wait. Then main called
kthread_stop, which ended the wait without an event. The thread went on to handle one.",
                },
check: || check_only_real_events(event_thread_that_ignores_the_stop),
            },
            Variant {
                name: "right",
what: "the wait's condition includes the stop, and the thread checks for it before it handles an event",
                expected: Expected::Holds,
                check: || check_only_real_events(event_thread),
            },
        ],
    )
}
