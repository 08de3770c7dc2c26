//! Threads that a Kernel needs and the operating system has refused: those that run the callbacks
//! of timers, tasklets and irq_works.
//!
//! The operating system does not report when it can give a thread again. So the Kernel's tasks try
//! again when they go to sleep, and while they sleep: at most ten times a second, all of them
//! together. In a Kernel that lacks no thread this costs a sleeper one load.

use super::{KernelState, SubsystemId, TaskStruct};
use crate::sync::record::{AtomicBool, AtomicU64};
use crate::sync::{Arc, Mutex, Ordering};

/// The time between two tries.
const PAUSE_NS: u64 = 100_000_000;

/// Tries to start the thread. It neither sleeps nor runs user code. When the thread exists, or
/// nothing needs it any more, it calls [`KernelState::lacks_no_more`].
pub(crate) type Retry = fn(&Arc<KernelState>, &TaskStruct);

/// The threads that a Kernel lacks.
#[derive(Debug)]
pub(crate) struct Lacking {
    /// A hint: a task that sees it late tries later.
    any: AtomicBool,
    /// The time of the next try, in the clock's unit.
    next_ns: AtomicU64,
    /// For each subsystem that lacks its thread, the function that tries again.
    retries: Mutex<Vec<(SubsystemId, Retry)>>,
}

impl Lacking {
    /// Nothing.
    pub(super) fn new() -> Self {
        Self { any: AtomicBool::new(false), next_ns: AtomicU64::new(0), retries: Mutex::new(Vec::new()) }
    }
}

impl KernelState {
    /// The operating system refused the thread of `subsystem`.
    pub(crate) fn lacks(&self, subsystem: SubsystemId, retry: Retry) {
        let mut retries = self.lacking.retries.lock();
        if retries.iter().any(|(of, _)| *of == subsystem) {
            return;
        }
        retries.push((subsystem, retry));
        self.lacking.next_ns.store(0, Ordering::Relaxed);
        self.lacking.any.store(true, Ordering::Relaxed);
        drop(retries);
        // Tasks that sleep already must sleep with pauses from now on. Not a wake-up: they read
        // their states and sleep again.
        for task in self.pids.all() {
            task.state.wake();
        }
    }

    /// The thread of `subsystem` exists, or nothing needs it.
    pub(crate) fn lacks_no_more(&self, subsystem: SubsystemId) {
        let mut retries = self.lacking.retries.lock();
        retries.retain(|(of, _)| *of != subsystem);
        self.lacking.any.store(!retries.is_empty(), Ordering::Relaxed);
    }

    #[inline(always)]
    pub(crate) fn lacks_threads(&self) -> bool {
        self.lacking.any.load(Ordering::Relaxed)
    }

    /// `me`, a task of `this`, is about to sleep: tries to start the lacking threads, if it is
    /// time. Returns the time of the next try.
    #[cold]
    pub(crate) fn try_again(this: &Arc<Self>, me: &TaskStruct) -> u64 {
        let (lacking, now) = (&this.lacking, this.clock.now_ns());
        let due = lacking.next_ns.load(Ordering::Relaxed);
        if now >= due {
            let next = now + PAUSE_NS;
            // One of the sleepers tries.
            let mine = lacking.next_ns.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed);
            if mine.is_ok() {
                let retries = lacking.retries.lock().clone();
                retries.into_iter().for_each(|(_, retry)| retry(this, me));
            }
            return next;
        }
        due
    }
}
