//! `linux/swait.h`: simple wait queues by pointer. The loop of `swait_event` is a macro in the
//! header.

use super::uninit::is_initialised;
use super::{In, int};
use kthread_rt::prelude::*;
use kthread_rt::raw_swait::{self as raw, RawSwaitQueue};
use std::ffi::{c_int, c_long, c_uint};

// `struct swait_queue_head` and `struct swait_queue` of the header.
const _: () = assert!(size_of::<SwaitQueueHead>() == 24 && size_of::<RawSwaitQueue>() == 24);

fn state(bits: c_uint) -> TaskState {
    TaskState::from_bits_retain(bits)
}

macro_rules! of_queues {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(q: In<SwaitQueueHead>) {
            is_initialised(&*q, stringify!($name));
            kthread_rt::$name(&q);
        }
    )* };
}

of_queues! { swake_up_one swake_up_all }

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn swake_up_locked(q: In<SwaitQueueHead>) {
    // SAFETY: the C contract: the caller holds the lock.
    unsafe { kthread_rt::swake_up_locked(&q) };
}

/// `swake_up_locked` from 6.6 on. The flags are ignored: the operating system takes no hint where
/// the task should run.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_swake_up_locked_with(q: In<SwaitQueueHead>, _flags: c_int) {
    // SAFETY: as above.
    unsafe { kthread_rt::swake_up_locked(&q) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_swait_active(q: In<SwaitQueueHead>) -> c_int {
    swait_active(&q).into()
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn prepare_to_swait_exclusive(
    q: In<SwaitQueueHead>,
    entry: *mut RawSwaitQueue,
    bits: c_uint,
) {
    is_initialised(&*q, "prepare_to_swait_exclusive");
    // SAFETY: the C contract.
    unsafe { raw::prepare_to_swait_exclusive(&q, entry, state(bits)) };
}

/// Returns 0 or −ERESTARTSYS.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn prepare_to_swait_event(
    q: In<SwaitQueueHead>,
    entry: *mut RawSwaitQueue,
    bits: c_uint,
) -> c_long {
    is_initialised(&*q, "prepare_to_swait_event");
    // SAFETY: the C contract.
    int(unsafe { raw::prepare_to_swait_event(&q, entry, state(bits)) }).into()
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn finish_swait(q: In<SwaitQueueHead>, entry: *mut RawSwaitQueue) {
    // SAFETY: the C contract.
    unsafe { raw::finish_swait(&q, entry) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __finish_swait(_q: In<SwaitQueueHead>, entry: *mut RawSwaitQueue) {
    // SAFETY: the C contract: the caller holds the lock.
    unsafe { raw::finish_swait_locked(entry) };
}
