//! `linux/delay.h`.

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

/// `msleep` from 6.12 on.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_msleep_since_6_12(ms: c_uint) {
    kthread_rt::__msleep_without_extra_jiffy(ms);
}

/// `msleep_interruptible` from 6.12 on.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_msleep_interruptible_since_6_12(ms: c_uint) -> c_ulong {
    kthread_rt::__msleep_interruptible_without_extra_jiffy(ms).into()
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
