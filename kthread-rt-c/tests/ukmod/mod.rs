//! Running the real `ukmod`.

use std::process::Command;

/// Runs `ukmod` with these arguments: its exit status, what it printed, and what it printed to standard error.
pub(crate) fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ukmod")).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code(), text(output.stdout), text(output.stderr))
}
