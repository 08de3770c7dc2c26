//! The public creating functions. Most code uses the macros of the same names, which format the
//! thread's name.

use super::create::{self, NUMA_NO_NODE, Order};
use super::request::{Begin, Body};
use super::{RawFace, RawThreadFn, named};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::os;
use crate::task::Task;
use std::ffi::c_void;
use std::panic::Location;

/// Creates a kthread that will run `threadfn(data)`: `kthread_create`. The macro of the same name
/// formats the name.
///
/// The thread is asleep; [`wake_up_process`](crate::wake_up_process) starts its function. Sleeps
/// until kthreadd has created the thread.
///
/// # Errors
///
/// `EINTR` if a fatal signal is pending or comes while waiting (nothing is created then); `EAGAIN`
/// or what else the operating system answers when it can't start a thread; `EINVAL` for a name with
/// a NUL byte; `ESHUTDOWN` if the Kernel has shut down; `EOWNERDEAD` in a forked child.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let task = kthread_create(
///     |done: Arc<Completion>| {
///         complete(&done);
///         42
///     },
///     done.clone(),
///     "adder",
/// )?;
/// wake_up_process(&task);
/// wait_for_completion(&done);
/// assert_eq!(kthread_stop(&task), 42);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_create<T, F>(threadfn: F, data: T, name: &str) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    named::kthread_create(threadfn, data, None, name.to_owned())
}

/// [`kthread_create`] on the cpus of a NUMA node: `kthread_create_on_node`.
///
/// In the kernel the node says where the thread's memory is; since 6.14 it is also where the thread
/// prefers to run, and that is what it is here: the OS thread may run on the node's cpus.
/// [`NUMA_NO_NODE`] leaves it free. `EINVAL` for a node that does not exist.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create_on_node(|()| 0, (), 0, "on-node-0")?;
/// _ = kthread_stop(&task);
/// assert_eq!(kthread_create_on_node(|()| 0, (), 4711, "nowhere").err(), Some(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_create_on_node<T, F>(threadfn: F, data: T, node: i32, name: &str) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    named::kthread_create_on_node(threadfn, data, None, node, name.to_owned())
}

/// [`kthread_create`], then [`wake_up_process`](crate::wake_up_process): `kthread_run`.
///
/// The function may be running, or over, when this returns. A thread that is stopped before it
/// looks never runs it.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run(|()| 7, (), "quick")?;
/// assert!([7, -4].contains(&kthread_stop(&task)));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_run<T, F>(threadfn: F, data: T, name: &str) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    named::kthread_run(threadfn, data, None, name.to_owned())
}

/// [`kthread_create`], bound to a cpu: `kthread_create_on_cpu`. `EINVAL` for a cpu that does not
/// exist.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create_on_cpu(|()| 0, (), 0, "on-cpu-0")?;
/// assert_eq!(task.cpus_allowed(), CpuMask::of(0));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_create_on_cpu<T, F>(threadfn: F, data: T, cpu: u32, name: &str) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    named::kthread_create_on_cpu(threadfn, data, None, cpu, name.to_owned())
}

/// [`kthread_run`], bound to a cpu: `kthread_run_on_cpu`. `EINVAL` for a cpu that does not exist.
#[track_caller]
pub fn kthread_run_on_cpu<T, F>(threadfn: F, data: T, cpu: u32, name: &str) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    named::kthread_run_on_cpu(threadfn, data, None, cpu, name.to_owned())
}

/// [`kthread_create_on_node`] for a function and a datum as C has them; `kthread_func` and
/// `kthread_data` find them again.
///
/// # Safety
///
/// `threadfn` may be called with `data` on another thread, once, at any time until the thread has
/// been stopped.
#[track_caller]
pub unsafe fn kthread_create_raw(
    threadfn: RawThreadFn,
    data: *mut c_void,
    node: i32,
    name: &str,
) -> Result<Task, Errno> {
    let raw = RawFace { threadfn, data };
    let body: Body = Box::new(move || {
        // Named whole, so that the closure owns the Send wrapper and not its pointer.
        let raw = raw;
        // SAFETY: the caller of `kthread_create_raw` promised it; a body runs at most once.
        unsafe { (raw.threadfn)(raw.data) }
    });
    let (name, shared) = (name.to_owned(), None);
    let order = Order { name, node, begin: Begin::WhenWoken, body, shared, raw: Some(raw) };
    create::create(order, "kthread_create", Location::caller())
}

/// Share the filesystem information: `CLONE_FS`. All threads of a process do.
pub const CLONE_FS: u64 = 0x0000_0200;
/// Share the open files: `CLONE_FILES`. All threads of a process do.
pub const CLONE_FILES: u64 = 0x0000_0400;
/// Share the signal handlers: `CLONE_SIGHAND`. All threads of a process do; a kernel thread's
/// dispositions are its own.
pub const CLONE_SIGHAND: u64 = 0x0000_0800;
/// Share the address space: `CLONE_VM`. All threads of a process do.
pub const CLONE_VM: u64 = 0x0000_0100;

/// The signal number in the low byte of the clone flags.
const CSIGNAL: u64 = 0xff;

/// Starts a kernel thread that runs `threadfn(data)` at once: `kernel_thread`. Returns its pid.
///
/// The old way, without a name of its own (it has the caller's), without a first sleep, and with
/// the caller as its parent. The thread ends when its function returns. kthreadd makes the OS
/// thread here too, so that it starts clean.
///
/// Of the flags, those that say what threads of a process share anyway (`CLONE_VM`, `CLONE_FS`,
/// `CLONE_FILES`, `CLONE_SIGHAND`) and a signal number change nothing; any other is a warning and
/// is ignored. Errors as [`kthread_create`].
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let pid = kernel_thread(|done: Arc<Completion>| { complete(&done); 0 }, done.clone(), CLONE_FS | CLONE_FILES)?;
/// assert!(pid > 2);
/// wait_for_completion(&done);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kernel_thread<T, F>(threadfn: F, data: T, flags: u64) -> Result<i32, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    let place = Location::caller();
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let unknown = flags & !(CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_VM | CSIGNAL);
    let (parent, name) = with_current(|me| {
        if unknown != 0 {
            let message = format!("the clone flags {unknown:#x} mean nothing here and are ignored");
            me.warn(WarningKind::BadArgument, "kernel_thread", place, &message);
        }
        (me.get(), me.full_name().to_owned())
    });
    let body = named::body(threadfn, data);
    let order =
        Order { name, node: NUMA_NO_NODE, begin: Begin::AtOnce { parent }, body, shared: None, raw: None };
    Ok(create::create(order, "kernel_thread", place)?.pid())
}
