//! Events: the runtime reports what it does while it does it.
//!
//! The kernel has tracepoints (`sched_wakeup`, `sched_kthread_stop` …);
//! [`KernelBuilder::on_event`](crate::KernelBuilder::on_event) sets one handler for all events.
//! Without a handler, an event costs one test of a pointer.

use crate::diag::{IN_EVENT, contain, once_at_a_time};
use std::fmt;

/// A task in an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaskId {
    /// The task's pid.
    pub pid: i32,
    /// The task's name at the time of the event.
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
    /// kthreadd is up, and is about to complete `kthreadd_done`, for which the booting task waits.
    KthreaddUp,
    /// The task queued a create request for kthreadd.
    CreateQueued {
        /// The name of the requested thread.
        name: String,
    },
    /// kthreadd started an OS thread for a task, or the idle task started kthreadd's. The kernel:
    /// `sched_process_fork`.
    Forked {
        /// The new task.
        child: TaskId,
    },
    /// The task made a kthread of a spare thread. The kthread sleeps, and its function has not run.
    SpareTaken {
        /// The new task.
        child: TaskId,
    },
    /// The operating system refused the thread, or its requester was killed.
    CreateFailed {
        /// The name of the requested thread.
        name: String,
    },
    /// kthreadd or the new thread is about to complete the requester's `done`: the thread exists,
    /// and its function has not run.
    CreateDone {
        /// The new task.
        child: TaskId,
    },
    /// The task goes to sleep; a pending signal may end the sleep at once. The kernel:
    /// `sched_switch`.
    Sleeping {
        /// The state in which it sleeps, as `TASK_…` names.
        state: String,
    },
    /// The task woke another one. The kernel: `sched_waking`.
    Woken {
        /// The task that slept or was about to.
        task: TaskId,
    },
    /// The thread function begins.
    FunctionStarted,
    /// `kthread_stop` asked a thread to stop. The kernel: `sched_kthread_stop`.
    StopAsked {
        /// The thread that should stop.
        task: TaskId,
    },
    /// `kthread_should_stop` returned true to the task.
    ShouldStopSeen,
    /// `kthread_park` asked a thread to park.
    ParkAsked {
        /// The thread that should park.
        task: TaskId,
    },
    /// The task is about to sleep in `kthread_parkme`.
    Parked,
    /// `kthread_unpark` unparks a thread.
    Unparked {
        /// The thread that was asked to park.
        task: TaskId,
    },
    /// The thread has ended: its result is stored, and `exited` is about to be completed.
    Exited {
        /// What `kthread_stop` will return.
        result: i32,
    },
    /// The thread is a zombie: it has ended, and is about to leave the pid table. (It does so
    /// itself, because nobody reaps a kthread.)
    Zombie,
    /// `kthread_stop` returns. The kernel: `sched_kthread_stop_ret`.
    StopReturned {
        /// The thread that was stopped.
        task: TaskId,
        /// Its result.
        result: i32,
    },
    /// kthreadd has joined the OS thread of a task that has exited.
    Joined {
        /// The pid that the task had.
        pid: i32,
    },
    /// A fault of the Kernel's [plan](crate::faults) was injected into a call of the task.
    FaultInjected {
        /// The fault as in a spec, with the number of the call: `alloc@3`.
        fault: String,
        /// The function that was called.
        call: String,
        /// Where it was called.
        place: String,
        /// What happens to the call, in a sentence.
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

    /// True if there is a handler.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Calls the handler, if there is one, with the event that `make` returns. Events that the
    /// handler itself causes are dropped.
    #[inline(always)]
    pub(crate) fn tell(&self, make: impl FnOnce() -> Event) {
        if let Some(handler) = &self.0 {
            once_at_a_time(IN_EVENT, || handler(&make()));
        }
    }
}

/// As for `WarningSink`.
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
