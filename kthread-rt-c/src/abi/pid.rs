//! `linux/pid.h`, `linux/sched/mm.h`.
//!
//! # `struct pid`
//!
//! In the kernel a task has one from its creation on, and the refcounted block lives until the last
//! reference is dropped. Here a block is made when C code creates the task or first asks for the
//! task's block. Its count starts at the one reference that the task itself has in a kernel. The
//! block stays until the modules are unloaded: a pointer that a module kept too long leads to a
//! valid block, which says that the task has ended.

use super::{In, int, is_err_or_null};
use kthread_rt::prelude::*;
use std::cell::UnsafeCell;
use std::collections::BTreeMap;
use std::ffi::{c_int, c_uint, c_void};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

/// `enum pid_type`.
const PIDTYPE_MAX: usize = 4;

/// `struct upid`.
#[repr(C)]
struct Upid {
    nr: c_int,
    ns: *const Namespace,
}

/// `struct pid`, followed by fields that C does not see.
#[repr(C)]
pub(super) struct CPid {
    count: AtomicI32,
    level: c_uint,
    lock: u32,
    tasks: [*mut c_void; PIDTYPE_MAX],
    inodes: *mut c_void,
    wait_pidfd: [u64; 3],
    rcu: [usize; 2],
    numbers: [Upid; 1],
    pid: Pid,
    /// The lock of `task_lock`, a `spinlock_t`.
    alloc_lock: u32,
}

/// `struct pid_namespace`.
#[repr(C)]
struct Namespace {
    level: c_uint,
    pid_allocated: c_uint,
    parent: usize,
    space: [usize; 6],
}

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
static init_pid_ns: Namespace = Namespace { level: 0, pid_allocated: 0, parent: 0, space: [0; 6] };

/// `init_user_ns`. C code only uses its address.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
static init_user_ns: [usize; 8] = [0; 8];

/// Passes the namespace's address to the runtime before any C code runs.
extern "C" fn know_namespace() {
    kthread_rt::__for_c::note_pid_namespace((&raw const init_pid_ns).cast_mut().cast());
}

#[used]
#[unsafe(link_section = ".init_array")]
static KNOW_NAMESPACE: extern "C" fn() = know_namespace;

/// The blocks, by the addresses of their tasks, to which they hold references. Boxed, because C has
/// their addresses.
struct Blocks(BTreeMap<usize, Box<UnsafeCell<CPid>>>);

// SAFETY: all fields of a block that change are atomic, and the namespace is a static.
unsafe impl Send for Blocks {}

static BLOCKS: Mutex<Blocks> = Mutex::new(Blocks(BTreeMap::new()));

/// Keeps `task`, which C got without a reference, until the modules are unloaded. Returns its
/// address.
pub(super) fn keep(task: &Task) -> *const TaskStruct {
    block_of(task);
    super::fields::refresh(task);
    task.as_ptr()
}

/// The block of `task`.
pub(super) fn block_of(task: &TaskStruct) -> *mut CPid {
    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    let block = blocks.0.entry(ptr::from_ref(task).addr()).or_insert_with(|| {
        Box::new(UnsafeCell::new(CPid {
            count: AtomicI32::new(1),
            level: 0,
            lock: 0,
            tasks: [ptr::null_mut(); PIDTYPE_MAX],
            inodes: ptr::null_mut(),
            wait_pidfd: [0; 3],
            rcu: [0; 2],
            numbers: [Upid { nr: task.pid(), ns: &raw const init_pid_ns }],
            pid: task_pid(task),
            alloc_lock: 0,
        }))
    });
    task.note_pid_block(block.get().cast());
    block.get()
}

/// Drops the blocks. No C code that could use them may be left.
pub(super) fn forget_pids() {
    let blocks = std::mem::take(&mut BLOCKS.lock().unwrap_or_else(PoisonError::into_inner).0);
    for block in blocks.values() {
        // SAFETY: no C code is left that has a pointer to the block.
        if let Some(task) = unsafe { (*block.get()).pid.task() } {
            task.note_pid_block(ptr::null_mut());
        }
    }
    drop(blocks);
}

/// The block of `task`, with a further reference.
fn counted(task: &TaskStruct) -> *mut CPid {
    let block = block_of(task);
    // SAFETY: valid until the module is unloaded.
    unsafe { (*block).count.fetch_add(1, Ordering::Relaxed) };
    block
}

/// True if the task has not ended. A task that has ended has no `struct pid`.
fn has_pid(task: &TaskStruct) -> bool {
    task_pid(task).task().is_some()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_task_pid(task: In<TaskStruct>, _kind: c_uint) -> *mut CPid {
    if has_pid(&task) { counted(&task) } else { ptr::null_mut() }
}

/// The pointer is valid until the modules are unloaded, like the block.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_task_alloc_lock(task: In<TaskStruct>) -> *mut u32 {
    // SAFETY: a field's place.
    unsafe { &raw mut (*block_of(&task)).alloc_lock }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_task_pid(task: In<TaskStruct>) -> *mut CPid {
    if has_pid(&task) { block_of(&task) } else { ptr::null_mut() }
}

/// The task's number in the namespace; 0 if it has ended.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_task_pid_vnr(task: In<TaskStruct>) -> c_int {
    if has_pid(&task) { task.pid() } else { 0 }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn find_vpid(nr: c_int) -> *mut CPid {
    kthread_rt::find_task_by_vpid(nr).map_or(ptr::null_mut(), |task| block_of(&task))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn find_get_pid(nr: c_int) -> *mut CPid {
    kthread_rt::find_task_by_vpid(nr).map_or(ptr::null_mut(), |task| counted(&task))
}

/// # Safety
///
/// `pid` is null or a block, and the caller has a reference.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn put_pid(pid: *const CPid) {
    if !is_err_or_null(pid) {
        // SAFETY: the C contract.
        unsafe { (*pid).count.fetch_sub(1, Ordering::Release) };
    }
}

/// The task, or null if it has ended. The pointer is valid as long as the block.
///
/// # Safety
///
/// `pid` is null or a block.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn pid_task(pid: *const CPid, _kind: c_uint) -> *const TaskStruct {
    if is_err_or_null(pid) {
        return ptr::null();
    }
    // SAFETY: the C contract.
    unsafe { (*pid).pid.task() }.inspect(super::fields::refresh).map_or(ptr::null(), |task| task.as_ptr())
}

/// # Safety
///
/// As [`pid_task`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn get_pid_task(pid: *const CPid, _kind: c_uint) -> *const TaskStruct {
    if is_err_or_null(pid) {
        return ptr::null();
    }
    // SAFETY: the C contract.
    unsafe { (*pid).pid.task() }.inspect(super::fields::refresh).map_or(ptr::null(), Task::into_raw)
}

/// # Safety
///
/// As [`pid_task`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kill_pid(pid: *const CPid, sig: c_int, from_kernel: c_int) -> c_int {
    if is_err_or_null(pid) {
        return Errno::ESRCH.as_return();
    }
    // SAFETY: the C contract.
    int(kthread_rt::kill_pid(unsafe { &(*pid).pid }, sig, from_kernel))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn get_task_mm(task: In<TaskStruct>) -> *const c_void {
    if task.flags().contains(PF_KTHREAD) { ptr::null() } else { task.use_mm() }
}
