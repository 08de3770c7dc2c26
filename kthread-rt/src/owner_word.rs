//! The word of a lock with one owner (mutex, rt_mutex): the owner's address with one bit, WAITERS,
//! in it. 0 is a free lock.
//!
//! `mutex/mod.rs` and `rtmutex/mod.rs` say when each part changes; this file makes words and takes
//! them apart.

use crate::diag::WarningKind;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// The lock has waiters. The low bits of the owner's address are 0.
const WAITERS: usize = 1;

const _: () = assert!(align_of::<TaskStruct>() > WAITERS);

/// An owner's address, and WAITERS.
pub(crate) type Word = *mut TaskStruct;

/// The lock has neither owner nor waiters.
pub(crate) const FREE: Word = ptr::null_mut();

#[inline]
pub(crate) fn word_of(owner: *const TaskStruct, waiters: bool) -> Word {
    owner.cast_mut().map_addr(|address| address | if waiters { WAITERS } else { 0 })
}

#[inline]
pub(crate) fn owner_in(word: Word) -> *const TaskStruct {
    word.map_addr(|address| address & !WAITERS)
}

#[inline]
pub(crate) fn has_waiters(word: Word) -> bool {
    word.addr() & WAITERS != 0
}

/// Warns about `call`, which unlocks `what`, by a task that does not own it.
#[cold]
pub(crate) fn misused(
    me: &TaskStruct,
    what: &str,
    call: &str,
    place: &'static Location<'static>,
    word: Word,
) {
    let message = match owner_in(word).is_null() {
        true => format!("the {what} is not locked: unlock it once, after locking it"),
        false => format!("another task holds the {what}: only its owner may unlock it; it stays locked"),
    };
    me.warn(WarningKind::LockMisuse, call, place, &message);
}
