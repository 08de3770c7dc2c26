//! A workqueue: which pool its work items go to, and how many of them may run.
//!
//! A queue has one [`PoolWorkqueue`], a *part*, for each pool that it uses: one if it is unbound,
//! otherwise one per cpu. At most `max_active` work items of a part are *active*, that is on the
//! pool's list or running. The others wait on the part's inactive list; the next one becomes active
//! when an active one has finished. With a `max_active` of 1, the work items of an unbound queue
//! run strictly one after another.
//!
//! # A work item never runs twice at once
//!
//! A work item that is queued while it runs for the same queue goes to the pool where it runs. A
//! worker of that pool that takes it passes it on to the worker that is running it
//! ([`worker`]). So a work item never runs twice at once, unless it is queued to two
//! queues.
//!
//! # Freezing
//!
//! While a freezable queue is frozen, it behaves as if its `max_active` were 0.

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
    /// The number of drains in progress, and the bit [`DESTROYED`].
    pub(super) draining: AtomicU32,
    pub(super) rescuer: Mutex<Option<Rescuer>>,
}

/// A bit of `draining`: the queue is being destroyed or was destroyed.
pub(super) const DESTROYED: u32 = 1 << 31;

/// `struct pool_workqueue`: the part of a queue that uses one pool.
pub(super) struct PoolWorkqueue {
    pub(super) pool: &'static WorkerPool,
    /// The pool's term when the queue was made.
    term: u64,
    pub(super) shared: Arc<Shared>,
    inactive: ListHead,
    state: UnsafeCell<State>,
}

/// The fields under the pool's lock.
pub(super) struct State {
    active: u32,
    max_active: u32,
    frozen: bool,
    pub(super) in_flight: InFlight,
    /// The flushes that wait, each with its epoch.
    pub(super) flushers: Vec<(u64, *const FlushQueue)>,
    /// This part is on its rescuer's list.
    called: bool,
}

// SAFETY: `state` and `inactive` are accessed only under the pool's lock.
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

    /// Ensures that the pool has a worker.
    fn man(&self, caller: Caller<'_>) -> Result<&Self, Errno> {
        self.pool.man(caller.me, self.term).map(|()| self)
    }

    fn inactive(&self) -> *mut ListHead {
        (&raw const self.inactive).cast_mut()
    }

    /// Calls `f` with the state. `_locked` is the guard of the pool's lock.
    pub(super) fn state<R>(&self, _locked: &Locked, f: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: the lock is held, and `f` is code of this crate that does not call `state` again.
        self.state.with_mut(|state| f(unsafe { &mut *state }))
    }

    /// Whether its work items run one after another.
    pub(super) fn takes_turns(&self, locked: &Locked) -> bool {
        self.state(locked, |state| state.max_active == 1)
    }

    pub(super) fn is_bh(&self) -> bool {
        self.shared.flags.contains(WQ_BH)
    }

    pub(super) fn is_cpu_intensive(&self) -> bool {
        self.shared.flags.contains(WQ_CPU_INTENSIVE)
    }

    /// Returns why the queue refuses a work item from the task `me`, or `None` if it accepts one.
    fn refusal(&self, me: &TaskStruct, locked: &Locked) -> Option<&'static str> {
        // Relaxed: a drain sets it before it first takes this lock.
        let draining = self.shared.draining.load(Ordering::Relaxed);
        if locked.is_closed_for(self.term) {
            Some("the Kernel has shut down: the work item was not queued")
        } else if draining == 0 || worker::runs_for(me, &self.shared) {
            None
        } else if draining & DESTROYED != 0 {
            Some("the workqueue is destroyed: the work item was not queued")
        } else {
            Some(
                "the workqueue is being drained: only its own work items may queue more; \
                 this one was not queued",
            )
        }
    }

    /// Queues a work item that the caller has claimed, and drops its lock.
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

    /// Removes a work item that is queued here.
    pub(super) fn take_out(&self, locked: &Locked, work: Queued) {
        let (active, epoch) = (work.is_active(), work.epoch());
        work.unlink();
        debug_objects::end(&WORK, work.as_ptr().addr());
        work.ends();
        self.retire(locked, epoch, active);
    }

    /// Accounts for a work item that has finished or was removed: activates the next one, and
    /// completes the flushes whose epochs are over.
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

    /// Completes the flushes whose epochs are over.
    #[cold]
    fn notify_flushers(&self, locked: &Locked) {
        self.state(locked, |state| {
            let first = state.in_flight.first();
            state.flushers.retain(|&(waits_for, flusher)| {
                let over = waits_for < first;
                if over {
                    // SAFETY: a flusher stays on the list, and its task waits, until it is notified
                    // here.
                    unsafe { FlushQueue::one_less(flusher) };
                }
                !over
            });
        });
    }

    /// Activates as many work items as `max_active` allows.
    fn activate(&self, locked: &Locked) {
        // SAFETY: the lock is held, and the items on the list are queued.
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

    /// The number of work items that are queued or running.
    pub(super) fn in_flight(&self, locked: &Locked) -> u32 {
        self.state(locked, |state| state.in_flight.total())
    }

    /// The number of active work items.
    pub(super) fn active(&self, locked: &Locked) -> u32 {
        self.state(locked, |state| state.active)
    }

    /// Whether inactive work items wait here.
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

    /// Puts this part on its rescuer's list. Returns the rescuer for the caller to wake, or `None`
    /// if there is none or it was called already.
    pub(super) fn call_rescuer(&self, locked: &Locked) -> Option<Task> {
        let rescuer = self.shared.rescuer.lock();
        let rescuer = rescuer.as_ref()?;
        if self.state(locked, |state| std::mem::replace(&mut state.called, true)) {
            return None;
        }
        Some(rescuer.call(self))
    }

    /// Records that the rescuer has taken this part from its list.
    pub(super) fn rescuer_comes(&self, locked: &Locked) {
        self.state(locked, |state| state.called = false);
    }
}

impl<'a> On<'a> {
    /// `queue_work_on`: true if the work item was idle and is queued now.
    pub(super) fn queue(self, caller: Caller<'_>, work: &WorkStruct) -> bool {
        self.try_queue(caller, work).unwrap_or(false)
    }

    /// As [`queue`](Self::queue), with the error.
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

    /// Returns the part to queue to. On return its pool, or the pool of another part, has a worker.
    ///
    /// # Errors
    ///
    /// The system's error, with a warning, if it refuses the worker and no pool of the queue has
    /// one.
    pub(super) fn manned(self, caller: Caller<'_>) -> Result<&'a PoolWorkqueue, Errno> {
        let part = self.queue.part_for(caller, self.cpu);
        if part.pool.is_manned() {
            return Ok(part);
        }
        part.man(caller).or_else(|errno| {
            self.queue.manned_part().ok_or(errno).inspect_err(|errno| {
                let message = format!("no worker can be created, so the work item was not queued: {errno}");
                let down = *errno == Errno::ESHUTDOWN;
                caller.warn(if down { WarningKind::ShutDown } else { WarningKind::OsRefused }, &message);
            })
        })
    }
}

/// `struct workqueue_struct`.
pub(super) struct WorkqueueStruct {
    pub(super) shared: Arc<Shared>,
    /// One for each of `cpus`, or one for an unbound queue.
    pub(super) parts: Box<[PoolWorkqueue]>,
    pub(super) cpus: Box<[u32]>,
}

impl WorkqueueStruct {
    pub(super) fn is_freezable(&self) -> bool {
        self.shared.flags.contains(WQ_FREEZABLE)
    }

    /// Returns the part for `cpu`; `None` means the caller's cpu.
    pub(super) fn part_for(&self, caller: Caller<'_>, cpu: Option<u32>) -> &PoolWorkqueue {
        if self.shared.flags.contains(WQ_UNBOUND) {
            return &self.parts[0];
        }
        let index = |cpu: u32| self.cpus.binary_search(&cpu).ok();
        let asked = cpu.and_then(|cpu| {
            if index(cpu).is_none() {
                let message = format!("there is no cpu {cpu}; the work item is queued on the caller's cpu");
                caller.warn(WarningKind::BadArgument, &message);
            }
            index(cpu)
        });
        &self.parts[asked.or_else(|| index(os::current_cpu())).unwrap_or(0)]
    }

    /// Returns a part whose pool has a worker.
    fn manned_part(&self) -> Option<&PoolWorkqueue> {
        self.parts.iter().find(|part| part.pool.is_manned())
    }

    /// Queues a work item that the caller has claimed. If the queue refuses it, this warns, makes
    /// it idle and returns false.
    ///
    /// If the part's pool has no worker, the item goes to a part whose pool has one, if there is
    /// any.
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

    /// Returns the part in which a running work item must be queued, if it is another than the part
    /// `asked` for; see the module docs.
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
