//! [`Worker`]: a worker with its thread, from its creation to its end.
//!
//! The memory of such a worker comes from a pool and is never freed, because a work keeps pointing
//! to the worker that it was queued on last, which may be gone when somebody looks at the work
//! again. It is used for another worker when the owner has let it go, its thread has ended, and
//! nothing is queued on it; a work that still points to it is idle.
//!
//! # Destroying
//!
//! What is queued is run: first all that was queued before the call, and what the works queue
//! meanwhile; then the worker is closed, and what is left at that moment is run too. A work that is
//! queued after that is refused. Then the thread is stopped. Delayed works whose time has not come
//! are taken off, with a warning.

use super::flush::flush_all;
use super::queue::{KTHREAD_WORK, delayed_of, unlink_delayed};
use super::serve::{Served, kthread_worker_fn};
use super::work::{Kind, Place};
use super::{CLOSED, DETACHED, ENDED, KthreadWorker, Locked, OWNED, SERVED};
use crate::debug_objects;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::kthread::create::{self, Order};
use crate::kthread::request::{Begin, Body};
use crate::kthread::{RawFace, bind, stop};
use crate::sched::{might_sleep_in_all, wake_up_process, with_current};
use crate::sync::{Arc, Pool, os};
use crate::task::TaskStruct;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::ptr;

static POOL: Pool<KthreadWorker> = Pool::new();

/// A worker of the pool, as long as its owner or its thread has to do with it.
pub(super) struct Lease(&'static KthreadWorker);

impl Lease {
    fn take(flags: u32) -> Self {
        let worker = POOL.take(KthreadWorker::unused);
        worker.set_flags(flags);
        // Nobody else locks it for more than a look at whose it is.
        worker.lock().change_state(OWNED, !OWNED);
        Self(worker)
    }

    pub(super) fn worker(&self) -> &'static KthreadWorker {
        self.0
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if os::forked() {
            return;
        }
        with_current(|me| discard(self.0, me, "drop", Location::caller()));
        POOL.give_back(self.0);
    }
}

/// Takes off what is queued, with a warning if that is anything.
fn discard(worker: &KthreadWorker, me: &TaskStruct, call: &str, place: &'static Location<'static>) {
    let (mut queued, mut delayed) = (0, 0);
    loop {
        let locked = worker.lock();
        let first = locked.first(locked.works()).or_else(|| locked.first(locked.delayed_works()));
        let Some(work) = first else { break };
        debug_objects::end(&KTHREAD_WORK, work.addr());
        // SAFETY: it is linked, so it is valid as long as the lock is held.
        unsafe {
            if (*work).place() == Place::Delayed {
                unlink_delayed(&locked, delayed_of(work));
                delayed += 1;
                continue;
            }
            locked.unlink(&*work);
        }
        queued += 1;
        // SAFETY: as above.
        let once = unsafe { (*work).kind() } == Kind::Once;
        drop(locked);
        if once {
            // SAFETY: it was queued, and nobody runs it any more.
            unsafe { super::owned::discard_once(work) };
        }
    }
    if queued + delayed > 0 {
        let message = format!(
            "the worker goes with {queued} work(s) queued and {delayed} waiting for their timers; they do not run"
        );
        me.warn(WarningKind::WorkMisuse, call, place, &message);
    }
}

/// A worker with a thread of its own: what `kthread_create_worker` returns.
///
/// It is a [`KthreadWorker`], so everything that takes one takes a `&Worker`. Dropping it destroys
/// it as [`kthread_destroy_worker`](crate::kthread_destroy_worker) does: what is queued is run, and
/// the thread is stopped. If the drop happens on that very thread, in a work, the thread runs what
/// is queued and ends by itself. A Kernel that shuts down leaves its workers alone: they work on,
/// and their threads are in its report as alive.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let worker = kthread_create_worker!(0, "requests/%d", 0)?;
/// let job = Job::new(|_| pr_done());
/// # fn pr_done() {}
/// worker.queue(&job);
/// job.flush()?;
/// # Ok::<(), Errno>(())
/// ```
pub struct Worker {
    lease: Arc<Lease>,
}

/// What is to be created.
pub(super) struct NewWorker {
    pub(super) flags: u32,
    pub(super) node: i32,
    pub(super) cpu: Option<u32>,
    pub(super) name: String,
}

/// Creates a worker and its thread, and wakes it.
pub(super) fn create(
    new: NewWorker,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<Worker, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let NewWorker { flags, node, cpu, name } = new;
    if let Some(cpu) = cpu {
        with_current(|me| bind::check_cpu(me, cpu, call, place))?;
    }
    let lease = Arc::new(Lease::take(flags));
    let worker = Worker { lease: lease.clone() };
    let raw = RawFace { threadfn: kthread_worker_fn, data: ptr::from_ref(lease.worker()).cast_mut().cast() };
    let served = Served::of_lease(lease);
    let body: Body = Box::new(move || served.run());
    let order = Order { name, node, begin: Begin::WhenWoken, body, shared: None, raw: Some(raw) };
    let task = create::create(order, call, place).inspect_err(|_| worker.forget())?;
    {
        let locked = worker.lock();
        // Somebody may have found the thread by its pid, and have woken or stopped it.
        if !locked.has(SERVED | ENDED) {
            locked.replace_task(Some(task.clone()));
        }
    }
    if let Some(cpu) = cpu {
        bind::bind_new(&task, cpu, call, place);
    }
    wake_up_process(&task);
    Ok(worker)
}

/// How a destroy begins.
enum Begun {
    Run(Locked),
    OnItsThread,
    Already,
    WithoutThread,
}

impl Worker {
    fn begin_destroy(&self) -> Begun {
        let locked = self.lock();
        if locked.has(CLOSED) {
            Begun::Already
        } else if locked.is_on_its_thread() {
            Begun::OnItsThread
        } else if locked.task().is_none() {
            locked.change_state(CLOSED, 0);
            Begun::WithoutThread
        } else {
            Begun::Run(locked)
        }
    }

    /// There is no thread, and nothing has been queued.
    fn forget(&self) {
        self.lock().change_state(CLOSED, 0);
    }

    /// Runs what is queued and stops the thread:
    /// [`kthread_destroy_worker`](crate::kthread_destroy_worker). Sleeps.
    ///
    /// # Errors
    ///
    /// With a warning each: `EDEADLK` on the worker's own thread, where nothing is done; `EBUSY` if
    /// it is destroyed already, or somebody else is about it; `ESRCH` if its thread has ended by
    /// itself. What was queued then is not run.
    #[track_caller]
    pub fn destroy(&self) -> Result<(), Errno> {
        const CALL: &str = "kthread_destroy_worker";
        let place = Location::caller();
        let (kind, message, errno) = match self.begin_destroy() {
            Begun::Run(locked) => return self.run_and_stop(locked, CALL, place),
            Begun::OnItsThread => {
                let message = "a worker's thread can't wait for its own end";
                (WarningKind::Deadlock, message, Errno::EDEADLK)
            }
            Begun::Already => (WarningKind::WorkMisuse, "the worker is destroyed already", Errno::EBUSY),
            Begun::WithoutThread => {
                (WarningKind::WorkMisuse, "the worker's thread has ended already", Errno::ESRCH)
            }
        };
        with_current(|me| {
            me.warn(kind, CALL, place, message);
            if errno == Errno::ESRCH {
                discard(self, me, CALL, place);
            }
        });
        Err(errno)
    }

    fn run_and_stop(
        &self,
        locked: Locked,
        call: &'static str,
        place: &'static Location<'static>,
    ) -> Result<(), Errno> {
        let _whole = with_current(|me| might_sleep_in_all(me, call, place));
        let task = locked.task().map(TaskStruct::get);
        // If the thread ends meanwhile, that has been told.
        let flushed = flush_all(locked, call, place);
        let locked = self.lock();
        if locked.change_state(CLOSED, 0) & CLOSED != 0 {
            drop(locked);
            let message = "somebody else destroys the worker";
            with_current(|me| me.warn(WarningKind::WorkMisuse, call, place, message));
            return Err(Errno::EBUSY);
        }
        // Works that were queued meanwhile; there can't be more.
        let rest = match locked.first(locked.works()) {
            Some(_) => flush_all(locked, call, place),
            None => {
                drop(locked);
                Ok(())
            }
        };
        if let Some(task) = task {
            // It is a kthread, and not the caller.
            let _ = stop::stop(&task, place);
        }
        with_current(|me| discard(self, me, call, place));
        flushed.and(rest)
    }
}

impl Drop for Worker {
    #[track_caller]
    fn drop(&mut self) {
        if os::forked() {
            // Its thread is another process's.
            return;
        }
        match self.begin_destroy() {
            Begun::Run(locked) => {
                // What is wrong has been told.
                let _ = self.run_and_stop(locked, "drop", Location::caller());
            }
            Begun::OnItsThread => {
                self.lock().change_state(CLOSED | DETACHED, 0);
            }
            Begun::Already | Begun::WithoutThread => {}
        }
    }
}

impl Deref for Worker {
    type Target = KthreadWorker;

    fn deref(&self) -> &KthreadWorker {
        self.lease.worker()
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("task", &self.task()).finish_non_exhaustive()
    }
}
