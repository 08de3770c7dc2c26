//! A kernel thread that waits for events and notifies userspace: the longest of the classic
//! examples.
//!
//! `event_thread` is made by `kernel_thread()`, takes on a clean context (`daemonize`, below),
//! allows SIGKILL, and sleeps on a wait queue. A timer sets the event's id under a spinlock, in
//! timer context, and wakes the queue. The thread then runs a helper, a program that gets the id in
//! its environment as `TROUBLED_DS`. An administrator can change the helper's path at any time, in
//! the sysctl `kernel/troubled/helper`. SIGKILL ends the thread.
//!
//! ```text
//! cargo run --release --example event_thread
//! ```
//!
//! This program writes the helpers, scripts in a temporary directory that record their environment.
//! You see three events: one for each of two helpers, with the sysctl changed between them, and one
//! whose helper does not exist. The program reads the records, and fails if one is not exactly the
//! expected environment, or if a helper ended differently than expected.

use kthread_rt::prelude::*;
use std::error::Error;
use std::fs;
use std::mem;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::Arc;

// Shared by the interrupt and the thread: the id of the event, 0 for none, and the queue on which
// the thread waits for one.
static EVENT_ID: SpinLock<u32> = SpinLock::new(0);
DECLARE_WAIT_QUEUE_HEAD!(static EVENT_WAIT);

// The thread completes HANDLED after each event, and OVER when none of its code runs any more.
DECLARE_COMPLETION!(static HANDLED);
DECLARE_COMPLETION!(static OVER);

// The outcome of each helper: its wait status, or the error.
static OUTCOMES: SpinLock<Vec<Result<i32, Errno>>> = SpinLock::new(Vec::new());

/// Longer than any step takes, however busy the machine is.
const PATIENCE: u64 = 30 * HZ;

/// The thread's data: the sysctl's value.
type Helper = Arc<Sysctl<String>>;

/// The context that a kernel thread should have. In old kernels `daemonize()` gave it: a thread
/// made by `kernel_thread()` began as a copy of its maker, with the maker's open files, memory,
/// terminal and signals, and had to drop them all. Since kthreadd makes all threads, they begin
/// clean, and so they do here: no signal of the process reaches them, and priority and affinity are
/// the process's own, not the maker's. What is left is to block all signals between tasks except
/// the one that ends the thread.
fn daemonize() -> Result<(), Errno> {
    sigprocmask(SIG_SETMASK, !(1 << (SIGKILL - 1)))?;
    allow_signal(SIGKILL)
}

/// Notifies userspace, and waits until the helper has ended.
fn run_umode_handler(helper: &str, id: u32) {
    let argv = [helper];
    let troubled = format!("TROUBLED_DS={id}");
    let envp = ["HOME=/", "TERM=linux", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", &troubled];
    let name = Path::new(helper).file_name().unwrap_or_default().display();
    let outcome = call_usermodehelper(helper, &argv, &envp, UMH_WAIT_PROC | UMH_KILLABLE);
    OUTCOMES.lock().push(outcome);
    match outcome {
        Ok(status) => println!("event_thread: {name} has ended, exit code {}", status >> 8),
        Err(errno) => println!("event_thread: {name} could not be executed: {errno}"),
    }
}

fn event_thread(helper: Helper) -> i32 {
    if let Err(errno) = daemonize() {
        return errno.as_return();
    }
    println!(
        "event_thread: waits for events, child of {}",
        current().parent().map_or(0, |parent| parent.pid())
    );
    let mut handled = 0;
    // Takes the lock for each test: the id may be set at any moment.
    while wait_event_interruptible!(EVENT_WAIT, *EVENT_ID.lock() != 0).is_ok() {
        let id = mem::take(&mut *EVENT_ID.lock());
        println!("event_thread: event {id}");
        run_umode_handler(&helper.get(), id);
        handled += 1;
        complete(&HANDLED);
    }
    let sig = kernel_dequeue_signal();
    println!("event_thread: the wait was interrupted by signal {sig}; {handled} events handled");
    kthread_complete_and_exit(Some((&OVER).into()), if sig == SIGKILL { handled } else { -sig })
}

/// The device's interrupt: the timer's function. It must not sleep, so it leaves the work to the
/// thread.
fn interrupt(id: u32) {
    assert!(in_serving_softirq(), "in timer context");
    *EVENT_ID.lock() = id;
    wake_up_interruptible(&EVENT_WAIT);
}

/// Raises an event after 20 ms, and waits until it has been handled.
fn event(id: u32) -> Result<(), Box<dyn Error>> {
    let timer = Timer::new(move |_| interrupt(id));
    mod_timer(&timer, jiffies() + msecs_to_jiffies(20));
    wait_for(&HANDLED, "event")
}

/// Waits for the thread, which may have failed.
fn wait_for(done: &Completion, what: &str) -> Result<(), Box<dyn Error>> {
    match wait_for_completion_timeout(done, PATIENCE) {
        0 => Err(format!("the thread has not dealt with the {what}").into()),
        _ => Ok(()),
    }
}

/// Writes a program to `dir` that records its environment in `<itself>.environ`, and ends with
/// `code`.
fn write_helper(dir: &Path, name: &str, code: i32) -> Result<String, Box<dyn Error>> {
    let path = dir.join(name);
    fs::write(&path, format!("#!/bin/sh\ncat /proc/$$/environ > \"$0.environ\"\nexit {code}\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path.to_str().ok_or("the temporary directory has a strange name")?.to_owned())
}

/// The environment that the helper recorded, one entry a line.
fn recorded(helper: &str) -> Result<String, Box<dyn Error>> {
    let environ = fs::read_to_string(format!("{helper}.environ"))?;
    Ok(environ.split_terminator('\0').collect::<Vec<_>>().join("\n"))
}

fn check(helper: &str, id: u32) -> Result<(), Box<dyn Error>> {
    let environ = recorded(helper)?;
    println!("  its environment: {}", environ.replace('\n', " "));
    let expected = format!("HOME=/\nTERM=linux\nPATH=/sbin:/usr/sbin:/bin:/usr/bin\nTROUBLED_DS={id}");
    if environ == expected { Ok(()) } else { Err(format!("it should be {expected:?}").into()) }
}

fn story(dir: &Path) -> Result<(), Box<dyn Error>> {
    // A module's init function does this.
    let helper = Arc::new(Sysctl::string("/sbin/troubled", 256));
    let names = register_sysctl("kernel/troubled", &[CtlTable::new("helper", 0o644, &helper)])?;
    let pid = kernel_thread(event_thread, helper, CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD as u64)?;
    let task = find_task_by_pid(pid).ok_or("the thread has ended at once")?;

    let first = write_helper(dir, "troubled", 0)?;
    let second = write_helper(dir, "other", 3)?;
    sysctl_write("kernel/troubled/helper", &first)?;
    event(7)?;
    check(&first, 7)?;

    sysctl_write("kernel/troubled/helper", &second)?;
    event(23)?;
    check(&second, 23)?;

    sysctl_write("kernel/troubled/helper", "/no/such/helper")?;
    event(42)?;

    // A module's exit function does this. Only the signal ends the thread; kthread_stop() returns
    // its result.
    kill_pid(pid, SIGKILL, 1)?;
    wait_for(&OVER, "signal")?;
    match kthread_stop(&task) {
        3 => {}
        result => return Err(format!("the thread returned {result}").into()),
    }
    drop(names);
    let outcomes = mem::take(&mut *OUTCOMES.lock());
    if outcomes != [Ok(0), Ok(3 << 8), Err(Errno::ENOENT)] {
        return Err(format!("the helpers ended as {outcomes:?}").into());
    }
    Ok(())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let kernel = Kernel::builder().install_default()?;
    let dir = std::env::temp_dir().join(format!("event_thread-{}", process::id()));
    fs::create_dir(&dir)?;
    let result = story(&dir);
    fs::remove_dir_all(&dir)?;
    result?;
    let report = kernel.shutdown();
    println!("shutdown: {} threads made, {} joined", report.forked, report.joined);
    Ok(if report.alive.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
