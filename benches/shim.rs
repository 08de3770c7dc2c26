//! The baseline in C (`baseline/shim.c`), from Rust.

use crate::STACK_SIZE;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::NonNull;

#[repr(C)]
struct RawTask {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    fn shim_kthread_create(
        threadfn: extern "C" fn(*mut c_void) -> c_int,
        data: *mut c_void,
        stack: usize,
        name: *const c_char,
    ) -> *mut RawTask;
    fn shim_kthread_stop(task: *mut RawTask) -> c_int;
    fn shim_wake_up_process(task: *mut RawTask);
    safe fn shim_set_asleep();
    safe fn shim_schedule();
    safe fn shim_should_stop() -> c_int;
}

/// A thread of the shim, which sleeps until it is woken.
#[derive(Debug)]
pub struct ShimTask(NonNull<RawTask>);

impl ShimTask {
    /// `kthread_create`.
    ///
    /// # Panics
    ///
    /// If the operating system refuses the thread.
    pub fn create<F: FnOnce() -> i32 + Send + 'static>(threadfn: F, name: &CStr) -> Self {
        extern "C" fn call<F: FnOnce() -> i32>(data: *mut c_void) -> c_int {
            // SAFETY: `create` made it, and the shim calls its function once.
            let threadfn = unsafe { Box::from_raw(data.cast::<F>()) };
            threadfn()
        }
        let data = Box::into_raw(Box::new(threadfn)).cast();
        // SAFETY: the datum is what the function expects, and the name lives for the call.
        let task = unsafe { shim_kthread_create(call::<F>, data, STACK_SIZE, name.as_ptr()) };
        Self(NonNull::new(task).expect("the system starts a thread"))
    }

    /// `wake_up_process`.
    pub fn wake_up_process(&self) {
        // SAFETY: the task lives until `stop`.
        unsafe { shim_wake_up_process(self.0.as_ptr()) }
    }

    /// `kthread_stop`. The thread has been woken, or its function never runs to its end.
    pub fn stop(self) -> i32 {
        // SAFETY: as above; `self` is gone after this.
        unsafe { shim_kthread_stop(self.0.as_ptr()) }
    }

    /// `set_current_state`, of a thread of the shim.
    pub fn set_asleep() {
        shim_set_asleep();
    }

    /// `schedule`, of a thread of the shim.
    pub fn schedule() {
        shim_schedule();
    }

    /// `kthread_should_stop`, of a thread of the shim.
    pub fn should_stop() -> bool {
        shim_should_stop() != 0
    }
}

// SAFETY: the shim's calls may be made from any thread.
unsafe impl Send for ShimTask {}
