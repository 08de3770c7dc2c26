//! `linux/rcupdate.h` and `linux/srcu.h`: readers without a lock, and waits for all readers that might still see what was
//! taken away.
//!
//! This is the plain form: every reader counts itself in and out, under a spinlock (`sched/readers.rs`). It is right, and not what RCU is for.
//!
//! # A grace period
//!
//! There are two counts of readers, and a *phase* that says which one new readers are counted in. [`synchronize_srcu`] changes the
//! phase, and waits until the other count, into which nobody comes any more, is 0. So when it returns, every reader that was
//! inside at the change has left; those that came later see all that was done before it.
//!
//! One grace period runs at a time, under a mutex: at its beginning the count that it changes to is 0 therefore, since the period
//! before has waited for that. The counts and the phase are read and changed under the spinlock alone, so a reader is counted
//! either before the change or after, in the right count; and what a reader did is visible to who waited for it, and what
//! the updater did before to readers after, by the same lock.
//!
//! Who waits sleeps on a completion; the last reader of the old count completes it, once, after it has let the spinlock go. It may
//! touch the structure until then, since the waiter cannot return before.
//!
//! # Grace periods that are asked about
//!
//! A number counts the beginnings and ends of grace periods: it is odd while one runs. Who asks for a cookie gets the number that it has
//! when the next period that has not begun yet is over ([`get_state_synchronize_rcu`]); so all readers that are inside now
//! have left when the number has come to it.
//!
//! # Which readers
//!
//! [`rcu_read_lock`] is a section of the calling *task*, and nests: the task counts how deep it is, and is counted in when it begins. A
//! task that ends inside, by an oops, is counted out. Sections of SRCU may end on another task than they began on.

mod kernel_names;

pub use kernel_names::*;

use crate::completion::Completion;
use crate::diag::{WarningKind, too_many};
use crate::lockdep::{self, Section};
use crate::mutex::RawMutex;
use crate::sched::{
    Readers, TASK_READERS, current, might_sleep_in_all, peek_current, reader_has_left, set_in_rcu,
    with_current,
};
use crate::sync::{self, AtomicU64, Ordering, const_fn, fence};
use crate::task::{TASK_UNINTERRUPTIBLE, TaskStruct, Wait, WaitKind};
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

    /// A reader of that count leaves. False if there is none.
    fn leave(&self, readers: &Readers, phase: u32) -> bool {
        let left = readers.leave(phase);
        if left.last {
            self.drained.complete();
        }
        left.was_there
    }

    /// Waits for the readers that are inside.
    #[track_caller]
    fn wait_for(&self, readers: &Readers, noted: Wait) {
        // Who waits for the mutex waits for the readers of the period before.
        let me = current();
        let _noted = me.wait_note().set(noted.outer());
        self.mutex.lock();
        // SeqCst, as in `cookie`: who gets a cookie before this comes in before the change of the phase.
        self.sequence.fetch_add(1, Ordering::SeqCst);
        if readers.change_phase() {
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

/// One level of nesting in a task's word; the bit below is the count that it is in.
const LEVEL: u32 = 2;

fn begin(me: &TaskStruct, place: &'static Location<'static>) {
    let word = me.rcu_nesting().load(Ordering::Relaxed);
    if lockdep::on() && word < LEVEL {
        lockdep::section_begins(me, Section::Rcu, place);
    }
    sync::set_has_readers(true);
    // Only the task itself writes its word.
    let entered = match word {
        outside if outside < LEVEL => {
            set_in_rcu(me, true, place);
            LEVEL | TASK_READERS.enter()
        }
        inside => inside.checked_add(LEVEL).unwrap_or_else(|| too_many("sections of RCU in one another")),
    };
    me.rcu_nesting().store(entered, Ordering::Relaxed);
}

fn end(me: &TaskStruct, place: &'static Location<'static>) {
    match me.rcu_nesting().load(Ordering::Relaxed) {
        word if word < LEVEL => {
            me.warn(WarningKind::LockMisuse, "rcu_read_unlock", place, "the task is in no section of RCU");
        }
        word if word < 2 * LEVEL => leave_all(me, word),
        word => me.rcu_nesting().store(word - LEVEL, Ordering::Relaxed),
    }
}

fn leave_all(me: &TaskStruct, word: u32) {
    me.rcu_nesting().store(0, Ordering::Relaxed);
    set_in_rcu(me, false, Location::caller());
    TASK_GRACE.leave(&TASK_READERS, word % LEVEL);
    reader_has_left();
}

/// Whether `task` is a reader that a grace period waits for, if one runs at this moment.
pub(crate) fn is_awaited(task: &TaskStruct) -> bool {
    let word = task.rcu_nesting().load(Ordering::Relaxed);
    word >= LEVEL && word % LEVEL != TASK_READERS.phase()
}

/// A task ends; inside a section, nobody would ever end that.
pub(crate) fn exit_rcu(task: &TaskStruct) {
    leave_stray_section(task, "do_exit");
}

/// Something of the user's is over that `task` has called, and what it began: a section that an oops left open would keep every
/// grace period from now on waiting, or would let the task's own callbacks run too early.
#[inline]
pub(crate) fn leave_stray_section(task: &TaskStruct, call: &str) {
    let word = task.rcu_nesting().load(Ordering::Relaxed);
    if word >= LEVEL {
        tell_stray_section(task, call);
        leave_all(task, word);
    }
}

#[cold]
fn tell_stray_section(task: &TaskStruct, call: &str) {
    let message = "it was left in a section of RCU, which ends too";
    match task.held().all_if_any().and_then(|all| all.rcu_at()) {
        Some(place) => task.warn_of(WarningKind::LockMisuse, call, place, message),
        None => task.warn(WarningKind::LockMisuse, call, Location::caller(), message),
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::{LEVEL, Ordering, peek_current, rcu_read_lock, rcu_read_lock_held, rcu_read_unlock};
    use crate::diag::tests::assert_aborts;

    #[test]
    fn a_task_is_not_outside_after_too_many_sections() {
        rcu_read_lock();
        let phase = peek_current(|me| me.rcu_nesting().swap(u32::MAX - 1 - LEVEL, Ordering::Relaxed)) % LEVEL;
        rcu_read_lock();
        assert!(rcu_read_lock_held());
        let name = "rcu::tests::a_task_is_not_outside_after_too_many_sections";
        assert_aborts(name, "sections of RCU in one another", rcu_read_lock);
        peek_current(|me| me.rcu_nesting().store(LEVEL | phase, Ordering::Relaxed));
        rcu_read_unlock();
    }
}
