//! The commands of the driver.

use clap::{Args, Parser, Subcommand};
use loom_tests::models::{self, Depth, Runner};
use loom_tests::system::{self, Scheduler};
use loom_tests::{coverage, generate, mutants};
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Models of kthread-rt's protocols, and the mutants that they kill.
#[derive(Debug, Parser)]
#[command(name = "loom-tests")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Explores models and prints the results.
    Models(Models),
    /// Runs schedules of the whole system and prints the results.
    System(System),
    /// Puts one bug after another into a copy of the workspace and runs models until one finds it.
    Mutants(Mutants),
    /// Finds the branches of the protocols' files that no model reaches.
    Coverage(Coverage),
}

#[derive(Debug, Args)]
struct Models {
    /// Models, or the protocols that their names begin with; without names, all.
    names: Vec<String>,
    /// The maximum number of preemptions, or `complete`; without it, each model's own bound.
    #[arg(long, value_parser = bound, conflicts_with = "long")]
    bound: Option<String>,
    /// At least 3 preemptions for each model.
    #[arg(long)]
    long: bool,
    /// The number of models that run at a time.
    #[arg(long, default_value_t = models::default_jobs())]
    jobs: usize,
}

#[derive(Debug, Args)]
struct Coverage {
    /// The maximum number of preemptions, or `complete`; without it, each model's own bound, which
    /// takes an hour.
    #[arg(long, value_parser = bound)]
    bound: Option<String>,
    /// The number of models that run at a time.
    #[arg(long, default_value_t = models::default_jobs())]
    jobs: usize,
}

#[derive(Debug, Args)]
struct System {
    /// The number of schedules by each scheduler.
    #[arg(long, default_value_t = 20_000)]
    schedules: u64,
    /// The seed of the first schedule; each next one has the next number. Without it, a new one is
    /// drawn.
    #[arg(long)]
    seed: Option<u64>,
    /// The scheduler; without it, both.
    #[arg(long, value_parser = scheduler)]
    scheduler: Option<Scheduler>,
}

#[derive(Debug, Args)]
struct Mutants {
    /// Mutants, by the names of their files; without names, all.
    names: Vec<String>,
    /// Runs the model of the whole system on them; without names, on all that it must find.
    #[arg(long)]
    system: bool,
    /// Makes mutants by rules from every protocol's file, in one build, and judges them. Names are
    /// then files, protocols or ids.
    #[arg(long, conflicts_with = "system")]
    generate: bool,
    #[command(flatten)]
    generated: Generated,
}

#[derive(Debug, Args)]
#[group(requires = "generate", multiple = true)]
struct Generated {
    /// Only the mutants of this file, protocol or id; may be repeated.
    #[arg(long)]
    only: Vec<String>,
    /// Only the mutants in lines that this revision does not have.
    #[arg(long, value_name = "REV")]
    changed: Option<String>,
    /// Continues a run of the same sources that was stopped.
    #[arg(long)]
    resume: bool,
    /// Only the mutants that survived their last run.
    #[arg(long)]
    survivors: bool,
    /// Lists the mutants and runs none.
    #[arg(long)]
    list: bool,
    /// Writes the report to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The number of mutants that run at a time.
    #[arg(long, default_value_t = models::default_jobs())]
    jobs: usize,
    /// Stops after this many minutes, and says what was not run.
    #[arg(long)]
    minutes: Option<u64>,
    /// The time for a mutant that no model has noticed at bound 3, in seconds.
    #[arg(long, default_value_t = 60)]
    budget: u64,
}

fn bound(word: &str) -> Result<String, String> {
    match word.parse::<u8>() {
        Ok(_) => Ok(word.to_owned()),
        Err(_) if word == "complete" => Ok(word.to_owned()),
        Err(_) => Err("a number of preemptions, or `complete`".to_owned()),
    }
}

fn scheduler(word: &str) -> Result<Scheduler, String> {
    let named = Scheduler::ALL.into_iter().find(|scheduler| scheduler.name() == word);
    named.ok_or_else(|| "`random` or `pct`".to_owned())
}

/// Runs the command that the process was started with.
pub(crate) fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Task::Models(args) => run_models(args),
        Task::System(args) => run_system(args),
        Task::Mutants(args) => run_mutants(args),
        Task::Coverage(args) => coverage::run(&args.bound.map_or(Depth::Push, Depth::Bound), args.jobs),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn run_models(args: Models) -> Result<bool, String> {
    let depth = match args.bound {
        Some(bound) => Depth::Bound(bound),
        None if args.long => Depth::Long,
        None => Depth::Push,
    };
    let runner = Runner::build()?;
    let models = runner.select(&args.names)?;
    let outcomes = runner.run_all(&models, &depth, args.jobs)?;
    let failures = models::failures(&outcomes);
    print!("{}{failures}", models::table(&outcomes));
    Ok(failures.is_empty())
}

fn run_system(args: System) -> Result<bool, String> {
    let schedulers = args.scheduler.map_or(Scheduler::ALL.to_vec(), |one| vec![one]);
    let seed = args.seed.unwrap_or_else(|| RandomState::new().hash_one(()) >> 32);
    let runs = system::run(&schedulers, args.schedules, seed)?;
    let failures = system::failures(&runs);
    print!("{}{failures}", system::table(&runs));
    Ok(failures.is_empty())
}

fn run_mutants(args: Mutants) -> Result<bool, String> {
    if args.generate {
        return run_generated(args);
    }
    let run = if args.system { mutants::run_in_system } else { mutants::run };
    let fates = run(&args.names)?;
    print!("{}", mutants::table(&fates));
    Ok(fates.iter().all(mutants::is_dead))
}

fn run_generated(args: Mutants) -> Result<bool, String> {
    let Generated { mut only, changed, resume, survivors, list, json, jobs, minutes, budget } =
        args.generated;
    only.extend(args.names);
    let limit = minutes.map(|minutes| Duration::from_secs(60 * minutes));
    let budget = Duration::from_secs(budget);
    let options = generate::Options { only, changed, resume, survivors, list, json, jobs, limit, budget };
    generate::run(&options)
}
