//! Binding kthreads to cpus. The affinity is the OS thread's, really.

use super::{Kthread, flag, kthread_of, to_kthread};
use crate::cpumask::CpuMask;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{apply_attributes, wait_inactive, with_current};
use crate::sync::{Ordering, os};
use crate::task::{PF_NO_SETAFFINITY, TASK_UNINTERRUPTIBLE, TaskFlags, TaskStruct};
use std::panic::Location;

/// `EINVAL` and a warning if `cpu` does not exist.
pub(super) fn check_cpu(
    me: &TaskStruct,
    cpu: u32,
    call: &str,
    place: &'static Location<'static>,
) -> Result<(), Errno> {
    let online = me.kernel_state().online_cpus();
    if online.contains(cpu) {
        return Ok(());
    }
    me.warn(WarningKind::BadArgument, call, place, &format!("there is no cpu {cpu}; there are {online}"));
    Err(Errno::EINVAL)
}

/// The same for C code that is going to create a thread: `kthread_create_on_cpu`.
#[doc(hidden)]
#[track_caller]
pub fn __check_cpu_of_new(cpu: u32) -> Result<(), Errno> {
    let place = Location::caller();
    with_current(|me| check_cpu(me, cpu, "kthread_create_on_cpu", place))
}

/// Binds a thread that `call` has just made, to a cpu that exists.
pub(super) fn bind_new(task: &TaskStruct, cpu: u32, call: &'static str, place: &'static Location<'static>) {
    bind(task, &CpuMask::of(cpu), call, place);
    if let Some(kthread) = to_kthread(task) {
        kthread.cpu.store(cpu as i32, Ordering::Relaxed);
    }
}

fn bind(task: &TaskStruct, mask: &CpuMask, call: &'static str, place: &'static Location<'static>) {
    // Only a thread that sleeps uninterruptibly, as a new one does, is bound: it is not in the
    // middle of something.
    if wait_inactive(task, TASK_UNINTERRUPTIBLE, call, place) {
        set_cpus(task, mask, call, place);
    } else {
        let message = format!("{} has been started; only a new thread can be bound", task.id());
        with_current(|me| me.warn(WarningKind::BindAfterStart, call, place, &message));
    }
}

fn set_cpus(task: &TaskStruct, mask: &CpuMask, call: &str, place: &'static Location<'static>) {
    apply_attributes(task, call, place, |a| a.cpus_allowed = *mask);
    task.change_flags(PF_NO_SETAFFINITY, TaskFlags::empty());
}

/// Binds a per-cpu thread again when it is unparked: its cpu may have been away meanwhile.
pub(super) fn rebind(task: &TaskStruct, kthread: &Kthread, place: &'static Location<'static>) {
    if let Ok(cpu) = u32::try_from(kthread.cpu.load(Ordering::Relaxed)) {
        set_cpus(task, &CpuMask::of(cpu), "kthread_unpark", place);
    }
}

/// Binds a kthread that was never woken to one cpu: `kthread_bind`. Sleeps until the thread does.
///
/// A warning, and nothing else, if the thread has been started (unless it sleeps uninterruptibly,
/// as a new one does: Linux 6.1 asks for the state and not for the past), if there is no such cpu,
/// or if it is no kthread.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "bound")?;
/// kthread_bind(&task, 0);
/// assert!(task.flags().contains(PF_NO_SETAFFINITY));
/// assert_eq!(task.cpus_allowed(), CpuMask::of(0));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_bind(task: &TaskStruct, cpu: u32) {
    let place = Location::caller();
    let exists = with_current(|me| check_cpu(me, cpu, "kthread_bind", place));
    if exists.is_ok() && kthread_of(task, "kthread_bind", place).is_ok() {
        bind(task, &CpuMask::of(cpu), "kthread_bind", place);
    }
}

/// Binds a kthread that was never woken to a set of cpus: `kthread_bind_mask`. As [`kthread_bind`].
#[track_caller]
pub fn kthread_bind_mask(task: &TaskStruct, mask: &CpuMask) {
    let place = Location::caller();
    let existing = mask.and(&task.kernel_state().online_cpus());
    if existing.is_empty() {
        let message = format!("none of the cpus {mask} exists");
        with_current(|me| me.warn(WarningKind::BadArgument, "kthread_bind_mask", place, &message));
    } else if kthread_of(task, "kthread_bind_mask", place).is_ok() {
        bind(task, &existing, "kthread_bind_mask", place);
    }
}

/// Says where a kthread that was never woken should run: `kthread_affine_preferred` (Linux 6.14).
/// Others may still change its affinity. Sleeps until the thread does.
///
/// # Errors
///
/// `EINVAL` with a warning if it has been started, if no cpu of the mask exists, or if it is no
/// kthread.
#[track_caller]
pub fn kthread_affine_preferred(task: &TaskStruct, mask: &CpuMask) -> Result<(), Errno> {
    const CALL: &str = "kthread_affine_preferred";
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let place = Location::caller();
    kthread_of(task, CALL, place)?;
    let existing = mask.and(&task.kernel_state().online_cpus());
    if existing.is_empty() {
        let message = format!("none of the cpus {mask} exists");
        with_current(|me| me.warn(WarningKind::BadArgument, CALL, place, &message));
        return Err(Errno::EINVAL);
    }
    // Relaxed: who sees a sleep after the first sees STARTED (Acquire in the look at the state).
    if !wait_inactive(task, TASK_UNINTERRUPTIBLE, CALL, place)
        || task.kthread_flags.load(Ordering::Relaxed) & flag::STARTED != 0
    {
        let message = format!("{} has been started", task.id());
        with_current(|me| me.warn(WarningKind::BindAfterStart, CALL, place, &message));
        return Err(Errno::EINVAL);
    }
    apply_attributes(task, CALL, place, |a| a.cpus_allowed = existing);
    Ok(())
}

/// Makes a bound kthread a per-cpu thread of `cpu`, which is bound again whenever it is unparked; a
/// negative `cpu` makes it an ordinary one: `kthread_set_per_cpu`. A warning if it is not bound, or
/// is no kthread, or there is no such cpu.
#[track_caller]
pub fn kthread_set_per_cpu(task: &TaskStruct, cpu: i32) {
    const CALL: &str = "kthread_set_per_cpu";
    let place = Location::caller();
    let Ok(kthread) = kthread_of(task, CALL, place) else { return };
    if !task.flags().contains(PF_NO_SETAFFINITY) {
        let message = format!("{} is not bound", task.id());
        with_current(|me| me.warn(WarningKind::BadArgument, CALL, place, &message));
    }
    match u32::try_from(cpu) {
        Err(_) => {
            task.kthread_flags.fetch_and(!flag::IS_PER_CPU, Ordering::Relaxed);
        }
        Ok(number) => {
            if with_current(|me| check_cpu(me, number, CALL, place)).is_ok() {
                kthread.cpu.store(cpu, Ordering::Relaxed);
                task.kthread_flags.fetch_or(flag::IS_PER_CPU, Ordering::Relaxed);
            }
        }
    }
}

/// True for a per-cpu kthread: `kthread_is_per_cpu`. False for a task that is no kthread.
pub fn kthread_is_per_cpu(task: &TaskStruct) -> bool {
    task.kthread_flags.load(Ordering::Relaxed) & flag::IS_PER_CPU != 0
}
