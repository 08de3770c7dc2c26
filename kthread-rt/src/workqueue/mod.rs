//! `linux/workqueue.h`: works that kernel threads do for others.
//!
//! A [`WorkStruct`] is plain memory with a function. It is queued to a [`Workqueue`], which hands
//! it to one of the Kernel's pools of workers; a worker calls the function, which may sleep.
//! [`Work`] and [`DelayedWork`] are the safe forms: closures, and an end that waits for them.
//!
//! | file | what it tells |
//! |---|---|
//! | `work` | the work, its states, and its lock |
//! | `delayed` | works that a timer queues |
//! | `queue` | a workqueue: how many of its works are active, and where they go |
//! | `pool`, `after_unlock` | a pool of workers, and how many of them run; what is done after its lock is dropped |
//! | `worker`, `busy` | running a work; a worker that falls asleep in one; who runs which |
//! | `watchdog` | workers that are stuck, missing, or too many |
//! | `rescuer` | progress without new workers |
//! | `flush`, `cancel` | waiting for works, and taking them out |
//! | `freeze` | freezable queues |
//! | `owned`, `kernel_names` | [`Work`], [`DelayedWork`]; `queue_work` and its family |
//!
//! # As in the kernel, and not
//!
//! * A work does not run twice at once, as long as it is queued to one queue. `queue_work` of a
//!   pending work is false and changes nothing. An ordered queue runs its works one after the
//!   other, in the order in which they were queued.
//! * About one worker per cpu runs, whatever number of works there is. A worker that sleeps in one
//!   of the runtime's calls is replaced at once; one that blocks elsewhere, or computes, after some
//!   jiffies, or at once with [`blocking`]. That holds for `WQ_UNBOUND` queues too, which in the
//!   kernel have a thread for every active work.
//! * A pool gets its first worker with the first queue that uses it, or with the first work, and
//!   the others when they are wanted and none is idle; the kernel keeps one in reserve.
//! * A queue's works run in the Kernel that the queue was made in, whoever queues them. A Kernel
//!   that has shut down takes none.
//! * Works that would deadlock (a work that flushes, cancels or drains itself or its queue) are
//!   told with a warning, and don't wait.
//! * `WQ_SYSFS` and `WQ_POWER_EFFICIENT` change nothing here. The works of `WQ_BH` queues
//!   have the context of a softirq, in which they must not sleep, and run on workers of pools of
//!   their own.

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
/// The `max_active` that 0 stands for.
pub const WQ_DFL_ACTIVE: u32 = WQ_MAX_ACTIVE / 2;

/// [`work_busy`]: the work is pending.
pub const WORK_BUSY_PENDING: u32 = 1;
/// [`work_busy`]: the work runs.
pub const WORK_BUSY_RUNNING: u32 = 2;

const HIGHPRI_NICE: i32 = -20;

/// Who makes a call, which, and where: what a warning tells.
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

/// Where a work is to be queued.
#[derive(Clone, Copy)]
struct On<'a> {
    queue: &'a Arc<WorkqueueStruct>,
    /// For works of queues that are bound to cpus; `None`: the caller's.
    cpu: Option<u32>,
}

/// What a Kernel has of workqueues.
pub(crate) struct Workqueues {
    pools: Mutex<Pools>,
    freezables: Mutex<Freezables>,
    /// Who freezes waits here.
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

/// The Kernel is freed: its Kernel has shut down, and no worker is left.
impl Drop for Workqueues {
    fn drop(&mut self) {
        for (_, pool) in std::mem::take(&mut self.pools.lock().by_id) {
            pool.give_back();
        }
    }
}

/// Where the numbers of the pools for bottom halves begin.
const BH_POOLS: u32 = 1 << 16;

/// The pool of this kind.
fn pool_of(
    kernel_state: &Arc<KernelState>,
    cpu: Option<u32>,
    highpri: bool,
    bh: bool,
) -> &'static WorkerPool {
    let cpus = kernel_state.online_cpus();
    let nice = if highpri { HIGHPRI_NICE } else { 0 };
    // As the kernel numbers them: two for each cpu, then the unbound ones.
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
        // So that there is a thread for the timer when the system refuses the pool one.
        pool.timer.reduce_in(kernel_state, kernel_state.clock.jiffies() + watchdog::RETRY);
    }
    pool
}

/// The queues that every Kernel has.
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

    /// The queue in the Kernel of `me`.
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

/// A workqueue without a rescuer.
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

/// A queue for works: `struct workqueue_struct *`. Clones are the same queue.
///
/// Dropping the last handle destroys the queue ([`destroy_workqueue`]): it waits until all works
/// have run. Made by [`alloc_workqueue!`](crate::alloc_workqueue) or [`Workqueue::new`].
#[derive(Clone)]
pub struct Workqueue(Arc<Owner>);

struct Owner {
    queue: Arc<WorkqueueStruct>,
    /// One that every Kernel has, and nobody destroys.
    system: bool,
}

impl Drop for Owner {
    fn drop(&mut self) {
        if !self.system && !os::forked() {
            destroy(&self.queue, "destroy_workqueue", Location::caller());
        }
    }
}

/// Destroys `queue`; if one of its own works asks for that, it lives on, and takes no works.
fn destroy(queue: &Arc<WorkqueueStruct>, call: &'static str, place: &'static Location<'static>) {
    let destroyed = with_current(|me| queue.destroy(Caller::new(me, call, place)));
    let kernel_state = queue.parts[0].pool.lock().kernel_state();
    if let Some(kernel_state) = kernel_state
        && queue.is_freezable()
    {
        let mut freezables = kernel_state.subsystem::<Workqueues>().freezables.lock();
        freezables.queues.retain(|other| !Arc::ptr_eq(other, queue));
    }
    if destroyed {
        debug_objects::end(&WORKQUEUE, Arc::as_ptr(queue).addr());
    } else {
        // Its works refer to it.
        std::mem::forget(queue.clone());
    }
}

/// A queue that was not destroyed.
static WORKQUEUE: ObjectKind = ObjectKind {
    name: "workqueue",
    state: "there",
    undo: "destroy_workqueue()",
    left: WhenLeft::Listed,
    is_active: None,
    take_off: None,
};

impl Workqueue {
    /// A queue: `alloc_workqueue`. `flags` are `WQ_…`; at most `max_active` works run at once (per
    /// cpu, if the queue is not unbound), 0 for [`WQ_DFL_ACTIVE`]. May sleep.
    ///
    /// # Errors
    ///
    /// `EINVAL`, with a warning, for a name with a NUL byte, and for [`WQ_BH`] with a `max_active`
    /// or with other flags than [`WQ_HIGHPRI`] and [`WQ_PERCPU`]. `EAGAIN`, with a warning, if the
    /// operating system refuses the first worker; `ENOMEM` as a [fault on demand](crate::faults);
    /// with `WQ_MEM_RECLAIM`, those of creating a kthread. The kernel returns NULL for all.
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
                let message = "a queue for bottom halves has no max_active, and no flags but WQ_HIGHPRI";
                me.warn(WarningKind::BadArgument, CALL, place, message);
                return Err(Errno::EINVAL);
            }
            let max_active = match max_active {
                0 => WQ_DFL_ACTIVE,
                n if n > WQ_MAX_ACTIVE => {
                    let message = format!("max_active {n} is out of range, {WQ_MAX_ACTIVE} is taken");
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

    /// The name that it was made with.
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

/// Two handles are equal if they are of the same queue.
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

/// A Kernel shuts down: no work is queued any more, idle workers end and are waited for. A worker
/// that runs a work goes on, and with it what is queued behind it.
pub(crate) fn shut_down(kernel_state: &Arc<KernelState>, me: &TaskStruct, place: &'static Location<'static>) {
    // What a frozen queue holds back would be held back for ever: it runs now.
    freeze::thaw(kernel_state);
    let part = kernel_state.subsystem::<Workqueues>();
    let pools: Vec<_> = {
        let mut pools = part.pools.lock();
        pools.closed = true;
        pools.by_id.values().copied().collect()
    };
    part.freezables.lock().queues.clear();
    // It is not waited for workers where they could not come or end before the caller does; see
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
            let message = format!("{left} work(s) are queued, and run only behind those that run now");
            me.warn(WarningKind::ShutDown, "shutdown", place, &message);
        }
    }
}
