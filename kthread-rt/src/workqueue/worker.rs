//! A worker: a kthread that runs the works of a pool, one after the other.
//!
//! # A worker that falls asleep in a work
//!
//! `schedule` tells the worker of it ([`SleepWatch`]): the worker does not count as running until
//! it goes on, and if the pool has works another worker is woken or forked at that moment. What
//! blocks without `schedule` (a system call, a foreign lock) is marked by [`blocking`], which does
//! the same.
//!
//! # The end of a work
//!
//! The work is not touched once its function has been called, which may have freed it. What the
//! worker needs afterwards (for which queue it ran, in which epoch, who waits for it) it has
//! written down before.
//!
//! # Invariants
//!
//! The worker's state is accessed with its pool's lock held; `slept` and `runs` by its own thread.

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

/// See the module's text.
pub(super) struct Worker {
    pool: &'static WorkerPool,
    pub(super) number: u32,
    /// Works that it is to run behind the one that it runs: that one, queued anew.
    next: ListHead,
    state: UnsafeCell<State>,
}

struct State {
    /// It counts as running.
    counts: bool,
    /// It is on the list of idle workers.
    idle: bool,
    /// It is to end.
    ends: bool,
    /// Where its entry is in the list of busy workers, if it has one.
    place: usize,
    /// Those who wait for the work that it runs.
    flushers: Vec<*const FlushWork>,
    /// How many works it has begun, and how many when the pool was looked at last.
    begun: u64,
    seen: u64,
}

// SAFETY: `state` and `next` are accessed with the pool's lock held, and the flushers may be
// completed by any thread.
unsafe impl Send for Worker {}
// SAFETY: as above.
unsafe impl Sync for Worker {}

impl Worker {
    /// A worker; it counts as running unless it is a rescuer.
    pub(super) fn new(pool: &'static WorkerPool, number: u32, counts: bool) -> Self {
        let state =
            State { counts, idle: false, ends: false, place: 0, flushers: Vec::new(), begun: 0, seen: 0 };
        Self { pool, number, next: ListHead::new(), state: UnsafeCell::new(state) }
    }

    /// The pool's lock is held.
    fn state<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        // SAFETY: the lock is held, and `f`, of this file's own, does not come here again.
        self.state.with_mut(|state| f(unsafe { &mut *state }))
    }

    /// Where its entry is in the list of busy workers.
    pub(super) fn place(&self, _locked: &Locked) -> usize {
        self.state(|state| state.place)
    }

    pub(super) fn set_place(&self, _locked: &Locked, place: usize) {
        self.state(|state| state.place = place);
    }

    /// It is off the list of idle workers, and counted, and will be woken. The pool's lock is held.
    pub(super) fn wakes(&self) {
        self.state(|state| (state.idle, state.counts) = (false, true));
    }

    /// It is off the list of idle workers for ever. The pool's lock is held.
    pub(super) fn is_to_end(&self) {
        self.state(|state| state.ends = true);
    }

    /// Counts it out, if it has been in the same work since the last look. The pool's lock is held.
    pub(super) fn is_stuck(&self) -> bool {
        self.state(|state| {
            let stuck = state.counts && state.begun == state.seen;
            state.seen = state.begun;
            state.counts &= !stuck;
            stuck
        })
    }

    /// The work that it ran has ended. The pool's lock is held.
    #[cold]
    fn completes_flushers(&self) {
        for flusher in self.state(|state| std::mem::take(&mut state.flushers)) {
            // SAFETY: it is off the list.
            unsafe { FlushWork::complete(flusher) };
        }
    }

    pub(super) fn add_flusher(&self, _locked: &Locked, flusher: *const FlushWork) {
        self.state(|state| state.flushers.push(flusher));
    }

    /// Counts it as running, or not. The pool's lock is held.
    fn count(&self, locked: &Locked, counts: bool) {
        let did = self.state(|state| std::mem::replace(&mut state.counts, counts));
        locked.state(|pool| pool.running = pool.running + u32::from(counts) - u32::from(did));
    }

    fn next(&self) -> *mut ListHead {
        (&raw const self.next).cast_mut()
    }

    /// The next work of `part`, for a rescuer.
    pub(super) fn next_of(&self, locked: &Locked, part: &PoolWorkqueue) -> Option<Queued> {
        self.own(locked).or_else(|| locked.first_of(part))
    }

    /// The next work that was left to this worker.
    fn own(&self, _locked: &Locked) -> Option<Queued> {
        // SAFETY: the pool's lock is held, and what is on the list is queued.
        unsafe { ListHead::first(self.next()).map(|node| Queued::new(WorkStruct::of_node(node))) }
    }

    /// The next work for a worker that does not sleep.
    fn next_work(&self, locked: &Locked) -> Option<Queued> {
        if let Some(own) = self.own(locked) {
            return Some(own);
        }
        let too_many = locked.state(|pool| pool.running > pool.kind.limit);
        if too_many { None } else { locked.first() }
    }
}

/// What a worker's task has of it.
pub(super) struct Watch {
    /// `None` for a rescuer, which never counts.
    worker: Option<Arc<Worker>>,
    /// The work that it runs; for comparing.
    work: record::AtomicPtr<WorkStruct>,
    /// The queue it runs it for; for comparing.
    queue: record::AtomicPtr<Shared>,
    /// It was counted out when it fell asleep.
    slept: record::AtomicBool,
}

impl Watch {
    /// Counts the worker out, if it runs a work and counts; true if it did.
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

/// Whether `me` is a rescuer that runs a work.
pub(super) fn is_rescuer(me: &TaskStruct) -> bool {
    watch_of(me).is_some_and(|w| w.worker.is_none() && !w.work.load(Ordering::Relaxed).is_null())
}

/// Whether `me` runs `work`.
pub(super) fn runs(me: &TaskStruct, work: *const WorkStruct) -> bool {
    watch_of(me).is_some_and(|watch| ptr::eq(watch.work.load(Ordering::Relaxed), work))
}

/// Whether `me` runs a work of this queue.
pub(super) fn runs_for(me: &TaskStruct, queue: &Shared) -> bool {
    watch_of(me).is_some_and(|watch| ptr::eq(watch.queue.load(Ordering::Relaxed), queue))
}

/// The work that the calling task runs, or null: `current_work`. A pointer for comparing: the work
/// may be gone.
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

/// What a worker does at this moment: see [`TaskStruct::runs_work`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunsWork {
    /// The name of the queue that the work was queued to.
    pub queue: String,
    /// The address of the work's function. A [`Work`](super::Work) and its like have one for all
    /// closures of a type.
    pub function: usize,
}

impl TaskStruct {
    /// The work that this task, a worker, runs at this moment; `None` if it runs none, or is no
    /// worker. For listings: what `/proc/PID/comm` shows behind a kworker's name, and
    /// `print_worker_info`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// DECLARE_WORK!(static LISTED = |_| assert_eq!(current().runs_work().unwrap().queue, "events"));
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

/// Runs `f`, which blocks where the runtime can't see it: in a system call, or for a lock that is
/// not the runtime's.
///
/// In a work, the pool counts the worker as asleep meanwhile, and lets another run in its place, as
/// a kernel does by itself. Anywhere else it just calls `f`. Nests.
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

/// The name of a worker, as the kernel makes it.
pub(super) fn name(kind: Kind, number: u32) -> String {
    match kind.cpu {
        Some(cpu) if kind.bh => format!("kworker/bh{cpu}:{number}"),
        Some(cpu) if kind.nice < 0 => format!("kworker/{cpu}:{number}H"),
        Some(cpu) => format!("kworker/{cpu}:{number}"),
        None => format!("kworker/u{}:{number}", kind.id),
    }
}

/// Makes `me` a worker; its task knows from now on.
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

/// What the thread of a worker does.
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

/// Goes idle until there is something to do; `None` if the worker is to end.
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

/// Runs `work`, which is on a list of the pool's or on the worker's own.
pub(super) fn run(runner: Runner<'_>, locked: Locked, work: Queued) -> Locked {
    let Runner { me, worker, .. } = runner;
    let (pool, address, function) = (worker.pool, work.as_ptr(), work.function());
    if let Some((other, _)) = locked.runner_of(address, function) {
        // It runs, and was queued anew: the worker that runs it will do it again. That is another
        // one: this runs nothing now.
        work.unlink();
        // SAFETY: the pool's lock is held; the work is queued, so it is valid and in place.
        unsafe { ListHead::push_back(other.next(), work.node()) };
        return locked;
    }
    let (queue, epoch) = (work.queue(), work.epoch());
    // SAFETY: a queue lives as long as it has works that have not finished.
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
    // The kernel too looks here whether others are to run beside this one.
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

/// What is told to have failed when a work does.
const FUNCTION: &str = "work_struct.func";

/// Calls the function of a work.
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
    // SAFETY: whoever gave the work its function promised that it may be called with the work,
    // which is valid: it was queued until now.
    let ended = catch_unwind(AssertUnwindSafe(|| unsafe { function(work) }));
    // First, so that nothing below counts as the work's.
    watch.work.store(ptr::null_mut(), Ordering::Relaxed);
    watch.queue.store(ptr::null_mut(), Ordering::Relaxed);
    if let Err(panic) = ended {
        report_panic(me, part, panic);
        told_by_oops(me, called);
    }
    let callback = Callback { call: FUNCTION, function: function as usize, kind: WarningKind::LockMisuse };
    called.judge(me, callback, |count, locks| {
        let name = &part.shared.name;
        format!("a work of workqueue {name:?} left preempt_count {count:#x} and {locks} lock(s) held")
    });
    before.restore_count(me);
    leave_stray_section(me, FUNCTION);
}

#[cold]
fn report_panic(me: &TaskStruct, part: &PoolWorkqueue, panic: Box<dyn Any + Send>) {
    let message = format!("Oops: a work of workqueue {:?} panicked; the worker goes on", part.shared.name);
    me.warn(WarningKind::Oops, FUNCTION, Location::caller(), &message);
    // A payload may have a destructor of the user's.
    contain(|| drop(panic));
}
