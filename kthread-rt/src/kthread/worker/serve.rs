//! The worker's thread: `kthread_worker_fn`.
//!
//! It takes work items off the list, one at a time, and calls their functions without the lock.
//! Before each item it checks whether it should stop, and after each whether it should freeze. Once
//! it has called a function it does not touch the item again, which may be freed or queued anew.
//! `current_work` keeps the address until the thread takes the lock for the next item, so that a
//! cancel knows that it must wait.
//!
//! # Its end
//!
//! The thread ends when it is asked to stop, and leaves queued items where they are
//! (`kthread_destroy_worker` first waits until none is left). It ends by itself once the queue is
//! empty, if the owner has dropped the worker on this very thread. A `kthread_exit` in an item ends
//! it too, and a thread that was stopped before its first wake-up never serves. In each of these
//! cases [`Served`] is dropped: it takes the task out of the worker, and completes the barriers, so
//! that each flush returns, with an error if items before it did not run.

use super::create::Lease;
use super::flush::abandon;
use super::queue::KTHREAD_WORK;
use super::work::{Kind, KthreadWorkFn};
use super::{DETACHED, ENDED, KTW_FREEZABLE, KthreadWork, KthreadWorker, Locked, SERVED};
use crate::debug_objects;
use crate::diag::{WarningKind, contain, panic_text};
use crate::errno::Errno;
use crate::freezer::{freezing, refrigerator};
use crate::kthread::exit::ExitPayload;
use crate::kthread::to_kthread;
use crate::lockdep::{Callback, Outside, told_by_oops};
use crate::sched::{change_state, leave_stray_section, sleep_until, with_current};
use crate::sync::{Arc, observe};
use crate::task::{
    PF_NOFREEZE, TASK_IDLE, TASK_INTERRUPTIBLE, TASK_RUNNING, TaskFlags, TaskStruct, Wait, WaitKind,
    asked_to_stop,
};
use crate::trace::EventKind;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::ptr;

const CALL: &str = "kthread_worker_fn";

/// Exists while a worker's thread serves it or is about to; dropped when the thread ends.
pub(super) struct Served {
    worker: *const KthreadWorker,
    /// Keeps a worker of the pool from being reused.
    _lease: Option<Arc<Lease>>,
}

// SAFETY: the worker is `Sync`, and stays valid until this is dropped (the invariants of `worker`).
unsafe impl Send for Served {}

impl Served {
    pub(super) fn of_lease(lease: Arc<Lease>) -> Self {
        Self { worker: lease.worker(), _lease: Some(lease) }
    }

    fn lock(&self) -> Locked {
        // SAFETY: as for `Send`.
        unsafe { Locked::new(self.worker) }
    }

    /// Makes the calling task the worker's.
    fn begin(
        worker: &KthreadWorker,
        me: &TaskStruct,
        place: &'static Location<'static>,
    ) -> Result<(), Errno> {
        if to_kthread(me).is_none() {
            me.warn(
                WarningKind::NotAKthread,
                CALL,
                place,
                "the caller is not a kthread: only a kthread can serve a worker",
            );
            return Err(Errno::EINVAL);
        }
        let locked = worker.lock();
        if locked.has(SERVED) || locked.task().is_some_and(|task| !ptr::eq(task, me)) {
            drop(locked);
            me.warn(
                WarningKind::WorkMisuse,
                CALL,
                place,
                "the worker has a thread already: one thread serves a worker",
            );
            return Err(Errno::EBUSY);
        }
        locked.change_state(SERVED, ENDED);
        let before = locked.replace_task(Some(me.get()));
        drop(locked);
        drop(before);
        Ok(())
    }

    /// The thread function of a worker that was created with its thread.
    pub(super) fn run(self) -> i32 {
        with_current(|me| {
            // No error: the worker was created with this task. SAFETY: as for `Send`.
            let _ = Self::begin(unsafe { &*self.worker }, me, Location::caller());
            self.serve(me);
        });
        0
    }

    fn serve(&self, me: &TaskStruct) {
        let place = Location::caller();
        // SAFETY: as for `Send`.
        if unsafe { (*self.worker).flags() } & KTW_FREEZABLE != 0 {
            me.change_flags(TaskFlags::empty(), PF_NOFREEZE);
            try_to_freeze(me, place);
        }
        while !asked_to_stop(me) {
            let locked = self.lock();
            if let Some((work, function)) = take_first(&locked) {
                drop(locked);
                run(me, work, function);
            } else {
                locked.set_current(ptr::null());
                if locked.has(DETACHED) {
                    return;
                }
                self.sleep(me, locked, place);
            }
            try_to_freeze(me, place);
        }
        me.event(|| EventKind::ShouldStopSeen);
    }

    /// Sleeps until there is something to do.
    fn sleep(&self, me: &TaskStruct, locked: Locked, place: &'static Location<'static>) {
        let _noted = me.wait_note().set(Wait::new(WaitKind::Idle, self.worker.addr(), FUNCTION, place));
        // If a work item has left a signal pending that it has allowed, an interruptible sleep
        // would end at once.
        let signalled = me.signals.end_sleep_in(TASK_INTERRUPTIBLE);
        change_state(me, if signalled { TASK_IDLE } else { TASK_INTERRUPTIBLE });
        drop(locked);
        if asked_to_stop(me) || may_freeze(me) {
            change_state(me, TASK_RUNNING);
        } else {
            observe("has no work, worker", self.worker.addr(), |address| format!("{address:#x}"));
            sleep_until(me, None);
        }
    }
}

/// The thread ends, or will not begin.
impl Drop for Served {
    fn drop(&mut self) {
        let locked = self.lock();
        locked.set_current(ptr::null());
        locked.change_state(ENDED, SERVED);
        let task = locked.replace_task(None);
        drop(locked);
        drop(task);
        while let Some((barrier, passed)) = self.take_barrier() {
            // SAFETY: `take_barrier` has just unlinked this barrier. It stays valid until `pass` or
            // `abandon` completes it.
            unsafe {
                match (passed, (*barrier).function()) {
                    (true, Some(pass)) => pass(barrier.cast_mut()),
                    _ => abandon(barrier),
                }
            }
        }
    }
}

impl Served {
    /// Unlinks the first barrier, if there is one. True with it if no item before it is left unrun.
    fn take_barrier(&self) -> Option<(*const KthreadWork, bool)> {
        let locked = self.lock();
        if locked.has(SERVED) {
            // Another thread serves the worker now, and will run what is left.
            return None;
        }
        let first = locked.first(locked.works())?;
        let mut next = Some(first);
        while let Some(work) = next {
            // SAFETY: it is on the list, and the lock is held.
            unsafe {
                if (*work).kind() == Kind::Barrier {
                    locked.unlink(&*work);
                    return Some((work, ptr::eq(work, first)));
                }
                next = locked.after(locked.works(), work);
            }
        }
        None
    }
}

/// Takes the first work item off the list and makes it the current one.
fn take_first(locked: &Locked) -> Option<(*const KthreadWork, KthreadWorkFn)> {
    while let Some(work) = locked.first(locked.works()) {
        // SAFETY: it is on the list, so it is valid, and the lock is held.
        let function = unsafe {
            locked.unlink(&*work);
            (*work).function()
        };
        locked.set_current(work);
        debug_objects::runs(&KTHREAD_WORK, work.addr());
        // An item without a function is never queued, and one that loses it is unlinked.
        if let Some(function) = function {
            return Some((work, function));
        }
    }
    None
}

/// The call that warnings about a work item's function name.
const FUNCTION: &str = "kthread_work.func";

/// Calls the work item's function.
fn run(me: &TaskStruct, work: *const KthreadWork, function: KthreadWorkFn) {
    observe("runs work", work.addr(), |address| format!("{address:#x}"));
    let work = ptr::with_exposed_provenance_mut(work.addr());
    let called = Outside::of(me);
    // SAFETY: the caller that gave the item its function promised that it may be called with the
    // item. The item is valid: it was queued until now, and a cancel waits while it is
    // `current_work`. From the call on, this thread does not dereference it.
    let ended = catch_unwind(AssertUnwindSafe(|| unsafe { function(work) }));
    debug_objects::ran(&KTHREAD_WORK, work.addr(), || false);
    leave_stray_section(me, FUNCTION);
    if ended.is_err() {
        told_by_oops(me, called);
    }
    // Sections and locks that the function left open are its mistake.
    let callback = Callback { call: FUNCTION, function: function as usize, kind: WarningKind::BadArgument };
    called.judge(me, callback, |left, locks| {
        format!("the work item left preempt_count {left:#x} and {locks} lock(s) held: it must return as it was called")
    });
    if let Err(panic) = ended {
        if panic.is::<ExitPayload>() {
            // The item called `kthread_exit`, which ends its thread.
            resume_unwind(panic);
        }
        let message = format!("Oops: the work item panicked: {}", panic_text(&*panic));
        me.warn(WarningKind::Oops, FUNCTION, Location::caller(), &message);
        // The payload's destructor may be user code.
        contain(|| drop(panic));
    }
}

fn may_freeze(me: &TaskStruct) -> bool {
    !me.flags().contains(PF_NOFREEZE) && freezing(me)
}

fn try_to_freeze(me: &TaskStruct, place: &'static Location<'static>) {
    if may_freeze(me) {
        refrigerator(me, false, place);
    }
}

impl KthreadWorker {
    /// Runs the work items that are queued on this worker until the calling kthread is asked to
    /// stop: [`kthread_worker_fn`] as a method. Returns 0.
    ///
    /// Items that are queued when the stop comes stay queued; another thread may then serve the
    /// worker. This method is for static workers; for other memory use `kthread_worker_fn`.
    ///
    /// # Errors
    ///
    /// Negative, with a warning: −EBUSY if the worker has a thread already (a kernel warns and lets
    /// both threads run its items), −EINVAL if the caller is not a kthread.
    #[track_caller]
    pub fn serve(&'static self) -> i32 {
        let place = Location::caller();
        // SAFETY: a static is valid until this returns.
        unsafe { serve(self, place) }
    }
}

/// # Safety
///
/// `worker` is valid until this returns.
unsafe fn serve(worker: *const KthreadWorker, place: &'static Location<'static>) -> i32 {
    with_current(|me| {
        // SAFETY: the caller promises that the worker is valid until this returns.
        if let Err(errno) = Served::begin(unsafe { &*worker }, me, place) {
            return errno.as_return();
        }
        Served { worker, _lease: None }.serve(me);
        0
    })
}

/// Serves a worker, as the function of its thread: `kthread_worker_fn`, for
/// [`kthread_create_raw`](crate::kthread_create_raw).
///
/// Runs what is queued on the worker that `worker` points to until the thread is asked to stop.
/// Returns as [`KthreadWorker::serve`], the safe form. Sleeps.
///
/// # Safety
///
/// `worker` points to a [`KthreadWorker`] that is valid until the thread has ended.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_KTHREAD_WORKER!(static WORKER);
///
/// let data = (&raw const WORKER).cast_mut().cast();
/// // SAFETY: the worker is a static.
/// let task = unsafe { kthread_create_raw(kthread_worker_fn, data, NUMA_NO_NODE, "server")? };
/// wake_up_process(&task);
/// kthread_flush_worker(&WORKER); // returns when the thread serves the worker
/// assert_eq!(kthread_stop(&task), 0);
/// # Ok::<(), Errno>(())
/// ```
pub unsafe extern "C-unwind" fn kthread_worker_fn(worker: *mut c_void) -> c_int {
    // SAFETY: the caller promises that the worker is valid until this returns.
    unsafe { serve(worker.cast_const().cast(), Location::caller()) }
}
