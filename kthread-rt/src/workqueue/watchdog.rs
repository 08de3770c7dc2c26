//! Looking at a pool from time to time, as long as there is a reason to.
//!
//! A pool's timer is armed in three cases, and only in them.
//!
//! * Works wait, and as many workers run as are to. If one of these is still in the same work at
//!   the second look, it blocks where the runtime can't see it, or computes for long: it does not
//!   count any more, and another may run. (So every queue behaves as one that is `WQ_CPU_INTENSIVE`
//!   does, after a while. Newer kernels do this too, after 10 ms.) A kernel sees what blocks; to
//!   say it to this runtime at once, there is [`blocking`](super::blocking).
//! * The system refused a worker. The next attempt is made after a second, as in the kernel.
//! * Too many workers are idle: more than two, and more than a quarter of the busy ones. The one
//!   that has been idle longest ends after five minutes.

use super::after_unlock::{AfterUnlock, Rescuers};
use super::pool::{Locked, State, WorkerPool};
use crate::clock::HZ;
use crate::sched::{try_to_wake_up, with_current};
use crate::task::{TASK_NORMAL, Task};
use crate::timer::TimerList;

/// From one look at busy workers to the next, in jiffies.
pub(super) const STALL: u64 = 3;
/// To the next attempt to fork a worker: `CREATE_COOLDOWN`.
pub(super) const RETRY: u64 = HZ;
/// How long a worker that is too many stays idle: `IDLE_WORKER_TIMEOUT`.
const IDLE: u64 = 300 * HZ;

/// A pool's timer that is armed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Armed {
    /// When it goes off, in jiffies.
    at: u64,
    /// It goes off within so many jiffies of a moment that has passed.
    within: u64,
}

impl State {
    /// Whether the timer is known to go off in `jiffies` at the latest. Does not read the clock,
    /// which takes longer than everything else that queueing a work does; so it may be false of one
    /// that does.
    pub(super) fn is_looked_at_within(&self, jiffies: u64) -> bool {
        self.look.is_some_and(|armed| armed.within <= jiffies)
    }

    /// The timer has to go off in `jiffies` at the latest.
    pub(super) fn arm_watchdog_in(&mut self, jiffies: u64) -> AfterUnlock {
        if self.is_looked_at_within(jiffies) {
            return AfterUnlock::Nothing;
        }
        let Some(kernel_state) = &self.kernel_state else { return AfterUnlock::Nothing };
        let at = kernel_state.clock.jiffies() + jiffies;
        if let Some(armed) = &mut self.look
            && armed.at <= at
        {
            armed.within = jiffies;
            return AfterUnlock::Nothing;
        }
        self.look = Some(Armed { at, within: jiffies });
        AfterUnlock::ArmWatchdog(kernel_state.clone(), at)
    }
}

impl Locked {
    /// The timer has to go off in `jiffies` at the latest.
    pub(super) fn arm_watchdog_in(&self, jiffies: u64) -> AfterUnlock {
        self.state(|state| state.arm_watchdog_in(jiffies))
    }

    /// The present jiffy.
    fn now(&self) -> u64 {
        self.state(|state| state.kernel_state.as_ref().map_or(0, |kernel_state| kernel_state.clock.jiffies()))
    }

    /// If too many workers are idle, since when the one that has been so longest is:
    /// `too_many_workers`.
    fn idle_since(&self) -> Option<u64> {
        self.state(|state| {
            let too_many = state.idle.len() > 2 && (state.idle.len() - 2) * 4 >= state.busy.len();
            too_many.then(|| state.idle[0].since)
        })
    }
}

/// The timer's function.
pub(super) unsafe extern "C-unwind" fn called(timer: *mut TimerList) {
    let pool = std::ptr::with_exposed_provenance::<WorkerPool>(timer.addr());
    // SAFETY: the timer is the first field of a pool, and pools are never freed while their timer
    // may be called.
    let pool: &'static WorkerPool = unsafe { &*pool };
    with_current(|me| {
        let locked = pool.lock();
        locked.state(|state| state.look = None);
        let rescuers = look_at_busy(&locked);
        let ended = look_at_idle(&locked);
        let again = at_rest(&locked);
        let after_unlock = locked.needs();
        let waits = if locked.has_works() { locked.arm_watchdog_in(STALL) } else { AfterUnlock::Nothing };
        drop(locked);
        rescuers.wake();
        for task in ended {
            try_to_wake_up(&task, TASK_NORMAL);
        }
        again.run(me, pool);
        after_unlock.run(me, pool);
        waits.run(me, pool);
    });
}

/// Counts those out that are stuck, and lets a worker be forked again.
fn look_at_busy(locked: &Locked) -> Rescuers {
    let refused = locked.state(|state| std::mem::replace(&mut state.refused, false));
    let rescuers = if refused { locked.call_rescuers() } else { Rescuers::none() };
    locked.state(|state| {
        let stuck = state.busy.iter().filter(|busy| busy.runs_a_work() && busy.worker.is_stuck()).count();
        state.running -= stuck as u32;
    });
    rescuers
}

/// Takes the workers off the list that have been idle for too long: to be woken.
fn look_at_idle(locked: &Locked) -> Vec<Task> {
    let mut ended = Vec::new();
    while locked.idle_since().is_some_and(|since| locked.now() >= since + IDLE) {
        locked.state(|state| {
            let idle = state.idle.remove(0);
            idle.worker.is_to_end();
            ended.push(idle.task);
        });
    }
    ended
}

/// What is to be done if too many workers are idle.
pub(super) fn at_rest(locked: &Locked) -> AfterUnlock {
    match locked.idle_since() {
        None => AfterUnlock::Nothing,
        Some(since) => locked.arm_watchdog_in((since + IDLE).saturating_sub(locked.now()).max(1)),
    }
}
