//! Who is at work in a pool, and at which work: the workers that are not idle, and rescuers as long
//! as they rescue.
//!
//! A worker has its entry from the moment when it comes until it goes idle or ends, not from one
//! work to the next: a work begins and ends by a few plain stores into the entry, with the pool's
//! lock held, and no reference is counted for it. An entry whose worker is between two works has
//! none of them.
//!
//! A work that runs may have been freed. So it is known by its address, and by its function, since
//! the memory may be another work's by now; neither is followed.
//!
//! # Invariants
//!
//! `state.busy[worker.place()]` is the worker's entry as long as it has one.

use super::pool::Locked;
use super::queue::PoolWorkqueue;
use super::work::{Queued, WorkFn, WorkStruct};
use super::worker::{RunsWork, Worker};
use crate::sync::Arc;
use crate::task::{Task, TaskStruct};
use crate::trace::TaskId;
use std::ptr;

/// A worker that is at work.
pub(super) struct Busy {
    pub(super) worker: Arc<Worker>,
    pub(super) task: Task,
    runs: Option<Running>,
}

/// A work that runs. The pointer to it is for comparing.
struct Running {
    work: *const WorkStruct,
    function: WorkFn,
    queue: *const PoolWorkqueue,
    epoch: u64,
}

impl Busy {
    pub(super) fn runs_a_work(&self) -> bool {
        self.runs.is_some()
    }
}

impl Locked {
    /// `worker`, whose task is `me`, is at work from now on.
    pub(super) fn comes_to_work(&self, me: &TaskStruct, worker: &Arc<Worker>) {
        let busy = Busy { worker: worker.clone(), task: me.get(), runs: None };
        self.state(|state| {
            worker.set_place(self, state.busy.len());
            state.busy.push(busy);
        });
    }

    /// `worker` is not any more: its entry.
    pub(super) fn leaves_work(&self, worker: &Worker) -> Busy {
        self.state(|state| {
            let place = worker.place(self);
            let gone = state.busy.swap_remove(place);
            if let Some(moved) = state.busy.get(place) {
                moved.worker.set_place(self, place);
            }
            debug_assert!(ptr::eq(&*gone.worker, worker) && !gone.runs_a_work());
            gone
        })
    }

    /// `worker` begins with `work`.
    pub(super) fn begin(&self, worker: &Worker, work: Queued) {
        let runs = Running {
            work: work.as_ptr(),
            function: work.function(),
            queue: work.queue(),
            epoch: work.epoch(),
        };
        self.state(|state| state.busy[worker.place(self)].runs = Some(runs));
    }

    /// `worker` has ended what it began.
    pub(super) fn end(&self, worker: &Worker) {
        self.state(|state| state.busy[worker.place(self)].runs = None);
    }

    /// The worker that runs `work`, and the queue for which it does.
    pub(super) fn runner_of(
        &self,
        work: *const WorkStruct,
        function: WorkFn,
    ) -> Option<(Arc<Worker>, *const PoolWorkqueue)> {
        self.state(|state| {
            state.busy.iter().find_map(|busy| {
                let runs = busy.runs.as_ref()?;
                let same = ptr::eq(runs.work, work) && ptr::fn_addr_eq(runs.function, function);
                same.then(|| (busy.worker.clone(), runs.queue))
            })
        })
    }

    /// Calls `f` for each work that runs: whose task runs it, its address, its queue, what it is,
    /// its epoch.
    pub(super) fn each_running(
        &self,
        mut f: impl FnMut(&TaskStruct, usize, *const PoolWorkqueue, &dyn Fn() -> RunsWork, u64),
    ) {
        self.state(|state| {
            for busy in &state.busy {
                let Some(runs) = &busy.runs else { continue };
                // SAFETY: a queue lives as long as it has works that have not finished.
                let name = || unsafe { &*runs.queue }.shared.name.to_string();
                let what = || RunsWork { queue: name(), function: runs.function as usize };
                f(&busy.task, runs.work.addr(), runs.queue, &what, runs.epoch);
            }
        });
    }

    /// The work that the worker `task` runs.
    pub(super) fn what_runs_on(&self, task: &TaskStruct) -> Option<RunsWork> {
        self.state(|state| {
            let runs = state.busy.iter().find(|busy| *task == busy.task)?.runs.as_ref()?;
            // SAFETY: a queue lives as long as it has works that have not finished.
            let queue = unsafe { &*runs.queue };
            Some(RunsWork { queue: queue.shared.name.to_string(), function: runs.function as usize })
        })
    }

    /// The tasks that run works of `queue`.
    pub(super) fn runners_for(&self, queue: *const PoolWorkqueue) -> Vec<TaskId> {
        self.state(|state| {
            let runs_for = |busy: &&Busy| busy.runs.as_ref().is_some_and(|runs| ptr::eq(runs.queue, queue));
            state.busy.iter().filter(runs_for).map(|busy| busy.task.id()).collect()
        })
    }
}
