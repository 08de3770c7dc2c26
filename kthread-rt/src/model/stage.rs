//! The frame of a model's closure, and what the closure may call to set up its part.

use crate::kernel::Kernel;
use crate::sync::{self, ThreadSpec, model as driver};
use crate::task::{TASK_RUNNING, TaskStruct};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Runs `f` in `kernel`, shuts it down, and checks that nothing is left. Only `f` is explored.
pub fn on_stage<T>(kernel: &Kernel, f: impl FnOnce(&Kernel) -> T) -> T {
    let inside = kernel.enter();
    let outcome = driver::explored(|| f(kernel));
    drop(inside);
    let report = kernel.shutdown();
    assert!(report.alive.is_empty(), "a kthread is left: {:?}", report.alive);
    assert_eq!(report.forked, report.joined, "an OS thread was not joined");
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    outcome
}

/// Boots a Kernel and runs `f` on its stage. Unless warnings are allowed, an execution in which the
/// runtime reported one fails.
pub(super) fn execution<T>(warnings_allowed: bool, f: impl FnOnce(&Kernel) -> T) -> T {
    // std's types: they record the execution and are no part of it.
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let record = {
        let warnings = warnings.clone();
        move |warning: &crate::diag::Warning<'_>| {
            warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning.to_string());
        }
    };
    let kernel = Kernel::builder().on_warning(record).boot().expect("a model's Kernel boots");
    let outcome = on_stage(&kernel, f);
    let warnings = warnings.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(warnings_allowed || warnings.is_empty(), "the runtime warned:\n{}", warnings.join("\n"));
    outcome
}

/// Runs `f` without exploring it: for the set-up of a model, or for what follows the part that it
/// is about. Other threads run meanwhile only as far as `f` waits for them. Without a checker it
/// just calls `f`.
///
/// ```
/// use kthread_rt::model;
/// use kthread_rt::prelude::*;
///
/// kthread_rt::model(|_kernel| {
///     let task = model::unexplored(|| kthread_create!(|()| 0, (), "on_stage").unwrap());
///     _ = kthread_stop(&task);
/// });
/// ```
pub fn unexplored<T>(f: impl FnOnce() -> T) -> T {
    driver::prepared(f)
}

/// Waits until `task` has begun its function and gone to sleep for the first time, or has ended.
/// This is not explored.
///
/// ```
/// use kthread_rt::model;
/// use kthread_rt::prelude::*;
///
/// kthread_rt::model(|_kernel| {
///     let task = model::unexplored(|| {
///         let wait = |()| {
///             while !kthread_should_stop() {
///                 schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
///             }
///             7
///         };
///         kthread_run!(wait, (), "asleep").unwrap()
///     });
///     model::started(&task);
///     assert_eq!(kthread_stop(&task), 7);
/// });
/// ```
pub fn started(task: &TaskStruct) {
    driver::prepared(|| {
        _ = crate::sched::wait_task_inactive(task, TASK_RUNNING);
    });
}

/// Lets `ns` nanoseconds pass. Under a checker time passes only by this call: it ends every sleep
/// whose deadline has come. On real threads time passes by itself, and this call sleeps for that
/// long.
///
/// ```
/// use kthread_rt::model;
/// use kthread_rt::prelude::*;
///
/// kthread_rt::model(|_kernel| {
///     let before = ktime_get();
///     model::pass_time(1_000_000);
///     assert!(ktime_get() - before >= 1_000_000);
/// });
/// ```
pub fn pass_time(ns: u64) {
    driver::pass_time(ns);
}

/// Starts a foreign thread, for example a process's thread in a system call. It has a task called
/// `name` in the caller's Kernel; under a checker it is one of the execution's threads.
///
/// ```
/// use kthread_rt::model;
/// use kthread_rt::prelude::*;
///
/// kthread_rt::model(|_kernel| {
///     let caller = model::spawn("caller", || current().pid());
///     assert!(caller.join() > 2);
/// });
/// ```
pub fn spawn<T: Send + 'static>(name: &str, f: impl FnOnce() -> T + Send + 'static) -> Actor<T> {
    // std's types: they carry the result of a joined thread.
    let result = Arc::new(Mutex::new(None));
    let (kernel, slot) = (Kernel::current(), result.clone());
    let main = move || {
        let inside = kernel.enter();
        let value = f();
        drop(inside);
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    };
    let spec = ThreadSpec { name: name.to_owned(), stack_size: 256 * 1024 };
    let thread = sync::spawn(spec, main, || {}).expect("a model's thread starts");
    Actor { thread, result }
}

/// A thread that [`spawn`] started.
#[must_use = "a model waits for its threads"]
pub struct Actor<T> {
    thread: sync::OsThread,
    result: Arc<Mutex<Option<T>>>,
}

impl<T> Actor<T> {
    /// Waits for the thread's end, and returns what its function returned.
    ///
    /// # Panics
    ///
    /// If the function panicked.
    pub fn join(self) -> T {
        self.thread.join();
        let value = self.result.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.expect("a thread of the model panicked")
    }
}

impl<T> fmt::Debug for Actor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Actor")
    }
}
