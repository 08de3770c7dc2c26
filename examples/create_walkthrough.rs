//! What happens inside one `kthread_create` and one `kthread_stop`.
//!
//! Three tasks take part: the requester (init, the main thread), kthreadd, and the new thread.
//! Every line is an event of the runtime, reported by the task that it is about, as it happens: the
//! time, the task, and the corresponding step in the kernel (`kernel/kthread.c`, Linux 6.1).
//!
//! ```text
//! cargo run --release --example create_walkthrough
//! ```
//!
//! You see the same steps in the same order in every run. Where the requester and another task run
//! at the same time, the `Narrator` holds the early one until the other has caught up; and the
//! requester waits, by `wait_task_inactive`, until the thread is asleep before it wakes or stops
//! it. The program fails if a step is missing or out of order.

use examples::{Narrator, Step};
use kthread_rt::prelude::*;
use kthread_rt::trace::{Event, EventKind as Is};
use std::process::ExitCode;

const REQUESTER: i32 = 1;
const KTHREADD: i32 = 2;
const THREAD: i32 = 3;

/// Task `pid` goes to sleep in `state`.
fn falls_asleep(event: &Event, pid: i32, state: TaskState) -> bool {
    event.task.pid == pid && matches!(&event.kind, Is::Sleeping { state: s } if *s == state.to_string())
}

/// Task `pid` wakes task `other`.
fn wakes(event: &Event, pid: i32, other: i32) -> bool {
    event.task.pid == pid && matches!(&event.kind, Is::Woken { task } if task.pid == other)
}

/// Task `pid` sleeps in a call of this kind: the requester's hand-shakes are sleeps too, but no
/// part of the story.
fn waits_for(pid: i32, kind: WaitKind) -> bool {
    find_task_by_pid(pid).and_then(|task| task.waits_on()).is_some_and(|wait| wait.kind == kind)
}

fn if_so(is_this_step: bool, sentence: &str) -> Option<String> {
    is_this_step.then(|| sentence.to_owned())
}

const STEPS: &[Step] = &[
    |e| match &e.kind {
        Is::CreateQueued { name } => Some(format!(
            "queued: __kthread_create_on_node() puts a request for {name:?} on kthread_create_list"
        )),
        _ => None,
    },
    |e| {
        if_so(
            wakes(e, REQUESTER, KTHREADD),
            "kthreadd woken: wake_up_process(kthreadd_task), which had nothing to do",
        )
    },
    |e| {
        if_so(
            falls_asleep(e, REQUESTER, TASK_KILLABLE) && waits_for(REQUESTER, WaitKind::Create),
            "asleep in TASK_KILLABLE: wait_for_completion_killable() on the request's `done`",
        )
    },
    |e| match &e.kind {
        Is::Forked { child } if e.task.pid == KTHREADD => {
            Some(format!("spawned {child}: create_kthread() has made the thread, by kernel_thread()"))
        }
        _ => None,
    },
    |e| match &e.kind {
        Is::CreateDone { child } if e.task.pid == KTHREADD => Some(format!(
            "done completed: {child} is stored in the request, then complete(done) (there by kthread(), on the thread)"
        )),
        _ => None,
    },
    |e| {
        if_so(
            wakes(e, KTHREADD, REQUESTER) && waits_for(REQUESTER, WaitKind::Create),
            "requester woken: kthread_create() returns the task to it",
        )
    },
    |e| {
        if_so(
            falls_asleep(e, KTHREADD, TASK_INTERRUPTIBLE),
            "asleep in TASK_INTERRUPTIBLE: the list is empty, and kthreadd() calls schedule()",
        )
    },
    |e| {
        if_so(
            falls_asleep(e, THREAD, TASK_UNINTERRUPTIBLE),
            "created and asleep in TASK_UNINTERRUPTIBLE: kthread() calls schedule(), threadfn waits",
        )
    },
    |e| if_so(wakes(e, REQUESTER, THREAD), "woken: wake_up_process(); the first wake lets kthread() go on"),
    |e| {
        if_so(
            e.task.pid == THREAD && e.kind == Is::FunctionStarted,
            "running: kthread() has found no KTHREAD_SHOULD_STOP, and calls threadfn(data)",
        )
    },
    |e| {
        if_so(
            falls_asleep(e, THREAD, TASK_INTERRUPTIBLE),
            "asleep in TASK_INTERRUPTIBLE: threadfn has nothing to do, and calls schedule()",
        )
    },
    |e| match &e.kind {
        Is::StopAsked { task } => {
            Some(format!("stop asked: kthread_stop() sets KTHREAD_SHOULD_STOP of {task}"))
        }
        _ => None,
    },
    |e| {
        if_so(
            wakes(e, REQUESTER, THREAD),
            "woken: kthread_stop() unparks it, raises TIF_NOTIFY_SIGNAL, and calls wake_up_process()",
        )
    },
    |e| {
        if_so(
            falls_asleep(e, REQUESTER, TASK_UNINTERRUPTIBLE) && waits_for(REQUESTER, WaitKind::Stop),
            "asleep in TASK_UNINTERRUPTIBLE: wait_for_completion(&kthread->exited)",
        )
    },
    |e| {
        if_so(
            e.task.pid == THREAD && e.kind == Is::ShouldStopSeen,
            "should_stop seen: kthread_should_stop() returns true, and threadfn returns",
        )
    },
    |e| match &e.kind {
        Is::Exited { result } if e.task.pid == THREAD => {
            Some(format!("exited: kthread_exit({result}) keeps the result and calls do_exit()"))
        }
        _ => None,
    },
    |e| {
        if_so(
            wakes(e, THREAD, REQUESTER) && current().exit_state() == EXIT_DEAD,
            "requester woken: the dead task's `exited` is completed, by complete_vfork_done()",
        )
    },
    |e| match &e.kind {
        Is::StopReturned { task, result } => {
            Some(format!("result: kthread_stop() returns kthread->result of {task}, {result}"))
        }
        _ => None,
    },
    |e| {
        if_so(
            wakes(e, KTHREADD, KTHREADD),
            "woken by the OS thread, which has run its last destructor (the kernel has no such step)",
        )
    },
    |e| match &e.kind {
        Is::Joined { pid } => {
            Some(format!("joined the OS thread of pid {pid}: its stack is free (finish_task_switch())"))
        }
        _ => None,
    },
    |e| {
        if_so(
            falls_asleep(e, KTHREADD, TASK_INTERRUPTIBLE),
            "asleep in TASK_INTERRUPTIBLE: the list is still empty",
        )
    },
];

/// What the new thread runs: the kernel's loop for a thread that waits for something to do.
fn threadfn(result: i32) -> i32 {
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

/// One life of a kthread, from its creation to its result.
fn create_and_stop() -> Result<i32, Errno> {
    let task = kthread_create!(threadfn, 42, "mykthread")?;
    _ = wait_task_inactive(&task, TASK_UNINTERRUPTIBLE);
    wake_up_process(&task);
    // TASK_RUNNING waits for a sleep in any state, as the kernel's does: the thread may not be
    // asleep yet.
    _ = wait_task_inactive(&task, TASK_RUNNING);
    Ok(kthread_stop(&task))
}

fn main() -> ExitCode {
    let narrator = Narrator::new(STEPS);
    let kernel = match Kernel::builder().spare_threads(0).on_event(narrator.handler()).boot() {
        Ok(kernel) => kernel,
        Err(error) => {
            eprintln!("create_walkthrough: {error}");
            return ExitCode::FAILURE;
        }
    };
    let _init = kernel.enter();
    // kthreadd runs; the story begins when it is asleep, too.
    if let Some(kthreadd) = find_task_by_pid(KTHREADD) {
        _ = wait_task_inactive(&kthreadd, TASK_RUNNING);
    }

    narrator.begin();
    let result = create_and_stop();
    let narrated = narrator.finish();
    let report = kernel.shutdown();
    match (result, narrated) {
        (Ok(42), Ok(())) if (report.forked, report.joined) == (1, 1) => {
            println!("all {} steps were seen, in order", STEPS.len());
            ExitCode::SUCCESS
        }
        (result, narrated) => {
            eprintln!(
                "create_walkthrough: the thread's result is {result:?}, the story's {narrated:?}, {report:?}"
            );
            ExitCode::FAILURE
        }
    }
}
