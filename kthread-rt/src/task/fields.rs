//! The fields of `task_struct`: public getters, and the runtime's setters.

use super::wait_note::WaitNote;
use super::{
    CallPlace, EXIT_NONE, EXIT_ZOMBIE, Inheritance, KernelState, RcuNesting, SCHED_FIFO, SCHED_RR,
    SchedAttributes, TASK_RUNNING, Task, TaskFlags, TaskState, TaskStruct, WaitsOn,
};
use crate::cpumask::CpuMask;
use crate::diag::{Warning, WarningKind};
use crate::sync::{self, Arc, Ordering, os, record, refuse_in_forked_child};
use crate::trace::{Event, EventKind, TaskId};
use std::any::Any;
use std::panic::Location;

impl TaskStruct {
    /// Returns the pid in the task's Kernel: `task_pid_nr`. The operating system's id is
    /// [`os_tid`](Self::os_tid).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "worker/%d", 7)?;
    /// assert!(task.pid() > 0);
    /// assert_eq!(task.comm(), "worker/7");
    /// assert_eq!(task.state(), TASK_UNINTERRUPTIBLE); // until its first wake-up
    /// assert_eq!(task.state_letter(), 'D');
    /// assert_eq!(task.parent(), Some(kthreadd_task()?));
    /// assert_eq!(task.exit_state(), 0);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Returns the thread group's pid: `task_tgid_nr`. Each task here is a thread group of its own.
    pub fn tgid(&self) -> i32 {
        self.tgid
    }

    /// Returns the leader of the task's thread group, which is the task itself.
    pub fn group_leader(&self) -> Task {
        self.get()
    }

    /// Returns the operating system's id of the task's thread, or 0 once the thread has ended.
    ///
    /// A new task's thread may not have stored its id yet; then this call waits a moment for it.
    pub fn os_tid(&self) -> i32 {
        self.os_tid.get()
    }

    /// As [`os_tid`](Self::os_tid), but 0 if the thread has not stored its id yet.
    pub(crate) fn known_os_tid(&self) -> i32 {
        self.os_tid.known()
    }

    pub(crate) fn set_os_tid(&self, tid: i32) {
        self.os_tid.set(tid);
    }

    /// Announces that an OS thread will be started and will store its id. Nobody else has the task
    /// yet.
    pub(crate) fn expect_os_thread(&self) {
        self.os_tid.expect();
    }

    /// Returns the name, at most 15 bytes: `get_task_comm`. A name that was cut inside a character
    /// ends in U+FFFD.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "worker/%d", 7)?;
    /// assert!(task.pid() > 0);
    /// assert_eq!(task.comm(), "worker/7");
    /// assert_eq!(task.state(), TASK_UNINTERRUPTIBLE); // until its first wake-up
    /// assert_eq!(task.state_letter(), 'D');
    /// assert_eq!(task.parent(), Some(kthreadd_task()?));
    /// assert_eq!(task.exit_state(), 0);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn comm(&self) -> String {
        let bytes: Vec<u8> =
            self.comm.iter().map(|b| b.load(Ordering::Relaxed)).take_while(|&b| b != 0).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Returns the full name: `get_kthread_comm`, and what a kernel shows in `/proc/PID/comm`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "a-name-of-twenty-two-b")?;
    /// assert_eq!((&*task.comm(), task.full_name()), ("a-name-of-twent", "a-name-of-twenty-two-b"));
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// Returns the state at this moment: `READ_ONCE(task->__state)`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "worker/%d", 7)?;
    /// assert!(task.pid() > 0);
    /// assert_eq!(task.comm(), "worker/7");
    /// assert_eq!(task.state(), TASK_UNINTERRUPTIBLE); // until its first wake-up
    /// assert_eq!(task.state_letter(), 'D');
    /// assert_eq!(task.parent(), Some(kthreadd_task()?));
    /// assert_eq!(task.exit_state(), 0);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn state(&self) -> TaskState {
        TaskState::from_bits_retain(self.state.load())
    }

    /// Returns the letter that `ps` shows for the task: its state's, or Z and then X when it has
    /// ended. See [`task_state_to_char`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "worker/%d", 7)?;
    /// assert!(task.pid() > 0);
    /// assert_eq!(task.comm(), "worker/7");
    /// assert_eq!(task.state(), TASK_UNINTERRUPTIBLE); // until its first wake-up
    /// assert_eq!(task.state_letter(), 'D');
    /// assert_eq!(task.parent(), Some(kthreadd_task()?));
    /// assert_eq!(task.exit_state(), 0);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn state_letter(&self) -> char {
        match self.exit_state() {
            EXIT_NONE => self.state().letter(),
            EXIT_ZOMBIE => 'Z',
            _ => 'X',
        }
    }

    /// Returns the flags: `task->flags`.
    pub fn flags(&self) -> TaskFlags {
        TaskFlags::from_bits_retain(self.flags.load(Ordering::Acquire))
    }

    /// Sets and clears flags. Release: a reader that sees PF_EXITING sees what came before.
    pub(crate) fn change_flags(&self, set: TaskFlags, clear: TaskFlags) {
        if !set.is_empty() {
            self.flags.fetch_or(set.bits(), Ordering::Release);
        }
        if !clear.is_empty() {
            self.flags.fetch_and(!clear.bits(), Ordering::Release);
        }
    }

    /// True unless the task is asleep (or about to) in `schedule`: `task->on_rq`.
    pub fn on_rq(&self) -> bool {
        self.on_rq.load(Ordering::Acquire) != 0
    }

    /// Returns the parent: kthreadd for kthreads; `None` for the idle task.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "worker/%d", 7)?;
    /// assert!(task.pid() > 0);
    /// assert_eq!(task.comm(), "worker/7");
    /// assert_eq!(task.state(), TASK_UNINTERRUPTIBLE); // until its first wake-up
    /// assert_eq!(task.state_letter(), 'D');
    /// assert_eq!(task.parent(), Some(kthreadd_task()?));
    /// assert_eq!(task.exit_state(), 0);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn parent(&self) -> Option<Task> {
        self.parent.clone()
    }

    /// True if the task has no address space (`task->mm == NULL`), as a kthread or a task that has
    /// ended. All others have the process's.
    pub fn mm_is_null(&self) -> bool {
        self.mm.load(Ordering::Relaxed).is_null()
    }

    /// Returns the nanoseconds from the Kernel's boot to the task's creation.
    pub fn start_time_ns(&self) -> u64 {
        self.start_ns
    }

    /// Returns the signal that the parent gets when the task ends: SIGCHLD (17), which kthreadd
    /// ignores.
    pub fn exit_signal(&self) -> i32 {
        self.exit_signal
    }

    /// Returns `EXIT_ZOMBIE` and then `EXIT_DEAD` once the task has ended, 0 before:
    /// `task->exit_state`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "worker/%d", 7)?;
    /// assert!(task.pid() > 0);
    /// assert_eq!(task.comm(), "worker/7");
    /// assert_eq!(task.state(), TASK_UNINTERRUPTIBLE); // until its first wake-up
    /// assert_eq!(task.state_letter(), 'D');
    /// assert_eq!(task.parent(), Some(kthreadd_task()?));
    /// assert_eq!(task.exit_state(), 0);
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn exit_state(&self) -> i32 {
        self.exit_state.load(Ordering::Acquire)
    }

    pub(crate) fn set_exit_state(&self, state: i32) {
        self.exit_state.store(state, Ordering::Release);
    }

    /// Returns how the task ended: 0, or 11 (SIGSEGV) after an oops: `task->exit_code`.
    pub fn exit_code(&self) -> i32 {
        self.exit_code.load(Ordering::Relaxed)
    }

    pub(crate) fn set_exit_code(&self, code: i32) {
        self.exit_code.store(code, Ordering::Relaxed);
    }

    /// Returns the scheduling policy, `SCHED_…`: `task->policy`.
    pub fn policy(&self) -> i32 {
        self.policy.load(Ordering::Relaxed)
    }

    /// Returns the priority: `task->prio`. 100–139 for ordinary tasks (120 is nice 0), 0–98 for
    /// real-time ones. While a more urgent task waits for a rt_mutex that this one holds, it is the
    /// waiter's.
    pub fn prio(&self) -> i32 {
        self.prio.load(Ordering::Relaxed)
    }

    /// Returns 120 + nice: `task->static_prio`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "background")?;
    /// set_user_nice(&task, 10);
    /// assert_eq!((task.nice(), task.static_prio()), (10, 130));
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn static_prio(&self) -> i32 {
        self.static_prio.load(Ordering::Relaxed)
    }

    pub(crate) fn set_prio(&self, prio: i32) {
        self.prio.store(prio, Ordering::Relaxed);
    }

    /// Returns the priority without inheritance: `task->normal_prio`.
    pub fn normal_prio(&self) -> i32 {
        self.normal_prio.load(Ordering::Relaxed)
    }

    /// Returns the real-time priority: `task->rt_priority`. 1–99 for real-time tasks, 0 for others.
    pub fn rt_priority(&self) -> u32 {
        self.rt_priority.load(Ordering::Relaxed)
    }

    /// Returns the requested nice value: `task_nice`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 0, (), "background")?;
    /// set_user_nice(&task, 10);
    /// assert_eq!((task.nice(), task.static_prio()), (10, 130));
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn nice(&self) -> i32 {
        self.static_prio() - 120
    }

    /// Returns the requested affinity: `task->cpus_mask`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create_on_cpu!(|()| 0, (), 0, "drain/%u")?;
    /// assert_eq!(task.cpus_allowed(), CpuMask::of(0));
    /// _ = kthread_stop(&task);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn cpus_allowed(&self) -> CpuMask {
        refuse_in_forked_child();
        self.attributes.lock().as_ref().map_or(self.kernel_state.cpus(), |attributes| attributes.cpus_allowed)
    }

    /// True if the attributes were ever changed. OS threads that the task forks then inherit
    /// changed ones.
    pub(crate) fn attributes_changed(&self) -> bool {
        self.attributes.lock().is_some()
    }

    /// Stores the attributes where C code and the getters read them; all but `prio`, which depends
    /// on inheritance too. True if the caller must [adjust](crate::sched::Graph::adjust) it.
    #[must_use]
    pub(crate) fn publish_attributes(&self, a: &SchedAttributes) -> bool {
        self.shown.show_cpus(&a.cpus_allowed);
        let static_prio = 120 + a.nice;
        let realtime = matches!(a.policy, SCHED_FIFO | SCHED_RR);
        let prio = if realtime { 99 - a.rt_priority as i32 } else { static_prio };
        self.static_prio.store(static_prio, Ordering::Relaxed);
        self.rt_priority.store(a.rt_priority, Ordering::Relaxed);
        self.policy.store(a.policy, Ordering::Relaxed);
        self.normal_prio.swap(prio, Ordering::Relaxed) != prio || self.prio.load(Ordering::Relaxed) != prio
    }

    pub(crate) fn inheritance(&self) -> &Inheritance {
        &self.inheritance
    }

    /// The real-time priority that the task should inherit from waiters for its locks; 0 for none.
    pub(crate) fn inherited(&self) -> u32 {
        self.inherited.load(Ordering::Relaxed)
    }

    pub(crate) fn set_inherited(&self, priority: u32) {
        self.inherited.store(priority, Ordering::Relaxed);
    }

    /// Returns what the task waits for, while it sleeps in a call of this crate. A snapshot; never
    /// sleeps.
    pub fn waits_on(&self) -> Option<WaitsOn> {
        self.wait_note.read()
    }

    pub(crate) fn wait_note(&self) -> &WaitNote {
        &self.wait_note
    }

    pub(crate) fn preempt_count(&self) -> &record::AtomicU32 {
        &self.preempt_count
    }

    pub(crate) fn rcu_nesting(&self) -> &RcuNesting {
        &self.rcu_nesting
    }

    pub(crate) fn kernel_state(&self) -> &Arc<KernelState> {
        &self.kernel_state
    }

    /// The upper layer's block, if it has this type.
    #[inline]
    pub(crate) fn private<P: Any>(&self) -> Option<&P> {
        self.private.as_deref().and_then(|p| p.downcast_ref())
    }

    /// Clears the id of the OS thread, which is about to end: no system call may use the id any
    /// more.
    pub(crate) fn forget_os_thread(&self) {
        let _attributes = self.attributes.lock();
        self.set_os_tid(0);
    }

    /// Stores the calling OS thread's id: it runs this task.
    pub(crate) fn note_os_thread(&self) {
        self.set_os_tid(os::gettid());
    }

    /// Returns pid and name, for an event or a listing.
    pub fn id(&self) -> TaskId {
        TaskId { pid: self.pid, comm: self.comm() }
    }

    /// Reports an event of this task to the Kernel's event handler.
    #[inline(always)]
    pub(crate) fn event(&self, kind: impl FnOnce() -> EventKind) {
        let kernel_state = &self.kernel_state;
        kernel_state.events.tell(|| Event {
            time_ns: kernel_state.clock.since_boot_ns(kernel_state.clock.now_ns()),
            task: self.id(),
            kind: kind(),
        });
    }

    /// Warns, by the Kernel's warning handler, that this task made a wrong call.
    #[cold]
    pub(crate) fn warn(
        &self,
        kind: WarningKind,
        call: &str,
        place: &'static Location<'static>,
        message: &str,
    ) {
        self.tell(kind, call, place, None, message);
    }

    /// Warns about an earlier call, which was made at `place`.
    #[cold]
    pub(crate) fn warn_of(&self, kind: WarningKind, call: &str, place: CallPlace, message: &str) {
        let in_c = self.kernel_state.name_in_c(place.address_in_c());
        self.tell(kind, call, place.location(), in_c.as_deref(), message);
    }

    fn tell(
        &self,
        kind: WarningKind,
        call: &str,
        place: &'static Location<'static>,
        place_in_c: Option<&str>,
        message: &str,
    ) {
        let comm = self.comm();
        if matches!(kind, WarningKind::LockOrder | WarningKind::Deadlock) {
            self.wait_note.note_warning(place, self.scheduling_points());
        }
        let place_of_panic = (kind == WarningKind::Oops).then(sync::take_place_of_panic).flatten();
        let warning = Warning {
            kind,
            comm: &comm,
            pid: self.pid,
            call,
            place,
            place_in_c,
            place_of_panic: place_of_panic.as_deref(),
            message,
        };
        if kind == WarningKind::Oops {
            self.kernel_state.note_oops(&warning);
        }
        self.kernel_state.warnings.tell(&warning);
    }
}

/// True if the state of `task` is RUNNING: `task_is_running`. The state may have changed by the
/// time this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(task_is_running(&current()));
/// ```
pub fn task_is_running(task: &TaskStruct) -> bool {
    task.state() == TASK_RUNNING
}

/// Returns the first 15 bytes of the task's name: `get_task_comm`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "a-very-long-kthread-name")?;
/// assert_eq!(get_task_comm(&task), "a-very-long-kth");
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn get_task_comm(task: &TaskStruct) -> String {
    task.comm()
}

/// Returns the letter that `ps` shows for `task`: `task_state_to_char`. R, S, D, I, T (stopped), P
/// (parked), Z (zombie), X (dead).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "shown")?;
/// assert_eq!(task_state_to_char(&task), 'D');
/// _ = kthread_stop(&task);
/// assert_eq!(task_state_to_char(&task), 'X');
/// # Ok::<(), Errno>(())
/// ```
pub fn task_state_to_char(task: &TaskStruct) -> char {
    task.state_letter()
}
