//! `wait_event!` and its family: the loop of `sched/event.rs` with a wait queue entry.
//!
//! # Surplus wake-ups
//!
//! A wake-up may select an exclusive waiter that has just found its condition true without it and
//! is leaving. Here that waiter passes the wake-up on to the next one. In the kernel this wake-up
//! is lost, and the next waiter sleeps, although its condition is true, until the next wake-up of
//! the queue.
//!
//! The condition is user code. It may drop what made the calling task current, so the wait holds a
//! reference to that task. It may panic, so destructors remove the entry and restore the state.

use super::entry::{prepare_event, set_exclusive};
use super::wake::{WakeUp, walk};
use super::{WaitEntry, WaitQueueHead};
use crate::errno::Errno;
use crate::sched::{
    WaitMode, current, first_look, might_pause_in, might_sleep_in, sleep_until_true, with_current,
};
use crate::sync::{observe, observe_at};
use crate::task::{TASK_NORMAL, Wait, WaitKind};
use std::panic::Location;
use std::pin::pin;
use std::ptr;

/// A lock guard that can release its lock temporarily, for
/// [`wait_event_lock_irq!`](crate::wait_event_lock_irq).
pub trait Unlock {
    /// Runs `f` with the lock released, and locks again before it returns.
    fn unlocked(&mut self, f: &mut dyn FnMut());
}

/// Warns if the caller must not sleep. For waits that check this first.
fn may_sleep(mode: &WaitMode, place: &'static Location<'static>) {
    with_current(|me| might_sleep_in(me, mode.call, place));
}

/// Warns if the caller must not sleep. For waits that release something before they sleep; their
/// task state is set already.
fn may_pause(mode: &WaitMode, place: &'static Location<'static>) {
    with_current(|me| might_pause_in(me, mode.call, place));
}

/// The wait itself, after the check that it may sleep. It calls `around_sleep` for each sleep, with
/// a function that sleeps.
///
/// Returns the jiffies left, at least 1, or 0 after the timeout.
#[track_caller]
pub(crate) fn wait_event_in(
    wq: &WaitQueueHead,
    mode: WaitMode,
    condition: &mut dyn FnMut() -> bool,
    around_sleep: &mut dyn FnMut(&mut dyn FnMut()),
) -> Result<u64, Errno> {
    let place = Location::caller();
    let address = ptr::from_ref(wq).addr();
    observe(mode.call, address, |queue| format!("begins, on queue {queue:#x}"));
    if let Some(over) = first_look(mode.limit, condition) {
        observe(mode.call, address, |_| "finds its condition true at once, or has no time".into());
        return Ok(over);
    }
    let me = current();
    let _noted =
        me.wait_note().set(Wait::new(WaitKind::WaitQueue, ptr::from_ref(wq).addr(), mode.call, place));
    let entry = pin!(WaitEntry::new());
    let entry = entry.as_ref();
    if mode.exclusive {
        set_exclusive(entry);
    }
    let prepare = &mut || {
        observe_at(mode.call, address, |queue| format!("waits, on queue {queue:#x}"), place);
        prepare_event(wq, entry, mode.state)
    };
    let result = sleep_until_true(&me, &mode, place, prepare, condition, around_sleep);
    observe(mode.call, address, |queue| format!("is over, on queue {queue:#x}"));
    if entry.leave() && mode.exclusive {
        walk(wq, &WakeUp::new(TASK_NORMAL, 1));
    }
    result
}

/// The functions that the wait macros call. Not for direct use.
#[doc(hidden)]
pub mod __macros {
    use super::{Unlock, may_pause, may_sleep, wait_event_in};
    use crate::errno::Errno;
    use crate::wait::WaitQueueHead;
    use std::panic::Location;

    pub use super::super::own_lock::wait_interruptible_locked;
    pub use crate::sched::{WaitLimit, WaitMode};
    pub use crate::task::{TASK_IDLE, TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE};
    /// An interruptible sleep during which the task may be frozen.
    pub const TASK_INTERRUPTIBLE_FREEZABLE: crate::task::TaskState =
        TASK_INTERRUPTIBLE.union(crate::task::TASK_FREEZABLE);

    /// Converts the result of a wait that always succeeds.
    pub fn unit(result: Result<u64, Errno>) {
        debug_assert!(result.is_ok(), "nothing ends this wait but its condition");
    }

    /// Converts the result of a wait that a signal may end.
    pub fn done(result: Result<u64, Errno>) -> Result<(), Errno> {
        result.map(drop)
    }

    /// Converts the result of a wait that only a timeout may end.
    pub fn left(result: Result<u64, Errno>) -> u64 {
        result.unwrap_or(0)
    }

    /// Converts the result of a wait that a timeout or a signal may end.
    pub fn result(result: Result<u64, Errno>) -> Result<u64, Errno> {
        result
    }

    /// Converts the result of a wait whose timeout is an error.
    pub fn or_etime(result: Result<u64, Errno>) -> Result<(), Errno> {
        match result? {
            0 => Err(Errno::ETIME),
            _ => Ok(()),
        }
    }

    /// The plain wait.
    #[track_caller]
    pub fn wait(
        wq: &WaitQueueHead,
        mode: WaitMode,
        mut condition: impl FnMut() -> bool,
    ) -> Result<u64, Errno> {
        may_sleep(&mode, Location::caller());
        wait_event_in(wq, mode, &mut condition, &mut |sleep| sleep())
    }

    /// The wait with commands before and after each sleep.
    #[track_caller]
    pub fn wait_cmd(
        wq: &WaitQueueHead,
        mode: WaitMode,
        mut condition: impl FnMut() -> bool,
        mut before: impl FnMut(),
        mut after: impl FnMut(),
    ) -> Result<u64, Errno> {
        let place = Location::caller();
        wait_event_in(wq, mode, &mut condition, &mut |sleep| {
            before();
            // Checked here, after `before` has released what the caller held: does it hold anything
            // else?
            may_pause(&mode, place);
            sleep();
            after();
        })
    }

    /// The wait that releases a lock while it sleeps.
    #[track_caller]
    pub fn wait_locked<G: Unlock>(
        wq: &WaitQueueHead,
        mode: WaitMode,
        guard: &mut G,
        mut condition: impl FnMut(&mut G) -> bool,
        mut before: impl FnMut(),
    ) -> Result<u64, Errno> {
        let place = Location::caller();
        let guard = std::cell::RefCell::new(guard);
        wait_event_in(wq, mode, &mut || condition(&mut guard.borrow_mut()), &mut |sleep| {
            guard.borrow_mut().unlocked(&mut || {
                // Checked here, with the guard's lock released: does the caller hold another lock?
                may_pause(&mode, place);
                before();
                sleep();
            })
        })
    }
}
