//! The two kinds of queue that a completion may have, and their waiters.
//!
//! Since 5.7 the queue is a simple wait queue of [`Waiter`]s. Before 5.7 it was an ordinary wait
//! queue: C code for such a kernel takes the queue's lock, adds entries of its own and wakes the
//! queue. So a waiter for such a completion is an ordinary exclusive entry at the end of that
//! queue.

use super::{Completion, Locked};
use crate::swait::{SwaitCore, Waiter};
use crate::sync::Ordering;
use crate::task::{TASK_NORMAL, TaskStruct};
use crate::wait::{WaitQueueEntry, WakeUp, Woken, walk_locked};

/// The value of `kind` if the queue is an ordinary wait queue. C code for newer kernels does not
/// initialize that word, so the value is one that uninitialized memory is unlikely to hold.
pub(super) const OF_ENTRIES: u32 = 0x7157_a17d;

/// The queue entry of a waiter for a completion.
pub(super) trait InLine {
    /// Links the entry at the end of the queue, unless it is linked.
    ///
    /// # Safety
    ///
    /// `this` is of the same kind as the queue, belongs to the current task, and does not move
    /// until [`leave`](Self::leave). The caller holds the queue's lock.
    unsafe fn join(this: *mut Self, queue: *const SwaitCore);

    /// Unlinks the entry, if it is linked.
    ///
    /// # Safety
    ///
    /// The caller holds the lock of the queue that `this` may be in.
    unsafe fn leave(this: *mut Self);
}

impl InLine for Waiter {
    unsafe fn join(this: *mut Self, queue: *const SwaitCore) {
        // SAFETY: the same contract.
        unsafe { SwaitCore::join(queue, this) };
    }

    unsafe fn leave(this: *mut Self) {
        // SAFETY: the same contract.
        unsafe { SwaitCore::leave(this) };
    }
}

/// A waiter in an ordinary wait queue.
pub(super) struct InWaitQueue(WaitQueueEntry);

impl InWaitQueue {
    pub(super) fn new(me: &TaskStruct) -> Self {
        Self(WaitQueueEntry::exclusive(me))
    }
}

impl InLine for InWaitQueue {
    unsafe fn join(this: *mut Self, queue: *const SwaitCore) {
        // SAFETY: the same contract; both kinds of queue have the same list head.
        unsafe { WaitQueueEntry::join(SwaitCore::waiters(queue), &raw mut (*this).0) };
    }

    unsafe fn leave(this: *mut Self) {
        // SAFETY: the same contract.
        unsafe { WaitQueueEntry::leave(&raw mut (*this).0) };
    }
}

/// Wakes `nr` exclusive entries (all of them if `nr` is 0) and the non-exclusive ones before them.
/// The entries' owners unlink them.
pub(super) fn wake(locked: Locked, nr: u32) {
    let mut woken = Woken::new();
    let head = SwaitCore::waiters(locked.queue());
    // SAFETY: the lock is held, and the queue is an ordinary wait queue.
    unsafe { walk_locked(head, &WakeUp::new(TASK_NORMAL, nr), &mut woken) };
    // Dropped before the woken tasks run: one of them may free the completion.
    drop(locked);
    drop(woken);
}

impl Completion {
    /// Makes the queue an ordinary wait queue, for C code of a kernel before 5.7. To be called
    /// before the first wait.
    #[doc(hidden)]
    pub fn have_entries(&self) {
        self.kind.store(OF_ENTRIES, Ordering::Relaxed);
    }
}
