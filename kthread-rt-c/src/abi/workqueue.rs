//! `linux/workqueue.h`. The header initialises work items.
//!
//! # How long a workqueue pointer in C is valid
//!
//! A `struct workqueue_struct *` points to a boxed handle, a [`Workqueue`]. `alloc_workqueue` makes
//! the box and `destroy_workqueue` frees it; after that the pointer is invalid, as in the kernel.
//! With `debug` the box stays ([`DESTROYED`]).
//! [`SYSTEM`] keeps the boxes of the Kernel's own queues until the Kernel is shut down.

use super::uninit::is_initialised;
use super::{In, int, left, text};
use kthread_rt::debug_objects;
use kthread_rt::prelude::*;
use kthread_rt::{TimerList, WorkFn};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ops::Deref;
use std::ptr;
use std::sync::{Mutex, PoisonError};

// `struct work_struct` and `struct delayed_work` of the header.
const _: () = assert!(size_of::<WorkStruct>() == 64 && size_of::<DelayedWorkStruct>() == 64 + 72);

/// `WORK_CPU_UNBOUND`: any cpu.
const ANY_CPU: c_int = 1024;

/// The handles of the Kernel's own queues that C code has used.
#[allow(clippy::vec_box, reason = "C has the addresses of the handles")]
static SYSTEM: Mutex<Vec<Box<Workqueue>>> = Mutex::new(Vec::new());

#[allow(clippy::vec_box, reason = "as above")]
fn system<R>(f: impl FnOnce(&mut Vec<Box<Workqueue>>) -> R) -> R {
    f(&mut SYSTEM.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The addresses of the boxes that `kt_alloc_workqueue` made and `destroy_workqueue` did not take.
static ALLOCATED: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

fn allocated<R>(f: impl FnOnce(&mut BTreeSet<usize>) -> R) -> R {
    f(&mut ALLOCATED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// With `debug`, the handles of destroyed queues: a queue reports and refuses work items that come
/// later.
#[allow(clippy::vec_box, reason = "C has the addresses of the handles")]
static DESTROYED: Mutex<Vec<Box<Workqueue>>> = Mutex::new(Vec::new());

#[allow(clippy::vec_box, reason = "as above")]
fn destroyed<R>(f: impl FnOnce(&mut Vec<Box<Workqueue>>) -> R) -> R {
    f(&mut DESTROYED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Drops the handles of the Kernel's own queues, and those that are kept. No C code that could use
/// them may be left.
pub(super) fn forget_queues() {
    drop(system(std::mem::take));
    drop(destroyed(std::mem::take));
}

/// The cpu that C names, or `None` for any.
fn one_cpu(cpu: c_int) -> Option<u32> {
    u32::try_from(cpu).ok().filter(|_| cpu != ANY_CPU)
}

/// The queue with index `which` in [`variables`].
#[cold]
fn system_queue(which: usize) -> *const Workqueue {
    let queue = match which {
        0 => system_wq(),
        1 => system_highpri_wq(),
        2 => system_long_wq(),
        3 => system_unbound_wq(),
        4 => system_freezable_wq(),
        5 => system_power_efficient_wq(),
        7 => system_bh_wq(),
        8 => system_bh_highpri_wq(),
        _ => system_freezable_power_efficient_wq(),
    };
    system(|known| {
        let at = known.iter().position(|other| **other == queue).unwrap_or_else(|| {
            known.push(Box::new(queue));
            known.len() - 1
        });
        ptr::from_ref(&*known[at])
    })
}

/// The variables `system_wq` and so on hold addresses of these bytes. The Kernel makes such a queue
/// when it is first used.
static PLACES: [u8; 9] = [0; 9];

/// The type of a C variable.
#[repr(transparent)]
struct Variable(*const u8);

// SAFETY: the address of a static.
unsafe impl Sync for Variable {}

#[allow(non_upper_case_globals, reason = "the kernel's names")]
mod variables {
    use super::{PLACES, Variable};

    macro_rules! variables {
        ($($name:ident $which:literal)*) => { $(
            #[unsafe(no_mangle)]
            static $name: Variable = Variable(&raw const PLACES[$which]);
        )* };
    }

    variables! {
        system_wq 0
        system_highpri_wq 1
        system_long_wq 2
        system_unbound_wq 3
        system_freezable_wq 4
        system_power_efficient_wq 5
        system_freezable_power_efficient_wq 6
        system_bh_wq 7
        system_bh_highpri_wq 8
    }
}

/// A `struct workqueue_struct *` that C passes.
#[repr(transparent)]
struct Queue<'a>(In<'a, Workqueue>);

impl Deref for Queue<'_> {
    type Target = Workqueue;

    #[inline]
    fn deref(&self) -> &Workqueue {
        let which = self.0.0.addr().wrapping_sub((&raw const PLACES).addr());
        if which < PLACES.len() {
            // SAFETY: the box lives until no C code is left.
            return unsafe { &*system_queue(which) };
        }
        &self.0
    }
}

/// `alloc_workqueue`, after the name is formatted. Null on an error.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_alloc_workqueue(
    name: *const c_char,
    flags: c_uint,
    max_active: c_int,
) -> *const Workqueue {
    // SAFETY: the C contract.
    let made =
        Workqueue::new(&unsafe { text(name) }, WqFlags::from_bits_retain(flags), max_active.max(0) as u32);
    let give = |queue: Workqueue| {
        let given = Box::into_raw(Box::new(queue)).cast_const();
        allocated(|queues| queues.insert(given.addr()));
        given
    };
    made.map_or(ptr::null(), give)
}

/// # Safety
///
/// `wq` is a workqueue that is not used again.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn destroy_workqueue(wq: *mut Workqueue) {
    let handle: &Workqueue = &Queue(In::new(wq));
    if !ptr::eq(handle, wq) {
        // A queue of the Kernel's own: this warns.
        return kthread_rt::destroy_workqueue(handle);
    }
    if !allocated(|queues| queues.remove(&wq.addr())) {
        return left::warn_gone(wq.addr(), "destroy_workqueue");
    }
    kthread_rt::destroy_workqueue(handle);
    // SAFETY: the box of `kt_alloc_workqueue`, by the C contract; the table had its address.
    let handle = unsafe { Box::from_raw(wq) };
    if debug_objects::tracks() {
        destroyed(|queues| queues.push(handle));
    }
}

macro_rules! of_queues {
    ($($name:ident($($arg:ident: $type:ty = $given:expr),*);)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(wq: Queue $(, $arg: $type)*) {
            kthread_rt::$name(&wq $(, $given)*)
        }
    )* };
}

of_queues! {
    flush_workqueue();
    drain_workqueue();
    workqueue_set_max_active(max_active: c_int = max_active.max(0) as u32);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn workqueue_congested(cpu: c_int, wq: Queue) -> bool {
    kthread_rt::workqueue_congested(one_cpu(cpu), &wq)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn current_is_workqueue_rescuer() -> bool {
    kthread_rt::current_is_workqueue_rescuer()
}

/// The begin of a kernel's `struct worker`, to which a worker's `kthread_data` points.
#[repr(C)]
struct Worker {
    entry: [usize; 2],
    current_work: *const WorkStruct,
    current_func: usize,
    /// The other fields, as zeroes.
    rest: [usize; 28],
}

thread_local! {
    static WORKER: Cell<Worker> =
        const { Cell::new(Worker { entry: [0; 2], current_work: ptr::null(), current_func: 0, rest: [0; 28] }) };
}

/// The `struct worker` of `task`, if that is the calling task and a worker. Its fields are those of
/// this moment, and the pointer is valid until the thread ends.
pub(super) fn worker_data(task: &TaskStruct) -> Option<*mut c_void> {
    let worker = task.flags().contains(PF_WQ_WORKER) && current().as_ptr() == task;
    worker.then(|| {
        let current_func = task.runs_work().map_or(0, |work| work.function);
        let current_work = kthread_rt::current_work();
        WORKER.with(|worker| {
            worker.set(Worker { entry: [0; 2], current_work, current_func, rest: [0; 28] });
            worker.as_ptr().cast()
        })
    })
}

#[unsafe(no_mangle)]
extern "C-unwind" fn current_work() -> *const WorkStruct {
    kthread_rt::current_work()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_queue_work(wq: Queue, work: In<WorkStruct>) -> bool {
    if !is_initialised(&*work, "queue_work") {
        return false;
    }
    queue_work(&wq, &work)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_await_grace_period(work: In<WorkStruct>) -> bool {
    kthread_rt::__await_grace_period(&work)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_queue_awaited(wq: Queue, work: In<WorkStruct>) {
    kthread_rt::__queue_awaited(&wq, &work);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn queue_work_on(cpu: c_int, wq: Queue, work: In<WorkStruct>) -> bool {
    if !is_initialised(&*work, "queue_work") {
        return false;
    }
    match one_cpu(cpu) {
        Some(cpu) => kthread_rt::queue_work_on(cpu, &wq, &work),
        None => queue_work(&wq, &work),
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_schedule_work(work: In<WorkStruct>) -> bool {
    if !is_initialised(&*work, "schedule_work") {
        return false;
    }
    schedule_work(&work)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_queue_delayed_work(wq: Queue, dwork: In<DelayedWorkStruct>, delay: c_ulong) -> bool {
    if !is_initialised(&*dwork, "queue_delayed_work") {
        return false;
    }
    queue_delayed_work(&wq, &dwork, delay)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_schedule_delayed_work(dwork: In<DelayedWorkStruct>, delay: c_ulong) -> bool {
    if !is_initialised(&*dwork, "schedule_delayed_work") {
        return false;
    }
    schedule_delayed_work(&dwork, delay)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn queue_delayed_work_on(
    cpu: c_int,
    wq: Queue,
    dwork: In<DelayedWorkStruct>,
    delay: c_ulong,
) -> bool {
    if !is_initialised(&*dwork, "queue_delayed_work") {
        return false;
    }
    match one_cpu(cpu) {
        Some(cpu) => kthread_rt::queue_delayed_work_on(cpu, &wq, &dwork, delay),
        None => queue_delayed_work(&wq, &dwork, delay),
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn mod_delayed_work_on(
    cpu: c_int,
    wq: Queue,
    dwork: In<DelayedWorkStruct>,
    delay: c_ulong,
) -> bool {
    if !is_initialised(&*dwork, "mod_delayed_work") {
        return false;
    }
    match one_cpu(cpu) {
        Some(cpu) => kthread_rt::mod_delayed_work_on(cpu, &wq, &dwork, delay),
        None => mod_delayed_work(&wq, &dwork, delay),
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_mod_delayed_work_on_6_10(
    cpu: c_int,
    wq: Queue,
    dwork: In<DelayedWorkStruct>,
    delay: c_ulong,
) -> bool {
    wq.mod_delayed_work_since_6_10(one_cpu(cpu), &dwork, delay)
}

macro_rules! of_works {
    ($($type:ty: $($name:ident)*;)*) => { $($(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(work: In<$type>) -> bool {
            is_initialised(&*work, stringify!($name)) && kthread_rt::$name(&work)
        }
    )*)* };
}

of_works! {
    WorkStruct: flush_work cancel_work cancel_work_sync disable_work disable_work_sync enable_work;
    DelayedWorkStruct: flush_delayed_work cancel_delayed_work cancel_delayed_work_sync disable_delayed_work
        disable_delayed_work_sync enable_delayed_work;
}

/// Before 6.10, a work item counts as pending while a cancel of it waits.
fn is_cancelled(work: &WorkStruct) -> bool {
    super::modules::version() < (6, 10) && work.is_disabled()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn work_busy(work: In<WorkStruct>) -> c_uint {
    kthread_rt::work_busy(&work) | if is_cancelled(&work) { WORK_BUSY_PENDING } else { 0 }
}

/// # Safety
///
/// `timer` belongs to a delayed work item that waits for it.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn delayed_work_timer_fn(timer: *mut TimerList) {
    // SAFETY: the C contract.
    unsafe { kthread_rt::delayed_work_timer_fn(timer) };
}

/// A function's argument, carried to another thread.
struct Carried(*mut c_void);

// SAFETY: by the C contract, the function may use its argument on the other thread.
unsafe impl Send for Carried {}

/// # Safety
///
/// `function` may be called with `arg` on another thread.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn work_on_cpu(
    cpu: c_int,
    function: unsafe extern "C-unwind" fn(*mut c_void) -> c_long,
    arg: *mut c_void,
) -> c_long {
    let _whole = crate::abi::may_sleep_in_all("work_on_cpu");
    let carried = Carried(arg);
    let call = move || {
        let carried = carried;
        // SAFETY: the C contract.
        unsafe { function(carried.0) }
    };
    kthread_rt::work_on_cpu(one_cpu(cpu).unwrap_or(u32::MAX), call)
        .unwrap_or_else(|errno| errno.as_return().into())
}

/// # Safety
///
/// `function` may be called on other threads, with a work item of which it only uses the address.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn schedule_on_each_cpu(function: WorkFn) -> c_int {
    // SAFETY: the C contract.
    int(kthread_rt::schedule_on_each_cpu(move || unsafe { function(kthread_rt::current_work().cast_mut()) }))
}
