//! The two kinds of queues that a completion may have, and who stands in them.
//!
//! Since 5.7 it is a simple one, of [`Waiter`]s. Before, it was a wait queue: C code for such a
//! kernel takes its lock, adds entries of its own and wakes it, so who waits for the completion is
//! an entry like any other there, exclusive, at the end.

use super::{Completion, Locked};
use crate::swait::{SwaitCore, Waiter};
use crate::sync::Ordering;
use crate::task::{TASK_NORMAL, TaskStruct};
use crate::wait::{WaitQueueEntry, WakeUp, Woken, walk_locked};

/// What says that a completion's queue is a wait queue. A number that memory which nobody has set
/// up hardly has: in C for a newer kernel it is nobody's.
pub(super) const OF_ENTRIES: u32 = 0x7157_a17d;

/// Who waits for a completion.
pub(super) trait InLine {
    /// Stands at the end of the line, unless it is in it.
    ///
    /// # Safety
    ///
    /// `this` is of the kind that the queue is of, belongs to the current task, and stays in place
    /// until it has [left](Self::leave). The caller holds the queue's lock.
    unsafe fn join(this: *mut Self, queue: *const SwaitCore);

    /// Stands there no more.
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

/// Who waits where the queue is a wait queue.
pub(super) struct InWaitQueue(WaitQueueEntry);

impl InWaitQueue {
    pub(super) fn new(me: &TaskStruct) -> Self {
        Self(WaitQueueEntry::exclusive(me))
    }
}

impl InLine for InWaitQueue {
    unsafe fn join(this: *mut Self, queue: *const SwaitCore) {
        // SAFETY: the same contract; a head is a head, whatever it is of.
        unsafe { WaitQueueEntry::join(SwaitCore::waiters(queue), &raw mut (*this).0) };
    }

    unsafe fn leave(this: *mut Self) {
        // SAFETY: the same contract.
        unsafe { WaitQueueEntry::leave(&raw mut (*this).0) };
    }
}

/// Wakes `nr` exclusive entries, or all if that is 0, and those that are not exclusive and stand
/// before them. Their owners take them out.
pub(super) fn wake(locked: Locked, nr: u32) {
    let mut woken = Woken::new();
    let head = SwaitCore::waiters(locked.queue());
    // SAFETY: the lock is held, and the queue is one of entries.
    unsafe { walk_locked(head, &WakeUp::new(TASK_NORMAL, nr), &mut woken) };
    // Before those who were woken run: one of them may free the completion.
    drop(locked);
    drop(woken);
}

impl Completion {
    /// Makes the completion's queue a wait queue, for C code of a kernel before 5.7. Before anybody
    /// waits there.
    #[doc(hidden)]
    pub fn have_entries(&self) {
        self.kind.store(OF_ENTRIES, Ordering::Relaxed);
    }
}
