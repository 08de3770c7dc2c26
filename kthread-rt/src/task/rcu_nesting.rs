//! How many `rcu_read_lock` sections a task is in, and where the outermost began; see
//! `sched/section.rs`. Only the task writes it.

use crate::sync::Ordering;
use crate::sync::record::{AtomicPtr, AtomicU32};
use std::panic::Location;

/// One level of nesting in the word. The bit below says in which of the two reader counts the task
/// is.
pub(crate) const LEVEL: u32 = 2;

/// The word, and the place.
#[derive(Debug, Default)]
pub(crate) struct RcuNesting {
    pub(crate) word: AtomicU32,
    place: AtomicPtr<Location<'static>>,
}

impl RcuNesting {
    /// True if the task is in a section.
    pub(crate) fn any(&self) -> bool {
        self.word.load(Ordering::Relaxed) >= LEVEL
    }

    /// Notes where the outermost section begins.
    pub(crate) fn note_place(&self, place: &'static Location<'static>) {
        self.place.store(std::ptr::from_ref(place).cast_mut(), Ordering::Relaxed);
    }

    /// Where the last outermost section began.
    pub(crate) fn place(&self) -> Option<&'static Location<'static>> {
        // SAFETY: the pointer is null or from a `&'static Location` in `note_place`.
        unsafe { self.place.load(Ordering::Relaxed).as_ref() }
    }
}
