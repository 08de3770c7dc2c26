//! Priority inheritance: the holder of a lock is at least as urgent as the most urgent waiter for
//! it.
//!
//! Tasks and locks form a graph: a task waits for one lock, and a lock has one holder, which may
//! wait for another lock. A priority follows these edges: from a waiter to the holder and, if the
//! holder waits too, to the next holder, and so on. One spinlock, [`Graph`], protects the graph of
//! all rt_mutexes of the process. A task takes it only when it has to wait, or when a task's
//! priority changes. So the walk is plain code, and can find a cycle before it is closed.
//!
//! # What is inherited
//!
//! As in the kernel, a task's `prio` is its own priority, or that of its *top donor* if that is
//! more urgent. Its donors are all waiters for the locks that it holds; the top donor has the
//! highest real-time priority, and came first among equals. Nice values don't count for the order.
//! `prio` is only written under the graph's lock.
//!
//! A real-time priority is also applied to the OS: the holder's OS thread becomes a FIFO thread of
//! that priority, if the operating system permits; a refusal is reported as for
//! `sched_setscheduler`. This happens after the graph's lock is released. The task's `inherited` is
//! the priority to apply, and is read under the lock of the task's attributes. So concurrent
//! updates serialize on that lock, and the OS ends with the newest value.
//!
//! An unlock raises no priority, since the next owner is at least as urgent as the other waiters.
//! It wakes the next owner before it lowers the former one ([`PendingPriorityUpdates`]). If the
//! former owner became ordinary before that, a task of middle urgency could keep it from running,
//! and the next owner, the most urgent task of all, would sleep with the lock.
//!
//! The graph's lock is a plain spinlock, whose holder inherits nothing. It is held for a walk along
//! the chain, never for a system call; but if its holder is preempted, all others wait.
//!
//! # Invariants
//!
//! * A linked [`PiWaiter`] is on the stack of its task, which unlinks it under the graph's lock
//!   before it leaves the frame. So the waiter, its task, and the lock that it waits for are valid
//!   as long as it is linked.
//! * A linked waiter is in the list of the lock that it waits for, and among the donors of the
//!   lock's holder. The holder is valid: it has not ended, or it ended with a lock and its memory
//!   is kept.
//! * The graph's lock protects every `UnsafeCell` here.

use super::attributes::apply_inherited;
use crate::sync::list::ListHead;
use crate::sync::{RawSpinLock, refuse_in_forked_child};
use crate::task::{Donor, PiQueue, PiWaiter, Task, TaskStruct};
use std::mem;
use std::panic::Location;
use std::ptr;

crate::__declare_static!(GRAPH: RawSpinLock = RawSpinLock::new());

/// Priorities from here on are not real-time ones, and are equal in the order of waiters.
const MAX_RT_PRIO: i32 = 100;

/// The key of a `prio` in the order of waiters: a smaller one is more urgent.
fn urgency(prio: i32) -> i32 {
    prio.min(MAX_RT_PRIO)
}

/// A list of the graph, for the [`ListHead`] calls.
fn list(head: &ListHead) -> *mut ListHead {
    ptr::from_ref(head).cast_mut()
}

/// The graph, with its lock held. Dropping it releases the lock, then applies the changed
/// priorities to the OS.
pub(crate) struct Graph<'c> {
    pending: PendingPriorityUpdates<'c>,
}

/// Tasks whose changed priorities must be applied to the OS after the graph's lock was released.
/// Dropping this applies them.
#[must_use]
pub(crate) struct PendingPriorityUpdates<'c> {
    changed: Vec<Task>,
    call: &'c str,
    place: &'static Location<'static>,
}

impl Drop for PendingPriorityUpdates<'_> {
    fn drop(&mut self) {
        for task in &self.changed {
            apply_inherited(task, self.call, self.place);
        }
    }
}

impl<'c> Graph<'c> {
    /// Locks the graph, for `call`, whose place is `place`.
    pub(crate) fn lock(call: &'c str, place: &'static Location<'static>) -> Self {
        // In a forked child, a thread that does not exist may hold the lock for ever.
        refuse_in_forked_child();
        GRAPH.lock();
        Self { pending: PendingPriorityUpdates { changed: Vec::new(), call, place } }
    }

    /// Releases the lock, and lets the caller decide when to apply the changed priorities.
    pub(crate) fn unlock(mut self) -> PendingPriorityUpdates<'c> {
        let PendingPriorityUpdates { call, place, .. } = self.pending;
        mem::replace(&mut self.pending, PendingPriorityUpdates { changed: Vec::new(), call, place })
    }

    /// The holder of the lock of `queue`, which has a waiter.
    fn holder<'a>(&'a self, queue: &'a PiQueue) -> &'a TaskStruct {
        // SAFETY: the module's invariants.
        unsafe { &*queue.holder.with(|holder| *holder) }
    }

    /// The waiter of `task`, if it waits.
    fn waits_as<'a>(&'a self, task: &'a TaskStruct) -> Option<&'a PiWaiter> {
        // SAFETY: the module's invariants.
        unsafe { task.inheritance().waits_as.with(|waiter| *waiter).as_ref() }
    }

    fn urgency_of(&self, waiter: &PiWaiter) -> i32 {
        // SAFETY: the lock is held.
        waiter.urgency.with(|urgency| unsafe { *urgency })
    }

    /// The waiter that gets the lock of `queue` next.
    fn first<'a>(&'a self, queue: &'a PiQueue) -> Option<&'a PiWaiter> {
        // SAFETY: the lock is held; the module's invariants.
        unsafe { ListHead::first(list(&queue.waiters)).map(|node| &*node.cast::<PiWaiter>()) }
    }

    fn after<'a>(&'a self, waiter: &'a PiWaiter, queue: &'a PiQueue) -> Option<&'a PiWaiter> {
        // SAFETY: as above.
        unsafe { ListHead::after(list(&queue.waiters), waiter.node()).map(|node| &*node.cast::<PiWaiter>()) }
    }

    /// True if `queue` has no waiter.
    pub(crate) fn is_empty(&self, queue: &PiQueue) -> bool {
        self.first(queue).is_none()
    }

    /// True if `waiter` was given the lock, and is no longer linked.
    pub(crate) fn is_given(&self, waiter: &PiWaiter) -> bool {
        // SAFETY: the lock is held.
        waiter.given.with(|given| unsafe { *given })
    }

    /// True if `holder` is `me`, or waits for a lock of `me`, directly or through other holders.
    pub(crate) fn leads_to(&self, holder: &TaskStruct, me: &TaskStruct) -> bool {
        let mut task = holder;
        loop {
            if ptr::eq(task, me) {
                return true;
            }
            let Some(waiter) = self.waits_as(task) else {
                return false;
            };
            // SAFETY: the waiter is linked, so its lock is valid.
            task = self.holder(unsafe { &*waiter.queue });
        }
    }

    /// Adds `waiter` of the current task to its lock's queue. `holder` holds the lock.
    ///
    /// # Safety
    ///
    /// `holder` is valid as the module's invariants say. The waiter and its lock stay in place
    /// until the waiter was given the lock or has [left](Self::leave).
    pub(crate) unsafe fn join(&mut self, waiter: &PiWaiter, holder: &TaskStruct) {
        // SAFETY: the lock is held; the caller promises that `holder`, the waiter and its lock are
        // valid.
        unsafe {
            (*waiter.queue).holder.with_mut(|h| *h = holder);
            let me = &*waiter.task;
            me.inheritance().waits_as.with_mut(|w| *w = waiter);
            waiter.urgency.with_mut(|u| *u = urgency(me.prio()));
            self.enqueue(waiter);
            ListHead::push_back(list(&holder.inheritance().donors), waiter.donor_node());
        }
        self.adjust(holder);
    }

    /// Inserts `waiter` behind all waiters that are at least as urgent.
    ///
    /// # Safety
    ///
    /// As [`join`](Self::join); the waiter is in no queue.
    unsafe fn enqueue(&self, waiter: &PiWaiter) {
        // SAFETY: the caller promises that the waiter's lock is valid.
        let queue = unsafe { &*waiter.queue };
        let mut place = list(&queue.waiters);
        let mut next = self.first(queue);
        while let Some(other) = next.filter(|other| self.urgency_of(other) <= self.urgency_of(waiter)) {
            place = other.node();
            next = self.after(other, queue);
        }
        // SAFETY: the lock is held; `place` is the head or linked to it.
        unsafe { ListHead::insert_after(list(&queue.waiters), place, waiter.node()) };
    }

    fn unlink(&self, waiter: &PiWaiter) {
        // SAFETY: the lock is held; the task of a waiter is valid.
        unsafe {
            ListHead::remove(waiter.node());
            ListHead::remove(waiter.donor_node());
            (*waiter.task).inheritance().waits_as.with_mut(|w| *w = ptr::null());
        }
    }

    /// Removes `waiter`, which was not given the lock.
    pub(crate) fn leave(&mut self, waiter: &PiWaiter) {
        self.unlink(waiter);
        // SAFETY: the waiter's lock is valid until its wait is over. Its holder can't release it
        // meanwhile.
        let holder = unsafe { (*waiter.queue).holder.with(|holder| &**holder) };
        self.adjust(holder);
    }

    /// Passes the lock of `queue` from its holder to the first waiter. Returns that task, and
    /// whether others still wait. `None` if nobody waits.
    pub(crate) fn pass_on(&mut self, queue: &PiQueue) -> Option<(Task, bool)> {
        // SAFETY: a linked waiter's task is valid; `get` takes a reference.
        let next = self.first(queue).map(|first| unsafe { (*first.task).get() })?;
        // SAFETY: by the module's invariants the holder is valid until it has released the lock,
        // which the caller does on its behalf.
        let former = unsafe { queue.holder.with(|holder| &**holder) };
        if let Some(first) = self.first(queue) {
            self.unlink(first);
            // SAFETY: the lock is held.
            first.given.with_mut(|given| unsafe { *given = true });
        }
        // SAFETY: the lock is held. The other waiters become donors of the new holder.
        unsafe {
            queue.holder.with_mut(|holder| *holder = next.as_ptr());
            let mut other = self.first(queue);
            while let Some(waiter) = other {
                ListHead::remove(waiter.donor_node());
                ListHead::push_back(list(&next.inheritance().donors), waiter.donor_node());
                other = self.after(waiter, queue);
            }
        }
        self.adjust(former);
        self.adjust(&next);
        let more = !self.is_empty(queue);
        Some((next, more))
    }

    /// The top donor: the most urgent, the first among equals.
    fn top_donor<'a>(&'a self, task: &'a TaskStruct) -> Option<&'a TaskStruct> {
        let donors = list(&task.inheritance().donors);
        // SAFETY: the lock is held; donors and their tasks are valid: the module's invariants.
        unsafe {
            let mut top: Option<&TaskStruct> = None;
            let mut next = ListHead::first(donors);
            while let Some(node) = next {
                let donor = &*(*node.cast::<Donor>()).task;
                if top.is_none_or(|top| urgency(donor.prio()) < urgency(top.prio())) {
                    top = Some(donor);
                }
                next = ListHead::after(donors, node);
            }
            top
        }
    }

    /// Recalculates the `prio` of `task`, and of the holders further along the chain.
    pub(crate) fn adjust(&mut self, task: &TaskStruct) {
        let mut task = task.get();
        loop {
            let own = task.normal_prio();
            let prio = self.top_donor(&task).map_or(own, |donor| donor.prio().min(own));
            let changed = task.prio() != prio;
            task.set_prio(prio);
            let inherited = if prio < own.min(MAX_RT_PRIO) { (MAX_RT_PRIO - 1 - prio) as u32 } else { 0 };
            if task.inherited() != inherited {
                task.set_inherited(inherited);
                self.pending.changed.push(task.clone());
            }
            let Some(waiter) = self.waits_as(&task).filter(|_| changed) else {
                return;
            };
            if self.urgency_of(waiter) != urgency(prio) {
                // SAFETY: the lock is held, and the waiter is linked to its queue.
                unsafe {
                    waiter.urgency.with_mut(|u| *u = urgency(prio));
                    ListHead::remove(waiter.node());
                    self.enqueue(waiter);
                }
            }
            // SAFETY: the waiter is linked, so its lock is valid.
            let holder = self.holder(unsafe { &*waiter.queue }).get();
            task = holder;
        }
    }
}

impl Drop for Graph<'_> {
    fn drop(&mut self) {
        let graph: &RawSpinLock = &GRAPH;
        // SAFETY: locked in `lock`.
        unsafe { RawSpinLock::unlock(graph) };
    }
}
