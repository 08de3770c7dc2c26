//! Asks kthread-rt: `ukmod` builds and runs the same modules.

use crate::answers::Answers;
use crate::defects::Defect;
use crate::kernel::Kernel;
use crate::places::at;
use crate::questions::Subject;
use crate::{Result, places, process};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// The program.
#[derive(Debug)]
pub struct Ukmod {
    program: PathBuf,
}

/// Why a subject lacks answers, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// The compiler refused it.
    NotBuilt(String),
    /// It crashed or hung after the answers that it has given.
    Broke(String),
}

/// The time limit of a subject.
const LIMIT: Duration = Duration::from_secs(150);

impl Ukmod {
    /// The `ukmod` of this workspace, in this program's profile. Has cargo build it if necessary,
    /// since a package can't depend on another package's program.
    pub fn build() -> Result<Self> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--offline", "-q", "-p", "kthread-rt-c", "--bin", "ukmod"]);
        cargo.args(["--message-format", "json-render-diagnostics", "--profile", &profile()]);
        cargo.arg("--target-dir").arg(places::target()).current_dir(places::workspace());
        let messages = process::output(&mut cargo)?;
        let executable = |line: &str| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            (message["target"]["name"] == "ukmod").then_some(())?;
            message["executable"].as_str().map(PathBuf::from)
        };
        let program =
            messages.lines().find_map(executable).ok_or("cargo did not say where it has built ukmod")?;
        Ok(Self { program })
    }

    /// Builds the subjects in parallel, one per cpu at a time. Returns for each its file in
    /// `folder`, or why it was not built.
    pub fn modules(
        &self,
        kernel: Kernel,
        subjects: &[Subject],
        folder: &Path,
        defect: Option<&Defect>,
    ) -> Result<Vec<Result<PathBuf>>> {
        fs::create_dir_all(folder).map_err(at(folder))?;
        let cpus = thread::available_parallelism().map_or(1, |cpus| cpus.get());
        let left = Mutex::new(subjects.iter().enumerate());
        let mut built: Vec<_> = thread::scope(|scope| {
            let build = || {
                let mut built = Vec::new();
                // The lock is only held while a job is taken.
                while let Some((n, subject)) = { left.lock().map_or(None, |mut left| left.next()) } {
                    built.push((n, self.module(kernel, subject, folder, defect)));
                }
                built
            };
            let builders: Vec<_> = (0..cpus).map(|_| scope.spawn(build)).collect();
            builders.into_iter().flat_map(|builder| builder.join().unwrap_or_default()).collect()
        });
        built.sort_by_key(|(n, _)| *n);
        Ok(built.into_iter().map(|(_, built)| built).collect())
    }

    fn module(
        &self,
        kernel: Kernel,
        subject: &Subject,
        folder: &Path,
        defect: Option<&Defect>,
    ) -> Result<PathBuf> {
        let module = folder.join(format!("{}.so", subject.name));
        let mut ukmod = Command::new(&self.program);
        ukmod.args(["build", "--jobs", "1", "--kernel-version", kernel.version(), "--cflag", "-DASK_OURS"]);
        ukmod.arg("-o").arg(&module).arg(&subject.path);
        if let Some(defect) = defect {
            ukmod.arg(defect.source()).arg(format!("--wrap={}", defect.function));
        }
        let output = ukmod.output().map_err(|e| format!("ukmod can't be started: {e}"))?;
        if output.status.success() {
            Ok(module)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Runs a module, and returns its answers. `only` selects one case. After a case that crashes
    /// or hangs, the module is run again for the next cases.
    pub fn ask(
        &self,
        module: &Path,
        subject: &str,
        only: Option<&str>,
    ) -> Result<(Answers, Option<Silence>)> {
        if let Some(only) = only {
            return self.ask_once(module, subject, Some(&format!("only={only}")));
        }
        let (mut all, mut silence) = self.ask_once(module, subject, None)?;
        let mut broken = all.last_case.clone();
        while let (Some(Silence::Broke(why)), Some(case)) = (&mut silence, &broken) {
            let (more, again) = self.ask_once(module, subject, Some(&format!("after={case}")))?;
            all.lines.extend(more.lines);
            all.defined.extend(more.defined);
            let Some(Silence::Broke(next)) = again else { break };
            *why += &format!("\n{next}");
            // None if it broke before its first case; then it is not run again.
            broken = more.last_case;
        }
        Ok((all, silence))
    }

    fn ask_once(
        &self,
        module: &Path,
        subject: &str,
        word: Option<&str>,
    ) -> Result<(Answers, Option<Silence>)> {
        let mut ukmod = Command::new(&self.program);
        ukmod.args(["load", "--raw", "--for", "0ms", "--init-timeout", "120s"]).arg(module).args(word);
        let late = |child: &mut std::process::Child| {
            // SIGQUIT makes it print its table of tasks, which takes less than half a second.
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::QUIT);
                thread::sleep(Duration::from_millis(500));
            }
        };
        let ended = process::run_for(&mut ukmod, LIMIT, |_| {}, late)?;
        let answers = Answers::of_log(&ended.out, subject);
        // A status without a run: a symbol is missing.
        if answers.last_case.is_none() && matches!(ended.status, Some(1 | 3)) {
            return Ok((answers, Some(Silence::NotBuilt(ended.err))));
        }
        let how = match (ended.late, ended.status) {
            (true, _) => format!("it hangs: it did not come to its end in {} s", LIMIT.as_secs()),
            (false, Some(0)) if answers.complete => return Ok((answers, None)),
            (false, Some(status)) => format!("ukmod ended with status {status}"),
            (false, None) => "ukmod was killed by a signal".to_owned(),
        };
        let case = answers
            .last_case
            .clone()
            .map_or("before its first case".into(), |case| format!("in case {case}"));
        Ok((answers, Some(Silence::Broke(format!("{how}, {case}\n{}", ended.err.trim_end())))))
    }
}

/// The profile's name, which is the folder's, except for `debug`.
fn profile() -> String {
    let exe = std::env::current_exe().unwrap_or_default();
    let folder = exe.ancestors().skip(1).find(|dir| !dir.ends_with("deps"));
    match folder.map(places::stem).as_deref() {
        None | Some("debug") => "dev".into(),
        Some(name) => name.into(),
    }
}
