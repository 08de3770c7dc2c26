//! `linux/rtmutex.h`.

use super::uninit::is_initialised;
use super::{In, int};
use kthread_rt::RawRtMutex;
use kthread_rt::diag::{self, WarningKind};
use std::ffi::c_int;
use std::panic::Location;

const _: () = assert!(size_of::<RawRtMutex>() == 32 && align_of::<RawRtMutex>() == 8);

macro_rules! calls {
    ($($name:ident() -> $ret:ty = |$result:ident| $convert:expr;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(lock: In<RawRtMutex>) -> $ret {
            is_initialised(&*lock, stringify!($name));
            let $result = kthread_rt::$name(&lock);
            $convert
        }
    )* };
}

calls! {
    rt_mutex_lock() -> () = |done| done;
    rt_mutex_lock_interruptible() -> c_int = |done| int(done);
    rt_mutex_lock_killable() -> c_int = |done| int(done);
    rt_mutex_trylock() -> c_int = |taken| taken.into();
    rt_mutex_unlock() -> () = |done| done;
}

/// Warns if the rt_mutex is locked, as the kernel's debugging does.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_rt_mutex_destroy(lock: In<RawRtMutex>) {
    if kthread_rt::rt_mutex_base_is_locked(&lock) {
        let message = "the rt_mutex is locked: unlock it first";
        diag::warn(WarningKind::LockMisuse, "rt_mutex_destroy", Location::caller(), message);
    }
}

/// For `lockdep_assert_held`: true if the calling task holds it.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_rt_mutex_is_held(lock: In<RawRtMutex>) -> c_int {
    kthread_rt::rt_mutex_is_held(&lock).into()
}
