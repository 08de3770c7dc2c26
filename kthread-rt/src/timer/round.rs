//! `round_jiffies` and its family: whole seconds, so that timers that need not be exact fire together.

#![forbid(unsafe_code)]

use crate::clock::{HZ, time_before};
use crate::sched::jiffies;

/// `j` on a whole second, unless that is not after `now`. Down within a quarter of a second of the last one, if `up` is not
/// asked for. The kernel shifts it by three jiffies for each cpu but the first; there is one wheel here.
fn round(j: u64, now: u64, up: bool) -> u64 {
    let over = j % HZ;
    let rounded = if over < HZ / 4 && !up { j - over } else { j - over + HZ };
    if time_before(now, rounded) { rounded } else { j }
}

/// A jiffy, rounded to a whole second: `round_jiffies`. Never one that has passed: then it is `j` itself.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let rounded = round_jiffies(jiffies() + 10 * HZ);
/// assert_eq!(rounded % HZ, 0);
/// ```
pub fn round_jiffies(j: u64) -> u64 {
    round(j, jiffies(), false)
}

/// [`round_jiffies`] that never rounds down: `round_jiffies_up`.
pub fn round_jiffies_up(j: u64) -> u64 {
    round(j, jiffies(), true)
}

/// [`round_jiffies`] of a number of jiffies from now: `round_jiffies_relative`.
pub fn round_jiffies_relative(j: u64) -> u64 {
    let now = jiffies();
    round(j.wrapping_add(now), now, false).wrapping_sub(now)
}

/// [`round_jiffies_up`] of a number of jiffies from now: `round_jiffies_up_relative`.
pub fn round_jiffies_up_relative(j: u64) -> u64 {
    let now = jiffies();
    round(j.wrapping_add(now), now, true).wrapping_sub(now)
}

#[cfg(test)]
mod tests {
    use super::round;
    use crate::clock::HZ;

    #[test]
    fn a_jiffy_is_rounded_to_a_second_that_is_still_to_come() {
        let now = 1000 * HZ + 7;
        assert_eq!(round(1010 * HZ, now, false), 1010 * HZ);
        assert_eq!(round(1010 * HZ + HZ / 4 - 1, now, false), 1010 * HZ);
        assert_eq!(round(1010 * HZ + HZ / 4, now, false), 1011 * HZ);
        assert_eq!(round(1010 * HZ + 1, now, true), 1011 * HZ);
        // Rounded down it would have passed.
        assert_eq!(round(now + 2, now, false), now + 2);
        // As the kernel's: up from a whole second is the next.
        assert_eq!(round(1010 * HZ, now, true), 1011 * HZ);
    }
}
