//! `linux/timer.h`: functions that are called at a given jiffy.
//!
//! A [`TimerList`] is plain memory. Arming it links it into the wheel of a Kernel; the Kernel's
//! timer thread calls its function once the jiffy has come, and the timer is idle again. [`Timer`]
//! is the safe form: it owns a closure, and dropping it waits for the callback.
//!
//! | file | what it describes |
//! |---|---|
//! | `wheel` | which timer is due when |
//! | `base` | the lock and what it protects; when the thread is woken |
//! | `binding` | how a timer finds its lock; deleting a timer whose callback runs |
//! | `daemon` | the thread that calls the callbacks, its start and its end |
//! | `mod` | the timer, and what arming it means |
//! | `owned` | [`Timer`] |
//! | `kernel_names` | `mod_timer` and its family |
//! | `round` | `round_jiffies` |
//!
//! # As in the kernel, and different
//!
//! A timer whose jiffy is *n* runs when that jiffy is over, as tick *n* + 1 begins. A timer that is
//! far off runs with all others of its bucket, up to an eighth of its distance later (`expiry.rs`).
//! Within a bucket, the timer that was armed last runs first; of two buckets of one tick, the
//! farther one runs first. A timer that is modified and stays in its bucket keeps its turn. A timer
//! that is armed for a past jiffy runs at the next tick. All these are the kernel's rules; with
//! [`exact_timeouts`](crate::KernelBuilder::exact_timeouts) a timer runs when its jiffy begins,
//! however far off that is. There is one wheel per Kernel instead of one per cpu, and its thread,
//! `ksoftirqd/0`, sleeps until the first timer is due: there is no periodic tick.
//!
//! # Invariants
//!
//! * `function` is accessed with the lock of the timer's base held, or before any other thread
//!   knows the timer.
//! * The caller that sets a timer's function promises that the timer stays valid and in place while
//!   it is pending or its callback runs. A timer without a function is never queued. So every call
//!   is safe except the one that gives a timer its function.

mod base;
mod binding;
mod daemon;
mod kernel_names;
mod owned;
mod round;
mod wheel;

#[doc(inline)]
pub use crate::{DEFINE_TIMER, from_timer, timer_container_of};
pub(crate) use base::{AfterUnlock, Base, Locked, Queue, Refusal, Timed};
pub(crate) use binding::{
    dequeue, dequeue_sync, lock_bound, lock_or_bind, shut_down_owned, try_dequeue, wait_for_callback,
};
pub(crate) use daemon::{base_of, shut_down};

pub use kernel_names::*;
pub use owned::Timer;
pub use round::{
    __round_jiffies, __round_jiffies_relative, __round_jiffies_up, __round_jiffies_up_relative,
    round_jiffies, round_jiffies_relative, round_jiffies_up, round_jiffies_up_relative,
};

use crate::clock::{Clock, time_before};
use crate::debug_objects::{self, Made, ObjectKind, Wait, WhenLeft};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::{IRQS_OFF, SOFTIRQ_OFFSET, in_hardirq, with_current};
use crate::sync::Ordering::Relaxed;
use crate::sync::{Arc, AtomicPtr, Life, Pool, UnsafeCell, const_fn, record};
use crate::task::{KernelState, SubsystemId, TaskStruct};
use std::panic::Location;
use std::ptr;
use wheel::Node;
pub(crate) use wheel::Wheel;

/// A timer's function: `void (*function)(struct timer_list *)`.
///
/// The timer thread calls it. It must not sleep, and may arm, delete or free its timer. If it
/// unwinds, the runtime catches the panic and reports an oops.
pub type TimerFn = unsafe extern "C-unwind" fn(timer: *mut TimerList);

/// [`TimerList::flags`]: the kernel may run it late rather than wake an idle cpu. No effect here.
pub const TIMER_DEFERRABLE: u32 = 0x0008_0000;
/// [`TimerList::flags`]: the kernel keeps the timer on its cpu. No effect here.
pub const TIMER_PINNED: u32 = 0x0010_0000;
/// [`TimerList::flags`]: the kernel calls it with interrupts disabled, so `irqs_disabled` is true
/// in its function.
pub const TIMER_IRQSAFE: u32 = 0x0020_0000;

/// In `flags`, beside those that the caller gave: the timer was shut down.
const SHUT_DOWN: u32 = 1;

/// `struct timer_list`: plain memory. Arming it allocates nothing, and it needs no drop.
///
/// Zeroed memory is a timer without a function, which can't be armed.
/// [`DEFINE_TIMER!`](crate::DEFINE_TIMER) (a static), [`timer_setup`] (anything that stays in
/// place) and [`Timer`] (a closure) make timers with one.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static BLINKED);
/// DEFINE_TIMER!(static BLINK = |_| complete(&BLINKED));
///
/// assert_eq!(mod_timer(&BLINK, jiffies() + msecs_to_jiffies(10)), 0); // it was idle
/// wait_for_completion(&BLINKED);
/// assert_eq!(timer_pending(&BLINK), 0);
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct TimerList {
    // First, so that a pointer to the node is a pointer to the timer.
    node: Node,
    function: UnsafeCell<Option<TimerFn>>,
    flags: record::AtomicU32,
    base: AtomicPtr<Base<Wheel>>,
    life: Life,
}

// SAFETY: what is not atomic is accessed under the lock of the base (the invariants of this module
// and of `wheel`).
unsafe impl Send for TimerList {}
// SAFETY: as above.
unsafe impl Sync for TimerList {}

/// A timer that is armed, by the user.
pub(crate) static TIMER: ObjectKind = ObjectKind {
    name: "timer",
    state: "armed",
    undo: "timer_delete_sync() or del_timer_sync()",
    left: WhenLeft::Told,
    is_active: None,
    take_off: Some(take_off),
};

/// # Safety
///
/// There is a timer at `address`.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: by the contract; arming it exposed its provenance.
    let timer = unsafe { &*ptr::with_exposed_provenance::<TimerList>(address) };
    match wait {
        Wait::Not => _ = timer.delete(),
        // Not in its own callback.
        Wait::ForFunction => _ = timer.delete_sync(),
    }
}

/// The call that arms a timer, and the record of it for reports.
struct Arming<'a> {
    call: &'a str,
    place: &'static Location<'static>,
    made: Option<Made>,
}

/// What arming does, by whether the timer is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arm {
    /// Arms it for the new time, pending or not.
    Always,
    /// Arms it only if it is pending.
    IfPending,
    /// Arms it unless it is pending for an earlier time.
    IfEarlier,
}

/// Why a timer is not armed.
enum NotArmed {
    /// It has no function, or was shut down.
    NoFunction,
    /// Its Kernel has shut down.
    Refused(Refusal),
}

impl TimerList {
    const_fn! {
        /// A timer without a function. It can't be armed.
        pub const fn new() -> Self {
            Self::with(None, 0)
        }
    }

    const_fn! {
        /// A timer with a function: `__TIMER_INITIALIZER`. `flags` are `TIMER_…`.
        ///
        /// # Safety
        ///
        /// Whenever the timer is pending, or its callback runs, it is valid and where it was when
        /// it was armed; and `function` may be called with it then, on another thread.
        pub const unsafe fn with_function(function: TimerFn, flags: u32) -> Self {
            Self::with(Some(function), flags & !SHUT_DOWN)
        }
    }

    const_fn! {
        const fn with(function: Option<TimerFn>, flags: u32) -> Self {
            Self {
                node: Node::new(0),
                function: UnsafeCell::new(function),
                flags: record::AtomicU32::new(flags),
                base: AtomicPtr::new(ptr::null_mut()),
                life: Life::new(),
            }
        }
    }

    /// False if it has no function and was never armed nor shut down.
    #[doc(hidden)]
    pub fn is_set_up(&self) -> bool {
        if !self.base.load(Relaxed).is_null() {
            return true;
        }
        // SAFETY: no base is bound, and every call that changes the function binds one first.
        unsafe { self.function.with(|function| (*function).is_some()) }
    }

    /// `timer->expires`: the jiffy that it was armed for last, or that [`add_timer`] will arm it
    /// for.
    pub fn expires(&self) -> u64 {
        self.node.expires.load(Relaxed)
    }

    /// Sets `timer->expires` of an idle timer, for [`add_timer`].
    pub fn set_expires(&self, jiffy: u64) {
        self.node.expires.store(jiffy, Relaxed);
    }

    /// `timer->flags`: the `TIMER_…` that the timer was made with.
    pub fn flags(&self) -> u32 {
        self.flags.load(Relaxed) & !SHUT_DOWN
    }

    /// True if the timer waits for its jiffy: [`timer_pending`]. False while its callback runs,
    /// unless it was armed anew.
    pub fn is_pending(&self) -> bool {
        self.node.is_pending()
    }

    /// Arms it for jiffy `expires`, whether it is pending or not: [`mod_timer`]. Returns true if it
    /// was pending.
    #[track_caller]
    pub fn modify(&self, expires: u64) -> bool {
        self.arm(expires, Arm::Always, "mod_timer", Location::caller())
    }

    /// Takes it off the wheel: [`timer_delete`]. Returns true if it was pending. Its callback may
    /// be running.
    pub fn delete(&self) -> bool {
        dequeue(self)
    }

    /// Takes it off the wheel and waits until its callback is not running: [`timer_delete_sync`].
    /// Returns true if it was pending.
    ///
    /// # Errors
    ///
    /// `EDEADLK`, with a warning, in its own callback. The timer is deleted nevertheless.
    #[track_caller]
    pub fn delete_sync(&self) -> Result<bool, Errno> {
        let place = Location::caller();
        self.check_context("timer_delete_sync", place);
        dequeue_sync(self, false, "timer_delete_sync", place)
    }

    /// Warns in hardirq context: in a kernel, the hardirq may have interrupted the callback that
    /// this call waits for. A `TIMER_IRQSAFE` callback can't be interrupted.
    fn check_context(&self, call: &str, place: &'static Location<'static>) {
        if in_hardirq() && self.flags() & TIMER_IRQSAFE == 0 {
            let message = "del_timer_sync() in an interrupt: in a kernel it may have interrupted the callback that it \
                           waits for; del_timer() does not wait, and TIMER_IRQSAFE keeps interrupts out of the callback";
            with_current(|me| me.warn(WarningKind::SleepingWhileAtomic, call, place, message));
        }
    }

    /// Takes it off the wheel unless its callback runs: [`try_to_del_timer_sync`]. Returns `None`
    /// if the callback runs, else whether the timer was pending.
    pub fn try_delete_sync(&self) -> Option<bool> {
        try_dequeue(self)
    }

    /// Takes it off the wheel for ever: [`timer_shutdown`]. Returns true if it was pending. Its
    /// callback may be running.
    pub fn shut_down(&self) -> bool {
        // Bind it first: a timer that was never armed has no lock yet.
        with_current(|me| {
            let locked = lock_or_bind(self, base_of(me.kernel_state()));
            // SAFETY: the base is the timer's and locked.
            unsafe {
                Wheel::forget_function(self);
                Queue::remove(locked.queue(), self)
            }
        })
    }

    /// Takes it off the wheel for ever and waits until its callback is not running:
    /// [`timer_shutdown_sync`].
    ///
    /// # Errors
    ///
    /// As [`delete_sync`](Self::delete_sync). The timer is shut down nevertheless.
    #[track_caller]
    pub fn shut_down_sync(&self) -> Result<bool, Errno> {
        let place = Location::caller();
        self.check_context("timer_shutdown_sync", place);
        let pending = self.shut_down();
        dequeue_sync(self, true, "timer_shutdown_sync", place).map(|again| pending || again)
    }

    /// Arms it for a jiffy of `kernel_state`, whatever the caller's Kernel, unless it is pending
    /// for an earlier one. If the Kernel has shut down, the timer stays idle, without a warning.
    pub(crate) fn reduce_in(&self, kernel_state: &Arc<KernelState>, expires: u64) {
        let place = Location::caller();
        let arming = Arming { call: "timer_reduce", place, made: None };
        let armed = |me: &TaskStruct| self.arm_in(kernel_state, me, expires, Arm::IfEarlier, arming);
        // A pool's timer has a function, so only a Kernel's shutdown can refuse it.
        let _ = with_current(armed);
    }

    /// Arms it for the current task. Returns false, with a warning, if the Kernel has shut down.
    pub(crate) fn arm_for(
        &self,
        me: &TaskStruct,
        expires: u64,
        call: &str,
        place: &'static Location<'static>,
    ) -> bool {
        self.arm_or_warn(me, expires, Arm::Always, Arming { call, place, made: None }).is_some()
    }

    /// Arms it. Returns true if it was pending.
    fn arm(&self, expires: u64, how: Arm, call: &str, place: &'static Location<'static>) -> bool {
        with_current(|me| {
            let made = debug_objects::made(me, call, place);
            self.arm_or_warn(me, expires, how, Arming { call, place, made })
        })
        .unwrap_or(false)
    }

    /// Arms it and returns whether it was pending; `None`, with a warning, if it can't be armed.
    fn arm_or_warn(&self, me: &TaskStruct, expires: u64, how: Arm, arming: Arming<'_>) -> Option<bool> {
        let Arming { call, place, .. } = arming;
        me.fault_in_timer(ptr::from_ref(self).addr(), call, place);
        match self.arm_in(me.kernel_state(), me, expires, how, arming) {
            Ok(pending) => return Some(pending),
            Err(NotArmed::NoFunction) if self.flags.load(Relaxed) & SHUT_DOWN != 0 => {}
            Err(NotArmed::NoFunction) => {
                me.warn(
                    WarningKind::BadArgument,
                    call,
                    place,
                    "the timer has no function: give it one with timer_setup()",
                );
            }
            Err(NotArmed::Refused(refusal)) => refusal.report(me, call, place),
        }
        None
    }

    /// Arms it for a jiffy of `kernel_state`, and returns whether it was pending.
    fn arm_in(
        &self,
        kernel_state: &Arc<KernelState>,
        me: &TaskStruct,
        expires: u64,
        how: Arm,
        Arming { call, place, made }: Arming<'_>,
    ) -> Result<bool, NotArmed> {
        let mine = base_of::<Wheel>(kernel_state);
        let locked = lock_or_bind(self, mine);
        // SAFETY: the base is the timer's and locked.
        let Some(function) = (unsafe { Wheel::function(self) }) else { return Err(NotArmed::NoFunction) };
        let (address, function) = (ptr::from_ref(self).addr(), function as *const () as usize);
        let pending = self.is_pending();
        let expires =
            if locked.is(mine) { expires } else { translate(expires, &kernel_state.clock, &locked.clock()) };
        match how {
            Arm::IfPending if !pending => return Ok(false),
            Arm::IfEarlier if pending && !time_before(expires, self.expires()) => return Ok(true),
            _ => {}
        }
        // SAFETY: the base is the timer's and locked.
        if pending && unsafe { locked.queue().retime(&self.node, expires, locked.clock().jiffies()) } {
            debug_objects::begin(&TIMER, address, function, made);
            return Ok(true);
        }
        if let Some(refusal) = locked.refusal() {
            return Err(NotArmed::Refused(refusal));
        }
        let after_unlock = self.requeue(&locked, mine, expires);
        debug_objects::begin(&TIMER, address, function, made);
        drop(locked);
        after_unlock.run::<Wheel>(kernel_state, me, call, place);
        Ok(pending)
    }

    /// Arms it for jiffy `expires` of `me`'s Kernel, whose base is `mine`. For callers that hold a
    /// lock: they run the returned [`AfterUnlock`] once they have dropped it. The timer must have a
    /// function.
    pub(crate) fn arm_owing(
        &self,
        me: &TaskStruct,
        mine: &'static Base<Wheel>,
        expires: u64,
    ) -> Result<AfterUnlock, Refusal> {
        let locked = lock_or_bind(self, mine);
        let expires = if locked.is(mine) {
            expires
        } else {
            translate(expires, &me.kernel_state().clock, &locked.clock())
        };
        match locked.refusal() {
            Some(refusal) => Err(refusal),
            None => Ok(self.requeue(&locked, mine, expires)),
        }
    }

    /// Queues it for jiffy `expires` of the Kernel that owns its base, `locked`. `mine` is the base
    /// of the caller's Kernel.
    fn requeue(&self, locked: &Locked<Wheel>, mine: &'static Base<Wheel>, expires: u64) -> AfterUnlock {
        // The callback finds the timer by its address and may use everything that the pointer of
        // `timer_setup` allows.
        let timer = ptr::from_ref(self);
        timer.expose_provenance();
        // SAFETY: the base is the timer's and locked; a timer with a function stays valid and in
        // place as long as it is queued (the invariants).
        unsafe {
            Queue::remove(locked.queue(), self);
            let due = locked.queue().insert(&raw const (*timer).node, expires, locked.clock().jiffies());
            locked.armed(due, mine)
        }
    }
}

impl Default for TimerList {
    fn default() -> Self {
        Self::new()
    }
}

/// Translates a jiffy of one Kernel to another Kernel's: never earlier, at most two jiffies later.
fn translate(jiffy: u64, from: &Clock, to: &Clock) -> u64 {
    let now = from.now_ns();
    jiffy.wrapping_sub(from.jiffies_at(now)).wrapping_add(to.jiffies_at(now)).wrapping_add(1)
}

impl Timed for TimerList {
    type Queue = Wheel;

    fn base(&self) -> &AtomicPtr<Base<Wheel>> {
        &self.base
    }

    fn life(&self) -> &Life {
        &self.life
    }

    fn is_queued(&self) -> bool {
        self.is_pending()
    }
}

impl Queue for Wheel {
    type Timer = TimerList;
    type Function = TimerFn;
    const KIND: &'static ObjectKind = &TIMER;
    const SUBSYSTEM: SubsystemId = SubsystemId::Timers;
    const THREAD: &'static str = "ksoftirqd/0";
    const CALLBACK: &'static str = "timer_list.function";

    fn new() -> Self {
        Wheel::new(0)
    }

    fn pool() -> &'static Pool<Base<Self>> {
        static POOL: Pool<Base<Wheel>> = Pool::new();
        &POOL
    }

    fn begin(&self, clock: &Clock) {
        self.set_time(clock.jiffies(), clock.is_exact());
    }

    unsafe fn remove(&self, timer: *const TimerList) -> bool {
        debug_objects::end(&TIMER, timer.addr());
        // SAFETY: the same contract; the node is the timer's first field.
        unsafe { Wheel::remove(self, timer.cast()) }
    }

    unsafe fn take_due(&self, clock: &Clock) -> Option<*const TimerList> {
        // SAFETY: the same contract; every node of this wheel is the first field of a timer.
        unsafe { Wheel::take_due(self, clock.jiffies()) }.map(<*const Node>::cast)
    }

    unsafe fn earliest(&self) -> Option<u64> {
        // SAFETY: the same contract.
        unsafe { Wheel::earliest(self) }
    }

    fn deadline(clock: &Clock, at: u64) -> Option<u64> {
        clock.tick_begins_ns(at)
    }

    unsafe fn clear(&self) {
        // SAFETY: the same contract.
        unsafe { Wheel::clear(self) }
    }

    fn context(timer: &TimerList) -> u32 {
        if timer.flags() & TIMER_IRQSAFE == 0 { SOFTIRQ_OFFSET } else { SOFTIRQ_OFFSET | IRQS_OFF }
    }

    unsafe fn function(timer: &TimerList) -> Option<TimerFn> {
        // SAFETY: the lock is held, by the contract.
        timer.function.with(|function| unsafe { *function })
    }

    unsafe fn forget_function(timer: &TimerList) {
        timer.flags.fetch_or(SHUT_DOWN, Relaxed);
        // SAFETY: the lock is held, by the contract.
        timer.function.with_mut(|function| unsafe { *function = None });
    }

    fn address_of(function: TimerFn) -> usize {
        function as usize
    }

    unsafe fn call(function: TimerFn, timer: *const TimerList) -> bool {
        let timer = ptr::with_exposed_provenance_mut(timer.addr());
        // SAFETY: by the contract.
        unsafe { function(timer) };
        false
    }
}
