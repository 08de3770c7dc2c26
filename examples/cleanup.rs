//! The right way to end a thread.
//!
//! A kernel thread can't be killed from outside; it is asked to stop, and `kthread_stop` waits
//! until it has ended and returns its function's result. The cases below are those that modules get
//! wrong: a thread that sleeps, is parked, has ended by itself, or was never woken; a second stop;
//! a thread that stops itself or panics.
//!
//! ```text
//! cargo run --release --example cleanup
//! ```
//!
//! You see a table: the case, what `kthread_stop` returned, and why; then the runtime's warnings.
//! The program fails if an answer is not the expected one, or if a thread is left at the end.

use kthread_rt::prelude::*;
use std::error::Error;
use std::panic;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Answers that were not the expected ones.
static WRONG: AtomicU32 = AtomicU32::new(0);

fn row(case: &str, returned: i32, expected: i32, why: &str) {
    let mark = if returned == expected { "" } else { "  <- WRONG" };
    println!("{case:<36} {returned:>5}  {why}{mark}");
    check(returned == expected);
}

fn check(right: bool) {
    if !right {
        WRONG.fetch_add(1, Ordering::Relaxed);
    }
}

/// The usual loop: sleeps until it is woken, works, and returns when it is asked to stop.
fn worker(result: i32) -> i32 {
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
    result
}

/// Waits until the kthread sleeps in its function (or has ended).
fn started(task: Result<Task, Errno>) -> Result<Task, Errno> {
    task.inspect(|task| {
        _ = wait_task_inactive(task, TASK_RUNNING);
    })
}

fn stopped_while_it_sleeps() -> Result<(), Errno> {
    let task = started(kthread_run!(worker, 7, "worker"))?;
    row("asleep in schedule()", kthread_stop(&task), 7, "woken; it sees kthread_should_stop(), and returns");

    let begin = Instant::now();
    let task = started(kthread_run!(
        |ms| {
            while !kthread_should_stop() {
                msleep_interruptible(ms);
            }
            8
        },
        60_000,
        "ticker"
    ))?;
    row(
        "asleep for a minute",
        kthread_stop(&task),
        8,
        "the stop ends msleep_interruptible() as a signal does",
    );
    check(begin.elapsed() < Duration::from_secs(30));

    let task = started(kthread_run!(
        |never: Completion| match wait_for_completion_interruptible(&never) {
            Ok(()) => 0,
            Err(errno) => errno.as_return(),
        },
        Completion::new(),
        "waiter"
    ))?;
    row(
        "in an interruptible wait",
        kthread_stop(&task),
        -512,
        "the wait returned -ERESTARTSYS, and so did its function",
    );
    Ok(())
}

fn stopped_while_it_is_parked() -> Result<(), Errno> {
    let task = started(kthread_run!(
        |result| {
            while !kthread_should_stop() {
                kthread_parkme();
                schedule_timeout_interruptible(HZ as i64);
            }
            result
        },
        9,
        "parker"
    ))?;
    kthread_park(&task)?;
    row("parked", kthread_stop(&task), 9, "unparked first, then stopped like any other");
    Ok(())
}

fn ended_by_itself() -> Result<(), Errno> {
    // A `Task` is a reference, as get_task_struct() takes one: the result can be fetched as long as
    // it is held.
    let task = started(kthread_run!(|result| result, 3, "one-shot"))?;
    check(task.exit_state() == EXIT_DEAD);
    row("has returned; reference held", kthread_stop(&task), 3, "the result is kept with the task");

    // For code that may be unloaded: when `over` is completed, none of it runs any more.
    let over = Arc::new(Completion::new());
    let task = kthread_run!(
        |over: Arc<Completion>| kthread_complete_and_exit(Some(over.into()), 4),
        over.clone(),
        "leaver"
    )?;
    wait_for_completion(&over);
    row("kthread_complete_and_exit(&over, 4)", kthread_stop(&task), 4, "waited for `over`, then stopped");
    Ok(())
}

/// Counts how often it is dropped.
struct Data(Arc<AtomicU32>);

impl Drop for Data {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn never_woken() -> Result<(), Errno> {
    let (ran, dropped) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let task = kthread_create!(
        |(ran, _data): (Arc<AtomicU32>, Data)| {
            ran.fetch_add(1, Ordering::Relaxed);
            5
        },
        (ran.clone(), Data(dropped.clone())),
        "sleeping-beauty"
    )?;
    row(
        "created, never woken",
        kthread_stop(&task),
        -4,
        "-EINTR: its function never ran, its data is dropped",
    );
    check(ran.load(Ordering::Relaxed) == 0 && dropped.load(Ordering::Relaxed) == 1);
    check(task.stop() == Ok(ExitStatus::NeverRan));
    Ok(())
}

fn stopped_twice() -> Result<(), Errno> {
    let task = started(kthread_run!(worker, 6, "worker"))?;
    row("stopped once", kthread_stop(&task), 6, "what the function returned");
    row("stopped twice", kthread_stop(&task), 6, "the same again; in a kernel this hangs for ever");
    Ok(())
}

fn stops_itself() -> Result<(), Errno> {
    let task = started(kthread_run!(|()| kthread_stop(&current()), (), "self-stopper"))?;
    row(
        "stops itself",
        kthread_stop(&task),
        -35,
        "-EDEADLK, which its function returned: asked to stop, not waited for",
    );
    Ok(())
}

fn panics() -> Result<(), Errno> {
    let task = started(kthread_run!(|()| panic!("this thread had a bug"), (), "buggy"))?;
    row("panicked", kthread_stop(&task), -14, "-EFAULT: an oops of one task; the others go on");
    check(task.stop() == Ok(ExitStatus::Panicked));
    Ok(())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // The runtime warns of the panic, so the panic hook need not print it as well.
    panic::set_hook(Box::new(|_| ()));
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let collected = warnings.clone();
    let kernel = Kernel::builder()
        .on_warning(move |w| {
            collected.lock().unwrap().push(format!("{}/{}: {}(): {}", w.comm, w.pid, w.call, w.message));
        })
        .boot()?;
    let _init = kernel.enter();

    println!("{:<36} {:>5}  why", "case", "stop");
    stopped_while_it_sleeps()?;
    stopped_while_it_is_parked()?;
    ended_by_itself()?;
    never_woken()?;
    stopped_twice()?;
    stops_itself()?;
    panics()?;

    println!("warnings:");
    let warnings = warnings.lock().unwrap();
    for warning in warnings.iter() {
        println!("  {warning}");
    }
    check(warnings.len() == 2);

    let report = kernel.shutdown();
    println!("threads made {}, joined {}, alive {}", report.forked, report.joined, report.alive.len());
    check(report.forked == report.joined && report.alive.is_empty());
    let wrong = WRONG.load(Ordering::Relaxed);
    if wrong > 0 {
        eprintln!("cleanup: {wrong} check(s) failed");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
