//! `linux/kthread.h`: kernel threads.
//!
//! [`kthread_create!`] asks kthreadd for a kthread, which sleeps until its first wake-up;
//! [`kthread_run!`] also wakes it. Then the thread runs its function, until the function returns or
//! [`kthread_stop`] asks it to. Other tasks can park the thread ([`kthread_park`]) and bind it to
//! cpus ([`kthread_bind`]). A [`Worker`], the kernel's `kthread_worker`, is a kthread that runs one
//! work item after another.
//!
//! ```
//! use kthread_rt::prelude::*;
//!
//! let waits = |()| {
//!     while !kthread_should_stop() {
//!         msleep_interruptible(1000);
//!     }
//!     7
//! };
//! let task = kthread_run!(waits, (), "waits/%d", 0)?;
//! msleep(20); // a kthread that is stopped before its function began never runs it
//! assert_eq!(kthread_stop(&task), 7);
//! # Ok::<(), Errno>(())
//! ```

// One file each: `request` (the hand-off), `create` (the requester), `kthreadd` and `daemon`,
// `spare` (the threads that are forked ahead), `run` (the life of one thread), `stop`, `park`,
// `bind`, `exit`; `worker` uses them. This file has what they share: the thread's `Kthread` block
// and the tests of its flag word.

mod adopted;
mod bind;
mod create;
mod daemon;
mod exit;
#[doc(hidden)]
pub mod format;
mod freeze;
mod kernel_names;
mod kthreadd;
mod mm;
pub(crate) mod named;
mod park;
mod request;
mod run;
mod scope;
pub(crate) mod shared;
mod spare;
pub(crate) mod started;
mod stop;
mod waits;
mod worker;

#[doc(inline)]
pub use crate::{DEFINE_KTHREAD_DELAYED_WORK, DEFINE_KTHREAD_WORK, DEFINE_KTHREAD_WORKER};
#[doc(inline)]
pub use kthread_rt_macros::{
    kthread_create, kthread_create_on_cpu, kthread_create_on_node, kthread_create_worker,
    kthread_create_worker_on_cpu, kthread_create_worker_on_node, kthread_name, kthread_run,
    kthread_run_on_cpu, kthread_run_started, kthread_run_worker, kthread_run_worker_on_cpu,
};

pub use bind::{
    __check_cpu_of_new, kthread_affine_preferred, kthread_bind, kthread_bind_mask, kthread_is_per_cpu,
    kthread_set_per_cpu,
};
pub use create::NUMA_NO_NODE;
pub(crate) use create::{start_now, start_unattended};
pub use exit::{ExitCompletion, RawCompletion, kthread_complete_and_exit, kthread_exit};
pub use freeze::kthread_freezable_should_stop;
pub use kernel_names::{
    CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_VM, kernel_thread, kthread_create, kthread_create_on_cpu,
    kthread_create_on_node, kthread_create_raw, kthread_run, kthread_run_on_cpu,
};
pub use kthreadd::ShutdownReport;
pub(crate) use kthreadd::{Kthreadd, start as start_kthreadd};
pub use mm::{kthread_associate_blkcg, kthread_blkcg, kthread_unuse_mm, kthread_use_mm};
pub use park::{kthread_park, kthread_parkme, kthread_unpark};
pub use scope::{Scope, ScopedKthread, scope};
pub use started::kthread_run_started_named as kthread_run_started;
pub use stop::{ExitStatus, kthread_stop, kthread_stop_put};
pub use worker::*;

use crate::completion::Completion;
use crate::errno::Errno;
use crate::sched::{peek_current_if_any, with_current};
use crate::sync::{Arc, AtomicI32, AtomicU32, Ordering, observe, record, refuse_in_forked_child};
use crate::task::{
    Disposition, KernelState, NewTask, PF_FORKNOEXEC, PF_KTHREAD, PF_NOFREEZE, Task, TaskState, TaskStruct,
    kthread_flag as flag,
};
use crate::trace::EventKind;
use shared::Shared;
use std::any::Any;
use std::ffi::{c_int, c_void};
use std::panic::Location;
use std::sync::{Arc as StdArc, Weak};

/// The values of `Kthread::ended`: how a thread ended.
mod ended {
    /// It has not ended.
    pub(super) const NOT: u32 = 0;
    /// Its function never ran.
    pub(super) const NEVER_RAN: u32 = 1;
    /// Its function returned, or it called `kthread_exit`.
    pub(super) const EXITED: u32 = 2;
    /// Its function panicked.
    pub(super) const PANICKED: u32 = 3;
}

/// `struct kthread`: what a kthread has beyond a task.
pub(crate) struct Kthread {
    /// The cpu of a per-cpu thread; -1 before it was one.
    cpu: record::AtomicI32,
    /// 1 once the thread's requester has got the task. Until then only kthreadd and the thread know
    /// it.
    published: AtomicU32,
    /// One of `ended`. The thread writes this and `result` before it completes `exited`; others
    /// read them after they have waited for it.
    ended: AtomicU32,
    result: AtomicI32,
    /// Completed once each time the thread parks, for the task that asked; `complete_all` when it
    /// exits.
    parked: Completion,
    /// `complete_all` when the thread has ended.
    exited: Completion,
    /// The thread's data, if it is an `Arc`, for `TaskStruct::data`. Weak, because the thread owns
    /// the data, and because data that holds the task would otherwise keep itself alive.
    shared: Option<Weak<dyn Any + Send + Sync>>,
    raw: Option<RawFace>,
    /// Where it was asked for.
    created_at: &'static Location<'static>,
}

/// A thread function of C: `int (*threadfn)(void *data)`. It may unwind, as `kthread_exit` does.
pub type RawThreadFn = unsafe extern "C-unwind" fn(data: *mut c_void) -> c_int;

/// The function and data of a thread created from C or by [`kthread_create_raw`].
#[derive(Debug, Clone, Copy)]
struct RawFace {
    threadfn: RawThreadFn,
    data: *mut c_void,
}

// SAFETY: this crate stores and returns the pointer and never dereferences it. The caller of
// `kthread_create_raw` promised that the function may use it on another thread.
unsafe impl Send for RawFace {}
// SAFETY: as above.
unsafe impl Sync for RawFace {}

impl Kthread {
    fn new(shared: Shared, raw: Option<RawFace>, created_at: &'static Location<'static>) -> Self {
        Self {
            cpu: record::AtomicI32::new(-1),
            published: AtomicU32::new(0),
            ended: AtomicU32::new(ended::NOT),
            result: AtomicI32::new(0),
            parked: Completion::new(),
            exited: Completion::new(),
            shared: shared.as_ref().map(StdArc::downgrade),
            raw,
            created_at,
        }
    }

    /// A new task with this block. Only the caller knows it so far.
    fn into_task(
        self: Box<Self>,
        kernel_state: &Arc<KernelState>,
        name: &str,
        state: TaskState,
        parent: Task,
    ) -> Task {
        Task::new(
            kernel_state,
            NewTask {
                pid: kernel_state.pids.allocate(),
                name,
                flags: PF_KTHREAD | PF_NOFREEZE | PF_FORKNOEXEC,
                state,
                parent: Some(parent),
                default_action: Disposition::Ignored,
                private: Some(self),
            },
        )
    }
}

/// True if `task` is a kthread.
pub(crate) fn is_kthread(task: &TaskStruct) -> bool {
    to_kthread(task).is_some()
}

/// `to_kthread`: the block of a kthread, `None` for other tasks.
fn to_kthread(task: &TaskStruct) -> Option<&Kthread> {
    task.private()
}

/// True if the calling task has one of `flags`. Relaxed: a wake-up makes the flags set before it
/// visible; a thread that tests in passing sees a new flag the next time.
#[inline(always)]
fn current_has(flags: u32) -> bool {
    peek_current_if_any(|me| me.kthread_flags.load(Ordering::Relaxed) & flags != 0)
        .unwrap_or_else(nobody_asked)
}

/// The answer for a thread that has no task.
#[cold]
fn nobody_asked() -> bool {
    refuse_in_forked_child();
    false
}

/// True if the calling kthread should stop: `kthread_should_stop`. Its function should then return.
///
/// One load; never sleeps. False for a task that is not a kthread (undefined in the kernel).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(
///     |()| {
///         while !kthread_should_stop() {
///             schedule_timeout_interruptible(HZ as i64);
///         }
///         0
///     },
///     (),
///     "until-stopped"
/// )?;
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
#[track_caller]
pub fn kthread_should_stop() -> bool {
    let stop = current_has(flag::SHOULD_STOP);
    observe("calls kthread_should_stop, which returns", usize::from(stop), |stop| (stop != 0).to_string());
    if stop {
        notify_should_stop();
    }
    stop
}

#[cold]
fn notify_should_stop() {
    with_current(|me| me.event(|| EventKind::ShouldStopSeen));
}

/// True if the calling kthread should park: `kthread_should_park`. It should then call
/// [`kthread_parkme`].
///
/// One load; never sleeps. False for a task that is not a kthread.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(
///     |()| {
///         while !kthread_should_stop() {
///             if kthread_should_park() {
///                 kthread_parkme();
///             }
///             schedule_timeout_interruptible(1);
///         }
///         0
///     },
///     (),
///     "parkable"
/// )?;
/// kthread_park(&task)?;
/// assert_eq!(task.state(), TASK_PARKED);
/// kthread_unpark(&task);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn kthread_should_park() -> bool {
    current_has(flag::SHOULD_PARK)
}

/// True if the calling kthread should stop or park: `kthread_should_stop_or_park`.
///
/// One load; never sleeps. False for a task that is not a kthread, as in the kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let threadfn = |()| {
///     while !kthread_should_stop() {
///         set_current_state(TASK_INTERRUPTIBLE);
///         if !kthread_should_stop_or_park() {
///             schedule();
///         }
///         set_current_state(TASK_RUNNING);
///         kthread_parkme(); // returns at once unless the thread should park
///     }
///     0
/// };
/// let task = kthread_run!(threadfn, (), "parks")?;
/// assert_eq!(kthread_park(&task), Ok(()));
/// assert_eq!(task.state(), TASK_PARKED);
/// kthread_unpark(&task);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn kthread_should_stop_or_park() -> bool {
    current_has(flag::SHOULD_STOP | flag::SHOULD_PARK)
}

/// Returns the full name of a kthread: `get_kthread_comm`. `comm` has its first 15 bytes only.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "a-very-long-kthread-name/%d", 123)?;
/// assert_eq!(task.comm(), "a-very-long-kth");
/// assert_eq!(get_kthread_comm(&task), "a-very-long-kthread-name/123");
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn get_kthread_comm(task: &TaskStruct) -> String {
    task.full_name().to_owned()
}

/// Returns the function of a kthread made by [`kthread_create_raw`] or from C: `kthread_func`.
/// `None` for all others: a Rust closure has moved into its thread.
pub fn kthread_func(task: &TaskStruct) -> Option<RawThreadFn> {
    to_kthread(task)?.raw.map(|raw| raw.threadfn)
}

/// Returns the data of a kthread made by [`kthread_create_raw`] or from C: `kthread_data`. Null for
/// all others; for data given in Rust see [`TaskStruct::data`].
pub fn kthread_data(task: &TaskStruct) -> *mut c_void {
    to_kthread(task).and_then(|k| k.raw).map_or(std::ptr::null_mut(), |raw| raw.data)
}

/// Returns the data of a task that may not be a kthread: `kthread_probe_data`. The same as
/// [`kthread_data`], which is safe for any task here.
pub fn kthread_probe_data(task: &TaskStruct) -> *mut c_void {
    kthread_data(task)
}

impl TaskStruct {
    /// Returns the data of a kthread that one of the macros created with an `Arc<T>`:
    /// `kthread_data` for Rust.
    ///
    /// `None` for data of another type, and once the last strong reference is gone: the thread
    /// drops its own when it ends, and the task keeps no data alive.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::Arc;
    ///
    /// let task = kthread_create!(|n: Arc<u32>| *n as i32, Arc::new(5), "shares")?;
    /// assert_eq!(task.data::<u32>().as_deref(), Some(&5));
    /// assert_eq!(task.data::<u64>(), None);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn data<T: Any + Send + Sync>(&self) -> Option<StdArc<T>> {
        to_kthread(self)?.shared.as_ref()?.upgrade()?.downcast().ok()
    }
}

/// Calls `f` with the calling kthread. Warns and returns an error if the caller is not a kthread.
fn current_kthread<R>(
    call: &str,
    place: &'static std::panic::Location<'static>,
    f: impl FnOnce(&TaskStruct, &Kthread) -> R,
) -> Result<R, Errno> {
    with_current(|me| match to_kthread(me) {
        Some(kthread) => Ok(f(me, kthread)),
        None => {
            me.warn(crate::diag::WarningKind::NotAKthread, call, place, "the caller is not a kthread");
            Err(Errno::EINVAL)
        }
    })
}

/// The block of `task`. Warns (in the calling task's name) and returns an error if it is not a
/// kthread.
fn kthread_of<'a>(
    task: &'a TaskStruct,
    call: &str,
    place: &'static std::panic::Location<'static>,
) -> Result<&'a Kthread, Errno> {
    to_kthread(task).ok_or_else(|| {
        let message = format!("{} is not a kthread", task.id());
        with_current(|me| me.warn(crate::diag::WarningKind::NotAKthread, call, place, &message));
        Errno::EINVAL
    })
}

/// Returns kthreadd of the calling task's Kernel, and starts it first if necessary:
/// `kthreadd_task`. May sleep until it is up.
///
/// `EAGAIN` or another error of the operating system if it refuses the thread; `ESHUTDOWN` if the
/// Kernel has shut down; `EOWNERDEAD` in a forked child.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(kthreadd_task()?.comm(), "kthreadd");
/// # Ok::<(), Errno>(())
/// ```
pub fn kthreadd_task() -> Result<Task, Errno> {
    kthreadd::of_current()
}
