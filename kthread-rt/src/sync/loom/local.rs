//! What the runtime keeps per thread of a model. All of them run on one OS thread, so loom keeps it.

use loom::thread;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::Location;
use std::ptr;

loom::thread_local! {
    static CURRENT: Cell<*const ()> = Cell::new(ptr::null());
    static TOP_ATTACHMENT: Cell<*const ()> = Cell::new(ptr::null());
}

/// The pointer that [`set_current_ptr`] stored last on this thread, or null.
pub(crate) fn current_ptr() -> *const () {
    CURRENT.with(Cell::get)
}

/// Makes `task` the value of [`current_ptr`] on this thread.
pub(crate) fn set_current_ptr(task: *const ()) {
    CURRENT.with(|c| c.set(task));
    let thread = thread::current();
    let name = thread.name().unwrap_or("main");
    write_down(Entry::Becomes(task, format!("{:?} {name}", thread.id())));
}

/// The pointer that [`set_top_attachment`] stored last on this thread, or null.
pub(crate) fn top_attachment() -> *const () {
    TOP_ATTACHMENT.with(Cell::get)
}

/// Makes `link` the value of [`top_attachment`] on this thread.
pub(crate) fn set_top_attachment(link: *const ()) {
    TOP_ATTACHMENT.with(|c| c.set(link));
}

/// Nothing of a model's runs on a thread after its main function.
pub(crate) fn mark_ending(_machine: *const ()) {}

/// As [`mark_ending`].
pub(crate) fn is_ending(_machine: *const ()) -> bool {
    false
}

/// Unreachable: only a thread without a Kernel keeps something until its end, and a model's threads have entered one.
pub(crate) fn at_thread_exit(_last: impl FnOnce() + 'static) -> bool {
    false
}

/// A line of the schedule, kept small: most schedules are never told.
#[derive(Debug, Clone)]
enum Entry {
    /// A thread has another current task from here on.
    Becomes(*const (), String),
    /// A task does something.
    Does {
        task: *const (),
        what: &'static str,
        value: usize,
        show: fn(usize) -> String,
        place: &'static Location<'static>,
    },
}

thread_local! {
    // std's, on purpose: the schedule of the execution that fails is told outside of it.
    static SCHEDULE: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

fn write_down(entry: Entry) {
    SCHEDULE.with_borrow_mut(|schedule| schedule.push(entry));
}

/// Writes down what the current task does, for the schedule that a failing model prints.
#[track_caller]
pub(crate) fn observe(what: &'static str, value: usize, show: fn(usize) -> String) {
    write_down(Entry::Does { task: current_ptr(), what, value, show, place: Location::caller() });
}

/// Forgets the schedule: a new execution begins.
pub fn begin_schedule() {
    SCHEDULE.with_borrow_mut(Vec::clear);
}

/// The schedule of this execution so far, a line for each step.
pub fn schedule() -> Vec<String> {
    let mut threads: HashMap<*const (), String> = HashMap::new();
    let mut lines = Vec::new();
    SCHEDULE.with_borrow(|schedule| {
        for entry in schedule {
            match entry {
                Entry::Becomes(task, thread) => {
                    threads.insert(*task, thread.clone());
                }
                Entry::Does { task, what, value, show, place } => {
                    let thread = threads.get(task).map_or("?", String::as_str);
                    lines.push(format!("{thread:<24} {what} {}  [{place}]", show(*value)));
                }
            }
        }
    });
    lines
}
