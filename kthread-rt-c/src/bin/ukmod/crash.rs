//! A crash: SIGSEGV and its like, wherever they happen.
//!
//! The handler runs on the alternate stack of the thread that crashed, which may hold any lock. It does no more than it may: it
//! notes what happened and the return addresses, wakes the reporter by a byte in a pipe, and sleeps. The reporter is an
//! ordinary thread; it finds the task, resolves the addresses, prints, and ends the process. Should it not get that far, because the
//! crashed thread holds the allocator's lock, say, the handler ends the process after a time.
//!
//! To be installed before the runtime's handler of stack overflows, which hands on what it does not know.

use crate::cli::Ended;
use crate::leave::leave;
use crate::output::tell;
use crate::table;
use crate::trace::{self, DEPTH};
use kthread_rt::Kernel;
use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::path::PathBuf;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

const CRASHES: [(c_int, &str); 5] = [
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGABRT, "SIGABRT"),
];

/// How long the crashed thread waits for the report. Only one that can't be made takes so long.
const PATIENCE: libc::timespec = libc::timespec { tv_sec: 30, tv_nsec: 0 };

/// What the handler notes. Written by the thread that claims it, read by the reporter behind the pipe.
struct Scene {
    claimed: AtomicBool,
    pipe: AtomicI32,
    signal: AtomicI32,
    tid: AtomicI32,
    address: AtomicUsize,
    /// Where the instruction is that crashed.
    at: AtomicUsize,
    frames: [AtomicUsize; DEPTH],
    count: AtomicUsize,
}

static SCENE: Scene = Scene {
    claimed: AtomicBool::new(false),
    pipe: AtomicI32::new(-1),
    signal: AtomicI32::new(0),
    tid: AtomicI32::new(0),
    address: AtomicUsize::new(0),
    at: AtomicUsize::new(0),
    frames: [const { AtomicUsize::new(0) }; DEPTH],
    count: AtomicUsize::new(0),
};

/// The modules that are mapped, for traces.
static MODULES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A module was mapped from this file.
pub(crate) fn know_module(path: PathBuf) {
    MODULES.lock().unwrap_or_else(PoisonError::into_inner).push(path);
}

/// The files of the modules that are mapped.
pub(crate) fn known_modules() -> Vec<PathBuf> {
    MODULES.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Installs the handlers.
pub(crate) fn watch() -> io::Result<Reporter> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for two.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both were made above, and are nobody's.
    let (read, write) = unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) };
    SCENE.pipe.store(write.into_raw_fd(), Ordering::Relaxed);
    for (signal, _) in CRASHES {
        // SAFETY: all-zero is a valid sigaction, and the handler has the signature that SA_SIGINFO asks for.
        unsafe {
            let mut action: libc::sigaction = mem::zeroed();
            action.sa_sigaction = on_crash as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigaction(signal, &action, ptr::null_mut());
        }
    }
    Ok(Reporter(read.into()))
}

/// Waits for a crash.
pub(crate) struct Reporter(File);

impl Reporter {
    /// Starts the reporter.
    pub(crate) fn start(mut self, kernel: Kernel) -> io::Result<()> {
        let life = move || {
            // The other end is never closed, so this returns when there is a crash.
            if self.0.read_exact(&mut [0]).is_ok() {
                report(&kernel);
                leave(Ended::Crashed);
            }
        };
        thread::Builder::new().name("ukmod-reporter".into()).spawn(life).map(drop)
    }
}

fn report(kernel: &Kernel) {
    let get = |value: &AtomicUsize| value.load(Ordering::Relaxed);
    let (signal, tid) = (SCENE.signal.load(Ordering::Relaxed), SCENE.tid.load(Ordering::Relaxed));
    let name = CRASHES.iter().find(|&&(known, _)| known == signal).map_or("a signal", |&(_, name)| name);
    let address = match signal {
        libc::SIGSEGV | libc::SIGBUS => format!(" at address {:#x}", get(&SCENE.address)),
        _ => String::new(),
    };
    let who = match kernel.tasks().iter().find(|task| task.os_tid() == tid) {
        Some(task) => format!("task {}", table::name(task)),
        None => "a thread that is no task".to_owned(),
    };
    let mut frames: Vec<usize> = SCENE.frames.iter().take(get(&SCENE.count)).map(get).collect();
    let at = get(&SCENE.at);
    // The innermost are the handlers'.
    let begin = frames.iter().position(|&frame| frame == at);
    frames.drain(..begin.map_or(0, |begin| begin));
    let lines = trace::lines(&frames, begin.is_some(), &known_modules());
    tell!("ukmod: crash: {name}{address}, in {who} (OS thread {tid})\n{lines}");
}

extern "C" fn on_crash(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    if SCENE.claimed.swap(true, Ordering::Relaxed) {
        // Another thread has crashed, and is being reported; or the reporter has.
        loop {
            // SAFETY: no conditions.
            unsafe { libc::pause() };
        }
    }
    SCENE.signal.store(signal, Ordering::Relaxed);
    // SAFETY: the system hands a valid siginfo to a handler that has asked for one.
    SCENE.address.store(unsafe { (*info).si_addr() }.addr(), Ordering::Relaxed);
    // SAFETY: no conditions.
    SCENE.tid.store(unsafe { libc::gettid() }, Ordering::Relaxed);
    // SAFETY: the third argument is a ucontext.
    let at = unsafe { instruction(context.cast()) };
    SCENE.at.store(at, Ordering::Relaxed);
    let mut count = 0;
    // SAFETY: nobody else unwinds for a trace at this time: there is one claimed scene, and the reporter waits.
    unsafe {
        backtrace::trace_unsynchronized(|frame| {
            if let Some(slot) = SCENE.frames.get(count) {
                slot.store(frame.ip().addr(), Ordering::Relaxed);
                count += 1;
            }
            count < DEPTH
        });
    }
    SCENE.count.store(count, Ordering::Relaxed);
    // SAFETY: the buffers are valid; each call may be made in a handler.
    unsafe {
        libc::write(SCENE.pipe.load(Ordering::Relaxed), [0_u8].as_ptr().cast(), 1);
        libc::nanosleep(&PATIENCE, ptr::null_mut());
        let text = b"ukmod: crash: a report could not be made\n";
        libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len());
    }
    // SAFETY: no conditions. What cleans up is not for handlers.
    unsafe { libc::_exit(Ended::Crashed as i32) }
}

/// The address of the instruction at which the signal came.
///
/// # Safety
///
/// `context` is what a handler got.
unsafe fn instruction(context: *const libc::ucontext_t) -> usize {
    // SAFETY: by the contract.
    let context = unsafe { &(*context).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    return context.gregs[libc::REG_RIP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return context.pc as usize;
}
