//! The runtime's thread-local data in a model. All threads of a model share one OS thread, so this
//! uses the checker's thread-locals.

use crate::sync::checker::thread::{self, ThreadId};
use crate::sync::{checker, plan};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::Location;
use std::ptr;

checker::thread_local! {
    static CURRENT: Cell<*const ()> = Cell::new(ptr::null());
    static TOP_ATTACHMENT: Cell<*const ()> = Cell::new(ptr::null());
    static HANDLERS: Cell<u32> = Cell::new(0);
}

/// Returns the pointer that [`set_current_ptr`] stored last on this thread, or null.
pub(crate) fn current_ptr() -> *const () {
    CURRENT.with(Cell::get)
}

/// Sets the value of [`current_ptr`] on this thread.
pub(crate) fn set_current_ptr(task: *const ()) {
    CURRENT.with(|c| c.set(task));
}

/// Returns the pointer that [`set_top_attachment`] stored last on this thread, or null.
pub(crate) fn top_attachment() -> *const () {
    TOP_ATTACHMENT.with(Cell::get)
}

/// Sets the value of [`top_attachment`] on this thread.
pub(crate) fn set_top_attachment(link: *const ()) {
    TOP_ATTACHMENT.with(|c| c.set(link));
}

/// Returns the kinds of handlers that run on this thread: the value that [`set_handlers`] stored
/// last, or 0.
pub(crate) fn handlers() -> u32 {
    HANDLERS.with(Cell::get)
}

/// Sets the value of [`handlers`] on this thread.
pub(crate) fn set_handlers(kinds: u32) {
    HANDLERS.with(|h| h.set(kinds));
}

/// Does nothing: in a model, no code runs on a thread after its main function.
pub(crate) fn mark_ending(_kernel_state: *const ()) {}

/// As [`mark_ending`].
pub(crate) fn is_ending(_kernel_state: *const ()) -> bool {
    false
}

/// Never called in a model: only threads that have entered no Kernel use it, and a model's threads
/// have entered one.
pub(crate) fn at_thread_exit(_last: impl FnOnce() + 'static) -> bool {
    false
}

/// A line of the schedule. It is not formatted yet, since most schedules are never printed.
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
    /// How many steps belong to the stage, before the exploration begins.
    stage: usize,
}

thread_local! {
    // std's, on purpose: the schedule of a failed execution is printed after that execution.
    static SCHEDULE: RefCell<Schedule> = RefCell::new(Schedule::default());
}

thread_local! {
    // std's, on purpose: all threads of a model share it.
    static HAS_READERS: Cell<bool> = const { Cell::new(false) };
}

/// Sets the value of [`has_readers`]: false for a new execution, true when a task enters an
/// `rcu_read_lock` section.
pub(crate) fn set_has_readers(has: bool) {
    HAS_READERS.set(has);
}

/// Whether a task of this execution has ever been in an `rcu_read_lock` section.
///
/// The statics of a model are dropped with its main thread, perhaps while another thread uses them.
/// So an ending thread checks for readers only in a model that has some; such a model joins its
/// threads.
pub(crate) fn has_readers() -> bool {
    HAS_READERS.get()
}

/// Records a step of the calling thread, for the schedule that a failing model prints.
#[track_caller]
pub(crate) fn observe(what: &'static str, value: usize, show: fn(usize) -> String) {
    observe_at(what, value, show, Location::caller());
}

/// As [`observe`], for a call at `place`.
pub(crate) fn observe_at(
    what: &'static str,
    value: usize,
    show: fn(usize) -> String,
    place: &'static Location<'static>,
) {
    let thread = thread::current();
    SCHEDULE.with_borrow_mut(|schedule| {
        schedule.names.entry(thread.id()).or_insert_with(|| match thread.name() {
            Some(name) if name != checker::NAME_OF_MAIN => name.to_owned(),
            // Only the debug form has the thread's number; 0 is the thread that the execution
            // begins with.
            _ => match format!("{:?}", thread.id()).replace(|c: char| !c.is_ascii_digit(), "").as_str() {
                "0" => "main".to_owned(),
                number => format!("thread {number}"),
            },
        });
        schedule.steps.push(Step { thread: thread.id(), what, value, show, place });
    });
}

/// Clears the schedule for a new execution.
pub(super) fn begin_schedule() {
    SCHEDULE.with_borrow_mut(|schedule| {
        schedule.names.clear();
        schedule.steps.clear();
        schedule.stage = 0;
    });
}

/// Marks the steps so far as the stage, which is not part of the schedule.
pub(in crate::sync) fn begin_explored() {
    SCHEDULE.with_borrow_mut(|schedule| schedule.stage = schedule.steps.len());
}

/// Returns true if no step of the schedule was recorded yet.
pub(in crate::sync) fn is_stage() -> bool {
    SCHEDULE.with_borrow(|schedule| schedule.stage == schedule.steps.len())
}

/// Returns the schedule of this execution so far, from the start of the exploration.
pub fn schedule() -> Vec<plan::Step> {
    SCHEDULE.with_borrow(|schedule| {
        let told = |step: &Step| {
            let Step { thread, what, value, show, place } = step;
            let thread = schedule.names.get(thread).map_or("?", String::as_str).to_owned();
            let what = format!("{what} {}", show(*value)).trim_end().to_owned();
            plan::Step { thread, what, place }
        };
        schedule.steps[schedule.stage..].iter().map(told).collect()
    })
}
