//! The start gate of a task that has never run: the word on which its OS thread sleeps.
//!
//! An OS thread that was started before its task was made can't sleep on the task's state word. It
//! sleeps on a word of its own, to which the task has a reference. The waker that ends the task's
//! first sleep opens the start gate instead of waking the state word. There is one such waker: one
//! exchange makes the state RUNNING, and only the task changes it after that, which does not run
//! before the gate is open.

use super::TaskStruct;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, StateWord, os};

/// The value of a closed gate.
const CLOSED: u32 = 1;
/// The value of an open gate.
const OPEN: u32 = 0;

/// A task's start gate, if it has one.
#[derive(Debug)]
pub(super) struct StartGate {
    /// 1 from before the task is published until it runs.
    occupied: AtomicU32,
    word: Mutex<Option<Arc<StateWord>>>,
}

impl StartGate {
    /// For a task whose OS thread sleeps on the state word.
    pub(super) fn none() -> Self {
        Self { occupied: AtomicU32::new(0), word: Mutex::new(None) }
    }
}

/// A new start gate, for the thread that is going to call [`wait_at_start_gate`].
pub(crate) fn new_start_gate() -> Arc<StateWord> {
    Arc::new(StateWord::new(CLOSED))
}

/// Sleeps at `start_gate` until it is open.
pub(crate) fn wait_at_start_gate(start_gate: &StateWord) {
    while start_gate.load() == CLOSED {
        let _ = start_gate.sleep_while(CLOSED, None);
    }
}

/// Opens `start_gate` and wakes its thread, which sees all that the caller did before.
pub(crate) fn open_start_gate(start_gate: &StateWord) {
    start_gate.swap(OPEN);
    start_gate.wake();
}

impl TaskStruct {
    /// The task, which is not published yet, sleeps at `start_gate`.
    pub(crate) fn sleeps_at_start_gate(&self, start_gate: &Arc<StateWord>) {
        *self.start_gate.word.lock() = Some(start_gate.clone());
        // Relaxed: nobody else has the task.
        self.start_gate.occupied.store(1, Ordering::Relaxed);
        self.on_rq.store(0, Ordering::Relaxed);
    }

    /// The gate is open, and the calling OS thread runs the task from now on.
    pub(crate) fn left_start_gate(&self) {
        debug_assert_eq!(self.os_tid(), os::gettid());
        // Relaxed: a thread that acts on either has first read a state that the task wrote after
        // this, as in `sleep_until`.
        self.start_gate.occupied.store(0, Ordering::Relaxed);
        self.on_rq.store(1, Ordering::Relaxed);
    }

    /// Opens the task's start gate, for the waker whose exchange ended the sleep. False if the task
    /// has none.
    #[inline(always)]
    pub(crate) fn open_its_start_gate(&self) -> bool {
        // Relaxed: the waker's exchange has read the state that was stored with this, or that of a
        // later sleep.
        self.start_gate.occupied.load(Ordering::Relaxed) != 0 && self.open_gate()
    }

    #[cold]
    fn open_gate(&self) -> bool {
        let start_gate = self.start_gate.word.lock().take();
        start_gate.inspect(|start_gate| open_start_gate(start_gate)).is_some()
    }
}
