//! For tests that need a process of their own: the test starts its own binary again, for this test
//! only.

#![allow(dead_code, reason = "each test file uses its share")]

use std::env;
use std::os::unix::process::CommandExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

/// Names the test that a child process runs.
const CHILD: &str = "KT_TEST_CHILD";

/// After this many seconds SIGALRM kills a hanging child, and its test fails.
const LIMIT_S: u32 = 60;

/// Runs `body` in a child process and asserts that it succeeded there. `test` is the name of the
/// calling test.
#[track_caller]
pub(crate) fn run(test: &str, body: impl FnOnce()) {
    run_prepared(test, |_| (), body);
}

/// [`run`], with changes to the child's command.
#[track_caller]
pub(crate) fn run_prepared(test: &str, prepare: impl FnOnce(&mut Command), body: impl FnOnce()) {
    if let Some(output) = output_of(test, prepare, body) {
        assert!(output.status.success(), "{}", told(&output));
        // What a child left out, and why.
        let stdout = String::from_utf8_lossy(&output.stdout);
        stdout.lines().filter(|line| line.contains("skipped:")).for_each(|line| println!("{test}: {line}"));
    }
}

/// Runs `body` in a child process, and returns its output in the parent.
pub(crate) fn output_of(
    test: &str,
    prepare: impl FnOnce(&mut Command),
    body: impl FnOnce(),
) -> Option<Output> {
    if env::var(CHILD).is_ok_and(|child| child == test) {
        body();
        return None;
    }
    let mut command = Command::new(env::current_exe().expect("a test has a binary"));
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD, test);
    // SAFETY: alarm is async-signal-safe.
    unsafe {
        command.pre_exec(|| {
            libc::alarm(LIMIT_S);
            Ok(())
        })
    };
    prepare(&mut command);
    let output = command.output().expect("the test binary starts");
    let ran = String::from_utf8_lossy(&output.stdout).contains("running 1 test");
    assert!(ran, "{test} is the name of a test: {}", told(&output));
    Some(output)
}

/// The whole output of a child, for a message.
pub(crate) fn told(output: &Output) -> String {
    let signal = output.status.signal().map_or(String::new(), |n| format!(" (signal {n})"));
    format!(
        "child: {}{signal}\n-- stdout\n{}\n-- stderr\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
