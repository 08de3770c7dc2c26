//! `kthread_worker`: a kthread that runs queued work items, one after the other.
//!
//! A [`KthreadWork`] is a work item: a function and a place in a queue. A [`KthreadWorker`] has the
//! queue, and a thread that runs [`kthread_worker_fn`]. Both are plain memory, and queueing
//! allocates nothing. [`Worker`], [`Job`] and [`DelayedJob`] are the safe forms, which own what the
//! thread needs.
//!
//! | file | contents |
//! |---|---|
//! | `mod` | the worker, its lock, and the wake-up of its thread |
//! | `work` | the work items |
//! | `binding` | how a work item finds its worker's lock |
//! | `queue` | queueing, delayed queueing, and the timer between them |
//! | `flush` | waiting for work items, cancelling them |
//! | `serve` | the thread: its loop, and its end |
//! | `create` | [`Worker`]: creating and destroying a worker with its thread |
//! | `owned` | [`Job`], [`DelayedJob`], and functions that run once |
//! | `kernel_names` | `kthread_queue_work` and its family |
//!
//! # Waking the thread
//!
//! With the lock held, the thread takes a work item off the list or, if the list is empty, sets its
//! state. A call that queues a work item reads that state, also with the lock held. If it sees a
//! sleeping state, it wakes the thread after it has released the lock; otherwise the thread will
//! find the item. A thread that runs a work item is never woken for another one: the item's
//! function may sleep, and that wake-up would end its sleep.
//!
//! # As in the kernel, and not
//!
//! The work items of a worker run in the order in which they were queued, one at a time. Once an
//! item's function is entered, nothing here touches the item: it may free itself. Where a kernel
//! would wait for ever (an item that flushes its own worker) or corrupt memory (an item queued on
//! two workers), the call is refused with a warning. A panic in an item is an oops, and its worker
//! continues.
//!
//! # Invariants
//!
//! * The worker's lock protects `task`, `current_work`, `state`, both lists, and all fields but
//!   `worker` of each work item that is bound to the worker.
//! * `task` is a reference that the worker holds, or null.
//! * A worker to which a work item is bound, or that a thread serves, stays valid and in place: it
//!   is a static, it is from the pool of `create`, or the caller of [`KthreadWorker::new`] promised
//!   it.
//! * A work item with a function stays valid and in place while it is queued, until its function is
//!   entered: the caller that gave it the function promised this. An item without a function is
//!   never queued. So only the calls that make work items and workers are unsafe.
//! * `current_work` identifies the running work item, and is never dereferenced.

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

/// The worker's thread can be frozen between two work items: `KTW_FREEZABLE`.
pub const KTW_FREEZABLE: u32 = 1;

/// In `state`: a thread serves the worker.
const SERVED: u32 = 1;
/// In `state`: the thread has ended, and no other has begun.
const ENDED: u32 = 2;
/// In `state`: the worker is destroyed or being destroyed. It refuses new work items.
const CLOSED: u32 = 4;
/// In `state`: the owner dropped the worker on the worker's own thread, which ends by itself when
/// nothing is left to run.
const DETACHED: u32 = 8;
/// In `state`: the worker was created with its thread, and will have no other.
const OWNED: u32 = 16;
/// In `state`: a warning has reported that a call tried to queue on the destroyed worker.
const REPORTED: u32 = 32;

/// `struct kthread_worker`: plain memory, valid when zeroed, nothing to drop.
///
/// [`kthread_create_worker!`](macro@crate::kthread_create_worker) creates a worker with its thread,
/// a [`Worker`]. A worker in the caller's memory (a static by
/// [`DEFINE_KTHREAD_WORKER!`](crate::DEFINE_KTHREAD_WORKER), other memory by
/// [`kthread_init_worker`]) needs a thread whose function is [`kthread_worker_fn`] or
/// [`serve`](Self::serve). Work items may be queued before the thread exists.
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

// SAFETY: the lock protects all fields that are not atomic (the module's invariants).
unsafe impl Send for KthreadWorker {}
// SAFETY: as above.
unsafe impl Sync for KthreadWorker {}

impl KthreadWorker {
    const_fn! {
        /// Makes a worker without a thread: `KTHREAD_WORKER_INIT`.
        ///
        /// # Safety
        ///
        /// From the first call that uses it on, the worker does not move. It stays valid until its
        /// thread has ended, and as long as any call uses a work item that was last queued on it.
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

    /// Returns the worker's flags, `KTW_…`: `worker->flags`.
    pub fn flags(&self) -> u32 {
        self.flags.load(Relaxed)
    }

    /// Sets the flags of a worker that has no thread yet: `worker->flags`.
    pub fn set_flags(&self, flags: u32) {
        self.flags.store(flags, Relaxed);
    }

    /// Returns the worker's thread: `worker->task`. `None` before it has one and after the thread
    /// has ended.
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

    /// True if `work` runs on this worker at this moment: `worker->current_work == work`.
    pub fn is_running(&self, work: &KthreadWork) -> bool {
        ptr::eq(self.lock().current(), work)
    }

    fn lock(&self) -> Locked {
        // SAFETY: borrowed, and it stays valid by the module's invariants.
        unsafe { Locked::new(self) }
    }
}

/// A worker whose lock is held. A pointer, not a reference, because the worker may be freed as soon
/// as the lock is released.
struct Locked {
    worker: *const KthreadWorker,
}

/// Releases the lock; after that the worker may be freed.
impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: valid and locked until here. `unlock` takes a pointer, because the worker may be
        // freed as soon as it is unlocked.
        unsafe { RawSpinLock::unlock(&raw const (*self.worker).lock) };
    }
}

impl Locked {
    /// # Safety
    ///
    /// `worker` points to a valid worker, which stays valid at least until the lock is released.
    unsafe fn new(worker: *const KthreadWorker) -> Self {
        refuse_in_forked_child();
        // SAFETY: the caller promises a valid worker.
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

    /// True if this is the lock of `worker`.
    fn is_of(&self, worker: &KthreadWorker) -> bool {
        ptr::eq(self.worker, worker)
    }

    /// Releases the lock, calls `f`, and takes the lock again. Others may have changed anything
    /// meanwhile.
    fn unlocked<R>(self, f: impl FnOnce() -> R) -> (Self, R) {
        let worker = self.worker;
        drop(self);
        let result = f();
        // SAFETY: as for the first `new`: the worker is still kept valid by what kept it valid
        // then.
        (unsafe { Self::new(worker) }, result)
    }

    fn task(&self) -> Option<&TaskStruct> {
        // SAFETY: the lock is held; the pointer is null, or the worker has a reference to the task.
        self.worker().task.with(|task| unsafe { (*task).as_ref() })
    }

    /// Replaces the worker's task, and returns the old one.
    fn replace_task(&self, new: Option<Task>) -> Option<Task> {
        let new = new.map_or(ptr::null(), Task::into_raw);
        // SAFETY: the lock is held.
        let old = self.worker().task.with_mut(|task| unsafe { task.replace(new) });
        // SAFETY: the pointer is from `into_raw` in an earlier call of this, and is taken out once.
        (!old.is_null()).then(|| unsafe { Task::from_raw(old) })
    }

    /// True if the calling OS thread is the worker's, whichever task it acts as.
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

    /// Sets and clears bits of the state. Returns the old state.
    fn change_state(&self, set: u32, clear: u32) -> u32 {
        // SAFETY: the lock is held.
        self.worker().state.with_mut(|bits| unsafe { bits.replace((*bits | set) & !clear) })
    }

    /// True if no thread will run what is queued.
    fn is_abandoned(&self) -> bool {
        self.has(ENDED) && self.has(OWNED)
    }

    /// The list of the work items to run.
    fn works(&self) -> *mut ListHead {
        (&raw const self.worker().work_list).cast_mut()
    }

    /// The list of the work items that wait for their timers.
    fn delayed_works(&self) -> *mut ListHead {
        (&raw const self.worker().delayed_work_list).cast_mut()
    }

    /// The first work item on `list`.
    fn first(&self, list: *mut ListHead) -> Option<*const KthreadWork> {
        // SAFETY: the lock is held; a node is the first field of its work item.
        unsafe { ListHead::first(list) }.map(|node| node.cast_const().cast())
    }

    /// The work item behind `work`, which is on `list`.
    ///
    /// # Safety
    ///
    /// `work` is on `list`.
    unsafe fn after(&self, list: *mut ListHead, work: *const KthreadWork) -> Option<*const KthreadWork> {
        // SAFETY: the lock is held; as in `first`.
        unsafe { ListHead::after(list, work.cast()) }.map(|node| node.cast_const().cast())
    }

    /// Queues `work` behind `place`, which is the list's head or a node of it. Returns the task
    /// that the caller must wake after it has released the lock.
    ///
    /// # Safety
    ///
    /// `work` is on no list, is bound to this worker or will never be bound, and stays valid until
    /// its function is entered.
    #[must_use]
    unsafe fn insert(&self, place: *mut ListHead, work: *const KthreadWork) -> Option<Task> {
        // SAFETY: the lock is held; the caller promised the rest.
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

    /// The thread, if it sleeps because it has no work items; see "Waking the thread".
    fn sleeper(&self) -> Option<Task> {
        if !self.current().is_null() {
            return None;
        }
        self.task().filter(|task| task.state().intersects(TASK_NORMAL)).map(TaskStruct::get)
    }

    /// Unlinks `work`, which is bound to this worker. False if it was on no list.
    fn unlink(&self, work: &KthreadWork) -> bool {
        // SAFETY: the lock is held; a work item that is bound to this worker is on one of its lists
        // or on none.
        unsafe {
            let linked = work.place() != Place::Nowhere;
            ListHead::remove(ptr::from_ref(work).cast_mut().cast());
            work.set_place(Place::Nowhere);
            linked
        }
    }

    /// True if `work`, which is bound to this worker, is not queued, running or being cancelled.
    fn is_idle(&self, work: &KthreadWork) -> bool {
        // SAFETY: the lock is held.
        let blocked = unsafe { work.is_blocked() };
        !blocked && !ptr::eq(self.current(), work)
    }
}
