//! `linux/swait.h`: the simple wait queue, first come, first woken: under completions, and by its
//! own names.
//!
//! A waiter is on its own stack and in the queue's list; both sides hold the queue's lock when they
//! touch the list. The waker unlinks a waiter and takes a reference to its task, drops the lock,
//! and only then wakes: waking under the lock would send the woken task straight into it. So the
//! waiter may be gone, and the memory of the queue with it, when the wake happens; the reference
//! keeps the task.
//!
//! | file | what it tells |
//! |---|---|
//! | `mod` | the list and its lock, which completions use directly |
//! | `head` | [`SwaitQueueHead`], and the wake-ups |
//! | `entry` | waiting by hand |
//! | `event` | `swait_event_exclusive!` and its family, over methods |
//! | `raw` | entries by pointer, for C |
//!
//! # Invariants
//!
//! A linked [`Waiter`] belongs to a task that is inside the wait that made it, and that unlinks it
//! under the lock before it leaves. So `waiter.task` is valid as long as the waiter is linked.

mod entry;
mod event;
mod head;
pub mod raw;

#[doc(inline)]
pub use crate::{
    DECLARE_SWAIT_QUEUE_HEAD, DECLARE_SWAIT_QUEUE_HEAD_ONSTACK, DECLARE_SWAITQUEUE, swait_event_exclusive,
    swait_event_idle_exclusive, swait_event_idle_timeout_exclusive, swait_event_interruptible_exclusive,
    swait_event_interruptible_timeout_exclusive, swait_event_timeout_exclusive,
};

pub use entry::{SwaitQueue, finish_swait, prepare_to_swait_event, prepare_to_swait_exclusive};
pub use head::{
    SwaitQueueHead, init_swait_queue_head, swait_active, swake_up_all, swake_up_locked, swake_up_one,
    swq_has_sleeper,
};

use crate::sync::list::ListHead;
use crate::sync::{RawSpinLock, const_fn};
use crate::task::{Task, TaskStruct};
use std::mem::offset_of;

/// `struct swait_queue_head` as a completion has it: plain memory, valid when zeroed, nothing to
/// drop.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct SwaitCore {
    pub(crate) lock: RawSpinLock,
    waiters: ListHead,
}

/// `struct swait_queue`: one waiter.
#[derive(Debug)]
#[repr(C)]
pub struct Waiter {
    task: *const TaskStruct,
    node: ListHead,
}

impl Waiter {
    /// The waiter of `task`, linked nowhere.
    pub(crate) fn new(task: &TaskStruct) -> Self {
        Self { task, node: ListHead::new() }
    }

    fn node(this: *mut Self) -> *mut ListHead {
        this.cast::<u8>().wrapping_add(offset_of!(Self, node)).cast()
    }

    fn of_node(node: *mut ListHead) -> *mut Self {
        node.cast::<u8>().wrapping_sub(offset_of!(Self, node)).cast()
    }
}

impl SwaitCore {
    const_fn! {
        pub(crate) const fn new() -> Self {
            Self { lock: RawSpinLock::new(), waiters: ListHead::new() }
        }
    }

    pub(crate) fn waiters(this: *const Self) -> *mut ListHead {
        // SAFETY: callers pass a valid queue; no reference is made.
        unsafe { (&raw const (*this).waiters).cast_mut() }
    }

    /// Adds `waiter` at the end, unless it is linked.
    ///
    /// # Safety
    ///
    /// The caller holds the lock, `waiter` belongs to the current task, stays where it is, and is
    /// taken out with [`leave`](Self::leave) before it goes.
    pub(crate) unsafe fn join(this: *const Self, waiter: *mut Waiter) {
        let node = Waiter::node(waiter);
        // SAFETY: the node is the waiter's; the caller holds the lock.
        unsafe {
            if ListHead::is_empty(node) {
                ListHead::push_back(Self::waiters(this), node);
            }
        }
    }

    /// Takes `waiter` out if it is still linked; true if it was.
    ///
    /// # Safety
    ///
    /// The caller holds the lock, and `waiter` was only ever linked to this queue.
    pub(crate) unsafe fn leave(waiter: *mut Waiter) -> bool {
        let node = Waiter::node(waiter);
        // SAFETY: as the contract says.
        unsafe {
            let linked = !ListHead::is_empty(node);
            ListHead::remove(node);
            linked
        }
    }

    /// True if somebody waits.
    ///
    /// # Safety
    ///
    /// The caller holds the lock of the queue at `this`.
    #[inline]
    pub(crate) unsafe fn has_waiters(this: *const Self) -> bool {
        // SAFETY: as the contract says.
        unsafe { !ListHead::is_empty(Self::waiters(this)) }
    }

    /// Unlinks the first waiter and returns its task, for the caller to wake without the lock.
    ///
    /// # Safety
    ///
    /// The caller holds the lock of the queue at `this`.
    pub(crate) unsafe fn take_first(this: *const Self) -> Option<Task> {
        // SAFETY: the lock is held, so a linked waiter is valid, and so is its task (the module's
        // invariants).
        unsafe {
            let node = ListHead::first(Self::waiters(this))?;
            ListHead::remove(node);
            let waiter = Waiter::of_node(node);
            Some((*(*waiter).task).get())
        }
    }
}
