//! `linux/device.h`: devices, which give names to numbers. (Classes are in [`super::class`].)

use super::super::boxes;
use super::super::left::{self, New};
use super::super::{err_ptr, is_err_or_null, no_memory_for, text};
use super::active::Own;
use super::bytes::BinAttribute;
use super::class::Class;
use super::kobject::{KobjType, Kobject, copy_name, kobject_get, kobject_init, kobject_put};
use super::sysfs::{AttributeGroup, OwnAttribute, add_own, sysfs_create_bin_file, sysfs_remove_bin_file};
use super::{devres, entry, join, sysfs};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// `struct device_type`.
#[repr(C)]
struct DeviceType {
    name: *const c_char,
    groups: *const *const AttributeGroup,
    release: Option<unsafe extern "C-unwind" fn(*mut Device)>,
}

/// `struct device`.
#[repr(C)]
pub(super) struct Device {
    pub(super) kobj: Kobject,
    parent: *mut Device,
    init_name: *const c_char,
    kind: *const DeviceType,
    bus: *const BusType,
    /// A `struct device_driver`, of which only the first field, its name, is read.
    driver: *const *const c_char,
    platform_data: *mut c_void,
    driver_data: *mut c_void,
    of_node: *mut c_void,
    fwnode: *mut c_void,
    pub(super) devt: u32,
    /// In C, a 64-bit number, or nothing.
    above_devt: u32,
    id: u32,
    class: *mut Class,
    groups: *const *const AttributeGroup,
    release: Option<unsafe extern "C-unwind" fn(*mut Device)>,
    dma_mask: *mut u64,
    coherent_dma_mask: u64,
    /// The resources of `devm_` functions, a `Vec` on the heap.
    pub(super) managed: *mut Vec<devres::Managed>,
    /// `struct mutex`.
    mutex: [u64; 4],
}

/// `struct bus_type`, up to its name.
#[repr(C)]
struct BusType {
    name: *const c_char,
}

const _: () = assert!(std::mem::offset_of!(Device, managed) == 56 + 16 * 8);

/// A registered device.
struct Registered {
    name: String,
    dev: *mut Device,
}

// SAFETY: as in the kernel, the pointer is only followed while the device is registered.
unsafe impl Send for Registered {}

static DEVICES: Mutex<Vec<Registered>> = Mutex::new(Vec::new());

fn devices<R>(f: impl FnOnce(&mut Vec<Registered>) -> R) -> R {
    f(&mut DEVICES.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn registered() -> Vec<String> {
    devices(|devices| devices.iter().map(|r| format!("device \"{}\"", r.name)).collect())
}

/// The number of the device of this name.
pub(super) fn find(name: &str) -> Option<u32> {
    devices(|devices| {
        let &Registered { dev, .. } = devices.iter().find(|r| r.name == name)?;
        // SAFETY: it is registered, so it is valid.
        Some(unsafe { (*dev).devt }).filter(|&number| number != 0)
    })
}

/// # Safety
///
/// `dev` is valid.
unsafe fn name_of(dev: *const Device) -> *const c_char {
    // SAFETY: the contract.
    unsafe { if (*dev).kobj.name.is_null() { (*dev).init_name } else { (*dev).kobj.name } }
}

/// The device's folder in sysfs.
///
/// # Safety
///
/// `dev` is valid.
pub(super) unsafe fn folder_of(dev: *const Device) -> String {
    // SAFETY: the contract.
    unsafe {
        match (*dev).class.as_ref() {
            Some(class) => format!("/sys/class/{}/{}", text(class.name), text(name_of(dev))),
            None => join("/sys/devices", &text(name_of(dev))),
        }
    }
}

/// `dev_name` for messages: the device may be NULL.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_name(dev: *const Device) -> *const c_char {
    // SAFETY: the C contract.
    let name = if is_err_or_null(dev) { ptr::null() } else { unsafe { name_of(dev) } };
    if name.is_null() { c"(null)".as_ptr() } else { name }
}

/// The name of the driver, or else of the bus, or else of the class, or an empty string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn dev_driver_string(dev: *const Device) -> *const c_char {
    // SAFETY: the C contract.
    unsafe {
        let Some(dev) = dev.as_ref() else { return c"(NULL device *)".as_ptr() };
        let class = dev.class.as_ref().map(|class| class.name);
        let name = dev.driver.as_ref().copied().or(dev.bus.as_ref().map(|bus| bus.name)).or(class);
        name.filter(|name| !name.is_null()).unwrap_or(c"".as_ptr())
    }
}

/// Frees a device that `device_create` made.
unsafe extern "C-unwind" fn free_created(dev: *mut Device) {
    // SAFETY: no reference to it is left.
    drop(unsafe { boxes::take(dev) });
}

/// Called when the last reference is dropped.
unsafe extern "C-unwind" fn release(kobj: *mut Kobject) {
    let dev = kobj.cast::<Device>();
    // SAFETY: the kobject is the device's first field, and no reference to it is left.
    unsafe {
        devres::free_managed(dev);
        let class = (*dev).class.as_ref().and_then(|class| class.dev_release);
        let kind = (*dev).kind.as_ref().and_then(|kind| kind.release);
        if let Some(release) = (*dev).release.or(kind).or(class) {
            release(dev);
        }
    }
}

/// The type of devices' kobjects, which only defines their release.
static DEVICE_TYPE: KobjType = KobjType::released_by(release);

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_initialize(dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe {
        // As `mutex_init`: unlocked, with an empty list of waiters, which points to itself.
        let waiters = (&raw mut (*dev).mutex[2]).expose_provenance() as u64;
        (*dev).mutex = [0, 0, waiters, waiters];
        kobject_init(dev.cast(), &raw const DEVICE_TYPE);
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn device_add(dev: *mut Device) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("device_add");
    if no_memory_for("device_add") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe {
        if (*dev).kobj.name.is_null() {
            if (*dev).init_name.is_null() {
                return Errno::EINVAL.as_return();
            }
            copy_name(dev.cast(), &text((*dev).init_name));
            (*dev).init_name = ptr::null();
        }
        let (name, class) = (text(name_of(dev)), (*dev).class);
        let added = devices(|devices| {
            // Sysfs shows it under its name and under its number.
            let number = (*dev).devt;
            let same = |r: &Registered| {
                r.name == name && (*r.dev).class == class || number != 0 && (*r.dev).devt == number
            };
            if devices.iter().any(same) {
                return Err(Errno::EEXIST);
            }
            devices.push(Registered { name, dev });
            Ok(())
        });
        if let Err(errno) = added {
            return errno.as_return();
        }
        kobject_get(dev.cast());
        let kind = (*dev).kind.as_ref().map_or(ptr::null(), |kind| kind.groups);
        let class = class.as_ref().map_or(ptr::null(), |class| class.dev_groups);
        left::within(|| {
            add_groups(dev, class);
            add_groups(dev, kind);
            add_groups(dev, (*dev).groups);
        });
        New::of(&left::DEVICE, dev.addr(), "device_add").named(&folder_of(dev));
        0
    }
}

/// True if a kobject belongs to a device.
///
/// # Safety
///
/// `kobj` is valid.
pub(super) unsafe fn is_one(kobj: *const Kobject) -> bool {
    // SAFETY: the contract.
    ptr::eq(unsafe { (*kobj).ktype }, &raw const DEVICE_TYPE)
}

/// Adds groups of device attributes.
///
/// # Safety
///
/// The C contract.
pub(super) unsafe fn add_groups(dev: *mut Device, groups: *const *const AttributeGroup) {
    // SAFETY: the contract. An error is ignored: the device works without them, too.
    unsafe { sysfs::add_groups(dev.cast(), groups) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_create_bin_file(dev: *mut Device, attr: *const BinAttribute) -> c_int {
    // SAFETY: the C contract.
    unsafe { sysfs_create_bin_file(dev.cast(), attr) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_remove_bin_file(dev: *mut Device, attr: *const BinAttribute) {
    // SAFETY: the C contract.
    unsafe { sysfs_remove_bin_file(dev.cast(), attr) };
}

/// Removes all attributes of the device.
///
/// # Safety
///
/// `dev` is valid.
pub(super) unsafe fn remove_entries(dev: *mut Device, own: Own) {
    // SAFETY: the contract.
    entry::remove(&unsafe { folder_of(dev) }, own);
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn device_del(dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe { delete(dev, "device_del") };
}

/// `device_del`. False, with a warning of `call`, if the device is not registered.
///
/// # Safety
///
/// As `device_del`.
#[track_caller]
unsafe fn delete(dev: *mut Device, call: &'static str) -> bool {
    let _whole = crate::abi::may_sleep_in_all(call);
    let known = devices(|devices| {
        let before = devices.len();
        devices.retain(|r| r.dev != dev);
        devices.len() != before
    });
    if !known {
        left::warn_gone(dev.addr(), call);
        return false;
    }
    left::gone(&left::DEVICE, dev.addr());
    // SAFETY: the C contract. Drops the table's reference.
    unsafe {
        remove_entries(dev, Own::Tell(call));
        kobject_put(dev.cast());
    }
    true
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_register(dev: *mut Device) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        device_initialize(dev);
        device_add(dev)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_unregister(dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe {
        if delete(dev, "device_unregister") {
            put_device(dev);
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn get_device(dev: *mut Device) -> *mut Device {
    // SAFETY: the C contract.
    unsafe { kobject_get(dev.cast()).cast() }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn put_device(dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe { kobject_put(dev.cast()) };
}

/// Makes a device that the last [`put_device`] frees.
///
/// # Safety
///
/// The C contract.
pub(super) unsafe fn make(
    class: *mut Class,
    parent: *mut Device,
    devt: u32,
    data: *mut c_void,
    name: &str,
) -> *mut Device {
    // SAFETY: all its fields may be zero.
    unsafe {
        let mut device = Box::new(std::mem::zeroed::<Device>());
        (device.class, device.parent, device.devt, device.driver_data) = (class, parent, devt, data);
        device.release = Some(free_created);
        let dev = boxes::give(device);
        device_initialize(dev);
        copy_name(dev.cast(), name);
        dev
    }
}

/// `device_create`, after the name is formatted.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_device_create(
    class: *mut Class,
    parent: *mut Device,
    devt: u32,
    data: *mut c_void,
    groups: *const *const AttributeGroup,
    name: *const c_char,
) -> *mut Device {
    let _whole = crate::abi::may_sleep_in_all("device_create");
    if is_err_or_null(class) {
        return err_ptr(Errno::ENODEV);
    }
    // SAFETY: the C contract.
    unsafe {
        let dev = make(class, parent, devt, data, &text(name));
        (*dev).groups = groups;
        match device_add(dev) {
            0 => dev,
            error => {
                put_device(dev);
                err_ptr(Errno::from_raw(-error))
            }
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_destroy(class: *mut Class, devt: u32) {
    let _whole = crate::abi::may_sleep_in_all("device_destroy");
    let found = devices(|devices| {
        // SAFETY: registered devices are valid.
        let is = |r: &&Registered| unsafe { (*r.dev).class == class && (*r.dev).devt == devt };
        devices.iter().find(is).map(|r| r.dev)
    });
    if let Some(dev) = found {
        // SAFETY: it is registered, and `device_create` made it.
        unsafe { device_unregister(dev) };
    }
}

/// `dev_set_name`, after the name is formatted.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_set_name(dev: *mut Device, name: *const c_char) {
    // SAFETY: the C contract.
    unsafe { copy_name(dev.cast(), &text(name)) };
}

/// Returns 0; -EEXIST if another device of its class has the name; -EINVAL if it is not registered.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_rename(dev: *mut Device, name: *const c_char) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let (class, name, from) = ((*dev).class, text(name), folder_of(dev));
        let renamed = devices(|devices| {
            if devices.iter().any(|r| r.dev != dev && r.name == name && (*r.dev).class == class) {
                return Errno::EEXIST.as_return();
            }
            let Some(found) = devices.iter_mut().find(|r| r.dev == dev) else {
                return Errno::EINVAL.as_return();
            };
            found.name = name.clone();
            0
        });
        if renamed == 0 {
            copy_name(dev.cast(), &name);
            // An existing entry belongs to another device.
            let _ = entry::rename(&from, &folder_of(dev));
        }
        renamed
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_create_file(dev: *mut Device, attr: *const OwnAttribute) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("device_create_file");
    // SAFETY: the C contract.
    unsafe { add_own(&folder_of(dev), dev.cast(), attr) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_remove_file(dev: *mut Device, attr: *const OwnAttribute) {
    let _whole = crate::abi::may_sleep_in_all("device_remove_file");
    // SAFETY: the C contract.
    unsafe { remove_attribute(dev, attr, Own::Tell("device_remove_file")) };
}

/// May be called by the attribute's own function. True if this call removed it.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_remove_file_self(dev: *mut Device, attr: *const OwnAttribute) -> bool {
    // SAFETY: the C contract.
    unsafe { remove_attribute(dev, attr, Own::LetGo) }
}

/// # Safety
///
/// The C contract.
unsafe fn remove_attribute(dev: *mut Device, attr: *const OwnAttribute, own: Own) -> bool {
    // SAFETY: the contract.
    entry::remove(&unsafe { join(&folder_of(dev), &text((*attr).attr.name)) }, own)
}
