//! `linux/semaphore.h`: counting semaphores. `down` decrements the count and sleeps while it is 0;
//! `up` increments it.
//!
//! The word holds the count in its lower half, where C code reads it as `sem->count`, and the
//! WAITERS bit in its upper half. `lock_queue` describes how waiters are woken and when the
//! semaphore may be freed.
//!
//! # Fairness
//!
//! Waiters are served strictly in the order in which they queued, as in the kernel. With waiters,
//! `up` does not increment the count but gives its unit to the first waiter; and while any task
//! waits, no task takes a unit past the queue. So with WAITERS set the count is 0.
//!
//! A semaphore has no owner: any task may call `up`, even one that never called `down`, and even
//! where it must not sleep.

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

/// A task waits.
const WAITERS: u64 = 1 << 32;
/// The unit of the count.
const UNIT: u64 = 1;

/// `struct semaphore`: plain memory, nothing allocated, nothing to drop. Zeroed memory is a
/// semaphore with a count of 0.
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

/// One unit of a [`Semaphore`]. Dropping it calls `up`.
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
    /// The largest count, that of the kernel's `int`.
    pub const MAX_COUNT: u32 = i32::MAX as u32;

    const_fn! {
        /// Makes a semaphore with `count`: `__SEMAPHORE_INITIALIZER`.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let slots = Semaphore::new(2);
        /// slots.down();
        /// assert_eq!(slots.count(), 1);
        /// slots.up();
        /// ```
        ///
        /// # Panics
        ///
        /// If `count` is more than [`MAX_COUNT`](Self::MAX_COUNT); in a constant, at compile time.
        pub const fn new(count: u32) -> Self {
            assert!(count <= Self::MAX_COUNT, "a semaphore's count is an int");
            Self { word: AtomicU64::new(count as u64 * UNIT), queue: LockQueue::new() }
        }
    }

    /// Takes a unit if the count is not 0 and no task waits.
    #[inline]
    fn take(&self) -> bool {
        self.queue.touch();
        // Guess a count of one; a failed exchange returns the actual value.
        let mut word = UNIT;
        while word & WAITERS == 0 && word >= UNIT {
            // Acquire: the writes before the `up` that added this unit are visible.
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

    /// Takes a unit, sleeping until there is one: [`down`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(2);
    /// slots.down();
    /// assert_eq!(slots.count(), 1);
    /// slots.up();
    /// ```
    #[track_caller]
    #[inline]
    pub fn down(&self) {
        let place = Location::caller();
        // An uninterruptible wait without a timeout cannot fail.
        let _ = with_current(|me| self.down_by(me, &How::uninterruptible("down", place)));
    }

    /// Takes a unit, unless a signal ends the sleep: [`down_interruptible`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(1);
    /// slots.down_interruptible()?;
    /// slots.up();
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn down_interruptible(&self) -> Result<(), Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "down_interruptible", Location::caller());
        with_current(|me| self.down_by(me, &how))
    }

    /// Takes a unit, unless the task is killed: [`down_killable`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(1);
    /// slots.down_killable()?;
    /// slots.up();
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn down_killable(&self) -> Result<(), Errno> {
        let how = How::new(TASK_KILLABLE, "down_killable", Location::caller());
        with_current(|me| self.down_by(me, &how))
    }

    /// Takes a unit within `timeout` jiffies: [`down_timeout`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(0);
    /// assert_eq!(slots.down_timeout(2), Err(Errno::ETIME));
    /// ```
    #[track_caller]
    pub fn down_timeout(&self, timeout: u64) -> Result<(), Errno> {
        let how = How {
            // A value that is negative as a `long` times out at once.
            timeout: if (timeout as i64) < 0 { 0 } else { timeout },
            ..How::new(TASK_UNINTERRUPTIBLE, "down_timeout", Location::caller())
        };
        with_current(|me| self.down_by(me, &how))
    }

    /// Takes a unit if that needs no sleep; returns true if it did. [`down_trylock`] returns the
    /// opposite.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(1);
    /// assert!(slots.try_down());
    /// assert!(!slots.try_down());
    /// ```
    pub fn try_down(&self) -> bool {
        self.take()
    }

    /// Takes a unit with [`down`](Self::down), which the guard returns when it is dropped.
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

    /// Takes a unit with [`try_down`](Self::try_down), which the guard returns when it is dropped.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(1);
    /// let guard = slots.try_acquire();
    /// assert!(guard.is_some() && slots.try_acquire().is_none());
    /// ```
    pub fn try_acquire(&self) -> Option<SemaphoreGuard<'_>> {
        self.try_down().then(|| SemaphoreGuard { semaphore: self })
    }

    /// Returns a unit, to the first waiter if there is one: [`up`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(2);
    /// slots.down();
    /// assert_eq!(slots.count(), 1);
    /// slots.up();
    /// ```
    #[track_caller]
    #[inline]
    pub fn up(&self) {
        let place = Location::caller();
        // SAFETY: `self` is valid at the call; `up_raw` allows the next user to free it during the
        // call.
        let counted = unsafe { Self::up_raw(self) };
        if !counted {
            overflow(place);
        }
    }

    /// Returns a unit. Returns false if the count is at its limit.
    ///
    /// # Safety
    ///
    /// `this` points to a semaphore that is valid at the call. The task that takes the unit may
    /// free it during the call.
    #[inline]
    unsafe fn up_raw(this: *const Self) -> bool {
        observe("ups", this.addr(), show_address);
        // SAFETY: no task gets the unit before the exchange has succeeded, or before the queue's
        // lock is dropped; until then the semaphore is valid.
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
                // Release: the task that takes the unit sees the caller's writes. This is the last
                // access.
                match (*this).word.compare_exchange(word, more, Ordering::Release, Ordering::Relaxed) {
                    Ok(_) => return true,
                    Err(now) => word = now,
                }
            }
        }
    }

    /// Gives a unit to the first waiter. Returns false if no task waits any more.
    ///
    /// # Safety
    ///
    /// As [`up_raw`](Self::up_raw).
    #[cold]
    unsafe fn give_to_first(this: *const Self) -> bool {
        let mut wake = WakeQueue::new();
        // SAFETY: the semaphore is valid until the queue's lock is dropped, since the waiter takes
        // that lock before its wait returns.
        let (queue, word) = unsafe { (LockedQueue::new(&raw const (*this).queue), &(*this).word) };
        let Some(first) = queue.first() else { return false };
        queue.give_to(first, &mut wake);
        if queue.is_empty() {
            // No other task changes a word with WAITERS. The queue's lock publishes the caller's
            // writes.
            word.swap(0, Ordering::Relaxed);
        }
        drop(queue);
        drop(wake);
        true
    }

    /// Returns the count at this moment: `sem->count`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let slots = Semaphore::new(2);
    /// slots.down();
    /// assert_eq!(slots.count(), 1);
    /// slots.up();
    /// ```
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
            // With WAITERS set the count is 0, and no other task changes the word.
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
            "the semaphore's count is at its limit and was not increased",
        );
    });
}
