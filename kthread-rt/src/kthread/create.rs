//! Creating a kthread: what the requester does. It takes a spare thread (`spare`). If there is
//! none, it queues a request and waits for kthreadd's answer (`request`). A caller that may not
//! sleep forks a thread itself ([`start_now`]).

use super::request::{Begin, Body, CreateRequest};
use super::shared::Shared;
use super::{Kthread, RawFace, kthreadd};
use crate::cpumask::CpuMask;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::faults::CreateFault;
use crate::sched::{might_sleep_in, try_to_wake_up, with_current};
use crate::signal::{SIGKILL, send_sig};
use crate::sync::{Arc, os};
use crate::task::{KTHREADD_PID, KernelState, TASK_NORMAL, Task, TaskStruct};
use crate::trace::EventKind;
use std::panic::Location;

/// "No particular node": `NUMA_NO_NODE`.
pub const NUMA_NO_NODE: i32 = -1;

/// The thread to create.
pub(super) struct Order {
    pub(super) name: String,
    pub(super) node: i32,
    pub(super) begin: Begin,
    pub(super) body: Body,
    pub(super) shared: Shared,
    pub(super) raw: Option<RawFace>,
}

/// Takes a spare thread, or queues a request for kthreadd and waits for the answer.
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
            me.warn(
                WarningKind::BadArgument,
                call,
                place,
                "the thread's name has a NUL byte: no thread was created",
            );
            return Err(Errno::EINVAL);
        }
        let cpus = cpus_of_node(me, order.node, call, place)?;
        if me.pid() == KTHREADD_PID {
            me.warn(
                WarningKind::Deadlock,
                call,
                place,
                "kthreadd can't create a thread by this call: it would wait for itself",
            );
            return Err(Errno::EDEADLK);
        }
        if me.signals.fatal_pending() {
            return Err(Errno::EINTR);
        }
        let fault = me.fault_in_create(call, place);
        if let Some(CreateFault::Fails(errno)) = fault {
            return Err(errno);
        }
        let killed = fault == Some(CreateFault::Killed) && is_killed(me);
        let lost = fault == Some(CreateFault::Lost);
        let kthreadd = kthreadd::started(me.kernel_state())?;
        // Held until there is an answer, so that kthreadd does not end before it has answered.
        let _request = kthreadd.enter()?;
        if !killed
            && !lost
            && cpus.is_none()
            && matches!(order.begin, Begin::WhenWoken)
            && let Some(spare) = kthreadd.take_spare()
        {
            // With a spare it doesn't sleep, but without one it would: warn in both cases.
            might_sleep_in(me, call, place);
            return kthreadd
                .task()
                .map(|parent| spare.assign(me.kernel_state(), me, parent, order, place))
                .inspect(|task| me.fault_may_follow(task, place))
                .ok_or(Errno::ESHUTDOWN);
        }
        let kthread = Box::new(Kthread::new(order.shared, order.raw, place));
        let mut request = CreateRequest::new(order.name, cpus, order.begin, place, order.body, kthread);
        request.from = me.kernel_state().place_of_call(place);
        request.lost = lost;
        let request = Arc::new(request);
        // As if the kill came before kthreadd's answer.
        let abandoned = killed && request.claim();
        me.event(|| EventKind::CreateQueued { name: request.name.clone() });
        kthreadd.push(request.clone());
        if abandoned {
            return Err(request.abandon());
        }
        request.wait_for_answer(call, place).inspect(|task| me.fault_may_follow(task, place))
    })
}

/// Sends SIGKILL to `me`, the current task. False if the task ignores it.
fn is_killed(me: &TaskStruct) -> bool {
    // No error: the signal number is valid and the task is alive.
    _ = send_sig(SIGKILL, me, 1);
    me.signals.fatal_pending()
}

/// Asks kthreadd for a kthread of `kernel_state` whose function begins at once, and does not wait
/// for it. Never sleeps once kthreadd is up.
///
/// If the operating system refuses the thread, kthreadd calls `refused`, then drops `body`. Neither
/// may panic: the panic would be kthreadd's.
pub(crate) fn start_unattended(
    kernel_state: &Arc<KernelState>,
    name: String,
    body: impl FnOnce() -> i32 + Send + 'static,
    refused: impl Fn(Errno) + Send + Sync + 'static,
) -> Result<(), Errno> {
    with_current(|me| {
        let kthreadd = kthreadd::started_by(kernel_state, me)?;
        let open_requests = kthreadd.enter()?.keep(kernel_state);
        let body: Body = Box::new(move || {
            // The thread is published: a shutdown need not wait for this request any more.
            drop(open_requests);
            body()
        });
        let begin = Begin::Unattended { refused: Box::new(refused) };
        let kthread = Box::new(Kthread::new(None, None, Location::caller()));
        let request = Arc::new(CreateRequest::new(name, None, begin, Location::caller(), body, kthread));
        me.event(|| EventKind::CreateQueued { name: request.name.clone() });
        kthreadd.push(request);
        Ok(())
    })
}

/// Starts a kthread of `kernel_state` whose function begins at once: on a spare thread, or on one
/// that the caller forks and kthreadd joins. Never sleeps once kthreadd is up.
///
/// # Errors
///
/// The error of the operating system if it refuses the thread; `ESHUTDOWN`.
pub(crate) fn start_now(
    kernel_state: &Arc<KernelState>,
    me: &TaskStruct,
    name: String,
    body: impl FnOnce() -> i32 + Send + 'static,
) -> Result<(), Errno> {
    let kthreadd = kthreadd::started_by(kernel_state, me)?;
    // Held until the thread has its task, so that a shutdown finds the thread.
    let _request = kthreadd.enter()?;
    let spare = match kthreadd.take_spare() {
        Some(spare) => spare,
        None => kthreadd.fork_for_itself(kernel_state)?,
    };
    let Some(parent) = kthreadd.task() else { unreachable!("kthreadd stays up while a request is open") };
    let order = Order {
        name,
        node: NUMA_NO_NODE,
        begin: Begin::WhenWoken,
        body: Box::new(body),
        shared: None,
        raw: None,
    };
    let task = spare.assign(kernel_state, me, parent, order, Location::caller());
    try_to_wake_up(&task, TASK_NORMAL);
    Ok(())
}

/// The cpus of a node, or `None` if it does not restrict the thread. `EINVAL` for a node that does
/// not exist.
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
        me.warn(
            WarningKind::BadArgument,
            call,
            place,
            &format!("there is no NUMA node {node}: no thread was created"),
        );
        return Err(Errno::EINVAL);
    };
    let allowed = me.kernel_state().cpus();
    // Set no affinity if the process may use none of the node's cpus, or no others anyway.
    Ok(Some(cpus.and(&allowed)).filter(|cpus| !cpus.is_empty() && *cpus != allowed))
}
