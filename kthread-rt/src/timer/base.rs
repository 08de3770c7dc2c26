//! The base: a Kernel's queue of armed timers under one lock.
//!
//! There are two kinds of base for timers, one with the [wheel](super::wheel) and one with the heap
//! of `hrtimer`, and two kinds whose "timers" are due as soon as they are queued: tasklets and
//! irq_works. This file has what they share; their [`Queue`]s differ. [`binding`](super::binding)
//! describes how a timer finds its base and how it is deleted, [`daemon`](super::daemon) the thread
//! that calls the callbacks.
//!
//! # Waking the base's thread
//!
//! `wake_at` is the time until which the base's thread is going to sleep, 0 while it is awake. The
//! thread writes it and sets its state with the lock held. A task that arms a timer that is due
//! before `wake_at` lowers it, under the lock, and must wake the thread afterwards. So the thread
//! is woken only for a timer that is earlier than all others. If it was about to sleep when the
//! timer was armed, its state was set already, and the wake-up ends the sleep.
//!
//! # Invariants
//!
//! * `queue` and `state` are accessed with the lock held.
//! * A queued timer is valid and bound to this base. So is `running`, until its callback is over.

use crate::clock::Clock;
use crate::debug_objects::ObjectKind;
use crate::diag::WarningKind;
use crate::sched::{WakeQueue, change_state, sleep_until, try_to_wake_up};
use crate::swait::{SwaitCore, Waiter};
use crate::sync::{Arc, AtomicPtr, Life, Pool, RawSpinLock, UnsafeCell, os};
use crate::task::{
    KernelState, SubsystemId, TASK_NORMAL, TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskStruct, Wait,
    WaitKind,
};
use std::mem;
use std::panic::Location;
use std::ptr;

/// An ordered set of timers, and what is particular to its kind.
///
/// Every method that takes a timer is called with the base's lock held and a valid timer; `remove`,
/// with one that is bound to this base. Times are in the queue's unit.
pub(crate) trait Queue: Sized + 'static {
    /// What is queued.
    type Timer: Timed<Queue = Self>;
    /// The timer's function.
    type Function: Copy;
    /// The kind under which queued timers are recorded for reports.
    const KIND: &'static ObjectKind;
    /// The subsystem that its bases belong to.
    const SUBSYSTEM: SubsystemId;
    /// The name of the thread that calls the callbacks.
    const THREAD: &'static str;
    /// The call that a report of a panicking callback names.
    const CALLBACK: &'static str;
    /// The noun for one timer in messages.
    const ONE: &'static str = "timer";
    /// The warning about a callback that panicked.
    const OOPS: &'static str = "Oops: the callback panicked; the timer is idle unless it was armed anew";
    /// The warning about a Kernel that has shut down.
    const REFUSED: &'static str = "the Kernel has shut down: the timer stays idle (reported once)";
    /// The text for a call in a model's schedule.
    const CALLS: &'static str = "calls back the timer";
    /// What a task waits for that waits for the end of a callback.
    const WAIT: WaitKind = WaitKind::Timer;
    /// The call in which such a task waits.
    const WAIT_CALL: &'static str = "timer_delete_sync";

    /// An empty queue.
    fn new() -> Self;
    /// The pool of used bases of this kind.
    fn pool() -> &'static Pool<Base<Self>>;
    /// Prepares the (empty) queue for a Kernel with this clock.
    fn begin(&self, _clock: &Clock) {}
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn remove(&self, timer: *const Self::Timer) -> bool;
    /// Takes out one timer that is due.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn take_due(&self, clock: &Clock) -> Option<*const Self::Timer>;
    /// When the first timer is due.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn earliest(&self) -> Option<u64>;
    /// The time `at` in nanoseconds of CLOCK_MONOTONIC; `None` if that is never.
    fn deadline(clock: &Clock, at: u64) -> Option<u64>;
    /// Takes all timers out.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn clear(&self);
    /// The bits of `preempt_count` while the callback runs.
    fn context(timer: &Self::Timer) -> u32;
    /// The timer's function; `None` if it never had one or was shut down.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn function(timer: &Self::Timer) -> Option<Self::Function>;
    /// Removes the timer's function, so that it can't be armed.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn forget_function(timer: &Self::Timer);
    /// The address of the function, for its name.
    fn address_of(function: Self::Function) -> usize;
    /// Calls the function. Returns true if the timer is to be queued again. The lock is not held.
    ///
    /// # Safety
    ///
    /// The function's own requirements hold; the timer is `running`.
    unsafe fn call(function: Self::Function, timer: *const Self::Timer) -> bool;
    /// Called after the function has returned, unless the owner dropped the timer meanwhile.
    ///
    /// # Safety
    ///
    /// As the trait says, and the timer is still valid: only for kinds whose function must not free
    /// it.
    unsafe fn returned(_timer: &Self::Timer) {}
    /// Queues the timer again, unless it is queued or has no function.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn restart(&self, _timer: *const Self::Timer) {}
}

/// A timer that can be bound to a base.
pub(crate) trait Timed: Sized + 'static {
    type Queue: Queue<Timer = Self>;
    fn base(&self) -> &AtomicPtr<Base<Self::Queue>>;
    fn life(&self) -> &Life;
    /// Whether it must keep its base.
    fn is_queued(&self) -> bool;
}

/// See the module's text.
pub(crate) struct Base<Q: Queue> {
    /// Its lock is the base's. Waiters in it wait for a callback to end, or for the thread.
    wait: SwaitCore,
    queue: Q,
    state: UnsafeCell<State<Q>>,
    life: Life,
}

// SAFETY: everything behind the lock is accessed with it held (the module's invariants), and the
// timers behind the pointers may be used by any thread.
unsafe impl<Q: Queue> Send for Base<Q> {}
// SAFETY: as above.
unsafe impl<Q: Queue> Sync for Base<Q> {}

/// The thread of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thread {
    /// The thread was never started, or the system refused it.
    None,
    /// A task is starting it, or it runs.
    Begun,
    /// It will not touch the base any more.
    Ended,
}

pub(crate) struct State<Q: Queue> {
    /// The clock of the Kernel.
    pub(super) clock: Clock,
    pub(super) running: *const Q::Timer,
    pub(super) wake_at: u64,
    pub(super) thread: Thread,
    /// The thread's task while it runs. The task refers to the KernelState, which has the base:
    /// taken out when the thread ends.
    pub(super) task: Option<Task>,
    /// The Kernel has shut down, or is shutting down: nothing can be armed any more.
    pub(super) closed: bool,
    /// A task tried to arm a timer after that, and the warning was reported.
    pub(super) reported: bool,
}

impl<Q: Queue> State<Q> {
    /// Whether the thread runs or is being started.
    pub(crate) fn has_thread(&self) -> bool {
        self.thread != Thread::None
    }

    /// Whether the callback of `timer` runs.
    pub(crate) fn runs(&self, timer: *const Q::Timer) -> bool {
        ptr::eq(self.running, timer)
    }

    fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            running: ptr::null(),
            wake_at: 0,
            thread: Thread::None,
            task: None,
            closed: false,
            reported: false,
        }
    }
}

impl<Q: Queue> Base<Q> {
    /// A base for a Kernel with this clock.
    pub(super) fn take(clock: &Clock) -> &'static Self {
        let base = Q::pool().take(|| Self {
            wait: SwaitCore::new(),
            queue: Q::new(),
            // Closed, until it has a Kernel.
            state: UnsafeCell::new(State { closed: true, ..State::new(clock) }),
            life: Life::new(),
        });
        let locked = base.lock();
        locked.state(|state| *state = State::new(clock));
        locked.queue().begin(clock);
        drop(locked);
        base
    }

    /// Records a use by a task that has found the base in a timer.
    pub(crate) fn touch(&self) {
        self.life.touch();
    }

    pub(crate) fn lock(&'static self) -> Locked<Q> {
        self.wait.lock.lock();
        Locked { base: self }
    }
}

/// A base whose lock is held.
pub(crate) struct Locked<Q: Queue> {
    base: &'static Base<Q>,
}

impl<Q: Queue> Drop for Locked<Q> {
    fn drop(&mut self) {
        // SAFETY: the lock is held since `Base::lock`, and a base is never freed.
        unsafe { RawSpinLock::unlock(&raw const self.base.wait.lock) };
    }
}

impl<Q: Queue> Locked<Q> {
    pub(crate) fn queue(&self) -> &'static Q {
        &self.base.queue
    }

    pub(crate) fn state<R>(&self, f: impl FnOnce(&mut State<Q>) -> R) -> R {
        // SAFETY: the lock is held, and `f`, code of this crate, does not call this method again.
        self.base.state.with_mut(|state| f(unsafe { &mut *state }))
    }

    /// The clock of the Kernel whose base this is.
    pub(crate) fn clock(&self) -> Clock {
        self.state(|state| state.clock.clone())
    }

    /// Whether this is `base`.
    pub(crate) fn is(&self, base: &'static Base<Q>) -> bool {
        ptr::eq(self.base, base)
    }

    /// Whether the callback of `timer` runs.
    pub(crate) fn runs(&self, timer: &Q::Timer) -> bool {
        self.state(|state| state.runs(timer))
    }

    /// Whether the calling thread is the base's.
    pub(crate) fn is_on_its_thread(&self) -> bool {
        self.state(|state| state.task.as_ref().is_some_and(|task| task.known_os_tid() == os::gettid()))
    }

    /// Wakes all tasks that wait for a callback to end or for the thread. If there are any, it
    /// drops the lock meanwhile.
    pub(crate) fn wake_waiters(self) -> Self {
        let base = self.base;
        // SAFETY: the lock is held.
        let mut next = unsafe { SwaitCore::take_first(&raw const base.wait) };
        if next.is_none() {
            return self;
        }
        let mut wake = WakeQueue::new();
        while let Some(task) = next {
            wake.add(task);
            // SAFETY: as above.
            next = unsafe { SwaitCore::take_first(&raw const base.wait) };
        }
        drop(self);
        drop(wake);
        base.lock()
    }

    /// Waits until `over` returns true. `over` may only depend on changes after which the thread
    /// calls [`wake_waiters`](Self::wake_waiters).
    pub(crate) fn wait_until(
        mut self,
        me: &TaskStruct,
        address: usize,
        place: &'static Location<'static>,
        over: impl Fn(&State<Q>) -> bool,
    ) -> Self {
        if self.state(|state| over(state)) {
            return self;
        }
        let by = self.state(|state| state.task.as_ref().map_or(0, |task| task.pid()));
        let _noted = me.wait_note().set(Wait::new(Q::WAIT, address, Q::WAIT_CALL, place).by(by));
        let base = self.base;
        let mut waiter = Waiter::new(me);
        let waiter = &raw mut waiter;
        loop {
            // SAFETY: the lock is held; the waiter is in this frame, and leaves the list below
            // before the frame ends.
            unsafe { SwaitCore::join(&raw const base.wait, waiter) };
            change_state(me, TASK_UNINTERRUPTIBLE);
            drop(self);
            sleep_until(me, None);
            self = base.lock();
            if self.state(|state| over(state)) {
                break;
            }
        }
        change_state(me, TASK_RUNNING);
        // SAFETY: the lock is held.
        unsafe { SwaitCore::leave(waiter) };
        self
    }

    /// Called when a caller whose base is `mine` has queued a timer that is due at `at`. Returns
    /// what the caller must do after it has dropped the lock.
    ///
    /// If another Kernel's base has no thread, since the system refused it, the caller leaves that
    /// to the next task that arms a timer there.
    pub(crate) fn armed(&self, at: u64, mine: &'static Base<Q>) -> AfterUnlock {
        let is_mine = self.is(mine);
        self.state(|state| match state.thread {
            Thread::None if !is_mine => AfterUnlock::Nothing,
            Thread::None => {
                state.thread = Thread::Begun;
                AfterUnlock::Start
            }
            _ if at < state.wake_at => {
                state.wake_at = at;
                state.task.clone().map_or(AfterUnlock::Nothing, AfterUnlock::Wake)
            }
            _ => AfterUnlock::Nothing,
        })
    }

    /// If the Kernel has shut down, so that nothing can be armed: what the caller must report
    /// without the lock.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.state(|state| {
            let refusal = |state: &mut State<Q>| Refusal {
                first: !mem::replace(&mut state.reported, true),
                message: Q::REFUSED,
            };
            state.closed.then(|| refusal(state))
        })
    }
}

/// The refusal of a Kernel that has shut down to arm a timer.
#[must_use]
pub(crate) struct Refusal {
    first: bool,
    message: &'static str,
}

impl Refusal {
    /// Warns, once per Kernel. The caller holds no lock.
    pub(crate) fn report(self, me: &TaskStruct, call: &str, place: &'static Location<'static>) {
        if self.first {
            me.warn(WarningKind::ShutDown, call, place, self.message);
        }
    }
}

/// What a caller that has queued a timer must do for the base once it has dropped the lock.
#[must_use]
pub(crate) enum AfterUnlock {
    Nothing,
    /// Wake the base's thread, which sleeps for too long.
    Wake(Task),
    /// Start the base's thread; no other task does.
    Start,
}

impl AfterUnlock {
    /// Does it. The caller must hold no lock.
    pub(crate) fn run<Q: Queue>(
        self,
        kernel_state: &Arc<KernelState>,
        me: &TaskStruct,
        call: &str,
        place: &'static Location<'static>,
    ) {
        match self {
            Self::Nothing => {}
            Self::Wake(task) => {
                try_to_wake_up(&task, TASK_NORMAL);
            }
            Self::Start => super::daemon::start::<Q>(kernel_state, me, call, place),
        }
    }
}
