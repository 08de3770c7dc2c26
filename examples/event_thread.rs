//! A kernel thread that waits for events and tells userspace: the longest of the classic examples,
//! with everything in it.
//!
//! `event_thread` is made by `kernel_thread()`, takes on a clean context (`daemonize`, below),
//! allows SIGKILL, and sleeps on a wait queue. A timer sets the event's id under a spin lock, in
//! timer context, and wakes the queue. The thread then runs a helper, a program whose path an
//! administrator can change at any time, in the sysctl `kernel/troubled/helper`, and which finds
//! the id in its environment as `TROUBLED_DS`. SIGKILL ends the thread.
//!
//! ```text
//! cargo run --release --example event_thread
//! ```
//!
//! The helpers are scripts that this program writes to a temporary directory and that write down
//! the environment they were executed with. You see three events: one for each of two helpers, with
//! the sysctl changed between them, and one whose helper is not there. The program reads back what
//! the helpers wrote, and fails if it is not exactly what they were to be given, or if a helper
//! ended otherwise than it was to.

use kthread_rt::prelude::*;
use std::error::Error;
use std::fs;
use std::mem;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::Arc;

// What the interrupt and the thread share: the id of the event, 0 for none, and where the thread
// sleeps until there is one.
static EVENT_ID: SpinLock<u32> = SpinLock::new(0);
DECLARE_WAIT_QUEUE_HEAD!(static EVENT_WAIT);

// Completed by the thread when it has dealt with an event, and when nothing of its code runs any
// more.
DECLARE_COMPLETION!(static HANDLED);
DECLARE_COMPLETION!(static OVER);

// What became of each helper: its wait status, or why there was none.
static OUTCOMES: SpinLock<Vec<Result<i32, Errno>>> = SpinLock::new(Vec::new());

/// Longer than any of this takes, however busy the machine is.
const PATIENCE: u64 = 30 * HZ;

/// The thread's data: the sysctl's value.
type Helper = Arc<Sysctl<String>>;

/// The context that a kernel thread should have. In old kernels `daemonize()` gave it: a thread
/// made by `kernel_thread()` began as a copy of its maker, with that one's open files, memory,
/// terminal and signals, and had to let all of them go. Since kthreadd makes all threads, they
/// begin clean, here too: no signal of the process reaches them, and priority and affinity are the
/// process's own, not the maker's. What is left to do is to block all kernel signals but the one
/// that is to end the thread.
fn daemonize() -> Result<(), Errno> {
    sigprocmask(SIG_SETMASK, !(1 << (SIGKILL - 1)))?;
    allow_signal(SIGKILL)
}

/// Tells userspace, and waits until it has dealt with it.
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
    // With the lock for each look: the id may be set at any moment.
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

/// An event after 20 ms, and until it has been handled.
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

/// A program in `dir` that writes the environment it was executed with to `<itself>.told`, and ends
/// with `code`.
fn write_helper(dir: &Path, name: &str, code: i32) -> Result<String, Box<dyn Error>> {
    let path = dir.join(name);
    fs::write(&path, format!("#!/bin/sh\ncat /proc/$$/environ > \"$0.told\"\nexit {code}\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path.to_str().ok_or("the temporary directory has a strange name")?.to_owned())
}

/// What the helper has told, one entry a line.
fn told(helper: &str) -> Result<String, Box<dyn Error>> {
    let environ = fs::read_to_string(format!("{helper}.told"))?;
    Ok(environ.split_terminator('\0').collect::<Vec<_>>().join("\n"))
}

fn check(helper: &str, id: u32) -> Result<(), Box<dyn Error>> {
    let environ = told(helper)?;
    println!("  its environment: {}", environ.replace('\n', " "));
    let expected = format!("HOME=/\nTERM=linux\nPATH=/sbin:/usr/sbin:/bin:/usr/bin\nTROUBLED_DS={id}");
    if environ == expected { Ok(()) } else { Err(format!("it should be {expected:?}").into()) }
}

fn story(dir: &Path) -> Result<(), Box<dyn Error>> {
    // What a module's init function does.
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

    // What its exit function does. Nothing but the signal ends the thread; kthread_stop() tells
    // what it returned.
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
