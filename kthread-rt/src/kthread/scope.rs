//! Kthreads that borrow from the stack of the function that makes them: [`scope`].
//!
//! As `std::thread::scope`, with a kthread's end: when the closure has returned, or panicked, the
//! threads that are left are asked to stop, and waited for.
//!
//! # Why no borrow outlives the scope
//!
//! A thread's function is a box of which the runtime does not know that it borrows. It lies inside
//! a [`Body`], with a [`Gone`] behind it, and fields drop in order: whatever becomes of the
//! function, whether it returns, panics, calls `kthread_exit`, is dropped because its thread was
//! stopped before it ran, or because there was to be no thread at all, and on whichever thread that
//! happens, `Gone` is dropped after it. `scope` waits for the `Gone` of every body that was ever
//! made, and does not return or unwind before. It does not count on handles, which may be
//! forgotten, nor on tasks, whose creation may fail while kthreadd still has the function.

use super::exit::ExitPayload;
use super::stop::{ExitStatus, stop};
use super::{named, started};
use crate::completion::Completion;
use crate::diag::panic_text;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, refuse_in_forked_child};
use crate::task::{EXIT_DEAD, TASK_UNINTERRUPTIBLE, Task, Wait, WaitKind};
use std::any::Any;
use std::marker::PhantomData;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

/// A scope, in which kthreads borrow what lives longer than it: see [`scope`].
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope> {
    shared: Arc<Shared>,
    /// Invariant in both, as std's.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

#[derive(Debug)]
struct Shared {
    threads: Mutex<Threads>,
}

#[derive(Debug)]
struct Threads {
    /// The closure is over: who makes a thread now asks it to stop.
    closing: bool,
    all: Vec<Arc<Record>>,
}

/// A thread of a scope.
#[derive(Debug)]
struct Record {
    task: Mutex<Option<Task>>,
    /// What its function panicked with, in words, until somebody has been told.
    panicked: Mutex<Option<String>>,
    /// 1 once its function is gone, with all that it borrowed.
    is_gone: AtomicU32,
    gone: Completion,
}

impl Record {
    fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Acquire) != 0
    }

    /// True if the scope has nothing to wait for and nothing to report.
    fn is_over(&self) -> bool {
        let is_dead = |task: &Task| task.exit_state() == EXIT_DEAD;
        // Without a task, its creator is not done.
        self.is_gone() && self.task.lock().as_ref().is_some_and(is_dead) && self.panicked.lock().is_none()
    }

    /// Waits until nothing of the function is left.
    fn wait(&self, call: &'static str, place: &'static Location<'static>) {
        let by = self.task.lock().as_ref().map_or(0, |task| task.pid());
        let noted = Wait::new(WaitKind::Completion, 0, call, place).by(by);
        // An uninterruptible wait has no error.
        let _ = self.gone.wait_for(TASK_UNINTERRUPTIBLE, noted);
        if !self.is_gone() {
            // A borrow would outlive what it borrows.
            std::process::abort();
        }
    }
}

/// Dropped last of a body.
struct Gone(Arc<Record>);

impl Drop for Gone {
    fn drop(&mut self) {
        // Release: who sees it sees all that the thread did to what it borrowed.
        self.0.is_gone.store(1, Ordering::Release);
        self.0.gone.complete_all();
    }
}

type Function<'a> = Box<dyn FnOnce() -> i32 + Send + 'a>;

/// A function with its end behind it. The order of the fields matters.
struct Body {
    function: Function<'static>,
    gone: Gone,
}

impl Body {
    fn run(self) -> i32 {
        let Self { function, gone } = self;
        // Whichever way the call ends, it has consumed the function.
        let result = catch_unwind(AssertUnwindSafe(function));
        if let Err(panic) = &result
            && !panic.is::<ExitPayload>()
        {
            *gone.0.panicked.lock() = Some(panic_text(&**panic));
        }
        drop(gone);
        result.unwrap_or_else(|payload| resume_unwind(payload))
    }
}

/// A kthread of a [`Scope`]. Dropping or forgetting it changes nothing: the scope knows the thread.
#[derive(Debug)]
pub struct ScopedKthread<'scope> {
    task: Task,
    record: Arc<Record>,
    scope: PhantomData<&'scope ()>,
}

impl ScopedKthread<'_> {
    /// The thread's task.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let limit = 3;
    /// kthread_rt::kthread::scope(|s| {
    ///     let thread = s.create(|| limit, "late")?;
    ///     wake_up_process(thread.task());
    ///     // It may be stopped before it has begun.
    ///     assert!([Ok(ExitStatus::Exited(3)), Ok(ExitStatus::NeverRan)].contains(&thread.stop()));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// Asks the thread to stop and waits until it has ended: [`kthread_stop`](super::kthread_stop).
    /// Sleeps. A panic of the thread is its answer, and the scope does not panic for it.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let limit = 3;
    /// kthread_rt::kthread::scope(|s| {
    ///     let thread = s.create(|| limit, "late")?;
    ///     wake_up_process(thread.task());
    ///     // It may be stopped before it has begun.
    ///     assert!([Ok(ExitStatus::Exited(3)), Ok(ExitStatus::NeverRan)].contains(&thread.stop()));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EDEADLK` if a thread stops itself.
    #[track_caller]
    pub fn stop(self) -> Result<ExitStatus, Errno> {
        let status = stop(&self.task, Location::caller())?;
        self.record.panicked.lock().take();
        Ok(status)
    }

    /// Waits until the thread's function has ended by itself. Sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let words = vec!["a", "b"];
    /// let length = kthread_rt::kthread::scope(|s| s.run(|| words.len() as i32, "counter").map(|thread| thread.join()));
    /// assert_eq!(length, Ok(ExitStatus::Exited(2)));
    /// ```
    #[track_caller]
    pub fn join(self) -> ExitStatus {
        let place = Location::caller();
        self.record.wait("ScopedKthread::join", place);
        self.record.panicked.lock().take();
        // Its function is over, so this asks nothing of it.
        stop(&self.task, place).unwrap_or(ExitStatus::NeverRan)
    }
}

impl<'scope, 'env> Scope<'scope, 'env> {
    /// Makes a kthread and wakes it, and returns once its function has begun, as
    /// [`kthread_run_started`](super::kthread_run_started()). Sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let words = vec!["a", "b"];
    /// let length = kthread_rt::kthread::scope(|s| s.run(|| words.len() as i32, "counter").map(|thread| thread.join()));
    /// assert_eq!(length, Ok(ExitStatus::Exited(2)));
    /// ```
    ///
    /// # Errors
    ///
    /// As [`kthread_create`](super::kthread_create()); the function is dropped then.
    #[track_caller]
    pub fn run<F>(&'scope self, threadfn: F, name: impl Into<String>) -> Result<ScopedKthread<'scope>, Errno>
    where
        F: FnOnce() -> i32 + Send + 'scope,
    {
        let (record, body) = self.begin(Box::new(threadfn));
        let made = started::kthread_run_started(Body::run, body, None, name.into());
        self.made(record, made)
    }

    /// Makes a kthread that sleeps until it is first woken, with
    /// [`wake_up_process`](crate::wake_up_process) of its [`task`](ScopedKthread::task). Sleeps.
    ///
    /// If nobody wakes it, its function never runs, and is dropped when the scope ends.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let limit = 3;
    /// kthread_rt::kthread::scope(|s| {
    ///     let thread = s.create(|| limit, "late")?;
    ///     wake_up_process(thread.task());
    ///     // It may be stopped before it has begun.
    ///     assert!([Ok(ExitStatus::Exited(3)), Ok(ExitStatus::NeverRan)].contains(&thread.stop()));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    #[track_caller]
    pub fn create<F>(
        &'scope self,
        threadfn: F,
        name: impl Into<String>,
    ) -> Result<ScopedKthread<'scope>, Errno>
    where
        F: FnOnce() -> i32 + Send + 'scope,
    {
        let (record, body) = self.begin(Box::new(threadfn));
        let made = named::kthread_create(Body::run, body, None, name.into());
        self.made(record, made)
    }

    /// Records a thread that is about to be made, and prepares its function.
    fn begin(&self, function: Function<'scope>) -> (Arc<Record>, Body) {
        let record = Arc::new(Record {
            task: Mutex::new(None),
            panicked: Mutex::new(None),
            is_gone: AtomicU32::new(0),
            gone: Completion::new(),
        });
        let mut threads = self.shared.threads.lock();
        if threads.all.len().is_power_of_two() {
            threads.all.retain(|record| !record.is_over());
        }
        threads.all.push(record.clone());
        drop(threads);
        // SAFETY: only the lifetime changes. `gone` is dropped after the function, whatever becomes
        // of the body, and `scope` waits for that of each record in `all`, before 'scope ends.
        let function = unsafe { mem::transmute::<Function<'scope>, Function<'static>>(function) };
        let gone = Gone(record.clone());
        (record, Body { function, gone })
    }

    /// The thread was made, or could not be.
    #[track_caller]
    fn made(&self, record: Arc<Record>, made: Result<Task, Errno>) -> Result<ScopedKthread<'scope>, Errno> {
        let task = made.inspect_err(|_| {
            // Unless kthreadd still has the function: then the end waits for it.
            let mut threads = self.shared.threads.lock();
            threads.all.retain(|other| !Arc::ptr_eq(other, &record) || !record.is_gone());
        })?;
        let threads = self.shared.threads.lock();
        *record.task.lock() = Some(task.clone());
        let closing = threads.closing;
        drop(threads);
        if closing {
            // A thread of the scope's made it, after the end has looked for its task.
            let _ = stop(&task, Location::caller());
        }
        Ok(ScopedKthread { task, record, scope: PhantomData })
    }
}

/// Runs `f` with a scope, whose kthreads may borrow what lives longer than the scope. Sleeps.
///
/// When `f` has returned, this stops the remaining threads, as
/// [`kthread_stop`](super::kthread_stop) does, and waits for them: if a function never checks
/// [`kthread_should_stop`](super::kthread_should_stop), this waits until it returns.
/// [`ScopedKthread::join`] waits for one without asking it to stop. kthreads of the scope may make
/// others in it.
///
/// A kernel has no counterpart: there, data that a thread uses lives until `kthread_stop` has
/// returned because its owner takes care.
///
/// # Panics
///
/// If `f` panics: with its panic, after all threads have ended. If a thread panicked, unless its
/// [`stop`](ScopedKthread::stop) or [`join`](ScopedKthread::join) returned that: with that panic's
/// text.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// let (ticks, words) = (AtomicU32::new(0), vec!["a", "b"]);
/// let length = kthread_rt::kthread::scope(|s| {
///     s.run(
///         || {
///             while !kthread_should_stop() {
///                 ticks.fetch_add(1, Ordering::Relaxed);
///                 msleep_interruptible(1);
///             }
///             0
///         },
///         "ticker",
///     )?;
///     let counter = s.run(|| words.len() as i32, "counter")?;
///     Ok::<_, Errno>(counter.join())
/// })?; // the ticker is stopped here
/// assert_eq!(length, ExitStatus::Exited(2));
/// assert!(ticks.into_inner() > 0);
/// # Ok::<(), Errno>(())
/// ```
///
/// A borrow of what does not live long enough does not compile:
///
/// ```compile_fail,E0597
/// kthread_rt::kthread::scope(|s| {
///     let short = 7;
///     s.run(|| short, "late").map(drop)
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn scope<'env, F, R>(f: F) -> R
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
{
    refuse_in_forked_child();
    let place = Location::caller();
    let shared = Arc::new(Shared { threads: Mutex::new(Threads { closing: false, all: Vec::new() }) });
    let scope = Scope { shared: shared.clone(), scope: PhantomData, env: PhantomData };
    let result = catch_unwind(AssertUnwindSafe(|| f(&scope)));
    let panicked = end(&shared, place);
    match (result, panicked) {
        (Err(panic), _) => resume_unwind(panic),
        (Ok(result), None) => result,
        (Ok(result), Some(text)) => {
            drop(result);
            raise(text)
        }
    }
}

/// Stops and waits for all threads. What one of them panicked with.
fn end(shared: &Shared, place: &'static Location<'static>) -> Option<String> {
    // A forked child has none of the threads, and is not to use what they were about to write.
    refuse_in_forked_child();
    let mut panicked = None;
    loop {
        let mut threads = shared.threads.lock();
        threads.closing = true;
        let Some(record) = threads.all.pop() else { return panicked };
        let task = record.task.lock().clone();
        drop(threads);
        if let Some(task) = task {
            // Also if its function is gone: a shutdown that follows finds no thread of the scope.
            let _ = stop(&task, place);
        }
        record.wait("scope", place);
        let text = record.panicked.lock().take();
        panicked = panicked.or(text);
    }
}

fn raise(text: String) -> ! {
    let payload: Box<dyn Any + Send> = Box::new(format!("a kthread of the scope panicked: {text}"));
    resume_unwind(payload)
}

impl Kernel {
    /// [`scope`] in this Kernel, which the calling thread [enters](Self::enter) for its time.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let name = String::from("borrowed");
    /// let length = kernel.scope(|s| s.run(|| name.len() as i32, &name).map(|thread| thread.join()));
    /// assert_eq!(length, Ok(ExitStatus::Exited(8)));
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn scope<'env, F, R>(&self, f: F) -> R
    where
        F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
    {
        let _inside = self.enter();
        scope(f)
    }
}
