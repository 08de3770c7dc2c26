//! Wake queues: a waker collects tasks under a lock, and wakes them after it has released the lock.
//! Nothing is allocated.
//!
//! The pointer `wake_q_next` of each task chains them: it is null if the task is on no wake queue,
//! the next task, or the task itself at the end of the chain.
//!
//! A task that is on another waker's queue already stays there: that waker has not woken it yet,
//! and its wake-up serves both. This needs a fence on each side, as in Dekker's algorithm: this
//! waker makes its condition true, fences, and reads the pointer; the other waker clears the
//! pointer, fences (in `try_to_wake_up`), and wakes the task. If this waker reads the pointer still
//! set, its fence came first. Then the woken task sees the condition, because it also fences
//! (`set_current_state`), or takes the condition's lock, before it tests the condition again.

use super::wake::try_to_wake_up;
use crate::sync::{Ordering, fence};
use crate::task::{TASK_NORMAL, Task, TaskStruct};
use std::ptr;

/// The tasks to wake. Dropping the queue wakes them.
#[derive(Debug)]
pub(crate) struct WakeQueue {
    first: *const TaskStruct,
    last: *const TaskStruct,
}

impl WakeQueue {
    pub(crate) fn new() -> Self {
        Self { first: ptr::null(), last: ptr::null() }
    }

    /// Adds `task`, unless it is on another waker's queue.
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
            // A swap, because others try to compare-exchange the same word. Relaxed: only this
            // queue follows the chain. SAFETY: this queue holds a reference to `last`.
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
            // SAFETY: `add` put one reference for each task into the queue, by `into_raw`; this
            // takes it out once.
            let task: Task = unsafe { Task::from_raw(next) };
            // From here on another waker may queue the task. `try_to_wake_up` has the fence.
            let after = task.wake_q_next.swap(ptr::null_mut(), Ordering::Relaxed).cast_const();
            next = if ptr::eq(after, next) { ptr::null() } else { after };
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }
}
