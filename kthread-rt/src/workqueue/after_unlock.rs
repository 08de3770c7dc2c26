//! What somebody who has held a pool's lock owes the pool afterwards: a wake-up, a fork, a call for
//! help.

use super::pool::{Kind, WorkerPool};
use super::watchdog;
use super::worker;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::kthread;
use crate::sched::{try_to_wake_up, with_current};
use crate::sync::Arc;
use crate::task::{KernelState, TASK_NORMAL, Task, TaskStruct};
use std::panic::Location;

/// What somebody owes a pool after dropping its lock.
#[must_use]
pub(super) enum AfterUnlock {
    Nothing,
    /// An idle worker is to be woken, which is off the list.
    Wake(Task),
    /// A worker is to be forked, with this number.
    Fork(Arc<KernelState>, Kind, u32),
    /// No worker can be forked: those who have rescuers are to be rescued.
    Rescue,
    /// The timer is to go off at this jiffy, or before.
    ArmWatchdog(Arc<KernelState>, u64),
}

impl AfterUnlock {
    /// Does it. The caller holds no lock.
    pub(super) fn run(self, me: &TaskStruct, pool: &'static WorkerPool) {
        match self {
            Self::Nothing => {}
            Self::Wake(task) => {
                try_to_wake_up(&task, TASK_NORMAL);
            }
            Self::Fork(kernel_state, kind, number) => {
                let refused = move |errno| {
                    with_current(|me| {
                        pool.lock().leave(number);
                        pool.refuse(me, errno);
                    });
                };
                let body = move || worker::main(pool, kind, number);
                let name = worker::name(kind, number);
                if let Err(errno) = kthread::start_unattended(&kernel_state, name, body, refused) {
                    pool.lock().leave(number);
                    pool.refuse(me, errno);
                }
            }
            Self::Rescue => {
                let rescuers = pool.lock().call_rescuers();
                rescuers.wake();
            }
            Self::ArmWatchdog(kernel_state, at) => pool.timer.reduce_in(&kernel_state, at),
        }
    }
}

/// The rescuers to be woken, without any lock.
#[must_use]
pub(super) struct Rescuers(pub(super) Vec<Task>);

impl Rescuers {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn wake(self) {
        for task in self.0 {
            try_to_wake_up(&task, TASK_NORMAL);
        }
    }
}

impl WorkerPool {
    /// A worker that was to be forked will not be.
    pub(super) fn refuse(&'static self, me: &TaskStruct, errno: Errno) {
        let locked = self.lock();
        let first = locked.note_refusal();
        let rescuers = locked.call_rescuers();
        let look = locked.arm_watchdog_in(watchdog::RETRY);
        let any = locked.has_works();
        // One may have gone idle meanwhile, whom nobody woke because this one was on the way. The
        // rescuers are called anyway.
        let after_unlock = match locked.needs() {
            AfterUnlock::Rescue => AfterUnlock::Nothing,
            after_unlock => after_unlock,
        };
        drop(locked.wake_waiters());
        rescuers.wake();
        look.run(me, self);
        after_unlock.run(me, self);
        if first && any && errno != Errno::ESHUTDOWN {
            let message = format!("no worker for works, which are late until there is one: {errno}");
            me.warn(WarningKind::OsRefused, "queue_work", Location::caller(), &message);
        }
    }
}
