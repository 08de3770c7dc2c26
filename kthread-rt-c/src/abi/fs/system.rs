//! Files of the operating system, which `filp_open` opens if no module has registered the name.

use super::file::Open;
use super::{File, FileOperations, Inode};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_uint, c_ulong};

/// The operations of the system's files.
static SYSTEM: FileOperations = FileOperations {
    llseek: Some(system_llseek),
    read: Some(system_read),
    write: Some(system_write),
    release: Some(system_release),
    ..FileOperations::NONE
};

/// True if this is the inode of an open file of the operating system.
pub(super) fn is_of_system(inode: &Inode) -> bool {
    std::ptr::eq(inode.fop, &raw const SYSTEM)
}

pub(super) unsafe fn open(opened: *mut Open, name: &str, flags: c_int, mode: u16) -> Result<(), Errno> {
    let path = CString::new(name).map_err(|_| Errno::EINVAL)?;
    // SAFETY: a valid path, and room for the file's attributes.
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
    // SAFETY: the C contract. The position is kept in the file here, so SEEK_CUR counts from it.
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
    // SAFETY: the descriptor is open, and closed only once.
    unsafe { libc::close(fd(file)) };
    0
}

/// # Safety
///
/// The C contract; memory at a fixed address, which the mapping replaces, is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn vm_mmap(
    file: *mut File,
    address: usize,
    length: usize,
    protection: c_ulong,
    flags: c_ulong,
    offset: c_ulong,
) -> c_ulong {
    let _whole = crate::abi::may_sleep_in_all("vm_mmap");
    // SAFETY: the contract.
    unsafe {
        let fd = if file.is_null() { -1 } else { fd(file) };
        if !file.is_null() && fd < 0 {
            return Errno::ENODEV.as_return() as c_ulong;
        }
        let at = std::ptr::without_provenance_mut(address);
        let mapped = libc::mmap(at, length, protection as c_int, flags as c_int, fd, offset as libc::off_t);
        if mapped == libc::MAP_FAILED {
            return last_error().as_return() as c_ulong;
        }
        mapped.expose_provenance() as c_ulong
    }
}

/// # Safety
///
/// The memory is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn vm_munmap(address: usize, length: usize) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("vm_munmap");
    // SAFETY: the contract.
    match unsafe { libc::munmap(std::ptr::with_exposed_provenance_mut(address), length) } {
        0 => 0,
        _ => last_error().as_return(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn vfs_fsync(file: *mut File, _datasync: c_int) -> c_int {
    // SAFETY: the C contract.
    match unsafe { fd(file) } {
        -1 => Errno::EINVAL.as_return(),
        // SAFETY: the call accepts any descriptor.
        fd => or_error(unsafe { libc::fsync(fd) } as isize) as c_int,
    }
}
