//! `linux/ww_mutex.h`: mutexes of which a task can take several, in any order, without deadlock.
//!
//! A task begins an *acquire context*, whose stamp is its age, and takes locks on behalf of it. If
//! two contexts would wait for each other, the younger one backs off: its lock call returns
//! `EDEADLK`. The task then releases all locks of the context, waits in the slow path for the lock
//! that returned `EDEADLK`, and takes the others again. The context keeps its stamp, so at some
//! point it is the oldest and never has to back off.
//!
//! A ww_mutex is a mutex plus a pointer to the context that holds it. `mutex` and `lock_queue`
//! describe fairness and wake-ups; these docs cover contexts.
//!
//! # Which context backs off
//!
//! Contexts queue in the order of their stamps, the oldest first; waiters without a context queue
//! in order of arrival. A deadlock is a cycle of contexts, each of which holds a lock that the
//! previous one waits for. In every cycle some older context waits for a younger one, and some
//! younger one for an older one. Each kind of class prevents one of the two.
//!
//! * **Wound/wait**: if an older context that holds locks must wait for a younger holder, it
//!   *wounds* the younger one. (A context without locks is in no cycle.) A wounded context that
//!   holds locks does not sleep for another lock: its call returns `EDEADLK`, even if it is asleep
//!   already. It continues until it has to sleep; if it never has to, the wound has no effect.
//! * **Wait/die**: a context that holds locks does not wait for an older one that holds the lock or
//!   waits for it too: its call returns `EDEADLK` (it *dies*).
//!
//! Wait/die also considers older waiters, because they will get the lock first. So does wound/wait:
//! a context that takes a lock while an older context waits for it is wounded at once.
//!
//! # The holder and the waiter always see each other
//!
//! Whichever of the two comes first, at least one sees the other:
//!
//! ```text
//! takes the lock                              waits for it, under the queue's lock
//! compare-exchange: free -> owner             compare-exchange: held -> WAITERS too; links itself
//! writes the context into the lock            SeqCst fence (in the state's change)
//! SeqCst fence                                reads the lock's context, and wounds it or dies
//! if WAITERS: takes the queue's lock,
//!     checks the oldest waiter
//! ```
//!
//! If the right-hand fence comes first, the left-hand task sees WAITERS; if the left-hand fence
//! comes first, the right-hand task sees the context. A waiter that gets the lock writes its
//! context and checks the other waiters under the queue's lock. (Between a hand-off and that
//! moment, the lock has an owner but no context, and no context is wounded for it; the new owner
//! will check.)
//!
//! A wounded context may be about to sleep for another lock, under the lock of that other queue.
//! Its task sets its state, executes a fence, and then checks whether it is wounded
//! (`QueuedLock::may_sleep`). The wounding task writes the wound, executes a fence, and wakes it.
//! This is the usual sleep protocol. The same holds for a context that must die because an older
//! one arrived: it is woken, and finds the older one in front of it.
//!
//! One check is enough. For wound/wait it covers all waiters with a context, since the first one is
//! the oldest but may hold no locks. For wait/die it covers only the first context: a context that
//! holds locks and waits behind another one has died already, or was woken to do so.
//!
//! # Lifetimes
//!
//! A context lives on its task's stack. Other tasks access it in two cases only, each under a
//! queue's lock. Either it holds that lock, with WAITERS set, so its task cannot release the lock
//! before they are done. Or it waits for that lock, and is linked in the queue. A waiter that gives
//! up may be the one that clears WAITERS; after that, the owner releases the lock with one
//! compare-exchange on the word. A pair of fences orders the waiter's reads of the owner's context
//! before that: the waiter's fence, in its change of state at the end of the wait, comes before it
//! clears WAITERS; the owner's fence follows its compare-exchange.
//!
//! # Misuse
//!
//! Everything that the kernel warns about under CONFIG_DEBUG_MUTEXES is a
//! [`WarningKind::LockMisuse`]: a lock taken after [`ww_acquire_done`] or [`ww_acquire_fini`]; the
//! end of a context that holds locks; the slow path without a preceding `EDEADLK`, for a different
//! lock, or with locks still held; a lock of another class. As for a mutex, an unlock by a task
//! other than the owner warns and has no effect. An owner that would wait for itself gets `EDEADLK`
//! with a warning ([`WarningKind::Deadlock`]), or just `EALREADY` if it uses the same context.
//!
//! # Invariants
//!
//! `ctx` is null, or the context on whose behalf the owner holds the lock; it is valid while `ctx`
//! points to it.

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

/// `struct ww_mutex`: plain memory, nothing allocated, nothing to drop. Zeroed memory is an
/// unlocked ww_mutex of no class. Its users agree on what it protects; [`KWwMutex`] owns its data.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_WW_CLASS!(static BUFFERS);
/// DEFINE_WW_MUTEX!(static FRONT, BUFFERS);
///
/// let ctx = WwAcquireCtx::new(&BUFFERS);
/// // SAFETY: `ctx` does not move until the lock is released.
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
    // Only compared, never followed.
    class: *const WwClass,
}

plain_memory!(WwMutex: 48);

// SAFETY: the class pointer is never followed, and the context pointer only by the protocol above.
unsafe impl Send for WwMutex {}
// SAFETY: as above.
unsafe impl Sync for WwMutex {}

/// Returns the context on whose behalf `waiter`, which is linked, waits.
fn context_of(waiter: &LockWaiter) -> Option<&WwAcquireCtx> {
    // SAFETY: null, or a context that is valid while its task waits; the task waits as long as the
    // waiter is linked.
    unsafe { waiter.context().cast::<WwAcquireCtx>().as_ref() }
}

/// The waiters with a context, from `from` on.
fn contexts<'a>(
    queue: &'a LockedQueue,
    from: Option<&'a LockWaiter>,
) -> impl Iterator<Item = (&'a LockWaiter, &'a WwAcquireCtx)> {
    iter::successors(from, |waiter| queue.after(waiter))
        .filter_map(|waiter| context_of(waiter).map(|ctx| (waiter, ctx)))
}

impl WwMutex {
    const_fn! {
        /// Makes an unlocked ww_mutex of `class`: `__WW_MUTEX_INITIALIZER`.
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

    /// Returns false if it is known to be of another class.
    fn is_of(&self, class: *const WwClass) -> bool {
        self.class.is_null() || ptr::eq(self.class, class)
    }

    /// Locks on behalf of `ctx`, a context of the calling task, or without a context.
    ///
    /// # Safety
    ///
    /// `ctx` is valid and does not move as long as it holds the lock.
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
        // Relaxed: if the value is this task's context, this task wrote it.
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

    /// Records the context of a caller that has just taken the lock without queueing.
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
        // Relaxed: the context began before its task took the lock, and what was done before that
        // is visible to all waiters (`may_sleep`).
        self.ctx.store(ptr::from_ref(ctx).cast_mut(), Ordering::Relaxed);
    }

    /// Applies the class's rule to `ctx`, which has got the lock, and the waiters.
    fn meet_oldest(queue: &LockedQueue, ctx: &WwAcquireCtx, wake: &mut WakeQueue) {
        let mut waiting = contexts(queue, queue.first());
        if ctx.is_wait_die() {
            let Some((waiter, oldest)) = waiting.next() else { return };
            Self::let_die(queue, waiter, oldest, ctx, wake);
        } else if waiting.any(|(_, other)| other.has_locks() && ctx.is_younger_than(other)) {
            // This needs no wake-up: `ctx` is the caller's context.
            ctx.wound();
        }
    }

    /// Wakes `waiter` if its context has to die because `older` is older.
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

    /// Wound/wait: wounds the younger `holder` on behalf of the waiting `ctx`, unless `ctx` holds
    /// no lock and so is in no cycle.
    fn wound_holder(&self, ctx: &WwAcquireCtx, holder: &WwAcquireCtx, wake: &mut WakeQueue) {
        if ctx.has_locks() && holder.is_younger_than(ctx) && holder.wound() {
            // SAFETY: a task waits for the lock, so the owner cannot release it, or end, before the
            // queue's lock is dropped.
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
                // SAFETY: `self` is valid at the call, and `me` holds the lock.
                unsafe { Self::release(self, me) };
            } else {
                misused(me, "mutex", "ww_mutex_unlock", place, word);
            }
        });
    }

    /// Unlocks on behalf of the owner, for a guard.
    ///
    /// # Safety
    ///
    /// `this` points to a valid ww_mutex that the caller has locked.
    unsafe fn unlock_for_owner(this: *const Self) {
        // SAFETY: by the contract; the owner is valid by the invariants of a mutex.
        unsafe { Self::release(this, owner_in((*this).base.word())) };
    }

    /// # Safety
    ///
    /// `this` points to a ww_mutex that `owner`, which is valid, holds, and on whose behalf the
    /// caller acts. Its next user may free it during the call.
    #[inline]
    unsafe fn release(this: *const Self, owner: *const TaskStruct) {
        // Relaxed: the owner's side wrote `ctx`. No task follows the pointer once the base is free:
        // readers hold the queue's lock, with WAITERS set.
        // SAFETY: the ww_mutex is valid until the base is released, and not touched after that. The
        // context is valid while `ctx` points to it.
        unsafe {
            let ctx = (*this).ctx.load(Ordering::Relaxed);
            if !ctx.is_null() {
                (*ctx).count_out();
                (*this).ctx.store(ptr::null_mut(), Ordering::Relaxed);
            }
            let released = RawMutex::release(&raw const (*this).base, owner);
            debug_assert!(released.is_ok(), "the owner holds its ww_mutex");
            if !ctx.is_null() {
                // Pairs with the fence in `change_state` before a `give_up`; see Lifetimes.
                fence(Ordering::Acquire);
            }
            (*owner).held().remove(this.addr());
        }
    }

    /// Returns true if a task holds it at this moment: [`ww_mutex_is_locked`].
    pub fn is_locked(&self) -> bool {
        self.base.is_locked()
    }

    /// Returns the task that holds it at this moment.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let class = WwClass::wound_wait();
    /// let lock = WwMutex::new(&class);
    /// // SAFETY: there is no context that must stay valid.
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
        // SAFETY: null, or valid as long as the queue's lock is held (Lifetimes). Relaxed: this
        // task's `attempt` has just found the owner, with an exchange that acquires what the owner
        // did before it took the lock: it had begun the context.
        let holder = unsafe { self.ctx.load(Ordering::Relaxed).as_ref() };
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
