//! Reports a crash: SIGSEGV and the like, in any thread.
//!
//! The handler runs on the alternate stack of the thread that crashed, which may hold any lock. So
//! it does only what is async-signal-safe: it writes one line about the crash, records the return
//! addresses, wakes the reporter with a byte in a pipe, and sleeps. It writes the line first,
//! because walking a broken stack may crash again. The handler recognises such a second crash by
//! its thread, and ends the walk. The reporter is an ordinary thread: it finds the task, resolves
//! the addresses, prints the report, and ends the process. If the reporter can't finish, for
//! example because the crashed thread holds the allocator's lock, an alarm ends the process.
//!
//! Install it before the runtime's handler of stack overflows, which passes other faults on to this
//! one.

use crate::cli::Ended;
use crate::leave::{leave, soon};
use crate::objects;
use crate::output::tell;
use crate::scene::{self, SCENE};
use crate::table;
use crate::trace;
use kthread_rt::Kernel;
use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io::{self, Read};
use std::mem::{self, MaybeUninit};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::thread;

const CRASHES: [(c_int, &str); 7] = [
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGABRT, "SIGABRT"),
    (libc::SIGTRAP, "SIGTRAP"),
    (libc::SIGSYS, "SIGSYS"),
];

/// The files of the mapped modules, for call traces.
static MODULES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Records that a module is about to be mapped from this file.
pub(crate) fn know_module(path: PathBuf) {
    MODULES.lock().unwrap_or_else(PoisonError::into_inner).push(path);
}

/// Records where the code of a module that was mapped lies.
pub(crate) fn know_code(path: &Path) {
    if let Some((begin, end)) = objects::code_of(path) {
        scene::know_code(path, begin, end);
    }
}

/// The files of the modules that are mapped.
pub(crate) fn known_modules() -> Vec<PathBuf> {
    MODULES.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Installs the handlers.
pub(crate) fn watch() -> io::Result<Reporter> {
    // Binds the symbols that a walk uses now. Later, the loader would search the modules for them,
    // too, in whatever state they are.
    trace::here();
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for two.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both descriptors were created above, and nothing else owns them.
    let (read, write) = unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) };
    PIPE.store(write.into_raw_fd(), Ordering::Relaxed);
    for (signal, _) in CRASHES {
        // SAFETY: all-zero is a valid sigaction, and the handler has the signature that SA_SIGINFO
        // asks for.
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
    /// Starts the reporter's thread. It runs when this returns.
    pub(crate) fn start(mut self, kernel: Kernel) -> io::Result<()> {
        let there = Arc::new(Barrier::new(2));
        let begun = there.clone();
        let life = move || {
            // SAFETY: no conditions.
            REPORTER.store(unsafe { libc::gettid() }, Ordering::Relaxed);
            begun.wait();
            // The other end is never closed, so this returns when there is a crash.
            if self.0.read_exact(&mut [0]).is_ok() {
                report(&kernel);
                leave(Ended::Crashed);
            }
        };
        thread::Builder::new().name("ukmod-reporter".into()).spawn(life)?;
        there.wait();
        Ok(())
    }
}

/// The reporter's OS thread.
static REPORTER: AtomicI32 = AtomicI32::new(0);

/// The name of a signal that this module handles.
pub(crate) fn name_of(signal: c_int) -> &'static str {
    CRASHES.iter().find(|&&(known, _)| known == signal).map_or("a signal", |&(_, name)| name)
}

/// True if the signal reports the faulting address.
pub(crate) fn has_address(signal: c_int) -> bool {
    matches!(signal, libc::SIGSEGV | libc::SIGBUS)
}

fn report(kernel: &Kernel) {
    let (signal, tid) = (SCENE.signal(), SCENE.thread());
    let address = SCENE.address().map_or(String::new(), |address| format!(" at address {address:#x}"));
    let who = match kernel.tasks().iter().find(|task| task.os_tid() == tid) {
        Some(task) => format!("task {}", table::name(task)),
        None => "a thread that is not a task".to_owned(),
    };
    let modules = known_modules();
    let mut frames = SCENE.frames();
    let at = SCENE.at();
    // The innermost frames are those of the handler.
    let begin = frames.iter().position(|&frame| frame == at);
    frames.drain(..begin.unwrap_or(0));
    let lines = match trace::has_module(&frames, &modules) {
        true => trace::lines(&frames, begin.is_some(), &modules),
        // The walk found no module's frame; return addresses on the stack are the next best trace.
        false => {
            let guessed = [&[at], &SCENE.guesses()[..]].concat();
            let lines = trace::lines(&guessed, true, &modules);
            lines.replacen("Call trace:", "Call trace, guessed from the addresses on the stack:", 1)
        }
    };
    tell!("ukmod: crash: {}{address}, in {who} (OS thread {tid})\n{lines}", name_of(signal));
}

extern "C" fn on_crash(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: no conditions.
    let me = unsafe { libc::gettid() };
    // SAFETY: the set is initialised by the first call; all calls are async-signal-safe. The
    // signals are unblocked so that a crash in this handler enters it again.
    unsafe {
        let mut crashes = MaybeUninit::uninit();
        libc::sigemptyset(crashes.as_mut_ptr());
        CRASHES.iter().for_each(|&(signal, _)| _ = libc::sigaddset(crashes.as_mut_ptr(), signal));
        libc::pthread_sigmask(libc::SIG_UNBLOCK, crashes.as_ptr(), ptr::null_mut());
    }
    match SCENE.claim(me) {
        scene::Claim::First => {
            soon(Ended::Crashed);
            // SAFETY: the system hands a valid siginfo and a ucontext to a handler that has asked
            // for them.
            unsafe { SCENE.note(signal, info, context.cast()) };
            SCENE.write_line();
            SCENE.walk();
            wake_reporter();
        }
        // The walk itself crashed: the trace is what it has found so far.
        scene::Claim::Walking => wake_reporter(),
        scene::Claim::Again => {
            // SAFETY: the default action is always valid; both may be called in a handler.
            unsafe {
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
                libc::_exit(Ended::Crashed as i32)
            }
        }
        scene::Claim::Others if me == REPORTER.load(Ordering::Relaxed) => {
            scene::write(b"ukmod: the crash can't be reported\n");
            // SAFETY: no conditions. Clean-up code is not async-signal-safe, so none runs.
            unsafe { libc::_exit(Ended::Crashed as i32) }
        }
        scene::Claim::Others => {}
    }
    // Sleeps until the reporter or the alarm ends the process.
    loop {
        // SAFETY: no conditions.
        unsafe { libc::pause() };
    }
}

fn wake_reporter() {
    SCENE.walked();
    // SAFETY: the buffer is valid; the call may be made in a handler.
    unsafe { libc::write(PIPE.load(Ordering::Relaxed), [0_u8].as_ptr().cast(), 1) };
}

/// The write end of the pipe that the reporter reads.
static PIPE: AtomicI32 = AtomicI32::new(-1);
