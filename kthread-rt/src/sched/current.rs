//! `current`: the task of the calling thread.
//!
//! A kthread's is set by the thread's first instructions. A thread that the runtime did not create (a *foreign*
//! thread) gets one when it first needs it, in the default Kernel, and keeps it until it ends; `Kernel::enter` gives
//! it one in another Kernel for a time.
//!
//! The thread's pointer to its task is a plain pointer without a count: reading it is one load. The reference behind
//! it is held by the thread's main function (kthreads) or by an [`Attached`].

use crate::sync::{self, Arc, os};
use crate::task::{Machine, Task, TaskStruct};
use std::marker::PhantomData;
use std::ptr;

/// A task for the calling foreign thread. When it goes, so does the task, and what was current before is again.
#[derive(Debug)]
pub(crate) struct Attached {
    task: Task,
    /// The pid-table entry goes with it.
    owned: bool,
    before: *const (),
    /// The thread's own.
    _not_send: PhantomData<*const ()>,
}

impl Attached {
    /// Makes `task` current until dropped; with `owned`, the task ends then.
    pub(crate) fn new(task: Task, owned: bool) -> Self {
        let before = sync::current_ptr();
        sync::set_current_ptr(task.as_ptr().cast());
        Self { task, owned, before, _not_send: PhantomData }
    }

    pub(crate) fn task(&self) -> &Task {
        &self.task
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // Guards that are dropped out of order leave the pointer to whoever set it last.
        if ptr::eq(sync::current_ptr(), self.task.as_ptr().cast()) {
            sync::set_current_ptr(self.before);
        }
        if self.owned {
            self.task.forget_os_thread();
            self.task.machine().pids.remove(self.task.pid());
        }
    }
}

/// Gives the calling thread a new task in `machine` until the guard goes.
pub(crate) fn attach(machine: &Arc<Machine>) -> Attached {
    Attached::new(Machine::make_foreign(machine), true)
}

/// Runs `f` with the calling thread's task.
///
/// # Panics
///
/// Aborts in a process that was forked from one that uses the runtime: the locks may be held by threads that do not
/// exist here. Calls that can return an error ask [`os::forked`] first.
#[inline(always)]
pub(crate) fn with_current<R>(f: impl FnOnce(&TaskStruct) -> R) -> R {
    let task = sync::current_ptr().cast::<TaskStruct>();
    if task.is_null() {
        return with_new_task(f);
    }
    // SAFETY: the pointer was set by whoever holds a reference to the task, and is replaced before that reference
    // goes: by `Attached::drop` on this very thread, or by the kthread's main function after its last use. `f` can't
    // outlive either, except by dropping an `Attached` of the thread's own inside `f`, which no caller does.
    f(unsafe { &*task })
}

#[cold]
fn with_new_task<R>(f: impl FnOnce(&TaskStruct) -> R) -> R {
    if os::forked() {
        eprintln!(
            "kthread-rt: a call in a process that was forked from one that uses kthread-rt. The runtime's threads \
             do not exist here and its locks may be held for ever: exec, or make no call."
        );
        std::process::abort();
    }
    let attached = attach(Machine::default_machine());
    let task = attached.task().clone();
    // In a thread-local destructor that runs after the runtime's own, the thread can't keep a task: the closure,
    // and the guard in it, are dropped at once, and `task` serves this call alone.
    sync::at_thread_exit(move || drop(attached));
    f(&task)
}

/// The task of the calling thread: `current`.
///
/// A thread that the runtime did not create gets a task in the default Kernel by its first call; the first such
/// thread is init, pid 1. The task goes away with the thread. Does not sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!current().flags().contains(PF_KTHREAD));
/// let task = kthread_run!(
///     |()| {
///         assert_eq!(current().comm(), "introspective");
///         while !kthread_should_stop() {
///             schedule_timeout_interruptible(HZ as i64);
///         }
///         0
///     },
///     (),
///     "introspective"
/// )?;
/// kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Panics
///
/// In a forked child of a process that uses the runtime it aborts with a message, as every call does that has no
/// error to return.
pub fn current() -> Task {
    with_current(TaskStruct::get)
}
