//! `linux/rcupdate.h` and `linux/srcu.h`: readers without locks, and waits for all readers that
//! might still see what an updater has removed.
//!
//! This is the simple form: every reader counts itself in and out, under a spinlock
//! (`sched/readers.rs`). It is correct, but lacks RCU's cheap readers.
//!
//! # A grace period
//!
//! There are two counts of readers, and a *phase* that says which one new readers join.
//! [`synchronize_srcu`] changes the phase and waits until the old count, which no reader joins any
//! more, is 0. So when it returns, every reader that was inside at the change has left, and later
//! readers see all that was done before the change.
//!
//! One grace period runs at a time, under a mutex. So the count that it changes to is 0: the period
//! before has waited for that. The counts and the phase are read and changed only under the
//! spinlock, so a reader is counted before or after the change, in the right count. The same lock
//! makes what a reader did visible to the waiter, and what the updater did visible to later
//! readers.
//!
//! The waiter sleeps on a completion. The last reader of the old count completes it, once, after it
//! has released the spinlock. It may touch the structure until then, since the waiter cannot return
//! earlier. The waiter stores a callback beside the count (`Waiter`). So the code that ends a task,
//! in a layer below this module, can be the last reader too.
//!
//! # Polled grace periods
//!
//! A sequence number counts the beginnings and ends of grace periods: it is odd while one runs. A
//! cookie is the number at the end of the next period that has not begun yet
//! ([`get_state_synchronize_rcu`]). So all readers that are inside now have left when the number
//! has reached the cookie.
//!
//! # Barriers
//!
//! As in the kernel, a wait is a full barrier at its beginning and at its end, and a cookie that
//! was reached is one. The number itself is accessed relaxed: the fences beside it order all else.
//!
//! # Which readers
//!
//! An [`rcu_read_lock`] section belongs to the calling *task*, and nests: the task counts its
//! depth, and only the outermost section is counted (`sched/section.rs`). If a task ends inside a
//! section, it is counted out, whether it is a kthread or a foreign thread. An SRCU section may end
//! on another task than it began on, so the end of a task ends none.

mod kernel_names;

pub use kernel_names::*;

use crate::completion::Completion;
use crate::diag::WarningKind;
use crate::mutex::RawMutex;
use crate::sched::{
    Readers, TASK_READERS, Waiter, begin_section, current, end_section, might_sleep_in_all, peek_current,
    with_current,
};
use crate::sync::{AtomicU64, Ordering, const_fn, fence};
use crate::task::{LEVEL, TASK_UNINTERRUPTIBLE, TaskStruct, Wait, WaitKind};
use std::fmt;
use std::panic::Location;

/// `struct srcu_struct`: plain memory, valid when zeroed. It allocates nothing and needs no drop.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let domain = SrcuStruct::new();
/// let section = srcu_read_lock(&domain);
/// srcu_read_unlock(&domain, section);
/// synchronize_srcu(&domain);
/// ```
#[repr(C)]
pub struct SrcuStruct {
    readers: Readers,
    grace: Grace,
}

/// The state of waiting for readers.
#[repr(C)]
struct Grace {
    drained: Completion,
    mutex: RawMutex,
    /// The number of beginnings and ends. Written with the mutex held.
    sequence: AtomicU64,
}

crate::__declare_static!(TASK_GRACE: Grace = Grace::new());

impl SrcuStruct {
    const_fn! {
        /// A domain without readers: `DEFINE_SRCU`'s initializer.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let domain = SrcuStruct::new();
        /// synchronize_srcu(&domain); // there are no readers
        /// ```
        pub const fn new() -> Self {
            Self { readers: Readers::new(), grace: Grace::new() }
        }
    }
}

impl Grace {
    const_fn! {
        const fn new() -> Self {
            Self { drained: Completion::new(), mutex: RawMutex::new(), sequence: AtomicU64::new(0) }
        }
    }

    /// Waits for the readers that are inside.
    #[track_caller]
    fn wait_for(&self, readers: &Readers, noted: Wait) {
        // A task that waits for the mutex waits for the readers of the period before.
        let me = current();
        let _noted = me.wait_note().set(noted.outer());
        self.mutex.lock();
        self.sequence.fetch_add(1, Ordering::Relaxed);
        // With the fence in `cookie`: a task that takes a cookie sees this number, or later readers
        // see what it removed. Also a full barrier for the readers that the new phase counts.
        fence(Ordering::SeqCst);
        // SAFETY: the completion exists until it is completed, since this function waits for that.
        let waiter = unsafe { Waiter::new(complete_drained, (&raw const self.drained).cast()) };
        if readers.change_phase(waiter) {
            // It can't fail: the wait is uninterruptible and has no timeout.
            let _ = self.drained.wait_for(TASK_UNINTERRUPTIBLE, noted);
        }
        // A full barrier for the readers that have left. And a task that sees the next number sees
        // what they did.
        fence(Ordering::SeqCst);
        self.sequence.fetch_add(1, Ordering::Relaxed);
        self.mutex.unlock();
    }

    /// The sequence number at the end of the next period that has not begun.
    fn cookie(&self) -> u64 {
        // Orders the caller's removals before the load.
        fence(Ordering::SeqCst);
        self.sequence.load(Ordering::Relaxed).wrapping_add(3) & !1
    }

    /// Returns true if the sequence number has reached `cookie`.
    fn has_come(&self, cookie: u64) -> bool {
        let come =
            cookie == COMPLETED || self.sequence.load(Ordering::Relaxed).wrapping_sub(cookie) as i64 >= 0;
        // Orders the caller's next accesses after those of the readers. A full barrier, as a wait
        // is.
        fence(Ordering::SeqCst);
        come
    }
}

/// # Safety
///
/// `drained` is a grace period's completion, which stays until this completes it.
unsafe fn complete_drained(drained: *const ()) {
    // SAFETY: by the contract.
    unsafe { &*drained.cast::<Completion>() }.complete();
}

impl Default for SrcuStruct {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SrcuStruct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SrcuStruct")
    }
}

/// The cookie of a grace period that is over: no other cookie is odd.
const COMPLETED: u64 = 1;

/// Whether `task` is a reader that a grace period waits for, if one is running.
pub(crate) fn is_awaited(task: &TaskStruct) -> bool {
    let word = task.rcu_nesting().word.load(Ordering::Relaxed);
    word >= LEVEL && word % LEVEL != TASK_READERS.phase()
}
