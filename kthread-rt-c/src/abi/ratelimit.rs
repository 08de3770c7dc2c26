//! `linux/ratelimit.h`: no more than so many messages in so much time.

use std::ffi::{CStr, c_char, c_int, c_ulong};
use std::sync::atomic::{AtomicU32, Ordering};

/// `struct ratelimit_state`.
#[repr(C)]
pub(super) struct RatelimitState {
    /// 1 while somebody counts.
    lock: AtomicU32,
    interval: c_int,
    burst: c_int,
    printed: c_int,
    missed: c_int,
    /// In jiffies; 0 before the first.
    begin: c_ulong,
    flags: c_ulong,
}

/// True if this one may be said. When the time begins anew, how many were not is told.
///
/// # Safety
///
/// Both are valid.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn ___ratelimit(state: *mut RatelimitState, function: *const c_char) -> c_int {
    const MSG_ON_RELEASE: c_ulong = 1;
    // SAFETY: the C contract; the fields behind the lock are touched by its holder only.
    unsafe {
        if (*state).interval == 0 {
            return 1;
        }
        // Who meets somebody else has one too many, as in the kernel. Acquire and release: a lock.
        if (*state).lock.swap(1, Ordering::Acquire) != 0 {
            return 0;
        }
        let now = kthread_rt::jiffies();
        let mut told = 0;
        if (*state).begin == 0 {
            (*state).begin = now;
        }
        if now.wrapping_sub((*state).begin) > (*state).interval as c_ulong {
            if (*state).flags & MSG_ON_RELEASE == 0 {
                told = std::mem::take(&mut (*state).missed);
            }
            ((*state).begin, (*state).printed) = (now, 0);
        }
        let may = (*state).burst > (*state).printed;
        *(if may { &raw mut (*state).printed } else { &raw mut (*state).missed }) += 1;
        (*state).lock.store(0, Ordering::Release);
        if told > 0 {
            let function = CStr::from_ptr(function).to_string_lossy();
            super::printk::print(&format!("\x014{function}: {told} callbacks suppressed\n"));
        }
        may.into()
    }
}
