//! A completion that is lost: who creates a thread is never told that it is there.
//!
//! `kthread_create()` asks kthreadd for a thread and sleeps until somebody completes `done`. Here a
//! timer wakes the thread `creator`, which creates the thread `child`. Told twice: as it is, and
//! with a fault on demand (`create=lost@2`: the second create of the Kernel, since the first one is
//! that of `creator`), by which the child's `complete(done)` is suppressed. The child is there
//! then, asleep, and could be woken; but nobody knows of it, and the creator sleeps for ever.
//!
//! ```text
//! cargo run --release --example lost_completion
//! ```
//!
//! You see what each task does, and of the second story what is told of hung tasks, and who waits
//! for whom, and where in this file. A kernel tells of hung tasks that nothing can end: of the
//! child, since its creator could be killed. The program fails if the creator comes back with the
//! fault, or does not without it, or if it is not said where it waits. It does not shut its second
//! Kernel down: that would wait for the creator.

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
/// How long the creator is watched that does not come back.
const WATCHED: u64 = HZ / 2;
/// How long a task may hang before that is told: longer than main waits.
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

/// Plays the story in `kernel`, which the caller is in, up to the create: the creator, and whether
/// its create returned.
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

fn tell_fault(event: &Event) {
    if let EventKind::FaultInjected { fault, call, place, what } = &event.kind {
        println!("  fault:   {fault}: {call}() of {} at {place}: {what}", event.task.comm);
    }
}

/// Prints a report, each line behind the mark.
fn tell(text: &str) {
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
    assert_eq!(kthread_stop(&child), Errno::EINTR.as_return(), "nobody had woken it");
    assert_eq!(kernel.shutdown().alive, []);
    drop(inside);

    println!("with create=lost@2:");
    // No spare threads: as in a kernel, kthreadd makes each when it is asked for.
    let kernel = Kernel::builder().spare_threads(0).faults("create=lost@2".parse()?);
    let (hung, hung_tasks) = mpsc::channel();
    let kernel = kernel.hung_task(HUNG).on_event(tell_fault).on_warning(move |warning| {
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
    println!("  main:    creator has not come back. What is told of hung tasks:");
    tell(&report);
    println!("  main:    who waits for whom:");
    tell(&kernel.wait_graph().to_string());

    let waits = task.waits_on().ok_or("creator waits for nothing")?;
    let line = shared.line.load(Ordering::Relaxed);
    assert_eq!((waits.kind, waits.place.file(), waits.place.line()), (WaitKind::Create, file!(), line));
    let child = kernel.tasks().into_iter().find(|task| task.full_name() == "child");
    let child = child.ok_or("there is no child")?;
    assert_eq!(child.waits_on().map(|waits| waits.kind), Some(WaitKind::FirstWake));
    println!("  main:    child is there, and sleeps until somebody wakes it; creator waits for its `done`");
    println!("           at line {line}, and for ever");
    // Its shutdown would wait for the creator.
    std::mem::forget((inside, kernel));
    Ok(())
}
