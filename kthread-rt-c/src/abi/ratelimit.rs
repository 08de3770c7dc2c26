//! `linux/ratelimit.h`: limits the number of messages per interval.

use std::ffi::{CStr, c_char, c_int, c_ulong};
use std::sync::atomic::{AtomicU32, Ordering};

/// `struct ratelimit_state`.
#[repr(C)]
pub(super) struct RatelimitState {
    /// A lock: 1 while a thread counts.
    lock: AtomicU32,
    interval: c_int,
    burst: c_int,
    printed: c_int,
    missed: c_int,
    /// The begin of the interval in jiffies; 0 before the first.
    begin: c_ulong,
    flags: c_ulong,
}

/// True if this message may be printed. At the begin of a new interval, prints how many messages
/// were suppressed.
///
/// # Safety
///
/// Both are valid.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn ___ratelimit(state: *mut RatelimitState, function: *const c_char) -> c_int {
    const MSG_ON_RELEASE: c_ulong = 1;
    // SAFETY: the C contract. Only the holder of the lock accesses the fields that it protects.
    unsafe {
        if (*state).interval == 0 {
            return 1;
        }
        // If another thread holds the lock, this message is suppressed, as in the kernel. Acquire
        // and release: it is a lock.
        if (*state).lock.swap(1, Ordering::Acquire) != 0 {
            return 0;
        }
        let now = kthread_rt::jiffies();
        let mut suppressed = 0;
        if (*state).begin == 0 {
            (*state).begin = now;
        }
        if now.wrapping_sub((*state).begin) > (*state).interval as c_ulong {
            if (*state).flags & MSG_ON_RELEASE == 0 {
                suppressed = std::mem::take(&mut (*state).missed);
            }
            ((*state).begin, (*state).printed) = (now, 0);
        }
        let may = (*state).burst > (*state).printed;
        *(if may { &raw mut (*state).printed } else { &raw mut (*state).missed }) += 1;
        (*state).lock.store(0, Ordering::Release);
        if suppressed > 0 {
            let function = CStr::from_ptr(function).to_string_lossy();
            super::printk::print(&format!("\x014{function}: {suppressed} callbacks suppressed\n"));
        }
        may.into()
    }
}
