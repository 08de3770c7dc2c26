//! [`Work`] and [`DelayedWork`]: safe work items that own a closure; and [`Workqueue::spawn`],
//! which runs a closure once.

use super::cancel::{cancel_sync, disable};
use super::delayed::DelayedWorkStruct;
use super::work::WorkStruct;
use super::{Caller, Workqueue, worker};
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::Ordering::Relaxed;
use crate::sync::{Arc, RawSpinLock, UnsafeCell, record};
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::ptr;

type Function<W> = Box<dyn FnMut(&W) + Send>;

/// The memory behind a [`Work`], to which its owner has a reference. A run does not take a
/// reference: when the owner drops the work item, it waits for the runs to end, or leaves a
/// reference to the last of them. It does the latter if it drops the work item inside the function.
///
/// # Invariants
///
/// * `work` is the first field, so its address is that of the `Inner`.
/// * `function`, `ended` and `orphaned` are accessed by the holder of `turn`, or by the function
///   itself, which runs under it. (Only this lock keeps a work item that is queued to two queues
///   from running twice at once.)
/// * A reference exists from when a run has [begun](WorkStruct::begun) until it drops `turn`.
///   Dropping `turn` is the run's last access, unless the owner left a reference to it: a
///   [`RawSpinLock`] may be freed during its unlock.
#[repr(C)]
struct Inner<W> {
    work: W,
    turn: RawSpinLock,
    /// The number of runs that have ended.
    ended: record::AtomicU32,
    /// The owner dropped the work item during a run, and left a reference that the last run drops.
    orphaned: record::AtomicBool,
    function: UnsafeCell<Function<W>>,
}

// SAFETY: `W` is `Sync`; the function is `Send`, and one thread at a time uses it (the invariants).
unsafe impl<W: Sync> Send for Inner<W> {}
// SAFETY: as above.
unsafe impl<W: Sync> Sync for Inner<W> {}

/// A plain or a delayed work item.
trait AsWork {
    fn as_work(&self) -> &WorkStruct;
}

impl AsWork for WorkStruct {
    fn as_work(&self) -> &WorkStruct {
        self
    }
}

impl AsWork for DelayedWorkStruct {
    fn as_work(&self) -> &WorkStruct {
        &self.work
    }
}

impl<W: AsWork> Inner<W> {
    fn new(work: W, function: Function<W>) -> Arc<Self> {
        let inner = Arc::new(Self {
            work,
            turn: RawSpinLock::new(),
            ended: record::AtomicU32::new(0),
            orphaned: record::AtomicBool::new(false),
            function: UnsafeCell::new(function),
        });
        // `call` gets the work item's address and makes a pointer to the `Inner` of it.
        Arc::as_ptr(&inner).expose_provenance();
        inner
    }

    /// Whether a run has begun and not ended. The caller holds `turn`.
    fn runs(&self) -> bool {
        self.work.as_work().begun() != self.ended.load(Relaxed)
    }
}

/// A run that holds `turn`.
struct Run<W: AsWork> {
    inner: *const Inner<W>,
}

/// Also if the function unwinds.
impl<W: AsWork> Drop for Run<W> {
    fn drop(&mut self) {
        // SAFETY: a reference exists until `turn` is dropped (the invariants).
        let inner = unsafe { &*self.inner };
        // No read-modify-write is needed under `turn`.
        inner.ended.store(inner.ended.load(Relaxed).wrapping_add(1), Relaxed);
        let last = inner.orphaned.load(Relaxed) && !inner.runs();
        // SAFETY: this run holds `turn`, and does not use `inner` after this, unless the owner left
        // it a reference.
        unsafe { RawSpinLock::unlock(&raw const inner.turn) };
        if last {
            // SAFETY: the owner left this reference to the last run, which is this one.
            drop(unsafe { Arc::from_raw(self.inner) });
        }
    }
}

unsafe extern "C-unwind" fn call<W: AsWork>(work: *mut WorkStruct) {
    let this = ptr::with_exposed_provenance::<Inner<W>>(work.addr());
    // SAFETY: the work item is the first field of an `Inner`, to which a reference exists as long
    // as `run` exists (the invariants).
    let inner = unsafe { &*this };
    inner.turn.lock();
    let run = Run { inner: this };
    // SAFETY: the only access, under `turn`.
    inner.function.with_mut(|function| unsafe { (*function)(&inner.work) });
    drop(run);
}

/// Cancels the work item before its owner drops its reference, and waits for the function's end,
/// unless the caller is that function.
fn let_go<W: AsWork>(inner: &Arc<Inner<W>>, place: &'static Location<'static>) {
    let work = inner.work.as_work();
    let leave = || {
        // SAFETY: the owner's reference exists; the last run drops this one.
        unsafe { Arc::increment_strong_count(Arc::as_ptr(inner)) };
        inner.orphaned.store(true, Relaxed);
    };
    with_current(|me| {
        if worker::runs(me, work) {
            disable(me, work);
            // The running function, which is the caller, holds `turn`.
            leave();
        } else {
            // This does not wait for a run on behalf of a queue other than the last one.
            cancel_sync(Caller::new(me, "cancel_work_sync", place), work);
            disable(me, work);
            inner.turn.lock();
            if inner.runs() {
                leave();
            }
            // SAFETY: locked above; the owner's reference still exists.
            unsafe { RawSpinLock::unlock(&raw const inner.turn) };
        }
    });
}

/// A work item that calls a closure.
///
/// It dereferences to a [`WorkStruct`], so every call that takes one accepts a `&Work`. Dropping it
/// cancels it and waits until its function has finished (`cancel_work_sync`). If its own function
/// drops it, the drop does not wait, and the closure is dropped when the function returns. Queueing
/// does not allocate. The closure never runs twice at once, even if the work item is queued to two
/// queues; the kernel gives no such guarantee.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut runs = 0;
/// let work = Work::new(move |_| {
///     runs += 1;
///     msleep(runs);
/// });
/// assert!(schedule_work(&work));
/// assert!(!schedule_work(&work) || work_busy(&work) != 0);
/// flush_work(&work);
/// ```
pub struct Work(Arc<Inner<WorkStruct>>);

impl Work {
    /// Makes an idle work item. When it is queued, a worker calls `function` with it. The function
    /// may sleep.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    ///
    /// let total = Arc::new(AtomicU32::new(0));
    /// let work = Work::new({
    ///     let total = total.clone();
    ///     move |_| _ = total.fetch_add(1, SeqCst)
    /// });
    /// schedule_work(&work);
    /// flush_work(&work);
    /// assert_eq!(total.load(SeqCst), 1);
    /// ```
    pub fn new(function: impl FnMut(&WorkStruct) + Send + 'static) -> Self {
        // SAFETY: `Inner` does not move in its `Arc`, and is valid until the drop of `Work` has
        // cancelled the work item and waited for its function, or until the last run drops the
        // reference that was left to it. `call` expects the work item of an `Inner`.
        let work = unsafe { WorkStruct::with_function(call::<WorkStruct>) };
        Self(Inner::new(work, Box::new(function)))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let_go(&self.0, Location::caller());
    }
}

impl Deref for Work {
    type Target = WorkStruct;

    fn deref(&self) -> &WorkStruct {
        &self.0.work
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Work").field(&self.0.work).finish()
    }
}

/// A delayed work item that calls a closure; see [`Work`] and [`DelayedWorkStruct`].
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let beats = Arc::new(Completion::new());
/// let heart = DelayedWork::new({
///     let beats = beats.clone();
///     move |heart| {
///         complete(&beats);
///         schedule_delayed_work(heart, 1); // again, with the next jiffy
///     }
/// });
/// schedule_delayed_work(&heart, 1);
/// for _ in 0..3 {
///     wait_for_completion(&beats);
/// }
/// drop(heart); // cancels it, and waits for a beat that runs
/// ```
pub struct DelayedWork(Arc<Inner<DelayedWorkStruct>>);

impl DelayedWork {
    /// Makes an idle delayed work item. When its timer has queued it, a worker calls `function`
    /// with it. The function may sleep.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let poll = DelayedWork::new(|poll| _ = schedule_delayed_work(poll, 60 * HZ)); // again
    /// schedule_delayed_work(&poll, 1);
    /// flush_delayed_work(&poll);
    /// assert!(cancel_delayed_work_sync(&poll));
    /// ```
    pub fn new(function: impl FnMut(&DelayedWorkStruct) + Send + 'static) -> Self {
        // SAFETY: as in `Work::new`.
        let work = unsafe { DelayedWorkStruct::with_function(call::<DelayedWorkStruct>) };
        Self(Inner::new(work, Box::new(function)))
    }
}

impl Drop for DelayedWork {
    fn drop(&mut self) {
        let_go(&self.0, Location::caller());
    }
}

impl Deref for DelayedWork {
    type Target = DelayedWorkStruct;

    fn deref(&self) -> &DelayedWorkStruct {
        &self.0.work
    }
}

impl fmt::Debug for DelayedWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DelayedWork").field(&self.0.work).finish()
    }
}

/// A closure that runs once.
#[repr(C)]
struct Once<F> {
    work: WorkStruct,
    function: F,
}

unsafe extern "C-unwind" fn call_once<F: FnOnce()>(work: *mut WorkStruct) {
    let once = ptr::with_exposed_provenance_mut::<Once<F>>(work.addr());
    // SAFETY: the work item is the first field of the box that `spawn_for` leaked, and runs once.
    let once = unsafe { Box::from_raw(once) };
    (once.function)();
}

impl Workqueue {
    /// Runs `function` once, on a worker of this queue. Never sleeps; `function` may sleep.
    ///
    /// # Errors
    ///
    /// `ESHUTDOWN`, with a warning, if the queue refuses it: the Kernel has shut down, or the queue
    /// is being drained or was destroyed. `EAGAIN`, with a warning, if the operating system refuses
    /// the first worker. On error, `function` is dropped.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::Arc;
    ///
    /// let wq = alloc_workqueue!("jobs", WQ_UNBOUND, 0)?;
    /// let done = Arc::new(Completion::new());
    /// wq.spawn({
    ///     let done = done.clone();
    ///     move || complete(&done)
    /// })?;
    /// wait_for_completion(&done);
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn spawn(&self, function: impl FnOnce() + Send + 'static) -> Result<(), Errno> {
        self.spawn_for(function, "spawn", Location::caller())
    }

    /// [`spawn`](Self::spawn) on behalf of `call`, for warnings.
    pub(crate) fn spawn_for<F: FnOnce() + Send + 'static>(
        &self,
        function: F,
        call: &'static str,
        place: &'static Location<'static>,
    ) -> Result<(), Errno> {
        // SAFETY: the work item is in a box, which is valid and does not move until `call_once`
        // frees it.
        let work = unsafe { WorkStruct::with_function(call_once::<F>) };
        let once = Box::into_raw(Box::new(Once { work, function }));
        once.expose_provenance();
        // SAFETY: made above; this function does not use it after it was queued.
        let work = unsafe { &(*once).work };
        let queued = with_current(|me| self.on(None).try_queue(Caller::new(me, call, place), work));
        if queued == Ok(true) {
            return Ok(());
        }
        // SAFETY: it was not queued, so this call still owns it.
        drop(unsafe { Box::from_raw(once) });
        Err(queued.err().unwrap_or(Errno::ESHUTDOWN))
    }
}
