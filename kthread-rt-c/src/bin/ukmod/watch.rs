//! What the run is at, who has asked it to end, and who sees to it that it does.
//!
//! The main thread maps the modules and runs their init and exit functions, as insmod and rmmod do.
//! Each of these may sleep for ever (a `kthread_stop` of a thread that never looks). Who asks the
//! run to end sends the main thread's task a signal, which ends its interruptible waits. Nothing
//! more can be done from outside; so an overseer, a thread that no module knows of, looks at the
//! time and at the second Ctrl-C; when either has come, it tells who waits for whom, and ends the
//! process.

use crate::cli::{Ended, RunOptions};
use crate::leave::{leave, soon};
use crate::output::tell;
use crate::table;
use kthread_rt::{Kernel, Task, send_sig};
use std::ffi::c_int;
use std::io;
use std::sync::{Arc, Barrier, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What the main thread is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It maps this module, whose constructors run.
    Load(String),
    /// It is in the init of this module.
    Init(String),
    /// It waits, with all modules loaded.
    Loaded,
    /// It is in the exit of this module.
    Exit(String),
    /// It waits until the Kernel is down.
    Shutdown,
    /// It unmaps the modules, whose destructors run.
    Unload,
    /// The run is over.
    Over,
}

impl Phase {
    /// What has not come back, if it does not.
    fn what(&self) -> Option<String> {
        match self {
            Self::Load(name) => Some(format!("the loading of {name}")),
            Self::Init(name) => Some(format!("the init of {name}")),
            Self::Exit(name) => Some(format!("the exit of {name}")),
            Self::Shutdown => Some("the shutdown of the kernel".to_owned()),
            Self::Unload => Some("the unloading of the modules".to_owned()),
            Self::Loaded | Self::Over => None,
        }
    }

    /// True if a module's function runs, which gets signals.
    fn is_call(&self) -> bool {
        matches!(self, Self::Init(_) | Self::Exit(_))
    }
}

/// How long what may take.
#[derive(Debug, Clone)]
struct Limits {
    /// A loading or an init.
    init: Duration,
    /// All inits together, if nobody said how long one may take: then they are asked to come back.
    inits: Option<Duration>,
    /// An exit, or the shutdown.
    exit: Duration,
}

/// An init may take this long if nothing else is said.
const INIT: Duration = Duration::from_secs(30);
/// An exit, as well.
pub(crate) const EXIT: Duration = Duration::from_secs(10);
/// As short a time as inits have, however short the modules are to stay.
const INITS_AT_LEAST: Duration = Duration::from_secs(1);
/// How long an init that was asked to come back may take for that.
const GRACE: Duration = Duration::from_secs(2);
/// A signal that comes within this time finds the phase that the one before has begun, and was not
/// meant for that.
const AT_ONCE: Duration = Duration::from_secs(1);
/// SIGTERMs that come within this time are one: for a process and for its group.
const SIGTERMS_AT_ONCE: Duration = Duration::from_millis(250);

#[derive(Debug)]
struct State {
    phase: Phase,
    /// When the phase has to be over, and which option says so.
    deadline: Option<(Instant, &'static str)>,
    /// When the inits are asked to come back.
    inits_until: Option<Instant>,
    /// When somebody first asked the run to end.
    asked: Option<Instant>,
    /// The time of the run is over, though not all inits are.
    over: bool,
    /// When the last SIGTERM came.
    terminated: Option<Instant>,
    /// Somebody was told that this phase is not over.
    told: bool,
    /// It has to end now.
    forced: bool,
}

#[derive(Debug)]
pub(crate) struct Watch {
    state: Mutex<State>,
    changed: Condvar,
    limits: Limits,
    /// The main thread's.
    task: Task,
}

impl Watch {
    /// Begins to watch the calling thread, whose task this is. The overseer is there when it
    /// returns.
    pub(crate) fn begin(kernel: Kernel, task: Task, options: &RunOptions) -> io::Result<Arc<Self>> {
        let state = State {
            phase: Phase::Loaded,
            deadline: None,
            inits_until: None,
            asked: None,
            over: false,
            terminated: None,
            told: false,
            forced: false,
        };
        // For as long as nobody has to wait, the inits have theirs.
        let inits = options.time.filter(|time| !time.is_zero() && options.init_timeout.is_none());
        let limits = Limits {
            init: options.init_timeout.unwrap_or(INIT),
            inits: inits.map(|time| time.max(INITS_AT_LEAST)),
            exit: options.exit_timeout.unwrap_or(EXIT),
        };
        let watch = Arc::new(Self { state: Mutex::new(state), changed: Condvar::new(), limits, task });
        let overseen = watch.clone();
        let there = Arc::new(Barrier::new(2));
        let begun = there.clone();
        thread::Builder::new().name("ukmod-overseer".into()).spawn(move || {
            begun.wait();
            if let Some(why) = overseen.oversee() {
                soon(Ended::Hung);
                tell!("ukmod: {why}; who waits for whom:");
                table::report_waits(&kernel);
                leave(Ended::Hung);
            }
        })?;
        there.wait();
        Ok(watch)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The main thread goes on to `phase`.
    pub(crate) fn enter(&self, phase: Phase) {
        let mut state = self.state();
        let now = Instant::now();
        let limit = match phase {
            Phase::Load(_) | Phase::Init(_) => Some((self.limits.init, "--init-timeout")),
            Phase::Exit(_) | Phase::Shutdown | Phase::Unload => Some((self.limits.exit, "--exit-timeout")),
            Phase::Loaded | Phase::Over => None,
        };
        state.deadline = limit.map(|(limit, option)| (now + limit, option));
        match phase {
            // Counted from the first of them.
            Phase::Init(_) if !state.over && state.inits_until.is_none() => {
                state.inits_until = self.limits.inits.map(|limit| now + limit);
            }
            Phase::Init(_) => {}
            _ => state.inits_until = None,
        }
        (state.phase, state.told) = (phase, false);
        drop(state);
        self.changed.notify_all();
    }

    /// Ctrl-C, or SIGTERM: the first one asks, the next one does not wait.
    pub(crate) fn interrupt(&self, signal: c_int) {
        let mut state = self.state();
        let now = Instant::now();
        let is_within = |then: Option<Instant>, time| then.is_some_and(|then| now - then < time);
        if signal == libc::SIGTERM {
            if is_within(state.terminated, SIGTERMS_AT_ONCE) {
                return;
            }
            state.terminated = Some(now);
        }
        let before = state.asked;
        state.asked.get_or_insert(now);
        if state.phase.what().is_some() {
            if state.told || before.is_some() && !is_within(before, AT_ONCE) {
                state.forced = true;
            } else {
                self.ask(&mut state, signal, "once more ends without it");
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Tells that the phase is not over, and sends what runs a signal.
    fn ask(&self, state: &mut State, signal: c_int, what_next: &str) {
        let Some(what) = state.phase.what() else { return };
        tell!("ukmod: {what} has not come back; {what_next}");
        state.told = true;
        if state.phase.is_call() {
            // It can't have ended: it is the main thread's.
            let _ = send_sig(signal, &self.task, 0);
        }
    }

    /// True if somebody asked the run to end.
    pub(crate) fn interrupted(&self) -> bool {
        let state = self.state();
        state.asked.is_some() || state.over
    }

    /// Sleeps until somebody asks the run to end, or until this time.
    pub(crate) fn wait(&self, until: Option<Instant>) {
        let mut state = self.state();
        while state.asked.is_none() && !state.over {
            let Some(guard) = sleep(&self.changed, state, until) else { return };
            state = guard;
        }
    }

    /// The overseer's life: why the run has to be ended by force, or none when it has ended by
    /// itself.
    fn oversee(&self) -> Option<String> {
        let mut state = self.state();
        loop {
            let what = match state.phase.what() {
                Some(what) => what,
                None if state.phase == Phase::Over => return None,
                None => String::new(),
            };
            if state.forced && !what.is_empty() {
                return Some(format!("{what} has not come back"));
            }
            let now = Instant::now();
            if let Some((deadline, option)) = state.deadline
                && deadline <= now
            {
                return Some(format!("{what} did not come back in time ({option})"));
            }
            if state.inits_until.is_some_and(|until| until <= now) {
                state.inits_until = None;
                state.over = true;
                let soon = now + GRACE;
                if state.deadline.is_none_or(|(deadline, _)| soon < deadline) {
                    state.deadline = Some((soon, "--for"));
                }
                self.ask(&mut state, libc::SIGTERM, "the time is over (--for), so it gets SIGTERM");
                continue;
            }
            let next =
                [state.deadline.map(|(deadline, _)| deadline), state.inits_until].into_iter().flatten().min();
            state = match sleep(&self.changed, state, next) {
                Some(guard) => guard,
                None => self.state(),
            };
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
