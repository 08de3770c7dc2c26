//! Two hooks that a task calls on its own thread: one when it begins or wakes from a sleep, and one
//! when it is about to sleep or its function has returned.
//!
//! The C side uses the first to update its variable `jiffies`, so that a woken task sees a time not
//! older than its wake-up; and the second to run the irq_works that a task has queued with
//! interrupts off, since other tasks then run with interrupts on.

use std::sync::OnceLock;

static HOOK: OnceLock<fn()> = OnceLock::new();

/// Sets the hook that each task of any Kernel calls when it begins or wakes from a sleep. The hook
/// must not sleep. The first hook stays; later ones are ignored.
pub fn on_resume(hook: fn()) {
    // Every caller sets the same hook.
    let _ = HOOK.set(hook);
}

static LEAVE_HOOK: OnceLock<fn()> = OnceLock::new();

/// Sets the hook that each task of any Kernel calls when it is about to sleep, with its state set,
/// or when its function has returned. The hook must not sleep. The first hook stays; later ones are
/// ignored.
pub fn on_leave(hook: fn()) {
    // As above.
    let _ = LEAVE_HOOK.set(hook);
}

/// The calling thread's task is about to sleep or to end.
#[inline]
pub(crate) fn leaves() {
    if let Some(hook) = LEAVE_HOOK.get() {
        hook();
    }
}

/// The calling thread's task begins or wakes.
#[inline]
pub(crate) fn resumed() {
    if let Some(hook) = HOOK.get() {
        hook();
    }
}
