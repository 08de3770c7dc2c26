//! `linux/kobject.h`: refcounted objects, which sysfs shows as folders.

use super::super::boxes;
use super::super::left::{self, New};
use super::super::{no_memory_for, text};
use super::ListHead;
use super::active::Own;
use super::device;
use super::entry;
use super::kset::{self, Kset};
use super::sysfs;
use super::sysfs::{Attribute, AttributeGroup, MODULE_OPS, SysfsOps, add_attributes, kobj_sysfs_ops};
use kthread_rt::Errno;
use std::collections::BTreeSet;
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

/// `struct kobj_type`.
#[repr(C)]
pub(super) struct KobjType {
    release: Option<unsafe extern "C-unwind" fn(*mut Kobject)>,
    pub(super) sysfs_ops: *const SysfsOps,
    default_groups: *const *const AttributeGroup,
    default_attrs: *const *const Attribute,
}

// SAFETY: a table of addresses that is never changed.
unsafe impl Sync for KobjType {}

impl KobjType {
    /// A type that only defines the release of its objects; their attributes have functions of
    /// their own.
    pub(super) const fn released_by(release: unsafe extern "C-unwind" fn(*mut Kobject)) -> Self {
        let sysfs_ops = &raw const kobj_sysfs_ops;
        Self { release: Some(release), sysfs_ops, default_groups: ptr::null(), default_attrs: ptr::null() }
    }
}

/// `struct kobject`.
#[repr(C)]
pub(super) struct Kobject {
    pub(super) name: *const c_char,
    /// The entry in the list of its set.
    pub(super) entry: ListHead,
    pub(super) parent: *mut Kobject,
    pub(super) kset: *mut Kset,
    pub(super) ktype: *const KobjType,
    count: AtomicI32,
    state: u32,
}

const _: () = assert!(size_of::<Kobject>() == 56);

impl Kobject {
    /// For an object that has one reference or none, and is part of another: sets which, and
    /// returns what it was.
    pub(super) fn set_referenced(&self, referenced: bool) -> bool {
        // Relaxed: the caller has the only reference.
        self.count.swap(referenced.into(), Ordering::Relaxed) != 0
    }
}

/// `state_initialized`.
const INITIALIZED: u32 = 1;
/// `state_in_sysfs`.
const IN_SYSFS: u32 = 2;

/// The type of objects of `kobject_create_and_add`.
static DYNAMIC: KobjType = KobjType::released_by(free_kobject);

unsafe extern "C-unwind" fn free_kobject(kobj: *mut Kobject) {
    // SAFETY: `kobject_create_and_add` made it, and nobody has a count of it.
    drop(unsafe { boxes::take(kobj) });
}

/// The names in use. A static object that was released and is registered again still points to its
/// freed name: this keeps it from being freed twice.
static NAMES: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

fn names<R>(f: impl FnOnce(&mut BTreeSet<usize>) -> R) -> R {
    f(&mut NAMES.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Frees a name of [`copy_name`], unless it was freed already. False if `name` is not such a name.
///
/// # Safety
///
/// The name is not read any more.
pub(super) unsafe fn free_name(name: *const c_char) -> bool {
    let is_one = names(|names| names.remove(&name.addr()));
    if is_one {
        // SAFETY: it comes from `into_raw`, and was in use until now.
        drop(unsafe { CString::from_raw(name.cast_mut()) });
    }
    is_one
}

/// Gives the object its own copy of the name.
///
/// # Safety
///
/// `kobj` is valid; its name is null or comes from [`copy_name`].
pub(super) unsafe fn copy_name(kobj: *mut Kobject, name: &str) {
    // SAFETY: the contract.
    unsafe {
        forget_name(kobj);
        let name = CString::new(name).unwrap_or_default().into_raw();
        names(|names| names.insert(name.addr()));
        (*kobj).name = name;
    }
}

/// # Safety
///
/// As [`copy_name`].
pub(super) unsafe fn forget_name(kobj: *mut Kobject) {
    // SAFETY: the contract.
    unsafe {
        _ = free_name((*kobj).name);
        (*kobj).name = ptr::null();
    }
}

/// The object's folder in sysfs.
///
/// # Safety
///
/// `kobj` and its parents are valid.
pub(super) unsafe fn path(kobj: *const Kobject) -> String {
    // SAFETY: the contract.
    unsafe {
        if device::is_one(kobj) {
            return device::folder_of(kobj.cast());
        }
        let above = if (*kobj).parent.is_null() { "/sys".to_owned() } else { path((*kobj).parent) };
        super::join(&above, &text((*kobj).name))
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kobject_init(kobj: *mut Kobject, ktype: *const KobjType) {
    // SAFETY: the C contract. As in the kernel, a name that was set before stays.
    unsafe {
        (*kobj).entry =
            ListHead { next: (&raw mut (*kobj).entry).cast(), prev: (&raw mut (*kobj).entry).cast() };
        (*kobj).ktype = ktype;
        (*kobj).count = AtomicI32::new(1);
        (*kobj).state = INITIALIZED;
    }
}

/// `struct module_kobject`.
#[repr(C)]
struct ModuleKobject {
    kobj: Kobject,
    module: *mut c_void,
    drivers: *mut Kobject,
}

/// The type of modules' kobjects, which are embedded in `struct module`.
static MODULE: KobjType =
    KobjType { sysfs_ops: &raw const MODULE_OPS, ..KobjType::released_by(release_nothing) };

/// True if the object belongs to a module.
///
/// # Safety
///
/// `kobj` is valid.
pub(super) unsafe fn is_module(kobj: *const Kobject) -> bool {
    // SAFETY: the contract.
    ptr::eq(unsafe { (*kobj).ktype }, &raw const MODULE)
}

unsafe extern "C-unwind" fn release_nothing(_kobj: *mut Kobject) {}

/// Called by each file of a module. The object stands for the module's folder in `/sys/module`,
/// which exists once it has an entry.
///
/// # Safety
///
/// `of_module` is part of `module`; `name` is the module's name and lives as long.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_make_module_kobject(
    of_module: *mut ModuleKobject,
    module: *mut c_void,
    name: *const c_char,
) {
    // SAFETY: the contract. Nothing else has a pointer to the object that is initialised.
    unsafe {
        if (*of_module).kobj.state & INITIALIZED == 0 {
            kobject_init(&raw mut (*of_module).kobj, &raw const MODULE);
            (*of_module).kobj.name = name;
            (*of_module).kobj.parent = kt_modules_kobj.load(Ordering::Relaxed);
            (*of_module).module = module;
        }
    }
}

/// `kobject_set_name`, after the name is formatted.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kobject_set_name(kobj: *mut Kobject, name: *const c_char) {
    // SAFETY: the C contract.
    unsafe { copy_name(kobj, &text(name)) };
}

/// `kobject_add`, after the name is formatted.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kt_kobject_add(
    kobj: *mut Kobject,
    parent: *mut Kobject,
    name: *const c_char,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("kobject_add");
    // SAFETY: the C contract.
    unsafe {
        copy_name(kobj, &text(name));
        if no_memory_for("kobject_add") {
            return Errno::ENOMEM.as_return();
        }
        // An object in a set without a parent is below the set's object.
        let parent = if parent.is_null() { kset::object_of((*kobj).kset) } else { parent };
        (*kobj).parent = parent;
        if let Err(errno) = left::within(|| entry::add_folder(path(kobj))) {
            (*kobj).parent = ptr::null_mut();
            return errno.as_return();
        }
        kobject_get(parent);
        kset::join(kobj);
        (*kobj).state |= IN_SYSFS;
        New::of(&left::KOBJECT, kobj.addr(), "kobject_add").named(&path(kobj));
        let Some(ktype) = (*kobj).ktype.as_ref() else { return 0 };
        left::within(|| {
            add_attributes(kobj, ktype.default_attrs);
            sysfs::add_groups(kobj, ktype.default_groups)
        })
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kobject_create_and_add(
    name: *const c_char,
    parent: *mut Kobject,
) -> *mut Kobject {
    let _whole = crate::abi::may_sleep_in_all("kobject_create_and_add");
    // SAFETY: all its fields may be zero; the C contract.
    unsafe {
        let kobj = boxes::give(Box::new(std::mem::zeroed::<Kobject>()));
        kobject_init(kobj, &raw const DYNAMIC);
        if kt_kobject_add(kobj, parent, name) != 0 {
            kobject_put(kobj);
            return ptr::null_mut();
        }
        kobj
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kobject_del(kobj: *mut Kobject) {
    let _whole = crate::abi::may_sleep_in_all("kobject_del");
    // SAFETY: the C contract.
    unsafe { kobject_put(leave_sysfs(kobj)) };
}

/// Removes an object from sysfs and from its set. Returns its parent, with a reference for the
/// caller.
///
/// # Safety
///
/// `kobj` is null or valid.
unsafe fn leave_sysfs(kobj: *mut Kobject) -> *mut Kobject {
    // SAFETY: the contract.
    unsafe {
        if kobj.is_null() || (*kobj).state & IN_SYSFS == 0 {
            return ptr::null_mut();
        }
        entry::remove(&path(kobj), Own::Tell("kobject_del"));
        (*kobj).state &= !IN_SYSFS;
        left::gone(&left::KOBJECT, kobj.addr());
        kset::leave(kobj);
        std::mem::replace(&mut (*kobj).parent, ptr::null_mut())
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kobject_get(kobj: *mut Kobject) -> *mut Kobject {
    if !kobj.is_null() {
        // SAFETY: the C contract. Relaxed: the caller holds a reference already.
        unsafe { (*kobj).count.fetch_add(1, Ordering::Relaxed) };
    }
    kobj
}

/// Takes a reference. Returns null if the object is being released.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kobject_get_unless_zero(kobj: *mut Kobject) -> *mut Kobject {
    // SAFETY: the C contract. Relaxed: a lock of the caller keeps the object from being freed.
    let got = !kobj.is_null()
        && unsafe {
            let more = |count| (count > 0).then_some(count + 1);
            (*kobj).count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
        };
    if got { kobj } else { ptr::null_mut() }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kobject_put(kobj: *mut Kobject) {
    // SAFETY: the C contract. AcqRel: all other threads' accesses happen before the release.
    unsafe {
        if kobj.is_null() {
            return;
        }
        let less = |count| (count > 0).then_some(count - 1);
        match (*kobj).count.fetch_update(Ordering::AcqRel, Ordering::Relaxed, less) {
            Ok(1) => {}
            Ok(_) => return,
            // The count of a freed object says the same until its memory is used again.
            Err(_) => return left::warn_gone(kobj.addr(), "kobject_put"),
        }
        let parent = leave_sysfs(kobj);
        // The release may read the name, and may free the object, so the name is freed afterwards.
        let name = (*kobj).name;
        if let Some(release) = (*kobj).ktype.as_ref().and_then(|ktype| ktype.release) {
            release(kobj);
        }
        _ = free_name(name);
        // The release may access the parent, so the parent is dropped afterwards.
        kobject_put(parent);
    }
}

macro_rules! folders {
    ($($name:ident $path:literal)*) => {
        $(
            #[unsafe(no_mangle)]
            #[allow(non_upper_case_globals, reason = "the kernel's name")]
            static $name: AtomicPtr<Kobject> = AtomicPtr::new(ptr::null_mut());
        )*

        /// Makes the kobjects of folders that always exist, before any C code runs.
        extern "C" fn make_folders() {
            $( $name.store(make_folder($path), Ordering::Relaxed); )*
        }
    };
}

folders! {
    kernel_kobj "kernel"
    firmware_kobj "firmware"
    power_kobj "power"
    mm_kobj "kernel/mm"
    hypervisor_kobj "hypervisor"
    fs_kobj "fs"
    kt_modules_kobj "module"
}

#[used]
#[unsafe(link_section = ".init_array")]
static MAKE_FOLDERS: extern "C" fn() = make_folders;

fn make_folder(name: &str) -> *mut Kobject {
    // SAFETY: `kobject_init` accepts an object that is all zeroes.
    unsafe {
        let kobj = boxes::give(Box::new(std::mem::zeroed::<Kobject>()));
        kobject_init(kobj, &raw const DYNAMIC);
        copy_name(kobj, name);
        kobj
    }
}
