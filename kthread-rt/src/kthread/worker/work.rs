//! Work items: a function and a place in a worker's queue.

use super::KthreadWorker;
use super::queue::kthread_delayed_work_timer_fn;
use crate::sync::list::ListHead;
use crate::sync::{AtomicPtr, Life, UnsafeCell, const_fn, plain_memory};
use crate::timer::TimerList;
use std::ptr;

/// The function of a work item: `void (*kthread_work_func_t)(struct kthread_work *)`.
///
/// The worker's thread calls it. It may sleep, and may queue its work item again or free it. A
/// panic is an oops, which is reported and contained; `kthread_exit` ends the worker's thread.
pub type KthreadWorkFn = unsafe extern "C-unwind" fn(work: *mut KthreadWork);

/// Where a work item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Place {
    /// On no list; it may be running.
    Nowhere = 0,
    /// On the list of items to run.
    Queued,
    /// On the list of items that wait for their timers; it is part of a [`KthreadDelayedWork`].
    Delayed,
}

/// What a work item is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Kind {
    /// A user's work item.
    Ordinary = 0,
    /// The barrier of a flush.
    Barrier,
    /// A boxed function that runs once.
    Once,
}

/// A work item, `struct kthread_work`: plain memory; queueing it allocates nothing, and dropping it
/// does nothing.
///
/// Zeroed memory is a work item without a function, which can't be queued.
/// [`DEFINE_KTHREAD_WORK!`](crate::DEFINE_KTHREAD_WORK) makes a static with a function,
/// [`kthread_init_work`](crate::kthread_init_work) initialises other memory that stays in place,
/// and [`Job`](crate::Job) has a closure.
///
/// A work item belongs to the worker that it was last queued on. While idle, it may be queued on
/// another one; see [`kthread_queue_work`](crate::kthread_queue_work).
#[derive(Debug)]
#[repr(C)]
pub struct KthreadWork {
    // First, so that a pointer to the node is a pointer to the work item.
    node: ListHead,
    func: UnsafeCell<Option<KthreadWorkFn>>,
    /// See `binding`.
    pub(super) worker: AtomicPtr<KthreadWorker>,
    /// How many calls are cancelling it at this moment. It can't be queued while there are any.
    canceling: UnsafeCell<u32>,
    place: UnsafeCell<Place>,
    kind: Kind,
    pub(super) life: Life,
}

plain_memory!(KthreadWork: 40);

// SAFETY: the worker's lock protects all fields that are not atomic (the invariants of `worker`).
unsafe impl Send for KthreadWork {}
// SAFETY: as above.
unsafe impl Sync for KthreadWork {}

impl KthreadWork {
    const_fn! {
        /// Makes a work item without a function, which can't be queued.
        pub const fn new() -> Self {
            Self::with(None, Kind::Ordinary)
        }
    }

    const_fn! {
        /// Makes a work item with a function: `KTHREAD_WORK_INIT`.
        ///
        /// # Safety
        ///
        /// Whenever the work item is queued, it stays valid and in place until its function is
        /// entered or it has been cancelled; and `func` may be called with it then, on another
        /// thread.
        pub const unsafe fn with_function(func: KthreadWorkFn) -> Self {
            Self::with(Some(func), Kind::Ordinary)
        }
    }

    const_fn! {
        pub(super) const fn with(func: Option<KthreadWorkFn>, kind: Kind) -> Self {
            Self {
                node: ListHead::new(),
                func: UnsafeCell::new(func),
                worker: AtomicPtr::new(ptr::null_mut()),
                canceling: UnsafeCell::new(0),
                place: UnsafeCell::new(Place::Nowhere),
                kind,
                life: Life::new(),
            }
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// # Safety
    ///
    /// The caller holds the lock of the worker that the item is bound to, if there is one.
    pub(super) unsafe fn function(&self) -> Option<KthreadWorkFn> {
        // SAFETY: the caller holds the lock that protects it.
        self.func.with(|func| unsafe { *func })
    }

    /// Removes the function, so that the item can't be queued any more.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn forget_function(&self) {
        // SAFETY: the caller holds the lock that protects it.
        self.func.with_mut(|func| unsafe { *func = None });
    }

    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn place(&self) -> Place {
        // SAFETY: the caller holds the lock that protects it.
        self.place.with(|place| unsafe { *place })
    }

    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn set_place(&self, new: Place) {
        self.life.touch();
        // SAFETY: the caller holds the lock that protects it.
        self.place.with_mut(|place| unsafe { *place = new });
    }

    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn canceling(&self) -> u32 {
        // SAFETY: the caller holds the lock that protects it.
        self.canceling.with(|canceling| unsafe { *canceling })
    }

    /// True if it can't be queued now: `queuing_blocked`.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn is_blocked(&self) -> bool {
        // SAFETY: the caller holds the lock that protects it.
        unsafe { self.place() != Place::Nowhere || self.canceling() != 0 }
    }

    /// One more call is cancelling it.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn begin_canceling(&self) {
        // SAFETY: the caller holds the lock that protects it.
        self.canceling.with_mut(|canceling| unsafe { *canceling += 1 });
    }

    /// One call fewer is cancelling it.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function), after [`begin_canceling`](Self::begin_canceling).
    pub(super) unsafe fn end_canceling(&self) {
        // SAFETY: the caller holds the lock that protects it.
        self.canceling.with_mut(|canceling| unsafe { *canceling -= 1 });
    }
}

impl Default for KthreadWork {
    fn default() -> Self {
        Self::new()
    }
}

/// A delayed work item, `struct kthread_delayed_work`: a work item with a timer that queues it.
/// Plain memory.
///
/// Its function gets the work item in it, which is its first field. It gets its function in the
/// same ways as a [`KthreadWork`]; the safe form is [`DelayedJob`](crate::DelayedJob).
#[derive(Debug)]
#[repr(C)]
pub struct KthreadDelayedWork {
    // First, so that a pointer to the work item is a pointer to the whole.
    pub(super) work: KthreadWork,
    pub(super) timer: TimerList,
}

plain_memory!(KthreadDelayedWork: 40 + size_of::<TimerList>());

impl KthreadDelayedWork {
    const_fn! {
        /// Makes a delayed work item without a function, which can't be queued.
        pub const fn new() -> Self {
            Self { work: KthreadWork::new(), timer: TimerList::new() }
        }
    }

    const_fn! {
        /// Makes a delayed work item with a function: `KTHREAD_DELAYED_WORK_INIT`.
        ///
        /// # Safety
        ///
        /// As [`KthreadWork::with_function`]; from the call that queues the item on, its timer too
        /// stays valid until the function is entered or `kthread_cancel_delayed_work_sync` has
        /// returned.
        pub const unsafe fn with_function(func: KthreadWorkFn) -> Self {
            // SAFETY: the caller keeps the timer valid from queueing until the function is entered,
            // which includes all times at which it is pending or its callback runs; the callback is
            // for timers in delayed work items.
            let timer = unsafe { TimerList::with_function(kthread_delayed_work_timer_fn, 0) };
            Self { work: KthreadWork::with(Some(func), Kind::Ordinary), timer }
        }
    }

    /// Returns the work item in it: `&dwork->work`.
    pub fn work(&self) -> &KthreadWork {
        &self.work
    }

    /// True if it waits for its timer: `timer_pending(&dwork->timer)`. (Only the worker's calls arm
    /// the timer.)
    pub fn timer_pending(&self) -> bool {
        self.timer.is_pending()
    }

    /// Returns the jiffy that its timer was last armed for: `dwork->timer.expires`.
    pub fn expires(&self) -> u64 {
        self.timer.expires()
    }
}

impl Default for KthreadDelayedWork {
    fn default() -> Self {
        Self::new()
    }
}
