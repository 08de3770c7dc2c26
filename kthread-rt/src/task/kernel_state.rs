//! The [`KernelState`]: the data of a Kernel that all its tasks share.
//!
//! Clock, pids, cpus, warnings and events are here. The layers above store their per-Kernel data
//! here too, each as a [`Subsystem`] whose type the KernelState does not know, so that imports
//! point down.

use super::lacking::Lacking;
use super::pid::{IDLE_PID, INIT_PID, PidTable};
use super::{Disposition, NewTask, PlacesInC, RLIMITS, TASK_RUNNING, Task, TaskFlags, TaskStruct};
use crate::clock::Clock;
use crate::cpumask::CpuMask;
use crate::diag::{PanicPolicy, Warning, WarningSink};
use crate::faults::{FaultPlan, Faults, plan_of_environment};
use crate::hung_task;
use crate::lockdep;
use crate::sync::{self, Arc, Mutex, Ordering, os, record};
use crate::trace::EventSink;
use crate::wait_graph;
use once_cell::sync::OnceCell;
use std::any::Any;
use std::panic::Location;
use std::time::Duration;

/// The default stack size of a kthread: the same as std's. Kernel code in a process calls libraries
/// that need more than a kernel's 16 KiB.
const DEFAULT_STACK_SIZE: usize = 2 * 1024 * 1024;

/// The per-Kernel data of an upper layer.
pub(crate) trait Subsystem: Any + Send + Sync {
    /// Its index in the KernelState.
    const ID: SubsystemId;
    /// Makes the subsystem of a new Kernel.
    fn new() -> Self;
}

/// The subsystems that a Kernel can have: one for each type that is a [`Subsystem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubsystemId {
    Kthreadd,
    Timers,
    Hrtimers,
    Tasklets,
    IrqWorks,
    Workqueues,
    CallRcu,
    CallSrcu,
    Async,
    Freezer,
    Hotplug,
    Sysctl,
    Umh,
    Lockdep,
    Deadlocks,
    Deadlines,
    HungTask,
    Ps,
}

const SUBSYSTEMS: usize = SubsystemId::Ps as usize + 1;

/// The options of a Kernel's builder.
pub(crate) struct KernelSetup {
    pub(crate) stack_size: usize,
    pub(crate) spare_threads: u32,
    pub(crate) exact_timeouts: bool,
    pub(crate) debug: bool,
    /// `None`: the environment decides, or else the default of a Kernel with `debug`.
    pub(crate) hung_task: Option<Duration>,
    /// Whether a stack overflow is reported by a handler of SIGSEGV and SIGBUS.
    pub(crate) signal_handlers: bool,
    pub(crate) panics: PanicPolicy,
    pub(crate) places_in_c: Option<PlacesInC>,
    /// `None`: the environment decides.
    pub(crate) faults: Option<FaultPlan>,
    pub(crate) warnings: WarningSink,
    pub(crate) events: EventSink,
}

impl Default for KernelSetup {
    fn default() -> Self {
        Self {
            stack_size: DEFAULT_STACK_SIZE,
            spare_threads: sync::SPARE_THREADS,
            exact_timeouts: sync::EXACT_TIMEOUTS,
            debug: sync::debug_by_default(),
            hung_task: sync::hung_task_by_default(),
            signal_handlers: sync::signal_handlers_by_default(),
            panics: PanicPolicy::Oops,
            places_in_c: None,
            faults: None,
            warnings: WarningSink::new(None),
            events: EventSink::new(None),
        }
    }
}

/// The KernelState of the default Kernel.
static DEFAULT: OnceCell<Arc<KernelState>> = OnceCell::new();

/// What upper layers check at certain points of a task. `sched` calls these, and knows no more; so
/// the arrow that points up is here, where the default Kernel is made, too. Each is called with the
/// current task.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Checks {
    /// The task is about to sleep, with its state set, or to spin for a lock for some time: checks
    /// for a deadlock, and notes the time.
    pub(crate) before_wait: Option<fn(&TaskStruct)>,
    /// The task has ended a section of `local_bh_disable`, by this call at this place: checks the
    /// locks that it holds.
    pub(crate) softirqs_on: Option<fn(&TaskStruct, &str, &'static Location<'static>)>,
    /// The task ends: checks what it leaves.
    pub(crate) task_ends: Option<fn(&TaskStruct)>,
}

impl Checks {
    fn of(debug: bool, hung_task: bool) -> Self {
        match (debug, hung_task) {
            (true, _) => Self {
                before_wait: Some(wait_graph::before_wait),
                softirqs_on: Some(lockdep::opened),
                task_ends: Some(lockdep::report_task_ends),
            },
            (false, true) => Self { before_wait: Some(hung_task::before_wait), ..Self::default() },
            (false, false) => Self::default(),
        }
    }
}

/// What all tasks of a Kernel share.
#[derive(Debug)]
pub(crate) struct KernelState {
    pub(crate) clock: Clock,
    pub(crate) pids: PidTable,
    pub(crate) warnings: WarningSink,
    pub(crate) events: EventSink,
    /// The injected faults, if there are any.
    pub(crate) faults: Option<Box<Faults>>,
    pub(crate) stack_size: usize,
    /// True if the checks that cost time run:
    /// [`KernelBuilder::debug`](crate::KernelBuilder::debug).
    pub(crate) debug: bool,
    /// [`KernelBuilder::signal_handlers`](crate::KernelBuilder::signal_handlers).
    pub(crate) signal_handlers: bool,
    /// The oopses that shall fail a test; `None` if none shall.
    oopses: Option<Mutex<Vec<String>>>,
    pub(super) places_in_c: Option<PlacesInC>,
    /// The checks of a debug Kernel. This is the only upward dependency.
    pub(crate) checks: Checks,
    /// How many threads kthreadd forks ahead at most.
    pub(crate) spare_threads: u32,
    /// The affinity and nice value that the process had when this Kernel booted. New threads get
    /// these.
    boot_cpus: CpuMask,
    boot_nice: i32,
    online_cpus: CpuMask,
    /// How many cpus `boot_cpus` has.
    pub(super) cpu_count: u32,
    /// By how much CLOCK_BOOTTIME, which includes suspended time, was ahead of CLOCK_MONOTONIC.
    pub(super) boottime_offset_ns: u64,
    /// The process's resource limits: soft and hard.
    pub(super) rlimits: [[u64; 2]; RLIMITS],
    refusal_told: record::AtomicBool,
    pub(super) lacking: Lacking,
    subsystems: [OnceCell<Box<dyn Any + Send + Sync>>; SUBSYSTEMS],
}

impl Drop for KernelState {
    fn drop(&mut self) {
        crate::debug_objects::forget_all_in(self);
    }
}

impl KernelState {
    pub(crate) fn new(setup: KernelSetup) -> Arc<Self> {
        os::watch_fork();
        if setup.panics == PanicPolicy::FailTest {
            sync::note_places_of_panics();
        }
        let plan = setup.faults.or_else(plan_of_environment).filter(|plan| !plan.is_empty());
        if plan.is_some() {
            sync::note_faults();
        }
        if setup.debug {
            sync::begin_debug();
        }
        let (boot_cpus, boot_nice) = os::process_attributes();
        let limit = setup.hung_task.or(setup.debug.then_some(hung_task::DEFAULT));
        let limit = limit.filter(|limit| !limit.is_zero());
        let kernel_state = Arc::new(Self {
            clock: Clock::start(setup.exact_timeouts),
            pids: PidTable::new(),
            warnings: setup.warnings,
            events: setup.events,
            faults: plan.map(|plan| Box::new(Faults::new(plan))),
            stack_size: setup.stack_size,
            debug: setup.debug,
            signal_handlers: setup.signal_handlers,
            oopses: (setup.panics == PanicPolicy::FailTest).then(|| Mutex::new(Vec::new())),
            places_in_c: setup.places_in_c,
            checks: Checks::of(setup.debug, limit.is_some()),
            spare_threads: setup.spare_threads,
            boot_cpus,
            boot_nice,
            online_cpus: os::online_cpus(),
            cpu_count: boot_cpus.count(),
            boottime_offset_ns: os::boottime_offset_ns(),
            rlimits: os::resource_limits(),
            refusal_told: record::AtomicBool::new(false),
            lacking: Lacking::new(),
            subsystems: Default::default(),
        });
        Self::make_idle(&kernel_state);
        if let Some(limit) = limit {
            hung_task::start(&kernel_state, limit);
        }
        kernel_state
    }

    /// The KernelState of the default Kernel.
    pub(crate) fn default_state() -> &'static Arc<Self> {
        sync::assert_process_statics();
        DEFAULT.get_or_init(|| Self::new(KernelSetup::default()))
    }

    /// Makes the default Kernel's KernelState by `setup`. `None` if there is one already.
    pub(crate) fn install_default(setup: KernelSetup) -> Option<&'static Arc<Self>> {
        sync::assert_process_statics();
        let mut setup = Some(setup);
        let state = DEFAULT.get_or_init(|| Self::new(setup.take().unwrap_or_default()));
        setup.is_none().then_some(state)
    }

    /// True for the default Kernel's.
    pub(crate) fn is_default(&self) -> bool {
        DEFAULT.get().is_some_and(|state| std::ptr::eq(&**state, self))
    }

    /// The data of the layer `S`; the first call makes it.
    pub(crate) fn subsystem<S: Subsystem>(&self) -> &S {
        let subsystem = self.subsystems[S::ID as usize].get_or_init(|| Box::new(S::new()));
        subsystem.downcast_ref().unwrap_or_else(|| unreachable!("every id has one type"))
    }

    /// The cpus that tasks of this Kernel may use: those of the process at boot. A mask with all of
    /// these means "anywhere", so that `taskset` around the program keeps its meaning.
    pub(crate) fn cpus(&self) -> CpuMask {
        self.boot_cpus
    }

    /// The online cpus of the machine.
    pub(crate) fn online_cpus(&self) -> CpuMask {
        self.online_cpus
    }

    /// The OS nice value of new threads. A task's nice value is relative to it.
    pub(crate) fn boot_nice(&self) -> i32 {
        self.boot_nice
    }

    /// True the first time: a Kernel warns once about a refusal of the operating system.
    pub(crate) fn first_refusal(&self) -> bool {
        !self.refusal_told.swap(true, Ordering::Relaxed)
    }

    /// An oops in this Kernel, if it shall fail a test.
    pub(crate) fn note_oops(&self, warning: &Warning<'_>) {
        if let Some(oopses) = &self.oopses {
            oopses.lock().push(warning.to_string());
        }
    }

    /// What [`note_oops`](Self::note_oops) has noted since the last call.
    pub(crate) fn take_oopses(&self) -> Vec<String> {
        self.oopses.as_ref().map(|oopses| std::mem::take(&mut *oopses.lock())).unwrap_or_default()
    }

    /// Makes the idle task, pid 0, which the booting thread is until init and kthreadd exist.
    fn make_idle(this: &Arc<Self>) {
        this.pids.insert(&Task::new(
            this,
            NewTask {
                pid: IDLE_PID,
                name: "swapper/0",
                flags: TaskFlags::IDLE | TaskFlags::KTHREAD | TaskFlags::NOFREEZE,
                state: TASK_RUNNING,
                parent: None,
                default_action: Disposition::Ignored,
                private: None,
            },
        ));
    }

    /// The idle task; `None` once the Kernel has shut down.
    pub(crate) fn idle(&self) -> Option<Task> {
        self.pids.find(IDLE_PID)
    }

    /// Removes init and the idle task after a shutdown, and with them the reference cycle of pid
    /// table, task and KernelState.
    #[must_use]
    pub(crate) fn bury_boot_tasks(&self) -> [Option<Task>; 2] {
        [INIT_PID, IDLE_PID].map(|pid| self.pids.remove(pid))
    }

    /// Makes a task for the calling foreign thread. The first one in a Kernel is init, pid 1.
    pub(crate) fn make_foreign(this: &Arc<Self>) -> Task {
        let (pid, parent) = match this.pids.claim_init() {
            true => (INIT_PID, this.idle()),
            false => (this.pids.allocate(), this.pids.find(INIT_PID).or_else(|| this.idle())),
        };
        let task = Task::new(
            this,
            NewTask {
                pid,
                name: &os::thread_name(),
                flags: TaskFlags::empty(),
                state: TASK_RUNNING,
                parent,
                default_action: Disposition::Default,
                private: None,
            },
        );
        task.note_os_thread();
        this.pids.insert(&task);
        task
    }
}
