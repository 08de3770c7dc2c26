//! What is to be called on a task's own thread whenever the task goes on from a sleep, or begins;
//! and what, whenever it is about to sleep, or its function is over.
//!
//! A clock that is a variable (the C side's `jiffies`) is set there: who has slept sees a time that
//! is not older than its wake-up. And who sleeps leaves the cpu to others, who have interrupts on.

use std::sync::OnceLock;

static HOOK: OnceLock<fn()> = OnceLock::new();

/// Has `hook` called by each task, of any Kernel, that goes on or begins, from now on. It must not
/// sleep, and must not call what sleeps. The first hook stays; there is no other.
pub fn on_resume(hook: fn()) {
    // Another caller's is the same.
    let _ = HOOK.set(hook);
}

static LEAVE_HOOK: OnceLock<fn()> = OnceLock::new();

/// Has `hook` called by each task, of any Kernel, that is about to sleep or whose function is over,
/// from now on. Its state is set already. It must not sleep. The first hook stays; there is no
/// other.
pub fn on_leave(hook: fn()) {
    // As above.
    let _ = LEAVE_HOOK.set(hook);
}

/// The calling thread's task leaves the cpu to others.
#[inline]
pub(crate) fn leaves() {
    if let Some(hook) = LEAVE_HOOK.get() {
        hook();
    }
}

/// The calling thread's task goes on.
#[inline]
pub(crate) fn resumed() {
    if let Some(hook) = HOOK.get() {
        hook();
    }
}
