//! A pool of workers: a list of works under one lock, and the rule of how many workers run.
//!
//! A Kernel has two pools for each cpu (ordinary, high priority) and two that are bound to no cpu.
//! All queues share them, but those for bottom halves, which have two more for each cpu.
//!
//! # How many workers run
//!
//! `running` counts the workers that are neither idle nor asleep in the middle of a work, with
//! those that are being forked or have just been woken. A pool wants `limit` of them as long as it
//! has works: one in the pool of a cpu, one for each cpu in the others. Whoever makes the pool want
//! one more (by queueing a work, or by falling asleep in one: see [`worker`](super::worker)) takes
//! an idle worker off the list and wakes it, or has kthreadd fork one. The worker counts as running
//! from that moment, so nobody else does the same. A worker that wakes up in its work counts again
//! at once; if that makes too many, the next that is done with its work goes idle.
//!
//! One worker is on the way at a time. When it begins with a work it sees by itself whether others
//! wait, and sends for the next worker. So a few short works are done by one, and for many, or long
//! ones, as many come as are to run.
//!
//! This is the kernel's concurrency management, but that the kernel keeps an idle worker ready,
//! since its scheduler can't fork; and that its unbound pools have no limit.
//!
//! # The first worker
//!
//! A kernel's pool has a worker before it takes a work, so a work may be late, but not for ever.
//! Here a pool is *manned* by who makes the first queue that uses it, or queues the first work to
//! it: he forks the first worker by himself, without sleeping, and knows at once whether there is
//! one. If not, his call fails, and the pool has no work that nobody runs. One worker always stays.
//!
//! What the runtime can't see (a worker that blocks in a system call, or computes for long) is
//! found by looking: [`look`](super::look).
//!
//! # Invariants
//!
//! * `state`, `works`, and the lists and fields that [`work`](super::work), [`queue`](super::queue)
//!   and [`worker`](super::worker) say so of, are accessed with the pool's lock held.
//! * A pool is never freed; when its Kernel is gone it serves another one, in another `term`. Who
//!   has the pool from an earlier term finds it closed.

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

/// What a pool is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its number in the Kernel, as the kernel counts its pools.
    pub(super) id: u32,
    /// The cpu that its workers stay on.
    pub(super) cpu: Option<u32>,
    /// Its works are those of bottom halves.
    pub(super) bh: bool,
    /// Their nice value.
    pub(super) nice: i32,
    /// How many workers are to run.
    pub(super) limit: u32,
}

/// See the module's text.
#[repr(C)]
pub(super) struct WorkerPool {
    // First, so that a pointer to the timer is a pointer to the pool.
    pub(super) timer: TimerList,
    /// Its lock is the pool's. Those who wait in it wait for `arriving` to become 0.
    wait: SwaitCore,
    works: ListHead,
    /// Held by who mans the pool.
    manning: Mutex<()>,
    /// 1 once there is a worker, who stays as long as the Kernel. Written with the lock held.
    manned: AtomicU32,
    state: UnsafeCell<State>,
}

// SAFETY: everything behind the lock is accessed with it held (the module's invariants), and what
// the pointers in there lead to may be used by any thread.
unsafe impl Send for WorkerPool {}
// SAFETY: as above.
unsafe impl Sync for WorkerPool {}

pub(super) struct State {
    pub(super) kind: Kind,
    /// Grows with each Kernel that it serves.
    term: u64,
    /// The Kernel's. It has the pool, so it is taken out at shutdown.
    pub(super) kernel_state: Option<Arc<KernelState>>,
    pub(super) idle: Vec<Idle>,
    /// See [`busy`](super::busy).
    pub(super) busy: Vec<Busy>,
    pub(super) running: u32,
    /// How many of `running` are being forked, or were woken and have not looked yet.
    arriving: u32,
    /// The workers that exist, by their numbers; their tasks, once they have come.
    workers: BTreeMap<u32, Option<Task>>,
    /// Those who wait for works that are queued here.
    pub(super) flushers: Vec<*const FlushWork>,
    /// The Kernel has shut down, or shuts down.
    pub(super) closed: bool,
    /// It shuts down.
    closing: bool,
    /// Workers that have left meanwhile.
    leaving: Vec<Task>,
    /// No worker could be forked; the next attempt is left to the timer.
    pub(super) refused: bool,
    /// That has been told since a worker came last.
    told: bool,
    /// The timer, if it is armed.
    pub(super) look: Option<Armed>,
    /// Who mans the pool at this moment; for comparing.
    manner: *const TaskStruct,
}

/// An idle worker, and the task to wake.
pub(super) struct Idle {
    pub(super) worker: Arc<Worker>,
    pub(super) task: Task,
    pub(super) since: u64,
}

impl State {
    /// A worker is to be forked, with this number: it counts from now on. `None` if the Kernel is
    /// gone.
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

    /// A pool for `kernel_state`.
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
            told: false,
            look: None,
            manner: ptr::null(),
        };
        let pool = Self::pool().take(|| Self {
            // SAFETY: a pool is never freed, or only when its Kernel has shut its timers down;
            // `called` fits it.
            timer: unsafe { TimerList::with_function(watchdog::called, 0) },
            wait: SwaitCore::new(),
            works: ListHead::new(),
            manning: Mutex::new(()),
            manned: AtomicU32::new(0),
            state: UnsafeCell::new(state(None, 0)),
        });
        // `called` gets the address of the timer and makes it one of the whole.
        ptr::from_ref(pool).expose_provenance();
        let locked = pool.lock();
        pool.manned.store(0, Ordering::Relaxed);
        locked.state(|old| *old = state(Some(kernel_state.clone()), old.term + 1));
        drop(locked);
        pool
    }

    /// The pool is not used any more, by anybody.
    pub(super) fn give_back(&'static self) {
        Self::pool().give_back(self);
    }

    pub(super) fn lock(&'static self) -> Locked {
        self.wait.lock.lock();
        Locked { pool: self }
    }

    /// Whether a worker is there. A look only: whoever was told so finds it so with the lock held,
    /// or finds the pool closed.
    pub(super) fn is_manned(&self) -> bool {
        self.manned.load(Ordering::Relaxed) != 0
    }

    /// Sees to it that there is a worker. Does not sleep but for others that do the same.
    ///
    /// A pool that is closed is left to who queues there, who is refused; so is a handler of events
    /// that queues in the middle of this.
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

/// A pool whose lock is held.
pub(super) struct Locked {
    pool: &'static WorkerPool,
}

impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: the lock is held since `WorkerPool::lock`, and a pool is never freed.
        unsafe { RawSpinLock::unlock(&raw const self.pool.wait.lock) };
    }
}

impl Locked {
    pub(super) fn pool(&self) -> &'static WorkerPool {
        self.pool
    }

    pub(super) fn state<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: the lock is held, and `f`, of this crate's own, does not come here again.
        self.pool.state.with_mut(|state| f(unsafe { &mut *state }))
    }

    /// Which Kernel the pool serves.
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

    /// The work that waits longest.
    pub(super) fn first(&self) -> Option<Queued> {
        // SAFETY: the lock is held, and what is on the list is queued.
        unsafe { ListHead::first(self.pool.works()).map(|node| Queued::new(WorkStruct::of_node(node))) }
    }

    fn after(&self, work: Queued) -> Option<Queued> {
        // SAFETY: as in `first`.
        unsafe {
            ListHead::after(self.pool.works(), work.node()).map(|n| Queued::new(WorkStruct::of_node(n)))
        }
    }

    /// The first work of `queue`.
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

    /// Puts `work` behind all others.
    pub(super) fn append(&self, work: *const WorkStruct) {
        // SAFETY: the lock is held; a work that is being queued is valid, in place and linked
        // nowhere.
        unsafe { ListHead::push_back(self.pool.works(), work.cast_mut().cast()) };
    }

    /// What whoever holds the lock owes the pool after dropping it: another worker, if it wants
    /// one.
    pub(super) fn needs(&self) -> AfterUnlock {
        if !self.has_works() {
            return AfterUnlock::Nothing;
        }
        self.state(|state| {
            // Who is on the way will come here when it begins with a work.
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

    /// A worker that was woken is here.
    pub(super) fn arrive(self) -> Self {
        self.state(|state| state.arriving -= 1);
        self.wake_waiters()
    }

    /// A worker that was forked is here.
    pub(super) fn join(self, me: &TaskStruct, worker: &Arc<Worker>) -> Self {
        self.state(|state| {
            (state.refused, state.told) = (false, false);
            state.workers.insert(worker.number, Some(me.get()));
        });
        self.comes_to_work(me, worker);
        self.arrive()
    }

    /// A worker that was to be forked will not be; true if that is news.
    pub(super) fn note_refusal(&self) -> bool {
        self.state(|state| {
            state.running -= 1;
            state.arriving -= 1;
            state.refused = true;
            !std::mem::replace(&mut state.told, true)
        })
    }

    /// A worker goes, or will not come. While the pool is being closed, somebody will wait for its
    /// end.
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

    /// The queues whose works wait here and that have a rescuer: the rescuers to be woken.
    pub(super) fn call_rescuers(&self) -> Rescuers {
        let mut rescuers = Rescuers(Vec::new());
        let mut next = self.first();
        while let Some(work) = next {
            // SAFETY: a queue lives as long as it has works.
            let queue = unsafe { &*work.queue() };
            rescuers.0.extend(queue.call_rescuer(self));
            next = self.after(work);
        }
        rescuers
    }

    /// The Kernel shuts down: its idle workers, to be woken.
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

    /// The Kernel has shut down: the workers that run no work, to be waited for; and the
    /// KernelState, not to be dropped with the lock held.
    pub(super) fn closed(&self) -> (Vec<Task>, Option<Arc<KernelState>>) {
        self.state(|state| {
            state.closing = false;
            let mut tasks = std::mem::take(&mut state.leaving);
            let busy = |task: &&Task| state.busy.iter().any(|busy| busy.task == **task && busy.runs_a_work());
            tasks.extend(state.workers.values().flatten().filter(|task| !busy(task)).cloned());
            (tasks, state.kernel_state.take())
        })
    }

    /// How many works wait in the pool.
    pub(super) fn count_works(&self) -> usize {
        let mut count = 0;
        let mut next = self.first();
        while let Some(work) = next {
            count += 1;
            next = self.after(work);
        }
        count
    }

    /// The Kernel, until it has shut down.
    pub(super) fn kernel_state(&self) -> Option<Arc<KernelState>> {
        self.state(|state| state.kernel_state.clone())
    }

    /// If nobody is on the way to the pool any more, wakes those who wait for that; it drops the
    /// lock meanwhile.
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
            // SAFETY: the lock is held; the waiter is this frame's, and leaves below before the
            // frame goes.
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
