//! `call_rcu` and `rcu_barrier`: what a barrier waits for, and what not.

#![cfg(not(any(loom, shuttle)))]

use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU32 = AtomicU32::new(0);
static OVER: Completion = Completion::new();

/// Gives itself to `call_rcu` again, until it is told to stop.
unsafe extern "C-unwind" fn again(head: *mut RcuHead) {
    CALLS.fetch_add(1, Ordering::Relaxed);
    if STOP.load(Ordering::Relaxed) {
        complete(&OVER);
    } else {
        // SAFETY: it is queued nowhere while it is called.
        unsafe { call_rcu(head, again) };
    }
}

#[test]
fn a_barrier_does_not_wait_for_a_callback_that_queues_itself_again() {
    let head = Box::into_raw(Box::new(RcuHead::new()));
    // SAFETY: the head is leaked, and queued by nobody else.
    unsafe { call_rcu(head, again) };
    for turn in 1..=3 {
        rcu_barrier();
        assert!(CALLS.load(Ordering::Relaxed) >= turn, "what came before the barrier was called");
    }
    // Somebody serves it still, though the barriers are gone.
    STOP.store(true, Ordering::Relaxed);
    wait_for_completion(&OVER);
}
