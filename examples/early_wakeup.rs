//! A wake-up that comes too early: the producer wakes the queue, and then changes what the waiter
//! waits for.
//!
//! The mailbox is behind a SpinLock, and the reader waits for a letter with `wait_event!`, so the
//! waiter's side is right whatever it does. In the first version the writer calls `wake_up` before
//! it puts the letter in: the reader looks, finds nothing, and sleeps on, with nobody left to wake
//! it. In the second version it wakes after that.
//!
//! ```text
//! cargo run --release --example early_wakeup
//! ```
//!
//! You see the schedule in which the wake-up is lost, with the lines of `wait_event!`, of
//! `wake_up`, and of the lock. The program fails if it does not see just that.

use examples::models::{Expected, Variant, check};
use kthread_rt::model::sync::Arc;
use kthread_rt::model::{self, Model};
use kthread_rt::prelude::*;
use std::process::ExitCode;

struct Mailbox {
    letters: SpinLock<u32>,
    arrived: WaitQueueHead,
    /// Completed by the reader when it has found a letter.
    read: Completion,
}

fn reader(mailbox: Arc<Mailbox>) -> i32 {
    wait_event!(mailbox.arrived, *mailbox.letters.lock() > 0);
    complete(&mailbox.read);
    1
}

/// WRONG: wakes, then changes the condition.
fn writes_after_the_wake_up(mailbox: &Mailbox) {
    wake_up(&mailbox.arrived);
    *mailbox.letters.lock() += 1;
}

/// Right: changes the condition, then wakes.
fn writes_before_the_wake_up(mailbox: &Mailbox) {
    *mailbox.letters.lock() += 1;
    wake_up(&mailbox.arrived);
}

fn check_letter_is_read(write: fn(&Mailbox)) {
    let report = Model::new("a letter is read").outcomes(["read"]).check(move |_kernel| {
        let mailbox = Arc::new(Mailbox {
            letters: SpinLock::new(0),
            arrived: WaitQueueHead::new(),
            read: Completion::new(),
        });
        let task = model::unexplored(|| {
            kthread_run!(reader, mailbox.clone(), "reader/%d", 0).expect("nothing refuses it")
        });
        model::started(&task);
        write(&mailbox);
        // A stop would wake the reader.
        wait_for_completion(&mailbox.read);
        assert_eq!(kthread_stop(&task), 1);
        "read"
    });
    println!("the claim: {report}");
}

fn main() -> ExitCode {
    check(
        "early_wakeup",
        &[
            Variant {
                name: "wrong",
                what: "the writer wakes the queue, and then puts the letter in",
                expected: Expected::Breaks {
                    because: "deadlock: every task sleeps or waits, and no task is left to wake one
calls wake_up, of queue
wait_event waits, on queue
holds spinlock
unlocks spinlock",
                    explanation: "
The writer called wake_up while the reader had found no letter. The reader checked once more, under the lock, found none, and
slept. Then the writer put the letter in, and called nothing: the reader sleeps, and its condition is true.",
                },
                check: || check_letter_is_read(writes_after_the_wake_up),
            },
            Variant {
                name: "right",
                what: "the writer puts the letter in, and then wakes the queue",
                expected: Expected::Holds,
                check: || check_letter_is_read(writes_before_the_wake_up),
            },
        ],
    )
}
