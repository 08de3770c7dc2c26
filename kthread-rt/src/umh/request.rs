//! The hand-off of a call between its caller and the worker.
//!
//! A [`Request`] is shared by both, and has one claim, which is taken exactly once by a swap, as
//! the `complete` pointer of the kernel's `subprocess_info` is:
//!
//! * the worker takes the claim when it has the result. If it gets it, the caller waits: it
//!   receives the result and the call's [`SubprocessInfo`], and `done` is completed. If not, no
//!   caller waits: the worker drops the call, which runs its cleanup.
//! * a caller that is killed in a killable wait takes the claim too. If it gets it, it leaves the
//!   call to the worker. If not, a result is about to come: the caller waits for it and takes it.
//! * a caller that does not wait takes the claim before it queues the request.
//!
//! So the result has one receiver, and the cleanup runs once. A worker that unwinds (a panic in
//! `init`, which is an oops of the worker) answers while it unwinds, so that the caller does not
//! wait for ever.

use super::{SubprocessInfo, UMH_FREEZABLE, UMH_KILLABLE, UMH_NO_WAIT, UMH_WAIT_EXEC, UMH_WAIT_PROC};
use crate::completion::Completion;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::kthread;
use crate::sched::{current, might_sleep_in};
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, os};
use crate::task::{
    KTHREADD_PID, KernelState, Subsystem, SubsystemId, TASK_FREEZABLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE,
    TaskStruct, Wait, WaitKind,
};
use std::collections::BTreeSet;
use std::mem;
use std::panic::Location;

/// The numbers of a Kernel's workers that are in use.
pub(super) struct Workers(Mutex<BTreeSet<u32>>);

impl Subsystem for Workers {
    const ID: SubsystemId = SubsystemId::Umh;

    fn new() -> Self {
        Self(Mutex::new(BTreeSet::new()))
    }
}

/// The number of a worker: the lowest free one, as in the kernel.
struct WorkerNumber {
    kernel_state: Arc<KernelState>,
    number: u32,
}

impl WorkerNumber {
    fn take(kernel_state: &Arc<KernelState>) -> Self {
        let mut taken = kernel_state.subsystem::<Workers>().0.lock();
        let number = (0..).find(|n| !taken.contains(n)).unwrap_or(u32::MAX);
        taken.insert(number);
        drop(taken);
        Self { kernel_state: kernel_state.clone(), number }
    }

    /// Two pools for each cpu have lower numbers than the first unbound one, as in the kernel.
    fn name(&self) -> String {
        format!("kworker/u{}:{}", 2 * self.kernel_state.online_cpus().count(), self.number)
    }
}

impl Drop for WorkerNumber {
    fn drop(&mut self) {
        self.kernel_state.subsystem::<Workers>().0.lock().remove(&self.number);
    }
}

struct Request {
    wait: i32,
    /// The call, until the worker takes it; then its result and the call again.
    info: Mutex<Option<SubprocessInfo>>,
    result: Mutex<Result<i32, Errno>>,
    /// 1 once the claim is taken.
    claimed: AtomicU32,
    done: Completion,
}

impl Request {
    /// Takes the claim. Returns false if the other side has it. AcqRel: the loser sees what the
    /// winner did before.
    #[must_use]
    fn claim(&self) -> bool {
        self.claimed.swap(1, Ordering::AcqRel) == 0
    }

    /// `umh_complete`: stores the result and the call, and completes or drops them.
    fn finish(&self, info: Option<SubprocessInfo>, result: Result<i32, Errno>) {
        *self.result.lock() = result;
        *self.info.lock() = info;
        if self.claim() {
            self.done.complete();
        } else {
            // Dropped without the lock: the cleanup is the user's.
            let info = self.info.lock().take();
            drop(info);
        }
    }

    /// Runs on the worker: executes the program and answers.
    fn serve(&self) {
        let mut unanswered = Unanswered { request: self, info: self.info.lock().take() };
        let Some(info) = &mut unanswered.info else { unreachable!("the call is stored before it is queued") };
        let child = match info.start() {
            Ok(child) => child,
            Err(errno) => return unanswered.answer(Err(errno)),
        };
        let me = current();
        // Before the answer: a caller that has the answer can see what the worker waits for.
        let _noted = me.wait_note().set(Wait::new(
            WaitKind::Helper,
            child.pid() as usize,
            "wait4",
            Location::caller(),
        ));
        if self.wait & UMH_WAIT_PROC != 0 {
            unanswered.answer(child.wait());
        } else {
            unanswered.answer(Ok(0));
            // Its caller does not wait, but it is reaped all the same.
            let _ = child.wait();
        }
    }
}

/// A request whose answer is pending. If it is dropped without one, the answer is EFAULT.
struct Unanswered<'a> {
    request: &'a Request,
    info: Option<SubprocessInfo>,
}

impl Unanswered<'_> {
    fn answer(mut self, result: Result<i32, Errno>) {
        self.request.finish(self.info.take(), result);
        mem::forget(self);
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.request.finish(self.info.take(), Err(Errno::EFAULT));
    }
}

/// `call_usermodehelper_exec`.
pub(super) fn exec(
    info: SubprocessInfo,
    wait: i32,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<i32, Errno> {
    const KNOWN: i32 = UMH_WAIT_EXEC | UMH_WAIT_PROC | UMH_KILLABLE | UMH_FREEZABLE;
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    // A reference of its own: the cleanup is the user's code, and may drop the guard that makes
    // this task current.
    let me = current();
    if wait & !KNOWN != 0 {
        me.warn(
            WarningKind::BadArgument,
            call,
            place,
            &format!("wait is {wait:#x}, which is no combination of UMH_…: the helper is not run"),
        );
        return Err(Errno::EINVAL);
    }
    if info.path().is_empty() {
        return Ok(0);
    }
    if wait != UMH_NO_WAIT {
        might_sleep_in(&me, call, place);
        if me.pid() == KTHREADD_PID {
            me.warn(
                WarningKind::Deadlock,
                call,
                place,
                "kthreadd can't wait for a thread that it has to make itself: use UMH_NO_WAIT",
            );
            return Err(Errno::EDEADLK);
        }
    }
    let request = Arc::new(Request {
        wait,
        info: Mutex::new(Some(info)),
        result: Mutex::new(Ok(0)),
        claimed: AtomicU32::new(u32::from(wait == UMH_NO_WAIT)),
        done: Completion::new(),
    });
    queue(&me, &request)?;
    if wait == UMH_NO_WAIT { Ok(0) } else { wait_for(&request, call, place) }
}

/// `queue_work`: gives the request a worker of its own.
fn queue(me: &TaskStruct, request: &Arc<Request>) -> Result<(), Errno> {
    let number = WorkerNumber::take(me.kernel_state());
    let (name, served, refused) = (number.name(), request.clone(), request.clone());
    kthread::start_unattended(
        me.kernel_state(),
        name,
        move || {
            served.serve();
            drop(number);
            0
        },
        move |errno| {
            let info = refused.info.lock().take();
            refused.finish(info, Err(errno));
        },
    )
}

fn wait_for(request: &Request, call: &'static str, place: &'static Location<'static>) -> Result<i32, Errno> {
    let freezable = if request.wait & UMH_FREEZABLE != 0 { TASK_FREEZABLE } else { TASK_UNINTERRUPTIBLE };
    let state = TASK_UNINTERRUPTIBLE | freezable;
    let wait_in = |state| request.done.wait_for(state, Wait::new(WaitKind::Helper, 0, call, place));
    if request.wait & UMH_KILLABLE != 0 {
        if let Err(errno) = wait_in(state | TASK_KILLABLE) {
            if request.claim() {
                return Err(errno);
            }
            // The worker has the claim, and is about to complete.
            let _ = wait_in(state);
        }
    } else {
        // It can't fail: the wait is uninterruptible and has no timeout.
        let _ = wait_in(state);
    }
    // The cleanup runs here, without a lock.
    let info = request.info.lock().take();
    drop(info);
    *request.result.lock()
}
