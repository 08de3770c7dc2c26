//! [`SwaitQueueHead`], and waking its waiters.
//!
//! A wake-up always selects the first waiter, even if that one has just found its condition true
//! without it. In this case the waiter passes the wake-up on when it leaves (`event`); in the
//! kernel it is lost.

use super::SwaitCore;
use crate::sched::{WakeQueue, try_to_wake_up};
use crate::sync::list::ListHead;
use crate::sync::{Life, Ordering, RawSpinLock, const_fn, fence, refuse_in_forked_child};
use crate::task::TASK_NORMAL;

const WHAT: &str = "a simple wait queue";

/// `struct swait_queue_head`: plain memory, valid when zeroed.
///
/// A wait queue without wake functions. All waiters are exclusive, and are woken in first-in,
/// first-out order.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// DECLARE_SWAIT_QUEUE_HEAD!(static READY_WAIT);
/// static READY: AtomicBool = AtomicBool::new(false);
///
/// let task = kthread_run!(
///     |()| {
///         swait_event_exclusive!(READY_WAIT, READY.load(SeqCst));
///         7
///     },
///     (),
///     "waiter"
/// )?;
/// READY.store(true, SeqCst);
/// swake_up_one(&READY_WAIT);
/// assert!([7, -4].contains(&kthread_stop(&task)));
/// # Ok::<(), Errno>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct SwaitQueueHead {
    core: SwaitCore,
    life: Life,
}

impl SwaitQueueHead {
    const_fn! {
        /// Makes an empty queue: `__SWAIT_QUEUE_HEAD_INITIALIZER`.
        pub const fn new() -> Self {
            Self { core: SwaitCore::new(), life: Life::new() }
        }
    }

    /// Returns the queue's lock, `q->lock`, for [`swake_up_locked`].
    pub fn lock(&self) -> &RawSpinLock {
        &self.core.lock
    }

    /// Runs `f`, which must not unwind, under the lock.
    pub(super) fn locked<R>(&self, f: impl FnOnce(*const SwaitCore) -> R) -> R {
        self.life.touch();
        self.core.lock.lock();
        // SAFETY: the lock is held, and linked waiters are valid.
        unsafe { ListHead::check_in_place(SwaitCore::waiters(&self.core), WHAT) };
        let result = f(&self.core);
        // SAFETY: locked above.
        unsafe { RawSpinLock::unlock(&raw const self.core.lock) };
        result
    }

    /// Returns true if the queue has a waiter: [`swait_active`].
    pub fn is_active(&self) -> bool {
        refuse_in_forked_child();
        // SAFETY: the lock is held.
        self.locked(|core| unsafe { !ListHead::is_empty(SwaitCore::waiters(core)) })
    }

    /// Wakes the first waiter: [`swake_up_one`].
    pub fn wake_one(&self) {
        refuse_in_forked_child();
        // SAFETY: the lock is held.
        let first = self.locked(|core| unsafe { SwaitCore::take_first(core) });
        if let Some(task) = first {
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }

    /// Wakes all waiters: [`swake_up_all`].
    pub fn wake_all(&self) {
        refuse_in_forked_child();
        let mut wake = WakeQueue::new();
        self.locked(|core| {
            // SAFETY: the lock is held.
            while let Some(task) = unsafe { SwaitCore::take_first(core) } {
                wake.add(task);
            }
        });
        drop(wake);
    }
}

impl Default for SwaitQueueHead {
    fn default() -> Self {
        Self::new()
    }
}

/// Only a leaked entry can still be on the queue; then the process aborts, as for a
/// [`WaitQueueHead`](crate::WaitQueueHead).
impl Drop for SwaitQueueHead {
    fn drop(&mut self) {
        // SAFETY: `&mut self`: no other reference to the queue exists.
        unsafe { ListHead::check_empty(SwaitCore::waiters(&self.core), WHAT) };
    }
}

/// Declares a static simple wait queue: `DECLARE_SWAIT_QUEUE_HEAD`. Unlike a plain static, it also
/// works in models.
///
/// **Form**: `DECLARE_SWAIT_QUEUE_HEAD!([pub] static NAME)`. Declares
/// `static NAME: SwaitQueueHead`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_SWAIT_QUEUE_HEAD!(static INBOX_WAIT);
/// assert!(!swait_active(&INBOX_WAIT));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_SWAIT_QUEUE_HEAD {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::SwaitQueueHead = $crate::SwaitQueueHead::new());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DECLARE_SWAIT_QUEUE_HEAD", "[pub] static NAME"; $($other)*);
    };
}

/// Declares a simple wait queue as a local variable: `DECLARE_SWAIT_QUEUE_HEAD_ONSTACK`.
///
/// **Form**: `DECLARE_SWAIT_QUEUE_HEAD_ONSTACK!(name)`. Declares `let name: SwaitQueueHead`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_SWAIT_QUEUE_HEAD_ONSTACK!(q);
/// assert_eq!(swait_event_timeout_exclusive!(q, false, 1), 0);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_SWAIT_QUEUE_HEAD_ONSTACK {
    ($name:ident) => {
        let $name = $crate::SwaitQueueHead::new();
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(local, "DECLARE_SWAIT_QUEUE_HEAD_ONSTACK", "name"; $($other)*);
    };
}

/// Initializes `q` as an empty queue: `init_swait_queue_head`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut q = SwaitQueueHead::new();
/// init_swait_queue_head(&mut q);
/// assert!(!swait_active(&q));
/// ```
pub fn init_swait_queue_head(q: &mut SwaitQueueHead) {
    *q = SwaitQueueHead::new();
}

/// Returns true if `q` has a waiter: `swait_active`. Never sleeps.
///
/// The kernel's version does not take the lock, so its callers need a barrier before it. This one
/// takes the lock, and callers need no barrier.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut q = SwaitQueueHead::new();
/// init_swait_queue_head(&mut q);
/// assert!(!swait_active(&q));
/// ```
pub fn swait_active(q: &SwaitQueueHead) -> bool {
    q.is_active()
}

/// Executes a full barrier, then returns true if `q` has a waiter: `swq_has_sleeper`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut q = SwaitQueueHead::new();
/// init_swait_queue_head(&mut q);
/// assert!(!swq_has_sleeper(&q));
/// ```
pub fn swq_has_sleeper(q: &SwaitQueueHead) -> bool {
    fence(Ordering::SeqCst);
    q.is_active()
}

/// Wakes the first waiter of `q`, if there is one: `swake_up_one`. Never sleeps.
///
/// Everything that the caller wrote before is visible to the task that it wakes. The wake-up
/// removes the waiter from the queue; to wait again it must queue again, at the end.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// swake_up_one(&q); // no waiter: the wake-up is not kept for later
/// assert_eq!(swait_event_timeout_exclusive!(q, false, 1), 0);
/// ```
pub fn swake_up_one(q: &SwaitQueueHead) {
    q.wake_one();
}

/// Wakes all waiters of `q`: `swake_up_all`. Never sleeps. (The kernel's version drops the lock
/// after each waiter, and must not be called with interrupts off.)
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let q = SwaitQueueHead::new();
/// let go = AtomicBool::new(false);
/// kthread_rt::kthread::scope(|s| {
///     let waits = || {
///         swait_event_exclusive!(q, go.load(SeqCst));
///         0
///     };
///     let waiters = [s.run(waits, "waiter/0")?, s.run(waits, "waiter/1")?];
///     go.store(true, SeqCst);
///     swake_up_all(&q);
///     for waiter in waiters {
///         waiter.join();
///     }
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
pub fn swake_up_all(q: &SwaitQueueHead) {
    q.wake_all();
}

/// [`swake_up_one`] by a caller that holds the queue's lock: `swake_up_locked`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// spin_lock(q.lock());
/// // SAFETY: locked above.
/// unsafe {
///     swake_up_locked(&q);
///     spin_unlock(q.lock());
/// }
/// ```
///
/// # Safety
///
/// The caller holds the lock of `q`.
pub unsafe fn swake_up_locked(q: &SwaitQueueHead) {
    refuse_in_forked_child();
    // SAFETY: by the contract.
    if let Some(task) = unsafe { SwaitCore::take_first(&q.core) } {
        try_to_wake_up(&task, TASK_NORMAL);
    }
}
