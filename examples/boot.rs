//! How a Kernel boots, and what its tasks look like.
//!
//! The kernel's `rest_init()` runs in the idle task (pid 0): it starts init (pid 1) and kthreadd
//! (pid 2). init continues only when the idle task completes `kthreadd_done`, so no task requests a
//! thread before kthreadd can make one. Here the calling thread is the idle task while it starts
//! kthreadd, then init; and kthreadd itself completes `kthreadd_done`, since only it knows that it
//! runs.
//!
//! ```text
//! cargo run --release --example boot
//! ```
//!
//! You see the boot, step by step. Then some threads are created and brought into different states,
//! and a listing like that of `ps -ef` shows them: pid and parent, the OS thread, the state's
//! letter, nice value and priority, flags, name, and what each task waits for, with the line of the
//! call (kthreadd waits for requests, which is no call of the user's).

use examples::{Narrator, Step};
use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind as Is;
use std::error::Error;
use std::sync::Arc;

const BOOT: &[Step] = &[
    |e| match &e.kind {
        Is::Forked { child } if e.task.pid == 0 => Some(format!("the idle task starts {child}")),
        _ => None,
    },
    |e| {
        let waits = matches!(e.kind, Is::Sleeping { .. }) && e.task.pid == 1;
        waits.then(|| "init waits for the completion kthreadd_done".to_owned())
    },
    |e| (e.kind == Is::KthreaddUp).then(|| "kthreadd is up: complete(&kthreadd_done)".to_owned()),
    |e| match &e.kind {
        Is::Woken { task } if task.pid == 1 => Some("init is woken: threads can be created".to_owned()),
        _ => None,
    },
];

/// Sleeps interruptibly until it is stopped.
fn sleeper(_: ()) -> i32 {
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
    0
}

/// Does something once a minute.
fn ticker(_: ()) -> i32 {
    while !kthread_should_stop() {
        msleep_interruptible(60_000);
    }
    0
}

/// Waits for something that is not done before the end of the program.
fn waiter(done: Arc<Completion>) -> i32 {
    wait_for_completion(&done);
    0
}

/// Parks whenever it is asked to.
fn parker(_: ()) -> i32 {
    while !kthread_should_stop() {
        if kthread_should_park() {
            kthread_parkme();
        }
        schedule_timeout_interruptible(HZ as i64);
    }
    0
}

/// Waits until `task` is asleep, in any state.
fn settled(task: Task) -> Task {
    _ = wait_task_inactive(&task, TASK_RUNNING);
    task
}

fn list(tasks: &[Task]) {
    println!("PID PPID    TID S  NI PRI    FLAGS COMM             WAITS FOR");
    for task in tasks {
        let ppid = task.parent().map_or(0, |parent| parent.pid());
        let waits = task.waits_on().map_or_else(
            || "-".to_owned(),
            |wait| format!("{:?}, {}:{}", wait.kind, wait.place.file(), wait.place.line()),
        );
        println!(
            "{:>3} {ppid:>4} {:>6} {} {:>3} {:>3} {:>8x} {:<15}  {waits}",
            task.pid(),
            task.os_tid(),
            task.state().letter(),
            task_nice(task),
            task.prio(),
            task.flags().bits(),
            task.comm(),
        );
    }
    let flags = [PF_IDLE, PF_FORKNOEXEC, PF_NOFREEZE, PF_KTHREAD, PF_NO_SETAFFINITY];
    let names: Vec<_> = flags.iter().flat_map(|flag| flag.iter_names()).collect();
    let legend: Vec<_> = names.iter().map(|(name, flag)| format!("{:x} PF_{name}", flag.bits())).collect();
    println!("FLAGS: {}", legend.join(", "));
}

fn main() -> Result<(), Box<dyn Error>> {
    let narrator = Narrator::new(BOOT);
    narrator.begin();
    let kernel = Kernel::builder().on_event(narrator.handler()).boot()?;
    narrator.finish()?;
    let _init = kernel.enter();

    let done = Arc::new(Completion::new());
    let created = settled(kthread_create!(sleeper, (), "created")?);
    let sleeping = settled(kthread_run!(sleeper, (), "sleeper/%d", 0)?);
    let ticking = settled(kthread_run!(ticker, (), "ticker")?);
    set_user_nice(&ticking, 5);
    let waiting = settled(kthread_run!(waiter, done.clone(), "waiter")?);
    let bound = settled(kthread_run_on_cpu!(sleeper, (), 0, "percpu/%u")?);
    let parked = settled(kthread_run!(parker, (), "parker")?);
    kthread_park(&parked)?;
    if let Some(kthreadd) = find_task_by_pid(2) {
        settled(kthreadd);
    }

    println!();
    list(&kernel.tasks());

    complete(&done);
    for task in [created, sleeping, ticking, waiting, bound, parked] {
        _ = kthread_stop_put(task);
    }
    let report = kernel.shutdown();
    println!();
    println!(
        "shutdown: {} threads made, {} joined, {} alive",
        report.forked,
        report.joined,
        report.alive.len()
    );
    if report.forked != report.joined || !kernel.tasks().is_empty() {
        return Err(format!("something is left: {report:?}, {:?}", kernel.tasks()).into());
    }
    Ok(())
}
