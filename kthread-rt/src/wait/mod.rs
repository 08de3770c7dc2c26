//! `linux/wait.h`: wait queues.
//!
//! A wait queue is a list of entries under a lock, the public `spinlock_t` in its head. Each entry
//! has a function, which a wake-up calls with the lock held; the usual ones wake the entry's task.
//! Entries that are not exclusive stand in front, the newest first; exclusive ones behind them, in
//! the order in which they came. A wake-up goes through the list from the front until it has woken
//! as many exclusive entries as it was asked for; an entry whose function returns 0 woke nobody and
//! does not count, and a negative return ends the walk.
//!
//! # No wake-up is lost
//!
//! A sleeper adds its entry and sets its state, in this order and under the lock, then tests its
//! condition; a waker makes the condition true, then takes the lock and walks. If the walk does not
//! find the entry, the sleeper took the lock later and sees the condition. If it does, it finds the
//! state set too, and its compare-exchange ends the sleep.
//!
//! # Waking after the lock
//!
//! To be woken is two things: the state becomes RUNNING, which decides whether the entry counts;
//! and the futex call, which lets the OS thread run, straight into the lock if the waker still has
//! it. For the usual wake functions the walk does the first under the lock and the second after it.
//! It keeps a reference to each such task meanwhile.
//!
//! # Invariants
//!
//! * An entry's list pointers are accessed under the lock of the head that it was added to.
//! * An entry that is linked stays where it is, and its `private` is valid for its function. A head
//!   with entries stays where it is; safe code can only break this by leaking an entry, and is
//!   stopped then (`WaitQueueCore::locked`).
//! * The memory of a head may be freed once nobody is in a call with it: a wait that has returned
//!   has had the lock after its waker.

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
    BitWord, clear_and_wake_up_bit, wait_on_bit, wait_on_bit_io, wait_on_bit_lock, wait_on_bit_lock_io,
    wait_on_bit_timeout, wake_up_bit,
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
use crate::sched::{change_state, peek_current};
use crate::sync::list::ListHead;
use crate::sync::{AtomicU32, Life, Ordering, RawSpinLock, const_fn, fence, refuse_in_forked_child};
use crate::task::{TaskState, TaskStruct};
use std::ffi::{c_int, c_void};
use std::marker::PhantomPinned;
use std::mem::offset_of;
use std::panic::Location;
use std::ptr;

/// The entry is woken by itself, at most `nr` of its kind by one wake-up.
pub const WQ_FLAG_EXCLUSIVE: u32 = 0x01;
/// The entry was woken since its task last looked; see [`wait_woken`].
pub const WQ_FLAG_WOKEN: u32 = 0x02;
/// The entry stands before all others. From 6.7 on C has another bit for it, 0x10.
pub const WQ_FLAG_PRIORITY: u32 = 0x20;
/// `WQ_FLAG_PRIORITY` of 6.7 and later. No entry has this bit for anything else: before, it was of
/// a wake-up's own entries.
const PRIORITY_IN_C: u32 = 0x10;

const WHAT: &str = "a wait queue";

/// What a wake-up calls for an entry: `wait_queue_func_t`.
///
/// It is called with the queue's lock held, and must not sleep nor take that lock. It returns 0 if
/// it woke nobody, a positive number if it did, and a negative one to end the walk.
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
    /// `WQ_FLAG_…`. Atomic, because [`wait_woken`] looks at it without the lock.
    flags: AtomicU32,
    private: *mut c_void,
    func: WaitQueueFunc,
    entry: ListHead,
    /// Others follow pointers to an entry that is linked, whoever has it by a `&mut` meanwhile.
    _pin: PhantomPinned,
}

impl WaitQueueHead {
    const_fn! {
        /// An empty queue: `__WAIT_QUEUE_HEAD_INITIALIZER`.
        pub const fn new() -> Self {
            Self(WaitQueueCore { lock: RawSpinLock::new(), head: ListHead::new(), life: Life::new() })
        }
    }

    /// The queue's lock, `wq->lock`, for [`wake_up_locked`] and for what a caller protects with it
    /// besides.
    pub fn lock(&self) -> &RawSpinLock {
        &self.0.lock
    }

    /// Runs `f` with the lock held, for `call`.
    #[track_caller]
    fn locked<R>(&self, call: &str, f: impl FnOnce(*mut ListHead) -> R) -> R {
        self.0.locked(call, f)
    }

    /// Runs `f`, which only looks at the list, with the lock held. A kernel takes no lock for this,
    /// so a wake function of this queue may call it.
    fn looked_at<R>(&self, f: impl FnOnce(*mut ListHead) -> R) -> R {
        let list = self.0.list();
        match peek_current(|me| me.wait_note().walks.load(Ordering::Relaxed)) == list.addr() {
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

/// Why a wake function must not take the lock of its own queue.
pub(crate) const TAKEN_IN_WALK: &str = "deadlock: a wake function is called with the lock of its queue held, \
    and takes it again: it waits for ever. Use the functions for callers that hold the lock (wake_up_locked(), \
    list_del_init()), or do this after the wake-up";

/// True if `me` calls the wake functions of the queue whose lock is at `address`: it holds the lock.
pub(crate) fn is_held_by_walk(me: &TaskStruct, address: usize) -> bool {
    me.wait_note().walks.load(Ordering::Relaxed) == address + offset_of!(WaitQueueCore, head)
}

/// Waits for the lock of a queue, for ever if the current task holds it.
#[cold]
fn wait_for(lock: &RawSpinLock, call: &str, place: &'static Location<'static>) {
    lock.lock_slow(|| {
        peek_current(|me| {
            let address = ptr::from_ref(lock).addr();
            let held = || me.held().all_if_any()?.find(address).filter(|held| !held.gone);
            if is_held_by_walk(me, address) {
                me.warn(WarningKind::Deadlock, call, place, TAKEN_IN_WALK);
            } else if let Some(held) = held() {
                let message = format!(
                    "deadlock: the task holds the lock of the queue already, taken at {}; it waits for ever. Use the \
                     functions for callers that hold the lock, such as wake_up_locked()",
                    me.kernel_state().name_place(held.place)
                );
                me.warn(WarningKind::Deadlock, call, place, &message);
            }
        });
    });
}

/// An entry of safe code leaves its queue before the queue can go, unless the entry is leaked. Then
/// the queue must neither go nor move, and there is nobody to give an error to.
impl Drop for WaitQueueHead {
    fn drop(&mut self) {
        // SAFETY: nobody else has the queue any more.
        unsafe { ListHead::check_empty(self.0.list(), WHAT) };
    }
}

impl Default for WaitQueueHead {
    fn default() -> Self {
        Self::new()
    }
}

impl WaitQueueEntry {
    /// An entry with a wake function of the caller's, linked nowhere: `init_waitqueue_func_entry`.
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

    /// The entry of a task that is woken by itself, for a queue whose waiters stand in the order in
    /// which they came.
    pub(crate) fn exclusive(task: &TaskStruct) -> Self {
        let entry = Self::new(default_wake_function, ptr::from_ref(task).cast_mut().cast());
        entry.flags.store(WQ_FLAG_EXCLUSIVE, Ordering::Relaxed);
        entry
    }

    /// Puts `entry` at the end of the list, unless it is there.
    ///
    /// # Safety
    ///
    /// As for [`link`], but that it may be linked.
    pub(crate) unsafe fn join(head: *mut ListHead, entry: *mut Self) {
        // SAFETY: the same contract.
        unsafe {
            if ListHead::is_empty(Self::node(entry)) {
                link(head, entry, Place::Back);
            }
        }
    }

    /// Takes `entry` out, if it is linked.
    ///
    /// # Safety
    ///
    /// `entry` is valid, and the caller holds the lock of the queue that it may be on.
    pub(crate) unsafe fn leave(entry: *mut Self) {
        // SAFETY: the same contract.
        unsafe { ListHead::remove(Self::node(entry)) };
    }

    fn node(this: *mut Self) -> *mut ListHead {
        // SAFETY: callers pass a valid entry; no reference is made.
        unsafe { &raw mut (*this).entry }
    }

    fn of_node(node: *mut ListHead) -> *mut Self {
        node.wrapping_byte_sub(offset_of!(Self, entry)).cast()
    }
}

/// Where an entry is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Behind the priority entries and before all others.
    Front,
    /// At the end.
    Back,
}

/// # Safety
///
/// `head` is the list of a queue whose lock the caller holds; `entry` is valid, linked nowhere,
/// stays in place until it is taken out, and its `private` fits its function.
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

/// Links `entry` unless it is linked, with the flags of the pair's first set and of its second
/// cleared, and sets the state of `task`, all under the lock; true if the queue had no entry
/// before.
///
/// # Safety
///
/// As [`link`], but that the caller does not hold the lock and the entry may be on `wq` already.
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

/// Declares a static wait queue: `DECLARE_WAIT_QUEUE_HEAD`. Works in models too, where plain
/// statics don't.
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
}

/// Makes a wait queue for a stack frame: `DECLARE_WAIT_QUEUE_HEAD_ONSTACK`.
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
}

/// Makes `wq` an empty queue: `init_waitqueue_head`.
pub fn init_waitqueue_head(wq: &mut WaitQueueHead) {
    *wq = WaitQueueHead::new();
}

/// True if somebody waits on `wq`: `waitqueue_active`. Never sleeps.
///
/// In the kernel it is a look without the lock and needs a barrier before it; here it takes the
/// lock and needs none.
pub fn waitqueue_active(wq: &WaitQueueHead) -> bool {
    refuse_in_forked_child();
    // SAFETY: the lock is held.
    wq.looked_at(|head| unsafe { !ListHead::is_empty(head) })
}

/// True if one entry is on `wq` and no more: `wq_has_single_sleeper`. Never sleeps.
pub fn wq_has_single_sleeper(wq: &WaitQueueHead) -> bool {
    refuse_in_forked_child();
    // SAFETY: the lock is held.
    wq.looked_at(|head| unsafe {
        ListHead::first(head).is_some_and(|first| ListHead::after(head, first).is_none())
    })
}

/// True if somebody waits on `wq`, with a full barrier before the look: `wq_has_sleeper`. Never
/// sleeps.
pub fn wq_has_sleeper(wq: &WaitQueueHead) -> bool {
    fence(Ordering::SeqCst);
    waitqueue_active(wq)
}
