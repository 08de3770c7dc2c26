//! Idleness on order: `play_idle_precise` of `linux/cpu.h`.
#![forbid(unsafe_code)]

use super::context::{atomic_section_end, begin_atomic_section_of};
use super::current::with_current;
use crate::diag::WarningKind;
use crate::sync::StateWord;
use crate::task::{PF_IDLE, PF_KTHREAD, PF_NO_SETAFFINITY, SCHED_FIFO, TaskFlags};
use std::panic::Location;

/// Plays the idle task for `duration_ns`: `play_idle_precise`. For a per-cpu kthread of
/// [`SCHED_FIFO`]; a caller that is none is warned, and plays all the same.
///
/// The kernel halts the cpu. A process can't: here the thread leaves it alone for that long, and
/// whoever else wants it gets it. What can be seen of the task is as there: it is running all the
/// while (nothing wakes it, and [`wait_task_inactive`](super::wait_task_inactive) does not find it
/// asleep), it has [`PF_IDLE`], and it is no place to sleep. `latency_ns`, how long the cpu may
/// take to come back, says nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static PLAYED);
/// let play = |()| {
///     let before = ktime_get();
///     play_idle_precise(2_000_000, u64::MAX);
///     assert!(ktime_get() - before >= 2_000_000);
///     complete(&PLAYED);
///     0
/// };
/// let injected = kthread_create!(play, (), "idle_inject/0")?;
/// kthread_bind(&injected, 0);
/// sched_set_fifo(&injected);
/// wake_up_process(&injected);
/// wait_for_completion(&PLAYED);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn play_idle_precise(duration_ns: u64, latency_ns: u64) {
    let _ = latency_ns;
    let place = Location::caller();
    with_current(|me| {
        let flags = me.flags();
        let wrong = [
            (me.policy() != SCHED_FIFO, "its policy is not SCHED_FIFO"),
            (me.cpus_allowed().iter().count() != 1, "it may run on several cpus"),
            (!flags.contains(PF_KTHREAD), "it is no kthread"),
            (!flags.contains(PF_NO_SETAFFINITY), "it is not bound"),
            (duration_ns == 0, "the duration is 0"),
        ];
        let wrong: Vec<_> = wrong.into_iter().filter_map(|(wrong, why)| wrong.then_some(why)).collect();
        if !wrong.is_empty() {
            let message =
                format!("a task that is to play idle is not what it should be: {}", wrong.join(", "));
            me.warn(WarningKind::BadArgument, "play_idle_precise", place, &message);
        }
        let clock = &me.kernel_state().clock;
        let deadline = clock.now_ns().saturating_add(duration_ns);
        begin_atomic_section_of(me, place);
        me.change_flags(PF_IDLE, TaskFlags::empty());
        // A word of its own, which nobody changes: the task's state is to say that it runs.
        let asleep = StateWord::new(1);
        while clock.now_ns() < deadline {
            // Woken or expired: the clock decides.
            let _ = asleep.sleep_while(1, Some(deadline));
        }
        me.change_flags(TaskFlags::empty(), PF_IDLE);
        atomic_section_end(me);
    });
}

/// [`play_idle_precise`] for `duration_us` microseconds: `play_idle`.
#[track_caller]
pub fn play_idle(duration_us: u64) {
    play_idle_precise(duration_us.saturating_mul(1000), u64::MAX);
}
