//! `linux/swait.h`: simple wait queues, which wake in first-in, first-out order. Completions use
//! them too.
//!
//! A waiter lives on its task's stack and in the queue's list. Waiters and wakers access the list
//! only under the queue's lock. The waker unlinks a waiter, takes a reference to its task, drops
//! the lock, and only then wakes the task, since a task woken under the lock would block on it at
//! once. So the waiter, and even the queue, may be freed before the wake-up; the reference keeps
//! the task valid.
//!
//! # Invariants
//!
//! A linked [`Waiter`] belongs to a task that is inside the wait that made it. The task unlinks it
//! under the lock before the wait returns. So `waiter.task` is valid as long as the waiter is
//! linked.

// The files:
//
// * `mod`: the list and its lock, which completions use directly
// * `head`: `SwaitQueueHead`, and the wake-ups
// * `entry`: open-coded waits
// * `event`: `swait_event_exclusive!` and its family, over methods
// * `raw`: entries by pointer, for C

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

/// The `struct swait_queue_head` inside a completion: plain memory, valid when zeroed, nothing to
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
    /// Makes an unlinked waiter for `task`.
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
        // SAFETY: the callers pass a valid queue, and this makes no reference to it.
        unsafe { (&raw const (*this).waiters).cast_mut() }
    }

    /// Adds `waiter` at the end, unless it is linked.
    ///
    /// # Safety
    ///
    /// The caller holds the lock. `waiter` belongs to the current task, does not move, and is
    /// removed with [`leave`](Self::leave) before it is freed.
    pub(crate) unsafe fn join(this: *const Self, waiter: *mut Waiter) {
        let node = Waiter::node(waiter);
        // SAFETY: the node is part of the waiter; the caller holds the lock.
        unsafe {
            if ListHead::is_empty(node) {
                ListHead::push_back(Self::waiters(this), node);
            }
        }
    }

    /// Unlinks `waiter` if it is still linked. Returns true if it was.
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

    /// Returns true if the queue has a waiter.
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
