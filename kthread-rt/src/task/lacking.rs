//! Threads that the system has refused to a Kernel while something waits for them: the callbacks of
//! timers, tasklets and irq_works.
//!
//! Nobody is told when a thread can be had again. So the tasks of the Kernel try: each that goes to
//! sleep, and while one sleeps, ten times a second, all of them together. In between that costs a
//! sleeper one load.

use super::{KernelState, SubsystemId, TaskStruct};
use crate::sync::record::{AtomicBool, AtomicU64};
use crate::sync::{Arc, Mutex, Ordering};

/// Between two tries.
const PAUSE_NS: u64 = 100_000_000;

/// Tries to start the thread. It neither sleeps nor runs code of the user's; when nothing waits for
/// the thread any more, or it is there, it says so by [`KernelState::lacks_no_more`].
pub(crate) type Retry = fn(&Arc<KernelState>, &TaskStruct);

/// What a Kernel lacks.
#[derive(Debug)]
pub(crate) struct Lacking {
    /// A hint: who reads it late tries later.
    any: AtomicBool,
    /// When the next try is, in the clock's unit.
    next_ns: AtomicU64,
    /// By the subsystem whose thread it is.
    retries: Mutex<Vec<(SubsystemId, Retry)>>,
}

impl Lacking {
    /// Nothing.
    pub(super) fn new() -> Self {
        Self { any: AtomicBool::new(false), next_ns: AtomicU64::new(0), retries: Mutex::new(Vec::new()) }
    }
}

impl KernelState {
    /// The thread of `subsystem` was refused.
    pub(crate) fn lacks(&self, subsystem: SubsystemId, retry: Retry) {
        let mut retries = self.lacking.retries.lock();
        if retries.iter().any(|(of, _)| *of == subsystem) {
            return;
        }
        retries.push((subsystem, retry));
        self.lacking.next_ns.store(0, Ordering::Relaxed);
        self.lacking.any.store(true, Ordering::Relaxed);
        drop(retries);
        // Those that sleep already are to sleep with pauses: not a wake-up, they look at their
        // states again.
        for task in self.pids.all() {
            task.state.wake();
        }
    }

    /// Nothing waits for the thread of `subsystem`.
    pub(crate) fn lacks_no_more(&self, subsystem: SubsystemId) {
        let mut retries = self.lacking.retries.lock();
        retries.retain(|(of, _)| *of != subsystem);
        self.lacking.any.store(!retries.is_empty(), Ordering::Relaxed);
    }

    #[inline(always)]
    pub(crate) fn lacks_threads(&self) -> bool {
        self.lacking.any.load(Ordering::Relaxed)
    }

    /// `me`, a task of `this`, is about to sleep: tries to start what is lacking, if it is time.
    /// When the next try is.
    #[cold]
    pub(crate) fn try_again(this: &Arc<Self>, me: &TaskStruct) -> u64 {
        let (lacking, now) = (&this.lacking, this.clock.now_ns());
        let due = lacking.next_ns.load(Ordering::Relaxed);
        if now >= due {
            let next = now + PAUSE_NS;
            // One of those who sleep.
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
