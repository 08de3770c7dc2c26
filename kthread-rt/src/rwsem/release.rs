//! Letting a rwsem go: to nobody, or to those who wait; and downgrading it.
//!
//! With the queue's lock held and somebody in the queue, the last holder's word is nobody else's to
//! change: who comes sets WAITERS, which is set, and waits; readers that let go were counted
//! before.

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
    /// Lets a reader's lock go: [`up_read`](super::up_read).
    #[track_caller]
    #[inline]
    pub fn unlock_read(&self) {
        let place = Location::caller();
        if lockdep::on() && !may_leave(self.known(Wants::Shared), "up_read", place) {
            return;
        }
        // SAFETY: valid at the call.
        if !unsafe { Self::release_read(self) } {
            misused("up_read", place, "nobody holds the rwsem for reading");
        }
    }

    /// False if there is no reader.
    ///
    /// # Safety
    ///
    /// `this` points to a rwsem that is valid now. It may be freed by its next user during the
    /// call.
    #[inline]
    pub(super) unsafe fn release_read(this: *const Self) -> bool {
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
        // SAFETY: held for reading, so valid; and by whom it is handed to until the queue's lock is
        // dropped.
        let (queue, rwsem) = unsafe { (LockedQueue::new(&raw const (*this).queue), &*this) };
        // Acquire: the new owner, who gets it from here, sees what the readers did that have gone
        // already.
        let word = rwsem.word.load(Ordering::Acquire);
        let mine = word & WAITERS != 0 && readers(word) == 1;
        if mine {
            rwsem.hand_over(&queue, &mut wake);
        }
        drop(queue);
        drop(wake);
        mine
    }

    /// Lets a writer's lock go: [`up_write`](super::up_write).
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

    /// Unlocks for whoever holds it: for a guard, which may be dropped under another current task
    /// than it was made under.
    ///
    /// # Safety
    ///
    /// `this` points to a valid rwsem that the caller has locked for writing.
    #[inline]
    pub(super) unsafe fn release_for_owner(this: *const Self) {
        // SAFETY: the owner is valid: it has not ended, or it has ended with a lock and is kept.
        unsafe { Self::release_write(this, (*this).owner.load(Ordering::Relaxed)) };
    }

    /// # Safety
    ///
    /// `this` points to a valid rwsem that `owner`, which is valid, holds for writing. It may be
    /// freed by its next user during the call.
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

    /// Hands the lock on: the caller is the last to hold it, holds the queue's lock, and somebody
    /// waits. With WAITERS set, nobody else changes a word like this one.
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
        // Release: for those who read the word and never had the queue's lock. (Who is given it has
        // it.)
        self.word.swap(held | waiters, Ordering::Release);
    }

    /// Gives the lock to all readers in the queue; how many. The caller puts them into the word
    /// before it drops the queue's lock.
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

    /// True if a reader waits longest.
    pub(super) fn reader_is_first(queue: &LockedQueue) -> bool {
        queue.first().is_some_and(|first| first.wants() == Wants::Shared)
    }

    /// Makes the writer's lock a reader's, without letting go between:
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
                "the task does not hold the rwsem for writing; it stays as it is",
            );
        }
    }

    /// Downgrades for whoever holds it: for a guard.
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
}

/// False if a reader's lock is not to be let go: another task has done it before.
#[cold]
pub(crate) fn may_leave(of: Lock, call: &str, place: &'static Location<'static>) -> bool {
    with_current(|me| match lockdep::lets_go(me, of) {
        Whose::Mine | Whose::Unknown => true,
        Whose::GoneAlready => false,
        Whose::Others(who) => {
            let message = format!("the reader's lock is that of {who}; it is let go");
            me.warn(WarningKind::LockMisuse, call, place, &message);
            true
        }
    })
}

#[cold]
fn misused(call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(WarningKind::LockMisuse, call, place, message));
}
