//! Programs as child processes: fork, exec, reap.
//!
//! std's `Command` does not fit. It uses `execvp`, which searches PATH and passes a file that is
//! not a program to a shell; and it panics on a failed exec in a process that ignores SIGCHLD.
//!
//! Between fork and exec the child has only a copy of the forking thread, so a lock that another
//! thread held stays locked for ever. So the child makes only async-signal-safe calls, on memory
//! that was prepared before the fork, and ends in `execve` or `_exit`. A successful exec closes the
//! child's end of a pipe, and the parent reads end-of-file; otherwise the parent reads the error.

use crate::errno::Errno;
use rustix::process::{Pid, WaitOptions, waitpid};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fs::OpenOptions;
use std::io::{self, Read};
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::ptr;

/// The program to execute.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    pub(crate) path: &'a CStr,
    pub(crate) argv: &'a [CString],
    pub(crate) envp: &'a [CString],
    /// The program's descriptors 0, 1 and 2; `None` means `/dev/null`.
    pub(crate) stdio: [Option<BorrowedFd<'a>>; 3],
}

/// A program that runs or has ended. It stays a zombie until [`wait`](Self::wait) reaps it.
#[derive(Debug)]
#[must_use]
pub(crate) struct Child(Pid);

impl Child {
    /// The operating system's pid.
    pub(crate) fn pid(&self) -> i32 {
        self.0.as_raw_nonzero().get()
    }

    /// Waits for the end of the program and returns its wait status. `ECHILD` if other code has
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

/// Starts `program` in a clean process: only the three descriptors, no signal blocked, ignored or
/// caught, a new session, the working directory `/`, a umask of 022. Returns after the exec, or
/// with its error.
pub(crate) fn start(program: &Program<'_>) -> Result<Child, Errno> {
    let pointers = |strings: &[CString]| -> Vec<*const c_char> {
        strings.iter().map(|s| s.as_ptr()).chain([ptr::null()]).collect()
    };
    let (argv, envp) = (pointers(program.argv), pointers(program.envp));
    let null = OpenOptions::new().read(true).write(true).open("/dev/null").map_err(errno_of)?;
    // Copies above 2, which the child does not overwrite when it sets up 0 to 2.
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

    // No signal handler of this process may run in the child before it has reset them.
    let all_blocked = AllSignalsBlocked::new();
    // SAFETY: the child continues in `run`, which does only what a forked child of a threaded
    // process may do, and never returns.
    let pid = match unsafe { libc::fork() } {
        // SAFETY: this is the child; the memory that `in_child` points to is its own copy, which
        // lives as long as this process.
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

/// The data that the child uses, as pointers to memory that was prepared before the fork.
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
    /// The caller is a forked child with its own copy of the memory; the pointers are valid.
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

    /// Returns true on success; otherwise `errno` has the error.
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
            // Uses the system call, since the C library refuses to change the signals that it uses
            // itself, which may have been inherited as ignored. It fails for SIGKILL and SIGSTOP,
            // which need no change.
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
/// The size of the mask in it.
const SIGSET_BYTES: usize = 8;

/// On old kernels, descriptors above this are inherited unless they are close-on-exec already.
const MOST_DESCRIPTORS: RawFd = 65_536;

/// # Safety
///
/// As [`InChild::run`].
unsafe fn close_on_exec_from(first: RawFd) {
    const CLOSE_RANGE_CLOEXEC: libc::c_uint = 4;
    // SAFETY: system calls on descriptors that this process does not use any more.
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
