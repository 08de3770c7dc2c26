//! The wait graph: which task waits for which other task.
//!
//! Each waiting task has a [note](crate::task) of its wait. An *edge* leads from the task to each
//! task that must act before the wait can end: every holder of the lock, the task that runs the
//! work item, the thread that is to end or park, the readers that a grace period waits for. A
//! completion has no edge, since any task may complete it, unless one task is
//! [named](crate::Completion::is_due_from) as its completer.
//!
//! * `edge` finds the edges of one wait, from data that other tasks may change at the same time.
//! * [`circle`] searches for a circle, which is a deadlock, when a wait begins.
//! * `show` prints the graph for people and programs:
//!   [`Kernel::wait_graph`](crate::Kernel::wait_graph).

mod circle;
mod due;
mod edge;
mod json;
mod path;
mod short;
mod show;
mod words;

pub use due::{Due, is_not_due};
pub use show::{Ender, WaitEdge, WaitGraph};

pub(crate) use circle::before_wait;
pub(crate) use json::text as json_text;
pub(crate) use path::{path, place_of_function};
pub(crate) use short::waits_for;
pub(crate) use words::place_of_wait;
