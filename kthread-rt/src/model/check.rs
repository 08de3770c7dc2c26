//! [`Model`]: the claim of a model, the bounds of its exploration, and running it.

use super::outcome::Outcome;
use super::{CHECKER, failure, stage};
use crate::kernel::Kernel;
use crate::sync::model as driver;
use crate::sync::plan::{Checker, Plan, Scheduler};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// loom's default bound: most bugs need one or two preemptions.
const BOUND: usize = 2;
/// The default number of shuttle's schedules.
const SCHEDULES: u64 = 10_000;

/// A model: a claim, and bounds for its exploration. [`check`](Self::check) runs it.
///
/// Environment variables override the bounds, so that a longer run, or a replay of one execution,
/// needs no rebuild:
///
/// | variable | value |
/// |---|---|
/// | `KTHREAD_MODEL_BOUND` | loom: the maximum number of preemptions, or `complete` |
/// | `KTHREAD_MODEL_SCHEDULES` | shuttle: the number of schedules |
/// | `KTHREAD_MODEL_SEED` | shuttle: the seed of the first schedule |
/// | `KTHREAD_MODEL_SCHEDULER` | shuttle: `random`, `pct`, or `pct:` and a number of changes |
///
/// ```
/// use kthread_rt::model::Model;
/// use kthread_rt::prelude::*;
///
/// let report = Model::new("a thread that was never woken never runs").bound(2).check(|_kernel| {
///     let task = kthread_create!(|()| panic!("it ran"), (), "never_woken").unwrap();
///     assert_eq!(kthread_stop(&task), -4);
/// });
/// assert!(report.executions >= 1);
/// ```
#[derive(Debug, Clone)]
#[must_use = "a model shows nothing until it is checked"]
pub struct Model {
    claim: Cow<'static, str>,
    outcomes: Vec<Cow<'static, str>>,
    warnings_allowed: bool,
    repeat: u64,
    schedules: u64,
    seed: Option<u64>,
    replay: Option<String>,
    plan: Plan,
}

impl Model {
    /// A model with this claim, with which the report of a failure begins.
    pub fn new(claim: impl Into<Cow<'static, str>>) -> Self {
        Self {
            claim: claim.into(),
            outcomes: Vec::new(),
            warnings_allowed: false,
            repeat: 1,
            schedules: SCHEDULES,
            seed: None,
            replay: None,
            plan: Plan { bound: Some(BOUND), executions: 1, seed: 0, scheduler: Scheduler::Random },
        }
    }

    /// Under loom: explores all permutations with at most this many preemptions. The default is
    /// two.
    pub fn bound(mut self, preemptions: usize) -> Self {
        self.plan.bound = Some(preemptions);
        self
    }

    /// Under loom: explores all permutations. For very small models.
    pub fn complete(mut self) -> Self {
        self.plan.bound = None;
        self
    }

    /// Under shuttle: sets the number of schedules. The default is 10 000.
    pub fn schedules(mut self, schedules: u64) -> Self {
        self.schedules = schedules;
        self
    }

    /// Under shuttle: sets the scheduler. The default draws schedules at random.
    pub fn scheduler(mut self, scheduler: Scheduler) -> Self {
        self.plan.scheduler = scheduler;
        self
    }

    /// Under shuttle: sets the seed of the first schedule; each following one uses the next number.
    /// By default each check draws a new seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// On real threads: sets the number of executions. The default is one.
    pub fn repeat(mut self, executions: u64) -> Self {
        self.repeat = executions;
        self
    }

    /// Lists all permitted outcomes; an execution's outcome is what the closure returns. An
    /// execution with another outcome fails. Under loom every listed outcome must be reached: a
    /// model that reaches fewer shows less than it claims.
    pub fn outcomes<O: Into<Cow<'static, str>>>(mut self, outcomes: impl IntoIterator<Item = O>) -> Self {
        self.outcomes = outcomes.into_iter().map(Into::into).collect();
        self
    }

    /// Permits warnings of the runtime in an execution.
    pub fn allow_warnings(mut self) -> Self {
        self.warnings_allowed = true;
        self
    }

    /// Sets the command that a report gives for a replay, instead of one that runs the present
    /// process again. Under shuttle `{seed}` in it stands for the seed of the failed schedule.
    pub fn replay_by(mut self, command: impl Into<String>) -> Self {
        self.replay = Some(command.into());
        self
    }

    /// Runs `f` in every execution of the exploration, each time in a new Kernel.
    ///
    /// # Panics
    ///
    /// If an execution fails, or an outcome is missing; see [the module](super). Under a checker a
    /// failure ends the process.
    #[track_caller]
    pub fn check<O: Into<Outcome>>(self, f: impl Fn(&Kernel) -> O + Send + Sync + 'static) -> Report {
        let warnings_allowed = self.warnings_allowed;
        let report = self.explore(move || stage::execution(warnings_allowed, |kernel| f(kernel)));
        let missing = report.missing();
        assert!(
            missing.is_empty(),
            "{}: the model shows less than it claims: no execution reached {missing:?}",
            report.claim
        );
        report
    }

    /// As [`check`](Self::check), for an execution that sets up its own Kernel. Does not check for
    /// missing outcomes.
    #[doc(hidden)]
    pub fn explore<O: Into<Outcome>>(self, execution: impl Fn() -> O + Send + Sync + 'static) -> Report {
        let plan = self.final_plan();
        let seen = Arc::new(Mutex::new(Report {
            claim: self.claim.clone().into_owned(),
            expected: self.outcomes.iter().map(|outcome| outcome.clone().into_owned()).collect(),
            executions: 0,
            outcomes: BTreeSet::new(),
            seed: (CHECKER == Checker::Shuttle).then_some(plan.seed),
            elapsed: Duration::ZERO,
        }));
        let book = seen.clone();
        let started = Instant::now();
        let reporting = failure::Reporting::begin(self.claim, self.replay, plan);
        driver::explore(&plan, move || {
            failure::install_panic_hook();
            let outcome = execution().into().text();
            let mut seen = book.lock().unwrap_or_else(PoisonError::into_inner);
            seen.executions += 1;
            if let Some(outcome) = outcome {
                let allowed = seen.expected.is_empty() || seen.expected.contains(&outcome);
                assert!(allowed, "an outcome that the model does not permit: {outcome}");
                seen.outcomes.insert(outcome);
            }
        });
        drop(reporting);
        let mut report = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        report.elapsed = started.elapsed();
        report
    }

    /// The plan with the environment's overrides and the number of executions for this build's
    /// checker.
    fn final_plan(&self) -> Plan {
        let mut plan = self.plan;
        if let Some(bound) = setting("BOUND", |word| match word {
            "complete" => Some(None),
            number => number.parse().ok().map(Some),
        }) {
            plan.bound = bound;
        }
        if let Some(scheduler) = setting("SCHEDULER", scheduler) {
            plan.scheduler = scheduler;
        }
        let number = |word: &str| word.parse().ok();
        let fresh = || RandomState::new().hash_one(()) >> 16;
        plan.seed = setting("SEED", number).or(self.seed).unwrap_or_else(fresh);
        plan.executions = match CHECKER {
            Checker::Threads => self.repeat,
            Checker::Loom | Checker::Shuttle => setting("SCHEDULES", number).unwrap_or(self.schedules),
        };
        plan
    }
}

/// The value of an environment variable. Panics if it can't be parsed.
fn setting<T>(name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    let name = format!("KTHREAD_MODEL_{name}");
    let word = std::env::var(&name).ok()?;
    match parse(&word) {
        Some(value) => Some(value),
        None => panic!("{name}={word:?} can't be parsed: see kthread_rt::model::Model for its values"),
    }
}

fn scheduler(word: &str) -> Option<Scheduler> {
    match word.split_once(':').unwrap_or((word, "")) {
        ("random", "") => Some(Scheduler::Random),
        ("pct", "") => Some(Scheduler::Pct { changes: 3 }),
        ("pct", number) => Some(Scheduler::Pct { changes: number.parse().ok()? }),
        _ => None,
    }
}

/// The result of a model that held.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    claim: String,
    expected: BTreeSet<String>,
    /// The number of executions.
    pub executions: u64,
    /// The outcomes that were reached.
    pub outcomes: BTreeSet<String>,
    /// Under shuttle, the seed of the first schedule.
    pub seed: Option<u64>,
    /// The duration of the check.
    pub elapsed: Duration,
}

impl Report {
    /// The listed outcomes that were not reached, though this build's checker tries all
    /// permutations.
    pub fn missing(&self) -> Vec<&str> {
        let exhaustive = CHECKER == Checker::Loom;
        self.expected.difference(&self.outcomes).filter(|_| exhaustive).map(String::as_str).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        write!(f, "holds in {} executions, {seconds:.1} s: {}", self.executions, self.claim)?;
        if let Some(seed) = self.seed {
            write!(f, " (seed {seed})")?;
        }
        if !self.outcomes.is_empty() {
            let outcomes: Vec<&str> = self.outcomes.iter().map(String::as_str).collect();
            write!(f, "; outcomes: {}", outcomes.join(" | "))?;
        }
        Ok(())
    }
}
