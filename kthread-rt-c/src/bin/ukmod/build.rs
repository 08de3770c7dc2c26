//! Building modules: gcc over their unmodified sources, against the headers of this package.
//!
//! All files of all modules are compiled side by side, as many as there are cpus; then each module is linked.

use crate::Failure;
use crate::cli::{self, BuildOptions, Ended};
use crate::output::{tell, to_stderr};
use crate::symbols::{self, Symbols};
use crate::words::{self, Group};
use crate::{kbuild, refusal};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A module that is to be built.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) sources: Vec<Source>,
    /// For all its files.
    pub(crate) cflags: Vec<String>,
    /// Functions that it gets another version of, in its own sources: of `f`, `__wrap_f`.
    pub(crate) replaced: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) cflags: Vec<String>,
}

/// One that was built.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) symbols: Symbols,
    /// Which files want which symbols.
    pub(crate) wanted_by: BTreeMap<String, Vec<String>>,
}

/// Where the headers are: where they were installed beside this program, or in this package's source.
pub(crate) fn include_dir() -> PathBuf {
    let installed = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.join("include/kthread-rt")))
        .filter(|dir| dir.join("linux/kthread.h").exists());
    installed.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
}

/// The module's name, as Kbuild makes it of a file's.
pub(crate) fn module_name(source: &Path) -> String {
    source.file_stem().map_or("module".into(), |stem| stem.to_string_lossy().replace('-', "_"))
}

/// The modules that a group of words names.
pub(crate) fn plans(group: &Group) -> Result<Vec<Plan>, Failure> {
    if let [folder] = &group.paths[..]
        && folder.is_dir()
    {
        return kbuild::plans(folder);
    }
    let source = |path: &PathBuf| Source { path: path.clone(), cflags: Vec::new() };
    let sources: Vec<_> = group.paths.iter().map(source).collect();
    Ok(vec![Plan { name: module_name(&group.paths[0]), sources, cflags: Vec::new(), replaced: Vec::new() }])
}

/// `ukmod build`.
pub(crate) fn command(build: &cli::Build) -> Result<Ended, Failure> {
    let mut plans = Vec::new();
    for group in words::groups(&build.words, false)? {
        plans.extend(self::plans(&group)?);
    }
    let scratch = crate::scratch::Scratch::new().map_err(no_folder)?;
    let built = modules(&plans, scratch.path(), &build.build, &[])?;
    for module in &built {
        let file = format!("{}.so", module.name);
        let output = match &build.output {
            None => PathBuf::from(file),
            Some(output) if output.is_dir() || built.len() > 1 => output.join(file),
            Some(output) => output.clone(),
        };
        let placed = output.parent().map_or(Ok(()), fs::create_dir_all);
        placed
            .and_then(|()| fs::copy(&module.path, &output).map(drop))
            .map_err(|e| Failure::new(Ended::NotBuilt, format!("{}: {e}", output.display())))?;
    }
    // Another module may have what is missing here, so it is no failure yet.
    let exports = built.iter().flat_map(|module| module.symbols.exported.clone()).collect();
    for module in &built {
        for name in symbols::look(&module.symbols, &exports).missing {
            tell!(
                "ukmod: {}: {} has to be another module's: the runtime does not have it",
                module.name,
                name
            );
        }
    }
    Ok(Ended::Well)
}

pub(crate) fn no_folder(e: io::Error) -> Failure {
    Failure::new(Ended::NotBuilt, format!("no temporary folder: {e}"))
}

/// Builds modules in `folder`, with more of the compiler's and linker's options.
pub(crate) fn modules(
    plans: &[Plan],
    folder: &Path,
    options: &BuildOptions,
    more: &[&str],
) -> Result<Vec<Built>, Failure> {
    let headers = compiler_headers().map_err(no_compiler)?;
    let mut jobs = Vec::new();
    for plan in plans {
        for source in &plan.sources {
            jobs.push((plan, source, folder.join(format!("{}.o", jobs.len()))));
        }
    }
    let compile = |(plan, source, object): &(&Plan, &Source, PathBuf)| {
        let mut cc = Command::new("gcc");
        cc.args(FLAGS).args(["-nostdinc", "-isystem"]).arg(&headers).args(["-D__KERNEL__", "-DMODULE"]);
        cc.arg(format!("-DKBUILD_MODNAME=\"{}\"", plan.name));
        cc.arg(format!("-DKBUILD_BASENAME=\"{}\"", module_name(&source.path)));
        cc.arg("-I").arg(include_dir());
        if let Some((a, b, c)) = options.kernel_version {
            cc.arg(format!("-DKT_LINUX_VERSION_CODE=(({a}<<16)+({b}<<8)+{c})"));
        }
        if io::stderr().is_terminal() {
            cc.arg("-fdiagnostics-color=always");
        }
        cc.args(&plan.cflags).args(&source.cflags).args(more).args(&options.cflag);
        cc.arg("-c").arg("-o").arg(object).arg(&source.path);
        // Its messages are looked through for what is not supported.
        cc.env("LC_ALL", "C").env("TMPDIR", folder).output()
    };
    side_by_side(&jobs, options.jobs, |job| job.1.path.display().to_string(), compile)?;

    let mut built = Vec::new();
    for plan in plans {
        let path = folder.join(format!("{}.so", plan.name));
        let objects: Vec<_> = jobs.iter().filter(|(of, ..)| std::ptr::eq(*of, plan)).collect();
        let mut link = Command::new("gcc");
        link.args(["-shared", "-Wl,-Bsymbolic", "-Wl,-z,now", "-o"])
            .arg(&path)
            .args(more)
            .args(plan.replaced.iter().map(|function| format!("-Wl,--wrap={function}")));
        link.args(objects.iter().map(|(_, _, object)| object));
        let output = link.env("LC_ALL", "C").env("TMPDIR", folder).output().map_err(no_compiler)?;
        to_stderr(format_args!("{}", String::from_utf8_lossy(&output.stderr)));
        if !output.status.success() {
            return Err(Failure::new(Ended::NotBuilt, format!("{} was not linked", plan.name)));
        }
        let symbols = Symbols::read(&path).map_err(|e| Failure::new(Ended::NotBuilt, e))?;
        let objects = objects.iter().map(|(_, source, object)| (&*source.path, &**object));
        let wanted_by = symbols::wanted_by(objects);
        if let Some(function) = plan.replaced.iter().find(|function| !wanted_by.contains_key(*function)) {
            let message = format!("{} does not call {function}, which was to be replaced", plan.name);
            return Err(Failure::new(Ended::NotBuilt, message));
        }
        built.push(Built { name: plan.name.clone(), path, symbols, wanted_by });
    }
    Ok(built)
}

// Sibling calls stay calls: a call trace shows who called.
const FLAGS: [&str; 13] = [
    "-std=gnu11",
    "-O2",
    "-g",
    "-fPIC",
    "-fexceptions",
    "-fno-strict-aliasing",
    "-fno-optimize-sibling-calls",
    "-fvisibility=hidden",
    "-ffreestanding",
    "-Wall",
    "-Wno-unused-function",
    "-Wno-pointer-sign",
    "-Wno-main",
];

fn no_compiler(e: io::Error) -> Failure {
    Failure::new(Ended::NotBuilt, format!("gcc can't be started: {e}; modules need it"))
}

/// The compiler's own headers (stddef.h and its like), the only ones that a module has beside ours.
fn compiler_headers() -> io::Result<PathBuf> {
    let output = Command::new("gcc").arg("-print-file-name=include").output()?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// What the preprocessor makes of these headers.
pub(crate) fn expanded<'a>(headers: impl Iterator<Item = &'a String>) -> io::Result<String> {
    let scratch = crate::scratch::Scratch::new()?;
    let all = scratch.path().join("all.c");
    fs::write(&all, headers.map(|header| format!("#include <{header}>\n")).collect::<String>())?;
    let mut cpp = Command::new("gcc");
    cpp.args(["-E", "-P"]).args(FLAGS).args(["-nostdinc", "-isystem"]).arg(compiler_headers()?);
    cpp.args(["-D__KERNEL__", "-DMODULE", "-I"]).arg(include_dir()).arg(&all);
    let output = cpp.output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// How long a build takes before its progress is shown.
const QUICK: Duration = Duration::from_secs(1);

/// Runs a compiler for each job, prints what they say, and fails if one refuses; what has not begun by then does not.
fn side_by_side<J: Sync>(
    jobs: &[J],
    at_once: Option<usize>,
    name: impl Fn(&J) -> String,
    run: impl Fn(&J) -> io::Result<Output> + Sync,
) -> Result<(), Failure> {
    let cpus = thread::available_parallelism().map_or(1, |cpus| cpus.get());
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    let bar = ProgressBar::new(jobs.len() as u64);
    thread::scope(|scope| {
        for _ in 0..at_once.unwrap_or(cpus).clamp(1, jobs.len().max(1)) {
            let (done, next, run) = (done.clone(), &next, &run);
            scope.spawn(move || {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Who listens is there until all are done.
                    let _ = done.send((job, run(job)));
                }
            });
        }
        drop(done);
        let mut refused = None;
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
                Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
                Err(_) => String::new(),
            };
            bar.suspend(|| to_stderr(format_args!("{said}")));
            bar.inc(1);
            if shown {
                bar.set_message(name(job));
            }
            match output {
                Ok(output) if output.status.success() => continue,
                Ok(_) => refused = refused.or_else(|| Some(refusal_of(&name(job), &said))),
                Err(e) => refused = refused.or_else(|| Some(no_compiler(e))),
            }
            next.store(jobs.len(), Ordering::Relaxed);
        }
        bar.finish_and_clear();
        refused.map_or(Ok(()), Err)
    })
}

/// A terminal shows it; nothing else does.
fn show(bar: &ProgressBar) {
    if let Ok(style) = ProgressStyle::with_template("ukmod: building {bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
}

fn refusal_of(source: &str, said: &str) -> Failure {
    let mut message = format!("{source} was not built");
    for sentence in refusal::unsupported(said) {
        message.push_str(&format!("\nukmod: {sentence}; see `ukmod supported`"));
    }
    Failure::new(Ended::NotBuilt, message)
}
