//! Which tasks a flush or cancel waits for, for the reports about hangs and deadlocks.
//!
//! These functions examine one pool after another, each under its lock. The result may be out of
//! date when they return; a caller that acts on it must check again.

use super::flush::FlushQueue;
use super::pool::Locked;
use super::queue::PoolWorkqueue;
use super::work::Queued;
use super::worker::RunsWork;
use super::{WorkerPool, Workqueues};
use crate::sync::Arc;
use crate::task::{KernelState, Task, TaskStruct};
use std::ptr;

/// What a wait for work items waits for.
#[derive(Debug, Default)]
pub(crate) struct Awaited {
    /// The awaited work item, if it was found: its function and its queue's name.
    pub(crate) work: Option<RunsWork>,
    /// The name of the awaited queue, if one of its work items was found running.
    pub(crate) queue: Option<String>,
    /// The tasks that run work items which must finish before the wait ends, and the items.
    pub(crate) runners: Vec<(Task, RunsWork)>,
}

fn pools(kernel_state: &Arc<KernelState>) -> Vec<&'static WorkerPool> {
    kernel_state.subsystem::<Workqueues>().pools.lock().by_id.values().copied().collect()
}

/// Finds what a wait for the work item at `address` waits for.
pub(crate) fn awaited_for_work(kernel_state: &Arc<KernelState>, address: usize) -> Awaited {
    let mut awaited = Awaited::default();
    for pool in pools(kernel_state) {
        let locked = pool.lock();
        locked.each_running(|task, work, _, runs, _| {
            if work == address {
                awaited.work = Some(runs());
                awaited.runners.push((task.get(), runs()));
            }
        });
        let queued = locked.state(|state| {
            state.flushers.iter().find_map(|&flusher| {
                // SAFETY: it is on the list, so it lives in the frame of a waiting task, and its
                // work item is queued.
                let flusher = unsafe { &*flusher };
                (flusher.work.addr() == address).then_some((flusher.work, flusher.function))
            })
        });
        if let Some((work, function)) = queued {
            // SAFETY: the pool's lock is held; a flusher of the work item is on the pool's list, so
            // the item is queued here.
            let queue = unsafe { Queued::new(work) }.queue();
            // SAFETY: a queue lives as long as it has work items.
            let part = unsafe { &*queue };
            awaited.work = Some(RunsWork { queue: part.shared.name.to_string(), function });
            // It runs after the running one has finished.
            if part.takes_turns(&locked) {
                awaited.runners.extend(runners_for(&locked, queue, |_| true));
            }
        }
    }
    awaited
}

/// Finds what the task `flusher`, which flushes a queue, waits for.
pub(crate) fn awaited_for_queue(flusher: &TaskStruct) -> Awaited {
    let mut awaited = Awaited::default();
    for pool in pools(flusher.kernel_state()) {
        let locked = pool.lock();
        let mut parts: Vec<*const PoolWorkqueue> = Vec::new();
        locked.each_running(|_, _, queue, _, _| {
            if !parts.contains(&queue) {
                parts.push(queue);
            }
        });
        for part in parts {
            // SAFETY: a queue lives as long as it has unfinished work items; the pool's lock is
            // held.
            let last = unsafe { &*part }.state(&locked, |state| {
                // SAFETY: it is on the list, so it lives in the frame of a waiting task.
                let mine = |&&(_, by): &&(u64, *const FlushQueue)| unsafe { ptr::eq((*by).task, flusher) };
                state.flushers.iter().filter(mine).map(|&(epoch, _)| epoch).max()
            });
            if let Some(last) = last {
                // SAFETY: as above.
                awaited.queue = Some(unsafe { &*part }.shared.name.to_string());
                // A flush does not wait for items that were queued later.
                awaited.runners.extend(runners_for(&locked, part, |epoch| epoch <= last));
            }
        }
    }
    awaited
}

fn runners_for(
    locked: &Locked,
    part: *const PoolWorkqueue,
    of: impl Fn(u64) -> bool,
) -> Vec<(Task, RunsWork)> {
    let mut runners = Vec::new();
    locked.each_running(|task, _, queue, runs, epoch| {
        if ptr::eq(queue, part) && of(epoch) {
            runners.push((task.get(), runs()));
        }
    });
    runners
}
