//! Boxes whose addresses C holds, and what is known of them once they are freed.
//!
//! A call that C makes with the address of a freed object can't trust what it reads there. So the
//! last freed addresses are remembered, and a call that could be a second free asks [`is_freed`]
//! first. `blocks` remembers the blocks that C freed.

use super::blocks;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many freed addresses are remembered.
const REMEMBERED: usize = 256;

struct Boxes {
    /// The size in bytes of each box that C has, by its address.
    live: BTreeMap<usize, usize>,
    /// The addresses of the boxes that were freed last, the latest first.
    freed: VecDeque<usize>,
}

static BOXES: Mutex<Boxes> = Mutex::new(Boxes { live: BTreeMap::new(), freed: VecDeque::new() });

fn boxes() -> MutexGuard<'static, Boxes> {
    BOXES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives an object to C.
pub(super) fn give<T>(object: Box<T>) -> *mut T {
    let object = Box::into_raw(object);
    boxes().live.insert(object.addr(), size_of::<T>());
    object
}

/// Takes an object back from C.
///
/// # Safety
///
/// `object` comes from [`give`], was not taken back yet, and C does not use it any more.
pub(super) unsafe fn take<T>(object: *mut T) -> Box<T> {
    let mut boxes = boxes();
    boxes.live.remove(&object.addr());
    boxes.freed.truncate(REMEMBERED - 1);
    boxes.freed.push_front(object.addr());
    // SAFETY: the contract.
    unsafe { Box::from_raw(object) }
}

/// True if a box or a block of C at this address was freed, and no other that C has is there now.
///
/// Memory that C has from elsewhere, as from `malloc`, may be there.
pub(super) fn is_freed<T>(object: *const T) -> bool {
    let address = object.addr();
    let boxes = boxes();
    let in_box = || boxes.live.range(..=address).next_back().is_some_and(|(at, size)| address < at + size);
    (boxes.freed.contains(&address) || blocks::was_freed(address)) && !in_box() && !blocks::is_inside(address)
}
