//! Runs the compiler, on many files in parallel, and explains what it rejects.

use crate::Failure;
use crate::build::{Plan, Source, include_dir, module_name};
use crate::cli::{BuildOptions, Ended};
use crate::flags::{self, Version};
use crate::headers::Index;
use crate::output::to_stderr;
use crate::refusal::{self, Seen};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

pub(crate) fn no_compiler(e: io::Error) -> Failure {
    Failure::new(Ended::NotBuilt, format!("gcc, which builds modules, can't be started: {e}"))
}

/// A file to compile, and the path of its object file.
pub(crate) type Job<'a> = (&'a Plan, &'a Source, PathBuf);

/// The compiler.
pub(crate) struct Gcc {
    major: u32,
    /// The compiler's own headers (stddef.h and the like), the only ones that a module sees beside
    /// ours.
    headers: PathBuf,
}

impl Gcc {
    pub(crate) fn find() -> io::Result<Self> {
        let ask = |question: &str| -> io::Result<String> {
            let output = Command::new("gcc").arg(question).output()?;
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let version = ask("-dumpversion")?;
        let major = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        Ok(Self { major, headers: ask("-print-file-name=include")?.into() })
    }

    /// A compiler command for this kernel version, without an input file.
    pub(crate) fn plain(&self, version: Option<Version>) -> Command {
        let mut cc = Command::new("gcc");
        cc.args(flags::of(version, self.major)).args(["-nostdinc", "-isystem"]).arg(&self.headers);
        cc.args(["-D__KERNEL__", "-DMODULE", "-I"]).arg(include_dir());
        // A kernel's build includes these before the first line of each source.
        for before in ["linux/kconfig.h", "linux/compiler_types.h"] {
            cc.arg("-include").arg(include_dir().join(before));
        }
        cc
    }

    pub(crate) fn command(
        &self,
        plan: &Plan,
        source: &Source,
        options: &BuildOptions,
        more: &[&str],
    ) -> Command {
        let mut cc = self.plain(options.kernel_version);
        cc.arg(format!("-DKBUILD_MODNAME=\"{}\"", plan.name));
        cc.arg(format!("-DKBUILD_BASENAME=\"{}\"", module_name(&source.path)));
        if let Some((a, b, c)) = options.kernel_version {
            cc.arg(format!("-DKT_LINUX_VERSION_CODE=(({a}<<16)+({b}<<8)+{c})"));
            cc.arg(format!("-DKT_LINUX_RELEASE=\"{a}.{b}.{c}\""));
        }
        if io::stderr().is_terminal() {
            cc.arg("-fdiagnostics-color=always");
        }
        cc.args(&plan.cflags).args(&source.cflags).args(more).args(&options.cflag).arg(&source.path);
        // `refusal` parses the messages, so they have to be in English.
        cc.env("LC_ALL", "C");
        cc
    }
}

/// A build that takes longer than this shows its progress.
const QUICK: Duration = Duration::from_secs(1);

/// Why some files were not compiled.
pub(crate) enum Refused<'j, J> {
    /// The files that the compiler rejected, with its messages.
    Said(Vec<(&'j J, String)>),
    NoCompiler(io::Error),
}

impl Refused<'_, Job<'_>> {
    /// The text that follows the compiler's messages. `includes` asks the compiler what a file
    /// includes.
    pub(crate) fn into_failure(
        self,
        jobs: &[Job<'_>],
        options: &BuildOptions,
        includes: impl Fn(&Job<'_>) -> io::Result<Output>,
    ) -> Failure {
        let refused = match self {
            Self::Said(refused) => refused,
            Self::NoCompiler(e) => return no_compiler(e),
        };
        let name = |job: &Job<'_>| job.1.path.display().to_string();
        let include = include_dir().display().to_string();
        let seen = |job: &Job<'_>| {
            let rule = includes(job).map_or(Vec::new(), |output| output.stdout);
            Seen::read(&String::from_utf8_lossy(&rule), &include)
        };
        let names: Vec<_> = refused.iter().map(|(job, _)| name(job)).collect();
        let mut message =
            format!("{} {} not built", names.join(", "), if names.len() == 1 { "was" } else { "were" });
        let mut say = |sentence: String| {
            let see = if sentence.starts_with("not supported") { "; see `ukmod supported`" } else { "" };
            message.push_str(&format!("\nukmod: {sentence}{see}"));
        };
        // Reports the missing headers of all files at once, also of files that were not compiled
        // any more.
        let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for job in jobs {
            for header in seen(job).missing {
                let sources = missing.entry(header).or_default();
                sources.extend((jobs.len() > 1).then(|| name(job)));
            }
        }
        missing.iter().for_each(|(header, sources)| say(refusal::missing_header(header, sources)));
        // If the headers can't be read, there is nothing more to say.
        if let Ok(index) = Index::read() {
            let version = options.kernel_version.unwrap_or(flags::DEFAULT);
            let mut sentences = Vec::new();
            for (job, said) in &refused {
                sentences.extend(refusal::missing_names(said, &seen(job), &index, version));
            }
            sentences.sort();
            sentences.dedup();
            sentences.into_iter().for_each(say);
        }
        Failure::new(Ended::NotBuilt, message)
    }
}

/// Runs a compiler for each job and prints its messages. Fails if one of them fails; jobs that have
/// not begun by then do not begin.
pub(crate) fn side_by_side<'j, J: Sync>(
    jobs: &'j [J],
    at_once: Option<usize>,
    name: impl Fn(&J) -> String,
    run: impl Fn(&J) -> io::Result<Output> + Sync,
) -> Result<(), Refused<'j, J>> {
    let cpus = thread::available_parallelism().map_or(1, |cpus| cpus.get());
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    let bar = ProgressBar::new(jobs.len() as u64);
    thread::scope(|scope| {
        for _ in 0..at_once.unwrap_or(cpus).clamp(1, jobs.len().max(1)) {
            let (done, next, run) = (done.clone(), &next, &run);
            scope.spawn(move || {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let output = run(job);
                    if !output.as_ref().is_ok_and(|output| output.status.success()) {
                        next.store(jobs.len(), Ordering::Relaxed);
                    }
                    // The receiver lives until all jobs are done.
                    let _ = done.send((job, output));
                }
            });
        }
        drop(done);
        let mut refused = Vec::new();
        let mut broken = None;
        let mut shown = false;
        loop {
            let (job, output) = match results.recv_timeout(QUICK) {
                Ok(result) => result,
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if !shown {
                        show(&bar);
                        shown = true;
                    }
                    continue;
                }
            };
            let said = match &output {
                Ok(output) => refusal::without_our_names(&String::from_utf8_lossy(&output.stderr)),
                Err(_) => String::new(),
            };
            bar.suspend(|| to_stderr(format_args!("{said}")));
            bar.inc(1);
            if shown {
                bar.set_message(name(job));
            }
            match output {
                Ok(output) if output.status.success() => continue,
                Ok(_) => refused.push((job, said)),
                Err(e) => broken = Some(e),
            }
        }
        bar.finish_and_clear();
        match broken {
            Some(e) => Err(Refused::NoCompiler(e)),
            None if refused.is_empty() => Ok(()),
            None => Err(Refused::Said(refused)),
        }
    })
}

/// Shows the progress bar, if standard error is a terminal.
fn show(bar: &ProgressBar) {
    if let Ok(style) = ProgressStyle::with_template("ukmod: building {bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
}
