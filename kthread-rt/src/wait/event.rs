//! `wait_event!` and its family: the loop of `sched/event.rs` over an entry of a wait queue.
//!
//! # A wake-up that is not needed
//!
//! A wake-up may choose an exclusive waiter that has just found its condition true by itself and is
//! on its way out. Here it passes that wake-up on to the next one. In the kernel it is lost, and
//! the next sleeps although its condition is true, until somebody wakes the queue again.
//!
//! The condition is the caller's code: it may drop what made the calling task current, so the wait
//! holds a reference to it, and it may panic, so the entry and the state are put right by
//! destructors.

use super::entry::{prepare_event, set_exclusive};
use super::wake::{WakeUp, walk};
use super::{WaitEntry, WaitQueueHead};
use crate::errno::Errno;
use crate::sched::{
    WaitMode, current, first_look, might_pause_in, might_sleep_in, sleep_until_true, with_current,
};
use crate::sync::observe;
use crate::task::{TASK_NORMAL, Wait, WaitKind};
use std::panic::Location;
use std::pin::pin;
use std::ptr;

/// A lock's guard that can be opened for a time: for
/// [`wait_event_lock_irq!`](crate::wait_event_lock_irq).
pub trait Unlock {
    /// Runs `f` without the lock, which is held again when this returns.
    fn unlocked(&mut self, f: &mut dyn FnMut());
}

/// What a wait says first: that it may sleep.
fn may_sleep(mode: &WaitMode, place: &'static Location<'static>) {
    with_current(|me| might_sleep_in(me, mode.call, place));
}

/// What a wait says that opens something before it sleeps: here its state is set.
fn may_pause(mode: &WaitMode, place: &'static Location<'static>) {
    with_current(|me| might_pause_in(me, mode.call, place));
}

/// The wait, behind [`may_sleep`]. `around_sleep` gets a function that sleeps.
///
/// Returns the jiffies left, at least 1, or 0 if the time passed.
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
    let prepare = &mut || prepare_event(wq, entry, mode.state);
    let result = sleep_until_true(&me, &mode, place, prepare, condition, around_sleep);
    observe(mode.call, address, |queue| format!("is over, on queue {queue:#x}"));
    if entry.leave() && mode.exclusive {
        walk(wq, &WakeUp::new(TASK_NORMAL, 1));
    }
    result
}

/// What the macros of a wait queue call. Not for use by hand.
#[doc(hidden)]
pub mod __macros {
    use super::{Unlock, may_pause, may_sleep, wait_event_in};
    use crate::errno::Errno;
    use crate::wait::WaitQueueHead;
    use std::panic::Location;

    pub use super::super::own_lock::wait_interruptible_locked;
    pub use crate::sched::{WaitLimit, WaitMode};
    pub use crate::task::{TASK_IDLE, TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE};
    /// An interruptible sleep that may be frozen.
    pub const TASK_INTERRUPTIBLE_FREEZABLE: crate::task::TaskState =
        TASK_INTERRUPTIBLE.union(crate::task::TASK_FREEZABLE);

    /// For waits that always succeed.
    pub fn unit(result: Result<u64, Errno>) {
        debug_assert!(result.is_ok(), "nothing ends this wait but its condition");
    }

    /// For waits that a signal may end.
    pub fn done(result: Result<u64, Errno>) -> Result<(), Errno> {
        result.map(drop)
    }

    /// For waits that only time may end.
    pub fn left(result: Result<u64, Errno>) -> u64 {
        result.unwrap_or(0)
    }

    /// For waits that time or a signal may end.
    pub fn result(result: Result<u64, Errno>) -> Result<u64, Errno> {
        result
    }

    /// For waits whose time limit is an error.
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
            // Here, where what the caller has is open: is there something else?
            may_pause(&mode, place);
            sleep();
            after();
        })
    }

    /// The wait that opens a lock while it sleeps.
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
                // Here, where the guard's own lock is open: is there another?
                may_pause(&mode, place);
                before();
                sleep();
            })
        })
    }
}
