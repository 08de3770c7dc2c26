//! Freezing `WQ_FREEZABLE` queues, which `kernel.freeze_kernel_threads()` does together with the
//! kthreads.
//!
//! A frozen queue makes no more work items active. The freezing task waits for the active ones; the
//! part of a frozen queue that has no active item left wakes it.

use super::Workqueues;
use super::pool::Locked;
use super::queue::WorkqueueStruct;
use crate::clock::nsecs_to_jiffies;
use crate::diag::WarningKind;
use crate::freezer::{FREEZE_TIMEOUT_NS, NotFrozen};
use crate::sched::with_current;
use crate::sync::Arc;
use crate::task::{KernelState, TaskStruct};
use crate::trace::TaskId;
use crate::wait::{WaitQueueHead, wake_up_all};
use crate::wait_event_timeout;
use std::panic::Location;

/// The freezable queues of a Kernel.
pub(super) struct Freezables {
    pub(super) frozen: bool,
    pub(super) queues: Vec<Arc<WorkqueueStruct>>,
}

/// Wakes the freezing task: a part of a frozen queue has no active work item left.
pub(super) fn quiet(locked: &Locked) {
    if let Some(kernel_state) = locked.kernel_state() {
        wake_up_all(&kernel_state.subsystem::<Workqueues>().quiet);
    }
}

fn set_frozen(kernel_state: &KernelState, frozen: bool) {
    let queues = {
        let mut freezables = kernel_state.subsystem::<Workqueues>().freezables.lock();
        freezables.frozen = frozen;
        // Queues that are allocated later start frozen. No user code runs under this lock.
        freezables.queues.clone()
    };
    for queue in &queues {
        for part in &queue.parts {
            let locked = part.pool.lock();
            part.freeze(&locked, frozen);
            let after_unlock = locked.needs();
            drop(locked);
            with_current(|me| after_unlock.run(me, part.pool));
        }
    }
}

/// `freeze_workqueues_begin`.
pub(crate) fn begin(kernel_state: &KernelState) {
    set_frozen(kernel_state, true);
}

/// `thaw_workqueues`.
pub(crate) fn thaw(kernel_state: &KernelState) {
    set_frozen(kernel_state, false);
}

/// Returns the tasks that run work items of frozen queues: `freeze_workqueues_busy`.
fn busy(kernel_state: &KernelState) -> Vec<TaskId> {
    let mut tasks = Vec::new();
    for queue in &kernel_state.subsystem::<Workqueues>().freezables.lock().queues {
        for part in &queue.parts {
            let locked = part.pool.lock();
            if part.active(&locked) != 0 {
                tasks.extend(locked.runners_for(part));
            }
        }
    }
    tasks
}

fn is_quiet(kernel_state: &KernelState) -> bool {
    let part = kernel_state.subsystem::<Workqueues>();
    let queues = &part.freezables.lock().queues;
    queues.iter().all(|queue| queue.parts.iter().all(|part| part.active(&part.pool.lock()) == 0))
}

/// Waits until no work item of a frozen queue runs.
pub(crate) fn wait(
    kernel_state: &KernelState,
    call: &str,
    place: &'static Location<'static>,
) -> Result<(), NotFrozen> {
    let quiet: &WaitQueueHead = &kernel_state.subsystem::<Workqueues>().quiet;
    if wait_event_timeout!(quiet, is_quiet(kernel_state), nsecs_to_jiffies(FREEZE_TIMEOUT_NS)) != 0 {
        return Ok(());
    }
    let not_frozen = NotFrozen { tasks: busy(kernel_state) };
    with_current(|me: &TaskStruct| me.warn(WarningKind::NotFrozen, call, place, &not_frozen.to_string()));
    Err(not_frozen)
}
