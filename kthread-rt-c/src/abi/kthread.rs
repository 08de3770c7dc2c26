//! `linux/kthread.h`.
//!
//! # How long a task pointer in C is valid
//!
//! `kthread_create` returns a pointer without a reference, which is valid in the kernel while the
//! thread lives. Some modules use it longer, for a `kthread_stop` of a thread that has returned.
//! Here, [`CREATED`] keeps the creator's reference until the Kernel is shut down, so such a pointer
//! always leads to a task. `get_task_struct` and `put_task_struct` count further references.

use super::{In, err_ptr, int, is_err_or_null, text};
use kthread_rt::prelude::*;
use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

/// The creators' references.
static CREATED: Mutex<Vec<Task>> = Mutex::new(Vec::new());

/// Keeps the creator's reference, and returns the pointer for C.
fn keep(task: Result<Task, Errno>) -> *const TaskStruct {
    match task {
        Ok(task) => {
            let pointer = task.as_ptr();
            // The task's field has to show it from the beginning.
            super::pid::block_of(&task);
            CREATED.lock().unwrap_or_else(PoisonError::into_inner).push(task);
            pointer
        }
        Err(errno) => err_ptr(errno),
    }
}

/// Drops all creators' references. No C code that could use them may be left.
pub(super) fn forget_created() {
    let created = std::mem::take(&mut *CREATED.lock().unwrap_or_else(PoisonError::into_inner));
    drop(created);
}

/// `kthread_create_on_node`, after the name is formatted.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_kthread_create(
    threadfn: RawThreadFn,
    data: *mut c_void,
    node: c_int,
    name: *const c_char,
) -> *const TaskStruct {
    // SAFETY: the C contract.
    keep(unsafe { kthread_create_raw(threadfn, data, node, &text(name)) })
}

/// 0, or the error of `kthread_create_on_cpu` for a cpu that does not exist.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_kthread_check_cpu(cpu: c_uint) -> c_int {
    int(kthread_rt::__check_cpu_of_new(cpu))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_stop(task: In<TaskStruct>) -> c_int {
    kthread_rt::kthread_stop(&task)
}

/// # Safety
///
/// The caller has a reference, by `get_task_struct`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kthread_stop_put(task: In<TaskStruct>) -> c_int {
    let result = kthread_rt::kthread_stop(&task);
    // SAFETY: by the C contract, the caller gives up its reference.
    drop(unsafe { Task::from_raw(&raw const *task) });
    result
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_should_stop() -> bool {
    kthread_rt::kthread_should_stop()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_should_park() -> bool {
    kthread_rt::kthread_should_park()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_should_stop_or_park() -> bool {
    kthread_rt::kthread_should_stop_or_park()
}

/// # Safety
///
/// `was_frozen` is null or valid.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kthread_freezable_should_stop(was_frozen: *mut bool) -> bool {
    // SAFETY: the C contract.
    kthread_rt::kthread_freezable_should_stop(unsafe { was_frozen.as_mut() })
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_park(task: In<TaskStruct>) -> c_int {
    int(kthread_rt::kthread_park(&task))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_unpark(task: In<TaskStruct>) {
    kthread_rt::kthread_unpark(&task);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_parkme() {
    super::sched::forget_place();
    kthread_rt::kthread_parkme();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_exit(result: c_long) -> ! {
    kthread_rt::kthread_exit(result)
}

/// `do_exit`, which the headers declare for every version.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_do_exit(code: c_long) -> ! {
    kthread_rt::kthread_exit(code)
}

/// # Safety
///
/// `comp` is null, or valid until it is completed.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kthread_complete_and_exit(comp: *const Completion, code: c_long) -> ! {
    // SAFETY: the C contract.
    let comp = (!comp.is_null()).then(|| unsafe { ExitCompletion::from_raw(comp) });
    kthread_rt::kthread_complete_and_exit(comp, code)
}

/// `complete_and_exit`, of code of a kernel before 5.7; see `completion.rs`.
///
/// # Safety
///
/// As [`kthread_complete_and_exit`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_wq_complete_and_exit(comp: *const Completion, code: c_long) -> ! {
    // SAFETY: the C contract.
    if let Some(comp) = unsafe { comp.as_ref() } {
        comp.have_entries();
    }
    // SAFETY: as above.
    unsafe { kthread_complete_and_exit(comp, code) }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_bind(task: In<TaskStruct>, cpu: c_uint) {
    kthread_rt::kthread_bind(&task, cpu);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_bind_mask(task: In<TaskStruct>, mask: In<CpuMask>) {
    kthread_rt::kthread_bind_mask(&task, &mask);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_set_per_cpu(task: In<TaskStruct>, cpu: c_int) {
    kthread_rt::kthread_set_per_cpu(&task, cpu);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_is_per_cpu(task: In<TaskStruct>) -> bool {
    kthread_rt::kthread_is_per_cpu(&task)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_func(task: In<TaskStruct>) -> Option<RawThreadFn> {
    match kthread_rt::kthread_func(&task) {
        // The worker function has another address in C.
        Some(f) if std::ptr::fn_addr_eq(f, kthread_rt::kthread_worker_fn as RawThreadFn) => {
            Some(super::kthread_worker::kthread_worker_fn)
        }
        other => other,
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_data(task: In<TaskStruct>) -> *mut c_void {
    super::workqueue::worker_data(&task).unwrap_or_else(|| kthread_rt::kthread_data(&task))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kthread_probe_data(task: In<TaskStruct>) -> *mut c_void {
    kthread_rt::kthread_probe_data(&task)
}

/// # Safety
///
/// `buf` has room for `size` bytes.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn get_kthread_comm(buf: *mut c_char, size: usize, task: In<TaskStruct>) {
    // SAFETY: the C contract.
    unsafe { super::sched::copy_text(task.full_name(), buf, size) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_task_struct(task: In<TaskStruct>) -> *const TaskStruct {
    let task = task.get();
    task.note_references(task.references());
    task.into_raw()
}

/// # Safety
///
/// The caller has a reference, by `get_task_struct`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn put_task_struct(task: *const TaskStruct) {
    if !is_err_or_null(task) {
        // SAFETY: the C contract.
        let task = unsafe { Task::from_raw(task) };
        task.note_references(task.references() - 1);
    }
}

/// # Safety
///
/// As `kthread_create`.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kernel_thread(
    threadfn: RawThreadFn,
    data: *mut c_void,
    flags: std::ffi::c_ulong,
) -> c_int {
    struct Carried(*mut c_void);
    // SAFETY: the C contract: the function may use its datum on the new thread.
    unsafe impl Send for Carried {}
    let run = move |carried: Carried| {
        // SAFETY: the C contract.
        unsafe { threadfn(carried.0) }
    };
    kthread_rt::kernel_thread(run, Carried(data), flags).unwrap_or_else(Errno::as_return)
}

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
static kthreadd_task: AtomicPtr<TaskStruct> = AtomicPtr::new(ptr::null_mut());

/// Sets `kthreadd_task` for C code. The task lives as long as the Kernel.
pub(super) fn know_kthreadd() {
    let task = kthread_rt::kthreadd_task().map_or(ptr::null(), |task| task.as_ptr());
    kthreadd_task.store(task.cast_mut(), Ordering::Release);
}
