//! How deep a task is in sections of `rcu_read_lock`, and where the outermost began; see
//! `sched/section.rs`. Written by the task alone.

use crate::sync::Ordering;
use crate::sync::record::{AtomicPtr, AtomicU32};
use std::panic::Location;

/// One level of nesting in the word; the bit below is the count of readers that the task is in.
pub(crate) const LEVEL: u32 = 2;

/// The word, and the place.
#[derive(Debug, Default)]
pub(crate) struct RcuNesting {
    pub(crate) word: AtomicU32,
    place: AtomicPtr<Location<'static>>,
}

impl RcuNesting {
    /// True if the task is in one.
    pub(crate) fn any(&self) -> bool {
        self.word.load(Ordering::Relaxed) >= LEVEL
    }

    /// The outermost begins.
    pub(crate) fn note_place(&self, place: &'static Location<'static>) {
        self.place.store(std::ptr::from_ref(place).cast_mut(), Ordering::Relaxed);
    }

    /// Where it began, if there was one.
    pub(crate) fn place(&self) -> Option<&'static Location<'static>> {
        // SAFETY: null, or from a `&'static Location` in `note_place`.
        unsafe { self.place.load(Ordering::Relaxed).as_ref() }
    }
}
