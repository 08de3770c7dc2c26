//! Where the caller is: in a task or in a callback of a timer, and whether it may sleep.
//!
//! A task's `preempt_count` has the kernel's layout: the depth of [`preempt_disable`] in the low
//! byte, above it a bit while the task runs a softirq's work and one while it runs a hardirq's. The
//! runtime sets these two around callbacks. Some bits of the word are no counts, and are not shown:
//! so one look says whether there is anything to look at (`might_sleep.rs`).

use super::current::{peek_current, with_current};
use super::might_sleep::might_schedule_in;
use crate::diag::WarningKind;
use crate::sync::{self, Ordering};
use crate::task::{Begun, DEBUG, TaskStruct};
use std::panic::Location;

/// The part of `preempt_count` that [`preempt_disable`] counts.
pub(crate) const PREEMPT_MASK: u32 = 0xff;
/// In `preempt_count`: a softirq's work is being done.
pub(crate) const SOFTIRQ_OFFSET: u32 = 1 << 8;
/// In `preempt_count`: one section of [`local_bh_disable`].
const SOFTIRQ_DISABLE_OFFSET: u32 = 2 * SOFTIRQ_OFFSET;
/// The part of `preempt_count` that [`local_bh_disable`] counts.
pub(crate) const SOFTIRQ_DISABLE_MASK: u32 = 0xfe00;
/// In `preempt_count`: a hardirq's work is being done.
pub(crate) const HARDIRQ_OFFSET: u32 = 1 << 16;
/// In a task's word, and not in what `preempt_count` returns: a callback runs that a kernel calls
/// with interrupts off.
pub(crate) const IRQS_OFF: u32 = 1 << 31;
/// The same: the task has disabled them, `local_irq_disable`.
pub(super) const IRQS_OFF_BY_TASK: u32 = 1 << 30;
/// The same: the task is in a section of `rcu_read_lock`.
pub(super) const IN_RCU: u32 = 1 << 29;
/// The same: the task is in a call of which it has been told that it is wrong, see
/// [`might_sleep_in_all`](super::might_sleep_in_all).
pub(super) const TOLD: u32 = 1 << 27;
/// What `preempt_count` returns.
pub(super) const COUNTS: u32 = 0x00ff_ffff;

/// A callback begins that stands for an interrupt's work: `context` is what the task counts
/// meanwhile.
pub(crate) fn begin_callback(task: &TaskStruct, context: u32) {
    set_counts(task, context);
    if let Some(notes) = task.sections() {
        notes.next();
    }
}

/// What the task counts, and whether it is where a kernel has interrupts off of itself.
pub(crate) fn counts(task: &TaskStruct) -> u32 {
    task.preempt_count().load(Ordering::Relaxed) & (COUNTS | IRQS_OFF)
}

/// Puts that right; what it was.
pub(crate) fn set_counts(task: &TaskStruct, counts: u32) -> u32 {
    let word = task.preempt_count();
    let were = word.load(Ordering::Relaxed);
    word.store(were & !(COUNTS | IRQS_OFF) | counts, Ordering::Relaxed);
    were & (COUNTS | IRQS_OFF)
}

/// The task is in a section of RCU, or in none any more.
pub(crate) fn set_in_rcu(task: &TaskStruct, inside: bool, place: &'static Location<'static>) {
    let word = task.preempt_count();
    let now = word.load(Ordering::Relaxed);
    word.store(if inside { now | IN_RCU } else { now & !IN_RCU }, Ordering::Relaxed);
    if inside && now & DEBUG != 0 {
        task.note_begin(Begun::Rcu, place);
    }
}

/// Begins a section in which the calling task must not sleep: `preempt_disable`. Sections nest.
///
/// No real preemption is disabled: a thread of a process can't do that. A call that may sleep warns
/// inside the section.
#[track_caller]
pub fn preempt_disable() {
    begin_atomic_section(Location::caller());
}

/// Ends a section that [`preempt_disable`] began: `preempt_enable`. Without one it is a warning.
#[track_caller]
pub fn preempt_enable() {
    let place = Location::caller();
    with_current(|task| {
        let count = task.preempt_count();
        // Only the task itself writes its count.
        match count.load(Ordering::Relaxed) {
            n if n & PREEMPT_MASK == 0 => {
                task.warn(WarningKind::BadArgument, "preempt_enable", place, "preemption was not disabled")
            }
            n => count.store(n - 1, Ordering::Relaxed),
        }
    });
}

/// [`preempt_disable`] by a lock.
#[inline]
pub(crate) fn begin_atomic_section(place: &'static Location<'static>) {
    if !peek_current(|task| deepen(task, 1, PREEMPT_MASK, Begun::Preempt, place)) {
        report_too_deep("preempt_disable");
    }
}

/// The same, of a task that is known: the current one, or one that the caller had locked as before.
pub(crate) fn begin_atomic_section_of(task: &TaskStruct, place: &'static Location<'static>) {
    if !deepen(task, 1, PREEMPT_MASK, Begun::Preempt, place) {
        report_too_deep("preempt_disable");
    }
}

/// One section more of those that `mask` counts. False if it has no room for it: the task then
/// leaves them one too early.
#[inline]
fn deepen(task: &TaskStruct, one: u32, mask: u32, what: Begun, place: &'static Location<'static>) -> bool {
    let count = task.preempt_count();
    // Only the task itself writes its count.
    let n = count.load(Ordering::Relaxed);
    let has_room = n & mask != mask;
    if has_room {
        count.store(n + one, Ordering::Relaxed);
        if n & DEBUG != 0 && n & mask == 0 {
            task.note_begin(what, place);
        }
    }
    has_room
}

#[cold]
fn report_too_deep(call: &str) {
    let message = "the task is in more atomic sections than are counted; were some never ended?";
    with_current(|task| task.warn(WarningKind::LockMisuse, call, Location::caller(), message));
}

/// The end of [`begin_atomic_section`]. A lock may be let go by another task of the same thread, or
/// by a temporary one, which has no section to end.
#[inline]
pub(crate) fn atomic_section_end(task: &TaskStruct) {
    let count = task.preempt_count();
    let n = count.load(Ordering::Relaxed);
    if n & PREEMPT_MASK != 0 {
        count.store(n - 1, Ordering::Relaxed);
    }
}

/// Begins a section in which a kernel runs no softirqs on this cpu: `local_bh_disable`. Sections
/// nest. Here softirqs' work has a thread of its own, which this does not stop; but the caller is
/// in an atomic section, and, as in the kernel, `in_interrupt` in C says so.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// local_bh_disable();
/// assert!(in_atomic() && !in_serving_softirq());
/// local_bh_enable();
/// assert!(!in_atomic());
/// ```
#[track_caller]
pub fn local_bh_disable() {
    let place = Location::caller();
    let deepened = peek_current(|task| {
        deepen(task, SOFTIRQ_DISABLE_OFFSET, SOFTIRQ_DISABLE_MASK, Begun::Softirqs, place)
    });
    if !deepened {
        report_too_deep("local_bh_disable");
    }
}

/// Ends a section that [`local_bh_disable`] began: `local_bh_enable`. Without one it is a warning.
#[track_caller]
pub fn local_bh_enable() {
    let place = Location::caller();
    with_current(|task| {
        let count = task.preempt_count();
        // Only the task itself writes its count.
        match count.load(Ordering::Relaxed) {
            n if n & SOFTIRQ_DISABLE_MASK == 0 => {
                task.warn(WarningKind::BadArgument, "local_bh_enable", place, "softirqs were not disabled")
            }
            n => {
                count.store(n - SOFTIRQ_DISABLE_OFFSET, Ordering::Relaxed);
                if let Some(softirqs_on) = task.kernel_state().checks.softirqs_on {
                    softirqs_on(task, "local_bh_enable", place);
                }
            }
        }
    });
}

/// How many sections that [`preempt_disable`] began the calling task is in, and more than 255 in a
/// callback that stands for an interrupt's: `preempt_count`.
pub fn preempt_count() -> u32 {
    peek_current(|task| task.preempt_count().load(Ordering::Relaxed)) & COUNTS
}

/// True if the calling task must not sleep: `in_atomic`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// preempt_disable();
/// assert!(in_atomic());
/// preempt_enable();
/// assert!(!in_atomic());
/// ```
pub fn in_atomic() -> bool {
    preempt_count() != 0
}

/// True unless the caller is a callback that stands for an interrupt's work, as those of timers do:
/// `in_task`.
pub fn in_task() -> bool {
    preempt_count() & (SOFTIRQ_OFFSET | HARDIRQ_OFFSET) == 0
}

/// True in the callback of a timer or a tasklet: `in_serving_softirq`. It runs in a task here,
/// which must not sleep meanwhile.
///
/// ```
/// assert!(!kthread_rt::in_serving_softirq());
/// ```
pub fn in_serving_softirq() -> bool {
    preempt_count() & SOFTIRQ_OFFSET != 0
}

/// True in the callback of an hrtimer or an irq_work: `in_hardirq`. It runs in a task here, which
/// must not sleep meanwhile.
///
/// ```
/// assert!(!kthread_rt::in_hardirq());
/// ```
pub fn in_hardirq() -> bool {
    preempt_count() & HARDIRQ_OFFSET != 0
}

/// True where a kernel has interrupts off of itself, in the callback of an hrtimer, an irq_work, or
/// a timer with `TIMER_IRQSAFE`: `irqs_disabled`. There are no interrupts here, so in Rust nothing
/// else makes it true, `spin_lock_irq` neither; C code may have them disabled by name.
pub fn irqs_disabled() -> bool {
    let off = HARDIRQ_OFFSET | IRQS_OFF | IRQS_OFF_BY_TASK;
    peek_current(|task| task.preempt_count().load(Ordering::Relaxed)) & off != 0
}

/// True if `task` has disabled interrupts: `local_irq_disable` of C code, or a lock's `_irq`.
pub(crate) fn has_irqs_off(task: &TaskStruct) -> bool {
    task.preempt_count().load(Ordering::Relaxed) & IRQS_OFF_BY_TASK != 0
}

/// Remembers that `task`, the current one, has disabled interrupts, or enabled them; and whether it
/// had disabled them before.
#[track_caller]
pub(crate) fn set_irqs_off(task: &TaskStruct, off: bool) -> bool {
    let place = Location::caller();
    let word = task.preempt_count();
    // Only the task itself writes its word.
    let now = word.load(Ordering::Relaxed);
    let were_off = now & IRQS_OFF_BY_TASK != 0;
    word.store(if off { now | IRQS_OFF_BY_TASK } else { now & !IRQS_OFF_BY_TASK }, Ordering::Relaxed);
    if now & DEBUG != 0 && off && !were_off {
        task.note_begin(Begun::Interrupts, place);
    }
    were_off
}

/// True in a callback that stands for an interrupt's work, a hardirq's or a softirq's:
/// `in_interrupt`.
pub fn in_interrupt() -> bool {
    !in_task()
}

/// The task has said that others may run.
pub(super) fn passes_point(me: &TaskStruct) {
    // Written by the task alone.
    let points = &me.wait_note().points;
    points.store(points.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

/// Lets other threads run, staying ready: the kernel's `yield`, exported as `r#yield` since Rust
/// keeps the plain word. In an atomic section it warns.
#[track_caller]
pub fn yield_now() {
    let place = Location::caller();
    with_current(|task| {
        might_schedule_in(task, "yield", place);
        passes_point(task);
        super::change_state(task, crate::task::TASK_RUNNING);
    });
    sync::yield_now();
}
