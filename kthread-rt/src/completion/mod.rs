//! `linux/completion.h`: completions, which wait until another task has finished something.
//!
//! `done` counts the completions that no wait has consumed yet. [`complete_all`] sets it to
//! `UINT_MAX`, where it stays. Waiters queue in first-in, first-out order, and each [`complete`]
//! wakes one. The lock in the wait queue head protects all of this.
//!
//! # When a completion may be freed
//!
//! A waiter may free the completion as soon as its wait has returned. The wait takes the lock again
//! after the sleep, so it cannot return before the completer has dropped the lock. The completer
//! does not touch the completion after it drops the lock: it has already removed the waiter from
//! the list, and holds a reference to the waiter's task, which it then wakes. Waking after
//! unlocking also keeps the woken waiter from blocking on the lock.
//!
//! # Before 5.7
//!
//! In kernels before 5.7 the queue of a completion is an ordinary wait queue, and C code may use
//! its entries as those of any wait queue (`queue.rs`). Both kinds of queue head have the same
//! layout; only the entries differ. The word `kind`, written by C code built for such a kernel,
//! says which kind it is.
//!
//! # Invariants
//!
//! `done` is accessed only under the lock.

mod kernel_names;
mod queue;

#[doc(inline)]
pub use crate::{DECLARE_COMPLETION, DECLARE_COMPLETION_ONSTACK};

pub use kernel_names::*;
use queue::{InLine, InWaitQueue, OF_ENTRIES};

use crate::clock::MAX_SCHEDULE_TIMEOUT;
use crate::errno::Errno;
use crate::sched::{Timeout, WakeQueue, change_state, might_sleep_in, try_to_wake_up, with_current};
use crate::swait::{SwaitCore, Waiter};
use crate::sync::{
    Life, Ordering, RawSpinLock, UnsafeCell, const_fn, observe, observe_at, os, record,
    refuse_in_forked_child,
};
use crate::task::{
    TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_NORMAL, TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskState,
    TaskStruct, Wait, WaitKind,
};
use std::panic::Location;
use std::ptr;

/// `done` after [`complete_all`].
const ALL: u32 = u32::MAX;

/// `struct completion`: plain memory, valid when zeroed, nothing allocated, nothing to drop.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
///
/// let done = Arc::new(Completion::new());
/// let task = kthread_run!(
///     |done: Arc<Completion>| {
///         complete(&done);
///         0
///     },
///     done.clone(),
///     "completer"
/// )?;
/// wait_for_completion(&done);
/// _ = kthread_stop(&task);
/// # Ok::<(), Errno>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Completion {
    done: UnsafeCell<u32>,
    /// [`OF_ENTRIES`] if the queue is a wait queue. Written before the queue is used, and not
    /// changed after that.
    kind: record::AtomicU32,
    wait: SwaitCore,
    life: Life,
}

// SAFETY: `done` and the list are accessed under the lock (the module's invariants).
unsafe impl Send for Completion {}
// SAFETY: as above.
unsafe impl Sync for Completion {}

impl Completion {
    const_fn! {
        /// Makes a completion whose count is 0: `COMPLETION_INITIALIZER`.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let done = Completion::new();
        /// done.complete(); // another task does this
        /// done.wait();
        /// ```
        pub const fn new() -> Self {
            Self {
                done: UnsafeCell::new(0),
                kind: record::AtomicU32::new(0),
                wait: SwaitCore::new(),
                life: Life::new(),
            }
        }
    }
}

impl Default for Completion {
    fn default() -> Self {
        Self::new()
    }
}

/// A completion whose lock is held. It is a pointer, not a reference, because a waiter may free the
/// completion as soon as the lock is dropped.
struct Locked {
    this: *const Completion,
}

impl Locked {
    /// # Safety
    ///
    /// `this` points to a valid completion, which stays valid at least until the lock is dropped.
    unsafe fn new(this: *const Completion) -> Self {
        // SAFETY: by the contract.
        unsafe {
            (*this).life.touch();
            (*this).wait.lock.lock();
        }
        Self { this }
    }

    fn done(&self) -> u32 {
        // SAFETY: valid, and the lock is held, as long as `self` exists.
        unsafe { (*self.this).done.with(|d| *d) }
    }

    fn set_done(&self, done: u32) {
        // SAFETY: as in `done`.
        unsafe { (*self.this).done.with_mut(|d| *d = done) }
    }

    fn queue(&self) -> *const SwaitCore {
        // SAFETY: as in `done`; no reference is made.
        unsafe { &raw const (*self.this).wait }
    }

    fn is_wait_queue(&self) -> bool {
        // SAFETY: as in `done`.
        unsafe { (*self.this).kind.load(Ordering::Relaxed) == OF_ENTRIES }
    }

    fn has_waiters(&self) -> bool {
        // SAFETY: the lock is held.
        unsafe { SwaitCore::has_waiters(self.queue()) }
    }

    /// Decrements the count, unless [`complete_all`] has set it.
    fn take_one(&self) {
        if self.done() != ALL {
            self.set_done(self.done() - 1);
        }
    }

    fn take_first(&self) -> Option<Task> {
        // SAFETY: the lock is held.
        let first = unsafe { SwaitCore::take_first(self.queue()) };
        if let Some(task) = &first {
            task.wait_note().is_over();
        }
        first
    }
}

/// Drops the lock. After that the completion may have been freed.
impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: the lock is held, so the completion is valid until here. `unlock` takes a
        // pointer, since the completion may be freed once it is unlocked.
        unsafe { RawSpinLock::unlock(&raw const (*self.this).wait.lock) };
    }
}

/// # Safety
///
/// `this` points to a completion that is valid at the call. A waiter may free it during the call.
unsafe fn complete_raw(this: *const Completion) {
    // SAFETY: by the contract; no wait can return while the lock is held, so the completion stays
    // valid until it is dropped.
    let locked = unsafe { Locked::new(this) };
    if locked.done() != ALL {
        locked.set_done(locked.done() + 1);
    }
    if locked.has_waiters() {
        return wake_first(locked);
    }
    drop(locked);
    observe("completes", this.addr(), show_address);
}

/// A function of its own, so that a `complete` without waiters does not save registers for it.
#[inline(never)]
fn wake_first(locked: Locked) {
    if locked.is_wait_queue() {
        return queue::wake(locked, 1);
    }
    let (this, first) = (locked.this, locked.take_first());
    drop(locked);
    observe("completes", this.addr(), show_address);
    if let Some(task) = first {
        try_to_wake_up(&task, TASK_NORMAL);
    }
}

/// # Safety
///
/// As [`complete_raw`].
unsafe fn complete_all_raw(this: *const Completion) {
    let mut wake = WakeQueue::new();
    // SAFETY: by the contract.
    let locked = unsafe { Locked::new(this) };
    locked.set_done(ALL);
    if locked.is_wait_queue() {
        return queue::wake(locked, 0);
    }
    while let Some(task) = locked.take_first() {
        wake.add(task);
    }
    drop(locked);
    observe("completes, for all,", this.addr(), show_address);
    drop(wake);
}

fn show_address(address: usize) -> String {
    format!("completion {address:#x}")
}

/// In jiffies: no timeout.
const NO_LIMIT: u64 = MAX_SCHEDULE_TIMEOUT as u64;

/// The state, timeout and description of a wait.
struct How {
    state: TaskState,
    /// Jiffies.
    timeout: u64,
    noted: Wait,
}

/// The kernel's `do_wait_for_common`: returns the jiffies left, at least 1, or 0 after a timeout.
///
/// Only a wait that sleeps is described: `noted` is called on the slow path.
#[inline]
fn wait_common(
    this: &Completion,
    me: &TaskStruct,
    (state, timeout): (TaskState, u64),
    (call, place): (&'static str, &'static Location<'static>),
    noted: impl FnOnce() -> Wait,
) -> Result<u64, Errno> {
    might_sleep_in(me, call, place);
    // SAFETY: `this` is borrowed for the whole wait.
    let locked = unsafe { Locked::new(this) };
    if locked.done() == 0 {
        let how = How { state, timeout, noted: noted() };
        return match locked.is_wait_queue() {
            false => wait_in_line(this, locked, me, &how, Waiter::new(me)),
            true => wait_in_line(this, locked, me, &how, InWaitQueue::new(me)),
        };
    }
    locked.take_one();
    Ok(timeout.max(1))
}

/// The slow path: the count is 0. `locked` holds the lock of `this`.
#[inline(never)]
fn wait_in_line(
    this: &Completion,
    mut locked: Locked,
    me: &TaskStruct,
    how: &How,
    mut waiter: impl InLine,
) -> Result<u64, Errno> {
    let mut left = how.timeout;
    let (call, place) = (how.noted.call(), how.noted.place());
    let noted = how.noted.at(ptr::from_ref(this).addr()).ends_itself(left != NO_LIMIT);
    let _noted = me.wait_note().set(noted);
    let limit = Timeout::after(me, left, call, place);
    let waiter = &raw mut waiter;
    let interrupted = loop {
        if me.signals.end_sleep_in(how.state) {
            break true;
        }
        // SAFETY: the lock is held. The waiter lives in this frame and is unlinked below, on the
        // only way out of the loop; nothing in between unwinds (a panic of a user's handler is
        // caught).
        unsafe { InLine::join(waiter, locked.queue()) };
        me.wait_note().goes_on();
        change_state(me, how.state);
        drop(locked);
        observe_at("waits for", ptr::from_ref(this).addr(), show_address, place);
        left = limit.sleep(me);
        // SAFETY: `this` is borrowed for the whole wait.
        locked = unsafe { Locked::new(this) };
        if locked.done() != 0 || left == 0 {
            break false;
        }
    };
    change_state(me, TASK_RUNNING);
    // SAFETY: the lock is held.
    unsafe { InLine::leave(waiter) };
    if locked.done() == 0 {
        return if interrupted { Err(Errno::ERESTARTSYS) } else { Ok(0) };
    }
    locked.take_one();
    // Success is never 0, even if the timeout has passed too.
    Ok(left.max(1))
}

impl Completion {
    #[track_caller]
    fn wait_as(
        &self,
        state: TaskState,
        timeout: u64,
        kind: WaitKind,
        call: &'static str,
    ) -> Result<u64, Errno> {
        if os::forked() {
            return Err(Errno::EOWNERDEAD);
        }
        self.wait_here(state, timeout, kind, call)
    }

    /// As `wait_as`, for callers that have already checked whether this process was forked.
    #[inline]
    #[track_caller]
    fn wait_here(
        &self,
        state: TaskState,
        timeout: u64,
        kind: WaitKind,
        call: &'static str,
    ) -> Result<u64, Errno> {
        let place = Location::caller();
        with_current(move |me| {
            wait_common(self, me, (state, timeout), (call, place), || Wait::new(kind, 0, call, place))
        })
    }

    /// Waits on behalf of the runtime; `noted` describes the wait as something other than a
    /// completion. If `noted` has no address, it gets that of the completion.
    pub(crate) fn wait_for(&self, state: TaskState, noted: Wait) -> Result<(), Errno> {
        let from = (noted.call(), noted.place());
        with_current(move |me| wait_common(self, me, (state, NO_LIMIT), from, || noted)).map(drop)
    }

    /// Waits uninterruptibly, for a caller that has its task at hand.
    pub(crate) fn wait_for_by(&self, me: &TaskStruct, call: &'static str, place: &'static Location<'static>) {
        let noted = || Wait::new(WaitKind::Completion, 0, call, place);
        // An uninterruptible wait has no error.
        let _ = wait_common(self, me, (TASK_UNINTERRUPTIBLE, NO_LIMIT), (call, place), noted);
    }

    /// Increments the count and wakes the first waiter: [`complete`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete(); // another task does this
    /// done.wait();
    /// ```
    #[inline]
    #[track_caller]
    pub fn complete(&self) {
        observe("calls complete, of", ptr::from_ref(self).addr(), show_address);
        refuse_in_forked_child();
        // SAFETY: `self` is valid at the call; `complete_raw` allows a waiter to free it during the
        // call.
        unsafe { complete_raw(self) }
    }

    /// Makes all present and future waits return: [`complete_all`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete_all();
    /// done.wait();
    /// done.wait(); // for ever, until it is initialised anew
    /// done.reinit();
    /// assert!(!done.is_done());
    /// ```
    #[track_caller]
    pub fn complete_all(&self) {
        observe("calls complete_all, of", ptr::from_ref(self).addr(), show_address);
        refuse_in_forked_child();
        // SAFETY: as in `complete`.
        unsafe { complete_all_raw(self) }
    }

    /// Resets the count to 0: [`reinit_completion`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete_all();
    /// done.wait();
    /// done.wait(); // for ever, until it is initialised anew
    /// done.reinit();
    /// assert!(!done.is_done());
    /// ```
    pub fn reinit(&self) {
        refuse_in_forked_child();
        // SAFETY: borrowed for the call.
        unsafe { Locked::new(self) }.set_done(0);
    }

    /// True if a wait would return at once: [`completion_done`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete(); // another task does this
    /// assert!(done.is_done());
    /// ```
    pub fn is_done(&self) -> bool {
        refuse_in_forked_child();
        // SAFETY: borrowed for the call.
        unsafe { Locked::new(self) }.done() != 0
    }

    /// Returns the count, `x->done`: the [`complete`] calls that no wait has consumed yet.
    /// `u32::MAX` after [`complete_all`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// complete(&done);
    /// complete(&done);
    /// assert_eq!(done.done(), 2);
    /// ```
    pub fn done(&self) -> u32 {
        refuse_in_forked_child();
        // SAFETY: borrowed for the call.
        unsafe { Locked::new(self) }.done()
    }

    /// Consumes one [`complete`] without sleeping, if there is one: [`try_wait_for_completion`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// assert!(!done.try_wait());
    /// done.complete();
    /// assert!(done.try_wait());
    /// ```
    pub fn try_wait(&self) -> bool {
        refuse_in_forked_child();
        // SAFETY: borrowed for the call.
        let locked = unsafe { Locked::new(self) };
        match locked.done() {
            0 => return false,
            ALL => {}
            n => locked.set_done(n - 1),
        }
        true
    }

    /// Waits, uninterruptibly, until it is completed: [`wait_for_completion`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete(); // another task does this
    /// done.wait();
    /// ```
    #[inline]
    #[track_caller]
    pub fn wait(&self) {
        refuse_in_forked_child();
        // An uninterruptible wait without a timeout cannot fail.
        let _ = self.wait_here(TASK_UNINTERRUPTIBLE, NO_LIMIT, WaitKind::Completion, "wait_for_completion");
    }

    /// Waits until it is completed or a signal arrives: [`wait_for_completion_interruptible`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete(); // another task does this
    /// assert_eq!(done.wait_interruptible(), Ok(()));
    /// ```
    #[track_caller]
    pub fn wait_interruptible(&self) -> Result<(), Errno> {
        let call = "wait_for_completion_interruptible";
        self.wait_as(TASK_INTERRUPTIBLE, NO_LIMIT, WaitKind::Completion, call).map(drop)
    }

    /// Waits until it is completed or the task is killed: [`wait_for_completion_killable`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete(); // another task does this
    /// assert_eq!(done.wait_killable(), Ok(()));
    /// ```
    #[track_caller]
    pub fn wait_killable(&self) -> Result<(), Errno> {
        let call = "wait_for_completion_killable";
        self.wait_as(TASK_KILLABLE, NO_LIMIT, WaitKind::Completion, call).map(drop)
    }

    /// Waits in a state of the caller's choice: [`wait_for_completion_state`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// done.complete(); // another task does this
    /// assert_eq!(done.wait_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE), Ok(()));
    /// ```
    #[track_caller]
    pub fn wait_state(&self, state: TaskState) -> Result<(), Errno> {
        self.wait_as(state, NO_LIMIT, WaitKind::Completion, "wait_for_completion_state").map(drop)
    }

    /// Waits at most `timeout` jiffies: [`wait_for_completion_timeout`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// assert_eq!(done.wait_timeout(2), 0);
    /// done.complete();
    /// assert_eq!(done.wait_timeout(2), 2);
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, timeout: u64) -> u64 {
        refuse_in_forked_child();
        let call = "wait_for_completion_timeout";
        self.wait_here(TASK_UNINTERRUPTIBLE, timeout, WaitKind::Completion, call).unwrap_or(0)
    }

    /// Waits at most `timeout` jiffies or until a signal:
    /// [`wait_for_completion_interruptible_timeout`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// assert_eq!(done.wait_interruptible_timeout(2), Ok(0));
    /// ```
    #[track_caller]
    pub fn wait_interruptible_timeout(&self, timeout: u64) -> Result<u64, Errno> {
        let call = "wait_for_completion_interruptible_timeout";
        self.wait_as(TASK_INTERRUPTIBLE, timeout, WaitKind::Completion, call)
    }

    /// Waits at most `timeout` jiffies or until killed: [`wait_for_completion_killable_timeout`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let done = Completion::new();
    /// assert_eq!(done.wait_killable_timeout(2), Ok(0));
    /// ```
    #[track_caller]
    pub fn wait_killable_timeout(&self, timeout: u64) -> Result<u64, Errno> {
        let call = "wait_for_completion_killable_timeout";
        self.wait_as(TASK_KILLABLE, timeout, WaitKind::Completion, call)
    }
}
