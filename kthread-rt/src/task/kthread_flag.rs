//! The bits of `TaskStruct::kthread_flags`, the word in which a kthread is asked to stop and to
//! park. The kthread layer writes it; it is down here because `wait_woken` has to look at it too.

use super::TaskStruct;
use crate::sync::Ordering;

/// The thread belongs to one cpu, and is bound to it again when unparked.
pub(crate) const IS_PER_CPU: u32 = 1;
/// `kthread_stop` was called. Set once, never cleared.
pub(crate) const SHOULD_STOP: u32 = 2;
/// `kthread_park` was called, and `kthread_unpark` not yet.
pub(crate) const SHOULD_PARK: u32 = 4;
/// Somebody waits for `parked`. Whoever clears this bit completes `parked`, so there is one
/// completion for each wait, and none is left over that would end the next wait before the thread
/// has parked.
pub(crate) const PARK_AWAITED: u32 = 8;
/// The thread has had its first wake. Set once, before anything that it does then, never cleared.
pub(crate) const STARTED: u32 = 16;

/// `kthread_should_stop` of `task`.
pub(crate) fn asked_to_stop(task: &TaskStruct) -> bool {
    task.kthread_flags.load(Ordering::Relaxed) & SHOULD_STOP != 0
}

/// `kthread_should_stop_or_park` of `task`.
pub(crate) fn asked_to_stop_or_park(task: &TaskStruct) -> bool {
    task.kthread_flags.load(Ordering::Relaxed) & (SHOULD_STOP | SHOULD_PARK) != 0
}
