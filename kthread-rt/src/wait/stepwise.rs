//! `wait_event!` in steps, for C, where the condition cannot be a closure: the caller writes the
//! loop and tests the condition, and this module does the rest. Like the macros, it follows the
//! rules of [`Waiting`].
//!
//! ```text
//! begin
//! while the condition is false and not over():
//!     sleep() if must_sleep()       (a caller with a lock releases it around the sleep)
//!     prepare()
//! end(the condition)
//! ```

use super::wake::{WakeUp, walk};
use super::{WQ_FLAG_EXCLUSIVE, WaitQueueEntry, WaitQueueHead, autoremove_wake_function, raw};
use crate::errno::Errno;
use crate::sched::{WaitLimit, WaitMode, Waiting, might_pause_in, might_sleep_in, with_current};
use crate::sync::Ordering;
use crate::task::{TASK_NORMAL, TaskStruct, Wait, WaitKind, WaitNoteBefore};
use std::panic::Location;
use std::ptr;

/// One wait, in the caller's memory, which does not move.
///
/// # Invariants
///
/// From `begin` to `end`, `wq` is valid, and `entry` is on it or on no queue.
#[derive(Debug)]
pub struct EventWait {
    entry: WaitQueueEntry,
    wq: *const WaitQueueHead,
    mode: WaitMode,
    place: &'static Location<'static>,
    /// The caller holds a lock, which it releases before each sleep.
    opens_lock: bool,
    /// Whether the last `prepare` has queued the entry. It removes the entry if a signal is
    /// pending; that is not a wake-up.
    queued: bool,
    /// Set from the first `prepare` on, before the condition is tested the second time.
    waiting: Option<Waiting>,
    noted: Option<WaitNoteBefore<'static>>,
}

impl EventWait {
    /// Begins a wait of the calling task. Warns if the caller must not sleep.
    ///
    /// # Safety
    ///
    /// `wq` is valid until [`end`](Self::end), the value does not move from the first
    /// [`prepare`](Self::prepare) to `end`, and only the task that made it uses it.
    #[track_caller]
    pub unsafe fn begin(wq: *const WaitQueueHead, mode: WaitMode) -> Self {
        let place = Location::caller();
        with_current(|me| might_sleep_in(me, mode.call, place));
        Self::new(wq, mode, place, false)
    }

    /// [`begin`](Self::begin) for a caller that holds a lock and releases it before each sleep. So
    /// it is [`sleep`](Self::sleep) that warns if the caller must not sleep.
    ///
    /// # Safety
    ///
    /// As `begin`.
    #[track_caller]
    pub unsafe fn begin_with_lock(wq: *const WaitQueueHead, mode: WaitMode) -> Self {
        Self::new(wq, mode, Location::caller(), true)
    }

    fn new(
        wq: *const WaitQueueHead,
        mode: WaitMode,
        place: &'static Location<'static>,
        opens_lock: bool,
    ) -> Self {
        let entry = WaitQueueEntry::new(autoremove_wake_function, ptr::null_mut());
        if mode.exclusive {
            entry.flags.fetch_or(WQ_FLAG_EXCLUSIVE, Ordering::Relaxed);
        }
        Self { entry, wq, mode, place, opens_lock, queued: false, waiting: None, noted: None }
    }

    /// Returns true if the wait ends although the condition is false.
    pub fn over(&self) -> bool {
        match &self.waiting {
            None => matches!(self.mode.limit, WaitLimit::Jiffies(0)),
            Some(waiting) => waiting.over(),
        }
    }

    /// Returns true if the entry was queued, so that the task can be woken.
    pub fn must_sleep(&self) -> bool {
        self.waiting.is_some()
    }

    /// Sleeps until the task is woken or the timeout has passed.
    pub fn sleep(&mut self) {
        if let Some(waiting) = &mut self.waiting {
            with_current(|me| {
                if self.opens_lock {
                    might_pause_in(me, self.mode.call, self.place);
                }
                waiting.sleep(me);
            });
        }
    }

    /// Queues the entry and sets the state. The caller then tests the condition again.
    ///
    /// # Safety
    ///
    /// As promised to [`begin`](Self::begin).
    #[track_caller]
    pub unsafe fn prepare(&mut self) {
        if !self.must_sleep() {
            with_current(|me| self.enter(me));
        }
        // SAFETY: the contract of `begin`; since `enter` the entry belongs to the calling task.
        let ready = unsafe { raw::prepare_to_wait_event(&*self.wq, &mut self.entry, self.mode.state) };
        self.queued = ready.is_ok();
        if let Some(waiting) = &mut self.waiting {
            waiting.prepared(ready);
        }
    }

    fn enter(&mut self, me: &TaskStruct) {
        self.entry.private = ptr::from_ref(me).cast_mut().cast();
        self.waiting = Some(Waiting::new(me, &self.mode, self.place));
        // SAFETY: the note belongs to the calling task, which drops it in `end`.
        let note = unsafe { &*ptr::from_ref(me.wait_note()) };
        self.noted =
            Some(note.set(Wait::new(WaitKind::WaitQueue, self.wq.addr(), self.mode.call, self.place)));
    }

    /// Ends the wait. Returns the jiffies left, at least 1 (1 if the limit is not in jiffies), if
    /// the `condition` is true, or 0 after the timeout.
    ///
    /// # Errors
    ///
    /// `ERESTARTSYS` if a signal ended it.
    ///
    /// # Safety
    ///
    /// As promised to [`begin`](Self::begin).
    pub unsafe fn end(&mut self, condition: bool) -> Result<u64, Errno> {
        let Some(waiting) = &self.waiting else {
            return Ok(if condition { self.mode.limit.untouched() } else { 0 });
        };
        let result = waiting.result(condition);
        // SAFETY: the contract of `begin`.
        let wq = unsafe { &*self.wq };
        // SAFETY: as above.
        let taken_out = unsafe { raw::finish_wait(wq, &mut self.entry) };
        if taken_out && self.queued && self.mode.exclusive {
            // As in `event`: pass a surplus wake-up on to the next waiter.
            walk(wq, &WakeUp::new(TASK_NORMAL, 1));
        }
        self.noted = None;
        result
    }
}
