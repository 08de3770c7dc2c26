//! `task_struct`: identity, flags, names, reference counts; and the machine that a task belongs to.
//!
//! A [`Task`] is a counted reference to a [`TaskStruct`]. Whoever may wake a task holds one (or is
//! called while somebody holds one), so a wake never touches a task that is gone. These hold
//! references:
//!
//! * the pid table, from the task's creation to its end;
//! * the OS thread that runs the task;
//! * handles that the user was given;
//! * a completer or waker, for the moment between unlocking a wait queue and waking the task it
//!   took from it.
//!
//! A task refers to its parent and to its KernelState. Neither refers back, except the pid table,
//! which the task leaves when it ends; so there is no cycle that outlives the task.

mod borrows;
mod call_place;
mod family;
mod fields;
mod held;
mod held_all;
mod inheritance;
mod kernel_state;
pub(crate) mod kthread_flag;
mod lacking;
mod pid;
mod place;
mod rcu_nesting;
mod sections;
mod shown;
mod signal_bits;
mod start_gate;
mod state;
mod wait_note;

pub(crate) use call_place::CallPlace;
#[doc(hidden)]
pub use call_place::PlacesInC;
pub use fields::{get_task_comm, task_is_running, task_state_to_char};
pub use held::{HeldLock, LockKind};
pub(crate) use held_all::{Entry, Mode, Next, Pending};
pub(crate) use inheritance::{Donor, Inheritance, PiQueue, PiWaiter};
pub(crate) use kernel_state::{KernelSetup, KernelState, Subsystem, SubsystemId};
pub(crate) use kthread_flag::{asked_to_stop, asked_to_stop_or_park};
pub(crate) use pid::KTHREADD_PID;
pub use place::PlaceInC;
pub(crate) use rcu_nesting::{LEVEL, RcuNesting};
use sections::Sections;
pub(crate) use sections::{Begun, DEBUG};
pub(crate) use shown::RLIMITS;
#[doc(hidden)]
pub use shown::{Counted, note_pid_namespace};
use shown::{Shown, Sighand};
pub(crate) use signal_bits::{Disposition, SIGKILL, SetOf, SignalSets, sigbit};
pub(crate) use start_gate::{new_start_gate, open_start_gate, wait_at_start_gate};
pub use state::*;
pub(crate) use wait_note::{Noted, Wait, WaitNoteBefore};
pub use wait_note::{WaitKind, WaitsOn};

use crate::cpumask::CpuMask;
use crate::sync::{Arc, AtomicPtr, AtomicU32, Life, Mutex, Ordering, OsTid, StateWord, record};
use borrows::Borrows;
use held::HeldLocks;
use once_cell::sync::OnceCell;
use start_gate::StartGate;
use std::any::Any;
use std::ffi::c_void;
use std::fmt;
use std::ops::Deref;
use std::ptr;
use wait_note::WaitNote;

/// The size of a task's name with its final NUL: `TASK_COMM_LEN`. A longer name is cut to 15 bytes.
pub const TASK_COMM_LEN: usize = 16;

/// `sched_setscheduler` policy of ordinary tasks.
pub const SCHED_NORMAL: i32 = 0;
/// `sched_setscheduler` policy: first in, first out, before all ordinary tasks.
pub const SCHED_FIFO: i32 = 1;
/// `sched_setscheduler` policy: as [`SCHED_FIFO`], and tasks of one priority take turns.
pub const SCHED_RR: i32 = 2;
/// `sched_setscheduler` policy of ordinary tasks that compute, and don't interact.
pub const SCHED_BATCH: i32 = 3;
/// `sched_setscheduler` policy of tasks that run when hardly any other wants to.
pub const SCHED_IDLE: i32 = 5;

/// The signal a child sends when it ends; kthreadd's children have it, and kthreadd ignores it.
const SIGCHLD: i32 = 17;

/// What the scheduler was asked to do with a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SchedAttributes {
    pub(crate) policy: i32,
    pub(crate) nice: i32,
    pub(crate) rt_priority: u32,
    pub(crate) cpus_allowed: CpuMask,
    /// The real-time priority that it has from who waits for its locks, if that is higher; 0 for
    /// none.
    pub(crate) inherited: u32,
}

impl SchedAttributes {
    /// What a task of `kernel_state` has until it is asked for something else.
    pub(crate) fn at_first(kernel_state: &KernelState) -> Self {
        Self {
            policy: SCHED_NORMAL,
            nice: 0,
            rt_priority: 0,
            cpus_allowed: kernel_state.cpus(),
            inherited: 0,
        }
    }

    /// Policy and priority that the OS thread is to have.
    pub(crate) fn effective_policy(&self) -> (i32, u32) {
        if self.inherited > self.rt_priority {
            (SCHED_FIFO, self.inherited)
        } else {
            (self.policy, self.rt_priority)
        }
    }
}

/// One task: `struct task_struct`.
///
/// It is always behind a [`Task`]. The functions of this crate take `&TaskStruct`, so `&task` fits
/// all of them.
///
/// The first fields are the ones that C code reads in a `task_struct`; their order is fixed.
#[repr(C)]
pub struct TaskStruct {
    pub(crate) state: StateWord,
    /// The other half of the `long` that the state was before 5.14: 0.
    _state_high: u32,
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
    /// The parent's address, for C; the idle task is its own. The reference is `parent`.
    real_parent: record::AtomicPtr<TaskStruct>,
    /// The task itself. Where the Arc says that it is: a pointer that may become an Arc again,
    /// which one made from `&self` may not.
    group_leader: record::AtomicPtr<TaskStruct>,
    /// Null for kthreads. The other tasks have the process's.
    mm: record::AtomicPtr<c_void>,
    /// The call in C that the task made last, of those that may sleep; written by the macros of the
    /// headers.
    place_in_c: record::AtomicPtr<PlaceInC>,
    /// The test that the task runs: KUnit's own, which writes and reads it.
    kunit_test: record::AtomicPtr<c_void>,
    /// 0 from the moment the task is about to sleep until it runs again. Written by the task
    /// itself.
    pub(crate) on_rq: AtomicU32,
    /// What else C reads.
    shown: Shown,
    // C knows the fields up to here.
    /// The task's own table of signal handlers, once it has changed one.
    own_sighand: OnceCell<Box<Sighand>>,
    /// How many tasks are in `watch_list`; the sleeping path looks at this first.
    pub(crate) watchers: AtomicU32,
    /// Where the OS thread sleeps until it first runs the task, if that is not on `state`; see
    /// `start_gate`.
    start_gate: StartGate,
    pub(crate) watch_list: Mutex<Vec<Task>>,
    /// The next task of the wake queue that this one is on; see `sched::wake_q`.
    pub(crate) wake_q_next: AtomicPtr<TaskStruct>,
    /// Signals; see `signal_bits`.
    pub(crate) signals: SignalSets,
    /// The kthread layer's own flag word: kept here so that `kthread_should_stop` is one load away
    /// from `current`.
    pub(crate) kthread_flags: AtomicU32,
    /// The kthread layer's block; the kernel hangs it on `worker_private` too.
    private: Option<Box<dyn Any + Send + Sync>>,
    /// What the scheduler was asked for; none if it is what it was at first. The OS is told under
    /// this lock, and only while `os_tid` is not 0.
    pub(crate) attributes: Mutex<Option<Box<SchedAttributes>>>,
    os_tid: OsTid,
    preempt_count: record::AtomicU32,
    /// Until when the task has passed its turns in `schedule_timeout`, in the clock's unit; see
    /// `sched::timeout`.
    pub(crate) turn_end: record::AtomicU64,
    rcu_nesting: RcuNesting,
    borrows: Borrows,
    wait_note: WaitNote,
    /// Where its atomic sections began; in a Kernel with `debug`.
    sections: Option<Box<Sections>>,
    sleep_watch: OnceCell<Box<dyn SleepWatch>>,
    held: HeldLocks,
    /// Who waits for its rt_mutexes, and which one it waits for; see `sched::inherit`.
    inheritance: Inheritance,
    inherited: record::AtomicU32,
    full_name: Box<str>,
    start_ns: u64,
    parent: Option<Task>,
    kernel_state: Arc<KernelState>,
    life: Life,
}

/// Somebody who wants to know when a task falls asleep, and when it goes on: the workqueues do, of
/// their workers.
///
/// Both are called by the task itself, around the sleeping part of `schedule`, with the state
/// already set.
pub(crate) trait SleepWatch: Send + Sync {
    fn falls_asleep(&self, me: &TaskStruct);
    fn goes_on(&self);
    fn as_any(&self) -> &dyn Any;
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
    pub(crate) fn new(kernel_state: &Arc<KernelState>, new: NewTask<'_>) -> Self {
        let comm: [record::AtomicU8; TASK_COMM_LEN] = Default::default();
        for (to, from) in comm.iter().zip(cut(new.name)) {
            to.store(*from, Ordering::Relaxed);
        }
        let now_ns = kernel_state.clock.now_ns();
        let task = Arc::new(TaskStruct {
            state: StateWord::new(new.state.bits()),
            _state_high: 0,
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
            real_parent: record::AtomicPtr::new(ptr::null_mut()),
            group_leader: record::AtomicPtr::new(ptr::null_mut()),
            mm: record::AtomicPtr::new(shown::first_mm(new.default_action)),
            place_in_c: record::AtomicPtr::new(ptr::null_mut()),
            kunit_test: record::AtomicPtr::new(ptr::null_mut()),
            on_rq: AtomicU32::new(1),
            shown: Shown::new(kernel_state, now_ns, new.default_action),
            own_sighand: OnceCell::new(),
            watchers: AtomicU32::new(0),
            start_gate: StartGate::none(),
            watch_list: Mutex::new(Vec::new()),
            wake_q_next: AtomicPtr::new(ptr::null_mut()),
            signals: SignalSets::new(new.default_action),
            kthread_flags: AtomicU32::new(0),
            private: new.private,
            attributes: Mutex::new(None),
            os_tid: OsTid::none(),
            preempt_count: record::AtomicU32::new(sections::first_word(kernel_state)),
            turn_end: record::AtomicU64::new(0),
            rcu_nesting: RcuNesting::default(),
            borrows: Borrows::default(),
            wait_note: WaitNote::default(),
            sections: kernel_state.debug.then(Box::default),
            sleep_watch: OnceCell::new(),
            held: HeldLocks::default(),
            inheritance: Inheritance::new(),
            inherited: record::AtomicU32::new(0),
            full_name: new.name.into(),
            start_ns: kernel_state.clock.since_boot_ns(now_ns),
            parent: new.parent,
            kernel_state: kernel_state.clone(),
            life: Life::new(),
        });
        let this = Arc::as_ptr(&task);
        let parent = task.parent.as_ref().map_or(this, Self::as_ptr);
        task.group_leader.store(this.cast_mut(), Ordering::Relaxed);
        task.real_parent.store(parent.cast_mut(), Ordering::Relaxed);
        // SAFETY: the Arc's, and not given to anybody yet.
        unsafe { Shown::settle(this) };
        Self(task)
    }

    /// The reference as a pointer, as C code holds it: the task lives until
    /// [`from_raw`](Self::from_raw) takes it over.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let pointer = current().into_raw();
    /// // SAFETY: from `into_raw`, and taken over once.
    /// assert_eq!(unsafe { Task::from_raw(pointer) }, current());
    /// ```
    pub fn into_raw(self) -> *const TaskStruct {
        Arc::into_raw(self.0)
    }

    /// Takes over a reference.
    ///
    /// # Safety
    ///
    /// `task` comes from [`into_raw`](Self::into_raw), and is taken over once.
    pub unsafe fn from_raw(task: *const TaskStruct) -> Self {
        // SAFETY: as the contract says.
        Self(unsafe { Arc::from_raw(task) })
    }

    /// The address of the task, which names it as long as a reference exists.
    pub fn as_ptr(&self) -> *const TaskStruct {
        Arc::as_ptr(&self.0)
    }

    /// How many references there are, at this moment.
    #[doc(hidden)]
    pub fn references(&self) -> usize {
        Arc::strong_count(&self.0)
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
    /// Who wants to know when it sleeps.
    pub(crate) fn sleep_watch(&self) -> Option<&dyn SleepWatch> {
        self.sleep_watch.get().map(Box::as_ref)
    }

    /// Sets it, once, by the task itself.
    pub(crate) fn set_sleep_watch(&self, watch: Box<dyn SleepWatch>) {
        let set = self.sleep_watch.set(watch);
        debug_assert!(set.is_ok(), "a task is watched by one");
    }

    /// Another reference to this task: `get_task_struct`.
    pub fn get(&self) -> Task {
        // Relaxed: written once, before the task was handed to anybody.
        let this = self.group_leader.load(Ordering::Relaxed).cast_const();
        // SAFETY: a TaskStruct is made in `Task::new` only, always inside an Arc, whose pointer
        // `group_leader` is; `self` proves that the count is not zero.
        Task(unsafe {
            Arc::increment_strong_count(this);
            Arc::from_raw(this)
        })
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
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn get_task_struct(task: &TaskStruct) -> Task {
    task.get()
}

/// Gives a reference back: `put_task_struct`. It is `drop` by its kernel name.
pub fn put_task_struct(task: Task) {
    drop(task);
}
