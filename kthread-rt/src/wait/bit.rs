//! `linux/wait_bit.h`: waiting for a bit without a wait queue of its own.
//!
//! A table of queues, shared by all words; the address chooses one. An entry carries the address
//! and the bit that it waits for, and its wake function wakes only those that the wake-up means. A
//! wake-up for a bit that is set again wakes nobody.
//!
//! A wait for a bit is an older loop than that of `wait_event!`, and not the same: a signal that is
//! pending after the sleep is an error also if the bit is clear by then; but who locks the bit
//! keeps it, signal or not. Waits for variables, which use the same table, are in `var`.

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

/// A word of bits that can be waited for.
pub trait BitWord {
    /// How many bits it has.
    const BITS: u32;

    /// True if bit `bit` is set: `test_bit_acquire`.
    fn test_bit(&self, bit: u32) -> bool;

    /// Sets bit `bit`; true if it was set: `test_and_set_bit`.
    fn test_and_set_bit(&self, bit: u32) -> bool;

    /// Clears bit `bit`: `clear_bit_unlock`.
    fn clear_bit(&self, bit: u32);
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
        }
    )* };
}

bit_words!(AtomicU32: u32, AtomicU64: u64, AtomicUsize: usize);
for_shared_words!(bit_words);

/// What is waited for: an address, and a bit there, or [`ANY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) address: usize,
    pub(super) bit: u32,
}

/// Not a bit, but the variable: the kernel's bit number -1.
pub(super) const ANY: u32 = u32::MAX;

/// `struct wait_bit_queue_entry`.
#[repr(C)]
pub(super) struct Keyed {
    // First, so that a pointer to the entry is a pointer to this.
    entry: WaitQueueEntry,
    key: Key,
}

/// What a wake-up means.
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
    // SAFETY: only entries of this file are on the table's queues, each inside a Keyed, and they
    // are only woken with a WakeKey; the caller holds the queue's lock. C, which gets a queue by
    // `bit_waitqueue`, looks at it and no more.
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
    // Words lie apart by their alignment at least; a multiplicative hash spreads them.
    let hash =
        (key.address >> 2).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as usize).wrapping_add(key.bit as usize);
    &TABLE[(hash >> 16) & (BIT_QUEUES - 1)]
}

pub(super) fn wake(key: Key, nr: u32, still_set: &dyn Fn() -> bool) {
    let mut wake = WakeKey { key, still_set };
    walk(queue_of(key), &WakeUp { key: (&raw mut wake).cast(), ..WakeUp::new(TASK_NORMAL, nr) });
}

/// Takes the entry out and sets the state to RUNNING, also if the condition panics.
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
            // SAFETY: the lock is taken for the look; only this task adds the entry, which is in
            // place until the drop.
            unsafe {
                if self.queue.locked("wait_on_bit", |_| ListHead::is_empty(node)) {
                    add_wait_queue_exclusive(self.queue, self.entry);
                }
            }
            change_state(self.me, state);
            return;
        }
        self.queue.locked("wait_on_bit", |head| {
            // SAFETY: the lock is held; the entry is in place until it is taken out, in `drop`.
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

/// The entry of a wait.
pub(super) fn keyed(key: Key, me: &Task) -> Keyed {
    Keyed { entry: WaitQueueEntry::new(wake_keyed, me.as_ptr().cast_mut().cast()), key }
}

/// What a wait for a bit is for, and how it is made.
struct How {
    key: Key,
    state: TaskState,
    /// The bit is to be locked.
    exclusive: bool,
    timeout: u64,
    call: &'static str,
    place: &'static Location<'static>,
}

/// Waits until `is_clear`, which locks the bit if the wait is to. `EINTR` for a signal that the
/// state admits, `EAGAIN` if the time passed.
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

/// What the action of a wait for a bit returns: that it goes on, or what the wait ends with.
pub type BitAction<'a> = &'a mut dyn FnMut() -> Result<(), Errno>;

/// Waits in `state` until bit `bit` of `word` is clear, and calls `action` each time that the task
/// has queued up and the bit is set; the action sleeps: `out_of_line_wait_on_bit`.
///
/// # Errors
///
/// What the action returned, also if the bit has become clear meanwhile.
#[track_caller]
pub fn wait_on_bit_action<W: BitWord>(
    word: &W,
    bit: u32,
    state: TaskState,
    action: BitAction<'_>,
) -> Result<(), Errno> {
    act(key_of(word, bit), state, false, &mut || word.test_bit(bit), &mut || word.test_bit(bit), action)
}

/// Sets bit `bit` of `word`, with an `action` as in [`wait_on_bit_action`]:
/// `out_of_line_wait_on_bit_lock`.
///
/// # Errors
///
/// What the action returned, if the bit is still set after it.
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

/// `is_set` is asked before each action, `stays` after it. Who locks the bit keeps it, whatever the
/// action returned.
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

/// The queue of those who wait for this bit of the word at `address`, and for others:
/// `bit_waitqueue`.
pub fn bit_waitqueue(address: usize, bit: u32) -> &'static WaitQueueHead {
    queue_of(Key { address, bit })
}

fn key_of<W: BitWord>(word: &W, bit: u32) -> Key {
    assert!(bit < W::BITS, "there is no bit {bit} in a word of {} bits", W::BITS);
    Key { address: std::ptr::from_ref(word).addr(), bit }
}

/// Waits in `state` until bit `bit` of `word` is clear: `wait_on_bit`. Sleeps. `EINTR` if a signal
/// comes that the state admits.
///
/// Who clears the bit must call [`wake_up_bit`] or do it with [`clear_and_wake_up_bit`].
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
/// If the word has no such bit; so do all functions here.
#[track_caller]
pub fn wait_on_bit<W: BitWord>(word: &W, bit: u32, state: TaskState) -> Result<(), Errno> {
    let (key, timeout, place) = (key_of(word, bit), MAX_SCHEDULE_TIMEOUT as u64, Location::caller());
    wait(&How { key, state, exclusive: false, timeout, call: "wait_on_bit", place }, &mut || {
        !word.test_bit(bit)
    })
}

/// [`wait_on_bit`], as a wait for I/O: `wait_on_bit_io`. No I/O accounting is done here.
#[track_caller]
pub fn wait_on_bit_io<W: BitWord>(word: &W, bit: u32, state: TaskState) -> Result<(), Errno> {
    wait_on_bit(word, bit, state)
}

/// [`wait_on_bit`] for `timeout` jiffies at most: `wait_on_bit_timeout`. `EAGAIN` if they passed.
#[track_caller]
pub fn wait_on_bit_timeout<W: BitWord>(
    word: &W,
    bit: u32,
    state: TaskState,
    timeout: u64,
) -> Result<(), Errno> {
    let (key, place) = (key_of(word, bit), Location::caller());
    // A negative long is no time at all.
    let timeout = if (timeout as i64) < 0 { 0 } else { timeout };
    let how = How { key, state, exclusive: false, timeout, call: "wait_on_bit_timeout", place };
    wait(&how, &mut || !word.test_bit(bit))
}

/// Sets bit `bit` of `word`, waiting in `state` until it was clear: `wait_on_bit_lock`. Sleeps.
/// `EINTR` for a signal.
///
/// A bit as a lock: [`clear_and_wake_up_bit`] opens it and wakes one of those who wait for it.
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

/// [`wait_on_bit_lock`], as a wait for I/O: `wait_on_bit_lock_io`. No I/O accounting is done here.
#[track_caller]
pub fn wait_on_bit_lock_io<W: BitWord>(word: &W, bit: u32, state: TaskState) -> Result<(), Errno> {
    wait_on_bit_lock(word, bit, state)
}

/// Wakes those who wait for bit `bit` of `word`, one of them if they wait to lock it:
/// `wake_up_bit`. Never sleeps. The bit has to be clear: for one that is set nobody is woken.
pub fn wake_up_bit<W: BitWord>(word: &W, bit: u32) {
    // What the caller did to the word comes before the look at the queue: the kernel asks its
    // callers for this barrier.
    crate::sync::fence(Ordering::SeqCst);
    wake(key_of(word, bit), 1, &|| word.test_bit(bit));
}

/// Clears bit `bit` of `word` and wakes who waits for that: `clear_and_wake_up_bit`. Never sleeps.
pub fn clear_and_wake_up_bit<W: BitWord>(word: &W, bit: u32) {
    word.clear_bit(bit);
    wake_up_bit(word, bit);
}
