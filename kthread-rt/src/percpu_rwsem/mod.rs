//! `linux/percpu-rwsem.h`: a lock for many readers, who don't meet, and rarely a writer, who pays
//! for it.
//!
//! An rwsem counts its readers in one word, over which they fight. Here they are counted in many,
//! the *slots*, each in a cache line of its own; a task has its slot by its pid. As long as no
//! writer is about, a reader comes and goes by one compare-exchange each on its slot.
//!
//! # The writer
//!
//! Each slot's word has one bit beside the count, CLOSED. Who sets it in all of them has everybody
//! come to the queue's lock, a spinlock: readers that come, and readers that go. What the slots say
//! is true then as long as that lock is held. So:
//!
//! * A writer closes all slots and adds up. If there is no reader, it has the lock; else it waits,
//!   at the head of the queue.
//! * A reader that goes and finds its slot closed counts itself out under the queue's lock. The
//!   last one gives the lock to who waits.
//! * Who lets the lock go and leaves nobody in the queue opens the slots again.
//!
//! A reader that goes and is not counted in its own slot closes them too, for the moment in which
//! it looks for one that it can be taken out of: it was let in by another, or came on another task.
//! So a closed slot alone does not say that a writer is about; the book does.
//!
//! The count and the bit are in one word, so a reader is counted before its slot was closed, and
//! the writer adds it up, or it sees the bit: there is no order of two words to get right. That no
//! wake-up is lost is told in `lock_queue`: who gives the lock holds the queue's lock, under which
//! the waiter was linked and its state set.
//!
//! # Who gets it
//!
//! As in the kernel, first come, first served: with somebody in the queue, everybody who comes
//! waits behind him. Who lets it go lets in whoever waits longest: one writer, or all readers up to
//! the next writer.
//!
//! # Who may free it, and when
//!
//! Who has called [`percpu_free_rwsem`] when everybody has let it go. As with the kernel's: that
//! waits for the last writer to be out of the slots.
//!
//! # Misuse
//!
//! Told as with an rwsem (see there): a writer that locks it again, a writer's lock that another
//! task lets go, a reader's lock that nobody has. A reader may let it go on another task than it
//! took it on; a writer's lock goes to another task by [`percpu_rwsem_release`] there and
//! [`percpu_rwsem_acquire`] here.
//!
//! # Invariants
//!
//! Whenever the queue's lock is free, the slots are all closed if a writer holds the lock or
//! somebody waits, and all open otherwise; `closed` in the book says which.

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

/// In a slot's word: nobody comes or goes without the queue's lock.
const CLOSED: u32 = 1;
/// One reader, in a slot's word.
const READER: u32 = 2;
/// A slot's word with more readers than there may be. Guards that were forgotten can make it so.
const TOO_MANY: u32 = 1 << 31;
const READERS: &str = "readers of a percpu_rwsem";

fn readers(word: u32) -> u32 {
    word / READER
}

fn show_address(address: usize) -> String {
    format!("percpu_rwsem {address:#x}")
}

/// One of the counts of readers. The rest keeps the next one out of the same cache line, wherever
/// the lock begins.
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

/// What is known under the queue's lock.
#[derive(Debug)]
#[repr(C)]
struct Book {
    /// The slots are.
    closed: bool,
    /// A writer holds the lock.
    writer: bool,
}

/// `struct percpu_rw_semaphore`: plain memory, valid when zeroed, nothing allocated, nothing to
/// drop. It protects what its users agree on; [`PercpuRwSemaphore`] has its data inside.
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
    /// The writer's task, written by itself; everybody else only asks whether it is he. Null also
    /// while the lock is between two tasks ([`percpu_rwsem_release`]).
    owner: record::AtomicPtr<TaskStruct>,
    book: UnsafeCell<Book>,
    queue: LockQueue,
}

plain_memory!(RawPercpuRwSemaphore: 1064);

// SAFETY: the book is accessed under the queue's lock only.
unsafe impl Send for RawPercpuRwSemaphore {}
// SAFETY: as above.
unsafe impl Sync for RawPercpuRwSemaphore {}

impl RawPercpuRwSemaphore {
    const_fn! {
        /// One that is not locked: `DEFINE_PERCPU_RWSEM`'s initialiser.
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
        // Relaxed: if it is this task, then this task wrote it.
        ptr::eq(self.owner.load(Ordering::Relaxed), me)
    }

    /// The slot that `me` is counted in.
    #[inline]
    fn slot(&self, me: &TaskStruct) -> &AtomicU32 {
        &self.slots[me.pid() as usize % READER_SLOTS].word
    }

    fn words(&self) -> impl Iterator<Item = &AtomicU32> {
        self.slots.iter().map(|slot| &slot.word)
    }

    /// The book. `_queue` shows that the queue's lock is held.
    fn book<R>(&self, _queue: &LockedQueue, f: impl FnOnce(&mut Book) -> R) -> R {
        // SAFETY: by the lock; `f` has the only reference.
        self.book.with_mut(|book| f(unsafe { &mut *book }))
    }

    /// A reader comes in, if the slot is open.
    #[inline]
    fn enter(&self, me: &TaskStruct) -> bool {
        self.queue.touch();
        let slot = self.slot(me);
        let mut word = 0; // The guess that nobody else is in it; what a failed exchange finds is better.
        while word & CLOSED == 0 {
            if word >= TOO_MANY {
                too_many(READERS);
            }
            // Acquire: what a writer did before it opened the slot is visible; also if other
            // readers came and went since, whose exchanges continue what that published.
            match slot.compare_exchange(word, word + READER, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// A reader comes in, with the queue's lock, and the slots open. Any slot will do: all that
    /// counts is the sum.
    fn enter_any(&self) {
        // Acquire: as in `enter`.
        self.add_to_first(1, Ordering::Acquire);
    }

    /// More readers in the first slot, all at once.
    fn add_to_first(&self, more: u32, ordering: Ordering) {
        // Looked at afterwards, as an Arc does: there are not so many threads that the count could
        // be over its limit meanwhile.
        if self.slots[0].word.fetch_add(READER * more, ordering) >= TOO_MANY {
            too_many(READERS);
        }
    }

    /// From here on everybody comes to the queue's lock.
    fn close(&self, queue: &LockedQueue) {
        if !self.book(queue, |book| std::mem::replace(&mut book.closed, true)) {
            // Acquire: a writer sees what the readers did that have gone through this slot.
            for word in self.words() {
                word.fetch_or(CLOSED, Ordering::Acquire);
            }
        }
    }

    /// Nobody holds it as a writer, nobody waits.
    fn open(&self, queue: &LockedQueue) {
        self.book(queue, |book| book.closed = false);
        // Release: who comes through a slot sees what the writer did.
        for word in self.words() {
            word.fetch_and(!CLOSED, Ordering::Release);
        }
    }

    /// How many readers there are. True as long as the slots are closed and the queue's lock is
    /// held; else roughly.
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
    /// If the task holds it for writing.
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

    /// Locks for reading if no writer has it or waits for it; true if it did:
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

    /// Its slot was closed: by a writer, or by a reader that is counting itself out and opens the
    /// slots again.
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
    /// If the task holds it for writing already.
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

    /// Looks at it with the queue's lock held.
    fn look<R>(&self, f: impl FnOnce(&Book, u64) -> R) -> R {
        // SAFETY: borrowed for the call.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        self.book(&queue, |book| f(book, self.readers()))
    }

    /// True if readers hold it and no writer waits, at this moment: [`percpu_is_read_locked`].
    pub fn is_read_locked(&self) -> bool {
        self.look(|book, readers| !book.closed && readers != 0)
    }

    /// True if a writer holds it or waits for the readers, at this moment:
    /// [`percpu_is_write_locked`].
    pub fn is_write_locked(&self) -> bool {
        self.look(|book, _| book.closed)
    }

    /// True if the calling task holds it for writing, or readers hold it, whoever they are:
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
            // Who is linked is given the lock or nothing.
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

    fn give_up(&self, queue: &LockedQueue, wake: &mut WakeQueue) {
        // It may have been a writer that kept the readers behind it from joining those who read.
        let writer_is_first = queue.first().is_some_and(|first| first.wants() == Wants::Alone);
        if !self.book(queue, |book| book.writer) && !writer_is_first {
            self.hand_over(queue, wake);
        }
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
