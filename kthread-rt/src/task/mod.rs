//! `task_struct` of `linux/sched.h`: identity, flags, names, reference counts; and the KernelState
//! that a task belongs to.
//!
//! A [`Task`] is a counted reference to a [`TaskStruct`]. A waker holds a reference, or its caller
//! does, so a wake-up never touches a freed task. These hold references:
//!
//! * the pid table, from the task's creation to its end;
//! * the OS thread that runs the task;
//! * the user's handles;
//! * a completer or waker, from the moment that it unlocks a wait queue until it has woken the task
//!   that it took from the queue.
//!
//! A task holds references to its parent and its KernelState. Only the KernelState's pid table
//! refers back, and the task leaves it when it ends; so no reference cycle outlives the task.

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
/// `sched_setscheduler` policy: real-time, first in, first out; runs before all ordinary tasks.
pub const SCHED_FIFO: i32 = 1;
/// `sched_setscheduler` policy: as [`SCHED_FIFO`], with time slices among tasks of one priority.
pub const SCHED_RR: i32 = 2;
/// `sched_setscheduler` policy of ordinary tasks that compute and are not interactive.
pub const SCHED_BATCH: i32 = 3;
/// `sched_setscheduler` policy of tasks that run when the cpu has hardly anything else to do.
pub const SCHED_IDLE: i32 = 5;

/// The `exit_signal` of every task, as of kthreadd's children. kthreadd ignores it.
const SIGCHLD: i32 = 17;

/// A task's policy, priority and affinity, as requested.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SchedAttributes {
    pub(crate) policy: i32,
    pub(crate) nice: i32,
    pub(crate) rt_priority: u32,
    pub(crate) cpus_allowed: CpuMask,
    /// The real-time priority that the task inherits from the waiters for its locks; 0 for none.
    pub(crate) inherited: u32,
}

impl SchedAttributes {
    /// What a new task of `kernel_state` has.
    pub(crate) fn at_first(kernel_state: &KernelState) -> Self {
        Self {
            policy: SCHED_NORMAL,
            nice: 0,
            rt_priority: 0,
            cpus_allowed: kernel_state.cpus(),
            inherited: 0,
        }
    }

    /// The policy and priority of the OS thread.
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
/// It is always owned by [`Task`] references. The functions of this crate take `&TaskStruct`, so
/// `&task` can be passed to all of them.
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
    /// The task itself: the pointer that `Arc::as_ptr` returned, from which `get` makes an Arc
    /// again (it may not from `&self`).
    group_leader: record::AtomicPtr<TaskStruct>,
    /// Null for kthreads; the process's for the other tasks.
    mm: record::AtomicPtr<c_void>,
    /// The place in C of the task's last call that may sleep. The macros of the headers write it.
    place_in_c: record::AtomicPtr<PlaceInC>,
    /// The KUnit test that the task runs. Only KUnit writes and reads it.
    kunit_test: record::AtomicPtr<c_void>,
    /// 0 from the moment the task is about to sleep until it runs again. Only the task writes it.
    pub(crate) on_rq: AtomicU32,
    /// The other fields that C reads.
    shown: Shown,
    // C sees the fields above only.
    /// The task's own table of signal handlers, once it has changed one.
    own_sighand: OnceCell<Box<Sighand>>,
    /// How many tasks are in `watch_list`. The sleeping path reads this first.
    pub(crate) watchers: AtomicU32,
    /// Where the OS thread of a spare sleeps until the task's first wake-up; see `start_gate`.
    start_gate: StartGate,
    pub(crate) watch_list: Mutex<Vec<Task>>,
    /// The next task in this task's wake queue; see `sched::wake_q`.
    pub(crate) wake_q_next: AtomicPtr<TaskStruct>,
    /// Signals; see `signal_bits`.
    pub(crate) signals: SignalSets,
    /// The kthread layer's flag word. It is here, not in `private`, so that `kthread_should_stop`
    /// is one load.
    pub(crate) kthread_flags: AtomicU32,
    /// The kthread layer's block; the kernel's `worker_private`.
    private: Option<Box<dyn Any + Send + Sync>>,
    /// The requested attributes; `None` as long as they are `at_first`. They are applied to the OS
    /// under this lock, and only while `os_tid` is not 0.
    pub(crate) attributes: Mutex<Option<Box<SchedAttributes>>>,
    os_tid: OsTid,
    preempt_count: record::AtomicU32,
    /// When the timeout of the task's last `schedule_timeout` in state RUNNING ends, in the clock's
    /// unit; see `sched::timeout`.
    pub(crate) turn_end: record::AtomicU64,
    rcu_nesting: RcuNesting,
    borrows: Borrows,
    wait_note: WaitNote,
    /// Where the task's atomic sections began. Only in a Kernel with `debug`.
    sections: Option<Box<Sections>>,
    sleep_watch: OnceCell<Box<dyn SleepWatch>>,
    held: HeldLocks,
    /// The waiters for its rt_mutexes, and the rt_mutex that it waits for; see `sched::inherit`.
    inheritance: Inheritance,
    inherited: record::AtomicU32,
    full_name: Box<str>,
    start_ns: u64,
    parent: Option<Task>,
    kernel_state: Arc<KernelState>,
    life: Life,
}

/// Callbacks for when a task falls asleep and runs again. Workqueues set one for each worker.
///
/// The task itself calls both, around the sleeping part of `schedule`, with the state already set.
pub(crate) trait SleepWatch: Send + Sync {
    fn falls_asleep(&self, me: &TaskStruct);
    fn goes_on(&self);
    fn as_any(&self) -> &dyn Any;
}

/// The parameters of [`Task::new`].
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
/// Dropping a reference does not stop the task.
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
        // SAFETY: `this` is the pointer of the Arc above, which no other thread has yet.
        unsafe { Shown::settle(this) };
        Self(task)
    }

    /// Turns the reference into a pointer for C code. The task lives until
    /// [`from_raw`](Self::from_raw) takes the reference back.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let pointer = current().into_raw();
    /// // SAFETY: the pointer is from `into_raw`, and this is its only `from_raw`.
    /// assert_eq!(unsafe { Task::from_raw(pointer) }, current());
    /// ```
    pub fn into_raw(self) -> *const TaskStruct {
        Arc::into_raw(self.0)
    }

    /// Takes a reference back from a pointer that [`into_raw`](Self::into_raw) returned.
    ///
    /// # Safety
    ///
    /// `task` comes from [`into_raw`](Self::into_raw), and there is one `from_raw` for each
    /// `into_raw`.
    pub unsafe fn from_raw(task: *const TaskStruct) -> Self {
        // SAFETY: the caller has the reference that `into_raw` left, and gives it up here.
        Self(unsafe { Arc::from_raw(task) })
    }

    /// Returns the address of the task. It identifies the task as long as a reference exists.
    pub fn as_ptr(&self) -> *const TaskStruct {
        Arc::as_ptr(&self.0)
    }

    /// Returns how many references exist at this moment.
    #[doc(hidden)]
    pub fn references(&self) -> usize {
        Arc::strong_count(&self.0)
    }
}

/// The first 15 bytes of `name`.
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

/// References are equal if they refer to the same task.
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
    /// The callbacks for its sleeps, if it has any.
    pub(crate) fn sleep_watch(&self) -> Option<&dyn SleepWatch> {
        self.sleep_watch.get().map(Box::as_ref)
    }

    /// Sets the callbacks for its sleeps. The task itself calls this, once.
    pub(crate) fn set_sleep_watch(&self, watch: Box<dyn SleepWatch>) {
        let set = self.sleep_watch.set(watch);
        debug_assert!(set.is_ok(), "a task has one sleep watch");
    }

    /// Returns another reference to this task: `get_task_struct`.
    pub fn get(&self) -> Task {
        self.life.touch();
        // Relaxed: `Task::new` wrote it, before any other thread had the task.
        let this = self.group_leader.load(Ordering::Relaxed).cast_const();
        // SAFETY: only `Task::new` makes a TaskStruct, inside an Arc whose pointer it stores in
        // `group_leader`; `self` proves that the count is not zero.
        Task(unsafe {
            Arc::increment_strong_count(this);
            Arc::from_raw(this)
        })
    }
}

/// Takes a reference to a task: `get_task_struct`. The task lives at least as long as the
/// reference.
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

/// Drops a reference to a task: `put_task_struct`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(|()| 0, (), "short")?;
/// let reference = get_task_struct(&task);
/// _ = kthread_stop(&task);
/// put_task_struct(reference);
/// # Ok::<(), Errno>(())
/// ```
pub fn put_task_struct(task: Task) {
    drop(task);
}
