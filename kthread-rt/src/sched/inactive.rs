//! `wait_task_inactive`: waits until another task is asleep.
//!
//! The watcher adds itself to the task's `watch_list`, then reads the task's state; the task
//! changes its state or `on_rq`, fences, then reads `watchers` (`note_transition`). The fence of
//! `set_current_state` is between the watcher's two steps. So one sees the other, and the watcher
//! sleeps without polling.

use super::current::with_current;
use super::might_sleep::might_pause_in;
use super::sleep::{change_state, sleep_until};
use crate::diag::WarningKind;
use crate::sync::Ordering;
use crate::task::{
    TASK_DEAD, TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskState, TaskStruct, Wait, WaitKind,
};
use std::ops::Deref;
use std::panic::Location;

enum Look {
    Inactive,
    OtherState,
    Wait,
}

fn look(task: &TaskStruct, state: TaskState) -> Look {
    // Read the state first. If it belongs to a sleep, an `on_rq` of 0 that is read later belongs to
    // that sleep or a later one, because the task sets `on_rq` to 1 after a sleep and before it
    // sets the state for the next (Acquire in `state`).
    let now = task.state();
    if !state.is_empty() && now != state {
        Look::OtherState
    } else if now != TASK_RUNNING && !task.on_rq() {
        Look::Inactive
    } else {
        Look::Wait
    }
}

/// Waits until `task` is asleep in `state`: `wait_task_inactive`. [`TASK_RUNNING`] as `state` means
/// asleep in any state.
///
/// Returns true once it is asleep; false if it is in another state (the kernel returns a count and
/// 0). Sleeps uninterruptibly, and does not poll. Returns false with a warning if `task` is the
/// caller.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "new")?;
/// assert!(wait_task_inactive(&task, TASK_UNINTERRUPTIBLE));
/// assert!(!wait_task_inactive(&task, TASK_PARKED));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[must_use = "false: the task is not in that state any more, or ended"]
#[track_caller]
pub fn wait_task_inactive(task: &TaskStruct, state: TaskState) -> bool {
    wait_inactive(task, state, "wait_task_inactive", Location::caller())
}

/// [`wait_task_inactive`] on behalf of `call`, whose place is `place`.
pub(crate) fn wait_inactive(
    task: &TaskStruct,
    state: TaskState,
    call: &'static str,
    place: &'static Location<'static>,
) -> bool {
    with_current(|me| {
        might_pause_in(me, call, place);
        if std::ptr::eq(me, task) {
            me.warn(
                WarningKind::Deadlock,
                call,
                place,
                "a task can't wait for its own sleep: the call returned false at once",
            );
            return false;
        }
        match look(task, state) {
            Look::Inactive => true,
            Look::OtherState => false,
            Look::Wait => watch(me, task, state, call, place),
        }
    })
}

fn watch(
    me: &TaskStruct,
    task: &TaskStruct,
    state: TaskState,
    call: &'static str,
    place: &'static Location<'static>,
) -> bool {
    let address = std::ptr::from_ref(task).addr();
    let _noted = me.wait_note().set(Wait::new(WaitKind::Inactive, address, call, place).by(task.pid()));
    let inactive = with_watched(me, &[task], || {
        loop {
            change_state(me, TASK_UNINTERRUPTIBLE);
            match look(task, state) {
                Look::Inactive => break true,
                Look::OtherState => break false,
                Look::Wait => sleep_until(me, None),
            }
        }
    });
    change_state(me, TASK_RUNNING);
    inactive
}

/// Waits for a moment at which each task of `me`'s Kernel for which `meant` is true sleeps or has
/// ended. False if one still runs at `deadline`, a time of the monotonic clock in nanoseconds.
pub(crate) fn wait_all_inactive(
    me: &TaskStruct,
    meant: impl Fn(&TaskStruct) -> bool,
    deadline: u64,
    place: &'static Location<'static>,
) -> bool {
    let runs = |task: &Task| task.state() != TASK_DEAD && !matches!(look(task, TASK_RUNNING), Look::Inactive);
    loop {
        // The running tasks may create others meanwhile.
        let mut tasks = me.kernel_state().pids.all();
        tasks.retain(|task| meant(task) && *me != *task && runs(task));
        if tasks.is_empty() {
            return true;
        }
        let _noted = me
            .wait_note()
            .set(Wait::new(WaitKind::Inactive, tasks[0].as_ptr().addr(), "settle", place).ends_itself(true));
        let over = with_watched(me, &tasks, || {
            loop {
                change_state(me, TASK_UNINTERRUPTIBLE);
                if !tasks.iter().any(runs) {
                    break false;
                }
                if me.kernel_state().clock.now_ns() >= deadline {
                    break true;
                }
                sleep_until(me, Some(deadline));
            }
        });
        change_state(me, TASK_RUNNING);
        if over {
            return false;
        }
    }
}

/// Runs `f` while every transition of `tasks` wakes `me`. `f` sets the state of `me`, tests the
/// tasks, and sleeps. It does not unwind.
pub(crate) fn with_watched<R, T: Deref<Target = TaskStruct>>(
    me: &TaskStruct,
    tasks: &[T],
    f: impl FnOnce() -> R,
) -> R {
    for task in tasks {
        task.watch_list.lock().push(me.get());
        task.watchers.fetch_add(1, Ordering::Relaxed);
    }
    let result = f();
    for task in tasks {
        task.watchers.fetch_sub(1, Ordering::Relaxed);
        task.watch_list.lock().retain(|watcher| me != watcher);
    }
    result
}
