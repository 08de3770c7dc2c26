//! The rescuer of a `WQ_MEM_RECLAIM` queue: a thread that is created before it is needed.
//!
//! When a pool cannot create the worker that it needs, it calls the rescuers of all queues that
//! have work items there. A rescuer runs the work items of its own queue in that pool, one after
//! another, until none is left. So the queue makes progress even if the system refuses new threads.
//! A rescuer does not count as running.
//!
//! The list of calls has its own lock, which is taken after the pool's. A part of the queue is on
//! the list at most once (`called`), and is valid there, since destroying the queue waits for the
//! rescuer.

use super::queue::PoolWorkqueue;
use super::worker::{self, Runner, Watch, Worker};
use crate::errno::Errno;
use crate::kthread::{kthread_should_stop, kthread_stop, named};
use crate::sched::{apply_attributes, change_state, current, sleep_until};
use crate::sync::{Arc, Mutex};
use crate::task::{TASK_IDLE, TASK_RUNNING, Task, TaskStruct, Wait, WaitKind};
use std::panic::Location;

/// A rescuer; see the module docs.
pub(super) struct Rescuer {
    task: Task,
    calls: Arc<Calls>,
}

struct Calls(Mutex<Vec<*const PoolWorkqueue>>);

// SAFETY: a part on the list is valid (the module docs), and any thread may use it.
unsafe impl Send for Calls {}
// SAFETY: as above.
unsafe impl Sync for Calls {}

impl Rescuer {
    /// Starts the rescuer of the queue `name`, for `call` at `place`. Sleeps.
    pub(super) fn start(
        name: &str,
        call: &'static str,
        place: &'static Location<'static>,
    ) -> Result<Self, Errno> {
        let calls = Arc::new(Calls(Mutex::new(Vec::new())));
        let task = named::kthread_run_for(main, calls.clone(), name.to_owned(), call, place)?;
        Ok(Self { task, calls })
    }

    /// Puts `part` on the list and returns the task for the caller to wake.
    pub(super) fn call(&self, part: &PoolWorkqueue) -> Task {
        self.calls.0.lock().push(part);
        self.task.clone()
    }

    /// Stops the rescuer. Its list is empty, since its queue is. Sleeps.
    pub(super) fn end(&self) {
        _ = kthread_stop(&self.task);
    }
}

fn main(calls: Arc<Calls>) -> i32 {
    let me = current();
    let watch = worker::enlist(&me, None);
    let noted = me.wait_note().set(Wait::new(WaitKind::Idle, 0, "rescuer_thread", Location::caller()));
    loop {
        change_state(&me, TASK_IDLE);
        let call = calls.0.lock().pop();
        match call {
            Some(part) => {
                change_state(&me, TASK_RUNNING);
                // SAFETY: a part on the list is valid.
                rescue(&me, watch, unsafe { &*part });
            }
            None if kthread_should_stop() => break,
            None => sleep_until(&me, None),
        }
    }
    change_state(&me, TASK_RUNNING);
    drop(noted);
    0
}

/// Runs the queued work items of `part`, on the pool's cpu.
fn rescue(me: &TaskStruct, watch: &Watch, part: &PoolWorkqueue) {
    let pool = part.pool;
    let worker = Arc::new(Worker::new(pool, u32::MAX, false));
    let mut locked = pool.lock();
    part.rescuer_comes(&locked);
    let cpu = locked.state(|state| state.kind.cpu);
    drop(locked);
    if let Some(cpu) = cpu {
        apply_attributes(me, "rescuer", Location::caller(), |a| a.cpus_allowed = crate::CpuMask::of(cpu));
    }
    locked = pool.lock();
    locked.comes_to_work(me, &worker);
    while let Some(work) = worker.next_of(&locked, part) {
        locked = worker::run(Runner { me, watch, worker: &worker }, locked, work);
    }
    drop(locked.leaves_work(&worker));
    drop(locked);
    if cpu.is_some() {
        let anywhere = me.kernel_state().cpus();
        apply_attributes(me, "rescuer", Location::caller(), |a| a.cpus_allowed = anywhere);
    }
}
