//! Releasing an rwsem, to no one or to its waiters; and downgrading it.
//!
//! While the last holder holds the queue's lock and the queue has a waiter, no other task changes
//! the word: a new task would only set WAITERS, which is set already, and no other reader is left
//! to release it.

use super::{READER, RawRwSemaphore, WAITERS, WRITER, readers, show_address};
use crate::diag::WarningKind;
use crate::lock_queue::{LockedQueue, Wants};
use crate::lockdep::{self, Lock, Whose};
use crate::sched::{WakeQueue, with_current};
use crate::sync::{Ordering, observe};
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

impl RawRwSemaphore {
    /// Releases a read lock: [`up_read`](super::up_read).
    #[track_caller]
    #[inline]
    pub fn unlock_read(&self) {
        let place = Location::caller();
        if lockdep::on() && !may_leave(self.known(Wants::Shared), "up_read", place) {
            return;
        }
        // SAFETY: `self` is valid at the call.
        if !unsafe { Self::release_read(self) } {
            misused("up_read", place, "no task holds the rwsem for reading; nothing was released");
        }
    }

    /// Releases a read lock. Returns false if there is no reader.
    ///
    /// # Safety
    ///
    /// `this` points to an rwsem that is valid at the call. Its next user may free it during the
    /// call.
    #[inline]
    pub(super) unsafe fn release_read(this: *const Self) -> bool {
        observe("lets go, of a reader's lock,", this.addr(), show_address);
        // SAFETY: a reader holds it, so it is valid until the exchange has succeeded.
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
                // Release: a writer sees this reader's writes. This is the last access.
                let less = word - READER;
                match (*this).word.compare_exchange(word, less, Ordering::Release, Ordering::Relaxed) {
                    Ok(_) => return true,
                    Err(now) => word = now,
                }
            }
        }
    }

    /// Returns false, and does nothing, if other readers hold the lock or no task waits.
    ///
    /// # Safety
    ///
    /// As [`release_read`](Self::release_read).
    #[cold]
    unsafe fn hand_over_by_last_reader(this: *const Self) -> bool {
        let mut wake = WakeQueue::new();
        // SAFETY: the caller holds it for reading, so it is valid. It stays valid until the queue's
        // lock is dropped, since the new holder takes that lock before its wait returns.
        let (queue, rwsem) = unsafe { (LockedQueue::new(&raw const (*this).queue), &*this) };
        // Acquire: the new holder, which gets the lock from this task, sees the writes of the
        // readers that released it earlier.
        let word = rwsem.word.load(Ordering::Acquire);
        let mine = word & WAITERS != 0 && readers(word) == 1;
        if mine {
            rwsem.hand_over(&queue, &mut wake);
        }
        drop(queue);
        drop(wake);
        mine
    }

    /// Releases the write lock: [`up_write`](super::up_write).
    #[track_caller]
    #[inline]
    pub fn unlock_write(&self) {
        let place = Location::caller();
        let mine = with_current(|me| {
            let mine = self.is_owned_by(me);
            if mine {
                // SAFETY: the current task holds it for writing, and is valid.
                unsafe { Self::release_write(self, me) };
            }
            mine
        });
        if !mine {
            misused("up_write", place, "the task does not hold the rwsem for writing; nothing was released");
        }
    }

    /// Unlocks on behalf of the writer. For a guard: the thread may have another current task when
    /// it drops the guard than when it locked.
    ///
    /// # Safety
    ///
    /// `this` points to a valid rwsem that the caller has locked for writing.
    #[inline]
    pub(super) unsafe fn release_for_owner(this: *const Self) {
        // SAFETY: the owner is valid: it has not ended, or its memory is kept because it ended with
        // a lock.
        unsafe { Self::release_write(this, (*this).owner.load(Ordering::Relaxed)) };
    }

    /// # Safety
    ///
    /// `this` points to a valid rwsem that `owner`, which is valid, holds for writing. Its next
    /// user may free it during the call.
    #[inline]
    unsafe fn release_write(this: *const Self, owner: *const TaskStruct) {
        observe("lets go, of the writer's lock,", this.addr(), show_address);
        // SAFETY: it is held, so it is valid until the exchange has succeeded.
        unsafe {
            (*owner).held().remove(this.addr());
            (*this).queue.touch();
            (*this).owner.store(ptr::null_mut(), Ordering::Relaxed);
            // Release: the next holder sees this owner's writes. This is the last access.
            while (*this).word.compare_exchange(WRITER, 0, Ordering::Release, Ordering::Relaxed).is_err() {
                if Self::hand_over_by_writer(this) {
                    return;
                }
            }
        }
    }

    /// Returns false, and does nothing, if no task waits any more.
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

    /// Hands the lock on. The caller is the last holder, holds the queue's lock, and the queue has
    /// a waiter, so no other task changes the word (see the module docs).
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
        // Release: for tasks that read the word without the queue's lock. (The new holder takes
        // that lock.)
        self.word.swap(held | waiters, Ordering::Release);
    }

    /// Gives the lock to all readers in the queue and returns their number. The caller adds it to
    /// the word before it drops the queue's lock.
    pub(super) fn admit_readers(queue: &LockedQueue, wake: &mut WakeQueue) -> u64 {
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

    /// Returns true if the first waiter is a reader.
    pub(super) fn reader_is_first(queue: &LockedQueue) -> bool {
        queue.first().is_some_and(|first| first.wants() == Wants::Shared)
    }

    /// Turns the write lock into a read lock without releasing it in between:
    /// [`downgrade_write`](super::downgrade_write).
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
                "the task does not hold the rwsem for writing; nothing was changed",
            );
        }
    }

    /// Downgrades on behalf of the writer, for a guard.
    ///
    /// # Safety
    ///
    /// The caller has locked it for writing.
    pub(super) unsafe fn downgrade_for_owner(&self) {
        // SAFETY: as in `release_for_owner`.
        self.downgrade_by(unsafe { &*self.owner.load(Ordering::Relaxed) });
    }

    fn downgrade_by(&self, owner: &TaskStruct) {
        if lockdep::on() {
            lockdep::downgraded(owner, self.address());
        }
        owner.held().remove(self.address());
        self.owner.store(ptr::null_mut(), Ordering::Relaxed);
        // Release: new readers see the writer's writes.
        if self.word.compare_exchange(WRITER, READER, Ordering::Release, Ordering::Relaxed).is_ok() {
            return;
        }
        let mut wake = WakeQueue::new();
        // SAFETY: `self` is borrowed for the call, and the caller still holds it for reading
        // afterwards.
        let queue = unsafe { LockedQueue::new(&self.queue) };
        let admitted = if Self::reader_is_first(&queue) { Self::admit_readers(&queue, &mut wake) } else { 0 };
        let waiters = if queue.is_empty() { 0 } else { WAITERS };
        // Other tasks change a writer's word only by setting WAITERS, under the queue's lock.
        self.word.swap((READER * (1 + admitted)) | waiters, Ordering::Release);
        drop(queue);
        drop(wake);
    }
}

/// Returns false if the caller must not release a read lock, because another task already has.
#[cold]
pub(crate) fn may_leave(of: Lock, call: &str, place: &'static Location<'static>) -> bool {
    with_current(|me| match lockdep::lets_go(me, of) {
        Whose::Mine | Whose::Unknown => true,
        Whose::GoneAlready => false,
        Whose::Others(who) => {
            let message = format!("the read lock belongs to {who}; it was released all the same");
            me.warn(WarningKind::LockMisuse, call, place, &message);
            true
        }
    })
}

#[cold]
fn misused(call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(WarningKind::LockMisuse, call, place, message));
}
