//! The driver for shuttle.

pub use super::schedulers::current_seed;
use super::schedulers::{Drawn, set_exploring};
use crate::sync::checked::{begin_explored, is_stage};
use crate::sync::plan::{Checker, Plan, Scheduler};
pub use shuttle;
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};

/// Which checker this build is for.
pub const CHECKER: Checker = Checker::Shuttle;

/// More steps than any execution of a model has. An execution that reaches this loops for ever.
const MAX_STEPS: usize = 1_000_000;

/// The stack size of a thread, in bytes. The frames of a panic report must fit too.
const STACK_SIZE: usize = 256 * 1024;

/// Runs `execution` as often as the plan says, each time with another schedule.
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

/// Randomizes the order of the steps of `f`, and not of those before and after it.
pub fn explored<T>(f: impl FnOnce() -> T) -> T {
    begin_explored();
    set_exploring(true);
    let result = f();
    set_exploring(false);
    result
}

/// Runs `f` in a fixed order, for the stage of a model before its exploration.
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

/// Returns the environment settings that run only the current execution again.
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
