//! What safe code can do to the runtime from inside: end whatever made the calling task current,
//! call the runtime from its own handlers, panic in what it runs, forget guards, leave work to the
//! last destructors of a thread. None of this may touch freed memory (AddressSanitizer runs these
//! tests), hang, or end more than the code that panicked.

#![cfg(not(any(loom, shuttle)))]

#[path = "../child/mod.rs"]
mod child;
mod ended;
mod hooks;
mod leaked;
mod panics;
mod programs;
mod thread_locals;
#[path = "../witness/mod.rs"]
mod witness;

use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

thread_local! {
    static INSIDE: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

/// Enters `kernel` until [`leave`] is called, or until the thread's destructors run.
fn enter_for_long(kernel: &Kernel) {
    let entered = kernel.enter();
    INSIDE.with_borrow_mut(|inside| inside.push(entered));
}

/// Ends the calling thread's task, wherever it is called. Returns true if there was one.
fn leave() -> bool {
    // Not in a thread whose destructors have run: handlers are called there too.
    let entered = INSIDE.try_with(|inside| inside.borrow_mut().pop());
    entered.is_ok_and(|entered| entered.is_some())
}

/// Runs `body` on a thread of its own, and fails if it takes longer than any test should, that is,
/// if it hangs.
#[track_caller]
fn within_a_minute<R: Send + 'static>(what: &str, body: impl FnOnce() -> R + Send + 'static) -> R {
    let (tx, rx) = mpsc::channel();
    // Named, since panics of unnamed threads are not printed.
    let thread = thread::Builder::new().name(what.into()).spawn(move || tx.send(body())).unwrap();
    match rx.recv_timeout(Duration::from_secs(60)) {
        Ok(result) => {
            thread.join().expect("it has sent its result").expect("the receiver is there");
            result
        }
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what} hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{what} panics"),
    }
}
