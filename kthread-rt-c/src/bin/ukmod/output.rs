//! What `ukmod` prints: a print never panics, and what could not be printed is not forgotten.
//!
//! Where nobody reads any more (`ukmod run m.c | head -1`) the process ends at once, as other
//! programs do by SIGPIPE; [`watch_readers`] sees it even if nothing is printed. Anything else that
//! keeps a line from being written, such as a full disk, makes the status [`Ended::NotPrinted`],
//! unless there is something worse to tell.

use crate::cli::Ended;
use crate::leave::leave;
use kthread_rt_c::module;
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A line to standard error.
macro_rules! tell {
    ($($arg:tt)*) => { $crate::output::to_stderr(format_args!("{}\n", format_args!($($arg)*))) };
}
pub(crate) use tell;

/// Something could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes to standard error, at once, as one write if that is possible.
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

/// A line could not be written, by this module or by the console.
fn failed(why: ErrorKind) {
    match why {
        ErrorKind::BrokenPipe => leave(Ended::NobodyReads),
        _ => LOST.store(true, Ordering::Relaxed),
    }
}

/// From now on it counts, too, what the modules print.
pub(crate) fn watch_console() {
    module::on_console_error(failed);
}

/// The status of a run that has come to `ended`.
pub(crate) fn status(ended: Ended) -> Ended {
    match ended {
        Ended::Well if LOST.load(Ordering::Relaxed) => Ended::NotPrinted,
        ended => ended,
    }
}

/// Ends the process as soon as somebody closes the pipe that its output goes into.
pub(crate) fn watch_readers() -> io::Result<()> {
    // Of a pipe, an error is that nobody has it open for reading; that is told without being asked
    // for.
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
            let again = ready < 0 && io::Error::last_os_error().kind() == ErrorKind::Interrupted;
            if pipes.iter().any(|pipe| ready > 0 && pipe.revents & libc::POLLERR != 0) {
                leave(Ended::NobodyReads);
            }
            // A module that closes the descriptor would be told for ever.
            if !again {
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
