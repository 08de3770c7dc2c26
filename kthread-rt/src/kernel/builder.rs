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

/// The smallest stack of a kthread: what the C library and the runtime need, with some room.
const MIN_STACK_SIZE: usize = 64 * 1024;

/// Why a Kernel did not boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BootError {
    /// The operating system refused the thread for kthreadd.
    NoThread(Errno),
    /// The process is a forked child of one that uses the runtime: the parent's threads and locks
    /// are unusable here.
    Forked,
    /// [`KernelBuilder::install_default`] came too late: a call of this process has booted the
    /// default Kernel already.
    AlreadyBooted,
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoThread(errno) => {
                write!(f, "the operating system refused the thread for kthreadd: {errno}")
            }
            Self::Forked => f.write_str(
                "a forked child of a process that uses the runtime can't boot a Kernel; it must exec first",
            ),
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
    pub(super) setup: KernelSetup,
    pub(super) ps: bool,
}

impl fmt::Debug for KernelBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KernelBuilder").field("stack_size", &self.setup.stack_size).finish_non_exhaustive()
    }
}

impl KernelBuilder {
    /// Sets the stack size of each kthread in bytes: 2 MiB by default, 64 KiB at least. Only pages
    /// that are used take memory.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.setup.stack_size = bytes.max(MIN_STACK_SIZE);
        self
    }

    /// Sets how many spare threads kthreadd forks ahead at most: 16 by default.
    ///
    /// A call that creates a kthread gives a spare a name and a function, and does not sleep.
    /// kthreadd forks two spares when it starts. It refills the pool when the last spare is taken,
    /// or when a thread ends while the pool is not full, and doubles the pool's size each time, up
    /// to this number.
    ///
    /// With 0, each call that creates a kthread sleeps until kthreadd has answered, as in the
    /// kernel; and kthreadd joins each finished thread at once rather than in batches.
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

    /// Makes a timeout of *n* jiffies end exactly *n* jiffies after it began. Off by default:
    /// timeouts then end at ticks, as in a kernel.
    ///
    /// A kernel runs a timer when the jiffy that it is for is over, and a timer that is far off
    /// even later: a sleep of 1 jiffy takes 4 to 8 ms, `msleep(1)` 8 to 12 ms. Code that tests
    /// `time_after(jiffies, start + n)` after a sleep of *n* jiffies relies on it. Exact timeouts
    /// are for programs that want the shortest sleep.
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

    /// Turns on the checks that cost time, as in a kernel built for debugging. Without this call,
    /// the environment variable `KTHREAD_RT_DEBUG` decides: the checks run if it is set and is
    /// neither empty nor `0`.
    ///
    /// Checks with no measurable cost always run. Each fault found is a [`Warning`].
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

    /// Sets how long a task may hang before a warning reports it, as `khungtaskd` does, once for
    /// each wait. A task hangs if it sleeps in `TASK_UNINTERRUPTIBLE`, or runs without a call that
    /// sleeps. Zero turns the check off. Without this call, the environment variable
    /// `KTHREAD_RT_HUNG_TASK` decides, in seconds; without that, the limit is 120 seconds in a
    /// Kernel with [`debug`](Self::debug), and the check is off in others.
    ///
    /// The report has the kernel's line, what the task waits for, which tasks should end that wait,
    /// and what those wait for.
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

    /// Opens a socket in the user's own folder, where the same user may ask what the tasks do
    /// (`ukmod ps PID`). Off by default. If several Kernels of a process want the socket, one gets
    /// it.
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

    /// Sets which faults to inject, and when: see [`faults`](crate::faults). Without this call, the
    /// environment variable `KTHREAD_RT_FAULTS` decides; an empty plan injects none.
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

    /// Sets how reports find places in C, if [`debug`](Self::debug) is on.
    #[doc(hidden)]
    pub fn places_in_c(mut self, places: PlacesInC) -> Self {
        self.setup.places_in_c = Some(places);
        self
    }

    /// Calls `handler` with each warning instead of printing it. A panic of the handler is
    /// contained. A warning that the handler itself causes is printed.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// use std::sync::{Arc, Mutex};
    ///
    /// let calls = Arc::new(Mutex::new(Vec::new()));
    /// let log = calls.clone();
    /// let kernel = Kernel::builder()
    ///     .on_warning(move |warning| log.lock().unwrap().push(warning.call.to_owned()))
    ///     .boot()?;
    /// let inside = kernel.enter();
    /// preempt_enable(); // without a preempt_disable
    /// assert_eq!(*calls.lock().unwrap(), ["preempt_enable"]);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn on_warning(mut self, handler: impl Fn(&Warning<'_>) + Send + Sync + 'static) -> Self {
        self.setup.warnings = WarningSink::new(Some(Box::new(handler)));
        self
    }

    /// Calls `handler` with each event, in the middle of the call that causes it. So the handler
    /// should be short; it must not create, stop or wait for tasks, nor use the wait queue or lock
    /// of the event, which may be locked. A panic of the handler is contained. Events that the
    /// handler itself causes are not reported.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// use kthread_rt::trace::EventKind;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    ///
    /// let stops = Arc::new(AtomicU32::new(0));
    /// let counter = stops.clone();
    /// let kernel = Kernel::builder()
    ///     .on_event(move |event| {
    ///         if matches!(event.kind, EventKind::StopReturned { .. }) {
    ///             counter.fetch_add(1, SeqCst);
    ///         }
    ///     })
    ///     .boot()?;
    /// let inside = kernel.enter();
    /// let task = kthread_create!(|()| 0, (), "short").unwrap();
    /// _ = kthread_stop(&task);
    /// assert_eq!(stops.load(SeqCst), 1);
    /// # Ok::<(), BootError>(())
    /// ```
    pub fn on_event(mut self, handler: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.setup.events = EventSink::new(Some(Box::new(handler)));
        self
    }

    /// Boots the Kernel: the calling thread starts kthreadd as the idle task (pid 0), then waits
    /// for it as init (pid 1). Sleeps.
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

    /// Boots the Kernel without kthreadd: the first call that creates a thread starts it, as in the
    /// default Kernel. The calling thread is init (pid 1). A program that creates no kthread then
    /// runs no additional OS thread.
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

/// Makes what a Kernel has before any other thread knows it.
pub(super) fn prepare(kernel_state: &Arc<KernelState>, ps: bool) {
    // Created while only one thread has the KernelState: their cells are std's, which a model
    // checker does not see.
    let _: &Kthreadd = kernel_state.subsystem();
    let _: &Freezer = kernel_state.subsystem();
    let _: &Workqueues = kernel_state.subsystem();
    let _: &Hotplug = kernel_state.subsystem();
    let _: &asynchronous::Calls = kernel_state.subsystem();
    if ps {
        // On failure nobody can ask; the Kernel works without.
        let _ = ps::open(kernel_state);
    }
}
