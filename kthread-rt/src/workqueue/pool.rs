//! A worker pool: a list of work items under one lock, and the rule for how many workers run.
//!
//! A Kernel has two pools for each cpu (normal and high priority) and two unbound pools. All queues
//! share these, except queues for bottom halves, which have two more pools for each cpu.
//!
//! # How many workers run
//!
//! `running` counts the workers that are neither idle nor asleep inside a work item, including
//! those that are being forked or have just been woken. While a pool has work items it needs
//! `limit` running workers: one for the pool of a cpu, one per cpu for an unbound pool. A task that
//! makes the pool need one more (it queues a work item, or sleeps inside one: see [`worker`])
//! removes an idle worker from the list and wakes it, or asks kthreadd to fork one. That worker
//! counts as running from this moment, so no other task wakes one for the same reason. A worker
//! that wakes up inside its work item counts as running again at once. If too many run then, the
//! next worker that finishes its work item goes idle.
//!
//! Workers start one at a time. A worker that begins its first work item checks whether more are
//! queued, and starts the next worker. So one worker handles a few short work items; for many or
//! long ones, workers start one after another, up to the pool's limit.
//!
//! This is the kernel's concurrency management, with two differences: the kernel keeps one idle
//! worker in reserve, since its scheduler cannot fork; and its unbound pools have no limit.
//!
//! # The first worker
//!
//! In the kernel a pool has a worker before it accepts a work item, so an item may be late but
//! never stuck. Here the task that allocates the first queue of a pool, or queues its first work
//! item, *mans* the pool: it forks the first worker itself, without sleeping, and knows at once
//! whether that succeeded. If it failed, the call fails, so the pool never holds a work item that
//! no worker will run. A manned pool always keeps one worker.
//!
//! The watchdog finds workers that the runtime cannot see block, in a system call or a long
//! computation: [`watchdog`].
//!
//! # Invariants
//!
//! * `state` and `works` are accessed under the pool's lock. So are the lists and fields for which
//!   [`work`](super::work), [`queue`](super::queue) and [`worker`] say so.
//! * A pool is never freed. After its Kernel has ended it serves another Kernel, in a new `term`. A
//!   queue from an earlier term finds the pool closed.

use super::after_unlock::{AfterUnlock, Rescuers};
use super::busy::Busy;
use super::flush::FlushWork;
use super::queue::PoolWorkqueue;
use super::watchdog::{self, Armed};
use super::work::{Queued, WorkStruct};
use super::worker::{self, Worker};
use crate::errno::Errno;
use crate::kthread;
use crate::sched::{WakeQueue, change_state, sleep_until};
use crate::swait::{SwaitCore, Waiter};
use crate::sync::list::ListHead;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, Pool, RawSpinLock, UnsafeCell};
use crate::task::{KernelState, TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskStruct, Wait, WaitKind};
use crate::timer::TimerList;
use std::collections::BTreeMap;
use std::panic::Location;
use std::ptr;

/// The properties of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its number in the Kernel, in the kernel's numbering of pools.
    pub(super) id: u32,
    /// The cpu that its workers stay on.
    pub(super) cpu: Option<u32>,
    /// It runs the work items of bottom halves.
    pub(super) bh: bool,
    /// Its workers' nice value.
    pub(super) nice: i32,
    /// How many workers may run at once.
    pub(super) limit: u32,
}

/// A worker pool; see the module docs.
#[repr(C)]
pub(super) struct WorkerPool {
    // The first field, so that a pointer to the timer is a pointer to the pool.
    pub(super) timer: TimerList,
    /// Its lock is the pool's lock. Its waiters wait until `arriving` is 0.
    wait: SwaitCore,
    works: ListHead,
    /// Held by the task that mans the pool.
    manning: Mutex<()>,
    /// 1 once the pool has a worker; one worker stays until the Kernel shuts down. Written under
    /// the lock.
    manned: AtomicU32,
    state: UnsafeCell<State>,
}

// SAFETY: the fields behind the lock are accessed only under it (the module's invariants), and any
// thread may use what their pointers point to.
unsafe impl Send for WorkerPool {}
// SAFETY: as above.
unsafe impl Sync for WorkerPool {}

pub(super) struct State {
    pub(super) kind: Kind,
    /// Incremented for each Kernel that the pool serves.
    term: u64,
    /// The Kernel's state. It owns the pool, so shutdown takes this reference out.
    pub(super) kernel_state: Option<Arc<KernelState>>,
    pub(super) idle: Vec<Idle>,
    /// See [`busy`](super::busy).
    pub(super) busy: Vec<Busy>,
    pub(super) running: u32,
    /// How many of `running` are being forked, or were woken and have not taken the lock yet.
    arriving: u32,
    /// All workers by number, with their tasks once they have arrived.
    workers: BTreeMap<u32, Option<Task>>,
    /// The flushers that wait for work items queued here.
    pub(super) flushers: Vec<*const FlushWork>,
    /// The Kernel is shutting down or has shut down.
    pub(super) closed: bool,
    /// The Kernel is shutting down.
    closing: bool,
    /// Workers that ended during the shutdown.
    leaving: Vec<Task>,
    /// The system refused a worker; the timer makes the next attempt.
    pub(super) refused: bool,
    /// The refusal has been reported, since the last worker arrived.
    refusal_reported: bool,
    /// The watchdog's timer, if it is armed.
    pub(super) armed: Option<Armed>,
    /// The task that mans the pool at this moment; only compared.
    manner: *const TaskStruct,
}

/// An idle worker, and the task to wake.
pub(super) struct Idle {
    pub(super) worker: Arc<Worker>,
    pub(super) task: Task,
    pub(super) since: u64,
}

impl State {
    /// Counts a worker that the caller will fork, and returns its number. `None` if the Kernel has
    /// shut down.
    fn expect_worker(&mut self) -> Option<(Arc<KernelState>, Kind, u32)> {
        let kernel_state = self.kernel_state.clone()?;
        self.running += 1;
        self.arriving += 1;
        let number = (0..).find(|n| !self.workers.contains_key(n)).unwrap_or(u32::MAX);
        self.workers.insert(number, None);
        Some((kernel_state, self.kind, number))
    }
}

impl WorkerPool {
    fn pool() -> &'static Pool<Self> {
        static POOL: Pool<WorkerPool> = Pool::new();
        &POOL
    }

    /// Takes an unused pool, or makes one, for `kernel_state`.
    pub(super) fn take(kernel_state: &Arc<KernelState>, kind: Kind) -> &'static Self {
        let state = |kernel_state: Option<Arc<KernelState>>, term| State {
            kind,
            term,
            kernel_state,
            idle: Vec::new(),
            busy: Vec::new(),
            running: 0,
            arriving: 0,
            workers: BTreeMap::new(),
            flushers: Vec::new(),
            closed: false,
            closing: false,
            leaving: Vec::new(),
            refused: false,
            refusal_reported: false,
            armed: None,
            manner: ptr::null(),
        };
        let pool = Self::pool().take(|| Self {
            // SAFETY: a pool is never freed, or only after its Kernel has shut down its timers;
            // `called` expects the timer of a pool.
            timer: unsafe { TimerList::with_function(watchdog::called, 0) },
            wait: SwaitCore::new(),
            works: ListHead::new(),
            manning: Mutex::new(()),
            manned: AtomicU32::new(0),
            state: UnsafeCell::new(state(None, 0)),
        });
        // `called` gets the timer's address and makes a pointer to the pool of it.
        ptr::from_ref(pool).expose_provenance();
        let locked = pool.lock();
        pool.manned.store(0, Ordering::Relaxed);
        locked.state(|old| *old = state(Some(kernel_state.clone()), old.term + 1));
        drop(locked);
        pool
    }

    /// Returns the pool for reuse. No task uses it any more.
    pub(super) fn give_back(&'static self) {
        Self::pool().give_back(self);
    }

    pub(super) fn lock(&'static self) -> Locked {
        self.wait.lock.lock();
        Locked { pool: self }
    }

    /// Whether the pool has a worker. Reads without the lock: a caller that gets true finds a
    /// worker under the lock too, or finds the pool closed.
    pub(super) fn is_manned(&self) -> bool {
        self.manned.load(Ordering::Relaxed) != 0
    }

    /// Ensures that the pool has a worker. Sleeps only while another task does the same.
    ///
    /// Returns `Ok` without a worker if the pool is closed, since queueing to it is refused later;
    /// also if the caller is an event handler that queues in the middle of this call.
    pub(super) fn man(&'static self, me: &TaskStruct, term: u64) -> Result<(), Errno> {
        if self.is_manned() || self.lock().state(|state| ptr::eq(state.manner, me)) {
            return Ok(());
        }
        let manning = self.manning.lock();
        let locked = self.lock();
        if self.is_manned() || locked.is_closed_for(term) {
            return Ok(());
        }
        let Some((kernel_state, kind, number)) = locked.expect_worker() else { return Ok(()) };
        locked.state(|state| state.manner = me);
        drop(locked);
        let body = move || worker::main(self, kind, number);
        let started = kthread::start_now(&kernel_state, me, worker::name(kind, number), body);
        let locked = self.lock();
        locked.state(|state| state.manner = ptr::null());
        match started {
            Ok(()) => self.manned.store(1, Ordering::Relaxed),
            Err(_) => {
                locked.leave(number);
                locked.note_refusal();
            }
        }
        drop(if started.is_ok() { locked } else { locked.wake_waiters() });
        drop(manning);
        started
    }

    fn works(&self) -> *mut ListHead {
        (&raw const self.works).cast_mut()
    }
}

/// A guard for the pool's lock.
pub(super) struct Locked {
    pool: &'static WorkerPool,
}

impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: `WorkerPool::lock` took the lock, and a pool is never freed.
        unsafe { RawSpinLock::unlock(&raw const self.pool.wait.lock) };
    }
}

impl Locked {
    pub(super) fn pool(&self) -> &'static WorkerPool {
        self.pool
    }

    pub(super) fn state<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: the lock is held, and `f` is code of this crate that does not call `state` again.
        self.pool.state.with_mut(|state| f(unsafe { &mut *state }))
    }

    /// The term of the Kernel that the pool serves.
    pub(super) fn term(&self) -> u64 {
        self.state(|state| state.term)
    }

    /// Whether the Kernel of `term` has shut down.
    pub(super) fn is_closed_for(&self, term: u64) -> bool {
        self.state(|state| state.closed || state.term != term)
    }

    pub(super) fn has_works(&self) -> bool {
        // SAFETY: the lock is held.
        unsafe { !ListHead::is_empty(self.pool.works()) }
    }

    /// Returns the work item that has waited longest.
    pub(super) fn first(&self) -> Option<Queued> {
        // SAFETY: the lock is held, and the items on the list are queued.
        unsafe { ListHead::first(self.pool.works()).map(|node| Queued::new(WorkStruct::of_node(node))) }
    }

    fn after(&self, work: Queued) -> Option<Queued> {
        // SAFETY: as in `first`.
        unsafe {
            ListHead::after(self.pool.works(), work.node()).map(|n| Queued::new(WorkStruct::of_node(n)))
        }
    }

    /// Returns the first work item of `queue`.
    pub(super) fn first_of(&self, queue: *const PoolWorkqueue) -> Option<Queued> {
        let mut next = self.first();
        while let Some(work) = next {
            if ptr::eq(work.queue(), queue) {
                return Some(work);
            }
            next = self.after(work);
        }
        None
    }

    /// Appends `work` to the list.
    pub(super) fn append(&self, work: *const WorkStruct) {
        // SAFETY: the lock is held; a work item that is being queued is valid, does not move and is
        // not linked.
        unsafe { ListHead::push_back(self.pool.works(), work.cast_mut().cast()) };
    }

    /// Returns what the caller must do after it drops the lock: start a worker, if the pool needs
    /// one.
    pub(super) fn needs(&self) -> AfterUnlock {
        if !self.has_works() {
            return AfterUnlock::Nothing;
        }
        self.state(|state| {
            // The worker that is starting will call this itself when it begins a work item.
            if state.arriving != 0 {
                return AfterUnlock::Nothing;
            }
            if state.running >= state.kind.limit {
                return state.arm_watchdog_in(watchdog::STALL);
            }
            if let Some(idle) = state.idle.pop() {
                state.running += 1;
                state.arriving += 1;
                idle.worker.wakes();
                return AfterUnlock::Wake(idle.task);
            }
            if state.refused {
                return AfterUnlock::Rescue;
            }
            match state.expect_worker() {
                None => AfterUnlock::Nothing,
                Some((kernel_state, kind, number)) => AfterUnlock::Fork(kernel_state, kind, number),
            }
        })
    }

    /// As [`State::expect_worker`].
    fn expect_worker(&self) -> Option<(Arc<KernelState>, Kind, u32)> {
        self.state(State::expect_worker)
    }

    /// Records that a woken worker has arrived.
    pub(super) fn arrive(self) -> Self {
        self.state(|state| state.arriving -= 1);
        self.wake_waiters()
    }

    /// Records that a forked worker has arrived.
    pub(super) fn join(self, me: &TaskStruct, worker: &Arc<Worker>) -> Self {
        self.state(|state| {
            (state.refused, state.refusal_reported) = (false, false);
            state.workers.insert(worker.number, Some(me.get()));
        });
        self.comes_to_work(me, worker);
        self.arrive()
    }

    /// Records that a worker could not be forked. Returns true if that was not reported yet.
    pub(super) fn note_refusal(&self) -> bool {
        self.state(|state| {
            state.running -= 1;
            state.arriving -= 1;
            state.refused = true;
            !std::mem::replace(&mut state.refusal_reported, true)
        })
    }

    /// Removes a worker that ends or could not be forked. While the pool is closing, the shutdown
    /// will wait for its end.
    pub(super) fn leave(&self, number: u32) {
        let task = self.state(|state| {
            let task = state.workers.remove(&number).flatten();
            if state.closing {
                state.leaving.extend(task.clone())
            }
            task
        });
        drop(task);
    }

    /// Returns the rescuers of the queues whose work items wait here, for the caller to wake.
    pub(super) fn call_rescuers(&self) -> Rescuers {
        let mut rescuers = Rescuers(Vec::new());
        let mut next = self.first();
        while let Some(work) = next {
            // SAFETY: a queue lives as long as it has work items.
            let queue = unsafe { &*work.queue() };
            rescuers.0.extend(queue.call_rescuer(self));
            next = self.after(work);
        }
        rescuers
    }

    /// Closes the pool at shutdown. Returns its idle workers, for the caller to wake.
    pub(super) fn close(&self) -> Vec<Idle> {
        self.state(|state| {
            (state.closed, state.closing) = (true, true);
            for idle in &state.idle {
                idle.worker.wakes();
            }
            state.running += state.idle.len() as u32;
            state.arriving += state.idle.len() as u32;
            std::mem::take(&mut state.idle)
        })
    }

    /// Ends the closing. Returns the workers that run no work item, for the caller to wait for, and
    /// the KernelState, which must not be dropped under the lock.
    pub(super) fn closed(&self) -> (Vec<Task>, Option<Arc<KernelState>>) {
        self.state(|state| {
            state.closing = false;
            let mut tasks = std::mem::take(&mut state.leaving);
            let busy = |task: &&Task| state.busy.iter().any(|busy| busy.task == **task && busy.runs_a_work());
            tasks.extend(state.workers.values().flatten().filter(|task| !busy(task)).cloned());
            (tasks, state.kernel_state.take())
        })
    }

    /// Counts the work items on the pool's list.
    pub(super) fn count_works(&self) -> usize {
        let mut count = 0;
        let mut next = self.first();
        while let Some(work) = next {
            count += 1;
            next = self.after(work);
        }
        count
    }

    /// The KernelState, until the Kernel has shut down.
    pub(super) fn kernel_state(&self) -> Option<Arc<KernelState>> {
        self.state(|state| state.kernel_state.clone())
    }

    /// If no worker is starting any more, wakes the tasks that wait for that. Drops the lock to
    /// wake them, and takes it again.
    pub(super) fn wake_waiters(self) -> Self {
        let pool = self.pool;
        if self.state(|state| state.arriving) != 0 {
            return self;
        }
        // SAFETY: the lock is held.
        let mut next = unsafe { SwaitCore::take_first(&raw const pool.wait) };
        if next.is_none() {
            return self;
        }
        let mut wake = WakeQueue::new();
        while let Some(task) = next {
            wake.add(task);
            // SAFETY: as above.
            next = unsafe { SwaitCore::take_first(&raw const pool.wait) };
        }
        drop(self);
        drop(wake);
        pool.lock()
    }

    /// Waits until every worker that was woken or is being forked has come.
    pub(super) fn wait_for_arrivals(mut self, me: &TaskStruct, place: &'static Location<'static>) {
        if self.state(|state| state.arriving) == 0 {
            return;
        }
        let pool = self.pool;
        let _noted = me.wait_note().set(Wait::new(WaitKind::Work, 0, "shutdown", place));
        let mut waiter = Waiter::new(me);
        let waiter = &raw mut waiter;
        loop {
            // SAFETY: the lock is held; the waiter lives in this frame and is unlinked below,
            // before the function returns.
            unsafe { SwaitCore::join(&raw const pool.wait, waiter) };
            change_state(me, TASK_UNINTERRUPTIBLE);
            drop(self);
            sleep_until(me, None);
            self = pool.lock();
            if self.state(|state| state.arriving) == 0 {
                break;
            }
        }
        change_state(me, TASK_RUNNING);
        // SAFETY: the lock is held.
        unsafe { SwaitCore::leave(waiter) };
    }
}
