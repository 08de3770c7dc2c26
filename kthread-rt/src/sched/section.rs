//! Sections of `rcu_read_lock`: each is its task's, and nests. The task counts how deep it is, and
//! is counted in [`TASK_READERS`] from the first section to the end of the last.
//!
//! A section that is left open would keep every grace period from then on waiting. So whatever of
//! the user's may leave one open ends it: the end of a task, and that of a callback. The count is
//! here, below `rcu`, because tasks end here.

use super::context::set_in_rcu;
use super::readers::{TASK_READERS, reader_has_left};
use crate::diag::{WarningKind, too_many};
use crate::sync::{self, Ordering};
use crate::task::{Begun, LEVEL, TaskStruct};
use std::panic::Location;

/// `me` begins one.
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
        inside => inside.checked_add(LEVEL).unwrap_or_else(|| too_many("sections of RCU in one another")),
    };
    nesting.word.store(entered, Ordering::Relaxed);
}

/// `me` ends the innermost one.
pub(crate) fn end_section(me: &TaskStruct, place: &'static Location<'static>) {
    let nesting = me.rcu_nesting();
    match nesting.word.load(Ordering::Relaxed) {
        word if word < LEVEL => {
            me.warn(WarningKind::LockMisuse, "rcu_read_unlock", place, "the task is in no section of RCU");
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

/// Something of the user's is over that `task` has called, or `task` itself is, by its own thread:
/// what was left open ends, with a warning of the place where it began.
#[inline]
pub(crate) fn leave_stray_section(task: &TaskStruct, call: &str) {
    let word = task.rcu_nesting().word.load(Ordering::Relaxed);
    if word >= LEVEL {
        // First: what the handler of warnings waits for may be a grace period.
        leave_all(task, word);
        report_stray_section(task, call);
    }
}

#[cold]
fn report_stray_section(task: &TaskStruct, call: &str) {
    let place = task.rcu_nesting().place().unwrap_or(Location::caller());
    let message =
        "it was left in the section of RCU that began here, which ends too: call rcu_read_unlock() first";
    match task.sections().and_then(|notes| notes.begin_of(Begun::Rcu)) {
        // Which knows the places in C.
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
        assert_aborts(name, "sections of RCU in one another", rcu_read_lock);
        word(LEVEL | phase);
        rcu_read_unlock();
    }
}
