//! `linux/device.h` and `linux/miscdevice.h`: classes, devices and misc devices: the names that numbers have.

use super::super::{err_ptr, is_err_or_null, slab, text};
use super::FileOperations;
use super::ListHead;
use super::active::{Active, Inside, Own};
use super::chrdev::Cdev;
use super::entry::{self, Attributed};
use super::kobject::{
    AttributeGroup, Kobject, OwnAttribute, copy_name, kobj_sysfs_ops, kobject_get, kobject_init, kobject_put,
};
use super::{chrdev, join};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_uint, c_ulong, c_void};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

/// `struct class`.
#[repr(C)]
pub(super) struct Class {
    name: *const c_char,
    owner: *mut c_void,
    class_groups: *const *const AttributeGroup,
    dev_groups: *const *const AttributeGroup,
    dev_kobj: *mut Kobject,
    dev_uevent: *const c_void,
    devnode: *const c_void,
    class_release: Option<unsafe extern "C-unwind" fn(*mut Class)>,
    dev_release: Option<unsafe extern "C-unwind" fn(*mut Device)>,
}

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
    kobj: Kobject,
    parent: *mut Device,
    init_name: *const c_char,
    kind: *const DeviceType,
    bus: *const BusType,
    /// `struct device_driver`, whose first field is its name.
    driver: *const *const c_char,
    platform_data: *mut c_void,
    driver_data: *mut c_void,
    of_node: *mut c_void,
    fwnode: *mut c_void,
    devt: c_ulong,
    id: u32,
    class: *mut Class,
    groups: *const *const AttributeGroup,
    release: Option<unsafe extern "C-unwind" fn(*mut Device)>,
    dma_mask: *mut u64,
    coherent_dma_mask: u64,
    /// The blocks of `devm_` functions, a `Vec` on the heap.
    managed: *mut Vec<*mut c_void>,
}

/// `struct bus_type`, as far as its name.
#[repr(C)]
struct BusType {
    name: *const c_char,
}

/// `struct miscdevice`.
#[repr(C)]
pub(super) struct Misc {
    minor: c_int,
    name: *const c_char,
    pub(super) ops: *const FileOperations,
    list: ListHead,
    parent: *mut Device,
    this_device: *mut Device,
    groups: *const *const AttributeGroup,
    nodename: *const c_char,
    mode: u16,
}

const _: () = assert!(std::mem::offset_of!(Device, managed) == 56 + 16 * 8);
const _: () = assert!(size_of::<Misc>() == 80);

/// The misc devices' major.
const MISC_MAJOR: c_uint = 10;
/// `MISC_DYNAMIC_MINOR`.
const DYNAMIC: c_int = 255;

#[derive(Default)]
struct Table {
    /// Name, class, and whether it is on the heap.
    classes: Vec<(String, *mut Class, bool)>,
    /// Name, device.
    devices: Vec<(String, *mut Device)>,
    miscs: Vec<Registered>,
}

/// A misc device.
struct Registered {
    name: String,
    minor: c_int,
    misc: *mut Misc,
    /// Who opens it.
    active: Arc<Active>,
}

// SAFETY: the pointers are followed as the kernel follows them: as long as they are registered.
unsafe impl Send for Table {}

static TABLE: Mutex<Table> =
    Mutex::new(Table { classes: Vec::new(), devices: Vec::new(), miscs: Vec::new() });

fn table<R>(f: impl FnOnce(&mut Table) -> R) -> R {
    f(&mut TABLE.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn registered() -> Vec<String> {
    table(|table| {
        let classes = table.classes.iter().map(|(name, ..)| format!("class \"{name}\""));
        let devices = table.devices.iter().map(|(name, _)| format!("device \"{name}\""));
        let miscs = table.miscs.iter().map(|r| format!("misc device \"{}\", 10:{}", r.name, r.minor));
        classes.chain(devices).chain(miscs).collect()
    })
}

/// What a name of /dev stands for.
pub(super) enum Node {
    Misc(OpeningMisc),
    Number(u32),
}

/// A misc device that somebody is about to open: `misc_deregister` waits until this is dropped.
pub(super) struct OpeningMisc {
    pub(super) misc: *mut Misc,
    pub(super) number: u32,
    /// Of the time that it was looked up.
    pub(super) ops: *const FileOperations,
    _inside: Inside,
}

pub(super) fn find(name: &str) -> Option<Node> {
    table(|table| {
        if let Some(Registered { minor, misc, active, .. }) = table.miscs.iter().find(|r| r.name == name) {
            let number = MISC_MAJOR << 20 | *minor as u32;
            // SAFETY: it is registered, so it is valid.
            let ops = unsafe { (**misc).ops };
            return active
                .enter()
                .map(|_inside| Node::Misc(OpeningMisc { misc: *misc, number, ops, _inside }));
        }
        let &(_, device) = table.devices.iter().find(|(device, _)| device == name)?;
        // SAFETY: it is registered, so it is valid.
        Some(Node::Number(unsafe { (*device).devt } as u32)).filter(|node| !matches!(node, Node::Number(0)))
    })
}

// Classes.

/// Registers a class under its name.
fn add_class(name: String, class: *mut Class, allocated: bool) -> Result<(), Errno> {
    table(|table| {
        if table.classes.iter().any(|(other, ..)| *other == name) {
            return Err(Errno::EEXIST);
        }
        table.classes.push((name, class, allocated));
        Ok(())
    })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_class_create(owner: *mut c_void, name: *const c_char) -> *mut Class {
    // SAFETY: all its fields may be zero; the C contract.
    unsafe {
        let mut class = Box::new(std::mem::zeroed::<Class>());
        class.owner = owner;
        let class = Box::into_raw(class);
        if let Err(errno) = add_class(text(name), class, true) {
            drop(Box::from_raw(class));
            return err_ptr(errno);
        }
        (*class).name = CString::new(text(name)).unwrap_or_default().into_raw();
        class
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_register(class: *mut Class) -> c_int {
    // SAFETY: the C contract.
    super::super::int(add_class(unsafe { text((*class).name) }, class, false))
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_unregister(class: *mut Class) {
    let removed = table(|table| {
        let at = table.classes.iter().position(|&(_, other, _)| other == class)?;
        Some(table.classes.remove(at))
    });
    let Some((name, _, allocated)) = removed else { return };
    entry::remove(&join("/sys/class", &name), Own::Tell("class_unregister"));
    // SAFETY: the C contract: nobody uses it again.
    unsafe {
        if let Some(release) = (*class).class_release {
            release(class);
        }
        if allocated {
            drop(CString::from_raw((*class).name.cast_mut()));
            drop(Box::from_raw(class));
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_destroy(class: *mut Class) {
    if !is_err_or_null(class) {
        // SAFETY: the C contract.
        unsafe { class_unregister(class) };
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_create_file(class: *mut Class, attr: *const OwnAttribute) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let folder = join("/sys/class", &text((*class).name));
        add_attribute(&folder, class.cast(), attr)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_remove_file(class: *mut Class, attr: *const OwnAttribute) {
    // SAFETY: the C contract.
    let path = unsafe { format!("/sys/class/{}/{}", text((*class).name), text((*attr).attr.name)) };
    entry::remove(&path, Own::Tell("class_remove_file"));
}

/// Adds an attribute that has its functions behind it.
///
/// # Safety
///
/// The C contract.
unsafe fn add_attribute(folder: &str, owner: *mut c_void, attr: *const OwnAttribute) -> c_int {
    // SAFETY: the contract.
    unsafe {
        let of = Attributed { owner, attr: attr.cast(), ops: kobj_sysfs_ops };
        let path = join(folder, &text((*attr).attr.name));
        super::super::int(entry::add_attribute(path, (*attr).attr.mode, of))
    }
}

// Devices.

/// # Safety
///
/// `dev` is valid.
unsafe fn name_of(dev: *const Device) -> *const c_char {
    // SAFETY: the contract.
    unsafe { if (*dev).kobj.name.is_null() { (*dev).init_name } else { (*dev).kobj.name } }
}

/// Where sysfs shows it.
///
/// # Safety
///
/// `dev` is valid.
unsafe fn folder_of(dev: *const Device) -> String {
    // SAFETY: the contract.
    unsafe {
        match (*dev).class.as_ref() {
            Some(class) => format!("/sys/class/{}/{}", text(class.name), text(name_of(dev))),
            None => join("/sys/devices", &text(name_of(dev))),
        }
    }
}

/// `dev_name`, of a device that may be NULL, as in messages.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_name(dev: *const Device) -> *const c_char {
    // SAFETY: the C contract.
    let name = if is_err_or_null(dev) { ptr::null() } else { unsafe { name_of(dev) } };
    if name.is_null() { c"(null)".as_ptr() } else { name }
}

/// The driver's name, or the bus's, or the class's, or nothing.
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

/// Frees the device that `device_create` made.
unsafe extern "C-unwind" fn free_created(dev: *mut Device) {
    // SAFETY: nobody has a count of it.
    drop(unsafe { Box::from_raw(dev) });
}

/// `put_device` was the last.
unsafe extern "C-unwind" fn release(kobj: *mut Kobject) {
    let dev = kobj.cast::<Device>();
    // SAFETY: the object is the device's first field, and nobody has a count of it.
    unsafe {
        free_managed(dev);
        let class = (*dev).class.as_ref().and_then(|class| class.dev_release);
        let kind = (*dev).kind.as_ref().and_then(|kind| kind.release);
        if let Some(release) = (*dev).release.or(kind).or(class) {
            release(dev);
        }
    }
}

/// What the type of a device's object is: only how it is released.
static DEVICE_TYPE: super::kobject::KobjType = super::kobject::KobjType::released_by(release);

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_initialize(dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe { kobject_init(dev.cast(), &raw const DEVICE_TYPE) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_add(dev: *mut Device) -> c_int {
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
        let added = table(|table| {
            let same =
                |&(ref other, device): &(String, *mut Device)| *other == name && (*device).class == class;
            if table.devices.iter().any(same) {
                return Err(Errno::EEXIST);
            }
            table.devices.push((name, dev));
            Ok(())
        });
        if let Err(errno) = added {
            return errno.as_return();
        }
        kobject_get(dev.cast());
        let kind = (*dev).kind.as_ref().map_or(ptr::null(), |kind| kind.groups);
        let class = class.as_ref().map_or(ptr::null(), |class| class.dev_groups);
        add_groups(dev, class);
        add_groups(dev, kind);
        add_groups(dev, (*dev).groups);
        0
    }
}

/// Adds the attributes of groups, which are device attributes.
///
/// # Safety
///
/// The C contract.
unsafe fn add_groups(dev: *mut Device, mut groups: *const *const AttributeGroup) {
    // SAFETY: the contract.
    unsafe {
        while !groups.is_null() && !(*groups).is_null() {
            let mut attrs = (**groups).attrs;
            while !attrs.is_null() && !(*attrs).is_null() {
                device_create_file(dev, (*attrs).cast());
                attrs = attrs.add(1);
            }
            groups = groups.add(1);
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_del(dev: *mut Device) {
    let known = table(|table| {
        let before = table.devices.len();
        table.devices.retain(|&(_, other)| other != dev);
        table.devices.len() != before
    });
    if known {
        // SAFETY: the C contract; the table's count goes.
        unsafe {
            entry::remove(&folder_of(dev), Own::Tell("device_del"));
            kobject_put(dev.cast());
        }
    }
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
        device_del(dev);
        put_device(dev);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn get_device(dev: *mut Device) -> *mut Device {
    // SAFETY: the C contract.
    unsafe { kobject_get(dev.cast()).cast() }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn put_device(dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe { kobject_put(dev.cast()) };
}

/// `device_create`, of a name that is formatted.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_device_create(
    class: *mut Class,
    parent: *mut Device,
    devt: c_ulong,
    data: *mut c_void,
    groups: *const *const AttributeGroup,
    name: *const c_char,
) -> *mut Device {
    if is_err_or_null(class) {
        return err_ptr(Errno::ENODEV);
    }
    // SAFETY: all its fields may be zero; the C contract.
    unsafe {
        let mut device = Box::new(std::mem::zeroed::<Device>());
        (device.class, device.parent, device.devt) = (class, parent, devt);
        (device.driver_data, device.groups) = (data, groups);
        device.release = Some(free_created);
        let dev = Box::into_raw(device);
        device_initialize(dev);
        copy_name(dev.cast(), &text(name));
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
unsafe extern "C-unwind" fn device_destroy(class: *mut Class, devt: c_ulong) {
    let found = table(|table| {
        // SAFETY: what is registered is valid.
        let is =
            |&&(_, dev): &&(String, *mut Device)| unsafe { (*dev).class == class && (*dev).devt == devt };
        table.devices.iter().find(is).map(|&(_, dev)| dev)
    });
    if let Some(dev) = found {
        // SAFETY: it is registered: `device_create` made it.
        unsafe { device_unregister(dev) };
    }
}

/// `dev_set_name`, of a name that is formatted.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_set_name(dev: *mut Device, name: *const c_char) {
    // SAFETY: the C contract.
    unsafe { copy_name(dev.cast(), &text(name)) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_create_file(dev: *mut Device, attr: *const OwnAttribute) -> c_int {
    // SAFETY: the C contract.
    unsafe { add_attribute(&folder_of(dev), dev.cast(), attr) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn device_remove_file(dev: *mut Device, attr: *const OwnAttribute) {
    // SAFETY: the C contract.
    unsafe { remove_attribute(dev, attr, Own::Tell("device_remove_file")) };
}

/// Called by the attribute's own function: true if this call removed it.
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

// What goes with its device.

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
unsafe fn free_managed(dev: *mut Device) {
    // SAFETY: the contract.
    unsafe {
        if !(*dev).managed.is_null() {
            for block in *Box::from_raw((*dev).managed) {
                slab::kfree(block);
            }
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn cdev_device_add(cdev: *mut Cdev, dev: *mut Device) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let devt = (*dev).devt;
        if devt != 0 {
            chrdev::cdev_set_parent(cdev, &raw mut (*dev).kobj);
            match chrdev::cdev_add(cdev, devt, 1) {
                0 => {}
                error => return error,
            }
        }
        let error = device_add(dev);
        if error != 0 && devt != 0 {
            chrdev::cdev_del(cdev);
        }
        error
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn cdev_device_del(cdev: *mut Cdev, dev: *mut Device) {
    // SAFETY: the C contract.
    unsafe {
        device_del(dev);
        if (*dev).devt != 0 {
            chrdev::cdev_del(cdev);
        }
    }
}

// Misc devices.

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn misc_register(misc: *mut Misc) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let (name, wanted) = (text((*misc).name), (*misc).minor);
        (*misc).list =
            ListHead { next: (&raw mut (*misc).list).cast(), prev: (&raw mut (*misc).list).cast() };
        let minor = table(|table| {
            let taken = |minor: c_int| table.miscs.iter().any(|r| r.minor == minor);
            // Dynamic ones go down from 127.
            let minor = match wanted {
                DYNAMIC => (0..128).rev().find(|&minor| !taken(minor)),
                minor => (!taken(minor)).then_some(minor),
            };
            let minor = minor.ok_or(Errno::EBUSY)?;
            if table.miscs.iter().any(|r| r.name == name) {
                return Err(Errno::EEXIST);
            }
            table.miscs.push(Registered { name, minor, misc, active: Arc::default() });
            Ok(minor)
        });
        let minor = match minor {
            Ok(minor) => minor,
            Err(errno) => return errno.as_return(),
        };
        let mut device = Box::new(std::mem::zeroed::<Device>());
        device.devt = c_ulong::from(MISC_MAJOR << 20 | minor as u32);
        (device.parent, device.driver_data) = ((*misc).parent, misc.cast());
        device.release = Some(free_created);
        let dev = Box::into_raw(device);
        device_initialize(dev);
        copy_name(dev.cast(), &text((*misc).name));
        (*dev).class = &raw const MISC_CLASS as *mut Class;
        add_groups(dev, (*misc).groups);
        (*misc).this_device = dev;
        (*misc).minor = minor;
    }
    0
}

/// The class that misc devices are shown in.
static MISC_CLASS: Class = Class {
    name: c"misc".as_ptr(),
    owner: ptr::null_mut(),
    class_groups: ptr::null(),
    dev_groups: ptr::null(),
    dev_kobj: ptr::null_mut(),
    dev_uevent: ptr::null(),
    devnode: ptr::null(),
    class_release: None,
    dev_release: None,
};

// SAFETY: nobody changes it: its address is only compared, and its name read.
unsafe impl Sync for Class {}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn misc_deregister(misc: *mut Misc) {
    let removed = table(|table| {
        let at = table.miscs.iter().position(|r| r.misc == misc)?;
        Some(table.miscs.remove(at))
    });
    if let Some(Registered { active, .. }) = removed {
        active.remove(Own::Tell("misc_deregister"));
        // SAFETY: the C contract; the device is that of `misc_register`.
        unsafe {
            let dev = std::mem::replace(&mut (*misc).this_device, ptr::null_mut());
            entry::remove(&folder_of(dev), Own::Tell("misc_deregister"));
            put_device(dev);
        }
    }
}
