//! Priority, policy and affinity. A task's fields hold the requested values, as the kernel's do,
//! and the runtime applies them to the OS thread. If the operating system refuses, the fields stay
//! as requested and the Kernel warns once.
//!
//! Nice values are relative to the process's at the Kernel's boot, and a mask of all cpus means the
//! cpus that the process had then. So `nice` and `taskset` around a program keep their meaning.
//! Only changes are applied.

use super::current::with_current;
use super::inherit::Graph;
use crate::cpumask::CpuMask;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sync::{self, os};
use crate::task::{SCHED_BATCH, SCHED_FIFO, SCHED_IDLE, SCHED_NORMAL, SCHED_RR, SchedAttributes, TaskStruct};
use std::panic::Location;

/// Changes the requested attributes of `task`, and applies the difference to the OS thread.
pub(crate) fn apply_attributes(
    task: &TaskStruct,
    call: &str,
    place: &'static Location<'static>,
    change: impl FnOnce(&mut SchedAttributes),
) {
    sync::refuse_in_forked_child();
    let mut attributes = task.attributes.lock();
    let attributes_now =
        attributes.get_or_insert_with(|| SchedAttributes::at_first(task.kernel_state()).into());
    let old = **attributes_now;
    change(attributes_now);
    let new = **attributes_now;
    let priority_changed = task.publish_attributes(&new);
    // Under the lock, so that the thread with this id can't end meanwhile. 0: the thread has ended,
    // or has not begun and will apply the attributes when it does.
    let refused = match task.known_os_tid() {
        0 => Ok(()),
        tid => apply_to_os(task, tid, &old, &new),
    };
    drop(attributes);
    warn_of_refusal(task, refused, call, place);
    if priority_changed {
        Graph::lock(call, place).adjust(task);
    }
}

/// Applies the priority that `task` inherits now to the OS thread: see `inherit`.
pub(super) fn apply_inherited(task: &TaskStruct, call: &str, place: &'static Location<'static>) {
    let mut attributes = task.attributes.lock();
    let attributes_now =
        attributes.get_or_insert_with(|| SchedAttributes::at_first(task.kernel_state()).into());
    let old = **attributes_now;
    attributes_now.inherited = task.inherited();
    let refused = match task.known_os_tid() {
        0 => Ok(()),
        tid => apply_to_os(task, tid, &old, attributes_now),
    };
    drop(attributes);
    warn_of_refusal(task, refused, call, place);
}

/// Applies the attributes of `task` to the calling OS thread, which has a new kthread's attributes
/// and runs the task from now on.
///
/// Returns what was refused. The thread reports it only once it runs the task, because a warning
/// handler is user code.
pub(crate) fn begin_on_os_thread(task: &TaskStruct) -> Refusal {
    let tid = os::gettid();
    let attributes = task.attributes.lock();
    let refused = match &*attributes {
        None => Ok(()),
        Some(now) => apply_to_os(task, tid, &SchedAttributes::at_first(task.kernel_state()), now),
    };
    task.show_cpu();
    // Last: a task that reads the id finds a thread with the requested attributes.
    task.set_os_tid(tid);
    Refusal(refused)
}

/// The attributes that the operating system refused to a new thread, if any.
#[must_use]
pub(crate) struct Refusal(Result<(), String>);

impl Refusal {
    /// Nothing was refused.
    pub(crate) fn none() -> Self {
        Self(Ok(()))
    }

    /// Warns, if it is the first refusal in the task's Kernel.
    pub(crate) fn tell(self, task: &TaskStruct, place: &'static Location<'static>) {
        warn_of_refusal(task, self.0, "kthread_create", place);
    }
}

fn warn_of_refusal(
    task: &TaskStruct,
    refused: Result<(), String>,
    call: &str,
    place: &'static Location<'static>,
) {
    if let Err(refusal) = refused
        && task.kernel_state().first_refusal()
    {
        let message = format!(
            "the operating system refused {refusal}: the task keeps the request in its fields only (reported once; priorities need CAP_SYS_NICE or higher limits, see `ulimit -e` and `ulimit -r`)"
        );
        with_current(|me| me.warn(WarningKind::OsRefused, call, place, &message));
    }
}

fn apply_to_os(
    task: &TaskStruct,
    tid: i32,
    old: &SchedAttributes,
    new: &SchedAttributes,
) -> Result<(), String> {
    let mut refused = Ok(());
    let mut note = |what: &str, result: Result<(), Errno>| {
        if let Err(errno) = result {
            refused = Err(format!("{what} of thread {tid}: {errno}"));
        }
    };
    let (policy, priority) = new.effective_policy();
    if old.effective_policy() != (policy, priority) {
        let result = os::set_policy(tid, policy, priority as i32);
        note(&format!("policy {policy} with priority {priority}"), result);
    }
    if old.nice != new.nice {
        let nice = (task.kernel_state().boot_nice() + new.nice).clamp(-20, 19);
        note(&format!("nice {nice}"), os::set_nice(tid, nice));
    }
    if old.cpus_allowed != new.cpus_allowed {
        note(&format!("cpus {}", new.cpus_allowed), os::set_affinity(tid, &new.cpus_allowed));
    }
    refused
}

/// Sets the nice value, −20 (most favoured) to 19: `set_user_nice`. As in the kernel, does nothing
/// for a value out of range.
///
/// The value is relative to the process's nice value when the Kernel booted. A real-time task keeps
/// its priority, and uses the nice value once it is ordinary again. Applied to the OS thread, if
/// the operating system permits. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "polite")?;
/// set_user_nice(&task, 5);
/// assert_eq!((task_nice(&task), task.prio()), (5, 125));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn set_user_nice(task: &TaskStruct, nice: i32) {
    if (-20..20).contains(&nice) {
        apply_attributes(task, "set_user_nice", Location::caller(), |a| a.nice = nice);
    }
}

/// Returns the requested nice value: `task_nice`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "background")?;
/// sched_set_normal(&task, 19);
/// assert_eq!(task_nice(&task), 19);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn task_nice(task: &TaskStruct) -> i32 {
    task.nice()
}

/// `struct sched_param`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SchedParam {
    /// 1 to 99 for real-time policies, 0 for others.
    pub sched_priority: i32,
}

/// Sets the policy of `task` (`SCHED_…`) and its real-time priority: `sched_setscheduler`. A
/// negative policy keeps the task's own. The nice value stays. Applied to the OS thread, if the
/// operating system permits.
///
/// # Errors
///
/// `EINVAL` for an unknown policy (including `SCHED_DEADLINE`, which has a call of its own in the
/// kernel), and for a priority that does not fit the policy.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "urgent")?;
/// sched_setscheduler(&task, SCHED_RR, &SchedParam { sched_priority: 10 })?;
/// assert_eq!((task.policy(), task.rt_priority(), task.prio()), (SCHED_RR, 10, 89));
/// let none = SchedParam::default();
/// assert_eq!(sched_setscheduler(&task, SCHED_FIFO, &none), Err(Errno::EINVAL));
/// sched_setscheduler(&task, SCHED_BATCH, &none)?;
/// assert_eq!((task.policy(), task.rt_priority(), task.prio()), (SCHED_BATCH, 0, 120));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn sched_setscheduler(task: &TaskStruct, policy: i32, param: &SchedParam) -> Result<(), Errno> {
    /// Says what children inherit; kthreads have none.
    const SCHED_RESET_ON_FORK: i32 = 0x4000_0000;
    let policy = if policy < 0 { task.policy() } else { policy & !SCHED_RESET_ON_FORK };
    check_policy(policy, param.sched_priority as u32)?;
    apply_attributes(task, "sched_setscheduler", Location::caller(), |a| {
        a.policy = policy;
        a.rt_priority = param.sched_priority as u32;
    });
    Ok(())
}

/// The attributes for [`sched_setattr`]: the fields of `struct sched_attr` that are used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchedAttr {
    /// The policy, as for [`sched_setscheduler`].
    pub sched_policy: i32,
    /// The nice value, for SCHED_NORMAL and SCHED_BATCH.
    pub sched_nice: i32,
    /// 1 to 99 for SCHED_FIFO and SCHED_RR, 0 for the others.
    pub sched_priority: u32,
}

/// Sets the policy of `task` with its nice value or priority: `sched_setattr`. SCHED_IDLE and the
/// real-time policies leave the nice value as it is.
///
/// # Errors
///
/// As [`sched_setscheduler`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "background")?;
/// let attr = SchedAttr { sched_policy: SCHED_BATCH, sched_nice: 4, sched_priority: 0 };
/// assert_eq!(sched_setattr(&task, &attr), Ok(()));
/// assert_eq!((task.policy(), task_nice(&task)), (SCHED_BATCH, 4));
/// assert_eq!(sched_setattr(&task, &SchedAttr { sched_priority: 1, ..attr }), Err(Errno::EINVAL));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn sched_setattr(task: &TaskStruct, attr: &SchedAttr) -> Result<(), Errno> {
    let policy = attr.sched_policy;
    check_policy(policy, attr.sched_priority)?;
    apply_attributes(task, "sched_setattr", Location::caller(), |a| {
        a.policy = policy;
        a.rt_priority = attr.sched_priority;
        if matches!(policy, SCHED_NORMAL | SCHED_BATCH) {
            a.nice = attr.sched_nice.clamp(-20, 19);
        }
    });
    if policy == SCHED_IDLE && task.inherited() == 0 {
        // As in a kernel, `prio` then shows the nice value of `attr`, though the task keeps its
        // own.
        task.set_prio(120 + attr.sched_nice.clamp(-20, 19));
    }
    Ok(())
}

/// `EINVAL` unless the policy exists and the priority fits it.
fn check_policy(policy: i32, priority: u32) -> Result<(), Errno> {
    let fits = match policy {
        SCHED_FIFO | SCHED_RR => (1..100).contains(&priority),
        SCHED_NORMAL | SCHED_BATCH | SCHED_IDLE => priority == 0,
        _ => false,
    };
    if fits { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Makes `task` a FIFO task of middle priority (50): `sched_set_fifo`. Applied to the OS thread, if
/// the operating system permits.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "urgent")?;
/// sched_set_fifo(&task);
/// assert_eq!((task.policy(), task.rt_priority()), (SCHED_FIFO, 50));
/// sched_set_normal(&task, 5);
/// assert_eq!((task.policy(), task_nice(&task)), (SCHED_NORMAL, 5));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn sched_set_fifo(task: &TaskStruct) {
    apply_attributes(task, "sched_set_fifo", Location::caller(), |a| {
        a.policy = SCHED_FIFO;
        a.rt_priority = 50;
    });
}

/// Makes `task` a FIFO task of the lowest priority (1): `sched_set_fifo_low`. Applied to the OS
/// thread, if the operating system permits.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "irq/7")?;
/// sched_set_fifo_low(&task);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn sched_set_fifo_low(task: &TaskStruct) {
    apply_attributes(task, "sched_set_fifo_low", Location::caller(), |a| {
        a.policy = SCHED_FIFO;
        a.rt_priority = 1;
    });
}

/// Makes `task` an ordinary task with this nice value: `sched_set_normal`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "background")?;
/// sched_set_normal(&task, 19);
/// assert_eq!(task_nice(&task), 19);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn sched_set_normal(task: &TaskStruct, nice: i32) {
    apply_attributes(task, "sched_set_normal", Location::caller(), |a| {
        a.policy = SCHED_NORMAL;
        a.rt_priority = 0;
        a.nice = nice.clamp(-20, 19);
    });
}

/// Restricts `task` to the cpus of `mask`: `set_cpus_allowed_ptr`.
///
/// Sets the real affinity of the OS thread. A mask that contains all the cpus that the process had
/// at boot means these. As in the kernel, the call changes the mask of a bound thread too:
/// `PF_NO_SETAFFINITY` only stops user space.
///
/// `EINVAL` if no cpu of the mask is online; `EOWNERDEAD` in a forked child.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "anywhere")?;
/// assert_eq!(set_cpus_allowed_ptr(&task, &CpuMask::empty()), Err(Errno::EINVAL));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn set_cpus_allowed_ptr(task: &TaskStruct, mask: &CpuMask) -> Result<(), Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let kernel_state = task.kernel_state();
    let anywhere = kernel_state.cpus();
    let existing = mask.and(&kernel_state.online_cpus());
    if existing.is_empty() {
        return Err(Errno::EINVAL);
    }
    let mask = if anywhere.is_subset(&existing) { anywhere } else { existing };
    apply_attributes(task, "set_cpus_allowed_ptr", Location::caller(), |a| a.cpus_allowed = mask);
    Ok(())
}
