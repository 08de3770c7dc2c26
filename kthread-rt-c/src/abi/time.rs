//! `linux/timekeeping.h`: reads the clocks. `ktime_get` is the runtime's own clock; the others are
//! the operating system's.

use std::ffi::{c_int, c_long};

/// `struct timespec64` of the header.
#[repr(C)]
struct Timespec64 {
    tv_sec: i64,
    tv_nsec: c_long,
}

const NSEC_PER_SEC: i64 = 1_000_000_000;

/// A clock of the operating system, in nanoseconds.
fn system(clock: libc::clockid_t) -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills `time`, since the clock exists.
    unsafe { libc::clock_gettime(clock, &mut now) };
    now.tv_sec * NSEC_PER_SEC + now.tv_nsec
}

fn with_offset(offset: c_int) -> i64 {
    system(match offset {
        0 => libc::CLOCK_REALTIME,
        1 => libc::CLOCK_BOOTTIME,
        _ => libc::CLOCK_TAI,
    })
}

fn monotonic() -> i64 {
    kthread_rt::ktime_get()
}

fn real() -> i64 {
    system(libc::CLOCK_REALTIME)
}

fn raw() -> i64 {
    system(libc::CLOCK_MONOTONIC_RAW)
}

macro_rules! clocks {
    ($($name:ident() -> $ret:ty = $value:expr;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name() -> $ret {
            $value as $ret
        }
    )* };
}

clocks! {
    ktime_get() -> i64 = monotonic();
    ktime_get_raw() -> i64 = raw();
    ktime_get_seconds() -> i64 = monotonic() / NSEC_PER_SEC;
    ktime_get_real_seconds() -> i64 = real() / NSEC_PER_SEC;
    ktime_get_mono_fast_ns() -> u64 = monotonic();
    ktime_get_raw_fast_ns() -> u64 = raw();
    ktime_get_boot_fast_ns() -> u64 = system(libc::CLOCK_BOOTTIME);
    ktime_get_real_fast_ns() -> u64 = real();
    ktime_get_resolution_ns() -> u32 = 1;
}

#[unsafe(no_mangle)]
extern "C-unwind" fn ktime_get_with_offset(offset: c_int) -> i64 {
    with_offset(offset)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn ktime_get_coarse_with_offset(offset: c_int) -> i64 {
    with_offset(offset)
}

macro_rules! into_timespec {
    ($($name:ident = $clock:ident;)*) => { $(
        /// # Safety
        ///
        /// `ts` has room for the answer.
        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $name(ts: *mut Timespec64) {
            let now = $clock();
            // SAFETY: the C contract.
            unsafe { *ts = Timespec64 { tv_sec: now / NSEC_PER_SEC, tv_nsec: now % NSEC_PER_SEC } };
        }
    )* };
}

into_timespec! {
    ktime_get_ts64 = monotonic;
    ktime_get_real_ts64 = real;
    ktime_get_raw_ts64 = raw;
    ktime_get_coarse_ts64 = monotonic;
    ktime_get_coarse_real_ts64 = real;
}
