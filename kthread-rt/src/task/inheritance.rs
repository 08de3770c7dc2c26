//! What tasks and locks keep for priority inheritance: the memory of the graph that is told, and
//! locked, in `sched::inherit`. All that is in an `UnsafeCell` or a list here is accessed under
//! that lock.

use super::TaskStruct;
use crate::sync::list::ListHead;
use crate::sync::{UnsafeCell, const_fn};
use std::ptr;

/// A task's place in the graph.
#[derive(Debug)]
pub(crate) struct Inheritance {
    /// As what it waits, or null.
    pub(crate) waits_as: UnsafeCell<*const PiWaiter>,
    /// Those who wait for what it holds, in the order in which they became its donors.
    pub(crate) donors: ListHead,
}

// SAFETY: accessed under the graph's lock only (see `sched::inherit`); the pointers carry no thread
// affinity.
unsafe impl Send for Inheritance {}
// SAFETY: as above.
unsafe impl Sync for Inheritance {}

impl Inheritance {
    pub(crate) fn new() -> Self {
        Self { waits_as: UnsafeCell::new(ptr::null()), donors: ListHead::new() }
    }
}

/// A lock's place in the graph: plain memory, valid when zeroed.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct PiQueue {
    /// Those who wait, the most urgent first.
    pub(crate) waiters: ListHead,
    /// Who holds the lock. Set as long as somebody waits.
    pub(crate) holder: UnsafeCell<*const TaskStruct>,
}

impl PiQueue {
    const_fn! {
        pub(crate) const fn new() -> Self {
            Self { waiters: ListHead::new(), holder: UnsafeCell::new(ptr::null()) }
        }
    }
}

/// One who waits for a lock.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct PiWaiter {
    // First, so that a pointer to the node is a pointer to the waiter.
    in_queue: ListHead,
    pub(crate) among_donors: Donor,
    pub(crate) task: *const TaskStruct,
    pub(crate) queue: *const PiQueue,
    pub(crate) urgency: UnsafeCell<i32>,
    pub(crate) given: UnsafeCell<bool>,
}

/// A waiter, as its lock's holder sees it.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Donor {
    // First, so that a pointer to the node is a pointer to the donor.
    node: ListHead,
    pub(crate) task: *const TaskStruct,
}

impl PiWaiter {
    pub(crate) fn new(me: &TaskStruct, queue: &PiQueue) -> Self {
        Self {
            in_queue: ListHead::new(),
            among_donors: Donor { node: ListHead::new(), task: me },
            task: me,
            queue,
            urgency: UnsafeCell::new(0),
            given: UnsafeCell::new(false),
        }
    }

    pub(crate) fn node(&self) -> *mut ListHead {
        // By the waiter's own address, so that the pointer may become one to the waiter again.
        ptr::from_ref(self).cast_mut().cast()
    }

    pub(crate) fn donor_node(&self) -> *mut ListHead {
        ptr::from_ref(&self.among_donors).cast_mut().cast()
    }
}
