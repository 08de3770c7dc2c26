//! kthreadd: the daemon, pid 2, that creates every kthread of its Kernel.
//!
//! It sleeps as every kernel thread does: it sets its state, checks whether there is anything to
//! do, and calls `schedule` if not. A requester that finds no [`spare`](super::spare) pushes its
//! request onto a queue and wakes kthreadd. kthreadd also joins every OS thread that has ended.
//! Such a thread pushes its number onto a second queue after its last thread-local destructor. It
//! wakes kthreadd if enough threads wait to be joined, if the spare pool is not full, or if the
//! Kernel shuts down. The loop of kthreadd is in [`daemon`].
//!
//! This file is the rest: the queues, the count of open requests, boot and shutdown.
//!
//! # Shutdown
//!
//! One word, `open_requests`, counts the requesters that have entered and have no answer yet, and
//! has a bit for "closed". Each step on it is one read-modify-write. So a requester either entered
//! before the close, and kthreadd stays until it has answered; or it finds the bit and returns
//! ESHUTDOWN. After the close kthreadd answers queued requests with ESHUTDOWN, joins threads as
//! long as any is exiting, and ends. All other threads are alive because nobody stopped them: the
//! report lists them, and their OS threads run on (`sync/real/thread.rs` says who joins them).
//!
//! Three kinds of threads are exiting: tasks with PF_EXITING; spares, which kthreadd dismisses; and
//! tasks that no requester ever got, which exit without running their functions.

use super::adopted::Adoptions;
use super::daemon;
use super::request::CreateRequest;
use super::spare::{Spare, SparePool};
use crate::completion::Completion;
use crate::debug_objects::LeftObject;
use crate::errno::Errno;
use crate::sched::{Attached, might_sleep_in, put_after_readers, try_to_wake_up, with_current};
use crate::sync::os::{self, SignalsBlocked};
use crate::sync::{self, Arc, AtomicU32, Mutex, Ordering, OsThread, OverflowWatch, Queue, ThreadSpec, fence};
use crate::task::{
    Disposition, KTHREADD_PID, KernelState, NewTask, PF_FORKNOEXEC, PF_KTHREAD, PF_NOFREEZE, Subsystem,
    SubsystemId, TASK_NORMAL, TASK_RUNNING, Task, TaskStruct,
};
use crate::trace::{EventKind, TaskId};
use once_cell::sync::OnceCell;
use std::mem;
use std::panic::Location;

/// In `open_requests`: no requester may enter any more.
pub(super) const CLOSED: u32 = 1 << 31;

/// What a Kernel has of kthreadd.
pub(crate) struct Kthreadd {
    /// The task that starts kthreadd holds it until kthreadd is up. Other starters and a shutdown
    /// wait for it.
    boot: Mutex<()>,
    /// Set once kthreadd has been started.
    booted: OnceCell<()>,
    /// kthreadd's task while kthreadd is up. It is taken out at the end, because the task has a
    /// reference to the KernelState that owns this.
    pub(super) task: Mutex<Option<Task>>,
    pub(super) requests: Queue<Arc<CreateRequest>>,
    /// The spare threads.
    pub(super) spares: SparePool,
    /// The threads that other tasks have forked.
    pub(super) adoptions: Adoptions,
    /// The numbers of the OS threads that can be joined without waiting.
    finished: Queue<u64>,
    /// How many numbers are in `finished`, or will be in a moment.
    finished_count: AtomicU32,
    /// See "Shutdown" above.
    pub(super) open_requests: AtomicU32,
    /// kthreadd completes it when it is up, and init waits for it: the kernel's `kthreadd_done`.
    pub(super) kthreadd_done: Completion,
    /// `complete_all` when kthreadd has joined its last thread.
    pub(super) down: Completion,
    pub(super) report: Mutex<ShutdownReport>,
    /// The active objects that the first shutdown found.
    left: Mutex<Vec<LeftObject>>,
    os_thread: Mutex<Option<OsThread>>,
    /// From kthreadd's start to its end, if the Kernel has signal handlers.
    overflow_watch: Mutex<Option<OverflowWatch>>,
}

/// What a Kernel leaves behind when it shuts down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// How many kthreads kthreadd started.
    pub forked: u64,
    /// How many of their OS threads it joined.
    pub joined: u64,
    /// How many spare threads it had forked that no kthread needed. It joined them too.
    pub spares: u64,
    /// The kthreads that nobody stopped. Their OS threads run on.
    pub alive: Vec<TaskId>,
    /// The timers, delayed work items and other objects that were still active. Only a Kernel with
    /// [`debug`](crate::KernelBuilder::debug) knows them.
    pub left: Vec<LeftObject>,
    /// Nothing was shut down: the caller does not own the default Kernel. See
    /// [`KernelBuilder::install_default`](crate::KernelBuilder::install_default).
    pub refused: bool,
}

impl Subsystem for Kthreadd {
    const ID: SubsystemId = SubsystemId::Kthreadd;

    fn new() -> Self {
        Self {
            boot: Mutex::new(()),
            booted: OnceCell::new(),
            task: Mutex::new(None),
            requests: Queue::new(),
            spares: SparePool::new(),
            adoptions: Adoptions::new(),
            finished: Queue::new(),
            finished_count: AtomicU32::new(0),
            open_requests: AtomicU32::new(0),
            kthreadd_done: Completion::new(),
            down: Completion::new(),
            report: Mutex::new(ShutdownReport::default()),
            left: Mutex::new(Vec::new()),
            os_thread: Mutex::new(None),
            overflow_watch: Mutex::new(None),
        }
    }
}

/// A requester that has entered. kthreadd does not end while one exists.
pub(super) struct OpenRequest<'a>(&'a Kthreadd);

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        // Release: kthreadd, which reads the count, sees that the requester's thread is published.
        let before = self.0.open_requests.fetch_sub(1, Ordering::AcqRel);
        if before == CLOSED + 1 {
            self.0.wake();
        }
    }
}

impl OpenRequest<'_> {
    /// For a request that nobody waits for: the new thread drops the result once it is published.
    pub(super) fn keep(self, kernel_state: &Arc<KernelState>) -> OwnedRequest {
        mem::forget(self);
        OwnedRequest(kernel_state.clone())
    }
}

/// An [`OpenRequest`] that outlives the requester's call.
pub(super) struct OwnedRequest(Arc<KernelState>);

impl Drop for OwnedRequest {
    fn drop(&mut self) {
        drop(OpenRequest(self.0.subsystem()));
    }
}

impl Kthreadd {
    /// Stores the objects that are still active at a shutdown (none at a second shutdown).
    pub(crate) fn note_left(&self, left: Vec<LeftObject>) {
        self.left.lock().extend(left);
    }

    /// Enters as a requester; `ESHUTDOWN` once the Kernel shuts down.
    pub(super) fn enter(&self) -> Result<OpenRequest<'_>, Errno> {
        let before = self.open_requests.fetch_add(1, Ordering::AcqRel);
        let open_requests = OpenRequest(self);
        if before & CLOSED != 0 { Err(Errno::ESHUTDOWN) } else { Ok(open_requests) }
    }

    /// Queues a request and wakes kthreadd.
    pub(super) fn push(&self, request: Arc<CreateRequest>) {
        self.requests.push(request);
        self.wake();
    }

    /// Takes a spare thread, if there is one.
    pub(super) fn take_spare(&self) -> Option<Arc<Spare>> {
        let (spare, last) = self.spares.take()?;
        if last {
            self.wake();
        }
        Some(spare)
    }

    /// How many spare threads there are at this moment.
    pub(crate) fn spare_threads(&self) -> u32 {
        self.spares.count()
    }

    /// kthreadd, while it is up.
    pub(super) fn task(&self) -> Option<Task> {
        self.task.lock().clone()
    }

    /// OS thread `number` has run its last destructor. Wakes kthreadd if `batch` threads wait to be
    /// joined, if the spare pool is not full, or if the Kernel shuts down.
    pub(super) fn announce_finished(&self, number: u64, batch: u32) {
        let before = self.finished_count.fetch_add(1, Ordering::Relaxed);
        self.finished.push(number);
        // The fence is for the shutdown: either this load sees CLOSED, or kthreadd, which has a
        // fence between reading CLOSED and reading the queue, sees the number there.
        fence(Ordering::SeqCst);
        let closed = self.open_requests.load(Ordering::Relaxed) & CLOSED != 0;
        if before + 1 >= batch || closed || !self.spares.is_full() {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(task) = self.task() {
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }

    /// The next OS thread that can be joined.
    pub(super) fn next_finished(&self) -> Option<u64> {
        let number = self.finished.try_pop()?;
        self.finished_count.fetch_sub(1, Ordering::Relaxed);
        Some(number)
    }

    pub(super) fn none_finished(&self) -> bool {
        self.finished.is_empty()
    }

    pub(super) fn nothing_to_do(&self) -> bool {
        self.requests.is_empty()
            && self.finished.is_empty()
            && self.open_requests.load(Ordering::Acquire) != CLOSED
    }

    /// Shuts kthreadd of `kernel_state` down, as the task `me`, and waits until it has joined its
    /// last thread.
    ///
    /// It does not wait on a thread that kthreadd can't finish without: on kthreadd itself (where a
    /// destructor of the user's data may run), and on an ending kthread (in the destructor of a
    /// thread-local). The report is empty then.
    pub(crate) fn shut_down(
        kernel_state: &Arc<KernelState>,
        me: &TaskStruct,
        place: &'static Location<'static>,
    ) -> ShutdownReport {
        might_sleep_in(me, "shutdown", place);
        let this = kernel_state.subsystem::<Self>();
        let on_kthreadd = this.task.lock().as_ref().is_some_and(|kthreadd| me == kthreadd);
        this.shut_down_and_wait(me, !on_kthreadd && !sync::is_ending(Arc::as_ptr(kernel_state).cast()), place)
    }

    fn shut_down_and_wait(
        &self,
        me: &TaskStruct,
        wait: bool,
        place: &'static Location<'static>,
    ) -> ShutdownReport {
        self.open_requests.fetch_or(CLOSED, Ordering::AcqRel);
        // A task that starts kthreadd at this moment either finds the bit, or kthreadd is up once
        // the lock is free.
        drop(self.boot.lock());
        if self.booted.get().is_some() {
            self.wake();
            if !wait {
                return ShutdownReport::default();
            }
            self.down.wait_for_by(me, "shutdown", place);
            // kthreadd's OS thread has nothing left to do but end.
            let os_thread = self.os_thread.lock().take();
            if let Some(os_thread) = os_thread {
                os_thread.join();
            }
            drop(self.overflow_watch.lock().take());
        }
        ShutdownReport { left: self.left.lock().clone(), ..self.report.lock().clone() }
    }
}

/// kthreadd of the calling task's Kernel.
pub(super) fn of_current() -> Result<Task, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    with_current(|me| start(me.kernel_state(), me, Location::caller()))
}

/// The [`Kthreadd`] of `kernel_state`, with kthreadd up. Starts it if necessary, as for the default
/// Kernel.
pub(super) fn started(kernel_state: &Arc<KernelState>) -> Result<&Kthreadd, Errno> {
    with_current(|me| started_by(kernel_state, me))
}

/// As [`started`], for a caller that has the current task.
pub(super) fn started_by<'a>(
    kernel_state: &'a Arc<KernelState>,
    me: &TaskStruct,
) -> Result<&'a Kthreadd, Errno> {
    let kthreadd = kernel_state.subsystem::<Kthreadd>();
    if kthreadd.open_requests.load(Ordering::Acquire) & CLOSED != 0 {
        return Err(Errno::ESHUTDOWN);
    }
    if kthreadd.booted.get().is_none() {
        start(kernel_state, me, Location::caller())?;
    }
    Ok(kthreadd)
}

/// Starts kthreadd as the idle task, then waits until it is up as `init`, the calling task.
pub(crate) fn start(
    kernel_state: &Arc<KernelState>,
    init: &TaskStruct,
    place: &'static Location<'static>,
) -> Result<Task, Errno> {
    let part = kernel_state.subsystem::<Kthreadd>();
    let boot = part.boot.lock();
    part.booted.get_or_try_init(|| {
        if part.open_requests.load(Ordering::Acquire) & CLOSED != 0 {
            return Err(Errno::ESHUTDOWN);
        }
        let idle = kernel_state.idle().map(|idle| Attached::new(idle, false));
        let task = Task::new(
            kernel_state,
            NewTask {
                pid: KTHREADD_PID,
                name: "kthreadd",
                flags: PF_KTHREAD | PF_NOFREEZE | PF_FORKNOEXEC,
                state: TASK_RUNNING,
                parent: kernel_state.idle(),
                default_action: Disposition::Ignored,
                private: None,
            },
        );
        let spec = ThreadSpec { name: "kthreadd".into(), stack_size: kernel_state.stack_size };
        let me = task.clone();
        // In the pid table before it runs: if a shutdown is waiting, it ends at once.
        kernel_state.pids.insert(&task);
        *part.task.lock() = Some(task.clone());
        let watch = kernel_state.signal_handlers.then(OverflowWatch::begin);
        // Neither kthreadd nor the threads that inherit its mask handle the process's signals.
        let blocked = SignalsBlocked::new();
        let os_thread = sync::spawn(spec, move || daemon::main(me), || ()).map_err(|e| {
            part.task.lock().take();
            put_after_readers(kernel_state.pids.remove(KTHREADD_PID));
            Errno::from_raw(e.raw_os_error().unwrap_or(Errno::EAGAIN.raw()))
        })?;
        drop(blocked);
        *part.os_thread.lock() = Some(os_thread);
        *part.overflow_watch.lock() = watch;
        if let Some(idle) = &idle {
            idle.task().event(|| EventKind::Forked { child: task.id() });
        }
        drop(idle);
        part.kthreadd_done.wait_for_by(init, "kthreadd_done", place);
        Ok::<_, Errno>(())
    })?;
    drop(boot);
    let task = part.task.lock().clone();
    task.ok_or(Errno::ESHUTDOWN)
}
