//! The kernel's names for timers: each is one line that calls a method of [`TimerList`].
//!
//! The functions return what the kernel's do, as an `int`: 1 if the timer was pending, 0 if not.
//! The methods return `bool`s and `Result`s. None sleeps except those with `sync` in their names,
//! which wait for a running callback.

use super::{Arm, TIMER_PINNED, TimerFn, TimerList};
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::Ordering::Relaxed;
use std::panic::Location;

/// Defines a static timer: `DEFINE_TIMER`. Its function gets a reference to the timer. Works in
/// models too, where plain statics don't.
///
/// **Form**: `DEFINE_TIMER!([pub] static NAME = function)`. Declares `static NAME: TimerList`;
/// `function` is a `fn(&'static TimerList)`, or a closure that captures nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// fn on_timeout(timer: &TimerList) {
///     assert!(in_serving_softirq() && !timer.is_pending());
/// }
///
/// DEFINE_TIMER!(
///     /// Goes off once.
///     static TIMEOUT = on_timeout
/// );
/// assert_eq!(mod_timer(&TIMEOUT, jiffies() + HZ), 0);
/// assert_eq!(timer_delete(&TIMEOUT), 1);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DEFINE_TIMER {
    ($(#[$meta:meta])* $vis:vis static $name:ident = $function:expr) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::TimerList = {
            unsafe extern "C-unwind" fn call(timer: *mut $crate::TimerList) {
                let function: fn(&'static $crate::TimerList) = $function;
                // SAFETY: a timer's function gets the timer, which is a static.
                function(unsafe { &*timer })
            }
            // SAFETY: a static is valid and in place for ever, and `call` may be called with it by
            // any thread.
            unsafe { $crate::TimerList::with_function(call, 0) }
        });
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(function, "DEFINE_TIMER", "[pub] static NAME = function"; $($other)*);
    };
}

/// Returns a pointer to the structure that contains a timer: `timer_container_of`, and in older
/// kernels `from_timer`. Dereferencing it is up to the caller.
///
/// **Form**: `timer_container_of!(timer: *mut TimerList, Type, field)`. **Returns** `*mut Type`; a
/// `*const` pointer gives a `*const Type`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// struct Device {
///     timeouts: u32,
///     watchdog: TimerList,
/// }
///
/// let mut device = Device { timeouts: 7, watchdog: TimerList::new() };
/// let timer = &raw mut device.watchdog;
/// let device = timer_container_of!(timer, Device, watchdog);
/// // SAFETY: the timer is that field of a device.
/// assert_eq!(unsafe { (*device).timeouts }, 7);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! timer_container_of {
    ($timer:expr, $type:ty, $field:ident) => {
        ($timer).wrapping_byte_sub(::core::mem::offset_of!($type, $field)).cast::<$type>()
    };
}

/// [`timer_container_of!`](crate::timer_container_of) by its name before Linux 6.16: `from_timer`.
/// Its arguments are in the old order.
///
/// **Form**: `from_timer!(Type, timer: *mut TimerList, field)`. **Returns** `*mut Type`; a `*const`
/// pointer gives a `*const Type`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// struct Device {
///     watchdog: TimerList,
/// }
///
/// let mut device = Device { watchdog: TimerList::new() };
/// let timer = &raw mut device.watchdog;
/// let found: *mut Device = from_timer!(Device, timer, watchdog);
/// assert_eq!(found, &raw mut device);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! from_timer {
    ($type:ty, $timer:expr, $field:ident) => {
        $crate::timer_container_of!($timer, $type, $field)
    };
}

/// Initialises the memory at `timer` as a timer with a function: `timer_setup`. `flags` are
/// `TIMER_…`, or 0.
///
/// # Safety
///
/// `timer` is valid for writing, and is no timer that is pending or whose callback runs. From now
/// on, whenever the timer is pending or its callback runs, it is valid and in the same place, and
/// `function` may be called with it on another thread. So call [`timer_delete_sync`] or
/// [`timer_shutdown_sync`] before you free it.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// static FIRED: Completion = Completion::new();
/// unsafe extern "C-unwind" fn fire(_: *mut TimerList) {
///     complete(&FIRED);
/// }
///
/// let mut memory = MaybeUninit::<TimerList>::uninit();
/// // SAFETY: the timer stays in this frame, and is shut down before the frame ends.
/// let timer = unsafe {
///     timer_setup(memory.as_mut_ptr(), fire, 0);
///     memory.assume_init_ref()
/// };
/// mod_timer(timer, jiffies() + 1);
/// wait_for_completion(&FIRED);
/// timer_shutdown_sync(timer);
/// ```
pub unsafe fn timer_setup(timer: *mut TimerList, function: TimerFn, flags: u32) {
    // The callback may use its pointer for all that this pointer allows.
    timer.expose_provenance();
    // SAFETY: by the contract.
    unsafe { timer.write(TimerList::with_function(function, flags)) };
}

/// [`timer_setup`] of a timer on the caller's stack: `timer_setup_on_stack`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// unsafe extern "C-unwind" fn fire(_: *mut TimerList) {}
///
/// let mut memory = MaybeUninit::<TimerList>::uninit();
/// // SAFETY: the timer stays in this frame, and is shut down before the frame ends.
/// let timer = unsafe {
///     timer_setup_on_stack(memory.as_mut_ptr(), fire, 0);
///     memory.assume_init_ref()
/// };
/// mod_timer(timer, jiffies() + HZ);
/// timer_shutdown_sync(timer);
/// timer_destroy_on_stack(timer);
/// ```
///
/// # Safety
///
/// As [`timer_setup`].
pub unsafe fn timer_setup_on_stack(timer: *mut TimerList, function: TimerFn, flags: u32) {
    // SAFETY: the same contract.
    unsafe { timer_setup(timer, function, flags) };
}

/// Ends the use of a timer on the stack: `timer_destroy_on_stack`. Does nothing; the kernel's
/// function is for its debugging.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// unsafe extern "C-unwind" fn fire(_: *mut TimerList) {}
///
/// let mut memory = MaybeUninit::<TimerList>::uninit();
/// // SAFETY: the timer stays in this frame, and is shut down before the frame ends.
/// let timer = unsafe {
///     timer_setup_on_stack(memory.as_mut_ptr(), fire, 0);
///     memory.assume_init_ref()
/// };
/// mod_timer(timer, jiffies() + HZ);
/// timer_shutdown_sync(timer);
/// timer_destroy_on_stack(timer);
/// ```
pub fn timer_destroy_on_stack(_timer: &TimerList) {}

/// [`timer_destroy_on_stack`] by its name before Linux 6.16.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::mem::MaybeUninit;
///
/// unsafe extern "C-unwind" fn fire(_: *mut TimerList) {}
///
/// let mut memory = MaybeUninit::<TimerList>::uninit();
/// // SAFETY: the timer stays in this frame, and is shut down before the frame ends.
/// let timer = unsafe {
///     timer_setup_on_stack(memory.as_mut_ptr(), fire, 0);
///     memory.assume_init_ref()
/// };
/// mod_timer(timer, jiffies() + HZ);
/// timer_shutdown_sync(timer);
/// destroy_timer_on_stack(timer);
/// ```
pub fn destroy_timer_on_stack(timer: &TimerList) {
    timer_destroy_on_stack(timer);
}

/// Arms `timer` for the jiffy in [`TimerList::expires`]: `add_timer`. If the timer is pending, it
/// warns and does nothing.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// timer.set_expires(jiffies() + HZ);
/// add_timer(&timer);
/// assert_eq!(timer_pending(&timer), 1);
/// ```
#[track_caller]
pub fn add_timer(timer: &TimerList) {
    let place = Location::caller();
    if timer.is_pending() {
        let message = "the timer is pending already and stays as it is: mod_timer() changes its time";
        with_current(|me| me.warn(WarningKind::BadArgument, "add_timer", place, message));
        return;
    }
    timer.arm(timer.expires(), Arm::Always, "add_timer", place);
}

/// [`add_timer`] on a given cpu: `add_timer_on`. One wheel serves all cpus, so `_cpu` has no
/// effect; but the timer is [`TIMER_PINNED`] from now on (as since 6.9).
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// timer.set_expires(jiffies() + HZ);
/// add_timer_on(&timer, 0);
/// assert_eq!(timer_delete_sync(&timer), 1);
/// ```
#[track_caller]
pub fn add_timer_on(timer: &TimerList, _cpu: u32) {
    timer.pin(true);
    add_timer(timer);
}

/// [`add_timer`] on the caller's cpu: `add_timer_local`. One wheel serves all cpus; but the timer
/// is [`TIMER_PINNED`] from now on.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// timer.set_expires(jiffies() + HZ);
/// add_timer_local(&timer);
/// assert_eq!(timer_delete_sync(&timer), 1);
/// ```
#[track_caller]
pub fn add_timer_local(timer: &TimerList) {
    timer.pin(true);
    add_timer(timer);
}

/// [`add_timer`] on any cpu: `add_timer_global`. One wheel serves all cpus; but the timer is no
/// longer [`TIMER_PINNED`] from now on.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// timer.set_expires(jiffies() + HZ);
/// add_timer_global(&timer);
/// assert_eq!(timer_delete_sync(&timer), 1);
/// ```
#[track_caller]
pub fn add_timer_global(timer: &TimerList) {
    timer.pin(false);
    add_timer(timer);
}

/// Arms `timer` for jiffy `expires`, whether it is pending or not: `mod_timer`. Returns 1 if it was
/// pending, else 0.
///
/// It binds an idle timer to the calling task's Kernel, whose [`jiffies`](crate::jiffies) count. A
/// timer that is pending, or whose callback runs, keeps its Kernel. A timer that is pending for
/// `expires` already keeps its place among the timers of that jiffy; otherwise it becomes the first
/// of them. A past jiffy means the next tick; a jiffy more than `i64::MAX` ahead counts as past.
/// Never sleeps, and allocates nothing except for the first timer of a Kernel. A timer that was
/// shut down stays idle, without a warning. One without a function, or one that is armed after its
/// Kernel has shut down, stays idle, with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// assert_eq!(mod_timer(&timer, jiffies() + HZ), 0);
/// assert_eq!(mod_timer(&timer, jiffies() + 2 * HZ), 1);
/// ```
#[track_caller]
pub fn mod_timer(timer: &TimerList, expires: u64) -> i32 {
    timer.arm(expires, Arm::Always, "mod_timer", Location::caller()).into()
}

/// [`mod_timer`] for a pending timer; an idle one stays idle: `mod_timer_pending`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// assert_eq!((mod_timer_pending(&timer, jiffies() + HZ), timer_pending(&timer)), (0, 0));
/// ```
#[track_caller]
pub fn mod_timer_pending(timer: &TimerList, expires: u64) -> i32 {
    timer.arm(expires, Arm::IfPending, "mod_timer_pending", Location::caller()).into()
}

/// [`mod_timer`], unless the timer is pending for an earlier jiffy: `timer_reduce`. Returns 1 if it
/// was pending, else 0.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let (timer, soon) = (Timer::new(|_| ()), jiffies() + HZ);
/// assert_eq!(timer_reduce(&timer, soon), 0);
/// assert_eq!(timer_reduce(&timer, soon + 5), 1);
/// assert_eq!(timer.expires(), soon);
/// ```
#[track_caller]
pub fn timer_reduce(timer: &TimerList, expires: u64) -> i32 {
    timer.arm(expires, Arm::IfEarlier, "timer_reduce", Location::caller()).into()
}

/// Returns 1 if `timer` waits for its jiffy, else 0: `timer_pending`. Returns 0 in its own
/// callback, unless it was armed anew.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// assert_eq!(timer_pending(&timer), 0);
/// mod_timer(&timer, jiffies() + HZ);
/// assert_eq!(timer_pending(&timer), 1);
/// ```
pub fn timer_pending(timer: &TimerList) -> i32 {
    timer.is_pending().into()
}

/// Takes `timer` off the wheel: `timer_delete`. Returns 1 if it was pending, else 0. Its callback
/// may be running, or arm it again.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| unreachable!());
/// mod_timer(&timer, jiffies() + HZ);
/// assert_eq!((timer_delete(&timer), timer_delete(&timer)), (1, 0));
/// ```
pub fn timer_delete(timer: &TimerList) -> i32 {
    timer.delete().into()
}

/// [`timer_delete`] by its name before Linux 6.15.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// mod_timer(&timer, jiffies() + HZ);
/// assert_eq!(del_timer(&timer), 1); // it was pending
/// ```
pub fn del_timer(timer: &TimerList) -> i32 {
    timer_delete(timer)
}

/// Takes `timer` off the wheel and waits until its callback is not running: `timer_delete_sync`.
/// Returns 1 if it was pending, else 0.
///
/// If the callback runs, the caller sleeps uninterruptibly, and its task's state is RUNNING
/// afterwards. As with the kernel's, which spins, preemption may be disabled. The caller must not
/// hold a lock that the callback waits for. When it returns, the timer may be freed, unless another
/// task arms it. In the timer's own callback, where the kernel would hang, it deletes the timer and
/// returns −EDEADLK, with a warning.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|timer| _ = mod_timer(timer, jiffies() + 1));
/// mod_timer(&timer, jiffies());
/// msleep(10);
/// timer_delete_sync(&timer); // it rearmed itself all the time; now it is idle
/// assert_eq!(timer_pending(&timer), 0);
/// ```
#[track_caller]
pub fn timer_delete_sync(timer: &TimerList) -> i32 {
    as_int(timer.delete_sync())
}

/// [`timer_delete_sync`] by its name before Linux 6.15.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// mod_timer(&timer, jiffies() + HZ);
/// assert_eq!(del_timer_sync(&timer), 1);
/// ```
#[track_caller]
pub fn del_timer_sync(timer: &TimerList) -> i32 {
    timer_delete_sync(timer)
}

/// Takes `timer` off the wheel unless its callback runs: `try_to_del_timer_sync`. Returns 1 if it
/// was pending, 0 if it was idle, −1 if its callback runs. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|timer| assert_eq!(try_to_del_timer_sync(timer), -1));
/// assert_eq!(try_to_del_timer_sync(&timer), 0);
/// ```
pub fn try_to_del_timer_sync(timer: &TimerList) -> i32 {
    timer.try_delete_sync().map_or(-1, i32::from)
}

/// [`try_to_del_timer_sync`] by its name since Linux 6.16.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// mod_timer(&timer, jiffies() + HZ);
/// assert_eq!(timer_delete_sync_try(&timer), 1); // -1 while its function runs
/// ```
pub fn timer_delete_sync_try(timer: &TimerList) -> i32 {
    try_to_del_timer_sync(timer)
}

/// Takes `timer` off the wheel for ever: `timer_shutdown`. Returns 1 if it was pending, else 0.
/// Arming it does nothing from now on. Its callback may be running.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| ());
/// mod_timer(&timer, jiffies() + HZ);
/// assert_eq!(timer_shutdown(&timer), 1); // it can't be armed again
/// ```
pub fn timer_shutdown(timer: &TimerList) -> i32 {
    timer.shut_down().into()
}

/// [`timer_shutdown`] that also waits until the callback is not running: `timer_shutdown_sync`.
/// Waits and returns as [`timer_delete_sync`] does.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let timer = Timer::new(|_| unreachable!());
/// assert_eq!(timer_shutdown_sync(&timer), 0);
/// assert_eq!((mod_timer(&timer, jiffies()), timer_pending(&timer)), (0, 0));
/// ```
#[track_caller]
pub fn timer_shutdown_sync(timer: &TimerList) -> i32 {
    as_int(timer.shut_down_sync())
}

impl TimerList {
    /// Sets or clears `TIMER_PINNED` of an idle timer. A pending one stays as it is: adding it will
    /// warn.
    fn pin(&self, pinned: bool) {
        if self.is_pending() {
            return;
        }
        if pinned {
            self.flags.fetch_or(TIMER_PINNED, Relaxed);
        } else {
            self.flags.fetch_and(!TIMER_PINNED, Relaxed);
        }
    }
}

fn as_int(deleted: Result<bool, Errno>) -> i32 {
    deleted.map_or_else(Errno::as_return, i32::from)
}
