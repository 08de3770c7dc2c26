//! `kthread_stop`: asks a thread to end, and waits until it has.
//!
//! In this order, the caller sets SHOULD_STOP; unparks the thread, if it is parked; raises the
//! notify-signal, which ends the thread's interruptible sleeps; wakes the thread; and waits for
//! `exited`. It sets the flag before the wake-up, so a thread that tests the flag between
//! `set_current_state` and `schedule` can't miss both.
//!
//! The thread ends with a `complete_all` of `exited`, so a second stop, or a stop by another task,
//! returns the same result. In the kernel it hangs for ever.

use super::{Kthread, ended, flag, kthread_of, park};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{wake_up_process, with_current};
use crate::sync::{Ordering, observe, os};
use crate::task::{TASK_UNINTERRUPTIBLE, Task, TaskStruct, Wait, WaitKind};
use crate::trace::EventKind;
use std::panic::Location;
use std::ptr;

/// How a kthread ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExitStatus {
    /// Its function never ran: it was stopped before its first wake-up.
    NeverRan,
    /// Its function returned this value or passed it to `kthread_exit`.
    Exited(i32),
    /// Its function panicked.
    Panicked,
}

impl ExitStatus {
    /// Converts to the return value of [`kthread_stop`]: −EINTR (−4) if the function never ran, the
    /// function's result, or −EFAULT (−14) after a panic. (The kernel returns 0 after an oops,
    /// which looks like success.)
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!(ExitStatus::Exited(7).as_return(), 7);
    /// assert_eq!(ExitStatus::NeverRan.as_return(), Errno::EINTR.as_return());
    /// ```
    pub const fn as_return(self) -> i32 {
        match self {
            Self::NeverRan => Errno::EINTR.as_return(),
            Self::Exited(result) => result,
            Self::Panicked => Errno::EFAULT.as_return(),
        }
    }
}

/// How the thread ended. The caller has waited for `exited`, or is the thread.
pub(super) fn status_of(kthread: &Kthread) -> ExitStatus {
    match kthread.ended.load(Ordering::Acquire) {
        ended::EXITED => ExitStatus::Exited(kthread.result.load(Ordering::Relaxed)),
        ended::PANICKED => ExitStatus::Panicked,
        _ => ExitStatus::NeverRan,
    }
}

/// [`kthread_stop`] at `place`.
#[track_caller]
pub(super) fn stop(task: &TaskStruct, place: &'static Location<'static>) -> Result<ExitStatus, Errno> {
    observe("calls kthread_stop, of pid", task.pid() as usize, |pid| pid.to_string());
    const CALL: &str = "kthread_stop";
    if os::forked() {
        return Err(Errno::EOWNERDEAD);
    }
    let kthread = kthread_of(task, CALL, place)?;
    with_current(|me| {
        me.event(|| EventKind::StopAsked { task: task.id() });
        // Relaxed: the fence in the wake-up, and in the sleeper's set_current_state, order it.
        task.kthread_flags.fetch_or(flag::SHOULD_STOP, Ordering::Relaxed);
        if ptr::eq(me, task) {
            me.warn(
                WarningKind::Deadlock,
                CALL,
                place,
                "a kthread can't wait for its own end: it was only asked to stop, and should return from its function",
            );
            return Err(Errno::EDEADLK);
        }
        park::unpark(task, kthread, place);
        task.signals.notify();
        wake_up_process(task);
        let noted = Wait::new(WaitKind::Stop, 0, CALL, place).by(task.pid());
        // Uninterruptible: it has no error.
        let _ = kthread.exited.wait_for(TASK_UNINTERRUPTIBLE, noted);
        let status = status_of(kthread);
        me.event(|| EventKind::StopReturned { task: task.id(), result: status.as_return() });
        Ok(status)
    })
}

/// Stops a kthread: asks it to end and waits until it has: `kthread_stop`. Sleeps.
///
/// Returns what the thread's function returned, or −EINTR (−4) if the stop came before the function
/// began, which then never runs. As long as you hold a reference, you may stop a thread that has
/// ended, and any task may stop it again: each call returns the same result (in the kernel a second
/// stop hangs for ever).
///
/// The thread's interruptible sleeps end, as if by a signal. If the function never calls
/// [`kthread_should_stop`](crate::kthread_should_stop), this call waits for ever, as in the kernel.
///
/// # Errors
///
/// −EDEADLK (−35) with a warning if a thread stops itself: it is asked to stop, and the call
/// returns at once. −EINVAL (−22) with a warning if `task` is not a kthread. −EOWNERDEAD (−130) in
/// a forked child. −EFAULT (−14) if the function panicked. A function may return the same numbers;
/// the method [`TaskStruct::stop`] distinguishes all cases.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let never_woken = kthread_create!(|()| 7, (), "idle")?;
/// assert_eq!(kthread_stop(&never_woken), -4);
/// # Ok::<(), Errno>(())
/// ```
#[must_use = "a thread that never ran returns -EINTR, one that panicked -EFAULT; `_ =` if that does not matter"]
#[track_caller]
pub fn kthread_stop(task: &TaskStruct) -> i32 {
    stop(task, Location::caller()).map_or_else(Errno::as_return, ExitStatus::as_return)
}

/// Stops a kthread as [`kthread_stop`] does, then drops the caller's reference: `kthread_stop_put`
/// (since Linux 6.7).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let task = kthread_create!(|()| 0, (), "short")?;
/// assert_eq!(kthread_stop_put(task), -4); // its function never ran
/// # Ok::<(), Errno>(())
/// ```
#[must_use = "as that of `kthread_stop`; `_ =` if it does not matter"]
#[track_caller]
pub fn kthread_stop_put(task: Task) -> i32 {
    kthread_stop(&task)
}

impl TaskStruct {
    /// Stops a kthread and returns how it ended: [`kthread_stop`] with a typed result.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let task = kthread_create!(|()| 7, (), "idle")?;
    /// assert_eq!(task.stop(), Ok(ExitStatus::NeverRan));
    /// # Ok::<(), Errno>(())
    /// ```
    #[track_caller]
    pub fn stop(&self) -> Result<ExitStatus, Errno> {
        stop(self, Location::caller())
    }
}
