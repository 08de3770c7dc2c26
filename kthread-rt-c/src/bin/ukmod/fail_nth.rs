//! `ukmod run --fail-nth all`: takes every error path of an init, one after the other.
//!
//! The modules are built once. Each run is a process of its own; as many run in parallel as there
//! are cpus. In the nth run, the nth allocation or thread creation fails. The last run is the first
//! that makes fewer than n of these calls, so that none fails. Each run is judged by what it
//! recorded (`trial`), by its exit status, and by what it printed.

use crate::cli::{Ended, Run, RunOptions};
use crate::debugger::as_words;
use crate::intree::end_with_parent;
use crate::output::{tell, to_stdout};
use crate::scratch::Scratch;
use crate::trial::{self, Trial};
use crate::{Failure, session};
use kthread_rt::errno::Errno;
use std::ffi::OsString;
use std::fmt::Write;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The default timeout of an init and of an exit, which only have to fail.
const LIMIT: Duration = Duration::from_secs(5);

/// The result of a run.
#[derive(Debug)]
struct Judged {
    nth: u64,
    trial: Trial,
    /// What went wrong; empty if the run passed.
    wrong: Vec<String>,
}

/// What all runs have in common.
struct Setup {
    ukmod: PathBuf,
    words: Vec<OsString>,
    options: RunOptions,
    scratch: Scratch,
}

/// `ukmod run --fail-nth all`.
pub(crate) fn command(run: &Run) -> Result<Ended, Failure> {
    if run.tool.chosen().is_some() {
        let message = "--fail-nth all can't run under --gdb, --valgrind or --asan; --fail-nth N can";
        return Err(Failure::new(Ended::Usage, message));
    }
    let ukmod = std::env::current_exe()
        .map_err(|e| Failure::new(Ended::Usage, format!("can't find ukmod's own executable: {e}")))?;
    let plan = session::plan(&run.run)?;
    let (words, scratch) = session::build_for_load(run)?;
    let mut options = run.run.clone();
    options.faults = Some(plan);
    options.time.get_or_insert(Duration::ZERO);
    options.init_timeout.get_or_insert(LIMIT);
    options.exit_timeout.get_or_insert(LIMIT);
    let setup = Setup { ukmod, words, options, scratch };
    let judged = all(&setup)?;
    to_stdout(&table(&judged));
    let bad: Vec<u64> = judged.iter().filter(|one| !one.wrong.is_empty()).map(|one| one.nth).collect();
    if !run.run.raw {
        let runs = judged.len();
        match bad[..] {
            [] => tell!("ukmod: {runs} run(s), all passed"),
            [nth, ..] => {
                let many = bad.len();
                tell!(
                    "ukmod: {runs} run(s), {many} of them failed; --fail-nth {nth} repeats the first failure"
                );
            }
        }
    }
    Ok(if bad.is_empty() { Ended::Well } else { Ended::BadErrorPath })
}

/// Runs until nothing is left to fail, and judges each run.
fn all(setup: &Setup) -> Result<Vec<Judged>, Failure> {
    let next = AtomicU64::new(1);
    // The first run in which nothing failed.
    let last = AtomicU64::new(u64::MAX);
    let judged = Mutex::new(Ok(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    if nth > last.load(Ordering::Relaxed) {
                        return;
                    }
                    let one = run_one(setup, nth);
                    let ends = one.as_ref().map_or(true, |one| one.trial.fault.is_none());
                    if ends {
                        last.fetch_min(nth, Ordering::Relaxed);
                    }
                    let mut judged = judged.lock().unwrap_or_else(PoisonError::into_inner);
                    match (&mut *judged, one) {
                        (Ok(all), Ok(one)) => all.push(one),
                        (Ok(_), Err(failure)) => *judged = Err(failure),
                        (Err(_), _) => {}
                    }
                }
            });
        }
    });
    let mut judged = judged.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    judged.sort_unstable_by_key(|one: &Judged| one.nth);
    judged.retain(|one| one.nth <= last.load(Ordering::Relaxed));
    Ok(judged)
}

/// Runs once, with the `nth` call failing.
fn run_one(setup: &Setup, nth: u64) -> Result<Judged, Failure> {
    let refused = |e: std::io::Error| Failure::new(Ended::NotLoaded, format!("run {nth}: {e}"));
    let file = |kind: &str| setup.scratch.path().join(format!("{nth}.{kind}"));
    let (written, printed) = (file("trial"), file("err"));
    let mut options = setup.options.clone();
    options.faults = options.faults.map(|plan| trial::with_failing(plan, nth));
    let mut command = Command::new(&setup.ukmod);
    command.arg("load").args(&setup.words).args(as_words(&options)).arg("--trial").arg(&written);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&printed).map_err(refused)?);
    end_with_parent(&mut command, libc::SIGTERM);
    let status = command.status().map_err(refused)?;
    let trial = trial::read(&written);
    let said = fs::read(&printed).map_err(refused)?;
    let wrong = judge(status.code(), &trial, &String::from_utf8_lossy(&said));
    // If this fails, the files are removed with their folder.
    _ = (fs::remove_file(written), fs::remove_file(printed));
    Ok(Judged { nth, trial, wrong })
}

/// Lists what is wrong with a run that ended with this status and printed this.
fn judge(status: Option<i32>, trial: &Trial, said: &str) -> Vec<String> {
    let is = |ended: Ended| status == Some(ended as i32);
    let line = |begin: &str| said.lines().find_map(|line| line.strip_prefix(begin)).map(str::to_owned);
    let mut wrong = Vec::new();
    if is(Ended::Hung) {
        let mut lines = said.lines().skip_while(|line| !line.ends_with("; who waits for whom:"));
        let what = lines.next().and_then(|line| line.strip_prefix("ukmod: ")?.split("; who").next());
        let waits = lines.next().map_or(String::new(), |line| format!("; {}", line.trim()));
        wrong.push(format!("hang: {}{waits}", what.unwrap_or("it did not return")));
    }
    if let Some(crash) = line("ukmod: crash: ") {
        wrong.push(format!("crash: {crash}{}", at(said)));
    } else if let Some(oops) = line("ukmod: oops: ") {
        wrong.push(format!("oops: {oops}{}", at(said)));
    }
    let warnings = said.lines().filter_map(|line| line.strip_prefix("kthread-rt: "));
    wrong.extend(warnings.map(|warning| format!("warning: {warning}")));
    // The loop above has listed the text of each warning and oops; their numbers add nothing.
    let is_listed =
        |what: &&String| !wrong.is_empty() && (what.ends_with("warning(s)") || what.ends_with("oops(es)"));
    let found: Vec<String> = trial.faults_found.iter().filter(|what| !is_listed(what)).cloned().collect();
    wrong.extend(found);
    let is_right =
        is(Ended::Well) || is(Ended::NotLoaded) && trial.inits.iter().any(|(_, result)| *result != Some(0));
    if wrong.is_empty() && !is_right {
        let status = status.map_or_else(|| "a signal".to_owned(), |status| format!("status {status}"));
        let last = said.lines().last().unwrap_or_default();
        wrong.push(format!("its process ended with {status}: {last}"));
    }
    wrong
}

/// The place of the failure: the first line of the call trace that has a file and line.
fn at(said: &str) -> String {
    let trace = said.lines().skip_while(|line| !line.starts_with("Call trace")).skip(1);
    let place = trace.take_while(|line| line.starts_with("  ")).find(|line| line.ends_with(')'));
    place.map_or(String::new(), |place| format!(", in {}", place.trim()))
}

/// The table. Consecutive runs that differ only in their number share a line.
fn table(judged: &[Judged]) -> String {
    let mut rows: Vec<(u64, u64, [String; 4])> = Vec::new();
    for one in judged {
        let row = row(one);
        match rows.last_mut() {
            Some((_, last, same)) if *same == row => *last = one.nth,
            _ => rows.push((one.nth, one.nth, row)),
        }
    }
    let number =
        |first: u64, last: u64| if first == last { first.to_string() } else { format!("{first}-{last}") };
    let mut lines = vec![["n", "what failed", "place", "init", "verdict"].map(str::to_owned)];
    lines.extend(rows.into_iter().map(|(first, last, [what, place, init, verdict])| {
        [number(first, last), what, place, init, verdict]
    }));
    let mut widths = [0; 4];
    for line in &lines {
        widths.iter_mut().zip(line).for_each(|(width, cell)| *width = cell.chars().count().max(*width));
    }
    let mut out = String::new();
    for [n, what, place, init, verdict] in lines {
        let [a, b, c, d] = widths;
        // Writing to a String does not fail.
        _ = writeln!(out, "{n:>a$}  {what:<b$}  {place:<c$}  {init:<d$}  {verdict}");
    }
    out
}

/// The cells after the number.
fn row(Judged { trial, wrong, .. }: &Judged) -> [String; 4] {
    let (what, place) = match &trial.fault {
        Some((call, place)) => (call.clone(), place.clone()),
        None => ("nothing".to_owned(), String::new()),
    };
    let say = |(_, result): &(String, Option<i32>)| match result {
        Some(error @ ..0) => format!("{:?}", Errno::from_raw(-error)),
        Some(result) => result.to_string(),
        None => "oops".to_owned(),
    };
    let init = match &trial.inits[..] {
        [] => "-".to_owned(),
        inits => inits.iter().map(say).collect::<Vec<_>>().join(", "),
    };
    let verdict = if wrong.is_empty() { "ok".to_owned() } else { wrong.join("; ") };
    [what, short(&place), init, short(&verdict)]
}

/// `text` with paths below the current folder made relative to it.
fn short(text: &str) -> String {
    let here = std::env::current_dir().ok().and_then(|here| here.to_str().map(|here| format!("{here}/")));
    here.map_or_else(|| text.to_owned(), |here| text.replace(&here, ""))
}
