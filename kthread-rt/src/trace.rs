//! Events: what the runtime did, told while it does it.
//!
//! The kernel has tracepoints (`sched_wakeup`, `sched_kthread_stop` …); a Kernel's builder takes
//! one function that gets them all. Without it an event costs one test of a pointer.

use crate::diag::{IN_EVENT, contain, once_at_a_time};
use std::fmt;

/// Who an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaskId {
    /// The task's pid.
    pub pid: i32,
    /// The task's name, as it was at the event.
    pub comm: String,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.comm, self.pid)
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// kthreadd is up, and completes `kthreadd_done`, for which the booting task waits.
    KthreaddUp,
    /// The task queued a create request for kthreadd.
    CreateQueued {
        /// The name of the thread that is to be.
        name: String,
    },
    /// kthreadd made an OS thread, or the idle task that of kthreadd. The kernel:
    /// `sched_process_fork`.
    Forked {
        /// The new task.
        child: TaskId,
    },
    /// The task took an OS thread that kthreadd had forked ahead, and made a kthread of it: it
    /// exists, sleeps, and its function has not run.
    SpareTaken {
        /// The new task.
        child: TaskId,
    },
    /// The operating system refused the thread, or its requester had been killed.
    CreateFailed {
        /// The name that the thread would have had.
        name: String,
    },
    /// The task, kthreadd or the new thread, completed a requester's `done`: the thread exists, and
    /// its function has not run.
    CreateDone {
        /// The new task.
        child: TaskId,
    },
    /// The task goes to sleep; a signal that is pending may end that at once. The kernel:
    /// `sched_switch`.
    Sleeping {
        /// The state it sleeps in, as `TASK_…` names.
        state: String,
    },
    /// The task took another out of its sleep. The kernel: `sched_waking`.
    Woken {
        /// The one that was asleep, or about to be.
        task: TaskId,
    },
    /// The thread function begins.
    FunctionStarted,
    /// `kthread_stop` asked a thread to stop. The kernel: `sched_kthread_stop`.
    StopAsked {
        /// The thread that is to stop.
        task: TaskId,
    },
    /// The task found out, from `kthread_should_stop`, that it is to stop.
    ShouldStopSeen,
    /// `kthread_park` asked a thread to park.
    ParkAsked {
        /// The thread that is to park.
        task: TaskId,
    },
    /// The task is about to sleep in `kthread_parkme`.
    Parked,
    /// `kthread_unpark` lets a thread go on.
    Unparked {
        /// The thread that was parked.
        task: TaskId,
    },
    /// The thread is over: its result is stored, and its `exited` is being completed.
    Exited {
        /// What `kthread_stop` returns.
        result: i32,
    },
    /// The thread is a zombie: it has ended, and is about to leave the pid table, by itself, since
    /// nobody waits for a kthread. Told of kthreads only.
    Zombie,
    /// `kthread_stop` returns. The kernel: `sched_kthread_stop_ret`.
    StopReturned {
        /// The thread that was stopped.
        task: TaskId,
        /// Its result.
        result: i32,
    },
    /// kthreadd joined the OS thread of a task that has exited.
    Joined {
        /// The pid that the task had.
        pid: i32,
    },
    /// A fault of the Kernel's [plan](crate::faults) happens to a call of the task's.
    FaultInjected {
        /// Which one, as in a spec, with the number that the call has: `alloc@3`.
        fault: String,
        /// The function that was called.
        call: String,
        /// Where it was called.
        place: String,
        /// What happens to it, in a sentence.
        what: String,
    },
}

/// Something that happened in a Kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Nanoseconds since the Kernel booted.
    pub time_ns: u64,
    /// The task that did it.
    pub task: TaskId,
    /// What it did.
    pub kind: EventKind,
}

type Handler = Box<dyn Fn(&Event) + Send + Sync>;

/// Where a Kernel's events go.
pub(crate) struct EventSink(Option<Handler>);

impl EventSink {
    pub(crate) fn new(handler: Option<Handler>) -> Self {
        Self(handler)
    }

    /// True if anybody listens.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Hands over the event that `make` makes, if anybody listens. What a handler of events causes
    /// itself is not told.
    #[inline(always)]
    pub(crate) fn tell(&self, make: impl FnOnce() -> Event) {
        if let Some(handler) = &self.0 {
            once_at_a_time(IN_EVENT, || handler(&make()));
        }
    }
}

/// As that of a `WarningSink`.
impl Drop for EventSink {
    fn drop(&mut self) {
        contain(|| drop(self.0.take()));
    }
}

impl fmt::Debug for EventSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "EventSink(handler)" } else { "EventSink(off)" })
    }
}
