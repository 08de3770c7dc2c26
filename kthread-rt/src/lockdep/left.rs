//! Checks what a function leaves behind. A thread may end, or a work item, a callback, an init or
//! an exit may return, with a lock that it took or with a changed `preempt_count`. The caller of
//! the function reports that once and restores the count, as a kernel does. The locks stay locked.

use super::{on, report};
use crate::diag::WarningKind;
use crate::sched::{
    PREEMPT_MASK, SOFTIRQ_DISABLE_MASK, counts, has_irqs_off, leave_sections, leave_stray_section,
    set_counts, set_irqs_off, with_current,
};
use crate::task::{Begun, CallPlace, Entry, TaskStruct};
use std::fmt::Write;
use std::mem;
use std::panic::Location;

/// The function that was called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Callback<'a> {
    /// Its name in its structure.
    pub(crate) call: &'a str,
    /// Its address, or 0.
    pub(crate) function: usize,
    /// The kind of the warning about a changed count.
    pub(crate) kind: WarningKind,
}

/// The counts and locks of a task when it calls a user's function. They must be the same when the
/// function returns.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outside {
    count: u32,
    depth: usize,
    listed: usize,
    irqs_off: bool,
}

impl Outside {
    /// Returns the current ones of `me`.
    #[inline]
    pub(crate) fn of(me: &TaskStruct) -> Self {
        let held = me.held();
        Self {
            count: counts(me),
            depth: held.depth(),
            listed: if on() { held.all_if_any().map_or(0, |all| all.count()) } else { 0 },
            irqs_off: has_irqs_off(me),
        }
    }

    /// Reports what the function, which has returned, left. `say` makes the message from the count
    /// that it left and the number of locks.
    #[inline]
    pub(crate) fn judge(
        self,
        me: &TaskStruct,
        callback: Callback<'_>,
        say: impl FnOnce(u32, usize) -> String,
    ) {
        let now = Self::of(me);
        if now.count != self.count
            || (now.depth > self.depth && !on())
            || now.listed > self.listed
            || now.irqs_off != self.irqs_off
        {
            self.tell(me, callback, say);
        }
    }

    /// Restores the count.
    #[inline]
    pub(crate) fn restore_count(self, me: &TaskStruct) {
        set_counts(me, self.count);
    }

    #[cold]
    fn tell(self, me: &TaskStruct, callback: Callback<'_>, say: impl FnOnce(u32, usize) -> String) {
        let Callback { call, function, kind } = callback;
        let kernel_state = me.kernel_state();
        let count = set_counts(me, self.count);
        let irqs_off = set_irqs_off(me, self.irqs_off);
        let all = me.held().all_if_any();
        let left = all.map_or(Vec::new(), |all| all.mark_told(self.listed));
        let locks = if all.is_some() { left.len() } else { me.held().depth() - self.depth };
        let mut message = say(count, locks);
        if irqs_off && !self.irqs_off {
            message.push_str(", and interrupts off");
        }
        // A String takes everything.
        if let Some(name) = kernel_state.name_function(function) {
            _ = write!(message, "; last function: {name}");
        }
        let place = match left.first() {
            Some(first) => Some(first.place),
            None if count != self.count => atomic_since(me, count),
            None => None,
        };
        for lock in &left {
            _ = write!(message, "\n  left locked: the {}", in_words(me, lock));
        }
        let kind = if locks == 0 { kind } else { WarningKind::LockMisuse };
        tell_at(me, place, kind, call, &message);
    }
}

/// Returns the place where the atomic section of `me` began; `count` says which kind it is.
fn atomic_since(me: &TaskStruct, count: u32) -> Option<CallPlace> {
    let softirqs = count & SOFTIRQ_DISABLE_MASK != 0 && count & PREEMPT_MASK == 0;
    me.sections()?.begin_of(if softirqs { Begun::Softirqs } else { Begun::Preempt })
}

fn in_words(me: &TaskStruct, lock: &Entry) -> String {
    let kernel_state = me.kernel_state();
    let name = report::name_of(kernel_state, lock);
    let how = if lock.mode.is_read() { ", for reading," } else { "" };
    format!("{name}{how} taken at {}", kernel_state.name_place(lock.place))
}

/// Reports the locks and the atomic section of a task that ends.
#[cold]
pub(crate) fn report_task_ends(me: &TaskStruct) {
    if !me.kernel_state().debug {
        return;
    }
    let left = me.held().all_if_any().map_or(Vec::new(), |all| all.mark_told(0));
    for lock in &left {
        let message = format!("the task ends with a lock held, the {}; it stays locked", in_words(me, lock));
        me.warn_of(WarningKind::LockMisuse, "do_exit", lock.place, &message);
    }
    let count = counts(me);
    if count != 0 && !left.iter().any(|lock| lock.kind.spins()) {
        let message = format!("the task ends with preempt_count {count:#x}");
        tell_at(me, atomic_since(me, count), WarningKind::LockMisuse, "do_exit", &message);
    }
}

fn tell_at(me: &TaskStruct, place: Option<CallPlace>, kind: WarningKind, call: &str, message: &str) {
    match place {
        Some(place) => me.warn_of(kind, call, place, message),
        None => me.warn(kind, call, Location::caller(), message),
    }
}

/// Suppresses further reports of the locks of a function that oopsed: the oops report listed them.
/// `called` is the state in which the function was called.
#[cold]
pub(crate) fn told_by_oops(me: &TaskStruct, called: Outside) {
    if let Some(all) = me.held().all_if_any() {
        all.mark_told(called.listed);
    }
    called.restore_count(me);
    set_irqs_off(me, called.irqs_off);
}

/// What the loader of C code notes before an init or an exit, and compares after it.
#[derive(Debug)]
pub struct Balance(Outside);

impl Balance {
    /// The counts and locks of the calling task.
    #[allow(clippy::new_without_default, reason = "it is the task's, not a value")]
    pub fn new() -> Self {
        Self(with_current(Outside::of))
    }

    /// The init or exit at `function` has returned. One that does not return has oopsed.
    #[track_caller]
    pub fn judge(self, function: usize) {
        let outside = self.0;
        mem::forget(self);
        with_current(|me| {
            let initcall = Callback { call: "initcall", function: 0, kind: WarningKind::LockMisuse };
            outside.judge(me, initcall, |count, locks| {
                let name = me.kernel_state().name_function(function);
                let mut message = format!("initcall {} returned", name.as_deref().unwrap_or("?"));
                if count != outside.count {
                    _ = write!(message, " with preemption imbalance, preempt_count {count:#x}");
                }
                if locks != 0 {
                    _ = write!(message, " with {locks} lock(s) held");
                }
                message
            });
            leave_stray_section(me, "initcall");
        });
    }
}

/// The init or exit has oopsed: what it left is put in order for the unload, and not reported.
impl Drop for Balance {
    fn drop(&mut self) {
        with_current(|me| {
            told_by_oops(me, self.0);
            leave_sections(me);
        });
    }
}
