//! Spare threads: OS threads that kthreadd forks ahead, so that who creates a kthread need not wait
//! for one.
//!
//! kthreadd keeps a stock of them. A requester that finds one takes it, makes a task for it, and
//! has its kthread: it waits for nobody, wakes nobody, and can't be killed in the middle. Only a
//! requester that finds none, or that wants what a spare is not (a node's cpus), queues a request.
//!
//! # The protocol
//!
//! * kthreadd puts a spare into the stock as soon as the system has a thread for it. The thread
//!   need not have run yet: it sleeps in its *start gate*, a word of its own
//!   ([`task::start_gate`](crate::task)), or will find there that it need not.
//! * Who takes it out of the stock owns it, and is the only one to give it an assignment: the task
//!   and the function. The assignment comes first; then the task is made known, asleep.
//! * The thread tells its id when it begins, and the assignment looks for it, both under one lock,
//!   that of `assignment`: of the two, who comes second gives the task its id.
//! * The first wake of the task lets go of the start_gate. The thread wakes, takes its assignment,
//!   and runs it.
//! * At shutdown, when no requester is left, kthreadd lets go of every spare that has no
//!   assignment; without one, the thread ends.
//!
//! So a spare runs one kthread or none, and an OS thread is never used twice.
//!
//! # The stock
//!
//! kthreadd is woken by who takes the last one, and by a thread that ends while the stock is not
//! full: so where threads come and go, it works when one has gone and not while somebody waits for
//! one, and little at a time, since on a cpu that all of them share it has to wait as long as it
//! has worked. It forks until it has what is wanted. Each time, it wants twice as many as before,
//! up to what the Kernel's builder says: a program with one kthread has few spares, one that makes
//! thousands has all of them.
//!
//! A requester that finds the stock empty again and again, because it leaves kthreadd no time to
//! fork ahead, gets its answer a little later each time, and then finds some spares: two switches
//! for each thread are dearer than that.

use super::create::Order;
use super::request::Body;
use super::{Kthread, run, to_kthread};
use crate::sched::{Refusal, begin_on_os_thread, resumed};
use crate::sync::{self, Arc, AtomicU32, Mutex, Ordering, Queue, StateWord, os};
use crate::task::{
    KernelState, TASK_UNINTERRUPTIBLE, Task, TaskStruct, WaitKind, new_start_gate, open_start_gate,
    wait_at_start_gate,
};
use crate::trace::EventKind;
use std::panic::Location;

/// An OS thread that waits for a kthread to run.
pub(super) struct Spare {
    start_gate: Arc<StateWord>,
    assignment: Mutex<Assignment>,
}

/// Who runs, and what for.
struct Assignment {
    /// The OS thread's id, or 0 as long as it has not begun.
    os_tid: i32,
    /// The task that was made for it.
    task: Option<Task>,
    /// Its function, until the thread takes it.
    body: Option<Body>,
}

impl Spare {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            start_gate: new_start_gate(),
            assignment: Mutex::new(Assignment { os_tid: 0, task: None, body: None }),
        })
    }

    /// The task that was made for the spare, if it was ever taken.
    pub(super) fn task(&self) -> Option<Task> {
        self.assignment.lock().task.clone()
    }

    /// Makes a kthread of the spare that `me` took: asleep, and known from now on.
    pub(super) fn assign(
        &self,
        kernel_state: &Arc<KernelState>,
        me: &TaskStruct,
        kthreadd: Task,
        order: Order,
        place: &'static Location<'static>,
    ) -> Task {
        let kthread = Box::new(Kthread::new(order.shared, order.raw, place));
        // Relaxed: nobody else has it.
        kthread.published.store(1, Ordering::Relaxed);
        let task = kthread.into_task(kernel_state, &order.name, TASK_UNINTERRUPTIBLE, kthreadd);
        task.sleeps_in_berth(&self.start_gate);
        task.wait_note().keep(WaitKind::FirstWake, kernel_state.place_of_call(place));
        self.give(&task, order.body);
        kernel_state.pids.insert(&task);
        me.event(|| EventKind::SpareTaken { child: task.id() });
        task
    }

    fn give(&self, task: &Task, body: Body) {
        let mut assignment = self.assignment.lock();
        match assignment.os_tid {
            0 => task.expect_os_thread(),
            tid => task.set_os_tid(tid),
        }
        assignment.task = Some(task.clone());
        assignment.body = Some(body);
    }

    /// The calling thread is the spare's.
    fn begin(&self) -> Refusal {
        let mut assignment = self.assignment.lock();
        assignment.os_tid = os::gettid();
        let task = assignment.task.clone();
        drop(assignment);
        task.map_or(Refusal::none(), |task| begin_on_os_thread(&task))
    }

    /// What the thread was let go for.
    fn take_assignment(&self) -> Option<(Task, Option<Body>)> {
        let mut assignment = self.assignment.lock();
        assignment.task.clone().map(|task| (task, assignment.body.take()))
    }

    /// Ends the spare, which has no assignment and will get none.
    pub(super) fn dismiss(&self) {
        open_start_gate(&self.start_gate);
    }
}

/// The OS thread of a spare, from its first instruction to its last. `reset` as for
/// [`run::kthread`].
pub(super) fn main(spare: &Arc<Spare>, kernel_state: &Arc<KernelState>, reset: bool) {
    if reset {
        os::make_ordinary(os::gettid(), &kernel_state.cpus(), kernel_state.boot_nice());
    }
    let refusal = spare.begin();
    wait_at_start_gate(&spare.start_gate);
    let Some((task, body)) = spare.take_assignment() else {
        return sync::mark_ending(Arc::as_ptr(kernel_state).cast());
    };
    sync::set_current_ptr(task.as_ptr().cast());
    task.fault_after_first_wake_up();
    task.left_berth();
    resumed();
    task.wait_note().clear();
    os::set_thread_name(task.full_name());
    refusal.tell(&task, Location::caller());
    let Some(kthread) = to_kthread(&task) else { unreachable!("`assign` gives every thread its block") };
    run::woken(&task, kthread, body);
}

/// The spares of a Kernel.
pub(super) struct SparePool {
    spares: Queue<Arc<Spare>>,
    /// How many are in `spares`, or will be in a moment.
    count: AtomicU32,
    /// How many there are to be, from kthreadd's first look at it; half of that before. Written by
    /// kthreadd.
    wanted: AtomicU32,
}

impl SparePool {
    pub(super) fn new() -> Self {
        Self { spares: Queue::new(), count: AtomicU32::new(0), wanted: AtomicU32::new(1) }
    }

    /// Takes a spare, if there is one; and whether it was the last, so that kthreadd is to be woken
    /// to fork others.
    ///
    /// As with every sleep: the count is changed before the fence in the wake-up, and kthreadd
    /// reads it after the fence of its `set_current_state`, so it does not sleep on an empty stock
    /// of which nobody tells it.
    pub(super) fn take(&self) -> Option<(Arc<Spare>, bool)> {
        let spare = self.spares.try_pop()?;
        let left = self.count.fetch_sub(1, Ordering::Relaxed) - 1;
        Some((spare, left == 0))
    }

    /// How many there are, or will be in a moment.
    pub(super) fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    /// Wants twice as many as before, at most `most`.
    pub(super) fn want_more(&self, most: u32) {
        let wanted = self.wanted.load(Ordering::Relaxed);
        self.wanted.store((2 * wanted).min(most), Ordering::Relaxed);
    }

    /// True if there are as many as are wanted.
    pub(super) fn is_full(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= self.wanted.load(Ordering::Relaxed)
    }

    /// kthreadd has forked one more. Counted first, so that the count of those who take them never
    /// falls below 0.
    pub(super) fn add(&self, spare: Arc<Spare>) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.spares.push(spare);
    }
}
