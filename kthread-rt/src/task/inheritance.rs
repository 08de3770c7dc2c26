//! What tasks and locks store for priority inheritance: the nodes of the graph in `sched::inherit`,
//! whose lock protects every `UnsafeCell` and list here.

use super::TaskStruct;
use crate::sync::list::ListHead;
use crate::sync::{UnsafeCell, const_fn};
use std::ptr;

/// A task's place in the graph.
#[derive(Debug)]
pub(crate) struct Inheritance {
    /// The task's waiter while it waits for a lock, or null.
    pub(crate) waits_as: UnsafeCell<*const PiWaiter>,
    /// The waiters for the locks that it holds, in the order in which they became its donors.
    pub(crate) donors: ListHead,
}

// SAFETY: the graph's lock protects all accesses (see `sched::inherit`), and the pointers may be
// used on any thread.
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
    /// The waiters, the most urgent first.
    pub(crate) waiters: ListHead,
    /// The lock's holder. Set as long as the lock has waiters.
    pub(crate) holder: UnsafeCell<*const TaskStruct>,
}

impl PiQueue {
    const_fn! {
        pub(crate) const fn new() -> Self {
            Self { waiters: ListHead::new(), holder: UnsafeCell::new(ptr::null()) }
        }
    }
}

/// A waiter for a lock.
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

/// A waiter's node in the holder's list of donors.
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
        // From the waiter's own address, so that the pointer may be cast back to the waiter.
        ptr::from_ref(self).cast_mut().cast()
    }

    pub(crate) fn donor_node(&self) -> *mut ListHead {
        ptr::from_ref(&self.among_donors).cast_mut().cast()
    }
}
