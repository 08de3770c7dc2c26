//! Ends the process from another thread than the main one.

use crate::cli::Ended;
use crate::{output, scene, scratch};
use std::ffi::c_int;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

/// Ends the process at once. Threads of a module may be running, so nothing that they use is torn
/// down. Removes the temporary folders.
pub(crate) fn leave(ended: Ended) -> ! {
    scratch::remove_all();
    // The socket may not exist.
    _ = std::fs::remove_file(kthread_rt::ps_socket(std::process::id()));
    // SAFETY: no conditions. All output is flushed after each line.
    unsafe { libc::_exit(output::status(ended) as i32) }
}

/// How long a last report may take, in seconds.
const LAST_WORDS: u32 = 10;

static STATUS: AtomicI32 = AtomicI32::new(Ended::Hung as i32);

/// Ends the process with this status after some seconds, whatever its threads do. The report that
/// the caller prints until then may need a lock of the loader or the allocator, which a module's
/// thread may never release.
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
    scene::write(b"ukmod: the report takes too long; ending the run without it\n");
    // SAFETY: no conditions, in a handler either.
    unsafe { libc::_exit(STATUS.load(Ordering::Relaxed)) }
}
