//! The wait graph for people and programs: text, JSON, Graphviz.

use super::edge::edges;
use super::json_text;
use super::words::{how, place_of_wait, slept_for, thing};
use crate::sync::Arc;
use crate::task::{KernelState, Task, WaitKind};
use crate::trace::TaskId;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// The wait graph at one moment: [`Kernel::wait_graph`](crate::Kernel::wait_graph).
///
/// `Display` prints each wait, with a line for each task that must end it. A wait in a circle
/// never ends.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let kernel = Kernel::builder().boot()?;
/// let inside = kernel.enter();
/// let never = Completion::new();
/// let deaf = kthread_run!(|never| { wait_for_completion_killable(never).map_or(4, |()| 0) }, Box::leak(Box::new(never)), "deaf").unwrap();
/// _ = wait_task_inactive(&deaf, TASK_RUNNING); // it sleeps, in whatever state
/// let graph = kernel.wait_graph();
/// let wait = graph.waits.iter().find(|wait| wait.task.comm == "deaf").unwrap();
/// assert_eq!((wait.call, wait.enders.len()), ("wait_for_completion_killable", 0));
/// assert!(graph.to_string().contains("\"deaf\" (pid 3) waits in wait_for_completion_killable()"));
/// # Ok::<(), BootError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WaitGraph {
    /// The waits, ordered by the pid of the waiting task. Idle workers are left out.
    pub waits: Vec<WaitEdge>,
}

/// A wait.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WaitEdge {
    /// The waiting task.
    pub task: TaskId,
    /// The task's state, by its kernel name.
    pub state: String,
    /// The kind of thing that it waits for.
    pub kind: WaitKind,
    /// What it waits for, in words.
    pub thing: String,
    /// The function that waits.
    pub call: &'static str,
    /// The place of that call.
    pub place: String,
    /// How long it has slept, in nanoseconds, in a Kernel with
    /// [`debug`](crate::KernelBuilder::debug).
    pub slept_ns: Option<u64>,
    /// The tasks that must end it. Empty if any task may.
    pub enders: Vec<Ender>,
    /// True if it is part of a circle of waits.
    pub in_circle: bool,
}

/// A task that must end a wait.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ender {
    /// The task.
    pub task: TaskId,
    /// A phrase that says why it must.
    pub how: String,
}

impl WaitGraph {
    pub(crate) fn of(kernel_state: &Arc<KernelState>) -> Self {
        let all = kernel_state.pids.all();
        let mut waits: Vec<WaitEdge> =
            all.iter().filter_map(|task| wait_of(kernel_state, &all, task)).collect();
        let ends: BTreeMap<i32, Vec<i32>> = waits
            .iter()
            .filter(|wait| wait.kind != WaitKind::Inactive)
            .map(|wait| (wait.task.pid, wait.enders.iter().map(|ender| ender.task.pid).collect()))
            .collect();
        for wait in &mut waits {
            wait.in_circle = reaches_itself(&ends, wait.task.pid);
        }
        Self { waits }
    }

    /// Returns the graph as JSON: an object with an array `waits`, of objects with the fields of
    /// [`WaitEdge`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert!(Kernel::builder().boot()?.wait_graph().to_json().starts_with("{\"waits\":["));
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn to_json(&self) -> String {
        let waits: Vec<String> = self.waits.iter().map(WaitEdge::to_json).collect();
        format!("{{\"waits\":[{}]}}", waits.join(","))
    }

    /// Returns the graph in Graphviz's language. Tasks are boxes, and an arrow leads from a waiting
    /// task to each task that must end the wait. Waits in a circle are red.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert!(Kernel::builder().boot()?.wait_graph().to_dot().starts_with("digraph waits {"));
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn to_dot(&self) -> String {
        let mut out = String::from("digraph waits {\n  node [shape=box];\n");
        for wait in &self.waits {
            let colour = if wait.in_circle { ", color=red" } else { "" };
            let label = json_text(&format!("{}\n{}() at {}", id(&wait.task), wait.call, wait.place));
            // A String takes everything.
            let _ =
                writeln!(out, "  t{} [label={}{colour}];", wait.task.pid, label.replace("\\u000a", "\\n"));
            for ender in &wait.enders {
                let _ = writeln!(
                    out,
                    "  t{} -> t{} [label={}{colour}];",
                    wait.task.pid,
                    ender.task.pid,
                    json_text(&wait.thing)
                );
            }
            if wait.enders.is_empty() {
                let thing = json_text(&wait.thing);
                let _ =
                    writeln!(out, "  t{0} -> w{0};\n  w{0} [shape=ellipse, label={thing}];", wait.task.pid);
            }
        }
        let waits = |pid| self.waits.iter().any(|wait| wait.task.pid == pid);
        let runs: BTreeMap<i32, &TaskId> = self
            .waits
            .iter()
            .flat_map(|wait| &wait.enders)
            .filter(|ender| !waits(ender.task.pid))
            .map(|ender| (ender.task.pid, &ender.task))
            .collect();
        for (pid, task) in runs {
            let _ = writeln!(out, "  t{pid} [label={}];", json_text(&id(task)));
        }
        out.push_str("}\n");
        out
    }
}

fn id(task: &TaskId) -> String {
    format!("{}[{}]", task.comm, task.pid)
}

fn wait_of(kernel_state: &Arc<KernelState>, all: &[Task], task: &Task) -> Option<WaitEdge> {
    let noted = task.wait_note().snapshot()?;
    if noted.on.kind == WaitKind::Idle {
        return None;
    }
    let edges = edges(all, task, &noted);
    Some(WaitEdge {
        task: task.id(),
        state: task.state().to_string(),
        kind: noted.on.kind,
        thing: thing(kernel_state, &noted, &edges),
        call: noted.on.call,
        place: place_of_wait(kernel_state, task, &noted),
        slept_ns: slept_for(kernel_state, task),
        enders: edges.to.iter().map(|to| Ender { task: to.to.id(), how: how(kernel_state, to) }).collect(),
        in_circle: false,
    })
}

fn reaches_itself(ends: &BTreeMap<i32, Vec<i32>>, pid: i32) -> bool {
    let (mut seen, mut next) = (Vec::new(), vec![pid]);
    while let Some(at) = next.pop() {
        for &to in ends.get(&at).into_iter().flatten() {
            if to == pid {
                return true;
            }
            if !seen.contains(&to) {
                seen.push(to);
                next.push(to);
            }
        }
    }
    false
}

impl WaitEdge {
    fn to_json(&self) -> String {
        let enders = self.enders.iter().map(|ender| {
            format!("{{\"task\":{},\"how\":{}}}", task_json(&ender.task), json_text(&ender.how))
        });
        format!(
            "{{\"task\":{},\"state\":{},\"kind\":{},\"thing\":{},\"call\":{},\"place\":{},\"slept_ns\":{},\"enders\":[{}],\
             \"in_circle\":{}}}",
            task_json(&self.task),
            json_text(&self.state),
            json_text(&format!("{:?}", self.kind)),
            json_text(&self.thing),
            json_text(self.call),
            json_text(&self.place),
            self.slept_ns.map_or("null".into(), |ns| ns.to_string()),
            enders.collect::<Vec<_>>().join(","),
            self.in_circle,
        )
    }
}

fn task_json(task: &TaskId) -> String {
    format!("{{\"pid\":{},\"comm\":{}}}", task.pid, json_text(&task.comm))
}

impl fmt::Display for WaitEdge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, thing, call, place, .. } = self;
        write!(f, "{:?} (pid {}) waits in {call}() at {place} for {thing}", task.comm, task.pid)?;
        if let Some(ns) = self.slept_ns {
            write!(f, " since {:.1} s", ns as f64 / 1e9)?;
        }
        if self.in_circle {
            f.write_str(", in a circle")?;
        }
        self.enders.iter().try_for_each(|ender| write!(f, "\n  {}", ender.how))
    }
}

impl fmt::Display for WaitGraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.waits.iter().try_for_each(|wait| writeln!(f, "{wait}"))
    }
}
