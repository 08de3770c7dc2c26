//! Entries of wait queues by hand, wake functions of the user's own, and the walk (`wait/mod.rs`,
//! `wait/wake.rs`, `wait/raw.rs`).
//!
//! A walk calls the entries in their order, counts the exclusive ones that it woke, and ends where
//! an entry's function says so. Each name of a wake-up wakes. The first models need no second
//! thread: they are what the others rely on.

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed, fence};
use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::ptr;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "wait_walk_in_order",
        claim: "priority entries come first, oldest first; then the others, newest first; then the exclusive ones, oldest first; a wake-up calls as many as requested",
        bound: Bound::Complete,
        outcomes: &["in order"],
        run: wait_walk_in_order,
    },
    Model {
        name: "wait_walk_answers",
        claim: "an entry whose function wakes no task does not count, and one that says so ends the walk",
        bound: Bound::Complete,
        outcomes: &["as answered"],
        run: wait_walk_answers,
    },
    Model {
        name: "wait_walk_in_a_walk",
        claim: "a wake function may look at its own queue, also after it has woken another one",
        bound: Bound::Complete,
        outcomes: &["seen"],
        run: wait_walk_in_a_walk,
    },
    Model {
        name: "wait_entry_changes_its_kind",
        claim: "an entry is exclusive or not as the call that queued it last says; queueing it twice queues it once",
        bound: Bound::Complete,
        outcomes: &["as queued"],
        run: wait_entry_changes_its_kind,
    },
    Model {
        name: "wait_walk_takes_out_whom_it_woke",
        claim: "a wake-up removes the entry of a task that it woke, unless the entry stays, and passes over a task that it does not wake",
        bound: Bound::Complete,
        outcomes: &["as said"],
        run: wait_walk_takes_out_whom_it_woke,
    },
    Model {
        name: "wait_walk_passes_over",
        claim: "a wake-up of one that can't wake the first exclusive waiter, by its state, wakes the next",
        bound: Bound::Preemptions(1),
        outcomes: &["the second, then the first"],
        run: wait_walk_passes_over,
    },
    Model {
        name: "wait_walk_wakes_many",
        claim: "one wake-up wakes more tasks than it can collect under the lock",
        bound: Bound::Preemptions(1),
        outcomes: &["three"],
        run: wait_walk_wakes_many,
    },
    Model {
        name: "wait_own_function",
        claim: "wake functions of the user's own that call the usual ones wake, remove the entry, and remember, as those do",
        bound: Bound::Preemptions(1),
        outcomes: &["woken"],
        run: wait_own_function,
    },
    Model {
        name: "wait_by_every_name",
        claim: "each name of a wake-up wakes the waiter, also with the queue's lock held",
        bound: Bound::Preemptions(1),
        outcomes: &["each woke it"],
        run: wait_by_every_name,
    },
    Model {
        name: "wait_by_hand",
        claim: "a wait by hand, as C code has it, misses no wake-up, and its entry is off the queue at the end",
        bound: Bound::Preemptions(2),
        outcomes: &["woken"],
        run: wait_by_hand,
    },
    Model {
        name: "wait_has_sleeper_is_a_barrier",
        claim: "wq_has_sleeper and swq_has_sleeper are full barriers: of two tasks that each write, ask and read, one sees the other's write",
        bound: Bound::Complete,
        outcomes: &["seen"],
        run: wait_has_sleeper_is_a_barrier,
    },
];

/// What an entry's function says and answers.
struct Says {
    name: char,
    answer: c_int,
}

thread_local! {
    // std's cell: the entries that a walk has called, in one execution.
    static CALLED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A wake function that notes that it was called.
unsafe extern "C" fn says(entry: *mut WaitQueueEntry, _: u32, _: c_int, _: *mut c_void) -> c_int {
    // SAFETY: only entries of `Entry` have this function.
    let says = unsafe { &*(*entry).private().cast::<Says>() };
    CALLED.with_borrow_mut(|called| called.push(says.name));
    says.answer
}

/// An entry that says its name.
struct Entry {
    raw: *mut WaitQueueEntry,
    says: *mut Says,
}

impl Entry {
    fn new(name: char, answer: c_int) -> Self {
        let says_it = Box::into_raw(Box::new(Says { name, answer }));
        let raw = Box::into_raw(Box::new(WaitQueueEntry::new(says, says_it.cast())));
        Self { raw, says: says_it }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        // SAFETY: made by `new`; the models take the entry off its queue before.
        unsafe {
            drop(Box::from_raw(self.raw));
            drop(Box::from_raw(self.says));
        }
    }
}

/// Wakes `nr` exclusive entries; returns how many it woke, and the names that were called.
fn walk(wq: &WaitQueueHead, nr: u32) -> (u32, String) {
    CALLED.take();
    // SAFETY: the entries' functions ignore the key.
    let woken = unsafe { raw_wait::__wake_up(wq, TASK_NORMAL, nr, ptr::null_mut()) };
    (woken, CALLED.take())
}

fn wait_walk_in_order() -> String {
    in_small_kernel(|| {
        let wq = WaitQueueHead::new();
        let entries = ['a', 'b', 'x', 'y', 'p', 'q', 'r'].map(|name| Entry::new(name, 1));
        let [a, b, x, y, p, q, r] = entries.each_ref().map(|entry| entry.raw);
        // SAFETY: the entries are valid until they are removed.
        unsafe {
            raw_wait::add_wait_queue(&wq, a);
            assert!(waitqueue_active(&wq) && wq_has_single_sleeper(&wq));
            raw_wait::add_wait_queue_exclusive(&wq, x);
            assert!(!wq_has_single_sleeper(&wq));
            raw_wait::add_wait_queue(&wq, b);
            raw_wait::add_wait_queue_exclusive(&wq, y);
            raw_wait::add_wait_queue_priority(&wq, p);
            raw_wait::add_wait_queue_priority_since_6_7(&wq, q);
            raw_wait::add_wait_queue_priority(&wq, r);
        }
        let told = |nr| walk(&wq, nr);
        assert_eq!(told(0), (5, "pqrbaxy".to_owned()));
        assert_eq!(told(1), (1, "p".to_owned()));
        assert_eq!(told(3), (3, "pqr".to_owned()));
        assert_eq!(told(4), (4, "pqrbax".to_owned()));
        // SAFETY: as above; the lock is held for the second removal.
        unsafe {
            raw_wait::remove_wait_queue(&wq, p);
            spin_lock(wq.lock());
            raw_wait::remove_wait_queue_locked(q);
            spin_unlock(wq.lock());
            assert_eq!(told(2), (2, "rbax".to_owned()));
            for entry in [r, b, x, a] {
                raw_wait::remove_wait_queue(&wq, entry);
            }
            assert_eq!(told(0), (1, "y".to_owned()));
            raw_wait::remove_wait_queue(&wq, y);
        }
        assert_eq!(told(0), (0, String::new()));
        assert!(!waitqueue_active(&wq) && !wq_has_single_sleeper(&wq) && !wq_has_sleeper(&wq));
        "in order".to_owned()
    })
}

fn wait_walk_answers() -> String {
    in_small_kernel(|| {
        let wq = WaitQueueHead::new();
        let entries = [('a', 0), ('b', 1), ('c', -1), ('d', 1)].map(|(name, says)| Entry::new(name, says));
        for entry in &entries {
            // SAFETY: the entries are valid until they are removed.
            unsafe { raw_wait::add_wait_queue_exclusive(&wq, entry.raw) };
        }
        assert_eq!(walk(&wq, 1), (1, "ab".to_owned()));
        assert_eq!(walk(&wq, 2), (1, "abc".to_owned()));
        // SAFETY: as above.
        unsafe { raw_wait::remove_wait_queue(&wq, entries[2].raw) };
        assert_eq!(walk(&wq, 2), (2, "abd".to_owned()));
        for entry in &entries {
            // SAFETY: as above; one is off the queue already, which is allowed.
            unsafe { raw_wait::remove_wait_queue(&wq, entry.raw) };
        }
        "as answered".to_owned()
    })
}

/// Two queues, and what a wake function of the outer one saw.
struct Nested {
    outer: WaitQueueHead,
    inner: WaitQueueHead,
    seen: RefCell<Vec<bool>>,
}

unsafe extern "C" fn of_outer(entry: *mut WaitQueueEntry, _: u32, _: c_int, _: *mut c_void) -> c_int {
    // SAFETY: only the model's entries have this function.
    let nested = unsafe { &*(*entry).private().cast::<Nested>() };
    nested.seen.borrow_mut().push(wq_has_single_sleeper(&nested.outer));
    wake_up(&nested.inner);
    nested.seen.borrow_mut().push(waitqueue_active(&nested.outer));
    1
}

unsafe extern "C" fn of_inner(entry: *mut WaitQueueEntry, _: u32, _: c_int, _: *mut c_void) -> c_int {
    // SAFETY: as above.
    let nested = unsafe { &*(*entry).private().cast::<Nested>() };
    nested.seen.borrow_mut().push(waitqueue_active(&nested.inner));
    1
}

fn wait_walk_in_a_walk() -> String {
    in_small_kernel(|| {
        let (outer, inner) = (WaitQueueHead::new(), WaitQueueHead::new());
        let nested = Nested { outer, inner, seen: RefCell::default() };
        let private = ptr::from_ref(&nested).cast_mut().cast();
        let mut outside = Box::new(WaitQueueEntry::new(of_outer, private));
        let mut inside = Box::new(WaitQueueEntry::new(of_inner, private));
        // SAFETY: the entries are valid until they are removed.
        unsafe {
            raw_wait::add_wait_queue(&nested.outer, &raw mut *outside);
            raw_wait::add_wait_queue(&nested.inner, &raw mut *inside);
            wake_up(&nested.outer);
            assert_eq!(nested.seen.take(), [true; 3]);
            assert!(waitqueue_active(&nested.outer));
            raw_wait::remove_wait_queue(&nested.outer, &raw mut *outside);
            raw_wait::remove_wait_queue(&nested.inner, &raw mut *inside);
        }
        "seen".to_owned()
    })
}

fn wait_entry_changes_its_kind() -> String {
    in_small_kernel(|| {
        let wq = WaitQueueHead::new();
        let entries = ['a', 'b', 'c'].map(|name| Entry::new(name, 1));
        let [a, b, c] = entries.each_ref().map(|entry| entry.raw);
        // SAFETY: the entries are valid until they are removed.
        unsafe {
            assert!(raw_wait::prepare_to_wait_exclusive(&wq, a, TASK_UNINTERRUPTIBLE));
            assert_eq!(current().state(), TASK_UNINTERRUPTIBLE);
            assert!(!raw_wait::prepare_to_wait_exclusive(&wq, b, TASK_INTERRUPTIBLE));
            assert!(!raw_wait::prepare_to_wait_exclusive(&wq, a, TASK_INTERRUPTIBLE));
            assert_eq!(current().state(), TASK_INTERRUPTIBLE);
            raw_wait::prepare_to_wait(&wq, c, TASK_UNINTERRUPTIBLE);
            assert_eq!(current().state(), TASK_UNINTERRUPTIBLE);
            assert_eq!(walk(&wq, 1), (1, "ca".to_owned()));
            assert!(!raw_wait::finish_wait(&wq, a));
            assert_eq!(current().state(), TASK_RUNNING);
            // Not exclusive any more.
            raw_wait::prepare_to_wait(&wq, a, TASK_UNINTERRUPTIBLE);
            assert_eq!(walk(&wq, 1), (1, "acb".to_owned()));
            assert!(!raw_wait::finish_wait(&wq, c));
            // It stays what it is: at the front, or behind the other exclusive one.
            assert_eq!(raw_wait::prepare_to_wait_event(&wq, c, TASK_UNINTERRUPTIBLE), Ok(()));
            assert_eq!(walk(&wq, 0), (1, "cab".to_owned()));
            assert!(!raw_wait::finish_wait(&wq, b));
            raw_wait::add_wait_queue_exclusive(&wq, b);
            assert!(!raw_wait::finish_wait(&wq, a));
            raw_wait::add_wait_queue_exclusive(&wq, a);
            assert!(!raw_wait::finish_wait(&wq, b));
            assert_eq!(raw_wait::prepare_to_wait_event(&wq, b, TASK_UNINTERRUPTIBLE), Ok(()));
            assert_eq!(walk(&wq, 0), (2, "cab".to_owned()));
            // A pending signal takes it off the queue.
            send_sig(SIGKILL, &current(), 1).expect("the task is alive");
            let result = raw_wait::prepare_to_wait_event(&wq, a, TASK_KILLABLE);
            assert_eq!(result, Err(Errno::ERESTARTSYS));
            assert_eq!(walk(&wq, 0), (1, "cb".to_owned()));
            assert!(raw_wait::finish_wait(&wq, a), "it was off the queue");
            assert!(!raw_wait::finish_wait(&wq, b) && !raw_wait::finish_wait(&wq, c));
        }
        assert!(!waitqueue_active(&wq));
        assert_eq!(current().state(), TASK_RUNNING);
        "as queued".to_owned()
    })
}

fn wait_walk_takes_out_whom_it_woke() -> String {
    in_small_kernel(|| {
        let wq = WaitQueueHead::new();
        // SAFETY: each calls a usual function.
        DEFINE_WAIT_FUNC!(own, unsafe own_autoremove);
        DEFINE_WAIT!(usual);
        for entry in [own, usual] {
            prepare_to_wait_exclusive(&wq, entry, TASK_INTERRUPTIBLE);
            set_current_state(TASK_RUNNING);
            // The task is awake: there is no task to wake.
            assert_eq!(wake_up_nr(&wq, 1), 0);
            assert!(waitqueue_active(&wq));
            prepare_to_wait_exclusive(&wq, entry, TASK_INTERRUPTIBLE);
            assert_eq!(wake_up_nr(&wq, 1), 1);
            assert_eq!(current().state(), TASK_RUNNING);
            assert!(!waitqueue_active(&wq), "the entry stays");
            finish_wait(&wq, entry);
        }
        DEFINE_WAIT_FUNC!(staying, default_wake_function);
        DEFINE_WAIT_FUNC!(flagged, woken_wake_function);
        for entry in [staying, flagged] {
            prepare_to_wait(&wq, entry, TASK_UNINTERRUPTIBLE);
            assert_eq!(wake_up_interruptible(&wq), 0);
            assert_eq!(current().state(), TASK_UNINTERRUPTIBLE);
            wake_up(&wq);
            assert_eq!(current().state(), TASK_RUNNING);
            assert!(waitqueue_active(&wq), "the entry goes");
            finish_wait(&wq, entry);
        }
        assert!(!waitqueue_active(&wq));
        "as said".to_owned()
    })
}

fn wait_walk_passes_over() -> String {
    in_small_kernel(|| {
        let shared = Arc::new((WaitQueueHead::new(), AtomicBool::new(false)));
        let (first, first_task) = asleep({
            let shared = shared.clone();
            move || wait_event_exclusive!(shared.0, shared.1.load(Relaxed))
        });
        let (second, _) = asleep({
            let shared = shared.clone();
            move || wait_event_interruptible_exclusive!(shared.0, shared.1.load(Relaxed))
        });
        shared.1.store(true, Relaxed);
        assert_eq!(wake_up_interruptible(&shared.0), 1);
        assert_eq!(second.join(), Ok(()));
        assert_eq!(first_task.state(), TASK_UNINTERRUPTIBLE);
        assert!(waitqueue_active(&shared.0));
        wake_up(&shared.0);
        first.join();
        assert!(!waitqueue_active(&shared.0));
        "the second, then the first".to_owned()
    })
}

fn wait_walk_wakes_many() -> String {
    in_small_kernel(|| {
        let shared = Arc::new((WaitQueueHead::new(), AtomicBool::new(false)));
        let waiters = [(); 3].map(|()| {
            let shared = shared.clone();
            asleep(move || wait_event!(shared.0, shared.1.load(Relaxed))).0
        });
        shared.1.store(true, Relaxed);
        wake_up_all(&shared.0);
        for waiter in waiters {
            waiter.join();
        }
        assert!(!waitqueue_active(&shared.0));
        "three".to_owned()
    })
}

macro_rules! own_functions {
    ($($own:ident: $usual:ident;)*) => { $(
        unsafe extern "C" fn $own(
            entry: *mut WaitQueueEntry,
            mode: u32,
            flags: c_int,
            key: *mut c_void,
        ) -> c_int {
            // SAFETY: the same contract.
            unsafe { $usual(entry, mode, flags, key) }
        }
    )* };
}

own_functions! {
    own_default: default_wake_function;
    own_autoremove: autoremove_wake_function;
    own_woken: woken_wake_function;
}

/// Rounds of a waiter, each of which needs a wake-up of its own.
struct Rounds {
    wq: WaitQueueHead,
    round: AtomicU32,
    done: Completion,
}

impl Rounds {
    fn new() -> Arc<Self> {
        Arc::new(Self { wq: WaitQueueHead::new(), round: AtomicU32::new(0), done: Completion::new() })
    }

    /// Lets the waiter go on: `wake` wakes it. Waits until the round is over.
    fn next(&self, wake: impl FnOnce(&WaitQueueHead)) {
        self.round.fetch_add(1, Relaxed);
        wake(&self.wq);
        wait_for_completion(&self.done);
    }
}

fn wait_own_function() -> String {
    in_small_kernel(|| {
        let rounds = Rounds::new();
        let (waiter, _) = asleep({
            let rounds = rounds.clone();
            move || {
                // SAFETY: each calls a usual function.
                DEFINE_WAIT_FUNC!(stays, unsafe own_default);
                prepare_to_wait(&rounds.wq, stays, TASK_INTERRUPTIBLE);
                while rounds.round.load(Relaxed) == 0 {
                    schedule();
                    set_current_state(TASK_INTERRUPTIBLE);
                }
                assert!(waitqueue_active(&rounds.wq), "the entry stays");
                finish_wait(&rounds.wq, stays);
                complete(&rounds.done);
                DEFINE_WAIT_FUNC!(goes, unsafe own_autoremove);
                let mut slept = false;
                while rounds.round.load(Relaxed) == 1 {
                    prepare_to_wait_exclusive(&rounds.wq, goes, TASK_INTERRUPTIBLE);
                    if rounds.round.load(Relaxed) == 1 {
                        schedule();
                        slept = true;
                    }
                }
                assert!(!slept || !waitqueue_active(&rounds.wq), "the wake-up removed the entry");
                finish_wait(&rounds.wq, goes);
                complete(&rounds.done);
                DEFINE_WAIT_FUNC!(remembers, unsafe own_woken);
                add_wait_queue(&rounds.wq, remembers);
                while rounds.round.load(Relaxed) == 2 {
                    wait_woken(remembers, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
                }
                remove_wait_queue(&rounds.wq, remembers);
                complete(&rounds.done);
            }
        });
        for _ in 0..3 {
            rounds.next(|wq| {
                wake_up(wq);
            });
        }
        waiter.join();
        assert!(!waitqueue_active(&rounds.wq));
        "woken".to_owned()
    })
}

fn wait_by_every_name() -> String {
    /// One of the wake-ups, with the queue's lock held if it is the second kind.
    enum Name {
        Unlocked(fn(&WaitQueueHead) -> u32),
        Locked(unsafe fn(&WaitQueueHead)),
        Silent(fn(&WaitQueueHead)),
    }
    const NAMES: [Name; 12] = [
        Name::Silent(wake_up_sync),
        Name::Silent(wake_up_interruptible_sync),
        Name::Locked(wake_up_locked),
        Name::Locked(wake_up_all_locked),
        Name::Locked(by_mode_locked),
        Name::Locked(by_mode_locked_sync),
        Name::Unlocked(by_mode_sync),
        Name::Unlocked(|wq| wake_up_nr(wq, 1)),
        Name::Unlocked(|wq| wake_up_interruptible_nr(wq, 1)),
        Name::Unlocked(wake_up_interruptible),
        Name::Unlocked(wake_up_interruptible_all),
        Name::Unlocked(wake_up_all),
    ];
    in_small_kernel(|| {
        let rounds = Rounds::new();
        let (waiter, _) = asleep({
            let rounds = rounds.clone();
            move || {
                for round in 0..NAMES.len() {
                    let came = || rounds.round.load(Relaxed) as usize > round;
                    assert_eq!(wait_event_interruptible_exclusive!(rounds.wq, came()), Ok(()));
                    complete(&rounds.done);
                }
            }
        });
        for name in NAMES {
            rounds.next(|wq| match name {
                Name::Unlocked(wake) => assert!(wake(wq) <= 1),
                Name::Silent(wake) => wake(wq),
                Name::Locked(wake) => {
                    spin_lock(wq.lock());
                    // SAFETY: locked.
                    unsafe {
                        wake(wq);
                        spin_unlock(wq.lock());
                    }
                }
            });
        }
        waiter.join();
        assert!(!waitqueue_active(&rounds.wq));
        "each woke it".to_owned()
    })
}

fn by_mode_sync(wq: &WaitQueueHead) -> u32 {
    // SAFETY: the entries' functions ignore the key.
    unsafe { raw_wait::__wake_up_sync(wq, TASK_NORMAL, 1, ptr::null_mut()) }
}

/// # Safety
///
/// The caller holds the queue's lock.
unsafe fn by_mode_locked(wq: &WaitQueueHead) {
    // SAFETY: the same contract; the entries' functions ignore the key.
    unsafe { raw_wait::__wake_up_locked(wq, TASK_NORMAL, 1, ptr::null_mut()) };
}

/// # Safety
///
/// The caller holds the queue's lock.
unsafe fn by_mode_locked_sync(wq: &WaitQueueHead) {
    // SAFETY: the same contract; the entries' functions ignore the key.
    unsafe { raw_wait::__wake_up_locked_sync(wq, TASK_NORMAL, 1, ptr::null_mut()) };
}

/// Two waits one after the other, of both kinds.
fn wait_by_hand() -> String {
    in_small_kernel(|| {
        let rounds = Rounds::new();
        let waker = sleeper({
            let rounds = rounds.clone();
            move || {
                for _ in 0..2 {
                    rounds.next(|wq| {
                        wake_up(wq);
                    });
                }
            }
        });
        let me = current().as_ptr().cast_mut().cast();
        let mut entry = Box::new(WaitQueueEntry::new(autoremove_wake_function, me));
        let entry = &raw mut *entry;
        for round in 0..2 {
            loop {
                // SAFETY: the entry is valid, and off the queue at the end.
                unsafe {
                    if round == 0 {
                        raw_wait::prepare_to_wait(&rounds.wq, entry, TASK_UNINTERRUPTIBLE);
                    } else {
                        raw_wait::prepare_to_wait_exclusive(&rounds.wq, entry, TASK_UNINTERRUPTIBLE);
                    }
                }
                if rounds.round.load(Relaxed) > round {
                    break;
                }
                schedule();
            }
            // SAFETY: as above.
            unsafe { raw_wait::finish_wait(&rounds.wq, entry) };
            assert_eq!(current().state(), TASK_RUNNING);
            assert!(!waitqueue_active(&rounds.wq));
            complete(&rounds.done);
        }
        waker.join();
        "woken".to_owned()
    })
}

fn wait_has_sleeper_is_a_barrier() -> String {
    in_small_kernel(|| {
        for has_sleeper in [(|| wq_has_sleeper(&WaitQueueHead::new())) as fn() -> bool, || {
            swq_has_sleeper(&SwaitQueueHead::new())
        }] {
            let words = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
            let other = actor({
                let words = words.clone();
                move || {
                    words[1].store(1, Relaxed);
                    fence(std::sync::atomic::Ordering::SeqCst);
                    words[0].load(Relaxed)
                }
            });
            words[0].store(1, Relaxed);
            assert!(!has_sleeper());
            let seen = words[1].load(Relaxed) + other.join();
            assert!(seen > 0, "neither saw the other's write");
        }
        "seen".to_owned()
    })
}
