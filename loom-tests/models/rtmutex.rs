//! Mutexes with priority inheritance (`rtmutex/mod.rs`, `sched/inherit.rs`).
//!
//! One task at a time has it, and sees what the last owner did. No unlock is missed by who waits. A killed waiter has it or EINTR, and
//! leaves nothing behind, no priority either. Of tasks that take two in opposite orders at least one goes on. Who unlocks does not touch
//! it any more once another can take it, unlock it, and free it.

use crate::harness::{Actor, Bound, Model, actor, in_small_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::AcqRel};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "rt_mutex_excludes",
        claim: "three tasks change what it protects one after the other, and none is forgotten",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2", "3"],
        run: excludes,
    },
    Model {
        name: "rt_mutex_trylock",
        claim: "a trylock takes it or says that it is held",
        bound: Bound::Preemptions(3),
        outcomes: &["held", "saw 0", "saw 1"],
        run: trylock,
    },
    Model {
        name: "rt_mutex_killed",
        claim: "a killed waiter has it or EINTR while the owner unlocks; it is free and its owner's priority is his own when all is over",
        bound: Bound::Preemptions(2),
        outcomes: &["locked", "killed"],
        run: killed,
    },
    Model {
        name: "rt_mutex_most_urgent_first",
        claim: "of two who wait the more urgent gets it first, also if it becomes that while it waits",
        bound: Bound::Preemptions(2),
        outcomes: &["second first"],
        run: most_urgent_first,
    },
    Model {
        name: "rt_mutex_priority_comes_along",
        claim: "an owner has the priority that its waiter was given while it came to wait",
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

struct Guarded {
    lock: RawRtMutex,
    value: UnsafeCell<u32>,
}

impl Guarded {
    fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawRtMutex::new(), value: UnsafeCell::new(0) })
    }

    /// What it has become.
    fn change(&self) -> u32 {
        // SAFETY: loom checks it.
        self.value.with_mut(|value| unsafe {
            *value += 1;
            *value
        })
    }

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

fn with<T: 'static>(guarded: &Arc<Guarded>, f: impl FnOnce(&Guarded) -> T + 'static) -> Actor<T> {
    let guarded = guarded.clone();
    sleeper(move || f(&guarded))
}

/// [`with`], where the actor has gone to sleep behind the lock. Not explored.
fn waiting<T: 'static>(guarded: &Arc<Guarded>, f: impl FnOnce(&Guarded) -> T + 'static) -> (Actor<T>, Task) {
    prepared(|| {
        let (waiter, task) = introduced(guarded, f);
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        (waiter, task)
    })
}

/// [`with`], and the actor's task.
fn introduced<T: 'static>(
    guarded: &Arc<Guarded>,
    f: impl FnOnce(&Guarded) -> T + 'static,
) -> (Actor<T>, Task) {
    let (tell, told) = std::sync::mpsc::channel();
    let began = Arc::new(Completion::new());
    let begins = began.clone();
    let waiter = with(guarded, move |guarded| {
        tell.send(current()).expect("the model listens");
        complete(&begins);
        drop(begins);
        f(guarded)
    });
    wait_for_completion(&began);
    (waiter, told.recv().expect("the waiter has said who it is"))
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
        match result {
            Ok(()) => "locked",
            Err(Errno::EINTR) => "killed",
            Err(_) => "another error",
        }
        .to_owned()
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

fn priority_comes_along() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        rt_mutex_lock(&guarded.lock);
        let (waiter, task) = introduced(&guarded, Guarded::locked_change);
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

/// A rt_mutex on the heap, and how many users it still has.
#[derive(Clone, Copy)]
struct Counted(*mut (RawRtMutex, AtomicU32));

impl Counted {
    fn get(&self) -> &(RawRtMutex, AtomicU32) {
        // SAFETY: that it is valid where it is used is what the model claims; loom checks it.
        unsafe { &*self.0 }
    }

    /// Locks, is a user less, unlocks, and frees it if it was the last.
    fn be_used(self) -> bool {
        rt_mutex_lock(&self.get().0);
        let last = self.get().1.fetch_sub(1, AcqRel) == 1;
        rt_mutex_unlock(&self.get().0);
        if last {
            // SAFETY: made by the model, freed by its last user.
            drop(unsafe { Box::from_raw(self.0) });
        }
        last
    }
}

fn freed_by_last() -> String {
    in_small_kernel(|| {
        let counted = Counted(Box::into_raw(Box::new((RawRtMutex::new(), AtomicU32::new(2)))));
        let other = sleeper(move || counted.be_used());
        let mine = counted.be_used();
        assert_ne!(mine, other.join());
        if mine { "this one frees" } else { "the other frees" }.to_owned()
    })
}
