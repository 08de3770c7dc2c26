//! Deadlocks: the task whose wait closes a circle of waits finds the circle when its wait begins.
//!
//! # No circle is missed
//!
//! A task notes its wait, sets its state, fences, and then searches for a circle. It searches each
//! time it goes to sleep, since a spurious wake-up takes it out of the circle for a moment. A task
//! that spins for a lock searches once, before it sleeps on the lock's word. So the task whose
//! fence comes last sees the whole circle. No other change needs a search: only a running task
//! takes a lock or begins a work item, and it searches before its own next wait.
//!
//! # Every reported circle is real
//!
//! The task checks all edges twice; the second check of each edge follows the first check of all
//! edges. Both checks find the same:
//!
//! * The task waits: its note has the same serial, no task has ended the wait
//!   ([`WaitNote::is_over`](crate::task)), and neither a timeout nor a signal ends it.
//! * The other task must end the wait. A spinlock's holder removes the lock from its list of held
//!   locks before it releases the lock, so a lock on that list is held.
//!
//! While a task in the circle waits, it releases no lock and finishes no work item. So the findings
//! of both checks were true in between as well, for all edges at once.
//!
//! If two tasks see the same circle, the one that first enters the waits' serials into a locked
//! list reports it.

use super::edge::{Edge, edges};
use super::words::{how, place_of_wait, since, thing};
use crate::diag::WarningKind;
use crate::sync::{Mutex, Ordering, fence};
use crate::task::{
    KernelState, Noted, Subsystem, SubsystemId, TASK_UNINTERRUPTIBLE, Task, TaskState, TaskStruct, WaitKind,
};
use std::fmt::Write;

/// The waits of the reported circles: pids and serials. These waits never end.
struct Told(Mutex<Vec<(i32, u32)>>);

impl Subsystem for Told {
    const ID: SubsystemId = SubsystemId::Deadlocks;

    fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

/// One wait of a circle.
struct Link {
    task: Task,
    noted: Noted,
    /// The edge to the task of the next link.
    edge: Edge,
}

/// Each task of a Kernel with `debug` calls this before it sleeps, or when it has spun for a lock
/// for some time. A task that is about to sleep has set its state, and may be woken meanwhile.
pub(crate) fn before_wait(me: &TaskStruct) {
    let kernel_state = me.kernel_state();
    let note = me.wait_note();
    note.slept_ns.store(kernel_state.clock.now_ns(), Ordering::Relaxed);
    let Some(noted) = note.snapshot() else { return };
    if note.looked.load(Ordering::Relaxed) != noted.serial {
        note.place_in_c.store(kernel_state.address_in_c(noted.on.place), Ordering::Relaxed);
        note.looked.store(noted.serial, Ordering::Relaxed);
    }
    if may_be_in_circle(me, &noted) {
        look(me);
    }
}

/// Reports the circle that the wait of `me` closes, if it closes one.
#[cold]
fn look(me: &TaskStruct) {
    let kernel_state = me.kernel_state();
    fence(Ordering::SeqCst);
    let all = kernel_state.pids.all();
    let mut links = Vec::new();
    if !walk(&all, me, &me.get(), &mut links, &mut Vec::new()) || !links.iter().all(|link| holds(&all, link))
    {
        return;
    }
    // A lock order warning about one of the calls has reported the fault already.
    let reported = |link: &Link| {
        let task = &link.task;
        task.wait_note().was_warned(link.noted.on.place, task.scheduling_points())
    };
    if links.iter().any(reported) {
        return;
    }
    let told = &mut *kernel_state.subsystem::<Told>().0.lock();
    let mut waits = links.iter().map(|link| (link.task.pid(), link.noted.serial));
    if waits.clone().any(|wait| told.contains(&wait)) {
        return;
    }
    told.extend(&mut waits);
    tell(kernel_state, me, &links);
}

/// Walks from `from` to `me`. If a path exists, returns true, with the path in `links`.
fn walk(all: &[Task], me: &TaskStruct, from: &Task, links: &mut Vec<Link>, seen: &mut Vec<i32>) -> bool {
    let Some(noted) = from.wait_note().snapshot().filter(|noted| may_be_in_circle(from, noted)) else {
        return false;
    };
    seen.push(from.pid());
    for edge in edges(all, from, &noted).to {
        if !edge.how.takes_running() {
            continue;
        }
        let to = edge.to.clone();
        links.push(Link { task: from.clone(), noted, edge });
        let closed = *me == to || !seen.contains(&to.pid()) && walk(all, me, &to, links, seen);
        if closed {
            return true;
        }
        links.pop();
    }
    false
}

/// True if only the task at the end of an edge can end the wait of `task`.
fn may_be_in_circle(task: &TaskStruct, noted: &Noted) -> bool {
    let state = task.state();
    let sleeps_on = state.contains(TASK_UNINTERRUPTIBLE) && !state.intersects(TaskState::NOLOAD);
    (sleeps_on || noted.on.kind.spins())
        && !noted.over
        && !noted.ends_itself
        && noted.on.kind != WaitKind::Schedule
}

/// The second check of a link: true if it is unchanged.
fn holds(all: &[Task], link: &Link) -> bool {
    let still_there = || edges(all, &link.task, &link.noted).to.iter().any(|edge| edge.to == link.edge.to);
    let waits = |noted: &Noted| noted.serial == link.noted.serial && may_be_in_circle(&link.task, noted);
    still_there() && link.task.wait_note().snapshot().is_some_and(|noted| waits(&noted))
}

fn tell(kernel_state: &KernelState, me: &TaskStruct, links: &[Link]) {
    let mut message = match links.len() {
        1 => "deadlock: the task waits for what only it can do itself:".to_owned(),
        tasks => format!("deadlock: {tasks} tasks wait in a circle, and none of them can go on:"),
    };
    for link in links {
        let Link { task, noted, edge } = link;
        let awaited = edges(std::slice::from_ref(&edge.to), task, noted);
        // A String takes everything.
        let _ = write!(
            message,
            "\n  {} waits in {}() at {} for {}{},\n    {}",
            name(task),
            noted.on.call,
            place_of_wait(kernel_state, task, noted),
            thing(kernel_state, noted, &awaited),
            since(kernel_state, task),
            how(kernel_state, edge),
        );
    }
    let first = &links[0].noted.on;
    me.warn(WarningKind::Deadlock, first.call, first.place, &message);
}

/// `"comm" (pid n)`.
pub(super) fn name(task: &TaskStruct) -> String {
    format!("{:?} (pid {})", task.full_name(), task.pid())
}
