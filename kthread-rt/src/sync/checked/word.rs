//! Words to sleep on, and the spinlock, made of the checker's mutex and condition variable.

use super::clock::{Alarm, monotonic_ns};
use crate::sync::checker::{AtomicU32, Condvar, Mutex, MutexGuard, Ordering};
use crate::sync::{Slept, word_order};
use std::cell::UnsafeCell;
use std::fmt;
use std::sync::Arc;

/// A task's state; see the real backend.
#[derive(Debug)]
pub(crate) struct StateWord {
    word: AtomicU32,
    bed: Arc<Bed>,
}

/// Where a word's owner sleeps. In an `Arc` (std's), so that the clock can wake a sleeper whose
/// word is freed meanwhile.
#[derive(Debug)]
pub(super) struct Bed {
    sleep: Mutex<()>,
    woken: Condvar,
}

impl Bed {
    pub(super) fn wake(&self) {
        let guard = self.sleep.lock().unwrap_or_else(|p| p.into_inner());
        self.woken.notify_one();
        drop(guard);
    }
}

impl StateWord {
    pub(crate) fn new(value: u32) -> Self {
        let bed = Bed { sleep: Mutex::new(()), woken: Condvar::new() };
        Self { word: AtomicU32::new(value), bed: Arc::new(bed) }
    }

    #[track_caller]
    pub(crate) fn load(&self) -> u32 {
        self.word.load(word_order::LOAD)
    }

    #[track_caller]
    pub(crate) fn swap(&self, value: u32) -> u32 {
        self.word.swap(value, word_order::SWAP)
    }

    #[track_caller]
    pub(crate) fn compare_exchange(&self, old: u32, new: u32) -> Result<u32, u32> {
        self.word.compare_exchange(old, new, word_order::EXCHANGED, word_order::FOUND_OTHER)
    }

    /// Sleeps while the word is `value`. Like a futex, it compares and begins to sleep atomically
    /// with respect to [`wake`](Self::wake), since both take the mutex. Relaxed, because the
    /// comparison in the kernel orders nothing.
    pub(crate) fn sleep_while(&self, value: u32, deadline: Option<u64>) -> Slept {
        let alarm = deadline.map(|at| Alarm::set(&self.bed, at));
        let expired = || deadline.is_some_and(|at| monotonic_ns() >= at);
        let guard = self.bed.sleep.lock().unwrap_or_else(|p| p.into_inner());
        if self.word.load(Ordering::Relaxed) != value {
            return Slept::LookAgain;
        }
        if !expired() {
            drop(self.bed.woken.wait(guard));
        }
        drop(alarm);
        if expired() { Slept::Expired } else { Slept::LookAgain }
    }

    pub(crate) fn wake(&self) {
        self.bed.wake();
    }
}

/// `spinlock_t` made of the checker's mutex. It stores the mutex's guard from `lock` to `unlock`.
pub struct RawSpinLock {
    mutex: Mutex<()>,
    /// Accessed only by the holder.
    guard: UnsafeCell<Option<MutexGuard<'static, ()>>>,
}

impl fmt::Debug for RawSpinLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawSpinLock")
    }
}

// SAFETY: only the holder of `mutex` accesses `guard`; all threads of a model share one OS thread.
unsafe impl Send for RawSpinLock {}
// SAFETY: as above.
unsafe impl Sync for RawSpinLock {}

impl Default for RawSpinLock {
    fn default() -> Self {
        Self::new()
    }
}

impl RawSpinLock {
    /// Makes an unlocked spinlock.
    pub fn new() -> Self {
        Self { mutex: Mutex::new(()), guard: UnsafeCell::new(None) }
    }

    #[track_caller]
    pub(crate) fn try_lock(&self) -> bool {
        let Ok(guard) = self.mutex.try_lock() else { return false };
        // SAFETY: as in `lock`.
        unsafe {
            *self.guard.get() =
                Some(std::mem::transmute::<MutexGuard<'_, ()>, MutexGuard<'static, ()>>(guard))
        };
        true
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.mutex.try_lock().is_err()
    }

    #[track_caller]
    pub(crate) fn lock(&self) {
        let guard = self.mutex.lock().unwrap_or_else(|p| p.into_inner());
        // SAFETY: this thread holds the mutex, so it alone accesses `guard`. The guard does not
        // outlive the mutex, although its type says 'static: `unlock` drops it.
        unsafe {
            *self.guard.get() =
                Some(std::mem::transmute::<MutexGuard<'_, ()>, MutexGuard<'static, ()>>(guard))
        };
    }

    /// Same as [`lock`](Self::lock). `wait` would also note the wait, which a model does not need.
    #[track_caller]
    pub(crate) fn lock_or(&self, _wait: impl FnOnce(&Self)) {
        self.lock();
    }

    #[track_caller]
    pub(crate) fn lock_slow(&self, _sleeps: impl FnOnce()) {
        self.lock();
    }

    /// # Safety
    ///
    /// As in the real backend.
    pub(crate) unsafe fn unlock(this: *const Self) {
        // SAFETY: the caller holds the mutex, so it alone accesses `guard`, and the lock is valid
        // until it is released.
        let guard = unsafe { (*(*this).guard.get()).take() };
        drop(guard);
    }
}
