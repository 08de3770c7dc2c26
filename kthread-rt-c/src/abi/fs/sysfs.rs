//! `linux/sysfs.h`: attributes, which are files of /sys with a value each.

use super::super::{int, text};
use super::active::Own;
use super::entry::{self, Attributed};
use super::join;
use super::kobject::{Kobject, path};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// `struct sysfs_ops`, and what comes behind the attribute in those of kobjects, devices and classes.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct SysfsOps {
    pub(super) show: Option<unsafe extern "C-unwind" fn(*mut c_void, *const Attribute, *mut c_char) -> isize>,
    pub(super) store:
        Option<unsafe extern "C-unwind" fn(*mut c_void, *const Attribute, *const c_char, usize) -> isize>,
}

/// `struct attribute`.
#[repr(C)]
pub(super) struct Attribute {
    pub(super) name: *const c_char,
    pub(super) mode: u16,
}

/// `struct kobj_attribute`, `struct device_attribute` and `struct class_attribute`.
#[repr(C)]
pub(super) struct OwnAttribute {
    pub(super) attr: Attribute,
    pub(super) ops: SysfsOps,
}

/// `struct attribute_group`.
#[repr(C)]
pub(super) struct AttributeGroup {
    name: *const c_char,
    is_visible: *const c_void,
    pub(super) attrs: *const *const Attribute,
    bin_attrs: *const c_void,
}

// SAFETY: a table of addresses that nobody changes.
unsafe impl Sync for SysfsOps {}

/// Goes by the attribute's own functions.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
pub(super) static kobj_sysfs_ops: SysfsOps = SysfsOps { show: Some(show_own), store: Some(store_own) };

unsafe extern "C-unwind" fn show_own(owner: *mut c_void, attr: *const Attribute, buf: *mut c_char) -> isize {
    // SAFETY: the attribute is the first field of one with functions.
    match unsafe { (*attr.cast::<OwnAttribute>()).ops.show } {
        // SAFETY: the C contract.
        Some(show) => unsafe { show(owner, attr, buf) },
        None => Errno::EIO.as_return() as isize,
    }
}

unsafe extern "C-unwind" fn store_own(
    owner: *mut c_void,
    attr: *const Attribute,
    buf: *const c_char,
    count: usize,
) -> isize {
    // SAFETY: as above.
    match unsafe { (*attr.cast::<OwnAttribute>()).ops.store } {
        // SAFETY: the C contract.
        Some(store) => unsafe { store(owner, attr, buf, count) },
        None => Errno::EIO.as_return() as isize,
    }
}

/// Adds an attribute that has its functions behind it.
///
/// # Safety
///
/// The C contract.
pub(super) unsafe fn add_own(folder: &str, owner: *mut c_void, attr: *const OwnAttribute) -> c_int {
    // SAFETY: the contract.
    unsafe {
        let of = Attributed { owner, attr: attr.cast(), ops: kobj_sysfs_ops };
        let path = join(folder, &text((*attr).attr.name));
        int(entry::add_attribute(path, (*attr).attr.mode, of))
    }
}

/// Adds the attributes of a list that ends with NULL, in a folder or in the object's own.
///
/// # Safety
///
/// The C contract.
pub(super) unsafe fn add_attributes(
    kobj: *mut Kobject,
    mut attrs: *const *const Attribute,
    folder: &str,
) -> c_int {
    // SAFETY: the contract.
    unsafe {
        while let Some(attr) = attrs.as_ref().and_then(|attr| attr.as_ref()) {
            let ops = (*kobj).ktype.as_ref().and_then(|ktype| ktype.sysfs_ops.as_ref().copied());
            let ops = ops.unwrap_or(SysfsOps { show: None, store: None });
            let base = if folder.is_empty() { path(kobj) } else { join(&path(kobj), folder) };
            let of = Attributed { owner: kobj.cast(), attr, ops };
            if let Err(errno) = entry::add_attribute(join(&base, &text(attr.name)), attr.mode, of) {
                return errno.as_return();
            }
            attrs = attrs.add(1);
        }
        0
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_create_file(kobj: *mut Kobject, attr: *const Attribute) -> c_int {
    // SAFETY: the C contract.
    unsafe { add_attributes(kobj, [attr, ptr::null()].as_ptr(), "") }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_file(kobj: *mut Kobject, attr: *const Attribute) {
    // SAFETY: the C contract.
    unsafe { remove_attribute(kobj, attr, Own::Tell("sysfs_remove_file")) };
}

/// Called by the attribute's own function: true if this call removed it.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_file_self(kobj: *mut Kobject, attr: *const Attribute) -> bool {
    // SAFETY: the C contract.
    unsafe { remove_attribute(kobj, attr, Own::LetGo) }
}

/// # Safety
///
/// The C contract.
unsafe fn remove_attribute(kobj: *mut Kobject, attr: *const Attribute, own: Own) -> bool {
    // SAFETY: the contract.
    entry::remove(&unsafe { join(&path(kobj), &text((*attr).name)) }, own)
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_create_group(kobj: *mut Kobject, group: *const AttributeGroup) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let folder = if (*group).name.is_null() { String::new() } else { text((*group).name) };
        if !folder.is_empty()
            && let Err(errno) = entry::add_folder(join(&path(kobj), &folder))
        {
            return errno.as_return();
        }
        add_attributes(kobj, (*group).attrs, &folder)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_group(kobj: *mut Kobject, group: *const AttributeGroup) {
    // SAFETY: the C contract.
    unsafe {
        if !(*group).name.is_null() {
            let folder = join(&path(kobj), &text((*group).name));
            entry::remove(&folder, Own::Tell("sysfs_remove_group"));
            return;
        }
        let mut attrs = (*group).attrs;
        while !attrs.is_null() && !(*attrs).is_null() {
            sysfs_remove_file(kobj, *attrs);
            attrs = attrs.add(1);
        }
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn sysfs_create_groups(
    kobj: *mut Kobject,
    mut groups: *const *const AttributeGroup,
) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        while !groups.is_null() && !(*groups).is_null() {
            match sysfs_create_group(kobj, *groups) {
                0 => groups = groups.add(1),
                error => return error,
            }
        }
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_groups(
    kobj: *mut Kobject,
    mut groups: *const *const AttributeGroup,
) {
    // SAFETY: the C contract.
    unsafe {
        while !groups.is_null() && !(*groups).is_null() {
            sysfs_remove_group(kobj, *groups);
            groups = groups.add(1);
        }
    }
}
