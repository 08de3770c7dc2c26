//! The hand-off between the caller and the worker.
//!
//! A [`Request`] is shared by both, and has one claim, which is swapped out exactly once, as the
//! `complete` pointer of the kernel's `subprocess_info` is:
//!
//! * the worker swaps when it has the result. If the claim was there, the caller waits: it gets the
//!   result and the call's [`SubprocessInfo`], and `done` is completed. If not, nobody waits: the
//!   worker drops the call, which runs its cleanup.
//! * a caller that is killed in a killable wait swaps too. If the claim was there, it leaves the
//!   call to the worker. If not, a result is about to come: it waits for it, and takes it.
//! * a caller that does not wait swaps before it queues the request.
//!
//! So the result goes to one place, and the cleanup runs once. A worker that unwinds (a panic in
//! `init`, which is an oops of the worker) answers on its way, so that the caller does not wait for
//! ever.

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

/// The numbers of the workers of a Kernel that are in use.
pub(super) struct Workers(Mutex<BTreeSet<u32>>);

impl Subsystem for Workers {
    const ID: SubsystemId = SubsystemId::Umh;

    fn new() -> Self {
        Self(Mutex::new(BTreeSet::new()))
    }
}

/// The number of a worker: the lowest that was free, as in the kernel.
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

    /// The kernel numbers its pools: two for each cpu come before the first unbound one.
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
    /// The call, while nobody works on it; then its result and the call again.
    info: Mutex<Option<SubprocessInfo>>,
    result: Mutex<Result<i32, Errno>>,
    /// 1 once the claim is gone.
    claimed: AtomicU32,
    done: Completion,
}

impl Request {
    /// AcqRel: the loser sees what the winner did before.
    #[must_use]
    fn claim(&self) -> bool {
        self.claimed.swap(1, Ordering::AcqRel) == 0
    }

    /// `umh_complete`: the result, with the call that it is of.
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

    /// The worker's work.
    fn serve(&self) {
        let mut unanswered = Unanswered { request: self, info: self.info.lock().take() };
        let Some(info) = &mut unanswered.info else { unreachable!("the call is stored before it is queued") };
        let child = match info.start() {
            Ok(child) => child,
            Err(errno) => return unanswered.answer(Err(errno)),
        };
        let me = current();
        // Before the answer: who has it can see what the worker waits for.
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
            // It is reaped all the same.
            let _ = child.wait();
        }
    }
}

/// A request whose answer is due; one that goes without it is answered with EFAULT.
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
    // Counted: the cleanup is the user's code, and may drop what made this task current.
    let me = current();
    if wait & !KNOWN != 0 {
        me.warn(WarningKind::BadArgument, call, place, &format!("{wait:#x} is no way to wait"));
        return Err(Errno::EINVAL);
    }
    if info.path().is_empty() {
        return Ok(0);
    }
    if wait != UMH_NO_WAIT {
        might_sleep_in(&me, call, place);
        if me.pid() == KTHREADD_PID {
            me.warn(WarningKind::Deadlock, call, place, "kthreadd can't wait for a thread of its own");
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

/// `queue_work`: a worker of its own.
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
            // The worker has it, and is about to complete.
            let _ = wait_in(state);
        }
    } else {
        // Uninterruptible: it has no error.
        let _ = wait_in(state);
    }
    // The cleanup runs here, without a lock.
    let info = request.info.lock().take();
    drop(info);
    *request.result.lock()
}
