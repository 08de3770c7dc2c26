//! Tasks that hang: `khungtaskd` of a kernel, its soft lockup detector and its stall warnings of
//! RCU.
//!
//! A thread that no task knows of looks at the tasks when one could hang for the first time, and
//! sleeps in between: it begins with the Kernel, and ends with it. A task hangs that
//!
//! * has been asleep for longer than the limit in `TASK_UNINTERRUPTIBLE`, as a kernel has it: not
//!   one that may be killed, or whose sleep does not count as load (`TASK_IDLE`). Which time that
//!   is the task notes when it falls asleep;
//! * runs, and has used more of a cpu's time than the limit since it last slept or called
//!   `cond_resched`.
//!
//! Each wait is told once. What std has for threads is used as it is: no model has a Kernel with a
//! limit.

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

/// Notes when a task falls asleep: what a Kernel without [`debug`](crate::KernelBuilder::debug)
/// needs.
pub(crate) fn before_sleep(me: &TaskStruct) {
    me.wait_note().slept_ns.store(me.kernel_state().clock.now_ns(), Ordering::Relaxed);
}

/// Begins to watch the tasks of `kernel_state`.
pub(crate) fn start(kernel_state: &Arc<KernelState>, limit: Duration) {
    let watched = kernel_state.clone();
    // The thread has the mask of who starts it: signals of the process are not for it.
    let _blocked = SignalsBlocked::new();
    let thread = Builder::new().name("khungtaskd".into()).spawn(move || watch(&watched, limit));
    // Without it nothing hangs less; a system that has no thread left says so at the next create.
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
    // A handler of warnings that shuts the Kernel down is on this thread.
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

/// What the watcher remembers from one look to the next.
struct Seen {
    limit: Duration,
    limit_ns: u64,
    /// The waits that were told: pids and serials.
    told: Vec<(i32, u32)>,
    busy: Vec<Busy>,
}

/// A kthread that ran when it was looked at.
#[derive(Clone, Copy)]
struct Busy {
    pid: i32,
    /// How often it had slept, or said that others may run.
    points: u64,
    /// How much of a cpu's time it had used when it was first seen after that.
    cpu_ns: u64,
    told: bool,
}

impl Seen {
    /// Tells of those that hang; when to look again.
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

    /// A kthread that runs, and the time of a cpu that it has used since its last scheduling point,
    /// as far as was seen.
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
        let message = format!(
            "INFO: task {}:{} blocked for more than {} seconds.{}",
            task.comm(),
            task.pid(),
            self.seconds(),
            path(kernel_state, task)
        );
        let in_c = kernel_state
            .is_place_of_c_side(noted.on.place)
            .then(|| place_of_wait(kernel_state, task, &noted));
        tell(
            kernel_state,
            task,
            WarningKind::HungTask,
            noted.on.call,
            noted.on.place,
            in_c.as_deref(),
            &message,
        );
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
        tell(
            kernel_state,
            task,
            WarningKind::HungTask,
            "threadfn",
            Location::caller(),
            place.as_deref(),
            &message,
        );
    }
}

/// What a task spins for, if it does, and who has that.
fn spins_for(kernel_state: &Arc<KernelState>, task: &Task) -> String {
    task.wait_note().snapshot().map(|_| path(kernel_state, task)).unwrap_or_default()
}

/// The wait of a task that counts, and since when it has slept.
fn hangs_since(kernel_state: &KernelState, task: &Task) -> Option<(u32, u64)> {
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

fn tell(
    kernel_state: &KernelState,
    task: &Task,
    kind: WarningKind,
    call: &str,
    place: &'static Location<'static>,
    place_in_c: Option<&str>,
    message: &str,
) {
    let comm = task.comm();
    kernel_state.warnings.tell(&Warning {
        kind,
        comm: &comm,
        pid: task.pid(),
        call,
        place,
        place_in_c,
        place_of_panic: None,
        message,
        address_in_c: 0,
    });
}
