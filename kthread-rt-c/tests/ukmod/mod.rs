//! Runs the real `ukmod`.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

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

/// Longer than any end takes, on a machine that is busy, too.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Waits for the end of `child`; kills it and panics if that takes longer than `limit`.
#[track_caller]
pub(crate) fn ends_within(child: &mut Child, limit: Duration) -> ExitStatus {
    // SAFETY: the child has not been waited for, so the id is its own; the result is a descriptor
    // or an error.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, child.id(), 0) };
    assert!(fd >= 0, "{}", std::io::Error::last_os_error());
    let mut ended = libc::pollfd { fd: fd as i32, events: libc::POLLIN, revents: 0 };
    // SAFETY: one valid entry; the descriptor is open, and nobody else's.
    let ready = unsafe {
        let ready = libc::poll(&mut ended, 1, limit.as_millis() as i32);
        libc::close(fd as i32);
        ready
    };
    if ready != 1 {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("it did not end within {limit:?}");
    }
    child.wait().unwrap()
}

/// Runs `ukmod`, whose end has to come within `limit`. What it prints goes to files, so that nobody
/// has to read meanwhile.
#[track_caller]
pub(crate) fn run_within(ukmod: &mut Command, limit: Duration, name: &str) -> (ExitStatus, String, String) {
    let files = ["out", "err"].map(|kind| tmp().join(format!("{name}.{kind}")));
    let [out, err] = files.each_ref().map(|file| std::fs::File::create(file).unwrap());
    let mut child = ukmod.stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap();
    let status = ends_within(&mut child, limit);
    let [out, err] = files.map(|file| {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        std::fs::remove_file(file).unwrap();
        text
    });
    (status, out, err)
}

/// An empty folder of this name for a test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = tmp().join(name);
    // The last run's.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
