//! The hand-off between a requester, kthreadd and the new thread.
//!
//! A [`CreateRequest`] is shared by the requester, the queue, and whoever serves it. It has a
//! `done` completion and *one* claim to it, which is swapped out exactly once:
//!
//! * kthreadd claims it when there is an OS thread for the task, which is asleep as far as anyone
//!   can see: it stores the task as the result, then completes `done`; or it stores an error, if
//!   there will be no thread. A thread that begins at once claims it itself, before its function
//!   runs.
//! * a requester that is killed while it waits claims it too. If it got the claim, nobody will
//!   answer: it returns EINTR; kthreadd, finding the claim gone, sends the new thread away, which
//!   drops the function and its data and exits. If it did not get the claim, an answer is on its
//!   way: it waits for it, uninterruptibly, and takes it.
//!
//! In the kernel the new thread always answers. That would be one more thread to be run before the
//! requester goes on, for nothing: what the thread does first (its name, its id in the operating
//! system, its own sleep) is its own business, and who asks for it waits for it
//! (`wait_task_inactive`, [`TaskStruct::os_tid`](crate::TaskStruct::os_tid)).
//!
//! So every request is answered or abandoned, never both; the data of a function that never runs is
//! dropped once, on the thread that found out (the requester, if there is no thread); and the
//! memory goes with the last of the three references.
//!
//! The task's state is UNINTERRUPTIBLE from its first moment, before it is published: a wake right
//! after create is not lost, it makes the thread's first `schedule` return at once.

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
    /// At once, and nobody waits for the answer. If there will be no thread, kthreadd calls this.
    Unattended { refused: Box<dyn Fn(Errno) + Send + Sync> },
}

/// `struct kthread_create_info`.
pub(super) struct CreateRequest {
    pub(super) name: String,
    /// Where it was made.
    pub(super) from: CallPlace,
    /// The cpus of the node that was asked for.
    pub(super) cpus: Option<CpuMask>,
    pub(super) begin: Begin,
    /// The function, until the thread (or whoever finds out that there will be none) takes it.
    pub(super) body: Mutex<Option<Body>>,
    /// The block for the new task, until it is made.
    pub(super) kthread: Mutex<Option<Box<Kthread>>>,
    /// `done` is never completed: a fault on demand.
    pub(super) lost: bool,
    /// 1 once the claim is gone.
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

    /// Takes the claim to `done`; true for one caller only.
    ///
    /// AcqRel: the loser sees what the winner did before. A swap and not a load and a store: two
    /// could both find it there.
    #[must_use]
    pub(super) fn claim(&self) -> bool {
        self.claimed.swap(1, Ordering::AcqRel) == 0
    }

    /// True if the requester has gone.
    pub(super) fn is_abandoned(&self) -> bool {
        self.claimed.load(Ordering::Acquire) != 0
    }

    /// Hands the requester its answer. For the one who has the claim.
    pub(super) fn answer(&self, result: Result<Task, Errno>) {
        if let (Begin::Unattended { refused }, Err(errno)) = (&self.begin, &result) {
            refused(*errno);
        }
        *self.result.lock() = Some(result);
        if !self.lost {
            self.done.complete();
        }
    }

    /// The requester was killed, and has the claim: nobody answers any more.
    pub(super) fn abandon(&self) -> Errno {
        // If nobody is about to take the function, it ends here, in its owner's context. Tried,
        // because a requester that is killed waits for nobody.
        let body = self.body.try_lock().and_then(|mut body| body.take());
        drop(body);
        Errno::EINTR
    }

    /// Waits, killably, for the answer: the requester's part.
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
            // Somebody else has it, and is about to complete: this wait can't be long, and has no
            // error.
            let _ = self.done.wait_for(TASK_UNINTERRUPTIBLE, noted);
        }
        let result = self.result.lock().take();
        let result = result.unwrap_or_else(|| unreachable!("the result is stored before `done`"));
        if result.is_err() {
            // There is no thread: the function and its data end here, in their owner's context,
            // before the error is told.
            let body = self.body.lock().take();
            drop(body);
        }
        result
    }
}
