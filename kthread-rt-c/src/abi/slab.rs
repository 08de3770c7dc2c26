//! `linux/slab.h` and `linux/vmalloc.h` without the caches, and the pages of `linux/mm.h`: blocks
//! of memory ([`blocks`]) under the kernel's names, with its limits and alignments.

use super::blocks::{self, Kind, MINALIGN, allocate, kind_of};
use super::cache;
use super::{may_alloc, may_sleep};
use std::ffi::{c_int, c_uint, c_ulong, c_void};

/// The header's `PAGE_SIZE`.
const PAGE: usize = 4096;
/// `__GFP_NOWARN`, as in the header.
const GFP_NOWARN: c_uint = 0x2000;
/// `KMALLOC_MAX_SIZE`; and `KMALLOC_MAX_CACHE_SIZE`, above which blocks are whole pages.
const KMALLOC_MAX: usize = 1 << 22;
const CACHE_MAX: usize = 1 << 13;
/// `ZERO_SIZE_PTR`: a block of no bytes. It may be freed, but not dereferenced.
const ZERO_SIZE: *mut c_void = std::ptr::without_provenance_mut(16);

#[unsafe(no_mangle)]
pub(super) extern "C-unwind" fn __kmalloc(size: usize, flags: c_uint) -> *mut c_void {
    may_alloc("kmalloc", flags);
    if size > KMALLOC_MAX {
        if flags & GFP_NOWARN == 0 {
            super::printk::print(&format!(
                "\x014kmalloc of {size} bytes, which is more than KMALLOC_MAX_SIZE: use kvmalloc or vmalloc for larger blocks\n"
            ));
        }
        return std::ptr::null_mut();
    }
    unlimited(size, flags)
}

/// As `kmalloc`, without its limit: for larger blocks a kernel uses `vmalloc`. Its own limit is
/// INT_MAX.
#[unsafe(no_mangle)]
extern "C-unwind" fn __kvmalloc(size: usize, flags: c_uint) -> *mut c_void {
    may_alloc("kvmalloc", flags);
    unlimited(size, flags)
}

fn unlimited(size: usize, flags: c_uint) -> *mut c_void {
    match size {
        0 => ZERO_SIZE,
        _ if size > c_int::MAX as usize => std::ptr::null_mut(),
        _ => allocate(size, flags, alignment(size), Kind::Kmalloc),
    }
}

/// The alignment on which modules may rely: the largest power of two that divides the size; blocks
/// that do not come from a cache are whole pages.
fn alignment(size: usize) -> usize {
    let divisor = 1 << size.trailing_zeros();
    if size > CACHE_MAX { PAGE.max(divisor.min(KMALLOC_MAX)) } else { MINALIGN.max(divisor) }
}

/// The size of a block in bytes; 0 for null and for a block that is not allocated.
#[unsafe(no_mangle)]
extern "C-unwind" fn ksize(block: *const c_void) -> usize {
    blocks::bytes_of(block)
}

/// # Safety
///
/// `block` is null, or was allocated by `kmalloc` or from a cache and is not used any more.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kfree(block: *const c_void) {
    if !is_zero_size(block) {
        // SAFETY: the contract.
        unsafe { free_any(block, "kfree", |kind| matches!(kind, Kind::Kmalloc | Kind::Cache(_))) };
    }
}

/// Frees a block that may be an object of a cache.
///
/// # Safety
///
/// As for [`blocks::free`].
unsafe fn free_any(block: *const c_void, call: &str, allowed: impl FnOnce(Kind) -> bool) {
    // SAFETY: the contract.
    if let Some(kind) = unsafe { blocks::free(block, call, allowed) } {
        cache::count_out(kind);
    }
}

/// `ZERO_OR_NULL_PTR`.
fn is_zero_size(block: *const c_void) -> bool {
    block.addr() <= ZERO_SIZE.addr()
}

/// # Safety
///
/// As [`kfree`]; blocks of `vmalloc` are allowed, too.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kvfree(block: *const c_void) {
    if !is_zero_size(block) {
        // SAFETY: the contract.
        unsafe { free_any(block, "kvfree", |kind| kind != Kind::Pages) };
    }
}

/// Zeroes the block first.
///
/// # Safety
///
/// As [`kfree`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kfree_sensitive(block: *const c_void) {
    let size = ksize(block);
    for at in 0..size {
        // SAFETY: within the block. Volatile, because no later read would keep the compiler from
        // removing the write.
        unsafe { block.cast_mut().cast::<u8>().add(at).write_volatile(0) };
    }
    // SAFETY: the contract.
    unsafe { kfree(block) };
}

/// # Safety
///
/// As [`kfree`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn krealloc(block: *const c_void, size: usize, flags: c_uint) -> *mut c_void {
    if size == 0 {
        // SAFETY: the contract.
        unsafe { kfree(block) };
        return ZERO_SIZE;
    }
    let old = ksize(block);
    if size <= old {
        return block.cast_mut();
    }
    if old == 0 && !is_zero_size(block) {
        super::printk::print(&format!("\x013BUG: krealloc of {block:p}, which is not allocated\n"));
        return std::ptr::null_mut();
    }
    let new = __kmalloc(size, flags);
    if !new.is_null() && old != 0 {
        // SAFETY: both have that many bytes.
        unsafe {
            new.cast::<u8>().copy_from_nonoverlapping(block.cast(), old.min(size));
            kfree(block);
        }
    }
    new
}

// Whole pages.

#[unsafe(no_mangle)]
extern "C-unwind" fn __vmalloc(size: c_ulong, flags: c_uint) -> *mut c_void {
    may_alloc("vmalloc", flags);
    if size == 0 { std::ptr::null_mut() } else { allocate(size as usize, flags, PAGE, Kind::Vmalloc) }
}

/// Aligned to `align`, a power of two, if that is more than a page. Null if there is no memory with
/// such an alignment.
#[unsafe(no_mangle)]
extern "C-unwind" fn __vmalloc_node(
    size: c_ulong,
    align: c_ulong,
    flags: c_uint,
    _node: c_int,
    _caller: *const c_void,
) -> *mut c_void {
    may_alloc("__vmalloc_node", flags);
    let align = align as usize;
    if size == 0 || !align.is_power_of_two() {
        return std::ptr::null_mut();
    }
    allocate(size as usize, flags, align.max(PAGE), Kind::Vmalloc)
}

/// # Safety
///
/// `block` is null, or was allocated by `vmalloc` and is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn vfree(block: *const c_void) {
    if !kthread_rt::in_interrupt() {
        may_sleep("vfree");
    }
    if !block.is_null() {
        // SAFETY: the contract.
        unsafe { blocks::free(block, "vfree", |kind| kind == Kind::Vmalloc) };
    }
}

/// True for a block's first address only.
#[unsafe(no_mangle)]
extern "C-unwind" fn is_vmalloc_addr(address: *const c_void) -> bool {
    kind_of(address) == Some(Kind::Vmalloc)
}

/// The address of `2^order` pages, or 0.
#[unsafe(no_mangle)]
extern "C-unwind" fn __get_free_pages(flags: c_uint, order: c_uint) -> c_ulong {
    may_alloc("__get_free_pages", flags);
    let bytes = PAGE.checked_shl(order).filter(|_| order <= 10);
    bytes.map_or(0, |bytes| allocate(bytes, flags, bytes, Kind::Pages).expose_provenance() as c_ulong)
}

/// # Safety
///
/// `address` is 0, or that of pages that are not used any more.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn free_pages(address: c_ulong, _order: c_uint) {
    if address != 0 && !super::pages::drop_one(address as usize) {
        let block = std::ptr::with_exposed_provenance::<c_void>(address as usize);
        // SAFETY: the contract.
        unsafe { blocks::free(block, "free_pages", |kind| kind == Kind::Pages) };
    }
}
/// True if `page` is the first of allocated pages.
pub(super) fn is_allocated(page: *const c_void) -> bool {
    kind_of(page) == Some(Kind::Pages)
}
