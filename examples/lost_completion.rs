//! A lost completion: the creator of a thread never learns that it exists.
//!
//! `kthread_create()` requests a thread from kthreadd and sleeps until `done` is completed. Here a
//! timer wakes the thread `creator`, which creates the thread `child`. The story is played twice:
//! as it is, and with a fault on demand that suppresses the child's `complete(done)`
//! (`create=lost@2`: the second create of the Kernel, since the first one is that of `creator`).
//! Then the child exists, asleep, and could be woken; but no task knows of it, and the creator
//! sleeps for ever.
//!
//! ```text
//! cargo run --release --example lost_completion
//! ```
//!
//! You see what each task does; and in the second story the report of hung tasks, which task waits
//! for which, and where in this file. A kernel reports only hung tasks that nothing can end: here
//! the child, since a signal could kill its creator. The program fails if the creator returns
//! despite the fault, or does not return without it, or if its place is not reported. It does not
//! shut its second Kernel down: that would wait for the creator.

use kthread_rt::diag::WarningKind;
use kthread_rt::faults::FaultPlan;
use kthread_rt::prelude::*;
use kthread_rt::trace::{Event, EventKind};
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// Longer than a create takes, however busy the machine is.
const PATIENCE: u64 = 30 * HZ;
/// How long the program watches the creator that does not return.
const WATCHED: u64 = HZ / 2;
/// How long a task may hang before it is reported: longer than main waits.
const HUNG: Duration = Duration::from_secs(1);

/// What main and the creator share.
#[derive(Default)]
struct Shared {
    begun: Completion,
    /// The line of the create.
    line: AtomicU32,
    returned: Completion,
    child: Mutex<Option<Task>>,
}

fn creator(shared: Arc<Shared>) -> i32 {
    println!("  creator: the timer has woken me, I create a thread");
    complete(&shared.begun);
    shared.line.store(Location::caller().line() + 1, Ordering::Relaxed);
    let child = kthread_create!(|()| 0, (), "child");
    println!("  creator: kthread_create() has returned {}", child.as_ref().unwrap().full_name());
    *shared.child.lock().unwrap() = child.ok();
    complete(&shared.returned);
    0
}

/// Plays the story in `kernel`, which the caller has entered, up to the create. Returns the
/// creator, and whether its create returned.
fn play(shared: &Arc<Shared>, patience: u64) -> Result<(Task, bool), Errno> {
    let task = kthread_create!(creator, shared.clone(), "creator")?;
    let timer = Timer::new({
        let task = task.clone();
        move |_: &TimerList| {
            println!("  timer:   I wake {}", task.full_name());
            wake_up_process(&task);
        }
    });
    mod_timer(&timer, jiffies() + 2);
    wait_for_completion(&shared.begun);
    let returned = wait_for_completion_timeout(&shared.returned, patience) != 0;
    Ok((task, returned))
}

fn print_fault(event: &Event) {
    if let EventKind::FaultInjected { fault, call, place, what } = &event.kind {
        println!("  fault:   {fault}: {call}() of {} at {place}: {what}", event.task.comm);
    }
}

/// Prints a report, each line after a mark.
fn print_report(text: &str) {
    text.lines().for_each(|line| println!("    | {line}"));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("without a fault:");
    let kernel = Kernel::builder().faults(FaultPlan::new()).boot()?;
    let inside = kernel.enter();
    let shared = Arc::new(Shared::default());
    let (task, returned) = play(&shared, PATIENCE)?;
    assert!(returned, "the create did not return");
    assert_eq!(kthread_stop(&task), 0);
    let child = shared.child.lock().unwrap().take().unwrap();
    assert_eq!(kthread_stop(&child), Errno::EINTR.as_return(), "no task had woken it");
    assert_eq!(kernel.shutdown().alive, []);
    drop(inside);

    println!("with create=lost@2:");
    // No spare threads: as in a kernel, kthreadd makes each thread when it is requested.
    let kernel = Kernel::builder().spare_threads(0).faults("create=lost@2".parse()?);
    let (hung, hung_tasks) = mpsc::channel();
    let kernel = kernel.hung_task(HUNG).on_event(print_fault).on_warning(move |warning| {
        if warning.kind == WarningKind::HungTask {
            hung.send(warning.message.to_owned()).expect("main waits for it");
        }
    });
    let kernel = kernel.boot()?;
    let inside = kernel.enter();
    let shared = Arc::new(Shared::default());
    let (task, returned) = play(&shared, WATCHED)?;
    assert!(!returned, "the create has returned");
    let report = kthread_rt::blocking(|| hung_tasks.recv())?;
    println!("  main:    creator has not returned. The report of hung tasks:");
    print_report(&report);
    println!("  main:    the wait graph:");
    print_report(&kernel.wait_graph().to_string());

    let waits = task.waits_on().ok_or("creator waits for nothing")?;
    let line = shared.line.load(Ordering::Relaxed);
    assert_eq!((waits.kind, waits.place.file(), waits.place.line()), (WaitKind::Create, file!(), line));
    let child = kernel.tasks().into_iter().find(|task| task.full_name() == "child");
    let child = child.ok_or("child does not exist")?;
    assert_eq!(child.waits_on().map(|waits| waits.kind), Some(WaitKind::FirstWake));
    println!("  main:    child exists, and sleeps until it is woken; creator waits for its `done`");
    println!("           at line {line}, and for ever");
    // A shutdown would wait for the creator.
    std::mem::forget((inside, kernel));
    Ok(())
}
