//! What a task shows of itself: the fields of `task_struct`, read (by everybody) and written (by
//! the runtime).

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
    /// The pid in the task's Kernel: `task_pid_nr`. It is no pid of the operating system's; that
    /// one is [`os_tid`](Self::os_tid).
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The thread group's pid: `task_tgid_nr`. Every task here leads a group of its own.
    pub fn tgid(&self) -> i32 {
        self.tgid
    }

    /// The leader of the task's thread group: the task itself.
    pub fn group_leader(&self) -> Task {
        self.get()
    }

    /// The operating system's id of the thread that runs the task, or 0 once it has ended.
    ///
    /// A task may be known before its thread has told its id, by a moment; then this waits for it.
    pub fn os_tid(&self) -> i32 {
        self.os_tid.get()
    }

    /// The same, or 0 if the thread has not told its id yet.
    pub(crate) fn known_os_tid(&self) -> i32 {
        self.os_tid.known()
    }

    pub(crate) fn set_os_tid(&self, tid: i32) {
        self.os_tid.set(tid);
    }

    /// An OS thread will be made for the task, which nobody knows yet, and will note itself.
    pub(crate) fn expect_os_thread(&self) {
        self.os_tid.expect();
    }

    /// The name, at most 15 bytes: `get_task_comm`. A name that was cut inside a character ends in
    /// U+FFFD.
    pub fn comm(&self) -> String {
        let bytes: Vec<u8> =
            self.comm.iter().map(|b| b.load(Ordering::Relaxed)).take_while(|&b| b != 0).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The name as it was asked for, however long: `get_kthread_comm`, and what `/proc/PID/comm`
    /// shows.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// The state at this moment: `READ_ONCE(task->__state)`.
    pub fn state(&self) -> TaskState {
        TaskState::from_bits_retain(self.state.load())
    }

    /// The letter that `ps` shows for the task: that of its state, or of its end, Z and then X. See
    /// [`task_state_to_char`].
    pub fn state_letter(&self) -> char {
        match self.exit_state() {
            EXIT_NONE => self.state().letter(),
            EXIT_ZOMBIE => 'Z',
            _ => 'X',
        }
    }

    /// The task's flags: `task->flags`.
    pub fn flags(&self) -> TaskFlags {
        TaskFlags::from_bits_retain(self.flags.load(Ordering::Acquire))
    }

    /// Sets and clears flags. Release: who sees PF_EXITING sees what came before.
    pub(crate) fn change_flags(&self, set: TaskFlags, clear: TaskFlags) {
        if !set.is_empty() {
            self.flags.fetch_or(set.bits(), Ordering::Release);
        }
        if !clear.is_empty() {
            self.flags.fetch_and(!clear.bits(), Ordering::Release);
        }
    }

    /// True until the task has gone to sleep in the state that it set: `task->on_rq`.
    pub fn on_rq(&self) -> bool {
        self.on_rq.load(Ordering::Acquire) != 0
    }

    /// The parent: kthreadd for kthreads; `None` for the idle task.
    pub fn parent(&self) -> Option<Task> {
        self.parent.clone()
    }

    /// True if the task has no address space of its own (`task->mm == NULL`): that of a kthread,
    /// and one that has ended. Others have the process's.
    pub fn mm_is_null(&self) -> bool {
        self.mm.load(Ordering::Relaxed).is_null()
    }

    /// Nanoseconds from the Kernel's boot to the creation of the task.
    pub fn start_time_ns(&self) -> u64 {
        self.start_ns
    }

    /// The signal for the parent at the end: SIGCHLD (17), which kthreadd ignores.
    pub fn exit_signal(&self) -> i32 {
        self.exit_signal
    }

    /// `EXIT_ZOMBIE` and then `EXIT_DEAD` at the end of life, 0 before.
    pub fn exit_state(&self) -> i32 {
        self.exit_state.load(Ordering::Acquire)
    }

    pub(crate) fn set_exit_state(&self, state: i32) {
        self.exit_state.store(state, Ordering::Release);
    }

    /// How the task ended: 0, or the signal number of an oops (11).
    pub fn exit_code(&self) -> i32 {
        self.exit_code.load(Ordering::Relaxed)
    }

    pub(crate) fn set_exit_code(&self, code: i32) {
        self.exit_code.store(code, Ordering::Relaxed);
    }

    /// `task->policy`: `SCHED_…`.
    pub fn policy(&self) -> i32 {
        self.policy.load(Ordering::Relaxed)
    }

    /// `task->prio`: 100–139 for ordinary tasks (120 is nice 0), 0–98 for real-time ones. While a
    /// more urgent task waits for a rt_mutex that this one holds, that one's.
    pub fn prio(&self) -> i32 {
        self.prio.load(Ordering::Relaxed)
    }

    /// `task->static_prio`: 120 + nice.
    pub fn static_prio(&self) -> i32 {
        self.static_prio.load(Ordering::Relaxed)
    }

    pub(crate) fn set_prio(&self, prio: i32) {
        self.prio.store(prio, Ordering::Relaxed);
    }

    /// `task->normal_prio`: as `prio`, without what is inherited.
    pub fn normal_prio(&self) -> i32 {
        self.normal_prio.load(Ordering::Relaxed)
    }

    /// `task->rt_priority`: 1–99 for real-time tasks, 0 for others.
    pub fn rt_priority(&self) -> u32 {
        self.rt_priority.load(Ordering::Relaxed)
    }

    /// The nice value asked for: `task_nice`.
    pub fn nice(&self) -> i32 {
        self.static_prio() - 120
    }

    /// The cpus asked for: `task->cpus_mask`.
    pub fn cpus_allowed(&self) -> CpuMask {
        refuse_in_forked_child();
        self.attributes.lock().as_ref().map_or(self.kernel_state.cpus(), |attributes| attributes.cpus_allowed)
    }

    /// True if the attributes were ever changed; what the task's children inherit is then not what
    /// it began with.
    pub(crate) fn attributes_changed(&self) -> bool {
        self.attributes.lock().is_some()
    }

    /// Puts the attributes where C code and the getters read them; all but `prio`, into which more
    /// goes. True if it is to be [adjusted](crate::sched::Graph::adjust).
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

    /// The real-time priority that it is to have from who waits for its locks; 0 for none.
    pub(crate) fn inherited(&self) -> u32 {
        self.inherited.load(Ordering::Relaxed)
    }

    pub(crate) fn set_inherited(&self, priority: u32) {
        self.inherited.store(priority, Ordering::Relaxed);
    }

    /// What the task waits for, while it sleeps in a call of this crate.
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

    /// The upper layer's block, if the task has one of this type.
    #[inline]
    pub(crate) fn private<P: Any>(&self) -> Option<&P> {
        self.private.as_deref().and_then(|p| p.downcast_ref())
    }

    /// The OS thread of this task is about to go; nobody may aim a system call at its id any more.
    pub(crate) fn forget_os_thread(&self) {
        let _attributes = self.attributes.lock();
        self.set_os_tid(0);
    }

    /// The calling OS thread is the one that runs this task.
    pub(crate) fn note_os_thread(&self) {
        self.set_os_tid(os::gettid());
    }

    /// Who this is, for an event or a listing.
    pub fn id(&self) -> TaskId {
        TaskId { pid: self.pid, comm: self.comm() }
    }

    /// Tells the Kernel's event function that this task did something.
    #[inline(always)]
    pub(crate) fn event(&self, kind: impl FnOnce() -> EventKind) {
        let kernel_state = &self.kernel_state;
        kernel_state.events.tell(|| Event {
            time_ns: kernel_state.clock.since_boot_ns(kernel_state.clock.now_ns()),
            task: self.id(),
            kind: kind(),
        });
    }

    /// Tells the Kernel's warning function that this task made a wrong call.
    #[cold]
    pub(crate) fn warn(
        &self,
        kind: WarningKind,
        call: &str,
        place: &'static Location<'static>,
        message: &str,
    ) {
        self.tell(kind, call, place, message, 0);
    }

    /// The same, about a call that was made earlier, at `place`.
    #[cold]
    pub(crate) fn warn_of(&self, kind: WarningKind, call: &str, place: CallPlace, message: &str) {
        self.tell(kind, call, place.location(), message, place.address_in_c());
    }

    fn tell(
        &self,
        kind: WarningKind,
        call: &str,
        place: &'static Location<'static>,
        message: &str,
        address_in_c: usize,
    ) {
        let comm = self.comm();
        self.wait_note.note_warning(place, self.scheduling_points());
        let place_of_panic = (kind == WarningKind::Oops).then(sync::take_place_of_panic).flatten();
        let warning = Warning {
            kind,
            comm: &comm,
            pid: self.pid,
            call,
            place,
            place_in_c: None,
            place_of_panic: place_of_panic.as_deref(),
            message,
            address_in_c,
        };
        if kind == WarningKind::Oops {
            self.kernel_state.note_oops(&warning);
        }
        self.kernel_state.warnings.tell(&warning);
    }
}

/// True if the state of `task` is RUNNING: `task_is_running`. It may be another by the time that
/// this returns.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(task_is_running(&current()));
/// ```
pub fn task_is_running(task: &TaskStruct) -> bool {
    task.state() == TASK_RUNNING
}

/// The name of `task`, at most 15 bytes of it: `get_task_comm`.
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

/// The letter that `ps` shows for `task`: `task_state_to_char`. R, S, D, I, P (parked), Z (a
/// zombie), X (dead).
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
