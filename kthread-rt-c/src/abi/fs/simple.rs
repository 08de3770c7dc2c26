//! The ready-made file operations of `linux/fs.h`: seeks, and reads and writes of a buffer.

use super::super::In;
use super::file::FMODE_POSITIONS;
use super::{File, Inode};
use kthread_rt::Errno;
use std::ffi::{c_int, c_void};

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn noop_llseek(file: *mut File, _offset: i64, _whence: c_int) -> i64 {
    // SAFETY: the C contract.
    unsafe { (*file).pos }
}

/// `SEEK_DATA` and `SEEK_HOLE`.
const SEEK_DATA: c_int = 3;
const SEEK_HOLE: c_int = 4;

/// The position that a seek leads to, in a file of `size` bytes without holes. An unknown `whence`
/// counts as SEEK_SET: callers that must reject it check it first.
unsafe fn wanted(file: *mut File, offset: i64, whence: c_int, size: i64) -> Result<i64, Errno> {
    // SAFETY: the C contract.
    let pos = unsafe { (*file).pos };
    match whence {
        libc::SEEK_CUR => Ok(pos.wrapping_add(offset)),
        libc::SEEK_END => Ok(size.wrapping_add(offset)),
        SEEK_DATA | SEEK_HOLE if offset >= size || offset < 0 => Err(Errno::ENXIO),
        SEEK_HOLE => Ok(size),
        _ => Ok(offset),
    }
}

/// Sets the position, which has to be from 0 to `most`.
unsafe fn set(file: *mut File, wanted: Result<i64, Errno>, most: i64) -> i64 {
    match wanted.and_then(|pos| if (0..=most).contains(&pos) { Ok(pos) } else { Err(Errno::EINVAL) }) {
        Ok(pos) => {
            // SAFETY: the C contract.
            unsafe { (*file).pos = pos };
            pos
        }
        Err(errno) => errno.as_return().into(),
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn default_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // SAFETY: the C contract.
    unsafe { set(file, wanted(file, offset, whence, (*(*file).inode).size), i64::MAX) }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn generic_file_llseek(
    file: *mut File,
    offset: i64,
    whence: c_int,
) -> i64 {
    // SAFETY: the C contract.
    unsafe { default_llseek(file, offset, whence) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn fixed_size_llseek(file: *mut File, offset: i64, whence: c_int, size: i64) -> i64 {
    // A position after the end is an error.
    match whence {
        // SAFETY: the C contract.
        libc::SEEK_SET | libc::SEEK_CUR | libc::SEEK_END => unsafe {
            set(file, wanted(file, offset, whence, size), size)
        },
        _ => Errno::EINVAL.as_return().into(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn no_seek_end_llseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    match whence {
        // SAFETY: the C contract.
        libc::SEEK_SET | libc::SEEK_CUR => unsafe { set(file, wanted(file, offset, whence, 0), i64::MAX) },
        _ => Errno::EINVAL.as_return().into(),
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn nonseekable_open(_inode: In<Inode>, file: *mut File) -> c_int {
    // SAFETY: by the C contract, the file is being opened.
    unsafe { (*file).mode &= !FMODE_POSITIONS };
    0
}

#[unsafe(no_mangle)]
extern "C-unwind" fn stream_open(inode: In<Inode>, file: *mut File) -> c_int {
    nonseekable_open(inode, file)
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

/// True for an address that can't be in user memory.
pub(super) fn faults(address: usize) -> bool {
    !(4096..=usize::MAX - 4095).contains(&address)
}

/// The offset and the number of bytes to copy at a position of a buffer, or the error. `user` is
/// the address of the program's buffer.
fn span(pos: i64, count: usize, available: usize, user: usize) -> Result<(usize, usize), Errno> {
    let at = usize::try_from(pos).map_err(|_| Errno::EINVAL)?;
    let n = count.min(available.saturating_sub(at));
    if n > 0 && faults(user) { Err(Errno::EFAULT) } else { Ok((at, n)) }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn simple_read_from_buffer(
    to: *mut c_void,
    count: usize,
    pos: *mut i64,
    from: *const c_void,
    available: usize,
) -> isize {
    let _whole = crate::abi::may_sleep_in_all("simple_read_from_buffer");
    // SAFETY: by the C contract, `from` has `available` bytes, and `to` has room for `count`.
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
    let _whole = crate::abi::may_sleep_in_all("simple_write_to_buffer");
    // SAFETY: by the C contract, `to` has `available` bytes, and `from` has `count`.
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
