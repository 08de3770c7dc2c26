//! `call_rcu` and `rcu_barrier`: what a barrier waits for, and what not.

#![cfg(not(any(loom, shuttle)))]

use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU32 = AtomicU32::new(0);
static OVER: Completion = Completion::new();

/// Passes itself to `call_rcu` again, until the test stops it.
unsafe extern "C-unwind" fn again(head: *mut RcuHead) {
    CALLS.fetch_add(1, Ordering::Relaxed);
    if STOP.load(Ordering::Relaxed) {
        complete(&OVER);
    } else {
        // SAFETY: it is not queued while it is called.
        unsafe { call_rcu(head, again) };
    }
}

#[test]
fn a_barrier_does_not_wait_for_a_callback_that_queues_itself_again() {
    let head = Box::into_raw(Box::new(RcuHead::new()));
    // SAFETY: the head is leaked, and no other code queues it.
    unsafe { call_rcu(head, again) };
    for turn in 1..=3 {
        rcu_barrier();
        assert!(CALLS.load(Ordering::Relaxed) >= turn, "what came before the barrier was called");
    }
    // A job still serves it, though the barriers have returned.
    STOP.store(true, Ordering::Relaxed);
    wait_for_completion(&OVER);
}

#[test]
fn a_cookie_waits_for_the_readers_that_are_inside() {
    let old = get_state_synchronize_rcu();
    synchronize_rcu();
    assert!(poll_state_synchronize_rcu(old));
    assert!(poll_state_synchronize_rcu(get_completed_synchronize_rcu()));
    rcu_read_lock();
    let started = start_poll_synchronize_rcu();
    // Sections that have begun meanwhile don't count.
    schedule_timeout_uninterruptible(2);
    assert!(!poll_state_synchronize_rcu(started));
    rcu_read_unlock();
    rcu_barrier();
    assert!(poll_state_synchronize_rcu(started));
    let old = get_state_synchronize_rcu();
    cond_synchronize_rcu(old);
    assert!(poll_state_synchronize_rcu(old));
}

/// A callback that records its turn among the callbacks of a test.
#[repr(C)]
struct Turn {
    head: RcuHead,
    turns: *const AtomicU32,
    turn: u32,
}

unsafe extern "C-unwind" fn take_turn(head: *mut RcuHead) {
    let turn = head.cast::<Turn>();
    // SAFETY: the first field of a turn of the test's, which waits for its callbacks.
    unsafe { (*turn).turn = 1 + (*(*turn).turns).fetch_add(1, Ordering::Relaxed) };
}

#[test]
fn callbacks_of_srcu_come_in_turn_when_the_readers_have_left() {
    let (domain, turns) = (SrcuStruct::new(), AtomicU32::new(0));
    srcu_barrier(&domain);
    let mut callbacks = [1, 2, 3].map(|_| Turn { head: RcuHead::new(), turns: &raw const turns, turn: 0 });
    let section = srcu_read_lock(&domain);
    for callback in &mut callbacks {
        // SAFETY: the domain, the counter and the heads stay until the barrier.
        unsafe { call_srcu(&raw const domain, (&raw mut *callback).cast(), take_turn) };
    }
    // SAFETY: as above.
    let started = unsafe { start_poll_synchronize_srcu(&raw const domain) };
    schedule_timeout_uninterruptible(2);
    assert_eq!(turns.load(Ordering::Relaxed), 0);
    assert!(!poll_state_synchronize_srcu(&domain, started));
    srcu_read_unlock(&domain, section);
    srcu_barrier(&domain);
    assert_eq!(callbacks.map(|callback| callback.turn), [1, 2, 3]);
    assert!(poll_state_synchronize_srcu(&domain, started));
}
