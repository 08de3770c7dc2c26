//! The second part of the header's `struct task_struct`: fields that only C code reads.
//!
//! The runtime writes these fields, and makes no decisions by them. It writes them
//!
//! * when the task is made, and when its attributes change: `cpus_mask`, the pointers, the start
//!   times;
//! * when the task sleeps, on the task's thread: `cpu`, `nvcsw`;
//! * under the lock of its signals: `blocked`, `pending`, `shared_pending`, `sighand`,
//!   TIF_SIGPENDING;
//! * under the lock of the pid table: the lists (see [`family`](super::family));
//! * when a caller asks for the operating system's counters: [`TaskStruct::note_counted`].
//!
//! Each value is one word, so a reader never sees half of one. Nothing is promised about the order
//! of two words.

use super::family::Node;
use super::signal_bits::{Disposition, Pending, SignalControl};
use super::{EXIT_DEAD, KernelState, TaskStruct};
use crate::cpumask::CpuMask;
use crate::sync::{Ordering, fence, os, record};
use std::ffi::c_void;
use std::fmt;
use std::mem::offset_of;
use std::ptr;

type Word = record::AtomicU64;
type Pointer<T> = record::AtomicPtr<T>;

/// `TIF_SIGPENDING`, as a bit of `thread_info.flags`.
const TIF_SIGPENDING: u64 = 1 << 2;
/// How many resource limits there are.
pub(crate) const RLIMITS: usize = 16;
const SIGNALS: usize = 64;
/// How long the operating system's counters are cached: one of its ticks.
const COUNTS_LAST_NS: u64 = 10_000_000;

/// `struct thread_info`.
#[repr(C)]
struct ThreadInfo {
    flags: Word,
    syscall_work: Word,
    status: record::AtomicU32,
    cpu: record::AtomicU32,
}

/// `struct sched_entity`: the fields that modules read.
#[repr(C)]
struct SchedEntity {
    /// And vruntime, prev_sum_exec_runtime.
    sum_exec_runtime: Word,
    /// exec_start and nr_migrations: 0.
    zero: u64,
}

/// `struct sigpending`: the set of signals; its queue is always empty.
#[repr(C)]
struct SigPending {
    list: Node,
    signal: Word,
}

/// `struct signal_struct` of a thread group, which is one task.
#[repr(C)]
struct Signal {
    sigcnt: record::AtomicI32,
    live: record::AtomicI32,
    nr_threads: record::AtomicI32,
    pad: record::AtomicI32,
    thread_head: Node,
    shared_pending: SigPending,
    group_exit_code: record::AtomicI32,
    notify_count: record::AtomicI32,
    group_stop_count: record::AtomicI32,
    flags: record::AtomicU32,
    tty: Pointer<c_void>,
    leader: record::AtomicI32,
    pad2: record::AtomicI32,
    /// All times and counts of ended members, of which there are none: 0.
    of_ended: u64,
    /// An array in a kernel; C code reads a pointer in the same way.
    rlim: Pointer<[[u64; 2]; RLIMITS]>,
    oom_score_adj: [i16; 4],
}

/// `struct k_sigaction`.
#[repr(C)]
struct Action {
    handler: record::AtomicUsize,
    flags: u64,
    restorer: usize,
    mask: u64,
}

/// `struct sighand_struct`. Tasks that never changed a handler share one.
#[repr(C)]
pub(super) struct Sighand {
    siglock: record::AtomicU32,
    count: record::AtomicI32,
    action: [Action; SIGNALS],
}

impl Sighand {
    const fn all(to: Disposition) -> Self {
        Self {
            siglock: record::AtomicU32::new(0),
            count: record::AtomicI32::new(1),
            action: [const { Action { handler: record::AtomicUsize::new(0), flags: 0, restorer: 0, mask: 0 } };
                SIGNALS],
        }
        .with(to)
    }

    const fn with(mut self, to: Disposition) -> Self {
        let mut i = 0;
        while i < SIGNALS {
            self.action[i].handler = record::AtomicUsize::new(to as usize);
            i += 1;
        }
        self
    }
}

impl fmt::Debug for Sighand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sighand")
    }
}

/// The table of kthreads, which ignore every signal.
static IGNORES_ALL: Sighand = Sighand::all(Disposition::Ignored);
/// The table of other tasks.
static DEFAULTS: Sighand = Sighand::all(Disposition::Default);

/// `struct cred`: the superuser's, the only one.
#[repr(C)]
struct Cred {
    usage: record::AtomicU64,
    /// uid, gid, suid, sgid, euid, egid, fsuid, fsgid.
    ids: [u32; 8],
    securebits: u32,
    pad: u32,
    /// Inheritable, permitted, effective, bounding, ambient.
    capabilities: [u64; 5],
    /// user, user_ns, ucounts, group_info.
    pointers: [Pointer<c_void>; 4],
}

/// All capabilities of Linux 6.1, up to CAP_CHECKPOINT_RESTORE.
const FULL_SET: u64 = (1 << 41) - 1;

static ROOT: Cred = Cred {
    usage: record::AtomicU64::new(4),
    ids: [0; 8],
    securebits: 0,
    pad: 0,
    capabilities: [0, FULL_SET, FULL_SET, FULL_SET, 0],
    pointers: [const { Pointer::new(ptr::null_mut()) }; 4],
};

/// `struct nsproxy`, with one namespace.
#[repr(C)]
struct NsProxy {
    count: record::AtomicI32,
    pid_namespace: Pointer<c_void>,
}

static NAMESPACES: NsProxy =
    NsProxy { count: record::AtomicI32::new(1), pid_namespace: Pointer::new(ptr::null_mut()) };

/// Sets the `struct pid_namespace` that all tasks are in.
#[doc(hidden)]
pub fn note_pid_namespace(namespace: *mut c_void) {
    NAMESPACES.pid_namespace.store(namespace, Ordering::Relaxed);
}

/// `struct mm_struct`: the fields that C code reads, and padding for the rest.
#[repr(C)]
struct Mm {
    users: record::AtomicI32,
    count: record::AtomicI32,
    owner: Pointer<TaskStruct>,
    space: [Word; 32],
}

/// The process's address space, for tasks that are not kthreads.
static PROCESS_MM: Mm = Mm {
    users: record::AtomicI32::new(1),
    count: record::AtomicI32::new(1),
    owner: Pointer::new(ptr::null_mut()),
    space: [const { Word::new(0) }; 32],
};

/// The `mm` of a new task.
pub(super) fn first_mm(default_action: Disposition) -> *mut c_void {
    match default_action {
        // A kthread's.
        Disposition::Ignored => ptr::null_mut(),
        _ => (&raw const PROCESS_MM).cast_mut().cast(),
    }
}

/// `struct fs_struct`: a root without a name.
#[repr(C)]
struct FsStruct {
    users: record::AtomicI32,
    lock: record::AtomicU32,
    seq: record::AtomicU32,
    umask: record::AtomicI32,
    in_exec: record::AtomicI32,
    pad: record::AtomicI32,
    /// root and pwd, each a mount and a dentry.
    paths: [Pointer<c_void>; 4],
}

static FS: FsStruct = FsStruct {
    users: record::AtomicI32::new(1),
    lock: record::AtomicU32::new(0),
    seq: record::AtomicU32::new(0),
    umask: record::AtomicI32::new(0o022),
    in_exec: record::AtomicI32::new(0),
    pad: record::AtomicI32::new(0),
    paths: [const { Pointer::new(ptr::null_mut()) }; 4],
};

const FILES_IN_TABLE: usize = 64;

/// `struct files_struct`, with its table: files have no numbers here, so all slots are empty.
#[repr(C)]
struct FilesStruct {
    count: record::AtomicI32,
    file_lock: record::AtomicU32,
    next_fd: record::AtomicU32,
    pad: record::AtomicU32,
    fdt: Pointer<FdTable>,
    fdtab: FdTable,
    close_on_exec: Word,
    open_fds: Word,
    full_fds_bits: Word,
    fd_array: [Pointer<c_void>; FILES_IN_TABLE],
}

/// `struct fdtable`.
#[repr(C)]
struct FdTable {
    max_fds: record::AtomicU32,
    fd: Pointer<Pointer<c_void>>,
    close_on_exec: Pointer<Word>,
    open_fds: Pointer<Word>,
    full_fds_bits: Pointer<Word>,
}

static FILES: FilesStruct = FilesStruct {
    count: record::AtomicI32::new(1),
    file_lock: record::AtomicU32::new(0),
    next_fd: record::AtomicU32::new(0),
    pad: record::AtomicU32::new(0),
    fdt: Pointer::new((&raw const FILES.fdtab).cast_mut()),
    fdtab: FdTable {
        max_fds: record::AtomicU32::new(FILES_IN_TABLE as u32),
        fd: Pointer::new((&raw const FILES.fd_array).cast_mut().cast()),
        close_on_exec: Pointer::new((&raw const FILES.close_on_exec).cast_mut()),
        open_fds: Pointer::new((&raw const FILES.open_fds).cast_mut()),
        full_fds_bits: Pointer::new((&raw const FILES.full_fds_bits).cast_mut()),
    },
    close_on_exec: Word::new(0),
    open_fds: Word::new(0),
    full_fds_bits: Word::new(0),
    fd_array: [const { Pointer::new(ptr::null_mut()) }; FILES_IN_TABLE],
};

/// The fields, in the header's order.
#[repr(C)]
pub(super) struct Shown {
    thread_info: ThreadInfo,
    cpus_mask: [Word; CpuMask::WORDS],
    cpus_ptr: Pointer<c_void>,
    pub(super) tasks: Node,
    pub(super) children: Node,
    pub(super) sibling: Node,
    thread_group: Node,
    thread_node: Node,
    sighand: Pointer<Sighand>,
    signal: Pointer<Signal>,
    blocked: Word,
    pending: SigPending,
    start_time: u64,
    start_boottime: u64,
    utime: Word,
    stime: Word,
    nvcsw: Word,
    nivcsw: Word,
    min_flt: Word,
    maj_flt: Word,
    se: SchedEntity,
    real_cred: Pointer<Cred>,
    cred: Pointer<Cred>,
    fs: Pointer<FsStruct>,
    files: Pointer<FilesStruct>,
    nsproxy: Pointer<NsProxy>,
    thread_pid: Pointer<c_void>,
    /// The start time once more, as a `struct timespec`, its type before 3.17.
    start_timespec: [u64; 2],
    nr_cpus_allowed: record::AtomicI32,
    usage: record::AtomicI32,
    ptrace: u32,
    personality: u32,
    pdeath_signal: i32,
    sessionid: u32,
    loginuid: u32,
    jobctl: u64,
    /// journal_info, set_child_tid, clear_child_tid and stack: null.
    nothing: [usize; 4],
    /// in_execve and its like: 0.
    bits: u64,
    pub(super) listed: record::AtomicU32,
    signal_struct: Signal,
    /// When the operating system's counters were last read.
    counted_ns: Word,
}

/// The operating system's counters of a task's thread.
#[derive(Debug, Clone, Copy, Default)]
#[doc(hidden)]
pub struct Counted {
    /// Nanoseconds on a cpu: in total, in user space, and in the system.
    pub runtime_ns: u64,
    pub user_ns: u64,
    pub system_ns: u64,
    /// How often it was preempted.
    pub preempted: u64,
    pub minor_faults: u64,
    pub major_faults: u64,
    /// The cpu on which it runs or last ran.
    pub cpu: u32,
}

fn word(value: u64) -> Word {
    Word::new(value)
}

fn null<T>() -> Pointer<T> {
    Pointer::new(ptr::null_mut())
}

fn shared<T>(of: &'static T) -> Pointer<T> {
    Pointer::new(ptr::from_ref(of).cast_mut())
}

impl Shown {
    /// For a task of `kernel_state` that is made at `now_ns`. Pointers into the task itself are
    /// null until [`settle`](Self::settle).
    pub(super) fn new(kernel_state: &KernelState, now_ns: u64, default_action: Disposition) -> Self {
        let boot_ns = now_ns + kernel_state.boottime_offset_ns;
        let cpus = kernel_state.cpus();
        let pending = || SigPending { list: Node::new(), signal: word(0) };
        Self {
            thread_info: ThreadInfo {
                flags: word(0),
                syscall_work: word(0),
                status: record::AtomicU32::new(0),
                cpu: record::AtomicU32::new(os::current_cpu()),
            },
            cpus_mask: cpus.words().map(word),
            cpus_ptr: null(),
            tasks: Node::new(),
            children: Node::new(),
            sibling: Node::new(),
            thread_group: Node::new(),
            thread_node: Node::new(),
            sighand: shared(match default_action {
                Disposition::Ignored => &IGNORES_ALL,
                _ => &DEFAULTS,
            }),
            signal: null(),
            blocked: word(0),
            pending: pending(),
            start_time: now_ns,
            start_boottime: boot_ns,
            utime: word(0),
            stime: word(0),
            nvcsw: word(0),
            nivcsw: word(0),
            min_flt: word(0),
            maj_flt: word(0),
            se: SchedEntity { sum_exec_runtime: word(0), zero: 0 },
            real_cred: shared(&ROOT),
            cred: shared(&ROOT),
            fs: shared(&FS),
            files: shared(&FILES),
            nsproxy: shared(&NAMESPACES),
            thread_pid: null(),
            start_timespec: [now_ns / 1_000_000_000, now_ns % 1_000_000_000],
            nr_cpus_allowed: record::AtomicI32::new(kernel_state.cpu_count as i32),
            usage: record::AtomicI32::new(2),
            ptrace: 0,
            personality: 0,
            pdeath_signal: 0,
            sessionid: u32::MAX,
            loginuid: u32::MAX,
            jobctl: 0,
            nothing: [0; 4],
            bits: 0,
            listed: record::AtomicU32::new(0),
            signal_struct: Signal {
                sigcnt: record::AtomicI32::new(1),
                live: record::AtomicI32::new(1),
                nr_threads: record::AtomicI32::new(1),
                pad: record::AtomicI32::new(0),
                thread_head: Node::new(),
                shared_pending: pending(),
                group_exit_code: record::AtomicI32::new(0),
                notify_count: record::AtomicI32::new(0),
                group_stop_count: record::AtomicI32::new(0),
                flags: record::AtomicU32::new(0),
                tty: null(),
                leader: record::AtomicI32::new(0),
                pad2: record::AtomicI32::new(0),
                of_ended: 0,
                // The KernelState lives as long as the task, and is not moved.
                rlim: Pointer::new((&raw const kernel_state.rlimits).cast_mut()),
                oom_score_adj: [0; 4],
            },
            counted_ns: word(0),
        }
    }

    /// Sets the pointers into the task.
    ///
    /// # Safety
    ///
    /// `task` will not move any more, and nobody else has it.
    pub(super) unsafe fn settle(task: *const TaskStruct) {
        // SAFETY: the caller alone has the task, which stays in place. Only the addresses of its
        // fields are taken.
        unsafe {
            let this = &raw const (*task).shown;
            (*this).cpus_ptr.store((&raw const (*this).cpus_mask).cast_mut().cast(), Ordering::Relaxed);
            (*this).signal.store((&raw const (*this).signal_struct).cast_mut(), Ordering::Relaxed);
            let lists = [
                &raw const (*this).tasks,
                &raw const (*this).children,
                &raw const (*this).sibling,
                &raw const (*this).thread_group,
                &raw const (*this).pending.list,
                &raw const (*this).signal_struct.thread_head,
                &raw const (*this).signal_struct.shared_pending.list,
            ];
            lists.into_iter().for_each(|list| Node::make_empty(list));
            Node::push_back(&raw const (*this).signal_struct.thread_head, &raw const (*this).thread_node);
        }
    }

    /// The task whose `sibling` node this is.
    pub(super) fn of_sibling(node: *const Node) -> *const TaskStruct {
        node.wrapping_byte_sub(offset_of!(TaskStruct, shown) + offset_of!(Self, sibling)).cast()
    }

    pub(super) fn show_cpus(&self, cpus: &CpuMask) {
        for (shown, now) in self.cpus_mask.iter().zip(cpus.words()) {
            shown.store(now, Ordering::Relaxed);
        }
        self.nr_cpus_allowed.store(cpus.count() as i32, Ordering::Relaxed);
    }

    /// The caller holds the lock of the signals. `pending`: TIF_SIGPENDING.
    pub(super) fn show_signals(&self, control: &SignalControl, sets: &Pending, pending: bool) {
        self.blocked.store(control.blocked(), Ordering::Relaxed);
        self.pending.signal.store(sets.private, Ordering::Relaxed);
        self.signal_struct.shared_pending.signal.store(sets.shared, Ordering::Relaxed);
        self.thread_info.flags.store(if pending { TIF_SIGPENDING } else { 0 }, Ordering::Relaxed);
    }
}

impl TaskStruct {
    /// How often the task has slept or yielded.
    #[inline]
    pub(crate) fn scheduling_points(&self) -> u64 {
        let said = self.wait_note().points.load(Ordering::Relaxed);
        self.shown.nvcsw.load(Ordering::Relaxed).wrapping_add(u64::from(said))
    }

    /// The calling task is about to sleep.
    pub(crate) fn show_sleep(&self) {
        // Only the task writes it.
        let switches = self.shown.nvcsw.load(Ordering::Relaxed);
        self.shown.nvcsw.store(switches + 1, Ordering::Relaxed);
        self.show_cpu();
    }

    /// The calling task runs on this cpu.
    #[inline]
    pub(crate) fn show_cpu(&self) {
        self.shown.thread_info.cpu.store(os::current_cpu(), Ordering::Relaxed);
    }

    /// Handlers have changed: gives the task a table of its own, unless it has one. The caller
    /// holds the lock of the signals.
    pub(super) fn show_handlers(&self, control: &SignalControl) {
        let own = self.own_sighand.get_or_init(|| Box::new(Sighand::all(Disposition::Default)));
        for (action, sig) in own.action.iter().zip(1..) {
            action.handler.store(control.disposition(sig) as usize, Ordering::Relaxed);
        }
        // Release: a reader of the pointer sees the handlers.
        self.shown.sighand.store(ptr::from_ref(&**own).cast_mut(), Ordering::Release);
    }

    /// The operating system's id of the task's thread; 0 if it has none or has not stored it yet.
    #[doc(hidden)]
    pub fn known_os_thread(&self) -> i32 {
        self.known_os_tid()
    }

    /// `task->cred`, as C code sees it.
    #[doc(hidden)]
    pub fn shown_cred(&self) -> *mut c_void {
        self.shown.cred.load(Ordering::Relaxed).cast()
    }

    /// The task's cpu, as C code sees it.
    #[doc(hidden)]
    pub fn shown_cpu(&self) -> u32 {
        self.shown.thread_info.cpu.load(Ordering::Relaxed)
    }

    /// True if the operating system's counters are out of date and the caller must read them.
    #[doc(hidden)]
    pub fn counts_are_old(&self) -> bool {
        let (now, before) = (self.kernel_state.clock.now_ns(), self.shown.counted_ns.load(Ordering::Relaxed));
        let old = before == 0 || now.saturating_sub(before) >= COUNTS_LAST_NS;
        if old {
            self.shown.counted_ns.store(now, Ordering::Relaxed);
        }
        old
    }

    /// Stores the operating system's counters.
    #[doc(hidden)]
    pub fn note_counted(&self, counted: &Counted) {
        let shown = &self.shown;
        let all = [
            (&shown.utime, counted.user_ns),
            (&shown.stime, counted.system_ns),
            (&shown.se.sum_exec_runtime, counted.runtime_ns),
            (&shown.nivcsw, counted.preempted),
            (&shown.min_flt, counted.minor_faults),
            (&shown.maj_flt, counted.major_faults),
        ];
        for (to, value) in all {
            to.store(value, Ordering::Relaxed);
        }
        shown.thread_info.cpu.store(counted.cpu, Ordering::Relaxed);
    }

    /// Stores the task's `struct pid` for C code, or null. A task that has ended has none.
    #[doc(hidden)]
    pub fn note_pid_block(&self, block: *mut c_void) {
        self.shown.thread_pid.store(block, Ordering::Release);
        // Pairs with the fence in `show_end`: one of the two sees what the other wrote.
        fence(Ordering::SeqCst);
        if self.exit_state() == EXIT_DEAD {
            self.shown.thread_pid.store(ptr::null_mut(), Ordering::Release);
        }
    }

    /// Clears the pointers of a task that has ended, as its exit state says.
    pub(crate) fn show_end(&self) {
        let shown = &self.shown;
        fence(Ordering::SeqCst);
        shown.thread_pid.store(ptr::null_mut(), Ordering::Release);
        shown.sighand.store(ptr::null_mut(), Ordering::Release);
        shown.fs.store(ptr::null_mut(), Ordering::Release);
        shown.files.store(ptr::null_mut(), Ordering::Release);
        shown.nsproxy.store(ptr::null_mut(), Ordering::Release);
        self.mm.store(ptr::null_mut(), Ordering::Release);
    }

    /// Takes a reference to the task's address space: `get_task_mm`. Null if it has none.
    #[doc(hidden)]
    pub fn use_mm(&self) -> *const c_void {
        let mm = self.mm.load(Ordering::Acquire);
        if ptr::eq(mm, (&raw const PROCESS_MM).cast()) {
            PROCESS_MM.users.fetch_add(1, Ordering::Relaxed);
            let this = ptr::from_ref(self).cast_mut();
            // The first task that asks becomes the owner.
            let _ = PROCESS_MM.owner.compare_exchange(
                ptr::null_mut(),
                this,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
        mm
    }

    /// Stores how many references there are.
    #[doc(hidden)]
    pub fn note_references(&self, count: usize) {
        self.shown.usage.store(count.min(i32::MAX as usize) as i32, Ordering::Relaxed);
    }

    /// The signals that C code has written into `task->blocked`, for the caller to make them the
    /// task's own.
    #[doc(hidden)]
    pub fn blocked_as_shown(&self) -> u64 {
        self.shown.blocked.load(Ordering::Relaxed)
    }

    /// The offsets of the fields of the header's `struct task_struct`.
    #[cfg(not(any(loom, shuttle)))]
    #[doc(hidden)]
    pub const C_FIELDS: &[(&str, usize)] = &[
        ("KT_STATE", offset_of!(TaskStruct, state)),
        ("flags", offset_of!(TaskStruct, flags)),
        ("pid", offset_of!(TaskStruct, pid)),
        ("exit_signal", offset_of!(TaskStruct, exit_signal)),
        ("comm", offset_of!(TaskStruct, comm)),
        ("real_parent", offset_of!(TaskStruct, real_parent)),
        ("kunit_test", offset_of!(TaskStruct, kunit_test)),
        ("on_rq", offset_of!(TaskStruct, on_rq)),
        ("kt_thread_info", SHOWN),
        ("KT_CPUS", SHOWN + offset_of!(Shown, cpus_mask)),
        ("tasks", SHOWN + offset_of!(Shown, tasks)),
        ("children", SHOWN + offset_of!(Shown, children)),
        ("sibling", SHOWN + offset_of!(Shown, sibling)),
        ("thread_node", SHOWN + offset_of!(Shown, thread_node)),
        ("sighand", SHOWN + offset_of!(Shown, sighand)),
        ("signal", SHOWN + offset_of!(Shown, signal)),
        ("blocked", SHOWN + offset_of!(Shown, blocked)),
        ("pending", SHOWN + offset_of!(Shown, pending)),
        ("utime", SHOWN + offset_of!(Shown, utime)),
        ("nvcsw", SHOWN + offset_of!(Shown, nvcsw)),
        ("se", SHOWN + offset_of!(Shown, se)),
        ("cred", SHOWN + offset_of!(Shown, cred)),
        ("fs", SHOWN + offset_of!(Shown, fs)),
        ("files", SHOWN + offset_of!(Shown, files)),
        ("nr_cpus_allowed", SHOWN + offset_of!(Shown, nr_cpus_allowed)),
        ("usage", SHOWN + offset_of!(Shown, usage)),
        ("nsproxy", SHOWN + offset_of!(Shown, nsproxy)),
        ("sessionid", SHOWN + offset_of!(Shown, sessionid)),
        ("jobctl", SHOWN + offset_of!(Shown, jobctl)),
        ("journal_info", SHOWN + offset_of!(Shown, nothing)),
        ("stack", SHOWN + offset_of!(Shown, nothing) + 24),
    ];

    /// As [`C_FIELDS`](Self::C_FIELDS), for the structs that its pointers point to.
    #[doc(hidden)]
    pub const C_FIELDS_BEHIND: &[(&str, &str, usize)] = &[
        ("thread_info", "status", offset_of!(ThreadInfo, status)),
        ("sched_entity", "sum_exec_runtime", offset_of!(SchedEntity, sum_exec_runtime)),
        ("sched_entity", "exec_start", offset_of!(SchedEntity, zero)),
        ("signal_struct", "nr_threads", offset_of!(Signal, nr_threads)),
        ("signal_struct", "thread_head", offset_of!(Signal, thread_head)),
        ("signal_struct", "shared_pending", offset_of!(Signal, shared_pending)),
        ("signal_struct", "group_exit_code", offset_of!(Signal, group_exit_code)),
        ("signal_struct", "tty", offset_of!(Signal, tty)),
        ("signal_struct", "utime", offset_of!(Signal, of_ended)),
        ("signal_struct", "rlim", offset_of!(Signal, rlim)),
        ("signal_struct", "oom_score_adj", offset_of!(Signal, oom_score_adj)),
        ("sighand_struct", "action", offset_of!(Sighand, action)),
        ("sighand_struct", "action[1]", offset_of!(Sighand, action) + size_of::<Action>()),
        ("cred", "uid", offset_of!(Cred, ids)),
        ("cred", "cap_effective", offset_of!(Cred, capabilities) + 16),
        ("cred", "group_info", offset_of!(Cred, pointers) + 24),
        ("nsproxy", "pid_ns_for_children", offset_of!(NsProxy, pid_namespace)),
        ("fs_struct", "umask", offset_of!(FsStruct, umask)),
        ("fs_struct", "root", offset_of!(FsStruct, paths)),
        ("files_struct", "fdt", offset_of!(FilesStruct, fdt)),
        ("files_struct", "fd_array", offset_of!(FilesStruct, fd_array)),
        ("fdtable", "fd", offset_of!(FdTable, fd)),
        ("fdtable", "open_fds", offset_of!(FdTable, open_fds)),
    ];
}

#[cfg(not(any(loom, shuttle)))]
const SHOWN: usize = offset_of!(TaskStruct, shown);
