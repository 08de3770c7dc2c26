//! Cancelling and disabling: `cancel_work`, `disable_work`, and their delayed forms.
//!
//! [`grab`] makes a work item idle, whatever its state. If the timer of a delayed work item is just
//! expiring, it waits until the timer's function has queued the item, and then removes it from the
//! queue. So after a cancel has returned, the runtime does not touch the work item unless its
//! function is running. If the cancel returned true, the caller may free the item, as in the
//! kernel.
//!
//! A waiting cancel (`_sync`) disables the work item before it waits for the function, so a work
//! item that queues itself cannot get into a queue meanwhile. Disables are counted, so cancels may
//! overlap.

use super::Caller;
use super::delayed::DelayedWorkStruct;
use super::flush::{flush_work, let_go};
use super::work::{HeldWork, Queued, Whereabouts, WorkStruct};
use crate::diag::WarningKind;
use crate::sync;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// Makes `work` idle. Returns it locked, and whether it was pending.
pub(super) fn grab<'a>(me: &TaskStruct, work: &'a WorkStruct) -> (HeldWork<'a>, bool) {
    sync::refuse_in_forked_child();
    loop {
        let held = work.lock();
        match held.whereabouts() {
            Whereabouts::Idle => return (held, false),
            Whereabouts::Queued(locked) => {
                // SAFETY: the locks of the pool and of the work item are held, so it stays queued
                // until it is removed.
                let queued = unsafe { Queued::new(ptr::from_ref(work)) };
                // SAFETY: a queue lives as long as it has work items.
                unsafe { &*queued.queue() }.take_out(&locked, queued);
                let_go(&locked, work);
                // Another work item may have become active in its place.
                let (pool, after_unlock) = (locked.pool(), locked.needs());
                drop(locked);
                after_unlock.run(me, pool);
                return (held, true);
            }
            // The grace period ends independently of this caller. As in the kernel, a cancel spins
            // until the work item is queued.
            Whereabouts::Awaited => {
                drop(held);
                sync::yield_now();
            }
            Whereabouts::Delayed => {
                // SAFETY: only a delayed work item gets into this state.
                let delayed = unsafe { DelayedWorkStruct::of_work(work) };
                match delayed.timer.try_delete_sync() {
                    // If the timer was not pending and its callback does not run, a Kernel that has
                    // shut down removed it.
                    Some(_) => {
                        delayed.disarm(&held);
                        held.become_idle();
                        return (held, true);
                    }
                    None => {
                        drop(held);
                        // No error: the caller is not this timer's own callback.
                        let _ = delayed.timer.delete_sync();
                    }
                }
            }
        }
    }
}

/// [`cancel_work`](super::cancel_work).
pub(super) fn cancel(me: &TaskStruct, work: &WorkStruct) -> bool {
    grab(me, work).1
}

/// [`disable_work`](super::disable_work).
pub(super) fn disable(me: &TaskStruct, work: &WorkStruct) -> bool {
    let (held, pending) = grab(me, work);
    disable_held(me, held);
    pending
}

fn disable_held(me: &TaskStruct, held: HeldWork<'_>) {
    let counted = held.disable();
    drop(held);
    if !counted {
        let message =
            "the work item is disabled 65535 times, the most that is counted; this call had no effect";
        me.warn(WarningKind::WorkMisuse, "disable_work", Location::caller(), message);
    }
}

/// [`disable_work_sync`](super::disable_work_sync).
pub(super) fn disable_sync(caller: Caller<'_>, work: &WorkStruct) -> bool {
    let pending = disable(caller.me, work);
    flush_work(caller, work);
    pending
}

/// [`cancel_work_sync`](super::cancel_work_sync).
pub(super) fn cancel_sync(caller: Caller<'_>, work: &WorkStruct) -> bool {
    let (held, pending) = grab(caller.me, work);
    let counted = held.begin_cancel();
    disable_held(caller.me, held);
    flush_work(caller, work);
    let held = work.lock();
    held.end_cancel(counted);
    held.enable();
    drop(held);
    pending
}

/// [`enable_work`](super::enable_work).
pub(super) fn enable(caller: Caller<'_>, work: &WorkStruct) -> bool {
    let enabled = work.lock().enable();
    if enabled.is_none() {
        caller.warn(WarningKind::BadArgument, "the work item is not disabled: there is nothing to undo");
    }
    // It can be queued in either case, as in the kernel.
    enabled.unwrap_or(true)
}
