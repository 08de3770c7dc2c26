//! Sleeping: `set_current_state` and the crate's only `schedule` loop.

use super::current::with_current;
use super::might_sleep::{forget_state, might_schedule_in, note_state};
use super::resume::{leaves, resumed};
use super::wake::{note_transition, try_to_wake_up};
use crate::sync::{Ordering, Slept, fence, observe};
use crate::task::{KernelState, TASK_DEAD, TASK_NORMAL, TASK_RUNNING, TaskState, TaskStruct, Wait, WaitKind};
use crate::trace::EventKind;
use std::panic::Location;

/// Prints a state for a model's schedule.
fn show_state(bits: usize) -> String {
    match TaskState::from_bits_retain(bits as u32) {
        TASK_RUNNING => "RUNNING".into(),
        state => state.iter_names().map(|(name, _)| name).collect::<Vec<_>>().join("|"),
    }
}

/// Sets the state of `task`, the current one.
#[inline]
pub(crate) fn change_state(task: &TaskStruct, state: TaskState) {
    // A swap and then a SeqCst fence: what the caller reads next can't be older than this write. A
    // SeqCst store would do in C11, but loom treats it as Release.
    task.state.swap(state.bits());
    fence(Ordering::SeqCst);
    observe("sets its state to", state.bits() as usize, show_state);
    note_transition(task);
}

/// True if a task in this state must not sleep: RUNNING or DEAD. User code in a wait (a condition,
/// a handler) may have ended the task by dropping what made it current. Neither a waker nor a
/// timeout wakes a dead task, so the wait must test its condition and the time again, and set its
/// state again.
fn is_over(state: u32) -> bool {
    state == TASK_RUNNING.bits() || state == TASK_DEAD.bits()
}

/// Sleeps until the state is RUNNING: the only place where a task sleeps.
///
/// `deadline` is a time of the monotonic clock in nanoseconds. When it has passed, the sleeper
/// wakes itself as a timer would, without a special case: a model needs no clock, and another
/// thread makes that wake-up.
pub(crate) fn sleep_until(task: &TaskStruct, mut deadline: Option<u64>) {
    let before = task.state.load();
    if is_over(before) {
        return;
    }
    forget_state(task);
    leaves();
    if let Some(before_wait) = task.kernel_state().checks.before_wait {
        before_wait(task);
    }
    let faults = task.kernel_state().faults.as_deref();
    if let Some(faults) = faults {
        task.fault_before_sleep(faults, TaskState::from_bits_retain(before));
    }
    // Report the event while the task is on the run queue: a watcher that sees it inactive has seen
    // the event.
    task.event(|| EventKind::Sleeping { state: TaskState::from_bits_retain(before).to_string() });
    // Call the watch before the task leaves the run queue, because it acts as a running task. If
    // the sleep has ended already, both callbacks are called, one after the other.
    let watch = task.sleep_watch();
    if let Some(watch) = watch {
        watch.falls_asleep(task);
    }
    // Release: a thread that sees the task asleep sees what it did before. The fence orders this
    // store before the reads of the state and of `watchers` below.
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
        // While the Kernel lacks threads, the sleep has pauses in which the task tries to start
        // them.
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
    // Relaxed: a thread that acts on it has first read a state that was written after this (Acquire
    // in `load`).
    task.on_rq.store(1, Ordering::Relaxed);
    task.show_cpu();
    if let Some(watch) = watch {
        watch.goes_on();
    }
    resumed();
}

/// Sets the calling task's state, followed by a full barrier: `set_current_state`.
///
/// The kernel's pattern: set the state, test the condition, `schedule()` if it is false, and set
/// [`TASK_RUNNING`] at the end. What the task reads after this call is not older than the new
/// state, so it can't miss a waker that makes the condition true and then wakes it. Never sleeps.
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
/// is the same as [`set_current_state`].
#[track_caller]
pub fn __set_current_state(state: TaskState) {
    set_current_state(state);
}

/// Sets a state that ordinary wake-ups don't end: `set_special_state`. The kernel excludes
/// concurrent wakers by a lock; here it is the same as [`set_current_state`], because a waker of an
/// earlier state can't overwrite a state.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_special_state(TASK_STOPPED);
/// assert_eq!(current().state(), TASK_STOPPED);
/// # set_current_state(TASK_RUNNING);
/// ```
#[track_caller]
pub fn set_special_state(state: TaskState) {
    set_current_state(state);
}

/// Sleeps until another task wakes the calling one: `schedule`.
///
/// Sleeps in the state that the caller has set. Returns at once if the state is [`TASK_RUNNING`],
/// because the caller set none or a wake-up came before the call; and, with the state set to
/// RUNNING, if a signal is pending that the state admits. Warns in an atomic section.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_INTERRUPTIBLE);
/// wake_up_process(&current()); // a wake-up before `schedule` is not lost
/// schedule(); // returns at once
/// assert_eq!(current().state(), TASK_RUNNING);
/// ```
#[track_caller]
pub fn schedule() {
    observe("calls schedule", 0, |_| String::new());
    let place = Location::caller();
    with_current(|task| schedule_noted(task, "schedule", place));
}

/// Sleeps until another task wakes the calling one: `io_schedule`. The same as [`schedule`]: there
/// is no I/O accounting here.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_UNINTERRUPTIBLE);
/// wake_up_process(&current()); // another task does this
/// io_schedule();
/// ```
#[track_caller]
pub fn io_schedule() {
    let place = Location::caller();
    with_current(|task| schedule_noted(task, "io_schedule", place));
}

/// The current task calls this when it has spun for a lock for some time. Its note names the lock.
pub(crate) fn waits_spinning(task: &TaskStruct) {
    if let Some(before_wait) = task.kernel_state().checks.before_wait {
        // Orders the task's own note before its reads of other tasks' notes.
        fence(Ordering::SeqCst);
        before_wait(task);
    }
}

/// [`schedule`] in the name of `call`.
pub(crate) fn schedule_noted(task: &TaskStruct, call: &'static str, place: &'static Location<'static>) {
    might_schedule_in(task, call, place);
    if task.state.load() == TASK_RUNNING.bits() {
        return;
    }
    let _noted = (!task.wait_note().is_set())
        .then(|| task.wait_note().set(Wait::new(WaitKind::Schedule, 0, call, place)));
    sleep_until(task, None);
}
