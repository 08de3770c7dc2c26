//! Open files of /proc. `release` runs once: at the close or at the entry's removal, whichever
//! comes first.

use super::{File, OpenOrRelease};
use kthread_rt::KMutex;
use std::sync::{Arc, Mutex, PoisonError};

/// An open file with a `release`.
pub(super) struct Opener {
    file: *mut File,
    release: OpenOrRelease,
    /// True once it ran. The lock is held while it runs, so the second caller waits.
    released: KMutex<bool>,
}

// SAFETY: the file pointer is only followed before the release, and a file is only freed after its
// release.
unsafe impl Send for Opener {}
// SAFETY: as above; the lock decides which comes first.
unsafe impl Sync for Opener {}

impl Opener {
    /// Calls the module's `release`, unless it was called already.
    pub(super) fn release(&self) {
        let mut released = self.released.lock();
        if !std::mem::replace(&mut *released, true) {
            // SAFETY: the file is open and its operations are registered: a close or a removal
            // waits for the lock.
            unsafe { (self.release)((*self.file).inode, self.file) };
        }
    }
}

/// The open files of an entry.
#[derive(Default)]
pub(super) struct Openers(Mutex<Vec<Arc<Opener>>>);

impl Openers {
    fn with<R>(&self, f: impl FnOnce(&mut Vec<Arc<Opener>>) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds an opened file. Its `release` is called exactly once, provided that
    /// [`close`](Self::close) is called before the file is freed.
    pub(super) fn add(&self, file: *mut File, release: OpenOrRelease) -> Arc<Opener> {
        let opener = Arc::new(Opener { file, release, released: KMutex::new(false) });
        self.with(|openers| openers.push(opener.clone()));
        opener
    }

    /// Releases a file that is being closed, and removes it.
    pub(super) fn close(&self, opener: &Arc<Opener>) {
        opener.release();
        self.with(|openers| openers.retain(|other| !Arc::ptr_eq(other, opener)));
    }

    /// Releases all open files, after the entry can't be opened any more.
    pub(super) fn release_all(&self) {
        for opener in self.with(std::mem::take) {
            opener.release();
        }
    }
}
