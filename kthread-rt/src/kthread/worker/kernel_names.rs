//! The kernel's names for workers and works: each is a line over a method.
//!
//! The functions return what the kernel's do, as `bool`s where those have `bool`. The macros that
//! create workers format the name of the thread; the functions of the same names take it as it is.

use super::create::{NewWorker, create};
use super::{KthreadDelayedWork, KthreadWork, KthreadWorkFn, KthreadWorker, Worker};
use crate::errno::Errno;
use crate::kthread::create::NUMA_NO_NODE;
use std::panic::Location;

/// Defines a static worker without a thread: `DEFINE_KTHREAD_WORKER`. Works in models too, where
/// plain statics don't.
///
/// See [`KthreadWorker`](crate::KthreadWorker) for an example.
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_KTHREAD_WORKER {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::KthreadWorker = {
            // SAFETY: a static is valid and in place for ever.
            unsafe { $crate::KthreadWorker::new() }
        });
    };
}

/// Defines a static work: `DEFINE_KTHREAD_WORK`. Its function gets a reference to it. Works in
/// models too, where plain statics don't.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// fn refill(work: &KthreadWork) {
///     assert!(std::ptr::eq(work, &REFILL));
/// }
///
/// DEFINE_KTHREAD_WORK!(
///     /// Refills the stock.
///     static REFILL = refill
/// );
/// let worker = kthread_create_worker!(0, "stock")?;
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
                // SAFETY: a work's function gets the work, which is a static.
                function(unsafe { &*work })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::KthreadWork::with_function(call) }
        });
    };
}

/// Defines a static delayed work: `DEFINE_KTHREAD_DELAYED_WORK`. Its function gets a reference to
/// it. Works in models too, where plain statics don't.
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
                // SAFETY: a work's function gets the work, which is the first field of a static.
                function(unsafe { &*dwork })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::KthreadDelayedWork::with_function(call) }
        });
    };
}

/// Makes the memory at `worker` a worker without a thread: `kthread_init_worker`.
///
/// # Safety
///
/// `worker` is valid for writing, and is no worker that is in use. From now on, as
/// [`KthreadWorker::new`] says.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// let mut memory = MaybeUninit::<KthreadWorker>::uninit();
/// // SAFETY: the worker stays in this frame, which its thread, and the works, do not outlive.
/// let worker = unsafe {
///     kthread_init_worker(memory.as_mut_ptr());
///     memory.assume_init_ref()
/// };
/// assert_eq!((worker.task(), worker.flags()), (None, 0));
/// ```
pub unsafe fn kthread_init_worker(worker: *mut KthreadWorker) {
    // SAFETY: by the contract.
    unsafe { worker.write(KthreadWorker::new()) };
}

/// Makes the memory at `work` a work with a function: `kthread_init_work`.
///
/// # Safety
///
/// `work` is valid for writing, and is no work that is queued or runs. From now on, as
/// [`KthreadWork::with_function`] says.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// unsafe extern "C-unwind" fn nothing(_: *mut KthreadWork) {}
///
/// let worker = kthread_create_worker!(0, "initialised")?;
/// let mut memory = MaybeUninit::<KthreadWork>::uninit();
/// // SAFETY: the work stays in this frame until it has run.
/// let work = unsafe {
///     kthread_init_work(memory.as_mut_ptr(), nothing);
///     memory.assume_init_ref()
/// };
/// assert!(kthread_queue_work(&worker, work));
/// kthread_flush_work(work);
/// # Ok::<(), Errno>(())
/// ```
pub unsafe fn kthread_init_work(work: *mut KthreadWork, func: KthreadWorkFn) {
    // The pointer that the function gets may be used for all that this one may be.
    work.expose_provenance();
    // SAFETY: by the contract.
    unsafe { work.write(KthreadWork::with_function(func)) };
}

/// Makes the memory at `dwork` a delayed work with a function: `kthread_init_delayed_work`.
///
/// # Safety
///
/// As [`kthread_init_work`], with [`KthreadDelayedWork::with_function`].
pub unsafe fn kthread_init_delayed_work(dwork: *mut KthreadDelayedWork, func: KthreadWorkFn) {
    // As in `kthread_init_work`.
    dwork.expose_provenance();
    // SAFETY: by the contract.
    unsafe { dwork.write(KthreadDelayedWork::with_function(func)) };
}

/// Creates a worker and its thread, which is woken: `kthread_create_worker`. The macro of the same
/// name formats the name.
///
/// `flags`: 0, or [`KTW_FREEZABLE`](crate::KTW_FREEZABLE). As in Linux 6.1 the thread waits for
/// works when this returns. (Since 6.14 it is created asleep, and `kthread_run_worker` is this.)
/// Sleeps until kthreadd has made the thread.
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

/// [`kthread_create_worker`] on the cpus of a NUMA node: `kthread_create_worker_on_node`. `EINVAL`
/// for a node that does not exist.
#[track_caller]
pub fn kthread_create_worker_on_node(flags: u32, node: i32, name: &str) -> Result<Worker, Errno> {
    let new = NewWorker { flags, node, cpu: None, name: name.to_owned() };
    create(new, "kthread_create_worker", Location::caller())
}

/// [`kthread_create_worker`], bound to a cpu: `kthread_create_worker_on_cpu`. `EINVAL` for a cpu
/// that does not exist.
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

/// [`kthread_create_worker`], by its name since Linux 6.14: `kthread_run_worker`.
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

/// [`kthread_create_worker_on_cpu`], by its name since Linux 6.14: `kthread_run_worker_on_cpu`.
#[track_caller]
pub fn kthread_run_worker_on_cpu(cpu: u32, flags: u32, name: &str) -> Result<Worker, Errno> {
    kthread_create_worker_on_cpu(cpu, flags, name)
}

/// Queues `work` on `worker`, behind all that is queued there: `kthread_queue_work`. True if it was
/// queued; false if it is pending already, or being cancelled.
///
/// A work that runs may be queued: it will run once more. Never sleeps, may be called from a
/// timer's callback, and allocates nothing. What the caller wrote before is visible to the work's
/// function.
///
/// A work that was queued on another worker before moves here if it is idle, with a warning unless
/// that worker is destroyed. If it runs there, it is not queued, with a warning. (A kernel warns
/// and runs it on both at once.) A worker that is destroyed queues nothing, and one warning says
/// so.
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

/// Queues `dwork` on `worker` in `delay` jiffies: `kthread_queue_delayed_work`. True if it was
/// idle; false if it is pending already, or being cancelled.
///
/// With a delay of 0 it is queued at once. It is queued by a timer of the calling task's Kernel,
/// not before the jiffy that is `delay` ahead begins. Never sleeps. If that Kernel has shut down:
/// false, and a warning. Else as [`kthread_queue_work`].
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

/// Queues `dwork` on `worker` in `delay` jiffies from now, also if it is pending for another time:
/// `kthread_mod_delayed_work`.
///
/// False if it was idle, and is pending now. True if as many works are queued as before: it was
/// pending, or somebody else cancels it or changes its time at this moment, whose word counts; or
/// the call was refused, with a warning, as [`kthread_queue_delayed_work`] does. It may wait for
/// the callback of the work's timer, which is short.
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

/// Waits until `work` has run, if it is queued or runs: `kthread_flush_work`. Sleeps.
///
/// It waits for the instance that it finds, not for one that is queued later. A work that is idle,
/// or was never queued, is not waited for; nor, with a warning, is a delayed one that waits for its
/// timer (in a kernel that is a wait for ever).
///
/// On the thread that would have to run it, it returns at once with a warning, where a kernel
/// hangs. The method [`KthreadWork::flush`] returns an error then.
#[track_caller]
pub fn kthread_flush_work(work: &KthreadWork) {
    let _ = work.flush();
}

/// Waits until all works that are queued on `worker` now have run: `kthread_flush_worker`. Sleeps.
///
/// Those that are queued later are not waited for, nor are delayed ones whose time has not come. A
/// worker in the caller's memory that has no thread is waited for until it has one. On the worker's
/// own thread it returns at once with a warning, where a kernel hangs. The method
/// [`KthreadWorker::flush`] returns an error then.
#[track_caller]
pub fn kthread_flush_worker(worker: &KthreadWorker) {
    let _ = worker.flush();
}

/// Takes `work` off its queue, and waits for its end if it runs: `kthread_cancel_work_sync`. True
/// if it was pending. Sleeps.
///
/// While it waits, the work can't be queued: not by others, and not by its own function. When this
/// has returned, the work is idle unless somebody queues it after that. In the work's own function,
/// where a kernel hangs, it does not wait, with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let worker = Arc::new(kthread_create_worker!(0, "restless")?);
/// let again = worker.clone();
/// let job = Job::new(move |work| _ = kthread_queue_work(&again, work)); // it queues itself all the time
/// kthread_queue_work(&worker, &job);
/// kthread_cancel_work_sync(&job);
/// assert!(!kthread_cancel_work_sync(&job)); // it did not escape
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kthread_cancel_work_sync(work: &KthreadWork) -> bool {
    work.cancel_sync()
}

/// [`kthread_cancel_work_sync`] of a delayed work, whether it waits for its timer, is queued, or
/// runs: `kthread_cancel_delayed_work_sync`. True if it was pending. Sleeps.
#[track_caller]
pub fn kthread_cancel_delayed_work_sync(dwork: &KthreadDelayedWork) -> bool {
    dwork.cancel_sync()
}

/// Runs what is queued on `worker`, and stops its thread: `kthread_destroy_worker`. Sleeps.
///
/// Works that are queued later, or by the last works that run, are refused; delayed ones whose time
/// has not come are taken off. Each of these is a warning. On the worker's own thread this does
/// nothing, with a warning, where a kernel hangs. The memory of the worker is used again when the
/// [`Worker`] is dropped. The method [`Worker::destroy`] returns an error where this warns.
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
