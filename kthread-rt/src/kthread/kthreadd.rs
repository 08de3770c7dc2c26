//! kthreadd: the daemon, pid 2, that makes every kthread of its Kernel.
//!
//! It sleeps as every kernel thread does: it sets its state, looks whether there is anything to do, and calls `schedule`
//! if not. Requesters push onto a queue and wake it. It also joins every OS thread that has ended; the thread tells it so,
//! by a second queue, after its last thread-local destructor.
//!
//! # Shutdown
//!
//! One word, `intake`, counts the requesters that are between entering and having their answer, and has a bit for
//! "closed". Each step on it is one read-modify-write, so a requester either entered before the close, and kthreadd
//! stays until it is answered, or finds the bit and gets ESHUTDOWN. After the close kthreadd answers what is queued with
//! that error, goes on joining while any thread is on its way out, and ends. A thread that is not on its way out then is
//! alive by its owner's will: it is reported, and its OS thread is left to itself.
//!
//! "On its way out" are tasks with PF_EXITING, and tasks that were never handed to a requester: when no requester is
//! left, nobody will ever know them, and they exit without running.

use super::request::{Begin, CreateRequest};
use super::{Kthread, run, to_kthread};
use crate::completion::Completion;
use crate::errno::Errno;
use crate::sched::{
    Attached, change_state, might_sleep_in, release_task, sleep_until, try_to_wake_up, with_current,
};
use crate::sync::os::{self, SignalsBlocked};
use crate::sync::{self, Arc, AtomicU32, Mutex, Ordering, OsThread, Queue, ThreadSpec};
use crate::task::{
    Disposition, KTHREADD_PID, Machine, NewTask, PF_EXITING, PF_FORKNOEXEC, PF_KTHREAD, PF_NOFREEZE, Part,
    TASK_INTERRUPTIBLE, TASK_NORMAL, TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskStruct,
};
use crate::trace::{EventKind, TaskId};
use once_cell::sync::OnceCell;
use std::collections::HashMap;
use std::mem;
use std::panic::Location;

/// Nothing may enter any more.
const CLOSED: u32 = 1 << 31;

/// kthreadd's part of a Kernel.
pub(crate) struct Kthreadd {
    /// Held by whoever starts kthreadd, until it is up: others that want to start it wait, and so does a shutdown.
    boot: Mutex<()>,
    /// Set once kthreadd has been started.
    booted: OnceCell<()>,
    /// kthreadd's task while it is up. The task refers to the Machine that has this part, so it is taken out again.
    task: Mutex<Option<Task>>,
    requests: Queue<Arc<CreateRequest>>,
    /// Pids whose OS threads can be joined without waiting.
    finished: Queue<i32>,
    /// See the module's text.
    intake: AtomicU32,
    /// Completed by kthreadd when it is up: the kernel's `kthreadd_done`, for which init waits.
    kthreadd_done: Completion,
    /// Completed, for all, when kthreadd has joined its last thread.
    down: Completion,
    report: Mutex<ShutdownReport>,
    os_thread: Mutex<Option<OsThread>>,
}

/// What a Kernel leaves behind when it shuts down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// How many OS threads kthreadd started.
    pub forked: u64,
    /// How many of them it joined.
    pub joined: u64,
    /// The kthreads that nobody stopped. Their OS threads run on.
    pub alive: Vec<TaskId>,
}

impl Part for Kthreadd {
    const SLOT: usize = 0;

    fn new() -> Self {
        Self {
            boot: Mutex::new(()),
            booted: OnceCell::new(),
            task: Mutex::new(None),
            requests: Queue::new(),
            finished: Queue::new(),
            intake: AtomicU32::new(0),
            kthreadd_done: Completion::new(),
            down: Completion::new(),
            report: Mutex::new(ShutdownReport::default()),
            os_thread: Mutex::new(None),
        }
    }
}

/// The right to wait for an answer: kthreadd does not go while somebody has it.
pub(super) struct Intake<'a>(&'a Kthreadd);

impl Drop for Intake<'_> {
    fn drop(&mut self) {
        // Release: what the requester saw of its thread (that it is published) is seen by who reads the count.
        let before = self.0.intake.fetch_sub(1, Ordering::AcqRel);
        if before == CLOSED + 1 {
            self.0.wake();
        }
    }
}

impl Intake<'_> {
    /// The same, for a request that nobody waits for: to be dropped by its thread once that is published.
    pub(super) fn keep(self, machine: &Arc<Machine>) -> KeptIntake {
        mem::forget(self);
        KeptIntake(machine.clone())
    }
}

/// An [`Intake`] that belongs to no call.
pub(super) struct KeptIntake(Arc<Machine>);

impl Drop for KeptIntake {
    fn drop(&mut self) {
        drop(Intake(self.0.part()));
    }
}

impl Kthreadd {
    /// Enters as a requester; `ESHUTDOWN` once the Kernel shuts down.
    pub(super) fn enter(&self) -> Result<Intake<'_>, Errno> {
        let before = self.intake.fetch_add(1, Ordering::AcqRel);
        let intake = Intake(self);
        if before & CLOSED != 0 { Err(Errno::ESHUTDOWN) } else { Ok(intake) }
    }

    /// Queues a request and wakes kthreadd.
    pub(super) fn push(&self, request: Arc<CreateRequest>) {
        self.requests.push(request);
        self.wake();
    }

    /// The OS thread of task `pid` has run its last destructor.
    fn announce_finished(&self, pid: i32) {
        self.finished.push(pid);
        self.wake();
    }

    fn wake(&self) {
        let task = self.task.lock().clone();
        if let Some(task) = task {
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }

    fn nothing_to_do(&self) -> bool {
        self.requests.is_empty() && self.finished.is_empty() && self.intake.load(Ordering::Acquire) != CLOSED
    }

    /// Shuts the kthreadd of `machine` down, from the task `me`, and waits until it has joined its last thread.
    ///
    /// It does not wait where kthreadd could not finish before the caller does: on kthreadd itself (a destructor of the
    /// user's data may run there), and on what is left of a kthread that kthreadd will join (in the destructor of a
    /// thread-local). The report is empty then.
    pub(crate) fn shut_down(
        machine: &Arc<Machine>,
        me: &TaskStruct,
        place: &'static Location<'static>,
    ) -> ShutdownReport {
        might_sleep_in(me, "shutdown", place);
        let this = machine.part::<Self>();
        let on_kthreadd = this.task.lock().as_ref().is_some_and(|kthreadd| me == kthreadd);
        this.shut_down_and_wait(me, !on_kthreadd && !sync::is_ending(Arc::as_ptr(machine).cast()), place)
    }

    fn shut_down_and_wait(
        &self,
        me: &TaskStruct,
        wait: bool,
        place: &'static Location<'static>,
    ) -> ShutdownReport {
        self.intake.fetch_or(CLOSED, Ordering::AcqRel);
        // Who starts kthreadd at this moment either finds the bit, or has kthreadd up when this goes on.
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
        }
        self.report.lock().clone()
    }
}

/// kthreadd of the calling task's Kernel.
pub(super) fn of_current() -> Result<Task, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    with_current(|me| start(me.machine(), me, Location::caller()))
}

/// kthreadd's part of `machine`, with kthreadd up. Starts it if need be: the booting of the default Kernel.
pub(super) fn started(machine: &Arc<Machine>) -> Result<&Kthreadd, Errno> {
    with_current(|me| started_by(machine, me))
}

/// As [`started`], with the current task at hand.
pub(super) fn started_by<'a>(machine: &'a Arc<Machine>, me: &TaskStruct) -> Result<&'a Kthreadd, Errno> {
    let kthreadd = machine.part::<Kthreadd>();
    if kthreadd.intake.load(Ordering::Acquire) & CLOSED != 0 {
        return Err(Errno::ESHUTDOWN);
    }
    if kthreadd.booted.get().is_none() {
        start(machine, me, Location::caller())?;
    }
    Ok(kthreadd)
}

/// Boots: as the idle task, starts kthreadd; as `init`, the calling task, waits until it is up.
pub(crate) fn start(
    machine: &Arc<Machine>,
    init: &TaskStruct,
    place: &'static Location<'static>,
) -> Result<Task, Errno> {
    let part = machine.part::<Kthreadd>();
    let boot = part.boot.lock();
    part.booted.get_or_try_init(|| {
        if part.intake.load(Ordering::Acquire) & CLOSED != 0 {
            return Err(Errno::ESHUTDOWN);
        }
        let idle = machine.idle().map(|idle| Attached::new(idle, false));
        let task = Task::new(
            machine,
            NewTask {
                pid: KTHREADD_PID,
                name: "kthreadd",
                flags: PF_KTHREAD | PF_NOFREEZE | PF_FORKNOEXEC,
                state: TASK_RUNNING,
                parent: machine.idle(),
                default_action: Disposition::Ignored,
                private: None,
            },
        );
        let spec = ThreadSpec { name: "kthreadd".into(), stack_size: machine.stack_size };
        let me = task.clone();
        // Known before it runs: a shutdown may be waiting, and then it runs to its end at once.
        machine.pids.insert(&task);
        *part.task.lock() = Some(task.clone());
        // The process's signals are none of kthreadd's business, nor of the threads that inherit its mask.
        let blocked = SignalsBlocked::new();
        let os_thread = sync::spawn(spec, move || kthreadd_main(me), || ()).map_err(|e| {
            part.task.lock().take();
            machine.pids.remove(KTHREADD_PID);
            Errno::from_raw(e.raw_os_error().unwrap_or(Errno::EAGAIN.raw()))
        })?;
        drop(blocked);
        *part.os_thread.lock() = Some(os_thread);
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

fn kthreadd_main(me: Task) {
    sync::set_current_ptr(me.as_ptr().cast());
    me.note_os_thread();
    os::make_ordinary(me.os_tid(), &me.machine().cpus(), me.machine().boot_nice());
    let machine = me.machine().clone();
    let part = machine.part::<Kthreadd>();
    me.event(|| EventKind::KthreaddUp);
    part.kthreadd_done.complete();

    let mut daemon = Daemon { me, part, threads: HashMap::new(), report: ShutdownReport::default() };
    daemon.serve();
    let Daemon { me, report, .. } = daemon;
    *part.report.lock() = report;
    part.task.lock().take();
    release_task(&me);
    part.down.complete_all();
    sync::set_current_ptr(std::ptr::null());
}

struct Daemon<'a> {
    me: Task,
    part: &'a Kthreadd,
    /// The OS threads to join, by the pids of their tasks.
    threads: HashMap<i32, (Task, OsThread)>,
    report: ShutdownReport,
}

impl Daemon<'_> {
    fn serve(&mut self) {
        loop {
            change_state(&self.me, TASK_INTERRUPTIBLE);
            if self.part.nothing_to_do() {
                sleep_until(&self.me, None);
            }
            change_state(&self.me, TASK_RUNNING);
            while let Some(pid) = self.part.finished.try_pop() {
                self.join(pid);
            }
            while let Some(request) = self.part.requests.try_pop() {
                self.answer(request);
            }
            // Acquire: with a count of 0, every task that was handed out is seen as published.
            // What may be queued still is of requesters that were killed, and who have their functions back.
            if self.part.intake.load(Ordering::Acquire) == CLOSED {
                self.join_those_on_their_way_out();
                return;
            }
        }
    }

    fn answer(&mut self, request: Arc<CreateRequest>) {
        let refusal = if self.part.intake.load(Ordering::Acquire) & CLOSED != 0 {
            Errno::ESHUTDOWN
        } else {
            match self.fork(&request) {
                Ok(()) => return,
                Err(errno) => errno,
            }
        };
        self.me.event(|| EventKind::CreateFailed { name: request.name.clone() });
        if request.claim() {
            // The requester takes the function back.
            return request.answer(Err(refusal));
        }
        // The requester has gone, and nearly always taken the function with it. If it could not, the user's data ends here; a
        // panic in a destructor is not kthreadd's end.
        let body = request.body.lock().take();
        crate::diag::contain(|| drop(body));
    }

    /// Makes a task and an OS thread for it, which then serves the request.
    fn fork(&mut self, request: &Arc<CreateRequest>) -> Result<(), Errno> {
        if request.is_abandoned() {
            return Err(Errno::EINTR);
        }
        let machine = self.me.machine();
        let (state, parent) = match &request.begin {
            Begin::WhenWoken => (TASK_UNINTERRUPTIBLE, self.me.clone()),
            Begin::Unattended { .. } => (TASK_RUNNING, self.me.clone()),
            Begin::AtOnce { parent } => (TASK_RUNNING, parent.clone()),
        };
        let kthread: Option<Box<Kthread>> = request.kthread.lock().take();
        let task = Task::new(
            machine,
            NewTask {
                pid: machine.pids.allocate(),
                name: &request.name,
                flags: PF_KTHREAD | PF_NOFREEZE | PF_FORKNOEXEC,
                state,
                parent: Some(parent),
                default_action: Disposition::Ignored,
                private: kthread.map(|k| k as _),
            },
        );
        let pid = task.pid();
        machine.pids.insert(&task);
        let reset = self.me.attributes_changed();
        let spec = ThreadSpec { name: request.name.clone(), stack_size: machine.stack_size };
        let main = {
            let (task, request) = (task.clone(), request.clone());
            move || run::kthread(task, request, reset)
        };
        let last = {
            let machine = machine.clone();
            move || machine.part::<Kthreadd>().announce_finished(pid)
        };
        // The thread needs its function before it does anything that is told, so `Forked` is told first.
        let _held_back = machine.events.is_on().then(|| request.body.lock());
        match sync::spawn(spec, main, last) {
            Ok(os_thread) => {
                self.report.forked += 1;
                self.me.event(|| EventKind::Forked { child: task.id() });
                self.threads.insert(pid, (task, os_thread));
                Ok(())
            }
            Err(error) => {
                machine.pids.remove(pid);
                Err(Errno::from_raw(error.raw_os_error().unwrap_or(Errno::EAGAIN.raw())))
            }
        }
    }

    fn join(&mut self, pid: i32) {
        if let Some((task, os_thread)) = self.threads.remove(&pid) {
            os_thread.join();
            self.report.joined += 1;
            self.me.event(|| EventKind::Joined { pid });
            drop(task);
        }
    }

    fn join_those_on_their_way_out(&mut self) {
        loop {
            change_state(&self.me, TASK_INTERRUPTIBLE);
            if self.part.finished.is_empty() {
                if !self.threads.values().any(|(task, _)| is_on_its_way_out(task)) {
                    break;
                }
                sleep_until(&self.me, None);
            }
            change_state(&self.me, TASK_RUNNING);
            while let Some(pid) = self.part.finished.try_pop() {
                self.join(pid);
            }
        }
        change_state(&self.me, TASK_RUNNING);
        let mut alive: Vec<_> =
            mem::take(&mut self.threads).into_values().map(|(task, _)| task.id()).collect();
        alive.sort_by_key(|task| task.pid);
        self.report.alive = alive;
    }
}

fn is_on_its_way_out(task: &Task) -> bool {
    task.flags().contains(PF_EXITING)
        || to_kthread(task).is_none_or(|k| k.published.load(Ordering::Acquire) == 0)
}
