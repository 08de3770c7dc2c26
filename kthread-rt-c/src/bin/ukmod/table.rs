//! Prints the tasks, as a table or as sentences that say what each waits for. The runtime composes
//! the words.

use crate::output::{tell, to_stderr};
use kthread_rt::{Kernel, Task};

/// kthreadd's pid: it always waits.
const KTHREADD: i32 = 2;

/// `comm[pid]`.
pub(crate) fn name(task: &Task) -> String {
    format!("{}[{}]", task.full_name(), task.pid())
}

/// Prints the table.
pub(crate) fn print(kernel: &Kernel) {
    to_stderr(format_args!("{}", kernel.task_table()));
}

/// Prints a line for each task but kthreadd: what it waits for.
pub(crate) fn report_waits(kernel: &Kernel) {
    for row in kernel.task_table().rows.iter().filter(|row| row.task.pid != KTHREADD) {
        let locks = match row.locks {
            0 => String::new(),
            held => format!(", and holds {held} lock(s)"),
        };
        let who = format!("{}[{}]", row.name, row.task.pid);
        match &row.waits_for {
            Some(waits) if waits.starts_with("spins for ") => tell!("  {who} {waits}{locks}"),
            Some(waits) => tell!("  {who} waits for {waits}{locks}"),
            None => tell!("  {who} runs{locks}"),
        }
    }
}
