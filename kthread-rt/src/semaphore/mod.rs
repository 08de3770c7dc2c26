//! `linux/semaphore.h`: a count that `down` takes from and `up` adds to; who finds it at 0 sleeps.
//!
//! The word is the count in its lower half, where C code reads it as `sem->count`, and the WAITERS
//! bit in its upper half. The protocol that wakes, and the one for freeing, are told in
//! `lock_queue`.
//!
//! # Who gets it
//!
//! Strictly those who came first, as in the kernel: an `up` with waiters does not count, it gives
//! its unit to the first waiter; and while somebody waits, nobody takes past the queue. So with
//! WAITERS set the count is 0.
//!
//! A semaphore has no owner: any task may `up` it, also one that never slept in `down`, and so may
//! a caller that must not sleep.

mod kernel_names;

#[doc(inline)]
pub use crate::DEFINE_SEMAPHORE;

pub use kernel_names::*;

use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::lock_queue::{How, LockQueue, LockWaiter, LockedQueue, QueuedLock, Step, Wants, wait_for};
use crate::sched::{WakeQueue, might_sleep_in, with_current};
use crate::sync::{AtomicU64, Ordering, const_fn, observe};
use crate::task::{TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE, TaskStruct, WaitKind};
use std::fmt;
use std::panic::Location;
use std::ptr;

/// Somebody waits.
const WAITERS: u64 = 1 << 32;
/// One, in the word.
const UNIT: u64 = 1;

/// `struct semaphore`: plain memory; zeroed, it is one whose count is 0. Nothing allocated, nothing
/// to drop.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let slots = Semaphore::new(2);
/// down(&slots);
/// down(&slots);
/// assert!(down_trylock(&slots)); // true: it failed
/// up(&slots);
/// assert_eq!(slots.count(), 1);
/// ```
#[repr(C)]
pub struct Semaphore {
    word: AtomicU64,
    queue: LockQueue,
}

/// One unit of a [`Semaphore`], which goes back when this is dropped.
#[derive(Debug)]
#[must_use = "a unit that is dropped at once is up again"]
pub struct SemaphoreGuard<'a> {
    semaphore: &'a Semaphore,
}

impl Drop for SemaphoreGuard<'_> {
    fn drop(&mut self) {
        self.semaphore.up();
    }
}

fn show_address(address: usize) -> String {
    format!("semaphore {address:#x}")
}

impl Semaphore {
    /// The greatest count: the kernel's `int` has no more.
    pub const MAX_COUNT: u32 = i32::MAX as u32;

    const_fn! {
        /// A semaphore with `count` to take: `__SEMAPHORE_INITIALIZER`.
        ///
        /// # Panics
        ///
        /// If `count` is more than [`MAX_COUNT`](Self::MAX_COUNT); in a constant, at compile time.
        pub const fn new(count: u32) -> Self {
            assert!(count <= Self::MAX_COUNT, "a semaphore's count is an int");
            Self { word: AtomicU64::new(count as u64 * UNIT), queue: LockQueue::new() }
        }
    }

    /// Takes one if there is one and nobody waits.
    #[inline]
    fn take(&self) -> bool {
        self.queue.touch();
        // The guess that there is one; what a failed exchange finds is better.
        let mut word = UNIT;
        while word & WAITERS == 0 && word >= UNIT {
            // Acquire: what was done before the `up` that put it there is visible.
            match self.word.compare_exchange(word, word - UNIT, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    #[inline]
    fn down_by(&self, me: &TaskStruct, how: &How) -> Result<(), Errno> {
        might_sleep_in(me, how.call, how.place);
        if !self.take() {
            wait_for(self, me, Wants::Alone, how)?;
        }
        observe("has taken one of", ptr::from_ref(self).addr(), show_address);
        Ok(())
    }

    /// Takes one, sleeping as long as it takes: [`down`].
    #[track_caller]
    #[inline]
    pub fn down(&self) {
        let place = Location::caller();
        // Nothing else ends an uninterruptible wait without a time limit.
        let _ = with_current(|me| self.down_by(me, &How::uninterruptible("down", place)));
    }

    /// Takes one, unless a signal comes: [`down_interruptible`].
    #[track_caller]
    pub fn down_interruptible(&self) -> Result<(), Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "down_interruptible", Location::caller());
        with_current(|me| self.down_by(me, &how))
    }

    /// Takes one, unless the task is killed: [`down_killable`].
    #[track_caller]
    pub fn down_killable(&self) -> Result<(), Errno> {
        let how = How::new(TASK_KILLABLE, "down_killable", Location::caller());
        with_current(|me| self.down_by(me, &how))
    }

    /// Takes one within `timeout` jiffies: [`down_timeout`].
    #[track_caller]
    pub fn down_timeout(&self, timeout: u64) -> Result<(), Errno> {
        let how = How {
            // A negative long is no time at all.
            timeout: if (timeout as i64) < 0 { 0 } else { timeout },
            ..How::new(TASK_UNINTERRUPTIBLE, "down_timeout", Location::caller())
        };
        with_current(|me| self.down_by(me, &how))
    }

    /// Takes one if that needs no sleep; true if it did. The kernel's name says the opposite:
    /// [`down_trylock`].
    pub fn try_down(&self) -> bool {
        self.take()
    }

    /// [`down`](Self::down) until the guard is dropped.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(1);
    /// let slot = slots.acquire();
    /// assert_eq!(slots.count(), 0);
    /// drop(slot);
    /// assert_eq!(slots.count(), 1);
    /// ```
    #[track_caller]
    pub fn acquire(&self) -> SemaphoreGuard<'_> {
        self.down();
        SemaphoreGuard { semaphore: self }
    }

    /// [`try_down`](Self::try_down) until the guard is dropped.
    pub fn try_acquire(&self) -> Option<SemaphoreGuard<'_>> {
        self.try_down().then(|| SemaphoreGuard { semaphore: self })
    }

    /// Puts one back, or gives it to who waits longest: [`up`].
    #[track_caller]
    #[inline]
    pub fn up(&self) {
        let place = Location::caller();
        // SAFETY: `self` is valid at the call; the raw core allows for its end during the call.
        let counted = unsafe { Self::up_raw(self) };
        if !counted {
            overflow(place);
        }
    }

    /// False if the count is at its limit.
    ///
    /// # Safety
    ///
    /// `this` points to a semaphore that is valid now. It may be freed during the call by who takes
    /// the unit.
    #[inline]
    unsafe fn up_raw(this: *const Self) -> bool {
        observe("ups", this.addr(), show_address);
        // SAFETY: nobody gets the unit before the exchange has succeeded, or the queue's lock was
        // dropped.
        unsafe {
            (*this).queue.touch();
            let mut word = 0; // a guess, as in `take`
            loop {
                if word & WAITERS != 0 {
                    if Self::give_to_first(this) {
                        return true;
                    }
                    word = 0;
                }
                if word == u64::from(Self::MAX_COUNT) * UNIT {
                    return false;
                }
                let more = word + UNIT;
                // Release: who takes the unit sees what was done before. It is the last access.
                match (*this).word.compare_exchange(word, more, Ordering::Release, Ordering::Relaxed) {
                    Ok(_) => return true,
                    Err(now) => word = now,
                }
            }
        }
    }

    /// False if nobody waits any more.
    ///
    /// # Safety
    ///
    /// As [`up_raw`](Self::up_raw).
    #[cold]
    unsafe fn give_to_first(this: *const Self) -> bool {
        let mut wake = WakeQueue::new();
        // SAFETY: valid, and the waiter takes the queue's lock before its wait returns.
        let (queue, word) = unsafe { (LockedQueue::new(&raw const (*this).queue), &(*this).word) };
        let Some(first) = queue.first() else { return false };
        queue.give_to(first, &mut wake);
        if queue.is_empty() {
            // Nobody else changes a word with WAITERS in it. The unit's Release is the queue's
            // lock.
            word.swap(0, Ordering::Relaxed);
        }
        drop(queue);
        drop(wake);
        true
    }

    /// How many there are to take, at this moment: `sem->count`.
    pub fn count(&self) -> u32 {
        (self.word.load(Ordering::Relaxed) % WAITERS / UNIT) as u32
    }
}

impl QueuedLock for Semaphore {
    const KIND: WaitKind = WaitKind::Semaphore;

    fn queue(&self) -> &LockQueue {
        &self.queue
    }

    fn attempt(&self, queue: &LockedQueue, waiter: &LockWaiter) -> bool {
        if queue.step(waiter) == Step::Given {
            return true;
        }
        let mut word = self.word.load(Ordering::Relaxed);
        while word & WAITERS == 0 {
            let wanted = if word >= UNIT { word - UNIT } else { word | WAITERS };
            match self.word.compare_exchange(word, wanted, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return wanted & WAITERS == 0,
                Err(now) => word = now,
            }
        }
        false
    }

    fn give_up(&self, queue: &LockedQueue, _wake: &mut WakeQueue) {
        if queue.is_empty() {
            // The count is 0 with WAITERS set, and nobody else changes such a word.
            self.word.swap(0, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("count", &self.count()).finish_non_exhaustive()
    }
}

#[cold]
fn overflow(place: &'static Location<'static>) {
    with_current(|me| {
        me.warn(
            WarningKind::LockMisuse,
            "up",
            place,
            "the semaphore's count is at its limit and stays there",
        );
    });
}
