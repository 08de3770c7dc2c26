//! The word of a lock that one task owns, mutex or rt_mutex: the owner's address, with one bit in
//! it, WAITERS. 0 is a free lock.
//!
//! Who changes which part of it when is told in `mutex/mod.rs` and `rtmutex/mod.rs`; here is how it
//! is made and taken apart.

use crate::diag::WarningKind;
use crate::task::TaskStruct;
use std::panic::Location;
use std::ptr;

/// Somebody waits; in the word beside the owner's address, whose low bits are 0.
const WAITERS: usize = 1;

const _: () = assert!(align_of::<TaskStruct>() > WAITERS);

/// An owner's address, and WAITERS.
pub(crate) type Word = *mut TaskStruct;

/// Nobody owns the lock and nobody waits for it.
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

/// Tells `call`, an unlocking of `what` by another than the owner.
#[cold]
pub(crate) fn misused(
    me: &TaskStruct,
    what: &str,
    call: &str,
    place: &'static Location<'static>,
    word: Word,
) {
    let message = match owner_in(word).is_null() {
        true => format!("the {what} is not locked"),
        false => format!("another task holds the {what}; it stays locked"),
    };
    me.warn(WarningKind::LockMisuse, call, place, &message);
}
