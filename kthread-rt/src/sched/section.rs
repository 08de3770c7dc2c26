//! `rcu_read_lock` sections, which belong to a task and nest. The task counts its depth, and is
//! counted in [`TASK_READERS`] as long as it is in a section.
//!
//! A section that is left open would make every later grace period wait for ever. So the end of a
//! task and the end of a callback end such sections. The count is here, in a layer below `rcu`,
//! because tasks end here.

use super::context::set_in_rcu;
use super::readers::{TASK_READERS, reader_has_left};
use crate::diag::{WarningKind, too_many};
use crate::sync::{self, Ordering};
use crate::task::{Begun, LEVEL, TaskStruct};
use std::panic::Location;

/// `me` begins a section.
pub(crate) fn begin_section(me: &TaskStruct, place: &'static Location<'static>) {
    let nesting = me.rcu_nesting();
    let word = nesting.word.load(Ordering::Relaxed);
    sync::set_has_readers(true);
    let entered = match word {
        outside if outside < LEVEL => {
            nesting.note_place(place);
            set_in_rcu(me, true, place);
            LEVEL | TASK_READERS.enter()
        }
        inside => inside.checked_add(LEVEL).unwrap_or_else(|| too_many("nested sections of RCU")),
    };
    nesting.word.store(entered, Ordering::Relaxed);
}

/// `me` ends the innermost section.
pub(crate) fn end_section(me: &TaskStruct, place: &'static Location<'static>) {
    let nesting = me.rcu_nesting();
    match nesting.word.load(Ordering::Relaxed) {
        word if word < LEVEL => {
            me.warn(
                WarningKind::LockMisuse,
                "rcu_read_unlock",
                place,
                "the task is not in an RCU section: each rcu_read_unlock needs an rcu_read_lock before it",
            );
        }
        word if word < 2 * LEVEL => leave_all(me, word),
        word => nesting.word.store(word - LEVEL, Ordering::Relaxed),
    }
}

fn leave_all(me: &TaskStruct, word: u32) {
    set_in_rcu(me, false, Location::caller());
    me.rcu_nesting().word.store(0, Ordering::Relaxed);
    TASK_READERS.leave(word % LEVEL);
    reader_has_left();
}

/// Ends sections that were left open, with a warning about the place where they began. `task` calls
/// this, on its own thread, after a user's callback has returned and when the task ends.
#[inline]
pub(crate) fn leave_stray_section(task: &TaskStruct, call: &str) {
    // End it before the warning: a handler of warnings may wait for a grace period.
    if leave_sections(task) {
        report_stray_section(task, call);
    }
}

/// Ends the sections that `task` has left open, without a warning. Returns true if there were any.
#[inline]
pub(crate) fn leave_sections(task: &TaskStruct) -> bool {
    let word = task.rcu_nesting().word.load(Ordering::Relaxed);
    let any = word >= LEVEL;
    if any {
        leave_all(task, word);
    }
    any
}

#[cold]
fn report_stray_section(task: &TaskStruct, call: &str) {
    let place = task.rcu_nesting().place().unwrap_or(Location::caller());
    let message =
        "it returned inside the RCU section that began here, which was ended: call rcu_read_unlock() before";
    match task.sections().and_then(|notes| notes.begin_of(Begun::Rcu)) {
        // This note also knows places in C.
        Some(at) => task.warn_of(WarningKind::LockMisuse, call, at, message),
        None => task.warn(WarningKind::LockMisuse, call, place, message),
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::{LEVEL, Ordering};
    use crate::diag::tests::assert_aborts;
    use crate::rcu::{rcu_read_lock, rcu_read_lock_held, rcu_read_unlock};
    use crate::sched::peek_current;

    #[test]
    fn a_task_is_not_outside_after_too_many_sections() {
        let word = |to| peek_current(|me| me.rcu_nesting().word.swap(to, Ordering::Relaxed));
        rcu_read_lock();
        let phase = word(u32::MAX - 1 - LEVEL) % LEVEL;
        rcu_read_lock();
        assert!(rcu_read_lock_held());
        let name = "sched::section::tests::a_task_is_not_outside_after_too_many_sections";
        assert_aborts(name, "nested sections of RCU", rcu_read_lock);
        word(LEVEL | phase);
        rcu_read_unlock();
    }
}
