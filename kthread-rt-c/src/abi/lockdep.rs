//! `linux/lockdep.h`: C code's annotations of its locks.

use kthread_rt::__for_c as known;
use std::ffi::{CStr, c_char, c_uint, c_void};

/// # Safety
///
/// `name` is null or a string.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kt_lock_class(
    lock: *const c_void,
    key: *const c_void,
    name: *const c_char,
    subclass: c_uint,
) {
    // SAFETY: the C contract.
    let name = (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_string_lossy());
    known::lock_class(lock.addr(), key.addr(), name.as_deref(), subclass);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_lock_subclass(lock: *const c_void, subclass: c_uint) {
    known::lock_subclass(lock.addr(), subclass);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_lock_not_checked(lock: *const c_void) {
    known::lock_not_checked(lock.addr());
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_lock_next(subclass: c_uint, outer: *const c_void) {
    known::lock_next(subclass, outer.addr());
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_lock_next_non_owner() {
    known::lock_next_non_owner();
}
