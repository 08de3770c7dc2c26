//! `linux/cdev.h`: numbers of character devices, and the cdevs for them.
//!
//! A region of numbers has a name; a `cdev` has operations and a range of numbers; a device (see
//! [`super::device`]) has a name and a number. Modules register two or all three of them, in this
//! order.

use super::super::boxes;
use super::super::left::{self, New};
use super::super::{int, no_memory_for, text};
use super::kobject::{Kobject, copy_name, forget_name, kobject_get, kobject_put};
use super::{FileOperations, ListHead};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::{Arc, Mutex, PoisonError};

/// The number of a minor's bits.
const MINORBITS: u32 = 20;
/// All majors are less than this.
const MAJOR_MAX: u32 = 512;
/// `linux/major.h`: the major of `misc_register`, which is never given to others.
pub(super) const MISC_MAJOR: u32 = 10;

/// `struct cdev`.
#[repr(C)]
pub(super) struct Cdev {
    kobj: Kobject,
    owner: *mut c_void,
    ops: *const FileOperations,
    list: ListHead,
    dev: u32,
    /// In C, a 64-bit number, or nothing.
    above_dev: u32,
    count: c_uint,
}

/// Reserved numbers: one major, a range of minors.
struct Region {
    major: u32,
    first: u32,
    count: u32,
    name: String,
}

/// A `cdev` that was added, or that `cdev_alloc` made.
struct Added {
    cdev: *mut Cdev,
    /// The numbers; none if it was not added.
    first: u32,
    count: u32,
    kept: Arc<Kept>,
}

/// Kept until a `cdev` is deleted and its last file is closed.
pub(super) struct Kept {
    /// A `cdev` of `cdev_alloc`, on the heap.
    allocated: Option<*mut Cdev>,
    /// The parent (`cdev_set_parent`), to which this holds a reference.
    parent: *mut Kobject,
}

// SAFETY: the pointers lead to a refcounted object, and to memory that only this frees.
unsafe impl Send for Kept {}
// SAFETY: as above.
unsafe impl Sync for Kept {}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: `cdev_alloc` made it, and it is not in the list any more; the reference to the
        // parent is ours.
        unsafe {
            if let Some(cdev) = self.allocated {
                forget_name(&raw mut (*cdev).kobj);
                drop(boxes::take(cdev));
            }
            kobject_put(self.parent);
        }
    }
}

struct Numbers {
    regions: Vec<Region>,
    cdevs: Vec<Added>,
}

// SAFETY: the pointers are only followed by opens, as in the kernel, while the cdev is registered.
unsafe impl Send for Numbers {}

static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers { regions: Vec::new(), cdevs: Vec::new() });

fn numbers<R>(f: impl FnOnce(&mut Numbers) -> R) -> R {
    f(&mut NUMBERS.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn major(dev: u32) -> u32 {
    dev >> MINORBITS
}

pub(super) fn minor(dev: u32) -> u32 {
    dev & ((1 << MINORBITS) - 1)
}

fn mkdev(major: u32, minor: u32) -> u32 {
    major << MINORBITS | minor
}

pub(super) fn registered() -> Vec<String> {
    numbers(|numbers| {
        let regions = numbers.regions.iter().map(|region| {
            let Region { major, first, count, name } = region;
            format!("numbers {major}:{first} to {major}:{}, \"{name}\"", first + count - 1)
        });
        let cdevs = numbers.cdevs.iter().map(|added| match added.count {
            0 => "cdev of cdev_alloc(), not added".to_owned(),
            count => {
                let (major, first) = (major(added.first), minor(added.first));
                format!("cdev for {major}:{first} to {major}:{}", first + count - 1)
            }
        });
        regions.chain(cdevs).collect()
    })
}

/// The number for a region's name (`name`, or `name:minor`), for devices without a name of their
/// own.
pub(super) fn number_of(name: &str) -> Option<u32> {
    let (region, minor) = match name.rsplit_once(':') {
        Some((region, minor)) => (region, Some(minor.parse::<u32>().ok()?)),
        None => (name, None),
    };
    numbers(|numbers| {
        let region = numbers.regions.iter().find(|r| r.name == region)?;
        Some(mkdev(region.major, minor.unwrap_or(region.first)))
    })
}

/// A `cdev` that is being opened.
pub(super) struct Opening {
    pub(super) cdev: *mut Cdev,
    /// Its operations at the time of the lookup.
    pub(super) ops: *const FileOperations,
    /// Kept by the file.
    pub(super) kept: Arc<Kept>,
}

/// The `cdev` for a number. If several have it, the one with the smallest range, as in the kernel.
pub(super) fn cdev_of(dev: u32) -> Option<Opening> {
    numbers(|numbers| {
        let with_number =
            numbers.cdevs.iter().filter(|a| dev.checked_sub(a.first).is_some_and(|n| n < a.count));
        let Added { cdev, kept, .. } = with_number.min_by_key(|added| added.count)?;
        // SAFETY: it is registered, so it is valid.
        let ops = unsafe { (**cdev).ops };
        Some(Opening { cdev: *cdev, ops, kept: kept.clone() })
    })
}

impl Numbers {
    /// A free major: 254 down to 234, then 511 down to 384, as in the kernel.
    fn free_major(&self) -> Option<u32> {
        let free = |major: &u32| !self.regions.iter().any(|region| region.major == *major);
        (234..=254).rev().find(free).or_else(|| (384..MAJOR_MAX).rev().find(free))
    }

    /// Reserves numbers; with major 0, under a free one. Returns the major.
    fn take(&mut self, major: u32, first: u32, count: u32, name: String) -> Result<u32, Errno> {
        let major = if major == 0 { self.free_major().ok_or(Errno::EBUSY)? } else { major };
        if major >= MAJOR_MAX || count == 0 || count > (1 << MINORBITS) - first.min(1 << MINORBITS) {
            return Err(Errno::EINVAL);
        }
        let overlaps = |r: &Region| r.major == major && first < r.first + r.count && r.first < first + count;
        if major == MISC_MAJOR || self.regions.iter().any(overlaps) {
            return Err(Errno::EBUSY);
        }
        New::of(&left::REGION, mkdev(major, first) as usize, "register_chrdev_region").named(&name);
        self.regions.push(Region { major, first, count, name });
        Ok(major)
    }

    /// Frees numbers, if exactly this range was reserved.
    fn give_back(&mut self, major: u32, first: u32, count: u32) {
        let of = |r: &Region| (r.major, r.first, r.count) == (major, first, count);
        if self.regions.iter().any(of) {
            left::gone(&left::REGION, mkdev(major, first) as usize);
            left::gone(&left::CHRDEV, mkdev(major, first) as usize);
        }
        self.regions.retain(|r| !of(r));
    }
}

/// # Safety
///
/// `dev` can be written, and `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_alloc_chrdev_region(
    dev: *mut u32,
    baseminor: c_uint,
    count: c_uint,
    name: *const c_char,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("alloc_chrdev_region");
    if no_memory_for("alloc_chrdev_region") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    let name = unsafe { text(name) };
    let major = numbers(|numbers| numbers.take(0, baseminor, count, name));
    // SAFETY: the C contract.
    int(major.map(|major| unsafe { *dev = mkdev(major, baseminor) }))
}

/// # Safety
///
/// `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn register_chrdev_region(from: u32, count: c_uint, name: *const c_char) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("register_chrdev_region");
    if no_memory_for("register_chrdev_region") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    let name = unsafe { text(name) };
    int(numbers(|numbers| numbers.take(major(from), minor(from), count, name)).map(drop))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn unregister_chrdev_region(from: u32, count: c_uint) {
    let _whole = crate::abi::may_sleep_in_all("unregister_chrdev_region");
    numbers(|numbers| numbers.give_back(major(from), minor(from), count));
}

/// `register_chrdev`: numbers and a `cdev` at once. Returns the major if none was given, else 0, or
/// −errno.
///
/// # Safety
///
/// `name` is a C string; `ops` is valid until the device is unregistered.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __register_chrdev(
    wanted: c_uint,
    baseminor: c_uint,
    count: c_uint,
    name: *const c_char,
    ops: *const FileOperations,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("__register_chrdev");
    if no_memory_for("register_chrdev") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    let owned = unsafe { text(name) };
    match left::within(|| numbers(|numbers| numbers.take(wanted, baseminor, count, owned.clone()))) {
        Ok(major) => {
            New::of(&left::CHRDEV, mkdev(major, baseminor) as usize, "register_chrdev").named(&owned);
            let cdev = make_cdev();
            // SAFETY: it was just made; the rest by the C contract.
            unsafe {
                (*cdev).ops = ops;
                (*cdev).owner = ops.as_ref().map_or(std::ptr::null(), |ops| ops.owner).cast_mut().cast();
                copy_name(&raw mut (*cdev).kobj, &text(name));
                add_cdev(cdev, mkdev(major, baseminor), count);
            }
            if wanted == 0 { major as c_int } else { 0 }
        }
        Err(errno) => errno.as_return(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __unregister_chrdev(
    major: c_uint,
    baseminor: c_uint,
    count: c_uint,
    _name: *const c_char,
) {
    let _whole = crate::abi::may_sleep_in_all("__unregister_chrdev");
    let first = mkdev(major, baseminor);
    let cdev = numbers(|numbers| {
        numbers.give_back(major, baseminor, count);
        numbers.cdevs.iter().find(|a| (a.first, a.count) == (first, count)).map(|added| added.cdev)
    });
    if let Some(cdev) = cdev {
        // SAFETY: it is in the list, so it was not deleted.
        unsafe { cdev_del(cdev) };
    }
}

/// # Safety
///
/// `cdev` is valid; `ops` is valid until `cdev` is deleted.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn cdev_init(cdev: *mut Cdev, ops: *const FileOperations) {
    // SAFETY: the C contract; all its fields may be zero.
    unsafe {
        cdev.write_bytes(0, 1);
        (*cdev).list =
            ListHead { next: (&raw mut (*cdev).list).cast(), prev: (&raw mut (*cdev).list).cast() };
        (*cdev).ops = ops;
        (*cdev).kobj.set_referenced(true);
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cdev_alloc() -> *mut Cdev {
    let _whole = crate::abi::may_sleep_in_all("cdev_alloc");
    if no_memory_for("cdev_alloc") { std::ptr::null_mut() } else { make_cdev() }
}

fn make_cdev() -> *mut Cdev {
    // SAFETY: all its fields may be zero.
    let cdev = boxes::give(Box::new(unsafe { std::mem::zeroed::<Cdev>() }));
    // SAFETY: as above.
    unsafe { cdev_init(cdev, std::ptr::null()) };
    let kept = Arc::new(Kept { allocated: Some(cdev), parent: std::ptr::null_mut() });
    numbers(|numbers| numbers.cdevs.push(Added { cdev, first: 0, count: 0, kept }));
    cdev
}

/// # Safety
///
/// `cdev` is valid until it is deleted.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn cdev_add(cdev: *mut Cdev, dev: u32, count: c_uint) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("cdev_add");
    if count == 0 {
        return Errno::EINVAL.as_return();
    }
    if no_memory_for("cdev_add") {
        return Errno::ENOMEM.as_return();
    }
    // SAFETY: the C contract.
    unsafe { add_cdev(cdev, dev, count) };
    New::of(&left::CDEV, cdev.addr(), "cdev_add").note();
    0
}

/// # Safety
///
/// As [`cdev_add`].
unsafe fn add_cdev(cdev: *mut Cdev, dev: u32, count: c_uint) {
    // SAFETY: the C contract.
    let parent = unsafe {
        ((*cdev).dev, (*cdev).count) = (dev, count);
        kobject_get((*cdev).kobj.parent)
    };
    let before = numbers(|numbers| {
        let at = numbers.cdevs.iter().position(|added| added.cdev == cdev);
        let mut before = at.map(|at| numbers.cdevs.swap_remove(at));
        // It was not added before, so it has no open files.
        let kept = before.as_mut().and_then(|before| Arc::get_mut(&mut before.kept));
        let allocated = kept.and_then(|kept| kept.allocated.take());
        let kept = Arc::new(Kept { allocated, parent });
        numbers.cdevs.push(Added { cdev, first: dev, count, kept });
        before
    });
    // Without the lock, as in `cdev_del`.
    drop(before);
}

/// Deletes the cdev, so that it can't be opened any more. Open files stay usable: as in a kernel,
/// this does not wait for them, and they hold a reference to their module.
///
/// # Safety
///
/// `cdev` was initialised by `cdev_init`, or comes from `cdev_alloc` and is not used again.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn cdev_del(cdev: *mut Cdev) {
    let _whole = crate::abi::may_sleep_in_all("cdev_del");
    // SAFETY: the C contract.
    if !unsafe { (*cdev).kobj.set_referenced(false) } {
        return left::warn_gone(cdev.addr(), "cdev_del");
    }
    let removed = numbers(|numbers| {
        let at = numbers.cdevs.iter().position(|added| added.cdev == cdev)?;
        Some(numbers.cdevs.swap_remove(at))
    });
    left::gone(&left::CDEV, cdev.addr());
    // Without the lock: the parent's release is a function of the module.
    drop(removed);
}

/// Frees a cdev that was never added; a cdev has no other references here.
///
/// # Safety
///
/// As [`cdev_del`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn cdev_put(cdev: *mut Cdev) {
    let unused = numbers(|numbers| numbers.cdevs.iter().any(|added| added.cdev == cdev && added.count == 0));
    if unused {
        // SAFETY: the C contract.
        unsafe { cdev_del(cdev) };
    }
}

/// # Safety
///
/// `cdev` is valid and not added yet; `parent` is valid when it is added.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn cdev_set_parent(cdev: *mut Cdev, parent: *mut Kobject) {
    // SAFETY: the C contract.
    unsafe { (*cdev).kobj.parent = parent };
}
