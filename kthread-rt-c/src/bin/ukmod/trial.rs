//! One run of `--fail-nth all`, from the inside: it writes down how far it came, a line at each
//! step, so that what is written is there however the run ends. From the outside, it is read.

use crate::{oops, session};
use kthread_rt::ShutdownReport;
use kthread_rt::faults::{Fault, FaultPlan, When};
use kthread_rt::trace::{Event, EventKind};
use kthread_rt_c::module;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;

/// Where this process writes, if it is such a run.
static FILE: OnceLock<File> = OnceLock::new();

/// What a run has written down.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    /// What failed, and where; nothing if the plan's fault did not happen.
    pub(crate) fault: Option<(String, String)>,
    /// Of each module whose init ended: what it returned, none if it oopsed.
    pub(crate) inits: Vec<(String, Option<i32>)>,
    /// What is wrong at the end.
    pub(crate) faults_found: Vec<String>,
}

/// The plan in which the `nth` allocation or create fails, too.
pub(crate) fn with_failing(plan: FaultPlan, nth: u64) -> FaultPlan {
    plan.with(Fault::Fails, When::Nth(nth))
}

/// This is such a run, which writes into that file. What is to be called at its events.
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

/// A line; the parts have no tabs.
fn write(parts: &[&str]) {
    if let Some(mut file) = FILE.get() {
        let line = format!("{}\n", parts.join("\t").replace('\n', " "));
        // Who reads it finds that it is not there.
        _ = file.write_all(line.as_bytes());
    }
}

/// The init of this module has returned, or oopsed.
pub(crate) fn init_ended(name: &str, result: Option<i32>) {
    let result = result.map_or_else(|| "oopsed".to_owned(), |result| result.to_string());
    write(&["init", name, &result]);
}

/// The run has come to its end.
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

/// What a run has written into that file.
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
