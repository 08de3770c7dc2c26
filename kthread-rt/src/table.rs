//! The tasks of a Kernel as a table, as `ps` prints it, and as JSON: what each task is, and what it
//! waits for.

use crate::sync::Arc;
use crate::task::{KernelState, Task};
use crate::trace::TaskId;
use crate::wait_graph::{json_text, waits_for};
use std::fmt;

/// A snapshot of a Kernel's tasks: [`Kernel::task_table`](crate::Kernel::task_table). `Display`
/// prints the table, a line for each task.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let kernel = Kernel::builder().boot()?;
/// let inside = kernel.enter();
/// let task = kthread_create!(|()| 0, (), "new").unwrap();
/// let table = kernel.task_table();
/// assert_eq!(table.rows.last().unwrap().task, task.id());
/// assert!(table.to_string().lines().last().unwrap().contains("its first wake-up"));
/// _ = kthread_stop(&task);
/// # Ok::<(), BootError>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TaskTable {
    /// The tasks, in the order of their pids, without the idle task (which `ps` never shows).
    pub rows: Vec<TaskRow>,
}

/// A task in a [`TaskTable`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TaskRow {
    /// The task.
    pub task: TaskId,
    /// Its full name.
    pub name: String,
    /// The letter of its state, as `ps` shows it.
    pub state: char,
    /// The id of its OS thread; 0 if it has none.
    pub os_tid: i32,
    /// How many locks it holds, as in [`held_locks`](crate::TaskStruct::held_locks).
    pub locks: usize,
    /// What it waits for, in words. `None` if it runs or is ready to run.
    pub waits_for: Option<String>,
}

impl TaskTable {
    pub(crate) fn of(kernel_state: &Arc<KernelState>) -> Self {
        let mut tasks = kernel_state.pids.all();
        tasks.retain(|task| task.pid() != 0);
        Self { rows: tasks.iter().map(|task| row(kernel_state, &tasks, task)).collect() }
    }

    /// Returns the table as JSON: an object with an array `tasks` of objects with `pid`, `comm`,
    /// `name`, `state`, `os_tid`, `locks` and `waits_for`, which may be null.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let json = Kernel::builder().boot()?.task_table().to_json();
    /// assert!(json.starts_with("{\"tasks\":[{\"pid\":1,"));
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn to_json(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(TaskRow::to_json).collect();
        format!("{{\"tasks\":[{}]}}", rows.join(","))
    }
}

fn row(kernel_state: &Arc<KernelState>, all: &[Task], task: &Task) -> TaskRow {
    TaskRow {
        task: task.id(),
        name: task.full_name().to_owned(),
        state: task.state_letter(),
        os_tid: task.known_os_tid(),
        locks: task.held_locks().len(),
        waits_for: waits_for(kernel_state, all, task),
    }
}

impl TaskRow {
    fn to_json(&self) -> String {
        format!(
            "{{\"pid\":{},\"comm\":{},\"name\":{},\"state\":\"{}\",\"os_tid\":{},\"locks\":{},\"waits_for\":{}}}",
            self.task.pid,
            json_text(&self.task.comm),
            json_text(&self.name),
            self.state,
            self.os_tid,
            self.locks,
            self.waits_for.as_deref().map_or("null".into(), json_text),
        )
    }
}

impl fmt::Display for TaskRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, name, state, os_tid, locks, waits_for } = self;
        let waits_for = waits_for.as_deref().unwrap_or("-");
        write!(f, "{:>5} {state} {name:<24} {os_tid:>8} {locks:>5}  {waits_for}", task.pid)
    }
}

impl fmt::Display for TaskTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  PID S {:<24} {:>8} {:>5}  WAITS FOR", "COMM", "OS TID", "LOCKS")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}
