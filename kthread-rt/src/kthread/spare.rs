//! Spare threads: OS threads that kthreadd forks ahead, so that creating a kthread need not wait
//! for one.
//!
//! kthreadd keeps a pool of them. A requester takes a spare and makes a task for it, which is the
//! new kthread: the requester waits for nobody, wakes nobody, and can't be killed midway. A
//! requester queues a request only if the pool is empty, or if it needs what a spare lacks (a
//! node's cpus).
//!
//! # The protocol
//!
//! * kthreadd puts a spare into the pool as soon as it has forked it. The thread need not have run
//!   yet. It sleeps at its *start gate*, a word of its own ([`task::start_gate`](crate::task)),
//!   unless the gate is open when it gets there.
//! * The requester that takes a spare from the pool owns it, and alone gives it an assignment: the
//!   task and the function. It assigns first, and then publishes the task, which is asleep.
//! * The thread stores its OS id when it begins, and the requester reads it when it assigns, both
//!   under the lock of `assignment`. Whichever comes second stores the id in the task.
//! * The first wake-up of the task opens the start gate. The thread wakes, takes its assignment,
//!   and runs it.
//! * At shutdown, when no requester is left, kthreadd opens the start gate of every spare without
//!   an assignment, and these threads end.
//!
//! So a spare runs one kthread or none, and an OS thread is never used twice.
//!
//! # The pool
//!
//! The requester that takes the last spare wakes kthreadd, and so does a thread that ends while the
//! pool is not full. So where threads come and go, kthreadd forks when a thread has ended rather
//! than while a requester waits, and a few at a time. It forks until the pool is full. Each time it
//! doubles the pool's size, up to the limit of the Kernel's builder: a program with one kthread has
//! few spares, a program that creates thousands has all of them.
//!
//! A requester that finds the pool empty again and again leaves kthreadd no time to fork ahead.
//! kthreadd then forks some spares before it answers, more each time: the requester waits a little
//! longer, but saves two thread switches for each of the next kthreads.

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

/// The OS thread and what it should run.
struct Assignment {
    /// The OS thread's id; 0 until the thread begins.
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

    /// Makes a kthread of the spare that `me` took. The kthread sleeps, and is published.
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
        task.sleeps_at_start_gate(&self.start_gate);
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

    /// The spare's thread begins.
    fn begin(&self) -> Refusal {
        let mut assignment = self.assignment.lock();
        assignment.os_tid = os::gettid();
        let task = assignment.task.clone();
        drop(assignment);
        task.map_or(Refusal::none(), |task| begin_on_os_thread(&task))
    }

    /// The assignment, once the start gate is open; `None` if the spare is dismissed.
    fn take_assignment(&self) -> Option<(Task, Option<Body>)> {
        let mut assignment = self.assignment.lock();
        assignment.task.clone().map(|task| (task, assignment.body.take()))
    }

    /// Ends the spare, which will get no assignment.
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
    task.left_start_gate();
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
    /// The pool's size; before kthreadd's first fork, half of the first size. Only kthreadd writes
    /// it.
    wanted: AtomicU32,
}

impl SparePool {
    pub(super) fn new() -> Self {
        Self { spares: Queue::new(), count: AtomicU32::new(0), wanted: AtomicU32::new(1) }
    }

    /// Takes a spare, if there is one. True if it was the last: the caller must then wake kthreadd
    /// to fork more.
    ///
    /// As with every sleep, the count changes before the fence in the wake-up, and kthreadd reads
    /// it after the fence of its `set_current_state`. So kthreadd doesn't sleep with an empty pool
    /// and no wake-up to come.
    pub(super) fn take(&self) -> Option<(Arc<Spare>, bool)> {
        let spare = self.spares.try_pop()?;
        let left = self.count.fetch_sub(1, Ordering::Relaxed) - 1;
        Some((spare, left == 0))
    }

    /// How many spares there are, or will be in a moment.
    pub(super) fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    /// Doubles the pool's size, up to `most`.
    pub(super) fn want_more(&self, most: u32) {
        let wanted = self.wanted.load(Ordering::Relaxed);
        self.wanted.store((2 * wanted).min(most), Ordering::Relaxed);
    }

    /// True if the pool has its size.
    pub(super) fn is_full(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= self.wanted.load(Ordering::Relaxed)
    }

    /// kthreadd has forked one more. Counted first, so that a taker never brings the count below 0.
    pub(super) fn add(&self, spare: Arc<Spare>) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.spares.push(spare);
    }
}
