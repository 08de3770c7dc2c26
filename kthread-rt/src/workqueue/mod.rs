//! `linux/workqueue.h`: workqueues, which run functions on a pool of kernel threads.
//!
//! A [`WorkStruct`] is a work item: plain memory with a function. A caller queues it to a
//! [`Workqueue`], which passes it to one of the Kernel's worker pools; a worker then calls the
//! function, which may sleep. [`Work`] and [`DelayedWork`] are the safe forms: they own a closure,
//! and dropping them waits until it has finished.
//!
//! ```
//! use kthread_rt::prelude::*;
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
//!
//! let wq = alloc_workqueue!("jobs", WQ_UNBOUND, 0)?;
//! let sum = Arc::new(AtomicU32::new(0));
//! for number in 1..=4 {
//!     let sum = sum.clone();
//!     wq.spawn(move || {
//!         msleep(5); // a work item may sleep
//!         sum.fetch_add(number, Relaxed);
//!     })?;
//! }
//! flush_workqueue(&wq); // waits for all of them
//! assert_eq!(sum.load(Relaxed), 10);
//! destroy_workqueue(&wq);
//! # Ok::<(), Errno>(())
//! ```
//!
//! # Compared with the kernel
//!
//! * A work item never runs on two workers at once, as long as it is queued to one queue only.
//!   `queue_work` of a pending work item returns false and changes nothing. An ordered queue runs
//!   its work items one after another, in the order in which they were queued.
//! * About one worker per cpu runs, however many work items are queued. If a worker sleeps in one
//!   of the runtime's calls, the pool replaces it at once. If it blocks elsewhere or computes for
//!   long, the pool replaces it after some jiffies, or at once with [`blocking`]. This applies to
//!   `WQ_UNBOUND` queues too, where the kernel has a thread for every active work item.
//! * A pool gets its first worker when the first queue that uses it is allocated, or when the first
//!   work item is queued to it. It creates more workers when it needs one and none is idle; the
//!   kernel keeps one in reserve.
//! * The work items of a queue run in the Kernel that allocated the queue, whichever task queues
//!   them. A Kernel that has shut down accepts none.
//! * A work item that flushes or cancels itself, or flushes or drains its own queue, would
//!   deadlock. Here the call warns and does not wait.
//! * `WQ_SYSFS` and `WQ_POWER_EFFICIENT` have no effect. The work items of `WQ_BH` queues run in
//!   softirq context, where they must not sleep, on workers of separate pools.

// The files:
//
// * `work`: the work item, its states, and its lock
// * `delayed`: work items that a timer queues
// * `queue`: a workqueue: its limit of active work items, and the choice of a pool
// * `pool`, `after_unlock`: a worker pool and its concurrency; what is done after the unlock
// * `worker`, `busy`: running a work item; workers that sleep in one; which items run
// * `watchdog`: the timer that finds stuck, missing and surplus workers
// * `rescuer`: progress when no worker can be created
// * `flush`, `cancel`: waiting for work items, and removing them
// * `freeze`: freezable queues
// * `owned`, `kernel_names`: `Work`, `DelayedWork`; `queue_work` and its family

mod after_unlock;
mod busy;
mod cancel;
mod delayed;
mod flags;
mod flush;
pub(crate) mod freeze;
mod kernel_names;
mod owned;
mod pool;
mod queue;
mod rescuer;
mod waits;
mod watchdog;
mod work;
mod worker;

#[doc(inline)]
pub use crate::{DECLARE_DELAYED_WORK, DECLARE_WORK, alloc_ordered_workqueue, alloc_workqueue};

pub use delayed::{DelayedWorkStruct, delayed_work_timer_fn};
pub use kernel_names::*;
pub use owned::{DelayedWork, Work};
pub use work::{WorkFn, WorkStruct};
pub use worker::{RunsWork, blocking, current_work};

use crate::debug_objects::{self, ObjectKind, WhenLeft};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::kthread::kthread_stop;
use crate::sched::{ToldCall, might_sleep_in, might_sleep_in_all, try_to_wake_up, with_current};
use crate::sync::{self, Arc, AtomicU32, Mutex, os};
use crate::task::{KTHREADD_PID, KernelState, Subsystem, SubsystemId, TASK_NORMAL, TaskStruct};
use crate::wait::WaitQueueHead;
pub use flags::*;
use freeze::Freezables;
use once_cell::sync::OnceCell;
use pool::{Kind, WorkerPool};
use queue::{PoolWorkqueue, Shared, WorkqueueStruct};
use rescuer::Rescuer;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
pub(crate) use waits::{Awaited, awaited_for_queue, awaited_for_work};

/// The largest `max_active`.
pub const WQ_MAX_ACTIVE: u32 = 512;
/// The default `max_active`, for which a caller passes 0.
pub const WQ_DFL_ACTIVE: u32 = WQ_MAX_ACTIVE / 2;

/// [`work_busy`]: the work item is pending.
pub const WORK_BUSY_PENDING: u32 = 1;
/// [`work_busy`]: the work item is running.
pub const WORK_BUSY_RUNNING: u32 = 2;

const HIGHPRI_NICE: i32 = -20;

/// The calling task, the call and its place in the source, for warnings.
#[derive(Clone, Copy)]
struct Caller<'a> {
    me: &'a TaskStruct,
    call: &'static str,
    place: &'static Location<'static>,
}

impl<'a> Caller<'a> {
    fn new(me: &'a TaskStruct, call: &'static str, place: &'static Location<'static>) -> Self {
        Self { me, call, place }
    }

    fn warn(&self, kind: WarningKind, message: &str) {
        self.me.warn(kind, self.call, self.place, message);
    }

    fn might_sleep(&self) -> Option<ToldCall> {
        might_sleep_in_all(self.me, self.call, self.place)
    }
}

/// Where to queue a work item.
#[derive(Clone, Copy)]
struct On<'a> {
    queue: &'a Arc<WorkqueueStruct>,
    /// The cpu, for a queue bound to cpus. `None` means the caller's cpu.
    cpu: Option<u32>,
}

/// The workqueue state of a Kernel.
pub(crate) struct Workqueues {
    pools: Mutex<Pools>,
    freezables: Mutex<Freezables>,
    /// The task that freezes the queues waits here.
    quiet: WaitQueueHead,
    system: [OnceCell<Workqueue>; SystemQueue::COUNT],
}

struct Pools {
    by_id: BTreeMap<u32, &'static WorkerPool>,
    closed: bool,
}

impl Subsystem for Workqueues {
    const ID: SubsystemId = SubsystemId::Workqueues;

    fn new() -> Self {
        Self {
            pools: Mutex::new(Pools { by_id: BTreeMap::new(), closed: false }),
            freezables: Mutex::new(Freezables { frozen: false, queues: Vec::new() }),
            quiet: WaitQueueHead::new(),
            system: Default::default(),
        }
    }
}

/// Returns the pools for reuse. The Kernel has shut down, and has no workers left.
impl Drop for Workqueues {
    fn drop(&mut self) {
        for (_, pool) in std::mem::take(&mut self.pools.lock().by_id) {
            pool.give_back();
        }
    }
}

/// The first pool number for bottom halves.
const BH_POOLS: u32 = 1 << 16;

/// Returns the pool for these properties, and makes it if there is none.
fn pool_of(
    kernel_state: &Arc<KernelState>,
    cpu: Option<u32>,
    highpri: bool,
    bh: bool,
) -> &'static WorkerPool {
    let cpus = kernel_state.online_cpus();
    let nice = if highpri { HIGHPRI_NICE } else { 0 };
    // The kernel's numbering: two pools for each cpu, then the unbound ones.
    let place = cpu.map_or(cpus.count(), |cpu| cpus.iter().position(|c| c == cpu).unwrap_or(0) as u32);
    let kind = Kind {
        id: 2 * place + u32::from(highpri) + if bh { BH_POOLS } else { 0 },
        bh,
        cpu,
        nice,
        limit: if cpu.is_some() { 1 } else { kernel_state.cpus().count().max(1) },
    };
    let mut pools = kernel_state.subsystem::<Workqueues>().pools.lock();
    if let Some(pool) = pools.by_id.get(&kind.id) {
        return pool;
    }
    let pool = WorkerPool::take(kernel_state, kind);
    pools.by_id.insert(kind.id, pool);
    if pools.closed {
        drop(pool.lock().close());
        drop(pool.lock().closed());
    } else {
        drop(pools);
        // This starts the timer thread now, so that the timer works when the system refuses to
        // create a worker.
        pool.timer.reduce_in(kernel_state, kernel_state.clock.jiffies() + watchdog::RETRY);
    }
    pool
}

/// The system queues of each Kernel.
#[derive(Debug, Clone, Copy)]
enum SystemQueue {
    Events,
    HighPri,
    Long,
    Unbound,
    Freezable,
    PowerEfficient,
    FreezablePowerEfficient,
    Bh,
    BhHighPri,
}

impl SystemQueue {
    const COUNT: usize = 9;

    fn name_and_flags(self) -> (&'static str, WqFlags) {
        match self {
            Self::Events => ("events", WqFlags::empty()),
            Self::HighPri => ("events_highpri", WQ_HIGHPRI),
            Self::Long => ("events_long", WqFlags::empty()),
            Self::Unbound => ("events_unbound", WQ_UNBOUND),
            Self::Freezable => ("events_freezable", WQ_FREEZABLE),
            Self::PowerEfficient => ("events_power_efficient", WQ_POWER_EFFICIENT),
            Self::FreezablePowerEfficient => {
                ("events_freezable_power_efficient", WQ_FREEZABLE.union(WQ_POWER_EFFICIENT))
            }
            Self::Bh => ("events_bh", WQ_BH),
            Self::BhHighPri => ("events_bh_highpri", WQ_BH.union(WQ_HIGHPRI)),
        }
    }

    /// Returns this queue of the Kernel of `me`.
    fn of(self, me: &TaskStruct) -> &Workqueue {
        me.kernel_state().subsystem::<Workqueues>().system[self as usize].get_or_init(|| {
            let (name, flags) = self.name_and_flags();
            Workqueue(Arc::new(Owner {
                queue: make(me.kernel_state(), name, flags, WQ_DFL_ACTIVE),
                system: true,
            }))
        })
    }
}

/// Makes a workqueue without a rescuer.
fn make(
    kernel_state: &Arc<KernelState>,
    name: &str,
    flags: WqFlags,
    max_active: u32,
) -> Arc<WorkqueueStruct> {
    let shared =
        Arc::new(Shared { name: name.into(), flags, draining: AtomicU32::new(0), rescuer: Mutex::new(None) });
    let (highpri, bh) = (flags.contains(WQ_HIGHPRI), flags.contains(WQ_BH));
    let cpus: Vec<u32> =
        if flags.contains(WQ_UNBOUND) { Vec::new() } else { kernel_state.online_cpus().iter().collect() };
    let pools: Vec<_> = if cpus.is_empty() {
        vec![pool_of(kernel_state, None, highpri, bh)]
    } else {
        cpus.iter().map(|&cpu| pool_of(kernel_state, Some(cpu), highpri, bh)).collect()
    };
    let mut freezables = kernel_state.subsystem::<Workqueues>().freezables.lock();
    let freezable = flags.contains(WQ_FREEZABLE);
    let frozen = freezable && freezables.frozen;
    let parts: Vec<_> =
        pools.into_iter().map(|pool| PoolWorkqueue::new(pool, &shared, max_active, frozen)).collect();
    let queue = Arc::new(WorkqueueStruct { shared, parts: parts.into(), cpus: cpus.into() });
    if freezable {
        freezables.queues.push(queue.clone());
    }
    queue
}

/// A handle to a workqueue: `struct workqueue_struct *`. A clone is a handle to the same queue.
///
/// Dropping the last handle destroys the queue ([`destroy_workqueue`]): it waits until all work
/// items have run. [`flush_workqueue`] waits for them and keeps the queue. Made by
/// [`alloc_workqueue!`](crate::alloc_workqueue) or [`Workqueue::new`].
#[derive(Clone)]
pub struct Workqueue(Arc<Owner>);

struct Owner {
    queue: Arc<WorkqueueStruct>,
    /// A system queue, which is never destroyed.
    system: bool,
}

impl Drop for Owner {
    fn drop(&mut self) {
        if !self.system && !os::forked() {
            destroy(&self.queue, "destroy_workqueue", Location::caller());
        }
    }
}

/// Destroys `queue`. If one of its own work items makes the call, this warns and leaks the queue.
fn destroy(queue: &Arc<WorkqueueStruct>, call: &'static str, place: &'static Location<'static>) {
    let destroyed = with_current(|me| queue.destroy(Caller::new(me, call, place)));
    if !destroyed {
        // Its work items still refer to it, so it stays, and is frozen with the others.
        std::mem::forget(queue.clone());
        return;
    }
    let kernel_state = queue.parts[0].pool.lock().kernel_state();
    if let Some(kernel_state) = kernel_state
        && queue.is_freezable()
    {
        let mut freezables = kernel_state.subsystem::<Workqueues>().freezables.lock();
        freezables.queues.retain(|other| !Arc::ptr_eq(other, queue));
    }
    debug_objects::end(&WORKQUEUE, Arc::as_ptr(queue).addr());
}

/// A workqueue that has not been destroyed.
static WORKQUEUE: ObjectKind = ObjectKind {
    name: "workqueue",
    state: "there",
    undo: "destroy_workqueue()",
    left: WhenLeft::Listed,
    is_active: None,
    take_off: None,
};

impl Workqueue {
    /// Allocates a workqueue: `alloc_workqueue`. May sleep.
    ///
    /// `flags` are `WQ_…`. At most `max_active` work items are active at once (per cpu, unless the
    /// queue is unbound); 0 means [`WQ_DFL_ACTIVE`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let wq = Workqueue::new("writeback", WQ_UNBOUND, 4)?;
    /// assert_eq!(wq.name(), "writeback");
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EINVAL`, with a warning, for a name with a NUL byte, and for [`WQ_BH`] with a `max_active`
    /// or with flags other than [`WQ_HIGHPRI`] and [`WQ_PERCPU`]. `EAGAIN`, with a warning, if the
    /// operating system refuses to create the first worker. `ENOMEM` as a [fault on
    /// demand](crate::faults). With `WQ_MEM_RECLAIM`, also the errors of creating a kthread. The
    /// kernel returns NULL in all these cases.
    #[track_caller]
    pub fn new(name: &str, flags: WqFlags, max_active: u32) -> Result<Self, Errno> {
        const CALL: &str = "alloc_workqueue";
        if os::forked() {
            return Err(Errno::EOWNERDEAD);
        }
        let place = Location::caller();
        with_current(|me| {
            might_sleep_in(me, CALL, place);
            if name.contains('\0') {
                me.warn(WarningKind::BadArgument, CALL, place, "the name has a NUL byte");
                return Err(Errno::EINVAL);
            }
            let of_bh = WQ_BH | WQ_HIGHPRI | WQ_PERCPU;
            if flags.contains(WQ_BH) && (max_active != 0 || !of_bh.contains(flags)) {
                let message = "WQ_BH allows no max_active and no flags other than WQ_HIGHPRI and WQ_PERCPU";
                me.warn(WarningKind::BadArgument, CALL, place, message);
                return Err(Errno::EINVAL);
            }
            let max_active = match max_active {
                0 => WQ_DFL_ACTIVE,
                n if n > WQ_MAX_ACTIVE => {
                    let message = format!("max_active {n} is out of range; {WQ_MAX_ACTIVE} is used instead");
                    me.warn(WarningKind::BadArgument, CALL, place, &message);
                    WQ_MAX_ACTIVE
                }
                n => n,
            };
            if me.fault_in_allocation(CALL, place) {
                return Err(Errno::ENOMEM);
            }
            let queue = make(me.kernel_state(), name, flags, max_active);
            let queue = Self(Arc::new(Owner { queue, system: false }));
            queue.on(None).manned(Caller::new(me, CALL, place))?;
            if flags.contains(WQ_MEM_RECLAIM) {
                let rescuer = Rescuer::start(name, CALL, place)?;
                *queue.0.queue.shared.rescuer.lock() = Some(rescuer);
            }
            let address = Arc::as_ptr(queue.inner()).addr();
            debug_objects::note_named(&WORKQUEUE, address, name, CALL, place);
            Ok(queue)
        })
    }

    /// Returns the name that the queue was allocated with.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let wq = Workqueue::new("writeback", WQ_UNBOUND, 4)?;
    /// assert_eq!(wq.name(), "writeback");
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.0.queue.shared.name
    }

    fn inner(&self) -> &Arc<WorkqueueStruct> {
        &self.0.queue
    }

    fn on(&self, cpu: Option<u32>) -> On<'_> {
        On { queue: &self.0.queue, cpu }
    }
}

/// Two handles are equal if they refer to the same queue.
impl PartialEq for Workqueue {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Workqueue {}

impl fmt::Debug for Workqueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workqueue").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// Shuts down the workqueues of a Kernel: refuses new work items, ends the idle workers and waits
/// for their end. A worker that runs a work item continues, and then runs the items that are queued
/// already.
pub(crate) fn shut_down(kernel_state: &Arc<KernelState>, me: &TaskStruct, place: &'static Location<'static>) {
    // A frozen queue would hold back its work items for ever, so they run now.
    freeze::thaw(kernel_state);
    let part = kernel_state.subsystem::<Workqueues>();
    let pools: Vec<_> = {
        let mut pools = part.pools.lock();
        pools.closed = true;
        pools.by_id.values().copied().collect()
    };
    part.freezables.lock().queues.clear();
    // Does not wait for workers that cannot arrive or end before the caller ends; see
    // `Kthreadd::shut_down`.
    let wait = me.pid() != KTHREADD_PID && !sync::is_ending(Arc::as_ptr(kernel_state).cast());
    for pool in pools {
        let idle = pool.lock().close();
        for idle in &idle {
            try_to_wake_up(&idle.task, TASK_NORMAL);
        }
        drop(idle);
        if wait {
            pool.lock().wait_for_arrivals(me, place);
        }
        let (tasks, pools_machine) = pool.lock().closed();
        if wait {
            for task in &tasks {
                _ = kthread_stop(task);
            }
        }
        drop((tasks, pools_machine));
        let left = pool.lock().count_works();
        if left != 0 {
            let message =
                format!("{left} work item(s) are still queued; they run only after those that run now");
            me.warn(WarningKind::ShutDown, "shutdown", place, &message);
        }
    }
}
