//! Creating a kthread: the requester's side of the hand-off.
//!
//! # The hand-off
//!
//! A [`CreateRequest`] is shared by the requester, the queue, and whoever serves it. It has a `done` completion and
//! *one* claim to it, which is swapped out exactly once:
//!
//! * the new thread claims it when it has its task ready, asleep as far as anyone can see: it stores the task as the
//!   result, then completes `done`. (kthreadd claims it instead if there will be no thread, with an error as the result.)
//! * a requester that is killed while it waits claims it too. If it got the claim, nobody will answer: it returns
//!   EINTR, and the new thread, finding the claim gone, drops the function and its data and exits. If it did not get the
//!   claim, an answer is on its way: it waits for it, uninterruptibly, and takes it.
//!
//! So every request is answered or abandoned, never both; the data of a function that never runs is dropped once, on
//! the thread that found out; and the memory goes with the last of the three references.
//!
//! The task's state is UNINTERRUPTIBLE from its first moment, before it is published: a wake right after create is not
//! lost, it makes the thread's first `schedule` return at once.

use super::kthreadd;
use super::shared::Shared;
use super::{Kthread, RawFace};
use crate::completion::Completion;
use crate::cpumask::CpuMask;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, os};
use crate::task::{KTHREADD_PID, TASK_KILLABLE, TASK_UNINTERRUPTIBLE, Task, TaskStruct, WaitKind};
use crate::trace::EventKind;
use std::ffi::{c_int, c_void};
use std::panic::Location;

/// "No particular node": `NUMA_NO_NODE`.
pub const NUMA_NO_NODE: i32 = -1;

/// A thread function as C has it: `int (*threadfn)(void *data)`. It may unwind, as `kthread_exit` does.
pub type RawThreadFn = unsafe extern "C-unwind" fn(data: *mut c_void) -> c_int;

/// What a thread runs: the function with its data inside.
pub(super) type Body = Box<dyn FnOnce() -> i32 + Send>;

/// When the new thread's function begins.
pub(super) enum Begin {
    /// At its first wake-up: a kthread.
    WhenWoken,
    /// At once, as a child of the requester: `kernel_thread`.
    AtOnce { parent: Task },
}

/// `struct kthread_create_info`.
pub(super) struct CreateRequest {
    pub(super) name: String,
    /// The cpus of the node that was asked for.
    pub(super) cpus: Option<CpuMask>,
    pub(super) begin: Begin,
    /// The function, until the thread (or whoever finds out that there will be none) takes it.
    pub(super) body: Mutex<Option<Body>>,
    /// The block for the new task, until it is made.
    pub(super) kthread: Mutex<Option<Box<Kthread>>>,
    /// 1 once the claim is gone.
    claimed: AtomicU32,
    result: Mutex<Option<Result<Task, Errno>>>,
    done: Completion,
}

impl CreateRequest {
    /// Takes the claim to `done`; true for one caller only.
    ///
    /// AcqRel: the loser sees what the winner did before. A swap and not a load and a store: two could both find it there.
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
        *self.result.lock() = Some(result);
        self.done.complete();
    }
}

/// What is to be created.
pub(super) struct Order {
    pub(super) name: String,
    pub(super) node: i32,
    pub(super) begin: Begin,
    pub(super) body: Body,
    pub(super) shared: Shared,
    pub(super) raw: Option<RawFace>,
}

/// Queues a request for kthreadd and waits for the answer.
pub(super) fn create(
    order: Order,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<Task, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    with_current(|me| {
        if order.name.contains('\0') {
            me.warn(WarningKind::BadArgument, call, place, "the name has a NUL byte");
            return Err(Errno::EINVAL);
        }
        let cpus = cpus_of_node(me, order.node, call, place)?;
        if me.pid() == KTHREADD_PID {
            me.warn(WarningKind::Deadlock, call, place, "kthreadd can't wait for itself");
            return Err(Errno::EDEADLK);
        }
        if me.signals.fatal_pending() {
            return Err(Errno::EINTR);
        }
        let kthreadd = kthreadd::started(me.machine())?;
        // Held until there is an answer, so that kthreadd does not go before it has given it.
        let _intake = kthreadd.enter()?;
        let request = Arc::new(CreateRequest {
            name: order.name,
            cpus,
            begin: order.begin,
            body: Mutex::new(Some(order.body)),
            kthread: Mutex::new(Some(Box::new(Kthread::new(order.shared, order.raw)))),
            claimed: AtomicU32::new(0),
            result: Mutex::new(None),
            done: Completion::new(),
        });
        me.event(|| EventKind::CreateQueued { name: request.name.clone() });
        kthreadd.push(request.clone());
        wait_for_answer(&request, call, place)
    })
}

fn wait_for_answer(
    request: &CreateRequest,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<Task, Errno> {
    if request.done.wait_for(TASK_KILLABLE, WaitKind::Create, call, place).is_err() {
        if request.claim() {
            return Err(Errno::EINTR);
        }
        // Somebody else has it, and is about to complete: this wait can't be long, and has no error.
        let _ = request.done.wait_for(TASK_UNINTERRUPTIBLE, WaitKind::Create, call, place);
    }
    request.result.lock().take().unwrap_or_else(|| unreachable!("the result is stored before `done`"))
}

/// The cpus of a node, if that says anything; `EINVAL` for a node that does not exist.
fn cpus_of_node(
    me: &TaskStruct,
    node: i32,
    call: &str,
    place: &'static Location<'static>,
) -> Result<Option<CpuMask>, Errno> {
    if node == NUMA_NO_NODE {
        return Ok(None);
    }
    let Some(cpus) = u32::try_from(node).ok().and_then(os::node_cpus) else {
        me.warn(WarningKind::BadArgument, call, place, &format!("there is no node {node}"));
        return Err(Errno::EINVAL);
    };
    let allowed = me.machine().cpus();
    // A node whose cpus the process may not use, or all of whose it uses anyway, is no reason to pin anything.
    Ok(Some(cpus.and(&allowed)).filter(|cpus| !cpus.is_empty() && *cpus != allowed))
}
