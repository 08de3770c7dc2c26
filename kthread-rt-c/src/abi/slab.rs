//! `linux/slab.h` and `linux/vmalloc.h`: the C library's memory, counted, so that a module's end can tell what it left.

use std::collections::HashMap;
use std::ffi::{c_uint, c_void};
use std::sync::{Mutex, PoisonError};

/// `__GFP_ZERO`, as the header has it.
const GFP_ZERO: c_uint = 0x100;

/// What is allocated: address and size in bytes.
static ALLOCATED: Mutex<Option<HashMap<usize, usize>>> = Mutex::new(None);

fn allocated<R>(f: impl FnOnce(&mut HashMap<usize, usize>) -> R) -> R {
    f(ALLOCATED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// How many blocks are allocated, and their bytes.
pub(super) fn outstanding() -> (usize, usize) {
    allocated(|blocks| (blocks.len(), blocks.values().sum()))
}

fn allocate(size: usize, flags: c_uint, align: usize) -> *mut c_void {
    // The kernel's ZERO_SIZE_PTR is an address that may not be followed; a block of one byte is.
    let bytes = size.max(1);
    let mut block = std::ptr::null_mut();
    // SAFETY: `align` is a power of two and a multiple of a pointer's size.
    let refused = unsafe { libc::posix_memalign(&mut block, align.max(16), bytes) };
    if refused != 0 {
        return std::ptr::null_mut();
    }
    if flags & GFP_ZERO != 0 {
        // SAFETY: the block has that many bytes.
        unsafe { block.write_bytes(0, bytes) };
    }
    allocated(|blocks| blocks.insert(block.addr(), bytes));
    block
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __kmalloc(size: usize, flags: c_uint) -> *mut c_void {
    allocate(size, flags, 16)
}

/// Memory at an address that is a multiple of `align`: for caches and `vmalloc`.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_alloc_aligned(size: usize, align: usize, flags: c_uint) -> *mut c_void {
    allocate(size, flags, align)
}

/// The size of a block in bytes, 0 for null.
#[unsafe(no_mangle)]
extern "C-unwind" fn ksize(block: *const c_void) -> usize {
    allocated(|blocks| blocks.get(&block.addr()).copied().unwrap_or(0))
}

/// # Safety
///
/// `block` is null or was allocated here and not freed. One that was not is told, and left alone.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kfree(block: *const c_void) {
    if block.is_null() {
        return;
    }
    if allocated(|blocks| blocks.remove(&block.addr())).is_none() {
        super::printk::print(&format!(
            "\x013BUG: kfree of {block:p}, which is not allocated: freed twice, or never allocated\n"
        ));
        return;
    }
    // SAFETY: it was allocated by `posix_memalign`, and is off the list.
    unsafe { libc::free(block.cast_mut()) };
}

/// # Safety
///
/// As [`kfree`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn krealloc(block: *const c_void, size: usize, flags: c_uint) -> *mut c_void {
    let old = ksize(block);
    let new = allocate(size, flags, 16);
    if !new.is_null() && !block.is_null() {
        // SAFETY: both have that many bytes.
        unsafe {
            new.cast::<u8>().copy_from_nonoverlapping(block.cast(), old.min(size));
            kfree(block);
        }
    }
    new
}
