//! The workers of `linux/kthread.h`. The header initialises workers and work items.
//!
//! # How long a worker pointer in C is valid
//!
//! `kthread_create_worker` returns a pointer to the worker. [`CREATED`] keeps the [`Worker`] that
//! owns it until `kthread_destroy_worker`. The memory itself is never freed, only reused.

use super::left::{self, New};
use super::uninit::{is_initialised, worker_is_initialised};
use super::{In, err_ptr, text};
use kthread_rt::prelude::*;
use kthread_rt::{KthreadDelayedWork, KthreadWork, KthreadWorker, TimerList, Worker};
use std::collections::BTreeMap;
use std::ffi::{c_char, c_int, c_uint, c_ulong, c_void};
use std::ptr;
use std::sync::{Mutex, PoisonError};

// The structures of the header.
const _: () = assert!(size_of::<KthreadWorker>() == 64 && size_of::<KthreadWork>() == 40);
const _: () = assert!(size_of::<KthreadDelayedWork>() == 96);

/// The workers that C has created and not destroyed, by their addresses.
static CREATED: Mutex<BTreeMap<usize, Worker>> = Mutex::new(BTreeMap::new());

fn created<R>(f: impl FnOnce(&mut BTreeMap<usize, Worker>) -> R) -> R {
    f(&mut CREATED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// `kthread_create_worker` and its variants, after the name is formatted. A negative `cpu` means
/// any.
///
/// # Safety
///
/// `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kthread_create_worker(
    cpu: c_int,
    flags: c_uint,
    name: *const c_char,
) -> *const KthreadWorker {
    // SAFETY: the C contract.
    let name = unsafe { text(name) };
    let worker = match u32::try_from(cpu) {
        Ok(cpu) => kthread_create_worker_on_cpu(cpu, flags, &name),
        Err(_) => kthread_create_worker(flags, &name),
    };
    match worker {
        Ok(worker) => {
            let pointer = ptr::from_ref::<KthreadWorker>(&worker);
            created(|workers| workers.insert(pointer.addr(), worker));
            New::of(&left::WORKER, pointer.addr(), "kthread_create_worker").named(&name);
            pointer
        }
        Err(errno) => err_ptr(errno),
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_destroy_worker(worker: In<KthreadWorker>) {
    let address = ptr::from_ref::<KthreadWorker>(&worker).addr();
    let Some(owner) = created(|workers| workers.remove(&address)) else {
        return left::warn_gone(address, "kthread_destroy_worker");
    };
    if owner.destroy() == Err(Errno::EDEADLK) {
        // A worker can't destroy itself: it is kept.
        created(|workers| workers.insert(address, owner));
    } else {
        left::gone(&left::WORKER, address);
    }
}

/// # Safety
///
/// `worker` is a [`KthreadWorker`] that no other thread serves.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C-unwind" fn kthread_worker_fn(worker: *mut c_void) -> c_int {
    // SAFETY: the C contract.
    unsafe { kthread_rt::kthread_worker_fn(worker) }
}

/// # Safety
///
/// `timer` belongs to a delayed work item.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kthread_delayed_work_timer_fn(timer: *mut TimerList) {
    // SAFETY: the C contract.
    unsafe { kthread_rt::kthread_delayed_work_timer_fn(timer) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_queue_work(worker: In<KthreadWorker>, work: In<KthreadWork>) -> bool {
    worker_is_initialised(&worker, "kthread_queue_work");
    is_initialised(&*work, "kthread_queue_work") && kthread_rt::kthread_queue_work(&worker, &work)
}

macro_rules! delayed {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(
            worker: In<KthreadWorker>,
            dwork: In<KthreadDelayedWork>,
            delay: c_ulong,
        ) -> bool {
            worker_is_initialised(&worker, stringify!($name));
            is_initialised(&*dwork, stringify!($name)) && kthread_rt::$name(&worker, &dwork, delay)
        }
    )* };
}

delayed! { kthread_queue_delayed_work kthread_mod_delayed_work }

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_flush_work(work: In<KthreadWork>) {
    is_initialised(&*work, "kthread_flush_work");
    kthread_rt::kthread_flush_work(&work);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_flush_worker(worker: In<KthreadWorker>) {
    if worker_is_initialised(&worker, "kthread_flush_worker") {
        kthread_rt::kthread_flush_worker(&worker);
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_cancel_work_sync(work: In<KthreadWork>) -> bool {
    is_initialised(&*work, "kthread_cancel_work_sync") && kthread_rt::kthread_cancel_work_sync(&work)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_cancel_delayed_work_sync(dwork: In<KthreadDelayedWork>) -> bool {
    is_initialised(&*dwork, "kthread_cancel_delayed_work_sync")
        && kthread_rt::kthread_cancel_delayed_work_sync(&dwork)
}
