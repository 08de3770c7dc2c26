//! `linux/sysfs.h`: attributes, which are files in /sys with one value each.

use super::super::{int, modules, no_memory_for, text};
use super::active::Own;
use super::bytes::BinAttribute;
use super::entry::{self, Attributed};
use super::join;
use super::kobject::{Kobject, path};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// `struct sysfs_ops`; the attributes of kobjects, devices and classes have the same two functions
/// after the attribute.
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
    is_visible: Option<unsafe extern "C-unwind" fn(*mut Kobject, *const Attribute, c_int) -> u16>,
    is_bin_visible: Option<unsafe extern "C-unwind" fn(*mut Kobject, *const BinAttribute, c_int) -> u16>,
    pub(super) attrs: *const *const Attribute,
    bin_attrs: *const *const BinAttribute,
}

// SAFETY: a table of addresses that is never changed.
unsafe impl Sync for SysfsOps {}

/// `struct module_attribute`, whose functions take the attribute first.
#[repr(C)]
struct ModuleAttribute {
    attr: Attribute,
    show: Option<unsafe extern "C-unwind" fn(*const Attribute, *mut c_void, *mut c_char) -> isize>,
    store: Option<unsafe extern "C-unwind" fn(*const Attribute, *mut c_void, *const c_char, usize) -> isize>,
}

/// Calls the functions of a `struct module_attribute`.
pub(super) static MODULE_OPS: SysfsOps = SysfsOps { show: Some(show_module), store: Some(store_module) };

unsafe extern "C-unwind" fn show_module(
    owner: *mut c_void,
    attr: *const Attribute,
    buf: *mut c_char,
) -> isize {
    // SAFETY: the attribute is the first field of a module attribute; the kobject is the first
    // field of a module's kobject.
    match unsafe { (*attr.cast::<ModuleAttribute>()).show } {
        // SAFETY: the C contract.
        Some(show) => unsafe { show(attr, owner, buf) },
        None => Errno::EIO.as_return() as isize,
    }
}

unsafe extern "C-unwind" fn store_module(
    owner: *mut c_void,
    attr: *const Attribute,
    buf: *const c_char,
    count: usize,
) -> isize {
    // SAFETY: as above.
    match unsafe { (*attr.cast::<ModuleAttribute>()).store } {
        // SAFETY: the C contract.
        Some(store) => unsafe { store(attr, owner, buf, count) },
        None => Errno::EIO.as_return() as isize,
    }
}

/// Calls the attribute's own functions.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
pub(super) static kobj_sysfs_ops: SysfsOps = SysfsOps { show: Some(show_own), store: Some(store_own) };

unsafe extern "C-unwind" fn show_own(owner: *mut c_void, attr: *const Attribute, buf: *mut c_char) -> isize {
    // SAFETY: the attribute is the first field of a structure with functions.
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

/// Adds an attribute that is followed by its functions.
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

/// The folder of an object, or its subfolder of that name.
///
/// # Safety
///
/// The C contract.
unsafe fn folder_of(kobj: *mut Kobject, name: &str) -> String {
    // SAFETY: the contract.
    let base = unsafe { path(kobj) };
    if name.is_empty() { base } else { join(&base, name) }
}

/// The pointers of a NULL-terminated list; none if the list is NULL.
///
/// # Safety
///
/// `list` is NULL or such a list, and outlives the iterator.
unsafe fn each<T>(mut list: *const *const T) -> impl Iterator<Item = *const T> {
    std::iter::from_fn(move || {
        // SAFETY: by the contract, since the end is not reached.
        let one = unsafe { *list.as_ref()? };
        list = list.wrapping_add(1);
        (!one.is_null()).then_some(one)
    })
}

/// Adds an attribute with this mode.
///
/// # Safety
///
/// The C contract.
unsafe fn add_attribute(
    folder: &str,
    kobj: *mut Kobject,
    attr: *const Attribute,
    mode: u16,
) -> Result<(), Errno> {
    // SAFETY: the contract.
    unsafe {
        let ops = (*kobj).ktype.as_ref().and_then(|ktype| ktype.sysfs_ops.as_ref().copied());
        let ops = ops.unwrap_or(SysfsOps { show: None, store: None });
        let of = Attributed { owner: kobj.cast(), attr, ops };
        entry::add_attribute(join(folder, &text((*attr).name)), mode, of)
    }
}

/// Adds the attributes of a NULL-terminated list: all or none.
///
/// # Safety
///
/// The C contract.
pub(super) unsafe fn add_attributes(kobj: *mut Kobject, attrs: *const *const Attribute) -> c_int {
    // SAFETY: the contract.
    unsafe {
        let folder = path(kobj);
        for (index, attr) in each(attrs).enumerate() {
            if let Err(errno) = add_attribute(&folder, kobj, attr, (*attr).mode) {
                each(attrs).take(index).for_each(|attr| _ = remove_attribute(kobj, attr, Own::LetGo));
                return errno.as_return();
            }
        }
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_create_file(kobj: *mut Kobject, attr: *const Attribute) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_create_file");
    if no_memory_for("sysfs_create_file") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { add_attributes(kobj, [attr, ptr::null()].as_ptr()) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_create_files(kobj: *mut Kobject, attrs: *const *const Attribute) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_create_files");
    if no_memory_for("sysfs_create_files") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { add_attributes(kobj, attrs) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_files(kobj: *mut Kobject, attrs: *const *const Attribute) {
    let _whole = crate::abi::may_sleep_in_all("sysfs_remove_files");
    // SAFETY: the C contract.
    unsafe { each(attrs).for_each(|attr| sysfs_remove_file(kobj, attr)) };
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn sysfs_create_bin_file(
    kobj: *mut Kobject,
    attr: *const BinAttribute,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_create_bin_file");
    if no_memory_for("sysfs_create_bin_file") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { int(entry::add_binary(join(&path(kobj), &text((*attr).attr.name)), kobj, &*attr)) }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn sysfs_remove_bin_file(kobj: *mut Kobject, attr: *const BinAttribute) {
    let _whole = crate::abi::may_sleep_in_all("sysfs_remove_bin_file");
    // SAFETY: the C contract.
    unsafe { remove_attribute(kobj, &raw const (*attr).attr, Own::Tell("sysfs_remove_bin_file")) };
}

/// Creates a link in an object's folder, or in /sys for NULL, to another object's folder.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_create_link(
    kobj: *mut Kobject,
    target: *mut Kobject,
    name: *const c_char,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_create_link");
    // SAFETY: the C contract.
    unsafe {
        let folder = if kobj.is_null() { "/sys".to_owned() } else { path(kobj) };
        match target.is_null() {
            true => Errno::ENOENT.as_return(),
            false if no_memory_for("sysfs_create_link") => Errno::ENOMEM.as_return(),
            false => int(entry::add_link(join(&folder, &text(name)), path(target)).map(drop)),
        }
    }
}

/// Sets the mode of an attribute, for later opens.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_chmod_file(kobj: *mut Kobject, attr: *const Attribute, mode: u16) -> c_int {
    // SAFETY: the C contract.
    unsafe { int(entry::set_mode(&join(&path(kobj), &text((*attr).name)), mode & 0o7777)) }
}

/// `sysfs_rename_link`. The link has to lead to that object.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_rename_link_ns(
    kobj: *mut Kobject,
    target: *mut Kobject,
    from: *const c_char,
    to: *const c_char,
    _ns: *const c_void,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_rename_link_ns");
    // SAFETY: the C contract.
    unsafe {
        let folder = if kobj.is_null() { "/sys".to_owned() } else { path(kobj) };
        let (from, to) = (join(&folder, &text(from)), join(&folder, &text(to)));
        match entry::leads_to(&from) {
            None => Errno::ENOENT.as_return(),
            Some(path_of_target) if path_of_target != path(target) => Errno::EINVAL.as_return(),
            Some(_) => int(entry::rename(&from, &to)),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_link(kobj: *mut Kobject, name: *const c_char) {
    let _whole = crate::abi::may_sleep_in_all("sysfs_remove_link");
    // SAFETY: the C contract.
    unsafe {
        let folder = if kobj.is_null() { "/sys".to_owned() } else { path(kobj) };
        entry::remove(&join(&folder, &text(name)), Own::LetGo);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_file(kobj: *mut Kobject, attr: *const Attribute) {
    let _whole = crate::abi::may_sleep_in_all("sysfs_remove_file");
    // SAFETY: the C contract.
    unsafe { remove_attribute(kobj, attr, Own::Tell("sysfs_remove_file")) };
}

/// May be called by the attribute's own function. True if this call removed it.
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

/// The bits of a mode that are used.
const MODE: u16 = 0o664;
/// `SYSFS_GROUP_INVISIBLE`, a bit beside the mode: the group has no folder.
const GROUP_INVISIBLE: u16 = 0o20000;

/// The mode of the group's first attribute.
///
/// # Safety
///
/// The C contract.
unsafe fn first_visible(kobj: *mut Kobject, group: &AttributeGroup) -> u16 {
    // SAFETY: the contract.
    unsafe {
        match (each(group.attrs).next(), group.is_visible, each(group.bin_attrs).next(), group.is_bin_visible)
        {
            (Some(attr), Some(visible), ..) => visible(kobj, attr, 0),
            (_, _, Some(attr), Some(visible)) => visible(kobj, attr, 0),
            _ => 0,
        }
    }
}

/// Adds the visible attributes of the group. `is_visible`, if there is one, returns their modes.
///
/// # Safety
///
/// The C contract.
unsafe fn add_visible(kobj: *mut Kobject, group: &AttributeGroup, folder: &str) -> Result<(), Errno> {
    // SAFETY: the contract.
    unsafe {
        for (index, attr) in each(group.attrs).enumerate() {
            let mode =
                group.is_visible.map_or((*attr).mode, |visible| visible(kobj, attr, index as c_int) & MODE);
            if mode != 0 {
                add_attribute(folder, kobj, attr, mode)?;
            }
        }
        for (index, attr) in each(group.bin_attrs).enumerate() {
            if group.is_bin_visible.is_none_or(|visible| visible(kobj, attr, index as c_int) != 0) {
                entry::add_binary(join(folder, &text((*attr).attr.name)), kobj, &*attr)?;
            }
        }
    }
    Ok(())
}

/// Removes the group's attributes, and its folder if it has one.
///
/// # Safety
///
/// The C contract.
unsafe fn remove_group(kobj: *mut Kobject, group: &AttributeGroup, own: Own) {
    // SAFETY: the contract.
    unsafe {
        if !group.name.is_null() {
            entry::remove(&folder_of(kobj, &text(group.name)), own);
            return;
        }
        each(group.attrs).for_each(|attr| _ = remove_attribute(kobj, attr, own));
        each(group.bin_attrs).for_each(|attr| _ = remove_attribute(kobj, &raw const (*attr).attr, own));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_create_group(kobj: *mut Kobject, group: *const AttributeGroup) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_create_group");
    if no_memory_for("sysfs_create_group") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { add_group(kobj, group) }
}

/// # Safety
///
/// The C contract.
unsafe fn add_group(kobj: *mut Kobject, group: *const AttributeGroup) -> c_int {
    // SAFETY: the contract.
    unsafe {
        let group = &*group;
        // Since 6.9, the first attribute of a group with a folder decides whether the folder
        // exists.
        if !group.name.is_null()
            && modules::version() >= (6, 9)
            && first_visible(kobj, group) & GROUP_INVISIBLE != 0
        {
            return 0;
        }
        let folder = if group.name.is_null() { path(kobj) } else { folder_of(kobj, &text(group.name)) };
        if !group.name.is_null()
            && let Err(errno) = entry::add_folder(folder.clone())
        {
            return errno.as_return();
        }
        int(add_visible(kobj, group, &folder).inspect_err(|_| remove_group(kobj, group, Own::LetGo)))
    }
}

/// Adds or removes the group's attributes as `is_visible` says now.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_update_group(kobj: *mut Kobject, group: *const AttributeGroup) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_update_group");
    // SAFETY: the C contract.
    unsafe {
        remove_group(kobj, &*group, Own::Tell("sysfs_update_group"));
        add_group(kobj, group)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_group(kobj: *mut Kobject, group: *const AttributeGroup) {
    let _whole = crate::abi::may_sleep_in_all("sysfs_remove_group");
    // SAFETY: the C contract.
    unsafe { remove_group(kobj, &*group, Own::Tell("sysfs_remove_group")) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_create_groups(
    kobj: *mut Kobject,
    groups: *const *const AttributeGroup,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("sysfs_create_groups");
    if no_memory_for("sysfs_create_groups") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { add_groups(kobj, groups) }
}

/// Adds groups of attributes: all or none.
///
/// # Safety
///
/// The C contract.
pub(super) unsafe fn add_groups(kobj: *mut Kobject, groups: *const *const AttributeGroup) -> c_int {
    // SAFETY: the contract.
    unsafe {
        for (index, group) in each(groups).enumerate() {
            let error = add_group(kobj, group);
            if error != 0 {
                each(groups).take(index).for_each(|group| remove_group(kobj, &*group, Own::LetGo));
                return error;
            }
        }
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn sysfs_remove_groups(kobj: *mut Kobject, groups: *const *const AttributeGroup) {
    let _whole = crate::abi::may_sleep_in_all("sysfs_remove_groups");
    // SAFETY: the C contract.
    unsafe { each(groups).for_each(|group| sysfs_remove_group(kobj, group)) };
}
