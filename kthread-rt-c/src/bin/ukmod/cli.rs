//! The command line, and the exit statuses.

use clap::{Args, Parser, Subcommand};
use kthread_rt::faults::FaultPlan;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Runs Linux kernel modules in a process, on real threads.
#[derive(Debug, Parser)]
#[command(name = "ukmod", version, after_help = AFTER)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER: &str = "\
Exit status:
  0  every module's init returned 0, and its exit came back
  1  a module was not built, or needs something that is not supported; `intree`: the kernel's source is damaged
  2  the command line is wrong
  3  a module was not loaded, or its init did not return 0; `ps`: the process does not answer
  4  a module's exit oopsed
  5  a module crashed (SIGSEGV and its like), or one of its threads oopsed
  6  an init or an exit did not come back in time, or not before the second Ctrl-C
  7  with --strict: threads were left alive, memory was not freed, or freed wrongly, or there was a
     warning
  8  something could not be printed, because the disk is full, say
  9  valgrind or the address sanitizer found an error
 10  `intree`: the test reports a failure
 11  `intree`: the test ended without a verdict
 12  `run --fail-nth all`: when one of its allocations or thread creations failed, a module leaked, crashed, oopsed, hung or caused a warning
 77  `intree`: the kernel's source is not available, so nothing was tested
130  `intree --all`: Ctrl-C ended it before all tests were run
141  the reader of the output has closed the pipe

While modules are loaded: Ctrl-C (SIGINT) or SIGTERM unloads them. A running init or exit receives the signal; a second signal ends the \
run without waiting for it. Two SIGTERMs at once count as one. Ctrl-\\ (SIGQUIT) prints a table of the tasks and what each waits for; \
`ukmod ps PID` asks for it from another terminal.";

/// How a run ended: the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ended {
    Well = 0,
    NotBuilt = 1,
    Usage = 2,
    NotLoaded = 3,
    ExitOopsed = 4,
    Crashed = 5,
    Hung = 6,
    Left = 7,
    /// Something could not be printed.
    NotPrinted = 8,
    FoundByTool = 9,
    Failed = 10,
    NoVerdict = 11,
    /// A run of `--fail-nth all` failed.
    BadErrorPath = 12,
    /// Test drivers read this status as "skipped".
    Skipped = 77,
    /// A shell's status for a program that SIGINT ended.
    Interrupted = 130,
    /// A shell's status for a program that SIGPIPE ended.
    NobodyReads = 141,
}

impl Ended {
    pub(crate) const ALL: [Self; 16] = [
        Self::Well,
        Self::NotBuilt,
        Self::Usage,
        Self::NotLoaded,
        Self::ExitOopsed,
        Self::Crashed,
        Self::Hung,
        Self::Left,
        Self::NotPrinted,
        Self::FoundByTool,
        Self::Failed,
        Self::NoVerdict,
        Self::BadErrorPath,
        Self::Skipped,
        Self::Interrupted,
        Self::NobodyReads,
    ];
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Builds modules, loads them, and unloads them after `--for` or on Ctrl-C.
    Run(Run),
    /// Builds modules: shared objects for `load`.
    Build(Build),
    /// Loads modules that are already built, in the given order.
    Load(Load),
    /// Runs a test of the kernel's own tree, unmodified, and reports its verdict.
    Intree(Intree),
    /// Shows the tasks of a running `ukmod`, or of another program with the runtime in it that
    /// allows this.
    Ps(Ps),
    /// Lists the supported headers, and the names that modules use but the headers lack.
    Supported(Supported),
    /// Writes the manual page.
    #[command(hide = true)]
    Man,
}

/// How a module is built.
#[derive(Debug, Clone, Args)]
pub(crate) struct BuildOptions {
    /// The kernel version that the headers present: 6.1 or 5.4.0, say. Default: 6.1.
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub(crate) kernel_version: Option<(u32, u32, u32)>,
    /// An option for the compiler, such as -DDEBUG. May be given more than once.
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub(crate) cflag: Vec<String>,
    /// A function `f` that the module's own sources replace by `__wrap_f`. May be given more than
    /// once.
    #[arg(long, value_name = "FUNCTION", hide = true)]
    pub(crate) wrap: Vec<String>,
    /// How many files to compile at once. Default: the number of cpus.
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

/// How modules are run.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunOptions {
    /// How long the modules stay loaded, from the first init to the first exit: 3s, 500ms, 2m. With
    /// 0s, they are unloaded as soon as all are loaded. Default: until Ctrl-C.
    #[arg(long = "for", value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
    /// How long a module's init may take. Default: 30s. Without this option, `--for` limits the
    /// inits, too: an init that still runs when that time is over (after 1s at least; not with 0s)
    /// is sent SIGTERM, and then has 2s to return.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) init_timeout: Option<Duration>,
    /// How long a module's exit may take. Default: 10s.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) exit_timeout: Option<Duration>,
    /// Prints only the modules' own output: no time stamps, no report.
    #[arg(long)]
    pub(crate) raw: bool,
    /// Fails (status 7) on threads left alive, on memory not freed or freed wrongly, and on every
    /// warning.
    #[arg(long)]
    pub(crate) strict: bool,
    /// A timeout of n jiffies ends exactly n jiffies after its start. By default it ends at the
    /// next tick after them, as in a kernel.
    #[arg(long)]
    pub(crate) exact_timeouts: bool,
    /// Turns off the checks that cost time: those of a kernel that is built for debugging.
    #[arg(long)]
    pub(crate) no_debug: bool,
    /// Warns of a task that sleeps uninterruptibly, or runs without a call that may sleep, for
    /// longer than this. Default: 120s, as in a kernel; with `--no-debug`, never. With 0s, never.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) hung_task: Option<Duration>,
    /// The faults to inject, and when: `alloc@3`, `create=lost@1`, `wake=10/5,signal`. The
    /// documentation of `kthread_rt::faults` explains the syntax. Default: the environment variable
    /// KTHREAD_RT_FAULTS.
    #[arg(long, value_name = "SPEC")]
    pub(crate) faults: Option<FaultPlan>,
    /// For a run of `--fail-nth all`: the file in which it records its result.
    #[arg(long, hide = true)]
    pub(crate) trial: Option<PathBuf>,
    /// A temporary folder to remove after the run. The process that built the modules in it has
    /// become this one.
    #[arg(long, hide = true)]
    pub(crate) scratch: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Source files of one module, or a folder with a Kbuild file or a Makefile, which may build
    /// several modules; then the parameters of these modules, as `name=value` (`module.name=value`
    /// for one of several). A `+` begins the next module.
    #[arg(required = true, value_name = "FILE|FOLDER|PARAM=VALUE|+")]
    pub(crate) words: Vec<OsString>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    /// Runs init and exit once for each allocation and each thread creation that they make, with
    /// that one failing. Judges each run, and prints a table. With a number N, runs once with the
    /// Nth failing, and shows the run's output. Defaults: `--for 0s`, and 5s each for
    /// `--init-timeout` and `--exit-timeout`.
    #[arg(long, value_name = "all|N", value_parser = parse_nth)]
    pub(crate) fail_nth: Option<Nth>,
    #[command(flatten)]
    pub(crate) tool: Tools,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

/// Which allocations and thread creations are to fail, one in each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nth {
    All,
    One(u64),
}

/// A tool that a run can be started under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Gdb,
    Valgrind,
    Asan,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Tools {
    /// Runs under gdb: enter `run` there. Breakpoints in the modules may be set before.
    #[arg(long)]
    gdb: bool,
    /// Runs under valgrind.
    #[arg(long)]
    valgrind: bool,
    /// Builds the modules with gcc's address sanitizer.
    #[arg(long)]
    asan: bool,
}

impl Tools {
    pub(crate) fn chosen(&self) -> Option<Tool> {
        let all = [(self.gdb, Tool::Gdb), (self.valgrind, Tool::Valgrind), (self.asan, Tool::Asan)];
        all.into_iter().find_map(|(chosen, tool)| chosen.then_some(tool))
    }
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// As for `run`, without parameters.
    #[arg(required = true, value_name = "FILE|FOLDER|+")]
    pub(crate) words: Vec<OsString>,
    /// The folder for the modules, which is created if necessary; or the file, if its name ends in
    /// .so. Default: the current folder.
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Load {
    /// Modules, each followed by its parameters, as `name=value`.
    #[arg(required = true, value_name = "MODULE.so|PARAM=VALUE")]
    pub(crate) words: Vec<OsString>,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Intree {
    /// The test's name: see `--list`.
    #[arg(required_unless_present_any = ["list", "fetch", "all", "lacking"])]
    pub(crate) name: Option<String>,
    /// Lists the tests, with their files and the files' numbers of lines.
    #[arg(long, conflicts_with = "name")]
    pub(crate) list: bool,
    /// Runs all tests, with all their types, and prints the verdicts as a table. `--for` is how
    /// long each test that has types runs.
    #[arg(long, conflicts_with_all = ["name", "list", "kind", "param", "sabotage"])]
    pub(crate) all: bool,
    /// Builds the kernel's tests that do not run here, and prints a table of what each lacks.
    #[arg(long, conflicts_with_all = ["name", "list", "all", "kind", "param", "sabotage"])]
    pub(crate) lacking: bool,
    /// Only fetches the kernel's source. Status 0: it is there now; 77: it is not available; 1: it
    /// is damaged.
    #[arg(long, conflicts_with_all = ["name", "list", "all", "lacking", "kind", "param", "sabotage"])]
    pub(crate) fetch: bool,
    /// The variant of the test: the lock, for `locktorture`. Default: the first that `--list`
    /// shows.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// A parameter of the test's modules. May be given more than once.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
    /// Replaces a lock by one that excludes nobody, which the test has to detect. May be given more
    /// than once.
    #[arg(long, value_name = "LOCK")]
    pub(crate) sabotage: Vec<String>,
    /// Starts this many processes that keep the cpus busy during the test.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) load: usize,
    /// The folder of the kernel's source, which is downloaded into it if necessary. Default: in
    /// cargo's target folder, or in the user's cache folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Ps {
    /// The process, which must be this user's. Without it, lists the processes that answer.
    pub(crate) pid: Option<u32>,
    /// Prints the wait graph in place of the table: what each task waits for, and which task is
    /// expected to end the wait.
    #[arg(long, requires = "pid")]
    pub(crate) graph: bool,
    /// Prints JSON.
    #[arg(long, requires = "pid")]
    pub(crate) json: bool,
    /// Prints the graph for Graphviz.
    #[arg(long, requires = "pid", conflicts_with_all = ["json", "graph"])]
    pub(crate) dot: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Supported {
    /// Prints Markdown, as in the README.
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Functions, macros, types or fields (as struct.field) to look up.
    pub(crate) names: Vec<String>,
}

fn parse_version(text: &str) -> Result<(u32, u32, u32), String> {
    let mut parts = text.split('.').map(|part| part.parse::<u32>().map_err(|_| "not a version".to_owned()));
    let mut next = || parts.next().unwrap_or(Ok(0));
    Ok((next()?, next()?, next()?))
}

fn parse_nth(text: &str) -> Result<Nth, String> {
    match text.parse() {
        _ if text == "all" => Ok(Nth::All),
        Ok(nth @ 1..) => Ok(Nth::One(nth)),
        _ => Err("use `all`, or a number from 1 on".to_owned()),
    }
}

fn parse_time(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| "not a time; use 3s, 500ms or 2m".to_owned())?;
    let seconds = match unit {
        "" | "s" => number,
        "ms" => number / 1000.0,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(format!("unknown unit {unit:?}; use 3s, 500ms or 2m")),
    };
    let time = Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())?;
    if time > LONGEST { Err("too long; the limit is 100 years".to_owned()) } else { Ok(time) }
}

/// A limit that can be added to any `Instant` without overflow.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
