//! `linux/ktime.h`: times and spans in nanoseconds, as signed 64-bit numbers.
//!
//! The kernel's `ktime_t` is an `s64`, and so is [`Ktime`]. Arithmetic wraps as in the kernel,
//! except for [`ktime_add_safe`].

#![forbid(unsafe_code)]

use crate::sched::ktime_get;
use std::cmp::Ordering;

/// Nanoseconds: `ktime_t`.
pub type Ktime = i64;

/// Nanoseconds in a microsecond.
pub const NSEC_PER_USEC: i64 = 1_000;
/// Nanoseconds in a millisecond.
pub const NSEC_PER_MSEC: i64 = 1_000_000;
/// Nanoseconds in a second.
pub const NSEC_PER_SEC: i64 = 1_000_000_000;
/// Microseconds in a millisecond.
pub const USEC_PER_MSEC: i64 = 1_000;
/// Microseconds in a second.
pub const USEC_PER_SEC: i64 = 1_000_000;
/// Milliseconds in a second.
pub const MSEC_PER_SEC: i64 = 1_000;

/// The latest time: `KTIME_MAX`.
pub const KTIME_MAX: Ktime = i64::MAX;

/// Makes a time from seconds and nanoseconds: `ktime_set`. [`KTIME_MAX`] for too many seconds.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(ktime_set(2, 5), 2_000_000_005);
/// assert_eq!(ktime_set(i64::MAX, 0), KTIME_MAX);
/// ```
pub const fn ktime_set(secs: i64, nsecs: u64) -> Ktime {
    if secs >= KTIME_MAX / NSEC_PER_SEC {
        return KTIME_MAX;
    }
    secs.wrapping_mul(NSEC_PER_SEC).wrapping_add(nsecs as i64)
}

/// Returns `a + b`: `ktime_add`.
///
/// ```
/// assert_eq!(kthread_rt::ktime_add(1, 2), 3);
/// ```
pub const fn ktime_add(a: Ktime, b: Ktime) -> Ktime {
    a.wrapping_add(b)
}

/// Returns `a + b`, or [`KTIME_MAX`] on overflow: `ktime_add_safe`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(ktime_add_safe(KTIME_MAX, 1), KTIME_MAX);
/// ```
pub const fn ktime_add_safe(a: Ktime, b: Ktime) -> Ktime {
    let sum = a.wrapping_add(b);
    if sum < 0 || sum < a || sum < b { KTIME_MAX } else { sum }
}

/// Returns `a - b`: `ktime_sub`.
///
/// ```
/// assert_eq!(kthread_rt::ktime_sub(1, 2), -1);
/// ```
pub const fn ktime_sub(a: Ktime, b: Ktime) -> Ktime {
    a.wrapping_sub(b)
}

macro_rules! with_units {
    ($($add:ident, $sub:ident, $make:ident, $to:ident, $delta:ident, $nanos:expr, $unit:literal;)*) => { $(
        #[doc = concat!("Adds `n` ", $unit, " to `time`: `", stringify!($add), "`.")]
        pub const fn $add(time: Ktime, n: u64) -> Ktime {
            time.wrapping_add((n as i64).wrapping_mul($nanos))
        }

        #[doc = concat!("Subtracts `n` ", $unit, " from `time`: `", stringify!($sub), "`.")]
        pub const fn $sub(time: Ktime, n: u64) -> Ktime {
            time.wrapping_sub((n as i64).wrapping_mul($nanos))
        }

        #[doc = concat!("Converts `n` ", $unit, " to a time: `", stringify!($make), "`.")]
        pub const fn $make(n: u64) -> Ktime {
            (n as i64).wrapping_mul($nanos)
        }

        #[doc = concat!("Converts `time` to ", $unit, ", rounded towards zero: `", stringify!($to), "`.")]
        pub const fn $to(time: Ktime) -> i64 {
            time / $nanos
        }

        #[doc = concat!("Returns `later` less `earlier` in ", $unit, ", rounded towards zero: `", stringify!($delta), "`.")]
        pub const fn $delta(later: Ktime, earlier: Ktime) -> i64 {
            $to(ktime_sub(later, earlier))
        }
    )* };
}

with_units! {
    ktime_add_us, ktime_sub_us, us_to_ktime, ktime_to_us, ktime_us_delta, NSEC_PER_USEC, "microseconds";
    ktime_add_ms, ktime_sub_ms, ms_to_ktime, ktime_to_ms, ktime_ms_delta, NSEC_PER_MSEC, "milliseconds";
}

/// Adds `ns` nanoseconds to `time`: `ktime_add_ns`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(ktime_add_ns(ms_to_ktime(1), 5), 1_000_005);
/// ```
pub const fn ktime_add_ns(time: Ktime, ns: u64) -> Ktime {
    time.wrapping_add(ns as i64)
}

/// Subtracts `ns` nanoseconds from `time`: `ktime_sub_ns`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(ktime_sub_ns(ms_to_ktime(1), 5), 999_995);
/// ```
pub const fn ktime_sub_ns(time: Ktime, ns: u64) -> Ktime {
    time.wrapping_sub(ns as i64)
}

/// Converts nanoseconds to a time: `ns_to_ktime`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(ns_to_ktime(1_000_000), ms_to_ktime(1));
/// ```
pub const fn ns_to_ktime(ns: u64) -> Ktime {
    ns as i64
}

/// Converts `time` to nanoseconds: `ktime_to_ns`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(ktime_to_ns(ktime_set(1, 5)), 1_000_000_005);
/// ```
pub const fn ktime_to_ns(time: Ktime) -> i64 {
    time
}

/// Returns `time / divisor`, rounded towards zero: `ktime_divns`. 0 for a divisor of 0, where the
/// kernel oopses.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(ktime_divns(ktime_set(1, 0), 250), 4_000_000);
/// ```
pub const fn ktime_divns(time: Ktime, divisor: i64) -> i64 {
    match time.checked_div(divisor) {
        Some(quotient) => quotient,
        None => 0,
    }
}

/// Returns −1 if `a` is before `b`, 0 if they are equal, 1 if `a` is after `b`: `ktime_compare`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!([ktime_compare(1, 2), ktime_compare(2, 2), ktime_compare(3, 2)], [-1, 0, 1]);
/// ```
pub fn ktime_compare(a: Ktime, b: Ktime) -> i32 {
    match a.cmp(&b) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// True if `a` is after `b`: `ktime_after`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(ktime_after(ktime_set(2, 0), ktime_set(1, 0)));
/// ```
pub const fn ktime_after(a: Ktime, b: Ktime) -> bool {
    a > b
}

/// True if `a` is before `b`: `ktime_before`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(ktime_before(ktime_set(1, 0), ktime_set(2, 0)));
/// ```
pub const fn ktime_before(a: Ktime, b: Ktime) -> bool {
    a < b
}

/// Returns the monotonic time in nanoseconds: `ktime_get_ns`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let before = ktime_get_ns();
/// usleep_range(500, 1_000);
/// assert!(ktime_get_ns() - before >= 500_000);
/// ```
pub fn ktime_get_ns() -> u64 {
    ktime_get() as u64
}
