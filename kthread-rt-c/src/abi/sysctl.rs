//! `linux/sysctl.h`: tables that modules register. They have no files: they are only read and
//! written by calling their handlers.

use super::left::{self, New};
use super::text;
use std::collections::BTreeSet;
use std::ffi::{c_char, c_void};
use std::sync::{Mutex, PoisonError};

/// The existing headers.
static HEADERS: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// # Safety
///
/// `path` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_register_sysctl(path: *const c_char, size: usize) -> *mut c_void {
    // SAFETY: calloc accepts any size.
    let header = unsafe { libc::calloc(1, size) };
    if !header.is_null() {
        HEADERS.lock().unwrap_or_else(PoisonError::into_inner).insert(header.addr());
        // SAFETY: the C contract.
        New::of(&left::SYSCTL, header.addr(), "register_sysctl").named(&unsafe { text(path) });
    }
    header
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_unregister_sysctl(header: *mut c_void) {
    if HEADERS.lock().unwrap_or_else(PoisonError::into_inner).remove(&header.addr()) {
        left::gone(&left::SYSCTL, header.addr());
        // SAFETY: `kt_register_sysctl` made it, and it is not in the list any more.
        unsafe { libc::free(header) };
    } else if !header.is_null() {
        left::warn_gone(header.addr(), "unregister_sysctl_table");
    }
}
