//! Runs the model of the whole system: many schedules of it, by each of two schedulers.

use crate::build::{Backend, Build, Program};
use crate::process::{self, Ended};
use crate::table::Table;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The time limit of a run.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How schedules are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduler {
    /// At each step any task that can run.
    Random,
    /// By priorities that change at a few points.
    Pct,
}

impl Scheduler {
    /// All schedulers.
    pub const ALL: [Self; 2] = [Self::Random, Self::Pct];

    /// Its name for the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Pct => "pct",
        }
    }
}

/// The results of the schedules of one scheduler.
#[derive(Debug, Clone)]
pub struct Run {
    /// The scheduler.
    pub scheduler: Scheduler,
    /// The seed of the first schedule; each next one has the next number.
    pub seed: u64,
    /// The number of schedules.
    pub schedules: u64,
    /// The time it took.
    pub seconds: f64,
    /// The outcomes of the scenes, and how often each was reached.
    pub outcomes: Vec<(String, u64)>,
    /// True if every execution passed.
    pub holds: bool,
    /// Its whole output.
    pub output: String,
}

/// Builds the runner for shuttle, and runs `schedules` schedules by each of `schedulers`, at the
/// same time.
pub fn run(schedulers: &[Scheduler], schedules: u64, seed: u64) -> Result<Vec<Run>, String> {
    let runner = Build::of_workspace(Backend::Shuttle)?.run(Program::Runner)?;
    std::thread::scope(|scope| {
        let work = |&scheduler: &Scheduler| {
            let runner = &runner;
            scope.spawn(move || run_one(runner, scheduler, schedules, seed, LONGEST))
        };
        let runs: Vec<_> = schedulers.iter().map(work).collect();
        runs.into_iter().map(|run| run.join().map_err(|_| "a worker panicked".to_owned())?).collect()
    })
}

/// One run of the runner at `path`, for at most `limit`.
pub(crate) fn run_one(
    path: &Path,
    scheduler: Scheduler,
    schedules: u64,
    seed: u64,
    limit: Duration,
) -> Result<Run, String> {
    let mut command = Command::new(path);
    command.args(["system", scheduler.name(), &schedules.to_string(), &seed.to_string()]);
    let (ended, output) = process::run(command, limit).map_err(|e| format!("model-runner: {e}"))?;
    let mut run = Run {
        scheduler,
        seed,
        schedules: 0,
        seconds: 0.0,
        outcomes: Vec::new(),
        holds: matches!(ended, Ended::Well),
        output,
    };
    for line in run.output.lines() {
        match line.split('\t').collect::<Vec<_>>().as_slice() {
            ["OUTCOME", outcome, count] => {
                run.outcomes.push(((*outcome).to_owned(), count.parse().unwrap_or(0)));
            }
            ["RESULT", schedules, seconds, _] => {
                run.schedules = schedules.parse().unwrap_or(0);
                run.seconds = seconds.parse().unwrap_or(0.0);
            }
            _ => {}
        }
    }
    Ok(run)
}

/// The table of some runs: how often each outcome was reached.
pub fn table(runs: &[Run]) -> Table {
    let mut head = vec!["outcome"];
    head.extend(runs.iter().map(|run| run.scheduler.name()));
    let mut table = Table::new(&head, &[1, 2]);
    let mut row = |name: &str, cell: &dyn Fn(&Run) -> String| {
        table.row([name.to_owned()].into_iter().chain(runs.iter().map(cell)));
    };
    // The runner lists all outcomes, in its order; a run that failed lists none.
    if let Some(listing) = runs.iter().find(|run| !run.outcomes.is_empty()) {
        for (number, (outcome, _)) in listing.outcomes.iter().enumerate() {
            row(outcome, &|run| run.outcomes.get(number).map_or(0, |(_, count)| *count).to_string());
        }
    }
    row("schedules", &|run| run.schedules.to_string());
    row("seconds", &|run| format!("{:.1}", run.seconds));
    row("first seed", &|run| run.seed.to_string());
    table
}

/// The output of the runs that failed. Empty if none failed.
pub fn failures(runs: &[Run]) -> String {
    let failed = runs.iter().filter(|run| !run.holds);
    failed.map(|run| format!("\n── system ({})\n{}", run.scheduler.name(), run.output)).collect()
}
