//! `--load N`: starts processes that only spin, so that a test's threads have to compete for the
//! cpus.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

/// Processes that are killed on drop.
#[derive(Debug)]
pub(crate) struct Spinners(Vec<Child>);

impl Spinners {
    pub(crate) fn start(n: usize) -> io::Result<Self> {
        let mut spinners = Self(Vec::new());
        for _ in 0..n {
            let mut shell = Command::new("sh");
            shell.args(["-c", "while :; do :; done"]);
            end_with_parent(&mut shell, libc::SIGKILL);
            spinners.0.push(shell.spawn()?);
        }
        Ok(spinners)
    }
}

impl Drop for Spinners {
    fn drop(&mut self) {
        for mut child in self.0.drain(..) {
            // The process does not end by itself, so this does not fail.
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}

/// Has the system send `signal` to the command's process when this process ends, for whatever
/// reason.
pub(crate) fn end_with_parent(command: &mut Command, signal: libc::c_int) {
    let ask = move || {
        // SAFETY: one system call, which only sets an attribute of the new process.
        match unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    };
    // SAFETY: the closure, which runs in the new process, neither allocates nor locks.
    unsafe { command.pre_exec(ask) };
}
