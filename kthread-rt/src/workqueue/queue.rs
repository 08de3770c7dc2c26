//! A workqueue: where its works go, and how many of them may run.
//!
//! A queue has one [`PoolWorkqueue`] for each pool that it uses: one, if it is unbound; one for
//! each cpu else. At most `max_active` works of a `PoolWorkqueue` are *active*, which means on the
//! pool's list or running; the others wait here, and the next becomes active when one has finished.
//! With `max_active` 1 the works of an unbound queue run strictly one after the other.
//!
//! # Not twice at once
//!
//! A work that is queued while it runs goes to the pool where it runs, if it runs for the same
//! queue, and there the worker that would take it leaves it to the one that runs it
//! ([`worker`](super::worker)). So it does not run twice at once, unless it is queued to two
//! queues.
//!
//! # Freezing
//!
//! While a freezable queue is frozen its `max_active` is 0.

use super::flush::{FlushQueue, InFlight};
use super::pool::{Locked, WorkerPool};
use super::rescuer::Rescuer;
use super::work::WORK;
use super::work::{HeldWork, Queued, WorkStruct};
use super::{Caller, On, WQ_BH, WQ_CPU_INTENSIVE, WQ_FREEZABLE, WQ_UNBOUND, WqFlags, worker};
use crate::debug_objects;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sync::list::ListHead;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, UnsafeCell, os};
use crate::task::{Task, TaskStruct};
use std::ptr;

/// What the parts of a queue share.
pub(super) struct Shared {
    pub(super) name: Box<str>,
    pub(super) flags: WqFlags,
    /// How many drain it at this moment; the bit is set once it is being destroyed.
    pub(super) draining: AtomicU32,
    pub(super) rescuer: Mutex<Option<Rescuer>>,
}

/// In `draining`: the queue is destroyed.
pub(super) const DESTROYED: u32 = 1 << 31;

/// `struct pool_workqueue`: what a queue has of one pool.
pub(super) struct PoolWorkqueue {
    pub(super) pool: &'static WorkerPool,
    /// The pool's, when the queue was made.
    term: u64,
    pub(super) shared: Arc<Shared>,
    inactive: ListHead,
    state: UnsafeCell<State>,
}

/// Under the pool's lock.
pub(super) struct State {
    active: u32,
    max_active: u32,
    frozen: bool,
    pub(super) in_flight: InFlight,
    /// Those who wait for the works of an epoch.
    pub(super) flushers: Vec<(u64, *const FlushQueue)>,
    /// It is on its rescuer's list.
    called: bool,
}

// SAFETY: `state` and `inactive` are accessed with the pool's lock held.
unsafe impl Send for PoolWorkqueue {}
// SAFETY: as above.
unsafe impl Sync for PoolWorkqueue {}

impl PoolWorkqueue {
    pub(super) fn new(
        pool: &'static WorkerPool,
        shared: &Arc<Shared>,
        max_active: u32,
        frozen: bool,
    ) -> Self {
        Self {
            pool,
            term: pool.lock().term(),
            shared: shared.clone(),
            inactive: ListHead::new(),
            state: UnsafeCell::new(State {
                active: 0,
                max_active,
                frozen,
                in_flight: InFlight::new(),
                flushers: Vec::new(),
                called: false,
            }),
        }
    }

    /// Sees to it that its pool has a worker.
    fn man(&self, caller: Caller<'_>) -> Result<&Self, Errno> {
        self.pool.man(caller.me, self.term).map(|()| self)
    }

    fn inactive(&self) -> *mut ListHead {
        (&raw const self.inactive).cast_mut()
    }

    /// `_locked` is the pool's.
    pub(super) fn state<R>(&self, _locked: &Locked, f: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: the lock is held, and `f`, of this crate's own, does not come here again.
        self.state.with_mut(|state| f(unsafe { &mut *state }))
    }

    /// Whether its works run one after the other.
    pub(super) fn takes_turns(&self, locked: &Locked) -> bool {
        self.state(locked, |state| state.max_active == 1)
    }

    pub(super) fn is_bh(&self) -> bool {
        self.shared.flags.contains(WQ_BH)
    }

    pub(super) fn is_cpu_intensive(&self) -> bool {
        self.shared.flags.contains(WQ_CPU_INTENSIVE)
    }

    /// Why the queue takes no work of the caller's.
    fn refusal(&self, me: &TaskStruct, locked: &Locked) -> Option<&'static str> {
        // Relaxed: who drains sets it before it takes this lock for the first time.
        let draining = self.shared.draining.load(Ordering::Relaxed);
        if locked.is_closed_for(self.term) {
            Some("the Kernel has shut down: the work stays idle")
        } else if draining == 0 || worker::runs_for(me, &self.shared) {
            None
        } else if draining & DESTROYED != 0 {
            Some("the workqueue is destroyed: the work stays idle")
        } else {
            Some("the workqueue is being drained, and takes works of its own works only: this one stays idle")
        }
    }

    /// Puts a work into the queue that its caller has claimed, and lets go of the work.
    fn add(&self, locked: &Locked, held: HeldWork<'_>) {
        let (active, epoch) = self.state(locked, |state| {
            let active = !state.frozen && state.active < state.max_active;
            state.active += u32::from(active);
            (active, state.in_flight.add())
        });
        let work = ptr::from_ref(held.work());
        held.enter(locked, self, epoch, active);
        if active {
            locked.append(work);
        } else {
            // SAFETY: as in `Locked::append`.
            unsafe { ListHead::push_back(self.inactive(), work.cast_mut().cast()) };
        }
        drop(held);
    }

    /// Takes a work out that is queued here and does not run.
    pub(super) fn take_out(&self, locked: &Locked, work: Queued) {
        let (active, epoch) = (work.is_active(), work.epoch());
        work.unlink();
        debug_objects::end(&WORK, work.as_ptr().addr());
        work.ends();
        self.retire(locked, epoch, active);
    }

    /// A work has finished, or was taken out: the next may become active, and those who waited for
    /// it go on.
    pub(super) fn retire(&self, locked: &Locked, epoch: u64, active: bool) {
        let (epoch_over, quiet) = self.state(locked, |state| {
            state.active -= u32::from(active);
            (state.in_flight.remove(epoch), state.frozen && state.active == 0)
        });
        self.activate(locked);
        if epoch_over {
            self.notify_flushers(locked);
        }
        if quiet {
            super::freeze::quiet(locked);
        }
    }

    /// Those go on whose epochs are over.
    #[cold]
    fn notify_flushers(&self, locked: &Locked) {
        self.state(locked, |state| {
            let first = state.in_flight.first();
            state.flushers.retain(|&(waits_for, flusher)| {
                let over = waits_for < first;
                if over {
                    // SAFETY: a flusher is on the list until it is told here, and waits until then.
                    unsafe { FlushQueue::one_less(flusher) };
                }
                !over
            });
        });
    }

    /// Makes works active as far as the queue allows.
    fn activate(&self, locked: &Locked) {
        // SAFETY: the lock is held, and what is on the list is queued.
        while let Some(node) = unsafe { ListHead::first(self.inactive()) } {
            let more = self.state(locked, |state| {
                let more = !state.frozen && state.active < state.max_active;
                state.active += u32::from(more);
                more
            });
            if !more {
                return;
            }
            // SAFETY: as above; it stays queued.
            let work = unsafe { Queued::new(WorkStruct::of_node(node)) };
            work.unlink();
            work.activate();
            locked.append(work.as_ptr());
        }
    }

    /// How many works are in the queue or run.
    pub(super) fn in_flight(&self, locked: &Locked) -> u32 {
        self.state(locked, |state| state.in_flight.total())
    }

    /// How many are active.
    pub(super) fn active(&self, locked: &Locked) -> u32 {
        self.state(locked, |state| state.active)
    }

    /// Whether works wait here that are not active.
    pub(super) fn is_congested(&self, _locked: &Locked) -> bool {
        // SAFETY: the lock is held.
        unsafe { !ListHead::is_empty(self.inactive()) }
    }

    pub(super) fn set_max_active(&self, locked: &Locked, max_active: u32) {
        self.state(locked, |state| state.max_active = max_active);
        self.activate(locked);
    }

    pub(super) fn freeze(&self, locked: &Locked, frozen: bool) {
        self.state(locked, |state| state.frozen = frozen);
        self.activate(locked);
    }

    /// The task of its rescuer, to be woken, unless it has been called.
    pub(super) fn call_rescuer(&self, locked: &Locked) -> Option<Task> {
        let rescuer = self.shared.rescuer.lock();
        let rescuer = rescuer.as_ref()?;
        if self.state(locked, |state| std::mem::replace(&mut state.called, true)) {
            return None;
        }
        Some(rescuer.call(self))
    }

    /// The rescuer has come.
    pub(super) fn rescuer_comes(&self, locked: &Locked) {
        self.state(locked, |state| state.called = false);
    }
}

impl<'a> On<'a> {
    /// `queue_work_on`: true if the work was idle, and is queued now.
    pub(super) fn queue(self, caller: Caller<'_>, work: &WorkStruct) -> bool {
        self.try_queue(caller, work).unwrap_or(false)
    }

    /// As [`queue`](Self::queue).
    ///
    /// # Errors
    ///
    /// Those of [`manned`](Self::manned), with its warning.
    pub(super) fn try_queue(self, caller: Caller<'_>, work: &WorkStruct) -> Result<bool, Errno> {
        let part = self.manned(caller)?;
        Ok(match work.claim(caller) {
            Some(held) => self.queue.insert(caller, held, part),
            None => false,
        })
    }

    /// The part for works that are queued here. Its pool has a worker from now on, or that of
    /// another part has one.
    ///
    /// # Errors
    ///
    /// If the system refuses it, and none of the queue's pools has a worker: what the system said,
    /// with a warning.
    pub(super) fn manned(self, caller: Caller<'_>) -> Result<&'a PoolWorkqueue, Errno> {
        let part = self.queue.part_for(caller, self.cpu);
        if part.pool.is_manned() {
            return Ok(part);
        }
        part.man(caller).or_else(|errno| {
            self.queue.manned_part().ok_or(errno).inspect_err(|errno| {
                let message = format!("no worker for this work, which stays as it was: {errno}");
                let down = *errno == Errno::ESHUTDOWN;
                caller.warn(if down { WarningKind::ShutDown } else { WarningKind::OsRefused }, &message);
            })
        })
    }
}

/// `struct workqueue_struct`.
pub(super) struct WorkqueueStruct {
    pub(super) shared: Arc<Shared>,
    /// One for each of `cpus`; for an unbound queue one.
    pub(super) parts: Box<[PoolWorkqueue]>,
    pub(super) cpus: Box<[u32]>,
}

impl WorkqueueStruct {
    pub(super) fn is_freezable(&self) -> bool {
        self.shared.flags.contains(WQ_FREEZABLE)
    }

    /// The part for works that are queued on `cpu`; `None`: on the caller's.
    pub(super) fn part_for(&self, caller: Caller<'_>, cpu: Option<u32>) -> &PoolWorkqueue {
        if self.shared.flags.contains(WQ_UNBOUND) {
            return &self.parts[0];
        }
        let index = |cpu: u32| self.cpus.binary_search(&cpu).ok();
        let asked = cpu.and_then(|cpu| {
            if index(cpu).is_none() {
                let message = format!("there is no cpu {cpu}; the work goes to the caller's");
                caller.warn(WarningKind::BadArgument, &message);
            }
            index(cpu)
        });
        &self.parts[asked.or_else(|| index(os::current_cpu())).unwrap_or(0)]
    }

    /// A part whose pool has a worker.
    fn manned_part(&self) -> Option<&PoolWorkqueue> {
        self.parts.iter().find(|part| part.pool.is_manned())
    }

    /// Queues a work that the caller has claimed. False, with a warning, if the queue takes none;
    /// the work is idle then.
    ///
    /// A part whose pool has no worker gets the work only if no part of the queue has one.
    pub(super) fn insert(&self, caller: Caller<'_>, held: HeldWork<'_>, part: &PoolWorkqueue) -> bool {
        let (work, function) = (held.work(), held.work().function());
        let address = ptr::from_ref(work).addr();
        debug_objects::begin_unless_turned(
            &WORK,
            address,
            function.map_or(0, |f| f as *const () as usize),
            || debug_objects::made(caller.me, caller.call, caller.place),
        );
        let part = if part.pool.is_manned() { part } else { self.manned_part().unwrap_or(part) };
        let (part, locked) = self.where_it_runs(&held, part).unwrap_or_else(|| (part, part.pool.lock()));
        if let Some(refusal) = part.refusal(caller.me, &locked) {
            debug_objects::end(&WORK, address);
            held.become_idle();
            drop(held);
            drop(locked);
            caller.warn(WarningKind::ShutDown, refusal);
            return false;
        }
        let pool = part.pool;
        part.add(&locked, held);
        let after_unlock = locked.needs();
        drop(locked);
        after_unlock.run(caller.me, pool);
        true
    }

    /// The part that a running work has to be queued in, if that is not the part that is `asked`
    /// for; see "Not twice at once".
    fn where_it_runs(&self, held: &HeldWork<'_>, asked: &PoolWorkqueue) -> Option<(&PoolWorkqueue, Locked)> {
        let last = held.pool()?;
        if ptr::eq(last, asked.pool) {
            return None;
        }
        let part = self.parts.iter().find(|part| ptr::eq(part.pool, last))?;
        let locked = last.lock();
        let (_, queue) = locked.runner_of(held.work(), held.work().function()?)?;
        ptr::eq(queue, part).then_some((part, locked))
    }
}
