//! Actions that a task takes after it has dropped a pool's lock: wake a worker, fork one, call the
//! rescuers, or arm the watchdog's timer.

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

/// An action that must follow when the pool's lock is dropped.
#[must_use]
pub(super) enum AfterUnlock {
    Nothing,
    /// Wake this idle worker, which has been removed from the list.
    Wake(Task),
    /// Fork a worker with this number.
    Fork(Arc<KernelState>, Kind, u32),
    /// No worker can be forked: call the rescuers of the queues that have one.
    Rescue,
    /// Make the watchdog's timer expire at this jiffy at the latest.
    ArmWatchdog(Arc<KernelState>, u64),
}

impl AfterUnlock {
    /// Takes the action. The caller holds no lock.
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

/// Rescuers to wake, without holding any lock.
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
    /// Handles a failed fork of a worker: calls the rescuers, arms the timer for the next attempt
    /// and warns once.
    pub(super) fn refuse(&'static self, me: &TaskStruct, errno: Errno) {
        let locked = self.lock();
        let first = locked.note_refusal();
        let rescuers = locked.call_rescuers();
        let retry = locked.arm_watchdog_in(watchdog::RETRY);
        let any = locked.has_works();
        // A worker may have gone idle meanwhile that was not woken because this one was starting.
        // The rescuers are called in any case.
        let after_unlock = match locked.needs() {
            AfterUnlock::Rescue => AfterUnlock::Nothing,
            after_unlock => after_unlock,
        };
        drop(locked.wake_waiters());
        rescuers.wake();
        retry.run(me, self);
        after_unlock.run(me, self);
        if first && any && errno != Errno::ESHUTDOWN {
            let message = format!("no worker can be created; queued work items wait until one can: {errno}");
            me.warn(WarningKind::OsRefused, "queue_work", Location::caller(), &message);
        }
    }
}
