//! [`Job`] and [`DelayedJob`], work items with a closure that are safe to use and to drop; and
//! functions that run once.

use super::flush::retire;
use super::queue::open_and_wake;
use super::work::Kind;
use super::{CLOSED, KthreadDelayedWork, KthreadWork, KthreadWorker};
use crate::diag::contain_told;
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::{Arc, UnsafeCell};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr;

type Callback = Box<dyn FnMut(&KthreadWork) + Send>;
type DelayedCallback = Box<dyn FnMut(&KthreadDelayedWork) + Send>;

/// A work item that calls a closure.
///
/// It dereferences to a [`KthreadWork`], so a `&Job` can be passed to all calls. Dropping it
/// cancels it, and waits for its end if it is running. A job that is dropped in its own function
/// does not wait, and the closure is dropped when the function returns. Queueing allocates nothing.
/// One thread at a time calls the closure.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let worker = kthread_create_worker!(0, "countdown")?;
/// let (worker, done) = (Arc::new(worker), Arc::new(Completion::new()));
/// let mut left = 3;
/// let job = Job::new({
///     let (worker, done) = (worker.clone(), done.clone());
///     move |work| {
///         left -= 1;
///         if left == 0 {
///             return complete(&done);
///         }
///         kthread_queue_work(&worker, work);
///     }
/// });
/// kthread_queue_work(&worker, &job);
/// wait_for_completion(&done);
/// # Ok::<(), Errno>(())
/// ```
pub struct Job(Arc<JobInner>);

/// # Invariants
///
/// The `KthreadWork` is first, so its address is that of the whole. Only [`call_job`] accesses the
/// callback, and it runs on one thread at a time: a work item has one worker at a time, which has
/// one thread, and changes its worker only while idle.
#[repr(C)]
struct JobInner {
    work: KthreadWork,
    callback: UnsafeCell<Callback>,
}

// SAFETY: the work item is `Sync`; the callback is `Send`, and one thread at a time uses it (the
// invariants).
unsafe impl Send for JobInner {}
// SAFETY: as above.
unsafe impl Sync for JobInner {}

impl Job {
    /// Makes an idle work item. The thread of the worker that it is queued on calls `callback` with
    /// it.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let worker = kthread_create_worker!(0, "requests")?;
    /// let job = Job::new(|_| ());
    /// assert!(kthread_queue_work(&worker, &job));
    /// kthread_flush_work(&job);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn new(callback: impl FnMut(&KthreadWork) + Send + 'static) -> Self {
        // SAFETY: `JobInner` stays in place in its `Arc` until the drop of `Job` has unlinked the
        // work item and waited for its function. If the function itself drops the `Job`, the
        // reference that `call_job` holds keeps it. `call_job` may be called with this work item.
        let work = unsafe { KthreadWork::with_function(call_job) };
        let inner = Arc::new(JobInner { work, callback: UnsafeCell::new(Box::new(callback)) });
        // `call_job` makes a pointer to the whole from the address of the work item.
        Arc::as_ptr(&inner).expose_provenance();
        Self(inner)
    }
}

unsafe extern "C-unwind" fn call_job(work: *mut KthreadWork) {
    let inner = ptr::with_exposed_provenance::<JobInner>(work.addr());
    // SAFETY: the work item is the first field of a `JobInner` in an `Arc`, whose `Job` exists now:
    // its drop waits for this function, or happens in it. So the count is not 0, and from here on
    // this holds a reference of its own.
    let inner = unsafe {
        Arc::increment_strong_count(inner);
        Arc::from_raw(inner)
    };
    // SAFETY: this is the only access to the callback (the invariants).
    inner.callback.with_mut(|callback| unsafe { (*callback)(&inner.work) });
}

impl Drop for Job {
    fn drop(&mut self) {
        retire(&self.0.work, None);
    }
}

impl Deref for Job {
    type Target = KthreadWork;

    fn deref(&self) -> &KthreadWork {
        &self.0.work
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Job").field(&self.0.work).finish()
    }
}

/// A delayed work item that calls a closure: a [`Job`] for [`KthreadDelayedWork`].
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let worker = kthread_create_worker!(0, "reporter")?;
/// let reported = Arc::new(Completion::new());
/// let report = DelayedJob::new({
///     let reported = reported.clone();
///     move |_| complete(&reported)
/// });
/// assert!(kthread_queue_delayed_work(&worker, &report, msecs_to_jiffies(8)));
/// wait_for_completion(&reported);
/// # Ok::<(), Errno>(())
/// ```
pub struct DelayedJob(Arc<DelayedInner>);

/// # Invariants
///
/// As those of [`JobInner`].
#[repr(C)]
struct DelayedInner {
    dwork: KthreadDelayedWork,
    callback: UnsafeCell<DelayedCallback>,
}

// SAFETY: as for `JobInner`.
unsafe impl Send for DelayedInner {}
// SAFETY: as above.
unsafe impl Sync for DelayedInner {}

impl DelayedJob {
    /// Makes an idle work item. The thread of the worker that it is queued on calls `callback` with
    /// it.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let worker = kthread_create_worker!(0, "polls")?;
    /// let poll = DelayedJob::new(|_| ());
    /// assert!(kthread_queue_delayed_work(&worker, &poll, 60 * HZ));
    /// assert!(kthread_cancel_delayed_work_sync(&poll));
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn new(callback: impl FnMut(&KthreadDelayedWork) + Send + 'static) -> Self {
        // SAFETY: as in `Job::new`; the drop shuts the timer down too, and waits for its callback.
        let dwork = unsafe { KthreadDelayedWork::with_function(call_delayed) };
        let inner = Arc::new(DelayedInner { dwork, callback: UnsafeCell::new(Box::new(callback)) });
        // As in `Job::new`.
        Arc::as_ptr(&inner).expose_provenance();
        Self(inner)
    }
}

unsafe extern "C-unwind" fn call_delayed(work: *mut KthreadWork) {
    let inner = ptr::with_exposed_provenance::<DelayedInner>(work.addr());
    // SAFETY: as in `call_job`; the work item is the first field of the delayed work item.
    let inner = unsafe {
        Arc::increment_strong_count(inner);
        Arc::from_raw(inner)
    };
    // SAFETY: this is the only access to the callback (the invariants).
    inner.callback.with_mut(|callback| unsafe { (*callback)(&inner.dwork) });
}

impl Drop for DelayedJob {
    fn drop(&mut self) {
        retire(&self.0.dwork.work, Some(&self.0.dwork));
    }
}

impl Deref for DelayedJob {
    type Target = KthreadDelayedWork;

    fn deref(&self) -> &KthreadDelayedWork {
        &self.0.dwork
    }
}

impl fmt::Debug for DelayedJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DelayedJob").field(&self.0.dwork).finish()
    }
}

/// A function that runs once. Running it frees its box.
#[repr(C)]
struct Once<F> {
    head: OnceHead,
    function: ManuallyDrop<F>,
}

/// The part of a `Once` that does not depend on its type.
#[repr(C)]
struct OnceHead {
    // First, so that a pointer to the work item is a pointer to the head and to the whole.
    work: KthreadWork,
    /// Frees the box; with `true`, runs the function.
    end: unsafe fn(*mut OnceHead, bool),
}

impl<F: FnOnce()> Once<F> {
    /// # Safety
    ///
    /// `head` is the head of a boxed `Once<F>`, which nobody uses after this call.
    unsafe fn end(head: *mut OnceHead, run: bool) {
        // SAFETY: the caller gives up the box, which begins at `head`.
        let this = unsafe { Box::from_raw(head.cast::<Self>()) };
        let function = ManuallyDrop::into_inner(this.function);
        if run {
            function();
        }
    }
}

unsafe extern "C-unwind" fn run_once(work: *mut KthreadWork) {
    let head = work.cast::<OnceHead>();
    // SAFETY: only the work item of a `Once` has this function, and it is queued once.
    unsafe { ((*head).end)(head, true) };
}

/// Drops a function that will not run.
///
/// # Safety
///
/// `work` is of [`Kind::Once`], was queued, and is unlinked.
pub(super) unsafe fn discard_once(work: *const KthreadWork) {
    let head = ptr::with_exposed_provenance_mut::<OnceHead>(work.addr());
    // The function's destructor may be user code. SAFETY: the item is unlinked and was queued once,
    // so nobody uses it any more.
    let discard = || unsafe { ((*head).end)(head, false) };
    with_current(|me| {
        contain_told(me, "kthread_destroy_worker", "dropping the data of a work item that never ran", discard)
    });
}

impl KthreadWorker {
    /// Queues a function that runs once. It allocates a box for the function (queueing a [`Job`]
    /// allocates nothing). Never sleeps.
    ///
    /// If the worker ends before it has run the function, the function is dropped.
    ///
    /// # Errors
    ///
    /// `ESRCH` if the worker is destroyed, or was created with a thread that has ended. The
    /// function is then dropped.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let worker = kthread_create_worker!(0, "odd-jobs")?;
    /// let text = String::from("owned by the job");
    /// worker.queue_once(move || assert!(text.starts_with("owned")))?;
    /// kthread_flush_worker(&worker);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn queue_once<F: FnOnce() + Send + 'static>(&self, function: F) -> Result<(), Errno> {
        let head = OnceHead { work: KthreadWork::with(Some(run_once), Kind::Once), end: Once::<F>::end };
        let once = Box::into_raw(Box::new(Once { head, function: ManuallyDrop::new(function) }));
        once.expose_provenance();
        let locked = self.lock();
        if locked.has(CLOSED) || locked.is_abandoned() {
            drop(locked);
            // SAFETY: the box was made above, and nobody else has a pointer to it.
            unsafe { Once::<F>::end(once.cast(), false) };
            return Err(Errno::ESRCH);
        }
        // SAFETY: the box stays valid until `run_once` or `discard_once` frees it, and its item is
        // never bound to a worker.
        let sleeper = unsafe { locked.append(&raw const (*once).head.work) };
        open_and_wake(locked, sleeper);
        Ok(())
    }
}
