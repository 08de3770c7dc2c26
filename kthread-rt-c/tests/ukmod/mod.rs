//! Runs the real `ukmod`.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// Exit status, standard output, standard error.
pub(crate) type Ran = (i32, String, String);

/// `ukmod`, with the tests' folder as its current one.
pub(crate) fn ukmod() -> Command {
    let mut ukmod = Command::new(env!("CARGO_BIN_EXE_ukmod"));
    ukmod.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).env("TMPDIR", tmp());
    ukmod
}

/// Where tests may write, and where `ukmod` builds. Nothing is left there by a run.
pub(crate) fn tmp() -> PathBuf {
    env!("CARGO_TARGET_TMPDIR").into()
}

/// Runs `ukmod` with these arguments, and waits for its end.
pub(crate) fn run(args: &[&str]) -> Ran {
    ran(ukmod().args(args).output().unwrap())
}

/// What a process left behind.
pub(crate) fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    // A signal's end is no status of ours.
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Panics unless each of `parts` is in `text`, in this order.
#[track_caller]
pub(crate) fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("no {part:?}, in its place, in:\n{text}")
        };
        rest = after;
    }
}
