//! Sleeping: `set_current_state` and the one `schedule` loop of the crate.

use super::current::with_current;
use super::might_sleep::{forget_state, might_schedule_in, note_state};
use super::resume::{leaves, resumed};
use super::wake::{note_transition, try_to_wake_up};
use crate::sync::{Ordering, Slept, fence, observe};
use crate::task::{KernelState, TASK_DEAD, TASK_NORMAL, TASK_RUNNING, TaskState, TaskStruct, Wait, WaitKind};
use crate::trace::EventKind;
use std::panic::Location;

/// A state for the schedule of a model.
fn show_state(bits: usize) -> String {
    match TaskState::from_bits_retain(bits as u32) {
        TASK_RUNNING => "RUNNING".into(),
        state => state.iter_names().map(|(name, _)| name).collect::<Vec<_>>().join("|"),
    }
}

/// Sets the state of `task`, which is the current one.
#[inline]
pub(crate) fn change_state(task: &TaskStruct, state: TaskState) {
    // A swap and then a SeqCst fence: what the caller reads next can't be older than this write. A
    // SeqCst store would do in C11, but loom treats it as Release.
    task.state.swap(state.bits());
    fence(Ordering::SeqCst);
    observe("sets its state to", state.bits() as usize, show_state);
    note_transition(task);
}

/// True of the state of a task that is not to sleep: RUNNING, or DEAD. Code of the user's (a
/// condition, a handler) may have ended the task that waits, by dropping what made it current.
/// Nobody wakes a dead one, and no time limit does, so the wait looks at its condition and at the
/// time once more, and sets its state anew.
fn is_over(state: u32) -> bool {
    state == TASK_RUNNING.bits() || state == TASK_DEAD.bits()
}

/// Sleeps until the state is RUNNING: the only place where a task sleeps.
///
/// `deadline` is a time of the monotonic clock in nanoseconds. When it has passed, the sleeper gets
/// the wake that a timer would give it, and no special treatment: a model can leave clocks out and
/// let another thread make that wake.
pub(crate) fn sleep_until(task: &TaskStruct, mut deadline: Option<u64>) {
    let before = task.state.load();
    if is_over(before) {
        return;
    }
    forget_state(task);
    leaves();
    if let Some(look) = task.kernel_state().before_sleep {
        look(task);
    }
    let faults = task.kernel_state().faults.as_deref();
    if let Some(faults) = faults {
        task.fault_before_sleep(faults, TaskState::from_bits_retain(before));
    }
    // Told while the task is still on the run queue: who has seen it inactive has been told why.
    task.event(|| EventKind::Sleeping { state: TaskState::from_bits_retain(before).to_string() });
    // Before the task leaves the run queue: what the watch does, it does as a running task. It may
    // find that the sleep has ended already; then the watch is told both, one after the other.
    let watch = task.sleep_watch();
    if let Some(watch) = watch {
        watch.falls_asleep(task);
    }
    // Release: whoever sees that the task is asleep sees what it did before. The fence orders it
    // before the reads of the state below, and of `watchers`.
    task.on_rq.store(0, Ordering::Release);
    fence(Ordering::SeqCst);
    note_transition(task);
    let mut woken = true;
    loop {
        let now = task.state.load();
        if is_over(now) {
            break;
        }
        let state = TaskState::from_bits_retain(now);
        if task.signals.ends_sleep_in(state) {
            woken = false;
            observe("does not sleep, a signal is pending, in", now as usize, show_state);
            change_state(task, TASK_RUNNING);
            break;
        }
        observe("sleeps in", now as usize, show_state);
        task.show_sleep();
        // As long as the Kernel lacks threads the sleep has pauses, to look for them.
        let pause = if task.kernel_state().lacks_threads() {
            KernelState::try_again(task.kernel_state(), task)
        } else {
            u64::MAX
        };
        let ends = deadline.unwrap_or(u64::MAX);
        let until = ends.min(pause);
        if task.state.sleep_while(now, (until != u64::MAX).then_some(until)) == Slept::Expired
            && until == ends
        {
            deadline = None;
            try_to_wake_up(task, TASK_NORMAL);
        }
    }
    if let Some(faults) = faults
        && woken
    {
        task.fault_after_wake_up(faults);
    }
    // Relaxed: whoever acts on it has first read a state that was written after this (Acquire in
    // `load`).
    task.on_rq.store(1, Ordering::Relaxed);
    task.show_cpu();
    if let Some(watch) = watch {
        watch.goes_on();
    }
    resumed();
}

/// Sets the calling task's state, with a full barrier behind it: `set_current_state`.
///
/// The pattern of the kernel: set the state, test the condition, `schedule()` if it is false, and
/// set [`TASK_RUNNING`] at the end. What the task reads after this call is not older than the new
/// state, so a waker that makes the condition true and then wakes is never missed. Does not sleep.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// static READY: AtomicBool = AtomicBool::new(false);
/// let task = kthread_run!(
///     |()| {
///         loop {
///             set_current_state(TASK_INTERRUPTIBLE);
///             if READY.load(SeqCst) || kthread_should_stop() {
///                 break;
///             }
///             schedule();
///         }
///         set_current_state(TASK_RUNNING);
///         0
///     },
///     (),
///     "waiter"
/// )?;
/// READY.store(true, SeqCst);
/// wake_up_process(&task);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn set_current_state(state: TaskState) {
    observe("calls set_current_state:", state.bits() as usize, show_state);
    let place = Location::caller();
    with_current(|task| {
        note_state(task, state, place);
        change_state(task, state);
    });
}

/// Sets the calling task's state: `__set_current_state`. In the kernel it has no barrier; here it
/// is [`set_current_state`].
#[track_caller]
pub fn __set_current_state(state: TaskState) {
    set_current_state(state);
}

/// Sets a state that ordinary wakes don't end: `set_special_state`. In the kernel it excludes
/// concurrent wakers by a lock; here every state is written so that a waker of an earlier state
/// can't overwrite it.
#[track_caller]
pub fn set_special_state(state: TaskState) {
    set_current_state(state);
}

/// Sleeps until somebody wakes the calling task: `schedule`.
///
/// Returns at once if the task's state is [`TASK_RUNNING`], because nobody set another or because a
/// wake came before the call; and, with the state set to RUNNING, if a signal is pending that the
/// state admits.
#[track_caller]
pub fn schedule() {
    observe("calls schedule", 0, |_| String::new());
    let place = Location::caller();
    with_current(|task| schedule_noted(task, "schedule", place));
}

/// Sleeps as [`schedule`] does, waiting for I/O: `io_schedule`. No I/O accounting is done here.
#[track_caller]
pub fn io_schedule() {
    let place = Location::caller();
    with_current(|task| schedule_noted(task, "io_schedule", place));
}

fn schedule_noted(task: &TaskStruct, call: &'static str, place: &'static Location<'static>) {
    might_schedule_in(task, call, place);
    if task.state.load() == TASK_RUNNING.bits() {
        return;
    }
    let _noted = (!task.wait_note().is_set())
        .then(|| task.wait_note().set(Wait::new(WaitKind::Schedule, 0, call, place)));
    sleep_until(task, None);
}
