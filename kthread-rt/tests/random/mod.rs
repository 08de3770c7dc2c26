//! A small random generator (SplitMix64), and the environment's settings of a stress test.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True once in `n` times.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

fn from_env(key: &str) -> Option<u64> {
    env::var(key).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{key} is a number")))
}

/// The number of rounds of each thread of a stress test.
pub(crate) fn rounds() -> u64 {
    from_env("KT_STRESS_ROUNDS").unwrap_or(2_000)
}

/// The seed of this run, printed so that a failure can be repeated.
pub(crate) fn seed() -> u64 {
    let of_now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos() as u64);
    let seed = from_env("KT_STRESS_SEED").unwrap_or_else(of_now);
    println!("KT_STRESS_SEED={seed}");
    seed
}
