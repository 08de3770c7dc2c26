//! What the runtime keeps per OS thread: which task runs on it, and what to do when the thread ends.

use std::cell::{Cell, RefCell};
use std::ptr;

thread_local! {
    // No destructor and a constant start: reading it is one load from the thread's own segment.
    static CURRENT: Cell<*const ()> = const { Cell::new(ptr::null()) };
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

/// Runs `last` among this thread's thread-local destructors; false if they have already run.
pub(crate) fn at_thread_exit(last: impl FnOnce() + 'static) -> bool {
    AT_EXIT.try_with(|at| at.0.borrow_mut().push(Box::new(last))).is_ok()
}
