//! The [`Kernel`] object: boot, enter, look around, shut down.
//!
//! A process has a default Kernel, which begins with the first call that needs it; its kthreadd
//! starts with the first thread that is created. [`Kernel::builder`] makes further ones. A free
//! function acts in the Kernel of the calling task. Two Kernels share no pids and no kthreadd;
//! completions belong to none, and a wake reaches a task of any.

mod default;
mod panics;

use crate::asynchronous;
use crate::clock::TICK_NSEC;
use crate::cpumask::CpuMask;
use crate::debug_objects;
use crate::diag::{Warning, WarningSink};
use crate::errno::Errno;
use crate::faults::FaultPlan;
use crate::freezer::{self, Freezer, NotFrozen};
use crate::hrtimer::Heap;
use crate::hung_task;
use crate::irq_work::IrqWorks;
use crate::kthread::{self, Kthreadd, ShutdownReport};
use crate::pid::find_task_by_vpid;
use crate::ps;
use crate::sched::{Attached, attach, might_sleep_in, put_after_readers, wait_all_inactive, with_current};
use crate::smpboot::{self, Hotplug};
use crate::sync::{self, Arc, os};
use crate::table::TaskTable;
use crate::task::{KernelSetup, KernelState, PlacesInC, Task};
use crate::tasklet::Tasklets;
use crate::timer;
use crate::trace::{Event, EventSink};
use crate::wait_graph::WaitGraph;
use crate::workqueue::{self, Workqueues};
use std::fmt;
use std::panic::Location;
use std::time::Duration;

/// The least stack that a kthread can have: what the C library and the runtime need, with some
/// room.
const MIN_STACK_SIZE: usize = 64 * 1024;

/// Why a Kernel did not boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BootError {
    /// The operating system refused the thread for kthreadd.
    NoThread(Errno),
    /// The process was forked from one that uses the runtime: its threads and locks are not usable
    /// here.
    Forked,
    /// [`KernelBuilder::install_default`] came too late: a call of this process has booted the
    /// default Kernel already.
    AlreadyBooted,
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoThread(errno) => write!(f, "no thread for kthreadd: {errno}"),
            Self::Forked => {
                f.write_str("a process forked from one that runs a Kernel can't have one; exec first")
            }
            Self::AlreadyBooted => f.write_str(
                "the default Kernel has booted already: install its options before the first call that needs it",
            ),
        }
    }
}

impl std::error::Error for BootError {}

/// Options for a Kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let kernel = Kernel::builder()
///     .stack_size(256 * 1024)
///     .on_warning(|warning| eprintln!("{warning}"))
///     .boot()?;
/// let report = kernel.shutdown();
/// assert!(report.alive.is_empty());
/// # Ok::<(), BootError>(())
/// ```
#[must_use]
#[derive(Default)]
pub struct KernelBuilder {
    setup: KernelSetup,
    ps: bool,
}

impl fmt::Debug for KernelBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KernelBuilder").field("stack_size", &self.setup.stack_size).finish_non_exhaustive()
    }
}

impl KernelBuilder {
    /// The stack of each kthread in bytes, 2 MiB unless said otherwise, and 64 KiB at the least.
    /// The system takes memory for the pages that are used.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.setup.stack_size = bytes.max(MIN_STACK_SIZE);
        self
    }

    /// How many threads kthreadd forks ahead at most: 16 unless said otherwise.
    ///
    /// With spares, creating a kthread is a matter of giving one a name and a function, and nobody
    /// sleeps. kthreadd forks two when it starts, and each time it fills the stock up (when the
    /// last spare is taken, or a thread ends and half of them are gone) it wants twice as many, up
    /// to this number. With 0 every create is a request to kthreadd and waits for the answer, as in
    /// the kernel; and a finished thread is joined at once, rather than when a few have finished.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().spare_threads(0).boot()?;
    /// assert_eq!(kernel.shutdown().spares, 0);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn spare_threads(mut self, most: u32) -> Self {
        self.setup.spare_threads = most;
        self
    }

    /// Whether a limit in jiffies ends exactly so many jiffies after it began; without this it ends
    /// as a kernel's does.
    ///
    /// A kernel's timers run when the jiffy they are for is over, and those that are far off later
    /// than that: a sleep of 1 jiffy takes 4 to 8 ms, `msleep(1)` 8 to 12 ms. Code that asks
    /// `time_after(jiffies, start + n)` after a sleep of *n* jiffies counts on it. Exact limits are
    /// for programs that want the shortest sleep.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().exact_timeouts(true).boot()?;
    /// let inside = kernel.enter();
    /// let before = std::time::Instant::now();
    /// msleep(8); // two jiffies
    /// assert!(before.elapsed().as_millis() >= 8); // and 12 to 16 without exact_timeouts
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn exact_timeouts(mut self, exact: bool) -> Self {
        self.setup.exact_timeouts = exact;
        self
    }

    /// Whether to check what costs time, as a kernel does that is built for debugging. Without
    /// this, the environment variable `KTHREAD_RT_DEBUG` decides: the checks run if it is set, and
    /// is neither empty nor `0`.
    ///
    /// What costs nothing that can be measured is always checked. What is found is a
    /// [`Warning`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().debug(true).boot()?;
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn debug(mut self, debug: bool) -> Self {
        self.setup.debug = debug;
        self
    }

    /// How long a task may hang before that is told, once for each wait, as `khungtaskd` does:
    /// sleep in `TASK_UNINTERRUPTIBLE`, or run without a call that sleeps. Zero: nobody looks.
    /// Without this, the environment variable `KTHREAD_RT_HUNG_TASK` decides, in seconds; without
    /// that, it is 120 seconds in a Kernel with [`debug`](Self::debug), and nobody looks in others.
    ///
    /// The report has the kernel's own line, what the task waits for, who is to end that, and what
    /// those wait for.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::time::Duration;
    ///
    /// let kernel = Kernel::builder().hung_task(Duration::from_secs(5)).boot()?;
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn hung_task(mut self, limit: Duration) -> Self {
        self.setup.hung_task = Some(limit);
        self
    }

    /// Whether this user may ask the process from outside what the tasks are at, by a socket in its
    /// own folder: `ukmod ps PID`. Off unless said otherwise. Of several Kernels of a process that
    /// want it one gets it.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().ps(true).boot()?;
    /// let table = ask_ps(std::process::id(), "table").unwrap();
    /// assert!(table.contains("kthreadd"));
    /// kernel.shutdown();
    /// assert!(!ps_socket(std::process::id()).exists());
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn ps(mut self, ps: bool) -> Self {
        self.ps = ps;
        self
    }

    /// Which faults are to happen, and when: see [`faults`](crate::faults). Without this, the
    /// environment variable `KTHREAD_RT_FAULTS` says so; with an empty plan there are none.
    ///
    /// ```
    /// use kthread_rt::faults::{Fault, FaultPlan, When};
    /// use kthread_rt::prelude::*;
    ///
    /// let plan = FaultPlan::new().with(Fault::CreateFails(Errno::EAGAIN), When::EveryNth(2));
    /// let kernel = Kernel::builder().faults(plan).boot()?;
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.setup.faults = Some(plan);
        self
    }

    /// How places in C are found: for reports, if [`debug`](Self::debug) is on.
    #[doc(hidden)]
    pub fn places_in_c(mut self, places: PlacesInC) -> Self {
        self.setup.places_in_c = Some(places);
        self
    }

    /// What to do with a warning instead of printing it. A panic of the handler is contained. A
    /// warning that a handler of warnings causes itself is printed.
    pub fn on_warning(mut self, handler: impl Fn(&Warning<'_>) + Send + Sync + 'static) -> Self {
        self.setup.warnings = WarningSink::new(Some(Box::new(handler)));
        self
    }

    /// What to do with events: the handler is called by the task that an event is about, in the
    /// middle of what it does, so it should be short, and must not create, stop or wait for tasks,
    /// nor use the wait queue or the lock that the event happens at, which may be locked. A panic
    /// of the handler is contained. Events that a handler of events causes itself are not told.
    pub fn on_event(mut self, handler: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.setup.events = EventSink::new(Some(Box::new(handler)));
        self
    }

    /// Boots: the calling thread starts kthreadd as the idle task (pid 0), then waits for it as
    /// init (pid 1).
    ///
    /// # Errors
    ///
    /// [`BootError::NoThread`] if the operating system refuses the thread; [`BootError::Forked`] in
    /// a forked child.
    #[track_caller]
    pub fn boot(self) -> Result<Kernel, BootError> {
        if os::forked() {
            return Err(BootError::Forked);
        }
        let kernel = self.boot_on_demand()?;
        let init = kernel.enter();
        with_current(|me| kthread::start_kthreadd(&kernel.kernel_state, me, Location::caller()))
            .map_err(BootError::NoThread)?;
        drop(init);
        Ok(kernel)
    }

    /// Makes the calling thread init (pid 1), and leaves kthreadd to the first call that creates a
    /// thread, as the default Kernel does. A program that creates none then has no thread more than
    /// it started.
    ///
    /// # Errors
    ///
    /// [`BootError::Forked`] in a forked child.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot_on_demand()?;
    /// let inside = kernel.enter();
    /// assert_eq!(find_task_by_pid(2), None);
    /// let task = kthread_create!(|()| 0, (), "first").unwrap();
    /// assert_eq!(find_task_by_pid(2), task.parent());
    /// _ = kthread_stop(&task);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn boot_on_demand(self) -> Result<Kernel, BootError> {
        if os::forked() {
            return Err(BootError::Forked);
        }
        let kernel_state = KernelState::new(self.setup);
        prepare(&kernel_state, self.ps);
        let init = KernelState::make_foreign(&kernel_state);
        let owner = Owner { kernel_state: kernel_state.clone(), init, boot_tid: os::gettid() };
        Ok(Kernel { kernel_state, owner: Some(Arc::new(owner)), installer: false })
    }
}

/// What a Kernel has before any other thread can know it.
fn prepare(kernel_state: &Arc<KernelState>, ps: bool) {
    // Made while there is one thread: the cell that holds it is std's, which no model sees through.
    let _: &Kthreadd = kernel_state.subsystem();
    let _: &Freezer = kernel_state.subsystem();
    let _: &Workqueues = kernel_state.subsystem();
    let _: &Hotplug = kernel_state.subsystem();
    let _: &asynchronous::Calls = kernel_state.subsystem();
    if ps {
        // Nobody can ask then, and all else goes well.
        let _ = ps::open(kernel_state);
    }
}

/// A handle to a Kernel. The Kernel of a builder shuts down when its last handle goes.
#[derive(Clone)]
pub struct Kernel {
    kernel_state: Arc<KernelState>,
    /// None for a handle that was asked of a task: such a handle does not keep a Kernel up.
    owner: Option<Arc<Owner>>,
    /// The default Kernel's, from [`KernelBuilder::install_default`].
    installer: bool,
}

/// What the handles of a booted Kernel share; its end is the Kernel's.
struct Owner {
    kernel_state: Arc<KernelState>,
    /// The booting thread's task.
    init: Task,
    boot_tid: i32,
}

impl Drop for Owner {
    fn drop(&mut self) {
        if os::forked() {
            // The Kernel is another process's.
            return;
        }
        shut_down(&self.kernel_state, Location::caller());
        panics::fail_test(&self.kernel_state);
    }
}

#[track_caller]
fn shut_down(kernel_state: &Arc<KernelState>, place: &'static Location<'static>) -> ShutdownReport {
    sync::refuse_in_forked_child();
    // A thread without a task of its own waits as one of the Kernel that goes down.
    let waiter = sync::current_ptr().is_null().then(|| attach(kernel_state));
    hung_task::stop(kernel_state);
    ps::close(kernel_state);
    let left = debug_objects::left_in(kernel_state);
    kernel_state.subsystem::<Kthreadd>().note_left(left);
    let report = with_current(|me| {
        timer::shut_down::<timer::Wheel>(kernel_state, me, place);
        timer::shut_down::<Heap>(kernel_state, me, place);
        timer::shut_down::<Tasklets>(kernel_state, me, place);
        timer::shut_down::<IrqWorks>(kernel_state, me, place);
        workqueue::shut_down(kernel_state, me, place);
        Kthreadd::shut_down(kernel_state, me, place)
    });
    drop(waiter);
    kernel_state.bury_boot_tasks().into_iter().for_each(put_after_readers);
    report
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel").field("tasks", &self.tasks()).finish_non_exhaustive()
    }
}

impl Kernel {
    /// Options for a new Kernel.
    pub fn builder() -> KernelBuilder {
        KernelBuilder::default()
    }

    /// The Kernel of the calling task: the default one, unless the caller is a kthread of another
    /// or has entered another. The handle does not keep the Kernel up.
    pub fn current() -> Self {
        with_current(|me| Self { kernel_state: me.kernel_state().clone(), owner: None, installer: false })
    }

    /// Makes the calling thread act in this Kernel until the guard goes; guards nest. The thread
    /// that booted the Kernel is init again, any other thread gets a new task for the time.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// assert_eq!(current().pid(), 1);
    /// drop(inside);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn enter(&self) -> Entered {
        sync::refuse_in_forked_child();
        let attached = match &self.owner {
            Some(owner) if owner.boot_tid == os::gettid() => Attached::new(owner.init.clone(), false),
            _ => attach(&self.kernel_state),
        };
        Entered { _attached: attached }
    }

    /// kthreadd, which is started if it has not been: pid 2.
    ///
    /// # Errors
    ///
    /// [`BootError::NoThread`] if the operating system refuses the thread; [`BootError::Forked`] in
    /// a forked child.
    #[track_caller]
    pub fn kthreadd(&self) -> Result<Task, BootError> {
        if os::forked() {
            return Err(BootError::Forked);
        }
        with_current(|me| kthread::start_kthreadd(&self.kernel_state, me, Location::caller()))
            .map_err(BootError::NoThread)
    }

    /// The task with this pid.
    pub fn find_task_by_pid(&self, pid: i32) -> Option<Task> {
        sync::refuse_in_forked_child();
        self.kernel_state.pids.find(pid)
    }

    /// True if this Kernel checks what costs time: [`KernelBuilder::debug`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert!(Kernel::builder().debug(true).boot()?.debugs());
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn debugs(&self) -> bool {
        self.kernel_state.debug
    }

    /// The tasks as a table, with what each waits for. Never sleeps.
    pub fn task_table(&self) -> TaskTable {
        sync::refuse_in_forked_child();
        TaskTable::of(&self.kernel_state)
    }

    /// Who waits for whom, at this moment. Never sleeps.
    pub fn wait_graph(&self) -> WaitGraph {
        sync::refuse_in_forked_child();
        WaitGraph::of(&self.kernel_state)
    }

    /// All tasks, by pid: `for_each_process`.
    pub fn tasks(&self) -> Vec<Task> {
        sync::refuse_in_forked_child();
        self.kernel_state.pids.all()
    }

    /// The cpus of this Kernel that are online: those that the process could use when it booted,
    /// without those that were taken down.
    pub fn online_cpus(&self) -> CpuMask {
        sync::refuse_in_forked_child();
        smpboot::online(&self.kernel_state)
    }

    /// Takes a cpu down: `cpu_down`. Its per-cpu threads
    /// ([`SmpHotplugThread`](crate::SmpHotplugThread)) park. Sleeps until they have.
    ///
    /// What goes down is the Kernel's idea of a cpu: other threads are not moved. A cpu that is
    /// down already is no error.
    ///
    /// # Errors
    ///
    /// In the kernel's order: `EBUSY` if only one cpu is online; `EINVAL` for a cpu that the Kernel
    /// does not have; `EOWNERDEAD` in a forked child.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// for cpu in kernel.online_cpus().iter().skip(1) {
    ///     assert_eq!(kernel.cpu_down(cpu), Ok(()));
    /// }
    /// let last = kernel.online_cpus().iter().next().unwrap();
    /// assert_eq!(kernel.cpu_down(last), Err(Errno::EBUSY));
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn cpu_down(&self, cpu: u32) -> Result<(), Errno> {
        if os::forked() {
            return Err(Errno::EOWNERDEAD);
        }
        let _inside = self.enter();
        smpboot::cpu_down(&self.kernel_state, cpu)
    }

    /// Brings a cpu up that was taken down: `cpu_up`. Its per-cpu threads go on, bound to it again;
    /// those that were registered meanwhile are made. Sleeps.
    ///
    /// A cpu that is online is no error.
    ///
    /// # Errors
    ///
    /// `EINVAL` for a cpu that the Kernel does not have; if a thread can't be made, as
    /// [`kthread_create`](crate::kthread_create()), and the cpu stays down; `EOWNERDEAD` in a
    /// forked child.
    #[track_caller]
    pub fn cpu_up(&self, cpu: u32) -> Result<(), Errno> {
        if os::forked() {
            return Err(Errno::EOWNERDEAD);
        }
        let _inside = self.enter();
        smpboot::cpu_up(&self.kernel_state, cpu)
    }

    /// How many threads kthreadd has forked ahead at this moment, those that are about to be ready
    /// among them. See [`KernelBuilder::spare_threads`].
    pub fn spare_threads(&self) -> u32 {
        self.kernel_state.subsystem::<Kthreadd>().spare_threads()
    }

    /// Has `tell` called with the tick whenever this Kernel looks at its clock. For the C side; not
    /// for use by hand.
    ///
    /// # Safety
    ///
    /// `tell` calls nothing of this crate: the clock is looked at where nobody expects code of the
    /// user's.
    #[doc(hidden)]
    pub unsafe fn __on_time(&self, tell: fn(u64)) {
        self.kernel_state.clock.on_time(tell);
    }

    /// Nanoseconds since this Kernel booted.
    pub fn uptime_ns(&self) -> u64 {
        self.kernel_state.clock.since_boot_ns(self.kernel_state.clock.now_ns())
    }

    /// Freezes the user tasks (those of foreign threads) and waits until all are frozen:
    /// `freeze_processes`. Sleeps.
    ///
    /// A foreign thread freezes in a freezable wait, or where it calls
    /// [`try_to_freeze`](crate::try_to_freeze); one that does neither is not frozen, and makes this
    /// fail. The caller's own task is left out.
    ///
    /// # Errors
    ///
    /// [`NotFrozen`] with those who did not freeze within 20 seconds; everybody has been thawed
    /// again. The kernel: `-EBUSY`.
    #[track_caller]
    pub fn freeze_processes(&self) -> Result<(), NotFrozen> {
        freezer::freeze_processes(&self.kernel_state, Location::caller())
    }

    /// Freezes the freezable kthreads and waits until all are frozen: `freeze_kernel_threads`.
    /// Sleeps.
    ///
    /// In the kernel the user tasks, which are frozen before, are meant too; here they are left
    /// alone, since a foreign thread that never comes to a freezing place would make every call
    /// fail.
    ///
    /// # Errors
    ///
    /// As [`freeze_processes`](Self::freeze_processes).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// let task = kthread_run!(
    ///     |()| {
    ///         set_freezable();
    ///         let wq = WaitQueueHead::new();
    ///         wait_event_freezable!(wq, kthread_should_stop()).map_or(1, |()| 0)
    ///     },
    ///     (),
    ///     "freezable"
    /// )
    /// .unwrap();
    /// _ = wait_task_inactive(&task, TASK_RUNNING); // it sleeps, in whatever state
    /// kernel.freeze_kernel_threads().unwrap();
    /// assert!(frozen(&task));
    /// kernel.thaw_processes();
    /// _ = kthread_stop(&task);
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn freeze_kernel_threads(&self) -> Result<(), NotFrozen> {
        let place = Location::caller();
        workqueue::freeze::begin(&self.kernel_state);
        let result = freezer::freeze_kernel_threads(&self.kernel_state, place)
            .and_then(|()| workqueue::freeze::wait(&self.kernel_state, "freeze_kernel_threads", place));
        if result.is_err() {
            self.thaw_kernel_threads();
        }
        result
    }

    /// Lets all frozen tasks go on: `thaw_processes`. Never sleeps.
    pub fn thaw_processes(&self) {
        freezer::thaw_processes(&self.kernel_state);
        workqueue::freeze::thaw(&self.kernel_state);
    }

    /// Lets the frozen kthreads go on, and leaves the user tasks frozen if they were frozen by
    /// [`freeze_processes`](Self::freeze_processes): `thaw_kernel_threads`. Never sleeps.
    pub fn thaw_kernel_threads(&self) {
        freezer::thaw_kernel_threads(&self.kernel_state);
        workqueue::freeze::thaw(&self.kernel_state);
    }

    /// Waits until no kthread of this Kernel runs: each is asleep, or has ended. False if one still
    /// runs after `jiffies`. Sleeps, and does not poll. kthreadd and the threads that call timers
    /// are not meant.
    ///
    /// For who is about to shut down, and wants to hear of those only that nobody will stop: a
    /// thread that is about to return is not yet one that has ended.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// kthread_run!(|()| 0, (), "returns").unwrap();
    /// assert!(kernel.settle(10 * HZ));
    /// assert_eq!(kernel.shutdown().alive, []);
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn settle(&self, jiffies: u64) -> bool {
        sync::refuse_in_forked_child();
        let place = Location::caller();
        let _inside = self.enter();
        with_current(|me| {
            might_sleep_in(me, "settle", place);
            let limit = jiffies.saturating_mul(TICK_NSEC);
            let deadline = me.kernel_state().clock.now_ns().saturating_add(limit);
            wait_all_inactive(me, kthread::is_kthread, deadline, place)
        })
    }

    /// Shuts the Kernel down, and waits until it is down. Sleeps.
    ///
    /// No callback of a timer, tasklet or irq_work begins any more, and none runs when it returns.
    /// No thread can be created any more (`ESHUTDOWN`); queued requests are answered with that
    /// error; kthreadd joins the OS threads of all kthreads that have ended, and ends. Kthreads
    /// that nobody stopped are in the report and run on. A second shutdown returns the same report.
    ///
    /// The default Kernel belongs to all parts of the process. It shuts down by the handle of
    /// [`KernelBuilder::install_default`] only; any other handle gets a warning, and a report with
    /// [`refused`](ShutdownReport::refused).
    ///
    /// # Panics
    ///
    /// If a thread panicked, and the Kernel has
    /// [`PanicPolicy::FailTest`](crate::diag::PanicPolicy::FailTest).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// let task = kthread_create!(|()| 0, (), "short").unwrap();
    /// _ = kthread_stop(&task);
    /// let report = kernel.shutdown();
    /// assert_eq!((report.forked, report.joined), (1, 1));
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn shutdown(&self) -> ShutdownReport {
        if !self.installer && self.kernel_state.is_default() {
            return default::refuse_shutdown(&self.kernel_state, Location::caller());
        }
        let report = shut_down(&self.kernel_state, Location::caller());
        panics::fail_test(&self.kernel_state);
        report
    }
}

/// The calling thread acts in a Kernel as long as this exists; see [`Kernel::enter`].
#[derive(Debug)]
pub struct Entered {
    _attached: Attached,
}

/// The task with this pid in the calling task's Kernel: `find_task_by_pid`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "findable")?;
/// assert_eq!(find_task_by_pid(task.pid()), Some(task.clone()));
/// _ = kthread_stop(&task);
/// assert_eq!(find_task_by_pid(task.pid()), None);
/// # Ok::<(), Errno>(())
/// ```
pub fn find_task_by_pid(pid: i32) -> Option<Task> {
    find_task_by_vpid(pid)
}

/// [`Kernel::freeze_processes`] of the calling task's Kernel: `freeze_processes`. `EBUSY` if some
/// did not freeze.
#[track_caller]
pub fn freeze_processes() -> Result<(), Errno> {
    Kernel::current().freeze_processes().map_err(|_| Errno::EBUSY)
}

/// [`Kernel::freeze_kernel_threads`] of the calling task's Kernel: `freeze_kernel_threads`. `EBUSY`
/// if some did not freeze.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(freeze_kernel_threads(), Ok(())); // nobody has said that he is freezable
/// thaw_kernel_threads();
/// ```
#[track_caller]
pub fn freeze_kernel_threads() -> Result<(), Errno> {
    Kernel::current().freeze_kernel_threads().map_err(|_| Errno::EBUSY)
}

/// [`Kernel::thaw_processes`] of the calling task's Kernel: `thaw_processes`.
pub fn thaw_processes() {
    Kernel::current().thaw_processes();
}

/// [`Kernel::thaw_kernel_threads`] of the calling task's Kernel: `thaw_kernel_threads`.
pub fn thaw_kernel_threads() {
    Kernel::current().thaw_kernel_threads();
}
