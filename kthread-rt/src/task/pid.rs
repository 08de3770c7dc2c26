//! The pid table of a Kernel: every task from its creation to its end.

use super::{Task, TaskStruct};
use crate::diag::too_many;
use crate::sync::Mutex;
use std::collections::BTreeMap;
use std::mem;

/// Pids run up to here and then start again: `PID_MAX_LIMIT` of a 64-bit kernel.
const PID_MAX: i32 = 4 * 1024 * 1024;

/// The first pid that is given out again: the kernel's `RESERVED_PIDS`.
const RESERVED_PIDS: i32 = 300;

/// The idle task's pid.
pub(crate) const IDLE_PID: i32 = 0;
/// The pid of the task that boots.
pub(crate) const INIT_PID: i32 = 1;
/// kthreadd's pid.
pub(crate) const KTHREADD_PID: i32 = 2;

/// Which task has which pid.
#[derive(Debug)]
pub(crate) struct PidTable(Mutex<Pids>);

#[derive(Debug)]
struct Pids {
    last: i32,
    init_given: bool,
    tasks: BTreeMap<i32, Task>,
    /// The idle task, which has the head of the list of all; until it is removed.
    idle: Option<Task>,
}

impl PidTable {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Pids { last: KTHREADD_PID, init_given: false, tasks: BTreeMap::new(), idle: None }))
    }

    /// Gives out a pid that no task has, for a task that [`insert`](Self::insert) will add. The
    /// first is 3.
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

    /// True for one caller only: that one is init.
    pub(crate) fn claim_init(&self) -> bool {
        !mem::replace(&mut self.0.lock().init_given, true)
    }

    /// Makes `task` known under its pid.
    pub(crate) fn insert(&self, task: &Task) {
        let mut pids = self.0.lock();
        if task.pid() == IDLE_PID {
            pids.idle = Some(task.clone());
        }
        // SAFETY: under the table's lock, which keeps those that are in it; the task's parent has a
        // reference of the task's.
        unsafe { task.join_lists(pids.idle.as_deref(), || pids.tasks.get(&INIT_PID).map(|init| &**init)) };
        pids.tasks.insert(task.pid(), task.clone());
    }

    /// Forgets the task with this pid. The table's reference is the caller's: for readers may be
    /// looking at the task.
    #[must_use]
    pub(crate) fn remove(&self, pid: i32) -> Option<Task> {
        let mut pids = self.0.lock();
        let gone = pids.tasks.remove(&pid)?;
        if pid == IDLE_PID {
            pids.idle = None;
        }
        let init = pids.tasks.get(&INIT_PID).or(pids.idle.as_ref());
        // SAFETY: under the table's lock. Who is in the table is alive, and so are those in its
        // lists.
        unsafe { gone.leave_lists(init.map(|init| &**init)) };
        Some(gone)
    }

    /// The task with the least pid above this one.
    pub(crate) fn after(&self, pid: i32) -> Option<Task> {
        let pids = self.0.lock();
        let next = pids.tasks.range(pid.checked_add(1)?..).next();
        next.map(|(_, task)| task.clone())
    }

    /// The task with this pid.
    pub(crate) fn find(&self, pid: i32) -> Option<Task> {
        self.0.lock().tasks.get(&pid).cloned()
    }

    /// Calls `f` with each task, by pid. It must not come here again.
    pub(crate) fn for_each(&self, f: impl FnMut(&TaskStruct)) {
        self.0.lock().tasks.values().map(|task| &**task).for_each(f);
    }

    /// All tasks, by pid.
    pub(crate) fn all(&self) -> Vec<Task> {
        self.0.lock().tasks.values().cloned().collect()
    }
}
