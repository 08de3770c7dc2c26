//! The [`Kernel`] object: an instance of the runtime, with its own pids, clock, queues and
//! kthreadd.
//!
//! A process has a default Kernel. The first call that needs it boots it; the first call that
//! creates a thread starts its kthreadd. [`Kernel::builder`] boots further ones. A free function
//! acts in the Kernel of the calling task. Kernels share no pids and no kthreadd. A completion
//! belongs to no Kernel, and a wake-up reaches a task of any Kernel.

mod builder;

pub use builder::{BootError, KernelBuilder};

mod default;
mod panics;

use crate::clock::TICK_NSEC;
use crate::cpumask::CpuMask;
use crate::debug_objects;
use crate::errno::Errno;
use crate::freezer::{self, NotFrozen};
use crate::hrtimer::Heap;
use crate::hung_task;
use crate::irq_work::IrqWorks;
use crate::kthread::{self, Kthreadd, ShutdownReport};
use crate::pid::find_task_by_vpid;
use crate::ps;
use crate::sched::{Attached, attach, might_sleep_in, put_after_readers, wait_all_inactive, with_current};
use crate::smpboot;
use crate::sync::{self, Arc, os};
use crate::table::TaskTable;
use crate::task::{KernelState, Task};
use crate::tasklet::Tasklets;
use crate::timer;
use crate::wait_graph::WaitGraph;
use crate::workqueue;
use std::fmt;
use std::panic::Location;

/// A handle to a Kernel. A Kernel from a builder shuts down when its last handle is dropped.
#[derive(Clone)]
pub struct Kernel {
    kernel_state: Arc<KernelState>,
    /// None for a handle from [`Kernel::current`], which does not keep the Kernel up.
    owner: Option<Arc<Owner>>,
    /// The default Kernel's, from [`KernelBuilder::install_default`].
    installer: bool,
}

/// What the handles of a booted Kernel share. Dropping it shuts the Kernel down.
struct Owner {
    kernel_state: Arc<KernelState>,
    /// The booting thread's task.
    init: Task,
    boot_tid: i32,
}

impl Drop for Owner {
    fn drop(&mut self) {
        if os::forked() {
            // The Kernel belongs to the parent process.
            return;
        }
        shut_down(&self.kernel_state, Location::caller());
        panics::fail_test(&self.kernel_state);
    }
}

#[track_caller]
fn shut_down(kernel_state: &Arc<KernelState>, place: &'static Location<'static>) -> ShutdownReport {
    sync::refuse_in_forked_child();
    // A thread without a task waits as a new task of the Kernel that shuts down.
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
    /// Returns the options for a new Kernel.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// assert!(Kernel::current().online_cpus().count() > 0);
    /// assert!(kernel.uptime_ns() > 0);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn builder() -> KernelBuilder {
        KernelBuilder::default()
    }

    /// Returns the Kernel of the calling task: the default one, unless the caller is a kthread of
    /// another Kernel or has entered one. The handle does not keep the Kernel up.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// assert!(Kernel::current().online_cpus().count() > 0);
    /// assert!(kernel.uptime_ns() > 0);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn current() -> Self {
        with_current(|me| Self { kernel_state: me.kernel_state().clone(), owner: None, installer: false })
    }

    /// Makes the calling thread act in this Kernel until the guard is dropped; guards nest. The
    /// thread that booted the Kernel is init again; any other thread has a new task meanwhile.
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

    /// Returns kthreadd (pid 2), and starts it first if necessary. May sleep until it is up.
    ///
    /// # Errors
    ///
    /// [`BootError::NoThread`] if the operating system refuses the thread; [`BootError::Forked`] in
    /// a forked child.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// assert_eq!(kernel.kthreadd()?.pid(), 2);
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn kthreadd(&self) -> Result<Task, BootError> {
        if os::forked() {
            return Err(BootError::Forked);
        }
        with_current(|me| kthread::start_kthreadd(&self.kernel_state, me, Location::caller()))
            .map_err(BootError::NoThread)
    }

    /// Finds the task with this pid in this Kernel. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "worker")?;
    /// assert_eq!(Kernel::current().find_task_by_pid(task.pid()), Some(task.clone()));
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn find_task_by_pid(&self, pid: i32) -> Option<Task> {
        sync::refuse_in_forked_child();
        self.kernel_state.pids.find(pid)
    }

    /// True if this Kernel runs the checks that cost time: [`KernelBuilder::debug`].
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

    /// Returns the tasks as a table, with what each waits for. Never sleeps.
    pub fn task_table(&self) -> TaskTable {
        sync::refuse_in_forked_child();
        TaskTable::of(&self.kernel_state)
    }

    /// Returns a snapshot of which task waits for which. Never sleeps.
    pub fn wait_graph(&self) -> WaitGraph {
        sync::refuse_in_forked_child();
        WaitGraph::of(&self.kernel_state)
    }

    /// Returns all tasks in the order of their pids: `for_each_process`. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let pids: Vec<i32> = kernel.tasks().iter().map(|task| task.pid()).collect();
    /// assert_eq!(pids, [0, 1, 2]); // the idle task, init, kthreadd
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn tasks(&self) -> Vec<Task> {
        sync::refuse_in_forked_child();
        self.kernel_state.pids.all()
    }

    /// Returns the online cpus of this Kernel: the cpus that the process could use when the Kernel
    /// booted, without those that [`cpu_down`](Self::cpu_down) took down.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// assert!(Kernel::current().online_cpus().count() > 0);
    /// assert!(kernel.uptime_ns() > 0);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn online_cpus(&self) -> CpuMask {
        sync::refuse_in_forked_child();
        smpboot::online(&self.kernel_state)
    }

    /// Takes a cpu down: `cpu_down`. Its per-cpu threads
    /// ([`SmpHotplugThread`](crate::SmpHotplugThread)) park. Sleeps until they have.
    ///
    /// Only this Kernel treats the cpu as down: other threads are not moved off it. Returns `Ok`
    /// for a cpu that is down already.
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

    /// Brings a cpu up that was taken down: `cpu_up`. Binds its per-cpu threads to it again and
    /// unparks them, and creates those that were registered meanwhile. Sleeps.
    ///
    /// Returns `Ok` for a cpu that is online already.
    ///
    /// # Errors
    ///
    /// `EINVAL` for a cpu that the Kernel does not have; the error of
    /// [`kthread_create`](crate::kthread_create()) if a thread can't be created (the cpu then stays
    /// down); `EOWNERDEAD` in a forked child.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let cpu = kernel.online_cpus().iter().last().unwrap();
    /// // The last online cpu can't go down.
    /// if kernel.cpu_down(cpu).is_ok() {
    ///     assert!(!kernel.online_cpus().contains(cpu));
    ///     assert_eq!(kernel.cpu_up(cpu), Ok(()));
    /// }
    /// assert!(kernel.online_cpus().contains(cpu));
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn cpu_up(&self, cpu: u32) -> Result<(), Errno> {
        if os::forked() {
            return Err(Errno::EOWNERDEAD);
        }
        let _inside = self.enter();
        smpboot::cpu_up(&self.kernel_state, cpu)
    }

    /// Returns how many spare threads exist at this moment, including those that have not begun to
    /// run. See [`KernelBuilder::spare_threads`].
    pub fn spare_threads(&self) -> u32 {
        self.kernel_state.subsystem::<Kthreadd>().spare_threads()
    }

    /// Calls `tell` with the tick whenever this Kernel reads its clock. For the C side; not for use
    /// by hand.
    ///
    /// # Safety
    ///
    /// `tell` calls nothing of this crate: the runtime reads the clock where no user code may run.
    #[doc(hidden)]
    pub unsafe fn __on_time(&self, tell: fn(u64)) {
        self.kernel_state.clock.on_time(tell);
    }

    /// Returns the nanoseconds since this Kernel booted.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// assert!(Kernel::current().online_cpus().count() > 0);
    /// assert!(kernel.uptime_ns() > 0);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn uptime_ns(&self) -> u64 {
        self.kernel_state.clock.since_boot_ns(self.kernel_state.clock.now_ns())
    }

    /// Freezes the user tasks (those of foreign threads) and waits until all are frozen:
    /// `freeze_processes`. Sleeps.
    ///
    /// A foreign thread freezes in a freezable wait, or where it calls
    /// [`try_to_freeze`](crate::try_to_freeze); a thread that does neither makes this call fail.
    /// The caller itself is not frozen.
    ///
    /// # Errors
    ///
    /// [`NotFrozen`] with the tasks that did not freeze within 20 seconds; all tasks have been
    /// thawed again. The kernel returns `-EBUSY`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// assert_eq!(kernel.freeze_processes(), Ok(())); // the caller is the only user task
    /// kernel.thaw_processes();
    /// # Ok::<(), BootError>(())
    /// ```
    #[track_caller]
    pub fn freeze_processes(&self) -> Result<(), NotFrozen> {
        freezer::freeze_processes(&self.kernel_state, Location::caller())
    }

    /// Freezes the freezable kthreads and waits until all are frozen: `freeze_kernel_threads`.
    /// Sleeps.
    ///
    /// The kernel also freezes user tasks that are not frozen yet. Here they go on, because a
    /// foreign thread that never calls a freezable wait would make every call fail.
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

    /// Thaws all frozen tasks: `thaw_processes`. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// kernel.freeze_processes().unwrap();
    /// kernel.freeze_kernel_threads().unwrap();
    /// kernel.thaw_processes();
    /// # kernel.thaw_processes();
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn thaw_processes(&self) {
        freezer::thaw_processes(&self.kernel_state);
        workqueue::freeze::thaw(&self.kernel_state);
    }

    /// Thaws the frozen kthreads: `thaw_kernel_threads`. User tasks that
    /// [`freeze_processes`](Self::freeze_processes) froze stay frozen. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let kernel = Kernel::builder().boot()?;
    /// let inside = kernel.enter();
    /// kernel.freeze_processes().unwrap();
    /// kernel.freeze_kernel_threads().unwrap();
    /// kernel.thaw_kernel_threads();
    /// # kernel.thaw_processes();
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn thaw_kernel_threads(&self) {
        freezer::thaw_kernel_threads(&self.kernel_state);
        workqueue::freeze::thaw(&self.kernel_state);
    }

    /// Waits until no kthread of this Kernel runs: each sleeps or has ended. Returns false if one
    /// still runs after `jiffies`. Sleeps, and does not poll. kthreadd and the timers' threads
    /// don't count.
    ///
    /// Call it before [`shutdown`](Self::shutdown) so that a thread that is about to return is not
    /// reported as alive.
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

    /// Shuts the Kernel down and returns what it leaves behind. Sleeps until the Kernel is down.
    ///
    /// When it returns, no callback of a timer, tasklet or irq_work runs, and none will begin.
    /// Creating a thread fails with `ESHUTDOWN`, also for requests in the queue. kthreadd joins the
    /// OS threads of all kthreads that have ended, and ends. Kthreads that nobody stopped are in
    /// the report and run on. A second shutdown returns the same report.
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

/// The calling thread acts in a Kernel until this is dropped; see [`Kernel::enter`].
#[derive(Debug)]
pub struct Entered {
    _attached: Attached,
}

/// Finds the task with this pid in the calling task's Kernel: `find_task_by_pid`.
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

/// Freezes the user tasks of the calling task's Kernel: `freeze_processes`, see
/// [`Kernel::freeze_processes`]. `EBUSY` if a task did not freeze.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// freeze_processes()?; // the caller is the only user task
/// thaw_processes();
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn freeze_processes() -> Result<(), Errno> {
    Kernel::current().freeze_processes().map_err(|_| Errno::EBUSY)
}

/// Freezes the freezable kthreads of the calling task's Kernel: `freeze_kernel_threads`, see
/// [`Kernel::freeze_kernel_threads`]. `EBUSY` if a task did not freeze.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(freeze_kernel_threads(), Ok(())); // no kthread has called set_freezable
/// thaw_kernel_threads();
/// ```
#[track_caller]
pub fn freeze_kernel_threads() -> Result<(), Errno> {
    Kernel::current().freeze_kernel_threads().map_err(|_| Errno::EBUSY)
}

/// Thaws all tasks of the calling task's Kernel: `thaw_processes`, see [`Kernel::thaw_processes`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// freeze_processes()?; // the caller is the only user task
/// thaw_processes();
/// # Ok::<(), Errno>(())
/// ```
pub fn thaw_processes() {
    Kernel::current().thaw_processes();
}

/// Thaws the kthreads of the calling task's Kernel: `thaw_kernel_threads`, see
/// [`Kernel::thaw_kernel_threads`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// freeze_processes()?;
/// freeze_kernel_threads()?;
/// thaw_kernel_threads();
/// thaw_processes();
/// # Ok::<(), Errno>(())
/// ```
pub fn thaw_kernel_threads() {
    Kernel::current().thaw_kernel_threads();
}
