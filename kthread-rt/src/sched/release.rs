//! The end of a task: `release_task`.

use super::readers::put_after_readers;
use super::section::leave_stray_section;
use super::wake::note_transition;
use crate::diag::WarningKind;
use crate::sync::{self, Ordering, fence};
use crate::task::{EXIT_DEAD, EXIT_ZOMBIE, PF_EXITING, TASK_DEAD, TaskFlags, TaskStruct};
use crate::trace::EventKind;
use std::mem;
use std::ptr;

/// Ends `task` on its own thread: removes it from the pid table and makes it dead. Its memory lives
/// as long as references exist.
pub(crate) fn release_task(task: &TaskStruct) {
    task.change_flags(PF_EXITING, TaskFlags::empty());
    task.set_exit_state(EXIT_ZOMBIE);
    if let Some(task_ends) = task.kernel_state().checks.task_ends {
        task_ends(task);
    }
    if task.held().any() {
        warn_of_held_locks(task);
        keep_if_holding(task);
    }
    // Only if the task is current: otherwise an event handler that calls `current` would get a new
    // task, which would end too, and so on.
    if ptr::eq(sync::current_ptr().cast(), task) {
        task.event(|| EventKind::Zombie);
    }
    leave_stray_section(task, "do_exit");
    let known = task.kernel_state().pids.remove(task.pid());
    task.forget_os_thread();
    task.set_exit_state(EXIT_DEAD);
    task.show_end();
    task.state.swap(TASK_DEAD.bits());
    // A dead task stays off the run queue. As in `sleep_until`, fence, then check for watchers.
    task.on_rq.store(0, Ordering::Release);
    fence(Ordering::SeqCst);
    note_transition(task);
    put_after_readers(known);
}

/// Leaks a reference to a task that ends while it holds a lock, because the lock has the task's
/// address.
pub(super) fn keep_if_holding(task: &TaskStruct) {
    if task.held().any() {
        mem::forget(task.get());
    }
}

#[cold]
fn warn_of_held_locks(task: &TaskStruct) {
    if task.held().all_if_any().is_some() {
        // lockdep has reported these locks.
        return;
    }
    for lock in task.held_locks() {
        let message = format!(
            "the task ends and still holds the lock at {:#x}, which it took here and which stays locked: unlock it first",
            lock.address
        );
        task.warn(WarningKind::LockMisuse, "do_exit", lock.place, &message);
    }
}
