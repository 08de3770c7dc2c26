//! References to pages, `linux/mm.h`. A page is its address; what is counted here is how many references it has beside the
//! one that it was allocated with. Freeing it drops one, as in the kernel: `free_pages` (`slab.rs`) asks here first.

use super::slab::free_pages;
use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pages with more than one reference, and how many more.
static MORE: Mutex<BTreeMap<usize, u32>> = Mutex::new(BTreeMap::new());

fn more() -> MutexGuard<'static, BTreeMap<usize, u32>> {
    MORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Drops a reference that is not the last one. `false`: it is the last one, and was not dropped.
pub(super) fn drop_one_of_several(page: usize) -> bool {
    let mut more = more();
    let Some(count) = more.get_mut(&page) else { return false };
    *count -= 1;
    if *count == 0 {
        more.remove(&page);
    }
    true
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_page(page: *const c_void) {
    *more().entry(page.addr()).or_default() += 1;
}

/// # Safety
///
/// The caller has a reference; if it is the last one, nobody uses the page any more.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn put_page(page: *const c_void) {
    // SAFETY: the C contract; what was never allocated is told.
    unsafe { free_pages(page.expose_provenance() as _, 0) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn page_count(page: *const c_void) -> c_int {
    1 + more().get(&page.addr()).map_or(0, |&count| c_int::try_from(count).unwrap_or(c_int::MAX - 1))
}
