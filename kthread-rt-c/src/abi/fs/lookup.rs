//! `linux/namei.h`: what a path leads to, without opening it; and what is told of a file.
//!
//! A dentry that was found so has a count of its own, and goes with the last reference. The others
//! belong to an open file or to an entry.

use super::super::{err_ptr, is_err_or_null, text};
use super::entry::{self, What};
use super::file::Open;
use super::{Dentry, Inode};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// Of `d_flags`: it was found by a path.
const FOUND: c_uint = 1 << 31;
/// `STATX_BASIC_STATS`.
const BASIC: u32 = 0x7ff;

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

/// `struct kstat`, up to what the header adds.
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

/// What a path leads to.
#[repr(C)]
struct Found {
    dentry: Dentry,
    inode: Inode,
    name: CString,
    count: AtomicU32,
    stat: Kstat,
}

/// As a kernel keeps a number: the minor's 20 bits below the major.
fn number(dev: libc::dev_t) -> u32 {
    libc::major(dev) << 20 | libc::minor(dev) & 0xf_ffff
}

fn told_by_system(stat: &libc::stat) -> Kstat {
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

fn told_by_inode(inode: &Inode) -> Kstat {
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

/// What a module has registered by that name, or else what the system has.
fn look(name: &str, follow: bool) -> Result<Kstat, Errno> {
    if let Some(entry) = entry::find(name) {
        let kind = if matches!(entry.what, What::Folder) { libc::S_IFDIR } else { libc::S_IFREG };
        let mode = kind as u16 | entry.mode() & 0o7777;
        return Ok(Kstat { result_mask: BASIC, mode, nlink: 1, blksize: 4096, ..Kstat::default() });
    }
    let path = CString::new(name).map_err(|_| Errno::EINVAL)?;
    // SAFETY: a path, and room for the answer.
    unsafe {
        let mut stat = std::mem::zeroed::<libc::stat>();
        let ask = if follow { libc::stat } else { libc::lstat };
        if ask(path.as_ptr(), &mut stat) < 0 { Err(last_error()) } else { Ok(told_by_system(&stat)) }
    }
}

/// # Safety
///
/// `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_find_path(name: *const c_char, follow: c_int) -> *mut Dentry {
    // SAFETY: the contract.
    let name = unsafe { text(name) };
    let stat = match look(&name, follow != 0) {
        Ok(stat) => stat,
        Err(errno) => return err_ptr(errno),
    };
    let last = CString::new(name.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
    // SAFETY: all fields of the two may be zero.
    let (dentry, inode) = unsafe { (std::mem::zeroed::<Dentry>(), std::mem::zeroed::<Inode>()) };
    let name = last.unwrap_or_default();
    let found = Box::into_raw(Box::new(Found { dentry, inode, name, count: AtomicU32::new(1), stat }));
    // SAFETY: it is ours alone.
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

/// What was found by a path, if it was.
unsafe fn found(dentry: *mut Dentry) -> Option<*mut Found> {
    // SAFETY: the C contract: null, an error pointer, or valid.
    (!is_err_or_null(dentry) && unsafe { (*dentry).flags } & FOUND != 0).then_some(dentry.cast())
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn dget(dentry: *mut Dentry) -> *mut Dentry {
    // SAFETY: the C contract. Relaxed: who gets one more has one.
    unsafe {
        if let Some(found) = found(dentry) {
            (*found).count.fetch_add(1, Ordering::Relaxed);
        }
    }
    dentry
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn dput(dentry: *mut Dentry) {
    // SAFETY: the C contract. AcqRel: what others did with it is done before it is freed.
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
    // SAFETY: the C contract: the path was found, or is that of an open file or of an entry.
    unsafe {
        let dentry = (*path).dentry;
        if is_err_or_null(dentry) || (*dentry).inode.is_null() {
            return Errno::ENOENT.as_return();
        }
        let told = match found(dentry) {
            Some(found) => (*found).stat,
            None => match Open::system_fd((*dentry).inode) {
                Some(fd) => {
                    let mut now = std::mem::zeroed::<libc::stat>();
                    if libc::fstat(fd, &mut now) < 0 {
                        return last_error().as_return();
                    }
                    told_by_system(&now)
                }
                None => told_by_inode(&*(*dentry).inode),
            },
        };
        ptr::write(stat, told);
    }
    0
}
