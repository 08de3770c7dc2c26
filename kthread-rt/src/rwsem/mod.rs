//! `linux/rwsem.h`: a sleeping lock for one writer or many readers.
//!
//! The word counts the readers. Two more bits say whether a writer holds the lock and whether any
//! task waits. `lock_queue` describes how waiters are woken and when the lock may be freed.
//!
//! # Fairness
//!
//! While any task waits, new tasks queue behind it, readers too. So a stream of readers cannot keep
//! a writer out. The last holder hands the lock on in the same step: to the writer at the head of
//! the queue, or, if a reader is at the head, to all readers in the queue at once, even those
//! behind writers. Then the next writer is at the head. The kernel does the same, but also lets a
//! spinning writer overtake; here no writer overtakes a waiter.
//!
//! So while the queue has waiters, the lock is always held: it is passed on before it becomes free.
//!
//! # Misuse
//!
//! For writers, misuse warns as for a mutex (see there): the writer locks the semaphore again
//! (calls with a `Result` return `EDEADLK`, the others panic), another task unlocks it, or the
//! writer's task ends with it. Readers are not recorded without `debug`. A surplus read unlock is
//! detected only when no reader is left. A reader that locks again succeeds, unless a writer queues
//! in between; then both hang, as in the kernel.

mod guarded;
mod kernel_names;
mod release;

#[doc(inline)]
pub use crate::DECLARE_RWSEM;

pub use guarded::{RwSemaphore, RwSemaphoreReadGuard, RwSemaphoreWriteGuard};
pub use kernel_names::*;
pub(crate) use release::may_leave;

use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::lock_queue::{How, LockQueue, LockWaiter, LockedQueue, QueuedLock, Step, Wants, wait_for};
use crate::lockdep::{self, Lock, LockKind};
use crate::mutex::deadlock;
use crate::sched::{WakeQueue, might_sleep_in, with_current};
use crate::sync::{AtomicU64, Ordering, const_fn, observe, record};
use crate::task::{TASK_INTERRUPTIBLE, TASK_KILLABLE, TaskStruct, WaitKind};
use std::fmt;
use std::panic::Location;
use std::ptr;

/// A task waits.
const WAITERS: u64 = 1;
/// A writer holds it; the count of readers is then 0.
const WRITER: u64 = 2;
/// The unit of the count of readers.
const READER: u64 = 4;

fn readers(word: u64) -> u64 {
    word / READER
}

fn show_address(address: usize) -> String {
    format!("rwsem {address:#x}")
}

/// `struct rw_semaphore`: plain memory, valid when zeroed, nothing allocated, nothing to drop. Its
/// users agree on what it protects; [`RwSemaphore`] owns its data.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawRwSemaphore::new();
/// down_read(&sem);
/// assert!(down_read_trylock(&sem) && !down_write_trylock(&sem));
/// up_read(&sem);
/// up_read(&sem);
/// ```
#[repr(C)]
pub struct RawRwSemaphore {
    word: AtomicU64,
    /// The writer's task, written only by that task. Other tasks only compare it with themselves.
    owner: record::AtomicPtr<TaskStruct>,
    queue: LockQueue,
}

impl RawRwSemaphore {
    const_fn! {
        /// Makes an unlocked rwsem: `__RWSEM_INITIALIZER`.
        pub const fn new() -> Self {
            Self {
                word: AtomicU64::new(0),
                owner: record::AtomicPtr::new(ptr::null_mut()),
                queue: LockQueue::new(),
            }
        }
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    fn is_owned_by(&self, me: &TaskStruct) -> bool {
        // Relaxed: if the value is this task, this task wrote it.
        ptr::eq(self.owner.load(Ordering::Relaxed), me)
    }

    /// Returns the word after taking the lock, or `None` if that needs a wait.
    fn taken(word: u64, wants: Wants) -> Option<u64> {
        match wants {
            Wants::Alone => (word == 0).then_some(WRITER),
            Wants::Shared => (word & (WRITER | WAITERS) == 0).then_some(word + READER),
        }
    }

    #[inline]
    fn take(&self, wants: Wants) -> bool {
        self.queue.touch();
        // Guess that the lock is free; a failed exchange returns the actual value.
        let mut word = 0;
        while let Some(taken) = Self::taken(word, wants) {
            // Acquire: the writes before the last release are visible. So are those before the
            // releases of earlier readers, since all changes of the word are read-modify-writes and
            // continue their release sequences.
            match self.word.compare_exchange(word, taken, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    #[inline]
    fn lock_by(&self, me: &TaskStruct, wants: Wants, how: &How) -> Result<(), Errno> {
        might_sleep_in(me, how.call, how.place);
        if lockdep::on() {
            lockdep::wants(me, self.known(wants), 0, how.call, how.place);
        }
        if !self.take(wants) {
            self.lock_slow(me, wants, how).inspect_err(|_| lockdep::gave_up(me))?;
        }
        self.note_taken(me, wants, how.place);
        if lockdep::on() {
            lockdep::has(me, self.known(wants), how.place);
        }
        observe("holds", self.address(), show_address);
        Ok(())
    }

    #[cold]
    fn lock_slow(&self, me: &TaskStruct, wants: Wants, how: &How) -> Result<(), Errno> {
        if self.is_owned_by(me) {
            me.warn(
                WarningKind::Deadlock,
                how.call,
                how.place,
                &lockdep::holds_already(me, self.known(wants)),
            );
            return Err(Errno::EDEADLK);
        }
        if lockdep::on()
            && let Some(message) = lockdep::waits_for_itself(me, self.known(wants))
        {
            me.warn(WarningKind::Deadlock, how.call, how.place, &message);
            return Err(Errno::EDEADLK);
        }
        wait_for(self, me, wants, how)
    }

    #[inline]
    fn note_taken(&self, me: &TaskStruct, wants: Wants, place: &'static Location<'static>) {
        if wants == Wants::Alone {
            self.owner.store(ptr::from_ref(me).cast_mut(), Ordering::Relaxed);
            me.held().add(self.address(), place);
        }
    }

    #[inline]
    fn lock(&self, wants: Wants, call: &'static str, place: &'static Location<'static>) -> bool {
        with_current(|me| self.lock_by(me, wants, &How::uninterruptible(call, place))).is_ok()
    }

    #[inline]
    fn try_lock(&self, wants: Wants, call: &str, place: &'static Location<'static>) -> bool {
        with_current(|me| {
            let taken = self.take(wants);
            if taken {
                self.note_taken(me, wants, place);
            }
            if lockdep::on() {
                lockdep::tried_or_not(me, taken, self.known(wants), call, place);
            }
            taken
        })
    }

    pub(super) fn known(&self, wants: Wants) -> Lock {
        Lock::new(LockKind::RwSem, self, wants.mode())
    }

    /// Locks for reading: [`down_read`].
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing.
    #[track_caller]
    #[inline]
    pub fn read(&self) {
        if !self.lock(Wants::Shared, "down_read", Location::caller()) {
            deadlock("down_read");
        }
    }

    /// Locks for reading, unless a signal ends the sleep: [`down_read_interruptible`].
    #[track_caller]
    pub fn read_interruptible(&self) -> Result<(), Errno> {
        let how = How::new(TASK_INTERRUPTIBLE, "down_read_interruptible", Location::caller());
        with_current(|me| self.lock_by(me, Wants::Shared, &how))
    }

    /// Locks for reading, unless the task is killed: [`down_read_killable`].
    #[track_caller]
    pub fn read_killable(&self) -> Result<(), Errno> {
        let how = How::new(TASK_KILLABLE, "down_read_killable", Location::caller());
        with_current(|me| self.lock_by(me, Wants::Shared, &how))
    }

    /// Locks for reading if that needs no sleep; returns true if it did: [`down_read_trylock`].
    #[track_caller]
    pub fn try_read(&self) -> bool {
        match lockdep::on() {
            false => self.take(Wants::Shared),
            true => self.try_lock(Wants::Shared, "down_read_trylock", Location::caller()),
        }
    }

    /// Locks for writing: [`down_write`].
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing already.
    #[track_caller]
    #[inline]
    pub fn write(&self) {
        if !self.lock(Wants::Alone, "down_write", Location::caller()) {
            deadlock("down_write");
        }
    }

    /// Locks for writing, unless the task is killed: [`down_write_killable`].
    #[track_caller]
    pub fn write_killable(&self) -> Result<(), Errno> {
        let how = How::new(TASK_KILLABLE, "down_write_killable", Location::caller());
        with_current(|me| self.lock_by(me, Wants::Alone, &how))
    }

    /// Locks for writing if that needs no sleep; returns true if it did: [`down_write_trylock`].
    #[track_caller]
    pub fn try_write(&self) -> bool {
        self.try_lock(Wants::Alone, "down_write_trylock", Location::caller())
    }

    /// Returns true if a task holds it at this moment: [`rwsem_is_locked`].
    pub fn is_locked(&self) -> bool {
        // With waiters it is held, too.
        self.word.load(Ordering::Relaxed) != 0
    }

    /// Returns true if a writer holds it at this moment.
    pub fn is_write_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) & WRITER != 0
    }

    /// Returns true if a task waits for it at this moment: [`rwsem_is_contended`].
    pub fn is_contended(&self) -> bool {
        self.word.load(Ordering::Relaxed) & WAITERS != 0
    }
}

impl QueuedLock for RawRwSemaphore {
    const KIND: WaitKind = WaitKind::RwSem;

    fn queue(&self) -> &LockQueue {
        &self.queue
    }

    fn attempt(&self, queue: &LockedQueue, waiter: &LockWaiter) -> bool {
        if queue.step(waiter) == Step::Given {
            return true;
        }
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            // With WAITERS set no task takes the lock past the queue. A linked waiter gets the lock
            // only by a hand-off.
            let taken = Self::taken(word, waiter.wants());
            let wanted = taken.unwrap_or(word | WAITERS);
            match self.word.compare_exchange(word, wanted, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return taken.is_some(),
                Err(now) => word = now,
            }
        }
    }

    fn give_up(&self, queue: &LockedQueue, wake: &mut WakeQueue) {
        // The waiter that gives up may be a writer that kept the readers behind it waiting although
        // readers hold the lock; admit those now. The lock stays held during this: while WAITERS is
        // set, the last reader cannot release it without the queue's lock.
        if self.word.load(Ordering::Relaxed) & WRITER == 0 && Self::reader_is_first(queue) {
            let admitted = Self::admit_readers(queue, wake);
            self.word.fetch_add(READER * admitted, Ordering::Relaxed);
        }
        if queue.is_empty() {
            self.word.fetch_and(!WAITERS, Ordering::Relaxed);
        }
    }
}

impl Default for RawRwSemaphore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RawRwSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.word.load(Ordering::Relaxed);
        f.debug_struct("RawRwSemaphore")
            .field("readers", &readers(word))
            .field("writer", &(word & WRITER != 0))
            .finish_non_exhaustive()
    }
}
