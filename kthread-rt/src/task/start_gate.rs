//! The start gate of a task that has never run: the word on which its OS thread sleeps meanwhile.
//!
//! An OS thread that was started before its task was made can't sleep on the task's state. It
//! sleeps on a word of its own, and the task has a reference to it. Who takes the task out of its
//! first sleep lets go of the start gate instead of waking the state word. There is one such waker:
//! the state becomes RUNNING in one exchange, and only the task itself, which does not run before
//! its start gate lets it go, makes it another.

use super::TaskStruct;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, StateWord, os};

/// The value of a start gate in which a thread sleeps.
const OCCUPIED: u32 = 1;
/// The value of one that has been let go of.
const LET_GO: u32 = 0;

/// A task's start gate, if it is in one.
#[derive(Debug)]
pub(super) struct StartGate {
    /// 1 from before the task is known until the task runs.
    occupied: AtomicU32,
    word: Mutex<Option<Arc<StateWord>>>,
}

impl StartGate {
    /// That of a task whose OS thread sleeps on the state.
    pub(super) fn none() -> Self {
        Self { occupied: AtomicU32::new(0), word: Mutex::new(None) }
    }
}

/// A new start gate, for the thread that is going to call [`wait_at_start_gate`].
pub(crate) fn new_start_gate() -> Arc<StateWord> {
    Arc::new(StateWord::new(OCCUPIED))
}

/// Sleeps in `start_gate` until somebody lets go of it, once.
pub(crate) fn wait_at_start_gate(start_gate: &StateWord) {
    while start_gate.load() == OCCUPIED {
        let _ = start_gate.sleep_while(OCCUPIED, None);
    }
}

/// Lets the thread go that sleeps in `start_gate`. What the caller did before is seen by it.
pub(crate) fn open_start_gate(start_gate: &StateWord) {
    start_gate.swap(LET_GO);
    start_gate.wake();
}

impl TaskStruct {
    /// The task, which nobody knows yet, sleeps in `start_gate`.
    pub(crate) fn sleeps_in_berth(&self, start_gate: &Arc<StateWord>) {
        *self.start_gate.word.lock() = Some(start_gate.clone());
        // Relaxed, all three: nobody else has the task.
        self.start_gate.occupied.store(1, Ordering::Relaxed);
        self.on_rq.store(0, Ordering::Relaxed);
    }

    /// The calling OS thread, which was let go of, runs the task from now on.
    pub(crate) fn left_berth(&self) {
        debug_assert_eq!(self.os_tid(), os::gettid());
        // Relaxed: who acts on either has first read a state that the task wrote after this, as in
        // `sleep_until`.
        self.start_gate.occupied.store(0, Ordering::Relaxed);
        self.on_rq.store(1, Ordering::Relaxed);
    }

    /// If the task sleeps in a start gate, lets go of that: the waker whose exchange ended the
    /// sleep does. False if it does not.
    #[inline(always)]
    pub(crate) fn leave_berth(&self) -> bool {
        // Relaxed: the exchange has read the state that came with it, or one of a later sleep.
        self.start_gate.occupied.load(Ordering::Relaxed) != 0 && self.let_go()
    }

    #[cold]
    fn let_go(&self) -> bool {
        let start_gate = self.start_gate.word.lock().take();
        start_gate.inspect(|start_gate| open_start_gate(start_gate)).is_some()
    }
}
