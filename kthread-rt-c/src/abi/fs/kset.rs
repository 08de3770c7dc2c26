//! `linux/kobject.h`: sets of kobjects; and renames, moves and uevents.
//!
//! While sysfs shows an object, it is in its set's list and holds a reference to the set. An object
//! in a set without a parent is below the set's own object.

use super::super::boxes;
use super::super::{int, slab, text};
use super::ListHead;
use super::device;
use super::entry;
use super::kobject::{
    KobjType, Kobject, copy_name, free_name, is_module, kobject_get, kobject_init, kobject_put,
    kt_kobject_add, path,
};
use kthread_rt::{Errno, RawSpinLock, spin_lock, spin_unlock};
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::offset_of;
use std::ptr;

/// `struct kset`.
#[repr(C)]
pub(super) struct Kset {
    list: ListHead,
    lock: RawSpinLock,
    kobj: Kobject,
    uevent_ops: *const c_void,
}

const _: () = assert!(offset_of!(Kset, kobj) == 24 && size_of::<Kset>() == 88);

/// Runs `f` while the set's list is locked.
///
/// # Safety
///
/// The set is valid.
unsafe fn locked<R>(kset: *mut Kset, f: impl FnOnce() -> R) -> R {
    // SAFETY: the contract; this function has locked it.
    unsafe {
        spin_lock(&(*kset).lock);
        let result = f();
        spin_unlock(&(*kset).lock);
        result
    }
}

/// The type of sets of `kset_create_and_add`.
static KSET: KobjType = KobjType::released_by(free_kset);

/// The set whose own object this is.
fn of(kobj: *mut Kobject) -> *mut Kset {
    kobj.wrapping_byte_sub(offset_of!(Kset, kobj)).cast()
}

unsafe extern "C-unwind" fn free_kset(kobj: *mut Kobject) {
    // SAFETY: `kset_create_and_add` made it, and no reference to it is left.
    drop(unsafe { boxes::take(of(kobj)) });
}

/// The set's own object; null for a null set.
pub(super) fn object_of(kset: *mut Kset) -> *mut Kobject {
    if kset.is_null() { ptr::null_mut() } else { kset.wrapping_byte_add(offset_of!(Kset, kobj)).cast() }
}

/// Adds an object to its set, if it has one.
///
/// # Safety
///
/// `kobj` is valid and in no list, and its set is valid.
pub(super) unsafe fn join(kobj: *mut Kobject) {
    // SAFETY: the contract.
    unsafe {
        let kset = (*kobj).kset;
        if kset.is_null() {
            return;
        }
        kobject_get(object_of(kset));
        locked(kset, || {
            let (head, node) = ((&raw mut (*kset).list), (&raw mut (*kobj).entry));
            let last = (*head).prev.cast::<ListHead>();
            *node = ListHead { next: head.cast(), prev: last.cast() };
            (*last).next = node.cast();
            (*head).prev = node.cast();
        });
    }
}

/// Removes an object from its set, if it has one.
///
/// # Safety
///
/// `kobj` was added by [`join`].
pub(super) unsafe fn leave(kobj: *mut Kobject) {
    // SAFETY: the contract.
    unsafe {
        let kset = (*kobj).kset;
        if kset.is_null() {
            return;
        }
        locked(kset, || {
            let node = &raw mut (*kobj).entry;
            let (next, prev) = ((*node).next.cast::<ListHead>(), (*node).prev.cast::<ListHead>());
            ((*next).prev, (*prev).next) = (prev.cast(), next.cast());
            *node = ListHead { next: node.cast(), prev: node.cast() };
        });
        kobject_put(object_of(kset));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_init(kset: *mut Kset) {
    // SAFETY: the C contract.
    unsafe {
        let ktype = (*kset).kobj.ktype;
        kobject_init(object_of(kset), ktype);
        let list = (&raw mut (*kset).list).cast();
        (*kset).list = ListHead { next: list, prev: list };
        (&raw mut (*kset).lock).write(RawSpinLock::new());
    }
}

/// Registers a set, whose object has its name and type already.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_register(kset: *mut Kset) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("kset_register");
    // SAFETY: the C contract.
    unsafe {
        if kset.is_null() || (*kset).kobj.ktype.is_null() || (*kset).kobj.name.is_null() {
            return Errno::EINVAL.as_return();
        }
        kset_init(kset);
        let kobj = object_of(kset);
        let name = text((*kobj).name);
        let name = std::ffi::CString::new(name).unwrap_or_default();
        kt_kobject_add(kobj, (*kobj).parent, name.as_ptr())
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_unregister(kset: *mut Kset) {
    let _whole = crate::abi::may_sleep_in_all("kset_unregister");
    if !kset.is_null() {
        // SAFETY: the C contract. Dropping the last reference removes it from sysfs.
        unsafe {
            super::kobject::kobject_del(object_of(kset));
            kobject_put(object_of(kset));
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_create_and_add(
    name: *const c_char,
    uevent_ops: *const c_void,
    parent: *mut Kobject,
) -> *mut Kset {
    let _whole = crate::abi::may_sleep_in_all("kset_create_and_add");
    // SAFETY: all its fields may be zero; the C contract.
    unsafe {
        let kset = boxes::give(Box::new(std::mem::zeroed::<Kset>()));
        (*kset).uevent_ops = uevent_ops;
        (*kset).kobj.ktype = &raw const KSET;
        kset_init(kset);
        if kt_kobject_add(object_of(kset), parent, name) != 0 {
            kobject_put(object_of(kset));
            return ptr::null_mut();
        }
        kset
    }
}

/// Finds the object of this name in the set, and takes a reference to it.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_find_obj(kset: *mut Kset, name: *const c_char) -> *mut Kobject {
    // SAFETY: the C contract; objects in the list are valid.
    unsafe {
        let name = CStr::from_ptr(name);
        locked(kset, || {
            let head = &raw mut (*kset).list;
            let mut node = (*head).next.cast::<ListHead>();
            while !ptr::eq(node, head) {
                let kobj = node.wrapping_byte_sub(offset_of!(Kobject, entry)).cast::<Kobject>();
                if !(*kobj).name.is_null() && CStr::from_ptr((*kobj).name) == name {
                    return super::kobject::kobject_get_unless_zero(kobj);
                }
                node = (*node).next.cast();
            }
            ptr::null_mut()
        })
    }
}

/// `kobject_rename`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kobject_rename(kobj: *mut Kobject, name: *const c_char) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("kobject_rename");
    // SAFETY: the C contract.
    unsafe {
        if kobj.is_null() || (*kobj).parent.is_null() && (*kobj).kset.is_null() {
            return Errno::EINVAL.as_return();
        }
        let (from, name) = (path(kobj), text(name));
        let within = from.rsplit_once('/').map_or("", |(within, _)| within);
        int(entry::rename(&from, &super::join(within, &name)).inspect(|()| copy_name(kobj, &name)))
    }
}

/// `kobject_move`: moves an object below another parent; with a null parent, below its set or to
/// the top.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kobject_move(kobj: *mut Kobject, parent: *mut Kobject) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("kobject_move");
    // SAFETY: the C contract.
    unsafe {
        if kobj.is_null() {
            return Errno::EINVAL.as_return();
        }
        let parent = kobject_get(if parent.is_null() { object_of((*kobj).kset) } else { parent });
        let folder = if parent.is_null() { "/sys".to_owned() } else { path(parent) };
        let moved = entry::rename(&path(kobj), &super::join(&folder, &text((*kobj).name)));
        let left = if moved.is_ok() { std::mem::replace(&mut (*kobj).parent, parent) } else { parent };
        kobject_put(left);
        int(moved)
    }
}

/// `kobject_get_path`: the path below /sys, in memory that the caller frees.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kobject_get_path(kobj: *const Kobject, flags: u32) -> *mut c_char {
    // SAFETY: the C contract; the block has room for the path and its final zero.
    unsafe {
        let path = path(kobj);
        let path = path.strip_prefix("/sys").unwrap_or(&path);
        let block = slab::__kmalloc(path.len() + 1, flags).cast::<u8>();
        if !block.is_null() {
            block.copy_from_nonoverlapping(path.as_ptr(), path.len());
            block.add(path.len()).write(0);
        }
        block.cast()
    }
}

/// `kobject_uevent`. There are no listeners; but as in a kernel, it fails if neither the object nor
/// a parent is in a set.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kobject_uevent(kobj: *const Kobject) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let mut at = kobj;
        while let Some(one) = at.as_ref() {
            // In a kernel, devices and modules are in sets.
            if !one.kset.is_null() || device::is_one(at) || is_module(at) {
                return 0;
            }
            at = one.parent;
        }
        Errno::EINVAL.as_return()
    }
}

/// `kfree_const`: names of objects may be passed, too.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kfree_const(block: *const c_void) {
    // SAFETY: the C contract.
    unsafe {
        if !free_name(block.cast()) {
            slab::kfree(block);
        }
    }
}
