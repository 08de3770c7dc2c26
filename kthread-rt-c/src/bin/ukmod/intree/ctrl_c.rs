//! Handles Ctrl-C while a test's process runs. That process receives it, too, and unloads its
//! modules; this one stays for the verdict, and records that no other test is to run.

use crate::signals;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ctrl-C was pressed while a [`Stays`] existed.
static PRESSED: AtomicBool = AtomicBool::new(false);

/// While this exists, Ctrl-C does not end this process. It still ends the programs that this
/// process starts: they inherit an ignored signal, but not a handler.
pub(crate) struct Stays(libc::sigaction);

impl Stays {
    pub(crate) fn new() -> Self {
        // First: the first temporary folder installs this handler, too, and would replace ours.
        signals::clean_up_when_ended();
        let mut before = MaybeUninit::uninit();
        // SAFETY: an action is plain data, for which all zeroes are valid. The handler only stores
        // to an atomic, which is async-signal-safe. With this signal and two valid pointers the
        // call can't fail, so it has written the second one.
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

/// True if Ctrl-C was pressed: a loop over tests has to stop.
pub(crate) fn was_pressed() -> bool {
    PRESSED.load(Ordering::Relaxed)
}

extern "C" fn pressed(_signal: c_int) {
    // Relaxed: no other data is published by it.
    PRESSED.store(true, Ordering::Relaxed);
}
