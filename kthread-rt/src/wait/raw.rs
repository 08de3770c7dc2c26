//! Entries by pointer, as C and custom wake functions use them; and [`EventWait`], the steps of
//! `wait_event!` for callers that write the loop themselves.

pub use super::bit::{BitAction, bit_waitqueue, wait_on_bit_action, wait_on_bit_lock_action};
pub use super::stepwise::EventWait;
pub use crate::sched::{WaitLimit, WaitMode};

use super::wake::{WF_SYNC, WakeUp, wake_up_in_locked};
use super::{
    PRIORITY_IN_C, Place, WQ_FLAG_EXCLUSIVE, WQ_FLAG_PRIORITY, WQ_FLAG_WOKEN, WaitQueueEntry, WaitQueueHead,
    enqueue, link, walk,
};
use crate::errno::Errno;
use crate::sched::{change_state, note_state_here, schedule_timeout_in, with_current};
use crate::sync::list::ListHead;
use crate::sync::{Ordering, fence};
use crate::task::{TASK_RUNNING, TaskState, asked_to_stop_or_park};
use std::ffi::c_void;
use std::panic::Location;

macro_rules! adders {
    ($($(#[$meta:meta])* $name:ident, $set:expr, $clear:expr, $place:expr;)*) => { $(
        $(#[$meta])*
        ///
        /// # Safety
        ///
        /// `entry` is valid and on no queue. Neither it nor `wq` moves until it is removed. Any
        /// thread that wakes the queue may call its function.
        #[track_caller]
        pub unsafe fn $name(wq: &WaitQueueHead, entry: *mut WaitQueueEntry) {
            wq.locked(stringify!($name), |head| {
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
    /// Adds an entry at the front of the queue: `add_wait_queue`.
    add_wait_queue, 0, WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY | PRIORITY_IN_C, Place::Front;
    /// Adds an exclusive entry at the end: `add_wait_queue_exclusive`.
    add_wait_queue_exclusive, WQ_FLAG_EXCLUSIVE, WQ_FLAG_PRIORITY | PRIORITY_IN_C, Place::Back;
    /// Adds an exclusive entry before all others: `add_wait_queue_priority`.
    add_wait_queue_priority, WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY, 0, Place::Front;
    /// `add_wait_queue_priority` of 6.7 and later, whose flag is another bit.
    add_wait_queue_priority_since_6_7, WQ_FLAG_EXCLUSIVE | PRIORITY_IN_C, 0, Place::Front;
}

/// Wakes the waiters that sleep in one of the states `mode`, at most `nr` exclusive ones (0 means
/// all), and passes `key` to their wake functions: `__wake_up`. Returns how many exclusive ones it
/// woke.
///
/// The usual wake functions ignore the key; [`wake_up`](crate::wake_up) and its family pass null.
///
/// # Safety
///
/// `key` is what the wake functions of the entries on `wq` expect.
#[track_caller]
pub unsafe fn __wake_up(wq: &WaitQueueHead, mode: TaskState, nr: u32, key: *mut c_void) -> u32 {
    walk(wq, &WakeUp { mode, nr, flags: 0, key })
}

/// [`__wake_up`] by a caller that is about to sleep: `__wake_up_sync_key`. Wake functions get the
/// flag `WF_SYNC`.
///
/// # Safety
///
/// As [`__wake_up`].
#[track_caller]
pub unsafe fn __wake_up_sync(wq: &WaitQueueHead, mode: TaskState, nr: u32, key: *mut c_void) -> u32 {
    walk(wq, &WakeUp { mode, nr, flags: WF_SYNC, key })
}

/// [`__wake_up`] by a caller that holds the queue's lock: `__wake_up_locked_key`.
///
/// # Safety
///
/// As [`__wake_up`], and the caller holds the lock of `wq`.
pub unsafe fn __wake_up_locked(wq: &WaitQueueHead, mode: TaskState, nr: u32, key: *mut c_void) -> u32 {
    // SAFETY: the same contract.
    unsafe { wake_up_in_locked(wq, &WakeUp { mode, nr, flags: 0, key }) }
}

/// [`__wake_up_locked`] by a caller that is about to sleep: `__wake_up_locked_sync_key`.
///
/// # Safety
///
/// As [`__wake_up_locked`].
pub unsafe fn __wake_up_locked_sync(wq: &WaitQueueHead, mode: TaskState, nr: u32, key: *mut c_void) -> u32 {
    // SAFETY: the same contract.
    unsafe { wake_up_in_locked(wq, &WakeUp { mode, nr, flags: WF_SYNC, key }) }
}

/// Removes an entry from its queue, if it is linked: `remove_wait_queue`.
///
/// # Safety
///
/// `entry` is valid, and was only ever added to `wq`.
#[track_caller]
pub unsafe fn remove_wait_queue(wq: &WaitQueueHead, entry: *mut WaitQueueEntry) {
    // SAFETY: the lock is held; the rest is the contract.
    wq.locked("remove_wait_queue", |_| unsafe { ListHead::remove(WaitQueueEntry::node(entry)) });
}

/// Removes an entry from its queue in its own wake function, which runs under the lock:
/// `list_del_init`.
///
/// # Safety
///
/// As [`remove_wait_queue`], and the caller holds the queue's lock.
pub unsafe fn remove_wait_queue_locked(entry: *mut WaitQueueEntry) {
    // SAFETY: by the contract.
    unsafe { ListHead::remove(WaitQueueEntry::node(entry)) };
}

/// [`prepare_to_wait`](crate::prepare_to_wait()) by pointer.
///
/// # Safety
///
/// `entry` belongs to the calling task and is on no other queue. Neither it nor `wq` moves until it
/// is removed.
#[track_caller]
pub unsafe fn prepare_to_wait(wq: &WaitQueueHead, entry: *mut WaitQueueEntry, state: TaskState) {
    let flags = (0, WQ_FLAG_EXCLUSIVE);
    note_state_here(state);
    // SAFETY: the same contract.
    with_current(|me| unsafe { enqueue(wq, entry, me, flags, Place::Front, Some(state)) });
}

/// [`prepare_to_wait_exclusive`](crate::prepare_to_wait_exclusive()) by pointer. Returns true if
/// the queue was empty before.
///
/// # Safety
///
/// As [`prepare_to_wait`].
#[track_caller]
pub unsafe fn prepare_to_wait_exclusive(
    wq: &WaitQueueHead,
    entry: *mut WaitQueueEntry,
    state: TaskState,
) -> bool {
    let flags = (WQ_FLAG_EXCLUSIVE, 0);
    note_state_here(state);
    // SAFETY: the same contract.
    with_current(|me| unsafe { enqueue(wq, entry, me, flags, Place::Back, Some(state)) })
}

/// [`prepare_to_wait_event`](crate::prepare_to_wait_event()) by pointer.
///
/// # Errors
///
/// `ERESTARTSYS` if a signal is pending that ends a sleep in this state; the entry is then on no
/// queue.
///
/// # Safety
///
/// As [`prepare_to_wait`].
#[track_caller]
pub unsafe fn prepare_to_wait_event(
    wq: &WaitQueueHead,
    entry: *mut WaitQueueEntry,
    state: TaskState,
) -> Result<(), Errno> {
    note_state_here(state);
    with_current(|me| {
        if me.signals.end_sleep_in(state) {
            // As in the pinned form: a later wake-up goes to another waiter.
            // SAFETY: the same contract.
            unsafe { remove_wait_queue(wq, entry) };
            return Err(Errno::ERESTARTSYS);
        }
        // SAFETY: the same contract.
        unsafe {
            let exclusive = (*entry).flags() & WQ_FLAG_EXCLUSIVE != 0;
            let place = if exclusive { Place::Back } else { Place::Front };
            enqueue(wq, entry, me, (0, 0), place, Some(state));
        }
        Ok(())
    })
}

/// [`finish_wait`](crate::finish_wait()) by pointer. Returns true if the entry was on no queue,
/// which is so after a wake-up and after a [`prepare_to_wait_event`] that failed.
///
/// # Safety
///
/// `entry` belongs to the calling task, and was only ever added to `wq`.
#[track_caller]
pub unsafe fn finish_wait(wq: &WaitQueueHead, entry: *mut WaitQueueEntry) -> bool {
    with_current(|me| change_state(me, TASK_RUNNING));
    let node = WaitQueueEntry::node(entry);
    // SAFETY: the lock is held; the rest is the contract.
    wq.locked("finish_wait", |_| unsafe {
        let taken_out = ListHead::is_empty(node);
        ListHead::remove(node);
        taken_out
    })
}

/// [`wait_woken`](crate::wait_woken()) by pointer.
///
/// # Safety
///
/// `entry` is valid and belongs to the calling task.
#[track_caller]
pub unsafe fn wait_woken(entry: *mut WaitQueueEntry, state: TaskState, timeout: i64) -> i64 {
    let place = Location::caller();
    with_current(|me| {
        // SAFETY: by the contract.
        let flags = unsafe { &(*entry).flags };
        // The fence in `change_state` pairs with the one in `note_woken`: either this task sees the
        // flag, or the waker sees the state.
        change_state(me, state);
        let mut left = timeout;
        if flags.load(Ordering::Relaxed) & WQ_FLAG_WOKEN == 0 && !asked_to_stop_or_park(me) {
            left = schedule_timeout_in(me, None, timeout, "wait_woken", place);
        }
        change_state(me, TASK_RUNNING);
        flags.fetch_and(!WQ_FLAG_WOKEN, Ordering::Relaxed);
        // Orders the caller's next reads after the flag. Pairs with the fence in `note_woken`.
        fence(Ordering::SeqCst);
        left
    })
}
