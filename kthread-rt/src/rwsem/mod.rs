//! `linux/rwsem.h`: a lock for one writer or many readers, that others sleep for.
//!
//! The word counts the readers; two bits beside the count say that a writer holds the lock and that somebody waits. The
//! protocol that wakes, and the one for freeing, are told in `lock_queue`.
//!
//! # Who gets it
//!
//! While somebody waits, everybody who comes waits behind him, readers too: so a stream of readers does not keep a writer
//! out. Who lets the lock go hands it on, in the same step: to the writer at the head of the queue; or, if a reader is at
//! its head, to all readers in the queue at once, those behind writers too. After them the next writer is at the head. So
//! does the kernel, which beyond that lets spinning writers overtake; here nobody is overtaken by another writer.
//!
//! With a queue the lock is therefore always held: a reader or writer that lets go passes it on before it is free.
//!
//! # Misuse
//!
//! Told as with a mutex (see there), as far as a writer goes: it locks the semaphore again (the calls with a `Result` return
//! `EDEADLK`, the others panic), another task lets it go, its task ends with it. The readers are not known by name: a reader
//! that lets go more than it has is seen when there is none left; one that locks again works until a writer waits in
//! between, which hangs both here as in the kernel.

mod guarded;
mod kernel_names;

pub use guarded::{RwSemaphore, RwSemaphoreReadGuard, RwSemaphoreWriteGuard};
pub use kernel_names::*;

use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::lock_queue::{How, LockQueue, LockWaiter, LockedQueue, QueuedLock, Step, Wants, wait_for};
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

/// `struct rw_semaphore`: plain memory, valid when zeroed, nothing allocated, nothing to drop. It protects what its users
/// agree on; [`RwSemaphore`] has its data inside.
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
            // Acquire: what was done before the last release is visible; also before the releases of other readers, since
            // all changes of the word are read-modify-writes and so continue what those published.
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
        if !self.take(wants) {
            self.lock_slow(me, wants, how)?;
        }
        self.note_taken(me, wants, how.place);
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
                "the task holds this rwsem for writing already",
            );
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
    fn try_lock(&self, wants: Wants, place: &'static Location<'static>) -> bool {
        with_current(|me| {
            let taken = self.take(wants);
            if taken {
                self.note_taken(me, wants, place);
            }
            taken
        })
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
    pub fn try_read(&self) -> bool {
        self.take(Wants::Shared)
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
        self.try_lock(Wants::Alone, Location::caller())
    }

    /// Lets a reader's lock go: [`up_read`].
    #[track_caller]
    #[inline]
    pub fn unlock_read(&self) {
        let place = Location::caller();
        // SAFETY: valid at the call.
        if !unsafe { Self::release_read(self) } {
            misused("up_read", place, "nobody holds the rwsem for reading");
        }
    }

    /// False if there is no reader.
    ///
    /// # Safety
    ///
    /// `this` points to a rwsem that is valid now. It may be freed by its next user during the call.
    #[inline]
    unsafe fn release_read(this: *const Self) -> bool {
        observe("lets go, of a reader's lock,", this.addr(), show_address);
        // SAFETY: a reader holds it, so it is valid, until the exchange has succeeded.
        unsafe {
            (*this).queue.touch();
            let mut word = READER; // a guess, as in `take`
            loop {
                if readers(word) == 0 {
                    return false;
                }
                if word & WAITERS != 0 && readers(word) == 1 {
                    if Self::hand_over_by_last_reader(this) {
                        return true;
                    }
                    word = READER;
                }
                // Release: a writer sees what this reader did. It is the last access.
                let less = word - READER;
                match (*this).word.compare_exchange(word, less, Ordering::Release, Ordering::Relaxed) {
                    Ok(_) => return true,
                    Err(now) => word = now,
                }
            }
        }
    }

    /// False if the caller is not the last reader any more, or nobody waits.
    ///
    /// # Safety
    ///
    /// As [`release_read`](Self::release_read).
    #[cold]
    unsafe fn hand_over_by_last_reader(this: *const Self) -> bool {
        let mut wake = WakeQueue::new();
        // SAFETY: held for reading, so valid; and by whom it is handed to until the queue's lock is dropped.
        let (queue, rwsem) = unsafe { (LockedQueue::new(&raw const (*this).queue), &*this) };
        // Acquire: the new owner, who gets it from here, sees what the readers did that have gone already.
        let word = rwsem.word.load(Ordering::Acquire);
        let mine = word & WAITERS != 0 && readers(word) == 1;
        if mine {
            rwsem.hand_over(&queue, &mut wake);
        }
        drop(queue);
        drop(wake);
        mine
    }

    /// Lets a writer's lock go: [`up_write`].
    #[track_caller]
    #[inline]
    pub fn unlock_write(&self) {
        let place = Location::caller();
        let mine = with_current(|me| {
            let mine = self.is_owned_by(me);
            if mine {
                // SAFETY: held for writing by the current task, which is valid.
                unsafe { Self::release_write(self, me) };
            }
            mine
        });
        if !mine {
            misused("up_write", place, "the task does not hold the rwsem for writing; it stays as it is");
        }
    }

    /// Unlocks for whoever holds it: for a guard, which may be dropped under another current task than it was made under.
    ///
    /// # Safety
    ///
    /// `this` points to a valid rwsem that the caller has locked for writing.
    #[inline]
    unsafe fn release_for_owner(this: *const Self) {
        // SAFETY: the owner is valid: it has not ended, or it has ended with a lock and is kept.
        unsafe { Self::release_write(this, (*this).owner.load(Ordering::Relaxed)) };
    }

    /// # Safety
    ///
    /// `this` points to a valid rwsem that `owner`, which is valid, holds for writing. It may be freed by its next user
    /// during the call.
    #[inline]
    unsafe fn release_write(this: *const Self, owner: *const TaskStruct) {
        observe("lets go, of the writer's lock,", this.addr(), show_address);
        // SAFETY: held, so valid, until the exchange has succeeded.
        unsafe {
            (*owner).held().remove(this.addr());
            (*this).queue.touch();
            (*this).owner.store(ptr::null_mut(), Ordering::Relaxed);
            // Release: the next owner sees what this one did. It is the last access.
            while (*this).word.compare_exchange(WRITER, 0, Ordering::Release, Ordering::Relaxed).is_err() {
                if Self::hand_over_by_writer(this) {
                    return;
                }
            }
        }
    }

    /// False if nobody waits any more.
    ///
    /// # Safety
    ///
    /// As [`release_write`](Self::release_write).
    #[cold]
    unsafe fn hand_over_by_writer(this: *const Self) -> bool {
        let mut wake = WakeQueue::new();
        // SAFETY: as in `hand_over_by_last_reader`.
        let (queue, rwsem) = unsafe { (LockedQueue::new(&raw const (*this).queue), &*this) };
        let somebody = !queue.is_empty();
        if somebody {
            rwsem.hand_over(&queue, &mut wake);
        }
        drop(queue);
        drop(wake);
        somebody
    }

    /// Hands the lock on: the caller is the last to hold it, holds the queue's lock, and somebody waits. With WAITERS set,
    /// nobody else changes a word like this one.
    fn hand_over(&self, queue: &LockedQueue, wake: &mut WakeQueue) {
        let Some(first) = queue.first() else { unreachable!("the caller has seen a waiter") };
        let held = match first.wants() {
            Wants::Alone => {
                queue.give_to(first, wake);
                WRITER
            }
            Wants::Shared => READER * Self::admit_readers(queue, wake),
        };
        let waiters = if queue.is_empty() { 0 } else { WAITERS };
        // Release: for those who read the word and never had the queue's lock. (Who is given it has it.)
        self.word.swap(held | waiters, Ordering::Release);
    }

    /// Gives the lock to all readers in the queue; how many. The caller puts them into the word before it drops the queue's
    /// lock.
    fn admit_readers(queue: &LockedQueue, wake: &mut WakeQueue) -> u64 {
        let mut count = 0;
        let mut next = queue.first();
        while let Some(waiter) = next {
            next = queue.after(waiter);
            if waiter.wants() == Wants::Shared {
                queue.give_to(waiter, wake);
                count += 1;
            }
        }
        count
    }

    /// True if a reader waits longest.
    fn reader_is_first(queue: &LockedQueue) -> bool {
        queue.first().is_some_and(|first| first.wants() == Wants::Shared)
    }

    /// Makes the writer's lock a reader's, without letting go between: [`downgrade_write`].
    #[track_caller]
    pub fn downgrade(&self) {
        let place = Location::caller();
        let mine = with_current(|me| {
            let mine = self.is_owned_by(me);
            if mine {
                self.downgrade_by(me);
            }
            mine
        });
        if !mine {
            misused(
                "downgrade_write",
                place,
                "the task does not hold the rwsem for writing; it stays as it is",
            );
        }
    }

    /// Downgrades for whoever holds it: for a guard.
    ///
    /// # Safety
    ///
    /// The caller has locked it for writing.
    unsafe fn downgrade_for_owner(&self) {
        // SAFETY: as in `release_for_owner`.
        self.downgrade_by(unsafe { &*self.owner.load(Ordering::Relaxed) });
    }

    fn downgrade_by(&self, owner: &TaskStruct) {
        owner.held().remove(self.address());
        self.owner.store(ptr::null_mut(), Ordering::Relaxed);
        // Release: the readers who come from now on see what the writer did.
        if self.word.compare_exchange(WRITER, READER, Ordering::Release, Ordering::Relaxed).is_ok() {
            return;
        }
        let mut wake = WakeQueue::new();
        // SAFETY: borrowed, and still held for reading afterwards.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        let admitted = if Self::reader_is_first(&queue) { Self::admit_readers(&queue, &mut wake) } else { 0 };
        let waiters = if queue.is_empty() { 0 } else { WAITERS };
        // A writer's word is changed by others only by setting WAITERS, under the queue's lock.
        self.word.swap((READER * (1 + admitted)) | waiters, Ordering::Release);
        drop(queue);
        drop(wake);
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
            // With WAITERS set nobody takes past the queue; and this waiter, if it is linked, is given it or nothing.
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
        // It may have been a writer that kept readers behind it from joining those who read. The lock is held meanwhile:
        // the last reader can't let go without the queue's lock as long as WAITERS is set.
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

#[cold]
fn misused(call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(WarningKind::LockMisuse, call, place, message));
}
