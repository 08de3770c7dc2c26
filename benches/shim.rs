//! The baseline in C (`baseline/shim.c`), from Rust.

use crate::STACK_SIZE;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::NonNull;

#[repr(C)]
struct RawTask {
    _opaque: [u8; 0],
}

#[repr(C)]
struct RawCompletion {
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
    safe fn shim_current() -> *mut RawTask;
    fn shim_set_asleep();
    fn shim_set_running();
    fn shim_schedule();
    fn shim_should_stop() -> c_int;
    safe fn shim_completion_new() -> *mut RawCompletion;
    fn shim_completion_free(x: *mut RawCompletion);
    fn shim_complete(x: *mut RawCompletion);
    fn shim_complete_all(x: *mut RawCompletion);
    fn shim_wait_for_completion(x: *mut RawCompletion);
    fn shim_reinit_completion(x: *mut RawCompletion);
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
}

// SAFETY: the shim's calls may be made from any thread.
unsafe impl Send for ShimTask {}

/// The calling thread, which is one of the shim's. For itself.
#[derive(Debug, Clone, Copy)]
pub struct ShimCurrent(NonNull<RawTask>);

impl ShimCurrent {
    /// `current`.
    ///
    /// # Panics
    ///
    /// If the calling thread is not one of the shim's.
    pub fn get() -> Self {
        Self(NonNull::new(shim_current()).expect("called by a thread of the shim"))
    }

    /// The handle by which others wake it.
    pub fn waker(self) -> ShimWaker {
        ShimWaker(self.0)
    }

    /// `set_current_state` to a sleeping state.
    pub fn set_asleep(self) {
        // SAFETY: the caller is a thread of the shim: `self` does not leave it.
        unsafe { shim_set_asleep() }
    }

    /// `kthread_should_stop`.
    pub fn should_stop(self) -> bool {
        // SAFETY: as above.
        unsafe { shim_should_stop() != 0 }
    }

    /// Sleeps until the condition is true: the loop over `set_current_state` and `schedule`.
    pub fn sleep_until(self, condition: impl Fn() -> bool) {
        loop {
            self.set_asleep();
            if condition() {
                break;
            }
            // SAFETY: as above.
            unsafe { shim_schedule() };
        }
        // SAFETY: as above.
        unsafe { shim_set_running() };
    }
}

/// A thread of the shim as others see it.
#[derive(Debug)]
pub struct ShimWaker(NonNull<RawTask>);

impl ShimWaker {
    /// `wake_up_process`.
    ///
    /// # Safety
    ///
    /// No thread has stopped it yet: the shim frees it then.
    pub unsafe fn wake_up_process(&self) {
        // SAFETY: the caller's promise.
        unsafe { shim_wake_up_process(self.0.as_ptr()) }
    }
}

// SAFETY: the shim's calls may be made from any thread.
unsafe impl Send for ShimWaker {}
// SAFETY: as above.
unsafe impl Sync for ShimWaker {}

/// A completion of the shim.
#[derive(Debug)]
pub struct ShimCompletion(NonNull<RawCompletion>);

impl Default for ShimCompletion {
    fn default() -> Self {
        Self(NonNull::new(shim_completion_new()).expect("there is memory"))
    }
}

impl Drop for ShimCompletion {
    fn drop(&mut self) {
        // SAFETY: no other thread uses it any more.
        unsafe { shim_completion_free(self.0.as_ptr()) }
    }
}

impl ShimCompletion {
    /// `complete`.
    pub fn complete(&self) {
        // SAFETY: it lives as long as `self`.
        unsafe { shim_complete(self.0.as_ptr()) }
    }

    /// `complete_all`.
    pub fn complete_all(&self) {
        // SAFETY: as above.
        unsafe { shim_complete_all(self.0.as_ptr()) }
    }

    /// `wait_for_completion`.
    pub fn wait(&self) {
        // SAFETY: as above.
        unsafe { shim_wait_for_completion(self.0.as_ptr()) }
    }

    /// `reinit_completion`.
    pub fn reinit(&self) {
        // SAFETY: as above.
        unsafe { shim_reinit_completion(self.0.as_ptr()) }
    }
}

// SAFETY: the shim's calls may be made from any thread.
unsafe impl Send for ShimCompletion {}
// SAFETY: as above.
unsafe impl Sync for ShimCompletion {}
