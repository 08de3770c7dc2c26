//! Waking: the walk through a queue, and the usual wake functions.

use super::{WQ_FLAG_EXCLUSIVE, WQ_FLAG_WOKEN, WaitQueueEntry, WaitQueueHead};
use crate::sched::{claim_wake_up, deliver_wake_up, peek_current_if_any, try_to_wake_up};
use crate::sync::list::ListHead;
use crate::sync::{Ordering, WOKEN_AFTER_LOCK, fence, observe, refuse_in_forked_child};
use crate::task::{TASK_INTERRUPTIBLE, TASK_NORMAL, Task, TaskState, TaskStruct};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

/// Tasks whose state is RUNNING already. Dropping this wakes their OS threads.
pub(crate) struct Woken {
    tasks: [Option<Task>; WOKEN_AFTER_LOCK],
    count: usize,
}

impl Woken {
    pub(crate) fn new() -> Self {
        Self { tasks: [const { None }; WOKEN_AFTER_LOCK], count: 0 }
    }

    fn add(&mut self, task: Task) {
        match self.tasks.get_mut(self.count) {
            Some(place) => {
                *place = Some(task);
                self.count += 1;
            }
            None => deliver_wake_up(&task),
        }
    }
}

impl Drop for Woken {
    fn drop(&mut self) {
        for task in self.tasks.iter_mut().map_while(Option::take) {
            deliver_wake_up(&task);
        }
    }
}

/// A wake function of the runtime, whose second step can be done after the lock is dropped.
enum Known {
    Default,
    Autoremove,
    Woken,
}

/// The C symbols of the runtime's wake functions: default, autoremove, woken.
static IN_C: OnceLock<[super::WaitQueueFunc; 3]> = OnceLock::new();

/// Makes wake-ups treat these functions as [`default_wake_function`], [`autoremove_wake_function`]
/// and [`woken_wake_function`].
pub fn name_wake_functions(in_c: [super::WaitQueueFunc; 3]) {
    // Each has one symbol, so a second call would set the same values.
    let _ = IN_C.set(in_c);
}

fn known(entry: &WaitQueueEntry) -> Option<Known> {
    known_here(entry).or_else(|| {
        let at = IN_C.get()?.iter().position(|&f| ptr::fn_addr_eq(entry.func, f))?;
        [Known::Default, Known::Autoremove, Known::Woken].into_iter().nth(at)
    })
}

fn known_here(entry: &WaitQueueEntry) -> Option<Known> {
    let is = |f: super::WaitQueueFunc| ptr::fn_addr_eq(entry.func, f);
    if is(autoremove_wake_function) {
        Some(Known::Autoremove)
    } else if is(default_wake_function) {
        Some(Known::Default)
    } else if is(woken_wake_function) {
        Some(Known::Woken)
    } else {
        None
    }
}

/// The wake flag of a waker that is about to sleep: `WF_SYNC`.
pub(super) const WF_SYNC: c_int = 0x10;

/// The parameters of a wake-up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WakeUp {
    pub(crate) mode: TaskState,
    /// How many exclusive entries to wake; 0 means all.
    pub(crate) nr: u32,
    /// 0 or [`WF_SYNC`].
    pub(crate) flags: c_int,
    pub(crate) key: *mut c_void,
}

impl WakeUp {
    pub(crate) fn new(mode: TaskState, nr: u32) -> Self {
        Self { mode, nr, flags: 0, key: ptr::null_mut() }
    }
}

/// While this lives, the current task calls a custom wake function, with the queue's lock held.
struct Walks {
    before: usize,
}

impl Walks {
    fn begin(head: *mut ListHead) -> Self {
        Self { before: Self::set(head.addr()) }
    }

    /// A thread without a task gets none by a wake-up.
    fn set(head: usize) -> usize {
        let before = peek_current_if_any(|me| {
            let walks = &me.wait_note().walks;
            let before = walks.load(Ordering::Relaxed);
            walks.store(head, Ordering::Relaxed);
            before
        });
        before.unwrap_or(0)
    }
}

impl Drop for Walks {
    fn drop(&mut self) {
        Self::set(self.before);
    }
}

/// `__wake_up_common`: walks the list at `head` until it has woken `nr` exclusive entries. Returns
/// how many it woke.
///
/// # Safety
///
/// The caller holds the lock of the list's queue.
pub(crate) unsafe fn walk_locked(head: *mut ListHead, wake_up: &WakeUp, woken: &mut Woken) -> u32 {
    let mut exclusive = 0;
    // SAFETY: the lock is held, so every linked entry is valid. A function may unlink only its own
    // entry, so `next` is read before the call.
    unsafe {
        let mut next = ListHead::first(head);
        while let Some(node) = next {
            next = ListHead::after(head, node);
            let entry = WaitQueueEntry::of_node(node);
            let flags = (*entry).flags();
            let ret = match known(&*entry) {
                Some(known) => c_int::from(wake_known(entry, &known, wake_up.mode, woken)),
                None => {
                    let _walks = Walks::begin(head);
                    ((*entry).func)(entry, wake_up.mode.bits(), wake_up.flags, wake_up.key)
                }
            };
            if ret < 0 {
                break;
            }
            if ret != 0 && flags & WQ_FLAG_EXCLUSIVE != 0 {
                exclusive += 1;
                if exclusive == wake_up.nr {
                    break;
                }
            }
        }
    }
    exclusive
}

/// The first step of a usual wake function.
///
/// # Safety
///
/// As [`default_wake_function`].
unsafe fn wake_known(entry: *mut WaitQueueEntry, known: &Known, mode: TaskState, woken: &mut Woken) -> bool {
    // SAFETY: the entry is valid, and its `private` is a task that lives as long as the entry is
    // linked.
    unsafe {
        if matches!(known, Known::Woken) {
            note_woken(entry);
        }
        let task = &*(*entry).private.cast::<TaskStruct>();
        if !claim_wake_up(task, mode) {
            return false;
        }
        // Take the reference before the entry can be freed.
        woken.add(task.get());
        if matches!(known, Known::Autoremove) {
            ListHead::remove(WaitQueueEntry::node(entry));
        }
        true
    }
}

/// Wakes the entries of `wq`. Returns how many exclusive ones it woke.
#[track_caller]
pub(crate) fn walk(wq: &WaitQueueHead, wake_up: &WakeUp) -> u32 {
    refuse_in_forked_child();
    let mut woken = Woken::new();
    // SAFETY: the lock is held.
    let exclusive = wq.locked("wake_up", |head| unsafe { walk_locked(head, wake_up, &mut woken) });
    drop(woken);
    exclusive
}

/// Wakes the entry's task if its state is one of `mode`: `default_wake_function`.
///
/// # Safety
///
/// `entry` is linked, the caller holds the queue's lock, and the entry's `private` is a valid task.
pub unsafe extern "C" fn default_wake_function(
    entry: *mut WaitQueueEntry,
    mode: u32,
    _wake_flags: c_int,
    _key: *mut c_void,
) -> c_int {
    // SAFETY: by the contract.
    let task = unsafe { &*(*entry).private.cast::<TaskStruct>() };
    c_int::from(try_to_wake_up(task, TaskState::from_bits_retain(mode)))
}

/// Wakes the entry's task and removes the entry if that succeeded: `autoremove_wake_function`.
///
/// # Safety
///
/// As [`default_wake_function`].
pub unsafe extern "C" fn autoremove_wake_function(
    entry: *mut WaitQueueEntry,
    mode: u32,
    wake_flags: c_int,
    key: *mut c_void,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { autoremove(entry, mode, wake_flags, key) }
}

/// # Safety
///
/// As [`default_wake_function`].
pub(super) unsafe fn autoremove(
    entry: *mut WaitQueueEntry,
    mode: u32,
    wake_flags: c_int,
    key: *mut c_void,
) -> c_int {
    // SAFETY: by the contract. The task is valid as long as its entry is linked, which is until the
    // removal, after the wake-up.
    unsafe {
        let ret = default_wake_function(entry, mode, wake_flags, key);
        if ret != 0 {
            ListHead::remove(WaitQueueEntry::node(entry));
        }
        ret
    }
}

/// Sets [`WQ_FLAG_WOKEN`] and wakes the entry's task: `woken_wake_function`,
/// for [`wait_woken`](super::wait_woken).
///
/// # Safety
///
/// As [`default_wake_function`].
pub unsafe extern "C" fn woken_wake_function(
    entry: *mut WaitQueueEntry,
    mode: u32,
    wake_flags: c_int,
    key: *mut c_void,
) -> c_int {
    // SAFETY: by the contract.
    unsafe {
        note_woken(entry);
        default_wake_function(entry, mode, wake_flags, key)
    }
}

/// # Safety
///
/// `entry` is valid.
unsafe fn note_woken(entry: *mut WaitQueueEntry) {
    // Orders the waker's writes before the flag: the waiter may see the flag without having slept.
    fence(Ordering::SeqCst);
    // SAFETY: by the contract.
    unsafe { (*entry).flags.fetch_or(WQ_FLAG_WOKEN, Ordering::Relaxed) };
}

fn show_address(address: usize) -> String {
    format!("{address:#x}")
}

macro_rules! wake_ups {
    ($($(#[$meta:meta])* $name:ident($($nr:ident: u32)?), $mode:expr, $count:expr;)*) => { $(
        $(#[$meta])*
        #[track_caller]
        pub fn $name(wq: &WaitQueueHead $(, $nr: u32)?) -> u32 {
            observe(concat!("calls ", stringify!($name), ", of queue"), ptr::from_ref(wq).addr(), show_address);
            walk(wq, &WakeUp::new($mode, $count))
        }
    )* };
}

wake_ups! {
    /// Wakes all non-exclusive waiters of `wq` and one exclusive waiter: `wake_up`. Never sleeps.
    /// Returns how many exclusive waiters it woke, as this whole family does.
    ///
    /// Everything that the caller wrote before is visible to the tasks that it wakes.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    ///
    /// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
    /// kthread_rt::kthread::scope(|s| {
    ///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
    ///     let waiter = s.run(waits, "waiter")?;
    ///     ready.store(true, SeqCst); // first the condition
    ///     wake_up(&wq);
    ///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    wake_up(), TASK_NORMAL, 1;
    /// [`wake_up`] with at most `nr` exclusive waiters; 0 means all: `wake_up_nr`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    ///
    /// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
    /// kthread_rt::kthread::scope(|s| {
    ///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
    ///     let waiter = s.run(waits, "waiter")?;
    ///     ready.store(true, SeqCst); // first the condition
    ///     wake_up_nr(&wq, 1);
    ///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    wake_up_nr(nr: u32), TASK_NORMAL, nr;
    /// Wakes all waiters, exclusive or not: `wake_up_all`. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    ///
    /// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
    /// kthread_rt::kthread::scope(|s| {
    ///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
    ///     let waiter = s.run(waits, "waiter")?;
    ///     ready.store(true, SeqCst); // first the condition
    ///     wake_up_all(&wq);
    ///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    wake_up_all(), TASK_NORMAL, 0;
    /// [`wake_up`] of those that sleep interruptibly: `wake_up_interruptible`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    ///
    /// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
    /// kthread_rt::kthread::scope(|s| {
    ///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
    ///     let waiter = s.run(waits, "waiter")?;
    ///     ready.store(true, SeqCst); // first the condition
    ///     wake_up_interruptible(&wq);
    ///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    wake_up_interruptible(), TASK_INTERRUPTIBLE, 1;
    /// [`wake_up_nr`] of those that sleep interruptibly: `wake_up_interruptible_nr`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    ///
    /// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
    /// kthread_rt::kthread::scope(|s| {
    ///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
    ///     let waiter = s.run(waits, "waiter")?;
    ///     ready.store(true, SeqCst); // first the condition
    ///     wake_up_interruptible_nr(&wq, 1);
    ///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    wake_up_interruptible_nr(nr: u32), TASK_INTERRUPTIBLE, nr;
    /// [`wake_up_all`] of those that sleep interruptibly: `wake_up_interruptible_all`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    /// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    ///
    /// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
    /// kthread_rt::kthread::scope(|s| {
    ///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
    ///     let waiter = s.run(waits, "waiter")?;
    ///     ready.store(true, SeqCst); // first the condition
    ///     wake_up_interruptible_all(&wq);
    ///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
    ///     Ok::<(), Errno>(())
    /// })?;
    /// # Ok::<(), Errno>(())
    /// ```
    wake_up_interruptible_all(), TASK_INTERRUPTIBLE, 0;
}

/// [`wake_up`] by a caller that is about to sleep: `wake_up_sync`. The operating system takes no
/// such hint; custom wake functions get the flag `WF_SYNC`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
/// kthread_rt::kthread::scope(|s| {
///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
///     let waiter = s.run(waits, "waiter")?;
///     ready.store(true, SeqCst); // first the condition
///     wake_up_sync(&wq);
///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn wake_up_sync(wq: &WaitQueueHead) {
    observe("calls wake_up_sync, of queue", ptr::from_ref(wq).addr(), show_address);
    walk(wq, &WakeUp { flags: WF_SYNC, ..WakeUp::new(TASK_NORMAL, 1) });
}

/// [`wake_up_interruptible`] by a caller that is about to sleep: `wake_up_interruptible_sync`.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
///
/// let (wq, ready) = (WaitQueueHead::new(), AtomicBool::new(false));
/// kthread_rt::kthread::scope(|s| {
///     let waits = || wait_event_interruptible!(wq, ready.load(SeqCst)).is_ok().into();
///     let waiter = s.run(waits, "waiter")?;
///     ready.store(true, SeqCst); // first the condition
///     wake_up_interruptible_sync(&wq);
///     assert_eq!(waiter.join(), ExitStatus::Exited(1));
///     Ok::<(), Errno>(())
/// })?;
/// # Ok::<(), Errno>(())
/// ```
#[track_caller]
pub fn wake_up_interruptible_sync(wq: &WaitQueueHead) {
    observe("calls wake_up_interruptible_sync, of queue", ptr::from_ref(wq).addr(), show_address);
    walk(wq, &WakeUp { flags: WF_SYNC, ..WakeUp::new(TASK_INTERRUPTIBLE, 1) });
}

/// [`wake_up`] by a caller that holds the queue's lock: `wake_up_locked`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// spin_lock(wq.lock());
/// // SAFETY: locked above.
/// unsafe {
///     wake_up_locked(&wq);
///     spin_unlock(wq.lock());
/// }
/// ```
///
/// # Safety
///
/// The caller holds the lock of `wq`.
pub unsafe fn wake_up_locked(wq: &WaitQueueHead) {
    // SAFETY: the same contract.
    unsafe { wake_up_nr_locked(wq, 1) };
}

/// [`wake_up_all`] by a caller that holds the queue's lock: `wake_up_all_locked`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let wq = WaitQueueHead::new();
/// spin_lock(wq.lock());
/// // SAFETY: locked above.
/// unsafe {
///     wake_up_all_locked(&wq);
///     spin_unlock(wq.lock());
/// }
/// ```
///
/// # Safety
///
/// As [`wake_up_locked`].
pub unsafe fn wake_up_all_locked(wq: &WaitQueueHead) {
    // SAFETY: the same contract.
    unsafe { wake_up_nr_locked(wq, 0) };
}

/// # Safety
///
/// As [`wake_up_locked`].
unsafe fn wake_up_nr_locked(wq: &WaitQueueHead, nr: u32) {
    // SAFETY: the same contract; no key.
    unsafe { wake_up_in_locked(wq, &WakeUp::new(TASK_NORMAL, nr)) };
}

/// `__wake_up_locked_key`. Returns how many exclusive waiters it woke.
///
/// # Safety
///
/// As for [`wake_up_locked`], and the key is what the wake functions of the entries on `wq` expect.
pub(super) unsafe fn wake_up_in_locked(wq: &WaitQueueHead, wake_up: &WakeUp) -> u32 {
    refuse_in_forked_child();
    let mut woken = Woken::new();
    // SAFETY: by the contract.
    unsafe { walk_locked(wq.0.list(), wake_up, &mut woken) }
}
