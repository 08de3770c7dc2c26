//! The plan: which faults happen when.

use crate::errno::Errno;

/// A fault that happens on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A create of a kthread fails.
    CreateFails(Errno),
    /// The creator of a kthread gets SIGKILL while it waits, so its create fails with `EINTR`.
    /// Nothing happens to a creator that ignores the signal, as a kthread does unless it has
    /// allowed it.
    CreatorKilled,
    /// A kthread is created, and the completion for its creator is lost: it waits for ever.
    CompletionLost,
    /// An allocation fails.
    AllocationFails,
    /// An allocation or a create of a kthread fails, with `ENOMEM`. They are counted together.
    Fails,
    /// A task continues so many jiffies after its wake-up.
    LateWakeUp(u64),
    /// A timer's function is called so many jiffies late.
    LateTimer(u64),
    /// A signal interrupts a sleep, and is not pending afterwards.
    SignalInSleep,
}

/// Which of the calls that can have a fault do have it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum When {
    /// The nth, counted from 1.
    Nth(u64),
    /// Each nth.
    EveryNth(u64),
    /// So many in a hundred, at random.
    Percent(f64),
    /// Each. For [`Fault::SignalInSleep`]: the first at each place in the source.
    Always,
}

/// Which faults happen when, for [`KernelBuilder::faults`](crate::KernelBuilder::faults).
/// See [the module](crate::faults).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FaultPlan {
    pub(super) rules: Vec<(Fault, When)>,
    pub(super) seed: u64,
}

impl FaultPlan {
    /// A plan without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault. If several apply to one call, the one that was added first happens.
    #[must_use]
    pub fn with(mut self, fault: Fault, when: When) -> Self {
        self.rules.push((fault, when));
        self
    }

    /// Sets the seed of the random numbers, which is 0 otherwise.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// True if it has no faults.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// The classes of calls. Each has its own counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Create,
    Allocation,
    /// Both of these.
    Either,
    WakeUp,
    Timer,
    Sleep,
}

/// How many classes there are.
pub(super) const CLASSES: usize = 6;

impl Fault {
    pub(super) fn class(self) -> Class {
        match self {
            Self::CreateFails(_) | Self::CreatorKilled | Self::CompletionLost => Class::Create,
            Self::AllocationFails => Class::Allocation,
            Self::Fails => Class::Either,
            Self::LateWakeUp(_) => Class::WakeUp,
            Self::LateTimer(_) => Class::Timer,
            Self::SignalInSleep => Class::Sleep,
        }
    }
}

impl When {
    /// Whether the `n`th call has the fault. `draw` is a random number below 1.
    pub(super) fn is(self, n: u64, draw: impl FnOnce() -> f64) -> bool {
        match self {
            Self::Nth(nth) => n == nth,
            Self::EveryNth(nth) => nth != 0 && n.is_multiple_of(nth),
            Self::Percent(percent) => draw() * 100.0 < percent,
            Self::Always => true,
        }
    }
}

/// A number in [0, 1), a function of these two.
pub(super) fn draw(seed: u64, n: u64) -> f64 {
    // splitmix64: its nth output is a function of the seed and n.
    let mut bits = seed.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn chance_is_as_frequent_as_it_was_asked_for_and_the_same_for_a_seed() {
        let drawn = |seed| (1..=10_000).map(move |n| When::Percent(10.0).is(n, || draw(seed, n)));
        let often = drawn(1).filter(|&is| is).count();
        assert!((900..1100).contains(&often), "{often}");
        assert!(drawn(1).eq(drawn(1)));
        assert!(!drawn(1).eq(drawn(2)));
        assert!((1..=1000).all(|n| !When::Percent(0.0).is(n, || draw(1, n))));
        assert!((1..=1000).all(|n| When::Percent(100.0).is(n, || draw(1, n))));
    }

    #[test]
    fn every_nth_is_counted_from_one() {
        let of = |when: When| (1..=6).filter(|&n| when.is(n, || 0.0)).collect::<Vec<_>>();
        assert_eq!(of(When::EveryNth(2)), [2, 4, 6]);
        assert_eq!(of(When::EveryNth(0)), []);
        assert_eq!(of(When::Nth(3)), [3]);
        assert_eq!(of(When::Always), [1, 2, 3, 4, 5, 6]);
    }
}
