//! `task_struct`: identity, flags, names, reference counts; and the [`Machine`] that a task belongs to.
//!
//! A [`Task`] is a counted reference to a [`TaskStruct`]. Whoever may wake a task holds one (or is called while
//! somebody holds one), so a wake never touches a task that is gone. These hold references:
//!
//! * the pid table, from the task's creation to its end;
//! * the OS thread that runs the task;
//! * handles that the user was given;
//! * a completer or waker, for the moment between unlocking a wait queue and waking the task it took from it.
//!
//! A task refers to its parent and to its Machine. Neither refers back, except the pid table, which the task leaves
//! when it ends; so there is no cycle that outlives the task.

mod machine;
mod pid;
mod signal_bits;
mod state;
mod wait_note;

pub(crate) use machine::{Machine, MachineSetup, Part};
pub(crate) use pid::KTHREADD_PID;
pub(crate) use signal_bits::{Disposition, SIGKILL, SignalSets, sigbit};
pub use state::*;
pub use wait_note::{WaitKind, WaitsOn};

use crate::cpumask::CpuMask;
use crate::diag::{Warning, WarningKind};
use crate::sync::{Arc, AtomicPtr, AtomicU32, Life, Mutex, Ordering, StateWord, os, record};
use crate::trace::{Event, EventKind, TaskId};
use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::ptr;
use wait_note::WaitNote;

/// The size of a task's name with its final NUL: `TASK_COMM_LEN`. A longer name is cut to 15 bytes.
pub const TASK_COMM_LEN: usize = 16;

/// `sched_setscheduler` policy of ordinary tasks.
pub const SCHED_NORMAL: i32 = 0;
/// `sched_setscheduler` policy: first in, first out, before all ordinary tasks.
pub const SCHED_FIFO: i32 = 1;

/// The signal a child sends when it ends; kthreadd's children have it, and kthreadd ignores it.
const SIGCHLD: i32 = 17;

/// What the scheduler was asked to do with a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SchedAttributes {
    pub(crate) policy: i32,
    pub(crate) nice: i32,
    pub(crate) rt_priority: u32,
    pub(crate) cpus_allowed: CpuMask,
}

/// One task: `struct task_struct`.
///
/// It is always behind a [`Task`]. The functions of this crate take `&TaskStruct`, so `&task` fits all of them.
///
/// The first fields are the ones that C code reads in a `task_struct`; their order is fixed.
#[repr(C)]
pub struct TaskStruct {
    pub(crate) state: StateWord,
    flags: AtomicU32,
    pid: i32,
    tgid: i32,
    prio: record::AtomicI32,
    static_prio: record::AtomicI32,
    normal_prio: record::AtomicI32,
    rt_priority: record::AtomicU32,
    policy: record::AtomicI32,
    exit_state: record::AtomicI32,
    exit_code: record::AtomicI32,
    exit_signal: i32,
    comm: [record::AtomicU8; TASK_COMM_LEN],

    /// 0 from the moment the task is about to sleep until it runs again. Written by the task itself.
    pub(crate) on_rq: AtomicU32,
    /// How many tasks are in `watch_list`; the sleeping path looks at this first.
    pub(crate) watchers: AtomicU32,
    pub(crate) watch_list: Mutex<Vec<Task>>,
    /// The next task of the wake queue that this one is on; see `sched::wake_q`.
    pub(crate) wake_q_next: AtomicPtr<TaskStruct>,
    /// Signals; see `signal_bits`.
    pub(crate) signals: SignalSets,
    /// The kthread layer's own flag word: kept here so that `kthread_should_stop` is one load away from `current`.
    pub(crate) kthread_flags: AtomicU32,
    /// The kthread layer's block; the kernel hangs it on `worker_private` too.
    private: Option<Box<dyn Any + Send + Sync>>,
    /// What the scheduler was asked for. The OS is told under this lock, and only while `os_tid` is not 0.
    pub(crate) attributes: Mutex<SchedAttributes>,
    attributes_changed: record::AtomicBool,
    os_tid: record::AtomicI32,
    preempt_count: record::AtomicU32,
    wait_note: WaitNote,
    full_name: Box<str>,
    start_ns: u64,
    parent: Option<Task>,
    machine: Arc<Machine>,
    /// Where the Arc says that this is: a pointer that may become an Arc again, which one made from `&self` may not.
    this: record::AtomicPtr<TaskStruct>,
    life: Life,
}

/// What a new task is.
pub(crate) struct NewTask<'a> {
    pub(crate) pid: i32,
    pub(crate) name: &'a str,
    pub(crate) flags: TaskFlags,
    pub(crate) state: TaskState,
    pub(crate) parent: Option<Task>,
    pub(crate) default_action: Disposition,
    pub(crate) private: Option<Box<dyn Any + Send + Sync>>,
}

/// A counted reference to a task: `get_task_struct` is `clone`, `put_task_struct` is `drop`.
///
/// Dropping the last reference that you hold does not stop the task.
#[derive(Clone)]
pub struct Task(Arc<TaskStruct>);

impl Task {
    pub(crate) fn new(machine: &Arc<Machine>, new: NewTask<'_>) -> Self {
        let comm: [record::AtomicU8; TASK_COMM_LEN] = Default::default();
        for (to, from) in comm.iter().zip(cut(new.name)) {
            to.store(*from, Ordering::Relaxed);
        }
        let task = Arc::new(TaskStruct {
            state: StateWord::new(new.state.bits()),
            flags: AtomicU32::new(new.flags.bits()),
            pid: new.pid,
            tgid: new.pid,
            prio: record::AtomicI32::new(120),
            static_prio: record::AtomicI32::new(120),
            normal_prio: record::AtomicI32::new(120),
            rt_priority: record::AtomicU32::new(0),
            policy: record::AtomicI32::new(SCHED_NORMAL),
            exit_state: record::AtomicI32::new(EXIT_NONE),
            exit_code: record::AtomicI32::new(0),
            exit_signal: SIGCHLD,
            comm,
            on_rq: AtomicU32::new(1),
            watchers: AtomicU32::new(0),
            watch_list: Mutex::new(Vec::new()),
            wake_q_next: AtomicPtr::new(ptr::null_mut()),
            signals: SignalSets::new(new.default_action),
            kthread_flags: AtomicU32::new(0),
            private: new.private,
            attributes: Mutex::new(SchedAttributes {
                policy: SCHED_NORMAL,
                nice: 0,
                rt_priority: 0,
                cpus_allowed: machine.cpus(),
            }),
            attributes_changed: record::AtomicBool::new(false),
            os_tid: record::AtomicI32::new(0),
            preempt_count: record::AtomicU32::new(0),
            wait_note: WaitNote::default(),
            full_name: new.name.into(),
            start_ns: machine.clock.since_boot_ns(machine.clock.now_ns()),
            parent: new.parent,
            machine: machine.clone(),
            this: record::AtomicPtr::new(ptr::null_mut()),
            life: Life::new(),
        });
        task.this.store(Arc::as_ptr(&task).cast_mut(), Ordering::Relaxed);
        Self(task)
    }

    /// The reference as a pointer, to be taken over by [`from_raw`](Self::from_raw).
    pub(crate) fn into_raw(self) -> *const TaskStruct {
        Arc::into_raw(self.0)
    }

    /// Takes over a reference.
    ///
    /// # Safety
    ///
    /// `task` comes from [`into_raw`](Self::into_raw), and is taken over once.
    pub(crate) unsafe fn from_raw(task: *const TaskStruct) -> Self {
        // SAFETY: as the contract says.
        Self(unsafe { Arc::from_raw(task) })
    }

    /// The address of the task, which names it as long as a reference exists.
    pub(crate) fn as_ptr(&self) -> *const TaskStruct {
        Arc::as_ptr(&self.0)
    }
}

/// At most 15 bytes of `name`.
fn cut(name: &str) -> &[u8] {
    &name.as_bytes()[..name.len().min(TASK_COMM_LEN - 1)]
}

impl Deref for Task {
    type Target = TaskStruct;

    #[inline(always)]
    fn deref(&self) -> &TaskStruct {
        &self.0
    }
}

/// Two references are equal if they are to the same task.
impl PartialEq for Task {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Task {}

impl PartialEq<Task> for TaskStruct {
    fn eq(&self, other: &Task) -> bool {
        ptr::eq(self, other.as_ptr())
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Debug for TaskStruct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("pid", &self.pid)
            .field("comm", &self.comm())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl TaskStruct {
    /// Another reference to this task: `get_task_struct`.
    pub fn get(&self) -> Task {
        // Relaxed: written once, before the task was handed to anybody.
        let this = self.this.load(Ordering::Relaxed).cast_const();
        // SAFETY: a TaskStruct is made in `Task::new` only, always inside an Arc, whose pointer `this` is; `self` proves
        // that the count is not zero.
        Task(unsafe {
            Arc::increment_strong_count(this);
            Arc::from_raw(this)
        })
    }

    /// The pid in the task's Kernel: `task_pid_nr`. It is no pid of the operating system's; that one is
    /// [`os_tid`](Self::os_tid).
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The thread group's pid: `task_tgid_nr`. Every task here leads a group of its own.
    pub fn tgid(&self) -> i32 {
        self.tgid
    }

    /// The leader of the task's thread group: the task itself.
    pub fn group_leader(&self) -> Task {
        self.get()
    }

    /// The operating system's id of the thread that runs the task, or 0 once it has ended.
    pub fn os_tid(&self) -> i32 {
        self.os_tid.load(Ordering::Relaxed)
    }

    pub(crate) fn set_os_tid(&self, tid: i32) {
        self.os_tid.store(tid, Ordering::Relaxed);
    }

    /// The name, at most 15 bytes: `get_task_comm`. A name that was cut inside a character ends in U+FFFD.
    pub fn comm(&self) -> String {
        let bytes: Vec<u8> =
            self.comm.iter().map(|b| b.load(Ordering::Relaxed)).take_while(|&b| b != 0).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The name as it was asked for, however long: `get_kthread_comm`, and what `/proc/PID/comm` shows.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// The state at this moment: `READ_ONCE(task->__state)`.
    pub fn state(&self) -> TaskState {
        TaskState::from_bits_retain(self.state.load())
    }

    /// The task's flags: `task->flags`.
    pub fn flags(&self) -> TaskFlags {
        TaskFlags::from_bits_retain(self.flags.load(Ordering::Acquire))
    }

    /// Sets and clears flags. Release: who sees PF_EXITING sees what came before.
    pub(crate) fn change_flags(&self, set: TaskFlags, clear: TaskFlags) {
        if !set.is_empty() {
            self.flags.fetch_or(set.bits(), Ordering::Release);
        }
        if !clear.is_empty() {
            self.flags.fetch_and(!clear.bits(), Ordering::Release);
        }
    }

    /// True until the task has gone to sleep in the state that it set: `task->on_rq`.
    pub fn on_rq(&self) -> bool {
        self.on_rq.load(Ordering::Acquire) != 0
    }

    /// The parent: kthreadd for kthreads; `None` for the idle task.
    pub fn parent(&self) -> Option<Task> {
        self.parent.clone()
    }

    /// True: a kthread has no address space of its own, and neither has any other task here (`task->mm == NULL`).
    pub fn mm_is_null(&self) -> bool {
        true
    }

    /// Nanoseconds from the Kernel's boot to the creation of the task.
    pub fn start_time_ns(&self) -> u64 {
        self.start_ns
    }

    /// The signal for the parent at the end: SIGCHLD (17), which kthreadd ignores.
    pub fn exit_signal(&self) -> i32 {
        self.exit_signal
    }

    /// `EXIT_ZOMBIE` and then `EXIT_DEAD` at the end of life, 0 before.
    pub fn exit_state(&self) -> i32 {
        self.exit_state.load(Ordering::Acquire)
    }

    pub(crate) fn set_exit_state(&self, state: i32) {
        self.exit_state.store(state, Ordering::Release);
    }

    /// How the task ended: 0, or the signal number of an oops (11).
    pub fn exit_code(&self) -> i32 {
        self.exit_code.load(Ordering::Relaxed)
    }

    pub(crate) fn set_exit_code(&self, code: i32) {
        self.exit_code.store(code, Ordering::Relaxed);
    }

    /// `task->policy`: [`SCHED_NORMAL`] or [`SCHED_FIFO`].
    pub fn policy(&self) -> i32 {
        self.policy.load(Ordering::Relaxed)
    }

    /// `task->prio`: 100–139 for ordinary tasks (120 is nice 0), 0–98 for real-time ones.
    pub fn prio(&self) -> i32 {
        self.prio.load(Ordering::Relaxed)
    }

    /// `task->static_prio`: 120 + nice.
    pub fn static_prio(&self) -> i32 {
        self.static_prio.load(Ordering::Relaxed)
    }

    /// `task->normal_prio`: as `prio`.
    pub fn normal_prio(&self) -> i32 {
        self.normal_prio.load(Ordering::Relaxed)
    }

    /// `task->rt_priority`: 1–99 for real-time tasks, 0 for others.
    pub fn rt_priority(&self) -> u32 {
        self.rt_priority.load(Ordering::Relaxed)
    }

    /// The nice value asked for: `task_nice`.
    pub fn nice(&self) -> i32 {
        self.static_prio() - 120
    }

    /// The cpus asked for: `task->cpus_mask`.
    pub fn cpus_allowed(&self) -> CpuMask {
        self.attributes.lock().cpus_allowed
    }

    /// True if the attributes were ever changed; what the task's children inherit is then not what it began with.
    pub(crate) fn attributes_changed(&self) -> bool {
        self.attributes_changed.load(Ordering::Relaxed)
    }

    /// Puts the attributes where C code and the getters read them.
    pub(crate) fn publish_attributes(&self, a: &SchedAttributes) {
        self.attributes_changed.store(true, Ordering::Relaxed);
        let static_prio = 120 + a.nice;
        let prio = if a.policy == SCHED_NORMAL { static_prio } else { 99 - a.rt_priority as i32 };
        self.static_prio.store(static_prio, Ordering::Relaxed);
        self.prio.store(prio, Ordering::Relaxed);
        self.normal_prio.store(prio, Ordering::Relaxed);
        self.rt_priority.store(a.rt_priority, Ordering::Relaxed);
        self.policy.store(a.policy, Ordering::Relaxed);
    }

    /// What the task waits for, while it sleeps in a call of this crate.
    pub fn waits_on(&self) -> Option<WaitsOn> {
        self.wait_note.read()
    }

    pub(crate) fn wait_note(&self) -> &WaitNote {
        &self.wait_note
    }

    pub(crate) fn preempt_count(&self) -> &record::AtomicU32 {
        &self.preempt_count
    }

    pub(crate) fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    /// The upper layer's block, if the task has one of this type.
    #[inline]
    pub(crate) fn private<P: Any>(&self) -> Option<&P> {
        self.private.as_deref().and_then(|p| p.downcast_ref())
    }

    /// The OS thread of this task is about to go; nobody may aim a system call at its id any more.
    pub(crate) fn forget_os_thread(&self) {
        let _attributes = self.attributes.lock();
        self.set_os_tid(0);
    }

    /// The calling OS thread is the one that runs this task.
    pub(crate) fn note_os_thread(&self) {
        self.set_os_tid(os::gettid());
    }

    /// Who this is, for an event or a listing.
    pub fn id(&self) -> TaskId {
        TaskId { pid: self.pid, comm: self.comm() }
    }

    /// Tells the Kernel's event function that this task did something.
    #[inline(always)]
    pub(crate) fn event(&self, kind: impl FnOnce() -> EventKind) {
        let machine = &self.machine;
        machine.events.tell(|| Event {
            time_ns: machine.clock.since_boot_ns(machine.clock.now_ns()),
            task: self.id(),
            kind: kind(),
        });
    }

    /// Tells the Kernel's warning function that this task made a wrong call.
    #[cold]
    pub(crate) fn warn(
        &self,
        kind: WarningKind,
        call: &str,
        place: &'static Location<'static>,
        message: &str,
    ) {
        let comm = self.comm();
        self.machine.warnings.tell(&Warning { kind, comm: &comm, pid: self.pid, call, place, message });
    }
}

/// Takes a reference: `get_task_struct`. The task lives at least as long as the reference.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "referenced")?;
/// let second = get_task_struct(&task);
/// assert_eq!(task, second);
/// put_task_struct(second);
/// kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn get_task_struct(task: &TaskStruct) -> Task {
    task.get()
}

/// Gives a reference back: `put_task_struct`. It is `drop` by its kernel name.
pub fn put_task_struct(task: Task) {
    drop(task);
}
