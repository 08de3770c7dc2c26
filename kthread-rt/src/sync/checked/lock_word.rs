//! A lock's word that many threads may sleep on at once; see the real backend.

use crate::sync::checker::{AtomicU32, Condvar, Mutex, Ordering};
use std::fmt;
use std::sync::Arc;

pub(crate) struct LockWord {
    word: AtomicU32,
    bed: Arc<Bed>,
}

struct Bed {
    sleep: Mutex<()>,
    woken: Condvar,
}

/// An `Arc` (std's), since the word may have been freed when `ring` is called.
pub(crate) struct Bell(Arc<Bed>);

impl fmt::Debug for LockWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockWord")
    }
}

impl LockWord {
    pub(crate) fn new() -> Self {
        let bed = Bed { sleep: Mutex::new(()), woken: Condvar::new() };
        Self { word: AtomicU32::new(0), bed: Arc::new(bed) }
    }

    #[track_caller]
    pub(crate) fn load(&self, order: Ordering) -> u32 {
        self.word.load(order)
    }

    #[track_caller]
    pub(crate) fn compare_exchange(
        &self,
        old: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.word.compare_exchange(old, new, success, failure)
    }

    /// Compares and begins to sleep atomically with respect to [`Bell::ring`], as a futex does.
    /// Relaxed, because the comparison in the kernel orders nothing.
    pub(crate) fn sleep_while(&self, value: u32) {
        let guard = self.bed.sleep.lock().unwrap_or_else(|p| p.into_inner());
        if self.word.load(Ordering::Relaxed) == value {
            drop(self.bed.woken.wait(guard));
        }
    }

    pub(crate) fn bell(&self) -> Bell {
        Bell(self.bed.clone())
    }
}

impl Bell {
    pub(crate) fn ring(self) {
        let guard = self.0.sleep.lock().unwrap_or_else(|p| p.into_inner());
        self.0.woken.notify_all();
        drop(guard);
    }
}
