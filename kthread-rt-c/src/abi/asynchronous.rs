//! `linux/async.h`.

use super::In;
use kthread_rt::AsyncDomain;
use std::ffi::{c_int, c_void};

// `struct async_domain` of the header.
const _: () = assert!(size_of::<AsyncDomain>() == 16);

/// `async_func_t`, called with the caller's datum and the call's cookie.
type Function = unsafe extern "C-unwind" fn(data: *mut c_void, cookie: u64);

/// An asynchronous call.
struct Call(Function, *mut c_void);

// SAFETY: the C contract: the function may use its datum on another thread.
unsafe impl Send for Call {}

impl Call {
    fn run(self, cookie: u64) {
        // SAFETY: by the C contract, the function may be called with its datum.
        unsafe { (self.0)(self.1, cookie) }
    }
}

/// # Safety
///
/// `function` may be called with `data` on another thread.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn async_schedule_node(function: Function, data: *mut c_void, _node: c_int) -> u64 {
    kthread_rt::async_schedule(Call::run, Call(function, data))
}

/// # Safety
///
/// As [`async_schedule_node`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn async_schedule_node_domain(
    function: Function,
    data: *mut c_void,
    _node: c_int,
    domain: In<AsyncDomain>,
) -> u64 {
    kthread_rt::async_schedule_domain(Call::run, Call(function, data), &domain)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn async_synchronize_full() {
    kthread_rt::async_synchronize_full();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn async_synchronize_full_domain(domain: In<AsyncDomain>) {
    kthread_rt::async_synchronize_full_domain(&domain);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn async_synchronize_cookie(cookie: u64) {
    kthread_rt::async_synchronize_cookie(cookie);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn async_synchronize_cookie_domain(cookie: u64, domain: In<AsyncDomain>) {
    kthread_rt::async_synchronize_cookie_domain(cookie, &domain);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn current_is_async() -> bool {
    kthread_rt::current_is_async()
}
