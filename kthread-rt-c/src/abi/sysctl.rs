//! `linux/sysctl.h`: tables that modules register. Nobody reads or writes them but by calls of
//! their handlers.

use super::left::{self, New};
use super::text;
use std::collections::BTreeSet;
use std::ffi::{c_char, c_void};
use std::sync::{Mutex, PoisonError};

/// The headers that were given out.
static HEADERS: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// # Safety
///
/// `path` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_register_sysctl(path: *const c_char, size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    let header = unsafe { libc::calloc(1, size) };
    if !header.is_null() {
        HEADERS.lock().unwrap_or_else(PoisonError::into_inner).insert(header.addr());
        // SAFETY: the C contract.
        New::of(&left::SYSCTL, header.addr(), "register_sysctl").named(&unsafe { text(path) });
    }
    header
}

/// Of a header that was not given out, or was given back, nothing.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_unregister_sysctl(header: *mut c_void) {
    if HEADERS.lock().unwrap_or_else(PoisonError::into_inner).remove(&header.addr()) {
        left::gone(&left::SYSCTL, header.addr());
        // SAFETY: `kt_register_sysctl` made it, and it is off the list.
        unsafe { libc::free(header) };
    }
}
