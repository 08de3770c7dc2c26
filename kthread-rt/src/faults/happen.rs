//! Where faults happen: each call that can have one asks here, and this reports it.
//!
//! A Kernel without a plan has no [`Faults`]: a call checks one pointer in the KernelState.

use super::plan::{CLASSES, Class, Fault, FaultPlan, When, draw};
use super::spec::{environment_has_plan, may_have_faults};
use crate::clock::TICK_NSEC;
use crate::errno::Errno;
use crate::sched::{resumed, with_current};
use crate::sync::{self, Mutex, Slept};
use crate::task::{CallPlace, TASK_INTERRUPTIBLE, TaskState, TaskStruct, WaitKind, WaitsOn};
use crate::trace::EventKind;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::panic::Location;

/// A Kernel's plan, and the state of its counters.
pub(crate) struct Faults {
    plan: FaultPlan,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    /// The number of calls of each class so far.
    calls: [u64; CLASSES],
    /// The places where a sleep was interrupted: the location in Rust, the address in C.
    interrupted: BTreeSet<(usize, usize)>,
    /// The places where the tasks with these pids were created, until they start.
    created: BTreeMap<i32, CallPlace>,
    /// The delays of the timers at these addresses, in jiffies.
    late: BTreeMap<usize, u64>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Faults({})", self.plan)
    }
}

/// What happens to a create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CreateFault {
    Fails(Errno),
    Killed,
    Lost,
}

/// A fault that happens now, to the `n`th call of its class.
#[derive(Debug, Clone, Copy)]
struct Due {
    fault: Fault,
    n: u64,
}

impl Faults {
    pub(crate) fn new(plan: FaultPlan) -> Self {
        Self { plan, counts: Mutex::new(Counts::default()) }
    }

    fn has(&self, class: Class) -> bool {
        self.plan.rules.iter().any(|(fault, _)| fault.class() == class)
    }

    /// Counts a call of these classes. The fault that it has, if it has one.
    fn next(&self, classes: &[Class]) -> Option<Due> {
        let mut counts = self.counts.lock();
        for &class in classes {
            counts.calls[class as usize] += 1;
        }
        let calls = counts.calls;
        drop(counts);
        let mut rules = self.plan.rules.iter().zip(1_u64..);
        rules.find_map(|(&(fault, when), rule)| {
            let n = classes.contains(&fault.class()).then(|| calls[fault.class() as usize])?;
            // Each rule draws its own numbers.
            let seed = self.plan.seed ^ rule.wrapping_mul(0xd6e8_feb8_6659_fd93);
            when.is(n, || draw(seed, n)).then_some(Due { fault, n })
        })
    }
}

impl Due {
    /// Reports the fault of `call` at `place` by the current task `me`.
    fn tell(self, me: &TaskStruct, call: &str, place: &'static Location<'static>, what: &str) {
        self.tell_at(me, call, me.kernel_state().place_of_call(place), what);
    }

    fn tell_at(self, me: &TaskStruct, call: &str, place: CallPlace, what: &str) {
        let Self { fault, n } = self;
        let at = me.kernel_state().name_place(place);
        if me.kernel_state().events.is_on() {
            let fault = format!("{fault}@{n}");
            return me.event(|| EventKind::FaultInjected {
                fault,
                call: call.to_owned(),
                place: at,
                what: what.to_owned(),
            });
        }
        let (comm, pid) = (me.full_name(), me.pid());
        let line =
            format!("kthread-rt fault {fault}@{n}: {call}() by task {comm:?} (pid {pid}) at {at}: {what}\n");
        // A report that can't be written is no reason to fail.
        _ = std::io::stderr().write_all(line.as_bytes());
    }
}

impl TaskStruct {
    /// This task, the current one, has created `task` at `place`. Keeps the place for the report if
    /// the first wake-up of `task` is late.
    pub(crate) fn fault_may_follow(&self, task: &TaskStruct, place: &'static Location<'static>) {
        if let Some(faults) = self.kernel_state().faults.as_ref().filter(|faults| faults.has(Class::WakeUp)) {
            faults.counts.lock().created.insert(task.pid(), self.kernel_state().place_of_call(place));
        }
    }

    /// The fault of a create by this task, the current one.
    pub(crate) fn fault_in_create(
        &self,
        call: &str,
        place: &'static Location<'static>,
    ) -> Option<CreateFault> {
        let due = self.kernel_state().faults.as_ref()?.next(&[Class::Create, Class::Either])?;
        let (fault, what) = match due.fault {
            Fault::CreateFails(errno) => (CreateFault::Fails(errno), format!("it fails with {errno:?}")),
            Fault::Fails => (CreateFault::Fails(Errno::ENOMEM), "it fails with ENOMEM".to_owned()),
            Fault::CreatorKilled => (CreateFault::Killed, "SIGKILL arrives while it waits".to_owned()),
            Fault::CompletionLost => {
                (CreateFault::Lost, "the completion that it waits for is lost".to_owned())
            }
            _ => return None,
        };
        due.tell(self, call, place, &what);
        Some(fault)
    }

    /// Whether an allocation by this task, the current one, fails.
    pub(crate) fn fault_in_allocation(&self, call: &str, place: &'static Location<'static>) -> bool {
        let Some(faults) = self.kernel_state().faults.as_ref() else { return false };
        let due = faults.next(&[Class::Allocation, Class::Either]);
        if let Some(due) = due {
            due.tell(self, call, place, "there is no memory for it");
        }
        due.is_some()
    }

    /// This task, the current one, is about to sleep in `state`: a signal may interrupt it.
    #[cold]
    pub(crate) fn fault_before_sleep(&self, faults: &Faults, state: TaskState) {
        // One that nobody has asked for.
        self.signals.drop_passing();
        if !faults.has(Class::Sleep) || !state.intersects(TASK_INTERRUPTIBLE) || !self.takes_signals() {
            return;
        }
        let Some(wait) = self.wait_note().read().filter(|wait| !is_ours(wait.place)) else { return };
        let place = self.kernel_state().place_of_call(wait.place);
        if faults.plan.rules.contains(&(Fault::SignalInSleep, When::Always)) {
            let mut counts = faults.counts.lock();
            if !counts.interrupted.insert(place.identity()) {
                return;
            }
        }
        if let Some(due) = faults.next(&[Class::Sleep]) {
            self.signals.raise_passing();
            due.tell(self, "schedule", wait.place, "a signal interrupts the sleep");
        }
    }

    /// This task, the current one, has slept and was woken: it may continue late.
    #[cold]
    pub(crate) fn fault_after_wake_up(&self, faults: &Faults) {
        // A create waits only if there is no spare thread, and a new thread sleeps only if it is
        // quicker than its waker: new threads have a call of their own.
        self.late(faults, |wait| !matches!(wait.kind, WaitKind::Create | WaitKind::FirstWake));
    }

    /// This task, the current one, is new, and has had its first wake-up.
    pub(crate) fn fault_after_first_wake_up(&self) {
        if let Some(faults) = self.kernel_state().faults.as_deref() {
            self.late(faults, |_| true);
            faults.counts.lock().created.remove(&self.pid());
        }
    }

    fn late(&self, faults: &Faults, counts: impl Fn(&WaitsOn) -> bool) {
        if !faults.has(Class::WakeUp) {
            return;
        }
        let counts = |wait: &WaitsOn| counts(wait) && !is_ours(wait.place);
        let Some(wait) = self.wait_note().read().filter(counts) else { return };
        if let Some(due @ Due { fault: Fault::LateWakeUp(jiffies), .. }) = faults.next(&[Class::WakeUp]) {
            let what = format!("it was woken, and goes on {jiffies} jiffies later");
            let created = faults.counts.lock().created.remove(&self.pid());
            let place = created.unwrap_or_else(|| self.kernel_state().place_of_call(wait.place));
            due.tell_at(self, "schedule", place, &what);
            self.pass(jiffies);
        }
    }

    /// This task, the current one, arms the timer at `timer`: it may be late.
    pub(crate) fn fault_in_timer(&self, timer: usize, call: &str, place: &'static Location<'static>) {
        let Some(faults) = self.kernel_state().faults.as_ref().filter(|faults| faults.has(Class::Timer))
        else {
            return;
        };
        let due = faults.next(&[Class::Timer]);
        let mut counts = faults.counts.lock();
        if let Some(due @ Due { fault: Fault::LateTimer(jiffies), .. }) = due {
            counts.late.insert(timer, jiffies);
            drop(counts);
            due.tell(self, call, place, &format!("its function will be called {jiffies} jiffies late"));
        } else {
            counts.late.remove(&timer);
        }
    }

    /// This task, the current one, is about to call the function of the timer at `timer`.
    #[cold]
    pub(crate) fn fault_before_callback(&self, faults: &Faults, timer: usize) {
        let late = faults.counts.lock().late.remove(&timer);
        if let Some(jiffies) = late {
            self.pass(jiffies);
        }
    }

    /// Waits for so many jiffies, whatever happens meanwhile. Others see the task as running.
    fn pass(&self, jiffies: u64) {
        if sync::TIME_STANDS_STILL {
            return;
        }
        let clock = &self.kernel_state().clock;
        let until = clock.now_ns().saturating_add(jiffies.saturating_mul(TICK_NSEC));
        // A wake of the word, which nobody owes a running task, is a look again.
        while clock.now_ns() < until
            && self.state.sleep_while(self.state.load(), Some(until)) != Slept::Expired
        {}
        resumed();
    }
}

/// True if this is a place in the runtime: one of its own threads waits for something to do.
fn is_ours(place: &Location<'_>) -> bool {
    // The folder of the crate's source, wherever it was compiled.
    file!().strip_suffix("faults/happen.rs").is_some_and(|folder| place.file().starts_with(folder))
}

/// Counts an allocation by the calling task for `call`. True if it has to fail, by the plan of the
/// task's Kernel. For code with allocations of its own, such as the C side: `should_failslab`.
///
/// If no Kernel of the process has a plan this checks one flag.
///
/// ```
/// use kthread_rt::faults::{Fault, FaultPlan, When, allocation_fails};
/// use kthread_rt::prelude::*;
///
/// fn my_alloc() -> Result<Box<[u8; 64]>, Errno> {
///     if allocation_fails("my_alloc") { Err(Errno::ENOMEM) } else { Ok(Box::new([0; 64])) }
/// }
///
/// let plan = FaultPlan::new().with(Fault::AllocationFails, When::Nth(2));
/// let kernel = Kernel::builder().faults(plan).boot()?;
/// let inside = kernel.enter();
/// assert!(my_alloc().is_ok());
/// assert_eq!(my_alloc(), Err(Errno::ENOMEM));
/// assert!(my_alloc().is_ok());
/// # Ok::<(), BootError>(())
/// ```
#[inline]
#[track_caller]
pub fn allocation_fails(call: &str) -> bool {
    may_have_faults() && allocation_fails_now(call, Location::caller())
}

#[cold]
fn allocation_fails_now(call: &str, place: &'static Location<'static>) -> bool {
    // A thread without a Kernel gets one here only if that Kernel has a plan.
    if sync::current_ptr().is_null() && !environment_has_plan() {
        return false;
    }
    with_current(|me| me.fault_in_allocation(call, place))
}
