//! Counts the threads inside the functions of a registered object. The object's removal waits for
//! them, so that the module can be unloaded.
//!
//! A kernel counts them per entry: `in_use` in /proc, `active_users` in debugfs, the active
//! references in sysfs; and `misc_deregister` waits for running opens by a mutex. Here every call
//! is a reader of an rwsem, and the removal is its only writer. While it waits, no new call enters;
//! after it, `gone` refuses all calls.
//!
//! If a thread removes an object from inside one of its functions, a kernel hangs, since the
//! removal waits for its own caller. Here that is reported, and the removal does not wait for the
//! caller. sysfs has a call for this purpose, [`Own::LetGo`], which is not reported.

use kthread_rt::__for_c::lock_next_non_owner;
use kthread_rt::diag::{self, WarningKind};
use kthread_rt::{RawRwSemaphore, down_read_trylock, down_write, up_read, up_write};
use std::cell::RefCell;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The users of one registered object.
#[derive(Default)]
pub(super) struct Active {
    users: RawRwSemaphore,
    /// Set by the writer, read by the readers.
    gone: AtomicBool,
}

/// A call that the thread is inside.
struct Call {
    active: Arc<Active>,
    /// False once the thread has removed the object itself.
    counted: bool,
}

thread_local! {
    /// The calls that this thread is inside, the innermost last.
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
}

/// What a removal does if its caller is inside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// Reports that a kernel hangs here, in a call of this name.
    Tell(&'static str),
    /// Does not wait for the caller, without a report: `device_remove_file_self`.
    LetGo,
}

/// The thread is inside until this is dropped.
pub(super) struct Inside(Arc<Active>);

impl Active {
    /// Enters. None if the object is or was being removed.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Inside> {
        // Lockdep must not list this lock among the task's locks.
        lock_next_non_owner();
        if !down_read_trylock(&self.users) {
            return None;
        }
        // Relaxed: the rwsem orders it.
        if self.gone.load(Ordering::Relaxed) {
            self.leave();
            return None;
        }
        CALLS.with_borrow_mut(|calls| calls.push(Call { active: self.clone(), counted: true }));
        Some(Inside(self.clone()))
    }

    /// Waits until no thread is inside. From then on, none enters.
    pub(super) fn remove(&self, own: Own) {
        if self.let_own_calls_go()
            && let Own::Tell(call) = own
        {
            let message = "called from inside a function of the object, for whose end it waits: a kernel hangs here; call it from another task";
            diag::warn(WarningKind::Deadlock, call, Location::caller(), message);
        }
        down_write(&self.users);
        self.gone.store(true, Ordering::Relaxed);
        up_write(&self.users);
    }

    fn leave(&self) {
        lock_next_non_owner();
        up_read(&self.users);
    }

    /// Stops counting this thread's calls; true if it was inside.
    fn let_own_calls_go(&self) -> bool {
        CALLS.with_borrow_mut(|calls| {
            let own_calls = calls.iter_mut().filter(|call| call.counted && std::ptr::eq(&*call.active, self));
            let let_go = own_calls.map(|call| {
                call.counted = false;
                self.leave();
            });
            let_go.count() > 0
        })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let call = CALLS.with_borrow_mut(|calls| {
            let last = calls.iter().rposition(|call| Arc::ptr_eq(&call.active, &self.0));
            last.map(|last| calls.remove(last))
        });
        if call.is_some_and(|call| call.counted) {
            self.0.leave();
        }
    }
}
