//! Who is inside a module's functions by way of what it registered: the removal waits for them, so
//! that the module can be unloaded.
//!
//! A kernel counts them for each entry: `in_use` of /proc, `active_users` of debugfs, the active
//! references of sysfs; and `misc_deregister` waits for who opens, by a mutex. Here all are the
//! readers of an rwsem, each as long as its call takes, and the removal is its only writer: as long
//! as it waits nobody gets in, and after it `gone` says that nobody will.
//!
//! A removal from inside, by the very thread that it would wait for, hangs a kernel. Here it is
//! told, and goes on without waiting for the caller. sysfs has a call for this, [`Own::LetGo`], of
//! which there is nothing to tell.

use kthread_rt::__for_c::lock_next_non_owner;
use kthread_rt::diag::{self, WarningKind};
use kthread_rt::{RawRwSemaphore, down_read_trylock, down_write, up_read, up_write};
use std::cell::RefCell;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The users of one thing that is registered.
#[derive(Default)]
pub(super) struct Active {
    users: RawRwSemaphore,
    /// Written by the writer; read by readers.
    gone: AtomicBool,
}

/// A call that the thread is in.
struct Call {
    active: Arc<Active>,
    /// False once the thread removed the thing itself.
    counted: bool,
}

thread_local! {
    /// The calls that this thread is in, the last one last.
    static CALLS: RefCell<Vec<Call>> = const { RefCell::new(Vec::new()) };
}

/// What a removal does about its own caller, if that is inside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// Tells that a kernel hangs here, in a call of this name.
    Tell(&'static str),
    /// Lets it go: `device_remove_file_self`.
    LetGo,
}

/// The thread is inside. It goes out, where it came in, when this is dropped.
pub(super) struct Inside(Arc<Active>);

impl Active {
    /// Goes in; none if it was removed, or is being so.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Inside> {
        // No lock of the module's: it is not to be listed as one.
        lock_next_non_owner();
        if !down_read_trylock(&self.users) {
            return None;
        }
        // Relaxed: the lock orders it.
        if self.gone.load(Ordering::Relaxed) {
            self.leave();
            return None;
        }
        CALLS.with_borrow_mut(|calls| calls.push(Call { active: self.clone(), counted: true }));
        Some(Inside(self.clone()))
    }

    /// Waits for those who are inside. From then on nobody is.
    pub(super) fn remove(&self, own: Own) {
        if self.let_own_calls_go()
            && let Own::Tell(call) = own
        {
            let message = "a function of what is removed can't wait for its own end";
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

    /// Does not count this thread any more; true if it was inside.
    fn let_own_calls_go(&self) -> bool {
        CALLS.with_borrow_mut(|calls| {
            let mine = calls.iter_mut().filter(|call| call.counted && std::ptr::eq(&*call.active, self));
            let let_go = mine.map(|call| {
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
