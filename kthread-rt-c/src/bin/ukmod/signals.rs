//! SIGINT, SIGTERM and SIGQUIT, taken by a thread that waits for them: no code of ours runs in a handler.

use crate::table;
use crate::watch::Watch;
use kthread_rt::Kernel;
use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::thread;

/// The signals of this module, blocked in the calling thread and in those it starts.
pub(crate) struct Blocked(libc::sigset_t);

/// Blocks them. To be called before any other thread is started, so that the thread that waits for them gets them.
pub(crate) fn block() -> Blocked {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the set is initialised by the first call.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGQUIT] {
            libc::sigaddset(set.as_mut_ptr(), signal);
        }
        libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut());
        Blocked(set.assume_init())
    }
}

/// Takes them from now on: the first two end the run, SIGQUIT prints the table.
pub(crate) fn take(blocked: Blocked, watch: Arc<Watch>, kernel: Kernel) -> io::Result<()> {
    let life = move || {
        loop {
            let mut signal: c_int = 0;
            // SAFETY: both pointers are valid.
            let error = unsafe { libc::sigwait(&blocked.0, &mut signal) };
            match signal {
                libc::SIGQUIT if error == 0 => table::print(&kernel),
                _ if error == 0 => watch.interrupt(),
                // The set is valid, so this is an interruption by a debugger.
                _ => {}
            }
        }
    };
    thread::Builder::new().name("ukmod-signals".into()).spawn(life).map(drop)
}
