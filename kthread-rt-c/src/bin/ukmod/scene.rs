//! What the handler of a crash notes and writes. All of it may be done in a handler: no allocation,
//! no lock.

use crate::crash::{has_address, name_of};
use crate::trace::DEPTH;
use std::ffi::{OsStr, c_int};
use std::fmt::{self, Write};
use std::mem;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicI32, AtomicU8, AtomicUsize, Ordering};

/// How many words of the stack are looked at for return addresses.
const WORDS: usize = 128;
/// How many of them are kept.
const GUESSES: usize = 8;

/// What the handler notes. Written by the thread that claims it, read by the reporter behind the
/// pipe.
pub(crate) struct Scene {
    /// The OS thread that has crashed, or 0.
    owner: AtomicI32,
    /// What it is at: nothing, the walk, the end.
    stage: AtomicU8,
    signal: AtomicI32,
    /// Why the system has sent it: `si_code`.
    code: AtomicI32,
    address: AtomicUsize,
    /// Where the instruction is that crashed.
    at: AtomicUsize,
    frames: [AtomicUsize; DEPTH],
    count: AtomicUsize,
    /// Addresses in modules' code that were on the stack.
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

/// Whose crash it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    First,
    /// The calling thread's, which was walking its stack.
    Walking,
    /// The calling thread's, which is in its handler.
    Again,
    /// Another thread's.
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
    /// `info` and `context` are what a handler got.
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

    /// Writes the line about it.
    pub(crate) fn write_line(&self) {
        let mut line = Line { text: [0; 320], length: 0 };
        // What does not fit is left out.
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
            return module.write(line, at);
        }
        write!(line, "at {at:#x}, in no module")?;
        let caller = self.guesses[0].load(Ordering::Relaxed);
        if let Some(module) = module_at(caller) {
            line.write_str(", called ")?;
            return module.write(line, caller);
        }
        line.write_str("\n")
    }

    /// Walks the stack of the calling thread.
    pub(crate) fn walk(&self) {
        self.stage.store(WALKING, Ordering::Relaxed);
        // SAFETY: nobody else unwinds for a trace at this time: there is one claimed scene, and the
        // reporter waits.
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

    /// The walk is over, one way or the other.
    pub(crate) fn walked(&self) {
        self.stage.store(WALKED, Ordering::Relaxed);
    }

    pub(crate) fn signal(&self) -> c_int {
        self.signal.load(Ordering::Relaxed)
    }

    pub(crate) fn thread(&self) -> i32 {
        self.owner.load(Ordering::Relaxed)
    }

    /// The address that could not be used. The system tells none that no process can have, as a
    /// return to garbage mostly has.
    pub(crate) fn address(&self) -> Option<usize> {
        let is_told = self.code.load(Ordering::Relaxed) != libc::SI_KERNEL;
        (is_told && has_address(self.signal())).then(|| self.address.load(Ordering::Relaxed))
    }

    pub(crate) fn at(&self) -> usize {
        self.at.load(Ordering::Relaxed)
    }

    /// What the walk has found, the innermost first: those of the handlers, too.
    pub(crate) fn frames(&self) -> Vec<usize> {
        let count = self.count.load(Ordering::Relaxed);
        self.frames.iter().take(count).map(|frame| frame.load(Ordering::Relaxed)).collect()
    }

    pub(crate) fn guesses(&self) -> Vec<usize> {
        let guesses = self.guesses.iter().map(|guess| guess.load(Ordering::Relaxed));
        guesses.take_while(|&guess| guess != 0).collect()
    }
}

/// A line that is put together without memory of the allocator's.
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

/// Writes to standard error, as a handler may.
pub(crate) fn write(text: &[u8]) {
    // SAFETY: the pointer and the length are the text's.
    unsafe { libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len()) };
}

/// The code of a module.
struct Code {
    begin: AtomicUsize,
    /// 0 as long as there is none here.
    end: AtomicUsize,
    name: [AtomicU8; 32],
}

impl Code {
    fn write(&self, line: &mut Line, address: usize) -> fmt::Result {
        line.write_str("in module ")?;
        let name = self.name.iter().map(|byte| byte.load(Ordering::Relaxed)).take_while(|&byte| byte != 0);
        name.for_each(|byte| line.bytes(&[byte]));
        writeln!(line, ", {:#x} behind the begin of its code", address - self.begin.load(Ordering::Relaxed))
    }
}

/// As many modules as a line is told for. Those behind them are in a call trace, too.
static CODE: [Code; 64] = [const {
    Code { begin: AtomicUsize::new(0), end: AtomicUsize::new(0), name: [const { AtomicU8::new(0) }; 32] }
}; 64];

/// A module's code is there. Called by one thread at a time.
pub(crate) fn know_code(path: &Path, begin: usize, end: usize) {
    let Some(slot) = CODE.iter().find(|code| code.end.load(Ordering::Relaxed) == 0) else { return };
    let name = path.file_stem().map_or(&[][..], OsStr::as_bytes);
    // The last one stays 0.
    slot.name[..31].iter().zip(name).for_each(|(to, &byte)| to.store(byte, Ordering::Relaxed));
    slot.begin.store(begin, Ordering::Relaxed);
    slot.end.store(end, Ordering::Release);
}

/// True if the address is in the code of a module that is known. Takes no lock.
pub(crate) fn is_in_module(address: usize) -> bool {
    module_at(address).is_some()
}

fn module_at(address: usize) -> Option<&'static Code> {
    let mut known = CODE.iter().take_while(|code| code.end.load(Ordering::Acquire) != 0);
    known.find(|code| {
        (code.begin.load(Ordering::Relaxed)..code.end.load(Ordering::Relaxed)).contains(&address)
    })
}

/// Copies words from an address that may be a wrong one; how many could be read.
fn read(from: usize, to: &mut [usize; WORDS]) -> usize {
    let size = mem::size_of::<usize>();
    // Up to the end of a page each: what is behind it may be nobody's.
    let mut done = 0;
    while done < WORDS {
        let begin = from.wrapping_add(done * size);
        let left = (4096 - begin % 4096) / size;
        let length = left.clamp(1, WORDS - done);
        let local = libc::iovec { iov_base: to[done..].as_mut_ptr().cast(), iov_len: length * size };
        let remote =
            libc::iovec { iov_base: std::ptr::without_provenance_mut(begin), iov_len: length * size };
        // SAFETY: the local part is the array's; the system looks whether the remote one can be
        // read.
        let got = unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) };
        if got < (length * size) as isize {
            return done + usize::try_from(got).unwrap_or(0) / size;
        }
        done += length;
    }
    done
}

/// The address of the instruction at which the signal came, and the stack's.
///
/// # Safety
///
/// `context` is what a handler got.
unsafe fn registers(context: *const libc::ucontext_t) -> (usize, usize) {
    // SAFETY: by the contract.
    let context = unsafe { &(*context).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    return (context.gregs[libc::REG_RIP as usize] as usize, context.gregs[libc::REG_RSP as usize] as usize);
    #[cfg(target_arch = "aarch64")]
    return (context.pc as usize, context.sp as usize);
}
