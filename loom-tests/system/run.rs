//! The runner's commands under shuttle.

use super::{CLAIM, SCENES, execute};
use kthread_rt::model::{Model, Scheduler};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// From this many schedules on, every outcome must have been reached.
const ENOUGH: u64 = 1000;

/// `system SCHEDULER SCHEDULES SEED`.
pub(crate) fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let parsed = match words.as_slice() {
        ["system", "random", schedules, seed] => {
            Some((Scheduler::Random, schedules.parse().ok(), seed.parse().ok()))
        }
        ["system", "pct", schedules, seed] => {
            Some((Scheduler::Pct { changes: 3 }, schedules.parse().ok(), seed.parse().ok()))
        }
        _ => None,
    };
    let Some((scheduler, Some(schedules), Some(seed))) = parsed else {
        eprintln!("usage: model-runner system random|pct SCHEDULES SEED");
        return ExitCode::from(2);
    };
    run(scheduler, schedules, seed)
}

fn run(scheduler: Scheduler, schedules: u64, seed: u64) -> ExitCode {
    let seen = Arc::new(Mutex::new(BTreeMap::<&str, u64>::new()));
    let book = seen.clone();
    let word = if scheduler == Scheduler::Random { "random" } else { "pct" };
    let replay = format!(
        "cargo run --release -p loom-tests -- system --scheduler {word} --schedules 1 --seed {{seed}}"
    );
    let model = Model::new(CLAIM).schedules(schedules).seed(seed).scheduler(scheduler).replay_by(replay);
    // Does not return if an execution fails: the failure has been reported then.
    let report = model.explore(move || {
        let outcomes = execute();
        let mut seen = book.lock().unwrap_or_else(PoisonError::into_inner);
        for outcome in outcomes {
            *seen.entry(outcome).or_default() += 1;
        }
    });
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mut missing = Vec::new();
    for outcome in SCENES.iter().flat_map(|scene| scene.outcomes) {
        let count = seen.get(outcome).copied().unwrap_or(0);
        println!("OUTCOME\t{outcome}\t{count}");
        if count == 0 {
            missing.push(outcome);
        }
    }
    println!("RESULT\t{}\t{:.2}\t{seed}", report.executions, report.elapsed.as_secs_f64());
    if missing.is_empty() || report.executions < ENOUGH {
        return ExitCode::SUCCESS;
    }
    println!("FAILED {CLAIM}");
    println!("the model shows less than it claims: no execution reached {missing:?}");
    ExitCode::FAILURE
}
