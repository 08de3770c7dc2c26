//! Tasklets: `linux/interrupt.h`.
//!
//! A [`TaskletStruct`] is plain memory with a function. Scheduled, it waits in its Kernel's queue
//! until the Kernel's tasklet thread calls the function. [`Tasklet`] is the safe form of it: a
//! closure, and an end that waits for it.
//!
//! | file | what it tells |
//! |---|---|
//! | `mod` | the tasklet: scheduling, disabling, killing |
//! | `queue` | which tasklet is called next |
//! | `owned` | [`Tasklet`] |
//! | `kernel_names` | `tasklet_schedule` and its family |
//!
//! # Stands on the timers' base
//!
//! To a base (`timer/base.rs`), a tasklet is a timer that is due as soon as it is queued. So how a
//! tasklet finds its lock, how the thread is started, woken and ended, how a callback is called and
//! an oops contained, is what is told there, and is the same code. A tasklet keeps its base while
//! it is scheduled, runs or is being killed; an idle one goes to the Kernel of whoever schedules
//! it. A base has one thread: so a tasklet never runs on two cpus at once.
//!
//! # The thread
//!
//! `ksoftirqd/1`: the kernel's name for a thread that runs softirqs. It is not the thread of the
//! timers, `ksoftirqd/0`, since in a kernel a tasklet of one cpu and a timer of another do run at
//! once, and code that is wrong then should go wrong here too. A function runs with the bits of a
//! softirq in `preempt_count`, and must not sleep.
//!
//! # Scheduling, while
//!
//! * *it is scheduled*: nothing. It is called once.
//! * *its function runs*: it was taken off the queue before the function was called, so it is
//!   queued again, and called again.
//! * *it is disabled*: it is queued. The thread puts what is disabled aside, and whoever enables it
//!   queues it again. (The kernel's softirq looks at it again and again.)
//! * *it is being killed*: nothing. `killers` counts those who wait in
//!   [`kill`](TaskletStruct::kill), from before they look whether it is scheduled. So a tasklet
//!   that schedules itself does not escape. (The kernel's killer takes the SCHED bit itself for
//!   this; if a second scheduler comes first, it waits once more.)
//!
//! # Invariants
//!
//! * `flags`, `count` and `killers` are written with the lock of the tasklet's base held; a look
//!   without it is for information.
//! * `use_callback` and `function` are accessed with that lock held, or before anybody else knows
//!   the tasklet.
//! * A tasklet with a function is one that somebody promised to keep valid and in place while it is
//!   scheduled or runs. One without is never queued. So all calls but those that give it a function
//!   are safe.

mod kernel_names;
mod owned;
mod queue;

#[doc(inline)]
pub use crate::{DECLARE_TASKLET, DECLARE_TASKLET_DISABLED, DECLARE_TASKLET_OLD, from_tasklet};

pub use kernel_names::*;
pub use owned::Tasklet;

use crate::debug_objects::{self, ObjectKind, Wait, WhenLeft};
use crate::diag::{WarningKind, too_many};
use crate::sched::{might_sleep_in, with_current};
use crate::sync::Ordering::Relaxed;
use crate::sync::list::ListHead;
use crate::sync::{AtomicPtr, Life, UnsafeCell, const_fn, plain_memory, record};
use crate::task::TaskStruct;
use crate::timer::{
    AfterUnlock, Base, Locked, Queue, Timed, base_of, dequeue, lock_bound, lock_or_bind, wait_for_callback,
};
pub(crate) use queue::Tasklets;
use std::fmt;
use std::panic::Location;
use std::ptr;

/// A tasklet's function since 5.9: `void (*callback)(struct tasklet_struct *)`.
///
/// It is called by the tasklet thread, must not sleep, and may schedule or disable its tasklet, but
/// not free it: as in a kernel, the tasklet's state says that the function has returned. If it
/// unwinds, that is an oops: told, and contained.
pub type TaskletFn = unsafe extern "C-unwind" fn(tasklet: *mut TaskletStruct);

/// A tasklet's function in its old form: `void (*func)(unsigned long)`. As [`TaskletFn`].
pub type TaskletOldFn = unsafe extern "C-unwind" fn(data: u64);

/// In `flags`: it waits to be called. C knows the bit as [`TASKLET_STATE_SCHED`].
const SCHEDULED: u32 = 1 << 0;
/// Its function runs. C knows the bit as [`TASKLET_STATE_RUN`]. What acts upon it asks the base,
/// which knows it, too.
const RUNNING: u32 = 1 << 1;
/// It was scheduled by `tasklet_hi_schedule`.
const HIGH: u32 = 1 << 2;
/// It is scheduled, and was put aside since it is disabled.
const ASIDE: u32 = 1 << 3;
/// Its owner has let it go.
const GONE: u32 = 1 << 4;

/// A tasklet that is scheduled.
static TASKLET: ObjectKind = ObjectKind {
    name: "tasklet",
    state: "scheduled",
    undo: "tasklet_kill()",
    left: WhenLeft::Told,
    is_active: None,
    take_off: Some(take_off),
};

/// # Safety
///
/// There is a tasklet at `address`.
unsafe fn take_off(address: usize, wait: Wait) {
    // SAFETY: by the contract; it was scheduled, so it is where everybody may find it.
    let tasklet = unsafe { &*ptr::with_exposed_provenance::<TaskletStruct>(address) };
    dequeue(tasklet);
    if wait == Wait::ForFunction {
        tasklet.kill();
    }
}

/// A function in one of its forms.
#[derive(Clone, Copy)]
#[repr(C)]
union Form {
    callback: Option<TaskletFn>,
    func: Option<TaskletOldFn>,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: both are an address or null.
        unsafe { self.callback }.fmt(f)
    }
}

/// `struct tasklet_struct`: plain memory, nothing allocated to schedule it, nothing to drop.
///
/// Zeroed memory is a tasklet without a function, which can't be scheduled. A function is given to
/// it by [`DECLARE_TASKLET!`](crate::DECLARE_TASKLET) (a static), [`tasklet_setup`] (anything that
/// stays in place), or [`Tasklet`] (a closure).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_COMPLETION!(static RECEIVED);
/// DECLARE_TASKLET!(static RECEIVE = |_| complete(&RECEIVED));
///
/// tasklet_schedule(&RECEIVE);
/// wait_for_completion(&RECEIVED);
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct TaskletStruct {
    // First, so that a pointer to the node is a pointer to the tasklet.
    node: ListHead,
    /// With `killers`, the word that C calls `state`.
    flags: record::AtomicU32,
    killers: record::AtomicU32,
    /// How often it was disabled.
    count: record::AtomicU32,
    /// 1 if `function` is a `callback`: C's `bool use_callback`, and what is behind it.
    use_callback: record::AtomicU32,
    function: UnsafeCell<Form>,
    data: record::AtomicU64,
    base: AtomicPtr<Base<Tasklets>>,
    life: Life,
}

plain_memory!(TaskletStruct: 56);

// SAFETY: what is not atomic is accessed under the lock of the base (the invariants of this module
// and of `queue`).
unsafe impl Send for TaskletStruct {}
// SAFETY: as above.
unsafe impl Sync for TaskletStruct {}

impl TaskletStruct {
    const_fn! {
        /// A tasklet without a function. It can't be scheduled.
        pub const fn new() -> Self {
            Self::with(Form { func: None }, 0, 0, 0)
        }
    }

    const_fn! {
        /// An enabled tasklet with a function: `DECLARE_TASKLET`'s initializer.
        ///
        /// # Safety
        ///
        /// Whenever the tasklet is scheduled or runs, it is valid and where it was when it was
        /// scheduled; and `callback` may be called with it then, on another thread.
        pub const unsafe fn with_callback(callback: TaskletFn) -> Self {
            Self::with(Form { callback: Some(callback) }, 1, 0, 0)
        }
    }

    const_fn! {
        /// A tasklet with a function that is disabled once: `DECLARE_TASKLET_DISABLED`'s
        /// initializer.
        ///
        /// # Safety
        ///
        /// As [`with_callback`](Self::with_callback).
        pub const unsafe fn with_callback_disabled(callback: TaskletFn) -> Self {
            Self::with(Form { callback: Some(callback) }, 1, 0, 1)
        }
    }

    const_fn! {
        /// A tasklet with a function of the old form, and what that is called with:
        /// `DECLARE_TASKLET_OLD`'s initializer.
        ///
        /// # Safety
        ///
        /// As [`with_callback`](Self::with_callback).
        pub const unsafe fn with_func(func: TaskletOldFn, data: u64) -> Self {
            Self::with(Form { func: Some(func) }, 0, data, 0)
        }
    }

    const_fn! {
        const fn with(function: Form, use_callback: u32, data: u64, count: u32) -> Self {
            Self {
                node: ListHead::new(),
                flags: record::AtomicU32::new(0),
                count: record::AtomicU32::new(count),
                use_callback: record::AtomicU32::new(use_callback),
                function: UnsafeCell::new(function),
                data: record::AtomicU64::new(data),
                killers: record::AtomicU32::new(0),
                base: AtomicPtr::new(ptr::null_mut()),
                life: Life::new(),
            }
        }
    }

    /// `t->data`: what a function of the old form is called with.
    pub fn data(&self) -> u64 {
        self.data.load(Relaxed)
    }

    /// Sets `t->data`. A run that begins later gets it.
    pub fn set_data(&self, data: u64) {
        self.data.store(data, Relaxed);
    }

    /// `t->count`: how often it was disabled and not enabled again.
    pub fn disabled_count(&self) -> u32 {
        self.count.load(Relaxed)
    }

    /// True if it waits to be called: the bit [`TASKLET_STATE_SCHED`]. False while its function
    /// runs, unless it was scheduled anew.
    pub fn is_scheduled(&self) -> bool {
        self.has(SCHEDULED)
    }

    /// True while its function runs: the bit [`TASKLET_STATE_RUN`].
    pub fn is_running(&self) -> bool {
        lock_bound(self).is_some_and(|locked| locked.runs(self))
    }

    /// Schedules it: [`tasklet_schedule`]. True if it was not scheduled, and is now.
    #[track_caller]
    pub fn schedule(&self) -> bool {
        self.schedule_as(0, "tasklet_schedule", Location::caller())
    }

    /// Schedules it before all that [`schedule`](Self::schedule) has: [`tasklet_hi_schedule`]. True
    /// if it was not scheduled, and is now.
    #[track_caller]
    pub fn hi_schedule(&self) -> bool {
        self.schedule_as(HIGH, "tasklet_hi_schedule", Location::caller())
    }

    /// Keeps it from being called, and waits until its function does not run: [`tasklet_disable`].
    /// Sleeps.
    #[track_caller]
    pub fn disable(&self) {
        let (call, place) = ("tasklet_disable", Location::caller());
        with_current(|me| {
            might_sleep_in(me, call, place);
            self.disable_and_wait(me, call, place);
        });
    }

    /// Keeps it from being called: [`tasklet_disable_nosync`]. Its function may be running.
    pub fn disable_nosync(&self) {
        with_current(|me| drop(self.disabled(me)));
    }

    /// Takes back one [`disable`](Self::disable): [`tasklet_enable`].
    #[track_caller]
    pub fn enable(&self) {
        let (call, place) = ("tasklet_enable", Location::caller());
        with_current(|me| {
            let locked = self.lock(me);
            let count = self.disabled_count();
            if count == 0 {
                drop(locked);
                return me.warn(WarningKind::BadArgument, call, place, "the tasklet is not disabled");
            }
            self.count.store(count - 1, Relaxed);
            let after_unlock = if count == 1 && self.has(ASIDE) {
                // SAFETY: the base is the tasklet's and locked. It is queued, so it stays valid and
                // in place.
                unsafe {
                    locked.queue().move_back(self);
                }
                locked.armed(0, base_of(me.kernel_state()))
            } else {
                AfterUnlock::Nothing
            };
            drop(locked);
            // There is a thread: it has put the tasklet aside. So there is a wake-up to send at the
            // most.
            after_unlock.run::<Tasklets>(me.kernel_state(), me, call, place);
        });
    }

    /// Waits until it is idle, and keeps it idle meanwhile: [`tasklet_kill`]. Sleeps.
    #[track_caller]
    pub fn kill(&self) {
        let place = Location::caller();
        with_current(|me| {
            might_sleep_in(me, KILL, place);
            self.kill_for(me, place, false);
        });
    }

    /// Waits until its function does not run: [`tasklet_unlock_wait`]. Sleeps.
    #[track_caller]
    pub fn wait_while_running(&self) {
        let (call, place) = ("tasklet_unlock_wait", Location::caller());
        with_current(|me| {
            might_sleep_in(me, call, place);
            self.await_function(self.lock(me), me, call, place);
        });
    }

    fn has(&self, flag: u32) -> bool {
        self.flags.load(Relaxed) & flag != 0
    }

    fn set(&self, flag: u32, on: bool) {
        let others = self.flags.load(Relaxed) & !flag;
        self.flags.store(if on { others | flag } else { others }, Relaxed);
    }

    /// Its base, locked: that of the Kernel of `me`, if it was in none.
    fn lock(&self, me: &TaskStruct) -> Locked<Tasklets> {
        lock_bound(self).unwrap_or_else(|| lock_or_bind(self, base_of(me.kernel_state())))
    }

    fn schedule_as(&self, high: u32, call: &str, place: &'static Location<'static>) -> bool {
        with_current(|me| {
            let mine = base_of::<Tasklets>(me.kernel_state());
            let made = debug_objects::made(me, call, place);
            let locked = lock_or_bind(self, mine);
            // SAFETY: the base is the tasklet's and locked.
            let Some(function) = (unsafe { Tasklets::function(self) }) else {
                drop(locked);
                if !self.has(GONE) {
                    me.warn(WarningKind::BadArgument, call, place, "the tasklet has no function");
                }
                return false;
            };
            if self.killers.load(Relaxed) > 0 {
                return false;
            }
            let newly = !self.is_scheduled();
            if newly {
                if let Some(refusal) = locked.refusal() {
                    drop(locked);
                    refusal.tell(me, call, place);
                    return false;
                }
                // The callback gets the tasklet by its address, with all that whoever set it up may
                // do with the pointer.
                ptr::from_ref(self).expose_provenance();
                // SAFETY: the base is the tasklet's and locked; a tasklet with a function stays
                // valid and in place while it is scheduled.
                unsafe { locked.queue().insert(self, high) };
                debug_objects::begin(&TASKLET, ptr::from_ref(self).addr(), function.address(), made);
            }
            // If it was scheduled, for a thread that the system has refused.
            let again = || locked.state(|state| !state.has_thread());
            let after_unlock = if newly || again() { locked.armed(0, mine) } else { AfterUnlock::Nothing };
            drop(locked);
            after_unlock.run::<Tasklets>(me.kernel_state(), me, call, place);
            newly
        })
    }

    fn disabled(&self, me: &TaskStruct) -> Locked<Tasklets> {
        let locked = self.lock(me);
        let more = self.disabled_count().checked_add(1);
        self.count.store(more.unwrap_or_else(|| too_many("tasklet_disable() of one tasklet")), Relaxed);
        locked
    }

    fn disable_and_wait(&self, me: &TaskStruct, call: &str, place: &'static Location<'static>) {
        let locked = self.disabled(me);
        self.await_function(locked, me, call, place);
    }

    fn await_function(
        &self,
        locked: Locked<Tasklets>,
        me: &TaskStruct,
        call: &str,
        place: &'static Location<'static>,
    ) {
        if !locked.runs(self) {
            return;
        }
        if locked.is_on_its_thread() {
            drop(locked);
            let message = "a tasklet's function can't wait for its own end";
            return me.warn(WarningKind::Deadlock, call, place, message);
        }
        wait_for_callback(locked, self, place);
    }

    /// With `owner`, it does not wait for a run that does not come since the tasklet is disabled.
    fn kill_for(&self, me: &TaskStruct, place: &'static Location<'static>, owner: bool) {
        let mine = base_of(me.kernel_state());
        let mut locked = self.lock(me);
        if locked.is_on_its_thread() && (self.is_scheduled() || locked.runs(self)) {
            // SAFETY: the base is the tasklet's and locked.
            unsafe { locked.queue().remove(self) };
            drop(locked);
            let message = "a tasklet can't wait for a tasklet: it is taken off its queue";
            return me.warn(WarningKind::Deadlock, KILL, place, message);
        }
        self.killers.store(self.killers.load(Relaxed) + 1, Relaxed);
        if self.is_scheduled() && !locked.state(|state| state.has_thread()) {
            // The system has refused the thread: once more.
            let after_unlock = locked.armed(0, mine);
            drop(locked);
            after_unlock.run::<Tasklets>(me.kernel_state(), me, KILL, place);
            // The same base, because of `killers`.
            locked = self.lock(me);
        }
        let this = ptr::from_ref(self);
        locked = locked.wait_until(me, this.addr(), place, |state| {
            let waits = self.is_scheduled() && state.has_thread() && !(owner && self.disabled_count() > 0);
            !waits && !state.runs(this)
        });
        // SAFETY: as above. It is still scheduled if there is nobody to call it.
        unsafe { locked.queue().remove(self) };
        self.killers.store(self.killers.load(Relaxed) - 1, Relaxed);
    }
}

const KILL: &str = "tasklet_kill";

impl Default for TaskletStruct {
    fn default() -> Self {
        Self::new()
    }
}

impl Timed for TaskletStruct {
    type Queue = Tasklets;

    fn base(&self) -> &AtomicPtr<Base<Tasklets>> {
        &self.base
    }

    fn life(&self) -> &Life {
        &self.life
    }

    fn is_queued(&self) -> bool {
        self.is_scheduled() || self.killers.load(Relaxed) > 0
    }
}
