//! The worker's thread: `kthread_worker_fn`.
//!
//! It takes works off the list, one at a time, and calls their functions without the lock. Before
//! each it looks whether it was asked to stop, and after each whether it should freeze. When it has
//! called a function it does not touch the work again: that may have been freed, or queued anew.
//! `current_work` keeps the address until the thread takes the lock for the next one, so that a
//! cancel knows what it has to wait for.
//!
//! # Its end
//!
//! The thread ends when it was asked to stop, and leaves what is queued where it is
//! (`kthread_destroy_worker` waits until nothing is). It ends by itself if the owner has let the
//! worker go on this very thread, once all is done. A `kthread_exit` in a work ends it too, and a
//! thread that was stopped before its first wake never serves. In each of these cases [`Served`]
//! goes, and with it the worker's hold on its task; who waits for works that will not be run is
//! told.

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

/// A worker's thread exists, or is about to; its end is that of this.
pub(super) struct Served {
    worker: *const KthreadWorker,
    /// What keeps a worker of the pool from being used again.
    _lease: Option<Arc<Lease>>,
}

// SAFETY: the worker stays valid until this goes (the invariants of `worker`), and may be shared.
unsafe impl Send for Served {}

impl Served {
    pub(super) fn of_lease(lease: Arc<Lease>) -> Self {
        Self { worker: lease.worker(), _lease: Some(lease) }
    }

    fn lock(&self) -> Locked {
        // SAFETY: as for `Send`.
        unsafe { Locked::new(self.worker) }
    }

    /// Whether the calling task becomes, or is, the worker's.
    fn begin(
        worker: &KthreadWorker,
        me: &TaskStruct,
        place: &'static Location<'static>,
    ) -> Result<(), Errno> {
        if to_kthread(me).is_none() {
            me.warn(WarningKind::NotAKthread, CALL, place, "the caller is not a kthread");
            return Err(Errno::EINVAL);
        }
        let locked = worker.lock();
        if locked.has(SERVED) || locked.task().is_some_and(|task| !ptr::eq(task, me)) {
            drop(locked);
            me.warn(WarningKind::WorkMisuse, CALL, place, "the worker has a thread already");
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
            // It has no error: the task is the one that the worker was created with.
            // SAFETY: as for `Send`.
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
        // With a signal pending that a work has allowed and left there, an interruptible sleep
        // would be none.
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

/// The thread has ended, or will not begin.
impl Drop for Served {
    fn drop(&mut self) {
        let locked = self.lock();
        locked.set_current(ptr::null());
        locked.change_state(ENDED, SERVED);
        let task = locked.replace_task(None);
        drop(locked);
        drop(task);
        while let Some((barrier, passed)) = self.take_barrier() {
            // SAFETY: a barrier that was unlinked just now. Its function completes it; nobody frees
            // it before that.
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
    /// Unlinks the first barrier, if there is one; and whether nothing is left before it that
    /// should have been run.
    fn take_barrier(&self) -> Option<(*const KthreadWork, bool)> {
        let locked = self.lock();
        if locked.has(SERVED) {
            // Another thread has begun, and will come to what is left.
            return None;
        }
        let first = locked.first(locked.works())?;
        let mut next = Some(first);
        while let Some(work) = next {
            // SAFETY: it is linked, and the lock is held.
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

/// Takes the first work off the list, as the one that runs.
fn take_first(locked: &Locked) -> Option<(*const KthreadWork, KthreadWorkFn)> {
    while let Some(work) = locked.first(locked.works()) {
        // SAFETY: it is linked, so it is valid, and the lock is held.
        let function = unsafe {
            locked.unlink(&*work);
            (*work).function()
        };
        locked.set_current(work);
        debug_objects::runs(&KTHREAD_WORK, work.addr());
        // One without is never queued, and one that loses its function is unlinked.
        if let Some(function) = function {
            return Some((work, function));
        }
    }
    None
}

/// What is told to have failed when a work does.
const FUNCTION: &str = "kthread_work.func";

/// Calls the work's function.
fn run(me: &TaskStruct, work: *const KthreadWork, function: KthreadWorkFn) {
    observe("runs work", work.addr(), |address| format!("{address:#x}"));
    let work = ptr::with_exposed_provenance_mut(work.addr());
    let called = Outside::of(me);
    // SAFETY: whoever gave the work its function promised that it may be called with it. It is
    // valid: it was queued until now, and who cancels it waits while it is `current_work`. From the
    // call on, nobody here looks at it.
    let ended = catch_unwind(AssertUnwindSafe(|| unsafe { function(work) }));
    debug_objects::ran(&KTHREAD_WORK, work.addr(), || false);
    leave_stray_section(me, FUNCTION);
    if ended.is_err() {
        told_by_oops(me, called);
    }
    // What a work leaves over is its mistake.
    let callback = Callback { call: FUNCTION, function: function as usize, kind: WarningKind::BadArgument };
    called.judge(me, callback, |left, locks| {
        format!("the work left preempt_count {left:#x} and {locks} lock(s) held")
    });
    if let Err(panic) = ended {
        if panic.is::<ExitPayload>() {
            // The work has ended its thread.
            resume_unwind(panic);
        }
        let message = format!("Oops: the work panicked: {}", panic_text(&*panic));
        me.warn(WarningKind::Oops, FUNCTION, Location::caller(), &message);
        // A payload may have a destructor of the user's.
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
    /// Runs the works that are queued on this worker until the calling kthread is asked to stop:
    /// [`kthread_worker_fn`] as a method. Returns 0.
    ///
    /// Works that are queued when the stop comes stay queued; another thread may serve the worker
    /// then. For a worker that is a static: the caller's memory, or a [`Worker`](crate::Worker)'s,
    /// has `kthread_worker_fn`.
    ///
    /// # Errors
    ///
    /// Negative, with a warning: −EBUSY if the worker has a thread already (a kernel warns, and
    /// lets both of them run its works), −EINVAL if the caller is no kthread.
    #[track_caller]
    pub fn serve(&'static self) -> i32 {
        let place = Location::caller();
        // SAFETY: a static is valid for ever.
        unsafe { serve(self, place) }
    }
}

/// # Safety
///
/// `worker` is valid until this returns.
unsafe fn serve(worker: *const KthreadWorker, place: &'static Location<'static>) -> i32 {
    with_current(|me| {
        // SAFETY: by the contract.
        if let Err(errno) = Served::begin(unsafe { &*worker }, me, place) {
            return errno.as_return();
        }
        Served { worker, _lease: None }.serve(me);
        0
    })
}

/// The thread function of a worker's thread: `kthread_worker_fn`, for
/// [`kthread_create_raw`](crate::kthread_create_raw).
///
/// It runs what is queued on the worker that `worker` points to, until the thread is asked to stop.
/// Returns as [`KthreadWorker::serve`], which is the safe form of it. It may sleep.
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
/// kthread_flush_worker(&WORKER); // returns when the thread has come to work
/// assert_eq!(kthread_stop(&task), 0);
/// # Ok::<(), Errno>(())
/// ```
pub unsafe extern "C-unwind" fn kthread_worker_fn(worker: *mut c_void) -> c_int {
    // SAFETY: by the contract.
    unsafe { serve(worker.cast_const().cast(), Location::caller()) }
}
