//! [`Timer`]: a timer that owns a closure, safe to use and to drop.

use super::{TimerList, shut_down_owned};
use crate::sync::{Arc, UnsafeCell};
use std::fmt;
use std::ops::Deref;
use std::ptr;

type Callback = Box<dyn FnMut(&TimerList) + Send>;

/// A timer that calls a closure.
///
/// It dereferences to [`TimerList`], so every call that takes one takes a `&Timer`. Dropping it
/// shuts it down and waits for its callback (`timer_shutdown_sync`). A drop in its own callback
/// does not wait, and the closure is dropped when the callback is over. Arming allocates nothing.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let mut left = 3;
/// let timer = Timer::new({
///     let done = done.clone();
///     move |timer| {
///         left -= 1;
///         if left == 0 {
///             return complete(&done);
///         }
///         mod_timer(timer, jiffies() + 1);
///     }
/// });
/// mod_timer(&timer, jiffies() + 1);
/// wait_for_completion(&done);
/// ```
pub struct Timer(Arc<Inner>);

/// # Invariants
///
/// The `TimerList` is first, so its address is that of `Inner`. Only [`call`] accesses the
/// callback, and it runs on one thread at a time: a timer has one base at a time, and changes it
/// only while its callback does not run.
#[repr(C)]
struct Inner {
    timer: TimerList,
    callback: UnsafeCell<Callback>,
}

// SAFETY: the timer may be shared; the callback is `Send` and used by one thread at a time (the
// invariants).
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Timer {
    /// Returns an idle timer that will call `callback`, with itself, on the Kernel's timer thread.
    /// The callback must not sleep.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::Arc;
    ///
    /// let done = Arc::new(Completion::new());
    /// let timer = Timer::new({
    ///     let done = done.clone();
    ///     move |_| complete(&done)
    /// });
    /// mod_timer(&timer, jiffies() + 1);
    /// wait_for_completion(&done);
    /// ```
    pub fn new(callback: impl FnMut(&TimerList) + Send + 'static) -> Self {
        // SAFETY: `Inner` stays in place in its `Arc` until the drop of `Timer` has shut the timer
        // down and waited for its callback. If that drop happens in the callback, the reference
        // that `call` holds keeps it. `call` fits the timer.
        let timer = unsafe { TimerList::with_function(call, 0) };
        let inner = Arc::new(Inner { timer, callback: UnsafeCell::new(Box::new(callback)) });
        // `call` turns the timer's address into a pointer to `Inner`.
        Arc::as_ptr(&inner).expose_provenance();
        Self(inner)
    }
}

unsafe extern "C-unwind" fn call(timer: *mut TimerList) {
    let inner = ptr::with_exposed_provenance::<Inner>(timer.addr());
    // SAFETY: the timer is the first field of an `Inner` in an `Arc`, and its `Timer` exists now:
    // its drop waits for this callback, or happens in it. So the count is not 0, and `call` takes a
    // reference of its own here.
    let inner = unsafe {
        Arc::increment_strong_count(inner);
        Arc::from_raw(inner)
    };
    // SAFETY: the only access (the invariants).
    inner.callback.with_mut(|callback| unsafe { (*callback)(&inner.timer) });
}

impl Drop for Timer {
    fn drop(&mut self) {
        shut_down_owned(&self.0.timer);
    }
}

impl Deref for Timer {
    type Target = TimerList;

    fn deref(&self) -> &TimerList {
        &self.0.timer
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timer").field(&self.0.timer).finish()
    }
}
