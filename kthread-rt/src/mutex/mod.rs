//! `linux/mutex.h`: the lock that its owner alone lets go, and that others sleep for.
//!
//! The word is the owner's task, as in the kernel, with the WAITERS bit in it: 0 when nobody holds
//! it. What follows is about contention; the protocol that wakes, and the one for freeing, are told
//! in `lock_queue`.
//!
//! # Who gets it
//!
//! An unlock with waiters leaves the mutex without an owner and wakes the first waiter. Whoever
//! comes before that one runs may take it first (so a task that locks again and again does not
//! sleep each time); the waiter then finds it taken, stays at the head of the queue, and asks for a
//! hand-off: the next unlock makes it the owner in the same step. So the waiters get it in the
//! order in which they came, and each is overtaken for as long only as it takes to run once. The
//! kernel promises as much.
//!
//! # Misuse
//!
//! Each is told as a warning, and none is a silent hang:
//!
//! * Its owner locks it again, which hangs a kernel: [`WarningKind::Deadlock`]; the calls with a
//!   `Result` return `EDEADLK`, and [`mutex_lock`], which can't return, panics: in a kthread an
//!   oops of that one thread.
//! * It is unlocked by another task than its owner, or without an owner:
//!   [`WarningKind::LockMisuse`], and it stays as it was.
//! * A task ends with it: [`WarningKind::LockMisuse`], and it stays locked. The memory of that task
//!   is kept, since the mutex names it.
//!
//! # Invariants
//!
//! The task in `owner` is valid: it is one that has not ended, or one that ended with a lock and is
//! kept.

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

/// `struct mutex`: plain memory, valid when zeroed, nothing allocated, nothing to drop. It protects
/// what its users agree on; [`KMutex`] has its data inside.
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
        /// A mutex that is not locked: `__MUTEX_INITIALIZER`.
        pub const fn new() -> Self {
            Self { owner: AtomicPtr::new(FREE), queue: LockQueue::new() }
        }
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    /// Takes it if it has no owner. If not: the word that said so.
    #[inline]
    pub(crate) fn take(&self, me: &TaskStruct) -> Result<(), Word> {
        self.queue.touch();
        let mut word = FREE;
        loop {
            // Acquire: what the last owner did is visible. Release: `owner` reads the task through
            // the word.
            let mine = word_of(me, has_waiters(word));
            match self.owner.compare_exchange(word, mine, Ordering::AcqRel, Ordering::Acquire) {
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

    /// Locks, sleeping as long as it takes: [`mutex_lock`].
    ///
    /// # Panics
    ///
    /// If the task holds it already.
    #[track_caller]
    #[inline]
    pub fn lock(&self) {
        let place = Location::caller();
        let locked = with_current(|me| self.lock_by(me, &How::uninterruptible("mutex_lock", place)));
        if locked.is_err() {
            deadlock("mutex_lock");
        }
    }

    /// Locks, unless a signal comes: [`mutex_lock_interruptible`].
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

    /// Locks if that needs no sleep; true if it did: [`mutex_trylock`].
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
            // SAFETY: `self` is valid at the call, and the current task is.
            match unsafe { Self::release(self, me) } {
                Ok(()) => me.held().remove(address),
                Err(word) => misused(me, "mutex", "mutex_unlock", place, word),
            }
        });
    }

    /// Unlocks for whoever holds it: for a guard, which may be dropped under another current task
    /// than it was made under.
    ///
    /// # Safety
    ///
    /// `this` points to a valid mutex that the caller has locked.
    #[inline]
    unsafe fn unlock_for_owner(this: *const Self) {
        // SAFETY: valid, and the owner is too: the module's invariants. Relaxed: the caller is the
        // one who put it there, or was given it under the queue's lock.
        unsafe {
            let owner = owner_in((*this).owner.load(Ordering::Relaxed));
            let released = Self::release(this, owner);
            debug_assert!(released.is_ok(), "a guard holds its mutex");
            (*owner).held().remove(this.addr());
        }
    }

    /// Makes it free, or hands it on, if `owner` holds it. If not: the word that says who does.
    ///
    /// # Safety
    ///
    /// `this` points to a mutex that is valid now. It may be freed by its next user during the
    /// call.
    #[inline]
    pub(crate) unsafe fn release(this: *const Self, owner: *const TaskStruct) -> Result<(), Word> {
        observe("lets go", this.addr(), show_address);
        let mine = word_of(owner, false);
        // SAFETY: valid until the exchange has succeeded, and not touched after it. Release: the
        // next owner sees what this one did.
        let exchanged = unsafe {
            (*this).queue.touch();
            (*this).owner.compare_exchange(mine, FREE, Ordering::Release, Ordering::Relaxed)
        };
        match exchanged {
            Ok(_) => Ok(()),
            // SAFETY: still held by `owner`, so valid.
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
            // SAFETY: held by `owner`, so valid; with a waiter in the queue also until the queue's
            // lock is dropped, since the waiter takes that lock before its wait returns.
            let (queue, word) = unsafe { (LockedQueue::new(&raw const (*this).queue), &(*this).owner) };
            let Some(first) = queue.first() else {
                // The waiter has given up. The word becomes free outside of the queue's lock, or
                // not at all this time.
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
            // Swaps: with WAITERS set, nobody else changes a word that has an owner. Release: as in
            // `release`.
            if queue.step(first) == Step::WantsHandOff {
                let next = first.task();
                queue.give_to(first, &mut wake);
                word.swap(word_of(next, !queue.is_empty()), Ordering::Release);
            } else {
                wake.add(queue.task_of(first));
                word.swap(word_of(ptr::null(), true), Ordering::Release);
            }
            drop(queue);
            drop(wake);
            return Ok(());
        }
    }

    /// True if somebody holds it, at this moment: [`mutex_is_locked`].
    pub fn is_locked(&self) -> bool {
        !owner_in(self.owner.load(Ordering::Relaxed)).is_null()
    }

    /// Who holds it, at this moment.
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
        // With WAITERS set, the owner can't let go without the queue's lock, so it is valid as long
        // as that is held here.
        while !owner_in(word).is_null() && !has_waiters(word) {
            let marked = word_of(word, true);
            match self.owner.compare_exchange(word, marked, Ordering::Relaxed, Ordering::Acquire) {
                Ok(_) => word = marked,
                Err(now) => word = now,
            }
        }
        // SAFETY: null, or the owner, which holds the mutex until the queue's lock is dropped at
        // least. (Acquire, with the Release of `take`: the task is there to be read.)
        let owner = unsafe { owner_in(word).as_ref() }.map(TaskStruct::get);
        if owner.is_some() && queue.is_empty() {
            self.clear_waiters();
        }
        owner
    }

    /// The word, as its owner sees it: only the WAITERS bit may change meanwhile.
    pub(crate) fn word(&self) -> Word {
        self.owner.load(Ordering::Relaxed)
    }

    /// True if somebody waits, at this moment.
    pub(crate) fn has_waiters(&self) -> bool {
        has_waiters(self.word())
    }

    /// Nobody waits any more; the caller holds the queue's lock.
    fn clear_waiters(&self) {
        let mut word = self.owner.load(Ordering::Relaxed);
        while has_waiters(word) {
            let cleared = word_of(owner_in(word), false);
            // Relaxed: it changes no owner. (The other accesses are read-modify-writes too, so it
            // hides nobody's Release.)
            match self.owner.compare_exchange(word, cleared, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => word = now,
            }
        }
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
            if wanted == word {
                break;
            }
            // The orders of `take`.
            match self.owner.compare_exchange(word, wanted, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if free => {
                    queue.unlink(waiter);
                    return true;
                }
                Ok(_) => break,
                Err(now) => word = now,
            }
        }
        // Linked, so it has slept, and was woken for nothing.
        if queue.has(waiter) && queue.first().is_some_and(|first| ptr::eq(first, waiter)) {
            queue.set_step(waiter, Step::WantsHandOff);
        }
        false
    }

    fn give_up(&self, queue: &LockedQueue, _wake: &mut WakeQueue) {
        // No wake-up stays with this waiter: its last attempt, under the same hold of the queue's
        // lock, found an owner, who comes for the first in the queue when it lets go.
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

/// What a lock call without an error does where a kernel would hang; it has been told as a warning,
/// so the panic's hook has nothing to tell.
#[cold]
pub(crate) fn deadlock(call: &str) -> ! {
    resume_unwind(Box::new(format!("{call}() of a lock that the task holds already would wait for ever")))
}
