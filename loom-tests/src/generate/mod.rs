//! Generated mutants: made by rules from every protocol's file, all in one build, each behind a
//! number.
//!
//! `scan` finds them with the `operators`, `render` puts them into the files, `viable` takes out
//! those that don't compile, and `hunt` runs the models on each. `state` keeps the results, so that
//! a run that was stopped continues. A survivor needs a model that kills it, or a verdict with its
//! argument (`judged`).

mod changed;
mod hunt;
mod judged;
mod mutant;
mod operators;
mod protocols;
mod render;
mod report;
mod scan;
mod sources;
mod state;
mod tree;
mod viable;

pub(crate) use protocols::files;
pub(crate) use scan::{is_left_out, is_reporting};

use crate::build::{Backend, Build, Program};
use crate::models::{Runner, progress_bar};
use hunt::Base;
use mutant::{Mutant, name_all};
use report::Report;
use sources::Sources;
use state::{Fate, Judgement, Log, Unviable, known};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tree::Tree;

/// The settings of a run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Files, protocols, ids, or beginnings of mutants' names; all mutants if empty.
    pub only: Vec<String>,
    /// Only mutants in lines that this revision does not have.
    pub changed: Option<String>,
    /// Skips mutants that were judged in these sources.
    pub resume: bool,
    /// Only mutants that survived, or were not reached, when they were last judged, in any sources.
    pub survivors: bool,
    /// Only lists the mutants.
    pub list: bool,
    /// The file for the report as JSON.
    pub json: Option<PathBuf>,
    /// The number of mutants that run at a time.
    pub jobs: usize,
    /// The run stops after this time, and says what it has not done.
    pub limit: Option<Duration>,
    /// The time of a mutant at bound 3.
    pub budget: Duration,
}

/// Makes mutants, judges them, and prints the results. Returns true if none survives.
pub fn run(options: &Options) -> Result<bool, String> {
    let begin = Instant::now();
    let tree = Tree::new()?;
    let mutants = all(&tree)?;
    let meant = select(&tree, &mutants, options)?;
    if options.list {
        for (mutant, _) in &meant {
            println!("{} {}", mutant.id, mutant.name);
        }
        println!("{} mutants", meant.len());
        return Ok(true);
    }
    let entries = judged::read(&tree.original.join("loom-tests/mutants/judged.txt"))?;
    std::fs::create_dir_all(&tree.folder).map_err(|e| format!("{}: {e}", tree.folder.display()))?;
    tree.copy()?;
    let sources = Sources::new(&tree, &mutants)?;
    let unviable = unviable(&tree, &mutants, &sources)?;
    let runner = build(&tree)?;
    let state = tree.folder.join("state.jsonl");
    let mut known = known(state::read(&state)?, |line: &Judgement| line.sources == sources.of(&line.by));
    if !options.resume {
        known.retain(|name, _| !meant.iter().any(|(mutant, _)| mutant.name == *name));
    }
    let to_do = meant
        .iter()
        .copied()
        .filter(|(mutant, number)| !unviable.contains_key(number) && !known.contains_key(&mutant.name));
    let to_do: Vec<(&Mutant, u32)> = to_do.collect();
    let related = related(&tree, &to_do)?;
    let base = Base::new(runner, &sources, &tree.folder.join("base.jsonl"))?;
    let log = Log::open(&state)?;
    for judgement in judge_all(&base, &to_do, &related, &sources, &log, options, begin)? {
        known.insert(judgement.name.clone(), judgement);
    }
    let seconds = begin.elapsed().as_secs_f64();
    let report = Report { mutants: &meant, unviable: &unviable, known: &known, entries: &entries, seconds };
    let is_unviable = |index: usize| u32::try_from(index).is_ok_and(|number| unviable.contains_key(&number));
    let wrong = judged::wrong(&entries, &mutants, is_unviable, &known);
    print!("{}{}\n{}", report.survivors(), report.unreached(), report.table());
    if report.not_run() > 0 {
        println!("the time was over before {} mutants were run; --resume goes on", report.not_run());
    }
    wrong.iter().for_each(|line| println!("{line}"));
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&report.json()).map_err(|e| e.to_string())?;
        std::fs::write(path, text + "\n").map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(report.is_clean() && wrong.is_empty())
}

/// The mutants of all protocols' files, in order.
fn all(tree: &Tree) -> Result<Vec<Mutant>, String> {
    let mut mutants = Vec::new();
    for file in protocols::files() {
        let path = tree.original.join("kthread-rt/src").join(file);
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        mutants.extend(name_all(file, scan::scan(&text).map_err(|e| format!("{file}: {e}"))?));
    }
    let mut ids = HashSet::new();
    match mutants.iter().find(|mutant| !ids.insert(&mutant.id)) {
        Some(twice) => Err(format!("two mutants have the id {}: {}", twice.id, twice.name)),
        None => Ok(mutants),
    }
}

/// The mutants that the options select, with their numbers.
fn select<'a>(
    tree: &Tree,
    mutants: &'a [Mutant],
    options: &Options,
) -> Result<Vec<(&'a Mutant, u32)>, String> {
    let is_named = |mutant: &Mutant, word: &str| {
        protocols::is_meant(mutant.file, word) || mutant.id == word || mutant.name.starts_with(word)
    };
    if let Some(word) = options.only.iter().find(|word| !mutants.iter().any(|mutant| is_named(mutant, word)))
    {
        let protocols: Vec<_> = protocols::PROTOCOLS.iter().map(|protocol| protocol.name).collect();
        return Err(format!(
            "{word} is no file, protocol or mutant. The protocols: {}",
            protocols.join(", ")
        ));
    }
    let changed =
        options.changed.as_ref().map(|revision| changed::lines(&tree.original, revision)).transpose()?;
    let is_changed = |mutant: &Mutant| match &changed {
        None => true,
        Some(files) => files.get(mutant.file).is_some_and(|ranges| {
            ranges
                .iter()
                .any(|range| range.start < mutant.draft.lines.end && mutant.draft.lines.start < range.end)
        }),
    };
    let alive: Option<HashSet<String>> = match options.survivors {
        false => None,
        true => {
            let lines: Vec<Judgement> = state::read(&tree.folder.join("state.jsonl"))?;
            let last: HashMap<String, Fate> = lines.into_iter().map(|line| (line.name, line.fate)).collect();
            Some(last.into_iter().filter(|(_, fate)| !fate.is_caught()).map(|(name, _)| name).collect())
        }
    };
    let meant = mutants.iter().zip(0u32..).filter(|(mutant, _)| {
        (options.only.is_empty() || options.only.iter().any(|word| is_named(mutant, word)))
            && is_changed(mutant)
            && alive.as_ref().is_none_or(|alive| alive.contains(&mutant.name))
    });
    Ok(meant.collect())
}

/// The mutants that don't compile. Results from the same sources are reused.
fn unviable(tree: &Tree, mutants: &[Mutant], sources: &Sources) -> Result<BTreeMap<u32, String>, String> {
    let sources = sources.of_program();
    let path = tree.folder.join("unviable.jsonl");
    let lines: Vec<Unviable> = state::read(&path)?;
    let known = lines.into_iter().filter(|line| line.sources == sources).map(|line| (line.number, line.why));
    let known: BTreeMap<u32, String> = known.collect();
    let log = Log::open(&path)?;
    viable::settle(tree, mutants, known, |number, why| {
        log.add(&Unviable { number, why: why.to_owned(), sources: sources.clone() })
    })
}

fn build(tree: &Tree) -> Result<Runner, String> {
    let (workspace, target) = (tree.root.clone(), tree.target.clone());
    let build = Build {
        workspace,
        target,
        backend: Backend::Loom,
        incremental: true,
        mutated: true,
        coverage: false,
    };
    Ok(Runner::at(&build.run(Program::Runner)?))
}

/// For each file, the models of its protocols.
fn related(tree: &Tree, mutants: &[(&Mutant, u32)]) -> Result<HashMap<&'static str, Vec<String>>, String> {
    let folder = tree.original.join("loom-tests/models");
    let files: HashSet<&'static str> = mutants.iter().map(|(mutant, _)| mutant.file).collect();
    files.into_iter().map(|file| Ok((file, protocols::related(file, &folder)?))).collect()
}

fn judge_all(
    base: &Base<'_>,
    mutants: &[(&Mutant, u32)],
    related: &HashMap<&'static str, Vec<String>>,
    sources: &Sources,
    log: &Log,
    options: &Options,
    begin: Instant,
) -> Result<Vec<Judgement>, String> {
    let bar = progress_bar(mutants.len() as u64);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || -> Result<(), String> {
        while let Some((mutant, number)) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
            if options.limit.is_some_and(|limit| begin.elapsed() > limit) {
                return Ok(());
            }
            bar.set_message(mutant.name.clone());
            let started = Instant::now();
            let (fate, by) = base.judge(*number, &related[mutant.file], options.budget)?;
            let (name, sources) = (mutant.name.clone(), sources.of(&by));
            let judgement = Judgement { name, fate, by, seconds: started.elapsed().as_secs_f64(), sources };
            log.add(&judgement)?;
            if !fate.is_caught() {
                let word = if fate == Fate::Survived { "survived " } else { "unreached" };
                bar.suspend(|| eprintln!("{word} {} {}", mutant.id, mutant.name));
            }
            bar.inc(1);
            done.lock().map_err(|_| "another thread failed")?.push(judgement);
        }
        Ok(())
    };
    let results: Vec<Result<(), String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs.max(1)).map(|_| scope.spawn(work)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
            worker.join().unwrap_or(Err("a worker panicked".into()))
        };
        workers.into_iter().map(join).collect()
    });
    bar.finish_and_clear();
    results.into_iter().collect::<Result<(), String>>()?;
    done.into_inner().map_err(|_| "a worker panicked".to_owned())
}
