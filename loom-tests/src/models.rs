//! Runs models: each in a process of its own, several at a time; and prints a table.

use crate::build::{Backend, Build, Program};
use crate::process::{self, Ended};
use crate::table::Table;
use indicatif::{ProgressBar, ProgressStyle};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The time limit of a model, whatever its bound.
const LONGEST: Duration = Duration::from_secs(3600);

/// How deeply models are explored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Depth {
    /// Each model to its own bound: what runs on every push.
    #[default]
    Push,
    /// Each to preemption bound 3 at least.
    Long,
    /// All to this bound: a number of preemptions, or `complete`.
    Bound(String),
}

/// A model, as the runner lists it.
#[derive(Debug, Clone)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Its bound on every push.
    pub bound: String,
    /// Its claim.
    pub claim: String,
}

impl Model {
    fn bound_at(&self, depth: &Depth) -> String {
        match depth {
            Depth::Push => self.bound.clone(),
            Depth::Bound(bound) => bound.clone(),
            Depth::Long => match self.bound.parse::<u32>() {
                Ok(bound) => bound.max(3).to_string(),
                Err(_) => self.bound.clone(),
            },
        }
    }
}

/// The result of a model's run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The model.
    pub model: String,
    /// The bound of the run.
    pub bound: String,
    /// The verdict on it.
    pub verdict: Verdict,
    /// The number of permutations; 0 if it did not end.
    pub permutations: u64,
    /// The time it took.
    pub seconds: f64,
    /// The outcomes that it reached.
    pub outcomes: String,
    /// Its whole output.
    pub output: String,
}

/// The verdict on a model's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The claim holds, and all outcomes were reached.
    Holds,
    /// The claim holds, but not all outcomes were reached.
    Vacuous,
    /// A permutation breaks the claim.
    Broken,
    /// It exceeded its time limit.
    TimedOut,
}

/// The model runner, built.
#[derive(Debug, Clone)]
pub struct Runner {
    program: PathBuf,
    variable: Option<(&'static str, OsString)>,
}

impl Runner {
    /// Builds the runner of this workspace.
    pub fn build() -> Result<Self, String> {
        Ok(Self::at(&Build::of_workspace(Backend::Loom)?.run(Program::Runner)?))
    }

    /// The runner at `path`.
    pub fn at(path: &Path) -> Self {
        Self { program: path.to_owned(), variable: None }
    }

    /// Runs all models with an environment variable.
    pub(crate) fn with_variable(self, name: &'static str, value: OsString) -> Self {
        Self { variable: Some((name, value)), ..self }
    }

    /// Lists all models, in their order.
    pub fn list(&self) -> Result<Vec<Model>, String> {
        let output = Command::new(&self.program)
            .arg("list")
            .output()
            .map_err(|e| format!("model-runner list: {e}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let model = |line: &str| {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            Some(Model { name: parts.next()?, bound: parts.next()?, claim: parts.next()? })
        };
        Ok(text.lines().filter_map(model).collect())
    }

    /// The models in `names`: each is a model's name, or the protocol with which models' names
    /// begin. Without names, all.
    pub fn select(&self, names: &[String]) -> Result<Vec<Model>, String> {
        let all = self.list()?;
        let named = |model: &Model, name: &str| {
            model.name == name || model.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'))
        };
        for name in names {
            if !all.iter().any(|model| named(model, name)) {
                let list: Vec<_> = all.iter().map(|m| format!("  {:<32} {}", m.name, m.claim)).collect();
                return Err(format!("there is no model {name}. The models:\n{}", list.join("\n")));
            }
        }
        let wanted = |model: &Model| names.is_empty() || names.iter().any(|name| named(model, name));
        Ok(all.into_iter().filter(wanted).collect())
    }

    /// Runs one model.
    pub fn run(&self, model: &str, bound: &str, limit: Duration) -> Result<Outcome, String> {
        self.run_with(model, bound, limit, None)
    }

    /// As [`run`](Self::run), with an environment variable.
    pub(crate) fn run_with(
        &self,
        model: &str,
        bound: &str,
        limit: Duration,
        variable: Option<(&str, &OsStr)>,
    ) -> Result<Outcome, String> {
        let mut command = Command::new(&self.program);
        command.args(["run", model, bound]).envs(self.variable.clone()).envs(variable);
        let (ended, output) = process::run(command, limit).map_err(|e| format!("model-runner: {e}"))?;
        let result: Option<Vec<&str>> = output
            .lines()
            .find_map(|line| line.strip_prefix("RESULT\t"))
            .map(|line| line.split('\t').collect());
        let field = |number: usize| result.as_ref().and_then(|r| r.get(number)).copied().unwrap_or_default();
        let verdict = match (ended, result.is_some()) {
            (Ended::Well, true) => Verdict::Holds,
            (Ended::Badly, true) => Verdict::Vacuous,
            (Ended::TimedOut, _) => Verdict::TimedOut,
            _ => Verdict::Broken,
        };
        Ok(Outcome {
            model: model.to_owned(),
            bound: bound.to_owned(),
            verdict,
            permutations: field(2).parse().unwrap_or(0),
            seconds: field(3).parse().unwrap_or(0.0),
            outcomes: field(4).to_owned(),
            output: output.clone(),
        })
    }

    /// Runs `models`, `jobs` at a time, with a progress bar on a terminal. Returns the outcomes in
    /// the models' order.
    pub fn run_all(&self, models: &[Model], depth: &Depth, jobs: usize) -> Result<Vec<Outcome>, String> {
        let bar = progress_bar(models.len() as u64);
        let next = AtomicUsize::new(0);
        let results = Mutex::new(vec![None; models.len()]);
        let work = || {
            while let Some((number, model)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                models.get(number).map(|model| (number, model))
            } {
                bar.set_message(model.name.clone());
                let outcome = self.run(&model.name, &model.bound_at(depth), LONGEST);
                bar.inc(1);
                if let Ok(mut results) = results.lock() {
                    results[number] = Some(outcome);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..jobs.clamp(1, models.len().max(1)) {
                scope.spawn(work);
            }
        });
        bar.finish_and_clear();
        let results = results.into_inner().map_err(|_| "a worker panicked")?;
        results.into_iter().map(|r| r.unwrap_or_else(|| Err("a worker panicked".into()))).collect()
    }
}

/// A progress bar on standard error; silent if that is no terminal.
pub(crate) fn progress_bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}

/// The table of a run, with sums.
pub fn table(outcomes: &[Outcome]) -> Table {
    let mut table = Table::new(&["model", "bound", "permutations", "seconds", "outcomes"], &[1, 2, 3]);
    for outcome in outcomes {
        let words = match outcome.verdict {
            Verdict::Holds => outcome.outcomes.clone(),
            Verdict::Vacuous => format!("FAILED, vacuous: {}", outcome.outcomes),
            Verdict::Broken => "FAILED".to_owned(),
            Verdict::TimedOut => "FAILED: it does not end".to_owned(),
        };
        table.row([
            outcome.model.clone(),
            outcome.bound.clone(),
            outcome.permutations.to_string(),
            format!("{:.2}", outcome.seconds),
            words,
        ]);
    }
    let permutations: u64 = outcomes.iter().map(|o| o.permutations).sum();
    let seconds: f64 = outcomes.iter().map(|o| o.seconds).sum();
    table.row([
        format!("{} models", outcomes.len()),
        String::new(),
        permutations.to_string(),
        format!("{seconds:.2}"),
    ]);
    table
}

/// The output of the models that failed: claim, schedule, and how to replay it. Empty if none
/// failed.
pub fn failures(outcomes: &[Outcome]) -> String {
    let failed = outcomes.iter().filter(|o| o.verdict != Verdict::Holds);
    failed.map(|o| format!("\n── {} (bound {})\n{}", o.model, o.bound, o.output)).collect()
}

/// The number of processes that may run at once on this machine.
pub fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}
