//! The hand-off between a requester, kthreadd and the new thread.
//!
//! The requester, the queue, and kthreadd or the new thread share a [`CreateRequest`]. It has a
//! `done` completion and *one* claim to complete it, which exactly one of them takes:
//!
//! * kthreadd takes the claim when it has an OS thread for the task: it stores the task as the
//!   result, then completes `done`. If the operating system refuses the thread, it stores an error
//!   instead. A thread that begins at once takes the claim itself, before its function runs.
//! * A requester that is killed while it waits tries to take the claim. If it succeeds, it returns
//!   EINTR without an answer; kthreadd finds the claim gone and stops the new thread, which drops
//!   the function and its data and exits. If it fails, an answer is on its way: the requester waits
//!   for it, uninterruptibly, and takes it.
//!
//! In the kernel the new thread always answers. Here that would only delay the requester by one
//! more thread switch. What the thread does first (it sets its name, stores its OS id, sleeps)
//! concerns the thread alone; calls that need one of these wait for it (`wait_task_inactive`,
//! [`TaskStruct::os_tid`](crate::TaskStruct::os_tid)).
//!
//! So every request is answered or abandoned, never both. The data of a function that never runs is
//! dropped once: by the new thread, or by the requester if there is none. The request is freed with
//! the last of the three references.
//!
//! The task's state is UNINTERRUPTIBLE before the task is published. So a wake-up right after the
//! create is not lost: it makes the thread's first `schedule` return at once.

use super::Kthread;
use crate::completion::Completion;
use crate::cpumask::CpuMask;
use crate::errno::Errno;
use crate::sync::{AtomicU32, Mutex, Ordering};
use crate::task::{CallPlace, KTHREADD_PID, TASK_KILLABLE, TASK_UNINTERRUPTIBLE, Task, Wait, WaitKind};
use std::panic::Location;

/// What a thread runs: the function with its data inside.
pub(super) type Body = Box<dyn FnOnce() -> i32 + Send>;

/// When the new thread's function begins.
pub(super) enum Begin {
    /// At its first wake-up: a kthread.
    WhenWoken,
    /// At once, as a child of the requester: `kernel_thread`.
    AtOnce { parent: Task },
    /// At once, and nobody waits for the answer. If the operating system refuses the thread,
    /// kthreadd calls `refused`.
    Unattended { refused: Box<dyn Fn(Errno) + Send + Sync> },
}

/// `struct kthread_create_info`.
pub(super) struct CreateRequest {
    pub(super) name: String,
    /// The place of the requester's call.
    pub(super) from: CallPlace,
    /// The cpus of the requested node.
    pub(super) cpus: Option<CpuMask>,
    pub(super) begin: Begin,
    /// The function, until the thread takes it (or, if there will be no thread, the requester or
    /// kthreadd).
    pub(super) body: Mutex<Option<Body>>,
    /// The block for the new task, until kthreadd makes the task.
    pub(super) kthread: Mutex<Option<Box<Kthread>>>,
    /// An injected fault: `done` is never completed.
    pub(super) lost: bool,
    /// 1 once the claim is taken.
    claimed: AtomicU32,
    result: Mutex<Option<Result<Task, Errno>>>,
    done: Completion,
}

impl CreateRequest {
    pub(super) fn new(
        name: String,
        cpus: Option<CpuMask>,
        begin: Begin,
        place: &'static Location<'static>,
        body: Body,
        kthread: Box<Kthread>,
    ) -> Self {
        Self {
            name,
            from: CallPlace::plain(place),
            cpus,
            begin,
            body: Mutex::new(Some(body)),
            kthread: Mutex::new(Some(kthread)),
            lost: false,
            claimed: AtomicU32::new(0),
            result: Mutex::new(None),
            done: Completion::new(),
        }
    }

    /// Takes the claim to `done`. Returns true to exactly one caller.
    ///
    /// AcqRel: the loser sees what the winner did before. A swap, because with a load and a store
    /// two callers could both find the claim.
    #[must_use]
    pub(super) fn claim(&self) -> bool {
        self.claimed.swap(1, Ordering::AcqRel) == 0
    }

    /// True if the requester has taken the claim and left.
    pub(super) fn is_abandoned(&self) -> bool {
        self.claimed.load(Ordering::Acquire) != 0
    }

    /// Hands the requester its answer. The caller has the claim.
    pub(super) fn answer(&self, result: Result<Task, Errno>) {
        if let (Begin::Unattended { refused }, Err(errno)) = (&self.begin, &result) {
            refused(*errno);
        }
        *self.result.lock() = Some(result);
        if !self.lost {
            self.done.complete();
        }
    }

    /// The killed requester, which has the claim, leaves without an answer.
    pub(super) fn abandon(&self) -> Errno {
        // Drop the function here, in the requester's context, unless somebody else is about to take
        // it. `try_lock`, because a killed requester waits for nobody.
        let body = self.body.try_lock().and_then(|mut body| body.take());
        drop(body);
        Errno::EINTR
    }

    /// The requester waits, killably, for the answer.
    pub(super) fn wait_for_answer(
        &self,
        call: &'static str,
        place: &'static Location<'static>,
    ) -> Result<Task, Errno> {
        let noted = Wait::new(WaitKind::Create, 0, call, place).by(KTHREADD_PID);
        if self.done.wait_for(TASK_KILLABLE, noted).is_err() {
            if self.claim() {
                return Err(self.abandon());
            }
            // kthreadd or the thread has the claim and is about to complete `done`, so this wait is
            // short. An uninterruptible wait returns no error.
            let _ = self.done.wait_for(TASK_UNINTERRUPTIBLE, noted);
        }
        let result = self.result.lock().take();
        let result = result.unwrap_or_else(|| unreachable!("the result is stored before `done`"));
        if result.is_err() {
            // There is no thread: drop the function and its data here, in the requester's context,
            // before the caller sees the error.
            let body = self.body.lock().take();
            drop(body);
        }
        result
    }
}
