//! Tasklets: `linux/interrupt.h`.
//!
//! A [`TaskletStruct`] is plain memory with a function. Scheduling queues it in its Kernel, whose
//! tasklet thread calls the function. [`Tasklet`] is the safe form: it owns a closure, and dropping
//! it waits for the function.
//!
//! | file | what it describes |
//! |---|---|
//! | `mod` | the tasklet: scheduling, disabling, killing |
//! | `queue` | which tasklet is called next |
//! | `owned` | [`Tasklet`] |
//! | `kernel_names` | `tasklet_schedule` and its family |
//!
//! # Built on the timers' base
//!
//! To a base (`timer/base.rs`), a tasklet is a timer that is due as soon as it is queued. So the
//! same code finds its lock, starts, wakes and ends the thread, calls the function and contains an
//! oops. A tasklet keeps its base while it is scheduled, runs or is being killed; an idle one moves
//! to the Kernel of the task that schedules it. A base has one thread: so a tasklet never runs on
//! two cpus at once.
//!
//! # The thread
//!
//! `ksoftirqd/1`: the kernel's name for a thread that runs softirqs. It is not the timers' thread,
//! `ksoftirqd/0`: in a kernel a tasklet of one cpu and a timer of another do run at once, and code
//! that is wrong then should go wrong here too. A function runs with the bits of a softirq in
//! `preempt_count`, and must not sleep.
//!
//! # What scheduling does
//!
//! * *to a scheduled tasklet*: nothing. It is called once.
//! * *to a running one*: it was taken off the queue before its function was called, so it is queued
//!   again, and called again.
//! * *to a disabled one*: it is queued. The thread puts disabled tasklets aside, and the task that
//!   enables one queues it again. (The kernel's softirq checks it again and again.)
//! * *to one that is being killed*: nothing. `killers` counts the tasks in
//!   [`kill`](TaskletStruct::kill), from before they check whether the tasklet is scheduled. So a
//!   tasklet that schedules itself does not escape. (The kernel's killer takes the SCHED bit itself
//!   for this; if a second scheduler comes first, it waits once more.)
//!
//! # Invariants
//!
//! * `flags`, `count` and `killers` are written with the lock of the tasklet's base held; reads
//!   without it are only informative.
//! * `use_callback` and `function` are accessed with that lock held, or before any other thread
//!   knows the tasklet.
//! * The caller that sets a tasklet's function promises that the tasklet stays valid and in place
//!   while it is scheduled or runs. A tasklet without a function is never queued. So every call is
//!   safe except those that give it a function.

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
/// The tasklet thread calls it. It must not sleep, and may schedule or disable its tasklet. It must
/// not free it: as in a kernel, the tasklet's state is updated when the function has returned. If
/// it unwinds, the runtime catches the panic and reports an oops.
pub type TaskletFn = unsafe extern "C-unwind" fn(tasklet: *mut TaskletStruct);

/// A tasklet's function in its old form: `void (*func)(unsigned long)`. As [`TaskletFn`].
pub type TaskletOldFn = unsafe extern "C-unwind" fn(data: u64);

/// In `flags`: it waits to be called. In C, the bit [`TASKLET_STATE_SCHED`].
const SCHEDULED: u32 = 1 << 0;
/// Its function runs. In C, the bit [`TASKLET_STATE_RUN`]. Code here that depends on it asks the
/// base, which also knows.
const RUNNING: u32 = 1 << 1;
/// It was scheduled by `tasklet_hi_schedule`.
const HIGH: u32 = 1 << 2;
/// It is scheduled, and was put aside since it is disabled.
const ASIDE: u32 = 1 << 3;
/// Its owner has dropped it.
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
    // SAFETY: by the contract; scheduling it exposed its provenance.
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

/// `struct tasklet_struct`: plain memory. Scheduling it allocates nothing, and it needs no drop.
///
/// Zeroed memory is a tasklet without a function, which can't be scheduled.
/// [`DECLARE_TASKLET!`](crate::DECLARE_TASKLET) (a static), [`tasklet_setup`] (anything that stays
/// in place) and [`Tasklet`] (a closure) make tasklets with one.
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
    /// With `killers`, C's word `state`.
    flags: record::AtomicU32,
    killers: record::AtomicU32,
    /// The number of disables that were not undone.
    count: record::AtomicU32,
    /// 1 if `function` is a `callback`: C's `bool use_callback`, with its padding.
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
        /// Whenever the tasklet is scheduled or runs, it is valid and in the place where it was
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
        /// A tasklet with a function of the old form and its argument: `DECLARE_TASKLET_OLD`'s
        /// initializer.
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

    /// Returns `t->data`, the argument of a function of the old form.
    pub fn data(&self) -> u64 {
        self.data.load(Relaxed)
    }

    /// Sets `t->data` for runs that begin later.
    pub fn set_data(&self, data: u64) {
        self.data.store(data, Relaxed);
    }

    /// Returns `t->count`, the number of disables that were not undone.
    pub fn disabled_count(&self) -> u32 {
        self.count.load(Relaxed)
    }

    /// Returns true if it waits to be called: the bit [`TASKLET_STATE_SCHED`]. False while its
    /// function runs, unless it was scheduled anew.
    pub fn is_scheduled(&self) -> bool {
        self.has(SCHEDULED)
    }

    /// Returns true while its function runs: the bit [`TASKLET_STATE_RUN`].
    pub fn is_running(&self) -> bool {
        lock_bound(self).is_some_and(|locked| locked.runs(self))
    }

    /// Schedules it: [`tasklet_schedule`]. Returns true if it was not scheduled before.
    #[track_caller]
    pub fn schedule(&self) -> bool {
        self.schedule_as(0, "tasklet_schedule", Location::caller())
    }

    /// Schedules it before all that [`schedule`](Self::schedule) has scheduled:
    /// [`tasklet_hi_schedule`]. Returns true if it was not scheduled before.
    #[track_caller]
    pub fn hi_schedule(&self) -> bool {
        self.schedule_as(HIGH, "tasklet_hi_schedule", Location::caller())
    }

    /// Keeps it from being called, and waits until its function is not running:
    /// [`tasklet_disable`]. Sleeps.
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

    /// Undoes one [`disable`](Self::disable): [`tasklet_enable`].
    #[track_caller]
    pub fn enable(&self) {
        let (call, place) = ("tasklet_enable", Location::caller());
        with_current(|me| {
            let locked = self.lock(me);
            let count = self.disabled_count();
            if count == 0 {
                drop(locked);
                return me.warn(
                    WarningKind::BadArgument,
                    call,
                    place,
                    "the tasklet is not disabled: it stays enabled",
                );
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
            // A thread exists, since it has put the tasklet aside. So at most there is a wake-up to
            // send.
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

    /// Waits until its function is not running: [`tasklet_unlock_wait`]. Sleeps.
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

    /// Locks its base; binds it to the base of `me`'s Kernel first if it has none.
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
                    me.warn(
                        WarningKind::BadArgument,
                        call,
                        place,
                        "the tasklet has no function: give it one with tasklet_setup()",
                    );
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
                    refusal.report(me, call, place);
                    return false;
                }
                // The function finds the tasklet by its address and may use everything that the
                // pointer of `tasklet_setup` allows.
                ptr::from_ref(self).expose_provenance();
                // SAFETY: the base is the tasklet's and locked; a tasklet with a function stays
                // valid and in place while it is scheduled.
                unsafe { locked.queue().insert(self, high) };
                debug_objects::begin(&TASKLET, ptr::from_ref(self).addr(), function.address(), made);
            }
            // If it was scheduled while the system refused the thread, try again to start one.
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
            let message = "a tasklet's function can't wait for its own end: the call does not wait";
            return me.warn(WarningKind::Deadlock, call, place, message);
        }
        wait_for_callback(locked, self, place);
    }

    /// With `owner`, it does not wait for the run of a disabled tasklet, which would never come.
    fn kill_for(&self, me: &TaskStruct, place: &'static Location<'static>, owner: bool) {
        let mine = base_of(me.kernel_state());
        let mut locked = self.lock(me);
        if locked.is_on_its_thread() && (self.is_scheduled() || locked.runs(self)) {
            // SAFETY: the base is the tasklet's and locked.
            unsafe { locked.queue().remove(self) };
            drop(locked);
            let message = "a tasklet's function can't wait for a tasklet: that one is taken off its queue";
            return me.warn(WarningKind::Deadlock, KILL, place, message);
        }
        self.killers.store(self.killers.load(Relaxed) + 1, Relaxed);
        if self.is_scheduled() && !locked.state(|state| state.has_thread()) {
            // The system has refused the thread: try again.
            let after_unlock = locked.armed(0, mine);
            drop(locked);
            after_unlock.run::<Tasklets>(me.kernel_state(), me, KILL, place);
            // It has the same base, because of `killers`.
            locked = self.lock(me);
        }
        let this = ptr::from_ref(self);
        locked = locked.wait_until(me, this.addr(), place, |state| {
            let waits = self.is_scheduled() && state.has_thread() && !(owner && self.disabled_count() > 0);
            !waits && !state.runs(this)
        });
        // SAFETY: as above. It is still scheduled if no thread exists to call it, or if its owner
        // kills it while it is disabled.
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
