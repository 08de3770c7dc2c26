//! `struct delayed_work`: a work item that a timer queues.
//!
//! The timer's function takes the work item's lock, as every task does that changes the item's
//! state. A task that finds this function running does not stop or rearm the timer: it waits until
//! the function has returned, and then finds the work item queued. So the function always finds the
//! work item in the state in which the timer was armed.
//!
//! # Invariants
//!
//! `queue` is accessed under the work item's lock. While the item waits for its timer it holds a
//! reference to the queue, so the queue stays in memory even after it was destroyed, and can refuse
//! the item.

use super::cancel::grab;
use super::queue::{PoolWorkqueue, WorkqueueStruct};
use super::work::{DELAYED_WORK, HeldWork, WORK, WorkFn, WorkStruct};
use super::{Caller, On};
use crate::debug_objects;
use crate::sched::with_current;
use crate::sync::{Arc, UnsafeCell, const_fn};
use crate::timer::{TIMER_IRQSAFE, TimerList};
use std::fmt;
use std::mem::offset_of;
use std::panic::Location;
use std::ptr;

/// `struct delayed_work`: plain memory, nothing allocated to arm or queue it, nothing to drop.
///
/// Zeroed memory is not a valid delayed work item: its timer needs a function. Use
/// [`DECLARE_DELAYED_WORK!`](crate::DECLARE_DELAYED_WORK) for a static,
/// [`INIT_DELAYED_WORK`](super::INIT_DELAYED_WORK) for memory that does not move, or
/// [`DelayedWork`](super::DelayedWork) for a closure.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_DELAYED_WORK!(static LATER = |_| ());
/// assert!(schedule_delayed_work(&LATER, msecs_to_jiffies(10_000)));
/// assert!(delayed_work_pending(&LATER));
/// assert!(flush_delayed_work(&LATER)); // now, and waited for
/// ```
#[repr(C)]
pub struct DelayedWorkStruct {
    // The first field, so that a pointer to the work item is a pointer to the delayed work item.
    pub(super) work: WorkStruct,
    pub(super) timer: TimerList,
    queue: UnsafeCell<Target>,
}

/// The queue and cpu for which the timer queues the work item.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// From `Arc::into_raw`, or null.
    queue: *const WorkqueueStruct,
    cpu: Option<u32>,
}

// SAFETY: the field that is not Send or Sync by itself, `queue`, is accessed under the work item's
// lock (the invariants).
unsafe impl Send for DelayedWorkStruct {}
// SAFETY: as above.
unsafe impl Sync for DelayedWorkStruct {}

impl DelayedWorkStruct {
    const_fn! {
        /// Makes a delayed work item without a function. It cannot be queued.
        pub const fn new() -> Self {
            Self::with(WorkStruct::new())
        }
    }

    const_fn! {
        /// Makes a delayed work item with a function: `__DELAYED_WORK_INITIALIZER`. The function
        /// gets a pointer to the [work item](Self::work).
        ///
        /// # Safety
        ///
        /// As [`WorkStruct::with_function`], for the whole delayed work item.
        pub const unsafe fn with_function(function: WorkFn) -> Self {
            // SAFETY: the same contract.
            Self::with(unsafe { WorkStruct::with_function(function) })
        }
    }

    const_fn! {
        const fn with(work: WorkStruct) -> Self {
            Self {
                work,
                // SAFETY: the timer is armed only if the work item has a function. The caller that
                // set the function promised that the item is valid and does not move while it is
                // pending, and it is pending while the timer is.
                timer: unsafe { TimerList::with_function(delayed_work_timer_fn, TIMER_IRQSAFE) },
                queue: UnsafeCell::new(Target { queue: ptr::null(), cpu: None }),
            }
        }
    }

    /// Returns `dwork->work`, for calls that take a plain work item.
    pub fn work(&self) -> &WorkStruct {
        &self.work
    }

    /// Returns the delayed work item that contains `work`.
    ///
    /// # Safety
    ///
    /// `work` is part of a delayed work item whose address was exposed.
    pub(super) unsafe fn of_work(work: &WorkStruct) -> &Self {
        // SAFETY: `work` is the first field, and `arm` has exposed the delayed work item's address.
        unsafe { &*ptr::with_exposed_provenance(ptr::from_ref(work).addr()) }
    }

    /// Arms the timer of a work item that the caller has claimed. If the Kernel has shut down, this
    /// warns, makes the work item idle and returns false.
    fn arm(&self, caller: Caller<'_>, held: &HeldWork<'_>, on: On<'_>, delay: u64) -> bool {
        let target = Target { queue: Arc::into_raw(on.queue.clone()), cpu: on.cpu };
        // SAFETY: the work's lock is held.
        self.queue.with_mut(|queue| unsafe { *queue = target });
        held.set_delayed(true);
        ptr::from_ref(self).expose_provenance();
        let function = self.work.function().map_or(0, |function| function as *const () as usize);
        let made = debug_objects::made(caller.me, caller.call, caller.place);
        debug_objects::begin(&DELAYED_WORK, ptr::from_ref(self).addr(), function, made);
        let expires = caller.me.kernel_state().clock.jiffies().saturating_add(delay);
        let armed = self.timer.arm_for(caller.me, expires, caller.call, caller.place);
        if !armed {
            self.disarm(held);
            held.become_idle();
        }
        armed
    }

    /// Ends the work item's wait for its timer, which is not pending any more. Returns the queue
    /// and cpu that it was meant for.
    pub(super) fn disarm(&self, held: &HeldWork<'_>) -> (Arc<WorkqueueStruct>, Option<u32>) {
        held.set_delayed(false);
        debug_objects::end(&DELAYED_WORK, ptr::from_ref(self).addr());
        let nothing = Target { queue: ptr::null(), cpu: None };
        // SAFETY: the work's lock is held.
        let target = self.queue.with_mut(|queue| unsafe { std::mem::replace(&mut *queue, nothing) });
        // SAFETY: `arm` put this reference there.
        (unsafe { Arc::from_raw(target.queue) }, target.cpu)
    }
}

impl Default for DelayedWorkStruct {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for DelayedWorkStruct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DelayedWorkStruct")
            .field("pending", &self.work.is_pending())
            .field("timer", &self.timer)
            .finish_non_exhaustive()
    }
}

/// The function of a delayed work's timer: `delayed_work_timer_fn`.
///
/// # Safety
///
/// `timer` is the timer of a [`DelayedWorkStruct`] that waits for it.
pub unsafe extern "C-unwind" fn delayed_work_timer_fn(timer: *mut TimerList) {
    let this = timer.addr() - offset_of!(DelayedWorkStruct, timer);
    // SAFETY: by the contract. The delayed work item is valid as long as this runs, since a cancel
    // waits for this function (`grab`).
    let this: &DelayedWorkStruct = unsafe { &*ptr::with_exposed_provenance(this) };
    let held = this.work.lock();
    debug_assert!(held.is_delayed() && !this.timer.is_pending());
    debug_objects::turn(&DELAYED_WORK, &WORK, ptr::from_ref(this).addr());
    let (queue, cpu) = this.disarm(&held);
    with_current(|me| {
        let caller = Caller::new(me, "delayed_work_timer_fn", Location::caller());
        queue.insert(caller, held, queue.part_for(caller, cpu));
    });
}

impl On<'_> {
    /// [`queue_delayed_work`](super::queue_delayed_work).
    pub(super) fn queue_delayed(self, caller: Caller<'_>, delayed: &DelayedWorkStruct, delay: u64) -> bool {
        // Checks now that there is a worker: this call can report a failure, but the timer's
        // function cannot.
        let Ok(part) = self.manned(caller) else { return false };
        match delayed.work.claim(caller) {
            Some(held) => self.start(caller, delayed, held, part, delay),
            None => false,
        }
    }

    /// [`mod_delayed_work`](super::mod_delayed_work).
    pub(super) fn modify_delayed(
        self,
        caller: Caller<'_>,
        delayed: &DelayedWorkStruct,
        delay: u64,
    ) -> Modified {
        let modified = |pending, is_being_cancelled| Modified { pending, is_being_cancelled };
        let Ok(part) = self.manned(caller) else { return modified(delayed.work.is_pending(), false) };
        let (held, pending) = grab(caller.me, &delayed.work);
        if held.is_disabled() {
            return modified(pending, held.is_being_cancelled());
        }
        if delayed.work.has_function(caller) {
            held.claim_again();
            self.start(caller, delayed, held, part, delay);
        }
        modified(pending, false)
    }

    fn start(
        self,
        caller: Caller<'_>,
        delayed: &DelayedWorkStruct,
        held: HeldWork<'_>,
        part: &PoolWorkqueue,
        delay: u64,
    ) -> bool {
        if delay == 0 {
            self.queue.insert(caller, held, part)
        } else {
            delayed.arm(caller, &held, self, delay)
        }
    }
}

/// The state in which [`On::modify_delayed`] found a delayed work item.
pub(super) struct Modified {
    pending: bool,
    is_being_cancelled: bool,
}

impl Modified {
    /// The return value before Linux 6.10, where only a cancel disabled a work item.
    pub(super) fn before_6_10(&self) -> bool {
        self.pending || self.is_being_cancelled
    }

    /// The return value since Linux 6.10.
    pub(super) fn since_6_10(&self) -> bool {
        self.pending
    }
}

/// Queues it if it waits for its timer. Returns true if it did.
pub(super) fn queue_now(caller: Caller<'_>, delayed: &DelayedWorkStruct) -> bool {
    loop {
        let held = delayed.work.lock();
        if !held.is_delayed() {
            return false;
        }
        if delayed.timer.try_delete_sync().is_some() {
            debug_objects::turn(&DELAYED_WORK, &WORK, ptr::from_ref(delayed).addr());
            let (queue, cpu) = delayed.disarm(&held);
            return queue.insert(caller, held, queue.part_for(caller, cpu));
        }
        // The timer's callback is about to queue it.
        drop(held);
        let _ = delayed.timer.delete_sync();
    }
}
