//! `linux/signal.h`: signals for kernel threads.
//!
//! A kthread ignores every signal, SIGKILL too, until it allows one with [`allow_signal`]; an ignored signal is dropped
//! when it is sent. An allowed one is pending until the thread takes it with [`kernel_dequeue_signal`] or drops all with
//! [`flush_signals`]; no handler runs. While one is pending, interruptible sleeps end with ERESTARTSYS; while SIGKILL is,
//! killable sleeps do too. `kthread_stop` raises a notify-signal in its target: [`signal_pending`] is then true with no
//! signal to take, and a flush does not clear it.
//!
//! The task of a foreign thread has a process's defaults: a signal that would end a process is pending, and SIGKILL with
//! it, so that the thread's killable waits end; nothing kills the thread itself. These are signals between tasks; signals
//! of the operating system never land on a kthread.

use crate::errno::Errno;
use crate::sched::{try_to_wake_up, with_current};
use crate::task::{
    Disposition, SIGKILL as KILL, TASK_INTERRUPTIBLE, TASK_WAKEKILL, TaskState, TaskStruct, sigbit,
};

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
/// Stop.
pub const SIGSTOP: i32 = 19;

/// Signals run from 1 to this.
const NSIG: i32 = 64;

const fn set_of(signals: &[u32]) -> u64 {
    let mut set = 0;
    let mut i = 0;
    while i < signals.len() {
        set |= sigbit(signals[i]);
        i += 1;
    }
    set
}

/// Dropped by default: SIGCHLD, SIGCONT, SIGURG, SIGWINCH.
const DEFAULT_IGNORED: u64 = set_of(&[17, 18, 23, 28]);
/// Not fatal at once by default: those that stop (SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU) or dump core.
const DEFAULT_NOT_KILLING: u64 =
    DEFAULT_IGNORED | set_of(&[19, 20, 21, 22]) | set_of(&[3, 4, 5, 6, 7, 8, 11, 24, 25, 31]);
/// Signals that an instruction raises come out first.
const SYNCHRONOUS: u64 = set_of(&[4, 5, 7, 8, 11, 31]);

fn check(sig: i32) -> Result<u32, Errno> {
    if (1..=NSIG).contains(&sig) { Ok(sig as u32) } else { Err(Errno::EINVAL) }
}

/// Sends signal `sig` to `task`: `send_sig`. `from_kernel` is the kernel's `priv`, which makes no difference here.
///
/// `EINVAL` for a number outside 0–64, `ESRCH` if the task has ended. 0 sends nothing and checks. A signal that the
/// task ignores is dropped, and that is a success. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "deaf")?;
/// assert_eq!(send_sig(SIGTERM, &task, 1), Ok(()));
/// assert!(!signal_pending(&task)); // it allowed none
/// assert_eq!(send_sig(65, &task, 1), Err(Errno::EINVAL));
/// kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
pub fn send_sig(sig: i32, task: &TaskStruct, from_kernel: i32) -> Result<(), Errno> {
    let _ = from_kernel;
    if sig == 0 {
        return if task.exit_state() == 0 { Ok(()) } else { Err(Errno::ESRCH) };
    }
    let sig = check(sig)?;
    if task.exit_state() != 0 {
        return Err(Errno::ESRCH);
    }
    let bit = sigbit(sig);
    let raised = task.signals.update(|control, pending| {
        let taken = match control.disposition(sig) {
            Disposition::Allowed => bit,
            Disposition::Default if DEFAULT_IGNORED & bit == 0 => {
                bit | if DEFAULT_NOT_KILLING & bit == 0 { sigbit(KILL) } else { 0 }
            }
            // A blocked signal is kept: its disposition may be another when it is unblocked.
            _ => bit & control.blocked(),
        };
        (pending | taken, taken & !control.blocked())
    });
    // After the signal is marked; the fence between this and the sleeper's check is in try_to_wake_up.
    if raised & sigbit(KILL) != 0 {
        try_to_wake_up(task, TASK_INTERRUPTIBLE | TASK_WAKEKILL);
    } else if raised != 0 {
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
    set_allowed(sig, true)
}

/// Makes the calling task ignore signal `sig` again, and drops it if it is pending: `disallow_signal`.
pub fn disallow_signal(sig: i32) -> Result<(), Errno> {
    set_allowed(sig, false)
}

fn set_allowed(sig: i32, yes: bool) -> Result<(), Errno> {
    let sig = check(sig)?;
    with_current(|me| {
        me.signals.update(|control, pending| {
            control.allow(sig, yes);
            (if yes { pending } else { pending & !sigbit(sig) }, ())
        });
    });
    Ok(())
}

/// Takes the calling task's next pending signal, or 0: `kernel_dequeue_signal`. The lowest number comes first, but for
/// those that an instruction raises (SIGSEGV and its like), which come before all.
pub fn kernel_dequeue_signal() -> i32 {
    with_current(|me| {
        me.signals.update(|control, pending| {
            let open = pending & !control.blocked();
            let first = if open & SYNCHRONOUS != 0 { open & SYNCHRONOUS } else { open };
            match first.trailing_zeros() {
                64 => (pending, 0),
                bit => (pending & !(1 << bit), bit as i32 + 1),
            }
        })
    })
}

/// Drops all pending signals of `task`: `flush_signals`. The notify-signal of `kthread_stop` stays.
pub fn flush_signals(task: &TaskStruct) {
    task.signals.update(|_, _| (0, ()));
}

/// Sets the calling task's blocked signals (bit 0 is signal 1) and returns those before: `sigprocmask` with SIG_SETMASK.
/// SIGKILL can't be blocked. A pending signal that is blocked waits.
pub fn set_blocked_signals(blocked: u64) -> u64 {
    with_current(|me| {
        me.signals.update(|control, pending| {
            let before = control.blocked();
            control.set_blocked(blocked);
            (pending, before)
        })
    })
}

/// True if `task` has a signal to take, or was asked to stop: `signal_pending`.
pub fn signal_pending(task: &TaskStruct) -> bool {
    task.signals.any_pending()
}

/// True if SIGKILL is pending: `fatal_signal_pending`.
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
    task.signals.end_sleep_in(state)
}
