//! `linux/idr.h`: numbers for pointers: the smallest that is free.

use kthread_rt::Errno;
use std::collections::BTreeMap;
use std::ffi::{c_int, c_uint, c_ulong, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

/// Pointers by their numbers.
type Table = Mutex<BTreeMap<c_uint, usize>>;

/// `struct idr`.
#[repr(C)]
pub(super) struct Idr {
    /// Null as long as nothing was put in.
    table: AtomicPtr<Table>,
    base: c_uint,
    next: c_uint,
}

impl Idr {
    /// Makes the table, if there is none: of two who make one at once, one wins.
    fn table(&self) -> &Table {
        let mut table = self.table.load(Ordering::Acquire);
        if table.is_null() {
            let made = Box::into_raw(Box::<Table>::default());
            match self.table.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => table = made,
                Err(theirs) => {
                    // SAFETY: it was just made, and nobody saw it.
                    drop(unsafe { Box::from_raw(made) });
                    table = theirs;
                }
            }
        }
        // SAFETY: it lives until `idr_destroy`.
        unsafe { &*table }
    }

    fn with<R>(&self, f: impl FnOnce(&mut BTreeMap<c_uint, usize>) -> R) -> R {
        f(&mut self.table().lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The smallest number from `start` to below `end` that is not in the table.
fn free(table: &BTreeMap<c_uint, usize>, start: c_uint, end: c_uint) -> Option<c_uint> {
    let mut id = start;
    for (&taken, _) in table.range(start..) {
        if taken != id {
            break;
        }
        id += 1;
    }
    (id < end).then_some(id)
}

/// The range as C gives it: an end of 0 or less is the greatest.
fn range(idr: &Idr, start: c_int, end: c_int) -> Option<(c_uint, c_uint)> {
    let end = if end <= 0 { 1 << 31 } else { end as c_uint };
    (start >= 0).then(|| ((start as c_uint).max(idr.base), end))
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_alloc(
    idr: *mut Idr,
    pointer: *mut c_void,
    start: c_int,
    end: c_int,
    _flags: c_uint,
) -> c_int {
    // SAFETY: the C contract.
    let idr = unsafe { &*idr };
    let Some((start, end)) = range(idr, start, end) else { return Errno::EINVAL.as_return() };
    idr.with(|table| match free(table, start, end) {
        Some(id) => {
            table.insert(id, pointer.expose_provenance());
            id as c_int
        }
        None => Errno::ENOSPC.as_return(),
    })
}

/// After the last one that was given; from the start again when the end was reached.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_alloc_cyclic(
    idr: *mut Idr,
    pointer: *mut c_void,
    start: c_int,
    end: c_int,
    flags: c_uint,
) -> c_int {
    // SAFETY: the C contract: callers of this one exclude each other, as in the kernel.
    unsafe {
        let next = start.max((*idr).next as c_int);
        let mut id = idr_alloc(idr, pointer, next, end, flags);
        if id == Errno::ENOSPC.as_return() && next > start {
            id = idr_alloc(idr, pointer, start, end, flags);
        }
        if id >= 0 {
            (*idr).next = id as c_uint + 1;
        }
        id
    }
}

/// The pointer of an entry.
fn pointer(entry: Option<usize>) -> *mut c_void {
    entry.map_or(ptr::null_mut(), ptr::with_exposed_provenance_mut)
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_find(idr: *const Idr, id: c_ulong) -> *mut c_void {
    // SAFETY: the C contract.
    pointer(unsafe { (*idr).with(|table| table.get(&(id as c_uint)).copied()) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_remove(idr: *mut Idr, id: c_ulong) -> *mut c_void {
    // SAFETY: the C contract.
    pointer(unsafe { (*idr).with(|table| table.remove(&(id as c_uint))) })
}

/// What was there, or −ENOENT as a pointer.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_replace(idr: *mut Idr, new: *mut c_void, id: c_ulong) -> *mut c_void {
    // SAFETY: the C contract.
    let old = unsafe {
        (*idr).with(|table| {
            table.get_mut(&(id as c_uint)).map(|entry| std::mem::replace(entry, new.expose_provenance()))
        })
    };
    if old.is_none() { super::err_ptr(Errno::ENOENT) } else { pointer(old) }
}

/// The first from `*id` on; its number is told.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_get_next(idr: *mut Idr, id: *mut c_int) -> *mut c_void {
    // SAFETY: the C contract.
    unsafe {
        let found = (*idr).with(|table| table.range(*id as c_uint..).next().map(|(&id, &p)| (id, p)));
        if let Some((found, _)) = found {
            *id = found as c_int;
        }
        pointer(found.map(|(_, p)| p))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_destroy(idr: *mut Idr) {
    // SAFETY: the C contract: nobody else uses it now.
    unsafe {
        let table = (*idr).table.swap(ptr::null_mut(), Ordering::AcqRel);
        if !table.is_null() {
            drop(Box::from_raw(table));
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn idr_is_empty(idr: *const Idr) -> bool {
    // SAFETY: the C contract.
    unsafe { (*idr).with(|table| table.is_empty()) }
}
