//! What the runtime keeps per OS thread: which task runs on it, and what to do when the thread
//! ends.

use std::cell::{Cell, RefCell};
use std::ptr;

thread_local! {
    // No destructor and a constant start: reading it is one load from the thread's own segment.
    static CURRENT: Cell<*const ()> = const { Cell::new(ptr::null()) };
    static TOP_ATTACHMENT: Cell<*const ()> = const { Cell::new(ptr::null()) };
    static HANDLERS: Cell<u32> = const { Cell::new(0) };
    static ENDING: Cell<*const ()> = const { Cell::new(ptr::null()) };
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(Vec::new())) };
}

struct AtExit(RefCell<Vec<Box<dyn FnOnce()>>>);

impl Drop for AtExit {
    fn drop(&mut self) {
        for last in self.0.get_mut().drain(..) {
            last();
        }
    }
}

/// The pointer that [`set_current_ptr`] stored last on this thread, or null.
#[inline(always)]
pub(crate) fn current_ptr() -> *const () {
    CURRENT.with(Cell::get)
}

/// Makes `task` the value of [`current_ptr`] on this thread.
#[inline]
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

/// The kthread of this OS thread is over; its Kernel, which `kernel_state` names, will join the OS
/// thread.
pub(crate) fn mark_ending(kernel_state: *const ()) {
    ENDING.with(|c| c.set(kernel_state));
}

/// True if this OS thread is one that the Kernel `kernel_state` is about to join.
pub(crate) fn is_ending(kernel_state: *const ()) -> bool {
    ENDING.with(|c| ptr::eq(c.get(), kernel_state))
}

/// Runs `last` among this thread's thread-local destructors; false if they have already run.
pub(crate) fn at_thread_exit(last: impl FnOnce() + 'static) -> bool {
    AT_EXIT.try_with(|at| at.0.borrow_mut().push(Box::new(last))).is_ok()
}
