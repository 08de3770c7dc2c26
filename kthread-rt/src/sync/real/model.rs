//! Models without a model checker: a few executions on real threads, in whatever order they run.

use crate::sync::plan::{Checker, Plan};

/// Which checker this build is for.
pub const CHECKER: Checker = Checker::Threads;

/// Types that a model's threads share: std's.
pub mod shared {
    pub use super::super::UnsafeCell;
    pub use std::sync::Arc;
    pub use std::sync::atomic::{
        AtomicBool, AtomicI32, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
    };
}

/// Runs `execution` as often as the plan says.
pub fn explore(plan: &Plan, execution: impl Fn() + Send + Sync + 'static) {
    for _ in 0..plan.executions {
        execution();
    }
}

/// Runs `f`, without exploring anything.
pub fn explored<T>(f: impl FnOnce() -> T) -> T {
    f()
}

/// Runs `f`.
pub fn prepared<T>(f: impl FnOnce() -> T) -> T {
    f()
}

/// Sleeps for `ns` nanoseconds.
pub fn pass_time(ns: u64) {
    std::thread::sleep(std::time::Duration::from_nanos(ns));
}

/// Returns 0: there is no seed.
pub fn current_seed() -> u64 {
    0
}

/// Returns nothing: an execution on real threads cannot be repeated.
pub fn replay_settings(_plan: &Plan) -> String {
    String::new()
}

/// Returns nothing: no steps are recorded.
pub fn schedule() -> Vec<Step> {
    Vec::new()
}

pub use crate::sync::plan::Step;
