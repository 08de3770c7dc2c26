//! The record of one run of `--fail-nth all`. The run's process writes a line at each step, so the
//! record is there however the run ends; the process that judges the run reads it.

use crate::{oops, session};
use kthread_rt::ShutdownReport;
use kthread_rt::faults::{Fault, FaultPlan, When};
use kthread_rt::trace::{Event, EventKind};
use kthread_rt_c::module;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;

/// The file that this process writes, if it is such a run.
static FILE: OnceLock<File> = OnceLock::new();

/// The record of a run.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    /// The call that failed, and its place; none if no call failed.
    pub(crate) fault: Option<(String, String)>,
    /// For each module whose init ended: its result, none if it oopsed.
    pub(crate) inits: Vec<(String, Option<i32>)>,
    /// What was wrong at the end.
    pub(crate) faults_found: Vec<String>,
}

/// The plan, with the `nth` allocation or thread creation failing, too.
pub(crate) fn with_failing(plan: FaultPlan, nth: u64) -> FaultPlan {
    plan.with(Fault::Fails, When::Nth(nth))
}

/// Starts the record in that file. Returns the function to call at each event of the Kernel.
pub(crate) fn begin(path: &Path) -> io::Result<impl Fn(&Event) + Send + Sync + 'static> {
    let file = File::options().append(true).create(true).open(path)?;
    // Called once.
    _ = FILE.set(file);
    Ok(|event: &Event| {
        if let EventKind::FaultInjected { fault, call, place, .. } = &event.kind
            && fault.starts_with("fail@")
        {
            write(&["fault", call, place]);
        }
    })
}

/// Writes a line; the parts have no tabs.
fn write(parts: &[&str]) {
    if let Some(mut file) = FILE.get() {
        let line = format!("{}\n", parts.join("\t").replace('\n', " "));
        // On failure the line is missing, and the reader judges by the rest.
        _ = file.write_all(line.as_bytes());
    }
}

/// Records that the init of this module has returned, or oopsed.
pub(crate) fn init_ended(name: &str, result: Option<i32>) {
    let result = result.map_or_else(|| "oopsed".to_owned(), |result| result.to_string());
    write(&["init", name, &result]);
}

/// Records what was wrong at the end of the run.
pub(crate) fn ended(report: &ShutdownReport) {
    if FILE.get().is_none() {
        return;
    }
    match module::outstanding_memory() {
        (0, _) => {}
        (blocks, bytes) => match &session::not_freed()[..] {
            [] => write(&["found", &format!("leak: {bytes} bytes in {blocks} block(s)")]),
            all => all.iter().for_each(|one| write(&["found", &format!("leak: {one}")])),
        },
    }
    for task in &report.alive {
        write(&["found", &format!("left alive: {}[{}]", task.comm, task.pid)]);
    }
    if oops::warnings() > 0 {
        write(&["found", &format!("{} warning(s)", oops::warnings())]);
    }
    if oops::count() > 0 {
        write(&["found", &format!("{} oops(es)", oops::count())]);
    }
    let bad = |line: &module::Line| line.text.starts_with("BUG: ") || line.text.starts_with("WARNING: ");
    for line in module::dmesg().into_iter().filter(bad) {
        write(&["found", &line.text]);
    }
    for entry in module::registered() {
        write(&["found", &format!("left: {entry}")]);
    }
}

/// Reads the record in that file.
pub(crate) fn read(path: &Path) -> Trial {
    let mut trial = Trial::default();
    for line in fs::read_to_string(path).unwrap_or_default().lines() {
        match line.split('\t').collect::<Vec<_>>()[..] {
            ["fault", call, place] => {
                trial.fault.get_or_insert_with(|| (call.to_owned(), place.to_owned()));
            }
            ["init", name, result] => trial.inits.push((name.to_owned(), result.parse().ok())),
            ["found", what] => trial.faults_found.push(what.to_owned()),
            _ => {}
        }
    }
    trial
}
