//! `linux/mm.h`: the system's memory, as `si_meminfo` and its like return it.

use std::ffi::{c_uint, c_ulong};
use std::sync::atomic::{AtomicU64, Ordering};

/// The header's `PAGE_SIZE`.
const PAGE: usize = 4096;

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
