//! What the runtime keeps per thread of a model. All of them run on one OS thread, so loom keeps it.

use loom::thread;
use std::cell::{Cell, RefCell};
use std::ptr;

loom::thread_local! {
    static CURRENT: Cell<*const ()> = Cell::new(ptr::null());
}

/// The pointer that [`set_current_ptr`] stored last on this thread, or null.
pub(crate) fn current_ptr() -> *const () {
    CURRENT.with(Cell::get)
}

/// Makes `task` the value of [`current_ptr`] on this thread.
pub(crate) fn set_current_ptr(task: *const ()) {
    CURRENT.with(|c| c.set(task));
}

/// Unreachable: only a thread without a Kernel keeps something until its end, and a model's threads have entered one.
pub(crate) fn at_thread_exit(_last: impl FnOnce() + 'static) -> bool {
    false
}

thread_local! {
    // std's, on purpose: the schedule of the execution that fails is told outside of it.
    static SCHEDULE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes down what the current task does, for the schedule that a failing model prints.
#[track_caller]
pub(crate) fn observe(what: impl FnOnce() -> String) {
    let place = std::panic::Location::caller();
    let thread = thread::current();
    let line = format!("{:?} {:<12} {}  [{place}]", thread.id(), thread.name().unwrap_or("main"), what());
    SCHEDULE.with_borrow_mut(|schedule| schedule.push(line));
}

/// Forgets the schedule: a new execution begins.
pub fn begin_schedule() {
    SCHEDULE.with_borrow_mut(Vec::clear);
}

/// The schedule of this execution so far.
pub fn schedule() -> Vec<String> {
    SCHEDULE.with_borrow(Vec::clone)
}
