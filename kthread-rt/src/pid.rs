//! `linux/pid.h`: references to a task's pid.
//!
//! After a task has ended, another task may get its pid number; a [`Pid`] always refers to the same
//! task. It keeps the task's memory, but not the task alive. (In the kernel a `struct pid` keeps
//! only itself.)

#![forbid(unsafe_code)]

use crate::sched::with_current;
use crate::task::{Task, TaskStruct};

/// A counted reference to a `struct pid`: [`get_pid`] is `clone`, [`put_pid`] is `drop`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pid(Task);

/// The type of a pid: `enum pid_type`. A task is its own thread group, so both types are the same.
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
    /// Returns the task, or `None` once it has ended: [`pid_task`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let pid = task_pid(&current());
    /// assert_eq!(pid.nr(), current().pid());
    /// assert_eq!(pid.task(), Some(current()));
    /// ```
    pub fn task(&self) -> Option<Task> {
        self.0.kernel_state().pids.find(self.0.pid()).filter(|task| *task == self.0)
    }

    /// Returns the number: [`pid_nr`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let pid = task_pid(&current());
    /// assert_eq!(pid.nr(), current().pid());
    /// assert_eq!(pid.task(), Some(current()));
    /// ```
    pub fn nr(&self) -> i32 {
        self.0.pid()
    }
}

/// The target of [`kill_pid`](crate::kill_pid): a [`Pid`] or `Option<Pid>`, by value or by
/// reference, or a number in the calling task's Kernel.
pub trait PidArg: sealed::Sealed {
    /// Finds the task.
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

/// Finds the task with this pid in the calling task's Kernel: `find_task_by_vpid`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let me = current();
/// assert_eq!(find_task_by_vpid(me.pid()), Some(me));
/// ```
pub fn find_task_by_vpid(nr: i32) -> Option<Task> {
    // As in the kernel, no lookup finds the idle task.
    if nr == 0 {
        return None;
    }
    with_current(|me| me.kernel_state().pids.find(nr))
}

/// Finds the task with the next pid above `nr` in the calling task's Kernel, for walks over all
/// tasks.
#[doc(hidden)]
pub fn task_after(nr: i32) -> Option<Task> {
    with_current(|me| me.kernel_state().pids.after(nr))
}

/// Returns the idle task of the calling task's Kernel: `init_task`.
#[doc(hidden)]
pub fn idle_task() -> Option<Task> {
    with_current(|me| me.kernel_state().idle())
}

/// Finds the [`Pid`] with this number in the calling task's Kernel: `find_vpid`. Never sleeps.
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

/// Finds the [`Pid`] with this number: `find_get_pid`. The same as [`find_vpid`], since a [`Pid`]
/// is a reference.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let me = current();
/// let pid = find_get_pid(me.pid()).unwrap();
/// assert_eq!(get_pid_task(&pid, PidType::Pid), Some(me));
/// put_pid(pid);
/// ```
pub fn find_get_pid(nr: i32) -> Option<Pid> {
    find_vpid(nr)
}

/// Returns the pid of `task`: `task_pid`. For a task that has ended, the kernel returns NULL; here
/// [`pid_task`] of the result is `None`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(pid_nr(&task_pid(&current())), current().pid());
/// ```
pub fn task_pid(task: &TaskStruct) -> Pid {
    Pid(task.get())
}

/// Returns the pid of `task`: `get_task_pid`. The same as [`task_pid`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let pid = get_task_pid(&current(), PidType::Pid);
/// assert_eq!(pid_nr(&pid), current().pid());
/// ```
pub fn get_task_pid(task: &TaskStruct, _kind: PidType) -> Pid {
    task_pid(task)
}

/// Returns the task of `pid`, or `None` if it has ended: `pid_task`.
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

/// Returns the task of `pid`, or `None` if it has ended: `get_pid_task`. The same as [`pid_task`],
/// since a [`Task`] is a reference.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let me = current();
/// let pid = find_get_pid(me.pid()).unwrap();
/// assert_eq!(get_pid_task(&pid, PidType::Pid), Some(me));
/// put_pid(pid);
/// ```
pub fn get_pid_task(pid: &Pid, _kind: PidType) -> Option<Task> {
    pid.task()
}

/// Returns the number of `pid`: `pid_nr`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let pid = get_task_pid(&current(), PidType::Pid);
/// assert_eq!(pid_nr(&pid), current().pid());
/// ```
pub fn pid_nr(pid: &Pid) -> i32 {
    pid.nr()
}

/// Returns the number of `pid`: `pid_vnr`. There is one namespace.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let pid = get_task_pid(&current(), PidType::Pid);
/// assert_eq!(pid_vnr(&pid), current().pid());
/// ```
pub fn pid_vnr(pid: &Pid) -> i32 {
    pid.nr()
}

/// Takes a reference to a pid: `get_pid`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let pid = task_pid(&current());
/// let second = get_pid(&pid);
/// assert_eq!(pid, second);
/// put_pid(second);
/// ```
pub fn get_pid(pid: &Pid) -> Pid {
    pid.clone()
}

/// Drops a reference to a pid: `put_pid`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let me = current();
/// let pid = find_get_pid(me.pid()).unwrap();
/// assert_eq!(get_pid_task(&pid, PidType::Pid), Some(me));
/// put_pid(pid);
/// ```
pub fn put_pid(pid: Pid) {
    drop(pid);
}

/// Returns the pid number of `task`: `task_pid_nr`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(task_pid_nr(&current()), current().pid());
/// ```
pub fn task_pid_nr(task: &TaskStruct) -> i32 {
    task.pid()
}

/// Returns the pid number of `task`: `task_pid_vnr`. There is one namespace.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(task_pid_vnr(&current()), current().pid());
/// ```
pub fn task_pid_vnr(task: &TaskStruct) -> i32 {
    task.pid()
}

/// Returns the number of the task's thread group: `task_tgid_nr`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(task_tgid_nr(&current()), current().tgid());
/// ```
pub fn task_tgid_nr(task: &TaskStruct) -> i32 {
    task.tgid()
}
