//! Priority inheritance: who holds a lock that somebody waits for is as urgent as the most urgent
//! of those who wait.
//!
//! Tasks and locks make a graph: a task waits for one lock, a lock has one holder, who may wait for
//! another lock. A priority goes along it: a waiter's to the holder, from there, if that one waits
//! too, to the next holder, and so on. All of it, of all rt_mutexes of the process, is under one
//! spinlock, [`Graph`]. It is taken only when somebody has to wait, or when a task's priority is
//! changed; so walking along is plain code, and a cycle can be seen before it is closed.
//!
//! # What is inherited
//!
//! As in the kernel: a task's `prio` is its own, or that of its *top donor*, if that is more
//! urgent. Its donors are all those who wait for locks that it holds; the top one has the best
//! real-time priority, and came first among equals. Nice values don't count for the order. `prio`
//! is written under the graph's lock alone.
//!
//! A real-time priority is also inherited in fact: the holder's OS thread becomes a FIFO one of
//! that priority, where the operating system permits; what was refused is told as with
//! `sched_setscheduler`. It is asked for when the graph's lock has been let go: `inherited` says
//! what is due, and who reads it holds the task's attributes; so of two who tell at once the second
//! tells the last word.
//!
//! Who is to be more urgent is told first, who is to be less urgent last. Between the two, an
//! unlock wakes the next owner ([`PendingPriorityUpdates`]): a former owner that was ordinary again
//! before that might not run for as long as a task of middle urgency likes, and the next owner, the
//! most urgent of all, would sleep with the lock.
//!
//! The graph's lock is a plain spinlock, whose holder inherits nothing. It is held for a walk along
//! the chain, never for a call of the operating system; but who is preempted in it keeps all of
//! them waiting.
//!
//! # Invariants
//!
//! * A linked [`PiWaiter`] is on the stack of its task, which unlinks it, under the graph's lock,
//!   before the frame goes; so it, its task, and the lock that it waits for are valid as long as it
//!   is linked.
//! * It is in the list of the lock that it waits for, and among the donors of the lock's holder,
//!   who is valid: it has not ended, or it ended with a lock and is kept.
//! * All that is in an `UnsafeCell` here is accessed under the graph's lock.

use super::attributes::apply_inherited;
use crate::sync::list::ListHead;
use crate::sync::{RawSpinLock, refuse_in_forked_child};
use crate::task::{Donor, PiQueue, PiWaiter, Task, TaskStruct};
use std::mem;
use std::panic::Location;
use std::ptr;

crate::__declare_static!(GRAPH: RawSpinLock = RawSpinLock::new());

/// Priorities above are not real-time ones, and equal as far as the order of waiters goes.
const MAX_RT_PRIO: i32 = 100;

/// What of a `prio` counts for the order: the less, the more urgent.
fn urgency(prio: i32) -> i32 {
    prio.min(MAX_RT_PRIO)
}

/// A list of the graph, whose lock is held by whoever has a [`Graph`].
fn list(head: &ListHead) -> *mut ListHead {
    ptr::from_ref(head).cast_mut()
}

/// The graph, with its lock held. When it is dropped, the lock is let go and the operating system
/// told what has changed.
pub(crate) struct Graph<'c> {
    pending: PendingPriorityUpdates<'c>,
}

/// What the operating system has to be told of a change of the graph, whose lock was let go. It is
/// told at the latest when this is dropped.
#[must_use]
pub(crate) struct PendingPriorityUpdates<'c> {
    raised: Vec<Task>,
    lowered: Vec<Task>,
    call: &'c str,
    place: &'static Location<'static>,
}

impl PendingPriorityUpdates<'_> {
    /// Tells who is more urgent by now.
    pub(crate) fn apply_raised(&mut self) {
        for task in self.raised.drain(..) {
            apply_inherited(&task, self.call, self.place);
        }
    }
}

impl Drop for PendingPriorityUpdates<'_> {
    fn drop(&mut self) {
        self.apply_raised();
        for task in self.lowered.drain(..) {
            apply_inherited(&task, self.call, self.place);
        }
    }
}

impl<'c> Graph<'c> {
    /// For `call`, which was made at `place`.
    pub(crate) fn lock(call: &'c str, place: &'static Location<'static>) -> Self {
        // There the lock may be held for ever by a thread that does not exist.
        refuse_in_forked_child();
        GRAPH.lock();
        Self { pending: PendingPriorityUpdates { raised: Vec::new(), lowered: Vec::new(), call, place } }
    }

    /// Lets the lock go, and leaves it to the caller when the operating system is told.
    pub(crate) fn unlock(mut self) -> PendingPriorityUpdates<'c> {
        let PendingPriorityUpdates { call, place, .. } = self.pending;
        mem::replace(
            &mut self.pending,
            PendingPriorityUpdates { raised: Vec::new(), lowered: Vec::new(), call, place },
        )
    }

    /// Who holds the lock of `queue`, for which somebody waits.
    fn holder<'a>(&'a self, queue: &'a PiQueue) -> &'a TaskStruct {
        // SAFETY: the module's invariants.
        unsafe { &*queue.holder.with(|holder| *holder) }
    }

    /// As what `task` waits.
    fn waits_as<'a>(&'a self, task: &'a TaskStruct) -> Option<&'a PiWaiter> {
        // SAFETY: the module's invariants.
        unsafe { task.inheritance().waits_as.with(|waiter| *waiter).as_ref() }
    }

    fn urgency_of(&self, waiter: &PiWaiter) -> i32 {
        // SAFETY: the lock is held.
        waiter.urgency.with(|urgency| unsafe { *urgency })
    }

    /// Who is to have the lock of `queue` next.
    fn first<'a>(&'a self, queue: &'a PiQueue) -> Option<&'a PiWaiter> {
        // SAFETY: the lock is held; the module's invariants.
        unsafe { ListHead::first(list(&queue.waiters)).map(|node| &*node.cast::<PiWaiter>()) }
    }

    fn after<'a>(&'a self, waiter: &'a PiWaiter, queue: &'a PiQueue) -> Option<&'a PiWaiter> {
        // SAFETY: as above.
        unsafe { ListHead::after(list(&queue.waiters), waiter.node()).map(|node| &*node.cast::<PiWaiter>()) }
    }

    /// True if nobody waits.
    pub(crate) fn is_empty(&self, queue: &PiQueue) -> bool {
        self.first(queue).is_none()
    }

    /// True if `waiter` was given the lock, and is linked no more.
    pub(crate) fn is_given(&self, waiter: &PiWaiter) -> bool {
        // SAFETY: the lock is held.
        waiter.given.with(|given| unsafe { *given })
    }

    /// True if `holder` waits, by however many steps, for a lock of `me`; or is `me`.
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

    /// `waiter`, whose task is the current one, waits from now on for the lock, which `holder`
    /// holds.
    ///
    /// # Safety
    ///
    /// `holder` is valid as the module's invariants say. The waiter stays where it is until it was
    /// given the lock, or has [left](Self::leave); so does its lock.
    pub(crate) unsafe fn join(&mut self, waiter: &PiWaiter, holder: &TaskStruct) {
        // SAFETY: the lock is held; by the contract.
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

    /// Behind those who are as urgent.
    ///
    /// # Safety
    ///
    /// As [`join`](Self::join); the waiter is in no queue.
    unsafe fn enqueue(&self, waiter: &PiWaiter) {
        // SAFETY: by the contract.
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

    /// `waiter`, which was not given the lock, waits no more.
    pub(crate) fn leave(&mut self, waiter: &PiWaiter) {
        self.unlink(waiter);
        // SAFETY: the waiter's lock is valid until its wait is over. Its holder can't let go
        // meanwhile.
        let holder = unsafe { (*waiter.queue).holder.with(|holder| &**holder) };
        self.adjust(holder);
    }

    /// The lock of `queue` goes from its holder to the first who waits: who that is, and whether
    /// more wait. `None` if nobody waits.
    pub(crate) fn pass_on(&mut self, queue: &PiQueue) -> Option<(Task, bool)> {
        // SAFETY: a linked waiter's task is valid, and gets a reference.
        let next = self.first(queue).map(|first| unsafe { (*first.task).get() })?;
        // SAFETY: the module's invariants: valid until it has let go, which the caller does in its
        // name.
        let former = unsafe { queue.holder.with(|holder| &**holder) };
        if let Some(first) = self.first(queue) {
            self.unlink(first);
            // SAFETY: the lock is held.
            first.given.with_mut(|given| unsafe { *given = true });
        }
        // SAFETY: the lock is held. The others wait for the new holder.
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

    /// The donor that counts: the most urgent, the first among equals.
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

    /// Makes the `prio` of `task` true again, and of those to whom it goes on.
    pub(crate) fn adjust(&mut self, task: &TaskStruct) {
        let mut task = task.get();
        loop {
            let own = task.normal_prio();
            let prio = self.top_donor(&task).map_or(own, |donor| donor.prio().min(own));
            let changed = task.prio() != prio;
            task.set_prio(prio);
            let inherited = if prio < own.min(MAX_RT_PRIO) { (MAX_RT_PRIO - 1 - prio) as u32 } else { 0 };
            let before = task.inherited();
            if before != inherited {
                task.set_inherited(inherited);
                let pending = &mut self.pending;
                let list = if before < inherited { &mut pending.raised } else { &mut pending.lowered };
                list.push(task.clone());
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
