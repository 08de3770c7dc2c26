//! Mutants: plausible bugs, put in one at a time. If a mutant survives, the suite has a hole.
//!
//! A mutant counts as killed if a permutation breaks a model's claim. A model that only reaches
//! fewer outcomes does not kill it, nor does a compile error. A model that no longer ends does, if
//! no other model kills it.
//!
//! The model of the whole system also has to find the mutants whose header says `system`. It can't
//! find all: it sees no weak memory, and does not cover every corner of every protocol.

use crate::build::{Backend, Build, Program, target_dir, workspace};
use crate::models::{Model, Outcome, Runner, Verdict, progress_bar};
use crate::patch::Patch;
use crate::system::{self, Scheduler};
use crate::table::Table;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longer than any model takes on any machine.
const LONGEST_WITHOUT_MUTANT: Duration = Duration::from_secs(1800);

/// The number of schedules, by each scheduler, that the model of the whole system runs for a
/// mutant.
const SCHEDULES: u64 = 10_000;

/// The result of a mutant.
#[derive(Debug)]
pub struct Fate {
    /// Its name: its file's name in `mutants/`.
    pub mutant: String,
    /// How it ended.
    pub end: End,
    /// The time it took, with its compilation.
    pub seconds: f64,
}

/// How a mutant ended.
#[derive(Debug)]
pub enum End {
    /// This model broke.
    Killed(String),
    /// No model broke, and this one did not end.
    TimedOut(String),
    /// No model noticed.
    Survived,
    /// It does not apply, or does not compile: it is no mutant.
    Invalid(String),
}

/// Runs the mutants in `names`, or all.
pub fn run(names: &[String]) -> Result<Vec<Fate>, String> {
    let patches = select(names)?;
    let tree = Tree::copy(Backend::Loom)?;
    let mut base = BaseLine::new(&tree)?;
    each(&patches, &tree, |patch, runner| hunt(&Runner::at(runner), patch, &mut base))
}

/// Runs the model of the whole system on the mutants in `names`, or on all that it must find.
pub fn run_in_system(names: &[String]) -> Result<Vec<Fate>, String> {
    let mut patches = select(names)?;
    patches.retain(|patch| patch.in_system || names.contains(&patch.name));
    let tree = Tree::copy(Backend::Shuttle)?;
    each(&patches, &tree, |_, runner| {
        for scheduler in Scheduler::ALL {
            let run = system::run_one(runner, scheduler, SCHEDULES, 0, LONGEST_WITHOUT_MUTANT)?;
            // A run that only reaches fewer outcomes does not kill it here either.
            if !run.holds && run.schedules == 0 {
                return Ok(End::Killed(format!("system ({})", scheduler.name())));
            }
        }
        Ok(End::Survived)
    })
}

/// Puts each of `patches` into the tree, builds it, and calls `hunt` with the runner.
fn each(
    patches: &[Patch],
    tree: &Tree,
    mut hunt: impl FnMut(&Patch, &Path) -> Result<End, String>,
) -> Result<Vec<Fate>, String> {
    let bar = progress_bar(patches.len() as u64);
    let mut fates = Vec::new();
    for patch in patches {
        bar.set_message(patch.name.clone());
        let started = Instant::now();
        let built = patch.apply(&tree.root).and_then(|()| tree.build());
        let end = match built {
            Err(why) => End::Invalid(why),
            Ok(runner) => hunt(patch, &runner)?,
        };
        tree.restore(patch)?;
        let fate = Fate { mutant: patch.name.clone(), end, seconds: started.elapsed().as_secs_f64() };
        bar.suspend(|| eprintln!("{:<44} {}", fate.mutant, words(&fate.end)));
        bar.inc(1);
        fates.push(fate);
    }
    bar.finish_and_clear();
    Ok(fates)
}

fn select(names: &[String]) -> Result<Vec<Patch>, String> {
    let folder = workspace().join("loom-tests/mutants");
    let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "patch"));
    paths.sort();
    let patches: Vec<Patch> = paths.iter().map(|path| Patch::read(path)).collect::<Result<_, _>>()?;
    if let Some(name) = names.iter().find(|name| !patches.iter().any(|patch| patch.name == **name)) {
        let list: Vec<_> = patches.iter().map(|patch| format!("  {}", patch.name)).collect();
        return Err(format!("there is no mutant {name}. The mutants:\n{}", list.join("\n")));
    }
    Ok(patches.into_iter().filter(|patch| names.is_empty() || names.contains(&patch.name)).collect())
}

/// The results of the models without a mutant: they hold, and take this long.
struct BaseLine {
    runner: Runner,
    models: Vec<Model>,
    /// The seconds of the models that were run.
    seconds: HashMap<String, f64>,
}

impl BaseLine {
    fn new(tree: &Tree) -> Result<Self, String> {
        // A copy, since the mutants' runners will replace it.
        let path = tree.target.join("model-runner-without-mutant");
        fs::copy(tree.build()?, &path).map_err(|e| format!("{}: {e}", path.display()))?;
        let runner = Runner::at(&path);
        let models = runner.list()?;
        Ok(Self { runner, models, seconds: HashMap::new() })
    }

    fn seconds(&mut self, model: &Model) -> Result<f64, String> {
        if let Some(&seconds) = self.seconds.get(&model.name) {
            return Ok(seconds);
        }
        let outcome = self.runner.run(&model.name, &model.bound, LONGEST_WITHOUT_MUTANT)?;
        if outcome.verdict != Verdict::Holds {
            return Err(format!("{} fails without a mutant:\n{}", model.name, outcome.output));
        }
        self.seconds.insert(model.name.clone(), outcome.seconds);
        Ok(outcome.seconds)
    }
}

/// Runs the likely killers first, then all others, until one kills.
fn hunt(runner: &Runner, patch: &Patch, base: &mut BaseLine) -> Result<End, String> {
    let models = base.models.clone();
    if let Some(unknown) = patch.models.iter().find(|name| !models.iter().any(|model| model.name == **name)) {
        return Ok(End::Invalid(format!("its header names a model that does not exist: {unknown}")));
    }
    let (likely, others): (Vec<&Model>, Vec<&Model>) =
        models.iter().partition(|model| patch.models.contains(&model.name));
    let mut endless = None;
    for model in likely.into_iter().chain(others) {
        let limit = Duration::from_secs_f64(20.0 + 10.0 * base.seconds(model)?);
        let Outcome { verdict, .. } = runner.run(&model.name, &model.bound, limit)?;
        match verdict {
            Verdict::Broken => return Ok(End::Killed(model.name.clone())),
            Verdict::TimedOut => endless = endless.or(Some(model.name.clone())),
            Verdict::Holds | Verdict::Vacuous => {}
        }
    }
    Ok(endless.map_or(End::Survived, End::TimedOut))
}

fn words(end: &End) -> String {
    match end {
        End::Killed(model) => model.clone(),
        End::TimedOut(model) => format!("{model}, by time-out"),
        End::Survived => "SURVIVED".to_owned(),
        End::Invalid(why) => format!("INVALID: {}", why.trim_end()),
    }
}

/// The table of results.
pub fn table(fates: &[Fate]) -> Table {
    let mut table = Table::new(&["mutant", "killed by", "seconds"], &[2]);
    for fate in fates {
        table.row([fate.mutant.clone(), words(&fate.end), format!("{:.1}", fate.seconds)]);
    }
    let killed = fates.iter().filter(|fate| is_dead(fate)).count();
    table.row([format!("{} mutants", fates.len()), format!("{killed} killed")]);
    table
}

/// True if a model found the mutant.
pub fn is_dead(fate: &Fate) -> bool {
    matches!(fate.end, End::Killed(_) | End::TimedOut(_))
}

/// The copy of the workspace into which mutants are put. It stays in the target folder, so that the
/// next run rebuilds little.
struct Tree {
    root: PathBuf,
    target: PathBuf,
    backend: Backend,
}

impl Tree {
    fn copy(backend: Backend) -> Result<Self, String> {
        let folder = target_dir()?.join("mutants");
        let target = folder.join(match backend {
            Backend::Loom => "target",
            Backend::Shuttle => "target-shuttle",
        });
        let tree = Self { root: folder.join("workspace"), target, backend };
        mirror(&workspace(), &tree.root).map_err(|e| format!("copying the workspace: {e}"))?;
        Ok(tree)
    }

    fn build(&self) -> Result<PathBuf, String> {
        let (workspace, target) = (self.root.clone(), self.target.clone());
        Build { workspace, target, backend: self.backend, incremental: true, mutated: false, coverage: false }
            .run(Program::Runner)
    }

    /// Undoes what `patch` did.
    fn restore(&self, patch: &Patch) -> Result<(), String> {
        for file in patch.files() {
            // Not with the original's time stamp but with the present one: cargo must see that the
            // file has changed again.
            let result =
                fs::read(workspace().join(file)).and_then(|text| fs::write(self.root.join(file), text));
            result.map_err(|e| format!("{}: {e}", file.display()))?;
        }
        Ok(())
    }
}

/// Makes `to` a copy of `from` without build results and version control. Leaves identical files
/// untouched.
pub(crate) fn mirror(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for old in fs::read_dir(to)? {
        let old = old?;
        if !from.join(old.file_name()).exists() {
            if old.file_type()?.is_dir() {
                fs::remove_dir_all(old.path())?;
            } else {
                fs::remove_file(old.path())?;
            }
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        if name == "target" || name == ".git" {
            continue;
        }
        let target = to.join(&name);
        if kind.is_dir() {
            mirror(&entry.path(), &target)?;
        } else if kind.is_file() {
            let text = fs::read(entry.path())?;
            if fs::read(&target).ok().as_ref() != Some(&text) {
                fs::write(&target, text)?;
            }
        }
    }
    Ok(())
}
