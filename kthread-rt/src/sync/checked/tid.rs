//! The id of a model's thread: a diagnostic value. No model waits for it.

use crate::sync::record::AtomicI32;
use std::sync::atomic::Ordering;

/// See the real backend.
#[derive(Debug)]
pub(crate) struct OsTid(AtomicI32);

impl OsTid {
    pub(crate) const fn none() -> Self {
        Self(AtomicI32::new(0))
    }

    pub(crate) fn expect(&self) {}

    pub(crate) fn set(&self, tid: i32) {
        self.0.store(tid, Ordering::Relaxed);
    }

    pub(crate) fn known(&self) -> i32 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn get(&self) -> i32 {
        self.known()
    }
}
