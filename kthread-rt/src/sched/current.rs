//! `current`: the task of the calling thread.
//!
//! A kthread sets its own when its thread begins. A thread that the runtime did not create (a
//! *foreign* thread) gets a task in the default Kernel when it first needs one, and keeps it until
//! the thread ends; `Kernel::enter` gives it a task in another Kernel for a time.
//!
//! The thread's pointer to its task is a plain pointer without a reference count: reading it is one
//! load. The thread's main function (for kthreads) or an [`Attached`] holds the reference.
//!
//! # Borrows
//!
//! The user owns an `Attached`, inside an [`Entered`](crate::Entered), and may drop it during a
//! call of this crate, which may run user code: handlers of warnings and events, conditions,
//! destructors. So code that uses the current task *borrows* it by [`with_current`], and the task
//! counts its borrows (`task/borrows.rs`). An `Attached` that is dropped while its task is borrowed
//! leaves its reference to the last borrow. The task is then dead and out of the pid table, but its
//! memory stays valid. Only the task's own thread counts, so a borrow costs two plain writes.
//! [`peek_current`] does not count; it is for code that runs no user code.

use super::release::{keep_if_holding, release_task};
use super::section::leave_stray_section;
use crate::sync::{self, Arc, os};
use crate::task::{KernelState, Task, TaskStruct};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

/// Makes a task current for the calling thread. When it is dropped, the previous task is current
/// again.
///
/// A thread's attachments form a chain, the newest on top, whose task is current. They may be
/// dropped in any order: an attachment in the middle is unlinked.
///
/// # Invariants
///
/// The chain consists of the thread's live (or leaked) attachments; each holds a reference to its
/// task.
#[derive(Debug)]
pub(crate) struct Attached {
    /// In a box, so that it does not move while the chain points to it. A raw pointer, because the
    /// chain points to it too.
    link: NonNull<Link>,
    /// Must stay on its thread.
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
        // SAFETY: the box lives until `drop`, and nobody has a `&mut` to it.
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
            // SAFETY: the links in the chain are alive (the invariant).
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
            // The task belongs to the parent process.
            return;
        }
        self.unlink();
        // SAFETY: the pointer is from `Box::leak` in `new`, and the chain no longer points to it.
        let link = unsafe { Box::from_raw(self.link.as_ptr()) };
        if link.owned {
            release_task(&link.task);
        } else {
            // init: its thread may enter again, or its Kernel may end it at any time from now on.
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

/// True if `task` is current, or will be when the calling thread drops newer attachments.
fn is_attached(task: &Task) -> bool {
    let mut next = sync::top_attachment().cast::<Link>();
    // SAFETY: the links in the chain are alive (the invariant of `Attached`).
    while let Some(link) = unsafe { next.as_ref() } {
        if ptr::eq(link.task.as_ptr(), task.as_ptr()) {
            return true;
        }
        next = link.below.get();
    }
    false
}

/// The kthread `task`, whose thread this is, has ended and will drop its reference: makes it no
/// longer current, also not after attachments are dropped that its function has left in
/// thread-locals.
pub(crate) fn leave_for_good(task: &Task) {
    let gone = task.as_ptr().cast();
    let mut next = sync::top_attachment().cast::<Link>();
    // SAFETY: the links in the chain are alive (the invariant).
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

/// Gives the calling thread a new task in `kernel_state` until the guard is dropped.
pub(crate) fn attach(kernel_state: &Arc<KernelState>) -> Attached {
    Attached::new(KernelState::make_foreign(kernel_state), true)
}

/// Runs `f` with the calling thread's task.
///
/// # Panics
///
/// Aborts in a forked child of a process that uses the runtime: threads that do not exist here may
/// hold its locks. Calls that can return an error check [`os::forked`] first.
#[inline(always)]
pub(crate) fn with_current<R>(f: impl FnOnce(&TaskStruct) -> R) -> R {
    let task = sync::current_ptr().cast::<TaskStruct>();
    if task.is_null() {
        return with_new_task(f);
    }
    // SAFETY: the holder of a reference to the task set the pointer, and resets it before it drops
    // the reference: the kthread's main function does so after `f` has returned. An `Attached` can
    // be dropped by user code in `f`, on this thread, but then leaves its reference to the borrow.
    let borrow = unsafe { Borrow::new(task) };
    // SAFETY: as above.
    let result = f(unsafe { &*task });
    drop(borrow);
    result
}

/// A borrow of the current task. A pointer, because its end may free the task.
struct Borrow(*const TaskStruct);

impl Borrow {
    /// # Safety
    ///
    /// `task` is the current task.
    #[inline(always)]
    unsafe fn new(task: *const TaskStruct) -> Self {
        // SAFETY: the caller promises that `task` is the current task, which is valid.
        unsafe { (*task).begin_borrow() };
        Self(task)
    }
}

impl Drop for Borrow {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the task is alive: its holder still has the reference, or `keep_while_borrowed`
        // has left it to the borrows.
        if unsafe { (*self.0).end_borrow() } {
            put_orphan(self.0);
        }
    }
}

/// Drops the reference that was left to the last borrow of a task.
#[cold]
fn put_orphan(task: *const TaskStruct) {
    // SAFETY: `end_borrow` has returned true, and this is the only call after it. This thread does
    // not use the task after this.
    let task = unsafe { (*task).take_kept_reference() };
    // It may hold locks that it has taken since it ended.
    keep_if_holding(&task);
}

/// Runs `f` with the calling thread's task, without a borrow. `f` may read and write fields of the
/// task, but must not run user code: no warning, no event, and no destructor of user data.
#[inline(always)]
pub(crate) fn peek_current<R>(f: impl FnOnce(&TaskStruct) -> R) -> R {
    let task = sync::current_ptr().cast::<TaskStruct>();
    if task.is_null() {
        return with_new_task(f);
    }
    // SAFETY: as in `with_current`; `f` runs no user code, so nothing drops an `Attached` inside
    // it.
    f(unsafe { &*task })
}

/// [`peek_current`] if the thread has a task; else `None`.
///
/// For calls that need no new task: tests of kthreads, and wake-ups. It also compiles to less code.
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
    // the closure and its guard are dropped at once, and `task` is for this call only.
    let kept = sync::at_thread_exit(move || drop(attached));
    let result = f(&task);
    if !kept {
        leave_stray_section(&task, "do_exit");
        keep_if_holding(&task);
    }
    result
}

/// Returns the address of the calling thread's task, for C: it takes no reference. Valid until the
/// thread ends or drops the [`Entered`](crate::Entered) that gave it the task.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(current_ptr(), current().as_ptr());
/// ```
pub fn current_ptr() -> *const TaskStruct {
    peek_current(ptr::from_ref)
}

/// Returns the task of the calling thread: `current`.
///
/// A thread that the runtime did not create gets a task in the default Kernel with its first call;
/// the first such thread is init, pid 1. The task ends with the thread. Never sleeps.
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
/// Aborts with a message in a forked child of a process that uses the runtime, as does every call
/// that can't return an error.
pub fn current() -> Task {
    peek_current(TaskStruct::get)
}
