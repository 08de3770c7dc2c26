//! `linux/printk.h`: prints messages; and the oops of `BUG()`.
//!
//! C formats a message (`shim/format.c`). It begins with a level (`\\001` and a digit), or
//! continues the line before. Each message is kept (see [`dmesg`]); the console shows those that
//! are urgent enough.

use super::{dmesg, text};
use kthread_rt::Kernel;
use std::backtrace::Backtrace;
use std::ffi::{c_char, c_int};
use std::io::{ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

/// The console.
struct Console {
    /// True: lines have no time stamps.
    raw: bool,
    /// True if the last message did not end its line.
    open: bool,
    /// True: print to standard output, as `ukmod` does; else to standard error.
    stdout: bool,
    /// The function to call with the error when a line could not be written.
    on_error: Option<fn(ErrorKind)>,
}

static CONSOLE: Mutex<Console> =
    Mutex::new(Console { raw: false, open: false, stdout: false, on_error: None });

/// Sets the format and the destination of lines.
pub(super) fn set_console(raw: bool, stdout: bool) {
    let mut console = CONSOLE.lock().unwrap_or_else(PoisonError::into_inner);
    (console.raw, console.stdout) = (raw, stdout);
}

pub(super) fn on_console_error(handler: fn(ErrorKind)) {
    CONSOLE.lock().unwrap_or_else(PoisonError::into_inner).on_error = Some(handler);
}

/// Splits off the level: 0 to 7, `c` (continues) or none.
fn split_level(message: &str) -> (Option<char>, &str) {
    let mut chars = message.chars();
    match (chars.next(), chars.next()) {
        (Some('\x01'), level @ Some('0'..='7' | 'c' | 'd')) => (level, chars.as_str()),
        _ => (None, message),
    }
}

/// `printk` of a formatted message.
pub(super) fn print(message: &str) {
    let (level, mut body) = split_level(message);
    let now = Kernel::current().uptime_ns();
    let mut console = CONSOLE.lock().unwrap_or_else(PoisonError::into_inner);
    if !dmesg::keep(level, body, now) {
        return;
    }
    let mut out = String::new();
    if console.open && level != Some('c') {
        out.push('\n');
        console.open = false;
    }
    while !body.is_empty() {
        let (line, rest) = body.split_once('\n').map_or((body, None), |(line, rest)| (line, Some(rest)));
        if !console.open && !console.raw {
            let (seconds, micros) = (now / 1_000_000_000, now / 1000 % 1_000_000);
            out.push_str(&format!("[{seconds:5}.{micros:06}] "));
        }
        out.push_str(line);
        console.open = rest.is_none();
        if rest.is_some() {
            out.push('\n');
        }
        body = rest.unwrap_or("");
    }
    let written = if console.stdout {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(out.as_bytes()).and_then(|()| stdout.flush())
    } else {
        std::io::stderr().lock().write_all(out.as_bytes())
    };
    let on_error = console.on_error;
    drop(console);
    // Without a handler, the error is ignored.
    if let (Err(e), Some(handler)) = (written, on_error) {
        handler(e.kind());
    }
}

/// # Safety
///
/// `message` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_print(message: *const c_char) {
    // SAFETY: the C contract.
    print(&unsafe { text(message) });
}

/// `BUG()`: an oops of the calling task; other tasks go on.
///
/// # Safety
///
/// The strings are C strings.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_bug(file: *const c_char, line: c_int, function: *const c_char) -> ! {
    // SAFETY: the C contract.
    let (file, function) = unsafe { (text(file), text(function)) };
    panic!("kernel BUG at {file}:{line}, in {function}()")
}

/// `WARN_ON()`: prints the place and the task.
///
/// # Safety
///
/// As [`kt_bug`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_warn(file: *const c_char, line: c_int, function: *const c_char) {
    let me = kthread_rt::current();
    // SAFETY: the C contract.
    let (file, function) = unsafe { (text(file), text(function)) };
    let (pid, comm) = (me.pid(), me.comm());
    // Functions of our own C files have a prefix there (build.rs).
    let function = function.trim_start_matches("kt_shim_");
    print(&format!("\x014WARNING: PID: {pid} Comm: {comm} at {file}:{line} {function}()\n"));
}

/// `dump_stack()`.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_dump_stack() {
    let me = kthread_rt::current();
    print(&format!("PID: {} Comm: {}\nCall Trace:\n{}\n", me.pid(), me.comm(), Backtrace::force_capture()));
}
