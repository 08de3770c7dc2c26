//! `linux/wait.h`: wait queues, on which tasks sleep until a condition is true.
//!
//! ```
//! use kthread_rt::prelude::*;
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
//!
//! let shared = Arc::new((WaitQueueHead::new(), AtomicU32::new(0)));
//! let consume = |shared: Arc<(WaitQueueHead, AtomicU32)>| {
//!     let (wq, packets) = &*shared;
//!     wait_event!(wq, packets.load(Relaxed) > 0);
//!     packets.load(Relaxed) as i32
//! };
//! let task = kthread_run_started!(consume, shared.clone(), "consumer")?;
//! let (wq, packets) = &*shared;
//! packets.store(2, Relaxed); // first the condition,
//! wake_up(wq); // then the wake-up
//! assert_eq!(kthread_stop(&task), 2);
//! # Ok::<(), Errno>(())
//! ```
//!
//! [`wait_event!`](crate::wait_event) and its family sleep; [`wake_up`] and its family wake. The
//! wait tests its condition before it sleeps and after every wake-up. `kthread_stop` wakes a task
//! from its wait: an interruptible wait then returns `Err(ERESTARTSYS)`; the others go on sleeping
//! unless their condition tests `kthread_should_stop()`.
//!
//! # Entries
//!
//! A wait queue is a list of entries, protected by the public `spinlock_t` in the queue's head.
//! Each entry has a wake function, which a wake-up calls with the lock held. The usual wake
//! functions wake the entry's task. Non-exclusive entries are at the front of the list, newest
//! first; exclusive entries follow, oldest first. A wake-up walks the list from the front until it
//! has woken the requested number of exclusive entries. An entry whose function returns 0 does not
//! count. A negative return ends the walk.
//!
//! # No wake-up is lost
//!
//! The waiter takes the lock, adds its entry, sets its task state, drops the lock, and then tests
//! its condition. The waker makes the condition true, then takes the lock and walks the list. If
//! the walk does not find the entry, the waiter took the lock later and sees the condition. If the
//! walk finds the entry, it also finds the state set, and its compare-exchange ends the sleep.
//!
//! # Waking after the lock
//!
//! A wake-up has two steps. The first sets the task's state to RUNNING and decides whether the
//! entry counts. The second is the futex call that lets the OS thread run; a thread that runs while
//! the waker still holds the lock would block on it at once. For the usual wake functions the walk
//! does the first step under the lock and the second after it drops the lock. In between, it holds
//! a reference to each such task.
//!
//! # Invariants
//!
//! * An entry's list pointers are accessed only under the lock of its queue's head.
//! * A linked entry does not move, and its `private` is valid for its function. A head with entries
//!   does not move. Safe code can break this only by leaking an entry; `WaitQueueCore::locked`
//!   detects that and aborts.
//! * A head may be freed once no call uses it. A waiter takes the lock after its waker has dropped
//!   it, so a wait that has returned is sufficient proof.

mod bit;
mod entry;
mod event;
mod lock_macros;
mod macros;
mod own_lock;
pub mod raw;
mod stepwise;
mod var;
mod wake;

#[doc(inline)]
pub use crate::{
    DECLARE_WAIT_QUEUE_HEAD, DECLARE_WAIT_QUEUE_HEAD_ONSTACK, DECLARE_WAITQUEUE, DEFINE_WAIT,
    DEFINE_WAIT_FUNC, io_wait_event, wait_event, wait_event_cmd, wait_event_exclusive,
    wait_event_exclusive_cmd, wait_event_freezable, wait_event_freezable_exclusive,
    wait_event_freezable_timeout, wait_event_hrtimeout, wait_event_idle, wait_event_idle_exclusive,
    wait_event_idle_exclusive_timeout, wait_event_idle_timeout, wait_event_interruptible,
    wait_event_interruptible_exclusive, wait_event_interruptible_exclusive_locked,
    wait_event_interruptible_exclusive_locked_irq, wait_event_interruptible_hrtimeout,
    wait_event_interruptible_lock_irq, wait_event_interruptible_lock_irq_cmd,
    wait_event_interruptible_lock_irq_timeout, wait_event_interruptible_locked,
    wait_event_interruptible_locked_irq, wait_event_interruptible_timeout, wait_event_killable,
    wait_event_killable_exclusive, wait_event_killable_timeout, wait_event_lock_irq, wait_event_lock_irq_cmd,
    wait_event_lock_irq_timeout, wait_event_state, wait_event_timeout, wait_var_event,
    wait_var_event_interruptible, wait_var_event_killable, wait_var_event_timeout,
};

pub use bit::{
    BitWord, clear_and_wake_up_bit, test_and_clear_wake_up_bit, wait_on_bit, wait_on_bit_io,
    wait_on_bit_lock, wait_on_bit_lock_io, wait_on_bit_timeout, wake_up_bit,
};
pub use entry::{
    WaitEntry, add_wait_queue, add_wait_queue_exclusive, add_wait_queue_priority, finish_wait,
    prepare_to_wait, prepare_to_wait_event, prepare_to_wait_exclusive, remove_wait_queue, wait_woken,
};
#[doc(hidden)]
pub use event::__macros;
pub use event::Unlock;
#[doc(hidden)]
pub use var::wait_var;
pub use var::wake_up_var;
#[doc(hidden)]
pub use wake::name_wake_functions;
use wake::walk;
pub(crate) use wake::{WakeUp, Woken, walk_locked};
pub use wake::{
    autoremove_wake_function, default_wake_function, wake_up, wake_up_all, wake_up_all_locked,
    wake_up_interruptible, wake_up_interruptible_all, wake_up_interruptible_nr, wake_up_interruptible_sync,
    wake_up_locked, wake_up_nr, wake_up_sync, woken_wake_function,
};

use crate::diag::WarningKind;
use crate::sched::{change_state, peek_current_if_any, with_current};
use crate::sync::list::ListHead;
use crate::sync::{AtomicU32, Life, Ordering, RawSpinLock, const_fn, fence, refuse_in_forked_child};
use crate::task::{TaskState, TaskStruct};
use std::ffi::{c_int, c_void};
use std::marker::PhantomPinned;
use std::mem::offset_of;
use std::panic::Location;
use std::ptr;

/// The entry is exclusive: one wake-up wakes at most `nr` exclusive entries.
pub const WQ_FLAG_EXCLUSIVE: u32 = 0x01;
/// The entry was woken since its task last checked; see [`wait_woken`].
pub const WQ_FLAG_WOKEN: u32 = 0x02;
/// The entry is at the front of the queue. C code for 6.7 and later uses another bit, 0x10.
pub const WQ_FLAG_PRIORITY: u32 = 0x20;
/// `WQ_FLAG_PRIORITY` of 6.7 and later. No entry uses this bit for anything else: before 6.7, only
/// a wake-up's bookmark entries had it.
const PRIORITY_IN_C: u32 = 0x10;

const WHAT: &str = "a wait queue";

/// The wake function of an entry: `wait_queue_func_t`.
///
/// A wake-up calls it with the queue's lock held; it must not sleep or take that lock. It returns a
/// positive number if it woke a task, 0 if it did not, and a negative number to end the walk.
pub type WaitQueueFunc =
    unsafe extern "C" fn(entry: *mut WaitQueueEntry, mode: u32, wake_flags: c_int, key: *mut c_void) -> c_int;

/// `struct wait_queue_head`: plain memory, valid when zeroed.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// DECLARE_WAIT_QUEUE_HEAD!(static READY_WAIT);
/// static READY: AtomicBool = AtomicBool::new(false);
///
/// let task = kthread_run!(
///     |()| {
///         wait_event!(READY_WAIT, READY.load(SeqCst));
///         7
///     },
///     (),
///     "waiter"
/// )?;
/// READY.store(true, SeqCst);
/// wake_up(&READY_WAIT);
/// assert!([7, -4].contains(&kthread_stop(&task)));
/// # Ok::<(), Errno>(())
/// ```
#[derive(Debug)]
#[repr(transparent)]
pub struct WaitQueueHead(WaitQueueCore);

/// The head as C has it: plain memory, valid when zeroed, nothing to drop.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct WaitQueueCore {
    lock: RawSpinLock,
    head: ListHead,
    life: Life,
}

/// `struct wait_queue_entry`.
#[derive(Debug)]
#[repr(C)]
pub struct WaitQueueEntry {
    /// `WQ_FLAG_…`. Atomic, because [`wait_woken`] reads it without the lock.
    flags: AtomicU32,
    private: *mut c_void,
    func: WaitQueueFunc,
    entry: ListHead,
    /// Other tasks follow pointers to a linked entry, even while its owner has a `&mut` to it.
    _pin: PhantomPinned,
}

impl WaitQueueHead {
    const_fn! {
        /// An empty queue: `__WAIT_QUEUE_HEAD_INITIALIZER`.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let wq = WaitQueueHead::new();
        /// assert_eq!(wait_event_timeout!(wq, false, 1), 0);
        /// ```
        pub const fn new() -> Self {
            Self(WaitQueueCore { lock: RawSpinLock::new(), head: ListHead::new(), life: Life::new() })
        }
    }

    /// Returns the queue's lock, `wq->lock`, for [`wake_up_locked`]. A caller may protect its own
    /// data with this lock too.
    pub fn lock(&self) -> &RawSpinLock {
        &self.0.lock
    }

    /// Runs `f` with the lock held, for `call`.
    #[track_caller]
    fn locked<R>(&self, call: &str, f: impl FnOnce(*mut ListHead) -> R) -> R {
        self.0.locked(call, f)
    }

    /// Runs `f`, which only reads the list, with the lock held. A kernel takes no lock for this, so
    /// a wake function of this queue may call it.
    fn looked_at<R>(&self, f: impl FnOnce(*mut ListHead) -> R) -> R {
        let list = self.0.list();
        let walks = peek_current_if_any(|me| me.wait_note().walks.load(Ordering::Relaxed));
        match walks == Some(list.addr()) {
            true => f(list),
            false => self.0.locked("waitqueue_active", f),
        }
    }
}

impl WaitQueueCore {
    fn list(&self) -> *mut ListHead {
        (&raw const self.head).cast_mut()
    }

    /// Runs `f` with the lock held, for `call`. `f` does not unwind: it is the runtime's own code
    /// and wake functions, which are `extern "C"`.
    #[track_caller]
    fn locked<R>(&self, call: &str, f: impl FnOnce(*mut ListHead) -> R) -> R {
        self.life.touch();
        let place = Location::caller();
        self.lock.lock_or(|lock| wait_for(lock, call, place));
        let list = self.list();
        // SAFETY: the lock is held, and linked entries are valid.
        unsafe { ListHead::check_in_place(list, WHAT) };
        let result = f(list);
        // SAFETY: locked above.
        unsafe { RawSpinLock::unlock(&raw const self.lock) };
        result
    }
}

/// The message for a wake function that takes the lock of its own queue.
pub(crate) const TAKEN_IN_WALK: &str = "deadlock: a wake function is called with the lock of its queue held, \
    and this call takes that lock again, so it waits for ever. Use the functions for callers that hold the lock (wake_up_locked(), \
    list_del_init()), or do this after the wake-up";

/// True if `me` holds the queue's lock at `address` because it calls the queue's wake functions.
pub(crate) fn is_held_by_walk(me: &TaskStruct, address: usize) -> bool {
    me.wait_note().walks.load(Ordering::Relaxed) == address + offset_of!(WaitQueueCore, head)
}

/// Waits for the lock of a queue. If the current task holds it already, reports that first, and
/// waits for ever.
#[cold]
fn wait_for(lock: &RawSpinLock, call: &str, place: &'static Location<'static>) {
    lock.lock_slow(|| {
        if peek_current_if_any(|_| ()).is_none() {
            return;
        }
        with_current(|me| {
            let address = ptr::from_ref(lock).addr();
            let held = || me.held().all_if_any()?.find(address).filter(|held| !held.gone);
            if is_held_by_walk(me, address) {
                me.warn(WarningKind::Deadlock, call, place, TAKEN_IN_WALK);
            } else if let Some(held) = held() {
                let message = format!(
                    "deadlock: the task holds the lock of the queue already, taken at {}, so it waits for ever. Use the \
                     functions for callers that hold the lock, such as wake_up_locked()",
                    me.kernel_state().name_place(held.place)
                );
                me.warn(WarningKind::Deadlock, call, place, &message);
            }
        });
    });
}

/// An entry that safe code made leaves its queue before the queue is freed, unless the entry was
/// leaked. In that case the queue must not be freed or moved, and `drop` cannot return an error: it
/// aborts.
impl Drop for WaitQueueHead {
    fn drop(&mut self) {
        // SAFETY: `&mut self`: no other reference to the queue exists.
        unsafe { ListHead::check_empty(self.0.list(), WHAT) };
    }
}

impl Default for WaitQueueHead {
    fn default() -> Self {
        Self::new()
    }
}

impl WaitQueueEntry {
    /// Makes an unlinked entry with the caller's wake function: `init_waitqueue_func_entry`.
    pub fn new(func: WaitQueueFunc, private: *mut c_void) -> Self {
        Self { flags: AtomicU32::new(0), private, func, entry: ListHead::new(), _pin: PhantomPinned }
    }

    /// `entry->flags`.
    pub fn flags(&self) -> u32 {
        self.flags.load(Ordering::Relaxed)
    }

    /// `entry->private`.
    pub fn private(&self) -> *mut c_void {
        self.private
    }

    /// Makes an exclusive entry for `task`, for a queue in first-in, first-out order.
    pub(crate) fn exclusive(task: &TaskStruct) -> Self {
        let entry = Self::new(default_wake_function, ptr::from_ref(task).cast_mut().cast());
        entry.flags.store(WQ_FLAG_EXCLUSIVE, Ordering::Relaxed);
        entry
    }

    /// Adds `entry` at the end of the list, unless it is linked already.
    ///
    /// # Safety
    ///
    /// As for [`link`], except that `entry` may be linked to this list already.
    pub(crate) unsafe fn join(head: *mut ListHead, entry: *mut Self) {
        // SAFETY: the same contract.
        unsafe {
            if ListHead::is_empty(Self::node(entry)) {
                link(head, entry, Place::Back);
            }
        }
    }

    /// Removes `entry` from its list, if it is linked.
    ///
    /// # Safety
    ///
    /// `entry` is valid. If it is linked, the caller holds the lock of its queue.
    pub(crate) unsafe fn leave(entry: *mut Self) {
        // SAFETY: the same contract.
        unsafe { ListHead::remove(Self::node(entry)) };
    }

    fn node(this: *mut Self) -> *mut ListHead {
        // SAFETY: the callers pass a valid entry, and this makes no reference to it.
        unsafe { &raw mut (*this).entry }
    }

    fn of_node(node: *mut ListHead) -> *mut Self {
        node.wrapping_byte_sub(offset_of!(Self, entry)).cast()
    }
}

/// Where to insert an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After the priority entries, before all others.
    Front,
    /// At the end.
    Back,
}

/// # Safety
///
/// `head` is the list of a queue whose lock the caller holds. `entry` is valid and unlinked, does
/// not move until it is removed, and its `private` is valid for its function.
unsafe fn link(head: *mut ListHead, entry: *mut WaitQueueEntry, place: Place) {
    let node = WaitQueueEntry::node(entry);
    // SAFETY: as the contract says; all entries on the list are valid.
    unsafe {
        if place == Place::Back {
            return ListHead::push_back(head, node);
        }
        let mut after = head;
        let mut next = ListHead::first(head);
        while let Some(other) = next {
            if (*WaitQueueEntry::of_node(other)).flags() & (WQ_FLAG_PRIORITY | PRIORITY_IN_C) == 0 {
                break;
            }
            after = other;
            next = ListHead::after(head, other);
        }
        ListHead::insert_after(head, after, node);
    }
}

/// Takes the lock, sets the flags `set` and clears the flags `clear` of `entry`, links it unless it
/// is linked, and sets the state of `task`. Returns true if the queue was empty before.
///
/// # Safety
///
/// As for [`link`], except that the caller does not hold the lock, and `entry` may be on `wq`
/// already.
#[track_caller]
unsafe fn enqueue(
    wq: &WaitQueueHead,
    entry: *mut WaitQueueEntry,
    task: &TaskStruct,
    (set, clear): (u32, u32),
    place: Place,
    state: Option<TaskState>,
) -> bool {
    let call = if state.is_some() { "prepare_to_wait" } else { "add_wait_queue" };
    // SAFETY: the lock is held; the rest is the contract.
    wq.locked(call, |head| unsafe {
        (*entry).flags.fetch_or(set, Ordering::Relaxed);
        (*entry).flags.fetch_and(!clear, Ordering::Relaxed);
        let was_empty = ListHead::is_empty(head);
        if ListHead::is_empty(WaitQueueEntry::node(entry)) {
            link(head, entry, place);
        }
        if let Some(state) = state {
            change_state(task, state);
        }
        was_empty
    })
}

/// Declares a static wait queue: `DECLARE_WAIT_QUEUE_HEAD`. Unlike a plain static, it also works in
/// models.
///
/// **Form**: `DECLARE_WAIT_QUEUE_HEAD!([pub] static NAME)`. Declares `static NAME: WaitQueueHead`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_WAIT_QUEUE_HEAD!(static INBOX_WAIT);
/// assert!(!waitqueue_active(&INBOX_WAIT));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_WAIT_QUEUE_HEAD {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::WaitQueueHead = $crate::WaitQueueHead::new());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "DECLARE_WAIT_QUEUE_HEAD", "[pub] static NAME"; $($other)*);
    };
}

/// Makes a wait queue for a stack frame: `DECLARE_WAIT_QUEUE_HEAD_ONSTACK`.
///
/// **Form**: `DECLARE_WAIT_QUEUE_HEAD_ONSTACK!(name)`. Declares `let name: WaitQueueHead`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DECLARE_WAIT_QUEUE_HEAD_ONSTACK!(wq);
/// wait_event!(wq, true);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! DECLARE_WAIT_QUEUE_HEAD_ONSTACK {
    ($name:ident) => {
        let $name = $crate::WaitQueueHead::new();
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(local, "DECLARE_WAIT_QUEUE_HEAD_ONSTACK", "name"; $($other)*);
    };
}

/// Initializes `wq` as an empty queue: `init_waitqueue_head`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut wq = WaitQueueHead::new();
/// init_waitqueue_head(&mut wq);
/// assert!(!waitqueue_active(&wq)); // nobody waits
/// ```
pub fn init_waitqueue_head(wq: &mut WaitQueueHead) {
    *wq = WaitQueueHead::new();
}

/// Returns true if `wq` has a waiter: `waitqueue_active`. Never sleeps.
///
/// The kernel's version does not take the lock, so its callers need a barrier before it. This one
/// takes the lock, and callers need no barrier.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut wq = WaitQueueHead::new();
/// init_waitqueue_head(&mut wq);
/// assert!(!waitqueue_active(&wq)); // nobody waits
/// ```
pub fn waitqueue_active(wq: &WaitQueueHead) -> bool {
    refuse_in_forked_child();
    // SAFETY: the lock is held.
    wq.looked_at(|head| unsafe { !ListHead::is_empty(head) })
}

/// Returns true if exactly one entry is on `wq`: `wq_has_single_sleeper`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut wq = WaitQueueHead::new();
/// init_waitqueue_head(&mut wq);
/// assert!(!wq_has_single_sleeper(&wq));
/// ```
pub fn wq_has_single_sleeper(wq: &WaitQueueHead) -> bool {
    refuse_in_forked_child();
    // SAFETY: the lock is held.
    wq.looked_at(|head| unsafe {
        ListHead::first(head).is_some_and(|first| ListHead::after(head, first).is_none())
    })
}

/// Executes a full barrier, then returns true if `wq` has a waiter: `wq_has_sleeper`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let mut wq = WaitQueueHead::new();
/// init_waitqueue_head(&mut wq);
/// assert!(!wq_has_sleeper(&wq));
/// ```
pub fn wq_has_sleeper(wq: &WaitQueueHead) -> bool {
    fence(Ordering::SeqCst);
    waitqueue_active(wq)
}
