//! `linux/kobject.h`: sets of objects; and new names, moves, and what is told of an object.
//!
//! An object is in its set's list as long as sysfs shows it, and has a count of the set meanwhile.
//! An object in a set that has no other parent is below the set's own object.

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

/// Calls it while the set's list is locked.
///
/// # Safety
///
/// The set is valid.
unsafe fn locked<R>(kset: *mut Kset, f: impl FnOnce() -> R) -> R {
    // SAFETY: the contract; it was locked here.
    unsafe {
        spin_lock(&(*kset).lock);
        let result = f();
        spin_unlock(&(*kset).lock);
        result
    }
}

/// The type of sets that `kset_create_and_add` made.
static KSET: KobjType = KobjType::released_by(free_kset);

/// The set that an object is of.
fn of(kobj: *mut Kobject) -> *mut Kset {
    kobj.wrapping_byte_sub(offset_of!(Kset, kobj)).cast()
}

unsafe extern "C-unwind" fn free_kset(kobj: *mut Kobject) {
    // SAFETY: `kset_create_and_add` made it, and nobody has a count of it.
    drop(unsafe { Box::from_raw(of(kobj)) });
}

/// The set's own object; null for no set.
pub(super) fn object_of(kset: *mut Kset) -> *mut Kobject {
    if kset.is_null() { ptr::null_mut() } else { kset.wrapping_byte_add(offset_of!(Kset, kobj)).cast() }
}

/// Puts an object into its set, if it has one.
///
/// # Safety
///
/// `kobj` is valid, in no list, and its set is valid.
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

/// Takes an object out of its set, if it has one.
///
/// # Safety
///
/// As [`join`], which was called for it.
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

/// A set whose object has its name and its type.
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
        // SAFETY: the C contract. The last one takes it out of sysfs.
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
        let kset = Box::into_raw(Box::new(std::mem::zeroed::<Kset>()));
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

/// The object of this name in the set, and a count of it.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_find_obj(kset: *mut Kset, name: *const c_char) -> *mut Kobject {
    // SAFETY: the C contract; what is in the list is valid.
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

/// `kobject_move`: below another parent, or, for none, below its set or at the top.
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

/// `kobject_get_path`: below /sys, in memory that the caller frees.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kobject_get_path(kobj: *const Kobject, flags: u32) -> *mut c_char {
    // SAFETY: the C contract; the block has room for the path and the zero behind it.
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

/// `kobject_uevent`. Nobody listens; but what is in no set, and whose parents are not, can't be
/// told of.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kobject_uevent(kobj: *const Kobject) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let mut at = kobj;
        while let Some(one) = at.as_ref() {
            // Devices and modules are in sets of the kernel's.
            if !one.kset.is_null() || device::is_one(at) || is_module(at) {
                return 0;
            }
            at = one.parent;
        }
        Errno::EINVAL.as_return()
    }
}

/// `kfree_const`: names of objects are such memory, too.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kfree_const(block: *const c_void) {
    // SAFETY: the C contract.
    unsafe {
        if !free_name(block.cast()) {
            slab::kfree(block);
        }
    }
}
