//! `linux/debugfs.h`: entries of debugfs. Creating one returns an error pointer on failure.

use super::super::left;
use super::super::{err_ptr, is_err_or_null, no_memory_for, text};
use super::active::Own;
use super::entry::{Bytes, DEBUGFS, Entry, New, What, add, add_link, find, path_of, remove};
use super::{FileOperations, bytes, join, value};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

/// # Safety
///
/// `name` is a C string.
unsafe fn add_debugfs(name: *const c_char, parent: *const Entry, mode: u16, new: New) -> *const Entry {
    if is_err_or_null(parent) && !parent.is_null() {
        return parent;
    }
    let Some(folder) = path_of(parent, DEBUGFS) else { return err_ptr(Errno::ENOENT) };
    // SAFETY: the contract.
    let path = join(&folder, &unsafe { text(name) });
    let call = if matches!(new.what, What::Folder) { "debugfs_create_dir" } else { "debugfs_create_file" };
    if no_memory_for(call) {
        return err_ptr(Errno::ENOMEM);
    }
    add(New { path, mode, ..new }).unwrap_or_else(|errno| err_ptr(errno))
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn debugfs_create_dir(name: *const c_char, parent: *const Entry) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("debugfs_create_dir");
    // SAFETY: the C contract.
    unsafe { add_debugfs(name, parent, 0o755, New::nothing(What::Folder, ptr::null_mut())) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn debugfs_create_file(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    data: *mut c_void,
    ops: *const FileOperations,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("debugfs_create_file");
    // SAFETY: the C contract.
    unsafe { add_debugfs(name, parent, mode, New { ops, ..New::nothing(What::File, data) }) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_debugfs_create_number(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    value: *mut c_void,
    bytes: c_int,
    kind: c_char,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("debugfs_create_number");
    let what = What::Number { bytes, kind: kind as u8 };
    // SAFETY: the C contract.
    unsafe {
        add_debugfs(name, parent, mode, New { ops: &raw const value::NUMBER, ..New::nothing(what, value) })
    }
}

macro_rules! read_only {
    ($($name:ident = $what:expr;)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $name(
            name: *const c_char,
            mode: u16,
            parent: *const Entry,
            datum: *mut c_void,
        ) -> *const Entry {
            let new = New { ops: &raw const bytes::READ_ONLY, ..New::nothing(What::Bytes($what), datum) };
            // SAFETY: the C contract.
            unsafe { add_debugfs(name, parent, mode, new) }
        }
    )* };
}

read_only! {
    kt_debugfs_create_blob = Bytes::Blob;
    kt_debugfs_create_str = Bytes::Text;
    kt_debugfs_create_u32_array = Bytes::Numbers;
}

/// Creates a link to a path, which may be relative to the link's folder.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn debugfs_create_symlink(
    name: *const c_char,
    parent: *const Entry,
    target: *const c_char,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("debugfs_create_symlink");
    // SAFETY: the C contract.
    unsafe {
        let (Some(folder), target) = (path_of(parent, DEBUGFS), text(target)) else {
            return err_ptr(Errno::ENOENT);
        };
        let mut path: Vec<&str> =
            if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
        for part in target.split('/') {
            match part {
                "." => {}
                ".." => _ = path.pop(),
                part => path.push(part),
            }
        }
        let link = join(&folder, &text(name));
        add_link(link, path.join("/")).unwrap_or_else(|errno| err_ptr(errno))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn debugfs_lookup(name: *const c_char, parent: *const Entry) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("debugfs_lookup");
    // SAFETY: the C contract.
    let path = path_of(parent, DEBUGFS).map(|folder| join(&folder, &unsafe { text(name) }));
    path.and_then(|path| find(&path)).map_or(ptr::null(), |entry| Arc::as_ptr(&entry))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn debugfs_remove(entry: *const Entry) {
    let _whole = crate::abi::may_sleep_in_all("debugfs_remove");
    if is_err_or_null(entry) {
        return;
    }
    match path_of(entry, DEBUGFS) {
        Some(path) => _ = remove(&path, Own::Tell("debugfs_remove")),
        None => left::warn_gone(entry.addr(), "debugfs_remove"),
    }
}
