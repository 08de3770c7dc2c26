//! Entries of /proc, debugfs and sysfs, by their path.
//!
//! One table for the three, because all that they have in common is what is needed: a path, operations and a datum. The pointer
//! that a module gets of an entry (`struct proc_dir_entry *`, `struct dentry *`) is the entry's; it is counted, by the table
//! and by each open file. An entry that was removed while it is open answers with the error of its file system, and its functions are
//! not called any more: the removal waits for those that run (see [`super::active`]). Those of /proc have their `release` called by the
//! removal, as in a kernel; the others' runs at the last close.

use super::active::{Active, Inside, Own};
use super::bytes::{self, BinAttribute};
use super::kobject::Kobject;
use super::opener::Openers;
use super::sysfs::{Attribute, SysfsOps};
use super::{Dentry, FileOperations, seq_file, value};
use kthread_rt::Errno;
use std::ffi::{CString, c_int, c_uint, c_void};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

/// The file systems' folders.
pub(super) const PROC: &str = "/proc";
pub(super) const DEBUGFS: &str = "/sys/kernel/debug";

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
    Bytes(Bytes),
    /// Leads to another path.
    Link(String),
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

/// How many links a path may lead through.
const MOST_LINKS: usize = 8;

/// The entry with this path, or the one that it leads to through links.
pub(super) fn find(path: &str) -> Option<Arc<Entry>> {
    entries(|entries| {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let through = entries.iter().find_map(|entry| match &entry.what {
                What::Link(target) => {
                    let rest = path.strip_prefix(&entry.path)?;
                    (rest.is_empty() || rest.starts_with('/')).then(|| format!("{target}{rest}"))
                }
                _ => None,
            });
            match through {
                Some(through) => path = through,
                None => return entries.iter().find(|entry| entry.path == path).cloned(),
            }
        }
        None
    })
}

/// What is put into the table.
pub(super) struct New {
    pub(super) path: String,
    pub(super) mode: u16,
    pub(super) ops: *const FileOperations,
    pub(super) own: Option<Box<FileOperations>>,
    pub(super) data: *mut c_void,
    pub(super) what: What,
}

impl New {
    /// One without a path and operations, which are said beside it.
    pub(super) fn nothing(what: What, data: *mut c_void) -> Self {
        Self { path: String::new(), mode: 0, ops: ptr::null(), own: None, data, what }
    }
}

/// Adds an entry, unless there is one of this path.
pub(super) fn add(new: New) -> Result<*const Entry, Errno> {
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

pub(super) fn add_binary(path: String, owner: *mut Kobject, attr: &BinAttribute) -> Result<(), Errno> {
    let what = What::Bytes(Bytes::Binary { owner, attr });
    let (ops, data) = (&raw const bytes::BINARY, owner.cast());
    add(New { path, mode: attr.attr.mode, ops, own: None, data, what }).map(drop)
}

/// Adds a link at `path` that leads to `target`.
pub(super) fn add_link(path: String, target: String) -> Result<*const Entry, Errno> {
    add(New { path, mode: 0o777, ..New::nothing(What::Link(target), ptr::null_mut()) })
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

/// Moves the attributes below a folder into another, and waits for whoever is in their functions.
pub(super) fn move_attributes(from: &str, to: &str, own: Own) {
    let moved: Vec<_> = entries(|entries| {
        let below = entries.iter().filter_map(|entry| match entry.what {
            What::Attribute(of) => {
                let rest = entry.path.strip_prefix(from).filter(|rest| rest.starts_with('/'))?;
                Some((format!("{to}{rest}"), entry.mode, of))
            }
            _ => None,
        });
        below.collect()
    });
    remove(from, own);
    for (path, mode, of) in moved {
        // What is there already is somebody else's.
        let _ = add_attribute(path, mode, of);
    }
}

/// The path of an entry that a module has a pointer to; `root` for NULL; none for one that is not there.
pub(super) fn path_of(pointer: *const Entry, root: &str) -> Option<String> {
    if pointer.is_null() {
        return Some(root.to_owned());
    }
    entries(|entries| {
        entries.iter().find(|entry| ptr::eq(Arc::as_ptr(entry), pointer)).map(|entry| entry.path.clone())
    })
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
