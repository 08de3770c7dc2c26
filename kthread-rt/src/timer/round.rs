//! `round_jiffies` and its family: they round to whole seconds, so that timers that need not be
//! exact fire together.

#![forbid(unsafe_code)]

use crate::clock::{HZ, time_before};
use crate::sched::jiffies;
use crate::sync::os::current_cpu;

/// Rounds `j` to a whole second, less three jiffies for each cpu before `cpu`. Rounds down only in
/// the first quarter of a second, and never if `up`. Returns `j` if the result is not after `now`.
fn round(j: u64, cpu: u32, now: u64, up: bool) -> u64 {
    let skew = 3 * u64::from(cpu);
    let skewed = j.wrapping_add(skew);
    let over = skewed % HZ;
    let whole = if over < HZ / 4 && !up { skewed - over } else { (skewed - over).wrapping_add(HZ) };
    let rounded = whole.wrapping_sub(skew);
    if time_before(now, rounded) { rounded } else { j }
}

/// [`round`] for a number of jiffies from now.
fn round_relative(j: u64, cpu: u32, up: bool) -> u64 {
    let now = jiffies();
    round(j.wrapping_add(now), cpu, now, up).wrapping_sub(now)
}

/// Rounds a jiffy to a whole second: `round_jiffies`. If that second has passed, it returns `j`
/// unchanged.
///
/// The seconds of each cpu are three jiffies before those of the cpu before it, so that not all
/// cpus wake at once.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let second = __round_jiffies(jiffies() + 10 * HZ, 0);
/// assert_eq!(second % HZ, 0);
/// ```
pub fn round_jiffies(j: u64) -> u64 {
    __round_jiffies(j, current_cpu())
}

/// [`round_jiffies`] for another cpu: `__round_jiffies`.
pub fn __round_jiffies(j: u64, cpu: u32) -> u64 {
    round(j, cpu, jiffies(), false)
}

/// [`round_jiffies`] that never rounds down: `round_jiffies_up`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// // A timer that need not be exact runs together with others, at a whole second.
/// let timer = Timer::new(|_| ());
/// mod_timer(&timer, round_jiffies_up(jiffies() + HZ));
/// timer_delete_sync(&timer);
/// ```
pub fn round_jiffies_up(j: u64) -> u64 {
    __round_jiffies_up(j, current_cpu())
}

/// [`round_jiffies_up`] for another cpu: `__round_jiffies_up`.
pub fn __round_jiffies_up(j: u64, cpu: u32) -> u64 {
    round(j, cpu, jiffies(), true)
}

/// [`round_jiffies`] for a number of jiffies from now: `round_jiffies_relative`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// // A timer that need not be exact runs together with others, at a whole second.
/// let timer = Timer::new(|_| ());
/// mod_timer(&timer, jiffies() + round_jiffies_relative(HZ));
/// timer_delete_sync(&timer);
/// ```
pub fn round_jiffies_relative(j: u64) -> u64 {
    __round_jiffies_relative(j, current_cpu())
}

/// [`round_jiffies_relative`] for another cpu: `__round_jiffies_relative`.
pub fn __round_jiffies_relative(j: u64, cpu: u32) -> u64 {
    round_relative(j, cpu, false)
}

/// [`round_jiffies_up`] for a number of jiffies from now: `round_jiffies_up_relative`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// // A timer that need not be exact runs together with others, at a whole second.
/// let timer = Timer::new(|_| ());
/// mod_timer(&timer, jiffies() + round_jiffies_up_relative(HZ));
/// timer_delete_sync(&timer);
/// ```
pub fn round_jiffies_up_relative(j: u64) -> u64 {
    __round_jiffies_up_relative(j, current_cpu())
}

/// [`round_jiffies_up_relative`] for another cpu: `__round_jiffies_up_relative`.
pub fn __round_jiffies_up_relative(j: u64, cpu: u32) -> u64 {
    round_relative(j, cpu, true)
}

#[cfg(test)]
mod tests {
    use super::round;
    use crate::clock::HZ;

    #[test]
    fn a_jiffy_is_rounded_to_a_second_that_is_still_to_come() {
        let now = 1000 * HZ + 7;
        let round = |j, now, up| round(j, 0, now, up);
        assert_eq!(round(1010 * HZ, now, false), 1010 * HZ);
        assert_eq!(round(1010 * HZ + HZ / 4 - 1, now, false), 1010 * HZ);
        assert_eq!(round(1010 * HZ + HZ / 4, now, false), 1011 * HZ);
        assert_eq!(round(1010 * HZ + 1, now, true), 1011 * HZ);
        // The second below has passed.
        assert_eq!(round(now + 2, now, false), now + 2);
        // As in the kernel, rounding a whole second up gives the next second.
        assert_eq!(round(1010 * HZ, now, true), 1011 * HZ);
    }

    #[test]
    fn the_seconds_of_a_later_cpu_come_three_jiffies_earlier() {
        let now = 1000 * HZ + 7;
        assert_eq!(round(1010 * HZ, 1, now, false), 1010 * HZ - 3);
        assert_eq!(round(1010 * HZ - 2, 1, now, false), 1010 * HZ - 3);
        assert_eq!(round(1010 * HZ - 4, 1, now, false), 1010 * HZ - 3);
        assert_eq!(round(1010 * HZ - 3, 2, now, true), 1011 * HZ - 6);
    }
}
