//! `linux/sched.h` and `linux/sched/signal.h`: `current`, states, `schedule`, wake-ups, signals.

use super::{In, int, is_err_or_null};
use kthread_rt::prelude::*;
use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_long, c_uint};
use std::ptr;

/// Copies as much of `text` as fits, and a final NUL.
///
/// # Safety
///
/// `buf` has room for `size` bytes.
pub(super) unsafe fn copy_text(text: &str, buf: *mut c_char, size: usize) {
    let Some(room) = size.checked_sub(1) else { return };
    let length = text.len().min(room);
    // SAFETY: by the contract.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr(), buf.cast(), length);
        *buf.add(length) = 0;
    }
}

/// All states, as in the header.
const TASK_ANY: c_uint = 0xffff;

fn state(bits: c_uint) -> TaskState {
    TaskState::from_bits_retain(bits)
}

/// `current`. The pointer is valid while the calling thread lives.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_current() -> *const TaskStruct {
    current_ptr()
}

/// Records the place of a call that may sleep, for the calling task.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_set_place(place: &'static PlaceInC) {
    // SAFETY: the calling thread's own task.
    unsafe { &*current_ptr() }.set_place_in_c(place);
}

/// Clears the place, for a call whose macro has no argument to record one in.
pub(super) fn forget_place() {
    // SAFETY: the calling thread's own task.
    unsafe { &*current_ptr() }.forget_place_in_c();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_set_current_state(bits: c_uint) {
    set_current_state(state(bits));
}

#[unsafe(no_mangle)]
extern "C-unwind" fn schedule() {
    kthread_rt::schedule();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn io_schedule() {
    kthread_rt::io_schedule();
}

macro_rules! timeouts {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(timeout: c_long) -> c_long {
            kthread_rt::$name(timeout)
        }
    )* };
}

timeouts! {
    schedule_timeout schedule_timeout_interruptible schedule_timeout_killable schedule_timeout_uninterruptible
    schedule_timeout_idle io_schedule_timeout
}

#[unsafe(no_mangle)]
extern "C-unwind" fn wake_up_process(task: In<TaskStruct>) -> c_int {
    kthread_rt::wake_up_process(&task).into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn wake_up_state(task: In<TaskStruct>, bits: c_uint) -> c_int {
    kthread_rt::wake_up_state(&task, state(bits)).into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_yield() {
    kthread_rt::r#yield();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_cond_resched() -> c_int {
    cond_resched().into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn set_user_nice(task: In<TaskStruct>, nice: c_long) {
    kthread_rt::set_user_nice(&task, nice.clamp(-100, 100) as i32);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn sched_set_fifo(task: In<TaskStruct>) {
    kthread_rt::sched_set_fifo(&task);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn sched_set_fifo_low(task: In<TaskStruct>) {
    kthread_rt::sched_set_fifo_low(&task);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn sched_set_normal(task: In<TaskStruct>, nice: c_int) {
    kthread_rt::sched_set_normal(&task, nice);
}

/// `sched_setscheduler`, and its `_nocheck`.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_sched_setscheduler(
    task: In<TaskStruct>,
    policy: c_int,
    param: In<SchedParam>,
) -> c_int {
    int(sched_setscheduler(&task, policy, &param))
}

/// The used part of `struct sched_attr`.
#[repr(C)]
struct CSchedAttr {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
}

/// `sched_setattr_nocheck`.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_sched_setattr(task: In<TaskStruct>, attr: In<CSchedAttr>) -> c_int {
    // A policy that does not fit an `int` is invalid.
    let sched_policy = attr.policy.try_into().unwrap_or(c_int::MAX);
    let attr = SchedAttr { sched_policy, sched_nice: attr.nice, sched_priority: attr.priority };
    int(sched_setattr(&task, &attr))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn set_cpus_allowed_ptr(task: In<TaskStruct>, mask: In<CpuMask>) -> c_int {
    int(kthread_rt::set_cpus_allowed_ptr(&task, &mask))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_wait_task_inactive(task: In<TaskStruct>, bits: c_uint) -> std::ffi::c_ulong {
    // A mask of all states, in the kernels that have it, matches any sleep and does not wait for
    // one.
    if bits == TASK_ANY {
        return (!task_is_running(&task) && wait_task_inactive(&task, TASK_RUNNING)).into();
    }
    wait_task_inactive(&task, state(bits)).into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn play_idle_precise(duration_ns: u64, latency_ns: u64) {
    kthread_rt::play_idle_precise(duration_ns, latency_ns);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_preempt_disable() {
    preempt_disable();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_preempt_enable() {
    preempt_enable();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_preempt_count() -> c_int {
    preempt_count() as c_int
}

thread_local! {
    /// The thread's nesting depth of `migrate_disable`, counted to warn of an unbalanced
    /// `migrate_enable`. The system still moves threads between cpus.
    static STAYS: Cell<u32> = const { Cell::new(0) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_migrate_disable() {
    STAYS.set(STAYS.get() + 1);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_migrate_enable() {
    match STAYS.get().checked_sub(1) {
        Some(left) => STAYS.set(left),
        None => super::printk::print("WARNING: migrate_enable() without migrate_disable()\n"),
    }
}

/// `in_task`, `in_serving_softirq`, `in_hardirq`: bits 0, 1, 2.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_context() -> c_int {
    c_int::from(in_task()) | c_int::from(in_serving_softirq()) << 1 | c_int::from(in_hardirq()) << 2
}

/// # Safety
///
/// `call` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_might_sleep(call: *const c_char) {
    // SAFETY: the C contract. The string is only read during this call.
    super::may_sleep(unsafe { CStr::from_ptr(call) }.to_str().unwrap_or("might_sleep"));
}

thread_local! {
    /// The thread's nesting depth of `pagefault_disable`.
    static NO_PAGEFAULTS: Cell<u32> = const { Cell::new(0) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_pagefault_disable() {
    NO_PAGEFAULTS.set(NO_PAGEFAULTS.get() + 1);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_pagefault_enable() {
    NO_PAGEFAULTS.set(NO_PAGEFAULTS.get().saturating_sub(1));
}

/// `might_fault`: an access to user memory may sleep.
///
/// # Safety
///
/// `call` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_might_fault(call: *const c_char) {
    if NO_PAGEFAULTS.get() == 0 {
        // SAFETY: the contract.
        unsafe { kt_might_sleep(call) };
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_sched_annotate_sleep() {
    sched_annotate_sleep();
}

// Signals.

#[unsafe(no_mangle)]
extern "C-unwind" fn allow_signal(sig: c_int) {
    // The kernel's function returns nothing; an invalid signal number causes a warning.
    let _ = kthread_rt::allow_signal(sig);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn allow_kernel_signal(sig: c_int) {
    let _ = kthread_rt::allow_kernel_signal(sig);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn disallow_signal(sig: c_int) {
    let _ = kthread_rt::disallow_signal(sig);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kernel_dequeue_signal() -> c_int {
    kthread_rt::kernel_dequeue_signal()
}

/// Returns the signal, or 0 if none is pending.
///
/// # Safety
///
/// `mask` is the first word of a set.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dequeue_signal(mask: *const u64) -> c_int {
    // SAFETY: the C contract.
    kthread_rt::dequeue_signal(unsafe { *mask })
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_default_signal(sig: c_int) {
    let _ = kthread_rt::default_signal(sig);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_force_sig(sig: c_int) -> c_int {
    int(kthread_rt::force_sig(sig))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_kernel_signal_stop() {
    forget_place();
    kthread_rt::kernel_signal_stop();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn flush_signals(task: In<TaskStruct>) {
    kthread_rt::flush_signals(&task);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn send_sig(sig: c_int, task: In<TaskStruct>, from_kernel: c_int) -> c_int {
    int(kthread_rt::send_sig(sig, &task, from_kernel))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_signal_pending(task: In<TaskStruct>) -> c_int {
    signal_pending(&task).into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_fatal_signal_pending(task: In<TaskStruct>) -> c_int {
    fatal_signal_pending(&task).into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_signal_pending_state(bits: c_uint, task: In<TaskStruct>) -> c_int {
    signal_pending_state(state(bits), &task).into()
}

/// `find_task_by_vpid`. The pointer is valid until the modules are unloaded.
#[unsafe(no_mangle)]
extern "C-unwind" fn find_task_by_vpid(pid: c_int) -> *const TaskStruct {
    kthread_rt::find_task_by_vpid(pid).map_or(ptr::null(), |task| super::pid::keep(&task))
}

/// `task_state_to_char`.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_task_state_to_char(task: In<TaskStruct>) -> c_char {
    task_state_to_char(&task) as c_char
}

/// # Safety
///
/// `buf` has room for `TASK_COMM_LEN` bytes.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_get_task_comm(buf: *mut c_char, task: *const TaskStruct) -> *mut c_char {
    if !is_err_or_null(task) {
        // SAFETY: the C contract.
        unsafe { copy_text(&(*task).comm(), buf, TASK_COMM_LEN) };
    }
    buf
}
