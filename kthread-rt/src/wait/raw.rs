//! Entries by pointer, as C and custom wake functions use them.

use super::{Place, WQ_FLAG_EXCLUSIVE, WQ_FLAG_PRIORITY, WaitQueueEntry, WaitQueueHead, link, walk};
use crate::sync::Ordering;
use crate::sync::list::ListHead;
use crate::task::TaskState;
use std::ffi::c_void;

macro_rules! adders {
    ($($(#[$meta:meta])* $name:ident, $set:expr, $clear:expr, $place:expr;)*) => { $(
        $(#[$meta])*
        ///
        /// # Safety
        ///
        /// `entry` is valid, on no queue, and stays in place, as `wq` does, until it is taken out; its function may be called
        /// with it by any thread that wakes the queue.
        pub unsafe fn $name(wq: &WaitQueueHead, entry: *mut WaitQueueEntry) {
            wq.locked(|head| {
                // SAFETY: the lock is held; the rest is the contract.
                unsafe {
                    (*entry).flags.fetch_or($set, Ordering::Relaxed);
                    (*entry).flags.fetch_and(!$clear, Ordering::Relaxed);
                    link(head, entry, $place);
                }
            });
        }
    )* };
}

adders! {
    /// Adds an entry in front of the others: `add_wait_queue`.
    add_wait_queue, 0, WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY, Place::Front;
    /// Adds an exclusive entry at the end: `add_wait_queue_exclusive`.
    add_wait_queue_exclusive, WQ_FLAG_EXCLUSIVE, WQ_FLAG_PRIORITY, Place::Back;
    /// Adds an exclusive entry that stands before all others: `add_wait_queue_priority`.
    add_wait_queue_priority, WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY, 0, Place::Front;
}

/// Wakes those who sleep in one of the states `mode`, `nr` exclusive ones at most (0 means all), and gives `key` to their wake
/// functions: `__wake_up`. The usual functions don't look at it; [`wake_up`](crate::wake_up) and its like give null.
///
/// # Safety
///
/// `key` is what the wake functions of the entries on `wq` take it for.
pub unsafe fn __wake_up(wq: &WaitQueueHead, mode: TaskState, nr: u32, key: *mut c_void) {
    walk(wq, mode, nr, key);
}

/// Takes an entry out of its queue, if it is on it: `remove_wait_queue`.
///
/// # Safety
///
/// `entry` is valid, and was only ever added to `wq`.
pub unsafe fn remove_wait_queue(wq: &WaitQueueHead, entry: *mut WaitQueueEntry) {
    // SAFETY: the lock is held; the rest is the contract.
    wq.locked(|_| unsafe { ListHead::remove(WaitQueueEntry::node(entry)) });
}

/// Takes an entry out of its queue from its own wake function, which is called with the lock held: `list_del_init`.
///
/// # Safety
///
/// As [`remove_wait_queue`], and the caller holds the queue's lock.
pub unsafe fn remove_wait_queue_locked(entry: *mut WaitQueueEntry) {
    // SAFETY: by the contract.
    unsafe { ListHead::remove(WaitQueueEntry::node(entry)) };
}
