//! The check whether a call may sleep. Every call that may sleep runs it first; a wrong call is
//! reported with its place.
//!
//! A call is wrong in an atomic section (a spinlock held; preemption, softirqs or interrupts off),
//! in an RCU section, and in a softirq or hardirq callback. In a Kernel with
//! [`debug`](crate::KernelBuilder::debug), the report says where the section began; and a call that
//! would change the task's state is reported if the caller has set a state, which would be lost.
//!
//! One word of the task holds all of this, so a correct call costs a load and a branch.

use super::context::passes_point;
use super::context::{COUNTS, HARDIRQ_OFFSET, IN_RCU, IRQS_OFF, IRQS_OFF_BY_TASK, SOFTIRQ_OFFSET};
use super::context::{PREEMPT_MASK, SOFTIRQ_DISABLE_MASK, TOLD};
use super::current::{peek_current, with_current};
use crate::diag::WarningKind;
use crate::sync::Ordering;
use crate::task::{Begun, DEBUG, TASK_RUNNING, TaskState, TaskStruct};
use std::fmt::Write;
use std::marker::PhantomData;
use std::panic::Location;

/// How a call sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sleep {
    /// It waits in a loop and sets states of its own, so a state that the caller has set is lost.
    Blocks,
    /// It sleeps for a time in a state of its own, or only yields.
    Pauses,
    /// It is `schedule`, which sleeps in the state that the caller has set.
    Schedules,
}

/// Declares that the caller may sleep: `might_sleep`. In an atomic section it warns with the place
/// of the call and returns, as the kernel does with CONFIG_DEBUG_ATOMIC_SLEEP. Never sleeps itself.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// let warnings = Arc::new(AtomicU32::new(0));
/// let counter = warnings.clone();
/// let kernel = Kernel::builder().on_warning(move |_| _ = counter.fetch_add(1, SeqCst)).boot()?;
/// let inside = kernel.enter();
/// might_sleep();
/// assert_eq!(warnings.load(SeqCst), 0);
/// preempt_disable();
/// might_sleep();
/// preempt_enable();
/// assert_eq!(warnings.load(SeqCst), 1);
/// # Ok::<(), BootError>(())
/// ```
#[track_caller]
pub fn might_sleep() {
    might_sleep_at("might_sleep", Location::caller());
}

/// [`might_sleep`] on behalf of `call`, for layers with calls of their own.
#[inline]
pub fn might_sleep_at(call: &str, place: &'static Location<'static>) {
    with_current(|task| might_sleep_in(task, call, place));
}

/// The check for a call of `task`, the current one, that waits in a loop.
#[inline(always)]
pub(crate) fn might_sleep_in(task: &TaskStruct, call: &str, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) != 0 {
        look(task, call, place, Sleep::Blocks);
    }
}

/// The check for a call that sleeps in a state of its own, or only yields: a state that the caller
/// has set does not matter.
#[inline(always)]
pub(crate) fn might_pause_in(task: &TaskStruct, call: &str, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) != 0 {
        look(task, call, place, Sleep::Pauses);
    }
}

/// The check for `schedule` and its like, which sleep in the state that the caller has set.
#[inline(always)]
pub(crate) fn might_schedule_in(task: &TaskStruct, call: &str, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) != 0 {
        look(task, call, place, Sleep::Schedules);
    }
}

/// A reported call. Until this is dropped, nested calls are not reported.
#[must_use]
#[derive(Debug)]
pub struct ToldCall(PhantomData<*const ()>);

impl Drop for ToldCall {
    fn drop(&mut self) {
        peek_current(|task| {
            let word = task.preempt_count();
            word.store(word.load(Ordering::Relaxed) & !TOLD, Ordering::Relaxed);
        });
    }
}

/// [`might_sleep_in`] for a call that makes other calls that may sleep.
#[inline(always)]
pub(crate) fn might_sleep_in_all(
    task: &TaskStruct,
    call: &str,
    place: &'static Location<'static>,
) -> Option<ToldCall> {
    let wrong = task.preempt_count().load(Ordering::Relaxed) != 0 && look(task, call, place, Sleep::Blocks);
    wrong.then(|| {
        let word = task.preempt_count();
        word.store(word.load(Ordering::Relaxed) | TOLD, Ordering::Relaxed);
        ToldCall(PhantomData)
    })
}

/// [`might_sleep_at`] for a call that makes other calls that may sleep.
#[inline]
pub fn might_sleep_in_all_at(call: &str, place: &'static Location<'static>) -> Option<ToldCall> {
    with_current(|task| might_sleep_in_all(task, call, place))
}

/// Reports the call if it is wrong. Returns true if it is the outermost wrong call.
#[cold]
fn look(task: &TaskStruct, call: &str, place: &'static Location<'static>, how: Sleep) -> bool {
    let word = task.preempt_count().load(Ordering::Relaxed);
    if word & TOLD != 0 {
        return false;
    }
    // Without `debug`, disabled interrupts alone are not reported, as in a kernel without
    // CONFIG_DEBUG_ATOMIC_SLEEP.
    if word & !IRQS_OFF_BY_TASK == 0 {
        return false;
    }
    let (kind, message) = if word & !DEBUG != 0 {
        (WarningKind::SleepingWhileAtomic, atomic_message(task, word, how))
    } else if how == Sleep::Blocks
        && let Some(message) = state_message(task)
    {
        (WarningKind::NotRunning, message)
    } else {
        return false;
    };
    let is_first =
        task.sections().is_none_or(|notes| notes.first_of(task.kernel_state().place_of_call(place)));
    if is_first {
        task.warn(kind, call, place, &message);
    }
    true
}

/// Says why the task, whose word is `word`, must not sleep.
fn atomic_message(task: &TaskStruct, word: u32, how: Sleep) -> String {
    let mut message = match how {
        _ if word & !(DEBUG | IN_RCU) == 0 && how == Sleep::Schedules => {
            "voluntary context switch within RCU read-side critical section".to_owned()
        }
        Sleep::Schedules => "scheduling while atomic".to_owned(),
        _ => "sleeping function called from invalid context".to_owned(),
    };
    let off = word & (IRQS_OFF | IRQS_OFF_BY_TASK | HARDIRQ_OFFSET) != 0;
    let depth = task.rcu_nesting().word.load(Ordering::Relaxed) / 2;
    // Writing to a String returns no error.
    let _ = write!(message, " (preempt_count {:#x}", word & COUNTS);
    if off {
        message.push_str(", interrupts off");
    }
    if depth != 0 {
        let _ = write!(message, ", RCU nest depth {depth}");
    }
    message.push(')');
    if word & HARDIRQ_OFFSET != 0 {
        message.push_str("; the caller is a hardirq callback: an hrtimer's or an irq_work's");
    } else if word & SOFTIRQ_OFFSET != 0 {
        message.push_str("; the caller is a softirq callback: a timer's, a tasklet's or RCU's");
    }
    let begins = [
        (PREEMPT_MASK, Begun::Preempt, "a spinlock was taken, or preemption was disabled,"),
        (SOFTIRQ_DISABLE_MASK, Begun::Softirqs, "softirqs were disabled"),
        (IRQS_OFF_BY_TASK, Begun::Interrupts, "interrupts were disabled"),
        (IN_RCU, Begun::Rcu, "rcu_read_lock() was called"),
    ];
    for (_, what, happened) in begins.into_iter().filter(|(mask, ..)| word & mask != 0) {
        if let Some(begin) = task.sections().and_then(|notes| notes.begin_of(what)) {
            let _ = write!(message, "; {happened} at {}", task.kernel_state().name_place(begin));
        }
    }
    message
}

/// Returns the message for a task that has set a state and makes a call that loses it; `None` if
/// the task is RUNNING or in one of the runtime's own waits.
fn state_message(task: &TaskStruct) -> Option<String> {
    let state = task.state();
    let begin = task.sections()?.begin_of(Begun::State)?;
    (state != TASK_RUNNING).then(|| {
        format!(
            "do not call blocking ops when !TASK_RUNNING; state={:x} set at {}: the call sets a state of its own, and \
             the sleep after it would not be one",
            state.bits(),
            task.kernel_state().name_place(begin)
        )
    })
}

/// Notes that the calling task has set `state` at `place`, unless it is RUNNING.
#[inline]
pub(crate) fn note_state(task: &TaskStruct, state: TaskState, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) & DEBUG != 0 && state != TASK_RUNNING {
        task.note_begin(Begun::State, place);
    }
}

/// [`note_state`] for the calling task, at the caller's place.
#[inline]
#[track_caller]
pub(crate) fn note_state_here(state: TaskState) {
    let place = Location::caller();
    peek_current(|me| note_state(me, state, place));
}

/// Declares that the task may lose the state that it has set: `sched_annotate_sleep`. For a wait
/// loop whose condition may sleep: it tests the condition again after each sleep.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_UNINTERRUPTIBLE);
/// sched_annotate_sleep(); // the lock may change the state, and the loop expects that
/// let lock = RawMutex::new();
/// mutex_lock(&lock);
/// mutex_unlock(&lock);
/// set_current_state(TASK_RUNNING);
/// ```
pub fn sched_annotate_sleep() {
    with_current(forget_state);
}

/// [`sched_annotate_sleep`] for a task that sleeps now, or sets a state for a wait of the runtime's
/// own.
#[inline]
pub(crate) fn forget_state(task: &TaskStruct) {
    if let Some(notes) = task.sections() {
        notes.end(Begun::State);
    }
}

/// Yields if another task should run: `cond_resched`. The operating system preempts threads anyway,
/// so this does nothing and returns false. It warns in an atomic section.
///
/// ```
/// assert!(!kthread_rt::cond_resched());
/// ```
#[track_caller]
pub fn cond_resched() -> bool {
    let place = Location::caller();
    with_current(|task| {
        might_pause_in(task, "cond_resched", place);
        passes_point(task);
    });
    false
}
