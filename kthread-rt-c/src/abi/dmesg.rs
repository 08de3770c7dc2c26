//! The ring of printed messages, as `dmesg` would show it, and `print_hex_dump`.
//!
//! The ring keeps the last [`KEPT`] printed lines with their levels and times, including those that
//! the console does not show.

use super::{printk, text};
use std::collections::VecDeque;
use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

/// The number of lines in the ring.
const KEPT: usize = 4096;
/// `CONSOLE_LOGLEVEL_DEFAULT`: the console shows more urgent messages: all but `KERN_DEBUG`.
const DEFAULT_LOGLEVEL: i32 = 7;
/// The level of a message without one: `KERN_WARNING`.
const DEFAULT_MESSAGE_LEVEL: u8 = 4;

/// A line that was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 0 (`KERN_EMERG`) to 7 (`KERN_DEBUG`).
    pub level: u8,
    /// The time in nanoseconds since boot.
    pub ns: u64,
    /// The text without its newline.
    pub text: String,
}

struct Log {
    lines: VecDeque<Line>,
    /// True if the last line has no newline yet.
    open: bool,
    /// The level of the last message, which also applies to its continuation.
    level: u8,
}

static LOG: Mutex<Log> =
    Mutex::new(Log { lines: VecDeque::new(), open: false, level: DEFAULT_MESSAGE_LEVEL });
static CONSOLE_LOGLEVEL: AtomicI32 = AtomicI32::new(DEFAULT_LOGLEVEL);

/// Adds a message to the ring. `level` is a digit, `c` for a continuation, or none. True if the
/// console shows the message.
pub(super) fn keep(level: Option<char>, body: &str, ns: u64) -> bool {
    let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let log = &mut *log;
    if level != Some('c') {
        let digit = level.and_then(|level| level.to_digit(10));
        (log.open, log.level) = (false, digit.map_or(DEFAULT_MESSAGE_LEVEL, |digit| digit as u8));
    }
    for piece in body.split_inclusive('\n') {
        let text = piece.trim_end_matches('\n');
        match log.lines.back_mut().filter(|_| log.open) {
            Some(line) => line.text.push_str(text),
            None => {
                if log.lines.len() == KEPT {
                    log.lines.pop_front();
                }
                log.lines.push_back(Line { level: log.level, ns, text: text.to_owned() });
            }
        }
        log.open = !piece.ends_with('\n');
    }
    i32::from(log.level) < CONSOLE_LOGLEVEL.load(Ordering::Relaxed)
}

/// The lines in the ring, the oldest first.
pub(super) fn lines() -> Vec<Line> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).lines.iter().cloned().collect()
}

/// Makes the console show messages whose level is less than this.
pub(super) fn set_console_loglevel(level: i32) {
    CONSOLE_LOGLEVEL.store(level, Ordering::Relaxed);
}

/// `console_loglevel`, a variable in the kernel.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_console_loglevel() -> *mut c_int {
    CONSOLE_LOGLEVEL.as_ptr()
}

/// One row of a dump: groups of bytes as numbers, followed by their printable characters.
fn row(bytes: &[u8], rowsize: usize, group: usize, ascii: bool) -> String {
    let group = if matches!(group, 2 | 4 | 8) && bytes.len().is_multiple_of(group) { group } else { 1 };
    // A little-endian number is printed with its most significant byte first.
    let number = |bytes: &[u8]| {
        let ordered: Vec<u8> = if cfg!(target_endian = "little") {
            bytes.iter().rev().copied().collect()
        } else {
            bytes.to_vec()
        };
        ordered.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let mut row = bytes.chunks(group).map(number).collect::<Vec<_>>().join(" ");
    if ascii && !bytes.is_empty() {
        let width = rowsize * 2 + rowsize / group + 1;
        let shown = |&byte: &u8| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '.' };
        row = format!("{row:width$}") + &bytes.iter().map(shown).collect::<String>();
    }
    row
}

/// Writes as much of the row as fits into the buffer. Returns the row's whole length.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn hex_dump_to_buffer(
    from: *const c_void,
    length: usize,
    rowsize: c_int,
    group: c_int,
    to: *mut c_char,
    size: usize,
    ascii: bool,
) -> c_int {
    let rowsize = if rowsize == 32 { 32 } else { 16 };
    // SAFETY: the C contract.
    unsafe {
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length.min(rowsize));
        let row = row(bytes, rowsize, group as usize, ascii);
        super::sched::copy_text(&row, to, size);
        row.len() as c_int
    }
}

/// `print_hex_dump`. The kind of prefix is none (0), the address (1) or the offset (2).
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn print_hex_dump(
    level: *const c_char,
    prefix: *const c_char,
    kind: c_int,
    rowsize: c_int,
    group: c_int,
    from: *const c_void,
    length: usize,
    ascii: bool,
) {
    let rowsize = if rowsize == 32 { 32 } else { 16 };
    // SAFETY: the C contract.
    let (level, prefix, bytes) =
        unsafe { (text(level), text(prefix), std::slice::from_raw_parts(from.cast::<u8>(), length)) };
    for (index, bytes) in bytes.chunks(rowsize).enumerate() {
        let offset = index * rowsize;
        let place = match kind {
            1 => format!("{:016x}: ", from.addr() + offset),
            2 => format!("{offset:08x}: "),
            _ => String::new(),
        };
        printk::print(&format!("{level}{prefix}{place}{}\n", row(bytes, rowsize, group as usize, ascii)));
    }
}
