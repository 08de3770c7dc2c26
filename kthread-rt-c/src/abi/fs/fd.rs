//! `linux/file.h` and `linux/anon_inodes.h`: file descriptors that modules give to files. A number
//! is reserved with the operating system, so that no other file of this process has it; but only
//! modules know the file.

use super::super::left::{self, New};
use super::super::{err_ptr, text};
use super::file;
use super::{File, FileOperations};
use kthread_rt::Errno;
use std::collections::BTreeMap;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

/// The files; null for a number that has none yet.
struct Table(BTreeMap<c_uint, *mut File>);

// SAFETY: files are refcounted, by atomic counts.
unsafe impl Send for Table {}

static TABLE: Mutex<Table> = Mutex::new(Table(BTreeMap::new()));

fn table<R>(f: impl FnOnce(&mut BTreeMap<c_uint, *mut File>) -> R) -> R {
    f(&mut TABLE.lock().unwrap_or_else(PoisonError::into_inner).0)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_unused_fd_flags(_flags: c_uint) -> c_int {
    // SAFETY: a valid path. An O_PATH descriptor can neither be read nor written.
    let fd = unsafe { libc::open(c"/".as_ptr(), libc::O_PATH | libc::O_CLOEXEC) };
    if fd < 0 {
        return Errno::from_raw(libc::EMFILE).as_return();
    }
    table(|table| table.insert(fd as c_uint, ptr::null_mut()));
    fd
}

/// Frees the number. Returns its file, or null.
fn take(fd: c_uint) -> Option<*mut File> {
    let file = table(|table| table.remove(&fd))?;
    // SAFETY: `get_unused_fd_flags` opened it, and it has just been removed from the table.
    unsafe { libc::close(fd as c_int) };
    Some(file)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn put_unused_fd(fd: c_uint) {
    take(fd);
}

/// The table takes over the caller's reference.
#[unsafe(no_mangle)]
extern "C-unwind" fn fd_install(fd: c_uint, file: *mut File) {
    // From now on it is the process's.
    left::gone(&left::FILE, file.addr());
    table(|table| {
        if let Some(place) = table.get_mut(&fd) {
            *place = file;
        }
    });
}

#[unsafe(no_mangle)]
extern "C-unwind" fn fget(fd: c_uint) -> *mut File {
    table(|table| {
        let file = table.get(&fd).copied().unwrap_or(ptr::null_mut());
        if !file.is_null() {
            // SAFETY: the table has a reference. Relaxed: that one can't be dropped while the lock
            // is held.
            unsafe { (*file).count.fetch_add(1, Ordering::Relaxed) };
        }
        file
    })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn close_fd(fd: c_uint) -> c_int {
    match take(fd) {
        Some(file) if !file.is_null() => {
            // SAFETY: this drops the table's reference.
            unsafe { file::filp_close(file, ptr::null_mut()) }
        }
        _ => Errno::EBADF.as_return(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn anon_inode_getfile(
    name: *const c_char,
    ops: *const FileOperations,
    private_data: *mut c_void,
    flags: c_int,
) -> *mut File {
    let _whole = crate::abi::may_sleep_in_all("anon_inode_getfile");
    // SAFETY: the C contract.
    let name = unsafe { text(name) };
    // SAFETY: the C contract.
    let file = unsafe { file::anonymous(&name, ops, private_data, flags) };
    file.inspect(|file| New::of(&left::FILE, file.addr(), "anon_inode_getfile").named(&name))
        .unwrap_or_else(err_ptr)
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn anon_inode_getfd(
    name: *const c_char,
    ops: *const FileOperations,
    private_data: *mut c_void,
    flags: c_int,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("anon_inode_getfd");
    let fd = get_unused_fd_flags(0);
    if fd < 0 {
        return fd;
    }
    // SAFETY: the C contract.
    match unsafe { file::anonymous(&text(name), ops, private_data, flags) } {
        Ok(file) => {
            fd_install(fd as c_uint, file);
            fd
        }
        Err(errno) => {
            put_unused_fd(fd as c_uint);
            errno.as_return()
        }
    }
}
