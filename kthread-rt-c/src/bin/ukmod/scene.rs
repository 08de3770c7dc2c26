//! The data that a crash handler records, and the line that it writes. Everything here is
//! async-signal-safe: no allocation, no lock.

use crate::crash::{has_address, name_of};
use crate::trace::DEPTH;
use std::ffi::{OsStr, c_int};
use std::fmt::{self, Write};
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicI32, AtomicU8, AtomicUsize, Ordering};

/// How many words of the stack are searched for return addresses.
const WORDS: usize = 128;
/// How many of these addresses are kept.
const GUESSES: usize = 8;

/// The handler's record. The thread that claims it writes it; the reporter reads it after the byte
/// in the pipe.
pub(crate) struct Scene {
    /// The OS thread that has crashed, or 0.
    owner: AtomicI32,
    /// How far the handler is: `BEGUN`, `WALKING` or `WALKED`.
    stage: AtomicU8,
    signal: AtomicI32,
    /// Why the system sent the signal: `si_code`.
    code: AtomicI32,
    address: AtomicUsize,
    /// The address of the instruction that crashed.
    at: AtomicUsize,
    frames: [AtomicUsize; DEPTH],
    count: AtomicUsize,
    /// Addresses on the stack that are in modules' code.
    guesses: [AtomicUsize; GUESSES],
}

pub(crate) static SCENE: Scene = Scene {
    owner: AtomicI32::new(0),
    stage: AtomicU8::new(BEGUN),
    signal: AtomicI32::new(0),
    code: AtomicI32::new(0),
    address: AtomicUsize::new(0),
    at: AtomicUsize::new(0),
    frames: [const { AtomicUsize::new(0) }; DEPTH],
    count: AtomicUsize::new(0),
    guesses: [const { AtomicUsize::new(0) }; GUESSES],
};

const BEGUN: u8 = 0;
const WALKING: u8 = 1;
const WALKED: u8 = 2;

/// What a thread that enters the handler has to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    First,
    /// The calling thread crashed while it walked its stack.
    Walking,
    /// The calling thread crashed elsewhere in its handler.
    Again,
    /// Another thread has crashed before.
    Others,
}

impl Scene {
    pub(crate) fn claim(&self, me: i32) -> Claim {
        match self.owner.compare_exchange(0, me, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => Claim::First,
            Err(owner) if owner != me => Claim::Others,
            Err(_) if self.stage.load(Ordering::Relaxed) == WALKING => Claim::Walking,
            Err(_) => Claim::Again,
        }
    }

    /// # Safety
    ///
    /// `info` and `context` are a signal handler's arguments.
    pub(crate) unsafe fn note(
        &self,
        signal: c_int,
        info: *const libc::siginfo_t,
        context: *const libc::ucontext_t,
    ) {
        self.signal.store(signal, Ordering::Relaxed);
        // SAFETY: by the contract.
        let (code, address) = unsafe { ((*info).si_code, (*info).si_addr().addr()) };
        self.code.store(code, Ordering::Relaxed);
        self.address.store(address, Ordering::Relaxed);
        // SAFETY: by the contract.
        let (at, stack) = unsafe { registers(context) };
        self.at.store(at, Ordering::Relaxed);
        let mut words = [0_usize; WORDS];
        let found = read(stack, &mut words);
        let code = words[..found].iter().filter(|&&word| module_at(word).is_some());
        self.guesses.iter().zip(code).for_each(|(slot, &word)| slot.store(word, Ordering::Relaxed));
    }

    /// Writes the line about the crash.
    pub(crate) fn write_line(&self) {
        let mut line = Line { text: [0; 320], length: 0 };
        // A line that is too long is cut off.
        let _ = self.describe(&mut line);
        write(&line.text[..line.length]);
    }

    fn describe(&self, line: &mut Line) -> fmt::Result {
        let signal = self.signal();
        write!(line, "ukmod: {}", name_of(signal))?;
        if let Some(address) = self.address() {
            write!(line, " at address {address:#x}")?;
        }
        let mut name = [0_u8; 16];
        // SAFETY: the call writes at most 16 bytes, with a final NUL.
        unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
        let name = name.split(|&byte| byte == 0).next().unwrap_or(&[]);
        line.write_str(", in task ")?;
        line.bytes(name);
        write!(line, ", OS thread {}: ", self.thread())?;
        let at = self.at();
        if let Some(module) = module_at(at) {
            line.write_str("in ")?;
            return module.write(line, at);
        }
        write!(line, "at {at:#x}, in no module")?;
        let caller = self.guesses[0].load(Ordering::Relaxed);
        if let Some(module) = module_at(caller) {
            line.write_str(", called from ")?;
            return module.write(line, caller);
        }
        line.write_str("\n")
    }

    /// Walks the stack of the calling thread.
    pub(crate) fn walk(&self) {
        self.stage.store(WALKING, Ordering::Relaxed);
        // SAFETY: no other thread unwinds for a trace at this time: only one thread claims the
        // scene, and the reporter waits.
        unsafe {
            backtrace::trace_unsynchronized(|frame| {
                let count = self.count.load(Ordering::Relaxed);
                if let Some(slot) = self.frames.get(count) {
                    slot.store(frame.ip().addr(), Ordering::Relaxed);
                    self.count.store(count + 1, Ordering::Relaxed);
                }
                count + 1 < DEPTH
            });
        }
    }

    /// The walk has ended or crashed.
    pub(crate) fn walked(&self) {
        self.stage.store(WALKED, Ordering::Relaxed);
    }

    pub(crate) fn signal(&self) -> c_int {
        self.signal.load(Ordering::Relaxed)
    }

    pub(crate) fn thread(&self) -> i32 {
        self.owner.load(Ordering::Relaxed)
    }

    /// The faulting address. The system reports none for a non-canonical address, as in most
    /// returns to garbage.
    pub(crate) fn address(&self) -> Option<usize> {
        let is_known = self.code.load(Ordering::Relaxed) != libc::SI_KERNEL;
        (is_known && has_address(self.signal())).then(|| self.address.load(Ordering::Relaxed))
    }

    pub(crate) fn at(&self) -> usize {
        self.at.load(Ordering::Relaxed)
    }

    /// The frames that the walk found, the innermost first; the handler's are the first ones.
    pub(crate) fn frames(&self) -> Vec<usize> {
        let count = self.count.load(Ordering::Relaxed);
        self.frames.iter().take(count).map(|frame| frame.load(Ordering::Relaxed)).collect()
    }

    pub(crate) fn guesses(&self) -> Vec<usize> {
        let guesses = self.guesses.iter().map(|guess| guess.load(Ordering::Relaxed));
        guesses.take_while(|&guess| guess != 0).collect()
    }
}

/// A line that is built without the allocator.
struct Line {
    text: [u8; 320],
    length: usize,
}

impl Line {
    fn bytes(&mut self, bytes: &[u8]) {
        let room = &mut self.text[self.length..];
        let fits = bytes.len().min(room.len());
        room[..fits].copy_from_slice(&bytes[..fits]);
        self.length += fits;
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}

/// Writes to standard error; async-signal-safe.
pub(crate) fn write(text: &[u8]) {
    // SAFETY: the pointer and the length are the text's.
    unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
}

/// The code of a module.
struct Code {
    begin: AtomicUsize,
    /// 0 while the slot is free.
    end: AtomicUsize,
    name: [AtomicU8; 32],
}

impl Code {
    fn write(&self, line: &mut Line, address: usize) -> fmt::Result {
        line.write_str("module ")?;
        let name = self.name.iter().map(|byte| byte.load(Ordering::Relaxed)).take_while(|&byte| byte != 0);
        name.for_each(|byte| line.bytes(&[byte]));
        writeln!(line, ", at offset {:#x} of its code", address - self.begin.load(Ordering::Relaxed))
    }
}

/// The modules that the line can name. Call traces name modules beyond these, too.
static CODE: [Code; 64] = [const {
    Code { begin: AtomicUsize::new(0), end: AtomicUsize::new(0), name: [const { AtomicU8::new(0) }; 32] }
}; 64];

/// Records where a module's code is. Only one thread may call this at a time.
pub(crate) fn know_code(path: &Path, begin: usize, end: usize) {
    let Some(slot) = CODE.iter().find(|code| code.end.load(Ordering::Relaxed) == 0) else { return };
    let name = path.file_stem().map_or(&[][..], OsStr::as_bytes);
    // The last byte stays 0.
    slot.name[..31].iter().zip(name).for_each(|(to, &byte)| to.store(byte, Ordering::Relaxed));
    slot.begin.store(begin, Ordering::Relaxed);
    slot.end.store(end, Ordering::Release);
}

/// True if the address is in the code of a known module. Takes no lock.
pub(crate) fn is_in_module(address: usize) -> bool {
    module_at(address).is_some()
}

fn module_at(address: usize) -> Option<&'static Code> {
    let mut known = CODE.iter().take_while(|code| code.end.load(Ordering::Acquire) != 0);
    known.find(|code| {
        (code.begin.load(Ordering::Relaxed)..code.end.load(Ordering::Relaxed)).contains(&address)
    })
}

/// Copies words from an address that may be invalid. Returns how many could be read.
fn read(from: usize, to: &mut [usize; WORDS]) -> usize {
    let size = mem::size_of::<usize>();
    // Reads at most to the end of a page at once: the next page may not be mapped.
    let mut done = 0;
    while done < WORDS {
        let begin = from.wrapping_add(done * size);
        let left = (4096 - begin % 4096) / size;
        let length = left.clamp(1, WORDS - done);
        let local = libc::iovec { iov_base: to[done..].as_mut_ptr().cast(), iov_len: length * size };
        let remote =
            libc::iovec { iov_base: std::ptr::without_provenance_mut(begin), iov_len: length * size };
        // SAFETY: the local buffer is the array's; the system checks that the remote one can be
        // read.
        let got = unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) };
        if got < (length * size) as isize {
            return done + usize::try_from(got).unwrap_or(0) / size;
        }
        done += length;
    }
    done
}

/// The instruction pointer and the stack pointer at the signal.
///
/// # Safety
///
/// `context` is a signal handler's argument.
unsafe fn registers(context: *const libc::ucontext_t) -> (usize, usize) {
    // SAFETY: by the contract.
    let context = unsafe { &(*context).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    return (context.gregs[libc::REG_RIP as usize] as usize, context.gregs[libc::REG_RSP as usize] as usize);
    #[cfg(target_arch = "aarch64")]
    return (context.pc as usize, context.sp as usize);
}
