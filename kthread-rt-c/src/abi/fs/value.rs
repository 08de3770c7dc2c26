//! Files with one value: sysfs attributes, debugfs numbers, simple attributes.

use super::super::kstrtox;
use super::entry::{self, Attributed, What};
use super::simple::{faults, generic_file_llseek, simple_read_from_buffer};
use super::{File, FileOperations, Inode};
use kthread_rt::{Errno, KMutex};
use std::ffi::{CString, c_char, c_int, c_void};

/// The size of an attribute's buffer.
const PAGE: usize = 4096;

/// The operations of an attribute of sysfs.
pub(super) static ATTRIBUTE: FileOperations = FileOperations {
    llseek: Some(generic_file_llseek),
    read: Some(attribute_read),
    write: Some(attribute_write),
    open: Some(attribute_open),
    release: Some(attribute_release),
    ..FileOperations::NONE
};

/// The operations of a number of debugfs.
pub(super) static NUMBER: FileOperations = FileOperations {
    llseek: Some(generic_file_llseek),
    read: Some(number_read),
    write: Some(number_write),
    ..FileOperations::NONE
};

/// Reads from `text` at the position.
unsafe fn read_text(text: &[u8], to: *mut c_char, count: usize, pos: *mut i64) -> isize {
    // SAFETY: the C contract.
    unsafe { simple_read_from_buffer(to.cast(), count, pos, text.as_ptr().cast(), text.len()) }
}

/// The written bytes as a C string of at most a page.
unsafe fn written(from: *const c_char, count: usize) -> Result<CString, Errno> {
    if faults(from.addr()) {
        return Err(Errno::EFAULT);
    }
    // SAFETY: by the C contract, `from` has `count` bytes.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), count.min(PAGE - 1)) };
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).map_err(|_| Errno::EINVAL)
}

/// A count, or −errno.
fn or_errno(count: Result<isize, Errno>) -> isize {
    count.unwrap_or_else(|errno| errno.as_return() as isize)
}

/// The attribute of an open file.
unsafe fn attribute(file: *mut File) -> Result<Attributed, Errno> {
    // SAFETY: by the C contract, the file is open and belongs to an entry.
    match unsafe { &(*entry::of((*file).dentry)).what } {
        What::Attribute(of) => Ok(*of),
        _ => Err(Errno::EINVAL),
    }
}

/// An open attribute: the text of the last read from the beginning, and the position up to which it
/// has been read.
#[derive(Default)]
struct Shown {
    text: Vec<u8>,
    read_pos: i64,
}

unsafe extern "C-unwind" fn attribute_open(_inode: *mut Inode, file: *mut File) -> c_int {
    let shown = Box::new(KMutex::new(Shown::default()));
    // SAFETY: by the C contract, the file is being opened.
    unsafe { (*file).private_data = Box::into_raw(shown).cast() };
    0
}

unsafe extern "C-unwind" fn attribute_release(_inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: `attribute_open` made it, and the file is being closed.
    drop(unsafe { Box::from_raw((*file).private_data.cast::<KMutex<Shown>>()) });
    0
}

unsafe extern "C-unwind" fn attribute_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: by the C contract, the file is open, so `attribute_open` made its private data.
    or_errno(unsafe { attribute(file) }.and_then(|of| unsafe {
        let show = of.ops.show.ok_or(Errno::EIO)?;
        let mut shown = (*(*file).private_data.cast::<KMutex<Shown>>()).lock();
        // A read at the beginning or after a seek generates the text anew; other reads go on in the
        // old text.
        if *pos == 0 || *pos != shown.read_pos {
            let mut page = vec![0u8; PAGE];
            // `show` gets a buffer of a page.
            let length = show(of.owner, of.attr, page.as_mut_ptr().cast());
            if length < 0 {
                return Ok(length);
            }
            page.truncate((length as usize).min(PAGE - 1));
            *shown = Shown { text: page, read_pos: *pos };
        }
        let got = read_text(&shown.text, to, count, pos);
        shown.read_pos = *pos;
        Ok(got)
    }))
}

unsafe extern "C-unwind" fn attribute_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the C contract.
    or_errno(unsafe { attribute(file) }.and_then(|of| {
        let store = of.ops.store.ok_or(Errno::EIO)?;
        if faults(from.addr()) {
            return Err(Errno::EFAULT);
        }
        let count = count.min(PAGE);
        if count == 0 {
            return Ok(0);
        }
        // SAFETY: as above, `from` has that many bytes. A zero is appended.
        unsafe {
            let mut text = std::slice::from_raw_parts(from.cast::<u8>(), count).to_vec();
            text.push(0);
            let stored = store(of.owner, of.attr, text.as_ptr().cast(), count);
            *pos += stored.max(0) as i64;
            Ok(stored)
        }
    }))
}

/// A number of debugfs.
struct Number {
    at: *mut c_void,
    bytes: c_int,
    kind: u8,
}

impl Number {
    /// The number of an open file.
    unsafe fn of(file: *mut File) -> Result<Self, Errno> {
        // SAFETY: by the C contract, the file is open and belongs to an entry.
        let entry = unsafe { &*entry::of((*file).dentry) };
        match entry.what {
            What::Number { bytes, kind } => Ok(Self { at: entry.data, bytes, kind }),
            _ => Err(Errno::EINVAL),
        }
    }

    fn text(&self) -> String {
        // SAFETY: the variable has that many bytes until the entry is removed, and the removal
        // waits for us.
        let number = unsafe {
            match self.bytes {
                1 => u64::from(self.at.cast::<u8>().read()),
                2 => u64::from(self.at.cast::<u16>().read()),
                4 => u64::from(self.at.cast::<u32>().read()),
                _ => self.at.cast::<u64>().read(),
            }
        };
        match self.kind {
            b'b' => if number != 0 { "Y\n" } else { "N\n" }.to_owned(),
            b'd' => format!("{}\n", number as i32),
            b'x' => format!("0x{number:0width$x}\n", width = 2 * self.bytes as usize),
            _ => format!("{number}\n"),
        }
    }

    fn set(&self, text: &[u8]) -> Result<(), Errno> {
        let number = match self.kind {
            // As in a kernel, an invalid boolean is accepted and does not change the value.
            b'b' => match kstrtox::boolean(text) {
                Ok(is) => is.into(),
                Err(_) => return Ok(()),
            },
            b'd' => kstrtox::signed(text, 0)? as u64,
            _ => kstrtox::unsigned(text, 0)?,
        };
        // SAFETY: as in `text`.
        unsafe {
            match self.bytes {
                1 => self.at.cast::<u8>().write(number as u8),
                2 => self.at.cast::<u16>().write(number as u16),
                4 => self.at.cast::<u32>().write(number as u32),
                _ => self.at.cast::<u64>().write(number),
            }
        }
        Ok(())
    }
}

unsafe extern "C-unwind" fn number_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the C contract.
    or_errno(unsafe { Number::of(file).map(|number| read_text(number.text().as_bytes(), to, count, pos)) })
}

unsafe extern "C-unwind" fn number_write(
    file: *mut File,
    from: *const c_char,
    count: usize,
    _pos: *mut i64,
) -> isize {
    // SAFETY: the C contract.
    let set = unsafe { Number::of(file).and_then(|number| number.set(written(from, count)?.as_bytes())) };
    or_errno(set.map(|()| count as isize))
}

/// The data of a `simple_attr_open`.
struct SimpleAttr {
    get: Option<unsafe extern "C-unwind" fn(*mut c_void, *mut u64) -> c_int>,
    set: Option<unsafe extern "C-unwind" fn(*mut c_void, u64) -> c_int>,
    data: *mut c_void,
    format: *const c_char,
}

unsafe extern "C" {
    /// Formats a number.
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
    let _whole = crate::abi::may_sleep_in_all("simple_attr_open");
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
        let value = written(from, count).and_then(|text| kstrtox::unsigned(text.as_bytes(), 0));
        match value.map(|value| set((*attr).data, value)) {
            Ok(0) => count as isize,
            Ok(error) => error as isize,
            Err(errno) => errno.as_return() as isize,
        }
    }
}
