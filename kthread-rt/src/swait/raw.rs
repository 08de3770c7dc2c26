//! Entries by pointer, as C uses them: memory of the caller's, whose queue is told with each call.

pub use super::Waiter as RawSwaitQueue;

use super::{SwaitCore, SwaitQueueHead};
use crate::errno::Errno;
use crate::sched::{change_state, note_state_here, with_current};
use crate::sync::list::ListHead;
use crate::task::{TASK_RUNNING, TaskState};

/// Makes the entry the calling task's, adds it at the end unless it is on the queue, and sets the
/// state: `prepare_to_swait_exclusive`.
///
/// # Safety
///
/// `entry` is valid, on no other queue, and stays in place, as `q` does, until it is taken out.
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

/// The same, unless a signal is pending that the state admits: then `ERESTARTSYS`, and the entry is
/// taken out, so that a wake-up that comes from now on goes to somebody who waits:
/// `prepare_to_swait_event`.
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

/// Ends a wait: the state is RUNNING and the entry out of the queue: `finish_swait`. When it
/// returns, no waker touches the queue on this entry's account.
///
/// # Safety
///
/// `entry` is valid, and on `q` or on no queue.
pub unsafe fn finish_swait(q: &SwaitQueueHead, entry: *mut RawSwaitQueue) {
    with_current(|me| change_state(me, TASK_RUNNING));
    // The lock, if only to wait for a waker that is about to take it out.
    // SAFETY: the lock is held; the rest is the contract.
    q.locked(|_| unsafe { SwaitCore::leave(entry) });
}

/// The same for a caller who holds the queue's lock: `__finish_swait`.
///
/// # Safety
///
/// As [`finish_swait`], and the caller holds the lock.
pub unsafe fn finish_swait_locked(entry: *mut RawSwaitQueue) {
    with_current(|me| change_state(me, TASK_RUNNING));
    // SAFETY: the contract.
    unsafe { ListHead::remove(super::Waiter::node(entry)) };
}
