//! Prints for `ukmod`. A print never panics, and a failed print shows in the exit status.
//!
//! When the reader has closed the pipe (`ukmod run m.c | head -1`), the process ends at once, as
//! SIGPIPE ends other programs; [`watch_readers`] notices this even if nothing is printed. Any
//! other failure, such as a full disk, makes the status [`Ended::NotPrinted`], unless the run has a
//! worse one.

use crate::cli::Ended;
use crate::leave::leave;
use kthread_rt_c::module;
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Prints a line to standard error.
macro_rules! tell {
    ($($arg:tt)*) => { $crate::output::to_stderr(format_args!("{}\n", format_args!($($arg)*))) };
}
pub(crate) use tell;

/// True if something could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes to standard error, in one write if possible.
pub(crate) fn to_stderr(text: fmt::Arguments<'_>) {
    let text = text.to_string();
    written(io::stderr().lock().write_all(text.as_bytes()));
}

/// Writes to standard output, at once.
pub(crate) fn to_stdout(text: &str) {
    let mut stdout = io::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
}

fn written(result: io::Result<()>) {
    if let Err(e) = result {
        failed(e.kind());
    }
}

/// Handles a line that could not be written, by this module or by the console.
fn failed(why: ErrorKind) {
    match why {
        ErrorKind::BrokenPipe => leave(Ended::NobodyReads),
        _ => LOST.store(true, Ordering::Relaxed),
    }
}

/// From now on, failed prints of modules count, too.
pub(crate) fn watch_console() {
    module::on_console_error(failed);
}

/// The status of a run that ended with `ended`.
pub(crate) fn status(ended: Ended) -> Ended {
    match ended {
        Ended::Well if LOST.load(Ordering::Relaxed) => Ended::NotPrinted,
        ended => ended,
    }
}

/// Ends the process as soon as the reader of its output closes the pipe.
pub(crate) fn watch_readers() -> io::Result<()> {
    // On a pipe, POLLERR means that no reader has it open; poll reports it without being asked.
    let mut pipes: Vec<libc::pollfd> = [libc::STDOUT_FILENO, libc::STDERR_FILENO]
        .into_iter()
        .filter(|&fd| is_pipe(fd))
        .map(|fd| libc::pollfd { fd, events: 0, revents: 0 })
        .collect();
    if pipes.is_empty() {
        return Ok(());
    }
    let life = move || {
        loop {
            // SAFETY: the pointer and the length are the vector's.
            let ready = unsafe { libc::poll(pipes.as_mut_ptr(), pipes.len() as libc::nfds_t, -1) };
            let interrupted = ready < 0 && io::Error::last_os_error().kind() == ErrorKind::Interrupted;
            if pipes.iter().any(|pipe| ready > 0 && pipe.revents & libc::POLLERR != 0) {
                leave(Ended::NobodyReads);
            }
            // Stop: if a module closed the descriptor, poll would return at once for ever.
            if !interrupted {
                return;
            }
        }
    };
    thread::Builder::new().name("ukmod-readers".into()).spawn(life).map(drop)
}

fn is_pipe(fd: i32) -> bool {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `stat` is filled if the call says so.
    unsafe {
        libc::fstat(fd, stat.as_mut_ptr()) == 0 && stat.assume_init().st_mode & libc::S_IFMT == libc::S_IFIFO
    }
}
