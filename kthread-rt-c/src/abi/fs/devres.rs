//! Resources that are freed with their device: `devm_kmalloc` and the like. The last one added is
//! freed first.

use super::super::{no_memory_for, slab};
use super::device::Device;
use kthread_rt::Errno;
use std::ffi::{c_int, c_uint, c_void};
use std::ptr;

/// `void (*action)(void *data)`.
type Action = unsafe extern "C-unwind" fn(*mut c_void);
/// `dr_release_t`: the device, and what `devres_alloc` returned.
type Release = unsafe extern "C-unwind" fn(*mut Device, *mut c_void);

/// A resource of a device.
#[derive(Clone, Copy)]
pub(super) enum Managed {
    Block(*mut c_void),
    Action(Action, *mut c_void),
    /// Memory of `devres_alloc`, which follows a [`Head`].
    Resource(*mut c_void),
}

/// The header before the memory that `devres_alloc` returns.
#[repr(C, align(16))]
struct Head {
    release: Release,
}

impl Managed {
    fn is_action(&self, action: Action, data: *mut c_void) -> bool {
        matches!(*self, Self::Action(other, with) if ptr::fn_addr_eq(other, action) && with == data)
    }

    /// # Safety
    ///
    /// The resource is not in the device's list any more.
    unsafe fn go(self, dev: *mut Device) {
        // SAFETY: the contract, and the C contract of the call that added it.
        unsafe {
            match self {
                Self::Block(block) => slab::kfree(block),
                Self::Action(action, data) => action(data),
                Self::Resource(resource) => {
                    ((*head_of(resource)).release)(dev, resource);
                    devres_free(resource);
                }
            }
        }
    }
}

/// # Safety
///
/// `devres_alloc` returned it.
unsafe fn head_of(resource: *const c_void) -> *mut Head {
    // SAFETY: the contract.
    unsafe { resource.cast::<Head>().sub(1).cast_mut() }
}

/// # Safety
///
/// By the C contract, a device's driver allocates in one thread at a time.
unsafe fn add(dev: *mut Device, what: Managed) {
    // SAFETY: the contract.
    unsafe {
        if (*dev).managed.is_null() {
            (*dev).managed = Box::into_raw(Box::default());
        }
        (*(*dev).managed).push(what);
    }
}

/// Removes the last resource for which `is` holds.
///
/// # Safety
///
/// As [`add`].
unsafe fn take(dev: *mut Device, is: impl Fn(&Managed) -> bool) -> Option<Managed> {
    // SAFETY: the contract.
    let managed = unsafe { (*dev).managed.as_mut() }?;
    let index = managed.iter().rposition(is)?;
    Some(managed.remove(index))
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn devm_kmalloc(dev: *mut Device, size: usize, flags: c_uint) -> *mut c_void {
    let block = slab::__kmalloc(size, flags);
    if !block.is_null() {
        // SAFETY: the C contract.
        unsafe { add(dev, Managed::Block(block)) };
    }
    block
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn devm_kfree(dev: *mut Device, block: *const c_void) {
    // SAFETY: the C contract.
    unsafe {
        take(dev, |what| matches!(*what, Managed::Block(other) if ptr::eq(other, block)));
        slab::kfree(block);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn devm_add_action(dev: *mut Device, action: Action, data: *mut c_void) -> c_int {
    if no_memory_for("devm_add_action") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { add(dev, Managed::Action(action, data)) };
    0
}

/// Removes the action without calling it. Returns -ENOENT if there is none.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_devm_remove_action(
    dev: *mut Device,
    action: Action,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the C contract.
    match unsafe { take(dev, |what| what.is_action(action, data)) } {
        Some(_) => 0,
        None => Errno::ENOENT.as_return(),
    }
}

/// Allocates `size` zeroed bytes, which [`devres_add`] gives to a device.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_devres_alloc(release: Release, size: usize, flags: c_uint) -> *mut c_void {
    let head = slab::__kmalloc(size_of::<Head>().saturating_add(size), flags).cast::<Head>();
    if head.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the block is new and has room for header and data.
    unsafe {
        head.write(Head { release });
        let data = head.add(1).cast::<u8>();
        data.write_bytes(0, size);
        data.cast()
    }
}

/// # Safety
///
/// `resource` is null, or comes from `devres_alloc` and belongs to no device.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn devres_free(resource: *const c_void) {
    if !resource.is_null() {
        // SAFETY: the contract.
        unsafe { slab::kfree(head_of(resource).cast()) };
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn devres_add(dev: *mut Device, resource: *mut c_void) {
    // SAFETY: the C contract.
    unsafe { add(dev, Managed::Resource(resource)) };
}

/// # Safety
///
/// The device and its resources are not used any more.
pub(super) unsafe fn free_managed(dev: *mut Device) {
    // SAFETY: the contract. A release function may add further resources.
    unsafe {
        while let Some(what) = take(dev, |_| true) {
            what.go(dev);
        }
        if !(*dev).managed.is_null() {
            drop(Box::from_raw((*dev).managed));
            (*dev).managed = ptr::null_mut();
        }
    }
}
