//! Borrows: how many calls of the task's thread are using the task at this moment; see
//! `sched/current.rs`.
//!
//! Only that thread writes the count, as with `preempt_count`.

use super::{Task, TaskStruct};
use crate::sync::Ordering;
use crate::sync::record::AtomicU32;
use std::mem;

/// In the count: the last borrow must put a reference.
const ORPHANED: u32 = 1 << 31;

/// The count.
#[derive(Debug, Default)]
pub(super) struct Borrows(AtomicU32);

impl TaskStruct {
    /// Begins a borrow. The count can't overflow: the stack limits how deep calls nest.
    #[inline(always)]
    pub(crate) fn begin_borrow(&self) {
        let count = &self.borrows.0;
        count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// Ends a borrow. True if it was the last one and the caller must put the reference that was
    /// left to it.
    #[inline(always)]
    #[must_use]
    pub(crate) fn end_borrow(&self) -> bool {
        let count = &self.borrows.0;
        let left = count.load(Ordering::Relaxed) - 1;
        count.store(left, Ordering::Relaxed);
        left == ORPHANED
    }

    /// Leaves a reference to the last borrow, if the task is borrowed. The caller, on the task's
    /// thread, is about to drop what made the task current.
    pub(crate) fn keep_while_borrowed(&self) {
        let count = self.borrows.0.load(Ordering::Relaxed);
        // 0: not borrowed. With ORPHANED: a reference was left already.
        if count != 0 && count & ORPHANED == 0 {
            mem::forget(self.get());
            self.borrows.0.store(count | ORPHANED, Ordering::Relaxed);
        }
    }

    /// Takes the reference that was left to the last borrow.
    ///
    /// # Safety
    ///
    /// [`end_borrow`](Self::end_borrow) has returned true, and this is its one call after that.
    pub(crate) unsafe fn take_kept_reference(&self) -> Task {
        self.borrows.0.store(0, Ordering::Relaxed);
        // SAFETY: `group_leader` is the pointer from which `get` made the reference that
        // `keep_while_borrowed` forgot; by the contract this takes it once.
        unsafe { Task::from_raw(self.group_leader.load(Ordering::Relaxed).cast_const()) }
    }
}
