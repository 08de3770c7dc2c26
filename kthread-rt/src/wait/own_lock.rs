//! The `wait_event_…_locked!` macros: waits by a caller that holds the queue's own lock, which also
//! protects the condition.
//!
//! The lock is released while the task sleeps, and held while the condition is evaluated and when
//! the wait returns. As in the kernel, these waits add their entries at the end of the queue,
//! exclusive or not; and a pending signal ends the wait before the condition is evaluated again.

use super::{Place, WQ_FLAG_EXCLUSIVE, WaitQueueEntry, WaitQueueHead, autoremove_wake_function, link};
use crate::errno::Errno;
use crate::sched::{
    atomic_section_end, begin_atomic_section_of, change_state, current, might_schedule_in, sleep_until,
};
use crate::sync::list::ListHead;
use crate::sync::{Ordering, RawSpinLock};
use crate::task::{TASK_INTERRUPTIBLE, TASK_RUNNING, TaskStruct, Wait, WaitKind};
use std::panic::Location;
use std::ptr;

/// The entry of a wait. Its task holds the queue's lock whenever it uses this.
struct Entry<'a> {
    raw: *mut WaitQueueEntry,
    me: &'a TaskStruct,
}

/// Runs even if the condition panics; the lock is held then too.
impl Drop for Entry<'_> {
    fn drop(&mut self) {
        // SAFETY: the entry has not moved, and the queue's lock is held.
        unsafe { ListHead::remove(WaitQueueEntry::node(self.raw)) };
        change_state(self.me, TASK_RUNNING);
    }
}

/// The function that the macros call.
///
/// # Safety
///
/// The caller holds the lock of `wq`, by `spin_lock`.
#[track_caller]
pub unsafe fn wait_interruptible_locked(
    wq: &WaitQueueHead,
    exclusive: bool,
    call: &'static str,
    mut condition: impl FnMut() -> bool,
) -> Result<(), Errno> {
    let place = Location::caller();
    if condition() {
        return Ok(());
    }
    let me = current();
    let _noted = me.wait_note().set(Wait::new(WaitKind::WaitQueue, ptr::from_ref(wq).addr(), call, place));
    let mut raw = WaitQueueEntry::new(autoremove_wake_function, me.as_ptr().cast_mut().cast());
    raw.flags.fetch_or(if exclusive { WQ_FLAG_EXCLUSIVE } else { 0 }, Ordering::Relaxed);
    let entry = Entry { raw: &raw mut raw, me: &me };
    loop {
        // SAFETY: the lock is held; the entry does not move until it is removed, and `me` keeps its
        // task valid.
        unsafe {
            if ListHead::is_empty(WaitQueueEntry::node(entry.raw)) {
                link(wq.0.list(), entry.raw, Place::Back);
            }
        }
        change_state(&me, TASK_INTERRUPTIBLE);
        if me.signals.end_sleep_in(TASK_INTERRUPTIBLE) {
            return Err(Errno::ERESTARTSYS);
        }
        // SAFETY: held, by the contract.
        unsafe { RawSpinLock::unlock(&raw const wq.0.lock) };
        atomic_section_end(&me);
        // Checked here, with the queue's own lock released: does the caller hold another lock?
        might_schedule_in(&me, call, place);
        sleep_until(&me, None);
        begin_atomic_section_of(&me, place);
        wq.0.lock.lock();
        if condition() {
            return Ok(());
        }
    }
}

/// Sleeps until the condition is true or a signal is pending, for a caller that holds the queue's
/// lock: `wait_event_interruptible_locked`. Returns `Err(ERESTARTSYS)` for a signal. It releases
/// the lock while it sleeps.
///
/// **Form**: `wait_event_interruptible_locked!(wq: WaitQueueHead, condition: bool)`. **Returns**
/// `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS` for a
/// signal.
///
/// # Safety
///
/// The caller has locked the queue's lock with `spin_lock`. So the macro needs an `unsafe` block.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// spin_lock(wq.lock());
/// // SAFETY: locked above, and held again after the wait.
/// unsafe {
///     assert_eq!(wait_event_interruptible_locked!(wq, true), Ok(()));
///     spin_unlock(wq.lock());
/// }
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_locked {
    ($wq:expr, $condition:expr) => {
        $crate::__private::wait::wait_interruptible_locked(
            &$wq,
            false,
            "wait_event_interruptible_locked",
            || $condition,
        )
    };
}

/// Same as [`wait_event_interruptible_locked!`], as there are no interrupts here.
///
/// **Form**: `wait_event_interruptible_locked_irq!(wq: WaitQueueHead, condition: bool)`.
/// **Returns** `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS`
/// for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// spin_lock(wq.lock());
/// // SAFETY: locked above, and held again after the wait.
/// unsafe {
///     assert_eq!(wait_event_interruptible_locked_irq!(wq, true), Ok(()));
///     spin_unlock(wq.lock());
/// }
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_locked_irq {
    ($wq:expr, $condition:expr) => {
        $crate::__private::wait::wait_interruptible_locked(
            &$wq,
            false,
            "wait_event_interruptible_locked_irq",
            || $condition,
        )
    };
}

/// [`wait_event_interruptible_locked!`] as an exclusive waiter.
///
/// **Form**: `wait_event_interruptible_exclusive_locked!(wq: WaitQueueHead, condition: bool)`.
/// **Returns** `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS`
/// for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// spin_lock(wq.lock());
/// // SAFETY: locked above, and held again after the wait.
/// unsafe {
///     assert_eq!(wait_event_interruptible_exclusive_locked!(wq, true), Ok(()));
///     spin_unlock(wq.lock());
/// }
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_exclusive_locked {
    ($wq:expr, $condition:expr) => {
        $crate::__private::wait::wait_interruptible_locked(
            &$wq,
            true,
            "wait_event_interruptible_exclusive_locked",
            || $condition,
        )
    };
}

/// Same as [`wait_event_interruptible_exclusive_locked!`], as there are no interrupts here.
///
/// **Form**: `wait_event_interruptible_exclusive_locked_irq!(wq: WaitQueueHead, condition: bool)`.
/// **Returns** `Result<(), Errno>`: `Ok(())` once the condition is true. **Errors**: `ERESTARTSYS`
/// for a signal.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// spin_lock(wq.lock());
/// // SAFETY: locked above, and held again after the wait.
/// unsafe {
///     assert_eq!(wait_event_interruptible_exclusive_locked_irq!(wq, true), Ok(()));
///     spin_unlock(wq.lock());
/// }
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! wait_event_interruptible_exclusive_locked_irq {
    ($wq:expr, $condition:expr) => {
        $crate::__private::wait::wait_interruptible_locked(
            &$wq,
            true,
            "wait_event_interruptible_exclusive_locked_irq",
            || $condition,
        )
    };
}
