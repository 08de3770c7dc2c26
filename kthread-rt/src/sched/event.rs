//! The loop of `wait_event!` and `swait_event!`: queue an entry and set the state, test the
//! condition, sleep.
//!
//! Before the loop, the condition is tested once without an entry. A signal that the state admits
//! ends the wait with ERESTARTSYS, unless the condition is true by then. With a timeout in jiffies,
//! the condition is tested once more when the timeout has passed, success is never 0, and a timeout
//! of 0 only tests the condition once. With a timeout in nanoseconds, a signal takes precedence
//! over the timeout.
//!
//! The condition is user code and may panic, so destructors restore the state (here) and the entry.

use super::might_sleep::note_state;
use super::sleep::{change_state, sleep_until};
use super::timeout::Timeout;
use crate::clock::Jiffies;
use crate::errno::Errno;
use crate::task::{TASK_RUNNING, TaskState, TaskStruct};
use std::panic::Location;

/// The timeout of a wait.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum WaitLimit {
    /// No timeout.
    None,
    /// A timeout in jiffies.
    Jiffies(u64),
    /// A timeout in nanoseconds; `KTIME_MAX` means none.
    Nanoseconds(i64),
}

/// The parameters of a wait.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct WaitMode {
    /// The state to sleep in.
    pub state: TaskState,
    /// True for an exclusive waiter.
    pub exclusive: bool,
    /// The timeout.
    pub limit: WaitLimit,
    /// The macro's name.
    pub call: &'static str,
}

impl WaitLimit {
    /// A limit in jiffies.
    pub fn jiffies(timeout: impl Jiffies) -> Self {
        Self::Jiffies(timeout.as_long() as u64)
    }

    /// The result of a wait whose condition is true before it begins.
    pub(crate) fn untouched(self) -> u64 {
        match self {
            Self::Jiffies(jiffies) => jiffies.max(1),
            Self::None | Self::Nanoseconds(_) => 1,
        }
    }
}

/// Sets the state to RUNNING when dropped, also on a panic of the condition.
struct Running<'a>(&'a TaskStruct);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        change_state(self.0, TASK_RUNNING);
    }
}

/// Tests the condition once, before queueing. `Some(result)` if it is true or the timeout is 0
/// jiffies.
pub(crate) fn first_look(limit: WaitLimit, condition: &mut dyn FnMut() -> bool) -> Option<u64> {
    if condition() {
        return Some(limit.untouched());
    }
    matches!(limit, WaitLimit::Jiffies(0)).then_some(0)
}

/// The state of a wait after its [`first_look`]. The loop around it is [`sleep_until_true`] or, in
/// C, the header's macros.
#[derive(Debug)]
pub(crate) struct Waiting {
    until: Until,
    /// The jiffies left; with another limit, 1 until it has passed and then 0.
    left: u64,
    /// The result of the last queueing.
    ready: Result<(), Errno>,
}

#[derive(Debug)]
enum Until {
    Jiffies(Timeout),
    /// A time of the monotonic clock; `None` for no timeout.
    Nanosecond(Option<u64>),
}

impl Waiting {
    pub(crate) fn new(me: &TaskStruct, mode: &WaitMode, place: &'static Location<'static>) -> Self {
        let until = match mode.limit {
            WaitLimit::None | WaitLimit::Nanoseconds(i64::MAX) => Until::Nanosecond(None),
            // The kernel adds it to the current time, and takes a smaller sum for an overflow: no
            // timeout.
            WaitLimit::Nanoseconds(..0) => Until::Nanosecond(None),
            WaitLimit::Jiffies(jiffies) => Until::Jiffies(Timeout::after(me, jiffies, mode.call, place)),
            WaitLimit::Nanoseconds(ns) => {
                Until::Nanosecond(Some(me.kernel_state().clock.now_ns().saturating_add(ns as u64)))
            }
        };
        Self { until, left: mode.limit.untouched(), ready: Ok(()) }
    }

    /// The task has queued its entry and set its state, or has removed the entry because a signal
    /// is pending. The caller tests the condition next.
    pub(crate) fn prepared(&mut self, ready: Result<(), Errno>) {
        self.ready = ready;
    }

    /// After the condition was false: true if the wait ends nevertheless.
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

    /// The result of the wait: the jiffies left, at least 1 (always 1 with another limit), or 0 if
    /// the timeout has passed.
    pub(crate) fn result(&self, condition: bool) -> Result<u64, Errno> {
        let in_jiffies = matches!(self.until, Until::Jiffies(_));
        match self.ready {
            _ if condition => Ok(self.left.max(1)),
            Err(errno) if self.left != 0 || !in_jiffies => Err(errno),
            _ => Ok(0),
        }
    }
}

/// The loop, after [`first_look`]. `prepare` queues the entry and sets the state, or removes the
/// entry if a signal is pending; `around_sleep` gets a function that sleeps.
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
