//! The bits of `TaskStruct::kthread_flags`, which ask a kthread to stop and to park. The kthread
//! layer writes the word; its bits are in this lower layer because `wait_woken` reads them too.

use super::TaskStruct;
use crate::sync::Ordering;

/// A per-cpu thread, which each unpark binds to its cpu again.
pub(crate) const IS_PER_CPU: u32 = 1;
/// `kthread_stop` was called. Set once, never cleared.
pub(crate) const SHOULD_STOP: u32 = 2;
/// `kthread_park` was called, and `kthread_unpark` was not called since.
pub(crate) const SHOULD_PARK: u32 = 4;
/// A task waits for `parked`. The task that clears this bit completes `parked`, so there is exactly
/// one completion for each wait: a stray one would end the next wait before the thread has parked.
pub(crate) const PARK_AWAITED: u32 = 8;
/// The thread has had its first wake-up. Set once, before the thread does anything else, never
/// cleared.
pub(crate) const STARTED: u32 = 16;

/// `kthread_should_stop` of `task`.
pub(crate) fn asked_to_stop(task: &TaskStruct) -> bool {
    task.kthread_flags.load(Ordering::Relaxed) & SHOULD_STOP != 0
}

/// `kthread_should_stop_or_park` of `task`.
pub(crate) fn asked_to_stop_or_park(task: &TaskStruct) -> bool {
    task.kthread_flags.load(Ordering::Relaxed) & (SHOULD_STOP | SHOULD_PARK) != 0
}
