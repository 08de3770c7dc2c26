//! Waking many tasks after the lock that protects their queue has been dropped, without allocating.
//!
//! The tasks are chained through a pointer in each, `wake_q_next`: null if the task is on no wake
//! queue, the next task, or the task itself at the end of the chain.
//!
//! A task that is on some queue already is left there: the waker who owns that queue has not woken
//! it yet, and its wake serves both. That needs a fence on each side, as in Dekker's algorithm:
//! this waker makes its condition true, fences, and reads the pointer; the other clears the
//! pointer, fences (in `try_to_wake_up`), and wakes. If this one still read the pointer set, its
//! fence came first, and the woken task, which fences too before it tests its condition again
//! (`set_current_state`), or takes the condition's lock, sees the condition.

use super::wake::try_to_wake_up;
use crate::sync::{Ordering, fence};
use crate::task::{TASK_NORMAL, Task, TaskStruct};
use std::ptr;

/// Tasks that are to be woken.
#[derive(Debug)]
pub(crate) struct WakeQueue {
    first: *const TaskStruct,
    last: *const TaskStruct,
}

impl WakeQueue {
    pub(crate) fn new() -> Self {
        Self { first: ptr::null(), last: ptr::null() }
    }

    /// Adds `task`, unless it waits for another waker's wake already.
    pub(crate) fn add(&mut self, task: Task) {
        let raw = task.as_ptr();
        fence(Ordering::SeqCst);
        let claim = task.wake_q_next.compare_exchange(
            ptr::null_mut(),
            raw.cast_mut(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        if claim.is_err() {
            return;
        }
        let raw = task.into_raw();
        if self.first.is_null() {
            self.first = raw;
        } else {
            // A swap, since others try to compare-exchange the same word. Relaxed: only this queue
            // follows it.
            // SAFETY: `last` is a task that this queue holds a reference to.
            unsafe { (*self.last).wake_q_next.swap(raw.cast_mut(), Ordering::Relaxed) };
        }
        self.last = raw;
    }
}

/// Wakes them all.
impl Drop for WakeQueue {
    fn drop(&mut self) {
        let mut next = self.first;
        while !next.is_null() {
            // SAFETY: `add` put one reference into the queue for each task on it; this takes it
            // out.
            let task: Task = unsafe { Task::from_raw(next) };
            // From here on another waker may claim the task. The fence before the wake is in
            // try_to_wake_up.
            let after = task.wake_q_next.swap(ptr::null_mut(), Ordering::Relaxed).cast_const();
            next = if ptr::eq(after, next) { ptr::null() } else { after };
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }
}
