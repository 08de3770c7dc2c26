//! Taking works out: `cancel_work`, `disable_work`, and what they share with delayed works.
//!
//! [`grab`] makes a work idle, wherever it is. A delayed work whose timer goes off at this moment
//! is waited for: the timer's function queues it, and then it is taken out of the queue. So when a
//! cancel has returned, nobody touches the work, unless it runs; and a caller that was told that
//! the work was pending may free it, as the kernel allows.
//!
//! A cancel that waits (`_sync`) disables the work before it waits for the end of its function, so
//! a work that queues itself does not get into a queue meanwhile. Disables are counted, so that
//! cancels may overlap.

use super::Caller;
use super::delayed::DelayedWorkStruct;
use super::flush::{flush_work, let_go};
use super::work::{HeldWork, Queued, Whereabouts, WorkStruct};
use crate::diag::WarningKind;
use crate::sync;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// Makes `work` idle; the work, locked, and whether it was pending.
pub(super) fn grab<'a>(me: &TaskStruct, work: &'a WorkStruct) -> (HeldWork<'a>, bool) {
    sync::refuse_in_forked_child();
    loop {
        let held = work.lock();
        match held.whereabouts() {
            Whereabouts::Idle => return (held, false),
            Whereabouts::Queued(locked) => {
                // SAFETY: the pool's lock is held, and the work's, so it stays there until it is
                // taken out.
                let queued = unsafe { Queued::new(ptr::from_ref(work)) };
                // SAFETY: a queue lives as long as it has works.
                unsafe { &*queued.queue() }.take_out(&locked, queued);
                let_go(&locked, work);
                // Another may have become active in its place.
                let (pool, after_unlock) = (locked.pool(), locked.needs());
                drop(locked);
                after_unlock.run(me, pool);
                return (held, true);
            }
            // The grace period ends without this caller. As in a kernel, who takes the work looks
            // until it is queued.
            Whereabouts::Awaited => {
                drop(held);
                sync::yield_now();
            }
            Whereabouts::Delayed => {
                // SAFETY: only a delayed work gets into this state.
                let delayed = unsafe { DelayedWorkStruct::of_work(work) };
                match delayed.timer.try_delete_sync() {
                    // Not pending, and no callback runs: a Kernel that shut down took it off.
                    Some(_) => {
                        delayed.disarm(&held);
                        held.become_idle();
                        return (held, true);
                    }
                    None => {
                        drop(held);
                        // No error: this is no timer's own callback, or it is another one's.
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
        let message = "the work is disabled 65535 times, which is as often as is counted";
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
        caller.warn(WarningKind::BadArgument, "the work is not disabled");
    }
    // Told or not, it can be queued, as in the kernel.
    enabled.unwrap_or(true)
}
