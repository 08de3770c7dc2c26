//! The public functions that create kthreads. Most code uses the macros of the same names, which
//! format the thread's name.

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
/// also formats the thread's name.
///
/// The new thread sleeps; [`wake_up_process`](crate::wake_up_process) starts its function. May
/// sleep until kthreadd has created the thread.
///
/// # Errors
///
/// `EINTR` if a fatal signal is pending or arrives during the wait (nothing is created then);
/// `EAGAIN` or another error of the operating system if it refuses the thread; `EINVAL` for a name
/// with a NUL byte; `ESHUTDOWN` if the Kernel has shut down; `EDEADLK` if kthreadd itself calls;
/// `EOWNERDEAD` in a forked child.
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

/// Creates a kthread as [`kthread_create`] does, on the cpus of a NUMA node:
/// `kthread_create_on_node`.
///
/// In the kernel the node is where the thread's memory is allocated and, since 6.14, where the
/// thread prefers to run. Here it sets the OS thread's affinity to the node's cpus.
/// [`NUMA_NO_NODE`] sets none. `EINVAL` for a node that does not exist.
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

/// Creates a kthread and wakes it: `kthread_run`, which is [`kthread_create`] and
/// [`wake_up_process`](crate::wake_up_process).
///
/// The function may not have begun, may be running, or may have returned when this call returns. A
/// thread that is stopped before its function begins never runs it.
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

/// Creates a kthread bound to a cpu: `kthread_create_on_cpu`. Errors as [`kthread_create`], and
/// `EINVAL` for a cpu that is not online.
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

/// Creates a kthread bound to a cpu and wakes it: `kthread_run_on_cpu`. Errors as
/// [`kthread_create_on_cpu`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run_on_cpu(|()| 0, (), 0, "on-cpu-0")?;
/// assert_eq!(task.cpus_allowed(), CpuMask::of(0));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_run_on_cpu<T, F>(threadfn: F, data: T, cpu: u32, name: &str) -> Result<Task, Errno>
where
    F: FnOnce(T) -> i32 + Send + 'static,
    T: Send + 'static,
{
    named::kthread_run_on_cpu(threadfn, data, None, cpu, name.to_owned())
}

/// [`kthread_create_on_node`] for a C function and its data, which
/// [`kthread_func`](crate::kthread_func) and [`kthread_data`](crate::kthread_data) return.
///
/// # Safety
///
/// The new thread may call `threadfn(data)` once, at any time until it has ended.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// use std::ffi::{c_int, c_void};
/// use std::ptr;
///
/// unsafe extern "C-unwind" fn threadfn(data: *mut c_void) -> c_int {
///     data.addr() as c_int
/// }
///
/// let data = ptr::without_provenance_mut(5);
/// // SAFETY: the function does not dereference its data.
/// let task = unsafe { kthread_create_raw(threadfn, data, NUMA_NO_NODE, "raw")? };
/// assert!(kthread_func(&task).is_some());
/// assert_eq!(kthread_data(&task), data);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub unsafe fn kthread_create_raw(
    threadfn: RawThreadFn,
    data: *mut c_void,
    node: i32,
    name: &str,
) -> Result<Task, Errno> {
    let raw = RawFace { threadfn, data };
    let body: Body = Box::new(move || {
        // Captured whole, so that the closure owns the `Send` wrapper, not its bare pointer.
        let raw = raw;
        // SAFETY: the caller of `kthread_create_raw` promised that this thread may call it once; a
        // body runs at most once.
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

/// The low byte of the clone flags holds a signal number.
const CSIGNAL: u64 = 0xff;

/// Starts a kernel thread that runs `threadfn(data)` at once, and returns its pid: `kernel_thread`.
///
/// The predecessor of `kthread_run`: the thread has the caller's name, no first sleep, and the
/// caller as its parent. It ends when its function returns. Here too kthreadd creates the OS
/// thread, so that it inherits nothing from the caller. Sleeps.
///
/// `CLONE_VM`, `CLONE_FS`, `CLONE_FILES`, `CLONE_SIGHAND` (threads of a process share all of these)
/// and a signal number change nothing. Any other flag is ignored with a warning. Errors as
/// [`kthread_create`].
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let threadfn = |done: Arc<Completion>| {
///     complete(&done);
///     0
/// };
/// let pid = kernel_thread(threadfn, done.clone(), CLONE_FS | CLONE_FILES)?;
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
            let message = format!("the clone flags {unknown:#x} are not supported and were ignored");
            me.warn(WarningKind::BadArgument, "kernel_thread", place, &message);
        }
        (me.get(), me.full_name().to_owned())
    });
    let body = named::body(threadfn, data);
    let order =
        Order { name, node: NUMA_NO_NODE, begin: Begin::AtOnce { parent }, body, shared: None, raw: None };
    Ok(create::create(order, "kernel_thread", place)?.pid())
}
