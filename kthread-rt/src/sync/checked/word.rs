//! Words to sleep on, and the spinlock, from a checker's mutex and condition variable.

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

/// Where a word's owner sleeps. Behind an `Arc`, std's, so that the clock may wake a sleeper whose
/// word goes meanwhile.
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

    /// Sleeps while the word is `value`. As a futex does, it compares and begins to sleep in one
    /// step with respect to [`wake`](Self::wake): both take the mutex. Relaxed, because the
    /// kernel's comparison is no load that orders anything.
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

/// `spinlock_t` over the checker's mutex, whose guard it keeps between `lock` and `unlock`.
pub struct RawSpinLock {
    mutex: Mutex<()>,
    /// Accessed by the holder only.
    guard: UnsafeCell<Option<MutexGuard<'static, ()>>>,
}

impl fmt::Debug for RawSpinLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawSpinLock")
    }
}

// SAFETY: `guard` is accessed by the holder of `mutex` only; all threads of a model are one OS
// thread.
unsafe impl Send for RawSpinLock {}
// SAFETY: as above.
unsafe impl Sync for RawSpinLock {}

impl Default for RawSpinLock {
    fn default() -> Self {
        Self::new()
    }
}

impl RawSpinLock {
    /// A lock that is not locked.
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
        // SAFETY: the mutex is held, so `guard` is this thread's; the lifetime is a fiction that
        // `unlock` ends before the mutex can go.
        unsafe {
            *self.guard.get() =
                Some(std::mem::transmute::<MutexGuard<'_, ()>, MutexGuard<'static, ()>>(guard))
        };
    }

    /// `wait` would do the same, and note it: a model has no use for that.
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
        // SAFETY: the caller holds the mutex, so `guard` is this thread's, and the lock is valid
        // until it is open.
        let guard = unsafe { (*(*this).guard.get()).take() };
        drop(guard);
    }
}
