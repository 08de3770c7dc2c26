//! Entries of /proc, debugfs and sysfs, by path.
//!
//! The three share a table, because their entries are alike: a path, operations and a datum. A
//! module's pointer to an entry (`struct proc_dir_entry *`, `struct dentry *`) is the address of
//! the [`Entry`], to which the table and each open file hold a reference. A removal waits for the
//! entry's running functions (see [`super::active`]). After that, an open file's calls return the
//! error of its file system, and the functions are not called any more. For /proc, the removal
//! calls `release` of open files, as in a kernel; for the others, the last close does.

use super::super::left::{self, New as NewObject};
use super::active::{Active, Inside, Own};
use super::bytes::{self, BinAttribute};
use super::kobject::Kobject;
use super::opener::Openers;
use super::sysfs::{Attribute, SysfsOps};
use super::{Dentry, FileOperations, seq_file, value};
use kthread_rt::Errno;
use kthread_rt::debug_objects::ObjectKind;
use std::ffi::{CString, c_int, c_uint, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The folders of the file systems.
pub(super) const PROC: &str = "/proc";
pub(super) const DEBUGFS: &str = "/sys/kernel/debug";

/// An attribute of sysfs: its owner, the attribute and its functions.
#[derive(Clone, Copy)]
pub(super) struct Attributed {
    pub(super) owner: *mut c_void,
    pub(super) attr: *const Attribute,
    pub(super) ops: SysfsOps,
}

/// The kind of an entry.
pub(super) enum What {
    Folder,
    /// A file with the module's own operations.
    File,
    /// `proc_create_single`.
    Single(seq_file::Show),
    /// `proc_create_seq`, with the size of its private state in bytes.
    Seq(*const seq_file::SeqOperations, c_uint),
    /// A number of debugfs; the datum is its address.
    Number {
        bytes: c_int,
        kind: u8,
    },
    Attribute(Attributed),
    Bytes(Bytes),
    /// A link. The table has its target.
    Link,
}

/// A file of bytes.
#[derive(Clone, Copy)]
pub(super) enum Bytes {
    /// A binary attribute.
    Binary { owner: *mut Kobject, attr: *const BinAttribute },
    /// The datum is a `struct debugfs_blob_wrapper`.
    Blob,
    /// The datum is a pointer to a string.
    Text,
    /// The datum is a `struct debugfs_u32_array`.
    Numbers,
}

/// An entry. Callers of debugfs see the first field.
#[repr(C)]
pub(super) struct Entry {
    dentry: Dentry,
    file_system: FileSystem,
    mode: AtomicU16,
    pub(super) ops: *const FileOperations,
    /// True if the entry owns its table of operations: /proc's are converted from `proc_ops`.
    owns_ops: bool,
    pub(super) data: *mut c_void,
    pub(super) what: What,
    /// The threads in its functions.
    active: Arc<Active>,
    /// For /proc: its open files.
    pub(super) openers: Openers,
}

// SAFETY: by the C contract, the module's pointers are valid on all threads until it removes the
// entry.
unsafe impl Send for Entry {}
// SAFETY: as above; all fields that change have locks of their own or are atomic.
unsafe impl Sync for Entry {}

impl Drop for Entry {
    fn drop(&mut self) {
        // SAFETY: `add` allocated them; C code only reads them.
        unsafe {
            drop(CString::from_raw(self.dentry.name.cast_mut()));
            if self.owns_ops {
                drop(Box::from_raw(self.ops.cast_mut()));
            }
        }
    }
}

/// The file system of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FileSystem {
    Proc,
    Debugfs,
    Sysfs,
}

impl FileSystem {
    /// The kind of its entries, for reports.
    fn kind(self) -> &'static ObjectKind {
        match self {
            Self::Proc => &left::PROC,
            Self::Debugfs => &left::DEBUGFS,
            Self::Sysfs => &left::SYSFS,
        }
    }

    /// The name of the call that creates an entry.
    fn call(self) -> &'static str {
        match self {
            Self::Proc => "proc_create",
            Self::Debugfs => "debugfs_create",
            Self::Sysfs => "sysfs_create",
        }
    }

    /// The file system that contains a path.
    fn of(path: &str) -> Self {
        let below = |root| is_below(path, root) && path.len() > str::len(root);
        match () {
            () if below(PROC) => Self::Proc,
            () if below(DEBUGFS) => Self::Debugfs,
            () => Self::Sysfs,
        }
    }
}

/// The operation on an entry; the error after a removal depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Open,
    Bytes,
    Seek,
    Ioctl,
}

impl Entry {
    pub(super) fn file_system(&self) -> FileSystem {
        self.file_system
    }

    pub(super) fn mode(&self) -> u16 {
        self.mode.load(Ordering::Relaxed)
    }

    /// Checks that the entry may be opened for this. The caller counts as root, so the modes of
    /// /proc and debugfs do not matter. A file of sysfs can only be read or written if its mode
    /// allows it and it has a function for it.
    pub(super) fn permits(&self, reads: bool, writes: bool) -> Result<(), Errno> {
        let (can_read, can_write) = match &self.what {
            What::Attribute(of) => (of.ops.show.is_some(), of.ops.store.is_some()),
            // SAFETY: the attribute is valid until it is removed.
            What::Bytes(Bytes::Binary { attr, .. }) => unsafe {
                ((**attr).read.is_some(), (**attr).write.is_some())
            },
            _ => return Ok(()),
        };
        let mode = self.mode();
        let permitted =
            (!reads || can_read && mode & 0o444 != 0) && (!writes || can_write && mode & 0o222 != 0);
        if permitted { Ok(()) } else { Err(Errno::EACCES) }
    }

    /// Enters the entry's functions. Fails with the error of its file system if it was removed.
    pub(super) fn enter(&self, wanted: Wanted) -> Result<Option<Inside>, Errno> {
        let refusal = match (self.file_system(), wanted) {
            // The module has no functions for these.
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

/// An entry and its path. A rename changes the path, and the targets of links to it.
struct Placed {
    path: String,
    /// The target, for a link.
    leads_to: String,
    entry: Arc<Entry>,
}

/// True if `path` is `folder` or below it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

static ENTRIES: Mutex<Vec<Placed>> = Mutex::new(Vec::new());

fn entries<R>(f: impl FnOnce(&mut Vec<Placed>) -> R) -> R {
    f(&mut ENTRIES.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn registered() -> Vec<String> {
    entries(|entries| entries.iter().map(|placed| placed.path.clone()).collect())
}

/// How many links a path may contain.
const MOST_LINKS: usize = 8;

/// Finds the entry with this path; follows links.
pub(super) fn find(path: &str) -> Option<Arc<Entry>> {
    entries(|entries| {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let links = entries.iter().filter(|placed| matches!(placed.entry.what, What::Link));
            match links.into_iter().find(|link| is_below(&path, &link.path)) {
                Some(link) => path = format!("{}{}", link.leads_to, &path[link.path.len()..]),
                None => {
                    return entries
                        .iter()
                        .find(|placed| placed.path == path)
                        .map(|placed| placed.entry.clone());
                }
            }
        }
        None
    })
}

/// The data of a new entry.
pub(super) struct New {
    pub(super) path: String,
    pub(super) mode: u16,
    pub(super) ops: *const FileOperations,
    pub(super) own: Option<Box<FileOperations>>,
    pub(super) data: *mut c_void,
    pub(super) what: What,
}

impl New {
    /// A new entry without a path and operations.
    pub(super) fn nothing(what: What, data: *mut c_void) -> Self {
        Self { path: String::new(), mode: 0, ops: ptr::null(), own: None, data, what }
    }
}

/// Adds an entry, unless the path exists.
pub(super) fn add(new: New) -> Result<*const Entry, Errno> {
    add_leading(new, String::new())
}

/// [`add`] for a link with a target.
fn add_leading(new: New, leads_to: String) -> Result<*const Entry, Errno> {
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
    let (file_system, mode) = (FileSystem::of(&path), AtomicU16::new(mode));
    let entry = Arc::new(Entry { dentry, file_system, mode, ops, owns_ops, data, what, active, openers });
    entries(|entries| {
        if entries.iter().any(|other| other.path == path) {
            return Err(Errno::EEXIST);
        }
        let address = Arc::as_ptr(&entry);
        // A kernel removes entries in a module's own folder with the module.
        if !path.starts_with("/sys/module/") {
            NewObject::of(file_system.kind(), address.addr(), file_system.call()).named(&path);
        }
        entries.push(Placed { path, leads_to, entry: entry.clone() });
        Ok(address)
    })
}

/// True if there is a folder with this path.
pub(super) fn has_folder(path: &str) -> bool {
    find(path).is_some_and(|entry| matches!(entry.what, What::Folder))
}

/// Changes the mode of the entry with this path.
pub(super) fn set_mode(path: &str, mode: u16) -> Result<(), Errno> {
    let entry = find(path).ok_or(Errno::ENOENT)?;
    entry.mode.store(mode, Ordering::Relaxed);
    Ok(())
}

pub(super) fn add_folder(path: String) -> Result<*const Entry, Errno> {
    let (mode, ops, data) = (0o755, ptr::null(), ptr::null_mut());
    add(New { path, mode, ops, own: None, data, what: What::Folder })
}

pub(super) fn add_attribute(path: String, mode: u16, of: Attributed) -> Result<(), Errno> {
    let ops = &raw const value::ATTRIBUTE;
    add(New { path, mode, ops, own: None, data: of.owner, what: What::Attribute(of) }).map(drop)
}

pub(super) fn add_binary(path: String, owner: *mut Kobject, attr: &BinAttribute) -> Result<(), Errno> {
    let what = What::Bytes(Bytes::Binary { owner, attr });
    let (ops, data) = (&raw const bytes::BINARY, owner.cast());
    add(New { path, mode: attr.attr.mode, ops, own: None, data, what }).map(drop)
}

/// The target of the link with this path; none if there is no such link.
pub(super) fn leads_to(path: &str) -> Option<String> {
    entries(|entries| {
        let link = |placed: &&Placed| placed.path == path && matches!(placed.entry.what, What::Link);
        entries.iter().find(link).map(|placed| placed.leads_to.clone())
    })
}

/// Adds a link at `path` to `target`.
pub(super) fn add_link(path: String, target: String) -> Result<*const Entry, Errno> {
    add_leading(New { path, mode: 0o777, ..New::nothing(What::Link, ptr::null_mut()) }, target)
}

/// Removes an entry and everything below it, and waits for their running functions. True if it
/// existed.
pub(super) fn remove(path: &str, own: Own) -> bool {
    let removed: Vec<_> = entries(|entries| {
        let below = |placed: &Placed| is_below(&placed.path, path);
        let (removed, kept) = std::mem::take(entries).into_iter().partition(below);
        *entries = kept;
        removed
    });
    for Placed { entry, .. } in &removed {
        left::gone(entry.file_system.kind(), Arc::as_ptr(entry).addr());
        entry.active.remove(own);
        entry.openers.release_all();
    }
    !removed.is_empty()
}

/// Moves an entry, with everything below it, to another path. Files stay open, and links still lead
/// to it.
pub(super) fn rename(from: &str, to: &str) -> Result<(), Errno> {
    entries(|entries| {
        if entries.iter().any(|placed| placed.path == to) {
            return Err(Errno::EEXIST);
        }
        for placed in entries {
            for path in [&mut placed.path, &mut placed.leads_to] {
                if is_below(path, from) {
                    *path = format!("{to}{}", &path[from.len()..]);
                }
            }
        }
        Ok(())
    })
}

/// The path for a module's pointer to an entry; `root` for NULL; none if the entry does not exist.
pub(super) fn path_of(pointer: *const Entry, root: &str) -> Option<String> {
    if pointer.is_null() {
        return Some(root.to_owned());
    }
    entries(|entries| {
        let found = entries.iter().find(|placed| ptr::eq(Arc::as_ptr(&placed.entry), pointer));
        found.map(|placed| placed.path.clone())
    })
}

/// The entry of a file that is open with operations of this folder's files.
///
/// # Safety
///
/// `dentry` is the dentry of a file that [`file`] opened for an entry.
pub(super) unsafe fn of(dentry: *const Dentry) -> *const Entry {
    // SAFETY: the contract.
    unsafe { (*dentry).fsdata.cast() }
}
