//! `linux/rcupdate.h` and `linux/srcu.h`: readers without a lock, and waits for all readers that
//! might still see what was taken away.
//!
//! This is the plain form: every reader counts itself in and out, under a spinlock
//! (`sched/readers.rs`). It is right, and not what RCU is for.
//!
//! # A grace period
//!
//! There are two counts of readers, and a *phase* that says which one new readers are counted in.
//! [`synchronize_srcu`] changes the phase, and waits until the other count, into which nobody comes
//! any more, is 0. So when it returns, every reader that was inside at the change has left; those
//! that came later see all that was done before it.
//!
//! One grace period runs at a time, under a mutex: at its beginning the count that it changes to is
//! 0 therefore, since the period before has waited for that. The counts and the phase are read and
//! changed under the spinlock alone, so a reader is counted either before the change or after, in
//! the right count; and what a reader did is visible to who waited for it, and what the updater did
//! before to readers after, by the same lock.
//!
//! Who waits sleeps on a completion; the last reader of the old count completes it, once, after it
//! has let the spinlock go. It may touch the structure until then, since the waiter cannot return
//! before. The waiter leaves with the count what is to be done then (`Waiter`): so the end of a
//! task, which lies below this module, can be the last reader, too.
//!
//! # Grace periods that are asked about
//!
//! A number counts the beginnings and ends of grace periods: it is odd while one runs. Who asks for
//! a cookie gets the number that it has when the next period that has not begun yet is over
//! ([`get_state_synchronize_rcu`]); so all readers that are inside now have left when the number
//! has come to it.
//!
//! # Which readers
//!
//! [`rcu_read_lock`] is a section of the calling *task*, and nests: the task counts how deep it is,
//! and is counted in when it begins (`sched/section.rs`). A task that ends inside is counted out,
//! whether it is a kthread or a thread that the runtime did not create. Sections of SRCU may end on
//! another task than they began on, so no task's end ends them.

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

/// `struct srcu_struct`: plain memory, valid when zeroed, nothing allocated, nothing to drop.
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

/// Waiting for readers.
#[repr(C)]
struct Grace {
    drained: Completion,
    mutex: RawMutex,
    /// How many have begun, and ended. Written with the mutex held.
    sequence: AtomicU64,
}

crate::__declare_static!(TASK_GRACE: Grace = Grace::new());

impl SrcuStruct {
    const_fn! {
        /// One without readers: `DEFINE_SRCU`'s initializer.
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
        // Who waits for the mutex waits for the readers of the period before.
        let me = current();
        let _noted = me.wait_note().set(noted.outer());
        self.mutex.lock();
        // SeqCst, as in `cookie`: who gets a cookie before this comes in before the change of the
        // phase.
        self.sequence.fetch_add(1, Ordering::SeqCst);
        let drained = (&raw const self.drained).cast();
        // SAFETY: the completion is there until it is complete, since this waits for that.
        if readers.change_phase(unsafe { Waiter::new(complete_drained, drained) }) {
            // Uninterruptible: it has no error.
            let _ = self.drained.wait_for(TASK_UNINTERRUPTIBLE, noted);
        }
        // And who sees this sees what the readers did.
        self.sequence.fetch_add(1, Ordering::SeqCst);
        self.mutex.unlock();
    }

    /// What the number is when the next period that has not begun is over.
    fn cookie(&self) -> u64 {
        // What the caller has taken away from readers comes before the look.
        fence(Ordering::SeqCst);
        self.sequence.load(Ordering::SeqCst).wrapping_add(3) & !1
    }

    /// True if that has come.
    fn has_come(&self, cookie: u64) -> bool {
        let come =
            cookie == COMPLETED || self.sequence.load(Ordering::SeqCst).wrapping_sub(cookie) as i64 >= 0;
        // What the caller does now comes after what the readers did.
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

/// The cookie of a grace period that is over: no other is odd.
const COMPLETED: u64 = 1;

/// Whether `task` is a reader that a grace period waits for, if one runs at this moment.
pub(crate) fn is_awaited(task: &TaskStruct) -> bool {
    let word = task.rcu_nesting().word.load(Ordering::Relaxed);
    word >= LEVEL && word % LEVEL != TASK_READERS.phase()
}
