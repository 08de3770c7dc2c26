//! Who is to end a wait for works: for whoever asks why something hangs.
//!
//! A look at the pools, one after the other, with each one's lock held. What it finds may have
//! changed by the time that it returns; who acts on it looks again.

use super::flush::FlushQueue;
use super::pool::Locked;
use super::queue::PoolWorkqueue;
use super::work::Queued;
use super::worker::RunsWork;
use super::{WorkerPool, Workqueues};
use crate::sync::Arc;
use crate::task::{KernelState, Task, TaskStruct};
use std::ptr;

/// What is to happen before a wait for works is over.
#[derive(Debug, Default)]
pub(crate) struct Awaited {
    /// The work that is waited for, if it was found: its function, and its queue's name.
    pub(crate) work: Option<RunsWork>,
    /// The queue that is waited for, if one of its works was found.
    pub(crate) queue: Option<String>,
    /// Who runs a work that has to end before the wait does, and which.
    pub(crate) runners: Vec<(Task, RunsWork)>,
}

fn pools(kernel_state: &Arc<KernelState>) -> Vec<&'static WorkerPool> {
    kernel_state.subsystem::<Workqueues>().pools.lock().by_id.values().copied().collect()
}

/// Who a wait for the end of the work at `address` waits for.
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
                // SAFETY: it is on the list, so whoever waits has it in a frame, and its work is
                // queued.
                let flusher = unsafe { &*flusher };
                (flusher.work.addr() == address).then_some((flusher.work, flusher.function))
            })
        });
        if let Some((work, function)) = queued {
            // SAFETY: the pool's lock is held; somebody waits for it in the pool's list, so it is
            // queued here.
            let queue = unsafe { Queued::new(work) }.queue();
            // SAFETY: a queue lives as long as it has works.
            let part = unsafe { &*queue };
            awaited.work = Some(RunsWork { queue: part.shared.name.to_string(), function });
            // Its turn comes when the one that runs has ended. Of several that run, any will do.
            if part.takes_turns(&locked) {
                awaited.runners.extend(runners_for(&locked, queue, |_| true));
            }
        }
    }
    awaited
}

/// Who the flush of a queue waits for, that `flusher` is in.
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
            // SAFETY: a queue lives as long as it has works that have not finished; the pool's lock
            // is held.
            let last = unsafe { &*part }.state(&locked, |state| {
                // SAFETY: it is on the list, so whoever waits has it in a frame.
                let mine = |&&(_, by): &&(u64, *const FlushQueue)| unsafe { ptr::eq((*by).task, flusher) };
                state.flushers.iter().filter(mine).map(|&(epoch, _)| epoch).max()
            });
            if let Some(last) = last {
                // SAFETY: as above.
                awaited.queue = Some(unsafe { &*part }.shared.name.to_string());
                // Those that were queued later are not waited for.
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
