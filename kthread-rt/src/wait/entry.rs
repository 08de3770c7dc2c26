//! Open-coded waits: an entry on the caller's stack, `prepare_to_wait`, `schedule`, `finish_wait`.

use super::{
    Place, WQ_FLAG_EXCLUSIVE, WQ_FLAG_PRIORITY, WaitQueueEntry, WaitQueueFunc, WaitQueueHead,
    autoremove_wake_function, default_wake_function, enqueue, raw, woken_wake_function,
};
use crate::clock::Jiffies;
use crate::errno::Errno;
use crate::sched::{change_state, current, note_state_here};
use crate::sync::Ordering;
use crate::sync::list::ListHead;
use crate::task::{TASK_RUNNING, Task, TaskState, TaskStruct};
use std::cell::Cell;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::ptr;

/// A wait queue entry of the calling task. [`DEFINE_WAIT!`](crate::DEFINE_WAIT) and
/// [`DEFINE_WAIT_FUNC!`](crate::DEFINE_WAIT_FUNC) pin one on the stack. It leaves its queue when it
/// is dropped.
///
/// `'q` is the lifetime of the queues that it may be added to.
///
/// # Invariants
///
/// `queue` is null, or the head whose list the entry may be linked to. Only the entry's owner
/// changes it.
#[derive(Debug)]
pub struct WaitEntry<'q> {
    raw: WaitQueueEntry,
    task: Task,
    queue: Cell<*const WaitQueueHead>,
    _queues: PhantomData<Cell<&'q WaitQueueHead>>,
    _pin: PhantomPinned,
}

impl<'q> WaitEntry<'q> {
    /// Makes an entry that a successful wake-up removes from its queue: `DEFINE_WAIT`.
    #[expect(clippy::new_without_default, reason = "an entry belongs to the task that makes it")]
    pub fn new() -> Self {
        Self::known(autoremove_wake_function)
    }

    /// Makes an entry that a wake-up leaves in its queue: `init_waitqueue_entry`.
    pub fn staying() -> Self {
        Self::known(default_wake_function)
    }

    /// Makes an entry for [`wait_woken`]: `DEFINE_WAIT_FUNC(name, woken_wake_function)`.
    pub fn woken() -> Self {
        Self::known(woken_wake_function)
    }

    fn known(func: WaitQueueFunc) -> Self {
        let task = current();
        Self {
            raw: WaitQueueEntry::new(func, task.as_ptr().cast_mut().cast()),
            task,
            queue: Cell::new(ptr::null()),
            _queues: PhantomData,
            _pin: PhantomPinned,
        }
    }

    /// Makes an entry with the caller's wake function: `DEFINE_WAIT_FUNC`.
    ///
    /// # Safety
    ///
    /// Any thread that holds the lock of the entry's queue may call `func` with the entry. The
    /// entry's `private` is the calling task.
    pub unsafe fn with_func(func: WaitQueueFunc) -> Self {
        Self::known(func)
    }

    /// Returns the entry's task.
    pub fn task(&self) -> &TaskStruct {
        &self.task
    }

    fn raw(self: Pin<&Self>) -> *mut WaitQueueEntry {
        (&raw const self.get_ref().raw).cast_mut()
    }

    fn is_on_other_than(&self, wq: &WaitQueueHead) -> bool {
        let queue = self.queue.get();
        !queue.is_null() && !ptr::eq(queue, wq)
    }

    /// Takes the lock, sets and clears the flags `(set, clear)`, adds the entry unless it is
    /// linked, and sets the task's state. Returns true if the queue was empty before.
    #[track_caller]
    fn add(
        self: Pin<&Self>,
        wq: &'q WaitQueueHead,
        flags: (u32, u32),
        place: Place,
        state: Option<TaskState>,
    ) -> bool {
        assert!(!self.is_on_other_than(wq), "a wait queue entry is on one queue at a time");
        self.queue.set(wq);
        // SAFETY: the entry is pinned, and leaves the queue when it is dropped, which is before the
        // queue is dropped ('q). Its `private` is a task to which it has a reference.
        unsafe { enqueue(wq, self.raw(), &self.task, flags, place, state) }
    }

    /// Removes the entry from its queue. Returns true if a wake-up had removed it already.
    #[track_caller]
    pub(super) fn leave(&self) -> bool {
        let queue = self.queue.replace(ptr::null());
        // SAFETY: the queue outlives the entry ('q).
        let Some(queue) = (unsafe { queue.as_ref() }) else { return false };
        let node = WaitQueueEntry::node((&raw const self.raw).cast_mut());
        // SAFETY: the lock of the queue that the entry may be linked to is held.
        queue.locked("finish_wait", |_| unsafe {
            let taken_out = ListHead::is_empty(node);
            ListHead::remove(node);
            taken_out
        })
    }
}

impl Drop for WaitEntry<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Declares a wait queue entry of the calling task as a local variable: `DEFINE_WAIT`.
///
/// **Form**: `DEFINE_WAIT!(name)`. Declares `let name: Pin<&WaitEntry>`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DEFINE_WAIT!(wait);
/// prepare_to_wait(&wq, wait, TASK_INTERRUPTIBLE);
/// wake_up(&wq); // another task does this
/// schedule();
/// finish_wait(&wq, wait);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_WAIT {
    ($name:ident) => {
        let $name = ::std::pin::pin!($crate::WaitEntry::new());
        let $name = ::std::pin::Pin::as_ref(&$name);
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(local, "DEFINE_WAIT", "name"; $($other)*);
    };
}

/// Declares a wait queue entry that a wake-up leaves in its queue, as a local variable:
/// `DECLARE_WAITQUEUE`. For [`add_wait_queue`] and a loop of `set_current_state`, the condition,
/// and `schedule`.
///
/// **Form**: `DECLARE_WAITQUEUE!(name, task: Task)`. Declares `let name: Pin<&WaitEntry>`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DECLARE_WAITQUEUE!(wait, current());
/// add_wait_queue(&wq, wait);
/// set_current_state(TASK_INTERRUPTIBLE);
/// wake_up(&wq); // another task does this
/// schedule();
/// set_current_state(TASK_RUNNING);
/// assert!(waitqueue_active(&wq));
/// remove_wait_queue(&wq, wait);
/// ```
///
/// # Panics
///
/// If `$task` is not the current task.
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_WAITQUEUE {
    ($name:ident, $task:expr) => {
        let $name = ::std::pin::pin!($crate::WaitEntry::staying());
        let $name = ::std::pin::Pin::as_ref(&$name);
        assert!(*$name.task() == $task, "an entry is the calling task's");
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(local, "DECLARE_WAITQUEUE", "name, task"; $($other)*);
    };
}

/// Declares a wait queue entry with another wake function, as a local variable: `DEFINE_WAIT_FUNC`.
/// The caller's own wake functions need `unsafe` in front: see
/// [`WaitEntry::with_func`](crate::WaitEntry::with_func).
///
/// **Forms**: `DEFINE_WAIT_FUNC!(name, f)` with `f` one of `autoremove_wake_function`,
/// `default_wake_function` and `woken_wake_function`; `DEFINE_WAIT_FUNC!(name, unsafe f)` with a
/// [`WaitQueueFunc`](crate::WaitQueueFunc). Declares `let name: Pin<&WaitEntry>`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DEFINE_WAIT_FUNC!(wait, woken_wake_function);
/// add_wait_queue(&wq, wait);
/// wake_up(&wq);
/// // Woken before the wait, so it returns at once.
/// assert_eq!(wait_woken(wait, TASK_INTERRUPTIBLE, 100), 100);
/// remove_wait_queue(&wq, wait);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_WAIT_FUNC {
    ($name:ident, woken_wake_function) => {
        $crate::DEFINE_WAIT_FUNC!(@ $name, $crate::WaitEntry::woken());
    };
    ($name:ident, autoremove_wake_function) => {
        $crate::DEFINE_WAIT_FUNC!(@ $name, $crate::WaitEntry::new());
    };
    ($name:ident, default_wake_function) => {
        $crate::DEFINE_WAIT_FUNC!(@ $name, $crate::WaitEntry::staying());
    };
    ($name:ident, unsafe $func:expr) => {
        // SAFETY: the caller wrote `unsafe` before the function, and so upholds the contract.
        $crate::DEFINE_WAIT_FUNC!(@ $name, unsafe { $crate::WaitEntry::with_func($func) });
    };
    (@ $name:ident, $entry:expr) => {
        let $name = ::std::pin::pin!($entry);
        let $name = ::std::pin::Pin::as_ref(&$name);
    };
    ($name:ident, $func:expr) => {
        ::core::compile_error!(::core::concat!(
            "a wake function of your own needs `unsafe`: DEFINE_WAIT_FUNC!(",
            ::core::stringify!($name),
            ", unsafe ",
            ::core::stringify!($func),
            ")"
        ));
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(local, "DEFINE_WAIT_FUNC", "name, function"; $($other)*);
    };
}

/// Adds an entry at the front of the queue: `add_wait_queue`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DECLARE_WAITQUEUE!(wait, current());
/// add_wait_queue(&wq, wait);
/// set_current_state(TASK_INTERRUPTIBLE);
/// wake_up(&wq); // another task does this
/// schedule();
/// remove_wait_queue(&wq, wait);
/// ```
///
/// # Panics
///
/// If the entry is on another queue, as all functions do that add an entry.
#[track_caller]
pub fn add_wait_queue<'q>(wq: &'q WaitQueueHead, entry: Pin<&WaitEntry<'q>>) {
    entry.add(wq, (0, WQ_FLAG_EXCLUSIVE), Place::Front, None);
}

/// Adds an exclusive entry at the end: `add_wait_queue_exclusive`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DECLARE_WAITQUEUE!(wait, current());
/// add_wait_queue_exclusive(&wq, wait);
/// set_current_state(TASK_INTERRUPTIBLE);
/// wake_up(&wq); // another task does this
/// schedule();
/// remove_wait_queue(&wq, wait);
/// ```
#[track_caller]
pub fn add_wait_queue_exclusive<'q>(wq: &'q WaitQueueHead, entry: Pin<&WaitEntry<'q>>) {
    entry.add(wq, (WQ_FLAG_EXCLUSIVE, 0), Place::Back, None);
}

/// Adds an exclusive entry before all others: `add_wait_queue_priority`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DECLARE_WAITQUEUE!(wait, current());
/// add_wait_queue_priority(&wq, wait);
/// set_current_state(TASK_INTERRUPTIBLE);
/// wake_up(&wq); // another task does this
/// schedule();
/// remove_wait_queue(&wq, wait);
/// ```
#[track_caller]
pub fn add_wait_queue_priority<'q>(wq: &'q WaitQueueHead, entry: Pin<&WaitEntry<'q>>) {
    entry.add(wq, (WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY, 0), Place::Front, None);
}

/// Removes an entry from its queue: `remove_wait_queue`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DECLARE_WAITQUEUE!(wait, current());
/// add_wait_queue(&wq, wait);
/// set_current_state(TASK_INTERRUPTIBLE);
/// wake_up(&wq); // another task does this
/// schedule();
/// remove_wait_queue(&wq, wait);
/// ```
#[track_caller]
pub fn remove_wait_queue<'q>(wq: &'q WaitQueueHead, entry: Pin<&WaitEntry<'q>>) {
    let _ = wq;
    entry.leave();
}

/// Adds the entry to the queue, unless it is linked, and sets the task's state: `prepare_to_wait`.
/// Never sleeps.
///
/// The caller then tests its condition; while it is false, it calls `schedule()` and this function
/// again. At the end it calls [`finish_wait`].
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(true));
/// DEFINE_WAIT!(wait);
/// loop {
///     prepare_to_wait(&wq, wait, TASK_UNINTERRUPTIBLE);
///     if ready.load(SeqCst) {
///         break;
///     }
///     schedule();
/// }
/// finish_wait(&wq, wait);
/// ```
#[track_caller]
pub fn prepare_to_wait<'q>(wq: &'q WaitQueueHead, entry: Pin<&WaitEntry<'q>>, state: TaskState) {
    note_state_here(state);
    entry.add(wq, (0, WQ_FLAG_EXCLUSIVE), Place::Front, Some(state));
}

/// [`prepare_to_wait`] with an exclusive entry: `prepare_to_wait_exclusive`. Returns true if the
/// queue was empty before.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(true));
/// DEFINE_WAIT!(wait);
/// loop {
///     prepare_to_wait_exclusive(&wq, wait, TASK_UNINTERRUPTIBLE);
///     if ready.load(SeqCst) {
///         break;
///     }
///     schedule();
/// }
/// finish_wait(&wq, wait);
/// ```
#[track_caller]
pub fn prepare_to_wait_exclusive<'q>(
    wq: &'q WaitQueueHead,
    entry: Pin<&WaitEntry<'q>>,
    state: TaskState,
) -> bool {
    note_state_here(state);
    entry.add(wq, (WQ_FLAG_EXCLUSIVE, 0), Place::Back, Some(state))
}

/// [`prepare_to_wait`] that fails with `ERESTARTSYS` if a signal is pending that ends a sleep in
/// this state: `prepare_to_wait_event`. It then removes the entry and does not change the state.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(true));
/// DEFINE_WAIT!(wait);
/// let result = loop {
///     let signal = prepare_to_wait_event(&wq, wait, TASK_INTERRUPTIBLE);
///     if ready.load(SeqCst) || signal.is_err() {
///         break signal;
///     }
///     schedule();
/// };
/// finish_wait(&wq, wait);
/// assert_eq!(result, Ok(()));
/// ```
#[track_caller]
pub fn prepare_to_wait_event<'q>(
    wq: &'q WaitQueueHead,
    entry: Pin<&WaitEntry<'q>>,
    state: TaskState,
) -> Result<(), Errno> {
    note_state_here(state);
    prepare_event(wq, entry, state)
}

/// [`prepare_to_wait_event`] for `wait_event!`, which notes the place of the state itself.
pub(super) fn prepare_event<'q>(
    wq: &'q WaitQueueHead,
    entry: Pin<&WaitEntry<'q>>,
    state: TaskState,
) -> Result<(), Errno> {
    if entry.task.signals.end_sleep_in(state) {
        // Remove the entry, so that a later exclusive wake-up goes to another waiter. An earlier
        // one is not lost: the caller tests its condition once more.
        entry.leave();
        return Err(Errno::ERESTARTSYS);
    }
    let place = if entry.raw.flags() & WQ_FLAG_EXCLUSIVE != 0 { Place::Back } else { Place::Front };
    entry.add(wq, (0, 0), place, Some(state));
    Ok(())
}

pub(super) fn set_exclusive(entry: Pin<&WaitEntry<'_>>) {
    entry.raw.flags.fetch_or(WQ_FLAG_EXCLUSIVE, Ordering::Relaxed);
}

/// Ends a wait: sets the state to RUNNING and removes the entry from the queue: `finish_wait`.
/// After it returns, no waker uses the entry, or the queue because of it.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(true));
/// DEFINE_WAIT!(wait);
/// loop {
///     prepare_to_wait(&wq, wait, TASK_UNINTERRUPTIBLE);
///     if ready.load(SeqCst) {
///         break;
///     }
///     schedule();
/// }
/// finish_wait(&wq, wait);
/// ```
#[track_caller]
pub fn finish_wait<'q>(wq: &'q WaitQueueHead, entry: Pin<&WaitEntry<'q>>) {
    change_state(&entry.task, TASK_RUNNING);
    remove_wait_queue(wq, entry);
}

/// Sleeps in `state` for at most `timeout` jiffies and returns the jiffies left: `wait_woken`. For
/// an entry with `woken_wake_function`. It does not sleep if the entry was woken since the last
/// call, or if the calling kthread was asked to stop or park.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// DEFINE_WAIT_FUNC!(wait, woken_wake_function);
/// add_wait_queue(&wq, wait);
/// assert_eq!(wait_woken(wait, TASK_INTERRUPTIBLE, 2), 0); // the time has passed
/// wake_up(&wq);
/// assert_eq!(wait_woken(wait, TASK_INTERRUPTIBLE, 2), 2);
/// remove_wait_queue(&wq, wait);
/// ```
#[track_caller]
pub fn wait_woken(entry: Pin<&WaitEntry<'_>>, state: TaskState, timeout: impl Jiffies) -> i64 {
    // SAFETY: the entry is valid and belongs to the calling task.
    unsafe { raw::wait_woken(entry.raw(), state, timeout.as_long()) }
}
