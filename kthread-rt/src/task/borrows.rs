//! How often the thread that runs a task is inside calls that work with it; see `sched/current.rs`.
//!
//! Written by that thread alone, as `preempt_count` is.

use super::{Task, TaskStruct};
use crate::sync::Ordering;
use crate::sync::record::AtomicU32;
use std::mem;

/// In the count: the last borrow has a reference to put.
const ORPHANED: u32 = 1 << 31;

/// The count.
#[derive(Debug, Default)]
pub(super) struct Borrows(AtomicU32);

impl TaskStruct {
    /// Calls of this crate nest as deep as the stack allows, which is far less than what the count
    /// has room for.
    #[inline(always)]
    pub(crate) fn begin_borrow(&self) {
        let count = &self.borrows.0;
        count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// True if it was the last borrow, and the caller is to put the reference that was left to it.
    #[inline(always)]
    #[must_use]
    pub(crate) fn end_borrow(&self) -> bool {
        let count = &self.borrows.0;
        let left = count.load(Ordering::Relaxed) - 1;
        count.store(left, Ordering::Relaxed);
        left == ORPHANED
    }

    /// The caller, on the task's thread, is about to let go of what made the task current: leaves a
    /// reference to the last borrow, if there is a borrow.
    pub(crate) fn keep_while_borrowed(&self) {
        let count = self.borrows.0.load(Ordering::Relaxed);
        // 0: not borrowed. With the bit: one reference is enough.
        if count != 0 && count & ORPHANED == 0 {
            mem::forget(self.get());
            self.borrows.0.store(count | ORPHANED, Ordering::Relaxed);
        }
    }

    /// The reference that was left.
    ///
    /// # Safety
    ///
    /// [`end_borrow`](Self::end_borrow) has returned true, and this is called once for that.
    pub(crate) unsafe fn take_kept_reference(&self) -> Task {
        self.borrows.0.store(0, Ordering::Relaxed);
        // SAFETY: the address that `get` gives out references by, one of which
        // `keep_while_borrowed` has forgotten.
        unsafe { Task::from_raw(self.group_leader.load(Ordering::Relaxed).cast_const()) }
    }
}
