//! The pid table of a Kernel: every task from its creation to its end.

use super::Task;
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
}

impl PidTable {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Pids { last: KTHREADD_PID, init_given: false, tasks: BTreeMap::new() }))
    }

    /// Gives out a pid that no task has, for a task that [`insert`](Self::insert) will add. The first is 3.
    pub(crate) fn allocate(&self) -> i32 {
        let mut pids = self.0.lock();
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
        self.0.lock().tasks.insert(task.pid(), task.clone());
    }

    /// Forgets the task with this pid.
    pub(crate) fn remove(&self, pid: i32) {
        let gone = self.0.lock().tasks.remove(&pid);
        // Dropped without the lock: it may be the last reference.
        drop(gone);
    }

    /// The task with this pid.
    pub(crate) fn find(&self, pid: i32) -> Option<Task> {
        self.0.lock().tasks.get(&pid).cloned()
    }

    /// All tasks, by pid.
    pub(crate) fn all(&self) -> Vec<Task> {
        self.0.lock().tasks.values().cloned().collect()
    }
}
