//! `linux/proc_fs.h`: entries of /proc.

use super::super::left;
use super::super::{no_memory_for, printk, text};
use super::active::Own;
use super::entry::{Entry, New, PROC, What, add, has_folder, path_of, remove};
use super::{
    FileOperations, Ioctl, Iter, Llseek, Op, OpenOrRelease, Poll, Read, Unused, Write, join, seq_file,
};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;

/// `struct proc_ops`.
#[repr(C)]
pub(super) struct ProcOps {
    flags: c_uint,
    open: Op<OpenOrRelease>,
    read: Op<Read>,
    read_iter: Op<Iter>,
    write: Op<Write>,
    lseek: Op<Llseek>,
    release: Op<OpenOrRelease>,
    poll: Op<Poll>,
    ioctl: Op<Ioctl>,
    compat_ioctl: Op<Ioctl>,
    mmap: Unused,
    get_unmapped_area: Unused,
}

/// The folders that exist in a kernel's /proc before any module.
const FOLDERS: [&str; 7] = ["/bus", "/driver", "/fs", "/irq", "/scsi", "/sysvipc", "/tty"];

/// Adds an entry to /proc. On failure, prints a message and returns NULL.
///
/// # Safety
///
/// `name` is a C string.
unsafe fn add_proc(name: *const c_char, parent: *const Entry, mode: u16, new: New) -> *const Entry {
    // SAFETY: the contract.
    let name = unsafe { text(name) };
    let Some(folder) = path_of(parent, PROC) else { return ptr::null() };
    let path = join(&folder, &name);
    let within = path.rsplit_once('/').map_or("", |(within, _)| within);
    let always = within == PROC || within.strip_prefix(PROC).is_some_and(|name| FOLDERS.contains(&name));
    if !always && !has_folder(within) {
        printk::print(&format!("\x014name '{name}': the folder {within} does not exist\n"));
        return ptr::null();
    }
    if no_memory_for(if matches!(new.what, What::Folder) { "proc_mkdir" } else { "proc_create" }) {
        return ptr::null();
    }
    // A mode of 0 stands for the default.
    let usual = if matches!(new.what, What::Folder) { 0o555 } else { 0o444 };
    let mode = if mode & 0o777 == 0 { mode | usual } else { mode };
    add(New { path, mode, ..new }).unwrap_or_else(|_| {
        let folder = folder.strip_prefix("/").unwrap_or(&folder);
        printk::print(&format!("\x014proc_dir_entry '{folder}/{name}' already registered\n"));
        ptr::null()
    })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_proc_create(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    ops: *const ProcOps,
    data: *mut c_void,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("proc_create");
    // SAFETY: the C contract.
    let Some(ops) = (unsafe { ops.as_ref() }) else { return ptr::null() };
    let own = FileOperations {
        llseek: ops.lseek,
        read: ops.read,
        write: ops.write,
        read_iter: ops.read_iter,
        poll: ops.poll,
        unlocked_ioctl: ops.ioctl,
        compat_ioctl: ops.compat_ioctl,
        open: ops.open,
        release: ops.release,
        ..FileOperations::NONE
    };
    // SAFETY: the C contract.
    unsafe {
        add_proc(name, parent, mode, New { own: Some(Box::new(own)), ..New::nothing(What::File, data) })
    }
}

/// `proc_create` before 5.6.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_proc_create_fops(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    ops: *const FileOperations,
    data: *mut c_void,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("proc_create_fops");
    // SAFETY: the C contract.
    unsafe { add_proc(name, parent, mode, New { ops, ..New::nothing(What::File, data) }) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn proc_create_single_data(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    show: seq_file::Show,
    data: *mut c_void,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("proc_create_single_data");
    let new = New { ops: &raw const seq_file::PROC_SINGLE, ..New::nothing(What::Single(show), data) };
    // SAFETY: the C contract.
    unsafe { add_proc(name, parent, mode, new) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn proc_create_seq_private(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    op: *const seq_file::SeqOperations,
    state_size: c_uint,
    data: *mut c_void,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("proc_create_seq_private");
    let new = New { ops: &raw const seq_file::PROC_SEQ, ..New::nothing(What::Seq(op, state_size), data) };
    // SAFETY: the C contract.
    unsafe { add_proc(name, parent, mode, new) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn proc_mkdir_data(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    data: *mut c_void,
) -> *const Entry {
    let _whole = crate::abi::may_sleep_in_all("proc_mkdir_data");
    // SAFETY: the C contract.
    unsafe { add_proc(name, parent, mode, New::nothing(What::Folder, data)) }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn proc_remove(entry: *const Entry) {
    let _whole = crate::abi::may_sleep_in_all("proc_remove");
    match path_of(entry, "") {
        Some(path) if path.is_empty() => {}
        Some(path) => _ = remove(&path, Own::Tell("proc_remove")),
        None => left::warn_gone(entry.addr(), "proc_remove"),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn remove_proc_entry(name: *const c_char, parent: *const Entry) {
    let _whole = crate::abi::may_sleep_in_all("remove_proc_entry");
    // SAFETY: the C contract.
    if !unsafe { remove_from(parent, name, Own::Tell("remove_proc_entry")) } {
        // SAFETY: as above.
        let name = unsafe { text(name) };
        printk::print(&format!("\x014remove_proc_entry: no entry named '{name}'\n"));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn remove_proc_subtree(name: *const c_char, parent: *const Entry) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("remove_proc_subtree");
    // SAFETY: the C contract.
    let removed = unsafe { remove_from(parent, name, Own::Tell("remove_proc_subtree")) };
    if removed { 0 } else { Errno::ENOENT.as_return() }
}

/// # Safety
///
/// `name` is a C string.
unsafe fn remove_from(parent: *const Entry, name: *const c_char, own: Own) -> bool {
    // SAFETY: the contract.
    let path = path_of(parent, PROC).map(|folder| join(&folder, &unsafe { text(name) }));
    path.is_some_and(|path| remove(&path, own))
}
