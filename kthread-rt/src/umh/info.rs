//! `struct subprocess_info`: the program to execute, and the callbacks before and after.

use crate::diag::{contain, contain_told};
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::child::{self, Child, Program};
use crate::sync::os;
use std::ffi::{CString, OsStr};
use std::fmt;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

/// The function that is called before the program is executed.
pub type UmhInit = Box<dyn FnOnce(&mut SubprocessInfo) -> Result<(), Errno> + Send>;

/// The function that is called when a helper's call is over.
pub type UmhCleanup = Box<dyn FnOnce(&SubprocessInfo) + Send>;

/// A prepared call of a helper: `struct subprocess_info`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let info = SubprocessInfo::new("/bin/true", ["true"], ["HOME=/"])?;
/// assert_eq!(info.exec(UMH_WAIT_PROC), Ok(0));
/// # Ok::<(), Errno>(())
/// ```
#[must_use = "it is `exec` that runs the helper"]
pub struct SubprocessInfo {
    path: CString,
    argv: Vec<CString>,
    envp: Vec<CString>,
    stdio: [Option<OwnedFd>; 3],
    init: Option<UmhInit>,
    cleanup: Option<UmhCleanup>,
}

fn c_string(s: impl AsRef<OsStr>) -> Result<CString, Errno> {
    CString::new(s.as_ref().as_bytes()).map_err(|_| Errno::EINVAL)
}

impl SubprocessInfo {
    /// A call without callbacks. Returns `EINVAL` for a string with a NUL byte.
    pub fn new<A, E>(path: impl AsRef<OsStr>, argv: A, envp: E) -> Result<Self, Errno>
    where
        A: IntoIterator<Item: AsRef<OsStr>>,
        E: IntoIterator<Item: AsRef<OsStr>>,
    {
        Ok(Self {
            path: c_string(path)?,
            argv: argv.into_iter().map(c_string).collect::<Result<_, _>>()?,
            envp: envp.into_iter().map(c_string).collect::<Result<_, _>>()?,
            stdio: [None, None, None],
            init: None,
            cleanup: None,
        })
    }

    pub(super) fn set_callbacks(&mut self, init: Option<UmhInit>, cleanup: Option<UmhCleanup>) {
        (self.init, self.cleanup) = (init, cleanup);
    }

    /// Adds a function that is called before the program is executed; see
    /// [`call_usermodehelper_setup`](super::call_usermodehelper_setup).
    pub fn with_init(mut self, init: impl FnOnce(&mut Self) -> Result<(), Errno> + Send + 'static) -> Self {
        self.init = Some(Box::new(init));
        self
    }

    /// Adds a function that is called when all is over.
    pub fn with_cleanup(mut self, cleanup: impl FnOnce(&Self) + Send + 'static) -> Self {
        self.cleanup = Some(Box::new(cleanup));
        self
    }

    /// Returns the program's file.
    pub fn path(&self) -> &OsStr {
        OsStr::from_bytes(self.path.to_bytes())
    }

    /// Returns the program's arguments.
    pub fn argv(&self) -> impl Iterator<Item = &OsStr> {
        self.argv.iter().map(|s| OsStr::from_bytes(s.to_bytes()))
    }

    /// Returns the program's environment.
    pub fn envp(&self) -> impl Iterator<Item = &OsStr> {
        self.envp.iter().map(|s| OsStr::from_bytes(s.to_bytes()))
    }

    /// Adds an argument. Returns `EINVAL` for a NUL byte.
    pub fn push_arg(&mut self, arg: impl AsRef<OsStr>) -> Result<(), Errno> {
        self.argv.push(c_string(arg)?);
        Ok(())
    }

    /// Adds a `NAME=value` to the environment. Returns `EINVAL` for a NUL byte.
    pub fn push_env(&mut self, env: impl AsRef<OsStr>) -> Result<(), Errno> {
        self.envp.push(c_string(env)?);
        Ok(())
    }

    /// Sets the program's standard input: for example the end of a pipe, as the kernel gives it to
    /// a program that takes core dumps.
    pub fn set_stdin(&mut self, fd: impl Into<OwnedFd>) {
        self.stdio[0] = Some(fd.into());
    }

    /// Sets the program's standard output.
    pub fn set_stdout(&mut self, fd: impl Into<OwnedFd>) {
        self.stdio[1] = Some(fd.into());
    }

    /// Sets the program's standard error.
    pub fn set_stderr(&mut self, fd: impl Into<OwnedFd>) {
        self.stdio[2] = Some(fd.into());
    }

    /// Calls `init`, then executes the program.
    pub(super) fn start(&mut self) -> Result<Child, Errno> {
        if let Some(init) = self.init.take() {
            init(self)?;
        }
        if self.argv.is_empty() {
            // As the kernel's `kernel_execve`; the system call would make up a first argument.
            return Err(Errno::EINVAL);
        }
        let [stdin, stdout, stderr] = &self.stdio;
        let program = Program {
            path: &self.path,
            argv: &self.argv,
            envp: &self.envp,
            stdio: [stdin, stdout, stderr].map(|fd| fd.as_ref().map(OwnedFd::as_fd)),
        };
        let child = child::start(&program);
        // The program has copies. So a pipe from it ends with the program, not with the cleanup.
        self.stdio = [None, None, None];
        child
    }
}

/// `call_usermodehelper_freeinfo`: the cleanup is the user's code, so its panic is contained.
impl Drop for SubprocessInfo {
    fn drop(&mut self) {
        if let Some(cleanup) = self.cleanup.take() {
            if os::forked() {
                return contain(|| cleanup(self));
            }
            with_current(|me| {
                contain_told(me, "call_usermodehelper_freeinfo", "a helper's cleanup", || cleanup(self));
            });
        }
    }
}

impl fmt::Debug for SubprocessInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubprocessInfo")
            .field("path", &self.path)
            .field("argv", &self.argv)
            .field("envp", &self.envp)
            .finish_non_exhaustive()
    }
}
