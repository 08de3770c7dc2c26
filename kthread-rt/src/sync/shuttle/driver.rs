//! How shuttle explores.

pub use super::schedulers::current_seed;
use super::schedulers::{Drawn, set_exploring};
use crate::sync::checked::{begin_explored, is_stage};
use crate::sync::plan::{Checker, Plan, Scheduler};
pub use shuttle;
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};

/// Which checker this build is for.
pub const CHECKER: Checker = Checker::Shuttle;

/// More steps than any execution of a model has. Who reaches it runs for ever.
const MAX_STEPS: usize = 1_000_000;

/// The stack of a thread, in bytes; the frames of a panic's report have to fit in.
const STACK_SIZE: usize = 256 * 1024;

/// Runs `execution` as often as the plan says, each time by another schedule.
///
/// Does not return if one of them fails.
pub fn explore(plan: &Plan, execution: impl Fn() + Send + Sync + 'static) {
    let mut config = Config::new();
    config.stack_size = STACK_SIZE;
    config.failure_persistence = FailurePersistence::None;
    config.max_steps = MaxSteps::FailAfter(MAX_STEPS);
    config.silence_warnings = true;
    Runner::new(Drawn::new(*plan), config).run(move || {
        crate::sync::model::begin_execution();
        execution();
    });
}

/// Draws the order of what `f` does, and of nothing before and after it.
pub fn explored<T>(f: impl FnOnce() -> T) -> T {
    begin_explored();
    set_exploring(true);
    let result = f();
    set_exploring(false);
    result
}

/// Something that a model does on its stage before its exploration begins: `f` runs in a fixed
/// order.
pub fn prepared<T>(f: impl FnOnce() -> T) -> T {
    let is_stage = is_stage();
    let exploring = set_exploring(false);
    let result = f();
    set_exploring(exploring);
    if is_stage {
        begin_explored();
    }
    result
}

/// What to set in the environment to see the present execution again, and no other.
pub fn replay_settings(plan: &Plan) -> String {
    let scheduler = match plan.scheduler {
        Scheduler::Random => "random".to_owned(),
        Scheduler::Pct { changes } => format!("pct:{changes}"),
    };
    format!(
        "KTHREAD_MODEL_SEED={} KTHREAD_MODEL_SCHEDULES=1 KTHREAD_MODEL_SCHEDULER={scheduler}",
        current_seed()
    )
}
