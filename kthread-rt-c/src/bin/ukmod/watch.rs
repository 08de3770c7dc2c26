//! Tracks the phase of the run, takes requests to end it, and ends it by force if necessary.
//!
//! The main thread maps the modules and calls their init and exit functions, as insmod and rmmod
//! do. Each of these may sleep for ever (in a `kthread_stop` of a thread that never checks
//! `kthread_should_stop`). A request to end the run sends a signal to the main thread's task, which
//! ends its interruptible waits. Nothing more can be done from outside. So a separate thread, the
//! overseer, waits for a timeout or for the second Ctrl-C; then it prints what each task waits for,
//! and ends the process.

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

/// What the main thread does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It maps this module and runs its constructors.
    Load(String),
    /// It calls this module's init.
    Init(String),
    /// It waits, with all modules loaded.
    Loaded,
    /// It calls this module's exit.
    Exit(String),
    /// It waits for the Kernel's shutdown.
    Shutdown,
    /// It unmaps the modules and runs their destructors.
    Unload,
    /// The run is over.
    Over,
}

impl Phase {
    /// The name of the phase for a message that it has not ended.
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

    /// True if a module's init or exit runs, which receives signals.
    fn is_call(&self) -> bool {
        matches!(self, Self::Init(_) | Self::Exit(_))
    }
}

/// The timeouts.
#[derive(Debug, Clone)]
struct Limits {
    /// For mapping a module, and for an init.
    init: Duration,
    /// For all inits together, if there is no `--init-timeout`: then SIGTERM asks them to return.
    inits: Option<Duration>,
    /// For an exit, for the shutdown, and for unmapping.
    exit: Duration,
}

/// The default timeout of an init.
const INIT: Duration = Duration::from_secs(30);
/// The default timeout of an exit.
pub(crate) const EXIT: Duration = Duration::from_secs(10);
/// The least timeout of all inits together, however short `--for` is.
const INITS_AT_LEAST: Duration = Duration::from_secs(1);
/// How long an init may take to return after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);
/// A second signal within this time of the first is not taken as a demand to end by force: its
/// sender could not yet see the phase that the first one began.
const AT_ONCE: Duration = Duration::from_secs(1);
/// SIGTERMs within this time count as one: they may be sent to the process and to its group.
const SIGTERMS_AT_ONCE: Duration = Duration::from_millis(250);

#[derive(Debug)]
struct State {
    phase: Phase,
    /// When the phase has to be over, and the option that sets this limit.
    deadline: Option<(Instant, &'static str)>,
    /// When SIGTERM asks the inits to return.
    inits_until: Option<Instant>,
    /// When the first signal asked the run to end.
    asked: Option<Instant>,
    /// The run's time is over, though not all inits are.
    over: bool,
    /// When the last SIGTERM came.
    terminated: Option<Instant>,
    /// The user has seen the message that this phase is not over.
    is_reported: bool,
    /// The run has to end now, by force.
    forced: bool,
}

#[derive(Debug)]
pub(crate) struct Watch {
    state: Mutex<State>,
    changed: Condvar,
    limits: Limits,
    /// The main thread's task.
    task: Task,
}

impl Watch {
    /// Starts the overseer of the calling thread, whose task is `task`. The overseer runs when this
    /// returns.
    pub(crate) fn begin(kernel: Kernel, task: Task, options: &RunOptions) -> io::Result<Arc<Self>> {
        let state = State {
            phase: Phase::Loaded,
            deadline: None,
            inits_until: None,
            asked: None,
            over: false,
            terminated: None,
            is_reported: false,
            forced: false,
        };
        // With `--for 0s` or with `--init-timeout`, there is no common limit for the inits.
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

    /// Records that the main thread begins `phase`.
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
            // The limit starts with the first init.
            Phase::Init(_) if !state.over && state.inits_until.is_none() => {
                state.inits_until = self.limits.inits.map(|limit| now + limit);
            }
            Phase::Init(_) => {}
            _ => state.inits_until = None,
        }
        (state.phase, state.is_reported) = (phase, false);
        drop(state);
        self.changed.notify_all();
    }

    /// Handles Ctrl-C or SIGTERM: the first one asks the run to end, the next one ends it by force.
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
            if state.is_reported || before.is_some() && !is_within(before, AT_ONCE) {
                state.forced = true;
            } else {
                self.ask(&mut state, signal, "the next signal ends the run without it");
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Prints that the phase is not over, and sends a signal to the init or exit that runs.
    fn ask(&self, state: &mut State, signal: c_int, what_next: &str) {
        let Some(what) = state.phase.what() else { return };
        tell!("ukmod: {what} has not come back; {what_next}");
        state.is_reported = true;
        if state.phase.is_call() {
            // This can't fail: the main thread's task has not ended.
            let _ = send_sig(signal, &self.task, 0);
        }
    }

    /// True if the run was asked to end.
    pub(crate) fn interrupted(&self) -> bool {
        let state = self.state();
        state.asked.is_some() || state.over
    }

    /// Sleeps until the run is asked to end, or until this time.
    pub(crate) fn wait(&self, until: Option<Instant>) {
        let mut state = self.state();
        while state.asked.is_none() && !state.over {
            let Some(guard) = sleep(&self.changed, state, until) else { return };
            state = guard;
        }
    }

    /// The overseer's loop. Returns why the run has to be ended by force, or none if it has ended
    /// by itself.
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
                self.ask(&mut state, libc::SIGTERM, "the time is over (--for): sending it SIGTERM");
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

/// Sleeps until a change or the deadline. None if the deadline is over.
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
