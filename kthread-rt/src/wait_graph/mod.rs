//! Who waits for whom: the graph of the tasks that wait, and of those who are to end their waits.
//!
//! A task that waits has a note of it ([`wait_note`](crate::task)). An *edge* leads from it to each
//! task without which the wait does not end: all that hold the lock, who runs the work, the thread
//! whose end or parking is awaited, the readers that a grace period waits for. What anybody may
//! end, as a completion, leads nowhere, unless a task has [said](crate::Completion::is_due_from)
//! that it will complete it.
//!
//! * `edge` finds the edges of one wait. They are a look at what others write at the same time.
//! * [`circle`] looks for a circle when a wait begins: a deadlock.
//! * `show` is the graph for people and programs:
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
