//! Flushing work items (waiting until they have run), and cancelling them.
//!
//! A flush queues a *barrier*, a work item on its own stack: right behind the item; or at the head
//! of the queue, if the item is running; or at the tail, to wait for the whole queue. The barrier's
//! function completes the completion on which the flush waits. So a flush waits for the instance of
//! the item that it found, and not for one that is queued later.
//!
//! A cancel takes the item off its list. If the item is running, it waits for its end with
//! `canceling` raised, so that an item can't queue itself again meanwhile.
//!
//! A worker's thread that ends completes the barriers that are left (`serve`), so no flush waits
//! for a thread that has ended.

use super::binding::lock_bound;
use super::queue::{KTHREAD_WORK, delayed_of, open_and_wake, without_timer};
use super::work::{Kind, Place};
use super::{KthreadDelayedWork, KthreadWork, KthreadWorker, Locked};
use crate::completion::Completion;
use crate::debug_objects;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{might_sleep_in_all, with_current};
use crate::sync::list::ListHead;
use crate::sync::{UnsafeCell, os};
use crate::task::{TASK_UNINTERRUPTIBLE, TaskStruct, Wait, WaitKind};
use crate::timer::shut_down_owned;
use std::panic::Location;
use std::ptr;

/// `struct kthread_flush_work`.
#[repr(C)]
struct Barrier {
    // First, so that a pointer to the work is a pointer to the barrier.
    work: KthreadWork,
    done: Completion,
    /// The thread ended before it reached the barrier. Written before `done` is completed.
    abandoned: UnsafeCell<bool>,
}

/// `kthread_flush_work_fn`.
unsafe extern "C-unwind" fn pass(work: *mut KthreadWork) {
    // SAFETY: only barriers have this function, and a barrier is valid until `done` is completed.
    unsafe { (*work.cast::<Barrier>()).done.complete() };
}

/// Completes an unlinked barrier as abandoned: the thread has ended and left items before it that
/// did not run.
///
/// # Safety
///
/// `work` is of [`Kind::Barrier`] and was on the list until now.
pub(super) unsafe fn abandon(work: *const KthreadWork) {
    let barrier = work.cast::<Barrier>();
    // SAFETY: the barrier is valid until `done` is completed, and its owner reads `abandoned` only
    // after that.
    unsafe {
        (*barrier).abandoned.with_mut(|abandoned| *abandoned = true);
        (*barrier).done.complete();
    }
}

/// Where a barrier is queued.
enum At {
    Behind(*mut ListHead),
    Front,
    End,
}

/// Queues a barrier and waits until the thread has run it. False if the thread has ended instead.
fn wait_at(
    locked: Locked,
    at: At,
    address: usize,
    call: &'static str,
    place: &'static Location<'static>,
) -> bool {
    let mut barrier = Barrier {
        work: KthreadWork::with(Some(pass), Kind::Barrier),
        done: Completion::new(),
        abandoned: UnsafeCell::new(false),
    };
    let by = locked.task().map_or(0, TaskStruct::pid);
    let raw = &raw mut barrier;
    raw.expose_provenance();
    // SAFETY: the barrier stays in this frame until it has been completed, below.
    let (sleeper, done) = unsafe {
        let work = &raw const (*raw).work;
        let sleeper = match at {
            At::Behind(node) => locked.insert(node, work),
            At::Front => locked.insert(locked.works(), work),
            At::End => locked.append(work),
        };
        (sleeper, &(*raw).done)
    };
    open_and_wake(locked, sleeper);
    // Uninterruptible, so it returns no error.
    let _ = done.wait_for(TASK_UNINTERRUPTIBLE, Wait::new(WaitKind::Work, address, call, place).by(by));
    // SAFETY: the barrier is completed, so no other thread uses it any more.
    !barrier.abandoned.with(|abandoned| unsafe { *abandoned })
}

fn warn(kind: WarningKind, call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(kind, call, place, message));
}

/// Waits as [`wait_at`] does. Warns and fails where that would be for ever.
fn wait_or_refuse(
    locked: Locked,
    at: At,
    address: usize,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<(), Errno> {
    if locked.is_on_its_thread() {
        drop(locked);
        let message = "a work item can't wait for itself, or for another item on its own worker: wait on another thread";
        warn(WarningKind::Deadlock, call, place, message);
        return Err(Errno::EDEADLK);
    }
    let ended = locked.is_abandoned();
    if ended && locked.first(locked.works()).is_none() {
        return Ok(());
    }
    if ended || !wait_at(locked, at, address, call, place) {
        let message = "the worker's thread has ended, and did not run the awaited work items";
        warn(WarningKind::WorkMisuse, call, place, message);
        return Err(Errno::ESRCH);
    }
    Ok(())
}

/// Waits until all items that are queued on `locked` have run.
pub(super) fn flush_all(
    locked: Locked,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<(), Errno> {
    let address = locked.worker.addr();
    wait_or_refuse(locked, At::End, address, call, place)
}

fn flush(work: &KthreadWork, place: &'static Location<'static>) -> Result<(), Errno> {
    const CALL: &str = "kthread_flush_work";
    let Some(locked) = lock_bound(work) else { return Ok(()) };
    let runs = ptr::eq(locked.current(), work);
    // SAFETY: the lock is that of the item's worker.
    let at = match unsafe { work.place() } {
        Place::Queued => At::Behind(ptr::from_ref(work).cast_mut().cast()),
        _ if runs => At::Front,
        Place::Nowhere => return Ok(()),
        Place::Delayed => {
            drop(locked);
            let message = "the delayed work item waits for its timer: a flush does not wait for timers, and returned at once";
            warn(WarningKind::WorkMisuse, CALL, place, message);
            return Ok(());
        }
    };
    wait_or_refuse(locked, at, ptr::from_ref(work).addr(), CALL, place)
}

/// Waits for the end of `work`, which is running. On the worker's own thread, only warns.
fn wait_for_running(
    locked: Locked,
    work: &KthreadWork,
    call: &'static str,
    place: &'static Location<'static>,
) {
    if locked.is_on_its_thread() {
        drop(locked);
        let message = "a work item can't wait for its own end: it was cancelled without the wait";
        return warn(WarningKind::Deadlock, call, place, message);
    }
    // SAFETY: the lock is that of the item's worker, and an item that is being cancelled stays
    // bound to it.
    unsafe { work.begin_canceling() };
    let worker = locked.worker;
    wait_at(locked, At::Front, ptr::from_ref(work).addr(), call, place);
    // SAFETY: as above; a worker to which an item is bound stays valid.
    unsafe {
        let _locked = Locked::new(worker);
        work.end_canceling();
    }
}

/// `__kthread_cancel_work_sync`. `dwork`: the delayed item that `work` is part of, if the caller
/// knows it.
fn cancel_sync(
    work: &KthreadWork,
    dwork: Option<&KthreadDelayedWork>,
    call: &'static str,
    place: &'static Location<'static>,
) -> bool {
    let Some(mut locked) = lock_bound(work) else { return false };
    let dwork = match dwork {
        // SAFETY: the lock is that of the item's worker, and the caller has a reference to the
        // item.
        None => unsafe { (work.place() == Place::Delayed).then(|| delayed_of(work)) },
        known => known,
    };
    if let Some(dwork) = dwork {
        locked = without_timer(locked, dwork, call, place);
    }
    let was_pending = locked.unlink(work);
    debug_objects::end(&KTHREAD_WORK, ptr::from_ref(work).addr());
    if ptr::eq(locked.current(), work) {
        wait_for_running(locked, work, call, place);
    }
    was_pending
}

/// Takes a work item out of use before its owner drops it: unlinks it, forgets its function so that
/// it can't be queued, and waits for its end if it is running on another thread.
pub(super) fn retire(work: &KthreadWork, dwork: Option<&KthreadDelayedWork>) {
    if os::forked() {
        // The worker's thread belongs to the parent process.
        return;
    }
    let Some(mut locked) = lock_bound(work) else { return };
    // SAFETY: the lock is that of the item's worker, and an item that is being cancelled stays
    // bound to it.
    unsafe { work.forget_function() };
    if let Some(dwork) = dwork {
        // SAFETY: as above.
        unsafe { work.begin_canceling() };
        (locked, ()) = locked.unlocked(|| shut_down_owned(&dwork.timer));
        // SAFETY: as above.
        unsafe { work.end_canceling() };
    }
    locked.unlink(work);
    debug_objects::end(&KTHREAD_WORK, ptr::from_ref(work).addr());
    if ptr::eq(locked.current(), work) && !locked.is_on_its_thread() {
        wait_at(locked, At::Front, ptr::from_ref(work).addr(), "drop", Location::caller());
    }
}

impl KthreadWorker {
    /// Waits until all work items that are queued now have run:
    /// [`kthread_flush_worker`](crate::kthread_flush_worker). Sleeps.
    ///
    /// # Errors
    ///
    /// With a warning each: `EDEADLK` on the worker's own thread; `ESRCH` if that thread ends, or
    /// was created with the worker and has ended, and leaves work items that did not run.
    #[track_caller]
    pub fn flush(&self) -> Result<(), Errno> {
        let (call, place) = ("kthread_flush_worker", Location::caller());
        let _whole = with_current(|me| might_sleep_in_all(me, call, place));
        flush_all(self.lock(), call, place)
    }
}

impl KthreadWork {
    /// Waits until the work item has run, if it is queued or running:
    /// [`kthread_flush_work`](crate::kthread_flush_work). Sleeps.
    ///
    /// # Errors
    ///
    /// As [`KthreadWorker::flush`], for the worker that the item was queued on.
    #[track_caller]
    pub fn flush(&self) -> Result<(), Errno> {
        let place = Location::caller();
        let _whole = with_current(|me| might_sleep_in_all(me, "kthread_flush_work", place));
        flush(self, place)
    }

    /// Cancels the work item, and waits for its end if it is running:
    /// [`kthread_cancel_work_sync`](crate::kthread_cancel_work_sync). True if it was pending.
    /// Sleeps.
    #[track_caller]
    pub fn cancel_sync(&self) -> bool {
        let (call, place) = ("kthread_cancel_work_sync", Location::caller());
        let _whole = with_current(|me| might_sleep_in_all(me, call, place));
        cancel_sync(self, None, call, place)
    }
}

impl KthreadDelayedWork {
    /// Cancels the delayed work item, and waits for its end if it is running:
    /// [`kthread_cancel_delayed_work_sync`](crate::kthread_cancel_delayed_work_sync). True if it
    /// was pending. Sleeps.
    #[track_caller]
    pub fn cancel_sync(&self) -> bool {
        let (call, place) = ("kthread_cancel_delayed_work_sync", Location::caller());
        let _whole = with_current(|me| might_sleep_in_all(me, call, place));
        cancel_sync(&self.work, Some(self), call, place)
    }
}
