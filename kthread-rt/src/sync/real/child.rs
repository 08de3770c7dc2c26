//! Programs as child processes: fork, exec, reap.
//!
//! std's `Command` is not enough here. It execs by `execvp`, which looks for a program in PATH and
//! hands a file that is none to a shell; and it panics on a failed exec in a process that ignores
//! SIGCHLD.
//!
//! Between fork and exec the child is a copy of one thread of a process with many: a lock may be
//! held there for ever. So it makes async-signal-safe calls only, on memory that was prepared
//! before, and ends in `execve` or `_exit`. If it gets as far as the exec, the pipe's end that it
//! has closes by itself, and the parent reads nothing; else the parent reads the error.

use crate::errno::Errno;
use rustix::process::{Pid, WaitOptions, waitpid};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::ptr;

/// What is to be executed.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    pub(crate) path: &'a CStr,
    pub(crate) argv: &'a [CString],
    pub(crate) envp: &'a [CString],
    /// What the program finds as 0, 1 and 2; `/dev/null` for `None`.
    pub(crate) stdio: [Option<BorrowedFd<'a>>; 3],
}

/// A program that runs, or has ended and was not waited for yet. Somebody must wait for it, or it
/// stays a zombie.
#[derive(Debug)]
#[must_use]
pub(crate) struct Child(Pid);

impl Child {
    /// The operating system's pid.
    pub(crate) fn pid(&self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// Waits for the end of the program and returns its wait status. `ECHILD` if somebody else has
    /// reaped it.
    pub(crate) fn wait(self) -> Result<i32, Errno> {
        loop {
            match waitpid(Some(self.0), WaitOptions::empty()) {
                Ok(Some((_, status))) => return Ok(status.as_raw()),
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(e) => return Err(Errno::from_raw(e.raw_os_error())),
            }
        }
    }
}

/// Starts `program` in a clean process: no descriptor but the three, no signal blocked, ignored or
/// caught, a session of its own, `/` as its directory, 022 as its umask. Returns once it has been
/// executed, or with the error if it was not.
pub(crate) fn start(program: &Program<'_>) -> Result<Child, Errno> {
    let pointers = |strings: &[CString]| -> Vec<*const c_char> {
        strings.iter().map(|s| s.as_ptr()).chain([ptr::null()]).collect()
    };
    let (argv, envp) = (pointers(program.argv), pointers(program.envp));
    let null = OpenOptions::new().read(true).write(true).open("/dev/null").map_err(errno_of)?;
    // Copies above 2, which closing and copying 0 to 2 in the child does not touch.
    let stdio: Vec<OwnedFd> = program
        .stdio
        .iter()
        .map(|fd| fd.map_or_else(|| null.try_clone().map(OwnedFd::from), |fd| fd.try_clone_to_owned()))
        .collect::<io::Result<_>>()
        .map_err(errno_of)?;
    let (mut failure, tell) = io::pipe().map_err(errno_of)?;
    let tell = OwnedFd::from(tell).try_clone().map_err(errno_of)?;
    let in_child = InChild {
        path: program.path.as_ptr(),
        argv: argv.as_ptr(),
        envp: envp.as_ptr(),
        stdio: [stdio[0].as_raw_fd(), stdio[1].as_raw_fd(), stdio[2].as_raw_fd()],
        tell: tell.as_raw_fd(),
    };

    // Until the child has its own dispositions, a handler of this process must not run there.
    let all_blocked = AllSignalsBlocked::new();
    // SAFETY: the child goes on in `run`, which does only what a forked child of a threaded process
    // may do, and never returns.
    let pid = match unsafe { libc::fork() } {
        // SAFETY: this is the child; everything that `in_child` refers to is a copy that lives as
        // long as this process.
        0 => unsafe { in_child.run() },
        pid => pid,
    };
    let refused = io::Error::last_os_error();
    drop(all_blocked);
    if pid < 0 {
        return Err(errno_of(refused));
    }
    let child = Child(Pid::from_raw(pid).ok_or(Errno::ECHILD)?);
    drop(tell);
    let mut errno = [0; mem::size_of::<c_int>()];
    match failure.read_exact(&mut errno) {
        Ok(()) => {
            let _ = child.wait();
            Err(Errno::from_raw(c_int::from_ne_bytes(errno)))
        }
        // Closed by the exec.
        Err(_) => Ok(child),
    }
}

fn errno_of(error: io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(libc::EINVAL))
}

/// Blocks every signal on the calling thread until dropped.
struct AllSignalsBlocked {
    before: libc::sigset_t,
}

impl AllSignalsBlocked {
    fn new() -> Self {
        // SAFETY: all-zero is a valid sigset_t to be filled, and the pointers are valid.
        unsafe {
            let mut all: libc::sigset_t = mem::zeroed();
            let mut before: libc::sigset_t = mem::zeroed();
            libc::sigfillset(&mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
            Self { before }
        }
    }
}

impl Drop for AllSignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: `before` is the mask that `new` found.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, ptr::null_mut()) };
    }
}

/// What the child needs, as pointers into memory that was prepared before the fork.
struct InChild {
    path: *const c_char,
    argv: *const *const c_char,
    envp: *const *const c_char,
    /// Each above 2.
    stdio: [RawFd; 3],
    /// The pipe to the parent, above 2.
    tell: RawFd,
}

impl InChild {
    /// # Safety
    ///
    /// The caller is a forked child whose memory is a copy of its own; the pointers are valid.
    unsafe fn run(&self) -> ! {
        // SAFETY: async-signal-safe calls on valid memory.
        unsafe {
            if self.prepare() {
                libc::execve(self.path, self.argv, self.envp);
            }
            let errno = *libc::__errno_location();
            libc::write(self.tell, (&raw const errno).cast(), mem::size_of::<c_int>());
            libc::_exit(127)
        }
    }

    /// True if all went well; else `errno` says what did not.
    ///
    /// # Safety
    ///
    /// As [`run`](Self::run).
    unsafe fn prepare(&self) -> bool {
        // SAFETY: as above.
        unsafe {
            for (to, from) in (0..).zip(self.stdio) {
                if libc::dup2(from, to) < 0 {
                    return false;
                }
            }
            if libc::setsid() < 0 || libc::chdir(c"/".as_ptr()) < 0 {
                return false;
            }
            libc::umask(0o022);
            close_on_exec_from(3);
            // By the system call, since the C library refuses to touch the signals that it uses
            // itself, which may have been inherited as ignored. Refused for SIGKILL and SIGSTOP,
            // which are as they should be.
            for signal in 1..=64 {
                libc::syscall(
                    libc::SYS_rt_sigaction,
                    signal,
                    &raw const SIG_DFL,
                    ptr::null::<c_void>(),
                    SIGSET_BYTES,
                );
            }
            let mut none: libc::sigset_t = mem::zeroed();
            libc::sigemptyset(&mut none);
            libc::sigprocmask(libc::SIG_SETMASK, &none, ptr::null_mut()) == 0
        }
    }
}

/// The system call's `struct sigaction` for `SIG_DFL`: handler, flags, restorer and mask, all zero.
static SIG_DFL: [u64; 4] = [0; 4];
/// The size of its mask.
const SIGSET_BYTES: usize = 8;

/// What a process with an old kernel has open beyond this is inherited if it is not close-on-exec
/// itself.
const MOST_DESCRIPTORS: RawFd = 65_536;

/// # Safety
///
/// As [`InChild::run`].
unsafe fn close_on_exec_from(first: RawFd) {
    const CLOSE_RANGE_CLOEXEC: libc::c_uint = 4;
    // SAFETY: system calls on descriptors of a process that uses them no more.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, CLOSE_RANGE_CLOEXEC) == 0 {
            return;
        }
        // Before Linux 5.11.
        for fd in first..MOST_DESCRIPTORS {
            let flags = libc::fcntl(fd, libc::F_GETFD);
            if flags >= 0 {
                libc::fcntl(fd, libc::F_SETFD, flags | libc::FD_CLOEXEC);
            }
        }
    }
}
