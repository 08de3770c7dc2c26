//! `linux/wait_bit.h`: waiting for a bit of any word, without a wait queue for it.
//!
//! All words share a table of wait queues; a word's address selects one. An entry holds the address
//! and bit that it waits for, and its wake function ignores wake-ups for others. A wake-up for a
//! bit that is set again wakes no task.
//!
//! The loop is not that of `wait_event!` but an older one. If a signal is pending after the sleep,
//! the wait fails even if the bit is clear by then; but a wait that has locked the bit keeps it
//! despite a signal. Waits for variables use the same table and are in `var`.

use super::raw::{add_wait_queue_exclusive, remove_wait_queue};
use super::wake::autoremove;
use super::{Place, WaitQueueEntry, WaitQueueHead, WakeUp, link, walk};
use crate::clock::MAX_SCHEDULE_TIMEOUT;
use crate::errno::Errno;
use crate::sched::{Timeout, change_state, current, might_sleep_in};
use crate::sync::list::ListHead;
use crate::sync::{BIT_QUEUES, for_shared_words, table_of};
use crate::task::{TASK_NORMAL, TASK_RUNNING, Task, TaskState, TaskStruct, Wait, WaitKind};
use std::ffi::{c_int, c_void};
use std::panic::Location;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

crate::__declare_static!(TABLE: [WaitQueueHead; BIT_QUEUES] = table_of!(WaitQueueHead::new(); BIT_QUEUES));

/// An atomic word whose bits a task can wait for.
pub trait BitWord {
    /// The number of bits.
    const BITS: u32;

    /// Returns true if bit `bit` is set: `test_bit_acquire`.
    fn test_bit(&self, bit: u32) -> bool;

    /// Sets bit `bit` and returns true if it was set before: `test_and_set_bit`.
    fn test_and_set_bit(&self, bit: u32) -> bool;

    /// Clears bit `bit`: `clear_bit_unlock`.
    fn clear_bit(&self, bit: u32);

    /// Clears bit `bit` and returns true if it was set before: `test_and_clear_bit`. Acquires and
    /// releases; the full order of the kernel's comes with the fence in [`wake_up_bit`].
    fn test_and_clear_bit(&self, bit: u32) -> bool;
}

macro_rules! bit_words {
    ($($atomic:ty: $int:ty),*) => { $(
        impl BitWord for $atomic {
            const BITS: u32 = <$int>::BITS;

            fn test_bit(&self, bit: u32) -> bool {
                self.load(Ordering::Acquire) & (1 << bit) != 0
            }

            fn test_and_set_bit(&self, bit: u32) -> bool {
                self.fetch_or(1 << bit, Ordering::AcqRel) & (1 << bit) != 0
            }

            fn clear_bit(&self, bit: u32) {
                self.fetch_and(!(1 << bit), Ordering::Release);
            }

            fn test_and_clear_bit(&self, bit: u32) -> bool {
                self.fetch_and(!(1 << bit), Ordering::AcqRel) & (1 << bit) != 0
            }
        }
    )* };
}

bit_words!(AtomicU32: u32, AtomicU64: u64, AtomicUsize: usize);
for_shared_words!(bit_words);

/// What a task waits for: an address, and a bit there or [`ANY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) address: usize,
    pub(super) bit: u32,
}

/// The variable rather than a bit: the kernel's bit number -1.
pub(super) const ANY: u32 = u32::MAX;

/// `struct wait_bit_queue_entry`.
#[repr(C)]
pub(super) struct Keyed {
    // The first field, so that a pointer to the entry is a pointer to the `Keyed`.
    entry: WaitQueueEntry,
    key: Key,
}

/// The key that a wake-up passes to the wake functions.
struct WakeKey<'a> {
    key: Key,
    still_set: &'a dyn Fn() -> bool,
}

/// `wake_bit_function`.
unsafe extern "C" fn wake_keyed(
    entry: *mut WaitQueueEntry,
    mode: u32,
    wake_flags: c_int,
    key: *mut c_void,
) -> c_int {
    // SAFETY: the table's queues have only entries of this file, each inside a Keyed, and only
    // wake-ups with a WakeKey. The caller holds the queue's lock. C code that gets a queue from
    // `bit_waitqueue` only examines it.
    unsafe {
        let wake = &*key.cast::<WakeKey<'_>>();
        if (*entry.cast::<Keyed>()).key != wake.key || (wake.still_set)() {
            return 0;
        }
        autoremove(entry, mode, wake_flags, key)
    }
}

const _: () = assert!(BIT_QUEUES.is_power_of_two());

pub(super) fn queue_of(key: Key) -> &'static WaitQueueHead {
    // Addresses of words differ by at least their alignment; a multiplicative hash spreads them.
    let hash =
        (key.address >> 2).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize).wrapping_add(key.bit as usize);
    &TABLE[(hash >> 16) & (BIT_QUEUES - 1)]
}

pub(super) fn wake(key: Key, nr: u32, still_set: &dyn Fn() -> bool) {
    let mut wake = WakeKey { key, still_set };
    walk(queue_of(key), &WakeUp { key: (&raw mut wake).cast(), ..WakeUp::new(TASK_NORMAL, nr) });
}

/// A wait in progress. Dropping it removes the entry and sets the state to RUNNING, even if the
/// condition panics.
pub(super) struct Waiting<'a> {
    pub(super) queue: &'static WaitQueueHead,
    pub(super) entry: *mut WaitQueueEntry,
    pub(super) me: &'a TaskStruct,
}

impl Waiting<'_> {
    /// `prepare_to_wait` and `prepare_to_wait_exclusive`.
    pub(super) fn prepare(&self, state: TaskState, exclusive: bool) {
        let node = WaitQueueEntry::node(self.entry);
        if exclusive {
            // SAFETY: `is_empty` runs under the lock. Only this task adds the entry, which does not
            // move until `drop` removes it.
            unsafe {
                if self.queue.locked("wait_on_bit", |_| ListHead::is_empty(node)) {
                    add_wait_queue_exclusive(self.queue, self.entry);
                }
            }
            change_state(self.me, state);
            return;
        }
        self.queue.locked("wait_on_bit", |head| {
            // SAFETY: the lock is held; the entry does not move until `drop` removes it.
            unsafe {
                if ListHead::is_empty(node) {
                    link(head, self.entry, Place::Front);
                }
            }
            change_state(self.me, state);
        });
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        change_state(self.me, TASK_RUNNING);
        // SAFETY: the entry was only ever added to this queue.
        unsafe { remove_wait_queue(self.queue, self.entry) };
    }
}

/// Makes the entry of a wait.
pub(super) fn keyed(key: Key, me: &Task) -> Keyed {
    Keyed { entry: WaitQueueEntry::new(wake_keyed, me.as_ptr().cast_mut().cast()), key }
}

/// The key, state and timeout of a wait for a bit.
struct How {
    key: Key,
    state: TaskState,
    /// The wait locks the bit.
    exclusive: bool,
    timeout: u64,
    call: &'static str,
    place: &'static Location<'static>,
}

/// Waits until `is_clear` returns true; for a wait that locks the bit, `is_clear` locks it. `EINTR`
/// for a signal that ends a sleep in this state, `EAGAIN` after the timeout.
fn wait(how: &How, is_clear: &mut dyn FnMut() -> bool) -> Result<(), Errno> {
    let me = current();
    might_sleep_in(&me, how.call, how.place);
    if is_clear() {
        return Ok(());
    }
    let _noted = me.wait_note().set(Wait::new(WaitKind::Bit, how.key.address, how.call, how.place));
    let limit = Timeout::after(&me, how.timeout, how.call, how.place);
    let mut keyed = keyed(how.key, &me);
    let waiting = Waiting { queue: queue_of(how.key), entry: (&raw mut keyed).cast(), me: &me };
    loop {
        waiting.prepare(how.state, how.exclusive);
        if is_clear() {
            return Ok(());
        }
        if limit.is_over(&me) {
            return Err(Errno::EAGAIN);
        }
        limit.sleep(&me);
        if me.signals.end_sleep_in(how.state) {
            return if how.exclusive && is_clear() { Ok(()) } else { Err(Errno::EINTR) };
        }
    }
}

/// The action of a wait for a bit. `Ok` continues the wait; an error ends it.
pub type BitAction<'a> = &'a mut dyn FnMut() -> Result<(), Errno>;

/// Waits in `state` until bit `bit` of `word` is clear: `out_of_line_wait_on_bit`. While the bit is
/// set, it calls `action` with the task queued; the action sleeps.
///
/// # Errors
///
/// The action's error, even if the bit has become clear meanwhile.
#[track_caller]
pub fn wait_on_bit_action<W: BitWord>(
    word: &W,
    bit: u32,
    state: TaskState,
    action: BitAction<'_>,
) -> Result<(), Errno> {
    act(key_of(word, bit), state, false, &mut || word.test_bit(bit), &mut || word.test_bit(bit), action)
}

/// Waits until bit `bit` of `word` is clear and sets it, with an `action` as in
/// [`wait_on_bit_action`]: `out_of_line_wait_on_bit_lock`.
///
/// # Errors
///
/// The action's error, if the bit is still set after it.
#[track_caller]
pub fn wait_on_bit_lock_action<W: BitWord>(
    word: &W,
    bit: u32,
    state: TaskState,
    action: BitAction<'_>,
) -> Result<(), Errno> {
    act(
        key_of(word, bit),
        state,
        true,
        &mut || word.test_bit(bit),
        &mut || word.test_and_set_bit(bit),
        action,
    )
}

/// Calls `is_set` before each action, and `stays` after it. A wait that has locked the bit succeeds
/// whatever the action returned.
#[track_caller]
fn act(
    key: Key,
    state: TaskState,
    exclusive: bool,
    is_set: &mut dyn FnMut() -> bool,
    stays: &mut dyn FnMut() -> bool,
    action: BitAction<'_>,
) -> Result<(), Errno> {
    let me = current();
    let _noted = me.wait_note().set(Wait::new(WaitKind::Bit, key.address, "wait_on_bit", Location::caller()));
    let mut keyed = keyed(key, &me);
    let waiting = Waiting { queue: queue_of(key), entry: (&raw mut keyed).cast(), me: &me };
    loop {
        waiting.prepare(state, exclusive);
        let acted = if is_set() { action() } else { Ok(()) };
        if !exclusive && acted.is_err() {
            return acted;
        }
        if !stays() {
            return Ok(());
        }
        acted?;
    }
}

/// Returns the queue for waits for bit `bit` of the word at `address`, which other words share:
/// `bit_waitqueue`.
pub fn bit_waitqueue(address: usize, bit: u32) -> &'static WaitQueueHead {
    queue_of(Key { address, bit })
}

fn key_of<W: BitWord>(word: &W, bit: u32) -> Key {
    assert!(bit < W::BITS, "there is no bit {bit} in a word of {} bits", W::BITS);
    Key { address: std::ptr::from_ref(word).addr(), bit }
}

/// Waits in `state` until bit `bit` of `word` is clear: `wait_on_bit`. May sleep. Returns `EINTR`
/// for a signal that ends a sleep in this state.
///
/// The task that clears the bit must call [`wake_up_bit`], or clear it with
/// [`clear_and_wake_up_bit`].
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::AtomicU32;
///
/// let word = AtomicU32::new(0b100);
/// assert_eq!(wait_on_bit(&word, 0, TASK_UNINTERRUPTIBLE), Ok(()));
/// ```
///
/// # Panics
///
/// If the word has no such bit, as all functions of this family do.
#[track_caller]
pub fn wait_on_bit<W: BitWord>(word: &W, bit: u32, state: TaskState) -> Result<(), Errno> {
    let (key, timeout, place) = (key_of(word, bit), MAX_SCHEDULE_TIMEOUT as u64, Location::caller());
    wait(&How { key, state, exclusive: false, timeout, call: "wait_on_bit", place }, &mut || {
        !word.test_bit(bit)
    })
}

/// Same as [`wait_on_bit`]: `wait_on_bit_io`. The kernel's version also accounts the wait as I/O.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::AtomicU32;
///
/// let flags = AtomicU32::new(0);
/// assert_eq!(wait_on_bit_io(&flags, 0, TASK_UNINTERRUPTIBLE), Ok(()));
/// ```
#[track_caller]
pub fn wait_on_bit_io<W: BitWord>(word: &W, bit: u32, state: TaskState) -> Result<(), Errno> {
    wait_on_bit(word, bit, state)
}

/// [`wait_on_bit`] for at most `timeout` jiffies: `wait_on_bit_timeout`. Returns `EAGAIN` after the
/// timeout.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::AtomicU32;
///
/// let flags = AtomicU32::new(1);
/// assert_eq!(wait_on_bit_timeout(&flags, 0, TASK_UNINTERRUPTIBLE, 2), Err(Errno::EAGAIN));
/// ```
#[track_caller]
pub fn wait_on_bit_timeout<W: BitWord>(
    word: &W,
    bit: u32,
    state: TaskState,
    timeout: u64,
) -> Result<(), Errno> {
    let (key, place) = (key_of(word, bit), Location::caller());
    // A value that is negative as a `long` times out at once.
    let timeout = if (timeout as i64) < 0 { 0 } else { timeout };
    let how = How { key, state, exclusive: false, timeout, call: "wait_on_bit_timeout", place };
    wait(&how, &mut || !word.test_bit(bit))
}

/// Waits in `state` until bit `bit` of `word` is clear, and sets it: `wait_on_bit_lock`. May sleep.
/// Returns `EINTR` for a signal that ends a sleep in this state.
///
/// The bit works as a lock: [`clear_and_wake_up_bit`] unlocks it and wakes one of its waiters.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::AtomicU32;
///
/// let word = AtomicU32::new(0);
/// wait_on_bit_lock(&word, 3, TASK_UNINTERRUPTIBLE)?;
/// assert!(word.test_bit(3));
/// clear_and_wake_up_bit(&word, 3);
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn wait_on_bit_lock<W: BitWord>(word: &W, bit: u32, state: TaskState) -> Result<(), Errno> {
    let (key, timeout, place) = (key_of(word, bit), MAX_SCHEDULE_TIMEOUT as u64, Location::caller());
    let how = How { key, state, exclusive: true, timeout, call: "wait_on_bit_lock", place };
    wait(&how, &mut || !word.test_and_set_bit(bit))
}

/// Same as [`wait_on_bit_lock`]: `wait_on_bit_lock_io`. The kernel's version also accounts the wait
/// as I/O.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::AtomicU32;
///
/// let flags = AtomicU32::new(0);
/// assert_eq!(wait_on_bit_lock_io(&flags, 0, TASK_UNINTERRUPTIBLE), Ok(()));
/// clear_and_wake_up_bit(&flags, 0);
/// ```
#[track_caller]
pub fn wait_on_bit_lock_io<W: BitWord>(word: &W, bit: u32, state: TaskState) -> Result<(), Errno> {
    wait_on_bit_lock(word, bit, state)
}

/// Wakes the tasks that wait for bit `bit` of `word`, but only one of those that wait to lock it:
/// `wake_up_bit`. Never sleeps. Wakes no task if the bit is set.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// const BUSY: u32 = 0;
/// let flags = AtomicU32::new(1 << BUSY);
/// flags.fetch_and(!(1 << BUSY), SeqCst);
/// wake_up_bit(&flags, BUSY);
/// assert_eq!(wait_on_bit(&flags, BUSY, TASK_UNINTERRUPTIBLE), Ok(()));
/// ```
pub fn wake_up_bit<W: BitWord>(word: &W, bit: u32) {
    // The kernel requires a barrier of its callers here. The queue's lock and the fence of the
    // wake-up do the same: a waiter that this does not find queued and asleep sees the change.
    wake(key_of(word, bit), 1, &|| word.test_bit(bit));
}

/// Clears bit `bit` of `word` and wakes its waiters, as [`wake_up_bit`] does:
/// `clear_and_wake_up_bit`. Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::AtomicU32;
///
/// const BUSY: u32 = 0;
/// let flags = AtomicU32::new(1 << BUSY);
/// clear_and_wake_up_bit(&flags, BUSY); // another task does this
/// assert_eq!(wait_on_bit(&flags, BUSY, TASK_UNINTERRUPTIBLE), Ok(()));
/// ```
pub fn clear_and_wake_up_bit<W: BitWord>(word: &W, bit: u32) {
    word.clear_bit(bit);
    wake_up_bit(word, bit);
}

/// Clears bit `bit` of `word`. If it was set, wakes its waiters, as [`wake_up_bit`] does, and
/// returns true: `test_and_clear_wake_up_bit` (6.13). Never sleeps.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::AtomicU32;
///
/// let word = AtomicU32::new(0b1001);
/// assert!(test_and_clear_wake_up_bit(&word, 3));
/// assert!(!test_and_clear_wake_up_bit(&word, 3));
/// ```
pub fn test_and_clear_wake_up_bit<W: BitWord>(word: &W, bit: u32) -> bool {
    let was_set = word.test_and_clear_bit(bit);
    if was_set {
        wake_up_bit(word, bit);
    }
    was_set
}
