//! `wait_event!` and its family.
//!
//! All of them are one loop: add the entry and set the state, test the condition, sleep. The condition is tested before
//! the first round too, without an entry. A signal that the state admits ends the wait with ERESTARTSYS unless the
//! condition is true by then. With a time limit the condition is tested once more when the time is over, and success
//! is never 0.
//!
//! # A wake-up that is not needed
//!
//! A wake-up may choose an exclusive waiter that has just found its condition true by itself and is on its way out. Here it
//! passes that wake-up on to the next one. In the kernel it is lost, and the next sleeps although its condition is true,
//! until somebody wakes the queue again.
//!
//! The condition is the caller's code: it may drop what made the calling task current, so the loop holds a reference to it,
//! and it may panic, so the entry and the state are put right by destructors.

use super::entry::set_exclusive;
use super::wake::walk;
use super::{WaitEntry, WaitQueueHead, prepare_to_wait_event};
use crate::clock::TICK_NSEC;
use crate::errno::Errno;
use crate::sched::{change_state, current, deadline_after, might_sleep_in, sleep_until, with_current};
use crate::task::{TASK_NORMAL, TASK_RUNNING, TaskState, TaskStruct, WaitKind};
use std::panic::Location;
use std::pin::pin;
use std::ptr;

/// How long a wait may take.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum WaitLimit {
    /// As long as it takes.
    None,
    /// So many jiffies.
    Jiffies(u64),
    /// So many nanoseconds.
    Nanoseconds(u64),
}

/// How a wait is made.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct WaitMode {
    /// The state to sleep in.
    pub state: TaskState,
    /// Whether wake-ups wake only some of those who wait like this.
    pub exclusive: bool,
    /// The time limit.
    pub limit: WaitLimit,
    /// The macro's name.
    pub call: &'static str,
}

/// A lock's guard that can be opened for a time: for [`wait_event_lock_irq!`](crate::wait_event_lock_irq).
pub trait Unlock {
    /// Runs `f` without the lock, which is held again when this returns.
    fn unlocked(&mut self, f: &mut dyn FnMut());
}

/// Sets the state to RUNNING when it goes, also on a panic of the condition.
struct Running<'a>(&'a TaskStruct);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        change_state(self.0, TASK_RUNNING);
    }
}

/// What a wait says first: that it may sleep.
fn may_sleep(mode: &WaitMode, place: &'static Location<'static>) {
    with_current(|me| might_sleep_in(me, mode.call, place));
}

/// The loop, behind [`may_sleep`]. `condition` gets a function that runs its argument "around the sleep"; `sleep` is how to sleep.
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
    let me = current();
    let (mut left, deadline) = match mode.limit {
        WaitLimit::None => (u64::MAX, None),
        WaitLimit::Jiffies(n) => (n, deadline_after(&me, n)),
        WaitLimit::Nanoseconds(ns) => (1, me.machine().clock.now_ns().checked_add(ns)),
    };
    if condition() {
        return Ok(left.max(1));
    }
    let _noted = me.wait_note().set(WaitKind::WaitQueue, ptr::from_ref(wq).addr(), place);
    let entry = pin!(WaitEntry::new());
    let entry = entry.as_ref();
    if mode.exclusive {
        set_exclusive(entry);
    }
    // After the entry, so dropped before it: the state first, then the queue, as finish_wait does.
    let running = Running(&me);
    let result = loop {
        let interrupted = prepare_to_wait_event(wq, entry, mode.state).is_err();
        if condition() {
            break Ok(left.max(1));
        }
        if left == 0 {
            break Ok(0);
        }
        if interrupted {
            break Err(Errno::ERESTARTSYS);
        }
        around_sleep(&mut || sleep_until(&me, deadline));
        if let Some(at) = deadline {
            let rest = at.saturating_sub(me.machine().clock.now_ns());
            left = match mode.limit {
                WaitLimit::Nanoseconds(_) => u64::from(rest != 0),
                _ => rest.div_ceil(TICK_NSEC),
            };
        }
    };
    drop(running);
    if entry.leave() && mode.exclusive {
        walk(wq, TASK_NORMAL, 1, ptr::null_mut());
    }
    result
}

/// What the macros of a wait queue call. Not for use by hand.
#[doc(hidden)]
pub mod __macros {
    use super::{Unlock, may_sleep, wait_event_in};
    use crate::errno::Errno;
    use crate::wait::WaitQueueHead;
    use std::panic::Location;

    pub use super::WaitLimit;
    pub use crate::task::{TASK_IDLE, TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE};
    /// An interruptible sleep that may be frozen.
    pub const TASK_INTERRUPTIBLE_FREEZABLE: crate::task::TaskState =
        TASK_INTERRUPTIBLE.union(crate::task::TASK_FREEZABLE);
    pub use super::WaitMode;

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
        may_sleep(&mode, Location::caller());
        wait_event_in(wq, mode, &mut condition, &mut |sleep| {
            before();
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
    ) -> Result<u64, Errno> {
        let place = Location::caller();
        let guard = std::cell::RefCell::new(guard);
        wait_event_in(wq, mode, &mut || condition(&mut guard.borrow_mut()), &mut |sleep| {
            guard.borrow_mut().unlocked(&mut || {
                // Here, where the guard's own lock is open: is there another?
                may_sleep(&mode, place);
                sleep();
            })
        })
    }
}
