//! Open files of /proc, whose `release` runs at the close or at the entry's removal, whichever is
//! first; and once.

use super::{File, OpenOrRelease};
use kthread_rt::KMutex;
use std::sync::{Arc, Mutex, PoisonError};

/// An open file with a `release`.
pub(super) struct Opener {
    file: *mut File,
    release: OpenOrRelease,
    /// It ran, or runs: who comes second waits for its end.
    released: KMutex<bool>,
}

// SAFETY: the file is only followed before it is released, and who frees it has it released.
unsafe impl Send for Opener {}
// SAFETY: as above, and that is decided under the lock.
unsafe impl Sync for Opener {}

impl Opener {
    /// Calls the module's `release`, unless that was done.
    pub(super) fn release(&self) {
        let mut released = self.released.lock();
        if !std::mem::replace(&mut *released, true) {
            // SAFETY: the file is open, its operations are registered: who closes it, or removes
            // them, waits for the lock.
            unsafe { (self.release)((*self.file).inode, self.file) };
        }
    }
}

/// Those of an entry.
#[derive(Default)]
pub(super) struct Openers(Mutex<Vec<Arc<Opener>>>);

impl Openers {
    fn with<R>(&self, f: impl FnOnce(&mut Vec<Arc<Opener>>) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a file that was opened. Its `release` is called once, if [`close`](Self::close) is
    /// called before the file is freed.
    pub(super) fn add(&self, file: *mut File, release: OpenOrRelease) -> Arc<Opener> {
        let opener = Arc::new(Opener { file, release, released: KMutex::new(false) });
        self.with(|openers| openers.push(opener.clone()));
        opener
    }

    /// The file is closed: releases it, and forgets it.
    pub(super) fn close(&self, opener: &Arc<Opener>) {
        opener.release();
        self.with(|openers| openers.retain(|other| !Arc::ptr_eq(other, opener)));
    }

    /// Nobody opens it any more: releases all that are open.
    pub(super) fn release_all(&self) {
        for opener in self.with(std::mem::take) {
            opener.release();
        }
    }
}
