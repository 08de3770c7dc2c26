//! The berth of a task that has never run: the word on which its OS thread sleeps meanwhile.
//!
//! An OS thread that was started before its task was made can't sleep on the task's state. It sleeps on a word of its own,
//! and the task has a reference to it. Who takes the task out of its first sleep lets go of the berth instead of waking the
//! state word. There is one such waker: the state becomes RUNNING in one exchange, and only the task itself, which does not
//! run before its berth lets it go, makes it another.

use super::TaskStruct;
use crate::sync::{Arc, AtomicU32, Mutex, Ordering, StateWord, os};

/// The value of a berth in which a thread sleeps.
const OCCUPIED: u32 = 1;
/// The value of one that has been let go of.
const LET_GO: u32 = 0;

/// A task's berth, if it is in one.
#[derive(Debug)]
pub(super) struct Berth {
    /// 1 from before the task is known until the task runs.
    occupied: AtomicU32,
    word: Mutex<Option<Arc<StateWord>>>,
}

impl Berth {
    /// That of a task whose OS thread sleeps on the state.
    pub(super) fn none() -> Self {
        Self { occupied: AtomicU32::new(0), word: Mutex::new(None) }
    }
}

/// A new berth, for the thread that is going to call [`sleep_in_berth`].
pub(crate) fn new_berth() -> Arc<StateWord> {
    Arc::new(StateWord::new(OCCUPIED))
}

/// Sleeps in `berth` until somebody lets go of it, once.
pub(crate) fn sleep_in_berth(berth: &StateWord) {
    while berth.load() == OCCUPIED {
        let _ = berth.sleep_while(OCCUPIED, None);
    }
}

/// Lets the thread go that sleeps in `berth`. What the caller did before is seen by it.
pub(crate) fn let_go_of_berth(berth: &StateWord) {
    berth.swap(LET_GO);
    berth.wake();
}

impl TaskStruct {
    /// The task, which nobody knows yet, sleeps in `berth`.
    pub(crate) fn sleeps_in_berth(&self, berth: &Arc<StateWord>) {
        *self.berth.word.lock() = Some(berth.clone());
        // Relaxed, all three: nobody else has the task.
        self.berth.occupied.store(1, Ordering::Relaxed);
        self.on_rq.store(0, Ordering::Relaxed);
    }

    /// The calling OS thread, which was let go of, runs the task from now on.
    pub(crate) fn left_berth(&self) {
        debug_assert_eq!(self.os_tid(), os::gettid());
        // Relaxed: who acts on either has first read a state that the task wrote after this, as in `sleep_until`.
        self.berth.occupied.store(0, Ordering::Relaxed);
        self.on_rq.store(1, Ordering::Relaxed);
    }

    /// If the task sleeps in a berth, lets go of that: the waker whose exchange ended the sleep does. False if it does not.
    #[inline(always)]
    pub(crate) fn leave_berth(&self) -> bool {
        // Relaxed: the exchange has read the state that came with it, or one of a later sleep.
        self.berth.occupied.load(Ordering::Relaxed) != 0 && self.let_go()
    }

    #[cold]
    fn let_go(&self) -> bool {
        let berth = self.berth.word.lock().take();
        berth.inspect(|berth| let_go_of_berth(berth)).is_some()
    }
}
