//! `kthread_stop`: asking a thread to end, and waiting until it has.
//!
//! In this order: SHOULD_STOP is set; the thread is unparked, if it is parked; the notify-signal is
//! raised, which ends its interruptible sleeps; it is woken; and `exited` is waited for. The flag
//! comes before the wake, so a thread that tests it after `set_current_state` and before `schedule`
//! can't miss both.
//!
//! `exited` is completed for all, so a second stop, or one from another thread, returns the same
//! result. In the kernel it hangs for ever.

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
    /// Its function never ran: it was stopped before.
    NeverRan,
    /// Its function returned this, or it called `kthread_exit` with it.
    Exited(i32),
    /// Its function panicked.
    Panicked,
}

impl ExitStatus {
    /// What [`kthread_stop`] returns for it: −EINTR (−4) if it never ran, the function's result, or
    /// −EFAULT (−14) for a panic. (The kernel returns 0 after an oops, which reads as success.)
    pub const fn as_return(self) -> i32 {
        match self {
            Self::NeverRan => Errno::EINTR.as_return(),
            Self::Exited(result) => result,
            Self::Panicked => Errno::EFAULT.as_return(),
        }
    }
}

/// How the thread ended. For those who have waited for `exited`, or are the thread.
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
                "a thread can't wait for its own end; it is asked to stop",
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

/// Asks `task` to stop and waits until it has ended: `kthread_stop`. Sleeps.
///
/// Returns what the thread's function returned, or −EINTR (−4) if it never ran because the stop
/// came before it. A thread that has ended already is no mistake as long as you hold a reference:
/// its result is returned, as often as it is asked for and by whoever asks (in the kernel a second
/// stop hangs for ever).
///
/// Every interruptible sleep of the target ends, as if by a signal. A function that never looks at
/// [`kthread_should_stop`](crate::kthread_should_stop) makes this wait for ever, as in the kernel.
///
/// # Errors
///
/// −EDEADLK (−35) with a warning when a thread stops itself: it is asked to, and not waited for.
/// −EINVAL (−22) with a warning if `task` is no kthread. −EOWNERDEAD (−130) in a forked child.
/// −EFAULT (−14) if the function panicked. The method [`TaskStruct::stop`] tells all of these apart
/// from a function's own numbers.
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

/// [`kthread_stop`], then gives the caller's reference back: `kthread_stop_put` (Linux 6.7).
#[must_use = "as that of `kthread_stop`; `_ =` if it does not matter"]
#[track_caller]
pub fn kthread_stop_put(task: Task) -> i32 {
    kthread_stop(&task)
}

impl TaskStruct {
    /// Asks the thread to stop and waits until it has ended: [`kthread_stop`], with an answer in
    /// words.
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
