//! Waiting for works: `flush_work`, `flush_workqueue`, `drain_workqueue`.
//!
//! # One work
//!
//! Who flushes a work puts a [`FlushWork`] on a list, with the pool's lock held: on the pool's, if
//! the work is queued there; on the worker's, if it runs. A worker that begins with a work takes
//! those along that wait for it; when the work has finished, it completes them. Who cancels a
//! queued work completes them too. So a flush waits for the instance that it found, and not for one
//! that is queued later.
//!
//! # A queue
//!
//! Each part of a queue counts its works by *epochs*. A flush of the queue ends the epoch of every
//! part that has works: what is queued from then on belongs to the next. It waits until, in each
//! part, the epochs up to its own are empty. Flushes may overlap as they like. (The kernel has 15
//! colors for this, and makes the sixteenth flush wait.)
//!
//! # Invariants
//!
//! A flusher that is on a list is in the frame of a task that waits until it is completed;
//! completing it is the last access.

use super::Caller;
use super::pool::Locked;
use super::queue::{DESTROYED, WorkqueueStruct};
use super::work::{Whereabouts, WorkStruct};
use super::worker;
use crate::completion::Completion;
use crate::diag::WarningKind;
use crate::sync::{Arc, AtomicU32, Ordering};
use crate::task::{TASK_UNINTERRUPTIBLE, TaskStruct, Wait, WaitKind};
use std::collections::VecDeque;
use std::ptr;

/// Somebody who waits for a work.
pub(super) struct FlushWork {
    pub(super) work: *const WorkStruct,
    /// Its function.
    pub(super) function: usize,
    done: Completion,
}

impl FlushWork {
    fn new(work: &WorkStruct) -> Self {
        let function = work.function().map_or(0, |function| function as usize);
        Self { work, function, done: Completion::new() }
    }

    /// # Safety
    ///
    /// `this` was on a list, and is on none any more.
    pub(super) unsafe fn complete(this: *const Self) {
        // SAFETY: it waits for this, and a completion allows for its end during the call.
        unsafe { &(*this).done }.complete();
    }

    fn wait(&self, caller: Caller<'_>) {
        let noted = Wait::new(WaitKind::Work, self.work.addr(), caller.call, caller.place);
        // Uninterruptible: it has no error.
        let _ = self.done.wait_for(TASK_UNINTERRUPTIBLE, noted);
    }
}

/// Completes those of the pool's flushers that wait for `work`, which was taken out of its queue.
pub(super) fn let_go(locked: &Locked, work: *const WorkStruct) {
    for flusher in take(locked, work) {
        // SAFETY: it is off the list.
        unsafe { FlushWork::complete(flusher) };
    }
}

/// Takes those off the pool's list that wait for `work`.
pub(super) fn take(locked: &Locked, work: *const WorkStruct) -> Vec<*const FlushWork> {
    if locked.state(|state| state.flushers.is_empty()) { Vec::new() } else { take_some(locked, work) }
}

#[cold]
fn take_some(locked: &Locked, work: *const WorkStruct) -> Vec<*const FlushWork> {
    locked.state(|state| {
        let mut taken = Vec::new();
        state.flushers.retain(|&flusher| {
            // SAFETY: it is on the list.
            let waits = ptr::eq(unsafe { (*flusher).work }, work);
            if waits {
                taken.push(flusher);
            }
            !waits
        });
        taken
    })
}

/// Waits until `work` has finished, if it is queued or runs: [`flush_work`](super::flush_work).
pub(super) fn flush_work(caller: Caller<'_>, work: &WorkStruct) -> bool {
    let _whole = caller.might_sleep();
    if worker::runs(caller.me, work) {
        caller.warn(WarningKind::Deadlock, "a work can't wait for its own end");
        return false;
    }
    let flusher = FlushWork::new(work);
    let held = work.lock();
    let locked = match held.whereabouts() {
        Whereabouts::Queued(locked) => {
            locked.state(|state| state.flushers.push(&raw const flusher));
            locked
        }
        _ => {
            let (Some(pool), Some(function)) = (held.pool(), work.function()) else { return false };
            let locked = pool.lock();
            let Some((worker, _)) = locked.runner_of(work, function) else { return false };
            worker.add_flusher(&locked, &raw const flusher);
            locked
        }
    };
    // The work's lock first: once the pool's is open the work may run to its end and be freed.
    drop(held);
    drop(locked);
    flusher.wait(caller);
    true
}

/// How many works of each epoch have not finished.
pub(super) struct InFlight {
    /// The present epoch, and how many works it has.
    epoch: u64,
    present: u32,
    /// How many each of those before it has, that of the oldest first, which is not 0. Empty unless
    /// somebody flushes.
    earlier: VecDeque<u32>,
}

impl InFlight {
    pub(super) fn new() -> Self {
        Self { epoch: 0, present: 0, earlier: VecDeque::new() }
    }

    /// The oldest epoch that has works, or the present one.
    pub(super) fn first(&self) -> u64 {
        self.epoch - self.earlier.len() as u64
    }

    pub(super) fn total(&self) -> u32 {
        self.earlier.iter().sum::<u32>() + self.present
    }

    /// One more, of the present epoch.
    pub(super) fn add(&mut self) -> u64 {
        self.present += 1;
        self.epoch
    }

    /// One less; true if that ended an epoch that is not the present one.
    pub(super) fn remove(&mut self, epoch: u64) -> bool {
        if epoch == self.epoch {
            self.present -= 1;
            return false;
        }
        self.remove_earlier(epoch)
    }

    fn remove_earlier(&mut self, epoch: u64) -> bool {
        let before = self.first();
        self.earlier[(epoch - before) as usize] -= 1;
        while self.earlier.front() == Some(&0) {
            self.earlier.pop_front();
        }
        self.first() != before
    }

    /// Ends the present epoch, if it has works; the last epoch that has some. `None` if there are
    /// no works.
    fn end(&mut self) -> Option<u64> {
        if self.present != 0 {
            self.earlier.push_back(self.present);
            (self.epoch, self.present) = (self.epoch + 1, 0);
        }
        if self.earlier.is_empty() { None } else { Some(self.epoch - 1) }
    }
}

/// Somebody who waits for the works of a queue.
pub(super) struct FlushQueue {
    /// Whose task it is. For comparing.
    pub(super) task: *const TaskStruct,
    /// In how many parts of the queue, and one as long as it counts them.
    left: AtomicU32,
    done: Completion,
}

impl FlushQueue {
    /// One part less to wait for.
    ///
    /// # Safety
    ///
    /// It has not been completed.
    pub(super) unsafe fn one_less(this: *const Self) {
        // SAFETY: it waits for this, or counts still.
        unsafe {
            // AcqRel: who waits sees what all the works did.
            if (*this).left.fetch_sub(1, Ordering::AcqRel) == 1 {
                (*this).done.complete();
            }
        }
    }
}

impl WorkqueueStruct {
    /// Waits for all works that are queued now: [`flush_workqueue`](super::flush_workqueue).
    pub(super) fn flush(&self, caller: Caller<'_>) {
        let _whole = caller.might_sleep();
        if worker::runs_for(caller.me, &self.shared) {
            return caller.warn(WarningKind::Deadlock, "a work can't wait for its own queue");
        }
        self.wait_for_all(caller);
    }

    fn wait_for_all(&self, caller: Caller<'_>) {
        let flusher = FlushQueue { task: caller.me, left: AtomicU32::new(1), done: Completion::new() };
        for part in &self.parts {
            let locked = part.pool.lock();
            part.state(&locked, |state| {
                if let Some(epoch) = state.in_flight.end() {
                    flusher.left.fetch_add(1, Ordering::Relaxed);
                    state.flushers.push((epoch, &raw const flusher));
                }
            });
        }
        // SAFETY: the one that it was made with.
        unsafe { FlushQueue::one_less(&raw const flusher) };
        // Uninterruptible: it has no error.
        let queue = Arc::as_ptr(&self.shared).addr();
        let noted = Wait::new(WaitKind::Workqueue, queue, caller.call, caller.place);
        let _ = flusher.done.wait_for(TASK_UNINTERRUPTIBLE, noted);
    }

    fn is_drained(&self) -> bool {
        self.parts.iter().all(|part| part.in_flight(&part.pool.lock()) == 0)
    }

    /// Waits until the queue is empty; only its own works may queue to it meanwhile:
    /// [`drain_workqueue`](super::drain_workqueue). False, with a warning, if one of them calls.
    pub(super) fn drain(&self, caller: Caller<'_>) -> bool {
        let _whole = caller.might_sleep();
        if worker::runs_for(caller.me, &self.shared) {
            caller.warn(WarningKind::Deadlock, "a work can't wait for its own queue");
            return false;
        }
        self.shared.draining.fetch_add(1, Ordering::Relaxed);
        let mut flushes = 0;
        loop {
            self.wait_for_all(caller);
            if self.is_drained() {
                break;
            }
            flushes += 1;
            if flushes == 10 || flushes % 100 == 0 && flushes <= 1000 {
                let message = format!("works queue themselves anew: not drained after {flushes} flushes");
                caller.warn(WarningKind::BadArgument, &message);
            }
        }
        self.shared.draining.fetch_sub(1, Ordering::Relaxed);
        true
    }

    /// Drains the queue, which takes no work from then on. False, with a warning, if one of its
    /// works calls; true and nothing else if it was destroyed before.
    pub(super) fn destroy(&self, caller: Caller<'_>) -> bool {
        if worker::runs_for(caller.me, &self.shared) {
            caller.warn(WarningKind::Deadlock, "a work can't destroy its own queue");
            return false;
        }
        if self.shared.draining.fetch_or(DESTROYED, Ordering::Relaxed) & DESTROYED != 0 {
            return true;
        }
        self.drain(caller);
        let rescuer = self.shared.rescuer.lock().take();
        if let Some(rescuer) = rescuer {
            rescuer.end();
        }
        true
    }
}
