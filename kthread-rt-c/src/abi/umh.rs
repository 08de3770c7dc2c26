//! `linux/umh.h`: helper programs.
//!
//! # How long a `struct subprocess_info` lives
//!
//! `call_usermodehelper_setup` makes it and `call_usermodehelper_exec` takes it. It is freed at the
//! end of the call, right after its cleanup function. So, as in the kernel, a structure that was
//! set up has to be executed, or it leaks.

use super::In;
use super::boxes;
use super::left::{self, New};
use kthread_rt::debug_objects;
use kthread_rt::{Errno, SubprocessInfo};
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::ptr;

type Init = unsafe extern "C-unwind" fn(info: *mut Info, cred: *mut c_void) -> c_int;
type Cleanup = unsafe extern "C-unwind" fn(info: *mut Info);

/// `struct subprocess_info` of the header.
#[repr(C)]
struct Info {
    path: *const c_char,
    argv: *const *const c_char,
    envp: *const *const c_char,
    wait: c_int,
    retval: c_int,
    init: Option<Init>,
    cleanup: Option<Cleanup>,
    data: *mut c_void,
}

/// Owns the structure and frees it.
struct Owned(*mut Info);

// SAFETY: by the C contract, a worker's thread may call its functions and use its data.
unsafe impl Send for Owned {}

/// Points to a structure that is freed elsewhere, later.
struct Carried(*mut Info);

// SAFETY: as above.
unsafe impl Send for Carried {}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the box of `call_usermodehelper_setup`, which only this takes back; the cleanup
        // may be called by the C contract.
        unsafe {
            if let Some(cleanup) = (*self.0).cleanup {
                cleanup(self.0);
            }
            drop(boxes::take(self.0));
        }
    }
}

/// # Safety
///
/// `string` is a C string that outlives the result.
unsafe fn bytes<'a>(string: *const c_char) -> &'a OsStr {
    // SAFETY: by the contract.
    OsStr::from_bytes(unsafe { CStr::from_ptr(string) }.to_bytes())
}

/// The strings of a null-terminated vector; none if the vector is null.
///
/// # Safety
///
/// `vector` is null or such a vector, whose strings outlive the result.
unsafe fn strings<'a>(vector: *const *const c_char) -> Vec<&'a OsStr> {
    let mut found = Vec::new();
    let mut at = vector;
    // SAFETY: by the contract.
    unsafe {
        while !at.is_null() && !(*at).is_null() {
            found.push(bytes(*at));
            at = at.add(1);
        }
    }
    found
}

#[unsafe(no_mangle)]
extern "C-unwind" fn call_usermodehelper_setup(
    path: *const c_char,
    argv: *const *const c_char,
    envp: *const *const c_char,
    _gfp: u32,
    init: Option<Init>,
    cleanup: Option<Cleanup>,
    data: *mut c_void,
) -> *mut Info {
    if super::no_memory_for("call_usermodehelper_setup") {
        return ptr::null_mut();
    }
    let info = boxes::give(Box::new(Info { path, argv, envp, wait: 0, retval: 0, init, cleanup, data }));
    if debug_objects::tracks() {
        // SAFETY: the C contract.
        let name = if path.is_null() { String::new() } else { unsafe { bytes(path) }.display().to_string() };
        New::of(&left::HELPER, info.addr(), "call_usermodehelper_setup").named(&name);
    }
    info
}

/// # Safety
///
/// `info` was set up and not executed yet.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn call_usermodehelper_exec(info: *mut Info, wait: c_int) -> c_int {
    if boxes::is_freed(info) {
        left::warn_gone(info.addr(), "call_usermodehelper_exec");
        return Errno::EINVAL.as_return();
    }
    let Info { path, argv, envp, init, .. } = *In::new(info);
    left::gone(&left::HELPER, info.addr());
    let owned = Owned(info);
    if path.is_null() {
        return Errno::EINVAL.as_return();
    }
    // SAFETY: the C contract.
    let (path, argv, envp) = unsafe { (bytes(path), strings(argv), strings(envp)) };
    let prepared = match SubprocessInfo::new(path, argv, envp) {
        Ok(prepared) => prepared,
        Err(errno) => return errno.as_return(),
    };
    let carried = Carried(info);
    let begin = move |_: &mut SubprocessInfo| {
        let carried = carried;
        // The helper's priority: all tasks have the same.
        let cred = kthread_rt::current().shown_cred();
        // SAFETY: the C contract. The structure lives until the cleanup, which runs later.
        match init.map_or(0, |init| unsafe { init(carried.0, cred) }) {
            0 => Ok(()),
            error => {
                Err(Errno::from_raw(error.checked_neg().filter(|&errno| errno > 0).unwrap_or(libc::EINVAL)))
            }
        }
    };
    let prepared = prepared.with_init(begin).with_cleanup(move |_| drop(owned));
    prepared.exec(wait).unwrap_or_else(Errno::as_return)
}

/// # Safety
///
/// As the two above.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn call_usermodehelper(
    path: *const c_char,
    argv: *const *const c_char,
    envp: *const *const c_char,
    wait: c_int,
) -> c_int {
    let info = call_usermodehelper_setup(path, argv, envp, 0, None, None, ptr::null_mut());
    if info.is_null() {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { call_usermodehelper_exec(info, wait) }
}
