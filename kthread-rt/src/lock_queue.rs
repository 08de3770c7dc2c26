//! The queue of mutex, semaphore and rwsem: the waiters for a lock, in the order in which they
//! came.
//!
//! A sleeping lock is a *word* and a queue. Without waiters, taking the lock and releasing it are
//! one compare-exchange on the word each. One bit of the word, WAITERS, says that there are
//! waiters. A release that finds it set takes the queue's own lock, a spinlock, under which the
//! lock is handed on.
//!
//! # No wake-up is lost
//!
//! ```text
//! waiter, with the queue's lock                     releaser
//! compare-exchange: still held -> WAITERS too       compare-exchange: held, no WAITERS -> free
//! links itself, sets its task's state               if that fails: takes the queue's lock,
//! drops the queue's lock, sleeps                        finds the waiter linked, wakes it
//! ```
//!
//! (The exchanges expect a guessed word, without a load before. The guess is right without
//! contention. A load that is followed by an exchange would be invisible to loom, which would then
//! explore less.)
//!
//! Both compare-exchanges are on one word, so one of them comes first. If the waiter's comes first,
//! the releaser's fails, and the releaser waits for the queue's lock until the waiter is linked. If
//! the releaser's comes first, the waiter's fails, and the waiter takes the lock.
//!
//! # A wait that ends without the lock
//!
//! A waiter whose wait a signal or a timeout ends first checks whether it was given the lock
//! meanwhile, and then keeps it. Otherwise it unlinks itself, and [`QueuedLock::give_up`] wakes
//! those that its place in the queue has held back.
//!
//! # When a lock may be freed
//!
//! The last user may free a lock as soon as its own unlock has returned, even if an earlier unlock
//! by another task is still on its way out. So an unlock must not touch the memory once a task can
//! take the lock without taking the queue's lock first. Hence two rules, which every lock above
//! this file keeps:
//!
//! * The word becomes free either by a compare-exchange outside of the queue's lock, which is then
//!   the last access; or under the queue's lock, with WAITERS in the word or on behalf of a waiter,
//!   which takes the queue's lock before its wait returns.
//! * After the queue's lock is released, the unlock only wakes tasks, to which it holds references.
//!
//! # Invariants
//!
//! * Whenever the queue's lock is free, WAITERS is set in the word exactly if a waiter is linked.
//! * A linked [`LockWaiter`] is on the stack of a task in [`wait_for`], which unlinks it under the
//!   queue's lock before it returns. So the waiter and its task are valid as long as it is linked.
//! * The queue's lock protects `step` of a waiter.

use crate::clock::MAX_SCHEDULE_TIMEOUT;
use crate::errno::Errno;
use crate::lockdep::Mode;
use crate::sched::{Timeout, WakeQueue, change_state};
use crate::sync::list::ListHead;
use crate::sync::{Life, RawSpinLock, UnsafeCell, const_fn, observe, refuse_in_forked_child};
use crate::task::{TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, TaskState, TaskStruct, Wait, WaitKind};
use std::mem;
use std::panic::Location;
use std::ptr;

/// The waiters of one lock: plain memory, empty when zeroed.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct LockQueue {
    lock: RawSpinLock,
    waiters: ListHead,
    life: Life,
}

impl LockQueue {
    const_fn! {
        pub(crate) const fn new() -> Self {
            Self { lock: RawSpinLock::new(), waiters: ListHead::new(), life: Life::new() }
        }
    }

    /// A call uses the lock that has this queue.
    #[inline(always)]
    pub(crate) fn touch(&self) {
        self.life.touch();
    }
}

/// How a waiter requests the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// For itself alone.
    Alone,
    /// Together with other readers.
    Shared,
}

impl Wants {
    /// How the lock is then held.
    pub(crate) fn mode(self) -> Mode {
        match self {
            Self::Alone => Mode::Alone,
            Self::Shared => Mode::Shared,
        }
    }
}

/// The progress of a waiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It waits.
    Waits,
    /// It was woken for the lock and found it taken: the next release must hand the lock to it.
    WantsHandOff,
    /// It was given the lock, and unlinked.
    Given,
}

/// One waiter.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct LockWaiter {
    // First, so that a pointer to the node is a pointer to the waiter.
    node: ListHead,
    task: *const TaskStruct,
    wants: Wants,
    context: *const (),
    step: UnsafeCell<Step>,
}

impl LockWaiter {
    fn new(me: &TaskStruct, wants: Wants, context: *const ()) -> Self {
        Self { node: ListHead::new(), task: me, wants, context, step: UnsafeCell::new(Step::Waits) }
    }

    fn node(&self) -> *mut ListHead {
        // From the waiter's own address, so that the pointer may be cast back to the waiter.
        ptr::from_ref(self).cast_mut().cast()
    }

    /// The waiter's task.
    pub(crate) fn task(&self) -> *const TaskStruct {
        self.task
    }

    /// How it requests the lock.
    pub(crate) fn wants(&self) -> Wants {
        self.wants
    }

    /// Its [`How::context`].
    pub(crate) fn context(&self) -> *const () {
        self.context
    }
}

/// A queue whose lock is held. Dropping this releases the lock; after that the queue may be freed.
pub(crate) struct LockedQueue {
    this: *const LockQueue,
}

impl LockedQueue {
    /// # Safety
    ///
    /// `this` points to a valid queue, which stays valid at least until the lock is released.
    pub(crate) unsafe fn new(this: *const LockQueue) -> Self {
        // In a forked child, a thread that does not exist may hold the lock for ever.
        refuse_in_forked_child();
        // SAFETY: the caller promises a valid queue.
        unsafe { (*this).lock.lock() };
        Self { this }
    }

    fn list(&self) -> *mut ListHead {
        // SAFETY: valid as long as `self` exists; no reference is made.
        unsafe { (&raw const (*self.this).waiters).cast_mut() }
    }

    /// True if there are no waiters.
    pub(crate) fn is_empty(&self) -> bool {
        // SAFETY: the lock is held.
        unsafe { ListHead::is_empty(self.list()) }
    }

    /// The first waiter.
    pub(crate) fn first(&self) -> Option<&LockWaiter> {
        // SAFETY: the lock is held, so a linked node is a valid waiter. It stays valid after an
        // unlink until the lock is released, because `wait_for` takes the lock before it returns;
        // the result borrows `self`.
        unsafe { ListHead::first(self.list()).map(|node| &*node.cast::<LockWaiter>()) }
    }

    /// The waiter behind `waiter`, which is linked.
    pub(crate) fn after(&self, waiter: &LockWaiter) -> Option<&LockWaiter> {
        // SAFETY: as in `first`.
        unsafe { ListHead::after(self.list(), waiter.node()).map(|node| &*node.cast::<LockWaiter>()) }
    }

    /// True if `waiter` is linked.
    pub(crate) fn has(&self, waiter: &LockWaiter) -> bool {
        // SAFETY: the lock is held.
        unsafe { !ListHead::is_empty(waiter.node()) }
    }

    /// True if another waiter than `waiter` is linked.
    pub(crate) fn has_other_than(&self, waiter: &LockWaiter) -> bool {
        self.first().is_some_and(|first| !ptr::eq(first, waiter) || self.after(first).is_some())
    }

    /// The progress of `waiter`.
    pub(crate) fn step(&self, waiter: &LockWaiter) -> Step {
        // SAFETY: the lock is held.
        waiter.step.with(|step| unsafe { *step })
    }

    /// Sets the progress of `waiter`.
    pub(crate) fn set_step(&self, waiter: &LockWaiter, to: Step) {
        // SAFETY: the lock is held.
        waiter.step.with_mut(|step| unsafe { *step = to });
    }

    /// Links `waiter` at the tail.
    pub(crate) fn link(&self, waiter: &LockWaiter) {
        // SAFETY: the lock is held; `wait_for` unlinks the waiter before it leaves the frame.
        unsafe { ListHead::push_back(self.list(), waiter.node()) };
    }

    /// Links `waiter` in front of `other`, which is linked.
    pub(crate) fn link_before(&self, other: &LockWaiter, waiter: &LockWaiter) {
        // SAFETY: as in `link`. In a circular list, the place before `other` is the tail of the
        // list with `other` as its head.
        unsafe { ListHead::push_back(other.node(), waiter.node()) };
    }

    /// Unlinks `waiter`, if it is linked.
    pub(crate) fn unlink(&self, waiter: &LockWaiter) {
        // SAFETY: the lock is held, and the waiter was only ever linked to this queue.
        unsafe { ListHead::remove(waiter.node()) };
    }

    /// A reference to the task of `waiter`, which is linked.
    pub(crate) fn task_of(&self, waiter: &LockWaiter) -> Task {
        // SAFETY: the waiter is linked, so its task is valid (the module's invariants).
        unsafe { (*waiter.task).get() }
    }

    /// Gives the lock to `waiter`, and unlinks it. The caller writes the word.
    pub(crate) fn give_to(&self, waiter: &LockWaiter, wake: &mut WakeQueue) {
        let task = self.task_of(waiter);
        task.wait_note().is_over();
        wake.add(task);
        self.set_step(waiter, Step::Given);
        self.unlink(waiter);
    }
}

impl Drop for LockedQueue {
    fn drop(&mut self) {
        // SAFETY: valid and locked until here. `unlock` takes a pointer, because the queue may be
        // freed as soon as it is unlocked.
        unsafe {
            (*self.this).touch();
            RawSpinLock::unlock(&raw const (*self.this).lock);
        }
    }
}

/// A lock with a queue, for [`wait_for`], which calls all functions with the queue's lock held.
pub(crate) trait QueuedLock {
    /// The kind of the wait.
    const KIND: WaitKind;

    /// The lock's queue.
    fn queue(&self) -> &LockQueue;

    /// Takes the lock for `waiter`, or finds that it was given to it. If true, `waiter` has the
    /// lock and is unlinked. If false, WAITERS is set, so that the next release takes the queue's
    /// lock.
    fn attempt(&self, queue: &LockedQueue, waiter: &LockWaiter) -> bool;

    /// Queues `waiter`, which is about to sleep for the first time.
    fn queue_up(&self, queue: &LockedQueue, waiter: &LockWaiter) {
        queue.link(waiter);
    }

    /// `waiter` is linked and its task's state is set, so a wake-up from here on is not lost. An
    /// error ends the wait. Tasks that must react to this wait are added to `wake`.
    fn may_sleep(&self, queue: &LockedQueue, waiter: &LockWaiter, wake: &mut WakeQueue) -> Result<(), Errno> {
        let _ = (queue, waiter, wake);
        Ok(())
    }

    /// `waiter` has the lock; the queue's lock is released after this.
    fn taken(&self, queue: &LockedQueue, waiter: &LockWaiter, wake: &mut WakeQueue) {
        let _ = (queue, waiter, wake);
    }

    /// A waiter has left without the lock: updates WAITERS, and wakes the waiters that can go on
    /// now.
    fn give_up(&self, queue: &LockedQueue, wake: &mut WakeQueue);
}

/// The parameters of a wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    /// The state to sleep in.
    pub(crate) state: TaskState,
    /// The timeout in jiffies.
    pub(crate) timeout: u64,
    /// The acquire context, for a ww_mutex; null for other locks. Valid during the wait.
    pub(crate) context: *const (),
    /// The call that waits.
    pub(crate) call: &'static str,
    /// The place of the call.
    pub(crate) place: &'static Location<'static>,
}

impl How {
    /// A wait in `state` without a timeout.
    #[inline(always)]
    pub(crate) fn new(state: TaskState, call: &'static str, place: &'static Location<'static>) -> Self {
        Self { state, timeout: MAX_SCHEDULE_TIMEOUT as u64, context: ptr::null(), call, place }
    }

    /// True if something else than the lock may end the wait: a timeout, or, for a ww_mutex, a
    /// wound.
    const fn ends_itself(&self) -> bool {
        self.timeout != MAX_SCHEDULE_TIMEOUT as u64 || !self.context.is_null()
    }

    /// A wait that only the lock ends.
    #[inline(always)]
    pub(crate) fn uninterruptible(call: &'static str, place: &'static Location<'static>) -> Self {
        Self::new(TASK_UNINTERRUPTIBLE, call, place)
    }
}

/// Waits until `me`, the current task, has `lock`. `EINTR` for a signal that the state admits,
/// `ETIME` for the timeout, or the error of [`QueuedLock::may_sleep`].
#[cold]
pub(crate) fn wait_for<L: QueuedLock>(
    lock: &L,
    me: &TaskStruct,
    wants: Wants,
    how: &How,
) -> Result<(), Errno> {
    // It stays in place until this function returns, which does not unwind (user handlers are
    // contained).
    let waiter = LockWaiter::new(me, wants, how.context);
    let limit = Timeout::after(me, how.timeout, how.call, how.place);
    let address = ptr::from_ref(lock).addr();
    let mut noted = None;
    let mut wake = WakeQueue::new();
    // SAFETY: `lock` is borrowed for the whole wait.
    let mut queue = unsafe { LockedQueue::new(lock.queue()) };
    let result = loop {
        if lock.attempt(&queue, &waiter) {
            lock.taken(&queue, &waiter, &mut wake);
            break Ok(());
        }
        if me.signals.end_sleep_in(how.state) {
            break Err(Errno::EINTR);
        }
        if limit.is_over(me) {
            break Err(Errno::ETIME);
        }
        noted.get_or_insert_with(|| {
            let wait = Wait::new(L::KIND, address, how.call, how.place);
            me.wait_note().set(wait.ends_itself(how.ends_itself()))
        });
        if !queue.has(&waiter) {
            lock.queue_up(&queue, &waiter);
        }
        change_state(me, how.state);
        if let Err(errno) = lock.may_sleep(&queue, &waiter, &mut wake) {
            break Err(errno);
        }
        drop(queue);
        drop(mem::replace(&mut wake, WakeQueue::new()));
        observe("waits for the lock", address, |address| format!("{address:#x}"));
        limit.sleep(me);
        // SAFETY: as above.
        queue = unsafe { LockedQueue::new(lock.queue()) };
    };
    if noted.is_some() {
        change_state(me, TASK_RUNNING);
    }
    if result.is_err() {
        queue.unlink(&waiter);
        lock.give_up(&queue, &mut wake);
    }
    drop(queue);
    drop(wake);
    result
}
