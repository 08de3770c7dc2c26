//! Spare threads: OS threads that kthreadd forks ahead, so that who creates a kthread need not wait for one.
//!
//! kthreadd keeps a stock of them. A requester that finds one takes it, makes a task for it, and has its kthread: it waits
//! for nobody, wakes nobody, and can't be killed in the middle. Only a requester that finds none, or that wants what a spare
//! is not (a node's cpus), queues a request.
//!
//! # The protocol
//!
//! * A spare sleeps in its *berth*, a word of its own ([`task::berth`](crate::task)). It puts itself into the stock when it
//!   is ready to.
//! * Who takes it out of the stock owns it, and is the only one to give it an assignment: the task and the function. The
//!   assignment comes first; then the task is made known, asleep.
//! * The first wake of the task lets go of the berth. The thread wakes, takes its assignment, and runs it.
//! * At shutdown, when no requester is left, kthreadd lets go of every spare that has no assignment; without one, the
//!   thread ends.
//!
//! So a spare runs one kthread or none, and an OS thread is never used twice.
//!
//! # The stock
//!
//! `count` are the spares in stock and those on their way into it. kthreadd is woken by who takes the last one, and by a
//! thread that ends while the stock is low, at half of what is wanted: so where threads come and go, it works when one has
//! gone and not while somebody waits for one. It forks until it has what is wanted. Each time, it wants twice as many as
//! before, up to what the Kernel's builder says: a program with one kthread has few spares, one that makes thousands has all
//! of them.

use super::create::Order;
use super::kthreadd::Kthreadd;
use super::request::Body;
use super::{Kthread, run, to_kthread};
use crate::sync::{self, Arc, AtomicU32, Mutex, Ordering, Queue, StateWord, os, record};
use crate::task::{
    Machine, TASK_UNINTERRUPTIBLE, Task, TaskStruct, WaitKind, let_go_of_berth, new_berth, sleep_in_berth,
};
use crate::trace::EventKind;
use std::panic::Location;

/// How many spares are wanted at first.
const FIRST_WANTED: u32 = 2;

/// An OS thread that waits for a kthread to run.
pub(super) struct Spare {
    berth: Arc<StateWord>,
    os_tid: record::AtomicI32,
    assignment: Mutex<Option<Assignment>>,
}

struct Assignment {
    task: Task,
    /// The function, until the thread takes it.
    body: Option<Body>,
}

impl Spare {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { berth: new_berth(), os_tid: record::AtomicI32::new(0), assignment: Mutex::new(None) })
    }

    /// The task that was made for the spare, if it was ever taken.
    pub(super) fn task(&self) -> Option<Task> {
        self.assignment.lock().as_ref().map(|assignment| assignment.task.clone())
    }

    /// Makes a kthread of the spare that `me` took: asleep, and known from now on.
    pub(super) fn assign(
        &self,
        me: &TaskStruct,
        kthreadd: Task,
        order: Order,
        place: &'static Location<'static>,
    ) -> Task {
        let machine = me.machine();
        let kthread = Box::new(Kthread::new(order.shared, order.raw));
        // Relaxed: nobody else has it.
        kthread.published.store(1, Ordering::Relaxed);
        let task = kthread.into_task(machine, &order.name, TASK_UNINTERRUPTIBLE, kthreadd);
        task.sleeps_in_berth(&self.berth, self.os_tid.load(Ordering::Relaxed));
        task.wait_note().keep(WaitKind::FirstWake, 0, place);
        *self.assignment.lock() = Some(Assignment { task: task.clone(), body: Some(order.body) });
        machine.pids.insert(&task);
        me.event(|| EventKind::SpareTaken { child: task.id() });
        task
    }

    /// Ends the spare, which has no assignment and will get none.
    pub(super) fn dismiss(&self) {
        let_go_of_berth(&self.berth);
    }
}

/// The OS thread of a spare, from its first instruction to its last. `reset` as for [`run::kthread`].
pub(super) fn main(spare: &Arc<Spare>, machine: &Arc<Machine>, reset: bool) {
    let tid = os::gettid();
    spare.os_tid.store(tid, Ordering::Relaxed);
    if reset {
        os::make_ordinary(tid, &machine.cpus(), machine.boot_nice());
    }
    machine.part::<Kthreadd>().stock.spares.push(spare.clone());
    sleep_in_berth(&spare.berth);
    let assigned = spare.assignment.lock().as_mut().map(|own| (own.task.clone(), own.body.take()));
    let Some((task, body)) = assigned else {
        return sync::mark_ending(Arc::as_ptr(machine).cast());
    };
    sync::set_current_ptr(task.as_ptr().cast());
    task.left_berth();
    task.wait_note().clear();
    os::set_thread_name(task.full_name());
    let Some(kthread) = to_kthread(&task) else { unreachable!("`assign` gives every thread its block") };
    run::woken(&task, kthread, body);
}

/// The spares of a Kernel.
pub(super) struct Stock {
    spares: Queue<Arc<Spare>>,
    /// Those in `spares`, and those that kthreadd has forked and that are not there yet.
    count: AtomicU32,
    /// How many there are to be. Written by kthreadd.
    wanted: AtomicU32,
}

impl Stock {
    pub(super) fn new() -> Self {
        Self { spares: Queue::new(), count: AtomicU32::new(0), wanted: AtomicU32::new(0) }
    }

    /// Takes a spare, if there is one; and whether it was the last, so that kthreadd is to be woken to fork others.
    ///
    /// As with every sleep: the count is changed before the fence in the wake-up, and kthreadd reads it after the fence of its
    /// `set_current_state`, so it does not sleep on an empty stock of which nobody tells it.
    pub(super) fn take(&self) -> Option<(Arc<Spare>, bool)> {
        let spare = self.spares.try_pop()?;
        let left = self.count.fetch_sub(1, Ordering::Relaxed) - 1;
        Some((spare, left == 0))
    }

    /// How many there are, or will be in a moment.
    pub(super) fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    /// True if there are half of what is wanted, or fewer.
    pub(super) fn is_low(&self) -> bool {
        self.count.load(Ordering::Relaxed) <= self.wanted.load(Ordering::Relaxed) / 2
    }

    /// Wants twice as many as before, at most `most`.
    pub(super) fn want_more(&self, most: u32) {
        let wanted = self.wanted.load(Ordering::Relaxed);
        self.wanted.store((2 * wanted).max(FIRST_WANTED).min(most), Ordering::Relaxed);
    }

    /// True if there are as many as are wanted.
    pub(super) fn is_full(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= self.wanted.load(Ordering::Relaxed)
    }

    /// kthreadd forks one more.
    pub(super) fn add(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// That one could not be forked.
    pub(super) fn add_failed(&self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
