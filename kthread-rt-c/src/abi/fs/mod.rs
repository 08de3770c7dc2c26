//! `linux/fs.h` and the headers around it: what modules register by name, and how this process
//! opens it.
//!
//! | file | what it keeps |
//! |---|---|
//! | [`active`] | who is in a module's functions, for removals to wait for |
//! | [`chrdev`] | numbers of character devices, and the `cdev`s that answer to them |
//! | [`cdev_device`] | a `cdev` and its device at once |
//! | [`class`], [`device`], [`misc`] | the names of numbers |
//! | [`devres`] | memory that goes with its device |
//! | [`entry`] | entries of /proc, debugfs and sysfs, by their path |
//! | [`proc`], [`debugfs`], [`sysfs`] | making and removing them |
//! | [`file`] | open files of all these: opening, reading, closing |
//! | [`opener`] | open files of /proc, released at the close or the removal |
//! | [`system`] | open files of the system |
//! | [`kt_dev`] | what a program does with them |
//! | [`simple`] | what tables of operations are made of |
//! | [`value`] | files with one value |
//! | [`seq_file`] | files whose text is made when they are read |
//! | [`kobject`] | objects that are counted |
//! | [`kset`] | sets of them; new names, moves, and what is told of them |
//! | [`lookup`] | what a path leads to, without opening it |
//! | [`fd`] | files by their numbers, and files without a name |
//!
//! The structures here are those of the headers: what a module reads and writes through its
//! pointers is the same bytes. Tables of what is registered are behind a mutex each, which is never
//! held while a module's function runs, so such a function may register, remove and open what it
//! likes.
//!
//! Nothing here is protocol but waiting for users, which is an rwsem's: a module's `open` and
//! `release` are called in the thread that opens and closes, or removes.

mod active;
mod bytes;
mod cdev_device;
mod chrdev;
mod class;
mod debugfs;
mod device;
mod devres;
mod entry;
mod fd;
mod file;
mod kobject;
mod kset;
mod kt_dev;
mod lookup;
mod misc;
mod opener;
mod proc;
mod seq_file;
mod simple;
mod sysfs;
mod system;
mod value;

use super::modules::ModuleInC;
use std::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};

/// Everything that is registered now, a line for each, in the order of the tables.
pub(super) fn registered() -> Vec<String> {
    let named = [class::registered(), device::registered(), misc::registered()].concat();
    [chrdev::registered(), named, entry::registered()].concat()
}

/// `struct list_head`, as far as it has to be there.
#[repr(C)]
struct ListHead {
    next: *mut c_void,
    prev: *mut c_void,
}

/// `struct qstr` within [`Dentry`], and its owner.
#[repr(C)]
pub(super) struct Dentry {
    flags: c_uint,
    parent: *mut Dentry,
    hash: u32,
    length: u32,
    name: *const c_char,
    inode: *mut Inode,
    iname: [u8; 40],
    /// The entry behind an open file, for the functions here.
    fsdata: *mut c_void,
}

/// `struct inode`.
#[repr(C)]
pub(super) struct Inode {
    mode: u16,
    opflags: u16,
    uid: c_uint,
    gid: c_uint,
    flags: c_uint,
    op: *const c_void,
    sb: *mut c_void,
    ino: c_ulong,
    rdev: u32,
    /// C has a number of 64 bits here, or nothing.
    above_rdev: u32,
    size: i64,
    count: c_int,
    fop: *const FileOperations,
    devices: ListHead,
    cdev: *mut c_void,
    private: *mut c_void,
}

/// `struct file`.
#[repr(C)]
pub(super) struct File {
    mnt: *mut c_void,
    dentry: *mut Dentry,
    inode: *mut Inode,
    op: *const FileOperations,
    count: std::sync::atomic::AtomicI64,
    flags: c_uint,
    mode: c_uint,
    pos: i64,
    private_data: *mut c_void,
    mapping: *mut c_void,
    /// `f_lock`, and room to spare.
    lock: [u64; 8],
}

/// A function that may be NULL.
type Op<F> = Option<F>;
type Llseek = unsafe extern "C-unwind" fn(*mut File, i64, c_int) -> i64;
type Read = unsafe extern "C-unwind" fn(*mut File, *mut c_char, usize, *mut i64) -> isize;
type Write = unsafe extern "C-unwind" fn(*mut File, *const c_char, usize, *mut i64) -> isize;
type Iter = unsafe extern "C-unwind" fn(*mut Kiocb, *mut IovIter) -> isize;
type Poll = unsafe extern "C-unwind" fn(*mut File, *mut c_void) -> c_uint;
type Ioctl = unsafe extern "C-unwind" fn(*mut File, c_uint, c_ulong) -> c_long;
type OpenOrRelease = unsafe extern "C-unwind" fn(*mut Inode, *mut File) -> c_int;
type Flush = unsafe extern "C-unwind" fn(*mut File, *mut c_void) -> c_int;
/// One that is never called here.
type Unused = *const c_void;

/// `struct file_operations`, up to the last function that is called here.
#[repr(C)]
pub(super) struct FileOperations {
    pub(super) owner: *const ModuleInC,
    llseek: Op<Llseek>,
    read: Op<Read>,
    write: Op<Write>,
    read_iter: Op<Iter>,
    write_iter: Op<Iter>,
    iopoll: Unused,
    iterate: Unused,
    iterate_shared: Unused,
    poll: Op<Poll>,
    unlocked_ioctl: Op<Ioctl>,
    compat_ioctl: Op<Ioctl>,
    mmap: Unused,
    mmap_supported_flags: c_ulong,
    open: Op<OpenOrRelease>,
    flush: Op<Flush>,
    release: Op<OpenOrRelease>,
}

// SAFETY: a table of addresses that nobody changes.
unsafe impl Sync for FileOperations {}

impl FileOperations {
    /// A table of nothing.
    const NONE: Self = Self {
        owner: std::ptr::null(),
        llseek: None,
        read: None,
        write: None,
        read_iter: None,
        write_iter: None,
        iopoll: std::ptr::null(),
        iterate: std::ptr::null(),
        iterate_shared: std::ptr::null(),
        poll: None,
        unlocked_ioctl: None,
        compat_ioctl: None,
        mmap: std::ptr::null(),
        mmap_supported_flags: 0,
        open: None,
        flush: None,
        release: None,
    };
}

/// `struct kiocb`.
#[repr(C)]
struct Kiocb {
    filp: *mut File,
    pos: i64,
    complete: Unused,
    private: *mut c_void,
    flags: c_int,
    ioprio: u16,
}

/// `struct kvec`.
#[repr(C)]
struct Kvec {
    base: *mut c_void,
    length: usize,
}

/// `struct iov_iter`.
#[repr(C)]
struct IovIter {
    data_source: u8,
    offset: usize,
    count: usize,
    kvec: *const Kvec,
    segments: c_ulong,
}

const _: () = assert!(size_of::<Dentry>() == 88 && size_of::<Inode>() == 104);
const _: () = assert!(std::mem::offset_of!(File, private_data) == 56);
const _: () = assert!(std::mem::offset_of!(FileOperations, release) == 16 * 8);

/// A name from C, shared by the tables: `parent/name` of a path.
fn join(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.trim_matches('/'))
}
