//! References to pages: `get_page` and `put_page` of `linux/mm.h`. A page is identified by its
//! address.

use super::slab;
use std::collections::BTreeMap;
use std::ffi::{c_int, c_ulong, c_void};
use std::sync::{Mutex, PoisonError};

/// The extra references of a page, beyond the one of its allocation.
static MORE: Mutex<BTreeMap<usize, u32>> = Mutex::new(BTreeMap::new());

fn more<R>(f: impl FnOnce(&mut BTreeMap<usize, u32>) -> R) -> R {
    f(&mut MORE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Drops one reference. True if it was not the last.
pub(super) fn drop_one(address: usize) -> bool {
    more(|more| {
        let Some(count) = more.get_mut(&address) else { return false };
        *count -= 1;
        if *count == 1 {
            more.remove(&address);
        }
        true
    })
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_page(page: *const c_void) {
    more(|more| *more.entry(page.addr()).or_insert(1) += 1);
}

/// # Safety
///
/// The caller gives up its reference.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn put_page(page: *const c_void) {
    // SAFETY: the contract. This was the last reference.
    unsafe { slab::free_pages(page.expose_provenance() as c_ulong, 0) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn page_count(page: *const c_void) -> c_int {
    match more(|more| more.get(&page.addr()).copied()) {
        Some(count) => count as c_int,
        None => slab::is_allocated(page).into(),
    }
}
