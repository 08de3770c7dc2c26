//! The base: a Kernel's queue of armed timers under one lock.
//!
//! There are two kinds of base for timers, one over the [wheel](super::wheel) and one over the heap
//! of `hrtimer`, and two whose "timers" are due as soon as they are queued: tasklets and irq_works.
//! What they share is here, what differs is in their [`Queue`]. How a timer finds its base, and
//! what deleting it means, is in [`binding`](super::binding); the thread that calls the callbacks,
//! in [`daemon`](super::daemon).
//!
//! # Waking the base's thread
//!
//! `wake_at` is the time until which the base's thread is going to sleep, 0 while it is awake. The
//! thread writes it and sets its state with the lock held. An armed timer that is due before it
//! lowers it, under the lock, and owes the thread a wake. So the thread is woken for a timer that
//! is earlier than all others, and for no other; and if it was about to sleep when the timer was
//! armed, its state was set already, and the wake ends the sleep.
//!
//! # Invariants
//!
//! * `queue` and `state` are accessed with the lock held.
//! * A queued timer is valid and has this base. So has `running`, until its callback is over.

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

/// An order of timers, and what is particular to its kind.
///
/// Every method that takes a timer is called with the base's lock held, for a timer that is valid;
/// `remove`, for one that has this base. Times are in the queue's unit.
pub(crate) trait Queue: Sized + 'static {
    /// What is queued.
    type Timer: Timed<Queue = Self>;
    /// The timer's function.
    type Function: Copy;
    /// What is noted of one that is queued.
    const KIND: &'static ObjectKind;
    /// The subsystem that its bases belong to.
    const SUBSYSTEM: SubsystemId;
    /// The name of the thread that calls the callbacks.
    const THREAD: &'static str;
    /// What is told if a callback panics.
    const CALLBACK: &'static str;
    /// What one of them is called.
    const ONE: &'static str = "timer";
    /// The warning of a callback that panicked.
    const OOPS: &'static str = "Oops: the callback panicked; the timer is idle unless it was armed anew";
    /// The warning of a Kernel that has shut down.
    const REFUSED: &'static str = "the Kernel has shut down: the timer stays idle (told once)";
    /// What a model's schedule says of a call.
    const CALLS: &'static str = "calls back the timer";
    /// What those wait for who wait for the end of a callback.
    const WAIT: WaitKind = WaitKind::Timer;
    /// The function that they call.
    const WAIT_CALL: &'static str = "timer_delete_sync";

    /// An empty queue.
    fn new() -> Self;
    /// The bases of this kind that were used before.
    fn pool() -> &'static Pool<Base<Self>>;
    /// The (empty) queue is used for a Kernel with this clock from now on.
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
    /// The timer's function, unless it has none or was shut down.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn function(timer: &Self::Timer) -> Option<Self::Function>;
    /// The timer has no function any more: it can't be armed.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn forget_function(timer: &Self::Timer);
    /// The address of the function, for its name.
    fn address_of(function: Self::Function) -> usize;
    /// Calls the function; true if the timer is to be queued again. The lock is not held.
    ///
    /// # Safety
    ///
    /// What the function asks for; the timer is `running`.
    unsafe fn call(function: Self::Function, timer: *const Self::Timer) -> bool;
    /// The function has returned, and the timer was not let go meanwhile.
    ///
    /// # Safety
    ///
    /// As the trait says, and the timer is valid still: for kinds whose function must not free it.
    unsafe fn returned(_timer: &Self::Timer) {}
    /// Queues the timer again, unless it is or may not be.
    ///
    /// # Safety
    ///
    /// As the trait says.
    unsafe fn restart(&self, _timer: *const Self::Timer) {}
}

/// A timer that a base can have.
pub(crate) trait Timed: Sized + 'static {
    type Queue: Queue<Timer = Self>;
    fn base(&self) -> &AtomicPtr<Base<Self::Queue>>;
    fn life(&self) -> &Life;
    /// Whether it has to keep its base.
    fn is_queued(&self) -> bool;
}

/// See the module's text.
pub(crate) struct Base<Q: Queue> {
    /// Its lock is the base's. Those who wait in it wait for a callback to end, or for the thread.
    wait: SwaitCore,
    queue: Q,
    state: UnsafeCell<State<Q>>,
}

// SAFETY: everything behind the lock is accessed with it held (the module's invariants), and the
// timers behind the pointers may be used by any thread.
unsafe impl<Q: Queue> Send for Base<Q> {}
// SAFETY: as above.
unsafe impl<Q: Queue> Sync for Base<Q> {}

/// The thread of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thread {
    /// Nobody has started it, or the system refused it.
    None,
    /// Somebody starts it, or it runs.
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
    /// taken out when the thread goes.
    pub(super) task: Option<Task>,
    /// The Kernel has shut down, or shuts down: nothing is armed any more.
    pub(super) closed: bool,
    /// That somebody tried to arm a timer after that has been told.
    pub(super) told: bool,
}

impl<Q: Queue> State<Q> {
    /// Whether somebody starts the thread, or did, and the system did not refuse it.
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
            told: false,
        }
    }
}

impl<Q: Queue> Base<Q> {
    /// A base for a Kernel with this clock.
    pub(super) fn take(clock: &Clock) -> &'static Self {
        let base = Q::pool().take(|| Self {
            wait: SwaitCore::new(),
            queue: Q::new(),
            state: UnsafeCell::new(State::new(clock)),
        });
        let locked = base.lock();
        locked.state(|state| *state = State::new(clock));
        locked.queue().begin(clock);
        drop(locked);
        base
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
        // SAFETY: the lock is held, and `f`, of this crate's own, does not come here again.
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

    /// Wakes all who wait for a callback to end or for the thread. If there are any, it drops the
    /// lock meanwhile.
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

    /// Waits until `over`, which must be about what [`wake_waiters`](Self::wake_waiters) comes
    /// after.
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
            // SAFETY: the lock is held; the waiter is this frame's, and leaves below before the
            // frame goes.
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

    /// A timer that is due at `at` was queued by somebody whose base is `mine`: what he owes after
    /// he has dropped the lock.
    ///
    /// Who finds another Kernel's base without a thread, since the system has refused it, leaves
    /// that to the next who arms a timer there.
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

    /// If the Kernel has shut down, so that nothing can be armed: what the caller has to tell
    /// without the lock.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.state(|state| {
            let refusal = |state: &mut State<Q>| Refusal {
                first: !mem::replace(&mut state.told, true),
                message: Q::REFUSED,
            };
            state.closed.then(|| refusal(state))
        })
    }
}

/// A Kernel that has shut down arms no timers.
#[must_use]
pub(crate) struct Refusal {
    first: bool,
    message: &'static str,
}

impl Refusal {
    /// Tells it, once per Kernel, without any lock.
    pub(crate) fn tell(self, me: &TaskStruct, call: &str, place: &'static Location<'static>) {
        if self.first {
            me.warn(WarningKind::ShutDown, call, place, self.message);
        }
    }
}

/// What somebody who has queued a timer owes the base.
#[must_use]
pub(crate) enum AfterUnlock {
    Nothing,
    /// The base's thread sleeps for too long.
    Wake(Task),
    /// The base has no thread yet, and the caller is the one who starts it.
    Start,
}

impl AfterUnlock {
    /// Does it. The caller holds no lock.
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
