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

/// Takes `task`, whose thread this is, out of the pid table, and makes it dead. What remains are
/// its references.
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
    // Not of a task that is not current any more: a handler that asked for `current` would get a
    // new one, which ends too.
    if ptr::eq(sync::current_ptr().cast(), task) {
        task.event(|| EventKind::Zombie);
    }
    leave_stray_section(task, "do_exit");
    let known = task.kernel_state().pids.remove(task.pid());
    task.forget_os_thread();
    task.set_exit_state(EXIT_DEAD);
    task.show_end();
    task.state.swap(TASK_DEAD.bits());
    // A dead task is off the run queue for good. As in `sleep_until`: the fence, then the look for
    // watchers.
    task.on_rq.store(0, Ordering::Release);
    fence(Ordering::SeqCst);
    note_transition(task);
    put_after_readers(known);
}

/// Keeps the memory of a task that has ended, or is about to, with a lock: the lock has the task's
/// address.
pub(super) fn keep_if_holding(task: &TaskStruct) {
    if task.held().any() {
        mem::forget(task.get());
    }
}

#[cold]
fn warn_of_held_locks(task: &TaskStruct) {
    if task.held().all_if_any().is_some() {
        // Told already, or a mistake of whoever had it then.
        return;
    }
    for lock in task.held_locks() {
        let message =
            format!("the task ends with the lock at {:#x} that it took here; it stays locked", lock.address);
        task.warn(WarningKind::LockMisuse, "do_exit", lock.place, &message);
    }
}
