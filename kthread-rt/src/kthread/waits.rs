//! Which task a task waits for: for finding out why something hangs.

use super::to_kthread;
use crate::task::{Task, TaskStruct, WaitKind};
use std::ptr;

impl TaskStruct {
    /// Returns the task that this task waits for: in `kthread_stop` for its end, in `kthread_park`
    /// for its parking, in `wait_task_inactive` for its sleep. `None` if it waits for something
    /// else or does not wait.
    ///
    /// It finds the task by the address in [`waits_on`](Self::waits_on), among the tasks of this
    /// task's Kernel. A snapshot. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let event: &'static Completion = Box::leak(Box::new(Completion::new()));
    /// let threadfn = |()| {
    ///     event.wait(); // it does not test kthread_should_stop
    ///     0
    /// };
    /// let deaf = kthread_run!(threadfn, (), "deaf")?;
    /// // It sleeps (in any state) in its function, so a stop waits until the function returns.
    /// _ = wait_task_inactive(&deaf, TASK_RUNNING);
    /// let stopper = deaf.clone();
    /// let stopper = kthread_run!(move |()| kthread_stop(&stopper), (), "stopper")?;
    /// _ = wait_task_inactive(&stopper, TASK_RUNNING);
    /// assert_eq!(stopper.waits_for_task(), Some(deaf.clone()));
    /// assert_eq!(deaf.waits_for_task(), None);
    /// event.complete();
    /// _ = kthread_stop(&stopper);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn waits_for_task(&self) -> Option<Task> {
        let waits = self.waits_on()?;
        let is_it = |other: &Task| match waits.kind {
            WaitKind::Stop => {
                to_kthread(other).is_some_and(|k| ptr::from_ref(&k.exited).addr() == waits.address)
            }
            WaitKind::Park => {
                to_kthread(other).is_some_and(|k| ptr::from_ref(&k.parked).addr() == waits.address)
            }
            WaitKind::Inactive => other.as_ptr().addr() == waits.address,
            _ => false,
        };
        self.kernel_state().pids.all().into_iter().find(is_it)
    }
}
