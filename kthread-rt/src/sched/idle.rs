//! Idle injection: `play_idle_precise` of `linux/cpu.h`.
#![forbid(unsafe_code)]

use super::context::{atomic_section_end, begin_atomic_section_of};
use super::current::with_current;
use crate::diag::WarningKind;
use crate::sync::StateWord;
use crate::task::{PF_IDLE, PF_KTHREAD, PF_NO_SETAFFINITY, SCHED_FIFO, TaskFlags};
use std::panic::Location;

/// Plays the idle task for `duration_ns` nanoseconds: `play_idle_precise`. For a kthread that is
/// bound to one cpu, with policy [`SCHED_FIFO`]; any other caller gets a warning, and plays too.
///
/// The kernel halts the cpu. A process can't: here the thread gives up the cpu for that time, and
/// other threads may use it. The task looks as in a kernel: its state is RUNNING all the time
/// (nothing wakes it, and [`wait_task_inactive`](super::wait_task_inactive) does not find it
/// asleep), it has [`PF_IDLE`], and it is in an atomic section. `latency_ns`, how long the cpu may
/// take to come back, is ignored.
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
            (!flags.contains(PF_KTHREAD), "it is not a kthread"),
            (!flags.contains(PF_NO_SETAFFINITY), "it is not bound"),
            (duration_ns == 0, "the duration is 0"),
        ];
        let wrong: Vec<_> = wrong.into_iter().filter_map(|(wrong, why)| wrong.then_some(why)).collect();
        if !wrong.is_empty() {
            let message = format!(
                "only a SCHED_FIFO kthread that is bound to one cpu may play idle, for more than 0 ns; this task: {}",
                wrong.join(", ")
            );
            me.warn(WarningKind::BadArgument, "play_idle_precise", place, &message);
        }
        let clock = &me.kernel_state().clock;
        let deadline = clock.now_ns().saturating_add(duration_ns);
        begin_atomic_section_of(me, place);
        me.change_flags(PF_IDLE, TaskFlags::empty());
        // A separate word, which nobody changes: the task's state must stay RUNNING.
        let asleep = StateWord::new(1);
        while clock.now_ns() < deadline {
            // Woken or expired: the loop checks the clock.
            let _ = asleep.sleep_while(1, Some(deadline));
        }
        me.change_flags(TaskFlags::empty(), PF_IDLE);
        atomic_section_end(me);
    });
}

/// Plays the idle task for `duration_us` microseconds: `play_idle`. See [`play_idle_precise`].
#[track_caller]
pub fn play_idle(duration_us: u64) {
    play_idle_precise(duration_us.saturating_mul(1000), u64::MAX);
}
