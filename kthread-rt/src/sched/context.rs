//! The caller's context: a task or a callback, and whether it may sleep.
//!
//! A task's `preempt_count` has the kernel's layout: the depth of [`preempt_disable`] in the low
//! byte, above it a bit while the task runs a softirq callback and a bit while it runs a hardirq
//! callback. The runtime sets these two around callbacks. The word has more bits, which are not
//! counts and which `preempt_count` hides, so that one load says whether anything must be checked
//! (`might_sleep.rs`).

use super::current::{peek_current, with_current};
use super::might_sleep::might_schedule_in;
use crate::diag::WarningKind;
use crate::sync::{self, Ordering};
use crate::task::{Begun, DEBUG, TaskStruct};
use std::panic::Location;

/// The part of `preempt_count` that [`preempt_disable`] counts.
pub(crate) const PREEMPT_MASK: u32 = 0xff;
/// In `preempt_count`: a softirq callback runs.
pub(crate) const SOFTIRQ_OFFSET: u32 = 1 << 8;
/// In `preempt_count`: one section of [`local_bh_disable`].
const SOFTIRQ_DISABLE_OFFSET: u32 = 2 * SOFTIRQ_OFFSET;
/// The part of `preempt_count` that [`local_bh_disable`] counts.
pub(crate) const SOFTIRQ_DISABLE_MASK: u32 = 0xfe00;
/// In `preempt_count`: a hardirq callback runs.
pub(crate) const HARDIRQ_OFFSET: u32 = 1 << 16;
/// In the word, but hidden by `preempt_count`: a callback runs that a kernel calls with interrupts
/// off.
pub(crate) const IRQS_OFF: u32 = 1 << 31;
/// Hidden too: the task has disabled interrupts, `local_irq_disable`.
pub(super) const IRQS_OFF_BY_TASK: u32 = 1 << 30;
/// Hidden too: the task is in an `rcu_read_lock` section.
pub(super) const IN_RCU: u32 = 1 << 29;
/// Hidden too: the task is in a call about which a warning was reported, see
/// [`might_sleep_in_all`](super::might_sleep_in_all).
pub(super) const TOLD: u32 = 1 << 27;
/// The part of the word that `preempt_count` returns.
pub(super) const COUNTS: u32 = 0x00ff_ffff;

/// A softirq or hardirq callback begins, with `context` as the task's counts.
pub(crate) fn begin_callback(task: &TaskStruct, context: u32) {
    set_counts(task, context);
    if let Some(notes) = task.sections() {
        notes.next();
    }
}

/// The task's counts and `IRQS_OFF`.
pub(crate) fn counts(task: &TaskStruct) -> u32 {
    task.preempt_count().load(Ordering::Relaxed) & (COUNTS | IRQS_OFF)
}

/// Sets the counts and `IRQS_OFF`. Returns the old ones.
pub(crate) fn set_counts(task: &TaskStruct, counts: u32) -> u32 {
    let word = task.preempt_count();
    let were = word.load(Ordering::Relaxed);
    word.store(were & !(COUNTS | IRQS_OFF) | counts, Ordering::Relaxed);
    were & (COUNTS | IRQS_OFF)
}

/// Notes that the task enters its outermost RCU section, or has left it.
pub(crate) fn set_in_rcu(task: &TaskStruct, inside: bool, place: &'static Location<'static>) {
    let word = task.preempt_count();
    let now = word.load(Ordering::Relaxed);
    word.store(if inside { now | IN_RCU } else { now & !IN_RCU }, Ordering::Relaxed);
    if inside && now & DEBUG != 0 {
        task.note_begin(Begun::Rcu, place);
    }
}

/// Begins a section in which the calling task must not sleep: `preempt_disable`. Sections nest.
/// Never sleeps.
///
/// The operating system still preempts the thread, which a process can't prevent. A call that may
/// sleep warns inside the section.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// preempt_disable();
/// assert_eq!(preempt_count(), 1);
/// preempt_enable();
/// assert_eq!(preempt_count(), 0);
/// ```
#[track_caller]
pub fn preempt_disable() {
    begin_atomic_section(Location::caller());
}

/// Ends a section that [`preempt_disable`] began: `preempt_enable`. Warns if there is none.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// preempt_disable();
/// assert_eq!(preempt_count(), 1);
/// preempt_enable();
/// assert_eq!(preempt_count(), 0);
/// ```
#[track_caller]
pub fn preempt_enable() {
    let place = Location::caller();
    with_current(|task| {
        let count = task.preempt_count();
        // Only the task itself writes its word.
        match count.load(Ordering::Relaxed) {
            n if n & PREEMPT_MASK == 0 => task.warn(
                WarningKind::BadArgument,
                "preempt_enable",
                place,
                "preemption was not disabled: each preempt_enable needs a preempt_disable before it",
            ),
            n => count.store(n - 1, Ordering::Relaxed),
        }
    });
}

/// [`preempt_disable`] on behalf of a lock.
#[inline]
pub(crate) fn begin_atomic_section(place: &'static Location<'static>) {
    if !peek_current(|task| deepen(task, 1, PREEMPT_MASK, Begun::Preempt, place)) {
        report_too_deep("preempt_disable");
    }
}

/// The same for a given task: the current one, or the one with which the caller took the lock.
pub(crate) fn begin_atomic_section_of(task: &TaskStruct, place: &'static Location<'static>) {
    if !deepen(task, 1, PREEMPT_MASK, Begun::Preempt, place) {
        report_too_deep("preempt_disable");
    }
}

/// Counts one more section in `mask`. False if the count is full: the task's sections then end one
/// too early.
#[inline]
fn deepen(task: &TaskStruct, one: u32, mask: u32, what: Begun, place: &'static Location<'static>) -> bool {
    let count = task.preempt_count();
    // Only the task itself writes its word.
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
    let message =
        "the task is in more nested atomic sections than can be counted: end each section that was begun";
    with_current(|task| task.warn(WarningKind::LockMisuse, call, Location::caller(), message));
}

/// Ends a [`begin_atomic_section`]. Another task of the same thread, or a temporary one, may
/// release a lock; it has no section to end.
#[inline]
pub(crate) fn atomic_section_end(task: &TaskStruct) {
    let count = task.preempt_count();
    let n = count.load(Ordering::Relaxed);
    if n & PREEMPT_MASK != 0 {
        count.store(n - 1, Ordering::Relaxed);
    }
}

/// Begins a section in which a kernel runs no softirqs on this cpu: `local_bh_disable`. Sections
/// nest.
///
/// Here a separate thread runs softirq callbacks, and continues during the section. But the caller
/// must not sleep, and, as in the kernel, `in_interrupt` in C is true.
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

/// Ends a section that [`local_bh_disable`] began: `local_bh_enable`. Warns if there is none.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// local_bh_disable();
/// assert!(in_atomic());
/// local_bh_enable();
/// assert!(!in_atomic());
/// ```
#[track_caller]
pub fn local_bh_enable() {
    let place = Location::caller();
    with_current(|task| {
        let count = task.preempt_count();
        // Only the task itself writes its word.
        match count.load(Ordering::Relaxed) {
            n if n & SOFTIRQ_DISABLE_MASK == 0 => task.warn(
                WarningKind::BadArgument,
                "local_bh_enable",
                place,
                "softirqs were not disabled: each local_bh_enable needs a local_bh_disable before it",
            ),
            n => {
                count.store(n - SOFTIRQ_DISABLE_OFFSET, Ordering::Relaxed);
                if let Some(softirqs_on) = task.kernel_state().checks.softirqs_on {
                    softirqs_on(task, "local_bh_enable", place);
                }
            }
        }
    });
}

/// Returns in how many [`preempt_disable`] sections the calling task is: `preempt_count`. More than
/// 255 in softirq and hardirq callbacks and in [`local_bh_disable`] sections.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// preempt_disable();
/// assert_eq!(preempt_count(), 1);
/// preempt_enable();
/// assert_eq!(preempt_count(), 0);
/// ```
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

/// True unless the caller is a softirq or hardirq callback, such as a timer's: `in_task`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(in_task());
/// ```
pub fn in_task() -> bool {
    preempt_count() & (SOFTIRQ_OFFSET | HARDIRQ_OFFSET) == 0
}

/// True in the callback of a timer or a tasklet: `in_serving_softirq`. Here a task runs the
/// callback, and must not sleep in it.
///
/// ```
/// assert!(!kthread_rt::in_serving_softirq());
/// ```
pub fn in_serving_softirq() -> bool {
    preempt_count() & SOFTIRQ_OFFSET != 0
}

/// True in the callback of an hrtimer or an irq_work: `in_hardirq`. Here a task runs the callback,
/// and must not sleep in it.
///
/// ```
/// assert!(!kthread_rt::in_hardirq());
/// ```
pub fn in_hardirq() -> bool {
    preempt_count() & HARDIRQ_OFFSET != 0
}

/// True where a kernel calls with interrupts off: in the callback of an hrtimer, an irq_work, or a
/// timer with `TIMER_IRQSAFE`: `irqs_disabled`. There are no interrupts here, so nothing else in
/// Rust makes it true, not even `spin_lock_irq`. C code may also call `local_irq_disable`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static DONE);
/// DEFINE_IRQ_WORK!(static WORK = |_| {
///     assert!(irqs_disabled());
///     complete(&DONE);
/// });
/// assert!(!irqs_disabled());
/// irq_work_queue(&WORK);
/// wait_for_completion(&DONE);
/// ```
pub fn irqs_disabled() -> bool {
    let off = HARDIRQ_OFFSET | IRQS_OFF | IRQS_OFF_BY_TASK;
    peek_current(|task| task.preempt_count().load(Ordering::Relaxed)) & off != 0
}

/// True if `task` has disabled interrupts: by `local_irq_disable` in C, or by a lock's `_irq` call.
pub(crate) fn has_irqs_off(task: &TaskStruct) -> bool {
    task.preempt_count().load(Ordering::Relaxed) & IRQS_OFF_BY_TASK != 0
}

/// Notes that `task`, the current one, disables or enables interrupts. Returns whether they were
/// disabled before.
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

/// True in a softirq or hardirq callback: `in_interrupt`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!in_interrupt());
/// let timer = Timer::new(|_| assert!(in_interrupt()));
/// mod_timer(&timer, jiffies());
/// ```
pub fn in_interrupt() -> bool {
    !in_task()
}

/// Counts that the task has yielded.
pub(super) fn passes_point(me: &TaskStruct) {
    // Only the task writes it.
    let points = &me.wait_note().points;
    points.store(points.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

/// Yields the cpu to other threads: the kernel's `yield`, exported as `r#yield` because `yield` is
/// a keyword in Rust. The task stays ready to run. Warns in an atomic section.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// r#yield(); // other tasks may run first
/// ```
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
