//! Open files: `filp_open`, `vfs_read` and relatives.
//!
//! A name leads to one of four: an entry of /proc, debugfs or sysfs; a misc device; a number, and by it to a `cdev`; or a file
//! of the system, if no module has registered the name. All are a [`File`] with a table of operations; those of the system have
//! [`SYSTEM`]'s.

use super::super::{err_ptr, is_err_or_null, text};
use super::active::Inside;
use super::chrdev::{self, Kept, cdev_of};
use super::device::{self, Node, OpeningMisc};
use super::entry::{self, Entry, FileSystem, Wanted, What};
use super::opener::Opener;
use super::{Dentry, File, FileOperations, Inode, IovIter, Kiocb, Kvec, ListHead};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ops::Deref;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// `FMODE_READ` and `FMODE_WRITE`.
const FMODE_READ: c_uint = 1;
const FMODE_WRITE: c_uint = 2;
/// `DEFAULT_POLLMASK`: of a file that does not say.
const DEFAULT_POLLMASK: c_uint = 0x145;
/// `POLLERR`, `POLLHUP` and `POLLPRI`.
const POLLERR: c_uint = 8;
const POLLHUP: c_uint = 0x10;
const POLLPRI: c_uint = 2;
/// What is told whether or not it was asked for.
pub(super) const ALWAYS: c_uint = POLLERR | POLLHUP;

/// An open file, and all that it has for itself. The file is its first field.
#[repr(C)]
struct Open {
    file: File,
    inode: Inode,
    dentry: Dentry,
    name: CString,
    /// Of a file of the system.
    fd: c_int,
    entry: Option<Arc<Entry>>,
    /// Of an entry of /proc with a `release`.
    opener: Option<Arc<Opener>>,
    /// Of a `cdev`.
    kept: Option<Arc<Kept>>,
}

/// What a name leads to.
enum Target {
    Entry(Arc<Entry>),
    Misc(OpeningMisc),
    Number(u32),
    System,
}

/// Looks for a name among what is registered. A bare one is a device's.
fn resolve(name: &str) -> Target {
    if let Some(entry) = entry::find(name) {
        return Target::Entry(entry);
    }
    let short = name.strip_prefix("/dev/").or((!name.starts_with('/')).then_some(name));
    match short.and_then(device::find) {
        Some(Node::Misc(misc)) => Target::Misc(misc),
        Some(Node::Number(number)) => Target::Number(number),
        None => short.and_then(chrdev::number_of).map_or(Target::System, Target::Number),
    }
}

/// Opens what a name leads to.
pub(super) fn open(name: &str, flags: c_int, mode: u16, system: bool) -> Result<*mut File, Errno> {
    let target = resolve(name);
    if !system && matches!(target, Target::System) {
        return Err(Errno::ENOENT);
    }
    let last = CString::new(name.rsplit('/').next().unwrap_or_default()).unwrap_or_default();
    // SAFETY: all fields of the three may be zero.
    let (file, inode, dentry) =
        unsafe { (std::mem::zeroed::<File>(), std::mem::zeroed::<Inode>(), std::mem::zeroed::<Dentry>()) };
    let (entry, opener, kept) = (None, None, None);
    let opened = Open { file, inode, dentry, name: last, fd: -1, entry, opener, kept };
    let opened = Box::into_raw(Box::new(opened));
    // SAFETY: it is ours alone until the module's `open` gets it.
    unsafe {
        let (inode, dentry) = (&raw mut (*opened).inode, &raw mut (*opened).dentry);
        let file = &mut (*opened).file;
        (file.inode, file.dentry, file.count) = (inode, dentry, AtomicI64::new(1));
        // O_RDONLY is 0, O_WRONLY 1, O_RDWR 2.
        (file.flags, file.mode) = (flags as c_uint, ((flags as c_uint + 1) & (FMODE_READ | FMODE_WRITE)) | 4);
        ((*inode).mode, (*inode).count) = (libc::S_IFCHR as u16 | 0o600, 1);
        let devices = (&raw mut (*inode).devices).cast();
        (*inode).devices = ListHead { next: devices, prev: devices };
        ((*dentry).name, (*dentry).inode) = ((*opened).name.as_ptr(), inode);
        (*dentry).length = (*opened).name.as_bytes().len() as u32;
    }
    match begin(opened, target, name, flags, mode) {
        Ok(()) => Ok(opened.cast()),
        Err(errno) => {
            // SAFETY: nobody else has it: the module refused it.
            drop(unsafe { Box::from_raw(opened) });
            Err(errno)
        }
    }
}

/// Gives the file its operations, and calls their `open`.
fn begin(opened: *mut Open, target: Target, name: &str, flags: c_int, mode: u16) -> Result<(), Errno> {
    // SAFETY: as in `open`; what is registered is valid.
    unsafe {
        let (file, inode) = (&raw mut (*opened).file, &raw mut (*opened).inode);
        // Until the module's `open` has returned.
        let mut _inside = None;
        let mut _opening = None;
        match target {
            Target::System => return open_system(opened, name, flags, mode),
            Target::Entry(entry) => {
                if matches!(entry.what, What::Folder) {
                    return Err(Errno::EISDIR);
                }
                _inside = entry.enter(Wanted::Open)?;
                (*file).op = entry.ops;
                (*inode).private = entry.data;
                (*inode).mode = libc::S_IFREG as u16 | (entry.mode & 0o7777);
                (*opened).dentry.fsdata = Arc::as_ptr(&entry).cast_mut().cast();
                (*opened).entry = Some(entry);
            }
            Target::Misc(misc) => {
                (*file).op = misc.ops;
                (*file).private_data = misc.misc.cast();
                (*inode).rdev = misc.number.into();
                _opening = Some(misc);
            }
            Target::Number(number) => {
                let found = cdev_of(number).ok_or(Errno::ENXIO)?;
                (*file).op = found.ops;
                (*inode).cdev = found.cdev.cast();
                (*inode).rdev = number.into();
                (*opened).kept = Some(found.kept);
            }
        }
        (*inode).fop = (*file).op;
        let ops = (*file).op.as_ref().ok_or(Errno::ENXIO)?;
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

// The system's files.

/// The operations of the system's files.
static SYSTEM: FileOperations = FileOperations {
    llseek: Some(system_llseek),
    read: Some(system_read),
    write: Some(system_write),
    release: Some(system_release),
    ..FileOperations::NONE
};

unsafe fn open_system(opened: *mut Open, name: &str, flags: c_int, mode: u16) -> Result<(), Errno> {
    let path = CString::new(name).map_err(|_| Errno::EINVAL)?;
    // SAFETY: a path, and a place for what the system knows of the file.
    unsafe {
        let fd = libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, c_uint::from(mode));
        if fd < 0 {
            return Err(last_error());
        }
        let mut stat = std::mem::zeroed::<libc::stat>();
        libc::fstat(fd, &mut stat);
        (*opened).fd = fd;
        (*opened).file.op = &raw const SYSTEM;
        let inode = &mut (*opened).inode;
        (inode.mode, inode.size, inode.ino) = (stat.st_mode as u16, stat.st_size, stat.st_ino);
        (inode.uid, inode.gid, inode.fop) = (stat.st_uid, stat.st_gid, &raw const SYSTEM);
    }
    Ok(())
}

fn last_error() -> Errno {
    Errno::from_raw(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO))
}

/// A count, or −errno.
fn or_error(result: isize) -> isize {
    if result < 0 { last_error().as_return() as isize } else { result }
}

unsafe fn fd(file: *mut File) -> c_int {
    // SAFETY: the file is the first field of an `Open`.
    unsafe { (*file.cast::<Open>()).fd }
}

unsafe extern "C-unwind" fn system_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the C contract.
    unsafe {
        let mut n = libc::pread(fd(file), to.cast(), count, *pos);
        if n < 0 && last_error() == Errno::ESPIPE {
            n = libc::read(fd(file), to.cast(), count);
        }
        *pos += n.max(0) as i64;
        or_error(n)
    }
}

unsafe extern "C-unwind" fn system_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the C contract.
    unsafe {
        let append = (*file).flags & libc::O_APPEND as c_uint != 0;
        let mut n = if append { -1 } else { libc::pwrite(fd(file), from.cast(), count, *pos) };
        if append || n < 0 && last_error() == Errno::ESPIPE {
            n = libc::write(fd(file), from.cast(), count);
        }
        *pos += n.max(0) as i64;
        or_error(n)
    }
}

unsafe extern "C-unwind" fn system_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract. The position is the file's here, so "current" is counted from it.
    unsafe {
        let (offset, whence) =
            if whence == libc::SEEK_CUR { ((*file).pos + offset, libc::SEEK_SET) } else { (offset, whence) };
        let pos = or_error(libc::lseek(fd(file), offset, whence) as isize) as i64;
        if pos >= 0 {
            (*file).pos = pos;
        }
        pos
    }
}

unsafe extern "C-unwind" fn system_release(_inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: it is open, and closed once.
    unsafe { libc::close(fd(file)) };
    0
}

// Calls.

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn filp_open(name: *const c_char, flags: c_int, mode: u16) -> *mut File {
    // SAFETY: the C contract.
    open(&unsafe { text(name) }, flags, mode, true).unwrap_or_else(err_ptr)
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn filp_close(file: *mut File, id: *mut c_void) -> c_int {
    if is_err_or_null(file) {
        return Errno::EBADF.as_return();
    }
    // SAFETY: the C contract.
    unsafe {
        let flushed = (*(*file).op).flush.map_or(0, |flush| flush(file, id));
        fput(file);
        flushed
    }
}

/// The last one to let go calls `release`, and frees the file.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn fput(file: *mut File) {
    // SAFETY: the C contract. AcqRel: what others did with the file is done before it is released.
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
            drop(Box::from_raw(opened));
        }
    }
}

/// A file's operations, for one call of them: as long as this lives, they are not removed.
pub(super) struct Using {
    ops: *const FileOperations,
    _inside: Option<Inside>,
}

impl Deref for Using {
    type Target = FileOperations;

    fn deref(&self) -> &FileOperations {
        // SAFETY: of an open file (the C contract), whose entry, if it is one's, waits for us.
        unsafe { &*self.ops }
    }
}

/// The operations of an open file, for what is `wanted`; the error of its entry if that was removed.
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

/// What `poll` says of an open file.
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

/// Through `read_iter` or `write_iter`, with one piece of memory.
unsafe fn by_iter(
    iter: super::Iter,
    source: bool,
    file: *mut File,
    base: *mut c_void,
    length: usize,
    pos: *mut i64,
) -> isize {
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
        let piece = Kvec { base, length };
        let mut pieces =
            IovIter { data_source: source.into(), offset: 0, count: length, kvec: &piece, segments: 1 };
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
    // SAFETY: the C contract. Without a position, the file's.
    unsafe {
        match check(file, FMODE_READ, Wanted::Bytes) {
            Err(errno) => errno.as_return() as isize,
            Ok(ops) => {
                let pos = if pos.is_null() { &raw mut (*file).pos } else { pos };
                match (ops.read, ops.read_iter) {
                    (Some(read), _) => read(file, to, count, pos),
                    (None, Some(iter)) => by_iter(iter, false, file, to.cast(), count, pos),
                    (None, None) => Errno::EINVAL.as_return() as isize,
                }
            }
        }
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn vfs_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: as in `vfs_read`.
    unsafe {
        match check(file, FMODE_WRITE, Wanted::Bytes) {
            Err(errno) => errno.as_return() as isize,
            Ok(ops) => {
                let pos = if pos.is_null() { &raw mut (*file).pos } else { pos };
                match (ops.write, ops.write_iter) {
                    (Some(write), _) => write(file, from, count, pos),
                    (None, Some(iter)) => by_iter(iter, true, file, from.cast_mut().cast(), count, pos),
                    (None, None) => Errno::EINVAL.as_return() as isize,
                }
            }
        }
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn vfs_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract. A table without one has no position to set, as `no_llseek`.
    unsafe {
        match check(file, 0, Wanted::Seek) {
            Err(errno) => errno.as_return().into(),
            Ok(ops) => match ops.llseek {
                Some(llseek) => llseek(file, offset, whence),
                None => Errno::ESPIPE.as_return().into(),
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

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn vfs_fsync(file: *mut File, _datasync: c_int) -> c_int {
    // SAFETY: the C contract.
    match unsafe { fd(file) } {
        -1 => Errno::EINVAL.as_return(),
        // SAFETY: a descriptor.
        fd => or_error(unsafe { libc::fsync(fd) } as isize) as c_int,
    }
}
