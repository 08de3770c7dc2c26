//! `linux/random.h`, `linux/utsname.h` and `linux/kallsyms.h`: values that the operating system
//! provides.

use std::ffi::{c_char, c_ulong, c_void};
use std::sync::OnceLock;

/// # Safety
///
/// `to` has room for `n` bytes.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn get_random_bytes(to: *mut c_void, n: usize) {
    let mut done = 0;
    while done < n {
        // SAFETY: the contract. The loop asks again for the rest if the call was interrupted or
        // returned less.
        let now = unsafe { libc::getrandom(to.byte_add(done), n - done, 0) };
        done += now.max(0) as usize;
    }
}

/// `utsname()`: the operating system's.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_utsname() -> *const c_void {
    static NAMES: OnceLock<Box<libc::utsname>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        // SAFETY: arrays of characters, which the system fills.
        unsafe {
            let mut names = Box::new(std::mem::zeroed::<libc::utsname>());
            libc::uname(&mut *names);
            names
        }
    });
    std::ptr::from_ref::<libc::utsname>(names).cast()
}

/// The address of a name that the dynamic linker knows, or 0.
///
/// # Safety
///
/// `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kallsyms_lookup_name(name: *const c_char) -> c_ulong {
    // SAFETY: the contract.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name).expose_provenance() as c_ulong }
}

/// `symbol_get`: the same, as a pointer.
///
/// # Safety
///
/// `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __symbol_get(name: *const c_char) -> *mut c_void {
    // SAFETY: the contract.
    unsafe { libc::dlsym(libc::RTLD_DEFAULT, name) }
}
