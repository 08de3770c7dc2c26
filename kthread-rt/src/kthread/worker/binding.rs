//! Which worker a work item is bound to.
//!
//! A work item is plain memory without a lock of its own: the lock of the worker that it is bound
//! to protects all its fields but the pointer `worker`. To take that lock, a call reads the
//! pointer, locks that worker, and reads the pointer again. If it is unchanged, the item stays
//! bound to this worker as long as the lock is held, because `worker` changes only
//!
//! * from null to W, by a compare-exchange, with W's lock held;
//! * from W to null, with W's lock held, and only if the item is idle: not queued, not running, and
//!   not being cancelled.
//!
//! So a work item never runs on two workers at once. An idle item moves to the worker that it is
//! queued on. A destroyed worker stays valid memory (`create`), and an item that is still bound to
//! it is idle.

use super::work::Kind;
use super::{CLOSED, KthreadWork, KthreadWorker, Locked};
use crate::sync::Ordering;
use std::ptr;

/// Locks the worker that `work` is bound to. `None` if it was never queued.
pub(super) fn lock_bound(work: &KthreadWork) -> Option<Locked> {
    work.life.touch();
    loop {
        // Acquire: with the Release in `bind`, this sees the worker initialised.
        let bound = work.worker.load(Ordering::Acquire);
        if bound.is_null() {
            return None;
        }
        // SAFETY: a worker to which an item is bound stays valid (the invariants of `worker`).
        let locked = unsafe { Locked::new(bound) };
        // Relaxed: the pointer changes away from a worker only under that worker's lock, which is
        // held and orders the read.
        if work.worker.load(Ordering::Relaxed) == bound {
            return Some(locked);
        }
    }
}

/// How a work item came to be bound to the worker that it is queued on.
pub(super) enum Bound {
    /// It was bound to this worker already, or to none, or to a destroyed one.
    Fairly,
    /// It was bound to another worker, where it was idle. The kernel warns.
    ByMoving,
}

/// Why a work item stays bound to another worker.
pub(super) enum Kept {
    /// It is queued there or being cancelled.
    Pending,
    /// It runs there. The kernel queues it here too, and runs it twice at once.
    Running,
}

/// Locks `worker` and binds `work` to it. Fails if the item is bound to another worker and not
/// idle.
#[inline]
pub(super) fn lock_or_bind(worker: &KthreadWorker, work: &KthreadWork) -> Result<(Locked, Bound), Kept> {
    debug_assert!(work.kind() != Kind::Barrier, "barriers are bound to no worker");
    work.life.touch();
    let locked = worker.lock();
    // Relaxed: as in `lock_bound`.
    if ptr::eq(work.worker.load(Ordering::Relaxed), worker) {
        return Ok((locked, Bound::Fairly));
    }
    bind(locked, worker, work)
}

#[cold]
fn bind(mut locked: Locked, worker: &KthreadWorker, work: &KthreadWork) -> Result<(Locked, Bound), Kept> {
    let mut how = Bound::Fairly;
    let pointer = ptr::from_ref(worker).cast_mut();
    loop {
        let bound =
            work.worker.compare_exchange(ptr::null_mut(), pointer, Ordering::Release, Ordering::Relaxed);
        if bound.is_ok() || bound == Err(pointer) {
            return Ok((locked, how));
        }
        // Never hold two workers' locks at once.
        drop(locked);
        if let Some(other) = lock_bound(work)
            && !other.is_of(worker)
        {
            if !other.is_idle(work) {
                // SAFETY: the lock is that of the item's worker.
                let blocked = unsafe { work.is_blocked() };
                return Err(if blocked { Kept::Pending } else { Kept::Running });
            }
            if !other.has(CLOSED) {
                how = Bound::ByMoving;
            }
            // A swap, because other calls try to compare-exchange the same word. Relaxed: null
            // publishes nothing.
            work.worker.swap(ptr::null_mut(), Ordering::Relaxed);
        }
        locked = worker.lock();
    }
}
