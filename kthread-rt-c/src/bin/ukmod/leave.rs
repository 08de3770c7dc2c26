//! The end of the process before its main thread has come to it.

use crate::cli::Ended;
use crate::{output, scene, scratch};
use std::ffi::c_int;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

/// Ends the process at once: threads of a module may be running, so nothing is torn down under
/// them. Temporary folders go.
pub(crate) fn leave(ended: Ended) -> ! {
    scratch::remove_all();
    // It may be gone, or never have been there.
    _ = std::fs::remove_file(kthread_rt::ps_socket(std::process::id()));
    // SAFETY: no conditions. What is printed is flushed at each line.
    unsafe { libc::_exit(output::status(ended) as i32) }
}

/// How long somebody who ends the process may take to say why.
const LAST_WORDS: u32 = 10;

static STATUS: AtomicI32 = AtomicI32::new(Ended::Hung as i32);

/// From now on the process has some seconds, then it ends with this status, whatever its threads
/// are at. What is to be said before the end may need a lock, of the loader or of the allocator,
/// that a module's thread never gives back.
pub(crate) fn soon(ended: Ended) {
    STATUS.store(ended as i32, Ordering::Relaxed);
    // SAFETY: all-zero is a valid sigaction, the handler has the signature of one that takes the
    // signal alone, and both calls may be made in a handler.
    unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = on_alarm as *const () as usize;
        libc::sigaction(libc::SIGALRM, &action, ptr::null_mut());
        libc::alarm(LAST_WORDS);
    }
}

extern "C" fn on_alarm(_signal: c_int) {
    scene::write(b"ukmod: it takes too long to say more; the run ends\n");
    // SAFETY: no conditions, in a handler either.
    unsafe { libc::_exit(STATUS.load(Ordering::Relaxed)) }
}
