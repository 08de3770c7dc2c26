//! The loop of `wait_event!` and of `swait_event!`: queue up and set the state, test the condition,
//! sleep.
//!
//! The condition is tested once before that, without an entry. A signal that the state admits ends
//! the wait with ERESTARTSYS unless the condition is true by then. With a limit in jiffies, the
//! condition is tested once more when the time is over, success is never 0, and a limit of 0 is one
//! look and no more. With a limit in nanoseconds a signal counts before the time.
//!
//! The condition is the caller's code and may panic, so the state is put right by a destructor
//! here, and the entry by its own.

use super::might_sleep::note_state;
use super::sleep::{change_state, sleep_until};
use super::timeout::Timeout;
use crate::clock::Jiffies;
use crate::errno::Errno;
use crate::task::{TASK_RUNNING, TaskState, TaskStruct};
use std::panic::Location;

/// How long a wait may take.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum WaitLimit {
    /// As long as it takes.
    None,
    /// So many jiffies.
    Jiffies(u64),
    /// So many nanoseconds; `KTIME_MAX` is no limit.
    Nanoseconds(i64),
}

/// How a wait is made.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct WaitMode {
    /// The state to sleep in.
    pub state: TaskState,
    /// Whether wake-ups wake only some of those who wait like this.
    pub exclusive: bool,
    /// The time limit.
    pub limit: WaitLimit,
    /// The macro's name.
    pub call: &'static str,
}

impl WaitLimit {
    /// A limit in jiffies.
    pub fn jiffies(timeout: impl Jiffies) -> Self {
        Self::Jiffies(timeout.as_long() as u64)
    }

    /// What a wait returns whose condition is true at the first look.
    pub(crate) fn untouched(self) -> u64 {
        match self {
            Self::Jiffies(jiffies) => jiffies.max(1),
            Self::None | Self::Nanoseconds(_) => 1,
        }
    }
}

/// Sets the state to RUNNING when it goes, also on a panic of the condition.
struct Running<'a>(&'a TaskStruct);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        change_state(self.0, TASK_RUNNING);
    }
}

/// The first look: what the wait returns if it is over with it, by its condition or because its
/// limit is no time at all.
pub(crate) fn first_look(limit: WaitLimit, condition: &mut dyn FnMut() -> bool) -> Option<u64> {
    if condition() {
        return Some(limit.untouched());
    }
    matches!(limit, WaitLimit::Jiffies(0)).then_some(0)
}

/// A wait after its [`first_look`]: what its caller has to do next. The loop around it is
/// [`sleep_until_true`], or, in C, the macros of the header.
#[derive(Debug)]
pub(crate) struct Waiting {
    until: Until,
    /// In jiffies; 1, and then 0, with another limit.
    left: u64,
    /// How queueing up went last.
    ready: Result<(), Errno>,
}

#[derive(Debug)]
enum Until {
    Jiffies(Timeout),
    /// A time of the monotonic clock; `None` is never.
    Nanosecond(Option<u64>),
}

impl Waiting {
    pub(crate) fn new(me: &TaskStruct, mode: &WaitMode, place: &'static Location<'static>) -> Self {
        let until = match mode.limit {
            WaitLimit::None | WaitLimit::Nanoseconds(i64::MAX) => Until::Nanosecond(None),
            // The kernel adds it to the time that it is, and takes a sum that is less for one that
            // has overflowed: never.
            WaitLimit::Nanoseconds(..0) => Until::Nanosecond(None),
            WaitLimit::Jiffies(jiffies) => Until::Jiffies(Timeout::after(me, jiffies, mode.call, place)),
            WaitLimit::Nanoseconds(ns) => {
                Until::Nanosecond(Some(me.kernel_state().clock.now_ns().saturating_add(ns as u64)))
            }
        };
        Self { until, left: mode.limit.untouched(), ready: Ok(()) }
    }

    /// The task has queued up and set its state, or was taken out because a signal is pending. The
    /// condition is to be tested.
    pub(crate) fn prepared(&mut self, ready: Result<(), Errno>) {
        self.ready = ready;
    }

    /// The condition was false: true if the wait ends all the same.
    pub(crate) fn over(&self) -> bool {
        self.ready.is_err() || self.left == 0
    }

    pub(crate) fn sleep(&mut self, me: &TaskStruct) {
        self.left = match &self.until {
            Until::Jiffies(limit) => limit.sleep(me),
            Until::Nanosecond(at) => {
                sleep_until(me, *at);
                u64::from(at.is_none_or(|at| me.kernel_state().clock.now_ns() < at))
            }
        };
    }

    /// What the wait returns: the jiffies left, at least 1 (1 with another limit), or 0 if the time
    /// has passed.
    pub(crate) fn result(&self, condition: bool) -> Result<u64, Errno> {
        let in_jiffies = matches!(self.until, Until::Jiffies(_));
        match self.ready {
            _ if condition => Ok(self.left.max(1)),
            Err(errno) if self.left != 0 || !in_jiffies => Err(errno),
            _ => Ok(0),
        }
    }
}

/// The loop, after [`first_look`]. `prepare` queues the entry up and sets the state, or takes it
/// out if a signal is pending; `around_sleep` gets a function that sleeps.
pub(crate) fn sleep_until_true(
    me: &TaskStruct,
    mode: &WaitMode,
    place: &'static Location<'static>,
    prepare: &mut dyn FnMut() -> Result<(), Errno>,
    condition: &mut dyn FnMut() -> bool,
    around_sleep: &mut dyn FnMut(&mut dyn FnMut()),
) -> Result<u64, Errno> {
    let mut waiting = Waiting::new(me, mode, place);
    let _running = Running(me);
    loop {
        note_state(me, mode.state, place);
        waiting.prepared(prepare());
        let condition = condition();
        if condition || waiting.over() {
            return waiting.result(condition);
        }
        around_sleep(&mut || waiting.sleep(me));
    }
}
