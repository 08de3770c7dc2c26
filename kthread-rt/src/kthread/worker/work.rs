//! The works: a function and a place in a worker's queue.

use super::KthreadWorker;
use super::queue::kthread_delayed_work_timer_fn;
use crate::sync::list::ListHead;
use crate::sync::{AtomicPtr, Life, UnsafeCell, const_fn, plain_memory};
use crate::timer::TimerList;
use std::ptr;

/// A work's function: `void (*kthread_work_func_t)(struct kthread_work *)`.
///
/// It is called by the worker's thread, may sleep, and may queue its work again or free it. If it
/// unwinds, that is an oops: told, and contained; by `kthread_exit`, the end of the worker's
/// thread.
pub type KthreadWorkFn = unsafe extern "C-unwind" fn(work: *mut KthreadWork);

/// Where a work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Place {
    /// On no list. It may be running.
    Nowhere = 0,
    /// On the list of works that are to be run.
    Queued,
    /// It waits for its timer. It is that of a [`KthreadDelayedWork`] then.
    Delayed,
}

/// What a work is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Kind {
    /// Something of the user's.
    Ordinary = 0,
    /// The barrier of a flush.
    Barrier,
    /// A function that runs once, in a box.
    Once,
}

/// `struct kthread_work`: plain memory, nothing allocated to queue it, nothing to drop.
///
/// Zeroed memory is a work without a function, which can't be queued. A function is given to it by
/// [`DEFINE_KTHREAD_WORK!`](crate::DEFINE_KTHREAD_WORK) (a static),
/// [`kthread_init_work`](crate::kthread_init_work) (anything that stays in place), or
/// [`Job`](crate::Job) (a closure).
///
/// A work belongs to the worker that it was queued on last. It may be queued on another when it is
/// idle; see [`kthread_queue_work`](crate::kthread_queue_work).
#[derive(Debug)]
#[repr(C)]
pub struct KthreadWork {
    // First, so that a pointer to the node is a pointer to the work.
    node: ListHead,
    func: UnsafeCell<Option<KthreadWorkFn>>,
    /// See `binding`.
    pub(super) worker: AtomicPtr<KthreadWorker>,
    /// How many calls cancel it at this moment. While there are any, it is not queued.
    canceling: UnsafeCell<u32>,
    place: UnsafeCell<Place>,
    kind: Kind,
    pub(super) life: Life,
}

plain_memory!(KthreadWork: 40);

// SAFETY: what is not atomic is accessed under the lock of the worker (the invariants of `worker`).
unsafe impl Send for KthreadWork {}
// SAFETY: as above.
unsafe impl Sync for KthreadWork {}

impl KthreadWork {
    const_fn! {
        /// A work without a function. It can't be queued.
        pub const fn new() -> Self {
            Self::with(None, Kind::Ordinary)
        }
    }

    const_fn! {
        /// A work with a function: `KTHREAD_WORK_INIT`.
        ///
        /// # Safety
        ///
        /// Whenever the work is queued, it is valid and where it was, until its function is entered
        /// or it has been cancelled; and `func` may be called with it then, on another thread.
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
    /// The caller holds the lock of the worker that the work is bound to, if there is one. This
    /// goes for the following too.
    pub(super) unsafe fn function(&self) -> Option<KthreadWorkFn> {
        // SAFETY: by the contract.
        self.func.with(|func| unsafe { *func })
    }

    /// It can't be queued any more.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn forget_function(&self) {
        // SAFETY: by the contract.
        self.func.with_mut(|func| unsafe { *func = None });
    }

    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn place(&self) -> Place {
        // SAFETY: by the contract.
        self.place.with(|place| unsafe { *place })
    }

    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn set_place(&self, new: Place) {
        self.life.touch();
        // SAFETY: by the contract.
        self.place.with_mut(|place| unsafe { *place = new });
    }

    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn canceling(&self) -> u32 {
        // SAFETY: by the contract.
        self.canceling.with(|canceling| unsafe { *canceling })
    }

    /// Whether it can't be queued now: `queuing_blocked`.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn is_blocked(&self) -> bool {
        // SAFETY: by the contract.
        unsafe { self.place() != Place::Nowhere || self.canceling() != 0 }
    }

    /// One more cancels it.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function).
    pub(super) unsafe fn begin_canceling(&self) {
        // SAFETY: by the contract.
        self.canceling.with_mut(|canceling| unsafe { *canceling += 1 });
    }

    /// One less.
    ///
    /// # Safety
    ///
    /// As [`function`](Self::function), after [`begin_canceling`](Self::begin_canceling).
    pub(super) unsafe fn end_canceling(&self) {
        // SAFETY: by the contract.
        self.canceling.with_mut(|canceling| unsafe { *canceling -= 1 });
    }
}

impl Default for KthreadWork {
    fn default() -> Self {
        Self::new()
    }
}

/// `struct kthread_delayed_work`: a work with a timer that queues it. Plain memory, as both.
///
/// Its function gets the work in it, which is its first field. Functions are given to it as to a
/// [`KthreadWork`]; the safe form is [`DelayedJob`](crate::DelayedJob).
#[derive(Debug)]
#[repr(C)]
pub struct KthreadDelayedWork {
    // First, so that a pointer to the work is a pointer to the whole.
    pub(super) work: KthreadWork,
    pub(super) timer: TimerList,
}

plain_memory!(KthreadDelayedWork: 40 + size_of::<TimerList>());

impl KthreadDelayedWork {
    const_fn! {
        /// A delayed work without a function. It can't be queued.
        pub const fn new() -> Self {
            Self { work: KthreadWork::new(), timer: TimerList::new() }
        }
    }

    const_fn! {
        /// A delayed work with a function: `KTHREAD_DELAYED_WORK_INIT`.
        ///
        /// # Safety
        ///
        /// As [`KthreadWork::with_function`]; from the call that queues it, its timer too stays
        /// valid until the function is entered or `kthread_cancel_delayed_work_sync` has returned.
        pub const unsafe fn with_function(func: KthreadWorkFn) -> Self {
            // SAFETY: the caller keeps the timer valid while it is pending or its callback runs,
            // which is the time from queueing until the function is entered; the callback is for a
            // timer in a delayed work.
            let timer = unsafe { TimerList::with_function(kthread_delayed_work_timer_fn, 0) };
            Self { work: KthreadWork::with(Some(func), Kind::Ordinary), timer }
        }
    }

    /// The work in it: `&dwork->work`.
    pub fn work(&self) -> &KthreadWork {
        &self.work
    }

    /// True if it waits for its timer: `timer_pending(&dwork->timer)`. (The timer itself is the
    /// work's to arm.)
    pub fn timer_pending(&self) -> bool {
        self.timer.is_pending()
    }

    /// The jiffy that its timer was armed for last: `dwork->timer.expires`.
    pub fn expires(&self) -> u64 {
        self.timer.expires()
    }
}

impl Default for KthreadDelayedWork {
    fn default() -> Self {
        Self::new()
    }
}
