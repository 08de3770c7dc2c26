//! The queue under mutex, semaphore and rwsem: those who wait for a lock, in the order in which
//! they came.
//!
//! A sleeping lock is a *word* and a queue. As long as nobody waits, taking the lock and letting it
//! go is one compare-exchange on the word each. One bit of the word, WAITERS, says that somebody
//! waits; it sends everyone who would let the lock go into the queue's own lock, a spinlock, under
//! which the lock is handed on.
//!
//! # No wake-up is lost
//!
//! ```text
//! waiter, with the queue's lock                     who lets go
//! compare-exchange: still held -> WAITERS too       compare-exchange: held, no WAITERS -> free
//! links itself, sets its task's state               if that fails: takes the queue's lock,
//! drops the queue's lock, sleeps                        finds the waiter linked and its state set, wakes it
//! ```
//!
//! (The words are exchanged against a guess, without a look before: the guess is right when nobody
//! contends, and a look followed by an exchange hides the look from loom, which then explores
//! less.)
//!
//! Both compare-exchanges are on one word, so one of them comes first. If the waiter's does, the
//! other fails, and has to wait for the queue's lock until the waiter is linked. If the other's
//! does, the waiter's fails, and it takes the lock.
//!
//! # A wait that ends without the lock
//!
//! A waiter that a signal or the clock ends looks first whether the lock is its own by now: a lock
//! that it was given wins. If not, it unlinks itself, and [`QueuedLock::give_up`] passes on what
//! its place in the queue kept from others.
//!
//! # Who may free a lock, and when
//!
//! The last user, as soon as its unlocking has returned, or even earlier: as soon as another who
//! lets go can't come any more. So who lets go must not touch the memory after the lock can be
//! taken by somebody who does not have to pass the queue's lock first. Hence two rules, which every
//! lock above keeps:
//!
//! * The word becomes free either by a compare-exchange outside of the queue's lock, which is then
//!   the last access; or under it, with WAITERS in the word, or in the name of a waiter, who takes
//!   the queue's lock before its wait returns.
//! * What happens after the queue's lock was dropped, the waking, touches tasks only, to which
//!   references are held.
//!
//! # Invariants
//!
//! * Whenever the queue's lock is free, WAITERS is set in the word if and only if a waiter is
//!   linked.
//! * A linked [`LockWaiter`] is on the stack of a task inside [`wait_for`], which unlinks it, under
//!   the queue's lock, before it returns. So it and its task are valid as long as it is linked.
//! * `step` of a waiter is accessed under the queue's lock.

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

    /// The lock that this is the queue of is being used.
    #[inline(always)]
    pub(crate) fn touch(&self) {
        self.life.touch();
    }
}

/// How a waiter wants the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// For itself alone.
    Alone,
    /// Together with other readers.
    Shared,
}

impl Wants {
    /// The same, of a lock that is held.
    pub(crate) fn mode(self) -> Mode {
        match self {
            Self::Alone => Mode::Alone,
            Self::Shared => Mode::Shared,
        }
    }
}

/// How far a waiter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It waits.
    Waits,
    /// It was woken for the lock and found it taken: it is to be given the lock the next time.
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
        // By the waiter's own address, so that the pointer may become one to the waiter again.
        ptr::from_ref(self).cast_mut().cast()
    }

    /// The waiter's task.
    pub(crate) fn task(&self) -> *const TaskStruct {
        self.task
    }

    /// How it wants the lock.
    pub(crate) fn wants(&self) -> Wants {
        self.wants
    }

    /// What it waits in the name of: [`How::context`].
    pub(crate) fn context(&self) -> *const () {
        self.context
    }
}

/// A queue whose lock is held. It is let go when this is dropped; after that the queue's memory may
/// be gone.
pub(crate) struct LockedQueue {
    this: *const LockQueue,
}

impl LockedQueue {
    /// # Safety
    ///
    /// `this` points to a valid queue, which stays valid until the lock is dropped at least.
    pub(crate) unsafe fn new(this: *const LockQueue) -> Self {
        // There the lock may be held for ever by a thread that does not exist.
        refuse_in_forked_child();
        // SAFETY: by the contract.
        unsafe { (*this).lock.lock() };
        Self { this }
    }

    fn list(&self) -> *mut ListHead {
        // SAFETY: valid as long as `self` exists; no reference is made.
        unsafe { (&raw const (*self.this).waiters).cast_mut() }
    }

    /// True if nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        // SAFETY: the lock is held.
        unsafe { ListHead::is_empty(self.list()) }
    }

    /// Who waits longest.
    pub(crate) fn first(&self) -> Option<&LockWaiter> {
        // SAFETY: the lock is held, so what is linked is a valid waiter, as long as it is not
        // unlinked; who unlinks it uses it no longer than it holds the lock.
        unsafe { ListHead::first(self.list()).map(|node| &*node.cast::<LockWaiter>()) }
    }

    /// Who came after `waiter`, which is linked.
    pub(crate) fn after(&self, waiter: &LockWaiter) -> Option<&LockWaiter> {
        // SAFETY: as in `first`.
        unsafe { ListHead::after(self.list(), waiter.node()).map(|node| &*node.cast::<LockWaiter>()) }
    }

    /// True if `waiter` is linked.
    pub(crate) fn has(&self, waiter: &LockWaiter) -> bool {
        // SAFETY: the lock is held.
        unsafe { !ListHead::is_empty(waiter.node()) }
    }

    /// True if somebody else than `waiter` is linked.
    pub(crate) fn has_other_than(&self, waiter: &LockWaiter) -> bool {
        self.first().is_some_and(|first| !ptr::eq(first, waiter) || self.after(first).is_some())
    }

    /// How far `waiter` has come.
    pub(crate) fn step(&self, waiter: &LockWaiter) -> Step {
        // SAFETY: the lock is held.
        waiter.step.with(|step| unsafe { *step })
    }

    /// Notes how far `waiter` has come.
    pub(crate) fn set_step(&self, waiter: &LockWaiter, to: Step) {
        // SAFETY: the lock is held.
        waiter.step.with_mut(|step| unsafe { *step = to });
    }

    /// Links `waiter` behind all others.
    pub(crate) fn link(&self, waiter: &LockWaiter) {
        // SAFETY: the lock is held; `wait_for` unlinks the waiter before its frame goes.
        unsafe { ListHead::push_back(self.list(), waiter.node()) };
    }

    /// Links `waiter` in front of `other`, which is linked.
    pub(crate) fn link_before(&self, other: &LockWaiter, waiter: &LockWaiter) {
        // SAFETY: as in `link`; behind the last before `other` is the end of the list that `other`
        // is taken as the head of.
        unsafe { ListHead::push_back(other.node(), waiter.node()) };
    }

    /// Takes `waiter` out, if it is linked.
    pub(crate) fn unlink(&self, waiter: &LockWaiter) {
        // SAFETY: the lock is held, and the waiter was only ever linked to this queue.
        unsafe { ListHead::remove(waiter.node()) };
    }

    /// A reference to the task of `waiter`, which is linked.
    pub(crate) fn task_of(&self, waiter: &LockWaiter) -> Task {
        // SAFETY: the waiter is linked, so its task is valid (the module's invariants).
        unsafe { (*waiter.task).get() }
    }

    /// Gives the lock to `waiter`, which leaves the queue; the caller has put it into the word, or
    /// is about to.
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
        // SAFETY: valid and held until here; a pointer to the lock, since its unlocking may be the
        // end of it.
        unsafe {
            (*self.this).touch();
            RawSpinLock::unlock(&raw const (*self.this).lock);
        }
    }
}

/// A lock with a queue: what [`wait_for`] must be told of it. All functions are called with the
/// queue's lock held.
pub(crate) trait QueuedLock {
    /// What a task waits for.
    const KIND: WaitKind;

    /// Its queue.
    fn queue(&self) -> &LockQueue;

    /// Takes the lock for `waiter`, or sees that it was given to it; true if it has it, and then it
    /// is linked no more. Else WAITERS is set, and whoever lets go will come for the queue.
    fn attempt(&self, queue: &LockedQueue, waiter: &LockWaiter) -> bool;

    /// Links `waiter`, which is about to sleep for the first time.
    fn queue_up(&self, queue: &LockedQueue, waiter: &LockWaiter) {
        queue.link(waiter);
    }

    /// `waiter` is linked, and its task's state is set. So what is found here, or what others do to
    /// it from here on and then wake it for, is not lost. An error ends its wait; `wake` is for
    /// those whom its waiting concerns.
    fn may_sleep(&self, queue: &LockedQueue, waiter: &LockWaiter, wake: &mut WakeQueue) -> Result<(), Errno> {
        let _ = (queue, waiter, wake);
        Ok(())
    }

    /// `waiter` has the lock, and leaves the queue's lock after this.
    fn taken(&self, queue: &LockedQueue, waiter: &LockWaiter, wake: &mut WakeQueue) {
        let _ = (queue, waiter, wake);
    }

    /// A waiter has left without the lock: makes WAITERS true to the queue again, and lets go on
    /// who can go on by that.
    fn give_up(&self, queue: &LockedQueue, wake: &mut WakeQueue);
}

/// How a lock is to be waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    /// The state to sleep in.
    pub(crate) state: TaskState,
    /// Jiffies.
    pub(crate) timeout: u64,
    /// What it is wanted for, if the lock asks for that: a ww_mutex, for the acquire context here.
    /// Null for others. Valid for the length of the wait.
    pub(crate) context: *const (),
    /// The function that was called.
    pub(crate) call: &'static str,
    /// Where it was called.
    pub(crate) place: &'static Location<'static>,
}

impl How {
    /// A wait in `state` without a time limit.
    #[inline(always)]
    pub(crate) fn new(state: TaskState, call: &'static str, place: &'static Location<'static>) -> Self {
        Self { state, timeout: MAX_SCHEDULE_TIMEOUT as u64, context: ptr::null(), call, place }
    }

    /// A wait that nothing ends but the lock.
    #[inline(always)]
    pub(crate) fn uninterruptible(call: &'static str, place: &'static Location<'static>) -> Self {
        Self::new(TASK_UNINTERRUPTIBLE, call, place)
    }
}

/// Waits until `me`, the current task, has `lock`: `EINTR` for a signal that the state admits,
/// `ETIME` for the time, and what [`QueuedLock::may_sleep`] says.
#[cold]
pub(crate) fn wait_for<L: QueuedLock>(
    lock: &L,
    me: &TaskStruct,
    wants: Wants,
    how: &How,
) -> Result<(), Errno> {
    // It stays where it is until the end of this function, which does not unwind (handlers of the
    // user's are contained).
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
            // A wound ends a wait for a ww_mutex.
            let ends_itself = how.timeout != MAX_SCHEDULE_TIMEOUT as u64 || !how.context.is_null();
            me.wait_note().set(Wait::new(L::KIND, address, how.call, how.place).ends_itself(ends_itself))
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
