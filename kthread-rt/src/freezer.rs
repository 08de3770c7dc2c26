//! `linux/freezer.h`: freezing tasks at safe places, and thawing them.
//!
//! A task is frozen if it sleeps in state FROZEN; only a thaw wakes it. A task becomes frozen in
//! two ways. It calls [`try_to_freeze`] (or `kthread_freezable_should_stop`), finds that it should
//! freeze, and sets the state itself. Or it sleeps in a state with TASK_FREEZABLE, and the freezer
//! changes its state to FROZEN while it sleeps. An ordinary wake-up of a frozen task does nothing.
//! A thaw wakes the task, which tests its condition again, as after any wake-up.
//!
//! A kthread is not freezable until it calls [`set_freezable`].
//!
//! # The protocol
//!
//! The freezer sets the Kernel's bit, fences, and checks each task; a task at a freezing place sets
//! its state, fences, and reads the bit. So the task sees the bit, or the freezer sees the task
//! asleep. The freezer does not poll: it watches all tasks that it must freeze
//! (`sched/inactive.rs`), so each of their transitions makes it check again. As in the kernel, it
//! wakes a kthread that sleeps in a state which can't be frozen, so that the kthread gets to its
//! freezing place. It does so each time the kthread goes to sleep again, up to a limit, because the
//! kthread may have no such place.
//!
//! A task whose state was changed to FROZEN counts as frozen only if it is then in the sleeping
//! part of `schedule` (`on_rq` is 0); otherwise it may be testing its condition and go on. In that
//! case the freezer wakes it, and checks it again.

use crate::diag::WarningKind;
use crate::sched::{
    change_state, might_pause_in, might_sleep_in, sleep_until, try_to_wake_up, with_current, with_watched,
};
use crate::sync::{AtomicU32, FREEZER_WAKES, Ordering, fence};
use crate::task::{
    KernelState, PF_KTHREAD, PF_NOFREEZE, Subsystem, SubsystemId, TASK_FREEZABLE, TASK_FROZEN, TASK_NORMAL,
    TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskFlags, TaskStruct, Wait, WaitKind, asked_to_stop,
};
use crate::trace::TaskId;
use std::fmt;
use std::panic::Location;

/// User tasks should freeze: the kernel's `pm_freezing`.
const USER: u32 = 1;
/// Kthreads should freeze: the kernel's `pm_nosig_freezing`, which there includes user tasks.
const KTHREADS: u32 = 2;

/// The timeout of a freeze: the kernel's default, 20 seconds.
pub(crate) const FREEZE_TIMEOUT_NS: u64 = 20_000_000_000;

/// The freezer's per-Kernel data.
#[derive(Debug)]
pub(crate) struct Freezer {
    wanted: AtomicU32,
}

impl Subsystem for Freezer {
    const ID: SubsystemId = SubsystemId::Freezer;

    fn new() -> Self {
        Self { wanted: AtomicU32::new(0) }
    }
}

/// The error of a freeze: some tasks did not freeze in time, and all tasks have been thawed again.
/// The kernel returns `-EBUSY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFrozen {
    /// The tasks that did not freeze.
    pub tasks: Vec<TaskId>,
}

impl fmt::Display for NotFrozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.tasks.iter().map(TaskId::to_string).collect();
        write!(f, "{} task(s) did not freeze in time: {}", names.len(), names.join(", "))
    }
}

impl std::error::Error for NotFrozen {}

/// True if `task` should freeze: `freezing`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!freezing(&current())); // nobody has asked it to freeze
/// ```
pub fn freezing(task: &TaskStruct) -> bool {
    // Relaxed: `set_current_state` and `freeze` have the fences; a task that tests in passing sees
    // the bit the next time.
    let wanted = task.kernel_state().subsystem::<Freezer>().wanted.load(Ordering::Relaxed);
    let flags = task.flags();
    let bit = if flags.contains(PF_KTHREAD) { KTHREADS } else { USER };
    wanted & bit != 0 && !flags.contains(PF_NOFREEZE)
}

/// True if `task` is frozen: `frozen`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!frozen(&current())); // it runs
/// ```
pub fn frozen(task: &TaskStruct) -> bool {
    task.state() == TASK_FROZEN
}

/// Freezes the calling task until it is thawed, if it should freeze: `try_to_freeze`. Returns true
/// if it was frozen. May sleep.
///
/// ```
/// assert!(!kthread_rt::try_to_freeze()); // no freeze is in progress
/// ```
#[track_caller]
pub fn try_to_freeze() -> bool {
    let place = Location::caller();
    with_current(|me| {
        might_sleep_in(me, "try_to_freeze", place);
        freezing(me) && refrigerator(me, false, place)
    })
}

/// Freezes the calling task until it is thawed, if it should freeze: `__refrigerator`. Returns true
/// if it was frozen. With `check_kthr_stop`, a kthread that was asked to stop does not freeze. Most
/// code calls [`try_to_freeze`]. Sleeps.
#[track_caller]
pub fn __refrigerator(check_kthr_stop: bool) -> bool {
    let place = Location::caller();
    with_current(|me| {
        might_pause_in(me, "__refrigerator", place);
        refrigerator(me, check_kthr_stop, place)
    })
}

/// `__refrigerator`: sleeps until thawed. With `check_stop`, a kthread that was asked to stop does
/// not freeze.
pub(crate) fn refrigerator(me: &TaskStruct, check_stop: bool, place: &'static Location<'static>) -> bool {
    let _noted = me.wait_note().set(Wait::new(WaitKind::Frozen, 0, "try_to_freeze", place));
    let mut was_frozen = false;
    loop {
        change_state(me, TASK_FROZEN);
        if !freezing(me) || check_stop && asked_to_stop(me) {
            break;
        }
        was_frozen = true;
        sleep_until(me, None);
    }
    change_state(me, TASK_RUNNING);
    was_frozen
}

/// Makes the calling kthread freezable, and freezes it at once if it should freeze:
/// `set_freezable`. Returns true if it was frozen. May sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(
///     |()| {
///         set_freezable();
///         let mut freezes = 0;
///         loop {
///             let mut was_frozen = false;
///             if kthread_freezable_should_stop(Some(&mut was_frozen)) {
///                 return freezes;
///             }
///             freezes += i32::from(was_frozen);
///             schedule_timeout_interruptible(HZ as i64);
///         }
///     },
///     (),
///     "freezable"
/// )?;
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn set_freezable() -> bool {
    with_current(|me| me.change_flags(TaskFlags::empty(), PF_NOFREEZE));
    // Between the flag and the freezer's bit, as in `freeze`: either this task sees that it should
    // freeze, or the freezer sees that it may. The kernel has a lock for both.
    fence(Ordering::SeqCst);
    try_to_freeze()
}

/// A task that a freeze must freeze.
struct Victim {
    task: Task,
    wakes: u32,
}

impl Victim {
    /// Freezes the task if that is possible now. True if it is frozen or need not be.
    fn freeze(&mut self) -> bool {
        let task = &self.task;
        let state = task.state();
        if task.exit_state() != 0 || !freezing(task) {
            return true;
        }
        if state == TASK_FROZEN {
            return !task.on_rq();
        }
        if task.on_rq() {
            return false;
        }
        if state.intersects(TASK_FREEZABLE) {
            return exchange(task, state.bits());
        }
        if self.wakes < FREEZER_WAKES {
            self.wakes += u32::from(try_to_wake_up(task, TASK_NORMAL));
        }
        false
    }
}

/// Changes a freezable state to FROZEN, if the task sleeps in it.
fn exchange(task: &TaskStruct, state: u32) -> bool {
    if task.state.compare_exchange(state, TASK_FROZEN.bits()).is_err() {
        return false;
    }
    // As in try_to_wake_up: the state first, then `on_rq`.
    fence(Ordering::SeqCst);
    if !task.on_rq() {
        return true;
    }
    // The task is between setting its state and sleeping: let it go on, and check it again later.
    // Wake it instead of restoring its state, because a wake-up that found it FROZEN was dropped.
    try_to_wake_up(task, TASK_FROZEN);
    false
}

/// Freezes the tasks that `wanted` selects, and waits until all are frozen. Thaws them again after
/// the timeout.
pub(crate) fn freeze(
    kernel_state: &KernelState,
    wanted: u32,
    call: &'static str,
    place: &'static Location<'static>,
) -> Result<(), NotFrozen> {
    with_current(|me| {
        might_sleep_in(me, call, place);
        let part = kernel_state.subsystem::<Freezer>();
        part.wanted.fetch_or(wanted, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let mut victims: Vec<Victim> = kernel_state
            .pids
            .all()
            .into_iter()
            .filter(|task| me != task && freezing(task))
            .map(|task| Victim { task, wakes: 0 })
            .collect();
        let tasks: Vec<Task> = victims.iter().map(|v| v.task.clone()).collect();
        let deadline = me.kernel_state().clock.now_ns().saturating_add(FREEZE_TIMEOUT_NS);
        let _noted = me.wait_note().set(Wait::new(WaitKind::Freeze, 0, call, place).ends_itself(true));
        let left = with_watched(me, &tasks, || {
            loop {
                change_state(me, TASK_UNINTERRUPTIBLE);
                let mut awake = Vec::new();
                for victim in &mut victims {
                    if !victim.freeze() {
                        awake.push(victim.task.id());
                    }
                }
                if awake.is_empty() || me.kernel_state().clock.now_ns() >= deadline {
                    change_state(me, TASK_RUNNING);
                    return awake;
                }
                sleep_until(me, Some(deadline));
            }
        });
        if left.is_empty() {
            return Ok(());
        }
        thaw(kernel_state, wanted);
        let not_frozen = NotFrozen { tasks: left };
        me.warn(WarningKind::NotFrozen, call, place, &not_frozen.to_string());
        Err(not_frozen)
    })
}

/// Thaws the tasks that `wanted` selects.
pub(crate) fn thaw(kernel_state: &KernelState, wanted: u32) {
    kernel_state.subsystem::<Freezer>().wanted.fetch_and(!wanted, Ordering::Relaxed);
    // Clear the bit before the wake-ups; `try_to_wake_up` has the fence between them.
    for task in kernel_state.pids.all() {
        if !freezing(&task) {
            try_to_wake_up(&task, TASK_FROZEN);
        }
    }
}

/// [`Kernel::freeze_processes`](crate::Kernel::freeze_processes).
pub(crate) fn freeze_processes(
    kernel_state: &KernelState,
    place: &'static Location<'static>,
) -> Result<(), NotFrozen> {
    freeze(kernel_state, USER, "freeze_processes", place)
}

/// [`Kernel::freeze_kernel_threads`](crate::Kernel::freeze_kernel_threads), without the workqueues.
pub(crate) fn freeze_kernel_threads(
    kernel_state: &KernelState,
    place: &'static Location<'static>,
) -> Result<(), NotFrozen> {
    freeze(kernel_state, KTHREADS, "freeze_kernel_threads", place)
}

/// `thaw_processes`: thaws all tasks.
pub(crate) fn thaw_processes(kernel_state: &KernelState) {
    thaw(kernel_state, USER | KTHREADS);
}

/// `thaw_kernel_threads`: thaws the kthreads; frozen user tasks stay frozen.
pub(crate) fn thaw_kernel_threads(kernel_state: &KernelState) {
    thaw(kernel_state, KTHREADS);
}
