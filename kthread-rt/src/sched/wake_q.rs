//! Waking many tasks after the lock that protects their queue has been dropped, without allocating.
//!
//! The tasks are chained through a pointer in each, `wake_q_next`: null if the task is on no wake queue, the next
//! task, or the task itself at the end of the chain.
//!
//! A task that is on some queue already is left there. The waker who owns that queue claimed the task earlier and has
//! not woken it yet; its wake comes after this claim's failed compare-exchange (AcqRel, on the same word that it will
//! clear before waking), so the task will see what this waker made true.

use super::wake::try_to_wake_up;
use crate::sync::Ordering;
use crate::task::{TASK_NORMAL, Task, TaskStruct};
use std::ptr;

/// Tasks that are to be woken.
#[derive(Debug)]
pub(crate) struct WakeQueue {
    first: *mut TaskStruct,
    last: *mut TaskStruct,
}

impl WakeQueue {
    pub(crate) fn new() -> Self {
        Self { first: ptr::null_mut(), last: ptr::null_mut() }
    }

    /// Adds `task`, unless it waits for another waker's wake already.
    pub(crate) fn add(&mut self, task: &TaskStruct) {
        let raw = ptr::from_ref(task).cast_mut();
        let claim =
            task.wake_q_next.compare_exchange(ptr::null_mut(), raw, Ordering::AcqRel, Ordering::Acquire);
        if claim.is_err() {
            return;
        }
        std::mem::forget(task.get());
        if self.first.is_null() {
            self.first = raw;
        } else {
            // SAFETY: `last` is a task that this queue holds a reference to.
            unsafe { (*self.last).wake_q_next.store(raw, Ordering::Relaxed) };
        }
        self.last = raw;
    }
}

/// Wakes them all.
impl Drop for WakeQueue {
    fn drop(&mut self) {
        let mut next = self.first;
        while !next.is_null() {
            // SAFETY: `add` put one reference into the queue for each task on it; this takes it out.
            let task = unsafe { Task::from_raw(next) };
            // AcqRel: from here on another waker may claim the task; its condition is visible to the wake below.
            let after = task.wake_q_next.swap(ptr::null_mut(), Ordering::AcqRel);
            next = if ptr::eq(after, next) { ptr::null_mut() } else { after };
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }
}
