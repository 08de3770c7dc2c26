//! `linux/hrtimer.h`: functions that are called at a given nanosecond.
//!
//! An [`Hrtimer`] is plain memory, as a [`TimerList`](crate::TimerList) is, and its bases, its
//! deletion and the end of a Kernel are the same: see `timer/base.rs`, `binding.rs` and
//! `daemon.rs`. Three things differ. The queue is a heap ordered by nanoseconds instead of a wheel
//! of jiffies; hrtimers of one expiry run in the order of arming; and the callback's result says
//! whether the timer is queued again, at the expiry that it has then. [`HighResTimer`] is the safe
//! form.
//!
//! # A thread of its own
//!
//! In the kernel the timer interrupt calls an hrtimer's function, and may interrupt anything on the
//! cpu, also a timer's callback. So a Kernel that starts an hrtimer gets a second thread,
//! `hrtimer/0`: a long timer callback does not delay an hrtimer, and a timer's callback may wait
//! for an hrtimer's to end (`hrtimer_cancel`), as in the kernel. The resolution is the operating
//! system's, about 50 µs with its default timer slack.
//!
//! # Invariants
//!
//! Those of `timer`.

mod heap;
mod kernel_names;
mod owned;
mod sleep;

pub(crate) use heap::Heap;
pub use kernel_names::*;
pub use owned::HighResTimer;
pub use sleep::{schedule_hrtimeout, schedule_hrtimeout_range};

use crate::clock::Clock;
use crate::debug_objects::{self, ObjectKind, Wait, WhenLeft};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{HARDIRQ_OFFSET, SOFTIRQ_OFFSET, ktime_get, with_current};
use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicPtr, Life, Pool, UnsafeCell, const_fn, record};
use crate::task::SubsystemId;
use crate::timer::{
    Base, Queue, Timed, base_of, dequeue, dequeue_sync, lock_bound, lock_or_bind, try_dequeue,
};
use bitflags::bitflags;
use heap::Node;
use std::panic::Location;
use std::ptr;

/// What an hrtimer's function returns: `enum hrtimer_restart`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub enum HrtimerRestart {
    /// The timer is idle, unless it was started anew: [`HRTIMER_NORESTART`].
    NoRestart = 0,
    /// It is queued again, at the expiry that it has now: [`HRTIMER_RESTART`].
    Restart = 1,
}

/// The timer is idle after its function.
pub const HRTIMER_NORESTART: HrtimerRestart = HrtimerRestart::NoRestart;
/// The timer is queued again after its function, which has usually moved the expiry with
/// [`hrtimer_forward`].
pub const HRTIMER_RESTART: HrtimerRestart = HrtimerRestart::Restart;

/// An hrtimer's function: `enum hrtimer_restart (*function)(struct hrtimer *)`.
///
/// The hrtimer thread calls it. It must not sleep, and may start its timer; it may free it if it
/// returns [`HRTIMER_NORESTART`]. If it unwinds, the runtime catches the panic and reports an oops.
pub type HrtimerFn = unsafe extern "C-unwind" fn(timer: *mut Hrtimer) -> HrtimerRestart;

bitflags! {
    /// How an hrtimer's time counts and where its function runs: `enum hrtimer_mode`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct HrtimerMode: u32 {
        /// The time counts from now; without it, it is a time of the clock.
        const REL = 0x01;
        /// The kernel keeps the timer on its cpu. No effect here.
        const PINNED = 0x02;
        /// Called in softirq context: `in_serving_softirq` is true instead of `in_hardirq`.
        const SOFT = 0x04;
        /// Called in hardirq context on PREEMPT_RT too. No effect here.
        const HARD = 0x08;
    }
}

/// The time is a time of the clock.
pub const HRTIMER_MODE_ABS: HrtimerMode = HrtimerMode::empty();
/// The time counts from now.
pub const HRTIMER_MODE_REL: HrtimerMode = HrtimerMode::REL;
/// The time is a time of the clock; the function is called in softirq context.
pub const HRTIMER_MODE_ABS_SOFT: HrtimerMode = HrtimerMode::SOFT;
/// The time counts from now; the function is called in softirq context.
pub const HRTIMER_MODE_REL_SOFT: HrtimerMode = HrtimerMode::REL.union(HrtimerMode::SOFT);

/// An hrtimer that is queued.
static HRTIMER: ObjectKind = ObjectKind {
    name: "hrtimer",
    state: "armed",
    undo: "hrtimer_cancel()",
    left: WhenLeft::Told,
    is_active: None,
    take_off: Some(take_off),
};

/// # Safety
///
/// There is an hrtimer at `address`.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: by the contract; starting it exposed its provenance.
    let timer = unsafe { &*ptr::with_exposed_provenance::<Hrtimer>(address) };
    match wait {
        Wait::Not => _ = dequeue(timer),
        // Not in its own callback.
        Wait::ForFunction => _ = timer.cancel(),
    }
}

/// `struct hrtimer`: plain memory. Starting it allocates nothing, and it needs no drop.
///
/// Zeroed memory is a timer without a function, which can't be started. [`hrtimer_setup`] (anything
/// that stays in place) and [`HighResTimer`] (a closure) make timers with one.
#[derive(Debug)]
#[repr(C)]
pub struct Hrtimer {
    // First, so that a pointer to the node is a pointer to the timer.
    node: Node,
    /// The task that starts the timer writes it, and so does the callback. The heap has a copy of
    /// its own.
    expires: record::AtomicI64,
    function: UnsafeCell<Option<HrtimerFn>>,
    soft: record::AtomicU32,
    base: AtomicPtr<Base<Heap>>,
    life: Life,
}

// SAFETY: what is not atomic is accessed under the lock of the base (the invariants of `timer` and
// `heap`).
unsafe impl Send for Hrtimer {}
// SAFETY: as above.
unsafe impl Sync for Hrtimer {}

impl Hrtimer {
    const_fn! {
        /// A timer without a function. It can't be started.
        pub const fn new() -> Self {
            Self::with(None, HRTIMER_MODE_ABS)
        }
    }

    const_fn! {
        /// A timer with a function. Of `mode`, only [`HrtimerMode::SOFT`] has an effect.
        ///
        /// # Safety
        ///
        /// Whenever the timer is queued, or its callback runs, it is valid and where it was when it
        /// was started; and `function` may be called with it then, on another thread. If it returns
        /// [`HRTIMER_RESTART`], the timer is valid then.
        pub const unsafe fn with_function(function: HrtimerFn, mode: HrtimerMode) -> Self {
            Self::with(Some(function), mode)
        }
    }

    const_fn! {
        const fn with(function: Option<HrtimerFn>, mode: HrtimerMode) -> Self {
            Self {
                node: Node::new(),
                expires: record::AtomicI64::new(0),
                function: UnsafeCell::new(function),
                soft: record::AtomicU32::new(mode.contains(HrtimerMode::SOFT) as u32),
                base: AtomicPtr::new(ptr::null_mut()),
                life: Life::new(),
            }
        }
    }

    /// Returns its expiry in nanoseconds of the monotonic clock: `hrtimer_get_expires`.
    pub fn expires(&self) -> i64 {
        self.expires.load(Relaxed)
    }

    /// Sets the expiry of an idle timer: `hrtimer_set_expires`. On a queued one it has no effect
    /// until it is started again.
    pub fn set_expires(&self, time: i64) {
        self.expires.store(time, Relaxed);
    }

    /// Returns the nanoseconds until it expires, negative if that has passed:
    /// `hrtimer_get_remaining`.
    pub fn remaining(&self) -> i64 {
        self.expires().wrapping_sub(ktime_get())
    }

    /// Starts it: [`hrtimer_start`].
    #[track_caller]
    pub fn start(&self, time: i64, mode: HrtimerMode) {
        self.start_as(time, mode, "hrtimer_start", Location::caller());
    }

    fn start_as(&self, time: i64, mode: HrtimerMode, call: &str, place: &'static Location<'static>) {
        with_current(|me| {
            me.fault_in_timer(ptr::from_ref(self).addr(), call, place);
            let base = base_of::<Heap>(me.kernel_state());
            let made = debug_objects::made(me, call, place);
            let locked = lock_or_bind(self, base);
            // SAFETY: the base is the timer's and locked.
            let Some(function) = (unsafe { Heap::function(self) }) else {
                drop(locked);
                me.warn(
                    WarningKind::BadArgument,
                    call,
                    place,
                    "the timer has no function: hrtimer_setup() gives it one; a HighResTimer loses it when dropped",
                );
                return;
            };
            if let Some(refusal) = locked.refusal() {
                drop(locked);
                return refusal.report(me, call, place);
            }
            let now = me.kernel_state().clock.now_ns() as i64;
            let expires = expiry(now, time, mode);
            self.expires.store(expires, Relaxed);
            // The callback finds the timer by its address and may use everything that the pointer
            // of `hrtimer_setup` allows.
            let timer = ptr::from_ref(self);
            timer.expose_provenance();
            // SAFETY: the base is the timer's and locked; a timer with a function stays valid and
            // in place as long as it is queued (the invariants).
            let after_unlock = unsafe {
                Queue::remove(locked.queue(), self);
                locked.armed(enqueue(locked.queue(), self), base)
            };
            debug_objects::begin(&HRTIMER, timer.addr(), function as *const () as usize, made);
            drop(locked);
            after_unlock.run::<Heap>(me.kernel_state(), me, call, place);
        });
    }

    /// Takes it off the queue and waits until its callback is not running: [`hrtimer_cancel`].
    /// Returns true if it was queued.
    ///
    /// # Errors
    ///
    /// `EDEADLK`, with a warning, in its own callback. The timer is dequeued nevertheless.
    #[track_caller]
    pub fn cancel(&self) -> Result<bool, Errno> {
        dequeue_sync(self, false, "hrtimer_cancel", Location::caller())
    }

    /// Takes it off the queue unless its callback runs: [`hrtimer_try_to_cancel`]. Returns `None`
    /// if the callback runs, else whether the timer was queued.
    pub fn try_to_cancel(&self) -> Option<bool> {
        try_dequeue(self)
    }

    /// Returns true if it is queued, or its callback runs: [`hrtimer_active`].
    pub fn is_active(&self) -> bool {
        lock_bound(self).is_some_and(|locked| self.is_queued() || locked.runs(self))
    }

    /// Returns true if it waits for its time: [`hrtimer_is_queued`].
    pub fn is_queued(&self) -> bool {
        self.node.is_queued()
    }

    /// Returns true if its callback runs: [`hrtimer_callback_running`].
    pub fn callback_running(&self) -> bool {
        lock_bound(self).is_some_and(|locked| locked.runs(self))
    }

    /// Moves its expiry forward by whole intervals (ns) until it is after `now`:
    /// [`hrtimer_forward`]. Returns the number of intervals.
    #[track_caller]
    pub fn forward(&self, now: i64, interval: i64) -> u64 {
        let expires = self.expires();
        let passed = now.saturating_sub(expires);
        if passed < 0 {
            return 0;
        }
        if self.is_queued() {
            let place = Location::caller();
            let message = "the timer is queued, so its expiry can't be moved: cancel it first, or call this in its callback";
            with_current(|me| me.warn(WarningKind::BadArgument, "hrtimer_forward", place, message));
            return 0;
        }
        let interval = interval.max(1);
        let overruns = passed / interval + 1;
        self.set_expires(expires.saturating_add(interval.saturating_mul(overruns)));
        overruns as u64
    }
}

impl Default for Hrtimer {
    fn default() -> Self {
        Self::new()
    }
}

/// The time of the clock that `time` means at `now`. A negative relative time means never: the
/// kernel takes a sum that is less than `now` for an overflow.
fn expiry(now: i64, time: i64, mode: HrtimerMode) -> i64 {
    match mode.contains(HrtimerMode::REL) {
        true if time < 0 => i64::MAX,
        true => now.saturating_add(time),
        false => time,
    }
}

/// Queues `timer` at its expiry, and returns the latest time until which the base's thread may
/// sleep.
///
/// # Safety
///
/// The lock is held, the timer is not queued, and stays valid and in place until it is taken out.
unsafe fn enqueue(heap: &Heap, timer: *const Hrtimer) -> u64 {
    // SAFETY: by the contract. A time before the clock's beginning counts as the beginning.
    unsafe {
        let at = (*timer).expires().max(0) as u64;
        heap.insert(&raw const (*timer).node, at);
        at
    }
}

impl Timed for Hrtimer {
    type Queue = Heap;

    fn base(&self) -> &AtomicPtr<Base<Heap>> {
        &self.base
    }

    fn life(&self) -> &Life {
        &self.life
    }

    fn is_queued(&self) -> bool {
        self.node.is_queued()
    }
}

impl Queue for Heap {
    type Timer = Hrtimer;
    type Function = HrtimerFn;
    const KIND: &'static ObjectKind = &HRTIMER;
    const SUBSYSTEM: SubsystemId = SubsystemId::Hrtimers;
    const THREAD: &'static str = "hrtimer/0";
    const CALLBACK: &'static str = "hrtimer.function";

    fn new() -> Self {
        Heap::new()
    }

    fn pool() -> &'static Pool<Base<Self>> {
        static POOL: Pool<Base<Heap>> = Pool::new();
        &POOL
    }

    unsafe fn remove(&self, timer: *const Hrtimer) -> bool {
        debug_objects::end(&HRTIMER, timer.addr());
        // SAFETY: the same contract; the node is the timer's first field.
        unsafe { Heap::remove(self, timer.cast()) }
    }

    unsafe fn take_due(&self, clock: &Clock) -> Option<*const Hrtimer> {
        // SAFETY: the same contract; every node of this heap is the first field of an hrtimer.
        unsafe { Heap::take_due(self, clock.now_ns()) }.map(<*const Node>::cast)
    }

    unsafe fn earliest(&self) -> Option<u64> {
        // SAFETY: the same contract.
        unsafe { Heap::earliest(self) }
    }

    fn deadline(_: &Clock, at: u64) -> Option<u64> {
        Some(at)
    }

    unsafe fn clear(&self) {
        // SAFETY: the same contract.
        while unsafe { Heap::take_due(self, u64::MAX) }.is_some() {}
    }

    fn context(timer: &Hrtimer) -> u32 {
        if timer.soft.load(Relaxed) != 0 { SOFTIRQ_OFFSET } else { HARDIRQ_OFFSET }
    }

    unsafe fn function(timer: &Hrtimer) -> Option<HrtimerFn> {
        // SAFETY: the lock is held, by the contract.
        timer.function.with(|function| unsafe { *function })
    }

    unsafe fn forget_function(timer: &Hrtimer) {
        // SAFETY: the lock is held, by the contract.
        timer.function.with_mut(|function| unsafe { *function = None });
    }

    fn address_of(function: HrtimerFn) -> usize {
        function as usize
    }

    unsafe fn call(function: HrtimerFn, timer: *const Hrtimer) -> bool {
        let timer = ptr::with_exposed_provenance_mut(timer.addr());
        // SAFETY: by the contract.
        unsafe { function(timer) == HRTIMER_RESTART }
    }

    unsafe fn restart(&self, timer: *const Hrtimer) {
        // SAFETY: the same contract; a callback that asks for this leaves its timer valid.
        unsafe {
            if !(*timer).is_queued() && Self::function(&*timer).is_some() {
                enqueue(self, timer);
            }
        }
    }
}
