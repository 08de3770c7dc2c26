//! The C symbols, one file per kernel header. This file has what they share: conversions between C
//! and Rust values.
//!
//! # Safety
//!
//! C code calls the functions of this folder. By the contract of the kernel's function of that
//! name, each pointer argument is valid for the call and has the type that the header declares. The
//! documentation of the kernel, and of the Rust function that is called, says which objects have to
//! stay valid longer (a queued work item, an armed timer). `// SAFETY:` comments that say "the C
//! contract" mean this.

mod asynchronous;
mod blocks;
mod boxes;
mod cache;
mod caller;
mod completion;
mod cpu;
mod cpumask;
mod delay;
mod dmesg;
mod fields;
mod freezer;
mod fs;
mod hrtimer;
mod interrupt;
mod irq_work;
mod jiffies;
mod kstrtox;
mod kthread;
mod kthread_worker;
mod left;
mod lockdep;
mod meminfo;
pub mod module;
mod modules;
mod mutex;
mod notifier;
mod pages;
mod panic;
mod params;
mod percpu_rwsem;
mod pid;
mod printk;
mod random;
mod ratelimit;
mod rcu;
mod reboot;
mod refcount;
mod rtmutex;
mod sched;
mod signal;
mod slab;
mod smp;
mod smpboot;
mod spinlock;
mod swait;
mod symbols;
mod sysctl;
mod sysrq;
mod time;
mod timer;
mod umh;
mod uninit;
mod variadic;
mod wait;
mod wait_bit;
mod workqueue;
mod ww_mutex;

use kthread_rt::__for_c::ToldCall;
use kthread_rt::Errno;
use kthread_rt::errno::to_return;
use std::ffi::{CStr, c_char, c_int, c_uint};
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;

/// `MAX_ERRNO`: the greatest errno that an error pointer can hold.
const MAX_ERRNO: usize = 4095;

/// A pointer that C passes. Dereferencing a null pointer or an error pointer is an oops of the
/// calling task, as in the kernel.
///
/// # Invariants
///
/// Any other pointer is valid for the call (the C contract).
#[repr(transparent)]
struct In<'a, T>(*const T, PhantomData<&'a T>);

impl<T> In<'_, T> {
    /// Wraps a pointer that C passed as a mutable one.
    fn new(pointer: *mut T) -> Self {
        Self(pointer, PhantomData)
    }
}

impl<T> Deref for In<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        if is_err_or_null(self.0) {
            bad_pointer(self.0.addr());
        }
        // SAFETY: the invariant.
        unsafe { &*self.0 }
    }
}

#[cold]
fn bad_pointer(address: usize) -> ! {
    match address {
        0 => panic!("kernel NULL pointer dereference"),
        _ => panic!("dereference of an error pointer: {}", Errno::from_raw(-(address as isize) as i32)),
    }
}

/// `ERR_PTR(-errno)`.
fn err_ptr<T>(errno: Errno) -> *mut T {
    std::ptr::without_provenance_mut((-(errno.raw() as isize)) as usize)
}

/// `IS_ERR_OR_NULL`.
fn is_err_or_null<T>(pointer: *const T) -> bool {
    pointer.is_null() || pointer.addr() > usize::MAX - MAX_ERRNO
}

/// `might_sleep` for a function of this folder that may sleep in a kernel, whether it does here or
/// not. Call it first, so that there is one report.
#[track_caller]
fn may_sleep(call: &str) {
    kthread_rt::__for_c::might_sleep_at(call, Location::caller());
}

/// The same for a function that calls other functions that may sleep: they do not report again
/// while the result exists.
#[must_use]
#[track_caller]
fn may_sleep_in_all(call: &str) -> Option<ToldCall> {
    kthread_rt::__for_c::might_sleep_in_all_at(call, Location::caller())
}

/// `__GFP_DIRECT_RECLAIM`, as in the header: the caller may sleep for memory.
const GFP_DIRECT_RECLAIM: c_uint = 0x400;

/// `might_alloc`: checks an allocation whose flags allow it to sleep.
#[track_caller]
fn may_alloc(call: &str, flags: c_uint) {
    if flags & GFP_DIRECT_RECLAIM != 0 {
        may_sleep(call);
    }
}

/// True if an injected fault makes the allocation of `call` fail.
#[inline]
#[track_caller]
fn no_memory_for(call: &str) -> bool {
    kthread_rt::faults::allocation_fails(call)
}

/// Returns 0 or −errno.
fn int(result: Result<(), Errno>) -> c_int {
    to_return(result)
}

/// The jiffies left, as a `long`, or −errno.
fn long(result: Result<u64, Errno>) -> i64 {
    result.map_or_else(|errno| i64::from(errno.as_return()), |left| left.min(i64::MAX as u64) as i64)
}

/// A name or a message from C. Bytes that are not UTF-8 are replaced.
///
/// # Safety
///
/// `text` is null or a C string.
unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return "(null)".to_owned();
    }
    // SAFETY: by the contract.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
