//! `linux/namei.h`: looks paths up without opening them, and reads the attributes of files.
//!
//! A dentry of a lookup is refcounted, and is freed with the last reference. Other dentries belong
//! to an open file or to an entry.

use super::super::{err_ptr, is_err_or_null, text};
use super::entry::{self, What};
use super::file::Open;
use super::{Dentry, Inode};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// Flag in `d_flags`: the dentry comes from a lookup.
const FOUND: c_uint = 1 << 31;
/// `STATX_BASIC_STATS`.
const BASIC: u32 = 0x7ff;

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

/// `struct kstat`, without the fields that the header adds.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Kstat {
    result_mask: u32,
    mode: u16,
    nlink: c_uint,
    blksize: u32,
    attributes: u64,
    attributes_mask: u64,
    ino: u64,
    dev: u32,
    rdev: u32,
    uid: u32,
    gid: u32,
    size: i64,
    times: [Timespec; 4],
    blocks: u64,
}

const _: () = assert!(std::mem::offset_of!(Kstat, blocks) == 128);

/// The result of a lookup.
#[repr(C)]
struct Found {
    dentry: Dentry,
    inode: Inode,
    name: CString,
    count: AtomicU32,
    stat: Kstat,
}

/// A device number in a kernel's format: the minor in the low 20 bits, the major above.
fn number(dev: libc::dev_t) -> u32 {
    libc::major(dev) << 20 | libc::minor(dev) & 0xf_ffff
}

fn kstat_of_system(stat: &libc::stat) -> Kstat {
    let time = |seconds, nanoseconds| Timespec { seconds, nanoseconds };
    let changed = time(stat.st_ctime, stat.st_ctime_nsec);
    Kstat {
        result_mask: BASIC,
        mode: stat.st_mode as u16,
        nlink: stat.st_nlink as c_uint,
        blksize: stat.st_blksize as u32,
        ino: stat.st_ino,
        dev: number(stat.st_dev),
        rdev: number(stat.st_rdev),
        uid: stat.st_uid,
        gid: stat.st_gid,
        size: stat.st_size,
        times: [
            time(stat.st_atime, stat.st_atime_nsec),
            time(stat.st_mtime, stat.st_mtime_nsec),
            changed,
            changed,
        ],
        blocks: stat.st_blocks as u64,
        ..Kstat::default()
    }
}

fn kstat_of_inode(inode: &Inode) -> Kstat {
    Kstat {
        result_mask: BASIC,
        mode: inode.mode,
        nlink: 1,
        blksize: 4096,
        ino: inode.ino,
        rdev: inode.rdev,
        uid: inode.uid,
        gid: inode.gid,
        size: inode.size,
        ..Kstat::default()
    }
}

fn last_error() -> Errno {
    Errno::from_raw(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO))
}

/// The attributes of the object that a module has registered under the name, or else of the
/// system's file.
fn attributes_of(name: &str, follow: bool) -> Result<Kstat, Errno> {
    if let Some(entry) = entry::find(name) {
        let kind = if matches!(entry.what, What::Folder) { libc::S_IFDIR } else { libc::S_IFREG };
        let mode = kind as u16 | entry.mode() & 0o7777;
        return Ok(Kstat { result_mask: BASIC, mode, nlink: 1, blksize: 4096, ..Kstat::default() });
    }
    let path = CString::new(name).map_err(|_| Errno::EINVAL)?;
    // SAFETY: a valid path, and room for the result.
    unsafe {
        let mut stat = std::mem::zeroed::<libc::stat>();
        let ask = if follow { libc::stat } else { libc::lstat };
        if ask(path.as_ptr(), &mut stat) < 0 { Err(last_error()) } else { Ok(kstat_of_system(&stat)) }
    }
}

/// # Safety
///
/// `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_find_path(name: *const c_char, follow: c_int) -> *mut Dentry {
    // SAFETY: the contract.
    let name = unsafe { text(name) };
    let stat = match attributes_of(&name, follow != 0) {
        Ok(stat) => stat,
        Err(errno) => return err_ptr(errno),
    };
    let last = CString::new(name.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
    // SAFETY: all fields of the two may be zero.
    let (dentry, inode) = unsafe { (std::mem::zeroed::<Dentry>(), std::mem::zeroed::<Inode>()) };
    let name = last.unwrap_or_default();
    let found = Box::into_raw(Box::new(Found { dentry, inode, name, count: AtomicU32::new(1), stat }));
    // SAFETY: nothing else has a pointer to it yet.
    unsafe {
        let inode = &raw mut (*found).inode;
        ((*inode).mode, (*inode).ino, (*inode).size, (*inode).rdev) =
            (stat.mode, stat.ino, stat.size, stat.rdev);
        ((*inode).uid, (*inode).gid, (*inode).count) = (stat.uid, stat.gid, 1);
        let dentry = &raw mut (*found).dentry;
        ((*dentry).flags, (*dentry).name, (*dentry).inode) = (FOUND, (*found).name.as_ptr(), inode);
        (*dentry).length = (*found).name.as_bytes().len() as u32;
        dentry
    }
}

/// The [`Found`] of a dentry, if it comes from a lookup.
unsafe fn found(dentry: *mut Dentry) -> Option<*mut Found> {
    // SAFETY: by the C contract, null, an error pointer, or valid.
    (!is_err_or_null(dentry) && unsafe { (*dentry).flags } & FOUND != 0).then_some(dentry.cast())
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn dget(dentry: *mut Dentry) -> *mut Dentry {
    // SAFETY: the C contract. Relaxed: the caller holds a reference already.
    unsafe {
        if let Some(found) = found(dentry) {
            (*found).count.fetch_add(1, Ordering::Relaxed);
        }
    }
    dentry
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn dput(dentry: *mut Dentry) {
    // SAFETY: the C contract. AcqRel: all other threads' accesses happen before the free.
    unsafe {
        if let Some(found) = found(dentry)
            && (*found).count.fetch_sub(1, Ordering::AcqRel) == 1
        {
            drop(Box::from_raw(found));
        }
    }
}

/// `struct path`.
#[repr(C)]
struct Path {
    mnt: *mut c_void,
    dentry: *mut Dentry,
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn path_get(path: *const Path) {
    // SAFETY: the C contract.
    unsafe { dget((*path).dentry) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn path_put(path: *const Path) {
    // SAFETY: the C contract.
    unsafe { dput((*path).dentry) };
}

/// `vfs_getattr`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_getattr(path: *const Path, stat: *mut Kstat) -> c_int {
    // SAFETY: by the C contract, the path comes from a lookup, or is that of an open file or of an
    // entry.
    unsafe {
        let dentry = (*path).dentry;
        if is_err_or_null(dentry) || (*dentry).inode.is_null() {
            return Errno::ENOENT.as_return();
        }
        let attributes = match found(dentry) {
            Some(found) => (*found).stat,
            None => match Open::system_fd((*dentry).inode) {
                Some(fd) => {
                    let mut now = std::mem::zeroed::<libc::stat>();
                    if libc::fstat(fd, &mut now) < 0 {
                        return last_error().as_return();
                    }
                    kstat_of_system(&now)
                }
                None => kstat_of_inode(&*(*dentry).inode),
            },
        };
        ptr::write(stat, attributes);
    }
    0
}
