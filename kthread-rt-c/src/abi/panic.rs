//! `linux/panic.h`: the kernel's taint flags.

use std::ffi::{c_int, c_uint, c_ulong};
use std::sync::atomic::{AtomicU64, Ordering};

static TAINT: AtomicU64 = AtomicU64::new(0);

/// The bit of a flag; 0 for an unknown flag.
fn bit(flag: c_uint) -> u64 {
    1_u64.checked_shl(flag).unwrap_or(0)
}

#[unsafe(no_mangle)]
extern "C" fn add_taint(flag: c_uint, _lockdep_ok: c_int) {
    TAINT.fetch_or(bit(flag), Ordering::Relaxed);
}

#[unsafe(no_mangle)]
extern "C" fn test_taint(flag: c_uint) -> c_int {
    (TAINT.load(Ordering::Relaxed) & bit(flag) != 0).into()
}

#[unsafe(no_mangle)]
extern "C" fn get_taint() -> c_ulong {
    TAINT.load(Ordering::Relaxed)
}
