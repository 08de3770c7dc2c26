//! Releasing a percpu_rwsem, to no one or to its waiters.

use super::{CLOSED, READER, RawPercpuRwSemaphore, readers, show_address};
use crate::diag::WarningKind;
use crate::lock_queue::{LockedQueue, Wants};
use crate::lockdep;
use crate::rwsem::may_leave;
use crate::sched::{WakeQueue, with_current};
use crate::sync::{Ordering, observe};
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

impl RawPercpuRwSemaphore {
    /// Releases a read lock: [`percpu_up_read`](super::percpu_up_read).
    #[track_caller]
    #[inline]
    pub fn unlock_read(&self) {
        self.unlock_read_at("percpu_up_read", Location::caller());
    }

    /// The same, in `call` at `place`.
    #[inline]
    pub(crate) fn unlock_read_at(&self, call: &str, place: &'static Location<'static>) {
        if lockdep::on() && !may_leave(self.known(Wants::Shared), call, place) {
            return;
        }
        if !self.leave() {
            misused(call, place, "no task holds the percpu_rwsem for reading; nothing was released");
        }
    }

    /// Releases a read lock. Returns false if there is no reader.
    #[inline]
    pub(super) fn leave(&self) -> bool {
        observe("lets go, of a reader's lock,", self.address(), show_address);
        self.queue.touch();
        with_current(|me| {
            let slot = self.slot(me);
            let mut word = READER; // a guess, as in `enter`
            while word & CLOSED == 0 && word != 0 {
                // Release: the writer that closes the slot sees this reader's writes.
                let less = word - READER;
                match slot.compare_exchange(word, less, Ordering::Release, Ordering::Relaxed) {
                    Ok(_) => return true,
                    Err(now) => word = now,
                }
            }
            self.leave_slow()
        })
    }

    /// The slot is closed, or the reader is counted in another slot because another task locked.
    #[cold]
    fn leave_slow(&self) -> bool {
        let mut wake = WakeQueue::new();
        // SAFETY: borrowed for the call.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        let is_closed = self.book(&queue, |book| book.closed);
        self.close(&queue);
        let counted = self.words().find(|word| readers(word.load(Ordering::Relaxed)) != 0);
        // Relaxed: while the slot is closed, the queue's lock orders the accesses.
        let was_there = counted.map(|word| word.fetch_sub(READER, Ordering::Relaxed)).is_some();
        if !is_closed {
            self.open(&queue);
        } else if was_there && self.readers() == 0 {
            self.hand_over(&queue, &mut wake);
        }
        drop(queue);
        drop(wake);
        was_there
    }

    /// Releases the write lock: [`percpu_up_write`](super::percpu_up_write).
    #[track_caller]
    pub fn unlock_write(&self) {
        self.unlock_write_at("percpu_up_write", Location::caller());
    }

    /// The same, in `call` at `place`.
    pub(crate) fn unlock_write_at(&self, call: &str, place: &'static Location<'static>) {
        let mine = with_current(|me| {
            let mine = self.is_owned_by(me);
            if mine {
                self.release_write(me);
            }
            mine
        });
        if !mine {
            let message = "the task does not hold the percpu_rwsem for writing; nothing was released";
            misused(call, place, message);
        }
    }

    /// Unlocks on behalf of the writer. For a guard: the thread may have another current task when
    /// it drops the guard than when it locked.
    ///
    /// # Safety
    ///
    /// The caller has locked it for writing.
    pub(super) unsafe fn release_for_owner(&self) {
        // SAFETY: the owner is valid: it has not ended, or its memory is kept because it ended with
        // a lock.
        self.release_write(unsafe { &*self.owner.load(Ordering::Relaxed) });
    }

    fn release_write(&self, owner: &TaskStruct) {
        observe("lets go, of the writer's lock,", self.address(), show_address);
        owner.held().remove(self.address());
        self.owner.store(ptr::null_mut(), Ordering::Relaxed);
        let mut wake = WakeQueue::new();
        // SAFETY: borrowed for the call.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        self.book(&queue, |book| book.writer = false);
        self.hand_over(&queue, &mut wake);
        drop(queue);
        drop(wake);
    }

    /// Gives up the write lock for another task to [take over](Self::take_over):
    /// [`percpu_rwsem_release`](super::percpu_rwsem_release).
    #[track_caller]
    pub fn leave_to_another(&self) {
        let place = Location::caller();
        with_current(|me| {
            if self.is_owned_by(me) {
                me.held().remove(self.address());
                self.owner.store(ptr::null_mut(), Ordering::Relaxed);
            } else {
                let message = "the task does not hold the percpu_rwsem for writing; nothing was released";
                misused("percpu_rwsem_release", place, message);
            }
        });
    }

    /// Takes over the write lock that another task has [given up](Self::leave_to_another):
    /// [`percpu_rwsem_acquire`](super::percpu_rwsem_acquire).
    #[track_caller]
    pub fn take_over(&self) {
        let place = Location::caller();
        with_current(|me| {
            let mine = ptr::from_ref(me).cast_mut();
            // Relaxed: the tasks synchronize by whatever makes this one call after the other.
            let claim =
                || self.owner.compare_exchange(ptr::null_mut(), mine, Ordering::Relaxed, Ordering::Relaxed);
            if self.look(|book, _| book.writer) && claim().is_ok() {
                me.held().add(self.address(), place);
                if lockdep::on() {
                    lockdep::has(me, self.known(Wants::Alone), place);
                }
            } else {
                let message = "no task has given up the percpu_rwsem with percpu_rwsem_release()";
                misused("percpu_rwsem_acquire", place, message);
            }
        });
    }

    /// Informs the lock validator that another task will release this task's read lock:
    /// [`percpu_rwsem_release`](super::percpu_rwsem_release).
    pub(super) fn read_of_another(&self) {
        if lockdep::on() {
            with_current(|me| lockdep::let_go_by(me, self.known(Wants::Shared)));
        }
    }

    /// Informs the lock validator that this task will release a read lock that another task took:
    /// [`percpu_rwsem_acquire`](super::percpu_rwsem_acquire).
    #[track_caller]
    pub(super) fn read_of_mine(&self) {
        let place = Location::caller();
        if lockdep::on() {
            with_current(|me| lockdep::has(me, self.known(Wants::Shared), place));
        }
    }

    /// Hands the lock to the first waiters: all readers up to the first writer, or, if a writer is
    /// first, that writer; then there must be no reader. Opens the slots if the queue is empty
    /// afterwards.
    pub(super) fn hand_over(&self, queue: &LockedQueue, wake: &mut WakeQueue) {
        let mut admitted = 0;
        let mut next = queue.first();
        while let Some(waiter) = next.filter(|waiter| waiter.wants() == Wants::Shared) {
            next = queue.after(waiter);
            queue.give_to(waiter, wake);
            admitted += 1;
        }
        self.add_to_first(admitted);
        match next {
            Some(writer) if admitted == 0 => {
                self.book(queue, |book| book.writer = true);
                queue.give_to(writer, wake);
            }
            Some(_) => {}
            None => self.open(queue),
        }
    }

    /// Ends the use of the lock: [`percpu_free_rwsem`](super::percpu_free_rwsem).
    #[track_caller]
    pub fn free(&self) {
        let place = Location::caller();
        // `look` takes the queue's lock, which a task that unlocks drops only after it has finished
        // with the slots.
        if self.look(|book, readers| book.closed || readers != 0) {
            misused("percpu_free_rwsem", place, "a task still holds the percpu_rwsem, or waits for it");
        }
    }
}

#[cold]
fn misused(call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(WarningKind::LockMisuse, call, place, message));
}
