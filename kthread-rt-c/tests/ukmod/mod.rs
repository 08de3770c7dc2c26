//! Running the real `ukmod`.

use std::process::{Command, ExitStatus};

/// Runs `ukmod` with these arguments, in the package's folder: how it ended, and what it printed.
pub(crate) fn run(args: &[&str]) -> (ExitStatus, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ukmod"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("ukmod can be started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status, text(&output.stdout), text(&output.stderr))
}
