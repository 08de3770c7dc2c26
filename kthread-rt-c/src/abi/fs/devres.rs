//! What goes with its device: `devm_kmalloc` and its like.

use super::super::slab;
use super::device::Device;
use std::ffi::{c_uint, c_void};
use std::ptr;

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn devm_kmalloc(dev: *mut Device, size: usize, flags: c_uint) -> *mut c_void {
    let block = slab::__kmalloc(size, flags);
    if !block.is_null() {
        // SAFETY: the C contract: a device's driver allocates in one thread at a time.
        unsafe {
            if (*dev).managed.is_null() {
                (*dev).managed = Box::into_raw(Box::default());
            }
            (*(*dev).managed).push(block);
        }
    }
    block
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn devm_kfree(dev: *mut Device, block: *const c_void) {
    // SAFETY: the C contract.
    unsafe {
        if let Some(managed) = (*dev).managed.as_mut() {
            managed.retain(|&other| !ptr::eq(other, block));
        }
        slab::kfree(block);
    }
}

/// # Safety
///
/// Nobody uses the device, nor what it manages.
pub(super) unsafe fn free_managed(dev: *mut Device) {
    // SAFETY: the contract.
    unsafe {
        if !(*dev).managed.is_null() {
            for block in *Box::from_raw((*dev).managed) {
                slab::kfree(block);
            }
        }
    }
}
