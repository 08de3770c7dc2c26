//! The edges of one wait: the tasks that must act to end it.

use super::due::due_from;
use crate::rcu;
use crate::task::{HeldLock, KernelState, Noted, Task, TaskStruct, WaitKind};
use crate::workqueue::{RunsWork, awaited_for_queue, awaited_for_work};

/// A task that must act before a wait can end.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    pub(crate) to: Task,
    pub(crate) how: How,
}

/// What the task must do.
#[derive(Debug, Clone)]
pub(crate) enum How {
    /// Release this lock.
    Holds(HeldLock),
    /// Complete the completion.
    Completes,
    /// Finish the work item that it runs.
    Runs(RunsWork),
    /// Reach the work item in the queue that it serves.
    Serves,
    /// End.
    Ends,
    /// Park.
    Parks,
    /// Fall asleep.
    Sleeps,
    /// Create a thread.
    Creates,
    /// Return from a callback.
    CallsBack,
    /// Leave its RCU critical section.
    Reads,
}

impl How {
    /// True if a waiting task can't do it, because it takes a running task.
    pub(crate) fn takes_running(&self) -> bool {
        !matches!(self, Self::Sleeps)
    }
}

/// The edges, and details of the wait that its note does not have.
#[derive(Debug, Default)]
pub(crate) struct Edges {
    pub(crate) to: Vec<Edge>,
    /// The work item, if the wait is for one.
    pub(crate) work: Option<RunsWork>,
    /// The workqueue's name, if the wait is for one.
    pub(crate) queue: Option<String>,
}

/// The edges of `task`, whose wait is `noted`. `all` are the Kernel's tasks.
pub(crate) fn edges(all: &[Task], task: &TaskStruct, noted: &Noted) -> Edges {
    let known = |how: How| {
        let to = (noted.by != 0).then(|| task.kernel_state().pids.find(noted.by)).flatten();
        Edges { to: to.map(|to| Edge { to, how }).into_iter().collect(), ..Edges::default() }
    };
    match noted.on.kind {
        WaitKind::Stop => known(How::Ends),
        WaitKind::Park => known(How::Parks),
        WaitKind::Inactive => known(How::Sleeps),
        WaitKind::Create => known(How::Creates),
        WaitKind::Timer | WaitKind::Softirq => known(How::CallsBack),
        WaitKind::Work if noted.by != 0 => known(How::Serves),
        WaitKind::Work => of_works(awaited_for_work(task.kernel_state(), noted.on.address)),
        WaitKind::Workqueue => of_works(awaited_for_queue(task)),
        WaitKind::Rcu | WaitKind::RcuBarrier => of_readers(all),
        WaitKind::Mutex
        | WaitKind::RtMutex
        | WaitKind::WwMutex
        | WaitKind::RwSem
        | WaitKind::PercpuRwSem
        | WaitKind::Semaphore
        | WaitKind::SpinLock
        | WaitKind::RwLock => of_holders(all, noted.on.address),
        WaitKind::Completion => of_completers(task.kernel_state(), noted.on.address),
        _ => Edges::default(),
    }
}

fn of_works(awaited: crate::workqueue::Awaited) -> Edges {
    let to = awaited.runners.into_iter().map(|(to, runs)| Edge { to, how: How::Runs(runs) }).collect();
    Edges { to, work: awaited.work, queue: awaited.queue }
}

fn of_readers(all: &[Task]) -> Edges {
    let readers = all.iter().filter(|task| rcu::is_awaited(task));
    Edges { to: readers.map(|to| Edge { to: to.clone(), how: How::Reads }).collect(), ..Edges::default() }
}

fn of_completers(kernel_state: &KernelState, address: usize) -> Edges {
    // If several tasks are named, any of them may complete it, so no edge is certain.
    let due = due_from(kernel_state, address);
    let task = (due.len() == 1).then(|| kernel_state.pids.find(due[0])).flatten();
    Edges { to: task.into_iter().map(|to| Edge { to, how: How::Completes }).collect(), ..Edges::default() }
}

fn of_holders(all: &[Task], address: usize) -> Edges {
    let holds = |task: &Task| {
        let lock = task.held_locks().into_iter().find(|lock| lock.address == address)?;
        Some(Edge { to: task.clone(), how: How::Holds(lock) })
    };
    Edges { to: all.iter().filter_map(holds).collect(), ..Edges::default() }
}
