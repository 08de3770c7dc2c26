//! `linux/signal.h`: blocking signals. `sched.rs` has the functions that send and allow them.

use std::ffi::c_int;

/// `sigprocmask` for the calling task. A set is one word, whose bit 0 is signal 1.
///
/// # Safety
///
/// `set` and `old` are null or valid.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_sigprocmask(how: c_int, set: *const u64, old: *mut u64) -> c_int {
    // SAFETY: the C contract.
    let (how, bits) = match unsafe { set.as_ref() } {
        Some(&bits) => (how, bits),
        None => (kthread_rt::SIG_BLOCK, 0),
    };
    match kthread_rt::sigprocmask(how, bits) {
        Ok(before) => {
            // SAFETY: as above.
            if let Some(old) = unsafe { old.as_mut() } {
                *old = before;
            }
            0
        }
        Err(errno) => errno.as_return(),
    }
}
