//! The `kthread_run!` family of kthread-rt: macros that create threads and check their names at
//! compile time.
//!
//! The kernel's `kthread_run(threadfn, data, namefmt, ...)` takes a printf format. So do these
//! macros, and they take Rust's format as well; the literal decides which one it is:
//!
//! | the literal | is | example |
//! |---|---|---|
//! | contains a printf conversion | printf style; braces are text | `"kworker/%u:%d"`, `"100%%"` |
//! | contains `{` or `}` otherwise | Rust style, all of `format!` | `"kworker/{}:{id}"` |
//! | contains neither | the name itself | `"kthreadd"` |
//!
//! A mistake in a name (a missing argument, a conversion that does not exist, both styles at once)
//! is a compile error at the argument or literal that is wrong. The value's type is checked as
//! `gcc -Wformat` does: `%d` takes at most 32 bits, `%ld` takes 64, `%s` takes a string.
//!
//! `invocation` parses the invocation, `style` decides the literal's style (with `printf` and
//! `placeholder`), `name` turns the name into an expression of type `String`, and `create` and
//! `worker` put the call of the runtime around it. The formatting at run time, such as what
//! `%-08.3x` does with a value, is in the runtime.
//!
//! Use these macros through the crate `kthread-rt`, which re-exports them: they expand to its
//! paths.

#![forbid(unsafe_code)]

mod create;
mod invocation;
mod name;
mod placeholder;
mod printf;
mod style;
mod worker;

use proc_macro::TokenStream;

/// Creates a thread that sleeps until it is first woken:
/// `kthread_create!(threadfn, data, "name" [, args...])`.
///
/// `threadfn` is an `FnOnce(T) -> i32 + Send + 'static` and `data` its `T: Send + 'static`. The
/// thread's name is formatted from the literal, in printf or Rust style. Everything is evaluated
/// once, in the order written.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let flush = |device: u64| device as i32;
/// let (major, minor) = (8_u32, 0_u32);
/// let task = kthread_create!(flush, 7_u64, "flush-%u:%u", major, minor)?;
/// wake_up_process(&task);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Task, Errno>`. **Errors**: `EINTR` if the caller gets a fatal signal
/// meanwhile, `EAGAIN` or `ENOMEM` if the operating system refuses a thread, `EINVAL` for a name
/// with a NUL byte.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_create(threadfn, data, namefmt, ...)`. There `data` is a `void *` that the
/// caller keeps alive; here it moves into the thread, and is dropped if `threadfn` never runs.
#[proc_macro]
pub fn kthread_create(input: TokenStream) -> TokenStream {
    answer(create::expand(&create::CREATE, input.into()))
}

/// Creates a thread and wakes it: `kthread_run!(threadfn, data, "name" [, args...])`.
///
/// As `kthread_create!`, followed by `wake_up_process`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let id = 3;
/// let task = kthread_run!(|n: u32| n as i32, 7, "worker/{}", id)?;
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Task, Errno>`. **Errors**: those of `kthread_create!`.
///
/// **Context**: may sleep until kthreadd has answered; it does not wait for `threadfn` to start.
///
/// **Kernel**: `kthread_run(threadfn, data, namefmt, ...)`. As there, a thread that is stopped
/// before it first runs never calls `threadfn`, and its exit status is `-EINTR`.
#[proc_macro]
pub fn kthread_run(input: TokenStream) -> TokenStream {
    answer(create::expand(&create::RUN, input.into()))
}

/// Makes a thread, wakes it, and returns once its function has begun:
/// `kthread_run_started!(threadfn, data, "name" [, args...])`.
///
/// As `kthread_run!`, but a `kthread_stop` right after it can't come before the function: a thread
/// that is stopped before its first look at the flag never calls `threadfn`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let id = 3;
/// let task = kthread_run_started!(|n: u32| n as i32, 7, "worker/{}", id)?;
/// assert_eq!(kthread_stop(&task), 7); // never -EINTR
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Task, Errno>`. **Errors**: those of `kthread_create!`.
///
/// **Context**: sleeps, until `threadfn` has begun. If somebody else stops the thread before that,
/// it returns when the thread has ended.
///
/// **Kernel**: none. Kernel code completes a completion at the start of its function, and waits
/// for it after `kthread_run`.
#[proc_macro]
pub fn kthread_run_started(input: TokenStream) -> TokenStream {
    answer(create::expand(&create::RUN_STARTED, input.into()))
}

/// Creates a sleeping thread near a NUMA node:
/// `kthread_create_on_node!(threadfn, data, node, "name" [, args...])`.
///
/// As `kthread_create!`; `node` is the memory node for the thread's stack, or `NUMA_NO_NODE`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let kswapd = |()| 0;
/// let nid = 0;
/// let task = kthread_create_on_node!(kswapd, (), NUMA_NO_NODE, "kswapd%d", nid)?;
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Task, Errno>`. **Errors**: those of `kthread_create!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_create_on_node(threadfn, data, node, namefmt, ...)`.
#[proc_macro]
pub fn kthread_create_on_node(input: TokenStream) -> TokenStream {
    answer(create::expand(&create::CREATE_ON_NODE, input.into()))
}

/// Creates a sleeping thread that is bound to one cpu:
/// `kthread_create_on_cpu!(threadfn, data, cpu, "name/%u")`.
///
/// The literal's one conversion (an integer conversion, or `{}`) formats `cpu`, a `u32`. A literal
/// without a conversion is the whole name. There are no further arguments.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let drain = |queue: &str| queue.len() as i32;
/// let task = kthread_create_on_cpu!(drain, "eth0", 0, "drain/%u")?;
/// assert_eq!(task.comm(), "drain/0");
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Task, Errno>`. **Errors**: those of `kthread_create!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_create_on_cpu(threadfn, data, cpu, namefmt)`, which does not check the
/// format.
#[proc_macro]
pub fn kthread_create_on_cpu(input: TokenStream) -> TokenStream {
    answer(create::expand(&create::CREATE_ON_CPU, input.into()))
}

/// Creates a thread that is bound to one cpu and wakes it:
/// `kthread_run_on_cpu!(threadfn, data, cpu, "name/%u")`.
///
/// As `kthread_create_on_cpu!`, followed by `wake_up_process`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let drain = |queue: &str| queue.len() as i32;
/// let task = kthread_run_on_cpu!(drain, "eth0", 0, "drain/{}")?;
/// assert_eq!(task.comm(), "drain/0");
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Task, Errno>`. **Errors**: those of `kthread_create!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_run_on_cpu(threadfn, data, cpu, namefmt)`.
#[proc_macro]
pub fn kthread_run_on_cpu(input: TokenStream) -> TokenStream {
    answer(create::expand(&create::RUN_ON_CPU, input.into()))
}

/// Creates a worker with its thread: `kthread_create_worker!(flags, "name" [, args...])`.
///
/// The thread's name is formatted from the literal, in printf or Rust style.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let device = 7;
/// let worker = kthread_create_worker!(0, "requests/%d", device)?;
/// let job = Job::new(|_| ());
/// kthread_queue_work(&worker, &job);
/// kthread_flush_work(&job);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Worker, Errno>`. **Errors**: those of `kthread_create!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_create_worker(flags, namefmt, ...)`; the thread is woken, as in 6.1.
#[proc_macro]
pub fn kthread_create_worker(input: TokenStream) -> TokenStream {
    answer(worker::expand(&worker::CREATE, input.into()))
}

/// Creates a worker near a NUMA node:
/// `kthread_create_worker_on_node!(flags, node, "name" [, args...])`.
///
/// As `kthread_create_worker!`; `node` is the node that the thread runs on, or `NUMA_NO_NODE`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let nid = 0;
/// let worker = kthread_create_worker_on_node!(0, NUMA_NO_NODE, "kcompact/%d", nid)?;
/// kthread_flush_worker(&worker);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Worker, Errno>`. **Errors**: those of `kthread_create_on_node!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_create_worker_on_node(flags, node, namefmt, ...)`.
#[proc_macro]
pub fn kthread_create_worker_on_node(input: TokenStream) -> TokenStream {
    answer(worker::expand(&worker::CREATE_ON_NODE, input.into()))
}

/// Creates a worker bound to one cpu:
/// `kthread_create_worker_on_cpu!(cpu, flags, "name/%u" [, args...])`.
///
/// Without further arguments, the literal's one conversion formats `cpu`, a `u32`, as since Linux
/// 6.14; with arguments, it formats those, as before.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker_on_cpu!(0, 0, "requests/%u")?; // "requests/0"
/// kthread_flush_worker(&worker);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Worker, Errno>`. **Errors**: those of `kthread_create_on_cpu!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_create_worker_on_cpu(cpu, flags, namefmt, ...)`.
#[proc_macro]
pub fn kthread_create_worker_on_cpu(input: TokenStream) -> TokenStream {
    answer(worker::expand(&worker::CREATE_ON_CPU, input.into()))
}

/// Creates a worker and wakes its thread: `kthread_run_worker!(flags, "name" [, args...])`.
///
/// The same as `kthread_create_worker!`, which wakes the thread too.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_run_worker!(KTW_FREEZABLE, "requests")?;
/// kthread_flush_worker(&worker);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Worker, Errno>`. **Errors**: those of `kthread_create!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_run_worker(flags, namefmt, ...)`, since 6.14.
#[proc_macro]
pub fn kthread_run_worker(input: TokenStream) -> TokenStream {
    answer(worker::expand(&worker::RUN, input.into()))
}

/// Creates a worker bound to one cpu and wakes its thread:
/// `kthread_run_worker_on_cpu!(cpu, flags, "name/%u" [, args...])`.
///
/// The same as `kthread_create_worker_on_cpu!`, which wakes the thread too.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_run_worker_on_cpu!(0, 0, "requests/{}")?; // "requests/0"
/// kthread_flush_worker(&worker);
/// # Ok::<(), Errno>(())
/// ```
///
/// **Returns** `Result<Worker, Errno>`. **Errors**: those of `kthread_create_on_cpu!`.
///
/// **Context**: may sleep until kthreadd has answered.
///
/// **Kernel**: `kthread_run_worker_on_cpu(cpu, flags, namefmt)`, since 6.14.
#[proc_macro]
pub fn kthread_run_worker_on_cpu(input: TokenStream) -> TokenStream {
    answer(worker::expand(&worker::RUN_ON_CPU, input.into()))
}

/// Formats a name as the other macros do and returns it: `kthread_name!("name" [, args...])`.
///
/// For calls that take a finished name.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(kthread_name!("kworker/%u:%d%s", 3u32, 1, "H"), "kworker/3:1H");
/// ```
///
/// **Returns** a `String`, not cut: the task cuts it to `TASK_COMM_LEN`. **Errors**: none at run
/// time.
///
/// **Context**: never sleeps.
///
/// **Kernel**: `kasprintf(GFP_KERNEL, fmt, ...)`, but with C's results where the kernel's own
/// printf departs from C (zero with precision 0, `%#x` of zero, the flag `0` beside a precision, a
/// negative `.*`).
#[proc_macro]
pub fn kthread_name(input: TokenStream) -> TokenStream {
    answer(name::expand(input.into()))
}

/// Returns the expansion to the compiler, or the error in its place.
fn answer(expansion: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    expansion.unwrap_or_else(syn::Error::into_compile_error).into()
}
