//! `linux/slab.h`, `linux/vmalloc.h` and the pages of `linux/mm.h`: tracked memory of the C
//! library.
//!
//! Each block is a block of `malloc`, so that valgrind and the address sanitizer detect accesses
//! beyond its ends. A table has an entry for each block: its size, for `ksize`, and the kind of its
//! allocation. So a leak can be reported at the end of the run. Each free looks the block up first:
//! a block that is not in the table (already freed, or never allocated) is reported and left alone,
//! so no wrong free corrupts memory.
//!
//! The table is split by the block's address into [`SHARDS`] parts with a lock each, so that
//! threads seldom compete for a lock.

use super::left::{self, New};
use super::module::MemoryLeft;
use super::{In, is_err_or_null, may_alloc, may_sleep, no_memory_for, text};
use kthread_rt::debug_objects::{self, name_in_c, place_in_c};
use kthread_rt::diag::{self, WarningKind};
use std::collections::{BTreeMap, HashMap};
use std::ffi::{c_char, c_int, c_uint, c_ulong, c_void};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// `__GFP_ZERO`, as in the header.
const GFP_ZERO: c_uint = 0x100;
/// The header's `PAGE_SIZE`.
const PAGE: usize = 4096;
/// `__GFP_NOFAIL`, as in the header.
const GFP_NOFAIL: c_uint = 0x8000;
/// The least alignment of `kmalloc`'s blocks.
const MINALIGN: usize = 16;
/// `__GFP_NOWARN`, as in the header.
const GFP_NOWARN: c_uint = 0x2000;
/// `KMALLOC_MAX_SIZE`; and `KMALLOC_MAX_CACHE_SIZE`, above which blocks are whole pages.
const KMALLOC_MAX: usize = 1 << 22;
const CACHE_MAX: usize = 1 << 13;
/// `ZERO_SIZE_PTR`: a block of no bytes. It may be freed, but not dereferenced.
const ZERO_SIZE: *mut c_void = std::ptr::without_provenance_mut(16);
/// The number of the table's parts.
const SHARDS: usize = 64;
/// How many freed addresses each part remembers, to distinguish a double free from a free of memory
/// that was never allocated.
const REMEMBERED: usize = 32;

/// The kind of a block's allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kmalloc,
    Vmalloc,
    Pages,
    /// An object of the cache at this address.
    Cache(usize),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.call())
    }
}

impl Kind {
    /// True if an injected fault makes this allocation fail. With `__GFP_NOFAIL` none does.
    #[inline]
    fn fails(self, flags: c_uint) -> bool {
        flags & GFP_NOFAIL == 0 && no_memory_for(self.call())
    }

    /// The name of the function that allocates it.
    fn call(self) -> &'static str {
        match self {
            Self::Kmalloc => "kmalloc",
            Self::Vmalloc => "vmalloc",
            Self::Pages => "__get_free_pages",
            Self::Cache(_) => "kmem_cache_alloc",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Block {
    size: usize,
    kind: Kind,
    /// The return address in C of the allocation, if places are recorded, or 0.
    at: usize,
}

/// The function that finds the calling thread's place in C, without `debug`.
static HERE: OnceLock<fn() -> usize> = OnceLock::new();

/// From now on records each block's place of allocation.
pub(super) fn note_places_by(here: fn() -> usize) {
    // A second call passes the same function.
    _ = HERE.set(here);
}

/// The calling thread's place in C, if places are recorded, or 0.
fn here() -> usize {
    HERE.get().map_or_else(place_in_c, |here| here())
}

/// The allocated blocks: their sizes in bytes, and their places if these are recorded.
pub(super) fn outstanding_blocks() -> Vec<(usize, usize)> {
    let shards = TABLE.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner));
    let blocks = |shard: MutexGuard<'_, Shard>| {
        shard.blocks.iter().flatten().map(|(_, block)| (block.size, block.at)).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = shards.flat_map(blocks).filter(|&(_, at)| at != 0).collect();
    all.sort_unstable_by_key(|&(size, at)| (at, size));
    all
}

/// A freed block: its address, and the places of its allocation and free, as in [`Block`].
#[derive(Debug, Clone, Copy)]
struct Freed {
    address: usize,
    allocated: usize,
    freed: usize,
}

/// One multiplication spreads addresses well enough.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("only addresses are hashed");
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

struct Shard {
    blocks: Option<HashMap<usize, Block, BuildHasherDefault<AddressHasher>>>,
    freed: [Freed; REMEMBERED],
    /// The index of the next entry to overwrite.
    next: usize,
}

static TABLE: [Mutex<Shard>; SHARDS] =
    [const { Mutex::new(Shard { blocks: None, freed: [Freed::NONE; REMEMBERED], next: 0 }) }; SHARDS];

fn shard(address: usize) -> MutexGuard<'static, Shard> {
    // The low bits are the same for all blocks; neighbours go to different shards.
    let index = (address >> 4 ^ address >> 12) % SHARDS;
    TABLE[index].lock().unwrap_or_else(PoisonError::into_inner)
}

impl Freed {
    const NONE: Self = Self { address: 0, allocated: 0, freed: 0 };

    /// Both places as text.
    fn places(&self) -> String {
        format!("{}{}", said(", allocated", self.allocated), said(", freed first", self.freed))
    }
}

/// ` WHAT at PLACE`, if the place is known.
fn said(what: &str, place: usize) -> String {
    name_in_c(place).map_or_else(String::new, |place| format!("{what} at {place}"))
}

impl Shard {
    /// False if there is no memory for the entry.
    fn insert(&mut self, address: usize, block: Block) -> bool {
        let blocks = self.blocks.get_or_insert_default();
        let room = blocks.try_reserve(1).is_ok();
        if room {
            blocks.insert(address, block);
        }
        room
    }

    fn get(&self, address: usize) -> Option<Block> {
        self.blocks.as_ref()?.get(&address).copied()
    }

    /// Says why the block at `address` is not in the table.
    fn why_absent(&self, address: usize) -> String {
        match self.freed.iter().find(|freed| freed.address == address) {
            Some(freed) => format!("was freed already{}", freed.places()),
            None => "was never allocated".to_owned(),
        }
    }

    fn remove(&mut self, address: usize, freed: usize) -> Option<Block> {
        let block = self.blocks.as_mut()?.remove(&address)?;
        self.freed[self.next] = Freed { address, allocated: block.at, freed };
        self.next = (self.next + 1) % REMEMBERED;
        Some(block)
    }
}

/// The number of frees of memory that was not allocated, or by another kind of call.
static WRONG_FREES: AtomicUsize = AtomicUsize::new(0);

pub(super) fn wrong_frees() -> usize {
    WRONG_FREES.load(Ordering::Relaxed)
}

/// The number of allocated blocks, and their total size in bytes.
pub(super) fn outstanding() -> (usize, usize) {
    let shards = TABLE.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner));
    shards.fold((0, 0), |(blocks, bytes), shard| {
        let sizes = || shard.blocks.iter().flatten().map(|(_, block)| block.size);
        (blocks + sizes().count(), bytes + sizes().sum::<usize>())
    })
}

/// The allocated blocks by place.
pub(super) fn by_place() -> Vec<MemoryLeft> {
    let mut by_place: BTreeMap<(usize, &'static str), (usize, usize)> = BTreeMap::new();
    for shard in &TABLE {
        let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        for block in shard.blocks.iter().flat_map(HashMap::values).filter(|block| block.at != 0) {
            let (blocks, bytes) = by_place.entry((block.at, block.kind.call())).or_default();
            *blocks += 1;
            *bytes += block.size;
        }
    }
    let left = |((place, call), (blocks, bytes))| MemoryLeft { place, call, blocks, bytes };
    by_place.into_iter().map(left).collect()
}

fn allocate(size: usize, flags: c_uint, align: usize, kind: Kind) -> *mut c_void {
    if kind.fails(flags) {
        return std::ptr::null_mut();
    }
    let bytes = size.max(1);
    let block = if align <= MINALIGN {
        // SAFETY: malloc accepts any size.
        unsafe { if flags & GFP_ZERO != 0 { libc::calloc(1, bytes) } else { libc::malloc(bytes) } }
    } else {
        let mut block = std::ptr::null_mut();
        // SAFETY: `align` is a power of two and a multiple of a pointer's size.
        if unsafe { libc::posix_memalign(&mut block, align, bytes) } != 0 {
            return std::ptr::null_mut();
        }
        if flags & GFP_ZERO != 0 {
            // SAFETY: the block has that many bytes.
            unsafe { block.write_bytes(0, bytes) };
        }
        block
    };
    if !block.is_null() {
        let at = here();
        if !shard(block.addr()).insert(block.addr(), Block { size: bytes, kind, at }) {
            // There is no memory for the table's entry. SAFETY: allocated above.
            unsafe { libc::free(block) };
            return std::ptr::null_mut();
        }
    }
    block
}

/// Frees an allocated block of a kind that `allowed` accepts. Any other is reported and left alone.
///
/// # Safety
///
/// The block is not used any more.
unsafe fn free(block: *const c_void, call: &str, allowed: impl FnOnce(Kind) -> bool) {
    let (address, here) = (block.addr(), place_in_c());
    let mut part = shard(address);
    let complaint = match part.get(address) {
        Some(Block { kind, size, .. }) if allowed(kind) => {
            part.remove(address, here);
            drop(part);
            // SAFETY: it is allocated.
            let stays = unsafe { debug_objects::freed(address, size, call, Location::caller()) };
            kthread_rt::__for_c::lock_memory_gone(address, size);
            if let Kind::Cache(cache) = kind {
                // SAFETY: a cache is not destroyed while it has an object, and this block is one.
                // Release: pairs with the load in `kmem_cache_destroy`.
                unsafe {
                    (*std::ptr::with_exposed_provenance::<KmemCache>(cache))
                        .objects
                        .fetch_sub(1, Ordering::Release)
                };
            }
            if !stays {
                // SAFETY: `malloc` or `posix_memalign` allocated it, and it is not in the table any
                // more.
                unsafe { libc::free(block.cast_mut()) };
            }
            return;
        }
        Some(Block { kind, at, .. }) => format!("is {kind}'s{}", said(", allocated", at)),
        None => part.why_absent(address),
    };
    drop(part);
    warn_of_free(block, call, &complaint);
}

/// Counts and reports a free of a block that can't be freed.
#[track_caller]
fn warn_of_free(block: *const c_void, call: &str, complaint: &str) {
    WRONG_FREES.fetch_add(1, Ordering::Relaxed);
    super::printk::print(&format!("\x013BUG: {call} of {block:p}, which {complaint}\n"));
    let message = format!("{block:p} {complaint}; this call frees nothing");
    diag::warn(WarningKind::BadArgument, call, Location::caller(), &message);
}

/// True if C freed a block at this address. C may have another there now.
pub(super) fn was_freed(address: usize) -> bool {
    shard(address).freed.iter().any(|freed| freed.address == address)
}

/// True if this address is in a block that C has. It looks at all blocks.
pub(super) fn is_inside(address: usize) -> bool {
    TABLE.iter().any(|shard| {
        let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = shard.blocks.iter().flatten();
        blocks.any(|(&start, block)| (start..start + block.size).contains(&address))
    })
}

/// True if `block` is allocated. Any other is reported: `call`, which is about to use and free it,
/// leaves it alone then. Its own use of a freed block comes before a `kfree` that would report it.
///
/// # Safety
///
/// `call` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_is_allocated(block: *const c_void, call: *const c_char) -> bool {
    let part = shard(block.addr());
    if part.get(block.addr()).is_some() {
        return true;
    }
    let complaint = part.why_absent(block.addr());
    drop(part);
    // SAFETY: the contract.
    warn_of_free(block, &unsafe { text(call) }, &complaint);
    false
}

#[unsafe(no_mangle)]
pub(super) extern "C-unwind" fn __kmalloc(size: usize, flags: c_uint) -> *mut c_void {
    may_alloc("kmalloc", flags);
    if size > KMALLOC_MAX {
        if flags & GFP_NOWARN == 0 {
            super::printk::print(&format!(
                "\x014kmalloc of {size} bytes, which is more than KMALLOC_MAX_SIZE: use kvmalloc or vmalloc for larger blocks\n"
            ));
        }
        return std::ptr::null_mut();
    }
    unlimited(size, flags)
}

/// As `kmalloc`, without its limit: for larger blocks a kernel uses `vmalloc`. Its own limit is
/// INT_MAX.
#[unsafe(no_mangle)]
extern "C-unwind" fn __kvmalloc(size: usize, flags: c_uint) -> *mut c_void {
    may_alloc("kvmalloc", flags);
    unlimited(size, flags)
}

fn unlimited(size: usize, flags: c_uint) -> *mut c_void {
    match size {
        0 => ZERO_SIZE,
        _ if size > c_int::MAX as usize => std::ptr::null_mut(),
        _ => allocate(size, flags, alignment(size), Kind::Kmalloc),
    }
}

/// The alignment on which modules may rely: the largest power of two that divides the size; blocks
/// that do not come from a cache are whole pages.
fn alignment(size: usize) -> usize {
    let divisor = 1 << size.trailing_zeros();
    if size > CACHE_MAX { PAGE.max(divisor.min(KMALLOC_MAX)) } else { MINALIGN.max(divisor) }
}

/// The size of a block in bytes; 0 for null and for a block that is not allocated.
#[unsafe(no_mangle)]
extern "C-unwind" fn ksize(block: *const c_void) -> usize {
    shard(block.addr()).get(block.addr()).map_or(0, |block| block.size)
}

/// # Safety
///
/// `block` is null, or was allocated by `kmalloc` or from a cache and is not used any more.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kfree(block: *const c_void) {
    if !is_zero_size(block) {
        // SAFETY: the contract.
        unsafe { free(block, "kfree", |kind| matches!(kind, Kind::Kmalloc | Kind::Cache(_))) };
    }
}

/// `ZERO_OR_NULL_PTR`.
fn is_zero_size(block: *const c_void) -> bool {
    block.addr() <= ZERO_SIZE.addr()
}

/// # Safety
///
/// As [`kfree`]; blocks of `vmalloc` are allowed, too.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kvfree(block: *const c_void) {
    if !is_zero_size(block) {
        // SAFETY: the contract.
        unsafe { free(block, "kvfree", |kind| kind != Kind::Pages) };
    }
}

/// Zeroes the block first.
///
/// # Safety
///
/// As [`kfree`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kfree_sensitive(block: *const c_void) {
    let size = ksize(block);
    for at in 0..size {
        // SAFETY: within the block. Volatile, because no later read would keep the compiler from
        // removing the write.
        unsafe { block.cast_mut().cast::<u8>().add(at).write_volatile(0) };
    }
    // SAFETY: the contract.
    unsafe { kfree(block) };
}

/// # Safety
///
/// As [`kfree`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn krealloc(block: *const c_void, size: usize, flags: c_uint) -> *mut c_void {
    if size == 0 {
        // SAFETY: the contract.
        unsafe { kfree(block) };
        return ZERO_SIZE;
    }
    let old = ksize(block);
    if size <= old {
        return block.cast_mut();
    }
    if old == 0 && !is_zero_size(block) {
        super::printk::print(&format!("\x013BUG: krealloc of {block:p}, which is not allocated\n"));
        return std::ptr::null_mut();
    }
    let new = __kmalloc(size, flags);
    if !new.is_null() && old != 0 {
        // SAFETY: both have that many bytes.
        unsafe {
            new.cast::<u8>().copy_from_nonoverlapping(block.cast(), old.min(size));
            kfree(block);
        }
    }
    new
}

// Whole pages.

#[unsafe(no_mangle)]
extern "C-unwind" fn __vmalloc(size: c_ulong, flags: c_uint) -> *mut c_void {
    may_alloc("vmalloc", flags);
    if size == 0 { std::ptr::null_mut() } else { allocate(size as usize, flags, PAGE, Kind::Vmalloc) }
}

/// Aligned to `align`, a power of two, if that is more than a page. Null if there is no memory with
/// such an alignment.
#[unsafe(no_mangle)]
extern "C-unwind" fn __vmalloc_node(
    size: c_ulong,
    align: c_ulong,
    flags: c_uint,
    _node: c_int,
    _caller: *const c_void,
) -> *mut c_void {
    may_alloc("__vmalloc_node", flags);
    let align = align as usize;
    if size == 0 || !align.is_power_of_two() {
        return std::ptr::null_mut();
    }
    allocate(size as usize, flags, align.max(PAGE), Kind::Vmalloc)
}

/// # Safety
///
/// `block` is null, or was allocated by `vmalloc` and is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn vfree(block: *const c_void) {
    if !kthread_rt::in_interrupt() {
        may_sleep("vfree");
    }
    if !block.is_null() {
        // SAFETY: the contract.
        unsafe { free(block, "vfree", |kind| kind == Kind::Vmalloc) };
    }
}

/// True for a block's first address only.
#[unsafe(no_mangle)]
extern "C-unwind" fn is_vmalloc_addr(address: *const c_void) -> bool {
    shard(address.addr()).get(address.addr()).is_some_and(|block| block.kind == Kind::Vmalloc)
}

/// The address of `2^order` pages, or 0.
#[unsafe(no_mangle)]
extern "C-unwind" fn __get_free_pages(flags: c_uint, order: c_uint) -> c_ulong {
    may_alloc("__get_free_pages", flags);
    let bytes = PAGE.checked_shl(order).filter(|_| order <= 10);
    bytes.map_or(0, |bytes| allocate(bytes, flags, bytes, Kind::Pages).expose_provenance() as c_ulong)
}

/// # Safety
///
/// `address` is 0, or that of pages that are not used any more.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn free_pages(address: c_ulong, _order: c_uint) {
    if address != 0 && !super::pages::drop_one(address as usize) {
        let block = std::ptr::with_exposed_provenance::<c_void>(address as usize);
        // SAFETY: the contract.
        unsafe { free(block, "free_pages", |kind| kind == Kind::Pages) };
    }
}

/// True if `page` is the first of allocated pages.
pub(super) fn is_allocated(page: *const c_void) -> bool {
    shard(page.addr()).get(page.addr()).is_some_and(|block| block.kind == Kind::Pages)
}

/// `struct sysinfo`, the first fields.
#[repr(C)]
struct SysInfo {
    uptime: i64,
    loads: [c_ulong; 3],
    total: c_ulong,
    free: c_ulong,
    shared: c_ulong,
    buffers: c_ulong,
    total_swap: c_ulong,
    free_swap: c_ulong,
    procs: u16,
    pad: u16,
    total_high: c_ulong,
    free_high: c_ulong,
    unit: c_uint,
}

/// The system's answer, and a function that converts its units to pages.
fn system() -> (libc::sysinfo, impl Fn(u64) -> c_ulong) {
    // SAFETY: all its fields may be zero, and the system fills it.
    let system = unsafe {
        let mut system = std::mem::zeroed::<libc::sysinfo>();
        libc::sysinfo(&mut system);
        system
    };
    (system, move |n| (n * u64::from(system.mem_unit) / PAGE as u64) as c_ulong)
}

/// `si_meminfo`, in pages. Fields that the system does not know stay unchanged.
///
/// # Safety
///
/// `info` can be written.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_si_meminfo(info: *mut SysInfo) {
    let (system, pages) = system();
    // SAFETY: the contract.
    unsafe {
        (*info).uptime = system.uptime;
        (*info).total = pages(system.totalram);
        (*info).free = pages(system.freeram);
        (*info).shared = pages(system.sharedram);
        (*info).buffers = pages(system.bufferram);
        ((*info).total_high, (*info).free_high) = (0, 0);
        (*info).unit = PAGE as c_uint;
    }
}

/// The variable `totalram_pages` of kernels before 5.0. It keeps its value of the start.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "C's name")]
static kt_totalram_pages: AtomicU64 = AtomicU64::new(0);

extern "C" fn know_memory() {
    let (system, pages) = system();
    kt_totalram_pages.store(pages(system.totalram), Ordering::Relaxed);
}

#[used]
#[unsafe(link_section = ".init_array")]
static KNOW_MEMORY: extern "C" fn() = know_memory;

/// `si_swapinfo`, in pages. Fields that the system does not know stay unchanged.
///
/// # Safety
///
/// `info` can be written.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn si_swapinfo(info: *mut SysInfo) {
    let (system, pages) = system();
    // SAFETY: the contract.
    unsafe {
        (*info).total_swap = pages(system.totalswap);
        (*info).free_swap = pages(system.freeswap);
    }
}

// Caches.

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
    unsafe { free(object, "kmem_cache_free", |kind| kind == of_cache) };
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
