//! [`Worker`]: creating and destroying a worker with its thread.
//!
//! The memory of such a worker comes from a pool and is never freed, because a work item keeps a
//! pointer to the worker that it was last queued on, and may outlive it. The pool reuses the memory
//! when the owner has dropped the worker, its thread has ended, and nothing is queued on it; a work
//! item that still points to it is idle.
//!
//! # Destroying
//!
//! A destroy flushes what was queued before the call. Then it closes the worker, which refuses new
//! work items from then on, and flushes what was queued meanwhile. Then it stops the thread. It
//! takes delayed work items that still wait for their timers off the worker, with a warning.

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

/// A worker of the pool, in use by its owner or its thread.
pub(super) struct Lease(&'static KthreadWorker);

impl Lease {
    fn take(flags: u32) -> Self {
        let worker = POOL.take(KthreadWorker::unused);
        worker.set_flags(flags);
        // Only `lock_bound`, called for an idle work item, may also lock it at this moment.
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

/// Takes all work items off the worker, and warns if there were any.
fn discard(worker: &KthreadWorker, me: &TaskStruct, call: &str, place: &'static Location<'static>) {
    let (mut queued, mut delayed) = (0, 0);
    loop {
        let locked = worker.lock();
        let first = locked.first(locked.works()).or_else(|| locked.first(locked.delayed_works()));
        let Some(work) = first else { break };
        debug_objects::end(&KTHREAD_WORK, work.addr());
        // SAFETY: it is on a list, so it is valid as long as the lock is held.
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
            // SAFETY: it was unlinked above, so nobody will run it.
            unsafe { super::owned::discard_once(work) };
        }
    }
    if queued + delayed > 0 {
        let message = format!(
            "the worker ends with {queued} work item(s) queued and {delayed} waiting for their timers, which will not run: cancel them before"
        );
        me.warn(WarningKind::WorkMisuse, call, place, &message);
    }
}

/// A worker with a thread of its own: what `kthread_create_worker` returns.
///
/// It dereferences to a [`KthreadWorker`], so a `&Worker` can be passed to all calls. Dropping it
/// destroys it as [`kthread_destroy_worker`](crate::kthread_destroy_worker) does: the thread runs
/// what is queued, and is stopped. If a work item drops the worker on the worker's own thread, the
/// thread runs what is queued and ends by itself. A Kernel that shuts down does not end its
/// workers: they run on, and its report lists their threads as alive.
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

/// The worker to create.
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
        // Another task may have found the thread by its pid, and may have woken or stopped it.
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

    /// Closes a worker that got no thread and has nothing queued.
    fn forget(&self) {
        self.lock().change_state(CLOSED, 0);
    }

    /// Destroys the worker: waits until its thread has run what is queued, and stops the thread:
    /// [`kthread_destroy_worker`](crate::kthread_destroy_worker). Sleeps.
    ///
    /// # Errors
    ///
    /// With a warning each: `EDEADLK` on the worker's own thread, which does nothing; `EBUSY` if
    /// the worker is destroyed already or another task is destroying it; `ESRCH` if its thread has
    /// ended by itself (what was queued does not run).
    #[track_caller]
    pub fn destroy(&self) -> Result<(), Errno> {
        const CALL: &str = "kthread_destroy_worker";
        let place = Location::caller();
        let (kind, message, errno) = match self.begin_destroy() {
            Begun::Run(locked) => return self.run_and_stop(locked, CALL, place),
            Begun::OnItsThread => {
                let message = "a worker's thread can't wait for its own end: destroy the worker from another thread; nothing was done";
                (WarningKind::Deadlock, message, Errno::EDEADLK)
            }
            Begun::Already => {
                (WarningKind::WorkMisuse, "the worker was destroyed already: destroy it once", Errno::EBUSY)
            }
            Begun::WithoutThread => (
                WarningKind::WorkMisuse,
                "the worker's thread has ended already, so what was queued on it did not run",
                Errno::ESRCH,
            ),
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
        // If the thread ends meanwhile, `flush_all` warns.
        let flushed = flush_all(locked, call, place);
        let locked = self.lock();
        if locked.change_state(CLOSED, 0) & CLOSED != 0 {
            drop(locked);
            let message = "another task is destroying the worker: destroy it once";
            with_current(|me| me.warn(WarningKind::WorkMisuse, call, place, message));
            return Err(Errno::EBUSY);
        }
        // Work items that were queued meanwhile; the closed worker takes no more.
        let rest = match locked.first(locked.works()) {
            Some(_) => flush_all(locked, call, place),
            None => {
                drop(locked);
                Ok(())
            }
        };
        if let Some(task) = task {
            // No error: it is a kthread, and not the caller.
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
            // Its thread belongs to the parent process.
            return;
        }
        match self.begin_destroy() {
            Begun::Run(locked) => {
                // `run_and_stop` has warned about errors.
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
