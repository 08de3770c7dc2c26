//! A worker: a kthread that runs the work items of a pool, one after another.
//!
//! # A worker that sleeps in a work item
//!
//! When a worker sleeps in a work item, `schedule` notifies the pool through [`SleepWatch`]: the
//! worker does not count as running until it wakes, and if the pool has work items, another worker
//! is woken or forked at once. A work item that blocks without `schedule` (in a system call, on a
//! foreign lock) uses [`blocking`], which has the same effect.
//!
//! # The end of a work item
//!
//! The worker does not touch a work item after it has called the function, which may have freed it.
//! Before the call it records what it needs afterwards: the queue, the epoch and the flushers.
//!
//! # Invariants
//!
//! A worker's state is accessed under its pool's lock. Only its own thread accesses `slept`.

use super::busy::Busy;
use super::flush::{self, FlushWork};
use super::pool::{Idle, Kind, Locked, WorkerPool};
use super::queue::{PoolWorkqueue, Shared};
use super::watchdog;
use super::work::{Queued, WORK, WorkFn, WorkStruct};
use crate::cpumask::CpuMask;
use crate::debug_objects;
use crate::diag::{WarningKind, contain};
use crate::lockdep::{Callback, Outside, told_by_oops};
use crate::sched::{
    SOFTIRQ_OFFSET, apply_attributes, begin_callback, change_state, current, leave_stray_section,
    sleep_until, with_current,
};
use crate::sync::list::ListHead;
use crate::sync::{Arc, Ordering, UnsafeCell, observe, record};
use crate::task::{
    PF_NO_SETAFFINITY, PF_WQ_WORKER, SleepWatch, TASK_IDLE, TASK_RUNNING, TaskFlags, TaskStruct, Wait,
    WaitKind,
};
use std::any::Any;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::ptr;

/// A worker; see the module docs.
pub(super) struct Worker {
    pool: &'static WorkerPool,
    pub(super) number: u32,
    /// Work items that only this worker may run next: the item that it runs, queued again.
    next: ListHead,
    state: UnsafeCell<State>,
}

struct State {
    /// It counts as running.
    counts: bool,
    /// It is on the list of idle workers.
    idle: bool,
    /// It must end.
    ends: bool,
    /// The index of its entry in the list of busy workers, if it has one.
    place: usize,
    /// The flushers of the work item that it runs.
    flushers: Vec<*const FlushWork>,
    /// How many work items it has begun, and the value of this at the watchdog's last check.
    begun: u64,
    seen: u64,
}

// SAFETY: `state` and `next` are accessed only under the pool's lock, and any thread may complete
// the flushers.
unsafe impl Send for Worker {}
// SAFETY: as above.
unsafe impl Sync for Worker {}

impl Worker {
    /// Makes a worker. `counts`: it counts as running; a rescuer does not.
    pub(super) fn new(pool: &'static WorkerPool, number: u32, counts: bool) -> Self {
        let state =
            State { counts, idle: false, ends: false, place: 0, flushers: Vec::new(), begun: 0, seen: 0 };
        Self { pool, number, next: ListHead::new(), state: UnsafeCell::new(state) }
    }

    /// Calls `f` with the state. The caller holds the pool's lock.
    fn state<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: the lock is held, and `f` is code of this file that does not call `state` again.
        self.state.with_mut(|state| f(unsafe { &mut *state }))
    }

    /// The index of its entry in the list of busy workers.
    pub(super) fn place(&self, _locked: &Locked) -> usize {
        self.state(|state| state.place)
    }

    pub(super) fn set_place(&self, _locked: &Locked, place: usize) {
        self.state(|state| state.place = place);
    }

    /// Records that it was removed from the list of idle workers to be woken, and counts as
    /// running. The caller holds the pool's lock.
    pub(super) fn wakes(&self) {
        self.state(|state| (state.idle, state.counts) = (false, true));
    }

    /// Records that it was removed from the list of idle workers to end. The caller holds the
    /// pool's lock.
    pub(super) fn is_to_end(&self) {
        self.state(|state| state.ends = true);
    }

    /// Returns true if it has been in the same work item since the last check; then it no longer
    /// counts as running. The caller holds the pool's lock.
    pub(super) fn is_stuck(&self) -> bool {
        self.state(|state| {
            let stuck = state.counts && state.begun == state.seen;
            state.seen = state.begun;
            state.counts &= !stuck;
            stuck
        })
    }

    /// Completes the flushers of the work item that has ended. The caller holds the pool's lock.
    #[cold]
    fn completes_flushers(&self) {
        for flusher in self.state(|state| std::mem::take(&mut state.flushers)) {
            // SAFETY: `take` has just removed it from the list.
            unsafe { FlushWork::complete(flusher) };
        }
    }

    pub(super) fn add_flusher(&self, _locked: &Locked, flusher: *const FlushWork) {
        self.state(|state| state.flushers.push(flusher));
    }

    /// Sets whether it counts as running. The caller holds the pool's lock.
    fn count(&self, locked: &Locked, counts: bool) {
        let did = self.state(|state| std::mem::replace(&mut state.counts, counts));
        locked.state(|pool| pool.running = pool.running + u32::from(counts) - u32::from(did));
    }

    fn next(&self) -> *mut ListHead {
        (&raw const self.next).cast_mut()
    }

    /// Returns the next work item of `part`, for a rescuer.
    pub(super) fn next_of(&self, locked: &Locked, part: &PoolWorkqueue) -> Option<Queued> {
        self.own(locked).or_else(|| locked.first_of(part))
    }

    /// Returns the next work item that was passed on to this worker.
    fn own(&self, _locked: &Locked) -> Option<Queued> {
        // SAFETY: the pool's lock is held, and the items on the list are queued.
        unsafe { ListHead::first(self.next()).map(|node| Queued::new(WorkStruct::of_node(node))) }
    }

    /// Returns the next work item to run, or `None` if there is none or too many workers run.
    fn next_work(&self, locked: &Locked) -> Option<Queued> {
        if let Some(own) = self.own(locked) {
            return Some(own);
        }
        let too_many = locked.state(|pool| pool.running > pool.kind.limit);
        if too_many { None } else { locked.first() }
    }
}

/// The data that a worker's task holds about its worker.
pub(super) struct Watch {
    /// `None` for a rescuer, which never counts.
    worker: Option<Arc<Worker>>,
    /// The work item that it runs; only compared.
    work: record::AtomicPtr<WorkStruct>,
    /// The queue that it runs the item for; only compared.
    queue: record::AtomicPtr<Shared>,
    /// It stopped counting as running when it fell asleep.
    slept: record::AtomicBool,
}

impl Watch {
    /// Stops counting the worker as running, if it counts and runs a work item. Returns true if it
    /// did.
    fn count_out(&self, me: &TaskStruct) -> bool {
        let Some(worker) = &self.worker else { return false };
        if self.work.load(Ordering::Relaxed).is_null() {
            return false;
        }
        let locked = worker.pool.lock();
        if !worker.state(|state| state.counts) {
            return false;
        }
        worker.count(&locked, false);
        let after_unlock = locked.needs();
        drop(locked);
        after_unlock.run(me, worker.pool);
        true
    }

    fn count_in(&self) {
        if let Some(worker) = &self.worker {
            worker.count(&worker.pool.lock(), true);
        }
    }
}

impl SleepWatch for Watch {
    fn falls_asleep(&self, me: &TaskStruct) {
        if self.count_out(me) {
            self.slept.store(true, Ordering::Relaxed);
        }
    }

    fn goes_on(&self) {
        if self.slept.swap(false, Ordering::Relaxed) {
            self.count_in();
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn watch_of(task: &TaskStruct) -> Option<&Watch> {
    task.sleep_watch()?.as_any().downcast_ref()
}

/// Whether `me` is a rescuer that runs a work item.
pub(super) fn is_rescuer(me: &TaskStruct) -> bool {
    watch_of(me).is_some_and(|w| w.worker.is_none() && !w.work.load(Ordering::Relaxed).is_null())
}

/// Whether `me` runs `work`.
pub(super) fn runs(me: &TaskStruct, work: *const WorkStruct) -> bool {
    watch_of(me).is_some_and(|watch| ptr::eq(watch.work.load(Ordering::Relaxed), work))
}

/// Whether `me` runs a work item of this queue.
pub(super) fn runs_for(me: &TaskStruct, queue: &Shared) -> bool {
    watch_of(me).is_some_and(|watch| ptr::eq(watch.queue.load(Ordering::Relaxed), queue))
}

/// Returns the work item that the calling task runs, or null: `current_work`. Use the pointer only
/// to compare it: the work item may have been freed.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_WORK!(static SELF = |work| assert!(std::ptr::eq(current_work(), work)));
/// assert!(current_work().is_null());
/// schedule_work(&SELF);
/// flush_work(&SELF);
/// ```
pub fn current_work() -> *const WorkStruct {
    with_current(|me| watch_of(me).map_or(ptr::null(), |watch| watch.work.load(Ordering::Relaxed)))
}

/// The work item that a worker runs; see [`TaskStruct::runs_work`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunsWork {
    /// The name of the queue that the work item was queued to.
    pub queue: String,
    /// The address of the work item's function. All [`Work`](super::Work)s with closures share one
    /// address, and so do all [`DelayedWork`](super::DelayedWork)s.
    pub function: usize,
}

impl TaskStruct {
    /// Returns the work item that this task runs at this moment; `None` if it runs none, or is not
    /// a worker. For listings: the kernel shows this in `/proc/PID/comm` after a kworker's name,
    /// and in `print_worker_info`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// DECLARE_WORK!(static LISTED = |_| {
    ///     assert_eq!(current().runs_work().unwrap().queue, "events");
    /// });
    /// schedule_work(&LISTED);
    /// flush_work(&LISTED);
    /// assert_eq!(current().runs_work(), None);
    /// ```
    pub fn runs_work(&self) -> Option<RunsWork> {
        let watch = watch_of(self)?;
        let pool = watch.worker.as_ref()?.pool;
        pool.lock().what_runs_on(self)
    }
}

/// Runs `f`, which blocks where the runtime cannot see it: in a system call, or on a foreign lock.
///
/// Inside a work item, the pool treats the worker as asleep during the call and lets another worker
/// run, as the kernel does without help. Anywhere else this just calls `f`. Calls may nest.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let text = kthread_rt::blocking(|| std::fs::read_to_string("/proc/version"));
/// assert!(text.is_ok());
/// ```
pub fn blocking<R>(f: impl FnOnce() -> R) -> R {
    /// Also if `f` unwinds.
    struct Blocked<'a>(&'a Watch);
    impl Drop for Blocked<'_> {
        fn drop(&mut self) {
            self.0.count_in();
        }
    }
    let me = current();
    let _blocked = watch_of(&me).and_then(|watch| watch.count_out(&me).then_some(Blocked(watch)));
    f()
}

/// The name of a worker, in the kernel's format.
pub(super) fn name(kind: Kind, number: u32) -> String {
    match kind.cpu {
        Some(cpu) if kind.bh => format!("kworker/bh{cpu}:{number}"),
        Some(cpu) if kind.nice < 0 => format!("kworker/{cpu}:{number}H"),
        Some(cpu) => format!("kworker/{cpu}:{number}"),
        None => format!("kworker/u{}:{number}", kind.id),
    }
}

/// Marks the task `me` as a worker.
pub(super) fn enlist(me: &TaskStruct, worker: Option<Arc<Worker>>) -> &Watch {
    me.change_flags(PF_WQ_WORKER, TaskFlags::empty());
    me.set_sleep_watch(Box::new(Watch {
        worker,
        work: record::AtomicPtr::new(ptr::null_mut()),
        queue: record::AtomicPtr::new(ptr::null_mut()),
        slept: record::AtomicBool::new(false),
    }));
    watch_of(me).unwrap_or_else(|| unreachable!("set right now"))
}

/// The thread of a worker or of a rescuer.
#[derive(Clone, Copy)]
pub(super) struct Runner<'a> {
    pub(super) me: &'a TaskStruct,
    pub(super) watch: &'a Watch,
    pub(super) worker: &'a Arc<Worker>,
}

/// The main function of a worker's thread.
pub(super) fn main(pool: &'static WorkerPool, kind: Kind, number: u32) -> i32 {
    let me = current();
    let worker = Arc::new(Worker::new(pool, number, true));
    let watch = enlist(&me, Some(worker.clone()));
    let runner = Runner { me: &me, watch, worker: &worker };
    me.change_flags(PF_NO_SETAFFINITY, TaskFlags::empty());
    if kind.cpu.is_some() || kind.nice != 0 {
        apply_attributes(&me, "queue_work", Location::caller(), |attributes| {
            attributes.nice = kind.nice;
            if let Some(cpu) = kind.cpu {
                attributes.cpus_allowed = CpuMask::of(cpu);
            }
        });
    }
    let mut locked = pool.lock().join(&me, &worker);
    loop {
        while let Some(work) = worker.next_work(&locked) {
            locked = run(runner, locked, work);
        }
        match rest(runner, locked) {
            Some(again) => locked = again,
            None => return 0,
        }
    }
}

/// Goes idle until the worker is woken to run work items. Returns `None` if it must end.
fn rest(runner: Runner<'_>, mut locked: Locked) -> Option<Locked> {
    let Runner { me, worker, .. } = runner;
    let pool = worker.pool;
    worker.count(&locked, false);
    let Busy { worker: this, task, .. } = locked.leaves_work(worker);
    if locked.state(|state| state.closed) {
        locked.leave(worker.number);
        return None;
    }
    worker.state(|state| state.idle = true);
    let since = me.kernel_state().clock.jiffies();
    locked.state(|state| state.idle.push(Idle { worker: this, task, since }));
    let mut after_unlock = Some(watchdog::at_rest(&locked));
    let noted = me.wait_note().set(Wait::new(WaitKind::Idle, 0, "worker_thread", Location::caller()));
    loop {
        change_state(me, TASK_IDLE);
        drop(locked);
        if let Some(after_unlock) = after_unlock.take() {
            after_unlock.run(me, pool);
        }
        sleep_until(me, None);
        locked = pool.lock();
        let (idle, ends) = worker.state(|state| (state.idle, state.ends));
        if ends {
            change_state(me, TASK_RUNNING);
            locked.leave(worker.number);
            return None;
        }
        if !idle {
            break;
        }
    }
    change_state(me, TASK_RUNNING);
    drop(noted);
    locked.comes_to_work(me, worker);
    Some(locked.arrive())
}

/// Runs `work`, which is on the pool's list or on the worker's own.
pub(super) fn run(runner: Runner<'_>, locked: Locked, work: Queued) -> Locked {
    let Runner { me, worker, .. } = runner;
    let (pool, address, function) = (worker.pool, work.as_ptr(), work.function());
    if let Some((other, _)) = locked.runner_of(address, function) {
        // Another worker runs this work item, which was queued again: pass it on to that worker. It
        // is not this worker, which runs nothing now.
        work.unlink();
        // SAFETY: the pool's lock is held; the work item is queued, so it is valid and does not
        // move.
        unsafe { ListHead::push_back(other.next(), work.node()) };
        return locked;
    }
    let (queue, epoch) = (work.queue(), work.epoch());
    // SAFETY: a queue lives as long as it has unfinished work items.
    let part = unsafe { &*queue };
    locked.begin(worker, work);
    let flushers = flush::take(&locked, address);
    let counted = worker.state(|state| {
        state.begun += 1;
        state.flushers = flushers;
        state.counts
    });
    if counted && part.is_cpu_intensive() {
        worker.count(&locked, false);
    }
    work.unlink();
    debug_objects::runs(&WORK, address.addr());
    work.begins();
    // Starts another worker if the pool needs one, at the same point as the kernel does.
    let after_unlock = locked.needs();
    drop(locked);
    after_unlock.run(me, pool);

    call(runner, part, address, function);

    let locked = pool.lock();
    debug_objects::ran(&WORK, address.addr(), || false);
    locked.end(worker);
    if counted {
        worker.count(&locked, true);
    }
    part.retire(&locked, epoch, true);
    if worker.state(|state| !state.flushers.is_empty()) {
        worker.completes_flushers();
    }
    locked
}

/// The call that warnings about a work item's function name.
const FUNCTION: &str = "work_struct.func";

/// Calls the function of a work item.
fn call(runner: Runner<'_>, part: &PoolWorkqueue, work: *const WorkStruct, function: WorkFn) {
    let Runner { me, watch, .. } = runner;
    watch.work.store(work.cast_mut(), Ordering::Relaxed);
    watch.queue.store(Arc::as_ptr(&part.shared).cast_mut(), Ordering::Relaxed);
    observe("runs the work", work.addr(), |address| format!("{address:#x}"));
    let work = ptr::with_exposed_provenance_mut(work.addr());
    let before = Outside::of(me);
    if part.is_bh() {
        begin_callback(me, SOFTIRQ_OFFSET);
    }
    let called = Outside::of(me);
    // SAFETY: the caller that set the function promised that any thread may call it with the work
    // item, which is valid until the function has been entered.
    let ended = catch_unwind(AssertUnwindSafe(|| unsafe { function(work) }));
    // Cleared first, so that nothing below counts as part of the work item.
    watch.work.store(ptr::null_mut(), Ordering::Relaxed);
    watch.queue.store(ptr::null_mut(), Ordering::Relaxed);
    if let Err(panic) = ended {
        report_panic(me, part, panic);
        told_by_oops(me, called);
    }
    let callback = Callback { call: FUNCTION, function: function as usize, kind: WarningKind::LockMisuse };
    called.judge(me, callback, |count, locks| {
        let name = &part.shared.name;
        format!("a work item of workqueue {name:?} left preempt_count {count:#x} and {locks} lock(s) held")
    });
    before.restore_count(me);
    leave_stray_section(me, FUNCTION);
}

#[cold]
fn report_panic(me: &TaskStruct, part: &PoolWorkqueue, panic: Box<dyn Any + Send>) {
    let message =
        format!("Oops: a work item of workqueue {:?} panicked; its worker continues", part.shared.name);
    me.warn(WarningKind::Oops, FUNCTION, Location::caller(), &message);
    // The payload may have a destructor that is user code.
    contain(|| drop(panic));
}
