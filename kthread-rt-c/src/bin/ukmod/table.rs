//! The tasks as a table, and in words: who waits for whom.

use crate::names::variable_at;
use crate::output::{tell, to_stderr};
use crate::trace::PLACES;
use kthread_rt::{Kernel, PlaceInC, Task, WaitKind};
use kthread_rt_c::module::called_from_c;
use std::fmt::Write;
use std::panic::Location;

/// Waits all its life.
const KTHREADD: i32 = 2;

/// The tasks but the idle one, which no `ps` shows.
fn tasks(kernel: &Kernel) -> Vec<Task> {
    let mut tasks = kernel.tasks();
    tasks.retain(|task| task.pid() != 0);
    tasks
}

/// The task that holds the lock at `address`.
fn holder(tasks: &[Task], address: usize) -> Option<String> {
    let holds = |task: &&Task| task.held_locks().iter().any(|lock| lock.address == address);
    tasks.iter().find(holds).map(name)
}

/// Where in C the task made the call in which it waits at `place`. None if that is a wait of Rust code's.
fn place_in_c(task: &Task, place: &Location<'_>) -> Option<PlaceInC> {
    if !called_from_c(place) {
        return None;
    }
    // SAFETY: modules are unmapped after the last of their tasks.
    unsafe { task.place_in_c() }
}

/// `comm[pid]`.
pub(crate) fn name(task: &Task) -> String {
    format!("{}[{}]", task.full_name(), task.pid())
}

/// What a task waits for, in words; none if it waits for nothing.
fn waits(task: &Task, tasks: &[Task]) -> Option<String> {
    let Some(waits) = task.waits_on() else {
        return (task.state_letter() != 'R').then(|| "a wake-up".to_owned());
    };
    let of = |what: &str| match task.waits_for_task() {
        Some(other) => format!("{what} {}", name(&other)),
        None => format!("{what} a task that is gone"),
    };
    let object = |what: &str| match waits.address {
        0 => what.to_owned(),
        address => match variable_at(address) {
            Some(variable) => format!("{what} {variable} ({address:#x})"),
            None => format!("{what} {address:#x}"),
        },
    };
    let text = match waits.kind {
        WaitKind::Stop => of("kthread_stop: the end of"),
        WaitKind::Park => of("kthread_park: the parking of"),
        WaitKind::Inactive => of("wait_task_inactive: the sleep of"),
        WaitKind::Schedule => "schedule: a wake-up".to_owned(),
        WaitKind::FirstWake => "its first wake-up".to_owned(),
        WaitKind::Sleep => "msleep: time".to_owned(),
        WaitKind::Parked => "kthread_unpark".to_owned(),
        WaitKind::Create => "kthreadd, for a new thread".to_owned(),
        WaitKind::Completion => object("completion"),
        WaitKind::WaitQueue => object("wait queue"),
        WaitKind::Mutex => object("mutex"),
        WaitKind::PercpuRwSem => object("percpu_rwsem"),
        WaitKind::RtMutex => object("rt_mutex"),
        WaitKind::Semaphore => object("semaphore"),
        WaitKind::RwSem => object("rwsem"),
        WaitKind::WwMutex => object("ww_mutex"),
        WaitKind::SpinLock => object("spins for spinlock"),
        WaitKind::RwLock => object("spins for rwlock"),
        WaitKind::Timer => object("timer"),
        WaitKind::Work => object("work"),
        kind => object(&format!("{kind:?}").to_lowercase()),
    };
    let spins = matches!(waits.kind, WaitKind::SpinLock | WaitKind::RwLock);
    let place = match spins {
        true => (PLACES.name)(task.spins_at_in_c()),
        false => place_in_c(task, waits.place).map(|place| place.to_string()),
    };
    let text = match place {
        Some(place) => format!("{text}, at {place}"),
        None => text,
    };
    Some(match holder(tasks, waits.address).filter(|_| waits.address != 0) {
        Some(holder) => format!("{text}, held by {holder}"),
        None => text,
    })
}

/// The table, as `ps` would have it.
pub(crate) fn print(kernel: &Kernel) {
    let tasks = tasks(kernel);
    let mut out = format!("{:>5} {} {:<24} {:>8} {:>5}  WAITS FOR\n", "PID", "S", "COMM", "OS TID", "LOCKS");
    for task in &tasks {
        let waits_for = waits(task, &tasks).unwrap_or_else(|| "-".to_owned());
        // A String takes everything.
        let _ = writeln!(
            out,
            "{:>5} {} {:<24} {:>8} {:>5}  {waits_for}",
            task.pid(),
            task.state_letter(),
            task.full_name(),
            task.os_tid(),
            task.held_locks().len()
        );
    }
    to_stderr(format_args!("{out}"));
}

/// Who waits for whom, a line for each task but those that always wait.
pub(crate) fn tell_waits(kernel: &Kernel) {
    let tasks = tasks(kernel);
    for task in tasks.iter().filter(|task| task.pid() != KTHREADD) {
        let locks = match task.held_locks().len() {
            0 => String::new(),
            held => format!(", and holds {held} lock(s)"),
        };
        match waits(task, &tasks) {
            Some(waits) => tell!("  {} waits for {waits}{locks}", name(task)),
            None => tell!("  {} runs{locks}", name(task)),
        }
    }
}
