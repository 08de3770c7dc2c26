//! Waiting by hand: an entry on the caller's stack, `prepare_to_swait_exclusive`, `schedule`,
//! `finish_swait`.

use super::{SwaitCore, SwaitQueueHead, Waiter};
use crate::errno::Errno;
use crate::sched::{change_state, current, note_state_here};
use crate::task::{TASK_RUNNING, Task, TaskState, TaskStruct};
use std::cell::Cell;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::ptr;

/// `struct swait_queue`: an entry of the calling task's, to be pinned on its stack by
/// [`DECLARE_SWAITQUEUE!`](crate::DECLARE_SWAITQUEUE). It leaves its queue when it is dropped.
///
/// `'q` is the life of the queues that it may be added to.
///
/// # Invariants
///
/// `queue` is null, or the head whose list the entry may be linked to; only the owner of the entry
/// changes it.
#[derive(Debug)]
pub struct SwaitQueue<'q> {
    raw: Waiter,
    task: Task,
    queue: Cell<*const SwaitQueueHead>,
    _queues: PhantomData<Cell<&'q SwaitQueueHead>>,
    _pin: PhantomPinned,
}

impl<'q> SwaitQueue<'q> {
    /// An entry of the calling task's, on no queue: `__SWAITQUEUE_INITIALIZER`.
    #[expect(clippy::new_without_default, reason = "an entry belongs to the task that makes it")]
    pub fn new() -> Self {
        let task = current();
        Self {
            raw: Waiter::new(&task),
            task,
            queue: Cell::new(ptr::null()),
            _queues: PhantomData,
            _pin: PhantomPinned,
        }
    }

    /// The task that the entry is of.
    pub fn task(&self) -> &TaskStruct {
        &self.task
    }

    fn raw(&self) -> *mut Waiter {
        (&raw const self.raw).cast_mut()
    }

    /// Adds the entry unless it is linked, and sets the task's state, both under the lock; unless a
    /// signal is pending that the state admits: then the entry leaves, so that a wake-up that comes
    /// from now on goes to somebody who waits.
    pub(super) fn prepare(
        self: Pin<&Self>,
        q: &'q SwaitQueueHead,
        state: TaskState,
        heeds_signals: bool,
    ) -> Result<(), Errno> {
        let queue = self.queue.get();
        assert!(queue.is_null() || ptr::eq(queue, q), "a swait queue entry is on one queue at a time");
        if heeds_signals && self.task.signals.end_sleep_in(state) {
            self.leave();
            return Err(Errno::ERESTARTSYS);
        }
        q.locked(|core| {
            self.queue.set(q);
            // SAFETY: the lock is held; the entry is pinned, leaves the queue when it is dropped,
            // which is before the queue goes ('q), and its task is one that it holds.
            unsafe { SwaitCore::join(core, self.raw()) };
            change_state(&self.task, state);
        });
        Ok(())
    }

    /// Takes the entry out of its queue; true if a wake-up had done that since it was added.
    pub(super) fn leave(&self) -> bool {
        // SAFETY: the queue outlives the entry ('q).
        let Some(queue) = (unsafe { self.queue.replace(ptr::null()).as_ref() }) else { return false };
        // SAFETY: the lock of the queue that the entry may be linked to is held.
        queue.locked(|_| unsafe { !SwaitCore::leave(self.raw()) })
    }
}

impl Drop for SwaitQueue<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Makes an entry of the calling task's on the stack: `DECLARE_SWAITQUEUE`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// DECLARE_SWAITQUEUE!(wait);
/// prepare_to_swait_exclusive(&q, wait, TASK_INTERRUPTIBLE);
/// swake_up_one(&q); // somebody does this
/// schedule();
/// finish_swait(&q, wait);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_SWAITQUEUE {
    ($name:ident) => {
        let $name = ::std::pin::pin!($crate::SwaitQueue::new());
        let $name = ::std::pin::Pin::as_ref(&$name);
    };
}

/// Adds the entry at the end, if it is not on the queue, and sets the state:
/// `prepare_to_swait_exclusive`. Then test the condition, `schedule()` if it is false, again from
/// here, and [`finish_swait`] at the end. Never sleeps.
///
/// # Panics
///
/// If the entry is on another queue.
#[track_caller]
pub fn prepare_to_swait_exclusive<'q>(q: &'q SwaitQueueHead, entry: Pin<&SwaitQueue<'q>>, state: TaskState) {
    note_state_here(state);
    // Without an ear for signals it has no error.
    let _ = entry.prepare(q, state, false);
}

/// [`prepare_to_swait_exclusive`], or, if a signal is pending that the state admits, `ERESTARTSYS`,
/// the entry taken out and the state left alone: `prepare_to_swait_event`.
///
/// A wake-up that chose the entry before is not lost: test the condition once more.
///
/// # Panics
///
/// As [`prepare_to_swait_exclusive`].
#[track_caller]
pub fn prepare_to_swait_event<'q>(
    q: &'q SwaitQueueHead,
    entry: Pin<&SwaitQueue<'q>>,
    state: TaskState,
) -> Result<(), Errno> {
    note_state_here(state);
    entry.prepare(q, state, true)
}

/// Ends a wait: the state is RUNNING and the entry out of the queue: `finish_swait`. When it
/// returns, no waker touches the queue on this entry's account.
pub fn finish_swait<'q>(q: &'q SwaitQueueHead, entry: Pin<&SwaitQueue<'q>>) {
    let _ = q;
    change_state(&entry.task, TASK_RUNNING);
    entry.leave();
}
