//! `wait_event!` turned inside out, for C, whose conditions can't be closures: the caller has the
//! loop and tests the condition, and asks here what comes next. The rules are [`Waiting`]'s, as
//! those of the macros are.
//!
//! ```text
//! begin
//! while the condition is false and not over():
//!     sleep() if must_sleep()       (a caller with a lock opens it meanwhile)
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

/// One wait, in memory of the caller's that stays in place.
///
/// # Invariants
///
/// `wq` is valid, and `entry` is on it or on none, from `begin` to `end`.
#[derive(Debug)]
pub struct EventWait {
    entry: WaitQueueEntry,
    wq: *const WaitQueueHead,
    mode: WaitMode,
    place: &'static Location<'static>,
    /// The caller has a lock, which it opens before each sleep.
    opens_lock: bool,
    /// Whether the last `prepare` has queued the entry. It takes it out, and nobody was woken, if a
    /// signal is pending.
    queued: bool,
    /// From the second look at the condition on, for which the task has queued up.
    waiting: Option<Waiting>,
    noted: Option<WaitNoteBefore<'static>>,
}

impl EventWait {
    /// A wait of the calling task's. May sleep; says so if that is wrong here.
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

    /// [`begin`](Self::begin) by a caller who has a lock now and opens it before each sleep, or
    /// does something else there. It is the sleep that says if that is wrong.
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

    /// The condition was false: true if the wait ends all the same.
    pub fn over(&self) -> bool {
        match &self.waiting {
            None => matches!(self.mode.limit, WaitLimit::Jiffies(0)),
            Some(waiting) => waiting.over(),
        }
    }

    /// True if there is an entry by which the task can be woken.
    pub fn must_sleep(&self) -> bool {
        self.waiting.is_some()
    }

    /// Sleeps until woken, or until the time is over.
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

    /// Queues up and sets the state, for the condition to be tested again.
    ///
    /// # Safety
    ///
    /// As promised to [`begin`](Self::begin).
    #[track_caller]
    pub unsafe fn prepare(&mut self) {
        if !self.must_sleep() {
            with_current(|me| self.enter(me));
        }
        // SAFETY: the contract of `begin`, and the entry is the calling task's since `enter`.
        let ready = unsafe { raw::prepare_to_wait_event(&*self.wq, &mut self.entry, self.mode.state) };
        self.queued = ready.is_ok();
        if let Some(waiting) = &mut self.waiting {
            waiting.prepared(ready);
        }
    }

    fn enter(&mut self, me: &TaskStruct) {
        self.entry.private = ptr::from_ref(me).cast_mut().cast();
        self.waiting = Some(Waiting::new(me, &self.mode, self.place));
        // SAFETY: the note is the calling task's, and goes in `end`, which that task calls.
        let note = unsafe { &*ptr::from_ref(me.wait_note()) };
        self.noted =
            Some(note.set(Wait::new(WaitKind::WaitQueue, self.wq.addr(), self.mode.call, self.place)));
    }

    /// Ends the wait: the jiffies left, at least 1 (1 with another limit), if the `condition` is
    /// true; 0 if the time has passed.
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
            // As in `event`: a wake-up that is not needed goes on to the next.
            walk(wq, &WakeUp::new(TASK_NORMAL, 1));
        }
        self.noted = None;
        result
    }
}
