//! [`SwaitQueueHead`], and waking those who wait on it.
//!
//! A wake-up goes to the first waiter and to nobody else, whether that one sleeps or has just found
//! its condition true by itself. In the second case the waiter passes the wake-up on when it leaves
//! (`event`); in the kernel it is lost.

use super::SwaitCore;
use crate::sched::{WakeQueue, try_to_wake_up};
use crate::sync::list::ListHead;
use crate::sync::{Life, Ordering, RawSpinLock, const_fn, fence, refuse_in_forked_child};
use crate::task::TASK_NORMAL;

const WHAT: &str = "a simple wait queue";

/// `struct swait_queue_head`: plain memory, valid when zeroed.
///
/// A wait queue whose waiters are all exclusive and are woken in the order in which they came,
/// without wake functions.
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
        /// An empty queue: `__SWAIT_QUEUE_HEAD_INITIALIZER`.
        pub const fn new() -> Self {
            Self { core: SwaitCore::new(), life: Life::new() }
        }
    }

    /// The queue's lock, `q->lock`, for [`swake_up_locked`].
    pub fn lock(&self) -> &RawSpinLock {
        &self.core.lock
    }

    /// Runs `f`, which does not unwind, with the lock held.
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

    /// True if somebody waits: [`swait_active`].
    pub fn is_active(&self) -> bool {
        refuse_in_forked_child();
        // SAFETY: the lock is held.
        self.locked(|core| unsafe { !ListHead::is_empty(SwaitCore::waiters(core)) })
    }

    /// Wakes the one who has waited longest: [`swake_up_one`].
    pub fn wake_one(&self) {
        refuse_in_forked_child();
        // SAFETY: the lock is held.
        let first = self.locked(|core| unsafe { SwaitCore::take_first(core) });
        if let Some(task) = first {
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }

    /// Wakes all: [`swake_up_all`].
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

/// As with a [`WaitQueueHead`](crate::WaitQueueHead): only a leaked entry can still be on the
/// queue.
impl Drop for SwaitQueueHead {
    fn drop(&mut self) {
        // SAFETY: nobody else has the queue any more.
        unsafe { ListHead::check_empty(SwaitCore::waiters(&self.core), WHAT) };
    }
}

/// Declares a static simple wait queue: `DECLARE_SWAIT_QUEUE_HEAD`. Works in models too, where
/// plain statics don't.
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
}

/// Makes a simple wait queue for a stack frame: `DECLARE_SWAIT_QUEUE_HEAD_ONSTACK`.
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_SWAIT_QUEUE_HEAD_ONSTACK {
    ($name:ident) => {
        let $name = $crate::SwaitQueueHead::new();
    };
}

/// Makes `q` an empty queue: `init_swait_queue_head`.
pub fn init_swait_queue_head(q: &mut SwaitQueueHead) {
    *q = SwaitQueueHead::new();
}

/// True if somebody waits on `q`: `swait_active`. Never sleeps.
///
/// In the kernel it is a look without the lock and needs a barrier before it; here it takes the
/// lock and needs none.
pub fn swait_active(q: &SwaitQueueHead) -> bool {
    q.is_active()
}

/// True if somebody waits on `q`, with a full barrier before the look: `swq_has_sleeper`. Never
/// sleeps.
pub fn swq_has_sleeper(q: &SwaitQueueHead) -> bool {
    fence(Ordering::SeqCst);
    q.is_active()
}

/// Wakes the one who has waited longest on `q`, if there is one: `swake_up_one`. Never sleeps.
///
/// What the caller wrote before is visible to the one it wakes. The waiter leaves the queue with
/// it; one that waits on has to queue up again, at the end.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let q = SwaitQueueHead::new();
/// swake_up_one(&q); // nobody: it is not kept for later
/// assert_eq!(swait_event_timeout_exclusive!(q, false, 1), 0);
/// ```
pub fn swake_up_one(q: &SwaitQueueHead) {
    q.wake_one();
}

/// Wakes all who wait on `q`: `swake_up_all`. Never sleeps. (The kernel's opens the lock after
/// each; must not be called with interrupts off there.)
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
