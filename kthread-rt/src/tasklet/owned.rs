//! [`Tasklet`]: a tasklet that owns a closure, safe to use and to drop.

use super::TaskletStruct;
use crate::sched::with_current;
use crate::sync::{Arc, UnsafeCell, os};
use crate::timer::{lock_bound, shut_down_owned};
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::ptr;

type Callback = Box<dyn FnMut(&TaskletStruct) + Send>;

/// A tasklet that calls a closure.
///
/// It dereferences to [`TaskletStruct`], so every call that takes one takes a `&Tasklet`. Dropping
/// it kills it: if it is scheduled, the drop waits for its run (`tasklet_kill`). A disabled
/// tasklet, and any that is dropped by a tasklet's function, is dequeued instead, since the wait
/// would last for ever. A drop in its own function does not wait, and the closure is dropped when
/// the function is over. Scheduling allocates nothing.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let mut left = 3;
/// let tasklet = Tasklet::new({
///     let done = done.clone();
///     move |tasklet| {
///         left -= 1;
///         if left == 0 {
///             return complete(&done);
///         }
///         tasklet_schedule(tasklet); // once more
///     }
/// });
/// tasklet_schedule(&tasklet);
/// wait_for_completion(&done);
/// ```
pub struct Tasklet(Arc<Inner>);

/// # Invariants
///
/// The `TaskletStruct` is first, so its address is that of `Inner`. Only [`call`] accesses the
/// callback, and it runs on one thread at a time: a tasklet has one base at a time, and changes it
/// only while its function does not run.
#[repr(C)]
struct Inner {
    tasklet: TaskletStruct,
    callback: UnsafeCell<Callback>,
}

// SAFETY: the tasklet may be shared; the callback is `Send` and used by one thread at a time (the
// invariants).
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl Tasklet {
    /// Returns an idle tasklet that will call `callback`, with itself, on the Kernel's tasklet
    /// thread. The callback must not sleep.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::Arc;
    ///
    /// let done = Arc::new(Completion::new());
    /// let tasklet = Tasklet::new({
    ///     let done = done.clone();
    ///     move |_| complete(&done)
    /// });
    /// tasklet_schedule(&tasklet);
    /// wait_for_completion(&done);
    /// ```
    pub fn new(callback: impl FnMut(&TaskletStruct) + Send + 'static) -> Self {
        // SAFETY: `Inner` stays in place in its `Arc` until the drop of `Tasklet` has dequeued the
        // tasklet and waited for its function. If that drop happens in the function, the reference
        // that `call` holds keeps it. `call` fits the tasklet.
        let tasklet = unsafe { TaskletStruct::with_callback(call) };
        let inner = Arc::new(Inner { tasklet, callback: UnsafeCell::new(Box::new(callback)) });
        // `call` turns the tasklet's address into a pointer to `Inner`.
        Arc::as_ptr(&inner).expose_provenance();
        Self(inner)
    }
}

unsafe extern "C-unwind" fn call(tasklet: *mut TaskletStruct) {
    let inner = ptr::with_exposed_provenance::<Inner>(tasklet.addr());
    // SAFETY: the tasklet is the first field of an `Inner` in an `Arc`, and its `Tasklet` exists
    // now: its drop waits for this call, or happens in it. So the count is not 0, and `call` takes
    // a reference of its own here.
    let inner = unsafe {
        Arc::increment_strong_count(inner);
        Arc::from_raw(inner)
    };
    // SAFETY: the only access (the invariants).
    inner.callback.with_mut(|callback| unsafe { (*callback)(&inner.tasklet) });
}

impl Drop for Tasklet {
    #[track_caller]
    fn drop(&mut self) {
        let (tasklet, place) = (&self.0.tasklet, Location::caller());
        if os::forked() {
            // The Kernel and its tasklets belong to the parent process.
            return;
        }
        if lock_bound(tasklet).is_some_and(|locked| !locked.is_on_its_thread()) {
            with_current(|me| tasklet.kill_for(me, place, true));
        }
        shut_down_owned(tasklet);
    }
}

impl Deref for Tasklet {
    type Target = TaskletStruct;

    fn deref(&self) -> &TaskletStruct {
        &self.0.tasklet
    }
}

impl fmt::Debug for Tasklet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tasklet").field(&self.0.tasklet).finish()
    }
}
