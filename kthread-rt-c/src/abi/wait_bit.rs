//! `linux/wait_bit.h`.
//!
//! A wait for a variable is a `wait_event` of the header's, on one of the queues here: its condition is C code.

use super::{In, int};
use kthread_rt::prelude::*;
use std::ffi::{c_int, c_uint, c_ulong};
use std::sync::atomic::AtomicU64;

fn state(bits: c_uint) -> TaskState {
    TaskState::from_bits_retain(bits)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_wait_on_bit(word: In<AtomicU64>, bit: c_int, mode: c_uint) -> c_int {
    int(wait_on_bit(&*word, bit as u32, state(mode)))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_wait_on_bit_timeout(
    word: In<AtomicU64>,
    bit: c_int,
    mode: c_uint,
    timeout: c_ulong,
) -> c_int {
    int(wait_on_bit_timeout(&*word, bit as u32, state(mode), timeout))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_wait_on_bit_lock(word: In<AtomicU64>, bit: c_int, mode: c_uint) -> c_int {
    int(wait_on_bit_lock(&*word, bit as u32, state(mode)))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn wake_up_bit(word: In<AtomicU64>, bit: c_int) {
    kthread_rt::wake_up_bit(&*word, bit as u32);
}

/// The queues of those who wait for variables, by a hash of the address.
static QUEUES: [WaitQueueHead; 256] = [const { WaitQueueHead::new() }; 256];

fn queue_of(var: *const u8) -> &'static WaitQueueHead {
    let hash = (var.addr() >> 2).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize);
    &QUEUES[hash >> 56]
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __var_waitqueue(var: *const u8) -> *const WaitQueueHead {
    queue_of(var)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn wake_up_var(var: *const u8) {
    let queue = queue_of(var);
    if wq_has_sleeper(queue) {
        wake_up_all(queue);
    }
}
