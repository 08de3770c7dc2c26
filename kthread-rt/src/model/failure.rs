//! Reports a failure while the failed execution still exists.
//!
//! The panic hook reports it, since a checker may not come back from a panic: loom's objects panic
//! once more when the stacks of a broken execution are unwound. So the process ends after the
//! report.

use super::CHECKER;
use crate::sync::model as driver;
use crate::sync::plan::{Checker, Plan, Step};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{self, PanicHookInfo};
use std::ptr;
use std::sync::Once;

/// The model that is being checked on this OS thread. Under a checker, this OS thread runs all the
/// model's threads.
#[derive(Debug)]
struct Checked {
    claim: Cow<'static, str>,
    replay: Option<String>,
    plan: Plan,
}

thread_local! {
    // std's cell: it belongs to the checking thread, not to the execution.
    static CHECKED: RefCell<Option<Checked>> = const { RefCell::new(None) };
}

/// While it exists, a panic on this OS thread is a failure of the model.
#[derive(Debug)]
pub(super) struct Reporting(());

impl Reporting {
    pub(super) fn begin(claim: Cow<'static, str>, replay: Option<String>, plan: Plan) -> Self {
        CHECKED.set(Some(Checked { claim, replay, plan }));
        Self(())
    }
}

impl Drop for Reporting {
    fn drop(&mut self) {
        let checked = CHECKED.take();
        if let (Some(checked), true) = (checked, std::thread::panicking()) {
            // On real threads the panic unwinds to here. The test harness has printed its message.
            print(&format!("FAILED {}\n", checked.claim));
        }
    }
}

/// Installs the panic hook, once. Called from inside an execution, since shuttle sets a hook of its
/// own before.
pub(super) fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    if CHECKER == Checker::Threads {
        return;
    }
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            if is_control_flow(what) {
                return before(what);
            }
            let report = CHECKED.with_borrow(|checked| checked.as_ref().map(|c| c.report(&what.to_string())));
            match report {
                Some(text) => {
                    print(&text);
                    std::process::exit(1);
                }
                None => before(what),
            }
        }));
    });
}

/// True for the panics by which loom's coroutine library ends a coroutine, and which it catches.
fn is_control_flow(what: &PanicHookInfo<'_>) -> bool {
    let is_text = what.payload().is::<&str>() || what.payload().is::<String>();
    !is_text && what.location().is_some_and(|place| place.file().contains("/generator-"))
}

/// Writes to standard error directly: a test harness captures what the print macros write, and the
/// process is about to end.
fn print(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

impl Checked {
    fn report(&self, what: &str) -> String {
        let steps = driver::schedule();
        let mut text = format!("FAILED {}\nwhat happened: {}\n", self.claim, explain(what));
        if what.contains("deadlock") {
            text.push_str("where each task is:\n");
            report_steps(&mut text, &last_steps(&steps));
        }
        text.push_str("the schedule that led to it, step by step:\n");
        report_steps(&mut text, &steps.iter().collect::<Vec<_>>());
        let _ = writeln!(text, "replay: {}", self.replay_command());
        text
    }

    fn replay_command(&self) -> String {
        let by = self.replay.as_ref().map(|by| by.replace("{seed}", &driver::current_seed().to_string()));
        by.unwrap_or_else(|| {
            let settings = driver::replay_settings(&self.plan);
            let mut args = std::env::args();
            let program = args.next().unwrap_or_default();
            // A test harness names its threads after the tests; a program's first thread is called
            // `main`.
            match std::thread::current().name() {
                Some(test) if test != "main" => format!("{settings} {program} {test} --exact"),
                _ => [format!("{settings} {program}")].into_iter().chain(args).collect::<Vec<_>>().join(" "),
            }
        })
    }
}

/// Translates a checker's own messages.
fn explain(what: &str) -> Cow<'_, str> {
    if what.contains("deadlock") {
        // The checker's message has only the numbers of its own threads.
        return "deadlock: every task sleeps or waits, and no task is left to wake one".into();
    }
    if what.contains("maximum number of branches") || what.contains("exceeded max_steps") {
        return format!("an execution does not end\n  ({})", what.replace('\n', "\n  ")).into();
    }
    if what.contains("self.threads.len() < self.max()") {
        let words = "an execution has more threads than loom allows: the closure's, kthreadd, and three more";
        return format!("{words}\n  ({})", what.replace('\n', "\n  ")).into();
    }
    what.into()
}

/// For each thread that has not ended, the last step of its own code, and its last step of all.
fn last_steps(steps: &[Step]) -> Vec<&Step> {
    let mut names: Vec<&str> = Vec::new();
    for step in steps {
        if !names.contains(&step.thread.as_str()) {
            names.push(&step.thread);
        }
    }
    let last_of = |name: &&str| {
        let mut own = steps.iter().rev().filter(|step| step.thread == *name);
        let last = own.clone().next().filter(|step| step.what != "ends");
        let calls =
            own.find(|step| !is_the_runtimes(step)).filter(|step| last.is_some_and(|l| !ptr::eq(l, *step)));
        calls.filter(|_| last.is_some()).into_iter().chain(last)
    };
    names.iter().flat_map(last_of).collect()
}

fn is_the_runtimes(step: &Step) -> bool {
    step.place.file().starts_with(file!().trim_end_matches("model/failure.rs"))
}

/// Prints the steps: those of a thread's own code flush left, the runtime's indented.
fn report_steps(text: &mut String, steps: &[&Step]) {
    for step in steps {
        let Step { thread, what, place } = step;
        let indent = if is_the_runtimes(step) { "  " } else { "" };
        let _ = writeln!(text, "  {thread:<16} {indent}{what}  [{}:{}]", tidy(place.file()), place.line());
    }
}

/// The path without the detours that `#[path]` makes.
fn tidy(path: &str) -> String {
    let mut tidy: Vec<&str> = Vec::new();
    for part in path.split('/') {
        if part == ".." && tidy.last().is_some_and(|last| *last != "..") {
            tidy.pop();
        } else {
            tidy.push(part);
        }
    }
    tidy.join("/")
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn a_path_is_printed_without_detours() {
        assert_eq!(tidy("tests/src/runner/../../models/stop.rs"), "tests/models/stop.rs");
        assert_eq!(tidy("../other/src/lib.rs"), "../other/src/lib.rs");
        assert_eq!(tidy("/home/src/lib.rs"), "/home/src/lib.rs");
    }
}
