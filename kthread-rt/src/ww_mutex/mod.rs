//! `linux/ww_mutex.h`: mutexes of which a task takes several, in any order, without a deadlock that
//! lasts.
//!
//! A task begins an *acquire context*, which gets a stamp: its age. It takes locks in the name of
//! that. Where two contexts would wait for each other, the younger one gets `EDEADLK` from a lock
//! call. It then lets all its locks go, waits for the one that refused it, in the slow path, and
//! takes the others anew; with its old stamp, so it is the oldest some day, whom nothing refuses.
//!
//! A ww_mutex is a mutex, and beside it the context that has it. Who gets it, and how waiters are
//! woken, is the mutex's matter (`mutex`, `lock_queue`). What follows is about contexts.
//!
//! # Who backs off
//!
//! Contexts wait in the order of their stamps, the oldest in front; who waits without a context, in
//! the order of its coming. A deadlock is a circle of contexts, each of which holds a lock that the
//! one before it waits for. Somewhere in a circle an older one waits for a younger one, and
//! somewhere a younger one for an older one. Each kind of class forbids one of the two.
//!
//! * **Wound/wait**: an older context that has locks does not just wait for a younger one that has
//!   the lock, it *wounds* it. (One without locks is in no circle.) A wounded context that has
//!   locks does not sleep for another: it gets `EDEADLK`, also in the middle of its sleep. Until it
//!   has to sleep it goes on, and if it never has to, it was wounded for nothing.
//! * **Wait/die**: a context that has locks does not wait for an older one, whether that has the
//!   lock or waits for it too: it gets `EDEADLK` (it *dies*).
//!
//! The second form looks at those who wait, too, because they will have the lock before. So does
//! the first: who takes a lock past an older one that waits is wounded in that moment.
//!
//! # Nobody is overlooked
//!
//! Who has the lock and who waits for it learn of each other whichever of them comes first:
//!
//! ```text
//! takes the lock                              waits for it, with the queue's lock
//! compare-exchange: free -> owner             compare-exchange: held -> WAITERS too; links itself
//! writes the context into the lock            SeqCst fence (in the state's change)
//! SeqCst fence                                reads the lock's context, and wounds it or dies
//! if WAITERS: takes the queue's lock,
//!     looks at the oldest who waits
//! ```
//!
//! If the reader's fence comes first, WAITERS is seen on the left; if the other's, the context is
//! seen on the right. Who gets the lock as a waiter writes its context under the queue's lock, and
//! looks around there. (Between a hand-off and that, the lock has an owner and no context, and
//! nobody is wounded for it; the owner is already on its way to look.)
//!
//! A context that is wounded may be just going to sleep for another lock, under that other's
//! queue's lock. It sets its state, fences, and then looks whether it is wounded
//! (`QueuedLock::may_sleep`); who wounds it writes that, fences, and wakes it: the sleep protocol.
//! The same for one that has to die because an older one came: it is woken, and finds the older one
//! in front of itself.
//!
//! One look is enough. For wound/wait it is at all who wait with a context: the first is the
//! oldest, and may have no locks. For wait/die: who waits with locks behind another context has
//! died, or has been woken to do so; so the first one alone can be new to whoever comes.
//!
//! # Lifetimes
//!
//! A context is on its task's stack. Others touch it under the queue's lock of a lock that it has,
//! with WAITERS set, so that its task can't let that lock go before they are done; or of one that
//! it waits for, where it is linked. A waiter that leaves without the lock may be the one that
//! clears WAITERS, and then the owner lets go by one compare-exchange on the word. So what the
//! waiter has read of the owner's context is ordered before by a pair of fences: that of its
//! state's change, at the end of its wait, comes before WAITERS is cleared; and the owner has one
//! behind the compare-exchange.
//!
//! # Misuse
//!
//! What a kernel with CONFIG_DEBUG_MUTEXES warns of is told as a [`WarningKind::LockMisuse`]: a
//! lock taken after [`ww_acquire_done`] or [`ww_acquire_fini`]; the end of a context that has
//! locks; the slow path without an `EDEADLK` before it, for another lock than the one that gave it,
//! or with locks still held; a lock of another class. As for a mutex, an unlocking by another than
//! the owner is told, and the lock stays as it was; and an owner that would wait for itself is told
//! ([`WarningKind::Deadlock`]) and gets `EDEADLK`, if not `EALREADY`, for the very same context.
//!
//! # Invariants
//!
//! `ctx` is null, or the context in whose name the owner has the lock, which is valid as long as it
//! is there.

mod context;
mod guarded;
mod kernel_names;

#[doc(inline)]
pub use crate::{DEFINE_WD_CLASS, DEFINE_WW_CLASS, DEFINE_WW_MUTEX};

pub use context::{WwAcquireCtx, WwClass};
pub use guarded::{KWwMutex, KWwMutexGuard, WwContext};
pub use kernel_names::*;

use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::lock_queue::{How, LockQueue, LockWaiter, LockedQueue, QueuedLock, Wants, wait_for};
use crate::lockdep::{self, ANY_NEST, Lock, LockKind, Mode};
use crate::mutex::RawMutex;
use crate::owner_word::{Word, misused, owner_in};
use crate::sched::{WakeQueue, might_sleep_in, with_current};
use crate::sync::{AtomicPtr, Ordering, const_fn, fence, observe, plain_memory};
use crate::task::{Task, TaskStruct, WaitKind};
use std::fmt;
use std::iter;
use std::panic::Location;
use std::ptr;

fn show_address(address: usize) -> String {
    format!("ww_mutex {address:#x}")
}

/// `struct ww_mutex`: plain memory, nothing allocated, nothing to drop; zeroed, it is one that is
/// not locked, of no class. It protects what its users agree on; [`KWwMutex`] has its data inside.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_WW_CLASS!(static BUFFERS);
/// DEFINE_WW_MUTEX!(static FRONT, BUFFERS);
///
/// let ctx = WwAcquireCtx::new(&BUFFERS);
/// // SAFETY: `ctx` stays where it is until both are unlocked.
/// unsafe {
///     assert_eq!(ww_mutex_lock(&FRONT, Some(&ctx)), Ok(()));
///     assert_eq!(ww_mutex_lock(&FRONT, Some(&ctx)), Err(Errno::EALREADY));
/// }
/// ww_mutex_unlock(&FRONT);
/// ww_acquire_fini(&ctx);
/// ```
#[repr(C)]
pub struct WwMutex {
    base: RawMutex,
    ctx: AtomicPtr<WwAcquireCtx>,
    // Its address is compared, and nothing more.
    class: *const WwClass,
}

plain_memory!(WwMutex: 48);

// SAFETY: the class is never followed; the context only under the protocol above.
unsafe impl Send for WwMutex {}
// SAFETY: as above.
unsafe impl Sync for WwMutex {}

/// The context in whose name `waiter`, which is linked, waits.
fn context_of(waiter: &LockWaiter) -> Option<&WwAcquireCtx> {
    // SAFETY: null, or a context that is valid as long as its task waits, which it does as long as
    // the waiter is linked.
    unsafe { waiter.context().cast::<WwAcquireCtx>().as_ref() }
}

/// Those who wait in the name of a context, from `from` on.
fn contexts<'a>(
    queue: &'a LockedQueue,
    from: Option<&'a LockWaiter>,
) -> impl Iterator<Item = (&'a LockWaiter, &'a WwAcquireCtx)> {
    iter::successors(from, |waiter| queue.after(waiter))
        .filter_map(|waiter| context_of(waiter).map(|ctx| (waiter, ctx)))
}

impl WwMutex {
    const_fn! {
        /// A ww_mutex of `class` that is not locked: `__WW_MUTEX_INITIALIZER`.
        pub const fn new(class: &WwClass) -> Self {
            Self { base: RawMutex::new(), ctx: AtomicPtr::new(ptr::null_mut()), class }
        }
    }

    fn known(&self) -> Lock {
        Lock { key: self.class.addr(), ..Lock::new(LockKind::WwMutex, self, Mode::Alone) }
    }

    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    /// True unless it is known to be of another class.
    fn is_of(&self, class: *const WwClass) -> bool {
        self.class.is_null() || ptr::eq(self.class, class)
    }

    /// Locks in the name of `ctx`, of the caller's task, or of none.
    ///
    /// # Safety
    ///
    /// `ctx` stays where it is, and valid, as long as it has the lock.
    #[inline]
    unsafe fn lock_by(&self, me: &TaskStruct, ctx: Option<&WwAcquireCtx>, how: &How) -> Result<(), Errno> {
        might_sleep_in(me, how.call, how.place);
        if let Some(ctx) = ctx {
            ctx.begin(me, how.call, how.place)?;
        }
        if lockdep::on() {
            let nest = if ctx.is_some() { ANY_NEST } else { 0 };
            lockdep::wants(me, self.known(), nest, how.call, how.place);
        }
        match self.base.take(me) {
            Ok(()) => self.enter(ctx),
            Err(word) => {
                self.lock_slow_path(me, ctx, how, word).inspect_err(|_| lockdep::gave_up(me))?;
            }
        }
        self.has_locked(me, ctx, how.call, how.place);
        Ok(())
    }

    #[cold]
    fn lock_slow_path(
        &self,
        me: &TaskStruct,
        ctx: Option<&WwAcquireCtx>,
        how: &How,
        word: Word,
    ) -> Result<(), Errno> {
        // Relaxed: if it is this task's, this task has written it.
        let holder = self.ctx.load(Ordering::Relaxed);
        if ctx.is_some_and(|ctx| ptr::eq(holder, ctx)) {
            return Err(Errno::EALREADY);
        }
        if ptr::eq(owner_in(word), me) {
            me.warn(WarningKind::Deadlock, how.call, how.place, &lockdep::holds_already(me, self.known()));
            return Err(Errno::EDEADLK);
        }
        let context = ctx.map_or(ptr::null(), |ctx| ptr::from_ref(ctx).cast());
        let result = wait_for(self, me, Wants::Alone, &How { context, ..*how });
        if let (Err(Errno::EDEADLK), Some(ctx)) = (result, ctx) {
            ctx.refused_by(self);
        }
        result
    }

    fn has_locked(
        &self,
        me: &TaskStruct,
        ctx: Option<&WwAcquireCtx>,
        call: &'static str,
        place: &'static Location<'static>,
    ) {
        if let Some(ctx) = ctx {
            ctx.check_taken(self, me, call, place);
        }
        me.held().add(self.address(), place);
        if lockdep::on() {
            lockdep::has(me, self.known(), place);
        }
        observe("holds", self.address(), show_address);
    }

    /// The caller has just taken it, past whoever may wait.
    #[inline]
    fn enter(&self, ctx: Option<&WwAcquireCtx>) {
        let Some(ctx) = ctx else { return };
        self.set_context(ctx);
        fence(Ordering::SeqCst);
        if self.base.has_waiters() {
            self.look_around(ctx);
        }
    }

    #[cold]
    fn look_around(&self, ctx: &WwAcquireCtx) {
        let mut wake = WakeQueue::new();
        // SAFETY: borrowed for the call.
        let queue = unsafe { LockedQueue::new(self.base.queue()) };
        Self::meet_oldest(&queue, ctx, &mut wake);
        drop(queue);
        drop(wake);
    }

    fn set_context(&self, ctx: &WwAcquireCtx) {
        ctx.count_in();
        // Release: who reads it reads what it points at.
        self.ctx.store(ptr::from_ref(ctx).cast_mut(), Ordering::Release);
    }

    /// `ctx` has got the lock while others wait for it.
    fn meet_oldest(queue: &LockedQueue, ctx: &WwAcquireCtx, wake: &mut WakeQueue) {
        let mut waiting = contexts(queue, queue.first());
        if ctx.is_wait_die() {
            let Some((waiter, oldest)) = waiting.next() else { return };
            Self::let_die(queue, waiter, oldest, ctx, wake);
        } else if waiting.any(|(_, other)| other.has_locks() && ctx.is_younger_than(other)) {
            // Nobody is to be woken for that: it is the caller.
            ctx.wound();
        }
    }

    /// Wakes `waiter` if its context has to die because of `older`, if that is older.
    fn let_die(
        queue: &LockedQueue,
        waiter: &LockWaiter,
        ctx: &WwAcquireCtx,
        older: &WwAcquireCtx,
        wake: &mut WakeQueue,
    ) {
        if ctx.has_locks() && ctx.is_younger_than(older) {
            wake.add(queue.task_of(waiter));
        }
    }

    /// Wound/wait: `ctx` waits, and wounds who has the lock if that is younger; unless it has no
    /// lock that the other could wait for.
    fn wound_holder(&self, ctx: &WwAcquireCtx, holder: &WwAcquireCtx, wake: &mut WakeQueue) {
        if ctx.has_locks() && holder.is_younger_than(ctx) && holder.wound() {
            // SAFETY: the owner can't let the lock go, or end, before the queue's lock is dropped:
            // it is waited for.
            wake.add(unsafe { (*owner_in(self.base.word())).get() });
        }
    }

    /// Locks if that needs no sleep.
    ///
    /// # Safety
    ///
    /// As [`lock_by`](Self::lock_by).
    unsafe fn try_lock_by(
        &self,
        me: &TaskStruct,
        ctx: Option<&WwAcquireCtx>,
        place: &'static Location<'static>,
    ) -> bool {
        const CALL: &str = "ww_mutex_trylock";
        let taken = ctx.is_none_or(|ctx| ctx.begin(me, CALL, place).is_ok()) && self.base.take(me).is_ok();
        if taken {
            self.enter(ctx);
            if lockdep::on() {
                lockdep::tries(me, self.known(), CALL, place);
            }
            self.has_locked(me, ctx, CALL, place);
        }
        taken
    }

    /// Unlocks: [`ww_mutex_unlock`].
    #[track_caller]
    pub fn unlock(&self) {
        let place = Location::caller();
        with_current(|me| {
            let word = self.base.word();
            if ptr::eq(owner_in(word), me) {
                // SAFETY: `self` is valid at the call, and `me` has the lock.
                unsafe { Self::release(self, me) };
            } else {
                misused(me, "mutex", "ww_mutex_unlock", place, word);
            }
        });
    }

    /// Unlocks for whoever holds it: for a guard.
    ///
    /// # Safety
    ///
    /// `this` points to a valid ww_mutex that the caller has locked.
    unsafe fn unlock_for_owner(this: *const Self) {
        // SAFETY: by the contract; the owner is valid, by the invariants of a mutex.
        unsafe { Self::release(this, owner_in((*this).base.word())) };
    }

    /// # Safety
    ///
    /// `this` points to a ww_mutex that `owner`, which is valid, has, for the caller. It may be
    /// freed by its next user during the call.
    #[inline]
    unsafe fn release(this: *const Self, owner: *const TaskStruct) {
        // SAFETY: valid until the base is released, and not touched after it. Relaxed: the owner's
        // side has written it. The context is valid as long as it is there. Nobody follows it any
        // more when the base is free: who reads it has the queue's lock, and WAITERS set.
        unsafe {
            let ctx = (*this).ctx.load(Ordering::Relaxed);
            if !ctx.is_null() {
                (*ctx).count_out();
                (*this).ctx.store(ptr::null_mut(), Ordering::Relaxed);
            }
            let released = RawMutex::release(&raw const (*this).base, owner);
            debug_assert!(released.is_ok(), "the owner holds its ww_mutex");
            if !ctx.is_null() {
                // With that of `change_state` before a `give_up`; see Lifetimes.
                fence(Ordering::Acquire);
            }
            (*owner).held().remove(this.addr());
        }
    }

    /// True if somebody holds it, at this moment: [`ww_mutex_is_locked`].
    pub fn is_locked(&self) -> bool {
        self.base.is_locked()
    }

    /// Who holds it, at this moment.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let class = WwClass::wound_wait();
    /// let lock = WwMutex::new(&class);
    /// // SAFETY: without a context there is none that must stay.
    /// assert!(unsafe { ww_mutex_trylock(&lock, None) });
    /// assert_eq!(lock.owner(), Some(current()));
    /// ww_mutex_unlock(&lock);
    /// ```
    pub fn owner(&self) -> Option<Task> {
        self.base.owner()
    }
}

impl QueuedLock for WwMutex {
    const KIND: WaitKind = WaitKind::WwMutex;

    fn queue(&self) -> &LockQueue {
        self.base.queue()
    }

    fn attempt(&self, queue: &LockedQueue, waiter: &LockWaiter) -> bool {
        self.base.attempt(queue, waiter)
    }

    fn queue_up(&self, queue: &LockedQueue, waiter: &LockWaiter) {
        let younger = context_of(waiter)
            .and_then(|ctx| contexts(queue, queue.first()).find(|(_, other)| other.is_younger_than(ctx)));
        match younger {
            Some((younger, _)) => queue.link_before(younger, waiter),
            None => queue.link(waiter),
        }
    }

    fn may_sleep(&self, queue: &LockedQueue, waiter: &LockWaiter, wake: &mut WakeQueue) -> Result<(), Errno> {
        let Some(ctx) = context_of(waiter) else { return Ok(()) };
        // SAFETY: null, or valid as long as the queue's lock is held (Lifetimes). Acquire: with the
        // Release of `set_context`.
        let holder = unsafe { self.ctx.load(Ordering::Acquire).as_ref() };
        let refused = if ctx.is_wait_die() {
            if let Some((next, other)) = contexts(queue, queue.after(waiter)).next() {
                Self::let_die(queue, next, other, ctx, wake);
            }
            let behind =
                contexts(queue, queue.first()).next().is_some_and(|(first, _)| !ptr::eq(first, waiter));
            behind || holder.is_some_and(|holder| ctx.is_younger_than(holder))
        } else {
            if let Some(holder) = holder {
                self.wound_holder(ctx, holder, wake);
            }
            ctx.is_wounded()
        };
        match refused && ctx.has_locks() {
            true => Err(Errno::EDEADLK),
            false => Ok(()),
        }
    }

    fn taken(&self, queue: &LockedQueue, waiter: &LockWaiter, wake: &mut WakeQueue) {
        if let Some(ctx) = context_of(waiter) {
            self.set_context(ctx);
            Self::meet_oldest(queue, ctx, wake);
        }
    }

    fn give_up(&self, queue: &LockedQueue, wake: &mut WakeQueue) {
        self.base.give_up(queue, wake);
    }
}

impl fmt::Debug for WwMutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WwMutex").field("locked", &self.is_locked()).finish_non_exhaustive()
    }
}
