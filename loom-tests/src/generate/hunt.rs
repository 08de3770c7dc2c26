//! Judges one mutant: runs the models that reach its place with it, the likely and quick ones
//! first.
//!
//! 1. The models of its protocol with one preemption, which kill most mutants; then each at its own
//!    bound.
//! 2. All other models that reach its place, with one preemption, within the mutant's time budget.
//! 3. The models of its protocol at bound 3, within the same budget once more. A run that exceeds
//!    it counts for nothing.
//!
//! A model has also noticed the mutant if it reaches fewer outcomes than it must, at least at its
//! own bound, or takes ten times as long as without the mutant.

use super::sources::Sources;
use super::state::{Fate, Log, Measured, read};
use crate::models::{Model, Runner, Verdict, progress_bar};
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The time limit for measuring a model.
const LONGEST: Duration = Duration::from_secs(3600);

const FAILED: &str = "another thread failed";

/// The run of one model at one bound without a mutant.
#[derive(Debug)]
struct Run {
    seconds: f64,
    reached: HashSet<u32>,
}

/// The runs of the models without a mutant: made when they are first needed, and kept.
#[derive(Debug)]
pub(crate) struct Base<'a> {
    runner: Runner,
    models: Vec<Model>,
    sources: &'a Sources,
    /// The file in which the runs are kept.
    path: PathBuf,
    log: Log,
    runs: Mutex<HashMap<(String, String), Arc<Run>>>,
    /// Held while a model is measured: one at a time.
    measuring: Mutex<()>,
}

impl<'a> Base<'a> {
    /// Takes what the file at `path` has for these sources, and measures all models with one
    /// preemption.
    pub(crate) fn new(runner: Runner, sources: &'a Sources, path: &Path) -> Result<Self, String> {
        let models = runner.list()?;
        let (log, path) = (Log::open(path)?, path.to_owned());
        let (runs, measuring) = (Mutex::default(), Mutex::default());
        let base = Self { runner, models, sources, path, log, runs, measuring };
        for line in read::<Measured>(&base.path)? {
            if line.sources == sources.of(&line.model) {
                base.keep(line)?;
            }
        }
        let bar = progress_bar(base.models.len() as u64);
        for model in &base.models {
            bar.set_message(format!("without a mutant: {}", model.name));
            base.run(model, "1")?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(base)
    }

    fn keep(&self, line: Measured) -> Result<Arc<Run>, String> {
        let run = Arc::new(Run { seconds: line.seconds, reached: line.reached.into_iter().collect() });
        let mut runs = self.runs.lock().map_err(|_| FAILED)?;
        runs.insert((line.model, line.bound), run.clone());
        Ok(run)
    }

    /// The run of a model at one bound without a mutant.
    fn run(&self, model: &Model, bound: &str) -> Result<Arc<Run>, String> {
        let key = (model.name.clone(), bound.to_owned());
        let known = || -> Result<Option<Arc<Run>>, String> {
            Ok(self.runs.lock().map_err(|_| FAILED)?.get(&key).cloned())
        };
        if let Some(run) = known()? {
            return Ok(run);
        }
        let _measuring = self.measuring.lock().map_err(|_| FAILED)?;
        if let Some(run) = known()? {
            return Ok(run);
        }
        let reached = self.path.with_file_name(format!("reached-{}", std::process::id()));
        let _ = std::fs::remove_file(&reached);
        let variable = ("KTHREAD_RT_MUTANTS_REACHED", reached.as_os_str());
        let outcome = self.runner.run_with(&model.name, bound, LONGEST, Some(variable))?;
        let shallow = bound != model.bound && outcome.verdict == Verdict::Vacuous;
        if outcome.verdict != Verdict::Holds && !shallow {
            return Err(format!("{} fails without a mutant:\n{}", model.name, outcome.output));
        }
        let text = std::fs::read_to_string(&reached).unwrap_or_default();
        let _ = std::fs::remove_file(&reached);
        let line = Measured {
            model: key.0.clone(),
            bound: key.1.clone(),
            seconds: outcome.seconds,
            reached: text.lines().filter_map(|line| line.parse().ok()).collect(),
            sources: self.sources.of(&model.name),
        };
        self.log.add(&line)?;
        self.keep(line)
    }

    /// Sorts `models`: those that are quick with one preemption first.
    fn in_order<'m>(&self, models: impl Iterator<Item = &'m Model>) -> Result<Vec<&'m Model>, String> {
        let timed = models.map(|model| Ok((self.run(model, "1")?.seconds, model)));
        let mut timed = timed.collect::<Result<Vec<_>, String>>()?;
        timed.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(timed.into_iter().map(|(_, model)| model).collect())
    }

    /// Judges a mutant: returns its fate, and the model that noticed it. `names` are the models of
    /// its protocol; `budget` is the time for the models of other protocols, and again for bound 3.
    pub(crate) fn judge(
        &self,
        number: u32,
        names: &[String],
        budget: Duration,
    ) -> Result<(Fate, String), String> {
        let word = number.to_string();
        let variable = Some(("KTHREAD_RT_MUTANT", OsStr::new(&word)));
        let (related, others): (Vec<&Model>, Vec<&Model>) =
            self.models.iter().partition(|model| names.contains(&model.name));
        let (related, others) = (self.in_order(related.into_iter())?, self.in_order(others.into_iter())?);
        let mut is_reached = false;
        let mut endless = None;
        for phase in [Phase::One, Phase::Own, Phase::Others] {
            if endless.is_some() {
                // It is caught; a later phase could only find a model that breaks.
                break;
            }
            let begin = Instant::now();
            for model in if phase == Phase::Others { &others } else { &related } {
                let bound = if phase == Phase::Own { model.bound.as_str() } else { "1" };
                if phase == Phase::Own && bound == "1" {
                    continue;
                }
                let base = self.run(model, bound)?;
                if !base.reached.contains(&number) {
                    continue;
                }
                is_reached = true;
                if phase == Phase::Others && begin.elapsed() > budget {
                    break;
                }
                let limit = Duration::from_secs_f64(10.0 + 10.0 * base.seconds);
                let outcome = self.runner.run_with(&model.name, bound, limit, variable)?;
                let by = format!("{} at {bound}", model.name);
                match outcome.verdict {
                    Verdict::Broken => return Ok((Fate::Killed, by)),
                    Verdict::Vacuous if bound == model.bound => return Ok((Fate::Vacuous, by)),
                    Verdict::TimedOut => endless = endless.or(Some(by)),
                    Verdict::Vacuous | Verdict::Holds => {}
                }
            }
        }
        if let Some(by) = endless {
            return Ok((Fate::Timeout, by));
        }
        if !is_reached {
            return Ok((Fate::Unreached, String::new()));
        }
        let begin = Instant::now();
        for model in related.iter().filter(|model| ["1", "2"].contains(&model.bound.as_str())) {
            let left = budget.saturating_sub(begin.elapsed());
            if left.is_zero() {
                break;
            }
            if !self.run(model, &model.bound)?.reached.contains(&number) {
                continue;
            }
            let outcome = self.runner.run_with(&model.name, "3", left, variable)?;
            match outcome.verdict {
                Verdict::Broken => return Ok((Fate::Killed, format!("{} at 3", model.name))),
                Verdict::Vacuous => return Ok((Fate::Vacuous, format!("{} at 3", model.name))),
                Verdict::TimedOut | Verdict::Holds => {}
            }
        }
        Ok((Fate::Survived, String::new()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The models of the mutant's protocol, with one preemption.
    One,
    /// The same, each at its own bound.
    Own,
    /// All others, with one preemption.
    Others,
}
