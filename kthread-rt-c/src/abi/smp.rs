//! `linux/smp.h`: calls on other cpus.
//!
//! There are no interrupts to send: the calling thread makes the calls itself, with interrupts off.
//! During a call it reports the target cpu as its own, so the callback uses that cpu's copy of
//! per-cpu variables. It does not stop the threads that run on that cpu.

use super::In;
use super::spinlock::without_interrupts;
use kthread_rt::prelude::*;
use std::cell::Cell;
use std::ffi::{c_int, c_uint, c_void};

type Call = unsafe extern "C-unwind" fn(info: *mut c_void);

thread_local! {
    /// The target cpu of the call that this thread makes.
    static STANDS_FOR: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The cpu that the caller runs on at this moment, or the target cpu of its call.
pub(super) fn this_cpu() -> u32 {
    STANDS_FOR.get().unwrap_or_else(|| {
        // SAFETY: no arguments.
        let cpu = unsafe { libc::sched_getcpu() };
        cpu.max(0) as u32
    })
}

/// Calls `function` as if on `cpu`.
fn call_on(cpu: u32, function: impl FnOnce()) {
    /// Restores the value also if the function oopses.
    struct StoodFor(Option<u32>);

    impl Drop for StoodFor {
        fn drop(&mut self) {
            STANDS_FOR.set(self.0);
        }
    }

    let _before = StoodFor(STANDS_FOR.replace(Some(cpu)));
    without_interrupts(function);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_cpu() -> c_uint {
    this_cpu()
}

/// Calls `func` once for each online cpu of the mask, the caller's only if `own`.
///
/// # Safety
///
/// `func` may be called with `info`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_on_each_cpu(mask: In<CpuMask>, func: Call, info: *mut c_void, own: bool) {
    let cpus = mask.and(&cpu_online_mask());
    preempt_disable();
    let this = this_cpu();
    for cpu in cpus.iter().filter(|&cpu| own || cpu != this) {
        // SAFETY: the C contract.
        call_on(cpu, || unsafe { func(info) });
    }
    preempt_enable();
}

/// Calls `func` for the cpu. Returns -ENXIO if that is not online.
///
/// # Safety
///
/// `func` may be called with `info`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn smp_call_function_single(
    cpu: c_int,
    func: Call,
    info: *mut c_void,
    _wait: c_int,
) -> c_int {
    let Some(cpu) = online(cpu) else {
        return Errno::from_raw(libc::ENXIO).as_return();
    };
    preempt_disable();
    // SAFETY: the C contract.
    call_on(cpu, || unsafe { func(info) });
    preempt_enable();
    0
}

/// Calls `func` in a task that is bound to the cpu, and returns its result; -ENXIO if the cpu is
/// not online.
///
/// # Safety
///
/// `func` may be called with `info`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn smp_call_on_cpu(
    cpu: c_uint,
    func: unsafe extern "C-unwind" fn(*mut c_void) -> c_int,
    info: *mut c_void,
    _physical: bool,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("smp_call_on_cpu");
    struct Info(*mut c_void);
    // SAFETY: by the C contract, `func` may be called with it on any thread.
    unsafe impl Send for Info {}

    let (cpu, info) = match c_int::try_from(cpu).ok().and_then(online) {
        Some(cpu) => (cpu, Info(info)),
        None => return Errno::from_raw(libc::ENXIO).as_return(),
    };
    let call = move || {
        let info = info;
        // SAFETY: the C contract.
        unsafe { func(info.0) }
    };
    work_on_cpu(cpu, call).unwrap_or_else(Errno::as_return)
}

fn online(cpu: c_int) -> Option<u32> {
    u32::try_from(cpu).ok().filter(|&cpu| cpu_online_mask().contains(cpu))
}
