//! What can be said on the command line, and how it can end.

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
  1  a module was not built, or needs what is not supported; `intree`: the kernel's source is not what it should be
  2  the command line is wrong
  3  a module was not loaded, or its init did not return 0; `ps`: the process does not answer
  4  a module's exit oopsed
  5  a module crashed (SIGSEGV and its like), or one of its threads oopsed
  6  an init or an exit did not come back in time, or before the second Ctrl-C
  7  with --strict: threads were left alive, memory was not freed, or freed wrongly, or there was a
     warning
  8  something could not be printed, because the disk is full, say
  9  valgrind or the address sanitizer found an error
 10  `intree`: the test says that it failed
 11  `intree`: the test came to its end, and said nothing of how it went
 12  `run --fail-nth all`: with one of its allocations or creates failing, a module leaked, crashed, oopsed, hung or was warned of
 77  `intree`: the kernel's source can't be had, so nothing was tested
130  `intree --all`: Ctrl-C, so not all were run
141  nobody reads any more what is printed: the pipe that it goes into was closed

While modules are loaded: Ctrl-C (SIGINT), or SIGTERM, unloads them. An init or exit that runs gets the signal; a second one does not \
wait for it. Two SIGTERMs at once are one. Ctrl-\\ (SIGQUIT) prints a table of the tasks, and what each waits for; \
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
    /// Not all runs of `--fail-nth all` were well.
    BadErrorPath = 12,
    /// What test drivers take for "skipped".
    Skipped = 77,
    /// What a shell says of a program that SIGINT has ended.
    Interrupted = 130,
    /// What a shell says of a program that SIGPIPE has ended.
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
    /// Builds modules, loads them, and unloads them when the time is over or on Ctrl-C.
    Run(Run),
    /// Builds modules: shared objects for `load`.
    Build(Build),
    /// Loads modules that are built, the first first.
    Load(Load),
    /// Runs a test of the kernel's own tree, unmodified, and reports its verdict.
    Intree(Intree),
    /// Asks a running `ukmod`, or a program with the runtime in it that lets itself be asked, what
    /// its tasks are at.
    Ps(Ps),
    /// Lists the headers there are, and what is missing of what modules ask for.
    Supported(Supported),
    /// Writes the manual page.
    #[command(hide = true)]
    Man,
}

/// How a module is built.
#[derive(Debug, Clone, Args)]
pub(crate) struct BuildOptions {
    /// The kernel that the headers play, as 6.1 or 5.4.0.
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    pub(crate) kernel_version: Option<(u32, u32, u32)>,
    /// A compiler's option, such as -DDEBUG. May be given more than once.
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub(crate) cflag: Vec<String>,
    /// A function that the module has another version of in its own sources: of `f`, `__wrap_f`.
    /// May be given more than once.
    #[arg(long, value_name = "FUNCTION", hide = true)]
    pub(crate) wrap: Vec<String>,
    /// How many files are compiled at once. Without it, as many as there are cpus.
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

/// How modules are run.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunOptions {
    /// How long the run is, from the first init to the first exit: 3s, 500ms, 2m. With 0s, the
    /// modules go when they are loaded. Without it, they stay until Ctrl-C.
    #[arg(long = "for", value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
    /// How long a module's init may take. Without it, 30s; but what `--for` says ends the inits,
    /// too: they are sent SIGTERM when the time is over (1s at least, and not for 0s), and have 2s
    /// to come back.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) init_timeout: Option<Duration>,
    /// How long a module's exit may take. Without it, 10s.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) exit_timeout: Option<Duration>,
    /// Prints what the modules print, and nothing else: no time stamps, no report.
    #[arg(long)]
    pub(crate) raw: bool,
    /// Threads that are left alive, memory that is not freed or freed wrongly, and every warning
    /// are a failure.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Limits in jiffies end exactly as many jiffies after they began, and not with the tick after
    /// the last one, as a kernel's do.
    #[arg(long)]
    pub(crate) exact_timeouts: bool,
    /// Leaves out the checks that cost time: those of a kernel that is built for debugging.
    #[arg(long)]
    pub(crate) no_debug: bool,
    /// How long a task may sleep uninterruptibly, or run without a call that sleeps, before that is
    /// told. Without it: 120s as in a kernel, or never with `--no-debug`. With 0s, never.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) hung_task: Option<Duration>,
    /// Which faults happen, as `alloc@3`, `create=lost@1`, `wake=10/5,signal`: what goes wrong, and
    /// when. The documentation of `kthread_rt::faults` has the words. Without it, the environment
    /// variable KTHREAD_RT_FAULTS has them.
    #[arg(long, value_name = "SPEC")]
    pub(crate) faults: Option<FaultPlan>,
    /// The run is one of `--fail-nth all`: where it writes how it went.
    #[arg(long, hide = true)]
    pub(crate) trial: Option<PathBuf>,
    /// A folder that goes when the run is over: who built the modules has become this process.
    #[arg(long, hide = true)]
    pub(crate) scratch: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Source files, which make one module, or a folder with a Kbuild file or a Makefile, which may
    /// make several; then the parameters of what was named before, as `name=value`
    /// (`module.name=value` for one of several). A `+` begins the next module.
    #[arg(required = true, value_name = "FILE|FOLDER|PARAM=VALUE|+")]
    pub(crate) words: Vec<OsString>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    /// Runs init and exit once for each allocation and each create of a thread that they make, with
    /// that one failing; judges each run, and prints a table. With a number, only that one fails,
    /// and all that the run prints is shown. Without `--for`, the modules go when they are loaded;
    /// an init may take 5s, an exit 5s, if nothing else is said.
    #[arg(long, value_name = "all|N", value_parser = parse_nth)]
    pub(crate) fail_nth: Option<Nth>,
    #[command(flatten)]
    pub(crate) tool: Tools,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

/// Which of the allocations and creates are to fail, one in each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nth {
    All,
    One(u64),
}

/// What a run can be watched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    Gdb,
    Valgrind,
    Asan,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Tools {
    /// Runs under gdb: say `run` there. Breakpoints in the modules may be set before.
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
    /// The folder to put the modules in, which is made; or the file, if its name ends in .so.
    /// Without it: the current folder.
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Load {
    /// Modules, each with its parameters behind it, as `name=value`.
    #[arg(required = true, value_name = "MODULE.so|PARAM=VALUE")]
    pub(crate) words: Vec<OsString>,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Intree {
    /// Which test: see `--list`.
    #[arg(required_unless_present_any = ["list", "fetch", "all", "lacking"])]
    pub(crate) name: Option<String>,
    /// The tests there are: their files, and how long they are.
    #[arg(long, conflicts_with = "name")]
    pub(crate) list: bool,
    /// Runs all of them, of all types; `--for` is how long those with types run. Prints what they
    /// said as a table.
    #[arg(long, conflicts_with_all = ["name", "list", "kind", "param", "sabotage"])]
    pub(crate) all: bool,
    /// Builds the kernel's tests that do not run here, and prints what each lacks as a table.
    #[arg(long, conflicts_with_all = ["name", "list", "all", "kind", "param", "sabotage"])]
    pub(crate) lacking: bool,
    /// Only gets the kernel's source: status 0 if it is there now, 77 if it can't be had, 1 if it
    /// is not what it should be.
    #[arg(long, conflicts_with_all = ["name", "list", "all", "lacking", "kind", "param", "sabotage"])]
    pub(crate) fetch: bool,
    /// What the test is about, if it has a choice: of `locktorture`, the lock. Without it, the
    /// first that `--list` has.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// A parameter of the test's modules. May be given more than once.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
    /// Gives the test a lock that excludes nobody, which it has to find. May be given more than
    /// once.
    #[arg(long, value_name = "LOCK")]
    pub(crate) sabotage: Vec<String>,
    /// Starts this many processes that keep the cpus busy meanwhile.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) load: usize,
    /// Where the kernel's source is kept, or downloaded to. Without it, in cargo's target folder,
    /// or where caches are.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    #[command(flatten)]
    pub(crate) run: RunOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Ps {
    /// The process: one of this user's. Without it, lists those that answer.
    pub(crate) pid: Option<u32>,
    /// Prints who waits for whom, and who is to end each wait, in place of the table.
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
    /// As it is in the README.
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Functions, macros, types or fields (as struct.field): whether each is there.
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
        _ => Err("say all, or a number from 1 on".to_owned()),
    }
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
    let time = Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())?;
    if time > LONGEST { Err("too long; it may be 100 years".to_owned()) } else { Ok(time) }
}

/// Added to any time there is, it is still one.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
