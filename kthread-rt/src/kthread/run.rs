//! The life of one kthread, from its first instruction to its last.
//!
//! # The end
//!
//! A thread function ends by returning, by `kthread_exit` (an unwind with a payload of our own), or
//! by a panic (an oops). In all three cases the function's frames, closure and data are gone when
//! `finish` begins. It does the following in this order: it marks the task as exiting; stores the
//! result; completes the completion of `kthread_complete_and_exit`, if there is one; removes the
//! task from the pid table and marks it dead; completes `parked`, because nobody may wait for a
//! park that can't come any more; and completes `exited`. No user code runs after the user's
//! completion, so its waiter may unmap that code (except for thread-local destructors, for which it
//! must wait until the OS threads are joined).

use super::exit::{ExitCompletion, ExitPayload};
use super::request::{Begin, Body, CreateRequest};
use super::{Kthread, ended, flag, park, to_kthread};
use crate::diag::{WarningKind, contain, contain_told, panic_text};
use crate::lockdep::{Outside, told_by_oops};
use crate::sched::{
    begin_on_os_thread, leave_for_good, leave_stray_section, leaves, release_task, sleep_until,
    try_to_wake_up, with_current,
};
use crate::sync::os;
use crate::sync::{self, Arc, Ordering};
use crate::task::{PF_EXITING, TASK_NORMAL, Task, TaskFlags, TaskStruct};
use crate::trace::EventKind;
use std::any::Any;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

/// The `exit_code` after an oops: SIGSEGV, as in the kernel's `make_task_dead`.
const OOPS_EXIT_CODE: i32 = 11;

/// How the function ended.
enum End {
    NeverRan,
    Exited { result: i32, completion: Option<ExitCompletion> },
    Panicked,
}

/// The main function of a new OS thread: the kernel's `kthread()`. `reset`: kthreadd's priority or
/// affinity was changed, and the thread must not inherit it.
pub(super) fn kthread(task: Task, request: Arc<CreateRequest>, reset: bool) {
    sync::set_current_ptr(task.as_ptr().cast());
    if reset {
        os::make_ordinary(os::gettid(), &task.kernel_state().cpus(), task.kernel_state().boot_nice());
    }
    let refusal = begin_on_os_thread(&task);
    let Some(kthread) = to_kthread(&task) else { unreachable!("kthreadd gives every thread its block") };
    let body = request.body.lock().take();

    if matches!(request.begin, Begin::WhenWoken) {
        // kthreadd answers.
        drop(request);
        sleep_until(&task, None);
        task.fault_after_first_wake_up();
        task.wait_note().clear();
        refusal.tell(&task, Location::caller());
        return woken(&task, kthread, body);
    }
    refusal.tell(&task, Location::caller());
    if !hand_over(&task, &request) {
        drop_unused(&task, body);
        return finish(&task, kthread, End::NeverRan);
    }
    drop(request);
    run(&task, kthread, body);
}

/// Gives `task` to its requester. False if the requester was killed and has left.
pub(super) fn hand_over(task: &Task, request: &CreateRequest) -> bool {
    if !request.claim() {
        return false;
    }
    if let Some(kthread) = to_kthread(task) {
        // Release, before the completion: a thread that knows the task sees it as published.
        kthread.published.store(1, Ordering::Release);
    }
    if !request.lost {
        with_current(|me| me.event(|| EventKind::CreateDone { child: task.id() }));
    }
    request.answer(Ok(task.clone()));
    true
}

/// Ends the thread of `task`, which nobody else knows, before its function runs.
pub(super) fn send_away(task: &Task) {
    // Relaxed: as in `kthread_stop`.
    task.kthread_flags.fetch_or(flag::SHOULD_STOP, Ordering::Relaxed);
    try_to_wake_up(task, TASK_NORMAL);
}

/// The rest of the thread's life, after its first wake-up.
pub(super) fn woken(task: &Task, kthread: &Kthread, body: Option<Body>) {
    let flags = task.kthread_flags.fetch_or(flag::STARTED, Ordering::Relaxed);
    // A thread that was stopped before this moment never runs its function.
    if flags & flag::SHOULD_STOP != 0 {
        drop_unused(task, body);
        return finish(task, kthread, End::NeverRan);
    }
    park::park_if_asked(task, kthread, Location::caller());
    run(task, kthread, body);
}

/// Drops a function that will not run, and its data.
pub(super) fn drop_unused(task: &TaskStruct, body: Option<Body>) {
    contain_told(task, "threadfn", "dropping the data of a thread function that never ran", || drop(body));
}

/// Runs the function, and ends.
fn run(task: &Task, kthread: &Kthread, body: Option<Body>) {
    task.event(|| EventKind::FunctionStarted);
    let end = match catch_unwind(AssertUnwindSafe(|| body.map_or(0, |body| body()))) {
        Ok(result) => End::Exited { result, completion: None },
        Err(payload) => {
            let end = end_of_unwind(task, kthread, payload);
            if matches!(end, End::Panicked) {
                told_by_oops(task, Outside::default());
            }
            end
        }
    };
    finish(task, kthread, end);
}

fn end_of_unwind(task: &Task, kthread: &Kthread, payload: Box<dyn Any + Send>) -> End {
    match payload.downcast::<ExitPayload>() {
        Ok(exit) => End::Exited { result: exit.result, completion: exit.completion },
        Err(panic) => {
            let message = format!("Oops: the thread function panicked: {}", panic_text(&*panic));
            task.warn(WarningKind::Oops, "threadfn", kthread.created_at, &message);
            // The payload's destructor may be user code.
            contain(|| drop(panic));
            End::Panicked
        }
    }
}

/// `do_exit`.
fn finish(task: &Task, kthread: &Kthread, end: End) {
    task.change_flags(PF_EXITING, TaskFlags::empty());
    let completion = store_result(task, kthread, end);
    task.event(|| EventKind::Exited { result: super::stop::status_of(kthread).as_return() });
    leave_stray_section(task, "do_exit");
    leaves();
    if let Some(completion) = completion {
        completion.complete();
    }
    release_task(task);
    kthread.parked.complete_all();
    kthread.exited.complete_all();
    // This thread's main function still has its reference; destructors of thread-locals that run
    // later get a new task. They must not wait for kthreadd, which joins this very thread.
    leave_for_good(task);
    sync::mark_ending(Arc::as_ptr(task.kernel_state()).cast());
}

fn store_result(task: &Task, kthread: &Kthread, end: End) -> Option<ExitCompletion> {
    let (how, result, completion) = match end {
        End::NeverRan => (ended::NEVER_RAN, 0, None),
        End::Exited { result, completion } => (ended::EXITED, result, completion),
        End::Panicked => {
            task.set_exit_code(OOPS_EXIT_CODE);
            (ended::PANICKED, 0, None)
        }
    };
    // Relaxed, then Release: a thread that reads `ended` also sees the result.
    kthread.result.store(result, Ordering::Relaxed);
    kthread.ended.store(how, Ordering::Release);
    completion
}
