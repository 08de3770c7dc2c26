//! The runtime's thread-local data: the task that runs on the OS thread, and what to do when the
//! thread ends.

use std::cell::{Cell, RefCell};
use std::ptr;

thread_local! {
    // No destructors and constant initial values: a read is one load from the thread's segment.
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

/// Returns the pointer that [`set_current_ptr`] stored last on this thread, or null.
#[inline(always)]
pub(crate) fn current_ptr() -> *const () {
    CURRENT.with(Cell::get)
}

/// Sets the value of [`current_ptr`] on this thread.
#[inline]
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

/// Records that the kthread of this OS thread has ended, and that its Kernel, `kernel_state`, will
/// join the OS thread.
pub(crate) fn mark_ending(kernel_state: *const ()) {
    ENDING.with(|c| c.set(kernel_state));
}

/// Returns true if the Kernel `kernel_state` is about to join this OS thread.
pub(crate) fn is_ending(kernel_state: *const ()) -> bool {
    ENDING.with(|c| ptr::eq(c.get(), kernel_state))
}

/// Registers `last` to run with this thread's thread-local destructors. Returns false if they have
/// run already.
pub(crate) fn at_thread_exit(last: impl FnOnce() + 'static) -> bool {
    AT_EXIT.try_with(|at| at.0.borrow_mut().push(Box::new(last))).is_ok()
}
