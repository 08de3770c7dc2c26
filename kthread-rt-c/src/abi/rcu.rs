//! `linux/rcupdate.h`, `linux/srcu.h`.

use super::caller::from_c;
use super::{In, slab};
use kthread_rt::debug_objects;
use kthread_rt::diag::{self, WarningKind};
use kthread_rt::{RcuCallback, RcuHead, SrcuStruct};
use std::ffi::{c_int, c_ulong, c_void};
use std::panic::Location;

// `struct srcu_struct` and `struct rcu_head` of the headers.
const _: () = assert!(size_of::<SrcuStruct>() <= 14 * 8 && size_of::<RcuHead>() == 16);

from_c! {
    kt_rcu_read_lock => read_lock(_lock: usize) = kthread_rt::rcu_read_lock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_rcu_read_unlock() {
    kthread_rt::rcu_read_unlock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_rcu_read_lock_held() -> c_int {
    kthread_rt::rcu_read_lock_held().into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn synchronize_rcu() {
    kthread_rt::synchronize_rcu();
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn call_rcu(head: *mut RcuHead, func: RcuCallback) {
    if !is_queued(head) {
        // SAFETY: the C contract.
        unsafe { kthread_rt::call_rcu(head, func) };
    }
}

/// `call_rcu` with a callback of the header's.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_call_rcu(head: *mut RcuHead, func: RcuCallback) {
    if !is_queued(head) {
        // SAFETY: the C contract.
        unsafe { kthread_rt::__call_rcu_in_kernel(head, func) };
    }
}

/// True, with a warning, if the head waits for its callback already. It can be on one list only.
/// With `debug`, since a head does not know.
#[track_caller]
fn is_queued(head: *const RcuHead) -> bool {
    let is = debug_objects::is_active_at(head.addr(), "rcu_head");
    if is {
        let message = "the rcu_head waits for its callback already: this call queues nothing";
        diag::warn(WarningKind::BadArgument, "call_rcu", Location::caller(), message);
    }
    is
}

#[unsafe(no_mangle)]
extern "C-unwind" fn rcu_barrier() {
    kthread_rt::rcu_barrier();
}

/// A block to free after a grace period.
#[repr(C)]
struct Doomed {
    // The first field, so that its address is that of the structure.
    head: RcuHead,
    block: *const c_void,
}

unsafe extern "C-unwind" fn free_doomed(head: *mut RcuHead) {
    // SAFETY: `kt_kfree_rcu` made it, and the callback runs once.
    let doomed = unsafe { Box::from_raw(head.cast::<Doomed>()) };
    // SAFETY: the C contract of `kfree_rcu`, which also takes blocks of `vmalloc`.
    unsafe { slab::kvfree(doomed.block) };
}

/// # Safety
///
/// `block` is null, or allocated and not reachable for readers that begin now.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kfree_rcu(block: *const c_void) {
    if !block.is_null() {
        let doomed = Box::into_raw(Box::new(Doomed { head: RcuHead::new(), block }));
        // SAFETY: the block is on the heap until the callback frees it.
        unsafe { kthread_rt::call_rcu(doomed.cast(), free_doomed) };
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_srcu_read_lock(domain: In<SrcuStruct>) -> c_int {
    kthread_rt::srcu_read_lock(&domain) as c_int
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_srcu_read_unlock(domain: In<SrcuStruct>, section: c_int) {
    kthread_rt::srcu_read_unlock(&domain, section as u32);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn synchronize_srcu(domain: In<SrcuStruct>) {
    kthread_rt::synchronize_srcu(&domain);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_state_synchronize_rcu() -> c_ulong {
    kthread_rt::get_state_synchronize_rcu()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_completed_synchronize_rcu() -> c_ulong {
    kthread_rt::get_completed_synchronize_rcu()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn start_poll_synchronize_rcu() -> c_ulong {
    kthread_rt::start_poll_synchronize_rcu()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn poll_state_synchronize_rcu(cookie: c_ulong) -> bool {
    kthread_rt::poll_state_synchronize_rcu(cookie)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cond_synchronize_rcu(cookie: c_ulong) {
    kthread_rt::cond_synchronize_rcu(cookie);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_state_synchronize_srcu(domain: In<SrcuStruct>) -> c_ulong {
    kthread_rt::get_state_synchronize_srcu(&domain)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn poll_state_synchronize_srcu(domain: In<SrcuStruct>, cookie: c_ulong) -> bool {
    kthread_rt::poll_state_synchronize_srcu(&domain, cookie)
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn start_poll_synchronize_srcu(domain: In<SrcuStruct>) -> c_ulong {
    // SAFETY: the C contract.
    unsafe { kthread_rt::start_poll_synchronize_srcu(&raw const *domain) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn call_srcu(domain: In<SrcuStruct>, head: *mut RcuHead, func: RcuCallback) {
    // SAFETY: the C contract.
    unsafe { kthread_rt::call_srcu(&raw const *domain, head, func) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn srcu_barrier(domain: In<SrcuStruct>) {
    kthread_rt::srcu_barrier(&domain);
}
