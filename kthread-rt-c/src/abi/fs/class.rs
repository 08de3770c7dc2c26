//! `linux/device.h`: classes, under which sysfs shows devices of a kind.

use super::super::boxes;
use super::super::left::{self, New};
use super::super::{err_ptr, int, is_err_or_null, no_memory_for, text};
use super::active::Own;
use super::device::Device;
use super::kobject::Kobject;
use super::sysfs::{AttributeGroup, OwnAttribute, add_own};
use super::{entry, join};
use kthread_rt::Errno;
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// `struct class`.
#[repr(C)]
pub(super) struct Class {
    pub(super) name: *const c_char,
    owner: *mut c_void,
    class_groups: *const *const AttributeGroup,
    pub(super) dev_groups: *const *const AttributeGroup,
    dev_kobj: *mut Kobject,
    dev_uevent: *const c_void,
    devnode: *const c_void,
    class_release: Option<unsafe extern "C-unwind" fn(*mut Class)>,
    pub(super) dev_release: Option<unsafe extern "C-unwind" fn(*mut Device)>,
}

/// The class of misc devices.
pub(super) static MISC: Class = Class {
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

// SAFETY: it is never changed: its address is only compared, and its name read.
unsafe impl Sync for Class {}

/// A registered class.
struct Registered {
    name: String,
    class: *mut Class,
    /// True if the class is on the heap.
    allocated: bool,
}

// SAFETY: as in the kernel, the pointer is only followed while the class is registered.
unsafe impl Send for Registered {}

static CLASSES: Mutex<Vec<Registered>> = Mutex::new(Vec::new());

fn classes<R>(f: impl FnOnce(&mut Vec<Registered>) -> R) -> R {
    f(&mut CLASSES.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn registered() -> Vec<String> {
    classes(|classes| classes.iter().map(|r| format!("class \"{}\"", r.name)).collect())
}

/// Registers a class under its name.
fn add_class(name: String, class: *mut Class, allocated: bool) -> Result<(), Errno> {
    classes(|classes| {
        if classes.iter().any(|r| r.name == name) {
            return Err(Errno::EEXIST);
        }
        classes.push(Registered { name, class, allocated });
        Ok(())
    })
}

fn note(class: *const Class, call: &'static str, name: &str) {
    New::of(&left::CLASS, class.addr(), call).named(name);
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_class_create(owner: *mut c_void, name: *const c_char) -> *mut Class {
    let _whole = crate::abi::may_sleep_in_all("class_create");
    if no_memory_for("class_create") {
        return err_ptr(Errno::ENOMEM);
    }
    // SAFETY: all its fields may be zero; the C contract.
    unsafe {
        let mut class = Box::new(std::mem::zeroed::<Class>());
        class.owner = owner;
        let class = boxes::give(class);
        if let Err(errno) = add_class(text(name), class, true) {
            drop(boxes::take(class));
            return err_ptr(errno);
        }
        (*class).name = CString::new(text(name)).unwrap_or_default().into_raw();
        note(class, "class_create", &text(name));
        class
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_register(class: *mut Class) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("class_register");
    if no_memory_for("class_register") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    let name = unsafe { text((*class).name) };
    int(add_class(name.clone(), class, false).inspect(|()| note(class, "class_register", &name)))
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_unregister(class: *mut Class) {
    let _whole = crate::abi::may_sleep_in_all("class_unregister");
    let removed = classes(|classes| {
        let at = classes.iter().position(|r| r.class == class)?;
        Some(classes.remove(at))
    });
    let Some(Registered { name, allocated, .. }) = removed else {
        return left::warn_gone(class.addr(), "class_unregister");
    };
    left::gone(&left::CLASS, class.addr());
    entry::remove(&join("/sys/class", &name), Own::Tell("class_unregister"));
    // SAFETY: by the C contract, it is not used again.
    unsafe {
        if let Some(release) = (*class).class_release {
            release(class);
        }
        if allocated {
            drop(CString::from_raw((*class).name.cast_mut()));
            drop(boxes::take(class));
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_destroy(class: *mut Class) {
    let _whole = crate::abi::may_sleep_in_all("class_destroy");
    if !is_err_or_null(class) {
        // SAFETY: the C contract.
        unsafe { class_unregister(class) };
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_create_file(class: *mut Class, attr: *const OwnAttribute) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("class_create_file");
    // SAFETY: the C contract.
    unsafe {
        let folder = join("/sys/class", &text((*class).name));
        add_own(&folder, class.cast(), attr)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn class_remove_file(class: *mut Class, attr: *const OwnAttribute) {
    // SAFETY: the C contract.
    let path = unsafe { format!("/sys/class/{}/{}", text((*class).name), text((*attr).attr.name)) };
    entry::remove(&path, Own::Tell("class_remove_file"));
}
