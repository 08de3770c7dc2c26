//! The kernel's names for workqueues: each is a line over a method or a function of this module.
//!
//! `queue_work` and its family never sleep. What flushes, drains, destroys, or has `sync` in its
//! name, sleeps.

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

/// Makes a workqueue: `alloc_workqueue(fmt, flags, max_active, args…)`. The name is formatted as
/// those of kthreads are, in the kernel's or in Rust's way. A `Result`, see [`Workqueue::new`].
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

/// Makes a workqueue that runs its works one after the other, in the order in which they were
/// queued: `alloc_ordered_workqueue(fmt, flags, args…)`.
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

/// Declares a static work: `DECLARE_WORK`. Its function gets a reference to it. Works in models
/// too, where plain statics don't.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// fn handle(work: &WorkStruct) {
///     assert!(!work_pending(work));
/// }
///
/// DECLARE_WORK!(
///     /// What an interrupt leaves to do.
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
                // SAFETY: a work's function gets the work, which is a static.
                function(unsafe { &*work })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::WorkStruct::with_function(call) }
        });
    };
    ($name:ident, $function:expr $(,)?) => {
        ::core::compile_error!(::core::concat!(
            "the kernel's DECLARE_WORK(",
            ::core::stringify!($name),
            ", ",
            ::core::stringify!($function),
            ") is written here: DECLARE_WORK!(static ",
            ::core::stringify!($name),
            " = ",
            ::core::stringify!($function),
            ")"
        ));
    };
    ($($other:tt)*) => {
        ::core::compile_error!("the form is DECLARE_WORK!([pub] static NAME = function)");
    };
}

/// Declares a static delayed work: `DECLARE_DELAYED_WORK`. Its function gets a reference to it.
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
                // SAFETY: the work is the first field of a delayed work, which is a static.
                function(unsafe { &*work.cast() })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::DelayedWorkStruct::with_function(call) }
        });
    };
    ($name:ident, $function:expr $(,)?) => {
        ::core::compile_error!(::core::concat!(
            "the kernel's DECLARE_DELAYED_WORK(",
            ::core::stringify!($name),
            ", ",
            ::core::stringify!($function),
            ") is written here: DECLARE_DELAYED_WORK!(static ",
            ::core::stringify!($name),
            " = ",
            ::core::stringify!($function),
            ")"
        ));
    };
    ($($other:tt)*) => {
        ::core::compile_error!("the form is DECLARE_DELAYED_WORK!([pub] static NAME = function)");
    };
}

/// Gives `work` a function: `INIT_WORK`. It is idle then.
///
/// # Safety
///
/// As [`WorkStruct::with_function`]; and nobody uses the work as it was.
#[allow(non_snake_case, reason = "the kernel's name")]
pub unsafe fn INIT_WORK(work: &mut WorkStruct, function: WorkFn) {
    // SAFETY: the same contract.
    unsafe { work.init(function) };
}

/// Gives `dwork` a function: `INIT_DELAYED_WORK`. It is idle then. The function gets the
/// [work](DelayedWorkStruct::work), which is the first field of the whole: `to_delayed_work` is a
/// cast.
///
/// # Safety
///
/// As [`DelayedWorkStruct::with_function`]; and nobody uses the work as it was.
#[allow(non_snake_case, reason = "the kernel's name")]
pub unsafe fn INIT_DELAYED_WORK(dwork: &mut DelayedWorkStruct, function: WorkFn) {
    // SAFETY: the same contract.
    *dwork = unsafe { DelayedWorkStruct::with_function(function) };
}

/// The delayed work that `work` is of: `to_delayed_work`. A pointer; to use it is up to the caller.
pub fn to_delayed_work(work: *const WorkStruct) -> *const DelayedWorkStruct {
    work.cast()
}

/// Queues `work`, for the cpu that the caller runs on unless the queue is unbound: `queue_work`.
/// False if it was pending already, and nothing changes then.
///
/// What the caller did before is seen by the work's function, also if this returns false. Never
/// sleeps. A queue that is drained or destroyed, or whose Kernel has shut down, takes no work: a
/// warning, and false. So does one of the Kernel's own queues for which the operating system
/// refuses the first worker; a queue that somebody made has one, or was not made. A cpu for which
/// it refuses one leaves its works to another cpu's.
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

/// The first half of `queue_rcu_work`: the work is pending from now on, until [`__queue_awaited`]
/// queues it. Who cancels it before waits for that. False if it is pending already, or disabled.
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

/// The second half: the grace period is over, and the work comes into its queue.
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

/// Queues `work` for `cpu`: `queue_work_on`. As [`queue_work`]; in an unbound queue the cpu says
/// nothing. A cpu that does not exist is a warning, and the caller's is taken.
#[track_caller]
pub fn queue_work_on(cpu: u32, wq: &Workqueue, work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| wq.on(Some(cpu)).queue(Caller::new(me, "queue_work_on", place), work))
}

/// Queues `work` to the Kernel's queue for everybody: `schedule_work`. As [`queue_work`].
#[track_caller]
pub fn schedule_work(work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| {
        SystemQueue::Events.of(me).on(None).queue(Caller::new(me, "schedule_work", place), work)
    })
}

/// As [`schedule_work`], for `cpu`: `schedule_work_on`.
#[track_caller]
pub fn schedule_work_on(cpu: u32, work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| {
        SystemQueue::Events.of(me).on(Some(cpu)).queue(Caller::new(me, "schedule_work_on", place), work)
    })
}

/// Queues `dwork` when `delay` jiffies have passed, or at once if that is 0: `queue_delayed_work`.
/// False if it was pending already, in a queue or for its timer, and nothing changes then. Never
/// sleeps.
///
/// The timer is one of the calling task's Kernel; the work runs in the queue's.
#[track_caller]
pub fn queue_delayed_work(wq: &Workqueue, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| wq.on(None).queue_delayed(Caller::new(me, "queue_delayed_work", place), dwork, delay))
}

/// As [`queue_delayed_work`], for `cpu`: `queue_delayed_work_on`.
#[track_caller]
pub fn queue_delayed_work_on(cpu: u32, wq: &Workqueue, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        wq.on(Some(cpu)).queue_delayed(Caller::new(me, "queue_delayed_work_on", place), dwork, delay)
    })
}

/// As [`queue_delayed_work`], to the Kernel's queue for everybody: `schedule_delayed_work`.
#[track_caller]
pub fn schedule_delayed_work(dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        let caller = Caller::new(me, "schedule_delayed_work", place);
        SystemQueue::Events.of(me).on(None).queue_delayed(caller, dwork, delay)
    })
}

/// As [`schedule_delayed_work`], for `cpu`: `schedule_delayed_work_on`.
#[track_caller]
pub fn schedule_delayed_work_on(cpu: u32, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        let caller = Caller::new(me, "schedule_delayed_work_on", place);
        SystemQueue::Events.of(me).on(Some(cpu)).queue_delayed(caller, dwork, delay)
    })
}

/// Queues `dwork` when `delay` jiffies have passed, whether it is pending or not:
/// `mod_delayed_work`. True if it was pending. One that is disabled stays idle. One that is being
/// cancelled does too, and it is true, as before Linux 6.10.
///
/// Never sleeps, but that it waits for the function of a timer that goes off at this moment.
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
    /// As [`mod_delayed_work`] answers since Linux 6.10: what was pending, of a work that is being
    /// cancelled too.
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

/// As [`mod_delayed_work`], for `cpu`: `mod_delayed_work_on`.
#[track_caller]
pub fn mod_delayed_work_on(cpu: u32, wq: &Workqueue, dwork: &DelayedWorkStruct, delay: u64) -> bool {
    let place = Location::caller();
    with_current(|me| {
        let caller = Caller::new(me, "mod_delayed_work_on", place);
        wq.on(Some(cpu)).modify_delayed(caller, dwork, delay).before_6_10()
    })
}

/// Waits until `work` has finished, if it is pending or runs: `flush_work`. False if it was idle.
/// Sleeps.
///
/// It waits for the instance that it finds; one that is queued later is not waited for. In the
/// work's own function it is a warning, and false.
#[track_caller]
pub fn flush_work(work: &WorkStruct) -> bool {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    with_current(|me| flush::flush_work(Caller::new(me, "flush_work", place), work))
}

/// Queues `dwork` now if it waits for its timer, and waits until it has finished:
/// `flush_delayed_work`. False if it was idle. Sleeps.
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

/// Takes `work` out of its queue: `cancel_work`. True if it was pending. It may be running when
/// this returns.
pub fn cancel_work(work: &WorkStruct) -> bool {
    with_current(|me| cancel::cancel(me, work))
}

/// Takes `work` out of its queue and waits until it does not run: `cancel_work_sync`. True if it
/// was pending. Sleeps.
///
/// Meanwhile it can't be queued, so a work that queues itself is idle too when this returns. In the
/// work's own function it is a warning, and does not wait.
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

/// Takes `dwork` from its timer or out of its queue: `cancel_delayed_work`. True if it was pending,
/// and then nobody touches it any more unless it runs. It may be running when this returns.
///
/// Never sleeps, but that it waits for the function of a timer that goes off at this moment.
pub fn cancel_delayed_work(dwork: &DelayedWorkStruct) -> bool {
    with_current(|me| cancel::cancel(me, dwork.work()))
}

/// As [`cancel_work_sync`], and takes it from its timer too: `cancel_delayed_work_sync`. Sleeps.
#[track_caller]
pub fn cancel_delayed_work_sync(dwork: &DelayedWorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::cancel_sync(Caller::new(me, "cancel_delayed_work_sync", place), dwork.work()))
}

/// As [`cancel_work`], and it can't be queued until it is enabled as often as it was disabled:
/// `disable_work` (6.10).
pub fn disable_work(work: &WorkStruct) -> bool {
    with_current(|me| cancel::disable(me, work))
}

/// As [`disable_work`], and waits until it does not run: `disable_work_sync` (6.10). Sleeps.
#[track_caller]
pub fn disable_work_sync(work: &WorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::disable_sync(Caller::new(me, "disable_work_sync", place), work))
}

/// Takes one [`disable_work`] back: `enable_work` (6.10). True if the work can be queued now. One
/// that is not disabled is a warning, and true.
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

/// [`disable_work`] of a delayed work: `disable_delayed_work` (6.10).
pub fn disable_delayed_work(dwork: &DelayedWorkStruct) -> bool {
    disable_work(dwork.work())
}

/// [`disable_work_sync`] of a delayed work: `disable_delayed_work_sync` (6.10). Sleeps.
#[track_caller]
pub fn disable_delayed_work_sync(dwork: &DelayedWorkStruct) -> bool {
    let place = Location::caller();
    with_current(|me| cancel::disable_sync(Caller::new(me, "disable_delayed_work_sync", place), dwork.work()))
}

/// [`enable_work`] of a delayed work: `enable_delayed_work` (6.10).
#[track_caller]
pub fn enable_delayed_work(dwork: &DelayedWorkStruct) -> bool {
    enable_work(dwork.work())
}

/// True if `work` is in a queue or waits for its timer: `work_pending`. False while it runs, unless
/// it was queued anew.
pub fn work_pending(work: &WorkStruct) -> bool {
    work.is_pending()
}

/// True if `dwork` waits for its timer or is in a queue: `delayed_work_pending`.
pub fn delayed_work_pending(dwork: &DelayedWorkStruct) -> bool {
    dwork.work().is_pending()
}

/// What `work` is about at this moment, [`WORK_BUSY_PENDING`] and [`WORK_BUSY_RUNNING`]:
/// `work_busy`.
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

/// Waits until all works have finished that are in `wq` now: `flush_workqueue`. Those that are
/// queued later are not waited for. Sleeps. Called by a work of `wq` it is a warning, and does not
/// wait.
#[track_caller]
pub fn flush_workqueue(wq: &Workqueue) {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    with_current(|me| wq.inner().flush(Caller::new(me, "flush_workqueue", place)));
}

/// Waits until all works have finished that are in the Kernel's queue for everybody:
/// `flush_scheduled_work`. Sleeps.
#[track_caller]
pub fn flush_scheduled_work() {
    flush_workqueue(&system_wq());
}

/// Waits until `wq` is empty: `drain_workqueue`. Sleeps. Meanwhile only its own works may queue
/// works to it; others are refused, with a warning. Called by a work of `wq` it is a warning, and
/// does not wait.
#[track_caller]
pub fn drain_workqueue(wq: &Workqueue) {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    with_current(|me| wq.inner().drain(Caller::new(me, "drain_workqueue", place)));
}

/// Runs what is in `wq` to its end and lets it take no more: `destroy_workqueue`. Sleeps. A work
/// that waits for its timer is not in the queue, and will be refused with a warning; cancel it
/// before.
///
/// In the kernel the memory is gone then; here, with the last handle. Called by a work of `wq`, or
/// for one of the Kernel's own queues, it is a warning, and nothing else.
#[track_caller]
pub fn destroy_workqueue(wq: &Workqueue) {
    let place = Location::caller();
    sync::refuse_in_forked_child();
    if wq.0.system {
        return with_current(|me| {
            let message = "this queue is the Kernel's own";
            me.warn(WarningKind::BadArgument, "destroy_workqueue", place, message);
        });
    }
    super::destroy(wq.inner(), "destroy_workqueue", place);
}

/// How many works of `wq` may run at once from now on, per cpu unless it is unbound:
/// `workqueue_set_max_active`. 0 and more than [`WQ_MAX_ACTIVE`] are out of range: a warning, and
/// the nearest is taken.
#[track_caller]
pub fn workqueue_set_max_active(wq: &Workqueue, max_active: u32) {
    let place = Location::caller();
    let taken = max_active.clamp(1, WQ_MAX_ACTIVE);
    with_current(|me| {
        if taken != max_active {
            let message = format!("max_active {max_active} is out of range, {taken} is taken");
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

/// True if works wait in `wq` because as many run as may: `workqueue_congested`, for the caller's
/// cpu (`None`) or another.
pub fn workqueue_congested(cpu: Option<u32>, wq: &Workqueue) -> bool {
    let queue = wq.inner();
    let cpu = cpu.unwrap_or_else(sync::os::current_cpu);
    let index =
        if queue.shared.flags.contains(WQ_UNBOUND) { 0 } else { queue.cpus.binary_search(&cpu).unwrap_or(0) };
    let part = &queue.parts[index];
    part.is_congested(&part.pool.lock())
}

/// True if the caller is a rescuer that runs a work: `current_is_workqueue_rescuer`.
pub fn current_is_workqueue_rescuer() -> bool {
    with_current(worker::is_rescuer)
}

/// Runs `function` on a worker of `cpu` and waits for what it returns: `work_on_cpu`. Sleeps.
///
/// # Errors
///
/// `EINVAL`, with a warning, for a cpu that does not exist; `ESHUTDOWN` if the Kernel has shut
/// down; `EAGAIN`, with a warning, if the operating system refuses the first worker (if other cpus
/// have one, the function runs there); `EFAULT` if the function panicked.
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
            let message = format!("there is no cpu {cpu}");
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

/// Runs `function` once on each cpu, on workers, and waits for all: `schedule_on_each_cpu`. Sleeps.
///
/// # Errors
///
/// As [`work_on_cpu`], the first of them.
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
    /// The queue for everybody, of the calling task's Kernel: `system_wq`. Its works should be
    /// short.
    system_wq = Events;
    /// [`system_wq`] by its name since 6.17: `system_percpu_wq`.
    system_percpu_wq = Events;
    /// As [`system_wq`], on workers of nice value −20: `system_highpri_wq`.
    system_highpri_wq = HighPri;
    /// As [`system_wq`], for works that take long: `system_long_wq`.
    system_long_wq = Long;
    /// As [`system_wq`], bound to no cpu: `system_unbound_wq`.
    system_unbound_wq = Unbound;
    /// [`system_unbound_wq`] by its name since 6.17: `system_dfl_wq`.
    system_dfl_wq = Unbound;
    /// As [`system_wq`], and stands still while the kthreads are frozen: `system_freezable_wq`.
    system_freezable_wq = Freezable;
    /// As [`system_wq`]: `system_power_efficient_wq`.
    system_power_efficient_wq = PowerEfficient;
    /// Its works are softirqs' work, see [`WQ_BH`](super::WQ_BH): `system_bh_wq` (6.9).
    system_bh_wq = Bh;
    /// As [`system_bh_wq`], of high priority: `system_bh_highpri_wq` (6.9).
    system_bh_highpri_wq = BhHighPri;
    /// As [`system_freezable_wq`]: `system_freezable_power_efficient_wq`.
    system_freezable_power_efficient_wq = FreezablePowerEfficient;
}
