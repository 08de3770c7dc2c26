//! Mutexes with priority inheritance (`rtmutex/mod.rs`, `sched/inherit.rs`).
//!
//! One task at a time owns it, and sees what the last owner did. No waiter misses an unlock. A
//! killed waiter gets it or EINTR, and leaves nothing behind, also no priority. Of tasks that take
//! two in opposite orders, at least one continues. The unlocking task does not touch it any more
//! once another task can take it, unlock it and free it.

use super::locks::{self, Counted, locked_or_killed, waiting, with};
use crate::harness::{Bound, Model, actor, in_small_kernel, introduced, sleeper, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
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
        assert_eq!(current().prio(), 120);
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
            let result = rt_mutex_lock_killable(&guarded.lock);
            if result.is_ok() {
                guarded.change();
                rt_mutex_unlock(&guarded.lock);
            }
            result
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
        // Its wait queue is empty: it can be locked again.
        guarded.locked_change();
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
