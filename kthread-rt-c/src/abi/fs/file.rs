//! Open files: `filp_open`, `vfs_read` and the like.
//!
//! A name leads to an entry of /proc, debugfs or sysfs; to a misc device; to a number, and so to a
//! `cdev`; or to a file of the operating system, if no module has registered the name. All of these
//! become a [`File`] with a table of operations.

use super::super::boxes;
use super::super::left::{self, New};
use super::super::modules::Owner;
use super::super::{err_ptr, is_err_or_null, text};
use super::active::Inside;
use super::chrdev::{self, Kept, cdev_of};
use super::entry::{self, Entry, FileSystem, Wanted, What};
use super::opener::Opener;
use super::{Dentry, File, FileOperations, Inode, IovIter, Iter, Kiocb, Kvec, ListHead, Op};
use super::{device, misc, system};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ops::Deref;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// `FMODE_READ` and the like.
const FMODE_READ: c_uint = 1;
const FMODE_WRITE: c_uint = 2;
const FMODE_LSEEK: c_uint = 4;
/// `FMODE_LSEEK`, `FMODE_PREAD` and `FMODE_PWRITE`: the file has a position.
pub(super) const FMODE_POSITIONS: c_uint = 0x1c;
/// `DEFAULT_POLLMASK`, for a file without a `poll` function.
const DEFAULT_POLLMASK: c_uint = 0x145;
/// `POLLERR`, `POLLHUP` and `POLLPRI`.
const POLLERR: c_uint = 8;
const POLLHUP: c_uint = 0x10;
const POLLPRI: c_uint = 2;
/// The events that are always reported.
pub(super) const ALWAYS: c_uint = POLLERR | POLLHUP;

/// An open file with its dentry and inode. The file is the first field.
#[repr(C)]
pub(super) struct Open {
    pub(super) file: File,
    pub(super) inode: Inode,
    dentry: Dentry,
    name: CString,
    /// The descriptor, for a file of the operating system.
    pub(super) fd: c_int,
    entry: Option<Arc<Entry>>,
    /// For an entry of /proc with a `release`.
    opener: Option<Arc<Opener>>,
    /// For a `cdev`.
    kept: Option<Arc<Kept>>,
    /// A reference to the operations' module, while the file is open.
    owner: Option<Owner>,
}

/// The object that a name leads to.
enum Target {
    Entry(Arc<Entry>),
    Misc(misc::Opening),
    Number(u32),
    System,
}

/// Looks a name up among the registered objects. A name without a folder is a device's.
fn resolve(name: &str) -> Target {
    if let Some(entry) = entry::find(name) {
        return Target::Entry(entry);
    }
    let short = name.strip_prefix("/dev/").or((!name.starts_with('/')).then_some(name));
    if let Some(misc) = short.and_then(misc::find) {
        return Target::Misc(misc);
    }
    short
        .and_then(|name| device::find(name).or_else(|| chrdev::number_of(name)))
        .map_or(Target::System, Target::Number)
}

/// Opens the object that a name leads to.
pub(super) fn open(name: &str, flags: c_int, mode: u16, system: bool) -> Result<*mut File, Errno> {
    let target = resolve(name);
    if !system && matches!(target, Target::System) {
        return Err(Errno::ENOENT);
    }
    let opened = unopened(name, flags);
    match begin(opened, target, name, flags, mode) {
        Ok(()) => Ok(opened.cast()),
        Err(errno) => {
            // SAFETY: the module refused the open, so there is no other pointer to it.
            drop(unsafe { boxes::take(opened) });
            Err(errno)
        }
    }
}

/// Opens a file without a name.
///
/// # Safety
///
/// `ops` is valid as long as the file is open.
pub(super) unsafe fn anonymous(
    name: &str,
    ops: *const FileOperations,
    private_data: *mut c_void,
    flags: c_int,
) -> Result<*mut File, Errno> {
    let opened = unopened(name, flags);
    // SAFETY: the contract; nothing else has a pointer to the file yet.
    unsafe {
        ((*opened).file.op, (*opened).file.private_data, (*opened).inode.fop) = (ops, private_data, ops);
        match Owner::take((*ops).owner) {
            Some(owner) => (*opened).owner = Some(owner),
            None => {
                drop(boxes::take(opened));
                return Err(Errno::ENOENT);
            }
        }
    }
    Ok(opened.cast())
}

/// Allocates an open file without operations.
fn unopened(name: &str, flags: c_int) -> *mut Open {
    let last = CString::new(name.rsplit('/').next().unwrap_or_default()).unwrap_or_default();
    // SAFETY: all fields of the three may be zero.
    let (file, inode, dentry) =
        unsafe { (std::mem::zeroed::<File>(), std::mem::zeroed::<Inode>(), std::mem::zeroed::<Dentry>()) };
    let (entry, opener, kept, owner) = (None, None, None, None);
    let opened = Open { file, inode, dentry, name: last, fd: -1, entry, opener, kept, owner };
    let opened = boxes::give(Box::new(opened));
    // SAFETY: nothing else has a pointer to it before the module's `open`.
    unsafe {
        let (inode, dentry) = (&raw mut (*opened).inode, &raw mut (*opened).dentry);
        let file = &mut (*opened).file;
        (file.inode, file.dentry, file.count) = (inode, dentry, AtomicI64::new(1));
        // O_RDONLY is 0, O_WRONLY 1, O_RDWR 2.
        (file.flags, file.mode) =
            (flags as c_uint, ((flags as c_uint + 1) & (FMODE_READ | FMODE_WRITE)) | FMODE_POSITIONS);
        ((*inode).mode, (*inode).count) = (libc::S_IFCHR as u16 | 0o600, 1);
        let devices = (&raw mut (*inode).devices).cast();
        (*inode).devices = ListHead { next: devices, prev: devices };
        ((*dentry).name, (*dentry).inode) = ((*opened).name.as_ptr(), inode);
        (*dentry).length = (*opened).name.as_bytes().len() as u32;
    }
    opened
}

impl Open {
    /// The descriptor of the file with this inode, if it is a file of the operating system.
    ///
    /// # Safety
    ///
    /// The inode is that of an open file. (An entry's dentry has a null inode.)
    pub(super) unsafe fn system_fd(inode: *mut Inode) -> Option<c_int> {
        // SAFETY: by the contract, an inode with the system's operations is part of an open file.
        unsafe {
            let opened = inode.byte_sub(std::mem::offset_of!(Open, inode)).cast::<Open>();
            system::is_of_system(&*inode).then(|| (*opened).fd)
        }
    }
}

/// Sets the file's operations, and calls their `open`.
fn begin(opened: *mut Open, target: Target, name: &str, flags: c_int, mode: u16) -> Result<(), Errno> {
    // SAFETY: as in `open`; registered objects are valid.
    unsafe {
        let (file, inode) = (&raw mut (*opened).file, &raw mut (*opened).inode);
        // Held until the module's `open` has returned.
        let mut _inside = None;
        let mut _opening = None;
        match target {
            Target::System => return system::open(opened, name, flags, mode),
            Target::Entry(entry) => {
                if matches!(entry.what, What::Folder) {
                    return Err(Errno::EISDIR);
                }
                entry.permits((*file).mode & FMODE_READ != 0, (*file).mode & FMODE_WRITE != 0)?;
                _inside = entry.enter(Wanted::Open)?;
                (*file).op = entry.ops;
                (*inode).private = entry.data;
                (*inode).mode = libc::S_IFREG as u16 | (entry.mode() & 0o7777);
                (*opened).dentry.fsdata = Arc::as_ptr(&entry).cast_mut().cast();
                (*opened).entry = Some(entry);
            }
            Target::Misc(misc) => {
                (*file).op = misc.ops;
                (*file).private_data = misc.misc.cast();
                (*inode).rdev = misc.number;
                _opening = Some(misc);
            }
            Target::Number(number) => {
                let found = cdev_of(number).ok_or(Errno::ENXIO)?;
                (*file).op = found.ops;
                (*inode).cdev = found.cdev.cast();
                (*inode).rdev = number;
                (*opened).kept = Some(found.kept);
            }
        }
        (*inode).fop = (*file).op;
        let ops = (*file).op.as_ref().ok_or(Errno::ENXIO)?;
        if ops.llseek.is_none() {
            (*file).mode &= !FMODE_LSEEK;
        }
        (*opened).owner = Some(Owner::take(ops.owner).ok_or(Errno::ENXIO)?);
        let error = ops.open.map_or(0, |open| open(inode, file));
        if error < 0 {
            return Err(Errno::from_raw(-error));
        }
        if let Some(entry) = &(*opened).entry
            && entry.file_system() == FileSystem::Proc
        {
            (*opened).opener = ops.release.map(|release| entry.openers.add(file, release));
        }
        Ok(())
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn filp_open(name: *const c_char, flags: c_int, mode: u16) -> *mut File {
    let _whole = crate::abi::may_sleep_in_all("filp_open");
    // SAFETY: the C contract.
    let name = unsafe { text(name) };
    let opened = open(&name, flags, mode, true);
    opened.inspect(|file| New::of(&left::FILE, file.addr(), "filp_open").named(&name)).unwrap_or_else(err_ptr)
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn filp_close(file: *mut File, id: *mut c_void) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("filp_close");
    if is_err_or_null(file) {
        return Errno::EBADF.as_return();
    }
    if boxes::is_freed(file) {
        left::warn_gone(file.addr(), "filp_close");
        return Errno::EBADF.as_return();
    }
    // SAFETY: the C contract.
    unsafe {
        let flushed = (*(*file).op).flush.map_or(0, |flush| flush(file, id));
        fput(file);
        flushed
    }
}

/// Drops a reference. With the last one, calls `release` and frees the file.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn fput(file: *mut File) {
    if boxes::is_freed(file) {
        return left::warn_gone(file.addr(), "fput");
    }
    // SAFETY: the C contract. AcqRel: all other threads' accesses happen before the release.
    unsafe {
        if (*file).count.fetch_sub(1, Ordering::AcqRel) == 1 {
            let opened = file.cast::<Open>();
            match ((*opened).entry.clone(), (*opened).opener.clone()) {
                (Some(entry), Some(opener)) => entry.openers.close(&opener),
                _ => {
                    if let Some(release) = (*(*file).op).release {
                        release((*file).inode, file);
                    }
                }
            }
            left::gone(&left::FILE, file.addr());
            drop(boxes::take(opened));
        }
    }
}

/// A file's operations for one call. While this lives, a removal waits.
pub(super) struct Using {
    ops: *const FileOperations,
    _inside: Option<Inside>,
}

impl Deref for Using {
    type Target = FileOperations;

    fn deref(&self) -> &FileOperations {
        // SAFETY: by the C contract the file is open; if it belongs to an entry, the entry's
        // removal waits for us.
        unsafe { &*self.ops }
    }
}

/// The operations of an open file for what is `wanted`. Fails with the entry's error if that was
/// removed.
pub(super) unsafe fn check(file: *mut File, mode: c_uint, wanted: Wanted) -> Result<Using, Errno> {
    if is_err_or_null(file) {
        return Err(Errno::EBADF);
    }
    // SAFETY: the C contract: the file is open.
    unsafe {
        if (*file).mode & mode != mode {
            return Err(Errno::EBADF);
        }
        let _inside = match &(*file.cast::<Open>()).entry {
            Some(entry) => entry.enter(wanted)?,
            None => None,
        };
        Ok(Using { ops: (*file).op, _inside })
    }
}

/// The result of an open file's `poll`.
///
/// # Safety
///
/// The C contract; `table` is a `poll_table`.
pub(super) unsafe fn poll(file: *mut File, table: *mut c_void) -> Result<c_uint, Errno> {
    if is_err_or_null(file) {
        return Err(Errno::EBADF);
    }
    // SAFETY: the C contract: the file is open.
    let entry = unsafe { (*file.cast::<Open>()).entry.as_ref() }.map(|entry| entry.file_system());
    // SAFETY: as above.
    Ok(match (unsafe { check(file, 0, Wanted::Bytes) }, entry) {
        // SAFETY: the C contract.
        (Ok(ops), _) => ops.poll.map_or(DEFAULT_POLLMASK, |poll| unsafe { poll(file, table) }),
        (Err(_), Some(FileSystem::Debugfs)) => POLLHUP,
        (Err(_), Some(FileSystem::Sysfs)) => DEFAULT_POLLMASK | POLLERR | POLLPRI,
        (Err(_), _) => DEFAULT_POLLMASK,
    })
}

/// The bytes of a read or a write.
struct Bytes {
    base: *mut c_void,
    count: usize,
    /// The required mode of the file, which also says whether this reads or writes.
    mode: c_uint,
}

/// Reads or writes by the operations' plain function if there is one, or else by their `iter`; at
/// the file's position if `pos` is null.
///
/// # Safety
///
/// The C contract.
unsafe fn transfer<F>(
    file: *mut File,
    bytes: Bytes,
    pos: *mut i64,
    functions: impl FnOnce(&FileOperations) -> (Op<F>, Op<Iter>),
    plain: impl FnOnce(F, *mut i64) -> isize,
) -> isize {
    // SAFETY: the contract.
    unsafe {
        match check(file, bytes.mode, Wanted::Bytes) {
            Err(errno) => errno.as_return() as isize,
            Ok(ops) => {
                let pos = if pos.is_null() { &raw mut (*file).pos } else { pos };
                match functions(&ops) {
                    (Some(function), _) => plain(function, pos),
                    (None, Some(iter)) => by_iter(iter, file, &bytes, pos),
                    (None, None) => Errno::EINVAL.as_return() as isize,
                }
            }
        }
    }
}

/// Through `read_iter` or `write_iter`, with one piece of memory.
unsafe fn by_iter(iter: Iter, file: *mut File, bytes: &Bytes, pos: *mut i64) -> isize {
    // SAFETY: the C contract.
    unsafe {
        let mut iocb = Kiocb {
            filp: file,
            pos: *pos,
            complete: ptr::null(),
            private: ptr::null_mut(),
            flags: 0,
            ioprio: 0,
        };
        let &Bytes { base, count, mode } = bytes;
        let piece = Kvec { base, length: count };
        let data_source = (mode == FMODE_WRITE).into();
        let mut pieces = IovIter { data_source, offset: 0, count, kvec: &piece, segments: 1 };
        let result = iter(&mut iocb, &mut pieces);
        *pos = iocb.pos;
        result
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn vfs_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    let _whole = crate::abi::may_sleep_in_all("vfs_read");
    let bytes = Bytes { base: to.cast(), count, mode: FMODE_READ };
    let functions = |ops: &FileOperations| (ops.read, ops.read_iter);
    // SAFETY: the C contract.
    unsafe { transfer(file, bytes, pos, functions, |read, pos| read(file, to, count, pos)) }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn vfs_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    let _whole = crate::abi::may_sleep_in_all("vfs_write");
    let bytes = Bytes { base: from.cast_mut().cast(), count, mode: FMODE_WRITE };
    let functions = |ops: &FileOperations| (ops.write, ops.write_iter);
    // SAFETY: the C contract.
    unsafe { transfer(file, bytes, pos, functions, |write, pos| write(file, from, count, pos)) }
}

/// True if `kernel_read` and `kernel_write` work on this file: since 5.10 they need `read_iter` and
/// `write_iter`. In a kernel, files of file systems, attributes of sysfs and seq_files of /proc
/// have these. For other files, the module's table decides.
///
/// # Safety
///
/// The C contract.
unsafe fn has_iter(file: *mut File, functions: impl FnOnce(&FileOperations) -> (bool, bool)) -> bool {
    // SAFETY: the contract: the file is open.
    let (opened, ops) = unsafe { (&*file.cast::<Open>(), &*(*file).op) };
    let theirs = match &opened.entry {
        Some(entry) => matches!(
            entry.what,
            What::Attribute(_) | What::Single(_) | What::Seq(..) | What::Bytes(entry::Bytes::Binary { .. })
        ),
        None => opened.fd >= 0,
    };
    theirs || functions(ops) == (false, true)
}

/// `kernel_read` since 5.10.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kernel_read(
    file: *mut File,
    to: *mut c_void,
    count: usize,
    pos: *mut i64,
) -> isize {
    let _whole = crate::abi::may_sleep_in_all("kernel_read");
    // SAFETY: the C contract.
    unsafe {
        let can = !is_err_or_null(file) && (*file).mode & FMODE_READ != 0;
        if !can || !has_iter(file, |ops| (ops.read.is_some(), ops.read_iter.is_some())) {
            return Errno::EINVAL.as_return() as isize;
        }
        vfs_read(file, to.cast(), count, pos)
    }
}

/// `kernel_write` since 5.10.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kernel_write(
    file: *mut File,
    from: *const c_void,
    count: usize,
    pos: *mut i64,
) -> isize {
    let _whole = crate::abi::may_sleep_in_all("kernel_write");
    // SAFETY: the C contract.
    unsafe {
        let cannot = is_err_or_null(file) || (*file).mode & FMODE_WRITE == 0;
        if !cannot && !has_iter(file, |ops| (ops.write.is_some(), ops.write_iter.is_some())) {
            return Errno::EINVAL.as_return() as isize;
        }
        vfs_write(file, from.cast(), count, pos)
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn vfs_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract. Without an `llseek`, or if the file was opened without a position,
    // there is none to set, as with `no_llseek`.
    unsafe {
        match check(file, 0, Wanted::Seek) {
            Err(errno) => errno.as_return().into(),
            Ok(ops) => match ops.llseek {
                Some(llseek) if (*file).mode & FMODE_LSEEK != 0 => llseek(file, offset, whence),
                _ => Errno::ESPIPE.as_return().into(),
            },
        }
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn vfs_ioctl(
    file: *mut File,
    command: c_uint,
    argument: c_ulong,
) -> c_long {
    /// `ENOIOCTLCMD`, which programs see as ENOTTY.
    const ENOIOCTLCMD: c_long = -515;
    // SAFETY: the C contract.
    unsafe {
        match check(file, 0, Wanted::Ioctl) {
            Err(errno) => errno.as_return().into(),
            Ok(ops) => match ops.unlocked_ioctl.map(|ioctl| ioctl(file, command, argument)) {
                None | Some(ENOIOCTLCMD) => Errno::ENOTTY.as_return().into(),
                Some(result) => result,
            },
        }
    }
}
