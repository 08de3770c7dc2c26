//! `linux/seq_file.h`: files whose text is made when they are read.
//!
//! A read walks the module's records: `start`, then `show` and `next` until there is a buffer full,
//! then `stop`. A record that does not fit a buffer of its own makes it twice as large. What a
//! reader has not taken stays in the buffer; one that jumps makes the walk begin anew, from the
//! first record.

mod print;
mod read;

pub(super) use read::{seq_lseek, seq_read};

use super::{File, FileOperations, Inode, OpenOrRelease, entry};
use kthread_rt::{Errno, KMutex};
use std::ffi::{c_int, c_void};
use std::ptr;

/// The buffer's first size.
const PAGE: usize = 4096;

/// Writes a record.
pub(super) type Show = unsafe extern "C-unwind" fn(*mut SeqFile, *mut c_void) -> c_int;

/// `struct seq_operations`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct SeqOperations {
    start: unsafe extern "C-unwind" fn(*mut SeqFile, *mut i64) -> *mut c_void,
    stop: unsafe extern "C-unwind" fn(*mut SeqFile, *mut c_void),
    next: unsafe extern "C-unwind" fn(*mut SeqFile, *mut c_void, *mut i64) -> *mut c_void,
    show: Show,
}

/// `struct seq_file`.
#[repr(C)]
pub(super) struct SeqFile {
    buf: *mut u8,
    size: usize,
    from: usize,
    count: usize,
    pad_until: usize,
    index: i64,
    read_pos: i64,
    op: *const SeqOperations,
    file: *mut File,
    private: *mut c_void,
}

/// What `seq_open` makes: C's part is the first field, so its address is that of all; what is
/// behind is reached beside references to that part.
#[repr(C)]
struct Opened {
    seq: SeqFile,
    /// The operations of `single_open`.
    own: Option<SeqOperations>,
    /// One reader at a time.
    lock: KMutex<()>,
}

impl SeqFile {
    fn overflowed(&self) -> bool {
        self.count == self.size
    }

    /// An empty buffer of `size` bytes.
    fn grow(&mut self, size: usize) -> Result<(), Errno> {
        // SAFETY: it is ours, or null.
        unsafe { libc::free(self.buf.cast()) };
        // SAFETY: any size may be asked for.
        self.buf = unsafe { libc::malloc(size) }.cast();
        self.size = if self.buf.is_null() { 0 } else { size };
        self.count = 0;
        if self.buf.is_null() { Err(Errno::ENOMEM) } else { Ok(()) }
    }

    /// Adds bytes, or fills the buffer up, so that all know that it overflowed.
    fn write(&mut self, bytes: &[u8]) -> bool {
        if self.count + bytes.len() < self.size {
            // SAFETY: they fit.
            unsafe { self.buf.add(self.count).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            self.count += bytes.len();
            return true;
        }
        self.count = self.size;
        false
    }

    /// Hands at most `room` bytes to the reader.
    ///
    /// # Safety
    ///
    /// `to` has room for them.
    unsafe fn hand_out(&mut self, to: *mut u8, room: usize) -> usize {
        let n = room.min(self.count);
        // SAFETY: by the contract; `from + count` is within the buffer.
        unsafe { to.copy_from_nonoverlapping(self.buf.add(self.from), n) };
        self.count -= n;
        self.from += n;
        n
    }
}

/// The errno of an error pointer, or of a negative number.
fn errno(number: i64) -> Errno {
    Errno::from_raw(-number as i32)
}

unsafe extern "C-unwind" fn single_start(_m: *mut SeqFile, pos: *mut i64) -> *mut c_void {
    // SAFETY: the index of the caller below.
    ptr::without_provenance_mut(usize::from(unsafe { *pos } == 0))
}

unsafe extern "C-unwind" fn single_next(_m: *mut SeqFile, _v: *mut c_void, pos: *mut i64) -> *mut c_void {
    // SAFETY: as above.
    unsafe { *pos += 1 };
    ptr::null_mut()
}

unsafe extern "C-unwind" fn single_stop(_m: *mut SeqFile, _v: *mut c_void) {}

/// The files of `proc_create_single`.
pub(super) static PROC_SINGLE: FileOperations = proc_operations(single_release);
/// The files of `proc_create_seq`.
pub(super) static PROC_SEQ: FileOperations = proc_operations(seq_release_private);

const fn proc_operations(release: OpenOrRelease) -> FileOperations {
    FileOperations {
        llseek: Some(seq_lseek),
        read: Some(seq_read),
        open: Some(open_proc),
        release: Some(release),
        ..FileOperations::NONE
    }
}

unsafe extern "C-unwind" fn open_proc(inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: the file is one of an entry, and open.
    unsafe {
        match (*entry::of((*file).dentry)).what {
            entry::What::Single(show) => single_open(file, show, (*inode).private),
            entry::What::Seq(op, 0) => seq_open(file, op),
            entry::What::Seq(op, size) => seq_open_private(file, op, size as c_int),
            _ => Errno::EINVAL.as_return(),
        }
    }
}

/// The file's; null before `seq_open`.
///
/// # Safety
///
/// `file` is open.
unsafe fn of(file: *mut File) -> *mut SeqFile {
    // SAFETY: the contract.
    unsafe { (*file).private_data.cast() }
}

fn make(file: *mut File, op: *const SeqOperations, own: Option<SeqOperations>) -> *mut SeqFile {
    let seq = SeqFile {
        buf: ptr::null_mut(),
        size: 0,
        from: 0,
        count: 0,
        pad_until: 0,
        index: 0,
        read_pos: 0,
        op,
        file,
        private: ptr::null_mut(),
    };
    let opened = Box::into_raw(Box::new(Opened { seq, own, lock: KMutex::new(()) }));
    // SAFETY: it was just made, and stays where it is.
    unsafe {
        if let Some(own) = &(*opened).own {
            (*opened).seq.op = own;
        }
    }
    opened.cast()
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_open(file: *mut File, op: *const SeqOperations) -> c_int {
    // SAFETY: the C contract.
    unsafe { (*file).private_data = make(file, op, None).cast() };
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_release(_inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: the C contract: `seq_open` made it, and the file is closed.
    unsafe {
        let opened = Box::from_raw(of(file).cast::<Opened>());
        libc::free(opened.seq.buf.cast());
        (*file).private_data = ptr::null_mut();
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __seq_open_private(
    file: *mut File,
    op: *const SeqOperations,
    size: c_int,
) -> *mut c_void {
    // SAFETY: the C contract.
    unsafe {
        let state = libc::calloc(1, size.max(1) as usize);
        seq_open(file, op);
        (*of(file)).private = state;
        state
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_open_private(
    file: *mut File,
    op: *const SeqOperations,
    size: c_int,
) -> c_int {
    // SAFETY: the C contract.
    if unsafe { __seq_open_private(file, op, size) }.is_null() { Errno::ENOMEM.as_return() } else { 0 }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_release_private(inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: the C contract; the private part is `calloc`'s, or null where there is none.
    unsafe {
        libc::free((*of(file)).private);
        seq_release(inode, file)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn single_open(file: *mut File, show: Show, data: *mut c_void) -> c_int {
    let own = SeqOperations { start: single_start, stop: single_stop, next: single_next, show };
    let m = make(file, ptr::null(), Some(own));
    // SAFETY: it was just made; the C contract.
    unsafe {
        (*m).private = data;
        (*file).private_data = m.cast();
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn single_open_size(
    file: *mut File,
    show: Show,
    data: *mut c_void,
    size: usize,
) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        single_open(file, show, data);
        match (*of(file)).grow(size.max(1)) {
            Ok(()) => 0,
            Err(errno) => {
                seq_release((*file).inode, file);
                errno.as_return()
            }
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn single_release(inode: *mut Inode, file: *mut File) -> c_int {
    // SAFETY: the C contract.
    unsafe { seq_release(inode, file) }
}
