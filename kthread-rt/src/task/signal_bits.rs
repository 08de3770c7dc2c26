//! A task's pending signals and dispositions, as far as the scheduler needs them.
//!
//! A task has two pending sets: its private one, and the one that it shares with its thread group,
//! which has no other member here. `send_sig` adds to the first and `kill_pid` to the second; a
//! task takes signals from the first one first. There is one more visible difference, as in the
//! kernel: only SIGKILL in the *private* set is a fatal signal.
//!
//! A sender marks the signal, then wakes the task; a sleeper sets its state, then reads the marks.
//! Both have a SeqCst fence between their two steps (in `try_to_wake_up` and `set_current_state`),
//! so that one of them sees the other.

use super::{TASK_INTERRUPTIBLE, TASK_WAKEKILL, TaskState, TaskStruct};
use crate::sync::{AtomicU32, AtomicU64, Mutex, Ordering};

/// The signal that can't be ignored or blocked.
pub(crate) const SIGKILL: u32 = 9;

/// The bit of signal `sig` (1 to 64) in a set.
pub(crate) const fn sigbit(sig: u32) -> u64 {
    1 << (sig - 1)
}

/// What a task does with a signal: `sa_handler`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// `SIG_DFL` (0): the signal is delivered; one that is fatal by default kills.
    Default = 0,
    /// `SIG_IGN` (1): dropped when sent.
    Ignored = 1,
    /// `SIG_KTHREAD` (2): becomes pending, for the thread to test.
    Allowed = 2,
    /// `SIG_KTHREAD_KERNEL` (3): becomes pending if the kernel sent it.
    AllowedFromKernel = 3,
}

/// One of a task's pending sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetOf {
    /// The task's own: `task->pending`.
    Task,
    /// Its thread group's: `task->signal->shared_pending`.
    Group,
}

/// `TIF_SIGPENDING`: a signal that is not blocked is pending.
const SIGPENDING: u32 = 1;
/// `TIF_NOTIFY_SIGNAL`: `kthread_stop` was called. There is no signal, and a flush does not clear
/// it.
const NOTIFY: u32 = 2;
/// An injected fault: a signal that interrupts one sleep, and is gone once it was tested.
const PASSING: u32 = 4;

/// The signals of one task.
#[derive(Debug)]
pub(crate) struct SignalSets {
    /// `SIGPENDING`, `NOTIFY` and `PASSING`. The whole word is `signal_pending`.
    thread_flags: AtomicU32,
    /// The private pending set. Written under `control`; `fatal_signal_pending` reads it without.
    private: AtomicU64,
    /// `siglock`, and what it protects.
    control: Mutex<(SignalControl, Pending)>,
}

/// What decides what happens to a signal that is sent.
#[derive(Debug)]
pub(crate) struct SignalControl {
    default_action: Disposition,
    allowed: u64,
    allowed_from_kernel: u64,
    disallowed: u64,
    defaulted: u64,
    blocked: u64,
    /// A fatal signal was taken (`SIGNAL_GROUP_EXIT`): later signals are dropped.
    group_exit: bool,
    /// The task has taken a stop signal, and no SIGCONT came since: `JOBCTL_STOP_DEQUEUED`.
    stop_taken: bool,
}

/// The pending sets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pending {
    pub(crate) private: u64,
    pub(crate) shared: u64,
}

impl Pending {
    /// Removes signals from both sets: `flush_sigqueue_mask`.
    pub(crate) fn drop_all_of(&mut self, set: u64) {
        self.private &= !set;
        self.shared &= !set;
    }
}

impl SignalSets {
    pub(crate) fn new(default_action: Disposition) -> Self {
        Self {
            thread_flags: AtomicU32::new(0),
            private: AtomicU64::new(0),
            control: Mutex::new((
                SignalControl {
                    default_action,
                    allowed: 0,
                    allowed_from_kernel: 0,
                    disallowed: 0,
                    defaulted: 0,
                    blocked: 0,
                    group_exit: false,
                    stop_taken: false,
                },
                Pending::default(),
            )),
        }
    }

    /// `signal_pending`.
    #[inline(always)]
    pub(crate) fn any_pending(&self) -> bool {
        self.thread_flags.load(Ordering::Relaxed) != 0
    }

    /// `fatal_signal_pending`.
    #[inline]
    pub(crate) fn fatal_pending(&self) -> bool {
        self.any_pending() && self.private.load(Ordering::Relaxed) & sigbit(SIGKILL) != 0
    }

    /// `signal_pending_state`: true if a sleep in `state` must end. Only for the task itself, which
    /// then acts on it.
    #[inline]
    pub(crate) fn end_sleep_in(&self, state: TaskState) -> bool {
        let end = self.ends_sleep_in(state);
        if end && state.intersects(TASK_INTERRUPTIBLE) {
            self.drop_passing();
        }
        end
    }

    /// The same for the sleep itself, whose caller tests again with
    /// [`end_sleep_in`](Self::end_sleep_in).
    #[inline]
    pub(crate) fn ends_sleep_in(&self, state: TaskState) -> bool {
        state.intersects(TASK_INTERRUPTIBLE.union(TASK_WAKEKILL))
            && self.any_pending()
            && (state.intersects(TASK_INTERRUPTIBLE) || self.fatal_pending())
    }

    /// Raises the [passing](PASSING) signal.
    pub(crate) fn raise_passing(&self) {
        self.thread_flags.fetch_or(PASSING, Ordering::Relaxed);
    }

    /// Clears the passing signal.
    #[inline]
    pub(crate) fn drop_passing(&self) {
        if self.thread_flags.load(Ordering::Relaxed) & PASSING != 0 {
            self.thread_flags.fetch_and(!PASSING, Ordering::Relaxed);
        }
    }

    /// Raises the notify-signal.
    pub(crate) fn notify(&self) {
        self.thread_flags.fetch_or(NOTIFY, Ordering::Relaxed);
    }
}

impl TaskStruct {
    /// Changes the blocked and pending sets in one step, then updates `SIGPENDING`
    /// (`recalc_sigpending`) and the fields that C reads.
    pub(crate) fn update_signals<R>(&self, change: impl FnOnce(&mut SignalControl, &mut Pending) -> R) -> R {
        self.update_signals_and(true, change)
    }

    /// The same for a sender, whose call may remove a signal without raising one: `SIGPENDING` then
    /// stays set until the task itself recalculates it.
    pub(crate) fn send_signals<R>(&self, change: impl FnOnce(&mut SignalControl, &mut Pending) -> R) -> R {
        self.update_signals_and(false, change)
    }

    fn update_signals_and<R>(
        &self,
        may_end: bool,
        change: impl FnOnce(&mut SignalControl, &mut Pending) -> R,
    ) -> R {
        let signals = &self.signals;
        let mut locked = signals.control.lock();
        let (control, pending) = &mut *locked;
        let result = change(control, pending);
        signals.private.store(pending.private, Ordering::Relaxed);
        let open = (pending.private | pending.shared) & !control.blocked != 0;
        let stays = !may_end && signals.thread_flags.load(Ordering::Relaxed) & SIGPENDING != 0;
        if open {
            signals.thread_flags.fetch_or(SIGPENDING, Ordering::Relaxed);
        } else if !stays {
            signals.thread_flags.fetch_and(!SIGPENDING, Ordering::Relaxed);
        }
        self.shown.show_signals(control, pending, open || stays);
        result
    }

    /// The same, for a change of dispositions.
    pub(crate) fn update_handlers(&self, change: impl FnOnce(&mut SignalControl, &mut Pending)) {
        self.update_signals(|control, pending| {
            change(control, pending);
            self.show_handlers(control);
        });
    }

    /// True if a signal could become pending: kthreads ignore all signals until they allow one.
    pub(crate) fn takes_signals(&self) -> bool {
        let control = &self.signals.control.lock().0;
        control.default_action != Disposition::Ignored
            || control.allowed | control.allowed_from_kernel | control.defaulted != 0
    }
}

impl SignalControl {
    /// The disposition of `sig`.
    pub(crate) fn disposition(&self, sig: u32) -> Disposition {
        match sigbit(sig) {
            bit if self.allowed & bit != 0 => Disposition::Allowed,
            bit if self.allowed_from_kernel & bit != 0 => Disposition::AllowedFromKernel,
            bit if self.disallowed & bit != 0 => Disposition::Ignored,
            bit if self.defaulted & bit != 0 => Disposition::Default,
            _ => self.default_action,
        }
    }

    /// `kernel_sigaction`.
    pub(crate) fn set_disposition(&mut self, sig: u32, to: Disposition) {
        let bit = sigbit(sig);
        self.allowed &= !bit;
        self.allowed_from_kernel &= !bit;
        self.disallowed &= !bit;
        self.defaulted &= !bit;
        match to {
            Disposition::Allowed => self.allowed |= bit,
            Disposition::AllowedFromKernel => self.allowed_from_kernel |= bit,
            Disposition::Ignored => self.disallowed |= bit,
            Disposition::Default => self.defaulted |= bit,
        }
    }

    /// True if the task has taken a stop signal and must stop.
    pub(crate) fn stop_taken(&self) -> bool {
        self.stop_taken
    }

    pub(crate) fn set_stop_taken(&mut self, taken: bool) {
        self.stop_taken = taken;
    }

    /// True if a fatal signal was taken.
    pub(crate) fn group_exits(&self) -> bool {
        self.group_exit
    }

    /// A fatal signal was taken. A kthread lives on and gets no more signals. The task of a foreign
    /// thread, which the signal would have ended in a kernel, still gets signals.
    pub(crate) fn end_group(&mut self) {
        self.group_exit = self.default_action == Disposition::Ignored;
    }

    /// The blocked set.
    pub(crate) fn blocked(&self) -> u64 {
        self.blocked
    }

    /// Sets the blocked set. Like the kernel's internal `sigprocmask` it accepts any set.
    pub(crate) fn set_blocked(&mut self, blocked: u64) {
        self.blocked = blocked;
    }
}
