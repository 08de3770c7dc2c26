//! Completions with a named completer. Without a name, the wait graph can't know which task will
//! complete one.

use crate::completion::Completion;
use crate::sched::with_current;
use crate::sync::{Arc, Mutex};
use crate::task::{KernelState, Subsystem, SubsystemId, TaskStruct};
use std::ptr;

/// Addresses of completions, and the pids of their named completers.
struct List(Mutex<Vec<(usize, i32)>>);

impl Subsystem for List {
    const ID: SubsystemId = SubsystemId::Deadlines;

    fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

/// Names a completer while it exists: see [`Completion::is_due_from`].
#[derive(Debug)]
pub struct Due<'a> {
    of: &'a Completion,
    kernel_state: Arc<KernelState>,
    pid: i32,
}

impl Completion {
    /// Names `task` as the one that will complete this completion, while the result exists. A
    /// Kernel with [`debug`](crate::KernelBuilder::debug) can then report a deadlock that leads
    /// through the completion, and [`Kernel::wait_graph`](crate::Kernel::wait_graph) shows the
    /// task. It does not keep other tasks from completing it. The kernel has no such call.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// static DONE: Completion = Completion::new();
    /// let task = kthread_create!(|()| { DONE.complete(); 0 }, (), "completer")?;
    /// let due = DONE.is_due_from(&task);
    /// wake_up_process(&task);
    /// DONE.wait();
    /// drop(due);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn is_due_from(&self, task: &TaskStruct) -> Due<'_> {
        let (kernel_state, pid) = (task.kernel_state().clone(), task.pid());
        kernel_state.subsystem::<List>().0.lock().push((ptr::from_ref(self).addr(), pid));
        Due { of: self, kernel_state, pid }
    }
}

impl Drop for Due<'_> {
    fn drop(&mut self) {
        forget(&self.kernel_state, ptr::from_ref(self.of).addr(), |pid| pid == self.pid);
    }
}

/// Removes the named completers of the completion at `address`. For C code.
#[doc(hidden)]
pub fn is_not_due(address: usize) {
    with_current(|me| forget(me.kernel_state(), address, |_| true));
}

fn forget(kernel_state: &KernelState, address: usize, by: impl Fn(i32) -> bool) {
    kernel_state.subsystem::<List>().0.lock().retain(|&(at, pid)| at != address || !by(pid));
}

/// The pids of the named completers of the completion at `address`.
pub(super) fn due_from(kernel_state: &KernelState, address: usize) -> Vec<i32> {
    let list = kernel_state.subsystem::<List>().0.lock();
    list.iter().filter(|&&(at, _)| at == address).map(|&(_, pid)| pid).collect()
}
