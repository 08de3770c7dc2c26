//! `linux/slab.h`: caches. An object is a block of its own ([`blocks`](super::blocks)).

use super::blocks::{Kind, allocate, free};
use super::left::{self, New};
use super::{In, is_err_or_null, may_alloc, may_sleep, no_memory_for, text};
use kthread_rt::debug_objects;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// `struct kmem_cache`.
struct KmemCache {
    name: String,
    size: usize,
    align: usize,
    ctor: Option<unsafe extern "C-unwind" fn(*mut c_void)>,
    /// The number of allocated objects.
    objects: AtomicUsize,
    /// True once it is destroyed, with `debug`.
    destroyed: AtomicBool,
}

/// Counts a freed object out of its cache, if `kind` is that of an object.
pub(super) fn count_out(kind: Kind) {
    if let Kind::Cache(cache) = kind {
        // SAFETY: a cache is not destroyed while it counts an object, and it counts this one still.
        // Release: pairs with the load in `kmem_cache_destroy`.
        unsafe {
            (*std::ptr::with_exposed_provenance::<KmemCache>(cache)).objects.fetch_sub(1, Ordering::Release)
        };
    }
}

/// The existing caches: address and name.
static CACHES: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());

fn caches() -> MutexGuard<'static, Vec<(usize, String)>> {
    CACHES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The caches that were not destroyed.
pub(super) fn registered() -> Vec<String> {
    caches().iter().map(|(_, name)| format!("cache \"{name}\"")).collect()
}

/// # Safety
///
/// `name` is a C string; the constructor takes a block of the size.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kmem_cache_create(
    name: *const c_char,
    size: c_uint,
    align: c_uint,
    flags: c_uint,
    ctor: Option<unsafe extern "C-unwind" fn(*mut c_void)>,
) -> *mut KmemCache {
    const SLAB_HWCACHE_ALIGN: c_uint = 0x2000;
    may_sleep("kmem_cache_create");
    if no_memory_for("kmem_cache_create") {
        return std::ptr::null_mut();
    }
    let line = if flags & SLAB_HWCACHE_ALIGN != 0 { 64 } else { 1 };
    let align = (align.max(line) as usize).next_power_of_two();
    // SAFETY: the C contract.
    let name = unsafe { text(name) };
    let made = KmemCache {
        name: name.clone(),
        size: size as usize,
        align,
        ctor,
        objects: AtomicUsize::new(0),
        destroyed: AtomicBool::new(false),
    };
    let cache = Box::into_raw(Box::new(made));
    New::of(&left::CACHE, cache.addr(), "kmem_cache_create").named(&name);
    caches().push((cache.addr(), name));
    cache
}

/// As in the kernel, a cache that still has objects is reported and kept.
///
/// # Safety
///
/// `cache` is null, or a cache that is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kmem_cache_destroy(cache: *mut KmemCache) {
    may_sleep("kmem_cache_destroy");
    if is_err_or_null(cache) {
        return;
    }
    if !caches().iter().any(|&(address, _)| address == cache.addr()) {
        return left::warn_gone(cache.addr(), "kmem_cache_destroy");
    }
    // SAFETY: the contract.
    let (name, left) = unsafe { (&(*cache).name, (*cache).objects.load(Ordering::Acquire)) };
    if left != 0 {
        super::printk::print(&format!(
            "\x013kmem_cache_destroy {name}: Slab cache still has {left} object(s)\n"
        ));
        return;
    }
    left::gone(&left::CACHE, cache.addr());
    caches().retain(|&(address, _)| address != cache.addr());
    if debug_objects::tracks() {
        // The cache stays, so that a later allocation is reported. SAFETY: the contract.
        return unsafe { (*cache).destroyed.store(true, Ordering::Relaxed) };
    }
    // SAFETY: the contract; it has no objects.
    drop(unsafe { Box::from_raw(cache) });
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kmem_cache_alloc(cache: In<KmemCache>, flags: c_uint) -> *mut c_void {
    may_alloc("kmem_cache_alloc", flags);
    // Relaxed: only a diagnosis.
    if cache.destroyed.load(Ordering::Relaxed) {
        left::warn_gone(std::ptr::from_ref(&*cache).addr(), "kmem_cache_alloc");
        return std::ptr::null_mut();
    }
    let kind = Kind::Cache(std::ptr::from_ref(&*cache).expose_provenance());
    let object = allocate(cache.size, flags, cache.align, kind);
    if !object.is_null() {
        // Relaxed: the caller of `kmem_cache_destroy` has synchronized with all users of the cache.
        cache.objects.fetch_add(1, Ordering::Relaxed);
        if let Some(ctor) = cache.ctor {
            // SAFETY: a block of the cache's size.
            unsafe { ctor(object) };
        }
    }
    object
}

/// # Safety
///
/// `object` is null, or an object of this cache that is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kmem_cache_free(cache: In<KmemCache>, object: *mut c_void) {
    if object.is_null() {
        return;
    }
    let of_cache = Kind::Cache(std::ptr::from_ref(&*cache).expose_provenance());
    // SAFETY: the contract.
    if let Some(kind) = unsafe { free(object, "kmem_cache_free", |kind| kind == of_cache) } {
        count_out(kind);
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kmem_cache_size(cache: In<KmemCache>) -> c_uint {
    cache.size as c_uint
}

/// There is no memory in reserve to release.
#[unsafe(no_mangle)]
extern "C-unwind" fn kmem_cache_shrink(_cache: In<KmemCache>) -> c_int {
    0
}
