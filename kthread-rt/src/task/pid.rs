//! The pid table of a Kernel: every task from its creation to its end.

use super::{Task, TaskStruct};
use crate::diag::too_many;
use crate::sync::Mutex;
use std::collections::BTreeMap;
use std::mem;

/// The limit after which pids start again: `PID_MAX_LIMIT` of a 64-bit kernel.
const PID_MAX: i32 = 4 * 1024 * 1024;

/// The pid after the limit: the kernel's `RESERVED_PIDS`.
const RESERVED_PIDS: i32 = 300;

/// The idle task's pid.
pub(crate) const IDLE_PID: i32 = 0;
/// The pid of the task that boots the Kernel.
pub(crate) const INIT_PID: i32 = 1;
/// kthreadd's pid.
pub(crate) const KTHREADD_PID: i32 = 2;

/// The table.
#[derive(Debug)]
pub(crate) struct PidTable(Mutex<Pids>);

#[derive(Debug)]
struct Pids {
    last: i32,
    init_given: bool,
    tasks: BTreeMap<i32, Task>,
    /// The idle task, which has the head of the list of all tasks, until it is removed.
    idle: Option<Task>,
}

impl PidTable {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Pids { last: KTHREADD_PID, init_given: false, tasks: BTreeMap::new(), idle: None }))
    }

    /// Returns a pid that no task has, for a task that [`insert`](Self::insert) will add. The first
    /// is 3.
    pub(crate) fn allocate(&self) -> i32 {
        let mut pids = self.0.lock();
        if pids.tasks.len() >= (PID_MAX - RESERVED_PIDS) as usize {
            too_many("tasks");
        }
        loop {
            pids.last = if pids.last + 1 < PID_MAX { pids.last + 1 } else { RESERVED_PIDS };
            if !pids.tasks.contains_key(&pids.last) {
                return pids.last;
            }
        }
    }

    /// True for one caller only, which becomes init.
    pub(crate) fn claim_init(&self) -> bool {
        !mem::replace(&mut self.0.lock().init_given, true)
    }

    /// Adds `task` under its pid.
    pub(crate) fn insert(&self, task: &Task) {
        let mut pids = self.0.lock();
        if task.pid() == IDLE_PID {
            pids.idle = Some(task.clone());
        }
        // SAFETY: under the table's lock, which keeps the tasks in it alive; the task has a
        // reference to its parent.
        unsafe { task.join_lists(pids.idle.as_deref(), || pids.tasks.get(&INIT_PID).map(|init| &**init)) };
        pids.tasks.insert(task.pid(), task.clone());
    }

    /// Removes the task with this pid. The caller gets the table's reference, because RCU readers
    /// may still use the task.
    #[must_use]
    pub(crate) fn remove(&self, pid: i32) -> Option<Task> {
        let mut pids = self.0.lock();
        let gone = pids.tasks.remove(&pid)?;
        if pid == IDLE_PID {
            pids.idle = None;
        }
        let init = pids.tasks.get(&INIT_PID).or(pids.idle.as_ref());
        // SAFETY: under the table's lock. The tasks in the table are alive, and so are those on
        // their lists.
        unsafe { gone.leave_lists(init.map(|init| &**init)) };
        Some(gone)
    }

    /// The task with the next higher pid.
    pub(crate) fn after(&self, pid: i32) -> Option<Task> {
        let pids = self.0.lock();
        let next = pids.tasks.range(pid.checked_add(1)?..).next();
        next.map(|(_, task)| task.clone())
    }

    /// The task with this pid.
    pub(crate) fn find(&self, pid: i32) -> Option<Task> {
        self.0.lock().tasks.get(&pid).cloned()
    }

    /// Calls `f` with each task in the order of pids. `f` must not use the table.
    pub(crate) fn for_each(&self, f: impl FnMut(&TaskStruct)) {
        self.0.lock().tasks.values().map(|task| &**task).for_each(f);
    }

    /// All tasks in the order of pids.
    pub(crate) fn all(&self) -> Vec<Task> {
        self.0.lock().tasks.values().cloned().collect()
    }
}
