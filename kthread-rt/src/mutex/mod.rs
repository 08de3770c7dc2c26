//! `linux/mutex.h`: a sleeping lock that only its owner may unlock.
//!
//! As in the kernel, the word is a pointer to the owner's task, with the WAITERS bit in it; it is 0
//! when the mutex is free. These docs cover contention. `lock_queue` describes how waiters are
//! woken and when the mutex may be freed.
//!
//! # Fairness
//!
//! An unlock with waiters makes the mutex free and wakes the first waiter. Until that waiter runs,
//! another task may take the mutex first, so a task that locks repeatedly does not sleep each time.
//! The waiter then finds the mutex taken, stays at the head of the queue, and requests a hand-off:
//! the next unlock makes it the owner in the same step. So waiters get the mutex in the order in
//! which they queued, and each can be overtaken only until it has run once. The kernel guarantees
//! the same.
//!
//! # Misuse
//!
//! Every misuse warns; none hangs silently:
//!
//! * The owner locks it again, which hangs in the kernel: [`WarningKind::Deadlock`]. Calls with a
//!   `Result` return `EDEADLK`. [`mutex_lock`] cannot return an error, so it panics, which in a
//!   kthread is an oops of that one thread.
//! * A task other than the owner unlocks it, or it has no owner: [`WarningKind::LockMisuse`], and
//!   the unlock has no effect.
//! * A task ends while it holds the mutex: [`WarningKind::LockMisuse`], and the mutex stays locked.
//!   The memory of that task is kept, since the mutex points to it.
//!
//! # Invariants
//!
//! The task in `owner` is valid: it has not ended, or its memory is kept because it ended with a
//! lock.

mod guarded;
mod kernel_names;

#[doc(inline)]
pub use crate::DEFINE_MUTEX;

pub use guarded::{KMutex, KMutexGuard};
pub use kernel_names::*;

use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::lock_queue::{How, LockQueue, LockWaiter, LockedQueue, QueuedLock, Step, Wants, wait_for};
use crate::lockdep::{self, Lock, LockKind, Mode};
use crate::owner_word::{FREE, Word, has_waiters, misused, owner_in, word_of};
use crate::sched::{WakeQueue, might_sleep_in, with_current};
use crate::sync::{AtomicPtr, Ordering, const_fn, observe};
use crate::task::{TASK_INTERRUPTIBLE, TASK_KILLABLE, Task, TaskStruct, WaitKind};
use std::fmt;
use std::panic::{Location, resume_unwind};
use std::ptr;

fn show_address(address: usize) -> String {
    format!("mutex {address:#x}")
}

/// `struct mutex`: plain memory, valid when zeroed, nothing allocated, nothing to drop. Its users
/// agree on what it protects; [`KMutex`] owns its data.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_MUTEX!(static CONFIG_LOCK);
///
/// mutex_lock(&CONFIG_LOCK);
/// assert_eq!(CONFIG_LOCK.owner(), Some(current()));
/// mutex_unlock(&CONFIG_LOCK);
/// ```
#[repr(C)]
pub struct RawMutex {
    owner: AtomicPtr<TaskStruct>,
    queue: LockQueue,
}

impl RawMutex {
    const_fn! {
        /// Makes an unlocked mutex: `__MUTEX_INITIALIZER`.
        pub const fn new() -> Self {
            Self { owner: AtomicPtr::new(FREE), queue: LockQueue::new() }
        }
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    /// Takes the mutex if it has no owner. Otherwise returns the word that it found.
    #[inline]
    pub(crate) fn take(&self, me: &TaskStruct) -> Result<(), Word> {
        self.queue.touch();
        let mut word = FREE;
        loop {
            // Acquire: the last owner's writes are visible. Release: `owner` reads the task through
            // the word.
            let mine = word_of(me, has_waiters(word));
            match self.owner.compare_exchange(word, mine, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) if owner_in(now).is_null() => word = now,
                Err(now) => return Err(now),
            }
        }
    }

    #[inline(always)]
    fn lock_by(&self, me: &TaskStruct, how: &How) -> Result<(), Errno> {
        might_sleep_in(me, how.call, how.place);
        if lockdep::on() {
            lockdep::wants(me, self.known(), 0, how.call, how.place);
        }
        if let Err(word) = self.take(me) {
            self.lock_slow(me, how, word)?;
        }
        me.held().add(self.address(), how.place);
        if lockdep::on() {
            lockdep::has(me, self.known(), how.place);
        }
        observe("holds", self.address(), show_address);
        Ok(())
    }

    fn known(&self) -> Lock {
        Lock::new(LockKind::Mutex, self, Mode::Alone)
    }

    #[cold]
    fn lock_slow(&self, me: &TaskStruct, how: &How, word: Word) -> Result<(), Errno> {
        if ptr::eq(owner_in(word), me) {
            me.warn(WarningKind::Deadlock, how.call, how.place, &lockdep::holds_already(me, self.known()));
            lockdep::gave_up(me);
            return Err(Errno::EDEADLK);
        }
        wait_for(self, me, Wants::Alone, how).inspect_err(|_| lockdep::gave_up(me))
    }

    /// Locks, sleeping until the mutex is free: [`mutex_lock`].
    ///
    /// # Panics
    ///
    /// If the calling task holds the mutex already.
    #[track_caller]
    #[inline]
    pub fn lock(&self) {
        let place = Location::caller();
        let locked = with_current(|me| self.lock_by(me, &How::uninterruptible("mutex_lock", place)));
        if locked.is_err() {
            deadlock("mutex_lock");
        }
    }

    /// Locks, unless a signal ends the sleep: [`mutex_lock_interruptible`].
    #[track_caller]
    pub fn lock_interruptible(&self) -> Result<(), Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "mutex_lock_interruptible", Location::caller());
        with_current(|me| self.lock_by(me, &how))
    }

    /// Locks, unless the task is killed: [`mutex_lock_killable`].
    #[track_caller]
    pub fn lock_killable(&self) -> Result<(), Errno> {
        let how = How::new(TASK_KILLABLE, "mutex_lock_killable", Location::caller());
        with_current(|me| self.lock_by(me, &how))
    }

    /// Locks if that needs no sleep; returns true if it did: [`mutex_trylock`].
    #[track_caller]
    #[inline]
    pub fn try_lock(&self) -> bool {
        let place = Location::caller();
        with_current(|me| {
            let taken = self.take(me).is_ok();
            if taken {
                me.held().add(self.address(), place);
            }
            if lockdep::on() {
                lockdep::tried_or_not(me, taken, self.known(), "mutex_trylock", place);
            }
            taken
        })
    }

    /// Unlocks: [`mutex_unlock`].
    #[track_caller]
    #[inline]
    pub fn unlock(&self) {
        let place = Location::caller();
        with_current(|me| {
            let address = self.address();
            // SAFETY: `self` is valid at the call, and so is the current task.
            match unsafe { Self::release(self, me) } {
                Ok(()) => me.held().remove(address),
                Err(word) => misused(me, "mutex", "mutex_unlock", place, word),
            }
        });
    }

    /// Unlocks on behalf of the owner. For a guard: the thread may have another current task when
    /// it drops the guard than when it locked.
    ///
    /// # Safety
    ///
    /// `this` points to a valid mutex that the caller has locked.
    #[inline]
    unsafe fn unlock_for_owner(this: *const Self) {
        // SAFETY: the mutex is valid by the contract, and its owner by the module's invariants.
        // Relaxed: the caller wrote the owner itself, or was given the mutex under the queue's
        // lock.
        unsafe {
            let owner = owner_in((*this).owner.load(Ordering::Relaxed));
            let released = Self::release(this, owner);
            debug_assert!(released.is_ok(), "a guard holds its mutex");
            (*owner).held().remove(this.addr());
        }
    }

    /// If `owner` holds the mutex, makes it free or hands it on. Otherwise returns the word that
    /// names the owner.
    ///
    /// # Safety
    ///
    /// `this` points to a mutex that is valid at the call. The next owner may free it during the
    /// call.
    #[inline]
    pub(crate) unsafe fn release(this: *const Self, owner: *const TaskStruct) -> Result<(), Word> {
        observe("lets go", this.addr(), show_address);
        let mine = word_of(owner, false);
        // SAFETY: the mutex is valid until the exchange has succeeded, and is not touched after
        // that. Release: the next owner sees this owner's writes.
        let exchanged = unsafe {
            (*this).queue.touch();
            (*this).owner.compare_exchange(mine, FREE, Ordering::Release, Ordering::Relaxed)
        };
        match exchanged {
            Ok(_) => Ok(()),
            // SAFETY: `owner` still holds the mutex, so it is valid.
            Err(word) if ptr::eq(owner_in(word), owner) => unsafe { Self::release_slow(this, owner) },
            Err(word) => Err(word),
        }
    }

    /// # Safety
    ///
    /// As [`release`](Self::release).
    #[cold]
    unsafe fn release_slow(this: *const Self, owner: *const TaskStruct) -> Result<(), Word> {
        let mut wake = WakeQueue::new();
        loop {
            // SAFETY: `owner` holds the mutex, so it is valid. If a waiter is queued, the mutex
            // stays valid until the queue's lock is dropped, since the waiter takes that lock
            // before its wait returns.
            let (queue, word) = unsafe { (LockedQueue::new(&raw const (*this).queue), &(*this).owner) };
            let Some(first) = queue.first() else {
                // The waiter has given up. Try to free the mutex without the queue's lock; if a new
                // waiter has set WAITERS, try again.
                drop(queue);
                let mine = word_of(owner, false);
                // SAFETY: as in `release`.
                let exchanged = unsafe {
                    (*this).owner.compare_exchange(mine, FREE, Ordering::Release, Ordering::Relaxed)
                };
                if exchanged.is_ok() {
                    return Ok(());
                }
                continue;
            };
            // Swaps are enough: with WAITERS set, no other task changes a word that has an owner.
            if queue.step(first) == Step::WantsHandOff {
                queue.give_to(first, &mut wake);
                // Relaxed: the next owner takes the queue's lock before its wait returns.
                word.swap(word_of(first.task(), !queue.is_empty()), Ordering::Relaxed);
            } else {
                wake.add(queue.task_of(first));
                // Release: as in `release`, for a task that takes it without the queue's lock.
                word.swap(word_of(ptr::null(), true), Ordering::Release);
            }
            drop(queue);
            drop(wake);
            return Ok(());
        }
    }

    /// Returns true if a task holds it at this moment: [`mutex_is_locked`].
    pub fn is_locked(&self) -> bool {
        !owner_in(self.owner.load(Ordering::Relaxed)).is_null()
    }

    /// Returns the task that holds it at this moment.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let mutex = RawMutex::new();
    /// assert_eq!(mutex.owner(), None);
    /// mutex_lock(&mutex);
    /// assert_eq!(mutex.owner().map(|task| task.pid()), Some(current().pid()));
    /// mutex_unlock(&mutex);
    /// ```
    pub fn owner(&self) -> Option<Task> {
        // SAFETY: borrowed for the call.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        let mut word = self.owner.load(Ordering::Acquire);
        // With WAITERS set, the owner cannot unlock without the queue's lock, so the owner is valid
        // while this function holds that lock.
        while !owner_in(word).is_null() && !has_waiters(word) {
            // Acquire, although the load has: the word may be the same again with another owner,
            // whose task is where that of the owner before was. Not on failure, since only holders
            // of the queue's lock set WAITERS.
            let marked = word_of(word, true);
            match self.owner.compare_exchange(word, marked, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => word = now,
            }
        }
        // SAFETY: null, or the owner, which holds the mutex at least until the queue's lock is
        // dropped. (The Acquire pairs with the Release of `take`, so the task can be read.)
        let owner = unsafe { owner_in(word).as_ref() }.map(TaskStruct::get);
        if owner.is_some() && queue.is_empty() {
            self.clear_waiters();
        }
        owner
    }

    /// Returns the word. While the caller owns the mutex, only the WAITERS bit may change.
    pub(crate) fn word(&self) -> Word {
        self.owner.load(Ordering::Relaxed)
    }

    /// Returns true if a task waits at this moment.
    pub(crate) fn has_waiters(&self) -> bool {
        has_waiters(self.word())
    }

    /// Clears WAITERS. The caller holds the queue's lock, and has seen an owner with WAITERS set,
    /// so no other task changes the word. The queue is empty.
    fn clear_waiters(&self) {
        let owner = owner_in(self.owner.load(Ordering::Relaxed));
        // Relaxed: this changes no owner, and a read-modify-write continues the release sequence of
        // an earlier Release.
        self.owner.swap(word_of(owner, false), Ordering::Relaxed);
    }
}

impl QueuedLock for RawMutex {
    const KIND: WaitKind = WaitKind::Mutex;

    fn queue(&self) -> &LockQueue {
        &self.queue
    }

    fn attempt(&self, queue: &LockedQueue, waiter: &LockWaiter) -> bool {
        if queue.step(waiter) == Step::Given {
            return true;
        }
        let mut word = self.owner.load(Ordering::Relaxed);
        loop {
            let free = owner_in(word).is_null();
            let wanted = match free {
                true => word_of(waiter.task(), queue.has_other_than(waiter)),
                false => word_of(word, true),
            };
            // Acquire: as in `take`. Tasks that read the owner through the word hold the queue's
            // lock.
            match self.owner.compare_exchange(word, wanted, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) if free => {
                    queue.unlink(waiter);
                    return true;
                }
                Ok(_) => break,
                Err(now) => word = now,
            }
        }
        // A linked waiter has slept and was woken, but found the mutex taken.
        if queue.first().is_some_and(|first| ptr::eq(first, waiter)) {
            queue.set_step(waiter, Step::WantsHandOff);
        }
        false
    }

    fn give_up(&self, queue: &LockedQueue, _wake: &mut WakeQueue) {
        // No wake-up is lost with this waiter: its last attempt, under this same hold of the
        // queue's lock, found an owner, and that owner's unlock will wake the first waiter.
        if queue.is_empty() {
            self.clear_waiters();
        }
    }
}

impl Default for RawMutex {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RawMutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMutex").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}

/// Ends a lock call that has no error return where the kernel would hang. The caller has warned
/// already, so this panics without the panic hook.
#[cold]
pub(crate) fn deadlock(call: &str) -> ! {
    resume_unwind(Box::new(format!("{call}() of a lock that the task holds already would wait for ever")))
}
