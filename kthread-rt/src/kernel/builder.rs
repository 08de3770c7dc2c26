//! [`KernelBuilder`]: the options of a new Kernel, and booting it.

use super::{Kernel, Owner};
use crate::asynchronous;
use crate::diag::{Warning, WarningSink};
use crate::errno::Errno;
use crate::faults::FaultPlan;
use crate::freezer::Freezer;
use crate::kthread::{self, Kthreadd};
use crate::ps;
use crate::sched::with_current;
use crate::smpboot::Hotplug;
use crate::sync::{Arc, os};
use crate::task::{KernelSetup, KernelState, PlacesInC};
use crate::trace::{Event, EventSink};
use crate::workqueue::Workqueues;
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
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoThread(errno) => write!(f, "no thread for kthreadd: {errno}"),
            Self::Forked => {
                f.write_str("a process forked from one that runs a Kernel can't have one; exec first")
            }
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
    /// kthread_stop(&task);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn boot_on_demand(self) -> Result<Kernel, BootError> {
        if os::forked() {
            return Err(BootError::Forked);
        }
        let kernel_state = KernelState::new(self.setup);
        // Made while there is one thread: the cell that holds it is std's, which no model sees
        // through.
        let _: &Kthreadd = kernel_state.subsystem();
        let _: &Freezer = kernel_state.subsystem();
        let _: &Workqueues = kernel_state.subsystem();
        let _: &Hotplug = kernel_state.subsystem();
        let _: &asynchronous::Calls = kernel_state.subsystem();
        if self.ps {
            // Nobody can ask then, and all else goes well.
            let _ = ps::open(&kernel_state);
        }
        let init = KernelState::make_foreign(&kernel_state);
        let owner = Owner { kernel_state: kernel_state.clone(), init, boot_tid: os::gettid() };
        Ok(Kernel { kernel_state, owner: Some(Arc::new(owner)) })
    }
}
