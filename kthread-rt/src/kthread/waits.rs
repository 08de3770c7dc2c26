//! Who waits for whom: for whoever asks why something hangs.

use super::to_kthread;
use crate::task::{Task, TaskStruct, WaitKind};
use std::ptr;

impl TaskStruct {
    /// The task whose end, parking or sleep this task waits for: in `kthread_stop`, `kthread_park`,
    /// `wait_task_inactive`. `None` if it waits for something else, or for nothing.
    ///
    /// What the address in [`waits_on`](Self::waits_on) means in these waits. A snapshot, of the
    /// tasks of one Kernel. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let told: &'static Completion = Box::leak(Box::new(Completion::new()));
    /// let threadfn = |()| {
    ///     told.wait(); // it does not look at kthread_should_stop
    ///     0
    /// };
    /// let deaf = kthread_run!(threadfn, (), "deaf")?;
    /// // Asleep, whatever its state: it is in its function, and a stop waits until it comes out.
    /// _ = wait_task_inactive(&deaf, TASK_RUNNING);
    /// let stopper = deaf.clone();
    /// let stopper = kthread_run!(move |()| kthread_stop(&stopper), (), "stopper")?;
    /// _ = wait_task_inactive(&stopper, TASK_RUNNING);
    /// assert_eq!(stopper.waits_for_task(), Some(deaf.clone()));
    /// assert_eq!(deaf.waits_for_task(), None);
    /// told.complete();
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
