//! wq_order: the order in which a wake-up walks a queue, and where it ends.

use kthread_rt::prelude::*;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// An entry that records its number when it is woken, leaves the queue, and returns a given value.
struct Noter {
    id: u32,
    returns: c_int,
    log: Arc<Mutex<Vec<u32>>>,
}

unsafe extern "C" fn note(entry: *mut WaitQueueEntry, _mode: u32, _flags: c_int, _key: *mut c_void) -> c_int {
    // SAFETY: `private` is the Noter of an entry in a Queue, which outlives its place on the queue;
    // the lock is held.
    unsafe {
        let noter = &*(*entry).private().cast::<Noter>();
        noter.log.lock().unwrap().push(noter.id);
        if noter.returns > 0 {
            raw_wait::remove_wait_queue_locked(entry);
        }
        noter.returns
    }
}

/// A queue, and the entries that a test puts on it.
struct Queue {
    /// Boxed: a queue with entries must not move.
    wq: Box<WaitQueueHead>,
    log: Arc<Mutex<Vec<u32>>>,
    /// What the last wake-up returned.
    exclusive: Cell<u32>,
    entries: Vec<Pin<Box<WaitQueueEntry>>>,
    noters: Vec<Pin<Box<Noter>>>,
}

#[derive(Clone, Copy)]
enum Kind {
    Shared,
    Exclusive,
    Priority,
}

impl Queue {
    fn new() -> Self {
        Self {
            wq: Box::default(),
            log: Arc::default(),
            exclusive: Cell::new(0),
            entries: Vec::new(),
            noters: Vec::new(),
        }
    }

    fn add(&mut self, id: u32, kind: Kind, returns: c_int) {
        let noter = Box::pin(Noter { id, returns, log: self.log.clone() });
        let private: *const Noter = &raw const *noter;
        self.noters.push(noter);
        self.entries.push(Box::pin(WaitQueueEntry::new(note, private.cast_mut().cast())));
        let entry: *const WaitQueueEntry = &raw const **self.entries.last().unwrap();
        let entry = entry.cast_mut();
        // SAFETY: the entry is boxed and pinned in `entries`, and taken out in `drop`.
        unsafe {
            match kind {
                Kind::Shared => raw_wait::add_wait_queue(&self.wq, entry),
                Kind::Exclusive => raw_wait::add_wait_queue_exclusive(&self.wq, entry),
                Kind::Priority => raw_wait::add_wait_queue_priority(&self.wq, entry),
            }
        }
    }

    /// The recorded queue: added=1x,11,2x,12,3x,4x.
    fn recorded() -> Self {
        let mut queue = Self::new();
        for (id, kind) in [
            (1, Kind::Exclusive),
            (11, Kind::Shared),
            (2, Kind::Exclusive),
            (12, Kind::Shared),
            (3, Kind::Exclusive),
            (4, Kind::Exclusive),
        ] {
            queue.add(id, kind, 1);
        }
        queue
    }

    /// The entries that `wake` woke, in order.
    fn woken_by(&self, wake: impl FnOnce(&WaitQueueHead) -> u32) -> Vec<u32> {
        self.exclusive.set(wake(&self.wq));
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        for entry in &self.entries {
            let entry: *const WaitQueueEntry = &raw const **entry;
            // SAFETY: the entry was added to this queue only.
            unsafe { raw_wait::remove_wait_queue(&self.wq, entry.cast_mut()) };
        }
    }
}

#[test]
fn wq_order_of_an_empty_queue() {
    assert!(!waitqueue_active(&WaitQueueHead::new()));
    assert!(!wq_has_sleeper(&WaitQueueHead::new()));
}

#[test]
fn wq_order_shared_newest_first_then_exclusive_in_turn() {
    let queue = Queue::recorded();
    assert!(waitqueue_active(&queue.wq));
    assert_eq!(queue.woken_by(wake_up), [12, 11, 1]);
    assert_eq!(queue.woken_by(wake_up), [2]);
    assert_eq!(queue.woken_by(|wq| wake_up_nr(wq, 2)), [3, 4]);
    assert!(!waitqueue_active(&queue.wq));
}

#[test]
fn wq_order_nr_counts_exclusive_waiters() {
    let queue = Queue::recorded();
    assert_eq!(queue.woken_by(|wq| wake_up_nr(wq, 2)), [12, 11, 1, 2]);
    assert_eq!(queue.woken_by(wake_up_all), [3, 4]);
    assert!(!waitqueue_active(&queue.wq));
}

#[test]
fn wq_order_all_and_nr_0_wake_every_waiter() {
    assert_eq!(Queue::recorded().woken_by(wake_up_all), [12, 11, 1, 2, 3, 4]);
    assert_eq!(Queue::recorded().woken_by(|wq| wake_up_nr(wq, 0)), [12, 11, 1, 2, 3, 4]);
}

#[test]
fn wq_order_interruptible() {
    assert_eq!(Queue::recorded().woken_by(wake_up_interruptible), [12, 11, 1]);
    assert_eq!(Queue::recorded().woken_by(wake_up_interruptible_all), [12, 11, 1, 2, 3, 4]);
    assert_eq!(Queue::recorded().woken_by(|wq| wake_up_interruptible_nr(wq, 3)), [12, 11, 1, 2, 3]);
}

#[test]
fn wq_order_the_result_is_the_number_of_exclusive_ones_woken() {
    type WakeUp = fn(&WaitQueueHead) -> u32;
    let calls: [(WakeUp, u32); 7] = [
        (wake_up, 1),
        (|wq| wake_up_nr(wq, 3), 3),
        (|wq| wake_up_nr(wq, 9), 4),
        (wake_up_all, 4),
        (wake_up_interruptible, 1),
        (|wq| wake_up_interruptible_nr(wq, 2), 2),
        (wake_up_interruptible_all, 4),
    ];
    for (call, exclusive) in calls {
        let queue = Queue::recorded();
        queue.woken_by(call);
        assert_eq!(queue.exclusive.get(), exclusive);
    }
    assert_eq!(wake_up(&WaitQueueHead::new()), 0);
}

#[test]
fn wq_order_exclusive_returning_0_does_not_count() {
    let mut queue = Queue::new();
    for (id, kind, returns) in [
        (1, Kind::Exclusive, 0),
        (11, Kind::Shared, 1),
        (2, Kind::Exclusive, 1),
        (12, Kind::Shared, 1),
        (3, Kind::Exclusive, 1),
    ] {
        queue.add(id, kind, returns);
    }
    assert_eq!(queue.woken_by(wake_up), [12, 11, 1, 2]);
}

#[test]
fn wq_order_negative_return_stops() {
    let mut queue = Queue::new();
    for (id, kind, returns) in
        [(1, Kind::Exclusive, 1), (11, Kind::Shared, -1), (2, Kind::Exclusive, 1), (12, Kind::Shared, 1)]
    {
        queue.add(id, kind, returns);
    }
    assert_eq!(queue.woken_by(wake_up), [12, 11]);
}

#[test]
fn wq_order_priority_waiter_returns_1() {
    let mut queue = Queue::recorded();
    queue.add(99, Kind::Priority, 1);
    assert_eq!(queue.woken_by(wake_up), [99]);
}

#[test]
fn wq_order_a_shared_entry_stands_behind_priority_entries() {
    let mut queue = Queue::new();
    queue.add(98, Kind::Priority, 0);
    queue.add(11, Kind::Shared, 1);
    queue.add(99, Kind::Priority, 0);
    queue.add(12, Kind::Shared, 1);
    assert_eq!(queue.woken_by(wake_up), [98, 99, 12, 11]);
}

/// Records its arguments.
unsafe extern "C" fn note_call(
    entry: *mut WaitQueueEntry,
    mode: u32,
    flags: c_int,
    _key: *mut c_void,
) -> c_int {
    // SAFETY: `private` is the log of an entry that a test put on its queue.
    unsafe { &*(*entry).private().cast::<Mutex<Vec<(u32, c_int)>>>() }.lock().unwrap().push((mode, flags));
    1
}

#[test]
fn wq_sync_reaches_the_wake_function_as_a_flag() {
    const WF_SYNC: c_int = 0x10;
    let log = Mutex::new(Vec::<(u32, c_int)>::new());
    let wq = Box::<WaitQueueHead>::default();
    let entry = Box::pin(WaitQueueEntry::new(note_call, (&raw const log).cast_mut().cast()));
    let entry = (&raw const *entry).cast_mut();
    // SAFETY: the entry, the queue and the log outlive its place on the queue.
    unsafe { raw_wait::add_wait_queue(&wq, entry) };
    wake_up(&wq);
    wake_up_sync(&wq);
    wake_up_interruptible_sync(&wq);
    // SAFETY: the wake function does not look at the key; locked for the second.
    unsafe {
        raw_wait::__wake_up_sync(&wq, TASK_NORMAL, 1, std::ptr::null_mut());
        spin_lock(wq.lock());
        raw_wait::__wake_up_locked_sync(&wq, TASK_INTERRUPTIBLE, 1, std::ptr::null_mut());
        spin_unlock(wq.lock());
        raw_wait::remove_wait_queue(&wq, entry);
    }
    let told = log.into_inner().unwrap();
    assert_eq!(told, [(3, 0), (3, WF_SYNC), (1, WF_SYNC), (3, WF_SYNC), (1, WF_SYNC)]);
}

#[test]
fn wq_a_wake_up_counts_the_exclusive_ones_that_it_woke() {
    let wake = |queue: &Queue, nr| {
        // SAFETY: the wake functions don't look at the key.
        unsafe { raw_wait::__wake_up(&queue.wq, TASK_NORMAL, nr, std::ptr::null_mut()) }
    };
    let queue = Queue::recorded();
    assert_eq!([wake(&queue, 1), wake(&queue, 2), wake(&queue, 2), wake(&queue, 0)], [1, 2, 1, 0]);
    assert_eq!(wake(&Queue::recorded(), 0), 4);
    let mut refuses = Queue::new();
    refuses.add(1, Kind::Exclusive, 0);
    refuses.add(2, Kind::Shared, 1);
    assert_eq!(wake(&refuses, 1), 0);
}
