//! Which worker a work is bound to.
//!
//! A work is plain memory, and has no lock of its own: all but its pointer `worker` is protected by
//! the lock of the worker that it is bound to. Whoever needs that lock reads the pointer, locks
//! what it points to, and reads it again: if it is still the same, that is the work's worker for as
//! long as the lock is held, because `worker` changes only
//!
//! * from null to W, by a compare-exchange, with W's lock held;
//! * from W to null, with W's lock held, and only if the work is idle: not queued, not running, and
//!   not being cancelled.
//!
//! So a work never runs on two workers at once. An idle work moves to the worker that it is queued
//! on. A worker that has been destroyed stays valid memory (`create`), and a work that was bound to
//! it is idle.

use super::work::Kind;
use super::{CLOSED, KthreadWork, KthreadWorker, Locked};
use crate::sync::Ordering;
use std::ptr;

/// The worker that `work` is bound to, locked; `None` if it was never queued.
pub(super) fn lock_bound(work: &KthreadWork) -> Option<Locked> {
    work.life.touch();
    loop {
        // Acquire: with the Release in `lock_or_bind`, the worker is seen as it was made.
        let bound = work.worker.load(Ordering::Acquire);
        if bound.is_null() {
            return None;
        }
        // SAFETY: a worker to which a work is bound stays valid (the invariants of `worker`).
        let locked = unsafe { Locked::new(bound) };
        // Relaxed: it was last changed under the lock of the worker that it was changed from; if
        // that is this one, the lock orders it.
        if work.worker.load(Ordering::Relaxed) == bound {
            return Some(locked);
        }
    }
}

/// How a work came to be bound to the worker that it is queued on.
pub(super) enum Bound {
    /// It was already, or to none, or to one that was destroyed.
    Fairly,
    /// It was bound to another worker, where it was idle. The kernel warns.
    ByMoving,
}

/// Why a work stays with another worker.
pub(super) enum Kept {
    /// It is queued there, or being cancelled.
    Pending,
    /// It runs there. The kernel queues it here too, and runs it twice at once.
    Running,
}

/// Binds `work` to `worker`, and locks that; unless the work is not idle on another one.
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
        // Never two workers' locks at once.
        drop(locked);
        if let Some(other) = lock_bound(work)
            && !other.is_of(worker)
        {
            if !other.is_idle(work) {
                // SAFETY: the lock is that of the work's worker.
                let blocked = unsafe { work.is_blocked() };
                return Err(if blocked { Kept::Pending } else { Kept::Running });
            }
            if !other.has(CLOSED) {
                how = Bound::ByMoving;
            }
            // A swap, since others try to compare-exchange the same word. Relaxed: nothing is read
            // through null.
            work.worker.swap(ptr::null_mut(), Ordering::Relaxed);
        }
        locked = worker.lock();
    }
}
