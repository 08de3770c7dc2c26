//! Waiting for work items: `flush_work`, `flush_workqueue`, `drain_workqueue`.
//!
//! # Flushing a work item
//!
//! A flush of a work item adds a [`FlushWork`] to a list under the pool's lock: to the pool's list
//! if the item is queued there, or to the worker's list if it runs. A worker that begins a work
//! item moves the item's flushers to its own list, and completes them when the item has finished. A
//! cancel of a queued work item completes them too. So a flush waits for the instance that it
//! found, not for one that is queued later.
//!
//! # Flushing a queue
//!
//! A queue has one part for each pool, and each part counts its work items by *epochs*. A flush of
//! the queue ends the current epoch of every part that has work items; items that are queued later
//! belong to the next epoch. The flush waits until, in each part, all epochs up to the ended one
//! are empty. Any number of flushes may overlap. (The kernel has 15 colors for this, and makes the
//! sixteenth flush wait.)
//!
//! # Invariants
//!
//! A flusher on a list lives in the stack frame of a task that waits until the flusher is
//! completed. Completing it is the last access.

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

const OWN_QUEUE: &str = "a work item can't wait for its own workqueue; the call did not wait";

/// A task's wait for a work item.
pub(super) struct FlushWork {
    pub(super) work: *const WorkStruct,
    /// The work item's function.
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
    /// The caller has just removed `this` from a list.
    pub(super) unsafe fn complete(this: *const Self) {
        // SAFETY: its task waits for this call, so it is valid; a completion may be freed during
        // `complete`.
        unsafe { &(*this).done }.complete();
    }

    fn wait(&self, caller: Caller<'_>) {
        let noted = Wait::new(WaitKind::Work, self.work.addr(), caller.call, caller.place);
        // Uninterruptible: it has no error.
        let _ = self.done.wait_for(TASK_UNINTERRUPTIBLE, noted);
    }
}

/// Completes the pool's flushers of `work`, which was removed from its queue.
pub(super) fn let_go(locked: &Locked, work: *const WorkStruct) {
    for flusher in take(locked, work) {
        // SAFETY: `take` removed it from the list.
        unsafe { FlushWork::complete(flusher) };
    }
}

/// Removes the flushers of `work` from the pool's list and returns them.
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

/// Waits until `work` has finished, if it is queued or running: [`flush_work`](super::flush_work).
pub(super) fn flush_work(caller: Caller<'_>, work: &WorkStruct) -> bool {
    let _whole = caller.might_sleep();
    if worker::runs(caller.me, work) {
        caller.warn(WarningKind::Deadlock, "a work item can't wait for its own end; the call did not wait");
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
    // The work item's lock is dropped first: once the pool's lock is dropped, the item may run to
    // its end and be freed.
    drop(held);
    drop(locked);
    flusher.wait(caller);
    true
}

/// The number of unfinished work items in each epoch.
pub(super) struct InFlight {
    /// The current epoch, and its number of work items.
    epoch: u64,
    present: u32,
    /// The numbers of the earlier epochs, oldest first; the first is not 0. Empty unless a flush is
    /// in progress.
    earlier: VecDeque<u32>,
}

impl InFlight {
    pub(super) fn new() -> Self {
        Self { epoch: 0, present: 0, earlier: VecDeque::new() }
    }

    /// Returns the oldest epoch with work items, or the current one.
    pub(super) fn first(&self) -> u64 {
        self.epoch - self.earlier.len() as u64
    }

    pub(super) fn total(&self) -> u32 {
        self.earlier.iter().sum::<u32>() + self.present
    }

    /// Counts a new work item and returns its epoch.
    pub(super) fn add(&mut self) -> u64 {
        self.present += 1;
        self.epoch
    }

    /// Removes a work item of `epoch`. Returns true if that emptied an earlier epoch.
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

    /// Ends the current epoch if it has work items. Returns the last epoch with work items, or
    /// `None` if there are none.
    fn end(&mut self) -> Option<u64> {
        if self.present != 0 {
            self.earlier.push_back(self.present);
            (self.epoch, self.present) = (self.epoch + 1, 0);
        }
        if self.earlier.is_empty() { None } else { Some(self.epoch - 1) }
    }
}

/// A task's wait for the work items of a queue.
pub(super) struct FlushQueue {
    /// The waiting task; only compared.
    pub(super) task: *const TaskStruct,
    /// The number of queue parts that it waits for, plus one while it is still counting them.
    left: AtomicU32,
    done: Completion,
}

impl FlushQueue {
    /// Decrements the number of parts to wait for, and completes the wait at 0.
    ///
    /// # Safety
    ///
    /// It has not been completed.
    pub(super) unsafe fn one_less(this: *const Self) {
        // SAFETY: by the contract its task still waits for it, or is still counting.
        unsafe {
            // AcqRel: the waiter sees what all the work items did.
            if (*this).left.fetch_sub(1, Ordering::AcqRel) == 1 {
                (*this).done.complete();
            }
        }
    }
}

impl WorkqueueStruct {
    /// Waits for all work items that are queued now: [`flush_workqueue`](super::flush_workqueue).
    pub(super) fn flush(&self, caller: Caller<'_>) {
        let _whole = caller.might_sleep();
        if worker::runs_for(caller.me, &self.shared) {
            return caller.warn(WarningKind::Deadlock, OWN_QUEUE);
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
        // SAFETY: this is the count that the flusher was made with, so it has not been completed.
        unsafe { FlushQueue::one_less(&raw const flusher) };
        // Uninterruptible: it has no error.
        let queue = Arc::as_ptr(&self.shared).addr();
        let noted = Wait::new(WaitKind::Workqueue, queue, caller.call, caller.place);
        let _ = flusher.done.wait_for(TASK_UNINTERRUPTIBLE, noted);
    }

    fn is_drained(&self) -> bool {
        self.parts.iter().all(|part| part.in_flight(&part.pool.lock()) == 0)
    }

    /// Waits until the queue is empty, while only its own work items may queue to it:
    /// [`drain_workqueue`](super::drain_workqueue). If one of them makes the call, this warns and
    /// returns false.
    pub(super) fn drain(&self, caller: Caller<'_>) -> bool {
        let _whole = caller.might_sleep();
        if worker::runs_for(caller.me, &self.shared) {
            caller.warn(WarningKind::Deadlock, OWN_QUEUE);
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
                let message = format!("not drained after {flushes} flushes: work items keep queueing more");
                caller.warn(WarningKind::BadArgument, &message);
            }
        }
        self.shared.draining.fetch_sub(1, Ordering::Relaxed);
        true
    }

    /// Drains the queue, which then accepts no more work items. If one of its own work items makes
    /// the call, this warns and returns false. If the queue was destroyed before, this does nothing
    /// and returns true.
    pub(super) fn destroy(&self, caller: Caller<'_>) -> bool {
        if worker::runs_for(caller.me, &self.shared) {
            caller.warn(WarningKind::Deadlock, "a work item can't destroy its own workqueue; it was kept");
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
