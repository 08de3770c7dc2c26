//! `linux/pid.h`: naming a task by more than a number.
//!
//! A pid number is given out again after the task that had it; a [`Pid`] is that task's for ever.
//! It keeps the task's structure, as a counted `struct pid` keeps less than that in the kernel, but
//! not the task alive.

#![forbid(unsafe_code)]

use crate::sched::with_current;
use crate::task::{Task, TaskStruct};

/// `struct pid`, counted: [`get_pid`] is `clone`, [`put_pid`] is `drop`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pid(Task);

/// What a [`Pid`] is looked up as: `enum pid_type`. A task is its own thread group, so both mean
/// the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PidType {
    /// A task.
    Pid,
    /// A thread group.
    Tgid,
}

/// A task's pid.
pub const PIDTYPE_PID: PidType = PidType::Pid;
/// A thread group's.
pub const PIDTYPE_TGID: PidType = PidType::Tgid;

impl Pid {
    /// The task, until it has ended: [`pid_task`].
    pub fn task(&self) -> Option<Task> {
        self.0.kernel_state().pids.find(self.0.pid()).filter(|task| *task == self.0)
    }

    /// The number: [`pid_nr`].
    pub fn nr(&self) -> i32 {
        self.0.pid()
    }
}

/// Whom [`kill_pid`](crate::kill_pid) is told to signal: a [`Pid`] or none, by reference or not, or
/// a number, which is looked up in the calling task's Kernel.
pub trait PidArg: sealed::Sealed {
    /// The task, if there is one.
    #[doc(hidden)]
    fn find(&self) -> Option<Task>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for i32 {}
    impl Sealed for super::Pid {}
    impl<T: Sealed> Sealed for &T {}
    impl<T: Sealed> Sealed for Option<T> {}
}

impl PidArg for i32 {
    fn find(&self) -> Option<Task> {
        find_task_by_vpid(*self)
    }
}

impl PidArg for Pid {
    fn find(&self) -> Option<Task> {
        self.task()
    }
}

impl<T: PidArg> PidArg for &T {
    fn find(&self) -> Option<Task> {
        (*self).find()
    }
}

impl<T: PidArg> PidArg for Option<T> {
    fn find(&self) -> Option<Task> {
        self.as_ref().and_then(T::find)
    }
}

/// The task with this pid in the calling task's Kernel: `find_task_by_vpid`.
pub fn find_task_by_vpid(nr: i32) -> Option<Task> {
    // Nobody has the number 0: the idle task is on no list.
    if nr == 0 {
        return None;
    }
    with_current(|me| me.kernel_state().pids.find(nr))
}

/// The task with the least pid above `nr`, in the calling task's Kernel: for walks over all tasks.
#[doc(hidden)]
pub fn task_after(nr: i32) -> Option<Task> {
    with_current(|me| me.kernel_state().pids.after(nr))
}

/// The idle task of the calling task's Kernel: `init_task`.
#[doc(hidden)]
pub fn idle_task() -> Option<Task> {
    with_current(|me| me.kernel_state().idle())
}

/// The [`Pid`] with this number in the calling task's Kernel: `find_vpid`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "named")?;
/// let pid = find_vpid(task.pid());
/// assert_eq!(pid, Some(task_pid(&task)));
/// assert_eq!(kill_pid(&pid, SIGTERM, 1), Ok(()));
/// _ = kthread_stop(&task);
/// assert_eq!(kill_pid(&pid, SIGTERM, 1), Err(Errno::ESRCH));
/// assert_eq!(kill_pid(find_vpid(task.pid()), SIGTERM, 1), Err(Errno::ESRCH));
/// # Ok::<(), Errno>(())
/// ```
pub fn find_vpid(nr: i32) -> Option<Pid> {
    find_task_by_vpid(nr).map(Pid)
}

/// [`find_vpid`]; in the kernel it takes a reference, which a [`Pid`] is anyway: `find_get_pid`.
pub fn find_get_pid(nr: i32) -> Option<Pid> {
    find_vpid(nr)
}

/// The pid of `task`: `task_pid`. Of a task that has ended the kernel's is NULL; this one names no
/// task any more, and [`pid_task`] of it is `None`.
pub fn task_pid(task: &TaskStruct) -> Pid {
    Pid(task.get())
}

/// The pid of `task`: `get_task_pid`.
pub fn get_task_pid(task: &TaskStruct, _kind: PidType) -> Pid {
    task_pid(task)
}

/// The task that `pid` names, or none if it has ended: `pid_task`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "named")?;
/// let pid = task_pid(&task);
/// assert_eq!((pid_task(&pid, PIDTYPE_PID), pid_nr(&pid)), (Some(task.clone()), task.pid()));
/// _ = kthread_stop(&task);
/// assert_eq!(pid_task(&pid, PIDTYPE_PID), None);
/// # Ok::<(), Errno>(())
/// ```
pub fn pid_task(pid: &Pid, _kind: PidType) -> Option<Task> {
    pid.task()
}

/// [`pid_task`] with a reference, which a [`Task`] is anyway: `get_pid_task`.
pub fn get_pid_task(pid: &Pid, _kind: PidType) -> Option<Task> {
    pid.task()
}

/// The number of `pid`: `pid_nr`.
pub fn pid_nr(pid: &Pid) -> i32 {
    pid.nr()
}

/// The number of `pid`: `pid_vnr`. There is one namespace.
pub fn pid_vnr(pid: &Pid) -> i32 {
    pid.nr()
}

/// Takes a reference: `get_pid`.
pub fn get_pid(pid: &Pid) -> Pid {
    pid.clone()
}

/// Gives a reference back: `put_pid`.
pub fn put_pid(pid: Pid) {
    drop(pid);
}

/// The pid number of `task`: `task_pid_nr`.
pub fn task_pid_nr(task: &TaskStruct) -> i32 {
    task.pid()
}

/// The pid number of `task`: `task_pid_vnr`. There is one namespace.
pub fn task_pid_vnr(task: &TaskStruct) -> i32 {
    task.pid()
}

/// The number of the thread group of `task`: `task_tgid_nr`.
pub fn task_tgid_nr(task: &TaskStruct) -> i32 {
    task.tgid()
}
