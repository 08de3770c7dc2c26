//! Hung tasks: the kernel's `khungtaskd`, soft lockup detector and RCU stall warnings.
//!
//! A thread of the Kernel's, which is no task, checks the tasks each time that one could have hung
//! for the limit, and sleeps in between. A task hangs if it
//!
//! * has slept in `TASK_UNINTERRUPTIBLE` for longer than the limit. As in a kernel, a killable
//!   sleep and one that does not count as load (`TASK_IDLE`) are left out. The task notes the time
//!   when it falls asleep;
//! * has spun for a spinlock or rwlock for longer than the limit;
//! * has used more cpu time than the limit since it last slept or called `cond_resched`.
//!
//! Each wait is reported once. This uses std's threads, not the facade: no model has a Kernel with
//! a limit.

use crate::diag::{Warning, WarningKind};
use crate::kthread;
use crate::sync::os::{self, SignalsBlocked};
use crate::sync::{Arc, Ordering};
use crate::task::{
    KernelState, Subsystem, SubsystemId, TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskState, TaskStruct,
    WaitKind,
};
use crate::wait_graph::{path, place_of_function, place_of_wait};
use std::panic::Location;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// The kernel's default: `CONFIG_DEFAULT_HUNG_TASK_TIMEOUT`.
pub(crate) const DEFAULT: Duration = Duration::from_secs(120);

/// The watcher of one Kernel.
struct Watcher {
    state: Mutex<State>,
    ends: Condvar,
}

#[derive(Default)]
struct State {
    over: bool,
    thread: Option<JoinHandle<()>>,
}

impl Subsystem for Watcher {
    const ID: SubsystemId = SubsystemId::HungTask;

    fn new() -> Self {
        Self { state: Mutex::default(), ends: Condvar::new() }
    }
}

impl Watcher {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes when a task falls asleep or begins to spin. For a Kernel without
/// [`debug`](crate::KernelBuilder::debug).
pub(crate) fn before_wait(me: &TaskStruct) {
    let note = me.wait_note();
    note.slept_ns.store(me.kernel_state().clock.now_ns(), Ordering::Relaxed);
    if let Some(spins) = note.snapshot().filter(|noted| noted.on.kind.spins()) {
        note.place_in_c.store(0, Ordering::Relaxed);
        note.looked.store(spins.serial, Ordering::Relaxed);
    }
}

/// Begins to watch the tasks of `kernel_state`.
pub(crate) fn start(kernel_state: &Arc<KernelState>, limit: Duration) {
    let watched = kernel_state.clone();
    // The new thread inherits the signal mask: signals of the process are not for it.
    let _blocked = SignalsBlocked::new();
    let thread = Builder::new().name("khungtaskd".into()).spawn(move || watch(&watched, limit));
    // A Kernel works without it, and if the system has no thread left the next create fails.
    kernel_state.subsystem::<Watcher>().state().thread = thread.ok();
}

/// Ends the watch, and waits for the end of its thread.
pub(crate) fn stop(kernel_state: &KernelState) {
    let watcher = kernel_state.subsystem::<Watcher>();
    let thread = {
        let mut state = watcher.state();
        state.over = true;
        state.thread.take()
    };
    watcher.ends.notify_all();
    // A handler of warnings may shut the Kernel down on this very thread.
    if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id()) {
        // It does not panic: handlers are contained.
        let _ = thread.join();
    }
}

fn watch(kernel_state: &Arc<KernelState>, limit: Duration) {
    let watcher = kernel_state.subsystem::<Watcher>();
    let mut seen = Seen {
        limit,
        limit_ns: u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX),
        told: Vec::new(),
        busy: Vec::new(),
    };
    loop {
        let next = seen.look(kernel_state);
        let state = watcher.state();
        if state.over {
            return;
        }
        let left = Duration::from_nanos(next.saturating_sub(kernel_state.clock.now_ns()).max(1));
        let (state, _) = watcher.ends.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        if state.over {
            return;
        }
    }
}

/// What the watcher remembers from one check to the next.
struct Seen {
    limit: Duration,
    limit_ns: u64,
    /// The waits that were reported: pids and serials.
    told: Vec<(i32, u32)>,
    busy: Vec<Busy>,
}

/// A kthread that was running at the last check.
#[derive(Clone, Copy)]
struct Busy {
    pid: i32,
    /// How often it had slept or called `cond_resched`.
    points: u64,
    /// The cpu time that it had used when it was first seen after that, in nanoseconds.
    cpu_ns: u64,
    told: bool,
}

impl Seen {
    /// Reports the tasks that hang. Returns the time of the next check.
    fn look(&mut self, kernel_state: &Arc<KernelState>) -> u64 {
        let now = kernel_state.clock.now_ns();
        let mut next = now.saturating_add(self.limit_ns);
        let mut told = Vec::new();
        let mut busy = Vec::new();
        for task in kernel_state.pids.all() {
            if let Some((serial, since)) = hangs_since(kernel_state, &task) {
                let wait = (task.pid(), serial);
                if self.told.contains(&wait) {
                    told.push(wait);
                } else if now.saturating_sub(since) >= self.limit_ns {
                    self.report_hung(kernel_state, &task);
                    told.push(wait);
                } else {
                    next = next.min(since.saturating_add(self.limit_ns));
                }
            } else if let Some((seen, used)) = self.look_at_busy(&task) {
                busy.push(seen);
                if used >= self.limit_ns && !seen.told {
                    self.report_busy(kernel_state, &task);
                    busy.last_mut().into_iter().for_each(|seen| seen.told = true);
                } else if !seen.told {
                    next = next.min(now.saturating_add(self.limit_ns - used.min(self.limit_ns)).max(now + 1));
                }
            }
        }
        (self.told, self.busy) = (told, busy);
        next
    }

    /// If `task` is a running kthread: what to remember, and the cpu time that it has used since
    /// its last scheduling point, as far as the checks have seen.
    fn look_at_busy(&self, task: &Task) -> Option<(Busy, u64)> {
        if !kthread::is_kthread(task) || !task.on_rq() || task.state() != TASK_RUNNING {
            return None;
        }
        let points = task.scheduling_points();
        let cpu_ns = os::cpu_time_ns(task.known_os_tid())?;
        let before = self.busy.iter().find(|busy| busy.pid == task.pid() && busy.points == points);
        let seen = before.copied().unwrap_or(Busy { pid: task.pid(), points, cpu_ns, told: false });
        Some((seen, cpu_ns.saturating_sub(seen.cpu_ns)))
    }

    fn seconds(&self) -> String {
        match self.limit.subsec_nanos() {
            0 => self.limit.as_secs().to_string(),
            _ => format!("{:.1}", self.limit.as_secs_f64()),
        }
    }

    fn report_hung(&self, kernel_state: &Arc<KernelState>, task: &Task) {
        let Some(noted) = task.wait_note().snapshot() else { return };
        let (comm, pid, seconds, path) = (task.comm(), task.pid(), self.seconds(), path(kernel_state, task));
        let message = match noted.on.kind.spins() {
            true => format!(
                "BUG: spinlock lockup: task {comm}:{pid} has spun for more than {seconds} seconds.{path}"
            ),
            false => format!("INFO: task {comm}:{pid} blocked for more than {seconds} seconds.{path}"),
        };
        let in_c = kernel_state
            .is_place_of_c_side(noted.on.place)
            .then(|| place_of_wait(kernel_state, task, &noted));
        warn(kernel_state, task, noted.on.call, noted.on.place, in_c.as_deref(), &message);
    }

    fn report_busy(&self, kernel_state: &Arc<KernelState>, task: &Task) {
        let message = format!(
            "BUG: soft lockup - {}:{} has used a cpu for more than {} seconds, and neither slept nor called \
             cond_resched(){}",
            task.comm(),
            task.pid(),
            self.seconds(),
            spins_for(kernel_state, task)
        );
        let place = place_of_function(kernel_state, task);
        warn(kernel_state, task, "threadfn", Location::caller(), place.as_deref(), &message);
    }
}

/// The lock for which a task spins, if it does, and its holder.
fn spins_for(kernel_state: &Arc<KernelState>, task: &Task) -> String {
    task.wait_note().snapshot().map(|_| path(kernel_state, task)).unwrap_or_default()
}

/// The serial of a task's wait, and when that began, if it is one that may hang.
fn hangs_since(kernel_state: &KernelState, task: &Task) -> Option<(u32, u64)> {
    if let Some(spins) = task.wait_note().snapshot().filter(|noted| noted.on.kind.spins()) {
        // The time is that of this wait once the task has gone through `before_wait`.
        let is_noted = task.wait_note().looked.load(Ordering::Relaxed) == spins.serial;
        return is_noted.then(|| (spins.serial, task.wait_note().slept_ns.load(Ordering::Relaxed)));
    }
    let state = task.state();
    let counts =
        state.contains(TASK_UNINTERRUPTIBLE) && !state.intersects(TaskState::WAKEKILL | TaskState::NOLOAD);
    let noted = task.wait_note().snapshot().filter(|noted| counts && !noted.over)?;
    if noted.on.kind == WaitKind::FirstWake {
        // It has not run, so it has noted nothing.
        let age = kernel_state
            .clock
            .since_boot_ns(kernel_state.clock.now_ns())
            .saturating_sub(task.start_time_ns());
        return Some((noted.serial, kernel_state.clock.now_ns().saturating_sub(age)));
    }
    let since = task.wait_note().slept_ns.load(Ordering::Relaxed);
    (!task.on_rq() && since != 0).then_some((noted.serial, since))
}

fn warn(
    kernel_state: &KernelState,
    task: &Task,
    call: &str,
    place: &'static Location<'static>,
    place_in_c: Option<&str>,
    message: &str,
) {
    let comm = task.comm();
    kernel_state.warnings.tell(&Warning {
        kind: WarningKind::HungTask,
        comm: &comm,
        pid: task.pid(),
        call,
        place,
        place_in_c,
        place_of_panic: None,
        message,
    });
}
