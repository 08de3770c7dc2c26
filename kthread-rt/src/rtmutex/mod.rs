//! `linux/rtmutex.h`: a mutex whose owner is at least as urgent as everybody who waits for it.
//!
//! The word is the owner's task, with one bit in it, WAITERS, that somebody waits. As long as
//! nobody does, locking and unlocking is one compare-exchange each. All else is done under one lock
//! for all rt_mutexes, that of the *graph* of who waits for whom; the order of the waiters, who
//! inherits what, and how deadlocks are seen is told there, in `sched::inherit`.
//!
//! # No wake-up is lost
//!
//! Both the waiter's exchange (held → held, WAITERS) and the owner's (held, no WAITERS → free) are
//! on one word. If the owner's comes first, the waiter finds the mutex free and takes it. If the
//! waiter's does, the owner's fails, and it has to wait for the graph's lock, under which the
//! waiter links itself and sets its state.
//!
//! # Who gets it
//!
//! The most urgent waiter, and among equals who came first. The unlock makes it the owner in the
//! same step. (The kernel leaves the mutex free for a moment, in which a task that is more urgent
//! than all waiters may take it before them. Here such a one comes next, and lends its priority to
//! the owner meanwhile.)
//!
//! # Misuse
//!
//! Told, and none is a silent hang:
//!
//! * Its owner locks it again, or a task would close a circle of tasks that wait for each other:
//!   [`WarningKind::Deadlock`]; the calls with a `Result` return `EDEADLK`, and [`rt_mutex_lock`],
//!   which can't return, panics: in a kthread an oops of that one thread. (A kernel warns, if it
//!   notices, and the task sleeps for ever.)
//! * It is unlocked by another task than its owner, or without an owner; a task ends with it:
//!   [`WarningKind::LockMisuse`], as with a mutex.
//!
//! # Who may free it, and when
//!
//! As a mutex: the last user, as soon as its unlocking has returned. The graph's lock is not in the
//! mutex; under it, an unlock touches the mutex last when it puts the new owner in, and that one
//! must take the graph's lock before its wait returns.
//!
//! # Invariants
//!
//! * Whenever the graph's lock is free, WAITERS is set in the word if and only if a waiter is
//!   linked.
//! * WAITERS is set beside an owner only, and a word with it is changed under the graph's lock
//!   only.
//! * The task in `owner` is valid: it is one that has not ended, or one that ended with a lock and
//!   is kept.

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
    PiQueue, PiWaiter, TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_NORMAL, TASK_RUNNING, Task, TaskStruct, Wait,
    WaitKind,
};
use std::fmt;
use std::panic::Location;
use std::ptr;

fn show_address(address: usize) -> String {
    format!("rt_mutex {address:#x}")
}

/// `struct rt_mutex`: plain memory, valid when zeroed, nothing allocated, nothing to drop. It
/// protects what its users agree on; [`RtMutex`] has its data inside.
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

// SAFETY: the queue is accessed under the graph's lock only.
unsafe impl Send for RawRtMutex {}
// SAFETY: as above.
unsafe impl Sync for RawRtMutex {}

impl RawRtMutex {
    const_fn! {
        /// One that is not locked: `__RT_MUTEX_INITIALIZER`.
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
        // Acquire: what the last owner did is visible. Release: who reads the task through the word
        // finds it there.
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

    /// With the graph's lock: takes it, or has its owner come for the graph's lock when it lets go.
    /// The owner, if it has one.
    fn take_or_mark<'a>(&'a self, me: Option<&TaskStruct>, _graph: &'a Graph<'_>) -> Option<&'a TaskStruct> {
        let mut word = self.owner.load(Ordering::Acquire);
        loop {
            let wanted = match (owner_in(word).is_null(), me) {
                (true, Some(me)) => word_of(me, false),
                (true, None) => return None,
                (false, _) => word_of(owner_in(word), true),
            };
            // Acquire also where it fails: the owner's task is there to be read. The rest as in
            // `take`.
            match self.owner.compare_exchange(word, wanted, Ordering::AcqRel, Ordering::Acquire) {
                // SAFETY: null, or the owner, who can't let go without the graph's lock.
                Ok(_) => return unsafe { owner_in(word).as_ref() },
                Err(now) => word = now,
            }
        }
    }

    /// Makes WAITERS true again, after somebody who waited has left, or nobody came to wait.
    fn unmark(&self, graph: &Graph<'_>) {
        if graph.is_empty(&self.queue) {
            let word = self.owner.load(Ordering::Relaxed);
            // Nobody else changes a word with WAITERS. Relaxed: it changes no owner, and continues
            // what was released before.
            self.owner.swap(word_of(owner_in(word), false), Ordering::Relaxed);
        }
    }

    #[cold]
    fn lock_slow(&self, me: &TaskStruct, how: &How) -> Result<(), Errno> {
        // It stays where it is until the end of this function, which does not unwind (handlers of
        // the user's are contained).
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
        // SAFETY: the owner is valid as long as it holds the mutex; the waiter leaves, or was given
        // it, before this returns.
        unsafe { graph.join(&waiter, &owner) };
        drop(owner);
        let noted = me.wait_note().set(Wait::new(WaitKind::RtMutex, self.address(), how.call, how.place));
        let result = loop {
            if graph.is_given(&waiter) {
                break Ok(());
            }
            if me.signals.end_sleep_in(how.state) {
                graph.leave(&waiter);
                self.unmark(&graph);
                break Err(Errno::EINTR);
            }
            change_state(me, how.state);
            drop(graph);
            observe("waits for the lock", self.address(), show_address);
            sleep_until(me, None);
            graph = Graph::lock(how.call, how.place);
        };
        drop(graph);
        change_state(me, TASK_RUNNING);
        drop(noted);
        result
    }

    /// Locks, sleeping as long as it takes: [`rt_mutex_lock`].
    ///
    /// # Panics
    ///
    /// If the task holds it already, or would wait for ever.
    #[track_caller]
    #[inline]
    pub fn lock(&self) {
        let how = How::uninterruptible("rt_mutex_lock", Location::caller());
        if with_current(|me| self.lock_by(me, &how)).is_err() {
            deadlock("rt_mutex_lock");
        }
    }

    /// Locks, unless a signal comes: [`rt_mutex_lock_interruptible`].
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

    /// Locks if that needs no sleep; true if it did: [`rt_mutex_trylock`].
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
            // SAFETY: `self` is valid at the call, and the current task is.
            match unsafe { Self::release(self, me, place) } {
                Ok(()) => me.held().remove(address),
                Err(word) => misused(me, "rt_mutex", "rt_mutex_unlock", place, word),
            }
        });
    }

    /// Unlocks for whoever holds it: for a guard, which may be dropped under another current task
    /// than it was made under.
    ///
    /// # Safety
    ///
    /// `this` points to a valid rt_mutex that the caller has locked.
    #[track_caller]
    #[inline]
    unsafe fn unlock_for_owner(this: *const Self) {
        let place = Location::caller();
        // SAFETY: valid, and the owner is too: the module's invariants. Relaxed: the caller is the
        // one who put it there, or was given it under the graph's lock.
        unsafe {
            let owner = owner_in((*this).owner.load(Ordering::Relaxed));
            let released = Self::release(this, owner, place);
            debug_assert!(released.is_ok(), "a guard holds its rt_mutex");
            (*owner).held().remove(this.addr());
        }
    }

    /// Makes it free, or hands it on, if `owner` holds it. If not: the word that says who does.
    ///
    /// # Safety
    ///
    /// `this` points to a rt_mutex that is valid now. It may be freed by its next user during the
    /// call.
    #[inline]
    unsafe fn release(
        this: *const Self,
        owner: *const TaskStruct,
        place: &'static Location<'static>,
    ) -> Result<(), Word> {
        observe("lets go", this.addr(), show_address);
        let mine = word_of(owner, false);
        // SAFETY: valid until the exchange has succeeded, and not touched after it. Release: the
        // next owner sees what this one did.
        let exchanged = unsafe {
            (*this).life.touch();
            (*this).owner.compare_exchange(mine, FREE, Ordering::Release, Ordering::Relaxed)
        };
        match exchanged {
            Ok(_) => Ok(()),
            Err(word) if ptr::eq(owner_in(word), owner) => {
                // SAFETY: still held by `owner`, so valid.
                unsafe { Self::release_slow(this, place) };
                Ok(())
            }
            Err(word) => Err(word),
        }
    }

    /// # Safety
    ///
    /// As [`release`](Self::release); and its owner calls.
    #[cold]
    unsafe fn release_slow(this: *const Self, place: &'static Location<'static>) {
        let mut graph = Graph::lock("rt_mutex_unlock", place);
        // SAFETY: held, so valid until the swap, which is the last access: see the module's text.
        let next = unsafe {
            let next = graph.pass_on(&(*this).queue);
            let word = match &next {
                Some((task, more)) => word_of(task.as_ptr(), *more),
                // The waiter has left.
                None => FREE,
            };
            // A swap: the word has an owner, so nobody takes it, and it is marked under the graph's
            // lock only. Release: as in `release`.
            (*this).owner.swap(word, Ordering::Release);
            next
        };
        let mut pending = graph.unlock();
        if let Some((task, _)) = next {
            // In this order: see `sched::inherit`.
            pending.apply_raised();
            try_to_wake_up(&task, TASK_NORMAL);
        }
        drop(pending);
    }

    /// True if somebody holds it, at this moment: [`rt_mutex_base_is_locked`].
    pub fn is_locked(&self) -> bool {
        !self.owner.load(Ordering::Relaxed).is_null()
    }

    /// Who holds it, at this moment.
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

    /// True if the calling task holds it.
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
