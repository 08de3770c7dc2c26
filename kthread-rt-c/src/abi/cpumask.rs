//! `linux/cpumask.h`, `linux/percpu.h`, `linux/sched/clock.h`.
//!
//! # Per-cpu variables
//!
//! An *area* is one cpu's copy of some variables: those of a module, which are in one section, or
//! an allocated block. The first cpu uses the area itself; the copies of the other cpus lie in a
//! row. The offset in the area finds a variable, or a field of it, in each copy.

use super::left::{self, New};
use kthread_rt::prelude::*;
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{c_int, c_uint, c_void};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

// `struct cpumask` of the header.
const _: () = assert!(size_of::<CpuMask>() == 1024 / 8);

/// The number of masks that a thread can have at once: one of each kind.
const KINDS: usize = 6;

thread_local! {
    /// The masks that were given to this thread.
    static MASKS: RefCell<[Box<CpuMask>; KINDS]> = RefCell::new(Default::default());
}

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
static nr_cpu_ids: AtomicU32 = AtomicU32::new(1);

/// The limit of a cpu's part of a `percpu_counter`: at least 32, and two for each cpu.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
static percpu_counter_batch: AtomicU32 = AtomicU32::new(32);

/// Sets `nr_cpu_ids` and what depends on it, before any C code runs. They don't change when cpus go
/// offline.
extern "C" fn know_cpus() {
    // SAFETY: a set of cpus is plain memory, which the call fills.
    let last = unsafe {
        let mut allowed: libc::cpu_set_t = std::mem::zeroed();
        libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut allowed);
        (0..libc::CPU_SETSIZE as usize).rev().find(|&cpu| libc::CPU_ISSET(cpu, &allowed))
    };
    let ids = last.map_or(1, |last| last as u32 + 1);
    nr_cpu_ids.store(ids, Ordering::Relaxed);
    percpu_counter_batch.store(32.max(2 * ids), Ordering::Relaxed);
}

#[used]
#[unsafe(link_section = ".init_array")]
static KNOW_CPUS: extern "C" fn() = know_cpus;

/// One more than the highest number of a cpu.
fn cpu_ids() -> u32 {
    nr_cpu_ids.load(Ordering::Relaxed)
}

/// The mask `which`, in memory of the calling thread.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_cpu_mask(which: c_int, cpu: c_uint) -> *const CpuMask {
    let mask = match which {
        0 => cpu_online_mask(),
        1 | 2 => CpuMask::first(cpu_ids()),
        4 => CpuMask::of(cpu),
        _ => CpuMask::empty(),
    };
    let kind = usize::try_from(which).unwrap_or(3).min(KINDS - 1);
    MASKS.with_borrow_mut(|masks| {
        *masks[kind] = mask;
        &raw const *masks[kind]
    })
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_clock_ns() -> u64 {
    Kernel::current().uptime_ns()
}

/// The copies of some per-cpu variables.
struct Area {
    size: usize,
    /// The distance from one cpu's copy to the next.
    stride: usize,
    /// The copies from the second cpu's on.
    copies: Copies,
    /// True if the first cpu's copy was allocated with the others, before them.
    allocated: bool,
}

/// Zeroed memory of an alignment.
struct Copies {
    start: *mut u8,
    layout: Layout,
}

// SAFETY: the value is only an address; C code accesses the memory.
unsafe impl Send for Copies {}
// SAFETY: as above.
unsafe impl Sync for Copies {}

impl Copies {
    fn new(bytes: usize, align: usize) -> Option<Self> {
        let layout = Layout::from_size_align(bytes.max(1), align).ok()?;
        // SAFETY: the size is not 0.
        let start = unsafe { alloc_zeroed(layout) };
        (!start.is_null()).then_some(Self { start, layout })
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        // SAFETY: `new` allocated it with this layout.
        unsafe { dealloc(self.start, self.layout) };
    }
}

/// The areas by their addresses.
static AREAS: RwLock<BTreeMap<usize, Area>> = RwLock::new(BTreeMap::new());

/// Copies are aligned to this, so that no two cpus share a cache line.
const LINE: usize = 64;

/// A kernel refuses an alignment of more than a page, and more than this size per cpu.
const PAGE: usize = 4096;
const LARGEST: usize = 32 << 10;

/// Registers a module's per-cpu section, which is the first cpu's copy.
///
/// # Safety
///
/// The memory between `start` and `stop` is valid, and no thread writes to it.
#[unsafe(no_mangle)]
unsafe extern "C" fn kt_percpu_begin(start: *const u8, stop: *const u8) {
    let size = stop.addr() - start.addr();
    let mut areas = AREAS.write().unwrap_or_else(PoisonError::into_inner);
    areas.entry(start.addr()).or_insert_with(|| {
        let stride = size.next_multiple_of(LINE);
        let others = cpu_ids() as usize - 1;
        let copies = Copies::new(stride * others, LINE).expect("there is memory for a module's variables");
        for cpu in 0..others {
            // SAFETY: the C contract; each copy has `stride` bytes.
            unsafe { start.copy_to_nonoverlapping(copies.start.add(cpu * stride), size) };
        }
        Area { size, stride, copies, allocated: false }
    });
}

#[unsafe(no_mangle)]
extern "C" fn kt_percpu_end(start: *const u8) {
    AREAS.write().unwrap_or_else(PoisonError::into_inner).remove(&start.addr());
}

/// `GFP_KERNEL`, as in the header.
const GFP_KERNEL: c_uint = 0xcc0;

/// `__alloc_percpu`: zeroed memory. Returns null and warns for a size or an alignment that a kernel
/// refuses.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_percpu_alloc(size: usize, align: usize, flags: c_uint) -> *mut c_void {
    // With all bits of GFP_KERNEL it may sleep; otherwise it is atomic.
    if flags & GFP_KERNEL == GFP_KERNEL {
        super::may_sleep("alloc_percpu");
    }
    if size == 0 || size > LARGEST || align > PAGE || !align.is_power_of_two() {
        let refused = format!("\x014illegal size ({size}) or align ({align}) for percpu allocation\n");
        super::printk::print(&refused);
        return std::ptr::null_mut();
    }
    if super::no_memory_for("alloc_percpu") {
        return std::ptr::null_mut();
    }
    let align = align.max(LINE);
    let stride = size.next_multiple_of(align);
    let Some(copies) = Copies::new(stride * cpu_ids() as usize, align) else { return std::ptr::null_mut() };
    let first = copies.start;
    let area = Area { size, stride, copies, allocated: true };
    AREAS.write().unwrap_or_else(PoisonError::into_inner).insert(first.addr(), area);
    New::of(&left::PERCPU, first.addr(), "alloc_percpu").note();
    first.cast()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn free_percpu(block: *const c_void) {
    left::gone(&left::PERCPU, block.addr());
    let area = AREAS.write().unwrap_or_else(PoisonError::into_inner).remove(&block.addr());
    if area.is_none() && !block.is_null() {
        left::warn_gone(block.addr(), "free_percpu");
    }
    debug_assert!(area.is_none_or(|area| area.allocated), "a section is not freed by hand");
}

/// The address of `cpu`'s copy of what the first cpu has at `place`. Returns `place` if it is not
/// in a per-cpu area.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_percpu_at(place: *mut u8, cpu: c_uint) -> *mut u8 {
    let areas = AREAS.read().unwrap_or_else(PoisonError::into_inner);
    let Some((&start, area)) = areas.range(..=place.addr()).next_back() else { return place };
    let offset = place.addr() - start;
    if cpu == 0 || offset >= area.size {
        return place;
    }
    // The first cpu's copy comes first, if it was allocated with the others.
    let before = if area.allocated { cpu } else { cpu - 1 };
    let at = before as usize * area.stride + offset;
    if at >= area.copies.layout.size() {
        return place;
    }
    area.copies.start.wrapping_add(at)
}
