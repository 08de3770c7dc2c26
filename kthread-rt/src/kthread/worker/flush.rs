//! Waiting until works have run, and cancelling them.
//!
//! Who waits for a work puts a *barrier*, a work on its own stack, right behind it; or in front of
//! all others, if the work runs; or at the end, to wait for all that is queued. The barrier's
//! function completes what its owner waits for. So a flush waits for the instance of the work that
//! it saw, and not for one that is queued later.
//!
//! A cancel takes the work off its list, and if it runs at this moment waits for its end, with the
//! work's `canceling` raised: a work that queues itself does not escape it.
//!
//! A worker whose thread ends completes the barriers that are left (`serve`), so nobody waits for a
//! thread that is gone.

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
    /// The thread ended before it came to the barrier. Written before `done` is completed.
    abandoned: UnsafeCell<bool>,
}

/// `kthread_flush_work_fn`.
unsafe extern "C-unwind" fn pass(work: *mut KthreadWork) {
    // SAFETY: only barriers have this function, and theirs is valid until `done` is completed.
    unsafe { (*work.cast::<Barrier>()).done.complete() };
}

/// Completes the barrier that `work` is, which was unlinked: nothing before it will be run by the
/// thread that has ended.
///
/// # Safety
///
/// `work` is of [`Kind::Barrier`] and was linked until now.
pub(super) unsafe fn abandon(work: *const KthreadWork) {
    let barrier = work.cast::<Barrier>();
    // SAFETY: it is valid until `done` is completed, and nobody else looks at it before.
    unsafe {
        (*barrier).abandoned.with_mut(|abandoned| *abandoned = true);
        (*barrier).done.complete();
    }
}

/// Where a barrier goes.
enum At {
    Behind(*mut ListHead),
    Front,
    End,
}

/// Puts a barrier on the list and waits until the thread has passed it. False if the thread has
/// ended instead.
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
    // SAFETY: the barrier stays in this frame until it has been passed, or abandoned.
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
    // Uninterruptible: it has no error.
    let _ = done.wait_for(TASK_UNINTERRUPTIBLE, Wait::new(WaitKind::Work, address, call, place).by(by));
    // SAFETY: nobody else has the barrier any more.
    !barrier.abandoned.with(|abandoned| unsafe { *abandoned })
}

fn warn(kind: WarningKind, call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(kind, call, place, message));
}

/// Waits as [`wait_at`] does, unless that would be for ever.
fn wait_or_refuse(
    locked: Locked,
    at: At,
    address: usize,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<(), Errno> {
    if locked.is_on_its_thread() {
        drop(locked);
        let message = "a work can't wait for itself, or for one behind it on its own worker";
        warn(WarningKind::Deadlock, call, place, message);
        return Err(Errno::EDEADLK);
    }
    let ended = locked.is_abandoned();
    if ended && locked.first(locked.works()).is_none() {
        return Ok(());
    }
    if ended || !wait_at(locked, at, address, call, place) {
        let message = "the worker's thread has ended, and did not run what is waited for";
        warn(WarningKind::WorkMisuse, call, place, message);
        return Err(Errno::ESRCH);
    }
    Ok(())
}

/// Waits until all that is queued on `locked` has run.
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
    // SAFETY: the lock is that of the work's worker.
    let at = match unsafe { work.place() } {
        Place::Queued => At::Behind(ptr::from_ref(work).cast_mut().cast()),
        _ if runs => At::Front,
        Place::Nowhere => return Ok(()),
        Place::Delayed => {
            drop(locked);
            let message = "the work waits for its timer, which a flush does not do";
            warn(WarningKind::WorkMisuse, CALL, place, message);
            return Ok(());
        }
    };
    wait_or_refuse(locked, at, ptr::from_ref(work).addr(), CALL, place)
}

/// Waits for the end of `work`, which runs. On its own thread it does not, with a warning.
fn wait_for_running(
    locked: Locked,
    work: &KthreadWork,
    call: &'static str,
    place: &'static Location<'static>,
) {
    if locked.is_on_its_thread() {
        drop(locked);
        let message = "a work can't wait for its own end; it is not queued any more";
        return warn(WarningKind::Deadlock, call, place, message);
    }
    // SAFETY: the lock is that of the work's worker, and a work that is being cancelled stays with
    // it.
    unsafe { work.begin_canceling() };
    let worker = locked.worker;
    wait_at(locked, At::Front, ptr::from_ref(work).addr(), call, place);
    // SAFETY: as above; the work's worker stays valid.
    unsafe {
        let _locked = Locked::new(worker);
        work.end_canceling();
    }
}

/// `__kthread_cancel_work_sync`. `dwork`: what `work` is part of, if the caller knows.
fn cancel_sync(
    work: &KthreadWork,
    dwork: Option<&KthreadDelayedWork>,
    call: &'static str,
    place: &'static Location<'static>,
) -> bool {
    let Some(mut locked) = lock_bound(work) else { return false };
    let dwork = match dwork {
        // SAFETY: the lock is that of the work's worker, and the caller has a reference to the
        // work.
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

/// The end of a work that its owner lets go: it is not queued any more, and can't be; it does not
/// run, except on the calling thread.
pub(super) fn retire(work: &KthreadWork, dwork: Option<&KthreadDelayedWork>) {
    if os::forked() {
        // The worker's thread is another process's.
        return;
    }
    let Some(mut locked) = lock_bound(work) else { return };
    // SAFETY: the lock is that of the work's worker, and a work that is being cancelled stays with
    // it.
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
    /// Waits until all works that are queued now have run:
    /// [`kthread_flush_worker`](crate::kthread_flush_worker). Sleeps.
    ///
    /// # Errors
    ///
    /// With a warning each: `EDEADLK` on the worker's own thread; `ESRCH` if that ends, or was
    /// created with the worker and has ended, and works are left.
    #[track_caller]
    pub fn flush(&self) -> Result<(), Errno> {
        let (call, place) = ("kthread_flush_worker", Location::caller());
        let _whole = with_current(|me| might_sleep_in_all(me, call, place));
        flush_all(self.lock(), call, place)
    }
}

impl KthreadWork {
    /// Waits until the work has run, if it is queued or runs:
    /// [`kthread_flush_work`](crate::kthread_flush_work). Sleeps.
    ///
    /// # Errors
    ///
    /// As [`KthreadWorker::flush`], about the worker that it was queued on.
    #[track_caller]
    pub fn flush(&self) -> Result<(), Errno> {
        let place = Location::caller();
        let _whole = with_current(|me| might_sleep_in_all(me, "kthread_flush_work", place));
        flush(self, place)
    }

    /// Takes the work off its queue, and waits for its end if it runs:
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
    /// [`KthreadWork::cancel_sync`] for a delayed work:
    /// [`kthread_cancel_delayed_work_sync`](crate::kthread_cancel_delayed_work_sync). True if it
    /// was pending. Sleeps.
    #[track_caller]
    pub fn cancel_sync(&self) -> bool {
        let (call, place) = ("kthread_cancel_delayed_work_sync", Location::caller());
        let _whole = with_current(|me| might_sleep_in_all(me, call, place));
        cancel_sync(&self.work, Some(self), call, place)
    }
}
