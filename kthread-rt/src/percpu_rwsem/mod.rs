//! `linux/percpu-rwsem.h`: an rwsem that is cheap for readers and expensive for writers.
//!
//! An rwsem counts its readers in one word, for whose cache line they contend. Here readers are
//! counted in many *slots*, each in its own cache line; a task's pid selects its slot. While there
//! is no writer, a reader locks and unlocks with one compare-exchange each on its slot.
//!
//! # The writer
//!
//! Each slot's word has a CLOSED bit beside the count. When it is set in all slots, every reader
//! that locks or unlocks must take the queue's lock, a spinlock. So the counts cannot change while
//! that lock is held:
//!
//! * A writer closes all slots and adds up the counts. If there is no reader, it has the lock;
//!   otherwise it waits at the head of the queue.
//! * A reader that unlocks and finds its slot closed decrements a count under the queue's lock. The
//!   last reader hands the lock on to the first waiter.
//! * A holder that unlocks and leaves the queue empty opens the slots again.
//!
//! A reader may not be counted in its own slot, because another task let it in, or because another
//! task locked. Such a reader closes the slots too, while it searches for a count that it can
//! decrement. So a closed slot alone does not mean that there is a writer; the book says so.
//!
//! The count and the bit share a word. So either a reader is counted before its slot is closed, and
//! the writer sees it, or the reader sees the bit; no ordering between two words is needed.
//! `lock_queue` describes why no wake-up is lost: a hand-off happens under the queue's lock, under
//! which the waiter was linked and its state set.
//!
//! # Fairness
//!
//! First in, first out, as in the kernel: while the queue has a waiter, new tasks queue behind it.
//! An unlock hands the lock to the first waiter: one writer, or all readers up to the next writer.
//!
//! # When it may be freed
//!
//! After a call of [`percpu_free_rwsem`], as in the kernel, once no task holds the lock. The call
//! waits until the last writer has finished opening the slots.
//!
//! # Misuse
//!
//! The same misuse warns as for an rwsem (see there): a writer that locks again, a write unlock by
//! another task, a read unlock without a reader. A read lock may be released by another task. A
//! write lock can be passed to another task: the old one calls [`percpu_rwsem_release`], the new
//! one [`percpu_rwsem_acquire`].
//!
//! # Invariants
//!
//! Whenever the queue's lock is free, all slots are closed if a writer holds the lock or any task
//! waits, and all are open otherwise. `closed` in the book says which.

mod guarded;
mod kernel_names;
mod release;

#[doc(inline)]
pub use crate::DEFINE_PERCPU_RWSEM;

pub use guarded::{PercpuRwSemaphore, PercpuRwSemaphoreReadGuard, PercpuRwSemaphoreWriteGuard};
pub use kernel_names::*;

use crate::diag::{WarningKind, too_many};
use crate::errno::Errno;
use crate::lock_queue::{How, LockQueue, LockWaiter, LockedQueue, QueuedLock, Step, Wants, wait_for};
use crate::lockdep::{self, Lock, LockKind};
use crate::mutex::deadlock;
use crate::sched::{WakeQueue, might_sleep_in, with_current};
use crate::sync::{
    AtomicU32, Ordering, READER_SLOTS, UnsafeCell, const_fn, observe, plain_memory, record, table_of,
};
use crate::task::{TaskStruct, WaitKind};
use std::fmt;
use std::panic::Location;
use std::ptr;

/// A bit of a slot's word: readers must take the queue's lock.
const CLOSED: u32 = 1;
/// The unit of the count of readers in a slot's word.
const READER: u32 = 2;
/// The limit of a slot's word. Only forgotten guards can reach it.
const TOO_MANY: u32 = 1 << 31;
const READERS: &str = "readers of a percpu_rwsem";

fn readers(word: u32) -> u32 {
    word / READER
}

fn show_address(address: usize) -> String {
    format!("percpu_rwsem {address:#x}")
}

/// One of the counts of readers. The padding keeps the next one out of the same cache line,
/// whatever the alignment of the lock.
#[repr(C)]
struct Slot {
    word: AtomicU32,
    _apart: [u32; 15],
}

impl Slot {
    const_fn! {
        const fn new() -> Self {
            Self { word: AtomicU32::new(0), _apart: [0; 15] }
        }
    }
}

/// The state under the queue's lock.
#[derive(Debug)]
#[repr(C)]
struct Book {
    /// The slots are closed.
    closed: bool,
    /// A writer holds the lock.
    writer: bool,
}

/// `struct percpu_rw_semaphore`: plain memory, valid when zeroed, nothing allocated, nothing to
/// drop. Its users agree on what it protects; [`PercpuRwSemaphore`] owns its data.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let sem = RawPercpuRwSemaphore::new();
/// percpu_down_read(&sem);
/// assert!(percpu_down_read_trylock(&sem) && percpu_is_read_locked(&sem));
/// percpu_up_read(&sem);
/// percpu_up_read(&sem);
/// ```
#[repr(C)]
pub struct RawPercpuRwSemaphore {
    slots: [Slot; READER_SLOTS],
    /// The writer's task, written only by that task. Other tasks only compare it with themselves.
    /// Also null while the lock is being passed between two tasks ([`percpu_rwsem_release`]).
    owner: record::AtomicPtr<TaskStruct>,
    book: UnsafeCell<Book>,
    queue: LockQueue,
}

plain_memory!(RawPercpuRwSemaphore: 1064);

// SAFETY: the book is accessed only under the queue's lock.
unsafe impl Send for RawPercpuRwSemaphore {}
// SAFETY: as above.
unsafe impl Sync for RawPercpuRwSemaphore {}

impl RawPercpuRwSemaphore {
    const_fn! {
        /// Makes an unlocked percpu_rwsem: the initializer of `DEFINE_PERCPU_RWSEM`.
        pub const fn new() -> Self {
            Self {
                slots: table_of!(Slot::new(); READER_SLOTS),
                owner: record::AtomicPtr::new(ptr::null_mut()),
                book: UnsafeCell::new(Book { closed: false, writer: false }),
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

    /// Returns the slot in which `me` is counted.
    #[inline]
    fn slot(&self, me: &TaskStruct) -> &AtomicU32 {
        &self.slots[me.pid() as usize % READER_SLOTS].word
    }

    fn words(&self) -> impl Iterator<Item = &AtomicU32> {
        self.slots.iter().map(|slot| &slot.word)
    }

    /// Calls `f` with the book. `_queue` proves that the queue's lock is held.
    fn book<R>(&self, _queue: &LockedQueue, f: impl FnOnce(&mut Book) -> R) -> R {
        // SAFETY: under the lock, `f` has the only reference.
        self.book.with_mut(|book| f(unsafe { &mut *book }))
    }

    /// Counts a reader in, if its slot is open.
    #[inline]
    fn enter(&self, me: &TaskStruct) -> bool {
        self.queue.touch();
        let slot = self.slot(me);
        let mut word = 0; // Guess an empty slot; a failed exchange returns the actual value.
        while word & CLOSED == 0 {
            if word >= TOO_MANY {
                too_many(READERS);
            }
            // Acquire: a writer's writes before it opened the slot are visible, even if other
            // readers have used the slot since, whose exchanges continue the release sequence.
            match slot.compare_exchange(word, word + READER, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Counts a reader in, under the queue's lock and with the slots open. Any slot will do, since
    /// only the sum matters.
    fn enter_any(&self) {
        self.add_to_first(1);
    }

    /// Counts `more` readers in, in the first slot, under the queue's lock.
    fn add_to_first(&self, more: u32) {
        // Relaxed: the queue's lock makes the last writer's writes visible.
        let before = self.slots[0].word.fetch_add(READER * more, Ordering::Relaxed);
        // Checked afterwards, as an Arc does: there cannot be enough threads to overflow the count
        // before the check.
        if before >= TOO_MANY {
            too_many(READERS);
        }
    }

    /// Closes all slots: from here on, readers must take the queue's lock.
    fn close(&self, queue: &LockedQueue) {
        if !self.book(queue, |book| std::mem::replace(&mut book.closed, true)) {
            // Acquire: a writer sees the writes of the readers that used this slot.
            for word in self.words() {
                word.fetch_or(CLOSED, Ordering::Acquire);
            }
        }
    }

    /// Opens all slots. There is no writer and no waiter.
    fn open(&self, queue: &LockedQueue) {
        self.book(queue, |book| book.closed = false);
        // Release: a reader that uses the slot sees the writer's writes.
        for word in self.words() {
            word.fetch_and(!CLOSED, Ordering::Release);
        }
    }

    /// Returns the number of readers. Exact while the slots are closed and the queue's lock is
    /// held; otherwise approximate.
    fn readers(&self) -> u64 {
        self.words().map(|word| u64::from(readers(word.load(Ordering::Relaxed)))).sum()
    }

    fn lock_by(&self, me: &TaskStruct, wants: Wants, how: &How) -> Result<(), Errno> {
        might_sleep_in(me, how.call, how.place);
        if lockdep::on() {
            lockdep::wants(me, self.known(wants), 0, how.call, how.place);
        }
        if wants == Wants::Alone || !self.enter(me) {
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
            let message = lockdep::holds_already(me, self.known(wants));
            me.warn(WarningKind::Deadlock, how.call, how.place, &message);
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

    /// Locks for reading: [`percpu_down_read`].
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing.
    #[track_caller]
    #[inline]
    pub fn read(&self) {
        self.read_at("percpu_down_read", Location::caller());
    }

    /// The same, in `call` at `place`.
    #[inline]
    pub(crate) fn read_at(&self, call: &'static str, place: &'static Location<'static>) {
        let how = How::uninterruptible(call, place);
        if with_current(|me| self.lock_by(me, Wants::Shared, &how)).is_err() {
            deadlock(call);
        }
    }

    /// Locks for reading if no writer holds it or waits for it; returns true if it did:
    /// [`percpu_down_read_trylock`].
    #[inline]
    #[track_caller]
    pub fn try_read(&self) -> bool {
        let place = Location::caller();
        let taken = with_current(|me| self.enter(me)) || self.try_read_slow();
        if lockdep::on() {
            let of = self.known(Wants::Shared);
            with_current(|me| lockdep::tried_or_not(me, taken, of, "percpu_down_read_trylock", place));
        }
        taken
    }

    pub(super) fn known(&self, wants: Wants) -> Lock {
        Lock::new(LockKind::PercpuRwSem, self, wants.mode())
    }

    /// The slot was closed, by a writer, or by a reader that is unlocking and will open the slots
    /// again.
    #[cold]
    fn try_read_slow(&self) -> bool {
        // SAFETY: borrowed for the call.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        let is_open = self.book(&queue, |book| !book.closed);
        if is_open {
            self.enter_any();
        }
        is_open
    }

    /// Locks for writing: [`percpu_down_write`].
    ///
    /// # Panics
    ///
    /// If the calling task holds it for writing already.
    #[track_caller]
    pub fn write(&self) {
        self.write_at("percpu_down_write", Location::caller());
    }

    /// The same, in `call` at `place`.
    pub(crate) fn write_at(&self, call: &'static str, place: &'static Location<'static>) {
        let how = How::uninterruptible(call, place);
        if with_current(|me| self.lock_by(me, Wants::Alone, &how)).is_err() {
            deadlock(call);
        }
    }

    /// Calls `f` under the queue's lock, with the book and the number of readers.
    fn look<R>(&self, f: impl FnOnce(&Book, u64) -> R) -> R {
        // SAFETY: borrowed for the call.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        self.book(&queue, |book| f(book, self.readers()))
    }

    /// Returns true if readers hold it and no writer waits, at this moment:
    /// [`percpu_is_read_locked`].
    pub fn is_read_locked(&self) -> bool {
        self.look(|book, readers| !book.closed && readers != 0)
    }

    /// Returns true if a writer holds it or waits for the readers, at this moment:
    /// [`percpu_is_write_locked`].
    pub fn is_write_locked(&self) -> bool {
        self.look(|book, _| book.closed)
    }

    /// Returns true if the calling task holds it for writing, or any task holds it for reading:
    /// [`percpu_rwsem_is_held`].
    pub fn is_held(&self) -> bool {
        let (writer, readers) = self.look(|book, readers| (book.writer, readers != 0));
        if writer { with_current(|me| self.is_owned_by(me)) } else { readers }
    }
}

impl QueuedLock for RawPercpuRwSemaphore {
    const KIND: WaitKind = WaitKind::PercpuRwSem;

    fn queue(&self) -> &LockQueue {
        &self.queue
    }

    fn attempt(&self, queue: &LockedQueue, waiter: &LockWaiter) -> bool {
        if queue.step(waiter) == Step::Given {
            return true;
        }
        if self.book(queue, |book| book.closed) {
            // A linked waiter gets the lock only by a hand-off.
            return false;
        }
        match waiter.wants() {
            Wants::Shared => {
                self.enter_any();
                true
            }
            Wants::Alone => {
                self.close(queue);
                let alone = self.readers() == 0;
                self.book(queue, |book| book.writer = alone);
                alone
            }
        }
    }

    fn give_up(&self, _queue: &LockedQueue, _wake: &mut WakeQueue) {
        unreachable!("no signal and no timeout ends a wait for a percpu_rwsem");
    }
}

impl Default for RawPercpuRwSemaphore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RawPercpuRwSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (writer, readers) = self.look(|book, readers| (book.writer, readers));
        f.debug_struct("RawPercpuRwSemaphore")
            .field("readers", &readers)
            .field("writer", &writer)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::{Ordering, READER, READERS, RawPercpuRwSemaphore, TOO_MANY};
    use crate::diag::tests::assert_aborts;
    use crate::sched::peek_current;

    #[test]
    fn a_writer_never_gets_in_beside_the_last_reader_that_can_be_counted() {
        let sem = RawPercpuRwSemaphore::new();
        peek_current(|me| sem.slot(me).store(TOO_MANY - READER, Ordering::Relaxed));
        sem.read();
        assert!(sem.is_read_locked());
        let name = "percpu_rwsem::tests::a_writer_never_gets_in_beside_the_last_reader_that_can_be_counted";
        assert_aborts(name, READERS, || sem.read());
    }

    #[test]
    fn all_slots_together_have_more_readers_than_a_word_can_count() {
        let sem = RawPercpuRwSemaphore::new();
        sem.words().for_each(|word| word.store(TOO_MANY, Ordering::Relaxed));
        assert_eq!(sem.readers(), super::READER_SLOTS as u64 * u64::from(TOO_MANY / READER));
    }
}
