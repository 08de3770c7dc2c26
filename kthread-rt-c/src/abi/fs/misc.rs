//! `linux/miscdevice.h`: character devices with a name and one minor each of a shared major.
//!
//! As in a kernel, `misc_deregister` waits for running opens of the device. Open files stay usable,
//! and hold a reference to their module.

use super::super::left::{self, New};
use super::super::{no_memory_for, text};
use super::active::{Active, Inside, Own};
use super::chrdev::MISC_MAJOR;
use super::class;
use super::device::{self, Device};
use super::sysfs::AttributeGroup;
use super::{FileOperations, ListHead};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

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

const _: () = assert!(size_of::<Misc>() == 80);

/// `MISC_DYNAMIC_MINOR`.
const DYNAMIC: c_int = 255;

/// A registered misc device.
struct Registered {
    name: String,
    minor: c_int,
    misc: *mut Misc,
    /// The threads that are opening it.
    active: Arc<Active>,
}

// SAFETY: as in the kernel, the pointer is only followed while the device is registered.
unsafe impl Send for Registered {}

static MISCS: Mutex<Vec<Registered>> = Mutex::new(Vec::new());

fn miscs<R>(f: impl FnOnce(&mut Vec<Registered>) -> R) -> R {
    f(&mut MISCS.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn registered() -> Vec<String> {
    miscs(|miscs| miscs.iter().map(|r| format!("misc device \"{}\", 10:{}", r.name, r.minor)).collect())
}

/// A misc device that is being opened: `misc_deregister` waits until this is dropped.
pub(super) struct Opening {
    pub(super) misc: *mut Misc,
    pub(super) number: u32,
    /// Its operations at the time of the lookup.
    pub(super) ops: *const FileOperations,
    _inside: Inside,
}

/// The device of this name, for an open.
pub(super) fn find(name: &str) -> Option<Opening> {
    miscs(|miscs| {
        let Registered { minor, misc, active, .. } = miscs.iter().find(|r| r.name == name)?;
        let number = MISC_MAJOR << 20 | *minor as u32;
        // SAFETY: it is registered, so it is valid.
        let ops = unsafe { (**misc).ops };
        active.enter().map(|_inside| Opening { misc: *misc, number, ops, _inside })
    })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn misc_register(misc: *mut Misc) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("misc_register");
    if no_memory_for("misc_register") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe {
        let (name, wanted) = (text((*misc).name), (*misc).minor);
        (*misc).list =
            ListHead { next: (&raw mut (*misc).list).cast(), prev: (&raw mut (*misc).list).cast() };
        let minor = miscs(|miscs| {
            let taken = |minor: c_int| miscs.iter().any(|r| r.minor == minor);
            // Dynamic minors are given from 127 downwards.
            let minor = match wanted {
                DYNAMIC => (0..128).rev().find(|&minor| !taken(minor)),
                minor => (!taken(minor)).then_some(minor),
            };
            let minor = minor.ok_or(Errno::EBUSY)?;
            if miscs.iter().any(|r| r.name == name) {
                return Err(Errno::EEXIST);
            }
            miscs.push(Registered { name, minor, misc, active: Arc::default() });
            Ok(minor)
        });
        let minor = match minor {
            Ok(minor) => minor,
            Err(errno) => return errno.as_return(),
        };
        let number = MISC_MAJOR << 20 | minor as u32;
        let class = (&raw const class::MISC).cast_mut();
        let name = text((*misc).name);
        let dev = device::make(class, (*misc).parent, number, misc.cast(), &name);
        left::within(|| device::add_groups(dev, (*misc).groups));
        New::of(&left::MISC, misc.addr(), "misc_register").named(&name);
        (*misc).this_device = dev;
        (*misc).minor = minor;
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn misc_deregister(misc: *mut Misc) {
    let _whole = crate::abi::may_sleep_in_all("misc_deregister");
    let removed = miscs(|miscs| {
        let at = miscs.iter().position(|r| r.misc == misc)?;
        Some(miscs.remove(at))
    });
    let Some(Registered { active, .. }) = removed else {
        return left::warn_gone(misc.addr(), "misc_deregister");
    };
    left::gone(&left::MISC, misc.addr());
    active.remove(Own::Tell("misc_deregister"));
    // SAFETY: the C contract; `misc_register` made the device.
    unsafe {
        let dev = std::mem::replace(&mut (*misc).this_device, ptr::null_mut());
        device::remove_entries(dev, Own::Tell("misc_deregister"));
        device::put_device(dev);
    }
}
