//! Open-coded waits: an entry on the caller's stack, `prepare_to_swait_exclusive`, `schedule`,
//! `finish_swait`.

use super::{SwaitCore, SwaitQueueHead, Waiter};
use crate::errno::Errno;
use crate::sched::{change_state, current, note_state_here};
use crate::task::{TASK_RUNNING, Task, TaskState, TaskStruct};
use std::cell::Cell;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::ptr;

/// `struct swait_queue`: an entry of the calling task.
/// [`DECLARE_SWAITQUEUE!`](crate::DECLARE_SWAITQUEUE) pins one on the stack. It leaves its queue
/// when it is dropped.
///
/// `'q` is the lifetime of the queues that it may be added to.
///
/// # Invariants
///
/// `queue` is null, or the head whose list the entry may be linked to. Only the entry's owner
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
    /// Makes an unlinked entry of the calling task: `__SWAITQUEUE_INITIALIZER`.
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

    /// Returns the entry's task.
    pub fn task(&self) -> &TaskStruct {
        &self.task
    }

    fn raw(&self) -> *mut Waiter {
        (&raw const self.raw).cast_mut()
    }

    /// Takes the lock, adds the entry unless it is linked, and sets the task's state. If
    /// `heeds_signals` and a signal is pending that ends a sleep in this state, it removes the
    /// entry instead, so that a later wake-up goes to another waiter, and fails.
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
            // SAFETY: the lock is held. The entry is pinned, and leaves the queue when it is
            // dropped, which is before the queue is dropped ('q). It has a reference to its task.
            unsafe { SwaitCore::join(core, self.raw()) };
            change_state(&self.task, state);
        });
        Ok(())
    }

    /// Removes the entry from its queue. Returns true if a wake-up had removed it already.
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

/// Declares an entry of the calling task as a local variable: `DECLARE_SWAITQUEUE`.
///
/// **Form**: `DECLARE_SWAITQUEUE!(name)`. Declares `let name: Pin<&SwaitQueue>`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// DECLARE_SWAITQUEUE!(wait);
/// prepare_to_swait_exclusive(&q, wait, TASK_INTERRUPTIBLE);
/// swake_up_one(&q); // another task does this
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
    ($($other:tt)*) => {
        $crate::__not_the_form!(local, "DECLARE_SWAITQUEUE", "name"; $($other)*);
    };
}

/// Adds the entry at the end of the queue, unless it is linked, and sets the task's state:
/// `prepare_to_swait_exclusive`. Never sleeps.
///
/// The caller then tests its condition; while it is false, it calls `schedule()` and this function
/// again. At the end it calls [`finish_swait`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// DECLARE_SWAITQUEUE!(wait);
/// prepare_to_swait_exclusive(&q, wait, TASK_UNINTERRUPTIBLE);
/// swake_up_one(&q); // another task does this
/// schedule();
/// finish_swait(&q, wait);
/// ```
///
/// # Panics
///
/// If the entry is on another queue.
#[track_caller]
pub fn prepare_to_swait_exclusive<'q>(q: &'q SwaitQueueHead, entry: Pin<&SwaitQueue<'q>>, state: TaskState) {
    note_state_here(state);
    // It cannot fail, since it ignores signals.
    let _ = entry.prepare(q, state, false);
}

/// [`prepare_to_swait_exclusive`] that fails with `ERESTARTSYS` if a signal is pending that ends a
/// sleep in this state: `prepare_to_swait_event`. It then removes the entry and does not change the
/// state.
///
/// The caller must then test its condition once more, since a wake-up may have selected the entry
/// before.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// DECLARE_SWAITQUEUE!(wait);
/// prepare_to_swait_event(&q, wait, TASK_INTERRUPTIBLE)?; // ERESTARTSYS for a signal
/// swake_up_one(&q); // another task does this
/// schedule();
/// finish_swait(&q, wait);
/// # Ok::<(), Errno>(())
/// ```
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

/// Ends a wait: sets the state to RUNNING and removes the entry from the queue: `finish_swait`.
/// After it returns, no waker uses the entry, or the queue because of it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// DECLARE_SWAITQUEUE!(wait);
/// prepare_to_swait_exclusive(&q, wait, TASK_UNINTERRUPTIBLE);
/// swake_up_one(&q); // another task does this
/// schedule();
/// finish_swait(&q, wait);
/// ```
pub fn finish_swait<'q>(q: &'q SwaitQueueHead, entry: Pin<&SwaitQueue<'q>>) {
    let _ = q;
    change_state(&entry.task, TASK_RUNNING);
    entry.leave();
}
