//! Entries by pointer, as C uses them: they are in the caller's memory, and each call gets the
//! queue too.

pub use super::Waiter as RawSwaitQueue;

use super::{SwaitCore, SwaitQueueHead};
use crate::errno::Errno;
use crate::sched::{change_state, note_state_here, with_current};
use crate::sync::list::ListHead;
use crate::task::{TASK_RUNNING, TaskState};

/// Makes the calling task the entry's task, adds the entry at the end of the queue unless it is
/// linked, and sets the state: `prepare_to_swait_exclusive`.
///
/// # Safety
///
/// `entry` is valid and on no other queue. Neither it nor `q` moves until it is removed.
#[track_caller]
pub unsafe fn prepare_to_swait_exclusive(q: &SwaitQueueHead, entry: *mut RawSwaitQueue, state: TaskState) {
    note_state_here(state);
    with_current(|me| {
        q.locked(|core| {
            // SAFETY: the lock is held; the rest is the contract.
            unsafe {
                (*entry).task = me;
                SwaitCore::join(core, entry);
            }
            change_state(me, state);
        });
    });
}

/// [`prepare_to_swait_exclusive`] that fails with `ERESTARTSYS` if a signal is pending that ends a
/// sleep in this state: `prepare_to_swait_event`. It then removes the entry, so that a later
/// wake-up goes to another waiter.
///
/// # Safety
///
/// As [`prepare_to_swait_exclusive`].
#[track_caller]
pub unsafe fn prepare_to_swait_event(
    q: &SwaitQueueHead,
    entry: *mut RawSwaitQueue,
    state: TaskState,
) -> Result<(), Errno> {
    note_state_here(state);
    with_current(|me| {
        q.locked(|core| {
            // SAFETY: as above.
            unsafe {
                if me.signals.end_sleep_in(state) {
                    SwaitCore::leave(entry);
                    return Err(Errno::ERESTARTSYS);
                }
                (*entry).task = me;
                SwaitCore::join(core, entry);
            }
            change_state(me, state);
            Ok(())
        })
    })
}

/// Ends a wait: sets the state to RUNNING and removes the entry from the queue: `finish_swait`.
/// After it returns, no waker uses the entry, or the queue because of it.
///
/// # Safety
///
/// `entry` is valid, and on `q` or on no queue.
pub unsafe fn finish_swait(q: &SwaitQueueHead, entry: *mut RawSwaitQueue) {
    with_current(|me| change_state(me, TASK_RUNNING));
    // Takes the lock in any case, since a waker may be unlinking the entry right now.
    // SAFETY: the lock is held; the rest is the contract.
    q.locked(|_| unsafe { SwaitCore::leave(entry) });
}

/// [`finish_swait`] for a caller that holds the queue's lock: `__finish_swait`.
///
/// # Safety
///
/// As [`finish_swait`], and the caller holds the lock.
pub unsafe fn finish_swait_locked(entry: *mut RawSwaitQueue) {
    with_current(|me| change_state(me, TASK_RUNNING));
    // SAFETY: the contract.
    unsafe { ListHead::remove(super::Waiter::node(entry)) };
}
