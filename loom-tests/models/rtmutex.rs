//! Mutexes with priority inheritance (`rtmutex/mod.rs`, `sched/inherit.rs`).
//!
//! One task at a time owns it, and sees what the last owner did. No waiter misses an unlock. A
//! killed waiter gets it or EINTR, and leaves nothing behind, also no priority. Of tasks that take
//! two in opposite orders, at least one continues. The unlocking task does not touch it any more
//! once another task can take it, unlock it and free it.

use super::locks::{
    self, Counted, address_of, assert_at_rest, held, locked_or_killed, oopses, waiting, with,
};
use crate::harness::{Bound, Model, actor, in_small_kernel, introduced, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::priorities_set;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "rt_mutex_excludes",
        claim: "three tasks change what it protects one after another, and none is forgotten",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2", "3"],
        run: excludes,
    },
    Model {
        name: "rt_mutex_trylock",
        claim: "a trylock takes it or reports that it is held",
        bound: Bound::Preemptions(3),
        outcomes: &["held", "saw 0", "saw 1"],
        run: trylock,
    },
    Model {
        name: "rt_mutex_killed",
        claim: "a killed waiter gets it or EINTR while the owner unlocks; at the end it is free and its owner has its own priority",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: killed,
    },
    Model {
        name: "rt_mutex_most_urgent_first",
        claim: "of two waiters, the more urgent gets it first, also if it becomes more urgent while it waits",
        bound: Bound::Preemptions(2),
        outcomes: &["second first"],
        run: most_urgent_first,
    },
    Model {
        name: "rt_mutex_donors_go_along",
        claim: "tasks that still wait when it is handed on give their priority to the new owner; of equal waiters, the first comes first",
        bound: Bound::Preemptions(1),
        outcomes: &["1, 2, 3"],
        run: donors_go_along,
    },
    Model {
        name: "rt_mutex_priority_comes_along",
        claim: "an owner inherits the priority that its waiter was given while it queued up",
        bound: Bound::Preemptions(2),
        outcomes: &["49"],
        run: priority_comes_along,
    },
    Model {
        name: "rt_mutex_circle",
        claim: "two tasks that lock two in opposite orders both end, and at most one is refused",
        bound: Bound::Preemptions(2),
        outcomes: &["neither is refused", "one is refused"],
        run: circle,
    },
    Model {
        name: "rt_mutex_freed_by_last",
        claim: "the last of two users may free it right after it has unlocked",
        bound: Bound::Preemptions(3),
        outcomes: &["this one frees", "the other frees"],
        run: freed_by_last,
    },
    Model {
        name: "rt_mutex_chain",
        claim: "a priority goes along a chain of two owners, to the front of the queues on its way, and back when the waiter is killed",
        bound: Bound::Preemptions(1),
        outcomes: &["locked", "killed"],
        run: chain,
    },
    Model {
        name: "rt_mutex_equals",
        claim: "nice values neither change the order of waiters nor choose among donors: the first of equals counts",
        bound: Bound::Preemptions(1),
        outcomes: &["1, 2, 3"],
        run: equals,
    },
    Model {
        name: "rt_mutex_circle_of_three",
        claim: "the task that would close a circle of three is refused, and the others get on",
        bound: Bound::Preemptions(1),
        outcomes: &["refused"],
        run: circle_of_three,
    },
    Model {
        name: "rt_mutex_new_waiter_behind_killed",
        claim: "an unlock that finds its waiter killed and gone does not miss a waiter that comes then",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: new_waiter_behind_killed,
    },
    Model {
        name: "rt_mutex_owner",
        claim: "owner returns a task that is alive, and keeps no unlock from a waiter",
        bound: Bound::Preemptions(2),
        outcomes: &["no task", "main", "the waiter"],
        run: owner,
    },
    Model {
        name: "rt_mutex_applies_priorities",
        claim: "the operating system's threads get the priorities that their tasks inherit, and their own ones back",
        bound: Bound::Preemptions(1),
        outcomes: &["applied"],
        run: applies_priorities,
    },
    Model {
        name: "rt_mutex_lowered_last",
        claim: "the next owner may run before the former owner's thread is lowered",
        bound: Bound::Preemptions(1),
        outcomes: &["before", "after"],
        run: lowered_last,
    },
    Model {
        name: "rt_mutex_guarded",
        claim: "guards of two tasks exclude each other, and unlock when they are dropped",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2"],
        run: guarded_data,
    },
    Model {
        name: "rt_mutex_misused",
        claim: "each misuse warns and changes nothing: locking it again, unlocking it unlocked or as another task",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: misused,
    },
];

type Guarded = locks::Guarded<RawRtMutex>;

impl Guarded {
    fn locked_change(&self) -> u32 {
        rt_mutex_lock(&self.lock);
        let value = self.change();
        rt_mutex_unlock(&self.lock);
        value
    }

    fn assert_free(&self) {
        assert!(!rt_mutex_base_is_locked(&self.lock));
        self.locked_change();
        assert!(!rt_mutex_base_is_locked(&self.lock));
        assert_eq!(current().prio(), 120);
        assert_at_rest();
    }
}

fn excludes() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let (one, two) = (with(&guarded, Guarded::locked_change), with(&guarded, Guarded::locked_change));
        let mine = guarded.locked_change();
        let mut all = [mine, one.join(), two.join()];
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3]);
        guarded.assert_free();
        mine.to_string()
    })
}

fn trylock() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = with(&guarded, Guarded::locked_change);
        let outcome = if rt_mutex_trylock(&guarded.lock) {
            let before = guarded.change() - 1;
            rt_mutex_unlock(&guarded.lock);
            format!("saw {before}")
        } else {
            "held".to_owned()
        };
        other.join();
        guarded.assert_free();
        outcome
    })
}

fn killed() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        rt_mutex_lock(&guarded.lock);
        let (waiter, task) = waiting(&guarded, |guarded| {
            sched_set_fifo(&current());
            killable(guarded)
        });
        assert_eq!(current().prio(), 49);
        let killer = actor(move || {
            // ESRCH if it has ended.
            let _ = send_sig(SIGKILL, &task, 1);
        });
        guarded.change();
        rt_mutex_unlock(&guarded.lock);
        assert_eq!(current().prio(), 120);
        let result = waiter.join();
        killer.join();
        guarded.assert_free();
        locked_or_killed(result)
    })
}

fn most_urgent_first() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        rt_mutex_lock(&guarded.lock);
        let (first, _) = waiting(&guarded, Guarded::locked_change);
        let (second, task) = waiting(&guarded, Guarded::locked_change);
        sched_set_fifo_low(&task);
        rt_mutex_unlock(&guarded.lock);
        let (first, second) = (first.join(), second.join());
        guarded.assert_free();
        if first < second { "first first" } else { "second first" }.to_owned()
    })
}

fn donors_go_along() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        rt_mutex_lock(&guarded.lock);
        let (first, task) = waiting(&guarded, |guarded| {
            rt_mutex_lock(&guarded.lock);
            let value = guarded.change();
            // From here on its priority is that of its waiter.
            sched_set_normal(&current(), 0);
            let inherited = current().prio();
            rt_mutex_unlock(&guarded.lock);
            assert_eq!((inherited, current().prio()), (98, 120));
            value
        });
        sched_set_fifo(&task);
        assert_eq!(current().prio(), 49);
        let [(second, _), (third, _)] = [(); 2].map(|()| {
            waiting(&guarded, |guarded| {
                sched_set_fifo_low(&current());
                let value = guarded.locked_change();
                assert_eq!(current().prio(), 98);
                value
            })
        });
        rt_mutex_unlock(&guarded.lock);
        assert_eq!(current().prio(), 120);
        let order = [first.join(), second.join(), third.join()];
        guarded.assert_free();
        order.map(|value| value.to_string()).join(", ")
    })
}

fn priority_comes_along() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        rt_mutex_lock(&guarded.lock);
        let (waiter, task) = introduced({
            let guarded = guarded.clone();
            move || guarded.locked_change()
        });
        let boss = actor({
            let task = task.clone();
            move || sched_set_fifo(&task)
        });
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        boss.join();
        let inherited = current().prio();
        rt_mutex_unlock(&guarded.lock);
        waiter.join();
        guarded.assert_free();
        inherited.to_string()
    })
}

fn circle() -> String {
    in_small_kernel(|| {
        let locks = Arc::new([RawRtMutex::new(), RawRtMutex::new()]);
        let both = |locks: &[RawRtMutex; 2], first: usize| {
            rt_mutex_lock(&locks[first]);
            let second = rt_mutex_lock_interruptible(&locks[1 - first]);
            if second.is_ok() {
                rt_mutex_unlock(&locks[1 - first]);
            }
            rt_mutex_unlock(&locks[first]);
            second
        };
        let other = sleeper({
            let locks = locks.clone();
            move || both(&locks, 1)
        });
        let mine = both(&locks, 0);
        let others = other.join();
        assert!(!rt_mutex_base_is_locked(&locks[0]) && !rt_mutex_base_is_locked(&locks[1]));
        assert_eq!((both(&locks, 0), both(&locks, 1)), (Ok(()), Ok(())));
        assert_at_rest();
        match (mine, others) {
            (Ok(()), Ok(())) => {
                assert_eq!(warnings(), []);
                "neither is refused"
            }
            (Err(Errno::EDEADLK), Ok(())) | (Ok(()), Err(Errno::EDEADLK)) => {
                assert_eq!(warnings(), [WarningKind::Deadlock]);
                "one is refused"
            }
            _ => "both are refused",
        }
        .to_owned()
    })
}

fn freed_by_last() -> String {
    in_small_kernel(|| {
        let counted = Counted::new(RawRtMutex::new(), 2);
        let use_it = move || {
            rt_mutex_lock(counted.lock());
            counted.put(rt_mutex_unlock)
        };
        let other = sleeper(use_it);
        let mine = use_it();
        assert_ne!(mine, other.join());
        if mine { "this one frees" } else { "the other frees" }.to_owned()
    })
}

/// Two locks. The threads of a chain take the second with the first held.
struct Two {
    first: Guarded,
    second: Guarded,
}

impl Two {
    fn new() -> Arc<Self> {
        Arc::new(Self { first: Guarded::default(), second: Guarded::default() })
    }
}

/// Locks, and unlocks if that succeeded.
fn killable(guarded: &Guarded) -> Result<(), Errno> {
    let result = rt_mutex_lock_killable(&guarded.lock);
    if result.is_ok() {
        guarded.change();
        rt_mutex_unlock(&guarded.lock);
    }
    assert_at_rest();
    result
}

fn chain() -> String {
    in_small_kernel(|| {
        let two = Two::new();
        priorities_set();
        rt_mutex_lock(&two.second.lock);
        let (ordinary, _) = waiting(&two, |two| two.second.locked_change());
        let (middle, task) = waiting(&two, |two| {
            rt_mutex_lock(&two.first.lock);
            let value = two.second.locked_change();
            rt_mutex_unlock(&two.first.lock);
            assert_eq!(current().prio(), 120);
            value
        });
        let (urgent, killed) = waiting(&two, |two| {
            sched_set_fifo(&current());
            killable(&two.first)
        });
        let tids = [killed.os_tid(), task.os_tid(), current().os_tid()];
        assert_eq!((task.prio(), current().prio()), (49, 49));
        assert_eq!(priorities_set(), tids.map(|tid| (tid, 50)));
        send_sig(SIGKILL, &killed, 1).expect("it waits");
        drop((killed, task));
        rt_mutex_unlock(&two.second.lock);
        assert_eq!(current().prio(), 120);
        let (result, values) = (urgent.join(), [ordinary.join(), middle.join()]);
        if result.is_ok() {
            assert_eq!(values, [2, 1], "the middle one was as urgent as its waiter");
        }
        two.first.assert_free();
        two.second.assert_free();
        locked_or_killed(result)
    })
}

fn equals() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        rt_mutex_lock(&guarded.lock);
        let with_nice = |nice: i32, inherits: i32| {
            waiting(&guarded, move |guarded| {
                set_user_nice(&current(), nice);
                rt_mutex_lock(&guarded.lock);
                let value = guarded.change();
                assert_eq!(current().prio(), inherits);
                rt_mutex_unlock(&guarded.lock);
                value
            })
        };
        // The donors of each are those that come after it.
        let (first, task) = with_nice(0, 115);
        let (second, _) = with_nice(-5, 110);
        let (third, _) = with_nice(-10, 110);
        assert_eq!(current().prio(), 120);
        // It stays the first.
        set_user_nice(&task, 5);
        assert_eq!(current().prio(), 120);
        set_user_nice(&current(), -20);
        assert_eq!(current().prio(), 100);
        drop(task);
        assert_eq!(priorities_set(), []);
        rt_mutex_unlock(&guarded.lock);
        let order = [first.join(), second.join(), third.join()];
        assert_eq!(priorities_set(), []);
        set_user_nice(&current(), 0);
        guarded.assert_free();
        order.map(|value| value.to_string()).join(", ")
    })
}

fn circle_of_three() -> String {
    in_small_kernel(|| {
        let locks = Arc::new([RawRtMutex::new(), RawRtMutex::new(), RawRtMutex::new()]);
        let link = |has: usize| {
            move |locks: &[RawRtMutex; 3]| {
                rt_mutex_lock(&locks[has]);
                rt_mutex_lock(&locks[has - 1]);
                rt_mutex_unlock(&locks[has - 1]);
                rt_mutex_unlock(&locks[has]);
            }
        };
        rt_mutex_lock(&locks[0]);
        let (one, _) = waiting(&locks, link(1));
        let (two, _) = waiting(&locks, link(2));
        assert_eq!(rt_mutex_lock_killable(&locks[2]), Err(Errno::EDEADLK));
        assert_eq!(warnings(), [WarningKind::Deadlock]);
        rt_mutex_unlock(&locks[0]);
        one.join();
        two.join();
        for lock in &*locks {
            rt_mutex_lock(lock);
            rt_mutex_unlock(lock);
        }
        assert_at_rest();
        "refused".to_owned()
    })
}

fn new_waiter_behind_killed() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        rt_mutex_lock(&guarded.lock);
        let (killed, task) = waiting(&guarded, killable);
        let new = with(&guarded, move |guarded| {
            // ESRCH if it has got it and ended before.
            let _ = send_sig(SIGKILL, &task, 1);
            guarded.locked_change()
        });
        guarded.change();
        rt_mutex_unlock(&guarded.lock);
        new.join();
        let result = killed.join();
        guarded.assert_free();
        locked_or_killed(result)
    })
}

fn owner() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        assert!(guarded.lock.owner().is_none());
        rt_mutex_lock(&guarded.lock);
        let other = with(&guarded, |guarded| guarded.lock.owner().map(|owner| owner.pid()));
        let (waiter, task) = introduced({
            let guarded = guarded.clone();
            move || guarded.locked_change()
        });
        rt_mutex_unlock(&guarded.lock);
        waiter.join();
        let seen = other.join();
        guarded.assert_free();
        match seen {
            None => "no task",
            Some(pid) if pid == current().pid() => "main",
            Some(pid) if pid == task.pid() => "the waiter",
            Some(_) => "another task",
        }
        .to_owned()
    })
}

fn applies_priorities() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let me = current().os_tid();
        rt_mutex_lock(&guarded.lock);
        priorities_set();
        let (next, task) = waiting(&guarded, Guarded::locked_change);
        let (last, other) = waiting(&guarded, |guarded| {
            sched_set_fifo_low(&current());
            guarded.locked_change()
        });
        let (next_tid, other_tid) = (task.os_tid(), other.os_tid());
        assert_eq!(priorities_set(), [(other_tid, 1), (me, 1)]);
        // The other one stays a donor, of the next owner.
        sched_set_fifo(&task);
        assert_eq!(priorities_set(), [(next_tid, 50), (me, 50)]);
        sched_set_normal(&task, 0);
        assert_eq!(priorities_set(), [(next_tid, 0), (me, 1)]);
        sched_set_fifo(&task);
        sched_set_fifo(&other);
        priorities_set();
        sched_set_normal(&task, 0);
        assert_eq!(priorities_set(), [(next_tid, 0)]);
        // Of the two, the other one is the more urgent now.
        drop((task, other));
        rt_mutex_unlock(&guarded.lock);
        assert_eq!((last.join(), next.join()), (1, 2));
        assert_eq!(priorities_set(), [(me, 0)]);
        guarded.assert_free();
        assert_eq!(priorities_set(), []);
        "applied".to_owned()
    })
}

fn lowered_last() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let me = current().os_tid();
        rt_mutex_lock(&guarded.lock);
        let (waiter, _) = waiting(&guarded, |guarded| {
            sched_set_fifo(&current());
            rt_mutex_lock(&guarded.lock);
            let set = priorities_set();
            rt_mutex_unlock(&guarded.lock);
            set
        });
        priorities_set();
        rt_mutex_unlock(&guarded.lock);
        let set = waiter.join();
        guarded.assert_free();
        if set.contains(&(me, 0)) { "after" } else { "before" }.to_owned()
    })
}

fn guarded_data() -> String {
    in_small_kernel(|| {
        let shared = Arc::new(RtMutex::new(0));
        let count = |shared: &RtMutex<u32>| {
            let mut guard = shared.lock();
            *guard += 1;
            *guard
        };
        let other = with(&shared, count);
        let mine = count(&shared);
        assert_eq!(mine + other.join(), 3);
        let guard = shared.try_lock().expect("it is free");
        assert!(shared.try_lock().is_none());
        drop(guard);
        assert!(!shared.is_locked());
        assert_at_rest();
        mine.to_string()
    })
}

fn misused() -> String {
    in_small_kernel(|| {
        let mutex = Arc::new(RawRtMutex::new());
        rt_mutex_unlock(&mutex);
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        assert!(!rt_mutex_is_held(&mutex));
        rt_mutex_lock(&mutex);
        assert!(rt_mutex_is_held(&mutex) && !rt_mutex_trylock(&mutex));
        assert_eq!(rt_mutex_lock_interruptible(&mutex), Err(Errno::EDEADLK));
        assert_eq!(rt_mutex_lock_killable(&mutex), Err(Errno::EDEADLK));
        assert!(oopses(|| rt_mutex_lock(&mutex)));
        assert_eq!(warnings(), [WarningKind::Deadlock; 3]);
        prepared(|| with(&mutex, |mutex| rt_mutex_unlock(mutex)).join());
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        assert_eq!(mutex.owner().map(|owner| owner.pid()), Some(current().pid()));
        assert_eq!(held(), [address_of(&*mutex)]);
        rt_mutex_unlock(&mutex);
        assert!(rt_mutex_trylock(&mutex));
        assert_eq!(held(), [address_of(&*mutex)]);
        rt_mutex_unlock(&mutex);
        assert!(!rt_mutex_base_is_locked(&mutex));
        assert_at_rest();
        "refused".to_owned()
    })
}
