//! Binding kthreads to cpus: sets the real affinity of the OS thread.

use super::{Kthread, flag, kthread_of};
use crate::cpumask::CpuMask;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{apply_attributes, wait_inactive, with_current};
use crate::sync::{Ordering, os};
use crate::task::{PF_NO_SETAFFINITY, TASK_UNINTERRUPTIBLE, TaskFlags, TaskStruct};
use std::panic::Location;

/// `EINVAL` and a warning if `cpu` is not online.
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
    me.warn(
        WarningKind::BadArgument,
        call,
        place,
        &format!("there is no cpu {cpu}: the online cpus are {online}"),
    );
    Err(Errno::EINVAL)
}

/// The same check for C code, before it creates a thread: `kthread_create_on_cpu`.
#[doc(hidden)]
#[track_caller]
pub fn __check_cpu_of_new(cpu: u32) -> Result<(), Errno> {
    let place = Location::caller();
    with_current(|me| check_cpu(me, cpu, "kthread_create_on_cpu", place))
}

/// Binds a thread that `call` has just created to an online cpu.
pub(super) fn bind_new(task: &TaskStruct, cpu: u32, call: &'static str, place: &'static Location<'static>) {
    bind(task, &CpuMask::of(cpu), call, place);
}

fn bind(task: &TaskStruct, mask: &CpuMask, call: &'static str, place: &'static Location<'static>) {
    // Bind only a thread that sleeps uninterruptibly, as a new one does: its function does not run.
    if wait_inactive(task, TASK_UNINTERRUPTIBLE, call, place) {
        set_cpus(task, mask, call, place);
    } else {
        let message = format!(
            "{} has been started: bind a kthread before its first wake-up; it was not bound",
            task.id()
        );
        with_current(|me| me.warn(WarningKind::BindAfterStart, call, place, &message));
    }
}

fn set_cpus(task: &TaskStruct, mask: &CpuMask, call: &str, place: &'static Location<'static>) {
    apply_attributes(task, call, place, |a| a.cpus_allowed = *mask);
    task.change_flags(PF_NO_SETAFFINITY, TaskFlags::empty());
}

/// Binds a per-cpu thread again when it is unparked: its cpu may have been down meanwhile.
pub(super) fn rebind(task: &TaskStruct, kthread: &Kthread, place: &'static Location<'static>) {
    if let Ok(cpu) = u32::try_from(kthread.cpu.load(Ordering::Relaxed)) {
        set_cpus(task, &CpuMask::of(cpu), "kthread_unpark", place);
    }
}

/// Binds a kthread that was never woken to one cpu: `kthread_bind`. Sleeps until the new thread
/// sleeps.
///
/// Only warns if the cpu is not online, if `task` is not a kthread, or if the thread has been
/// started. (As Linux 6.1 does, it tests the state and not the past: it binds a started thread that
/// sleeps uninterruptibly.)
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

/// Binds a kthread that was never woken to a set of cpus: `kthread_bind_mask`. Otherwise as
/// [`kthread_bind`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "bound")?;
/// kthread_bind_mask(&task, &CpuMask::of(0));
/// assert_eq!(task.cpus_allowed(), CpuMask::of(0));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_bind_mask(task: &TaskStruct, mask: &CpuMask) {
    let place = Location::caller();
    let existing = mask.and(&task.kernel_state().online_cpus());
    if existing.is_empty() {
        let message = format!("none of the cpus {mask} is online: nothing was changed");
        with_current(|me| me.warn(WarningKind::BadArgument, "kthread_bind_mask", place, &message));
    } else if kthread_of(task, "kthread_bind_mask", place).is_ok() {
        bind(task, &existing, "kthread_bind_mask", place);
    }
}

/// Sets the preferred cpus of a kthread that was never woken: `kthread_affine_preferred` (since
/// Linux 6.14). Unlike with [`kthread_bind_mask`], other tasks may change its affinity later.
/// Sleeps until the new thread sleeps.
///
/// # Errors
///
/// `EINVAL` with a warning if the thread has been started, if no cpu of the mask is online, or if
/// `task` is not a kthread; `EOWNERDEAD` in a forked child.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "prefers")?;
/// assert_eq!(kthread_affine_preferred(&task, &CpuMask::of(0)), Ok(()));
/// assert!(!task.flags().contains(PF_NO_SETAFFINITY));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
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
        let message = format!("none of the cpus {mask} is online: nothing was changed");
        with_current(|me| me.warn(WarningKind::BadArgument, CALL, place, &message));
        return Err(Errno::EINVAL);
    }
    // Relaxed: the Acquire of `wait_inactive`, which reads the state, makes STARTED visible with
    // any sleep after the first.
    if !wait_inactive(task, TASK_UNINTERRUPTIBLE, CALL, place)
        || task.kthread_flags.load(Ordering::Relaxed) & flag::STARTED != 0
    {
        let message =
            format!("{} has been started: set its preferred cpus before its first wake-up", task.id());
        with_current(|me| me.warn(WarningKind::BindAfterStart, CALL, place, &message));
        return Err(Errno::EINVAL);
    }
    apply_attributes(task, CALL, place, |a| a.cpus_allowed = existing);
    Ok(())
}

/// Makes a bound kthread a per-cpu thread of `cpu`: `kthread_set_per_cpu`. Each unpark binds it
/// again. A negative `cpu` makes it an ordinary kthread. Warns if the thread is not bound, if
/// `task` is not a kthread, or if `cpu` is not online.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "per-cpu")?;
/// kthread_bind(&task, 0);
/// kthread_set_per_cpu(&task, 0);
/// assert!(kthread_is_per_cpu(&task));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_set_per_cpu(task: &TaskStruct, cpu: i32) {
    const CALL: &str = "kthread_set_per_cpu";
    let place = Location::caller();
    let Ok(kthread) = kthread_of(task, CALL, place) else { return };
    if !task.flags().contains(PF_NO_SETAFFINITY) {
        let message = format!("{} is not bound: call kthread_bind before kthread_set_per_cpu", task.id());
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

/// True for a per-cpu kthread: `kthread_is_per_cpu`. False for a task that is not a kthread.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "anywhere")?;
/// assert!(!kthread_is_per_cpu(&task));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn kthread_is_per_cpu(task: &TaskStruct) -> bool {
    task.kthread_flags.load(Ordering::Relaxed) & flag::IS_PER_CPU != 0
}
