//! What can be said on the command line, and how it can end.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Runs Linux kernel modules in a process, on real threads.
#[derive(Debug, Parser)]
#[command(name = "ukmod", version, about, after_help = AFTER)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER: &str = "\
Exit status: 0 if every module's init returned 0 and its exit came back; 1 if a module did not build; 2 for a wrong command
line; 3 if a module did not load or its init failed; 4 if its exit did not come back or oopsed; 5 if a module crashed.";

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Well = 0,
    NotBuilt = 1,
    Usage = 2,
    NotLoaded = 3,
    ExitFailed = 4,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Builds a module, loads it, and unloads it when the time is over or on Ctrl-C.
    Run(Run),
    /// Builds a module: a shared object for `load`.
    Build(Build),
    /// Loads modules that are built, the first first.
    Load(Load),
}

/// How a module is built.
#[derive(Debug, Args)]
pub(crate) struct BuildOptions {
    /// The kernel that the headers play, as 6.1 or 5.4.0.
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub(crate) kernel_version: Option<(u32, u32, u32)>,
    /// A compiler's option, such as -DDEBUG. May be given more than once.
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub(crate) cflag: Vec<String>,
}

/// How modules are run.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// How long the modules stay loaded: 3s, 500ms, 2m. Without it, until Ctrl-C.
    #[arg(long = "for", value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
    /// Prints what the modules print, and nothing else: no time stamps, no report.
    #[arg(long)]
    pub(crate) raw: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Source files, which make one module, or a folder with a Kbuild file; and the module's parameters, as `name=value`.
    #[arg(required = true, value_name = "FILE|PARAM=VALUE")]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// Source files, which make one module, or a folder with a Kbuild file.
    #[arg(required = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// Where to put the module. Without it: the first source's name, with .so, in the current folder.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Load {
    /// Modules, each with its parameters behind it, as `name=value`.
    #[arg(required = true, value_name = "MODULE.so|PARAM=VALUE")]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

fn parse_version(text: &str) -> Result<(u32, u32, u32), String> {
    let mut parts = text.split('.').map(|part| part.parse::<u32>().map_err(|_| "not a version".to_owned()));
    let mut next = || parts.next().unwrap_or(Ok(0));
    Ok((next()?, next()?, next()?))
}

fn parse_time(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| "not a time; say 3s, 500ms or 2m".to_owned())?;
    let seconds = match unit {
        "" | "s" => number,
        "ms" => number / 1000.0,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(format!("unknown unit {unit:?}; say 3s, 500ms or 2m")),
    };
    Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())
}
