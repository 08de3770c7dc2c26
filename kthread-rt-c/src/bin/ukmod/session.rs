//! A run: load the modules, wait, unload them, report.

use crate::build::{self, BuildError};
use crate::cli::{Ended, Load, Run, RunOptions};
use crate::load::Module;
use kthread_rt::{Kernel, ShutdownReport};
use kthread_rt_c::module;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Why a run ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    Build(BuildError),
    Load(String),
    Usage(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(e) => e.fmt(f),
            Self::Load(message) | Self::Usage(message) => f.write_str(message),
        }
    }
}

impl Failure {
    pub(crate) fn status(&self) -> Ended {
        match self {
            Self::Build(_) => Ended::NotBuilt,
            Self::Load(_) => Ended::NotLoaded,
            Self::Usage(_) => Ended::Usage,
        }
    }
}

/// A module to be loaded, with its parameters.
struct Wanted {
    name: String,
    path: PathBuf,
    params: Vec<(String, String)>,
}

/// Splits words into files and parameters.
fn split(words: &[String]) -> (Vec<PathBuf>, Vec<(String, String)>) {
    let (params, files): (Vec<&String>, Vec<&String>) =
        words.iter().partition(|word| word.contains('=') && !Path::new(word).exists());
    let pair = |word: &String| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    (files.into_iter().map(PathBuf::from).collect(), params.into_iter().filter_map(pair).collect())
}

/// `ukmod run`.
pub(crate) fn build_and_run(run: &Run) -> Result<Ended, Failure> {
    let (sources, params) = split(&run.words);
    let Some(first) = sources.first() else {
        return Err(Failure::Usage("no source file was named".to_owned()));
    };
    let name = build::module_name(first);
    let folder = Scratch::new().map_err(|e| Failure::Load(format!("no temporary folder: {e}")))?;
    let path = folder.0.join(format!("{name}.so"));
    build::module(&sources, &name, &path, &run.build).map_err(Failure::Build)?;
    go(vec![Wanted { name, path, params }], &run.run)
}

/// `ukmod load`.
pub(crate) fn load_and_run(load: &Load) -> Result<Ended, Failure> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for word in &load.words {
        match (word.split_once('='), wanted.last_mut()) {
            (Some((name, value)), Some(module)) if !Path::new(word).exists() => {
                module.params.push((name.to_owned(), value.to_owned()));
            }
            _ => {
                let path = PathBuf::from(word);
                wanted.push(Wanted { name: build::module_name(&path), path, params: Vec::new() });
            }
        }
    }
    go(wanted, &load.run)
}

/// A temporary folder that goes when the run is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("ukmod-{}", std::process::id()));
        fs::create_dir_all(&path).map(|()| Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left of it is the system's to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn go(wanted: Vec<Wanted>, options: &RunOptions) -> Result<Ended, Failure> {
    module::set_console(options.raw, true);
    let kernel = Kernel::builder().boot().map_err(|e| Failure::Load(e.to_string()))?;
    let inside = kernel.enter();
    let begun = Instant::now();
    let mut loaded = Vec::new();
    let mut ended = Ended::Well;
    for module in wanted {
        match load(module) {
            Ok(module) => loaded.push(module),
            Err(message) => {
                eprintln!("ukmod: {message}");
                ended = Ended::NotLoaded;
                break;
            }
        }
    }
    if ended == Ended::Well {
        wait(options.time);
    }
    for module in loaded.iter().rev() {
        if let Err(panic) = module.exit() {
            eprintln!("ukmod: {}: exit oopsed: {}", module.name, message(&*panic));
            ended = Ended::ExitFailed;
        }
    }
    module::forget_created_tasks();
    let report = kernel.shutdown();
    drop(inside);
    if !options.raw {
        tell(&loaded, &report, begun.elapsed());
    }
    for module in loaded {
        if report.alive.is_empty() { module.unmap() } else { module.keep() }
    }
    Ok(ended)
}

/// Maps a module, sets its parameters, and calls its init.
fn load(wanted: Wanted) -> Result<Module, String> {
    let module = Module::map(wanted.name, &wanted.path)?;
    for (name, value) in &wanted.params {
        module.set(name, value)?;
    }
    match module.init() {
        Ok(0) => Ok(module),
        Ok(error) => Err(format!("{}: init returned {error}", module.name)),
        Err(panic) => Err(format!("{}: init oopsed: {}", module.name, message(&*panic))),
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|&s| s.to_owned()))
        .unwrap_or_else(|| "it left".to_owned())
}

/// Waits for the time, or for ever.
fn wait(time: Option<Duration>) {
    match time {
        Some(time) => std::thread::sleep(time),
        None => loop {
            std::thread::park();
        },
    }
}

fn tell(loaded: &[Module], report: &ShutdownReport, took: Duration) {
    let names: Vec<_> = loaded.iter().map(|module| module.name.as_str()).collect();
    let (blocks, bytes) = module::outstanding_memory();
    eprintln!(
        "ukmod: {}: {} kthread(s) forked, {} joined; {blocks} block(s) of memory not freed, {bytes} bytes; {:.3} s",
        names.join(", "),
        report.forked,
        report.joined,
        took.as_secs_f64()
    );
    for task in &report.alive {
        eprintln!("ukmod: still alive: {task}");
    }
}
