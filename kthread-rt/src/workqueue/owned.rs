//! [`Work`] and [`DelayedWork`]: works with a closure, safe to have and to drop; and closures that
//! run once.

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

/// What the owner of a work has a reference to. A run counts none of its own: the owner waits for
/// the end of the runs, or leaves one to the last of them, as it always does if it lets go in the
/// function.
///
/// # Invariants
///
/// * The work is first, so its address is that of the whole.
/// * The function, `ended` and `orphaned` are accessed by whoever has `turn`, or by the function
///   itself, which runs with it. (Nothing else keeps a work from running twice at once that is
///   queued to two queues.)
/// * From the moment when a run has [begun](WorkStruct::begun) until it gives its turn back there
///   is a reference. Giving it back is the run's last access, unless the reference was left to it:
///   a [`RawSpinLock`] may be freed meanwhile.
#[repr(C)]
struct Inner<W> {
    work: W,
    turn: RawSpinLock,
    /// How many runs have ended, of those that have begun.
    ended: record::AtomicU32,
    /// The owner has gone while runs had begun and not ended: the last of them drops the reference
    /// that was left to it.
    orphaned: record::AtomicBool,
    function: UnsafeCell<Function<W>>,
}

// SAFETY: the work may be shared; the function is `Send`, and used by one thread at a time (the
// invariants).
unsafe impl<W: Sync> Send for Inner<W> {}
// SAFETY: as above.
unsafe impl<W: Sync> Sync for Inner<W> {}

/// A plain work or a delayed one.
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
        // `call` gets the address of the work and makes it one of the whole.
        Arc::as_ptr(&inner).expose_provenance();
        inner
    }

    /// Whether runs have begun that have not ended. The caller has the turn.
    fn runs(&self) -> bool {
        self.work.as_work().begun() != self.ended.load(Relaxed)
    }
}

/// A run that has the work's turn.
struct Run<W: AsWork> {
    inner: *const Inner<W>,
}

/// Also if the function unwinds.
impl<W: AsWork> Drop for Run<W> {
    fn drop(&mut self) {
        // SAFETY: the reference is there until the turn is given back (the invariants).
        let inner = unsafe { &*self.inner };
        // No read-modify-write: it has the turn.
        inner.ended.store(inner.ended.load(Relaxed).wrapping_add(1), Relaxed);
        let last = inner.orphaned.load(Relaxed) && !inner.runs();
        // SAFETY: it has the turn, and does not use `inner` after this, unless it has the
        // reference.
        unsafe { RawSpinLock::unlock(&raw const inner.turn) };
        if last {
            // SAFETY: the one that the owner has left to the last run: this.
            drop(unsafe { Arc::from_raw(self.inner) });
        }
    }
}

unsafe extern "C-unwind" fn call<W: AsWork>(work: *mut WorkStruct) {
    let this = ptr::with_exposed_provenance::<Inner<W>>(work.addr());
    // SAFETY: the work is the first field of an `Inner`, to which there is a reference as long as
    // `run` (the invariants).
    let inner = unsafe { &*this };
    inner.turn.lock();
    let run = Run { inner: this };
    // SAFETY: the only access, in its turn.
    inner.function.with_mut(|function| unsafe { (*function)(&inner.work) });
    drop(run);
}

/// The owner lets its work go, and drops its reference then. In its own function it does not wait
/// for the function's end.
fn let_go<W: AsWork>(inner: &Arc<Inner<W>>, place: &'static Location<'static>) {
    let work = inner.work.as_work();
    let leave = || {
        // SAFETY: there is the owner's; the last run drops this one.
        unsafe { Arc::increment_strong_count(Arc::as_ptr(inner)) };
        inner.orphaned.store(true, Relaxed);
    };
    with_current(|me| {
        if worker::runs(me, work) {
            disable(me, work);
            // Its turn is this function's.
            leave();
        } else {
            // A run for another queue than the last is not waited for.
            cancel_sync(Caller::new(me, "cancel_work_sync", place), work);
            disable(me, work);
            inner.turn.lock();
            if inner.runs() {
                leave();
            }
            // SAFETY: taken above; the owner's reference is there yet.
            unsafe { RawSpinLock::unlock(&raw const inner.turn) };
        }
    });
}

/// A work that calls a closure.
///
/// It is a [`WorkStruct`], so everything that takes one takes a `&Work`. Dropping it cancels it and
/// waits for the end of its function (`cancel_work_sync`); in its own function it does not wait,
/// and the closure is dropped when the function is over. Queueing allocates nothing. The closure
/// never runs twice at once, even if the work is queued to two queues, where the kernel promises
/// nothing.
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
    /// An idle work that will call `function`, with itself, on a worker. The function may sleep.
    pub fn new(function: impl FnMut(&WorkStruct) + Send + 'static) -> Self {
        // SAFETY: `Inner` stays where it is in its `Arc`, until the drop of `Work` has cancelled
        // the work and waited for its function; in its own function, until the reference goes that
        // `call` holds. `call` fits the work.
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

/// A delayed work that calls a closure; see [`Work`], and [`DelayedWorkStruct`].
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
    /// An idle delayed work that will call `function`, with itself, on a worker. The function may
    /// sleep.
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
    // SAFETY: the work is the first field of what `spawn` has leaked, and runs once.
    let once = unsafe { Box::from_raw(once) };
    (once.function)();
}

impl Workqueue {
    /// Runs `function` once, on a worker of this queue. It may sleep.
    ///
    /// # Errors
    ///
    /// `ESHUTDOWN`, with a warning, if the queue takes no works: the Kernel has shut down, or the
    /// queue is drained or destroyed. `EAGAIN`, with a warning, if the operating system refuses the
    /// first worker. The function is dropped then.
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

    /// [`spawn`](Self::spawn), for another call of the user's.
    pub(crate) fn spawn_for<F: FnOnce() + Send + 'static>(
        &self,
        function: F,
        call: &'static str,
        place: &'static Location<'static>,
    ) -> Result<(), Errno> {
        // SAFETY: in a box, which is valid and in place until `call_once` frees it.
        let work = unsafe { WorkStruct::with_function(call_once::<F>) };
        let once = Box::into_raw(Box::new(Once { work, function }));
        once.expose_provenance();
        // SAFETY: made above; not used after it was queued.
        let work = unsafe { &(*once).work };
        let queued = with_current(|me| self.on(None).try_queue(Caller::new(me, call, place), work));
        if queued == Ok(true) {
            return Ok(());
        }
        // SAFETY: it was not queued, so it is still this call's.
        drop(unsafe { Box::from_raw(once) });
        Err(queued.err().unwrap_or(Errno::ESHUTDOWN))
    }
}
