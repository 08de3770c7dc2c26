//! Signals. During a run, a thread waits for SIGINT, SIGTERM and SIGQUIT, so no code of ours runs
//! in a handler. Before a run, a signal that ends the process removes the temporary folders first.

use crate::scratch;
use crate::table;
use crate::watch::Watch;
use kthread_rt::Kernel;
use std::ffi::c_int;
use std::fs::File;
use std::io::{self, Read};
use std::mem::{self, MaybeUninit};
use std::os::fd::IntoRawFd;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Barrier, Once};
use std::thread;

/// The signal set that [`block`] has blocked.
pub(crate) struct Blocked(libc::sigset_t);

/// Blocks the signals in the calling thread and in the threads that it starts. Call it before any
/// other thread is started, so that only the waiting thread receives them.
pub(crate) fn block() -> Blocked {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the set is initialised by the first call.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGQUIT] {
            libc::sigaddset(set.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), ptr::null_mut());
        Blocked(set.assume_init())
    }
}

/// Starts the thread that handles the signals: SIGINT and SIGTERM end the run, SIGQUIT prints the
/// table. The thread runs when this returns.
pub(crate) fn take(blocked: Blocked, watch: Arc<Watch>, kernel: Kernel) -> io::Result<()> {
    let there = Arc::new(Barrier::new(2));
    let begun = there.clone();
    let life = move || {
        begun.wait();
        loop {
            let mut signal: c_int = 0;
            // SAFETY: both pointers are valid.
            let error = unsafe { libc::sigwait(&blocked.0, &mut signal) };
            match signal {
                libc::SIGQUIT if error == 0 => table::print(&kernel),
                _ if error == 0 => watch.interrupt(signal),
                // The set is valid, so this is an interruption by a debugger.
                _ => {}
            }
        }
    };
    thread::Builder::new().name("ukmod-signals".into()).spawn(life)?;
    there.wait();
    Ok(())
}

/// The pipe into which the handler writes the signal's number.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// From now on, a signal that ends the process removes the temporary folders first. Programs that
/// this process starts don't inherit that.
pub(crate) fn clean_up_when_ended() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // If it fails, only the folders stay behind after a signal.
        let _ = begin_to_clean_up();
    });
}

fn begin_to_clean_up() -> io::Result<()> {
    let (read, write) = io::pipe()?;
    PIPE.store(write.into_raw_fd(), Ordering::Relaxed);
    let mut read = File::from(std::os::fd::OwnedFd::from(read));
    let life = move || {
        let mut signal = [0];
        if read.read_exact(&mut signal).is_ok() {
            scratch::remove_all();
            let signal = c_int::from(signal[0]);
            // SAFETY: the default action is always valid. The signal was delivered, so it is not
            // blocked in every thread.
            unsafe {
                libc::signal(signal, libc::SIG_DFL);
                libc::kill(libc::getpid(), signal);
            }
        }
    };
    let mut all = MaybeUninit::uninit();
    let mut before = MaybeUninit::uninit();
    // SAFETY: the calls initialise the sets before they are read. The thread starts with all
    // signals blocked, so it receives none.
    let spawned = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        let spawned = thread::Builder::new().name("ukmod-cleaner".into()).spawn(life);
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut());
        spawned
    };
    spawned?;
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: all-zero is a valid sigaction; the handler takes the signal only, and is
        // async-signal-safe.
        unsafe {
            let mut before: libc::sigaction = mem::zeroed();
            libc::sigaction(signal, ptr::null(), &mut before);
            // Keeps an ignored signal ignored, as `nohup` expects.
            if before.sa_sigaction == libc::SIG_IGN {
                continue;
            }
            let mut action: libc::sigaction = mem::zeroed();
            action.sa_sigaction = on_end as *const () as usize;
            action.sa_flags = libc::SA_RESTART;
            libc::sigaction(signal, &action, ptr::null_mut());
        }
    }
    Ok(())
}

extern "C" fn on_end(signal: c_int) {
    let byte = [signal as u8];
    // SAFETY: the buffer is valid, and the call is async-signal-safe.
    unsafe { libc::write(PIPE.load(Ordering::Relaxed), byte.as_ptr().cast(), 1) };
}
