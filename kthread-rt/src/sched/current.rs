//! `current`: the task of the calling thread.
//!
//! A kthread's is set by the thread's first instructions. A thread that the runtime did not create
//! (a *foreign* thread) gets one when it first needs it, in the default Kernel, and keeps it until
//! it ends; `Kernel::enter` gives it one in another Kernel for a time.
//!
//! The thread's pointer to its task is a plain pointer without a count: reading it is one load. The
//! reference behind it is held by the thread's main function (kthreads) or by an [`Attached`].
//!
//! # Borrows
//!
//! An `Attached` is the user's, inside an [`Entered`](crate::Entered), and may go in the middle of
//! a call of this crate: handlers of warnings and events, conditions, and destructors of data run
//! there. So whoever works with the current task *borrows* it, [`with_current`], and the task
//! counts its borrows (`task/borrows.rs`). An `Attached` that goes while its task is borrowed
//! leaves its reference to the last borrow. The task is dead then, and out of the pid table, but
//! its memory is there. Only its own thread counts, so that is two plain writes. [`peek_current`]
//! counts nothing, and is for what can't run code of the user's.

use super::release::{keep_if_holding, release_task};
use super::section::leave_stray_section;
use crate::sync::{self, Arc, os};
use crate::task::{KernelState, Task, TaskStruct};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

/// A task for the calling foreign thread. When it goes, so does the task, and what was current
/// before is again.
///
/// A thread's attachments form a chain, the newest on top; the top's task is current. Each may go
/// at any time, not only the newest: the chain closes over it.
///
/// # Invariants
///
/// The chain has exactly the thread's live (or forgotten, and so leaked) attachments; each holds a
/// reference to its task.
#[derive(Debug)]
pub(crate) struct Attached {
    /// In a box, so that it stays where it is while the chain leads to it. A pointer, because the
    /// chain shares it.
    link: NonNull<Link>,
    /// The thread's own.
    _not_send: PhantomData<*const ()>,
}

#[derive(Debug)]
struct Link {
    task: Task,
    /// The task ends with the attachment.
    owned: bool,
    /// The next older attachment, or null.
    below: Cell<*const Link>,
    /// What was current before the oldest attachment: a kthread's own task, or null.
    base: Cell<*const ()>,
}

impl Attached {
    /// Makes `task` current until dropped; with `owned`, the task ends then.
    pub(crate) fn new(task: Task, owned: bool) -> Self {
        task.note_os_thread();
        let below = sync::top_attachment().cast::<Link>();
        let current = task.as_ptr().cast();
        let link = Link { task, owned, below: Cell::new(below), base: Cell::new(sync::current_ptr()) };
        let link = NonNull::from(Box::leak(Box::new(link)));
        sync::set_top_attachment(link.as_ptr().cast_const().cast());
        sync::set_current_ptr(current);
        Self { link, _not_send: PhantomData }
    }

    fn link(&self) -> &Link {
        // SAFETY: the box lives until `drop`, and is only ever shared.
        unsafe { self.link.as_ref() }
    }

    pub(crate) fn task(&self) -> &Task {
        &self.link().task
    }

    /// Takes the link out of the thread's chain.
    fn unlink(&self) {
        let this = self.link.as_ptr().cast_const();
        let (below, base) = (self.link().below.get(), self.link().base.get());
        let top = sync::top_attachment().cast::<Link>();
        if ptr::eq(top, this) {
            sync::set_top_attachment(below.cast());
            // SAFETY: what the chain leads to is alive (the invariant).
            sync::set_current_ptr(unsafe { below.as_ref() }.map_or(base, |link| link.task.as_ptr().cast()));
            return;
        }
        let mut above = top;
        // SAFETY: as above.
        while let Some(link) = unsafe { above.as_ref() } {
            if ptr::eq(link.below.get(), this) {
                link.below.set(below);
                link.base.set(base);
                return;
            }
            above = link.below.get();
        }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        if os::forked() {
            // A copy of what another process has.
            return;
        }
        self.unlink();
        // SAFETY: made by `Box::leak` in `new`, and nothing leads to it any more.
        let link = unsafe { Box::from_raw(self.link.as_ptr()) };
        if link.owned {
            release_task(&link.task);
        } else {
            // init: it may be entered again, or end with its Kernel at any time from now on.
            keep_if_holding(&link.task);
            if !is_attached(&link.task) {
                leave_stray_section(&link.task, "Entered::drop");
            }
            if !ptr::eq(sync::current_ptr(), link.task.as_ptr().cast()) {
                link.task.forget_os_thread();
            }
        }
        link.task.keep_while_borrowed();
    }
}

/// True if `task` is current, or will be again when newer attachments of the calling thread go.
fn is_attached(task: &Task) -> bool {
    let mut next = sync::top_attachment().cast::<Link>();
    // SAFETY: what the chain leads to is alive (the invariant of `Attached`).
    while let Some(link) = unsafe { next.as_ref() } {
        if ptr::eq(link.task.as_ptr(), task.as_ptr()) {
            return true;
        }
        next = link.below.get();
    }
    false
}

/// The kthread `task`, whose thread this is, is over, and its reference goes soon: it is not
/// current any more, and will not be when the attachments go that its function has left behind, in
/// thread-locals.
pub(crate) fn leave_for_good(task: &Task) {
    let gone = task.as_ptr().cast();
    let mut next = sync::top_attachment().cast::<Link>();
    // SAFETY: what the chain leads to is alive (the invariant).
    while let Some(link) = unsafe { next.as_ref() } {
        if ptr::eq(link.base.get(), gone) {
            link.base.set(ptr::null());
        }
        next = link.below.get();
    }
    if ptr::eq(sync::current_ptr(), gone) {
        sync::set_current_ptr(ptr::null());
    }
}

/// Gives the calling thread a new task in `kernel_state` until the guard goes.
pub(crate) fn attach(kernel_state: &Arc<KernelState>) -> Attached {
    Attached::new(KernelState::make_foreign(kernel_state), true)
}

/// Runs `f` with the calling thread's task.
///
/// # Panics
///
/// Aborts in a process that was forked from one that uses the runtime: the locks may be held by
/// threads that do not exist here. Calls that can return an error ask [`os::forked`] first.
#[inline(always)]
pub(crate) fn with_current<R>(f: impl FnOnce(&TaskStruct) -> R) -> R {
    let task = sync::current_ptr().cast::<TaskStruct>();
    if task.is_null() {
        return with_new_task(f);
    }
    // SAFETY: the pointer was set by whoever holds a reference to the task, and is replaced before
    // that reference goes: by `Attached::drop` on this very thread, or by the kthread's main
    // function after its last use. `f` can't outlive the latter. It may run code of the user's that
    // drops an `Attached`, which leaves its reference to the borrow.
    let borrow = unsafe { Borrow::new(task) };
    // SAFETY: as above.
    let result = f(unsafe { &*task });
    drop(borrow);
    result
}

/// A borrow of the current task. A pointer, since the task may go with it.
struct Borrow(*const TaskStruct);

impl Borrow {
    /// # Safety
    ///
    /// `task` is the current task.
    #[inline(always)]
    unsafe fn new(task: *const TaskStruct) -> Self {
        // SAFETY: by the contract.
        unsafe { (*task).begin_borrow() };
        Self(task)
    }
}

impl Drop for Borrow {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: `keep_while_borrowed` saw to it that the task is there.
        if unsafe { (*self.0).end_borrow() } {
            put_orphan(self.0);
        }
    }
}

/// The last borrow of a task is over whose attachment went meanwhile.
#[cold]
fn put_orphan(task: *const TaskStruct) {
    // SAFETY: `keep_while_borrowed` has left a reference, and told so once. Nobody on this thread
    // uses the task after this.
    let task = unsafe { (*task).take_kept_reference() };
    // Locks that it has taken since it ended.
    keep_if_holding(&task);
}

/// Runs `f` with the calling thread's task, without a borrow: `f` reads or writes fields of the
/// task, and runs no code of the user's, so no warning, no event, and no destructor of what is not
/// the runtime's own.
#[inline(always)]
pub(crate) fn peek_current<R>(f: impl FnOnce(&TaskStruct) -> R) -> R {
    let task = sync::current_ptr().cast::<TaskStruct>();
    if task.is_null() {
        return with_new_task(f);
    }
    // SAFETY: as in `with_current`, but that nothing drops an `Attached` inside `f`.
    f(unsafe { &*task })
}

/// [`peek_current`], if the thread has a task.
///
/// A question about a kthread is answered without one, and the closure need not be kept in memory
/// for the other case.
#[inline(always)]
pub(crate) fn peek_current_if_any<R>(f: impl FnOnce(&TaskStruct) -> R) -> Option<R> {
    // SAFETY: as in `peek_current`.
    unsafe { sync::current_ptr().cast::<TaskStruct>().as_ref() }.map(f)
}

#[cold]
fn with_new_task<R>(f: impl FnOnce(&TaskStruct) -> R) -> R {
    sync::refuse_in_forked_child();
    let attached = attach(KernelState::default_state());
    let task = attached.task().clone();
    // In a thread-local destructor that runs after the runtime's own, the thread can't keep a task:
    // the closure, and the guard in it, are dropped at once, and `task` serves this call alone.
    let kept = sync::at_thread_exit(move || drop(attached));
    let result = f(&task);
    if !kept {
        leave_stray_section(&task, "do_exit");
        keep_if_holding(&task);
    }
    result
}

/// The address of the calling thread's task, as C has it: no reference is counted. Good as long as
/// the thread lives, or until it enters another Kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(current_ptr(), current().as_ptr());
/// ```
pub fn current_ptr() -> *const TaskStruct {
    peek_current(ptr::from_ref)
}

/// The task of the calling thread: `current`.
///
/// A thread that the runtime did not create gets a task in the default Kernel by its first call;
/// the first such thread is init, pid 1. The task goes away with the thread. Does not sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!current().flags().contains(PF_KTHREAD));
/// let task = kthread_run!(
///     |()| {
///         assert_eq!(current().comm(), "introspective");
///         while !kthread_should_stop() {
///             schedule_timeout_interruptible(HZ as i64);
///         }
///         0
///     },
///     (),
///     "introspective"
/// )?;
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
///
/// # Panics
///
/// In a forked child of a process that uses the runtime it aborts with a message, as every call
/// does that has no error to return.
pub fn current() -> Task {
    peek_current(TaskStruct::get)
}
