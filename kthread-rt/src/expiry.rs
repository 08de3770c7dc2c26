//! When the kernel's timer wheel runs a timer: how it rounds timeouts in jiffies.
//!
//! The wheel has [`LEVELS`] levels of 64 buckets. A bucket of level *n* spans 8ⁿ jiffies. A timer
//! less than 63 jiffies off goes to level 0, one less than 63 × 8 jiffies off to level 1, and so
//! on. It runs when the bucket after its own begins. So a timer for jiffy E runs when E + 1 begins
//! or, if far off, up to one bucket later; it never runs before E is over. A timer beyond the
//! wheel's reach goes into the farthest bucket.
//!
//! # Source
//!
//! Recorded from a real 6.1 with HZ=250, fifty times each: `schedule_timeout_uninterruptible(5)`
//! takes 6 jiffies, or 7 if a tick begins between the caller's read of `jiffies` and the call; in
//! the callback of a timer for `jiffies + 3`, `jiffies - expires` is 1.

/// How many levels the wheel has if HZ is more than 100.
pub(crate) const LEVELS: u32 = 9;
/// A bucket of each level spans 2³ buckets of the level below.
const SHIFT: u32 = 3;
/// A timer less than this many jiffies off goes to level 0.
const REACH: u64 = 63;

/// A timer's bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// The timer runs when this jiffy begins.
    pub(crate) tick: u64,
    /// The level of the wheel. Of the timers that run at one tick, those of higher levels run
    /// first.
    pub(crate) level: u32,
}

impl Expiry {
    /// The bucket of a timer for jiffy `expires`, if `clk` is the first tick that the wheel has not
    /// run.
    pub(crate) fn of(expires: u64, clk: u64) -> Self {
        let off = expires.wrapping_sub(clk);
        if (off as i64) < 0 {
            return Self { tick: clk, level: 0 };
        }
        match (0..LEVELS).find(|level| off < REACH << (level * SHIFT)) {
            Some(level) => Self { tick: Self::bucket_ends(expires, level), level },
            None => {
                let level = LEVELS - 1;
                let farthest = clk.wrapping_add((REACH - 1) << (level * SHIFT));
                Self { tick: Self::bucket_ends(farthest, level), level }
            }
        }
    }

    /// The first tick after the bucket of `level` that contains jiffy `expires`.
    pub(crate) fn bucket_ends(expires: u64, level: u32) -> u64 {
        (expires >> (level * SHIFT)).wrapping_add(1) << (level * SHIFT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(expires: u64, clk: u64) -> u64 {
        Expiry::of(expires, clk).tick
    }

    #[test]
    fn near_timers_run_when_their_jiffy_is_over() {
        assert_eq!([1, 2, 62].map(|off| tick(1000 + off, 1000)), [1002, 1003, 1063]);
        assert_eq!(tick(1000, 1000), 1001);
    }

    #[test]
    fn timers_for_a_jiffy_that_has_passed_run_at_the_next_tick() {
        assert_eq!([999, 0, 1000_u64.wrapping_sub(1 << 40)].map(|expires| tick(expires, 1000)), [1000; 3]);
    }

    #[test]
    fn far_timers_run_at_the_end_of_their_bucket() {
        // 63 jiffies off: level 1, by eights. 504 off: level 2, by 64. 4032 off: level 3, by 512.
        assert_eq!(Expiry::of(1000 + 63, 1000), Expiry { tick: 1064, level: 1 });
        assert_eq!(Expiry::of(1000 + 64, 1000), Expiry { tick: 1072, level: 1 });
        assert_eq!(Expiry::of(1000 + 503, 1000), Expiry { tick: 1504, level: 1 });
        assert_eq!(Expiry::of(1000 + 504, 1000), Expiry { tick: 1536, level: 2 });
        assert_eq!(Expiry::of(1000 + 4032, 1000), Expiry { tick: 5120, level: 3 });
    }

    #[test]
    fn nothing_is_farther_off_than_the_wheel_reaches() {
        let reach = 62 << 24;
        assert_eq!(tick(u64::MAX / 4, 0), reach + (1 << 24));
        assert_eq!(tick(63 << 24, 0), reach + (1 << 24));
        assert_eq!(Expiry::of((63 << 24) - 1, 0), Expiry { tick: 63 << 24, level: 8 });
    }

    #[test]
    fn a_timer_never_runs_before_its_jiffy_is_over_nor_two_buckets_after_it() {
        for clk in [0, 1, 63, 64, 511, 512, 4_294_892_296, u64::MAX / 2] {
            for off in (0..5000).chain([1 << 20, (63 << 24) - 1]) {
                let Expiry { tick, level } = Expiry::of(clk + off, clk);
                let late = tick - (clk + off);
                assert!(late >= 1 && late <= 1 << (3 * level), "{clk} + {off}: {late} late at level {level}");
            }
        }
    }

    #[test]
    fn the_count_may_wrap() {
        assert_eq!(tick(2, u64::MAX - 2), 3);
        assert_eq!(tick(u64::MAX - 1, u64::MAX - 5), u64::MAX);
    }
}
