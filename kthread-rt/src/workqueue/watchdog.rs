//! The watchdog of a pool: a timer that is armed only while there is something to check.
//!
//! The timer is armed in three cases only.
//!
//! * Work items wait, and the pool's limit of workers run. If the second check finds a worker in
//!   the same work item, the worker blocks where the runtime cannot see it, or computes for long.
//!   It no longer counts as running, and another worker may run. (So after a while every queue
//!   behaves as if it were `WQ_CPU_INTENSIVE`. Newer kernels do this too, after 10 ms.) A kernel
//!   sees every task that blocks; here the work function says so, with
//!   [`blocking`](super::blocking).
//! * The system refused a worker. The timer makes the next attempt after one second, as in the
//!   kernel.
//! * Too many workers are idle: more than two, and those beyond two are at least a quarter as many
//!   as the busy workers. The worker that has been idle longest ends after five idle minutes.

use super::after_unlock::{AfterUnlock, Rescuers};
use super::pool::{Locked, State, WorkerPool};
use crate::clock::HZ;
use crate::sched::{try_to_wake_up, with_current};
use crate::task::{TASK_NORMAL, Task};
use crate::timer::TimerList;

/// The interval between checks of the busy workers, in jiffies.
pub(super) const STALL: u64 = 3;
/// The delay before the next attempt to fork a worker, in jiffies: `CREATE_COOLDOWN`.
pub(super) const RETRY: u64 = HZ;
/// How long a surplus worker stays idle, in jiffies: `IDLE_WORKER_TIMEOUT`.
const IDLE: u64 = 300 * HZ;

/// An armed timer of a pool.
#[derive(Debug, Clone, Copy)]
pub(super) struct Armed {
    /// When it expires, in jiffies.
    at: u64,
    /// The interval requested when it was last armed: an upper bound on the time left.
    within: u64,
}

impl State {
    /// Whether the timer is known to expire within `jiffies`. It does not read the clock, which
    /// would take longer than the rest of `queue_work`, so it may return false although the timer
    /// does.
    pub(super) fn expires_within(&self, jiffies: u64) -> bool {
        self.armed.is_some_and(|armed| armed.within <= jiffies)
    }

    /// The timer has to go off in `jiffies` at the latest.
    pub(super) fn arm_watchdog_in(&mut self, jiffies: u64) -> AfterUnlock {
        if self.expires_within(jiffies) {
            return AfterUnlock::Nothing;
        }
        let Some(kernel_state) = &self.kernel_state else { return AfterUnlock::Nothing };
        let at = kernel_state.clock.jiffies() + jiffies;
        if let Some(armed) = &mut self.armed
            && armed.at <= at
        {
            armed.within = jiffies;
            return AfterUnlock::Nothing;
        }
        self.armed = Some(Armed { at, within: jiffies });
        AfterUnlock::ArmWatchdog(kernel_state.clone(), at)
    }
}

impl Locked {
    /// The timer has to go off in `jiffies` at the latest.
    pub(super) fn arm_watchdog_in(&self, jiffies: u64) -> AfterUnlock {
        self.state(|state| state.arm_watchdog_in(jiffies))
    }

    /// The current time in jiffies.
    fn now(&self) -> u64 {
        self.state(|state| state.kernel_state.as_ref().map_or(0, |kernel_state| kernel_state.clock.jiffies()))
    }

    /// If too many workers are idle, returns when the oldest of them went idle, in jiffies:
    /// `too_many_workers`.
    fn idle_since(&self) -> Option<u64> {
        self.state(|state| {
            let too_many = state.idle.len() > 2 && (state.idle.len() - 2) * 4 >= state.busy.len();
            too_many.then(|| state.idle[0].since)
        })
    }
}

/// The timer's function. `timer` is that of a pool.
pub(super) unsafe extern "C-unwind" fn called(timer: *mut TimerList) {
    let pool = std::ptr::with_exposed_provenance::<WorkerPool>(timer.addr());
    // SAFETY: the timer is the first field of a pool, and a pool is not freed while its timer may
    // be called.
    let pool: &'static WorkerPool = unsafe { &*pool };
    with_current(|me| {
        let locked = pool.lock();
        locked.state(|state| state.armed = None);
        let rescuers = check_busy(&locked);
        let ended = end_surplus(&locked);
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

/// Stops counting stuck workers as running, and allows forking again after a refusal.
fn check_busy(locked: &Locked) -> Rescuers {
    let refused = locked.state(|state| std::mem::replace(&mut state.refused, false));
    let rescuers = if refused { locked.call_rescuers() } else { Rescuers::none() };
    locked.state(|state| {
        let stuck = state.busy.iter().filter(|busy| busy.runs_a_work() && busy.worker.is_stuck()).count();
        state.running -= stuck as u32;
    });
    rescuers
}

/// Removes the workers from the idle list that have been idle too long. Returns their tasks for the
/// caller to wake.
fn end_surplus(locked: &Locked) -> Vec<Task> {
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

/// Arms the timer if too many workers are idle.
pub(super) fn at_rest(locked: &Locked) -> AfterUnlock {
    match locked.idle_since() {
        None => AfterUnlock::Nothing,
        Some(since) => locked.arm_watchdog_in((since + IDLE).saturating_sub(locked.now()).max(1)),
    }
}
