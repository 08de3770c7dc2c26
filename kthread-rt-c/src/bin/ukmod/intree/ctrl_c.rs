//! Ctrl-C while a test's process runs. That process gets it, too, and unloads its modules; this one
//! stays, for the verdict, and notes that no other test is to be run.

use crate::signals;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// It was pressed while somebody stayed.
static PRESSED: AtomicBool = AtomicBool::new(false);

/// While this is there, Ctrl-C does not end this process. Those that it starts meanwhile are ended
/// by it, as ever: a handler, unlike a signal that is ignored, is not inherited by another program.
pub(crate) struct Stays(libc::sigaction);

impl Stays {
    pub(crate) fn new() -> Self {
        // First, or else the first temporary folder would take the place of this handler.
        signals::clean_up_when_ended();
        let mut before = MaybeUninit::uninit();
        // SAFETY: an action is plain data, of which all zeroes are valid; the handler only stores
        // to an atomic, which it may; the call does not fail, with this signal and two valid
        // pointers, and has written the second then.
        unsafe {
            let mut note: libc::sigaction = MaybeUninit::zeroed().assume_init();
            note.sa_sigaction = pressed as extern "C" fn(c_int) as usize;
            note.sa_flags = libc::SA_RESTART;
            libc::sigaction(libc::SIGINT, &note, before.as_mut_ptr());
            Self(before.assume_init())
        }
    }
}

impl Drop for Stays {
    fn drop(&mut self) {
        // SAFETY: the action that was set before.
        unsafe { libc::sigaction(libc::SIGINT, &self.0, ptr::null_mut()) };
    }
}

/// It was pressed: who runs several tests goes no further.
pub(crate) fn was_pressed() -> bool {
    PRESSED.load(Ordering::Relaxed)
}

extern "C" fn pressed(_signal: c_int) {
    // Nothing else is told by it.
    PRESSED.store(true, Ordering::Relaxed);
}
