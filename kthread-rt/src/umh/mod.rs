//! `linux/umh.h`: usermode helpers, programs that the kernel runs.
//!
//! A helper is a real child process, executed without a shell. A kthread that is made for it, named
//! as the kernel's unbound workers are (`kworker/u4:0`), starts it and stays until it has ended, to
//! reap it. So no helper is left as a zombie. The helper finds a clean process: exactly the
//! environment and the arguments of the call, `/dev/null` as standard input, output and error (the
//! kernel's have no open file at all), `/` as its directory, 022 as its umask, a session of its
//! own, no other descriptor, and no signal blocked or ignored, although kthreads block nearly all.
//! Its nice value and affinity are those of the process at the Kernel's boot. It has the process's
//! privileges.
//!
//! # The end of a Kernel
//!
//! Shutting a Kernel down neither waits for helpers nor kills them: they are processes of their
//! own. The shutdown's report lists the worker of a running helper among the live threads, and the
//! worker still reaps it. If the whole process ends first, the helper is orphaned. A helper
//! that is requested after the shutdown is `ESHUTDOWN`.
//!
//! # Programs that manage children themselves
//!
//! If the process ignores SIGCHLD or reaps any child (`waitpid(-1, …)`), the helper's status is
//! gone before its worker can take it: [`UMH_WAIT_PROC`] then returns `ECHILD`. The kernel's
//! workers have signal dispositions of their own and can't be robbed.

mod info;
mod request;

pub use info::{SubprocessInfo, UmhCleanup, UmhInit};

use crate::errno::Errno;
use std::panic::Location;

/// Don't wait: success means that the helper was queued. Never sleeps once kthreadd has started.
pub const UMH_NO_WAIT: i32 = 0;
/// Wait until the program has been executed, or the exec has failed.
pub const UMH_WAIT_EXEC: i32 = 1;
/// Wait until the program has ended.
pub const UMH_WAIT_PROC: i32 = 2;
/// With one of the waits: a fatal signal ends the wait, and the helper keeps running.
pub const UMH_KILLABLE: i32 = 4;
/// With one of the waits: the caller may be frozen.
pub const UMH_FREEZABLE: i32 = 8;

/// Runs a program: `call_usermodehelper`. `wait` is one of `UMH_…`.
///
/// `path` is the program's file; PATH is not searched, and a relative path begins at `/`. `argv`
/// has the program's arguments, its name first; `envp` its whole environment, as `NAME=value`
/// strings. An empty path succeeds and does nothing: administrators turn helpers off with it.
/// Sleeps unless `wait` is [`UMH_NO_WAIT`].
///
/// # Returns
///
/// * [`UMH_NO_WAIT`]: `Ok(0)`. The helper's result is not reported.
/// * [`UMH_WAIT_EXEC`]: `Ok(0)`, or the error of the exec.
/// * [`UMH_WAIT_PROC`]: the program's wait status, as in the kernel: its exit code times 256, or
///   the number of the signal that killed it, plus 128 if it dumped core. Or the error of the exec.
///
/// # Errors
///
/// `ENOENT`, `EACCES`, `ENOEXEC`, `E2BIG` and the other errors of `execve`; `EINVAL` for a string
/// with a NUL byte, an unknown `wait`, or an empty `argv`; `ERESTARTSYS` if a fatal signal ended a
/// wait with [`UMH_KILLABLE`]; `EAGAIN` or another error of the operating system if it refuses a
/// thread or process; `ECHILD` if other code has reaped the program; `EDEADLK` for a call on
/// kthreadd that would wait; `ESHUTDOWN` after the Kernel's shutdown; `EOWNERDEAD` in a forked
/// child.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let envp = ["HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin"];
/// assert_eq!(call_usermodehelper("/bin/true", &["true"], &envp, UMH_WAIT_PROC), Ok(0));
/// assert_eq!(call_usermodehelper("/bin/false", &["false"], &envp, UMH_WAIT_PROC), Ok(1 << 8));
/// assert_eq!(call_usermodehelper("/no/such", &["such"], &envp, UMH_WAIT_EXEC), Err(Errno::ENOENT));
/// ```
#[track_caller]
pub fn call_usermodehelper(path: &str, argv: &[&str], envp: &[&str], wait: i32) -> Result<i32, Errno> {
    request::exec(SubprocessInfo::new(path, argv, envp)?, wait, "call_usermodehelper", Location::caller())
}

/// Prepares the call of a helper: `call_usermodehelper_setup`. For [`call_usermodehelper_exec`].
///
/// The worker calls `init` right before it executes the program. `init` may change the arguments,
/// the environment and the standard streams; if it returns an error, nothing is executed, and the
/// call returns that error as the exec's. (In the kernel it runs in the new process. Here that
/// would be a fork of one thread of a process with many, in which safe code can do almost nothing;
/// so it is called before the fork.) `cleanup` is called once, also if nothing was executed: by the
/// caller if it has waited to the end, else by the worker. `EINVAL` for a string with a NUL byte;
/// `cleanup` is then not called.
///
/// The functions capture what the kernel's last argument, `data`, would pass.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let init = |info: &mut SubprocessInfo| info.push_env("PEER=10.0.0.1");
/// let info = call_usermodehelper_setup(
///     "/bin/sh",
///     &["sh", "-c", r#"test "$PEER" = 10.0.0.1"#],
///     &[],
///     Some(Box::new(init)),
///     None,
/// )?;
/// assert_eq!(call_usermodehelper_exec(info, UMH_WAIT_PROC), Ok(0));
/// # Ok::<(), Errno>(())
/// ```
pub fn call_usermodehelper_setup(
    path: &str,
    argv: &[&str],
    envp: &[&str],
    init: Option<UmhInit>,
    cleanup: Option<UmhCleanup>,
) -> Result<SubprocessInfo, Errno> {
    let mut info = SubprocessInfo::new(path, argv, envp)?;
    info.set_callbacks(init, cleanup);
    Ok(info)
}

/// Runs a call that [`call_usermodehelper_setup`] has prepared: `call_usermodehelper_exec`.
/// Returns, fails and sleeps as [`call_usermodehelper`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let info = call_usermodehelper_setup("/bin/true", &["true"], &["HOME=/"], None, None)?;
/// assert_eq!(call_usermodehelper_exec(info, UMH_WAIT_PROC), Ok(0));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn call_usermodehelper_exec(info: SubprocessInfo, wait: i32) -> Result<i32, Errno> {
    request::exec(info, wait, "call_usermodehelper_exec", Location::caller())
}

impl SubprocessInfo {
    /// Runs the helper: [`call_usermodehelper_exec`].
    #[track_caller]
    pub fn exec(self, wait: i32) -> Result<i32, Errno> {
        call_usermodehelper_exec(self, wait)
    }
}
