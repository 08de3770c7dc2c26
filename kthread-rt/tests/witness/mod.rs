//! What the tests record of a Kernel and its threads: warnings, runs of a thread's function and
//! drops of its data, and what the system says about an OS thread.

#![allow(dead_code, reason = "each test file uses its share")]

use kthread_rt::diag::{Warning, WarningKind};
use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind;
use std::fs;
use std::panic;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Once, mpsc};
use std::thread;

/// A recorded warning.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub(crate) kind: WarningKind,
    pub(crate) comm: String,
    pub(crate) pid: i32,
    pub(crate) call: String,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) message: String,
}

impl From<&Warning<'_>> for Noted {
    fn from(w: &Warning<'_>) -> Self {
        Self {
            kind: w.kind,
            comm: w.comm.into(),
            pid: w.pid,
            call: w.call.into(),
            file: w.place.file(),
            line: w.place.line(),
            message: w.message.into(),
        }
    }
}

/// The warnings of a Kernel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Warnings(Arc<Mutex<Vec<Noted>>>);

impl Warnings {
    /// A Kernel, and the record of its warnings.
    pub(crate) fn of_new_kernel() -> (Kernel, Self) {
        Self::of(Kernel::builder())
    }

    /// A Kernel of `builder`, and the record of its warnings.
    pub(crate) fn of(builder: KernelBuilder) -> (Kernel, Self) {
        let warnings = Self::default();
        let builder = builder.on_warning(warnings.handler());
        (builder.boot().expect("a Kernel boots"), warnings)
    }

    pub(crate) fn handler(&self) -> impl Fn(&Warning<'_>) + Send + Sync + 'static {
        let to = self.0.clone();
        move |warning| to.lock().unwrap().push(warning.into())
    }

    /// The warnings since the last call.
    pub(crate) fn take(&self) -> Vec<Noted> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The only warning since the last call.
    #[track_caller]
    pub(crate) fn take_one(&self) -> Noted {
        let mut all = self.take();
        assert_eq!(all.len(), 1, "one warning: {all:#?}");
        all.remove(0)
    }

    /// Asserts that there was one: the calling task made a wrong `call` at this place.
    #[track_caller]
    pub(crate) fn assert_call_told(&self, file: &str, kind: WarningKind, call: &str, line: u32) {
        let (told, me) = (self.take_one(), current());
        assert_eq!((told.kind, told.call.as_str(), told.file, told.line), (kind, call, file, line));
        assert_eq!((told.comm, told.pid), (me.comm(), me.pid()));
    }

    #[track_caller]
    pub(crate) fn assert_none(&self) {
        let all = self.take();
        assert!(all.is_empty(), "no warning: {all:#?}");
    }
}

/// The record of one thread's function and data.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    runs: AtomicU32,
    drops: AtomicU32,
}

impl Tally {
    pub(crate) fn runs(&self) -> u32 {
        self.runs.load(SeqCst)
    }

    pub(crate) fn drops(&self) -> u32 {
        self.drops.load(SeqCst)
    }
}

/// Data that counts its uses and its drop.
#[derive(Debug)]
pub(crate) struct Datum(Arc<Tally>);

impl Datum {
    pub(crate) fn new() -> (Self, Arc<Tally>) {
        let tally = Arc::new(Tally::default());
        (Self(tally.clone()), tally)
    }

    /// Called by the function that owns the data when it runs.
    pub(crate) fn count_run(&self) {
        self.0.runs.fetch_add(1, SeqCst);
    }
}

impl Drop for Datum {
    fn drop(&mut self) {
        self.0.drops.fetch_add(1, SeqCst);
    }
}

/// A thread function's main part: parks and stops when asked, and sleeps between.
pub(crate) fn sleep_until_stopped() {
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        if kthread_should_park() {
            set_current_state(TASK_RUNNING);
            kthread_parkme();
            continue;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
}

/// A kthread that has begun to run and sleeps until it is stopped; it returns `result`.
#[track_caller]
pub(crate) fn running_kthread(name: &str, result: i32) -> Task {
    let started = Arc::new(Completion::new());
    let task = kthread_run(
        move |started: Arc<Completion>| {
            complete(&started);
            drop(started);
            sleep_until_stopped();
            result
        },
        started.clone(),
        name,
    )
    .expect("a kthread");
    wait_for_completion(&started);
    task
}

/// The system's name for a thread of this process.
pub(crate) fn os_comm(tid: i32) -> String {
    let comm = fs::read_to_string(format!("/proc/self/task/{tid}/comm")).expect("the thread exists");
    comm.strip_suffix('\n').unwrap_or(&comm).to_owned()
}

/// A line of `/proc/self/task/TID/status`.
pub(crate) fn os_status(tid: i32, key: &str) -> String {
    let status = fs::read_to_string(format!("/proc/self/task/{tid}/status")).expect("the thread exists");
    let value = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    value.expect("the key exists").trim().to_owned()
}

/// Keeps the panic messages of kthreads off the terminal: those panic on purpose.
pub(crate) fn oopses_are_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if thread::current().name().is_some() {
                tell(panic);
            }
        }));
    });
}

/// Ends the test binary when a thread of a stress test panics: the others would wait for it for
/// ever.
pub(crate) struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("a thread of the test has panicked, and others wait for it");
            std::process::abort();
        }
    }
}

/// Creates a thread that will run its function even if it is stopped at once.
#[track_caller]
pub(crate) fn runs_for_sure<T: Send + 'static>(
    threadfn: impl FnOnce(T) -> i32 + Send + 'static,
    data: T,
    name: &str,
) -> Task {
    let task = kthread_create(threadfn, data, name).expect("a kthread");
    kthread_park(&task).expect("it parks before its first wake");
    kthread_unpark(&task);
    task
}

/// Waits until `task` sleeps in `state`, after anything it does before.
#[track_caller]
pub(crate) fn wait_until_asleep(task: &TaskStruct, state: TaskState) {
    while !wait_task_inactive(task, state) {
        assert_eq!(task.exit_state(), 0, "{task:?} does not sleep any more");
        thread::yield_now();
    }
}

/// Calls from other threads that wait for `task`, all asleep in it; then `go` is completed. Returns
/// their results.
pub(crate) fn waiting_calls_until(
    go: &Completion,
    kernel: &Kernel,
    task: &Task,
    calls: &[fn(&TaskStruct) -> i32],
) -> Vec<i32> {
    thread::scope(|scope| {
        let (tx, rx) = mpsc::channel();
        let callers: Vec<_> = calls
            .iter()
            .map(|call| {
                let tx = tx.clone();
                scope.spawn(move || {
                    let _inside = kernel.enter();
                    tx.send(current()).expect("the other side waits for this");
                    call(task)
                })
            })
            .collect();
        for caller in rx.iter().take(calls.len()) {
            wait_until_asleep(&caller, TASK_UNINTERRUPTIBLE);
        }
        complete(go);
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

/// Takes a result that a test does not look at.
pub(crate) fn ignore<T>(_: T) {}

/// kthreadd of a Kernel, held in the middle of forking a thread called "blocker" until the sender
/// is dropped.
pub(crate) fn kernel_with_blocked_kthreadd()
-> (Kernel, thread::JoinHandle<Result<Task, Errno>>, mpsc::Sender<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (forking_tx, forking) = mpsc::channel();
    let gate = Mutex::new(released);
    let kernel = Kernel::builder()
        .spare_threads(0)
        .on_event(move |event| {
            if matches!(&event.kind, EventKind::Forked { child } if child.comm == "blocker") {
                forking_tx.send(()).expect("the test waits for this");
                let _ = gate.lock().unwrap().recv();
            }
        })
        .boot()
        .expect("a Kernel boots");
    let requester = {
        let kernel = kernel.clone();
        thread::spawn(move || {
            let _inside = kernel.enter();
            kthread_create!(|()| 1, (), "blocker")
        })
    };
    forking.recv().expect("kthreadd forks");
    (kernel, requester, release)
}

/// A thread whose task in `kernel` is known, so that a test can wait until it sleeps.
pub(crate) fn spawn_in<R: Send + 'static>(
    kernel: &Kernel,
    body: impl FnOnce() -> R + Send + 'static,
) -> (Task, thread::JoinHandle<R>) {
    let (tx, rx) = mpsc::channel();
    let kernel = kernel.clone();
    let thread = thread::spawn(move || {
        let _inside = kernel.enter();
        tx.send(current()).expect("the spawner waits for this");
        body()
    });
    (rx.recv().expect("the thread starts"), thread)
}
