//! Warnings: misuse is told, not suffered.
//!
//! Where the kernel WARNs, or would hang or corrupt memory, the runtime says which task made which
//! call, and where in the source. A Kernel's builder takes the handler; without one, warnings go to
//! standard error.

use crate::sched::with_current;
use crate::sync;
use crate::task::TaskStruct;
use std::any::Any;
use std::fmt;
use std::io::Write;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

/// What a [`Warning`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// A call that may sleep, made while preemption is disabled. The kernel: "BUG: sleeping
    /// function called from invalid context".
    SleepingWhileAtomic,
    /// A call that sets a state of its own to wait for something, made by a task that has set one.
    /// The kernel: "do not call blocking ops when !TASK_RUNNING".
    NotRunning,
    /// An object that was never initialised: a lock, a work, a timer in zeroed memory.
    Uninitialised,
    /// `kthread_bind` and its like on a thread that has been started.
    BindAfterStart,
    /// `kthread_park` of a thread that has been asked already.
    ParkTwice,
    /// `kthread_park` of a thread that exits or has exited.
    ParkExited,
    /// A task that would wait for itself.
    Deadlock,
    /// A lock let go by a task that does not hold it, or still held when its task ends.
    LockMisuse,
    /// Locks taken in an order, or in contexts, that may end in a deadlock, even if this run got
    /// away with it. Told by a Kernel with [`debug`](crate::KernelBuilder::debug).
    LockOrder,
    /// A call for kthreads, made by or for another task.
    NotAKthread,
    /// An argument out of range.
    BadArgument,
    /// A work or a worker used wrongly: queued on two workers, on one that is destroyed or has lost
    /// its thread.
    WorkMisuse,
    /// The operating system refused a priority, a policy or an affinity. The task's record has what
    /// was asked for.
    OsRefused,
    /// Tasks did not freeze in time.
    NotFrozen,
    /// A thread function panicked: an oops. The task has exited, everybody else goes on. Or a
    /// timer's callback did.
    Oops,
    /// An object that is armed, queued, registered or held when its memory is freed, its module is
    /// unloaded, or its Kernel shuts down. Told with [`debug`](crate::KernelBuilder::debug) only.
    ActiveObject,
    /// A task that hangs: it sleeps for longer than
    /// [`KernelBuilder::hung_task`](crate::KernelBuilder::hung_task) says, or runs on and on. Told
    /// by a thread that is no task's.
    HungTask,
    /// A call that needs a Kernel which has shut down: a timer that is armed then stays idle.
    ShutDown,
}

/// What becomes of a panic on a Kernel's threads: in a thread function, a work item, a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PanicPolicy {
    /// An oops, as in a kernel: a warning, the task ends (a worker goes on), and so does everybody
    /// else.
    #[default]
    Oops,
    /// An oops, and a failed test: [`Kernel::shutdown`](crate::Kernel::shutdown), or the drop of the
    /// Kernel's last handle, panics with the warnings of all oopses.
    FailTest,
}

/// A warning, as a Kernel's handler gets it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Warning<'a> {
    /// What it is about.
    pub kind: WarningKind,
    /// The name of the task that made the call.
    pub comm: &'a str,
    /// That task's pid.
    pub pid: i32,
    /// The function that was called.
    pub call: &'a str,
    /// Where it was called.
    pub place: &'static Location<'static>,
    /// Where that was in C code, if the call is not that of the thread that tells: of a task that
    /// hangs.
    pub place_in_c: Option<&'a str>,
    /// Where the panic was, of an [`Oops`](WarningKind::Oops): `file:line:column`. Known if a Kernel
    /// of the process has [`PanicPolicy::FailTest`]; else `place` is where the thread was asked for.
    pub place_of_panic: Option<&'a str>,
    /// What is wrong: a sentence, and lines that say more.
    pub message: &'a str,
    /// The return address in C of the call that the warning is about, if that is not the innermost
    /// one; else 0.
    #[doc(hidden)]
    pub address_in_c: usize,
}

impl Warning<'_> {
    /// Its text, with another place: for a handler that knows it better, as that of C code does.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().on_warning(|warning| eprintln!("{}", warning.at("driver.c:7"))).boot()?;
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

/// Tells the Kernel's handler of a wrong call of the calling task's, as the runtime does: for
/// layers with calls of their own on top of it. `call` is the function's name, `place` where it was
/// called. It may be called in any context; the handler decides whether it sleeps.
///
/// ```
/// use kthread_rt::diag::{self, WarningKind};
/// use kthread_rt::prelude::*;
/// use std::panic::Location;
///
/// let kernel = Kernel::builder().on_warning(|warning| assert_eq!(warning.call, "my_remove")).boot()?;
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

    /// A warning that a handler of warnings causes itself goes to standard error, and not to a
    /// handler again.
    pub(crate) fn tell(&self, warning: &Warning<'_>) {
        let told = match &self.0 {
            Some(handler) => once_at_a_time(IN_WARNING, || handler(warning)),
            None => false,
        };
        if !told {
            // A warning is no reason to fail, and one that nobody can read is none to panic.
            _ = writeln!(std::io::stderr(), "{warning}");
        }
    }
}

/// The end of what the handler has captured is the user's code too, in the middle of whoever lets
/// the last task of a Kernel go.
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

/// In the thread's word: a handler of warnings runs.
const IN_WARNING: u32 = 1;
/// In the thread's word: a handler of events runs.
pub(crate) const IN_EVENT: u32 = 2;

/// Runs a handler of the kind `kind`, [contained](contain), unless the thread is in one of that
/// kind: a handler that causes what it is called for would call itself for ever. False if it is.
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

/// Ends the process: a count is at its limit, which only a program reaches that forgets guards, or
/// never ends what it begins. It must not begin anew, since what it counts keeps others out. As
/// std's `Arc` does.
#[cold]
pub(crate) fn too_many(what: &str) -> ! {
    _ = writeln!(
        std::io::stderr(),
        "kthread-rt: too many {what}: is there no end to them? The process ends."
    );
    std::process::abort()
}

/// [`contain`], of what the user left in the hands of `task`, whose thread this is or who does it
/// for that one: a panic is told as an oops of `call`.
pub(crate) fn contain_told(task: &TaskStruct, call: &str, what: &str, f: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(f)) {
        let message = format!("Oops: {what} panicked: {}", panic_text(&*panic));
        task.warn(WarningKind::Oops, call, Location::caller(), &message);
        contain(|| drop(panic));
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a payload that is no text".into())
}

/// Runs a function of the user's in the middle of the runtime's work, and keeps its panics out of
/// it: a wait that unwound would leave its frame on a wait queue. The panic hook has told the
/// panic.
pub(crate) fn contain(f: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(f)) {
        // A payload's destructor is the user's as well. One that panics leaves a payload that
        // nobody drops.
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

    /// Asserts that `body` ends the process, in a child process, as [`too_many`](super::too_many)
    /// does of `what`. `test` is the name of the calling test.
    #[track_caller]
    pub(crate) fn assert_aborts(test: &str, what: &str, body: impl FnOnce()) {
        if let Some(output) = child::output_of(test, |_| (), body) {
            let told = String::from_utf8_lossy(&output.stderr).contains(&format!("too many {what}"));
            assert!(output.status.signal() == Some(libc::SIGABRT) && told, "{}", child::told(&output));
        }
    }
}
