//! Open files: `filp_open`, `vfs_read` and relatives, and `linux/kt_dev.h`.
//!
//! A name leads to one of four: an entry of /proc, debugfs or sysfs; a misc device; a number, and by it to a `cdev`; or a file
//! of the system, if no module has registered the name. All are a [`File`] with a table of operations; those of the system have
//! [`SYSTEM`]'s.

use super::super::{In, err_ptr, is_err_or_null, kstrtox, text};
use super::chrdev::{self, cdev_of};
use super::device::{self, Node};
use super::entry::{self, Entry, What};
use super::{Dentry, File, FileOperations, Inode, IovIter, Kiocb, Kvec, ListHead};
use kthread_rt::prelude::*;
use kthread_rt::raw_wait as raw;
use std::ffi::{CString, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// `FMODE_READ` and `FMODE_WRITE`.
const FMODE_READ: c_uint = 1;
const FMODE_WRITE: c_uint = 2;
/// `DEFAULT_POLLMASK`: of a file that does not say.
const DEFAULT_POLLMASK: c_uint = 0x145;
/// `POLLERR | POLLHUP`: what is told whether or not it was asked for.
const ALWAYS: c_uint = 0x18;
/// The buffer of an attribute.
const PAGE: usize = 4096;

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
}

/// What a name leads to.
enum Target {
    Entry(Arc<Entry>),
    Misc(*mut super::device::Misc, u32),
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
        Some(Node::Misc(misc, number)) => Target::Misc(misc, number),
        Some(Node::Number(number)) => Target::Number(number),
        None => short.and_then(chrdev::number_of).map_or(Target::System, Target::Number),
    }
}

/// Opens what a name leads to.
fn open(name: &str, flags: c_int, mode: u16, system: bool) -> Result<*mut File, Errno> {
    let target = resolve(name);
    if !system && matches!(target, Target::System) {
        return Err(Errno::ENOENT);
    }
    let last = CString::new(name.rsplit('/').next().unwrap_or_default()).unwrap_or_default();
    // SAFETY: all fields of the three may be zero.
    let (file, inode, dentry) =
        unsafe { (std::mem::zeroed::<File>(), std::mem::zeroed::<Inode>(), std::mem::zeroed::<Dentry>()) };
    let opened = Box::into_raw(Box::new(Open { file, inode, dentry, name: last, fd: -1, entry: None }));
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
        match target {
            Target::System => return open_system(opened, name, flags, mode),
            Target::Entry(entry) => {
                if matches!(entry.what, What::Folder) {
                    return Err(Errno::EISDIR);
                }
                (*file).op = entry.ops;
                (*inode).private = entry.data;
                (*inode).mode = libc::S_IFREG as u16 | (entry.mode & 0o7777);
                (*opened).dentry.fsdata = Arc::as_ptr(&entry).cast_mut().cast();
                (*opened).entry = Some(entry);
            }
            Target::Misc(misc, number) => {
                (*file).op = (*misc).ops;
                (*file).private_data = misc.cast();
                (*inode).rdev = number.into();
            }
            Target::Number(number) => {
                let cdev = cdev_of(number).ok_or(Errno::ENXIO)?;
                (*file).op = (*cdev).ops;
                (*inode).cdev = cdev.cast();
                (*inode).rdev = number.into();
            }
        }
        (*inode).fop = (*file).op;
        let ops = (*file).op.as_ref().ok_or(Errno::ENXIO)?;
        match ops.open.map_or(0, |open| open(inode, file)) {
            error if error < 0 => Err(Errno::from_raw(-error)),
            _ => Ok(()),
        }
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
unsafe extern "C-unwind" fn filp_close(file: *mut File, id: *mut c_void) -> c_int {
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
            if let Some(release) = (*(*file).op).release {
                release((*file).inode, file);
            }
            drop(Box::from_raw(file.cast::<Open>()));
        }
    }
}

/// −EIO if the file's entry was removed.
unsafe fn check(file: *mut File, mode: c_uint) -> Result<&'static FileOperations, Errno> {
    if is_err_or_null(file) {
        return Err(Errno::EBADF);
    }
    // SAFETY: the C contract: the file is open, and its operations are as long as it is.
    unsafe {
        if (*file).mode & mode != mode {
            return Err(Errno::EBADF);
        }
        if (*file.cast::<Open>()).entry.as_ref().is_some_and(|entry| entry.is_gone()) {
            return Err(Errno::EIO);
        }
        Ok(&*(*file).op)
    }
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
unsafe extern "C-unwind" fn vfs_read(file: *mut File, to: *mut c_char, count: usize, pos: *mut i64) -> isize {
    // SAFETY: the C contract. Without a position, the file's.
    unsafe {
        match check(file, FMODE_READ) {
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
unsafe extern "C-unwind" fn vfs_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: as in `vfs_read`.
    unsafe {
        match check(file, FMODE_WRITE) {
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
unsafe extern "C-unwind" fn vfs_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract. A table without one has no position to set, as `no_llseek`.
    unsafe {
        match check(file, 0) {
            Err(errno) => errno.as_return().into(),
            Ok(ops) => match ops.llseek {
                Some(llseek) => llseek(file, offset, whence),
                None => Errno::ESPIPE.as_return().into(),
            },
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn vfs_ioctl(file: *mut File, command: c_uint, argument: c_ulong) -> c_long {
    /// `ENOIOCTLCMD`, which programs see as ENOTTY.
    const ENOIOCTLCMD: c_long = -515;
    // SAFETY: the C contract.
    unsafe {
        match check(file, 0) {
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

// linux/kt_dev.h.

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_open(name: *const c_char, flags: c_int) -> *mut File {
    // SAFETY: the C contract.
    open(&unsafe { text(name) }, flags, 0, false).unwrap_or_else(err_ptr)
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_read(file: *mut File, to: *mut c_void, count: usize) -> isize {
    // SAFETY: the C contract.
    unsafe { vfs_read(file, to.cast(), count, ptr::null_mut()) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_write(file: *mut File, from: *const c_void, count: usize) -> isize {
    // SAFETY: the C contract.
    unsafe { vfs_write(file, from.cast(), count, ptr::null_mut()) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_lseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract.
    unsafe { vfs_llseek(file, offset, whence) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_ioctl(file: *mut File, command: c_uint, argument: c_ulong) -> c_long {
    // SAFETY: the C contract.
    unsafe { vfs_ioctl(file, command, argument) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_close(file: *mut File) -> c_int {
    // SAFETY: the C contract.
    unsafe { filp_close(file, ptr::null_mut()) }
}

/// `poll_table`, and the entries that `poll_wait` put on queues.
#[repr(C)]
struct PollTable {
    queue: Option<unsafe extern "C-unwind" fn(*mut File, *const WaitQueueHead, *mut PollTable)>,
    key: c_uint,
    // Here the header ends.
    entries: Vec<(*const WaitQueueHead, Box<WaitQueueEntry>)>,
}

unsafe extern "C-unwind" fn queue(_file: *mut File, wq: *const WaitQueueHead, table: *mut PollTable) {
    let task = current().as_ptr().cast_mut().cast();
    let mut entry = Box::new(WaitQueueEntry::new(default_wake_function, task));
    // SAFETY: the C contract: the queue lives as long as the file is open, and the entry is taken off before that ends.
    unsafe {
        raw::add_wait_queue(&*wq, &mut *entry);
        (*table).entries.push((wq, entry));
    }
}

impl Drop for PollTable {
    fn drop(&mut self) {
        for (wq, entry) in &mut self.entries {
            // SAFETY: as in `queue`.
            unsafe { raw::remove_wait_queue(&**wq, &mut **entry) };
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_poll(file: *mut File, events: c_uint, timeout_ms: c_int) -> c_int {
    // SAFETY: the C contract.
    let ops = match unsafe { check(file, 0) } {
        Ok(ops) => ops,
        Err(errno) => return errno.as_return(),
    };
    let Some(poll) = ops.poll else { return (DEFAULT_POLLMASK & events) as c_int };
    let wanted = events | ALWAYS;
    let mut table = PollTable { queue: Some(queue), key: wanted, entries: Vec::new() };
    let mut left = if timeout_ms < 0 { i64::MAX } else { msecs_to_jiffies(timeout_ms as u32) as i64 };
    loop {
        // The state before the look: a wake-up in between is not lost.
        set_current_state(TASK_INTERRUPTIBLE);
        // SAFETY: the C contract; the table begins as the header says.
        let ready = unsafe { poll(file, (&raw mut table).cast()) } & wanted;
        // It is on the queues now: once is enough.
        table.queue = None;
        if ready != 0 || left == 0 || signal_pending(&current()) {
            set_current_state(TASK_RUNNING);
            return ready as c_int;
        }
        left = schedule_timeout(left);
    }
}

// For tables of operations.

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn noop_llseek(file: *mut File, _offset: i64, _whence: c_int) -> i64 {
    // SAFETY: the C contract.
    unsafe { (*file).pos }
}

/// Sets the position, in a file of `size` bytes.
unsafe fn seek(file: *mut File, offset: i64, whence: c_int, size: Option<i64>) -> i64 {
    // SAFETY: the C contract.
    unsafe {
        let wanted = match (whence, size) {
            (libc::SEEK_SET, _) => offset,
            (libc::SEEK_CUR, _) => (*file).pos.saturating_add(offset),
            (libc::SEEK_END, Some(size)) => size.saturating_add(offset),
            _ => -1,
        };
        if wanted < 0 {
            return Errno::EINVAL.as_return().into();
        }
        (*file).pos = wanted;
        wanted
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn default_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract.
    unsafe { seek(file, offset, whence, Some((*(*file).inode).size)) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn generic_file_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract.
    unsafe { default_llseek(file, offset, whence) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn fixed_size_llseek(file: *mut File, offset: i64, whence: c_int, size: i64) -> i64 {
    // SAFETY: the C contract. Beyond the end there is nothing.
    unsafe {
        let before = (*file).pos;
        let wanted = seek(file, offset, whence, Some(size));
        if wanted <= size {
            return wanted;
        }
        (*file).pos = before;
        Errno::EINVAL.as_return().into()
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn no_seek_end_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract.
    unsafe { seek(file, offset, whence, None) }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn nonseekable_open(_inode: In<Inode>, _file: In<File>) -> c_int {
    0
}

#[unsafe(no_mangle)]
extern "C-unwind" fn stream_open(_inode: In<Inode>, _file: In<File>) -> c_int {
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_open(inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        if !(*inode).private.is_null() {
            (*file).private_data = (*inode).private;
        }
    }
    0
}

/// An address that can't be a program's.
fn faults(address: usize) -> bool {
    !(4096..=usize::MAX - 4095).contains(&address)
}

/// How much there is to copy at a position of a buffer, of which the program's side is at `user`; or the error.
fn span(pos: i64, count: usize, available: usize, user: usize) -> Result<(usize, usize), Errno> {
    let at = usize::try_from(pos).map_err(|_| Errno::EINVAL)?;
    let n = count.min(available.saturating_sub(at));
    if n > 0 && faults(user) { Err(Errno::EFAULT) } else { Ok((at, n)) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_read_from_buffer(
    to: *mut c_void,
    count: usize,
    pos: *mut i64,
    from: *const c_void,
    available: usize,
) -> isize {
    // SAFETY: the C contract: `from` has `available` bytes, `to` has room for `count`.
    unsafe {
        match span(*pos, count, available, to.addr()) {
            Err(errno) => errno.as_return() as isize,
            Ok((at, n)) => {
                if n > 0 {
                    to.cast::<u8>().copy_from(from.cast::<u8>().add(at), n);
                }
                *pos += n as i64;
                n as isize
            }
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_write_to_buffer(
    to: *mut c_void,
    available: usize,
    pos: *mut i64,
    from: *const c_void,
    count: usize,
) -> isize {
    // SAFETY: the C contract: `to` has `available` bytes, `from` has `count`.
    unsafe {
        match span(*pos, count, available, from.addr()) {
            Err(errno) => errno.as_return() as isize,
            Ok((at, n)) => {
                if n > 0 {
                    to.cast::<u8>().add(at).copy_from(from.cast(), n);
                }
                *pos += n as i64;
                n as isize
            }
        }
    }
}

// Files with one value: attributes of sysfs, numbers of debugfs, simple attributes.

/// The operations of an attribute of sysfs.
pub(super) static ATTRIBUTE: FileOperations = FileOperations {
    llseek: Some(generic_file_llseek),
    read: Some(attribute_read),
    write: Some(attribute_write),
    ..FileOperations::NONE
};

/// The operations of a number of debugfs.
pub(super) static NUMBER: FileOperations = FileOperations {
    llseek: Some(generic_file_llseek),
    read: Some(number_read),
    write: Some(number_write),
    ..FileOperations::NONE
};

/// The bytes of `text` at the position.
unsafe fn read_text(text: &[u8], to: *mut c_char, count: usize, pos: *mut i64) -> isize {
    // SAFETY: the C contract.
    unsafe { simple_read_from_buffer(to.cast(), count, pos, text.as_ptr().cast(), text.len()) }
}

/// What a program wrote, as a C string of at most a page.
unsafe fn written(from: *const c_char, count: usize) -> Result<CString, Errno> {
    if faults(from.addr()) {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the C contract: that many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), count.min(PAGE - 1)) };
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).map_err(|_| Errno::EINVAL)
}

unsafe extern "C-unwind" fn attribute_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the file is open, and of an attribute.
    unsafe {
        let What::Attribute(of) = (*entry::of((*file).dentry)).what else {
            return Errno::EINVAL.as_return() as isize;
        };
        let Some(show) = of.ops.show else { return Errno::EIO.as_return() as isize };
        let mut page = vec![0u8; PAGE];
        match show(of.owner, of.attr, page.as_mut_ptr().cast()) {
            length if length < 0 => length,
            length => read_text(&page[..PAGE.min(length as usize)], to, count, pos),
        }
    }
}

unsafe extern "C-unwind" fn attribute_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    _pos: *mut i64,
) -> isize {
    // SAFETY: as above.
    unsafe {
        let What::Attribute(of) = (*entry::of((*file).dentry)).what else {
            return Errno::EINVAL.as_return() as isize;
        };
        let Some(store) = of.ops.store else { return Errno::EIO.as_return() as isize };
        match written(from, count) {
            Ok(text) => store(of.owner, of.attr, text.as_ptr(), text.as_bytes().len()),
            Err(errno) => errno.as_return() as isize,
        }
    }
}

unsafe extern "C-unwind" fn number_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the file is open, and of a number: its datum is that many bytes.
    unsafe {
        let entry = entry::of((*file).dentry);
        let What::Number { bytes, kind } = (*entry).what else { return Errno::EINVAL.as_return() as isize };
        let number = match bytes {
            1 => u64::from((*entry).data.cast::<u8>().read()),
            2 => u64::from((*entry).data.cast::<u16>().read()),
            4 => u64::from((*entry).data.cast::<u32>().read()),
            _ => (*entry).data.cast::<u64>().read(),
        };
        let text = match kind {
            b'b' => if number != 0 { "Y\n" } else { "N\n" }.to_owned(),
            b'd' => format!("{}\n", number as i32),
            b'x' => format!("0x{number:0width$x}\n", width = 2 * bytes as usize),
            _ => format!("{number}\n"),
        };
        read_text(text.as_bytes(), to, count, pos)
    }
}

unsafe extern "C-unwind" fn number_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    _pos: *mut i64,
) -> isize {
    // SAFETY: as above.
    unsafe {
        let entry = entry::of((*file).dentry);
        let What::Number { bytes, kind } = (*entry).what else { return Errno::EINVAL.as_return() as isize };
        let text = match written(from, count) {
            Ok(text) => text,
            Err(errno) => return errno.as_return() as isize,
        };
        let number = match kind {
            b'b' => kstrtox::boolean(text.as_bytes()).map(u64::from),
            _ => kstrtox::signed(text.as_bytes(), 0)
                .map(|number| number as u64)
                .or_else(|_| kstrtox::unsigned(text.as_bytes(), 0)),
        };
        match number {
            Err(errno) => return errno.as_return() as isize,
            Ok(number) => match bytes {
                1 => (*entry).data.cast::<u8>().write(number as u8),
                2 => (*entry).data.cast::<u16>().write(number as u16),
                4 => (*entry).data.cast::<u32>().write(number as u32),
                _ => (*entry).data.cast::<u64>().write(number),
            },
        }
        count as isize
    }
}

/// What `simple_attr_open` keeps.
struct SimpleAttr {
    get: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut u64) -> c_int>,
    set: Option<unsafe extern "C-unwind" fn(*mut c_void, u64) -> c_int>,
    data: *mut c_void,
    format: *const c_char,
}

unsafe extern "C" {
    /// A number by a format.
    fn kt_shim_format_u64(buf: *mut c_char, size: usize, format: *const c_char, value: u64) -> c_int;
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_attr_open(
    inode: *mut Inode,
    file: *mut File,
    get: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut u64) -> c_int>,
    set: Option<unsafe extern "C-unwind" fn(*mut c_void, u64) -> c_int>,
    format: *const c_char,
) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let attr = SimpleAttr { get, set, data: (*inode).private, format };
        (*file).private_data = Box::into_raw(Box::new(attr)).cast();
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_attr_release(_inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: `simple_attr_open` made it.
    drop(unsafe { Box::from_raw((*file).private_data.cast::<SimpleAttr>()) });
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_attr_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: as above.
    unsafe {
        let attr = (*file).private_data.cast::<SimpleAttr>();
        let Some(get) = (*attr).get else { return Errno::EACCES.as_return() as isize };
        let mut value = 0;
        match get((*attr).data, &mut value) {
            0 => {}
            error => return error as isize,
        }
        let mut text = [0u8; 64];
        let length = kt_shim_format_u64(text.as_mut_ptr().cast(), text.len(), (*attr).format, value);
        read_text(&text[..(length as usize).min(text.len() - 1)], to, count, pos)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_attr_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    _pos: *mut i64,
) -> isize {
    // SAFETY: as above.
    unsafe {
        let attr = (*file).private_data.cast::<SimpleAttr>();
        let Some(set) = (*attr).set else { return Errno::EACCES.as_return() as isize };
        let value = written(from, count).and_then(|text| {
            let text = text.as_bytes();
            kstrtox::signed(text, 0).map(|value| value as u64).or_else(|_| kstrtox::unsigned(text, 0))
        });
        match value.map(|value| set((*attr).data, value)) {
            Ok(0) => count as isize,
            Ok(error) => error as isize,
            Err(errno) => errno.as_return() as isize,
        }
    }
}
