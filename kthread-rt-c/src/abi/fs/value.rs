//! Files with one value: attributes of sysfs, numbers of debugfs, simple attributes.

use super::super::kstrtox;
use super::entry::{self, What};
use super::simple::{faults, generic_file_llseek, simple_read_from_buffer};
use super::{File, FileOperations, Inode};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_void};

/// The buffer of an attribute.
const PAGE: usize = 4096;

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
