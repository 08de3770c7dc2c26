//! Sets of objects: `struct kset` of `linux/kobject.h`. An object of one is on its list while sysfs shows it, and keeps it so long.

use super::super::text;
use super::ListHead;
use super::kobject::{
    KobjType, Kobject, copy_name, kobject_del, kobject_get, kobject_init, kobject_put, kt_kobject_add,
};
use kthread_rt::{Errno, RawSpinLock, spin_lock, spin_unlock};
use std::ffi::{c_char, c_int, c_void};
use std::mem::offset_of;
use std::ptr;

/// `struct kset`.
#[repr(C)]
pub(super) struct Kset {
    list: ListHead,
    lock: RawSpinLock,
    pub(super) kobj: Kobject,
    uevent_ops: *const c_void,
}

const _: () = assert!(offset_of!(Kset, kobj) == 24 && size_of::<Kset>() == 88);

/// The type of `kset_create_and_add`'s.
static DYNAMIC: KobjType = KobjType::released_by(free_kset);

unsafe extern "C-unwind" fn free_kset(kobj: *mut Kobject) {
    // SAFETY: `kset_create_and_add` made the set that it is part of, and nobody has a count of it.
    drop(unsafe { Box::from_raw(kobj.byte_sub(offset_of!(Kset, kobj)).cast::<Kset>()) });
}

/// Puts the object on the list of its set, as the last.
///
/// # Safety
///
/// Both are valid; the object is on no list.
pub(super) unsafe fn join(kobj: *mut Kobject, set: *mut Kset) {
    // SAFETY: the contract; what is on the list is an object that is valid.
    unsafe {
        kobject_get(&raw mut (*set).kobj);
        spin_lock(&(*set).lock);
        let (entry, head) = (&raw mut (*kobj).list, &raw mut (*set).list);
        let last = (*head).prev.cast::<ListHead>();
        *entry = ListHead { next: head.cast(), prev: last.cast() };
        (*last).next = entry.cast();
        (*head).prev = entry.cast();
        spin_unlock(&(*set).lock);
    }
}

/// Takes it off again.
///
/// # Safety
///
/// It has joined.
pub(super) unsafe fn leave(kobj: *mut Kobject, set: *mut Kset) {
    // SAFETY: as in `join`.
    unsafe {
        spin_lock(&(*set).lock);
        let entry = &raw mut (*kobj).list;
        let (next, prev) = ((*entry).next.cast::<ListHead>(), (*entry).prev.cast::<ListHead>());
        (*next).prev = prev.cast();
        (*prev).next = next.cast();
        *entry = ListHead { next: entry.cast(), prev: entry.cast() };
        spin_unlock(&(*set).lock);
        kobject_put(&raw mut (*set).kobj);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_init(set: *mut Kset) {
    // SAFETY: the C contract.
    unsafe {
        let ktype = (*set).kobj.ktype;
        kobject_init(&raw mut (*set).kobj, ktype);
        let head = (&raw mut (*set).list).cast();
        (*set).list = ListHead { next: head, prev: head };
        (&raw mut (*set).lock).write(RawSpinLock::new());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_register(set: *mut Kset) -> c_int {
    if set.is_null() {
        return Errno::EINVAL.as_return();
    }
    // SAFETY: the C contract: it has a name.
    unsafe {
        kset_init(set);
        let name = (*set).kobj.name;
        if name.is_null() {
            Errno::EINVAL.as_return()
        } else {
            kt_kobject_add(&raw mut (*set).kobj, (*set).kobj.parent, name)
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_unregister(set: *mut Kset) {
    if !set.is_null() {
        // SAFETY: the C contract.
        unsafe {
            kobject_del(&raw mut (*set).kobj);
            kobject_put(&raw mut (*set).kobj);
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_create_and_add(
    name: *const c_char,
    uevent_ops: *const c_void,
    parent: *mut Kobject,
) -> *mut Kset {
    // SAFETY: all its fields may be zero; the C contract.
    unsafe {
        let set = Box::into_raw(Box::new(std::mem::zeroed::<Kset>()));
        (*set).kobj.ktype = &raw const DYNAMIC;
        (*set).kobj.parent = parent;
        (*set).uevent_ops = uevent_ops;
        copy_name(&raw mut (*set).kobj, &text(name));
        if kset_register(set) != 0 {
            kobject_put(&raw mut (*set).kobj);
            return ptr::null_mut();
        }
        set
    }
}

/// The object of the set that has this name, with a reference more; or null.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kset_find_obj(set: *mut Kset, name: *const c_char) -> *mut Kobject {
    // SAFETY: the C contract; what is on the list is valid.
    unsafe {
        let wanted = text(name);
        spin_lock(&(*set).lock);
        let head = &raw mut (*set).list;
        let mut at = (*head).next.cast::<ListHead>();
        let mut found: *mut Kobject = ptr::null_mut();
        while at != head && found.is_null() {
            let kobj = at.byte_sub(offset_of!(Kobject, list)).cast::<Kobject>();
            if !(*kobj).name.is_null() && text((*kobj).name) == wanted {
                found = kobject_get(kobj);
            }
            at = (*at).next.cast();
        }
        spin_unlock(&(*set).lock);
        found
    }
}
