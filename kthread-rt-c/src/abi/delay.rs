//! `linux/delay.h` and `linux/jiffies.h`.

use kthread_rt::prelude::*;
use std::ffi::{c_uint, c_ulong};

#[unsafe(no_mangle)]
extern "C-unwind" fn msleep(ms: c_uint) {
    kthread_rt::msleep(ms);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn msleep_interruptible(ms: c_uint) -> c_ulong {
    kthread_rt::msleep_interruptible(ms).into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn usleep_range_state(min: c_ulong, max: c_ulong, state: c_uint) {
    kthread_rt::usleep_range_state(min, max, TaskState::from_bits_retain(state));
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_ndelay(ns: c_ulong) {
    ndelay(ns);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_udelay(us: c_ulong) {
    udelay(us);
}

/// `jiffies`, which is a variable in the kernel.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_jiffies() -> c_ulong {
    jiffies()
}

#[unsafe(no_mangle)]
extern "C" fn kt_msecs_to_jiffies(ms: c_uint) -> c_ulong {
    msecs_to_jiffies(ms)
}

#[unsafe(no_mangle)]
extern "C" fn kt_usecs_to_jiffies(us: c_uint) -> c_ulong {
    usecs_to_jiffies(us)
}

#[unsafe(no_mangle)]
extern "C" fn nsecs_to_jiffies(ns: u64) -> c_ulong {
    kthread_rt::nsecs_to_jiffies(ns)
}

#[unsafe(no_mangle)]
extern "C" fn jiffies_to_msecs(j: c_ulong) -> c_uint {
    kthread_rt::jiffies_to_msecs(j)
}

#[unsafe(no_mangle)]
extern "C" fn jiffies_to_usecs(j: c_ulong) -> c_uint {
    kthread_rt::jiffies_to_usecs(j)
}
