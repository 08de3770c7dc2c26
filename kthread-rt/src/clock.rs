//! `linux/jiffies.h`, and the Kernel's only source of time.
//!
//! All time that the runtime reads or waits for comes from a Kernel's clock, which counts
//! CLOCK_MONOTONIC: setting the wall clock changes nothing.
//!
//! There are [`HZ`] jiffies (ticks) in a second, so a jiffy is 4 ms. A timeout of *n* jiffies ends
//! as in a kernel: when the tick after jiffy *now + n* begins, or later for a long one
//! (`expiry.rs`). So a sleep of 1 jiffy takes 4 to 8 ms. With
//! [`exact_timeouts`](crate::KernelBuilder::exact_timeouts), a timeout ends *n* × 4 ms after it
//! began. A timeout never ends early.

pub use crate::jiffies_arg::Jiffies;

use crate::expiry::Expiry;
use crate::sync::monotonic_ns;
use std::sync::OnceLock;

/// Ticks per second: `HZ` of the kernel that this crate is compared with.
pub const HZ: u64 = 250;

/// Nanoseconds per tick.
pub const TICK_NSEC: u64 = 1_000_000_000 / HZ;

/// "No timeout", for calls that take a timeout in jiffies: `MAX_SCHEDULE_TIMEOUT`, the kernel's
/// `LONG_MAX`.
pub const MAX_SCHEDULE_TIMEOUT: i64 = i64::MAX;

/// The longest interval that [`msecs_to_jiffies`] returns: `MAX_JIFFY_OFFSET`.
pub const MAX_JIFFY_OFFSET: u64 = (i64::MAX as u64 >> 1) - 1;

/// The first jiffy: five minutes before the lower 32 bits wrap, so that wrong comparisons of
/// jiffies show up soon.
pub const INITIAL_JIFFIES: u64 = (-300 * HZ as i64) as u32 as u64;

/// The function that gets each tick of a clock.
struct Hook {
    base_ns: u64,
    tell: fn(u64),
}

static HOOK: OnceLock<Hook> = OnceLock::new();

/// A Kernel's clock.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    base_ns: u64,
    /// Timeouts are not rounded to ticks: `KernelBuilder::exact_timeouts`.
    exact: bool,
}

impl Clock {
    /// Starts a clock now.
    pub(crate) fn start(exact: bool) -> Self {
        Self { base_ns: monotonic_ns(), exact }
    }

    /// From now on, each read of this clock calls `tell` with the tick, before its caller uses the
    /// time. The first hook of the process stays, whichever clock it is for; later ones are
    /// ignored.
    pub(crate) fn on_time(&self, tell: fn(u64)) {
        // Every caller sets the same hook.
        let _ = HOOK.set(Hook { base_ns: self.base_ns, tell });
    }

    pub(crate) fn is_exact(&self) -> bool {
        self.exact
    }

    /// When a timer for jiffy `expires` that is armed now runs, in nanoseconds of CLOCK_MONOTONIC.
    pub(crate) fn runs_at_ns(&self, expires: u64) -> Option<u64> {
        // The wheel has run the current tick.
        self.tick_begins_ns(Expiry::of(expires, self.jiffies().wrapping_add(1)).tick)
    }

    /// Nanoseconds of CLOCK_MONOTONIC.
    #[inline]
    pub(crate) fn now_ns(&self) -> u64 {
        let now = monotonic_ns();
        if let Some(hook) = HOOK.get()
            && hook.base_ns == self.base_ns
        {
            (hook.tell)(self.jiffies_at(now));
        }
        now
    }

    /// Nanoseconds since this clock started.
    pub(crate) fn since_boot_ns(&self, now_ns: u64) -> u64 {
        now_ns.saturating_sub(self.base_ns)
    }

    /// The tick at `now_ns`.
    pub(crate) fn jiffies_at(&self, now_ns: u64) -> u64 {
        INITIAL_JIFFIES + self.since_boot_ns(now_ns) / TICK_NSEC
    }

    /// When tick `jiffy` begins, in nanoseconds of CLOCK_MONOTONIC; `None` if that overflows.
    /// Earlier ticks than the clock's first one begin with it.
    pub(crate) fn tick_begins_ns(&self, jiffy: u64) -> Option<u64> {
        jiffy.saturating_sub(INITIAL_JIFFIES).checked_mul(TICK_NSEC)?.checked_add(self.base_ns)
    }

    /// The current tick.
    pub(crate) fn jiffies(&self) -> u64 {
        self.jiffies_at(self.now_ns())
    }
}

/// Converts milliseconds to jiffies, rounded up: `msecs_to_jiffies`. As in the kernel, a value that
/// is negative as an `int` means "for ever": [`MAX_JIFFY_OFFSET`].
///
/// ```
/// use kthread_rt::msecs_to_jiffies;
///
/// assert_eq!([0, 1, 4, 5, 1000].map(msecs_to_jiffies), [0, 1, 1, 2, 250]);
/// ```
pub const fn msecs_to_jiffies(ms: u32) -> u64 {
    if (ms as i32) < 0 {
        return MAX_JIFFY_OFFSET;
    }
    (ms as u64).div_ceil(1000 / HZ)
}

/// Converts microseconds to jiffies, rounded up: `usecs_to_jiffies`. As in the kernel, a value
/// above `jiffies_to_usecs(MAX_JIFFY_OFFSET)`, which is truncated to 32 bits, becomes
/// [`MAX_JIFFY_OFFSET`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(usecs_to_jiffies(4_001), 2);
/// assert_eq!(usecs_to_jiffies(u32::MAX), MAX_JIFFY_OFFSET);
/// ```
pub const fn usecs_to_jiffies(us: u32) -> u64 {
    if us > jiffies_to_usecs(MAX_JIFFY_OFFSET) {
        return MAX_JIFFY_OFFSET;
    }
    (us as u64).div_ceil(1_000_000 / HZ)
}

/// Converts nanoseconds to jiffies, rounded down as in the kernel: `nsecs_to_jiffies`.
///
/// ```
/// assert_eq!(kthread_rt::nsecs_to_jiffies(7_999_999), 1);
/// ```
pub const fn nsecs_to_jiffies(ns: u64) -> u64 {
    ns / TICK_NSEC
}

/// Converts jiffies to milliseconds: `jiffies_to_msecs`. An `unsigned int`, which wraps as in the
/// kernel.
///
/// ```
/// assert_eq!(kthread_rt::jiffies_to_msecs(1), 4);
/// ```
pub const fn jiffies_to_msecs(jiffies: u64) -> u32 {
    (1000 / HZ).wrapping_mul(jiffies) as u32
}

/// Converts jiffies to microseconds: `jiffies_to_usecs`. An `unsigned int`, which wraps as in the
/// kernel.
///
/// ```
/// assert_eq!(kthread_rt::jiffies_to_usecs(2), 8_000);
/// ```
pub const fn jiffies_to_usecs(jiffies: u64) -> u32 {
    (1_000_000 / HZ).wrapping_mul(jiffies) as u32
}

/// Converts jiffies to nanoseconds: `jiffies_to_nsecs`. By way of microseconds, which wrap as in
/// [`jiffies_to_usecs`].
///
/// ```
/// assert_eq!(kthread_rt::jiffies_to_nsecs(3), 12_000_000);
/// ```
pub const fn jiffies_to_nsecs(jiffies: u64) -> u64 {
    jiffies_to_usecs(jiffies) as u64 * 1_000
}

/// True if time `a` (in jiffies) is after time `b`, also if jiffies have wrapped between them:
/// `time_after`.
///
/// ```
/// use kthread_rt::time_after;
///
/// assert!(time_after(2, 1) && time_after(1, u64::MAX) && !time_after(1, 1));
/// ```
pub const fn time_after(a: u64, b: u64) -> bool {
    (b.wrapping_sub(a) as i64) < 0
}

/// True if time `a` is before time `b`: `time_before`.
///
/// ```
/// assert!(kthread_rt::time_before(1, 2));
/// ```
pub const fn time_before(a: u64, b: u64) -> bool {
    time_after(b, a)
}

/// True if time `a` is `b` or after it: `time_after_eq`.
///
/// ```
/// assert!(kthread_rt::time_after_eq(2, 2));
/// ```
pub const fn time_after_eq(a: u64, b: u64) -> bool {
    !time_after(b, a)
}

/// True if time `a` is `b` or before it: `time_before_eq`.
///
/// ```
/// assert!(kthread_rt::time_before_eq(2, 2));
/// ```
pub const fn time_before_eq(a: u64, b: u64) -> bool {
    !time_after(a, b)
}

/// True if time `a` is in the range from `b` to `c`, both included: `time_in_range`.
///
/// ```
/// use kthread_rt::time_in_range;
///
/// assert!(time_in_range(2, 1, 2) && !time_in_range(3, 1, 2) && time_in_range(0, u64::MAX, 1));
/// ```
pub const fn time_in_range(a: u64, b: u64, c: u64) -> bool {
    time_after_eq(a, b) && time_before_eq(a, c)
}

/// True if time `a` is in the range from `b` to `c`, without `c`: `time_in_range_open`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(time_in_range_open(3, 3, 5));
/// assert!(!time_in_range_open(5, 3, 5)); // c is outside
/// ```
pub const fn time_in_range_open(a: u64, b: u64, c: u64) -> bool {
    time_after_eq(a, b) && time_before(a, c)
}
