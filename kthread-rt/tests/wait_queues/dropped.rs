//! Queues that are dropped while an entry is on them. Safe code can only do that by leaking an
//! entry, and is aborted then.

use crate::child;
use kthread_rt::prelude::*;
use std::os::unix::process::ExitStatusExt;
use std::pin::Pin;

/// Runs `body` in a child process, which must abort with the message `what`.
#[track_caller]
fn aborts(test: &str, what: &str, body: impl FnOnce()) {
    let Some(output) = child::output_of(test, |_| (), body) else { return };
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{}", child::told(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains(what), "{}", child::told(&output));
}

#[test]
fn a_wait_queue_that_is_dropped_with_an_entry_on_it_aborts() {
    let name = "dropped::a_wait_queue_that_is_dropped_with_an_entry_on_it_aborts";
    aborts(name, "a wait queue was dropped while an entry was on it", || {
        let wq = Box::new(WaitQueueHead::new());
        let entry = Box::leak(Box::new(WaitEntry::staying()));
        // SAFETY: leaked, it does not move again.
        add_wait_queue(&wq, unsafe { Pin::new_unchecked(&*entry) });
        drop(wq);
    });
}

#[test]
fn a_wait_queue_that_is_moved_with_an_entry_on_it_aborts() {
    let name = "dropped::a_wait_queue_that_is_moved_with_an_entry_on_it_aborts";
    aborts(name, "a wait queue was moved while an entry was on it", || {
        let wq = WaitQueueHead::new();
        let entry = Box::leak(Box::new(WaitEntry::staying()));
        // SAFETY: leaked, it does not move again.
        add_wait_queue(&wq, unsafe { Pin::new_unchecked(&*entry) });
        let moved = Box::new(wq);
        wake_up(&moved);
    });
}

#[test]
fn a_simple_wait_queue_that_is_dropped_with_an_entry_on_it_aborts() {
    let name = "dropped::a_simple_wait_queue_that_is_dropped_with_an_entry_on_it_aborts";
    aborts(name, "a simple wait queue was dropped while an entry was on it", || {
        let q = Box::new(SwaitQueueHead::new());
        let entry = Box::leak(Box::new(SwaitQueue::new()));
        // SAFETY: leaked, it does not move again.
        prepare_to_swait_exclusive(&q, unsafe { Pin::new_unchecked(&*entry) }, TASK_INTERRUPTIBLE);
        drop(q);
    });
}

/// C code can do that, and a kernel's waker would never reach the end of the list.
#[test]
fn an_entry_that_is_initialised_again_on_its_queue_aborts() {
    let name = "dropped::an_entry_that_is_initialised_again_on_its_queue_aborts";
    aborts(name, "an entry was initialised again while it was on a wait queue", || {
        let wq = Box::new(WaitQueueHead::new());
        let me = current_ptr().cast_mut().cast();
        let entry = Box::into_raw(Box::new(WaitQueueEntry::new(default_wake_function, me)));
        // SAFETY: it does not move, and its task is this one. No other thread accesses it while it
        // is written.
        unsafe {
            raw_wait::add_wait_queue(&wq, entry);
            entry.write(WaitQueueEntry::new(default_wake_function, me));
        }
        wake_up(&wq);
    });
}

#[test]
fn a_wait_queue_may_be_moved_when_its_last_entry_has_left() {
    let mut wq = WaitQueueHead::new();
    for _ in 0..2 {
        let entries = [0, 1].map(|_| Box::pin(WaitEntry::staying()));
        for entry in &entries {
            add_wait_queue(&wq, entry.as_ref());
        }
        for entry in &entries {
            remove_wait_queue(&wq, entry.as_ref());
        }
        drop(entries);
        assert!(!waitqueue_active(&wq));
        let moved = Box::new(wq);
        wake_up(&moved);
        wq = *moved;
    }
    wait_event!(wq, true);
}
