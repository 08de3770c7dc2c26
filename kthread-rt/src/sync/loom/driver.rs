//! The driver for loom.

use crate::sync::checked::{begin_explored, is_stage};
use crate::sync::plan::{Checker, Plan};
pub use loom;

/// Which checker this build is for.
pub const CHECKER: Checker = Checker::Loom;

/// Threads of one execution: the closure's own, kthreadd, and three more.
pub const MAX_THREADS: usize = loom::MAX_THREADS;

/// More operations than any execution of a model has. An execution that reaches this loops for
/// ever.
const MAX_BRANCHES: usize = 20_000;

/// Runs `execution` once for each permutation of its steps inside [`explored`].
///
/// Does not return if one of them fails: loom panics, even where that aborts the process.
pub fn explore(plan: &Plan, execution: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = plan.bound;
    builder.max_branches = MAX_BRANCHES;
    builder.expect_explicit_explore = true;
    builder.check(move || {
        crate::sync::model::begin_execution();
        execution();
    });
}

/// Explores the permutations of the steps of `f`, and not of those before and after it.
pub fn explored<T>(f: impl FnOnce() -> T) -> T {
    begin_explored();
    loom::explore();
    let result = f();
    loom::stop_exploring();
    result
}

/// Runs `f` without exploring it, for the stage of a model before its exploration.
pub fn prepared<T>(f: impl FnOnce() -> T) -> T {
    let is_stage = is_stage();
    loom::stop_exploring();
    let result = f();
    loom::explore();
    if is_stage {
        begin_explored();
    }
    result
}

/// Returns 0: loom uses no seed.
pub fn current_seed() -> u64 {
    0
}

/// Returns the environment settings that run the current model again.
pub fn replay_settings(plan: &Plan) -> String {
    format!("KTHREAD_MODEL_BOUND={}", plan.bound.map_or("complete".into(), |bound| bound.to_string()))
}
