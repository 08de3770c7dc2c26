//! Which base a timer is bound to, and taking it off the queue.
//!
//! # Finding the base
//!
//! A timer is plain memory: it can't hold a reference to its Kernel, and its Kernel may be gone
//! when somebody looks at it again. So bases come from a pool and are never freed. A timer's `base`
//! is a pointer to one, or null while it was never armed. Whoever needs the lock reads the pointer,
//! locks what it points to, and reads it again: if it is still the same, that is the timer's base
//! for as long as the lock is held, because `base` changes only
//!
//! * from null to B, by a compare-exchange, with B's lock held;
//! * from B to null, with B's lock held, and only if the timer is not queued there and its callback
//!   does not run there.
//!
//! If it is another one, the timer has moved, and the search starts anew. A base that has been used
//! again for another Kernel meanwhile does no harm: a timer that still points to it is queued
//! nowhere.
//!
//! A timer that is queued, or whose callback runs, keeps its base, whoever arms it. So its callback
//! never runs on two threads at once. An idle timer moves to the Kernel of the task that arms it.
//!
//! # Deleting a timer whose callback runs
//!
//! `running` is the timer whose callback is being called. It is set and cleared with the lock held,
//! in the same critical sections that take the timer off the queue and, for an hrtimer, put it on
//! again. Who deletes a timer "sync" looks at it under the lock. If it is another, the timer is
//! deleted and no callback of it runs or will run. If it is this one, it puts itself on the base's
//! list of waiters before it lets the lock go, and sleeps; the base's thread clears `running` under
//! the lock and wakes all it finds there. So no wake is lost, and nobody polls. Then it tries
//! again, since the callback may have armed the timer anew.
//!
//! Behind the clearing of `running` the base's thread does not touch the timer. So who has deleted
//! it may free it, and a callback may free its own timer: for that reason the thread looks at the
//! timer after the callback only if the callback asked for it (`HRTIMER_RESTART`).

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
        // Acquire: with the Release in `lock_or_bind`, the base is seen as it was made.
        let bound = timer.base().load(Ordering::Acquire);
        // SAFETY: null or a base, which is never freed; see "Finding the base".
        let base: &'static Base<T::Queue> = unsafe { bound.as_ref() }?;
        let locked = base.lock();
        // Relaxed: it was last changed under the lock of the base that it was changed from; if that
        // is this one, the lock orders it.
        if timer.base().load(Ordering::Relaxed) == bound {
            return Some(locked);
        }
    }
}

/// Shuts down a timer whose owner lets it go: nobody arms it for the first time any more. In the
/// timer's own callback it does not wait for the callback's end.
pub(crate) fn shut_down_owned<T: Timed>(timer: &T) {
    if os::forked() {
        // The Kernel is another process's, and so are its callbacks.
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
            // The memory may be gone when the callback returns, so the base forgets it.
            locked.state(|state| state.running = ptr::null());
            return;
        }
        wait_for_callback(locked, timer, Location::caller());
    }
}

/// Waits for the end of the callback of `timer`, which runs on another thread.
///
/// Preemption may be disabled: the kernel spins in this case, and a callback is short, so this
/// sleep is none to warn of.
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

/// The base that `timer` is bound to, locked; an idle timer is bound to `mine` first.
pub(crate) fn lock_or_bind<T: Timed>(timer: &T, mine: &'static Base<T::Queue>) -> Locked<T::Queue> {
    let pointer = ptr::from_ref(mine).cast_mut();
    loop {
        if let Some(locked) = lock_bound(timer) {
            if locked.is(mine) || timer.is_queued() || locked.runs(timer) {
                return locked;
            }
            // A swap, since others try to compare-exchange the same word. Release: who binds it
            // next sees what was done with the lock of this base held.
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

/// Takes `timer` off its queue; false if it was not on it. Its callback may be running.
pub(crate) fn dequeue<T: Timed>(timer: &T) -> bool {
    // SAFETY: the timer is valid, and the base is its own and locked.
    lock_bound(timer).is_some_and(|locked| unsafe { locked.queue().remove(timer) })
}

/// As [`dequeue`], unless the callback runs: `None`.
pub(crate) fn try_dequeue<T: Timed>(timer: &T) -> Option<bool> {
    let Some(locked) = lock_bound(timer) else { return Some(false) };
    // SAFETY: as in `dequeue`.
    (!locked.runs(timer)).then(|| unsafe { locked.queue().remove(timer) })
}

/// As [`dequeue`], and waits until the callback does not run. With `for_ever`, the timer can't be
/// armed again.
///
/// `EDEADLK`, with a warning, on the thread that runs the callback. The timer is off its queue even
/// so.
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
                let message = "a timer's callback can't wait for its own end";
                with_current(|me| me.warn(WarningKind::Deadlock, call, place, message));
                return Err(Errno::EDEADLK);
            }
            return Ok(queued);
        }
        wait_for_callback(locked, timer, place);
    }
}
