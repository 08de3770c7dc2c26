//! `kthread_worker`: a kthread that runs queued works, one after the other.
//!
//! A [`KthreadWork`] is a function and a place in a queue; a [`KthreadWorker`] has the queue, and a
//! thread that runs [`kthread_worker_fn`]. Both are plain memory, and queueing allocates nothing.
//! [`Worker`], [`Job`] and [`DelayedJob`] are their safe forms, which own what the thread needs.
//!
//! | file | what it tells |
//! |---|---|
//! | `mod` | the worker, its lock, and when its thread is woken |
//! | `work` | the works |
//! | `binding` | how a work finds its worker's lock |
//! | `queue` | queueing, delayed queueing, and the timer between them |
//! | `flush` | waiting for works, cancelling them |
//! | `serve` | the thread: its loop, and its end |
//! | `create` | [`Worker`]: making and destroying one with its thread |
//! | `owned` | [`Job`], [`DelayedJob`], and functions that run once |
//! | `kernel_names` | `kthread_queue_work` and its family |
//!
//! # Waking the thread
//!
//! The thread takes a work off the list with the lock held, or finds none, and then sets its state
//! with the lock still held. Who queues a work looks at that state, with the lock held too. So it
//! sees a sleeping state if the thread has found the list empty, and owes the thread a wake-up,
//! which it makes when the lock is open; or the thread will find the work. A thread that runs a
//! work is never woken for another one: the work may sleep itself, and it is nobody's business to
//! end that.
//!
//! # As in the kernel, and not
//!
//! Works of one worker run in the order in which they were queued, and none before the one before
//! it has returned. Nobody touches a work whose function was entered: it may free itself. Where a
//! kernel would wait for ever (a work that flushes its own worker) or corrupt memory (a work that
//! is queued on two workers), the call is refused with a warning. A work that panics is an oops,
//! and its worker goes on.
//!
//! # Invariants
//!
//! * `task`, `current_work`, `state`, both lists, and of each work that is bound to the worker all
//!   but `worker` are accessed with the worker's lock held.
//! * `task` is a reference that the worker holds, or null.
//! * A worker to which a work is bound, or that a thread serves, is one that somebody promised to
//!   keep valid and in place: it is a static, it is from the pool of `create`, or whoever called
//!   [`KthreadWorker::new`] said so.
//! * A work with a function is one that somebody promised to keep valid and in place while it is
//!   queued, until its function is entered. A work without one is never queued. So all calls but
//!   those that make works and workers are safe.
//! * `current_work` names the work that runs, and is not used as a pointer.

mod binding;
mod create;
mod flush;
mod kernel_names;
mod owned;
mod queue;
mod serve;
mod work;

pub use create::Worker;
pub use kernel_names::*;
pub use owned::{DelayedJob, Job};
pub use queue::kthread_delayed_work_timer_fn;
pub use serve::kthread_worker_fn;
pub use work::{KthreadDelayedWork, KthreadWork, KthreadWorkFn};

use crate::sync::Ordering::Relaxed;
use crate::sync::list::ListHead;
use crate::sync::{
    Life, RawSpinLock, UnsafeCell, const_fn, os, plain_memory, record, refuse_in_forked_child,
};
use crate::task::{TASK_NORMAL, Task, TaskStruct};
use std::ptr;
use work::Place;

/// The worker's thread can be frozen, between two works: `KTW_FREEZABLE`.
pub const KTW_FREEZABLE: u32 = 1;

/// In `state`: a thread serves the worker.
const SERVED: u32 = 1;
/// In `state`: the thread has ended, and no other has begun.
const ENDED: u32 = 2;
/// In `state`: the worker is destroyed, or about to be. Nothing is queued any more.
const CLOSED: u32 = 4;
/// In `state`: its owner let it go on its own thread, which therefore ends by itself when nothing
/// is left to run.
const DETACHED: u32 = 8;
/// In `state`: its thread was created with it, and there will be no other.
const OWNED: u32 = 16;
/// In `state`: that somebody tried to queue a work after the end has been told.
const TOLD: u32 = 32;

/// `struct kthread_worker`: plain memory, valid when zeroed, nothing to drop.
///
/// [`kthread_create_worker!`](macro@crate::kthread_create_worker) makes one with its thread, a
/// [`Worker`]. One in the caller's memory (a static:
/// [`DEFINE_KTHREAD_WORKER!`](crate::DEFINE_KTHREAD_WORKER), or anything that stays:
/// [`kthread_init_worker`]) gets its thread from whoever starts one with [`kthread_worker_fn`] or
/// [`serve`](Self::serve) as its function. Works may be queued before that.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_KTHREAD_WORKER!(static REQUESTS);
/// DECLARE_COMPLETION!(static ANSWERED);
/// DEFINE_KTHREAD_WORK!(static ANSWER = |_| complete(&ANSWERED));
///
/// assert!(kthread_queue_work(&REQUESTS, &ANSWER));
/// let thread = kthread_run!(KthreadWorker::serve, &REQUESTS, "requests")?;
/// wait_for_completion(&ANSWERED);
/// kthread_flush_worker(&REQUESTS);
/// _ = kthread_stop(&thread);
/// # Ok::<(), Errno>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct KthreadWorker {
    flags: record::AtomicU32,
    lock: RawSpinLock,
    work_list: ListHead,
    delayed_work_list: ListHead,
    task: UnsafeCell<*const TaskStruct>,
    current_work: UnsafeCell<*const KthreadWork>,
    state: UnsafeCell<u32>,
    life: Life,
}

plain_memory!(KthreadWorker: 64);

// SAFETY: what is not atomic is accessed with the lock held (the module's invariants).
unsafe impl Send for KthreadWorker {}
// SAFETY: as above.
unsafe impl Sync for KthreadWorker {}

impl KthreadWorker {
    const_fn! {
        /// A worker without a thread: `KTHREAD_WORKER_INIT`.
        ///
        /// # Safety
        ///
        /// From the first call that is made with it, it stays where it is. It stays valid until its
        /// thread has ended, and as long as anything is done with a work that was last queued on
        /// it.
        pub const unsafe fn new() -> Self {
            Self::unused()
        }
    }

    const_fn! {
        const fn unused() -> Self {
            Self {
                flags: record::AtomicU32::new(0),
                lock: RawSpinLock::new(),
                work_list: ListHead::new(),
                delayed_work_list: ListHead::new(),
                task: UnsafeCell::new(ptr::null()),
                current_work: UnsafeCell::new(ptr::null()),
                state: UnsafeCell::new(0),
                life: Life::new(),
            }
        }
    }

    /// `worker->flags`: `KTW_…`.
    pub fn flags(&self) -> u32 {
        self.flags.load(Relaxed)
    }

    /// Sets `worker->flags` of a worker that has no thread yet.
    pub fn set_flags(&self, flags: u32) {
        self.flags.store(flags, Relaxed);
    }

    /// `worker->task`: its thread. `None` before it has one, and when that has ended.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let worker = kthread_create_worker!(0, "urgent")?;
    /// set_user_nice(&worker.task().unwrap(), -5);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn task(&self) -> Option<Task> {
        self.lock().task().map(TaskStruct::get)
    }

    /// True if `work` runs on this worker, at this moment: `worker->current_work == work`.
    pub fn is_running(&self, work: &KthreadWork) -> bool {
        ptr::eq(self.lock().current(), work)
    }

    fn lock(&self) -> Locked {
        // SAFETY: borrowed, and to stay valid by the invariants.
        unsafe { Locked::new(self) }
    }
}

/// A worker whose lock is held: access to it by pointer, because the memory may go with the lock.
struct Locked {
    worker: *const KthreadWorker,
}

/// Drops the lock; after that the worker may be gone.
impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: valid and held until here; a pointer to the lock, since its unlocking may be the
        // end of it.
        unsafe { RawSpinLock::unlock(&raw const (*self.worker).lock) };
    }
}

impl Locked {
    /// # Safety
    ///
    /// `worker` points to a valid worker, which stays valid until the lock is dropped at least.
    unsafe fn new(worker: *const KthreadWorker) -> Self {
        refuse_in_forked_child();
        // SAFETY: by the contract.
        unsafe {
            (*worker).life.touch();
            (*worker).lock.lock();
        }
        Self { worker }
    }

    fn worker(&self) -> &KthreadWorker {
        // SAFETY: valid as long as `self` exists.
        unsafe { &*self.worker }
    }

    /// Whether the lock is that of `worker`.
    fn is_of(&self, worker: &KthreadWorker) -> bool {
        ptr::eq(self.worker, worker)
    }

    /// Opens the lock and takes it again, for something that must be done without; who has it
    /// meanwhile is unknown.
    fn unlocked<R>(self, f: impl FnOnce() -> R) -> (Self, R) {
        let worker = self.worker;
        drop(self);
        let result = f();
        // SAFETY: as at the first time: what made the worker stay valid does so still.
        (unsafe { Self::new(worker) }, result)
    }

    fn task(&self) -> Option<&TaskStruct> {
        // SAFETY: the lock is held; null, or a task that the worker has a reference to.
        self.worker().task.with(|task| unsafe { (*task).as_ref() })
    }

    /// Puts another task, or none, in the place of the worker's, which it returns.
    fn replace_task(&self, new: Option<Task>) -> Option<Task> {
        let new = new.map_or(ptr::null(), Task::into_raw);
        // SAFETY: the lock is held.
        let old = self.worker().task.with_mut(|task| unsafe { task.replace(new) });
        // SAFETY: put in here, taken out once.
        (!old.is_null()).then(|| unsafe { Task::from_raw(old) })
    }

    /// Whether the calling thread is the worker's, by whatever task it acts as.
    fn is_on_its_thread(&self) -> bool {
        self.task().is_some_and(|task| task.known_os_tid() == os::gettid())
    }

    fn current(&self) -> *const KthreadWork {
        // SAFETY: the lock is held.
        self.worker().current_work.with(|current| unsafe { *current })
    }

    fn set_current(&self, work: *const KthreadWork) {
        // SAFETY: the lock is held.
        self.worker().current_work.with_mut(|current| unsafe { *current = work });
    }

    fn has(&self, state: u32) -> bool {
        // SAFETY: the lock is held.
        self.worker().state.with(|bits| unsafe { *bits }) & state != 0
    }

    /// Sets and clears bits of the state; what it was.
    fn change_state(&self, set: u32, clear: u32) -> u32 {
        // SAFETY: the lock is held.
        self.worker().state.with_mut(|bits| unsafe { bits.replace((*bits | set) & !clear) })
    }

    /// Whether nobody will run what is queued.
    fn is_abandoned(&self) -> bool {
        self.has(ENDED) && self.has(OWNED)
    }

    /// The list of the works that are to be run.
    fn works(&self) -> *mut ListHead {
        (&raw const self.worker().work_list).cast_mut()
    }

    /// The list of the works that wait for their timers.
    fn delayed_works(&self) -> *mut ListHead {
        (&raw const self.worker().delayed_work_list).cast_mut()
    }

    /// The first work on `list`, if there is one.
    fn first(&self, list: *mut ListHead) -> Option<*const KthreadWork> {
        // SAFETY: the lock is held; a node is the first field of its work.
        unsafe { ListHead::first(list) }.map(|node| node.cast_const().cast())
    }

    /// The work behind `work`, which is on `list`.
    ///
    /// # Safety
    ///
    /// As the last sentence says.
    unsafe fn after(&self, list: *mut ListHead, work: *const KthreadWork) -> Option<*const KthreadWork> {
        // SAFETY: the lock is held; as in `first`.
        unsafe { ListHead::after(list, work.cast()) }.map(|node| node.cast_const().cast())
    }

    /// Links `work` behind `place`, the head of the list of works or a node of it: it is queued.
    /// Whom the caller has to wake when the lock is open.
    ///
    /// # Safety
    ///
    /// `work` is linked nowhere, is bound to this worker or to none ever, and stays valid until its
    /// function is entered.
    #[must_use]
    unsafe fn insert(&self, place: *mut ListHead, work: *const KthreadWork) -> Option<Task> {
        // SAFETY: the lock is held; by the contract.
        unsafe {
            ListHead::insert_after(self.works(), place, work.cast_mut().cast());
            (*work).set_place(Place::Queued);
        }
        self.sleeper()
    }

    /// [`insert`](Self::insert) at the end.
    ///
    /// # Safety
    ///
    /// The same.
    #[must_use]
    unsafe fn append(&self, work: *const KthreadWork) -> Option<Task> {
        // SAFETY: as above.
        unsafe {
            ListHead::push_back(self.works(), work.cast_mut().cast());
            (*work).set_place(Place::Queued);
        }
        self.sleeper()
    }

    /// The thread, if it sleeps for want of works; see "Waking the thread".
    fn sleeper(&self) -> Option<Task> {
        if !self.current().is_null() {
            return None;
        }
        self.task().filter(|task| task.state().intersects(TASK_NORMAL)).map(TaskStruct::get)
    }

    /// Unlinks `work`, which is bound to this worker; false if it was linked nowhere.
    fn unlink(&self, work: &KthreadWork) -> bool {
        // SAFETY: the lock is held; a work that is bound to this worker is linked to its lists or
        // nowhere.
        unsafe {
            let linked = work.place() != Place::Nowhere;
            ListHead::remove(ptr::from_ref(work).cast_mut().cast());
            work.set_place(Place::Nowhere);
            linked
        }
    }

    /// Whether `work`, which is bound to this worker, is neither queued, nor running, nor being
    /// cancelled.
    fn is_idle(&self, work: &KthreadWork) -> bool {
        // SAFETY: the lock is held.
        let blocked = unsafe { work.is_blocked() };
        !blocked && !ptr::eq(self.current(), work)
    }
}
