//! The blocks of memory that C has: blocks of the C library's `malloc`, so that valgrind and the
//! address sanitizer detect accesses beyond their ends.
//!
//! A table has an entry for each block: its size, for `ksize`, and the kind of its allocation. So a
//! leak can be reported at the end of the run. Each free looks the block up first: a block that is
//! not in the table (already freed, or never allocated) is reported and left alone, so no wrong
//! free corrupts memory.
//!
//! The table is split by the block's address into [`SHARDS`] parts with a lock each, so that
//! threads seldom compete for a lock.

use super::{no_memory_for, text};
use kthread_rt::debug_objects::{self, name_in_c, place_in_c};
use kthread_rt::diag::{self, WarningKind};
use std::collections::{BTreeMap, HashMap};
use std::ffi::{c_char, c_uint, c_void};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// `__GFP_ZERO`, as in the header.
const GFP_ZERO: c_uint = 0x100;
/// `__GFP_NOFAIL`, as in the header.
const GFP_NOFAIL: c_uint = 0x8000;
/// The least alignment of a block: that of `malloc`.
pub(super) const MINALIGN: usize = 16;
const SHARDS: usize = 64;
/// How many freed addresses each part remembers, to distinguish a double free from a free of memory
/// that was never allocated.
const REMEMBERED: usize = 32;

/// The kind of a block's allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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

/// Memory that one place in C allocated and that was not freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLeft {
    /// The return address of the allocating call.
    pub place: usize,
    /// The name of the function that allocated it.
    pub call: &'static str,
    /// The number of blocks.
    pub blocks: usize,
    /// Their total size in bytes.
    pub bytes: usize,
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

pub(super) fn allocate(size: usize, flags: c_uint, align: usize, kind: Kind) -> *mut c_void {
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

/// Frees an allocated block of a kind that `allowed` accepts, and returns its kind. Any other is
/// reported and left alone.
///
/// # Safety
///
/// The block is not used any more.
pub(super) unsafe fn free(
    block: *const c_void,
    call: &str,
    allowed: impl FnOnce(Kind) -> bool,
) -> Option<Kind> {
    let (address, here) = (block.addr(), place_in_c());
    let mut part = shard(address);
    let complaint = match part.get(address) {
        Some(Block { kind, size, .. }) if allowed(kind) => {
            part.remove(address, here);
            drop(part);
            // SAFETY: it is allocated.
            let stays = unsafe { debug_objects::freed(address, size, call, Location::caller()) };
            kthread_rt::__for_c::lock_memory_gone(address, size);
            if !stays {
                // SAFETY: `malloc` or `posix_memalign` allocated it, and it is not in the table any
                // more.
                unsafe { libc::free(block.cast_mut()) };
            }
            return Some(kind);
        }
        Some(Block { kind, at, .. }) => format!("is {kind}'s{}", said(", allocated", at)),
        None => part.why_absent(address),
    };
    drop(part);
    warn_of_free(block, call, &complaint);
    None
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

/// True if this address is in a block that C has. This reads all entries.
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

/// The size of a block in bytes; 0 for null and for a block that is not allocated.
pub(super) fn bytes_of(block: *const c_void) -> usize {
    shard(block.addr()).get(block.addr()).map_or(0, |block| block.size)
}

/// The kind of the block that begins at this address.
pub(super) fn kind_of(block: *const c_void) -> Option<Kind> {
    shard(block.addr()).get(block.addr()).map(|block| block.kind)
}
