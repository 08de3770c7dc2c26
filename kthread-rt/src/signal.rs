//! `linux/signal.h`: signals for kernel threads.
//!
//! A kthread ignores every signal, SIGKILL too, until it allows one with [`allow_signal`]; an
//! ignored signal is dropped when it is sent. An allowed one is pending until the thread takes it
//! with [`kernel_dequeue_signal`] or drops all with [`flush_signals`]; no handler runs. While one
//! is pending, interruptible sleeps end with ERESTARTSYS; while SIGKILL is, killable sleeps do too.
//! `kthread_stop` raises a notify-signal in its target: [`signal_pending`] is then true with no
//! signal to take, and a flush does not clear it.
//!
//! # Two pending sets
//!
//! [`send_sig`] puts a signal into the task's own set, [`kill_pid`] into that of its thread group,
//! which has no other member here. [`kernel_dequeue_signal`] empties the task's own set first. A
//! signal is in a set or is not: sent twice, it comes out once, real-time signals too (as for the
//! kernel's kthreads); but once for each set. Only SIGKILL in the task's own set is a fatal signal,
//! so `kill_pid` of a kthread that has allowed SIGKILL ends its interruptible sleeps and no
//! killable one. That is the kernel's answer, and it surprises there too.
//!
//! # Foreign threads
//!
//! The task of a thread that the runtime did not create has what a new process has, and nothing
//! installs handlers here:
//!
//! | signals | when sent |
//! |---|---|
//! | SIGCHLD, SIGCONT, SIGURG, SIGWINCH | dropped |
//! | SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU | pending; nothing stops |
//! | SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS | pending; nothing dumps core |
//! | all others | pending, and SIGKILL with them: the thread's killable waits end |
//!
//! Nothing kills the thread itself; it sees the errors of its waits, and goes on when it has taken
//! or flushed the signals. Init is no exception (in the kernel it ignores what it has no handler
//! for).
//!
//! All of this is between tasks. Signals of the operating system never land on a kthread, and never
//! become signals of a task.

use crate::errno::Errno;
use crate::pid::PidArg;
use crate::sched::{change_state, schedule, try_to_wake_up, with_current};
use crate::sync::{self, os};
use crate::task::{
    Disposition, SIGKILL as KILL, SetOf, TASK_INTERRUPTIBLE, TASK_STOPPED, TASK_WAKEKILL, TaskState,
    TaskStruct, sigbit,
};
use std::ptr;

/// Hang-up.
pub const SIGHUP: i32 = 1;
/// Interrupt.
pub const SIGINT: i32 = 2;
/// Quit.
pub const SIGQUIT: i32 = 3;
/// Kill.
pub const SIGKILL: i32 = KILL as i32;
/// User-defined, 1.
pub const SIGUSR1: i32 = 10;
/// User-defined, 2.
pub const SIGUSR2: i32 = 12;
/// Terminate.
pub const SIGTERM: i32 = 15;
/// A child ended.
pub const SIGCHLD: i32 = 17;
/// Continue.
pub const SIGCONT: i32 = 18;
/// Stop.
pub const SIGSTOP: i32 = 19;

const CONT: u32 = SIGCONT as u32;

/// Signals run from 1 to this.
const NSIG: i32 = 64;

/// The bit of a signal in a mask: `sigmask`. 0 for a number that is no signal's (undefined in the
/// kernel).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let before = sigprocmask(SIG_BLOCK, sigmask(SIGTERM) | sigmask(SIGINT))?;
/// assert_eq!(sigprocmask(SIG_SETMASK, before), Ok(before | 1 << 14 | 1 << 1));
/// # Ok::<(), Errno>(())
/// ```
pub const fn sigmask(signal: i32) -> u64 {
    if signal < 1 || signal > 64 { 0 } else { 1 << (signal - 1) }
}

const fn set_of(signals: &[u32]) -> u64 {
    let mut set = 0;
    let mut i = 0;
    while i < signals.len() {
        set |= sigbit(signals[i]);
        i += 1;
    }
    set
}

/// SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU.
const STOPS: u64 = set_of(&[19, 20, 21, 22]);
/// Dropped by default: SIGCHLD, SIGCONT, SIGURG, SIGWINCH.
const DEFAULT_IGNORED: u64 = set_of(&[17, 18, 23, 28]);
/// Not fatal at once by default: those that stop (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU) or dump core.
const DEFAULT_NOT_KILLING: u64 = DEFAULT_IGNORED | STOPS | set_of(&[3, 4, 5, 6, 7, 8, 11, 24, 25, 31]);
/// Signals that an instruction raises come out first.
const SYNCHRONOUS: u64 = set_of(&[4, 5, 7, 8, 11, 31]);

fn check(sig: i32) -> Result<u32, Errno> {
    if (1..=NSIG).contains(&sig) { Ok(sig as u32) } else { Err(Errno::EINVAL) }
}

/// Sends signal `sig` to `task`, into its own pending set: `send_sig`. Never sleeps.
///
/// `from_kernel` is the kernel's `priv`: 1 says that the kernel sends it, 0 that a process does,
/// which only a signal that was allowed with [`allow_kernel_signal`] tells apart. 0 for `sig` sends
/// nothing and checks. A signal that the task ignores is dropped, and that is a success. A signal
/// that stops takes a pending SIGCONT away, and the other way round; [`signal_pending`] stays true
/// then, until the task takes a signal or finds none. A kthread that a signal has killed, because
/// it takes that by default ([`default_signal`], [`force_sig`]), gets no signal any more.
///
/// # Errors
///
/// `EINVAL` for a number outside 0–64, `ESRCH` if the task has ended, `EOWNERDEAD` in a forked
/// child.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "deaf")?;
/// assert_eq!(send_sig(SIGTERM, &task, 1), Ok(()));
/// assert!(!signal_pending(&task)); // it allowed none
/// assert_eq!(send_sig(65, &task, 1), Err(Errno::EINVAL));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn send_sig(sig: i32, task: &TaskStruct, from_kernel: i32) -> Result<(), Errno> {
    send(sig, task, from_kernel != 0, SetOf::Task)
}

/// Sends signal `sig` to the task with this pid, into its group's pending set: `kill_pid`. Never
/// sleeps.
///
/// `pid` is a [`Pid`](crate::Pid) or none, as [`find_vpid`](crate::find_vpid) returns it, or the
/// number itself. `from_kernel` as for [`send_sig`].
///
/// # Errors
///
/// `ESRCH` if there is no such task, because it has ended, for example, whatever the signal;
/// `EINVAL` for a signal number outside 0–64; `EOWNERDEAD` in a forked child.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "short")?;
/// assert_eq!(kill_pid(task.pid(), SIGTERM, 1), Ok(()));
/// assert_eq!(kill_pid(task.pid(), 65, 1), Err(Errno::EINVAL));
/// _ = kthread_stop(&task);
/// assert_eq!(kill_pid(task.pid(), SIGTERM, 1), Err(Errno::ESRCH));
/// # Ok::<(), Errno>(())
/// ```
pub fn kill_pid(pid: impl PidArg, sig: i32, from_kernel: i32) -> Result<(), Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let task = pid.find().ok_or(Errno::ESRCH)?;
    send(sig, &task, from_kernel != 0, SetOf::Group)
}

fn send(sig: i32, task: &TaskStruct, from_kernel: bool, set: SetOf) -> Result<(), Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    if sig == 0 {
        return if task.exit_state() == 0 { Ok(()) } else { Err(Errno::ESRCH) };
    }
    let sig = check(sig)?;
    if task.exit_state() != 0 {
        return Err(Errno::ESRCH);
    }
    let bit = sigbit(sig);
    let (raised, fatal) = task.send_signals(|control, pending| {
        if control.group_exits() {
            return (false, false);
        }
        // Even one that will be ignored: `prepare_signal`.
        if bit & STOPS != 0 {
            pending.drop_all_of(sigbit(CONT));
        } else if sig == CONT {
            pending.drop_all_of(STOPS);
            control.set_stop_taken(false);
        }
        let blocked = control.blocked() & bit != 0;
        let disposition = control.disposition(sig);
        let taken = match disposition {
            // A blocked signal is kept: its disposition may be another when it is unblocked.
            _ if blocked => true,
            Disposition::Allowed => true,
            Disposition::AllowedFromKernel => from_kernel,
            Disposition::Default => DEFAULT_IGNORED & bit == 0,
            Disposition::Ignored => false,
        };
        if taken {
            match set {
                SetOf::Task => pending.private |= bit,
                SetOf::Group => pending.shared |= bit,
            }
        }
        let raised = taken && !blocked;
        let fatal = raised && disposition == Disposition::Default && DEFAULT_NOT_KILLING & bit == 0;
        if fatal {
            // `complete_signal`: the group ends, by a SIGKILL for each of its tasks.
            pending.private |= sigbit(KILL);
            control.end_group();
            control.set_stop_taken(false);
        }
        (raised, fatal)
    });
    if sig == CONT {
        // Whether or not it takes the signal. A task that stops has set its state under the lock
        // that this had.
        try_to_wake_up(task, TaskState::STOPPED);
    }
    // After the signal is marked; the fence between this and the sleeper's check is in
    // try_to_wake_up.
    if fatal || (raised && sig == KILL) {
        try_to_wake_up(task, TASK_INTERRUPTIBLE | TASK_WAKEKILL);
    } else if raised {
        try_to_wake_up(task, TASK_INTERRUPTIBLE);
    }
    Ok(())
}

/// Lets the calling task take signal `sig`: `allow_signal`. `EINVAL` for a number outside 1–64.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(
///     |()| {
///         allow_signal(SIGTERM).unwrap();
///         while !signal_pending(&current()) {
///             schedule_timeout_interruptible(HZ as i64);
///         }
///         kernel_dequeue_signal()
///     },
///     (),
///     "listener"
/// )?;
/// while send_sig(SIGTERM, &task, 1).is_ok() {} // until it has ended: ESRCH
/// assert_eq!(kthread_stop(&task), SIGTERM);
/// # Ok::<(), Errno>(())
/// ```
pub fn allow_signal(sig: i32) -> Result<(), Errno> {
    set_disposition(sig, Disposition::Allowed)
}

/// Lets the calling task take signal `sig` if the kernel sends it (`priv` is 1), and no other:
/// `allow_kernel_signal`. `EINVAL` for a number outside 1–64.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// allow_kernel_signal(SIGUSR1)?;
/// send_sig(SIGUSR1, &current(), 0)?;
/// assert_eq!(kernel_dequeue_signal(), 0); // dropped
/// send_sig(SIGUSR1, &current(), 1)?;
/// assert_eq!(kernel_dequeue_signal(), SIGUSR1);
/// # Ok::<(), Errno>(())
/// ```
pub fn allow_kernel_signal(sig: i32) -> Result<(), Errno> {
    set_disposition(sig, Disposition::AllowedFromKernel)
}

/// Makes the calling task ignore signal `sig` again, and drops it if it is pending:
/// `disallow_signal`.
pub fn disallow_signal(sig: i32) -> Result<(), Errno> {
    set_disposition(sig, Disposition::Ignored)
}

/// Has the calling task do with signal `sig` what is the default: `kernel_sigaction(sig, SIG_DFL)`.
/// SIGCHLD, SIGCONT, SIGURG and SIGWINCH are dropped then; one that kills makes SIGKILL pending
/// beside it. `EINVAL` for a number outside 1–64.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(
///     |()| {
///         default_signal(SIGTERM).unwrap();
///         send_sig(SIGTERM, &current(), 1).unwrap();
///         i32::from((fatal_signal_pending(&current()), kernel_dequeue_signal()) == (true, SIGKILL))
///     },
///     (),
///     "ordinary"
/// )?;
/// # kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn default_signal(sig: i32) -> Result<(), Errno> {
    set_disposition(sig, Disposition::Default)
}

/// Sends the calling task signal `sig`, whatever it does with it: one that it ignores or has
/// blocked is taken by default from now on: `force_sig`. `EINVAL` for a number outside 1–64.
pub fn force_sig(sig: i32) -> Result<(), Errno> {
    let number = check(sig)?;
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let bit = sigbit(number);
    with_current(|me| {
        me.update_handlers(|control, _| {
            let blocked = control.blocked();
            if blocked & bit != 0 || control.disposition(number) == Disposition::Ignored {
                control.set_disposition(number, Disposition::Default);
                control.set_blocked(blocked & !bit);
            }
        });
        send(sig, me, true, SetOf::Task)
    })
}

/// `kernel_sigaction`.
fn set_disposition(sig: i32, to: Disposition) -> Result<(), Errno> {
    let sig = check(sig)?;
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    with_current(|me| {
        me.update_handlers(|control, pending| {
            control.set_disposition(sig, to);
            if to == Disposition::Ignored {
                pending.drop_all_of(sigbit(sig));
            }
        });
    });
    Ok(())
}

/// Takes the calling task's next pending signal, or 0: `kernel_dequeue_signal`. The task's own set
/// comes before its group's. In each the lowest number comes first, but for those that an
/// instruction raises (SIGSEGV and its like), which come before all.
pub fn kernel_dequeue_signal() -> i32 {
    dequeue(None)
}

/// [`kernel_dequeue_signal`] of the signals that are not in `mask` (bit 0 is signal 1), blocked or
/// not: `dequeue_signal`.
pub fn dequeue_signal(mask: u64) -> i32 {
    dequeue(Some(mask))
}

/// The next that is not in `mask`, or not blocked.
fn dequeue(mask: Option<u64>) -> i32 {
    with_current(|me| {
        me.update_signals(|control, pending| {
            let mask = mask.unwrap_or(control.blocked());
            [&mut pending.private, &mut pending.shared].into_iter().find_map(|set| {
                let open = *set & !mask;
                let first = if open & SYNCHRONOUS != 0 { open & SYNCHRONOUS } else { open };
                (first != 0).then(|| {
                    let sig = first.trailing_zeros() + 1;
                    *set &= !sigbit(sig);
                    if STOPS & sigbit(sig) != 0 {
                        control.set_stop_taken(true);
                    }
                    sig as i32
                })
            })
        })
    })
    .unwrap_or(0)
}

/// Stops the calling task until somebody sends it SIGCONT, or SIGKILL if it takes that:
/// `kernel_signal_stop`. For a task that [`kernel_dequeue_signal`] has given a signal that stops
/// (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU). If SIGCONT has come since, or there was none, it only lets
/// others run. Sleeps, in `TASK_STOPPED`: neither [`wake_up_process`](crate::wake_up_process) nor
/// [`kthread_stop`](crate::kthread_stop) ends that, as in the kernel.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_run!(
///     |()| {
///         allow_signal(SIGSTOP).unwrap();
///         send_sig(SIGSTOP, &current(), 1).unwrap();
///         assert_eq!(kernel_dequeue_signal(), SIGSTOP);
///         kernel_signal_stop();
///         7
///     },
///     (),
///     "stops"
/// )?;
/// // Until it is stopped, there is nothing to continue.
/// while !wait_task_inactive(&task, TASK_STOPPED) {
///     r#yield();
/// }
/// send_sig(SIGCONT, &task, 1)?;
/// assert_eq!(kthread_stop(&task), 7);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn kernel_signal_stop() {
    with_current(|me| {
        me.update_signals(|control, _| {
            if control.stop_taken() {
                // Under the lock, so that a SIGCONT finds the mark or the state.
                change_state(me, TASK_STOPPED);
            }
        });
    });
    schedule();
}

/// Drops all pending signals of `task`, of both sets: `flush_signals`. The notify-signal of
/// `kthread_stop` stays.
pub fn flush_signals(task: &TaskStruct) {
    sync::refuse_in_forked_child();
    task.update_signals(|_, pending| pending.drop_all_of(u64::MAX));
}

/// For [`sigprocmask`]: block these signals too.
pub const SIG_BLOCK: i32 = 0;
/// For [`sigprocmask`]: block these signals no more.
pub const SIG_UNBLOCK: i32 = 1;
/// For [`sigprocmask`]: block these signals and no others.
pub const SIG_SETMASK: i32 = 2;

/// Changes the calling task's blocked signals (bit 0 is signal 1) and returns those before:
/// `sigprocmask`. A pending signal that is blocked waits, and ends no sleep.
///
/// As the kernel's own, and unlike the system call, it blocks SIGKILL and SIGSTOP too if it is
/// asked to. `EINVAL` for another `how`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let before = sigprocmask(SIG_BLOCK, 1 << (SIGTERM - 1))?;
/// send_sig(SIGTERM, &current(), 1)?;
/// assert!(!signal_pending(&current()));
/// sigprocmask(SIG_SETMASK, before)?;
/// assert!(signal_pending(&current()));
/// assert_eq!(kernel_dequeue_signal(), SIGTERM);
/// # Ok::<(), Errno>(())
/// ```
pub fn sigprocmask(how: i32, set: u64) -> Result<u64, Errno> {
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let change = match how {
        SIG_BLOCK => |blocked, set| blocked | set,
        SIG_UNBLOCK => |blocked, set: u64| blocked & !set,
        SIG_SETMASK => |_, set| set,
        _ => return Err(Errno::EINVAL),
    };
    Ok(change_blocked(|blocked| change(blocked, set)))
}

/// Sets the calling task's blocked signals (bit 0 is signal 1) but for SIGKILL and SIGSTOP, and
/// returns those before: `set_current_blocked`.
pub fn set_blocked_signals(blocked: u64) -> u64 {
    change_blocked(|_| blocked & !(sigbit(KILL) | sigbit(SIGSTOP as u32)))
}

/// Takes for the calling task's blocked signals what C code has written into `current->blocked`:
/// `recalc_sigpending`.
#[doc(hidden)]
pub fn take_shown_blocked() {
    with_current(|me| {
        let shown = me.blocked_as_shown();
        me.update_signals(|control, _| control.set_blocked(shown));
    });
}

fn change_blocked(change: impl FnOnce(u64) -> u64) -> u64 {
    with_current(|me| {
        me.update_signals(|control, _| {
            let before = control.blocked();
            control.set_blocked(change(before));
            before
        })
    })
}

/// True if `task` has a signal to take, or was asked to stop: `signal_pending`.
pub fn signal_pending(task: &TaskStruct) -> bool {
    let pending = task.signals.any_pending();
    if pending && is_current(task) {
        task.signals.drop_passing();
    }
    pending
}

/// Another's question leaves a signal that is gone when its task has asked.
fn is_current(task: &TaskStruct) -> bool {
    sync::current_ptr() == ptr::from_ref(task).cast()
}

/// True if SIGKILL is pending in the task's own set: `fatal_signal_pending`.
pub fn fatal_signal_pending(task: &TaskStruct) -> bool {
    task.signals.fatal_pending()
}

/// True if a pending signal is to end a sleep in `state`: `signal_pending_state`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!signal_pending_state(TASK_INTERRUPTIBLE, &current()));
/// ```
pub fn signal_pending_state(state: TaskState, task: &TaskStruct) -> bool {
    if is_current(task) { task.signals.end_sleep_in(state) } else { task.signals.ends_sleep_in(state) }
}

impl TaskStruct {
    /// What the task does with signal `sig`, as the kernel has it in
    /// `sighand->action[sig - 1].sa.sa_handler`: 0 is the default (SIG_DFL), 1 that it ignores it
    /// (SIG_IGN, as kthreads do at first), 2 that it has allowed it (SIG_KTHREAD), 3 that it has
    /// allowed it from the kernel only (SIG_KTHREAD_KERNEL). 1 for a number outside 1–64.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!(current().sa_handler(SIGTERM), 0); // this is no kthread
    /// allow_signal(SIGTERM)?;
    /// assert_eq!(current().sa_handler(SIGTERM), 2);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn sa_handler(&self, sig: i32) -> u32 {
        sync::refuse_in_forked_child();
        let Ok(sig) = check(sig) else { return Disposition::Ignored as u32 };
        self.update_signals(|control, _| control.disposition(sig) as u32)
    }

    /// The signals that the task has blocked (bit 0 is signal 1): `task->blocked`.
    pub fn blocked(&self) -> u64 {
        sync::refuse_in_forked_child();
        self.update_signals(|control, _| control.blocked())
    }
}
