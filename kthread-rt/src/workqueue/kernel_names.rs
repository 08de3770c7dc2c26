//! The kernel's function names for workqueues, each a thin wrapper around a method or function.
//!
//! `queue_work` and its family never sleep. Calls that flush, drain or destroy, and those with
//! `sync` in their name, may sleep.

use super::{
    Caller, DelayedWorkStruct, SystemQueue, WORK_BUSY_PENDING, WORK_BUSY_RUNNING, WQ_MAX_ACTIVE, WQ_UNBOUND,
    WorkFn, WorkStruct, Workqueue, cancel, delayed, flush, worker,
};
use crate::debug_objects;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{might_sleep_in_all, with_current};
use crate::sync;
use std::panic::Location;

/// Allocates a workqueue: `alloc_workqueue(fmt, flags, max_active, args…)`. The name takes kernel
/// or Rust formats, as the names of kthreads do.
///
/// **Form**: `alloc_workqueue!("name", flags: WqFlags, max_active: u32 [, args…])`; `flags` may be
/// a literal `0`, and a `max_active` of 0 means the default. **Returns**
/// `Result<Workqueue, Errno>`. **Errors**: those of [`Workqueue::new`](crate::Workqueue::new),
/// which also documents the flags.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("device/%d", WQ_UNBOUND | WQ_HIGHPRI, 4, 7)?;
/// assert_eq!(wq.name(), "device/7");
/// destroy_workqueue(&wq);
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! alloc_workqueue {
    ($name:literal, 0, $max_active:expr $(, $arg:expr)* $(,)?) => {
        $crate::alloc_workqueue!($name, $crate::WqFlags::empty(), $max_active $(, $arg)*)
    };
    ($name:literal, $flags:expr, $max_active:expr $(, $arg:expr)* $(,)?) => {
        $crate::Workqueue::new(&$crate::kthread_name!($name $(, $arg)*), $flags, $max_active)
    };
}

/// Allocates a workqueue that runs its work items one after another, in the order in which they
/// were queued: `alloc_ordered_workqueue(fmt, flags, args…)`.
///
/// **Form**: `alloc_ordered_workqueue!("name", flags: WqFlags [, args…])`; `flags` may be a literal
/// `0`. **Returns** `Result<Workqueue, Errno>`. **Errors**: those of
/// [`Workqueue::new`](crate::Workqueue::new).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let journal = alloc_ordered_workqueue!("journal/{}", WQ_MEM_RECLAIM, "sda")?;
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! alloc_ordered_workqueue {
    ($name:literal, 0 $(, $arg:expr)* $(,)?) => {
        $crate::alloc_ordered_workqueue!($name, $crate::WqFlags::empty() $(, $arg)*)
    };
    ($name:literal, $flags:expr $(, $arg:expr)* $(,)?) => {
        $crate::Workqueue::new(
            &$crate::kthread_name!($name $(, $arg)*),
            $crate::WQ_UNBOUND | $flags,
            1,
        )
    };
}

/// Declares a static work item: `DECLARE_WORK`. Its function gets a reference to it. Unlike a plain
/// static, it also works in models.
///
/// **Form**: `DECLARE_WORK!([pub] static NAME = function)`. Declares `static NAME: WorkStruct`;
/// `function` is a `fn(&'static WorkStruct)`, or a closure that captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// fn handle(work: &WorkStruct) {
///     assert!(!work_pending(work));
/// }
///
/// DECLARE_WORK!(
///     /// The part of an interrupt's work that may sleep.
///     static HANDLE = handle
/// );
/// assert!(schedule_work(&HANDLE));
/// flush_work(&HANDLE);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_WORK {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::WorkStruct = {
            unsafe extern "C-unwind" fn call(work: *mut $crate::WorkStruct) {
                let function: fn(&'static $crate::WorkStruct) = $function;
                // SAFETY: the function gets a pointer to its own work item, which is a static.
                function(unsafe { &*work })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::WorkStruct::with_function(call) }
        });
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DECLARE_WORK", "[pub] static NAME = function"; $($other)*);
    };
}

/// Declares a static delayed work item: `DECLARE_DELAYED_WORK`. Its function gets a reference to
/// it.
///
/// **Form**: `DECLARE_DELAYED_WORK!([pub] static NAME = function)`. Declares
/// `static NAME: DelayedWorkStruct`; `function` is a `fn(&'static DelayedWorkStruct)`, or a closure
/// that captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_DELAYED_WORK!(static WATCHDOG = |watchdog| {
///     schedule_delayed_work(watchdog, HZ); // again
/// });
/// schedule_delayed_work(&WATCHDOG, HZ);
/// assert!(cancel_delayed_work_sync(&WATCHDOG));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_DELAYED_WORK {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::DelayedWorkStruct = {
            unsafe extern "C-unwind" fn call(work: *mut $crate::WorkStruct) {
                let function: fn(&'static $crate::DelayedWorkStruct) = $function;
                // SAFETY: `work` points to the first field of the delayed work item, which is a
                // static.
                function(unsafe { &*work.cast() })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::DelayedWorkStruct::with_function(call) }
        });
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DECLARE_DELAYED_WORK", "[pub] static NAME = function"; $($other)*);
    };
}

/// Initializes `work` with a function, as idle: `INIT_WORK`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// unsafe extern "C-unwind" fn handle(_: *mut WorkStruct) {}
///
/// let mut work = WorkStruct::new();
/// // SAFETY: the work item stays in this frame, and is idle before the frame ends.
/// unsafe { INIT_WORK(&mut work, handle) };
/// schedule_work(&work);
/// cancel_work_sync(&work);
/// ```
///
/// # Safety
///
/// As [`WorkStruct::with_function`]; and the old work item is idle and no longer in use.
#[allow(non_snake_case, reason = "the kernel's name")]
pub unsafe fn INIT_WORK(work: &mut WorkStruct, function: WorkFn) {
    // SAFETY: the same contract.
    unsafe { work.init(function) };
}

/// Initializes `dwork` with a function, as idle: `INIT_DELAYED_WORK`. The function gets a pointer
/// to the [work item](DelayedWorkStruct::work) in `dwork`, which is its first field, so
/// `to_delayed_work` is a cast.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// unsafe extern "C-unwind" fn poll(_: *mut WorkStruct) {}
///
/// let mut dwork = DelayedWorkStruct::new();
/// // SAFETY: the work item stays in this frame, and is idle before the frame ends.
/// unsafe { INIT_DELAYED_WORK(&mut dwork, poll) };
/// schedule_delayed_work(&dwork, HZ);
/// assert!(cancel_delayed_work_sync(&dwork));
/// ```
///
/// # Safety
///
/// As [`DelayedWorkStruct::with_function`]; and the old work item is idle and no longer in use.
#[allow(non_snake_case, reason = "the kernel's name")]
pub unsafe fn INIT_DELAYED_WORK(dwork: &mut DelayedWorkStruct, function: WorkFn) {
    // SAFETY: the same contract.
    *dwork = unsafe { DelayedWorkStruct::with_function(function) };
}

/// Returns the delayed work item that contains `work`: `to_delayed_work`. The caller answers for
/// using the pointer.
pub fn to_delayed_work(work: *const WorkStruct) -> *const DelayedWorkStruct {
    work.cast()
}

/// Queues `work`, on the caller's cpu unless the queue is unbound: `queue_work`. Returns false, and
/// changes nothing, if it is pending already. Never sleeps.
///
/// The work item's function sees everything that the caller did before the call, even if this
/// returns false.
///
/// Warns and returns false if the queue is being drained or is destroyed, or if its Kernel has shut
/// down. Also if the operating system refuses the first worker of a system queue (an allocated
/// queue always has a worker). If it refuses the worker of one cpu, the work items of that cpu run
/// on another.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("letters", 0, 0)?;
/// let work = Work::new(|_| ());
/// assert!(queue_work(&wq, &work));
/// flush_workqueue(&wq);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn queue_work(wq: &Workqueue, work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| wq.on(None).queue(Caller::new(me, "queue_work", place), work))
}

/// The first half of `queue_rcu_work`: marks the work item pending until [`__queue_awaited`] queues
/// it. A cancel in between waits until it is queued. Returns false if it is pending already, or
/// disabled.
#[doc(hidden)]
#[track_caller]
pub fn __await_grace_period(work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| {
        let held = work.claim(Caller::new(me, "queue_rcu_work", place));
        held.map(|held| {
            held.set_awaited(true);
            let function = work.function().map_or(0, |function| function as *const () as usize);
            let made = debug_objects::made(me, "queue_rcu_work", place);
            debug_objects::begin(&super::work::WORK, std::ptr::from_ref(work).addr(), function, made);
        })
        .is_some()
    })
}

/// The second half of `queue_rcu_work`: queues the work item after the grace period.
#[doc(hidden)]
#[track_caller]
pub fn __queue_awaited(wq: &Workqueue, work: &WorkStruct) {
    let place = Location::caller();
    let held = work.lock();
    held.set_awaited(false);
    with_current(|me| {
        let (queue, caller) = (wq.on(None).queue, Caller::new(me, "queue_rcu_work", place));
        queue.insert(caller, held, queue.part_for(caller, None))
    });
}

/// Queues `work` on `cpu`: `queue_work_on`. Otherwise like [`queue_work`]. An unbound queue ignores
/// the cpu. If the cpu does not exist, this warns and uses the caller's.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("drain", 0, 0)?;
/// let work = Work::new(|_| ());
/// assert!(queue_work_on(0, &wq, &work));
/// flush_work(&work);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn queue_work_on(cpu: u32, wq: &Workqueue, work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| wq.on(Some(cpu)).queue(Caller::new(me, "queue_work_on", place), work))
}

/// Queues `work` to [`system_wq`]: `schedule_work`. Otherwise like [`queue_work`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| ());
/// assert!(schedule_work(&work));
/// flush_work(&work); // it has run
/// ```
#[track_caller]
pub fn schedule_work(work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| {
        SystemQueue::Events.of(me).on(None).queue(Caller::new(me, "schedule_work", place), work)
    })
}

/// Like [`schedule_work`], on `cpu`: `schedule_work_on`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| ());
/// assert!(schedule_work_on(0, &work));
/// flush_work(&work); // it has run
/// ```
#[track_caller]
pub fn schedule_work_on(cpu: u32, work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| {
        SystemQueue::Events.of(me).on(Some(cpu)).queue(Caller::new(me, "schedule_work_on", place), work)
    })
}

/// Queues `dwork` after `delay` jiffies, or at once if that is 0: `queue_delayed_work`. Returns
/// false, and changes nothing, if it is queued or waits for its timer already. Never sleeps.
///
/// The timer belongs to the calling task's Kernel; the work item runs in the queue's Kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("polls", 0, 0)?;
/// let poll = DelayedWork::new(|_| ());
/// assert!(queue_delayed_work(&wq, &poll, msecs_to_jiffies(1000)));
/// assert!(!queue_delayed_work(&wq, &poll, 0)); // it is pending
/// assert!(cancel_delayed_work_sync(&poll));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn queue_delayed_work(wq: &Workqueue, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| wq.on(None).queue_delayed(Caller::new(me, "queue_delayed_work", place), dwork, delay))
}

/// Like [`queue_delayed_work`], on `cpu`: `queue_delayed_work_on`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("polls", 0, 0)?;
/// let poll = DelayedWork::new(|_| ());
/// assert!(queue_delayed_work_on(0, &wq, &poll, HZ));
/// assert!(cancel_delayed_work_sync(&poll));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn queue_delayed_work_on(cpu: u32, wq: &Workqueue, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        wq.on(Some(cpu)).queue_delayed(Caller::new(me, "queue_delayed_work_on", place), dwork, delay)
    })
}

/// Like [`queue_delayed_work`], to [`system_wq`]: `schedule_delayed_work`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|_| ());
/// assert!(schedule_delayed_work(&poll, 1));
/// flush_delayed_work(&poll); // now, without the rest of the delay
/// ```
#[track_caller]
pub fn schedule_delayed_work(dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        let caller = Caller::new(me, "schedule_delayed_work", place);
        SystemQueue::Events.of(me).on(None).queue_delayed(caller, dwork, delay)
    })
}

/// Like [`schedule_delayed_work`], on `cpu`: `schedule_delayed_work_on`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|_| ());
/// assert!(schedule_delayed_work_on(0, &poll, 1));
/// flush_delayed_work(&poll); // now, without the rest of the delay
/// ```
#[track_caller]
pub fn schedule_delayed_work_on(cpu: u32, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        let caller = Caller::new(me, "schedule_delayed_work_on", place);
        SystemQueue::Events.of(me).on(Some(cpu)).queue_delayed(caller, dwork, delay)
    })
}

/// Queues `dwork` after `delay` jiffies, whether it is pending or not: `mod_delayed_work`. Returns
/// true if it was pending. A disabled work item stays idle. So does one that is being cancelled;
/// this then returns true, as Linux did before 6.10.
///
/// Never sleeps, except to wait for the timer's function if the timer is just expiring.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("timeouts", 0, 0)?;
/// let timeout = DelayedWork::new(|_| ());
/// assert!(!mod_delayed_work(&wq, &timeout, HZ)); // it was idle
/// assert!(mod_delayed_work(&wq, &timeout, 10 * HZ));
/// assert!(cancel_delayed_work_sync(&timeout));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn mod_delayed_work(wq: &Workqueue, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        wq.on(None).modify_delayed(Caller::new(me, "mod_delayed_work", place), dwork, delay).before_6_10()
    })
}

impl Workqueue {
    /// [`mod_delayed_work`] with the return value of Linux 6.10 and later: true only if `dwork` was
    /// pending, even while it is being cancelled.
    #[doc(hidden)]
    #[track_caller]
    pub fn mod_delayed_work_since_6_10(
        &self,
        cpu: Option<u32>,
        dwork: &DelayedWorkStruct,
        delay: u64,
    ) -> bool {
        let place = Location::caller();
        with_current(|me| {
            let caller = Caller::new(me, "mod_delayed_work", place);
            self.on(cpu).modify_delayed(caller, dwork, delay).since_6_10()
        })
    }
}

/// Like [`mod_delayed_work`], on `cpu`: `mod_delayed_work_on`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("polls", 0, 0)?;
/// let poll = DelayedWork::new(|_| ());
/// assert!(!mod_delayed_work_on(0, &wq, &poll, HZ)); // it was idle
/// assert!(mod_delayed_work_on(0, &wq, &poll, 2 * HZ)); // its time has changed
/// cancel_delayed_work_sync(&poll);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn mod_delayed_work_on(cpu: u32, wq: &Workqueue, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        let caller = Caller::new(me, "mod_delayed_work_on", place);
        wq.on(Some(cpu)).modify_delayed(caller, dwork, delay).before_6_10()
    })
}

/// Waits until `work` has finished, if it is queued or running: `flush_work`. Returns false if it
/// is neither. May sleep.
///
/// It waits for the instance that it finds, not for one that is queued later. It does not wait for
/// a timer or a grace period. In the work item's own function it warns and returns false.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| msleep(1));
/// assert!(!flush_work(&work)); // it is idle
/// schedule_work(&work);
/// flush_work(&work);
/// assert_eq!(work_busy(&work), 0);
/// ```
#[track_caller]
pub fn flush_work(work: &WorkStruct) -> bool {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    with_current(|me| flush::flush_work(Caller::new(me, "flush_work", place), work))
}

/// Queues `dwork` at once if it waits for its timer, and waits until it has finished:
/// `flush_delayed_work`. Returns false if it was idle. May sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let save = DelayedWork::new(|_| ());
/// schedule_delayed_work(&save, 60 * HZ);
/// assert!(flush_delayed_work(&save)); // runs now rather than in a minute
/// ```
#[track_caller]
pub fn flush_delayed_work(dwork: &DelayedWorkStruct) -> bool {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    with_current(|me| {
        let caller = Caller::new(me, "flush_delayed_work", place);
        let queued = delayed::queue_now(caller, dwork);
        flush::flush_work(caller, dwork.work()) || queued
    })
}

/// Removes `work` from its queue: `cancel_work`. Returns true if it was pending. Its function may
/// still be running when this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| ());
/// schedule_work(&work);
/// cancel_work(&work); // does not wait, if it runs already
/// assert!(!work_pending(&work));
/// ```
pub fn cancel_work(work: &WorkStruct) -> bool {
    with_current(|me| cancel::cancel(me, work))
}

/// Removes `work` from its queue and waits until its function has finished: `cancel_work_sync`.
/// Returns true if it was pending. May sleep.
///
/// During the call `work` cannot be queued, so even a work item that queues itself is idle when
/// this returns. In the work item's own function it warns and does not wait.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|work| {
///     schedule_work(work);
/// });
/// schedule_work(&work);
/// cancel_work_sync(&work);
/// assert_eq!(work_busy(&work), 0);
/// ```
#[track_caller]
pub fn cancel_work_sync(work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::cancel_sync(Caller::new(me, "cancel_work_sync", place), work))
}

/// Stops the timer of `dwork` or removes it from its queue: `cancel_delayed_work`. Returns true if
/// it was pending; then the runtime does not touch it any more, unless its function is running.
///
/// Never sleeps, except to wait for the timer's function if the timer is just expiring.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|_| ());
/// schedule_delayed_work(&poll, 60 * HZ);
/// assert!(delayed_work_pending(&poll));
/// assert!(cancel_delayed_work(&poll));
/// assert!(!delayed_work_pending(&poll));
/// ```
pub fn cancel_delayed_work(dwork: &DelayedWorkStruct) -> bool {
    with_current(|me| cancel::cancel(me, dwork.work()))
}

/// Like [`cancel_work_sync`], and stops the timer: `cancel_delayed_work_sync`. May sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|poll| {
///     schedule_delayed_work(poll, HZ);
/// });
/// schedule_delayed_work(&poll, HZ);
/// assert!(cancel_delayed_work_sync(&poll));
/// assert!(!delayed_work_pending(&poll));
/// ```
#[track_caller]
pub fn cancel_delayed_work_sync(dwork: &DelayedWorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::cancel_sync(Caller::new(me, "cancel_delayed_work_sync", place), dwork.work()))
}

/// Like [`cancel_work`], and prevents queueing until [`enable_work`] was called as often as this:
/// `disable_work` (6.10).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| ());
/// schedule_work(&work);
/// disable_work(&work); // removes it, if it is pending
/// assert!(!work_pending(&work));
/// ```
pub fn disable_work(work: &WorkStruct) -> bool {
    with_current(|me| cancel::disable(me, work))
}

/// Like [`disable_work`], and waits until the function has finished: `disable_work_sync` (6.10).
/// May sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| ());
/// schedule_work(&work);
/// disable_work_sync(&work); // and waits until it does not run
/// assert!(!work_pending(&work));
/// ```
#[track_caller]
pub fn disable_work_sync(work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::disable_sync(Caller::new(me, "disable_work_sync", place), work))
}

/// Undoes one [`disable_work`]: `enable_work` (6.10). Returns true if `work` can be queued now. If
/// it was not disabled, this warns and returns true.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| ());
/// disable_work(&work);
/// assert!(!schedule_work(&work));
/// assert!(enable_work(&work));
/// assert!(schedule_work(&work));
/// ```
#[track_caller]
pub fn enable_work(work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::enable(Caller::new(me, "enable_work", place), work))
}

/// [`disable_work`] for a delayed work item: `disable_delayed_work` (6.10).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|_| ());
/// schedule_delayed_work(&poll, 60 * HZ);
/// assert!(delayed_work_pending(&poll));
/// assert!(disable_delayed_work(&poll)); // until enable_delayed_work()
/// assert!(!delayed_work_pending(&poll));
/// ```
pub fn disable_delayed_work(dwork: &DelayedWorkStruct) -> bool {
    disable_work(dwork.work())
}

/// [`disable_work_sync`] for a delayed work item: `disable_delayed_work_sync` (6.10). May sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|_| ());
/// schedule_delayed_work(&poll, 60 * HZ);
/// assert!(delayed_work_pending(&poll));
/// assert!(disable_delayed_work_sync(&poll)); // until enable_delayed_work()
/// assert!(!delayed_work_pending(&poll));
/// ```
#[track_caller]
pub fn disable_delayed_work_sync(dwork: &DelayedWorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::disable_sync(Caller::new(me, "disable_delayed_work_sync", place), dwork.work()))
}

/// [`enable_work`] for a delayed work item: `enable_delayed_work` (6.10).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|_| ());
/// disable_delayed_work(&poll);
/// assert!(!schedule_delayed_work(&poll, 1));
/// assert!(enable_delayed_work(&poll));
/// assert!(schedule_delayed_work(&poll, 1));
/// flush_delayed_work(&poll);
/// ```
#[track_caller]
pub fn enable_delayed_work(dwork: &DelayedWorkStruct) -> bool {
    enable_work(dwork.work())
}

/// Returns true if `work` is queued or waits for its timer: `work_pending`. Returns false while it
/// runs, unless it was queued again.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|work| assert_eq!(work_busy(work), WORK_BUSY_RUNNING));
/// schedule_work(&work);
/// flush_work(&work);
/// assert!(!work_pending(&work));
/// assert_eq!(work_busy(&work), 0);
/// ```
pub fn work_pending(work: &WorkStruct) -> bool {
    work.is_pending()
}

/// Returns true if `dwork` waits for its timer or is queued: `delayed_work_pending`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let poll = DelayedWork::new(|_| ());
/// schedule_delayed_work(&poll, 60 * HZ);
/// assert!(delayed_work_pending(&poll));
/// assert!(cancel_delayed_work(&poll));
/// assert!(!delayed_work_pending(&poll));
/// ```
pub fn delayed_work_pending(dwork: &DelayedWorkStruct) -> bool {
    dwork.work().is_pending()
}

/// Returns the present state of `work` as the bits [`WORK_BUSY_PENDING`] and [`WORK_BUSY_RUNNING`]:
/// `work_busy`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|work| assert_eq!(work_busy(work), WORK_BUSY_RUNNING));
/// schedule_work(&work);
/// flush_work(&work);
/// assert!(!work_pending(&work));
/// assert_eq!(work_busy(&work), 0);
/// ```
pub fn work_busy(work: &WorkStruct) -> u32 {
    sync::refuse_in_forked_child();
    let held = work.lock();
    let runs = held
        .pool()
        .zip(work.function())
        .is_some_and(|(pool, function)| pool.lock().runner_of(work, function).is_some());
    let pending = if work.is_pending() { WORK_BUSY_PENDING } else { 0 };
    pending | if runs { WORK_BUSY_RUNNING } else { 0 }
}

/// Waits until all work items that are in `wq` now have finished: `flush_workqueue`. It does not
/// wait for items that are queued later. May sleep. If a work item of `wq` calls it, it warns and
/// does not wait.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("device/%d", WQ_UNBOUND, 0, 7)?;
/// let work = Work::new(|_| ());
/// queue_work(&wq, &work);
/// flush_workqueue(&wq); // what was queued has run
/// destroy_workqueue(&wq);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn flush_workqueue(wq: &Workqueue) {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    with_current(|me| wq.inner().flush(Caller::new(me, "flush_workqueue", place)));
}

/// [`flush_workqueue`] for [`system_wq`]: `flush_scheduled_work`. May sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let work = Work::new(|_| ());
/// schedule_work(&work);
/// flush_scheduled_work();
/// assert!(!work_pending(&work));
/// ```
#[track_caller]
pub fn flush_scheduled_work() {
    flush_workqueue(&system_wq());
}

/// Waits until `wq` is empty: `drain_workqueue`. May sleep. Meanwhile only work items of `wq` may
/// queue to it; the queue refuses others with a warning. If a work item of `wq` calls it, it warns
/// and does not wait.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("steps", 0, 0)?;
/// let work = Work::new(|_| ());
/// queue_work(&wq, &work);
/// drain_workqueue(&wq);
/// assert_eq!(work_busy(&work), 0);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn drain_workqueue(wq: &Workqueue) {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    with_current(|me| wq.inner().drain(Caller::new(me, "drain_workqueue", place)));
}

/// Drains `wq`, which then accepts no more work items: `destroy_workqueue`. May sleep. A work item
/// that still waits for its timer is not in the queue; the queue will refuse it later, with a
/// warning. So cancel delayed work items first.
///
/// The kernel then frees the queue; here the last handle frees it. If a work item of `wq` calls
/// this, or if `wq` is a system queue, it warns and does nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("device/%d", WQ_UNBOUND, 0, 7)?;
/// let work = Work::new(|_| ());
/// queue_work(&wq, &work);
/// flush_workqueue(&wq); // what was queued has run
/// destroy_workqueue(&wq);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn destroy_workqueue(wq: &Workqueue) {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    if wq.0.system {
        return with_current(|me| {
            let message = "a system workqueue cannot be destroyed; nothing was done";
            me.warn(WarningKind::BadArgument, "destroy_workqueue", place, message);
        });
    }
    super::destroy(wq.inner(), "destroy_workqueue", place);
}

/// Sets how many work items of `wq` may be active at once, per cpu unless it is unbound:
/// `workqueue_set_max_active`. If `max_active` is 0 or more than [`WQ_MAX_ACTIVE`], it warns and
/// uses the nearest allowed value.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("writeback", WQ_UNBOUND, 4)?;
/// workqueue_set_max_active(&wq, 16);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn workqueue_set_max_active(wq: &Workqueue, max_active: u32) {
    let place = Location::caller();
    let taken = max_active.clamp(1, WQ_MAX_ACTIVE);
    with_current(|me| {
        if taken != max_active {
            let message = format!("max_active {max_active} is out of range; {taken} is used instead");
            me.warn(WarningKind::BadArgument, "workqueue_set_max_active", place, &message);
        }
        for part in &wq.inner().parts {
            let locked = part.pool.lock();
            part.set_max_active(&locked, taken);
            let after_unlock = locked.needs();
            drop(locked);
            after_unlock.run(me, part.pool);
        }
    });
}

/// Returns true if work items of `wq` are delayed by its `max_active`: `workqueue_congested`.
/// `None` means the caller's cpu.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = alloc_workqueue!("writeback", 0, 4)?;
/// assert!(!workqueue_congested(None, &wq));
/// # Ok::<(), Errno>(())
/// ```
pub fn workqueue_congested(cpu: Option<u32>, wq: &Workqueue) -> bool {
    let queue = wq.inner();
    let cpu = cpu.unwrap_or_else(sync::os::current_cpu);
    let index =
        if queue.shared.flags.contains(WQ_UNBOUND) { 0 } else { queue.cpus.binary_search(&cpu).unwrap_or(0) };
    let part = &queue.parts[index];
    part.is_congested(&part.pool.lock())
}

/// Returns true if the calling task is a rescuer that runs a work item:
/// `current_is_workqueue_rescuer`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!current_is_workqueue_rescuer()); // this is no worker
/// ```
pub fn current_is_workqueue_rescuer() -> bool {
    with_current(worker::is_rescuer)
}

/// Runs `function` on a worker of `cpu` and returns its result: `work_on_cpu`. May sleep.
///
/// # Errors
///
/// `EINVAL`, with a warning, for a cpu that does not exist; `ESHUTDOWN` if the Kernel has shut
/// down; `EAGAIN`, with a warning, if the operating system refuses the first worker (if another cpu
/// has a worker, the function runs there); `EFAULT` if the function panicked.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(work_on_cpu(0, || 6 * 7), Ok(42));
/// ```
#[track_caller]
pub fn work_on_cpu<R: Send + 'static>(
    cpu: u32,
    function: impl FnOnce() -> R + Send + 'static,
) -> Result<R, Errno> {
    let place = Location::caller();
    let result = sync::Arc::new(sync::Mutex::new(None));
    let mut function = Some(function);
    let work = super::Work::new({
        let result = result.clone();
        move |_| {
            if let Some(function) = function.take() {
                let value = function();
                *result.lock() = Some(value);
            }
        }
    });
    with_current(|me| {
        let caller = Caller::new(me, "work_on_cpu", place);
        let queue = SystemQueue::Events.of(me);
        if queue.inner().cpus.binary_search(&cpu).is_err() {
            let message = format!("there is no cpu {cpu}; the function was not called");
            caller.warn(WarningKind::BadArgument, &message);
            return Err(Errno::EINVAL);
        }
        if !queue.on(Some(cpu)).try_queue(caller, &work)? {
            return Err(Errno::ESHUTDOWN);
        }
        flush::flush_work(caller, &work);
        result.lock().take().ok_or(Errno::EFAULT)
    })
}

/// Runs `function` on a worker of each cpu and waits for all of them: `schedule_on_each_cpu`. May
/// sleep.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// static CALLS: AtomicU32 = AtomicU32::new(0);
/// schedule_on_each_cpu(|| _ = CALLS.fetch_add(1, SeqCst))?;
/// assert_eq!(CALLS.load(SeqCst), num_online_cpus());
/// # Ok::<(), Errno>(())
/// ```
///
/// # Errors
///
/// The first error of any cpu; see [`work_on_cpu`].
#[track_caller]
pub fn schedule_on_each_cpu(function: impl Fn() + Send + Sync + 'static) -> Result<(), Errno> {
    let place = Location::caller();
    let function = std::sync::Arc::new(function);
    with_current(|me| {
        let caller = Caller::new(me, "schedule_on_each_cpu", place);
        let _whole = might_sleep_in_all(me, "schedule_on_each_cpu", place);
        let queue = SystemQueue::Events.of(me);
        let works: Vec<_> = queue
            .inner()
            .cpus
            .iter()
            .map(|&cpu| {
                let function = function.clone();
                (cpu, super::Work::new(move |_| function()))
            })
            .collect();
        let mut result = Ok(());
        for (cpu, work) in &works {
            let queued = queue.on(Some(*cpu)).try_queue(caller, work);
            result =
                result.and(queued.and_then(|queued| if queued { Ok(()) } else { Err(Errno::ESHUTDOWN) }));
        }
        for (_, work) in &works {
            flush::flush_work(caller, work);
        }
        result
    })
}

macro_rules! system_queues {
    ($($(#[$meta:meta])* $name:ident = $queue:ident;)*) => {
        $(
            $(#[$meta])*
            pub fn $name() -> Workqueue {
                with_current(|me| SystemQueue::$queue.of(me).clone())
            }
        )*
    };
}

system_queues! {
    /// The default queue of the calling task's Kernel: `system_wq`. Its work items should be short.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_wq = Events;
    /// The name of [`system_wq`] since 6.17: `system_percpu_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_percpu_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_percpu_wq = Events;
    /// Like [`system_wq`], on workers with nice value −20: `system_highpri_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_highpri_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_highpri_wq = HighPri;
    /// Like [`system_wq`], for work items that take long: `system_long_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_long_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_long_wq = Long;
    /// Like [`system_wq`], bound to no cpu: `system_unbound_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_unbound_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_unbound_wq = Unbound;
    /// The name of [`system_unbound_wq`] since 6.17: `system_dfl_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_dfl_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_dfl_wq = Unbound;
    /// Like [`system_wq`], but starts no work items while the kthreads are frozen:
    /// `system_freezable_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_freezable_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_freezable_wq = Freezable;
    /// Same as [`system_wq`]: `system_power_efficient_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_power_efficient_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_power_efficient_wq = PowerEfficient;
    /// Runs its work items in softirq context, see [`WQ_BH`](super::WQ_BH): `system_bh_wq` (6.9).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_bh_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_bh_wq = Bh;
    /// Like [`system_bh_wq`], with high priority: `system_bh_highpri_wq` (6.9).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_bh_highpri_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_bh_highpri_wq = BhHighPri;
    /// Same as [`system_freezable_wq`]: `system_freezable_power_efficient_wq`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let work = Work::new(|_| ());
    /// queue_work(&system_freezable_power_efficient_wq(), &work);
    /// flush_work(&work);
    /// ```
    system_freezable_power_efficient_wq = FreezablePowerEfficient;
}
