//! `linux/freezer.h`.

use super::{In, int};
use kthread_rt::TaskStruct;
use std::ffi::c_int;

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_freezing(task: In<TaskStruct>) -> bool {
    kthread_rt::freezing(&task)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn frozen(task: In<TaskStruct>) -> bool {
    kthread_rt::frozen(&task)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_try_to_freeze() -> bool {
    kthread_rt::try_to_freeze()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __refrigerator(check_kthr_stop: bool) -> bool {
    kthread_rt::__refrigerator(check_kthr_stop)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn set_freezable() -> bool {
    kthread_rt::set_freezable()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn freeze_processes() -> c_int {
    let _whole = crate::abi::may_sleep_in_all("freeze_processes");
    int(kthread_rt::freeze_processes())
}

#[unsafe(no_mangle)]
extern "C-unwind" fn freeze_kernel_threads() -> c_int {
    let _whole = crate::abi::may_sleep_in_all("freeze_kernel_threads");
    int(kthread_rt::freeze_kernel_threads())
}

#[unsafe(no_mangle)]
extern "C-unwind" fn thaw_processes() {
    let _whole = crate::abi::may_sleep_in_all("thaw_processes");
    kthread_rt::thaw_processes();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn thaw_kernel_threads() {
    let _whole = crate::abi::may_sleep_in_all("thaw_kernel_threads");
    kthread_rt::thaw_kernel_threads();
}
