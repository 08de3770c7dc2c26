//! The busy workers of a pool and what they run: workers that are not idle, and rescuers while they
//! run work items.
//!
//! A worker has an entry from when it arrives until it goes idle or ends, not just for one work
//! item. So a work item begins and ends with a few plain stores into the entry under the pool's
//! lock, and without counting references. Between two work items the entry names none.
//!
//! The function of a running work item may have freed the item. So the entry identifies it by its
//! address and its function, since another work item may use the memory by now. Neither pointer is
//! followed.
//!
//! # Invariants
//!
//! `state.busy[worker.place()]` is the worker's entry, as long as it has one.

use super::pool::Locked;
use super::queue::PoolWorkqueue;
use super::work::{Queued, WorkFn, WorkStruct};
use super::worker::{RunsWork, Worker};
use crate::sync::Arc;
use crate::task::{Task, TaskStruct};
use crate::trace::TaskId;
use std::ptr;

/// A busy worker.
pub(super) struct Busy {
    pub(super) worker: Arc<Worker>,
    pub(super) task: Task,
    runs: Option<Running>,
}

/// A running work item. The pointer to it is only compared.
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
    /// Adds the entry of `worker`, whose task is `me`.
    pub(super) fn comes_to_work(&self, me: &TaskStruct, worker: &Arc<Worker>) {
        let busy = Busy { worker: worker.clone(), task: me.get(), runs: None };
        self.state(|state| {
            worker.set_place(self, state.busy.len());
            state.busy.push(busy);
        });
    }

    /// Removes the entry of `worker` and returns it.
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

    /// Records that `worker` begins `work`.
    pub(super) fn begin(&self, worker: &Worker, work: Queued) {
        let runs = Running {
            work: work.as_ptr(),
            function: work.function(),
            queue: work.queue(),
            epoch: work.epoch(),
        };
        self.state(|state| state.busy[worker.place(self)].runs = Some(runs));
    }

    /// Records that `worker` has finished its work item.
    pub(super) fn end(&self, worker: &Worker) {
        self.state(|state| state.busy[worker.place(self)].runs = None);
    }

    /// Returns the worker that runs `work`, and the queue that it runs it for.
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

    /// Calls `f` for each running work item, with its worker's task, its address, its queue, its
    /// description and its epoch.
    pub(super) fn each_running(
        &self,
        mut f: impl FnMut(&TaskStruct, usize, *const PoolWorkqueue, &dyn Fn() -> RunsWork, u64),
    ) {
        self.state(|state| {
            for busy in &state.busy {
                let Some(runs) = &busy.runs else { continue };
                // SAFETY: a queue lives as long as it has unfinished work items.
                let name = || unsafe { &*runs.queue }.shared.name.to_string();
                let what = || RunsWork { queue: name(), function: runs.function as usize };
                f(&busy.task, runs.work.addr(), runs.queue, &what, runs.epoch);
            }
        });
    }

    /// Returns the work item that the worker `task` runs.
    pub(super) fn what_runs_on(&self, task: &TaskStruct) -> Option<RunsWork> {
        self.state(|state| {
            let runs = state.busy.iter().find(|busy| *task == busy.task)?.runs.as_ref()?;
            // SAFETY: a queue lives as long as it has unfinished work items.
            let queue = unsafe { &*runs.queue };
            Some(RunsWork { queue: queue.shared.name.to_string(), function: runs.function as usize })
        })
    }

    /// Returns the tasks that run work items of `queue`.
    pub(super) fn runners_for(&self, queue: *const PoolWorkqueue) -> Vec<TaskId> {
        self.state(|state| {
            let runs_for = |busy: &&Busy| busy.runs.as_ref().is_some_and(|runs| ptr::eq(runs.queue, queue));
            state.busy.iter().filter(runs_for).map(|busy| busy.task.id()).collect()
        })
    }
}
