//! Boxes whose addresses C holds, and what is known of them once they are freed.
//!
//! A call that C makes with the address of a freed object can't read the object. So the last freed
//! addresses are remembered, and a call that could be a second free asks [`is_freed`] first. `slab`
//! remembers the blocks that C freed.

use super::{left, slab};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many addresses are remembered.
const REMEMBERED: usize = 256;

/// The addresses of boxes that were freed and not allocated again, the last one first.
static FREED: Mutex<VecDeque<usize>> = Mutex::new(VecDeque::new());

fn addresses() -> MutexGuard<'static, VecDeque<usize>> {
    FREED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives an object to C.
pub(super) fn give<T>(object: Box<T>) -> *mut T {
    let object = Box::into_raw(object);
    addresses().retain(|&address| address != object.addr());
    slab::forget_freed(object.addr());
    object
}

/// Takes an object back from C.
///
/// # Safety
///
/// `object` comes from [`give`], was not taken back yet, and C does not use it any more.
pub(super) unsafe fn take<T>(object: *mut T) -> Box<T> {
    let mut freed = addresses();
    freed.truncate(REMEMBERED - 1);
    freed.push_front(object.addr());
    // SAFETY: the contract.
    unsafe { Box::from_raw(object) }
}

/// True, with a warning of `call`, if a box or a block of C at this address was freed.
#[track_caller]
pub(super) fn is_freed<T>(object: *const T, call: &str) -> bool {
    let freed = match slab::is_live(object.addr()) {
        Some(allocated) => !allocated,
        None => addresses().contains(&object.addr()),
    };
    if freed {
        left::warn_gone(object.addr(), call);
    }
    freed
}
