//! Describes the path from a waiting task along the edges to the tasks that can continue.

use super::circle::name;
use super::edge::{Edge, edges};
use super::words::{how, place_of_wait, since, thing};
use crate::kthread;
use crate::sync::Arc;
use crate::task::{KernelState, Task, WaitKind, asked_to_stop};
use std::fmt::Write;

/// Describes what `task` waits for, which tasks must end the wait, and what those wait for: a line
/// or two each.
pub(crate) fn path(kernel_state: &Arc<KernelState>, task: &Task) -> String {
    let mut out = String::new();
    let all = kernel_state.pids.all();
    let (mut seen, mut next) = (vec![task.pid()], vec![task.clone()]);
    while let Some(at) = next.pop() {
        for edge in add(&mut out, kernel_state, &all, &at) {
            if !seen.contains(&edge.to.pid()) {
                seen.push(edge.to.pid());
                next.push(edge.to);
            }
        }
    }
    out
}

/// Adds a line about `task`, and returns its edges.
fn add(out: &mut String, kernel_state: &Arc<KernelState>, all: &[Task], task: &Task) -> Vec<Edge> {
    let Some(noted) = task.wait_note().snapshot() else {
        // A String takes everything.
        let _ = write!(out, "\n  {} runs{}", name(task), runs(kernel_state, task));
        return Vec::new();
    };
    let edges = edges(all, task, &noted);
    let _ = write!(
        out,
        "\n  {} waits in {}() at {} for {}{}",
        name(task),
        noted.on.call,
        place_of_wait(kernel_state, task, &noted),
        thing(kernel_state, &noted, &edges),
        since(kernel_state, task),
    );
    for edge in &edges.to {
        let _ = write!(out, "\n    {}", how(kernel_state, edge));
        if noted.on.kind == WaitKind::Stop && is_deaf(&edge.to) {
            out.push_str(": it was asked to stop, and sleeps on; does it check kthread_should_stop()?");
        }
    }
    if noted.on.kind == WaitKind::FirstWake {
        out.push_str(": nobody has called wake_up_process() for it");
    }
    edges.to
}

/// True if `task` was asked to stop and sleeps on.
fn is_deaf(task: &Task) -> bool {
    asked_to_stop(task) && task.wait_note().snapshot().is_some()
}

/// The function of a running task.
fn runs(kernel_state: &KernelState, task: &Task) -> String {
    let Some(address) = function_of(task) else { return String::new() };
    let place = place_of_function(kernel_state, task).map(|place| format!(" ({place})")).unwrap_or_default();
    kernel_state.name_of_object(address).map(|name| format!(", in {name}(){place}")).unwrap_or_default()
}

/// The function that a kthread or a worker runs; `None` for Rust code.
fn function_of(task: &Task) -> Option<usize> {
    let work = task.runs_work().map(|work| work.function);
    work.or_else(|| kthread::kthread_func(task).map(|function| function as usize))
}

/// The place in C of the function that a task runs.
pub(crate) fn place_of_function(kernel_state: &KernelState, task: &Task) -> Option<String> {
    // `name_in_c` takes a return address, and names the instruction before it; address + 1 makes
    // that the function's first instruction.
    function_of(task).and_then(|address| kernel_state.name_in_c(address + 1))
}
