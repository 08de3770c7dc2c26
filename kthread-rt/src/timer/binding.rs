//! How a timer is bound to a base, and how it is taken off the queue.
//!
//! # Finding the base
//!
//! A timer is plain memory: it can't hold a reference to its Kernel, and its Kernel may be gone
//! when a task uses the timer again. So bases come from a pool and are never freed. A timer's
//! `base` points to one, or is null if the timer was never armed. A task that needs the lock reads
//! the pointer, locks that base, and reads the pointer again. If it has not changed, that base
//! stays the timer's for as long as the lock is held, because `base` changes only
//!
//! * from null to B, by a compare-exchange, with B's lock held;
//! * from B to null, with B's lock held, and only if the timer is not queued there and its callback
//!   does not run there.
//!
//! If it has changed, the timer has moved, and the search starts anew. The pool may meanwhile have
//! given a base to another Kernel. That does no harm: a timer that still points to it is queued
//! nowhere.
//!
//! A timer that is queued, or whose callback runs, keeps its base, whichever task arms it. So its
//! callback never runs on two threads at once. An idle timer moves to the Kernel of the task that
//! arms it.
//!
//! # Deleting a timer whose callback runs
//!
//! `running` is the timer whose callback is being called. The base's thread sets and clears it in
//! the critical sections that take the timer off the queue and, for an hrtimer, queue it again. A
//! task that deletes a timer "sync" checks it under the lock. If `running` is another timer, this
//! one is deleted, and no callback of it runs or will run. If it is this one, the task joins the
//! base's list of waiters before it drops the lock, and sleeps; the base's thread clears `running`
//! under the lock and wakes all waiters. So no wake-up is lost, and there is no polling. The task
//! then tries again, since the callback may have armed the timer anew.
//!
//! After it has cleared `running`, the base's thread does not touch the timer. So the task that has
//! deleted it may free it. A callback may also free its own timer: therefore the thread touches the
//! timer after the callback only if the callback asked for that (`HRTIMER_RESTART`).

use super::base::{Base, Locked, Queue, Timed};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::{self, Ordering, os};
use std::panic::Location;
use std::ptr;

/// The base that `timer` is bound to, locked; `None` if it was never armed.
pub(crate) fn lock_bound<T: Timed>(timer: &T) -> Option<Locked<T::Queue>> {
    sync::refuse_in_forked_child();
    timer.life().touch();
    loop {
        // Acquire pairs with the Release in `lock_or_bind`: the initialised base is visible.
        let bound = timer.base().load(Ordering::Acquire);
        // SAFETY: null or a base, which is never freed; see "Finding the base".
        let base: &'static Base<T::Queue> = unsafe { bound.as_ref() }?;
        base.touch();
        let locked = base.lock();
        // Relaxed: the last change was made under the lock of the base that the pointer left; if
        // that is this base, the lock orders it.
        if timer.base().load(Ordering::Relaxed) == bound {
            return Some(locked);
        }
    }
}

/// Shuts down a timer that its owner drops: no task arms it for the first time any more. In the
/// timer's own callback it does not wait for the callback's end.
pub(crate) fn shut_down_owned<T: Timed>(timer: &T) {
    if os::forked() {
        // The Kernel and its callbacks belong to the parent process.
        return;
    }
    loop {
        let Some(locked) = lock_bound(timer) else { return };
        // SAFETY: the timer is valid, and the base is its own and locked.
        unsafe {
            T::Queue::forget_function(timer);
            locked.queue().remove(timer);
        }
        if !locked.runs(timer) {
            return;
        }
        if locked.is_on_its_thread() {
            // The callback may free the memory before it returns, so the base forgets the timer.
            locked.state(|state| state.running = ptr::null());
            return;
        }
        wait_for_callback(locked, timer, Location::caller());
    }
}

/// Waits for the end of the callback of `timer`, which runs on another thread.
///
/// Preemption may be disabled: the kernel spins in this case, and a callback is short, so this
/// sleep is not reported.
pub(crate) fn wait_for_callback<T: Timed>(
    locked: Locked<T::Queue>,
    timer: &T,
    place: &'static Location<'static>,
) {
    with_current(|me| {
        let address = ptr::from_ref(timer).addr();
        drop(locked.wait_until(me, address, place, |state| !ptr::eq(state.running, timer)));
    });
}

/// Locks the base that `timer` is bound to; binds an idle timer to `mine` first.
pub(crate) fn lock_or_bind<T: Timed>(timer: &T, mine: &'static Base<T::Queue>) -> Locked<T::Queue> {
    let pointer = ptr::from_ref(mine).cast_mut();
    loop {
        if let Some(locked) = lock_bound(timer) {
            if locked.is(mine) || timer.is_queued() || locked.runs(timer) {
                return locked;
            }
            // A swap, since other tasks compare-exchange the same word. Release: the task that
            // binds the timer next sees all that was done with the lock of this base held.
            timer.base().swap(ptr::null_mut(), Ordering::Release);
        }
        let locked = mine.lock();
        let bound =
            timer.base().compare_exchange(ptr::null_mut(), pointer, Ordering::AcqRel, Ordering::Relaxed);
        if bound.is_ok() {
            return locked;
        }
    }
}

/// Takes `timer` off its queue. Returns false if it was not queued. Its callback may be running.
pub(crate) fn dequeue<T: Timed>(timer: &T) -> bool {
    // SAFETY: the timer is valid, and the base is its own and locked.
    lock_bound(timer).is_some_and(|locked| unsafe { locked.queue().remove(timer) })
}

/// As [`dequeue`]; does nothing and returns `None` if the callback runs.
pub(crate) fn try_dequeue<T: Timed>(timer: &T) -> Option<bool> {
    let Some(locked) = lock_bound(timer) else { return Some(false) };
    // SAFETY: as in `dequeue`.
    (!locked.runs(timer)).then(|| unsafe { locked.queue().remove(timer) })
}

/// As [`dequeue`], and waits until the callback is not running. With `for_ever`, the timer can't be
/// armed again.
///
/// `EDEADLK`, with a warning, on the thread that runs the callback. The timer is dequeued
/// nevertheless.
pub(crate) fn dequeue_sync<T: Timed>(
    timer: &T,
    for_ever: bool,
    call: &str,
    place: &'static Location<'static>,
) -> Result<bool, Errno> {
    loop {
        let Some(locked) = lock_bound(timer) else { return Ok(false) };
        if for_ever {
            // SAFETY: as in `dequeue`.
            unsafe { T::Queue::forget_function(timer) };
        }
        let runs = locked.runs(timer);
        if !runs || locked.is_on_its_thread() {
            // SAFETY: as in `dequeue`.
            let queued = unsafe { locked.queue().remove(timer) };
            drop(locked);
            if runs {
                let message = "a timer's callback can't wait for its own end: the timer is deleted, the call does not wait";
                with_current(|me| me.warn(WarningKind::Deadlock, call, place, message));
                return Err(Errno::EDEADLK);
            }
            return Ok(queued);
        }
        wait_for_callback(locked, timer, place);
    }
}
