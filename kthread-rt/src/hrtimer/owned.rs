//! [`HighResTimer`]: an hrtimer that owns a closure, safe to use and to drop.

use super::{HRTIMER_MODE_ABS, HRTIMER_NORESTART, Hrtimer, HrtimerRestart};
use crate::sync::Ordering::Relaxed;
use crate::sync::{Arc, UnsafeCell, record};
use crate::timer::shut_down_owned;
use std::fmt;
use std::ops::Deref;
use std::ptr;

type Callback = Box<dyn FnMut(&Hrtimer) -> HrtimerRestart + Send>;

/// An hrtimer that calls a closure.
///
/// It dereferences to [`Hrtimer`], so every call that takes one takes a `&HighResTimer`. Dropping
/// it cancels it for ever and waits for its callback. A drop in its own callback does not wait: the
/// timer is not restarted, and the closure is dropped when the callback is over. Starting it
/// allocates nothing.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let mut ticks = 0;
/// let timer = HighResTimer::new({
///     let done = done.clone();
///     move |timer| {
///         ticks += hrtimer_forward_now(timer, ms_to_ktime(1));
///         if ticks < 5 {
///             return HRTIMER_RESTART;
///         }
///         complete(&done);
///         HRTIMER_NORESTART
///     }
/// });
/// hrtimer_start(&timer, ms_to_ktime(1), HRTIMER_MODE_REL);
/// wait_for_completion(&done);
/// ```
pub struct HighResTimer(Arc<Inner>);

/// # Invariants
///
/// The `Hrtimer` is first, so its address is that of `Inner`. Only [`call`] accesses the callback,
/// and it runs on one thread at a time: a timer has one base at a time, and changes it only while
/// its callback does not run.
#[repr(C)]
struct Inner {
    timer: Hrtimer,
    callback: UnsafeCell<Callback>,
    /// The owner has dropped it, perhaps in the callback, which `call` checks.
    dropped: record::AtomicBool,
}

// SAFETY: the timer may be shared; the callback is `Send` and used by one thread at a time (the
// invariants).
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl HighResTimer {
    /// Returns an idle timer that will call `callback`, with itself, on the Kernel's hrtimer
    /// thread, in hardirq context. The callback must not sleep.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::Arc;
    ///
    /// let done = Arc::new(Completion::new());
    /// let timer = HighResTimer::new({
    ///     let done = done.clone();
    ///     move |_| {
    ///         complete(&done);
    ///         HRTIMER_NORESTART
    ///     }
    /// });
    /// hrtimer_start(&timer, us_to_ktime(200), HRTIMER_MODE_REL);
    /// wait_for_completion(&done);
    /// ```
    pub fn new(callback: impl FnMut(&Hrtimer) -> HrtimerRestart + Send + 'static) -> Self {
        // `Inner` stays in place in its `Arc` until the drop of `HighResTimer` has cancelled the
        // timer and waited for its callback. If that drop happens in the callback, the reference
        // that `call` holds keeps it, and `call` asks for no restart.
        // SAFETY: so the timer outlives its arming, and `call` fits it.
        let timer = unsafe { Hrtimer::with_function(call, HRTIMER_MODE_ABS) };
        let (callback, dropped) =
            (UnsafeCell::new(Box::new(callback) as Callback), record::AtomicBool::new(false));
        let inner = Arc::new(Inner { timer, callback, dropped });
        // `call` turns the timer's address into a pointer to `Inner`.
        Arc::as_ptr(&inner).expose_provenance();
        Self(inner)
    }
}

unsafe extern "C-unwind" fn call(timer: *mut Hrtimer) -> HrtimerRestart {
    let inner = ptr::with_exposed_provenance::<Inner>(timer.addr());
    // SAFETY: the timer is the first field of an `Inner` in an `Arc`, and its `HighResTimer` exists
    // now: its drop waits for this callback, or happens in it. So the count is not 0, and `call`
    // takes a reference of its own here.
    let inner = unsafe {
        Arc::increment_strong_count(inner);
        Arc::from_raw(inner)
    };
    // SAFETY: the only access (the invariants).
    let restart = inner.callback.with_mut(|callback| unsafe { (*callback)(&inner.timer) });
    if inner.dropped.load(Relaxed) { HRTIMER_NORESTART } else { restart }
}

impl Drop for HighResTimer {
    fn drop(&mut self) {
        self.0.dropped.store(true, Relaxed);
        shut_down_owned(&self.0.timer);
    }
}

impl Deref for HighResTimer {
    type Target = Hrtimer;

    fn deref(&self) -> &Hrtimer {
        &self.0.timer
    }
}

impl fmt::Debug for HighResTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HighResTimer").field(&self.0.timer).finish()
    }
}
