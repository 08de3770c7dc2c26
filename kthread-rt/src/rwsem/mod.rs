//! `linux/rwsem.h`: a lock for one writer or many readers, that others sleep for.
//!
//! The word counts the readers; two bits beside the count say that a writer holds the lock and that
//! somebody waits. The protocol that wakes, and the one for freeing, are told in `lock_queue`.
//!
//! # Who gets it
//!
//! While somebody waits, everybody who comes waits behind him, readers too: so a stream of readers
//! does not keep a writer out. Who lets the lock go hands it on, in the same step: to the writer at
//! the head of the queue; or, if a reader is at its head, to all readers in the queue at once,
//! those behind writers too. After them the next writer is at the head. So does the kernel, which
//! beyond that lets spinning writers overtake; here nobody is overtaken by another writer.
//!
//! With a queue the lock is therefore always held: a reader or writer that lets go passes it on
//! before it is free.
//!
//! # Misuse
//!
//! Told as with a mutex (see there), as far as a writer goes: it locks the semaphore again (the
//! calls with a `Result` return `EDEADLK`, the others panic), another task lets it go, its task
//! ends with it. The readers are not known by name: a reader that lets go more than it has is seen
//! when there is none left; one that locks again works until a writer waits in between, which hangs
//! both here as in the kernel.

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

/// Somebody waits.
const WAITERS: u64 = 1;
/// A writer holds it; then there are no readers.
const WRITER: u64 = 2;
/// One reader, in the word.
const READER: u64 = 4;

fn readers(word: u64) -> u64 {
    word / READER
}

fn show_address(address: usize) -> String {
    format!("rwsem {address:#x}")
}

/// `struct rw_semaphore`: plain memory, valid when zeroed, nothing allocated, nothing to drop. It
/// protects what its users agree on; [`RwSemaphore`] has its data inside.
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
    /// The writer's task, written by itself; everybody else only asks whether it is he.
    owner: record::AtomicPtr<TaskStruct>,
    queue: LockQueue,
}

impl RawRwSemaphore {
    const_fn! {
        /// One that is not locked: `__RWSEM_INITIALIZER`.
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
        // Relaxed: if it is this task, then this task wrote it.
        ptr::eq(self.owner.load(Ordering::Relaxed), me)
    }

    /// The word after `wants` has been met, if it can be met without waiting.
    fn taken(word: u64, wants: Wants) -> Option<u64> {
        match wants {
            Wants::Alone => (word == 0).then_some(WRITER),
            Wants::Shared => (word & (WRITER | WAITERS) == 0).then_some(word + READER),
        }
    }

    #[inline]
    fn take(&self, wants: Wants) -> bool {
        self.queue.touch();
        // The guess that nobody holds it; what a failed exchange finds is better.
        let mut word = 0;
        while let Some(taken) = Self::taken(word, wants) {
            // Acquire: what was done before the last release is visible; also before the releases
            // of other readers, since all changes of the word are read-modify-writes and so
            // continue what those published.
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
    /// If the task holds it for writing.
    #[track_caller]
    #[inline]
    pub fn read(&self) {
        if !self.lock(Wants::Shared, "down_read", Location::caller()) {
            deadlock("down_read");
        }
    }

    /// Locks for reading, unless a signal comes: [`down_read_interruptible`].
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

    /// Locks for reading if that needs no sleep; true if it did: [`down_read_trylock`].
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
    /// If the task holds it for writing already.
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

    /// Locks for writing if that needs no sleep; true if it did: [`down_write_trylock`].
    #[track_caller]
    pub fn try_write(&self) -> bool {
        self.try_lock(Wants::Alone, "down_write_trylock", Location::caller())
    }

    /// True if somebody holds it, at this moment: [`rwsem_is_locked`].
    pub fn is_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) & !WAITERS != 0
    }

    /// True if a writer holds it, at this moment.
    pub fn is_write_locked(&self) -> bool {
        self.word.load(Ordering::Relaxed) & WRITER != 0
    }

    /// True if somebody waits for it, at this moment: [`rwsem_is_contended`].
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
            // With WAITERS set nobody takes past the queue; and this waiter, if it is linked, is
            // given it or nothing.
            let taken = Self::taken(word, waiter.wants());
            let wanted = taken.unwrap_or(word | WAITERS);
            if wanted == word {
                return false;
            }
            match self.word.compare_exchange(word, wanted, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return taken.is_some(),
                Err(now) => word = now,
            }
        }
    }

    fn give_up(&self, queue: &LockedQueue, wake: &mut WakeQueue) {
        // It may have been a writer that kept readers behind it from joining those who read. The
        // lock is held meanwhile: the last reader can't let go without the queue's lock as long as
        // WAITERS is set.
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
