//! `linux/wait_bit.h`.
//!
//! A wait for a variable is the header's `wait_event` on one of the queues here, because its
//! condition is C code.

use super::uninit::given;
use super::{In, int};
use kthread_rt::prelude::*;
use kthread_rt::raw_wait as raw;
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

/// `struct wait_bit_key`.
#[repr(C)]
struct WaitBitKey {
    flags: *const AtomicU64,
    bit: c_int,
    timeout: c_ulong,
}

/// `wait_bit_action_f`.
type Action = unsafe extern "C-unwind" fn(key: *mut WaitBitKey, mode: c_int) -> c_int;

/// Calls `wait` with a closure that calls a C action with a key.
fn with_action(
    key: WaitBitKey,
    action: Action,
    mode: c_uint,
    wait: impl FnOnce(raw::BitAction<'_>) -> Result<(), Errno>,
) -> c_int {
    let mut key = key;
    // SAFETY: by the C contract, the action takes such a key.
    int(wait(&mut || match unsafe { action(&mut key, mode as c_int) } {
        0 => Ok(()),
        ret => Err(Errno::from_raw(ret.wrapping_neg())),
    }))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn out_of_line_wait_on_bit(
    word: In<AtomicU64>,
    bit: c_int,
    action: Action,
    mode: c_uint,
) -> c_int {
    let key = WaitBitKey { flags: &raw const *word, bit, timeout: 0 };
    with_action(key, action, mode, |action| raw::wait_on_bit_action(&*word, bit as u32, state(mode), action))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn out_of_line_wait_on_bit_timeout(
    word: In<AtomicU64>,
    bit: c_int,
    action: Action,
    mode: c_uint,
    timeout: c_ulong,
) -> c_int {
    let timeout = jiffies().wrapping_add(timeout);
    let key = WaitBitKey { flags: &raw const *word, bit, timeout };
    with_action(key, action, mode, |action| raw::wait_on_bit_action(&*word, bit as u32, state(mode), action))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn out_of_line_wait_on_bit_lock(
    word: In<AtomicU64>,
    bit: c_int,
    action: Action,
    mode: c_uint,
) -> c_int {
    let key = WaitBitKey { flags: &raw const *word, bit, timeout: 0 };
    with_action(key, action, mode, |action| {
        raw::wait_on_bit_lock_action(&*word, bit as u32, state(mode), action)
    })
}

/// The action of a plain wait. Returns -EINTR for a signal that may end the wait.
#[unsafe(no_mangle)]
extern "C-unwind" fn bit_wait(_key: *const WaitBitKey, mode: c_int) -> c_int {
    schedule();
    interrupted(mode)
}

/// The action of a wait with a timeout, which the key has in jiffies. Returns -EAGAIN after the
/// timeout.
#[unsafe(no_mangle)]
extern "C-unwind" fn bit_wait_timeout(key: In<WaitBitKey>, mode: c_int) -> c_int {
    let left = key.timeout.wrapping_sub(jiffies()) as i64;
    if left <= 0 {
        return Errno::EAGAIN.as_return();
    }
    schedule_timeout(left);
    interrupted(mode)
}

fn interrupted(mode: c_int) -> c_int {
    if signal_pending_state(state(mode as c_uint), &current()) { Errno::EINTR.as_return() } else { 0 }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn bit_waitqueue(word: *const u8, bit: c_int) -> *const WaitQueueHead {
    given(raw::bit_waitqueue(word.addr(), bit as u32))
}

/// The queues for waits on variables, by a hash of the address.
static QUEUES: [WaitQueueHead; 256] = [const { WaitQueueHead::new() }; 256];

fn queue_of(var: *const u8) -> &'static WaitQueueHead {
    let hash = (var.addr() >> 2).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize);
    &QUEUES[hash >> 56]
}

/// True if the queue is one of these.
pub(super) fn is_of_variables(queue: *const WaitQueueHead) -> bool {
    QUEUES.as_ptr_range().contains(&queue)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __var_waitqueue(var: *const u8) -> *const WaitQueueHead {
    given(queue_of(var))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn wake_up_var(var: *const u8) {
    let queue = queue_of(var);
    if wq_has_sleeper(queue) {
        wake_up_all(queue);
    }
}
