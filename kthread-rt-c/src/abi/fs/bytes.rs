//! Files of bytes: sysfs binary attributes; debugfs blobs, strings and arrays of numbers.

use super::super::text;
use super::entry::{self, Bytes, What};
use super::kobject::Kobject;
use super::simple::{faults, generic_file_llseek, simple_read_from_buffer};
use super::sysfs::Attribute;
use super::{File, FileOperations};
use kthread_rt::Errno;
use std::ffi::{c_char, c_ulong, c_void};
use std::ptr;

/// The most bytes that one call of a binary attribute's function gets.
const PAGE: usize = 4096;

type Transfer = unsafe extern "C-unwind" fn(
    *mut File,
    *mut Kobject,
    *const BinAttribute,
    *mut c_char,
    i64,
    usize,
) -> isize;

/// `struct bin_attribute`.
#[repr(C)]
pub(super) struct BinAttribute {
    pub(super) attr: Attribute,
    pub(super) size: usize,
    private: *mut c_void,
    f_mapping: *const c_void,
    pub(super) read: Option<Transfer>,
    pub(super) write: Option<Transfer>,
    mmap: *const c_void,
}

/// `struct debugfs_blob_wrapper`.
#[repr(C)]
struct Blob {
    data: *const u8,
    size: c_ulong,
}

/// `struct debugfs_u32_array`.
#[repr(C)]
struct Numbers {
    array: *const u32,
    count: u32,
}

/// The operations of a binary attribute.
pub(super) static BINARY: FileOperations = FileOperations {
    llseek: Some(generic_file_llseek),
    read: Some(binary_read),
    write: Some(binary_write),
    ..FileOperations::NONE
};

/// The operations of a blob or a string, which are read-only.
pub(super) static READ_ONLY: FileOperations = FileOperations {
    llseek: Some(generic_file_llseek),
    read: Some(bytes_read),
    write: Some(no_write),
    ..FileOperations::NONE
};

fn error(errno: Errno) -> isize {
    errno.as_return() as isize
}

/// The attribute of an open file, and how many of the `count` bytes at `pos` exist; 0 if there is
/// nothing to do.
unsafe fn binary(
    file: *mut File,
    count: usize,
    pos: i64,
) -> Result<(*mut Kobject, *const BinAttribute, usize), Errno> {
    // SAFETY: by the C contract, the file is open and belongs to an entry. The attribute is valid
    // until it is removed, and the removal waits for this call.
    unsafe {
        let What::Bytes(Bytes::Binary { owner, attr }) = (*entry::of((*file).dentry)).what else {
            return Err(Errno::EINVAL);
        };
        // For an attribute of size 0, its function decides how many bytes there are.
        let within = match (*attr).size {
            0 => count,
            size => (size as i64).saturating_sub(pos).max(0).min(count as i64) as usize,
        };
        Ok((owner, attr, within.min(PAGE)))
    }
}

unsafe extern "C-unwind" fn binary_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the C contract; the function may write as many bytes as the call says.
    unsafe {
        let (owner, attr, count) = match binary(file, count, *pos) {
            Ok((.., 0)) => return 0,
            Ok(found) => found,
            Err(errno) => return error(errno),
        };
        let Some(read) = (*attr).read else { return error(Errno::EIO) };
        if faults(to.addr()) {
            return error(Errno::EFAULT);
        }
        let mut page = vec![0u8; PAGE];
        let got = read(file, owner, attr, page.as_mut_ptr().cast(), *pos, count);
        if got > 0 {
            let got = (got as usize).min(count);
            ptr::copy_nonoverlapping(page.as_ptr(), to.cast(), got);
            *pos += got as i64;
        }
        got
    }
}

unsafe extern "C-unwind" fn binary_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: as above.
    unsafe {
        let (owner, attr, count) = match binary(file, count, *pos) {
            // There is no room after the end.
            Ok((_, attr, 0)) if count > 0 && (*attr).size > 0 => return error(Errno::from_raw(libc::EFBIG)),
            Ok((.., 0)) => return 0,
            Ok(found) => found,
            Err(errno) => return error(errno),
        };
        let Some(write) = (*attr).write else { return error(Errno::EIO) };
        if faults(from.addr()) {
            return error(Errno::EFAULT);
        }
        let mut page = vec![0u8; PAGE];
        ptr::copy_nonoverlapping(from.cast(), page.as_mut_ptr(), count);
        let put = write(file, owner, attr, page.as_mut_ptr().cast(), *pos, count);
        *pos += put.max(0) as i64;
        put
    }
}

unsafe extern "C-unwind" fn bytes_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: as above. A newline is added to a string.
    unsafe {
        let entry = &*entry::of((*file).dentry);
        match entry.what {
            What::Bytes(Bytes::Blob) => {
                let blob = entry.data.cast::<Blob>();
                simple_read_from_buffer(to.cast(), count, pos, (*blob).data.cast(), (*blob).size as usize)
            }
            What::Bytes(Bytes::Text) => {
                let line = text(entry.data.cast::<*const c_char>().read()) + "\n";
                simple_read_from_buffer(to.cast(), count, pos, line.as_ptr().cast(), line.len())
            }
            What::Bytes(Bytes::Numbers) => {
                let numbers = &*entry.data.cast::<Numbers>();
                let all = (0..numbers.count as usize).map(|at| numbers.array.add(at).read().to_string());
                let line = all.collect::<Vec<_>>().join(" ") + "\n";
                simple_read_from_buffer(to.cast(), count, pos, line.as_ptr().cast(), line.len())
            }
            _ => error(Errno::EINVAL),
        }
    }
}

unsafe extern "C-unwind" fn no_write(_: *mut File, _: *const c_char, _: usize, _: *mut i64) -> isize {
    error(Errno::EINVAL)
}
