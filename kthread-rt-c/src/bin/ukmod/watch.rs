//! What the run is at, who has asked it to end, and who sees to it that it does.
//!
//! The main thread runs the modules' init and exit functions, as insmod and rmmod do. Either may sleep for ever (a `kthread_stop`
//! of a thread that never looks), and nothing can be done about that from outside. So an overseer, a thread that no module knows
//! of, looks at the time and at the second Ctrl-C; when either has come, it tells who waits for whom, and ends the process.

use crate::cli::Ended;
use crate::output::{leave, tell};
use crate::table;
use kthread_rt::Kernel;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What the main thread is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It is in the init of this module.
    Init(String),
    /// It waits, with all modules loaded.
    Loaded,
    /// It is in the exit of this module.
    Exit(String),
    /// It waits until the Kernel is down.
    Shutdown,
    /// The run is over.
    Over,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// When the phase has to be over.
    deadline: Option<Instant>,
    interrupts: u32,
}

#[derive(Debug)]
pub(crate) struct Watch {
    state: Mutex<State>,
    changed: Condvar,
}

impl Watch {
    /// Begins to watch.
    pub(crate) fn begin(kernel: Kernel) -> io::Result<Arc<Self>> {
        let state = State { phase: Phase::Loaded, deadline: None, interrupts: 0 };
        let watch = Arc::new(Self { state: Mutex::new(state), changed: Condvar::new() });
        let overseen = watch.clone();
        thread::Builder::new().name("ukmod-overseer".into()).spawn(move || {
            if let Some(why) = overseen.oversee() {
                tell!("ukmod: {why}; who waits for whom:");
                table::tell_waits(&kernel);
                leave(Ended::Hung);
            }
        })?;
        Ok(watch)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The main thread goes on to `phase`, which may take this long. However often somebody asked for it, one more ends it.
    pub(crate) fn enter(&self, phase: Phase, limit: Option<Duration>) {
        let mut state = self.state();
        (state.phase, state.deadline) = (phase, limit.map(|limit| Instant::now() + limit));
        state.interrupts = state.interrupts.min(1);
        drop(state);
        self.changed.notify_all();
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let mut state = self.state();
        state.interrupts += 1;
        let busy = match &state.phase {
            Phase::Init(name) => Some(format!("the init of {name}")),
            Phase::Exit(name) => Some(format!("the exit of {name}")),
            _ => None,
        };
        if let (1, Some(busy)) = (state.interrupts, busy) {
            tell!("ukmod: {busy} has not come back; once more ends without it");
        }
        drop(state);
        self.changed.notify_all();
    }

    /// True if somebody asked the run to end.
    pub(crate) fn interrupted(&self) -> bool {
        self.state().interrupts > 0
    }

    /// Sleeps until somebody asks the run to end, or the time is over.
    pub(crate) fn wait(&self, time: Option<Duration>) {
        let deadline = time.map(|time| Instant::now() + time);
        let mut state = self.state();
        while state.interrupts == 0 {
            let Some(guard) = sleep(&self.changed, state, deadline) else { return };
            state = guard;
        }
    }

    /// The overseer's life: why the run has to be ended by force, or none when it has ended by itself.
    fn oversee(&self) -> Option<String> {
        let mut state = self.state();
        loop {
            let (deadline, twice) = (state.deadline, state.interrupts > 1);
            let (busy, limit) = match &state.phase {
                Phase::Over => return None,
                Phase::Init(name) => (format!("the init of {name}"), false),
                Phase::Exit(name) => (format!("the exit of {name}"), true),
                Phase::Shutdown => ("the shutdown of the kernel".to_owned(), true),
                Phase::Loaded => (String::new(), false),
            };
            if twice && !busy.is_empty() {
                return Some(format!("{busy} has not come back"));
            }
            match sleep(&self.changed, state, deadline.filter(|_| limit)) {
                Some(guard) => state = guard,
                None => return Some(format!("{busy} did not come back in time (--exit-timeout)")),
            }
        }
    }
}

/// Sleeps once, or says none if the deadline is over.
fn sleep<'a>(
    changed: &Condvar,
    state: MutexGuard<'a, State>,
    deadline: Option<Instant>,
) -> Option<MutexGuard<'a, State>> {
    let Some(deadline) = deadline else {
        return Some(changed.wait(state).unwrap_or_else(PoisonError::into_inner));
    };
    let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
    Some(changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0)
}
