//! What the runtime keeps per thread of a model. All of them run on one OS thread, so the checker
//! keeps it.

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

/// Which kinds of handlers the thread is in: what [`set_handlers`] stored last on this thread, or
/// 0.
pub(crate) fn handlers() -> u32 {
    HANDLERS.with(Cell::get)
}

/// Makes `kinds` the value of [`handlers`] on this thread.
pub(crate) fn set_handlers(kinds: u32) {
    HANDLERS.with(|h| h.set(kinds));
}

/// Nothing of a model's runs on a thread after its main function.
pub(crate) fn mark_ending(_kernel_state: *const ()) {}

/// As [`mark_ending`].
pub(crate) fn is_ending(_kernel_state: *const ()) -> bool {
    false
}

/// Unreachable: only a thread without a Kernel keeps something until its end, and a model's threads
/// have entered one.
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
    /// How many steps of the stage come before the first one that is explored.
    stage: usize,
}

thread_local! {
    // std's, on purpose: the schedule of the execution that fails is told outside of it.
    static SCHEDULE: RefCell<Schedule> = RefCell::new(Schedule::default());
}

thread_local! {
    // std's, on purpose: it is about all threads of a model.
    static HAS_READERS: Cell<bool> = const { Cell::new(false) };
}

/// A new execution begins, or a task of it enters a section of `rcu_read_lock`.
pub(crate) fn set_has_readers(has: bool) {
    HAS_READERS.set(has);
}

/// Whether a task of this execution has ever been in a section of `rcu_read_lock`.
///
/// The statics of a model go with its main thread, while another may be using them. So a thread
/// that ends asks for readers only in a model that has some, which joins its threads.
pub(crate) fn has_readers() -> bool {
    HAS_READERS.get()
}

/// Writes down what the calling thread does, for the schedule that a failing model prints.
#[track_caller]
pub(crate) fn observe(what: &'static str, value: usize, show: fn(usize) -> String) {
    observe_at(what, value, show, Location::caller());
}

/// As [`observe`], of what was called at `place`.
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
            // Its number is nowhere but in its debug form; 0 is the one that the model begins with.
            _ => match format!("{:?}", thread.id()).replace(|c: char| !c.is_ascii_digit(), "").as_str() {
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
        schedule.stage = 0;
    });
}

/// The steps so far are no part of the schedule: they were the stage.
pub(in crate::sync) fn begin_explored() {
    SCHEDULE.with_borrow_mut(|schedule| schedule.stage = schedule.steps.len());
}

/// True if there was no step yet that is part of the schedule.
pub(in crate::sync) fn is_stage() -> bool {
    SCHEDULE.with_borrow(|schedule| schedule.stage == schedule.steps.len())
}

/// The schedule of this execution so far, from where it began to be explored.
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
