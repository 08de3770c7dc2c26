//! Mutexes (`mutex/mod.rs`, `lock_queue.rs`).
//!
//! One task holds it at a time, and sees what the last holder did. No waiter misses an unlock. A
//! waiter that is killed leaves the queue, and no wake-up is lost with it. The unlocking task does
//! not touch the mutex any more once another task can take it, unlock it and free it.

use super::locks::{Counted, address_of, assert_at_rest, held, locked_or_killed, oopses, waiting, with};
use crate::harness::{Actor, Bound, Model, actor, asleep, in_small_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::cell::RefCell;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "mutex_excludes",
        claim: "two tasks change plain memory under the mutex one after the other, and both get it",
        bound: Bound::Preemptions(3),
        outcomes: &["main, other", "other, main"],
        run: mutex_excludes,
    },
    Model {
        name: "mutex_three",
        claim: "three tasks get it one after another: each unlock reaches a waiter",
        bound: Bound::Preemptions(2),
        outcomes: &[
            "main, one, two",
            "main, two, one",
            "one, main, two",
            "one, two, main",
            "two, main, one",
            "two, one, main",
        ],
        run: mutex_three,
    },
    Model {
        name: "mutex_is_tried",
        claim: "trylock takes it or reports that another task holds it, and never sleeps",
        bound: Bound::Preemptions(3),
        outcomes: &["taken", "not taken"],
        run: mutex_is_tried,
    },
    Model {
        name: "mutex_overtaken",
        claim: "a woken waiter may be overtaken, and gets it in the end",
        bound: Bound::Preemptions(2),
        outcomes: &["waiter, main, main", "main, waiter, main", "main, main, waiter"],
        run: mutex_overtaken,
    },
    Model {
        name: "mutex_killed",
        claim: "a killed waiter gets the mutex or EINTR, and the mutex is free at the end",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: mutex_killed,
    },
    Model {
        name: "mutex_killed_passes_on",
        claim: "a killed waiter does not keep the unlock's wake-up from the waiter behind it",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: mutex_killed_passes_on,
    },
    Model {
        name: "mutex_freed_by_last",
        claim: "the last of two users may free the mutex right after its unlock",
        bound: Bound::Preemptions(3),
        outcomes: &["main frees", "other frees"],
        run: mutex_freed_by_last,
    },
    Model {
        name: "mutex_freed_by_waiter",
        claim: "a task that waited may free the mutex right after its own unlock",
        bound: Bound::Complete,
        outcomes: &["freed"],
        run: mutex_freed_by_waiter,
    },
    Model {
        name: "mutex_freed_behind_killed",
        claim: "an unlock that finds its waiter killed and gone does not touch the mutex once the next user may free it",
        bound: Bound::Preemptions(3),
        outcomes: &["killed", "locked"],
        run: mutex_freed_behind_killed,
    },
    Model {
        name: "mutex_owner",
        claim: "owner returns a task that is alive, and does not disturb a concurrent unlock",
        bound: Bound::Complete,
        outcomes: &["no task", "the holder"],
        run: mutex_owner,
    },
    Model {
        name: "mutex_owner_of_two",
        claim: "owner returns a task that is alive, also if the mutex gets another owner meanwhile",
        bound: Bound::Preemptions(3),
        outcomes: &["no task", "the first", "the second"],
        run: mutex_owner_of_two,
    },
    Model {
        name: "mutex_owner_of_overtaker",
        claim: "owner returns a task that is alive, also if it took the mutex past a waiter",
        bound: Bound::Preemptions(2),
        outcomes: &["no task", "the overtaker", "the waiter"],
        run: mutex_owner_of_overtaker,
    },
    Model {
        name: "mutex_owner_beside_waiter",
        claim: "owner does not keep a concurrent unlock from the waiter",
        bound: Bound::Preemptions(2),
        outcomes: &["no task", "main", "the waiter"],
        run: mutex_owner_beside_waiter,
    },
    Model {
        name: "mutex_handed_over",
        claim: "a waiter that was overtaken once gets it at the next unlock, before any other task",
        bound: Bound::Preemptions(2),
        outcomes: &["waiter, main", "waiter, main, main", "main, waiter, main"],
        run: mutex_handed_over,
    },
    Model {
        name: "mutex_new_waiter_behind_killed",
        claim: "an unlock that finds its waiter killed and gone does not miss a waiter that comes then",
        bound: Bound::Preemptions(2),
        outcomes: &["killed", "locked"],
        run: mutex_new_waiter_behind_killed,
    },
    Model {
        name: "mutex_guarded",
        claim: "guards of two tasks exclude each other, and unlock when they are dropped",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2"],
        run: mutex_guarded,
    },
    Model {
        name: "mutex_misused",
        claim: "each misuse warns and changes nothing: locking it again, unlocking it unlocked or as another task",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: mutex_misused,
    },
];

thread_local! {
    // std's cell: all threads of a model run on one OS thread, and the mutex orders the entries.
    static ORDER: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

fn order() -> String {
    ORDER.take().join(", ")
}

/// A mutex and memory that it protects.
struct Guarded {
    mutex: RawMutex,
    value: UnsafeCell<u32>,
}

impl Guarded {
    fn new() -> Arc<Self> {
        ORDER.take();
        Arc::new(Self { mutex: RawMutex::new(), value: UnsafeCell::new(0) })
    }

    /// The holder's work.
    fn work(&self, who: &'static str) {
        // SAFETY: loom checks it.
        self.value.with_mut(|value| unsafe { *value += 1 });
        ORDER.with_borrow_mut(|order| order.push(who));
    }

    fn locked_work(&self, who: &'static str) {
        mutex_lock(&self.mutex);
        self.work(who);
        mutex_unlock(&self.mutex);
    }

    /// Checks that it is free, and that it can be used again.
    fn end(&self) {
        assert!(!mutex_is_locked(&self.mutex));
        mutex_lock(&self.mutex);
        assert_eq!(held(), [address_of(&self.mutex)]);
        // SAFETY: loom checks it.
        self.value.with_mut(|value| unsafe { *value += 1 });
        mutex_unlock(&self.mutex);
        assert_at_rest();
    }

    fn worked(&self) -> u32 {
        // SAFETY: loom checks it.
        self.value.with(|value| unsafe { *value })
    }
}

fn worker(guarded: &Arc<Guarded>, who: &'static str) -> Actor<()> {
    with(guarded, move |guarded| guarded.locked_work(who))
}

fn mutex_excludes() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = worker(&guarded, "other");
        guarded.locked_work("main");
        other.join();
        assert_eq!(guarded.worked(), 2);
        guarded.end();
        order()
    })
}

fn mutex_three() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let (one, two) = (worker(&guarded, "one"), worker(&guarded, "two"));
        guarded.locked_work("main");
        one.join();
        two.join();
        assert_eq!(guarded.worked(), 3);
        guarded.end();
        order()
    })
}

fn mutex_is_tried() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = worker(&guarded, "other");
        let taken = mutex_trylock(&guarded.mutex);
        if taken {
            guarded.work("main");
            mutex_unlock(&guarded.mutex);
        }
        other.join();
        assert_eq!(guarded.worked(), 1 + u32::from(taken));
        guarded.end();
        if taken { "taken" } else { "not taken" }.to_owned()
    })
}

fn mutex_overtaken() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        mutex_lock(&guarded.mutex);
        let (waiter, _) = waiting(&guarded, |guarded| guarded.locked_work("waiter"));
        mutex_unlock(&guarded.mutex);
        guarded.locked_work("main");
        guarded.locked_work("main");
        waiter.join();
        assert_eq!(guarded.worked(), 3);
        guarded.end();
        order()
    })
}

fn mutex_killed() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = worker(&guarded, "other");
        let task = current();
        let killer = actor(move || send_sig(SIGKILL, &task, 1).expect("the task is alive"));
        let result = mutex_lock_killable(&guarded.mutex);
        if result.is_ok() {
            guarded.work("main");
            mutex_unlock(&guarded.mutex);
        }
        other.join();
        killer.join();
        guarded.end();
        locked_or_killed(result)
    })
}

fn mutex_killed_passes_on() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        mutex_lock(&guarded.mutex);
        let (killed, task) = waiting(&guarded, |guarded| {
            if mutex_lock_killable(&guarded.mutex).is_ok() {
                guarded.work("locked");
                mutex_unlock(&guarded.mutex);
            }
        });
        let (behind, _) = waiting(&guarded, |guarded| guarded.locked_work("behind"));
        // ESRCH if it has got the mutex and ended before.
        let killer = actor(move || {
            let _ = send_sig(SIGKILL, &task, 1);
        });
        mutex_unlock(&guarded.mutex);
        behind.join();
        killer.join();
        killed.join();
        guarded.end();
        if order().contains("locked") { "locked" } else { "killed" }.to_owned()
    })
}

/// Locks, removes one user, and unlocks; returns true if it was the last.
fn locked_put(counted: Counted<RawMutex>) -> bool {
    mutex_lock(counted.lock());
    counted.put(mutex_unlock)
}

fn mutex_freed_by_last() -> String {
    in_small_kernel(|| {
        let counted = Counted::new(RawMutex::new(), 2);
        let other = sleeper(move || locked_put(counted));
        let mine = locked_put(counted);
        assert_ne!(mine, other.join());
        if mine { "main frees" } else { "other frees" }.to_owned()
    })
}

fn mutex_freed_by_waiter() -> String {
    in_small_kernel(|| {
        let counted = Counted::new(RawMutex::new(), 1);
        mutex_lock(counted.lock());
        let (waiter, _) = asleep(move || assert!(locked_put(counted)));
        mutex_unlock(counted.lock());
        waiter.join();
        "freed".to_owned()
    })
}

fn mutex_freed_behind_killed() -> String {
    in_small_kernel(|| {
        ORDER.take();
        let counted = Counted::new(RawMutex::new(), 2);
        mutex_lock(counted.lock());
        let gone = Arc::new(Completion::new());
        let (killed, task) = asleep({
            let gone = gone.clone();
            move || {
                let killed = mutex_lock_killable(counted.lock()).is_err();
                ORDER.with_borrow_mut(|order| order.push(if killed { "killed" } else { "locked" }));
                if !killed {
                    mutex_unlock(counted.lock());
                }
                complete(&gone);
            }
        });
        let other = sleeper(move || {
            wait_for_completion(&gone);
            assert!(locked_put(counted));
        });
        send_sig(SIGKILL, &task, 1).expect("it waits");
        drop(task);
        assert!(!counted.put(mutex_unlock));
        other.join();
        killed.join();
        order()
    })
}

fn mutex_owner() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let holder = sleeper({
            let guarded = guarded.clone();
            move || {
                guarded.locked_work("holder");
                current().pid()
            }
        });
        let owner = guarded.mutex.owner();
        let seen = owner.as_ref().map(|task| task.pid());
        drop(owner);
        let pid = holder.join();
        guarded.end();
        who(seen, &[(pid, "the holder")])
    })
}

fn mutex_owner_of_two() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let gate = Arc::new(Completion::new());
        let opened = gate.clone();
        // Its memory is not used again, so each execution finds the same addresses.
        let (first, task) = waiting(&guarded, move |guarded| {
            mutex_lock(&guarded.mutex);
            wait_for_completion(&opened);
            mutex_unlock(&guarded.mutex);
            current().pid()
        });
        let second = with(&guarded, holder);
        complete(&gate);
        let seen = guarded.mutex.owner().map(|owner| owner.pid());
        let (first, second) = (first.join(), second.join());
        drop(task);
        guarded.end();
        who(seen, &[(first, "the first"), (second, "the second")])
    })
}

fn mutex_owner_of_overtaker() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        mutex_lock(&guarded.mutex);
        let (waiter, task) = waiting(&guarded, holder);
        let overtaker = with(&guarded, holder);
        mutex_unlock(&guarded.mutex);
        let seen = guarded.mutex.owner().map(|owner| owner.pid());
        let (waiter, overtaker) = (waiter.join(), overtaker.join());
        drop(task);
        guarded.end();
        who(seen, &[(waiter, "the waiter"), (overtaker, "the overtaker")])
    })
}

/// Holds the mutex for a moment.
fn holder(guarded: &Guarded) -> i32 {
    guarded.locked_work("holder");
    current().pid()
}

/// Which of these tasks has the pid `seen`.
fn who(seen: Option<i32>, tasks: &[(i32, &str)]) -> String {
    let Some(seen) = seen else { return "no task".to_owned() };
    tasks.iter().find(|(pid, _)| *pid == seen).map_or("another task", |(_, name)| name).to_owned()
}

fn mutex_owner_beside_waiter() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        mutex_lock(&guarded.mutex);
        let (waiter, task) = waiting(&guarded, |guarded| guarded.locked_work("waiter"));
        let other = with(&guarded, |guarded| guarded.mutex.owner().map(|owner| owner.pid()));
        mutex_unlock(&guarded.mutex);
        waiter.join();
        let seen = other.join();
        guarded.end();
        who(seen, &[(current().pid(), "main"), (task.pid(), "the waiter")])
    })
}

fn mutex_handed_over() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        mutex_lock(&guarded.mutex);
        let (waiter, task) = waiting(&guarded, |guarded| guarded.locked_work("waiter"));
        mutex_unlock(&guarded.mutex);
        if mutex_trylock(&guarded.mutex) {
            guarded.work("main");
            // The waiter finds it taken, and sleeps again, or has had it before.
            prepared(|| wait_task_inactive(&task, TASK_RUNNING));
            mutex_unlock(&guarded.mutex);
        }
        guarded.locked_work("main");
        waiter.join();
        guarded.end();
        order()
    })
}

fn mutex_new_waiter_behind_killed() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        mutex_lock(&guarded.mutex);
        let (killed, task) = waiting(&guarded, |guarded| {
            let result = mutex_lock_killable(&guarded.mutex);
            if result.is_ok() {
                mutex_unlock(&guarded.mutex);
            }
            result
        });
        let new = with(&guarded, move |guarded| {
            // ESRCH if it has got the mutex and ended before.
            let _ = send_sig(SIGKILL, &task, 1);
            guarded.locked_work("new");
        });
        mutex_unlock(&guarded.mutex);
        new.join();
        let result = killed.join();
        guarded.end();
        locked_or_killed(result)
    })
}

fn mutex_guarded() -> String {
    in_small_kernel(|| {
        let shared = Arc::new(KMutex::new(0));
        let count = |shared: &KMutex<u32>| {
            let mut guard = shared.lock();
            assert_eq!(held().len(), 1);
            *guard += 1;
            *guard
        };
        let other = with(&shared, count);
        let mine = count(&shared);
        assert_eq!(mine + other.join(), 3);
        assert_at_rest();
        let guard = shared.try_lock().expect("it is free");
        assert!(shared.try_lock().is_none());
        drop(guard);
        assert!(!shared.is_locked());
        mine.to_string()
    })
}

fn mutex_misused() -> String {
    in_small_kernel(|| {
        let mutex = Arc::new(RawMutex::new());
        mutex_unlock(&mutex);
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        mutex_lock(&mutex);
        assert!(!mutex_trylock(&mutex));
        assert_eq!(mutex_lock_interruptible(&mutex), Err(Errno::EDEADLK));
        assert_eq!(mutex_lock_killable(&mutex), Err(Errno::EDEADLK));
        assert!(oopses(|| mutex_lock(&mutex)));
        assert_eq!(warnings(), [WarningKind::Deadlock; 3]);
        prepared(|| with(&mutex, |mutex| mutex_unlock(mutex)).join());
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        assert_eq!(mutex.owner().map(|owner| owner.pid()), Some(current().pid()));
        assert_eq!(held(), [address_of(&*mutex)]);
        mutex_unlock(&mutex);
        assert!(mutex_trylock(&mutex) && mutex_is_locked(&mutex));
        assert_eq!(held(), [address_of(&*mutex)]);
        mutex_unlock(&mutex);
        assert_at_rest();
        "refused".to_owned()
    })
}
