//! `linux/rtmutex.h`: a mutex with priority inheritance: its owner is at least as urgent as all of
//! its waiters.
//!
//! The word is a pointer to the owner's task, with a WAITERS bit in it. Without waiters, locking
//! and unlocking are one compare-exchange each. Everything else happens under one global lock, that
//! of the *graph* of tasks that wait for each other's rt_mutexes. `sched::inherit` describes the
//! order of the waiters, the inheritance, and how deadlocks are found.
//!
//! # No wake-up is lost
//!
//! The waiter's exchange (held → held with WAITERS) and the owner's (held without WAITERS → free)
//! use the same word. If the owner's exchange comes first, the waiter finds the mutex free and
//! takes it. If the waiter's comes first, the owner's fails; the owner then needs the graph's lock,
//! under which the waiter links itself and sets its state.
//!
//! # Fairness
//!
//! The unlock makes the most urgent waiter the owner in the same step; among equally urgent ones,
//! the first in the queue. (The kernel leaves the mutex free for a moment, in which a task that is
//! more urgent than all waiters may take it first. Here such a task becomes the next owner, and
//! until then the owner inherits its priority.)
//!
//! # Misuse
//!
//! Every misuse warns; none hangs silently:
//!
//! * The owner locks it again, or a task would close a cycle of tasks that wait for each other:
//!   [`WarningKind::Deadlock`]. Calls with a `Result` return `EDEADLK`. [`rt_mutex_lock`] cannot
//!   return an error, so it panics, which in a kthread is an oops of that one thread. (The kernel
//!   may warn, and the task sleeps for ever.)
//! * A task other than the owner unlocks it, it has no owner, or a task ends with it:
//!   [`WarningKind::LockMisuse`], as for a mutex.
//!
//! # When it may be freed
//!
//! As for a mutex, the last user may free it as soon as its unlock has returned. The graph's lock
//! is not part of the mutex. The last access of an unlock writes the new owner, under the graph's
//! lock, and the new owner must take the graph's lock before its wait returns.
//!
//! # Invariants
//!
//! * Whenever the graph's lock is free, WAITERS is set in the word if and only if a waiter is
//!   linked.
//! * WAITERS is set only together with an owner. A word with WAITERS changes only under the graph's
//!   lock.
//! * The task in `owner` is valid: it has not ended, or its memory is kept because it ended with a
//!   lock.

mod guarded;
mod kernel_names;

#[doc(inline)]
pub use crate::DEFINE_RT_MUTEX;

pub use guarded::{RtMutex, RtMutexGuard};
pub use kernel_names::*;

use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::lock_queue::How;
use crate::lockdep::{self, Lock, LockKind, Mode};
use crate::mutex::deadlock;
use crate::owner_word::{FREE, Word, misused, owner_in, word_of};
use crate::sched::{Graph, change_state, might_sleep_in, sleep_until, try_to_wake_up, with_current};
use crate::sync::{AtomicPtr, Life, Ordering, const_fn, observe, plain_memory};
use crate::task::{
    PiQueue, PiWaiter, TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_NORMAL, Task, TaskStruct, Wait, WaitKind,
};
use std::fmt;
use std::panic::Location;
use std::ptr;

fn show_address(address: usize) -> String {
    format!("rt_mutex {address:#x}")
}

/// `struct rt_mutex`: plain memory, valid when zeroed, nothing allocated, nothing to drop. Its
/// users agree on what it protects; [`RtMutex`] owns its data.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_RT_MUTEX!(static BUS_LOCK);
///
/// rt_mutex_lock(&BUS_LOCK);
/// assert_eq!(BUS_LOCK.owner(), Some(current()));
/// rt_mutex_unlock(&BUS_LOCK);
/// ```
#[repr(C)]
pub struct RawRtMutex {
    queue: PiQueue,
    owner: AtomicPtr<TaskStruct>,
    life: Life,
}

plain_memory!(RawRtMutex: 32);

// SAFETY: the queue is accessed only under the graph's lock.
unsafe impl Send for RawRtMutex {}
// SAFETY: as above.
unsafe impl Sync for RawRtMutex {}

impl RawRtMutex {
    const_fn! {
        /// Makes an unlocked rt_mutex: `__RT_MUTEX_INITIALIZER`.
        pub const fn new() -> Self {
            Self { queue: PiQueue::new(), owner: AtomicPtr::new(FREE), life: Life::new() }
        }
    }

    fn known(&self) -> Lock {
        Lock::new(LockKind::RtMutex, self, Mode::Alone)
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    /// Takes it if it has no owner.
    #[inline]
    fn take(&self, me: &TaskStruct) -> bool {
        self.life.touch();
        // Acquire: the last owner's writes are visible. Release: other tasks read this task through
        // the word.
        self.owner.compare_exchange(FREE, word_of(me, false), Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    #[inline]
    fn lock_by(&self, me: &TaskStruct, how: &How) -> Result<(), Errno> {
        might_sleep_in(me, how.call, how.place);
        if lockdep::on() {
            lockdep::wants(me, self.known(), 0, how.call, how.place);
        }
        if !self.take(me) {
            self.lock_slow(me, how).inspect_err(|_| lockdep::gave_up(me))?;
        }
        me.held().add(self.address(), how.place);
        if lockdep::on() {
            lockdep::has(me, self.known(), how.place);
        }
        observe("holds", self.address(), show_address);
        Ok(())
    }

    /// Under the graph's lock: takes the mutex for `me` if it is free. Otherwise sets WAITERS, so
    /// that the owner's unlock takes the graph's lock, and returns the owner.
    fn take_or_mark<'a>(&'a self, me: Option<&TaskStruct>, _graph: &'a Graph<'_>) -> Option<&'a TaskStruct> {
        let mut word = self.owner.load(Ordering::Relaxed);
        loop {
            let wanted = match (owner_in(word).is_null(), me) {
                (true, Some(me)) => word_of(me, false),
                (true, None) => return None,
                (false, _) => word_of(owner_in(word), true),
            };
            // Acquire: as in `take`, and this reads the owner's task. Tasks that read the new
            // owner's through the word hold the graph's lock.
            match self.owner.compare_exchange(word, wanted, Ordering::Acquire, Ordering::Relaxed) {
                // SAFETY: null, or the owner, which cannot unlock without the graph's lock.
                Ok(_) => return unsafe { owner_in(word).as_ref() },
                Err(now) => word = now,
            }
        }
    }

    /// Clears WAITERS if no waiter is linked. It is for observers, who see the word as in the
    /// kernel: a surplus WAITERS would only send the owner's unlock through the graph's lock.
    fn unmark(&self, graph: &Graph<'_>) {
        if graph.is_empty(&self.queue) {
            let word = self.owner.load(Ordering::Relaxed);
            // No other task changes a word with WAITERS. Relaxed: this changes no owner, and
            // continues the release sequence of the earlier Release.
            self.owner.swap(word_of(owner_in(word), false), Ordering::Relaxed);
        }
    }

    #[cold]
    fn lock_slow(&self, me: &TaskStruct, how: &How) -> Result<(), Errno> {
        // It does not move until the end of this function, which does not unwind (a panic of a
        // user's handler is caught).
        let waiter = PiWaiter::new(me, &self.queue);
        let mut graph = Graph::lock(how.call, how.place);
        let Some(owner) = self.take_or_mark(Some(me), &graph) else {
            return Ok(());
        };
        if graph.leads_to(owner, me) {
            let message = match ptr::eq(owner, me) {
                true => lockdep::holds_already(me, self.known()),
                false => "the owner of this rt_mutex waits for one that the task holds".to_owned(),
            };
            self.unmark(&graph);
            drop(graph);
            me.warn(WarningKind::Deadlock, how.call, how.place, &message);
            return Err(Errno::EDEADLK);
        }
        let owner = owner.get();
        // SAFETY: the owner is valid as long as it holds the mutex; the waiter is unlinked, or was
        // given the mutex, before this returns.
        unsafe { graph.join(&waiter, &owner) };
        drop(owner);
        let _noted = me.wait_note().set(Wait::new(WaitKind::RtMutex, self.address(), how.call, how.place));
        loop {
            if graph.is_given(&waiter) {
                return Ok(());
            }
            if me.signals.end_sleep_in(how.state) {
                graph.leave(&waiter);
                self.unmark(&graph);
                return Err(Errno::EINTR);
            }
            change_state(me, how.state);
            drop(graph);
            observe("waits for the lock", self.address(), show_address);
            sleep_until(me, None);
            graph = Graph::lock(how.call, how.place);
        }
    }

    /// Locks, sleeping until it is free: [`rt_mutex_lock`].
    ///
    /// # Panics
    ///
    /// If the calling task holds it already, or would wait for ever.
    #[track_caller]
    #[inline]
    pub fn lock(&self) {
        let how = How::uninterruptible("rt_mutex_lock", Location::caller());
        if with_current(|me| self.lock_by(me, &how)).is_err() {
            deadlock("rt_mutex_lock");
        }
    }

    /// Locks, unless a signal ends the sleep: [`rt_mutex_lock_interruptible`].
    #[track_caller]
    pub fn lock_interruptible(&self) -> Result<(), Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "rt_mutex_lock_interruptible", Location::caller());
        with_current(|me| self.lock_by(me, &how))
    }

    /// Locks, unless the task is killed: [`rt_mutex_lock_killable`].
    #[track_caller]
    pub fn lock_killable(&self) -> Result<(), Errno> {
        let how = How::new(TASK_KILLABLE, "rt_mutex_lock_killable", Location::caller());
        with_current(|me| self.lock_by(me, &how))
    }

    /// Locks if that needs no sleep; returns true if it did: [`rt_mutex_trylock`].
    #[track_caller]
    #[inline]
    pub fn try_lock(&self) -> bool {
        let place = Location::caller();
        with_current(|me| {
            let taken = self.take(me);
            if taken {
                me.held().add(self.address(), place);
            }
            if lockdep::on() {
                lockdep::tried_or_not(me, taken, self.known(), "rt_mutex_trylock", place);
            }
            taken
        })
    }

    /// Unlocks: [`rt_mutex_unlock`].
    #[track_caller]
    #[inline]
    pub fn unlock(&self) {
        let place = Location::caller();
        with_current(|me| {
            let address = self.address();
            // SAFETY: `self` is valid at the call, and so is the current task.
            match unsafe { Self::release(self, me, place) } {
                Ok(()) => me.held().remove(address),
                Err(word) => misused(me, "rt_mutex", "rt_mutex_unlock", place, word),
            }
        });
    }

    /// Unlocks on behalf of the owner. For a guard: the thread may have another current task when
    /// it drops the guard than when it locked.
    ///
    /// # Safety
    ///
    /// `this` points to a valid rt_mutex that the caller has locked.
    #[track_caller]
    #[inline]
    unsafe fn unlock_for_owner(this: *const Self) {
        let place = Location::caller();
        // SAFETY: the mutex is valid by the contract, and its owner by the module's invariants.
        // Relaxed: the caller wrote the owner itself, or was given the mutex under the graph's
        // lock.
        unsafe {
            let owner = owner_in((*this).owner.load(Ordering::Relaxed));
            let released = Self::release(this, owner, place);
            debug_assert!(released.is_ok(), "a guard holds its rt_mutex");
            (*owner).held().remove(this.addr());
        }
    }

    /// If `owner` holds it, makes it free or hands it on. Otherwise returns the word that names the
    /// owner.
    ///
    /// # Safety
    ///
    /// `this` points to an rt_mutex that is valid at the call. The next owner may free it during
    /// the call.
    #[inline]
    unsafe fn release(
        this: *const Self,
        owner: *const TaskStruct,
        place: &'static Location<'static>,
    ) -> Result<(), Word> {
        observe("lets go", this.addr(), show_address);
        let mine = word_of(owner, false);
        // SAFETY: the mutex is valid until the exchange has succeeded, and is not touched after
        // that. Release: the next owner sees this owner's writes.
        let exchanged = unsafe {
            (*this).life.touch();
            (*this).owner.compare_exchange(mine, FREE, Ordering::Release, Ordering::Relaxed)
        };
        match exchanged {
            Ok(_) => Ok(()),
            Err(word) if ptr::eq(owner_in(word), owner) => {
                // SAFETY: `owner` still holds the mutex, so it is valid.
                unsafe { Self::release_slow(this, place) };
                Ok(())
            }
            Err(word) => Err(word),
        }
    }

    /// # Safety
    ///
    /// As for [`release`](Self::release); and the mutex is locked, on whose owner's behalf the
    /// caller acts.
    #[cold]
    unsafe fn release_slow(this: *const Self, place: &'static Location<'static>) {
        let mut graph = Graph::lock("rt_mutex_unlock", place);
        // SAFETY: the mutex is held, so it is valid until the swap, which is the last access; see
        // the module docs.
        let next = unsafe {
            let next = graph.pass_on(&(*this).queue);
            let word = match &next {
                Some((task, more)) => word_of(task.as_ptr(), *more),
                // The waiter has left.
                None => FREE,
            };
            // A swap is enough: the word has an owner, so no task takes the mutex, and WAITERS is
            // set only under the graph's lock. Release: as in `release`.
            (*this).owner.swap(word, Ordering::Release);
            next
        };
        // Dropping it lowers this owner's priority, after the wake-up: see `sched::inherit`.
        let _pending = graph.unlock();
        if let Some((task, _)) = &next {
            try_to_wake_up(task, TASK_NORMAL);
        }
    }

    /// Returns true if a task holds it at this moment: [`rt_mutex_base_is_locked`].
    pub fn is_locked(&self) -> bool {
        !self.owner.load(Ordering::Relaxed).is_null()
    }

    /// Returns the task that holds it at this moment.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let lock = RawRtMutex::new();
    /// assert_eq!(lock.owner(), None);
    /// rt_mutex_lock(&lock);
    /// assert_eq!(lock.owner(), Some(current()));
    /// rt_mutex_unlock(&lock);
    /// ```
    #[track_caller]
    pub fn owner(&self) -> Option<Task> {
        let graph = Graph::lock("rt_mutex_owner", Location::caller());
        let owner = self.take_or_mark(None, &graph)?.get();
        self.unmark(&graph);
        Some(owner)
    }

    /// Returns true if the calling task holds it.
    pub(crate) fn is_mine(&self) -> bool {
        with_current(|me| ptr::eq(owner_in(self.owner.load(Ordering::Relaxed)), me))
    }
}

impl Default for RawRtMutex {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RawRtMutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRtMutex").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}
