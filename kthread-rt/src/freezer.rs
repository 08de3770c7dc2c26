//! `linux/freezer.h`: stopping tasks at places where they can be stopped, and letting them go on.
//!
//! A task is frozen when its state is FROZEN and it sleeps; no wake but a thaw ends that. It gets
//! there in two ways. It asks [`try_to_freeze`] (or `kthread_freezable_should_stop`), finds that it
//! should, and sets the state itself. Or it is asleep in a state with TASK_FREEZABLE, and the
//! freezer exchanges its state for FROZEN where it sleeps. A wake-up that reaches a frozen task
//! does nothing; thawing wakes it, and it tests its condition again, as after any wake.
//!
//! Kthreads are not freezable until they say so ([`set_freezable`]).
//!
//! # The protocol
//!
//! The freezer sets the Kernel's bit, fences, and looks at each task; a task that comes to a
//! freezing place sets its state, fences, and looks at the bit. So a task sees the bit, or the
//! freezer sees it asleep. The freezer does not poll: it watches every task that is to be frozen
//! (`sched/inactive.rs`), so each of their transitions lets it look again. A kthread that sleeps in
//! a state which can't be frozen is woken, as in the kernel, so that it comes to its freezing
//! place; each time it goes to sleep anew, and a bounded number of times, since it may have no such
//! place.
//!
//! A task is exchanged into FROZEN only if it is in the sleeping part of `schedule` (`on_rq` is 0)
//! after the exchange; before that it may be testing its condition and go on. If it is not, it is
//! woken, and looked at again.

use crate::diag::WarningKind;
use crate::sched::{
    change_state, might_pause_in, might_sleep_in, sleep_until, try_to_wake_up, with_current, with_watched,
};
use crate::sync::{AtomicU32, Ordering, fence};
use crate::task::{
    KernelState, PF_KTHREAD, PF_NOFREEZE, Subsystem, SubsystemId, TASK_FREEZABLE, TASK_FROZEN, TASK_NORMAL,
    TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskFlags, TaskStruct, Wait, WaitKind, asked_to_stop,
};
use crate::trace::TaskId;
use std::fmt;
use std::panic::Location;

/// The user tasks are to freeze: the kernel's `pm_freezing`.
const USER: u32 = 1;
/// The kthreads are to freeze: the kernel's `pm_nosig_freezing`, which there means the user tasks
/// too.
const KTHREADS: u32 = 2;

/// How long a freeze may take: the kernel's default, 20 seconds.
pub(crate) const FREEZE_TIMEOUT_NS: u64 = 20_000_000_000;

/// How often one freeze wakes a task that sleeps where it can't be frozen.
const MOST_WAKES: u32 = 64;

/// The freezer's part of a Kernel.
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

/// The tasks that did not freeze in time. All tasks have been thawed again. The kernel: `-EBUSY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFrozen {
    /// The tasks.
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
pub fn freezing(task: &TaskStruct) -> bool {
    // Relaxed: the fences are in set_current_state and in `freeze`; who asks in passing will see it
    // the next time.
    let wanted = task.kernel_state().subsystem::<Freezer>().wanted.load(Ordering::Relaxed);
    let flags = task.flags();
    let bit = if flags.contains(PF_KTHREAD) { KTHREADS } else { USER };
    wanted & bit != 0 && !flags.contains(PF_NOFREEZE)
}

/// True if `task` is frozen: `frozen`. Never sleeps.
pub fn frozen(task: &TaskStruct) -> bool {
    task.state() == TASK_FROZEN
}

/// Freezes the calling task if it should freeze, until it is thawed: `try_to_freeze`. True if it
/// was frozen. May sleep.
///
/// ```
/// assert!(!kthread_rt::try_to_freeze()); // nobody freezes anything
/// ```
#[track_caller]
pub fn try_to_freeze() -> bool {
    let place = Location::caller();
    with_current(|me| {
        might_sleep_in(me, "try_to_freeze", place);
        freezing(me) && refrigerator(me, false, place)
    })
}

/// Sleeps until thawed, if the calling task should freeze: `__refrigerator`. True if it was frozen.
/// With `check_kthr_stop`, a kthread that was asked to stop does not go in. [`try_to_freeze`] is
/// what most code wants.
#[track_caller]
pub fn __refrigerator(check_kthr_stop: bool) -> bool {
    let place = Location::caller();
    with_current(|me| {
        might_pause_in(me, "__refrigerator", place);
        refrigerator(me, check_kthr_stop, place)
    })
}

/// `__refrigerator`: sleeps until thawed. With `check_stop`, a kthread that was asked to stop does
/// not go in.
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
/// `set_freezable`. True if it was frozen.
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
    try_to_freeze()
}

/// One task that a freeze is about.
struct Victim {
    task: Task,
    wakes: u32,
}

impl Victim {
    /// Freezes the task if that is possible now; true if it is frozen, or need not be.
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
        if self.wakes < MOST_WAKES {
            self.wakes += u32::from(try_to_wake_up(task, TASK_NORMAL));
        }
        false
    }
}

/// Puts FROZEN in the place of a freezable state, if the task really sleeps in it.
fn exchange(task: &TaskStruct, state: u32) -> bool {
    if task.state.compare_exchange(state, TASK_FROZEN.bits()).is_err() {
        return false;
    }
    // As in try_to_wake_up: the state first, then `on_rq`.
    fence(Ordering::SeqCst);
    if !task.on_rq() {
        return true;
    }
    // It is between setting its state and sleeping: it goes on, and will be looked at again. It is
    // woken and not just given its old state back, because a wake-up that found it FROZEN has been
    // dropped.
    try_to_wake_up(task, TASK_FROZEN);
    false
}

/// Freezes the tasks that `wanted` names and waits until all are; thaws them again if that takes
/// too long.
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

/// Lets the tasks go on that `wanted` names.
pub(crate) fn thaw(kernel_state: &KernelState, wanted: u32) {
    kernel_state.subsystem::<Freezer>().wanted.fetch_and(!wanted, Ordering::Relaxed);
    // The bit first, then the wakes; the fence between them is in try_to_wake_up.
    for task in kernel_state.pids.all() {
        if !freezing(&task) {
            try_to_wake_up(&task, TASK_FROZEN);
        }
    }
}

/// `freeze_processes`: what a Kernel's method of that name does.
pub(crate) fn freeze_processes(
    kernel_state: &KernelState,
    place: &'static Location<'static>,
) -> Result<(), NotFrozen> {
    freeze(kernel_state, USER, "freeze_processes", place)
}

/// `freeze_kernel_threads`: what a Kernel's method of that name does.
pub(crate) fn freeze_kernel_threads(
    kernel_state: &KernelState,
    place: &'static Location<'static>,
) -> Result<(), NotFrozen> {
    freeze(kernel_state, KTHREADS, "freeze_kernel_threads", place)
}

/// `thaw_processes`: everybody goes on.
pub(crate) fn thaw_processes(kernel_state: &KernelState) {
    thaw(kernel_state, USER | KTHREADS);
}

/// `thaw_kernel_threads`: the kthreads go on; user tasks stay frozen if they were frozen.
pub(crate) fn thaw_kernel_threads(kernel_state: &KernelState) {
    thaw(kernel_state, KTHREADS);
}
