//! Waking: the waker's half of the sleep protocol in the module's docs.

use super::current::with_current;
use crate::sync::{Ordering, fence, observe, refuse_in_forked_child};
use crate::task::{TASK_NORMAL, TASK_RUNNING, TaskState, TaskStruct};
use crate::trace::EventKind;

fn show_pid(pid: usize) -> String {
    pid.to_string()
}

/// Wakes `task` if its state is in `mask`: `try_to_wake_up`. True if it did.
///
/// The caller holds a reference to the task during the call, as `&TaskStruct` says.
pub(crate) fn try_to_wake_up(task: &TaskStruct, mask: TaskState) -> bool {
    let woken = claim_wake_up(task, mask);
    if woken {
        deliver_wake_up(task);
    }
    woken
}

/// The first half of a wake-up: sets the state to RUNNING. True if this call did it; the caller
/// must then call [`deliver_wake_up`], and may release its locks before.
#[must_use]
pub(crate) fn claim_wake_up(task: &TaskStruct, mask: TaskState) -> bool {
    // The caller has made the condition true before this reads the state; see "The sleep protocol".
    fence(Ordering::SeqCst);
    let mut state = task.state.load();
    loop {
        if state & mask.bits() == 0 {
            observe("does not wake, since it is not so asleep, pid", task.pid() as usize, show_pid);
            return false;
        }
        match task.state.compare_exchange(state, TASK_RUNNING.bits()) {
            Ok(_) => break,
            Err(now) => state = now,
        }
    }
    observe("wakes pid", task.pid() as usize, show_pid);
    // Report the event before the sleeper runs. A task that is not asleep yet may report its next
    // event before this one.
    notify_woken(task);
    true
}

/// The second half: wakes the OS thread of a task whose state [`claim_wake_up`] has set to RUNNING.
pub(crate) fn deliver_wake_up(task: &TaskStruct) {
    fence(Ordering::SeqCst);
    if task.on_rq.load(Ordering::Relaxed) == 0 && !task.open_its_start_gate() {
        task.state.wake();
    }
    note_transition(task);
}

fn notify_woken(task: &TaskStruct) {
    // A waker without a task: the event is the woken task's.
    if crate::sync::current_ptr().is_null() {
        task.event(|| EventKind::Woken { task: task.id() });
    } else {
        with_current(|by| by.event(|| EventKind::Woken { task: task.id() }));
    }
}

/// Wakes the watchers of `task`, whose state or `on_rq` has changed.
///
/// The caller has a SeqCst fence between the change and this call; a watcher has one between adding
/// itself and reading the state. So either the watcher sees the change or this sees the watcher.
#[inline(always)]
pub(crate) fn note_transition(task: &TaskStruct) {
    if task.watchers.load(Ordering::Relaxed) != 0 {
        wake_watchers(task);
    }
}

#[cold]
fn wake_watchers(task: &TaskStruct) {
    let watchers = task.watch_list.lock().clone();
    for watcher in watchers {
        try_to_wake_up(&watcher, TASK_NORMAL);
    }
}

/// Wakes `task` if it sleeps interruptibly or uninterruptibly: `wake_up_process`.
///
/// Returns true if the call woke the task, false if it was running (the wake-up is then not
/// remembered), parked, frozen or dead. A task that has set its state and not yet called `schedule`
/// counts as asleep. The woken task sees all that the caller wrote before the call. Never sleeps;
/// makes a system call only if the task is asleep.
///
/// In the kernel this returns an `int`, 1 or 0.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 7, (), "sleeper")?;
/// assert!(wake_up_process(&task)); // the first wake-up starts the function
/// _ = kthread_stop(&task);
/// assert!(!wake_up_process(&task)); // the task has ended
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn wake_up_process(task: &TaskStruct) -> bool {
    observe("calls wake_up_process, of pid", task.pid() as usize, show_pid);
    refuse_in_forked_child();
    try_to_wake_up(task, TASK_NORMAL)
}

/// Wakes `task` if it sleeps in one of the states `state`: `wake_up_state`. Otherwise as
/// [`wake_up_process`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 7, (), "sleeper")?;
/// assert!(!wake_up_state(&task, TASK_INTERRUPTIBLE)); // a new thread sleeps uninterruptibly
/// assert!(wake_up_state(&task, TASK_UNINTERRUPTIBLE));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn wake_up_state(task: &TaskStruct, state: TaskState) -> bool {
    observe("calls wake_up_state, of pid", task.pid() as usize, show_pid);
    refuse_in_forked_child();
    try_to_wake_up(task, state)
}
