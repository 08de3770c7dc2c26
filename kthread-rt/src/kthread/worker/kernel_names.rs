//! The kernel's names for workers and work items: each calls a method.
//!
//! The functions return what the kernel's return. The macros that create workers format the
//! thread's name; the functions of the same names take it as it is.

use super::create::{NewWorker, create};
use super::{KthreadDelayedWork, KthreadWork, KthreadWorkFn, KthreadWorker, Worker};
use crate::errno::Errno;
use crate::kthread::create::NUMA_NO_NODE;
use std::panic::Location;

/// Defines a static worker without a thread: `DEFINE_KTHREAD_WORKER`. Works in models too, where
/// plain statics don't.
///
/// See [`KthreadWorker`](crate::KthreadWorker) for an example.
///
/// **Form**: `DEFINE_KTHREAD_WORKER!([pub] static NAME)`. Declares `static NAME: KthreadWorker`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_KTHREAD_WORKER!(static REQUESTS);
/// DEFINE_KTHREAD_WORK!(static REQUEST = |_| ());
///
/// // A static worker gets its thread from the caller.
/// let task = kthread_run!(KthreadWorker::serve, &REQUESTS, "requests")?;
/// kthread_queue_work(&REQUESTS, &REQUEST);
/// kthread_flush_work(&REQUEST);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_KTHREAD_WORKER {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::KthreadWorker = {
            // SAFETY: a static is valid and in place for ever.
            unsafe { $crate::KthreadWorker::new() }
        });
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DEFINE_KTHREAD_WORKER", "[pub] static NAME"; $($other)*);
    };
}

/// Defines a static work item: `DEFINE_KTHREAD_WORK`. Its function gets a reference to it. Works in
/// models too, where plain statics don't.
///
/// **Form**: `DEFINE_KTHREAD_WORK!([pub] static NAME = function)`. Declares
/// `static NAME: KthreadWork`; `function` is a `fn(&'static KthreadWork)`, or a closure that
/// captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// fn refill(work: &KthreadWork) {
///     assert!(std::ptr::eq(work, &REFILL));
/// }
///
/// DEFINE_KTHREAD_WORK!(
///     /// Refills the buffer.
///     static REFILL = refill
/// );
/// let worker = kthread_create_worker!(0, "refills")?;
/// assert!(kthread_queue_work(&worker, &REFILL));
/// kthread_flush_work(&REFILL);
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_KTHREAD_WORK {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::KthreadWork = {
            unsafe extern "C-unwind" fn call(work: *mut $crate::KthreadWork) {
                let function: fn(&'static $crate::KthreadWork) = $function;
                // SAFETY: the function gets its work item, which is a static.
                function(unsafe { &*work })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::KthreadWork::with_function(call) }
        });
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DEFINE_KTHREAD_WORK", "[pub] static NAME = function"; $($other)*);
    };
}

/// Defines a static delayed work item: `DEFINE_KTHREAD_DELAYED_WORK`. Its function gets a reference
/// to it. Works in models too, where plain statics don't.
///
/// **Form**: `DEFINE_KTHREAD_DELAYED_WORK!([pub] static NAME = function)`. Declares
/// `static NAME: KthreadDelayedWork`; `function` is a `fn(&'static KthreadDelayedWork)`, or a
/// closure that captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static POLLED);
/// DEFINE_KTHREAD_DELAYED_WORK!(static POLL = |_| complete(&POLLED));
///
/// let worker = kthread_create_worker!(0, "poller")?;
/// assert!(kthread_queue_delayed_work(&worker, &POLL, 1));
/// wait_for_completion(&POLLED);
/// # Ok::<(), Errno>(())
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_KTHREAD_DELAYED_WORK {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::KthreadDelayedWork = {
            unsafe extern "C-unwind" fn call(work: *mut $crate::KthreadWork) {
                let function: fn(&'static $crate::KthreadDelayedWork) = $function;
                let dwork = ::core::ptr::with_exposed_provenance::<$crate::KthreadDelayedWork>(work.addr());
                // SAFETY: the function gets its work item, which is the first field of a static.
                function(unsafe { &*dwork })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::KthreadDelayedWork::with_function(call) }
        });
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DEFINE_KTHREAD_DELAYED_WORK", "[pub] static NAME = function"; $($other)*);
    };
}

/// Initialises the memory at `worker` as a worker without a thread: `kthread_init_worker`.
///
/// # Safety
///
/// `worker` is valid for writing, and is not a worker in use. From now on the contract of
/// [`KthreadWorker::new`] applies.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// let mut memory = MaybeUninit::<KthreadWorker>::uninit();
/// // SAFETY: the worker stays in this frame, and no thread or work item uses it after the frame.
/// let worker = unsafe {
///     kthread_init_worker(memory.as_mut_ptr());
///     memory.assume_init_ref()
/// };
/// assert_eq!((worker.task(), worker.flags()), (None, 0));
/// ```
pub unsafe fn kthread_init_worker(worker: *mut KthreadWorker) {
    // SAFETY: the caller promises memory that is valid for writing, and keeps the worker valid and
    // in place from now on.
    unsafe { worker.write(KthreadWorker::new()) };
}

/// Initialises the memory at `work` as a work item with a function: `kthread_init_work`.
///
/// # Safety
///
/// `work` is valid for writing, and is not a work item that is queued or runs. From now on the
/// contract of [`KthreadWork::with_function`] applies.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// unsafe extern "C-unwind" fn nothing(_: *mut KthreadWork) {}
///
/// let worker = kthread_create_worker!(0, "initialised")?;
/// let mut memory = MaybeUninit::<KthreadWork>::uninit();
/// // SAFETY: the work item stays in this frame until it has run.
/// let work = unsafe {
///     kthread_init_work(memory.as_mut_ptr(), nothing);
///     memory.assume_init_ref()
/// };
/// assert!(kthread_queue_work(&worker, work));
/// kthread_flush_work(work);
/// # Ok::<(), Errno>(())
/// ```
pub unsafe fn kthread_init_work(work: *mut KthreadWork, func: KthreadWorkFn) {
    // The function gets a pointer with the provenance of this one.
    work.expose_provenance();
    // SAFETY: by the contract the memory is valid for writing, and the work item stays valid and in
    // place from now on.
    unsafe { work.write(KthreadWork::with_function(func)) };
}

/// Initialises the memory at `dwork` as a delayed work item with a function:
/// `kthread_init_delayed_work`.
///
/// # Safety
///
/// As [`kthread_init_work`], with the contract of [`KthreadDelayedWork::with_function`].
pub unsafe fn kthread_init_delayed_work(dwork: *mut KthreadDelayedWork, func: KthreadWorkFn) {
    // As in `kthread_init_work`.
    dwork.expose_provenance();
    // SAFETY: by the contract the memory is valid for writing, and the work item stays valid and in
    // place from now on.
    unsafe { dwork.write(KthreadDelayedWork::with_function(func)) };
}

/// Creates a worker with its thread, and wakes the thread: `kthread_create_worker`. The macro of
/// the same name also formats the thread's name.
///
/// `flags`: 0, or [`KTW_FREEZABLE`](crate::KTW_FREEZABLE). As in Linux 6.1, the thread is woken and
/// serves the worker. (Since 6.14 this call leaves it asleep, and `kthread_run_worker` wakes it.)
/// May sleep until kthreadd has created the thread.
///
/// # Errors
///
/// As [`kthread_create`](crate::kthread_create()).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker(0, "requests")?;
/// assert_eq!(worker.task().unwrap().comm(), "requests");
/// kthread_destroy_worker(&worker);
/// assert_eq!(worker.task(), None);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_create_worker(flags: u32, name: &str) -> Result<Worker, Errno> {
    kthread_create_worker_on_node(flags, NUMA_NO_NODE, name)
}

/// Creates a worker on the cpus of a NUMA node: `kthread_create_worker_on_node`. Otherwise as
/// [`kthread_create_worker`]; `EINVAL` for a node that does not exist.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker_on_node(0, NUMA_NO_NODE, "requests")?;
/// let job = Job::new(|_| ());
/// assert!(kthread_queue_work(&worker, &job));
/// kthread_flush_work(&job);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_create_worker_on_node(flags: u32, node: i32, name: &str) -> Result<Worker, Errno> {
    let new = NewWorker { flags, node, cpu: None, name: name.to_owned() };
    create(new, "kthread_create_worker", Location::caller())
}

/// Creates a worker bound to a cpu: `kthread_create_worker_on_cpu`. Otherwise as
/// [`kthread_create_worker`]; `EINVAL` for a cpu that is not online.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker_on_cpu!(0, 0, "requests/%u")?;
/// let task = worker.task().unwrap();
/// assert_eq!((task.comm().as_str(), task.cpus_allowed()), ("requests/0", CpuMask::of(0)));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_create_worker_on_cpu(cpu: u32, flags: u32, name: &str) -> Result<Worker, Errno> {
    let new = NewWorker { flags, node: NUMA_NO_NODE, cpu: Some(cpu), name: name.to_owned() };
    create(new, "kthread_create_worker_on_cpu", Location::caller())
}

/// Creates a worker with its thread, and wakes the thread: `kthread_run_worker`, the name of
/// [`kthread_create_worker`] since Linux 6.14.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_run_worker!(KTW_FREEZABLE, "requests")?;
/// assert_eq!(worker.flags(), KTW_FREEZABLE);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_run_worker(flags: u32, name: &str) -> Result<Worker, Errno> {
    kthread_create_worker(flags, name)
}

/// Creates a worker bound to a cpu, and wakes its thread: `kthread_run_worker_on_cpu`, the name of
/// [`kthread_create_worker_on_cpu`] since Linux 6.14.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_run_worker_on_cpu(0, 0, "requests/0")?;
/// let job = Job::new(|_| ());
/// assert!(kthread_queue_work(&worker, &job));
/// kthread_flush_work(&job);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_run_worker_on_cpu(cpu: u32, flags: u32, name: &str) -> Result<Worker, Errno> {
    kthread_create_worker_on_cpu(cpu, flags, name)
}

/// Queues `work` at the tail of `worker`'s queue: `kthread_queue_work`. True if it was queued;
/// false if it is pending already or being cancelled.
///
/// A running work item may be queued: it will run once more. Never sleeps, may be called from a
/// timer's callback, and allocates nothing. The work item's function sees all that the caller wrote
/// before.
///
/// An idle work item that was last queued on another worker moves to this one, with a warning
/// unless the other worker is destroyed. If it runs there, it is not queued, with a warning. (A
/// kernel warns and runs it on both at once.) A destroyed worker queues nothing, and warns once.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker!(0, "sleepy")?;
/// let (sleep, nothing) = (Job::new(|_| msleep(20)), Job::new(|_| ()));
/// kthread_queue_work(&worker, &sleep);
/// assert!(kthread_queue_work(&worker, &nothing));
/// assert!(!kthread_queue_work(&worker, &nothing)); // it is pending
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
#[inline]
pub fn kthread_queue_work(worker: &KthreadWorker, work: &KthreadWork) -> bool {
    worker.queue(work)
}

/// Queues `dwork` on `worker` after `delay` jiffies: `kthread_queue_delayed_work`. True if it was
/// idle; false if it is pending already or being cancelled.
///
/// A delay of 0 queues it at once. Otherwise a timer of the calling task's Kernel queues it, not
/// before the jiffy `delay` jiffies ahead begins. Never sleeps. If that Kernel has shut down, warns
/// and returns false. Otherwise as [`kthread_queue_work`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker!(0, "delayed")?;
/// let job = DelayedJob::new(|_| unreachable!("it is cancelled"));
/// assert!(kthread_queue_delayed_work(&worker, &job, HZ));
/// assert!(!kthread_queue_delayed_work(&worker, &job, 0)); // it is pending
/// assert!(kthread_cancel_delayed_work_sync(&job));
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_queue_delayed_work(worker: &KthreadWorker, dwork: &KthreadDelayedWork, delay: u64) -> bool {
    worker.queue_delayed(dwork, delay)
}

/// Queues `dwork` on `worker` after `delay` jiffies, or changes the time of a pending one:
/// `kthread_mod_delayed_work`.
///
/// False if it was idle and is pending now. True if it was pending; or if another call is
/// cancelling it or changing its time at this moment, which then decides; or if the call was
/// refused with a warning, as [`kthread_queue_delayed_work`] does. May wait for the callback of the
/// work item's timer, which is short.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker!(0, "watchdog")?;
/// let barks = DelayedJob::new(|_| ());
/// assert!(!kthread_mod_delayed_work(&worker, &barks, HZ));
/// assert!(kthread_mod_delayed_work(&worker, &barks, 2 * HZ)); // fed in time
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_mod_delayed_work(worker: &KthreadWorker, dwork: &KthreadDelayedWork, delay: u64) -> bool {
    worker.modify_delayed(dwork, delay)
}

/// Waits until `work` has run, if it is queued or running: `kthread_flush_work`. Sleeps.
///
/// It waits for the instance that it finds, not for one that is queued later. It returns at once
/// for an idle work item and, with a warning, for a delayed one that waits for its timer (there a
/// kernel waits for ever).
///
/// On the worker's own thread it returns at once with a warning, where a kernel hangs. The method
/// [`KthreadWork::flush`] then returns an error.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker!(0, "flushed")?;
/// let job = Job::new(|_| msleep(20));
/// kthread_queue_work(&worker, &job);
/// kthread_flush_work(&job);
/// assert!(!worker.is_running(&job));
/// assert!(kthread_queue_work(&worker, &job)); // it is not pending any more
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_flush_work(work: &KthreadWork) {
    let _ = work.flush();
}

/// Waits until all work items that are queued on `worker` now have run: `kthread_flush_worker`.
/// Sleeps.
///
/// It does not wait for items that are queued later, nor for delayed items that wait for their
/// timers. If a worker in the caller's memory has no thread yet, it waits until it has one. On the
/// worker's own thread it returns at once with a warning, where a kernel hangs. The method
/// [`KthreadWorker::flush`] then returns an error.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let worker = kthread_create_worker!(0, "flushed")?;
/// let runs = Arc::new(AtomicU32::new(0));
/// for _ in 0..3 {
///     let runs = runs.clone();
///     worker.queue_once(move || _ = runs.fetch_add(1, SeqCst))?;
/// }
/// kthread_flush_worker(&worker);
/// assert_eq!(runs.load(SeqCst), 3);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_flush_worker(worker: &KthreadWorker) {
    let _ = worker.flush();
}

/// Cancels `work`, and waits for its end if it is running: `kthread_cancel_work_sync`. True if it
/// was pending. Sleeps.
///
/// While it waits, nobody can queue the work item, not even its own function. When it returns, the
/// item is idle unless somebody queues it after that. In the item's own function it returns without
/// waiting, with a warning, where a kernel hangs.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let worker = Arc::new(kthread_create_worker!(0, "restless")?);
/// let again = worker.clone();
/// let job = Job::new(move |work| _ = kthread_queue_work(&again, work)); // requeues itself
/// kthread_queue_work(&worker, &job);
/// kthread_cancel_work_sync(&job);
/// assert!(!kthread_cancel_work_sync(&job)); // it is idle
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_cancel_work_sync(work: &KthreadWork) -> bool {
    work.cancel_sync()
}

/// Cancels a delayed work item, whether it waits for its timer, is queued, or runs, and waits for
/// its end: `kthread_cancel_delayed_work_sync`. True if it was pending. Sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker!(0, "delayed")?;
/// let job = DelayedJob::new(|_| unreachable!("it is cancelled"));
/// kthread_queue_delayed_work(&worker, &job, HZ);
/// assert!(job.timer_pending());
/// assert!(kthread_cancel_delayed_work_sync(&job));
/// assert!(!job.timer_pending());
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_cancel_delayed_work_sync(dwork: &KthreadDelayedWork) -> bool {
    dwork.cancel_sync()
}

/// Destroys `worker`: waits until its thread has run what is queued, and stops the thread:
/// `kthread_destroy_worker`. Sleeps.
///
/// Work items that are queued later, or by the last items that run, are refused; delayed items that
/// wait for their timers are cancelled. Both cause a warning. On the worker's own thread this does
/// nothing but warn, where a kernel hangs. The worker's memory is reused after the [`Worker`] is
/// dropped. The method [`Worker::destroy`] also returns an error.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let worker = kthread_create_worker!(0, "last-runs")?;
/// let runs = Arc::new(AtomicU32::new(0));
/// for _ in 0..3 {
///     let runs = runs.clone();
///     worker.queue_once(move || _ = runs.fetch_add(1, SeqCst))?;
/// }
/// kthread_destroy_worker(&worker);
/// assert_eq!(runs.load(SeqCst), 3);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_destroy_worker(worker: &Worker) {
    let _ = worker.destroy();
}
