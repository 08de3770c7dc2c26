//! What the runtime keeps per thread of a model. All of them run on one OS thread, so loom keeps it.

use loom::thread::{self, ThreadId};
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
#[derive(Debug, Clone, Copy)]
struct Step {
    thread: ThreadId,
    what: &'static str,
    value: usize,
    show: fn(usize) -> String,
    place: &'static Location<'static>,
}

#[derive(Debug, Default)]
struct Schedule {
    names: HashMap<ThreadId, String>,
    steps: Vec<Step>,
}

thread_local! {
    // std's, on purpose: the schedule of the execution that fails is told outside of it.
    static SCHEDULE: RefCell<Schedule> = RefCell::new(Schedule::default());
}

/// Writes down what the calling thread does, for the schedule that a failing model prints.
#[track_caller]
pub(crate) fn observe(what: &'static str, value: usize, show: fn(usize) -> String) {
    let (thread, place) = (thread::current(), Location::caller());
    SCHEDULE.with_borrow_mut(|schedule| {
        schedule.names.entry(thread.id()).or_insert_with(|| match thread.name() {
            Some(name) => name.to_owned(),
            // Its number is nowhere but in its debug form; 0 is the one that the model begins with.
            None => match format!("{:?}", thread.id()).replace(|c: char| !c.is_ascii_digit(), "").as_str() {
                "0" => "main".to_owned(),
                number => format!("thread {number}"),
            },
        });
        schedule.steps.push(Step { thread: thread.id(), what, value, show, place });
    });
}

/// Forgets the schedule: a new execution begins.
pub(super) fn begin_schedule() {
    SCHEDULE.with_borrow_mut(|schedule| {
        schedule.names.clear();
        schedule.steps.clear();
    });
}

/// The schedule of this execution so far, a line for each step.
pub fn schedule() -> Vec<String> {
    SCHEDULE.with_borrow(|schedule| {
        let line = |step: &Step| {
            let Step { thread, what, value, show, place } = step;
            let name = schedule.names.get(thread).map_or("?", String::as_str);
            format!("{name:<16} {what} {}  [{}:{}]", show(*value), place.file(), place.line())
        };
        schedule.steps.iter().map(line).collect()
    })
}
