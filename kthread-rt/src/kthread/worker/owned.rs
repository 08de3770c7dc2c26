//! [`Job`] and [`DelayedJob`]: works with a closure, safe to have and to drop; and functions that
//! run once.

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

/// A work that calls a closure.
///
/// It is a [`KthreadWork`], so everything that takes one takes a `&Job`. Dropping it takes it off
/// its queue and waits for its end if it runs; in its own function it does not wait, and the
/// closure is dropped when the function is over. Queueing allocates nothing. The closure is called
/// by one thread at a time.
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
/// The `KthreadWork` is first, so its address is that of the whole. The callback is accessed by
/// [`call_job`] only, which runs on one thread at a time: a work has one worker at a time, which
/// has one thread, and changes it only while it does not run.
#[repr(C)]
struct JobInner {
    work: KthreadWork,
    callback: UnsafeCell<Callback>,
}

// SAFETY: the work may be shared; the callback is `Send` and used by one thread at a time (the
// invariants).
unsafe impl Send for JobInner {}
// SAFETY: as above.
unsafe impl Sync for JobInner {}

impl Job {
    /// An idle work that will call `callback`, with itself, on the thread of the worker that it is
    /// queued on.
    pub fn new(callback: impl FnMut(&KthreadWork) + Send + 'static) -> Self {
        // SAFETY: `Inner` stays where it is in its `Arc`, until the drop of `Job` has taken the
        // work off its queue and waited for its function; in that function, until the reference
        // goes that `call_job` holds. `call_job` fits the work.
        let work = unsafe { KthreadWork::with_function(call_job) };
        let inner = Arc::new(JobInner { work, callback: UnsafeCell::new(Box::new(callback)) });
        // `call_job` gets the address of the work and makes it one of the whole.
        Arc::as_ptr(&inner).expose_provenance();
        Self(inner)
    }
}

unsafe extern "C-unwind" fn call_job(work: *mut KthreadWork) {
    let inner = ptr::with_exposed_provenance::<JobInner>(work.addr());
    // SAFETY: the work is the first field of an `Inner` in an `Arc`, whose `Job` is there now: its
    // drop waits for this function, or happens in it. So the count is not 0, and this holds one
    // reference of its own from here on.
    let inner = unsafe {
        Arc::increment_strong_count(inner);
        Arc::from_raw(inner)
    };
    // SAFETY: the only access (the invariants).
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

/// A delayed work that calls a closure: what [`Job`] is to a [`KthreadWork`], to a
/// [`KthreadDelayedWork`].
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
    /// An idle work that will call `callback`, with itself, on the thread of the worker that it is
    /// queued on.
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
    // SAFETY: as in `call_job`; the work is the first field of the delayed work.
    let inner = unsafe {
        Arc::increment_strong_count(inner);
        Arc::from_raw(inner)
    };
    // SAFETY: the only access (the invariants).
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

/// A function that runs once: its box is freed by its run.
#[repr(C)]
struct Once<F> {
    head: OnceHead,
    function: ManuallyDrop<F>,
}

/// What is known of a `Once` without its type.
#[repr(C)]
struct OnceHead {
    // First, so that a pointer to the work is a pointer to the head, and to the whole.
    work: KthreadWork,
    /// Frees the box; with `true`, runs the function.
    end: unsafe fn(*mut OnceHead, bool),
}

impl<F: FnOnce()> Once<F> {
    /// # Safety
    ///
    /// `head` is that of a `Once<F>` in a box of its own, which nobody uses after this.
    unsafe fn end(head: *mut OnceHead, run: bool) {
        // SAFETY: by the contract.
        let this = unsafe { Box::from_raw(head.cast::<Self>()) };
        let function = ManuallyDrop::into_inner(this.function);
        if run {
            function();
        }
    }
}

unsafe extern "C-unwind" fn run_once(work: *mut KthreadWork) {
    let head = work.cast::<OnceHead>();
    // SAFETY: only the work of a `Once` has this function, and it is queued once.
    unsafe { ((*head).end)(head, true) };
}

/// Drops a function that will not run.
///
/// # Safety
///
/// `work` is of [`Kind::Once`], and was unlinked just now.
pub(super) unsafe fn discard_once(work: *const KthreadWork) {
    let head = ptr::with_exposed_provenance_mut::<OnceHead>(work.addr());
    // The function may have a destructor of the user's.
    // SAFETY: by the contract, nobody uses it any more.
    let discard = || unsafe { ((*head).end)(head, false) };
    with_current(|me| {
        contain_told(me, "kthread_destroy_worker", "the data of a work that never ran", discard)
    });
}

impl KthreadWorker {
    /// Queues a function that runs once. It is boxed; a [`Job`] allocates nothing when it is
    /// queued. Never sleeps.
    ///
    /// If the worker goes without having run it, it is dropped.
    ///
    /// # Errors
    ///
    /// `ESRCH` if the worker is destroyed, or was created with a thread that has ended. The
    /// function is dropped.
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
            // SAFETY: made above, and nobody else knows it.
            unsafe { Once::<F>::end(once.cast(), false) };
            return Err(Errno::ESRCH);
        }
        // SAFETY: it stays valid until `run_once` or `discard_once` frees it, and is bound to no
        // worker.
        let sleeper = unsafe { locked.append(&raw const (*once).head.work) };
        open_and_wake(locked, sleeper);
        Ok(())
    }
}
