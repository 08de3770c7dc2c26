//! The kernel's names for tasklets: each is one line that calls a method of [`TaskletStruct`].

use super::{TaskletFn, TaskletOldFn, TaskletStruct};
use crate::sched::with_current;
use std::panic::Location;

/// The number of the bit of [`tasklet_state`] that is set while the tasklet is scheduled.
pub const TASKLET_STATE_SCHED: u32 = 0;
/// The number of the bit of [`tasklet_state`] that is set while its function runs.
pub const TASKLET_STATE_RUN: u32 = 1;

/// Returns `t->state`: the bits [`TASKLET_STATE_SCHED`] and [`TASKLET_STATE_RUN`]. Informative
/// only, as in the kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let tasklet = Tasklet::new(|tasklet| assert_eq!(tasklet_state(tasklet), 1 << TASKLET_STATE_RUN));
/// assert_eq!(tasklet_state(&tasklet), 0);
/// tasklet_schedule(&tasklet);
/// ```
pub fn tasklet_state(tasklet: &TaskletStruct) -> u64 {
    u64::from(tasklet.is_scheduled()) << TASKLET_STATE_SCHED
        | u64::from(tasklet.is_running()) << TASKLET_STATE_RUN
}

/// Defines a static tasklet: `DECLARE_TASKLET`. Its function gets a reference to the tasklet. Works
/// in models too, where plain statics don't.
///
/// **Form**: `DECLARE_TASKLET!([pub] static NAME = function)`. Declares
/// `static NAME: TaskletStruct`; `function` is a `fn(&'static TaskletStruct)`, or a closure that
/// captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// fn receive(tasklet: &TaskletStruct) {
///     assert!(in_serving_softirq() && !tasklet.is_scheduled());
///     complete(&DONE);
/// }
///
/// DECLARE_TASKLET!(
///     /// Handles a received packet.
///     static RECEIVE = receive
/// );
/// tasklet_schedule(&RECEIVE);
/// wait_for_completion(&DONE);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_TASKLET {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_tasklet!(with_callback, $(#[$meta])* $vis $name = $function);
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DECLARE_TASKLET", "[pub] static NAME = function"; $($other)*);
    };
}

/// Defines a static tasklet that is disabled: `DECLARE_TASKLET_DISABLED`. As
/// [`DECLARE_TASKLET!`](crate::DECLARE_TASKLET).
///
/// **Form**: `DECLARE_TASKLET_DISABLED!([pub] static NAME = function)`. Declares
/// `static NAME: TaskletStruct`; `function` is a `fn(&'static TaskletStruct)`, or a closure that
/// captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DECLARE_TASKLET_DISABLED!(static LATER = |_| complete(&DONE));
/// tasklet_schedule(&LATER);
/// assert!(LATER.is_scheduled()); // and stays so
/// tasklet_enable(&LATER);
/// wait_for_completion(&DONE);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_TASKLET_DISABLED {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_tasklet!(with_callback_disabled, $(#[$meta])* $vis $name = $function);
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DECLARE_TASKLET_DISABLED", "[pub] static NAME = function"; $($other)*);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __declare_tasklet {
    ($form:ident, $(#[$meta:meta])* $vis:vis $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::TaskletStruct = {
            unsafe extern "C-unwind" fn call(tasklet: *mut $crate::TaskletStruct) {
                let function: fn(&'static $crate::TaskletStruct) = $function;
                // SAFETY: a tasklet's function gets the tasklet, which is a static.
                function(unsafe { &*tasklet })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::TaskletStruct::$form(call) }
        });
    };
}

/// Defines a static tasklet of the old form, whose function gets `t->data`, 0 at first:
/// `DECLARE_TASKLET_OLD`.
///
/// **Form**: `DECLARE_TASKLET_OLD!([pub] static NAME = function)`. Declares
/// `static NAME: TaskletStruct`; `function` is a `fn(u64)`, or a closure that captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DECLARE_TASKLET_OLD!(static OLD = |data| {
///     assert_eq!(data, 7);
///     complete(&DONE);
/// });
/// OLD.set_data(7);
/// tasklet_schedule(&OLD);
/// wait_for_completion(&DONE);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_TASKLET_OLD {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::TaskletStruct = {
            unsafe extern "C-unwind" fn call(data: u64) {
                let function: fn(u64) = $function;
                function(data)
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called by any
            // thread.
            unsafe { $crate::TaskletStruct::with_func(call, 0) }
        });
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DECLARE_TASKLET_OLD", "[pub] static NAME = function"; $($other)*);
    };
}

/// Returns a pointer to the structure that contains a tasklet: `from_tasklet`. Dereferencing it is
/// up to the caller.
///
/// **Form**: `from_tasklet!(Type, tasklet: *mut TaskletStruct, field)`. **Returns** `*mut Type`; a
/// `*const` pointer gives a `*const Type`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// struct Device {
///     packets: u32,
///     receive: TaskletStruct,
/// }
///
/// let mut device = Device { packets: 7, receive: TaskletStruct::new() };
/// let tasklet = &raw mut device.receive;
/// let device: *mut Device = from_tasklet!(Device, tasklet, receive);
/// // SAFETY: the tasklet is that field of a device.
/// assert_eq!(unsafe { (*device).packets }, 7);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! from_tasklet {
    ($type:ty, $tasklet:expr, $field:ident) => {
        ($tasklet).wrapping_byte_sub(::core::mem::offset_of!($type, $field)).cast::<$type>()
    };
}

/// Initialises the memory at `tasklet` as an idle, enabled tasklet with a function:
/// `tasklet_setup`.
///
/// # Safety
///
/// `tasklet` is valid for writing, and is no tasklet that is scheduled or runs. From now on,
/// whenever the tasklet is scheduled or runs, it is valid and in the same place, and `callback` may
/// be called with it on another thread. So call [`tasklet_kill`] before you free it.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// static DONE: Completion = Completion::new();
/// unsafe extern "C-unwind" fn receive(_: *mut TaskletStruct) {
///     complete(&DONE);
/// }
///
/// let mut memory = MaybeUninit::<TaskletStruct>::uninit();
/// // SAFETY: the tasklet stays in this frame, and is killed before the frame ends.
/// let tasklet = unsafe {
///     tasklet_setup(memory.as_mut_ptr(), receive);
///     memory.assume_init_ref()
/// };
/// tasklet_schedule(tasklet);
/// tasklet_kill(tasklet);
/// assert!(completion_done(&DONE));
/// ```
pub unsafe fn tasklet_setup(tasklet: *mut TaskletStruct, callback: TaskletFn) {
    // The callback may use its pointer for all that this pointer allows.
    tasklet.expose_provenance();
    // SAFETY: by the contract.
    unsafe { tasklet.write(TaskletStruct::with_callback(callback)) };
}

/// [`tasklet_setup`] with a function of the old form and its argument: `tasklet_init`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// static DONE: Completion = Completion::new();
/// unsafe extern "C-unwind" fn receive(data: u64) {
///     assert_eq!(data, 7);
///     complete(&DONE);
/// }
///
/// let mut memory = MaybeUninit::<TaskletStruct>::uninit();
/// // SAFETY: the tasklet stays in this frame, and is killed before the frame ends.
/// let tasklet = unsafe {
///     tasklet_init(memory.as_mut_ptr(), receive, 7);
///     memory.assume_init_ref()
/// };
/// tasklet_schedule(tasklet);
/// wait_for_completion(&DONE);
/// tasklet_kill(tasklet);
/// ```
///
/// # Safety
///
/// As [`tasklet_setup`].
pub unsafe fn tasklet_init(tasklet: *mut TaskletStruct, func: TaskletOldFn, data: u64) {
    tasklet.expose_provenance();
    // SAFETY: by the contract.
    unsafe { tasklet.write(TaskletStruct::with_func(func, data)) };
}

/// Schedules `tasklet`: `tasklet_schedule`. Its function will be called once, by the tasklet thread
/// of the calling task's Kernel.
///
/// A tasklet that is scheduled already is still called only once. A running one is called again. A
/// disabled one waits until it is enabled. For one that is being killed the call does nothing. The
/// function sees what happened before this call. Never sleeps, and allocates nothing except for the
/// first tasklet of a Kernel. A tasklet without a function, or one that is scheduled after its
/// Kernel has shut down, stays idle, with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DECLARE_TASKLET!(static RECEIVE = |_| complete(&DONE));
/// tasklet_schedule(&RECEIVE);
/// wait_for_completion(&DONE);
/// ```
#[track_caller]
pub fn tasklet_schedule(tasklet: &TaskletStruct) {
    tasklet.schedule();
}

/// [`tasklet_schedule`] with high priority: `tasklet_hi_schedule`. Waiting tasklets of high
/// priority are called before the others. If the tasklet is scheduled already, it does nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DECLARE_TASKLET!(static RECEIVE = |_| complete(&DONE));
/// tasklet_hi_schedule(&RECEIVE);
/// wait_for_completion(&DONE);
/// ```
#[track_caller]
pub fn tasklet_hi_schedule(tasklet: &TaskletStruct) {
    tasklet.hi_schedule();
}

/// Keeps `tasklet` from being called until [`tasklet_enable`], and waits until its function is not
/// running: `tasklet_disable`. Nests.
///
/// Sleeps, uninterruptibly, if the function runs. In the tasklet's own function, where the kernel
/// would hang, it warns and does not wait; the tasklet is disabled nevertheless.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
///
/// let calls = Arc::new(AtomicU32::new(0));
/// let tasklet = Tasklet::new({
///     let calls = calls.clone();
///     move |_| _ = calls.fetch_add(1, Relaxed)
/// });
/// tasklet_disable(&tasklet);
/// tasklet_schedule(&tasklet);
/// assert_eq!(calls.load(Relaxed), 0);
/// tasklet_enable(&tasklet);
/// tasklet_kill(&tasklet);
/// assert_eq!(calls.load(Relaxed), 1);
/// ```
#[track_caller]
pub fn tasklet_disable(tasklet: &TaskletStruct) {
    tasklet.disable();
}

/// [`tasklet_disable`] for atomic context, where the kernel spins: `tasklet_disable_in_atomic`.
/// Here it sleeps while the function runs, which is short, and does not warn.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DECLARE_TASKLET!(static RECEIVE = |_| complete(&DONE));
/// tasklet_disable_in_atomic(&RECEIVE);
/// tasklet_schedule(&RECEIVE); // it does not run yet
/// tasklet_enable(&RECEIVE);
/// wait_for_completion(&DONE);
/// ```
#[track_caller]
pub fn tasklet_disable_in_atomic(tasklet: &TaskletStruct) {
    let place = Location::caller();
    with_current(|me| tasklet.disable_and_wait(me, "tasklet_disable_in_atomic", place));
}

/// Keeps `tasklet` from being called until [`tasklet_enable`]: `tasklet_disable_nosync`. Its
/// function may be running, and continues. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DECLARE_TASKLET!(static RECEIVE = |_| complete(&DONE));
/// tasklet_disable_nosync(&RECEIVE);
/// tasklet_schedule(&RECEIVE); // it does not run yet
/// tasklet_enable(&RECEIVE);
/// wait_for_completion(&DONE);
/// ```
pub fn tasklet_disable_nosync(tasklet: &TaskletStruct) {
    tasklet.disable_nosync();
}

/// Undoes one [`tasklet_disable`]: `tasklet_enable`. If that was the last one and the tasklet is
/// scheduled, it is called. Never sleeps. A tasklet that is not disabled stays enabled, with a
/// warning; the kernel's would never be called again.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DECLARE_TASKLET!(static RECEIVE = |_| complete(&DONE));
/// tasklet_disable(&RECEIVE);
/// tasklet_schedule(&RECEIVE); // it does not run yet
/// tasklet_enable(&RECEIVE);
/// wait_for_completion(&DONE);
/// ```
#[track_caller]
pub fn tasklet_enable(tasklet: &TaskletStruct) {
    tasklet.enable();
}

/// Waits until `tasklet` is idle: `tasklet_kill`. A scheduled tasklet is called first. Scheduling
/// it meanwhile does nothing, so one that schedules itself ends. Sleeps, uninterruptibly.
///
/// When it returns, the tasklet may be freed, unless another task schedules it. For a tasklet that
/// is scheduled and disabled, it waits until a task enables it, as in the kernel. A tasklet's
/// function that would have to wait, for itself or another tasklet, would hang in the kernel; here
/// the call dequeues the tasklet and warns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let tasklet = Tasklet::new(|tasklet| tasklet_schedule(tasklet));
/// tasklet_schedule(&tasklet);
/// tasklet_kill(&tasklet); // it rescheduled itself all the time; now it is idle
/// assert!(!tasklet.is_scheduled());
/// ```
#[track_caller]
pub fn tasklet_kill(tasklet: &TaskletStruct) {
    tasklet.kill();
}

/// Waits until the function of `tasklet` is not running: `tasklet_unlock_wait`. Sleeps. In the
/// function itself it warns and does not wait.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_TASKLET!(static RECEIVE = |_| ());
/// tasklet_schedule(&RECEIVE);
/// tasklet_unlock_wait(&RECEIVE); // its function does not run now
/// tasklet_kill(&RECEIVE);
/// ```
#[track_caller]
pub fn tasklet_unlock_wait(tasklet: &TaskletStruct) {
    tasklet.wait_while_running();
}
