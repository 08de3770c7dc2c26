//! `linux/proc_fs.h` and `linux/debugfs.h`, and the files of sysfs: entries, by their path.
//!
//! One table for the three, because all that they have in common is what is needed: a path, operations and a datum. The pointer
//! that a module gets of an entry (`struct proc_dir_entry *`, `struct dentry *`) is the entry's; it is counted, by the table
//! and by each open file. An entry that was removed while it is open answers with the error of its file system, and its functions are
//! not called any more: the removal waits for those that run (see [`super::active`]). Those of /proc have their `release` called by the
//! removal, as in a kernel; the others' runs at the last close.

use super::super::{err_ptr, is_err_or_null, text};
use super::active::{Active, Inside, Own};
use super::kobject::{Attribute, SysfsOps};
use super::opener::Openers;
use super::{Dentry, FileOperations, Ioctl, Iter, Llseek, Op, OpenOrRelease, Poll, Read, Unused, Write};
use super::{join, seq_file, value};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

/// The file systems' folders.
const PROC: &str = "/proc";
const DEBUGFS: &str = "/sys/kernel/debug";

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

/// An attribute of sysfs: whose, which, and its functions.
#[derive(Clone, Copy)]
pub(super) struct Attributed {
    pub(super) owner: *mut c_void,
    pub(super) attr: *const Attribute,
    pub(super) ops: SysfsOps,
}

/// What an entry is, beside its operations.
pub(super) enum What {
    Folder,
    /// A file with operations of its module's.
    File,
    /// `proc_create_single`.
    Single(seq_file::Show),
    /// `proc_create_seq`, with the bytes of its private state.
    Seq(*const seq_file::SeqOperations, c_uint),
    /// A number of debugfs: its address is the datum.
    Number {
        bytes: c_int,
        kind: u8,
    },
    Attribute(Attributed),
}

/// An entry. The first field is what debugfs' callers see of it.
#[repr(C)]
pub(super) struct Entry {
    dentry: Dentry,
    pub(super) path: String,
    pub(super) mode: u16,
    pub(super) ops: *const FileOperations,
    /// The table of operations is a `Box` of this entry's: those of /proc have one made of theirs.
    owns_ops: bool,
    pub(super) data: *mut c_void,
    pub(super) what: What,
    /// Who is in its functions.
    active: Arc<Active>,
    /// Of one of /proc: its open files.
    pub(super) openers: Openers,
}

// SAFETY: the pointers are the module's, and good until it removes the entry, on whatever thread (the C contract).
unsafe impl Send for Entry {}
// SAFETY: as above; nothing changes but what has its own locks.
unsafe impl Sync for Entry {}

impl Drop for Entry {
    fn drop(&mut self) {
        // SAFETY: `add` made them; C only reads them.
        unsafe {
            drop(CString::from_raw(self.dentry.name.cast_mut()));
            if self.owns_ops {
                drop(Box::from_raw(self.ops.cast_mut()));
            }
        }
    }
}

/// Whose entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FileSystem {
    Proc,
    Debugfs,
    Sysfs,
}

/// What a program wants of an entry, as far as answers differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Open,
    Bytes,
    Seek,
    Ioctl,
}

impl Entry {
    pub(super) fn file_system(&self) -> FileSystem {
        let below = |root| self.path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        match () {
            () if below(PROC) => FileSystem::Proc,
            () if below(DEBUGFS) => FileSystem::Debugfs,
            () => FileSystem::Sysfs,
        }
    }

    /// Goes into its functions; or the error of its file system, if it was removed.
    pub(super) fn enter(&self, wanted: Wanted) -> Result<Option<Inside>, Errno> {
        let refusal = match (self.file_system(), wanted) {
            // These are no functions of the module's.
            (FileSystem::Sysfs, Wanted::Seek | Wanted::Ioctl) => return Ok(None),
            (FileSystem::Sysfs, _) => Errno::ENODEV,
            (_, Wanted::Open) => Errno::ENOENT,
            (FileSystem::Proc, Wanted::Seek) => Errno::EINVAL,
            (FileSystem::Proc, Wanted::Ioctl) => Errno::ENOTTY,
            _ => Errno::EIO,
        };
        self.active.enter().map(Some).ok_or(refusal)
    }
}

static ENTRIES: Mutex<Vec<Arc<Entry>>> = Mutex::new(Vec::new());

fn entries<R>(f: impl FnOnce(&mut Vec<Arc<Entry>>) -> R) -> R {
    f(&mut ENTRIES.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn registered() -> Vec<String> {
    entries(|entries| entries.iter().map(|entry| entry.path.clone()).collect())
}

/// The entry with this path.
pub(super) fn find(path: &str) -> Option<Arc<Entry>> {
    entries(|entries| entries.iter().find(|entry| entry.path == path).cloned())
}

/// What is put into the table.
struct New {
    path: String,
    mode: u16,
    ops: *const FileOperations,
    own: Option<Box<FileOperations>>,
    data: *mut c_void,
    what: What,
}

/// Adds an entry, unless there is one of this path.
fn add(new: New) -> Result<*const Entry, Errno> {
    let New { path, mode, ops, own, data, what } = new;
    let name = CString::new(path.rsplit('/').next().unwrap_or_default()).unwrap_or_default();
    let dentry = Dentry {
        flags: 0,
        parent: ptr::null_mut(),
        hash: 0,
        length: name.as_bytes().len() as u32,
        name: name.into_raw(),
        inode: ptr::null_mut(),
        iname: [0; 40],
        fsdata: ptr::null_mut(),
    };
    let owns_ops = own.is_some();
    let ops = own.map_or(ops, |own| Box::into_raw(own).cast_const());
    let (active, openers) = (Arc::default(), Openers::default());
    let entry = Arc::new(Entry { dentry, path, mode, ops, owns_ops, data, what, active, openers });
    entries(|entries| {
        if entries.iter().any(|other| other.path == entry.path) {
            return Err(Errno::EEXIST);
        }
        entries.push(entry.clone());
        Ok(Arc::as_ptr(&entry))
    })
}

pub(super) fn add_folder(path: String) -> Result<*const Entry, Errno> {
    let (mode, ops, data) = (0o755, ptr::null(), ptr::null_mut());
    add(New { path, mode, ops, own: None, data, what: What::Folder })
}

pub(super) fn add_attribute(path: String, mode: u16, of: Attributed) -> Result<(), Errno> {
    let ops = &raw const value::ATTRIBUTE;
    add(New { path, mode, ops, own: None, data: of.owner, what: What::Attribute(of) }).map(drop)
}

/// Removes an entry and everything below it, and waits for whoever is in their functions. True if there was one.
pub(super) fn remove(path: &str, own: Own) -> bool {
    let removed: Vec<_> = entries(|entries| {
        let below = |entry: &Arc<Entry>| {
            entry.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let (removed, kept) = std::mem::take(entries).into_iter().partition(below);
        *entries = kept;
        removed
    });
    for entry in &removed {
        entry.active.remove(own);
        entry.openers.release_all();
    }
    !removed.is_empty()
}

/// The path of an entry that a module has a pointer to; `root` for NULL; none for one that is not there.
fn path_of(pointer: *const Entry, root: &str) -> Option<String> {
    if pointer.is_null() {
        return Some(root.to_owned());
    }
    entries(|entries| {
        entries.iter().find(|entry| ptr::eq(Arc::as_ptr(entry), pointer)).map(|entry| entry.path.clone())
    })
}

// /proc.

/// Adds an entry of /proc; NULL, and a message, if it can't be.
///
/// # Safety
///
/// `name` is a C string.
unsafe fn add_proc(name: *const c_char, parent: *const Entry, mode: u16, new: New) -> *const Entry {
    // SAFETY: the contract.
    let name = unsafe { text(name) };
    let Some(folder) = path_of(parent, PROC) else { return ptr::null() };
    // A mode of 0 is the usual one.
    let usual = if matches!(new.what, What::Folder) { 0o555 } else { 0o444 };
    let mode = if mode & 0o777 == 0 { mode | usual } else { mode };
    add(New { path: join(&folder, &name), mode, ..new }).unwrap_or_else(|_| {
        let folder = folder.strip_prefix("/").unwrap_or(&folder);
        super::super::printk::print(&format!("\x014proc_dir_entry '{folder}/{name}' already registered\n"));
        ptr::null()
    })
}

fn nothing(what: What, data: *mut c_void) -> New {
    New { path: String::new(), mode: 0, ops: ptr::null(), own: None, data, what }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_proc_create(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    ops: *const ProcOps,
    data: *mut c_void,
) -> *const Entry {
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
    unsafe { add_proc(name, parent, mode, New { own: Some(Box::new(own)), ..nothing(What::File, data) }) }
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
    // SAFETY: the C contract.
    unsafe { add_proc(name, parent, mode, New { ops, ..nothing(What::File, data) }) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn proc_create_single_data(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    show: seq_file::Show,
    data: *mut c_void,
) -> *const Entry {
    let new = New { ops: &raw const seq_file::PROC_SINGLE, ..nothing(What::Single(show), data) };
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
    let new = New { ops: &raw const seq_file::PROC_SEQ, ..nothing(What::Seq(op, state_size), data) };
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
    // SAFETY: the C contract.
    unsafe { add_proc(name, parent, mode, nothing(What::Folder, data)) }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn proc_remove(entry: *const Entry) {
    if let Some(path) = path_of(entry, "").filter(|path| !path.is_empty()) {
        remove(&path, Own::Tell("proc_remove"));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn remove_proc_entry(name: *const c_char, parent: *const Entry) {
    // SAFETY: the C contract.
    if !unsafe { remove_from(parent, name, Own::Tell("remove_proc_entry")) } {
        // SAFETY: as above.
        let name = unsafe { text(name) };
        super::super::printk::print(&format!("\x014remove_proc_entry: no entry named '{name}'\n"));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn remove_proc_subtree(name: *const c_char, parent: *const Entry) -> c_int {
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

// debugfs, where errors are pointers.

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
    add(New { path, mode, ..new }).unwrap_or_else(|errno| err_ptr(errno))
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn debugfs_create_dir(name: *const c_char, parent: *const Entry) -> *const Entry {
    // SAFETY: the C contract.
    unsafe { add_debugfs(name, parent, 0o755, nothing(What::Folder, ptr::null_mut())) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn debugfs_create_file(
    name: *const c_char,
    mode: u16,
    parent: *const Entry,
    data: *mut c_void,
    ops: *const FileOperations,
) -> *const Entry {
    // SAFETY: the C contract.
    unsafe { add_debugfs(name, parent, mode, New { ops, ..nothing(What::File, data) }) }
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
    let what = What::Number { bytes, kind: kind as u8 };
    // SAFETY: the C contract.
    unsafe { add_debugfs(name, parent, mode, New { ops: &raw const value::NUMBER, ..nothing(what, value) }) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn debugfs_lookup(name: *const c_char, parent: *const Entry) -> *const Entry {
    // SAFETY: the C contract.
    let path = path_of(parent, DEBUGFS).map(|folder| join(&folder, &unsafe { text(name) }));
    path.and_then(|path| find(&path)).map_or(ptr::null(), |entry| Arc::as_ptr(&entry))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn debugfs_remove(entry: *const Entry) {
    if !is_err_or_null(entry)
        && let Some(path) = path_of(entry, DEBUGFS)
    {
        remove(&path, Own::Tell("debugfs_remove"));
    }
}

/// The entry behind an open file of this folder's own operations.
///
/// # Safety
///
/// `inode` or the file's dentry is that of a file that [`file`] opened for an entry.
pub(super) unsafe fn of(dentry: *const Dentry) -> *const Entry {
    // SAFETY: the contract.
    unsafe { (*dentry).fsdata.cast() }
}
