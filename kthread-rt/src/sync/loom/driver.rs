//! How loom explores.

use crate::sync::checked::{begin_explored, is_stage};
use crate::sync::plan::{Checker, Plan};
pub use loom;

/// Which checker this build is for.
pub const CHECKER: Checker = Checker::Loom;

/// Threads of one execution: the closure's own, kthreadd, and three more.
pub const MAX_THREADS: usize = loom::MAX_THREADS;

/// More operations than any execution of a model has. Who reaches it runs for ever.
const MAX_BRANCHES: usize = 20_000;

/// Runs `execution` once for each permutation of what it does between [`explored`]'s begin and end.
///
/// Does not return if one of them fails: loom panics, also where that ends the process.
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

/// Explores the permutations of what `f` does, and of nothing before and after it.
pub fn explored<T>(f: impl FnOnce() -> T) -> T {
    begin_explored();
    loom::explore();
    let result = f();
    loom::stop_exploring();
    result
}

/// Something that a model does on its stage before its exploration begins: `f` runs unexplored.
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

/// No seed: nothing is drawn.
pub fn current_seed() -> u64 {
    0
}

/// What to set in the environment to see the present execution again.
pub fn replay_settings(plan: &Plan) -> String {
    format!("KTHREAD_MODEL_BOUND={}", plan.bound.map_or("complete".into(), |bound| bound.to_string()))
}
