//! `--load N`: processes that do nothing but want a cpu, so that a test's threads are kept from
//! theirs.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

/// Processes that end with this.
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
            // It can't have ended by itself.
            let _ = child.kill().and_then(|()| child.wait());
        }
    }
}

/// The command's process gets `signal` when this one has ended, however it did.
pub(crate) fn end_with_parent(command: &mut Command, signal: libc::c_int) {
    let ask = move || {
        // SAFETY: one system call, which sets a number of the new process.
        match unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    };
    // SAFETY: what is called in the new process neither allocates nor locks.
    unsafe { command.pre_exec(ask) };
}
