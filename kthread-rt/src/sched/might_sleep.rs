//! The one rule of who may sleep: every call that may sleep asks it first, and what is wrong is
//! told with the call's place.
//!
//! A call is wrong in an atomic section (a spinlock, preemption, softirqs or interrupts off), in a
//! section of RCU, and in a callback that stands for an interrupt's work. In a Kernel with
//! [`debug`](crate::KernelBuilder::debug) the report says where the section began, and a call that
//! changes the state of the task is told if the caller has set one, which it would lose.
//!
//! One word of the task has all this, so what is right costs a load and a branch.

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

/// What a call that may sleep does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sleep {
    /// It waits for something, and has a loop around that: a state that the caller has set is lost.
    Blocks,
    /// It sleeps in a state of its own for a time, or only lets others run.
    Pauses,
    /// It is `schedule`, which sleeps in the state that the caller has set.
    Schedules,
}

/// Says that the caller may sleep: `might_sleep`. In an atomic section it warns, with the place of
/// the call, and goes on, as the kernel does with CONFIG_DEBUG_ATOMIC_SLEEP.
#[track_caller]
pub fn might_sleep() {
    might_sleep_at("might_sleep", Location::caller());
}

/// [`might_sleep`] of another call, for the layers with calls of their own.
#[inline]
pub fn might_sleep_at(call: &str, place: &'static Location<'static>) {
    with_current(|task| might_sleep_in(task, call, place));
}

/// A call that waits for something, in the name of the calling task.
#[inline(always)]
pub(crate) fn might_sleep_in(task: &TaskStruct, call: &str, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) != 0 {
        look(task, call, place, Sleep::Blocks);
    }
}

/// A call that sleeps in a state of its own, or that only lets others run: it is of no account
/// which state the caller has set.
#[inline(always)]
pub(crate) fn might_pause_in(task: &TaskStruct, call: &str, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) != 0 {
        look(task, call, place, Sleep::Pauses);
    }
}

/// `schedule` and its like, which sleep in the state that the caller has set.
#[inline(always)]
pub(crate) fn might_schedule_in(task: &TaskStruct, call: &str, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) != 0 {
        look(task, call, place, Sleep::Schedules);
    }
}

/// A call that is told, as long as it lasts: what it is made of is not told once more.
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

/// [`might_sleep_in`] of a call that is made of others that may sleep.
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

/// [`might_sleep_at`] of a call that is made of others that may sleep.
#[inline]
pub fn might_sleep_in_all_at(call: &str, place: &'static Location<'static>) -> Option<ToldCall> {
    with_current(|task| might_sleep_in_all(task, call, place))
}

/// Tells the call if it is wrong. True if it is the outermost that is.
#[cold]
fn look(task: &TaskStruct, call: &str, place: &'static Location<'static>, how: Sleep) -> bool {
    let word = task.preempt_count().load(Ordering::Relaxed);
    if word & TOLD != 0 {
        return false;
    }
    // As in a kernel without CONFIG_DEBUG_ATOMIC_SLEEP: nothing is told of interrupts that are off.
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
    let first = task.sections().is_none_or(|notes| notes.first_of(task.kernel_state().place_of_call(place)));
    if first {
        task.warn(kind, call, place, &message);
    }
    true
}

/// Why the task, whose word is `word`, must not sleep.
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
    // A String takes everything.
    let _ = write!(message, " (preempt_count {:#x}", word & COUNTS);
    if off {
        message.push_str(", interrupts off");
    }
    if depth != 0 {
        let _ = write!(message, ", RCU nest depth {depth}");
    }
    message.push(')');
    if word & HARDIRQ_OFFSET != 0 {
        message.push_str("; the caller stands for a hardirq: an hrtimer's, an irq_work's");
    } else if word & SOFTIRQ_OFFSET != 0 {
        message.push_str("; the caller stands for a softirq: a timer's, a tasklet's, a callback of RCU");
    }
    let begins = [
        (PREEMPT_MASK, Begun::Preempt, "a spinlock was taken, or preemption disabled,"),
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

/// What is told of a task that has set a state and does not sleep in it; `None` if it is RUNNING,
/// or in a wait of the runtime's own.
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

/// The calling task has set a state at `place`, and is going to sleep in it unless it is RUNNING.
#[inline]
pub(crate) fn note_state(task: &TaskStruct, state: TaskState, place: &'static Location<'static>) {
    if task.preempt_count().load(Ordering::Relaxed) & DEBUG != 0 && state != TASK_RUNNING {
        task.note_begin(Begun::State, place);
    }
}

/// [`note_state`] of the calling task, at the caller's place.
#[inline]
#[track_caller]
pub(crate) fn note_state_here(state: TaskState) {
    let place = Location::caller();
    peek_current(|me| note_state(me, state, place));
}

/// The state that the task has set is one that it may lose: `sched_annotate_sleep`. A wait whose
/// condition may sleep says this, and looks at the condition once more after each sleep.
pub fn sched_annotate_sleep() {
    with_current(forget_state);
}

/// [`sched_annotate_sleep`], of who sleeps now or sets a state for a wait of the runtime's own.
#[inline]
pub(crate) fn forget_state(task: &TaskStruct) {
    if let Some(notes) = task.sections() {
        notes.end(Begun::State);
    }
}

/// Lets other tasks run if one should: `cond_resched`. The operating system preempts without being
/// asked, so this has nothing to do and returns false; it warns in an atomic section.
#[track_caller]
pub fn cond_resched() -> bool {
    let place = Location::caller();
    with_current(|task| {
        might_pause_in(task, "cond_resched", place);
        passes_point(task);
    });
    false
}
