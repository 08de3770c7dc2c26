//! `linux/signal.h`: signals for kernel threads.
//!
//! A kthread ignores every signal, even SIGKILL, until it allows one with [`allow_signal`]; an
//! ignored signal is dropped when it is sent. An allowed signal stays pending until the thread
//! takes it with [`kernel_dequeue_signal`] or drops all with [`flush_signals`]; no handler runs.
//! While a signal is pending, interruptible sleeps end with ERESTARTSYS; while SIGKILL is pending,
//! killable sleeps end too. `kthread_stop` raises a notify-signal in its target: [`signal_pending`]
//! is then true without a signal to take, and a flush does not clear it.
//!
//! # Two pending sets
//!
//! [`send_sig`] adds a signal to the task's private set, [`kill_pid`] to the set of its thread
//! group, which has no other member here. [`kernel_dequeue_signal`] empties the private set first.
//! A set has a signal once: a signal that was sent twice is taken once, even a real-time signal (as
//! for kthreads in the kernel); but once from each set. Only SIGKILL in the private set is a fatal
//! signal, so `kill_pid` with SIGKILL, to a kthread that has allowed it, ends interruptible sleeps
//! but no killable ones. The kernel does the same.
//!
//! # Foreign threads
//!
//! The task of a thread that the runtime did not create has the dispositions of a new process, and
//! there are no handlers:
//!
//! | signals | when sent |
//! |---|---|
//! | SIGCHLD, SIGCONT, SIGURG, SIGWINCH | dropped |
//! | SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU | pending; the thread does not stop |
//! | SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS | pending; no core dump |
//! | all others | pending, and SIGKILL too: the thread's killable waits end |
//!
//! No signal kills the thread itself: its waits return errors until it has taken or flushed the
//! signals. This includes init (in the kernel, init ignores signals that it has no handler for).
//!
//! These signals are between tasks. A signal of the operating system is never delivered to a
//! kthread's OS thread, and never becomes a signal of a task.

use crate::errno::Errno;
use crate::pid::PidArg;
use crate::sched::{change_state, schedule, try_to_wake_up, with_current};
use crate::sync::{self, os};
use crate::task::{
    Disposition, SIGKILL as KILL, SetOf, TASK_INTERRUPTIBLE, TASK_STOPPED, TASK_WAKEKILL, TaskState,
    TaskStruct, sigbit,
};
use std::ptr;

/// Hangup.
pub const SIGHUP: i32 = 1;
/// Interrupt.
pub const SIGINT: i32 = 2;
/// Quit.
pub const SIGQUIT: i32 = 3;
/// Kill.
pub const SIGKILL: i32 = KILL as i32;
/// User-defined signal 1.
pub const SIGUSR1: i32 = 10;
/// User-defined signal 2.
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

/// The highest signal number; the lowest is 1.
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
/// Not fatal here by default: dropped ones, those that stop, and those that dump core.
const DEFAULT_NOT_KILLING: u64 = DEFAULT_IGNORED | STOPS | set_of(&[3, 4, 5, 6, 7, 8, 11, 24, 25, 31]);
/// Signals that an instruction raises, which are taken first.
const SYNCHRONOUS: u64 = set_of(&[4, 5, 7, 8, 11, 31]);

fn check(sig: i32) -> Result<u32, Errno> {
    if (1..=NSIG).contains(&sig) { Ok(sig as u32) } else { Err(Errno::EINVAL) }
}

/// Sends signal `sig` to `task`, into its private pending set: `send_sig`. Never sleeps.
///
/// `from_kernel` is the kernel's `priv`: 1 if the kernel sends the signal, 0 if a process does; it
/// matters only for a signal that was allowed with [`allow_kernel_signal`]. A `sig` of 0 sends
/// nothing, but checks for errors. A signal that the task ignores is dropped, and the call
/// succeeds. A stop signal drops a pending SIGCONT, and SIGCONT drops pending stop signals;
/// [`signal_pending`] then stays true until the task takes a signal or finds none. After a fatal
/// signal with the default disposition ([`default_signal`], [`force_sig`]), a kthread gets no more
/// signals.
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
/// assert!(!signal_pending(&task)); // it has allowed no signal
/// assert_eq!(send_sig(65, &task, 1), Err(Errno::EINVAL));
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn send_sig(sig: i32, task: &TaskStruct, from_kernel: i32) -> Result<(), Errno> {
    send(sig, task, from_kernel != 0, SetOf::Task)
}

/// Sends signal `sig` to the task with this pid, into its thread group's pending set: `kill_pid`.
/// Never sleeps.
///
/// `pid` is a [`Pid`](crate::Pid), an `Option<Pid>` as from [`find_vpid`](crate::find_vpid), or a
/// number. `from_kernel` as for [`send_sig`].
///
/// # Errors
///
/// `ESRCH` if there is no such task or it has ended, whatever the signal number; `EINVAL` for a
/// signal number outside 0–64; `EOWNERDEAD` in a forked child.
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
        // Also for a signal that will be ignored: `prepare_signal`.
        if bit & STOPS != 0 {
            pending.drop_all_of(sigbit(CONT));
        } else if sig == CONT {
            pending.drop_all_of(STOPS);
            control.set_stop_taken(false);
        }
        let blocked = control.blocked() & bit != 0;
        let disposition = control.disposition(sig);
        let taken = match disposition {
            // A blocked signal stays pending: its disposition may have changed when it is
            // unblocked.
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
            // `complete_signal`: the group ends, and each of its tasks gets SIGKILL.
            pending.private |= sigbit(KILL);
            control.end_group();
            control.set_stop_taken(false);
        }
        (raised, fatal)
    });
    if sig == CONT {
        // Also if the task ignores SIGCONT. A task that stops sets its state under the lock that
        // `send_signals` takes.
        try_to_wake_up(task, TaskState::STOPPED);
    }
    // Wake the task after the signal is marked; `try_to_wake_up` has the fence between this and the
    // sleeper's check.
    if fatal || (raised && sig == KILL) {
        try_to_wake_up(task, TASK_INTERRUPTIBLE | TASK_WAKEKILL);
    } else if raised {
        try_to_wake_up(task, TASK_INTERRUPTIBLE);
    }
    Ok(())
}

/// Allows signal `sig` to become pending for the calling task: `allow_signal`. `EINVAL` for a
/// number outside 1–64. Never sleeps.
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

/// Allows signal `sig` to become pending for the calling task if the kernel sends it (`priv` is 1):
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

/// Makes the calling task ignore signal `sig` again, and drops a pending one: `disallow_signal`.
/// `EINVAL` for a number outside 1–64.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// allow_signal(SIGUSR1)?;
/// disallow_signal(SIGUSR1)?;
/// send_sig(SIGUSR1, &current(), 1)?;
/// assert!(!signal_pending(&current()));
/// # Ok::<(), Errno>(())
/// ```
pub fn disallow_signal(sig: i32) -> Result<(), Errno> {
    set_disposition(sig, Disposition::Ignored)
}

/// Sets the default disposition of signal `sig` for the calling task: `kernel_sigaction(sig,
/// SIG_DFL)`. SIGCHLD, SIGCONT, SIGURG and SIGWINCH are then dropped; a fatal signal makes SIGKILL
/// pending too. `EINVAL` for a number outside 1–64.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static BEGUN);
/// let task = kthread_run!(
///     |()| {
///         complete(&BEGUN);
///         default_signal(SIGTERM).unwrap();
///         send_sig(SIGTERM, &current(), 1).unwrap();
///         assert!(fatal_signal_pending(&current()));
///         kernel_dequeue_signal()
///     },
///     (),
///     "ordinary"
/// )?;
/// wait_for_completion(&BEGUN);
/// assert_eq!(kthread_stop(&task), SIGKILL);
/// # Ok::<(), Errno>(())
/// ```
pub fn default_signal(sig: i32) -> Result<(), Errno> {
    set_disposition(sig, Disposition::Default)
}

/// Sends signal `sig` to the calling task, even if the task ignores or blocks it: `force_sig`. Such
/// a signal is unblocked and gets the default disposition. `EINVAL` for a number outside 1–64.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// sigprocmask(SIG_BLOCK, 1 << (SIGCHLD - 1) | 1 << (SIGQUIT - 1))?;
/// force_sig(SIGQUIT)?;
/// assert_eq!(kernel_dequeue_signal(), SIGQUIT); // it was unblocked
/// assert_eq!(current().blocked(), 1 << (SIGCHLD - 1));
/// # Ok::<(), Errno>(())
/// ```
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

/// Takes the calling task's next pending signal and returns its number, or 0:
/// `kernel_dequeue_signal`. Signals of the private set come before those of the group's. In each
/// set, signals that an instruction raises (SIGSEGV and its like) come first, then the lowest
/// number. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static READY);
/// let task = kthread_run!(
///     |()| {
///         allow_signal(SIGHUP).unwrap();
///         complete(&READY);
///         while !signal_pending(&current()) {
///             schedule_timeout_interruptible(HZ);
///         }
///         kernel_dequeue_signal()
///     },
///     (),
///     "reloads"
/// )?;
/// wait_for_completion(&READY);
/// send_sig(SIGHUP, &task, 1)?;
/// assert_eq!(kthread_stop(&task), SIGHUP);
/// # Ok::<(), Errno>(())
/// ```
pub fn kernel_dequeue_signal() -> i32 {
    dequeue(None)
}

/// Takes the next pending signal that is not in `mask` (bit 0 is signal 1), blocked or not:
/// `dequeue_signal`. Otherwise as [`kernel_dequeue_signal`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert_eq!(dequeue_signal(0), 0); // none is pending
/// ```
pub fn dequeue_signal(mask: u64) -> i32 {
    dequeue(Some(mask))
}

/// Takes the next signal that is not in `mask` or, without a mask, not blocked.
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

/// Stops the calling task until SIGCONT, or an allowed SIGKILL, is sent to it:
/// `kernel_signal_stop`.
///
/// For a task that has taken a stop signal (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU) with
/// [`kernel_dequeue_signal`]. If it has taken none, or SIGCONT was sent since, the call only
/// yields. Sleeps in `TASK_STOPPED`: as in the kernel, neither
/// [`wake_up_process`](crate::wake_up_process) nor [`kthread_stop`](crate::kthread_stop) ends that.
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
                // Under the lock, so that SIGCONT finds the mark or the state.
                change_state(me, TASK_STOPPED);
            }
        });
    });
    schedule();
}

/// Drops all pending signals of `task` in both sets: `flush_signals`. The notify-signal of
/// `kthread_stop` stays. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// allow_signal(SIGUSR1)?;
/// send_sig(SIGUSR1, &current(), 1)?;
/// assert!(signal_pending(&current()));
/// flush_signals(&current());
/// assert!(!signal_pending(&current()));
/// # Ok::<(), Errno>(())
/// ```
pub fn flush_signals(task: &TaskStruct) {
    sync::refuse_in_forked_child();
    task.update_signals(|_, pending| pending.drop_all_of(u64::MAX));
}

/// For [`sigprocmask`]: also block these signals.
pub const SIG_BLOCK: i32 = 0;
/// For [`sigprocmask`]: unblock these signals.
pub const SIG_UNBLOCK: i32 = 1;
/// For [`sigprocmask`]: block exactly these signals.
pub const SIG_SETMASK: i32 = 2;

/// Changes the calling task's blocked signals (bit 0 is signal 1) and returns the old ones:
/// `sigprocmask`. A blocked signal stays pending, and ends no sleep.
///
/// Like the kernel's function, and unlike the system call, it blocks SIGKILL and SIGSTOP too if
/// they are in `set`. `EINVAL` for another `how`.
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

/// Sets the calling task's blocked signals (bit 0 is signal 1), without SIGKILL and SIGSTOP, and
/// returns the old ones: `set_current_blocked`.
pub fn set_blocked_signals(blocked: u64) -> u64 {
    change_blocked(|_| blocked & !(sigbit(KILL) | sigbit(SIGSTOP as u32)))
}

/// Makes the signals that C code has written into `current->blocked` the calling task's blocked
/// ones: `recalc_sigpending`.
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

/// True if `task` has a pending signal, or was asked to stop: `signal_pending`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// assert!(!signal_pending(&current()));
/// ```
pub fn signal_pending(task: &TaskStruct) -> bool {
    let pending = task.signals.any_pending();
    if pending && is_current(task) {
        task.signals.drop_passing();
    }
    pending
}

/// Only a test by the task itself clears a passing signal.
fn is_current(task: &TaskStruct) -> bool {
    sync::current_ptr() == ptr::from_ref(task).cast()
}

/// True if SIGKILL is pending in the task's private set: `fatal_signal_pending`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// send_sig(SIGKILL, &current(), 1)?;
/// assert!(fatal_signal_pending(&current()));
/// flush_signals(&current());
/// assert!(!fatal_signal_pending(&current()));
/// # Ok::<(), Errno>(())
/// ```
pub fn fatal_signal_pending(task: &TaskStruct) -> bool {
    task.signals.fatal_pending()
}

/// True if a pending signal ends a sleep in `state`: `signal_pending_state`. Never sleeps.
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
    /// Returns the disposition of signal `sig`, as in the kernel's `sighand->action[sig -
    /// 1].sa.sa_handler`: 0 is the default (SIG_DFL), 1 ignored (SIG_IGN, as in a new kthread), 2
    /// allowed (SIG_KTHREAD), 3 allowed from the kernel only (SIG_KTHREAD_KERNEL). 1 for a number
    /// outside 1–64.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!(current().sa_handler(SIGTERM), 0); // the caller is not a kthread
    /// allow_signal(SIGTERM)?;
    /// assert_eq!(current().sa_handler(SIGTERM), 2);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn sa_handler(&self, sig: i32) -> u32 {
        sync::refuse_in_forked_child();
        let Ok(sig) = check(sig) else { return Disposition::Ignored as u32 };
        self.update_signals(|control, _| control.disposition(sig) as u32)
    }

    /// Returns the task's blocked signals (bit 0 is signal 1): `task->blocked`.
    pub fn blocked(&self) -> u64 {
        sync::refuse_in_forked_child();
        self.update_signals(|control, _| control.blocked())
    }
}
