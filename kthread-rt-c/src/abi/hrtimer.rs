//! `linux/hrtimer.h`. The header initialises a timer.

use super::uninit::hrtimer_is_initialised;
use super::{In, int};
use kthread_rt::{Hrtimer, HrtimerMode};
use std::ffi::{c_int, c_uint};

// `struct hrtimer` of the header, without its last field.
const _: () = assert!(size_of::<Hrtimer>() == 80 && align_of::<Hrtimer>() == 8);

fn mode(bits: c_uint) -> HrtimerMode {
    HrtimerMode::from_bits_retain(bits)
}

/// Warns of a timer for another clock than the monotonic one.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_hrtimer_check_clock(clock: c_int) {
    super::printk::print(&format!(
        "\x014hrtimer: there is no clock {clock} here: the timer runs on CLOCK_MONOTONIC\n"
    ));
}

/// `struct hrtimer_clock_base`.
#[repr(C)]
struct ClockBase {
    index: c_uint,
    clock: c_int,
    get_time: extern "C-unwind" fn() -> i64,
    offset: i64,
}

/// The bases of the clocks that timers can name, the monotonic one first.
static CLOCK_BASES: [ClockBase; 4] = {
    const fn base(index: c_uint, clock: c_int) -> ClockBase {
        ClockBase { index, clock, get_time: monotonic, offset: 0 }
    }
    [
        base(0, kthread_rt::CLOCK_MONOTONIC),
        base(1, libc::CLOCK_REALTIME),
        base(2, libc::CLOCK_BOOTTIME),
        base(3, libc::CLOCK_TAI),
    ]
};

extern "C-unwind" fn monotonic() -> i64 {
    kthread_rt::ktime_get()
}

/// The base of `clock`, or that of the monotonic clock if there is no such base. It is never
/// written.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_hrtimer_base(clock: c_int) -> *const ClockBase {
    CLOCK_BASES.iter().find(|base| base.clock == clock).unwrap_or(&CLOCK_BASES[0])
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_hrtimer_start(timer: In<Hrtimer>, time: i64, bits: c_uint) {
    if !hrtimer_is_initialised(&timer, "hrtimer_start") {
        return;
    }
    kthread_rt::hrtimer_start(&timer, time, mode(bits));
}

macro_rules! calls {
    ($($symbol:ident() -> $ret:ty = $name:ident;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $symbol(timer: In<Hrtimer>) -> $ret {
            hrtimer_is_initialised(&timer, stringify!($name));
            kthread_rt::$name(&timer).into()
        }
    )* };
}

calls! {
    hrtimer_cancel() -> c_int = hrtimer_cancel;
    hrtimer_try_to_cancel() -> c_int = hrtimer_try_to_cancel;
    hrtimer_active() -> bool = hrtimer_active;
    kt_hrtimer_is_queued() -> bool = hrtimer_is_queued;
    kt_hrtimer_callback_running() -> c_int = hrtimer_callback_running;
}

#[unsafe(no_mangle)]
extern "C-unwind" fn hrtimer_forward(timer: In<Hrtimer>, now: i64, interval: i64) -> u64 {
    kthread_rt::hrtimer_forward(&timer, now, interval)
}

/// # Safety
///
/// `expires` is null, for no limit, or valid.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn schedule_hrtimeout(expires: *const i64, bits: c_uint) -> c_int {
    // SAFETY: the C contract.
    int(kthread_rt::schedule_hrtimeout(unsafe { expires.as_ref() }.copied(), mode(bits)))
}

/// # Safety
///
/// As [`schedule_hrtimeout`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn schedule_hrtimeout_range(expires: *const i64, delta: u64, bits: c_uint) -> c_int {
    // SAFETY: the C contract.
    let expires = unsafe { expires.as_ref() }.copied();
    int(kthread_rt::schedule_hrtimeout_range(expires, delta, mode(bits)))
}

/// # Safety
///
/// As [`schedule_hrtimeout`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn schedule_hrtimeout_range_clock(
    expires: *const i64,
    delta: u64,
    bits: c_uint,
    clock: c_int,
) -> c_int {
    if clock != kthread_rt::CLOCK_MONOTONIC && !mode(bits).contains(HrtimerMode::REL) {
        kt_hrtimer_check_clock(clock);
    }
    // SAFETY: the same contract.
    unsafe { schedule_hrtimeout_range(expires, delta, bits) }
}
