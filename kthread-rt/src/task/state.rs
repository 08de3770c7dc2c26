//! Task states and flags, with the kernel's numbers.

use bitflags::bitflags;
use std::fmt;

bitflags! {
    /// The state of a task, which says what ends its sleep. The numbers are those of Linux 6.1.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!(TASK_KILLABLE, TaskState::WAKEKILL | TASK_UNINTERRUPTIBLE);
    /// assert_eq!(TASK_PARKED.bits(), 0x40);
    /// ```
    #[derive(Clone, Copy, PartialEq, Eq, Hash)]
    pub struct TaskState: u32 {
        /// Sleeps until woken or signalled.
        const INTERRUPTIBLE = 0x0001;
        /// Sleeps until woken.
        const UNINTERRUPTIBLE = 0x0002;
        /// Stopped, by `kernel_signal_stop`.
        const STOPPED = 0x0004;
        /// Traced (never set by this runtime).
        const TRACED = 0x0008;
        /// Parked by `kthread_park`.
        const PARKED = 0x0040;
        /// Dead.
        const DEAD = 0x0080;
        /// A fatal signal also ends the sleep.
        const WAKEKILL = 0x0100;
        /// Being woken (never seen here: a wake-up is one step).
        const WAKING = 0x0200;
        /// The sleep does not count as load.
        const NOLOAD = 0x0400;
        /// Being created (never seen here: a new task is uninterruptible).
        const NEW = 0x0800;
        /// Waiting for a lock that replaces a spinlock on PREEMPT_RT (never set by this runtime).
        const RTLOCK_WAIT = 0x1000;
        /// The sleep may be frozen.
        const FREEZABLE = 0x2000;
        /// Frozen.
        const FROZEN = 0x8000;
    }
}

/// Running or ready to run: no bit is set.
pub const TASK_RUNNING: TaskState = TaskState::empty();
/// Sleeping until woken or signalled.
pub const TASK_INTERRUPTIBLE: TaskState = TaskState::INTERRUPTIBLE;
/// Sleeping until woken.
pub const TASK_UNINTERRUPTIBLE: TaskState = TaskState::UNINTERRUPTIBLE;
/// Parked: only `kthread_unpark` wakes the task.
pub const TASK_PARKED: TaskState = TaskState::PARKED;
/// Stopped: SIGCONT or a fatal signal wakes the task.
pub const TASK_STOPPED: TaskState = TaskState::WAKEKILL.union(TaskState::STOPPED);
/// The task has ended.
pub const TASK_DEAD: TaskState = TaskState::DEAD;
/// Sleeping until woken or killed.
pub const TASK_KILLABLE: TaskState = TaskState::WAKEKILL.union(TaskState::UNINTERRUPTIBLE);
/// Sleeping until woken, without counting as load.
pub const TASK_IDLE: TaskState = TaskState::UNINTERRUPTIBLE.union(TaskState::NOLOAD);
/// The states that `wake_up_process` ends: interruptible and uninterruptible sleeps, including
/// killable and idle ones.
pub const TASK_NORMAL: TaskState = TaskState::INTERRUPTIBLE.union(TaskState::UNINTERRUPTIBLE);
/// The bit of a killable sleep.
pub const TASK_WAKEKILL: TaskState = TaskState::WAKEKILL;
/// The bit of a sleep that may be frozen.
pub const TASK_FREEZABLE: TaskState = TaskState::FREEZABLE;
/// Frozen.
pub const TASK_FROZEN: TaskState = TaskState::FROZEN;

impl TaskState {
    /// Returns the letter that `ps` shows: R, S, D, I, T (stopped), P (parked), X (dead).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!((TASK_RUNNING.letter(), TASK_IDLE.letter()), ('R', 'I'));
    /// assert_eq!(TASK_PARKED.letter(), 'P');
    /// ```
    pub fn letter(self) -> char {
        match self {
            s if s.is_empty() => 'R',
            s if s.contains(TASK_DEAD) => 'X',
            s if s.contains(TASK_PARKED) => 'P',
            s if s.contains(TASK_STOPPED) => 'T',
            s if s.contains(TASK_IDLE) => 'I',
            s if s.contains(TASK_UNINTERRUPTIBLE) => 'D',
            _ => 'S',
        }
    }
}

/// As its [`Display`](fmt::Display).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(format!("{:?} {TASK_IDLE:?}", TASK_RUNNING), "TASK_RUNNING TASK_IDLE");
/// ```
impl fmt::Debug for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Prints the kernel's name, such as `TASK_KILLABLE`; joins the bits of a combination without a
/// name with `|`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(TASK_KILLABLE.to_string(), "TASK_KILLABLE");
/// let freezable = TASK_INTERRUPTIBLE | TASK_FREEZABLE;
/// assert_eq!(freezable.to_string(), "TASK_INTERRUPTIBLE|TASK_FREEZABLE");
/// ```
impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            TASK_RUNNING => f.write_str("TASK_RUNNING"),
            TASK_KILLABLE => f.write_str("TASK_KILLABLE"),
            TASK_IDLE => f.write_str("TASK_IDLE"),
            TASK_STOPPED => f.write_str("TASK_STOPPED"),
            state => {
                let mut bar = "";
                for (name, _) in state.iter_names() {
                    write!(f, "{bar}TASK_{name}")?;
                    bar = "|";
                }
                Ok(())
            }
        }
    }
}

bitflags! {
    /// The flags of a task (`PF_…`). The numbers are those of Linux 6.1.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct TaskFlags: u32 {
        /// The idle task of a Kernel, pid 0: `PF_IDLE`.
        const IDLE = 0x0000_0002;
        /// Ending: `PF_EXITING`.
        const EXITING = 0x0000_0004;
        /// A workqueue worker: `PF_WQ_WORKER`.
        const WQ_WORKER = 0x0000_0020;
        /// Forked and never exec'ed: `PF_FORKNOEXEC`.
        const FORKNOEXEC = 0x0000_0040;
        /// The freezer leaves it alone: `PF_NOFREEZE`.
        const NOFREEZE = 0x0000_8000;
        /// A kernel thread: `PF_KTHREAD`.
        const KTHREAD = 0x0020_0000;
        /// Bound: user space may not change its affinity: `PF_NO_SETAFFINITY`.
        const NO_SETAFFINITY = 0x0400_0000;
    }
}

/// A kernel thread.
pub const PF_KTHREAD: TaskFlags = TaskFlags::KTHREAD;
/// The freezer leaves it alone.
pub const PF_NOFREEZE: TaskFlags = TaskFlags::NOFREEZE;
/// Bound: user space may not change its affinity.
pub const PF_NO_SETAFFINITY: TaskFlags = TaskFlags::NO_SETAFFINITY;
/// Ending.
pub const PF_EXITING: TaskFlags = TaskFlags::EXITING;
/// Forked and never exec'ed.
pub const PF_FORKNOEXEC: TaskFlags = TaskFlags::FORKNOEXEC;
/// A workqueue worker.
pub const PF_WQ_WORKER: TaskFlags = TaskFlags::WQ_WORKER;
/// The idle task.
pub const PF_IDLE: TaskFlags = TaskFlags::IDLE;

/// `exit_state` of a task that has not ended.
pub const EXIT_NONE: i32 = 0;
/// `exit_state` of a task that has ended and is being reaped.
pub const EXIT_ZOMBIE: i32 = 0x20;
/// `exit_state` of a task that has been reaped: the final one, since kthreads reap themselves.
pub const EXIT_DEAD: i32 = 0x10;
