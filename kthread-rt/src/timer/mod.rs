//! `linux/timer.h`: functions that are called at a given jiffy.
//!
//! A [`TimerList`] is plain memory. Arming it links it into the wheel of a Kernel; the Kernel's
//! timer thread calls its function once the jiffy has come, and the timer is idle again. [`Timer`]
//! is the safe form of it: a closure, and an end that waits for it.
//!
//! | file | what it tells |
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
//! # As in the kernel, and not
//!
//! A timer whose jiffy is *n* is called when that jiffy is over, as tick *n* + 1 begins; one that
//! is far off is called with all others of its bucket, up to an eighth of its distance later
//! (`expiry.rs`). Timers of one bucket are called latest armed first, and of two buckets of one
//! tick those of the farther one first. A timer that is modified and stays in its bucket keeps its
//! turn. A timer that was armed for a jiffy that has passed is called with the next tick. All that
//! is the kernel's rule; with [`exact_timeouts`](crate::KernelBuilder::exact_timeouts) a timer is
//! called when its jiffy begins, however far off that is. There is one wheel per Kernel instead of
//! one per cpu, and its thread, `ksoftirqd/0`, sleeps until the first timer is due: nothing ticks.
//!
//! # Invariants
//!
//! * `function` is accessed with the lock of the timer's base held, or before anybody else knows
//!   the timer.
//! * A timer with a function is one that somebody promised to keep valid and in place while it is
//!   pending or its callback runs. A timer without one is never queued. So all calls but the one
//!   that gives it a function are safe.

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
/// It is called by the timer thread, must not sleep, and may arm, delete or free its timer. If it
/// unwinds, that is an oops: told, and contained.
pub type TimerFn = unsafe extern "C-unwind" fn(timer: *mut TimerList);

/// [`TimerList::flags`]: the kernel may be late with it rather than wake an idle cpu. Here it is as any other.
pub const TIMER_DEFERRABLE: u32 = 0x0008_0000;
/// [`TimerList::flags`]: the kernel keeps it on its cpu. Here it is as any other.
pub const TIMER_PINNED: u32 = 0x0010_0000;
/// [`TimerList::flags`]: the kernel calls it with interrupts disabled, so `irqs_disabled` is true
/// in its function.
pub const TIMER_IRQSAFE: u32 = 0x0020_0000;

/// In `flags`, beside those that the caller gave: the timer was shut down.
const SHUT_DOWN: u32 = 1;

/// `struct timer_list`: plain memory, nothing allocated to arm it, nothing to drop.
///
/// Zeroed memory is a timer without a function, which can't be armed. A function is given to it by
/// [`DEFINE_TIMER!`](crate::DEFINE_TIMER) (a static), [`timer_setup`] (anything that stays in
/// place), or [`Timer`] (a closure).
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
    // SAFETY: by the contract; it was armed, so it is where everybody may find it.
    let timer = unsafe { &*ptr::with_exposed_provenance::<TimerList>(address) };
    match wait {
        Wait::Not => _ = timer.delete(),
        // Not in its own callback.
        Wait::ForFunction => _ = timer.delete_sync(),
    }
}

/// The call that arms a timer, and what is noted of it.
struct Arming<'a> {
    call: &'a str,
    place: &'static Location<'static>,
    made: Option<Made>,
}

/// What arming does to a timer that is pending, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arm {
    /// It is armed for the new time.
    Always,
    /// It is armed only if it is pending.
    IfPending,
    /// It is armed unless it is pending for an earlier time.
    IfEarlier,
}

/// Why a timer is not armed.
enum NotArmed {
    /// It has no function, or was shut down.
    NoFunction,
    /// Its Kernel takes none.
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

    /// True unless it has no function, and was never armed nor shut down.
    #[doc(hidden)]
    pub fn is_set_up(&self) -> bool {
        if !self.base.load(Relaxed).is_null() {
            return true;
        }
        // SAFETY: nobody has bound it to a base, so nobody changes it: who shuts it down binds it
        // first.
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

    /// Arms it for jiffy `expires`, whether it is pending or not: [`mod_timer`]. True if it was
    /// pending.
    #[track_caller]
    pub fn modify(&self, expires: u64) -> bool {
        self.arm(expires, Arm::Always, "mod_timer", Location::caller())
    }

    /// Takes it off the wheel: [`timer_delete`]. True if it was pending. Its callback may be
    /// running.
    pub fn delete(&self) -> bool {
        dequeue(self)
    }

    /// Takes it off the wheel, and waits until its callback does not run: [`timer_delete_sync`].
    /// True if it was pending.
    ///
    /// # Errors
    ///
    /// `EDEADLK`, with a warning, in its own callback. It is deleted even so.
    #[track_caller]
    pub fn delete_sync(&self) -> Result<bool, Errno> {
        let place = Location::caller();
        self.check_context("timer_delete_sync", place);
        dequeue_sync(self, false, "timer_delete_sync", place)
    }

    /// A hardirq may have interrupted the callback that it would wait for, unless that keeps it
    /// out.
    fn check_context(&self, call: &str, place: &'static Location<'static>) {
        if in_hardirq() && self.flags() & TIMER_IRQSAFE == 0 {
            let message = "del_timer_sync() in an interrupt: in a kernel it may have interrupted the callback that it \
                           waits for; del_timer() does not wait, and TIMER_IRQSAFE keeps interrupts out of the callback";
            with_current(|me| me.warn(WarningKind::SleepingWhileAtomic, call, place, message));
        }
    }

    /// Takes it off the wheel unless its callback runs: [`try_to_del_timer_sync`]. `None` if it
    /// does; else whether the timer was pending.
    pub fn try_delete_sync(&self) -> Option<bool> {
        try_dequeue(self)
    }

    /// Takes it off the wheel for ever: [`timer_shutdown`]. True if it was pending. Its callback
    /// may be running.
    pub fn shut_down(&self) -> bool {
        // Bound first, since a timer that nobody has armed has no lock of its own.
        with_current(|me| {
            let locked = lock_or_bind(self, base_of(me.kernel_state()));
            // SAFETY: the base is the timer's and locked.
            unsafe {
                Wheel::forget_function(self);
                Queue::remove(locked.queue(), self)
            }
        })
    }

    /// Takes it off the wheel for ever, and waits until its callback does not run:
    /// [`timer_shutdown_sync`].
    ///
    /// # Errors
    ///
    /// As [`delete_sync`](Self::delete_sync). It is shut down even so.
    #[track_caller]
    pub fn shut_down_sync(&self) -> Result<bool, Errno> {
        let place = Location::caller();
        self.check_context("timer_shutdown_sync", place);
        let pending = self.shut_down();
        dequeue_sync(self, true, "timer_shutdown_sync", place).map(|again| pending || again)
    }

    /// Arms it for a jiffy of `kernel_state`, whoever the caller is, unless it is pending for an
    /// earlier one. If the Kernel has shut down it stays idle, and nobody is told.
    pub(crate) fn reduce_in(&self, kernel_state: &Arc<KernelState>, expires: u64) {
        let place = Location::caller();
        let arming = Arming { call: "timer_reduce", place, made: None };
        let armed = |me: &TaskStruct| self.arm_in(kernel_state, me, expires, Arm::IfEarlier, arming);
        // The timer of a pool has a function, so it is only the Kernel that can have refused.
        let _ = with_current(armed);
    }

    /// Arms it for the current task; false, with a warning, if the Kernel has shut down.
    pub(crate) fn arm_for(
        &self,
        me: &TaskStruct,
        expires: u64,
        call: &str,
        place: &'static Location<'static>,
    ) -> bool {
        self.arm_told(me, expires, Arm::Always, Arming { call, place, made: None }).is_some()
    }

    /// Arms it; true if it was pending.
    fn arm(&self, expires: u64, how: Arm, call: &str, place: &'static Location<'static>) -> bool {
        with_current(|me| {
            let made = debug_objects::made(me, call, place);
            self.arm_told(me, expires, how, Arming { call, place, made })
        })
        .unwrap_or(false)
    }

    /// Arms it; whether it was pending. `None`, with a warning, if it can't be armed.
    fn arm_told(&self, me: &TaskStruct, expires: u64, how: Arm, arming: Arming<'_>) -> Option<bool> {
        let Arming { call, place, .. } = arming;
        me.fault_in_timer(ptr::from_ref(self).addr(), call, place);
        match self.arm_in(me.kernel_state(), me, expires, how, arming) {
            Ok(pending) => return Some(pending),
            Err(NotArmed::NoFunction) if self.flags.load(Relaxed) & SHUT_DOWN != 0 => {}
            Err(NotArmed::NoFunction) => {
                me.warn(WarningKind::BadArgument, call, place, "the timer has no function");
            }
            Err(NotArmed::Refused(refusal)) => refusal.tell(me, call, place),
        }
        None
    }

    /// Arms it for a jiffy of `kernel_state`; whether it was pending.
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

    /// Arms it for jiffy `expires` of the Kernel of `me`, whose base `mine` is: for callers that
    /// hold a lock, and run what is to be done when they have dropped it. It has a function.
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

    /// Queues it for jiffy `expires` of the Kernel of its base, which is `locked`; `mine` is the
    /// caller's.
    fn requeue(&self, locked: &Locked<Wheel>, mine: &'static Base<Wheel>, expires: u64) -> AfterUnlock {
        // The callback gets the timer by its address, with all that whoever set it up may do with
        // the pointer.
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

/// A jiffy of one Kernel as a jiffy of another: not before it, and at most two jiffies after it.
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
