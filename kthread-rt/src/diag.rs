//! Warnings: reports of misuse.
//!
//! Where the kernel WARNs, or would hang or corrupt memory, the runtime reports which task made
//! which call, where in the source, and what is wrong.
//! [`KernelBuilder::on_warning`](crate::KernelBuilder::on_warning) sets a handler; without one,
//! warnings go to standard error.

use crate::sched::with_current;
use crate::sync;
use crate::task::TaskStruct;
use std::any::Any;
use std::fmt;
use std::io::Write;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

/// The kind of fault that a [`Warning`] reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// A call that may sleep in an atomic section or a callback. The kernel: "BUG: sleeping
    /// function called from invalid context".
    SleepingWhileAtomic,
    /// A call that waits, by a task that has set a state, which the call loses. The kernel: "do not
    /// call blocking ops when !TASK_RUNNING".
    NotRunning,
    /// An object that was never initialised: a lock, a work item, a timer in zeroed memory.
    Uninitialised,
    /// `kthread_bind` and its like on a thread that has been started.
    BindAfterStart,
    /// `kthread_park` of a thread that was asked to park already.
    ParkTwice,
    /// `kthread_park` of a thread that is exiting or has exited.
    ParkExited,
    /// A task that would wait for itself.
    Deadlock,
    /// A lock released by a task that does not hold it, or still held when its task ends.
    LockMisuse,
    /// Locks taken in an order, or in contexts, that can deadlock, even if this run did not. Only
    /// in a Kernel with [`debug`](crate::KernelBuilder::debug).
    LockOrder,
    /// A call that is for kthreads only, by or about another task.
    NotAKthread,
    /// An argument out of range.
    BadArgument,
    /// A work item or worker used wrongly: queued on two workers, or on a worker that is destroyed
    /// or whose thread has ended.
    WorkMisuse,
    /// The operating system refused a priority, a policy or an affinity. The task's fields have the
    /// requested value.
    OsRefused,
    /// Tasks did not freeze in time.
    NotFrozen,
    /// An oops: a thread function or a callback panicked. Other tasks go on.
    Oops,
    /// An object that is still armed, queued, registered or held when its memory is freed, its
    /// module is unloaded, or its Kernel shuts down. Only with
    /// [`debug`](crate::KernelBuilder::debug).
    ActiveObject,
    /// A task that has slept, or run without a call that sleeps, for longer than
    /// [`KernelBuilder::hung_task`](crate::KernelBuilder::hung_task). A thread without a task
    /// reports it.
    HungTask,
    /// An impossible reference count of C code: it was incremented from 0, fell below 0, or is
    /// saturated.
    Refcount,
    /// A call that needs a Kernel which has shut down, such as arming a timer.
    ShutDown,
}

/// How a Kernel treats a panic on its threads: in a thread function, a work item, a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PanicPolicy {
    /// An oops, as in a kernel: it prints a warning and ends the task. A worker and all other tasks
    /// continue.
    #[default]
    Oops,
    /// An oops that also fails the test: [`Kernel::shutdown`](crate::Kernel::shutdown), or the drop
    /// of the Kernel's last handle, panics with the warnings of all oopses.
    FailTest,
}

/// A warning, as the Kernel's handler gets it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Warning<'a> {
    /// The kind of fault.
    pub kind: WarningKind,
    /// The name of the task that made the call.
    pub comm: &'a str,
    /// That task's pid.
    pub pid: i32,
    /// The function that was called.
    pub call: &'a str,
    /// The place of the call.
    pub place: &'static Location<'static>,
    /// The place of the call in C code, if the reporting thread's stack does not show it: the call
    /// was made earlier, or by another task. `None` otherwise, and for a call from Rust code.
    pub place_in_c: Option<&'a str>,
    /// The place of the panic of an [`Oops`](WarningKind::Oops): `file:line:column`. Known if a
    /// Kernel of the process has [`PanicPolicy::FailTest`]; else only `place` is known, the place
    /// where the thread was requested.
    pub place_of_panic: Option<&'a str>,
    /// What is wrong and what to do: a sentence, possibly followed by lines with details.
    pub message: &'a str,
}

impl Warning<'_> {
    /// Returns the text with another place, for a handler that knows a better one, such as a line
    /// in C.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder()
    ///     .on_warning(|warning| eprintln!("{}", warning.at("driver.c:7")))
    ///     .boot()?;
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn at(&self, place: impl fmt::Display) -> String {
        let Self { comm, pid, call, message, .. } = self;
        format!("kthread-rt: {call}() by task {comm:?} (pid {pid}) at {place}: {message}")
    }
}

impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place_in_c.or(self.place_of_panic) {
            Some(place) => f.write_str(&self.at(place)),
            None => f.write_str(&self.at(self.place)),
        }
    }
}

/// Reports a wrong call of the calling task to the Kernel's handler, as the runtime does: for
/// layers on top of it with calls of their own. `call` is the function's name, `place` the place of
/// the call. May be called in any context; sleeps only if the handler does.
///
/// ```
/// use kthread_rt::diag::{self, WarningKind};
/// use kthread_rt::prelude::*;
/// use std::panic::Location;
///
/// let kernel = Kernel::builder()
///     .on_warning(|warning| assert_eq!(warning.call, "my_remove"))
///     .boot()?;
/// let _entered = kernel.enter();
/// diag::warn(WarningKind::Deadlock, "my_remove", Location::caller(), "it would wait for itself");
/// # Ok::<(), BootError>(())
/// ```
pub fn warn(kind: WarningKind, call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(kind, call, place, message));
}

type Handler = Box<dyn Fn(&Warning<'_>) + Send + Sync>;

/// Where a Kernel's warnings go.
pub(crate) struct WarningSink(Option<Handler>);

impl WarningSink {
    pub(crate) fn new(handler: Option<Handler>) -> Self {
        Self(handler)
    }

    /// Reports a warning. One that the handler itself causes goes to standard error.
    pub(crate) fn tell(&self, warning: &Warning<'_>) {
        let told = match &self.0 {
            Some(handler) => once_at_a_time(IN_WARNING, || handler(warning)),
            None => false,
        };
        if !told {
            // If standard error can't be written, the warning is lost; that is no reason to panic.
            _ = writeln!(std::io::stderr(), "{warning}");
        }
    }
}

/// The handler's captures may have destructors, which are user code, and run where the last task of
/// the Kernel is dropped.
impl Drop for WarningSink {
    fn drop(&mut self) {
        contain(|| drop(self.0.take()));
    }
}

impl fmt::Debug for WarningSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "WarningSink(handler)" } else { "WarningSink(stderr)" })
    }
}

/// In the thread's word of handlers: a warning handler runs.
const IN_WARNING: u32 = 1;
/// In the thread's word of handlers: an event handler runs.
pub(crate) const IN_EVENT: u32 = 2;

/// Runs a handler of the kind `kind`, [contained](contain). Returns false without running it if the
/// thread is in a handler of that kind already, which could otherwise call itself for ever.
pub(crate) fn once_at_a_time(kind: u32, handler: impl FnOnce()) -> bool {
    let inside = sync::handlers();
    if inside & kind != 0 {
        return false;
    }
    sync::set_handlers(inside | kind);
    contain(handler);
    sync::set_handlers(sync::handlers() & !kind);
    true
}

/// Aborts the process, as std's `Arc` does, because a count has reached its limit. Only a program
/// that leaks guards or never ends its sections gets there. The count must not wrap, since it
/// protects others.
#[cold]
pub(crate) fn too_many(what: &str) -> ! {
    _ = writeln!(
        std::io::stderr(),
        "kthread-rt: too many {what}: end each one that was begun. The process aborts."
    );
    std::process::abort()
}

/// [`contain`] for user code that `task` runs, or another task runs on its behalf. A panic is
/// reported as an oops of `call`.
pub(crate) fn contain_told(task: &TaskStruct, call: &str, what: &str, f: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(f)) {
        let message = format!("Oops: {what} panicked: {}", panic_text(&*panic));
        task.warn(WarningKind::Oops, call, Location::caller(), &message);
        contain(|| drop(panic));
    }
}

/// The message of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "(the panic's payload is not text)".into())
}

/// Runs user code inside the runtime, and catches its panics: if a wait unwound, its frame would
/// stay on a wait queue. The panic hook has printed the panic.
pub(crate) fn contain(f: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(f)) {
        // The payload's destructor is user code too. If it panics, its own payload is leaked.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
            mem::forget(again);
        }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
#[path = "../tests/child/mod.rs"]
mod child;

#[cfg(all(test, not(any(loom, shuttle))))]
pub(crate) mod tests {
    use super::child;
    use std::os::unix::process::ExitStatusExt;

    /// Asserts that `body` aborts a child process by [`too_many`](super::too_many) of `what`.
    /// `test` is the name of the calling test.
    #[track_caller]
    pub(crate) fn assert_aborts(test: &str, what: &str, body: impl FnOnce()) {
        if let Some(output) = child::output_of(test, |_| (), body) {
            let told = String::from_utf8_lossy(&output.stderr).contains(&format!("too many {what}"));
            assert!(output.status.signal() == Some(libc::SIGABRT) && told, "{}", child::told(&output));
        }
    }
}
